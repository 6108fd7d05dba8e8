"""The score of a group as a formula: the weights times the children's scores, summed; divided by what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._files.sheets import MOST_FORMULA, Live, cell_of
from hengdian_index._present.workbook.places import FIRST_WEIGHT, Column, Places, cells
from hengdian_index._scoring.tree import Branch
from hengdian_index._tables.table import Array

_CLOSE = 1e-12


def score_column(places: Places, branch: Branch) -> Column:
    """Return the scores of a group, formulas where its method is arithmetic."""
    values = places.result.rows.values(branch.code).tolist()
    if branch.aggregate.method.name != "arithmetic":
        return Column(
            branch.code, cells(values), places.plain(places.method(branch.aggregate.method)), code=branch.code
        )
    sums = _Sums.of(places, branch)
    found = [sums.cell(i, value) for i, value in enumerate(values)]
    why = places.plain(places.say("no sum"))
    remarks = {i: why for i, cell in enumerate(found) if isinstance(cell, float)}
    return Column(branch.code, found, places.say("score"), remarks, branch.code)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the formulas of one group need: its children's scores (n, k), weights (n, k), and the lines of these."""

    places: Places
    branch: Branch
    x: Array
    w: Array
    lines: dict[bytes, int]

    @classmethod
    def of(cls, places: Places, branch: Branch) -> _Sums:
        rows = places.result.rows
        x = rows.children(branch)
        w = np.broadcast_to(rows.asked_weights(branch), x.shape)
        pairs = pd.MultiIndex.from_tuples([(branch.code, child) for child in branch.children])
        dated = places.dated.reindex(columns=pairs).fillna(0.0).to_numpy(dtype=np.float64)
        return cls(places, branch, x, w, {row.tobytes(): FIRST_WEIGHT + i for i, row in enumerate(dated)})

    def cell(self, i: int, value: float) -> Any:
        """Return a row's score: a formula, the value where none gives it, None where it is missing."""
        x, w = self.x[i], self.w[i]
        there = ~np.isnan(x) & (w > 0)
        line = self.lines.get(w.tobytes())
        if np.isnan(value) or line is None or not there.any():
            return cell_of(value)
        whole = bool(there[w > 0].all())
        found = (w[there] @ x[there]) / (1.0 if whole else w[there].sum())
        formula = self._whole(i, line) if whole else self._partial(i, there.tolist(), line)
        near = abs(found - value) <= _CLOSE * max(1.0, float(np.abs(x[there]).max()))
        return Live(f"={formula}", value) if near and len(formula) < MOST_FORMULA else value

    def _whole(self, i: int, line: int) -> str:
        """Return the sum of products of the child groups, which stand on one sheet, and of the indicators."""
        parts, code = [], self.branch.code
        for children in (self.places.children(code, groups=True), self.places.children(code, groups=False)):
            if children:
                ends = children[0], children[-1]
                weights = ":".join(self.places.weight_at(code, end, line) for end in ends)
                first, last = (self.places.score_at(end, i) for end in ends)
                parts.append(f"SUMPRODUCT({self.places.sheet('weights')}!{weights},{first}:{last.partition('!')[2]})")
        return "+".join(parts)

    def _partial(self, i: int, there: list[bool], line: int) -> str:
        """Return the mean of the children that are there."""
        children = [child for child, present in zip(self.branch.children, there, strict=True) if present]
        sheet, code = self.places.sheet("weights"), self.branch.code
        weights = [f"{sheet}!{self.places.weight_at(code, child, line)}" for child in children]
        terms = [f"{w}*{self.places.score_at(child, i)}" for w, child in zip(weights, children, strict=True)]
        return f"({'+'.join(terms)})/({'+'.join(weights)})"
