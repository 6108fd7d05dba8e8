"""Names at the ends of lines: beside the picture, or in it where a line ends before the others do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.table import Array
from hengdian_index.plot.layout import apart, heights
from hengdian_index.plot.style import height_of, in_family

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

# From the middle of a name's left side to the end of its line.
_LEADER: dict[str, Any] = {"relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 0, "linewidth": 0.9}

_TEXT: dict[str, Any] = {"fontsize": 7.5, "linespacing": 1.05, "annotation_clip": False}

# Where a name may stand from the end of its line, the best first: to the right, above, below, to the left.
_SIDES = ((1, 0), (1, 1), (1, -1), (0, 1), (0, -1), (-1, 1), (-1, -1), (-1, 0))
_FAR = (5, 12, 20, 30, 42)

# Dots that stay free between a name and a line.
_CLEAR = 2


@dataclass(frozen=True, slots=True)
class End:
    """Where a line ends, the text that belongs there, and the line's colour."""

    x: int
    y: float
    text: str
    colour: str


def name_ends(ax: Axes, ends: Sequence[End]) -> None:
    """Write each text beside its line: in a column at the right, or next to the end of a line that ends early."""
    last = max(end.x for end in ends)
    for end in ends:
        ax.plot(end.x, end.y, "o", color=end.colour, markersize=3)
    _column(ax, [end for end in ends if end.x == last])
    early = sorted((end for end in ends if end.x < last), key=lambda end: (end.x, end.y))
    if early:
        in_family(ax)
        ax.figure.figure.draw_without_rendering()
        taken: list[Array] = []
        curves = _curves(ax)
        for end in early:
            taken.append(_beside(ax, end, curves, taken))


def _column(ax: Axes, ends: Sequence[End]) -> None:
    """Write texts at the right of the axes, so far apart that all can be read, each with a leader to its line."""
    low, high = ax.get_ylim()
    gaps = heights([end.text for end in ends]) * (high - low) / height_of(ax)
    for end, at in zip(ends, apart([end.y for end in ends], gaps, low, high), strict=True):
        arrow = {"arrowstyle": "-", "color": end.colour, **_LEADER}
        places: dict[str, Any] = {"xytext": (1.04, at), "textcoords": ("axes fraction", "data"), "arrowprops": arrow}
        ax.annotate(end.text, (end.x, end.y), va="center", **places, **_TEXT)


def _curves(ax: Axes) -> Array:
    """Return points (m, 2) along the lines that are drawn, in dots of the screen."""
    found = [np.empty((0, 2))]
    for line in ax.lines:
        points = ax.transData.transform(np.asarray(line.get_xydata()))
        if len(points) > 1 and line.get_transform() == ax.transData:
            steps = np.linspace(0, 1, 40)[:, np.newaxis, np.newaxis]
            found.append((points[:-1] * (1 - steps) + points[1:] * steps).reshape(-1, 2))
    every = np.concatenate(found)
    return np.asarray(every[np.isfinite(every).all(axis=1)])


def _beside(ax: Axes, end: End, curves: Array, taken: Sequence[Array]) -> Array:
    """Write a text where it hides least, as near the end of its line as may be; return its box in dots."""
    name: Annotation = ax.annotate(end.text, (end.x, end.y), xytext=(0, 0), textcoords="offset points", **_TEXT)
    size = np.asarray(name.get_window_extent().size)
    dots = ax.figure.dpi / 72
    tip = ax.transData.transform((end.x, end.y))
    frame = ax.get_window_extent()
    inside = np.array([[frame.x0, frame.y0], [frame.x1, frame.y1]])
    choices = [(side, far) for far in _FAR for side in _SIDES]
    boxes = [_box(tip, size, np.array(side), far * dots) for side, far in choices]
    costs = [_cost(box, inside, curves, taken) + 0.5 * far for box, (_, far) in zip(boxes, choices, strict=True)]
    best = int(np.argmin(costs))
    far = choices[best][1]
    name.set_position(tuple((boxes[best][0] - tip) / dots))
    name.set(ha="left", va="bottom")
    if far > _FAR[0]:
        toward = np.clip(tip, *boxes[best])
        ends = ax.transData.inverted().transform([tip, toward])
        ax.plot(*ends.T, color=end.colour, linewidth=0.6, scalex=False, scaley=False)
    return boxes[best]


def _box(tip: Array, size: Array, side: NDArray[np.int_], far: float) -> Array:
    """Return the corners (2, 2) of a text of some size on a side of a point."""
    low = tip + side * far - np.where(side > 0, 0, np.where(side < 0, size, size / 2))
    return np.array([low, low + size])


def _cost(box: Array, inside: Array, curves: Array, taken: Sequence[Array]) -> float:
    """Return how much is wrong with a box: outside the axes, over another text, over lines."""
    out = (np.maximum(inside[0] - box[0], 0) + np.maximum(box[1] - inside[1], 0)).sum()
    over = sum(bool((np.minimum(box[1], other[1]) > np.maximum(box[0], other[0])).all()) for other in taken)
    hidden = ((curves > box[0] - _CLEAR) & (curves < box[1] + _CLEAR)).all(axis=1).sum()
    return float(1000 * (out > 0) + 10 * out + 1000 * over + 3 * hidden)
