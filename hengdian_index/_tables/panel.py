"""The rows of an index: the columns it asks for, whose rows they are and when, each checked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._tables.cells import single
from hengdian_index._tables.periods import EARLIEST, Periods, format_period, read_span
from hengdian_index._tables.places import Line
from hengdian_index._tables.selection import LabelledMask, picked, truths
from hengdian_index._tables.table import Array, may_have_gaps
from hengdian_index._tables.units import difference, twins
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import (
    DataError,
    Fault,
    FaultsError,
    SpecError,
    among,
    fewer,
    listed,
    native,
    raise_all,
    shown,
    suggestion,
)

# Numbers of a table that is hashed at once.
_SMALL = 1 << 16


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns of the table that an index does not score, and which of their rows these are."""

    columns: pd.DataFrame
    rows: NDArray[np.intp]

    @classmethod
    def of(cls, frame: pd.DataFrame, used: Collection[Any]) -> Beside | None:
        """Return the columns of a table that are not used, and the named levels of its index; None without any."""
        mask = [name not in used for name in frame.columns]
        taken = (None, *frame.columns, *used)
        levels = {name: level for level, name in enumerate(frame.index.names) if name not in taken}
        if not any(mask) and not levels:
            return None
        columns = frame.loc[:, mask].copy()
        for name, level in levels.items():
            columns[name] = frame.index.get_level_values(level)
        return cls(columns, np.arange(len(frame)))

    def pick(self, rows: NDArray[Any]) -> Beside:
        """Return some of the rows, by mask or by position."""
        return Beside(self.columns, self.rows[rows])

    def labels(self, name: Any) -> list[Any]:
        """Return the labels of the rows in a column."""
        column = self.columns[name]
        if column.ndim > 1:
            raise DataError(Said("within: column {name!r} stands twice in the table; rename or drop one", name=name))
        return list(column.iloc[self.rows].tolist())


@dataclass(frozen=True, slots=True)
class Lender:
    """The table in whose memory numbers lie: while it is held, what is written to others that share it moves none."""

    table: Any

    def __reduce__(self) -> tuple[type[Lender], tuple[None]]:
        """A copy has numbers of its own."""
        return Lender, (None,)


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of numbers (n, k) with their column names, units, periods, labels and the file they came from.

    `provisional` marks cells (n, k) that stand in for a value still to come; `beside` has the columns of the table
    that the index does not score; `liberties` says what was read otherwise than as it stands. `table` has the row
    labels of the whole table, its own and those of the results, and `at` says which of its rows these are. `unit_names`
    are what units are called where they are shown. `came` has columns (n,) as they came, where the values are made of
    them, and `chains` what is chained of them, by column and unit. `sizes` are columns (n,) that weigh rows, where the
    values are of indicators alone.
    """

    values: Array
    columns: tuple[str, ...]
    labels: pd.Index[Any]
    units: NDArray[Any] | None
    periods: Periods | None
    source: str | None = None
    unused: tuple[str, ...] = ()
    lines: tuple[int | Line, ...] = ()
    groups: Mapping[str, list[Any]] = field(default_factory=dict)
    provisional: NDArray[np.bool_] | None = None
    beside: Beside | None = None
    table: tuple[pd.Index[Any], ...] = ()
    liberties: tuple[Said, ...] = ()
    unit_names: Mapping[Any, str] = field(default_factory=dict)
    at: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    lender: Lender | None = field(default=None, repr=False)
    came: Mapping[str, Array] = field(default_factory=dict)
    chains: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    sizes: Mapping[str, Array] = field(default_factory=dict)

    @property
    def index(self) -> Any:
        """Labels of the rows, for a method that refers to one."""
        return self.labels

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.values)

    def column(self, name: str) -> Array:
        """Return a column (n,) of numbers, one that weighs rows as it came."""
        return self.sizes[name] if name in self.sizes else self.values[:, self.columns.index(name)]

    def pick(self, rows: NDArray[Any]) -> Self:
        """Return some of the rows, by mask or by position; a mask of all copies none of them."""
        if rows.dtype == np.bool_ and rows.all():
            return replace(self, source=None)
        periods = self.periods and Periods(self.periods.frequency, self.periods.ordinals[rows])
        units = None if self.units is None else self.units[rows]
        groups = {name: [labels[i] for i in np.arange(self.n)[rows]] for name, labels in self.groups.items()}
        marks = None if self.provisional is None else self.provisional[rows]
        beside = self.beside and self.beside.pick(rows)
        some: dict[str, Any] = {
            "units": units,
            "periods": periods,
            "groups": groups,
            "provisional": marks,
            "at": self.at[rows],
            "came": {name: column[rows] for name, column in self.came.items()},
            "sizes": {name: column[rows] for name, column in self.sizes.items()},
        }
        return replace(self, values=self.values[rows], labels=self.labels[rows], **some, beside=beside, source=None)

    def period_labels(self) -> dict[int, Any]:
        """Return the table's own label of each period, by ordinal."""
        if self.periods is None:
            return {}
        distinct, first = np.unique(self.periods.ordinals, return_index=True)
        labels = self.labels.get_level_values(-1)
        return {int(ordinal): labels[row] for ordinal, row in zip(distinct, first, strict=True)}

    def holes(self) -> list[Said]:
        """Return a text about periods without a row between the first and the last of a unit."""
        if self.periods is None:
            return []
        own, codes = self.periods.ordinals, self.unit_codes()
        order = np.lexsort((own, codes))
        breaks = np.flatnonzero((np.diff(codes[order]) == 0) & (np.diff(own[order]) > 1))
        if not len(breaks):
            return []
        spans = [range(int(own[order[i]]) + 1, int(own[order[i + 1]])) for i in breaks.tolist()]
        gone = sorted({ordinal for span in spans for ordinal in span})
        named = joined([format_period(ordinal, self.periods.frequency) for ordinal in gone[:5]])
        if len(gone) > 5:
            named = Said("{periods} and more", periods=named)
        if self.units is None:
            return [Said("no row for {periods}: changes on and from them are missing", periods=named)]
        who = list(dict.fromkeys(self.unit(int(order[i])) for i in breaks.tolist()))
        return [
            Said(
                "no row for {periods} of {units}: changes on and from them are missing",
                periods=named,
                units=listed(who),
            )
        ]

    def alike(self, known: Iterable[Any] = ()) -> list[Said]:
        """Return a text about units that may be one under several names; `known` are those of other rows."""
        own = dict.fromkeys(self.unit_list())
        told = [same for same in twins((*own, *known)) if any(one in own for one in same)]
        return [
            Said(
                "units {units} differ in {what} alone: are they one?",
                units=listed(same),
                what=difference(same),
            )
            for same in told
        ]

    def spread(self) -> dict[str, Any]:
        """Return how many units there are, and the first and the last period as text; what rows lack is left out."""
        found: dict[str, Any] = {} if self.units is None else {"units": int(self.unit_codes().max(initial=-1)) + 1}
        if self.periods is not None and self.n:
            ends = (int(self.periods.ordinals.min()), int(self.periods.ordinals.max()))
            earliest, latest = (format_period(end, self.periods.frequency) for end in ends)
            found |= {"earliest": earliest, "latest": latest}
        return found

    def period_sizes(self) -> dict[str, int]:
        """Return the number of rows of each period, by its text."""
        return dict(sorted(Counter([] if self.periods is None else self.periods.text).items()))

    def laid_out(self, columns: tuple[str, ...]) -> Self:
        """Return the rows with other columns: those there are in their new places, the others empty."""
        values = np.full((self.n, len(columns)), np.nan, order="F")
        for j, name in enumerate(columns):
            if name in self.columns:
                values[:, j] = self.values[:, self.columns.index(name)]
        return replace(self, values=values, columns=columns)

    def unit(self, row: int) -> Any:
        """Return the unit of a row, None where rows have none."""
        return None if self.units is None else native(self.units[row])

    def name(self, unit: Any) -> Any:
        """Return what a unit is called where it is shown: its name, itself where it has none."""
        return self.unit_names.get(unit, unit)

    def called(self, label: Any) -> Any:
        """Return the label of a row with the name of its unit in the place of the unit."""
        return (self.name(label[0]), *label[1:]) if isinstance(label, tuple) else self.name(label)

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table of rows by unit with the names of the units in their place."""
        if not self.unit_names or self.units is None or frame.index.names[0] != self.labels.names[0]:
            return frame
        if frame.index.nlevels == 1:
            return frame.set_axis(frame.index.map(self.name), axis=0)
        levels = [frame.index.get_level_values(i) for i in range(frame.index.nlevels)]
        return frame.set_axis(pd.MultiIndex.from_arrays([levels[0].map(self.name), *levels[1:]]), axis=0)

    def unit_codes(self) -> NDArray[np.intp]:
        """Return a number for the unit of each row (n,), counted from 0 in order of appearance."""
        return np.zeros(self.n, dtype=np.intp) if self.units is None else pd.factorize(self.units)[0]

    def unit_list(self) -> list[Any]:
        """Return the unit of each row, None where rows have none."""
        return [None] * self.n if self.units is None else list(self.units.tolist())

    def period(self, row: int) -> str | None:
        """Return the period of a row as text, None where rows have none."""
        if self.periods is None:
            return None
        return format_period(int(self.periods.ordinals[row]), self.periods.frequency)

    def line(self, row: int) -> int | Line:
        """Return the line of a row in its file; the columns' names stand on the first."""
        return self.lines[row] if self.lines else row + 2

    def place(self, row: int, line: int | Line | None = None) -> Said:
        """Return where a row is: file and line (of a cell, where it has its own), unit, period, or its label."""
        line = self.line(row) if line is None else line
        file, number = (line.file, line.number) if isinstance(line, Line) else (self.source, line)
        parts = [Said("{file} line {line}", file=file, line=number)] if self.source else []
        parts += [_unit_place(self.unit(row), self.unit_names)] if self.units is not None else []
        parts += [Said("period {period}", period=self.period(row))] if self.periods is not None else []
        return joined(parts or [_row_place(native(self.labels[row]))], "places")

    @property
    def of_years(self) -> bool:
        """Whether the rows are of years, so that a change on the period before is one on the year before."""
        return self.periods is not None and self.periods.frequency.per_year == 1

    @property
    def kinds(self) -> tuple[str, ...]:
        """What texts about the rows may say of them: "years" of such periods; "periods" of a series, else "units"."""
        years = ("years",) if self.of_years else ()
        if (self.periods is None) == (self.units is None):
            return years
        return (*years, "periods" if self.units is None else "units")

    def previous(self, lag: int) -> NDArray[np.intp]:
        """Return for each row the row of the same unit `lag` periods before it, -1 where there is none."""
        if isinstance(lag, bool) or not isinstance(lag, (int, np.integer)) or not 1 <= lag < 10**9:
            raise SpecError(Said("lag: a whole number of periods, 1 or more, not {lag!r}", lag=lag))
        if self.periods is None:
            raise DataError(
                Said("the rows have no period, so nothing comes before another; name the period column in the index")
            )
        return self.rows_at(self.periods.ordinals - lag)

    def rows_at(self, ordinals: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return for each row the row of the same unit in a period, given by ordinal; -1 where there is none."""
        assert self.periods is not None
        own, wanted = self.periods.ordinals, ordinals
        first, last = int(own.min()), int(own.max())
        codes = self.unit_codes()
        width = last - first + 1
        keys = codes * width + (own - first)
        order = np.argsort(keys)
        inside = (wanted >= first) & (wanted <= last)
        wanted = codes * width + np.where(inside, wanted - first, 0)
        at = np.minimum(np.searchsorted(keys[order], wanted), self.n - 1)
        return np.where(inside & (keys[order][at] == wanted), order[at], -1)

    def select(self, rows: Any, what: str, *, each: bool = False) -> NDArray[np.bool_]:
        """Return which rows a selector means: a period, span, unit or row label, a list of these, a mask, a slice.

        With `each` every part of a list must select a row.
        """
        chosen = self._selected(rows, what)
        several = isinstance(rows, (list, tuple, np.ndarray, pd.Index)) and self._mask(rows, what) is None
        none = [one for one, found in self._each(rows, what) if not found.any()] if each and several else []
        if none and chosen.any():
            extent = self.extent()
            told = [
                Fault(Said("{what} {rows} selects no row; {extent}", what=what, rows=shown(one), extent=extent))
                for one in none
            ]
            raise DataError(*fewer(told, Said("that select no row")))
        if not chosen.any():
            raise DataError(
                Said("{what} {rows} selects no row; {extent}", what=what, rows=shown(rows), extent=self.extent())
            )
        return chosen

    def holds(self, rows: Any) -> bool:
        """Return whether a selector means any row."""
        return bool(self._selected(rows, "base").any())

    def absent(self, rows: Any) -> Said | None:
        """Return how many periods of a selector no row has ("2 of 4 periods"), None where none is absent."""
        if self.periods is None or not isinstance(rows, (str, int)) or (self.units is not None and rows in self.units):
            return None
        low, high = read_span(rows, self.periods.frequency)
        wanted, ordinals = high - low + 1, self.periods.ordinals
        found = len(np.unique(ordinals[(ordinals >= low) & (ordinals <= high)]))
        if found == wanted or EARLIEST in (low, -high):
            return None
        return Said.of(wanted, "{absent} of {n} period", "{absent} of {n} periods", absent=wanted - found)

    def extent(self) -> Said:
        """Return what there is to select from."""
        said = [Said.of(self.n, "there is {n} row", "there are {n} rows")]
        if self.periods is not None:
            first, last = (
                format_period(int(f(self.periods.ordinals)), self.periods.frequency) for f in (np.min, np.max)
            )
            said.append(Said("periods run from {first} to {last}", first=first, last=last))
        if self.units is not None:
            said.append(Said("units are {units}", units=listed(list(dict.fromkeys(self.units.tolist())))))
        return joined(said, "clauses")

    def _selected(self, rows: Any, what: str) -> NDArray[np.bool_]:
        if rows is None:
            return np.ones(self.n, dtype=np.bool_)
        if isinstance(rows, LabelledMask):
            return np.asarray(rows.over(*self.table, what=what)[self.at])
        found = np.zeros(self.n, dtype=np.bool_)
        mask = self._mask(rows, what)
        if isinstance(rows, slice) or mask is not None:
            found[picked(rows, what, self.n, None, self.periods) if mask is None else mask] = True
            return found
        if isinstance(rows, (list, tuple, np.ndarray, pd.Index, pd.Series)):
            for _, own in self._each(rows, what):
                found |= own
            return found
        return self._labelled(rows, what)

    def _mask(self, rows: Any, what: str) -> NDArray[np.bool_] | None:
        """Return a mask of these rows, also one of the whole table of which they are left; None where none is given."""
        whole = len(self.table[0]) if self.table else self.n
        if whole == self.n or single(rows) or not hasattr(rows, "__len__") or len(rows) != whole:
            return truths(rows, what, self.n, None)
        mask = truths(rows, what, whole, None)
        return None if mask is None else np.asarray(mask[self.at])

    def _each(self, rows: Any, what: str) -> Iterator[tuple[Any, NDArray[np.bool_]]]:
        """Yield each part of a list with the rows that it selects; texts are looked up, for lists are long."""
        places: dict[str, list[int]] = {}
        for names in (self.labels, self.units):
            for i, name in enumerate(() if names is None else names):
                if isinstance(name, str):
                    places.setdefault(name, []).append(i)
        for one in rows:
            if type(one) is str and (one in places or self.periods is None):
                found = np.zeros(self.n, dtype=np.bool_)
                found[places.get(one, [])] = True
                yield one, found
            else:
                yield one, self._selected(one, what)

    def _labelled(self, label: Any, what: str) -> NDArray[np.bool_]:
        by_label = _equal(self.labels, label)
        if self.units is not None:
            by_label |= _equal(self.units, label)
        if self.periods is None or by_label.any():
            return by_label
        try:
            low, high = read_span(label, self.periods.frequency, column=what)
        except SpecError as error:
            last = error.faults[-1]
            told = Fault(joined([last.message, self.extent()], "clauses"), last.place)
            raise SpecError(*error.faults[:-1], told) from None
        return (self.periods.ordinals >= low) & (self.periods.ordinals <= high)


def _equal(labels: Any, label: Any) -> NDArray[np.bool_]:
    """Return which labels are the one that is asked for; what compares to no truth is not."""
    if isinstance(labels, np.ndarray) and isinstance(label, (str, int, float)):
        return np.asarray(labels == label, dtype=np.bool_)
    # The list of an Arrow column is made at once, its items one by one.
    same = [one == label for one in (labels.tolist() if isinstance(labels, pd.Index) else labels)]
    if not isinstance(label, (str, int, float, tuple)):
        same = [one is True or (isinstance(one, np.bool_) and bool(one)) for one in same]
    return np.array(same, dtype=np.bool_)


def digest(panel: Panel) -> str:
    """Return the SHA-256 of rows: their columns, labels, groups and values, whatever kind of table they came in."""
    found = sha256(repr((panel.columns, sorted(panel.groups.items()))).encode("utf-8", "backslashreplace"))
    found.update(np.asarray(pd.util.hash_pandas_object(panel.labels), dtype="<u8").tobytes())
    # A large table is not copied whole.
    at_once = panel.values.size < _SMALL and not may_have_gaps(panel.values)
    for column in (panel.values.T,) if at_once else panel.values.T:
        # Libraries write a missing value in different bits.
        plain = np.where(np.isnan(column), np.nan, column) if may_have_gaps(column) else column
        found.update(np.ascontiguousarray(plain, dtype="<f8").data)
    return found.hexdigest()


def row_of(panel: Panel, unit: Any, period: Any) -> int:
    """Return the row of a unit (or label) in a period, the last one it has where none is given.

    Raises
    ------
    SpecError, DataError
        No unit said where there are several; no such unit or period: all faults at once, with what there is.
    """
    unit = _unit_asked(panel, unit, period)
    rows: NDArray[np.bool_] = np.asarray(panel.units == unit) if panel.units is not None else panel.select(unit, "unit")
    if period is not None:
        rows = rows & panel.select(period, "period")
    found = np.flatnonzero(rows)
    if not len(found):
        raise DataError(
            Said(
                "unit {unit} has no row in period {period}; {extent}",
                unit=shown(unit),
                period=shown(period),
                extent=panel.extent(),
            )
        )
    if panel.periods is None and len(found) > 1:
        raise DataError(Said("unit {unit} stands for {n} rows; name one", unit=shown(unit), n=len(found)))
    return int(found[0] if panel.periods is None else found[np.argmax(panel.periods.ordinals[found])])


def _unit_asked(panel: Panel, unit: Any, period: Any) -> Any:
    """Return the unit that is asked for, the only one where none is said."""
    faults: list[Fault | Said] = []
    units = list(dict.fromkeys(panel.unit_list())) if panel.units is not None else []
    if unit is None and len(units) == 1:
        unit = units[0]
    if unit is None and units:
        faults.append(
            Said.of(
                len(units),
                "unit: say whose row, such as {unit}; there is {n} unit: {units}",
                "unit: say whose row, such as {unit}; there are {n} units: {units}",
                unit=shown(units[0]),
                units=listed(units),
            )
        )
    elif units and not among(unit, units):
        faults.append(Said("unit: no unit {unit}{guess}", unit=shown(unit), guess=suggestion(unit, units)))
    elif unit is None and panel.periods is None and panel.n > 1:
        labels = panel.labels.tolist()
        faults.append(
            Said(
                "unit: say which row by its label, such as {label}; there are {labels}",
                label=shown(labels[0]),
                labels=listed(labels),
            )
        )
    if period is not None:
        faults += _period_faults(panel, period)
    raise_all(SpecError if unit is None else DataError, faults)
    return unit


def _period_faults(panel: Panel, period: Any) -> list[Fault | Said]:
    """Return what is wrong with a period."""
    if panel.periods is None:
        return [Said("period: the rows have no period, so there is no {period!r}; leave it out", period=period)]
    try:
        panel.select(period, "period")
    except FaultsError as error:
        return list(error.faults)
    return []


def _unit_place(unit: Any, names: Mapping[Any, str]) -> Said:
    # Only a text is a name that stands between quotation marks.
    if unit in names and _short(unit):
        return Said("unit {unit!r} ({name})", unit=unit, name=names[unit])
    if unit in names:
        return Said("unit {unit} ({name})", unit=shown(unit), name=names[unit])
    return Said("unit {unit!r}", unit=unit) if _short(unit) else Said("unit {unit}", unit=shown(unit))


def _row_place(label: Any) -> Said:
    return Said("row {row!r}", row=label) if _short(label) else Said("row {row}", row=shown(label))


def _short(name: Any) -> bool:
    return isinstance(name, str) and shown(name) == repr(name)
