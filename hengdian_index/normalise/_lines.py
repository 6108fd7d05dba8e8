"""What the normalisations along a line share: the line, its clip, and bounds in order."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

from hengdian_index._maths.maps import Affine, Clip, Map, chain
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index.errors import SpecError, raise_all

Constant: TypeAlias = float | Literal["raise"]

# The smallest numbers are whole multiples of the smallest one, so that this many of it have nine digits.
_NINE_DIGITS = 1e9 * float(np.finfo(np.float64).smallest_subnormal)


def line(
    sample: Sample,
    centre: Array,
    spread: Array,
    gain: float,
    at: float | Array,
    *,
    clip: tuple[float, float] | None = None,
    constant: Constant = "raise",
) -> Map:
    """Return `at + gain (x - centre) / spread`; the one place where a spread of 0 is refused or given its score."""
    sample.refuse(~np.isfinite(spread), "the range of its values is not a finite number; rescale its unit")
    flat = spread == 0
    if constant == "raise":
        sample.refuse(flat, "constant over the fit rows; leave it out, fit on other rows, or give `constant` its score")
    score = 0.0 if constant == "raise" else float(constant)
    straight = Affine(
        np.where(flat, 0.0, centre), np.where(flat, 1.0, spread), np.where(flat, 0.0, gain), np.where(flat, score, at)
    )
    return chain(straight, hold(sample, *clip)) if clip else straight


def hold(sample: Sample, low: float, high: float) -> Clip:
    """Return the map that holds every column within `low..high`."""
    return Clip(np.full(sample.k, float(low)), np.full(sample.k, float(high)))


def need_order(sample: Sample, low: Array, high: Array, *, positive: bool) -> None:
    """Refuse bounds out of order, or not above 0 where logarithms are taken."""
    faults = [f"{sample.name(j)}: low = {low[j]:g} must be below high = {high[j]:g}" for j in marked(low >= high)]
    if positive:
        faults += [f"{sample.name(j)}: low = {low[j]:g} must be above 0 under a logarithm" for j in marked(low <= 0)]
    raise_all(SpecError, faults)


def rising(**pair: Any) -> list[str]:
    """Return a fault unless the second of two named numbers is larger; what is not a number is left to the fit."""
    (first, low), (second, high) = pair.items()
    if not (isinstance(low, (int, float)) and isinstance(high, (int, float))):
        return []
    endless = [f"{name}: a finite number, not {value:g}" for name, value in pair.items() if not np.isfinite(value)]
    return endless or ([] if low < high else [f"{first} = {low:g} must be below {second} = {high:g}"])


def need_digits(sample: Sample, size: Array, what: str) -> None:
    """Refuse columns of which what is computed (k,) lies so near 0 that it has fewer than nine digits."""
    few = (np.abs(size) > 0) & (np.abs(size) < _NINE_DIGITS)
    sample.refuse(few, f"its {what} is so near 0 that a number holds few of its digits; rescale its unit")


def marked(mask: Array) -> list[int]:
    """Return the positions where a mask (k,) is True."""
    return [int(j) for j in np.flatnonzero(mask)]
