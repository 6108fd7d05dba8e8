"""What the columns of a table seem to be: whose a row is, when, indicators with their groups; guessed from names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.grid import name_and_unit
from hengdian_index._tables.mending import is_mark
from hengdian_index._tables.periods import YEAR, read_label, read_to_date
from hengdian_index._tables.printed import plain_cells

# A number of this span is taken for a year where nothing else says so.
_FIRST, _LAST = 1900, 2100
_WORDS = re.compile(r"[A-Z]{2,}(?![a-z])\d*(?:\.\d+)?|[A-Za-z][a-z']*\d*(?:\.\d+)?|\d+")
_PREFIX = re.compile(r"(?P<group>[^\W_]+?(?: [^\W_]+)*?)(?:\s*[_:：/／|·.]\s*|\s+[-–—]+\s+|[-–—]+)(?=\S)")


@dataclass(frozen=True)
class Found:
    """An indicator: its column, its unit of measure, its group, and the word that sounds like a cost."""

    code: str
    unit: str = ""
    group: str | None = None
    cost: str | None = None


@dataclass(frozen=True)
class Guess:
    """What a table seems to hold; `left` are columns that are no indicators, with the reason."""

    unit: str | None
    unit_names: str | None
    groups_of_units: tuple[str, ...]
    period: str | None
    to_date: bool
    groups: tuple[str, ...]
    indicators: tuple[Found, ...]
    left: Mapping[str, str]


def guessed(frame: pd.DataFrame) -> Guess:
    """Return what the columns of a table seem to be.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._index.guesses import guessed
    >>> frame = pd.DataFrame({"town": ["x", "y"], "year": [2020, 2020], "income (EUR)": [1.5, 2], "crime": [3, 1]})
    >>> found = guessed(frame)
    >>> found.unit, found.period, found.indicators[0]
    ('town', 'year', Found(code='income', unit='EUR', group=None, cost=None))
    >>> found.indicators[1].cost
    'crime'
    """
    columns = {str(name): frame.iloc[:, j].tolist() for j, name in enumerate(frame.columns)}
    numbers = {name: _numbers(cells, frame.attrs.get("decimal", ".")) for name, cells in columns.items()}
    period, year, others = _period(columns, numbers)
    left = dict.fromkeys([*([year] if year else []), *others], "year")
    labels = [name for name in labels_in(frame) if name != period and name not in left]
    when = [f"{columns[year][i] if year else ''} {label}" for i, label in enumerate(columns[period])] if period else []
    unit, names, groups = _units(columns, labels, when, len(frame))
    read = {name for name in (unit, names, period, *groups) if name}
    rest = [name for name in columns if name not in read and name not in left]
    left |= {name: "numbers" for name in rest if _numbers_rows(name, numbers[name])}
    left |= {name: "text" for name in rest if name not in left and (name in labels or numbers[name] is None)}
    rest = [name for name in rest if name not in left]
    left |= {name: why for name in rest if (why := _useless(numbers[name] or []))}
    rest = [name for name in rest if name not in left]
    named = _named(rest, [*columns], frame)
    prefixes = _prefixes([code for code, _ in named.values()])
    indicators = tuple(Found(code, of, prefixes.get(code), cost_in(code)) for code, of in named.values())
    to_date = period is not None and any(
        read_label(one) is None and read_to_date(one) is not None for one in columns[period] if not is_missing(one)
    )
    kept = tuple(dict.fromkeys(filter(None, (one.group for one in indicators))))
    return Guess(unit, names, groups, period, to_date, kept, indicators, left)


def labels_in(frame: pd.DataFrame) -> list[str]:
    """Return the columns of a table that are no numbers."""
    columns = ((str(name), frame.iloc[:, j].tolist()) for j, name in enumerate(frame.columns))
    return [name for name, cells in columns if _numbers(cells, frame.attrs.get("decimal", ".")) is None]


def cost_in(heading: str) -> str | None:
    """Return the word of a heading that sounds like less is better, None where none does or another turns it.

    Examples
    --------
    >>> from hengdian_index._index.guesses import cost_in
    >>> [cost_in(one) for one in ("Unemployment rate", "失业率", "waste_recycled", "污水处理率", "carers")]
    ['unemployment', '失业', None, None, None]
    """
    return None if _word_in(heading, "turned") else _word_in(heading, "costs")


def _word_in(heading: str, kind: str) -> str | None:
    """Return the word of a kind that a heading has: of Chinese ones the longest."""
    tokens = [token.lower() for token in _WORDS.findall(heading.replace("_", " "))]
    own = f" {' '.join(tokens)} "
    single = f" {' '.join(map(_singular, tokens))} "
    said = _known()[kind]
    found = [one for one in said if (one in heading if not one.isascii() else _stands(one, own, single))]
    return max(found, key=len, default=None)


def _stands(word: str, own: str, single: str) -> bool:
    plain = f" {word.lower().replace('_', ' ').replace('-', ' ')} "
    return plain in own or plain in single


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@cache
def _known() -> Mapping[str, Sequence[str]]:
    said = tomllib.loads((Path(__file__).parent / "headings.toml").read_text(encoding="utf-8"))
    return {kind: tuple(words) for kind, words in said.items()}


def _numbers(cells: Sequence[Any], decimal: str) -> list[float] | None:
    """Return the numbers of a column, None where most of its cells are something else."""
    there = [cell for cell in plain_cells(list(cells), decimal)[0] if not is_missing(cell)]
    if any(isinstance(cell, bool) or hasattr(cell, "year") for cell in there):
        return None
    found = [number for cell in there if (number := number_of(cell)) is not None]
    marks = sum(isinstance(cell, str) and is_mark(cell) for cell in there)
    return found if not there or 2 * len(found) > len(there) - marks else None


def _period(
    columns: Mapping[str, Sequence[Any]], numbers: Mapping[str, Any]
) -> tuple[str | None, str | None, Sequence[str]]:
    """Return the column of periods, one of years beside it where that says the part of a year alone, and others."""
    read, whole_years = [], []
    for j, (name, cells) in enumerate(columns.items()):
        labels = {str(cell) for cell in cells if not is_missing(cell)}
        readings = [read_label(one) or read_to_date(one) for one in labels]
        if not labels or None in readings:
            continue
        known, plain = _word_in(name, "periods") is not None, numbers[name]
        if plain is None or (_are_years(plain) and (known or (j < 3 and _follow(plain)))):
            read.append((not known, plain is not None, j, name))
        if all(isinstance(one, tuple) and one[0] == YEAR for one in readings):
            whole_years.append(name)
    found = min(read)[-1] if read else None
    others = tuple(name for unknown, _, _, name in read if not unknown and name != found)
    if found is None or found not in whole_years:
        return found, None, others
    beside = [name for name in columns if name != found and _word_in(name, "parts_of_years") is not None]
    unread = [name for name in beside if not any(read_label(one) for one in columns[name] if not is_missing(one))]
    return (unread[0], found, others) if unread else (found, None, others)


def _are_years(numbers: Sequence[float]) -> bool:
    """Return whether numbers can be years, or years with a month, 202206."""
    return all(one % 1 == 0 and _FIRST <= (one // 100 if one >= 10**5 else one) <= _LAST for one in numbers)


def _follow(numbers: Sequence[float]) -> bool:
    return len(set(numbers)) == max(numbers) - min(numbers) + 1


def _units(
    columns: Mapping[str, Sequence[Any]], labels: Sequence[str], when: Sequence[str], n: int
) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return the column of units, that of their names, and those of groups of them."""
    full = [name for name in labels if not any(is_missing(cell) for cell in columns[name])]
    distinct = {name: len(set(map(str, columns[name]))) for name in full}
    if when and len(set(when)) == n:
        # One row a period is one unit.
        return None, None, ()
    if when:
        unique = [name for name in full if len(set(zip(map(str, columns[name]), when, strict=True))) == n]
    else:
        unique = [name for name in full if distinct[name] == n]
    ranked = sorted(unique or (full if when else []), key=lambda name: (_rank(name), full.index(name)))
    if not ranked:
        return None, None, ()
    unit = ranked[0]
    pairs = {name: len(set(zip(map(str, columns[unit]), map(str, columns[name]), strict=True))) for name in full}
    same = [name for name in full if name != unit and pairs[name] == distinct[unit]]
    names = [name for name in same if distinct[name] == distinct[unit]]
    groups = tuple(name for name in same if 1 < distinct[name] < distinct[unit])
    return unit, names[0] if names else None, groups


def _rank(name: str) -> int:
    return 0 if _word_in(name, "codes") else 1 if _word_in(name, "units") else 2


def _numbers_rows(name: str, numbers: list[float] | None) -> bool:
    """Return whether a column numbers the rows."""
    if numbers is None or (_word_in(name, "numbering") is None and name.strip() and not name.startswith("Unnamed: ")):
        return False
    return bool(numbers) and len(set(numbers)) == len(numbers) and all(one % 1 == 0 for one in numbers)


def _useless(numbers: Sequence[float]) -> str:
    """Return why a column cannot be an indicator; nothing for one that can."""
    return "" if len(set(numbers)) > 1 else "constant" if numbers else "empty"


def _named(columns: Sequence[str], every: Sequence[str], frame: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return the code of each column and its unit of measure: in brackets after the name, or in a row of its own."""
    _, cells = frame.attrs.get("below") or ("", ())
    below = dict(zip(every, cells, strict=False)) if len(cells) == len(every) else {}
    split = {column: name_and_unit(column) for column in columns}
    bare = [name for name, _ in split.values()]
    found = {}
    for column, (name, unit) in split.items():
        alone = bare.count(name) == 1 and (name == column or name not in every)
        told = below.get(column)
        found[column] = (name, unit) if unit and alone else (column, "" if is_missing(told) else str(told).strip())
    return found


def _prefixes(codes: Sequence[str]) -> dict[str, str]:
    """Return the group of each code whose beginning at least two share, where there are two such groups or more."""
    begun = {code: match["group"].strip() for code in codes if (match := _PREFIX.match(code)) is not None}
    counts = {one: list(begun.values()).count(one) for one in begun.values()}
    kept = {code: group for code, group in begun.items() if counts[group] > 1 and group not in codes}
    return kept if len(set(kept.values())) > 1 else {}
