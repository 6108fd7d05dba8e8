"""A cross-section out of a panel with gaps: the last value that each unit has of each column, and of when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import Periods, format_period
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import native


def is_cross_section(table: Any, unit: str | None, period: str | None) -> bool:
    """Return whether a table has no periods and each unit once, so that all its values are the last ones."""
    if not isinstance(table, pd.DataFrame) or period in (*table.columns, *table.index.names):
        return False
    return unit in table.columns and not table[unit].duplicated().any()


def latest(panel: Panel) -> Panel:
    """Return a row for each unit, in the order in which they come, with its last value of each column.

    `liberties` say of each column in which period its values are: that of most units, and all others by name. Labels of
    groups are those of a unit's last row.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.latest import latest
    >>> from hengdian_index._tables.read_panel import read_panel
    >>> table = pd.DataFrame({"land": ["D", "F", "I"] * 2, "year": [2019] * 3 + [2020] * 3, "x": [1, 2, 3, 4, 5, None]})
    >>> cut = latest(read_panel(table, ["x"], unit="land", period="year"))
    >>> cut.values.ravel().tolist(), cut.liberties
    ([4.0, 5.0, 3.0], ("last values of 'x' (latest = true): 2020 for 2 units; 2019 for I",))
    """
    if panel.units is None or panel.periods is None or not panel.n:
        return panel
    codes, ordinals = panel.unit_codes(), panel.periods.ordinals
    n, order = int(codes.max()) + 1, np.argsort(ordinals, kind="stable")
    last = np.zeros(n, dtype=np.intp)
    # Later periods come later, and stay.
    last[codes[order]] = order
    cut = replace(panel.pick(last), source=panel.source, periods=None)
    values, said = np.full((n, len(panel.columns)), np.nan, order="F"), list[Said]()
    for j, name in enumerate(panel.columns):
        there = order[~np.isnan(panel.values[order, j])]
        rows = np.full(n, -1, dtype=np.intp)
        rows[codes[there]] = there
        found = rows >= 0
        values[found, j] = panel.values[rows[found], j]
        said.append(
            headed(
                panel.source,
                Said(
                    "last values of {name!r} (latest = true): {periods}",
                    name=name,
                    periods=_told(rows, cut.unit_list(), panel.periods),
                ),
            )
        )
    labels = pd.Index(panel.units[last], name=panel.labels.names[0])
    lines = tuple(panel.lines[row] for row in last.tolist()) if panel.lines else ()
    return replace(
        cut, values=values, labels=labels, lines=lines, came={}, liberties=(*panel.liberties, *said), provisional=None
    )


def _told(rows: Array, units: Sequence[Any], periods: Periods) -> Said:
    """Return the periods of the last values of one column; all units but those of the commonest period are named."""
    when = np.where(rows >= 0, periods.ordinals[rows], np.iinfo(np.int64).min)
    distinct, counts = np.unique(when[rows >= 0], return_counts=True)
    parts = list[Said]()
    for ordinal in distinct[np.lexsort((-distinct, -counts))].tolist():
        own = [native(units[i]) for i in np.flatnonzero(when == ordinal).tolist()]
        who = joined(own) if parts else Said.of(len(own), "{n} unit", "{n} units")
        period = format_period(int(ordinal), periods.frequency)
        parts.append(Said("{period} for {units}", period=period, units=who))
    without = [native(units[i]) for i in np.flatnonzero(rows < 0).tolist()]
    return joined([*parts, *([Said("none for {units}", units=joined(without))] if without else [])], "clauses")
