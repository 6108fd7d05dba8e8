"""The tree of an index, grown from its groups and indicators: at each node the choice that holds there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from hengdian_index._files.wording import own_weights
from hengdian_index._maths.means import Missing
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._scoring.tree import Branch, Choice, Frozen, Leaf, Tree, ordered
from hengdian_index.errors import Fault, SpecError

# Choices that a group passes on to the indicators below it, and does not use itself.
_INHERITED = ("normalise", "treat", "impute", "deseasonalise")


def planted(index: Any) -> Tree:
    """Return the tree of an index whose shape is right; a choice left out is that of the node above."""
    parents = [(g.code, g.parent) for g in index.groups]
    replaced = {i.replaces: i.start for i in index.indicators if i.replaces is not None}
    group = {g.code: g for g in index.groups}
    children: dict[str | None, list[str]] = {}
    for part in (*index.groups, *index.indicators):
        children.setdefault(part.parent, []).append(part.code)
    weight = inherited({**own_weights(index.groups), **own_weights(index.indicators)}, index)
    leaves = tuple(_leaf(index, i, group, replaced.get(i.code)) for i in index.indicators)
    plain = {leaf.code for leaf in leaves if not leaf.normalise.method.traits.get("normalises", True)}
    branches = []
    for code in ordered(parents):
        bare = plain.issuperset(children[code])
        branches.append(_branch(index, group[code], tuple(children[code]), weight, bare))
        if bare and not _compares(branches[-1].aggregate):
            plain.add(code)
    return Tree(leaves, tuple(branches))


def inherited(weights: Mapping[str, Any], index: Any) -> dict[str, Any]:
    """Return weights by child, an indicator that replaces another having its weight unless it has its own."""
    found = dict(weights)
    for indicator in index.indicators:
        if indicator.replaces in found:
            found.setdefault(indicator.code, found[indicator.replaces])
    return found


def idle(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the (group, field) of each choice of an index that nothing takes; the group is "" for the index itself."""
    above = {group["code"]: group for group in fields["groups"]}
    found = []
    for field in _INHERITED:
        taken = {_source(one, field, above) for one in fields["indicators"]}
        found += [(code, field) for code, group in above.items() if group.get(field) is not None and code not in taken]
    compare = {code for code, group in above.items() if _compares(_aggregate(group, fields))}
    found += [(code, "scope") for code, g in above.items() if g.get("scope") == "period" and code not in compare]
    if fields.get("scope") == "period" and all(above[code].get("scope") is not None for code in compare):
        found.append(("", "scope"))
    return found


def idle_faults(fields: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each choice of an index that nothing takes."""
    faults = []
    at = {group["code"]: i for i, group in enumerate(fields["groups"])}
    for code, field in idle(fields):
        who, place = (f"group {code!r}: ", ("group", at[code], field)) if code else ("", ("index", field))
        why = "every indicator below has its own, or that of a group between; take it out here, or take theirs out"
        if field == "scope":
            known = [name for name, method in FAMILIES["aggregate"].items() if method.traits.get("set_wise")]
            why = "'period' is for aggregations that compare rows"
            why += f" ({', '.join(known)}; a function of yours says set_wise = True), and none here does; take it out"
        faults.append(Fault(f"{who}{field}: {why}", place))
    return faults


def without_idle(fields: Mapping[str, Any], before: Mapping[str, Any], changes: Collection[str]) -> dict[str, Any]:
    """Return the fields of an index without the choices that a change leaves without anything to take them.

    What took nothing before, or is itself among the changes, stays, to be refused.
    """
    gone = {(code, field) for code, field in idle(fields) if f"{code}.{field}".lstrip(".") not in changes}
    gone -= set(idle(before)) if gone else set()
    groups = [{k: v for k, v in group.items() if (group["code"], k) not in gone} for group in fields["groups"]]
    return {k: v for k, v in {**fields, "groups": groups}.items() if ("", k) not in gone}


def _source(indicator: Mapping[str, Any], field: str, above: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the group that an indicator takes a choice from, None for its own or that of the index."""
    node: Mapping[str, Any] | None = indicator
    passed: list[Any] = []
    while node is not None and node.get(field) is None and node["code"] not in passed:
        passed.append(node["code"])
        node = above.get(node.get("parent") or "")
    return None if node is None or node is indicator else str(node["code"])


def _aggregate(group: Mapping[str, Any], fields: Mapping[str, Any]) -> Choice | None:
    """Return how a group is aggregated, None if that cannot be read or is left to the default."""
    given = group.get("aggregate") or fields.get("aggregate")
    try:
        return None if given is None else Choice.of("aggregate", given)
    except SpecError:
        return None


def _compares(aggregate: Choice | None) -> bool:
    """Return whether an aggregation is shown all rows together."""
    method, options = (aggregate.method, aggregate.options) if aggregate else (None, {})
    return bool(method and (method.declared("set_wise", options) or method.declared("takes_gaps", options)))


def _branch(index: Any, group: Any, children: tuple[str, ...], weight: Mapping[str, float], bare: bool) -> Branch:
    """Return a group; `bare` says that its parts are on the scales of the data, not normalised."""
    own = {child: weight[child] for child in children if child in weight}
    weights = group.weights or (Choice.of("weights", {"method": "fixed", "values": own}) if own else index.weights)
    aggregate = group.aggregate or index.aggregate
    normalised = aggregate.method.traits.get("normalised", {})
    if normalised and not bare:
        aggregate = Choice(aggregate.method, Frozen({**normalised, **aggregate.options}))
    missing = Missing(group.missing or index.missing, index.coverage if group.coverage is None else group.coverage)
    since = Frozen({period: _with_inherited(choice, index) for period, choice in group.weights_since.items()})
    return Branch(
        group.code,
        group.parent,
        group.name,
        children,
        _with_inherited(weights, index),
        aggregate,
        missing,
        group.scope or index.scope,
        since,
        group.weigh_scale or index.weigh_scale,
    )


def _with_inherited(choice: Choice, index: Any) -> Choice:
    values = choice.options.get("values")
    if isinstance(values, Mapping):
        choice = Choice(choice.method, Frozen({**choice.options, "values": Frozen(inherited(values, index))}))
    return choice.each_part(lambda part: _with_inherited(part, index))


def _leaf(index: Any, indicator: Any, group: Mapping[str, Any], replaced_from: str | None) -> Leaf:
    def chosen(field: str) -> Any:
        found, above = getattr(indicator, field), group.get(indicator.parent or "")
        while found is None and above is not None:
            found, above = getattr(above, field), group.get(above.parent or "")
        found = getattr(index, field) if found is None else found
        return None if found == "none" else found

    return Leaf(
        indicator.code,
        indicator.parent or "",
        indicator.name,
        indicator.direction,
        chosen("normalise"),
        chosen("treat"),
        chosen("impute"),
        indicator.denominator,
        indicator.missing,
        indicator.coverage,
        indicator.build,
        chosen("deseasonalise"),
        indicator.fit_on,
        indicator.start,
        indicator.end,
        replaced_from,
    )
