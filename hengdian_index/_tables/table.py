"""The reader of labelled tables: any table or array as float64 numbers with labels, and answers in kind."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._system.alone import shared_out
from hengdian_index._tables.cells import CELLS, column_values, is_pandas, no_label, numbers, raw_array, single, tabular
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, Fault, SpecError, listed, native, raise_all, shown, suggestion

Array: TypeAlias = NDArray[Any]

# So many faults of one kind are told one by one.
_FEW = 3
# So many of all kinds are told.
_MOST = 20
# A table of more numbers than this is read by several processors.
_LARGE = 1 << 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """Numbers with the labels they came with.

    `values` is (..., n, k); `columns` are None for a plain array; `complete` says that no value is
    missing; `source` is what the user gave, from which answers take their kind and their labels. `computed` says that
    the values are no user's own, so that those that differ by rounding alone are equal.

    Of a table with columns of labels `source` has the numbers alone, `whole` is the table and `aside` names those
    columns; `labels` says by role ("unit", "period") what each row is called, None where nothing does.
    """

    values: Array
    columns: tuple[Any, ...] | None
    complete: bool
    source: Any
    computed: bool = False
    whole: Any = None
    aside: tuple[Any, ...] = ()
    labels: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[Any, ...]:
        """Names of the columns, their positions where they have none."""
        return self.columns or tuple(range(self.values.shape[-1]))

    def need_shape(self, what: Said, k: int | None = None) -> Labelled:
        """Return the table, refused unless it is one (n, k); `what` says what is needed."""
        shape = self.values.shape
        if len(shape) != 2 or k not in (None, shape[1]):
            raise DataError(Said("{what}, not an array of shape {shape}", what=what, shape=shape))
        return self

    def pick(self, rows: Any) -> Labelled:
        """Return some of the rows, by a mask or a slice, without their labels by role."""
        values = self.values[..., rows, :]
        source = self.source.iloc[rows] if hasattr(self.source, "iloc") else values
        return replace(self, values=values, source=source, whole=None, aside=(), labels={})

    def unit(self, row: int) -> Any:
        """Return the unit of a row: as named, else the row's own label; None where rows are one unit's periods."""
        units, periods = self.labels.get("unit"), self.labels.get("period")
        if units is not None:
            return native(units[row])
        if not has_index(self.whole):
            return row
        timed = periods is not None and self.whole.index.nlevels == 1 and "period" in _levels(self.whole)
        return None if timed else self.whole.index[row]

    def period(self, row: int) -> Any:
        """Return the period of a row as it was written, None where none is known."""
        periods = self.labels.get("period")
        return None if periods is None else periods[row]

    def like(self, values: Array) -> Any:
        """Return values (..., n, k) as the kind of table that came in, columns of labels in their places."""
        numbers = self._like_source(values)
        if not self.aside:
            return numbers
        if has_index(self.whole):
            import pandas as pd

            return pd.concat([numbers, self.whole[list(self.aside)]], axis=1)[list(self.whole.columns)]
        given = _collected(self.whole)
        kept = [given.get_column(name) for name in self.aside]
        return _nw().from_native(numbers).with_columns(*kept).select(given.columns).to_native()

    def _like_source(self, values: Array) -> Any:
        if self.columns is None:
            return values.reshape(*values.shape[:-2], -1) if np.ndim(self.source) == 1 else values
        if is_pandas(self.source):
            return _pandas_like(self.source, values)
        frame = _narwhals(self.source)
        if frame is self.source or not hasattr(frame, "columns"):
            return _narwhals_series(frame, str(self.columns[0]), values[:, 0])
        columns = {str(c): values[:, j] for j, c in enumerate(self.columns)}
        return _from_columns(frame, columns)

    def rows(self, values: Array, name: str = "score") -> Any:
        """Return one number a row, (..., n), labelled like the rows that came in."""
        if self.columns is None:
            one = values[..., 0] if np.ndim(self.source) == 1 else values
            return float(one) if np.ndim(one) == 0 else one
        if is_pandas(self.source):
            import pandas as pd

            return pd.Series(values, index=self.source.index, name=name)
        return _narwhals_series(_narwhals(self.source), name, values)

    def named(self, values: Array, name: str = "weight") -> Any:
        """Return one number a column, (..., k): a Series by column name where there are names."""
        if self.columns is None:
            return values
        import pandas as pd

        own = self.source.columns if is_pandas(self.source) and self.source.ndim > 1 else None
        if own is None or own.nlevels == 1 or tuple(own) != self.columns:
            own = pd.Index(self.columns, dtype=object, tupleize_cols=False).infer_objects()
        return pd.Series(values, index=own, name=name)

    def refusal(self, error: CellsError) -> DataError:
        """Return the kernel's complaint with the cells named, each once with the first value that is refused.

        Marks and values (..., n, k) broadcast: under several weights the marks may have draws that the values lack.
        """
        shape = np.broadcast_shapes(error.marked.shape, self.values.shape)
        tables = int(np.prod(shape[:-2]))
        marked = np.broadcast_to(error.marked, shape).reshape(tables, *shape[-2:])
        values, first = np.broadcast_to(self.values, shape), marked.argmax(axis=0)
        refused: NDArray[np.bool_] = np.asarray(marked.any(axis=0))
        columns = np.flatnonzero(refused.any(axis=0))
        groups: list[tuple[int, int, int]] = []
        for j in columns[np.argsort(refused[:, columns].argmax(axis=0), kind="stable")].tolist():
            rows = np.flatnonzero(refused[:, j])
            groups += [(int(rows[0]), j, len(rows))] if len(rows) > _FEW else [(i, j, 1) for i in rows.tolist()]
        said = []
        for i, j, count in groups[:_MOST]:
            value = values[..., i, j].flat[first[i, j]]
            parts = [self.cell(i, j), *([] if math.isnan(value) else [f"{value:g}"]), error.why]
            said.append(_with_more(Fault(joined(parts, "heads"), kind=(CELLS, j)), count))
        return DataError(*_cut(said, len(groups)))

    def cell(self, row: int, column: int) -> Said:
        """Return where a cell is, in the user's own labels."""
        name = shown(self.columns[column]) if self.columns else column
        return joined([Said("column {column}", column=name), row_label(self.source, row)], "places")


def read_labelled(x: Any, *, vector: Literal["column", "row"] = "column") -> Labelled:
    """Return any table as float64 numbers with labels; the border where data is checked, once.

    Parameters
    ----------
    x : pandas, polars or pyarrow table or series, or array-like (..., n, k)
        Rows by columns; missing is NaN or null. A one-dimensional array is one column or one row,
        as `vector` says.

    Raises
    ------
    DataError
        Text or infinity in a number column (the cells are named), no rows, no columns, two columns of one name.
    """
    if isinstance(x, Labelled):
        return x
    values, columns, faults = _array(x, vector) if _is_array(x) else _columns(x)
    if values.size == 0:
        raise DataError(
            Said(
                "the table is empty: {rows} by {columns}",
                rows=Said.of(values.shape[-2], "{n} row", "{n} rows"),
                columns=Said.of(values.shape[-1], "{n} column", "{n} columns"),
            )
        )
    suspicious = not math.isfinite(_total(values))
    labelled = Labelled(values, columns, not (suspicious and bool(np.isnan(values).any())), x)
    if suspicious:
        faults += _infinities(labelled)
    raise_all(DataError, shortened(faults))
    return labelled


def read_rows(x: Any, *aside: Any, **roles: Any) -> Labelled:
    """Return a table as numbers, columns that only label its rows set aside.

    Parameters
    ----------
    x : table or array (..., n, k)
    *aside
        Names of further columns that hold no numbers to work on.
    **roles : str, sequence of n labels, or None
        What labels the rows, such as `unit` and `period`: a column or an index level, or the labels themselves; None:
        the index level called like the role, if any.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.table import read_rows
    >>> cities = read_rows(pd.DataFrame({"city": ["A", "B"], "trips": [3, 5]}), unit="city")
    >>> cities.columns, cities.unit(1)
    (('trips',), 'B')
    """
    names = columns_of(x)
    gone = tuple(dict.fromkeys(name for name in (*aside, *roles.values()) if is_name(name) and name in names))
    labels = {role: row_labels(x, given, role) for role, given in roles.items()}
    table = read_labelled(_without(x, gone) if gone else x)
    for role, own in labels.items():
        _need_rows(own, table.values.shape[-2], role)
    return replace(table, whole=x, aside=gone, labels=labels)


def row_labels(x: Any, given: Any, what: str, n: int | None = None) -> Any:
    """Return labels of the rows from a column, an index level or a sequence; None where nothing is named.

    Where `n` is known, other than n labels are refused.
    """
    if given is None:
        return _default_labels(x, what)
    if is_name(given):
        return _named_labels(x, given, what)
    if tabular(given) or not hasattr(given, "__len__"):
        raise SpecError(
            Said(
                "{what}: a column, an index level, or one label for each row, not {kind}",
                what=what,
                kind=type(given).__name__,
            )
        )
    found = _plain(_aligned(x, given, what))
    if n is not None:
        _need_rows(found, n, what)
    return found


def _need_rows(labels: Any, n: int, what: str) -> None:
    if labels is not None and len(labels) != n:
        raise SpecError(
            Said.of(
                n,
                "{what}: {given} given for {n} row",
                "{what}: {given} given for {n} rows",
                what=what,
                given=len(labels),
            )
        )


# What there are more of than are told, in words.
_NOUNS = {
    str(one): one
    for one in (
        Said("rows"),
        Said("lines"),
        Said("cells"),
        Said("cells of the column"),
        Said("places"),
        Said("units"),
        Said("series"),
        Said("values that are given twice"),
    )
}


def shortened(faults: Iterable[Fault | Said], most: int = _MOST) -> list[Said]:
    """Return the faults as texts: more than a few of one kind as one, and those past `most` counted instead of named.

    Examples
    --------
    >>> from hengdian_index._words.said import Said
    >>> from hengdian_index.errors import Fault
    >>> from hengdian_index._tables.table import shortened
    >>> shortened([Fault(Said("row {i}: no unit", i=i), kind=("rows",)) for i in range(9)])
    ['row 0: no unit; and so in 8 more rows']
    """
    groups = [(fault, 1) if isinstance(fault, Fault) else (Fault(fault), 1) for fault in faults]
    for exact in (True, False):
        groups = _together(groups, exact)
    return _cut([_with_more(fault, count) for fault, count in groups[:most]], len(groups))


def _with_more(fault: Fault, count: int) -> Said:
    """Return a fault that stands for so many."""
    if count == 1:
        return fault.message
    kind = _NOUNS.get(str(fault.kind[0]), fault.kind[0])
    return Said("{message}; and so in {n:,} more {kind}", message=fault.message, n=count - 1, kind=kind)


def _cut(said: list[Said], n: int) -> list[Said]:
    """Return what is said of n faults, those that are left out counted."""
    rest = n - len(said)
    more = Said.of(rest, "and {n} more fault of this kind", "and {n} more faults of this kind")
    return [*said, more] if rest > 0 else said


def _together(groups: Sequence[tuple[Fault, int]], exact: bool) -> list[tuple[Fault, int]]:
    """Return faults and how many each stands for; more than a few of one kind (and one text) are the first of them."""
    alike: dict[Hashable, list[tuple[Fault, int]]] = {}
    for i, one in enumerate(groups):
        kind = one[0].kind or i
        alike.setdefault((kind, one[0].found) if exact else kind, []).append(one)
    return [
        told
        for own in alike.values()
        for told in ([(own[0][0], sum(count for _, count in own))] if len(own) > _FEW else own)
    ]


def may_have_gaps(x: Array) -> bool:
    """Return False where no value is missing, from one sum; True where one may be."""
    return bool(np.isnan(_total(x)))


def has_infinity(x: Array) -> bool:
    """Return whether a value of (n, k) is infinite."""
    if math.isfinite(_total(x)):
        return False
    return any(bool(np.isinf(column).any()) for column in x.T)


def _total(x: Array) -> float:
    """Return the sum of all values, NaN where one is missing; a large table is shared among processors."""
    whole = x.flags.c_contiguous or x.flags.f_contiguous
    parts = np.array_split(x.ravel(order="K"), os.cpu_count() or 1) if whole and x.size > _LARGE else [x]

    def add(part: Array) -> Any:
        with np.errstate(all="ignore"):
            return part.sum()

    if len(parts) == 1:
        return float(add(x))
    with np.errstate(all="ignore"):
        return float(np.sum(shared_out(add, parts, len(parts))))


def broadcast(*shapes: tuple[int, ...]) -> bool:
    """Return whether leading axes go together."""
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return True


def of_truths(source: Any) -> bool:
    """Return whether a table holds truths alone, instead of numbers."""
    if _is_array(source):
        return bool(np.asarray(source).dtype == np.bool_)
    if is_pandas(source):
        dtypes = [source.dtype] if source.ndim == 1 else list(source.dtypes)
        return all(str(dtype) in ("bool", "boolean", "bool[pyarrow]") for dtype in dtypes)
    frame = _narwhals(source)
    dtypes = list(frame.schema.values()) if hasattr(frame, "schema") else [frame.dtype]
    return all(dtype == _nw().Boolean for dtype in dtypes)


def row_label(source: Any, row: int) -> Said:
    """Return a row's own label where it has one, else its position from 0."""
    if is_pandas(source):
        return Said("row {row}", row=shown(source.index[row]))
    return source.place(row) if hasattr(source, "place") else Said("row {row}", row=row)


def row_faults(rows: Iterable[int], source: Any, why: Said) -> list[Fault]:
    """Return one fault of the same reason for each row, in the user's own labels."""
    return [Fault(joined([row_label(source, int(i)), why], "heads"), kind=("rows", why)) for i in rows]


def _is_array(x: Any) -> bool:
    return isinstance(x, (np.ndarray, list, tuple))


def _nw() -> Any:
    import narwhals.stable.v2 as nw

    return nw


def _narwhals(x: Any) -> Any:
    frame = eager(x)
    if frame is None:
        kind = type(x).__name__
        if hasattr(x, "to_numpy") or hasattr(x, "__array__"):
            raise DataError(
                Said(
                    "cannot read a table from {kind}: give a pandas, polars or pyarrow table, or an array, such as its "
                    "values with .to_numpy()",
                    kind=kind,
                )
            )
        raise DataError(
            Said("cannot read a table from {kind}: give a pandas, polars or pyarrow table, or an array", kind=kind)
        )
    return frame


def eager(x: Any) -> Any:
    """Return a table or series of any library behind one face, its rows in memory; None for what is neither."""
    nw = _nw()
    names = list(getattr(x, "column_names", ()))
    raise_all(DataError, _repeated(names))
    try:
        frame = nw.from_native(x, allow_series=True)
    except TypeError:
        return None
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def _repeated(names: Sequence[Any]) -> list[Said]:
    """Return a fault if columns have one name."""
    again = sorted(str(name) for name, count in Counter(names).items() if count > 1)
    return [Said("two columns have one name: {names}; rename one", names=listed(again))] if again else []


def _array(x: Any, vector: str) -> tuple[Array, None, list[Fault]]:
    raw = raw_array(x)
    faults: list[Fault] = []
    if raw.dtype.kind in "biuf":
        values = np.asarray(raw, dtype=np.float64)
    else:
        shape = raw.shape
        values, faults = numbers(
            list(raw.ravel()), lambda i: Said("cell {place}", place=tuple(map(int, np.unravel_index(i, shape))))
        )
        faults = [replace(fault, kind=("cells", *fault.kind[1:])) for fault in faults]
        values = values.reshape(shape)
    if values.ndim == 0:
        raise DataError(Said("a single number is no table; give n rows by k columns"))
    if values.ndim == 1:
        values = values[:, np.newaxis] if vector == "column" else values[np.newaxis, :]
    return values, None, faults


def _columns(x: Any) -> tuple[Array, tuple[Any, ...], list[Fault]]:
    if is_pandas(x):
        frame = x.to_frame() if x.ndim == 1 else x
        names = tuple(frame.columns)
        series = [frame.iloc[:, j] for j in range(len(names))] if not _one_block(frame) else None
    else:
        frame = _narwhals(x)
        frame = frame if hasattr(frame, "columns") else frame.to_frame()
        names, series = tuple(frame.columns), [frame.get_column(c) for c in frame.columns]
    raise_all(DataError, _repeated(names))
    if series is None:
        return frame.to_numpy(), names, []
    values, faults = _stack(series, names, x)
    return values, names, faults


def _one_block(frame: Any) -> bool:
    return all(dtype == np.float64 and isinstance(dtype, np.dtype) for dtype in frame.dtypes)


def _stack(series: Sequence[Any], names: Sequence[Any], source: Any) -> tuple[Array, list[Fault]]:
    length = len(series[0]) if series else 0
    values, faults = np.empty((length, len(series)), order="F"), list[Fault]()
    for j, (column, name) in enumerate(zip(series, names, strict=True)):
        place = Said("column {column}", column=shown(name))

        def where(i: int, place: Said = place) -> Said:
            return joined([place, row_label(source, i)], "places")

        values[:, j], bad = column_values(column, where, j)
        faults += bad
    return values, faults


def _infinities(x: Labelled) -> list[Fault]:
    why = Said("infinity; give a finite number or leave it missing")
    cells = [(int(i[-2]), int(i[-1])) for i in np.argwhere(np.isinf(x.values))]
    return [Fault(joined([x.cell(i, j), why], "heads"), kind=(CELLS, j, "infinity")) for i, j in cells]


def _pandas_like(source: Any, values: Array) -> Any:
    import pandas as pd

    if source.ndim == 1:
        return pd.Series(values[:, 0], index=source.index, name=source.name)
    return pd.DataFrame(values, index=source.index, columns=source.columns, copy=False)


def _narwhals_series(frame: Any, name: str, values: Array) -> Any:
    nw = _nw()
    return nw.new_series(name, values, backend=frame.implementation).fill_nan(None).to_native()


def _from_columns(frame: Any, columns: dict[str, Array]) -> Any:
    nw = _nw()
    out = nw.from_dict(columns, backend=frame.implementation)
    return out.with_columns(nw.all().fill_nan(None)).to_native()


def with_labels(details: Any, table: Labelled) -> Any:
    """Return a details value whose arrays carry the table's labels.

    A field says what its array runs over in its metadata: `{"axis": "rows"}` (..., n), `"columns"` (..., k), or
    `"table"` (..., n, k); `"order"` is a tuple of rows, `"peers"` one tuple of rows for each row. Other fields stay
    as they are.
    """
    give: dict[str, Callable[[Any], Any]] = {
        "rows": table.rows,
        "columns": table.named,
        "table": table.like,
        "order": lambda rows: row_names(table, rows),
        "peers": lambda peers: _peers(table, peers),
    }
    axes = {f.name: f.metadata["axis"] for f in fields(details) if "axis" in f.metadata}
    return replace(details, **{name: give[axis](getattr(details, name)) for name, axis in axes.items()})


def row_names(table: Labelled, rows: Sequence[int]) -> tuple[Any, ...]:
    """Return rows by their own labels where they have some, else by position."""
    return tuple(table.source.index[i] for i in rows) if _has_labels(table) else tuple(rows)


def _peers(table: Labelled, peers: Sequence[Sequence[int]]) -> Any:
    named = tuple(row_names(table, rows) for rows in peers)
    if not _has_labels(table):
        return named
    return table.rows(np.fromiter(named, dtype=object, count=len(named)), "peers")


def _has_labels(table: Labelled) -> bool:
    return table.columns is not None and hasattr(table.source, "iloc")


def is_name(given: Any) -> bool:
    """Return whether an option names one column, rather than holding values or a mapping."""
    return single(given) and not no_label(given)


def only_name(given: Any) -> Any:
    """Return an option that names a column, None for one that holds values: these belong to one table alone."""
    return given if is_name(given) else None


def columns_of(x: Any) -> list[Any]:
    """Return the names of a table's columns; none for an array or a series."""
    if x is None or isinstance(x, (np.ndarray, list, tuple, slice, Labelled)):
        return []
    if has_index(x):
        return list(x.columns) if x.ndim == 2 else []
    return list(getattr(_collected(x), "columns", []))


def select(x: Any, wanted: Sequence[Any] | None, *aside: Any) -> Any:
    """Return a table with the wanted number columns, in that order, and its label columns; missing ones are named."""
    there = columns_of(x)
    kept = [c for c in there if c in aside]
    if wanted is None or not there or [c for c in there if c not in kept] == list(wanted):
        return x
    _need(there, wanted)
    names = [*kept, *wanted]
    return x[names] if has_index(x) else _collected(x).select(names).to_native()


def as_learnt(table: Labelled, columns: Sequence[Any] | None, shape: tuple[int, ...]) -> Labelled:
    """Return a table (..., n, k), refused unless it fits the rows (..., m, k) that something was learnt from.

    Examples
    --------
    >>> from hengdian_index._tables.table import as_learnt, read_labelled
    >>> as_learnt(read_labelled([[1.0, 2.0]]), None, (9, 2)).values.shape
    (1, 2)
    """
    if columns is not None and table.columns is not None:
        _need(table.columns, columns)
    own = table.values.shape
    if own[-1] != shape[-1]:
        if own[-1] == 1 and np.ndim(table.source) == 1:
            why = Said.of(
                own[-1],
                "{n} column, where {learnt} were learnt from; give one row of them as [[...]]",
                "{n} columns, where {learnt} were learnt from; give one row of them as [[...]]",
                learnt=shape[-1],
            )
        else:
            why = Said.of(
                own[-1],
                "{n} column, where {learnt} were learnt from",
                "{n} columns, where {learnt} were learnt from",
                learnt=shape[-1],
            )
        raise DataError(why)
    if shape[:-2] not in ((), own[:-2]):
        raise DataError(
            Said(
                "a stack of tables of shape {own}, where one of {learnt} was learnt from",
                own=own[:-2],
                learnt=shape[:-2],
            )
        )
    return table


def _need(there: Sequence[Any], wanted: Sequence[Any]) -> None:
    """Refuse a table that lacks wanted columns."""
    raise_all(
        DataError,
        [
            Said("column {name!r} is missing{guess}", name=c, guess=suggestion(c, there))
            for c in wanted
            if c not in there
        ],
    )


def _named_labels(x: Any, name: Any, what: str) -> Any:
    if name in columns_of(x):
        return _plain(x[name] if has_index(x) else _collected(x).get_column(name).to_list())
    if name in _levels(x):
        return _default_labels(x, name)
    there = [*columns_of(x), *(level for level in _levels(x) if level is not None)]
    raise SpecError(
        Said("{what}: no column or index level {name!r}{guess}", what=what, name=name, guess=suggestion(name, there))
    )


def _default_labels(x: Any, what: str) -> Any:
    if what not in _levels(x):
        return None
    return x.index.get_level_values(what) if what in x.index.names else x.index


def _levels(x: Any) -> list[Any]:
    """Return the names of the index levels; an index of dates or periods is a period whatever its name."""
    if not has_index(x):
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
    if not (has_index(x) and has_index(given)) or given.index.equals(x.index):
        return given
    absent = [label for label in x.index if label not in given.index]
    if absent or not given.index.is_unique:
        why = Said("none for row {row!r}", row=absent[0]) if absent else Said("some of its labels repeat")
        raise SpecError(
            Said(
                "{what}: its labels do not match the rows of the table: {why}; give the values as an array",
                what=what,
                why=why,
            )
        )
    return given.reindex(x.index)


def has_index(x: Any) -> bool:
    """Return whether rows have an index of labels, as those of pandas."""
    return hasattr(x, "iloc") and hasattr(x, "index")


def _collected(x: Any) -> Any:
    found = eager(x)
    return x if found is None else found


def _without(x: Any, names: Sequence[Any]) -> Any:
    return x.drop(columns=list(names)) if has_index(x) else _collected(x).drop(list(names)).to_native()
