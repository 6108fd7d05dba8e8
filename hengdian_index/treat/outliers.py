"""Treatments of outliers: winsorising and fences."""

from __future__ import annotations

from itertools import islice
from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.maps import Clip, Map
from hengdian_index._maths.stats import Moments, Ordered, Range
from hengdian_index._methods.frame import LabelledFit
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.treating import remark, treating
from hengdian_index._tables.cells import pair_of
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import constant, largest, same
from hengdian_index._words.said import Said
from hengdian_index.treat._winsorising import SHAPELESS, Outcome
from hengdian_index.treat._winsorising import by_column as _by_column
from hengdian_index.treat._winsorising import steps as _steps


def _one_of_two(points: int | None, limits: Any) -> list[Said]:
    if (points is None) == (limits is None):
        return [Said("give either points (how many times the extreme value moves in) or limits (two quantiles)")]
    if points is not None:
        return [] if points >= 0 else [Said("points: 0 or more, not {points}", points=points)]
    low, high = pair_of(limits) or (np.nan, np.nan)
    return (
        []
        if 0 <= low < high <= 1
        else [Said("limits: two rising shares such as (0.05, 0.95), not {limits!r}", limits=limits)]
    )


@treating(
    sees="statistics",
    monotone=True,
    why=Said("held within the winsorised ends of the fit rows"),
    check=_one_of_two,
    formula=r"x' = \min(\max(x, \mathrm{low}), \mathrm{high})",
    chinese="缩尾处理（不足四个数值时不处理）",
)
def winsorise(x: Sample, *, points: int | None = None, limits: Any = None, **shared: Unpack[LabelledFit]) -> Map:
    """Values with the extreme ones set to the next value, or held within two quantiles; fewer than four stay.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    points : int, optional
        So many times, the extreme value on the side of the skew is set to the next value; ties move together.
    limits : pair of float, optional
        Instead: the two quantiles that values are held within, such as (0.05, 0.95). 0 and 1 set no fence.

    Returns
    -------
    (table, log)

    Raises
    ------
    SpecError
        Both or neither of `points` and `limits`.

    Notes
    -----
    The side is the largest values if G1 >= 0 but for rounding, looked at anew each time, so the median never moves. A
    step that would leave all values equal is not taken; fewer than four values, or equal ones, stay as they are; the
    log says so. Quantiles are of type 7 (linear). Other libraries' limits are the shares cut off at either side: their
    (.05, .05) is (.05, .95) here. Proof: median unchanged; a slow loop.

    **When to use.** A few extreme values that are believed, but should not set the scale of all others.

    **Pitfalls.** Real leads are taken away: the first rows become equal. How many points, or which quantiles, is a
    choice; say which cells were changed (the log has them).

    Source: Tukey 1962 (Annals of Mathematical Statistics 33), who names it after C. P. Winsor; COINr.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> table, log = hi.treat.winsorise([1.0, 2.0, 3.0, 4.0, 90.0], points=1)
    >>> table
    array([1., 2., 3., 4., 4.])
    """
    if points is None:
        ordered = x.measure(Ordered)
        x.need_values(ordered.n)
        what = Said("the quantiles {low:g} and {high:g}", low=limits[0], high=limits[1])
        low, high = (ordered.quantile(limit) for limit in limits)
        return _fences(x, low, high, 0.0, what, cut=(limits[0] > 0, limits[1] < 1))
    return _by_column(x, lambda values: _stepped(values, points))


@treating(
    sees="statistics",
    monotone=True,
    why=Said("held within the fences of the fit rows"),
    check=lambda rule, width: (
        [] if width is None or width > 0 else [Said("width: above 0, not {width:g}", width=width)]
    ),
    formula=lambda rule, **_: {
        "iqr": (
            r"x' = \min(\max(x, q_{0.25} - \mathrm{width}\,d), q_{0.75} + \mathrm{width}\,d), \quad d = "
            "q_{0.75} - q_{0.25}"
        ),
        "sigma": r"x' = \min(\max(x, \bar{x} - \mathrm{width}\,s), \bar{x} + \mathrm{width}\,s)",
    }[rule],
    chinese="界限处理（四分位距或标准差界限；不足四个数值时不处理）",
)
def fence(
    x: Sample, *, rule: Literal["iqr", "sigma"] = "iqr", width: float | None = None, **shared: Unpack[LabelledFit]
) -> Map:
    """Values held within fences around the middle of their column; fewer than four stay.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    rule : {"iqr", "sigma"}
        "iqr": from q25 - width (q75 - q25) to q75 + width (q75 - q25). "sigma": mean -/+ width s (ddof 1).
    width : float, optional
        1.5 for "iqr", 3 for "sigma", unless given.

    Returns
    -------
    (table, log)

    Notes
    -----
    A column whose quartiles are equal would become constant under "iqr": it is left untreated. Fewer than four values,
    or equal ones, stay as they are. The log says so.
    Source: Tukey 1977 (Exploratory Data Analysis). Proof: unchanged by a second run where the quartiles stay; a slow
    formula.

    **When to use.** Many indicators, one rule for all, nothing counted by hand.

    **Pitfalls.** In a skewed column much of one side lies beyond the fence: take a logarithm there. The outliers
    themselves widen a standard deviation, and so the fence of "sigma".

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.treat.fence([1.0, 2.0, 3.0, 4.0, 90.0]).table
    array([1., 2., 3., 4., 7.])
    """
    x.need_values(x.measure(Range).n)
    if rule == "iqr":
        ordered = x.measure(Ordered)
        low, high = ordered.quantile(0.25), ordered.quantile(0.75)
        with np.errstate(over="ignore"):
            step = (1.5 if width is None else width) * (high - low)
        size = np.fmax(np.fmax(np.abs(low), np.abs(high)), step)
    else:
        moments = x.measure(Moments)
        low = high = moments.mean
        step = (3.0 if width is None else width) * moments.deviation()
        size = np.fmax(largest(x.x), step)
    return _fences(x, low - step, high + step, size, Said("the {rule} fence", rule=rule))


def _stepped(values: Array, points: int) -> Outcome:
    """Return the outcome of so many steps."""
    taken = list(islice(_steps(values), points))
    if not taken:
        why = Said("untreated: a further step would leave all values equal") if points else ""
        return Outcome(why=why, treated=False)
    low, high, moved = taken[-1]
    if len(taken) == points:
        return Outcome(low, high, why=Said.of(moved, "{n} point winsorised", "{n} points winsorised"))
    why = Said.of(
        moved,
        "{n} point winsorised in {taken} of {steps} steps; a further step would leave all values equal",
        "{n} points winsorised in {taken} of {steps} steps; a further step would leave all values equal",
        taken=len(taken),
        steps=points,
    )
    return Outcome(low, high, why=why)


def _fences(
    sample: Sample, low: Array, high: Array, size: Any, what: Said, cut: tuple[bool, bool] = (True, True)
) -> Map:
    """Return the fences of the columns that have a shape, and tell which columns they touch or leave.

    `size` (..., k): the largest magnitude that the fences come from, where it is not their own.
    """
    seen = sample.measure(Range)
    shapeless = (seen.n < 4) | (seen.lo == seen.hi)
    endless = ~shapeless & ~(np.isfinite(low) & np.isfinite(high))
    sample.refuse(endless, Said("the spread of its values is too large a number; rescale its unit"))
    flat = ~shapeless & constant(low, high)
    low, high = -_above(-sample.x, -low, size), _above(sample.x, high, size)
    low = np.where(shapeless | flat | (not cut[0]), -np.inf, low)
    high = np.where(shapeless | flat | (not cut[1]), np.inf, high)
    if low.ndim == 1:
        touched = (seen.lo < low) | (seen.hi > high)
        held = [
            Said("held within {low:.6g} and {high:.6g}, {what}", low=a, high=b, what=what) if one else None
            for a, b, one in zip(low, high, touched, strict=True)
        ]
        remark(sample, held)
        equal = Said("untreated: {what} would make all values equal", what=what)
        left = [
            SHAPELESS if no_shape else equal if one else None for no_shape, one in zip(shapeless, flat, strict=True)
        ]
        remark(sample, left, treated=False)
    return Clip(low, high)


def _above(x: Array, fence: Array, size: Any) -> Array:
    """Return fences (..., k) above columns, moved to the values that lie on them but for rounding."""
    on = same(x, fence[..., np.newaxis, :], np.fmax(np.abs(fence), size)[..., np.newaxis, :])
    return np.where(on.any(axis=-2), np.max(x, axis=-2, where=on, initial=-np.inf), fence)
