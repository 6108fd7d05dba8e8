"""The linear programmes behind the benefit of the doubt: for each row its best weights, no row above 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.means import ColumnsError
from hengdian_index._tables.table import Array
from hengdian_index.errors import DataError

Limits: TypeAlias = tuple[float, float]

# Programmes solved in one call: the call costs more than a small programme.
_BATCH = 60

# The first programmes start with so many rows that are ahead where theirs is good; each later one with the binding
# rows of so many solved ones whose weights suit it best. So many rows are added when some are above 1.
_AHEAD, _ALIKE, _ADD = 15, 10, 5

# A row above 1 by less counts as 1; so does a multiplier of a row that does not bind.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Rules:
    """What the weights must obey: limits of each weight's share in their sum, of each product's share in the score.

    With a `direction` (k,) the distance along it is sought instead of the ratio.
    """

    bounds: Limits | None = None
    share_bounds: Limits | None = None
    direction: Array | None = None

    def over(self, columns: NDArray[np.bool_]) -> Rules:
        """Return the rules for some of the columns."""
        return self if self.direction is None else replace(self, direction=self.direction[columns])


@dataclass(frozen=True, slots=True)
class Best:
    """Scores (a,), weights (a, k) and binding rows of the rows asked for."""

    scores: Array
    weights: Array
    peers: list[tuple[int, ...]]


def best_weights(z: Array, asked: NDArray[np.intp], rules: Rules) -> Best:
    """Return the best weights of some rows of z (m, k), no gaps, all >= 0, not all 0.

    A programme holds only rows that could bind. Those found above 1 under its answer are added and it is solved
    again, until none is: the answer is then that of the programme with all rows.
    """
    size = z.max(axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = z / size
    with np.errstate(over="ignore"):
        d = None if rules.direction is None else rules.direction / size
    if d is not None and not np.isfinite(d).all():
        raise ColumnsError(~np.isfinite(d)[np.newaxis], "its values are too small for a direction; rescale its unit")
    rows = _Rows(scaled, undominated(scaled), replace(rules, direction=d), size)
    weights = np.zeros((0, z.shape[1]))
    peers: list[tuple[int, ...]] = []
    while len(peers) < len(asked):
        some = asked[len(peers) : 2 * len(peers) + _BATCH]
        active = rows.alike(some, weights, peers) if peers else rows.ahead(some)
        found, binding = _settled(rows, some, active)
        weights, peers = np.concatenate([weights, found]), peers + binding
    scores, weights = rows.scores(asked, weights)
    with np.errstate(over="ignore"):
        return Best(scores, weights / size, peers)


def _settled(rows: _Rows, asked: NDArray[np.intp], active: list[list[int]]) -> tuple[Array, list[tuple[int, ...]]]:
    """Return the weights of the rows asked for, no row above their level, and the binding rows."""
    weights = np.zeros((len(asked), rows.z.shape[1]))
    peers: list[tuple[int, ...]] = [()] * len(asked)
    left = np.arange(len(asked))
    while left.size:
        again = []
        for part in _batches(left):
            weights[part], level, binding = rows.programmes(asked[part], [active[i] for i in part])
            for i, bound, above in zip(part, binding, rows.above(weights[part], level), strict=True):
                peers[i] = bound
                new = [row for row in above if row not in active[i]]
                active[i] += new
                again += [i] if new else []
            # On one level the weights of different rows can be compared; the scores put them back.
            weights[part] /= level[:, np.newaxis]
        left = np.array(again, dtype=np.intp)
    return weights, peers


def undominated(z: Array) -> NDArray[np.intp]:
    """Return the rows that no other row equals or exceeds in every column; of equal rows the first."""
    left = np.argsort(-z.sum(axis=1), kind="stable")
    found = []
    while left.size:
        found.append(left[0])
        left = left[(z[left] > z[left[0]]).any(axis=1)]
    return np.sort(np.array(found, dtype=np.intp))


def _batches(items: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]


def _diagonal(blocks: Sequence[Array]) -> Any:
    """Return equally wide blocks along the diagonal of a sparse array, nothing beside them."""
    from scipy.sparse import csr_array

    rows, width = np.concatenate(blocks), blocks[0].shape[1]
    first = np.repeat(np.arange(len(blocks)) * width, [len(block) for block in blocks])
    columns, ends = first[:, np.newaxis] + np.arange(width), np.arange(len(rows) + 1) * width
    return csr_array((rows.ravel(), columns.ravel(), ends), shape=(len(rows), len(blocks) * width))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows (m, k) with largest value 1 in each column, those that can bind, the rules on that scale, the scale."""

    z: Array
    pool: NDArray[np.intp]
    rules: Rules
    size: Array

    def ahead(self, asked: NDArray[np.intp]) -> list[list[int]]:
        """Return for each row those that may bind it: leaders of the columns, itself, those ahead where it is good."""
        own = self.z[asked]
        favour = 1 / (own + 0.05 * np.maximum(own.max(axis=1, keepdims=True), 1e-9))
        return self._with_leaders(asked, self.pool[_largest(favour @ self.z[self.pool].T, _AHEAD)].tolist())

    def alike(self, asked: NDArray[np.intp], weights: Array, peers: Sequence[Sequence[int]]) -> list[list[int]]:
        """Return the same from programmes that are solved: what binds under the weights that suit each row best."""
        close = _largest(self.z[asked] @ weights.T, _ALIKE)
        return self._with_leaders(asked, [[row for i in some for row in peers[i]] for some in close.tolist()])

    def _with_leaders(self, asked: NDArray[np.intp], likely: Sequence[Sequence[int]]) -> list[list[int]]:
        leaders = self.z.argmax(axis=0).tolist()
        return [sorted({*leaders, row, *some}) for row, some in zip(asked.tolist(), likely, strict=True)]

    def above(self, weights: Array, level: Array) -> list[list[int]]:
        """Return for each set of weights the rows farthest above its level."""
        reach = weights @ self.z[self.pool].T
        first = _largest(reach, _ADD)
        over = np.take_along_axis(reach, first, axis=1) > level[:, np.newaxis] + _SAME
        return [self.pool[some[far]].tolist() for some, far in zip(first, over, strict=True)]

    def programmes(
        self, asked: NDArray[np.intp], active: Sequence[Sequence[int]]
    ) -> tuple[Array, Array, list[tuple[int, ...]]]:
        """Return the weights, the level that no active row exceeds, and the binding rows, of several programmes."""
        from scipy.optimize import linprog

        own, d = self.z[asked], self.rules.direction
        gain = own / np.where(own.max(axis=1) > 0, own.max(axis=1), 1.0)[:, np.newaxis]
        cost = -gain if d is None else np.column_stack([-own, np.ones(len(own))])
        blocks = [self._constraints(one, some) for one, some in zip(own, active, strict=True)]
        limit = [np.arange(len(block)) < len(some) for block, some in zip(blocks, active, strict=True)]
        right = np.concatenate(limit) * (1.0 if d is None else 0.0)
        given: dict[str, Any] = {"A_ub": _diagonal(blocks), "b_ub": right}
        if d is not None:
            line = np.concatenate([d, [0.0]])[np.newaxis]
            given |= {"A_eq": _diagonal([line] * len(own)), "b_eq": np.ones(len(own))}
        found = linprog(cost.ravel(), **given)
        if found.status != 0:
            raise DataError(f"benefit_of_the_doubt: the linear programme was not solved: {found.message}")
        answer = found.x.reshape(cost.shape)
        shadow = np.split(-found.ineqlin.marginals, np.cumsum([len(block) for block in blocks])[:-1])
        binding = [
            tuple(np.array(some)[s[: len(some)] > _SAME].tolist()) for some, s in zip(active, shadow, strict=True)
        ]
        k = self.z.shape[1]
        return answer[:, :k], np.ones(len(own)) if d is None else answer[:, k], binding

    def _constraints(self, own: Array, active: Sequence[int]) -> Array:
        """Return the constraints of one programme: the active rows first, then the rules of the weights."""
        parts = [self.z[active]]
        for limits, unit in ((self.rules.bounds, self.size.min() / self.size), (self.rules.share_bounds, own)):
            if limits is not None:
                unit = unit / max(unit.max(), 1e-300)
                parts += [limits[0] * unit - np.diag(unit), np.diag(unit) - limits[1] * unit]
        if self.rules.direction is None:
            return np.concatenate(parts)
        level = np.zeros(sum(map(len, parts)))
        level[: len(active)] = -1.0
        return np.column_stack([np.concatenate(parts), level])

    def scores(self, asked: NDArray[np.intp], weights: Array) -> tuple[Array, Array]:
        """Return scores and weights; the weights are put on their level by the largest sum among all rows, exactly."""
        d = self.rules.direction
        if d is not None:
            weights = weights / (weights @ d)[:, np.newaxis]
        most, own = np.empty(len(asked)), np.empty(len(asked))
        for part in _batches(np.arange(len(asked))):
            most[part] = (weights[part] @ self.z[self.pool].T).max(axis=1)
            own[part] = (weights[part] * self.z[asked[part]]).sum(axis=1)
        if d is not None:
            return 1 / (1 + np.maximum(most - own, 0.0)), weights
        # Weights that no row's sum binds are 0 but for rounding: the rules leave the row no others.
        bound = most > 0.5
        most = np.where(bound, most, 1.0)
        return np.where(bound, np.minimum(own / most, 1.0), 0.0), np.where(bound, weights.T / most, 0.0).T


def _largest(values: Array, number: int) -> NDArray[np.intp]:
    """Return the places of the largest values of each row, in any order."""
    number = min(number, values.shape[1])
    return np.argpartition(-values, number - 1, axis=1)[:, :number]
