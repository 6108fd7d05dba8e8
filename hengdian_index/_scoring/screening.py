"""Units with too few values, found and left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._scoring.tree import Setting, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index.errors import DataError, listed
from hengdian_index.log import note


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
            share = (
                f"{100 * present[unit]:.0f} % of its cells have a value, {100 * setting.unit_coverage:.0f} % are needed"
            )
            note("screen", f"{share}; left out", unit=unit)
        elif known.get(unit):
            note("screen", "left out at the fit for too few values", unit=unit)
    found = {**found, **{unit: out for unit, out in known.items() if unit in found}}
    if all(found.values()):
        seen = [unit for unit in found if unit in known]
        why = f"no unit has values in {100 * setting.unit_coverage:.0f} % of its cells; lower it"
        raise DataError(
            f"unit_coverage: {f'{listed(seen)} left out at the fit; fit again to take them in' if seen else why}"
        )
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
