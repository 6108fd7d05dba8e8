"""Small mergeable statistics: all that fitting ever sees of the rows, S(a) + S(b) == S(a over b)."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from hengdian_index.rows.table import Array

T = TypeVar("T")

# Blocks of this many numbers stay in the processor's cache through several passes; a table of more
# than so many is shared among threads.
_BLOCK = 1 << 17
_LARGE = 1 << 20

# Below this mean divergence the sums of the fast pass cancel to fewer than 12 digits.
_CANCELS = 1e-3


class Statistic(Protocol):
    """What a method may ask of the rows it learns from."""

    @classmethod
    def of(cls, x: Array) -> Self:
        """Measure rows by columns (..., n, k); missing values (NaN) are left out column by column."""

    def __add__(self, other: Self) -> Self:
        """Return the statistic of both sets of rows together."""


@dataclass(frozen=True, slots=True)
class Range:
    """Number of values, smallest and largest of each column, arrays (..., k).

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.stats import Range
    >>> Range.of(np.array([[1.0], [4.0]])) + Range.of(np.array([[9.0]]))
    Range(n=array([3]), lo=array([1.]), hi=array([9.]))
    """

    n: NDArray[np.int64]
    lo: Array
    hi: Array

    @classmethod
    def of(cls, x: Array) -> Range:
        """Measure (..., n, k); a column without values has NaN bounds."""
        ends = each_block(lambda part: (part.min(axis=-2), part.max(axis=-2)), x)
        lo, hi = np.min([end[0] for end in ends], axis=0), np.max([end[1] for end in ends], axis=0)
        n = count(x, lo)
        if np.isnan(lo).any():
            lo, hi = np.fmin.reduce(x, axis=-2), np.fmax.reduce(x, axis=-2)
        return cls(n, lo, hi)

    def __add__(self, other: Range) -> Range:
        """Merge."""
        return Range(self.n + other.n, np.fmin(self.lo, other.lo), np.fmax(self.hi, other.hi))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean carried beyond double precision: `high + low`, arrays (..., k).

    Two chunks at 1e7 whose means differ by 0.5 would merge to nine digits only if `low` were dropped.
    """

    high: Array
    low: Array

    def minus(self, other: Mean) -> Array:
        """Return the difference of two means without losing the small parts."""
        return (self.high - other.high) + (self.low - other.low)

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


@dataclass(frozen=True, slots=True)
class Moments:
    """Number, mean and sums of centred powers 2, 3 and 4 of each column divided by `scale`, arrays (..., k).

    The scale is 1, or a power of two where plain powers would overflow or vanish.
    """

    n: NDArray[np.int64]
    centre: Mean
    m2: Array
    m3: Array
    m4: Array
    scale: Array

    @classmethod
    def of(cls, x: Array) -> Moments:
        """Measure (..., n, k): one pass for the mean, one for the powers about it."""
        scale = _scale(x, _rough_size(x))
        moments = cls._scaled(x, scale)
        if not np.isfinite(moments.m4).all():
            moments = cls._scaled(x, _scale(x, np.fmax.reduce(np.abs(x), axis=-2)))
        return moments

    @classmethod
    def _scaled(cls, x: Array, scale: Array) -> Moments:
        x = x if (scale == 1).all() else x / scale[..., np.newaxis, :]
        with np.errstate(over="ignore", invalid="ignore"):
            n, centre = _mean(x)
            m2, m3, m4 = np.sum(each_block(lambda part: _powers(part - centre.high[..., np.newaxis, :]), x), axis=0)
            low = centre.low
            return cls(n, centre, m2 - n * low**2, m3 - 3 * low * m2, m4 - 4 * low * m3, scale)

    def __add__(self, other: Moments) -> Moments:
        """Merge by the pairwise update of Chan, Golub & LeVeque (1983) and Pebay (2008)."""
        scale = np.maximum(self.scale, other.scale)
        first, second = self._at(scale), other._at(scale)
        n = first.n + second.n
        a, b = share(first.n, n), share(second.n, n)
        centre, step = first.centre.joined(first.n, second.centre, second.n)
        product = step**2 * a * b * n
        m3 = first.m3 + second.m3 + product * step * (a - b) + 3 * step * (a * second.m2 - b * first.m2)
        m4 = first.m4 + second.m4 + product * step**2 * (a * a - a * b + b * b)
        m4 = m4 + 6 * step**2 * (a * a * second.m2 + b * b * first.m2) + 4 * step * (a * second.m3 - b * first.m3)
        return Moments(n, centre, first.m2 + second.m2 + product, m3, m4, scale)

    def _at(self, scale: Array) -> Moments:
        r = self.scale / scale
        centre = Mean(self.centre.high * r, self.centre.low * r)
        return Moments(self.n, centre, self.m2 * r**2, self.m3 * r**3, self.m4 * r**4, scale)

    @property
    def mean(self) -> Array:
        """Mean of each column; NaN where a column has no value."""
        return np.where(self.n > 0, self.centre.high * self.scale, np.nan)

    def deviation(self, ddof: int = 1) -> Array:
        """Return the standard deviation with `n - ddof` in the denominator; NaN for too few values."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.n > ddof, np.sqrt(np.maximum(self.m2, 0) / (self.n - ddof)) * self.scale, np.nan)


@dataclass(frozen=True, slots=True)
class Products:
    """Number of complete rows, means (..., k) and centred cross products (..., k, k) of the columns / `scale`.

    Rows with a missing value in any column are left out, so that the correlations fit together.
    """

    n: NDArray[np.int64]
    centre: Mean
    cross: Array
    scale: Array

    @classmethod
    def of(cls, x: Array) -> Products:
        """Measure (..., n, k)."""
        scale = _scale(x, _rough_size(x))
        x = x if (scale == 1).all() else x / scale[..., np.newaxis, :]
        n, centre = _mean(x)
        if (n < x.shape[-2]).any():
            whole = ~np.isnan(x).any(axis=-1, keepdims=True)
            x = np.where(whole, x, np.nan)
            n, centre = _mean(x)
        cross = np.sum(each_block(lambda part: _cross(part - centre.high[..., np.newaxis, :]), x), axis=0)
        return cls(n[..., 0], centre, cross, scale)

    def __add__(self, other: Products) -> Products:
        """Merge."""
        scale = np.maximum(self.scale, other.scale)
        first, second = self._at(scale), other._at(scale)
        n, m = first.n[..., np.newaxis], second.n[..., np.newaxis]
        centre, step = first.centre.joined(n, second.centre, m)
        weight = (n * share(m, n + m))[..., np.newaxis]
        between = step[..., :, np.newaxis] * step[..., np.newaxis, :] * weight
        return Products(first.n + second.n, centre, first.cross + second.cross + between, scale)

    def _at(self, scale: Array) -> Products:
        r = self.scale / scale
        centre = Mean(self.centre.high * r, self.centre.low * r)
        return Products(self.n, centre, self.cross * r[..., :, np.newaxis] * r[..., np.newaxis, :], scale)

    def deviation(self, ddof: int = 1) -> Array:
        """Return the standard deviations of the complete rows, (..., k)."""
        variance = np.diagonal(self.cross, axis1=-2, axis2=-1) / (self.n - float(ddof))[..., np.newaxis]
        return np.sqrt(np.maximum(variance, 0)) * self.scale

    def correlation(self) -> Array:
        """Return the Pearson correlations (..., k, k), within -1..1; NaN beside a constant column."""
        root = np.sqrt(np.diagonal(self.cross, axis1=-2, axis2=-1))
        with np.errstate(invalid="ignore", divide="ignore"):
            r = self.cross / root[..., :, np.newaxis] / root[..., np.newaxis, :]
        r = np.clip(r, -1, 1)
        r[..., np.arange(r.shape[-1]), np.arange(r.shape[-1])] = np.where(root > 0, 1.0, np.nan)
        return r


@dataclass(frozen=True, slots=True)
class LogSums:
    """Number n, mean m and divergence sum (x/m) ln(x/m) >= 0 of each column x >= 0, arrays (..., k).

    Divergence / n is the Theil index. Every term of the merge is >= 0, so nothing cancels: a constant
    column has divergence exactly 0 and a level of 1e7 costs no digits. `negative` marks columns with a value < 0.
    """

    n: NDArray[np.int64]
    centre: Mean
    divergence: Array
    negative: NDArray[np.bool_]

    @classmethod
    def of(cls, x: Array) -> LogSums:
        """Measure (..., n, k): one blocked pass, and a second over the columns whose sums cancel."""
        scale = _scale(x, _rough_size(x), tame=4)
        n, total, log_total, negative = _log_pass(x, scale)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / n
            divergence = np.where(total > 0, log_total / mean - n * np.log(mean), 0.0)
        inexact = ~(divergence >= _CANCELS * n) & ~(total == 0) & ~negative
        centre = Mean(mean * scale, np.zeros_like(mean))
        if inexact.any():
            centre, divergence = _recentred(x, inexact, centre, divergence)
        return cls(n, centre, divergence, negative)

    def __add__(self, other: LogSums) -> LogSums:
        """Merge: each side's divergence about its own mean, plus that of the means about the joint mean."""
        joint, _ = self.centre.joined(self.n, other.centre, other.n)
        divergence = np.zeros_like(joint.high)
        for side in (self, other):
            some = (side.n > 0) & (joint.high > 0)
            with np.errstate(invalid="ignore", divide="ignore"):
                relative = np.where(some, side.centre.high / joint.high, 0.0)
                gap = np.where(some, side.centre.minus(joint) / joint.high, 0.0)
            divergence = divergence + side.divergence * relative + np.where(some, side.n, 0) * theil_term(gap)
        return LogSums(self.n + other.n, joint, divergence, self.negative | other.negative)

    @property
    def mean(self) -> Array:
        """Mean of each column; NaN where a column has no value."""
        return np.where(self.n > 0, self.centre.high, np.nan)


@dataclass(frozen=True, slots=True)
class Ordered:
    """All values of each column in rising order (..., n, k), missing ones last; the one statistic that is not small."""

    n: NDArray[np.int64]
    values: Array

    @classmethod
    def of(cls, x: Array) -> Ordered:
        """Measure (..., n, k)."""
        return cls(count(x, x.sum(axis=-2)), np.sort(x, axis=-2))

    def __add__(self, other: Ordered) -> Ordered:
        """Merge."""
        return Ordered(self.n + other.n, np.sort(np.concatenate([self.values, other.values], axis=-2), axis=-2))

    def quantile(self, q: float) -> Array:
        """Return the quantile of type 7 (linear, as NumPy, R and spreadsheets have it), (..., k)."""
        place = q * (self.n - 1.0)
        low = np.clip(np.floor(place), 0, None).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(self.n - 1, 0))
        below, above = (np.take_along_axis(self.values, i[..., np.newaxis, :], axis=-2)[..., 0, :] for i in (low, high))
        return below + (place - low) * (above - below)


def count(x: Array, witness: Array) -> NDArray[np.int64]:
    """Return the number of values in each column of (..., n, k), given any column sum that a missing one makes NaN."""
    if not np.isnan(witness).any():
        return np.full(witness.shape, x.shape[-2], dtype=np.int64)
    return x.shape[-2] - np.isnan(x).sum(axis=-2)


def each_slice(kernel: Callable[[slice], T], x: Array) -> list[T]:
    """Return the kernel's answer for each slice of the rows of x (..., n, k), in order; a large x takes all processors."""
    n = x.shape[-2]
    step = max(1, _BLOCK * n // max(1, x.size))
    slices = [slice(start, start + step) for start in range(0, n, step)]
    if x.size < _LARGE:
        return [kernel(rows) for rows in slices]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(kernel, slices))


def each_block(kernel: Callable[[Array], T], x: Array, columns: Any = slice(None)) -> list[T]:
    """Return the kernel's answer for each block of rows of x (..., n, k), small enough to stay in cache."""
    return each_slice(lambda rows: kernel(x[..., rows, columns]), x)


def theil_term(t: Array) -> Array:
    """Return (1 + t) ln(1 + t) - t for t >= -1, to full relative precision also near 0."""
    t = np.asarray(t, dtype=np.float64)
    small = np.abs(t) < 0.02
    series = np.zeros_like(t)
    for k in range(9, 1, -1):
        series = 1.0 / (k * (k - 1)) - t * series
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.where(t <= -1, 1.0, (1 + t) * np.log1p(t) - t)
    return np.where(small, t * t * series, plain)


def share(part: Array, whole: Array) -> Array:
    """Return part / whole, 0 where the whole is 0."""
    return part / np.maximum(whole, 1)


def _sum(t: Array) -> Array:
    """Return the column sums of (..., n, k), missing values left out."""
    total: Array = t.sum(axis=-2)
    return np.nansum(t, axis=-2) if np.isnan(total).any() else total


def _mean(x: Array, columns: Any = slice(None)) -> tuple[NDArray[np.int64], Mean]:
    """Return the number and the mean of each column, NaN where it has no value; exact for a constant column."""
    first = _first(x[..., columns])
    sums = each_block(lambda part: (part - first[..., np.newaxis, :]).sum(axis=-2), x, columns)
    total = np.sum(sums, axis=0)
    n = count(x[..., columns], total)
    if np.isnan(total).any():
        total = np.sum(
            each_block(lambda part: np.nansum(part - first[..., np.newaxis, :], axis=-2), x, columns), axis=0
        )
    return n, Mean(first, np.zeros_like(first)).plus(share(total, n))


def _powers(t: Array) -> Array:
    """Return the column sums of t^2, t^3 and t^4, (3, ..., k)."""
    square = t * t
    return np.array([_sum(square), _sum(square * t), _sum(square * square)])


def _cross(t: Array) -> Array:
    t = np.nan_to_num(t, nan=0.0) if np.isnan(t.sum()) else t
    return np.swapaxes(t, -1, -2) @ t


def _first(x: Array) -> Array:
    """Return the first value of each column that is not missing."""
    first: Array = x[..., 0, :]
    if not np.isnan(first).any():
        return first
    row = np.argmax(~np.isnan(x), axis=-2)
    return np.take_along_axis(x, row[..., np.newaxis, :], axis=-2)[..., 0, :]


def _rough_size(x: Array) -> Array:
    """Return the largest absolute value of each column in some 256 of the rows."""
    return np.fmax.reduce(np.abs(x[..., :: max(1, x.shape[-2] // 256), :]), axis=-2)


def _scale(x: Array, size: Array, tame: int = 200) -> Array:
    """Return a power of two near the size of each column, 1 within 2^-tame..2^tame: dividing by it is exact."""
    if not (size > 0).all():
        size = np.fmax.reduce(np.abs(x), axis=-2)
    _, exponent = np.frexp(np.where(size > 0, size, 1.0))
    return np.where(np.abs(exponent) <= tame, 1.0, np.exp2(np.clip(exponent - 2.0, -1000, 1000)))


def _log_pass(x: Array, scale: Array) -> tuple[NDArray[np.int64], Array, Array, NDArray[np.bool_]]:
    """Return n, sum u and sum u ln u of u = x / scale, and which columns hold a negative value."""
    inverse = None if (scale == 1).all() else (1 / scale)[..., np.newaxis, :]
    parts = each_block(lambda part: _log_sums(part if inverse is None else part * inverse), x)
    total, log_total, missing, negative = (np.sum([part[i] for part in parts], axis=0) for i in range(4))
    return x.shape[-2] - missing.astype(np.int64), total, log_total, negative > 0


def _log_sums(u: Array) -> tuple[Array, Array, Array, Array]:
    """Return the column sums of u and of u ln u, and the numbers of missing and of negative values."""
    with np.errstate(invalid="ignore", divide="ignore"):
        terms = np.log(u)
        terms *= u
        total, log_total = u.sum(axis=-2), terms.sum(axis=-2)
    none = np.zeros(total.shape, dtype=np.int64)
    if np.isfinite(log_total).all():
        return total, log_total, none, none
    positive = np.where(u > 0, terms, 0.0)
    return np.nansum(u, axis=-2), positive.sum(axis=-2), np.isnan(u).sum(axis=-2), (u < 0).sum(axis=-2)


def _recentred(x: Array, marked: NDArray[np.bool_], centre: Mean, divergence: Array) -> tuple[Mean, Array]:
    """Return means and divergences, the marked columns summed term by term about their mean.

    The divergence is least about the mean, so the mean's own rounding enters only squared.
    """
    j = np.flatnonzero(marked.reshape(-1, marked.shape[-1]).any(axis=0))
    _, mean = _mean(x, j)
    high = np.where(mean.high > 0, mean.high, 1.0)[..., np.newaxis, :]
    sums = np.sum(each_block(lambda part: _sum(theil_term((part - high) / high)), x, j), axis=0)
    divergence[..., j] = np.where(marked[..., j], sums, divergence[..., j])
    centre.high[..., j], centre.low[..., j] = mean.high, mean.low
    return centre, divergence
