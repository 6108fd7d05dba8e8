"""Means of other pairs than those of powers: one seen in a mirror, any pair of a user's; a mean of 0 below a limit."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.arithmetic import filled
from hengdian_index._maths.means import Kernel, Pair, RowsError, known_mean, weighted_sum
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError

# An inverse leads back to a value but for rounding, in parts of the largest value.
_BACK = 1e-6

# Ends so near each other, in parts of their size, have the slope between them; one measured over the same part.
_NEAR = 1e-5


@dataclass(frozen=True, slots=True)
class Mirrored(Pair):
    """The mean top - M(top - x) of a mean M: what M makes of low values this one makes of high ones."""

    inner: Pair = field(kw_only=True)
    top: float = field(kw_only=True)

    @classmethod
    def of(cls, inner: Pair, top: float) -> Mirrored:
        """Return the mean of values below a top."""
        own: tuple[Callable[[Array], Array], Callable[[Array], Array]] = (
            lambda x: inner.forward(top - x),
            lambda u: top - inner.inverse(u),
        )
        return cls(
            *own, lambda a, b: -inner.secant(top - a, top - b), "real", inner.zero_is_limit, inner=inner, top=top
        )

    @property
    def limit(self) -> float:
        """The value that is the limit of the mean wherever a part has it."""
        return self.top

    @property
    def filler(self) -> float:
        """A value that may stand where none counts."""
        return self.top - self.inner.filler

    @property
    def from_zero(self) -> bool:
        """Whether a level splits as the change from a row of zeros does."""
        return self.top > 0

    def mean(self, x: Array, w: Array, absent: NDArray[np.bool_] | None = None) -> Array:
        """Return the weighted means of rows, as `Pair` does."""
        try:
            return self.top - self.inner.mean(self.top - x, w, absent)
        except CellsError as error:
            raise CellsError(error.marked, self.why) from None

    def refuse(self, x: Array) -> None:
        """Raise if a value lies above the top, or on it where that is no limit."""
        try:
            self.inner.refuse(self.top - x)
        except CellsError as error:
            raise CellsError(error.marked, self.why) from None

    @property
    def why(self) -> Said:
        """What is said of a value that lies outside the domain."""
        if self.zero_is_limit:
            return Said("this mean needs values up to {top:.12g}; normalise to such a scale", top=self.top)
        return Said("this mean needs values below {top:.12g}; normalise to such a scale", top=self.top)

    def slope(self, z0: Array, z1: Array, y0: Array, y1: Array) -> Array:
        """Return the secant of f over each part's change over that of the mean, which the mirror leaves as it is."""
        return self.inner.slope(self.top - z0, self.top - z1, self.top - y0, self.top - y1)


@dataclass(frozen=True, slots=True)
class Own(Pair):
    """The mean of any pair (f, f inverse); `trees` are both as arithmetic in z, where they are that."""

    trees: tuple[ast.expr, ast.expr] | None = field(default=None, kw_only=True)

    @classmethod
    def of(
        cls,
        forward: Callable[[Array], Array],
        inverse: Callable[[Array], Array],
        trees: tuple[ast.expr, ast.expr] | None = None,
    ) -> Own:
        """Return the mean of a pair, whose secant is measured."""

        def f(x: Array) -> Array:
            return _quiet(forward, x)

        def back(u: Array) -> Array:
            return _quiet(inverse, u)

        return cls(f, back, _measured_secant(f), trees=trees)

    @property
    def why(self) -> Said:
        """What is said of a value to which the inverse does not lead back."""
        return Said("the inverse does not lead back to the value from f of it; f must rise, or fall, over all values")

    def astray(self, value: ast.expr) -> ast.expr | None:
        """Return where a value is one to which the inverse does not lead back, as arithmetic."""
        if self.trees is None:
            return None
        back = filled(self.trees[1], {"z": filled(self.trees[0], {"z": value})})
        # Beside values near 0 others count, which are not at hand: 1 stands for them.
        far, size = ast.BinOp(back, ast.Sub(), value), ast.BinOp(ast.Constant(1.0), ast.Add(), _squared(value))
        return ast.Compare(_squared(far), [ast.Gt()], [ast.BinOp(ast.Constant(_BACK**2), ast.Mult(), size)])

    @property
    def filler(self) -> float:
        """A value that may stand where none counts."""
        return float("nan")

    @property
    def from_zero(self) -> bool:
        """Whether f has a number at 0, and so a level splits as the change from a row of zeros does.

        The pairs f and a + b f have one mean, and so the same parts of it.
        """
        at_zero = self.forward(np.zeros(1))
        return bool(np.isfinite(at_zero).all() and (np.abs(self.inverse(at_zero)) <= _BACK).all())

    def mean(self, x: Array, w: Array, absent: NDArray[np.bool_] | None = None) -> Array:
        """Return the weighted means of rows, as `Pair` does; what f does not take, or its inverse, is refused."""
        x = x if absent is None else np.where(absent, np.nan, x)
        self.refuse(x)
        gone = np.isnan(x)
        terms = np.where(gone, 0.0, self.forward(x))
        total = weighted_sum(terms, w) if absent is None else known_mean(terms, w, absent)
        y = self.inverse(total)
        low, high = (np.where(gone, end, x) for end in (np.inf, -np.inf))
        size = _BACK * np.abs(np.where(gone, 0.0, x)).max(axis=-1)
        inside = (y >= low.min(axis=-1) - size) & (y <= high.max(axis=-1) + size)
        lost = ~inside & ~gone.all(axis=-1) & np.isfinite(total)
        if lost.any():
            why = Said("the mean does not lie among its values; f must rise, or fall, without a break over all of them")
            raise RowsError(lost[..., np.newaxis], why)
        return y

    def refuse(self, x: Array) -> None:
        """Raise if f has no finite number at a value, or its inverse does not lead back to it."""
        there = ~np.isnan(x)
        u = self.forward(x)
        outside = there & ~np.isfinite(u)
        if outside.any():
            raise CellsError(outside, Said("f of the value is no finite number; normalise to values that f takes"))
        size = np.abs(x[there]).max(initial=0.0)
        astray = there & ~(np.abs(self.inverse(u) - x) <= _BACK * size)
        if astray.any():
            raise CellsError(astray, self.why)
        steps = np.diff(u[there][np.argsort(x[there], kind="stable")])
        steps = steps[np.abs(steps) > TOLERANCE * np.abs(u[there]).max(initial=0.0)]
        if (steps > 0).any() and (steps < 0).any():
            raise CellsError(
                there, Said("f rises from some values to others, and falls; it must do one of both over all")
            )

    def slope(self, z0: Array, z1: Array, y0: Array, y1: Array) -> Array:
        """Return the secant of f over each part's change over that of the mean."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return np.asarray(self.secant(z0, z1) / self.secant(y0, y1)[..., np.newaxis])


@dataclass(frozen=True, slots=True)
class Censored:
    """The weighted mean of each row that reaches a limit, 0 for the others: the count of the poor."""

    cutoff: float
    why: ClassVar[Said] = Said("counting needs values of 0 or more: 1 deprived, 0 not; normalise to such a scale")

    def __call__(self, x: Array, w: Array) -> Array:
        """Return the scores (..., n) of rows x (..., n, k)."""
        below = x < 0
        if below.any():
            raise CellsError(below, self.why)
        mean = weighted_sum(x, w)
        return np.where(mean >= self.cutoff - TOLERANCE * max(1.0, self.cutoff), mean, 0.0)

    def level_factors(self, w: Array, y: Array) -> Array:
        """Return what each part is multiplied by: its weight in a row that reaches the limit, 0 in the others."""
        return np.where((y > 0)[..., np.newaxis], w, 0.0)


class Limit(NamedTuple):
    """The end of what a kernel takes: values that are `beyond` it ("<", "<=", ">", ">=") are refused, and why."""

    beyond: str
    value: float
    why: Said


def limit_of(kernel: Kernel) -> Limit | None:
    """Return the end of what a kernel takes, None where it takes all numbers."""
    if isinstance(kernel, Mirrored):
        return Limit(">" if kernel.zero_is_limit else ">=", kernel.top, kernel.why)
    if isinstance(kernel, Censored):
        return Limit("<", 0.0, kernel.why)
    if not isinstance(kernel, Pair) or kernel.domain == "real":
        return None
    return Limit("<=" if kernel.domain == "above 0" and not kernel.zero_is_limit else "<", 0.0, kernel.why)


def _squared(tree: ast.expr) -> ast.expr:
    return ast.BinOp(tree, ast.Pow(), ast.Constant(2))


def _quiet(function: Callable[[Array], Array], x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(function(x), dtype=np.float64)


def _measured_secant(f: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """Return (f(b) - f(a)) / (b - a); of ends that lie near each other the slope of f between them."""

    def secant(a: Array, b: Array) -> Array:
        a, b = np.broadcast_arrays(a, b)
        size = np.maximum(np.abs(a), np.abs(b))
        near = np.abs(b - a) <= _NEAR * size
        size = np.where(size > 0, size, np.nanmax(size, initial=0.0) or 1.0)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            found = (f(b) - f(a)) / (b - a)
        if not near.any():
            return np.asarray(found)
        middle, step = a + (b - a) / 2, _NEAR * size
        below, here, above = f(middle - step), f(middle), f(middle + step)
        # At the end of what f takes there is a step to one side alone.
        up, down = (above - here) / step, (here - below) / step
        slope = np.where(np.isfinite(up) & np.isfinite(down), up / 2 + down / 2, np.where(np.isfinite(up), up, down))
        return np.where(near, slope, found)

    return secant
