"""Data given column by column, read into arrays of one length, and the answer labelled like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from hengdian_index._tables.cells import numbers, single
from hengdian_index._tables.periods import Periods, format_period, read_periods
from hengdian_index._tables.table import Array, Labelled, read_labelled, shortened
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, listed, raise_all


def read_column(name: str, data: Any) -> Labelled:
    """Return a series, a list or a number as a column (n, 1); a number is one row, without a source."""
    if single(data) and not isinstance(data, (str, bytes)):
        values, faults = numbers([data], lambda _: name)
        faults += [Fault(Said("{name}: infinity; give a finite number", name=name))] if np.isinf(values).any() else []
        raise_all(DataError, faults)
        return Labelled(values[:, np.newaxis], (name,), True, None)
    return replace(read_labelled(data).need_shape(Said("{name}: one column is needed", name=name), 1), columns=(name,))


def read_table(name: str, data: Any, *, across: bool) -> Labelled:
    """Return a table (n, k), or columns by name, as one table.

    `across` says what numbers alone are: one row of k columns, else one column.
    """
    plain_row = across and not hasattr(type(data), "columns")
    if isinstance(data, Mapping) or (plain_row and hasattr(data, "to_dict")):
        columns = {label: read_column(str(label), column) for label, column in data.items()}
        if not columns:
            raise DataError(Said("{name}: no column is given", name=name))
        parts = matched(list(columns.values()))
        values, source = np.hstack([part.values for part in parts if part is not None]), source_of(parts)
        framed = _framed(values, tuple(columns), source) if _has_index(source) else source
        return Labelled(values, tuple(columns), True, framed)
    table = read_labelled(data, vector="row" if across else "column").need_shape(
        Said("{name}: rows by columns are needed", name=name)
    )
    return replace(table, source=None) if across and _is_plain(data) and np.ndim(data) == 1 else table


def matched(parts: Sequence[Labelled | None]) -> list[Labelled | None]:
    """Return the parts with equally many rows; a number serves all rows, other lengths and labels are refused."""
    there = [part for part in parts if part is not None]
    n, source = max(len(part.values) for part in there), source_of(parts)
    faults = []
    for part in there:
        what = Said("{name!r}", name=part.columns[0]) if part.columns else Said("the table")
        if len(part.values) != n and part.source is not None:
            faults.append(
                Said.of(
                    len(part.values),
                    "{what} has {n} row, where others have {others}",
                    "{what} has {n} rows, where others have {others}",
                    what=what,
                    others=n,
                )
            )
        elif _has_index(source) and _has_index(part.source) and not part.source.index.equals(source.index):
            faults.append(
                Said("{what} has other row labels than the rest; align them first, such as with reindex", what=what)
            )
    raise_all(DataError, faults)
    return [part and replace(part, values=np.broadcast_to(part.values, (n, part.values.shape[1]))) for part in parts]


def _gap(column: str, before: str, after: str, wanted: str) -> Said:
    return Said(
        "{column}: after {before} comes {after}, not {wanted}; add a row for {wanted}, empty if need be",
        column=column,
        before=before,
        after=after,
        wanted=wanted,
    )


def _backwards(column: str, before: str, after: str, wanted: str) -> Said:
    return Said(
        "{column}: after {before} comes {after}, not {wanted}; sort the rows, each period once",
        column=column,
        before=before,
        after=after,
        wanted=wanted,
    )


def source_of(parts: Sequence[Labelled | None]) -> Any:
    """Return what gives the rows their labels: data with an index before other tables, these before lists."""
    sources = [part.source for part in parts if part is not None and part.source is not None]
    return min(sources, key=lambda s: 0 if _has_index(s) else 1 + _is_plain(s), default=None)


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
    >>> from hengdian_index._tables.columns import in_succession
    >>> in_succession(pd.Series([3.0, 4.0], index=["2023Q4", "2024Q1"])).frequency.name
    'quarter'
    """
    index = source.index if hasattr(source, "iloc") else None
    if index is None or (hasattr(index, "step") and index.start == 0 and index.name is None):
        return None
    if index.nlevels > 1:
        raise DataError(
            Said(
                "rows labelled by {names}: give one unit at a time, labelled by its periods",
                names=listed(list(index.names)),
            )
        )
    column = str(index.name or "period")
    periods = read_periods(index, column=column)
    text, faults = periods.text, []
    for i in np.flatnonzero(np.diff(periods.ordinals) != 1):
        wanted = format_period(int(periods.ordinals[i]) + 1, periods.frequency)
        forward, places = periods.ordinals[i + 1] > periods.ordinals[i], (text[i], text[i + 1])
        fault = _gap(column, *places, wanted) if forward else _backwards(column, *places, wanted)
        faults.append(Fault(fault, kind=("places", forward)))
    raise_all(DataError, shortened(faults))
    return periods


def labelled(answer: Any, parts: Sequence[Labelled | None], name: str, columns: tuple[Any, ...] | None = None) -> Any:
    """Return one number a row (n,), or a value with arrays in its fields, labelled like the data.

    A field says what its array runs over in its metadata: `{"axis": "rows"}`, `"columns"` or `"table"`; `columns` are
    the names for the last two.
    """
    source = source_of(parts)
    if not is_dataclass(answer):
        return float(answer[0]) if source is None else _rows(answer, source, name)
    give: dict[str, Callable[[Array, str], Any]] = {
        "rows": lambda values, name: _rows(values, source, name),
        "columns": lambda values, name: Labelled(values, columns, True, source).named(values, name),
        "table": lambda values, _: _framed(values, columns, source),
    }
    axes = {f.name: f.metadata["axis"] for f in fields(answer) if "axis" in f.metadata}
    changed = {field: give[axis](getattr(answer, field), field) for field, axis in axes.items()}
    # A frozen dataclass by contract of the methods; its type is the method's own.
    return replace(answer, **changed)  # type: ignore[type-var]


def _rows(values: Array, source: Any, name: str) -> Any:
    return values if source is None or _is_plain(source) else Labelled(values, (name,), True, source).rows(values, name)


def _framed(values: Array, columns: Sequence[Any] | None, source: Any) -> Any:
    """Return values (n, k) as a table of the kind that the data are, arrays as they are."""
    if not _has_index(source):
        a_table = columns is not None and hasattr(source, "columns")
        return Labelled(values, tuple(columns or ()), True, source).like(values) if a_table else values
    import pandas as pd

    return pd.DataFrame(values, index=source.index, columns=None if columns is None else list(columns))


def _has_index(source: Any) -> bool:
    return hasattr(source, "iloc")


def _is_plain(source: Any) -> bool:
    return isinstance(source, (list, tuple, np.ndarray))
