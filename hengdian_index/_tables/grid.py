"""Where the table stands among the cells of a sheet or a file: titles above, a row of units, rows, notes below."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.periods import read_label
from hengdian_index.errors import listed, shown

# So many rows from the top are looked through for the heading.
HEAD = 40
_REMARK = re.compile(
    r"[\s*(（\[【]*(?:注|附注|备注|数据来源|资料来源|来源|说明|更新|notes?\b|sources?\b|footnotes?\b|data from|"
    r"last updated?)",
    re.IGNORECASE,
)
_OF_UNITS = re.compile(r"[\s(（\[【]*(?:计量单位|单位|units?)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """The row of the heading, the row of units below it, if any, and what is said of the rows that were passed over."""

    heading: int
    units: int | None
    liberties: tuple[str, ...]


def layout_of(rows: Sequence[Sequence[Any]], place: Mapping[int, Any] | Sequence[Any], whose: str) -> Layout:
    """Return how the first rows of a file are laid out.

    Parameters
    ----------
    rows : sequence of rows
        Cells of the first rows, blank ones as they are.
    place : sequence
        Line or number of each row.
    whose : str
        What a message calls a row: "line" or "row".

    Examples
    --------
    >>> from hengdian_index._tables.grid import layout_of
    >>> rows = [["Trips, 2022", ""], ["town", "trips"], ["", "millions"], ["Ulm", "3"]]
    >>> layout_of(rows, [1, 2, 3, 4], "line").liberties
    ("line 1 is a title: 'Trips, 2022'", "line 3 has the units: 'millions'")
    """
    heading = _heading(rows)
    liberties = [
        f"{whose} {place[i]} is a title: {shown(_texts(rows[i])[0])}"
        if _texts(rows[i])
        else f"{whose} {place[i]} above the heading is blank"
        for i in range(heading)
    ]
    units = heading + 1 if _has_units(rows, heading) else None
    if units is not None:
        liberties.append(f"{whose} {place[units]} has the units: {listed(_texts(rows[units]))}")
    return Layout(heading, units, tuple(liberties))


def notes_below(odd: Mapping[int, Sequence[Any]], n: int, place: Sequence[Any], whose: str) -> tuple[int, list[str]]:
    """Return how many of n rows are the table's, notes below it taken off, and what is said of these.

    `odd` has the cells of the rows that may be none of the table: one of their first two cells is blank, or they are
    too short or too long. A note is a row of one text that begins as notes do, or stands below a blank row.
    """
    top = n
    while top and top - 1 in odd and (len(_texts(odd[top - 1])) < 2 or _is_remark(odd[top - 1])):
        top -= 1
    blank_above = False
    for i in range(top, n):
        texts = _texts(odd[i])
        word = bool(texts) and number_of(texts[0]) is None and read_label(texts[0]) is None
        if texts and (_is_remark(odd[i]) or (blank_above and word)):
            notes = [(j, _texts(odd[j])[0]) for j in range(i, n) if _texts(odd[j])]
            return i, [f"{whose} {place[j]} below the table is a note: {shown(text)}" for j, text in notes]
        blank_above = blank_above or not texts
    return n, []


def _is_remark(row: Sequence[Any]) -> bool:
    texts = _texts(row)
    rest = [cell for cell in texts[1:] if number_of(cell) is not None]
    return bool(texts) and not rest and bool(_REMARK.match(texts[0]))


def _heading(rows: Sequence[Sequence[Any]]) -> int:
    """Return the row that names the columns: the first one that is no title, blank row or statement of units."""
    full = [sum(not is_missing(cell) for cell in row) for row in rows]
    if max(full, default=0) < 2:
        return 0
    for i, row in enumerate(rows):
        texts = _texts(row)
        if len(texts) > 1 and not all(_OF_UNITS.match(text) or _is_statement(text) for text in texts[1:]):
            # A heading has names, or periods; numbers below one name alone are rows without a heading.
            names = [number_of(text) is None or read_label(text) is not None for text in texts]
            return i if all(names) else 0
    return 0


def _is_statement(text: str) -> bool:
    return bool(re.match(r"[^:：]{1,12}[:：]\s*\S", text))


def _has_units(rows: Sequence[Sequence[Any]], heading: int) -> bool:
    """Return whether the row below the heading has units: its label is blank, the others are words above numbers."""
    if heading + 2 >= len(rows):
        return False
    names, units, first = rows[heading], rows[heading + 1], rows[heading + 2]
    label = "" if not units or is_missing(units[0]) else str(units[0]).strip().lower()
    if label not in ("", "单位", "unit", "units") and not _OF_UNITS.match(label):
        return False
    filled = [j for j, cell in enumerate(units) if j and not is_missing(cell)]
    words = [isinstance(units[j], str) and number_of(units[j]) is None for j in filled]
    named = all(j < len(names) and not is_missing(names[j]) for j in filled)
    below = any(j < len(first) and not is_missing(first[j]) and _begins_a_number(first[j]) for j in filled)
    return bool(filled) and all(words) and named and below


def _begins_a_number(cell: Any) -> bool:
    return not isinstance(cell, str) or bool(re.match(r"\s*[-+.,]?\d", cell))


def _texts(row: Sequence[Any]) -> list[str]:
    return [str(cell).strip() for cell in row if not is_missing(cell)]
