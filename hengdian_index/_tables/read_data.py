"""The data of an index from a file, a folder or several files, and `hi.read`: a file as a plain table."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.form import PLAIN, Form, Layout
from hengdian_index._tables.join import JOINED, Part, joined
from hengdian_index._tables.places import lines_of
from hengdian_index._tables.printed import open_points, plain_cells
from hengdian_index._tables.read_file import ENDINGS, read_table
from hengdian_index._tables.tidy import tidy
from hengdian_index._words.said import Said, headed
from hengdian_index.errors import DataError, FaultsError, raise_together, shown
from hengdian_index.log import journal, note


def read_data(
    given: str | Path | Sequence[str | Path],
    form: Form = PLAIN,
    columns: Sequence[Any] = (),
    unit: str | None = None,
    period: str | None = None,
) -> pd.DataFrame:
    """Return the table that a file holds, or that the files of a folder, several files or several sheets are joined to.

    Parameters
    ----------
    given : path or sequence of paths
        A folder stands for the tables in it, each of which has some of the indicators, or one and its name.
    form : Form
        What is said of the form of each table.
    columns : sequence
        What is asked of the table; it tells which sheet of a workbook is meant, and what is left out of a join.
    unit, period : str, optional
        What the columns of units and periods are called.

    Raises
    ------
    DataError
        No such file, a folder without tables, or what `read_table` and `joined` refuse.
    """
    paths = [Path(one) for one in ([given] if isinstance(given, (str, os.PathLike)) else given)]
    files = [file for path in paths for file in (_tables_in(path) if path.is_dir() else [path])]
    sheets: Sequence[str | None] = form.sheet if isinstance(form.sheet, tuple) else (form.sheet,)
    labels = form.texts(unit)
    if len(paths) == len(sheets) == 1 and not paths[0].is_dir():
        return read_table(paths[0], labels, form, columns)
    parts: list[Part] = []
    errors: list[FaultsError] = []
    for file in files:
        for sheet in sheets:
            try:
                frame = read_table(file, labels, replace(form, sheet=sheet), columns)
                stem = file.with_suffix("").stem if file.suffix.lower() == ".gz" else file.stem
                parts.append(Part(stem if sheet is None or len(sheets) == 1 else sheet, frame))
            except FaultsError as error:
                errors.append(error)
    raise_together(errors)
    source = paths[0].name if len(paths) == 1 else Said.of(len(parts), "{n} file", "{n} files")
    return joined(parts, source, columns, form, unit, period)


def _tables_in(folder: Path) -> list[Path]:
    """Return the tables of a folder, hidden and half-written ones left out."""
    found = sorted(
        path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~"))
    )
    if not found:
        raise DataError(
            Said("{folder}: no table in this folder; it may hold {endings}", folder=folder, endings=", ".join(ENDINGS))
        )
    return found


def read(
    path: str | Path | Sequence[str | Path],
    *,
    unit: str | None = None,
    period: str | None = None,
    layout: Layout | None = None,
    indicator: str | None = None,
    value: str | None = None,
    where: Mapping[str, Any] | None = None,
    sheet: str | Sequence[str] | None = None,
    header_rows: int = 1,
    missing_marks: Sequence[Any] = (),
    encoding: str | None = None,
) -> pd.DataFrame:
    r"""Return a file as a plain table, by the rules by which the data of an index is read.

    Parameters
    ----------
    path : path or list of paths
        A file of text (`.csv`, `.tsv`, `.txt`), of a spreadsheet program (`.xlsx`, `.xlsm`, `.ods`, `.xls`), of Stata
        (`.dta`) or SPSS (`.sav`, `.zsav`), `.parquet`, or a `.zip` or `.gz` with one of them inside. A folder, or
        several files, each with some of the indicators, are joined on unit and period; a file with one column of values
        is of the indicator that it is called by.
    unit, period : str, optional
        Columns that say whose a row is and when. The labels of units stay as they are written: 007 is no 7.
    layout, indicator, value, where, header_rows, missing_marks
        As in `hi.tidy`. Tables of formats that declare themselves (Eurostat, SDMX-CSV, World Bank) need no layout.
    sheet : str or list of str, optional
        The sheet of a workbook with several; those of a list are joined.
    encoding : str, optional
        How the letters of a text file are written; found out where left out.

    Returns
    -------
    DataFrame
        Columns of numbers are numbers; one that has something else among them stays text, which is said.
        `attrs["log"]` has a line for each liberty that was taken, with file, place and count; it goes into the log of
        what is computed on the table.

    Raises
    ------
    SpecError
        An option that cannot be read; the optional library for such files is absent.
    DataError
        A file that cannot be read, or may be read in several ways, with what to write.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import hengdian_index as hi
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "towns.csv")
    ...     _ = path.write_text("Trips in 2022\ntown;trips\nUlm;1,5\nBonn;2,25\n")
    ...     table = hi.read(path)
    >>> table["trips"].tolist()
    [1.5, 2.25]
    >>> table.attrs["log"][0]
    'towns.csv: cells are parted by semicolons'
    """
    said: dict[str, Any] = {"layout": layout, "indicator": indicator, "value": value, "where": where, "sheet": sheet}
    said |= {"header_rows": header_rows, "missing_marks": missing_marks or None, "encoding": encoding}
    form = Form.of(said)
    frame = _with_texts(path, form, unit, period)
    # Of joined tables each line names its own.
    source = None if JOINED in frame.attrs else frame.attrs.get("source")
    lines = list(frame.attrs.get("liberties", ()))
    if JOINED not in frame.attrs:
        options = {name: one for name, one in said.items() if name not in ("sheet", "encoding", "missing_marks")}
        with journal():
            frame = tidy(frame, unit=unit, period=period, missing_marks=missing_marks, **options)
        lines = list(frame.attrs.get("liberties", lines))
    lines += _plain(frame, form, [name for name in (unit, period) if name])
    log = tuple(line if line.startswith(f"{source}: ") else headed(source, line) for line in lines)
    out = frame.copy(deep=False)
    out.attrs = {"log": log}
    for line in log:
        note("read", line)
    return out


def _took(what: Said, rows: Sequence[int], name: Any) -> Said:
    return Said.of(
        len(rows), "{what} in {n} cell of {name}", "{what} in {n} cells of {name}", what=what, name=shown(name)
    )


def _with_texts(path: Any, form: Form, unit: str | None, period: str | None) -> pd.DataFrame:
    """Return the table of a file; columns of texts have each as it is written, `NA` too, which may be a name."""
    frame = read_data(path, form, (), unit, period)
    if JOINED in frame.attrs or not isinstance(path, (str, os.PathLike)):
        return frame
    texts = [
        str(name)
        for name in frame.columns
        if frame[name].ndim == 1
        and frame[name].dtype.kind in "OTU"
        and frame[name].isna().any()
        and not _numbers(frame[name])
    ]
    return read_table(Path(path), [*form.texts(unit), *texts], form) if texts else frame


def _numbers(column: pd.Series[Any]) -> bool:
    """Return whether most of what a column has are numbers."""
    cells = plain_cells([cell for cell in column.tolist() if not is_missing(cell)])[0]
    return 2 * sum(number_of(cell) is not None for cell in cells) > len(cells)


def _plain(frame: pd.DataFrame, form: Form, labels: Sequence[str]) -> list[Said]:
    """Make columns of a table numbers where all of their cells are; return what was done."""
    said = []
    lines = frame.attrs.get("lines") or range(2, len(frame) + 2)
    for name in frame.columns:
        if name in labels or frame[name].ndim > 1 or frame[name].dtype.kind not in "OTUiuf":
            continue
        given = frame[name].tolist()
        cells, met = plain_cells(given, frame.attrs.get("decimal", "."), form.mark_texts)
        numbers = [number_of(cell) for cell in cells]
        for i in open_points(given, cells, frame.attrs.get("decimal", ".")):
            numbers[i] = None
        bad = [i for i, number in enumerate(numbers) if number is None]
        if bad:
            if 2 * len(bad) < sum(not is_missing(cell) for cell in cells):
                told = Said.of(
                    len(bad),
                    "{n} cell of {name} no number, the first {given} in {row}; the column stays text",
                    "{n} cells of {name} no number, the first {given} in {row}; the column stays text",
                    name=shown(name),
                    given=shown(given[bad[0]]),
                    row=lines_of([lines[bad[0]]]),
                )
                said.append(told)
            continue
        values = np.array(numbers, dtype=np.float64)
        for mark in sorted(form.mark_numbers):
            rows = np.flatnonzero(values == mark).tolist()
            values[rows] = np.nan
            if rows:
                said.append(_took(Said("{text} read as missing", text=f"{mark:g}"), rows, name))
        for what, rows in met.items():
            said.append(
                Said("{what}, the first in {row}", what=_took(what, rows, name), row=lines_of([lines[rows[0]]]))
            )
        if frame[name].dtype.kind in "OTU" or np.isnan(values).sum() > frame[name].isna().sum():
            whole = (
                np.isfinite(values).all()
                and (values == np.floor(values)).all()
                and np.abs(values).max(initial=0) < 2**53
            )
            frame[name] = values.astype(np.int64) if whole and frame[name].dtype.kind in "OTU" and not met else values
    return said
