"""What the parts of an index contribute to its level and to its change: stacked through time, or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hengdian_index.contributions import Split
from hengdian_index.errors import DataError
from hengdian_index.plot.layout import (
    Rows,
    branch_of,
    mark_periods,
    name_of,
    of_unit,
    period_name,
    row_names,
    timed,
    unbroken,
)
from hengdian_index.plot.style import DOWN, FAINT, HATCHES, REST, UP, WHOLE, axes, colours, drawn, readable, wrapped
from hengdian_index.result import Depth, Result
from hengdian_index.rows.table import Array
from hengdian_index.standing import row_of
from hengdian_index.tree import RESERVED

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@drawn
def level(
    result: Result,
    node: str | None = None,
    *,
    unit: Any = None,
    depth: Depth = "children",
    base: Any = None,
    to: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Bars through time: what the parts of a group contribute to its level, stacked, the level as a line.

    Parameters
    ----------
    result : Result
        Of rows with periods.
    node : str, optional
        Code of a group; default: the root.
    unit : label, optional
        Whose rows; needed where there are several units.
    depth : {"children", "indicators"}
        The parts: the group's children, or the indicators below it.
    base, to
        As for `Result.series`.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        The stack of a period sums to its level, parts below 0 downwards.

    Raises
    ------
    SpecError
        A group whose level does not split: its aggregation is no mean.

    Notes
    -----
    Proof: the bars hold the numbers of `Result.contributions(of="level")` and sum to the level.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> index.compute(table).plot.level().get_ylabel()
    'points, 1998 = 100'
    """
    parts = result.contributions(node, of="level", depth=depth, base=base, to=to)
    ax = _through_time(result, node, unit, parts, ax)
    base = result.setting.base if base is None else base
    to = result.setting.to if to is None and base is not None else to
    ax.set_ylabel("score" if to is None else readable(f"points, {'first period' if base is None else base} = {to:g}"))
    return ax


@drawn
def change(
    result: Result,
    node: str | None = None,
    *,
    unit: Any = None,
    lag: int = 1,
    depth: Depth = "children",
    split: Split = "interaction",
    base: Any = None,
    to: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Bars through time: what the parts of a group contribute to its change, stacked, the change as a line.

    Parameters
    ----------
    result : Result
        Of rows with periods.
    node, unit, depth, base, to, ax
        As for `level`.
    lag : int
        The change on so many periods before.
    split : {"interaction", "shapley"}
        As for `Result.contributions`.

    Returns
    -------
    Axes
        Parts that raise the level stand above 0, parts that lower it below; together they sum to the change. Grey are
        columns that are no part: "reweighting", "interaction", "other rows".

    Raises
    ------
    DataError
        No period has one `lag` before it.

    Notes
    -----
    Proof: the bars hold the numbers of `Result.contributions` and sum to the change in points.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> index.compute(table).plot.change("cluster", lag=4).get_ylabel()
    'change on 4 periods before, points'
    """
    parts = result.contributions(node, lag=lag, depth=depth, split=split, base=base, to=to)
    ax = _through_time(result, node, unit, parts, ax)
    ax.set_ylabel(f"change on {_before(lag)}, points")
    return ax


@drawn
def waterfall(
    result: Result,
    node: str | None = None,
    *,
    unit: Any = None,
    period: Any = None,
    lag: int = 1,
    depth: Depth = "children",
    split: Split = "interaction",
    base: Any = None,
    to: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Steps from the level of an earlier period to that of a later one: what each part adds or takes.

    Parameters
    ----------
    result : Result
        Of rows with periods.
    node, unit, depth, base, to, ax
        As for `level`.
    period : period, optional
        Where the steps end; default: the unit's last.
    lag, split
        As for `change`.

    Returns
    -------
    Axes
        From top to bottom the level before, the parts, the largest first, and the level. The axis does not begin at 0,
        so levels are lines, not bars.

    Raises
    ------
    DataError
        The change of that period is missing.

    Notes
    -----
    Proof: the steps are the numbers of `Result.contributions`; the last ends at the level.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> len(index.compute(table).plot.waterfall(lag=4).patches)
    6
    """
    panel = result.panel
    row = row_of(panel, None if panel.units is None else panel.units[of_unit(panel, unit)[0]], period)
    parts = result.contributions(node, lag=lag, depth=depth, split=split, base=base, to=to).iloc[row].dropna()
    code = branch_of(result.tree, node).code
    now = float(result.series(base, to)[code].iloc[row])
    if not len(parts):
        raise DataError(f"{panel.place(row)}: {code!r} has no change on {_before(lag)}; the log and the rows say why")
    parts = parts.iloc[np.argsort(-parts.abs().to_numpy(), kind="stable")]
    names = [period_name(panel, int(timed(panel).ordinals[row]) - lag), *_names(result, parts.index, 44)]
    names.append(period_name(panel, int(timed(panel).ordinals[row])))
    ax = axes(ax, 0.9 + 0.3 * len(names))
    _steps(ax, now - float(parts.sum()), parts.to_numpy(), now)
    ax.set_yticks(range(len(names)), names)
    ax.set_xlabel("level, points")
    who = [] if panel.units is None else [row_names(panel, np.array([row]))[0]]
    ax.set_title(readable(": ".join([*who, name_of(result.tree, code)])))
    return ax


def stack(ax: Axes, at: Any, parts: Array, names: Sequence[str], codes: Sequence[str], along: str = "x") -> None:
    """Draw stacks of parts (m, k) at places (m,): those above 0 upwards from 0, those below it downwards."""
    draw, thick, base = (ax.bar, "width", "bottom") if along == "x" else (ax.barh, "height", "left")
    parts = np.nan_to_num(parts)
    up, down = np.zeros(len(parts)), np.zeros(len(parts))
    own = colours(sum(code not in RESERVED for code in codes))
    shades = {code: own.pop(0) if code not in RESERVED else _shade(code) for code in codes}
    for j, (name, code) in enumerate(zip(names, codes, strict=True)):
        value, (colour, hatch) = parts[:, j], shades[code]
        start = np.where(value < 0, down, up)
        options: dict[str, Any] = {thick: 0.8, base: start, "label": name, "hatch": hatch, "color": colour}
        draw(at, value, edgecolor="white", linewidth=0.3, **options)
        up, down = up + np.maximum(value, 0), down + np.minimum(value, 0)


def _shade(code: str) -> tuple[str, str]:
    """Return colour and hatch of a column that is no part."""
    return (REST if code == "reweighting" else FAINT), HATCHES[RESERVED.index(code)]


def key(ax: Axes, along: str = "x") -> None:
    """Name the parts beside the picture, in the order of the stacks: from the top down, or from the left."""
    handles, labels = ax.get_legend_handles_labels()
    order = slice(None, None, -1 if along == "x" else 1)
    ax.legend(handles[order], labels[order], loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0)


def _through_time(result: Result, node: str | None, unit: Any, parts: pd.DataFrame, ax: Axes | None) -> Axes:
    panel = result.panel
    rows = of_unit(panel, unit)
    some = parts.iloc[rows].notna().any(axis=1).to_numpy()
    parts, rows = _without_idle(parts.iloc[rows[some]]), rows[some]
    if not len(rows):
        raise DataError("no period has a value to split; the log and the rows say why")
    ordinals = timed(panel).ordinals[rows]
    names = _names(result, parts.columns, 28)
    ax = axes(ax, max(3.4, 0.6 + 0.17 * sum(2 + name.count("\n") for name in names)))
    stack(ax, ordinals, parts.to_numpy(), names, list(parts.columns))
    whole = parts.sum(axis=1).to_numpy()
    name = wrapped(name_of(result.tree, branch_of(result.tree, node).code))
    ax.plot(*unbroken(ordinals, whole), color=WHOLE, linewidth=1, marker=".", markersize=4, label=name)
    ax.axhline(0, color=WHOLE, linewidth=0.6)
    mark_periods(ax, panel, ordinals)
    ax.set_title(_who(panel, rows))
    key(ax)
    return ax


def _who(panel: Any, rows: Rows) -> str:
    return "" if panel.units is None else readable(panel.units[rows[0]])


def _without_idle(parts: pd.DataFrame) -> pd.DataFrame:
    """Return parts without columns that are no part and say nothing in these rows."""
    idle = [code for code in parts.columns if code in RESERVED and not parts[code].abs().max() > 0]
    return parts.drop(columns=idle)


def _names(result: Result, codes: Any, width: int) -> list[str]:
    return [wrapped(name_of(result.tree, code), width) for code in codes]


def _before(lag: int) -> str:
    return "the period before" if lag == 1 else f"{lag} periods before"


def _steps(ax: Axes, before: float, parts: Array, now: float) -> None:
    """Draw a level, the steps from it, and the level they lead to, from top to bottom."""
    ends = before + np.cumsum(parts)
    starts = np.concatenate([[before], ends[:-1]])
    places = 1 + np.arange(len(parts))
    ax.barh(places, parts, left=starts, height=0.62, color=[UP if part >= 0 else DOWN for part in parts])
    for place, value in ((0, before), (len(parts) + 1, now)):
        ax.vlines(value, place - 0.38, place + 0.38, color=WHOLE, linewidth=2.5)
    ax.vlines([before, *ends], np.arange(len(ends) + 1), 1 + np.arange(len(ends) + 1), color=REST, linewidth=0.6)
    reach = max(before, now, *ends) - min(before, now, *ends)
    ax.set_xlim(min(before, now, *ends) - 0.06 * reach, max(before, now, *ends) + 0.16 * reach)
    texts = [text.replace("-", "−") for text in (f"{before:.2f}", *(f"{part:+.2f}" for part in parts), f"{now:.2f}")]
    for place, (x, text) in enumerate(zip([before, *np.maximum(starts, ends), now], texts, strict=True)):
        ax.text(x + 0.015 * reach, place, text, va="center", fontsize=7.5)
    ax.invert_yaxis()
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
