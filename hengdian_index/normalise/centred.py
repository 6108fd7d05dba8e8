"""Normalisations about the centre of the fit rows: robust scores, the logistic curve and the normal distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Unpack

import numpy as np

from hengdian_index._maths.arithmetic import FUNCTIONS
from hengdian_index._maths.maps import Clip, Map, chain
from hengdian_index._maths.stats import Ordered, Range
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import Learning
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same, together
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.normalise._lines import Constant, line, need_digits
from hengdian_index.normalise.scales import z_score

# The numbers next to 0 and 1 that stay inside (0, 1), under a logarithm or a reciprocal too.
_ABOVE_0 = float(np.finfo(np.float64).tiny)
_BELOW_1 = float(np.nextafter(1, 0))


@stored("logistic")
@dataclass(frozen=True, slots=True)
class Logistic:
    """`1 / (1 + exp(-x))`."""

    arithmetic: ClassVar[str] = "1 / (1 + exp(-x))"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(-x)))


@stored("normal share")
@dataclass(frozen=True, slots=True)
class NormalShare:
    """The share of the standard normal distribution that lies below x."""

    arithmetic: ClassVar[str] = "normal_share(x)"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        return FUNCTIONS["normal_share"](x)


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    own_zero=True,
    formula=lambda scale, **_: {
        "iqr": r"z = \frac{x - \mathrm{med}\,x}{q_{0.75} - q_{0.25}}",
        "mad": r"z = \frac{x - \mathrm{med}\,x}{1.4826\,\mathrm{med}\,|x - \mathrm{med}\,x|}",
    }[scale],
    chinese="稳健标准化（与中位数之差，以四分位距或绝对中位差为单位）",
)
def robust(
    x: Sample, *, scale: Literal["iqr", "mad"] = "iqr", constant: Constant = "raise", **shared: Unpack[Learning]
) -> Map:
    """Distance of each value from the median of the fit rows, in interquartile ranges.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    scale : {"iqr", "mad"}
        "iqr": q75 - q25, quantiles of type 7 (NumPy, R, spreadsheets; default). "mad": 1.4826 times the median of
        |x - median|, which is the standard deviation of normal data.
    constant : "raise" or float
        Refuse a column whose scale is 0, or the score it gets.

    Raises
    ------
    DataError
        A scale of 0: half of the values or more are equal. Other tools give NaN or infinity there.

    Notes
    -----
    (x - median) / scale. Source: common practice. Proof: textbook loops; one extreme that moves further out changes no
    other score.

    **When to use.** Heavy tails, or outliers that are to be kept as they are: up to a quarter of the rows ("iqr"), or
    nearly half of them ("mad"), cannot carry the scale away.

    **Pitfalls.** Many equal values make the scale 0, which is refused. Extreme rows keep extreme scores, and a mean
    over indicators follows them.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.robust([1.0, 2.0, 3.0, 4.0, 900.0])
    array([ -1. ,  -0.5,   0. ,   0.5, 448.5])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n)
    with np.errstate(over="ignore", invalid="ignore"):
        median = ordered.quantile(0.5)
        spread = ordered.quantile(0.75) - ordered.quantile(0.25) if scale == "iqr" else _absolute(ordered, median)
    # A spread that is rounding of the values about it is none.
    spread = np.where(same(spread, 0.0, together(np.abs(median), spread)), 0.0, spread)
    need_digits(x, spread, Said("spread"))
    if constant == "raise":
        name = Said("interquartile range") if scale == "iqr" else Said("median absolute deviation")
        x.refuse(
            spread == 0,
            Said(
                "half of the values of the fit rows or more are equal, so the {name} is 0; leave it out, use "
                "z_score, or give `constant` its score",
                name=name,
            ),
        )
    return line(x, median, spread, 1, 0, constant=constant)


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    gives=lambda **_: (_ABOVE_0, _BELOW_1),
    formula=(r"z = \frac{1}{1 + e^{-(x - \bar{x}) / s}}, \quad s^2 = \frac{\sum_i (x_i - \bar{x})^2}{n - 1}"),
    chinese="逻辑曲线法（标准分的逻辑函数）",
)
def logistic(x: Sample, *, constant: Constant = "raise", **shared: Unpack[Learning]) -> Map:
    """Logistic curve of each value's z-score: .5 at the mean of the fit rows, within (0, 1) however far out.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    constant : "raise" or float
        Refuse a constant column, or the score it gets.

    Raises
    ------
    DataError
        A constant column, or a single value.

    Notes
    -----
    1 / (1 + exp(-(x - m) / s)), s with ddof=1; direction -1 turns the sign of the exponent. Where rounding would give
    0 or 1 the score is the nearest number inside, so that a geometric mean takes it. Proof: increasing, inside (0, 1),
    .5 at the mean; a textbook loop.

    **When to use.** Outliers that should keep their place in the order and count little: scores are steep about the
    mean and flat far from it.

    **Pitfalls.** Equal steps of the indicator are not equal steps of the score, and rows far from the mean can hardly
    be told apart. The mean and the standard deviation behind it are still moved by outliers.

    Source: Verhulst 1845 for the curve; as a normalisation, common practice.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.logistic([1.0, 2.0, 3.0]).round(4)
    array([0.2689, 0.5   , 0.7311])
    """
    return _curved(x, Logistic(), constant, 1)


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    gives=lambda **_: (_ABOVE_0, _BELOW_1),
    check=lambda ddof, **_: [] if ddof >= 0 else [Said("ddof: 0 or more, not {ddof}", ddof=ddof)],
    formula=(
        r"z = \Phi\!\left(\frac{x - \bar{x}}{s}\right), \quad s^2 = \frac{\sum_i (x_i - \bar{x})^2}{n - \mathrm{ddof}}"
    ),
    chinese="累计分布法（标准分在标准正态分布中的累计概率）",
    words={
        "en": {
            "ddof": "degrees of freedom taken off",
            "constant": "score of a constant column",
            "constant = raise": "refused",
        },
        "zh": {"ddof": "扣除的自由度", "constant": "常数列的得分", "constant = raise": "拒绝"},
    },
)
def cumulative_distribution(
    x: Sample, *, ddof: int = 1, constant: Constant = "raise", **shared: Unpack[Learning]
) -> Map:
    """Share of a normal distribution with the mean and spread of the fit rows that lies below each value.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    ddof : int
        1 (default) or 0: what is taken off the number of rows in the standard deviation.
    constant : "raise" or float
        Refuse a constant column, or the score it gets.

    Raises
    ------
    DataError
        A constant column, or a single value.

    Notes
    -----
    Phi((x - m) / s), Phi the cumulative distribution function of the standard normal distribution. Where rounding would
    give 0 or 1 the score is the nearest number inside, so that a geometric mean takes it. The share of the fit rows
    themselves that lie at or below a value is `percentile_rank(ties="max")`.

    **When to use.** A score that reads as a percentile of a smooth distribution: outliers keep their place in the order
    and count little, and the middle is spread evenly. As `rescale` of a mean of z-scores it is the last step of the
    Environmental Sustainability Index.

    **Pitfalls.** Of skewed indicators it is no percentile: many rows may lie to one side of .5. Take logarithms
    before, or ranks. Mean and standard deviation are still moved by outliers.

    Source: Esty, Levy, Srebotnjak & de Sherbinin, 2005 Environmental Sustainability Index, appendix A, Yale and
    Columbia (standard normal percentiles). Proof: scipy.stats.norm.cdf of z-scores; .5 at the mean.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.cumulative_distribution([1.0, 2.0, 3.0]).round(4)
    array([0.1587, 0.5   , 0.8413])
    """
    return _curved(x, NormalShare(), constant, ddof)


def _curved(x: Sample, curve: Map, constant: Constant, ddof: int) -> Map:
    """Return a curve of the z-scores, held inside (0, 1); a constant column is held at its score, if it has one."""
    fixed, seen = constant != "raise", x.measure(Range)
    standard = z_score.method.function(x, ddof=ddof, constant=0.0 if fixed else "raise")
    flat = (seen.lo == seen.hi) & fixed
    score = float(constant) if fixed else 0.5
    return chain(standard, curve, Clip(np.where(flat, score, _ABOVE_0), np.where(flat, score, _BELOW_1)))


def _absolute(ordered: Ordered, median: Array) -> Array:
    """Return 1.4826 times the median absolute deviation, (..., k)."""
    return 1.4826 * Ordered.of(np.abs(ordered.values - median[..., np.newaxis, :])).quantile(0.5)
