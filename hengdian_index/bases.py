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


def base_levels(
    panel: Panel, levels: Array, rows: NDArray[np.bool_], late: Mapping[int, int] | None = None
) -> dict[Any, Array]:
    """Return the mean level of each group (groups,) over the base rows of each unit; missing where one of them is.

    `late` are groups that come later, by position, and their parents, at whose level they enter and whose base they
    have.
    """
    units, at = panel.unit_list(), np.flatnonzero(rows)
    found: dict[Any, list[Array]] = {}
    # In the order of time, so that the mean is rounded alike however rows are ordered.
    for row in at if panel.periods is None else at[np.argsort(panel.periods.ordinals[at], kind="stable")]:
        found.setdefault(units[row], []).append(levels[row])
    means = {unit: np.mean(values, axis=0) for unit, values in found.items()}
    for mean in means.values():
        for g, parent in (late or {}).items():
            mean[g] = mean[parent] if np.isnan(mean[g]) else mean[g]
    return means


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
    codes = panel.unit_codes()
    first = np.unique(codes, return_index=True)[1]
    nothing = np.full(levels.shape[1], np.nan)
    relative = levels / np.array([known.get(panel.unit(row), nothing) for row in first.tolist()])[codes]
    scored = np.flatnonzero(~np.isnan(levels[:, 0]))
    ordinals = panel.periods.ordinals if panel.periods else np.zeros(panel.n, dtype=np.int64)
    entries = {unit: rows[np.argmin(ordinals[rows])] for unit in new if len(rows := scored[_is(panel, scored, unit)])}
    for unit, row in sorted(entries.items(), key=lambda item: int(ordinals[item[1]])):
        others = relative[(ordinals == ordinals[row]) & (codes != codes[row])]
        if len(others) and not np.isnan(others[:, 0]).all():
            with np.errstate(invalid="ignore"):
                found[unit] = levels[row] / np.array([_mean(column) for column in others.T])
            later = (codes == codes[row]) & (ordinals > ordinals[row])
            relative[later] = levels[later] / found[unit]
    return found


def entries_of(panel: Panel, units: Sequence[Any]) -> dict[Any, str]:
    """Return the first period of each of some units, as text."""
    found = {}
    for unit in units:
        rows = np.flatnonzero(_is(panel, np.arange(panel.n), unit))
        assert panel.periods is not None
        found[unit] = panel.period(int(rows[np.argmin(panel.periods.ordinals[rows])])) or ""
    return found


def _is(panel: Panel, rows: NDArray[np.intp], unit: Any) -> NDArray[np.bool_]:
    """Return which of some rows are a unit's."""
    return np.array([panel.unit(row) == unit for row in rows.tolist()], dtype=np.bool_)


def factors(panel: Panel, levels: BaseLevels, to: float, groups: Sequence[str], how: NewUnits) -> Array:
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
        if absent and how != "refuse":
            remedy = "; no unit with a base has a level in its first period, so there is none to enter at"
        why = "a series needs one above 0: take another base or scale"
        faults.append(f"{unit}{groups[j]!r} {found} the base period; {why}{remedy}")
    raise_all(DataError, shortened(faults))
    return np.asarray((to / means)[codes])


def note_thin(panel: Panel, rows: NDArray[np.bool_]) -> None:
    """Write a line for every unit that lacks a row in some period of the base: its base is the mean of the rest."""
    if panel.units is None or panel.periods is None:
        return
    wanted = len(np.unique(panel.periods.ordinals[rows]))
    units, counts = np.unique(panel.unit_codes()[rows], return_counts=True)
    first = np.unique(panel.unit_codes(), return_index=True)[1]
    for code, count in zip(units.tolist(), counts.tolist(), strict=True):
        if count < wanted:
            why = f"has rows in {count} of the {wanted} periods of the base, which is their mean"
            note("base", why, unit=panel.unit(int(first[code])))


def note_entrants(setting: Setting, panel: Panel, known: BaseLevels | None) -> None:
    """Write a line for every unit without a base level of its own."""
    if not known or setting.new_units == "refuse" or panel.units is None or panel.periods is None:
        return
    end = {"link": "at the mean level of the others", "restate": "with the mean base level of the others"}
    new = [unit for unit in dict.fromkeys(panel.unit_list()) if unit not in known]
    for unit, period in entries_of(panel, new).items():
        note("base", f"no row in the base period; enters in {period} {end[setting.new_units]} (new_units)", unit=unit)


def _mean(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else np.nan
