"""Single cells that are a hundred times larger or smaller than their column leads one to expect: 41.3 % as 0.413."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array

# So many other values tell what is to be expected, which lie this near to one another.
_FEWEST, _SPREAD = 3, 10.0
# A value off by a hundred comes back within the others, or this far beside them.
_BESIDE = 1.5
_MOST, _SEVERAL = 20, 200


def off_by_a_hundred(values: Array, columns: Sequence[str], panel: Panel) -> list[str]:
    """Return a text for each value of (n, k) that alone is off by a hundred among those of its unit, or of its column.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.read_panel import read_panel
    >>> read_panel(pd.DataFrame({"rent": [40.1, 0.413, 39.8, 42.2]}), ["rent"]).liberties
    ("row 1, indicator 'rent': 0.413 is about a hundredth of the others (39.8 to 42.2); is 41.3 meant?",)
    """
    if not values.size:
        return []
    found: dict[tuple[int, int], str] = {}
    codes = panel.unit_codes()
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    several = 1 < len(starts) < len(codes)
    for j in range(len(columns)):
        size = np.abs(values[:, j])
        # The least and the largest of all, or of each unit, tell most columns apart at once.
        if several:
            with np.errstate(all="ignore"):
                apart = _apart(np.fmin.reduceat(_positive(size[order]), starts), np.fmax.reduceat(size[order], starts))
            # Where many are wide apart, none stands out.
            for i in np.flatnonzero(apart).tolist() if apart.sum() <= _SEVERAL else ():
                end = starts[i + 1] if i + 1 < len(starts) else len(order)
                _look(values[:, j], order[starts[i] : end], j, found)
        _look(values[:, j], np.arange(len(size)), j, found)
    told = sorted(found.items())[:_MOST]
    return [f"{panel.place(i)}, indicator {columns[j]!r}: {said}" for (i, j), said in told]


def _positive(size: Array) -> Array:
    return np.where(size > 0, size, np.nan)


def _apart(low: NDArray[np.float64] | float, high: NDArray[np.float64] | float) -> NDArray[np.bool_]:
    return np.asarray(high > 100 / _BESIDE / _SPREAD * np.asarray(low))


def _look(column: Array, rows: NDArray[np.intp], j: int, found: dict[tuple[int, int], str]) -> None:
    """Add what is said of a value among some rows of a column that alone is off by a hundred."""
    size = np.abs(column[rows])
    rows = rows[size > 0]
    if len(rows) <= _FEWEST:
        return
    size = np.abs(column[rows])
    for at, times in ((int(size.argmin()), 100.0), (int(size.argmax()), 0.01)):
        if not _apart(size.min(), size.max()):
            return
        rest = np.delete(size, at)
        low, high = float(rest.min()), float(rest.max())
        if high > _SPREAD * low or not low / _BESIDE <= times * size[at] <= high * _BESIDE or low <= size[at] <= high:
            continue
        share = "a hundredth of" if times > 1 else "a hundred times"
        meant = float(f"{column[rows[at]] * times:.12g}")
        said = f"{column[rows[at]]:g} is about {share} the others ({low:g} to {high:g}); is {meant:g} meant?"
        found[int(rows[at]), j] = said
