"""Symmetric changes: per cent of the mean of two values, so that a rise and the fall back cancel; and their chain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.table import Array
from hengdian_index.errors import CellsError, DataError


def symmetric_changes(x: Array) -> Array:
    """Return 200 (x_t - x_t-1) / (x_t + x_t-1) of values above 0, (n, ...); the first is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.climate.symmetric import symmetric_changes
    >>> symmetric_changes(np.array([2.0, 3.0, 2.0]))
    array([ nan,  40., -40.])
    """
    half, changes = x / 2, np.full(x.shape, np.nan)  # halves, so that the sum does not overflow
    changes[1:] = 200 * ((half[1:] - half[:-1]) / (half[1:] + half[:-1]))
    return changes


def symmetric_of(growth: float) -> float:
    """Return the symmetric change that is a growth in per cent.

    Examples
    --------
    >>> from hengdian_index.climate.symmetric import symmetric_of
    >>> symmetric_of(50.0)
    40.0
    """
    return 200 * growth / (200 + growth)


def chained(changes: Array, there: NDArray[np.bool_]) -> Array:
    """Return the levels (n,) that symmetric changes lead to, 1 in the first row that is `there` at all.

    Rows before it, and after the last change, are missing; a change missing between breaks the chain.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.climate.symmetric import chained
    >>> chained(np.array([np.nan, np.nan, 40.0]), np.array([False, True, True]))
    array([nan, 1. , 1.5])
    """
    if not there.any():
        raise DataError("cycle: no component has a value")
    rows, first = np.arange(len(changes)), int(np.argmax(there))
    inside = (rows > first) & (rows <= max(rows[~np.isnan(changes)], default=first))
    broken = inside & np.isnan(changes)
    if broken.any():
        raise CellsError(broken, "no component has a value both here and in the period before, so the chain breaks")
    too_far = inside & (abs(changes) >= 200)
    if too_far.any():
        raise CellsError(too_far, "the changes sum to 200 per cent or more, which no chain follows; scale the `rates`")
    levels = np.full(len(changes), np.nan)
    levels[first] = 1.0
    levels[inside] = np.cumprod((200 + changes[inside]) / (200 - changes[inside]))
    return levels
