"""Pieces of a source as rows of an index: numbers, units and periods of each batch, and where a bad cell stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._batches.source import Piece
from hengdian_index._tables.cells import CELLS, column_values, is_missing
from hengdian_index._tables.form import PLAIN, Form
from hengdian_index._tables.mending import remedy_for
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import Frequency, Periods, read_periods
from hengdian_index._tables.places import Line
from hengdian_index._tables.printed import plain_cells
from hengdian_index._tables.table import Array, shortened
from hengdian_index._tables.units import chosen
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, raise_all, shown

if TYPE_CHECKING:
    import pyarrow as pa

# Rows that are worked on at one time: their columns stay in the cache of the processor.
ROWS = 1 << 14


@dataclass(frozen=True, slots=True)
class Batch(Panel):
    """Some rows of a piece; `first` is the number of the first row of its slice in the row group, or in the whole."""

    file: str = ""
    group: int | None = None
    first: int = 0

    def whereabouts(self, row: int) -> Said:
        """Return where a row is: file, row group and row."""
        number = self.first + int(self.at[row])
        where = Said("{file}: row {row}, counted from 0", file=self.file, row=number)
        if self.group is not None:
            where = Said(
                "{file}: row group {group}, row {row}, counted from 0", file=self.file, group=self.group, row=number
            )
        return where

    def place(self, row: int, line: int | Line | None = None) -> Said:
        """Return where a row is: file, row group and row, unit, period."""
        where = self.whereabouts(row)
        own = Panel.place(self, row) if self.units is not None or self.periods is not None else None
        return joined([where, *([] if own is None else [own])], "places")

    def whose(self, row: int) -> Said:
        """Return whose a row is, without the file."""
        return Panel.place(self, row)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a source are what: numbers in order, the unit and the period, labels of groups of rows.

    `only` and `exclude` are the units there shall be, all where `only` is None, and those left out of them.
    """

    numbers: tuple[str, ...]
    unit: str | None = None
    period: str | None = None
    groups: tuple[str, ...] = ()
    only: tuple[Any, ...] | None = None
    exclude: tuple[Any, ...] = ()
    form: Form = PLAIN

    @property
    def labels(self) -> tuple[str, ...]:
        """Columns of labels."""
        return tuple(name for name in (self.unit, self.period) if name is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, each once."""
        return tuple(dict.fromkeys((*self.labels, *self.groups, *self.numbers)))

    def left(self, batch: Batch) -> Batch:
        """Return the rows of the units that there shall be."""
        if batch.units is None or (self.only is None and not self.exclude):
            return batch
        stay = chosen(batch.units, self.only, self.exclude, complete=False).rows
        return batch if stay.all() else batch.pick(stay)


@dataclass(slots=True)
class Reader:
    """Reads pieces in a layout; what it has met of periods is kept from one piece to the next."""

    layout: Layout
    frequency: Frequency | None = None
    _ordinals: dict[Any, int] = field(default_factory=dict)

    def batches(self, piece: Piece, size: int = ROWS) -> Iterator[Batch]:
        """Yield the rows of a piece, at most so many at a time.

        Raises
        ------
        DataError
            Cells that are no numbers, or infinite; rows without a unit or with a period that cannot be read: told by
            file, row group and row.
        """
        n, layout = piece.rows.num_rows, self.layout
        if not n:
            return
        plain = Batch(
            np.empty((n, 0)),
            (),
            pd.RangeIndex(piece.first, piece.first + n),
            None,
            None,
            at=np.arange(n),
            file=piece.file,
            group=piece.group,
            first=piece.first,
        )
        faults: list[Fault | Said] = []
        values = np.empty((n, len(layout.numbers)), order="F")
        for j, name in enumerate(layout.numbers):
            self._numbers(piece.rows.column(name), name, plain, faults, values[:, j])
        units = None if layout.unit is None else self._units(piece.rows.column(layout.unit), plain, faults)
        ordinals = None if layout.period is None else self._periods(piece.rows.column(layout.period), plain, faults)
        faults += shortened(self._infinities(plain, values, units, ordinals))
        raise_all(DataError, shortened(faults))
        groups = {name: labels_of(piece.rows.column(name)) for name in layout.groups}
        for start in range(0, n, size):
            rows = slice(start, min(start + size, n))
            yield from self._batch(plain, rows, values[rows], units, ordinals, groups)

    def _batch(
        self,
        plain: Batch,
        rows: slice,
        values: Array,
        units: NDArray[Any] | None,
        ordinals: NDArray[np.int64] | None,
        groups: dict[str, NDArray[Any]],
    ) -> Iterator[Batch]:
        n = rows.stop - rows.start
        own = None if units is None else units[rows]
        frequency = self.frequency
        periods = None if ordinals is None or frequency is None else Periods(frequency, ordinals[rows])
        batch = Batch(
            values,
            self.layout.numbers,
            plain.labels[rows] if own is None else pd.Index(own, name=self.layout.unit),
            own,
            periods,
            groups={name: list(labels[rows]) for name, labels in groups.items()},
            at=np.arange(n),
            file=plain.file,
            group=plain.group,
            first=plain.first + rows.start,
        )
        batch = self.layout.left(batch)
        if batch.n:
            yield batch

    def _infinities(
        self, plain: Batch, values: Array, units: NDArray[Any] | None, ordinals: NDArray[np.int64] | None
    ) -> Iterator[Fault]:
        """Yield a fault for each infinite value (n, k), with the labels of its row where they are read."""
        infinite = np.isinf(values)
        if not infinite.any():
            return
        periods = None if ordinals is None or self.frequency is None else Periods(self.frequency, ordinals)
        rows = replace(plain, units=units, periods=periods)
        for i, j in np.argwhere(infinite).tolist():
            why = Said(
                "{place}, indicator {code!r}: infinity is no value; mend it or leave it out",
                place=rows.place(i),
                code=self.layout.numbers[j],
            )
            yield Fault(why, kind=(CELLS, j, "infinity"))

    def _numbers(self, column: pa.ChunkedArray, name: str, rows: Batch, faults: list[Fault | Said], out: Array) -> None:
        """Write a column of numbers (n,), missing ones NaN; the faults of its cells are added to the list."""
        if not _doubles(column, out):
            values, bad = _plain_numbers(column), list[Fault]()
            if values is None:
                values, bad = self._texts(column, name, rows)
            faults += shortened(bad)
            out[:] = values
        marks = self.layout.form.mark_numbers
        if marks:
            out[np.isin(out, sorted(marks))] = np.nan

    def _texts(self, column: pa.ChunkedArray, name: str, rows: Batch) -> tuple[Array, list[Fault]]:
        """Return the numbers that cells of another type stand for."""
        form = self.layout.form

        def where(row: int) -> Said:
            return Said("{place}, indicator {code!r}", place=rows.place(row), code=name)

        cells, _ = plain_cells(["" if cell is None else cell for cell in column.to_pylist()], ".", form.mark_texts)
        remedy = partial(remedy_for, marks=form.missing_marks)
        values, bad = column_values(pd.Series(cells, dtype=object), where, name, remedy)
        # Whether commas part thousands is told by a whole column, of which a piece is none.
        given = column.to_pylist()
        commas = [i for i, cell in enumerate(given) if isinstance(cell, str) and "," in cell and values[i] == values[i]]
        bad += [
            Fault(
                Said(
                    "{where}: {cell} may be decimals or thousands, which only a whole column tells; write it without a "
                    "comma",
                    where=where(i),
                    cell=shown(given[i]),
                ),
                kind=(CELLS, name, "comma"),
            )
            for i in commas
        ]
        return values, bad

    def _units(self, column: pa.ChunkedArray, rows: Batch, faults: list[Fault | Said]) -> NDArray[Any]:
        units = labels_of(column)
        blank = [i for i, one in enumerate(units) if is_missing(one)] if units.dtype == object else []
        column_name = self.layout.unit
        told = [
            Said("{place}: no {column}; write it or leave this row out", place=rows.place(i), column=column_name)
            for i in blank
        ]
        faults += shortened(Fault(one, kind=(Said("units"),)) for one in told)
        return units

    def _periods(self, column: pa.ChunkedArray, rows: Batch, faults: list[Fault | Said]) -> NDArray[np.int64] | None:
        """Return the ordinal of the period of each row (n,); each label is read once."""
        before = len(faults)
        codes, distinct = pd.factorize(labels_of(column), use_na_sentinel=False)
        name = str(self.layout.period)
        new = [label for label in distinct.tolist() if label not in self._ordinals]
        for label in new:
            try:
                self._ordinals[label] = int(read_periods([label], frequency=self.frequency, column=name).ordinals[0])
            except DataError as error:
                where = rows.place(int(np.flatnonzero(codes == distinct.tolist().index(label))[0]))
                saying = Said("{place}: ", place=where)
                faults += [fault.under(saying=saying) for fault in error.faults]
        if len(faults) > before:
            return None
        return np.array([self._ordinals[label] for label in distinct.tolist()], dtype=np.int64)[codes]


def _doubles(column: pa.ChunkedArray, out: Array) -> bool:
    """Write an Arrow column of doubles, missing ones NaN, and return True; False where it is of another type."""
    import pyarrow as pa

    if not pa.types.is_float64(column.type):
        return False
    start = 0
    for chunk in column.chunks:
        part = out[start : (start := start + len(chunk))]
        part[:] = np.frombuffer(chunk.buffers()[1], dtype=np.float64, count=len(chunk), offset=8 * chunk.offset)
        if chunk.null_count:
            part[chunk.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return True


def _plain_numbers(column: pa.ChunkedArray) -> Array | None:
    """Return an Arrow column of numbers, or of texts that are plain numbers all of them, as floats; None for others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        try:
            texts = pc.utf8_trim_whitespace(column)
            column = pc.if_else(pc.equal(texts, ""), None, texts).cast(pa.float64())
        except pa.ArrowInvalid:
            return None
        # Arrow reads "nan" and "inf", too, which the reader of tables looks at one by one.
        found = np.asarray(column.to_numpy(), dtype=np.float64)
        return None if np.isinf(found).any() or np.isnan(found).sum() > column.null_count else found
    if pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return None
    return np.asarray(column.to_numpy(), dtype=np.float64)


def labels_of(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return an Arrow column of labels as an array, of objects but for whole numbers and dates."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    plain = pa.types.is_integer(kind) or pa.types.is_timestamp(kind)
    if plain and not column.null_count:
        return np.asarray(column.to_numpy())
    return np.array([*column.to_pylist(), None], dtype=object)[:-1]
