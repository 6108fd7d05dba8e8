"""The tree of an index, ready to compute: which choice holds at each node, checked for shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from hengdian_index._maths.maps import Direction
from hengdian_index._maths.means import Missing
from hengdian_index._methods.registry import Method, resolve
from hengdian_index._values.stored import stored
from hengdian_index.errors import Fault, SpecError, fewer, listed, raise_all, suggestion

Series: TypeAlias = Literal["fixed", "ratio", "symmetric", "log"]
NewUnits: TypeAlias = Literal["refuse", "link", "restate", "missing"]


class Frozen(dict[str, Any]):
    """A mapping that can be a part of a hashable value."""

    # A dict declares __hash__ as None; this one never changes.
    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))

    def __reduce__(self) -> Any:
        return type(self), (dict(self),)

    def _refused(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a choice cannot be changed; use replace()")

    __setitem__ = __delitem__ = __ior__ = _refused
    update = setdefault = pop = popitem = clear = _refused


@stored("choice")
@dataclass(frozen=True, slots=True)
class Choice:
    """A method and its options, as chosen at one place of an index."""

    method: Method
    options: Frozen

    @classmethod
    def of(cls, family: str, given: Any) -> Choice:
        """Return the choice that a name, `{method = ..., options}`, or a function stands for."""
        if isinstance(given, Choice):
            return given
        options: Mapping[str, Any] = {}
        if isinstance(given, Mapping):
            if "method" not in given:
                raise SpecError(f"'method' is missing in {dict(given)!r}")
            options = {key: value for key, value in given.items() if key != "method"}
            given = given["method"]
        if not (isinstance(given, str) or callable(given)):
            raise SpecError(f"a method's name, {{ method = ... }} or a function, not {given!r}")
        method = resolve(family, given)
        if "by" in method.traits.get("needs", ()):
            raise SpecError(f"{method.name}: say denominator = 'column' at the indicator instead")
        settings = {key: value for key, value in options.items() if key not in method.judgements}
        faults = method.faults(settings) + method.absent(settings)
        faults += ["'details' is for the function, not for an index"] if "details" in settings else []
        faults += [f"{name!r} is missing" for name in method.needed if name not in options]
        if "direction" in settings and method.traits.get("raw"):
            faults.append("'direction' is for the function; in an index it is that of each indicator")
        options, more = _with_parts(method, options)
        options = options if faults else {**options, **method.settled(settings)}
        raise_all(SpecError, [f"{method.name}: {fault}" for fault in (*faults, *more)])
        return cls(method, frozen(options))

    @classmethod
    def of_weights(cls, given: Any) -> Choice:
        """Return the choice of a group's weights; a plain mapping child -> weight means `fixed`."""
        given = frozen(given) if hasattr(given, "to_dict") else given
        if isinstance(given, Mapping) and "method" not in given:
            given = {"method": "fixed", "values": dict(given)}
        return cls.of("weights", given)

    def __repr__(self) -> str:
        return f"<{self.method.name}{dict(self.options) or ''}>"

    @property
    def fingerprint(self) -> Any:
        """What tells this choice from every other."""
        made_of = {self.method.traits["parts"]: [part.fingerprint for part in self.parts]} if self.parts else {}
        return self.method.identity, sorted({**self.options, **made_of}.items(), key=lambda item: item[0])

    @property
    def parts(self) -> tuple[Choice, ...]:
        """Choices that this one is made of."""
        parts: tuple[Choice, ...] = self.options.get(self.method.traits.get("parts", ""), ())
        return parts

    @property
    def all_parts(self) -> tuple[Choice, ...]:
        """The choice itself, the choices it is made of, and theirs."""
        return (self, *(inner for part in self.parts for inner in part.all_parts))

    @property
    def named(self) -> tuple[str, ...]:
        """Children that are judged by name, here or in a part."""
        judged = self.method.sees == "judgement"
        held = (self.options.get(name) for name in self.method.traits.get("by_column", ()) if judged)
        own = [name for value in held if isinstance(value, Mapping) for name in value]
        return tuple(dict.fromkeys((*own, *(name for part in self.parts for name in part.named))))

    def each_part(self, change: Callable[[Choice], Choice]) -> Choice:
        """Return the choice with each of its parts changed."""
        if not self.parts:
            return self
        parts = tuple(map(change, self.parts))
        return Choice(self.method, Frozen({**self.options, self.method.traits["parts"]: parts}))

    @property
    def judgements(self) -> list[Any]:
        """What a judged method is given before its options."""
        return [self.options[name] for name in self.method.judgements]

    @property
    def settings(self) -> dict[str, Any]:
        """Options without the judgement."""
        return {key: value for key, value in self.options.items() if key not in self.method.judgements}

    def complete(self) -> dict[str, Any]:
        """Return the settings with the defaults of those not given."""
        defaults = {p.name: p.default for p in self.method.options.values()}
        return {**defaults, **self.settings}

    def by_name(self, columns: Sequence[str]) -> Choice:
        """Return the choice with what it holds for each column in their order under the columns' names instead."""
        given = {
            name: dict(zip(columns, value, strict=True))
            for name in self.method.traits.get("by_column", ())
            if isinstance(value := self.options.get(name), tuple) and len(value) == len(columns)
        }
        return Choice(self.method, frozen({**self.options, **given})).each_part(lambda part: part.by_name(columns))

    def without(self, columns: Sequence[str], gone: Set[str]) -> Choice:
        """Return the choice over some columns without those taken out.

        A method may declare how its judgements shrink; else what it holds by name for those taken out goes.
        """
        shrink, given = self.method.traits.get("without"), self.by_name(columns)
        if shrink is None:
            return given.unnamed(gone)
        return Choice(self.method, frozen(shrink(dict(given.options), columns, gone)))

    def unnamed(self, gone: Set[str]) -> Choice:
        """Return the choice without what mappings among its options hold for some names."""
        options = {
            name: {key: part for key, part in value.items() if key not in gone} if isinstance(value, Mapping) else value
            for name, value in self.options.items()
        }
        return Choice(self.method, frozen(options))

    def plain(self) -> Any:
        """Return the choice as it is written in a spec."""
        if not self.method.registered:
            raise SpecError(f"{self.method.name}: only registered functions can be written to TOML")
        return {"method": self.method.name, **thawed(self.options)} if self.options else self.method.name


@stored("indicator")
@dataclass(frozen=True)
class Leaf:
    """An indicator: its column and direction, what is done to its values, its own rule for missing ones.

    It holds from `start` to `end`; another replaces it from `replaced_from` on.
    """

    code: str
    parent: str
    name: str
    direction: Direction
    normalise: Choice
    treat: Choice | None
    impute: Choice | None
    denominator: str | None
    missing: str | None
    coverage: float | None
    build: Choice | None = None
    deseasonalise: Mapping[str, Any] | None = None
    fit_on: Any = None
    start: str | None = None
    end: str | None = None
    replaced_from: str | None = None

    @property
    def derived(self) -> bool:
        """Whether its values before treatment are no user's own."""
        return any(step is not None for step in (self.denominator, self.build, self.impute, self.deseasonalise))

    @property
    def computed(self) -> bool:
        """Whether its values before the scale are no user's own, so that `equality` says which of them tie."""
        return self.derived or self.treat is not None or self.direction not in (1, -1)


@stored("group")
@dataclass(frozen=True)
class Branch:
    """A group: its children in order, how they are weighed, aggregated, and what is done about gaps.

    `weights_since` holds the weights from later periods on; `scope` says whether a method that compares rows sees all
    of them or those of one period, `weigh_scale` whether weights that depend on where 0 is are learnt from scores on
    the scale 0 to 1 or as they are.
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
    content: Literal["link", "restate"] = "link"
    new_units: NewUnits = "refuse"
    weigh_on: Literal["fit_on", "base", "period"] = "fit_on"
    unit_coverage: float | None = None
    spec: str = ""


# Columns that contributions add beside the codes.
RESERVED = ("reweighting", "interaction", "other rows")


# Groups, one in the other, from the top down; no index that is read by people comes near.
DEEPEST = 100

# No label and no number of a spec is larger; Python writes integers of more than 4,300 digits not at all.
LARGEST = 10**100


def frozen(value: Any) -> Any:
    """Return lists, mappings, arrays and tables as hashable values."""
    if hasattr(value, "to_dict"):
        value = value.to_dict(orient="index") if getattr(value, "ndim", 1) == 2 else value.to_dict()
    if isinstance(value, Mapping):
        return Frozen({key: frozen(part) for key, part in value.items()})
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple(frozen(part) for part in value)
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, int) and abs(value) >= LARGEST:
        raise SpecError("an integer of more than 100 digits")
    return value


def thawed(value: Any) -> Any:
    """Return a frozen value as plain mappings and lists."""
    if isinstance(value, Choice):
        return value.plain()
    if isinstance(value, Mapping):
        return {key: thawed(part) for key, part in value.items()}
    return [thawed(part) for part in value] if isinstance(value, tuple) else value


def _with_parts(method: Method, options: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """Return the options with the choices that a method is made of read, and what is wrong with these."""
    name = str(method.traits.get("parts", ""))
    if name not in options:
        return options, []
    if not isinstance(options[name], (list, tuple)):
        return options, [f"{name}: a list of choices, ['entropy', {{ method = ... }}], not {options[name]!r}"]
    parts, faults = [], list[str]()
    for number, given in enumerate(options[name], start=1):
        try:
            parts.append(Choice.of_weights(given))
        except SpecError as error:
            faults += [f"part {number}: {fault}" for fault in error.faults]
    return {**options, name: parts}, faults


def shape_faults(groups: Sequence[tuple[str, str | None]], indicators: Sequence[tuple[str, str | None]]) -> list[Fault]:
    """Return what is wrong with the tree of (code, parent) pairs: repeated or unknown codes, cycles, empty groups."""
    codes = {code: None for code, _ in groups}
    every = [("group", i, *pair) for i, pair in enumerate(groups)] + [
        ("indicator", i, *pair) for i, pair in enumerate(indicators)
    ]
    faults, orphans, seen = [], list[Fault](), dict[str, str]()
    for kind, i, code, parent in every:
        if not code.strip() or code in RESERVED:
            why = f"a code is a text that is not blank, and not {' or '.join(RESERVED)}"
            faults.append(_fault(kind, i, code, why, "code"))
        if code in seen:
            faults.append(
                _fault(
                    kind,
                    i,
                    code,
                    f"code is given twice (the other is {'an' if seen[code][0] == 'i' else 'a'} {seen[code]})",
                )
            )
        seen[code] = kind
        if parent is not None and parent not in codes:
            orphans.append(_fault(kind, i, code, f"parent: no group {parent!r}{suggestion(parent, codes)}", "parent"))
        elif parent is None and kind == "indicator":
            faults.append(_fault(kind, i, code, "parent is missing: name its group", "parent"))
    faults += fewer(orphans, "parts whose parent is no group")
    faults += _cycles(groups) + _deep(groups) + fewer(_empty(groups, indicators), "groups that are nobody's parent")
    tops = [code for code, parent in groups if parent is None]
    if not groups:
        faults.append(Fault("no group: an index has at least one, with its indicators below", ("group",)))
    elif not tops and not _cycles(groups):
        faults.append(Fault("no top group: exactly one group has no parent", ("group",)))
    elif len(tops) > 1:
        faults.append(Fault(f"{len(tops)} groups have no parent ({listed(tops)}); exactly one is the top", ("group",)))
    return faults


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


def _fault(kind: str, i: int, code: str, message: str, *more: str) -> Fault:
    return Fault(f"{kind} {code!r}: {message}", (kind, i, *more))


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
            faults.append(_fault("group", i, code, f"its parents run in a circle: {round_trip}", "parent"))
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
    why = f"more than {DEEPEST} groups one in the other; put its children into a group further up"
    return [_fault("group", level[0], groups[level[0]][0], why, "parent")]


def _empty(groups: Sequence[tuple[str, str | None]], indicators: Sequence[tuple[str, str | None]]) -> list[Fault]:
    parents = {parent for _, parent in (*groups, *indicators)}
    return [
        _fault("group", i, code, "no group or indicator has it as parent; give it one or take it out")
        for i, (code, _) in enumerate(groups)
        if code not in parents
    ]
