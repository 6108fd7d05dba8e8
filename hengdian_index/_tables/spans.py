"""Rows that follow each other in time, and selections of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.periods import Periods, format_period, read_periods, read_span
from hengdian_index._tables.selection import picked
from hengdian_index._tables.table import shortened, single
from hengdian_index._values.decimals import counted
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all


def in_succession(source: Any) -> Periods | None:
    """Return the periods of a table's rows, None where rows have no labels and so are counted.

    Raises
    ------
    DataError
        Row labels that are no periods, that repeat, run backwards or leave a period out, each named; several labels
        a row.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.spans import in_succession
    >>> in_succession(pd.Series([3.0, 4.0], index=["2023Q4", "2024Q1"])).frequency.name
    'quarter'
    """
    index = source.index if hasattr(source, "iloc") else None
    if index is None or (hasattr(index, "step") and index.start == 0 and index.name is None):
        return None
    if index.nlevels > 1:
        raise DataError(
            f"rows labelled by {listed(list(index.names))}: give one unit at a time, labelled by its periods"
        )
    column = str(index.name or "period")
    periods = read_periods(index, column=column)
    text, faults = periods.text, []
    for i in np.flatnonzero(np.diff(periods.ordinals) != 1):
        wanted = format_period(int(periods.ordinals[i]) + 1, periods.frequency)
        said = f"after {text[i]} comes {text[i + 1]}, not {wanted}"
        forward = periods.ordinals[i + 1] > periods.ordinals[i]
        advice = f"add a row for {wanted}, empty if need be" if forward else "sort the rows, each period once"
        faults.append(Fault(f"{column}: {said}; {advice}", kind=("places", forward)))
    raise_all(DataError, shortened(faults))
    return periods


def chosen(rows: Any, what: str, n: int, periods: Periods | None, source: Any = None) -> NDArray[np.bool_]:
    """Return which of n rows a selector means, (n,): a mask, a slice, periods or spans; without periods a position.

    `source` is the table whose labels a mask is matched to.

    Raises
    ------
    SpecError
        A selector that cannot be read, a mask of another length.
    DataError
        A missing value in a mask; no row selected.

    Examples
    --------
    >>> from hengdian_index._tables.periods import read_periods
    >>> from hengdian_index._tables.spans import chosen
    >>> chosen("2024", "base", 3, read_periods(["2023Q4", "2024Q1", "2024Q2"])).tolist()
    [False, True, True]
    """
    mask = np.zeros(n, dtype=np.bool_)
    found = (
        None
        if periods is not None and single(rows) and not isinstance(rows, slice)
        else picked(rows, what, n, source, periods)
    )
    if found is not None:
        mask[found] = True
    elif periods is not None:
        low, high = read_span(rows, periods.frequency, column=what)
        mask |= (periods.ordinals >= low) & (periods.ordinals <= high)
    elif isinstance(rows, (int, np.integer)) and not isinstance(rows, bool) and -n <= rows < n:
        mask[rows] = True
    else:
        raise SpecError(f"{what}: the rows have no periods; give a slice, a mask or a position, not {rows!r}")
    if not mask.any():
        extent = f"; the periods run from {periods.text[0]} to {periods.text[-1]}" if periods else ""
        raise DataError(f"{what}: {rows!r} selects none of {counted(n, 'row')}{extent}")
    return mask
