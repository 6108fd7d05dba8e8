"""Which values a saved file may hold, each under a word that outlives the name and the place of its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar

C = TypeVar("C", bound=type[Any])

_CLASSES: dict[str, type[Any]] = {}
_WORDS: dict[type[Any], str] = {}


def stored(word: str) -> Callable[[C], C]:
    """Return the decorator of a frozen dataclass whose values are saved under a word.

    The word stays when the class is renamed or moved. A field with a default may be added: a file that lacks it is
    read with the default, so the default must mean what was the rule before the field was there.

    Examples
    --------
    >>> from hengdian_index._values.stored import word_of
    >>> from hengdian_index._maths.maps import Affine
    >>> word_of(Affine)
    'affine'
    """

    def register(kind: C) -> C:
        if not is_dataclass(kind):
            raise TypeError(f"{kind.__name__}: only a dataclass can be stored; put @stored above @dataclass")
        if word in _CLASSES:
            raise ValueError(f"{kind.__name__}: the word {word!r} is that of {_CLASSES[word].__name__}")
        _CLASSES[word], _WORDS[kind] = kind, word
        return kind

    return register


def word_of(kind: type[Any]) -> str | None:
    """Return the word of a class, None for one whose values are not saved."""
    return _WORDS.get(kind)


def restored(word: str, parts: Mapping[str, Any]) -> Any:
    """Return the value of a word made of its parts; parts that the file lacks have their defaults.

    Raises
    ------
    LookupError
        No such word, a part that the class does not know, or one missing that has no default.
    """
    kind = _CLASSES.get(word)
    if kind is None:
        raise LookupError(f"no value is stored as {word!r}")
    known = {field.name for field in fields(kind)}
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    if not needed <= parts.keys() <= known:
        odd = sorted(parts.keys() - known) + sorted(needed - parts.keys())
        raise LookupError(f"{word} has other parts: {', '.join(odd)}")
    return kind(**parts)
