"""Levels, base levels and changes as formulas, and what contributed to the changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._files.sheets import MOST_FORMULA, Live, Page, cell_of
from hengdian_index._index.text import contributions_to_growth
from hengdian_index._levels.common_base import CommonBase
from hengdian_index._levels.courses import Direct, Linked
from hengdian_index._present.workbook.places import Column, Places, cells, plain_columns
from hengdian_index._present.workbook.unit_means import UnitMeans
from hengdian_index._scoring.tree import RESERVED
from hengdian_index._tables.archive import letters
from hengdian_index._tables.table import Array
from hengdian_index._words.said import told
from hengdian_index.errors import DataError

_CLOSE = 1e-12


@dataclass(frozen=True)
class Levels:
    """The levels of every group through time, and where they stand."""

    places: Places

    @cached_property
    def frame(self) -> pd.DataFrame | None:
        """The levels, None for rows without periods and base."""
        result = self.places.result
        if result.panel.periods is None and result.setting.base is None:
            return None
        return result.series()[list(self.places.groups)]

    @cached_property
    def values(self) -> Array:
        """The levels (n, groups)."""
        assert self.frame is not None
        return self.frame.to_numpy()

    @property
    def direct(self) -> bool:
        """Whether a level is `to` * score / base level."""
        result = self.places.result
        based = result.setting.levelled
        return self.frame is not None and isinstance(result.course, Direct) and based

    @property
    def linked(self) -> Linked | None:
        """How levels are linked, where they are and each unit has its own base."""
        result = self.places.result
        known = self.frame is not None and result.setting.levelled and self.common is None
        return result.course if known and isinstance(result.course, Linked) else None

    @cached_property
    def common(self) -> CommonBase | None:
        """The one base for all units, None where each has its own."""
        return CommonBase.of(self.places.result.setting)

    @cached_property
    def units(self) -> dict[Any, np.ndarray[Any, Any]]:
        """The rows of each unit; without units, or with one base for all of them, one entry, None."""
        panel = self.places.result.panel
        if self.common is not None:
            return {None: np.arange(panel.n)}
        codes = panel.unit_codes()
        first = np.unique(codes, return_index=True)[1]
        return {panel.unit(int(row)): np.flatnonzero(codes == codes[row]) for row in first.tolist()}

    def series(self) -> Page:
        """Return the levels."""
        lines = np.empty(len(self.values), dtype=int)
        for line, rows in enumerate(self.units.values(), 2):
            lines[rows] = line
        columns, say = [], self.places.say
        for g, code in enumerate(self.places.groups):
            values = self.values[:, g].tolist()
            if self.direct:
                made = [self._level(g, i, int(lines[i]), value) for i, value in enumerate(values)]
                columns.append(Column(code, made, say("level"), self._without_base(g), code))
            elif self.linked is not None:
                made = [self._level(g, i, int(lines[i]), value) for i, value in enumerate(values)]
                columns.append(Column(code, made, say("linked level"), self._without_base(g), code))
            elif isinstance(self.places.result.course, Direct):
                made = [self._score(g, i, value) for i, value in enumerate(values)]
                columns.append(Column(code, made, say("no base"), code=code))
            else:
                why = self.places.plain(self._why())
                columns.append(Column(code, cells(values), why, self._without_base(g), code))
        return UnitMeans(self.places).below(self.places.page("series", columns, "0.00"), "series", self.values)

    def base(self) -> Page:
        """Return the base level of each unit, a formula where its base rows are among these rows."""
        to, groups = float(self.places.result.setting.to or 0), range(len(self.places.groups))
        rows = [[*self._unit(unit), to, *(self._base(rows, g) for g in groups)] for unit, rows in self.units.items()]
        places, told, first = self.places, self.places.say("no level"), self._labels + 1
        remarks = {(i, first + g): told for i, row in enumerate(rows, 1) for g in groups if row[first + g] is None}
        names = [places.result.setting.unit_names] if places.named_units else []
        header = [places.say("unit"), *map(str, names), places.say("to"), *places.groups]
        comments = [*[""] * first, *map(places.named, places.groups)]
        frozen = (1, self._labels)
        return Page(places.say("base"), header, rows, comments, number="0.0000", frozen=frozen, remarks=remarks)

    def links(self, course: Linked) -> Page:
        """Return what the scores of each content are multiplied by, a row for each unit and change of content."""
        places, since = self.places, [str(one) for one in self.places.dated.index]
        at = [places.result.tree.groups.index(code) for code in places.groups]
        rows = [
            [*self._unit(unit), since[position], *cells(course.factors[position, own[0], at].tolist())]
            for unit, own in self.units.items()
            for position in range(len(course.contents))
        ]
        names = [places.result.setting.unit_names] if places.named_units else []
        header = [places.say("unit"), *map(str, names), places.say("since"), *places.groups]
        told = places.plain(places.say("link factor"))
        comments = [*[""] * (self._labels + 1), *(places.named(code, told) for code in places.groups)]
        return Page(places.say("links"), header, rows, comments, number="0.000000", frozen=(1, self._labels + 1))

    def _scored(self, g: int, i: int) -> str:
        """Return a row's score as a formula has it, times the factor of its link where levels are linked."""
        score = f"{self.places.sheet('scores')}!{self.places.at(g, i)}"
        if self.linked is None:
            return score
        line = self._first_links[i] + max(int(self.linked.which[i]), 0)
        return f"{score}*{self.places.sheet('links')}!${letters(self._labels + 2 + g)}${line}"

    @cached_property
    def _first_links(self) -> NDArray[np.intp]:
        """The line of each row's unit on the sheet of links (n,)."""
        out = np.zeros(len(self.values), dtype=np.intp)
        for number, rows in enumerate(self.units.values()):
            out[rows] = 2 + number * len(self.places.result.contents)
        return out

    def changes(self) -> Page:
        """Return the changes on the period before and, within a year, on the same period of the year before."""
        result = self.places.result
        assert result.panel.periods is not None
        year = result.panel.periods.frequency.per_year
        columns = [self._changes(g, lag) for lag in dict.fromkeys((1, year)) for g in range(len(self.places.groups))]
        return self.places.page("changes", columns, "0.00")

    def contributions(self) -> Page:
        """Return what each indicator contributes to the change of the whole, in points, and that change."""
        places, result = self.places, self.places.result
        parts = result.contributions(depth="indicators")
        rest = [name for name in parts.columns if name not in places.indicators]
        before = result.panel.previous(1).tolist()
        whole = [
            Live(
                f"={places.sheet('series')}!{places.at(0, i)}-{places.sheet('series')}!{places.at(0, row)}",
                self.values[i, 0] - self.values[row, 0],
            )
            if row >= 0 and not np.isnan(self.values[[i, row], 0]).any()
            else None
            for i, row in enumerate(before)
        ]
        total = Column(places.say("points"), whole, places.say("difference"))
        shown = parts.rename(columns={name: places.say(name) for name in rest})
        return places.page("contributions", [total, *plain_columns(shown, places.plain(places.say("split")))], "0.0000")

    def growth(self) -> Page:
        """Return what each indicator contributes to the growth of the whole, in percentage points, and that growth."""
        places, result = self.places, self.places.result
        parts = contributions_to_growth(result, "indicators")
        contributions, series = places.sheet("contributions"), places.sheet("series")
        before = result.panel.previous(1).tolist()

        def column(j: int, values: Any) -> list[Any]:
            found = list[Any]()
            for i, value in enumerate(values):
                at = f"{contributions}!{places.at(j, i)}"
                told = value == value
                found.append(Live(f"=100*{at}/{series}!{places.at(0, before[i])}", float(value)) if told else None)
            return found

        whole = parts.sum(axis=1, skipna=False).to_numpy()
        columns = [Column(places.say("per cent"), column(0, whole), places.say("growth of parts"))]
        for j, code in enumerate(map(str, parts), 1):
            heading = places.say(code) if code in RESERVED else code
            columns.append(Column(heading, column(j, parts[code].to_numpy()), "", code=code))
        return places.page("growth", columns, "0.0000")

    def _level(self, g: int, i: int, line: int, value: float) -> Any:
        if np.isnan(value):
            return None
        base = self.places.sheet("base")
        level = f"{base}!${letters(self._labels + 2 + g)}${line}"
        return Live(f"={base}!${letters(self._labels + 1)}${line}*{self._scored(g, i)}/{level}", value)

    @property
    def _labels(self) -> int:
        """How many columns of the sheet of base levels say whose they are."""
        return 1 + self.places.named_units

    def _unit(self, unit: Any) -> list[Any]:
        """Return the cells that say whose base level it is."""
        name = self.places.result.panel.name(unit)
        if self.common is not None:
            whose = self.common.said if self.common.unit is None else self.common.unit
            return [cell_of(told(whose, self.places.lang)), *([""] if self.places.named_units else [])]
        return ["" if unit is None else cell_of(unit), *([cell_of(name)] if self.places.named_units else [])]

    def _score(self, g: int, i: int, value: float) -> Any:
        return None if np.isnan(value) else Live(f"={self.places.sheet('scores')}!{self.places.at(g, i)}", value)

    def _changes(self, g: int, lag: int) -> Column:
        """Return the changes of a group; one from a level that is not above 0 is left out, and a comment says so."""
        levels, cells, remarks = self.values[:, g], list[Any](), dict[int, str]()
        places, series = self.places, self.places.sheet("series")
        for i, row in enumerate(self.places.result.panel.previous(lag).tolist()):
            known = row >= 0 and not np.isnan(levels[[i, row]]).any()
            if known and levels[row] > 0:
                formula = f"=100*({series}!{places.at(g, i)}/{series}!{places.at(g, row)}-1)"
                cells.append(Live(formula, 100 * (levels[i] / levels[row] - 1)))
                continue
            cells.append(None)
            if known:
                remarks[i] = places.say("left out")
        code = places.groups[g]
        heading = places.say("before" if lag == 1 else "year before", code=code)
        return Column(heading, cells, places.say("change"), remarks, code)

    def _base(self, rows: np.ndarray[Any, Any], g: int) -> Any:
        """Return a base level: the mean of the unit's base rows that have one, as a formula if that is it."""
        result = self.places.result
        column = result.tree.groups.index(self.places.groups[g])
        value = float(result.setting.to / self._factors[rows[0], column])
        if np.isnan(value):
            return None
        levels = result.course.levels[:, column]
        if self.common is not None:
            return self._base_of_all(self.common, levels, value, g)
        known = [i for i in rows[self._in_base[rows]].tolist() if not np.isnan(levels[i])]
        terms = "+".join(self._scored(g, i) for i in known)
        formula = f"=({terms})/{len(known)}"
        near = bool(known) and abs(levels[known].mean() - value) <= _CLOSE * value
        return Live(formula, value) if near and len(formula) < MOST_FORMULA else value

    def _base_of_all(self, common: CommonBase, levels: Array, value: float, g: int) -> Any:
        """Return the base level that all units share, as a formula where the base rows are among these rows."""
        if not self._in_base.any():
            return value
        panel = self.places.result.panel
        own = float(common.levels(panel, levels[:, np.newaxis], self._in_base)[0])
        sheet = self.places.sheet("scores")
        formula = common.formula(panel, levels, self._in_base, lambda i: f"{sheet}!{self.places.at(g, i)}", "")
        near = bool(formula) and abs(own - value) <= _CLOSE * value and len(formula) + 1 < MOST_FORMULA
        return Live(f"={formula}", value) if near else value

    @cached_property
    def _factors(self) -> Array:
        """What each score is multiplied by (n, groups in the order of the tree); missing without a base level."""
        return self.places.result.factors()

    def _without_base(self, g: int) -> dict[int, str]:
        """Return a remark for the first row of each unit that has no series for want of a base level."""
        column = self.places.result.tree.groups.index(self.places.groups[g])
        first = [int(rows[0]) for rows in self.units.values()]
        return {i: self.places.say("no level") for i in first if np.isnan(self._factors[i, column])}

    @cached_property
    def _in_base(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which rows are of the base period."""
        result = self.places.result
        if result.setting.base is None:
            assert result.panel.periods is not None
            return np.asarray(result.panel.periods.ordinals == result.panel.periods.ordinals.min())
        try:
            return np.asarray(result.panel.select(result.setting.base, "base"))
        except DataError:
            return np.zeros(result.panel.n, dtype=np.bool_)

    def _why(self) -> str:
        setting = self.places.result.setting
        if setting.to is None:
            return self.places.say("same")
        return self.places.say("linked") if setting.series == "fixed" else self.places.say("chain", kind=setting.series)
