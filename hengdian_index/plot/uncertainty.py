"""What many draws say: intervals of ranks and scores, how often each rank, which choice matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hengdian_index._robustness.sensitivity import Sensitivity
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, raise_all
from hengdian_index.plot.layout import (
    Rows,
    dated,
    in_period,
    listed_in,
    mark_periods,
    name_of,
    name_rows,
    row_names,
    say,
    titled,
    top_faults,
    unbroken,
)
from hengdian_index.plot.stacks import key_above
from hengdian_index.plot.style import COLOURS, REST, UP, WHOLE, axes, drawn, pyplot, readable, size, wrapped

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Up to so many ranks, per cents are written into the cells.
_MOST_NUMBERS = 20

# Beside names of rows of more letters, axes are narrow.
_SHORT = 16

# Up to so many periods, each has a dot.
_FEW = 12


@drawn
def rank_intervals(found: Uncertainty, *, period: Any = None, top: int | None = None, ax: Axes | None = None) -> Axes:
    """Intervals of the rank of each row: 90 % of the draws, their median, and the rank of the index as it is.

    Parameters
    ----------
    found : Uncertainty
    period : period, optional
        Which rows; default: the last period of units, else all.
    top : int, optional
        How many of them at most, which the title says; default: all.
    ax : Axes, optional
        Where to draw; default: a new figure, as high as it has rows.

    Returns
    -------
    Axes
        The best row on top. The title has the group and the period of units.

    Raises
    ------
    DataError
        No row has a rank.

    Notes
    -----
    Proof: the marks are the numbers of `Uncertainty.ranks`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
    >>> hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64).plot.rank_intervals().get_xlabel()
    'rank'
    """
    rows, ranks, several = _chosen(found, found.ranks, period, top, ascending=True)
    ax = _across(ax, found, rows, ranks, several)
    last = float(ranks[["q95", "nominal"]].max().max())
    ax.set_xlim(0.5, last + 0.5)
    _rank_ticks(ax, int(np.ceil(last)), first=1)
    return ax


@drawn
def score_intervals(found: Uncertainty, *, period: Any = None, top: int | None = None, ax: Axes | None = None) -> Axes:
    """Intervals of the scores: 90 % of the draws around each row, or a band around the line of a series.

    Parameters
    ----------
    found : Uncertainty
    period, top, ax
        As for `rank_intervals`; a series shows all its periods.

    Returns
    -------
    Axes
        Of a series its levels where it has a base; of units their scores, the best on top.

    Raises
    ------
    DataError
        No row has a score.

    Notes
    -----
    Proof: the marks are the numbers of `Uncertainty.series` and `Uncertainty.scores`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64).plot.score_intervals().get_ylabel()
    '1998 = 100'
    """
    panel = found.study.selected
    if panel.periods is not None and panel.units is None and period is None:
        return _band(ax, found, panel)
    rows, scores, several = _chosen(found, found.scores, period, top, ascending=False)
    ax = _across(ax, found, rows, scores, several)
    ax.set_xlabel(say("score"))
    return ax


@drawn
def rank_frequency(found: Uncertainty, *, period: Any = None, top: int | None = None, ax: Axes | None = None) -> Axes:
    """A heat map: the share of the draws in which each row stands at each rank.

    Parameters
    ----------
    found : Uncertainty
    period, top, ax
        As for `rank_intervals`.

    Returns
    -------
    Axes
        The best row on top; in the cells per cents, up to 20 ranks. Of more ranks the shades go by the square root, so
        that rare ones are seen.

    Raises
    ------
    DataError
        No row has a rank.

    Notes
    -----
    Proof: the cells are the numbers of `Uncertainty.rank_frequency`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
    >>> found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64)
    >>> found.plot.rank_frequency().images[0].get_array().shape
    (3, 3)
    """
    pyplot()
    from matplotlib.colors import PowerNorm

    rows, _, several = _chosen(found, found.ranks, period, top, ascending=True)
    shares = found.rank_frequency.iloc[rows].to_numpy()
    last = int(np.flatnonzero((shares > 0).any(axis=0)).max()) + 1
    shares = shares[:, :last]
    ax = axes(ax, 1.0 + 0.2 * max(len(rows), 7))
    norm = PowerNorm(1.0 if last <= _MOST_NUMBERS else 0.5, vmin=0, vmax=100 * shares.max())
    image = ax.imshow(100 * shares, cmap="Blues", norm=norm, aspect="auto")
    if last <= _MOST_NUMBERS:
        for (i, j), share in np.ndenumerate(shares):
            if share > 0:
                ink = "white" if share > 0.55 * shares.max() else "0.15"
                ax.text(
                    j,
                    i,
                    f"{100 * share:.0f}" if share > 0.005 else "<1",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color=ink,
                )
    name_rows(ax, _row_names(found, rows))
    ax.set_ylim(len(rows) - 0.5, -0.5)
    _rank_ticks(ax, last, first=0)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.8, aspect=25, pad=0.02)
    bar.set_label(say("per cent"))
    bar.outline.set_visible(False)
    _title(ax, found, rows, several)
    return ax


@drawn
def bars(found: Sensitivity, *, ax: Axes | None = None) -> Axes:
    """Bars of Sobol' indices: what each choice explains alone and with its interactions, with their intervals.

    Parameters
    ----------
    found : Sensitivity
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        Factors by their total index, the largest on top.

    Notes
    -----
    Proof: the bars are the numbers of `Sensitivity.first` and `Sensitivity.total`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> factors = {"film.weights": hi.Noise(0.25), "normalise": ["min_max", "percentile_rank"]}
    >>> ax = hi.sensitivity(index, table, factors, draws=64).plot.bars()
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['normalise', 'film.weights']
    """
    order = found.total.sort_values(ascending=False).index
    at = np.arange(len(order))
    ax = axes(ax, 1.1 + 0.42 * max(len(order), 2))
    for values, shift, colour, name in (
        (found.first, -0.19, COLOURS[4], say("alone")),
        (found.total, 0.19, COLOURS[0], say("interactions")),
    ):
        ends = found.intervals.loc[order, [f"{values.name}_low", f"{values.name}_high"]].to_numpy()
        shares = 100 * values.loc[order].to_numpy()
        ax.barh(at + shift, shares, height=0.36, color=colour, label=name)
        ax.hlines(at + shift, *(100 * ends.T), color=WHOLE, linewidth=1)
    ax.set_yticks(at, [wrapped(str(name), 30) for name in order])
    ax.set_ylim(len(order) - 0.4, -0.6)
    ax.axvline(0, color=WHOLE, linewidth=0.6)
    of = found.of if isinstance(found.of, str) else " of ".join(map(str, found.of))
    ax.set_xlabel(readable(say("variance", of=of.replace("_", " "))))
    key_above(ax)
    return ax


def _rank_ticks(ax: Axes, last: int, first: int) -> None:
    """Set ticks on some of the ranks; the first rank stands at `first`."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, last) if last / step <= 12)
    shown = [1, *range(step if step > 1 else 2, last + 1, step)]
    ax.set_xticks([rank - 1 + first for rank in shown], [str(rank) for rank in shown])
    ax.set_xlabel(say("rank"))


def _chosen(
    found: Uncertainty, table: pd.DataFrame, period: Any, top: int | None, *, ascending: bool
) -> tuple[Rows, pd.DataFrame, int]:
    """Return the rows to draw, the best first, their part of a table, and how many there are."""
    raise_all(SpecError, [] if top is None else top_faults(top))
    rows = in_period(found.study.selected, period)
    nominal = table["nominal"].fillna(table["median"]).to_numpy()[rows]
    rows = rows[np.argsort(nominal if ascending else -nominal, kind="stable")]
    rows = rows[np.isfinite(table["median"].to_numpy()[rows])]
    if not len(rows):
        raise DataError(Said("no draw gives a row of these a score; the summary of the draws says why"))
    return rows[:top], table.iloc[rows[:top]], len(rows)


def _title(ax: Axes, found: Uncertainty, rows: Rows, several: int) -> None:
    """Write the group, the period, and how many of several rows are drawn, if not all."""
    panel = found.study.selected
    told = [say("first", len(rows), all=several)] if len(rows) < several else []
    wide = max(map(size, _row_names(found, rows))) > _SHORT
    said = [name_of(found.study.index.tree, found.study.node), *dated(panel, rows), *told]
    titled(ax, listed_in(*said), width=44 if wide else 64)


def _row_names(found: Uncertainty, rows: Rows) -> list[str]:
    return row_names(found.study.selected, rows)


def _across(ax: Axes | None, found: Uncertainty, rows: Rows, table: pd.DataFrame, several: int) -> Axes:
    """Draw intervals across, a line for each row."""
    at = np.arange(len(rows))
    ax = axes(ax, 0.9 + 0.2 * max(len(rows), 4))
    ax.hlines(at, table["q05"], table["q95"], color=UP, alpha=0.35, linewidth=6, label=say("draws"))
    ax.plot(table["median"], at, "|", color=UP, markersize=9, markeredgewidth=1.6, label=say("median"))
    ax.plot(table["nominal"], at, "o", color=WHOLE, markersize=4, label=say("nominal"))
    name_rows(ax, _row_names(found, rows))
    ax.grid(axis="x", color=REST, linewidth=0.3, alpha=0.6)
    _title(ax, found, rows, several)
    key_above(ax)
    return ax


def _band(ax: Axes | None, found: Uncertainty, panel: Any) -> Axes:
    """Draw a series with its interval."""
    setting = found.study.index.setting
    table = found.scores if found.levels is None else found.series
    columns = {name: unbroken(panel.periods.ordinals, table[name].to_numpy()) for name in ("q05", "q95", "nominal")}
    at = columns["nominal"][0]
    if not np.isfinite(columns["nominal"][1]).any():
        raise DataError(Said("no draw gives a row of these a score; the summary of the draws says why"))
    ax = axes(ax, 3.2)
    ends = columns["q05"][1], columns["q95"][1]
    ax.fill_between(at, *ends, color=UP, alpha=0.3, linewidth=0, label=say("draws"))
    few = "." if np.isfinite(columns["nominal"][1]).sum() <= _FEW else None
    ax.plot(at, columns["nominal"][1], color=UP, linewidth=1.6, marker=few, label=say("nominal"))
    _mark_alone(ax, at, *ends)
    if found.levels is not None and setting.to is not None:
        ax.axhline(setting.to, color=REST, linewidth=0.7, zorder=0)
        ax.set_ylabel(readable(f"{setting.base} = {setting.to:g}"))
    else:
        ax.set_ylabel(say("score"))
    mark_periods(ax, panel, panel.periods.ordinals)
    key_above(ax)
    return ax


def _mark_alone(ax: Axes, at: Any, low: Any, high: Any) -> None:
    """Draw the intervals of periods that stand alone between gaps, where a band has no width."""
    around = np.concatenate([[False], np.isfinite(low), [False]])
    alone = around[1:-1] & ~around[:-2] & ~around[2:]
    if alone.any():
        ax.vlines(at[alone], low[alone], high[alone], color=UP, alpha=0.3, linewidth=6)
