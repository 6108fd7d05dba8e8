"""The cells of a workbook's sheets, of every kind of workbook that is read: .xlsx and .xlsm, .ods, .xls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile

from hengdian_index._system.about import install
from hengdian_index._tables.archive import (
    MOST_CELLS,
    damaged,
    error_values,
    fed,
    findings,
    letters,
    merged_cells,
    opened,
    place,
    refused_at_sight,
    sheet_members,
    too_much,
)
from hengdian_index._tables.printed import MARKS
from hengdian_index._words.said import Said
from hengdian_index.errors import FaultsError, SpecError

EXTRA = install("excel")
_OLD = install("xls")
_CELLS = ("table:table-cell", "table:covered-table-cell")
_CONTENTS = "content.xml"
_LONGEST_ERROR, _MOST_ERRORS = 20, 1 << 16


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a sheet from A1 on, its merged cells, its error values, which are texts where `Told` took them."""

    rows: list[list[Any]]
    merged: Sequence[str] = ()
    errors: Sequence[str] = ()


class Book:
    """A workbook of one kind: its sheets in their order, what would be misread in them, their cells.

    `faults(names, told)` says what is wrong in sheets; where `told` is given it takes merged cells and error values, by
    sheet, which are no faults then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: list[str] = []

    def faults(self, names: Sequence[str], told: Told | None) -> list[Said]:
        raise NotImplementedError

    def too_much(self, name: str) -> bool:
        """Return whether a sheet has more than can be read."""
        raise NotImplementedError

    def cells(self, names: Sequence[str]) -> dict[str, list[list[Any]]]:
        """Return the cells of sheets from A1 on, row by row."""
        return cells_of(self.path, names)


@dataclass(frozen=True, slots=True)
class Told:
    """Merged cells and error values of sheets, by sheet: addresses, and the texts of errors by address."""

    merged: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, dict[str, str]] = field(default_factory=dict)


class _Excel(Book):
    """A workbook of the kind .xlsx."""

    def __init__(self, path: Path, archive: Any) -> None:
        super().__init__(path)
        self._archive, self._members = archive, sheet_members(archive)
        self.names = list(self._members)

    def faults(self, names: Sequence[str], told: Told | None) -> list[Said]:
        members = {name: self._members[name] for name in names}
        return findings(self._archive, members, *((told.merged, told.errors) if told else ()))

    def too_much(self, name: str) -> bool:
        return bool(too_much(self._archive, self._members[name]))


class _Open(Book):
    """A workbook of the kind .ods."""

    def __init__(self, path: Path, archive: Any) -> None:
        super().__init__(path)
        scan = _Tables()
        if _CONTENTS not in archive.namelist():
            raise BadZipFile(Said("it has no {contents}", contents=_CONTENTS))
        with archive.open(_CONTENTS) as stream:
            scan.read(stream)
        self._found = scan.found
        self.names = list(scan.found)

    def faults(self, names: Sequence[str], told: Told | None) -> list[Said]:
        found = list[Said]()
        for name in names:
            table = self._found[name]
            if told:
                told.merged[name], told.errors[name] = table.merged, table.errors
            found += _wrong(name, [] if told else table.merged, [] if told else list(table.errors))
            if self.too_much(name):
                found.append(
                    Said(
                        "sheet {name!r} values reach to cell {cell}: too far",
                        name=name,
                        cell=f"{letters(table.width)}{table.height}",
                    )
                )
        return found

    def too_much(self, name: str) -> bool:
        return self._found[name].width * self._found[name].height > MOST_CELLS


class _Old(Book):
    """A workbook of the kind .xls."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            import xlrd
        except ImportError:
            raise SpecError(
                Said("{name}: to read a workbook of the old .xls kind, install xlrd: {how}", name=path.name, how=_OLD)
            ) from None
        with path.open("rb") as file:
            whole = file.read()
        try:
            self._book = xlrd.open_workbook(file_contents=whole, formatting_info=True, logfile=_Nowhere())
        except Exception as error:
            # The library meets what is damaged with whatever error comes of it.
            raise damaged(path, error) from None
        self.names = list(self._book.sheet_names())

    def faults(self, names: Sequence[str], told: Told | None) -> list[Said]:
        import xlrd

        found = list[Said]()
        for name in names:
            sheet = self._book.sheet_by_name(name)
            merged = [f"{letters(a + 1)}{i + 1}:{letters(b)}{j}" for i, j, a, b in sheet.merged_cells]
            errors = {
                f"{letters(j + 1)}{i + 1}": xlrd.error_text_from_code.get(sheet.cell_value(i, j), "#VALUE!")
                for i in range(sheet.nrows)
                for j, kind in enumerate(sheet.row_types(i))
                if kind == xlrd.XL_CELL_ERROR
            }
            if told:
                told.merged[name], told.errors[name] = merged, errors
            found += _wrong(name, [] if told else merged, [] if told else list(errors))
        return found

    def too_much(self, name: str) -> bool:
        sheet = self._book.sheet_by_name(name)
        return bool(sheet.nrows * sheet.ncols > MOST_CELLS)

    def cells(self, names: Sequence[str]) -> dict[str, list[list[Any]]]:
        import xlrd

        def value(cell: Any) -> Any:
            if cell.ctype == xlrd.XL_CELL_DATE:
                try:
                    moment = xlrd.xldate_as_datetime(cell.value, self._book.datemode)
                except (ValueError, OverflowError, xlrd.xldate.XLDateError):
                    return cell.value
                return moment if moment.hour or moment.minute or moment.second else moment.date()
            if cell.ctype == xlrd.XL_CELL_BOOLEAN:
                return bool(cell.value)
            return "" if cell.ctype == xlrd.XL_CELL_ERROR else cell.value

        sheets = {name: self._book.sheet_by_name(name) for name in names}
        return {
            name: [[value(cell) for cell in sheet.row(i)] for i in range(sheet.nrows)] for name, sheet in sheets.items()
        }


class _Nowhere:
    """Where the library that reads old workbooks writes its remarks."""

    def write(self, _: str) -> None:
        """Take what is written."""


@contextmanager
def book(path: Path) -> Iterator[Book]:
    """Open a workbook, of the kind that its contents say.

    Raises
    ------
    DataError
        No such file, not a workbook, protected by a password, damaged or too large.
    SpecError
        The optional library that reads such workbooks is absent.
    """
    if refused_at_sight(path, old=path.suffix.lower() == ".xls"):
        yield _Old(path)
        return
    with opened(path) as archive:
        kind: Callable[..., Book] = _Open if path.suffix.lower() == ".ods" else _Excel
        yield kind(path, archive)


def read_cells(found: Book, names: Sequence[str], told: Told | None = None) -> dict[str, Cells]:
    """Return the cells of sheets; error values are the texts that a text file has of them where `told` takes them.

    #N/A says that a value is missing: it stays blank.
    """
    told = told or Told()
    cells = dict[str, Cells]()
    for name, rows in found.cells(names).items():
        errors = {cell: text for cell, text in told.errors.get(name, {}).items() if text not in MARKS}
        _write_errors(rows, errors)
        cells[name] = Cells(rows, told.merged.get(name, ()), tuple(errors))
    return cells


def _wrong(name: str, merged: Sequence[str], errors: Sequence[str]) -> list[Said]:
    return [
        Said("sheet {name!r} {why}", name=name, why=why(cells))
        for why, cells in ((merged_cells, merged), (error_values, errors))
        if cells
    ]


def _write_errors(rows: list[list[Any]], errors: Mapping[str, str]) -> None:
    """Write error values, which the libraries read as blank, as texts."""
    for cell, text in errors.items():
        column, row = place(cell)
        if 0 < row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = text


def cells_of(path: Path, names: Sequence[str]) -> dict[str, list[list[Any]]]:
    """Return the cells of sheets from A1 on, row by row, blank ones and error values as empty texts."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise SpecError(
            Said("{name}: to read a workbook, install python-calamine: {how}", name=path.name, how=EXTRA)
        ) from None
    try:
        with CalamineWorkbook.from_path(path) as read:
            return {name: read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise damaged(path, error) from None
    except FaultsError:
        raise
    except BaseException as error:
        # The library is written in Rust: where that gives up, its error is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(path, error) from None


@dataclass(slots=True)
class _Table:
    """What a scan finds in one table of an .ods workbook."""

    width: int = 0
    height: int = 0
    merged: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


class _Tables:
    """One pass over the contents of an .ods workbook: how far each table reaches, its errors and merged cells."""

    def __init__(self) -> None:
        self.found: dict[str, _Table] = {}
        self._table = _Table()
        self._row = self._rows = self._column = 0
        self._errors: list[str] = []
        self._parser = expat.ParserCreate()

    def read(self, stream: Any) -> None:
        """Read a stream of XML."""
        starts: dict[str, Callable[[Any], None]] = {"table:table": self._starts, "table:table-row": self._row_starts}
        starts |= dict.fromkeys(_CELLS, self._cell)

        def start(tag: str, attributes: Any) -> None:
            if tag in starts:
                starts[tag](attributes)

        def end(tag: str) -> None:
            if tag == "table:table-row":
                self._row += self._rows
            elif tag in _CELLS:
                self._errors = []

        def text(characters: str) -> None:
            errors = self._table.errors
            for one in self._errors:
                errors[one] = (errors[one] + characters)[:_LONGEST_ERROR]

        self._parser.StartElementHandler, self._parser.EndElementHandler = start, end
        self._parser.CharacterDataHandler = text
        fed(self._parser, stream)

    def _starts(self, attributes: Any) -> None:
        self._table = self.found.setdefault(attributes.get("table:name", ""), _Table())
        self._row = 0

    def _row_starts(self, attributes: Any) -> None:
        self._rows, self._column = _count(attributes.get("table:number-rows-repeated")), 0

    def _cell(self, said: Mapping[str, str]) -> None:
        many = _count(said.get("table:number-columns-repeated"))
        first, self._column = self._column + 1, self._column + many
        wide = _count(said.get("table:number-columns-spanned"))
        high = _count(said.get("table:number-rows-spanned"))
        if wide * high > 1:
            corner = f"{letters(first + wide - 1)}{self._row + high}"
            self._table.merged.append(f"{letters(first)}{self._row + 1}:{corner}")
        if "office:value-type" not in said:
            return
        self._table.width = max(self._table.width, self._column)
        self._table.height = max(self._table.height, self._row + self._rows)
        if said.get("calcext:value-type") != "error":
            return
        if many * self._rows + len(self._table.errors) > _MOST_ERRORS:
            raise BadZipFile(Said("it has too many error values"))
        self._errors = [f"{letters(first + j)}{self._row + 1 + i}" for i in range(self._rows) for j in range(many)]
        self._table.errors |= dict.fromkeys(self._errors, "")


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 1
