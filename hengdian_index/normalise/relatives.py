"""Normalisations by a reference value of the column: relatives to it, and the way from the worst value to a target."""

from __future__ import annotations

from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.maps import Affine, Map, Reciprocal
from hengdian_index._maths.stats import Moments, Ordered, Range
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import FitRows
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.cells import number_of
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, shown
from hengdian_index.log import note
from hengdian_index.normalise._lines import line, need_digits


@normalising(
    sees="statistics",
    unit_free=True,
    fits_on_base=True,
    formula=lambda negative, **_: {
        "reciprocal": (
            r"z = \mathrm{scale}\,\frac{x}{x_{\mathrm{ref}}} \; (d = 1), \quad "
            r"\mathrm{scale}\,\frac{x_{\mathrm{ref}}}{x} \; (d = -1)"
        ),
        "mirror": (
            r"z = \mathrm{scale}\,\frac{x}{x_{\mathrm{ref}}} \; (d = 1), \quad \mathrm{scale} \left(2 - "
            r"\frac{x}{x_{\mathrm{ref}}}\right) \; (d = -1)"
        ),
    }[negative],
    chinese="相对数法（个体指数，以参照值为基准）",
)
def relative(
    x: Sample,
    *,
    to: Any = "mean",
    scale: float = 100,
    negative: Literal["reciprocal", "mirror"] = "reciprocal",
    below_zero: Literal["raise", "keep"] = "raise",
    direction: Any = 1,
    **shared: Unpack[FitRows],
) -> Map:
    """Each value in per cent of a reference value (index relatives).

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    to : {"mean", "max", "min", "median", "first"}, a number, or a row label
        The reference, from the fit rows; a label that stands for several rows means their mean.
    scale : float
        Score of the reference.
    negative : {"reciprocal", "mirror"}
        For direction -1: scale ref / x (Chinese practice, SPSSAU; default), or scale (2 - x / ref).
    below_zero : {"raise", "keep"}
        Refuse values below 0, or give them the score below 0 that the formula gives: a loss of half the reference is
        -50. The reference itself must then be above 0, for with one below 0 higher values score less.

    Raises
    ------
    DataError
        A reference of 0, values below 0 (under "keep": a reference below 0), or 0 or less under the reciprocal.

    Notes
    -----
    scale x / ref. COINr multiplies by -1 first, so that x / max of a cost rewards the cost; here the direction is
    applied by the rule above. In an index with a base period and no `fit_on`, the reference is that of the base
    period: fixed-base individual indexes. Proof: TAI (Table 15: to the mean, the best, the worst; Table 14), PPI
    manual.

    **When to use.** Index relatives, each indicator in per cent of its own base, mean or best value, as in price and
    volume indexes: growth of the indicator stays growth of the score.

    **Pitfalls.** It needs a true zero, and costs above 0. Indicators keep their own coefficients of variation, so the
    most volatile moves the index most.

    Source: ILO, IMF and others 2004, Producer Price Index Manual; OECD/JRC Handbook (2008), step 5 (distance to a
    reference).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.relative([5.0, 10.0, 15.0], to="mean")
    array([ 50., 100., 150.])
    >>> hi.normalise.relative([5.0, 10.0], to="max", direction=-1)
    array([200., 100.])
    """
    seen = x.measure(Range)
    x.need_values(seen.n)
    reference = _reference_value(x, to)
    x.refuse(~np.isfinite(reference), Said("no value in the reference row {label!r}", label=to))
    if isinstance(to, str) and to == "mean":
        need_digits(x, reference, Said("mean"))
    x.refuse(reference == 0, Said("the reference value is 0; choose another `to`, or another normalisation"))
    if below_zero == "raise":
        x.refuse(
            seen.lo < 0,
            Said(
                "values below 0 have no relatives that rise with them from 0 on; use min_max or z_score, or "
                "below_zero = 'keep' if scores below 0 are meant"
            ),
        )
    x.refuse(reference < 0, Said("the reference value is below 0, so that higher values would score less"))
    zero, gain = np.zeros_like(reference), np.full_like(reference, scale)
    if direction == 1:
        return Affine(zero, reference, gain, zero)
    if negative == "mirror":
        return Affine(zero, -reference, gain, 2 * gain)
    with np.errstate(over="ignore"):
        most = scale * reference
    x.refuse(
        np.isinf(most), Said("{scale:g} times the reference value is too large a number; rescale its unit", scale=scale)
    )
    return Reciprocal(most)


@normalising(
    sees="statistics",
    formula=r"z = \frac{x - x_{\mathrm{worst}}}{\mathrm{target} - x_{\mathrm{worst}}}",
    chinese="目标距离法（从最差值到目标值已走过的比例）",
)
def distance_to_target(
    x: Sample, *, target: Any, cap: bool = False, direction: Any = 1, **shared: Unpack[FitRows]
) -> Map:
    """Share of the way from the worst fit row to a target that each value has gone.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    target : float, one a column (sequence, or mapping by name), or a row label
        The value that scores 1; a label is a unit to catch up with: its value in each column.
    cap : bool
        Stop at 1; without it a value beyond the target scores more.

    Raises
    ------
    DataError
        A target that is the worst value itself.

    Notes
    -----
    (x - min) / (target - min); direction -1: (max - x) / (max - target). A target worse than every fit row gets a line
    in the log, and turns the scores round: they are 0 or less. Proof: with the best value as target it is min_max.

    **When to use.** Targets are set by policy: 0 is the worst fit row, 1 the target reached.

    **Pitfalls.** The way begins at the worst fit row, so one very bad row makes all others look near the target.
    Targets of unlike ambition act as weights.

    Source: OECD/JRC Handbook (2008), step 5 (distance to a reference).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.distance_to_target([2.0, 4.0, 12.0], target=10)
    array([0.  , 0.25, 1.25])
    >>> hi.normalise.distance_to_target([2.0, 4.0, 12.0], target=2, direction=-1)
    array([1. , 0.8, 0. ])
    """
    seen = x.measure(Range)
    x.need_values(seen.n)
    worst = seen.lo if direction == 1 else seen.hi
    goal = _goal(x, target)
    x.refuse(
        same(goal, worst, np.fmax(np.abs(goal), np.abs(worst))),
        Said("the target is the worst value of the fit rows, so no distance is left; choose another"),
    )
    with np.errstate(over="ignore"):
        way = goal - worst
    _note_goals(x, direction * way < 0, seen.lo == seen.hi)
    return line(x, worst, way, 1, 0, clip=(-np.inf, 1) if cap else None)


def _reference_value(sample: Sample, to: Any) -> Array:
    statistics = {
        "mean": lambda: sample.measure(Moments).mean,
        "max": lambda: sample.measure(Range).hi,
        "min": lambda: sample.measure(Range).lo,
        "median": lambda: sample.measure(Ordered).quantile(0.5),
        "first": lambda: sample.first,
    }
    if isinstance(to, str) and to in statistics:
        found: Array = statistics[to]()  # type: ignore[no-untyped-call]  # lambdas carry no types
        return found
    if isinstance(to, (int, float, np.number)) and not isinstance(to, bool):
        number = number_of(to)
        if number is None:
            raise SpecError(Said("to: {to} is too large a number", to=shown(to)))
        return np.full(sample.k, number)
    unknown = Said(
        "to: 'mean', 'max', 'min', 'median', 'first', a number, or the label of a fit row, not {label!r}", label=to
    )
    return _row_value(sample, to, unknown)


def _goal(sample: Sample, target: Any) -> Array:
    """Return the target of each column, (..., k)."""
    if not _names_a_row(target):
        return sample.per_column(dict(target) if hasattr(target, "keys") else target, "target")
    unknown = Said("target: a number, one for each column, or the label of a fit row, not {label!r}", label=target)
    goal = _row_value(sample, target, unknown)
    sample.refuse(~np.isfinite(goal), Said("no value in the reference row {label!r}", label=target))
    return goal


def _names_a_row(target: Any) -> bool:
    """Return whether a target is a row label: no number, no sequence of numbers, no mapping."""
    number = (int, float, np.number)
    if isinstance(target, tuple):
        return not all(isinstance(part, number) for part in target)
    return not (isinstance(target, (*number, list, np.ndarray)) or hasattr(target, "keys"))


def _note_goals(sample: Sample, worse: Array, flat: Array) -> None:
    """Write a line for every column whose target lies on the wrong side, or whose rows are all the worst."""
    reasons = {
        Said("target worse than every fit row, so that better values score less; is the direction right?"): worse,
        Said("constant over the fit rows: each is the worst and scores 0"): flat,
    }
    for why, columns in reasons.items():
        for j in np.flatnonzero(np.reshape(columns, (-1, sample.k)).any(axis=0)):
            note("normalise", why, indicator=str(sample.columns[j]) if sample.columns else f"column {j}")


def _row_value(sample: Sample, label: Any, unknown: Said) -> Array:
    """Return the values of the fit row with a label, (..., k); of several such rows their mean, missing left out."""
    rows = sample.labelled(label)
    if rows is None:
        raise SpecError(unknown)
    return rows.measure(Moments).mean
