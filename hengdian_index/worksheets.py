"""An index written to the sheets of an Excel workbook, which people can fill in and `Index.read` reads back."""

from __future__ import annotations

import datetime
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from hengdian_index import toml
from hengdian_index.errors import DataError, SpecError, raise_all
from hengdian_index.families import FAMILIES
from hengdian_index.headings import FIELD, MEANING, NOTES, VALUE, called, heading_of
from hengdian_index.rows.archive import letters
from hengdian_index.rows.workbook import EXTRA, SHEETS
from hengdian_index.workbook import Fields, parsed

UNWRITTEN = (".xls", ".xlsm", ".xlsb", ".ods")
_MOST_TEXT, _MOST_ROWS, _MOST_COLUMNS = 32_767, 1_048_576, 16_384
_NARROWEST, _WIDEST = 9, 60
_ROWS_TO_FILL = 1000
# A field that is not named as the family it chooses from.
_FAMILY_OF = {"build": "climate"}
# Without a fixed time, the same index would give other bytes each second.
_CREATED = datetime.datetime(2000, 1, 1)


class _Exact(float):
    """A number that XlsxWriter writes with all its digits instead of 16."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        return repr(float(self))


@dataclass(frozen=True, slots=True)
class _Page:
    """What one sheet shows: a header with comments, rows of values, and the words to choose from in some columns."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    comments: Sequence[str] = ()
    choices: tuple[tuple[int, int, int, Any], ...] = ()
    hidden: bool = False


def write_workbook(
    path: Path,
    head: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]],
    indicators: Sequence[Mapping[str, Any]],
    *,
    fields: Fields,
    data: Any = None,
    notes: Sequence[str] | None = None,
    lang: str = "en",
) -> None:
    """Write an index and its data to an .xlsx workbook; with empty tables it is a form to fill in.

    Parameters
    ----------
    head, groups, indicators : mappings of plain values
        As in TOML: what `Index.read` gives back.
    fields : mapping
        Table -> field -> type: the columns to write.
    data : pandas DataFrame or mapping of columns, optional
        Becomes the sheet `data`, the named levels of its index included.
    notes : list of str, optional
        Lines of the sheet `notes`; default: how to fill in the workbook.
    lang : "en" or "zh"
        Language of the sheets' names, headings and comments.

    Raises
    ------
    SpecError
        A value too long for a cell, another language, a file that cannot be written, the library absent.
    DataError
        Infinity in the data, or more rows or columns than a sheet has.

    Notes
    -----
    The same index gives the same bytes. Text stays text, also where it begins with `=`. Numbers keep all digits.
    Proof: `tests/test_workbook.py`.
    """
    if lang not in ("en", "zh"):
        raise SpecError(f"lang: 'en' or 'zh', not {lang!r}")
    pages = [
        _head_page(head, fields["index"], lang),
        _parts_page("group", groups, fields["group"], lang),
        _parts_page("indicator", indicators, fields["indicator"], lang),
        _data_page(data, lang),
        _Page(_tab("notes", lang), (), [(line,) for line in (NOTES[lang] if notes is None else notes)]),
        _lists_page(lang),
    ]
    raise_all(SpecError, [fault for page in pages for fault in _too_long(path.name, page)])
    content = _bytes(path.name, pages)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise SpecError(f"{path}: cannot be written ({error}); close it in other programs") from None


def _bytes(name: str, pages: Iterable[_Page]) -> bytes:
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
        for page in pages:
            _write_page(book.add_worksheet(page.name), page, formats)
    return buffer.getvalue()


def _write_page(sheet: Any, page: _Page, formats: Mapping[str, Any]) -> None:
    for j, heading in enumerate(page.header):
        sheet.write_string(0, j, heading, formats["header"])
    for j, comment in enumerate(page.comments):
        if comment:
            sheet.write_comment(0, j, comment, {"x_scale": 2.5})
    first = 1 if page.header else 0
    for i, row in enumerate(page.rows, first):
        for j, value in enumerate(row):
            _write_cell(sheet, i, j, value, formats)
    for first_row, last_row, column, source in page.choices:
        # A choice with options is written in full, so that other entries are allowed too.
        sheet.data_validation(
            first_row, column, last_row, column, {"validate": "list", "source": source, "show_error": False}
        )
    for j, width in enumerate(_widths(page)):
        sheet.set_column(j, j, width)
    if page.header:
        sheet.freeze_panes(1, 0)
    if page.hidden:
        sheet.hide()


def _write_cell(sheet: Any, i: int, j: int, value: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(i, j, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(i, j, _Exact(value))
    elif isinstance(value, datetime.date):
        timed = isinstance(value, datetime.datetime) and value.time() != datetime.time()
        sheet.write_datetime(i, j, value, formats["time" if timed else "date"])
    elif value is not None:
        sheet.write_string(i, j, str(value))


def _head_page(head: Mapping[str, Any], fields: Mapping[str, Any], lang: str) -> _Page:
    header = [called(one, name, lang) for one, name in ((FIELD, "field"), (VALUE, "value"), (MEANING, "meaning"))]
    rows, choices = [], []
    for i, (name, kind) in enumerate(fields.items(), 1):
        heading = heading_of("index", name)
        rows.append([called(heading, name, lang), _shown(name, kind, head.get(name), lang), heading.meaning(lang)])
        source = _choices(name, kind, lang)
        choices += [(i, i, 1, source)] if source else []
    return _Page(_tab("index", lang), header, rows, (), tuple(choices))


def _parts_page(table: str, parts: Sequence[Mapping[str, Any]], fields: Mapping[str, Any], lang: str) -> _Page:
    headings = [(heading_of(table, name), name) for name in fields]
    rows = [[_shown(name, kind, part.get(name), lang) for name, kind in fields.items()] for part in parts]
    sources = [(j, _choices(name, kind, lang)) for j, (name, kind) in enumerate(fields.items())]
    return _Page(
        _tab("groups" if table == "group" else "indicators", lang),
        [called(heading, name, lang) for heading, name in headings],
        rows,
        [heading.meaning(lang) for heading, _ in headings],
        tuple((1, _ROWS_TO_FILL, j, source) for j, source in sources if source),
    )


def _data_page(data: Any, lang: str) -> _Page:
    name = _tab("data", lang)
    if data is None:
        return _Page(name, (), ())
    import pandas as pd

    frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)
    named = [level for level in frame.index.names if level is not None]
    frame = frame.reset_index() if named else frame
    if len(frame) >= _MOST_ROWS or len(frame.columns) > _MOST_COLUMNS:
        raise DataError(f"the data have {len(frame)} rows by {len(frame.columns)} columns, more than a sheet holds")
    columns = [[_data_cell(value) for value in frame.iloc[:, j].tolist()] for j in range(len(frame.columns))]
    raise_all(
        DataError,
        [
            f"column {frame.columns[j]!r}, row {frame.index[i]!r}: infinity cannot be written to a workbook"
            for j, column in enumerate(columns)
            for i, value in enumerate(column)
            if isinstance(value, float) and math.isinf(value)
        ],
    )
    return _Page(name, [str(column) for column in frame.columns], list(zip(*columns, strict=True)))


def _data_cell(value: Any) -> Any:
    """Return a cell as a workbook has it, missing ones as None."""
    if value is None or value != value or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return value if isinstance(value, (bool, int, float, datetime.date)) else str(value)


def _lists_page(lang: str) -> _Page:
    """Return the hidden sheet of the names of methods, which the drop-down lists show."""
    names = [sorted(methods) for methods in FAMILIES.values()]
    rows = [[column[i] if i < len(column) else None for column in names] for i in range(max(map(len, names)))]
    return _Page(_tab("lists", lang), list(FAMILIES), rows, hidden=True)


def _choices(name: str, kind: Any, lang: str) -> Any:
    """Return what a drop-down list of a field shows, None where anything may stand."""
    family = _FAMILY_OF.get(name, name)
    if FAMILIES.get(family):
        column = letters(list(FAMILIES).index(family) + 1)
        return f"='{_tab('lists', lang)}'!${column}$2:${column}${len(FAMILIES[family]) + 1}"
    if name == "parent":
        return f"='{_tab('groups', lang)}'!$A$2:$A${_ROWS_TO_FILL}"
    if name == "direction":
        return ["正向", "负向"] if lang == "zh" else [1, -1]
    return _words(kind)


def _words(kind: Any) -> list[str]:
    found = (
        list(get_args(kind)) if get_origin(kind) is Literal else [w for part in get_args(kind) for w in _words(part)]
    )
    return [word for word in found if isinstance(word, str)]


def _shown(name: str, kind: Any, value: Any, lang: str) -> Any:
    """Return a field as its cell shows it: what `parsed` turns back into the same value."""
    if isinstance(value, (Mapping, list, tuple)):
        return _inline(value)
    if name == "direction" and lang == "zh" and value in (1, -1):
        return "正向" if value == 1 else "负向"
    if isinstance(value, str):
        return value if _stays(name, kind, value) else _inline(value)
    return value


def _stays(name: str, kind: Any, value: str) -> bool:
    """Return whether a text is read back as itself from a cell."""
    if not value.strip() or not value.replace("\n", "").isprintable():
        return False
    try:
        return bool(parsed(name, kind, value) == value)
    except SpecError:
        return False


def _inline(value: Any) -> str:
    return toml.written({"cell": {"value": value}}).split("value = ", 1)[1].rstrip("\n")


def _too_long(source: str, page: _Page) -> list[str]:
    first = 2 if page.header else 1
    rows = [(first + i, row) for i, row in enumerate(page.rows)] + [(1, page.header)]
    return [
        f"{source}: sheet {page.name!r} cell {letters(j + 1)}{i}: {len(value):,} characters, more than the "
        f"{_MOST_TEXT:,} a cell holds; write the index to .toml"
        for i, row in rows
        for j, value in enumerate(row)
        if isinstance(value, str) and len(value) > _MOST_TEXT
    ]


def _widths(page: _Page) -> list[int]:
    """Return the width of each column, a Chinese character counted as two; long texts do not widen it for ever."""
    columns = list(zip(page.header, strict=True)) if page.header else [()]
    shown = [[*column, *(row[j] for row in page.rows[:200])] for j, column in enumerate(columns)]
    return [min(max(_NARROWEST, *(_width(value) + 2 for value in column)), _WIDEST) for column in shown if column]


def _width(value: Any) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in ("" if value is None else str(value)))


def _tab(sheet: str, lang: str) -> str:
    return SHEETS[sheet][0] if lang == "zh" else sheet
