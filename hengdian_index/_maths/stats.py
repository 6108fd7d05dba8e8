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
from hengdian_index._maths.divergence import LogSums, theil_term
from hengdian_index._tables.table import Array

__all__ = ["LogSums", "Mean", "Moments", "Ordered", "Products", "Range", "Statistic", "theil_term"]


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
        lo, hi = np.min([end[0] for end in ends], axis=0), np.max([end[1] for end in ends], axis=0)
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
    if t.ndim == 2 and t.flags.c_contiguous:
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
