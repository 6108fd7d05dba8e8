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
from hengdian_index._tables.panel import Beside, Lender, Panel
from hengdian_index._tables.periods import Frequency, Periods, read_periods, written
from hengdian_index._tables.places import Line, lines_of, rows_of
from hengdian_index._tables.printed import open_points, plain_cells
from hengdian_index._tables.shapes import as_wide
from hengdian_index._tables.table import Array, has_infinity, shortened
from hengdian_index._tables.units import Chosen, chosen, label_text, total_faults, twin_faults
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, Fault, cause, guess, listed, raise_all, readable, shown, suggestion
from hengdian_index.log import journal

# The line to write for a table's marks of missing values lists so many.
_MOST_MARKS = 8
# More of one kind are told by the first of them.
_MOST_TWICE = 4

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
    source = whole.attrs.get("source")
    names_beside = _names_beside(whole, unit, unit_names)
    left = _left(whole, unit, period, only, exclude, complete, names_beside)
    frame, at = (whole, np.arange(len(whole))) if left.rows.all() else (_some(whole, left.rows), left.rows.nonzero()[0])
    names = tuple(frame.columns)
    there, asked = set(names), {*columns, *by}
    units, periods = _level(frame, unit), _level(frame, period)
    lines = frame.attrs.get("lines", ())
    faults: list[Fault | Said] = [
        Said("the unit column {name!r} is missing{guess}", name=name, guess=suggestion(name, _names(frame)))
        if kind == "unit"
        else Said("the period column {name!r} is missing{guess}", name=name, guess=suggestion(name, _names(frame)))
        for kind, name, found in (("unit", unit, units), ("period", period, periods))
        if name and found is None
    ]
    faults += left.faults
    faults += [wrong for name, wrong in frame.attrs.get("errors", {}).items() if name in {*columns, *by}]
    faults += below_heading(frame, [*columns, *by])
    absent = [c for c in (*columns, *groups) if c not in there]
    faults += shortened(
        headed(source, Said("column {name!r} is missing{guess}", name=c, guess=guess(c, names))) for c in absent
    )
    if absent:
        told = Said.of(
            len(columns),
            "{absent} of {n} column is missing; columns found: {names}",
            "{absent} of {n} columns is missing; columns found: {names}",
            absent=len(absent),
            names=readable(list(map(shown, names))),
        )
        several = Said.of(
            len(columns),
            "{absent} of {n} column are missing; columns found: {names}",
            "{absent} of {n} columns are missing; columns found: {names}",
            absent=len(absent),
            names=readable(list(map(shown, names))),
        )
        faults.append(headed(source, told if len(absent) == 1 else several))
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
            odd, cells = _strange(np.asarray(frame[name].astype(object)), name, at)
            strange, labelled[name] = strange + odd, list(cells)
    every = labels if frame is whole else _labels(whole, unit, _level(whole, unit), period, _level(whole, period))
    of_table: dict[str, Any] = {"table": (whole.index, every), "at": at}
    panel = Panel(np.empty((len(frame), 0)), (), labels, units, read, source, unused, lines, labelled, **of_table)
    lent = None if form.mark_numbers or "errors" in frame.attrs else _in_place(frame, wanted)
    values, wrong, plain = _cells(frame, wanted, panel, form) if lent is None else (lent.to_numpy(), [], [])
    # Of joined tables each line names its own.
    file = None if JOINED in frame.attrs else source
    liberties = [headed(file, one) for one in (*_liberties(frame), *left.notes, *plain)]
    liberties += [line.why for line in dated]
    liberties += off_by_a_hundred(values, wanted, panel)
    faults += strange + (blank := _unnamed(panel, unit))
    # Rows that are not told apart by what is missing are no repetitions.
    told_apart = (unit is None or units is not None) and (period is None or periods is not None)
    faults += more + (_duplicates(panel, frame) if told_apart and not more else []) + wrong
    if not len(frame):
        why = (
            Said("the table has no rows, but of units that are left out")
            if len(whole)
            else Said("the table has no rows")
        )
        faults.append(headed(source, why))
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


def _liberties(frame: pd.DataFrame) -> Sequence[Said]:
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
    told = Said(
        "{option}: the rows have no unit to choose by; name the column that says whose they are: unit = '...'",
        option="exclude" if only is None else "units",
    )
    return every if unit else replace(every, faults=(told,))


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
        named = [name for name in (unit, period) if name]
        columns = Said("{one} or {other}", one=named[0], other=named[1]) if len(named) > 1 else joined(named)
        raise DataError(
            Said("{columns}: an integer is too large for a label; write it as a text", columns=columns)
        ) from None


def checked_cells(
    frame: pd.DataFrame, names: Sequence[str], unit: str | None, period: str | None, form: Form
) -> tuple[Array, list[Said], list[Said]]:
    """Return what `read_panel` reads of the cells of a plain table: numbers (n, k), faults, what was made plain."""
    units, when = _level(frame, unit), _level(frame, period)
    lines, source = frame.attrs.get("lines", ()), frame.attrs.get("source")
    with journal():
        periods = _read_periods(when, period, None, source, lines, to_date=True)[0]
    labels = frame.index if units is None and when is None else _labels(frame, unit, units, period, when)
    return _cells(frame, names, Panel(np.empty((len(frame), 0)), (), labels, units, periods, source, (), lines), form)


def _cells(frame: pd.DataFrame, names: Sequence[str], panel: Panel, form: Form) -> tuple[Array, list[Said], list[Said]]:
    """Return the number columns (n, k), a fault for each cell that is text or infinite, and what was made plain."""
    letters, decimal = frame.attrs.get("letters", {}), frame.attrs.get("decimal", ".")
    origin = frame.attrs.get("origin")
    liberties: list[Said] = []
    columns: dict[str, Any] = {}

    def line_of(i: int, name: str) -> tuple[int | Line, str]:
        return (origin and origin.place(i, name)) or (panel.line(i), letters.get(name, ""))

    def where(i: int, name: str) -> Said:
        line, letter = line_of(i, name)
        if not letter:
            return Said("{place}, indicator {code!r}", place=panel.place(i, line), code=name)
        number = line.number if isinstance(line, Line) else line
        cell = f"{letter}{number}"
        return Said("{place}, indicator {code!r} (cell {cell})", place=panel.place(i, line), code=name, cell=cell)

    def took(name: str, what: Said, rows: Sequence[int]) -> Said:
        return Said.of(
            len(rows),
            "{what} in {n} cell of {column!r}, the first in {place}",
            "{what} in {n} cells of {column!r}, the first in {place}",
            what=what,
            column=name,
            place=panel.place(rows[0], line_of(rows[0], name)[0]),
        )

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
            faults += [
                Fault(_two_ways(where(i, name), given[i]), kind=(CELLS, name, "point"))
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
            liberties += [took(name, Said("{text} read as missing", text=f"{mark:g}"), rows)] if rows else []
        infinite = np.flatnonzero(np.isinf(values[:, j])).tolist()
        why = Said("infinity is no value; mend it or leave it out")
        bad += [Fault(joined([where(i, name), why], "heads"), kind=(CELLS, name, "infinity")) for i in infinite]
        faults += bad
    return values, shortened(faults), liberties


def _two_ways(where: Said, text: str) -> Said:
    return Said(
        "{where}: {text!r} may be read two ways beside decimal commas; write it without the point, or with a comma in "
        "its place",
        where=where,
        text=text,
    )


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


def _strange(labels: NDArray[Any] | None, name: str | None, at: NDArray[np.intp]) -> tuple[list[Said], Any]:
    """Return a fault for each label that is none, a list or a table, and the labels with texts in their place."""
    if labels is None or labels.dtype != object or hashed(tuple(labels)):
        return [], labels
    bad, plain = [i for i, one in enumerate(labels) if not hashed(one)], labels.copy()
    for i in bad:
        plain[i] = shown(labels[i])
    told = [
        Fault(
            Said(
                "{column}: row {row}, counted from 0: {value} is no label; write a text or a number",
                column=name,
                row=at[i],
                value=plain[i],
            ),
            kind=("rows", name),
        )
        for i in bad
    ]
    return shortened(told), plain


def _begun(panel: Panel) -> Callable[[int], Said | str]:
    """Return what begins a message about a row of a file: the line."""

    def begun(row: int) -> Said | str:
        line = panel.line(row)
        file, number = (line.file, line.number) if isinstance(line, Line) else (panel.source, line)
        return Said("{file} line {line}", file=file, line=number) if panel.source else ""

    return begun


def _unnamed(panel: Panel, name: str | None) -> list[Said]:
    """Return a fault if rows do not say whose they are."""
    units = panel.unit_list() if panel.units is not None else []
    if not any(map(is_missing, set(units))):
        return []
    blank = [i for i, one in enumerate(units) if is_missing(one)]
    named = lines_of(list(map(panel.line, blank))) if panel.source else rows_of(panel.at[blank].tolist())
    said = Said.of(
        len(blank),
        "{column}: {n} row has no unit: {rows}; write it or leave this row out",
        "{column}: {n} rows have no unit: {rows}; write them or leave these rows out",
        column=name,
        rows=named,
    )
    return [headed(panel.source, said)]


def _duplicates(panel: Panel, frame: pd.DataFrame) -> list[Said]:
    """Return a fault for each unit and period that has more than one row."""
    if panel.units is None and panel.periods is None:
        return []
    if panel.units is None and len(texts := _texts(frame, panel)):
        return [
            Said(
                "several rows have the same period; if {names} says whose they are, name it as `unit`",
                names=listed(texts),
            )
        ]
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
    met: dict[int, int] = {}
    for row, number in zip(again.tolist(), numbers[again].tolist(), strict=True):
        met.setdefault(number, row)
    noun = Said("rows")
    if panel.units is not None and panel.periods is not None:
        units = listed(list(dict.fromkeys(map(panel.unit, again.tolist()))))
        noun = Said("pairs of unit and period (units: {units})", units=units)
    pairs = list(met.items())
    faults = [
        Fault(_given_again(panel, int(first[number]), row, int(counts[number]) - 2), kind=(noun,))
        for number, row in pairs[:_MOST_TWICE]
    ]
    return shortened([*faults, *faults[-1:] * (len(pairs) - len(faults))])


def _given_again(panel: Panel, first: int, second: int, more: int) -> Said:
    """Return the fault of a unit and period that has two rows, and so many more."""
    where = (
        Said("after {line}", line=lines_of([panel.line(first)]))
        if panel.source
        else Said("in row {row} after row {before}, counted from 0", row=panel.at[second], before=panel.at[first])
    )
    if more:
        where = Said.of(more, "{where} (and {n} more time)", "{where} (and {n} more times)", where=where)
    place = panel.place(second)
    if panel.units is None or panel.periods is None:
        return (
            Said("{place} is given a second time, {where}; keep one row of each period", place=place, where=where)
            if panel.units is None
            else Said("{place} is given a second time, {where}; keep one row of each unit", place=place, where=where)
        )
    return Said(
        "{place} is given a second time, {where}; keep one row of each unit and period", place=place, where=where
    )


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
    asked = list(dict.fromkeys((*columns, *labels)))
    raise_all(DataError, [headed(frame.attrs.get("source"), fault) for fault in _twice(frame, asked)])
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
        Said(
            "the array has the dimensions {dims}, none of which has the indicators {columns}; name one of its "
            'coordinates by them, or give array.to_dataset(dim="...")',
            dims=dims,
            columns=listed(columns),
        )
    )


def _from_dataset(dataset: Any) -> pd.DataFrame:
    frame: pd.DataFrame = dataset.to_dataframe()
    return frame if any(name is not None for name in frame.index.names) else frame.reset_index(drop=True)


def _from_mapping(table: Mapping[Any, Any]) -> pd.DataFrame:
    columns = {name: pd.Series(column) if isinstance(column, Mapping) else column for name, column in table.items()}
    lengths = {name: len(column) for name, column in columns.items() if _is_listing(column)}
    if columns and not lengths:
        raise DataError(Said("each column is one value; give lists, {{'a': [1, 2, 3]}}"))
    if len(set(lengths.values())) > 1:
        told = joined([Said("{name} has {n}", name=shown(name), n=n) for name, n in list(lengths.items())[:5]])
        raise DataError(
            Said("the columns differ in length: {lengths}; give each one value a row, blank ones as None", lengths=told)
        )
    series = {name: column for name, column in columns.items() if isinstance(column, pd.Series)}
    first = next(iter(series), None)
    # What has no labels goes by its place, which several orders of labels do not have.
    in_order = len(series) < len(columns)
    strange = [n for n, column in series.items() if not _alike(column.index, series[first].index, in_order)]
    if strange:
        raise DataError(
            Said(
                "{names} has other row labels than {first}; align them first, such as with reindex",
                names=listed(strange),
                first=shown(first),
            )
        )
    try:
        return pd.DataFrame(columns)
    except (TypeError, ValueError) as error:
        raise DataError(Said("the columns make no table: {why}", why=cause(error))) from None


def _is_listing(column: Any) -> bool:
    return hasattr(column, "__len__") and not isinstance(column, (str, bytes)) and getattr(column, "ndim", 1) > 0


def _alike(one: pd.Index[Any], other: pd.Index[Any], in_order: bool) -> bool:
    return one.equals(other) or (not in_order and one.is_unique and other.is_unique and set(one) == set(other))


def _from_array(table: Any, columns: Sequence[str], named: bool) -> pd.DataFrame:
    array = raw_array(table)
    if array.dtype.names:
        return _from_mapping({name: array[name] for name in array.dtype.names})
    if named:
        raise DataError(Said("a plain array has no unit and period columns; give a table, or an index without them"))
    if array.ndim != 2 or array.shape[1] != len(columns):
        raise DataError(
            Said(
                "the array has shape {shape}; give one column for each of the {n} indicators",
                shape=array.shape,
                n=len(columns),
            )
        )
    return pd.DataFrame(np.array(array, order="F"), columns=list(columns), copy=False)


def _from_narwhals(table: Any) -> pd.DataFrame:
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(table)
    except TypeError:
        kind = f"{type(table).__module__.partition('.')[0]} {type(table).__name__}".removeprefix("builtins ")
        raise DataError(
            Said("cannot read a table from {kind}: give a pandas, polars or pyarrow table", kind=kind)
        ) from None
    except ValueError as error:
        raise DataError(Said("cannot read the table: {why}", why=cause(error))) from None
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
        first = shown(frame.columns[0]) if len(frame.columns) else Said("none")
        raise DataError(
            Said(
                "the columns have names of {n} levels, such as {first}; give each one name: table.columns = "
                "['_'.join(map(str, name)) for name in table.columns]",
                n=frame.columns.nlevels,
                first=first,
            )
        )
    names, levels = ([_bare(name) for name in found] for found in (frame.columns, frame.index.names))
    if names == list(frame.columns) and levels == list(frame.index.names):
        return frame
    plain = frame.set_axis(pd.Index(names, dtype=object), axis=1).set_axis(frame.index.set_names(levels))
    plain.attrs = frame.attrs
    return plain


def _bare(name: Hashable) -> Hashable:
    return name.strip() if isinstance(name, str) else name


def _twice(frame: pd.DataFrame, asked: Sequence[str]) -> list[Said]:
    """Return a fault for each name that is asked for and stands for several columns or index levels."""
    counts, levels = Counter(frame.columns), Counter(frame.index.names)
    faults = [
        Said("column {name!r} stands twice in the table; rename or drop one", name=c) for c in asked if counts[c] > 1
    ]
    faults += [
        Said("two levels of the index are called {name!r}; rename or drop one", name=c) for c in asked if levels[c] > 1
    ]
    for name in asked:
        if counts[name] == levels[name] == 1:
            level, column = frame.index.get_level_values(name), frame[name]
            if not level.equals(pd.Index(column)):
                faults.append(
                    Said(
                        "{name!r} is a column and a level of the index, and they differ; rename or drop one", name=name
                    )
                )
    return faults
