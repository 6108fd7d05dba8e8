"""Options, directions and selections of rows in English and Chinese words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from hengdian_index._maths.maps import Between, Target
from hengdian_index._maths.notation import precise
from hengdian_index._present.document import Code, Math, Piece
from hengdian_index._scoring.choice import Choice
from hengdian_index._tables.selection import LabelledMask
from hengdian_index._words.catalogue import words


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


def options(lang: str, given: Mapping[str, Any], method: Callable[[Choice], Sequence[Piece]]) -> list[Piece]:
    """Return options in words; `method` says a choice that is an option."""
    said = [_option(lang, name, value, method) for name, value in given.items()]
    sign = "row" if any(map(_long, given.values())) else "and"
    return _joined([part for part in said if part], words(lang, "sign")[sign])


def symbols(lang: str, formulas: Sequence[str]) -> list[Piece]:
    """Return what the upright words in formulas stand for, each once."""
    say = words(lang, "symbol")
    found = [word for word in say if any(rf"\mathrm{{{word}}}" in text for text in formulas)]
    gap = " is the " if lang == "en" else "为"
    pairs: list[list[Piece]] = [[Math(rf"\mathrm{{{word}}}"), gap, say[word]] for word in found]
    return _joined(pairs, words(lang, "sign")["and"])


def _option(lang: str, name: str, value: Any, method: Callable[[Choice], Sequence[Piece]]) -> list[Piece]:
    """Return one option in words, nothing for one that changes nothing."""
    if name == "direction" and isinstance(value, (int, float)) and value == 1:
        return []
    given = f"{name} = {str(value).lower()}" if isinstance(value, (bool, str)) else ""
    whole = words(lang, "option whole").get(given)
    if whole is not None:
        return [whole]
    label: Piece = words(lang, "option").get(name) or Code(name)
    gap = words(lang, "sign")["gap"] if isinstance(label, str) else " "
    return [label, gap, *_value(lang, name, value, method)]


def _value(lang: str, name: str, value: Any, method: Callable[[Choice], Sequence[Piece]]) -> list[Piece]:
    signs = words(lang, "sign")
    if isinstance(value, bool):
        return [signs["yes" if value else "no"]]
    if value is None:
        return [signs["none"]]
    if isinstance(value, Choice):
        return list(method(value))
    if isinstance(value, (Target, Between)):
        return [direction(lang, value)]
    if isinstance(value, Mapping):
        return _pairs(lang, name, value, method)
    if isinstance(value, (list, tuple)):
        return _several(lang, name, value, method)
    known = words(lang, "option value").get(f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}")
    if known is not None:
        return [known]
    if not isinstance(value, (int, float)):
        return [Code(str(value))]
    return [Math(r"\infty" if value > 0 else r"-\infty")] if abs(value) == float("inf") else [precise(value)]


def _pairs(lang: str, name: str, value: Mapping[Any, Any], method: Callable[[Choice], Sequence[Piece]]) -> list[Piece]:
    """Return a mapping by code in words; one within it in brackets."""
    signs, said = words(lang, "sign"), list[Sequence[Piece]]()
    for key, part in value.items():
        inner = _value(lang, name, part, method)
        whole = isinstance(part, Mapping) or _long(part)
        said.append([Code(str(key)), *((signs["open"], *inner, signs["close"]) if whole else (" ", *inner))])
    return _joined(said, signs["and"])


def _several(lang: str, name: str, value: Sequence[Any], method: Callable[[Choice], Sequence[Piece]]) -> list[Piece]:
    """Return a list in words, lists and mappings in it apart by semicolons."""
    if not value:
        return [words(lang, "sign")["none"]]
    nested = any(isinstance(part, (list, tuple, Mapping, Choice)) for part in value)
    sign = words(lang, "sign")["row" if nested else "and"]
    return _joined([_value(lang, name, part, method) for part in value], sign)


def _long(value: Any) -> bool:
    return isinstance(value, (list, tuple, Mapping)) and len(value) > 1


def _joined(parts: Sequence[Sequence[Piece]], sign: str) -> list[Piece]:
    return [piece for part in parts for piece in (*part, sign)][:-1]
