"""What a cell or an option says: nothing, a number, a label, a list; the one place where a text becomes a number."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, shown

# What there are more of where cells of one column have one fault.
CELLS = "cells of the column"
# Of cells with one text so many have a sentence, and cells of so many texts in a column: the others are counted.
_TOLD, _TOLD_TEXTS = 4, 20

# Python's float also takes 2020_1, nan and infinity, which in a table are labels and words.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_NUMBERS = (float, complex, np.floating, np.complexfloating, np.datetime64, np.timedelta64)


def is_missing(cell: Any) -> bool:
    """Return whether a cell says nothing: None, NaN, the missing values of pandas, a text of blanks."""
    if isinstance(cell, str):
        return not cell.strip()
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    return bool(cell != cell) if isinstance(cell, _NUMBERS) else isinstance(cell, Decimal) and cell.is_nan()


def single(x: Any) -> bool:
    """Return whether x is one value, no list or table of them."""
    listing = any(hasattr(type(x), name) for name in ("ndim", "__len__", "__iter__", "columns"))
    return isinstance(x, (str, bytes)) or getattr(x, "ndim", None) == 0 or not listing


def tabular(x: Any) -> bool:
    """Return whether x is a table or a nested list, without reading it."""
    nested = isinstance(x, (list, tuple)) and not all(map(single, x))
    return hasattr(type(x), "columns") or isinstance(x, Mapping) or getattr(x, "ndim", 1) > 1 or nested


def no_label(label: Any) -> bool:
    """Return whether a row's label is missing."""
    return label is None or type(label).__name__ in ("NAType", "NaTType") or (single(label) and bool(label != label))


def hashed(label: Any) -> bool:
    """Return whether something can be a name; of some the type says so, and is wrong."""
    try:
        hash(label)
    except TypeError:
        return False
    return True


def number_of(cell: Any) -> float | None:
    """Return a float, NaN for a missing cell, None for what is no number.

    Examples
    --------
    >>> from hengdian_index._tables.cells import number_of
    >>> [number_of(cell) for cell in (" 1e3 ", ".5", "", "2020_1", "infinity")]
    [1000.0, 0.5, nan, None, None]
    """
    if is_missing(cell):
        return math.nan
    if isinstance(cell, str):
        text = cell.strip()
        return float(text) if _NUMBER.fullmatch(text) else None
    if isinstance(cell, (bytes, bytearray, complex, np.complexfloating, np.datetime64, np.timedelta64)):
        return None
    if np.ndim(cell) or hasattr(cell, "year") or hasattr(cell, "total_seconds"):
        return None
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def pair_of(given: Any) -> tuple[float, float] | None:
    """Return two numbers as floats, None for anything else; a text is no number of an option."""
    try:
        low, high = given
    except (TypeError, ValueError):
        return None
    found = [None if isinstance(one, str) or is_missing(one) else number_of(one) for one in (low, high)]
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def fraction_of(text: str) -> float:
    """Return the finite number that a text is, or the quotient of two, such as 1/3; a ValueError for anything else."""
    parts = [None if not part.strip() else number_of(part) for part in text.split("/")]
    above, below = (*parts, 1.0)[:2]
    if len(parts) > 2 or above is None or below is None or not below or not math.isfinite(above / below):
        raise ValueError(Said("{text!r} is no number and no fraction", text=text))
    return above / below


def plain_remedy(_: Any) -> Said:
    """Return what to write where a cell is no number."""
    return Said("write it like 1234.5, or leave the cell blank")


def numbers(
    cells: Iterable[Any],
    where: Callable[[int], str],
    column: Hashable = None,
    remedy: Callable[[Any], Said] = plain_remedy,
) -> tuple[NDArray[Any], list[Fault]]:
    """Return cells as floats (missing: NaN) and one fault for each cell that is no number; all are of one column."""
    values, faults = [], list[Fault]()
    told: dict[str, dict[str, list[Fault]]] = {"text": {}, "large": {}}
    for row, cell in enumerate(cells):
        value = number_of(cell)
        large = value in (math.inf, -math.inf) if isinstance(cell, str) else value is None and type(cell) is int
        if value is None or large:
            text = cell if type(cell) is str else str(cell) if hasattr(cell, "year") else shown(cell)
            kind = "large" if large else "text"
            same = told[kind].setdefault(text, [])
            if len(same) < _TOLD and len(told[kind]) <= _TOLD_TEXTS:
                said = _no_number(where(row), text if text is not cell else shown(cell), remedy(cell), large)
                same.append(Fault(said, kind=(CELLS, column, kind), found=text))
            # Of many cells only the first ones are shown, so that the others need no sentence of their own.
            first = next(iter(told[kind].values()))[0]
            faults.append(same[-1] if same else Fault(first.message, kind=(CELLS, column, kind), found=text))
        values.append(math.nan if value is None or large else value)
    return np.array(values, dtype=np.float64), faults


def _no_number(place: Said | str, text: Said | str, remedy: Said, large: bool) -> Said:
    if large:
        return Said("{where}: {text} is too large a number; {remedy}", where=place, text=text, remedy=remedy)
    return Said("{where}: {text} is not a number; {remedy}", where=place, text=text, remedy=remedy)


def column_values(
    column: Any, where: Callable[[int], str], name: Hashable = None, remedy: Callable[[Any], Said] = plain_remedy
) -> tuple[NDArray[Any], list[Fault]]:
    """Return a pandas or narwhals column as floats, which may be its own, and the faults of its cells."""
    if is_pandas(column):
        if column.dtype == np.float64 and isinstance(column.dtype, np.dtype):
            return column.to_numpy(), []
        if _plain_number(column.dtype):
            return column.to_numpy(dtype=np.float64, na_value=math.nan), []
        return _numbers_or_truths(column.tolist(), where, name, remedy)
    import narwhals.stable.v2 as nw

    if column.dtype.is_numeric() or column.dtype == nw.Boolean:
        return np.array(column.cast(nw.Float64).to_numpy(), dtype=np.float64), []
    return _numbers_or_truths(column.to_list(), where, name, remedy)


def _numbers_or_truths(
    cells: list[Any], where: Callable[[int], str], name: Hashable, remedy: Callable[[Any], Said]
) -> tuple[NDArray[Any], list[Fault]]:
    """Return a column as floats: a truth value is 1 or 0 in a column of them, and a fault among numbers."""
    values, faults = numbers(cells, where, name, remedy)
    truths = [row for row, cell in enumerate(cells) if isinstance(cell, (bool, np.bool_))]
    if len(truths) == np.count_nonzero(~np.isnan(values)):
        return values, faults
    said = [
        Said(
            "{where}: {truth} stands among numbers; write 1 or 0, or leave the cell blank",
            where=where(row),
            truth=str(bool(cells[row])),
        )
        for row in truths
    ]
    return values, [*faults, *(Fault(one, kind=(CELLS, name, "truth")) for one in said)]


def raw_array(x: Any) -> NDArray[Any]:
    """Return an array or nested lists as an array, of objects where the cells are no numbers, missing where masked."""
    try:
        return uncovered(x)
    except ValueError:
        raise DataError(Said("the rows of the array differ in length; give n rows of k numbers each")) from None


def uncovered(x: Any) -> NDArray[Any]:
    """Return an array, or a list of arrays, with missing values where one that is masked hides its own."""
    if isinstance(x, (list, tuple)) and any(isinstance(row, np.ma.MaskedArray) for row in x):
        x = np.ma.array(x)
    if not isinstance(x, np.ma.MaskedArray):
        raw = np.asarray(x)
        # NumPy writes the numbers of a list that has texts too as texts, a missing one as "nan".
        return np.asarray(x, dtype=object) if raw.dtype.kind in "US" and raw is not x else raw
    hidden = np.ma.getmaskarray(x)
    cells = np.array(x.data, dtype=np.float64 if x.dtype.kind in "biuf" else object)
    if hidden.dtype == np.bool_:
        cells[hidden] = np.nan if cells.dtype != object else None
    return cells


def _plain_number(dtype: Any) -> bool:
    return getattr(dtype, "kind", "O") in "biuf"


def is_pandas(x: Any) -> bool:
    """Return whether x is a table or a series of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(x, (pandas.DataFrame, pandas.Series))
