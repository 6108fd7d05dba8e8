"""Texts in CSV that a spreadsheet would take for formulas: an apostrophe keeps them text, and is taken off again."""

from __future__ import annotations

import csv
import math
import re
from typing import Any

import pandas as pd

from hengdian_index._tables.cells import number_of

# What a spreadsheet takes for the beginning of a formula, also in full width; apostrophes before it are the text's own.
_FORMULA = re.compile("'*[=+@\t\r\n＝＋－＠-]")
_GUARDED = re.compile("'+[=+@\t\r\n＝＋－＠-]")


def csv_of(frame: pd.DataFrame, *, index: bool = True) -> str:
    """Return a table as CSV that no spreadsheet computes; `unguarded` gives its texts back.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.guard import csv_of
    >>> csv_of(pd.DataFrame({"a": ["=1+1", "-2.5"], "b": [-1, 2]}, index=["@x", "y"])).splitlines()
    [',a,b', "'@x,'=1+1,-1", 'y,-2.5,2']
    """
    safe = guarded(frame)
    text = safe.to_csv(index=index)
    # Without quotes a lone carriage return would end a line.
    return safe.to_csv(index=index, quoting=csv.QUOTE_NONNUMERIC) if "\r" in text else text


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with an apostrophe before each text and name that begins like a formula; numbers stay numbers."""
    out = frame.copy(deep=False)
    for j in range(out.shape[1]):
        column = out.iloc[:, j]
        cells = [] if column.dtype.kind in "iufb" else list(column)
        if any(_guard(cell) is not cell for cell in cells):
            out.isetitem(j, [_guard(cell) for cell in cells])
    out.index, out.columns = _guarded_labels(out.index), _guarded_labels(out.columns)
    return out


def unguarded(text: str) -> str:
    """Return a text as it was before it was guarded.

    Examples
    --------
    >>> from hengdian_index._tables.guard import unguarded
    >>> unguarded("'=1+1"), unguarded("''@x"), unguarded("'tis")
    ('=1+1', "'@x", "'tis")
    """
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def unguarded_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table that was read from CSV with its names and texts as they were before they were guarded."""
    frame.columns = [unguarded(name) if isinstance(name, str) else name for name in frame.columns]
    for j in range(frame.shape[1]):
        column = frame.iloc[:, j]
        if column.dtype.kind in "iufb" or (column.dtype != object and not column.str.startswith("'", na=False).any()):
            continue
        cells = column.tolist()
        if any(isinstance(cell, str) and cell[:1] == "'" for cell in cells):
            frame.isetitem(j, [unguarded(cell) if isinstance(cell, str) else cell for cell in cells])
    return frame


def _guarded_labels(labels: pd.Index[Any]) -> pd.Index[Any]:
    levels = [labels.get_level_values(j) for j in range(labels.nlevels)]
    cells = [*labels.names, *(cell for level in levels if level.dtype.kind not in "iufb" for cell in level)]
    if all(_guard(cell) is cell for cell in cells):
        return labels
    own, names = [[_guard(cell) for cell in level] for level in levels], [_guard(name) for name in labels.names]
    return pd.MultiIndex.from_arrays(own, names=names) if labels.nlevels > 1 else pd.Index(own[0], name=names[0])


def _guard(cell: Any) -> Any:
    if not (isinstance(cell, str) and _FORMULA.match(cell)):
        return cell
    number = number_of(cell) if cell == cell.strip() else None
    return f"'{cell}" if number is None or math.isnan(number) else cell
