"""Aggregations by distance from a best point: TOPSIS, VIKOR, grey relation, the Wroclaw taxonomy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Unpack

import numpy as np

from hengdian_index._maths.blocks import column_sum, each_block, power_of_two
from hengdian_index._maths.means import shared_weights, weighted_sum
from hengdian_index._maths.stats import Range
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE, same, settled
from hengdian_index._words.said import Said, joined
from hengdian_index.aggregate import _shared
from hengdian_index.errors import DataError

_LENGTHLESS = Said("all values are 0, so the column has no length to divide by; leave it out, or norm='none'")
_CONSTANT = Said("constant over the rows compared; leave it out")
_NO_SPREAD = Said("no column tells the rows compared apart, so there is no distance")


@dataclass(frozen=True, slots=True)
class Topsis:
    """Closeness of each row to the best point, and what it was computed from.

    Attributes
    ----------
    scores : Series or array (n,)
        Closeness, 0..1.
    to_best, to_worst : Series or array (n,)
        Distances to the best and to the worst point.
    norm, form : str
        The variant that gave them.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.topsis([[1.0, 2.0], [3.0, 4.0], [2.0, 4.0]], norm="min_max", details=True)
    >>> found.scores.round(3)
    array([0.   , 1.   , 0.691])
    """

    scores: Any = field(metadata={"axis": "rows"})
    to_best: Any = field(metadata={"axis": "rows"})
    to_worst: Any = field(metadata={"axis": "rows"})
    norm: str
    form: str


class Conditions(NamedTuple):
    """Whether the best row leads by 1 / (n - 1), and whether it is best by S or by R too."""

    advantage: bool
    stability: bool


@dataclass(frozen=True, slots=True)
class Vikor:
    """Scores 1 - Q of each row, what they were computed from, and what the method decides.

    Attributes
    ----------
    scores : Series or array (n,)
        1 - Q.
    s, r, q : Series or array (n,)
        Group utility, individual regret and Q; small is good.
    conditions : Conditions
        `advantage`: the best row leads by 1 / (n - 1); `stability`: it is best by S or by R too.
    compromise : tuple
        The rows among which the method does not decide, best first: one if both conditions hold.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.vikor([[1.0, 2.0], [3.0, 4.0], [2.0, 4.0]], details=True)
    >>> found.scores.round(3), found.compromise
    (array([0.   , 1.   , 0.625]), (1, 2))
    """

    scores: Any = field(metadata={"axis": "rows"})
    s: Any = field(metadata={"axis": "rows"})
    r: Any = field(metadata={"axis": "rows"})
    q: Any = field(metadata={"axis": "rows"})
    conditions: Conditions
    compromise: tuple[Any, ...] = field(metadata={"axis": "order"})


def _topsis_figures(row: Row) -> Iterator[Figure]:
    """Yield the distances from the best and the worst point, and the share of the second in both."""
    x = _shared.turned(row.among, row.directions(row.options["direction"]), row.known)
    among = _shared.known(x, row.known)
    low, high = (end[0] for end in _shared.ends(among))
    z = np.clip(x[row.place], low, high)
    divisors = {"vector": np.sqrt(np.nansum(among**2, axis=0)), "min_max": high - low, "none": np.ones(len(z))}
    known = {"z": z, "length": divisors[row.options["norm"]]}
    known["factor"] = row.w if row.options["form"] == "w" else np.sqrt(row.w)
    distance = "sum(((end - z) * factor / length) ** 2) ** 0.5"
    best = Figure.of(Said("distance from the best point"), distance, end=high, **known)
    worst = Figure.of(Said("distance from the worst point"), distance, end=low, **known)
    yield from (best, worst)
    share = Said("share of the distance from the worst")
    yield Figure.of(share, "worst / (best + worst)", worst=worst.value, best=best.value)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    per_column={"direction": 1},
    normalised={"norm": "none"},
    refers=True,
    words=_shared.REFERENCE_WORDS,
    figures=_topsis_figures,
    formula=lambda form, **_: (
        r"y = \frac{d^-}{d^+ + d^-}, \quad d^{\pm} = |v - v^{\pm}|, \quad v_j = "
        + {"w": "w_j", "sqrt": r"\sqrt{w_j}"}[form]
        + r"\,\frac{z_j}{\mathrm{norm}_j}, \quad v^+_j = \max_i v_{ij}, \quad v^-_j = \min_i v_{ij}"
    ),
    chinese="TOPSIS法（优劣解距离法）",
)
def topsis(
    x: Array,
    w: Array,
    /,
    *,
    norm: Literal["vector", "min_max", "none"] = "vector",
    form: Literal["w", "sqrt"] = "w",
    direction: Any = 1,
    reference: Any = None,
    details: bool = False,
    **shared: Unpack[Scoring],
) -> Any:
    """TOPSIS closeness of each row: near the best point and far from the worst, from 0 to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators. Rows are compared with each other: another row may change every score.
    w : weights (k,), optional
    norm : {"vector", "min_max", "none"}
        What the columns are divided by first: their Euclidean length (Hwang & Yoon), their range (the default of some
        packages: another winner), nothing (the default inside an index that normalises its columns itself).
    form : {"w", "sqrt"}
        "w": columns are multiplied by w, so squared gaps weigh w^2 (Hwang & Yoon). "sqrt": squared gaps weigh w.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        A cost keeps its values and swaps its ideals, the same as feeding -x; turning it into 1/x first changes the
        scores in the third digit. A target or an interval becomes a 0..1 column (1 where best) before the norm.
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. Values beyond their ends count as at them.
    details : bool
        Return the distances too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.to_best`, `.to_worst`, `.norm`, `.form`

    Raises
    ------
    DataError
        A column without length or range; rows that are all alike.

    Notes
    -----
    v = w z / |z|; d+ and d- the Euclidean distances of a row from the column-wise best and worst v; C = d- / (d+ +
    d-). A row with gaps is measured over the columns it has.

    Source: Hwang & Yoon 1981. Proof: Tzeng & Huang 2011 (plain), the graduate school example (interval and cost).

    **When to use.** A choice among rows that are given: near the best point and far from the worst.

    **Pitfalls.** A row that joins or leaves may turn the order of two others round, and `norm` is a choice that moves
    it, too. Scores of two sets of rows cannot be compared.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.topsis([[3.0, 0.0], [4.0, 3.0], [0.0, 4.0]]).round(3)
    array([0.421, 0.833, 0.5  ])
    """
    x, m = _shared.beside(x, reference, "topsis")
    turned, seen = _scaled(x, direction, norm, m)
    low, high = seen.lo[..., np.newaxis, :], seen.hi[..., np.newaxis, :]
    length = _length(_shared.known(turned, m), low, high, w, norm)
    whole = bool((seen.n == x.shape[-2]).all()) if m == 0 else not np.isnan(x).any()
    turned = np.clip(turned, low, high)[..., m:, :] if m else turned

    def distances(part: Array) -> tuple[Array, Array]:
        weights = w[..., np.newaxis, :] if whole else shared_weights(part, w)
        factor = (weights**2 if form == "w" else weights) / length**2
        return _distance(high - part, factor), _distance(part - low, factor)

    found = zip(*each_block(distances, _shared.stretched(turned, w)), strict=True)
    to_best, to_worst = (np.concatenate(parts, axis=-1) for parts in found)
    _shared.refuse_rows(to_best + to_worst == 0, _NO_SPREAD)
    scores = to_worst / (to_best + to_worst)
    return Topsis(scores, to_best, to_worst, norm, form) if details else scores


def _vikor_figures(row: Row) -> Iterator[Figure]:
    """Yield the mean and the largest loss, and both between the least and the largest among the rows."""
    v, among = float(row.options["v"]), _shared.known(row.whole, row.known)
    low, high = (end[0] for end in _shared.ends(among))
    losses = shared_weights(row.whole, row.asked) * (high - row.whole) / np.where(high > low, high - low, 1.0)
    known: dict[str, Any] = {"w": row.w, "z": row.z, "low": low[row.there], "high": high[row.there]}
    score = "1"
    for name, share, over, what, of_rows in (
        ("s", v, "sum", Said("loss on the whole, S"), np.nansum(losses, axis=1)),
        ("r", 1 - v, "max", Said("largest loss, R"), np.nanmax(losses, axis=1)),
    ):
        yield (found := Figure.of(what, f"{over}(w * (high - z) / (high - low))", **known))
        compared = of_rows[: row.known or None]
        least, most = float(compared.min()), float(compared.max())
        if most - least > TOLERANCE:
            score += f" - {name}_share * ({name} - {name}_least) / ({name}_most - {name}_least)"
            known |= {f"{name}_share": share, name: found.value, f"{name}_least": least, f"{name}_most": most}
    yield Figure.of(Said("1 less S and R between the least and the largest of the rows"), score, **known)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    refers=True,
    words=_shared.REFERENCE_WORDS,
    check=lambda v, **_: [] if 0 <= v <= 1 else [Said("v: a number from 0 to 1, not {v:g}", v=v)],
    figures=_vikor_figures,
    formula=(
        r"y = 1 - v\,\frac{S - S^*}{S^- - S^*} - (1 - v)\,\frac{R - R^*}{R^- - R^*}, \quad S = "
        r"\sum_j w_j u_j, \quad R = \max_j w_j u_j, \quad u_j = \frac{\max_j - z_j}{\max_j - "
        r"\min_j}"
    ),
    chinese="VIKOR法（多准则妥协解）",
)
def vikor(
    x: Array, w: Array, /, *, v: float = 0.5, reference: Any = None, details: bool = False, **shared: Unpack[Scoring]
) -> Any:
    """VIKOR compromise of each row: 1 where it is best both on the whole and in its worst column, down to 0.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, larger better; every column is divided by its range. Rows are compared with each other.
    w : weights (k,), optional
    v : float in 0..1
        How much the whole (S) counts against the worst column (R).
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. A row better than all of these may score above 1.
    details : bool
        Return S, R, Q, the two acceptance conditions and the compromise set too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.s`, `.r`, `.q`, `.conditions`, `.compromise`

    Raises
    ------
    DataError
        A constant column.

    Notes
    -----
    S = sum_j w_j u_j and R = max_j w_j u_j with u = (best - x) / (best - worst); Q = v (S - S*) / (S- - S*) + (1 - v)
    (R - R*) / (R- - R*), * the least and - the largest among the rows; a part whose values are all equal counts 0. The
    source ranks by small Q; the score is 1 - Q. Conditions: the second row's Q is at least 1 / (n - 1) above the
    first's; the first is also best by S or by R. A row with gaps is measured over the columns it has.

    Source: Opricovic 1998; Opricovic & Tzeng 2004 (European Journal of Operational Research 156). Proof: its laws and
    a slow formula.

    **When to use.** A compromise between being good on the whole (S) and having no very bad column (R).

    **Pitfalls.** A row that joins or leaves may turn the order of two others round. v is a choice; the two conditions
    of the source (`details`) say whether the first place is safe.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.vikor([[0.0, 1.0], [1.0, 0.5], [0.5, 0.0]])
    array([0.25, 1.  , 0.  ])
    """
    x, m = _shared.beside(x, reference, "vikor")
    low, high = _shared.ends(_shared.known(x, m))
    _shared.refuse_columns(high == low, w, _CONSTANT)
    half = np.where(high > low, high / 2 - low / 2, 1.0)
    terms = shared_weights(x, w) * ((high / 2 - x / 2) / half)
    s, r = np.nansum(terms, axis=-1), np.fmax.reduce(terms, axis=-1)
    q = v * _from_least(s, m) + (1 - v) * _from_least(r, m)
    s, r, q = (part[..., m:] for part in (s, r, q))
    return Vikor(1 - q, s, r, q, *_verdict(s, r, q)) if details else 1 - q


def _grey_relational_figures(row: Row) -> Iterator[Figure]:
    """Yield the distances from the reference, and their weighted grades."""
    of_rows = row.options["reference"] is None
    reference = _shared.ends(row.whole)[1][0] if of_rows else row.option("reference", np.nan)
    d = np.abs(row.whole - reference)
    known = {"least": float(np.nanmin(d)), "rho": float(row.options["rho"]), "most": float(np.nanmax(d))}
    own = d[row.place, row.there]
    for child, end, z in zip(row.children, reference[row.there].tolist(), row.z.tolist(), strict=True):
        far, near = max(end, z), min(end, z)
        yield Figure.of(Said("distance of {child} from the reference", child=child), "far - near", far=far, near=near)
    if known["most"] == 0:
        yield Figure.of(Said("every row is the reference"), "y", y=1.0)
        return
    grades = Said("grades, from the least and the largest distance of all rows")
    yield Figure.of(grades, "sum(w * ((least + rho * most) / (d + rho * most)))", w=row.w, d=own, **known)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    per_column={"reference": None},
    check=lambda rho, **_: [] if 0 < rho <= 1 else [Said("rho: above 0 and at most 1, not {rho:g}", rho=rho)],
    figures=_grey_relational_figures,
    formula=(
        r"y_i = \sum_j w_j \frac{d_{\min} + \rho\,d_{\max}}{d_{ij} + \rho\,d_{\max}}, \quad "
        r"d_{ij} = |z_{ij} - \mathrm{ref}_j|"
    ),
    chinese="灰色关联度",
)
def grey_relational(
    x: Array, w: Array, /, *, rho: float = 0.5, reference: Any = None, **shared: Unpack[Scoring]
) -> Array:
    """Grey relational grade of each row: how closely it follows the reference, from above 0 to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, or series by periods, normalised first: by the mean of each series, by its first value,
        or min-max; the three have different winners. Rows are compared with each other.
    w : weights (k,), optional
    rho : float in 0..1, above 0
        Distinguishing coefficient: the smaller, the wider apart are the grades.
    reference : sequence (k,) or mapping by column, optional
        What the rows are compared with, on the scale of x (the series of another unit); default: the largest value of
        each column.

    Notes
    -----
    d_ij = |x_ij - ref_j|; xi = (dmin + rho dmax) / (d + rho dmax), dmin and dmax over *all* rows and columns; y = sum_j
    w_j xi_ij. All equal to the reference: 1. A row with gaps is compared over the columns it has. With a reference of
    its own, nearer is better, and a larger value need not score higher.

    Source: Deng Julong 1982 (Systems & Control Letters 1). Proof: sectors and gross domestic product, 2000-2005.

    **When to use.** Few rows and no assumption on distributions: how closely each row follows a reference.

    **Pitfalls.** rho and the extreme differences of the whole table decide, so one cell may move all grades.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.grey_relational([[1.0, 0.0], [0.5, 1.0]])
    array([0.66666667, 0.75      ])
    """
    target = _shared.ends(x)[1] if reference is None else _shared.per_column(reference, x.shape[-1], "reference")
    # Differences of numbers this large may be none; only their proportions count.
    half = 0.5 if max(np.fmax.reduce(np.abs(x), axis=None), np.abs(target).max()) > 1e300 else 1.0
    d = np.abs(x * half - target * half)
    most = np.fmax.reduce(d, axis=(-2, -1), keepdims=True)
    d = d / np.where(most > 0, most, 1.0)
    least = np.fmin.reduce(d, axis=(-2, -1), keepdims=True)
    return _shared.present_sum((least + rho) / (d + rho), shared_weights(x, w))


def _wroclaw_figures(row: Row) -> Iterator[Figure]:
    """Yield the distance from the best point, measured by the distances of all rows."""
    among = _shared.known(row.whole, row.known)
    high = _shared.ends(among)[1][0]
    d = np.sqrt(np.nansum((high - among) ** 2 * shared_weights(among, row.asked), axis=1))
    known = {"w": row.w, "high": high[row.there], "z": np.minimum(row.z, high[row.there])}
    yield (own := Figure.of(Said("distance from the best point"), "sum(w * (high - z) ** 2) ** 0.5", **known))
    mean, sd = float(d.mean()), float(d.std(ddof=1))
    yield Figure(Said("mean distance of the rows compared"), "", mean)
    yield Figure(Said("standard deviation of these distances"), "", sd)
    what = Said("1 less the distance over the mean and 2 sd")
    yield Figure.of(what, "1 - d / (mean + 2 * sd)", d=own.value, mean=mean, sd=sd)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=lambda reference, **_: _shared.among_themselves(reference),
    takes_gaps=True,
    refers=True,
    words=_shared.REFERENCE_WORDS,
    figures=_wroclaw_figures,
    formula=r"y_i = 1 - \frac{d_i}{\bar{d} + 2 s_d}, \quad d_i = \sqrt{\sum_j w_j (\max_j - z_{ij})^2}",
    chinese="弗罗茨瓦夫分类法（赫尔维格发展测度）",
)
def wroclaw(x: Array, w: Array, /, *, reference: Any = None, **shared: Unpack[Scoring]) -> Array:
    r"""Wroclaw taxonomy (Hellwig's measure of development) of each row: 1 at the best point, falling with the distance.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, on one scale (distances add their columns). Rows are compared with each other.
    w : weights (k,), optional
        They weigh the squared gaps.
    reference : "fit" or table of rows, optional
        Rows that scores are measured by in place of the rows scored, so that no row changes the score of another: in an
        index "fit", its fit rows, which the fit keeps. Values beyond the best count as at it.

    Raises
    ------
    DataError
        Rows that are all alike.

    Notes
    -----
    d_i = the Euclidean distance of a row from the column maxima; y = 1 - d / (mean d + 2 s_d), s_d with ddof=1. Rarely
    a row far behind falls below 0. Compind returns 1 - y, where small is good. A row with gaps is measured over the
    columns it has.

    Source: Hellwig 1968 (Przeglad Statystyczny 15). Proof: Compind.

    **Symbols.** \bar{d}: mean of the distances; s: their standard deviation.

    **When to use.** Regional and social statistics that rank units by their distance from the best value of every
    column.

    **Pitfalls.** The best point is made of the largest values, so an outlier moves it for all. Correlated columns count
    more than once in the distance.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.wroclaw([[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]).round(3)
    array([1.   , 0.451, 0.451])
    """
    x, m = _shared.beside(x, reference, "wroclaw")
    low, high = _shared.ends(_shared.known(x, m))
    x = np.minimum(x, high)
    most = np.fmax.reduce((high / 2 - low / 2) * (w[..., np.newaxis, :] > 0), axis=-1, keepdims=True)
    d = _distance((high / 2 - x / 2) / np.where(most > 0, most, 1.0), shared_weights(x, w))
    among = d[..., :m] if m else d
    if not (among.max(axis=-1) > 0).all():
        raise DataError(joined(["wroclaw", _NO_SPREAD], "heads"))
    size = among.mean(axis=-1, keepdims=True) + 2 * among.std(axis=-1, ddof=1, keepdims=True)
    return np.asarray(1 - d[..., m:] / size)


def _scaled(x: Array, direction: Any, norm: str, m: int = 0) -> tuple[Array, Range]:
    """Return x with larger better, and the range of its columns, of the first m rows, both divided by a power of two.

    That is 1 unless squares would overflow or vanish; without a norm it is the same for all columns.
    """
    if any(one != 1 for one in _shared.directions(direction, x.shape[-1])):
        x = _shared.turned(x, direction, m)
    seen = Range.of(_shared.known(x, m))
    size = np.fmax(np.abs(seen.lo), np.abs(seen.hi))
    if norm == "none":
        size = np.broadcast_to(np.fmax.reduce(size, axis=-1, keepdims=True), size.shape)
    scale = power_of_two(x, size)
    x = x if (scale == 1).all() else x / scale[..., np.newaxis, :]
    return x, Range(seen.n, seen.lo / scale, seen.hi / scale)


def _length(x: Array, low: Array, high: Array, w: Array, norm: str) -> Array:
    """Return what each column is divided by, (..., 1, k); without a norm, the largest range, which cancels."""
    if norm == "vector":
        squares = np.sum(each_block(lambda part: column_sum(part * part), x), axis=0)[..., np.newaxis, :]
        _shared.refuse_columns((squares == 0) & (low == low), w, _LENGTHLESS)
        return np.where(squares > 0, np.sqrt(squares), 1.0)
    if norm == "min_max":
        _shared.refuse_columns(high == low, w, _CONSTANT)
        return np.where(high > low, high - low, 1.0)
    most = np.fmax.reduce((high - low) * (w[..., np.newaxis, :] > 0), axis=-1, keepdims=True)
    return np.where(most > 0, most, 1.0)


def _distance(gaps: Array, factor: Array) -> Array:
    """Return the Euclidean length of each row (..., n, k), squares times a factor; missing values are left out."""
    squares = np.square(gaps, out=gaps)
    if factor.shape[-2] == 1:
        return np.asarray(np.sqrt(weighted_sum(squares, factor[..., 0, :])))
    return np.asarray(np.sqrt(weighted_sum(np.where(np.isnan(squares), 0.0, squares), factor)))


def _from_least(values: Array, m: int) -> Array:
    """Return where each row's value lies between the least (0) and the largest (1), 0 if all are equal.

    With m these are of the first m rows.
    """
    among = values[..., :m] if m else values
    low, high = among.min(axis=-1, keepdims=True), among.max(axis=-1, keepdims=True)
    apart = ~same(high, low, 1.0)
    return np.where(apart, (values - low) / np.where(apart, high - low, 1.0), 0.0)


def _verdict(s: Array, r: Array, q: Array) -> tuple[Conditions, tuple[int, ...]]:
    """Return the acceptance conditions of the best row, and the rows that share the compromise."""
    if q.ndim > 1:
        raise DataError(Said("vikor: details are of one table (n, k)"))
    s, r, q = (settled(part, 1.0) for part in (s, r, q))
    order = np.argsort(q, kind="stable")
    behind = q[order] - q[order[0]]
    threshold = 1 / (len(q) - 1)
    stable = bool(s[order[0]] == s.min() or r[order[0]] == r.min())
    if behind[1] >= threshold - TOLERANCE:
        return Conditions(True, stable), tuple(order[: 1 if stable else 2].tolist())
    return Conditions(False, stable), tuple(order[behind < threshold - TOLERANCE].tolist())
