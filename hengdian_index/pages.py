"""Sheets of a workbook as they are shown: headings with comments, rows of values and live formulas, written out."""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from hengdian_index.errors import DataError, SpecError, raise_all
from hengdian_index.rows.archive import letters
from hengdian_index.rows.workbook import EXTRA

MOST_FORMULA = 8_000
_MOST_TEXT, _MOST_ROWS, _MOST_COLUMNS = 32_767, 1_048_576, 16_384
_NARROWEST, _WIDEST = 9, 60
# Without a fixed time, the same content would give other bytes each second.
_CREATED = datetime.datetime(2000, 1, 1)


class _Exact(float):
    """A number that XlsxWriter writes with all its digits instead of 16."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        return repr(float(self))


@dataclass(frozen=True, slots=True)
class Live:
    """A formula and the value that it has now, which is what a reader of values sees."""

    formula: str
    value: float


@dataclass(frozen=True, slots=True)
class Page:
    """What one sheet shows: a header with comments, rows of values, and the words to choose from in some columns.

    `number` is the format of numbers with a fraction and of formulas; `frozen` says how many rows and columns stay in
    sight; `remarks` are comments on single cells, counted from 0.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    comments: Sequence[str] = ()
    choices: tuple[tuple[int, int, int, Any], ...] = ()
    hidden: bool = False
    number: str = ""
    frozen: tuple[int, int] = (1, 0)
    remarks: Mapping[tuple[int, int], str] = field(default_factory=dict)


def write_pages(path: Path, pages: Sequence[Page], remedy: str) -> None:
    """Write a workbook of pages; the same pages give the same bytes.

    Text stays text, also where it begins with `=`, `+`, `-` or `@`; only a `Live` cell is a formula.

    Raises
    ------
    SpecError
        A text too long for a cell (`remedy` says what to do), a file that cannot be written, the library absent.
    DataError
        More rows or columns than a sheet has.
    """
    raise_all(DataError, [fault for page in pages for fault in _too_large(path.name, page)])
    raise_all(SpecError, [fault for page in pages for fault in _too_long(path.name, page, remedy)])
    content = _bytes(path.name, pages)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise SpecError(f"{path}: cannot be written ({error}); close it in other programs") from None


def cell_of(value: Any) -> Any:
    """Return a value of a table as a cell has it, missing ones as None.

    Examples
    --------
    >>> from hengdian_index.pages import cell_of
    >>> cell_of(float("nan")), cell_of(2.5), cell_of(("a", 1))
    (None, 2.5, "('a', 1)")
    """
    if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, (bool, int, float, datetime.date)) else str(value)


def _bytes(name: str, pages: Iterable[Page]) -> bytes:
    try:
        from xlsxwriter import Workbook  # type: ignore[import-untyped]
    except ImportError:
        raise SpecError(f"{name}: to write a workbook, install XlsxWriter: {EXTRA}") from None
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        formats = {
            "header": book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        for number in dict.fromkeys(page.number for page in pages):
            formats[number] = book.add_format({"num_format": number}) if number else None
        for page in pages:
            _write_page(book.add_worksheet(page.name), page, formats)
    return buffer.getvalue()


def _write_page(sheet: Any, page: Page, formats: Mapping[str, Any]) -> None:
    for j, heading in enumerate(page.header):
        sheet.write_string(0, j, heading, formats["header"])
    for j, comment in enumerate(page.comments):
        if comment:
            sheet.write_comment(0, j, comment, {"x_scale": 2.5})
    for (i, j), remark in page.remarks.items():
        sheet.write_comment(i, j, remark, {"x_scale": 2.5})
    first = 1 if page.header else 0
    for i, row in enumerate(page.rows, first):
        for j, value in enumerate(row):
            _write_cell(sheet, i, j, value, formats, formats[page.number])
    for first_row, last_row, column, source in page.choices:
        # A choice with options is written in full, so that other entries are allowed too.
        sheet.data_validation(
            first_row, column, last_row, column, {"validate": "list", "source": source, "show_error": False}
        )
    for j, width in enumerate(_widths(page)):
        sheet.set_column(j, j, width)
    if page.header:
        sheet.freeze_panes(*page.frozen)
    if page.hidden:
        sheet.hide()


def _write_cell(sheet: Any, i: int, j: int, value: Any, formats: Mapping[str, Any], number: Any) -> None:
    if isinstance(value, Live):
        sheet.write_formula(i, j, value.formula, number, float(value.value))
    elif isinstance(value, bool):
        sheet.write_boolean(i, j, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(i, j, _Exact(value), number if isinstance(value, float) else None)
    elif isinstance(value, datetime.date):
        timed = isinstance(value, datetime.datetime) and value.time() != datetime.time()
        sheet.write_datetime(i, j, value, formats["time" if timed else "date"])
    elif value is not None:
        sheet.write_string(i, j, str(value))


def _too_large(source: str, page: Page) -> list[str]:
    rows, columns = len(page.rows) + bool(page.header), max(map(len, (page.header, *page.rows[:1])))
    if rows <= _MOST_ROWS and columns <= _MOST_COLUMNS:
        return []
    return [f"{source}: sheet {page.name!r} would have {rows:,} rows by {columns:,} columns, more than a sheet holds"]


def _too_long(source: str, page: Page, remedy: str) -> list[str]:
    first = 2 if page.header else 1
    rows = [(first + i, row) for i, row in enumerate(page.rows)] + [(1, page.header)]
    return [
        f"{source}: sheet {page.name!r} cell {letters(j + 1)}{i}: {len(value):,} characters, more than the "
        f"{_MOST_TEXT:,} a cell holds; {remedy}"
        for i, row in rows
        for j, value in enumerate(row)
        if isinstance(value, str) and len(value) > _MOST_TEXT
    ]


def _widths(page: Page) -> list[int]:
    """Return the width of each column, a Chinese character counted as two; long texts do not widen it for ever."""
    columns = list(zip(page.header, strict=True)) if page.header else [()]
    shown = [[*column, *(row[j] for row in page.rows[:200])] for j, column in enumerate(columns)]
    return [min(max(_NARROWEST, *(_width(value) + 2 for value in column)), _WIDEST) for column in shown if column]


def _width(value: Any) -> int:
    if isinstance(value, float) and not math.isnan(value):
        return 10
    told = "" if value is None or isinstance(value, Live) else str(value)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in told)
