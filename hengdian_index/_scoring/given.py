"""What indicators are of rows that come as something else than their values: figures of the year to date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hengdian_index._scoring.tree import Leaf, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index.errors import listed
from hengdian_index.series.cumulation import taken_apart


def as_values(tree: Tree, panel: Panel) -> Panel:
    """Return rows with the values that each indicator is of, a line among their liberties for each that is made so."""
    values, said = panel.values, list[str]()
    for leaf in tree.leaves:
        if leaf.cumulative is None or panel.periods is None or leaf.code not in panel.columns:
            continue
        if values is panel.values:
            values = np.array(values, order="F")
        at = panel.columns.index(leaf.code)
        values[:, at] = _apart(leaf, panel, values[:, at], said)
    return panel if values is panel.values else replace(panel, values=values, liberties=(*panel.liberties, *said))


def _apart(leaf: Leaf, panel: Panel, to_date: Array, said: list[str]) -> Array:
    """Return a column of figures to date (n,) as those of single periods."""
    assert panel.periods is not None
    frequency = panel.periods.frequency
    rows = panel.previous(1)
    before = np.where(rows >= 0, to_date[rows], np.nan)
    first = panel.periods.ordinals % frequency.per_year == 0
    apart, gaps = taken_apart(to_date, before, first)
    done = int((~np.isnan(apart) & ~first).sum())
    where = f"{panel.source}: " if panel.source else ""
    told = f"{where}indicator {leaf.code!r}: cumulative = 'year': "
    less = f"{counted(done, 'figure')} to date less that of the {frequency.name} before in its year"
    said.append(f"{told}{less}; the first of each year as it is")
    if gaps.any():
        reason = f"for the figure to date of the {frequency.name} before is missing"
        said.append(f"{told}{counted(int(gaps.sum()), 'value', 'are')} missing, {reason}: {_places(panel, gaps)}")
    return apart


def _places(panel: Panel, marked: NDArray[np.bool_]) -> str:
    """Return which rows (n,) are marked, by unit and period."""
    rows = np.flatnonzero(marked).tolist()
    if panel.units is None:
        return listed([panel.period(row) for row in rows])
    return listed([f"{panel.unit(row)} {panel.period(row)}" for row in rows])
