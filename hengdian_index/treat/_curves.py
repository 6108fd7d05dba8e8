"""Fitted curves of treatments: logarithms and powers, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.arithmetic import Arithmetic, first
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError

Offset: TypeAlias = Literal["none", "range", "one"]


@stored("power curve")
@dataclass(frozen=True, slots=True)
class Power:
    """`sign (t^power - 1) / power`, for power 0 `sign ln t`, of `t = sign (x - centre) + offset`; arrays (..., k).

    Columns where `on` is False stay as they are. A value whose t is not above 0 is refused.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.treat._curves import Power
    >>> one, zero = np.ones(1), np.zeros(1)
    >>> Power(one, zero, one, zero, one == 1)(np.array([[0.0], [np.e - 1]])).round(3)
    array([[0.],
           [1.]])
    """

    sign: Array
    centre: Array
    offset: Array
    power: Array
    on: NDArray[np.bool_]

    @classmethod
    def logarithm(cls, low: Array, high: Array, skew: Array, offset: Offset, on: NDArray[np.bool_]) -> Power:
        """Return the logarithm of columns from their range and the sign of their skewness, arrays (..., k)."""
        zero, one = np.zeros(on.shape), np.ones(on.shape)
        if offset == "none":
            return cls(one, zero, zero, zero, on)
        if offset == "one":
            return cls(one, low, one, zero, on)
        mirrored = skew < 0
        with np.errstate(over="ignore"):
            step = 0.01 * (high - low)
        return cls(np.where(mirrored, -1.0, 1.0), np.where(mirrored, high, low), step, zero, on)

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        sign, centre, offset, power, on = (
            part[..., np.newaxis, :] for part in (self.sign, self.centre, self.offset, self.power, self.on)
        )
        with np.errstate(over="ignore"):
            t = np.where(on, sign * (x - centre) + offset, 1.0)
        if (t <= 0).any():
            plain = (t <= 0) & (offset == 0) & (centre == 0)
            raise CellsError(t <= 0, _OFFSET_NEEDED if plain.any() else _OUT_OF_REACH)
        return _finite(np.where(on, sign * _power(np.log(t), power), x), x)

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x of its first column."""
        if not np.ravel(self.on)[0]:
            return Arithmetic("x")
        up = first(self.sign) > 0
        t = "x - centre + offset" if up else "centre - x + offset"
        expression = _powered(t, "power", first(self.power))
        numbers = {"centre": self.centre, "offset": self.offset, "power": self.power}
        return Arithmetic(expression if up else f"-{expression}", numbers, positive=t)

    def words(self, j: int) -> Said:
        """Return the formula of column j of a plain (k,) curve."""
        sign, centre, offset, power = (part[j] for part in (self.sign, self.centre, self.offset, self.power))
        shifted = "x" if centre == 0 else f"x - {centre:.6g}" if sign > 0 else f"{centre:.6g} - x"
        t = shifted if offset == 0 else f"{shifted} + {offset:.6g}"
        if power != 0:
            return Said("Box-Cox of {t}, lambda {power:.4g}", t=t, power=power)
        return Said("{formula}", formula=f"{'' if sign > 0 else '-'}ln({t})")


@stored("yeo-johnson curve")
@dataclass(frozen=True, slots=True)
class YeoJohnson:
    """`((1 + x)^power - 1) / power` for x >= 0, `-((1 - x)^(2 - power) - 1) / (2 - power)` below; arrays (..., k).

    Columns where `on` is False stay as they are.
    """

    power: Array
    on: NDArray[np.bool_]

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        power, on = self.power[..., np.newaxis, :], self.on[..., np.newaxis, :]
        above = _power(np.log1p(np.maximum(x, 0)), power)
        below = _power(np.log1p(np.maximum(-x, 0)), 2 - power)
        return _finite(np.where(on, np.where(x >= 0, above, -below), x), x)

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x of its first column."""
        if not np.ravel(self.on)[0]:
            return Arithmetic("x")
        power = first(self.power)
        above, below = _powered("1 + x", "power", power), _powered("1 - x", "rest", 2 - power)
        whole = f"{above} if x >= 0 else -{below}" if x is None else above if x >= 0 else f"-{below}"
        return Arithmetic(whole, {"power": power, "rest": 2 - power})


_OFFSET_NEEDED = Said("a logarithm or a power needs a value above 0; choose an offset, such as offset='range'")
_OUT_OF_REACH = Said(
    "outside the reach of the curve learnt from the fit rows; fit on rows that reach as far, or winsorise"
)


def _power(log_t: Array, power: Array) -> Array:
    """Return (t^power - 1) / power from ln t, to full precision near power 0."""
    some = np.where(power == 0, 1.0, power)
    with np.errstate(over="ignore"):
        return np.where(power == 0, log_t, np.expm1(some * log_t) / some)


def _powered(t: str, name: str, power: float) -> str:
    """Return the power of t as an expression, a logarithm where it is 0."""
    return f"log({t})" if power == 0 else f"((({t}) ** {name} - 1) / {name})"


def _finite(y: Array, x: Array) -> Array:
    lost = np.isfinite(x) & ~np.isfinite(y)
    if lost.any():
        raise CellsError(lost, Said("its power is too large a number; rescale the unit, or choose another lambda"))
    return y
