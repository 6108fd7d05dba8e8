"""The family of quasi-arithmetic means: arithmetic, geometric, harmonic, power; and the weighted sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal, Unpack

import numpy as np

from hengdian_index._maths.arithmetic import Line
from hengdian_index._maths.means import ARITHMETIC, Domain, Pair, extreme, geometric_pair, harmonic_pair, power_pair
from hengdian_index._maths.own_means import Mirrored
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.aggregate._shared import LARGEST, SMALLEST


def _power_domain(p: float) -> Domain:
    if p == 1 or np.isinf(p):
        return "real"
    return "zero or more" if p > 0 else "above 0"


def _power_arithmetic(p: float) -> str | tuple[Line, ...]:
    if np.isinf(p):
        return LARGEST if p > 0 else SMALLEST
    return "sum(w * z ** p) ** (1 / p)" if p else "prod(z ** w)"


def _at_0(row: Row) -> Iterator[Figure]:
    """Yield the limit, where a part is 0; else the arithmetic tells it all."""
    if (row.z == 0).any():
        yield Figure.of(Said("0, the limit, as a part is 0"), "y", y=0.0)


def _at_limit(row: Row) -> Iterator[Figure]:
    """Yield the limit, where a part has it, of a geometric mean, which may be mirrored."""
    mirror = row.options["reflect"]
    if mirror is None:
        yield from _at_0(row)
    elif (row.z == mirror).any():
        yield Figure.of(Said("the point of reflection, the limit, as a part has it"), "y", y=mirror)


@aggregating(
    sees="statistics",
    laws="MIHTSB",
    domain=lambda: "real",
    arithmetic="sum(w * z)",
    chinese="加权算术平均",
)
def arithmetic(**shared: Unpack[Scoring]) -> Pair:
    """Weighted arithmetic mean of each row.

    Formula: y = sum_j w_j z_j. Full compensation: a point lost on one indicator is made good by w_j / w_l points on
    another. Everybody's default; COINr `a_amean`, SPSSAU "weighted sum".

    Source: OECD/JRC Handbook (2008), step 7. Proof: TAI ranks (Table 38), hospital marks, new growth drivers of the
    National Bureau of Statistics, PPI manual (Laspeyres).

    Notes
    -----
    **When to use.** A deficit in one indicator may be made good by a surplus in another, at the rate of the weights;
    contributions are plain products.

    **Pitfalls.** The most uneven profile scores as the even one. Weights are rates of exchange between normalised
    scores, not importances.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.arithmetic([[1.0, 3.0], [2.0, 8.0]], [0.5, 0.5])
    array([2., 5.])
    """
    return ARITHMETIC


@aggregating(
    sees="statistics",
    laws="MHS",
    domain="real",
    total="total",
    check=lambda total: (
        [] if total is None or 0 < total < np.inf else [Said("total: a number above 0, not {total:g}", total=total)]
    ),
    formula=r"y = \sum_j w_j z_j, \quad \sum_j w_j = \mathrm{total}",
    arithmetic="total * sum(w * z)",
    chinese="加权求和",
)
def sum(*, total: float | None = None, **shared: Unpack[Scoring]) -> Pair:
    """Weighted sum of each row, the weights as they are given.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    w : weights (k,), optional
        As they are: 2 and 1 make 2 x + y. Default: 1 each, the plain sum.
    total : float above 0, optional
        What the weights sum to, if not what they sum to as they are given. Inside an index: as they are written; 1 for
        each part where they are equal or learnt from data.

    Notes
    -----
    y = sum_j w_j x_j. The Handbook's linear aggregation has weights that sum to 1, which is `arithmetic`; with total 1
    both are the same. Missing is not 0: what a row has is scaled up to the total weight, as the mean of what is there.

    Source: OECD/JRC Handbook (2008), step 7; CDC/ATSDR Social Vulnerability Index (sums of percentile ranks). Proof:
    the Social Vulnerability Index of Pennsylvania, 2018 to 2022 (sums of themes); the product of table and weights.

    **Symbols.** total: what the weights sum to.

    **When to use.** Points that are added up, a count of signs, percentile ranks that a published index sums.

    **Pitfalls.** The score is on no scale of its parts, and grows with their number: groups with more parts weigh more
    one level up. A result of an index shows the weights as shares that sum to 1.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.sum([[1.0, 3.0], [2.0, 8.0]]), hi.aggregate.sum([[1.0, 3.0], [2.0, 8.0]], [2, 1])
    (array([ 4., 10.]), array([ 5., 12.]))
    """
    return replace(ARITHMETIC, times=1.0 if total is None else total)


@aggregating(
    sees="statistics",
    laws="MIHSB",
    domain=lambda zeros, reflect: "real" if reflect is not None else "zero or more" if zeros == "limit" else "above 0",
    check=lambda zeros, reflect: (
        []
        if reflect is None or np.isfinite(reflect)
        else [Said("reflect: a finite number, not {reflect:g}", reflect=reflect)]
    ),
    formula=lambda zeros, reflect: (
        (
            r"y = \prod_j z_j^{w_j}"
            if reflect is None
            else r"y = \mathrm{reflect} - \prod_j \left(\mathrm{reflect} - z_j\right)^{w_j}"
        )
        + (r", \quad 0^{w_j} = 0" if zeros == "limit" else "")
    ),
    arithmetic=lambda zeros, reflect: "prod(z ** w)" if reflect is None else "reflect - prod((reflect - z) ** w)",
    figures=_at_limit,
    chinese="加权几何平均",
)
def geometric(
    *, zeros: Literal["raise", "limit"] = "raise", reflect: float | None = None, **shared: Unpack[Scoring]
) -> Pair:
    """Weighted geometric mean of each row, or that of its mirror image.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, normalised, above 0.
    w : weights (k,), optional
        Rescaled to sum 1.
    zeros : {"raise", "limit"}
        A zero is refused, or gives 0, the limit; a negative value is always refused. Other tools return NaN, or
        nonsense without a word.
    reflect : float, optional
        The point of reflection c: the score is c - prod_j (c - z_j)^w_j of values below c, where high values (of
        risk) are only partly made good by low ones. INFORM, which turns scores of 0 to 10 round onto 1 to 10, has
        c = 100/9 (11.11111111111111). With `zeros="limit"` a value of c gives c.

    Notes
    -----
    Formula: y = exp(sum_j w_j ln z_j). A low value is only partly made good by a high one. The contributions to a
    mirrored level are those of its change from a row of zeros.

    Source: OECD/JRC Handbook (2008), step 7; Human Development Report since 2010; INFORM, Concept and Methodology
    (2017), of the mirrored one. Proof: the Handbook's worked example, PPI manual (geometric Laspeyres and Paasche);
    INFORM's formula as its workbook writes it.

    **Symbols.** reflect: the point of reflection.

    **When to use.** A poor score should cost more than a rich one brings, without ruling alone; scores above 0 on a
    ratio scale.

    **Pitfalls.** A value near 0 swamps the rest, so the answer depends on where the scale begins: 1 to 100 and 10 to
    100 give other orders. Not for z-scores.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.geometric([[1.0, 4.0], [2.0, 8.0]], [0.5, 0.5])
    array([2., 4.])
    >>> hi.aggregate.geometric([[2.0, 8.0]], reflect=10).round(6)
    array([6.])
    """
    pair = geometric_pair(zeros == "limit")
    return pair if reflect is None else Mirrored.of(pair, reflect)


@aggregating(
    sees="statistics",
    laws="MIHSB",
    domain=lambda zeros: "zero or more" if zeros == "limit" else "above 0",
    arithmetic="1 / sum(w / z)",
    figures=_at_0,
    chinese="加权调和平均",
)
def harmonic(*, zeros: Literal["raise", "limit"] = "raise", **shared: Unpack[Scoring]) -> Pair:
    """Weighted harmonic mean of each row.

    Formula: y = 1 / sum_j (w_j / z_j). The least compensating of the three classical means. Zeros as in `geometric`.

    Source: OECD/JRC Handbook (2008), step 7. Proof: PPI manual (Paasche is the harmonic mean of relatives with current
    shares); harmonic <= geometric <= arithmetic.

    Notes
    -----
    **When to use.** Ratios whose weights belong to the numerators (Paasche), or a strong penalty on low scores.

    **Pitfalls.** The smallest score dominates, and where the scale begins decides how much.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.harmonic([[1.0, 3.0]], [0.5, 0.5])
    array([1.5])
    """
    return harmonic_pair(zeros == "limit")


@aggregating(
    sees="statistics",
    laws="MIHSB",
    domain=_power_domain,
    formula=r"y = \lim_{r \to p} \left(\sum_j w_j z_j^r\right)^{1/r}",
    arithmetic=_power_arithmetic,
    chinese="加权幂平均",
)
def power(*, p: float, **shared: Unpack[Scoring]) -> Pair | Callable[[Array, Array], Array]:
    """Weighted power mean of order p of each row.

    Formula: y = (sum_j w_j z_j^p)^(1/p). p = 1 is the arithmetic, 0 the geometric, -1 the harmonic mean; plus and
    minus infinity the largest and the smallest value of positive weight. The smaller p, the less is compensated.

    Source: Hardy, Littlewood & Polya (1934); Decancq & Lugo 2013 (Econometric Reviews 32) for indexes. Proof: equals
    the three classical means at 1, 0, -1; rises with p.

    Notes
    -----
    **Symbols.** p: order of the mean, the option `p`; r: a number near p.

    **When to use.** How far low scores may be made good is to be a number that is shown, or varied (`hi.Uniform` at
    `aggregate.p`).

    **Pitfalls.** p has no natural value: say why it is what it is. Far from 1 one single value decides.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.power([[1.0, 7.0]], [0.5, 0.5], p=2)
    array([5.])
    """
    return extreme(p > 0) if np.isinf(p) else power_pair(p)
