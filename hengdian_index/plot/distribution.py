"""How values are distributed: raw and normalised indicators, scores of groups, in panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._maths.stats import Moments, skewness
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, among, listed, raise_all, suggestion
from hengdian_index.plot.layout import LINE, dated, listed_in, name_of, say, titled
from hengdian_index.plot.panels import Grid, headed, panels
from hengdian_index.plot.style import DOWN, UP, axes, drawn, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Values = Literal["both", "raw", "normalised"]

# Indicators on a page.
_MOST = 24

# Bars of a panel, and marks below them.
_BARS, _MARKS = 24, 1000

# Letters of a line above a panel, by the number of columns.
_WIDE = {1: 80, 2: 46, 3: 30, 4: 23}


@dataclass(frozen=True, slots=True)
class _Part:
    """What a panel shows: the name above it, empty beside the panel that has it, what the values are, and they."""

    name: str
    kind: str
    values: Array


@drawn
def distribution(
    result: Result,
    nodes: str | Sequence[str] | None = None,
    *,
    of: Values = "both",
    period: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Histograms of indicators, raw and normalised, or of the scores of groups, each value marked below.

    Parameters
    ----------
    result : Result
    nodes : str or list of str, optional
        Codes of indicators, or of groups; default: all indicators, of more than 24 those that are farthest from
        symmetry.
    of : {"both", "raw", "normalised"}
        Which values of indicators. Groups have scores alone, and indicators beside them are normalised.
    period : period or span, optional
        Which rows; default: all.
    ax : Axes, optional
        Axes to divide into panels; default: a new figure, as high as it has rows of panels.

    Returns
    -------
    Axes
        The axes around the panels, which are its `child_axes`: of "both" the raw values and beside them the normalised
        ones. Above each stand skewness, how many values are outliers (orange diamonds) and how many are missing.

    Raises
    ------
    SpecError
        A node or a choice that is none; raw values of a group.
    DataError
        No node has a value.

    Notes
    -----
    Bins are those of Freedman & Diaconis, at most 24. Skewness is G1, as in `hi.diagnose.describe`. An outlier is
    farther below the lower quartile, or above the upper one, than 1.5 times their distance (Tukey 1977). Of more than
    1000 values only the outliers are marked. Raw values are those of `Result.raw`, as they came. Proof: the bars count
    the values; skewness is that of `describe`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> ax = index.compute(table).plot.distribution("dist_hhi", of="raw")
    >>> print(ax.child_axes[0].get_title(loc="left"))
    Concentration of distributors (Herfindahl)
    raw: skewness 0.75
    4 outliers
    """
    tree = result.tree
    known = [*tree.codes, *tree.groups]
    asked: list[Any] = list(nodes) if isinstance(nodes, (list, tuple)) else [nodes]
    asked = list(tree.codes) if nodes is None else asked
    faults = [] if asked else [Said("nodes: none is named; choose among {known}", known=listed(known))]
    faults += [
        Said("nodes: no {node!r}{guess}", node=node, guess=suggestion(node, known))
        for node in asked
        if not among(node, known)
    ]
    if not among(of, get_args(Values)):
        faults.append(Said("of: no {of!r}{guess}", of=of, guess=suggestion(of, get_args(Values))))
    groups = [node for node in asked if among(node, tree.groups)]
    if of == "raw" and groups:
        faults.append(
            Said(
                "of: a group has no raw values ({groups}); leave it out, or choose 'normalised'", groups=listed(groups)
            )
        )
    raise_all(SpecError, faults)
    codes = list(dict.fromkeys(asked))
    rows = np.flatnonzero(result.panel.select(period, "period"))
    kinds = ("raw", "normalised") if of == "both" and not groups else ("normalised" if of == "both" else of,)
    tables = {"raw": result.raw.iloc[rows]} if "raw" in kinds else {}
    tables |= {"normalised": result.scores.join(result.normalised).iloc[rows]} if "normalised" in kinds else {}
    several, codes = len(codes), _skewed(codes, tables[kinds[0]])
    if not np.isfinite(tables[kinds[0]][codes].to_numpy()).any():
        raise DataError(Said("{codes}: no row has a value", codes=listed(codes)))
    parts = [
        _Part(name_of(tree, code) if kind == kinds[0] else "", "score" if code in groups else kind, table)
        for code in codes
        for kind in kinds
        for table in [tables[kind][code].to_numpy(dtype=np.float64)]
    ]
    columns = len(kinds) * (1 if len(codes) <= 3 - len(kinds) // 2 else 3 - len(kinds) // 2)
    heads = [_head(part, columns, len(kinds)) for part in parts]
    if all(head.endswith("\n") for head in heads):
        heads = [head[:-1] for head in heads]
    above = 0.08 + 0.85 * LINE * max(1 + head.count("\n") for head in heads)
    grid = Grid(-(-len(parts) // columns), columns, above, 0.3, ticks=True)
    ax = axes(ax, 0.7 + grid.height(0.7 if columns > 2 else 1.3))
    for place, part, head in zip(panels(ax, grid, len(parts), same=False), parts, heads, strict=True):
        _histogram(place, part.values)
        headed(place, head)
    told = [say("most skewed", several, most=len(codes))] if len(codes) < several else []
    when = [] if period is None else dated(result.panel, rows)
    whose = [name_of(tree, codes[0])] if len(codes) == 1 else told
    titled(ax, listed_in(*whose, *when), say("fences"), width=90)
    return ax


def _skewed(codes: list[str], table: Any) -> list[str]:
    """Return the codes to draw, of too many those farthest from symmetry, in their order."""
    if len(codes) <= _MOST:
        return codes
    shapes = np.abs(np.nan_to_num(skewness(Moments.of(table[codes].to_numpy(dtype=np.float64)))))
    most = set(np.argsort(-shapes, kind="stable")[:_MOST].tolist())
    return [code for i, code in enumerate(codes) if i in most]


def _outliers(values: Array) -> Any:
    """Return which values lie farther from the quartiles than 1.5 times their distance."""
    low, high = np.quantile(values, [0.25, 0.75]) if len(values) else (np.nan, np.nan)
    return (values < low - 1.5 * (high - low)) | (values > high + 1.5 * (high - low))


def _head(part: _Part, columns: int, kinds: int) -> str:
    """Return the name of what a panel shows, and the shape of its values."""
    values = part.values[np.isfinite(part.values)]
    shape = float(skewness(Moments.of(values[:, np.newaxis]))[0]) if len(values) else np.nan
    skew = say("none") if np.isnan(shape) else f"{round(shape, 2) + 0.0:.2f}".replace("-", "−")
    outside, gaps = int(_outliers(values).sum()), len(part.values) - len(values)
    told = [*([say("outliers", outside)] if outside else []), *([say("missing", gaps)] if gaps else [])]
    # The name has the room above the panel beside it, too, so that what stands below it has as many lines in both.
    name = wrapped(part.name, _WIDE[columns] * kinds) if part.name else ""
    return "\n".join(
        [*filter(None, [name]), f"{say(part.kind)}{say('head')}{say('skewness')} {skew}", listed_in(*told)]
    )


def _number(value: float, ends: tuple[float, float]) -> str:
    """Return the number at a tick, with its power of ten where it is long: the axis would say that elsewhere."""
    plain = 1e-3 <= max(map(abs, ends)) < 1e6
    return (f"{value:.10g}" if plain else f"{value:.3g}" if value else "0").replace("-", "−")


def _histogram(place: Axes, given: Array) -> None:
    """Draw the bars of values and a mark for each, outliers apart."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    values = given[np.isfinite(given)]
    place.spines["left"].set_visible(False)
    place.tick_params(axis="y", length=0)
    place.yaxis.set_major_locator(MaxNLocator(2, integer=True, min_n_ticks=1))
    place.xaxis.set_major_locator(MaxNLocator(3))
    place.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _number(x, place.get_xlim())))
    if not len(values):
        place.set_xticks([])
        place.set_yticks([])
        return
    edges = (
        np.histogram_bin_edges(values, bins="fd")
        if np.ptp(values) > 0
        else np.array([values[0] - 0.5, values[0] + 0.5])
    )
    if len(edges) > _BARS + 1:
        edges = np.linspace(edges[0], edges[-1], _BARS + 1)
    counts, _ = np.histogram(values, edges)
    place.bar(edges[:-1], counts, np.diff(edges), align="edge", color=UP, alpha=0.55, edgecolor="white", linewidth=0.3)
    outside, below = _outliers(values), place.get_xaxis_transform()
    small: dict[str, Any] = {"marker": "|", "color": "0.25", "markersize": 4, "markeredgewidth": 0.5}
    large: dict[str, Any] = {"marker": "D", "color": DOWN, "markersize": 3, "clip_on": False}
    inside = values[~outside] if len(values) <= _MARKS else values[:0]
    for some, height, marks in ((inside, 0.03, small), (values[outside], 0.06, large)):
        # The box of a line without points lies at the corner of the figure.
        if len(some):
            place.plot(some, np.full(len(some), height), linestyle="none", transform=below, **marks)
