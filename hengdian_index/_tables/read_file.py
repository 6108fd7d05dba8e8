"""Reads a table from a file, so that messages can name the file and the line."""

from __future__ import annotations

import csv
import io
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._system.about import install
from hengdian_index._system.alone import refusing
from hengdian_index._tables import coin_tool, eurostat
from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.encoding import decoded
from hengdian_index._tables.even import are_whole, ends_in_a_row, separators
from hengdian_index._tables.form import PLAIN, Form
from hengdian_index._tables.grid import (
    HEAD,
    Layout,
    layout_of,
    names_of,
    notes_below,
    remarks_beside,
    said_beside,
    second_heading,
    two_rows,
)
from hengdian_index._tables.guard import unguarded, unguarded_cells
from hengdian_index._tables.packed import ENDINGS as PACKED
from hengdian_index._tables.packed import unpacked
from hengdian_index._tables.places import lines_of
from hengdian_index._tables.printed import COMMAS, MARKS, SAMPLE, decimal_of, has_parted
from hengdian_index._tables.statistical import read_spss, read_stata
from hengdian_index._tables.table import shortened
from hengdian_index._tables.workbook import ENDINGS as WORKBOOKS
from hengdian_index._tables.workbook import data_table
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, cause, raise_all, suggestion

_READERS: dict[str, Callable[[Path, Wanted], pd.DataFrame]] = {
    ".csv": lambda path, wanted: read_delimited(path, ",", wanted.labels, wanted.form),
    ".tsv": lambda path, wanted: read_delimited(path, "\t", wanted.labels, wanted.form),
    ".parquet": lambda path, _: _parquet(path),
    ".xlsx": lambda path, wanted: _workbook(path, wanted),
    ".xlsm": lambda path, wanted: _workbook(path, wanted),
    ".txt": lambda path, wanted: read_delimited(path, "\t", wanted.labels, wanted.form),
    ".ods": lambda path, wanted: _workbook(path, wanted),
    ".xls": lambda path, wanted: _workbook(path, wanted),
    ".dta": lambda path, wanted: read_stata(path, wanted.labels),
    ".sav": lambda path, wanted: read_spss(path, wanted.labels),
    ".zsav": lambda path, wanted: read_spss(path, wanted.labels),
    ".zip": lambda path, wanted: _packed(path, wanted),
    ".gz": lambda path, wanted: _packed(path, wanted),
}
# Kinds of columns that hold no text.
_NO_TEXT = "iufbMmc"
ENDINGS = tuple(_READERS)
"""The endings of files that hold a table."""

_LINES = (".csv", ".tsv", ".txt")
_OTHER_WORKBOOKS = (".xlsb", ".numbers", ".fods")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a file: columns of labels and of numbers, by name, and the form that its table has."""

    labels: Sequence[str] = ()
    columns: Sequence[str] = ()
    form: Form = PLAIN


_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
# How files that are no text begin, by what their names would end in.
_BEGINNINGS = {b"PK\x03\x04": ".xlsx", b"PAR1": ".parquet", b"\xd0\xcf\x11\xe0": ".xls", b"\x1f\x8b": ".gz"}
_WORKBOOK = b"[Content_Types].xml"


def read_stream(
    content: bytes, name: str, labels: Sequence[str] = (), form: Form = PLAIN, columns: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the table in what standard input, or another nameless source, gives; messages call it `name`.

    It is read by the rules of a file: workbooks, Parquet and what is packed are known by their first bytes, all else is
    text.
    """
    ending = next((ending for mark, ending in _BEGINNINGS.items() if content.startswith(mark)), ".csv")
    if content[30:].startswith(_ODS):
        ending = ".ods"
    elif ending == ".xlsx" and _WORKBOOK not in content:
        ending = ".zip"
    with TemporaryDirectory() as folder:
        # What reads workbooks goes by the end of their names.
        path = Path(folder, name if ending in _LINES else f"{name}{ending}")
        path.write_bytes(content)
        return read_table(path, labels, form, columns, ending=ending)


def read_table(
    path: str | Path,
    labels: Sequence[str] = (),
    form: Form = PLAIN,
    columns: Sequence[str] = (),
    *,
    ending: str | None = None,
) -> pd.DataFrame:
    """Return the table in a file of text, of a spreadsheet program, of Stata or SPSS; its name is kept for messages.

    Of a `.zip` or `.gz` it is the one table inside, by whose name messages call it.

    Of a workbook the sheet is read that `form` says, else `data` (or 数据), the only one with something, or the only
    one that has the `columns`. Columns of text named by `labels` (units) keep each character: 007 is no 7, NA is no
    missing value. `form` is what an index says of the form of its tables, `ending` that of a name that has none.

    Raises
    ------
    DataError
        No such file, an ending that is not known, or a file that cannot be read as what its ending says.
    SpecError
        The optional library that reads such files is absent.
    """
    path = Path(path)
    ending = path.suffix.lower() if ending is None else ending
    reader = _READERS.get(ending)
    if reader is None:
        if ending in _OTHER_WORKBOOKS:
            raise DataError(
                Said(
                    "{name}: cannot read {ending!r}; save it as .xlsx; allowed: {endings}",
                    name=path.name,
                    ending=ending,
                    endings=joined(list(_READERS)),
                )
            )
        allowed = suggestion(ending, _READERS)
        raise DataError(
            Said("{name}: cannot read {ending!r}{guess}", name=path.name, ending=ending, guess=allowed)
            if ending
            else Said("{name}: cannot read 'a file without ending'{guess}", name=path.name, guess=allowed)
        )
    try:
        frame = reader(path, Wanted(labels, columns, form))
    except FaultsError:
        raise
    except FileNotFoundError:
        raise DataError(Said("{path}: no such file", path=path)) from None
    except UnicodeError:
        raise DataError(
            Said(
                "{name}: no text in {encoding}; save it as UTF-8 (Excel: 'CSV UTF-8'), or write what it is in [data]: "
                'encoding = "big5"',
                name=path.name,
                encoding=form.encoding or Said("UTF-8, UTF-16 or GB18030"),
            )
        ) from None
    except (OSError, ValueError) as error:
        # Where a stream lies meanwhile is nobody's business.
        why = cause(error, str(error).replace(str(path), path.name))
        raise DataError(
            Said("{name}: cannot be read as a {ending} table: {why}", name=path.name, ending=ending, why=why)
        ) from None
    if ending in _LINES:
        frame.attrs["source"] = path.name
    return _without_blank_lines(frame)


def _workbook(path: Path, wanted: Wanted) -> pd.DataFrame:
    form = wanted.form
    if form.sheet is None and path.suffix.lower() in WORKBOOKS and coin_tool.is_one(path):
        return coin_tool.read(path).table
    return data_table(path, form.sheet, form.header_rows, wanted.columns)


def _packed(path: Path, wanted: Wanted) -> pd.DataFrame:
    """Return the one table in a packed file, under the name that it has there."""
    with unpacked(path, [ending for ending in ENDINGS if ending not in PACKED]) as (inside, done):
        frame = read_table(inside, wanted.labels, wanted.form, wanted.columns)
    attrs = {**frame.attrs, "liberties": (done, *frame.attrs.get("liberties", ()))}
    out = frame.copy(deep=False)
    out.attrs = attrs
    return out


def _parquet(path: Path) -> pd.DataFrame:
    # A missing file is told before a missing library: who installs the one would then learn of the other.
    if not path.exists():
        raise FileNotFoundError
    try:
        return pd.read_parquet(path)
    except ImportError:
        raise SpecError(
            Said("{name}: to read a Parquet file, install pyarrow: {how}", name=path.name, how=install("arrow"))
        ) from None


def _without_blank_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table without its blank rows, the lines of the file remembered where some are gone."""
    blank = np.full(len(frame), bool(len(frame.columns)))
    columns = [frame.iloc[:, j] for j in range(len(frame.columns))]
    # Numbers first, which are looked at together: most often they leave no row in question.
    for column in sorted(columns, key=lambda column: column.dtype.kind not in _NO_TEXT):
        if not blank.any():
            return frame
        if column.dtype.kind in _NO_TEXT:
            blank &= column.isna().to_numpy()
        else:
            left = np.flatnonzero(blank)
            blank[left] = [is_missing(cell) for cell in column.iloc[left].tolist()]
    if not blank.any():
        return frame
    kept = frame[~blank].reset_index(drop=True)
    lines = frame.attrs.get("lines") or range(2, len(frame) + 2)
    kept.attrs = {**frame.attrs, "lines": tuple(line for line, gone in zip(lines, blank, strict=True) if not gone)}
    return kept


_SEPARATORS = {",": Said("commas"), ";": Said("semicolons"), "\t": Said("tabs")}
_MISSING = ["", *MARKS]
_BARE = ("lines", "bare")
# Of lines that have as many cells so many have a sentence; the others are counted.
_TOLD_LINES = 4
# So many letters are looked through for what parts the cells.
_LETTERS = 1 << 18


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the rows of a text file are: lines, which are blank, the cells of those that are odd, or too far right."""

    lines: list[int]
    blank: list[bool]
    odd: dict[int, list[str]]
    beside: list[tuple[int, list[str]]]


def read_delimited(path: Path, separator: str, labels: Sequence[str] = (), form: Form = PLAIN) -> pd.DataFrame:
    """Return the table in a text file, without its blank rows.

    What cannot be misread is read, with a line in `attrs["liberties"]` for each liberty: GB18030, Windows-1252 and
    UTF-16; another separator than the ending says; decimal commas beside it; titles above, a row of units, notes below.
    Columns of `labels` stay the text that they are: 007 is no 7, NA is Namibia. The apostrophe with which this package
    writes a text that begins like a formula is taken off.

    Raises
    ------
    DataError
        No heading; a name that heads two columns, or none a column with values (but the first, where many programs
        number the rows); lines with more or fewer cells than the heading, which would stand under other names: all of
        them. Blank cells after the last name are left out.
    """
    own, header_rows = separator, form.header_rows
    in_utf_8 = form.encoding is None or form.encoding.startswith("utf-8")
    if header_rows == 1 and in_utf_8 and (even := _read_even(path, own, labels)) is not None:
        return even
    text, encoding = decoded(path.read_bytes(), form.encoding)
    liberties = [Said("read as {encoding}, not UTF-8", encoding=encoding)] if encoding else []
    start = _start(path.name, text[: _LETTERS + 1], own, labels, header_rows)
    separator, layout, heading = start.separator, start.layout, start.heading
    liberties += start.liberties
    top = layout.top
    faults, read = _checked(path.name, heading, _rows(text, separator), top)
    end, notes = notes_below(read.odd, len(read.lines), read.lines, "line")
    kept = set(read.lines[:end])
    width, beside = remarks_beside(heading, ((line, cells) for line, cells in read.beside if line in kept))
    if beside:
        heading, notes = heading[:width], notes + said_beside(beside, "line")
        remarks = dict(read.beside)
        faults = [(line, fault) for line, fault in faults if fault.kind != _BARE or line not in remarks]
    twice = [(name, count) for name, count in Counter(filter(None, heading)).items() if count > 1]
    heads = [
        Fault(headed(path.name, Said("{name!r} heads {n} columns; rename or drop one", name=name, n=count)))
        for name, count in twice
    ]
    raise_all(DataError, shortened([*heads, *(fault for line, fault in faults if line in kept)]))
    if layout.heading or top > 1 or notes:
        width = max(len(heading), 1)
        rows = [cells[:width] or [""] for (line, cells) in _rows(text, separator) if line in kept]
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=separator).writerows(
            [layout.names[0][:width] if header_rows == 1 else heading, *rows]
        )
        text = buffer.getvalue()
    frame = _frame(text, separator, heading, labels)
    if start.decimal == ",":
        _write_points(frame, text, separator)
    lines, blank = read.lines[:end], read.blank[:end]
    frame.attrs["liberties"] = tuple(liberties + notes)
    frame.attrs["decimal"] = start.decimal
    frame.attrs |= layout.kept
    if len(lines) != len(frame):
        return frame
    if any(blank):
        # The types of what is left are those of all lines: a blank one has made floats of integers.
        attrs = frame.attrs
        frame = frame[~np.array(blank)].reset_index(drop=True)
        frame.attrs = attrs
        lines = [line for line, gone in zip(lines, blank, strict=True) if not gone]
    if lines != list(range(2, len(lines) + 2)):
        frame.attrs["lines"] = tuple(lines)
    return frame


@dataclass(frozen=True, slots=True)
class _Start:
    """What the first lines of a text file say of all of it."""

    separator: str
    layout: Layout
    heading: list[str]
    decimal: str
    liberties: tuple[Said, ...]


def _start(name: str, text: str, own: str, labels: Sequence[str], header_rows: int) -> _Start:
    """Return what the first letters of a text file, one more than are looked through, say of it."""
    separator = _separator(text, own)
    liberties = [Said("cells are parted by {signs}", signs=_SEPARATORS[separator])] if separator != own else []
    sample = list(islice(_rows(text[:_LETTERS], separator), SAMPLE))
    if not sample:
        raise ValueError(Said("it is empty"))
    _refuse_headings(name, sample[0][1], separator)
    first = [cells for _, cells in sample[:HEAD]]
    layout = _laid_out(name, first, [line for line, _ in sample], header_rows)
    liberties += layout.liberties
    decimal = decimal_of([cell for _, cells in sample for cell in cells], separator)
    liberties += [COMMAS] if decimal == "," else []
    heading = [unguarded(str(cell).strip()) for cell in layout.names[0]]
    if header_rows > 1:
        heading = names_of(layout.names, labels)
    return _Start(separator, layout, heading, decimal, tuple(liberties))


def _read_even(path: Path, own: str, labels: Sequence[str]) -> pd.DataFrame | None:
    """Return the table of a file in UTF-8 whose lines all have a cell for each name, None for one to look at closely.

    It is what the close look gives, which finds no fault and takes no liberty below the first lines of such a file.
    """
    with path.open("rb") as file:
        data = file.read(4 * (_LETTERS + 2))
    try:
        start = _start(path.name, getincrementaldecoder("utf-8-sig")().decode(data)[: _LETTERS + 1], own, labels, 1)
        names, separator = start.heading, start.separator
        alike = start.layout.top == 1 and len(names) > 1 and all(names[1:]) and len(set(names)) == len(names)
        n = separators(path, separator) if alike and ends_in_a_row(path, separator) else None
        if n is None:
            return None
        frame = _frame(path, separator, names, labels)
        if start.decimal == ",":
            _write_points(frame, path, separator)
    except ValueError:
        return None
    k, gaps = len(names), frame.iloc[:, -1].isna()
    # The last cell of a short row is missing, and where no row is short there are separators too many for a long one.
    if n != (len(frame) + 1) * (k - 1) or (gaps.any() and not are_whole(path, separator, k, gaps.tolist())):
        return None
    frame.attrs |= {"liberties": start.liberties, "decimal": start.decimal}
    return frame


def _laid_out(name: str, rows: Sequence[Sequence[str]], lines: Sequence[int], header_rows: int) -> Layout:
    """Return how a file is laid out; a heading of several rows that nothing says is refused."""
    try:
        layout = layout_of(rows, lines, "line", header_rows)
    except DataError as error:
        raise DataError(*(headed(name, fault.message) for fault in error.faults)) from None
    if header_rows == 1 and (found := second_heading(rows, layout.heading)) > 1:
        raise DataError(headed(name, two_rows(lines, layout.heading, found, "line")))
    return layout


def _separator(text: str, own: str) -> str:
    """Return what parts the cells: that of the ending, unless another gives more lines with equally many cells."""
    lines = text[:_LETTERS].splitlines()[:SAMPLE]
    if lines and "\t" in lines[0] and eurostat.declares_itself(lines[0].partition("\t")[0]):
        return "\t"
    lines = lines[:-1] if len(text) > _LETTERS and len(lines) < SAMPLE else lines
    share = {}
    for one in (own, *(other for other in _SEPARATORS if other != own)):
        try:
            counts = Counter(len(cells) for cells in csv.reader(lines, delimiter=one) if any(map(str.strip, cells)))
        except csv.Error:
            counts = Counter()
        several = {count: n for count, n in counts.items() if count > 1}
        share[one] = max(several.values(), default=0)
    return max(share, key=lambda one: (share[one], one == own))


def _checked(
    name: str, heading: list[str], rows: Iterator[tuple[int, list[str]]], top: int
) -> tuple[list[tuple[int, Fault]], _Rows]:
    """Return the faults of a file's rows with their lines, and what its rows below the heading are."""
    read, k = _Rows([], [], {}, []), len(heading)
    faults: list[tuple[int, Fault]] = []
    odd: dict[int, list[Fault]] = {}
    bare = [j for j, one in enumerate(heading) if j and not one]
    width = max((j + 1 for j, one in enumerate(heading) if one), default=0)
    for at, (line, cells) in enumerate(rows):
        if at < top:
            continue
        i, empty = at - top, not any(map(str.strip, cells))
        read.lines.append(line)
        read.blank.append(empty)
        if empty or len(cells) != k or (k > 1 and not (cells[0].strip() and cells[1].strip())):
            read.odd[i] = cells
        if len(cells) != k and not empty and (len(cells) < k or any(map(str.strip, cells[k:]))):
            same = odd.setdefault(len(cells), [])
            if len(same) < _TOLD_LINES:
                same.append(Fault(_other_width(name, line, len(cells), k), kind=("lines", len(cells))))
            faults.append((line, same[-1]))
        elif any(cells[j].strip() for j in bare if j < len(cells)):
            said = Said("{file} line {line}: a value stands in a column without a heading", file=name, line=line)
            faults.append((line, Fault(said, kind=_BARE)))
            if not any(cells[j].strip() for j in bare if j < width):
                read.beside.append((line, cells))
    return faults, read


def _other_width(file: str, line: int, n: int, k: int) -> Said:
    return Said.of(
        n,
        "{file} line {line} has {n} cell, the heading {k}; a decimal comma, a comma in a text without quotes, or a "
        "cell that is missing?",
        "{file} line {line} has {n} cells, the heading {k}; a decimal comma, a comma in a text without quotes, or a "
        "cell that is missing?",
        file=file,
        line=line,
        k=k,
    )


def _frame(text: str | Path, separator: str, heading: list[str], labels: Sequence[str]) -> pd.DataFrame:
    """Return the columns of a text, those of labels as the texts that they are."""
    kept = [j for j, name in enumerate(heading) if name in labels or (j == 0 and eurostat.declares_itself(name))]
    options: dict[str, Any] = {"na_values": _MISSING}
    if kept:
        head = _parsed(text, separator, len(heading), nrows=SAMPLE)
        names = head.columns.tolist()
        # A column that is not named here has no marks of missing values.
        options["na_values"] = {name: _MISSING for j, name in enumerate(names) if j not in kept}
        # One text in a column keeps all of it as texts, sooner than a type that is asked for.
        options["dtype"] = {names[j]: str for j in kept if not len(head) or head.iloc[:, j].dtype.kind in "iufb"}
    frame = unguarded_cells(_parsed(text, separator, len(heading), **options).rename(columns=str.strip))
    for j in kept:
        bare = frame.iloc[:, j].str.strip()
        frame.isetitem(j, bare.where(bare != "", None).array)
    return frame


def _write_points(frame: pd.DataFrame, text: str | Path, separator: str) -> None:
    """Write the numbers of a table with decimal commas as the texts that they are, where a point may part thousands."""
    floats = [j for j in range(frame.shape[1]) if frame.iloc[:, j].dtype.kind == "f"]
    texts = _parsed(text, separator, frame.shape[1], dtype=str, na_values=_MISSING) if floats else frame
    for j in floats:
        if has_parted(texts.iloc[:, j].tolist()):
            frame.isetitem(j, texts.iloc[:, j].array)


def _parsed(text: str | Path, separator: str, k: int, **options: Any) -> pd.DataFrame:
    try:
        with refusing(pd.errors.DtypeWarning):
            found: pd.DataFrame = pd.read_csv(
                io.StringIO(text, newline="") if isinstance(text, str) else text,
                # A file by its bytes: pandas takes the mark off, and refuses what is no text.
                encoding="utf-8",
                sep=separator,
                skip_blank_lines=False,
                index_col=False,
                usecols=range(k),
                keep_default_na=False,
                **options,
            )
    except pd.errors.DtypeWarning:
        # In parts, a long column was numbers above and texts below, as a short one never is.
        return _parsed(text, separator, k, **options, low_memory=False)
    return found


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, and the line on which it begins: a text in quotes may run over several."""
    reader, before = csv.reader(io.StringIO(text, newline=""), delimiter=separator), 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise ValueError(headed(lines_of([reader.line_num]), cause(error))) from None


def _refuse_headings(name: str, heading: list[str], separator: str) -> None:
    """Refuse a first line that says how the cells are parted."""
    if heading[:1] and heading[0].strip().lower().startswith("sep="):
        raise DataError(
            Said(
                "{name}: line 1 says how cells are parted; take it out, the names of the columns stand there",
                name=name,
            )
        )
