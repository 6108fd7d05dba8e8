"""The tree of an index, ready to compute: which choice holds at each node, checked for shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from functools import cached_property, reduce
from typing import Any, Literal, TypeAlias

from hengdian_index._maths.maps import Direction, Map
from hengdian_index._maths.means import Missing
from hengdian_index._methods.imputing import Filler
from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.fields import Group, Indicator, Is, called, inherited
from hengdian_index._tables.periods import read_label
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import Fault, among, fewer, listed, suggestion
from hengdian_index.weights.columns import are_names, column_of

Series: TypeAlias = Literal["fixed", "ratio", "symmetric", "log"]
OnChange: TypeAlias = Literal["link", "restate"]
NewUnits: TypeAlias = Literal["refuse", "link", "restate", "missing"]
WeighOn: TypeAlias = Literal["fit_on", "base", "period"]


@stored("indicator")
class Leaf(Indicator, checked=False):
    """An indicator with the choices that hold for it; another replaces it from `replaced_from` on.

    `impute` fills its values, `impute_scores` its scores, after normalisation.
    """

    parent: str = field()
    _: KW_ONLY
    direction: Is[Direction]
    normalise: Is[Choice] = field()
    treat: Is[Choice | None]
    impute: Is[Choice | None]
    build: Is[Choice | None]
    deseasonalise: Is[Mapping[str, Any] | None]
    growth: Is[str | Mapping[str, str] | None]
    replaced_from: str | None = None
    impute_scores: Is[Choice | None] = None  # type: ignore[assignment]  # what is held, not what is given

    @property
    def derived(self) -> bool:
        """Whether its values before treatment are no user's own."""
        steps = (
            self.cumulative,
            self.growth,
            self.deflate,
            self.denominator,
            self.build,
            self.impute,
            self.deseasonalise,
        )
        return any(step is not None for step in steps)

    @property
    def computed(self) -> bool:
        """Whether its values before the scale are no user's own, so that `equality` says which of them tie."""
        return self.derived or self.treat is not None or self.direction not in (1, -1)


@stored("group")
@dataclass(frozen=True)
class Branch:
    """A group: its children in order, how they are weighed, aggregated, and what is done about gaps.

    The order at a group is: aggregate, rescale, impute, round; `scaling` is the map that `rescale` learnt, and `filler`
    what `impute` did, in a tree that holds for a fit. `weights_since` holds the weights from later periods on; `scope`
    says whether a method that compares rows, and `rescale`, sees all of them or those of one period, `weigh_scale`
    whether weights that depend on where 0 is are learnt from scores on the scale 0 to 1 or as they are.
    """

    code: str
    parent: str | None
    name: str
    children: tuple[str, ...]
    weights: Choice
    aggregate: Choice
    missing: Missing
    scope: str = "all"
    weights_since: Mapping[str, Choice] = field(default_factory=Frozen)
    weigh_scale: str = "score"
    rescale: Choice | None = None
    round: int | Mapping[str, Any] | None = None
    scaling: Map | None = None
    impute: Choice | None = None
    filler: Filler | tuple[Filler, ...] | None = None

    @property
    def weighing(self) -> tuple[str, ...] | None:
        """Columns of the table that weigh the children in each row, None where all rows have the same weights."""
        return _weighing(self.weights, self.children)

    @property
    def refers(self) -> bool:
        """Whether its rows are measured by the fit rows instead of each other."""
        choice = self.aggregate
        return bool(choice.method.traits.get("refers")) and among(choice.options.get("reference"), ("fit",))

    @property
    def presented(self) -> bool:
        """Whether its scores are others than those that were aggregated."""
        return self.rescale is not None or self.impute is not None or self.round is not None

    @property
    def within(self) -> bool:
        """Whether its scores are normalised again within each period."""
        return self.rescale is not None and self.scope == "period" and learns(self.rescale)

    @property
    def bare(self) -> Branch:
        """The group whose scores are left as they are aggregated."""
        none: dict[str, Any] = dict.fromkeys(("rescale", "scaling", "impute", "filler", "round"))
        return replace(self, **none) if self.presented else self


def _weighing(weights: Choice, children: Sequence[str]) -> tuple[str, ...] | None:
    if not weights.method.traits.get("by_row") or not are_names(weights.options["column"]):
        return None
    return tuple(column_of(weights.options["column"], child) for child in children)


@stored("tree")
@dataclass(frozen=True)
class Tree:
    """Leaves and branches, the branches from the leaves up, the root last."""

    leaves: tuple[Leaf, ...]
    branches: tuple[Branch, ...]

    @cached_property
    def root(self) -> Branch:
        """The top group."""
        return self.branches[-1]

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Codes of the groups, the root first, each parent before its children."""
        return tuple(branch.code for branch in reversed(self.branches))

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of the indicators, in the order of the spec."""
        return tuple(leaf.code for leaf in self.leaves)

    @property
    def to_date(self) -> bool:
        """Whether an indicator has figures of the year to date, so that labels may say so."""
        return any(leaf.cumulative is not None for leaf in self.leaves)

    @cached_property
    def weighing(self) -> tuple[str, ...]:
        """Columns of the table that weigh the children of some group in each row, at some time."""
        choices = [(one, choice) for one in self.branches for choice in (one.weights, *one.weights_since.values())]
        found = (_weighing(choice, one.children) for one, choice in choices if len(one.children) > 1)
        return tuple(dict.fromkeys(name for names in found for name in names or ()))

    @cached_property
    def learns_scores(self) -> bool:
        """Whether a group learns from its own scores, once it has weights."""
        own = (branch.rescale is not None or branch.impute is not None or branch.refers for branch in self.branches)
        return any(own)

    @cached_property
    def fills_scores(self) -> bool:
        """Whether scores that are missing are filled in, perhaps from those of other rows."""
        of_groups = any(branch.impute is not None for branch in self.branches)
        return of_groups or any(leaf.impute_scores is not None for leaf in self.leaves)

    @cached_property
    def by_code(self) -> dict[str, Branch]:
        """Groups by code."""
        return {branch.code: branch for branch in self.branches}


@stored("setting")
@dataclass(frozen=True)
class Setting:
    """What an index says besides its tree: the names of its columns, the fit rows, the base, how it goes on."""

    name: str
    unit: str | None
    period: str | None
    fit_on: Any
    base: Any
    to: float | None
    fingerprint: str
    series: Series = "fixed"
    content: OnChange = "link"
    new_units: NewUnits = "refuse"
    weigh_on: WeighOn = "fit_on"
    unit_coverage: float | None = None
    spec: str = ""
    units: tuple[Any, ...] | None = None
    exclude: tuple[Any, ...] | None = None
    unit_names: str | None = None
    data: Mapping[str, Any] | None = None
    groups_of_units: tuple[Any, ...] = ()
    weights_form: str | Mapping[str, Any] = "plain"
    base_of: Any = "unit"

    @property
    def levelled(self) -> bool:
        """Whether scores are brought to a level in a base period."""
        return self.base is not None and self.to is not None


# Columns that contributions add beside the codes.
RESERVED = ("reweighting", "interaction", "other rows", "rescaling", "rounding", "imputation")

# Groups, one in the other, from the top down; no index that is read by people comes near.
DEEPEST = 100


def shape_faults(groups: Sequence[tuple[str, str | None]], indicators: Sequence[tuple[str, str | None]]) -> list[Fault]:
    """Return what is wrong with the tree of (code, parent) pairs: repeated or unknown codes, cycles, empty groups."""
    codes = {code: None for code, _ in groups}
    kinds = (("group", groups), ("indicator", indicators))
    every = [(kind, i, *pair) for kind, pairs in kinds for i, pair in enumerate(pairs)]
    faults, orphans, seen = [], list[Fault](), dict[str, str]()
    for kind, i, code, parent in every:
        if not code.strip() or code in RESERVED:
            names = reduce(lambda one, other: Said("{one} or {other}", one=one, other=other), RESERVED)
            why = Said("a code is a text that is not blank, and not {names}", names=names)
            faults.append(_fault(kind, i, code, why, "code"))
        if code in seen:
            leaf = seen[code] == "indicator"
            other = Said("an indicator") if leaf else Said("a group")
            faults.append(_fault(kind, i, code, Said("code is given twice (the other is {other})", other=other)))
        seen[code] = kind
        if parent is not None and parent not in codes:
            why = Said("parent: no group {parent!r}{guess}", parent=parent, guess=suggestion(parent, codes))
            orphans.append(_fault(kind, i, code, why, "parent"))
        elif parent is None and kind == "indicator":
            faults.append(_fault(kind, i, code, Said("parent is missing: name its group"), "parent"))
    faults += fewer(orphans, Said("parts whose parent is no group"))
    faults += _cycles(groups) + _deep(groups)
    faults += fewer(_empty(groups, indicators), Said("groups that are nobody's parent"))
    tops = [code for code, parent in groups if parent is None]
    if not groups:
        faults.append(Fault(Said("no group: an index has at least one, with its indicators below"), ("group",)))
    elif not tops and not _cycles(groups):
        faults.append(Fault(Said("no top group: exactly one group has no parent"), ("group",)))
    elif len(tops) > 1:
        why = Said(
            "{number} groups have no parent ({codes}); exactly one is the top", number=len(tops), codes=listed(tops)
        )
        faults.append(Fault(why, ("group",)))
    return faults


def planted(index: Any) -> Tree:
    """Return the tree of an index whose shape is right; a choice left out is that of the node above."""
    replaced = {i.replaces: i.start for i in index.indicators if i.replaces is not None}
    group = {g.code: g for g in index.groups}
    children: dict[str | None, list[str]] = {}
    for part in (*index.groups, *index.indicators):
        children.setdefault(part.parent, []).append(part.code)
    weight = own_weights(index)
    leaves = tuple(_leaf(index, i, group, replaced.get(i.code)) for i in index.indicators)
    plain = {leaf.code for leaf in leaves if not leaf.normalise.method.traits.get("normalises", True)}
    branches = []
    for code in ordered((g.code, g.parent) for g in index.groups):
        bare = plain.issuperset(children[code])
        branches.append(_branch(index, group[code], tuple(children[code]), weight, bare))
        kept = branches[-1].rescale is None or not branches[-1].rescale.method.traits.get("normalises", True)
        if bare and kept and not compares(branches[-1].aggregate):
            plain.add(code)
    return Tree(leaves, tuple(branches))


def own_weights(index: Any) -> dict[str, float]:
    """Return the weight of each part that carries one, or replaces an indicator that does; shares sum up the tree."""
    parts = (*index.groups, *index.indicators)
    found = _handed_on({part.code: part.weight for part in parts if part.weight is not None}, index)
    if index.weights_form == "plain" or index.weights_since:
        return found
    naming = {group.code for group in index.groups if group.weights or group.weights_since}
    given, below = {**found, **_named(group.weights for group in index.groups)}, _below(index)
    summed = [group.code for group in index.groups if group.parent not in (None, *naming) and group.code not in found]
    sums = {code: _summed(code, given, below, whole=True) for code in summed}
    return found | {code: weight for code, weight in sums.items() if weight is not None}


def _named(choices: Iterable[Choice | None]) -> dict[str, float]:
    """Return the numbers that choices of weights give children by name."""
    found: dict[str, float] = {}
    for choice in choices:
        values = choice.options.get("values") if choice is not None else None
        found |= values if isinstance(values, Mapping) else {}
    return found


def compares(aggregate: Choice | None) -> bool:
    """Return whether an aggregation is shown all rows together."""
    method, options = (aggregate.method, aggregate.options) if aggregate else (None, {})
    return bool(method and (method.declared("set_wise", options) or method.declared("takes_gaps", options)))


def learns(normalise: Choice) -> bool:
    """Return whether other fit rows make another map of a normalisation."""
    method = normalise.method
    return bool(method.traits.get("normalises", True) and method.declared("learns", normalise.options, True))


def _leaf(index: Any, indicator: Indicator, group: Mapping[str, Group], replaced_from: str | None) -> Leaf:
    """Return an indicator with what it leaves out taken from above."""

    def chosen(name: str) -> Any:
        found, above = getattr(indicator, name), group.get(indicator.parent or "")
        while found is None and above is not None:
            found, above = getattr(above, name), group.get(above.parent or "")
            found = None if name == "impute" and fills_own(found) else found
        found = getattr(index, name) if found is None else found
        return None if found == "none" else found

    own = {one.name: getattr(indicator, one.name) for one in fields(Indicator)}
    own |= {name: chosen(name) for name in inherited(Indicator)}
    if fills_own(own["impute"]):
        own |= {"impute": None, "impute_scores": own["impute"]}
    within = (indicator.scope or index.scope) == "period" and learns(own["normalise"])
    own["scope"] = "period" if within else None
    return Leaf(**own, replaced_from=replaced_from)


def fills_own(impute: Any) -> bool:
    """Return whether a choice of a group fills the group's own score, not the values of the indicators below."""
    return isinstance(impute, Choice) and impute.of_scores


def _branch(index: Any, group: Group, children: tuple[str, ...], weight: Mapping[str, float], bare: bool) -> Branch:
    """Return a group; `bare` says that its parts are on the scales of the data, not normalised."""

    def chosen(name: str) -> Any:
        found = getattr(group, name, None)
        return getattr(index, name, None) if found is None else found

    own = {child: weight[child] for child in children if child in weight}
    weights = group.weights or (Choice.of("weights", {"method": "fixed", "values": own}) if own else None)
    dated, shares = group.weights_since, index.weights_form != "plain"
    if not group.weights and not dated and (index.weights_since or shares):
        dated = _of_shares(index, group.code, children) if not index.weights_since else _of_table(index, children)
        dated = {} if own and index.weights_since else dated
    if weights is None and dated and (index.weights_since or shares):
        # All have a date: the earliest hold before it, too.
        weights = dated[min(dated, key=_instant)]
    weights = weights or index.weights
    aggregate = chosen("aggregate")
    traits = aggregate.method.traits
    taken = {} if bare else dict(traits.get("normalised", {}))
    if (total := traits.get("total")) is not None and aggregate.options.get(total) is None:
        taken |= {total: _total(index, children, weights)}
    if taken:
        aggregate = Choice(aggregate.method, Frozen({**taken, **aggregate.options}))
    settled = {
        "children": children,
        "weights": _with_replaced(weights, index),
        "aggregate": aggregate,
        "missing": Missing(chosen("missing"), chosen("coverage")),
        "impute": group.impute if fills_own(group.impute) else None,
        "weights_since": Frozen({when: _with_replaced(choice, index) for when, choice in dated.items()}),
    }
    return Branch(**{one.name: chosen(one.name) for one in fields(Branch)} | settled)


def _below(index: Any) -> dict[str, list[str]]:
    below: dict[str, list[str]] = {}
    for part in (*index.groups, *index.indicators):
        below.setdefault(part.parent, []).append(part.code)
    return below


def _of_table(index: Any, children: Sequence[str]) -> dict[str, Choice]:
    """Return the weights of some parts by period from those of all; a group without one has the sum of its parts'.

    A part that has a weight in some period has none, 0, where its cell is blank.
    """
    below = _below(index)
    given = {
        period: {
            child: weight for child in children if (weight := _summed(child, some, below, whole=False)) is not None
        }
        for period, some in index.weights_since.items()
    }
    known = [child for child in children if any(child in some for some in given.values())]
    whole = {period: dict.fromkeys(known, 0.0) | some for period, some in given.items() if any(some.values())}
    return {period: Choice.of("weights", {"method": "fixed", "values": some}) for period, some in whole.items()}


def _of_shares(index: Any, code: str, children: Sequence[str]) -> dict[str, Choice]:
    """Return the shares of a group's parts by period: the sums of those below, where these have dates."""
    below, found = _below(index), dict[str, Choice]()
    inside = set(_all_below(code, below))
    groups = [group for group in index.groups if group.code in inside]
    given = {part.code: part.weight for part in (*groups, *index.indicators) if part.weight is not None}
    given |= _named(group.weights for group in groups)
    for period in sorted({period for group in groups for period in group.weights_since}, key=_instant):
        given |= _named(group.weights_since.get(period) for group in groups)
        own = {child: _summed(child, given, below, whole=True) for child in children}
        if None not in own.values():
            found[period] = Choice.of("weights", {"method": "fixed", "values": own})
    return found


def _all_below(code: str, below: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """Yield the codes of all parts of a group, and of theirs."""
    for child in below.get(code, ()):
        yield child
        yield from _all_below(child, below)


def _summed(code: str, given: Mapping[str, float], below: Mapping[str, Sequence[str]], whole: bool) -> float | None:
    """Return the weight of a part, or the sum of those below it; None where there are none, or if `whole` not all."""
    if code in given:
        return given[code]
    parts = [_summed(child, given, below, whole) for child in below.get(code, ())]
    known = [weight for weight in parts if weight is not None]
    return sum(known) if known and (len(known) == len(parts) or not whole) else None


def _instant(period: str) -> float:
    """Return when a period begins, in years, so that periods of any length are in the order of time."""
    read = read_label(period)
    if isinstance(read, tuple):
        return read[1] / read[0].per_year
    return 0.0 if read is None else read.year + (read.timetuple().tm_yday - 1) / 366


def _total(index: Any, children: tuple[str, ...], weights: Choice) -> float:
    """Return what the weights of a group sum to as they are written; 1 for each part where they are not."""
    given = weights.options.get("values")
    replacing = {one.code for one in index.indicators if one.replaces}
    first = [child for child in children if child not in replacing]
    if not isinstance(given, Mapping) or not all(child in given for child in first):
        return float(len(first))
    return float(sum(given[child] for child in first))


def _with_replaced(choice: Choice, index: Any) -> Choice:
    """Return weights in which an indicator that replaces another has its weight unless it has its own."""
    values = choice.options.get("values")
    if isinstance(values, Mapping):
        choice = Choice(choice.method, Frozen({**choice.options, "values": Frozen(_handed_on(values, index))}))
    return choice.each_part(lambda part: _with_replaced(part, index))


def _handed_on(weights: Mapping[str, Any], index: Any) -> dict[str, Any]:
    found = dict(weights)
    for indicator in index.indicators:
        if indicator.replaces in found:
            found.setdefault(indicator.code, found[indicator.replaces])
    return found


def ordered(groups: Iterable[tuple[str, str | None]]) -> list[str]:
    """Return group codes from the deepest up, the root last, siblings in reverse of their order in the spec."""
    children: dict[str | None, list[str]] = {}
    for code, parent in groups:
        children.setdefault(parent, []).append(code)
    down: list[str] = []
    level = children.get(None, [])
    while level:
        down += level
        level = [child for code in level for child in children.get(code, [])]
    return down[::-1]


def _fault(kind: str, i: int, code: str, message: Said, *more: str) -> Fault:
    return Fault(message, (kind, i, *more)).under(saying=called(kind, code))


def _cycles(groups: Sequence[tuple[str, str | None]]) -> list[Fault]:
    parents, faults, done = dict(groups), [], set[str]()
    for i, (code, _) in enumerate(groups):
        path: dict[str, None] = {}
        at: str | None = code
        while at is not None and at in parents and at not in path and at not in done:
            path[at] = None
            at = parents[at]
        if at in path:
            steps = list(path)
            round_trip = " -> ".join([*steps[steps.index(at) :], at])
            why = Said("its parents run in a circle: {codes}", codes=round_trip)
            faults.append(_fault("group", i, code, why, "parent"))
        done.update(path)
    return faults


def _deep(groups: Sequence[tuple[str, str | None]]) -> list[Fault]:
    """Return a fault for the first group that lies too deep."""
    children: dict[str | None, list[int]] = {}
    for i, (_, parent) in enumerate(groups):
        children.setdefault(parent, []).append(i)
    level, met = children.get(None, []), set[str]()
    for _ in range(DEEPEST):
        met |= {groups[i][0] for i in level}
        # A code that is given twice would lead in a circle.
        level = [j for i in level for j in children.get(groups[i][0], []) if groups[j][0] not in met]
    if not level:
        return []
    why = Said("more than {most} groups one in the other; put its children into a group further up", most=DEEPEST)
    return [_fault("group", level[0], groups[level[0]][0], why, "parent")]


def _empty(groups: Sequence[tuple[str, str | None]], indicators: Sequence[tuple[str, str | None]]) -> list[Fault]:
    parents = {parent for _, parent in (*groups, *indicators)}
    return [
        _fault("group", i, code, Said("no group or indicator has it as parent; give it one or take it out"))
        for i, (code, _) in enumerate(groups)
        if code not in parents
    ]
