"""The pairs (f, f inverse) of the family of means, with their secants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from hengdian_index.means import Domain, Pair
from hengdian_index.rows.table import Array


def log_secant(a: Array, b: Array) -> Array:
    """Return (ln b - ln a) / (b - a), 1/a where equal: one over the logarithmic mean."""
    with np.errstate(invalid="ignore", divide="ignore"):
        t = (b - a) / a
        return np.where(t == 0, 1.0, np.log1p(t) / np.where(t == 0, 1.0, t)) / a


def power_secant(p: float) -> Callable[[Array, Array], Array]:
    """Return the secant of z^p."""

    def secant(a: Array, b: Array) -> Array:
        low, high = np.minimum(a, b), np.maximum(a, b)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            # From the end where the power is larger, so that nothing overflows: t <= 0 if p > 0, t >= 0 if p < 0.
            t = np.where(low == high, 0.0, np.log1p((high - low) / low)) * (-1 if p > 0 else 1)
            rise = np.where(t == 0, p, np.expm1(p * t) / np.where(t == 0, 1.0, np.expm1(t)))
            return np.asarray((high if p > 0 else low) ** (p - 1) * rise)

    return secant


ARITHMETIC = Pair(lambda x: x, lambda y: y, lambda a, b: np.ones(np.broadcast_shapes(np.shape(a), np.shape(b))))


def geometric_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (ln, exp)."""
    return Pair(np.log, np.exp, log_secant, "above 0", zero_is_limit)


def harmonic_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (1/z, 1/y)."""
    return Pair(
        np.reciprocal, np.reciprocal, lambda a, b: -1.0 / a / b, "above 0", zero_is_limit, "smallest", np.reciprocal
    )


def power_pair(p: float) -> Pair:
    """Return the pair (z^p, y^(1/p)); p = 1 and 0 are the arithmetic and the geometric one."""
    if p == 1:
        return ARITHMETIC
    if p == 0:
        return geometric_pair()
    domain: Domain = "zero or more" if p > 0 else "above 0"
    anchor: Literal["largest", "smallest"] = "largest" if p > 0 else "smallest"
    if abs(p) < 0.1:
        # Near 0 all powers are near 1; (z^p - 1) / p gives the same mean and keeps the digits.
        pair = Pair(
            lambda x: np.expm1(p * np.log(x)) / p, lambda u: np.exp(np.log1p(p * u) / p), power_secant(p), domain
        )
    else:
        pair = Pair(lambda x: x**p, lambda y: y ** (1 / p), power_secant(p), domain)
    return replace(pair, anchor=anchor, quotient=lambda t: t**p)


def extreme(largest: bool) -> Callable[[Array, Array], Array]:
    """Return the limit of the power mean for p -> +-inf: the largest or smallest value of positive weight."""

    def pick(x: Array, w: Array) -> Array:
        counted = w[..., np.newaxis, :] > 0
        chosen = np.where(counted, x, -np.inf if largest else np.inf)
        return np.asarray(chosen.max(axis=-1) if largest else chosen.min(axis=-1))

    return pick
