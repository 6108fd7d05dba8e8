"""Why published numbers moved: the part of the data, of the base level, and of choices and fit, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.published import TOLERANCE, Rows, keys_of
from hengdian_index._index.result import Result
from hengdian_index._levels.bases import with_entrants
from hengdian_index._levels.chained import Chained
from hengdian_index._levels.common_base import levels_of_base
from hengdian_index._levels.contributions import Parts, change_parts
from hengdian_index._maths.means import Together, log_secant
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.contents import in_turn
from hengdian_index._scoring.scores import Evaluation
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.table import Array
from hengdian_index._vintages.vintage import Vintage
from hengdian_index._words.said import Said
from hengdian_index.errors import FaultsError
from hengdian_index.log import journal

PARTS = ("data", "base", "fit")


@dataclass(frozen=True, eq=False)
class Attribution:
    """The parts of each difference: arrays (rows, groups) over the rows that both have and the groups of the old.

    `indicators` are the parts of the data part of the root (rows,); `why_not` says why there is no split.
    """

    data: Array
    base: Array
    indicators: Parts
    why_not: str = ""


def attributed(old: Vintage, new: Vintage, at_old: Rows, at_new: Rows) -> Attribution:
    """Return the parts of the difference of the rows that two vintages share.

    data: the new data under the old frozen fit, less what was published; base: what the base level of the new data
    under that fit moves, where the new vintage has another base level.
    """
    try:
        first = old.result()
        second = first.fitted.score(_old_shape(old, new, at_old, at_new))
        before, after = first.course.levels, second.course.levels
    except FaultsError as error:
        return unsplit(
            old, len(at_old), Said("the new data cannot be scored under the old fit: {error}", error=error.said)
        )
    place = {key: row for row, key in enumerate(keys_of(second.panel))}
    position = {key: row for row, key in enumerate(keys_of(first.panel))}
    keys = [new.published.keys[row] for row in at_new]
    one = np.array([position.get(key, -1) for key in keys], dtype=np.intp)
    other = np.array([place.get(key, -1) for key in keys], dtype=np.intp)
    factor, moved = _factors(first, second, old, new, one, other)
    level0, level1 = _at(before, one), _at(after, other)
    data, base = (level1 - level0) * factor, level1 * (moved - factor)
    parts = _root_parts(first, second, one, other, level0[:, 0], level1[:, 0])
    return Attribution(data, base, {name: part * factor[:, 0] for name, part in parts.items()})


def unsplit(old: Vintage, rows: int, why_not: str = "") -> Attribution:
    """Return no split at all."""
    nothing = np.full((rows, len(old.published.groups)), np.nan)
    return Attribution(nothing, nothing, {}, why_not)


def rest(difference: Array, data: Array, base: Array, size: Array) -> Array:
    """Return what neither data nor base explain; 0 where that is rounding."""
    left = difference - data - base
    return np.where(np.abs(left) <= TOLERANCE * size, 0.0, left)


def _old_shape(old: Vintage, new: Vintage, at_old: Rows, at_new: Rows) -> pd.DataFrame:
    """Return the new data as the old fit reads them; a column that is not there any more keeps its old values."""
    lost = [name for name in old.values.columns if name not in new.values.columns]
    rows = at_new if lost else np.arange(len(new.values))
    columns: dict[str, Any] = {}
    for name in old.values.columns:
        table, at = (old, at_old) if name in lost else (new, rows)
        columns[name] = table.values[name].to_numpy()[at]
    known = {str(unit): unit for unit in _labels(old, "unit")}
    for role, column in old.roles.items():
        labels = [_labels(new, role)[row] for row in rows]
        columns[column] = [known.get(str(one), one) for one in labels] if role == "unit" else labels
    frame = pd.DataFrame(columns)
    return frame.set_index(old.roles["row"]) if "row" in old.roles else frame


def _labels(one: Vintage, role: str) -> list[object]:
    if role not in one.roles:
        return []
    return list(one.data.index if role == "row" else one.data[one.roles[role]])


def _factors(first: Result, second: Result, old: Vintage, new: Vintage, one: Rows, other: Rows) -> tuple[Array, Array]:
    """Return what each level is multiplied by, and what it would be with the base level of the new data.

    The second is the first wherever the base level cannot have moved: the new vintage has the same, or the old one
    did not come from these rows.
    """
    before = _at(_factor(first, frozen=True), one)
    again, moved = _at(_factor(first, frozen=False), one), _at(_factor(second, frozen=False), other)
    held = ~(np.abs(again - before) <= 1e-9 * np.abs(before)) | ~np.isfinite(moved) | (moved <= 0)
    mine, theirs = (v.fitted.base_levels if v.fitted is not None else None for v in (old, new))
    if mine and theirs:
        known = {str(unit): levels for unit, levels in theirs.items()}
        same = {str(u) for u, levels in mine.items() if np.array_equal(levels, known.get(str(u), []), True)}
        units = [str(unit) for unit in first.panel.unit_list()]
        held |= np.array([units[row] in same for row in one])[:, np.newaxis]
    return before, np.where(held, before, moved)


def _factor(result: Result, *, frozen: bool) -> Array:
    """Return `to` over the base level of each row's unit (n, groups), missing where there is none."""
    setting, panel, levels = result.setting, result.panel, result.course.levels
    if not setting.levelled:
        return np.ones_like(levels)
    known = result.base_levels if frozen else None
    if not known:
        if not panel.holds(setting.base):
            return np.full_like(levels, np.nan)
        known = levels_of_base(setting, panel, levels, panel.select(setting.base, "base"))
    known = with_entrants(panel, levels, known, setting.new_units)
    nothing = np.full(levels.shape[1], np.nan)
    units = [None] * panel.n if None in known else panel.unit_list()
    with np.errstate(divide="ignore"):
        return np.asarray(setting.to / np.array([known.get(unit, nothing) for unit in units]))


def _root_parts(first: Result, second: Result, one: Rows, other: Rows, before: Array, after: Array) -> Parts:
    """Return the parts (rows,) of the change of the root's level, by indicator; what is left is called link."""
    root, course, again = first.tree.root.code, first.course, second.course
    if isinstance(course, Chained) and isinstance(again, Chained):
        parts = _chained(course, again, one, other)
        scale = log_secant(before, after)
        parts = {name: part / scale for name, part in parts.items()}
    elif _compares_rows(first.tree):
        parts = _replaced(first, second, one, other)
    else:
        parts = _between(first.rows, second.rows, one, other, root)
        score = _at(first.rows.values(root), one)
        with np.errstate(invalid="ignore", divide="ignore"):
            links = np.where(score == 0, 1.0, before / score)
        parts = {name: part * links for name, part in parts.items()}
    left = after - before - np.sum(list(parts.values()), axis=0)
    left = np.where(np.abs(left) <= 1e-10 * np.maximum(np.abs(before), np.abs(after)), 0.0, left)
    return {**parts, "link": left} if np.nansum(np.abs(left)) > 0 else parts


def _compares_rows(tree: Tree) -> bool:
    """Return whether a group's scores depend on the other rows."""
    choices = [(branch.aggregate, branch.children) for branch in tree.branches]
    return any(isinstance(kernel(c.method, c.options, children), Together) for c, children in choices)


def _replaced(first: Result, second: Result, one: Rows, other: Rows) -> Parts:
    """Return what each indicator does to the root's score (rows,), their new scores put in one after the other."""
    root, there = first.tree.root.code, (one >= 0) & (other >= 0)
    leaves = second.rows.leaves.copy()
    leaves[other[there]] = first.rows.leaves[one[there]]
    found: Parts = {}
    with journal():
        before = in_turn(second.tree, second.contents, leaves, second.panel).values(root)
        for j, code in enumerate(second.tree.codes):
            leaves[:, j] = second.rows.leaves[:, j]
            after = in_turn(second.tree, second.contents, leaves.copy(), second.panel).values(root)
            found[code], before = _at(after - before, other), after
    return found


def _between(first: Evaluation, second: Evaluation, one: Rows, other: Rows, root: str) -> Parts:
    return change_parts(first.at(one), second.at(other), root, True, "interaction")


def _chained(first: Chained, second: Chained, one: Rows, other: Rows) -> Parts:
    """Return the parts (rows,) of the change of ln level of the root: those of each step's ln growth, added up."""
    places = {key: row for row, key in enumerate(keys_of(second.panel))}
    match = np.array([places.get(key, -1) for key in keys_of(first.panel)], dtype=np.intp)
    before, level = first.panel.previous(1), first.levels[:, 0]
    start = np.isnan(_at(level, before))
    starts, steps = _log_parts(first.rows, second.rows, match), _growth_parts(first, second, match)
    found: Parts = {}
    assert first.panel.periods is not None
    for name in {**starts, **steps}:
        nothing = np.zeros(first.panel.n)
        total = np.where(start, starts.get(name, nothing), steps.get(name, nothing))
        total = np.where(np.isfinite(total), total, 0.0)
        for rows in first.panel.periods.blocks():
            total[rows] += np.where(start[rows], 0.0, total[before[rows]])
        found[name] = _at(total, one)
    return found


def _growth_parts(first: Chained, second: Chained, match: Rows) -> Parts:
    """Return the parts (n,) of the change of ln growth on the period before, row by row of the first."""
    if first.how == "ratio":
        earlier, now = (_log_parts(mine, its, match) for mine, its in zip(first.steps, second.steps, strict=True))
        nothing = np.zeros(first.panel.n)
        return {name: now.get(name, nothing) - earlier.get(name, nothing) for name in {**now, **earlier}}
    root, every = first.tree.root.code, np.arange(first.panel.n)
    parts = _between(first.growth, second.growth, every, match, root)
    if first.how == "log":
        return parts
    v0, v1 = first.growth.values(root), _at(second.growth.values(root), match)
    slope = log_secant(200 + v0, 200 + v1) + log_secant(200 - v0, 200 - v1)
    return {name: part * slope for name, part in parts.items()}


def _log_parts(first: Evaluation, second: Evaluation, match: Rows) -> Parts:
    """Return the parts (n,) of the change of the root's ln score."""
    root = first.tree.root.code
    parts = _between(first, second, np.arange(len(first.leaves)), match, root)
    secant = log_secant(first.values(root), _at(second.values(root), match))
    return {name: part * secant for name, part in parts.items()}


def _at(values: Array, rows: Rows) -> Array:
    """Return some rows, missing where a row is -1."""
    return np.where((rows < 0).reshape(-1, *[1] * (values.ndim - 1)), np.nan, values[rows])
