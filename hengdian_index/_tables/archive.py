"""The zip archive of an Excel workbook: refused before it is parsed if it is locked, damaged, or would be misread."""

from __future__ import annotations

import lzma
import os
import posixpath
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from hengdian_index._tables.places import addressed
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, FaultsError, cause

# A cell takes some hundred bytes of memory on its way to a table, a letter two or three.
MOST_BYTES = 500 << 20
MOST_CELLS, MOST_LETTERS = 8_000_000, 50_000_000
# So many cells are read however few of them hold something; of more, one in so many must.
_FEW_CELLS, _THINNEST = 4_000_000, 10
_MOST_SHEETS, _MOST_STYLES = 1_000, 50 << 20
_SUSPICIOUS_BYTES, _SUSPICIOUS_RATIO = 50 << 20, 200
_MOST_BYTES_OF_CONTENTS = 10 << 20
_OLD_OR_ENCRYPTED = bytes.fromhex("D0CF11E0A1B11AE1")
_TEXTS = "xl/sharedStrings.xml"
# A scan looks at what it has met after so many cells; bytes of a tag or value, letters of an address.
_LOOK, _LONGEST, _ADDRESS = 1 << 16, 16 << 20, 20
# A part that names another is looked up among the members; lengths, offsets and encodings may all be nonsense.
_DAMAGED = (
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RecursionError,
    ValueError,
    expat.ExpatError,
    ElementTree.ParseError,
)


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Open a workbook's archive, checked: a workbook, not locked, every part whole, not a decompression bomb."""
    refused_at_sight(path)
    try:
        with ZipFile(path) as archive:
            _refuse_bombs(archive, path.name)
            _refuse_macros(archive, path.name)
            bad = archive.testzip()
            if bad is not None:
                raise BadZipFile(Said("{bad} is damaged", bad=bad))
            yield archive
    except FaultsError:
        raise
    except _DAMAGED as error:
        raise damaged(path, error) from None
    except RuntimeError as error:
        why = cause(error)
        raise DataError(
            Said("{name}: cannot be read: {why}; save it without a password", name=path.name, why=why)
        ) from None


def damaged(path: Path, error: BaseException) -> DataError:
    """Return the error of a workbook that a program cannot read."""
    why = cause(error)
    return DataError(
        Said("{name}: cannot be read as an Excel workbook: {why}; save it anew as .xlsx", name=path.name, why=why)
    )


def sheet_members(archive: ZipFile) -> dict[str, str]:
    """Return the archive's part that holds each sheet, by the sheet's name in the order of the workbook."""
    targets = {one.get("Id"): one.get("Target", "") for one in _parsed(archive, "xl/_rels/workbook.xml.rels")}
    sheets = [one for one in _parsed(archive, "xl/workbook.xml").iter() if one.tag.rpartition("}")[2] == "sheet"]
    if len(sheets) > _MOST_SHEETS:
        raise BadZipFile(Said("it has {n:,} sheets, more than {most:,}", n=len(sheets), most=_MOST_SHEETS))
    members = {}
    for sheet in sheets:
        key = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        members[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", targets.get(key, "")))[1:]
    return members


def findings(
    archive: ZipFile,
    members: Mapping[str, str],
    merged: dict[str, list[str]] | None = None,
    errors: dict[str, dict[str, str]] | None = None,
) -> list[Said]:
    """Return what a reader of values would misread in sheets, or what there is too much of, each with its cells.

    Merged cells and error values are not among it where `merged` and `errors` take them, sheet by sheet: who knows
    where the table is then judges.
    """
    found, cells, letters_read = list[Said](), 0, 0
    lengths = _Lengths(archive)
    for name, member in members.items():
        scan = _Scan()
        with archive.open(member) as stream:
            scan.read(stream)
        taken = errors is not None and len(scan.errors) <= _LOOK
        told = scan.told(not taken)
        if errors is not None and taken:
            errors[name] = scan.errors
        if merged is not None:
            merged[name] = scan.merged
        elif scan.merged:
            told = [merged_cells(scan.merged), *told]
        found += [Said("sheet {name!r} {why}", name=name, why=one) for one in told]
        cells += scan.extent
        letters_read += lengths.of(member, scan)
        if letters_read > MOST_LETTERS:
            found.append(Said("sheet {name!r} {why}", name=name, why=_too_long(letters_read)))
        if cells > MOST_CELLS and len(members) > 1:
            found.append(
                Said("the sheets reach over more than {n:,} cells together; read them one by one", n=MOST_CELLS)
            )
        # What comes after is not read either.
        if letters_read > MOST_LETTERS or cells > MOST_CELLS:
            break
    return found


def too_much(archive: ZipFile, member: str) -> list[Said]:
    """Return what a sheet has too much of to be read."""
    scan = _Scan()
    with archive.open(member) as stream:
        scan.read(stream)
    letters_read = _Lengths(archive).of(member, scan)
    return scan.too_much() + ([_too_long(letters_read)] if letters_read > MOST_LETTERS else [])


def merged_cells(cells: Sequence[str]) -> Said:
    """Return the refusal of merged cells."""
    return Said(
        "{cells}: merged, so that all but the first would be read as blank; unmerge them and fill each",
        cells=addressed(cells),
    )


def error_values(cells: Sequence[str]) -> Said:
    """Return the refusal of error values."""
    return Said(
        "{cells}: error values (such as #REF!), which would be read as blank; mend them, or clear the cell of a "
        "missing value",
        cells=addressed(cells),
    )


def _too_long(letters_read: int) -> Said:
    return Said(
        "texts of {letters:,} characters, more than {most:,}; shorten those that are repeated",
        letters=letters_read,
        most=MOST_LETTERS,
    )


class _Full(Exception):
    """There is too much to read on."""


class _Scan:
    """One pass over the elements of a sheet, without keeping them; expat itself stops entity expansion bombs."""

    def __init__(self) -> None:
        self.uncalculated: list[str] = []
        self.errors: dict[str, str] = {}
        self.merged: list[str] = []
        self.shared = 0
        self.inline = 0
        self._filled = 0
        self._all = 0
        self._seen = 0
        self._inside = 0
        self._columns: set[str] = set()
        self._row = 0
        self._row_now = 0
        self._count = 0
        self._address: str | None = None
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
            "mergeCell": self._merges,
        }

        def start(tag: str, attributes: Any) -> None:
            handler = handlers.get(tag) or handlers.get(tag.rpartition(":")[2])
            if handler:
                handler(attributes)

        self._parser.StartElementHandler = start
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        with suppress(_Full):
            fed(self._parser, stream, self._refuse_long_values)
        self._judge()

    def told(self, errors: bool) -> list[Said]:
        """Return what a reader of values would misread, error values among it or not, and what there is too much of."""
        found = list[Said]()
        if self.uncalculated:
            found.append(
                Said(
                    "{cells}: formulas without a stored value, which would be read as blank; let a spreadsheet program "
                    "calculate them, save the workbook",
                    cells=addressed(self.uncalculated),
                )
            )
        return found + ([error_values(list(self.errors))] if errors and self.errors else []) + self.too_much()

    def too_much(self) -> list[Said]:
        """Return what there is too much of."""
        found = list[Said]()
        if self.extent > MOST_CELLS:
            found.append(
                Said(
                    "values reach to cell {corner!r}: more than {most:,} cells; clear the stray ones",
                    corner=self.corner,
                    most=MOST_CELLS,
                )
            )
        elif self._is_thin(self.extent):
            found.append(
                Said(
                    "values reach to cell {corner!r}: {n:,} cells of which {filled:,} are filled; clear the stray ones",
                    corner=self.corner,
                    n=self.extent,
                    filled=self._filled,
                )
            )
        if self._filled > self.extent:
            found.append(Said("cells stand in it more than once: it is damaged; save it anew as .xlsx"))
        if self._all > 2 * MOST_CELLS or self._is_thin(self._all):
            found.append(
                Said(
                    "{n:,} cells or more, of which {filled:,} are filled; clear their formats",
                    n=self._all,
                    filled=self._filled,
                )
            )
        return found

    @property
    def corner(self) -> str:
        """The last column and row that hold a value."""
        return f"{max(self._columns, key=_number, default='A')}{self._row}"

    @property
    def extent(self) -> int:
        """Number of cells from A1 to the corner."""
        return self._row * max(map(_number, self._columns), default=0)

    @property
    def _cell(self) -> str:
        """The address of the cell that is read; one that says none stands after that before it."""
        return self._address or f"{letters(self._count)}{self._row_now}"

    def _refuse_long_values(self, size: int) -> None:
        """Refuse a value that does not end: a reader would hold all of it."""
        self._inside = self._inside + size if self._in_value and self._all == self._seen else 0
        self._seen = self._all
        if self._inside > _LONGEST:
            raise BadZipFile(Said("the value of cell {cell} is too long", cell=self._cell))

    def _is_thin(self, cells: int) -> bool:
        """Return whether so many cells are too many for what they hold."""
        return cells > max(_FEW_CELLS, _THINNEST * self._filled)

    def _merges(self, attributes: Any) -> None:
        self.merged.append(attributes.get("ref", "")[:_ADDRESS])
        if len(self.merged) > _LOOK:
            raise _Full

    def _row_starts(self, attributes: Any) -> None:
        self._row_now = int(attributes.get("r") or self._row_now + 1)
        self._count = 0

    def _cell_starts(self, attributes: Any) -> None:
        self._judge()
        self._all += 1
        if self._all % _LOOK == 0:
            self._look()
        self._count += 1
        self._address = attributes.get("r")
        if self._address and len(self._address) > _ADDRESS:
            raise BadZipFile(Said("no cell has the address {address!r}…", address=self._address[:_ADDRESS]))
        self._kind = attributes.get("t", "n")
        if self._kind == "e":
            self.errors[self._cell] = ""
        self.shared += self._kind == "s"

    def _value(self, _: Any) -> None:
        column = self._cell.rstrip("0123456789")
        self._columns.add(column)
        self._row = max(self._row, int(self._cell[len(column) :] or 0))
        self._filled += not self._in_value
        self._in_value = True
        if self._kind == "str":
            self._pending = ""
        if self._kind in ("str", "inlineStr", "e"):
            self._watch()

    def _formula(self, _: Any) -> None:
        self._pending, self._in_value = self._cell, False
        self._watch()

    def _watch(self) -> None:
        self._watching = True
        self._parser.CharacterDataHandler = self._characters

    def _characters(self, text: str) -> None:
        if self._in_value:
            self.inline += len(text)
            if text.strip():
                self._pending = ""
            if self._kind == "e":
                self.errors[self._cell] = (self.errors[self._cell] + text)[:_ADDRESS]
            if self.inline > MOST_LETTERS:
                raise _Full

    def _look(self) -> None:
        """Stop where no more can be read, or the same cells come again and again."""
        extent = self.extent
        wrong = len(self.errors) + len(self.uncalculated)
        if (
            self._filled > extent
            or max(extent, self._all / 2) > MOST_CELLS
            or self._is_thin(self._all)
            or wrong > _LOOK
        ):
            raise _Full

    def _judge(self) -> None:
        if self._pending:
            self.uncalculated.append(self._pending)
        if self._watching:
            self._parser.CharacterDataHandler, self._watching = None, False
        self._pending, self._in_value = "", False


class _Lengths:
    """How long the texts are that stand once in an archive and are shared by cells: many cells make a small file large.

    They are counted only where there could be too many.
    """

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._texts: list[int] | None = None

    def of(self, member: str, scan: _Scan) -> int:
        """Return how many letters the cells of a sheet have, at least where they are too many."""
        if not scan.shared or _TEXTS not in self._archive.namelist():
            return scan.inline
        if self._texts is None:
            self._texts = _counted(self._archive, _TEXTS, "si", "t")
        if scan.shared * max(self._texts, default=0) <= MOST_LETTERS:
            return scan.inline + sum(self._texts)
        return scan.inline + sum(_counted(self._archive, member, "c", "v", kind="s", lengths=self._texts))


def _counted(
    archive: ZipFile, member: str, outer: str, inner: str, kind: str | None = None, lengths: Sequence[int] | None = None
) -> list[int]:
    """Return the length of each outer element of a kind: of the text in its inner elements, or that which it numbers.

    It ends where there is too much.
    """
    found, total, size, number = list[int](), 0, 0, ""
    taken, reading = False, False
    parser = expat.ParserCreate()

    def start(tag: str, attributes: Any) -> None:
        nonlocal taken, reading
        name = tag.rpartition(":")[2]
        if name == outer:
            taken = attributes.get("t") == kind
        reading = taken and name == inner

    def end(tag: str) -> None:
        nonlocal reading, taken, total, size, number
        reading = False
        if taken and tag.rpartition(":")[2] == outer:
            if lengths is not None:
                place = int(number) if number.isdecimal() else len(lengths)
                size = lengths[place] if place < len(lengths) else 0
            found.append(size)
            total += size
            taken, size, number = False, 0, ""
            if total > MOST_LETTERS:
                raise _Full

    def text(characters: str) -> None:
        nonlocal size, number
        if reading:
            size += len(characters)
            number = (number + characters)[:_ADDRESS]
            if size > MOST_LETTERS:
                found.append(size)
                raise _Full

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with archive.open(member) as stream, suppress(_Full):
        fed(parser, stream)
    return found


def fed(parser: Any, stream: Any, look: Callable[[int], None] | None = None) -> None:
    """Give XML to a parser piece by piece; a tag or comment without an end would fill the memory."""
    fed = 0
    while piece := stream.read(1 << 16):
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > _LONGEST:
            raise BadZipFile(Said("a tag or comment is too long"))
        if look:
            look(len(piece))
    parser.Parse(b"", True)


def letters(column: int) -> str:
    """Return the letters of a column counted from 1.

    Examples
    --------
    >>> from hengdian_index._tables.archive import letters
    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(65 + rest) + said
    return said


def place(cell: str) -> tuple[int, int]:
    """Return the column and the row of an address, counted from 1.

    Examples
    --------
    >>> from hengdian_index._tables.archive import place
    >>> place("AB12")
    (28, 12)
    """
    column = cell.rstrip("0123456789")
    return _number(column), int(cell[len(column) :] or 0)


def _number(column: str) -> int:
    # No column has more letters; a number of them would be as long.
    if len(column) > 3:
        return MOST_CELLS + 1
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number


def refused_at_sight(path: Path, *, old: bool = False) -> bool:
    """Refuse what is no workbook, or locked, and an old one where none is asked for; return whether it is old.

    Raises
    ------
    DataError
        No such file, an empty one, one that begins as no workbook does.
    """
    if path.name.startswith("~$"):
        raise DataError(Said("{name}: the lock file of an open workbook; give the workbook itself", name=path.name))
    if os.path.isdir(path):
        raise DataError(Said("{path}: a folder; give the workbook in it", path=path))
    try:
        with path.open("rb") as file:
            content = file.read(8)
            whole = content + file.read() if content == _OLD_OR_ENCRYPTED else content
    except FileNotFoundError:
        raise DataError(Said("{path}: no such file", path=path)) from None
    except (OSError, ValueError) as error:
        raise DataError(
            Said("{path}: cannot be opened ({why}); close it in other programs", path=path, why=cause(error))
        ) from None
    if not content:
        raise DataError(Said("{name}: the file is empty", name=path.name))
    if "EncryptedPackage".encode("utf-16-le") in whole:
        raise DataError(Said("{name}: the workbook is protected by a password; save it without one", name=path.name))
    if content == _OLD_OR_ENCRYPTED and not old:
        raise DataError(Said("{name}: a workbook of the old .xls kind; save it as .xlsx", name=path.name))
    if not content.startswith(b"PK") and content != _OLD_OR_ENCRYPTED:
        raise DataError(
            Said("{name}: not an Excel workbook; save it as .xlsx, or name a text table .csv", name=path.name)
        )
    return content == _OLD_OR_ENCRYPTED


def _refuse_bombs(archive: ZipFile, name: str) -> None:
    styles = max((item.file_size for item in archive.infolist() if item.filename == "xl/styles.xml"), default=0)
    if styles > _MOST_STYLES:
        raise DataError(
            Said(
                "{name}: has {n:,} bytes of formats, more than {most:,}; save it as .csv",
                name=name,
                n=styles,
                most=_MOST_STYLES,
            )
        )
    size = sum(item.file_size for item in archive.infolist())
    packed = sum(item.compress_size for item in archive.infolist())
    if size > MOST_BYTES or (size > _SUSPICIOUS_BYTES and size > _SUSPICIOUS_RATIO * packed):
        raise DataError(
            Said(
                "{name}: unpacks from {packed:,} to {size:,} bytes; more than {most:,}, or than {times} times its "
                "packed size, is not read: clear cells without values, or save as .csv",
                name=name,
                packed=packed,
                size=size,
                most=MOST_BYTES,
                times=_SUSPICIOUS_RATIO,
            )
        )


def _refuse_macros(archive: ZipFile, name: str) -> None:
    """Refuse a workbook whose values macros may have written: nobody who reads it could trace them."""
    if any(member.lower().endswith("vbaproject.bin") for member in archive.namelist()):
        raise DataError(
            Said("{name}: the workbook has macros, which are not run; save it without them, as .xlsx", name=name)
        )


def _refuse_doctype(*_: Any) -> None:
    raise BadZipFile(Said("a sheet declares a document type"))


def _parsed(archive: ZipFile, member: str) -> ElementTree.Element:
    if archive.getinfo(member).file_size > _MOST_BYTES_OF_CONTENTS:
        raise BadZipFile(Said("{member} is too large", member=member))
    text = archive.read(member)
    if re.search(rb"<!DOCTYPE", text):
        raise BadZipFile(Said("{member} declares a document type", member=member))
    return ElementTree.fromstring(text)
