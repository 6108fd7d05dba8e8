"""The gate of choices: what can be refused before any data is seen, because two choices do not fit each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

import numpy as np

from hengdian_index._methods.registry import FAMILIES
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.fields import Indicator, inherited
from hengdian_index._scoring.fitting import chosen_weights, learnt, shrunk
from hengdian_index._scoring.growth import Growth
from hengdian_index._scoring.parental import moves
from hengdian_index._scoring.tree import Branch, Tree, compares, learns
from hengdian_index._scoring.value_shares import convertible
from hengdian_index._tables.periods import read_label
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import Fault, FaultsError, SpecError, listed, suggestion
from hengdian_index.log import journal
from hengdian_index.weights.columns import are_names

Interval = tuple[float, float]


def choice_faults(tree: Tree, own_weights: Mapping[str, float], weighed: Set[str]) -> list[Fault]:
    """Return the faults of the choices of a tree whose shape is right, each placed at its group.

    Parameters
    ----------
    tree : Tree
        Which choice holds at each node.
    own_weights : mapping
        Weights that children carry themselves.
    weighed : set of str
        Groups that name their children's weights.
    """
    reach = {leaf.code: _given(leaf.normalise) for leaf in tree.leaves}
    faults = []
    starting = {leaf.code for leaf in tree.leaves if leaf.start is not None}
    for branch in tree.branches:
        starting |= {branch.code} if starting.issuperset(branch.children) else set()
        faults += _weight_faults(branch, own_weights, branch.code in weighed, starting)
        faults += _domain_faults(branch, reach)
        faults += _row_faults(branch)
        if branch.impute is not None and branch.impute.method.traits.get("across"):
            why = Said(
                "{method} fills from other columns, and a group's score is one column; take mean, group_mean or "
                "carry_forward",
                method=branch.impute.method.name,
            )
            faults.append(_fault(branch, "impute", why))
        reach[branch.code] = _hull(branch, reach)
    return faults[::-1]


def _row_faults(branch: Branch) -> list[Fault]:
    """Return what is wrong with weights that columns of the table give each row."""
    faults = []
    for when, choice in [(None, branch.weights), *branch.weights_since.items()]:
        inside = [part for part in choice.all_parts if part.method.traits.get("by_row")]
        if not inside or not are_names(inside[0].options["column"]):
            continue
        if inside != [choice]:
            why = Said("weights of each row are not combined with others; take column alone")
        elif compares(branch.aggregate):
            method = branch.aggregate.method.name
            why = Said("{method} takes rows together, under the same weights; take a mean", method=method)
        else:
            continue
        faults.append(_fault(branch, "weights", why) if when is None else _since(branch, when, why))
    return faults


def share_faults(index: Any) -> list[Fault]:
    """Return what does not go with weights that are shares of a value."""
    moving = [one for one in index.tree.leaves if moves(index.tree, one)]
    if index.weights_form == "plain":
        why = Said(
            'missing = "parent" moves levels that value shares weigh: write weights_form = "shares", or "reweight"'
        )
        return [Fault(why, ("index", "missing"))] if moving else []
    said = []
    if index.period is None:
        said.append(Said("needs periods, in which prices are: name the period column"))
    if index.series != "fixed":
        said.append(Said("shares are linked where they change; take series = '{series}' out", series=index.series))
    if index.weigh_on == "period":
        said.append(Said("shares are given; take weigh_on = 'period' out"))
    for branch in index.tree.branches if not said else ():
        if len(branch.children) < 2:
            continue
        own = list[Said]()
        chosen = (branch.weights, *branch.weights_since.values())
        if branch.weights is index.weights and "weights" not in index.model_fields_set:
            own.append(Said("no shares of {children}; give them as weights", children=listed(branch.children)))
        learning = next((one.method.name for one in chosen if learnt(one)), None)
        if learning is not None:
            own.append(Said("shares are given, {{ a = 3, b = 1 }}, not learnt by {learning}", learning=learning))
        by_row = any(part.method.traits.get("by_row") for one in chosen for part in one.all_parts)
        own += [Said("give shares by period, weights_since, not in columns")] if by_row else []
        own += [
            Said("take {name} out: what is linked is its level", name=name)
            for name in ("rescale", "round", "impute")
            if getattr(branch, name) is not None
        ]
        if not convertible(branch):
            name = branch.aggregate.method.name
            own.append(Said("{name} is no mean of levels; take arithmetic, geometric or power", name=name))
        said += [joined([group_named(branch.code), why], "heads") for why in own]
    return [Fault(joined(["weights_form", why], "heads"), ("index", "weights_form")) for why in said]


def validity_faults(indicators: Sequence[Any], period: str | None) -> list[Fault]:
    """Return what is wrong with the periods in which indicators hold, and with what replaces what."""
    codes = [indicator.code for indicator in indicators]
    built = [indicator.code for indicator in indicators if indicator.build is not None]
    faults = []
    for i, one in enumerate(indicators):
        said = list[tuple[str, Said]]()
        if one.replaces is not None and one.replaces not in codes:
            guess = suggestion(one.replaces, codes)
            said.append(("replaces", Said("no indicator {code!r}{guess}", code=one.replaces, guess=guess)))
        if one.replaces == one.code:
            said.append(("replaces", Said("an indicator cannot replace itself")))
        if one.replaces is not None and one.start is None:
            said.append(("replaces", Said("say from when: start = '2023Q1'")))
        dated = [field for field in ("start", "end") if getattr(one, field) is not None]
        untimed = Said("needs periods; name the period column in the index")
        if dated and period is None:
            said.append((dated[0], untimed))
        timed = [field for field in ("cumulative", "growth") if getattr(one, field) is not None]
        said += [(field, untimed) for field in timed if period is None]
        own = [field for field in (*timed, "deflate") if getattr(one, field) is not None and one.build is not None]
        said += [(field, Said("it is built of other columns and has none of its own; take it out")) for field in own]
        if one.cumulative is not None and one.growth is not None and Growth.of(one).on == "period":
            said.append(("growth", Said('figures to date grow on those of a year ago; write growth = "year"')))
        if one.growth is not None and Growth.of(one).level in (one.code, *built):
            why = Said("level: a column of the table, not the indicator itself or one that is built")
            said.append(("growth", why))
        if one.deflate in (one.code, *built):
            why = Said("a column of the table is needed, not the indicator itself or one that is built")
            said.append(("deflate", why))
        start, end = (read_label(getattr(one, field)) if field in dated else None for field in ("start", "end"))
        if isinstance(start, tuple) and isinstance(end, tuple) and start[0] == end[0] and start[1] > end[1]:
            said.append(("end", Said("it starts in {start} and ends before, in {end}", start=one.start, end=one.end)))
        name = Said("indicator {name!r}", name=one.code)
        faults += [Fault(joined([name, field, why], "heads"), ("indicator", i, field)) for field, why in said]
    return faults


def _idle(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the (group, field) of each choice of an index that nothing takes; the group is "" for the index itself."""
    above = {group["code"]: group for group in fields["groups"]}
    found = []
    for field in inherited(Indicator):
        taken = {_source(one, field, above) for one in fields["indicators"]}
        found += [(code, field) for code, group in above.items() if _handed(group, field) and code not in taken]
    compare = {code for code, group in above.items() if compares(_aggregate(group, fields)) or _rescaled(group)}
    found += [(code, "scope") for code, g in above.items() if g.get("scope") == "period" and code not in compare]
    said = [above[code].get("scope") for code in compare]
    said += [one.get("scope") for one in fields["indicators"] if _learning(one, fields, above)]
    if fields.get("scope") == "period" and None not in said:
        found.append(("", "scope"))
    if fields.get("base_of", "unit") not in (None, "unit") and _lacking(fields):
        found.append(("", "base_of"))
    return found


def _lacking(fields: Mapping[str, Any]) -> Said | None:
    """Return what is said of one base for all units where an index lacks what that needs."""
    if fields.get("unit") is None:
        return Said("one base for all units needs a unit column: name it")
    if fields.get("base") is None:
        return Said("one base for all units needs a base: name its periods, base = 2015")
    return None


def idle_faults(fields: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each choice of an index that nothing takes."""
    faults = []
    at = {group["code"]: i for i, group in enumerate(fields["groups"])}
    for code, field in _idle(fields):
        place: tuple[str | int, ...] = ("group", at[code], field) if code else ("index", field)
        if field == "scope":
            why = _idle_scope(code)
        elif field == "base_of" and (lacking := _lacking(fields)):
            why = lacking
        else:
            why = Said(
                "every indicator below has its own, or that of a group between; take it out here, or take theirs out"
            )
        faults.append(Fault(joined([*([group_named(code)] if code else []), field, why], "heads"), place))
    return faults


def _idle_scope(code: str) -> Said:
    """Return what is said of a scope that nothing takes, of a group or, without a code, of the index."""
    known = joined([name for name, method in FAMILIES["aggregate"].items() if method.traits.get("set_wise")])
    if code:
        return Said(
            "'period' is for aggregations that compare rows ({known}; a function of yours says set_wise = True), and "
            "none here does, or each says its own; take it out",
            known=known,
        )
    return Said(
        "'period' is for aggregations that compare rows ({known}; a function of yours says set_wise = True), and for "
        "normalisations that learn from rows, and none here does, or each says its own; take it out",
        known=known,
    )


def without_idle(fields: Mapping[str, Any], before: Mapping[str, Any], changes: Collection[str]) -> dict[str, Any]:
    """Return the fields of an index without the choices that a change leaves without anything to take them.

    What took nothing before, or is itself among the changes, stays, to be refused.
    """
    gone = {(code, field) for code, field in _idle(fields) if f"{code}.{field}".lstrip(".") not in changes}
    gone -= set(_idle(before)) if gone else set()
    groups = [{k: v for k, v in group.items() if (group["code"], k) not in gone} for group in fields["groups"]]
    return {k: v for k, v in {**fields, "groups": groups}.items() if ("", k) not in gone}


def domain_of(choice: Choice) -> str:
    """Return which values an aggregation takes: "real", "zero or more" or "above 0"."""
    return str(choice.method.declared("domain", choice.options, "real"))


def _weight_faults(branch: Branch, own: Mapping[str, float], weighed: bool, starting: Set[str]) -> list[Fault]:
    """Return what is wrong with the weights of a group; `starting` are the parts that are not there from the first."""
    carried = [child for child in branch.children if child in own]
    if carried and weighed:
        why = Said(
            "its children {children} have a weight of their own; give one or the other", children=listed(carried)
        )
        return [_fault(branch, "weights", why)]
    bare = [child for child in branch.children if child not in own]
    if carried and bare:
        why = Said("{children} has no weight and the others have; give all or none", children=listed(bare))
        return [_fault(branch, "weights", why)]
    faults = _judgement_faults(branch, branch.weights, "weights", branch.children)
    named = {name for choice in branch.weights_since.values() for name in choice.named or branch.children}
    first = tuple(child for child in branch.children if child not in starting & named)
    if faults and first and len(first) < len(branch.children):
        # Weights that hold first need not name what starts later, with weights of then.
        faults = min(faults, _judgement_faults(branch, branch.weights, "weights", first), key=len)
    for period, choice in branch.weights_since.items():
        said = choice.named or branch.children
        strange = [name for name in said if name not in branch.children]
        guesses = [(name, suggestion(name, branch.children)) for name in strange]
        faults += [
            _since(branch, period, Said("no child {name!r}{guess}", name=name, guess=guess)) for name, guess in guesses
        ]
        here = tuple(child for child in branch.children if child in said)
        known = shrunk(choice, tuple(said), set(said) - set(here))
        faults += _judgement_faults(branch, known, "weights_since", here, period) if here else []
    return faults


def _judgement_faults(
    branch: Branch, choice: Choice, field: str, children: tuple[str, ...], since: str | None = None
) -> list[Fault]:
    """Return what is wrong with what people judged; weights that rows will give are equal ones here."""
    try:
        with journal():
            chosen_weights(choice, children, lambda _: np.full(len(children), 1 / len(children)))
    except FaultsError as error:
        said = [fault.message for fault in error.faults]
        return [_fault(branch, field, why) if since is None else _since(branch, since, why) for why in said]
    return []


def _domain_faults(branch: Branch, reach: Mapping[str, Interval | None]) -> list[Fault]:
    domain = domain_of(branch.aggregate)
    if domain == "real":
        return []
    out = {}
    for child in branch.children:
        found = reach[child]
        if found is not None and (found[0] < 0 or (found[0] == 0 and domain == "above 0")):
            out[child] = Said("{child!r} runs from {low:g} to {high:g}", child=child, low=found[0], high=found[1])
    if not out:
        return []
    zero = "zeros" in branch.aggregate.method.options and all((reach[child] or (0, 0))[0] == 0 for child in out)
    why = Said(
        "{method} needs values {domain}, but {children}; normalise to a scale above 0 (min_max with lower = 1, "
        "upper = 100){remedy}",
        method=branch.aggregate.method.name,
        domain=Said("above 0") if domain == "above 0" else Said("of 0 or more"),
        children=joined(list(out.values())[:3], "clauses"),
        remedy=Said(", or let a zero give 0 (zeros = 'limit')") if zero else "",
    )
    return [_fault(branch, "aggregate", why)]


def _source(indicator: Mapping[str, Any], field: str, above: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the group that an indicator takes a choice from, None for its own or that of the index."""
    node: Mapping[str, Any] | None = indicator
    passed: list[Any] = []
    while node is not None and not _handed(node, field, own=node is indicator) and node["code"] not in passed:
        passed.append(node["code"])
        node = above.get(node.get("parent") or "")
    return None if node is None or node is indicator else str(node["code"])


def _handed(node: Mapping[str, Any], field: str, own: bool = False) -> bool:
    """Return whether a node has a choice that holds for the indicators below; of an indicator, for itself."""
    found = node.get(field)
    if own or field != "impute" or found is None:
        return found is not None
    options = found.options if isinstance(found, Choice) else found if isinstance(found, Mapping) else {}
    return bool(options.get("at") != "scores")


def _learning(indicator: Mapping[str, Any], fields: Mapping[str, Any], above: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether an indicator's normalisation learns from rows; one that cannot be read is taken to."""
    source = _source(indicator, "normalise", above)
    given = indicator.get("normalise") or (above[source] if source else fields).get("normalise")
    try:
        return given is None or learns(Choice.of("normalise", given))
    except SpecError:
        return True


def _rescaled(group: Mapping[str, Any]) -> bool:
    """Return whether a group's scores are normalised again by what they are; what cannot be read is taken to."""
    given = group.get("rescale")
    try:
        return given is not None and learns(Choice.of("normalise", given))
    except SpecError:
        return True


def _aggregate(group: Mapping[str, Any], fields: Mapping[str, Any]) -> Choice | None:
    """Return how a group is aggregated, None if that cannot be read or is left to the default."""
    given = group.get("aggregate") or fields.get("aggregate")
    try:
        return None if given is None else Choice.of("aggregate", given)
    except SpecError:
        return None


def _given(choice: Choice) -> Interval | None:
    """Return the interval of a normalisation's scores on its fit rows, None where the data decide."""
    found: Interval | None = choice.method.declared("gives", choice.options)
    return found


def _hull(branch: Branch, reach: Mapping[str, Interval | None]) -> Interval | None:
    """Return the interval of a group's scores where its aggregation stays between the smallest and largest child."""
    parts = [found for child in branch.children if (found := reach[child]) is not None]
    if len(parts) < len(branch.children) or "B" not in branch.aggregate.method.traits.get("laws", ""):
        return None
    return min(low for low, _ in parts), max(high for _, high in parts)


def group_named(code: str) -> Said:
    """Return how a message calls a group."""
    return Said("group {name!r}", name=code)


def _fault(branch: Branch, field: str, why: Said) -> Fault:
    return Fault(joined([group_named(branch.code), field, why], "heads"), ("group", branch.code, field))


def _since(branch: Branch, period: str, why: Said) -> Fault:
    """Return a fault of the weights that hold since a period."""
    return _fault(branch, "weights_since", joined([period, why], "heads"))
