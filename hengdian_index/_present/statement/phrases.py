"""Options, directions and selections of rows in English and Chinese words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths.maps import Between, Target
from hengdian_index._maths.notation import precise
from hengdian_index._methods.registry import Method
from hengdian_index._present.document import Code, Math, Piece
from hengdian_index._scoring.choice import Choice
from hengdian_index._tables.selection import LabelledMask
from hengdian_index._words.catalogue import Words, words

_UPRIGHT = re.compile(r"\\mathrm\{(\w+)\}")


def direction(lang: str, one: Any) -> str:
    """Return a direction in words.

    Examples
    --------
    >>> from hengdian_index._maths.maps import Target
    >>> from hengdian_index._present.statement.phrases import direction
    >>> direction("en", Target(5.0))
    'best at 5, worse on both sides'
    """
    say = words(lang, "direction")
    if isinstance(one, Target):
        return say("target", value=precise(one.value))
    if isinstance(one, Between):
        ends = {name: getattr(one, name) for name in ("low", "high", "worst_low", "worst_high")}
        key = "between" if one.worst_low is None else "limits"
        return say(key, **{name: precise(end) for name, end in ends.items() if end is not None})
    return say[str(int(one))]


def rows(lang: str, chosen: Any) -> str:
    """Return which rows a selector means, in words.

    Examples
    --------
    >>> from hengdian_index._present.statement.phrases import rows
    >>> rows("en", "1998Q1:2003Q4"), rows("en", ("2001", "2003"))
    ('1998Q1 to 2003Q4', '2001, 2003')
    """
    say = words(lang, "selection")
    chosen = chosen.truths if isinstance(chosen, LabelledMask) else chosen
    if isinstance(chosen, slice):
        ends = ("" if chosen.start is None else str(chosen.start + 1), "" if chosen.stop is None else str(chosen.stop))
        return say("places", first=ends[0] or "1", last=ends[1] or "…")
    if isinstance(chosen, (list, tuple)) or hasattr(chosen, "tolist"):
        many = list(chosen)
        if many and all(isinstance(one, (bool, np.bool_)) for one in many):
            return say("mask", count=sum(map(bool, many)))
        return words(lang, "sign")["and"].join(rows(lang, one) for one in many)
    first, colon, last = str(chosen).partition(":")
    if not (colon and isinstance(chosen, str)):
        return str(chosen)
    key = "span" if first and last else "from" if first else "until"
    return say(key, first=first.strip(), last=last.strip())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one method's options in one language: those that the method brings, else those of the catalogue.

    A method that is not registered has only its own; what has no word is told by its own name.
    """

    lang: str
    key: str
    own: Words

    @classmethod
    def of(cls, lang: str, method: Method) -> Vocabulary:
        """Return the vocabulary of a method."""
        own = method.traits.get("words", {}).get(lang, {})
        return cls(lang, f"{method.family}.{method.name}" if method.registered else "", own)

    def word(self, room: str, name: str) -> str | None:
        """Return the word for an option ("option"), its value ("option value"), or a value that says it all."""
        return self.own.get(name) or words(self.lang, room).get(f"{self.key}.{name}")

    def symbol(self, name: str) -> str | None:
        """Return what an upright word in a formula stands for: if nothing else is said, an option of that name."""
        return self.word("symbol", name) or self.word("option", name)


def options(
    lang: str, given: Mapping[str, Any], method: Callable[[Choice], Sequence[Piece]], vocabulary: Vocabulary
) -> list[Piece]:
    """Return options in words; `method` says a choice that is an option."""
    tell = _Told(lang, method, vocabulary)
    said = [tell.option(name, value) for name, value in given.items()]
    sign = "row" if any(map(_long, given.values())) else "and"
    return _joined([part for part in said if part], words(lang, "sign")[sign])


def symbols(lang: str, formulas: Sequence[tuple[Vocabulary, str]]) -> list[Piece]:
    """Return what the upright words in formulas stand for, each meaning once."""
    found: dict[tuple[str, str], None] = {}
    for vocabulary, formula in formulas:
        for name in _UPRIGHT.findall(formula):
            if (said := vocabulary.symbol(name)) is not None:
                found[name, said] = None
    gap = " is the " if lang == "en" else "为"
    pairs: list[list[Piece]] = [[Math(rf"\mathrm{{{name}}}"), gap, said] for name, said in found]
    return _joined(pairs, words(lang, "sign")["and"])


# A value with a number, such as best_mean(5), which the method's own words tell as best_mean(n).
_CALL = re.compile(r"(\w+)\(\s*([\d.]+)\s*\)")


@dataclass(frozen=True, slots=True)
class _Told:
    """The options of one method in words."""

    lang: str
    method: Callable[[Choice], Sequence[Piece]]
    vocabulary: Vocabulary

    def option(self, name: str, value: Any) -> list[Piece]:
        """Return one option in words, nothing for one that changes nothing."""
        word = self.vocabulary.word("option", name)
        if word and name == "direction" and isinstance(value, (int, float)) and value == 1:
            return []
        said = self.vocabulary.word("option whole", f"{name} = {_written(value)}")
        if said is not None and (word is None or said not in self.vocabulary.own.values()):
            return [said]
        label: Piece = word or Code(name)
        return [label, words(self.lang, "sign")["gap"] if word else " ", *self.value(name, value)]

    def value(self, name: str, value: Any) -> list[Piece]:
        """Return a value of an option in words."""
        signs = words(self.lang, "sign")
        known = self.vocabulary.word("option value", f"{name} = {_written(value)}")
        if known is not None:
            return [known]
        if isinstance(value, str) and (call := _CALL.fullmatch(value)) and f"{call[1]}(n)" in self.vocabulary.own:
            return [self.vocabulary.own[f"{call[1]}(n)"].format(n=call[2])]
        if isinstance(value, bool):
            return [signs["yes" if value else "no"]]
        if value is None:
            return [signs["none"]]
        if isinstance(value, Choice):
            return list(self.method(value))
        if isinstance(value, (Target, Between)):
            return [direction(self.lang, value)]
        if isinstance(value, Mapping):
            return self._pairs(name, value)
        if isinstance(value, (list, tuple)):
            return self._several(name, value)
        if not isinstance(value, (int, float)):
            return [Code(str(value))]
        return [Math(r"\infty" if value > 0 else r"-\infty")] if abs(value) == float("inf") else [precise(value)]

    def _pairs(self, name: str, value: Mapping[Any, Any]) -> list[Piece]:
        """Return a mapping by code in words; one within it in brackets."""
        signs, said = words(self.lang, "sign"), list[Sequence[Piece]]()
        for key, part in value.items():
            inner = self.value(name, part)
            whole = isinstance(part, Mapping) or _long(part)
            said.append([Code(str(key)), *((signs["open"], *inner, signs["close"]) if whole else (" ", *inner))])
        return _joined(said, signs["and"])

    def _several(self, name: str, value: Sequence[Any]) -> list[Piece]:
        """Return a list in words, lists and mappings in it apart by semicolons."""
        signs = words(self.lang, "sign")
        if not value:
            return [signs["none"]]
        nested = any(isinstance(part, (list, tuple, Mapping, Choice)) for part in value)
        return _joined([self.value(name, part) for part in value], signs["row" if nested else "and"])


def _written(value: Any) -> str:
    """Return a value as the keys of words have it, a text that is no key for what is no word and no number."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value) if isinstance(value, (str, int)) else ""


def _long(value: Any) -> bool:
    return isinstance(value, (list, tuple, Mapping)) and len(value) > 1


def _joined(parts: Sequence[Sequence[Piece]], sign: str) -> list[Piece]:
    return [piece for part in parts for piece in (*part, sign)][:-1]
