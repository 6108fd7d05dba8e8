"""The levels of an index and its parts through time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hengdian_index._index.comparability import levels_compare
from hengdian_index._index.result import Result
from hengdian_index._levels.common_base import base_said
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, among, listed, suggestion
from hengdian_index.plot.layout import (
    Rows,
    apart,
    branch_of,
    heights,
    in_words,
    listed_in,
    mark_periods,
    name_of,
    of_unit,
    period_name,
    say,
    timed,
    titled,
    unbroken,
)
from hengdian_index.plot.numbers import decimals_of, in_points
from hengdian_index.plot.style import COLOURS, REST, WHOLE, axes, drawn, height_of, in_family, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

Lined = Literal["series", "scores"]

# How many lines can be told apart; of more units those that stand highest are shown.
MOST = 8

DASHES = ("-", (0, (4, 1.5)), (0, (1, 1.2)))

# From the middle of a name's left side to the end of its line.
_LEADER: dict[str, Any] = {"relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 0, "linewidth": 0.9}

_TEXT: dict[str, Any] = {"fontsize": 7.5, "linespacing": 1.05, "annotation_clip": False}

# Where a name may stand from the end of its line, the best first: to the right, above, below, to the left.
_SIDES = ((1, 0), (1, 1), (1, -1), (0, 1), (0, -1), (-1, 1), (-1, -1), (-1, 0))
_FAR = (5, 12, 20, 30, 42)

# Dots that stay free between a name and a line.
_CLEAR = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line to draw: its name, its rows by period, the column of its group, its colour and dashes."""

    name: str
    rows: Rows
    column: int
    colour: str
    dashes: Any


@dataclass(frozen=True, slots=True)
class _End:
    """Where a line ends, the text that belongs there, and the line's colour."""

    x: int
    y: float
    text: str
    colour: str


@drawn
def lines(
    result: Result,
    nodes: str | Sequence[str] | None = None,
    *,
    of: Lined = "series",
    units: Any = None,
    lag: int = 1,
    base: Any = None,
    to: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Lines of the levels of groups, the base marked, the last level and its change at the end of each line.

    Parameters
    ----------
    result : Result
        Of rows with periods.
    nodes : str or list of str, optional
        Codes of groups; default: the root and the groups below it, of several units the root alone.
    of : {"series", "scores"}
        The levels, or the scores, which of units can be compared where each has its own base.
    units : label or list, optional
        Default: all units; of more than eight, the eight whose root stands highest in the last period, of those with
        a level; by their scores where each unit has its own base.
    lag : int
        The change at the end of a line is that on so many periods before: in per cent; in points where one of the
        two levels is not above 0, and in all lines of scores without a base on a scale that goes to 0 or below it.
    base, to
        As for `Result.series`.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        The base periods are shaded, with a line at their level; a dotted line stands where the content of the index
        changes; a hollow dot is a provisional level. A missing period is a gap; a line that ends before the others has
        its name where it ends.

    Raises
    ------
    DataError
        Rows without periods, or without a score.
    SpecError
        A node or unit that is none.

    Notes
    -----
    Proof: the lines hold the numbers of `Result.series`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> ax = index.compute(table).plot.lines(["film", "cluster"])
    >>> print(ax.texts[1].get_text())
    Cluster 集聚
    108.9 (+19.9 %)
    """
    if not among(of, get_args(Lined)):
        raise SpecError(Said("of: no {of!r}{guess}", of=of, guess=suggestion(of, get_args(Lined))))
    scores = of == "scores"
    if scores and (base is not None or to is not None):
        raise SpecError(Said("of = 'scores': scores have no base; take base and to out"))
    panel, levels = result.panel, (result.scores if scores else result.series(base, to)).to_numpy()
    periods = timed(panel)
    shown, told = _lines(result, nodes, units, levels, compare=scores or levels_compare(result, base, to))
    points = bool((levels <= 0).any()) if scores else in_points(result, base, to)
    ends = _ends(shown, levels, periods.ordinals, panel.previous(lag), points)
    lost = len(shown) - len(ends)
    ax = axes(ax, max(3.6, 0.7 + float(heights([end.text for end in ends]).sum())))
    for line in shown:
        draw_line(ax, line, *unbroken(periods.ordinals[line.rows], levels[line.rows, line.column]))
    if all(end.x == periods.ordinals.min() for end in ends):
        ax.set_xlim(periods.ordinals.min() - 1, periods.ordinals.min() + 0.1)
    mark_provisional(ax, result, shown, levels)
    mark_periods(ax, panel, periods.ordinals)
    if scores:
        ax.set_ylabel(say("score"))
    else:
        mark_base(ax, result, base, to)
    mark_contents(ax, result)
    without = [say(f"without a {lacking(result, levels)}", lost)] if lost else []
    titled(ax, listed_in(*([told] if told else []), *without))
    _name_ends(ax, ends)
    return ax


def _lines(result: Result, nodes: Any, units: Any, levels: Array, *, compare: bool) -> tuple[list[Line], str]:
    """Return the lines to draw, and a title."""
    tree, panel = result.tree, result.panel
    names, told = units_shown(result, units, levels, compare=compare)
    if nodes is None:
        below = [code for code in tree.root.children if code in tree.by_code]
        nodes = [tree.root.code] if len(names) > 1 or len(below) >= MOST else [tree.root.code, *below]
    nodes = nodes if isinstance(nodes, (list, tuple)) else [nodes]
    codes = list(dict.fromkeys(branch_of(tree, node).code for node in nodes))
    if not codes:
        raise SpecError(Said("nodes: none is named; choose among {groups}", groups=listed(tree.groups)))
    found: list[Line] = []
    for unit in names:
        for code in codes:
            own = [str(panel.name(unit))] if len(names) > 1 else []
            own += [name_of(tree, code)] if len(codes) > 1 or not own else []
            first = code == tree.root.code and len(names) == 1
            number = len(found) - any(line.colour == WHOLE for line in found)
            colour = WHOLE if first else COLOURS[number % len(COLOURS)]
            dashes = "-" if first else DASHES[number // len(COLOURS) % len(DASHES)]
            found.append(Line(listed_in(*own), of_unit(panel, unit), tree.groups.index(code), colour, dashes))
    title = [name_of(tree, codes[0])] if len(names) > 1 and len(codes) == 1 else []
    title += [str(panel.name(names[0]))] if len(names) == 1 and names[0] is not None else []
    return found, say("head").join([*title, *told])


def units_shown(
    result: Result, units: Any, levels: Array, most: int = MOST, *, compare: bool
) -> tuple[list[Any], list[str]]:
    """Return the units to draw, at most so many unless they are named, and a word on those that are not.

    Those that stand highest: by their levels where these `compare`, else by their scores.
    """
    panel = result.panel
    every = list(dict.fromkeys(panel.unit_list()))
    if units is not None:
        given = list(units) if isinstance(units, (list, tuple, np.ndarray)) else [units]
        if not given:
            raise SpecError(Said("units: none is named; choose among {every}", every=listed(every)))
        for unit in given:
            of_unit(panel, unit)
        return list(dict.fromkeys(given)), []
    if len(every) <= most:
        return every, []
    last = {unit: levels[of_unit(panel, unit)[-1], 0] for unit in every}
    known = [unit for unit in every if np.isfinite(last[unit])]
    lost = len(every) - len(known)
    scores = result.rows.values(result.tree.root.code)
    standing = last if compare else {unit: scores[of_unit(panel, unit)[-1]] for unit in known}
    best = sorted(known, key=lambda unit: -standing[unit])[:most]
    by = "" if compare else " by score"
    if not lost or not known:
        return best or every[:most], [say(f"highest{by}", len(every), most=most)] if best else []
    if len(known) > most and not compare:
        return best, [say("highest with a level by score", len(known), most=most, lost=lost)]
    which = "highest" if len(known) > most else "units"
    return best, [say(f"{which} with a {lacking(result, levels)}", len(known), most=most, lost=lost)]


def lacking(result: Result, levels: Array) -> str:
    """Return what a unit that is not drawn lacks: a score, or only the level of one."""
    scores = np.isfinite(result.rows.values(result.tree.root.code))
    return "level" if (scores & ~np.isfinite(levels[:, 0])).any() else "score"


def mark_base(ax: Axes, result: Result, base: Any, to: float | None) -> None:
    """Shade the base periods and draw a line at their level."""
    base = result.setting.base if base is None else base
    to = result.setting.to if to is None and base is not None else to
    if to is None:
        ax.set_ylabel(say("score"))
        return
    ordinals = timed(result.panel).ordinals
    if base is None:
        inside = ordinals[ordinals == ordinals.min()]
        base = period_name(result.panel, int(inside[0]))
    else:
        inside = ordinals[result.panel.select(base, "base")] if result.panel.holds(base) else ordinals[:0]
    ax.axhline(to, color=REST, linewidth=0.7, zorder=0)
    if len(inside):
        ax.axvspan(inside.min() - 0.5, inside.max() + 0.5, color="0.93", linewidth=0, zorder=-1)
    ax.set_ylabel(wrapped(in_words(base_said(result.setting, result.panel, base, to)), 40))


def mark_contents(ax: Axes, result: Result) -> None:
    """Draw a dotted line where other indicators, groups or weights begin to hold."""
    ordinals = timed(result.panel).ordinals
    for content in result.contents:
        if ordinals.min() < content.since <= ordinals.max():
            ax.axvline(content.since - 0.5, color=REST, linewidth=0.9, linestyle=":", zorder=0)


def mark_provisional(ax: Axes, result: Result, shown: Sequence[Line], levels: Array) -> None:
    """Draw a hollow dot at each provisional level."""
    marks = result.provisional.to_numpy()
    for line in shown:
        rows = line.rows[marks[line.rows, line.column]]
        if len(rows):
            at = timed(result.panel).ordinals[rows]
            ax.plot(at, levels[rows, line.column], "o", markersize=4, color=line.colour, markerfacecolor="white")


def draw_line(ax: Axes, line: Line, at: Any, values: Array) -> None:
    """Draw a line, with dots where its points are few or stand alone between gaps."""
    there = np.isfinite(values)
    few = "." if there.sum() <= 12 else None
    width = 2.0 if line.colour == WHOLE else 1.3
    ax.plot(at, values, color=line.colour, linestyle=line.dashes, linewidth=width, marker=few, label=line.name)
    around = np.concatenate([[False], there, [False]])
    alone = there & ~around[:-2] & ~around[2:]
    if alone.any() and not few:
        ax.plot(at[alone], values[alone], ".", color=line.colour)


def _ends(shown: Sequence[Line], levels: Array, ordinals: Any, before: Rows, points: bool) -> list[_End]:
    """Return where each line ends, and what is said there: its name, its last level and the change of it."""
    found = []
    several = [row for line in shown for row in levels[line.rows, line.column] if np.isfinite(row)]
    if not several:
        raise DataError(Said("no row has a score, so there is no line to draw; the log says why"))
    decimals = decimals_of(np.array(several))
    for line in shown:
        rows = line.rows[np.isfinite(levels[line.rows, line.column])]
        if len(rows):
            said = level_said(levels, line.column, rows[-1], before[rows[-1]], decimals, points)
            text = f"{wrapped(line.name, 36)}\n{said}"
            found.append(_End(int(ordinals[rows[-1]]), float(levels[rows[-1], line.column]), text, line.colour))
    return found


def level_said(levels: Array, column: int, row: int, before: int, decimals: int, points: bool) -> str:
    """Return a level and its change as text."""
    now, old = levels[row, column], levels[before, column] if before >= 0 else np.nan
    if np.isnan(old):
        return f"{now:.{decimals}f}".replace("-", "−")
    percent = not points and old > 0 and now > 0
    change = f"{100 * (now / old - 1):+.1f} %" if percent else say("points", change=f"{now - old:+.{decimals}f}")
    return f"{now:.{decimals}f} ({change})".replace("-", "−")


def _name_ends(ax: Axes, ends: Sequence[_End]) -> None:
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


def _column(ax: Axes, ends: Sequence[_End]) -> None:
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


def _beside(ax: Axes, end: _End, curves: Array, taken: Sequence[Array]) -> Array:
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
