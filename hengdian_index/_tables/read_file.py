"""Reads a table from a file, so that messages can name the file and the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._system.about import install
from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.delimited import read_delimited
from hengdian_index._tables.workbook import data_table
from hengdian_index.errors import DataError, FaultsError, SpecError, suggestion

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
