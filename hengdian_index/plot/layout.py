"""What pictures share: names of parts, rows of a unit or a period, ticks of periods, labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import DataError, SpecError, listed, suggestion
from hengdian_index.plot.style import readable, size, wrapped
from hengdian_index.rows.panel import Panel
from hengdian_index.rows.periods import Periods, format_period
from hengdian_index.rows.table import Array
from hengdian_index.tree import Branch, Tree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Rows = NDArray[np.intp]

_STEPS = (1, 2, 3, 5, 10, 20, 50, 100)


# Names of rows of more letters are written smaller; of more than the second number they are broken.
_LONG, _WIDEST = 30, 56

# Inches of a line of text, and of the room between two texts.
LINE, ROOM = 0.13, 0.06


def titled(ax: Axes, *lines: str, width: int = 44) -> None:
    """Write a title, each of its lines broken where it is wider than axes beside which names take half of the width."""
    ax.set_title("\n".join(wrapped(line, width) for line in lines if line))


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
        raise SpecError(f"node: no group {code!r}{suggestion(code, tree.groups)}")
    return tree.by_code[code]


def timed(panel: Panel) -> Periods:
    """Return the periods of rows that must have some."""
    if panel.periods is None:
        raise DataError("the rows have no period, so there is nothing to draw through time; `ranking` compares rows")
    return panel.periods


def of_unit(panel: Panel, unit: Any) -> Rows:
    """Return the rows of a unit by period; a unit need not be named where there is only one."""
    ordinals = timed(panel).ordinals
    every = list(dict.fromkeys(panel.unit_list()))
    if unit is None and len(every) > 1:
        raise SpecError(f"unit: name one of {listed(every)}")
    if unit is not None and panel.units is None:
        raise SpecError(f"unit: the rows have no unit, so none is {unit!r}; leave it out")
    if unit is not None and unit not in every:
        raise SpecError(f"unit: no unit {unit!r}{suggestion(unit, [one for one in every if one is not None])}")
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


def top_faults(top: Any) -> list[str]:
    """Return what is wrong with a number of rows to draw."""
    whole = isinstance(top, (int, np.integer)) and not isinstance(top, bool) and top >= 1
    return [] if whole else [f"top: a whole number of rows, 1 or more, not {top!r}"]


def row_names(panel: Panel, rows: Rows) -> list[str]:
    """Return what to call each row: its unit, with the period where they have several; or its label."""
    if panel.units is None:
        return [readable(label) for label in panel.labels[rows]]
    several = panel.periods is not None and len(np.unique(panel.periods.ordinals[rows])) > 1
    ends = [f", {panel.period(int(row))}" if several else "" for row in rows]
    return [readable(f"{panel.units[row]}{end}") for row, end in zip(rows, ends, strict=True)]


def name_rows(ax: Axes, names: Sequence[str]) -> None:
    """Write a name beside each row, the first on top; long ones smaller, and broken where they would fill the page."""
    longest = max(map(size, names))
    ax.set_yticks(range(len(names)), [wrapped(name, _WIDEST) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    if longest > _LONG:
        ax.tick_params(axis="y", labelsize=7 if longest <= _WIDEST else 6)


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
    ax.set_xticks(list(shown), [period_name(panel, ordinal) for ordinal in shown])


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
