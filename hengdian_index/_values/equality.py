"""When computed numbers are equal: the one rule that tells rounding from a difference.

Computed numbers a and b are equal where |a - b| <= 1e-12 size, size the largest magnitude that entered their
computation. Of a weighted mean that is more than the mean itself where values of both signs cancel, of a z-score more
than the score where the column lies far from 0: what cancelled on the way is added, size = |value| + cancelled. Of a
column that is computed as a whole, the size is its largest magnitude. A size beyond the largest number is that number.

The rule decides wherever equality decides: ranks and ties, twins, constancy, steps, best values. It changes no number
that nothing but arithmetic follows from. Equality of this kind does not pass on by itself (a = b and b = c leave a and
c up to two tolerances apart); so that it does, neighbours in rising order join, and all that join are one value.

Values given by a user differ as floats do: 1 and 1 + 1e-15 are two values. Only a column whose whole range lies below
the rule is constant, for nothing can be told from it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Array: TypeAlias = NDArray[np.float64]

# Share of their size by which equal numbers may differ: some 4,500 roundings.
TOLERANCE = 1e-12

_MOST = np.finfo(np.float64).max

# Where fewer numbers than this share join, they are looked up among all.
_SELDOM = 0.01

# Rows that tell most columns apart.
_FEW = 16


def same(a: Any, b: Any, size: Any) -> NDArray[np.bool_]:
    """Return whether computed numbers are equal; a missing number, or size, is equal to nothing.

    An infinite size tells nothing: then only numbers that are the same are equal.

    Parameters
    ----------
    a, b, size : arrays that broadcast
        `size`: the largest magnitude that entered the computation of a and b.

    Examples
    --------
    >>> from hengdian_index._values.equality import same
    >>> same(0.1 + 0.2, 0.3, 0.3), same(1.0, 1.0 + 1e-9, 1.0)
    (np.True_, np.False_)
    """
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(np.subtract(a, b))
        return np.asarray((gap <= _tolerance(size)) & (gap < np.inf))


def together(*sizes: Any) -> _Array:
    """Return the sum of magnitudes, at most the largest number there is; missing where one is.

    Examples
    --------
    >>> from hengdian_index._values.equality import together
    >>> together(1.0, 2.0), bool(together(1e308, 1e308) < float("inf"))
    (array(3.), True)
    """
    with np.errstate(over="ignore"):
        return np.asarray(np.minimum(sum(sizes), _MOST))


def constant(low: Any, high: Any, size: Any = 0.0) -> NDArray[np.bool_]:
    """Return whether columns from `low` to `high` are constant: their range is rounding of their largest magnitude.

    `size` is a larger magnitude that they were computed from, where there is one.
    """
    return same(high, low, np.fmax(np.fmax(np.abs(low), np.abs(high)), size))


def settled(values: _Array, cancelled: Any = 0.0, axis: int = -1) -> _Array:
    """Return computed numbers with those that are equal made one, the smallest of them; no other number changes.

    Parameters
    ----------
    values : array
        Missing as NaN.
    cancelled : float, or array of the shape of values, or of that without the axis
        What is added to |value| for its size; NaN where values are as given, which leaves them. Where each value has
        its own, that of the smaller one of two counts: one value of a size beyond all others makes none of them equal.
    axis : int
        Along which numbers are compared.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._values.equality import settled
    >>> settled(np.array([0.1 + 0.2, 0.7, 0.3])).tolist()
    [0.3, 0.7, 0.3]
    """
    n = values.shape[axis]
    if n < 2:
        return values
    along = values if axis == -1 else np.moveaxis(values, axis, -1)
    rising = np.sort(along, axis=-1)
    lost = np.asarray(cancelled)
    each = lost.ndim == values.ndim
    if each:
        lost = np.moveaxis(np.broadcast_to(lost, values.shape), axis, -1)
        own = np.take_along_axis(lost, np.argsort(along, axis=-1, kind="stable"), axis=-1)
    joins = joined(rising, np.fmin(own[..., 1:], own[..., :-1]) if each else lost[..., np.newaxis])
    if not joins.any() or not (joins & (rising[..., 1:] != rising[..., :-1])).any():
        return values
    first = np.zeros(rising.shape, dtype=np.intp)
    first[..., 1:] = np.maximum.accumulate(np.where(joins, 0, np.arange(1, n)), axis=-1)
    if rising.ndim == 1 and joins.mean() < _SELDOM:
        return _with_others(along, rising, first)
    out = np.empty_like(rising)
    order = np.argsort(along, axis=-1, kind="stable")
    np.put_along_axis(out, order, np.take_along_axis(rising, first, axis=-1), axis=-1)
    return np.moveaxis(out, -1, axis)


def _with_others(values: _Array, rising: _Array, first: NDArray[np.intp]) -> _Array:
    """Return numbers (n,) with those that another stands for replaced: so few that they are looked up."""
    moved = np.flatnonzero(rising[first] != rising)
    before, after = rising[moved], rising[first[moved]]
    at = np.minimum(np.searchsorted(before, values), len(before) - 1)
    return np.where(before[at] == values, after[at], values)


def joined(rising: _Array, cancelled: Any = 0.0) -> NDArray[np.bool_]:
    """Return which numbers (..., n - 1), from the second on, are equal to the one before them.

    Parameters
    ----------
    rising : array (..., n)
        In rising order, missing ones last.
    cancelled : array that broadcasts against it
        As in `settled`; NaN joins nothing.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        # Rows that lie one after another are subtracted as one, which is three times as fast.
        flat, gaps = rising.ravel(), np.empty(rising.shape)
        np.subtract(flat[1:], flat[:-1], out=gaps.reshape(-1)[:-1])
        step = gaps[..., :-1]
        # The size of each pair is asked only where that of all would join what is not the same.
        high = rising[..., -1:]
        high = np.fmax.reduce(rising, axis=-1, keepdims=True) if np.isnan(high).any() else high
        lost = _tolerance(cancelled)
        joins: NDArray[np.bool_] = step <= TOLERANCE * np.fmax(np.abs(rising[..., :1]), np.abs(high)) + lost
        if joins.any():
            at = np.nonzero(joins & (step > 0))
            if len(at[0]):
                size = np.maximum(np.abs(rising[..., 1:][at]), np.abs(rising[..., :-1][at]))
                joins[at] = (step[at] <= TOLERANCE * size + np.broadcast_to(lost, step.shape)[at]) & (step[at] < np.inf)
    return joins


def flattened(x: _Array, size: Any = 0.0) -> _Array:
    """Return columns (..., n, k), those that are constant but for rounding made constant; the array itself if none is.

    `size` (..., k) is a larger magnitude that columns were computed from, where there is one.
    """
    flat = uneven(x, size)
    if not flat.any():
        return x
    out = np.array(x)
    np.copyto(out, np.fmin.reduce(x, axis=-2, keepdims=True), where=flat[..., np.newaxis, :] & ~np.isnan(x))
    return out


def uneven(x: _Array, size: Any = 0.0) -> NDArray[np.bool_]:
    """Return which columns (..., k) are constant but for rounding, as `flattened` has it, and not all the same."""
    flat = np.zeros(x.shape[:-2] + x.shape[-1:], dtype=np.bool_)
    if not x.size:
        return flat
    # Most columns differ in their first rows, which says that they are not constant without looking at all.
    low, high = ends(x[..., :_FEW, :])
    some = constant(low, high, size) | np.isnan(low)
    if some.any():
        at = np.flatnonzero(some.reshape(-1, x.shape[-1]).any(axis=0))
        low, high = ends(x[..., at])
        flat[..., at] = constant(low, high, np.broadcast_to(size, flat.shape)[..., at]) & (low != high)
    return flat


def ends(x: _Array) -> tuple[_Array, _Array]:
    """Return the smallest and the largest value of each column (..., k), missing ones left out."""
    return np.fmin.reduce(x, axis=-2), np.fmax.reduce(x, axis=-2)


def largest(x: _Array) -> _Array:
    """Return the largest magnitude of each column (..., k), 0 where it has no value."""
    return np.asarray(np.fmax.reduce(np.abs(x), axis=-2, initial=0.0))


def _tolerance(size: Any) -> _Array:
    """Return by how much numbers of a size may differ, 0 where it is infinite."""
    return TOLERANCE * np.where(np.isinf(size), 0.0, size)
