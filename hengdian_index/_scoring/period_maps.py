"""Normalisation within each period: a map for every period, learnt from its own rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.maps import Map
from hengdian_index._maths.maps import cancelled as cancelled_in
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, DataError, FaultsError, raise_together

Learnt = Callable[[NDArray[np.intp]], Map]
"""How a map is learnt from rows of one period, by their numbers."""


@stored("maps of periods")
@dataclass(frozen=True, slots=True)
class PeriodMaps:
    """What a normalisation learnt in each period, by its ordinal; none for a period without a value."""

    maps: Mapping[int, Map]

    def __call__(self, x: Array) -> Array:
        """Refuse: rows alone do not say their period."""
        raise TypeError("a map of each period needs the period of a row")

    def at(self, ordinal: int) -> Map | None:
        """Return the map of a period, None where nothing was learnt of it."""
        return self.maps.get(ordinal)

    def each(self, change: Callable[[Map], Map]) -> PeriodMaps:
        """Return the maps, each changed."""
        return PeriodMaps({ordinal: change(one) for ordinal, one in self.maps.items()})

    def apply(self, values: Array, panel: Panel) -> Array:
        """Return the scores (..., n, 1) of values, each by the map of its row's period."""
        out, refused, errors = np.full_like(values, np.nan), np.zeros(values.shape, dtype=np.bool_), list[CellsError]()
        for ordinal, rows in _blocks(panel):
            one = self.at(ordinal)
            if one is None:
                continue
            try:
                out[..., rows, :] = one(values[..., rows, :])
            except CellsError as error:
                refused[..., rows, :] = error.marked
                errors.append(error)
        if errors:
            raise CellsError(refused, errors[-1].why)
        return out

    def cancelled(self, before: Array) -> Array:
        """Return what cancels in any of them."""
        return np.asarray(np.max([cancelled_in(one, before) for one in self.maps.values()], axis=0, initial=0.0))

    def also(self, values: Array, panel: Panel, learn: Learnt) -> PeriodMaps:
        """Return the maps with those of the periods that are new, learnt from the rows (..., n, 1) given of each."""
        found: dict[int, Map] = {}
        errors: list[FaultsError] = []
        for ordinal, rows in _blocks(panel):
            if ordinal in self.maps or np.isnan(values[..., rows, :]).all():
                continue
            try:
                found[ordinal] = learn(rows)
            except FaultsError as error:
                period = panel.period(int(rows[0]))
                saying = Said("period {period}: ", period=period)
                errors.append(type(error)(*(fault.under(saying=saying) for fault in error.faults)))
        raise_together(errors)
        return PeriodMaps({**self.maps, **found}) if found else self


def map_at(one: Map, panel: Panel, row: int) -> Map | None:
    """Return the map that holds for a row: that of its period, where there is one for each."""
    if not isinstance(one, PeriodMaps):
        return one
    assert panel.periods is not None
    return one.at(int(panel.periods.ordinals[row]))


def _blocks(panel: Panel) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield the ordinal and the rows of each period."""
    if panel.periods is None:
        raise DataError(Said("scope = 'period', but the rows have no period; name its column"))
    for rows in panel.periods.blocks():
        yield int(panel.periods.ordinals[rows[0]]), rows
