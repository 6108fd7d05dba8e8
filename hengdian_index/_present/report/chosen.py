"""What of a result a page shows: the rows up to a period, and units that have a profile of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._tables.cells import single
from hengdian_index._tables.periods import format_period, read_span
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, listed, raise_all, shown, suggestion


@dataclass(frozen=True, eq=False)
class Chosen:
    """The result that a page shows, the whole that it is part of, and the units with a profile."""

    result: Result
    whole: Result
    units: tuple[Any, ...] = ()


def chosen(result: Result, period: Any, units: Any) -> Chosen:
    """Return what a page shows of a result; everything that is wrong with period and units is told at once."""
    faults = list[Fault]()
    errors = list[FaultsError]()
    some = result
    try:
        some = result if period is None else up_to(result, period)
    except FaultsError as error:
        errors.append(error)
        faults += error.faults
    names = _names(units)
    found = list(_of_units(some, names, faulty=bool(errors)))
    raise_all(type(errors[0]) if errors else SpecError, [*faults, *found])
    raise_all(DataError, list(_absent(some, names)))
    return Chosen(some, result, tuple(dict.fromkeys(names)))


def up_to(result: Result, period: Any) -> Result:
    """Return a result without the rows after a period, all other numbers as they are."""
    panel = result.panel
    if panel.periods is None:
        raise SpecError(Said("period: the rows have no period; leave it out"))
    frequency, ordinals = panel.periods.frequency, panel.periods.ordinals
    low, last = read_span(period, frequency, "period")
    if low != last:
        raise SpecError(
            Said(
                "period: one period, such as {example}, not {period}",
                example=format_period(int(ordinals.max()), frequency),
                period=shown(period),
            )
        )
    if not (ordinals == last).any():
        raise DataError(
            Said(
                "period: no row of {period}; {extent}",
                period=format_period(last, frequency),
                extent=panel.extent(),
            )
        )
    rows = np.flatnonzero(ordinals <= last)
    if len(rows) == panel.n:
        return result
    contents = [
        replace(one, by_period=one.by_period and {at: w for at, w in one.by_period.items() if at <= last})
        for one in result.contents
        if one.since <= last
    ]
    return replace(
        result,
        contents=tuple(contents),
        panel=panel.pick(rows),
        prepared_panel=result.prepared_panel.pick(rows),
        rows=result.rows.pick(rows),
    )


def span(result: Result) -> str:
    """Return the span of periods of a result that has some, as a selector of rows takes it."""
    periods = result.panel.periods
    assert periods is not None
    ends = (int(periods.ordinals.min()), int(periods.ordinals.max()))
    return ":".join(format_period(end, periods.frequency) for end in ends)


def _names(units: Any) -> list[Any]:
    return [] if units is None else [units] if single(units) else list(units)


def _of_units(result: Result, names: list[Any], *, faulty: bool) -> Iterator[Fault]:
    """Yield what is wrong with the names of units."""
    panel = result.panel
    if names and panel.units is None:
        yield Fault(Said("units: the rows have no unit; leave it out, or name the column in the index: unit = ..."))
        return
    every = list(dict.fromkeys(panel.unit_list()))
    codes = {str(name): code for code, name in panel.unit_names.items()}
    for name in names:
        if not faulty and name not in every:
            code = codes.get(str(name))
            known = None if code is None else Said("; it is {code} in the table", code=shown(code))
            guess = suggestion(name, every) if known is None else known
            yield Fault(Said("units: no unit {name}{guess}", name=shown(name), guess=guess))


def _absent(result: Result, names: list[Any]) -> Iterator[Said]:
    """Yield the units without a row in the period that is shown."""
    panel = result.panel
    if panel.periods is None or not names:
        return
    last = panel.periods.ordinals == panel.periods.ordinals.max()
    there = set(panel.units[last].tolist()) if panel.units is not None else set()
    gone = [name for name in names if name not in there]
    if gone:
        when = format_period(int(panel.periods.ordinals.max()), panel.periods.frequency)
        yield Said("units: no row in {period} of {names}; choose another period", period=when, names=listed(gone))
