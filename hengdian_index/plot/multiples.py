"""Lines in panels with the same axes: one for each unit, or one for each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from hengdian_index._index.comparability import levels_compare
from hengdian_index._index.result import Result
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, among, listed, raise_all, suggestion
from hengdian_index.plot.layout import (
    LETTER,
    LINE,
    branch_of,
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
from hengdian_index.plot.panels import Grid, columns_for, headed, panels
from hengdian_index.plot.series import (
    DASHES,
    MOST,
    Line,
    draw_line,
    lacking,
    level_said,
    mark_base,
    mark_contents,
    mark_provisional,
    units_shown,
)
from hengdian_index.plot.style import COLOURS, FAINT, UP, axes, drawn, size, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Each = Literal["unit", "group"]

# Panels on a page.
_PANELS = 30

# Letters of a line above a panel, by the number of columns.
_WIDE = {1: 80, 2: 44, 3: 29, 4: 22, 5: 18}


@drawn
def multiples(
    result: Result,
    nodes: str | Sequence[str] | None = None,
    *,
    each: Each | None = None,
    units: Any = None,
    lag: int = 1,
    base: Any = None,
    to: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Small multiples: the lines of `lines` in panels with the same axes, one for each unit or each group.

    Parameters
    ----------
    result : Result
        Of rows with periods.
    nodes : str or list of str, optional
        Codes of groups; default: the root in panels of units, the root and the groups below it in panels of groups.
    each : {"unit", "group"}, optional
        What has a panel of its own; default: units where there are several, else groups.
    units : label or list, optional
        Default: all units; of more than 30 with a panel, the 30 whose root stands highest in the last period, and the
        eight highest of those that share panels of groups; by their scores where each unit has its own base.
    lag, base, to
        As for `lines`.
    ax : Axes, optional
        Axes to divide into panels; default: a new figure, as high as it has rows of panels.

    Returns
    -------
    Axes
        The axes around the panels, which are its `child_axes`, in the order of the table or, where not all are shown,
        the highest first. Above each panel stand its name, its last level and the change of it, with the period where
        that is not the last of all. In panels of one line the lines of the others stand behind in grey. A missing
        period is a gap; a panel without any level says so. The base is shaded, a hollow dot is a provisional level.

    Raises
    ------
    DataError
        Rows without periods, or without a score.
    SpecError
        A node, a unit or a choice that is none; more than eight lines a panel.

    Notes
    -----
    Proof: the lines hold the numbers of `Result.series`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("countries")
    >>> ax = index.compute(table).plot.multiples()
    >>> len(ax.child_axes)
    13
    """
    panel = result.panel
    ordinals = timed(panel).ordinals
    several = panel.units is not None and len(set(panel.unit_list())) > 1
    if each is not None and not among(each, get_args(Each)):
        raise SpecError(Said("each: no {each!r}{guess}", each=each, guess=suggestion(each, get_args(Each))))
    each = each or ("unit" if several else "group")
    levels = result.series(base, to).to_numpy()
    if not np.isfinite(levels).any():
        raise DataError(Said("no row has a score, so there is no line to draw; the log says why"))
    codes = _codes(result, nodes, each)
    most, compare = _PANELS if each == "unit" else MOST, levels_compare(result, base, to)
    names, told = units_shown(result, units, levels, most, compare=compare)
    by_panel = _lines(result, names, codes, each)
    if len(by_panel[0][1]) > MOST:
        word = "nodes" if each == "unit" else "units"
        raise SpecError(
            Said(
                "{option}: at most {most} lines can be told apart in a panel, not {lines}",
                option=word,
                most=MOST,
                lines=len(by_panel[0][1]),
            )
        )
    columns = columns_for(len(by_panel))
    heads = [_head(result, name, own, levels, lag, _WIDE[columns], (base, to)) for name, own in by_panel]
    above = 0.08 + 0.85 * LINE * max(1 + head.count("\n") for head in heads)
    # Names of the first and the last period meet between two panels.
    between = 0.04 + 6.5 * LETTER * max(size(period_name(panel, int(end))) for end in (ordinals.min(), ordinals.max()))
    grid = Grid(-(-len(by_panel) // columns), columns, above, between)
    ax = axes(ax, max(2.4, 0.7 + grid.height(0.75 if columns > 3 else 1.2 if columns > 1 else 2.4)))
    made = panels(ax, grid, len(by_panel), same=True)
    for place, head, (_, own) in zip(made, heads, by_panel, strict=True):
        headed(place, head)
        if len(own) == 1:
            _behind(place, [line for _, lines in by_panel for line in lines], levels, ordinals)
        for line in own:
            draw_line(place, line, *unbroken(ordinals[line.rows], levels[line.rows, line.column]))
        mark_provisional(place, result, own, levels)
        mark_base(place, result, base, to)
        mark_contents(place, result)
        what = place.get_ylabel()
        place.set_ylabel("")
        if not any(np.isfinite(levels[line.rows, line.column]).any() for line in own):
            text = say(f"no {lacking(result, levels)}")
            place.text(0.5, 0.5, text, transform=place.transAxes, ha="center", va="center", fontsize=7)
    made[0].set_xlim(ordinals.min() - 0.5, ordinals.max() + 0.5)
    mark_periods(made[0], panel, ordinals)
    for place in made[1:]:
        place.xaxis.get_major_ticks(len(made[0].get_xticks()))
    whose = [name_of(result.tree, codes[0])] if each == "unit" and len(codes) == 1 else []
    whose += [str(panel.name(names[0]))] if each == "group" and len(names) == 1 and names[0] is not None else []
    titled(ax, listed_in(*whose, what, *told))
    if len(by_panel[0][1]) > 1:
        _key(ax, made[0])
    return ax


def _codes(result: Result, nodes: Any, each: Each) -> list[str]:
    """Return the codes of the groups to draw."""
    tree = result.tree
    if nodes is None:
        below = [code for code in tree.root.children if code in tree.by_code] if each == "group" else []
        return [tree.root.code, *below]
    asked = list(nodes) if isinstance(nodes, (list, tuple)) else [nodes]
    if not asked:
        raise SpecError(Said("nodes: none is named; choose among {groups}", groups=listed(tree.groups)))
    faults = [
        Said("node: no group {node!r}{guess}", node=node, guess=suggestion(node, tree.groups))
        for node in asked
        if node not in tree.by_code
    ]
    raise_all(SpecError, faults)
    return list(dict.fromkeys(branch_of(tree, node).code for node in asked))


def _lines(result: Result, names: Sequence[Any], codes: Sequence[str], each: Each) -> list[tuple[str, list[Line]]]:
    """Return each panel's name and its lines."""
    panel, tree = result.panel, result.tree
    found = []
    for outer in names if each == "unit" else codes:
        own = []
        for i, inner in enumerate(codes if each == "unit" else names):
            unit, code = (outer, inner) if each == "unit" else (inner, outer)
            name = name_of(tree, code) if each == "unit" or unit is None else str(panel.name(unit))
            single = len(codes if each == "unit" else names) == 1
            colour = UP if single else COLOURS[i % len(COLOURS)]
            dashes = DASHES[i // len(COLOURS) % len(DASHES)]
            own.append(Line(name, of_unit(panel, unit), tree.groups.index(code), colour, dashes))
        called = name_of(tree, outer) if each == "group" else str(panel.name(outer) if outer is not None else "")
        found.append((called, own))
    return found


def _head(
    result: Result, name: str, own: Sequence[Line], levels: Array, lag: int, wide: int, based: tuple[Any, Any]
) -> str:
    """Return what stands above a panel: its name, and of one line the last level and its change."""
    line = own[0]
    rows = line.rows[np.isfinite(levels[line.rows, line.column])]
    if len(own) > 1 or not len(rows):
        return wrapped(name, wide)
    before, ordinals = result.panel.previous(lag), timed(result.panel).ordinals
    decimals = decimals_of(levels[np.isfinite(levels)])
    said = level_said(levels, line.column, rows[-1], before[rows[-1]], decimals, in_points(result, *based))
    late = [] if ordinals[rows[-1]] == ordinals.max() else [period_name(result.panel, int(ordinals[rows[-1]]))]
    return "\n".join(filter(None, [wrapped(name, wide), wrapped(listed_in(said, *late), wide)]))


def _behind(place: Axes, every: Sequence[Line], levels: Array, ordinals: Any) -> None:
    """Draw the lines of all panels in grey, as one line with gaps between."""
    parts = [unbroken(ordinals[line.rows], levels[line.rows, line.column]) for line in every]
    at = np.concatenate([np.append(x, x[-1]) for x, _ in parts])
    place.plot(at, np.concatenate([np.append(y, np.nan) for _, y in parts]), color=FAINT, linewidth=0.5, zorder=0.5)


def _key(ax: Axes, first: Axes) -> None:
    """Name the lines, which are the same in all panels, below them."""
    from matplotlib.transforms import ScaledTranslation

    down = ScaledTranslation(0, -0.3, ax.figure.dpi_scale_trans)
    lines = [line for line in first.lines if not str(line.get_label()).startswith("_child")]
    names = [wrapped(line.get_label(), 28) for line in lines]
    place: dict[str, Any] = {"bbox_to_anchor": (0.5, 0.0), "bbox_transform": ax.transAxes + down}
    ax.legend(lines, names, loc="upper center", ncols=min(len(lines), 3), borderaxespad=0, **place)
