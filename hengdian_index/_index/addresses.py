"""Changes to an index at addresses: `"normalise"`, `"cluster.weights"`, `"cluster.aggregate.p"`, `{"x3": None}`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.fields import Group, Indicator, Part, choosable
from hengdian_index._scoring.fitting import shrunk
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import Fault, SpecError, fewer, guess, raise_all, shown

Fields = dict[str, Any]


def changed(kind: type[Part], fields: Fields, changes: Mapping[str, Any]) -> Fields:
    """Return the fields of an index with the changes made; every address that does not exist is a fault.

    `kind` is the class of the index, whose fields are the addresses without a code.
    """
    fields = {
        **fields,
        "groups": [dict(g) for g in fields["groups"]],
        "indicators": [dict(i) for i in fields["indicators"]],
    }
    _demand_texts(changes)
    parts, faults = _by_code(fields), _dated_faults(fields, changes)
    gone: list[str] = []
    known = _known(kind, fields)
    for address, value in changes.items():
        part, rest = _part(parts, address)
        if part is None or rest:
            _set(kind, fields, (part, rest), address, value, faults, known)
        elif value is None:
            gone.append(part["code"])
        else:
            why = Said(
                "{address!r}: only None (take it out) can stand for a whole group or indicator, not {value!r}",
                address=address,
                value=value,
            )
            faults.append(why)
    raise_all(SpecError, fewer(list(map(Fault, faults)), Said("changes that cannot be made")))
    return _without(fields, gone) if gone else fields


def demand(kind: type[Part], fields: Fields, address: str) -> None:
    """Raise a SpecError for an address that does not exist in an index of some class."""
    _demand_texts([address])
    faults: list[Said] = []
    copied = {**fields, **{name: [dict(one) for one in fields[name]] for name in ("groups", "indicators")}}
    part, rest = _part(_by_code(copied), address)
    if part is None or rest:
        _set(kind, copied, (part, rest), address, None, faults, _known(kind, copied))
    raise_all(SpecError, faults)


def _demand_texts(addresses: Iterable[Any]) -> None:
    """Refuse what is no address at all."""
    odd = [one for one in addresses if not isinstance(one, str)]
    raise_all(
        SpecError,
        [Said("an address is a text, such as 'normalise' or 'x3.direction', not {one}", one=shown(one)) for one in odd],
    )


@cache
def _addressed(kind: type[Part]) -> tuple[str, ...]:
    """Return the fields that a change may name."""
    return tuple(name for name in kind.model_fields if name not in ("code", "groups", "indicators"))


def _known(kind: type[Part], fields: Fields) -> Callable[[], tuple[str, ...]]:
    """Return what gives every address of a field: it is asked for where one is wrong, and listed once."""

    @cache
    def known() -> tuple[str, ...]:
        kinds: dict[str, type[Part]] = {"groups": Group, "indicators": Indicator}
        parts = [(one["code"], part) for what, part in kinds.items() for one in fields[what]]
        return (*_addressed(kind), *(f"{code}.{name}" for code, part in parts for name in _addressed(part)))

    return known


def _by_code(fields: Fields) -> dict[str, Fields]:
    return {part["code"]: part for part in (*fields["indicators"], *fields["groups"])}


def _part(parts: Mapping[str, Fields], address: str) -> tuple[Fields | None, str]:
    """Return the group or indicator that an address begins with (the longest code that fits), and what follows."""
    code, rest = address, ""
    while code not in parts and "." in code:
        code, _, last = code.rpartition(".")
        rest = f"{last}.{rest}" if rest else last
    return (parts[code], rest) if code in parts else (None, address)


def _dated_faults(fields: Fields, changes: Mapping[str, Any]) -> list[Said]:
    """Return a fault for each change of a group's first weights that leaves those of later periods as they are."""
    dated = {group["code"]: group["weights_since"] for group in fields["groups"] if group.get("weights_since")}
    own = {part.get("parent") for part in (*fields["groups"], *fields["indicators"]) if part.get("weight") is not None}
    default = [group["code"] for group in fields["groups"] if group.get("weights") is None and group["code"] not in own]
    faults, parts = list[Said](), _by_code(fields)
    if fields.get("weights_since") and "weights" in changes and "weights_since" not in changes:
        why = Said(
            "'weights': weights_since of the index has those of the groups, which would stay in force; "
            "change 'weights_since' with it ({{}}: these weights throughout)"
        )
        faults.append(why)
    for address in changes:
        part, rest = _part(parts, address)
        field = (rest if part else address).partition(".")[0]
        touched = {"weights": [part["code"]], "weight": [part.get("parent")]} if part else {"weights": default}
        for code in touched.get(field, ()):
            if code not in dated or f"{code}.weights_since" in changes:
                continue
            why = Said(
                "{address!r}: from {periods} on group {code!r} has the weights of weights_since, which would stay in "
                "force; change {since!r} with it ({{}}: these weights throughout)",
                address=address,
                periods=joined(list(dated[code])),
                code=code,
                since=f"{code}.weights_since",
            )
            faults.append(why)
    return faults


def _set(
    kind: type[Part],
    fields: Fields,
    place: tuple[Fields | None, str],
    address: str,
    value: Any,
    faults: list[Said],
    known: Callable[[], tuple[str, ...]],
) -> None:
    """Set the field at an address of the index, or of a part of it; what has no such address is a fault."""
    found, rest = place
    part = fields if found is None else found
    if found is not None:
        kind = Group if any(found is group for group in fields["groups"]) else Indicator
    allowed = _addressed(kind)
    name, *option = (rest or address).split(".")
    if name not in allowed or len(option) > 1 or (option and name not in choosable(kind)):
        near = known() if found is None else [f"{found['code']}.{name}" for name in allowed]
        why = Said(
            "no address {address!r}{guess} (a field of the index, or code.field: {allowed})",
            address=address,
            guess=guess(address, near),
            allowed=joined(allowed),
        )
        faults.append(why)
    elif not option:
        part[name] = value
    elif isinstance(part.get(name), Choice):
        choice = part[name]
        part[name] = {"method": _word(choice), **choice.options, option[0]: value}
    else:
        above = address.rpartition(".")[0]
        why = Said(
            "{address!r}: {name!r} is not chosen here, so it has no option; set {above!r} first",
            address=address,
            name=name,
            above=above,
        )
        faults.append(why)


def _word(choice: Choice) -> Any:
    return choice.method.name if choice.method.registered else choice.method.function


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
        if isinstance(group.get("aggregate"), Choice):
            group["aggregate"] = group["aggregate"].without(children, out)
        dated = group.pop("weights_since", {})
        if several and (dated := _dated_without(dated, children, out)):
            group["weights_since"] = dated
    left = {**fields, **kept}
    for part in (left, *kept["groups"], *kept["indicators"]):
        for name, choice in part.items():
            # What an indicator is built of are columns of the table, whatever indicators there are.
            if isinstance(choice, Choice) and name != "weights" and "columns" not in choice.method.traits:
                part[name] = choice.unnamed(out)
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
