"""Single cells that are a hundred times larger or smaller than their column leads one to expect: 41.3 % as 0.413."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined

# So many other values tell what is to be expected, which lie this near to one another.
_FEWEST, _SPREAD = 3, 10.0
# A value off by a hundred comes back within the others, or this far beside them.
_BESIDE = 1.5
_MOST, _LOOKED = 20, 200
# So many units, and values, are looked at before all are.
_TRIED, _SAMPLE = 100, 1000


# What passes the largest number is far apart, and compared as such.
@np.errstate(over="ignore")
def off_by_a_hundred(values: Array, columns: Sequence[str], panel: Panel) -> list[Said]:
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
    found: dict[tuple[int, int], Said] = {}
    codes = panel.unit_codes()
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    several = 1 < len(starts) < len(codes)
    for j in range(len(columns)):
        column = values[:, j]
        if several and not _is_wild(column, order, starts[:_TRIED]):
            for i in np.flatnonzero(_each_apart(column, order, starts)).tolist()[:_LOOKED]:
                end = starts[i + 1] if i + 1 < len(starts) else len(order)
                _look(column, order[starts[i] : end], j, found)
        first = np.sort(np.abs(column[:_SAMPLE]))
        first = first[first > 0]
        # Where values differ by more with one of them left out, no single one stands out.
        if len(first) < 3 or min(first[-2] / first[0], first[-1] / first[1]) <= _SPREAD:
            _look(column, np.arange(len(column)), j, found)
    told = sorted(found.items())[:_MOST]
    return [
        joined([panel.place(i), Said("indicator {code!r}: {why}", code=columns[j], why=said)], "places")
        for (i, j), said in told
    ]


def _is_wild(column: Array, order: NDArray[np.intp], starts: NDArray[np.intp]) -> bool:
    """Return whether many of the first units have values wide apart, so that none stands out."""
    end = starts[-1] if len(starts) > 1 else len(order)
    apart = _each_apart(column, order[:end], starts[starts < end])
    return 5 * int(apart.sum()) > len(apart) > 5


def _each_apart(column: Array, order: NDArray[np.intp], starts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return whether the least and the largest of each unit are wide apart."""
    size = np.abs(column[order])
    size[size == 0] = np.nan
    return _apart(np.fmin.reduceat(size, starts), np.fmax.reduceat(size, starts))


def _apart(low: NDArray[np.float64] | float, high: NDArray[np.float64] | float) -> NDArray[np.bool_]:
    return np.asarray(high > 100 / _BESIDE / _SPREAD * np.asarray(low))


def _look(column: Array, rows: NDArray[np.intp], j: int, found: dict[tuple[int, int], Said]) -> None:
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
        meant = float(f"{column[rows[at]] * times:.12g}")
        share = _hundredth if times > 1 else _hundredfold
        found[int(rows[at]), j] = share(float(column[rows[at]]), low, high, meant)


def _hundredth(value: float, low: float, high: float, meant: float) -> Said:
    return Said(
        "{value:g} is about a hundredth of the others ({low:g} to {high:g}); is {meant:g} meant?",
        value=value,
        low=low,
        high=high,
        meant=meant,
    )


def _hundredfold(value: float, low: float, high: float, meant: float) -> Said:
    return Said(
        "{value:g} is about a hundred times the others ({low:g} to {high:g}); is {meant:g} meant?",
        value=value,
        low=low,
        high=high,
        meant=meant,
    )
