"""Who is ahead: scores as bars, made of what the parts contribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from hengdian_index._index.result import Result
from hengdian_index._levels.contributions import Depth, level_parts
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, raise_all, suggestion
from hengdian_index.plot.layout import (
    Rows,
    branch_of,
    dated,
    in_period,
    listed_in,
    name_of,
    name_rows,
    row_names,
    say,
    titled,
    top_faults,
)
from hengdian_index.plot.stacks import key, key_below, key_height, part_name, pooled, stack
from hengdian_index.plot.style import UP, WHOLE, axes, drawn, height_of, size, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Beside names of more letters there is no room for a key.
_SHORT = 24


@drawn
def ranking(
    result: Result,
    node: str | None = None,
    *,
    period: Any = None,
    top: int = 30,
    depth: Depth = "children",
    ax: Axes | None = None,
) -> Axes:
    """Bars of the scores of rows, the best on top, made of what the parts of the group contribute.

    Parameters
    ----------
    result : Result
    node : str, optional
        Code of a group; default: the root.
    period : period, optional
        Which rows; default: those of the last period, all rows where there are no units.
    top : int
        How many of them at most; the title says how many there are, and the period of units.
    depth : {"children", "indicators"}
        The parts: the group's children, or the indicators below it.
    ax : Axes, optional
        Where to draw; default: a new figure, as high as it has bars.

    Returns
    -------
    Axes
        Each bar sums to the score, written at its end with the rank before the name. One colour where the score does
        not split, because the aggregation is no mean. Of more than 20 parts, the 19 largest and the sum of the others.

    Raises
    ------
    DataError
        No row has a score.

    Notes
    -----
    Scores, not levels: a base of its own would set all units to 100. Proof: the bars of a row sum to its score.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> ax = index.compute({"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}).plot.ranking()
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['1  2', '2  1', '3  0']
    """
    faults = top_faults(top)
    if depth not in get_args(Depth):
        faults.append(Said("depth: no {depth!r}{guess}", depth=depth, guess=suggestion(depth, get_args(Depth))))
    raise_all(SpecError, faults)
    code = branch_of(result.tree, node).code
    scores = result.rows.values(code)
    rows = in_period(result.panel, period)
    several, rows = len(rows), _best(rows, scores)
    ranks = [1 + int((scores[rows] > scores[row]).sum()) for row in rows]
    lost, shown = several - len(rows), rows[:top]
    names = [f"{rank}  {name}" for rank, name in zip(ranks, row_names(result.panel, shown), strict=False)]
    ax = _bars(ax, result, code, shown, depth, max(map(size, names)))
    _ends(ax, scores[shown])
    name_rows(ax, names)
    ax.set_xlabel(say("score"))
    told = [say("first", len(shown), all=len(rows))] if len(shown) < len(rows) else []
    told += [say("without a score", lost)] if lost else []
    titled(ax, listed_in(name_of(result.tree, code), *dated(result.panel, rows), *told))
    return ax


def _best(rows: Rows, scores: Any) -> Rows:
    """Return the rows with a score, the best first."""
    rows = rows[np.isfinite(scores[rows])]
    if not len(rows):
        raise DataError(Said("no row has a score, so there is nothing to rank; the log says why"))
    return rows[np.argsort(-scores[rows], kind="stable")]


def _bars(ax: Axes | None, result: Result, code: str, rows: Rows, depth: Depth, longest: int) -> Axes:
    """Return axes with a bar for each row, in parts where the score has some; names of rows have so many letters."""
    at, height = np.arange(len(rows)), 0.9 + 0.2 * max(len(rows), 4)
    own, height = ax is None, height if ax is None else height_of(axes(ax, 0))
    try:
        parts = level_parts(result.rows, code, depth == "indicators")
    except SpecError:
        ax = axes(ax, height)
        ax.barh(at, result.rows.values(code)[rows], height=0.8, color=UP)
        return ax
    table = pooled(pd.DataFrame({part: values[rows] for part, values in parts.items()}))
    codes: list[Any] = list(table)
    names = [wrapped(part_name(result.tree, part), 28) for part in codes]
    beside = longest <= _SHORT and key_height(names) <= height - 0.4
    columns = min(len(names), 2)
    ax = axes(ax, height if beside else height + 0.1 + key_height(names, columns))
    stack(ax, at, table.to_numpy(), names, codes, along="y")
    if beside:
        key(ax, along="y")
    else:
        key_below(ax, columns, height if own else None)
    return ax


def _ends(ax: Axes, scores: Any) -> None:
    """Write each score at the end of its bar; mark it where parts go both ways."""
    low, high = min(0.0, scores.min()), max(0.0, scores.max())
    decimals = int(np.clip(3 - np.floor(np.log10(max(high - low, 1e-9))), 0, 3))
    bars: list[Any] = list(ax.patches)
    ends = np.zeros(len(scores))
    for bar in bars:
        np.maximum.at(ends, round(bar.get_y() + bar.get_height() / 2), bar.get_x() + max(bar.get_width(), 0))
    for i, (score, end) in enumerate(zip(scores, ends, strict=True)):
        ax.text(end + 0.01 * (high - low), i, f"{score:.{decimals}f}".replace("-", "−"), va="center", fontsize=7)
    if any(bar.get_width() < 0 for bar in bars):
        ax.plot(scores, range(len(scores)), "D", color=WHOLE, markersize=3)
    ax.axvline(0, color=WHOLE, linewidth=0.6)
    starts = min([0.0, *(bar.get_x() + min(bar.get_width(), 0) for bar in bars)])
    reach = max(ends) - starts
    ax.set_xlim(starts - (0.04 * reach if starts < 0 else 0), max(ends) + 0.12 * reach)
