"""The exact split of a level, and of a change, into the parts of a group, down to the indicators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hengdian_index.decorators import kernel
from hengdian_index.errors import SpecError
from hengdian_index.means import Pair, Scores
from hengdian_index.pairs import ARITHMETIC
from hengdian_index.rows.table import Array
from hengdian_index.tree import Branch, Tree


class Computed(Protocol):
    """What a split needs of a result."""

    @property
    def tree(self) -> Tree:
        """Leaves and branches."""

    @property
    def group_weights(self) -> Mapping[str, Array]:
        """Weights of each group's children."""

    @property
    def group_scores(self) -> Mapping[str, Scores]:
        """Scores of each group."""

    def node_values(self, code: str) -> Array:
        """Return the scores (n,) of a group or an indicator."""


Parts = dict[str, Array]


def level_parts(result: Computed, code: str, to_leaves: bool) -> Parts:
    """Return the contributions (n,) of the parts of a group to its level; they sum to it."""
    branch = result.tree.by_code[code]
    x, w, y = _children(result, branch), _row_weights(result, branch), result.node_values(code)
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    if not isinstance(pair, Pair):
        raise SpecError(
            f"group {code!r}: a level splits only under a mean, not {branch.aggregate.method.name!r}; use of='change'"
        )
    factors = _level_factors(pair, x, w, y)
    return _gathered(result, branch, factors, x, y, to_leaves, lambda child: level_parts(result, child, True))


def change_parts(result: Computed, code: str, before: NDArray[np.intp], to_leaves: bool) -> Parts:
    """Return the contributions (n,) of the parts of a group to its change on the rows `before`; they sum to it."""
    branch = result.tree.by_code[code]
    x1, w1, y1 = _children(result, branch), _row_weights(result, branch), result.node_values(code)
    none = before < 0
    x0, w0, y0 = (np.where(none.reshape(-1, *[1] * (a.ndim - 1)), np.nan, a[before]) for a in (x1, w1, y1))
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    step = np.where(np.isnan(x1 - x0), 0.0, x1 - x0)
    if isinstance(pair, Pair):
        factors, rest = _change_factors(pair, x0, x1, y0, y1, w0, w1), "reweighting"
    else:
        factors, rest = _one_at_a_time(pair, x0, x1, y0, w0), "interaction"
    change = y1 - y0
    parts = _gathered(
        result, branch, factors, step, change, to_leaves, lambda child: change_parts(result, child, before, True)
    )
    return _closed(parts, change, rest)


def _children(result: Computed, branch: Branch) -> Array:
    return np.stack([result.node_values(child) for child in branch.children], axis=1)


def _row_weights(result: Computed, branch: Branch) -> Array:
    """Return the weights that each row was given (n, k)."""
    scores, w = result.group_scores[branch.code], result.group_weights[branch.code]
    return np.broadcast_to(w, (len(scores.values), len(w))) if scores.weights is None else scores.weights


def _level_factors(pair: Pair, x: Array, w: Array, y: Array) -> Array:
    """Return what each child's level is multiplied by: w for the arithmetic mean, y w f(z) / (f(y) z) for others.

    Where f(y) = 0 (a geometric mean of 1) that has no value; there each part counts by its weight, y w / z.
    """
    if pair is ARITHMETIC:
        return np.asarray(w)
    mean = y[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where((mean == 1) & (pair.quotient is None), w, w * pair.share(x, mean))
        return mean * share / x


def _change_factors(pair: Pair, x0: Array, x1: Array, y0: Array, y1: Array, w0: Array, w1: Array) -> Array:
    """Return what each child's change is multiplied by: the mean weight times the slope.

    Where a 0 gives the limit 0, the children that come from or go to 0 make the whole change, by weight.
    """
    factors = (w0 + w1) / 2 * pair.slope(x0, x1, y0, y1)
    if not pair.zero_is_limit:
        return factors
    turned = ((x0 == 0) != (x1 == 0)) * (w0 + w1)
    with np.errstate(invalid="ignore", divide="ignore"):
        limit = turned / turned.sum(axis=1, keepdims=True) * (y1 - y0)[:, np.newaxis] / (x1 - x0)
    zero = ((y0 == 0) | (y1 == 0))[:, np.newaxis]
    return np.where(zero, np.where(turned > 0, limit, 0.0), factors)


def _one_at_a_time(score: Any, x0: Array, x1: Array, y0: Array, w: Array) -> Array:
    """Return the effect of moving one child alone, per unit of its change; 0 where it does not change."""
    factors = np.zeros(x0.shape)
    whole = ~np.isnan(x0 + x1).any(axis=1)
    for j in range(x0.shape[1]):
        moved = x0.copy()
        moved[:, j] = x1[:, j]
        rows = whole & (x1[:, j] != x0[:, j])
        if rows.any():
            factors[rows, j] = (score(moved[rows], w[rows][0]) - y0[rows]) / (x1 - x0)[rows, j]
    return factors


def _gathered(
    result: Computed, branch: Branch, factors: Array, x: Array, y: Array, to_leaves: bool, below: Any
) -> Parts:
    """Return factor times value of each child, or of each leaf below it, missing where the group's own value is."""
    parts: Parts = {}
    for j, child in enumerate(branch.children):
        deeper = below(child) if to_leaves and child in result.tree.by_code else {child: x[:, j]}
        for name, value in deeper.items():
            part = np.where(np.isnan(value) | np.isnan(factors[:, j]), 0.0, value * factors[:, j])
            parts[name] = parts.get(name, 0.0) + np.where(np.isnan(y), np.nan, part)
    return parts


def _closed(parts: Parts, change: Array, rest: str) -> Parts:
    """Return the parts so that they sum to the change: rounding is shared out, what is more gets its own column."""
    total = np.sum(list(parts.values()), axis=0)
    size = np.sum(np.abs(list(parts.values())), axis=0)
    gap = change - total
    rounding = np.abs(gap) <= 1e-9 * np.maximum(size, np.abs(change))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(rounding & (size > 0), gap / size, 0.0)
    closed = {name: part + np.abs(part) * share for name, part in parts.items()}
    left = np.where(rounding, 0.0, gap)
    if np.nansum(np.abs(left)) > 0:
        closed[rest] = closed.get(rest, 0.0) + np.where(np.isnan(change), np.nan, left)
    return closed
