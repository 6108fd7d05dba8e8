"""Series over time: numbers, the calendar of their rows, and answers in the shape of what came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.cells import CELLS, single
from hengdian_index._tables.periods import Frequency, format_period, read_periods, read_span
from hengdian_index._tables.selection import truths
from hengdian_index._tables.table import Array, Labelled, read_labelled, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, Fault, SpecError, raise_all

Mask = NDArray[np.bool_]

# Whole numbers below this are no years: they count periods.
_FIRST_YEAR = 1000

_SERIES = Said("series")
_FREQUENCIES: Mapping[str, Said] = {
    "year": Said("years"),
    "half-year": Said("half-years"),
    "quarter": Said("quarters"),
    "month": Said("months"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Numbers (..., n, k) with the period of each row.

    `ordinals` (n,) differ by one from a period to the next; `frequency` is None where rows are only counted. `name`
    is what messages call the series.
    """

    table: Labelled
    ordinals: NDArray[np.int64]
    frequency: Frequency | None
    name: Said | str

    @property
    def values(self) -> Array:
        """The numbers (..., n, k)."""
        return self.table.values

    @property
    def is_series(self) -> bool:
        """Whether one series came in, not a table."""
        source = self.table.source
        return not hasattr(type(source), "columns") and (self.table.columns is not None or np.ndim(source) == 1)

    @property
    def order(self) -> NDArray[np.intp]:
        """The rows in the order of time."""
        return np.argsort(self.ordinals)

    def text(self, ordinal: int) -> Said | str:
        """Return a period in words."""
        if self.frequency is None:
            return Said("position {position}", position=ordinal)
        return format_period(ordinal, self.frequency)

    def extent(self) -> Said:
        """Return the first and the last period in words."""
        return spanned(self.text(int(self.ordinals.min())), self.text(int(self.ordinals.max())))

    def holes(self) -> list[Said | str]:
        """Return the periods without a row between the first and the last, neighbours as one span."""
        rising = np.sort(self.ordinals)
        gaps = np.flatnonzero(np.diff(rising) > 1)
        ends = [(self.text(int(rising[g]) + 1), self.text(int(rising[g + 1]) - 1)) for g in gaps]
        return [low if low == high else spanned(low, high) for low, high in ends]

    def before(self, lag: int) -> NDArray[np.intp]:
        """Return the row `lag` periods before each row, by the calendar; -1 where there is none."""
        order = self.order
        rising, wanted = self.ordinals[order], self.ordinals - lag
        place = np.minimum(np.searchsorted(rising, wanted), len(order) - 1)
        return np.where(rising[place] == wanted, order[place], -1)

    def lagged(self, lag: int) -> Array:
        """Return the values `lag` periods before (..., n, k), missing where there is no such row."""
        rows = self.before(lag)
        return np.where((rows >= 0)[:, np.newaxis], self.values[..., rows, :], np.nan)

    def covered(self, base: Any, what: str) -> Mask:
        """Return which rows (n,) a period, a span or a list of them covers; refused where it covers none."""
        mask = truths(base, what, len(self.ordinals), self.table.source)
        if mask is not None:
            if not mask.any():
                raise DataError(Said("{what}: the mask selects no row of {name}", what=what, name=self.name))
            return mask
        listing = isinstance(base, (list, tuple, np.ndarray)) or hasattr(base, "factorize")
        parts = list(base) if listing and not single(base) else [base]
        found = [self._inside(part, what) for part in parts]
        pairs = zip(parts, found, strict=True)
        empty = [
            Said(
                "{what}: no row of {part!r} in {name}, which runs from {extent}",
                what=what,
                part=part,
                name=self.name,
                extent=self.extent(),
            )
            for part, there in pairs
            if not there.any()
        ]
        raise_all(
            DataError, empty or ([] if found else [Said("{what}: an empty list; name a period or a span", what=what)])
        )
        return np.asarray(np.logical_or.reduce(found))

    def _inside(self, part: Any, what: str) -> Mask:
        if self.frequency is not None:
            low, high = read_span(_span_text(part), self.frequency, column=what)
            return (self.ordinals >= low) & (self.ordinals <= high)
        if isinstance(part, slice) and part.step is None and all(_is_position(end, True) for end in _ends(part)):
            low, high = self.ordinals.min(), self.ordinals.max() + 1
            start, stop = (low if part.start is None else part.start), (high if part.stop is None else part.stop)
            return np.asarray((self.ordinals >= start) & (self.ordinals < stop))
        if _is_position(part):
            return np.asarray(self.ordinals == part)
        raise SpecError(
            Said(
                "{what}: {part!r} is no position; {name} has no period labels, so name a position from 0, or a slice",
                what=what,
                part=part,
                name=self.name,
            )
        )

    def like(self, values: Array) -> Any:
        """Return values (..., n, k) as the kind of series or table that came in; infinite ones are refused."""
        self.refuse(np.isinf(values), Said("the answer is beyond the range of numbers"))
        return self.table.like(values)

    def refusal(self, error: CellsError) -> DataError:
        """Return a complaint about cells (..., n, k) with their periods named."""
        said = []
        for cell in np.argwhere(np.broadcast_to(error.marked, self.values.shape)).tolist():
            message = joined([self.cell(cell[-2], cell[-1], self.values[tuple(cell)]), error.why], "heads")
            said.append(Fault(message, kind=(CELLS if self.values.shape[-1] > 1 else Said("periods"), cell[-1])))
        return DataError(*shortened(said))

    def refuse(self, marked: Mask, why: Said) -> None:
        """Raise if a cell (..., n, k) is marked, with the periods named."""
        if marked.any():
            raise self.refusal(CellsError(marked, why))

    def cell(self, row: int, column: int, value: float | None = None) -> Said:
        """Return where a cell is, and its value."""
        place = Said(
            "{name}, {period}{column}",
            name=self.name,
            period=self.text(int(self.ordinals[row])),
            column=self.column(column),
        )
        return place if value is None or np.isnan(value) else joined([place, f"{value:.10g}"], "heads")

    def column(self, column: int) -> Said | str:
        """Return ", column 'a'", or nothing for the column of a series."""
        if self.is_series:
            return ""
        if self.table.columns:
            return Said(", column {column!r}", column=self.table.columns[column])
        return Said(", column {column}", column=column)


def read_series(s: Any, name: Said | str = _SERIES, *, to_date: bool = False) -> Timed:
    """Return a series, or a table of series, with the period of each row.

    Parameters
    ----------
    s : pandas Series or DataFrame, polars or pyarrow column or table, or array (n,) or (..., n, k)
        The period labels are the index of a pandas object. Anything else has no labels, and a pandas index of whole
        numbers below 1000 is none: the positions, or those numbers, count the periods.
    name : str
        What messages call it.
    to_date : bool
        Labels of the year to date are the periods that they end with.

    Raises
    ------
    DataError
        What is no table of numbers; labels that are no periods, of several frequencies, or given twice; an index of
        several levels.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index.series._labels import read_series
    >>> read = read_series(pd.Series([1.0, 2.0], index=["2022年第二季度", "Q3 2022"]))
    >>> read.frequency.name, read.extent()
    ('quarter', '2022Q2 to 2022Q3')
    """
    index = getattr(s, "index", None) if hasattr(s, "iloc") else None
    if getattr(index, "nlevels", 1) > 1:
        levels = len(index.names)  # type: ignore[union-attr]  # what has several levels is an index
        raise DataError(
            Said("{name}: an index of {levels} levels; give the series of one unit at a time", name=name, levels=levels)
        )
    table = read_labelled(s)
    if index is None or _counts(index):
        numbers = np.arange(table.values.shape[-2]) if index is None else np.asarray(index)
        timed = Timed(table, numbers.astype(np.int64), None, name)
    else:
        read = read_periods(index, column=name, to_date=to_date)
        timed = Timed(table, read.ordinals, read.frequency, name)
    _each_once(timed)
    return timed


def periods_in_a_year(timed: Timed, given: int | None) -> int:
    """Return how many periods make a year: as the labels say, or as given where there are none."""
    if given is not None and (isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < 1):
        raise SpecError(Said("per_year: a whole number of 1 or more, not {given!r}", given=given))
    if timed.frequency is None:
        if given is None:
            raise SpecError(
                Said("{name} has no period labels; say with per_year how many periods make a year", name=timed.name)
            )
        return int(given)
    if given not in (None, timed.frequency.per_year):
        raise SpecError(
            Said(
                "per_year: {given}, but {name} has {frequency}; leave it out",
                given=given,
                name=timed.name,
                frequency=counted_in(timed),
            )
        )
    return timed.frequency.per_year


def spanned(first: Said | str, last: Said | str) -> Said:
    """Return two periods as the ends of a span."""
    return Said("{first} to {last}", first=first, last=last)


def counted_in(timed: Timed) -> Said:
    """Return what the rows of a series are: quarters, or mere positions.

    Examples
    --------
    >>> from hengdian_index.series._labels import counted_in, read_series
    >>> counted_in(read_series([1.0, 2.0])).told("zh")
    '无期标签'
    """
    return Said("positions") if timed.frequency is None else _FREQUENCIES[timed.frequency.name]


def appended(old: Timed, new: Timed, old_rows: Mask, new_rows: Mask, values: Array) -> Any:
    """Return values of some rows of one series followed by rows of another, as the kind of table that both are."""
    source, other = new.table.source, old.table.source
    if not hasattr(source, "iloc"):
        return new.table.like(values)
    import pandas as pd

    index = other.index[old_rows].append(source.index[new_rows])
    if source.ndim == 1:
        return pd.Series(values[:, 0], index=index, name=source.name if source.name == other.name else None)
    return pd.DataFrame(values, index=index, columns=source.columns)


def _counts(index: Any) -> bool:
    return index.dtype.kind in "iu" and len(index) > 0 and int(index.min()) < _FIRST_YEAR


def _each_once(timed: Timed) -> None:
    distinct, counts = np.unique(timed.ordinals, return_counts=True)
    again = zip(distinct[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True)
    said = [
        Said(
            "{name}: {period} is given {times} times; keep one row", name=timed.name, period=timed.text(o), times=times
        )
        for o, times in again
    ]
    raise_all(DataError, shortened(Fault(one, kind=(Said("periods"),)) for one in said))


def _ends(part: slice) -> tuple[Any, Any]:
    return part.start, part.stop


def _is_position(end: Any, may_be_open: bool = False) -> bool:
    if end is None:
        return may_be_open
    return isinstance(end, (int, np.integer)) and not isinstance(end, bool)


def _span_text(part: Any) -> Any:
    """Return a slice of labels as the text of a span, both ends included as pandas has them."""
    if not isinstance(part, slice):
        return part
    return ":".join("" if end is None else str(end) for end in _ends(part))
