"""What the parts of an index contribute to its level and to its change: stacked through time, or one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from hengdian_index._index.coverage import blanked
from hengdian_index._index.result import Result
from hengdian_index._levels.common_base import base_said
from hengdian_index._levels.contributions import Depth
from hengdian_index._methods.effects import Split
from hengdian_index._scoring.tree import RESERVED
from hengdian_index._tables.panel import Panel, row_of
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, among, shown, suggestion
from hengdian_index.plot.layout import (
    Rows,
    branch_of,
    in_series,
    in_words,
    listed_in,
    mark_periods,
    name_of,
    of_unit,
    period_name,
    say,
    spanned,
    timed,
    titled,
    unbroken,
    whose,
)
from hengdian_index.plot.numbers import decimals_of_steps
from hengdian_index.plot.stacks import MOST, key, key_height, part_name, pooled, stack
from hengdian_index.plot.style import DOWN, REST, UP, WHOLE, axes, drawn, height_of, readable, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Moved = Literal["change", "growth"]


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
        The stack of a period sums to its level, parts below 0 downwards. Of more than 20 parts, the 19 largest and the
        sum of the others; in `ax`, fewer where the key would be higher than it. The title has the unit, and a group
        that is not the root.

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
    ax = _through_time(result, node, unit, parts, Said("a level"), ax)
    base = result.setting.base if base is None else base
    to = result.setting.to if to is None and base is not None else to
    start = say("first period") if base is None else base
    said = "" if to is None else in_words(base_said(result.setting, result.panel, start, to))
    ax.set_ylabel(readable(say("points of", base=said)) if said else say("score"))
    return ax


@drawn
def change(
    result: Result,
    node: str | None = None,
    *,
    of: Moved = "change",
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
    of : {"change", "growth"}
        The change in points, or growth in percentage points (拉动百分点).
    lag : int
        The change on so many periods before.
    split : {"interaction", "shapley"}
        As for `Result.contributions`.

    Returns
    -------
    Axes
        Parts that raise the level stand above 0, parts that lower it below; together they sum to the change. Grey are
        columns that are no part: "reweighting", "interaction", "other rows". Of more than 20 parts, the 19 largest and
        the sum of the others.

    Raises
    ------
    DataError
        No period has one `lag` before it.

    Notes
    -----
    Proof: the bars hold the numbers of `Result.contributions` and sum to the change in points, to growth in per cent.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> index.compute(table).plot.change("cluster", lag=4).get_ylabel()
    'change on 4 periods before, points'
    """
    if not among(of, get_args(Moved)):
        raise SpecError(Said("of: no {of!r}{guess}", of=of, guess=suggestion(of, get_args(Moved))))
    parts = result.contributions(node, of=of, lag=lag, depth=depth, split=split, base=base, to=to)
    ax = _through_time(result, node, unit, parts, Said("a change on {before}", before=_before(lag)), ax)
    told = of if lag == 1 else f"{of} on"
    ax.set_ylabel(say(f"{told} of years" if result.panel.of_years else told, None if lag == 1 else lag))
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
        so levels are lines, not bars. The title has the unit, the group and the two periods. Of more than 20 parts, the
        19 largest and the sum of the others.

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
    own = in_series(panel, unit, period)
    row = row_of(panel, None if panel.units is None else panel.units[own[0]], period)
    every = result.contributions(node, lag=lag, depth=depth, split=split, base=base, to=to)
    parts = blanked(result, every, lag).iloc[row].dropna()
    code = branch_of(result.tree, node).code
    now = float(result.series(base, to)[code].iloc[row])
    if not len(parts):
        raise DataError(
            Said(
                "{place}: {code!r} has no change on {before}; {changed}",
                place=panel.place(row),
                code=code,
                before=_before(lag),
                changed=_changed(panel, row, every),
            )
        )
    parts = pooled(_without_idle(parts.to_frame().T)).iloc[0]
    parts = parts.iloc[np.argsort(-parts.abs().to_numpy(), kind="stable")]
    last = int(timed(panel).ordinals[row])
    names = [period_name(panel, last - lag), *_names(result, parts.index, 44), period_name(panel, last)]
    title = listed_in(whose(panel, own, result.tree, code, root=True), spanned(panel, last - lag, last))
    ax = axes(ax, 0.7 + 0.17 * len(wrapped(title, 44).split("\n")) + 0.3 * len(names))
    _steps(ax, now - float(parts.sum()), parts.to_numpy(), now)
    ax.set_yticks(range(len(names)), names)
    lines = max(1 + name.count("\n") for name in names)
    ax.tick_params(axis="y", labelsize=float(np.clip(72 * height_of(ax) / len(names) / (1.3 * lines), 3.5, 8)))
    ax.set_xlabel(say("level"))
    titled(ax, title)
    return ax


def _through_time(
    result: Result, node: str | None, unit: Any, parts: pd.DataFrame, whole_is: Said, ax: Axes | None
) -> Axes:
    panel = result.panel
    rows = own = of_unit(panel, unit)
    some = parts.iloc[rows].notna().any(axis=1).to_numpy()
    parts, rows = _without_idle(parts.iloc[rows[some]]), rows[some]
    if not len(rows):
        raise DataError(
            Said(
                "no period has {whole} to split ({extent}); the log and the rows say why",
                whole=whole_is,
                extent=_extent(panel, own),
            )
        )
    ordinals = timed(panel).ordinals[rows]
    code = branch_of(result.tree, node).code
    name = wrapped(name_of(result.tree, code))
    alone = ax is None
    parts = pooled(parts) if ax is None else _as_fit(result, parts, name, height_of(axes(ax, 0)))
    names = _names(result, parts.columns, 28)
    ax = axes(ax, max(3.4, 0.9 + key_height([*names, name])))
    stack(ax, ordinals, parts.to_numpy(), names, list(parts.columns))
    whole = parts.sum(axis=1).to_numpy()
    ax.plot(*unbroken(ordinals, whole), color=WHOLE, linewidth=1, marker=".", markersize=4, label=name)
    ax.axhline(0, color=WHOLE, linewidth=0.6)
    mark_periods(ax, panel, ordinals)
    _frame(ax, parts.to_numpy(), whole)
    titled(ax, whose(panel, rows, result.tree, code))
    key(ax, own=alone)
    return ax


def _as_fit(result: Result, parts: pd.DataFrame, name: str, height: float) -> pd.DataFrame:
    """Return parts, as many of them pooled that a key no higher than some inches names them; four are left."""
    for most in range(MOST, 4, -1):
        some = pooled(parts, most)
        if key_height([*_names(result, some.columns, 28), name]) <= height:
            return some
    return pooled(parts, 4)


def _frame(ax: Axes, parts: Array, whole: Array) -> None:
    """Set the limits: a stack stands on the axis where nothing goes below it."""
    low, high = min(0.0, np.nanmin(whole)), max(0.0, np.nanmax(whole))
    low = min(low, float(np.nan_to_num(parts).clip(max=0).sum(axis=1).min()))
    high = max(high, float(np.nan_to_num(parts).clip(min=0).sum(axis=1).max()))
    room = 0.04 * (high - low) or 1.0
    ax.set_ylim(low - room if low < 0 else 0.0, high + room if high > 0 else 0.0)


def _without_idle(parts: pd.DataFrame) -> pd.DataFrame:
    """Return parts without columns that are no part and say nothing in these rows."""
    idle = [code for code in parts.columns if code in RESERVED and not parts[code].abs().max() > 0]
    return parts.drop(columns=idle)


def _names(result: Result, codes: Any, width: int) -> list[str]:
    return [wrapped(part_name(result.tree, code), width) for code in codes]


def _changed(panel: Any, row: int, parts: pd.DataFrame) -> Said:
    """Say which period of a row's unit is the last with a change."""
    own = np.ones(panel.n, dtype=np.bool_) if panel.units is None else panel.units == panel.units[row]
    rows = np.flatnonzero(own & parts.notna().any(axis=1).to_numpy())
    if not len(rows):
        return Said("no period has one; the log and the rows say why")
    last = rows[np.argmax(timed(panel).ordinals[rows])]
    return Said("the last period with one is {period}", period=panel.period(int(last)))


def _extent(panel: Panel, rows: Rows) -> Said | str:
    """Return the unit that rows are of, how many they are and from which period to which; rows without units: all."""
    if panel.units is None:
        return panel.extent()
    first, last = panel.period(int(rows[0])), panel.period(int(rows[-1]))
    return Said(
        "there are {rows} rows of unit {unit}; periods run from {first} to {last}",
        rows=len(rows),
        unit=shown(panel.unit(rows[0])),
        first=first,
        last=last,
    )


def _before(lag: int) -> Said:
    return Said("the period before") if lag == 1 else Said("{lag} periods before", lag=lag)


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
    decimals = decimals_of_steps(parts)
    texts = [f"{before:.{decimals}f}", *(f"{part:+.{decimals}f}" for part in parts), f"{now:.{decimals}f}"]
    for place, (x, text) in enumerate(zip([before, *np.maximum(starts, ends), now], texts, strict=True)):
        ax.text(x + 0.015 * reach, place, text.replace("-", "−"), va="center", fontsize=7.5)
    ax.invert_yaxis()
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
