"""A hierarchy down to the alternatives: criteria are compared, and under each of them the alternatives."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hengdian_index._tables.cells import single
from hengdian_index._tables.options import floats
from hengdian_index._words.said import Said
from hengdian_index.ahp._judgements import known, note_beyond, read_one
from hengdian_index.ahp._kernels import METHODS
from hengdian_index.ahp.group import is_several
from hengdian_index.ahp.priorities import Priorities, priorities
from hengdian_index.ahp.random_indexes import CONSISTENT_BELOW, chosen_table
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, shown, suggestion
from hengdian_index.log import about, note

__all__ = ["Alternatives", "alternatives"]

_MODES = ("distributive", "ideal")


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """Scores of the alternatives of a hierarchy, and how consistent its judgements are.

    Attributes
    ----------
    scores : Series
        Score of each alternative, sum 1.
    weights : Series
        Weight of each lowest criterion in the whole, sum 1.
    local : DataFrame
        One row an alternative, one column a criterion: its priority there, sum 1 (its share of the best under "ideal").
    consistency : DataFrame
        One row a matrix, criteria first: `n lambda_max ci ri cr consistent`.
    cr : float or None
        Consistency ratio of the whole: the sum of w CI over that of w RI, w the weights of the criteria; None where a
        random index is not known.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.alternatives({"price": {"size": 3}}, {"price": {"A": {"B": 2}}, "size": {"A": {"B": "1/4"}}})
    >>> found.scores.round(3).to_dict(), found.cr
    ({'A': 0.55, 'B': 0.45}, 0.0)
    """

    scores: Any
    weights: Any
    local: Any
    consistency: Any
    cr: float | None


def alternatives(
    criteria: Any,
    judgements: Mapping[Any, Any] | Sequence[Any],
    *,
    method: Literal["eigenvector", "geometric", "arithmetic"] = "eigenvector",
    random_index: str | float | None = "saaty",
    mode: Literal["distributive", "ideal"] = "distributive",
) -> Alternatives:
    r"""Scores of alternatives in a hierarchy: weights of the criteria times the alternatives' priorities under each.

    Parameters
    ----------
    criteria : matrix, mapping criterion -> weight, or mapping parent -> matrix
        Judgements of the criteria (see the module), or their weights. Of several levels one matrix for each parent,
        the goal's first; a parent below it is an item of another's matrix.
    judgements : mapping criterion -> matrix or mapping criterion -> {alternative: number}
        Judgements of the same alternatives under each lowest criterion, matched by name; or numbers of 0 or more, the
        higher the better, which are divided by their sum. A list goes with criteria without names.
    method : {"eigenvector", "geometric", "arithmetic"}
        How weights are found from each matrix; see `priorities`.
    random_index : str, float or None
        As in `priorities`.
    mode : {"distributive", "ideal"}
        "distributive": priorities of sum 1. "ideal": each divided by that of the best under the criterion, so that a
        copy of an alternative cannot turn the order of the others; the scores are brought to sum 1 again.

    Returns
    -------
    Alternatives
        `scores`, `weights`, `local`, `consistency`, `cr`.

    Raises
    ------
    SpecError
        Unknown method, mode or table.
    DataError
        A criterion without judgements, or judgements without a criterion; other alternatives under one; every fault of
        each matrix.

    Notes
    -----
    .. math:: s_i = \sum_c w_c p_{ic}, \quad \mathrm{CR} = \frac{\sum_c w_c \mathrm{CI}_c}{\sum_c w_c \mathrm{RI}_c}

    **Symbols.** s: score; i: alternative; c: lowest criterion; w: its weight, the product of the weights on its path;
    p: priority of the alternative under it; CI, RI: consistency index and random index of its matrix; CR: consistency
    ratio of the whole.

    Local priorities are never rounded. A matrix whose CR is .1 or more is named in the log; `hi.ahp.revise` says which
    judgement to ask again. Several people: `hi.ahp.combine` first.

    **When to use.** To choose among a few alternatives that are compared by judgement, criterion by criterion (方案层).

    **Pitfalls.** In the distributive mode an alternative that is added can turn the order of the others; "ideal" keeps
    it for copies. Measured criteria need no judgement: give the numbers, or make an index.

    Source: Saaty 1980, The Analytic Hierarchy Process, New York; ideal mode: Saaty 1994, Interfaces 24(6). Proof: case
    ahp, its two hierarchies; a published one of Jiang Qiyuan.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> criteria = {"goal": {"cost": {"site": 2}}, "site": {"light": {"noise": 3}}}
    >>> found = hi.ahp.alternatives(
    ...     criteria,
    ...     {"cost": {"A": {"B": 3}}, "light": {"A": {"B": "1/2"}}, "noise": {"A": 10, "B": 30}},
    ... )
    >>> found.weights.round(3).to_dict(), found.scores.round(3).to_dict()
    ({'cost': 0.667, 'light': 0.25, 'noise': 0.083}, {'A': 0.604, 'B': 0.396})
    """
    import pandas as pd

    known(method, METHODS, Said("method"))
    known(mode, _MODES, Said("mode"), what="mode")
    chosen_table(random_index)
    levels = dict(criteria) if isinstance(criteria, Mapping) and is_several(criteria) else {None: criteria}
    above = _weighed(levels, Said("criteria"), method, random_index)
    weights = _down(above)
    if not isinstance(judgements, (Mapping, Sequence, np.ndarray)) or isinstance(judgements, str):
        found = shown(judgements)
        raise SpecError(
            Said("ahp: judgements: one matrix for each lowest criterion, by its name, not {found}", found=found)
        )
    given = judgements if isinstance(judgements, Mapping) else dict(enumerate(judgements))
    raise_all(DataError, _unlike(weights, given))
    below = _weighed({criterion: given[criterion] for criterion in weights}, Said("alternatives"), method, random_index)
    first = list(next(iter(below.values())).weights)
    wrong = {criterion: list(one.weights) for criterion, one in below.items() if set(one.weights) != set(first)}
    faults = [
        Said(
            "alternatives of {name!r}: {names}; {first} are compared under the first criterion",
            name=name,
            names=listed(own, most=9),
            first=listed(first, most=9),
        )
        for name, own in wrong.items()
    ]
    raise_all(DataError, faults)
    local = pd.DataFrame({name: [one.weights[item] for item in first] for name, one in below.items()}, index=first)
    local.columns.name = local.index.name = None
    if mode == "ideal":
        local = local / local.max()
    scores = local @ pd.Series(weights)
    return Alternatives(
        (scores / scores.sum()).rename("score"),
        pd.Series(weights, name="weight"),
        local,
        _consistency([*above.values(), *below.values()]),
        _ratio(weights, below),
    )


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Weights of the items under one parent, and what they were found from where they were judged."""

    place: Said
    weights: dict[Hashable, float]
    found: Priorities | None = None


def _weighed(given: Mapping[Any, Any], level: Said, method: Any, random_index: Any) -> dict[Any, _Weighed]:
    """Return the weights from each matrix, or from numbers; the faults of all at once."""
    weighed, faults = {}, list[Fault]()
    for parent, one in given.items():
        place = level if parent is None else Said("{level} of {parent!r}", level=level, parent=parent)
        saying = Said("{what}: ", what=place)
        try:
            with about(saying):
                weighed[parent] = _one(place, one, method, random_index)
        except DataError as error:
            faults += [fault.under(str(parent), saying=saying) for fault in error.faults]
    raise_all(DataError, faults)
    return weighed


def _one(place: Said, given: Any, method: Any, random_index: Any) -> _Weighed:
    if hasattr(given, "keys") and getattr(given, "ndim", 1) == 1:
        numbers = dict(given.items())
        if all(map(single, numbers.values())):
            return _Weighed(place, _shares(numbers))
    judged = read_one(given)
    note_beyond(judged)
    found = priorities(judged, method=method, random_index=random_index)
    if not found.consistent:
        far: Said | str = f"GCI {found.gci:.3f}"
        if found.cr is not None:
            far = Said("CR {cr:.3f}, not below {limit}", cr=found.cr, limit=CONSISTENT_BELOW)
        note("ahp", Said("judgements contradict each other, {far}; hi.ahp.revise says which to ask again", far=far))
    return _Weighed(place, dict(zip(judged.labels, np.asarray(found.weights).tolist(), strict=True)), found)


def _shares(given: dict[Hashable, Any]) -> dict[Hashable, float]:
    """Return numbers of 0 or more divided by their sum."""
    try:
        numbers = floats(list(given.values()))
    except (TypeError, ValueError):
        numbers = np.full(len(given), np.nan)
    if not (np.isfinite(numbers) & (numbers >= 0)).all() or not numbers.any():
        raise DataError(
            Said("a matrix, or a number of 0 or more for each item and one above 0, not {given}", given=shown(given))
        )
    return dict(zip(given, (numbers / numbers.sum()).tolist(), strict=True))


def _down(above: Mapping[Any, _Weighed]) -> dict[Hashable, float]:
    """Return the weight of each lowest criterion: the product of the weights on its path."""
    parents: dict[Hashable, list[Any]] = {}
    for parent, one in above.items():
        for item in one.weights:
            parents.setdefault(item, []).append(parent)
    twice = {item: own for item, own in parents.items() if len(own) > 1}
    faults = [
        Said("criteria: {item!r} stands under {parents}; give it one", item=item, parents=listed(own))
        for item, own in twice.items()
    ]
    raise_all(DataError, faults)
    tops = [parent for parent in above if parent not in parents]
    if len(tops) != 1:
        found = listed(tops) if tops else Said("none")
        raise DataError(
            Said("criteria: one goal whose name is no item of another matrix is needed, found {found}", found=found)
        )
    weights, reached, path = dict[Hashable, float](), 0, [(tops[0], 1.0)]
    while path:
        parent, share = path.pop(0)
        reached += 1
        for item, weight in above[parent].weights.items():
            if item in above:
                path.append((item, share * weight))
            else:
                weights[item] = share * weight
    if reached < len(above):
        raise DataError(Said("criteria: some stand under one another in a circle, and under no goal"))
    return weights


def _unlike(weights: Mapping[Hashable, float], given: Mapping[Any, Any]) -> list[Said]:
    """Return what keeps the judgements from being those of the lowest criteria."""
    lacking = [name for name in weights if name not in given]
    surplus = [name for name in given if name not in weights]
    return [Said("alternatives: no judgements under {name!r}", name=name) for name in lacking] + [
        Said("alternatives: {name!r} is no lowest criterion{guess}", name=name, guess=suggestion(name, weights))
        for name in surplus
    ]


def _consistency(weighed: Sequence[_Weighed]) -> Any:
    """Return the table of consistency, a row for each matrix of judgements."""
    import pandas as pd

    judged = [(one.place, one.found) for one in weighed if one.found is not None]
    rows = [
        {
            "n": found.n,
            "lambda_max": found.lambda_max,
            "ci": found.ci,
            "ri": found.random_index,
            "cr": found.cr,
            "consistent": found.consistent,
        }
        for _, found in judged
    ]
    columns = ["n", "lambda_max", "ci", "ri", "cr", "consistent"]
    return pd.DataFrame(rows, index=pd.Index([place for place, _ in judged], name="matrix"), columns=columns)


def _ratio(weights: Mapping[Hashable, float], below: Mapping[Any, _Weighed]) -> float | None:
    """Return the consistency ratio of the whole, over the criteria under which alternatives were judged."""
    judged = [(weights[name], one.found) for name, one in below.items() if one.found is not None]
    if any(found.cr is None for _, found in judged):
        return None
    expected = sum(weight * found.random_index for weight, found in judged if found.n > 2)
    return float(sum(weight * found.ci for weight, found in judged) / expected) if expected else 0.0
