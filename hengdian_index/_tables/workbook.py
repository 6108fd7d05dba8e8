"""Sheets of an Excel workbook as plain cells with their addresses, and the table that one of them holds."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index._tables.archive import error_values, letters, merged_cells, opened, place, sheet_members
from hengdian_index._tables.books import Book, Cells, Told, book, cells_of, read_cells
from hengdian_index._tables.grid import (
    HEAD,
    layout_of,
    names_of,
    notes_below,
    remarks_beside,
    said_beside,
    second_heading,
    two_rows,
    without_unit,
)
from hengdian_index._tables.places import cell_at
from hengdian_index._tables.printed import COMMAS, SAMPLE, decimal_of
from hengdian_index._words.catalogue import LANGUAGES, Lang, words
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, guess, listed, raise_all, shown, telling_in

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".xlsx", ".xlsm")
_OWN = ("index", "groups", "indicators")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows below a sheet's first row that is not blank, with their numbers and those of the columns, from 1."""

    name: str
    header: tuple[str, ...]
    top: int
    rows: tuple[tuple[Any, ...], ...]
    numbers: tuple[int, ...]
    columns: tuple[int, ...]
    liberties: tuple[Said, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    @property
    def place(self) -> Said:
        """What messages call the sheet."""
        return Said("sheet {sheet!r}", sheet=self.name)

    def row(self, i: int) -> Said:
        """Return where a row is."""
        return Said("sheet {sheet!r} row {row}", sheet=self.name, row=self.numbers[i])

    def cell(self, i: int, j: int) -> Said:
        """Return where a cell is; row -1 is the header."""
        return cell_at(self.name, f"{letters(self.columns[j])}{self.top if i < 0 else self.numbers[i]}")


def sheet_called(name: str) -> str | None:
    """Return which of the known sheets a tab's name stands for, None for any other.

    Examples
    --------
    >>> from hengdian_index._tables.workbook import sheet_called
    >>> sheet_called("Groups"), sheet_called("指标"), sheet_called("Sheet1")
    ('groups', 'indicators', None)
    """
    said = name.strip().lower()
    return next((one for lang in LANGUAGES for one, on in words(lang, "tab").items() if said in on.split(", ")), None)


def in_language_of(table: Any) -> AbstractContextManager[None]:
    """Tell what is wrong with a table in the language of the workbook that it was read from, if nobody chose one."""
    attrs = getattr(table, "attrs", None)
    return telling_in(attrs.get("lang") if isinstance(attrs, Mapping) else None)


def tab(sheet: str, lang: str) -> str:
    """Return what is written on the tab of a known sheet: of several names that it may have, the first."""
    return words(lang, "tab")[sheet].split(", ")[0]


def language_of(path: str | Path) -> Lang | None:
    """Return the language in which the sheets of an index in a workbook are named, None where it has none."""
    with opened(Path(path)) as archive:
        return spoken_in(sheet_members(archive))


def spoken_in(sheets: Iterable[str]) -> Lang | None:
    """Return the language of the names that the known sheets of a workbook have, None where they have none.

    Examples
    --------
    >>> from hengdian_index._tables.workbook import spoken_in
    >>> spoken_in(["指标", "数据"]), spoken_in(["Indicators", "分指数"]), spoken_in(["Sheet1"])
    ('zh', 'en', None)
    """
    said = {name.strip().lower() for name in sheets}
    # Data, notes and lists are anybody's words in English.
    known = {
        lang: {
            one for sheet, on in words(lang, "tab").items() if lang != "en" or sheet in _OWN for one in on.split(", ")
        }
        for lang in LANGUAGES
    }
    return next((lang for lang in LANGUAGES if known[lang] & said), None)


# The known sheets as messages call them, each language with the name that it has there.
SHEETS = {
    "index": Said("'index'"),
    "groups": Said("'groups'"),
    "indicators": Said("'indicators'"),
    "data": Said("'data'"),
}


def holds_data(path: str | Path) -> bool:
    """Return whether a workbook has a sheet of data."""
    with opened(Path(path)) as archive:
        return any(sheet_called(name) == "data" for name in sheet_members(archive))


def read_sheets(
    path: str | Path, pick: Callable[[Sequence[str]], Iterable[str]] = list, *, header_rows: int = 0, named: bool = True
) -> dict[str, Sheet]:
    """Return sheets of a workbook by name; numbers, truth values, dates and text as they are, blank cells as None.

    Parameters
    ----------
    path : path
        An .xlsx workbook, or .xlsm, whose macros are not run.
    pick : function, optional
        Is given the names of all sheets and returns those to read; default: all.
    header_rows : int
        How many rows name the columns of sheets that hold data: titles above them, a row of units and notes below are
        passed over. 0 for other sheets, where all that stands there counts.
    named : bool
        Whether faults of the sheets name the file.

    Raises
    ------
    DataError
        No such file, not a workbook, protected by a password, damaged or too large; formulas without a stored value,
        error values, merged cells, values in a column without a heading: with sheet and cells, all at once.
    SpecError
        The optional library that reads workbooks is absent.
    """
    path = Path(path)
    with book(path) as found, telling_in(spoken_in(found.names)):
        names = list(pick(found.names))
        told = Told() if header_rows else None
        wrong = found.faults(names, told)
        file = path.name if named else None
        raise_all(DataError, [headed(file, one) for one in wrong])
        cells = read_cells(found, names, told)
        sheets = {name: _sheet(name, one, header_rows) for name, one in cells.items()}
        wrong = [one for _, faults in sheets.values() for one in faults]
        raise_all(DataError, [headed(file, one) for one in wrong])
    return {name: sheet for name, (sheet, _) in sheets.items()}


def data_table(
    path: str | Path,
    sheet: str | None = None,
    header_rows: int = 1,
    asked: Collection[str] = (),
) -> pd.DataFrame:
    """Return the table that a sheet of a workbook holds; file, sheet and rows are kept for messages.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm workbook.
    sheet : str, optional
        A sheet's name. None: the sheet `data` or 数据, the only one that is not empty and no part of an index, or the
        only one that has the names that are asked for.
    header_rows : int
        How many rows name the columns.
    asked : collection of str
        Names of columns, which tell what sheet is meant.

    Raises
    ------
    DataError
        As `read_sheets`, but for error values, which become the texts that a text file has of them; no such sheet,
        several that may be meant, a sheet without header.

    Notes
    -----
    Text in a number column stays text ("—" is not taken for a missing value): the border of an index refuses it with
    its row. Columns of dates become dates. Proof: `tests/tables/test_workbook.py`.
    """
    import pandas as pd

    path = Path(path)
    with book(path) as found:
        lang = spoken_in(found.names)
        with telling_in(lang):
            wanted, told = _data_sheet(found, sheet, asked)
    (one,) = read_sheets(path, lambda _: [wanted], header_rows=header_rows).values()
    if not one.header:
        with telling_in(lang):
            raise DataError(
                Said(
                    "{name}: sheet {sheet!r} is empty; its first row names the columns", name=path.name, sheet=one.name
                )
            )
    columns = {j: _column([row[j] for row in one.rows]) for j in range(len(one.header))}
    frame = pd.DataFrame(columns, index=range(len(one.rows)))
    frame.columns = pd.Index(one.header)
    frame.attrs["source"] = Said("{name} sheet {sheet!r}", name=path.name, sheet=one.name)
    if lang is not None:
        frame.attrs["lang"] = lang
    wrong: dict[str, list[str]] = {}
    for cell in one.errors:
        wrong.setdefault(one.header[one.columns.index(place(cell)[0])], []).append(cell)
    frame.attrs["errors"] = {
        name: headed(path.name, Said("sheet {name!r} {why}", name=one.name, why=error_values(cells)))
        for name, cells in wrong.items()
    }
    decimal = frame.attrs["decimal"] = decimal_of([cell for row in one.rows[:SAMPLE] for cell in row])
    frame.attrs["liberties"] = (*told, *one.liberties, *([COMMAS] if decimal == "," else []))
    frame.attrs.update(one.kept)
    frame.attrs["letters"] = {name: letters(j) for name, j in zip(one.header, one.columns, strict=True)}
    if one.numbers != tuple(range(2, len(one.rows) + 2)):
        frame.attrs["lines"] = one.numbers
    return frame


def _data_sheet(found: Book, wanted: str | None, asked: Collection[str]) -> tuple[str, list[Said]]:
    """Return which sheet of a workbook holds the table, and what is said of the choice."""
    source, names = found.path.name, found.names
    if wanted is not None:
        return _called(source, names, wanted), []
    called = [name for name in names if sheet_called(name) == "data"]
    if called or len(names) == 1:
        return (called or names)[0] if len(called) < 2 else _called(source, names, "data"), []
    others = [name for name in names if sheet_called(name) is None]
    large = [name for name in others if found.too_much(name)]
    cells = read_cells(found, [name for name in others if name not in large])
    rows = {name: [list(map(_value, row)) for row in one.rows] for name, one in cells.items()}
    filled = [name for name in others if name in large or any(map(_any, rows[name]))]
    if len(filled) == 1:
        return filled[0], []
    having = {name: _names_in(rows.get(name, ()), asked) for name in filled}
    together = set[str]().union(*(there for _, there in having.values()))
    whole = {name: most for name, (most, there) in having.items() if there and there == together}
    best = [name for name, most in whole.items() if most == max(whole.values())]
    if len(best) == 1:
        left = [name for name in filled if name not in best]
        return best[0], [Said("the sheet that has the columns of the index; not read: {names}", names=listed(left))]
    toml = _toml((best or filled or ["..."])[0])
    raise DataError(
        Said(
            "{source}: {n} sheets have the columns of the index: {best}; sheets found: {names}; write sheet = {toml} "
            "in [data] for the one that is meant",
            source=source,
            n=len(best),
            best=listed(best),
            names=listed(names),
            toml=toml,
        )
        if best
        else Said(
            "{source}: no sheet {sheet}; sheets found: {names}; write sheet = {toml} in [data] for the one that is "
            "meant",
            source=source,
            sheet=SHEETS["data"],
            names=listed(names),
            toml=toml,
        )
    )


def _called(source: str, names: Sequence[str], wanted: str) -> str:
    known = [name for name in names if sheet_called(name) == wanted]
    found = known if len(known) > 1 else [name for name in names if name == wanted] or known
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(
            Said(
                "{source}: {n} sheets stand for {sheet}: {found}; sheets found: {names}; write sheet = {toml} in "
                "[data] for the one that is meant",
                source=source,
                n=len(found),
                sheet=SHEETS.get(wanted, shown(wanted)),
                found=listed(found),
                names=listed(names),
                toml=_toml(found[0]),
            )
        )
    raise DataError(
        Said(
            "{source}: no sheet {sheet}{guess}; sheets found: {names}",
            source=source,
            sheet=shown(wanted),
            guess=guess(wanted, names),
            names=listed(names),
        )
    )


def _names_in(rows: Iterable[Sequence[Any]], asked: Collection[str]) -> tuple[int, set[str]]:
    """Return how many of the names that are asked for a row has at most, and which of them stand anywhere."""
    most, there = 0, set[str]()
    for row in rows:
        texts = {str(cell).strip() for cell in row if cell is not None}
        found = (texts | {without_unit(text) for text in texts}).intersection(asked)
        most, there = max(most, len(found)), there | found
    return most, there


def raw_cells(path: Path, names: Iterable[str]) -> dict[str, list[list[Any]]]:
    """Return the cells of sheets from A1 on, row by row, blank ones as None; nothing is said of what is in them."""
    return {name: [list(map(_value, row)) for row in cells] for name, cells in cells_of(path, list(names)).items()}


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sheet(name: str, cells: Cells, header_rows: int) -> tuple[Sheet, list[Said]]:
    """Return a sheet, and a fault for each column that has values and no heading, and for cells that are merged."""
    every = list(enumerate([list(map(_value, row)) for row in cells.rows], 1))
    every, liberties, below, wrong = _laid_out(every, header_rows, cells.merged) if header_rows else (every, (), {}, [])
    filled = [(i, row) for i, row in every if _any(row)]
    if not filled or wrong:
        return Sheet(name, (), 1, (), (), ()), [Said("sheet {name!r} {why}", name=name, why=why) for why in wrong]
    (top, header), *rows = filled
    if header_rows:
        width, beside = remarks_beside(header, rows)
        rows = [(i, row[:width]) for i, row in rows if _any(row[:width])]
        liberties = (*liberties, *said_beside(beside, "row"))
    if header_rows and header[0] is None and any(row[0] is not None for _, row in rows):
        # Many programs number the rows in a first column without a name; a text file's has this one.
        header = ["Unnamed: 0", *header[1:]]
    columns = [j for j, heading in enumerate(header) if heading is not None]
    named = set(columns)
    kept = tuple(tuple(row[j] for j in columns) for _, row in rows)
    numbers = tuple(i for i, _ in rows)
    names, letters_of = tuple(_heading(header[j]) for j in columns), tuple(j + 1 for j in columns)
    inside, rows_of = set(letters_of), set(numbers)
    errors = tuple(one for one in cells.errors if place(one)[0] in inside and place(one)[1] in rows_of)
    sheet = Sheet(name, names, top, kept, numbers, letters_of, liberties, below, errors)
    first = {j: i for i, row in reversed(rows) for j, value in enumerate(row) if value is not None and j not in named}
    return sheet, [
        joined([cell_at(name, f"{letters(j + 1)}{i}"), _bare(f"{letters(j + 1)}{top}")], "heads")
        for j, i in sorted(first.items())
    ]


def _bare(heading: str) -> Said:
    return Said(
        "a value stands in a column without a heading; write one in cell {cell}, or clear the column", cell=heading
    )


def _laid_out(
    rows: list[tuple[int, list[Any]]], header_rows: int, merged: Sequence[str]
) -> tuple[list[tuple[int, list[Any]]], tuple[Said, ...], dict[str, Any], list[Said]]:
    """Return the heading and the rows of a table without what stands above and below, what is said of that, faults."""
    first, numbers = [row for _, row in rows[:HEAD]], [i for i, _ in rows]
    if not any(map(_any, first)):
        return rows, (), {}, []
    try:
        layout = layout_of(first, numbers, "row", header_rows)
    except DataError as error:
        return rows, (), {}, [fault.message for fault in error.faults]
    if header_rows == 1 and (found := second_heading(first, layout.heading)) > 1:
        return rows, (), {}, [two_rows(numbers, layout.heading, found, "row")]
    body = rows[layout.top :]
    heading = rows[layout.heading : layout.heading + 1]
    if header_rows > 1:
        heading = [(numbers[layout.heading], [name or None for name in names_of(layout.names)])]
    odd = {at: row for at, (_, row) in enumerate(body) if not _any(row) or None in row[:2]}
    end, notes = notes_below(odd, len(body), [i for i, _ in body], "row")
    # Titles, notes and the rows of a heading that are said are read as they are meant where their cells are merged.
    table = numbers[layout.top if header_rows > 1 else layout.heading : layout.top + end]
    width, _ = remarks_beside(heading[0][1], body[:end])
    inside = [ref for ref in merged if _meets(ref, table) and place(ref.partition(":")[0])[0] <= width]
    wrong = [merged_cells(inside)] if inside else []
    titles = [one for one in layout.liberties if one not in layout.blank]
    return [*heading, *body[:end]], (*titles, *notes), layout.kept, wrong


def _meets(ref: str, rows: Sequence[int]) -> bool:
    """Return whether cells, such as B1:C2, stand in some of these rows, which follow one another."""
    found = [int(row) for row in re.findall(r"\d+", ref)] or [0]
    return not rows or (found[0] <= rows[-1] and found[-1] >= rows[0])


def _any(row: list[Any]) -> bool:
    return any(value is not None for value in row)


def _value(cell: Any) -> Any:
    """Return a cell with blank as None and whole numbers, which a workbook does not tell from others, as int."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    return int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) <= 2**53 else cell


def _heading(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value).strip()


def _column(values: list[Any]) -> pd.Series[Any]:
    import pandas as pd

    given = [value for value in values if value is not None]
    if given and all(isinstance(value, datetime.date) for value in given):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype=object)))
    return pd.Series([float("nan") if value is None else value for value in values], dtype=object).infer_objects()
