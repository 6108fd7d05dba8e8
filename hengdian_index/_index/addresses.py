"""Changes to an index at addresses: `"normalise"`, `"cluster.weights"`, `"cluster.aggregate.p"`, `{"x3": None}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hengdian_index._scoring.tree import Choice, Frozen
from hengdian_index._scoring.weighing import shrunk
from hengdian_index.errors import Fault, SpecError, fewer, guess, raise_all, shown

Fields = dict[str, Any]

_CHOICES = ("normalise", "weights", "aggregate", "treat", "impute")
_OF_INDEX = (
    *(*_CHOICES, "deseasonalise", "missing", "coverage", "scope", "weigh_on", "weigh_scale", "unit_coverage"),
    *("fit_on", "base", "to", "series", "content", "new_units", "name", "unit", "period"),
)
_OF_GROUP = (
    *(*_CHOICES, "deseasonalise", "missing", "coverage", "scope", "weigh_scale"),
    *("weights_since", "weight", "parent", "name"),
)
_OF_INDICATOR = (
    *("normalise", "treat", "impute", "direction", "denominator"),
    *("missing", "coverage", "weight", "parent", "name", "unit"),
    *("deseasonalise", "build", "fit_on", "start", "end", "replaces"),
)


def changed(fields: Fields, changes: Mapping[str, Any]) -> Fields:
    """Return the fields of an index with the changes made; every address that does not exist is a fault."""
    fields = {
        **fields,
        "groups": [dict(g) for g in fields["groups"]],
        "indicators": [dict(i) for i in fields["indicators"]],
    }
    _demand_texts(changes)
    parts, groups = _by_code(fields), {group["code"] for group in fields["groups"]}
    faults, near = _dated_faults(fields, changes), known(fields)
    gone: list[str] = []
    for address, value in changes.items():
        part, rest = _part(parts, address)
        if part is None:
            _set(fields, address, address.split("."), value, _OF_INDEX, faults, near)
        elif rest:
            allowed = _OF_GROUP if part["code"] in groups else _OF_INDICATOR
            _set(part, address, rest.split("."), value, allowed, faults, [f"{part['code']}.{name}" for name in allowed])
        elif value is None:
            gone.append(part["code"])
        else:
            faults.append(
                f"{address!r}: only None (take it out) can stand for a whole group or indicator, not {value!r}"
            )
    raise_all(SpecError, fewer(list(map(Fault, faults)), "changes that cannot be made"))
    return _without(fields, gone) if gone else fields


def demand(fields: Fields, address: str) -> None:
    """Raise a SpecError for an address that does not exist."""
    _demand_texts([address])
    faults: list[str] = []
    part, rest = _part(_by_code(fields), address)
    if part is None:
        _set(dict(fields), address, address.split("."), None, _OF_INDEX, faults, known(fields))
    elif rest:
        allowed = _OF_GROUP if part in fields["groups"] else _OF_INDICATOR
        near = [f"{part['code']}.{name}" for name in allowed]
        _set(dict(part), address, rest.split("."), None, allowed, faults, near)
    if faults:
        raise SpecError(*faults)


def _demand_texts(addresses: Iterable[Any]) -> None:
    """Refuse what is no address at all."""
    odd = [one for one in addresses if not isinstance(one, str)]
    raise_all(
        SpecError, [f"an address is a text, such as 'normalise' or 'x3.direction', not {shown(one)}" for one in odd]
    )


def known(fields: Fields) -> list[str]:
    """Return every address of a field."""
    parts = [f"{g['code']}.{name}" for g in fields["groups"] for name in _OF_GROUP]
    return [*_OF_INDEX, *parts, *(f"{i['code']}.{name}" for i in fields["indicators"] for name in _OF_INDICATOR)]


def _by_code(fields: Fields) -> dict[str, Fields]:
    return {part["code"]: part for part in (*fields["indicators"], *fields["groups"])}


def _part(parts: Mapping[str, Fields], address: str) -> tuple[Fields | None, str]:
    """Return the group or indicator that an address begins with (the longest code that fits), and what follows."""
    code, rest = address, ""
    while code not in parts and "." in code:
        code, _, last = code.rpartition(".")
        rest = f"{last}.{rest}" if rest else last
    return (parts[code], rest) if code in parts else (None, address)


def _dated_faults(fields: Fields, changes: Mapping[str, Any]) -> list[str]:
    """Return a fault for each change of a group's first weights that leaves those of later periods as they are."""
    dated = {group["code"]: group["weights_since"] for group in fields["groups"] if group.get("weights_since")}
    own = {part.get("parent") for part in (*fields["groups"], *fields["indicators"]) if part.get("weight") is not None}
    default = [group["code"] for group in fields["groups"] if group.get("weights") is None and group["code"] not in own]
    faults, parts = list[str](), _by_code(fields)
    for address in changes:
        part, rest = _part(parts, address)
        field = (rest if part else address).partition(".")[0]
        touched = {"weights": [part["code"]], "weight": [part.get("parent")]} if part else {"weights": default}
        for code in touched.get(field, ()):
            if code not in dated or f"{code}.weights_since" in changes:
                continue
            since = f"from {', '.join(map(str, dated[code]))} on group {code!r} has the weights of weights_since"
            remedy = f"change {code + '.weights_since'!r} with it ({{}}: these weights throughout)"
            faults.append(f"{address!r}: {since}, which would stay in force; {remedy}")
    return faults


def _set(
    part: Fields,
    address: str,
    path: list[str],
    value: Any,
    allowed: tuple[str, ...],
    faults: list[str],
    near: list[str],
) -> None:
    name, *option = path
    if name not in allowed or len(option) > 1 or (option and name not in _CHOICES):
        faults.append(
            f"no address {address!r}{guess(address, near)} (a field of the index, or code.field: {', '.join(allowed)})"
        )
    elif not option:
        part[name] = value
    elif isinstance(part.get(name), Choice):
        choice = part[name]
        part[name] = {"method": _word(choice), **choice.options, option[0]: value}
    else:
        above = address.rpartition(".")[0]
        faults.append(f"{address!r}: {name!r} is not chosen here, so it has no option; set {above!r} first")


def _word(choice: Choice) -> Any:
    return choice.method.name if choice.method.sees != "rows" else choice.method.function


def _without(fields: Fields, gone: list[str]) -> Fields:
    """Return the fields without some parts, all that is below them, and the groups they leave empty."""
    out = set(gone)
    parts = [*fields["groups"], *fields["indicators"]]
    while below := {part["code"] for part in parts if part.get("parent") in out} - out:
        out |= below
    while empty := _emptied(fields, out) - out:
        out |= empty
    kept = {name: [part for part in fields[name] if part["code"] not in out] for name in ("groups", "indicators")}
    for group in kept["groups"]:
        children = tuple(part["code"] for part in parts if part.get("parent") == group["code"])
        several = sum(child not in out for child in children) > 1
        if isinstance(group.get("weights"), Choice):
            group["weights"] = shrunk(group["weights"], children, out) if several else None
        dated = group.pop("weights_since", {})
        if several and (dated := _dated_without(dated, children, out)):
            group["weights_since"] = dated
    left = {**fields, **kept}
    for part in (left, *kept["groups"], *kept["indicators"]):
        for name in ("normalise", "aggregate", "treat", "impute"):
            if isinstance(part.get(name), Choice):
                part[name] = part[name].unnamed(out)
    return left


def _dated_without(since: Mapping[str, Any], children: tuple[str, ...], gone: set[str]) -> Mapping[str, Any]:
    """Return weights by the period they hold from without some children; those of these alone go."""
    left = {}
    for period, choice in since.items():
        here = tuple(child for child in children if child in (choice.named or children))
        if set(here) - gone:
            left[period] = shrunk(choice, here, gone)
    return Frozen(left)


def _emptied(fields: Fields, out: set[str]) -> set[str]:
    parents = {part.get("parent") for part in (*fields["groups"], *fields["indicators"]) if part["code"] not in out}
    return {group["code"] for group in fields["groups"] if group["code"] not in parents}
