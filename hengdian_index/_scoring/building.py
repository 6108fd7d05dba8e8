"""Indicators made of other columns: climate indexes from answer shares or series, learnt once, frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.composing import compose, learnt
from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._values.stored import stored
from hengdian_index.errors import DataError, FaultsError, SpecError, raise_together

Rows = NDArray[np.intp]


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
            for unit, rows in _series(leaf.build, panel):
                inside = fit[rows]
                if not inside.any():
                    continue
                parts = _parts(leaf.build, panel, rows, ~inside)
                own[unit] = Frozen(learnt(leaf.build.method, parts, leaf.build.settings))
                since[unit] = int(panel.periods.ordinals[rows[0]]) if panel.periods else 0
        except FaultsError as error:
            errors.append(_under(leaf.code, error))
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
                values[:, j] = _column(builds[code], panel)
            except FaultsError as error:
                errors.append(_under(code, error))
    raise_together(errors)
    return replace(panel, values=values)


def _column(build: Build, panel: Panel) -> Array:
    out = np.full(panel.n, np.nan)
    method = build.choice.method
    chained = bool(method.traits["along"] and method.traits["learns"])
    for unit, rows in _series(build.choice, panel):
        if chained:
            _need_start(build, panel, unit, rows)
        options = {**build.choice.settings, **build.learnt.get(unit, {})}
        periods = panel.pick(rows).periods if method.traits["along"] else None
        out[rows] = compose(method, _parts(build.choice, panel, rows), options, periods)
    return out


def _series(choice: Choice, panel: Panel) -> Iterator[tuple[Any, Rows]]:
    """Yield the rows that are composed together: all, or, where they work through time, each unit's in their order."""
    if not choice.method.traits["along"]:
        yield None, np.arange(panel.n)
        return
    if panel.periods is None:
        raise SpecError(f"{choice.method.name} works through time; name the period column in the index")
    ordinals, codes = panel.periods.ordinals, panel.unit_codes()
    order = np.lexsort((ordinals, codes))
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        holes = np.flatnonzero(np.diff(ordinals[rows]) != 1)
        if len(holes):
            wanted = format_period(int(ordinals[rows[holes[0]]]) + 1, panel.periods.frequency)
            here = panel.place(int(rows[holes[0]]))
            raise DataError(f"{here}: the next period, {wanted}, has no row; add one, empty if need be")
        yield panel.unit(int(rows[0])), rows


def _parts(
    choice: Choice, panel: Panel, rows: Rows, outside: NDArray[np.bool_] | None = None
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
        found.append(Labelled(values, names, False, part))
    return found


def _need_start(build: Build, panel: Panel, unit: Any, rows: Rows) -> None:
    """Refuse rows that do not begin where the fit did: a level chained from elsewhere would be another one."""
    assert panel.periods is not None
    if unit not in build.since:
        raise DataError(f"{panel.place(int(rows[0]))}: this unit has no fit row; fit again with it")
    if build.since[unit] != int(panel.periods.ordinals[rows[0]]):
        start = format_period(build.since[unit], panel.periods.frequency)
        why = f"{build.choice.method.name} is chained from {start} on; give the rows since then"
        raise DataError(f"{panel.place(int(rows[0]))}: {why}")


def _under(code: str, error: FaultsError) -> FaultsError:
    return type(error)(*(fault.under(saying=f"indicator {code!r}: build: ") for fault in error.faults))
