"""From the score of a group to its level and its number in the series: links, steps of a chain, the unit's own base."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hengdian_index._index.explanation import Step, same
from hengdian_index._levels.chained import Chained
from hengdian_index._levels.common_base import CommonBase, base_said
from hengdian_index._levels.courses import Linked, matrix
from hengdian_index._maths.notation import exact
from hengdian_index._methods.figures import Figure
from hengdian_index._scoring.contents import late_groups
from hengdian_index._system.alone import unheard
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import FaultsError

_LAST = 4
"""So many steps of a chain are shown, the last ones."""

_MOST_TERMS = 40
"""Of more rows than these a mean over units is told without its terms."""


def of_level(result: Any, code: str, row: int) -> Iterator[Step]:
    """Yield how a group's score becomes a level, and the level a number of the series."""
    g, course = result.tree.groups.index(code), result.course
    try:
        level = float(course.levels[row, g])
    except FaultsError as error:
        yield Step(code, "level", _none(error), "", float("nan"))
        return
    if isinstance(course, Linked) and not np.isnan(level):
        yield from _linked(course, code, row)
    if isinstance(course, Chained) and not np.isnan(level):
        yield from _chained(course, code, row)
    if not result.setting.levelled:
        return
    try:
        # The step itself says what is missing.
        with unheard(Warning):
            series = float(result.series()[code].iloc[row])
            base = _base(result, code, row)
    except FaultsError as error:
        yield Step(code, "series", _none(error), "", float("nan"))
        return
    yield base
    to = result.setting.to
    formula = "" if np.isnan(series) else f"{exact(level)} * {exact(to)} / {exact(base.value)}"
    yield Step(code, "series", base_said(result.setting, result.panel), formula, series)


def _base(result: Any, code: str, row: int) -> Step:
    """Return the level of the row's unit that is `to`: the mean over the base, where its rows are at hand."""
    panel, g, base = result.panel, result.tree.groups.index(code), result.setting.base
    common = CommonBase.of(result.setting)
    if common is not None:
        return _of_all(common, result, code, row)
    unit, levels = panel.unit(row), result.course.levels[:, g]
    used = float(result.setting.to / result.factors()[row, g])
    frozen = (result.base_levels or {}).get(unit)
    if frozen is not None and np.isclose(float(frozen[g]), used, rtol=1e-12, atol=0):
        used = float(frozen[g])
    of = "" if unit is None else Said(" of unit {unit}", unit=unit)
    inside = panel.select(base, "base") if panel.holds(base) else np.zeros(panel.n, dtype=np.bool_)
    rows = [i for i in np.flatnonzero(inside).tolist() if panel.unit(i) == unit]
    rows = [i for i in rows if not np.isnan(levels[i])]
    own = np.array([levels[i] for i in rows])
    if np.isnan(used):
        why = Said("none{of}: no level above 0 in {base}, so there is no series", of=of, base=base)
        return Step(code, "base", why, "", used)
    if len(own) and np.isclose(own.mean(), used, rtol=1e-9, atol=0):
        terms = " + ".join(map(exact, own.tolist()))
        when = joined([one for one in (panel.period(i) for i in rows) if one])
        mean = Said("mean level{of} over {base} ({periods})", of=of, base=base, periods=when)
        return Step(code, "base", mean, f"({terms}) / {len(own)}", used)
    if g in late_groups(result.tree, result.contents):
        above = result.tree.by_code[code].parent
        why = Said(
            "mean level{of} over {base}, that of {group}, the group above, at whose level it enters",
            of=of,
            base=base,
            group=above,
        )
    elif result.setting.new_units in ("link", "restate") and inside.any():
        how = {
            "link": Said("it enters at the mean level of the others"),
            "restate": Said("the mean base level of the others"),
        }
        told = how[result.setting.new_units]
        why = Said("base level{of}: no level in {base}; {how}", of=of, base=base, how=told)
    else:
        why = Said("mean level{of} over {base}, frozen when the index was fitted", of=of, base=base)
    return Step(code, "base", why, "", used)


def _of_all(common: CommonBase, result: Any, code: str, row: int) -> Step:
    """Return the level that is `to` for all units: as arithmetic where its rows are at hand, and not too many."""
    panel, g, base = result.panel, result.tree.groups.index(code), result.setting.base
    levels, used = result.course.levels[:, g], float(result.setting.to / result.factors()[row, g])
    whose = Said("base of all units: {whose} over {base}", whose=common.said, base=base)
    if np.isnan(used):
        why = Said("none: {whose} has no level above 0 in {base}, so there is no series", whose=common.said, base=base)
        return Step(code, "base", why, "", used)
    if panel.holds(base):
        rows = panel.select(base, "base")
        same = np.isclose(common.levels(panel, levels[:, np.newaxis], rows)[0], used, rtol=1e-9, atol=0)
        formula = common.formula(panel, levels, rows, lambda i: exact(float(levels[i]))) if same else ""
        if formula:
            return Step(code, "base", whose, formula if rows.sum() <= _MOST_TERMS else "", used)
    frozen = joined([whose, Said("frozen when the index was fitted")], "places")
    return Step(code, "base", frozen, "", used)


def _linked(course: Linked, code: str, row: int) -> Iterator[Step]:
    """Yield the factor of each content up to that of the row, and the level."""
    panel, g, last = course.panel, course.tree.groups.index(code), max(int(course.which[row]), 0)
    assert panel.periods is not None
    for position in range(1, last + 1):
        if code not in course.contents[position].tree.by_code:
            continue
        since = format_period(course.contents[position].since, panel.periods.frequency)
        factor, at = float(course.factors[position, row, g]), int(course.links[position][row])
        formula, when = _factor(course, code, position, row, at)
        known = formula and np.isclose(_value(course, code, position, row), factor, rtol=1e-9, atol=0)
        what = Said("factor from {since} on, frozen when the index was fitted", since=since)
        if known:
            what = Said(
                "factor from {since} on, linked in {period}: level before over score after", since=since, period=when
            )
        elif factor == 1:
            what = Said("factor from {since} on: 1, as the unit has no row before", since=since)
        yield Step(code, "link", what, formula if known else "", factor)
    score, factor = float(course.rows.values(code)[row]), float(course.factors[last, row, g])
    level = float(course.levels[row, g])
    yield Step(code, "level", Said("score times its factor"), f"{exact(score)} * {exact(factor)}", level)


def _factor(course: Linked, code: str, position: int, row: int, at: int) -> tuple[str, str]:
    """Return a link factor as arithmetic, and the period of the link; nothing where no row links."""
    if at < 0 or code not in course.views[position].groups:
        return "", ""
    rows = _rows(course, position, row)
    new = course.views[position].values(code)[rows]
    holder = _holder(course, code, position)
    g = course.tree.groups.index(holder)
    if holder == code:
        old = course.views[position - 1].values(code)[rows]
        before = f"{exact(float(course.factors[position - 1, row, g]))} * {_summed(old)}"
    else:
        before = exact(_level(course, holder, position, row) * len(rows))
    assert course.panel.periods is not None
    return f"{before} / {_summed(new)}", course.when(int(course.panel.periods.ordinals[rows[-1]]))


def _summed(values: Array) -> str:
    """Return the sum of values as arithmetic."""
    terms = " + ".join(map(exact, values.tolist()))
    return terms if len(values) == 1 else f"({terms})"


def _rows(course: Linked, position: int, row: int) -> list[int]:
    """Return the rows over which a row's unit is linked to a content."""
    return [int(one[row]) for one in course.linking(position)]


def _value(course: Linked, code: str, position: int, row: int) -> float:
    new = course.views[position].values(code)[_rows(course, position, row)]
    return _level(course, _holder(course, code, position), position, row) / float(new.mean())


def _holder(course: Linked, code: str, position: int) -> str:
    """Return the group, or the nearest above it, that the content before has too."""
    while code not in course.views[position - 1].groups:
        code = str(course.tree.by_code[code].parent)
    return code


def _level(course: Linked, code: str, position: int, row: int) -> float:
    """Return the mean level of a group under the content before, in the rows of the link."""
    factor = course.factors[position - 1, row, course.tree.groups.index(code)]
    return float(factor * course.views[position - 1].values(code)[_rows(course, position, row)].mean())


def _chained(course: Chained, code: str, row: int) -> Iterator[Step]:
    """Yield the last steps of a chain, the row's own last."""
    rows, before = [row], course.panel.previous(1)
    while len(rows) < _LAST and before[rows[-1]] >= 0:
        rows.append(int(before[rows[-1]]))
    for at in reversed(rows):
        yield from _step(course, code, at)


def _step(course: Chained, code: str, row: int) -> Iterator[Step]:
    """Yield the growth and the level of one step of a chain."""
    g, before = course.tree.groups.index(code), int(course.panel.previous(1)[row])
    level, old = (float(course.levels[i, g]) if i >= 0 else float("nan") for i in (row, before))
    when = _when(course.panel, row)
    if np.isnan(level):
        return
    if np.isnan(old):
        score = float(matrix(course.rows)[row, g])
        alone = same(score, level)
        what = Said("first score") if alone else Said("enters at the level of the group above")
        yield Step(code, "level", joined([when, what], "heads"), exact(score) if alone else "", level)
    elif course.how == "ratio":
        first, last = (float(step.values(code)[row]) for step in course.steps)
        ratio = Said("level before times the ratio of the scores of what both periods have")
        what = joined([when, ratio], "heads")
        yield Step(code, "level", what, f"{exact(old)} * {exact(last)} / {exact(first)}", level)
    else:
        yield from _growth(course, code, row, old, level, when)


def _growth(course: Chained, code: str, row: int, old: float, level: float, when: str | None) -> Iterator[Step]:
    """Yield the mean growth of a group's parts, and the level that follows from it."""
    branch = course.growth.tree.by_code[code]
    parts, w = course.growth.children(branch)[row], course.growth.row_weights(branch)
    w = w if w.ndim == 1 else w[row]
    there = ~np.isnan(parts) & (w > 0)
    growth = float(course.growth.values(code)[row])
    told = Figure.of(joined([]), "sum(w * z)", w=w[there], z=parts[there])
    how = Said("weighted mean {how} growth of its parts", how=course.how)
    yield Step(code, "growth", joined([when, how], "heads"), told.formula, growth)
    said = exact(growth)
    ratio = f"(200 + {said}) / (200 - {said})" if course.how == "symmetric" else f"exp({said})"
    times = joined([when, Said("level before times the growth")], "heads")
    yield Step(code, "level", times, f"{exact(old)} * {ratio}", level)


def _when(panel: Panel, row: int) -> str | None:
    return panel.period(row)


def _none(error: FaultsError) -> Said:
    return Said("none: {why}", why=error.faults[0].message)
