"""Bars made of parts, and the key that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hengdian_index._scoring.tree import RESERVED, Tree
from hengdian_index._tables.table import Array
from hengdian_index.plot.layout import heights, name_of, say
from hengdian_index.plot.style import FAINT, HATCHES, REST, colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# So many parts can be told apart; of more, all but the largest are summed.
MOST = 20


@dataclass(frozen=True, slots=True)
class Others:
    """The column of so many parts together."""

    n: int


# Points between the axes and a title above a key of one line.
_PAD = 20

# Inches below the axes for ticks and the name of the axis.
_BELOW = 0.42


def pooled(parts: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """Return parts (m, k); of more than `most`, the largest in their order and the sum of the others.

    The size of a part is the sum of its absolute values. Columns that are no part stay as they are.
    """
    own = [code for code in parts.columns if code not in RESERVED]
    if len(own) <= most:
        return parts
    large = set(parts[own].abs().sum().sort_values(ascending=False, kind="stable").index[: most - 1])
    small = [code for code in own if code not in large]
    kept = [code for code in parts.columns if code not in small]
    others = pd.DataFrame({Others(len(small)): parts[small].sum(axis=1, min_count=1)})
    return pd.concat([parts[[code for code in kept if code in large]], others, parts[kept].drop(columns=large)], axis=1)


def part_name(tree: Tree, code: str | Others) -> str:
    """Return what a column of parts is called: a part by its name, what is no part in the language of the picture."""
    if isinstance(code, Others):
        return say("others", code.n)
    return say(code) if code in RESERVED else name_of(tree, code)


def stack(
    ax: Axes, at: Any, parts: Array, names: Sequence[str], codes: Sequence[str | Others], along: str = "x"
) -> None:
    """Draw stacks of parts (m, k) at places (m,): those above 0 upwards from 0, those below it downwards."""
    draw, thick, base = (ax.bar, "width", "bottom") if along == "x" else (ax.barh, "height", "left")
    parts = np.nan_to_num(parts)
    up, down = np.zeros(len(parts)), np.zeros(len(parts))
    own = iter(colours(len(codes)))
    shades = {code: _shade(code) or next(own) for code in codes}
    for j, (name, code) in enumerate(zip(names, codes, strict=True)):
        value, (colour, hatch) = parts[:, j], shades[code]
        start = np.where(value < 0, down, up)
        options: dict[str, Any] = {thick: 0.8, base: start, "label": name, "hatch": hatch, "color": colour}
        draw(at, value, edgecolor="white", linewidth=0.3, **options)
        up, down = up + np.maximum(value, 0), down + np.minimum(value, 0)


def _shade(code: str | Others) -> tuple[str, str] | None:
    """Return colour and hatch of a column that is no part of its own."""
    if isinstance(code, Others):
        return FAINT, HATCHES[0]
    if code not in RESERVED:
        return None
    return (REST if code == "reweighting" else FAINT), HATCHES[RESERVED.index(code) % len(HATCHES)]


def key_height(names: Sequence[str], columns: int = 1) -> float:
    """Return about how high (inches) a key is."""
    rows = -(-len(names) // columns)
    each = heights(names)
    return float(max((each[i * rows : (i + 1) * rows].sum() for i in range(columns)), default=0.0))


def key(ax: Axes, along: str = "x", own: bool = False) -> None:
    """Name the parts beside the picture, in the order of the stacks: from the top down, or from the left.

    A figure of the picture's own grows until it is as high as the key.
    """
    handles, labels = _named(ax)
    order = slice(None, None, -1 if along == "x" else 1)
    ax.legend(handles[order], labels[order], loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0)
    if own:
        title = ax.get_title()
        _grow(ax, 0.15 + (0.1 + 0.16 * (1 + title.count("\n")) if title else 0.0))


def _named(ax: Axes) -> tuple[list[Any], list[str]]:
    """Return what has a name, lines before bars, and the names: those too that begin with an underscore."""
    found: list[Any] = [*(line for line in ax.lines if not _unnamed(line)), *ax.containers]
    return found, [str(one.get_label()) for one in found]


def _unnamed(line: Any) -> bool:
    return str(line.get_label()).startswith("_child")


def _grow(ax: Axes, more: float) -> None:
    """Make a figure as high (inches) as its key and more, if it is lower."""
    key: Any = ax.get_legend()
    figure = ax.figure.figure
    figure.set_figheight(max(figure.get_figheight(), key.get_window_extent().height / figure.dpi + more))


def key_below(ax: Axes, columns: int, height: float | None = None) -> None:
    """Name the parts below the axes, so that the axes keep their width, and a height (inches) if one is given."""
    from matplotlib.transforms import ScaledTranslation

    down = ScaledTranslation(0, -_BELOW, ax.figure.dpi_scale_trans)
    place: dict[str, Any] = {"bbox_to_anchor": (1.0, 0.0), "bbox_transform": ax.transAxes + down}
    ax.legend(*_named(ax), loc="upper right", ncols=columns, borderaxespad=0, **place)
    if height is not None:
        _grow(ax, height + 0.1)


def key_above(ax: Axes) -> None:
    """Name marks in one line above the axes, which keep their width, and below the title."""
    handles, labels = ax.get_legend_handles_labels()
    ax.set_title(ax.get_title(), pad=_PAD)
    ax.legend(handles, labels, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(handles), borderaxespad=0.2)
