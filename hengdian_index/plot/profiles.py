"""The profile of one row: its sub-indexes against a comparison."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._tables.panel import row_of
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, listed
from hengdian_index.plot.layout import (
    LINE,
    Rows,
    branch_of,
    dated,
    listed_in,
    name_of,
    of_unit,
    period_name,
    row_names,
    say,
    titled,
)
from hengdian_index.plot.style import DOWN, REST, UP, axes, drawn, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawn
def radar(
    result: Result,
    node: str | None = None,
    *,
    unit: Any = None,
    period: Any = None,
    against: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """A radar of the parts of a group: one row against another, or against the mean of others.

    Parameters
    ----------
    result : Result
    node : str, optional
        Code of a group with three or more children; default: the root.
    unit : label, optional
        Whose row; needed where there are several. Without units and periods: the label of the row.
    period : period, optional
        Which row; default: the unit's last.
    against : unit, label, period or span, optional
        With what it is compared, rows being averaged. Default: the mean of the other units in the period; without
        units, the base period, or the first.
    ax : Axes, optional
        Polar axes to draw into; default: a new figure.

    Returns
    -------
    Axes
        Scores of the children, indicators normalised; levels, where one unit has a base and all children are groups.
        The title has the group, and the period of a unit's row. The axis begins at a round value, which stands at the
        centre and below the web: at 0 where no corner is below it and the lowest less than half of the highest, else
        below the lowest.

    Raises
    ------
    SpecError
        Fewer than three children; axes that are not polar.
    DataError
        A part without a score; no other row to compare with.

    Notes
    -----
    Area grows with the square of scores and with the order of the parts: read the corners. Proof: corners are scores.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> ax = index.compute(table).plot.radar(period="2006Q2", against="2005Q2")
    >>> [line.get_label() for line in ax.lines]
    ['2006Q2', '2005Q2']
    """
    branch = branch_of(result.tree, node)
    if len(branch.children) < 3:
        raise SpecError(
            Said(
                "node: a radar needs three or more parts; {code!r} has {parts}",
                code=branch.code,
                parts=len(branch.children),
            )
        )
    row = _row(result, unit, period)
    rows, other = _others(result, row, against)
    values, what = _values(result, branch.children)
    who = row_names(result.panel, np.array([row]))[0]
    corners = _known(values[[row]], branch.children, result.panel.place(row))
    compared = _known(values[rows], branch.children, other)
    ax = axes(ax, 5.0, projection="polar")
    names = [wrapped(name_of(result.tree, code), 18) for code in branch.children]
    _web(ax, corners, compared, names)
    ax.lines[0].set_label(wrapped(who, 40))
    ax.lines[1].set_label(wrapped(other, 40))
    room = (1.5 + names[0].count("\n")) * LINE
    _key(ax, room)
    titled(ax, listed_in(name_of(result.tree, branch.code), what, *dated(result.panel, np.array([row]))))
    ax.set_title(ax.get_title(), pad=72 * (room + 0.16))
    return ax


def _row(result: Result, unit: Any, period: Any) -> int:
    panel = result.panel
    if panel.units is None and panel.periods is None and unit is None:
        raise SpecError(Said("unit: name a row, one of {every}", every=listed(list(panel.labels))))
    if panel.units is not None and panel.periods is not None:
        unit = panel.units[of_unit(panel, unit)[0]]
    elif panel.units is not None and unit is None:
        raise SpecError(Said("unit: name one of {every}", every=listed(panel.unit_list())))
    return row_of(panel, unit, period)


def _others(result: Result, row: int, against: Any) -> tuple[Rows, str]:
    """Return the rows to compare with, and what to call them."""
    panel = result.panel
    same = np.ones(panel.n, dtype=np.bool_) if panel.periods is None else panel.periods.ordinals == _at(panel, row)
    if against is None:
        return _usual(result, row, same)
    chosen = panel.select(against, "against")
    if panel.units is not None and panel.periods is not None:
        is_unit = not isinstance(against, (list, np.ndarray)) and bool((panel.units == against).any())
        chosen &= same if is_unit else panel.units == panel.units[row]
    if not chosen.any():
        raise DataError(
            Said("against: {against!r} has no row to compare with; {extent}", against=against, extent=panel.extent())
        )
    rows = np.flatnonzero(chosen)
    named = panel.name(against) if isinstance(against, Hashable) else against
    return rows, str(named) if len(rows) == 1 else say("mean of", rows=named)


def _usual(result: Result, row: int, same: Any) -> tuple[Rows, str]:
    """Return the others of the period; of a series its base or first period."""
    panel = result.panel
    if panel.units is not None or panel.periods is None:
        rows = np.flatnonzero(same)
        rows = rows[rows != row]
        if not len(rows):
            raise DataError(Said("against: no other row stands in that period; name one to compare with"))
        return rows, say("mean of others", len(rows))
    base = result.setting.base
    if base is not None and panel.holds(base):
        return np.flatnonzero(panel.select(base, "base")), say("base", base=base)
    first = int(panel.periods.ordinals.min())
    if _at(panel, row) == first:
        raise DataError(
            Said("against: {place} is the first itself; name another to compare with", place=panel.place(row))
        )
    return np.flatnonzero(panel.periods.ordinals == first), period_name(panel, first)


def _at(panel: Any, row: int) -> int:
    return int(panel.periods.ordinals[row])


def _values(result: Result, codes: tuple[str, ...]) -> tuple[Array, str]:
    """Return a number for each row and part, and what it is."""
    tree = result.tree
    base, to = result.setting.base, result.setting.to
    if base is not None and to is not None and result.panel.units is None and all(c in tree.by_code for c in codes):
        return result.series()[list(codes)].to_numpy(), f"{base} = {to:g}"
    scores, leaves = result.scores, result.normalised
    columns = [(scores if code in tree.by_code else leaves)[code].to_numpy() for code in codes]
    return np.stack(columns, axis=1), say("scores")


def _known(values: Array, codes: tuple[str, ...], where: str) -> Array:
    """Return the mean of rows (m, k) by part, over those that have a score."""
    there = ~np.isnan(values)
    bare = [code for j, code in enumerate(codes) if not there[:, j].any()]
    if bare:
        raise DataError(
            Said(
                "{where}: {parts} without a score; choose another row, or another to compare with",
                where=where,
                parts=listed(bare),
            )
        )
    return np.asarray(np.where(there, values, 0).sum(axis=0) / there.sum(axis=0))


def _web(ax: Axes, corners: Array, compared: Array, names: list[str]) -> None:
    """Draw two closed lines over the parts, the first on top at twelve, clockwise."""
    angles = np.linspace(0, 2 * np.pi, len(corners), endpoint=False)
    closed = np.append(angles, angles[0])
    # Polar axes, as `axes` has made sure of; their type declares the common ones.
    ax.set_theta_zero_location("N")  # type: ignore[attr-defined]
    ax.set_theta_direction(-1)  # type: ignore[attr-defined]
    ax.plot(closed, np.append(corners, corners[0]), color=UP, linewidth=1.8, marker="o", markersize=4)
    ax.plot(closed, np.append(compared, compared[0]), color=DOWN, linewidth=1.4, linestyle=(0, (4, 1.5)))
    ax.fill(closed, np.append(corners, corners[0]), color=UP, alpha=0.12, linewidth=0)
    both = np.concatenate([corners, compared])
    begin, ticks = _ticks(float(both.min()), float(both.max()))
    ax.set_ylim(begin, max(float(both.max()), ticks[-1]) + 0.04 * (ticks[-1] - begin))
    ax.set_xticks(angles, [""] * len(angles))
    _name_corners(ax, angles, names)
    ax.tick_params(axis="y", labelsize=7, labelcolor="0.35")
    ax.set_yticks(ticks, [_plain(value) for value in ticks])
    # Polar axes do not name the tick at their centre.
    place: dict[str, Any] = {"xytext": (2, -2), "textcoords": "offset points", "va": "top", "color": "0.35"}
    ax.annotate(_plain(begin), (0, begin), fontsize=7, **place)
    ax.set_rlabel_position(180 / len(corners))  # type: ignore[attr-defined]
    ax.grid(color=REST, linewidth=0.4, alpha=0.6)
    ax.spines["polar"].set_color(REST)


def _ticks(low: float, high: float) -> tuple[float, list[float]]:
    """Return where the axis begins, 0 where it is near beside what is drawn, else below the lowest, and its ticks."""
    from matplotlib.ticker import MaxNLocator

    reach = max(high - low, 1e-6 * max(abs(high), 1.0))
    start = 0.0 if 0 <= low < 0.5 * high else low - 0.35 * reach
    every = [float(tick) + 0.0 for tick in MaxNLocator(4).tick_values(start, high)]
    begin = max(tick for tick in every if tick <= start + 1e-9 * reach)
    return begin, [tick for tick in every if begin < tick <= high + 0.08 * reach] or [high]


def _plain(value: float) -> str:
    return f"{value:.10g}".replace("-", "−")


def _key(ax: Axes, room: float) -> None:
    """Name the two lines below the web, under the names of its corners."""
    from matplotlib.transforms import ScaledTranslation

    down = ScaledTranslation(0, -room - 0.25, ax.figure.dpi_scale_trans)
    columns = 1 if any(len(str(line.get_label())) > 30 for line in ax.lines[:2]) else 2
    place: dict[str, Any] = {"bbox_to_anchor": (0.5, 0.0), "bbox_transform": ax.transAxes + down}
    told = say("axis begins", value=_plain(float(ax.get_ylim()[0])))
    place |= {"loc": "upper center", "ncols": columns, "borderaxespad": 0}
    ax.legend(handles=ax.lines[:2], title=told, title_fontsize=7.5, **place)


def _name_corners(ax: Axes, angles: Array, names: list[str]) -> None:
    """Write each name outside its corner, so that it grows away from the web."""
    low, high = ax.get_ylim()
    for angle, name in zip(angles, names, strict=True):
        across, up = np.sin(angle), np.cos(angle)
        ha = "center" if abs(across) < 0.1 else "left" if across > 0 else "right"
        va = "center" if abs(up) < 0.7 else "bottom" if up > 0 else "top"
        ax.text(angle, high + 0.06 * (high - low), name, ha=ha, va=va)
