"""Weights from pairwise judgements, as a word in the spec of an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, Literal

import numpy as np

from hengdian_index._methods.decorators import weighting
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.ahp import Priorities, group, priorities, verdict
from hengdian_index.ahp._judgements import Judgements, few, note_beyond, read_one
from hengdian_index.ahp.completion import fill
from hengdian_index.errors import SpecError, raise_all
from hengdian_index.log import journal, note
from hengdian_index.weights import _judgements


def _without(options: dict[str, Any], columns: Sequence[Any], gone: Set[Any]) -> dict[str, Any]:
    """Return the judgements among the items that are left, of each person."""
    items = options.get("items")
    left = {**options, "matrix": group.without(options["matrix"], items or columns, gone)}
    return left if items is None else {**left, "items": [name for name in items if name not in gone]}


def _consistency(options: Mapping[str, Any], columns: Sequence[Any]) -> list[tuple[Any, Priorities]]:
    """Return how consistent each person's judgements are, by name or number, and those of all, under ""."""
    complete = {p.name: options.get(p.name, p.default) for p in ahp.method.options.values()}
    how = {"method": complete["solver"], "random_index": complete["random_index"]}
    with journal():
        people = _people(options["matrix"], tuple(complete["items"] or columns))
        found = [(who, priorities(one, **how)) for who, one in people.items() if who != ""]
        whole = people if "" in people or complete["how"] == "aij" else _completed(people, complete["solver"])
        return [*found, ("", priorities(_pooled(whole, complete["shares"]), **how))]


@weighting(
    sees="judgement",
    without=_without,
    consistency=_consistency,
    formula=lambda solver, **_: {
        "eigenvector": r"A w = \lambda_{\max} w",
        "geometric": r"w_j \propto \left(\prod_l a_{jl}\right)^{1/k}",
        "arithmetic": r"w_j = \frac{1}{k} \sum_l \frac{a_{jl}}{\sum_m a_{ml}}",
    }[solver],
    chinese="层次分析法（AHP）",
)
def ahp(
    matrix: Any,
    *,
    items: Any = None,
    solver: Literal["eigenvector", "geometric", "arithmetic"] = "eigenvector",
    random_index: Any = "saaty",
    inconsistent: Literal["raise", "note"] = "raise",
    how: Literal["aij", "aip"] = "aij",
    shares: Any = None,
) -> tuple[tuple[Any, ...] | None, Array]:
    r"""Weights from a pairwise comparison matrix, or one from each of several people (analytic hierarchy process).

    Parameters
    ----------
    matrix : table, nested list or mapping of mappings, or a list of these
        Judgements as `hi.ahp.priorities` takes them: numbers or fractions as text, one triangle is enough. Of several
        people: a list of matrices (they are called expert 1, expert 2 ...) or a mapping person -> matrix, combined as
        by `hi.ahp.combine`. Pairs that were not asked are completed from the person's other judgements, with a line in
        the log, but for several people under "aij": refused. Judgements beyond 1/9 to 9 get a line in the log.
    items : sequence of names, optional
        What the rows of a nested list stand for; without it, the children of the group in their order.
    solver : {"eigenvector", "geometric", "arithmetic"}
        How the priorities are found.
    random_index : str or float
        Table (or number) for the consistency ratio.
    inconsistent : {"raise", "note"}
        Refuse judgements that contradict each other (CR of 0.1 or more), or go on with a line in the log: those of each
        person, and under "aij" those of the group.
    how : {"aij", "aip"}
        Of several people: combine judgements, or each one's priorities.
    shares : sequence, or mapping by person, optional
        Of several people: how much each counts (equal).

    Raises
    ------
    SpecError
        An inconsistent matrix; the message gives the consistency ratio and the judgement to look at. Shares with one
        matrix.

    Notes
    -----
    Source and proof: `hi.ahp.priorities`, `hi.ahp.combine`.

    **Symbols.** A, a: judgements, how much more item j matters than item l; \lambda: largest eigenvalue of A; k: number
    of items; j, l, m: items.

    **When to use.** Judgements of few items, up to about nine, by people who can compare pairs, with a measure of how
    far the judgements contradict each other.

    **Pitfalls.** The scale from 1 to 9 and the limit CR < .1 are conventions: a small CR says that judgements agree
    with each other, not that they are right. k items need k (k - 1) / 2 comparisons.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.ahp({"quality": {"price": 3}})
    quality    0.75
    price      0.25
    Name: weight, dtype: float64
    """
    several = group.is_several(matrix)
    if shares is not None and not several:
        raise SpecError(Said("ahp: shares say how much each person counts: give a list of matrices with them"))
    names = None if items is None else _judgements.named(items, joined(["ahp", "items"], "heads"))
    people = _people(matrix, names or None)
    for who, one in people.items():
        if one.missing and not (several and how == "aij"):
            pairs = Said("not compared, completed from the others: {pairs}", pairs=few(one.holes))
            note("weights", _about(who, pairs, several))
    judged = {**people, "": _pooled(people, shares)} if how == "aij" else people
    how_solved = {"method": solver, "random_index": random_index}
    found = {who: priorities(one, **how_solved) for who, one in judged.items()}
    contrary = [who for who, one in found.items() if not one.consistent]
    _answer([_about(who, verdict(judged[who], **how_solved), several) for who in contrary], inconsistent)
    weights = found[""].weights if "" in found else group.combine(people, how=how, shares=shares, method=solver)
    return next(iter(people.values())).names, np.asarray(weights, dtype=np.float64)


def _people(matrix: Any, names: tuple[Any, ...] | None) -> dict[Any, Judgements]:
    """Return each person's judgements by name or number, those of one alone under ""; nested lists by their names."""
    if not group.is_several(matrix):
        alone = read_one(_named(matrix, names))
        note_beyond(alone)
        return {"": alone}
    return group.same_items(group.read_people(matrix, lambda one: read_one(_named(one, names))))


def _pooled(people: Mapping[Any, Judgements], shares: Any) -> Judgements:
    """Return the judgements of all as one matrix: those of one alone, or the geometric means."""
    if "" in people:
        return people[""]
    mean = np.asarray(group.combine(people, shares=shares), dtype=np.float64)
    return Judgements(mean, next(iter(people.values())).names)


def _completed(people: Mapping[Any, Judgements], solver: str) -> dict[Any, Judgements]:
    """Return everyone's judgements with the pairs that were not asked filled in."""
    by = "geometric" if solver == "geometric" else "eigenvector"
    return {who: Judgements(fill(one, by), one.names) for who, one in people.items()}


def _about(who: Any, why: Said, several: bool) -> Said:
    """Return what is said about someone's judgements, with whose they are."""
    if who == "" and not several:
        return joined(["ahp", why], "heads")
    return joined(["ahp", group.called(who) if who != "" else Said("the group's judgements"), why], "heads")


def _answer(doubts: Sequence[Said], inconsistent: str) -> None:
    """Refuse or note the matrices that contradict themselves."""
    if inconsistent == "raise":
        raise_all(SpecError, [Said("{doubt}; correct it, or inconsistent = 'note'", doubt=doubt) for doubt in doubts])
    for doubt in doubts:
        note("weights", doubt)


def _named(matrix: Any, names: tuple[Any, ...] | None) -> Any:
    """Return a nested list of judgements as a mapping of mappings, so that messages can name them."""
    if names is None or isinstance(matrix, (Mapping, Judgements)) or hasattr(type(matrix), "columns"):
        return matrix
    rows = [list(row) for row in matrix]
    if any(len(row) != len(names) for row in rows) or len(rows) != len(names):
        raise SpecError(
            Said(
                "ahp: the matrix has {rows} for {items} {names}",
                rows=Said.of(len(rows), "{n} row", "{n} rows"),
                items=Said.of(len(names), "{n} item", "{n} items"),
                names=list(names),
            )
        )
    return {name: dict(zip(names, row, strict=True)) for name, row in zip(names, rows, strict=True)}
