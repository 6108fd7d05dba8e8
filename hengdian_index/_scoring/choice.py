"""A method and its options, as chosen at one place of an index: read from what a user says, written again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths.maps import Between, Target
from hengdian_index._methods.aliases import direction_of
from hengdian_index._methods.learning import direction_fault
from hengdian_index._methods.registry import Method, resolve
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import SpecError, among, raise_all, shown, suggestion

# Whether an imputation fills values, before they are normalised, or scores.
_AT = ("values", "scores")

# No label and no number of a spec is larger; Python writes integers of more than 4,300 digits not at all.
LARGEST = 10**100


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
                raise SpecError(Said("'method' is missing in {given}", given=dict(given)))
            options = {key: _directions(value) if key == "direction" else value for key, value in given.items()}
            options.pop("method")
            given = given["method"]
        options = {**getattr(given, "options", {}), **options} if hasattr(given, "method") else options
        if not (isinstance(given, str) or callable(given)):
            raise SpecError(Said("a method's name, {{ method = ... }} or a function, not {given!r}", given=given))
        method = resolve(family, given)
        if "by" in method.traits.get("needs", ()):
            raise SpecError(Said("{name}: say denominator = 'column' at the indicator instead", name=method.name))
        at = options.get("at", _AT[0]) if family == "impute" else _AT[0]
        if family == "impute":
            options = {key: value for key, value in options.items() if key != "at"}
        settings = {key: value for key, value in options.items() if key not in method.judgements}
        faults = method.faults(settings) + method.absent(settings)
        faults += [] if among(at, _AT) else [Said("at: no {at}{guess}", at=shown(at), guess=suggestion(at, _AT))]
        faults += [Said("'details' is for the function, not for an index")] if "details" in settings else []
        if family == "normalise" and "scope" in settings and "scope" not in method.options:
            faults.append(Said("'scope' stands beside the choice, of an indicator or the index: scope = 'period'"))
        faults += [Said("{name!r} is missing", name=name) for name in method.needed if name not in options]
        if "direction" in settings and method.traits.get("raw"):
            faults.append(Said("'direction' is for the function; in an index it is that of each indicator"))
        options, more = _with_parts(method, options)
        options = options if faults else {**options, **method.settled(settings)}
        options = options if at == _AT[0] else {**options, "at": at}
        raise_all(SpecError, [joined([method.name, fault], "heads") for fault in (*faults, *more)])
        return cls(method, frozen(options))

    @classmethod
    def of_weights(cls, given: Any) -> Choice:
        """Return the choice of a group's weights; a plain mapping child -> weight means `fixed`.

        Of columns alone, `{"column": "spent on {}"}`, they are those of each row.
        """
        given = frozen(given) if hasattr(given, "to_dict") else given
        if isinstance(given, Mapping) and set(given) == {"column"} and isinstance(given["column"], (str, Mapping)):
            given = {"method": "column", **given}
        if isinstance(given, Mapping) and "method" not in given:
            given = {"method": "fixed", "values": dict(given)}
        return cls.of("weights", given)

    def __repr__(self) -> str:
        return f"<{self.method.name}{dict(self.options) or ''}>"

    @property
    def of_scores(self) -> bool:
        """Whether it is an imputation that fills scores, not the values that they are made of."""
        return self.method.family == "impute" and self.options.get("at") == "scores"

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
        """Options of the function: without the judgement, and without what an imputation fills."""
        left_out = {*self.method.judgements, *(("at",) if self.of_scores else ())}
        return {key: value for key, value in self.options.items() if key not in left_out}

    def complete(self) -> dict[str, Any]:
        """Return the settings with the defaults of those not given."""
        defaults = {p.name: p.default for p in self.method.options.values()}
        return {**defaults, **self.settings}

    def by_name(self, columns: Sequence[str]) -> Choice:
        """Return the choice with what it holds for each column in their order under the columns' names instead."""
        given = {
            name: dict(zip(columns, value, strict=True))
            for name in (*self.method.traits.get("by_column", ()), *self.method.traits.get("per_column", ()))
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
            raise SpecError(Said("{name}: only registered functions can be written to TOML", name=self.method.name))
        return {"method": self.method.name, **thawed(self.options)} if self.options else self.method.name


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
        raise SpecError(Said("an integer of more than 100 digits"))
    return value


def thawed(value: Any) -> Any:
    """Return a frozen value as plain mappings and lists."""
    if isinstance(value, Choice):
        return value.plain()
    if isinstance(value, Target):
        return {"target": value.value}
    if isinstance(value, Between):
        worst = {key: getattr(value, key) for key in ("worst_low", "worst_high") if getattr(value, key) is not None}
        return {"between": [value.low, value.high], **worst}
    if isinstance(value, Mapping):
        return {key: thawed(part) for key, part in value.items()}
    return [thawed(part) for part in value] if isinstance(value, tuple) else value


def read_direction(given: Any) -> Any:
    """Return a direction from what Python or TOML says."""
    if isinstance(given, Mapping):
        if set(given) == {"target"}:
            return Target(given["target"])
        limits = given.get("between", ())
        if {"between"} <= set(given) <= {"between", "worst_low", "worst_high"} and np.shape(limits) == (2,):
            return Between(*limits, **{key: limit for key, limit in given.items() if key != "between"})
    if isinstance(given, str):
        return _direction_said(given)
    fault = direction_fault(given)
    if fault:
        raise SpecError(Said("{fault}; in TOML {{ target = 5 }} or {{ between = [5, 6] }}", fault=fault))
    return given if isinstance(given, (Target, Between)) else int(given)


def _direction_said(word: str) -> int:
    """Return the direction that a word stands for."""
    sign = direction_of(word)
    if sign == 0:
        raise SpecError(
            Said(
                "{word!r} is a direction that needs its best values: {{ target = 5 }}, or {{ between = [5, 6] }}",
                word=word,
            )
        )
    if sign is None:
        raise SpecError(
            Said(
                "{word!r}: allowed: 1 or 正向 (larger is better), -1 or 负向 (smaller is better), {{ target = 5 }}, "
                "{{ between = [5, 6] }}",
                word=word,
            )
        )
    return sign


def _directions(given: Any) -> Any:
    """Return the option `direction` of a method: one for all, or one a column by its name or its place."""
    if isinstance(given, Mapping):
        # A column may be called so, too; then it has a direction: 1, -1 or a mapping.
        target = given["target"] if given.keys() == {"target"} else 1
        if np.shape(given.get("between", 0)) == (2,) or (isinstance(target, (int, float)) and target not in (1, -1)):
            return read_direction(given)
        return {key: read_direction(one) if isinstance(one, Mapping) else one for key, one in given.items()}
    if isinstance(given, (list, tuple)):
        return [read_direction(one) if isinstance(one, Mapping) else one for one in given]
    return given


def _with_parts(method: Method, options: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Said]]:
    """Return the options with the choices that a method is made of read, and what is wrong with these."""
    name = str(method.traits.get("parts", ""))
    if name not in options:
        return options, []
    if not isinstance(options[name], (list, tuple)):
        why = Said(
            "{name}: a list of choices, ['entropy', {{ method = ... }}], not {given!r}", name=name, given=options[name]
        )
        return options, [why]
    parts, faults = [], list[Said]()
    for number, given in enumerate(options[name], start=1):
        try:
            parts.append(Choice.of_weights(given))
        except SpecError as error:
            faults += [Said("part {number}: {fault}", number=number, fault=fault.message) for fault in error.faults]
    return {**options, name: parts}, faults
