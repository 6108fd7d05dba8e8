"""The same rows under several indexes: how ranks and scores go from one to the next, and how far each row moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from hengdian_index._robustness.alternatives import Comparison
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, among, listed, raise_all, suggestion
from hengdian_index.plot.layout import (
    LETTER,
    Rows,
    apart,
    dated,
    heights,
    in_period,
    listed_in,
    name_of,
    name_rows,
    row_names,
    say,
    titled,
    top_faults,
)
from hengdian_index.plot.numbers import decimals_of
from hengdian_index.plot.stacks import key_above
from hengdian_index.plot.style import DOWN, FAINT, REST, UP, WHOLE, axes, drawn, height_of, size, width_of, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Compared = Literal["ranks", "scores"]

# So many other indexes stand side by side; of more, those that move ranks most.
_MOST = 4

# Up to so many rows each is named; of more rows, so many of those that move most.
_NAMED, _MOVERS = 30, 12

# Letters of a line of a name.
_WIDE = 24


@drawn
def slope(
    found: Comparison,
    others: str | Sequence[str] | None = None,
    *,
    of: Compared = "ranks",
    period: Any = None,
    named: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Lines from index to index: the rank, or the score, of each row under each, side by side.

    Parameters
    ----------
    found : Comparison
    others : str or list of str, optional
        Which indexes stand beside the first; default: all, of more than four those that move ranks most.
    of : {"ranks", "scores"}
        Scores have one axis, so they are for indexes whose scores have one scale.
    period : period, optional
        Which rows; default: the last period of units, else all.
    named : int, optional
        How many rows are named at most: those whose rank moves most. Default: all up to 30 rows, of more rows 12.
    ax : Axes, optional
        Where to draw; default: a new figure, as high as its names need.

    Returns
    -------
    Axes
        The best row on top; a solid blue line rises in the ranking, a dashed orange one falls, a grey one stays, a thin
        grey one has no name. At the right stands what each named row has under the first index and under the last. A
        row that an index does not rank has a gap there, and the title says how many such there are.

    Raises
    ------
    SpecError
        An index or a choice that is none.
    DataError
        No row has a rank under two of the indexes.

    Notes
    -----
    A row rises or falls from the first index shown to the last; which rows move most is by their largest shift under
    any of them. Proof: the lines hold the numbers of `Comparison.ranks` and `Comparison.scores`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("countries")
    >>> found = hi.compare({"as it is": index, "geometric": index.replace({"aggregate": "geometric"})}, table)
    >>> [label.get_text() for label in found.plot.slope().get_xticklabels()]
    ['as it is', 'geometric']
    """
    faults = list[Said]()
    if not among(of, get_args(Compared)):
        faults.append(Said("of: no {of!r}{guess}", of=of, guess=suggestion(of, get_args(Compared))))
    faults += [] if named is None else top_faults(named, "named")
    columns = _columns(found, others, _MOST, faults)
    raise_all(SpecError, faults)
    rows = _ranked(found, in_period(found.panel, period), columns)
    ranks = found.ranks[columns].to_numpy()[rows]
    values = ranks if of == "ranks" else found.scores[columns].to_numpy()[rows]
    largest, moves = _moves(ranks)
    limit = named if named is not None else len(rows) if len(rows) <= _NAMED else _MOVERS
    shown = np.argsort(-largest, kind="stable")[:limit]
    shown = np.sort(shown if limit >= len(rows) else shown[largest[shown] > 0])
    names = row_names(found.panel, rows[shown])
    texts = [f"{wrapped(name, _WIDE)}  {_ends(values[i], of)}" for name, i in zip(names, shown, strict=True)]
    ax = axes(ax, max(3.6 if len(rows) <= _NAMED else 5.0, 1.1 + float(heights(texts).sum())))
    _lines(ax, values, moves, shown)
    if of == "ranks":
        ax.set_ylim(np.nanmax(ranks) + 0.6, 0.4)
    _sides(ax, [_called(found, column) for column in columns])
    ax.set_ylabel(say("rank" if of == "ranks" else "score"))
    several = len(found.scores.columns) - 1
    told = [say("indexes", several, most=len(columns) - 1)] if others is None and len(columns) <= several else []
    told += [say("movers", len(rows), some=len(shown))] if len(shown) < len(rows) else []
    gaps = int(np.isnan(values).any(axis=1).sum())
    told += [say("gaps", gaps)] if gaps else []
    titled(ax, listed_in(name_of(found.tree, found.node), *dated(found.panel, rows), *told), width=56)
    key_above(ax)
    _name_ends(ax, texts, values[shown], moves[shown])
    return ax


@drawn
def shift(
    found: Comparison, other: str | None = None, *, period: Any = None, top: int = 30, ax: Axes | None = None
) -> Axes:
    """Bars of how many ranks each row moves under another index, in order: rises on top, falls below.

    Parameters
    ----------
    found : Comparison
    other : str, optional
        Which index is compared with the first; default: the one that moves ranks most.
    period : period, optional
        Which rows; default: the last period of units, else all.
    top : int
        How many rows at most: those that move most, which the title says.
    ax : Axes, optional
        Where to draw; default: a new figure, as high as it has rows.

    Returns
    -------
    Axes
        A bar is a shift as in `Comparison.shifts`: below 0 where the row rises, above 0 where it falls; beside it stand
        the rank under the first index and under the other. The title says how many rows have no rank under one of them.

    Raises
    ------
    SpecError
        An index that is none; nothing but one index.
    DataError
        No row has a rank under both.

    Notes
    -----
    Proof: the bars are the numbers of `Comparison.shifts`, in order.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("countries")
    >>> found = hi.compare({"as it is": index, "geometric": index.replace({"aggregate": "geometric"})}, table)
    >>> ax = found.plot.shift()
    >>> sum(bar.get_width() for bar in ax.patches) == found.shifts["geometric"].xs(2014, level=1).sum()
    True
    """
    faults = list(top_faults(top))
    asked = None if other is None else [other]
    columns = _columns(found, asked, 1, faults)
    raise_all(SpecError, faults)
    every = in_period(found.panel, period)
    ranks = found.ranks[columns].to_numpy()
    rows = every[np.isfinite(ranks[every]).all(axis=1)]
    if not len(rows):
        raise DataError(Said("no row has a rank under both {one!r} and {other!r}", one=columns[0], other=columns[1]))
    shifts = ranks[:, 1] - ranks[:, 0]
    shown = rows[np.argsort(-np.abs(shifts[rows]), kind="stable")[:top]]
    shown = shown[np.lexsort((ranks[shown, 0], shifts[shown]))]
    ax = axes(ax, 1.2 + 0.2 * max(len(shown), 4))
    _bars(ax, shifts[shown], ranks[shown])
    name_rows(ax, row_names(found.panel, shown))
    ax.set_xlabel(say("rank shift"))
    told = [say("moving most", len(shown), all=len(rows))] if len(shown) < len(rows) else []
    told += [say("without a rank", len(every) - len(rows))] if len(rows) < len(every) else []
    which = say("against", one=_called(found, columns[1]), other=_called(found, columns[0]))
    titled(ax, which, listed_in(name_of(found.tree, found.node), *dated(found.panel, rows), *told), width=56)
    key_above(ax)
    return ax


def _columns(found: Comparison, others: Any, most: int, faults: list[Said]) -> list[Any]:
    """Return the first index and those beside it, in their order; what is wrong with what is asked joins the faults."""
    first, *known = list(found.scores.columns)
    if not known:
        faults.append(Said("there is nothing beside {first!r}: compare two indexes or more", first=first))
        return [first]
    if others is None:
        large = found.mean_shift.sort_values(ascending=False, kind="stable").index[:most]
        return [first, *(name for name in known if name in large)]
    asked = list(others) if isinstance(others, (list, tuple)) else [others]
    word = "other" if most == 1 else "others"
    if not asked:
        faults.append(Said("{option}: none is named; choose among {known}", option=word, known=listed(known)))
    faults += [
        Said("{option}: no {name!r}{guess}", option=word, name=name, guess=suggestion(name, known))
        for name in asked
        if not among(name, known)
    ]
    return [first, *dict.fromkeys(name for name in asked if among(name, known))]


def _ranked(found: Comparison, rows: Rows, columns: Sequence[Any]) -> Rows:
    """Return the rows with a rank under two of the indexes or more, the best under the first on top."""
    ranks = found.ranks[columns].to_numpy()[rows]
    known = np.isfinite(ranks).sum(axis=1) > 1
    if not known.any():
        raise DataError(Said("no row has a rank under two of the indexes, so there is no line to draw"))
    rows, ranks = rows[known], ranks[known]
    return rows[np.argsort(np.nan_to_num(ranks[:, 0], nan=np.inf), kind="stable")]


def _moves(ranks: Array) -> tuple[Array, Array]:
    """Return for each row its largest shift from the first index that ranks it, and that of the last one that does."""
    rows, there = np.arange(len(ranks)), np.isfinite(ranks)
    first = ranks[rows, there.argmax(axis=1)]
    last = ranks[rows, ranks.shape[1] - 1 - there[:, ::-1].argmax(axis=1)]
    return np.nanmax(np.abs(ranks - first[:, np.newaxis]), axis=1), last - first


def _called(found: Comparison, name: Any) -> str:
    """Return what an index is called: by its name, one that leaves something out by what that is."""
    if found.said == "under":
        return str(name)
    return say("nominal") if name == found.scores.columns[0] else say("without", part=name_of(found.tree, name))


def _ends(values: Array, of: Compared) -> str:
    """Return the first and the last of a row's numbers as text."""
    first, last = values[np.flatnonzero(np.isfinite(values))[[0, -1]]]
    decimals = 0 if of == "ranks" else decimals_of(values[np.isfinite(values)])
    return f"{first:.{decimals}f} → {last:.{decimals}f}".replace("-", "−")


def _lines(ax: Axes, values: Array, moves: Array, shown: Rows) -> None:
    """Draw a line for each row, those that are not named thin, grey and below; each kind has its name once."""
    at, told = np.arange(values.shape[1]), set[str]()
    for i, row in enumerate(values):
        if i not in shown:
            ax.plot(at, row, color=REST, linewidth=0.5, alpha=0.6, zorder=1, label="_nolegend_")
            continue
        kind, colour, dashes = _kind(moves[i])
        label = "_nolegend_" if kind in told else kind
        told.add(kind)
        ax.plot(at, row, color=colour, linestyle=dashes, marker="o", markersize=3, zorder=3, label=label)
    ax.set_xlim(-0.08, len(at) - 1 + 0.08)
    for x in at.tolist():
        ax.axvline(x, color=FAINT, linewidth=0.6, zorder=0, label="_nolegend_")


def _kind(move: float) -> tuple[str, str, Any]:
    """Return what a row that moves so far does, its colour and its dashes."""
    if move == 0:
        return say("stays"), REST, "-"
    return (say("rises"), UP, "-") if move < 0 else (say("falls"), DOWN, (0, (4, 1.5)))


def _sides(ax: Axes, names: Sequence[str]) -> None:
    """Name the indexes below their columns, in letters as large as they have room."""
    pitch = 0.75 * width_of(ax) / max(len(names) - 1, 1)
    fits = int(min(pitch, 2.0) / (7.5 * LETTER))
    texts = [wrapped(name, max(fits, 8)) for name in names]
    longest = max(size(line) for text in texts for line in text.split("\n"))
    ax.set_xticks(range(len(names)), texts, fontsize=float(np.clip(7.5 * fits / longest, 4.5, 8)))
    ax.tick_params(axis="x", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def _name_ends(ax: Axes, texts: Sequence[str], values: Array, moves: Array) -> None:
    """Write a text at the right of each line, so far apart that all can be read, with a leader to its end."""
    if not texts:
        return
    low, high = sorted(ax.get_ylim())
    last = values.shape[1] - 1
    ends = [(float(np.flatnonzero(np.isfinite(row))[-1]), float(row[np.isfinite(row)][-1])) for row in values]
    gaps = heights(texts) * (high - low) / height_of(ax)
    places = apart([y for _, y in ends], gaps, low, high)
    for text, (x, y), place, move in zip(texts, ends, places, moves, strict=True):
        colour = _kind(move)[1]
        arrow = {"arrowstyle": "-", "color": colour, "linewidth": 0.6, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 2}
        where: dict[str, Any] = {"xytext": (last + 0.08 * max(last, 1), place), "arrowprops": arrow}
        ax.annotate(text, (x, y), va="center", fontsize=7, annotation_clip=False, textcoords="data", **where)


def _bars(ax: Axes, shifts: Array, ranks: Array) -> None:
    """Draw the shifts with the ranks beside their ends; each kind has its name once."""
    reach = max(float(np.abs(shifts).max()), 1.0)
    told = set[str]()
    for i, (move, (first, other)) in enumerate(zip(shifts, ranks, strict=True)):
        kind, colour, _ = _kind(move)
        hatch = "////" if move > 0 else ""
        label = kind if kind not in told else "_nolegend_"
        told.add(kind)
        ax.barh(i, move, height=0.7, color=colour, hatch=hatch, edgecolor="white", linewidth=0.3, label=label)
        text = f"{first:.0f}" if not move else f"{first:.0f} → {other:.0f}"
        side = "left" if move >= 0 else "right"
        ax.text(move + (0.02 if move >= 0 else -0.02) * reach, i, text, ha=side, va="center", fontsize=7)
    ax.axvline(0, color=WHOLE, linewidth=0.6)
    low, high = min(0.0, shifts.min()), max(0.0, shifts.max())
    ax.set_xlim(low - 0.28 * reach, high + 0.28 * reach)
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(9, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+.0f}".replace("-", "−") if x else "0"))
