"""Sheets of a workbook as they are shown: headings with comments, rows of values and live formulas, written out."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

from hengdian_index._system.written import whole
from hengdian_index._tables.archive import letters
from hengdian_index._tables.books import EXTRA
from hengdian_index._tables.places import cell_at
from hengdian_index._values.letters import columns
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, cause, raise_all

MOST_FORMULA = 8_000
_MOST_TEXT, _MOST_ROWS, _MOST_COLUMNS = 32_767, 1_048_576, 16_384
_NARROWEST, _WIDEST, _HEADING = 9, 60, 14
# Wider sheets would be too small to read on one page's width; in characters.
_WIDEST_PAGE = 150
_A4 = 9
# Points; and how much longer a text is for being broken between words.
_ROW_HEIGHT, _HEADING_SPACE, _MOST_HEIGHT, _LINE = 15, 4, 405, 1.1
# Lines for a heading that is a formula: nobody knows yet how long it will be.
_LIVE_LINES = 3
# Rows that widths and the side of headings are taken from.
_LOOKED_AT = 200
# Without a fixed time, the same content would give other bytes each second.
_CREATED = datetime.datetime(2000, 1, 1)


class _Exact(float):
    """A number that XlsxWriter writes with all its digits instead of 16."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        return repr(float(self))


class _Blank(str):
    """An empty text that XlsxWriter writes as the value of a formula; a plain one it leaves out."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, _: object) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Live:
    """A formula and the value that it has now, which is what a reader of values sees; "" is shown as blank."""

    formula: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Page:
    """What one sheet shows: a header with comments, rows of values, and the words to choose from in some columns.

    `number` is the format of numbers with a fraction and of formulas; `frozen` says how many rows and columns stay in
    sight; `remarks` are comments on single cells, counted from 0. `table` is the row that heads a table below facts,
    whose texts run over the cells beside them; `filtered` puts a filter on the header.
    """

    name: str
    header: Sequence[str | Live]
    rows: Sequence[Sequence[Any]]
    comments: Sequence[str] = ()
    choices: tuple[tuple[int, int, int, Any], ...] = ()
    hidden: bool = False
    number: str = ""
    frozen: tuple[int, int] = (1, 0)
    remarks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    table: int | None = None
    filtered: bool = False

    @property
    def headings(self) -> range:
        """Which rows are headings too: that of a table below facts, or those that stay in sight below the header."""
        if self.table is not None:
            return range(self.table, self.table + 1)
        return range(self.frozen[0] - 1 if self.header else 0)


def write_pages(path: Path, pages: Sequence[Page], remedy: Said) -> None:
    """Write a workbook of pages; the same pages give the same bytes. A failure leaves an old file as it was."""
    with pages_written(path, pages, remedy):
        pass


@contextmanager
def pages_written(path: Path, pages: Sequence[Page], remedy: Said) -> Iterator[None]:
    """Write a workbook of pages that takes its place when the block ends well; else an old file stays as it was.

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
    if not os.path.isdir(path.parent):
        folder = str(path.parent)
        raise SpecError(
            Said(
                "{path}: the folder {folder!r} is not a folder; make it first, or choose another",
                path=path,
                folder=folder,
            )
            if os.path.exists(path.parent)
            else Said(
                "{path}: the folder {folder!r} does not exist; make it first, or choose another",
                path=path,
                folder=folder,
            )
        )
    try:
        with whole(path) as part:
            part.write_bytes(content)
            yield
    except OSError as error:
        why = cause(error, error.strerror or "")
        raise SpecError(
            Said("{path}: cannot be written ({why}); close it in other programs, or choose another", path=path, why=why)
        ) from None


def heading_of(table: str, field: str, lang: str) -> str:
    """Return what a table's field is called on a sheet that is written; a field without an entry keeps its own name.

    Examples
    --------
    >>> from hengdian_index._files.sheets import heading_of
    >>> heading_of("indicator", "unit", "zh"), heading_of("index", "unit", "zh"), heading_of("index", "unit", "en")
    ('单位', '地区/单位列', 'unit')
    """
    return headings_of(table, field, lang)[0]


def headings_of(table: str, field: str, lang: str) -> list[str]:
    """Return all that a table's field may be called on a sheet that is read, first what it is called where written.

    Examples
    --------
    >>> from hengdian_index._files.sheets import headings_of
    >>> headings_of("index", "fit_on", "zh")
    ['参数确定期', '拟合期']
    """
    say = words(lang, "heading")
    return (say.get(f"{table}.{field}") or say.get(field) or field).split(", ")


def meaning_of(table: str, field: str, lang: str) -> str:
    """Return what a table's field means, in a sentence; nothing for one without an entry."""
    say = words(lang, "meaning")
    return say.get(f"{table}.{field}") or say.get(field) or ""


def remarks() -> set[str]:
    """Return the headings, in any language, of columns that are for people only."""
    return {one for lang in LANGUAGES for one in words(lang, "sheet")["remarks"].split(", ")}


def cell_of(value: Any) -> Any:
    """Return a value of a table as a cell has it, missing ones as None.

    Examples
    --------
    >>> from hengdian_index._files.sheets import cell_of
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
        from xlsxwriter import Workbook
    except ImportError:
        raise SpecError(Said("{name}: to write a workbook, install XlsxWriter: {how}", name=name, how=EXTRA)) from None
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        formats = _formats(book, pages)
        for page in pages:
            _write_page(book.add_worksheet(page.name), page, formats)
    return buffer.getvalue()


def _formats(book: Any, pages: Iterable[Page]) -> dict[str, Any]:
    header: dict[str, Any] = {"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True}
    looks: dict[str, dict[str, Any]] = {
        "": {},
        "title": {"bold": True},
        "header": header,
        "header of numbers": {**header, "align": "right"},
        "long": {"text_wrap": True},
        "date": {"num_format": "yyyy-mm-dd"},
        "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
        **{page.number: {"num_format": page.number} for page in pages if page.number},
    }
    return {name: book.add_format({"valign": "top", **look}) for name, look in looks.items()}


def _write_page(sheet: Any, page: Page, formats: Mapping[str, Any]) -> None:
    widths, first = _widths(page), int(bool(page.header))
    heads = page.headings
    if page.header:
        titled = page.table is not None
        _write_header(sheet, 0, page.header, page.rows[heads.stop :], formats, None if titled else widths)
    for i, row in enumerate(page.rows):
        if i in heads:
            _write_header(sheet, i + first, row, page.rows[heads.stop :], formats, widths)
        else:
            fact = page.table is not None and i < page.table
            _write_row(sheet, i + first, row, formats, page.number, None if fact else widths)
    _write_aids(sheet, page)
    _lay_out(sheet, page, widths)


def _write_header(
    sheet: Any, i: int, header: Sequence[Any], rows: Sequence[Any], formats: Mapping[str, Any], widths: Any
) -> None:
    """Write headings, those of numbers to the right; without widths they are a title that runs over other cells."""
    for j, heading in enumerate(header):
        below = [row[j] for row in rows[:_LOOKED_AT] if row[j] is not None]
        look = "header of numbers" if below and all(map(_is_number, below)) else "header"
        if isinstance(heading, Live):
            _write_cell(sheet, i, j, heading, formats, formats["header"])
        elif heading or widths:
            sheet.write_string(i, j, str(heading or ""), formats[look if widths else "title"])
    if widths:
        _heighten(sheet, i, header, widths, _HEADING_SPACE)


def _write_row(
    sheet: Any, i: int, row: Sequence[Any], formats: Mapping[str, Any], number: str, widths: Sequence[int] | None
) -> None:
    """Write cells; with widths, long texts are broken into lines."""
    for j, value in enumerate(row):
        long = widths is not None and isinstance(value, str) and _width(value) > widths[j]
        look = ("long" if long else "") if isinstance(value, str) else number
        _write_cell(sheet, i, j, value, formats, formats[look])
    if widths is not None:
        _heighten(sheet, i, row, widths)


def _heighten(sheet: Any, i: int, row: Sequence[Any], widths: Sequence[int], space: int = 0) -> None:
    """Give a row the height that its broken texts need, which not every program finds by itself."""
    texts = [(value, width) for value, width in zip(row, widths, strict=False) if isinstance(value, str)]
    least = _LIVE_LINES if space and any(isinstance(value, Live) for value in row) else 1
    found = (math.ceil(_LINE * _width(text) / width) for text, width in texts if _width(text) > width)
    lines = max(least, *found, 1)
    if lines > 1 or space:
        sheet.set_row(i, min(_ROW_HEIGHT * lines + space, _MOST_HEIGHT))


def _write_aids(sheet: Any, page: Page) -> None:
    """Write what helps to read and fill in: comments and lists to choose from."""
    for j, comment in enumerate(page.comments):
        if comment:
            sheet.write_comment(0, j, comment, {"x_scale": 2.5})
    for (i, j), remark in page.remarks.items():
        sheet.write_comment(i, j, remark, {"x_scale": 2.5})
    for first_row, last_row, column, source in page.choices:
        # A choice with options is written in full, so that other entries are allowed too.
        sheet.data_validation(
            first_row, column, last_row, column, {"validate": "list", "source": source, "show_error": False}
        )


def _lay_out(sheet: Any, page: Page, widths: Sequence[int]) -> None:
    """Set widths, what stays in sight, and how it is printed: landscape A4, headings and labels on each page."""
    for j, width in enumerate(widths):
        sheet.set_column(j, j, width)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_footer("&L&A&R&P / &N")
    if sum(widths) <= _WIDEST_PAGE:
        sheet.fit_to_pages(1, 0)
    if page.header:
        rows, columns = page.frozen
        sheet.freeze_panes(rows, columns)
        sheet.repeat_rows(0, rows - 1)
        if columns:
            sheet.repeat_columns(0, columns - 1)
        if page.filtered and page.rows:
            sheet.autofilter(0, 0, len(page.rows), len(page.header) - 1)
    if page.hidden:
        sheet.hide()


def _write_cell(sheet: Any, i: int, j: int, value: Any, formats: Mapping[str, Any], look: Any) -> None:
    if isinstance(value, Live):
        now = _Blank() if value.value == "" else value.value
        sheet.write_formula(i, j, value.formula, look, now if isinstance(now, str) else float(now))
    elif isinstance(value, bool):
        sheet.write_boolean(i, j, value, formats[""])
    elif isinstance(value, (int, float)):
        sheet.write_number(i, j, _Exact(value), look if isinstance(value, float) else formats[""])
    elif isinstance(value, datetime.date):
        timed = isinstance(value, datetime.datetime) and value.time() != datetime.time()
        sheet.write_datetime(i, j, value, formats["time" if timed else "date"])
    elif value is not None:
        sheet.write_string(i, j, str(value), look)


def _too_large(source: str, page: Page) -> list[Said]:
    rows, columns = len(page.rows) + bool(page.header), max(map(len, (page.header, *page.rows[:1])))
    if rows <= _MOST_ROWS and columns <= _MOST_COLUMNS:
        return []
    return [
        Said(
            "{source}: sheet {sheet!r} would have {rows:,} rows by {columns:,} columns, more than a sheet holds",
            source=source,
            sheet=page.name,
            rows=rows,
            columns=columns,
        )
    ]


def _too_long(source: str, page: Page, remedy: Said) -> list[Said]:
    first = 2 if page.header else 1
    rows = [(first + i, row) for i, row in enumerate(page.rows)] + [(1, page.header)]
    return [
        joined(
            [source, cell_at(page.name, f"{letters(j + 1)}{i}"), _characters(len(value), remedy)],
            "heads",
        )
        for i, row in rows
        for j, value in enumerate(row)
        if isinstance(value, str) and len(value) > _MOST_TEXT
    ]


def _characters(n: int, remedy: Said) -> Said:
    return Said("{n:,} characters, more than the {most:,} a cell holds; {remedy}", n=n, most=_MOST_TEXT, remedy=remedy)


def _widths(page: Page) -> list[int]:
    """Return the width of each column, a Chinese character counted as two; long texts do not widen it for ever."""
    rows = page.rows[:_LOOKED_AT] if page.table is None else page.rows[page.table :]
    facts = [page.header[:1], *(row[:1] for row in page.rows[: page.table])] if page.table is not None else []
    columns = max(map(len, (page.header, *page.rows[:1])))
    shown = [[_width(row[j]) for row in (*rows, *facts) if j < len(row)] for j in range(columns)]
    if page.table is None:
        texts = ["" if isinstance(head, Live) else head for head in page.header]
        shown = [[*widths, _heading_width(head)] for widths, head in zip_longest(shown, texts, fillvalue="")]
    return [min(max(_NARROWEST, *(width + 2 for width in widths)), _WIDEST) for widths in shown]


def _heading_width(heading: str) -> int:
    """Return the width of a heading, which is broken at its spaces."""
    return min(_width(heading), max(_HEADING, *map(_width, heading.split()), 0))


def _width(value: Any) -> int:
    if isinstance(value, float) and not math.isnan(value):
        return 10
    told = "" if value is None or isinstance(value, Live) else str(value)
    return columns(told)


def _is_number(value: Any) -> bool:
    value = value.value if isinstance(value, Live) else value
    return isinstance(value, (int, float)) and not isinstance(value, bool)
