"""A table read as the rows of an index: its columns found, its labels and cells checked, every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index.errors import DataError, listed, raise_all, readable, suggestion
from hengdian_index.rows.panel import Panel
from hengdian_index.rows.periods import Frequency, Periods, read_periods
from hengdian_index.rows.scopes import Beside
from hengdian_index.rows.table import Array, column_values, shortened, take


def read_panel(
    table: Any,
    columns: Sequence[str],
    *,
    unit: str | None = None,
    period: str | None = None,
    frequency: Frequency | None = None,
    groups: Sequence[str] = (),
) -> Panel:
    """Return the rows of a table as an index needs them, every fault of the table in one DataError.

    Parameters
    ----------
    table : pandas, polars or pyarrow table, mapping of columns, or array (n, k) in the order of `columns`
        Columns that nothing asks for are ignored, and listed in the answer.
    columns : sequence of str
        Indicators, each a number column.
    unit, period : str, optional
        Columns or index levels that say whose row it is and when.
    groups : sequence of str
        Columns of labels: groups of rows.
    frequency : Frequency, optional
        Frequency known from an earlier fit; dates are read in it.
    """
    frame = _frame(table, columns, named=bool(unit or period))
    units, periods = _level(frame, unit), _level(frame, period)
    faults = [
        f"the {kind} column {name!r} is missing{suggestion(name, _names(frame))}"
        for kind, name, found in (("unit", unit, units), ("period", period, periods))
        if name and found is None
    ]
    absent = [c for c in (*columns, *groups) if c not in frame.columns]
    where = f"{frame.attrs['source']}: " if "source" in frame.attrs else ""
    faults += [f"{where}column {c!r} is missing{_guess(c, frame)}" for c in absent]
    if absent:
        found = readable([repr(str(c)) for c in frame.columns])
        faults.append(f"{where}{len(absent)} of {len(columns)} columns are missing; columns found: {found}")
    source = frame.attrs.get("source")
    read, more = _read_periods(periods, period, frequency, source)
    names = [c for c in columns if c in frame.columns]
    used = {*columns, *groups, unit, period}
    unused = tuple(str(c) for c in frame.columns if c not in used)
    labels = _labels(frame, unit, units, period, periods)
    labelled = {name: frame[name].tolist() for name in groups if name in frame.columns}
    panel = Panel(
        np.empty((len(frame), 0)), (), labels, units, read, source, unused, frame.attrs.get("lines", ()), labelled
    )
    values, cells = _cells(frame, names, panel)
    faults += _unnamed(units, unit) + _blurred(units)
    # Rows that are not told apart by what is missing are no repetitions.
    told_apart = (unit is None or units is not None) and (period is None or periods is not None)
    faults += more + (_duplicates(panel, frame) if told_apart and not more else []) + cells
    if not len(frame):
        faults.append(f"{where}the table has no rows")
    raise_all(DataError, faults)
    return replace(panel, values=values, columns=tuple(columns), beside=Beside.of(frame, used))


def _frame(table: Any, columns: Sequence[str], *, named: bool) -> pd.DataFrame:
    if isinstance(table, pd.DataFrame):
        frame = table
    elif isinstance(table, Mapping):
        frame = pd.DataFrame(dict(table))
    elif isinstance(table, (np.ndarray, list, tuple)):
        frame = _from_array(table, columns, named)
    else:
        frame = _from_narwhals(table)
    repeated = [c for c in (*columns,) if list(frame.columns).count(c) > 1]
    where = f"{frame.attrs['source']}: " if "source" in frame.attrs else ""
    raise_all(DataError, [f"{where}column {c!r} stands twice in the table; rename or drop one" for c in repeated])
    return frame


def _from_array(table: Any, columns: Sequence[str], named: bool) -> pd.DataFrame:
    array = take(table).values if np.ma.isMaskedArray(table) else np.asarray(table)
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
        raise DataError(
            f"cannot read a table from {type(table).__name__}: give a pandas, polars or pyarrow table"
        ) from None
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    columns = {}
    for name in frame.columns:
        column = frame.get_column(name)
        plain = column.dtype.is_numeric() and not column.is_null().any()
        columns[name] = column.to_numpy() if plain else pd.Series(column.to_list(), dtype=object).infer_objects()
    return pd.DataFrame(columns)


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(c) for c in (*frame.columns, *(name for name in frame.index.names if name is not None))]


def _guess(name: str, frame: pd.DataFrame) -> str:
    return suggestion(name, frame.columns).split(" (")[0] if "did you mean" in suggestion(name, frame.columns) else ""


def _level(frame: pd.DataFrame, name: str | None) -> NDArray[Any] | None:
    """Return a column or index level by name, None where there is none."""
    if name is None:
        return None
    if name in frame.columns:
        return _plain(frame[name])
    if name in frame.index.names:
        return _plain(frame.index.get_level_values(name))
    return None


def _plain(labels: Any) -> NDArray[Any]:
    return np.asarray(labels.astype(object) if labels.dtype.kind not in "iuM" else labels)


def _read_periods(
    labels: Any, name: str | None, frequency: Frequency | None, source: str | None
) -> tuple[Periods | None, list[Any]]:
    if labels is None or not len(labels):
        return None, []
    try:
        return read_periods(labels, frequency=frequency, column=name or "period", source=source), []
    except DataError as error:
        return None, list(error.faults)


def _labels(frame: pd.DataFrame, unit: str | None, units: Any, period: str | None, periods: Any) -> Any:
    """Return the row labels of the results: (unit, period) where they are named, else the table's own."""
    if units is None and periods is None:
        return frame.index
    if units is None:
        return pd.Index(periods, name=period)
    if periods is None:
        return pd.Index(units, name=unit)
    return pd.MultiIndex.from_arrays([units, periods], names=[unit, period])


def _cells(frame: pd.DataFrame, names: Sequence[str], panel: Panel) -> tuple[Array, list[str]]:
    """Return the number columns (n, k) and a fault for each cell that is text or infinite."""
    letters = frame.attrs.get("letters", {})

    def where(i: int, name: str) -> str:
        cell = f" (cell {letters[name]}{panel.line(i)})" if name in letters else ""
        return f"{panel.place(i)}, indicator {name!r}{cell}"

    values, faults = np.empty((len(frame), len(names)), order="F"), []
    for j, name in enumerate(names):
        values[:, j], bad = column_values(frame[name], partial(where, name=name))
        infinite = np.flatnonzero(np.isinf(values[:, j])).tolist()
        bad += [f"{where(i, name)}: infinity is no value; mend it or leave it out" for i in infinite]
        faults += _together(bad)
    return values, shortened(faults)


def _together(faults: Sequence[str], most: int = 3) -> list[str]:
    """Return the faults of a column, more than a few cells with the same text as one."""
    alike: dict[str, list[str]] = {}
    for fault in faults:
        alike.setdefault(fault.rpartition("indicator ")[2], []).append(fault)
    several = {said: own for said, own in alike.items() if len(own) > most}
    counted = [f"{own[0]}; and so in {len(own) - 1:,} more cells of the column" for own in several.values()]
    return [*(fault for said, own in alike.items() if said not in several for fault in own), *counted]


def _texts(frame: pd.DataFrame, panel: Panel) -> list[str]:
    """Return columns of text that nothing asks for and that tell rows of one period apart, where periods repeat."""
    assert panel.periods is not None
    ordinals = panel.periods.ordinals
    if len(np.unique(ordinals)) == len(ordinals):
        return []
    texts = [name for name in panel.unused if name in frame.columns and frame[name].dtype.kind not in "biufM"]
    return [name for name in texts if not pd.DataFrame({"when": ordinals, "who": frame[name]}).duplicated().any()]


def _unnamed(units: NDArray[Any] | None, name: str | None) -> list[str]:
    """Return a fault if rows do not say whose they are."""
    if units is None:
        return []
    blank = [i for i, one in enumerate(units.tolist()) if one is None or one != one or not str(one).strip()]
    return [f"{name}: {len(blank)} rows have no unit: row {listed(blank)}, counted from 0"] if blank else []


def _blurred(units: NDArray[Any] | None) -> list[str]:
    """Return a fault for units that differ in nothing but the blanks around their names."""
    found: dict[str, list[str]] = {}
    for one in dict.fromkeys([] if units is None else units.tolist()):
        if isinstance(one, str):
            found.setdefault(one.strip(), []).append(one)
    alike = [same for same in found.values() if len(same) > 1]
    return [f"units {listed(same)} differ in blanks alone; write them alike" for same in alike]


def _duplicates(panel: Panel, frame: pd.DataFrame) -> list[str]:
    """Return a fault for each unit and period that has more than one row."""
    if panel.units is None and panel.periods is None:
        return []
    if panel.units is None and len(texts := _texts(frame, panel)):
        return [f"several rows have the same period; if {listed(texts)} says whose they are, name it as `unit`"]
    keys = pd.DataFrame(index=range(len(panel.labels)))
    if panel.units is not None:
        keys["unit"] = panel.units
    if panel.periods is not None:
        keys["period"] = panel.periods.ordinals
    again = np.flatnonzero(keys.duplicated().to_numpy())
    return shortened([f"{panel.place(int(i))} is given a second time; keep one row of each" for i in again])
