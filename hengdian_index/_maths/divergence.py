"""The mergeable statistic of entropy: the divergence of a column from its mean, without cancellation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import Mean, column_mean, column_sum, each_block, full_size, power_of_two, rough_size
from hengdian_index._tables.table import Array

# Below this mean divergence the sums of the fast pass cancel to fewer than 12 digits.
_CANCELS = 1e-3


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
