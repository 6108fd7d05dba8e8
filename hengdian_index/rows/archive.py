"""The zip archive of an Excel workbook: refused before it is parsed if it is locked, damaged, or would be misread."""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from hengdian_index.errors import DataError, listed

MOST_BYTES = 500 << 20
MOST_CELLS = 20_000_000
_SUSPICIOUS_BYTES, _SUSPICIOUS_RATIO = 50 << 20, 200
_MOST_BYTES_OF_CONTENTS = 10 << 20
_OLD_OR_ENCRYPTED = bytes.fromhex("D0CF11E0A1B11AE1")
_TEXTS = "xl/sharedStrings.xml"
_DAMAGED = (BadZipFile, zlib.error, NotImplementedError, EOFError, KeyError, expat.ExpatError, ElementTree.ParseError)


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Open a workbook's archive, checked: a workbook, not locked, every part whole, not a decompression bomb."""
    _refuse_what_is_no_archive(path)
    try:
        with ZipFile(path) as archive:
            _refuse_bombs(archive, path.name)
            _refuse_macros(archive, path.name)
            bad = archive.testzip()
            if bad is not None:
                raise BadZipFile(f"{bad} is damaged")
            yield archive
    except _DAMAGED as error:
        raise DataError(f"{path.name}: cannot be read as an Excel workbook: {error}; save it anew as .xlsx") from None
    except RuntimeError as error:
        raise DataError(f"{path.name}: cannot be read: {error}; save it without a password") from None


def sheet_members(archive: ZipFile) -> dict[str, str]:
    """Return the archive's part that holds each sheet, by the sheet's name in the order of the workbook."""
    targets = {one.get("Id"): one.get("Target", "") for one in _parsed(archive, "xl/_rels/workbook.xml.rels")}
    sheets = [one for one in _parsed(archive, "xl/workbook.xml").iter() if one.tag.rpartition("}")[2] == "sheet"]
    members = {}
    for sheet in sheets:
        key = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        members[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", targets.get(key, "")))[1:]
    return members


def findings(archive: ZipFile, member: str) -> list[str]:
    """Return what a reader of values would misread in a sheet, each with its cells."""
    scan = _Scan()
    with archive.open(member) as stream:
        scan.read(stream)
    why = {
        "formulas without a stored value, which would be read as blank; let a spreadsheet program calculate them, "
        "save the workbook": scan.uncalculated,
        "error values (such as #N/A), which would be read as blank; mend them, or clear the cell of a missing "
        "value": scan.errors,
        "merged, so that all but the first would be read as blank; unmerge them and fill each": scan.merged,
    }
    found = [
        f"{'cell' if len(cells) == 1 else 'cells'} {listed(cells)}: {told}" for told, cells in why.items() if cells
    ]
    characters = _characters(archive, member, scan.shared)
    if characters > MOST_BYTES:
        found.append(f"texts of {characters:,} characters, more than {MOST_BYTES:,}; shorten those that are repeated")
    if scan.extent > MOST_CELLS:
        found.append(f"values reach to cell {scan.corner!r}: more than {MOST_CELLS:,} cells; clear the stray ones")
    return found


class _Scan:
    """One pass over the elements of a sheet, without keeping them; expat itself stops entity expansion bombs."""

    def __init__(self) -> None:
        self.uncalculated: list[str] = []
        self.errors: list[str] = []
        self.merged: list[str] = []
        self.shared = 0
        self._columns: set[str] = set()
        self._row = 0
        self._row_now = 0
        self._count = 0
        self._cell = ""
        self._kind = ""
        self._pending = ""
        self._in_value = False
        self._watching = False
        self._parser = expat.ParserCreate()

    def read(self, stream: Any) -> None:
        handlers: dict[str, Callable[[Any], None]] = {
            "c": self._cell_starts,
            "v": self._value,
            "is": self._value,
            "f": self._formula,
            "row": self._row_starts,
            "mergeCell": lambda attributes: self.merged.append(attributes.get("ref", "")),
        }

        def start(tag: str, attributes: Any) -> None:
            handler = handlers.get(tag) or handlers.get(tag.rpartition(":")[2])
            if handler:
                handler(attributes)

        self._parser.StartElementHandler = start
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.ParseFile(stream)
        self._judge()

    @property
    def corner(self) -> str:
        """The last column and row that hold a value."""
        return f"{max(self._columns, key=_number, default='A')}{self._row}"

    @property
    def extent(self) -> int:
        """Number of cells from A1 to the corner."""
        return self._row * max(map(_number, self._columns), default=0)

    def _row_starts(self, attributes: Any) -> None:
        self._row_now = int(attributes.get("r") or self._row_now + 1)
        self._count = 0

    def _cell_starts(self, attributes: Any) -> None:
        self._judge()
        self._count += 1
        self._cell = attributes.get("r") or f"{letters(self._count)}{self._row_now}"
        self._kind = attributes.get("t", "n")
        if self._kind == "e":
            self.errors.append(self._cell)
        self.shared += self._kind == "s"

    def _value(self, _: Any) -> None:
        column = self._cell.rstrip("0123456789")
        self._columns.add(column)
        self._row = max(self._row, int(self._cell[len(column) :] or 0))
        self._in_value = True
        if self._kind == "str":
            self._pending = ""

    def _formula(self, _: Any) -> None:
        self._pending, self._in_value, self._watching = self._cell, False, True
        self._parser.CharacterDataHandler = self._characters

    def _characters(self, text: str) -> None:
        if self._in_value and text.strip():
            self._pending = ""

    def _judge(self) -> None:
        if self._pending:
            self.uncalculated.append(self._pending)
        if self._watching:
            self._parser.CharacterDataHandler, self._watching = None, False
        self._pending, self._in_value = "", False


def _characters(archive: ZipFile, member: str, cells: int) -> int:
    """Return how many characters the cells of a sheet have that share texts standing once in the archive.

    Counted only where it could be too many: a long text in many cells is a small file.
    """
    if not cells or _TEXTS not in archive.namelist() or cells * archive.getinfo(_TEXTS).file_size <= MOST_BYTES:
        return 0
    lengths = list(map(len, _texts(archive, _TEXTS, "si", "t")))
    shared = [int(text) for text in _texts(archive, member, "c", "v", kind="s") if text.isdecimal()]
    return sum(lengths[number] for number in shared if number < len(lengths))


def _texts(archive: ZipFile, member: str, outer: str, inner: str, kind: str | None = None) -> list[str]:
    """Return the text of each outer element of a kind: what stands in its inner elements."""
    found: list[list[str]] = []
    taken, reading = False, False
    parser = expat.ParserCreate()

    def start(tag: str, attributes: Any) -> None:
        nonlocal taken, reading
        name = tag.rpartition(":")[2]
        if name == outer:
            taken = attributes.get("t") == kind
            found.extend([[]] if taken else [])
        reading = taken and name == inner

    def end(_: str) -> None:
        nonlocal reading
        reading = False

    def text(characters: str) -> None:
        if reading:
            found[-1].append(characters)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with archive.open(member) as stream:
        parser.ParseFile(stream)
    return ["".join(parts) for parts in found]


def letters(column: int) -> str:
    """Return the letters of a column counted from 1.

    Examples
    --------
    >>> from hengdian_index.rows.archive import letters
    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(65 + rest) + said
    return said


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse_what_is_no_archive(path: Path) -> None:
    if path.name.startswith("~$"):
        raise DataError(f"{path.name}: the lock file of an open workbook; give the workbook itself")
    if path.is_dir():
        raise DataError(f"{path}: a folder; give the workbook in it")
    try:
        with path.open("rb") as file:
            content = file.read(8)
            whole = content + file.read() if content == _OLD_OR_ENCRYPTED else content
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be opened ({error}); close it in other programs") from None
    if not content:
        raise DataError(f"{path.name}: the file is empty")
    if "EncryptedPackage".encode("utf-16-le") in whole:
        raise DataError(f"{path.name}: the workbook is protected by a password; save it without one")
    if content == _OLD_OR_ENCRYPTED:
        raise DataError(f"{path.name}: a workbook of the old .xls kind; save it as .xlsx")
    if not content.startswith(b"PK"):
        raise DataError(f"{path.name}: not an Excel workbook; save it as .xlsx, or name a text table .csv")


def _refuse_bombs(archive: ZipFile, name: str) -> None:
    size = sum(item.file_size for item in archive.infolist())
    packed = sum(item.compress_size for item in archive.infolist())
    if size > MOST_BYTES or (size > _SUSPICIOUS_BYTES and size > _SUSPICIOUS_RATIO * packed):
        raise DataError(
            f"{name}: unpacks from {packed:,} to {size:,} bytes; more than {MOST_BYTES:,}, or than "
            f"{_SUSPICIOUS_RATIO} times its packed size, is not read: clear cells without values, or save as .csv"
        )


def _refuse_macros(archive: ZipFile, name: str) -> None:
    """Refuse a workbook whose values macros may have written: nobody who reads it could trace them."""
    if any(member.lower().endswith("vbaproject.bin") for member in archive.namelist()):
        raise DataError(f"{name}: the workbook has macros, which are not run; save it without them, as .xlsx")


def _refuse_doctype(*_: Any) -> None:
    raise BadZipFile("a sheet declares a document type")


def _parsed(archive: ZipFile, member: str) -> ElementTree.Element:
    if archive.getinfo(member).file_size > _MOST_BYTES_OF_CONTENTS:
        raise BadZipFile(f"{member} is too large")
    text = archive.read(member)
    if re.search(rb"<!DOCTYPE", text):
        raise BadZipFile(f"{member} declares a document type")
    return ElementTree.fromstring(text)
