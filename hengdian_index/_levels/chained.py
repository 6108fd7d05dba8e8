"""Levels chained from period to period: by ratios of matched scores, by symmetric growth, by logarithms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hengdian_index._levels.bases import refuse_infinite
from hengdian_index._levels.contributions import Parts, change_parts, level_parts
from hengdian_index._levels.courses import matrix
from hengdian_index._maths.means import log_secant
from hengdian_index._methods.effects import Split
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.contents import Content, in_turn, rows_of
from hengdian_index._scoring.scores import Evaluation, stitched
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.cells import CELLS
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said
from hengdian_index.aggregate import arithmetic
from hengdian_index.errors import DataError, Fault, raise_all
from hengdian_index.log import journal


@dataclass(frozen=True, eq=False)
class Chained:
    """Levels of which each is the one before times the growth of what both periods have.

    "ratio": score over score before, both over the indicators present in both periods, under the content of the later.
    "symmetric": V = sum w V_j, V_j = 200 (z1 - z0) / (z1 + z0), growth (200 + V) / (200 - V). "log": exp(sum w ln(z1 /
    z0)). The first level is the first score.
    """

    how: str
    tree: Tree
    contents: Sequence[Content]
    rows: Evaluation
    panel: Panel

    @cached_property
    def steps(self) -> tuple[Evaluation, Evaluation]:
        """Each row and the one before it, both with what the two have."""
        before = self.panel.previous(1)
        x1, x0 = np.array(self.rows.leaves, order="F"), np.array(self.rows.leaves[before], order="F")
        x0[before < 0] = np.nan
        gap = np.isnan(x1) | np.isnan(x0)
        x1[gap] = x0[gap] = np.nan
        return self._scored(self.tree, self.contents, x0), self._scored(self.tree, self.contents, x1)

    @cached_property
    def growth(self) -> Evaluation:
        """Growth of every indicator, V_j or ln(z1 / z0), and its weighted mean in every group."""
        before, now = (step.leaves for step in self.steps)
        bad = np.argwhere(self.rows.leaves <= 0)
        raise_all(DataError, shortened(self._refused(i, j, self.rows.leaves[i, j]) for i, j in bad.tolist()))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            growth = 200 * (now - before) / (now + before) if self.how == "symmetric" else np.log(now / before)
        lost = ~np.isfinite(growth) & ~np.isnan(before)
        refuse_infinite(np.where(lost, np.inf, growth), self.panel, self.tree.codes, Said("growth"))
        mean = Choice.of("aggregate", arithmetic)

        def plain(tree: Tree) -> Tree:
            # Growth is averaged as it is, whatever is done to the scores.
            bare = (branch.bare for branch in tree.branches)
            return Tree(tree.leaves, tuple(replace(branch, aggregate=mean) for branch in bare))

        contents = [replace(content, tree=plain(content.tree)) for content in self.contents]
        return self._scored(plain(self.tree), contents, growth)

    @cached_property
    def ratios(self) -> Array:
        """Growth of every group on the period before, as a ratio (n, groups)."""
        if self.how == "ratio":
            before, now = self.steps
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
                return matrix(now) / matrix(before)
        growth = matrix(self.growth)
        with np.errstate(divide="ignore", over="ignore"):
            return (200 + growth) / (200 - growth) if self.how == "symmetric" else np.exp(growth)

    @cached_property
    def alive(self) -> NDArray[np.bool_]:
        """Which groups each row's content has, (n, groups)."""
        which = rows_of([content.since for content in self.contents], self.panel)
        has = [[code in content.tree.by_code for code in self.tree.groups] for content in self.contents]
        return np.array([*has, [False] * len(self.tree.groups)])[which]

    @cached_property
    def levels(self) -> Array:
        """Levels (n, groups), the root first."""
        assert self.panel.periods is not None
        scores, before, ratios = matrix(self.rows), self.panel.previous(1), self.ratios
        out = np.full(scores.shape, np.nan)
        codes = self.panel.unit_codes()
        started = np.zeros((codes.max() + 1, scores.shape[1]), dtype=np.bool_)
        parents = [self.tree.groups.index(p) if (p := self.tree.by_code[c].parent) else 0 for c in self.tree.groups]
        broken: list[tuple[int, int]] = []
        for rows in self.panel.periods.blocks():
            units = codes[rows]
            gone = (before[rows] < 0)[:, np.newaxis]
            old = np.where(gone, np.nan, out[before[rows]])
            with np.errstate(over="ignore", invalid="ignore"):
                now = old * ratios[rows]
            new = ~started[units] & ~np.isnan(scores[rows])
            root = new[:, [0]]
            now = np.where(new, np.where(root, scores[rows], now[:, parents]), now)
            lost = started[units] & np.isnan(now) & self.alive[rows] & (gone | ~np.isnan(old))
            broken += [(int(rows[i]), int(g)) for i, g in np.argwhere(lost)]
            out[rows] = now
            started[units] |= new
        said = [
            Fault(
                Said(
                    "{place}: {group!r}: nothing links this period to the one before (a hole in the periods, or no "
                    "indicator that both have); fill it: impute = {{ method = 'carry_forward', limit = 1 }}, or "
                    "series = 'fixed'",
                    place=self.panel.place(i),
                    group=self.tree.groups[g],
                ),
                kind=(Said("rows"), g),
            )
            for i, g in broken
        ]
        raise_all(DataError, shortened(said))
        refuse_infinite(out, self.panel, self.tree.groups, Said("level"))
        return out

    def resting(self, marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which levels (n, groups) depend on rows whose scores are marked: their own, and all that follow."""
        assert self.panel.periods is not None
        codes, out = self.panel.unit_codes(), marks.copy()
        met = np.zeros((codes.max() + 1, marks.shape[1]), dtype=np.bool_)
        for rows in self.panel.periods.blocks():
            met[codes[rows]] |= marks[rows]
            out[rows] = met[codes[rows]]
        return out

    def level_parts(self, code: str, to_leaves: bool) -> Parts:
        """Return the parts (n,) of a group's level, in the proportions of its score."""
        with np.errstate(invalid="ignore", divide="ignore"):
            factor = self.levels[:, self.tree.groups.index(code)] / self.rows.values(code)
        return {name: part * factor for name, part in level_parts(self.rows, code, to_leaves).items()}

    def change_parts(self, code: str, lag: int, to_leaves: bool, split: Split) -> Parts:
        """Return the parts (n,) of a group's change on the period `lag` before: the sums of those of its steps."""
        level = self.levels[:, self.tree.groups.index(code)]
        before = self.panel.previous(1)
        steps = self._step_parts(code, level, np.where(before < 0, np.nan, level[before]), to_leaves, split)
        total = {name: np.zeros(self.panel.n) for name in steps}
        at = np.arange(self.panel.n)
        for _ in range(lag):
            for name, part in steps.items():
                total[name] = total[name] + np.where(at < 0, np.nan, part[at])
            at = before[at]  # beyond the first row a sum is missing, and stays so
        return total

    def _step_parts(self, code: str, now: Array, before: Array, to_leaves: bool, split: Split) -> Parts:
        """Return the parts of each step, in units of the level."""
        if self.how == "ratio":
            parts = change_parts(*self.steps, code, to_leaves, split)
            factor = before / self.steps[0].values(code)
        else:
            parts = level_parts(self.growth, code, to_leaves)
            factor = (now + before) / 200 if self.how == "symmetric" else 1 / log_secant(before, now)
        return {name: part * factor for name, part in parts.items()}

    def _scored(self, tree: Tree, contents: Sequence[Content], leaves: Array) -> Evaluation:
        """Return rows scored without a word; what a content has just gained needs no value in the period before."""
        which = rows_of([content.since for content in contents], self.panel)
        before = self.panel.previous(1)
        gained = np.flatnonzero((before >= 0) & (which != which[before]))
        with journal():
            found = in_turn(tree, contents, leaves, self.panel)
            if not len(gained):
                return found
            some = in_turn(tree, [_lenient(one) for one in contents], leaves[gained], self.panel.pick(gained))
        rest = np.setdiff1d(np.arange(self.panel.n), gained)
        return stitched(tree, leaves, [(rest, found.at(rest)), (gained, some)])

    def _refused(self, row: int, j: int, value: float) -> Fault:
        why = Said(
            "{place}, indicator {code!r}: {value:g}: {how} growth needs normalised values above 0 (normalise to "
            "relatives, or to a scale from 1 to 100)",
            place=self.panel.place(row),
            code=self.tree.codes[j],
            value=value,
            how=self.how,
        )
        return Fault(why, kind=(CELLS, j))


def _lenient(content: Content) -> Content:
    """Return a content whose groups are scored from whatever is there."""
    branches = (replace(branch, missing=replace(branch.missing, coverage=0.0)) for branch in content.tree.branches)
    return replace(content, tree=Tree(content.tree.leaves, tuple(branches)))
