"""Aggregations by comparing rows two by two with thresholds: PROMETHEE II and ELECTRE III."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np

from hengdian_index._maths.effort import estimate
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE, largest
from hengdian_index._words.said import Said, joined
from hengdian_index.aggregate import _shared
from hengdian_index.errors import DataError, SpecError, raise_all, shown, suggestion

__all__ = ["Electre", "Promethee", "electre", "promethee"]

# Pairs of rows compared in one go: some such arrays stay in the processor's cache.
_PAIRS = 1 << 17

# Seconds that it takes to compare two rows in one column: by a preference, and by agreement and veto.
_EACH_PAIR, _EACH_VETO = 2e-8, 1e-7


@dataclass(frozen=True, slots=True)
class Promethee:
    """Flows of each row: how far it is preferred to the others, and they to it.

    Attributes
    ----------
    scores : Series or array (n,)
        Net flow, `positive` less `negative`; the order of PROMETHEE II.
    positive, negative : Series or array (n,)
        Mean preference for the row over the others, and for the others over it, 0..1; both are those of PROMETHEE I.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.promethee([[1.0, 2.0], [3.0, 4.0], [2.0, 6.0]], [2, 1], details=True)
    >>> found.positive.round(3), found.negative.round(3)
    (array([0.   , 0.833, 0.667]), array([1.   , 0.167, 0.333]))
    """

    scores: Any = field(metadata={"axis": "rows"})
    positive: Any = field(metadata={"axis": "rows"})
    negative: Any = field(metadata={"axis": "rows"})


@dataclass(frozen=True, slots=True)
class Electre:
    """Credibility of each row as one that outranks the others, and as one that they outrank.

    Attributes
    ----------
    scores : Series or array (n,)
        Net credibility, `outranks` less `outranked`.
    outranks, outranked : Series or array (n,)
        Sum of the credibility that the row is at least as good as each other row, and that each is as good as it.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.electre([[1.0, 2.0], [3.0, 4.0], [2.0, 6.0]], [2, 1], p=2, details=True)
    >>> found.outranks.round(3), found.outranked.round(3)
    (array([0.333, 1.667, 1.667]), array([2.   , 0.667, 1.   ]))
    """

    scores: Any = field(metadata={"axis": "rows"})
    outranks: Any = field(metadata={"axis": "rows"})
    outranked: Any = field(metadata={"axis": "rows"})


def _usual(d: Array, q: float, p: float, s: float, slack: float) -> Array:
    return (d > slack) * 1.0


def _u_shape(d: Array, q: float, p: float, s: float, slack: float) -> Array:
    return (d > q + slack) * 1.0


def _v_shape(d: Array, q: float, p: float, s: float, slack: float) -> Array:
    return np.clip(d / p, 0.0, 1.0)


def _level(d: Array, q: float, p: float, s: float, slack: float) -> Array:
    return ((d > q + slack) * 1.0 + (d > p + slack)) / 2


def _linear(d: Array, q: float, p: float, s: float, slack: float) -> Array:
    return np.clip((d - q) / (p - q), 0.0, 1.0) if p > q else _u_shape(d, q, p, s, slack)


def _gaussian(d: Array, q: float, p: float, s: float, slack: float) -> Array:
    return np.where(d > 0, -np.expm1(-np.square(np.minimum(d, 40 * s) / s) / 2), 0.0)


# Each function with the thresholds it needs, all above 0, and its formula for d > 0.
_FUNCTIONS: dict[str, tuple[Callable[..., Array], str, str]] = {
    "usual": (_usual, "", r"P(d) = \begin{cases} 1 & d > 0 \\ 0 & d \le 0 \end{cases}"),
    "u_shape": (_u_shape, "q", r"P(d) = \begin{cases} 1 & d > q_j \\ 0 & d \le q_j \end{cases}"),
    "v_shape": (_v_shape, "p", r"P(d) = \min\left(\max\left(\frac{d}{p_j}, 0\right), 1\right)"),
    "level": (
        _level,
        "qp",
        r"P(d) = \begin{cases} 1 & d > p_j \\ \frac{1}{2} & q_j < d \le p_j \\ 0 & d \le q_j \end{cases}",
    ),
    "linear": (_linear, "p", r"P(d) = \min\left(\max\left(\frac{d - q_j}{p_j - q_j}, 0\right), 1\right)"),
    "gaussian": (
        _gaussian,
        "s",
        r"P(d) = \begin{cases} 1 - e^{-d^2 / (2 s_j^2)} & d > 0 \\ 0 & d \le 0 \end{cases}",
    ),
}


def _listed(value: Any) -> list[Any]:
    """Return the values of an option that is one for all columns, or one for each, by position or by name."""
    if isinstance(value, Mapping):
        return list(value.values())
    value = value.tolist() if isinstance(value, np.ndarray) else value
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _word_faults(preference: Any, **_: Any) -> list[Said]:
    words = [one for one in _listed(preference) if not (isinstance(one, str) and one in _FUNCTIONS)]
    return [
        Said("preference: no function {word}{guess}", word=shown(one), guess=suggestion(one, _FUNCTIONS))
        for one in words
    ]


def _thresholds(k: int, given: Mapping[str, Any]) -> dict[str, Array]:
    """Return thresholds as k numbers each, or infinity where there is none; refuse those that are below 0."""
    found = {}
    for name, value in given.items():
        if value is None:
            found[name] = np.full(k, np.inf)
            continue
        value, none = _without_none(value)
        found[name] = np.where(none, np.inf, _shared.per_column(value, k, name))
        below = np.flatnonzero(found[name] < 0)
        own = found[name]
        faults = [
            Said("{name}: of column {column} 0 or more, not {own:g}", name=name, column=j, own=own[j]) for j in below
        ]
        raise_all(SpecError, faults)
    return found


def _without_none(value: Any) -> tuple[Any, Any]:
    """Return thresholds with 0 in the place of those that are None or infinite, and which these are."""
    if not isinstance(value, (list, tuple)):
        return value, False
    none = np.array([one is None or (isinstance(one, float) and one == np.inf) for one in value])
    return [0.0 if absent else one for one, absent in zip(value, none, strict=True)], none


def _rising(limits: Mapping[str, Array], first: str, second: str) -> list[Said]:
    """Return a fault for each column of which the first threshold is above the second."""
    return [_above(limits, first, second, j) for j in np.flatnonzero(limits[first] > limits[second])]


def _above(limits: Mapping[str, Array], first: str, second: str, j: Any) -> Said:
    """Return the fault of a column of which the first threshold is above the second."""
    return Said(
        "{first}, {second}: of column {column} {first} {low:g} is above {second} {high:g}",
        first=first,
        second=second,
        column=j,
        low=limits[first][j],
        high=limits[second][j],
    )


def _worded(preference: Any, k: int) -> list[str]:
    """Return the words of the functions of k columns."""
    words = [preference] * k if isinstance(preference, str) else _listed(preference)
    if len(words) != k:
        raise SpecError(
            Said(
                "{option}: {given} given for {columns}",
                option="preference",
                given=len(words),
                columns=_shared.columns_of(k),
            )
        )
    return words


def _functions(preference: Any, limits: Mapping[str, Array], size: Array) -> list[Callable[[int, Array], Array]]:
    """Return the preference of one value over another in each column as a function of their difference."""
    k = len(size)
    words, faults = _worded(preference, k), list[Said]()
    for j, word in enumerate(words):
        needed = [name for name in _FUNCTIONS[word][1] if not limits[name][j] > 0]
        faults += [
            Said(
                "{name}: column {column} has the function {word!r} and needs a {name} above 0",
                name=name,
                column=j,
                word=word,
            )
            for name in needed
        ]
        if word in ("level", "linear") and limits["q"][j] > limits["p"][j] > 0:
            faults.append(_above(limits, "q", "p", j))
    raise_all(SpecError, [joined(["promethee", fault], "heads") for fault in faults])
    slack = TOLERANCE * size

    def function(j: int, d: Array) -> Array:
        q, p, s = (float(limits[name][j]) for name in "qps")
        return _FUNCTIONS[words[j]][0](d, q, p, s, float(slack[j]))

    return [function] * k


def _blocks(x: Array) -> Iterator[slice]:
    """Yield the rows (n, k) in blocks that are compared with all rows in one go."""
    step = max(1, _PAIRS // max(1, len(x)))
    for start in range(0, len(x), step):
        yield slice(start, min(start + step, len(x)))


def _both(x: Array, w: Array, rows: slice) -> Array | float:
    """Return the weight of the columns that rows a and rows b have both, (a, b); 1 without gaps, and where none is."""
    there = ~np.isnan(x)
    if there.all():
        return 1.0
    both = (there[rows] * w) @ there.T.astype(np.float64)
    return np.where(both > 0, both, 1.0)


def _differences(x: Array, rows: slice, j: int) -> Array:
    """Return by how much rows a lead rows b in a column, (a, b); a missing value is told by NaN."""
    with np.errstate(over="ignore"):
        return np.asarray(x[rows, j, np.newaxis] - x[:, j])


def _each_table(function: Callable[..., tuple[Array, Array]], x: Array, w: Array) -> tuple[Array, Array]:
    """Return a function's two answers for every table (n, k) of x (..., n, k), each (..., n)."""
    x = _shared.stretched(x, w)
    w = np.broadcast_to(w, (*x.shape[:-2], x.shape[-1]))
    out = np.empty((2, *x.shape[:-1]))
    for at in np.ndindex(x.shape[:-2]):
        out[(slice(None), *at)] = function(x[at], w[at])
    return out[0], out[1]


def _flows(x: Array, w: Array, preference: Any, limits: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the positive and the negative flow of each row (n,)."""
    functions = _functions(preference, limits, largest(x))
    plus, minus = np.zeros(len(x)), np.zeros(len(x))
    for rows in _blocks(x):
        both, share = _both(x, w, rows), np.zeros((rows.stop - rows.start, len(x)))
        for j in np.flatnonzero(w > 0).tolist():
            share += w[j] * np.nan_to_num(functions[j](j, _differences(x, rows, j)))
        share /= both
        plus[rows] = share.sum(axis=1)
        minus += share.sum(axis=0)
    others = max(len(x) - 1, 1)
    return plus / others, minus / others


def _promethee_figures(row: Row) -> Iterator[Figure]:
    """Yield the mean preference for the row and against it."""
    x, limits = _shared.turned(row.whole, row.every_direction(row.options["direction"])), {}
    for name in "qps":
        limits[name] = row.option(name, 0.0)
    preference = row.options["preference"]
    if isinstance(preference, Mapping):
        preference = [preference.get(part, "usual") for part in row.parts]
    plus, minus = (float(flow[row.place]) for flow in _flows(x, row.asked, preference, limits))
    yield Figure(Said("mean preference for it over each other row"), "", plus)
    yield Figure(Said("mean preference for each other row over it"), "", minus)
    yield Figure.of(Said("net flow"), "plus - minus", plus=plus, minus=minus)


def _promethee_formula(preference: Any, **_: Any) -> str:
    words = list(dict.fromkeys(_listed(preference)))
    one = _FUNCTIONS[words[0]][2] if len(words) == 1 else r"0 \le P_j(d) \le 1"
    flow = r"y_a = \frac{1}{n - 1} \sum_b \left(\pi_{ab} - \pi_{ba}\right), \quad \pi_{ab} = \sum_j w_j P_j(z_{aj} "
    return flow + r"- z_{bj}), \quad " + one.replace("P(d)", "P_j(d)")


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    per_column={"preference": "usual", "q": 0.0, "p": 0.0, "s": 0.0, "direction": 1},
    check=_word_faults,
    figures=_promethee_figures,
    formula=_promethee_formula,
    chinese="PROMETHEE II法（偏好顺序结构评价法）",
)
def promethee(
    x: Array,
    w: Array,
    /,
    *,
    preference: Any = "usual",
    q: Any = 0.0,
    p: Any = 0.0,
    s: Any = 0.0,
    direction: Any = 1,
    details: bool = False,
    **shared: Unpack[Scoring],
) -> Any:
    """PROMETHEE II net flow of each row: how far it is preferred to the others, less they to it, from -1 to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators. Every row is compared with every other.
    w : weights (k,), optional
    preference : {"usual", "u_shape", "v_shape", "level", "linear", "gaussian"}, or one a column
        How a lead d in a column becomes a preference from 0 to 1: any lead is 1; above q 1; d / p up to 1; above q
        half, above p 1; (d - q) / (p - q) from 0 to 1; 1 - exp(-d^2 / (2 s^2)). They are the source's types I to VI.
    q, p, s : number, sequence (k,) or mapping by column
        Threshold of indifference, of strict preference, and the inflection of the Gaussian, in the unit of x; inside an
        index, of the scores.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        Turns a column so that larger is better first: a cost becomes -x, a target or an interval a 0..1 column.
    details : bool
        Return the positive and the negative flow too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.positive`, `.negative`

    Raises
    ------
    SpecError
        A threshold that a function needs and that is not above 0; q above p.

    Notes
    -----
    pi_ab = sum_j w_j P_j(x_aj - x_bj); y_a = sum_b (pi_ab - pi_ba) / (n - 1). The scores sum to 0; a single row has 0.
    Leads that differ from a threshold by rounding alone equal it. Of two rows with gaps the columns present in both
    count, reweighted; a pair without any adds nothing.

    Variants: PROMETHEE I keeps the two flows apart and leaves rows incomparable: see the details.

    Source: Brans & Vincke 1985 (Management Science 31). Proof: Papathanasiou & Ploskas 2018 and wind farms of Ziemba
    2017 and 2019 (nineteen flows), and a slow count for all six functions.

    **Symbols.** a, b: two rows; pi: preference for a over b; P: preference function; d: lead of a value over another;
    q, p, s: thresholds; n: number of rows.

    **When to use.** Small differences shall not count, large ones not without limit, and thresholds can be given in
    the unit of each indicator.

    **Pitfalls.** The thresholds decide as much as the weights. A row that comes or goes can turn the order of two
    others. "usual" without thresholds counts only who is ahead, as `borda` does.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.promethee([[8.0, 7.0], [5.0, 3.0], [7.0, 5.0]], preference="linear", q=1, p=3)
    array([ 0.625, -0.75 ,  0.125])
    """
    if details and max(x.ndim, w.ndim + 1) > 2:
        raise DataError(Said("promethee: details are of one table (n, k)"))
    x, limits = _shared.turned(x, direction), _thresholds(x.shape[-1], {"q": q, "p": p, "s": s})
    _tell("promethee", x, w, _EACH_PAIR)
    plus, minus = _each_table(lambda table, weights: _flows(table, weights, preference, limits), x, w)
    return Promethee(plus - minus, plus, minus) if details else plus - minus


def _tell(method: str, x: Array, w: Array, each: float) -> None:
    """Say of many rows how long all pairs take."""
    n, k = x.shape[-2:]
    tables = _shared.stretched(x, w).size // max(n * k, 1)
    what = Said("{method} of {rows}, each compared with each,", method=method, rows=_shared.rows_of(n))
    estimate("aggregate", what, 8 * (k + 4) * max(_PAIRS, n), n**2 * k * each * tables, Said("borda needs no pairs"))


def _credibilities(x: Array, w: Array, limits: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the sums of the credibility with which each row (n,) outranks the others, and they it."""
    outranks, outranked = np.zeros(len(x)), np.zeros(len(x))
    slack = TOLERANCE * largest(x)
    for rows in _blocks(x):
        both, counted_in = _both(x, w, rows), np.flatnonzero(w > 0).tolist()
        concordance = np.zeros((rows.stop - rows.start, len(x)))
        doubts = list[Array]()
        for j in counted_in:
            behind = -_differences(x, rows, j)
            q, p, v = (float(limits[name][j]) for name in "qpv")
            agreed = 1 - _linear(behind, q, p, 0.0, float(slack[j]))
            concordance += w[j] * np.where(np.isnan(behind), 0.0, agreed)
            if np.isfinite(v):
                doubts.append(np.nan_to_num(_linear(behind, p, v, 0.0, float(slack[j]))))
        concordance = np.minimum(concordance / both, 1.0)
        credibility = concordance.copy()
        for doubt in doubts:
            stronger = doubt > concordance
            credibility *= np.where(stronger, (1 - doubt) / np.where(stronger, 1 - concordance, 1.0), 1.0)
        credibility[np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)] = 0.0
        outranks[rows] = credibility.sum(axis=1)
        outranked += credibility.sum(axis=0)
    return outranks, outranked


def _electre_limits(k: int, q: Any, p: Any, v: Any) -> dict[str, Array]:
    """Return the thresholds as k numbers each, each at most the next."""
    limits = _thresholds(k, {"q": q, "p": p, "v": v})
    faults = [*_rising(limits, "q", "p"), *_rising(limits, "p", "v")]
    raise_all(SpecError, [joined(["electre", fault], "heads") for fault in faults])
    return limits


def _electre_figures(row: Row) -> Iterator[Figure]:
    """Yield the credibility for the row and against it."""
    x = _shared.turned(row.whole, row.every_direction(row.options["direction"]))
    limits = {name: row.option(name, np.inf if name == "v" else 0.0) for name in "qp"}
    limits["v"] = np.full(len(row.parts), np.inf) if row.options["v"] is None else row.option("v", np.inf)
    own, other = (float(one[row.place]) for one in _credibilities(x, row.asked, limits))
    yield Figure(Said("credibility that it outranks each other row, summed"), "", own)
    yield Figure(Said("credibility that each other row outranks it, summed"), "", other)
    yield Figure.of(Said("net credibility"), "own - other", own=own, other=other)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    per_column={"q": 0.0, "p": 0.0, "v": np.inf, "direction": 1},
    figures=_electre_figures,
    formula=(
        r"y_a = \sum_b \left(\sigma_{ab} - \sigma_{ba}\right), \quad \sigma_{ab} = C_{ab} \prod_{j : d_j > C_{ab}} "
        r"\frac{1 - d_j}{1 - C_{ab}}, \quad C_{ab} = \sum_j w_j c_j, \quad c_j = \min\left(\max\left(\frac{p_j - u_j}"
        r"{p_j - q_j}, 0\right), 1\right), \quad d_j = \min\left(\max\left(\frac{u_j - p_j}{v_j - p_j}, 0\right), 1"
        r"\right), \quad u_j = z_{bj} - z_{aj}"
    ),
    chinese="ELECTRE III法（消去与选择转换法）",
)
def electre(
    x: Array,
    w: Array,
    /,
    *,
    q: Any = 0.0,
    p: Any = 0.0,
    v: Any = None,
    direction: Any = 1,
    details: bool = False,
    **shared: Unpack[Scoring],
) -> Any:
    """ELECTRE III net credibility of each row: that it is as good as the others, less that they are as good as it.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators. Every row is compared with every other.
    w : weights (k,), optional
    q, p : number, sequence (k,) or mapping by column
        Behind by up to q is as good, by p or more is worse, in the unit of x; inside an index, of the scores. Both 0:
        whatever is behind is worse.
    v : number, sequence (k,) or mapping by column, optional
        Veto: behind by v or more in this column alone a row is not as good, whatever the others say. Default: none, as
        for a column that a mapping leaves out or a sequence has None for.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        Turns a column so that larger is better first: a cost becomes -x, a target or an interval a 0..1 column.
    details : bool
        Return the sums of credibility for and against each row too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.outranks`, `.outranked`

    Raises
    ------
    SpecError
        Thresholds that are below 0, or not q <= p <= v.

    Notes
    -----
    a is behind b by u_j = x_bj - x_aj. c_j falls from 1 at q_j to 0 at p_j, d_j rises from 0 at p_j to 1 at v_j;
    C_ab = sum_j w_j c_j; sigma_ab = C_ab times (1 - d_j) / (1 - C_ab) for every j with d_j > C_ab; y_a = sum_b
    (sigma_ab - sigma_ba). The scores sum to 0. Of two rows with gaps the columns present in both count, reweighted; a
    pair without any adds nothing.

    Variants: the source ranks by two distillations of the credibilities, which leave rows incomparable; the net flow is
    the usual complete order, and needs no cutting level.

    Source: Roy 1978 (Cahiers du Centre d'Etudes de Recherche Operationnelle 20). Proof: a slow count, and by hand.

    **Symbols.** a, b: two rows; sigma: credibility that a is as good as b; C: concordance; c, d: agreement and
    discordance of a column; u: how far a is behind b in it; q, p, v: thresholds.

    **When to use.** Some shortfalls must not be made good by anything, which a veto says, and small differences are no
    differences.

    **Pitfalls.** Thresholds are the same however large the values are; the source lets them grow with the values. A
    row that comes or goes can turn the order of two others.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.electre([[8.0, 7.0], [5.0, 3.0], [7.0, 5.0]], q=1, p=3, v=6)
    array([ 1.25, -1.5 ,  0.25])
    """
    if details and max(x.ndim, w.ndim + 1) > 2:
        raise DataError(Said("electre: details are of one table (n, k)"))
    x, limits = _shared.turned(x, direction), _electre_limits(x.shape[-1], q, p, v)
    _tell("electre", x, w, _EACH_VETO)
    outranks, outranked = _each_table(lambda table, weights: _credibilities(table, weights, limits), x, w)
    return Electre(outranks - outranked, outranks, outranked) if details else outranks - outranked
