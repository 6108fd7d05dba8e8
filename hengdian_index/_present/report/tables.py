"""Tables of the page: cells as text, numbers rounded for reading, the whole table as CSV within the page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._tables.guard import csv_of
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import form_of, written
from hengdian_index._words.catalogue import Words
from hengdian_index.plot.style import size


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one page takes: cells of a table, letters of a file (0: it has none), formulas drawn."""

    cells: int
    letters: int
    formulas: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table before it is written: its frame, what its columns are called, and which end of it matters more.

    `words` are what the labels of rows are called.
    `form` is how numbers of the table are written where they have their own way, `forms` how those of some columns.
    `whole` says where all its rows are. Of its columns the `last` so many are shown, all with 0. `marks` says of
    columns which of their rows (n,) an imputation gave.
    """

    id: str
    caption: str
    frame: pd.DataFrame
    names: Mapping[Any, str] = field(default_factory=dict)
    tail: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    form: str = ""
    forms: Mapping[Any, str] = field(default_factory=dict)
    whole: str = ""
    last: int = 0
    marks: Mapping[Any, NDArray[np.bool_]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the page has it; the first column heads its row."""

    id: str
    caption: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    link: str
    whole: bool


def table(sheet: Sheet, say: Words, limits: Limits) -> Table:
    """Return a table within limits; what is left out is said.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._present.report.tables import Limits, Sheet, table
    >>> from hengdian_index._words.catalogue import words
    >>> sheet = Sheet("t", "Levels", pd.DataFrame({"a": [100.0, 108.912]}, index=["2001", "2002"]))
    >>> table(sheet, words("en", "report"), Limits(100, 1000, 0)).rows
    (('2001', '100.00'), ('2002', '108.91'))
    """
    frame = sheet.frame
    shown = frame.iloc[:, -sheet.last :]
    most = max(1, limits.cells // (shown.shape[1] + frame.index.nlevels))
    rows = slice(None) if len(frame) <= most else slice(-most, None) if sheet.tail else slice(most)
    shown = shown.iloc[rows]
    text, whole = csv_of(frame), True
    if len(text) > limits.letters:
        text, whole = csv_of(shown), len(shown) == len(frame)
    key = "shown" if whole else "shown only" if limits.letters else "shown here"
    said = "" if len(shown) == len(frame) else say[key]
    columns = [shown.index.get_level_values(j) for j in range(frame.index.nlevels)]
    labels = [say.get(str(name), str(name)) if name is not None else say["row"] for name in frame.index.names]
    heads = (*labels, *(sheet.names.get(column) or say.get(str(column), str(column)) for column in shown.columns))
    numeric = (*(False for _ in columns), *map(_is_number, (shown.iloc[:, j] for j in range(shown.shape[1]))))
    labelled = [[sheet.words.get(cell, cell) for cell in _label_cells(column)] for column in columns]
    marks = [sheet.marks[column][rows] if column in sheet.marks else None for column in shown.columns]
    written = [*labelled, *map(_marked, _columns(shown, sheet), marks)]
    notes = [said.format(shown=len(shown), all=len(frame), whole=sheet.whole)]
    notes += [say["imputed note"]] if any(own is not None and own.any() for own in marks) else []
    return Table(
        sheet.id,
        sheet.caption,
        heads,
        numeric,
        tuple(map(_width, heads, written, numeric)),
        tuple(zip(*written, strict=True)),
        " ".join(filter(None, notes)),
        _link(text),
        whole,
    )


def _link(text: str) -> str:
    """Return text as an address that holds it; the mark in front tells spreadsheets that it is UTF-8."""
    return "data:text/csv;charset=utf-8;base64," + b64encode(text.encode("utf-8-sig")).decode()


def _label_cells(values: Any) -> list[str]:
    return [", ".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in values]


def _is_number(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _columns(frame: pd.DataFrame, sheet: Sheet) -> list[list[str]]:
    """Return columns as text; numbers that are no counts share the decimals that the largest of them deserves."""
    columns = [frame.iloc[:, j] for j in range(frame.shape[1])]
    numbers = {j: _values(column) for j, column in enumerate(columns) if _is_number(column)}
    own = {j: sheet.forms.get(frame.columns[j], sheet.form) for j in numbers}
    own |= {j: ".0f" for j in numbers if pd.api.types.is_integer_dtype(columns[j])}
    shared = [values for j, values in numbers.items() if not own[j]]
    form = form_of(np.concatenate(shared) if shared else np.empty(0))
    out = []
    for j, column in enumerate(columns):
        if j not in numbers:
            out.append(["" if value is None or value != value else str(value) for value in column])
        else:
            out.append(["" if value != value else written(value, own[j] or form) for value in numbers[j]])
    return out


def _marked(cells: list[str], marks: NDArray[np.bool_] | None) -> list[str]:
    """Return the cells of a column, those that are marked with a star behind."""
    if marks is None:
        return cells
    return [f"{cell} *" if mark and cell else cell for cell, mark in zip(cells, marks.tolist(), strict=True)]


def _values(column: pd.Series[Any]) -> Array:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _width(head: str, cells: Sequence[str], number: bool) -> int:
    """Return how wide (em) a column is at least, so that no word of it stands letter below letter."""
    letters = max([size(head) + 2, *map(size, cells)])
    return min((letters + 5) // 2, 8 if number else 14)
