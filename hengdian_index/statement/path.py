"""The path of one number: from the raw value through preparation, normalisation and the groups above to the series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index.chains import Chained
from hengdian_index.courses import Linked
from hengdian_index.decorators import kernel
from hengdian_index.errors import DataError, FaultsError, SpecError, suggestion
from hengdian_index.journal import journal
from hengdian_index.markup import card, table
from hengdian_index.means import Together
from hengdian_index.preparation import Preparation
from hengdian_index.rows.panel import Panel
from hengdian_index.rows.table import Array
from hengdian_index.standing import row_of
from hengdian_index.statement.expressions import at_value, exact, of_group, simple_maps
from hengdian_index.tree import Branch, Leaf, thawed


@dataclass(frozen=True, slots=True)
class Step:
    """One step: at which node, its kind, what is done, the arithmetic in numbers, and what comes out."""

    node: str
    step: str
    what: str
    formula: str
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The path from a raw value to a score.

    Attributes
    ----------
    node, place : str
        Which number: the code of an indicator or a group, and the row.
    value : float
        Its score.
    steps : DataFrame
        node, step, what, formula, value: one line a step, in order. Formulas are arithmetic for Python, with log, exp,
        min and max; where a step depends on other rows the formula is empty and `what` says on which.
    """

    node: str
    place: str
    value: float
    steps: pd.DataFrame

    def __str__(self) -> str:
        steps = [Step(*values) for values in self.steps.to_numpy()]
        made = [f"{one.value:.10g}{one.formula and ' = '}{one.formula}" for one in steps]
        lines = [f"  {one.node}, {one.step}: {one.what}: {said}" for one, said in zip(steps, made, strict=True)]
        return "\n".join([self._title(), *lines]) + "\n"

    def _title(self) -> str:
        return f"{self.node}, {self.place}: {self.value:.10g}"

    def _repr_html_(self) -> str:
        return card(self._title(), table(list(self.steps.columns), self.steps.to_numpy()))


def explained(result: Any, unit: Any, period: Any, node: str | None) -> Explanation:
    """Return the path of one number of a result."""
    tree = result.tree
    code = tree.root.code if node is None else node
    known = (*tree.groups, *tree.codes)
    if code not in known:
        raise SpecError(f"node: no group or indicator {code!r}{suggestion(code, known)}")
    if result.fitted is None:
        raise DataError("this result does not hold its fit, so its steps are not known; score the rows again")
    row = row_of(result.panel, unit, period)
    steps = list(_of_indicator(result, code, row) if code in tree.codes else _of_group(result, code, row))
    last = tree.root.code if code in tree.codes else code
    steps += _of_level(result, last, row)
    frame = pd.DataFrame([(s.node, s.step, s.what, s.formula, s.value) for s in steps], columns=list(Step.__slots__))
    return Explanation(code, result.panel.place(row), float(result.rows.values(code)[row]), frame)


def _of_indicator(result: Any, code: str, row: int) -> Iterator[Step]:
    """Yield the steps of an indicator, and those of every group above it."""
    leaf = next(leaf for leaf in result.tree.leaves if leaf.code == code)
    yield from _of_preparation(result, leaf, row)
    x = float(result.prepared_panel.values[row, result.tree.codes.index(code)])
    what, maps = f"{leaf.normalise.method.name}, direction {leaf.direction}", simple_maps(result.fitted.maps[code])
    if not maps:
        yield Step(code, "normalise", what, "" if np.isnan(x) else exact(x), x)
    for part in maps:
        with np.errstate(all="ignore"):
            y = float(part(np.array([[x]]))[0, 0])
        yield Step(code, "normalise", what, "" if np.isnan(x) else at_value(part, x), y)
        x = y
    for branch in _above(result, leaf.parent, row):
        yield from _of_group(result, branch, row)


def _above(result: Any, parent: str | None, row: int) -> Iterator[str]:
    while parent is not None:
        yield parent
        parent = result.tree.by_code[parent].parent


def _of_preparation(result: Any, leaf: Leaf, row: int) -> Iterator[Step]:
    """Yield the raw value and what preparation makes of it."""
    tree, panel, fitted = result.tree, result.panel, result.fitted
    j, j_of = tree.codes.index(leaf.code), panel.columns.index
    value = float(panel.values[row, j])
    if leaf.build is None:
        yield Step(leaf.code, "raw", "as it came", "", value)
    else:
        yield from _of_build(leaf, panel, row, value)
    if leaf.denominator is not None:
        size = float(panel.values[row, j_of(leaf.denominator)])
        before, value = value, _at(Preparation((), {}, {}), result, row, j)
        formula = "" if np.isnan(value) else f"{exact(before)} / {exact(size)}"
        yield Step(leaf.code, "denominate", f"divided by {leaf.denominator}", formula, value)
    stages = {
        "impute": (leaf.impute, Preparation(fitted.preparation.blocks, {}, {})),
        "deseasonalise": (leaf.deseasonalise, replace(fitted.preparation, treatments={})),
    }
    for step, (choice, preparation) in stages.items():
        before, value = value, value if choice is None else _at(preparation, result, row, j)
        if not _same(before, value):
            yield _of_stage(result, leaf, row, step, before, value)
    if leaf.treat is not None:
        yield from _of_treatment(result, leaf, value)


def _of_build(leaf: Leaf, panel: Panel, row: int, value: float) -> Iterator[Step]:
    """Yield the columns that an indicator is built of, and how."""
    assert leaf.build is not None
    method, given = leaf.build.method, {}
    for name in method.traits["columns"]:
        chosen = leaf.build.options.get(name)
        columns = tuple(chosen) if isinstance(chosen, (tuple, list)) else () if chosen is None else (chosen,)
        cells = {str(column): float(panel.values[row, panel.columns.index(str(column))]) for column in columns}
        for column, cell in cells.items():
            yield Step(leaf.code, "column", f"{column}, as {name}", "", cell)
        if cells:
            one = {column: [cell] for column, cell in cells.items()}
            given[name] = one if name == method.traits["table"] else next(iter(one.values()))
    given |= {name: thawed(option) for name, option in leaf.build.settings.items()}
    call = f"{method.name}({', '.join(f'{name}={part!r}' for name, part in given.items())})[0]"
    timed = bool(method.traits["along"])
    what = f"{method.name}, from all periods of the columns" if timed else method.name
    yield Step(leaf.code, "build", what, "" if timed or np.isnan(value) else call, value)


def _of_stage(result: Any, leaf: Leaf, row: int, step: str, before: float, value: float) -> Step:
    """Return the step of an imputation or of a seasonal adjustment."""
    if step == "impute":
        panel = result.panel
        where = (step, leaf.code, panel.unit(row), panel.period(row))
        said = [e.why for e in result.entries if (e.step, e.indicator, e.unit, e.period) == where]
        return Step(
            leaf.code, step, f"{leaf.impute and leaf.impute.method.name}: {said[-1] if said else ''}", "", value
        )
    seasons = result.fitted.preparation.seasons[leaf.code]
    sign, part = ("/", before / value) if seasons.multiplied else ("-", before - value)
    pattern = seasons.patterns.get(result.panel.unit(row))
    if pattern is not None and result.panel.periods is not None:
        part = float(pattern.at(result.panel.periods.ordinals[[row]])[0])
    return Step(leaf.code, step, "seasonal part taken out", f"{exact(before)} {sign} {exact(part)}", value)


def _of_treatment(result: Any, leaf: Leaf, x: float) -> Iterator[Step]:
    assert leaf.treat is not None
    for part in simple_maps(result.fitted.preparation.treatments[leaf.code]):
        y = float(part(np.array([[x]]))[0, 0])
        yield Step(leaf.code, "treat", leaf.treat.method.name, "" if np.isnan(x) else at_value(part, x), y)
        x = y


def _at(preparation: Preparation, result: Any, row: int, j: int) -> float:
    """Return a cell after some stages of the preparation, nothing noted."""
    with journal():
        return float(preparation(result.tree, result.panel).values[row, j])


def _of_group(result: Any, code: str, row: int) -> Iterator[Step]:
    """Yield a group's children, their weights in this row, and its score."""
    branch = result.tree.by_code[code]
    z = result.rows.children(branch)[row]
    asked, given = (_in_row(w, row) for w in (result.rows.asked_weights(branch), result.rows.row_weights(branch)))
    value = float(result.rows.values(code)[row])
    for child, score in zip(branch.children, z.tolist(), strict=True):
        yield Step(code, "child", child, "", score)
    present = [w for w, score in zip(asked.tolist(), z.tolist(), strict=True) if score == score]
    for child, wanted, weight in zip(branch.children, asked.tolist(), given.tolist(), strict=True):
        moved = not _same(wanted, weight) and weight > 0
        what = f"weight of {child}" + (", rescaled for what is missing" if moved else "")
        formula = f"{exact(wanted)} / ({' + '.join(map(exact, present))})" if moved else ""
        yield Step(code, "weight", what, formula, weight)
    yield _of_score(result, branch, z, given, value)


def _of_score(result: Any, branch: Branch, z: Array, w: Array, value: float) -> Step:
    method = branch.aggregate.method
    whole = isinstance(kernel(method, branch.aggregate.options, branch.children), Together)
    set_wise = method.traits.get("set_wise")
    if np.isnan(value):
        rule = f"{branch.missing.rule}, coverage {branch.missing.coverage:g}"
        return Step(branch.code, "aggregate", f"{method.name}: no score, too much is missing ({rule})", "", value)
    if set_wise(**branch.aggregate.complete()) if callable(set_wise) else set_wise:
        others = "its period" if branch.scope == "period" else "the table"
        return Step(branch.code, "aggregate", f"{method.name}: compared with the other rows of {others}", "", value)
    if not method.function.__module__.startswith("hengdian_index."):
        return Step(branch.code, "aggregate", f"{method.name}: a function of your own", "", value)
    there = np.ones(len(z), dtype=np.bool_) if whole else ~np.isnan(z)
    return Step(branch.code, "aggregate", method.name, of_group(branch.aggregate, z[there], w[there]), value)


def _of_level(result: Any, code: str, row: int) -> Iterator[Step]:
    """Yield how a group's score becomes a level, and the level a number of the series."""
    g, score = result.tree.groups.index(code), float(result.rows.values(code)[row])
    try:
        level, series = float(result.course.levels[row, g]), float(result.series()[code].iloc[row])
    except FaultsError as error:
        yield Step(code, "series", f"none: {error.faults[0]}", "", float("nan"))
        return
    if isinstance(result.course, (Linked, Chained)) and not np.isnan(level):
        yield _of_course(result.course, code, g, row, score, level)
    if result.setting.base is not None and result.setting.to is not None:
        base = _base_level(result, row, g)
        formula = "" if np.isnan(series) else f"{exact(level)} * {exact(result.setting.to)} / {exact(base)}"
        yield Step(code, "series", f"base {result.setting.base} = {result.setting.to:g}", formula, series)


def _of_course(course: Linked | Chained, code: str, g: int, row: int, score: float, level: float) -> Step:
    """Return the step from score to level: a link factor, or the growth on the level of the period before."""
    if isinstance(course, Linked):
        factor = float(course.factors[max(int(course.which[row]), 0), row, g])
        return Step(
            code, "level", "times the factor that links its content", f"{exact(score)} * {exact(factor)}", level
        )
    before = int(course.panel.previous(1)[row])
    old = float(course.levels[before, g]) if before >= 0 else float("nan")
    if np.isnan(old):
        what = "first score" if _same(score, level) else "enters at the level of the group above"
        return Step(code, "level", what, exact(score) if _same(score, level) else "", level)
    if course.how == "ratio":
        first, last = (float(step.values(code)[row]) for step in course.steps)
        grown = f"{exact(old)} * {exact(last)} / {exact(first)}"
        return Step(code, "level", "level before times the ratio of the scores of what both periods have", grown, level)
    growth = exact(float(course.growth.values(code)[row]))
    ratio = f"(200 + {growth}) / (200 - {growth})" if course.how == "symmetric" else f"exp({growth})"
    return Step(code, "level", f"level before times the {course.how} growth", f"{exact(old)} * {ratio}", level)


def _base_level(result: Any, row: int, g: int) -> float:
    """Return the level that is `to`: the frozen one if it is the one used, else what follows from the factor."""
    used = float(result.setting.to / result.factors()[row, g])
    frozen = (result.base_levels or {}).get(result.panel.unit(row))
    kept = float(frozen[g]) if frozen is not None else used
    return kept if np.isclose(kept, used, rtol=1e-12, atol=0) else used


def _in_row(weights: Array, row: int) -> Array:
    return weights if weights.ndim == 1 else weights[row]


def _same(a: float, b: float) -> bool:
    return a == b or (a != a and b != b)
