"""Indicators that come as growth: their levels, chained unit by unit, and what later rows need to go on from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._scoring.fields import Indicator
from hengdian_index._scoring.tree import Leaf
from hengdian_index._tables.cells import CELLS
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import Frequency, format_period
from hengdian_index._tables.table import Array, shortened
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import Fault, listed, native
from hengdian_index.series.chaining import ratio_of, read_as_other_form

# Level of the periods that a chain starts from, where no column has it.
START = 100.0
# More starts than these are counted.
_NAMED = 3

Rows = NDArray[np.intp]


@stored("chain of growth")
@dataclass(frozen=True)
class Chain:
    """The levels of one unit, one a period from `first` on, missing where they are not known."""

    first: int
    levels: Array

    def at(self, ordinals: NDArray[np.int64]) -> Array:
        """Return the levels in some periods, missing outside."""
        place = ordinals - self.first
        inside = (place >= 0) & (place < len(self.levels))
        return np.where(inside, self.levels[np.where(inside, place, 0)], np.nan)


Chains = Mapping[Any, Chain]

_NOUNS = {"year": Said("year"), "half-year": Said("half-year"), "quarter": Said("quarter"), "month": Said("month")}


def noun(frequency: Frequency) -> Said:
    """Return what a period is called.

    Examples
    --------
    >>> from hengdian_index._scoring.growth import noun
    >>> from hengdian_index._tables.periods import QUARTER
    >>> noun(QUARTER), noun(QUARTER).told("zh")
    ('quarter', '季度')
    """
    return _NOUNS[frequency.name]


@dataclass(frozen=True, slots=True)
class Growth:
    """What growth is on, in which form it is given, and the column of levels; as text the line of a spec."""

    on: str
    form: str = "percent"
    level: str | None = None

    @classmethod
    def of(cls, leaf: Indicator) -> Growth:
        """Return the growth that an indicator comes as."""
        return cls(**leaf.growth) if isinstance(leaf.growth, Mapping) else cls(str(leaf.growth))

    def lag(self, frequency: Frequency) -> int:
        """Return how many periods before is what growth is on."""
        return frequency.per_year if self.on == "year" else 1

    def ago(self, frequency: Frequency) -> Said:
        """Return what growth is on in words."""
        return Said("a year ago") if self.on == "year" else Said("the {frequency} before", frequency=noun(frequency))

    def __str__(self) -> str:
        more = f', form = "{self.form}"' if self.form != "percent" else ""
        more += f', level = "{self.level}"' if self.level is not None else ""
        return f'growth = {{ on = "{self.on}"{more} }}' if more else f'growth = "{self.on}"'


def level(
    leaf: Leaf, panel: Panel, known: Chains | None, said: list[Said], faults: list[Any], *, bridged: bool = False
) -> tuple[Array, Chains]:
    """Return the levels (n,) that the growth in an indicator's column makes, and the chain of each unit.

    L_t = L_(t-m) (1 + g_t / 100), with m the periods in a year for growth on a year ago and 1 for growth on the period
    before. `known` are the chains of the fit, from which the levels of later rows go on; without them the m periods
    before the first growth of a unit start at 100 (to date: 100, 200, ...), or at what a column of levels has. Where it
    is `bridged` the level stays over a gap, and is missing inside it alone.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> from hengdian_index._scoring.growth import level
    >>> from hengdian_index._tables.panel import Panel
    >>> from hengdian_index._tables.periods import read_periods
    >>> index = hi.Index(
    ...     period="when", groups=[hi.Group("a")], indicators=[hi.Indicator("x", "a", growth="period")]
    ... )
    >>> labels = ["2021Q1", "2021Q2", "2021Q3"]
    >>> panel = Panel(np.array([[np.nan], [10.0], [5.0]]), ("x",), pd.Index(labels), None, read_periods(labels))
    >>> levels, chains = level(index.tree.leaves[0], panel, None, [], [])
    >>> levels.round(6).tolist()
    [100.0, 110.0, 115.5]
    """
    assert panel.periods is not None
    frequency, ordinals = panel.periods.frequency, panel.periods.ordinals
    growth, given = Growth.of(leaf), panel.values[:, panel.columns.index(leaf.code)]
    lag = growth.lag(frequency)
    other = read_as_other_form(given, growth.form)
    if other:
        written = str(replace(growth, form=other[1]))
        why = Said("indicator {code!r}: growth: {why}; write {line}", code=leaf.code, why=other[0], line=written)
        faults.append(why)
        return np.full(panel.n, np.nan), {}
    ratios, low = ratio_of(given, growth.form)
    below = ratios <= 0
    faults += shortened(
        Fault(
            Said(
                "{place}, column {code!r}: {value:.10g}: growth to a level of 0 or less; growth lies above {low:g}",
                place=panel.place(row),
                code=leaf.code,
                value=given[row],
                low=low,
            ),
            kind=(CELLS, leaf.code),
        )
        for row in np.flatnonzero(below).tolist()
    )
    ratios[below] = np.nan
    column = growth.level
    anchors = np.full(panel.n, np.nan) if column is None else panel.values[:, panel.columns.index(column)].copy()
    before = np.full(panel.n, np.nan)
    units = list(_units(panel))
    # What is bridged has a first growth later, too, where the fit has seen none.
    fresh = units if known is None else [one for one in units if bridged and one[0] not in known]
    starts = _started(fresh, ordinals, ratios, lag) if column is None else {}
    to_date = frequency.per_year if leaf.cumulative is not None else 1
    for unit, rows in units:
        chain = (known or {}).get(unit)
        if chain is not None:
            first = ordinals[rows] < chain.first + lag
            anchors[rows] = np.where(first, chain.at(ordinals[rows]), anchors[rows])
            before[rows] = chain.at(ordinals[rows] - lag)
        elif unit in starts:
            anchors[rows] = _at_start(ordinals[rows], starts[unit], lag, to_date)
            before[rows] = _at_start(ordinals[rows] - lag, starts[unit], lag, to_date)
    levels = _chained(panel, np.where(np.isnan(ratios), 1.0, ratios) if bridged else ratios, lag, anchors, before)
    lost = np.isnan(levels)
    beyond = np.isinf(levels)
    if beyond.any():
        why = Said(
            "{place}, column {code!r}: the level goes beyond the range of numbers; is this growth in per cent?",
            place=panel.place(int(np.flatnonzero(beyond)[0])),
            code=leaf.code,
        )
        faults.append(why)
    if known is not None:
        faults += _unreached(leaf, panel, known, units, lost & ~np.isnan(ratios))
    said += _told(leaf, panel, levels, known, starts)
    chains = {unit: _frozen(unit, ordinals[rows], levels[rows], starts, lag, to_date) for unit, rows in units}
    inside = np.isnan(ratios) & np.isnan(anchors) & bridged
    return np.where(inside, np.nan, levels), {unit: chain for unit, chain in chains.items() if chain is not None}


def _units(panel: Panel) -> Iterator[tuple[Any, Rows]]:
    """Yield each unit with its rows."""
    codes = panel.unit_codes()
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        if len(rows):
            yield native(panel.unit(int(rows[0]))), rows


def _started(units: list[tuple[Any, Rows]], ordinals: NDArray[np.int64], ratios: Array, lag: int) -> dict[Any, int]:
    """Return the first of the periods that the chain of each unit starts from; of units without growth none."""
    found = ((unit, ordinals[rows[~np.isnan(ratios[rows])]]) for unit, rows in units)
    return {unit: int(known.min()) - lag for unit, known in found if len(known)}


def _at_start(ordinals: NDArray[np.int64], start: int, lag: int, to_date: int) -> Array:
    """Return the level of periods that a chain starts from, missing of others; of figures to date their sum so far."""
    inside = (ordinals >= start) & (ordinals < start + lag)
    return np.where(inside, START * (ordinals % to_date + 1), np.nan)


def _chained(panel: Panel, ratios: Array, lag: int, anchors: Array, before: Array) -> Array:
    """Return levels (n,): forward from those before, or from an anchor where there is none, then back from the rest."""
    assert panel.periods is not None
    levels = np.full(panel.n, np.nan)
    previous, blocks = panel.previous(lag), list(panel.periods.blocks())
    with np.errstate(over="ignore", under="ignore"):
        for rows in blocks:
            at = previous[rows]
            from_table = np.where(at >= 0, levels[at], np.nan)
            found = np.where(np.isnan(from_table), before[rows], from_table) * ratios[rows]
            levels[rows] = np.where(np.isnan(found), anchors[rows], found)
        for rows in reversed(blocks):
            rows = rows[previous[rows] >= 0]
            at = previous[rows]
            levels[at] = np.where(np.isnan(levels[at]), levels[rows] / ratios[rows], levels[at])
    return levels


def _frozen(
    unit: Any, ordinals: NDArray[np.int64], levels: Array, starts: Mapping[Any, int], lag: int, to_date: int
) -> Chain | None:
    """Return the chain of one unit from its first known level on, the periods that it starts from included."""
    there = ~np.isnan(levels)
    if not there.any():
        return None
    first = starts.get(unit, int(ordinals[there].min()))
    every = np.arange(first, int(ordinals.max()) + 1)
    held = _at_start(every, first, lag, to_date) if unit in starts else np.full(len(every), np.nan)
    inside = ordinals >= first
    held[ordinals[inside] - first] = levels[inside]
    return Chain(first, held)


def _unreached(
    leaf: Leaf, panel: Panel, known: Chains, units: list[tuple[Any, Rows]], lost: NDArray[np.bool_]
) -> list[Said]:
    """Return faults of rows from which the level of the fit cannot be reached."""
    assert panel.periods is not None
    frequency, ordinals = panel.periods.frequency, panel.periods.ordinals
    growth = Growth.of(leaf)
    lag, ago = growth.lag(frequency), growth.ago(frequency)
    faults = list[Fault]()
    for unit, rows in units:
        own = rows[np.argsort(ordinals[rows])]
        # The first row of each chain: an earlier one of the table that has no level is a gap, which is told.
        firsts = own[np.unique(ordinals[own] % lag, return_index=True)[1]]
        for row in firsts[lost[firsts]].tolist():
            wanted, chain = int(ordinals[row]) - lag, known.get(unit)
            if chain is not None and chain.first <= wanted < chain.first + len(chain.levels):
                continue
            place, period = panel.place(row), format_period(wanted, frequency)
            if chain is None:
                why = Said(
                    "{place}: the growth of {code!r} is on {ago}, whose level, {period}, is in neither the table nor "
                    "the fit, which does not have this unit; fit again with it",
                    place=place,
                    code=leaf.code,
                    ago=ago,
                    period=period,
                )
            else:
                ends = [format_period(o, frequency) for o in (chain.first, chain.first + len(chain.levels) - 1)]
                why = Said(
                    "{place}: the growth of {code!r} is on {ago}, whose level, {period}, is in neither the table nor "
                    "the fit ({first} to {last}); give the rows from then on",
                    place=place,
                    code=leaf.code,
                    ago=ago,
                    period=period,
                    first=ends[0],
                    last=ends[1],
                )
            faults.append(Fault(why, kind=(Said("rows"), leaf.code, unit)))
    return shortened(faults)


def _told(leaf: Leaf, panel: Panel, levels: Array, known: Chains | None, starts: Mapping[Any, int]) -> Iterator[Said]:
    """Yield what is said of an indicator whose level is chained: where from, and what is missing."""
    assert panel.periods is not None
    frequency, growth = panel.periods.frequency, Growth.of(leaf)
    head = (*of_file(panel), Said("indicator {code!r}", code=leaf.code), str(growth))
    lost = np.isnan(levels)
    form = Said("in per cent") if growth.form == "percent" else Said("as an index, 100 before,")
    done = Said.of(
        int((~lost).sum()),
        "{n} level chained from growth {form} on {ago}; {start}",
        "{n} levels chained from growth {form} on {ago}; {start}",
        form=form,
        ago=growth.ago(frequency),
        start=_start(panel, growth, known, starts),
    )
    yield joined([*head, done], "heads")
    if lost.any():
        gaps = Said.of(
            int(lost.sum()),
            "{n} value is missing, for growth is missing there, or before in the chain: {places}",
            "{n} values are missing, for growth is missing there, or before in the chain: {places}",
            places=places(panel, lost),
        )
        yield joined([*head, gaps], "heads")


def of_file(panel: Panel) -> list[str]:
    """Return what a line about rows begins with: the file that they are of, if there is one."""
    return [panel.source] if panel.source else []


def _start(panel: Panel, growth: Growth, known: Chains | None, starts: Mapping[Any, int]) -> Said:
    """Return where chains start in words."""
    assert panel.periods is not None
    frequency = panel.periods.frequency
    if known is not None:
        return Said("going on from the levels of the fit")
    if growth.level is not None:
        return Said("starting from the levels in column {column!r}", column=growth.level)
    if not starts:
        return Said("no growth is there")
    lag, firsts = growth.lag(frequency), sorted({*starts.values()})
    ends = [tuple(format_period(o, frequency) for o in (first, first + lag - 1)) for first in firsts]
    each = noun(frequency)
    spans = [
        low if lag == 1 else Said("each {frequency} of {low} to {high}", frequency=each, low=low, high=high)
        for low, high in ends
    ]
    named, rest = joined(spans[:_NAMED]), len(spans) - _NAMED
    named = Said("{names} and {n} more", names=named, n=rest) if rest > 0 else named
    return Said("before the first growth, the level of {spans} is set to {to:g}", spans=named, to=START)


def places(panel: Panel, marked: NDArray[np.bool_]) -> Said:
    """Return which rows (n,) are marked, by unit and period."""
    rows = np.flatnonzero(marked).tolist()
    if panel.units is None:
        return listed([panel.period(row) for row in rows])
    return listed([f"{panel.unit(row)} {panel.period(row)}" for row in rows])
