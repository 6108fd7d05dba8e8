"""The reader of panels: any table as the rows of an index, its labels and cells checked, every fault at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._tables.arrange import as_asked, below_heading, with_names
from hengdian_index._tables.cells import CELLS, column_values, hashed, is_missing, raw_array
from hengdian_index._tables.form import PLAIN, Form
from hengdian_index._tables.hundredth import off_by_a_hundred
from hengdian_index._tables.join import JOINED
from hengdian_index._tables.mending import ERRORS, marks_among, remedy_for
from hengdian_index._tables.panel import Beside, Lender, Line, Panel
from hengdian_index._tables.periods import Frequency, Periods, read_periods, written
from hengdian_index._tables.printed import open_points, plain_cells
from hengdian_index._tables.shapes import as_wide
from hengdian_index._tables.table import Array, has_infinity, shortened
from hengdian_index._tables.units import Chosen, chosen, label_text, total_faults, twin_faults
from hengdian_index._values.decimals import counted
from hengdian_index.errors import DataError, Fault, guess, listed, raise_all, readable, shown, suggestion
from hengdian_index.log import journal

# The line to write for a table's marks of missing values lists so many.
_MOST_MARKS = 8

_COPY_ON_WRITE = int(pd.__version__.partition(".")[0]) >= 3
_FLOAT = type(np.dtype(np.float64))


def read_panel(
    table: Any,
    columns: Sequence[str],
    *,
    unit: str | None = None,
    period: str | None = None,
    frequency: Frequency | None = None,
    groups: Sequence[str] = (),
    unit_names: str | None = None,
    only: Sequence[Any] | None = None,
    exclude: Sequence[Any] = (),
    complete: bool = True,
    to_date: bool = False,
    form: Form = PLAIN,
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
    unit_names : str, optional
        The one of them that has the names of units.
    frequency : Frequency, optional
        Frequency known from an earlier fit; dates are read in it.
    only, exclude : sequence of units
        The units that there shall be, all where None; those left out of them.
    complete : bool
        Whether the table must have every unit that is named.
    to_date : bool
        Whether periods may be given by labels of the year to date.
    form : Form
        What the index says of the form of its tables.
    """
    by = [name for name in (unit, period, *groups) if name]
    table = with_names(table, form.header_rows, (*columns, *by))
    whole = as_wide(frame_of(table, columns, by, named=bool(unit or period)), columns, form, unit, period, groups)
    whole = as_asked(whole, columns, unit, period)
    where = f"{whole.attrs['source']}: " if "source" in whole.attrs else ""
    names_beside = _names_beside(whole, unit, unit_names)
    left = _left(whole, unit, period, only, exclude, complete, names_beside)
    frame, at = (whole, np.arange(len(whole))) if left.rows.all() else (_some(whole, left.rows), left.rows.nonzero()[0])
    names = tuple(frame.columns)
    there, asked = set(names), {*columns, *by}
    units, periods = _level(frame, unit), _level(frame, period)
    lines = frame.attrs.get("lines", ())
    faults = [
        f"the {kind} column {name!r} is missing{suggestion(name, _names(frame))}"
        for kind, name, found in (("unit", unit, units), ("period", period, periods))
        if name and found is None
    ]
    faults += left.faults
    faults += [wrong for name, wrong in frame.attrs.get("errors", {}).items() if name in {*columns, *by}]
    faults += below_heading(frame, [*columns, *by])
    absent = [c for c in (*columns, *groups) if c not in there]
    faults += shortened([f"{where}column {c!r} is missing{guess(c, names)}" for c in absent])
    if absent:
        found = readable(list(map(shown, names)))
        faults.append(
            f"{where}{counted(len(absent), 'column', 'are', of=len(columns))} missing; columns found: {found}"
        )
    source = frame.attrs.get("source")
    with journal() as dated:
        read, more = _read_periods(periods, period, frequency, source, lines, to_date)
    strange, units = _strange(units, unit, at)
    periods = _strange(periods, period, at)[1]
    periods = periods if read is None or periods is None else written(periods, read, of_file=source is not None)
    wanted = [c for c in columns if c in there]
    unused = tuple(str(c) for c in names if c not in asked)
    # Labels that are refused need no place in an index, and pandas may not find them one.
    labels = frame.index if strange or more else _labels(frame, unit, units, period, periods)
    labelled = {}
    for name in groups:
        if name in there:
            told, cells = _strange(np.asarray(frame[name].astype(object)), name, at)
            strange, labelled[name] = strange + told, list(cells)
    every = labels if frame is whole else _labels(whole, unit, _level(whole, unit), period, _level(whole, period))
    of_table: dict[str, Any] = {"table": (whole.index, every), "at": at}
    panel = Panel(np.empty((len(frame), 0)), (), labels, units, read, source, unused, lines, labelled, **of_table)
    lent = None if form.mark_numbers or "errors" in frame.attrs else _in_place(frame, wanted)
    values, wrong, plain = _cells(frame, wanted, panel, form) if lent is None else (lent.to_numpy(), [], [])
    # Of joined tables each line names its own.
    begun = "" if JOINED in frame.attrs else where
    liberties = [f"{begun}{one}" for one in (*_liberties(frame), *left.notes, *plain)]
    liberties += [line.why for line in dated]
    liberties += off_by_a_hundred(values, wanted, panel)
    faults += strange + (blank := _unnamed(panel, unit))
    # Rows that are not told apart by what is missing are no repetitions.
    told_apart = (unit is None or units is not None) and (period is None or periods is not None)
    faults += more + (_duplicates(panel, frame) if told_apart and not more else []) + wrong
    if not len(frame):
        faults.append(f"{where}the table has no rows{', but of units that are left out' if len(whole) else ''}")
    elif told_apart and not strange and not blank and (owners := _owners(frame, unit, period)) is not None:
        whose = list(dict.fromkeys(owners.tolist()))
        faults += twin_faults(whose, owners, _begun(panel), named=only is not None)
        if only is None:
            when = read.ordinals if read else None
            beside_these = {one: names_beside[one] for one in whose if one in names_beside}
            faults += total_faults(whose, owners, values, when, left.out, _begun(panel), beside_these)
    raise_all(DataError, faults)
    beside = Beside.of(frame, asked)
    lender = None if lent is None else Lender(lent)
    return replace(
        panel, values=values, columns=tuple(columns), beside=beside, liberties=tuple(liberties), lender=lender
    )


def _liberties(frame: pd.DataFrame) -> Sequence[str]:
    """Return what was done in reading a table; `hi.read` has it in a log of the user's."""
    told = frame.attrs.get("liberties", frame.attrs.get("log", ()))
    return told if isinstance(told, (list, tuple)) else ()


def _names(frame: pd.DataFrame) -> list[Any]:
    return [*frame.columns, *(name for name in frame.index.names if name is not None)]


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


def _left(
    frame: pd.DataFrame,
    unit: str | None,
    period: str | None,
    only: Sequence[Any] | None,
    exclude: Sequence[Any],
    complete: bool,
    names: Mapping[Any, str],
) -> Chosen:
    """Return which rows are of the units that there shall be."""
    every = Chosen(np.ones(len(frame), dtype=np.bool_))
    if only is None and not exclude:
        return every
    owners = _owners(frame, unit, period)
    if owners is not None:
        called = {name: one for one, name in names.items()}
        return chosen(owners, only, exclude, complete=complete, called=called)
    told = "the rows have no unit to choose by; name the column that says whose they are: unit = '...'"
    return every if unit else replace(every, faults=(f"{'exclude' if only is None else 'units'}: {told}",))


def _names_beside(frame: pd.DataFrame, unit: str | None, column: str | None) -> dict[Any, str]:
    """Return what each unit is called, by the first row that says it."""
    owners, names = _level(frame, unit), _level(frame, column)
    if owners is None or names is None or column == unit:
        return {}
    pairs = zip(owners.tolist(), names.tolist(), strict=True)
    there = ((one, name) for one, name in pairs if isinstance(one, Hashable) and not is_missing(name))
    return {one: label_text(name) for one, name in reversed(list(there))}


def _owners(frame: pd.DataFrame, unit: str | None, period: str | None) -> NDArray[Any] | None:
    """Return whose each row is: the units, or the labels of rows that are no periods; None where nothing says it."""
    if unit is not None:
        return _level(frame, unit)
    plain = frame.index.nlevels > 1 or isinstance(frame.index, pd.RangeIndex)
    return None if period is not None or plain else _plain(frame.index)


def _some(frame: pd.DataFrame, rows: NDArray[np.bool_]) -> pd.DataFrame:
    """Return some rows of a frame, each with its line."""
    part = frame[rows]
    # Of joined tables a line is a text with its file.
    lines = np.asarray(frame.attrs.get("lines") or range(2, len(frame) + 2), dtype=object)
    part.attrs = {**frame.attrs, **({"lines": tuple(lines[rows].tolist())} if "source" in frame.attrs else {})}
    if "origin" in part.attrs:
        part.attrs["origin"] = part.attrs["origin"].pick(rows)
    return part


def _read_periods(
    labels: Any,
    name: str | None,
    frequency: Frequency | None,
    source: str | None,
    lines: Sequence[int],
    to_date: bool,
) -> tuple[Periods | None, list[Any]]:
    if labels is None or not len(labels):
        return None, []
    options: dict[str, Any] = {"to_date": to_date} | ({"line": lines.__getitem__} if lines else {})
    try:
        return read_periods(labels, frequency=frequency, column=name or "period", source=source, **options), []
    except DataError as error:
        return None, list(error.faults)


def _labels(frame: pd.DataFrame, unit: str | None, units: Any, period: str | None, periods: Any) -> Any:
    """Return the row labels of the results: (unit, period) where they are named, else the table's own."""
    try:
        if units is None and periods is None:
            return frame.index
        if units is None:
            return pd.Index(periods, name=period)
        if periods is None:
            return pd.Index(units, name=unit)
        return pd.MultiIndex.from_arrays([units, periods], names=[unit, period])
    except OverflowError:
        # Before pandas 3 an index holds no integer beyond the floats.
        columns = " or ".join(name for name in (unit, period) if name)
        raise DataError(f"{columns}: an integer is too large for a label; write it as a text") from None


def checked_cells(
    frame: pd.DataFrame, names: Sequence[str], unit: str | None, period: str | None, form: Form
) -> tuple[Array, list[str], list[str]]:
    """Return what `read_panel` reads of the cells of a plain table: numbers (n, k), faults, what was made plain."""
    units, when = _level(frame, unit), _level(frame, period)
    lines, source = frame.attrs.get("lines", ()), frame.attrs.get("source")
    with journal():
        periods = _read_periods(when, period, None, source, lines, to_date=True)[0]
    labels = frame.index if units is None and when is None else _labels(frame, unit, units, period, when)
    return _cells(frame, names, Panel(np.empty((len(frame), 0)), (), labels, units, periods, source, (), lines), form)


def _cells(frame: pd.DataFrame, names: Sequence[str], panel: Panel, form: Form) -> tuple[Array, list[str], list[str]]:
    """Return the number columns (n, k), a fault for each cell that is text or infinite, and what was made plain."""
    letters, decimal = frame.attrs.get("letters", {}), frame.attrs.get("decimal", ".")
    origin = frame.attrs.get("origin")
    liberties: list[str] = []
    columns: dict[str, Any] = {}

    def line_of(i: int, name: str) -> tuple[int | Line, str]:
        return (origin and origin.place(i, name)) or (panel.line(i), letters.get(name, ""))

    def where(i: int, name: str) -> str:
        line, letter = line_of(i, name)
        number = line.number if isinstance(line, Line) else line
        cell = f" (cell {letter}{number})" if letter else ""
        return f"{panel.place(i, line)}, indicator {name!r}{cell}"

    def took(name: str, what: str, rows: Sequence[int]) -> str:
        first = panel.place(rows[0], line_of(rows[0], name)[0])
        return f"{what} in {counted(len(rows), 'cell')} of {name!r}, the first in {first}"

    values, faults = np.empty((len(frame), len(names)), order="F"), list[Fault]()
    errors = frame.attrs.get("errors", {})
    # What a table says of itself is copied with every column.
    bare = pd.DataFrame(frame, copy=False)
    for name in names:
        # Error values of a workbook are told of at once.
        columns[name] = bare[name].mask(bare[name].isin(ERRORS), None) if name in errors else bare[name]
        if columns[name].dtype.kind not in "biufMm":
            given = columns[name].tolist()
            cells, met = plain_cells(given, decimal, form.mark_texts)
            columns[name] = pd.Series(cells, dtype=object)
            why = "may be read two ways beside decimal commas; write it without the point, or with a comma in its place"
            faults += [
                Fault(f"{where(i, name)}: {given[i]!r} {why}", kind=(CELLS, name, "point"))
                for i in open_points(given, cells, decimal)
            ]
            liberties += [took(name, what, rows) for what, rows in met.items()]
    texts = (cell for column in columns.values() if column.dtype == object for cell in column)
    remedy = partial(remedy_for, marks=(*form.missing_marks, *marks_among(texts)[:_MOST_MARKS]))
    for j, (name, column) in enumerate(columns.items()):
        values[:, j], bad = column_values(column, partial(where, name=name), name, remedy)
        for mark in sorted(form.mark_numbers):
            rows = np.flatnonzero(values[:, j] == mark).tolist()
            values[rows, j] = np.nan
            liberties += [took(name, f"{mark:g} read as missing", rows)] if rows else []
        infinite = np.flatnonzero(np.isinf(values[:, j])).tolist()
        why = "infinity is no value; mend it or leave it out"
        bad += [Fault(f"{where(i, name)}: {why}", kind=(CELLS, name, "infinity")) for i in infinite]
        faults += bad
    return values, shortened(faults), liberties


def _in_place(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame | None:
    """Return a table of columns that lie side by side as plain finite numbers, shared with no one who can write to it.

    From pandas 3 on tables that share their values part when one is written to; before, the columns are copied.
    """
    dtypes = dict(zip(frame.columns, frame.dtypes, strict=True))
    plain = frame.columns.is_unique and all(type(dtypes[name]) is _FLOAT for name in names)
    if not plain or not len(frame) or not names:
        return None
    # A table made of another shares its values, and not its attributes, of which a copy may be long.
    same = list(frame.columns) == list(names)
    part = pd.DataFrame(frame, copy=same and not _COPY_ON_WRITE)
    part = part if same else part[list(names)]
    values = part.to_numpy()
    return part if values.flags.f_contiguous and not has_infinity(values) else None


def _texts(frame: pd.DataFrame, panel: Panel) -> list[str]:
    """Return columns of text that nothing asks for and that tell rows of one period apart, where periods repeat."""
    assert panel.periods is not None
    ordinals = panel.periods.ordinals
    if len(np.unique(ordinals)) == len(ordinals):
        return []
    texts = [name for name in panel.unused if name in frame.columns and frame[name].dtype.kind not in "biufM"]
    return [name for name in texts if not pd.DataFrame({"when": ordinals, "who": frame[name]}).duplicated().any()]


def _strange(labels: NDArray[Any] | None, name: str | None, at: NDArray[np.intp]) -> tuple[list[str], Any]:
    """Return a fault for each label that is none, a list or a table, and the labels with texts in their place."""
    if labels is None or labels.dtype != object or hashed(tuple(labels)):
        return [], labels
    bad, plain = [i for i, one in enumerate(labels) if not hashed(one)], labels.copy()
    for i in bad:
        plain[i] = shown(labels[i])
    why = "is no label; write a text or a number"
    told = [Fault(f"{name}: row {at[i]}, counted from 0: {plain[i]} {why}", kind=("rows", name)) for i in bad]
    return shortened(told), plain


def _begun(panel: Panel) -> Callable[[int], str]:
    """Return what begins a message about a row of a file: the line."""

    def begun(row: int) -> str:
        line = panel.line(row)
        file, number = (line.file, line.number) if isinstance(line, Line) else (panel.source, line)
        return f"{file} line {number}: " if panel.source else ""

    return begun


def _unnamed(panel: Panel, name: str | None) -> list[str]:
    """Return a fault if rows do not say whose they are."""
    units = panel.unit_list() if panel.units is not None else []
    if not any(map(is_missing, set(units))):
        return []
    blank = [i for i, one in enumerate(units) if is_missing(one)]
    named = (
        f"line {listed(list(map(panel.line, blank)))}"
        if panel.source
        else f"row {listed(panel.at[blank].tolist())}, counted from 0"
    )
    where = f"{panel.source}: " if panel.source else ""
    remedy = "write it or leave this row out" if len(blank) == 1 else "write them or leave these rows out"
    said = f"{counted(len(blank), 'row', 'have')} no unit: {named}; {remedy}"
    return [f"{where}{name}: {said}"]


def _duplicates(panel: Panel, frame: pd.DataFrame) -> list[str]:
    """Return a fault for each unit and period that has more than one row."""
    if panel.units is None and panel.periods is None:
        return []
    if panel.units is None and len(texts := _texts(frame, panel)):
        return [f"several rows have the same period; if {listed(texts)} says whose they are, name it as `unit`"]
    if not panel.n:
        return []
    ordinals = np.zeros(panel.n, dtype=np.int64) if panel.periods is None else panel.periods.ordinals
    if len(np.unique(panel.unit_codes() * (np.ptp(ordinals) + 1) + ordinals)) == panel.n:
        return []
    keys = pd.DataFrame(index=range(len(panel.labels)))
    if panel.units is not None:
        keys["unit"] = panel.units
    if panel.periods is not None:
        keys["period"] = panel.periods.ordinals
    again = np.flatnonzero(keys.duplicated().to_numpy())
    if not len(again):
        return []
    numbers = keys.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy()
    _, first, counts = np.unique(numbers, return_index=True, return_counts=True)
    faults: dict[int, str] = {}
    for row, number in zip(again.tolist(), numbers[again].tolist(), strict=True):
        if number not in faults:
            faults[number] = _given_again(panel, int(first[number]), row, int(counts[number]) - 2)
    noun = "rows"
    if panel.units is not None and panel.periods is not None:
        noun = f"pairs of unit and period (units: {listed(list(dict.fromkeys(map(panel.unit, again.tolist()))))})"
    return shortened(Fault(message, kind=(noun,)) for message in faults.values())


def _given_again(panel: Panel, first: int, second: int, more: int) -> str:
    """Return the fault of a unit and period that has two rows, and so many more."""
    rows = f"in row {panel.at[second]} after row {panel.at[first]}, counted from 0"
    where = f"after line {panel.line(first)}" if panel.source else rows
    others = f" (and {counted(more, 'more time')})" if more else ""
    labels = " and ".join(name for name, own in (("unit", panel.units), ("period", panel.periods)) if own is not None)
    return f"{panel.place(second)} is given a second time, {where}{others}; keep one row of each {labels}"


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
    if hasattr(table, "to_dataset"):
        return _from_dataset(_dataset_of(table, columns))
    if isinstance(table, Mapping):
        return _from_dataset(table) if hasattr(table, "to_dataframe") else _from_mapping(table)
    if isinstance(table, (np.ndarray, list, tuple)):
        return _from_array(table, columns, named)
    return _from_narwhals(table)


def _dataset_of(array: Any, columns: Sequence[str]) -> Any:
    """Return a DataArray of xarray as a Dataset; a dimension that has the indicators, or its name, says the columns."""
    asked = set(columns)
    for name in array.dims:
        labels = array.coords[name].values.tolist() if name in array.coords else []
        if asked.intersection(label for label in labels if isinstance(label, str)):
            return array.to_dataset(dim=name)
    if array.name in asked or (len(asked) == 1 and array.name is None):
        return array.to_dataset(name=array.name or columns[0])
    dims = ", ".join(map(str, array.dims))
    raise DataError(
        f"the array has the dimensions {dims}, none of which has the indicators {listed(columns)}; name one of its "
        'coordinates by them, or give array.to_dataset(dim="...")'
    )


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
    return pd.DataFrame(np.array(array, order="F"), columns=list(columns), copy=False)


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
