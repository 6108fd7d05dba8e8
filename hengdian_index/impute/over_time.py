"""Imputations along the time of each unit: the last value carried on, or a line between two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.frame import RowLabels
from hengdian_index._methods.imputing import Filler, Filling, Rows, imputing, left
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array, shortened
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, raise_all, shown


def _limit_fault(limit: int | None, **_: Any) -> list[Said]:
    return (
        []
        if limit is None or limit >= 1
        else [Said("limit: at least 1 period, or None for no limit, not {limit}", limit=limit)]
    )


@imputing(
    sees="statistics",
    second="limit",
    needs=["period"],
    learns=False,
    provisional=True,
    check=_limit_fault,
    formula=r"\hat{x}_t = x_a, \quad a = \max\{s < t : \exists\,x_s\}",
    chinese="沿用上期值",
)
def carry_forward(x: Rows, limit: int | None = None, **shared: Unpack[RowLabels]) -> Filler:
    """Missing values filled with the last known value of the same unit.

    Parameters
    ----------
    x : table (n, k)
        Rows of one or several units, in any order.
    limit : int, optional
        Oldest value that is carried, in periods; None: any age.
    unit, period : column or index level, or n labels
        Whose row it is, and when; without `unit` all rows are of one unit.

    Returns
    -------
    (table, log)
        The log gives the age of each carried value; what has no value before it, or too old a one, stays missing.

    Raises
    ------
    SpecError
        No period.
    DataError
        An indicator with no value at all; labels that are no periods; a unit with two rows of one period.

    Notes
    -----
    Ages are counted by calendar, not by row: a missing row makes a value older. Proof: a slow loop.

    **Symbols.** s: a period before t.

    **When to use.** The newest figure of a slow indicator is late: the last one stands in until it comes.

    **Pitfalls.** A trend is stopped, then jumps. Set `limit`, so that nothing old stands for today.

    Source: common practice of statistical offices; OECD/JRC Handbook (2008), step 3.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> quarters = pd.Index(["2023Q4", "2024Q1", "2024Q3"], name="period")
    >>> table, log = hi.impute.carry_forward(pd.DataFrame({"sales": [5.0, None, None]}, index=quarters), 2)
    >>> table["sales"].tolist()
    [5.0, 5.0, nan]
    >>> log.loc[0, "why"]
    'carried forward from 2023Q4, 1 quarter old'
    >>> log.loc[1, "why"]
    'left missing: the last value, of 2023Q4, is 3 quarters old, limit 2'
    """
    _Timeline.of(x)
    return Carry(limit)


@imputing(
    sees="statistics",
    second="limit",
    needs=["period"],
    learns=False,
    check=_limit_fault,
    formula=r"\hat{x}_t = x_a + (x_b - x_a)\,\frac{t - t_a}{t_b - t_a}",
    chinese="线性内插",
)
def interpolate(
    x: Rows, limit: int | None = None, *, ends: Literal["missing", "carry"] = "missing", **shared: Unpack[RowLabels]
) -> Filler:
    """Missing values filled along the straight line between the known values of the unit before and after.

    Parameters
    ----------
    x : table (n, k)
        Rows of one or several units, in any order.
    limit : int, optional
        Longest hole that is filled, in periods between the two known values; None: any length.
    ends : {"missing", "carry"}
        What becomes of cells before the first and after the last known value: left missing, or the nearest value, at
        most `limit` periods away. There is no extrapolation.
    unit, period : column or index level, or n labels
        Whose row it is, and when; without `unit` all rows are of one unit.

    Returns
    -------
    (table, log)

    Raises
    ------
    SpecError
        No period.
    DataError
        An indicator with no value at all; labels that are no periods; a unit with two rows of one period.

    Notes
    -----
    x_a + (x_b - x_a) (t - t_a) / (t_b - t_a), t in periods of the calendar: rows may be missing. Proof: a line is
    recovered exactly; a slow loop.

    **When to use.** Gaps within series that move smoothly.

    **Pitfalls.** It needs the next value, so it cannot serve the newest period, and a value filled between two is
    smoother than the truth.

    Source: OECD/JRC Handbook (2008), step 3.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> nan = float("nan")
    >>> hi.impute.interpolate([1.0, nan, 4.0, nan], period=[2019, 2020, 2022, 2023]).table
    array([1., 2., 4., nan])
    """
    _Timeline.of(x)
    return Line(limit, ends)


@stored("carry forward")
@dataclass(frozen=True, slots=True)
class Carry:
    """The last value of the unit, at most `limit` periods old."""

    limit: int | None

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        line = _Timeline.of(rows)
        before = line.nearest(rows.values, -1)
        age = line.distance(before)
        near = (before >= 0) & (age <= _most(self.limit))
        values = np.where(near, np.take_along_axis(rows.values, np.maximum(before, 0), axis=0), np.nan)

        @cache
        def carried(last: str, age: int) -> Said:
            old = line.periods(age)
            if age <= _most(self.limit):
                return Said("carried forward from {last}, {old} old", last=last, old=old)
            return left(
                Said(
                    "the last value, of {last}, is {old} old, limit {limit}",
                    last=last,
                    old=old,
                    limit=self.limit,
                )
            )

        none = left(Said("the unit has no earlier value"))

        def why(i: int, j: int) -> Said:
            return none if before[i, j] < 0 else carried(line.text(before[i, j]), int(age[i, j]))

        return Filling.of(rows, values, why)


@stored("interpolation")
@dataclass(frozen=True, slots=True)
class Line:
    """The line between two known values of the unit with at most `limit` periods between them."""

    limit: int | None
    ends: Literal["missing", "carry"]

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        line, x = _Timeline.of(rows), rows.values
        before, after = line.nearest(x, -1), line.nearest(x, 1)
        first, last = (np.take_along_axis(x, np.maximum(at, 0), axis=0) for at in (before, after))
        back, ahead = line.distance(before), line.distance(after)
        inside, most = (before >= 0) & (after >= 0), _most(self.limit)
        # The product comes before the division, so that a line through whole numbers is met exactly.
        on_line = first + (last - first) * back / np.maximum(back + ahead, 1)
        values = np.where(inside & (back + ahead - 1 <= most), on_line, np.nan)
        at = np.where(before >= 0, before, after)
        if self.ends == "carry":
            near = ~inside & (at >= 0) & (np.where(before >= 0, back, ahead) <= most)
            values = np.where(near, np.where(before >= 0, first, last), values)

        @cache
        def between(start: str, end: str, hole: int, filled: bool) -> Said:
            if filled:
                return Said("on the line between {start} and {end}", start=start, end=end)
            return left(
                Said(
                    "{hole} between {start} and {end}, limit {limit}",
                    hole=line.periods(hole),
                    start=start,
                    end=end,
                    limit=self.limit,
                )
            )

        @cache
        def carried(nearest: str, distance: int) -> Said:
            return Said("carried from {nearest}, {distance} away", nearest=nearest, distance=line.periods(distance))

        @cache
        def beyond(distance: int, late: bool) -> Said:
            return self._beyond(line.periods(distance), late)

        none = left(Said("the unit has no value"))

        def why(i: int, j: int) -> Said:
            filled = not np.isnan(values[i, j])
            if inside[i, j]:
                hole = int(back[i, j] + ahead[i, j] - 1)
                return between(line.text(before[i, j]), line.text(after[i, j]), hole, filled)
            if at[i, j] < 0:
                return none
            late = bool(before[i, j] >= 0)
            distance = int(back[i, j] if late else ahead[i, j])
            return carried(line.text(at[i, j]), distance) if filled else beyond(distance, late)

        return Filling.of(rows, values, why)

    def _beyond(self, distance: Said, late: bool) -> Said:
        """Return why a value is left missing that lies outside those known of the unit."""
        if self.ends != "carry":
            if late:
                return left(Said("after the last known value of the unit, no extrapolation"))
            return left(Said("before the first known value of the unit, no extrapolation"))
        if late:
            return left(
                Said(
                    "after the last known value of the unit, {distance} away, limit {limit}",
                    distance=distance,
                    limit=self.limit,
                )
            )
        return left(
            Said(
                "before the first known value of the unit, {distance} away, limit {limit}",
                distance=distance,
                limit=self.limit,
            )
        )


@dataclass(frozen=True, slots=True)
class _Timeline:
    """The rows of each unit in the order of their periods."""

    rows: Rows
    order: NDArray[np.intp]
    codes: NDArray[np.intp]

    @classmethod
    def of(cls, rows: Rows) -> _Timeline:
        """Return the timeline of rows; a unit with two rows of one period is refused."""
        ordinals = rows.timed.ordinals
        index: dict[Any, int] = {}
        units = [None] * len(ordinals) if rows.units is None else rows.units
        codes = np.array([index.setdefault(unit, len(index)) for unit in units], dtype=np.intp)
        order = np.lexsort((ordinals, codes))
        again = (np.diff(codes[order]) == 0) & (np.diff(ordinals[order]) == 0)
        line = cls(rows, order, codes)
        twice = [(shown(units[i]), line.text(i)) for i in order[1:][again]]
        said = [
            Said("two rows of period {period}; keep one, or name the unit with unit=", period=period)
            if rows.units is None
            else Said("unit {unit}: two rows of period {period}; keep one", unit=unit, period=period)
            for unit, period in twice
        ]
        # A third row of a period says no more than the second.
        raise_all(DataError, shortened(Fault(one, kind=("periods",)) for one in dict.fromkeys(said)))
        return line

    def nearest(self, x: Array, step: Literal[-1, 1]) -> NDArray[np.intp]:
        """Return for each cell (n, k) the row of the unit's nearest known value before or after it, -1 if none."""
        order = self.order if step < 0 else self.order[::-1]
        codes, n = self.codes[order], len(order)
        place = np.where(np.isnan(x[order]), -1, np.arange(n)[:, np.newaxis])
        latest = np.maximum.accumulate(place, axis=0)
        start = np.maximum.accumulate(np.where(np.diff(codes, prepend=-1) != 0, np.arange(n), 0))
        found = np.where(latest >= start[:, np.newaxis], order[np.maximum(latest, 0)], -1)
        out = np.empty_like(found)
        out[order] = found
        return out

    def distance(self, at: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return how many periods lie between each row and the rows (n, k); 0 where there is none."""
        ordinals = self.rows.timed.ordinals
        return np.where(at >= 0, np.abs(ordinals[:, np.newaxis] - ordinals[np.maximum(at, 0)]), 0)

    def text(self, row: Any) -> str:
        """Return the period of a row."""
        return format_period(int(self.rows.timed.ordinals[row]), self.rows.timed.frequency)

    def periods(self, number: int) -> Said:
        """Return a number of periods in words."""
        return _PERIODS[self.rows.timed.frequency.name](number)


_PERIODS: Mapping[str, Callable[[int], Said]] = {
    "year": lambda n: Said.of(n, "{n} year", "{n} years"),
    "half-year": lambda n: Said.of(n, "{n} half-year", "{n} half-years"),
    "quarter": lambda n: Said.of(n, "{n} quarter", "{n} quarters"),
    "month": lambda n: Said.of(n, "{n} month", "{n} months"),
}


def _most(limit: int | None) -> float:
    return np.inf if limit is None else limit
