"""The exact split of a level, and of a change, into the parts of a group, down to the indicators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index.decorators import kernel
from hengdian_index.errors import CellsError, SpecError
from hengdian_index.means import Pair, Together
from hengdian_index.pairs import ARITHMETIC
from hengdian_index.rows.table import Array
from hengdian_index.scoring import Scored
from hengdian_index.shapley import shapley_parts
from hengdian_index.tree import Branch

Parts = dict[str, Array]

# A gap between a change and the sum of its parts, relative to their size, up to which it is rounding.
_ROUNDING = 1e-9

# Below this share of the sum of their sizes, the sum of parts says nothing about their proportions.
_CANCELLED = 0.01
Split: TypeAlias = Literal["interaction", "shapley"]


def level_parts(rows: Scored, code: str, to_leaves: bool) -> Parts:
    """Return the contributions (n,) of the parts of a group to its level; they sum to it."""
    return _missing_with(_level_parts(rows, code, to_leaves), rows.values(code))


def change_parts(before: Scored, now: Scored, code: str, to_leaves: bool, split: Split) -> Parts:
    """Return the contributions (n,) of the parts of a group to its change from rows to rows; they sum to it.

    Where the aggregation is no mean, `split` "interaction" moves one child at a time and leaves the rest in a column
    of its own; "shapley" shares it out.
    """
    change = now.values(code) - before.values(code)
    try:
        parts = _change_parts(before, now, code, to_leaves, split)
    except CellsError as error:
        raise SpecError(f"group {code!r}: its change cannot be split: {error.why}") from None
    return _missing_with(_rounded(parts, change), change)


def _level_parts(rows: Scored, code: str, to_leaves: bool) -> Parts:
    branch = rows.tree.by_code[code]
    x, w, y = rows.children(branch), rows.row_weights(branch), rows.values(code)
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    if not isinstance(pair, Pair):
        raise SpecError(
            f"group {code!r}: a level splits only under a mean, not {branch.aggregate.method.name!r}; use of='change'"
        )
    factors = np.broadcast_to(_level_factors(pair, x, w, y), x.shape)
    return _gathered(branch, factors, x, rows, to_leaves, lambda child: _level_parts(rows, child, True))


def _change_parts(before: Scored, now: Scored, code: str, to_leaves: bool, split: Split) -> Parts:
    branch = now.tree.by_code[code]
    x0, w0, y0 = before.children(branch), before.row_weights(branch), before.values(code)
    x1, w1, y1 = now.children(branch), now.row_weights(branch), now.values(code)
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)

    def below(child: str) -> Parts:
        return _change_parts(before, now, child, True, split)

    if isinstance(pair, Pair):
        factors = _change_factors(pair, x0, x1, y0, y1, w0, w1)
        return _closed(_gathered(branch, factors, x1 - x0, now, to_leaves, below), y1 - y0, "reweighting")
    w = np.broadcast_to(w0, x0.shape)
    effects = _shapley(pair, x0, x1, w) if split == "shapley" else _one_at_a_time(pair, x0, x1, y0, w)
    others = split == "shapley" and isinstance(pair, Together)
    rest = "other rows" if others else "interaction"
    return _closed(_shared_out(branch, effects, x1 - x0, now, to_leaves, below), y1 - y0, rest)


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
    """Return what each child's change is multiplied by: the mean weight times the slope, 1 for the arithmetic mean.

    Where a 0 gives the limit 0, the children that come from or go to 0 make the whole change, by weight.
    """
    mean = (w0 + w1) / 2
    if pair is ARITHMETIC:
        return np.broadcast_to(mean, x0.shape)
    factors = mean * pair.slope(x0, x1, y0, y1)
    if not pair.zero_is_limit:
        return factors
    turned = ((x0 == 0) != (x1 == 0)) * (w0 + w1)
    with np.errstate(invalid="ignore", divide="ignore"):
        limit = turned / turned.sum(axis=1, keepdims=True) * (y1 - y0)[:, np.newaxis] / (x1 - x0)
    zero = ((y0 == 0) | (y1 == 0))[:, np.newaxis]
    return np.where(zero, np.where(turned > 0, limit, 0.0), factors)


def _one_at_a_time(score: Any, x0: Array, x1: Array, y0: Array, w: Array) -> Array:
    """Return the effect (n, k) of moving one child alone; 0 where it does not change."""
    effects = np.zeros(x0.shape)
    whole = ~np.isnan(x0 + x1).any(axis=1)
    for j in range(x0.shape[1]):
        moved = x0.copy()
        moved[:, j] = x1[:, j]
        rows = whole & (x1[:, j] != x0[:, j])
        if rows.any():
            # A method that compares rows is shown all of them.
            shown = whole if isinstance(score, Together) else rows
            found = np.full(len(x0), np.nan)
            found[shown] = _scored(score, moved[shown], w[shown])
            effects[rows, j] = (found - y0)[rows]
    return effects


def _scored(score: Any, x: Array, w: Array) -> Array:
    """Return the scores (n,) of rows x (n, k) under weights (n, k), which most often are the same for all."""
    if (w == w[0]).all():
        return np.asarray(score(x, w[0]))
    return np.asarray(score(x[:, np.newaxis, :], w))[:, 0]


def _shapley(score: Any, x0: Array, x1: Array, w: Array) -> Array:
    """Return the Shapley share (n, k) of each child in the change."""
    whole = ~np.isnan(x0 + x1).any(axis=1)
    effects = np.zeros(x0.shape)
    if whole.any():
        for rows in _alike(w, whole):
            effects[rows] = shapley_parts(score, x0[rows], x1[rows], w[rows[0]])
    return effects


def _alike(w: Array, rows: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Return the rows chosen, those under the same weights together."""
    at = np.flatnonzero(rows)
    _, which = np.unique(w[at], axis=0, return_inverse=True)
    return [at[which.ravel() == number] for number in range(which.max() + 1)]


def _gathered(
    branch: Branch, factors: Array, x: Array, rows: Scored, to_leaves: bool, below: Callable[[str], Parts]
) -> Parts:
    """Return factor times value of each child, or of each leaf below it, 0 where a child is missing."""
    parts: Parts = {}
    for j, child in enumerate(branch.children):
        deeper = below(child) if to_leaves and child in rows.tree.by_code else {child: x[:, j]}
        for name, value in deeper.items():
            part = value * factors[:, j]
            part[np.isnan(part)] = 0.0
            parts[name] = part if name not in parts else parts[name] + part
    return parts


def _shared_out(
    branch: Branch, effects: Array, steps: Array, rows: Scored, to_leaves: bool, below: Callable[[str], Parts]
) -> Parts:
    """Return the effect of each child, or of each leaf below it.

    A leaf's share is its part in the child's step; where the parts nearly cancel, for proportions then have no bounds,
    its part in the sum of their sizes.
    """
    parts: Parts = {}
    for j, child in enumerate(branch.children):
        if not (to_leaves and child in rows.tree.by_code):
            parts[child] = parts.get(child, 0.0) + np.array(effects[:, j])
            continue
        deeper = below(child)
        _, size = _sums(deeper)
        net = np.abs(steps[:, j]) > _CANCELLED * size
        for name, value in deeper.items():
            with np.errstate(invalid="ignore", divide="ignore"):
                share = np.where(net, value / steps[:, j], np.abs(value) / size)
            part = effects[:, j] * np.where(size > 0, share, 1 / len(deeper))
            part[np.isnan(part)] = 0.0
            parts[name] = parts.get(name, 0.0) + part
    return parts


def _missing_with(parts: Parts, whole: Array) -> Parts:
    """Return the parts, missing where the whole is."""
    gone = np.isnan(whole)
    if gone.any():
        for part in parts.values():
            part[gone] = np.nan
    return parts


def _closed(parts: Parts, change: Array, rest: str) -> Parts:
    """Return the parts so that they sum to the change: what is more than rounding gets its own column."""
    total, size = _sums(parts)
    gap = change - total
    left = np.where(np.abs(gap) <= _ROUNDING * np.maximum(size, np.abs(change)), 0.0, gap)
    left[np.isnan(left)] = 0.0
    if left.any():
        parts[rest] = parts.get(rest, 0.0) + left
    return parts


def _rounded(parts: Parts, change: Array) -> Parts:
    """Return the parts with the rounding of their sum shared out."""
    total, size = _sums(parts)
    gap = change - total
    share = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    share[~(np.abs(gap) <= _ROUNDING * np.maximum(size, np.abs(change)))] = 0.0
    for part in parts.values():
        part += np.abs(part) * share
    return parts


def _sums(parts: Parts) -> tuple[Array, Array]:
    """Return the sum of the parts, and of their sizes."""
    first = next(iter(parts.values()))
    total, size = np.zeros_like(first), np.zeros_like(first)
    for part in parts.values():
        total += part
        size += np.abs(part)
    return total, size
