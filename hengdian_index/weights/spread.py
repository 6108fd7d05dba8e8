"""Weights by how far the values of a column lie apart: entropy, deviations, Gini coefficients, angles, pairs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from hengdian_index._maths.stats import LogSums, Moments, Ordered, Range
from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.log import note
from hengdian_index.weights._checks import below_zero, note_constant

_SHIFT = 1e-4


def _shift_faults(zeros: str, shift: float | None) -> list[Said]:
    if shift is None:
        return []
    if zeros != "shift":
        return [Said("shift = {shift:g} belongs to zeros='shift', not to zeros={zeros!r}", shift=shift, zeros=zeros)]
    return [] if 0 <= shift < np.inf else [Said("shift: a number of 0 or more, not {shift:g}", shift=shift)]


@weighting(
    sees="statistics",
    unit_free=lambda zeros, **_: zeros == "exact",
    shift_free=False,
    check=_shift_faults,
    formula=(r"w_j \propto 1 + \frac{1}{\ln n} \sum_i p_{ij} \ln p_{ij}, \quad p_{ij} = \frac{x_{ij}}{\sum_i x_{ij}}"),
    chinese="熵权法",
)
def entropy(x: Sample, *, zeros: Literal["exact", "shift", "spssau"] = "exact", shift: float | None = None) -> Array:
    """Entropy weights: the more unequally a column is spread over the rows, the more it weighs.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, 0 or more. What x is decides the answer: raw values (Zavadskas), min-max (Krishnan; most
        Chinese texts) and 1/x for costs give three different weight vectors for one table; the caller normalises. In an
        index x are scores on the scale 0 to 1, whatever scale they are presented on (`weigh_scale`).
    zeros : {"exact", "shift", "spssau"}
        "exact": 0 ln 0 = 0, the limit, no constant to choose. "shift": `shift` is added to every column first (a
        common snippet; .001 to 1 moves weights by .0003 to .06). "spssau": |min| + 0.01 is added to the columns that
        hold a value of 0 or less.
    shift : float, optional
        What "shift" adds; 1e-4 by default. Not with another rule.

    Returns
    -------
    array or Series (..., k)

    Raises
    ------
    SpecError
        A shift without zeros="shift".
    DataError
        A negative value under "exact", a column whose total is 0, a single row, all columns constant.

    Notes
    -----
    p_ij = x_ij / sum_i x_ij; e_j = -(1 / ln n) sum_i p_ij ln p_ij; w_j = (1 - e_j) / sum (1 - e). Computed as
    1 - e_j = sum_i (x/m) ln(x/m) / (n ln n), the Theil index over ln n: every term is >= 0, so a column at 1e7 that
    varies by 1 keeps its digits, where 1 - e loses all. n is the number of rows summed over; a widely copied snippet
    divides by ln(years) instead, which inverts the order of the weights.

    Source: Shannon 1948; Zeleny 1982; Hwang & Yoon 1981. Proof: Zavadskas (raw), Krishnan (min-max), the hospital
    example.

    **When to use.** Quantities of 0 or more, no judgements at hand, and a column that sets the rows apart is to count
    more.

    **Pitfalls.** Spread is not importance: outliers and errors of measurement are rewarded, and two columns that say
    the same count twice. The answer depends on where 0 lies, so on the normalisation. Two checks of numbers from
    elsewhere: columns that mirror each other weigh the same, and no e_j passes 1, as it does where the logarithm of the
    years stands for that of units times years.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.entropy([[1.0, 1.0], [1.0, 3.0], [1.0, 0.0]])
    array([0., 1.])
    """
    shifted = _shifted(x, zeros, _SHIFT if shift is None else shift)
    sums = shifted.measure(LogSums)
    x.need_values(sums.n, least=2)
    if sums.negative.any():
        shifted.forbid(below_zero, Said("a share of a total cannot be negative; normalise first, or zeros='spssau'"))
    x.refuse(~(sums.mean > 0), Said("all values are 0, so shares of the total do not exist; leave it out"))
    note_constant(x, sums.divergence == 0)
    n = sums.n.astype(np.float64)
    return sums.divergence / (n * np.log(n))


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=False,
    formula=r"w_j \propto \frac{s_j}{\bar{x}_j}",
    chinese="变异系数法",
)
def variation(x: Sample) -> Array:
    """Coefficient-of-variation weights: standard deviation over mean, normalised.

    Raises
    ------
    DataError
        A mean of 0 or less (z-scores have mean 0: use min-max scores).

    Notes
    -----
    w_j proportional to s_j / m_j; free of the unit of measure, not of where 0 is: in an index x are scores on the scale
    0 to 1 (`weigh_scale`). ddof cancels. Proof: its laws and a slow formula.

    **When to use.** Quantities with a true zero, whose spread relative to the mean is to count.

    **Pitfalls.** A mean near 0 makes the weight explode. Spread is not importance, and outliers widen it.

    Source: Pearson 1896 for the coefficient; as weights, Chinese evaluation texts.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.variation([[1.0, 10.0], [3.0, 10.0], [5.0, 40.0]]).round(3)
    array([0.435, 0.565])
    """
    moments = x.measure(Moments)
    x.need_values(moments.n, least=2)
    x.refuse(
        ~(moments.mean > 0), Said("mean not above 0, so a coefficient of variation says nothing; use min-max scores")
    )
    note_constant(x, moments.m2 == 0)
    return moments.deviation() / moments.mean


@weighting(
    sees="statistics",
    unit_free=False,
    shift_free=True,
    check=lambda ddof: [] if ddof >= 0 else [Said("ddof: 0 or more, not {ddof}", ddof=ddof)],
    formula=r"w_j \propto s_j",
    chinese="标准差法",
)
def deviation(x: Sample, *, ddof: int = 1) -> Array:
    """Standard-deviation weights, on x as given.

    Raw units would rank the columns by unit of measure (grams for kilograms makes a weight .997): use it on min-max
    scores. Columns whose deviations lie apart by a factor above 1000 get a line in the log.

    Notes
    -----
    w_j proportional to s_j. Proof: Krishnan (2021), Table 5 (the deviations of min-max columns).

    **When to use.** Columns on one scale, of which the one that sets the rows apart most is to count most.

    **Pitfalls.** The unit of measure decides unless x are scores. In min-max scores an outlier makes the deviation, and
    so the weight, smaller.

    Source: Diakoulaki, Mavrotas & Papayannakis 1995 (Computers & Operations Research 22).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.deviation([[0.0, 0.0], [1.0, 3.0]])
    array([0.25, 0.75])
    """
    moments = x.measure(Moments)
    x.need_values(moments.n, least=ddof + 1)
    note_constant(x, moments.m2 == 0)
    # Only the proportions count, so one power of two is left out of all: deviations may be too large for numbers.
    unit = moments.scale.max(axis=-1, keepdims=True)
    s = replace(moments, scale=moments.scale / unit).deviation(ddof)
    positive = s[s > 0]
    if positive.size and positive.max() > 1000 * positive.min():
        note("weights", Said("the columns' deviations differ by a factor above 1000; are they in one unit?"))
    return s


def _shifted(sample: Sample, zeros: str, shift: float) -> Sample:
    """Return the sample with the zero rule applied to its values."""
    if zeros == "exact":
        return sample
    if zeros == "shift":
        amount: Array = np.full(sample.k, float(shift))
    else:
        lo = sample.measure(Range).lo
        amount = np.where(lo <= 0, np.abs(lo) + 0.01, 0.0)
    return sample.each(partial(np.add, amount[..., np.newaxis, :]))


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=False,
    formula=r"w_j \propto \frac{\sum_i (2 i - n - 1)\,x_{(i)j}}{n \sum_i x_{ij}}",
    chinese="基尼系数法",
)
def gini(x: Sample) -> Array:
    """Gini weights: the more unequally the total of a column is shared out, the more it weighs.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, 0 or more, used as given. In an index: scores on the scale 0 to 1 (`weigh_scale`).

    Raises
    ------
    DataError
        A negative value, a column whose total is 0, a single row, all columns constant.

    Notes
    -----
    G_j = sum_i (2i - n - 1) x_(i)j / (n sum_i x_ij), x_(1) the smallest; w = G / sum G. The same number as
    sum_i sum_l |x_i - x_l| / (2 n^2 m); some texts divide by n (n - 1), which cancels between columns without gaps.
    Computed from the steps between neighbours, sum_i i (n - i) (x_(i+1) - x_(i)), where nothing cancels: a constant
    column has exactly 0.

    Source: Gini 1912; for weights Li & Chi 2009. Proof: the double loop over pairs, and its laws.

    **When to use.** How unequally a total is shared out is what should count.

    **Pitfalls.** The answer depends on where 0 lies, so on the normalisation. Concentration is not importance.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.gini([[1.0, 0.0], [3.0, 4.0]])
    array([0.33333333, 0.66666667])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n, least=2)
    if (ordered.values[..., 0, :] < 0).any():
        x.forbid(below_zero, Said("a share of a total cannot be negative; normalise first, or use 'max_deviation'"))
    scaled, _ = _scaled(ordered)
    mean = np.nansum(scaled, axis=-2) / ordered.n
    x.refuse(mean == 0, Said("all values are 0, so shares of the total do not exist; leave it out"))
    difference = _mean_difference(scaled, ordered.n)
    note_constant(x, difference == 0)
    coefficient: Array = difference / mean
    return coefficient


@weighting(
    sees="statistics",
    unit_free=False,
    shift_free=True,
    formula=r"w_j \propto \sum_i \sum_l |x_{ij} - x_{lj}|",
    chinese="离差最大化法",
)
def max_deviation(x: Sample) -> Array:
    """Maximising-deviation weights: the differences between all pairs of rows, added up, on x as given.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators. Raw units would rank the columns by unit of measure: use it on min-max scores. Columns
        whose differences lie apart by a factor above 1000 get a line in the log.

    Raises
    ------
    DataError
        A single row, all columns constant.

    Notes
    -----
    d_j = sum_i sum_l |x_ij - x_lj|; w = d / sum d. Of a column with gaps the mean over its pairs is taken, so that a
    gap does not count as agreement. Equals the Gini coefficient times the mean, up to a constant.

    Source: Wang Yingming 1997. Proof: the double loop over pairs, and its laws.

    **When to use.** Scores on one scale, and rows are to be told apart as far as possible.

    **Pitfalls.** The unit of measure decides unless x are scores. Correlations are not seen: a column that is there
    twice counts twice.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.max_deviation([[0.0, 0.0], [0.5, 0.0], [1.0, 1.0]])
    array([0.5, 0.5])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n, least=2)
    scaled, exponent = _scaled(ordered)
    difference = _mean_difference(scaled, ordered.n)
    note_constant(x, difference == 0)
    d: Array = np.ldexp(difference, exponent - exponent.max(axis=-1, keepdims=True))
    positive = d[d > 0]
    if positive.size and positive.max() > 1000 * positive.min():
        note("weights", Said("the columns' differences lie apart by a factor above 1000; are they in one unit?"))
    return d


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=False,
    formula=r"w_j \propto \arccos \frac{\sum_i x_{ij}}{\sqrt{n \sum_i x_{ij}^2}}",
    chinese="夹角法（各列与常数列的夹角）",
)
def angle(x: Sample) -> Array:
    """Angle weights: the angle between each column and a column that is constant.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, used as given; meant for values of 0 or more. In an index: scores on the scale 0 to 1
        (`weigh_scale`). A column whose mean is not above 0 gets a
        line in the log: its angle is a right one or wider, whatever its spread (z-scores all weigh the same).

    Raises
    ------
    DataError
        A column of zeros, a single row, all columns constant.

    Notes
    -----
    u_j = arccos(sum_i x_ij / sqrt(n sum_i x_ij^2)); w = u / sum u. Computed as arctan(s_j / m_j), s_j with ddof = 0:
    the arc cosine of a number near 1 has lost half of its digits.

    Source: Shuai et al. 2012. Proof: the formula above on ordinary columns, arctan on nearly constant ones.

    **When to use.** As `variation`, with a bound: however large the coefficient of variation, the angle stays below a
    right one.

    **Pitfalls.** A function of the coefficient of variation alone, so it depends on where 0 lies. Correlations are not
    seen.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.angle([[0.0, 1.0], [2.0, 1.0]])
    array([1., 0.])
    """
    moments = x.measure(Moments)
    x.need_values(moments.n, least=2)
    flat = moments.m2 <= 0
    x.refuse(flat & (moments.centre.high == 0), Said("all values are 0, so it has no direction; leave it out"))
    note_constant(x, flat)
    for j in np.flatnonzero(np.reshape(~flat & (moments.centre.high <= 0), (-1, x.k)).any(axis=0)):
        note(
            "weights",
            Said(
                "{where}: mean not above 0, so its angle is wide; angles are for values above 0", where=x.name(int(j))
            ),
        )
    return np.where(flat, 0.0, np.arctan2(np.sqrt(np.maximum(moments.m2, 0) / moments.n), moments.centre.high))


def _scaled(ordered: Ordered) -> tuple[Array, Array]:
    """Return the values divided by a power of two near each column's size, and its exponent (..., k)."""
    last = np.maximum(ordered.n - 1, 0)[..., np.newaxis, :]
    largest = np.take_along_axis(ordered.values, last, axis=-2)[..., 0, :]
    size = np.maximum(np.abs(ordered.values[..., 0, :]), np.abs(largest))
    exponent = np.frexp(np.where(size > 0, size, 1.0))[1]
    return np.ldexp(ordered.values, -exponent[..., np.newaxis, :] - 1), exponent + 1


def _mean_difference(ordered: Array, n: Array) -> Array:
    """Return half of the mean |x_i - x_l| over all n^2 pairs of the rising values of each column, (..., k)."""
    steps = np.diff(ordered, axis=-2)
    below = np.arange(1, ordered.shape[-2])[:, np.newaxis] / n[..., np.newaxis, :]
    terms = np.where(np.isnan(steps), 0.0, below * (1 - below) * steps)
    half: Array = terms.sum(axis=-2)
    return half
