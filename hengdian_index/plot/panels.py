"""Axes divided into panels of one size, which stay inside their axes: small multiples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hengdian_index.plot.style import pyplot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Inches: below a panel for its ticks.
_TICKS = 0.2


@dataclass(frozen=True, slots=True)
class Grid:
    """How panels are laid out: rows and columns, the room (inches) above each and between two side by side.

    `ticks` says whether each panel has ticks of its own below it, or only the lowest of each column.
    """

    rows: int
    columns: int
    above: float
    between: float
    ticks: bool = False

    def height(self, each: float) -> float:
        """Return how high (inches) axes are whose panels are so high."""
        return self.rows * (each + self.above) + (self.rows - 1) * (_TICKS if self.ticks else 0.0)


def columns_for(n: int) -> int:
    """Return into how many columns panels go so that they can be read.

    Examples
    --------
    >>> from hengdian_index.plot.panels import columns_for
    >>> [columns_for(n) for n in (1, 2, 4, 6, 13, 30)]
    [1, 2, 2, 3, 4, 5]
    """
    return n if n <= 3 else 2 if n == 4 else 3 if n <= 9 else 4 if n <= 16 else 5


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a panel stands in its axes, found when it is drawn: its gaps are inches, whatever the size of the axes."""

    host: Any
    grid: Grid
    row: int
    column: int

    def __call__(self, panel: Any, renderer: Any) -> Any:
        from matplotlib.transforms import Bbox

        grid, figure = self.grid, self.host.figure
        inches = figure.bbox.width / figure.dpi, figure.bbox.height / figure.dpi
        box = self.host.get_position()
        between, above = grid.between / inches[0], grid.above / inches[1]
        below = _TICKS / inches[1] if grid.ticks else 0.0
        wide = max(box.width - (grid.columns - 1) * between, 0.1 * box.width) / grid.columns
        high = max(box.height - grid.rows * above - (grid.rows - 1) * below, 0.1 * box.height) / grid.rows
        left = box.x0 + self.column * (wide + between)
        top = box.y1 - self.row * (high + below + above) - above
        return Bbox.from_bounds(left, top - high, wide, high)


def panels(ax: Axes, grid: Grid, n: int, *, same: bool) -> list[Axes]:
    """Return so many panels inside axes, row by row, with the same axes if asked; of the others nothing is drawn."""
    pyplot()
    ax.set_axis_off()
    made: list[Axes] = []
    for i in range(n):
        shared: dict[str, Any] = {"sharex": made[0], "sharey": made[0]} if same and made else {}
        panel = ax.inset_axes((0, 0, 1, 1), **shared)
        panel.set_axes_locator(_Place(ax, grid, i // grid.columns, i % grid.columns))
        panel.tick_params(labelsize=6.5, length=2, pad=2)
        if same:
            panel.tick_params(labelleft=i % grid.columns == 0, labelbottom=i + grid.columns >= n)
        made.append(panel)
    return made


def headed(panel: Axes, text: str) -> None:
    """Write what a panel shows above it, from its left edge."""
    panel.set_title(text, loc="left", fontsize=7, linespacing=1.1, pad=3)
