"""The tree of an index with its weights: nested columns, or rings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._index.stubs import Kind
from hengdian_index._scoring.tree import Tree
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, among, suggestion
from hengdian_index.plot.layout import apart, name_of
from hengdian_index.plot.style import COLOURS, REST, axes, drawn, height_of, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_BESIDE: dict[str, Any] = {
    "textcoords": "offset points",
    "annotation_clip": False,
    "va": "center",
    "linespacing": 1.0,
}

# Of more indicators the names are smaller.
_MANY = 36

_EDGE: dict[str, Any] = {"edgecolor": "white", "linewidth": 1.0}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A node: how deep it stands, where it begins and ends within 0..1, its colour and how strong that is."""

    code: str
    depth: int
    start: float
    end: float
    colour: str
    strength: float
    leaf: bool

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def weight(self) -> float:
        return self.end - self.start


@drawn
def framework(result: Result, kind: Kind = "icicle", *, ax: Axes | None = None) -> Axes:
    """The tree of groups and indicators, each as large as its weight in the whole.

    Parameters
    ----------
    result : Result
        The weights are those of its latest period.
    kind : {"icicle", "sunburst"}
        Columns from the root at the left to the indicators at the right, or rings around it.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        One patch for each node, the name and the weight in per cent of the whole beside or in it.

    Raises
    ------
    SpecError
        An unknown kind.

    Notes
    -----
    The size of an indicator is its effective weight, the product of the weights down the tree; that of a group is the
    sum of what is below it. Proof: the sizes are those numbers.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> len(index.compute(table).plot.framework().patches)
    22
    """
    if not among(kind, get_args(Kind)):
        raise SpecError(Said("kind: no {kind!r}{guess}", kind=kind, guess=suggestion(kind, get_args(Kind))))
    cells, tree = _cells(result), result.tree
    leaves = sum(cell.leaf for cell in cells)
    low = ax is not None and height_of(axes(ax, 0)) < 0.24 * leaves
    if kind == "icicle":
        ax = axes(ax, max(3.0, 0.3 + (0.25 if leaves <= _MANY else 0.165) * leaves))
        _icicle(ax, tree, cells, small=low or leaves > _MANY)
    else:
        ax = axes(ax, 6.5)
        _sunburst(ax, tree, cells)
    ax.set_axis_off()
    return ax


def _cells(result: Result) -> list[_Cell]:
    """Return the nodes of the latest tree with their places, each parent before its children."""
    weights = result.weights
    root = result.tree.root.code
    cells, found = [_Cell(root, 0, 0.0, 1.0, REST, 0.35, False)], []
    while cells:
        cell = cells.pop(0)
        found.append(cell)
        if cell.leaf:
            continue
        start, own = cell.start, weights[weights.index.get_level_values(0) == cell.code]
        for i, (child, weight) in enumerate(zip(own.index.get_level_values(1), own, strict=True)):
            end = start + cell.weight * float(weight)
            colour = COLOURS[i % len(COLOURS)] if cell.code == root else cell.colour
            leaf = child not in weights.index.get_level_values(0)
            strength = 0.75 if cell.code == root else max(0.2, cell.strength * 0.55) + 0.08 * (i % 2)
            cells.append(_Cell(str(child), cell.depth + 1, start, end, colour, strength, leaf))
            start = end
    return found


def _icicle(ax: Axes, tree: Tree, cells: list[_Cell], small: bool) -> None:
    """Draw nested columns, the first child on top; names of indicators stand beside them, apart from one another."""
    from matplotlib.patches import Rectangle

    edges = _edges(cells, root=0.25, group=1.0, leaf=0.35)
    right = edges[-1]
    for cell in cells:
        left, end = edges[cell.depth], right if cell.leaf else edges[cell.depth + 1]
        paint = _paler(cell.colour, cell.strength)
        ax.add_patch(Rectangle((left, cell.start), end - left, cell.weight, facecolor=paint, **_EDGE))
        if not cell.leaf:
            text = _fitted(name_of(tree, cell.code), _share(cell), cell.weight * height_of(ax))
            turned = 90 if cell.depth == 0 else 0
            ax.text((left + end) / 2, cell.middle, text, ha="center", va="center", fontsize=7, rotation=turned)
    leaves = [cell for cell in cells if cell.leaf]
    # Without ticks and titles, axes of their own fill the figure.
    gap = min(0.185 / height_of(ax), 0.98 / max(len(leaves) - 1, 1))
    beside: dict[str, Any] = {**_BESIDE, "fontsize": 5.5 if small else 7}
    for cell, place in zip(leaves, apart([cell.middle for cell in leaves], gap, 0.01, 0.99), strict=True):
        ax.plot([right, right + 0.08], [cell.middle, place], color=REST, linewidth=0.6, clip_on=False)
        ax.annotate(_share(cell), (right + 0.09, place), (28, 0), ha="right", **beside)
        ax.annotate(wrapped(name_of(tree, cell.code), 48 if small else 38), (right + 0.09, place), (33, 0), **beside)
    ax.set(xlim=(0, right), ylim=(1, 0))


def _edges(cells: list[_Cell], root: float, group: float, leaf: float) -> list[float]:
    """Return where each depth begins, and where the last ends."""
    deepest = max(cell.depth for cell in cells)
    return [0.0, *(root + group * i for i in range(deepest)), root + group * (deepest - 1) + leaf]


def _fitted(name: str, share: str, room: float) -> str:
    """Return a group's name and share in as many lines as there is room (inches) for, two of them in one at worst."""
    text = wrapped(f"{name} {share}", 200)
    for width in (24, 18):
        lines = f"{wrapped(name, width)}\n{share}"
        text = lines if 0.125 * (1 + lines.count("\n")) <= room else text
    return text


def _sunburst(ax: Axes, tree: Tree, cells: list[_Cell]) -> None:
    """Draw rings around the root, clockwise from the top; names of indicators stand outside."""
    from matplotlib.patches import Circle, Wedge

    edges = _edges(cells, root=0.8, group=1.7, leaf=0.5)
    deepest, small = edges[-1], sum(cell.leaf for cell in cells) > _MANY
    for cell in cells:
        paint = _paler(cell.colour, cell.strength)
        if cell.depth == 0:
            ax.add_patch(Circle((0, 0), edges[1], facecolor=paint, **_EDGE))
            ax.text(0, 0, wrapped(name_of(tree, cell.code), 12), ha="center", va="center", fontsize=7)
            continue
        inner, outer = edges[cell.depth], deepest if cell.leaf else edges[cell.depth + 1]
        ends = 90 - 360 * cell.end, 90 - 360 * cell.start
        ax.add_patch(Wedge((0, 0), outer, *ends, width=outer - inner, facecolor=paint, **_EDGE))
        _ring_name(ax, tree, cell, deepest + 0.08 if cell.leaf else (inner + outer) / 2, small)
    ax.set(xlim=(-deepest * 1.02, deepest * 1.02), ylim=(-deepest * 1.02, deepest * 1.02))
    ax.set_aspect("equal")


def _ring_name(ax: Axes, tree: Tree, cell: _Cell, radius: float, small: bool) -> None:
    """Write the name of a node along its radius, upright on both sides."""
    angle = 90 - 360 * cell.middle
    right = np.cos(np.deg2rad(angle)) >= 0
    x, y = radius * np.cos(np.deg2rad(angle)), radius * np.sin(np.deg2rad(angle))
    beside = ("left" if right else "right") if cell.leaf else "center"
    text = wrapped(name_of(tree, cell.code), 30 if cell.leaf else 12 if small else 16)
    ax.text(
        x,
        y,
        f"{text} {_share(cell)}" if cell.leaf else f"{text}\n{_share(cell)}",
        rotation=angle if right else angle + 180,
        rotation_mode="anchor",
        ha=beside,
        va="center",
        fontsize=5 if small else 7 if cell.leaf else 6.5,
        linespacing=1.0 if small else 1.2,
    )


def _share(cell: _Cell) -> str:
    return f"{100 * cell.weight:.1f} %"


def _paler(colour: str, strength: float) -> tuple[float, float, float]:
    """Return a colour mixed with white."""
    from matplotlib.colors import to_rgb

    red, green, blue = (1 - strength * (1 - part) for part in to_rgb(colour))
    return red, green, blue
