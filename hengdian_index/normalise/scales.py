"""Normalisations along a line or a curve between two values: min-max, z-scores, goalposts, efficacy."""

from __future__ import annotations

from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.maps import Exponential, Log, Map, chain
from hengdian_index._maths.stats import Moments, Range
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import FitRows, Learning
from hengdian_index._methods.sample import Sample
from hengdian_index._words.said import Said
from hengdian_index.normalise._lines import (
    BOUND_WORDS,
    Constant,
    bound_faults,
    bounds,
    hold,
    learnt_in,
    line,
    need_digits,
    need_order,
    rising,
)

# Up to so many standard deviations, what a mean loses when it is rounded to a number is the rounding of scores too.
_LOST = 1e-13

_CROSSED = Said("its worst end is not below its best end; take bounds further out, or fit on more rows")


@normalising(
    monotone=True,
    normalises=False,
    arithmetic="x",
    chinese="原值",
)
def none(x: Any) -> Any:
    """Values as they are, the direction applied.

    Notes
    -----
    Proof: its laws.

    **When to use.** Indicators that are on one scale already: marks, balances, percentages, relatives with one base.

    **Pitfalls.** Nothing is made comparable. The indicator with the largest spread moves the index most, and weights
    learnt from the data may only say in which unit it was measured.

    Source: none is needed, nothing is computed.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.none([3.0, 4.0])
    array([3., 4.])
    """
    return x


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    gives=lambda lower, upper, clip, worst, best, **_: (lower, upper) if clip or worst is best is None else None,
    ends=lambda lower, upper, **_: (lower, upper),
    check=lambda lower, upper, worst, best, **_: (
        rising(lower=lower, upper=upper) + bound_faults(worst=worst, best=best)
    ),
    formula=lambda clip, worst, best, **_: (
        r"z = \mathrm{lower} + (\mathrm{upper} - \mathrm{lower})\,"
        r"\frac{x - WORST}{BEST - WORST}".replace("WORST", r"\min x" if worst is None else r"\mathrm{worst}").replace(
            "BEST", r"\max x" if best is None else r"\mathrm{best}"
        )
    ),
    of_distance=lambda share: rf"z = \mathrm{{upper}} - (\mathrm{{upper}} - \mathrm{{lower}})\,{share}",
    chinese="极差标准化（参数确定期最小值与最大值之间的位置）",
    words={
        "en": {"worst": "worst end", "best": "best end", **BOUND_WORDS["en"]},
        "zh": {"worst": "最差端", "best": "最好端", **BOUND_WORDS["zh"]},
    },
)
def min_max(
    x: Sample,
    *,
    lower: float = 0,
    upper: float = 1,
    clip: bool = False,
    worst: str | None = None,
    best: str | None = None,
    constant: Constant = "raise",
    **shared: Unpack[Learning],
) -> Map:
    """Position of each value between the smallest and the largest of the fit rows.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    lower, upper : float
        Scores of the worst and of the best fit row: 0 and 100; 1 and 100 before a geometric mean; 70 and 130 (AMPI).
    clip : bool
        Hold scores within `lower..upper`; without it rows beyond the bounds run on along the same line.
    worst, best : str, optional
        What stands in for the worst and the best fit row, so that no single one sets the scale: "best_mean(5)" (mean of
        the five best), "worst_mean(5)", "percentile(2.5)" (of the values counted from the worst, quantile of type 7).
        They follow the direction: one choice serves indicators of either. The SDG Index has
        `worst="percentile(2.5)", best="best_mean(5)", upper=100, clip=True`; with a bound that is given, `goalposts`.
    constant : "raise" or float
        Refuse a constant column, or the score it gets.

    Raises
    ------
    DataError
        A constant column. Other tools give 0, 1 or NaN there.

    Notes
    -----
    lower + (upper - lower) (x - min) / (max - min). With a target, the best end is the target itself, even if no row
    reaches it. Proof: TAI (Handbook, Table 15).

    **When to use.** An index that is read as the distance between the worst and the best, with fixed ends such as 0 and
    100, of indicators without gross outliers.

    **Pitfalls.** Two rows set the scale of all: one outlier presses the others together (see `hi.treat`). Rows that
    join the fit may move every score, so freeze them with `fit_on`; later rows may then leave the ends unless `clip`
    holds them.

    Source: OECD/JRC Handbook (2008), step 5.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.min_max([2.0, 3.0, 6.0])
    array([0.  , 0.25, 1.  ])
    >>> hi.normalise.min_max([2.0, 3.0, 6.0], direction=-1, upper=100)
    array([100.,  75.,   0.])
    >>> hi.normalise.min_max([0.0, 6.0, 7.0, 8.0, 9.0], best="best_mean(3)", clip=True)
    array([0.   , 0.75 , 0.875, 1.   , 1.   ])
    """
    seen = x.measure(Range)
    x.need_values(seen.n)
    lo = seen.lo if x.worst is None else np.minimum(seen.lo, x.worst)
    hi = seen.hi if x.best is None else np.maximum(seen.hi, x.best)
    lo = lo if worst is None else bounds(x, worst, "worst")
    hi = hi if best is None else bounds(x, best, "best")
    crossed = (lo >= hi) & (seen.lo < seen.hi)
    x.refuse(crossed, _CROSSED)
    with np.errstate(over="ignore"):
        spread = hi - lo
    return line(x, lo, spread, upper - lower, lower, clip=(lower, upper) if clip else None, constant=constant)


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    own_zero=True,
    # Some score is not above the mean of all; with a mean above 0 the data decide how low they go.
    gives=lambda mean, **_: (-np.inf, np.inf) if mean <= 0 else None,
    check=lambda sd, ddof, **_: (
        ([] if sd > 0 else [Said("sd: above 0, not {sd:g}", sd=sd)])
        + ([] if ddof >= 0 else [Said("ddof: 0 or more, not {ddof}", ddof=ddof)])
    ),
    formula=(
        r"z = \mathrm{mean} + \mathrm{sd}\,\frac{x - \bar{x}}{s}, \quad s^2 = \frac{\sum_i (x_i - "
        r"\bar{x})^2}{n - \mathrm{ddof}}"
    ),
    chinese="标准分（与参数确定期均值之差，以标准差为单位）",
)
def z_score(
    x: Sample,
    *,
    mean: float = 0,
    sd: float = 1,
    ddof: int = 1,
    constant: Constant = "raise",
    **shared: Unpack[Learning],
) -> Map:
    """Distance of each value from the mean of the fit rows, in standard deviations.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    mean, sd : float
        Mean and standard deviation of the scores; 100 and 10 for Mazziotta-Pareto.
    ddof : int
        1 (default; the Handbook, COINr, Compind) or 0 (scikit-learn, Mazziotta-Pareto). The table of the Handbook
        needs 1: with 0 it misses 18 of 23 values.
    constant : "raise" or float
        Refuse a constant column, or the score it gets.

    Notes
    -----
    mean + sd (x - m) / s. What m loses when it is rounded to a number, which is much beside s where all values lie
    about 1e9, is in the starting score. Proof: TAI (Handbook, Table 15); exact fractions at an offset of 2^36.

    **When to use.** Indicators of roughly symmetric distribution whose extreme values should count as such. Each gets
    the same variance, so that weights act on equal spreads.

    **Pitfalls.** Scores have no ends, and 0 is the mean, not a minimum: geometric means and weights that need a zero
    (entropy, variation) do not go with them. Mean and standard deviation are both moved by outliers.

    Source: OECD/JRC Handbook (2008), step 5.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.z_score([1.0, 2.0, 3.0])
    array([-1.,  0.,  1.])
    """
    moments, seen = x.measure(Moments), x.measure(Range)
    x.need_values(moments.n, least=ddof + 1)
    spread = np.where(seen.lo == seen.hi, 0.0, moments.deviation(ddof))
    need_digits(x, spread, Said("standard deviation"))
    lost = np.divide(moments.centre.low * moments.scale, spread, out=np.zeros_like(spread), where=spread > 0)
    at = mean - sd * np.where(np.abs(lost) > _LOST, lost, 0.0)
    return line(x, moments.mean, spread, sd, at, constant=constant)


@normalising(
    sees="statistics",
    monotone=True,
    gives=lambda lower, upper, clip, **_: (lower, upper) if clip else None,
    ends=lambda lower, upper, **_: (lower, upper),
    by_column=("low", "high"),
    check=lambda low, high, lower, upper, **_: (
        rising(low=low, high=high) + rising(lower=lower, upper=upper) + bound_faults(low=low, high=high)
    ),
    domain=lambda log, **_: (0.0, np.inf) if log else None,
    learns=lambda low, high, **_: bool(learnt_in(low) or learnt_in(high)),
    formula=lambda log, **_: {
        False: (
            r"z = \mathrm{lower} + (\mathrm{upper} - \mathrm{lower})\,\frac{x - "
            r"\mathrm{low}}{\mathrm{high} - \mathrm{low}}"
        ),
        True: (
            r"z = \mathrm{lower} + (\mathrm{upper} - \mathrm{lower})\,\frac{\ln x - \ln "
            r"\mathrm{low}}{\ln \mathrm{high} - \ln \mathrm{low}}"
        ),
    }[log],
    example={"low": 20, "high": 85},
    chinese="固定阈值法（两个给定界限之间的位置）",
    words=BOUND_WORDS,
)
def goalposts(
    x: Sample,
    *,
    low: Any,
    high: Any,
    lower: float = 0,
    upper: float = 1,
    clip: bool = True,
    log: bool = False,
    direction: Any = 1,
    **shared: Unpack[FitRows],
) -> Map:
    """Position of each value between two fixed goalposts.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    low, high : float, or one a column (sequence, or mapping by name)
        Goalposts in the indicator's own unit, low < high; with direction -1 low is the good one. Instead of a number
        "percentile(2.5)" (quantile of type 7 of the fit rows), "best_mean(5)" or "worst_mean(5)" (mean of the five fit
        rows that are best or worst under the direction).
    lower, upper : float
        Scores at the bad and at the good goalpost.
    clip : bool
        Hold the scores within `lower..upper`; on by default, because every user of fixed goalposts caps.
    log : bool
        Take logarithms of value and goalposts (income, telephones); their base does not matter.

    Raises
    ------
    SpecError
        low >= high.
    DataError
        With `log`, a value of 0 or less; the cell is named.

    Notes
    -----
    lower + (upper - lower) (x - low) / (high - low). Proof: TAI ranks (Table 38) with the goalposts of the Human
    Development Report 2001; the Human Development Index 2022.

    **When to use.** Bounds that hold for all times and units, from theory, law or agreement: scores of one year do not
    move when another is added.

    **Pitfalls.** The bounds act as weights: the wider they are, the less an indicator can vary. With `clip` all values
    beyond a goalpost are equal, so progress there is not seen.

    Source: United Nations Development Programme, Human Development Reports, technical notes.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.goalposts([10.0, 52.5, 90.0], low=20, high=85)
    array([0. , 0.5, 1. ])
    """
    low, high = bounds(x, low, "low", direction), bounds(x, high, "high", direction)
    need_order(x, low, high, positive=log)
    if log:
        low, high = np.log(low), np.log(high)
    bad, good = (low, high) if direction == 1 else (high, low)
    with np.errstate(over="ignore"):
        way = good - bad
    straight = line(x, bad, way, upper - lower, lower, clip=(lower, upper) if clip else None)
    return chain(Log() if log else None, straight)


@normalising(
    sees="statistics",
    monotone=True,
    gives=lambda floor, ceiling, clip, **_: (floor, ceiling) if clip else None,
    ends=lambda floor, ceiling, **_: (floor, ceiling),
    by_column=("low", "high"),
    domain=lambda form, **_: (0.0, np.inf) if form == "log" else None,
    learns=lambda low, high, **_: bool(learnt_in(low) or learnt_in(high)),
    check=lambda low, high, form, floor, ceiling, **_: (
        rising(low=low, high=high)
        + rising(floor=floor, ceiling=ceiling)
        + bound_faults(low=low, high=high)
        + (
            [Said("floor: above 0 for the exponential form, not {floor}", floor=floor)]
            if form == "exponential" and floor <= 0
            else []
        )
    ),
    formula=lambda form, **_: {
        "linear": (
            r"z = \mathrm{floor} + (\mathrm{ceiling} - \mathrm{floor})\,\frac{x - "
            r"\mathrm{low}}{\mathrm{high} - \mathrm{low}}"
        ),
        "log": (
            r"z = \mathrm{floor} + (\mathrm{ceiling} - \mathrm{floor})\,\frac{\ln x - \ln "
            r"\mathrm{low}}{\ln \mathrm{high} - \ln \mathrm{low}}"
        ),
        "exponential": (
            r"z = \mathrm{floor}\,(\mathrm{ceiling} / \mathrm{floor})^{u}, \quad u = \frac{x - "
            r"\mathrm{low}}{\mathrm{high} - \mathrm{low}}"
        ),
    }[form],
    example={"low": 6, "high": 12},
    chinese="功效系数法（不允许值得下限分，满意值得上限分）",
    words=BOUND_WORDS,
)
def efficacy(
    x: Sample,
    *,
    low: Any,
    high: Any,
    form: Literal["linear", "log", "exponential"] = "linear",
    floor: float = 60,
    ceiling: float = 100,
    clip: bool = False,
    direction: Any = 1,
    **shared: Unpack[FitRows],
) -> Map:
    """Efficacy score of each value: `floor` at the not-allowed value, `ceiling` at the satisfactory one.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    low, high : float, or one a column (sequence, or mapping by name)
        Not-allowed and satisfactory value, low < high; with direction -1 their roles swap. A table of limits as offices
        publish them, one row an indicator, is given by its columns: `low=limits["不允许值"], high=limits["满意值"]`.
        Instead of a number "percentile(5)" of the fit rows, "best_mean(5)" or "worst_mean(5)".
    form : {"linear", "log", "exponential"}
        Halfway between 6 and 12 the three give 80, 83.4 and 77.46. Log with floor 0 and bounds at the 5 % and 95 %
        quantiles of a base year ("percentile(5)", "percentile(95)") is the Peking University digital-finance index,
        whose later years pass 100. Five limits an indicator (优秀值 to 较差值): `piecewise`.
    floor, ceiling : float
        Scores at the two values.
    clip : bool
        Hold scores within `floor..ceiling`; off, because a score under 60 is meant: worse than allowed.

    Raises
    ------
    SpecError
        low >= high; the log form with a bound of 0 or less; the exponential form with floor <= 0.
    DataError
        The log form with a value of 0 or less; the cell is named.

    Notes
    -----
    With u = (x - low) / (high - low): floor + (ceiling - floor) u; floor + (ceiling - floor) ln(x / low) /
    ln(high / low); floor (ceiling / floor)^u. Source: Chinese enterprise-performance rules (1999) for 60 and 40; Peng,
    Yuan & Hui 2007 (Statistical Research) for the exponential form. Proof: textbook question (58.73); both ends and
    the middle.

    **When to use.** Assessments whose rules name a not-allowed and a satisfactory value, and read 60 as a pass.

    **Pitfalls.** The three forms order one indicator alike but space it otherwise, so means over indicators differ.
    Bounds taken from the data themselves make it min-max on another scale.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.efficacy([5.81, 9.0, 12.0], low=6, high=12).round(2)
    array([ 58.73,  80.  , 100.  ])
    """
    low, high = bounds(x, low, "low", direction), bounds(x, high, "high", direction)
    need_order(x, low, high, positive=form == "log")
    if form == "log":
        low, high = np.log(low), np.log(high)
    bad, good = (low, high) if direction == 1 else (high, low)
    curved = form == "exponential"
    with np.errstate(over="ignore"):
        way = good - bad
    straight = line(x, bad, way, 1 if curved else ceiling - floor, 0 if curved else floor)
    return chain(
        Log() if form == "log" else None,
        straight,
        Exponential(floor, ceiling) if curved else None,
        hold(x, floor, ceiling) if clip else None,
    )
