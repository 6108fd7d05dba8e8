"""Quasi-arithmetic means: a pair (f, f inverse) round a weighted sum, and the exact split of a change that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import CellsError, SpecError, raise_all, suggestion
from hengdian_index.rows.table import Array

Rule: TypeAlias = Literal["reweight", "propagate", "raise"]
Domain: TypeAlias = Literal["real", "zero or more", "above 0"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The mean `inverse(sum w forward(x))`.

    `secant(a, b)` is (f(b) - f(a)) / (b - a), with its limit f'(a) where b = a, computed without
    cancellation. `domain` says which x it takes; with `zero_is_limit` a 0 of positive weight gives 0.
    """

    forward: Callable[[Array], Array]
    inverse: Callable[[Array], Array]
    secant: Callable[[Array, Array], Array]
    domain: Domain = "real"
    zero_is_limit: bool = False

    def mean(self, x: Array, w: Array) -> Array:
        """Return the weighted means (..., n) of complete rows x (..., n, k), weights w (..., k) or (..., n, k)."""
        self.refuse(x)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore", under="ignore"):
            y = self.inverse(weighted_sum(self.forward(self._shield(x)), w))
            y = self._rescaled(x, w, y)
        if self.zero_is_limit:
            y = np.where(weighted_sum((x == 0).astype(np.float64), (w > 0).astype(np.float64)) > 0, 0.0, y)
        return y

    def refuse(self, x: Array) -> None:
        """Raise if a value lies outside the domain."""
        if self.domain == "real":
            return
        strict = self.domain == "above 0" and not self.zero_is_limit
        bad = x <= 0 if strict else x < 0
        if bad.any():
            raise CellsError(
                bad, f"this mean needs values {'above 0' if strict else 'of 0 or more'}; normalise to such a scale"
            )

    def slope(self, z0: Array, z1: Array, y0: Array, y1: Array) -> Array:
        """Return the secant of f over each part's change over that of the mean: contribution = w slope (z1 - z0)."""
        return self.secant(z0, z1) / self.secant(y0, y1)[..., np.newaxis]

    def _shield(self, x: Array) -> Array:
        return np.where(x == 0, 1.0, x) if self.zero_is_limit else x

    def _rescaled(self, x: Array, w: Array, y: Array) -> Array:
        """Return y with the rows repaired whose powers overflowed or vanished: the means are homogeneous."""
        bad = ~np.isfinite(y) | (y == 0)
        if not bad.any():
            return y
        size = np.abs(x).max(axis=-1)
        scaled = self._shield(x) / np.where(size > 0, size, 1.0)[..., np.newaxis]
        return np.where(bad & (size > 0), size * self.inverse(weighted_sum(self.forward(scaled), w)), y)


def weighted_sum(x: Array, w: Array) -> Array:
    """Return sum_j w_j x_j, (..., n), for x (..., n, k) and weights (..., k), or (..., n, k) for one set a row."""
    if w.ndim > 1 and w.shape[-2:] == x.shape[-2:] and w.ndim == x.ndim:
        return np.einsum("...k,...k->...", x, w)
    return x @ w if w.ndim == 1 else np.matvec(x, w)


def log_secant(a: Array, b: Array) -> Array:
    """Return (ln b - ln a) / (b - a), 1/a where equal: one over the logarithmic mean."""
    with np.errstate(invalid="ignore", divide="ignore"):
        t = (b - a) / a
        return np.where(t == 0, 1.0, np.log1p(t) / np.where(t == 0, 1.0, t)) / a


def power_secant(p: float) -> Callable[[Array, Array], Array]:
    """Return the secant of z^p."""

    def secant(a: Array, b: Array) -> Array:
        low, high = np.minimum(a, b), np.maximum(a, b)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            step = np.log1p((high - low) / low)
            rise = np.where(step == 0, p, np.expm1(p * step) / np.where(step == 0, 1.0, np.expm1(step)))
            inside = low ** (p - 1) * rise
        return np.where(low == 0, high ** (p - 1), inside)

    return secant


ARITHMETIC = Pair(lambda x: x, lambda y: y, lambda a, b: np.ones(np.broadcast_shapes(np.shape(a), np.shape(b))))


def geometric_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (ln, exp)."""
    return Pair(np.log, np.exp, log_secant, "above 0", zero_is_limit)


def harmonic_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (1/z, 1/y)."""
    return Pair(np.reciprocal, np.reciprocal, lambda a, b: -1.0 / a / b, "above 0", zero_is_limit)


def power_pair(p: float) -> Pair:
    """Return the pair (z^p, y^(1/p)); p = 1 and 0 are the arithmetic and the geometric one."""
    if p == 1:
        return ARITHMETIC
    if p == 0:
        return geometric_pair()
    domain: Domain = "zero or more" if p > 0 else "above 0"
    return Pair(lambda x: x**p, lambda y: y ** (1 / p), power_secant(p), domain)


def extreme(largest: bool) -> Callable[[Array, Array], Array]:
    """Return the limit of the power mean for p -> +-inf: the largest or smallest value of positive weight."""

    def pick(x: Array, w: Array) -> Array:
        counted = np.broadcast_to(w[..., np.newaxis, :] > 0, x.shape)
        return np.where(counted, x, -np.inf).max(axis=-1) if largest else np.where(counted, x, np.inf).min(axis=-1)

    return pick


@dataclass(frozen=True, slots=True)
class Missing:
    """What an aggregation does about missing values: the rule, and the least share of values a score needs."""

    rule: Rule = "reweight"
    coverage: float = 0.65

    @classmethod
    def of(cls, rule: str, coverage: float) -> Missing:
        """Return the rule, or a SpecError for a word or a share that is none."""
        words = get_args(Rule)
        faults = [] if rule in words else [f"missing: no rule {rule!r}{suggestion(rule, words)}"]
        if not 0 <= coverage <= 1:
            faults.append(f"coverage: a share from 0 to 1, not {coverage!r}")
        raise_all(SpecError, faults)
        return cls(rule, coverage)  # type: ignore[arg-type]  # a word of Rule, checked above


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores (..., n), the weights each row was given (None: those asked for), and the rows left without a score."""

    values: Array
    weights: Array | None
    dropped: NDArray[np.bool_]


def aggregate(kernel: Pair | Callable[[Array, Array], Array], x: Array, w: Array, missing: Missing) -> Scores:
    """Return the scores of rows x (..., n, k) under weights w (..., k), missing values treated by the rule.

    `reweight` leaves missing columns out and divides by the remaining weight; a row with a smaller
    share of present columns than the coverage, or with no weight left, has no score.
    """
    absent = np.isnan(x)
    if not absent.any():
        return Scores(_whole(kernel, x, w), None, np.zeros(x.shape[:-1], dtype=np.bool_))
    if missing.rule == "raise":
        raise CellsError(
            absent, "missing value, and the rule is missing = 'raise'; fill it, or choose 'reweight' or 'propagate'"
        )
    if missing.rule == "propagate":
        dropped = absent.any(axis=-1)
        return Scores(_rows(kernel, x, w, ~dropped), None, dropped)
    present = ~absent
    row_weights = np.where(present, w[..., np.newaxis, :], 0.0)
    total = row_weights.sum(axis=-1, keepdims=True)
    dropped = (present.mean(axis=-1) < missing.coverage - 1e-12) | ~(total[..., 0] > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        row_weights = np.where(dropped[..., np.newaxis], np.nan, row_weights / total)
    return Scores(_partial(kernel, x, row_weights, present, dropped), row_weights, dropped)


def _whole(kernel: Pair | Callable[[Array, Array], Array], x: Array, w: Array) -> Array:
    if isinstance(kernel, Pair):
        return kernel.mean(x, w)
    return np.asarray(kernel(x, w), dtype=np.float64)


def _rows(kernel: Pair | Callable[[Array, Array], Array], x: Array, w: Array, keep: NDArray[np.bool_]) -> Array:
    """Return the scores of the rows kept, the others missing."""
    out = np.full(x.shape[:-1], np.nan)
    for place in np.ndindex(x.shape[:-2]):
        if keep[place].any():
            weights = w[place] if w.ndim > 1 else w
            out[(*place, keep[place])] = _whole(kernel, x[place][keep[place]], weights)
    return out


def _partial(
    kernel: Pair | Callable[[Array, Array], Array],
    x: Array,
    w: Array,
    present: NDArray[np.bool_],
    dropped: NDArray[np.bool_],
) -> Array:
    """Return the scores of rows with gaps, each under its own weights (..., n, k)."""
    if isinstance(kernel, Pair):
        filled = np.where(present, x, 1.0)
        kernel.refuse(filled)
        return np.where(dropped, np.nan, kernel.mean(filled, np.nan_to_num(w)))
    out = np.full(x.shape[:-1], np.nan)
    for place in np.ndindex(x.shape[:-2]):
        patterns, which = np.unique(present[place], axis=0, return_inverse=True)
        for number, columns in enumerate(patterns):
            rows = (which.ravel() == number) & ~dropped[place]
            if rows.any():
                first = w[place][rows][0][columns]
                out[(*place, rows)] = _whole(kernel, x[place][rows][:, columns], first)
    return out
