"""Where a result comes from, for people: versions, hashes, rows and base in the words of a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.said import told


def origins(result: Any, lang: Lang) -> list[tuple[str, str]]:
    """Return the provenance of a result as names and values, without the time of asking.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> from hengdian_index._present.origins import origins
    >>> index, table = hi.example("film_industry")
    >>> dict(origins(index.compute(table), "zh"))["参数确定期的行数"]
    '36'
    """
    say = words(lang, "origin")
    every = {name: value for name, value in result.provenance.items() if name != "time"}
    return [(say.get(name, name), _value(name, value, lang)) for name, value in _flat(every)]


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the entries of a mapping, those of mappings in it under joined names."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _value(name: str, value: Any, lang: Lang) -> str:
    """Return a value in words, where it is one of few."""
    return "" if value is None else words(lang, "origin").get(f"{name} {value}", told(value, lang))
