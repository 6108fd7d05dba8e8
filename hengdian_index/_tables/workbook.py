"""Sheets of an Excel workbook as plain cells with their addresses, and the table that one of them holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index._system.about import install
from hengdian_index._tables.archive import damaged, findings, letters, merged_cells, opened, sheet_members
from hengdian_index._tables.grid import HEAD, layout_of, names_of, notes_below, second_heading, two_rows
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".xlsx", ".xlsm")
EXTRA = install("excel")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows below a sheet's first row that is not blank, with their numbers and those of the columns, from 1."""

    name: str
    header: tuple[str, ...]
    top: int
    rows: tuple[tuple[Any, ...], ...]
    numbers: tuple[int, ...]
    columns: tuple[int, ...]
    liberties: tuple[str, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """What messages call the sheet."""
        return f"sheet {self.name!r}"

    def row(self, i: int) -> str:
        """Return where a row is."""
        return f"sheet {self.name!r} row {self.numbers[i]}"

    def cell(self, i: int, j: int) -> str:
        """Return where a cell is; row -1 is the header."""
        return f"sheet {self.name!r} cell {letters(self.columns[j])}{self.top if i < 0 else self.numbers[i]}"


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


def tab(sheet: str, lang: str) -> str:
    """Return what is written on the tab of a known sheet: of several names that it may have, the first."""
    return words(lang, "tab")[sheet].split(", ")[0]


def holds_data(path: str | Path) -> bool:
    """Return whether a workbook has a sheet of data."""
    with opened(Path(path)) as archive:
        return any(sheet_called(name) == "data" for name in sheet_members(archive))


def read_sheets(
    path: str | Path, pick: Callable[[Sequence[str]], Iterable[str]] = list, *, header_rows: int = 0
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

    Raises
    ------
    DataError
        No such file, not a workbook, protected by a password, damaged or too large; formulas without a stored value,
        error values, merged cells, values in a column without a heading: with sheet and cells, all at once.
    SpecError
        The optional library that reads workbooks is absent.
    """
    path = Path(path)
    with opened(path) as archive:
        members = sheet_members(archive)
        names = list(pick(list(members)))
        merged = dict[str, list[str]]() if header_rows else None
        found = findings(archive, {name: members[name] for name in names}, merged)
    raise_all(DataError, [Fault(Said("{file}: {why}", file=path.name, why=one)) for one in found])
    sheets = {
        name: _sheet(name, cells, header_rows, (merged or {}).get(name, ()))
        for name, cells in _cells(path, names).items()
    }
    wrong = [one for _, faults in sheets.values() for one in faults]
    raise_all(DataError, [Fault(Said("{file}: {why}", file=path.name, why=one)) for one in wrong])
    return {name: sheet for name, (sheet, _) in sheets.items()}


def data_table(path: str | Path, sheet: str = "data", header_rows: int = 1) -> pd.DataFrame:
    """Return the table that a sheet of a workbook holds; file, sheet and rows are kept for messages.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm workbook.
    sheet : str
        A sheet's name; "data" also stands for 数据, and for the only sheet of a workbook that is not empty.
    header_rows : int
        How many rows name the columns.

    Raises
    ------
    DataError
        As `read_sheets`; no such sheet, a sheet without header.

    Notes
    -----
    Text in a number column stays text ("—" is not taken for a missing value): the border of an index refuses it with
    its row. Columns of dates become dates. Proof: `tests/tables/test_workbook.py`.
    """
    import pandas as pd

    path = Path(path)
    with opened(path) as archive:
        names = list(sheet_members(archive))
    if len(names) > 1 and sheet not in names and not any(sheet_called(name) == sheet for name in names):
        filled = [name for name, found in read_sheets(path, header_rows=header_rows).items() if found.header]
        names = filled if len(filled) == 1 and sheet_called(filled[0]) is None else names
    wanted = _data_sheet(path.name, names, sheet)
    (found,) = read_sheets(path, lambda _: [wanted], header_rows=header_rows).values()
    if not found.header:
        raise DataError(f"{path.name}: sheet {found.name!r} is empty; its first row names the columns")
    columns = {j: _column([row[j] for row in found.rows]) for j in range(len(found.header))}
    frame = pd.DataFrame(columns, index=range(len(found.rows)))
    frame.columns = pd.Index(found.header)
    frame.attrs["source"] = f"{path.name} sheet {found.name!r}"
    frame.attrs["liberties"] = found.liberties
    frame.attrs.update(found.kept)
    frame.attrs["letters"] = {name: letters(j) for name, j in zip(found.header, found.columns, strict=True)}
    if found.numbers != tuple(range(2, len(found.rows) + 2)):
        frame.attrs["lines"] = found.numbers
    return frame


def _data_sheet(source: str, names: Sequence[str], wanted: str) -> str:
    called = [name for name in names if sheet_called(name) == wanted]
    found = called or [name for name in names if name == wanted] or (list(names) if len(names) == 1 else [])
    if len(found) == 1:
        return found[0]
    told = f"{len(found)} sheets stand for {wanted!r}: {listed(found)}" if found else f"no sheet {wanted!r}"
    raise DataError(f"{source}: {told}; sheets found: {listed(names)}")


def raw_cells(path: Path, names: Iterable[str]) -> dict[str, list[list[Any]]]:
    """Return the cells of sheets from A1 on, row by row, blank ones as None; nothing is said of what is in them."""
    return {name: [list(map(_value, row)) for row in cells] for name, cells in _cells(path, names).items()}


def _cells(path: Path, names: Iterable[str]) -> dict[str, list[list[Any]]]:
    """Return the cells of sheets from A1 on, row by row."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise SpecError(f"{path.name}: to read a workbook, install python-calamine: {EXTRA}") from None
    try:
        with CalamineWorkbook.from_path(path) as book:
            return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise damaged(path, error) from None
    except BaseException as error:
        # The library is written in Rust: where that gives up, its error is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(path, error) from None


def _sheet(name: str, cells: list[list[Any]], header_rows: int, merged: Sequence[str]) -> tuple[Sheet, list[str]]:
    """Return a sheet, and a fault for each column that has values and no heading, and for cells that are merged."""
    every = list(enumerate([list(map(_value, row)) for row in cells], 1))
    every, liberties, below, wrong = _laid_out(every, header_rows, merged) if header_rows else (every, (), {}, [])
    filled = [(i, row) for i, row in every if _any(row)]
    if not filled or wrong:
        return Sheet(name, (), 1, (), (), ()), [f"sheet {name!r} {why}" for why in wrong]
    (top, header), *rows = filled
    columns = [j for j, heading in enumerate(header) if heading is not None]
    headed = set(columns)
    kept = tuple(tuple(row[j] for j in columns) for _, row in rows)
    numbers = tuple(i for i, _ in rows)
    names, letters_of = tuple(_heading(header[j]) for j in columns), tuple(j + 1 for j in columns)
    sheet = Sheet(name, names, top, kept, numbers, letters_of, liberties, below)
    first = {j: i for i, row in reversed(rows) for j, value in enumerate(row) if value is not None and j not in headed}
    return sheet, [
        f"sheet {name!r} cell {letters(j + 1)}{i}: a value stands in a column without a heading; "
        f"write one in cell {letters(j + 1)}{top}, or clear the column"
        for j, i in sorted(first.items())
    ]


def _laid_out(
    rows: list[tuple[int, list[Any]]], header_rows: int, merged: Sequence[str]
) -> tuple[list[tuple[int, list[Any]]], tuple[str, ...], dict[str, Any], list[str]]:
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
    inside = [ref for ref in merged if _meets(ref, table)]
    wrong = [merged_cells(inside)] if inside else []
    titles = [one for one in layout.liberties if not one.endswith("is blank")]
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
