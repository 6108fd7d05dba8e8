"""Aggregations of ratios: each column over its best, its sum or its length (WASPAS, ARAS, COPRAS, MARCOS, MOORA)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np

from hengdian_index._maths.effort import estimate
from hengdian_index._maths.means import shared_weights
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import settled
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.aggregate.ranking import copeland
from hengdian_index.errors import DataError

__all__ = ["Multimoora", "aras", "copras", "marcos", "moora", "multimoora", "waspas"]

_SUMLESS = Said("all values are 0, so the column has no sum to divide by; leave it out")
_LENGTHLESS = Said("all values are 0, so the column has no length to divide by; leave it out")

# Seconds that it takes to compare two rows by three scores.
_EACH_PAIR = 6e-9


@dataclass(frozen=True, slots=True)
class Multimoora:
    """Dominance of each row, and the three scores that it was found from.

    Attributes
    ----------
    scores : Series or array (n,)
        Rows that it dominates, less those that dominate it.
    ratio : Series or array (n,)
        The ratio system; large is good.
    reference : Series or array (n,)
        The largest weighted distance from the best of a column; small is good.
    product : Series or array (n,)
        The full multiplicative form, of values over the best of their column; large is good.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.multimoora([[3.0, 4.0], [4.0, 2.0], [1.0, 1.0]], details=True)
    >>> found.scores, found.product.round(3)
    (array([ 2.,  0., -2.]), array([0.866, 0.707, 0.25 ]))
    """

    scores: Any = field(metadata={"axis": "rows"})
    ratio: Any = field(metadata={"axis": "rows"})
    reference: Any = field(metadata={"axis": "rows"})
    product: Any = field(metadata={"axis": "rows"})


def _share_faults(share: float, **_: Any) -> list[Said]:
    return [] if 0 <= share <= 1 else [Said("share: a number from 0 to 1, not {share:g}", share=share)]


def _best_figures(row: Row, x: Array, cost: Any) -> Iterator[Figure]:
    """Yield each part over the best of its column, x (n, k) with targets turned."""
    low, high = (end[0].tolist() for end in _shared.ends(_shared.known(x, row.known)))
    for j, (child, z) in enumerate(zip(row.children, x[row.place].tolist(), strict=True)):
        if cost[j]:
            yield Figure.of(Said("the least of {child} over its own", child=child), "least / z", least=low[j], z=z)
        else:
            yield Figure.of(Said("{child} over the largest", child=child), "z / most", z=z, most=high[j])


def _split(row: Row) -> tuple[Array, Any]:
    """Return the rows compared over the parts that are there, with targets turned, and which parts are costs."""
    return _shared.split_costs(row.among, row.directions(row.options["direction"]), row.known)


def _waspas_figures(row: Row) -> Iterator[Figure]:
    """Yield the parts over the best, their weighted sum and product, and the two together."""
    parts = list(_best_figures(row, *_split(row)))
    yield from parts
    known: dict[str, Any] = {"w": row.w, "r": [one.value for one in parts]}
    yield (total := Figure.of(Said("weighted sum"), "sum(w * r)", **known))
    yield (product := Figure.of(Said("weighted product"), "prod(r ** w)", **known))
    share = float(row.options["share"])
    both = {"share": share, "rest": 1 - share, "total": total.value, "product": product.value}
    yield Figure.of(Said("both by their shares"), "share * total + rest * product", **both)


@aggregating(
    sees="stacks",
    laws="D",
    domain="zero or more",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    per_column={"direction": 1},
    refers=True,
    words=_shared.REFERENCE_WORDS,
    check=_share_faults,
    figures=_waspas_figures,
    formula=(
        r"y_i = \lambda \sum_j w_j r_{ij} + (1 - \lambda) \prod_j r_{ij}^{w_j}, \quad r_{ij} = "
        r"\frac{z_{ij}}{\max_i z_{ij}}, \quad \lambda = \mathrm{share}"
    ),
    chinese="WASPAS法（加权和积综合评价法）",
)
def waspas(
    x: Array, w: Array, /, *, share: float = 0.5, direction: Any = 1, reference: Any = None, **shared: Unpack[Scoring]
) -> Array:
    """WASPAS score of each row: part weighted sum, part weighted product of its values over the best, from 0 to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of 0 or more. Every column is divided by its best, which is the first step of the method;
        inside an index too, where x are the normalised scores.
    w : weights (k,), optional
    share : float in 0..1
        The source's lambda: 1 the weighted sum alone, 0 the weighted product alone.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values, above 0, and becomes min / x. A target or an interval becomes a 0..1 column first.
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. Values beyond the best of these count in proportion.

    Raises
    ------
    DataError
        A value below 0, a cost of 0, a column of zeros.

    Notes
    -----
    y_i = share sum_j w_j r_ij + (1 - share) prod_j r_ij^w_j, r_ij = x_ij / max_i x_ij, of a cost min_i x_ij / x_ij. A 0
    makes the product 0. A row with gaps is measured over the columns it has, reweighted.

    Variants: pyDecision takes min-max scores from 1 to 2 in place of values over the best; a share chosen by least
    variance of the score (Zavadskas et al. 2012) can be given as `share`.

    Source: Zavadskas, Turskis, Antucheviciene & Zakarevicius 2012 (Elektronika ir Elektrotechnika 122). Proof: software
    selection of Tus & Aytac Adali 2019 (five scores), and a slow formula.

    **Symbols.** r: value over the best of its column; lambda: share of the weighted sum.

    **When to use.** The values are sizes on a scale with a true 0, and a low one shall be made good by others only in
    part.

    **Pitfalls.** After min-max scores each row that is last in one column has a product of 0: score on a scale that
    begins above 0. Another row that is best in a column changes all scores.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.waspas([[4.0, 1.0], [2.0, 4.0], [1.0, 2.0]]).round(4)
    array([0.5625, 0.7286, 0.3643])
    """
    x, m = _shared.beside(x, reference, "waspas")
    x, cost = _shared.split_costs(x, direction, m)
    r, weights = _shared.of_best(x, cost, w, m), shared_weights(x, w)
    return (share * _shared.present_sum(r, weights) + (1 - share) * _shared.present_product(r, weights))[..., m:]


def _aras_figures(row: Row) -> Iterator[Figure]:
    """Yield the parts over the best, their share of the column's sum, that of a row of all the best, and the ratio."""
    x, cost = _split(row)
    parts = list(_best_figures(row, x, cost))
    yield from parts
    r = _shared.known(_shared.of_best(x, cost, row.w, row.known), row.known)
    totals = (len(r) * _shared.column_mean(r) + 1)[0]
    known: dict[str, Any] = {"w": row.w, "r": [one.value for one in parts], "total": totals}
    what = Said("weighted shares in the sums of the columns, the best row among them")
    yield (own := Figure.of(what, "sum(w * (r / total))", **known))
    yield (best := Figure.of(Said("the same of the best row"), "sum(w * (1 / total))", **known))
    yield Figure.of(Said("the first over the second"), "own / best", own=own.value, best=best.value)


@aggregating(
    sees="stacks",
    laws="D",
    domain="zero or more",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    per_column={"direction": 1},
    refers=True,
    words=_shared.REFERENCE_WORDS,
    figures=_aras_figures,
    formula=(
        r"y_i = \frac{S_i}{S_0}, \quad S_i = \sum_j w_j \frac{z_{ij}}{z_{0j} + \sum_l z_{lj}}, \quad z_{0j} = "
        r"\max_i z_{ij}"
    ),
    chinese="ARAS法（加性比率评价法）",
)
def aras(x: Array, w: Array, /, *, direction: Any = 1, reference: Any = None, **shared: Unpack[Scoring]) -> Array:
    """ARAS utility of each row: its weighted sum of shares over that of a row of all the best, up to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of 0 or more. Every column is divided by its sum, a row of all the best included, which is
        the first step of the method; inside an index too, where x are the normalised scores.
    w : weights (k,), optional
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost becomes 1 / x, and must be above 0. A target or an interval becomes a 0..1 column first.
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. Values beyond the best of these count in proportion.

    Raises
    ------
    DataError
        A value below 0, a cost of 0, a column of zeros.

    Notes
    -----
    A row 0 holds the best of each column; S_i = sum_j w_j x_ij / (x_0j + sum_l x_lj), of a cost with 1 / x for x; y_i =
    S_i / S_0. 1 is a row that is best in all. In a column with gaps the sum is n times the mean of what is there; a row
    with gaps and the best row are measured over the columns that the row has, reweighted.

    Variants: the best may be set by the user in other software; add a row that holds it.

    Source: Zavadskas & Turskis 2010 (Technological and Economic Development of Economy 16). Proof: mobile phones of
    Goswami & Mitra 2020 (ten scores), and a slow formula.

    **Symbols.** S: weighted sum of the shares of a row in the sums of the columns; row 0: the best of each column.

    **When to use.** The values are sizes on a scale with a true 0, and a score shall say how near a row comes to one
    that is best in everything.

    **Pitfalls.** A column weighs by w over its sum in units of its best: one where a single row is far ahead counts
    more than its weight says. Other rows change the score, and may change the order.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.aras([[4.0, 1.0], [2.0, 4.0], [1.0, 2.0]]).round(4)
    array([0.625 , 0.75  , 0.375 ])
    """
    x, m = _shared.beside(x, reference, "aras")
    x, cost = _shared.split_costs(x, direction, m)
    r, weights = _shared.of_best(x, cost, w, m), shared_weights(x, w)
    among = _shared.known(r, m)
    total = among.shape[-2] * _shared.column_mean(among) + 1
    best = np.where(np.isnan(x), np.nan, 1 / total)
    return np.asarray(_shared.present_sum(r / total, weights) / _shared.present_sum(best, weights))[..., m:]


def _marcos_figures(row: Row) -> Iterator[Figure]:
    """Yield the parts over the best, their weighted sum, that of the worst row, and the utility."""
    x, cost = _split(row)
    parts = list(_best_figures(row, x, cost))
    yield from parts
    low = _shared.ends(_shared.known(_shared.of_best(x, cost, row.w, row.known), row.known))[0][0]
    yield (own := Figure.of(Said("weighted sum"), "sum(w * r)", w=row.w, r=[one.value for one in parts]))
    yield (worst := Figure.of(Said("weighted sum of the worst row"), "sum(w * low)", w=row.w, low=low))
    utility = "s * (1 + a) / (1 + a + a ** 2)"
    yield Figure.of(
        Said("utility between the worst row and the best, whose sum is 1"), utility, s=own.value, a=worst.value
    )


@aggregating(
    sees="stacks",
    laws="D",
    domain="zero or more",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    per_column={"direction": 1},
    refers=True,
    words=_shared.REFERENCE_WORDS,
    figures=_marcos_figures,
    formula=(
        r"y_i = \frac{K^+_i + K^-_i}{1 + \frac{1 - f(K^+_i)}{f(K^+_i)} + \frac{1 - f(K^-_i)}{f(K^-_i)}}, \quad K^+_i "
        r"= \frac{S_i}{S_{ai}}, \quad K^-_i = \frac{S_i}{S_{aai}}, \quad f(K^+_i) = \frac{K^-_i}{K^+_i + K^-_i}, "
        r"\quad f(K^-_i) = \frac{K^+_i}{K^+_i + K^-_i}, \quad S_i = \sum_j w_j \frac{z_{ij}}{\max_i z_{ij}}"
    ),
    chinese="MARCOS法（按折衷解测量与排序备选方案）",
)
def marcos(x: Array, w: Array, /, *, direction: Any = 1, reference: Any = None, **shared: Unpack[Scoring]) -> Array:
    """MARCOS utility of each row: its weighted sum, beside those of the ideal and of the anti-ideal row.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of 0 or more. Every column is divided by its best, which is the first step of the method;
        inside an index too, where x are the normalised scores.
    w : weights (k,), optional
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values, above 0, and becomes min / x. A target or an interval becomes a 0..1 column first.
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. Values beyond the best of these count in proportion.

    Raises
    ------
    DataError
        A value below 0, a cost of 0, a column of zeros.

    Notes
    -----
    The ideal row has the best of each column, the anti-ideal the worst. r = x / max, of a cost min / x; S = sum_j w_j
    r; K+ = S_i / S_ai, K- = S_i / S_aai; f(K+) = K- / (K+ + K-), f(K-) = K+ / (K+ + K-); y = (K+ + K-) / (1 + (1 -
    f(K+)) / f(K+) + (1 - f(K-)) / f(K-)). As S_ai = 1, that is S_i (1 + a) / (1 + a + a^2) with a = S_aai, which has a
    value for a = 0 too. A row with gaps, and the ideal rows with it, are measured over the columns it has, reweighted.

    Source: Stevic, Pamucar, Puska & Chatterjee 2020 (Computers & Industrial Engineering 140). Proof: the source's
    sustainable suppliers (eight scores), and a slow formula.

    **Symbols.** S: weighted sum of values over the best of their columns; ai, aai: the ideal and the anti-ideal row;
    K+, K-: a row beside each of these; f: utility function; a: the ideal row (ai) and the anti-ideal row (aai).

    **When to use.** The values are sizes on a scale with a true 0, and what one is asked for is MARCOS.

    **Pitfalls.** The order is that of the weighted sum of x / max, whatever the anti-ideal is: two factors of the
    formula are the same for all rows. Another row that is best or worst in a column changes all scores.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.marcos([[4.0, 1.0], [2.0, 4.0], [1.0, 2.0]]).round(4)
    array([0.5952, 0.7143, 0.3571])
    """
    x, m = _shared.beside(x, reference, "marcos")
    x, cost = _shared.split_costs(x, direction, m)
    r, weights = _shared.of_best(x, cost, w, m), shared_weights(x, w)
    s = _shared.present_sum(r, weights)
    a = _shared.present_sum(np.where(np.isnan(x), np.nan, _shared.ends(_shared.known(r, m))[0]), weights)
    return np.asarray(s * ((1 + a) / (1 + a + a * a)))[..., m:]


def _copras_parts(x: Array, cost: Any, w: Array) -> tuple[Array, Array, Array]:
    """Return what the benefits and the costs of each row (..., n) come to, and the sums of the columns (..., 1, k)."""
    _shared.refuse_signs(x, cost)
    totals = x.shape[-2] * _shared.column_mean(x)
    _shared.refuse_columns(totals == 0, w, _SUMLESS)
    v, weights = x / np.where(totals > 0, totals, 1.0), shared_weights(x, w)
    plus, minus = (_shared.present_sum(np.where(kind, v, 0.0), weights) for kind in (~cost, cost))
    return plus, minus, totals


def _copras_scores(plus: Array, minus: Array) -> tuple[Array, Array]:
    """Return the relative significance of each row (..., n), and the largest (..., 1)."""
    charged = minus > 0
    # Measured by the smallest, so that nothing overflows; a row without costs has none of what they come to.
    least = np.where(charged, minus, np.inf).min(axis=-1, keepdims=True)
    inverse = np.where(charged, least / np.where(charged, minus, 1.0), 0.0)
    total = inverse.sum(axis=-1, keepdims=True)
    q = plus + minus.sum(axis=-1, keepdims=True) * (inverse / np.where(total > 0, total, 1.0))
    return q, q.max(axis=-1, keepdims=True)


def _copras_figures(row: Row) -> Iterator[Figure]:
    """Yield the benefits' and the costs' shares, the significance, and its share of the largest."""
    x, cost = _shared.split_costs(_shared.tamed(row.whole), row.every_direction(row.options["direction"]))
    plus, minus, totals = _copras_parts(x, cost, row.asked)
    most = _copras_scores(plus, minus)[1].item()
    cost, z, total = cost[row.there], x[row.place, row.there], totals[0, row.there]
    q = 0.0
    of_benefits = Said("benefits: weighted shares in the sums of the columns")
    for kind, what in ((~cost, of_benefits), (cost, Said("costs: weighted shares in the sums of the columns"))):
        if not kind.any():
            continue
        known = {"w": row.w[kind], "z": z[kind], "total": total[kind]}
        yield (part := Figure.of(what, "sum(w * (z / total))", **known))
        if what is of_benefits:
            q = part.value
            continue
        numbers = {
            "q": q,
            "all_costs": float(minus.sum()),
            "own": part.value,
            "inverses": float((1 / minus[minus > 0]).sum()),
        }
        what = Said("benefits, and what the costs of all rows come to by the inverse of its own")
        yield (part := Figure.of(what, "q + all_costs / (own * inverses)", **numbers))
        q = part.value
    yield Figure.of(Said("over the largest of all rows"), "q / most", q=q, most=most)


@aggregating(
    sees="stacks",
    laws="D",
    domain="zero or more",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": 1},
    figures=_copras_figures,
    formula=(
        r"y_i = \frac{Q_i}{\max_l Q_l}, \quad Q_i = S^+_i + \frac{\sum_l S^-_l}{S^-_i \sum_l 1 / S^-_l}, \quad "
        r"S^{\pm}_i = \sum_{j \in \pm} w_j \frac{z_{ij}}{\sum_l z_{lj}}"
    ),
    chinese="COPRAS法（复杂比例评价法）",
)
def copras(x: Array, w: Array, /, *, direction: Any = 1, **shared: Unpack[Scoring]) -> Array:
    """COPRAS utility of each row: benefits by their shares in the columns, costs by the inverse, over the largest.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of 0 or more. Every column is divided by its sum, which is the first step of the method;
        inside an index too, where x are the normalised scores, all of them benefits.
    w : weights (k,), optional
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values, above 0, and is counted with the other costs. A target or an interval becomes a 0..1
        column first.

    Raises
    ------
    DataError
        A value below 0, a cost of 0, a column of zeros.

    Notes
    -----
    v_ij = x_ij / sum_l x_lj; S+ and S- are the weighted sums of v over the benefits and over the costs; Q_i = S+_i +
    sum_l S-_l / (S-_i sum_l 1 / S-_l); y_i = Q_i / max_l Q_l, 1 for the best row (the source prints it in per cent).
    Without costs Q = S+. In a column with gaps the sum is n times the mean of what is there; a row with gaps is
    measured over the columns it has, reweighted, one without any cost by its benefits alone.

    Variants: in pymcdm 1.4 S- cancels in the second term, which leaves Q = S+ + S-: costs count as benefits.

    Source: Zavadskas, Kaklauskas & Sarka 1994. Proof: mobile phones of Goswami & Mitra 2020 (ten scores), and a slow
    formula.

    **Symbols.** S+, S-: weighted shares in the sums of the columns, of benefits and of costs; Q: relative
    significance.

    **When to use.** Benefits and costs are sizes on a scale with a true 0, and costs shall count by their inverse.

    **Pitfalls.** A row whose costs are near 0 takes nearly the whole of what the costs of all rows come to. Without a
    cost the order is that of the weighted sum of x over the sums; some packages refuse that.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.copras([[4.0, 2.0], [3.0, 1.0], [1.0, 4.0]], direction=[1, -1]).round(4)
    array([0.8319, 1.    , 0.2832])
    """
    x, cost = _shared.split_costs(_shared.tamed(x), direction)
    q, most = _copras_scores(*_copras_parts(x, cost, w)[:2])
    return np.asarray(q / most)


def _lengths(x: Array, w: Array) -> Array:
    """Return the Euclidean length of each column (..., 1, k), that of one with gaps as if all its rows were there."""
    squares = x.shape[-2] * _shared.column_mean(x * x)
    _shared.refuse_columns(squares == 0, w, _LENGTHLESS)
    return np.where(squares > 0, np.sqrt(squares), 1.0)


def _moora_figures(row: Row) -> Iterator[Figure]:
    """Yield the weighted sum of the parts over the lengths of their columns, costs taken off."""
    x, cost = _shared.split_costs(_shared.tamed(row.among), row.directions(row.options["direction"]))
    known = {"w": row.w, "z": np.where(cost, -x[row.place], x[row.place]), "length": _lengths(x, row.w)[0]}
    what = Said("weighted parts over the lengths of their columns")
    if cost.any():
        what = Said("weighted parts over the lengths of their columns, costs taken off")
    yield Figure.of(what, "sum(w * (z / length))", **known)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": 1},
    figures=_moora_figures,
    formula=(
        r"y_i = \sum_{j \in +} w_j v_{ij} - \sum_{j \in -} w_j v_{ij}, \quad v_{ij} = \frac{z_{ij}}{\sqrt{\sum_l "
        r"z_{lj}^2}}"
    ),
    chinese="MOORA法（多目标比率分析优化法）",
)
def moora(x: Array, w: Array, /, *, direction: Any = 1, **shared: Unpack[Scoring]) -> Array:
    """MOORA ratio of each row: weighted benefits less costs, each over the length of its column.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators. Every column is divided by its Euclidean length, which is the first step of the method;
        inside an index too, where x are the normalised scores.
    w : weights (k,), optional
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values and is taken off. A target or an interval becomes a 0..1 column first.

    Raises
    ------
    DataError
        A column of zeros.

    Notes
    -----
    y_i = sum_j +-w_j x_ij / sqrt(sum_l x_lj^2), + for a benefit, - for a cost. In a column with gaps the squares are
    summed as n times their mean; a row with gaps is measured over the columns it has, reweighted.

    Variants: Brauers & Zavadskas 2006 have no weights; equal ones give their order, and k times these scores.

    Source: Brauers & Zavadskas 2006 (Control and Cybernetics 35). Proof: candidates for a mine of Karabasevic et al.
    2015 (three scores), and a slow formula.

    **Symbols.** v: value over the length of its column; +, -: benefits and costs.

    **When to use.** Many criteria of different units and benefits beside costs, compared once; the order is that of a
    weighted mean, and easy to check.

    **Pitfalls.** The length depends on all rows: one with a huge value makes the others of its column alike. Low and
    high values make each other good in full; `multimoora` also asks for the worst distance and the product.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.moora([[3.0, 0.0], [4.0, 3.0], [0.0, 4.0]])
    array([0.3, 0.7, 0.4])
    """
    x, cost = _shared.split_costs(_shared.tamed(x), direction)
    return _shared.present_sum(np.where(cost, -x, x) / _lengths(x, w), shared_weights(x, w))


def _three(x: Array, w: Array, direction: Any) -> tuple[Array, Array, Array]:
    """Return the ratio system, the largest distance from the best, and the product, each (..., n)."""
    x, cost = _shared.split_costs(_shared.tamed(x), direction)
    r, weights = _shared.of_best(x, cost, w), shared_weights(x, w)
    v = np.where(cost, -x, x) / _lengths(x, w)
    behind = weights * (_shared.ends(v)[1] - v)
    ratio, product = _shared.present_sum(v, weights), _shared.present_product(r, weights)
    return ratio, np.fmax.reduce(behind, axis=-1), product


def _votes(ratio: Array, far: Array, product: Array) -> Array:
    """Return the three scores (..., n, 3), larger better, equal where rounding alone tells them apart."""
    # What cancels in a ratio or a distance is at most 1.
    return np.stack([settled(ratio, 1.0), settled(-far, 1.0), settled(product)], axis=-1)


def _multimoora_figures(row: Row) -> Iterator[Figure]:
    """Yield the three scores, and how many rows it dominates by two of them, less those that dominate it."""
    x, cost = _shared.split_costs(_shared.tamed(row.among), row.directions(row.options["direction"]))
    v = np.where(cost, -x, x) / _lengths(x, row.w)
    known = {"w": row.w, "z": np.where(cost, -x[row.place], x[row.place]), "length": _lengths(x, row.w)[0]}
    yield Figure.of(Said("ratio system"), "sum(w * (z / length))", **known)
    best = {"best": _shared.ends(v)[1][0], "v": v[row.place]}
    yield Figure.of(Said("largest distance from the best"), "max(w * (best - v))", w=row.w, **best)
    yield Figure.of(
        Said("product over the best"), "prod(r ** w)", w=row.w, r=_shared.of_best(x, cost, row.w)[row.place]
    )
    ratio, far, product = _three(row.whole, row.asked, row.every_direction(row.options["direction"]))
    votes = _votes(ratio, far, product)
    margin = np.sign(votes[row.place] - votes).sum(axis=-1)
    won, lost = int((margin > 0).sum()), int((margin < 0).sum())
    yield Figure(Said("rows that it leads in more of the three"), "", float(won))
    yield Figure(Said("rows that lead it"), "", float(lost))
    yield Figure.of(Said("dominated less dominating"), "won - lost", won=won, lost=lost)


@aggregating(
    sees="stacks",
    laws="D",
    domain="zero or more",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": 1},
    figures=_multimoora_figures,
    formula=(
        r"y_a = \#\{b : a \succ b\} - \#\{b : b \succ a\}, \quad a \succ b \iff \#\{t : T_{at} > T_{bt}\} > "
        r"\#\{t : T_{at} < T_{bt}\}, \quad T_{i1} = \sum_j \pm w_j v_{ij}, \quad T_{i2} = -\max_j w_j |\mathrm{best}_j "
        r"- v_{ij}|, \quad T_{i3} = \prod_j z_{ij}^{\pm w_j}, \quad v_{ij} = \frac{z_{ij}}{\sqrt{\sum_l z_{lj}^2}}"
    ),
    chinese="MULTIMOORA法（多目标比率分析与全乘型优化法）",
)
def multimoora(x: Array, w: Array, /, *, direction: Any = 1, details: bool = False, **shared: Unpack[Scoring]) -> Any:
    """MULTIMOORA dominance of each row: how many rows it leads in most of three ways, less how many lead it.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of 0 or more. Every column is divided by its Euclidean length, which is the first step of
        the method; inside an index too, where x are the normalised scores.
    w : weights (k,), optional
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values, above 0. A target or an interval becomes a 0..1 column first.
    details : bool
        Return the three scores too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.ratio`, `.reference`, `.product`

    Raises
    ------
    DataError
        A value below 0, a cost of 0, a column of zeros.

    Notes
    -----
    The three: the ratio system (`moora`); the reference point, max_j w_j |best_j - v_ij| with v of the ratio system,
    where small is good; the full multiplicative form, prod_j x_ij^(+-w_j). One row dominates another if it is ahead in
    more of the three than it is behind; the score is rows dominated less rows that dominate, so that circles share it.
    A row with gaps is measured over the columns it has, reweighted, and its product is of values over the best.

    Variants: the sources rank by dominance theory, in words; this is its majority of two of three. Others sum the three
    ranks (`borda` of the details). Where weights multiply the values of the product, they change no order; here they
    are powers (Brauers & Zavadskas 2012).

    Source: Brauers & Zavadskas 2010 (Technological and Economic Development of Economy 16). Proof: candidates for a
    mine of Karabasevic et al. 2015 (all three scores and the ranks), and a slow count.

    **Symbols.** T: the three scores of a row; v: value over the length of its column; best: the best v of the column;
    +, -: benefits and costs; a, b: two rows; t: one of the three ways.

    **When to use.** A ranking that shall not hang on one way of adding up: mean, worst distance and product each have
    a vote.

    **Pitfalls.** The scores are counts, not sizes: how far two rows are apart they do not say. A 0 makes the product
    of its row 0, and with min-max scores many rows have one.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.multimoora([[3.0, 4.0], [4.0, 2.0], [1.0, 1.0]])
    array([ 2.,  0., -2.])
    """
    n = x.shape[-2]
    if details and x.ndim > 2:
        raise DataError(Said("multimoora: details are of one table (n, k)"))
    ratio, far, product = _three(x, w, direction)
    seconds = n**2 * _EACH_PAIR * ratio.size / max(n, 1)
    what = Said("{method} of {rows}, each compared with each,", method="multimoora", rows=_shared.rows_of(n))
    estimate("aggregate", what, 64 * n, seconds, Said("use moora"))
    scores = np.asarray(copeland.method.function(_votes(ratio, far, product), np.full(3, 1 / 3)))
    return Multimoora(scores, ratio, far, product) if details else scores
