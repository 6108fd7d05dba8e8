"""A score against a variable from outside the index, a dot for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hengdian_index._index.result import Result
from hengdian_index._tables.cells import number_of
from hengdian_index._tables.panel import Beside, Panel
from hengdian_index._tables.scopes import columns_of
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.diagnose.correlation import correlations
from hengdian_index.errors import DataError, SpecError, among, listed, raise_all, shown, suggestion
from hengdian_index.log import journal
from hengdian_index.plot.layout import dated, in_period, listed_in, name_of, row_names, say, titled
from hengdian_index.plot.style import REST, UP, axes, drawn, fit, in_family, room_of, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Rows of which a name is tried, those farthest from the middle first.
_NAMED = 150

# Rows that a correlation needs.
_LEAST = 3

# Where a name may stand from its dot, the best first, and how far (points).
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_FAR = 5


@drawn
def scatter(
    result: Result,
    by: str | pd.Series[Any] | Mapping[Any, Any],
    node: str | None = None,
    *,
    period: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Dots of a score against a variable from outside the index, with their correlation.

    Parameters
    ----------
    result : Result
    by : str, Series or mapping
        A column of the table, scored or not; or numbers by unit, by period, or by (unit, period), as rows of the result
        are called. Labels that are no row are left out, as a table from elsewhere may have more rows.
    node : str, optional
        Code of a group, whose score is drawn, or of an indicator, which is normalised; default: the root.
    period : period or span, optional
        Which rows; default: those of the last period, all rows where there are no units.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        The title has the correlations of Pearson and Spearman, from how many rows, and how many lack one of the values.
        A row has its name where it fits without lying over another name or a dot; those farthest from the middle come
        first.

    Raises
    ------
    SpecError
        A column or a node that is none; labels that stand twice; something else than numbers.
    DataError
        No row has both values; no label is a row.

    Notes
    -----
    A correlation with a variable is no proof of what the index measures, and none of its cause. Proof: the dots are the
    numbers, the correlations those of `hi.diagnose.correlations`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("countries")
    >>> ax = index.compute(table).plot.scatter("oscars")
    >>> print(ax.get_title())
    Films of the country 电影, 2014
    Pearson correlation 0.31, Spearman correlation 0.71, n = 13
    """
    tree, panel = result.tree, result.panel
    known = [*tree.groups, *tree.codes]
    code = tree.root.code if node is None else node
    raise_all(
        SpecError,
        [] if among(code, known) else [Said("node: no {node!r}{guess}", node=node, guess=suggestion(node, known))],
    )
    values, called = _values(panel, by)
    rows = in_period(panel, period)
    scores = (result.scores if code in tree.groups else result.normalised)[code].to_numpy(dtype=np.float64)
    both = rows[np.isfinite(values[rows]) & np.isfinite(scores[rows])]
    if not len(both):
        raise DataError(
            Said(
                "by: no row has both a value of {called} and a score; {extent}",
                called=shown(called),
                extent=panel.extent(),
            )
        )
    x, y = values[both], scores[both]
    ax = axes(ax, 4.2)
    ax.plot(x, y, "o", color=UP, alpha=0.75, markersize=4.5, markeredgewidth=0)
    ax.margins(0.08)
    ax.grid(color=REST, linewidth=0.3, alpha=0.5)
    ax.set_xlabel(wrapped(name_of(tree, called), 60))
    ax.set_ylabel(wrapped(listed_in(name_of(tree, code), say("score" if code in tree.groups else "normalised")), 48))
    told = [*_correlated(x, y), f"n = {len(both)}"]
    told += [say("without a value", len(rows) - len(both))] if len(both) < len(rows) else []
    titled(ax, listed_in(name_of(tree, code), *dated(panel, both)), listed_in(*told), width=70)
    _name_dots(ax, row_names(panel, both), x, y)
    return ax


def _values(panel: Panel, by: Any) -> tuple[Array, str]:
    """Return a number for each row (n,), missing where there is none, and what the variable is called."""
    if isinstance(by, pd.DataFrame) or not isinstance(by, (str, Mapping, pd.Series)):
        raise SpecError(Said("by: a column of the table, a Series or a mapping, not {given}", given=type(by).__name__))
    if isinstance(by, str):
        names = {"unit", "period", *panel.labels.names}
        known = {name: column for name, column in columns_of(panel).items() if name not in names}
        if by not in known:
            raise SpecError(
                Said("by: the table has no column {by!r}{guess}", by=by, guess=suggestion(by, list(map(str, known))))
            )
        column = known[by]
        return _numbers(column.labels(by) if isinstance(column, Beside) else list(column), by), by
    pairs = list(by.items())
    called = "" if isinstance(by, Mapping) or by.name is None else str(by.name)
    twice = pd.Index([label for label, _ in pairs], tupleize_cols=False)
    if not twice.is_unique:
        raise SpecError(
            Said("by: labels that stand twice: {labels}", labels=listed(list(twice[twice.duplicated()].unique())))
        )
    numbers = _numbers([value for _, value in pairs], called or "by")
    found = {_plain(label): number for (label, _), number in zip(pairs, numbers, strict=True)}
    values = np.array(
        [next((found[key] for key in _keys(panel, row) if key in found), np.nan) for row in range(panel.n)]
    )
    if not any(key in found for row in range(panel.n) for key in _keys(panel, row)):
        raise DataError(
            Said(
                "by: no label is that of a row, such as {labels}; {extent}",
                labels=listed([label for label, _ in pairs][:3]),
                extent=panel.extent(),
            )
        )
    return values, called


def _plain(label: Any) -> Any:
    """Return a label so that a year is found as a number and as a text."""
    return tuple(map(str, label)) if isinstance(label, tuple) else str(label)


def _keys(panel: Panel, row: int) -> list[Any]:
    """Return what a row may be called: by unit and period, by unit or the unit's name, by period or label."""
    label = panel.labels[row]
    periods = (
        []
        if panel.periods is None
        else [str(panel.period(row)), _plain(label[-1] if isinstance(label, tuple) else label)]
    )
    if panel.units is None:
        return [_plain(label), *periods]
    units = [str(panel.unit(row)), str(panel.name(panel.unit(row)))]
    return [*((unit, period) for unit in units for period in periods), *units]


def _numbers(cells: Sequence[Any], called: str) -> Array:
    found = [number_of(cell) for cell in cells]
    wrong = [cell for cell, number in zip(cells, found, strict=True) if number is None]
    if wrong:
        raise SpecError(
            Said(
                "by: {called!r} needs numbers, not {cells}",
                called=called,
                cells=listed(list(dict.fromkeys(map(str, wrong)))[:3]),
            )
        )
    return np.array(found, dtype=np.float64)


def _correlated(x: Array, y: Array) -> list[str]:
    """Return the correlations as text."""
    frame, told = pd.DataFrame({"x": x, "y": y}), []
    for how in ("pearson", "spearman"):
        # Two points lie on a line whatever they are.
        with journal():
            r = np.nan if len(x) < _LEAST else float(correlations(frame, how=how, pairwise=True).r.iloc[0, 1])
        told.append(f"{say(how)} {say('none') if np.isnan(r) else f'{round(r, 2) + 0.0:.2f}'.replace('-', '−')}")
    return told


def _name_dots(ax: Axes, names: Sequence[str], x: Array, y: Array) -> None:
    """Name the dots whose names fit: none lies over another, over a dot or out of the axes."""
    fit(ax, room_of(ax))
    in_family(ax)
    ax.figure.figure.draw_without_rendering()
    dots = ax.transData.transform(np.column_stack([x, y]))
    frame = ax.get_window_extent()
    points = ax.figure.dpi / 72
    taken = np.concatenate([dots - 2.5 * points, dots + 2.5 * points], axis=1)
    middle = np.median(dots, axis=0)
    order = np.argsort(-np.hypot(*(dots - middle).T), kind="stable")[:_NAMED]
    for i in order:
        text = ax.annotate(names[i], (x[i], y[i]), textcoords="offset points", xytext=(0, 0), fontsize=6.5, color="0.2")
        size = np.asarray(text.get_window_extent().size)
        for side in _SIDES:
            way = np.array(side)
            low = dots[i] + way * _FAR * points - np.where(way > 0, 0, np.where(way < 0, size, size / 2))
            box = np.concatenate([low - 1, low + size + 1])
            inside = (box[:2] >= [frame.x0, frame.y0]).all() and (box[2:] <= [frame.x1, frame.y1]).all()
            over = (box[:2] < taken[:, 2:]).all(axis=1) & (box[2:] > taken[:, :2]).all(axis=1)
            if inside and not over.any():
                text.set_position(tuple((low - dots[i]) / points))
                taken = np.concatenate([taken, box[np.newaxis]])
                break
        else:
            text.remove()
