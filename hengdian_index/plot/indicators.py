"""The indicators: how they go together, and what treatment did to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from hengdian_index.diagnose.correlation import correlations as correlated
from hengdian_index.errors import DataError, SpecError, suggestion
from hengdian_index.plot.layout import apart, name_of, row_names
from hengdian_index.plot.style import DOWN, REST, UP, WHOLE, axes, drawn, height_of, pyplot, readable, wrapped
from hengdian_index.result import Result
from hengdian_index.rows.table import Array
from hengdian_index.shape import kurtosis, skewness
from hengdian_index.stats import Moments
from hengdian_index.tree import Tree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Up to so many columns, the numbers are written into the cells.
_MOST_NUMBERS = 24

# So many of the cells that moved are named, the farthest first.
_NAMED = 6


@drawn
def correlations(
    result: Result,
    *,
    how: Literal["pearson", "spearman", "kendall"] = "pearson",
    pairwise: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """A heat map of the correlations of the normalised indicators, the groups framed.

    Parameters
    ----------
    result : Result
    how, pairwise
        As for `hi.diagnose.correlations`.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        Indicators in the order of the tree, numbered; blue for above 0, red for below, hatched where there is none.

    Raises
    ------
    DataError
        Fewer than three rows have all indicators.

    Notes
    -----
    Indicators are turned so that larger is better: below 0, one works against the other. Proof: the cells are the
    numbers of `hi.diagnose.correlations`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> index.compute(table).plot.correlations().images[0].get_array().shape
    (15, 15)
    """
    codes, blocks = _order(result.tree)
    r = correlated(result.normalised[codes], how=how, pairwise=pairwise).r.to_numpy(dtype=float)
    k = len(codes)
    names = [wrapped(name_of(result.tree, code), 34) for code in codes]
    row = max(0.25, 0.03 + 0.115 * (1 + max(name.count("\n") for name in names)))
    ax = axes(ax, 1.3 + row * max(k, 8))
    ax.patch.set_hatch("////")
    image = ax.imshow(r, cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    if k <= _MOST_NUMBERS:
        _numbers(ax, r)
    ax.set_yticks(range(k), [f"{name}  {i + 1}" for i, name in enumerate(names)])
    ax.set_xticks(range(k), [str(i + 1) for i in range(k)])
    ax.tick_params(length=0, labelsize=7)
    ax.spines[:].set_visible(False)
    _frames(ax, result.tree, blocks, k)
    bar = ax.figure.colorbar(image, ax=ax, location="bottom", shrink=0.5, aspect=40, pad=0.02)
    bar.set_label(f"{how.capitalize()} correlation{', pairwise' if pairwise else ''}", fontsize=7.5)
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
    return ax


@drawn
def treatment(result: Result, indicator: str | None = None, *, ax: Axes | None = None) -> Axes:
    """An indicator before and after preparation: each row's raw value and the value that was normalised.

    Parameters
    ----------
    result : Result
    indicator : str, optional
        Code; default: the one whose values moved farthest, in standard deviations of the raw ones.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        A dot for each row, on the diagonal where the value stayed; those that moved are red, the farthest named. The
        title has skewness and kurtosis before and after.

    Raises
    ------
    DataError
        The indicator has no row with both values.
    SpecError
        An unknown indicator.

    Notes
    -----
    Treatment, imputation from other rows, denominators and seasonal adjustment all are preparation; a value that was
    missing has no dot. Skewness and kurtosis are G1 and G2, which the JRC's rule for treating (|G1| > 2 and G2 > 3.5)
    looks at. Proof: the dots are `raw` and `prepared`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g", treat={"method": "winsorise", "points": 1})]
    ... )
    >>> result = index.compute({"x": [1.0, 2.0, 3.0, 4.0, 50.0]})
    >>> print(result.plot.treatment().get_title())
    x: 1 of 5 values moved
    skewness 2.22 → −0.54, kurtosis 4.94 → −1.49
    """
    codes = result.tree.codes
    if indicator is not None and indicator not in codes:
        raise SpecError(f"indicator: no {indicator!r}{suggestion(indicator, codes)}")
    code = indicator or _moved_most(result)
    raw, prepared = result.raw[code].to_numpy(), result.prepared[code].to_numpy()
    rows = np.flatnonzero(np.isfinite(raw) & np.isfinite(prepared))
    if not len(rows):
        raise DataError(f"indicator {code!r}: no row has a value before and after; it is built, or empty")
    before, after = raw[rows], prepared[rows]
    moved = np.abs(after - before) > 1e-12 * np.maximum(np.abs(before), np.abs(after))
    ax = axes(ax, 3.8, 4.8)
    _diagonal(ax, before, after)
    ax.plot(before[~moved], after[~moved], "o", color=UP, alpha=0.6, markersize=4, markeredgewidth=0)
    ax.plot(before[moved], after[moved], "D", color=DOWN, markersize=4)
    _name_moved(ax, row_names(result.panel, rows), before, after, moved)
    ax.set_xlabel("as it came")
    ax.set_ylabel("as it was normalised")
    name = readable(name_of(result.tree, code))
    ax.set_title(f"{name}: {int(moved.sum())} of {len(rows)} values moved\n{_shapes(before, after)}")
    return ax


def _order(tree: Tree) -> tuple[list[str], list[tuple[str, int]]]:
    """Return the indicators in the order of the tree, and (group, number of its own indicators) along them."""
    codes: list[str] = []
    blocks: list[tuple[str, int]] = []
    for group in tree.groups:
        own = [child for child in tree.by_code[group].children if child not in tree.by_code]
        codes += own
        blocks += [(group, len(own))] if own else []
    return codes, blocks


def _numbers(ax: Axes, r: Array) -> None:
    for (i, j), value in np.ndenumerate(r):
        if np.isfinite(value):
            ink = "white" if abs(value) > 0.6 else "0.15"
            text = f"{value:.2f}".replace("0.", ".").replace("-", "−")
            ax.text(j, i, text, ha="center", va="center", fontsize=5.5 if len(r) > 12 else 7, color=ink)


def _frames(ax: Axes, tree: Tree, blocks: list[tuple[str, int]], k: int) -> None:
    """Frame each group on the diagonal and write its name at the right, apart from the others."""
    pyplot()
    from matplotlib.patches import Rectangle

    start, middles = 0, []
    for _, count in blocks:
        corner = (start - 0.5, start - 0.5)
        ax.add_patch(Rectangle(corner, count, count, fill=False, edgecolor=WHOLE, linewidth=1.2, clip_on=False))
        middles.append(start + (count - 1) / 2)
        start += count
    for (group, _), place in zip(blocks, apart(middles, 0.15 * k / height_of(ax)), strict=True):
        ax.text(k - 0.3, place, wrapped(name_of(tree, group), 18), va="center", fontsize=7)


def _moved_most(result: Result) -> str:
    """Return the indicator whose values moved farthest on the way to normalisation."""
    raw, prepared = result.raw.to_numpy(), result.prepared.to_numpy()
    far = np.full(raw.shape[1], -1.0)
    for j in range(raw.shape[1]):
        both = np.isfinite(raw[:, j]) & np.isfinite(prepared[:, j])
        if both.any():
            spread = raw[both, j].std()
            far[j] = np.abs(prepared[both, j] - raw[both, j]).max() / (spread if spread > 0 else 1.0)
    return result.tree.codes[int(far.argmax())]


def _diagonal(ax: Axes, before: Array, after: Array) -> None:
    """Draw where values stay, as far as both reach."""
    low, high = max(before.min(), after.min()), min(before.max(), after.max())
    if low < high:
        ax.plot([low, high], [low, high], color=REST, linewidth=0.7, zorder=0)


def _name_moved(ax: Axes, names: list[str], before: Array, after: Array, moved: Array) -> None:
    far = np.argsort(-np.abs(after - before) * moved, kind="stable")[: min(_NAMED, int(moved.sum()))]
    if not len(far):
        return
    low, high = ax.get_ylim()
    left, right = ax.get_xlim()
    places = apart(after[far], 0.16 * (high - low) / height_of(ax))
    for i, place in zip(far, places, strict=True):
        inward = before[i] > (left + right) / 2
        shift = (-0.03 if inward else 0.03) * (right - left)
        ax.text(before[i] + shift, place, names[i], fontsize=7, va="center", ha="right" if inward else "left")


def _shapes(before: Array, after: Array) -> str:
    """Return skewness and kurtosis before and after as text."""
    moments = Moments.of(np.stack([before, after], axis=1))
    told = []
    for name, shape in (("skewness", skewness(moments)), ("kurtosis", kurtosis(moments))):
        ends = ["none" if np.isnan(end) else f"{end:.2f}".replace("-", "−") for end in shape]
        told.append(f"{name} {' → '.join(ends)}")
    return ", ".join(told)
