"""What one cell or option says: nothing, or a number; the one place where a text becomes a number."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import numpy as np

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
        raise ValueError(f"{text!r} is no number and no fraction")
    return above / below
