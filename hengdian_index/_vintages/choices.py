"""The choices of an index as a flat list: address by address, so that two indexes can be laid side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from hengdian_index._files.spec_file import OWN
from hengdian_index._index.index import Index
from hengdian_index._scoring.fields import Group, Indicator, Part, plain

Difference = tuple[str, Any, Any]


def choices(spec: str) -> dict[str, Any]:
    """Return every choice of an index (TOML text) by its address, those left out with their defaults.

    A group or an indicator itself is there under its code. None stands for "as in the group or index above".

    Examples
    --------
    >>> import hengdian_index as hi
    >>> from hengdian_index._vintages.choices import choices
    >>> index = hi.Index(groups=[hi.Group("total", weights="entropy")], indicators=[hi.Indicator("a", "total")])
    >>> found = choices(index.to_toml())
    >>> found["total"], found["total.weights"], found["aggregate"], found["a.direction"]
    ('group', 'entropy', 'arithmetic', 1)
    """
    tables = tomllib.loads(spec)
    head = tables.get("index", {}) | {name: tables[name] for name in OWN if name in tables}
    found = _fields(Index, head, "", ("groups", "indicators"))
    kinds: tuple[tuple[str, type[Part]], ...] = (("group", Group), ("indicator", Indicator))
    for kind, model in kinds:
        for part in tables.get(kind, []):
            found[part["code"]] = kind
            found |= _fields(model, part, f"{part['code']}.", ("code",))
    return found


def different(before: Mapping[str, Any], after: Mapping[str, Any], renamed: Mapping[str, str]) -> list[Difference]:
    """Return (address, before, after) of each choice that differs; `renamed` maps old codes of groups to new ones.

    Of a group or an indicator that only one index has, one line: its kind, and None on the other side. Of a method
    that both have, the options that differ.
    """
    old = {_address(address, renamed): _reworded(address, value, renamed) for address, value in before.items()}
    found: list[Difference] = [(code, code, new) for code, new in renamed.items()]
    alone = {code for code in old.keys() ^ after.keys() if (old.get(code) or after.get(code)) in ("group", "indicator")}
    for address in [*old, *(address for address in after if address not in old)]:
        if address in alone:
            found.append((address, old.get(address), after.get(address)))
        elif address.rpartition(".")[0] not in alone:
            found += _options(address, old.get(address), after.get(address))
    return found


def _fields(model: type[Part], given: Mapping[str, Any], prefix: str, but: tuple[str, ...]) -> dict[str, Any]:
    names = [name for name in model.model_fields if name not in but]
    return {f"{prefix}{name}": given.get(name, plain(model.model_fields[name].default)) for name in names}


def _options(address: str, one: Any, other: Any) -> list[Difference]:
    if one == other:
        return []
    if _method(one) is None or _method(one) != _method(other):
        return [(address, one, other)]
    mine, theirs = (said if isinstance(said, Mapping) else {} for said in (one, other))
    names = [name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name) and name != "method"]
    return [(f"{address}.{name}", mine.get(name), theirs.get(name)) for name in names]


def _method(said: Any) -> Any:
    return said.get("method") if isinstance(said, Mapping) else said if isinstance(said, str) else None


def _address(address: str, renamed: Mapping[str, str]) -> str:
    for old in sorted(renamed, key=len, reverse=True):
        if address == old or address.startswith(f"{old}."):
            return renamed[old] + address[len(old) :]
    return address


def _reworded(address: str, value: Any, renamed: Mapping[str, str]) -> Any:
    """Return a choice as it reads after the renaming: the parent of a part, the children that weights are given to."""
    if address.endswith(".parent"):
        return renamed.get(value, value)
    if isinstance(value, Mapping):
        return {renamed.get(key, key): _reworded("", part, renamed) for key, part in value.items()}
    return [_reworded("", part, renamed) for part in value] if isinstance(value, list) else value
