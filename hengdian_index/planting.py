"""The tree of an index, grown from its groups and indicators: at each node the choice that holds there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hengdian_index.means import Missing
from hengdian_index.tree import Branch, Choice, Frozen, Leaf, Tree, ordered
from hengdian_index.wording import own_weights


def planted(index: Any) -> Tree:
    """Return the tree of an index whose shape is right; a choice left out is that of the node above."""
    parents = [(g.code, g.parent) for g in index.groups]
    group = {g.code: g for g in index.groups}
    children: dict[str | None, list[str]] = {}
    for part in (*index.groups, *index.indicators):
        children.setdefault(part.parent, []).append(part.code)
    weight = inherited({**own_weights(index.groups), **own_weights(index.indicators)}, index)
    branches = tuple(_branch(index, group[code], tuple(children[code]), weight) for code in ordered(parents))
    replaced = {i.replaces: i.start for i in index.indicators if i.replaces is not None}
    return Tree(tuple(_leaf(index, i, group, replaced.get(i.code)) for i in index.indicators), branches)


def inherited(weights: Mapping[str, Any], index: Any) -> dict[str, Any]:
    """Return weights by child, an indicator that replaces another having its weight unless it has its own."""
    found = dict(weights)
    for indicator in index.indicators:
        if indicator.replaces in found:
            found.setdefault(indicator.code, found[indicator.replaces])
    return found


def _branch(index: Any, group: Any, children: tuple[str, ...], weight: Mapping[str, float]) -> Branch:
    own = {child: weight[child] for child in children if child in weight}
    weights = group.weights or (Choice.of("weights", {"method": "fixed", "values": own}) if own else index.weights)
    missing = Missing(group.missing or index.missing, index.coverage if group.coverage is None else group.coverage)
    since = Frozen({period: _with_inherited(choice, index) for period, choice in group.weights_since.items()})
    return Branch(
        group.code,
        group.parent,
        group.name,
        children,
        _with_inherited(weights, index),
        group.aggregate or index.aggregate,
        missing,
        group.scope or index.scope,
        since,
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
