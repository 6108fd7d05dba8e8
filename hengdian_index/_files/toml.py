"""TOML text of a spec: read, written, and the line on which each part of one stands."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from hengdian_index._scoring.choice import LARGEST
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError

Place = tuple[str | int, ...]

# Deeper than any choice goes; what is nested or dotted further would take Python time and memory for nothing.
_DEEPEST = 50
_TOO_DEEP = Said("nested more than {n} deep", n=_DEEPEST)

_KEY = re.compile(r"""[ \t]*([\w-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')[ \t]*""")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    "|".join((r'"""(?:\\.|[^\\])*?"{3,5}', r"'{3}.*?'{3,5}", r'"(?:\\.|[^"\\\n])*"', r"'[^'\n]*'")), re.DOTALL
)
_SCALAR = re.compile(r"""[^,\]}\n#"']*""")
# Python reads no integer of so many digits; in a text in quotes they are letters, but the first is as near as a guess.
_LONG = re.compile(r"(?<![\w.\"'])[+-]?\d(?:_?\d){4300,}")
_SPACES = re.compile(r"[ \t]*")
_LINE = re.compile(r"[^\n]*\n?")


def read(text: str) -> tuple[dict[str, Any], dict[Place, int]]:
    """Return the tables of TOML text and their lines; a ValueError says what is no TOML, or no index needs.

    Integers have at most 100 digits, values and dotted keys are at most 50 deep.
    """
    lines = lines_of(text)
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except ValueError as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise
        long = _LONG.search(text)
        why = Said("an integer of more digits than a number has")
        raise ValueError(_at(why, text.count(chr(10), 0, long.start()) + 1) if long else why) from None
    for place, value in _values(tables):
        if isinstance(value, int) and abs(value) >= LARGEST:
            at = line_at(lines, place)
            why = Said("{name}: an integer of more than 100 digits", name=place[-1])
            raise ValueError(_at(why, at) if at else why)
    return tables, lines


def _at(why: Said, line: int) -> Said:
    return Said("{why} (at line {line})", why=why, line=line)


def _values(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield what is neither a table nor an array, with its place."""
    if isinstance(value, (dict, list)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _values(part, (*place, key))
    else:
        yield place, value


def lines_of(text: str) -> dict[Place, int]:
    r"""Return the line, counted from 1, of every table and key; items of arrays are numbered from 0.

    Text that is no TOML is read as far as it goes. A ValueError is raised where it is nested too deep.

    Examples
    --------
    >>> from hengdian_index._files.toml import lines_of
    >>> lines_of("[[group]]\ncode = 'a'\n")
    {('group',): 1, ('group', 0): 1, ('group', 0, 'code'): 2}
    """
    return _Lines(text).found


def parts_of(text: str) -> list[tuple[int, int, Place, bool]]:
    r"""Return where each header and each pair of a table begins and ends, its place, and whether it is a header.

    Examples
    --------
    >>> from hengdian_index._files.toml import parts_of
    >>> parts_of("[a]\nb.c = 1  # one\n")
    [(0, 4, ('a',), True), (4, 13, ('a', 'b', 'c'), False)]
    """
    return _Lines(text).parts


class _Lines:
    """A walk through TOML text, that notes on which line each table, key and item begins."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line, self._counted = text, 0, 1, 0
        self.found: dict[Place, int] = {}
        # Where each header and pair of a table begins and ends, and its place; of a header with the line that it is on.
        self.parts: list[tuple[int, int, Place, bool]] = []
        self._items: dict[Place, int] = {}
        table: Place = ()
        while self._skip(_BLANK) < len(text):
            began = self.at
            if text[began] == "[":
                table = self._header()
                self.parts.append((began, self.at, table, True))
            elif place := self._pair(table):
                self.parts.append((began, self.at, place, False))
            else:
                self._skip(_LINE)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _note(self, place: Place, *, again: bool = False) -> None:
        self.line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        if again or place not in self.found:
            self.found[place] = self.line

    def _too_deep(self) -> ValueError:
        return ValueError(_at(_TOO_DEEP, self.text.count(chr(10), 0, self.at) + 1))

    def _header(self) -> Place:
        """Read `[a.b]` or `[[a.b]]`: the place of the table, each array of tables followed by its present item."""
        several = self.text.startswith("[[", self.at)
        self.at += 1 + several
        place: Place = ()
        names = self._names()
        for i, name in enumerate(names):
            place = (*place, name)
            self._note(place)
            if several and i == len(names) - 1:
                self._items[place] = self._items.get(place, -1) + 1
            if place in self._items:
                place = (*place, self._items[place])
        self._note(place, again=True)
        self._skip(_LINE)
        return place

    def _names(self) -> list[str]:
        """Read a key, which may be dotted."""
        names: list[str] = []
        while found := _KEY.match(self.text, self.at):
            names.append(_name(found.group(1)))
            if len(names) > _DEEPEST:
                raise self._too_deep()
            self.at = found.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return names

    def _pair(self, table: Place, depth: int = 1) -> Place:
        """Read `key = value`; return its place, empty where there is none."""
        place, names = table, self._names()
        if not names or not self.text.startswith("=", self.at):
            return ()
        for name in names:
            place = (*place, name)
            self._note(place)
        self.at += 1
        self._value(place, depth)
        return place

    def _value(self, place: Place, depth: int) -> None:
        self._skip(_SPACES)
        opening = self.text[self.at : self.at + 1]
        if opening in ("[", "{"):
            if depth >= _DEEPEST:
                raise self._too_deep()
            self.at += 1
            self._inside(place, depth + 1, "]" if opening == "[" else "}")
        else:
            self._skip(_STRING if opening in ("'", '"') else _SCALAR)

    def _inside(self, place: Place, depth: int, closing: str) -> None:
        """Read the items of an array, or the pairs of an inline table."""
        number = 0
        while self._skip(_BLANK) < len(self.text):
            began = self.at
            if self.text[self.at] in ",]}":
                self.at += 1
                if self.text[began] != ",":
                    return
                continue
            if closing == "]":
                self._note((*place, number))
                self._value((*place, number), depth)
                number += 1
            else:
                self._pair(place, depth)
            if self.at == began:
                return


def line_at(lines: Mapping[Place, int], place: Place) -> int | None:
    """Return the line of a place, or of the nearest thing that holds it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)


def spelled(lines: Mapping[Place, int], place: Place) -> Place:
    """Return a place as a text has it, where one of its names may be several there: `film.weights` in tables."""
    table, *names = place
    for at in lines:
        if at[:1] == (table,) and ".".join(map(str, at[1:])) == ".".join(map(str, names)):
            return at
    return spelled(lines, place[:-1]) if len(names) > 1 else place


def written(tables: Mapping[str, Any]) -> str:
    """Return mappings as `[name]` and lists of mappings as `[[name]]`, values on one line each."""
    parts = []
    for name, content in tables.items():
        for item in content if isinstance(content, list) else [content]:
            head = f"[[{name}]]" if isinstance(content, list) else f"[{name}]"
            parts.append("\n".join([head, *(line(key, value) for key, value in item.items())]))
    return "\n\n".join(parts) + "\n"


def line(key: str, value: Any) -> str:
    """Return a key and its value on one line.

    Examples
    --------
    >>> from hengdian_index._files.toml import line
    >>> line("weights", {"a": 1, "供给": 2})
    'weights = { a = 1, "供给" = 2 }'
    """
    return f"{_key(key)} = {_value(value)}"


def _name(key: str) -> str:
    """Return the name that a key stands for."""
    if key[0] == '"' and "\\" in key:
        try:
            return str(tomllib.loads(f"name = {key}")["name"])
        except tomllib.TOMLDecodeError:
            return key
    return key.strip("\"'") if key[0] in "\"'" else key


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
    raise SpecError(
        Said("{value!r} cannot be written to TOML; use names, numbers and lists, or register the function", value=value)
    )
