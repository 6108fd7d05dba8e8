"""The indicators: how they go together, and what treatment did to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._maths.stats import Moments, kurtosis, skewness
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.diagnose.correlation import Correlations
from hengdian_index.diagnose.correlation import correlations as correlated
from hengdian_index.errors import DataError, SpecError, among, suggestion
from hengdian_index.log import journal
from hengdian_index.plot.layout import apart, heights, listed_in, mark, name_of, row_names, say, titled
from hengdian_index.plot.style import DOWN, REST, UP, WHOLE, axes, drawn, height_of, pyplot, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Up to so many columns, the numbers are written into the cells.
_MOST_NUMBERS = 24

# Letters of a line that no name fills.
_WHOLE = 500

# Of more indicators the names are smaller.
_MANY = 36

# So many of the cells that moved are named, the farthest first.
_NAMED = 6


@drawn
def correlations(
    result: Result,
    *,
    how: Literal["pearson", "spearman", "kendall"] = "pearson",
    pairwise: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """A heat map of the correlations of the normalised indicators, the groups framed.

    Parameters
    ----------
    result : Result
    how : {"pearson", "spearman", "kendall"}
        As for `hi.diagnose.correlations`.
    pairwise : bool
        Use for each pair all rows that both indicators have, as `hi.audit` does, instead of the rows that have all.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        Indicators in the order of the tree, numbered; blue for above 0, red for below, hatched where there is none.
        Below stands from how many of the rows they are.

    Raises
    ------
    DataError
        Without `pairwise`, fewer than three rows have all indicators.

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
    found = correlated(result.normalised[codes], how=how, pairwise=pairwise)
    r, k = found.r.to_numpy(dtype=float), len(codes)
    many, given = k > _MANY, ax is not None
    width = _WHOLE if given else 56 if many else 34
    names = [wrapped(name_of(result.tree, code), width) for code in codes]
    lines = 1 + max(name.count("\n") for name in names)
    ax = axes(ax, 1.3 + max(k, 8) * (0.03 + 0.09 * lines if many else max(0.25, 0.03 + 0.115 * lines)))
    ax.patch.set_hatch("////")
    image = ax.imshow(r, cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    if k <= _MOST_NUMBERS:
        _numbers(ax, r)
    ax.set_yticks(range(k), [f"{name}  {i + 1}" for i, name in enumerate(names)])
    small = float(np.clip(47 * height_of(ax) / k, 2.5, 7)) if given else 5.5 if many else 7
    mark(ax, range(k), [str(i + 1) for i in range(k)], every=(1, 2, 5, 10, 20, 50, 100), first=1, points=small)
    ax.tick_params(length=0, labelsize=small)
    ax.spines[:].set_visible(False)
    _frames(ax, result.tree, blocks, k)
    bar = ax.figure.colorbar(image, ax=ax, location="bottom", shrink=0.5, aspect=40, pad=_pad(ax))
    bar.set_ticks([-1, -0.5, 0, 0.5, 1])
    bar.set_label(listed_in(say(how), _counted(found, result.panel.n)), fontsize=7.5)
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
    return ax


@drawn
def treatment(result: Result, indicator: str | None = None, *, ax: Axes | None = None) -> Axes:
    """An indicator before and after treatment: each row's value before it and the value that was normalised.

    Parameters
    ----------
    result : Result
    indicator : str, optional
        Code; default: the one whose values treatment moved farthest, in standard deviations of those before it.
    ax : Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    Axes
        A dot for each row, on the diagonal where the value stayed; those that moved are red, the farthest named unless
        all moved. The title has skewness and kurtosis before and after.

    Raises
    ------
    DataError
        The indicator has no value.
    SpecError
        An unknown indicator.

    Notes
    -----
    The steps are denominate, impute, adjust for the season, treat: what the first three do is in both values, so only
    what treatment moved leaves the diagonal. Skewness and kurtosis are G1 and G2, which the JRC's rule for treating
    (|G1| > 2 and G2 > 3.5) looks at. Proof: the dots are the values divided and filled by hand, and `prepared`.

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
    if indicator is not None and not among(indicator, codes):
        raise SpecError(
            Said("indicator: no {indicator!r}{guess}", indicator=indicator, guess=suggestion(indicator, codes))
        )
    untreated = _untreated(result)
    code = indicator or _moved_most(result, untreated)
    both = untreated[:, codes.index(code)], result.prepared[code].to_numpy()
    rows = np.flatnonzero(np.isfinite(both).all(axis=0))
    if not len(rows):
        raise DataError(Said("indicator {code!r}: no row has a value", code=code))
    before, after = (values[rows] for values in both)
    moved = _moved(before, after)
    ax = axes(ax, 3.8, 5.6)
    _diagonal(ax, before, after)
    ax.plot(before[~moved], after[~moved], "o", color=UP, alpha=0.6, markersize=4, markeredgewidth=0)
    ax.plot(before[moved], after[moved], "D", color=DOWN, markersize=4)
    if moved.mean() <= 0.5:
        _name_moved(ax, row_names(result.panel, rows), before, after, moved)
    ax.set_xlabel(say("before treatment"))
    ax.set_ylabel(say("after treatment"))
    told = say("head").join([name_of(result.tree, code), say("moved", len(rows), some=int(moved.sum()))])
    titled(ax, told, _shapes(before, after), width=52)
    return ax


def _pad(ax: Axes) -> float:
    """Return how far the bar of colours stands from axes: a layout engine counts from the numbers below them."""
    return 0.02 if ax.figure.figure.get_layout_engine() is not None else 0.08


def _counted(found: Correlations, several: int) -> str:
    """Return how many of several rows correlations are from."""
    n, r = np.asarray(found.n), np.asarray(found.r, dtype=float)
    between = ~np.eye(len(n), dtype=np.bool_) if len(n) > 1 else np.ones((1, 1), dtype=np.bool_)
    counts = n[between & np.isfinite(r)] if (between & np.isfinite(r)).any() else n[between]
    few, many = int(counts.min()), int(counts.max())
    if few == several:
        return say("all rows", several)
    if not found.pairwise:
        return say("complete", several, few=few)
    return say("pairs" if few == many else "pairs between", several, few=few, many=many)


def _untreated(result: Result) -> Array:
    """Return the values (n, k) that treatment saw: built, denominated, imputed, adjusted."""
    with journal():
        ready = replace(result.fitted.preparation, treatments={})(result.tree, result.panel)
    return np.asarray(ready.values)


def _moved(before: Any, after: Any) -> Any:
    """Return which values moved by more than rounding."""
    return np.abs(after - before) > 1e-12 * np.maximum(np.abs(before), np.abs(after))


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
            text = f"{round(value, 2) + 0.0:.2f}".replace("0.", ".").replace("-", "−")
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


def _moved_most(result: Result, untreated: Array) -> str:
    """Return the indicator whose values treatment moved farthest."""
    prepared = result.prepared.to_numpy()
    far = np.full(untreated.shape[1], -1.0)
    for j in range(untreated.shape[1]):
        both = np.isfinite(untreated[:, j]) & np.isfinite(prepared[:, j])
        if both.any():
            spread = untreated[both, j].std()
            far[j] = np.abs(prepared[both, j] - untreated[both, j]).max() / (spread if spread > 0 else 1.0)
    return result.tree.codes[int(far.argmax())]


def _diagonal(ax: Axes, before: Array, after: Array) -> None:
    """Draw where values stay, as far as both reach."""
    low, high = max(before.min(), after.min()), min(before.max(), after.max())
    if low < high:
        ax.plot([low, high], [low, high], color=REST, linewidth=0.7, zorder=0)


def _name_moved(ax: Axes, names: list[str], before: Array, after: Array, moved: Array) -> None:
    """Name what moved farthest in a column at the right, each name with a leader to its dot."""
    far = np.argsort(-np.abs(after - before) * moved, kind="stable")[: min(_NAMED, int(moved.sum()))]
    texts = [wrapped(names[i], 26) for i in far]
    low, high = ax.get_ylim()
    places = apart(after[far], heights(texts) * (high - low) / height_of(ax), low, high)
    arrow = {"arrowstyle": "-", "color": REST, "linewidth": 0.6, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 2}
    fixed: dict[str, Any] = {"textcoords": ("axes fraction", "data"), "arrowprops": arrow, "annotation_clip": False}
    for i, place, text in zip(far, places, texts, strict=True):
        ax.annotate(text, (before[i], after[i]), (1.05, place), fontsize=7, va="center", **fixed)


def _shapes(before: Array, after: Array) -> str:
    """Return skewness and kurtosis before and after as text."""
    moments = Moments.of(np.stack([before, after], axis=1))
    told = []
    for name, shape in (("skewness", skewness(moments)), ("kurtosis", kurtosis(moments))):
        ends = [say("none") if np.isnan(end) else f"{end:.2f}".replace("-", "−") for end in shape]
        told.append(f"{say(name)} {' → '.join(ends)}")
    return listed_in(*told)
