"""A first look at the labels of a source alone: how many rows, which periods, whose rows, none of them twice.

Units are told apart by 64 bits of a hash, which take the same memory whatever they are called; rows that agree in it
are looked at again by their labels, so that no two units are taken for one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._batches.reading import Batch, Layout, Reader, labels_of
from hengdian_index._batches.source import Reading, Source
from hengdian_index._system.alone import in_order, shared_out
from hengdian_index._tables.cells import hashed, single
from hengdian_index._tables.periods import EARLIEST, LATEST, Frequency, Periods, read_periods, read_span
from hengdian_index._tables.table import shortened
from hengdian_index._tables.units import chosen, total_faults, twin_faults
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, shown
from hengdian_index.log import journal

# Hashes of so many rows are held at one time; of more, the units are looked at in several turns.
_ROWS = 1 << 24
# Periods of more labels than this are no periods.
_LABELS = 100_000
# The names of so many units are compared with each other.
_NAMES = 20_000


@dataclass(frozen=True, slots=True)
class Survey:
    """How many rows and units a source has, its frequency, and its periods in rising order.

    `met` are those that were asked for and are units, `notes` what was said in reading the periods.
    """

    rows: int
    frequency: Frequency | None = None
    ordinals: tuple[int, ...] = ()
    units: int | None = None
    met: frozenset[Any] = frozenset()
    notes: tuple[Said, ...] = ()

    @property
    def periods(self) -> Periods | None:
        """The periods there are, each once."""
        return None if self.frequency is None else Periods(self.frequency, np.array(self.ordinals, dtype=np.int64))

    def extent(self) -> Said:
        """Return what there is to select from."""
        said = [Said.of(self.rows, "there is {n} row", "there are {n} rows")]
        if self.periods is not None:
            ends = replace(self, ordinals=(self.ordinals[0], self.ordinals[-1])).periods
            assert ends is not None
            said.append(Said("periods run from {first} to {last}", first=ends.text[0], last=ends.text[1]))
        return joined(said, "clauses")


@dataclass(frozen=True, slots=True)
class Selector:
    """Which rows are meant: those of some units, and those of some spans of ordinals; all of them where `every`."""

    every: bool = True
    units: tuple[Any, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, given: Any, what: Said | str, survey: Survey) -> Selector:
        """Return what a period, span, unit, or a list of these means; each must be there.

        Raises
        ------
        SpecError
            Positions, masks and slices, which are of a table in memory.
        DataError
            What selects no row.
        """
        if given is None:
            return cls()
        units, spans, faults = list[Any](), list[tuple[int, int]](), list[Said]()
        for one in parts_of(given, what):
            if one in survey.met:
                units.append(one)
                continue
            span = None
            if survey.frequency is not None:
                span = read_span(one, survey.frequency, column=what)
                if not any(span[0] <= ordinal <= span[1] for ordinal in survey.ordinals):
                    span = None
            if span is None:
                faults.append(selects_nothing(what, one, survey))
            else:
                spans.append(span)
        raise_all(DataError, faults)
        return cls(every=False, units=tuple(units), spans=tuple(spans))

    def __call__(self, batch: Batch) -> NDArray[np.bool_]:
        """Return which rows (n,) are meant."""
        if self.every:
            return np.ones(batch.n, dtype=np.bool_)
        found = np.zeros(batch.n, dtype=np.bool_)
        if batch.units is not None and self.units:
            found |= pd.Index(batch.units).isin(list(self.units))
        for low, high in self.spans:
            assert batch.periods is not None
            found |= (batch.periods.ordinals >= low) & (batch.periods.ordinals <= high)
        return found

    @property
    def width(self) -> int | None:
        """How many periods the spans are of together, None where one is open or units are named."""
        if self.every or self.units or any(low == EARLIEST or high == LATEST for low, high in self.spans):
            return None
        return sum(high - low + 1 for low, high in self.spans)


def selects_nothing(what: Said | str, given: Any, survey: Survey) -> Said:
    """Return the fault of what selects no row, with what there is to select from."""
    return Said("{what} {given} selects no row; {extent}", what=what, given=shown(given), extent=survey.extent())


def parts_of(given: Any, what: Said | str) -> list[Any]:
    """Return the parts of a selector, those of lists one by one; positions and masks are refused."""
    if given is None:
        return []
    if isinstance(given, (list, tuple, set, np.ndarray, pd.Index, pd.Series)):
        return [part for one in given for part in parts_of(one, what)]
    if isinstance(given, (slice, bool, np.bool_)) or not single(given) or not hashed(given):
        raise SpecError(
            Said(
                "{what}: {given} is of the rows of a table in memory; name periods or units",
                what=what,
                given=shown(given),
            )
        )
    return [given]


def survey(
    source: Source,
    layout: Layout,
    frequency: Frequency | None = None,
    *,
    asked: Iterable[Any] = (),
    to_date: bool = False,
    complete: bool = True,
) -> Survey:
    """Return what the labels of a source say, its rows found to be each of another unit and period.

    Parameters
    ----------
    frequency : Frequency, optional
        Known from an earlier fit.
    asked : labels
        Of which it is to be said whether they are units.
    complete : bool
        Whether every unit that the index names must be there.

    Raises
    ------
    DataError
        Labels that cannot be read, units and periods that are given twice: told by file, row group and row.
    """
    labels = Layout((), layout.unit, layout.period)
    if not labels.labels:
        return Survey(_rows(source, layout))
    notes: tuple[Said, ...] = ()
    if layout.period is not None:
        with journal() as said:
            frequency = _frequency(source, layout.period, frequency, to_date)
        notes = tuple(line.why for line in said)
    reader = Reader(labels, frequency)
    found = _Units(layout, frozenset(one for one in asked if hashed(one)))
    turns = max(1, -(-(source.rows or 0) // _ROWS))
    for turn in range(turns):
        found.walk(source, reader, turn, turns)
    twice = _twice(source, reader, layout, found.suspects) if found.suspects else []
    raise_all(DataError, [*twice, *found.faults(complete=complete)])
    ordinals = tuple(sorted(found.ordinals))
    if not found.rows:
        raise no_rows(source)
    count = None if layout.unit is None else found.units
    return Survey(found.rows, frequency, ordinals, count, frozenset(found.met), notes)


def no_rows(source: Source) -> DataError:
    """Return the error of a source without rows."""
    return DataError(Said("{source}: the table has no rows", source=source.name))


def spread(source: Source, layout: Layout, known: Survey, picked: Selector) -> dict[str, Any]:
    """Return how many units some rows have, their first and last period as text; what rows lack is left out."""
    if picked.every or layout.unit is None:
        units, ordinals = known.units, known.ordinals
        if picked.spans:
            ordinals = tuple(o for o in ordinals if any(low <= o <= high for low, high in picked.spans))
    else:
        labels = Layout((), layout.unit, layout.period)
        found = _Units(layout, frozenset())
        found.walk(source, Reader(labels, known.frequency), picked=picked)
        units, ordinals = found.units, tuple(sorted(found.ordinals))
    said: dict[str, Any] = {} if units is None else {"units": units}
    if known.frequency is not None and ordinals:
        ends = Periods(known.frequency, np.array([ordinals[0], ordinals[-1]])).text
        said |= {"earliest": ends[0], "latest": ends[1]}
    return said


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a piece shows: its rows, the hashes of its units, each once, and of each unit with its period, its periods.

    `names` are those of the units, each once, None where they are too many to be compared; `met` those asked for.
    """

    rows: int
    units: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    ordinals: frozenset[int] = frozenset()
    names: tuple[Any, ...] | None = ()
    met: frozenset[Any] = frozenset()


class _Units:
    """What walks over the labels meet."""

    def __init__(self, layout: Layout, asked: frozenset[Any]) -> None:
        self.layout, self.asked = layout, asked
        self.rows = self.units = 0
        self.met, self.ordinals = set[Any](), set[int]()
        self.suspects = set[int]()
        self.names: dict[Any, None] | None = {}

    def walk(
        self, source: Source, reader: Reader, turn: int = 0, turns: int = 1, picked: Selector | None = None
    ) -> None:
        """Walk over the rows picked whose turn it is: count their units, and keep the keys that come twice."""
        units, keys = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.uint64)]
        look = partial(self._look, reader=reader, turn=turn, turns=turns, picked=picked)
        for piece in in_order(look, source.reads(reader.layout.columns), os.cpu_count() or 1):
            for seen in piece:
                units.append(seen.units)
                keys.append(seen.keys)
                self.rows += seen.rows
                self.ordinals |= seen.ordinals
                self.met |= seen.met
                self._name(seen.names)
        rising, whose = shared_out(lambda some: some(), [partial(_rising, keys), partial(_rising, units)], 2)
        again = rising[1:][rising[1:] == rising[:-1]]
        self.suspects |= set(distinct(again)[:1000].tolist())
        self.units += int(np.count_nonzero(whose[1:] != whose[:-1])) + bool(len(whose))

    def _look(self, read: Reading, *, reader: Reader, turn: int, turns: int, picked: Selector | None) -> list[_Seen]:
        """Return what a piece shows to a walk; rows and periods are counted in the first turn."""
        piece = read()
        return [
            self._seen(batch if picked is None else batch.pick(picked(batch)), turn, turns)
            for batch in reader.batches(piece, max(1, piece.rows.num_rows))
        ]

    def _seen(self, batch: Batch, turn: int, turns: int) -> _Seen:
        names, met = self._names(batch.units) if turn == 0 and batch.units is not None else ((), frozenset())
        batch = self.layout.left(batch)
        units, keys = keys_of(batch)
        if turns > 1:
            mine = units % np.uint64(turns) == turn
            units, keys = units[mine], keys[mine]
        if turn:
            return _Seen(0, distinct(units), keys)
        return _Seen(batch.n, distinct(units), keys, frozenset(_ordinals(batch)), names, met)

    def _names(self, units: NDArray[Any]) -> tuple[tuple[Any, ...] | None, frozenset[Any]]:
        """Return the different units of a batch, None where they are too many, and those of them that are asked for."""
        if self.names is None and not self.asked:
            return None, frozenset()
        found = pd.unique(units)
        met = found[pd.Index(found).isin(list(self.asked))] if self.asked else found[:0]
        return tuple(found.tolist()) if len(found) <= _NAMES else None, frozenset(met.tolist())

    def _name(self, names: Sequence[Any] | None) -> None:
        if self.names is not None:
            self.names = None if names is None else {**self.names, **dict.fromkeys(names)}
            if self.names is not None and len(self.names) > _NAMES:
                self.names = None

    def faults(self, *, complete: bool) -> list[Said]:
        """Return the faults of the names of units, where there are not too many to be compared."""
        if not self.names:
            return []
        layout, whose = self.layout, list(self.names)
        left = chosen(whose, layout.only, layout.exclude, complete=complete)
        owners = np.array([*whose, None], dtype=object)[:-1][left.rows]
        stay = owners.tolist()
        faults = [*left.faults, *twin_faults(stay, owners, lambda _: "", named=layout.only is not None)]
        if layout.only is None:
            # By their names alone: whether values are sums of others only a table in memory shows.
            unknown = np.full((len(owners), 1), np.nan)
            faults += total_faults(stay, owners, unknown, None, left.out, lambda _: "")
        return faults


def distinct(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the different ones of many keys in rising order; what NumPy has for it is slow on millions of hashes.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._batches.survey import distinct
    >>> distinct(np.array([3, 1, 3], dtype=np.uint64)).tolist()
    [1, 3]
    """
    keys = np.sort(keys)
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def _rising(keys: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Return the keys of all pieces in rising order."""
    return np.sort(np.concatenate(keys))


def _ordinals(batch: Batch) -> list[int]:
    """Return the ordinals that there are in a batch, each once: mostly it has one alone."""
    if batch.periods is None or not batch.n:
        return []
    ordinals = batch.periods.ordinals
    some = ordinals[:1] if (ordinals == ordinals[0]).all() else pd.unique(ordinals)
    return [int(one) for one in some]


def keys_of(batch: Batch) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return 64 bits that tell the unit of each row (n,) from others, and 64 that tell unit and period."""
    units = np.zeros(batch.n, dtype=np.uint64)
    if batch.units is not None:
        units = pd.util.hash_array(batch.units, categorize=False).astype(np.uint64)
    keys = units
    if batch.periods is not None:
        ordinals = batch.periods.ordinals.astype(np.int64)
        some = ordinals[:1] if (ordinals == ordinals[:1]).all() else ordinals
        times = pd.util.hash_array(some, categorize=False).astype(np.uint64)
        keys = units ^ (times * np.uint64(0x9E3779B97F4A7C15))
    return units, keys


def _twice(source: Source, reader: Reader, layout: Layout, suspects: set[int]) -> list[Said]:
    """Return a fault for each unit and period that is given again; those that only share a hash are none."""
    wanted = np.array(sorted(suspects), dtype=np.uint64)
    first: dict[Any, Any] = {}
    faults = dict[Any, Said]()
    names = reduce(lambda one, other: Said("{one} and {other}", one=one, other=other), reader.layout.labels)
    for batch in map(layout.left, _batches(source, reader)):
        for row in np.flatnonzero(np.isin(keys_of(batch)[1], wanted)).tolist():
            key = (batch.unit(row), batch.period(row))
            if key in first:
                why = Said(
                    "{place} is given a second time, after {first}; keep one row of each {names}",
                    place=batch.place(row),
                    first=first[key],
                    names=names,
                )
                faults.setdefault(key, why)
            first.setdefault(key, batch.whereabouts(row))
    return shortened(Fault(fault, kind=(Said("rows given twice"),)) for fault in faults.values())


def _batches(source: Source, reader: Reader) -> Iterator[Batch]:
    """Yield the labels of a source, a piece at a time."""
    for read in source.reads(reader.layout.columns):
        piece = read()
        yield from reader.batches(piece, max(1, piece.rows.num_rows))


def _rows(source: Source, layout: Layout) -> int:
    if source.rows is not None:
        return source.rows
    return sum(read().rows.num_rows for read in source.reads(layout.columns[:1]))


def _frequency(source: Source, period: str, frequency: Frequency | None, to_date: bool) -> Frequency:
    """Return the frequency of a column of periods, from its labels, each looked at once."""
    distinct: dict[Any, None] = {}
    for read in source.reads([period]):
        labels = pd.unique(labels_of(read().rows.column(period)))
        distinct |= dict.fromkeys(labels.tolist() if labels.dtype.kind != "M" else labels)
        if len(distinct) > _LABELS:
            some = listed(list(distinct)[:3])
            raise DataError(
                Said(
                    "{source}: {column}: {number:,} labels, such as {some}; are they periods?",
                    source=source.name,
                    column=period,
                    number=len(distinct),
                    some=some,
                )
            )
    if not distinct:
        raise no_rows(source)
    given: Sequence[Any] = list(distinct)
    return read_periods(given, frequency=frequency, column=period, source=None, to_date=to_date).frequency
