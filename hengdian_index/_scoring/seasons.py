"""Seasonal parts of indicators, learnt from the fit rows of each unit and taken out of these and later rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._scoring.tree import Leaf
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index._values.stored import stored
from hengdian_index.errors import DataError, FaultsError, SpecError, raise_together
from hengdian_index.log import note
from hengdian_index.series import deseasonalise


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
        beyond = 0
        for unit in dict.fromkeys(units.tolist()):
            if unit not in self.patterns:
                raise DataError(f"indicator {leaf.code!r}: unit {unit!r} has no seasonal pattern; fit again with it")
            rows = np.flatnonzero(units == unit) if unit is not None else np.arange(panel.n)
            pattern = self.patterns[unit]
            part = pattern.at(ordinals[rows])
            out[rows] = values[rows] / part if self.multiplied else values[rows] - part
            beyond += int((ordinals[rows] >= pattern.first + len(pattern.values)).sum())
        if beyond:
            why = (
                f"{counted(beyond, 'row')} after the fit rows {'is' if beyond == 1 else 'are'} "
                "adjusted by the seasonal pattern of the last year of the fit"
            )
            note("deseasonalise", why, indicator=leaf.code)
        return out


def learn_seasons(leaf: Leaf, panel: Panel, values: Array) -> Seasons:
    """Return the seasonal patterns of an indicator, (n,) values, in the fit rows of each unit."""
    options: dict[str, Any] = dict(leaf.deseasonalise or {})
    if panel.periods is None:
        raise SpecError(f"indicator {leaf.code!r}: deseasonalise needs periods; name the period column in the index")
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
            who = f"indicator {leaf.code!r}" + ("" if unit is None else f", unit {unit!r}")
            errors.append(type(error)(*(fault.under(saying=f"{who}: ") for fault in error.faults)))
            continue
        inside = ~np.isnan(seasonal)
        patterns[unit] = Pattern(int(ordinals[known[0]]), seasonal[inside], frequency.per_year)
    raise_together(errors)
    note("deseasonalise", f"seasonal part taken out ({', '.join(map(str, options.values()))})", indicator=leaf.code)
    return Seasons(patterns, options.get("model") == "multiplicative")
