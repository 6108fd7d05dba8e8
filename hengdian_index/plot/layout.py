"""What pictures share: names of parts, rows of a unit or a period, ticks of periods, labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._scoring.tree import Branch, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import Periods, format_period
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, told
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, listed, raise_all, shown, suggestion
from hengdian_index.plot.style import chinese_family, height_of, pyplot, readable, size, width_of, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Rows = NDArray[np.intp]

# A space where no line of a title ends.
_KEPT = "\u00a0"

_STEPS = (1, 2, 3, 5, 10, 20, 50, 100)

# Of ticks that have no room, only each second, fourth and so on is named.
_EVERY = (1, 2, 4, 8, 16, 32, 64)

# Inches: how wide a letter of one point is, and how far names of ticks stay apart.
LETTER, _BETWEEN = 0.0089, 0.08

# Names of rows of more letters are written smaller; of more than the second number they are broken.
_LONG, _WIDEST = 30, 56

# Inches of a line of text, and of the room between two texts.
LINE, ROOM = 0.13, 0.06


def in_words(text: object) -> str:
    """Return a text that says itself, such as what a base is, in the language of pictures."""
    return told(text, _spoken())


def say(key: str, n: int | None = None, **values: Any) -> str:
    """Return what a picture says itself; with `n`, in the form for so many.

    Examples
    --------
    >>> from hengdian_index._words.language import speaking
    >>> from hengdian_index.plot.layout import say
    >>> with speaking("zh"):
    ...     say("others", 5)
    '其他5项'
    """
    return words(_spoken(), "plot")(key, n=n, **values)


def _spoken() -> Lang:
    """Return the language that is spoken; English where no font has the letters of another."""
    lang = language()
    return lang if lang == "en" or chinese_family() is not None else "en"


def listed_in(*parts: str) -> str:
    """Return what a title says, part after part."""
    return say("and").join(parts)


def titled(ax: Axes, *lines: str, width: int = 44) -> None:
    """Write a title, each of its lines broken where it is wider than axes beside which names take half of the width."""
    width = min(width, max(12, int(width_of(ax) / (LETTER * 9))))
    ax.set_title("\n".join(wrapped(line, width) for line in lines if line).replace(_KEPT, " "))


def dated(panel: Panel, rows: Rows) -> list[str]:
    """Return the period that rows of several units stand in, nothing where they have none or are a series."""
    if panel.periods is None or panel.units is None:
        return []
    first, last = (int(end) for end in (panel.periods.ordinals[rows].min(), panel.periods.ordinals[rows].max()))
    return [period_name(panel, first) if first == last else spanned(panel, first, last)]


def spanned(panel: Panel, first: int, last: int) -> str:
    """Return from which period to which something goes."""
    return say("span", first=period_name(panel, first), last=period_name(panel, last)).replace(" ", _KEPT)


def whose(panel: Panel, rows: Rows, tree: Tree, code: str, *, root: bool = False) -> str:
    """Return a title: the unit, if rows have one, and the group, the root only where that is asked."""
    unit = [] if panel.units is None else [readable(panel.name(panel.unit(int(rows[0]))))]
    return say("head").join([*unit, *([name_of(tree, code)] if root or code != tree.root.code else [])])


def heights(texts: Sequence[str]) -> Array:
    """Return about how high (inches) texts are, the room around them included."""
    return np.array([ROOM + LINE * (1 + text.count("\n")) for text in texts])


def name_of(tree: Tree, code: str) -> str:
    """Return the name of a group or an indicator; columns that are neither keep their own."""
    names = {branch.code: branch.name for branch in tree.branches} | {leaf.code: leaf.name for leaf in tree.leaves}
    return names.get(code) or code


def branch_of(tree: Tree, node: str | None) -> Branch:
    """Return a group by its code; the root without one."""
    code = tree.root.code if node is None else node
    if code not in tree.by_code:
        raise SpecError(Said("node: no group {code!r}{guess}", code=code, guess=suggestion(code, tree.groups)))
    return tree.by_code[code]


def timed(panel: Panel) -> Periods:
    """Return the periods of rows that must have some."""
    raise_all(DataError, _untimed(panel))
    assert panel.periods is not None
    return panel.periods


def _untimed(panel: Panel) -> list[Fault | Said]:
    said = Said("the rows have no period, so there is nothing to draw through time; `ranking` compares rows")
    return [said] if panel.periods is None else []


def _strange(panel: Panel, unit: Any) -> list[Fault | Said]:
    """Return what is wrong with a unit."""
    every = list(dict.fromkeys(panel.unit_list()))
    if unit is not None and panel.units is None:
        return [Said("unit: the rows have no unit, so none is {unit}; leave it out", unit=shown(unit))]
    if unit is None:
        return [Said("unit: name one of {every}", every=listed(every))] if len(every) > 1 else []
    return (
        [] if unit in every else [Said("unit: no unit {unit}{guess}", unit=shown(unit), guess=suggestion(unit, every))]
    )


def in_series(panel: Panel, unit: Any, period: Any) -> Rows:
    """Return the rows of a unit by period as `of_unit`, or say all that is wrong with unit and period."""
    faults = [*_untimed(panel), *_strange(panel, unit)]
    if panel.periods is not None and period is not None:
        try:
            panel.select(period, "period")
        except FaultsError as error:
            faults += error.faults
    raise_all(DataError if panel.periods is None else SpecError, faults)
    return of_unit(panel, unit)


def of_unit(panel: Panel, unit: Any) -> Rows:
    """Return the rows of a unit by period; a unit need not be named where there is only one."""
    faults = [*_untimed(panel), *_strange(panel, unit)]
    raise_all(DataError if panel.periods is None else SpecError, faults)
    ordinals = timed(panel).ordinals
    own = np.ones(panel.n, dtype=np.bool_) if panel.units is None or unit is None else panel.units == unit
    rows = np.flatnonzero(own)
    return rows[np.argsort(ordinals[rows], kind="stable")]


def in_period(panel: Panel, period: Any) -> Rows:
    """Return the rows that can be compared: those of a period, the last without one; all rows where none has one."""
    if period is not None:
        return np.flatnonzero(panel.select(period, "period"))
    if panel.periods is None or panel.units is None:
        return np.arange(panel.n)
    return np.flatnonzero(panel.periods.ordinals == panel.periods.ordinals.max())


def top_faults(top: Any, option: str = "top") -> list[Said]:
    """Return what is wrong with a number of rows to draw."""
    whole = isinstance(top, (int, np.integer)) and not isinstance(top, bool) and top >= 1
    return [] if whole else [Said("{option}: a whole number of rows, 1 or more, not {top!r}", option=option, top=top)]


def row_names(panel: Panel, rows: Rows) -> list[str]:
    """Return what to call each row: its unit, with the period where they have several; or its label."""
    if panel.units is None:
        return [readable(label) for label in panel.labels[rows]]
    several = panel.periods is not None and len(np.unique(panel.periods.ordinals[rows])) > 1
    names = [
        [str(panel.name(panel.unit(int(row)))), *([str(panel.period(int(row)))] if several else [])] for row in rows
    ]
    return [readable(listed_in(*name)) for name in names]


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Write a name beside each row, the first on top; long ones smaller, and broken where they would fill the page."""
    longest = max(map(size, names))
    ax.set_yticks(range(len(names)), [wrapped(name, _WIDEST) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    most = 8 if longest <= _LONG else 7 if longest <= _WIDEST else 6
    room = 72 * height_of(ax) / len(names)
    ax.tick_params(axis="y", labelsize=float(np.clip(0.7 * room, 3.5, most)))


def period_name(panel: Panel, ordinal: int) -> str:
    """Return a period as the table writes it."""
    assert panel.periods is not None
    return readable(panel.period_labels().get(ordinal, format_period(ordinal, panel.periods.frequency)))


def mark_periods(ax: Axes, panel: Panel, ordinals: NDArray[np.int64]) -> None:
    """Set ticks on some of the periods, whole years where there are many."""
    first, last = int(ordinals.min()), int(ordinals.max())
    year = timed(panel).frequency.per_year
    most = 8 if size(period_name(panel, last)) <= 8 else 4
    steps = sorted({1, 2, *(year * step for step in _STEPS)})
    step = next((step for step in steps if (last - first + 1) / step <= most), steps[-1])
    shown = range(first, last + 1, step)
    mark(ax, list(shown), [period_name(panel, ordinal) for ordinal in shown])


def mark(
    ax: Axes,
    at: Sequence[int],
    names: Sequence[str],
    *,
    every: Sequence[int] = _EVERY,
    first: int = 0,
    points: float = 8,
) -> None:
    """Set ticks, of which those are named whose names have room when the picture is drawn.

    That is each, each second and so on, as `every` has it, counted from `first`.
    """
    pyplot()
    from matplotlib.ticker import FixedLocator, FuncFormatter

    wide = max(map(size, names)) * LETTER * points + _BETWEEN

    def named(x: float, _: Any) -> str:
        ends = ax.transData.transform([(at[0], 0), (at[-1], 0)])[:, 0] / ax.figure.figure.dpi
        pitch = abs(ends[1] - ends[0]) / max(len(at) - 1, 1)
        step = next((step for step in every if step * pitch >= wide or len(at) == 1), every[-1])
        i = at.index(round(x)) if round(x) in at else -1
        return names[i] if i >= 0 and (i + first) % step == 0 else ""

    ax.xaxis.set_major_locator(FixedLocator(list(at)))
    ax.xaxis.set_major_formatter(FuncFormatter(named))
    # Made now, so that they have the settings of the picture.
    ax.xaxis.get_major_ticks(len(at))


def unbroken(ordinals: NDArray[np.int64], values: Array) -> tuple[NDArray[np.int64], Array]:
    """Return every period from the first to the last and its value, missing where there is no row: a gap in a line."""
    every = np.arange(ordinals.min(), ordinals.max() + 1)
    out = np.full(len(every), np.nan)
    out[ordinals - every[0]] = values
    return every, out


def apart(positions: Sequence[float] | Array, gap: float | Array, low: float = -np.inf, high: float = np.inf) -> Array:
    """Return positions moved as little as possible (least squares) so that no two are nearer than `gap`.

    With an array of gaps, one for each position, two are as far apart as half the sum of theirs. All stay within low
    and high, unless there are too many for that: then they begin at low.

    Examples
    --------
    >>> from hengdian_index.plot.layout import apart
    >>> apart([1.0, 1.0, 5.0], 1.0).tolist()
    [0.5, 1.5, 5.0]
    >>> apart([1.0, 1.0, 5.0], 1.0, low=1.0).tolist()
    [1.0, 2.0, 5.0]
    """
    positions = np.asarray(positions, dtype=np.float64)
    order = np.argsort(positions, kind="stable")
    own = np.broadcast_to(np.asarray(gap, dtype=np.float64), positions.shape)[order]
    shift = np.concatenate([[0.0], np.cumsum((own[1:] + own[:-1]) / 2)])[: len(order)]
    blocks: list[tuple[float, int]] = []
    for wanted in positions[order] - shift:
        blocks.append((float(wanted), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (late, n), (early, m) = blocks.pop(), blocks.pop()
            blocks.append(((late * n + early * m) / (n + m), n + m))
    out = np.empty_like(positions)
    means = np.repeat([mean for mean, _ in blocks], [n for _, n in blocks])
    out[order] = np.clip(means, low, max(low, high - shift[-1] if len(shift) else low)) + shift
    return out
