"""A table parted into its numbers and the columns or index levels that only label its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._tables.cells import no_label, single
from hengdian_index._tables.table import Array, Labelled, eager, tabular, take
from hengdian_index._values.decimals import counted
from hengdian_index.errors import DataError, SpecError, native, raise_all, suggestion


@dataclass(frozen=True, slots=True)
class Parted:
    """The numbers of a table (..., n, k), the label columns set aside, and the unit and period of each row."""

    source: Any
    table: Labelled
    aside: tuple[Any, ...]
    units: Any
    periods: Any

    def like(self, values: Array) -> Any:
        """Return values (..., n, k) as the table given, label columns in their places."""
        numbers = self.table.like(values)
        if not self.aside:
            return numbers
        if is_pandas(self.source):
            import pandas as pd

            return pd.concat([numbers, self.source[list(self.aside)]], axis=1)[list(self.source.columns)]
        import narwhals.stable.v2 as nw

        given = _eager(self.source)
        kept = [given.get_column(name) for name in self.aside]
        return nw.from_native(numbers).with_columns(*kept).select(given.columns).to_native()

    def unit(self, row: int) -> Any:
        """Return the unit of a row: as named, else the row's own label; None where rows are one unit's periods."""
        if self.units is not None:
            return native(self.units[row])
        if not is_pandas(self.source):
            return row
        timed = self.periods is not None and self.source.index.nlevels == 1 and "period" in _levels(self.source)
        return None if timed else self.source.index[row]

    def period(self, row: int) -> Any:
        """Return the period of a row as it was written, None where none is known."""
        return None if self.periods is None else self.periods[row]

    def indicator(self, column: int) -> Any:
        """Return the name of a column, its position where it has none."""
        return self.table.columns[column] if self.table.columns else column


def parted(x: Any, *aside: Any, unit: Any = None, period: Any = None) -> Parted:
    """Return a table parted into numbers and labels.

    Parameters
    ----------
    x : table or array (..., n, k)
    *aside
        Names of further columns that hold no numbers to work on.
    unit, period : str, sequence of n labels, or None
        A column or an index level, or the labels themselves; None: the index levels "unit" and "period", if any.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.label_columns import parted
    >>> cities = parted(pd.DataFrame({"city": ["A", "B"], "trips": [3, 5]}), unit="city")
    >>> cities.table.columns, cities.unit(1)
    (('trips',), 'B')
    """
    names = columns_of(x)
    named = tuple(dict.fromkeys(name for name in (*aside, unit, period) if is_name(name) and name in names))
    units, periods = labels(x, unit, "unit"), labels(x, period, "period")
    table = take(_without(x, named) if named else x)
    fit_rows(units, table.values.shape[-2], "unit")
    fit_rows(periods, table.values.shape[-2], "period")
    return Parted(x, table, named, None if units is None else list(units), periods)


def labels(x: Any, given: Any, what: str) -> Any:
    """Return labels of the rows from a column, an index level or a sequence; None where nothing is named."""
    if given is None:
        return _default_labels(x, what)
    if is_name(given):
        return _named_labels(x, given, what)
    if tabular(given) or not hasattr(given, "__len__"):
        raise SpecError(f"{what}: a column, an index level, or one label for each row, not {type(given).__name__}")
    return _plain(_aligned(x, given, what))


def fit_rows(found: Any, n: int, what: str) -> None:
    """Refuse labels that are not one for each of n rows."""
    if found is not None and len(found) != n:
        raise SpecError(f"{what}: {len(found)} given for {counted(n, 'row')}")


def is_name(given: Any) -> bool:
    """Return whether an option names one column, rather than holding values or a mapping."""
    return single(given) and not no_label(given)


def only_name(given: Any) -> Any:
    """Return an option that names a column, None for one that holds values: these belong to one table alone."""
    return given if is_name(given) else None


def is_pandas(x: Any) -> bool:
    """Return whether x is a pandas table or series."""
    return hasattr(x, "iloc") and hasattr(x, "index")


def columns_of(x: Any) -> list[Any]:
    """Return the names of a table's columns; none for an array or a series."""
    if x is None or isinstance(x, (np.ndarray, list, tuple, slice, Labelled)):
        return []
    if is_pandas(x):
        return list(x.columns) if x.ndim == 2 else []
    return list(getattr(_eager(x), "columns", []))


def select(x: Any, wanted: Sequence[Any] | None, *aside: Any) -> Any:
    """Return a table with the wanted number columns, in that order, and its label columns; missing ones are named."""
    there = columns_of(x)
    kept = [c for c in there if c in aside]
    if wanted is None or not there or [c for c in there if c not in kept] == list(wanted):
        return x
    _need(there, wanted)
    names = [*kept, *wanted]
    return x[names] if is_pandas(x) else _eager(x).select(names).to_native()


def as_learnt(table: Labelled, columns: Sequence[Any] | None, shape: tuple[int, ...]) -> Labelled:
    """Return a table (..., n, k), refused unless it fits the rows (..., m, k) that something was learnt from.

    Examples
    --------
    >>> from hengdian_index._tables.label_columns import as_learnt
    >>> from hengdian_index._tables.table import take
    >>> as_learnt(take([[1.0, 2.0]]), None, (9, 2)).values.shape
    (1, 2)
    """
    if columns is not None and table.columns is not None:
        _need(table.columns, columns)
    own = table.values.shape
    if own[-1] != shape[-1]:
        one = "; give one row of them as [[...]]" if own[-1] == 1 and np.ndim(table.source) == 1 else ""
        raise DataError(f"{counted(own[-1], 'column')}, where {shape[-1]} were learnt from{one}")
    if shape[:-2] not in ((), own[:-2]):
        raise DataError(f"a stack of tables of shape {own[:-2]}, where one of {shape[:-2]} was learnt from")
    return table


def _need(there: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Refuse a table that lacks wanted columns."""
    raise_all(DataError, [f"column {c!r} is missing{suggestion(c, there)}" for c in wanted if c not in there])


def _named_labels(x: Any, name: Any, what: str) -> Any:
    if name in columns_of(x):
        return _plain(x[name] if is_pandas(x) else _eager(x).get_column(name).to_list())
    if name in _levels(x):
        return _default_labels(x, name)
    there = [*columns_of(x), *(level for level in _levels(x) if level is not None)]
    raise SpecError(f"{what}: no column or index level {name!r}{suggestion(name, there)}")


def _default_labels(x: Any, what: str) -> Any:
    if what not in _levels(x):
        return None
    return x.index.get_level_values(what) if what in x.index.names else x.index


def _levels(x: Any) -> list[Any]:
    """Return the names of the index levels; an index of dates or periods is a period whatever its name."""
    if not is_pandas(x):
        return []
    timed = type(x.index).__name__ in ("PeriodIndex", "DatetimeIndex") and "period" not in x.index.names
    return [*x.index.names, *(["period"] if timed else [])]


def _plain(found: Any) -> Any:
    """Return labels as something indexed by position: a pandas index where they come from pandas, else a list."""
    if hasattr(found, "iloc"):
        import pandas as pd

        return pd.Index(found)
    if hasattr(found, "get_level_values"):
        return found
    return found.tolist() if isinstance(found, np.ndarray) else list(found)


def _aligned(x: Any, given: Any, what: str) -> Any:
    """Return a Series in the order of a table's rows, by label; anything else as it is."""
    if not (is_pandas(x) and is_pandas(given)) or given.index.equals(x.index):
        return given
    absent = [label for label in x.index if label not in given.index]
    if absent or not given.index.is_unique:
        why = f"none for row {absent[0]!r}" if absent else "some of its labels repeat"
        raise SpecError(f"{what}: its labels do not match the rows of the table: {why}; give the values as an array")
    return given.reindex(x.index)


def _eager(x: Any) -> Any:
    found = eager(x)
    return x if found is None else found


def _without(x: Any, names: Sequence[Any]) -> Any:
    return x.drop(columns=list(names)) if is_pandas(x) else _eager(x).drop(list(names)).to_native()
