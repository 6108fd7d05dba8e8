"""What is done to raw values before direction and normalisation, in this order, learnt once and then frozen.

Indicators are built of other columns, units with too few values are left out, values are divided by their denominators,
imputed, seasonally adjusted, treated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._maths.blocks import few_columns
from hengdian_index._maths.maps import Map
from hengdian_index._methods.composing import compose, learnt
from hengdian_index._methods.imputing import Filler, Rows, fill
from hengdian_index._methods.learning import learn
from hengdian_index._methods.treating import moved
from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.fields import called
from hengdian_index._scoring.growth import Growth
from hengdian_index._scoring.tree import Leaf, Setting, Tree
from hengdian_index._tables.cells import no_label
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array, Labelled, shortened
from hengdian_index._values.equality import TOLERANCE, settled
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Joined, Said, joined
from hengdian_index.errors import (
    CellsError,
    DataError,
    Fault,
    FaultsError,
    SpecError,
    listed,
    raise_all,
    raise_together,
)
from hengdian_index.log import note, only_counted
from hengdian_index.series import deseasonalise
from hengdian_index.treat.ratios import DenominatorError, denominate

RowNumbers = NDArray[np.intp]


@stored("build")
@dataclass(frozen=True)
class Build:
    """How one indicator is made: the choice, what it learnt of each unit, and each unit's first fit row in time."""

    choice: Choice
    learnt: Mapping[Any, Mapping[str, Any]]
    since: Mapping[Any, int]


Builds = Mapping[str, Build]


def ingredients(choice: Choice) -> tuple[str, ...]:
    """Return the columns of the table that an indicator is made of."""
    named = [choice.options.get(name) for name in choice.method.traits["columns"]]
    listed = [value if isinstance(value, (tuple, list)) else [value] for value in named if value is not None]
    return tuple(str(name) for names in listed for name in names)


def learn_builds(tree: Tree, panel: Panel, fit: NDArray[np.bool_]) -> Builds:
    """Return what the built indicators of an index learn from its fit rows."""
    found: dict[str, Build] = {}
    errors: list[FaultsError] = []
    for leaf in tree.leaves:
        if leaf.build is None:
            continue
        own: dict[Any, Mapping[str, Any]] = {}
        since: dict[Any, int] = {}
        try:
            for unit, rows in _runs(leaf.build, panel):
                inside = fit[rows]
                if not inside.any():
                    continue
                parts = _components(leaf.build, panel, rows, ~inside)
                own[unit] = Frozen(learnt(leaf.build.method, parts, leaf.build.settings))
                since[unit] = int(panel.periods.ordinals[rows[0]]) if panel.periods else 0
        except FaultsError as error:
            errors.append(_of_build(leaf.code, error))
        found[leaf.code] = Build(leaf.build, own, since)
    raise_together(errors)
    return found


def built(builds: Builds, tree: Tree, panel: Panel) -> Panel:
    """Return rows with their built indicators filled in."""
    if not builds:
        return panel
    values = np.array(panel.values, order="F")
    errors: list[FaultsError] = []
    for j, code in enumerate(tree.codes):
        if code in builds:
            try:
                values[:, j] = _composed(builds[code], panel)
            except FaultsError as error:
                errors.append(_of_build(code, error))
    raise_together(errors)
    return replace(panel, values=values)


def _composed(build: Build, panel: Panel) -> Array:
    out = np.full(panel.n, np.nan)
    method = build.choice.method
    runs = list(_runs(build.choice, panel))
    if method.traits["along"] and method.traits["learns"]:
        raise_all(DataError, shortened(fault for unit, rows in runs for fault in _unstarted(build, panel, unit, rows)))
    for unit, rows in runs:
        options = {**build.choice.settings, **build.learnt.get(unit, {})}
        periods = panel.pick(rows).periods if method.traits["along"] else None
        out[rows] = compose(method, _components(build.choice, panel, rows), options, periods)
    return out


def _runs(choice: Choice, panel: Panel) -> Iterator[tuple[Any, RowNumbers]]:
    """Yield the rows that are composed together: all, or, where they work through time, each unit's in their order."""
    if not choice.method.traits["along"]:
        yield None, np.arange(panel.n)
        return
    if panel.periods is None:
        raise SpecError(
            Said("{method} works through time; name the period column in the index", method=choice.method.name)
        )
    ordinals, codes = panel.periods.ordinals, panel.unit_codes()
    order = np.lexsort((ordinals, codes))
    runs = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    raise_all(DataError, shortened(fault for rows in runs for fault in _holes(panel, rows)))
    for rows in runs:
        yield panel.unit(int(rows[0])), rows


def _holes(panel: Panel, rows: RowNumbers) -> Iterator[Fault]:
    """Yield a fault for the first hole in the periods of a unit, whose rows are in the order of time."""
    assert panel.periods is not None
    ordinals = panel.periods.ordinals[rows]
    for at in np.flatnonzero(np.diff(ordinals) != 1)[:1].tolist():
        why = Said(
            "{place}: the next period, {wanted}, has no row; add one, empty if need be",
            place=panel.place(int(rows[at])),
            wanted=format_period(int(ordinals[at]) + 1, panel.periods.frequency),
        )
        yield Fault(why, kind=(Said("units"), "hole"))


def _components(
    choice: Choice, panel: Panel, rows: RowNumbers, outside: NDArray[np.bool_] | None = None
) -> Sequence[Labelled | None]:
    """Return the columns that a method works on, of some rows; those outside the fit are missing."""
    part = panel.pick(rows)
    found: list[Labelled | None] = []
    for name in choice.method.traits["columns"]:
        given = choice.options.get(name)
        if given is None:
            found.append(None)
            continue
        names = tuple(map(str, given if isinstance(given, (tuple, list)) else [given]))
        values = part.values[:, [part.columns.index(one) for one in names]]
        if outside is not None:
            values = np.where(outside[:, np.newaxis], np.nan, values)
        found.append(Labelled(values, names, complete=False, source=part))
    return found


def _unstarted(build: Build, panel: Panel, unit: Any, rows: RowNumbers) -> Iterator[Fault]:
    """Yield a fault for a unit whose rows do not begin where the fit did: its level would be another one."""
    assert panel.periods is not None
    place = panel.place(int(rows[0]))
    if unit not in build.since:
        why = Said("{place}: this unit has no fit row; fit again with it", place=place)
        yield Fault(why, kind=(Said("units"), "strange"))
    elif build.since[unit] != int(panel.periods.ordinals[rows[0]]):
        why = Said(
            "{place}: {method} is chained from {start} on; give the rows since then",
            place=place,
            method=build.choice.method.name,
            start=format_period(build.since[unit], panel.periods.frequency),
        )
        yield Fault(why, kind=(Said("units"), "start"))


def _of_build(code: str, error: FaultsError) -> FaultsError:
    saying = Said("indicator {code!r}: build: ", code=code)
    return type(error)(*(fault.under(saying=saying) for fault in error.faults))


def left_out_units(tree: Tree, setting: Setting, panel: Panel, known: Mapping[Any, bool]) -> dict[Any, bool]:
    """Return for each unit whether it has too few values, (those known keep their verdict)."""
    if setting.unit_coverage is None:
        return {}
    units = panel.labels.tolist() if panel.units is None else panel.unit_list()
    cells = (~np.isnan(panel.values[:, : len(tree.codes)])).mean(axis=1)
    present: dict[Any, float] = pd.Series(cells).groupby(units, sort=False).mean().to_dict()
    found = {unit: bool(share < setting.unit_coverage - 1e-12) for unit, share in present.items()}
    for unit, out in found.items():
        if out and unit not in known:
            why = Said(
                "{share:.0f} % of its cells have a value, {least:.0f} % are needed; left out",
                share=100 * present[unit],
                least=100 * setting.unit_coverage,
            )
            note("screen", why, unit=unit)
        elif known.get(unit):
            note("screen", Said("left out at the fit for too few values"), unit=unit)
    found = {**found, **{unit: out for unit, out in known.items() if unit in found}}
    if all(found.values()):
        seen = [unit for unit in found if unit in known]
        if seen:
            why = Said("unit_coverage: {units} left out at the fit; fit again to take them in", units=listed(seen))
            raise DataError(why)
        least = 100 * setting.unit_coverage
        why = Said("unit_coverage: no unit has values in {least:.0f} % of its cells; lower it", least=least)
        raise DataError(why)
    return {**known, **found}


def screened(panel: Panel, left_out: Mapping[Any, bool]) -> Panel:
    """Return the rows of the units that are not left out."""
    return panel.pick(staying(panel, left_out)) if any(left_out.values()) else panel


def staying(panel: Panel, left_out: Mapping[Any, bool]) -> NDArray[np.bool_]:
    """Return which rows (n,) are of units that are not left out."""
    if not any(left_out.values()):
        return np.ones(panel.n, dtype=np.bool_)
    units = panel.labels.tolist() if panel.units is None else panel.unit_list()
    return np.array([not left_out[unit] for unit in units])


@stored("seasonal pattern")
@dataclass(frozen=True)
class Pattern:
    """The seasonal part of one series from an ordinal on, `per_year` values a year."""

    first: int
    values: Array
    per_year: int

    def at(self, ordinals: Any) -> Array:
        """Return the seasonal part in some periods: beyond the rows it was learnt from, that of the nearest year."""
        place = np.asarray(ordinals) - self.first
        n = len(self.values)
        place = np.where(place < 0, place % self.per_year, place)
        later = n - self.per_year + (place - n) % self.per_year
        return np.asarray(self.values[np.where(place < n, place, later)])


@stored("seasons")
@dataclass(frozen=True)
class Seasons:
    """The seasonal patterns of one indicator by unit, added to its values or multiplied with them."""

    patterns: Mapping[Any, Pattern]
    multiplied: bool

    def __call__(self, leaf: Leaf, panel: Panel, values: Array) -> Array:
        """Return a column (n,) without its seasonal part."""
        assert panel.periods is not None
        ordinals, units, out = panel.periods.ordinals, np.array(panel.unit_list(), dtype=object), values.copy()
        beyond, known = 0, dict.fromkeys(units.tolist())
        own, kind = called("indicator", leaf.code), (Said("units"), leaf.code)
        strange = [
            Fault(Said("unit {unit!r} has no seasonal pattern; fit again with it", unit=unit), kind=kind)
            for unit in known
            if unit not in self.patterns
        ]
        raise_all(DataError, shortened(fault.under(saying=own) for fault in strange))
        for unit in known:
            rows = np.flatnonzero(units == unit) if unit is not None else np.arange(panel.n)
            pattern = self.patterns[unit]
            part = pattern.at(ordinals[rows])
            out[rows] = values[rows] / part if self.multiplied else values[rows] - part
            beyond += int((ordinals[rows] >= pattern.first + len(pattern.values)).sum())
        if beyond:
            why = Said.of(
                beyond,
                "{n} row after the fit rows is adjusted by the seasonal pattern of the last year of the fit",
                "{n} rows after the fit rows are adjusted by the seasonal pattern of the last year of the fit",
            )
            note("deseasonalise", why, indicator=leaf.code)
        return out


def learn_seasons(leaf: Leaf, panel: Panel, values: Array) -> Seasons:
    """Return the seasonal patterns of an indicator, (n,) values, in the fit rows of each unit."""
    options: dict[str, Any] = dict(leaf.deseasonalise or {})
    if panel.periods is None:
        raise SpecError(
            Said("indicator {code!r}: deseasonalise needs periods; name the period column in the index", code=leaf.code)
        )
    frequency, ordinals = panel.periods.frequency, panel.periods.ordinals
    text, units = np.array(panel.periods.text, dtype=object), np.array(panel.unit_list(), dtype=object)
    patterns: dict[Any, Pattern] = {}
    errors: list[FaultsError] = []
    for unit in dict.fromkeys(units.tolist()):
        rows = np.flatnonzero(units == unit) if unit is not None else np.arange(panel.n)
        rows = rows[np.argsort(ordinals[rows])]
        known = rows[~np.isnan(values[rows])]
        series = pd.Series(values[rows], index=pd.Index(text[rows], name="period"), name=leaf.code)
        try:
            seasonal = deseasonalise(series, **options, details=True).seasonal.to_numpy()
        except FaultsError as error:
            who = Said("indicator {code!r}, unit {unit!r}: ", code=leaf.code, unit=unit)
            who = called("indicator", leaf.code) if unit is None else who
            errors.append(type(error)(*(fault.under(saying=who) for fault in error.faults)))
            continue
        inside = ~np.isnan(seasonal)
        patterns[unit] = Pattern(int(ordinals[known[0]]), seasonal[inside], frequency.per_year)
    raise_together(errors)
    said = Said("seasonal part taken out ({options})", options=joined([*map(str, options.values())]))
    note("deseasonalise", said, indicator=leaf.code)
    return Seasons(patterns, options.get("model") == "multiplicative")


@stored("imputation")
@dataclass(frozen=True)
class Block:
    """Indicators that one imputation fills together: their positions, the choice, and what it learnt."""

    at: tuple[int, ...]
    choice: Choice
    filler: Filler

    def codes(self, tree: Tree) -> tuple[str, ...]:
        """Return the codes of the indicators."""
        return tuple(tree.codes[j] for j in self.at)


@stored("preparation")
@dataclass(frozen=True)
class Preparation:
    """What imputations and treatments learnt from the fit rows of an index."""

    blocks: tuple[Block, ...]
    seasons: Mapping[str, Seasons]
    treatments: Mapping[str, Map]

    def __call__(self, tree: Tree, panel: Panel) -> Panel:
        """Return rows with the values (n, k) that normalisation sees; every touched cell goes to the log."""
        return self.divided(tree, denominated(tree, panel))

    def divided(self, tree: Tree, panel: Panel) -> Panel:
        """Return rows that are divided by their denominators as they are after the other steps."""
        values = panel.values[:, : len(tree.codes)]
        if self.blocks or self.seasons or self.treatments:
            values = np.array(values, order="F")
        stand_in = [bool(block.choice.method.traits.get("provisional")) for block in self.blocks]
        provisional = np.zeros(values.shape, dtype=np.bool_) if any(stand_in) else None
        for block, marks in zip(self.blocks, stand_in, strict=True):
            full = filled(block, tree, panel, values)
            if provisional is not None and marks:
                provisional[:, block.at] = np.isnan(values[:, block.at]) & ~np.isnan(full)
            values[:, block.at] = full
        for j, leaf in enumerate(tree.leaves):
            if leaf.code in self.seasons:
                values[:, j] = self.seasons[leaf.code](leaf, panel, values[:, j])
        for at in few_columns([j for j, leaf in enumerate(tree.leaves) if _tells_apart(leaf)], panel.n):
            values[:, at] = settled(values[:, at], axis=0)
        for j, leaf in enumerate(tree.leaves):
            if leaf.code in self.treatments:
                values[:, j] = _treated(self.treatments[leaf.code], leaf, panel, values[:, j])
        sizes = {name: panel.column(name) for name in _weighing(tree)}
        return replace(panel, values=values, columns=tree.codes, provisional=provisional, sizes=sizes)


def learn_preparation(tree: Tree, panel: Panel, own: Mapping[str, Panel]) -> Preparation:
    """Return what the imputations and treatments of an index learn from its fit rows, divided by their denominators.

    `own` are the fit rows of the indicators that name their own.

    Raises
    ------
    DataError
        An indicator with fewer values than its coverage asks for; whatever an imputation or a treatment refuses.
    """
    found, errors = [], list[FaultsError]()
    selectors = [leaf.fit_on for leaf in tree.leaves]
    # Slices, which older versions of Python do not hash, are told apart as all else.
    for first, rows in enumerate(selectors):
        if rows in selectors[:first]:
            continue
        some = tuple(j for j, leaf in enumerate(tree.leaves) if leaf.fit_on == rows)
        found.append(_learn_some(tree, own.get(tree.leaves[some[0]].code, panel), some, errors))
    raise_together(errors)
    blocks = tuple(block for part in found for block in part.blocks)
    seasons = {code: season for part in found for code, season in part.seasons.items()}
    return Preparation(blocks, seasons, {code: one for part in found for code, one in part.treatments.items()})


def _learn_some(tree: Tree, panel: Panel, some: tuple[int, ...], errors: list[FaultsError]) -> Preparation:
    """Return what some indicators, by position, learn from the same rows; what is wrong joins the errors."""
    values = panel.values[:, : len(tree.codes)]
    errors += _need_coverage(tree, values, some)
    if any(leaf.impute or leaf.deseasonalise is not None or leaf.treat for leaf in map(tree.leaves.__getitem__, some)):
        values = np.array(values, order="F")
    blocks = []
    chosen = [choice for j in some if (choice := tree.leaves[j].impute) is not None]
    for choice in dict.fromkeys(chosen):
        at = tuple(j for j in some if tree.leaves[j].impute == choice)
        try:
            block = learn_block(choice, at, tree, panel, values)
            values[:, at] = block.filler(_rows(choice, at, tree, panel, values)).values
            blocks.append(block)
        except FaultsError as error:
            errors.append(error)
    seasons: dict[str, Seasons] = {}
    treatments: dict[str, Map] = {}
    for j in some:
        leaf = tree.leaves[j]
        if leaf.deseasonalise is not None:
            try:
                seasons[leaf.code] = learn_seasons(leaf, panel, values[:, j])
                values[:, j] = seasons[leaf.code](leaf, panel, values[:, j])
            except FaultsError as error:
                errors.append(error)
                continue
        if leaf.treat is not None:
            if _tells_apart(leaf):
                values[:, j] = settled(values[:, j])
            try:
                treatments[leaf.code] = learn(
                    leaf.treat.method, _column(leaf, panel, values[:, j]), 1, leaf.treat.options
                )
            except FaultsError as error:
                errors.append(error)
    return Preparation(tuple(blocks), seasons, treatments)


def columns_asked(tree: Tree) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the number columns a tree needs besides its indicators, and the label columns (groups of rows)."""
    sizes = dict.fromkeys(leaf.denominator for leaf in tree.leaves if leaf.denominator not in (None, *tree.codes))
    sizes |= dict.fromkeys(leaf.deflate for leaf in tree.leaves if leaf.deflate not in (None, *tree.codes))
    levels = [Growth.of(leaf).level for leaf in tree.leaves if leaf.growth is not None]
    sizes |= dict.fromkeys(name for name in levels if name not in (None, *tree.codes))
    for leaf in tree.leaves:
        if leaf.build is not None:
            sizes.update(dict.fromkeys(name for name in ingredients(leaf.build) if name not in tree.codes))
    sizes |= dict.fromkeys(name for name in _weighing(tree) if name not in tree.codes)
    named = [name for one in _imputations(tree) for name in _grouping(one)]
    return tuple(str(size) for size in sizes), tuple(dict.fromkeys(named))


def _grouping(choice: Choice) -> tuple[str, ...]:
    """Return the columns of labels that group the rows of an imputation."""
    given = choice.options.get("groups") if _needs(choice, "groups") else None
    return () if given is None else tuple(map(str, given)) if isinstance(given, tuple) else (str(given),)


def _grouped(choice: Choice, panel: Panel) -> list[Any] | None:
    """Return the group of each row; of several columns what they say together, None where one says nothing."""
    columns = [panel.groups[name] for name in _grouping(choice)]
    if len(columns) < 2:
        return columns[0] if columns else None
    return [None if any(map(no_label, row)) else row for row in zip(*columns, strict=True)]


def _imputations(tree: Tree) -> Iterator[Choice]:
    """Yield every imputation of an index, of values and of scores."""
    of_leaves = (choice for leaf in tree.leaves for choice in (leaf.impute, leaf.impute_scores))
    yield from (choice for choice in (*of_leaves, *(branch.impute for branch in tree.branches)) if choice is not None)


def _weighing(tree: Tree) -> tuple[str, ...]:
    """Return the columns of the table that weigh rows in the means that an index imputes, or parts in each row."""
    named = [one.options.get("weights") for one in _imputations(tree) if _needs(one, "weights")]
    return tuple(dict.fromkeys((*(str(name) for name in named if name is not None), *tree.weighing)))


def denominated(tree: Tree, panel: Panel) -> Panel:
    """Return rows of which each indicator is divided by its denominator where it has one."""
    if all(leaf.denominator is None for leaf in tree.leaves):
        return panel
    values = np.array(panel.values, order="F")
    faults: list[Fault] = []
    for j, leaf in enumerate(tree.leaves):
        if leaf.denominator is None:
            continue
        size = panel.values[:, panel.columns.index(leaf.denominator)]
        try:
            values[:, j] = denominate.method.function(panel.values[:, j], by=size, scale=1)
        except DenominatorError as error:
            table = Labelled(size[:, np.newaxis], (leaf.denominator,), complete=False, source=panel)
            refused = table.refusal(CellsError(np.reshape(error.marked, (-1, 1)), error.of(leaf.denominator)))
            saying = Said("denominator of {code!r}: ", code=leaf.code)
            faults += [fault.under(saying=saying) for fault in refused.faults]
    raise_all(DataError, faults)
    return replace(panel, values=values)


def _need_coverage(tree: Tree, values: Array, some: tuple[int, ...]) -> list[FaultsError]:
    """Return the indicators that have fewer values than their coverage asks for, as errors."""
    faults = []
    for j in some:
        leaf, share = tree.leaves[j], float(1 - np.isnan(values[:, j]).mean())
        if leaf.coverage is not None and share < leaf.coverage - TOLERANCE:
            faults.append(uncovered(leaf, share))
    return [DataError(*faults)] if faults else []


def uncovered(leaf: Leaf, share: float) -> Said:
    """Return the fault of an indicator of which a smaller share of the fit rows has a value than is needed."""
    return Said(
        "indicator {code!r}: {share:.0f} % of the fit rows have a value, {least:.0f} % are needed; take it out, or "
        "lower its coverage",
        code=leaf.code,
        share=100 * share,
        least=100 * (leaf.coverage or 0),
    )


def _needs(choice: Choice, what: str) -> bool:
    return what in choice.method.traits.get("needs", ())


def options_of(choice: Choice, at: tuple[int, ...], tree: Tree) -> dict[str, Any]:
    """Return the options of an imputation, the tree's own groups and directions filled in for `peers`."""
    options = choice.settings
    if _needs(choice, "parents"):
        leaves = [tree.leaves[j] for j in at]
        options.setdefault("groups", {leaf.code: leaf.parent for leaf in leaves})
        # Scores point one way.
        options.setdefault("direction", {leaf.code: 1 if choice.of_scores else leaf.direction for leaf in leaves})
    return options


def learn_block(choice: Choice, at: tuple[int, ...], tree: Tree, panel: Panel, values: Array) -> Block:
    """Return what an imputation learns of indicators, by position, from their values or scores (n, k) in some rows."""
    known, learns = _rows(choice, at, tree, panel, values), choice.method.traits.get("learns", True)
    return Block(at, choice, fill(choice.method, known, options_of(choice, at, tree), needed=bool(learns)))


def _rows(choice: Choice, at: tuple[int, ...], tree: Tree, panel: Panel, values: Array) -> Rows:
    return rows_seen(choice, panel, values[:, at], tuple(tree.codes[j] for j in at))


def learn_filler(choice: Choice, panel: Panel, values: Array, code: str) -> Filler | tuple[Filler, ...]:
    """Return what an imputation learns from the scores (n,) of a group in some rows; of draws (m, n), from each."""
    learns = bool(choice.method.traits.get("learns", True))
    found = tuple(
        fill(choice.method, rows_seen(choice, panel, one[:, np.newaxis], (code,)), choice.settings, needed=learns)
        for one in np.atleast_2d(values)
    )
    return found if values.ndim > 1 else found[0]


def filled_scores(
    choice: Choice, filler: Filler | tuple[Filler, ...], panel: Panel, values: Array, code: str
) -> tuple[Array, tuple[tuple[int, Said], ...]]:
    """Return the scores (..., n) of a group filled, and of each row of one draw that lacked one what is to be said."""
    fillers = filler if isinstance(filler, tuple) else (filler,) * len(np.atleast_2d(values))
    each = [
        one(rows_seen(choice, panel, own[:, np.newaxis], (code,)))
        for one, own in zip(fillers, np.atleast_2d(values), strict=True)
    ]
    told = zip(each[0].cells[:, 0].tolist(), each[0].why, strict=True)
    return np.stack([one.values[:, 0] for one in each]).reshape(values.shape), tuple(told) if values.ndim == 1 else ()


def note_filled(choice: Choice, why: Said, after: float, **where: Any) -> None:
    """Write the line of the log about a value or a score that was missing."""
    kind, gone = _kind(choice, why, after), np.isnan(after)
    why = Said("score: {why}", why=why) if choice.of_scores and not gone else why
    note("impute", why, **where, after=None if gone else after, kind=kind)


def _kind(choice: Choice, why: Said, after: float) -> Said:
    """Return of what kind a line is about a value or a score that was missing."""
    return _kind_of(choice.method.name, choice.of_scores, why if np.isnan(after) else None)


@lru_cache(maxsize=1000)
def _kind_of(method: str, of_scores: bool, left: Said | None) -> Said:
    name = Said("{method} of scores", method=method) if of_scores else joined([method])
    if left is None:
        return joined([name, Said("filled")], "heads")
    # The last part is why.
    why = left.items[-1] if isinstance(left, Joined) else left
    return joined([name, Said("left"), why.in_general], "heads")


def rows_seen(choice: Choice, panel: Panel, values: Array, names: tuple[str, ...]) -> Rows:
    """Return values (n, k) as an imputation sees them: with the labels and the weights of the rows that it needs."""
    timed = _needs(choice, "period")
    units = None if panel.units is None or not timed else panel.units.tolist()
    groups = _grouped(choice, panel)
    weights = choice.options.get("weights") if _needs(choice, "weights") else None
    return Rows(
        values,
        names,
        units=units,
        periods=panel.periods if timed else None,
        groups=groups,
        weights=None if weights is None else panel.column(str(weights)),
    )


def filled(block: Block, tree: Tree, panel: Panel, values: Array) -> Array:
    """Return the columns of an imputation, filled, of values or scores (n, k); every cell that is missing is noted."""
    filling = block.filler(_rows(block.choice, block.at, tree, panel, values))
    told = Counter[tuple[str, Said]]()
    for (row, column), why in zip(filling.cells.tolist(), filling.why, strict=True):
        after = float(filling.values[row, column])
        leaf = tree.leaves[block.at[column]]
        if np.isnan(after) and (leaf.start or leaf.end or leaf.replaced_from):
            continue
        if only_counted():
            told[leaf.code, _kind(block.choice, why, after)] += 1
            continue
        where = {"unit": panel.unit(row), "period": panel.period(row), "indicator": leaf.code}
        note_filled(block.choice, why, after, **where)
    for (code, kind), rows in told.items():
        note("impute", kind, indicator=code, kind=kind, rows=rows)
    return filling.values


def _tells_apart(leaf: Leaf) -> bool:
    """Return whether a treatment is shown values that are computed, those that are equal (`equality`) as one.

    Each value has its own size: a logarithm tells apart small ones that are rounding beside the largest.
    """
    return leaf.treat is not None and leaf.derived


def _treated(treatment: Map, leaf: Leaf, panel: Panel, values: Array) -> Array:
    """Return a column treated; single touched cells are noted, a transformed column once."""
    column = _column(leaf, panel, values)
    try:
        after = treatment(column.values)[:, 0]
    except CellsError as error:
        raise column.refusal(error) from None
    touched = np.flatnonzero(moved(values, after)).tolist()
    name = leaf.treat.method.name if leaf.treat else ""
    if len(touched) * 2 > len(values):
        why = Said("{method}: all values transformed", method=name)
        note("treat", why, indicator=leaf.code, kind=joined([name, Said("columns transformed")], "heads"), whole=True)
        return np.asarray(after)
    kind = joined([name, Said("values moved")], "heads")
    if only_counted() and touched:
        note("treat", joined([name]), indicator=leaf.code, kind=kind, rows=len(touched))
        return np.asarray(after)
    why = joined([name])
    for row in touched:
        where = {"unit": panel.unit(row), "period": panel.period(row), "indicator": leaf.code}
        note("treat", why, **where, before=float(values[row]), after=float(after[row]), kind=kind)
    return np.asarray(after)


def _column(leaf: Leaf, panel: Panel, values: Array) -> Labelled:
    return Labelled(values[:, np.newaxis], (leaf.code,), complete=not np.isnan(values).any(), source=panel)
