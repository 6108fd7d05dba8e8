"""Panels: a column a period, from a table or from a Series by unit and period."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from hengdian_index._tables.cells import is_pandas
from hengdian_index._tables.periods import read_periods
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError


def wide(call: str, y: Any, *, single: bool = True) -> Any:
    """Return a Series by unit and period as a table of a column a period; anything else as it is.

    A Series by unit alone is one period where `single` says so, else refused.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index.explain._panels import wide
    >>> rows = pd.MultiIndex.from_product([["A", "B"], ["2024年10月", "2024年9月"]])
    >>> wide("density", pd.Series([1.0, 2.0, 3.0, 4.0], rows)).columns.tolist()
    ['2024年9月', '2024年10月']
    """
    if not is_pandas(y) or y.ndim > 1 or (single and y.index.nlevels == 1):
        return y
    if y.index.nlevels != 2:
        raise SpecError(
            Said("{call}: a Series has two index levels, unit and period, or give a table (units, periods)", call=call)
        )
    if y.index.has_duplicates:
        raise DataError(Said("{call}: a unit stands twice in a period; each has one value a period", call=call))
    table = y.unstack(sort=False)
    return table[in_time(table.columns)]


def in_time(periods: Iterable[Hashable]) -> list[Any]:
    """Return the distinct periods in the order of time; of labels that are no periods in their own."""
    distinct: list[Any] = list(dict.fromkeys(periods))
    try:
        ordinals = read_periods(distinct).ordinals.tolist()
        return [period for _, period in sorted(zip(ordinals, distinct, strict=True), key=lambda pair: pair[0])]
    except DataError:
        try:
            return sorted(distinct)
        except TypeError:
            return distinct
