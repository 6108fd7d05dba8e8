"""What each indicator's normalisation learns from the fit rows of an index, and the normalised indicators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hengdian_index._maths.maps import Map
from hengdian_index._maths.maps import cancelled as cancelled_in
from hengdian_index._methods.learning import learn
from hengdian_index._scoring.tree import Leaf, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._values.equality import largest, settled
from hengdian_index.errors import (
    CellsError,
    DataError,
    Fault,
    FaultsError,
    SpecError,
    raise_all,
    raise_together,
    suggestion,
)


def learn_maps(tree: Tree, shown: Panel, base: Panel, own: Mapping[str, Panel]) -> dict[str, Map]:
    """Return what each indicator's normalisation learns; the faults of all indicators at once.

    Parameters
    ----------
    shown, base : Panel
        The fit rows, and those of the base period, which relatives learn from.
    own : mapping
        Fit rows of the indicators that name their own.
    """
    maps: dict[str, Map] = {}
    errors: list[FaultsError] = []
    for j, leaf in enumerate(tree.leaves):
        rows = base if leaf.normalise.method.traits.get("fits_on_base") else shown
        try:
            maps[leaf.code] = _map(leaf, own.get(leaf.code, rows), j)
        except FaultsError as error:
            errors.append(error)
    raise_together(errors)
    return maps


def normalised(tree: Tree, maps: Mapping[str, Map], panel: Panel) -> Array:
    """Return the normalised indicators (n, k), values of a computed indicator that are equal (`equality`) as one."""
    out = np.empty_like(panel.values, order="F")
    faults: list[Fault] = []
    for j, leaf in enumerate(tree.leaves):
        column = Labelled(panel.values[:, j : j + 1], (leaf.code,), False, panel)
        try:
            z = maps[leaf.code](column.values)
            out[:, j] = (settled(z, _cancelled(leaf, maps, column.values), axis=0) if leaf.computed else z)[:, 0]
        except CellsError as error:
            faults += column.refusal(error).faults
    raise_all(DataError, faults)
    return out


def cancelled(tree: Tree, maps: Mapping[str, Map]) -> Array:
    """Return the magnitude (k,) that cancels in the scores of each indicator, values of any size."""
    return np.array([cancelled_in(maps[leaf.code], np.zeros(1))[0] for leaf in tree.leaves])


def _cancelled(leaf: Leaf, maps: Mapping[str, Map], values: Array) -> Array:
    """Return what cancels (1,) in the scores of computed values: of a column, its largest magnitude."""
    return cancelled_in(maps[leaf.code], largest(values))


def _map(leaf: Leaf, rows: Panel, j: int) -> Map:
    complete = not np.isnan(rows.values[:, j]).any()
    column = Labelled(rows.values[:, [j]], (leaf.code,), complete, rows, leaf.computed)
    return learn(leaf.normalise.method, column, leaf.direction, _own_options(leaf, rows.columns))


def _own_options(leaf: Leaf, codes: tuple[str, ...]) -> dict[str, Any]:
    """Return a leaf's options, its own value taken from those given by indicator."""
    options = {}
    for name, value in leaf.normalise.options.items():
        if isinstance(value, Mapping):
            surplus = [f"{name}: no indicator {key!r}{suggestion(key, codes)}" for key in value if key not in codes]
            raise_all(SpecError, surplus)
            value = {leaf.code: value[leaf.code]} if leaf.code in value else {}
        options[name] = value
    return options
