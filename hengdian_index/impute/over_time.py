"""Imputations along the time of each unit: the last value carried on, or a line between two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.frame import RowLabels
from hengdian_index._methods.imputing import Filler, Filling, Rows, imputing
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array, shortened
from hengdian_index._values.stored import stored
from hengdian_index.errors import DataError, Fault, raise_all, shown


def _limit_fault(limit: int | None, **_: Any) -> list[str]:
    return [] if limit is None or limit >= 1 else [f"limit: at least 1 period, or None for no limit, not {limit}"]


@imputing(
    sees="statistics",
    second="limit",
    needs=["period"],
    learns=False,
    provisional=True,
    check=_limit_fault,
    formula=r"\hat{x}_t = x_a, \quad a = \max\{s < t : \exists\,x_s\}",
    chinese="末次值结转",
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

        def why(i: int, j: int) -> str:
            if before[i, j] < 0:
                return "left missing: the unit has no earlier value"
            said, old = line.text(before[i, j]), line.periods(age[i, j])
            if not near[i, j]:
                return f"left missing: the last value, of {said}, is {old} old, limit {self.limit}"
            return f"carried forward from {said}, {old} old"

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
        between = first + (last - first) * back / np.maximum(back + ahead, 1)
        values = np.where(inside & (back + ahead - 1 <= most), between, np.nan)
        at = np.where(before >= 0, before, after)
        if self.ends == "carry":
            near = ~inside & (at >= 0) & (np.where(before >= 0, back, ahead) <= most)
            values = np.where(near, np.where(before >= 0, first, last), values)

        def why(i: int, j: int) -> str:
            filled = not np.isnan(values[i, j])
            if inside[i, j]:
                said = f"between {line.text(before[i, j])} and {line.text(after[i, j])}"
                hole = line.periods(back[i, j] + ahead[i, j] - 1)
                return f"on the line {said}" if filled else f"left missing: {hole} {said}, limit {self.limit}"
            if at[i, j] < 0:
                return "left missing: the unit has no value"
            distance = line.periods(back[i, j] if before[i, j] >= 0 else ahead[i, j])
            if filled:
                return f"carried from {line.text(at[i, j])}, {distance} away"
            where = "before the first" if before[i, j] < 0 else "after the last"
            reason = f", {distance} away, limit {self.limit}" if self.ends == "carry" else ", no extrapolation"
            return f"left missing: {where} known value of the unit{reason}"

        return Filling.of(rows, values, why)


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
        whose = [f"unit {shown(units[i])}: " if rows.units is not None else "" for i in order[1:][again]]
        hint = "keep one" if rows.units is not None else "keep one, or name the unit with unit="
        said = [f"{w}two rows of period {line.text(i)}; {hint}" for w, i in zip(whose, order[1:][again], strict=True)]
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

    def periods(self, number: Any) -> str:
        """Return a number of periods in words."""
        return f"{int(number)} {self.rows.timed.frequency.name}{'' if number == 1 else 's'}"


def _most(limit: int | None) -> float:
    return np.inf if limit is None else limit
