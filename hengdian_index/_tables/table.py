"""Turns any table into a float64 array with labels, and arrays back into what the user gave."""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._system.alone import shared_out
from hengdian_index._tables.cells import number_of, single
from hengdian_index._values.decimals import counted
from hengdian_index.errors import CellsError, DataError, Fault, listed, raise_all, shown

Array: TypeAlias = NDArray[Any]

# What there are more of where cells of one column have one fault.
CELLS = "cells of the column"
# So many faults of one kind are told one by one.
_FEW = 3
# A table of more numbers than this is read by several processors.
_LARGE = 1 << 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """Numbers with the labels they came with.

    `values` is (..., n, k); `columns` are None for a plain array; `complete` says that no value is
    missing; `source` is what the user gave, from which answers take their kind and their labels. `computed` says that
    the values are no user's own, so that those that differ by rounding alone are equal.
    """

    values: Array
    columns: tuple[Any, ...] | None
    complete: bool
    source: Any
    computed: bool = False

    def like(self, values: Array) -> Any:
        """Return values (..., n, k) as the kind of table that came in."""
        if self.columns is None:
            return values.reshape(*values.shape[:-2], -1) if np.ndim(self.source) == 1 else values
        if _is_pandas(self.source):
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
        if _is_pandas(self.source):
            import pandas as pd

            return pd.Series(values, index=self.source.index, name=name)
        return _narwhals_series(_narwhals(self.source), name, values)

    def named(self, values: Array, name: str = "weight") -> Any:
        """Return one number a column, (..., k): a Series by column name where there are names."""
        if self.columns is None:
            return values
        import pandas as pd

        own = self.source.columns if _is_pandas(self.source) and self.source.ndim > 1 else None
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
        said = []
        for i, j in np.argwhere(marked.any(axis=0)).tolist():
            value = values[..., i, j].flat[first[i, j]]
            message = f"{self.cell(i, j)}: {'' if math.isnan(value) else f'{value:g}: '}{error.why}"
            said.append(Fault(message, kind=(CELLS, j, error.why)))
        return DataError(*shortened(said))

    def cell(self, row: int, column: int) -> str:
        """Return where a cell is, in the user's own labels."""
        place = f"column {shown(self.columns[column])}" if self.columns else f"column {column}"
        return f"{place}, {row_label(self.source, row)}"


def take(x: Any, *, vector: Literal["column", "row"] = "column") -> Labelled:
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
            f"the table is empty: {counted(values.shape[-2], 'row')} by {counted(values.shape[-1], 'column')}"
        )
    suspicious = not math.isfinite(_total(values))
    labelled = Labelled(values, columns, not (suspicious and bool(np.isnan(values).any())), x)
    if suspicious:
        faults += _infinities(labelled)
    raise_all(DataError, shortened(faults))
    return labelled


def numbers(cells: Iterable[Any], where: Callable[[int], str], column: Hashable = None) -> tuple[Array, list[Fault]]:
    """Return cells as floats (missing: NaN) and one fault for each cell that is no number; all are of one column."""
    values, faults = [], []
    for row, cell in enumerate(cells):
        value = number_of(cell)
        large = value in (math.inf, -math.inf) if isinstance(cell, str) else value is None and type(cell) is int
        if value is None or large:
            remedy = "write it like 1234.5, or leave the cell blank"
            text = str(cell) if hasattr(cell, "year") else shown(cell)
            why, kind = ("is too large a number", "large") if large else ("is not a number", "text")
            faults.append(Fault(f"{where(row)}: {text} {why}; {remedy}", kind=(CELLS, column, kind), found=text))
        values.append(math.nan if value is None or large else value)
    return np.array(values, dtype=np.float64), faults


def raw_array(x: Any) -> Array:
    """Return an array or nested lists as an array, of objects where the cells are no numbers, missing where masked."""
    try:
        return uncovered(x)
    except ValueError:
        raise DataError("the rows of the array differ in length; give n rows of k numbers each") from None


def column_values(column: Any, where: Callable[[int], str], name: Hashable = None) -> tuple[Array, list[Fault]]:
    """Return a pandas or narwhals column as floats and the faults of its cells."""
    if _is_pandas(column):
        if _plain_number(column.dtype):
            return column.to_numpy(dtype=np.float64, na_value=math.nan), []
        return _numbers_or_truths(column.tolist(), where, name)
    dtype = column.dtype
    if dtype.is_numeric() or dtype == _nw().Boolean:
        return np.array(column.cast(_nw().Float64).to_numpy(), dtype=np.float64), []
    return _numbers_or_truths(column.to_list(), where, name)


def _numbers_or_truths(cells: list[Any], where: Callable[[int], str], name: Hashable) -> tuple[Array, list[Fault]]:
    """Return a column as floats: a truth value is 1 or 0 in a column of them, and a fault among numbers."""
    values, faults = numbers(cells, where, name)
    truths = [row for row, cell in enumerate(cells) if isinstance(cell, (bool, np.bool_))]
    if len(truths) == np.count_nonzero(~np.isnan(values)):
        return values, faults
    remedy = "stands among numbers; write 1 or 0, or leave the cell blank"
    kind = (CELLS, name, "truth")
    return values, [*faults, *(Fault(f"{where(row)}: {bool(cells[row])} {remedy}", kind=kind) for row in truths)]


def shortened(faults: Iterable[Fault | str], most: int = 20) -> list[str]:
    """Return the faults as texts: more than a few of one kind as one, and those past `most` counted instead of named.

    Examples
    --------
    >>> from hengdian_index.errors import Fault
    >>> from hengdian_index._tables.table import shortened
    >>> shortened([Fault(f"row {i}: no unit", kind=("rows",)) for i in range(9)])
    ['row 0: no unit; and so in 8 more rows']
    """
    groups = [(fault, 1) if isinstance(fault, Fault) else (Fault(fault), 1) for fault in faults]
    for exact in (True, False):
        groups = _together(groups, exact)
    said = [
        fault.message if count == 1 else f"{fault.message}; and so in {count - 1:,} more {fault.kind[0]}"
        for fault, count in groups
    ]
    return said if len(said) <= most else [*said[:most], f"and {counted(len(said) - most, 'more fault')} of this kind"]


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
    if _is_pandas(source):
        dtypes = [source.dtype] if source.ndim == 1 else list(source.dtypes)
        return all(str(dtype) in ("bool", "boolean", "bool[pyarrow]") for dtype in dtypes)
    frame = _narwhals(source)
    dtypes = list(frame.schema.values()) if hasattr(frame, "schema") else [frame.dtype]
    return all(dtype == _nw().Boolean for dtype in dtypes)


def uncovered(x: Any) -> NDArray[Any]:
    """Return an array, or a list of arrays, with missing values where one that is masked hides its own."""
    if isinstance(x, (list, tuple)) and any(isinstance(row, np.ma.MaskedArray) for row in x):
        x = np.ma.array(x)
    if not isinstance(x, np.ma.MaskedArray):
        raw = np.asarray(x)
        # NumPy writes the numbers of a list that has texts too as texts, a missing one as "nan".
        return np.asarray(x, dtype=object) if raw.dtype.kind in "US" and raw is not x else raw
    hidden = np.ma.getmaskarray(x)
    cells = np.array(x.data, dtype=np.float64 if x.dtype.kind in "biuf" else object)
    if hidden.dtype == np.bool_:
        cells[hidden] = np.nan if cells.dtype != object else None
    return cells


def tabular(x: Any) -> bool:
    """Return whether x is a table or a nested list, without reading it."""
    nested = isinstance(x, (list, tuple)) and not all(map(single, x))
    return hasattr(type(x), "columns") or isinstance(x, Mapping) or getattr(x, "ndim", 1) > 1 or nested


def row_label(source: Any, row: int) -> str:
    """Return a row's own label where it has one, else its position from 0."""
    if _is_pandas(source):
        return f"row {shown(source.index[row])}"
    return str(source.place(row)) if hasattr(source, "place") else f"row {row}"


def row_faults(rows: Iterable[int], source: Any, why: str) -> list[Fault]:
    """Return one fault of the same reason for each row, in the user's own labels."""
    return [Fault(f"{row_label(source, int(i))}: {why}", kind=("rows", why)) for i in rows]


def _is_array(x: Any) -> bool:
    return isinstance(x, (np.ndarray, list, tuple))


def _is_pandas(x: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(x, (pandas.DataFrame, pandas.Series))


def _plain_number(dtype: Any) -> bool:
    return getattr(dtype, "kind", "O") in "biuf"


def _nw() -> Any:
    import narwhals.stable.v2 as nw

    return nw


def _narwhals(x: Any) -> Any:
    frame = eager(x)
    if frame is None:
        array = ", such as its values with .to_numpy()" if hasattr(x, "to_numpy") or hasattr(x, "__array__") else ""
        raise DataError(
            f"cannot read a table from {type(x).__name__}: give a pandas, polars or pyarrow table, or an array{array}"
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


def _repeated(names: Sequence[Any]) -> list[str]:
    """Return a fault if columns have one name."""
    again = sorted(str(name) for name, count in Counter(names).items() if count > 1)
    return [f"two columns have one name: {listed(again)}; rename one"] if again else []


def _array(x: Any, vector: str) -> tuple[Array, None, list[Fault]]:
    raw = raw_array(x)
    faults: list[Fault] = []
    if raw.dtype.kind in "biuf":
        values = np.asarray(raw, dtype=np.float64)
    else:
        shape = raw.shape
        values, faults = numbers(list(raw.ravel()), lambda i: f"cell {tuple(map(int, np.unravel_index(i, shape)))}")
        faults = [replace(fault, kind=("cells", *fault.kind[1:])) for fault in faults]
        values = values.reshape(shape)
    if values.ndim == 0:
        raise DataError("a single number is no table; give n rows by k columns")
    if values.ndim == 1:
        values = values[:, np.newaxis] if vector == "column" else values[np.newaxis, :]
    return values, None, faults


def _columns(x: Any) -> tuple[Array, tuple[Any, ...], list[Fault]]:
    if _is_pandas(x):
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
        place = f"column {shown(name)}"
        # The default binds the name of this turn of the loop, which the type of a callback cannot say.
        values[:, j], bad = column_values(column, lambda i, place=place: f"{place}, {row_label(source, i)}", j)  # type: ignore[misc]
        faults += bad
    return values, faults


def _infinities(x: Labelled) -> list[Fault]:
    why = "infinity; give a finite number or leave it missing"
    cells = [(int(i[-2]), int(i[-1])) for i in np.argwhere(np.isinf(x.values))]
    return [Fault(f"{x.cell(i, j)}: {why}", kind=(CELLS, j, "infinity")) for i, j in cells]


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
