"""Published numbers compared one by one: which rows two histories share, and which of their numbers differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined

Key = tuple[str, ...]
Rows = NDArray[np.intp]

TOLERANCE = 1e-12
"""Numbers that differ by less, relative to the larger, are the same: sums round differently on other machines."""


@dataclass(frozen=True, eq=False)
class Published:
    """Levels (n, groups) as published: whose and when each row is, and the codes of the groups, the root first."""

    keys: tuple[Key, ...]
    groups: tuple[str, ...]
    levels: Array


def keys_of(panel: Panel) -> tuple[Key, ...]:
    """Return unit and period of each row as text, of rows that have neither their label."""
    units = [] if panel.units is None else [[str(unit) for unit in panel.units.tolist()]]
    periods = [] if panel.periods is None else [panel.periods.text]
    return tuple(zip(*(units + periods or [[str(label) for label in panel.labels.tolist()]]), strict=True))


def published(fitted: Any, table: Any) -> Published:
    """Return the series of a table's rows, without units that the fit has no base level for and may not take in."""
    result = fitted.score(table)
    if fitted.base_levels and None not in fitted.base_levels and fitted.setting.new_units == "refuse":
        known = np.array([unit in fitted.base_levels for unit in result.panel.unit_list()])
        result = result if known.all() else fitted.result(result.panel.pick(known))
    return Published(keys_of(result.panel), fitted.tree.groups, result.series().to_numpy())


def shared(before: Sequence[Key], after: Sequence[Key]) -> tuple[Rows, Rows]:
    """Return the positions of the rows that both have, in the order of the second."""
    at = {key: row for row, key in enumerate(before)}
    found = [(at[key], row) for row, key in enumerate(after) if key in at]
    pairs = np.array(found, dtype=np.intp).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def differing(before: Array, after: Array) -> NDArray[np.bool_]:
    """Return which numbers are there in both and are not the same.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._index.published import differing
    >>> differing(np.array([1.0, 1.0, np.nan]), np.array([1.0 + 1e-15, 1.1, 1.0])).tolist()
    [False, True, False]
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(after - before) > TOLERANCE * np.maximum(np.abs(before), np.abs(after)))


def step(before: float, after: float) -> str:
    """Return a move in words.

    Examples
    --------
    >>> from hengdian_index._index.published import step
    >>> step(101.2, 101.85)
    '101.20 -> 101.85 (+0.65)'
    """
    digits = 2 if abs(after - before) >= 0.005 else 6
    return f"{before:.{digits}f} -> {after:.{digits}f} ({after - before:+.{digits}f})"


def revision(before: Published, after: Published) -> Said | None:
    """Return in words what another fit of the same index would do to its published numbers; None if they stand."""
    old, new = shared(before.keys, after.keys)
    one, other = before.levels[old], after.levels[new]
    moved = differing(one, other)
    lost = int((~np.isnan(before.levels)).sum() - (~np.isnan(one) & ~np.isnan(other)).sum())
    said = [Said("{n} would be withdrawn", n=lost)] if lost else []
    if moved.any():
        size = np.where(moved, np.abs(other - one), -1.0)
        row, g = np.unravel_index(int(size.argmax()), size.shape)
        told = Said.of(
            int((~np.isnan(before.levels)).sum()),
            "{moved} of {n} published number would move, the largest {where}: {step}",
            "{moved} of {n} published numbers would move, the largest {where}: {step}",
            moved=int(moved.sum()),
            where=joined([before.groups[g], *before.keys[old[row]]], "places"),
            step=step(float(one[row, g]), float(other[row, g])),
        )
        said.insert(0, told)
    return joined(said, "clauses") if said else None
