"""The linear programmes behind the benefit of the doubt: for each row its best weights, no row above 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import DataError
from hengdian_index.rows.table import Array

Limits: TypeAlias = tuple[float, float]

# Programmes solved in one call: the call costs more than a small programme.
_BATCH = 30

# Rows that a programme starts with besides the column leaders, and rows added to it when some are above 1.
_START, _ADD = 15, 5

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

    A programme holds only the rows that could bind. Those found above 1 under its answer are added and it is solved
    again, until none is: the answer is then that of the programme with all rows.
    """
    size = z.max(axis=0)
    size = np.where(size > 0, size, 1.0)
    part = _Part(z / size, _scaled(rules, size), size)
    answers = [part.solved(asked[start : start + _BATCH]) for start in range(0, len(asked), _BATCH)]
    scores, weights = (np.concatenate([answer[i] for answer in answers]) for i in (0, 1))
    return Best(scores, weights / size, [peers for answer in answers for peers in answer[2]])


def _scaled(rules: Rules, size: Array) -> Rules:
    return rules if rules.direction is None else replace(rules, direction=rules.direction / size)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows (m, k) with largest value 1 in each column, the rules on that scale, and the scale."""

    z: Array
    rules: Rules
    size: Array

    def solved(self, rows: NDArray[np.intp]) -> tuple[Array, Array, list[tuple[int, ...]]]:
        """Return scores, weights and peers of a few rows."""
        weights, peers = np.zeros((len(rows), self.z.shape[1])), [()] * len(rows)
        active = self._likely(rows)
        left = np.arange(len(rows))
        while left.size:
            weights[left], level, binding = self._programmes(rows[left], [active[i] for i in left])
            reach = weights[left] @ self.z.T
            above = np.argpartition(-reach, min(_ADD, len(self.z) - 1), axis=1)[:, :_ADD]
            again = []
            for at, i in enumerate(left):
                peers[i] = binding[at]
                over = above[at][reach[at, above[at]] > level[at] + _SAME]
                new = np.setdiff1d(over, active[i])
                if new.size:
                    active[i] = np.concatenate([active[i], new])
                    again.append(i)
            left = np.array(again, dtype=np.intp)
        return *self._scores(rows, weights), peers

    def _likely(self, rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
        """Return for each row the rows that may bind: the leaders of the columns, itself, and those ahead where it is good."""
        own = self.z[rows]
        favour = 1 / (own + 0.05 * np.maximum(own.max(axis=1, keepdims=True), 1e-9))
        ahead = np.argsort(-(favour @ self.z.T), axis=1, kind="stable")[:, :_START]
        leaders = self.z.argmax(axis=0)
        return [np.unique(np.concatenate([leaders, [row], some])) for row, some in zip(rows, ahead, strict=True)]

    def _programmes(
        self, rows: NDArray[np.intp], active: Sequence[NDArray[np.intp]]
    ) -> tuple[Array, Array, list[tuple[int, ...]]]:
        """Return the weights, the level that no active row exceeds, and the binding rows, of all programmes at once."""
        from scipy.optimize import linprog
        from scipy.sparse import block_diag

        own, d = self.z[rows], self.rules.direction
        gain = own / np.where(own.max(axis=1) > 0, own.max(axis=1), 1.0)[:, np.newaxis]
        cost = -gain if d is None else np.column_stack([-own, np.ones(len(rows))])
        blocks = [self._constraints(one, some) for one, some in zip(own, active, strict=True)]
        limit = [
            np.where(np.arange(len(b)) < len(some), float(d is None), 0.0)
            for b, some in zip(blocks, active, strict=True)
        ]
        equal: dict[str, Any] = {}
        if d is not None:
            line = np.concatenate([d, [0.0]])[np.newaxis]
            equal = {"A_eq": block_diag([line] * len(rows), format="csr"), "b_eq": np.ones(len(rows))}
        found = linprog(cost.ravel(), A_ub=block_diag(blocks, format="csr"), b_ub=np.concatenate(limit), **equal)
        if found.status != 0:
            raise DataError(f"benefit_of_the_doubt: the linear programme was not solved: {found.message}")
        answer = found.x.reshape(cost.shape)
        shadow = np.split(-found.ineqlin.marginals, np.cumsum([len(b) for b in blocks])[:-1])
        binding = [tuple(some[s[: len(some)] > _SAME].tolist()) for some, s in zip(active, shadow, strict=True)]
        k = self.z.shape[1]
        return answer[:, :k], np.ones(len(rows)) if d is None else answer[:, k], binding

    def _constraints(self, own: Array, active: NDArray[np.intp]) -> Array:
        """Return the rows of one programme: the active rows first, then the rules of the weights."""
        parts = [self.z[active]]
        for limits, unit in ((self.rules.bounds, 1 / self.size), (self.rules.share_bounds, own)):
            if limits is not None:
                unit = unit / max(unit.max(), 1e-300)
                parts += [limits[0] * unit - np.diag(unit), np.diag(unit) - limits[1] * unit]
        if self.rules.direction is None:
            return np.concatenate(parts)
        level = np.zeros(sum(map(len, parts)))
        level[: len(active)] = -1.0
        return np.column_stack([np.concatenate(parts), level])

    def _scores(self, rows: NDArray[np.intp], weights: Array) -> tuple[Array, Array]:
        """Return scores and weights, the largest weighted sum among all rows put to exactly the level."""
        most = (weights @ self.z.T).max(axis=1)
        own = np.einsum("ij,ij->i", weights, self.z[rows])
        if self.rules.direction is not None:
            return 1 / (1 + np.maximum(most - own, 0.0)), weights
        most = np.where(most > 0, most, 1.0)
        return own / most, weights / most[:, np.newaxis]
