"""Indicators that move with their group where they are missing: parental imputation of price indexes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.means import Pair
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.choice import Frozen
from hengdian_index._scoring.contents import Content, rows_of
from hengdian_index._scoring.growth import START, Growth
from hengdian_index._scoring.scores import Weights
from hengdian_index._scoring.tree import Leaf, Setting, Tree
from hengdian_index._scoring.value_shares import referred, units_of
from hengdian_index._tables.cells import CELLS
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, raise_all
from hengdian_index.log import note

# Levels and weights are found in turn; each round brings the digits of the growth in a gap nearer.
_ROUNDS, _SAME = 100, 1e-14


def moves(tree: Tree, leaf: Leaf) -> bool:
    """Return whether an indicator moves with its group where it is missing."""
    return (leaf.missing or tree.by_code[leaf.parent].missing.rule) == "parent"


def chained(leaf: Leaf) -> bool:
    """Return whether an indicator comes as growth on the period before, which a gap does not make good."""
    return leaf.growth is not None and Growth.of(leaf).on == "period"


def priced(
    tree: Tree, setting: Setting, contents: Sequence[Content], x: Array, panel: Panel, *, noted: bool = True
) -> tuple[tuple[Content, ...], Array]:
    """Return contents with the weights that shares and levels make (`referred`), and the levels (n, k), gaps filled.

    A missing level is that of the period before times the growth of the group, which is that of what it has in both
    periods; a group that has nothing moves with the one above it. After a gap a level is the one given: what was
    filled is made good. Growth goes on from the filled level.

    Raises
    ------
    DataError
        Gaps in the first row of a unit that the fit knows from earlier rows.
    """
    movable = np.array([moves(tree, leaf) for leaf in tree.leaves])
    relinked = movable & [chained(leaf) for leaf in tree.leaves]
    which = np.maximum(rows_of([content.since for content in contents], panel), 0)
    parts = np.array([[code in content.tree.codes for code in tree.codes] for content in contents])
    gaps = np.isnan(x) & movable & parts[which]
    held = contents[0].unseen or {}
    strange = {unit: np.isin(tree.codes, held.get(unit, ())) for unit in units_of(panel)}
    raise_all(DataError, shortened(_unfounded(tree, contents, gaps, relinked, strange, panel)))
    if not gaps.any():
        return referred(tree, setting, contents, x, panel, noted=noted), x
    units = {
        unit: _Unit(tree, x[rows], gaps[rows], relinked, strange[unit], which[rows])
        for unit, rows in units_of(panel).items()
    }
    filled = _gathered(units, panel, x)
    for _ in range(_ROUNDS):
        found = referred(tree, setting, contents, filled, panel, noted=False)
        for unit, one in units.items():
            one.fill(found, unit)
        before, filled = filled, _gathered(units, panel, x)
        with np.errstate(invalid="ignore", divide="ignore"):
            if not (np.abs(filled / before - 1) > _SAME).any():
                break
    for row, j in np.argwhere(gaps & ~np.isnan(filled)).tolist() if noted else ():
        where = {"unit": panel.unit(row), "period": panel.period(row), "indicator": tree.codes[j]}
        note(
            "impute",
            Said("moves with its group"),
            **where,
            after=float(filled[row, j]),
            kind=joined(["parent", Said("filled")], "heads"),
        )
    found = referred(tree, setting, contents, filled, panel, noted=noted)
    unseen = {unit: tuple(np.array(tree.codes)[one.unseen].tolist()) for unit, one in units.items()} | dict(held)
    unseen = {unit: codes for unit, codes in unseen.items() if codes}
    return tuple(replace(content, unseen=Frozen(unseen)) if unseen else content for content in found), filled


def _unfounded(
    tree: Tree,
    contents: Sequence[Content],
    gaps: NDArray[np.bool_],
    relinked: NDArray[np.bool_],
    strange: Mapping[Any, NDArray[np.bool_]],
    panel: Panel,
) -> Iterator[Fault]:
    """Yield a fault for each indicator of a unit whose filled level would have to be known from earlier rows."""
    assert panel.periods is not None
    known = contents[0].begins or {}
    for unit, rows in units_of(panel).items():
        if unit in known and panel.periods.ordinals[rows[0]] > known[unit]:
            since = format_period(known[unit], panel.periods.frequency)
            for j in np.flatnonzero(gaps[rows[0]] | relinked | strange[unit]).tolist():
                why = Said(
                    "{place}, indicator {code!r}: it moves with its group where it is missing, from earlier rows on; "
                    "give those from {since} on",
                    place=panel.place(int(rows[0])),
                    code=tree.codes[j],
                    since=since,
                )
                yield Fault(why, kind=(CELLS, j))


def _gathered(units: Mapping[Any, _Unit], panel: Panel, x: Array) -> Array:
    out = np.empty_like(x)
    for unit, rows in units_of(panel).items():
        out[rows] = units[unit].levels
    return out


class _Unit:
    """The levels (m, k) of one unit in the order of time, and how far its gaps are filled."""

    def __init__(
        self,
        tree: Tree,
        x: Array,
        gaps: NDArray[np.bool_],
        relinked: NDArray[np.bool_],
        strange: NDArray[np.bool_],
        which: NDArray[np.intp],
    ) -> None:
        self.tree, self.x, self.gaps, self.relinked, self.which = tree, x, gaps, relinked, which
        there = ~np.isnan(x)
        self.unseen = ~there.any(axis=0) & gaps.any(axis=0)
        self.free = relinked | strange
        first = there.argmax(axis=0)
        # How large growth, or what the fit has not seen, is before its first value is as one likes.
        known = there[0] | (there.any(axis=0) & ~self.free)
        self.start = np.where(known, x[first, np.arange(x.shape[1])], START)
        self.levels = np.array(x)
        last = np.where(there, np.arange(len(x))[:, np.newaxis], -1)
        np.maximum.accumulate(last, axis=0, out=last)
        held = np.where(last < 0, self.start, np.take_along_axis(x, np.maximum(last, 0), axis=0))
        self.levels[gaps] = held[gaps]

    def fill(self, contents: Sequence[Content], unit: Any) -> None:
        """Fill the gaps from the first row on, under the weights that the contents have for the unit.

        `level` are the levels of the row before, `given` the last values that came, `seen` says whose level rests on
        one, `scale` what values are multiplied by.
        """
        k = self.x.shape[1]
        level, given, seen, scale = np.full(k, np.nan), np.array(self.start), np.zeros(k, np.bool_), np.ones(k)
        for i, (raw, gap) in enumerate(zip(self.x, self.gaps, strict=True)):
            x, there = raw * scale, ~np.isnan(raw)
            level = np.where(gap & np.isnan(level), self.start, level)
            with np.errstate(invalid="ignore", divide="ignore"):
                steps = np.where(there & seen, x / np.where(self.relinked, given, level), np.nan)
            moving = gap | (there & ~seen & ~np.isnan(level))
            content = contents[self.which[i]]
            known = (content.by_unit or {}).get(unit)
            if i == 0:
                steps = np.where(moving, 1.0, steps)
            elif moving.any() and known is not None:
                steps = self._with_parents(content, known, level, steps, moving)
            moved = level * steps
            # The first value of an indicator says how large it was before, or is measured by what it was.
            entering = there & ~seen & ~np.isnan(moved) & ~self.relinked
            size = np.divide(x, moved, out=np.ones(k), where=entering)
            self.start = np.where(self.free, self.start, self.start * size)
            scale = np.where(self.free, scale / size, scale)
            now = raw * scale
            self.levels[i] = np.where(there & (~self.relinked | np.isnan(moved)), now, moved)
            level = np.where(gap & np.isnan(moved), level, self.levels[i])
            given, seen = np.where(there, now, given), there | (seen & gap)

    def _with_parents(
        self, content: Content, weights: Weights, level: Array, steps: Array, moving: NDArray[np.bool_]
    ) -> Array:
        """Return the growth (k,) of every indicator: its own, or that of the nearest group that has one."""
        tree, at = content.tree, {code: j for j, code in enumerate(self.tree.codes)}
        before = {code: level[at[code]] for code in tree.codes}
        growth = {code: steps[at[code]] for code in tree.codes}
        for branch in tree.branches:
            pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
            if not isinstance(pair, Pair):
                before[branch.code], growth[branch.code] = (one[branch.children[0]] for one in (before, growth))
                continue
            whole = np.array([before[child] for child in branch.children])
            moved = whole * [growth[child] for child in branch.children]
            both = ~(np.isnan(whole) | np.isnan(moved))
            before[branch.code] = _mean(pair, whole, weights[branch.code], ~np.isnan(whole))
            old, new = (_mean(pair, values, weights[branch.code], both) for values in (whole, moved))
            growth[branch.code] = new / old
        out = np.array(steps)
        for code in tree.groups:
            branch = tree.by_code[code]
            for child in branch.children:
                if np.isnan(growth[child]) and (child not in at or moving[at[child]]):
                    growth[child] = growth[code]
                    if child in at:
                        out[at[child]] = growth[code]
        return out


def _mean(pair: Pair, values: Array, weights: Array, there: NDArray[np.bool_]) -> float:
    """Return the mean of the values that are there, missing where they have no weight."""
    w = np.where(there, weights, 0.0)
    if not w.sum() > 0:
        return np.nan
    return float(pair.mean(values[there][np.newaxis], w[there] / w.sum())[0])
