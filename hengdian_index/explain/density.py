"""Kernel density of units: the shape of their distribution, and how it moves over the periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths.blocks import full_size, power_of_two
from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array, read_labelled
from hengdian_index._values.equality import constant
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, raise_all, shown, suggestion
from hengdian_index.explain._panels import wide
from hengdian_index.log import note

# How far beyond the outermost unit the curve is drawn, in bandwidths, and what part of the main peak another has.
_BEYOND = 3.0
_PROMINENT = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """Density of the units' values in each period.

    Attributes
    ----------
    curves : DataFrame
        Density at each value (the index, the same for all periods), one column a period; its integral is 1.
    periods : DataFrame
        One row a period: `n mean sd bandwidth mode height peaks`, where `mode` is the place of the main peak and
        `peaks` their number: more than one says that units part into groups.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.density([[1.0, 1.0], [1.2, 1.1], [1.1, 4.0], [1.3, 4.1]], bandwidth=0.3)
    >>> found.periods["peaks"].tolist()
    [1, 2]
    """

    curves: Any
    periods: Any


@typed
def density(y: Any, *, bandwidth: float | str = "silverman", points: int = 512) -> Density:
    r"""Kernel density of units by a Gaussian kernel, period by period, on one axis.

    Parameters
    ----------
    y : table or array (n, periods), or Series by unit, or by unit and period
        Values, one column a period; three units or more in each. A missing one is left out, with a line in the log. Of
        a Series with two index levels (such as `result.series()["total"]`) the last level are the periods.
    bandwidth : float or {"silverman", "normal"}
        Width of the kernel: its standard deviation. "silverman": 0.9 min(s, IQR / 1.34) n^(-1/5). "normal":
        1.06 s n^(-1/5). Each period has its own, unless a number is given.
    points : int
        Number of values at which the curves are told, 16 or more.

    Returns
    -------
    Density
        `curves`, `periods`.

    Raises
    ------
    DataError
        Fewer than three units in a period, or all of them alike.
    SpecError
        A bandwidth that is not above 0, fewer than 16 points.

    Notes
    -----
    .. math:: f(x) = \frac{1}{n h} \sum_i K\left(\frac{x - y_i}{h}\right), \quad
        K(u) = \frac{1}{\sqrt{2 \pi}} e^{-u^2 / 2}

    **Symbols.** f: density; x: value; n: number of units; h: bandwidth; K: kernel; u: distance in bandwidths; y: value
    of a unit; i: unit.

    The axis reaches three bandwidths beyond the outermost unit. A peak counts where the curve falls by 1 per cent of
    the main peak or more on both sides.

    **When to use.** Whether all units move on (the curve moves right), come together (it grows narrower and higher) or
    part into groups (two peaks): what a mean and a standard deviation do not say.

    **Pitfalls.** The number of peaks hangs on the bandwidth; with 31 provinces a second small peak is often one of
    them. A curve reaches beyond limits of the values, such as 0 and 1.

    Variants: the kernel of Epanechnikov, which hardly differs; stochastic kernels of one year on another.

    Source: Silverman 1986, Density Estimation for Statistics and Data Analysis, London. Proof: a loop over units;
    statsmodels.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.density([[0.2, 0.4], [0.3, 0.5], [0.4, 0.6], [0.5, 0.7]])
    >>> found.periods["mode"].round(2).tolist(), found.periods["bandwidth"].round(3).tolist()
    ([0.35, 0.55], [0.076, 0.076])
    """
    import pandas as pd

    _checked(bandwidth, points)
    table = read_labelled(wide("density", y)).need_shape(Said("density: a table (units, periods) is needed"))
    # Squares of values of 1e200 are infinite, those of 1e-200 are 0: both are told in a unit near their size.
    whole = table.values.reshape(-1, 1)
    unit = float(power_of_two(whole, full_size(whole))[0])
    columns = [column[~np.isnan(column)] / unit for column in table.values.T]
    gaps = int(np.isnan(table.values).sum())
    if gaps:
        said = Said.of(gaps, "density: {n} missing value is left out", "density: {n} missing values are left out")
        note("explain", said)
    _measurable(columns, table.names)
    widths = [_RULES[bandwidth](x) if isinstance(bandwidth, str) else bandwidth / unit for x in columns]
    low = min(float(x.min()) - _BEYOND * h for x, h in zip(columns, widths, strict=True))
    high = max(float(x.max()) + _BEYOND * h for x, h in zip(columns, widths, strict=True))
    at = np.linspace(low, high, points)
    curves = [_curve(x, h, at) for x, h in zip(columns, widths, strict=True)]
    periods = pd.Index(list(table.names), name="period", tupleize_cols=False)
    rows = [_described(x, h, at, curve) for x, h, curve in zip(columns, widths, curves, strict=True)]
    told = pd.DataFrame(rows, index=periods)
    told[["mean", "sd", "bandwidth", "mode"]] *= unit
    told["height"] /= unit
    drawn = pd.DataFrame(np.column_stack(curves) / unit, index=pd.Index(at * unit, name="value"), columns=periods)
    return Density(drawn, told)


def _checked(bandwidth: Any, points: int) -> None:
    faults = []
    if isinstance(bandwidth, str) and bandwidth not in _RULES:
        faults.append(
            Said("bandwidth: no rule {bandwidth!r}{guess}", bandwidth=bandwidth, guess=suggestion(bandwidth, _RULES))
        )
    if not isinstance(bandwidth, str) and not 0 < bandwidth < np.inf:
        faults.append(
            Said("bandwidth: a finite number above 0, or a rule, not {bandwidth}", bandwidth=shown(bandwidth))
        )
    if points < 16:
        faults.append(Said("points: 16 or more, not {points}", points=points))
    raise_all(SpecError, faults)


def _measurable(columns: Sequence[Array], names: Sequence[Any]) -> None:
    faults = []
    for name, x in zip(names, columns, strict=True):
        own = Said("density: period {period}", period=shown(name)) if len(columns) > 1 else Said("density")
        if len(x) < 3:
            few = Said.of(len(x), "{n} unit with a value; three are needed", "{n} units with a value; three are needed")
            faults.append(joined([own, few], "heads"))
        elif constant(x.min(), x.max()):
            faults.append(joined([own, Said("all units are alike, which has no density")], "heads"))
    raise_all(DataError, faults)


def _silverman(x: Array) -> float:
    """Return the rule of thumb; where half of the units are alike, by the standard deviation alone."""
    low, high = np.percentile(x, [25, 75])
    sd = x.std(ddof=1)
    return float(0.9 * (min(sd, (high - low) / 1.34) or sd) * len(x) ** -0.2)


def _normal(x: Array) -> float:
    return float(1.06 * x.std(ddof=1) * len(x) ** -0.2)


_RULES = {"silverman": _silverman, "normal": _normal}


def _curve(x: Array, h: float, at: Array) -> Array:
    """Return the density of values (n,) at the points, by SciPy."""
    from scipy.stats import gaussian_kde

    return np.asarray(gaussian_kde(x, bw_method=h / x.std(ddof=1))(at))


def _described(x: Array, h: float, at: Array, curve: Array) -> dict[str, float]:
    """Return what a curve is like."""
    from scipy.signal import find_peaks

    peaks, _ = find_peaks(np.concatenate([[0.0], curve, [0.0]]), prominence=_PROMINENT * curve.max())
    main = int(curve.argmax())
    numbers = {"n": len(x), "mean": x.mean(), "sd": x.std(ddof=1), "bandwidth": h}
    return numbers | {"mode": at[main], "height": curve[main], "peaks": len(peaks)}
