"""Reads a table from a file, so that messages can name the file and the line."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._system.about import install
from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.guard import unguarded, unguarded_cells
from hengdian_index._tables.table import shortened
from hengdian_index._tables.workbook import data_table
from hengdian_index._values.decimals import counted
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, raise_all, suggestion

_READERS: dict[str, Callable[[Path, Sequence[str]], pd.DataFrame]] = {
    ".csv": lambda path, labels: read_delimited(path, ",", labels),
    ".tsv": lambda path, labels: read_delimited(path, "\t", labels),
    ".parquet": lambda path, _: _parquet(path),
    ".xlsx": lambda path, _: data_table(path),
    ".xlsm": lambda path, _: data_table(path),
}
_LINES = (".csv", ".tsv")
_OTHER_WORKBOOKS = (".xls", ".xlsb", ".ods")


def read_table(path: str | Path, labels: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table in a CSV, TSV, Parquet or Excel file; its name is kept for messages.

    Of a workbook the sheet `data` (or 数据) is read, or the only one. Columns of text named by `labels` (units) keep
    each character: 007 is no 7, NA is no missing value.

    Raises
    ------
    DataError
        No such file, an ending that is not known, or a file that cannot be read as what its ending says.
    SpecError
        The optional library that reads such files is absent.
    """
    path = Path(path)
    reader: Any = _READERS.get(path.suffix.lower())
    if reader is None:
        told = f"{path.name}: cannot read {path.suffix or 'a file without ending'!r}"
        if path.suffix.lower() in _OTHER_WORKBOOKS:
            raise DataError(f"{told}; save it as .xlsx; allowed: {', '.join(_READERS)}")
        raise DataError(f"{told}{suggestion(path.suffix, _READERS)}")
    try:
        frame = reader(path, labels)
    except FaultsError:
        raise
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except UnicodeDecodeError:
        raise DataError(
            f"{path.name}: not UTF-8 text; save it as UTF-8 (Excel: 'CSV UTF-8'), GBK is not read"
        ) from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name}: cannot be read as a {path.suffix} table: {error}") from None
    if path.suffix.lower() in _LINES:
        frame.attrs["source"] = path.name
    return _without_blank_lines(frame)


def _parquet(path: Path) -> pd.DataFrame:
    # A missing file is told before a missing library: who installs the one would then learn of the other.
    if not path.exists():
        raise FileNotFoundError
    try:
        return pd.read_parquet(path)
    except ImportError:
        raise SpecError(f"{path.name}: to read a Parquet file, install pyarrow: {install('arrow')}") from None


def _without_blank_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table without its blank rows, the lines of the file remembered where some are gone."""
    blank = np.full(len(frame), bool(len(frame.columns)))
    for j in range(len(frame.columns)):
        column = frame.iloc[:, j]
        if column.dtype.kind in "iufbMmc":
            blank &= column.isna().to_numpy()
        else:
            left = np.flatnonzero(blank)
            blank[left] = [is_missing(cell) for cell in column.iloc[left]]
    if not blank.any():
        return frame
    kept = frame[~blank].reset_index(drop=True)
    lines = frame.attrs.get("lines") or range(2, len(frame) + 2)
    kept.attrs = {**frame.attrs, "lines": tuple(line for line, gone in zip(lines, blank, strict=True) if not gone)}
    return kept


_CAUSES = "a decimal comma, a comma in a text without quotes, or a cell that is missing?"
_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons"}


def read_delimited(path: Path, separator: str, labels: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table in a text file, without its blank rows.

    Columns of `labels` stay the text that they are: 007 is no 7, NA is Namibia. The apostrophe with which this package
    writes a text that begins like a formula is taken off.

    Raises
    ------
    DataError
        No heading on the first line; another separator than the ending of the file says; a name that heads two
        columns, or none a column with values (but the first, where many programs number the rows); lines with more or
        fewer cells than the heading, which would stand under other names: all of them. Blank cells after the last name
        are left out.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = _rows(file, separator)
        heading = next((cells for _, cells in rows), None)
        if heading is None:
            raise ValueError("it is empty")
        _refuse_headings(path.name, heading, separator)
        heading = [unguarded(name.strip()) for name in heading]
        lines, blank = list[int](), list[bool]()
        k, named = len(heading), [name for name in heading if name]
        twice = [(name, count) for name, count in Counter(named).items() if count > 1]
        faults = [Fault(f"{path.name}: {name!r} heads {count} columns; rename or drop one") for name, count in twice]
        bare = [j for j, name in enumerate(heading) if j and not name]
        for line, cells in rows:
            lines.append(line)
            blank.append(not any(map(str.strip, cells)))
            if len(cells) != k and not blank[-1] and (len(cells) < k or any(map(str.strip, cells[k:]))):
                said = f"{path.name} line {line} has {counted(len(cells), 'cell')}, the heading {k}; {_CAUSES}"
                faults.append(Fault(said, kind=("lines", len(cells))))
            elif any(cells[j].strip() for j in bare if j < len(cells)):
                why = "a value stands in a column without a heading"
                faults.append(Fault(f"{path.name} line {line}: {why}", kind=("lines", "bare")))
    raise_all(DataError, shortened(faults))
    frame = unguarded_cells(_parsed(path, separator, range(k)).rename(columns=str.strip))
    kept = [j for j, name in enumerate(heading) if name in labels]
    texts = _parsed(path, separator, kept, dtype=str, na_filter=False).rename(columns=str.strip) if kept else None
    for name, column in unguarded_cells(texts).items() if texts is not None else ():
        text = column.str.strip()
        frame[str(name)] = text.where(text != "", None)
    if len(lines) != len(frame):
        return frame
    if any(blank):
        # The types of what is left are those of all lines: a blank one has made floats of integers.
        frame = frame[~np.array(blank)].reset_index(drop=True)
        lines = [line for line, gone in zip(lines, blank, strict=True) if not gone]
    if lines != list(range(2, len(lines) + 2)):
        frame.attrs["lines"] = tuple(lines)
    return frame


def _parsed(path: Path, separator: str, columns: Sequence[int], **options: Any) -> pd.DataFrame:
    found: pd.DataFrame = pd.read_csv(
        path,
        encoding="utf-8-sig",
        sep=separator,
        skip_blank_lines=False,
        index_col=False,
        usecols=list(columns),
        **options,
    )
    return found


def _rows(file: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, and the line on which it begins: a text in quotes may run over several."""
    reader, before = csv.reader(file, delimiter=separator), 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _refuse_headings(name: str, heading: list[str], separator: str) -> None:
    """Refuse a first line that is blank, no heading, or one cell only because another separator parts it."""
    if heading[:1] and heading[0].strip().lower().startswith("sep="):
        raise DataError(f"{name}: line 1 says how cells are parted; take it out, the names of the columns stand there")
    if not any(map(str.strip, heading)):
        raise DataError(f"{name}: line 1 is blank; the names of the columns stand there")
    if len(heading) != 1:
        return
    for other, called in _NAMES.items():
        if other != separator and other in heading[0]:
            wanted = _NAMES[separator]
            remedy = f"save it as .xlsx, or with {wanted} between the cells and decimal points"
            raise DataError(f"{name}: its cells are parted by {called}, not {wanted}; {remedy}")
