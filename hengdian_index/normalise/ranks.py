"""Normalisations by rank among the fit rows."""

from __future__ import annotations

from typing import Literal, Unpack

import numpy as np

from hengdian_index._maths.maps import Affine, Clip, Map, Ranks, Ties, chain
from hengdian_index._maths.stats import Ordered
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import Learning
from hengdian_index._methods.sample import Sample


@normalising(
    sees="statistics",
    keeps_values=True,
    unit_free=True,
    monotone=True,
    gives=lambda **_: (1, np.inf),
    formula=lambda ties, **_: {
        "average": r"z = \#\{i : x_i < x\} + \tfrac{1}{2} \left(\#\{i : x_i = x\} + 1\right)",
        "min": r"z = \#\{i : x_i < x\} + 1",
        "max": r"z = \#\{i : x_i < x\} + \max(\#\{i : x_i = x\}, 1)",
        "dense": r"z = |\{x_i : x_i < x\}| + 1",
    }[ties],
    chinese="名次法（在参数确定期内从最差的第1位起）",
)
def rank(x: Sample, *, ties: Ties = "average", **shared: Unpack[Learning]) -> Map:
    """Rank of each value among the fit rows, from the worst (1) to the best (n).

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    ties : {"average", "min", "max", "dense"}
        "average" keeps the sum of ranks (default); "min" is the Handbook's and COINr's.

    Notes
    -----
    A later row takes the number of fit rows below it plus 1 ("min"), or plus (its ties + 1) / 2 ("average"), at most
    n. Values as given tie if they are the same, computed ones (a distance to a target, a ratio in an index) if they
    differ by rounding alone. A column whose whole range is rounding of its size (1e-12 of its largest magnitude) is
    constant: all tie; that is no error. Proof: TAI (Table 15).

    **When to use.** Only the order can be trusted, or outliers and units of measure should play no part.

    **Pitfalls.** Distances are given up: the narrowest lead and the widest count the same. A score depends on which
    other rows are there.

    Source: OECD/JRC Handbook (2008), step 5.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.rank([7.0, 9.0, 9.0])
    array([1. , 2.5, 2.5])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n)
    return Ranks(ordered.values, ties, x.size)


@normalising(
    sees="statistics",
    keeps_values=True,
    unit_free=True,
    monotone=True,
    gives=lambda form, **_: (0.0, 1.0) if form == "unit" else (np.nextafter(0, 1), 100.0),
    formula=lambda form, ties, **_: (
        {"share": r"z = 100\,\frac{r}{n}", "unit": r"z = \frac{r - 1}{n - 1}"}[form]
        + r", \quad r = \#\{i : x_i < x\} + "
        + {
            "min": "1",
            "max": r"\max(\#\{i : x_i = x\}, 1)",
            "average": r"\tfrac{1}{2} \left(\#\{i : x_i = x\} + 1\right)",
        }[ties]
    ),
    chinese="百分位名次法",
    words={
        "en": {
            "ties": "ties",
            "ties = min": "take the lowest rank",
            "ties = max": "take the highest rank",
            "ties = average": "share their mean rank",
        },
        "zh": {
            "ties": "并列时",
            "ties = min": "取最低位次",
            "ties = max": "取最高位次",
            "ties = average": "取平均位次",
        },
    },
)
def percentile_rank(
    x: Sample,
    *,
    form: Literal["share", "unit"] = "share",
    ties: Literal["min", "max", "average"] = "min",
    **shared: Unpack[Learning],
) -> Map:
    """Percentage of the fit rows that rank no higher than each value.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    form : {"share", "unit"}
        "share": 100 rank / n (default; the Handbook's table, which average or max ties do not give). "unit":
        (rank - 1) / (n - 1), from 0 to 1 (COINr; PERCENT_RANK of SQL and spreadsheets).
    ties : {"min", "max", "average"}
        The rank of values that are equal: the lowest of theirs (default; the Handbook's table, COINr, the index of
        social vulnerability of the CDC), the highest (governance indicators of the World Bank: the share of units that
        score no higher), or their mean.

    Notes
    -----
    A column whose whole range is rounding of its size (1e-12 of its largest magnitude) is constant: all tie; that is no
    error. Proof: TAI (Table 15).

    **When to use.** The order alone counts, on a scale that does not depend on how many rows there are.

    **Pitfalls.** Distances are given up, as with ranks. With few rows the steps are coarse, 100 / n.

    Source: OECD/JRC Handbook (2008), step 5.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.percentile_rank([7.0, 8.0, 9.0, 9.0])
    array([25., 50., 75., 75.])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n, least=2 if form == "unit" else 1)
    n = ordered.n.astype(np.float64)
    zero, one = np.zeros(n.shape), np.ones(n.shape)
    ranks = Ranks(ordered.values, ties, x.size)
    if form == "unit":
        return chain(ranks, Affine(one, n - 1, one, zero))
    # Times 100 before the division: 29 / 100 * 100 is 28.999999999999996, and would miss a cut at 29.
    return chain(ranks, Affine(zero, one, 100 * one, zero), Affine(zero, n, one, zero))


@normalising(
    sees="statistics",
    keeps_values=True,
    unit_free=True,
    monotone=True,
    gives=lambda **_: (0.0, np.inf),
    formula=lambda ties, **_: {
        "average": r"z = \#\{i : x_i < x\} + \tfrac{1}{2} \left(\#\{i : x_i = x\} - 1\right)",
        "min": r"z = \#\{i : x_i < x\}",
    }[ties],
    chinese="博尔达计分法（参数确定期内胜过的样本数）",
)
def borda(x: Sample, *, ties: Literal["average", "min"] = "average", **shared: Unpack[Learning]) -> Map:
    """Number of fit rows that each value beats, a tie counting half.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    ties : {"average", "min"}
        "average": half a point for each other row with the same value, so that a column sums to n (n - 1) / 2
        (default). "min": the rows beaten alone (COINr).

    Notes
    -----
    The rank (from the worst, 1) minus 1. A later row has the rank that `rank` gives it: between two fit rows it scores
    halfway between them ("average"), beyond the ends 0 or n - 1. A column whose whole range is rounding of its size
    (1e-12 of its largest magnitude) is constant: all tie; that is no error. Source: Borda 1784. Proof: a slow count
    over all pairs, and the sum.

    **When to use.** The places of a vote: summed over indicators it is the Borda count, and still explained by
    indicator.

    **Pitfalls.** Distances are given up, and a row that joins the fit may turn the order of two others round.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.borda([7.0, 9.0, 9.0, 12.0])
    array([0. , 1.5, 1.5, 3. ])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n)
    most = ordered.n - 1.0
    zero, one = np.zeros(most.shape), np.ones(most.shape)
    return chain(Ranks(ordered.values, ties, x.size), Affine(one, one, one, zero), Clip(zero, most))
