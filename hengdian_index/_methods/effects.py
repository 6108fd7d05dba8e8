"""What moving each part of a group does to its score where the aggregation is no mean: effects, and their slopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.means import Kernel, RowsError, Together
from hengdian_index._maths.shapley import mixtures, shapley_parts, share_of
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, DataError

Split: TypeAlias = Literal["interaction", "shapley"]
Rows: TypeAlias = NDArray[np.intp]

# Below this share of what its own parts add up to, the step of a child says little about its slope.
_CANCELLED = 0.01

# A slope is measured over at most this share of the size of the parts.
_WIDEST = 0.005

# A score that rises by this share of its rise over the whole within a millionth of the way jumps there.
_JUMP = 0.01
_HALVINGS = 20

_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Rows of a group's children (n, k) at the start and at the end, and the weights asked for, (k,) or (n, k).

    A child missing at its start or at its end takes no part in either. Where the weights differ, "interaction" keeps
    those of the start and "shapley" takes the mean of the effects under both. A method that compares rows is shown the
    rows before and after a move together, so that a row's effect is that of its own move.
    """

    kernel: Kernel
    x0: Array
    x1: Array
    w0: Array
    w1: Array
    split: Split

    @classmethod
    def of(
        cls, kernel: Kernel, x0: Array, x1: Array, w0: Array, w1: Array, counted: NDArray[np.bool_], split: Split
    ) -> Moves:
        """Return the moves of the rows that are counted (n,)."""
        there = ~(np.isnan(x0) | np.isnan(x1)) & counted[:, np.newaxis]
        if isinstance(kernel, Together) and kernel.set_wise and not kernel.takes_gaps:
            there &= there.all(axis=1, keepdims=True)
        return cls(kernel, np.where(there, x0, np.nan), np.where(there, x1, np.nan), w0, w1, split)

    def effects(self) -> tuple[Array, Array]:
        """Return the effect of each child (n, k), and of all together (n,); 0 for what takes no part."""
        effects, whole = np.zeros(self.x0.shape), np.zeros(len(self.x0))
        for rows, columns, weights in self._alike():
            x0, x1 = self.x0[np.ix_(rows, columns)], self.x1[np.ix_(rows, columns)]
            try:
                found = [self._effects(x0, x1, w, columns) for w in weights]
            except (CellsError, DataError):
                if len(columns) == self.x0.shape[1]:
                    raise
                continue  # what is there in both periods has no score of its own
            effects[np.ix_(rows, columns)] = np.mean([parts for parts, _ in found], axis=0)
            whole[rows] = np.mean([change for _, change in found], axis=0)
        return effects, whole

    def slopes(self, j: int, effect: Array, size: Array, level: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return a child's effect per unit of its step (n,), and where there is none, for the score jumps.

        `size` is what the sizes of the child's own parts add up to, `level` the size of the group's score, both (n,).
        Where the step is too small beside them to tell, the slope is that of a wider step about its middle, in the
        limit the derivative, or the mean of those on both sides.
        """
        start, end = self.x0[:, j], self.x1[:, j]
        step = end - start
        slope = np.divide(effect, step, out=np.zeros_like(step), where=np.abs(step) > 0)
        small = np.flatnonzero(np.abs(step) < _CANCELLED * size)
        jumps = np.zeros(len(step), dtype=np.bool_)
        if not len(small):
            return slope, jumps
        s, value = size[small], np.maximum(np.abs(start[small]), np.abs(end[small]))
        # About the cube root of the relative rounding, where that and the curvature cost the same digits.
        wide = s * np.minimum(np.cbrt(_EPSILON * np.maximum(value, s) / s), _WIDEST)
        narrow = np.abs(step[small]) < wide
        middle = start[small] + step[small] / 2
        ends = [(middle - wide, middle + wide), (middle, middle + wide), (middle - wide, middle)]
        for number, (below, above) in enumerate(ends, 1):
            low, high = np.where(narrow, below, start[small]), np.where(narrow, above, end[small])
            try:
                at_low, at_high = self._to(j, small, low), self._to(j, small, high)
                break
            except (CellsError, DataError):
                if number == len(ends):
                    raise
                # At the end of what the method takes there is a step to one side alone.
        slope[small] = (at_high - at_low) / (high - low)
        jumps[small] = self._jumps(j, small, (low, high), (at_low, at_high), 64 * _EPSILON * level[small])
        return slope, jumps

    def _jumps(
        self, j: int, rows: Rows, ends: tuple[Array, Array], effects: tuple[Array, Array], rounding: Array
    ) -> NDArray[np.bool_]:
        """Return where the score jumps: halved again and again, the way still holds a part of the whole effect."""
        (low, high), (at_low, at_high) = ends, effects
        least = np.maximum(_JUMP * np.abs(at_high - at_low), rounding)
        left = np.flatnonzero(np.abs(at_high - at_low) > least)
        for _ in range(_HALVINGS):
            if not len(left):
                break
            middle = low[left] + (high[left] - low[left]) / 2
            at_middle = self._to(j, rows[left], middle)
            first = np.abs(at_middle - at_low[left]) > np.abs(at_high[left] - at_middle)
            low[left], at_low[left] = np.where(first, (low[left], at_low[left]), (middle, at_middle))
            high[left], at_high[left] = np.where(first, (middle, at_middle), (high[left], at_high[left]))
            left = left[np.abs(at_high[left] - at_low[left]) > least[left]]
        found = np.zeros(len(rows), dtype=np.bool_)
        found[left] = True
        return found

    def _to(self, j: int, rows: Rows, end: Array) -> Array:
        """Return the effect (rows,) of child j in some rows if it ends elsewhere."""
        if self._compares():
            x1 = self.x1.copy()
            x1[rows, j] = end
            return np.asarray(replace(self, x1=x1).effects()[0][rows, j])
        x1 = self.x1[rows]
        x1[:, j] = end
        w0, w1 = (w if w.ndim == 1 else w[rows] for w in (self.w0, self.w1))
        return replace(self, x0=self.x0[rows], x1=x1, w0=w0, w1=w1).effects()[0][:, j]

    def _compares(self) -> bool:
        return isinstance(self.kernel, Together) and self.kernel.set_wise

    def _alike(self) -> Iterator[tuple[Rows, Rows, list[Array]]]:
        """Yield the rows under the same weights and, if each is scored alone, with the same children, and both."""
        there = ~np.isnan(self.x0)
        at = np.flatnonzero(there.any(axis=1))
        every = np.arange(self.x0.shape[1])
        together = self._compares()
        keys = [w[at] for w in (self.w0, self.w1) if w.ndim > 1]
        keys += [] if together or there[at].all() else [there[at].astype(np.float64)]
        if not len(at):
            return
        groups = np.unique(np.hstack(keys), axis=0, return_inverse=True)[1].ravel() if keys else np.zeros(len(at))
        for number in np.unique(groups):
            rows = at[groups == number]
            columns = every if together else np.flatnonzero(there[rows[0]])
            w0, w1 = (w if w.ndim == 1 else w[rows[0]] for w in (self.w0, self.w1))
            weights = [w0] if self.split == "interaction" or np.array_equal(w0, w1) else [w0, w1]
            if all(w[columns].sum() > 0 for w in weights):
                yield rows, columns, weights

    def _effects(self, x0: Array, x1: Array, w: Array, columns: Rows) -> tuple[Array, Array]:
        """Return the effects (m, k) of the children, and that of all (m,), in rows under the same weights."""
        if self._compares():
            return self._beside_others(x0, x1, w)

        def score(x: Array, _: Array) -> Array:
            return self._score(x, w, columns)

        if self.split == "shapley":
            parts = shapley_parts(score, x0, x1, w[columns])
            return parts, parts.sum(axis=1)
        start = score(x0, w)
        parts = np.empty(x0.shape)
        for j in range(x0.shape[1]):
            moved = x0.copy()
            moved[:, j] = x1[:, j]
            parts[:, j] = score(moved, w) - start
        return np.where(x1 == x0, 0.0, parts), score(x1, w) - start

    def _score(self, x: Array, w: Array, columns: Rows) -> Array:
        """Return the scores (m,) of rows that have some columns."""
        if len(columns) == len(w):
            return self._scores(x, w)
        if isinstance(self.kernel, Together):
            whole = np.full((len(x), len(w)), np.nan)
            whole[:, columns] = x
            return self._scores(whole, w)
        part = w[columns]
        return self._scores(x, part / part.sum())

    def _scores(self, x: Array, w: Array) -> Array:
        scores = np.asarray(self.kernel(x, w), dtype=np.float64)  # type: ignore[operator]  # a pair never comes here
        if not np.isfinite(scores).all():
            raise RowsError(~np.isfinite(scores)[:, np.newaxis], Said("the score is not a finite number"))
        return scores

    def _beside_others(self, x0: Array, x1: Array, w: Array) -> tuple[Array, Array]:
        """Return the effects of the moves of each row, the rows before and after them compared with each other."""

        def move(before: Array, after: Array) -> Array:
            try:
                scores = self._scores(np.concatenate([before, after]), w)
            except (CellsError, DataError):
                # What does not move here may be constant; beside the rows at both ends it is not.
                scores = self._scores(np.concatenate([before, after, x0, x1]), w)
            return scores[len(before) : 2 * len(before)] - scores[: len(before)]

        k = x0.shape[1]
        sets = mixtures(k)[:-1] if self.split == "shapley" else np.zeros((1, k), dtype=np.bool_)
        parts = np.zeros(x0.shape)
        for moved in sets:
            before = np.where(moved, x1, x0)
            share = share_of(k, int(moved.sum())) if self.split == "shapley" else 1.0
            for j in np.flatnonzero(~moved & (x1 != x0).any(axis=0)):
                after = before.copy()
                after[:, j] = x1[:, j]
                parts[:, j] += share * move(before, after)
        parts = np.where((x1 == x0) | np.isnan(x0), 0.0, parts)
        return parts, move(x0, x1) if self.split == "interaction" else parts.sum(axis=1)
