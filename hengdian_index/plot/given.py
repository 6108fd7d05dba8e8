"""Axes that were made elsewhere: what is drawn into them stays in their own part of the figure."""

from __future__ import annotations

from typing import Any

import numpy as np

from hengdian_index._tables.table import Array

# Of its width and height, axes keep at least this share.
_LEAST = 0.3

# Inches between what is drawn and the part of a neighbour.
_GAP = 0.04


def room_of(ax: Any) -> Array | None:
    """Return the part of the figure, its corners (2, 2) as shares, that axes have with half of what separates them.

    None where there are no axes of a grid, or where an engine of the figure lays them out.
    """
    place = getattr(ax, "get_subplotspec", lambda: None)()
    if place is None or ax.figure.figure.get_layout_engine() is not None:
        return None
    bottoms, tops, lefts, rights = place.get_gridspec().get_grid_positions(ax.figure)
    rows, columns = place.rowspan, place.colspan
    # Rows count from the top.
    across = _between(lefts, rights, columns.start, columns.stop - 1)
    down = _between(1 - tops, 1 - bottoms, rows.start, rows.stop - 1)
    return np.array([[across[0], 1 - down[1]], [across[1], 1 - down[0]]])


def _between(starts: Array, ends: Array, first: int, last: int) -> tuple[float, float]:
    """Return where the part of some places begins and ends: halfway to the next, at the edge of the figure."""
    low = (ends[first - 1] + starts[first]) / 2 if first else 0.0
    high = (ends[last] + starts[last + 1]) / 2 if last + 1 < len(starts) else 1.0
    return float(low), float(high)


def fit(ax: Any, room: Array | None) -> None:
    """Make axes smaller until all that is drawn around them is in their room, as far as they can be."""
    if room is None:
        return
    figure = ax.figure
    figure.figure.draw_without_rendering()
    shares = figure.transSubfigure.inverted()
    gap = _GAP / np.array([figure.bbox.width, figure.bbox.height]) * figure.figure.dpi
    for _ in range(2):
        box = ax.get_tightbbox()
        if box is None:
            return
        reach, place = shares.transform(box.get_points()), ax.get_position().get_points()
        low = np.maximum(place[0], place[0] + room[0] + gap - reach[0])
        high = np.minimum(place[1], place[1] + room[1] - gap - reach[1])
        least = _LEAST * (room[1] - room[0])
        short = high - low < least
        # What has no room reaches out to both sides alike.
        middle = np.clip((low + high) / 2, room[0] + least / 2, room[1] - least / 2)
        low, high = np.where(short, middle - least / 2, low), np.where(short, middle + least / 2, high)
        laid_out = ax.get_in_layout()
        ax.set_position((low[0], low[1], high[0] - low[0], high[1] - low[1]))
        ax.set_in_layout(laid_out)
