"""One base for all units of a panel: the level of one of them, or the mean level of the units, weighted or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._levels.bases import BaseLevels, base_levels, mean_of_known
from hengdian_index._scoring.tree import Setting
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array, shortened
from hengdian_index._values.equality import same
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, SpecError, raise_all, shown, suggestion
from hengdian_index.log import note


@dataclass(frozen=True, slots=True)
class CommonBase:
    """Whose level is the base of all units: that of a unit, or else the mean over the units, by a column of weights."""

    unit: Any = None
    weights: str | None = None

    @classmethod
    def of(cls, setting: Setting) -> CommonBase | None:
        """Return the one base that an index has for all units, None where each has its own."""
        given = setting.base_of
        if isinstance(given, Mapping):
            return cls(**given)
        if given == "weighted":
            return cls(weights=column_of_weights(setting.groups_of_units))
        return None if given == "unit" else cls() if given == "mean" else cls(unit=given)

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that it needs beside the indicators, if any."""
        return () if self.weights is None else (self.weights,)

    @property
    def said(self) -> Said:
        """Whose level it is, in words."""
        if self.unit is not None:
            return Said("unit {unit}", unit=self.unit)
        if self.weights is not None:
            return Said("mean of the units weighted by {column}", column=self.weights)
        return Said("mean of the units")

    def weighing(self, panel: Panel, rows: NDArray[np.intp]) -> Array:
        """Return the weight of some rows (m,) in the base, missing where a unit has none.

        Raises
        ------
        DataError
            A unit that there is not; weights below 0.
        """
        if self.unit is not None:
            units = panel.unit_list()
            if self.unit not in units:
                near = suggestion(self.unit, dict.fromkeys(units))
                raise DataError(
                    Said("base_of: no unit {unit} in the base period{guess}", unit=shown(self.unit), guess=near)
                )
            return np.array([units[row] == self.unit for row in rows.tolist()], dtype=np.float64)
        if self.weights is None:
            return np.ones(len(rows))
        if self.weights not in panel.columns:
            raise SpecError(
                Said(
                    "base_of: {column!r} is no column that the index asks for; write base_of in the index",
                    column=self.weights,
                )
            )
        found = np.asarray(panel.values[rows, panel.columns.index(self.weights)])
        below = np.flatnonzero(found < 0)
        faults = [
            Said(
                "{place}: weight {weight:g} in {column!r} is below 0",
                place=panel.place(int(rows[i])),
                weight=found[i],
                column=self.weights,
            )
            for i in below
        ]
        raise_all(DataError, shortened(map(Fault, faults)))
        return found

    def levels(
        self, panel: Panel, levels: Array, rows: NDArray[np.bool_], late: Mapping[int, int] | None = None
    ) -> Array:
        """Return the base level of each column of levels (n, columns): the mean over periods of that over units."""
        at = np.flatnonzero(rows)
        w = self.weighing(panel, at)
        when = np.zeros(len(at), dtype=np.int64) if panel.periods is None else panel.periods.ordinals[at]
        own = np.array([_mean(levels[at[when == one]], w[when == one]) for one in np.unique(when)])
        found = mean_of_known(own)
        for g, parent in (late or {}).items():
            found[g] = found[parent] if np.isnan(own[:, g]).any() else found[g]
        return found

    def formula(
        self, panel: Panel, levels: Array, rows: NDArray[np.bool_], written: Callable[[int], str], space: str = " "
    ) -> str:
        """Return the base level of levels (n,) as arithmetic; `written` gives the level of a row as a text."""
        at = np.flatnonzero(rows)
        w = self.weighing(panel, at)
        there = ~np.isnan(levels[at]) & (w > 0)
        at, w = at[there], w[there]
        when = np.zeros(len(at), dtype=np.int64) if panel.periods is None else panel.periods.ordinals[at]
        plus, over, times = (f"{space}{sign}{space}" for sign in "+/*")
        means = []
        for one in np.unique(when):
            terms, sizes = [written(row) for row in at[when == one].tolist()], [repr(float(v)) for v in w[when == one]]
            if self.weights is not None:
                weighed = plus.join(size + times + term for size, term in zip(sizes, terms, strict=True))
                means.append(f"({weighed}){over}({plus.join(sizes)})")
            else:
                means.append(terms[0] if len(terms) == 1 else f"({plus.join(terms)}){over}{len(terms)}")
        if len(means) < 2:
            return "".join(means)
        return f"({plus.join(means)}){over}{len(means)}"

    def note(self, panel: Panel, levels: Array, rows: NDArray[np.bool_]) -> None:
        """Write a line that says whose mean the base is of, and how many units are not in it."""
        if self.unit is not None:
            return
        at = np.flatnonzero(rows)
        known = ~np.isnan(levels[at, 0]) & (self.weighing(panel, at) > 0)
        n = len({panel.unit(row) for row in at[known].tolist()})
        every = len(set(panel.unit_list()))
        note("base", Said("one base for all units: the {mean}, {n} of {every}", mean=self.said, n=n, every=every))


def column_of_weights(groups_of_units: Sequence[Any]) -> str:
    """Return the column that weighs the units in the means that an index names.

    Raises
    ------
    SpecError
        None, or several.
    """
    columns = list(
        dict.fromkeys(one["weights"] for one in groups_of_units if isinstance(one, Mapping) and "weights" in one)
    )
    if len(columns) != 1:
        if columns:
            every = reduce(lambda one, other: Said("{one} and {other}", one=one, other=other), map(shown, columns))
            raise SpecError(
                Said(
                    'base_of = "weighted": groups_of_units has {columns}; write base_of = {{ weights = "people" }}',
                    columns=every,
                )
            )
        raise SpecError(
            Said(
                'base_of = "weighted": groups_of_units names no column of weights; write base_of = {{ weights = '
                '"people" }}'
            )
        )
    return str(columns[0])


def levels_of_base(
    setting: Setting, panel: Panel, levels: Array, rows: NDArray[np.bool_], late: Mapping[int, int] | None = None
) -> BaseLevels:
    """Return the base level of each group (groups,) by unit, or under None the one that all units share."""
    common = CommonBase.of(setting)
    if common is None:
        return base_levels(panel, levels, rows, late)
    return {None: common.levels(panel, levels, rows, late)}


def base_said(setting: Setting, panel: Panel, base: Any = None, to: float | None = None) -> Said:
    """Return whose level in which period is set to what: "2015 = 100", "Germany, 2015 = 100"."""
    common = CommonBase.of(setting)
    base, to = setting.base if base is None else base, setting.to if to is None else to
    if common is None:
        return Said("{base} = {to:g}", base=base, to=to)
    whose = common.said if common.unit is None else panel.name(common.unit)
    return Said("{whose}, {base} = {to:g}", whose=whose, base=base, to=to)


def _mean(x: Array, w: Array) -> Array:
    """Return the weighted mean of each column (m, columns) over what is there, rounded alike in any order of rows."""
    w = np.where(np.isnan(x) | np.isnan(w)[:, np.newaxis], 0.0, w[:, np.newaxis])
    total = np.sort(w, axis=0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        found = np.sort(w / total * np.nan_to_num(x, posinf=np.inf, neginf=-np.inf), axis=0).sum(axis=0)
    # Levels that cancel have the mean 0, from which there is no series, not what rounding leaves of it.
    found = np.where(same(found, 0.0, np.fmax.reduce(np.abs(x), axis=0, initial=0.0)), 0.0, found)
    return np.where(total > 0, found, np.nan)
