"""The score of a group as a formula: the arithmetic of its method, with the places of the weights and the scores."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._files.sheets import MOST_FORMULA, Live, cell_of
from hengdian_index._maths.arithmetic import Line, bound, evaluated, expanded, joined, parsed
from hengdian_index._methods.figures import known_to, numeric
from hengdian_index._methods.registry import lines_of
from hengdian_index._present.workbook.formulas import formula
from hengdian_index._present.workbook.places import FIRST_WEIGHT, Column, Places, cells
from hengdian_index._scoring.tree import Branch
from hengdian_index._tables.table import Array

_CLOSE = 1e-12
_SUM = "sum(w * z)"
# The place of a row's number in its formula.
_ROW = "{row}"
# So many arguments a function of a spreadsheet takes.
_MOST_ARGUMENTS = 255


def score_column(places: Places, branch: Branch) -> Column:
    """Return the scores of a group as aggregated, formulas where its method is arithmetic in its children's."""
    values, options = places.result.rows.aggregated(branch.code), branch.aggregate.complete()
    lines = lines_of(branch.aggregate.method.traits, options)
    if not lines or not known_to(lines, {"w", "z", "k", *numeric(options)}):
        why = places.plain(places.method(branch.aggregate.method))
        return Column(branch.code, cells(values.tolist()), why, code=branch.code)
    found = _Formulas(places, branch, joined(lines), numeric(options)).cells(values)
    why = places.plain(places.say("no sum"))
    remarks = {i: why for i, cell in enumerate(found) if isinstance(cell, float)}
    return Column(branch.code, found, _told(places, lines), remarks, branch.code)


def _told(places: Places, lines: Sequence[Line]) -> str:
    if [line.expression for line in lines] == [_SUM]:
        return places.say("score")
    said = [f"{line.name or 'y'} = {places.arithmetic(parsed(line.expression))}" for line in lines]
    return places.say("score by", arithmetic=places.say("mark").join(said))


@dataclass(frozen=True, slots=True)
class _Formulas:
    """The arithmetic of one group, and what the names in it stand for beside its weights and scores."""

    places: Places
    branch: Branch
    tree: ast.expr
    options: dict[str, float]

    def cells(self, values: Array) -> list[Any]:
        """Return the rows' scores: formulas, values where none gives them, None where they are missing."""
        rows = self.places.result.rows
        x = rows.children(self.branch)
        w = np.broadcast_to(rows.asked_weights(self.branch), x.shape)
        lines = self._lines(w)
        if self._sizes is not None:
            panel = self.places.result.panel
            w, lines = np.stack([panel.column(name) for name in self._sizes], axis=1), np.ones(len(x), dtype=np.int64)
        there = ~np.isnan(x) & (w > 0)
        found = list(map(cell_of, values.tolist()))
        known = ~np.isnan(values) & there.any(axis=1) & (lines > 0)
        kinds, which = np.unique(np.column_stack([there, lines]), axis=0, return_inverse=True)
        for kind in np.unique(np.ravel(which)[known]):
            some = np.flatnonzero(known & (np.ravel(which) == kind))
            present = kinds[kind, :-1].astype(np.bool_)
            whole = self._sizes is None and bool(present[w[some[0]] > 0].all())
            written = formula(self._filled(present, int(kinds[kind, -1]), whole))
            for i in some[self._near(x[some][:, present], w[some][:, present], whole, values[some])].tolist():
                if len(written) < MOST_FORMULA and present.sum() <= _MOST_ARGUMENTS:
                    found[i] = Live(f"={written.replace(_ROW, str(i + 2))}", values[i].item())
        return found

    def _near(self, z: Array, w: Array, whole: bool, values: Array) -> NDArray[np.bool_]:
        """Return where the arithmetic gives the scores (n,)."""
        w = w if whole else w / w.sum(axis=1, keepdims=True)
        found = evaluated(self.tree, {**self.options, "z": z, "w": w, "k": z.shape[1]})
        size = np.maximum(1.0, np.abs(z).max(axis=1))
        near: NDArray[np.bool_] = np.abs(found.reshape(-1) - values) <= _CLOSE * size
        return near

    def _lines(self, w: Array) -> NDArray[np.int64]:
        """Return the line of each row's weights on their sheet (n,), 0 where they stand on none."""
        pairs = pd.MultiIndex.from_tuples([(self.branch.code, child) for child in self.branch.children])
        dated = self.places.dated.reindex(columns=pairs).fillna(0.0).to_numpy(dtype=np.float64)
        lines = {row.tobytes(): FIRST_WEIGHT + i for i, row in enumerate(dated)}
        return np.array([lines.get(row.tobytes(), 0) for row in np.ascontiguousarray(w)], dtype=np.int64)

    def _filled(self, present: NDArray[np.bool_], line: int, whole: bool) -> ast.expr:
        """Return the arithmetic with the places of the children that are there and of their weights."""
        children = [child for child, there in zip(self.branch.children, present, strict=True) if there]
        weights: list[ast.expr] = [ast.Name(self._weight(child, line)) for child in children]
        scores: list[ast.expr] = [ast.Name(self._score(child)) for child in children]
        listed = ast.Name("sum")
        of_all = ast.Call(listed, weights, [])
        shares: list[ast.expr] = weights if whole else [ast.BinOp(weight, ast.Div(), of_all) for weight in weights]
        terms: list[ast.expr] = [
            ast.BinOp(weight, ast.Mult(), score) for weight, score in zip(weights, scores, strict=True)
        ]
        total: ast.expr = ast.Call(listed, terms, [])
        total = ast.Call(listed, self._products(line), []) if whole else ast.BinOp(total, ast.Div(), of_all)
        tree = expanded(self.tree, {"w": shares, "z": scores}, sums={_SUM: total})
        return bound(tree, {**self.options, "k": len(children)})

    @property
    def _sizes(self) -> tuple[str, ...] | None:
        """Columns that weigh the children in each row, None where weights stand on their sheet."""
        return self.branch.weighing if len(self.branch.children) > 1 else None

    def _weight(self, child: str, line: int) -> str:
        """Return the place of a child's weight; of one of each row, but for the number of the row."""
        places = self.places
        if self._sizes is None:
            return f"{places.sheet('weights')}!{places.weight_at(self.branch.code, child, line)}"
        column = places.result.tree.weighing.index(self._sizes[self.branch.children.index(child)])
        return f"{places.sheet('sizes')}!{places.at(column, 0)[:-1]}{_ROW}"

    def _products(self, line: int) -> list[ast.expr]:
        """Return the sums of products of the child groups, which stand on one sheet, and of the indicators."""
        parts: list[ast.expr] = []
        for children in (self.places.children(self.branch.code, groups=kind) for kind in (True, False)):
            if children:
                ends = children[0], children[-1]
                weights = ":".join(self.places.weight_at(self.branch.code, end, line) for end in ends)
                first, last = map(self._score, ends)
                scores = f"{first}:{last.partition('!')[2]}"
                parts.append(ast.Name(f"SUMPRODUCT({self.places.sheet('weights')}!{weights},{scores})"))
        return parts

    def _score(self, child: str) -> str:
        """Return the place of a child's score, but for the number of the row."""
        return f"{self.places.score_at(child, 0)[:-1]}{_ROW}"
