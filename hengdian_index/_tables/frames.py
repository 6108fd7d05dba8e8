"""A table of any kind as a pandas frame in which each column that is asked for stands once, under its plain name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._tables.table import raw_array
from hengdian_index.errors import DataError, listed, raise_all, shown


def frame_of(table: Any, columns: Sequence[str], labels: Sequence[str] = (), *, named: bool) -> pd.DataFrame:
    """Return a table as a frame; the blanks around the names of its columns and index levels are taken off.

    Parameters
    ----------
    table : pandas, polars or pyarrow table, mapping of columns, or array (n, k) in the order of `columns`
        Lazy tables are collected; of what an xarray Dataset holds, the dimensions become index levels.
    columns, labels : sequence of str
        Columns of numbers, and columns or index levels of labels, that are asked for.
    named : bool
        Rows have a unit or a period, which a plain array cannot say.

    Raises
    ------
    DataError
        What is no table; columns that differ in length or in their row labels; names of several levels; a name that is
        asked for and stands twice, also where only blanks tell it from another.
    """
    frame = _stripped(_taken(table, columns, named))
    where = f"{frame.attrs['source']}: " if "source" in frame.attrs else ""
    asked = list(dict.fromkeys((*columns, *labels)))
    faults = [f"{where}{fault}" for fault in _twice(frame, asked)]
    raise_all(DataError, faults)
    return frame


def _taken(table: Any, columns: Sequence[str], named: bool) -> pd.DataFrame:
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, Mapping):
        return _from_dataset(table) if hasattr(table, "to_dataframe") else _from_mapping(table)
    if isinstance(table, (np.ndarray, list, tuple)):
        return _from_array(table, columns, named)
    return _from_narwhals(table)


def _from_dataset(dataset: Any) -> pd.DataFrame:
    frame: pd.DataFrame = dataset.to_dataframe()
    return frame if any(name is not None for name in frame.index.names) else frame.reset_index(drop=True)


def _from_mapping(table: Mapping[Any, Any]) -> pd.DataFrame:
    columns = {name: pd.Series(column) if isinstance(column, Mapping) else column for name, column in table.items()}
    lengths = {name: len(column) for name, column in columns.items() if _is_listing(column)}
    if columns and not lengths:
        raise DataError("each column is one value; give lists, {'a': [1, 2, 3]}")
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{shown(name)} has {n}" for name, n in list(lengths.items())[:5])
        raise DataError(f"the columns differ in length: {told}; give each one value a row, blank ones as None")
    series = {name: column for name, column in columns.items() if isinstance(column, pd.Series)}
    first = next(iter(series), None)
    # What has no labels goes by its place, which several orders of labels do not have.
    in_order = len(series) < len(columns)
    strange = [n for n, column in series.items() if not _alike(column.index, series[first].index, in_order)]
    if strange:
        raise DataError(
            f"{listed(strange)} has other row labels than {shown(first)}; align them first, such as with reindex"
        )
    try:
        return pd.DataFrame(columns)
    except (TypeError, ValueError) as error:
        raise DataError(f"the columns make no table: {error}") from None


def _is_listing(column: Any) -> bool:
    return hasattr(column, "__len__") and not isinstance(column, (str, bytes)) and getattr(column, "ndim", 1) > 0


def _alike(one: pd.Index[Any], other: pd.Index[Any], in_order: bool) -> bool:
    return one.equals(other) or (not in_order and one.is_unique and other.is_unique and set(one) == set(other))


def _from_array(table: Any, columns: Sequence[str], named: bool) -> pd.DataFrame:
    array = raw_array(table)
    if array.dtype.names:
        return _from_mapping({name: array[name] for name in array.dtype.names})
    if named:
        raise DataError("a plain array has no unit and period columns; give a table, or an index without them")
    if array.ndim != 2 or array.shape[1] != len(columns):
        raise DataError(f"the array has shape {array.shape}; give one column for each of the {len(columns)} indicators")
    return pd.DataFrame(array, columns=list(columns))


def _from_narwhals(table: Any) -> pd.DataFrame:
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(table)
    except TypeError:
        kind = f"{type(table).__module__.partition('.')[0]} {type(table).__name__}"
        raise DataError(
            f"cannot read a table from {kind.removeprefix('builtins ')}: give a pandas, polars or pyarrow table"
        ) from None
    except ValueError as error:
        raise DataError(f"cannot read the table: {error}") from None
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    columns = {}
    for name in frame.columns:
        column = frame.get_column(name)
        plain = column.dtype.is_numeric() and not column.is_null().any()
        columns[name] = column.to_numpy() if plain else pd.Series(column.to_list(), dtype=object).infer_objects()
    return pd.DataFrame(columns)


def _stripped(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with plain names of columns and index levels; several levels of columns are refused."""
    if frame.columns.nlevels > 1:
        first = shown(frame.columns[0]) if len(frame.columns) else "none"
        raise DataError(
            f"the columns have names of {frame.columns.nlevels} levels, such as {first}; "
            "give each one name: table.columns = ['_'.join(map(str, name)) for name in table.columns]"
        )
    names, levels = ([_bare(name) for name in found] for found in (frame.columns, frame.index.names))
    if names == list(frame.columns) and levels == list(frame.index.names):
        return frame
    plain = frame.set_axis(pd.Index(names, dtype=object), axis=1).set_axis(frame.index.set_names(levels))
    plain.attrs = frame.attrs
    return plain


def _bare(name: Hashable) -> Hashable:
    return name.strip() if isinstance(name, str) else name


def _twice(frame: pd.DataFrame, asked: Sequence[str]) -> list[str]:
    """Return a fault for each name that is asked for and stands for several columns or index levels."""
    counts, levels = Counter(frame.columns), Counter(frame.index.names)
    faults = [f"column {c!r} stands twice in the table; rename or drop one" for c in asked if counts[c] > 1]
    faults += [f"two levels of the index are called {c!r}; rename or drop one" for c in asked if levels[c] > 1]
    for name in asked:
        if counts[name] == levels[name] == 1:
            level, column = frame.index.get_level_values(name), frame[name]
            if not level.equals(pd.Index(column)):
                faults.append(f"{name!r} is a column and a level of the index, and they differ; rename or drop one")
    return faults
