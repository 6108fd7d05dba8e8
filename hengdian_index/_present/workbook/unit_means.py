"""Means over groups of units as formulas: of scores on a sheet of their own, of levels below those of the units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hengdian_index._files.sheets import MOST_FORMULA, Live, Page, cell_of
from hengdian_index._index.unit_groups import Mean, means_of
from hengdian_index._present.workbook.places import Places
from hengdian_index._tables.table import Array


@dataclass(frozen=True)
class UnitMeans:
    """The groups of units of a result, period by period."""

    places: Places

    def pages(self) -> list[Page]:
        """Return the sheet of the means of scores; none where the index names no groups of units."""
        places, result = self.places, self.places.result
        if not result.setting.groups_of_units:
            return []
        scores = result.scores[list(places.groups)].to_numpy()
        header = [*places.labels.columns, *places.groups]
        first = len(places.labels.columns)
        told = places.say("mean of units")
        comments = [*[""] * first, *(places.named(code, told) for code in places.groups)]
        rows = [*self._rows("scores", scores)]
        return [
            Page(places.say("unit means"), header, rows, comments, number="0.0000", frozen=(1, first), filtered=True)
        ]

    def below(self, page: Page, sheet: str, values: Array) -> Page:
        """Return a page with the means of its values (n, groups) below them."""
        if not self.places.result.setting.groups_of_units:
            return page
        comments = [self.places.say("mean of levels"), *page.comments[1:]]
        return replace(page, rows=[*page.rows, *self._rows(sheet, values)], comments=comments)

    def _rows(self, sheet: str, values: Array) -> Iterator[Sequence[Any]]:
        result = self.places.result
        for mean in means_of(result.setting, result.panel):
            labels = [mean.name, *([mean.name] if self.places.named_units else [])]
            labels += [mean.period] if result.panel.periods is not None else []
            found = (self._cell(sheet, g, mean, values[:, g]) for g in range(values.shape[1]))
            yield [*map(cell_of, labels), *found]

    def _cell(self, sheet: str, g: int, mean: Mean, values: Array) -> Any:
        """Return the mean of one group of the index: a formula of what is there, unless that would be too long."""
        known = [i for i in mean.there(values).tolist() if mean.weights[i] != 0]
        value = float(mean(values[:, np.newaxis])[0])
        if np.isnan(value):
            return None
        cells = [f"{self.places.sheet(sheet)}!{self.places.at(g, int(mean.rows[i]))}" for i in known]
        if mean.weighted:
            w = [repr(float(mean.weights[i])) for i in known]
            formula = f"=({'+'.join(f'{a}*{b}' for a, b in zip(w, cells, strict=True))})/({'+'.join(w)})"
        else:
            formula = f"=({'+'.join(cells)})/{len(cells)}"
        return Live(formula, value) if len(formula) < MOST_FORMULA else value
