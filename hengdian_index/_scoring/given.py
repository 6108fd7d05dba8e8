"""What indicators are of rows that come as something else than their values: growth, figures to date, prices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._scoring.growth import Chains, Growth, level, noun, of_file, places
from hengdian_index._scoring.parental import chained, moves
from hengdian_index._scoring.tree import Leaf, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import CUMULATIVE, YEAR, format_period
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, raise_all
from hengdian_index.series.cumulation import taken_apart

# Steps of a series that a pattern must show in: those within years, and those from one year into the next.
_STEPS = {"within": 3, "across": 1}
# The first rows, by unit and period, whose steps say for most tables that there is no pattern.
_GLANCE = 1000
# Price indexes are published to a tenth or a hundredth, and so are their means of a year.
_OF_BASE = 0.05
# Where values lie that hover round 100, and where they may lie if their words say that something is 100.
_ROUND_100, _NEAR_100 = (85.0, 115.0), (70.0, 140.0)
# Fewer values of a unit show no pattern; a closer correlation with time is a trend.
_FEWEST, _TREND = 8, 0.5
# More periods than these are not named.
_NAMED = 5
# Among a hundred steps, so many follow the pattern of figures to date.
RUNS_ON = 0.95


def as_values(tree: Tree, panel: Panel, chains: Mapping[str, Chains] | None = None) -> Panel:
    """Return rows with the values that each indicator is of, a line among their liberties for each that is made so.

    Levels are made of growth first, then figures of single periods of those to date, then real ones of nominal ones.
    `chains` are those of a fit, by indicator.
    """
    steps = ("growth", "cumulative", "deflate")
    given = [leaf for leaf in tree.leaves if leaf.code in panel.columns and any(getattr(leaf, s) for s in steps)]
    if not given:
        return panel
    values, said, faults = np.array(panel.values, order="F"), list[Said](), list[Any]()
    made = dict[str, Chains]()
    for leaf in given:
        at = panel.columns.index(leaf.code)
        if leaf.growth is not None and panel.periods is not None:
            known = None if chains is None else chains.get(leaf.code, {})
            bridged = moves(tree, leaf) and chained(leaf)
            values[:, at], made[leaf.code] = level(leaf, panel, known, said, faults, bridged=bridged)
        if leaf.cumulative is not None and panel.periods is not None:
            values[:, at] = _apart(leaf, panel, values[:, at], said)
        if leaf.deflate is not None:
            values[:, at] = _real(leaf, panel, values[:, at], said, faults)
    raise_all(DataError, shortened(faults))
    came = {leaf.code: panel.values[:, panel.columns.index(leaf.code)] for leaf in given}
    return replace(panel, values=values, liberties=(*panel.liberties, *said), came=came, chains=made)


def _real(leaf: Leaf, panel: Panel, values: Array, said: list[Said], faults: list[Any]) -> Array:
    """Return a column at current prices (n,) at those of the base of a price index, where that is 100."""
    prices = panel.values[:, panel.columns.index(str(leaf.deflate))]
    faults += [
        Said(
            "{place}, column {column!r}: {price:.10g}: a price index is above 0, and {code!r} is deflated by it; mend "
            "it or leave it empty",
            place=panel.place(row),
            column=leaf.deflate,
            price=prices[row],
            code=leaf.code,
        )
        for row in np.flatnonzero(prices <= 0).tolist()
    ]
    real: Array = np.divide(values, prices, out=np.full(panel.n, np.nan), where=prices > 0) * 100
    head = (*of_file(panel), Said("indicator {code!r}", code=leaf.code), f"deflate = {leaf.deflate!r}")
    done = Said.of(
        int((~np.isnan(real)).sum()),
        "{n} value at the prices of {base}",
        "{n} values at the prices of {base}",
        base=_base(panel, prices),
    )
    said.append(joined([*head, done], "heads"))
    gaps = np.isnan(real) & ~np.isnan(values)
    if gaps.any():
        lost = Said.of(
            int(gaps.sum()),
            "{n} value is missing, for the price index is: {places}",
            "{n} values are missing, for the price index is: {places}",
            places=places(panel, gaps),
        )
        said.append(joined([*head, lost], "heads"))
    return real


def _base(panel: Panel, prices: Array) -> Said:
    """Return the base of a price index in words: the periods, or else the years, in which its mean is 100."""
    if panel.periods is not None:
        frequency, known = panel.periods.frequency, ~np.isnan(prices)
        for one in dict.fromkeys((frequency, YEAR)):
            at = panel.periods.ordinals // (frequency.per_year // one.per_year)
            found = [o for o in np.unique(at[known]).tolist() if abs(prices[known & (at == o)].mean() - 100) < _OF_BASE]
            if found:
                named = joined([format_period(o, one) for o in found[:_NAMED]])
                named = Said("{names} and more", names=named) if len(found) > _NAMED else named
                return Said("{periods}, where it is 100", periods=named)
    return Said("its base, where it is 100; that is in none of these rows")


def _apart(leaf: Leaf, panel: Panel, to_date: Array, said: list[Said]) -> Array:
    """Return a column of figures to date (n,) as those of single periods."""
    assert panel.periods is not None
    frequency = panel.periods.frequency
    rows = panel.previous(1)
    before = np.where(rows >= 0, to_date[rows], np.nan)
    first = panel.periods.ordinals % frequency.per_year == 0
    apart, gaps = taken_apart(to_date, before, first)
    head = (*of_file(panel), Said("indicator {code!r}", code=leaf.code), "cumulative = 'year'")
    done = Said.of(
        int((~np.isnan(apart) & ~first).sum()),
        "{n} figure to date less that of the {frequency} before in its year; the first of each year as it is",
        "{n} figures to date less that of the {frequency} before in its year; the first of each year as it is",
        frequency=noun(frequency),
    )
    said.append(joined([*head, done], "heads"))
    if gaps.any():
        lost = Said.of(
            int(gaps.sum()),
            "{n} value is missing, for the figure to date of the {frequency} before is missing: {places}",
            "{n} values are missing, for the figure to date of the {frequency} before is missing: {places}",
            frequency=noun(frequency),
            places=places(panel, gaps),
        )
        said.append(joined([*head, lost], "heads"))
    return apart


def runs_on(panel: Panel, values: Array, order: NDArray[np.intp]) -> float | None:
    """Return the share of steps of a column (n,) that are as those of figures to date; None with too few to tell.

    Within a year such figures never fall, and the first of a year is well below the last of the year before: at most
    twice the share of a year that has gone by. Of steps within years and of those across, the smaller share counts.
    `order` has the rows by unit and period (`in_time`).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from hengdian_index._scoring.given import in_time, runs_on
    >>> from hengdian_index._tables.panel import Panel
    >>> from hengdian_index._tables.periods import read_periods
    >>> labels = [f"{year}Q{quarter}" for year in (2021, 2022) for quarter in (1, 2, 3, 4)]
    >>> panel = Panel(np.zeros((8, 1)), ("a",), pd.Index(labels), None, read_periods(labels))
    >>> order = in_time(panel)
    >>> runs_on(panel, np.array([3.0, 7.0, 12.0, 16.0, 4.0, 8.0, 13.0, 18.0]), order)
    1.0
    >>> runs_on(panel, np.array([3.0, 4.0, 5.0, 4.0, 4.0, 4.5, 5.0, 5.5]), order)
    0.0
    """
    if panel.periods is None or panel.periods.frequency.per_year == 1:
        return None
    found = _share_running(panel, values, order[:_GLANCE])
    if len(order) <= _GLANCE or (found is not None and found < RUNS_ON / 2):
        return found
    return _share_running(panel, values, order)


def in_time(panel: Panel) -> NDArray[np.intp]:
    """Return the rows (n,) by unit and period."""
    assert panel.periods is not None
    return np.lexsort((panel.periods.ordinals, panel.unit_codes()))


def _share_running(panel: Panel, values: Array, order: NDArray[np.intp]) -> float | None:
    """Return the share of steps between rows, in the order of unit and period, that are as those of figures to date."""
    assert panel.periods is not None
    per_year = panel.periods.frequency.per_year
    order = order[~np.isnan(values[order])]
    units = None if panel.units is None else panel.units[order]
    ordinals, x = panel.periods.ordinals[order], values[order]
    year, gone = ordinals // per_year, ordinals % per_year + 1
    same = np.ones(max(len(x) - 1, 0), dtype=np.bool_) if units is None else units[1:] == units[:-1]
    within, across = same & (year[1:] == year[:-1]), same & (year[1:] == year[:-1] + 1)
    if within.sum() < _STEPS["within"] or across.sum() < _STEPS["across"] or (x < 0).any() or not x.any():
        return None
    limit = np.minimum(2 * gone[1:] / gone[:-1], 0.75) * x[:-1]
    return float(min((x[1:] >= x[:-1])[within].mean(), (x[1:] <= limit)[across].mean()))


def hovers(panel: Panel, values: Array, said: str = "") -> bool:
    """Return whether a column (n,) looks like an index whose year ago, or period before, is 100.

    All its values lie near 100 and none of its units has a trend, or its own words (`said`) have "= 100" in them.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from hengdian_index._scoring.given import hovers
    >>> from hengdian_index._tables.panel import Panel
    >>> from hengdian_index._tables.periods import read_periods
    >>> labels = [str(year) for year in range(2010, 2018)]
    >>> panel = Panel(np.zeros((8, 1)), ("a",), pd.Index(labels), None, read_periods(labels))
    >>> hovers(panel, np.array([103.0, 105, 102, 106, 104, 101, 105, 103]))
    True
    >>> hovers(panel, np.array([100.0, 103, 105, 106, 108, 110, 111, 114]))
    False
    """
    whole = re.search(r"=\s*100\b", said) is not None
    low, high = _NEAR_100 if whole else _ROUND_100
    glance = values[:_GLANCE]
    if (glance < low).any() or (glance > high).any():
        return False
    rows = np.flatnonzero(~np.isnan(values))
    x = values[rows]
    if len(x) < _FEWEST or x.min() < low or x.max() > high or x.min() == x.max():
        return False
    assert panel.periods is not None
    codes = panel.unit_codes()[rows]
    sizes = np.bincount(codes)
    t = panel.periods.ordinals[rows].astype(np.float64)
    t, own = (one - (np.bincount(codes, one) / np.maximum(sizes, 1))[codes] for one in (t, x))
    spread = np.sqrt((t**2).sum() * (own**2).sum())
    return whole or (len(x) >= _FEWEST * (sizes > 0).sum() and abs((t * own).sum()) < _TREND * spread)


def asking(tree: Tree, panel: Panel) -> Iterator[Said]:
    """Yield a question for each indicator whose values look like figures to date or growth, and is not said to."""
    if panel.periods is None:
        return
    for leaf in tree.leaves:
        if leaf.growth is None and leaf.build is None and leaf.code in panel.columns:
            values = panel.values[:, panel.columns.index(leaf.code)]
            if hovers(panel, values, f"{leaf.code} {leaf.name} {leaf.unit}"):
                yield Said(
                    "indicator {code!r} has values from {low:.10g} to {high:.10g}, round 100: are they growth, with "
                    "what it is on = 100, and is the level meant? Then write {line}",
                    code=leaf.code,
                    low=np.nanmin(values),
                    high=np.nanmax(values),
                    line=str(Growth("year", "index")),
                )
    if panel.periods.frequency.per_year == 1:
        return
    order = in_time(panel)
    for leaf in tree.leaves:
        if leaf.cumulative is None and leaf.growth is None and leaf.build is None and leaf.code in panel.columns:
            share = runs_on(panel, panel.values[:, panel.columns.index(leaf.code)], order)
            if share is not None and share > RUNS_ON:
                yield Said(
                    "indicator {code!r} rises within each year and falls at the first period of each: are its figures "
                    "of the year to date? Then write {line}",
                    code=leaf.code,
                    line=CUMULATIVE,
                )
