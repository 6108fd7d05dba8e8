"""Who is ahead: scores as bars, made of what the parts contribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hengdian_index.contributions import level_parts
from hengdian_index.errors import DataError, SpecError
from hengdian_index.plot.contributions import key, stack
from hengdian_index.plot.layout import Rows, branch_of, in_period, name_of, row_names
from hengdian_index.plot.style import UP, WHOLE, axes, drawn, readable, wrapped
from hengdian_index.result import Depth, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        How many of them at most; the title says how many there are.
    depth : {"children", "indicators"}
        The parts: the group's children, or the indicators below it.
    ax : Axes, optional
        Where to draw; default: a new figure, as high as it has bars.

    Returns
    -------
    Axes
        Each bar sums to the score, written at its end with the rank before the name. One colour where the score does
        not split, because the aggregation is no mean.

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
    if isinstance(top, bool) or not isinstance(top, (int, np.integer)) or top < 1:
        raise SpecError(f"top: a whole number of rows, 1 or more, not {top!r}")
    code = branch_of(result.tree, node).code
    scores = result.rows.values(code)
    rows = in_period(result.panel, period)
    several, rows = len(rows), _best(rows, scores)
    ranks = [1 + int((scores[rows] > scores[row]).sum()) for row in rows]
    lost, shown = several - len(rows), rows[:top]
    names = [f"{rank}  {name}" for rank, name in zip(ranks, row_names(result.panel, shown), strict=False)]
    ax = axes(ax, 0.9 + 0.2 * max(len(shown), 4))
    _bars(ax, result, code, shown, depth)
    _ends(ax, scores[shown])
    ax.set_yticks(range(len(shown)), names)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlabel("score")
    told = [f"the first {len(shown)} of {len(rows)}"] if len(shown) < len(rows) else []
    told += [f"{lost} without a score"] if lost else []
    ax.set_title(readable(", ".join([name_of(result.tree, code), *told])))
    return ax


def _best(rows: Rows, scores: Any) -> Rows:
    """Return the rows with a score, the best first."""
    rows = rows[np.isfinite(scores[rows])]
    if not len(rows):
        raise DataError("no row has a score, so there is nothing to rank; the log says why")
    return rows[np.argsort(-scores[rows], kind="stable")]


def _bars(ax: Axes, result: Result, code: str, rows: Rows, depth: Depth) -> None:
    """Draw a bar for each row, in parts where the score has some."""
    at = np.arange(len(rows))
    try:
        parts = level_parts(result.rows, code, depth == "indicators")
    except SpecError:
        ax.barh(at, result.rows.values(code)[rows], height=0.8, color=UP)
        return
    names = [wrapped(name_of(result.tree, part), 28) for part in parts]
    stack(ax, at, np.stack([values[rows] for values in parts.values()], axis=1), names, list(parts), along="y")
    key(ax, along="y")


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
    ax.set_xlim(right=max(ends) + 0.12 * (max(ends) - low))
