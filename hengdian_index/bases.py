"""The base: the level of each unit that is set to 100, and what becomes of units that have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import DataError, raise_all
from hengdian_index.journal import note
from hengdian_index.rows.panel import Panel
from hengdian_index.rows.table import Array, shortened
from hengdian_index.tree import NewUnits, Setting

BaseLevels: TypeAlias = Mapping[Any, Array]


def base_levels(panel: Panel, levels: Array, rows: NDArray[np.bool_]) -> dict[Any, Array]:
    """Return the mean level of each group (groups,) over the base rows of each unit; missing where one of them is."""
    units = panel.unit_list()
    found: dict[Any, list[Array]] = {}
    for row in np.flatnonzero(rows):
        found.setdefault(units[row], []).append(levels[row])
    return {unit: np.mean(values, axis=0) for unit, values in found.items()}


def with_entrants(panel: Panel, levels: Array, known: BaseLevels, how: NewUnits) -> dict[Any, Array]:
    """Return base levels also for the units that have no row in the base period.

    "link": a unit enters, in its first period with a level, at the mean level of the units that have a base, so that
    the mean does not move. "restate": its base level is the mean of theirs. "refuse": it gets none.
    """
    found = dict(known)
    new = [] if how == "refuse" else [unit for unit in dict.fromkeys(panel.unit_list()) if unit not in known]
    if how == "refuse" or not new or not known:
        return found
    if how == "restate":
        mean = np.nanmean(list(known.values()), axis=0)
        found.update((unit, mean) for unit in new)
        return found
    units = np.array(panel.unit_list(), dtype=object)
    old = np.array([unit in known for unit in units])
    ordinals = panel.periods.ordinals if panel.periods else np.zeros(panel.n, dtype=np.int64)
    bases = np.array([known.get(unit, np.full(levels.shape[1], np.nan)) for unit in units])
    relative = levels / bases
    for unit in new:
        rows = np.flatnonzero((units == unit) & ~np.isnan(levels[:, 0]))
        if not len(rows):
            continue
        first = rows[np.argmin(ordinals[rows])]
        others = relative[old & (ordinals == ordinals[first])]
        if len(others) and not np.isnan(others[:, 0]).all():
            with np.errstate(invalid="ignore"):
                found[unit] = levels[first] / np.array([_mean(column) for column in others.T])
    return found


def factors(panel: Panel, levels: BaseLevels, to: float, groups: Sequence[str]) -> Array:
    """Return what each level (n, groups) is multiplied by, `to` over the base level of its unit.

    Raises
    ------
    DataError
        A unit without a level, or with one of 0 or less, in the base period.
    """
    nothing = np.full(len(groups), np.nan)
    codes = panel.unit_codes()
    units = [panel.unit(row) for row in np.unique(codes, return_index=True)[1].tolist()]
    means = np.array([levels.get(unit, nothing) for unit in units])
    gaps = np.isnan(means)
    faults = []
    for i, j in np.argwhere(gaps | ~(means > 0)):
        unit = "" if units[i] is None else f"unit {units[i]!r}: "
        found = "has no score in all of" if gaps[i, j] else f"has the level {means[i, j]:.6g} in"
        absent = units[i] is not None and units[i] not in levels
        remedy = "; for units that come later choose new_units = 'link' or 'restate'" if absent else ""
        why = "a series needs one above 0: take another base or scale"
        faults.append(f"{unit}{groups[j]!r} {found} the base period; {why}{remedy}")
    raise_all(DataError, shortened(faults))
    return np.asarray((to / means)[codes])


def note_entrants(setting: Setting, panel: Panel, known: BaseLevels | None) -> None:
    """Write a line for every unit without a base level of its own."""
    if not known or setting.new_units == "refuse" or panel.units is None:
        return
    end = {"link": "enters at the mean level of the others", "restate": "gets the mean base level of the others"}
    for unit in dict.fromkeys(panel.units.tolist()):
        if unit not in known:
            note("base", f"no row in the base period; {end[setting.new_units]} (new_units)", unit=unit)


def _mean(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else np.nan
