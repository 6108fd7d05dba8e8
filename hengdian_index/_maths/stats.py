"""Small mergeable statistics: all that fitting ever sees of the rows, S(a) + S(b) == S(a over b)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import (
    Mean,
    column_mean,
    column_sum,
    count,
    each_block,
    each_product,
    full_size,
    power_of_two,
    rough_size,
    share,
)
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same

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
    >>> from hengdian_index._maths.stats import Range
    >>> Range.of(np.array([[1.0], [4.0]])) + Range.of(np.array([[9.0]]))
    Range(n=array([3]), lo=array([1.]), hi=array([9.]))
    """

    n: NDArray[np.int64]
    lo: Array
    hi: Array

    @classmethod
    def of(cls, x: Array) -> Range:
        """Measure (..., n, k); a column without values has NaN bounds."""
        ends = each_block(lambda part: (_extreme(np.minimum, part, np.inf), _extreme(np.maximum, part, -np.inf)), x)
        lo, hi = ends[0]
        for low, high in ends[1:]:
            lo, hi = np.minimum(lo, low), np.maximum(hi, high)
        n = count(x, lo)
        if np.isnan(lo).any():
            lo, hi = np.fmin.reduce(x, axis=-2, initial=np.inf), np.fmax.reduce(x, axis=-2, initial=-np.inf)
        return cls(n, np.where(n > 0, lo, np.nan), np.where(n > 0, hi, np.nan))

    def __add__(self, other: Range) -> Range:
        """Merge."""
        return Range(self.n + other.n, np.fmin(self.lo, other.lo), np.fmax(self.hi, other.hi))


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
        moments = cls._scaled(x, power_of_two(x, rough_size(x)))
        return moments if np.isfinite(moments.m4).all() else cls._scaled(x, power_of_two(x, full_size(x)))

    @classmethod
    def _scaled(cls, x: Array, scale: Array) -> Moments:
        x = x if (scale == 1).all() else x / scale[..., np.newaxis, :]
        with np.errstate(over="ignore", invalid="ignore"):
            n, centre = column_mean(x)
            m2, m3, m4 = np.sum(each_block(lambda part: _powers(part - centre.high[..., np.newaxis, :]), x), axis=0)
            low = centre.low
            return cls(n, centre, m2 - n * low**2, m3 - 3 * low * m2, m4 - 4 * low * m3, scale)

    def __add__(self, other: Moments) -> Moments:
        """Merge by the pairwise update of Chan, Golub & LeVeque (1983) and Pebay (2008)."""
        scale = _joint_scale(self.scale, self.n, other.scale, other.n)
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
        r = np.where(self.n > 0, self.scale / scale, 1.0)
        centre = Mean(self.centre.high * r, self.centre.low * r)
        return Moments(self.n, centre, self.m2 * r**2, self.m3 * r**3, self.m4 * r**4, scale)

    @property
    def mean(self) -> Array:
        """Mean of each column; NaN where a column has no value."""
        return np.where(self.n > 0, self.centre.high * self.scale, np.nan)

    def deviation(self, ddof: int = 1) -> Array:
        """Return the standard deviation with `n - ddof` in the denominator; NaN for too few values."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
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
        products = cls._scaled(x, power_of_two(x, rough_size(x)))
        return products if np.isfinite(products.cross).all() else cls._scaled(x, power_of_two(x, full_size(x)))

    @classmethod
    def _scaled(cls, x: Array, scale: Array) -> Products:
        x = x if (scale == 1).all() else x / scale[..., np.newaxis, :]
        with np.errstate(over="ignore", invalid="ignore"):
            n, centre = column_mean(x)
            if (n < x.shape[-2]).any():
                x = np.where(np.isnan(x).any(axis=-1, keepdims=True), np.nan, x)
                n, centre = column_mean(x)
            whole = bool((n == x.shape[-2]).all())
            products = each_product(lambda part: _cross(part - centre.high[..., np.newaxis, :], whole), x)
            low = centre.low
            # About the high part of the means alone, the sums would hold the squares of the low parts too.
            cross = np.sum(products, axis=0) - n[..., np.newaxis] * low[..., :, np.newaxis] * low[..., np.newaxis, :]
        return cls(n[..., 0], centre, cross, scale)

    def __add__(self, other: Products) -> Products:
        """Merge."""
        scale = _joint_scale(self.scale, self.n[..., np.newaxis], other.scale, other.n[..., np.newaxis])
        first, second = self._at(scale), other._at(scale)
        n, m = first.n[..., np.newaxis], second.n[..., np.newaxis]
        centre, step = first.centre.joined(n, second.centre, m)
        weight = (n * share(m, n + m))[..., np.newaxis]
        between = step[..., :, np.newaxis] * step[..., np.newaxis, :] * weight
        return Products(first.n + second.n, centre, first.cross + second.cross + between, scale)

    def _at(self, scale: Array) -> Products:
        r = np.where(self.n[..., np.newaxis] > 0, self.scale / scale, 1.0)
        centre = Mean(self.centre.high * r, self.centre.low * r)
        return Products(self.n, centre, self.cross * r[..., :, np.newaxis] * r[..., np.newaxis, :], scale)

    def deviation(self, ddof: int = 1) -> Array:
        """Return the standard deviations of the complete rows, (..., k)."""
        variance = np.diagonal(self.cross, axis1=-2, axis2=-1) / (self.n - float(ddof))[..., np.newaxis]
        return np.asarray(np.sqrt(np.maximum(variance, 0)) * self.scale)

    def correlation(self) -> Array:
        """Return the Pearson correlations (..., k, k), within -1..1; NaN beside a constant column."""
        root = np.sqrt(np.diagonal(self.cross, axis1=-2, axis2=-1))
        with np.errstate(invalid="ignore", divide="ignore"):
            r = self.cross / root[..., :, np.newaxis] / root[..., np.newaxis, :]
        r = np.clip(r, -1, 1)
        r[..., np.arange(r.shape[-1]), np.arange(r.shape[-1])] = np.where(root > 0, 1.0, np.nan)
        return np.asarray(r)


@dataclass(frozen=True, slots=True)
class Ordered:
    """All values of each column in rising order (..., n, k), missing ones last; the one statistic that is not small."""

    n: NDArray[np.int64]
    values: Array

    @classmethod
    def of(cls, x: Array) -> Ordered:
        """Measure (..., n, k)."""
        values = np.sort(x, axis=-2)
        last = values[..., -1, :] if x.shape[-2] else np.zeros((*x.shape[:-2], x.shape[-1]))
        return cls(count(x, last), values)

    def __add__(self, other: Ordered) -> Ordered:
        """Merge."""
        return Ordered(self.n + other.n, np.sort(np.concatenate([self.values, other.values], axis=-2), axis=-2))

    def quantile(self, q: float) -> Array:
        """Return the quantile of type 7 (linear, as NumPy, R and spreadsheets have it), (..., k)."""
        place = q * (self.n - 1.0)
        low = np.clip(np.floor(place), 0, None).astype(np.int64)
        high = np.minimum(low + 1, np.maximum(self.n - 1, 0))
        below, above = (np.take_along_axis(self.values, i[..., np.newaxis, :], axis=-2)[..., 0, :] for i in (low, high))
        return np.asarray(below + (place - low) * (above - below))


def _joint_scale(a: Array, n: Array, b: Array, m: Array) -> Array:
    """Return the larger of two scales, or that of the side that has values."""
    return np.where(n == 0, b, np.where(m == 0, a, np.maximum(a, b)))


def _extreme(choice: np.ufunc, t: Array, start: float) -> Array:
    """Return the smallest or largest value of each column (..., k), NaN where one is missing.

    Short rows that lie one after another are compared sixteen at a time, which is three times as fast.
    """
    if t.ndim == 2 and t.shape[1] > 1 and t.flags.c_contiguous:
        even = len(t) // 16 * 16
        long = choice.reduce(t[:even].reshape(even // 16, -1), axis=0, initial=start) if even else t[:0]
        t = np.concatenate([long.reshape(-1, t.shape[1]), t[even:]])
    return np.asarray(choice.reduce(t, axis=-2, initial=start))


def _powers(t: Array) -> Array:
    """Return the column sums of t^2, t^3 and t^4, (3, ..., k)."""
    square = t * t
    return np.array([column_sum(square), column_sum(square * t), column_sum(square * square)])


def _cross(t: Array, whole: bool) -> Array:
    """Return the cross products of the columns (..., k, k), of the rows that are not missing."""
    t = t if whole else np.where(np.isnan(t), 0.0, t)
    return np.swapaxes(t, -1, -2) @ t


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
        sums = cls._scaled(x, power_of_two(x, rough_size(x), tame=4))
        if np.isfinite(sums.divergence).all():
            return sums
        return cls._scaled(x, power_of_two(x, full_size(x), tame=4))

    @classmethod
    def _scaled(cls, x: Array, scale: Array) -> LogSums:
        n, total, log_total, negative = _log_pass(x, scale)
        with np.errstate(all="ignore"):
            mean = np.where(n > 0, total / n, 0.0)
            divergence = np.where(total > 0, log_total / mean - n * np.log(mean), 0.0)
        inexact = (divergence < _CANCELS * n) & (total > 0) & ~negative
        centre = Mean(mean * scale, np.zeros_like(mean))
        if inexact.any():
            centre, divergence = _recentred(x, inexact, centre, divergence)
        return cls(n, centre, np.where(negative, 0.0, divergence), negative)

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


def _log_pass(x: Array, scale: Array) -> tuple[NDArray[np.int64], Array, Array, NDArray[np.bool_]]:
    """Return n, sum u and sum u ln u of u = x / scale, and which columns hold a negative value."""
    inverse = None if (scale == 1).all() else (1 / scale)[..., np.newaxis, :]
    parts = each_block(lambda part: _log_sums(part if inverse is None else part * inverse), x)
    total, log_total, missing, negative = (np.sum([part[i] for part in parts], axis=0) for i in range(4))
    return x.shape[-2] - missing.astype(np.int64), total, log_total, negative > 0


def _log_sums(u: Array) -> tuple[Array, Array, Array, Array]:
    """Return the column sums of u and of u ln u, and the numbers of missing and of negative values."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
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
    _, mean = column_mean(x, j)
    high = np.where(mean.high > 0, mean.high, 1.0)[..., np.newaxis, :]
    sums = np.sum(each_block(lambda part: column_sum(theil_term((part - high) / high)), x, j), axis=0)
    divergence[..., j] = np.where(marked[..., j], sums, divergence[..., j])
    centre.high[..., j], centre.low[..., j] = mean.high, mean.low
    return centre, divergence


def skewness(moments: Moments) -> Array:
    """Sample skewness G1 of each column, (..., k); NaN where it is undefined (n < 3 or constant).

    Notes
    -----
    G1 = sqrt(n (n - 1)) / (n - 2) * g1, g1 = sqrt(n) sum d^3 / (sum d^2)^1.5 with d = x - mean. Excel SKEW; type 2 of
    e1071 and COINr; scipy.stats.skew(bias=False). Proof: the ASEM index as COINr treats it.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.stats import skewness
    >>> from hengdian_index._maths.stats import Moments
    >>> skewness(Moments.of(np.array([[1.0], [2.0], [9.0]]))).round(3)
    array([1.63])
    """
    n = moments.n.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        g1 = np.sqrt(n) * moments.m3 / moments.m2 / np.sqrt(moments.m2)
        adjusted = np.sqrt(n * np.maximum(n - 1, 0)) / (n - 2) * g1
    return np.where((n > 2) & (moments.m2 > 0), adjusted, np.nan)


def lean(moments: Moments, ends: Range) -> Array:
    """Sample skewness G1 by which a side is chosen, (..., k): 0 where it is rounding (`equality`).

    Each centred value is as exact as the largest magnitude of its column lets it be.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.stats import lean
    >>> from hengdian_index._maths.stats import Moments, Range
    >>> even = 0.7 * np.array([[1.0], [2.0], [5.0], [6.0], [7.0], [10.0], [11.0]])
    >>> lean(Moments.of(even), Range.of(even))
    array([0.])
    """
    low, high = ends.lo / moments.scale, ends.hi / moments.scale
    furthest = np.fmax(high - moments.centre.high, moments.centre.high - low)
    size = moments.n * furthest**2 * np.fmax(np.abs(low), np.abs(high))
    return np.where(same(moments.m3, 0.0, size), 0.0, skewness(moments))


def kurtosis(moments: Moments) -> Array:
    """Sample excess kurtosis G2 of each column, (..., k); NaN where it is undefined (n < 4 or constant).

    Notes
    -----
    G2 = (n - 1) / ((n - 2) (n - 3)) * ((n + 1) g2 + 6), g2 = n sum d^4 / (sum d^2)^2 - 3; 0 for a normal
    distribution. Excel KURT; type 2 of e1071 and COINr; scipy.stats.kurtosis(bias=False). Proof: as for `skewness`.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.stats import kurtosis
    >>> from hengdian_index._maths.stats import Moments
    >>> kurtosis(Moments.of(np.array([[1.0], [2.0], [3.0], [4.0]]))).round(3)
    array([-1.2])
    """
    n = moments.n.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        g2 = n * (moments.m4 / moments.m2) / moments.m2 - 3
        adjusted = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    return np.where((n > 3) & (moments.m2 > 0), adjusted, np.nan)
