"""Where the table stands among the cells of a sheet or a file: titles above, a row of units, rows, notes below."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.periods import read_label
from hengdian_index._tables.places import lines_of
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, listed, shown

# So many rows from the top are looked through for the heading.
HEAD = 40
_MOST_HEADS = 5
# A table is at least so wide that stands below two cells and a blank row.
_APART = 3
_REMARK = re.compile(
    r"[\s*(（\[【]*(?:注|附注|备注|数据来源|资料来源|来源|说明|更新|notes?\b|sources?\b|footnotes?\b|data from|"
    r"last updated?)",
    re.IGNORECASE,
)
_WITH_UNIT = re.compile(
    r"(?P<name>.*?\S)\s*(?:[（(［\[](?P<within>[^（(［\[）)］\]]+)[）)］\]]|[/／](?P<after>[^/／]+))"
)
_MOST_LETTERS = 200
_OF_UNITS = re.compile(r"[\s(（\[【]*(?:计量单位|单位|units?)\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """The first row of the heading, the row of units, if any, the row after them, what is said of the others.

    `names` has the cells of each row of the heading, `below` the row of units and where it is, `blank` those of the
    liberties that tell of blank rows.
    """

    heading: int
    units: int | None
    top: int
    names: tuple[tuple[Any, ...], ...]
    liberties: tuple[Said, ...]
    blank: tuple[Said, ...] = ()
    below: tuple[Said, tuple[Any, ...]] | None = None
    titles: tuple[str, ...] = ()

    @property
    def kept(self) -> dict[str, Any]:
        """What a frame remembers of its heading."""
        kept: dict[str, Any] = {"headings": self.names} if len(self.names) > 1 else {}
        kept |= {"titles": self.titles} if self.titles else {}
        return kept | ({"below": self.below} if self.below else {})


def layout_of(
    rows: Sequence[Sequence[Any]], place: Mapping[int, Any] | Sequence[Any], whose: str, header_rows: int = 1
) -> Layout:
    """Return how the first rows of a file are laid out.

    Parameters
    ----------
    rows : sequence of rows
        Cells of the first rows, blank ones as they are.
    place : sequence
        Line or number of each row.
    whose : "line" or "row"
        What a message calls a row.
    header_rows : int
        How many rows name the columns.

    Raises
    ------
    DataError
        A row of a heading of several that has numbers.

    Examples
    --------
    >>> from hengdian_index._tables.grid import layout_of
    >>> rows = [["Trips, 2022", ""], ["town", "trips"], ["", "millions"], ["Ulm", "3"]]
    >>> layout_of(rows, [1, 2, 3, 4], "line").liberties
    ("line 1 is a title: 'Trips, 2022'", "line 3 has the units: 'millions'")
    """
    heading = _heading(rows)
    if header_rows > 1:
        heading = _first_of(rows, heading, header_rows, place, whose)
    liberties, blank = list[Said](), list[Said]()
    for i in range(heading):
        row = _at(whose, place[i])
        if texts := _texts(rows[i]):
            liberties.append(Said("{row} is a title: {text}", row=row, text=shown(texts[0])))
        else:
            blank.append(Said("{row} above the heading is blank", row=row))
            liberties.append(blank[-1])
    last = heading + header_rows - 1
    if header_rows > 1:
        first, lowest = place[heading], place[last]
        liberties.append(
            Said("lines {first} to {last} name the columns, the lowest that tells them apart", first=first, last=lowest)
            if whose == "line"
            else Said(
                "rows {first} to {last} name the columns, the lowest that tells them apart", first=first, last=lowest
            )
        )
    units = last + 1 if _has_units(rows, last) else None
    if units is not None:
        told = listed(_texts(rows[units]))
        liberties.append(Said("{row} has the units: {names}", row=_at(whose, place[units]), names=told))
    top = last + 1 + (units is not None)
    names = tuple(tuple(row) for row in rows[heading : last + 1])
    below = None if units is None else (_at(whose, place[units]), tuple(rows[units]))
    titles = tuple(text for row in rows[:heading] for text in _texts(row)[:1])
    return Layout(heading, units, top, names, tuple(liberties), tuple(blank), below, titles)


def _first_of(rows: Sequence[Sequence[Any]], heading: int, header_rows: int, place: Any, whose: str) -> int:
    """Return the first of several rows of a heading: what looks like a title above the names may be one of them."""
    while heading and len(_heads(rows, heading)) < header_rows and _texts(rows[heading - 1]):
        heading -= 1
    if len(_heads(rows, heading)) < header_rows:
        wrong = heading + len(_heads(rows, heading))
        n, row = wrong - heading, _at(whose, place[wrong]) if wrong < len(rows) else None
        raise DataError(_few_heads(header_rows, n, row))
    return heading


def _few_heads(header_rows: int, n: int, row: Said | None) -> Said:
    if row is None:
        return Said.of(
            n,
            "header_rows = {rows}, but there are fewer rows: the heading has {n} row; mend header_rows in [data]",
            "header_rows = {rows}, but there are fewer rows: the heading has {n} rows; mend header_rows in [data]",
            rows=header_rows,
        )
    return Said.of(
        n,
        "header_rows = {rows}, but {row} has numbers: the heading has {n} row; mend header_rows in [data]",
        "header_rows = {rows}, but {row} has numbers: the heading has {n} rows; mend header_rows in [data]",
        rows=header_rows,
        row=row,
    )


def _at(whose: str, number: Any) -> Said:
    """Return where a row is: a line of a text file, a row of a sheet."""
    return lines_of([number]) if whose == "line" else Said("row {number}", number=number)


def _heads(rows: Sequence[Sequence[Any]], heading: int) -> Sequence[Sequence[Any]]:
    """Return the rows from a heading on that may name columns: those without numbers other than periods."""
    end = heading
    while end < len(rows) and (end == heading or may_name(rows[end])):
        end += 1
    return rows[heading:end]


def may_name(row: Sequence[Any]) -> bool:
    """Return whether a row of cells may name columns: it has something, and no number other than periods."""
    texts = _texts(row)
    return bool(texts) and all(number_of(text) is None or read_label(text) is not None for text in texts)


def second_heading(rows: Sequence[Sequence[Any]], heading: int) -> int:
    """Return how many rows seem to name the columns: more than 1 where those below fill blanks, or part repetitions."""
    names = ["" if is_missing(cell) else str(cell).strip() for cell in rows[heading]]
    more = _heads(rows, heading)[1:]
    if not 0 < len(more) < _MOST_HEADS or heading + 1 + len(more) >= len(rows):
        return 1
    odd = [j for j, name in enumerate(names) if j and (not name or names.count(name) > 1)]
    below = [str(more[0][j]).strip() for j in odd if j < len(more[0]) and not is_missing(more[0][j])]
    several = len(set(below)) > 1 or (below and len(_texts(more[0])) > 1)
    return 1 + len(more) if several else 1


def two_rows(place: Mapping[int, Any] | Sequence[Any], heading: int, n: int, whose: str) -> Said:
    """Return the refusal of a heading that seems to have several rows."""
    named = joined([place[heading + i] for i in range(n)])
    if whose == "line":
        return Said(
            "lines {lines} seem to name the columns together; if so, write header_rows = {n} in [data]",
            lines=named,
            n=n,
        )
    return Said(
        "rows {rows} seem to name the columns together; if so, write header_rows = {n} in [data]", rows=named, n=n
    )


def _to_the_left(left: str, cell: str) -> str:
    return cell or left


def names_of(headings: Sequence[Sequence[Any]], asked: Collection[str] = ()) -> list[str]:
    """Return the names of columns that several rows name.

    A column is called by its lowest row that is filled; where several share that name, those above stand before it. A
    blank cell of an upper row goes with the name to its left, as a cell does that was merged. A column that one name
    alone of `asked` fits, on any row, has that one.

    Examples
    --------
    >>> from hengdian_index._tables.grid import names_of
    >>> names_of([["town", "2021", "", "2022", ""], ["", "a", "b", "a", "c"]])
    ['town', '2021_a', 'b', '2022_a', 'c']
    """
    width = max(map(len, headings), default=0)
    own = [
        ["" if j >= len(row) or is_missing(row[j]) else str(row[j]).strip() for j in range(width)] for row in headings
    ]
    spread = [[*accumulate(row, _to_the_left)] for row in own[:-1]] + own[-1:]
    lowest = [next((row[j] for row in reversed(own) if row[j]), "") for j in range(width)]
    whole = ["_".join(dict.fromkeys(row[j] for row in spread if row[j])) for j in range(width)]
    counts = Counter(lowest)
    names = [full if counts[low] > 1 and low else low for low, full in zip(lowest, whole, strict=True)]
    fits = {one: [j for j in range(width) if one in (names[j], whole[j], *(row[j] for row in own))] for one in asked}
    for one, places in fits.items():
        if len(places) == 1 and one not in names:
            names[places[0]] = one
    return names


def notes_below(odd: Mapping[int, Sequence[Any]], n: int, place: Sequence[Any], whose: str) -> tuple[int, list[Said]]:
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
            return i, [
                Said("{row} below the table is a note: {text}", row=_at(whose, place[j]), text=shown(text))
                for j, text in notes
            ]
        blank_above = blank_above or not texts
    return n, []


def remarks_beside(
    heading: Sequence[Any], rows: Iterable[tuple[int, Sequence[Any]]]
) -> tuple[int, dict[int, list[tuple[int, Any]]]]:
    """Return how many columns a table has, and what stands beside it: by column, the rows and cells that are remarks.

    They are right of the last name, and are texts; beyond a column without anything they may be numbers, too.

    Examples
    --------
    >>> from hengdian_index._tables.grid import remarks_beside
    >>> remarks_beside(["town", "trips", ""], [(2, ["Ulm", 3, "estimated"]), (3, ["Bonn", 4])])
    (2, {2: [(2, 'estimated')]})
    """
    width = max((j + 1 for j, name in enumerate(heading) if not is_missing(name)), default=0)
    found: dict[int, list[tuple[int, Any]]] = {}
    for row, cells in rows:
        for j, cell in enumerate(cells[width:], width):
            if not is_missing(cell):
                found.setdefault(j, []).append((row, cell))
    for j in range(width, max(found, default=0) + 1):
        if j not in found:
            return width, found
        if any(number_of(cell) is not None for _, cell in found[j]):
            return len(heading), {}
    return width, found


def said_beside(found: Mapping[int, Sequence[tuple[int, Any]]], whose: str) -> list[Said]:
    """Return what is said of remarks beside a table."""
    cells = [one for column in found.values() for one in column]
    if not cells:
        return []
    return [
        Said.of(
            len(cells),
            "{n} remark beside the table, the first in {row}: {text}",
            "{n} remarks beside the table, the first in {row}: {text}",
            row=_at(whose, cells[0][0]),
            text=shown(cells[0][1]),
        )
    ]


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
        # What a file is of, with a blank row between it and a table that is wider ("Data Source", "World ...").
        if len(texts) == 2 and full[i + 1 : i + 2] == [0] and max(full[i + 1 :]) > _APART:
            continue
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


def name_and_unit(heading: str) -> tuple[str, str]:
    """Return the name of a column, and its unit of measure where that stands in brackets after it.

    Examples
    --------
    >>> from hengdian_index._tables.grid import name_and_unit
    >>> name_and_unit("票房（万元）"), name_and_unit("income [EUR]"), name_and_unit("GDP/capita")
    (('票房', '万元'), ('income', 'EUR'), ('GDP/capita', ''))
    """
    match = _WITH_UNIT.fullmatch(heading) if len(heading) <= _MOST_LETTERS else None
    return (match["name"], match["within"].strip()) if match and match["within"] else (heading, "")


def without_unit(name: str) -> str:
    """Return a name without the unit of measure after it: `trips (millions)` is `trips`."""
    match = _WITH_UNIT.fullmatch(name) if len(name) <= _MOST_LETTERS else None
    return match["name"] if match else name


def _texts(row: Sequence[Any]) -> list[str]:
    return [str(cell).strip() for cell in row if not is_missing(cell)]
