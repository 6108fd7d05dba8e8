"""The pairs (f, f inverse) of the family of means, with their secants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from hengdian_index._maths.means import Domain, Pair, weighted_sum
from hengdian_index._tables.table import Array

# Powers up to this one are near 1: their means are taken from logarithms.
_NEAR_0 = 0.1

# A smaller power has the geometric mean, to the last digit, and would vanish in products.
_LEAST = 1e-30


def log_secant(a: Array, b: Array) -> Array:
    """Return (ln b - ln a) / (b - a), 1/a where equal: one over the logarithmic mean."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        low, high = np.minimum(a, b), np.maximum(a, b)
        return np.where(low == high, 1 / low, _log_step(low, high) / np.where(low == high, 1.0, high - low))


def power_secant(p: float) -> Callable[[Array, Array], Array]:
    """Return the secant of z^p."""

    def secant(a: Array, b: Array) -> Array:
        low, high = np.minimum(a, b), np.maximum(a, b)
        # From the end where the power is larger, so that nothing overflows: t <= 0 if p > 0, t >= 0 if p < 0. Near 0
        # no power overflows, and the larger end keeps the step between the two.
        near = abs(p) < _NEAR_0
        from_high = p > 0 or near
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            t = np.where(low == high, 0.0, _log_step(low, high)) * (-1 if from_high else 1)
            rise = np.where(t == 0, p, np.expm1(p * t) / np.where(t == 0, 1.0, np.expm1(t)))
            return np.asarray(high**p * rise / high if near else (high if from_high else low) ** (p - 1) * rise)

    return secant


def _log_step(low: Array, high: Array) -> Array:
    """Return ln(high / low) for 0 <= low < high, without cancellation and for any quotient."""
    t = (high - low) / low
    return np.where(np.isfinite(t), np.log1p(t), np.log(high) - np.log(low))


ARITHMETIC = Pair(lambda x: x, lambda y: y, lambda a, b: np.ones(np.broadcast_shapes(np.shape(a), np.shape(b))))


def geometric_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (ln, exp)."""
    return Pair(np.log, np.exp, log_secant, "above 0", zero_is_limit)


def harmonic_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (1/z, 1/y)."""
    pair = Pair(np.reciprocal, np.reciprocal, lambda a, b: -1.0 / a / b, "above 0", zero_is_limit)
    return replace(pair, anchor="smallest", quotient=lambda z, y: y / z)


def power_pair(p: float) -> Pair:
    """Return the pair (z^p, y^(1/p)); p = 1 and 0 are the arithmetic and the geometric one."""
    if p == 1:
        return ARITHMETIC
    if p == 0:
        return geometric_pair()
    domain: Domain = "zero or more" if p > 0 else "above 0"
    if abs(p) < _NEAR_0:
        return _near_geometric(float(np.copysign(max(abs(p), _LEAST), p)), domain)
    anchor: Literal["largest", "smallest"] = "largest" if p > 0 else "smallest"
    pair = Pair(lambda x: x**p, lambda y: y ** (1 / p), power_secant(p), domain)
    return replace(pair, anchor=anchor, quotient=lambda z, y: (z / y) ** p)


def _near_geometric(p: float, domain: Domain) -> Pair:
    """Return the pair ((z^p - 1) / p, its inverse), of the same mean as z^p, for a power near 0."""

    def mean(x: Array, w: Array) -> Array:
        return np.exp(_log_mean(p, x, w))

    return Pair(
        lambda x: np.expm1(p * np.log(x)) / p,
        lambda u: np.exp(np.log1p(p * u) / p),
        power_secant(p),
        domain,
        quotient=lambda z, y: np.exp(p * (np.log(z) - np.log(y))),
        whole=mean,
    )


def _log_mean(p: float, x: Array, w: Array) -> Array:
    """Return ln of (sum_j w_j x_j^p)^(1/p) = m + ln(sum_j w_j exp(p (ln x_j - m))) / p, m the mean of the logarithms.

    About m the terms linear in p sum to 0, so that no digit is lost however small p is. Zeros take no part in m; the
    weight of the others, to the power 1/p, is then a factor.
    """
    u = np.log(x)
    gone = np.isneginf(u)
    u = np.where(gone, 0.0, u)
    zeros = weighted_sum(gone.astype(np.float64), w)
    rest = np.where(zeros > 0, weighted_sum((~gone).astype(np.float64), w), 1.0)
    part = np.where(rest > 0, rest, 1.0)
    m = weighted_sum(u, w) / part
    rise = weighted_sum(np.where(gone, 0.0, np.expm1(p * (u - m[..., np.newaxis]))), w) / part
    return np.asarray(m + (np.log1p(rise) + np.where(zeros < 0.5, np.log1p(-zeros), np.log(rest))) / p)


def extreme(largest: bool) -> Callable[[Array, Array], Array]:
    """Return the limit of the power mean for p -> +-inf: the largest or smallest value of positive weight."""

    def pick(x: Array, w: Array) -> Array:
        counted = w[..., np.newaxis, :] > 0
        chosen = np.where(counted, x, -np.inf if largest else np.inf)
        return np.asarray(chosen.max(axis=-1) if largest else chosen.min(axis=-1))

    return pick
