"""Passes over the rows in blocks that stay in cache: sums and means of columns, carried beyond double precision."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hengdian_index._system.alone import shared_out
from hengdian_index._tables.table import Array

T = TypeVar("T")

# Blocks of this many numbers stay in the processor's cache through several passes; a table of more
# than so many is shared among threads.
_BLOCK = 1 << 17
_LARGE = 1 << 20

# Numbers of some columns that are worked on at one time.
_CELLS = 1 << 15


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean carried beyond double precision: `high + low`, arrays (..., k).

    Two chunks at 1e7 whose means differ by 0.5 would merge to nine digits only if `low` were dropped.
    """

    high: Array
    low: Array

    def minus(self, other: Mean) -> Array:
        """Return the difference of two means without losing the small parts."""
        return np.asarray((self.high - other.high) + (self.low - other.low))

    def plus(self, step: Array) -> Mean:
        """Return the mean moved by a step, the rounding of the sum kept in the low part."""
        high = self.high + step
        back = high - self.high
        return Mean(high, (self.high - (high - back)) + (step - back) + self.low)

    def joined(self, n: Array, other: Mean, m: Array) -> tuple[Mean, Array]:
        """Return the mean of n values of mean `self` and m of mean `other`, and the step between the two."""
        step = np.where((n > 0) & (m > 0), other.minus(self), 0.0)
        joint = self.plus(step * share(m, n + m))
        return Mean(np.where(n > 0, joint.high, other.high), np.where(n > 0, joint.low, other.low)), step


def count(x: Array, witness: Array) -> NDArray[np.int64]:
    """Return the number of values in each column of (..., n, k), given any column sum that a missing one makes NaN."""
    if not np.isnan(witness).any():
        return np.full(witness.shape, x.shape[-2], dtype=np.int64)
    return np.asarray(x.shape[-2] - np.isnan(x).sum(axis=-2))


def each_slice(kernel: Callable[[slice], T], x: Array) -> list[T]:
    """Return the kernel's answer for each slice of the rows of x (..., n, k), in order; a large x is shared out."""
    if x.size <= _BLOCK:
        return [kernel(slice(0, x.shape[-2]))]
    slices = _slices(x, _BLOCK)
    if x.size < _LARGE:
        return [kernel(rows) for rows in slices]
    return shared_out(kernel, slices, os.cpu_count())


def few_columns(columns: Sequence[int], n: int) -> Iterator[Sequence[int]]:
    """Yield columns of n rows in groups that stay in the cache of the processor, or one by one where n is large."""
    step = max(1, _CELLS // max(1, n))
    for start in range(0, len(columns), step):
        yield columns[start : start + step]


def each_block(kernel: Callable[[Array], T], x: Array, columns: Any = slice(None)) -> list[T]:
    """Return the kernel's answer for each block of rows of x (..., n, k), small enough to stay in cache."""
    return each_slice(lambda rows: kernel(x[..., rows, columns]), x)


def each_product(kernel: Callable[[Array], T], x: Array) -> list[T]:
    """Return the answers of a kernel that multiplies matrices: longer blocks, in turn, for it has its own threads."""
    return [kernel(x[..., rows, :]) for rows in _slices(x, 2 * _BLOCK)]


def _slices(x: Array, size: int) -> list[slice]:
    """Return the slices of the rows of x (..., n, k) that hold about so many numbers each, at least one slice.

    They are twice as long where the values of a column lie side by side, for each column is then a loop of its own.
    """
    n = x.shape[-2]
    step = max(1, size * (1 + (x.strides[-2] < x.strides[-1])) * n // max(1, x.size))
    return [slice(start, start + step) for start in range(0, n, step)] or [slice(0, 0)]


def share(part: Array, whole: Array) -> Array:
    """Return part / whole, 0 where the whole is 0."""
    return part / np.maximum(whole, 1)


def column_sum(t: Array) -> Array:
    """Return the column sums of (..., n, k), missing values left out."""
    total: Array = t.sum(axis=-2)
    return np.nansum(t, axis=-2) if np.isnan(total).any() else total


def column_mean(x: Array, columns: Any = slice(None)) -> tuple[NDArray[np.int64], Mean]:
    """Return the number and the mean of each column, 0 where it has no value; exact for a constant column."""
    first = _first(x[..., columns])
    sums = each_block(lambda part: (part - first[..., np.newaxis, :]).sum(axis=-2), x, columns)
    total = np.sum(sums, axis=0)
    n = count(x[..., columns], total)
    if np.isnan(total).any():
        total = np.sum(
            each_block(lambda part: np.nansum(part - first[..., np.newaxis, :], axis=-2), x, columns), axis=0
        )
    return n, Mean(first, np.zeros_like(first)).plus(share(total, n))


def mean_without_overflow(x: Array, n: Any) -> Array:
    """Return sum / n along the first axis, n numbers of which count, also where the sum is too large a number.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.blocks import mean_without_overflow
    >>> mean_without_overflow(np.array([1e308, 1.5e308]), 2)
    np.float64(1.25e+308)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        mean: Array = np.asarray(x).sum(axis=0) / n
        return mean if np.isfinite(mean).all() else np.where(np.isfinite(mean), mean, (x / n).sum(axis=0))


def _first(x: Array) -> Array:
    """Return the first value of each column that is not missing, 0 where there is none."""
    if not x.shape[-2]:
        return np.zeros((*x.shape[:-2], x.shape[-1]))
    first: Array = x[..., 0, :]
    if not np.isnan(first).any():
        return first
    row = np.argmax(~np.isnan(x), axis=-2)
    return np.asarray(np.nan_to_num(np.take_along_axis(x, row[..., np.newaxis, :], axis=-2)[..., 0, :], nan=0.0))


def rough_size(x: Array) -> Array:
    """Return the largest absolute value of each column in some 256 of the rows."""
    return np.asarray(np.fmax.reduce(np.abs(x[..., :: max(1, x.shape[-2] // 256), :]), axis=-2, initial=0.0))


def full_size(x: Array) -> Array:
    """Return the largest absolute value of each column."""
    return np.asarray(np.fmax.reduce(np.abs(x), axis=-2, initial=0.0))


def power_of_two(x: Array, size: Array, tame: int = 200) -> Array:
    """Return a power of two near the size of each column, 1 within 2^-tame..2^tame: dividing by it is exact."""
    if not (size > 0).all():
        size = full_size(x)
    _, exponent = np.frexp(np.where(size > 0, size, 1.0))
    return np.where(np.abs(exponent) <= tame, 1.0, np.exp2(np.clip(exponent - 2.0, -1000, 1000)))
