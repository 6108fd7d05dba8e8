"""Aggregations by distance from a mean, a border, the worst or given bounds: EDAS, MABAC, CODAS, SPOTIS, CoCoSo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.maps import Between, Target, orientation
from hengdian_index._maths.means import shared_weights
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE, largest, same
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.errors import CellsError, DataError, SpecError

_MEANLESS = Said("all values are 0, so the column has no mean to divide by; leave it out")


def _split(row: Row) -> tuple[Array, Any]:
    """Return the rows compared over the parts that are there, with targets turned, and which parts are costs."""
    return _shared.split_costs(row.among, row.directions(row.options["direction"]), row.known)


def _from_mean(x: Array, cost: Any, w: Array, m: int = 0) -> Array:
    """Return how far each value is better than the mean of its column (..., n, k), over that mean."""
    _shared.refuse_signs(x, cost)
    mean = _shared.column_mean(_shared.known(x, m))
    _shared.refuse_columns(mean == 0, w, _MEANLESS)
    # Of a column that is constant but for rounding, the mean is its value.
    ahead = np.where(same(x, mean, largest(x)[..., np.newaxis, :]), 0.0, (x - mean) / np.where(mean > 0, mean, 1.0))
    return np.where(np.isnan(x), np.nan, np.where(cost, -ahead, ahead))


def _edas_sums(x: Array, cost: Any, w: Array, m: int = 0) -> tuple[Array, Array]:
    """Return the weighted distances above and below the mean of each row (..., n)."""
    ahead, weights = _from_mean(x, cost, w, m), shared_weights(x, w)
    return _shared.present_sum(np.maximum(ahead, 0.0), weights), _shared.present_sum(np.maximum(-ahead, 0.0), weights)


def _edas_figures(row: Row) -> Iterator[Figure]:
    """Yield the distances from the means, their sums above and below, and each over its largest."""
    ways, m = row.every_direction(row.options["direction"]), row.known
    whole, costs = _shared.split_costs(_shared.tamed(row.whole), ways, m)
    above, below = (sums[: m or None] for sums in _edas_sums(whole, costs, row.asked, m))
    x, cost = whole[:, row.there], costs[row.there]
    mean = _shared.column_mean(_shared.known(x, m))[0].tolist()
    ahead = _from_mean(x, cost, row.w, m)[row.place].tolist()
    for j, (child, z) in enumerate(zip(row.children, x[row.place].tolist(), strict=True)):
        formula = "0 * z" if ahead[j] == 0 else "(mean - z) / mean" if cost[j] else "(z - mean) / mean"
        yield Figure.of(Said("{child} better than the mean, over the mean", child=child), formula, z=z, mean=mean[j])
    parts: dict[str, Any] = {"w": row.w, "d": ahead}
    yield (plus := Figure.of(Said("weighted distance above the means"), "sum(w * max(d, 0))", **parts))
    yield (minus := Figure.of(Said("weighted distance below the means"), "sum(w * max(0 - d, 0))", **parts))
    most = {"most_above": float(above.max()), "most_below": float(below.max())}
    what = Said("half the first over its largest, half 1 less the second over its largest")
    score = "(plus / most_above + 1 - minus / most_below) / 2"
    yield Figure.of(what, score, plus=plus.value, minus=minus.value, **most)


@aggregating(
    sees="stacks",
    laws="D",
    domain="zero or more",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    per_column={"direction": 1},
    refers=True,
    words=_shared.REFERENCE_WORDS,
    figures=_edas_figures,
    formula=(
        r"y_i = \frac{1}{2} \left(\frac{SP_i}{\max_l SP_l} + 1 - \frac{SN_i}{\max_l SN_l}\right), \quad SP_i = \sum_j "
        r"w_j \max\left(0, d_{ij}\right), \quad SN_i = \sum_j w_j \max\left(0, -d_{ij}\right), \quad d_{ij} = "
        r"\frac{z_{ij} - \bar{z}_j}{\bar{z}_j}"
    ),
    chinese="EDAS法（基于平均解距离的评价法）",
)
def edas(x: Array, w: Array, /, *, direction: Any = 1, reference: Any = None, **shared: Unpack[Scoring]) -> Array:
    r"""EDAS appraisal of each row: how far it is above and below the means of the columns, from 0 to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of 0 or more. Every column is measured from its mean and by it, which is the first step of
        the method; inside an index too, where x are the normalised scores.
    w : weights (k,), optional
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values, above 0, and is better below its mean. A target or an interval becomes a 0..1 column
        first.
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. A row farther off than all of these passes 0 or 1.

    Raises
    ------
    DataError
        A value below 0, a cost of 0, a column of zeros; rows that are all alike.

    Notes
    -----
    d_ij = (x_ij - m_j) / m_j, m_j the mean, of a cost with the other sign; SP_i = sum_j w_j max(0, d_ij), SN_i = sum_j
    w_j max(0, -d_ij); y_i = (SP_i / max SP + 1 - SN_i / max SN) / 2. A constant column adds nothing. A mean is that of
    the values there are; a row with gaps is measured over the columns it has, reweighted.

    Source: Keshavarz Ghorabaee, Zavadskas, Olfat & Turskis 2015 (Informatica 26). Proof: equipment for a company of
    Ersoy 2021 (six scores), and a slow formula.

    **Symbols.** SP, SN: weighted distance above and below the means; d: distance of a value from the mean of its
    column, over that mean; P, N: above and below the mean; \bar{z}: mean of a column.

    **When to use.** A row shall be told by how it stands to the average rather than to the best, as where the best are
    outliers.

    **Pitfalls.** Columns with large variation beside their mean weigh more than their weights say, and a shift of the
    scale (60..100 for 0..40) changes the order. The average moves with every row.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.edas([[4.0, 1.0], [3.0, 4.0], [2.0, 1.0]]).round(4)
    array([0.3667, 1.    , 0.    ])
    """
    x, m = _shared.beside(x, reference, "edas")
    x, cost = _shared.split_costs(_shared.tamed(x), direction, m)
    above, below = _edas_sums(x, cost, w, m)
    most, least = (sums[..., : m or None].max(axis=-1, keepdims=True) for sums in (above, below))
    if not ((most > 0) & (least > 0)).all():
        raise DataError(Said("edas: no column tells the rows compared apart, so there is no distance from a mean"))
    return np.asarray((above[..., m:] / most + 1 - below[..., m:] / least) / 2)


def _mabac_figures(row: Row) -> Iterator[Figure]:
    """Yield where the parts lie in their ranges, and their distance from the border of each column."""
    x, cost = _split(row)
    t = _shared.on_range(x, cost, row.w, row.known)
    low, high = (end[0].tolist() for end in _shared.ends(_shared.known(x, row.known)))
    for j, (child, z) in enumerate(zip(row.children, x[row.place].tolist(), strict=True)):
        formula = "(high - z) / (high - low)" if cost[j] else "(z - low) / (high - low)"
        yield Figure.of(Said("{child} within its range", child=child), formula, z=z, low=low[j], high=high[j])
    border = np.exp(_shared.column_mean(np.log1p(_shared.known(t, row.known))))[0]
    what = Said("distance from the border, the geometric mean of 1 more than the range's share")
    yield Figure.of(what, "sum(w * (t + 1 - border))", w=row.w, t=t[row.place], border=border)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    per_column={"direction": 1},
    refers=True,
    words=_shared.REFERENCE_WORDS,
    figures=_mabac_figures,
    formula=(
        r"y_i = \sum_j \left(v_{ij} - g_j\right), \quad v_{ij} = w_j (t_{ij} + 1), \quad g_j = \left(\prod_i v_{ij}"
        r"\right)^{1/n}, \quad t_{ij} = \frac{z_{ij} - \min_j}{\max_j - \min_j}"
    ),
    chinese="MABAC法（多属性边界逼近区域比较法）",
)
def mabac(x: Array, w: Array, /, *, direction: Any = 1, reference: Any = None, **shared: Unpack[Scoring]) -> Array:
    """MABAC score of each row: its weighted distance from the border area, above 0 in the upper one.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators; every column is divided by its range, which is the first step of the method; inside an
        index too, where x are the normalised scores.
    w : weights (k,), optional
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost is counted from its largest value. A target or an interval becomes a 0..1 column first.
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. Values beyond their ends run on along the same lines.

    Raises
    ------
    DataError
        A constant column.

    Notes
    -----
    t = (x - min) / (max - min), of a cost (max - x) / (max - min); v_ij = w_j (t_ij + 1); the border g_j is the
    geometric mean of v_ij over the rows; y_i = sum_j (v_ij - g_j). The border of a column with gaps is that of the rows
    that have it; a row with gaps is measured over the columns it has, reweighted.

    Source: Pamucar & Cirovic 2015 (Expert Systems with Applications 42). Proof: logistics performance of Isik et al.
    2020 (eleven scores), and a slow formula.

    **Symbols.** t: where a value lies in the range of its column, 0..1; v: its weighted value; g: border of the
    column; n: number of rows.

    **When to use.** A row shall be told as above or below what is usual, with a sign, and each column's part of it.

    **Pitfalls.** All rows have the same borders, so that without gaps the order is that of the weighted sum of min-max
    scores. Another row at an end of a column changes all scores.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.mabac([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]).round(4)
    array([-0.0874, -0.0874,  0.4126])
    """
    x, m = _shared.beside(x, reference, "mabac")
    x, cost = _shared.split_costs(x, direction, m)
    t = _shared.on_range(x, cost, w, m)
    border = np.exp(_shared.column_mean(np.log1p(_shared.known(t, m))))
    return _shared.present_sum(t + 1 - border, shared_weights(x, w))[..., m:]


def _from_worst(x: Array, cost: Any, w: Array) -> tuple[Array, Array]:
    """Return the straight and the taxicab distance of each row (..., n) from the worst of all columns."""
    r, weights = _shared.of_best(x, cost, w), shared_weights(x, w)
    gaps = np.where(np.isnan(x), 0.0, weights * (r - _shared.ends(r)[0]))
    return np.sqrt((gaps * gaps).sum(axis=-1)), gaps.sum(axis=-1)


def _far(e: Array, t: Array, tau: float) -> tuple[Array, Array]:
    """Return how many rows lie at least tau off each by distances e (n,), and the sum of their t."""
    order = np.argsort(e, kind="stable")
    rising, sums = e[order], np.concatenate([[0.0], np.cumsum(t[order])])
    first = np.searchsorted(rising, e - (tau - TOLERANCE), side="right")
    last = np.maximum(np.searchsorted(rising, e + (tau - TOLERANCE), side="left"), first)
    return len(e) - (last - first), sums[-1] - (sums[last] - sums[first])


def _codas_figures(row: Row) -> Iterator[Figure]:
    """Yield the parts over the best, the two distances from the worst, and how far they exceed those of other rows."""
    x, cost = _split(row)
    r = _shared.of_best(x, cost, row.w)
    low, high = (end[0].tolist() for end in _shared.ends(x))
    for j, (child, z) in enumerate(zip(row.children, x[row.place].tolist(), strict=True)):
        if cost[j]:
            yield Figure.of(Said("the least of {child} over its own", child=child), "least / z", least=low[j], z=z)
        else:
            yield Figure.of(Said("{child} over the largest", child=child), "z / most", z=z, most=high[j])
    known = {"w": row.w, "r": r[row.place], "low": _shared.ends(r)[0][0]}
    yield (e := Figure.of(Said("distance from the worst point"), "sum((w * (r - low)) ** 2) ** 0.5", **known))
    yield (t := Figure.of(Said("taxicab distance from the worst point"), "sum(w * (r - low))", **known))
    whole = _shared.split_costs(row.whole, row.every_direction(row.options["direction"]))
    all_e, all_t = _from_worst(*whole, row.asked)
    m, far = (float(one[row.place]) for one in _far(all_e, all_t, float(row.options["tau"])))
    numbers: dict[str, Any] = {"n": len(all_e), "m": int(m), "e": e.value, "t": t.value}
    what = Said("more than all rows by the first, and than those far off by the second")
    yield Figure.of(what, "n * e - all_e + m * t - far", all_e=float(all_e.sum()), far=far, **numbers)


@aggregating(
    sees="stacks",
    domain="zero or more",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": 1},
    check=lambda tau, **_: (
        [] if 0 <= tau < np.inf else [Said("tau: a finite number of 0 or more, not {tau:g}", tau=tau)]
    ),
    figures=_codas_figures,
    formula=(
        r"y_i = \sum_l \left((E_i - E_l) + \psi(E_i - E_l)\,(T_i - T_l)\right), \quad \psi(d) = \begin{cases} 1 & |d| "
        r"\ge \tau \\ 0 & |d| < \tau \end{cases}, \quad E_i = \sqrt{\sum_j u_{ij}^2}, \quad T_i = \sum_j u_{ij}, "
        r"\quad u_{ij} = w_j \left(r_{ij} - \min_l r_{lj}\right), \quad r_{ij} = \frac{z_{ij}}{\max_l z_{lj}}"
    ),
    chinese="CODAS法（组合距离评价法）",
)
def codas(x: Array, w: Array, /, *, tau: float = 0.02, direction: Any = 1, **shared: Unpack[Scoring]) -> Array:
    """CODAS assessment of each row: how much farther it is from the worst point than the other rows.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of 0 or more. Every column is divided by its best, which is the first step of the method;
        inside an index too, where x are the normalised scores.
    w : weights (k,), optional
    tau : float of 0 or more
        Rows whose straight distances differ by less are as far off, and their taxicab distances are left out. The
        source takes .01 to .05.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values, above 0, and becomes min / x. A target or an interval becomes a 0..1 column first.

    Raises
    ------
    DataError
        A value below 0, a cost of 0, a column of zeros.

    Notes
    -----
    r = x / max, of a cost min / x; u_ij = w_j (r_ij - min_l r_lj); E_i = sqrt(sum_j u_ij^2), T_i = sum_j u_ij; y_i =
    sum_l ((E_i - E_l) + psi (T_i - T_l)), psi = 1 where |E_i - E_l| >= tau, else 0. The scores sum to 0. A row with
    gaps is measured over the columns it has, reweighted.

    Source: Keshavarz Ghorabaee, Zavadskas, Turskis & Antucheviciene 2016 (Economic Computation and Economic Cybernetics
    Studies and Research 50). Proof: suppliers and sites of Badi et al. 2018 (eleven scores), and a slow formula.

    **Symbols.** E, T: straight and taxicab distance of a row from the worst point; r: value over the best of its
    column; u: its weighted distance from the worst; psi: whether E differs by tau or more.

    **When to use.** Rows shall be ranked by how far they have left the worst behind, one strong column counting more
    than several middling ones.

    **Pitfalls.** At tau a score jumps: a row at least as good everywhere as another may score lower, so try some
    values of tau. The source's text adds T where E is near, its formula where E is not; this is the formula, as in the
    worked examples.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.codas([[4.0, 1.0], [2.0, 4.0], [1.0, 2.0]]).round(4)
    array([ 0.3547,  0.7906, -1.1453])
    """
    x, cost = _shared.split_costs(x, direction)
    e, t = _from_worst(x, cost, w)
    y = np.empty(e.shape)
    for at in np.ndindex(e.shape[:-1]):
        m, far = _far(e[at], t[at], tau)
        y[at] = len(e[at]) * e[at] - e[at].sum() + m * t[at] - far
    return y


def _bound_faults(low: Any, high: Any, **_: Any) -> list[Said]:
    """Return what is wrong with bounds that are numbers for all columns or one for each, in order."""
    try:
        below = bool(np.all(floats(low) < floats(high)))
    except (TypeError, ValueError):
        return []
    return [] if below else [Said("low, high: each low below its high, not {low!r} and {high!r}", low=low, high=high)]


def _spotis_ends(row: Row) -> tuple[Array, Array]:
    """Return the bounds of the parts that are there."""
    low, high = (row.option(name, np.nan)[row.there] for name in ("low", "high"))
    return low, high


def _spotis_figures(row: Row) -> Iterator[Figure]:
    """Yield each part's distance from its best within its bounds, and 1 less their weighted sum."""
    given = row.directions(row.options["direction"])
    ways = _shared.directions(given, len(row.z))
    found = []
    for child, z, low, high, way in zip(row.children, row.z.tolist(), *_spotis_ends(row), ways, strict=True):
        z, known = min(max(z, low), high), {"low": low, "high": high}
        what = Said("distance of {child} from its best", child=child)
        if isinstance(way, Target | Between):
            turn: Any = orientation(way)[0]
            off = -float(turn(np.array([[z]]))[0, 0])
            found.append(Figure.of(what, "off / (high - low)", off=off, **known))
        else:
            formula = "(high - z) / (high - low)" if way == 1 else "(z - low) / (high - low)"
            found.append(Figure.of(what, formula, z=z, **known))
    yield from found
    yield Figure.of(Said("1 less the weighted distance"), "1 - sum(w * d)", w=row.w, d=[one.value for one in found])


@aggregating(
    sees="stacks",
    laws="M",
    domain="real",
    takes_gaps=True,
    per_column={"low": None, "high": None, "direction": 1},
    check=_bound_faults,
    example={"low": 0, "high": 100},
    figures=_spotis_figures,
    formula=(r"y_i = 1 - \sum_j w_j \frac{|z_{ij} - \mathrm{best}_j|}{\mathrm{high}_j - \mathrm{low}_j}"),
    chinese="SPOTIS法（稳定偏好理想解排序法）",
)
def spotis(
    x: Array,
    w: Array,
    /,
    *,
    low: Any,
    high: Any,
    direction: Any = 1,
    outside: Literal["raise", "clip"] = "raise",
    **shared: Unpack[Scoring],
) -> Array:
    """SPOTIS score of each row: 1 less its weighted distance from the best of given bounds, from 0 to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, in the unit of the bounds; inside an index the normalised scores, so that the bounds are
        those of the scale. Each row is scored by itself.
    w : weights (k,), optional
    low, high : number, sequence (k,) or mapping by column
        The bounds of each column, whatever the rows are.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        The best is the upper bound (1), the lower one (-1), a value or an interval within them.
    outside : {"raise", "clip"}
        A value beyond its bounds is refused, or taken for the bound.

    Raises
    ------
    DataError
        A value beyond its bounds.
    SpecError
        A lower bound that is not below the upper one.

    Notes
    -----
    y_i = 1 - sum_j w_j |x_ij - best_j| / (high_j - low_j). The source ranks by the distance, small being good. As the
    bounds are given, no other row changes a score. A row with gaps is measured over the columns it has, reweighted.

    Variants: an expected point in place of the best (Shekhovtsov et al. 2020) is a Target here.

    Source: Dezert, Tchamova, Han & Tacnet 2020 (23rd International Conference on Information Fusion). Proof: the
    source's four cars, and a slow formula.

    **Symbols.** best: the bound, or the value within the bounds, that the direction asks for; low, high: the bounds.

    **When to use.** Ranks must not turn when a row comes or goes, and the bounds can be argued for.

    **Pitfalls.** With directions 1 and -1 this is the arithmetic mean of goalpost scores: bounds far beyond the values
    take weight from their column. Inside an index choose this or goalposts, not both.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.spotis([[3.0, 20.0], [5.0, 10.0]], low=[0, 0], high=[10, 20], direction=[1, -1])
    array([0.15, 0.5 ])
    """
    k = x.shape[-1]
    lower, upper = (_shared.per_column(end, k, name) for end, name in ((low, "low"), (high, "high")))
    wrong = [
        Said("spotis: column {column}: low {low:g} is not below high {high:g}", column=j, low=lower[j], high=upper[j])
        for j in np.flatnonzero(lower >= upper)
    ]
    if wrong:
        raise SpecError(*wrong)
    beyond = (x < lower) | (x > upper)
    beyond &= ~(same(x, lower, np.abs(lower)) | same(x, upper, np.abs(upper)))
    if outside == "raise" and beyond.any():
        raise CellsError(beyond, Said("beyond the bounds low and high; widen them, or outside='clip'"))
    inside = np.clip(x, lower, upper)
    off = np.empty_like(inside)
    for j, way in enumerate(_shared.directions(direction, k)):
        turn = orientation(way)[0]
        if isinstance(way, Target | Between) and turn is not None:
            off[..., j] = -turn(inside[..., j : j + 1])[..., 0]
        else:
            off[..., j] = upper[j] - inside[..., j] if way == 1 else inside[..., j] - lower[j]
    return np.asarray(1 - _shared.present_sum(off / (upper - lower), shared_weights(x, w)))


def _cocoso_sums(x: Array, cost: Any, w: Array) -> tuple[Array, Array]:
    """Return the weighted sum of each row (..., n) within the ranges, and the sum of powers, as of all columns."""
    t, weights = _shared.on_range(x, cost, w), shared_weights(x, w)
    counted = weights > 0
    powers = np.where(counted, np.where(counted, t, 1.0) ** weights, 0.0).sum(axis=-1)
    share = (w > 0).sum(axis=-1)[..., np.newaxis] / counted.sum(axis=-1)
    return _shared.present_sum(t, weights), powers * share


def _least(sums: Array) -> Array:
    """Return the least sum (..., 1) above 0."""
    return np.asarray(np.where(sums > 0, sums, np.inf).min(axis=-1, keepdims=True))


def _cocoso_figures(row: Row) -> Iterator[Figure]:
    """Yield where the parts lie in their ranges, the sums, the three strategies and their two means."""
    whole, costs = _shared.split_costs(row.whole, row.every_direction(row.options["direction"]))
    s, p = _cocoso_sums(whole, costs, row.asked)
    x, cost = whole[:, row.there], costs[row.there]
    low, high = (end[0].tolist() for end in _shared.ends(x))
    for j, (child, z) in enumerate(zip(row.children, x[row.place].tolist(), strict=True)):
        formula = "(high - z) / (high - low)" if cost[j] else "(z - low) / (high - low)"
        yield Figure.of(Said("{child} within its range", child=child), formula, z=z, low=low[j], high=high[j])
    known: dict[str, Any] = {"w": row.w, "t": _shared.on_range(x, cost, row.w)[row.place]}
    there, every = len(row.w), int((row.asked > 0).sum())
    powers = "sum(t ** w)" if there == every else "sum(t ** w) * every / there"
    sizes = {} if there == every else {"every": every, "there": there}
    yield (total := Figure.of(Said("weighted sum"), "sum(w * t)", **known))
    yield (power := Figure.of(Said("sum of powers"), powers, **known, **sizes))
    share = float(row.options["share"])
    own: dict[str, Any] = {"s": total.value, "p": power.value, "share": share, "rest": 1 - share}
    totals = {"all_rows": float((s + p).sum())}
    least = {"least_s": _least(s).item(), "least_p": _least(p).item()}
    most = {"most_s": float(s.max()), "most_p": float(p.max())}
    three = [
        Figure.of(Said("share of both in those of all rows"), "(p + s) / all_rows", **own, **totals),
        Figure.of(Said("each over the least above 0"), "s / least_s + p / least_p", **own, **least),
        Figure.of(
            Said("both by their shares, over the largest"),
            "(share * s + rest * p) / (share * most_s + rest * most_p)",
            **own,
            **most,
        ),
    ]
    yield from three
    a, b, c = (one.value for one in three)
    yield Figure.of(
        Said("geometric and arithmetic mean of the three"), "(a * b * c) ** (1 / 3) + (a + b + c) / 3", a=a, b=b, c=c
    )


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": 1},
    check=lambda share, **_: (
        [] if 0 <= share <= 1 else [Said("share: a number from 0 to 1, not {share:g}", share=share)]
    ),
    figures=_cocoso_figures,
    formula=(
        r"y_i = \sqrt[3]{a_i b_i c_i} + \frac{a_i + b_i + c_i}{3}, \quad a_i = \frac{P_i + S_i}{\sum_l (P_l + S_l)}, "
        r"\quad b_i = \frac{S_i}{\min_l S_l} + \frac{P_i}{\min_l P_l}, \quad c_i = \frac{\lambda S_i + (1 - \lambda) "
        r"P_i}{\lambda \max_l S_l + (1 - \lambda) \max_l P_l}, \quad S_i = \sum_j w_j t_{ij}, \quad P_i = \sum_j "
        r"t_{ij}^{w_j}, \quad t_{ij} = \frac{z_{ij} - \min_j}{\max_j - \min_j}, \quad \lambda = \mathrm{share}"
    ),
    chinese="COCOSO法（组合折衷解法）",
)
def cocoso(x: Array, w: Array, /, *, share: float = 0.5, direction: Any = 1, **shared: Unpack[Scoring]) -> Array:
    """CoCoSo score of each row: three compromises between its weighted sum and its sum of powers.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators; every column is divided by its range, which is the first step of the method; inside an
        index too, where x are the normalised scores.
    w : weights (k,), optional
    share : float in 0..1
        The source's lambda: how much the weighted sum counts in the third compromise.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost is counted from its largest value. A target or an interval becomes a 0..1 column first.

    Raises
    ------
    DataError
        A constant column.

    Notes
    -----
    t = (x - min) / (max - min), of a cost (max - x) / (max - min); S_i = sum_j w_j t_ij, P_i = sum_j t_ij^w_j; k_a =
    (P_i + S_i) / sum_l (P_l + S_l), k_b = S_i / min S + P_i / min P, k_c = (share S_i + (1 - share) P_i) / (share max
    S + (1 - share) max P); y = (k_a k_b k_c)^(1/3) + (k_a + k_b + k_c) / 3. A row with gaps is measured over the
    columns it has, reweighted, and its P taken as many times as columns are asked for.

    Variants: a row that is the worst in every column, where the source would divide by 0 and other software gives
    infinity, scores 0 here, and the least S and P are those of the other rows.

    Source: Yazdani, Zarate, Zavadskas & Turskis 2019 (Management Decision 57). Proof: the source's seven robots (to the
    rounding of its printed steps), and a slow formula.

    **Symbols.** S: weighted sum; P: sum of powers; t: where a value lies in the range of its column, 0..1; a, b, c:
    the three compromises; lambda: share of the weighted sum.

    **When to use.** What one is asked for is CoCoSo; else `waspas` has sum and product without the rest.

    **Pitfalls.** k_b divides by the least S: a row that is near the worst everywhere inflates all other scores. k_a
    falls with each row that is added, so scores of two runs do not compare.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.cocoso([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]).round(4)
    array([1.5466, 1.5466, 3.0933])
    """
    x, cost = _shared.split_costs(x, direction)
    s, p = _cocoso_sums(x, cost, w)
    a = (p + s) / (p + s).sum(axis=-1, keepdims=True)
    b = s / _least(s) + p / _least(p)
    c = share * s + (1 - share) * p
    c = c / (share * s.max(axis=-1, keepdims=True) + (1 - share) * p.max(axis=-1, keepdims=True))
    return np.asarray(np.cbrt(a * b * c) + (a + b + c) / 3)
