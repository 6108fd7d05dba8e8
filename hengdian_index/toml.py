"""TOML text of a spec: written, and the line on which each part of one stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from hengdian_index.errors import SpecError

Place = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


def lines_of(text: str) -> dict[Place, int]:
    r"""Return the line, counted from 1, of every table and key; items of an array of tables are numbered from 0.

    Examples
    --------
    >>> from hengdian_index.toml import lines_of
    >>> lines_of("[[group]]\ncode = 'a'\n")
    {('group',): 1, ('group', 0): 1, ('group', 0, 'code'): 2}
    """
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        bare = _without_strings(line)
        header = _HEADER.match(line) if depth == 0 else None
        key = _KEY.match(line) if depth == 0 and not header else None
        if header:
            table = _table(header, counts)
            found.setdefault(tuple(part for part in table if isinstance(part, str)), number)
            found[table] = number
        elif key:
            at = table
            for part in _parts(key.group(1)):
                at = (*at, part)
                found.setdefault(at, number)
        if not header:
            depth += sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")
    return found


def line_at(lines: Mapping[Place, int], place: Place) -> int | None:
    """Return the line of a place, or of the nearest thing that holds it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)


def written(tables: Mapping[str, Any]) -> str:
    """Return mappings as `[name]` and lists of mappings as `[[name]]`, values on one line each."""
    parts = []
    for name, content in tables.items():
        for item in content if isinstance(content, list) else [content]:
            head = f"[[{name}]]" if isinstance(content, list) else f"[{name}]"
            parts.append("\n".join([head, *(f"{_key(key)} = {_value(value)}" for key, value in item.items())]))
    return "\n\n".join(parts) + "\n"


def _table(header: re.Match[str], counts: dict[Place, int]) -> Place:
    """Return the path of a table header, each array of tables followed by the number of its present item."""
    path: Place = ()
    names = _parts(header.group(2))
    for i, name in enumerate(names):
        path = (*path, name)
        if i == len(names) - 1 and header.group(1) == "[[":
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _without_strings(line: str) -> str:
    return re.sub(r"#.*$", "", re.sub(r'"(?:\\.|[^"\\])*"' + r"|'[^']*'", "", line))


def _key(key: Any) -> str:
    return str(key) if re.fullmatch(r"[A-Za-z0-9_-]+", str(key)) else _text(str(key))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise SpecError(f"{value!r} cannot be written to TOML; use names, numbers and lists, or register the function")
