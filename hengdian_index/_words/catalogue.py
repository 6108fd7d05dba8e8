"""The texts of the package in every language: `.po` files beside this module, read when the first text is asked for.

An entry with a context is a text under a key that says what it is for; every language has all of them. One without is a
sentence that is written in English where it is said, with its translation; so are those of the helps and of click.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

Lang: TypeAlias = Literal["en", "zh"]
Words: TypeAlias = Mapping[str, str]

LANGUAGES: tuple[Lang, ...] = get_args(Lang)

_QUOTED = re.compile(r'^(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+)?"(.*)"$')
_ESCAPED = re.compile(r"\\(.)")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_PLURAL = re.compile(r"plural=([^;]+)")


class Entry(NamedTuple):
    """An entry of a catalogue: its forms are one text, or one for each plural form of the language."""

    context: str
    key: str
    plural: str
    forms: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Room(Mapping[str, str]):
    """The texts of one room in one language, by key.

    One with plural forms names, as its `msgid_plural`, the place whose number decides; under its key stands the last.
    """

    name: str
    lang: str
    forms: Mapping[str, tuple[str, ...]] = field(repr=False)
    numbers: Mapping[str, str] = field(repr=False)
    form: Callable[[int], int] = field(repr=False)

    def __getitem__(self, key: str) -> str:
        return self.forms[key][-1]

    def form_for(self, key: str, values: Mapping[str, Any]) -> str:
        """Return a text, not filled in, in the form that the language has for the number among the values."""
        forms = self.forms[key]
        return forms[self.form(int(values[self.numbers[key]]))] if key in self.numbers else forms[0]

    def __call__(self, key: str, /, **values: Any) -> str:
        """Return a text with its places filled in, in the form that the language has for their number."""
        return self.form_for(key, values).format(**values)

    def of_years(self) -> Room:
        """Return the texts about periods that are years: those that have a text of their own for these in its place.

        Examples
        --------
        >>> from hengdian_index._words.catalogue import words
        >>> say = words("zh", "report")
        >>> say["change on period"], say.of_years()["change on period"]
        ('环比变化', '比上年变化')
        """
        own = {key: forms for key in self.forms if (forms := self.forms.get(f"{key} of years"))}
        return replace(self, forms={**self.forms, **own})

    def __iter__(self) -> Iterator[str]:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)


class Catalogue(NamedTuple):
    """All that one language has: its rooms, and which plural form a number takes."""

    rooms: Mapping[str, Room]
    form: Callable[[int], int]

    def translated(self, english: str, context: str = "") -> tuple[str, ...]:
        """Return the forms of an English sentence in this language, none where it has no translation."""
        room = self.rooms.get(context)
        return room.forms.get(english, ()) if room is not None else ()


def words(lang: str, room: str, *kinds: str, of_years: bool = False) -> Room:
    """Return the texts of a room in a language; about rows of some kinds (`Panel.kinds`), those of their own first.

    Examples
    --------
    >>> from hengdian_index._words.catalogue import words
    >>> say = words("zh", "statement")
    >>> say["an index"], say("title", name="电影")
    ('指数', '方法说明：电影')
    """
    kinds = ("years", *kinds) if of_years else kinds
    return _about(lang, room, *kinds) if kinds else catalogue(lang).rooms[room]


@cache
def _about(lang: str, room: str, *kinds: str) -> Room:
    """Return the texts of a room about rows of some kinds, made once: those of a room of that kind come first."""
    rooms = catalogue(lang).rooms
    say = rooms[room].of_years() if "years" in kinds else rooms[room]
    for own in (rooms[f"{room} of {kind}"] for kind in kinds if f"{room} of {kind}" in rooms):
        say = replace(say, forms={**say.forms, **own.forms}, numbers={**say.numbers, **own.numbers})
    return say


@cache
def catalogue(lang: str) -> Catalogue:
    """Return what the file of a language has."""
    text = Path(__file__).with_name(f"{lang}.po").read_text(encoding="utf-8")
    rooms: dict[str, dict[str, Entry]] = {}
    found = list(entries(text))
    head = next((one.forms[0] for one in found if not one.context and not one.key), "")
    stated = _PLURAL.search(head)
    form = c2py(stated[1]) if stated else (lambda n: 0)
    for one in found:
        if one.key:
            rooms.setdefault(one.context, {})[one.key] = one
    return Catalogue({name: _room(name, lang, own, form) for name, own in rooms.items()}, form)


def _room(name: str, lang: str, own: Mapping[str, Entry], form: Callable[[int], int]) -> Room:
    numbers = {key: one.plural for key, one in own.items() if one.plural}
    return Room(name, lang, {key: one.forms for key, one in own.items()}, numbers, form)


def entries(text: str) -> Iterator[Entry]:
    r"""Yield the entries of a file in the .po format, comments left out; the first, without a key, is its head.

    Examples
    --------
    >>> from hengdian_index._words.catalogue import entries
    >>> list(entries('msgctxt "report"\nmsgid "rows"\nmsgstr ""\n"rows "\n"{n}"\n'))
    [Entry(context='report', key='rows', plural='', forms=('rows {n}',))]
    """
    parts: dict[str, str] = {}
    part = ""
    for line in text.splitlines():
        match = _QUOTED.match(line.strip())
        if match is None:
            continue
        part = match[1] or part
        if match[1] in ("msgctxt", "msgid") and any(name.startswith("msgstr") for name in parts):
            yield _entry(parts)
            parts = {}
        parts[part] = parts.get(part, "") + _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), match[2])
    if parts:
        yield _entry(parts)


def _entry(parts: Mapping[str, str]) -> Entry:
    forms = tuple(said for name, said in parts.items() if name.startswith("msgstr"))
    return Entry(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""), forms)
