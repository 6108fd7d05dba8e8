"""Weights that people give: equal, as they are, from points, an order of importance, steps down such an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Literal

import numpy as np

from hengdian_index._methods.decorators import unit_sum, weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.cells import CELLS
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array, Labelled, read_labelled, row_label, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, SpecError, raise_all, shown
from hengdian_index.weights import _judgements
from hengdian_index.weights._judgements import Names

_SHARES = joined(["budget", "shares"], "heads")


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    learns=False,
    formula=r"w_j = \frac{1}{k}",
    chinese="等权",
)
def equal(x: Sample) -> Array:
    """Equal weights, 1/k each.

    Within an index they are equal within each group; equal over all leaves is another choice. Proof: TAI (Table 38).

    Notes
    -----
    **When to use.** Nothing known says that one indicator matters more: the default of most published indexes, and the
    case that others are compared with.

    **Pitfalls.** Equal weights are not equal influence: what two correlated indicators share counts twice
    (`hi.weights.effective`), and an indicator of a large group weighs less than one of a small group.

    Source: OECD/JRC Handbook (2008), step 6.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.equal([[1.0, 5.0], [2.0, 3.0]])
    array([0.5, 0.5])
    """
    return np.full((*x.leading, x.k), 1 / x.k)


@weighting(
    sees="judgement",
    by_column=("values",),
    formula=r"w_j = \frac{v_j}{\sum_l v_l}",
    chinese="给定权重",
)
def fixed(values: Any, *, left_of: str | None = None) -> tuple[tuple[Any, ...] | None, Array]:
    """Weights as given, rescaled to sum 1.

    Parameters
    ----------
    values : mapping or Series by name, or sequence (k,)
        Numbers of 0 or more, not all 0. A sum other than 1 is rescaled, with a line in the log.
    left_of : str, optional
        Method whose weights of the parts that stay these are; `Index.replace` says so where it takes out a part that
        the judgements cannot do without. It is said in the method statement and changes no weight.

    Raises
    ------
    SpecError
        What is neither a mapping nor a sequence (a set has no order); negative or missing numbers, or all 0 (some
        tools accept (-1, 2, 3) and (0, 0, 0)).

    Notes
    -----
    Proof: its laws.

    **Symbols.** v: numbers given; l: any column.

    **When to use.** Weights come from law, agreement, publication or shares of expenditure.

    **Pitfalls.** They say what was decided, not what an indicator moves. Keep the reason beside the number.

    Source: OECD/JRC Handbook (2008), step 6.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.fixed([1, 3])
    array([0.25, 0.75])
    """
    plain = isinstance(values, (str, bytes, set, frozenset)) or not hasattr(values, "__iter__")
    if plain or getattr(values, "ndim", 1) == 0:
        raise SpecError(
            Said("fixed: weights by name in a mapping or Series, or in order in a list, not {values!r}", values=values)
        )
    names = tuple(values.keys()) if hasattr(values, "keys") else None
    given = [one for _, one in values.items()] if names else values if hasattr(values, "ndim") else list(values)
    try:
        numbers = floats(given)
    except (TypeError, ValueError):
        wrong = joined([Said("{at} is {value}", at=at, value=shown(value)) for at, value in _not_numbers(names, given)])
        raise SpecError(
            Said("fixed: each must be a number of 0 or more, not {given}: {wrong}", given=shown(given), wrong=wrong)
        ) from None
    if numbers.ndim != 1:
        raise SpecError(Said("fixed: one set of weights, not an array of shape {shape}", shape=numbers.shape))
    return names, unit_sum(numbers, len(given), "fixed", names)


def _not_numbers(names: tuple[Any, ...] | None, given: list[Any]) -> list[tuple[Said, Any]]:
    """Return the values that are no numbers, each with how a message calls its place."""
    found = []
    for at, value in enumerate(given):
        try:
            floats([value])
        except (TypeError, ValueError):
            called = Said("{name!r}", name=names[at]) if names else Said("number {number}", number=at + 1)
            found.append((called, value))
    return found


def _budget_without(options: dict[str, Any], columns: Sequence[Any], gone: Set[Any]) -> dict[str, Any]:
    """Return the allocations without what was given to some columns; each expert's other points stay."""

    def left(points: Any) -> Any:
        if isinstance(points, Mapping):
            kept = {name: part for name, part in points.items() if name not in gone}
            return {name: left(part) if isinstance(part, Mapping) else part for name, part in kept.items()}
        if any(isinstance(part, (list, tuple, Mapping)) for part in points):
            return [left(part) for part in points]
        return [part for name, part in zip(columns, points, strict=True) if name not in gone]

    return {**options, "allocations": left(options["allocations"])}


@weighting(
    sees="judgement",
    without=_budget_without,
    formula=r"w_j = \sum_e s_e \frac{a_{ej}}{\sum_l a_{el}}",
    chinese="预算分配法",
)
def budget(allocations: Any, *, shares: Any = None) -> tuple[Names, Array]:
    """Budget-allocation weights: each expert's points as shares of a whole, averaged over the experts.

    Parameters
    ----------
    allocations : table or array (experts, indicators), or mapping expert -> {indicator: points}, or list of mappings
        Points of 0 or more; experts need not hand out the same total. One mapping {indicator: points} is one expert.
    shares : sequence (experts,) or mapping by expert, optional
        How much each expert counts; equal by default.

    Raises
    ------
    DataError
        A negative or missing number of points (write 0), an expert who gave none.
    SpecError
        Shares that do not fit the experts.

    Notes
    -----
    w = sum_e s_e a_e / sum_j a_ej. Dividing by the expert's own total first keeps one who hands out 1000 points from
    outvoting nine who hand out 100. Source: OECD/JRC Handbook (2008), step 6. Proof: its laws.

    **Symbols.** e: an expert; s: share of the expert, equal unless given; a: points; l: any column.

    **When to use.** A panel that knows the field hands out 100 points: quick, and easy to explain for up to about ten
    indicators.

    **Pitfalls.** Points are hard to hand out over many indicators and may follow the concerns of the day. The mean
    hides how far the experts disagree.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.budget([{"price": 60, "size": 40}, {"price": 2, "size": 8}])
    price    0.4
    size     0.6
    Name: weight, dtype: float64
    """
    table = _experts(allocations)
    points = table.values
    bad, why = ~(points >= 0), Said("points are 0 or more, with 0 for none")
    faults = [
        Fault(
            Said("budget: {cell}: {points:g}; {why}", cell=table.cell(i[-2], i[-1]), points=points[tuple(i)], why=why),
            kind=(CELLS, i[-1]),
        )
        for i in np.argwhere(bad).tolist()
    ]
    largest = points.max(axis=-1, keepdims=True)
    silent = np.argwhere(largest == 0)
    faults += [
        Fault(Said("budget: {where} gave no points at all", where=row_label(table.source, int(i[-2]))), kind=("rows",))
        for i in silent
    ]
    raise_all(DataError, shortened(faults))
    scaled = np.ldexp(points, -np.frexp(largest)[1])
    each = scaled / scaled.sum(axis=-1, keepdims=True)
    return table.columns, np.einsum("e,...ek->...k", _shares(shares, table), each)


def _rank_order_faults(form: str, p: float | None) -> list[Said]:
    if form != "exponent":
        return [] if p is None else [Said("p belongs to form='exponent', not to {form!r}", form=form)]
    right = p is not None and 0 <= p < np.inf
    return [] if right else [Said("form='exponent' needs p, a number of 0 or more, not {p!r}", p=p)]


def _order_without(options: dict[str, Any], columns: Sequence[Any], gone: Set[Any]) -> dict[str, Any]:
    """Return the order without some names; the others keep theirs."""
    order = options["order"]
    named = isinstance(order, Mapping)
    left = {k: v for k, v in order.items() if k not in gone} if named else [k for k in order if k not in gone]
    return {**options, "order": left}


@weighting(
    sees="judgement",
    without=_order_without,
    check=_rank_order_faults,
    formula=lambda form, **_: {
        "centroid": r"w_r = \frac{1}{k} \sum_{s=r}^{k} \frac{1}{s}",
        "sum": r"w_r = \frac{2 (k + 1 - r)}{k (k + 1)}",
        "reciprocal": r"w_r = \frac{1 / r}{\sum_s 1 / s}",
        "exponent": r"w_r = \frac{(k + 1 - r)^p}{\sum_s s^p}",
    }[form],
    chinese="排序赋权法",
)
def rank_order(
    order: Any,
    *,
    form: Literal["centroid", "sum", "reciprocal", "exponent"] = "centroid",
    p: float | None = None,
) -> tuple[Names, Array]:
    """Weights from an order of importance alone.

    Parameters
    ----------
    order : sequence of names, the most important first; or mapping or Series name -> rank
        Of the ranks only the order counts, 1 is the most important; names of one rank, or in a list within the order
        (`["price", ["size", "place"]]`), share the mean of the weights that their places have.
    form : {"centroid", "sum", "reciprocal", "exponent"}
        "centroid": the mean of all weights that agree with the order. "sum", "reciprocal", "exponent": the weight
        falls with the rank as k + 1 - r, 1/r, (k + 1 - r)^p; all rescaled to sum 1.
    p : float
        Of "exponent" only: 0 gives equal weights, 1 gives "sum", more is steeper.

    Raises
    ------
    SpecError
        A name twice, a rank that is no number, p without "exponent" or "exponent" without p.

    Notes
    -----
    Centroid: w_r = (1/k) sum_{s=r..k} 1/s. Sum: 2 (k + 1 - r) / (k (k + 1)). Reciprocal: (1/r) / sum_s 1/s. Exponent:
    (k + 1 - r)^p / sum_s s^p. Source: Stillwell, Seaver & Edwards 1981 (sum, reciprocal, exponent); Barron & Barrett
    1996 (Management Science 42; centroid). Proof: the centroid for k = 5 (.4567 .2567 .1567 .09 .04), closed forms, the
    corners of the simplex of ordered weights.

    **Symbols.** r, s: rank of a criterion, 1 the most important; k: number of criteria.

    **When to use.** People agree on the order of importance and on nothing more.

    **Pitfalls.** The numbers come from the form, not from people: of five criteria the first gets .46 by the centroid
    and .33 by the sum. With few criteria the first dominates.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.rank_order(["price", "size", "place"], form="sum").round(3).to_dict()
    {'price': 0.5, 'size': 0.333, 'place': 0.167}
    >>> hi.weights.rank_order({"price": 1, "size": 2, "place": 2}, form="sum").to_dict()
    {'price': 0.5, 'size': 0.25, 'place': 0.25}
    """
    names, ranks = _judgements.ranks(order, "rank_order")
    k = len(ranks)
    place = np.arange(1.0, k + 1)
    falling = {
        "centroid": np.cumsum(1 / place[::-1])[::-1],
        "sum": place[::-1],
        "reciprocal": 1 / place,
        "exponent": (place[::-1] / k) ** (p or 0.0),
    }[form]
    _, tie, size = np.unique(ranks, return_inverse=True, return_counts=True)
    shared = np.add.reduceat(falling, np.cumsum(size) - size) / size
    return names, shared[tie] / falling.sum()


def _steps_without(options: dict[str, Any], columns: Sequence[Any], gone: Set[Any]) -> dict[str, Any]:
    """Return the steps down the order without some criteria: a step over one that is gone is the two in one."""
    names, steps = _judgements.values(options["s"], "swara")
    left, passed = dict[Any, Any](), list[float]()
    for name, step in zip(names or columns, np.nan_to_num(steps).tolist(), strict=True):
        passed.append(step)
        if name not in gone:
            left[name] = None if not left else step if len(passed) == 1 else float(np.prod(np.add(passed, 1)) - 1)
            passed.clear()
    return {**options, "s": left}


@weighting(
    sees="judgement",
    by_column=("s",),
    without=_steps_without,
    formula=r"w_j \propto q_j, \quad q_1 = 1, \quad q_j = \frac{q_{j-1}}{1 + s_j}",
    chinese="逐步加权评估比率法（SWARA）",
)
def swara(s: Any) -> tuple[Names, Array]:
    """Step-wise (SWARA) weights: criteria in order of importance, and how far each falls behind the one before it.

    Parameters
    ----------
    s : mapping or Series by name, or sequence (k,)
        From the most to the least important: the comparative importance s_j of the one before over this one, 0 or
        more (.15: more important by 15 %). The first has nothing before it: missing (NaN, None) or 0.

    Raises
    ------
    SpecError
        A negative or missing s, or a number other than 0 for the first.

    Notes
    -----
    q_1 = 1, q_j = q_(j-1) / (1 + s_j), w = q / sum q. Source: Kersuliene, Zavadskas & Turskis 2010 (Journal of Business
    Economics and Management 11). Proof: their example, printed with two digits.

    **Symbols.** s: how far the criterion falls behind the one before.

    **When to use.** People can put criteria in order and say how far each falls behind the one before: k - 1 questions.

    **Pitfalls.** Nothing shows a contradiction, and an error near the top passes to every weight below.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.swara({"price": None, "size": 1.0, "place": 0.0}).to_dict()
    {'price': 0.5, 'size': 0.25, 'place': 0.25}
    """
    names, steps = _judgements.values(s, "swara")
    faults = []
    if not (np.isnan(steps[0]) or steps[0] == 0):
        faults = [
            Said(
                "swara: {where}: {steps:g}, but the first, most important criterion has none before it to be "
                "compared with: leave it missing",
                where=_judgements.place(names, 0),
                steps=steps[0],
            )
        ]
    faults += [
        Said(
            "swara: {where}: {steps:g}; how much more important the one before it is, 0 or more",
            where=_judgements.place(names, j),
            steps=steps[j],
        )
        for j in range(1, len(steps))
        if not 0 <= steps[j] < np.inf
    ]
    raise_all(SpecError, faults)
    fall = np.concatenate([[0.0], np.log1p(steps[1:])]).cumsum()
    return names, np.exp(-fall) / np.exp(-fall).sum()


def _experts(allocations: Any) -> Labelled:
    """Return the points as a table with a row for each expert."""
    one = getattr(allocations, "ndim", 1) == 1
    if one and hasattr(allocations, "keys"):
        each = list(dict(allocations.items()).values())
        several = bool(each) and all(hasattr(points, "keys") for points in each)
        rows, experts = (each, list(allocations.keys())) if several else ([allocations], None)
    elif isinstance(allocations, (list, tuple)) and all(hasattr(points, "keys") for points in allocations):
        rows, experts = list(allocations), None
    else:
        return read_labelled(allocations, vector="row")
    import pandas as pd

    return read_labelled(pd.DataFrame([dict(points.items()) for points in rows], index=experts))


def _shares(shares: Any, table: Labelled) -> Array:
    """Return how much each expert counts (e,), summing to 1; a mapping is matched to the row labels."""
    n = table.values.shape[-2]
    if shares is None:
        return np.full(n, 1 / n)
    names, found = _judgements.values(shares, _SHARES)
    if names is not None:
        labels = tuple(table.source.index) if hasattr(table.source, "iloc") else tuple(range(n))
        whole = (labels, np.empty(n))
        _, (_, found) = _judgements.aligned([whole, (names, found)], [Said("the experts"), _SHARES])
    if len(found) != n:
        raise SpecError(
            Said(
                "budget: shares: {given} given for {experts}",
                given=len(found),
                experts=Said.of(n, "{n} expert", "{n} experts"),
            )
        )
    return unit_sum(found, n, _SHARES)
