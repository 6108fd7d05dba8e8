"""A spec between text and values: parts from mappings, faults in words with their place, values as TOML has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel, ValidationError

from hengdian_index._files import toml
from hengdian_index._maths.maps import Between, Target
from hengdian_index._maths.means import Rule
from hengdian_index._methods.learning import direction_fault
from hengdian_index._scoring.tree import Choice, thawed
from hengdian_index._tables.selection import LabelledMask
from hengdian_index.errors import Fault, FaultsError, SpecError, fewer, shown, suggestion


def parts(kind: type[Any], given: Any, word: str, faults: list[Fault]) -> tuple[Any, ...]:
    """Return groups or indicators from values or mappings; the faults of each are added to the list."""
    made = []
    for i, item in enumerate(given or ()):
        if isinstance(item, kind):
            made.append(item)
            continue
        try:
            fields = dict(**item)
        except TypeError:
            faults.append(
                Fault(f"{word} {i + 1}: hi.{kind.__name__} or a mapping of its fields, not {shown(item)}", (word, i))
            )
            continue
        try:
            made.append(kind(**fields))
        except SpecError as error:
            faults += [fault.under(word, i) for fault in error.faults]
    return tuple(made)


def listing(given: Any, what: str, faults: list[Fault]) -> list[Any]:
    """Return the groups or indicators of an index as a list; a fault is added for anything else."""
    if given is None:
        return []
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        faults.append(Fault(f"{what}: a list of them is needed, not {shown(given)}", ("index", what)))
        return []
    return list(given)


def pairs(given: Any) -> list[tuple[str, str | None]] | None:
    """Return (code, parent) of each part, as far as it can be read; None where something is no part at all."""
    pairs = []
    for i, item in enumerate(given or ()):
        if not isinstance(item, Mapping) and not hasattr(item, "code"):
            return None
        said = item if isinstance(item, Mapping) else {key: getattr(item, key, None) for key in ("code", "parent")}
        parent = said.get("parent")
        pairs.append((str(said.get("code", f"number {i + 1}")), parent if isinstance(parent, str) else None))
    return pairs


def own_weights(parts: Sequence[Any]) -> dict[str, float]:
    """Return the weight of each part that carries one."""
    return {part.code: part.weight for part in parts if part.weight is not None}


def faults_of(error: ValidationError, model: type[BaseModel], who: str) -> list[Fault]:
    """Return pydantic's findings in our words, each with its place."""
    found, unknown = list[Fault](), list[Fault]()
    for one in error.errors():
        place = tuple(one["loc"])
        field = str(place[0]) if place else ""
        inner = one.get("ctx", {}).get("error")
        if one["type"] == "extra_forbidden":
            unknown.append(Fault(f"{who}unknown key {field!r}{suggestion(field, model.model_fields)}", place))
        elif one["type"] == "missing":
            found.append(Fault(f"{who}{field!r} is missing", place))
        elif isinstance(inner, FaultsError):
            found += [fault.under(*place, saying=f"{who}{field}: ") for fault in inner.faults]
        else:
            told = one["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            guess = suggestion(one["input"], get_args(Rule)) if field == "missing" else ""
            found.append(Fault(f"{who}{field}: {told}, not {shown(one['input'])}{guess}", place))
    return [*fewer(unknown, "unknown keys"), *found]


def placed(fault: Fault, groups: Sequence[Any], indicators: Sequence[Any]) -> Fault:
    """Return a fault whose place names a code, with the number of that part instead."""
    word, code, *more = fault.place
    parts: Sequence[Any] = groups if word == "group" else indicators
    return Fault(fault.message, (word, [part.code for part in parts].index(str(code)), *more))


def located(fault: Fault, name: str, lines: Mapping[toml.Place, int]) -> Fault:
    """Return a fault with the file and the line of its place before it."""
    line = toml.line_at(lines, fault.place)
    return Fault(f"{name}:{line}: {fault.message}" if line else f"{name}: {fault.message}", fault.place)


def plain(value: Any) -> Any:
    """Return a field as TOML has it."""
    if isinstance(value, Choice):
        return value.plain()
    if isinstance(value, LabelledMask):
        remedy = "name the rows, such as fit_on = ['2019', '2020'], or give the mask to fit(table, fit_on=mask)"
        raise SpecError(f"a mask with row labels cannot be written to a file; {remedy}")
    if isinstance(value, Target):
        return {"target": value.value}
    if isinstance(value, Between):
        worst = {key: getattr(value, key) for key in ("worst_low", "worst_high") if getattr(value, key) is not None}
        return {"between": [value.low, value.high], **worst}
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return thawed(value)


def distinct_text(value: Any) -> Any:
    """Return a field as something whose text tells it from every other value."""
    if isinstance(value, Choice):
        return value.fingerprint
    if isinstance(value, dict):
        return {key: distinct_text(part) for key, part in sorted(value.items()) if part is not None}
    return [distinct_text(part) for part in value] if isinstance(value, (list, tuple)) else value


def direction_of(given: Any) -> Any:
    """Return a direction from what Python or TOML says."""
    if isinstance(given, Mapping):
        if set(given) == {"target"}:
            return Target(given["target"])
        limits = given.get("between", ())
        if {"between"} <= set(given) <= {"between", "worst_low", "worst_high"} and np.shape(limits) == (2,):
            return Between(*limits, **{key: limit for key, limit in given.items() if key != "between"})
    fault = direction_fault(given)
    if fault:
        raise SpecError(fault + "; in TOML { target = 5 } or { between = [5, 6] }")
    return given if isinstance(given, (Target, Between)) else int(given)
