"""The path of one number: from the raw value through preparation, normalisation and the groups above to the series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.explanation import Explanation, Step, same
from hengdian_index._index.result import Result
from hengdian_index._maths.maps import Rounded
from hengdian_index._maths.means import Known
from hengdian_index._maths.notation import exact
from hengdian_index._methods.figures import Built, Row
from hengdian_index._present.statement import phrases
from hengdian_index._present.statement.expressions import at_value, declared, simple_maps
from hengdian_index._present.statement.figures import compares, composed, figures
from hengdian_index._present.statement.path_of_level import of_level
from hengdian_index._present.statement.validity import absence
from hengdian_index._scoring.choice import Choice, thawed
from hengdian_index._scoring.contents import rows_of
from hengdian_index._scoring.fields import rounding_of
from hengdian_index._scoring.growth import Growth
from hengdian_index._scoring.parental import moves
from hengdian_index._scoring.period_maps import map_at
from hengdian_index._scoring.preparation import Preparation
from hengdian_index._scoring.tree import Branch, Leaf
from hengdian_index._tables.panel import Panel, row_of
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.language import language, speaking
from hengdian_index._words.said import Said, joined
from hengdian_index._words.said import told as told_in
from hengdian_index.errors import SpecError, among, listed, spoken, suggestion
from hengdian_index.log import journal

_NONE = Said("the method declares no arithmetic")


def explain(
    result: Result, unit: Any = None, period: Any = None, node: str | None = None, *, lang: Lang | None = None
) -> Explanation:
    """Return the path from the raw value to the score, step by step, each with its formula in numbers.

    Parameters
    ----------
    unit : unit or row label, optional
        Whose row; None where the rows have no units, or one.
    period : period, optional
        Default: the last that the unit has.
    node : str, optional
        Code of an indicator (its own steps, then the groups above it up to the root) or of a group (its
        children, then its own steps); default: the root.
    lang : {"en", "zh"}, optional
        Language of what is said of each step; default: that which is spoken.

    Raises
    ------
    SpecError, DataError
        No such node, unit or period.

    Notes
    -----
    A formula is arithmetic that Python takes as it stands (log, exp, abs, min, max, round) and gives the value of
    its step; as text, with ten digits. Every aggregation of the package has one, those that compare rows too, also
    where some of the rows compared have gaps. A node that is not part of the index in the period asked for says so
    first, and from or until when it counts. The path ends with the level (through link factors, or the last steps
    of a chain), the base level of the row's own unit, and the series. A step without a formula depends on other
    rows, or is of a method that declares no arithmetic, and says so. Proof: each formula is evaluated, for every
    aggregation and its options.
    """
    lang = spoken(lang)
    with speaking(lang):
        return _explained(result, unit, period, node, lang)


def _explained(result: Result, unit: Any, period: Any, node: str | None, lang: Lang) -> Explanation:
    tree, code = result.tree, _node(result, node)
    row = row_of(result.panel, unit, period)
    steps = list(_of_indicator(result, code, row) if code in tree.codes else _of_group(result, code, row))
    last = tree.root.code if code in tree.codes else code
    steps += of_level(result, last, row)
    rows = [(s.node, s.step, told_in(s.what, lang), s.formula, s.value) for s in steps]
    frame = pd.DataFrame(rows, columns=list(Step.__slots__))
    place = told_in(result.panel.place(row), lang)
    return Explanation(code, place, float(result.rows.values(code)[row]), frame, lang)


def _node(result: Any, node: Any) -> str:
    """Return the code that is asked for, or say which there are; a name leads to its code."""
    tree = result.tree
    code = tree.root.code if node is None else node
    known = (*tree.groups, *tree.codes)
    if among(code, known):
        return str(code)
    named = [one.code for one in (*tree.branches, *tree.leaves) if one.name and among(code, (one.name,))]
    named_so = Said("; {code!r} is the name of {names}, give the code", code=code, names=listed(named))
    guess = named_so if named else suggestion(code, known)
    raise SpecError(Said("node: no group or indicator {code!r}{guess}", code=code, guess=guess))


def _of_indicator(result: Any, code: str, row: int) -> Iterator[Step]:
    """Yield the steps of an indicator, and those of every group above it."""
    leaf = next(leaf for leaf in result.tree.leaves if leaf.code == code)
    yield from _of_content(result, code, row)
    yield from _of_preparation(result, leaf, row)
    x = float(result.prepared_panel.values[row, result.tree.codes.index(code)])
    what = joined([leaf.normalise.method.name, phrases.direction(language(), leaf.direction)], "places")
    own = map_at(result.fitted.maps[code], result.prepared_panel, row)
    maps = () if own is None else simple_maps(own)
    if not maps:
        yield Step(code, "normalise", what, "" if np.isnan(x) else exact(x), x)
    for part in maps:
        if isinstance(part, Rounded):
            yield _of_rounding(code, part, x)
            continue
        with np.errstate(all="ignore"):
            y = float(part(np.array([[x]]))[0, 0])
        yield Step(code, "normalise", what if declared(part) else joined([what, _NONE], "heads"), at_value(part, x), y)
        x = y
    if leaf.impute_scores is not None:
        yield from _of_fill(result, leaf.impute_scores, code, row, x)
    elif moves(result.tree, leaf) and not same(x, result.rows.values(code)[row]):
        why = Said("moves with {group}, its group, where it is missing", group=leaf.parent)
        yield Step(code, "impute", why, "", float(result.rows.values(code)[row]))
    for branch in _above(result, leaf.parent, row):
        yield from _of_group(result, branch, row)


def _of_content(result: Any, code: str, row: int) -> Iterator[Step]:
    """Yield that a node does not count in the row's period, where that is so."""
    why = absence(result, code, row)
    if why:
        yield Step(code, "content", why, "", float("nan"))


def _ago(leaf: Leaf, panel: Panel) -> Said:
    assert panel.periods is not None
    return Growth.of(leaf).ago(panel.periods.frequency)


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
        told = [Said("level chained from growth on {ago}", ago=_ago(leaf, panel))] if leaf.growth else []
        told += [Said("the figure to date less that of the period before in its year")] if leaf.cumulative else []
        told += [Said("divided by the price index {name}, times 100", name=leaf.deflate)] if leaf.deflate else []
        yield Step(leaf.code, "raw", joined(told, "places") or Said("as it came"), "", value)
    else:
        yield from _of_build(leaf, panel, row, value)
    if leaf.denominator is not None:
        size = float(panel.values[row, j_of(leaf.denominator)])
        before, value = value, _at(Preparation((), {}, {}), result, row, j)
        formula = "" if np.isnan(value) else f"{exact(before)} / {exact(size)}"
        yield Step(leaf.code, "denominate", Said("divided by {name}", name=leaf.denominator), formula, value)
    stages = {
        "impute": (leaf.impute, Preparation(fitted.preparation.blocks, {}, {})),
        "deseasonalise": (leaf.deseasonalise, replace(fitted.preparation, treatments={})),
    }
    for step, (choice, preparation) in stages.items():
        before, value = value, value if choice is None else _at(preparation, result, row, j)
        if not same(before, value):
            yield _of_stage(result, leaf, row, step, before, value)
    if leaf.treat is not None:
        yield from _of_treatment(result, leaf, value)


def _of_build(leaf: Leaf, panel: Panel, row: int, value: float) -> Iterator[Step]:
    """Yield the columns that an indicator is built of, and how."""
    assert leaf.build is not None
    method, cells = leaf.build.method, dict[str, dict[str, float]]()
    for name in method.traits["columns"]:
        chosen = leaf.build.options.get(name)
        columns = tuple(chosen) if isinstance(chosen, (tuple, list)) else () if chosen is None else (chosen,)
        for column in map(str, columns):
            cell = float(panel.values[row, panel.columns.index(column)])
            cells.setdefault(name, {})[column] = cell
            yield Step(leaf.code, "column", Said("{column}, as {name}", column=column, name=name), "", cell)
    timed = bool(method.traits["along"])
    all_of_them = Said("{method}, from all periods of the columns", method=method.name)
    what = all_of_them if timed else joined([method.name])
    options = {name: thawed(one) for name, one in leaf.build.complete().items()}
    formula = "" if timed or np.isnan(value) else composed(leaf.build, Built(options, cells))
    yield Step(leaf.code, "build", what, formula, value)


def _of_stage(result: Any, leaf: Leaf, row: int, step: str, before: float, value: float) -> Step:
    """Return the step of an imputation or of a seasonal adjustment."""
    if step == "impute":
        assert leaf.impute is not None
        return Step(leaf.code, step, _why_filled(result, leaf.impute, leaf.code, row), "", value)
    seasons = result.fitted.preparation.seasons[leaf.code]
    sign, part = ("/", before / value) if seasons.multiplied else ("-", before - value)
    pattern = seasons.patterns.get(result.panel.unit(row))
    if pattern is not None and result.panel.periods is not None:
        part = float(pattern.at(result.panel.periods.ordinals[[row]])[0])
    return Step(leaf.code, step, Said("seasonal part taken out"), f"{exact(before)} {sign} {exact(part)}", value)


def _of_fill(result: Any, choice: Choice, code: str, row: int, before: float) -> Iterator[Step]:
    """Yield that a score was missing and is filled in, where that is so."""
    value = float(result.rows.values(code)[row])
    if np.isnan(before) and not np.isnan(value):
        yield Step(code, "impute", _why_filled(result, choice, code, row), "", value)


def _why_filled(result: Any, choice: Choice, code: str, row: int) -> Said:
    """Return by which method a cell or a score was filled in, and what the log says of it."""
    panel = result.panel
    where = ("impute", code, panel.unit(row), panel.period(row))
    said = [e.why for e in result.entries if (e.step, e.indicator, e.unit, e.period) == where]
    return joined([choice.method.name, said[-1] if said else ""], "heads")


def _of_treatment(result: Any, leaf: Leaf, x: float) -> Iterator[Step]:
    assert leaf.treat is not None
    for part in simple_maps(result.fitted.preparation.treatments[leaf.code]):
        y = float(part(np.array([[x]]))[0, 0])
        name = joined([leaf.treat.method.name])
        what = name if declared(part) else joined([name, _NONE], "heads")
        yield Step(leaf.code, "treat", what, at_value(part, x), y)
        x = y


def _at(preparation: Preparation, result: Any, row: int, j: int) -> float:
    """Return a cell after some stages of the preparation, nothing noted."""
    with journal():
        return float(preparation(result.tree, result.panel).values[row, j])


def _of_group(result: Any, code: str, row: int) -> Iterator[Step]:
    """Yield a group's children, their weights in this row, and its score."""
    branch = result.tree.by_code[code]
    yield from _of_content(result, code, row)
    z = result.rows.children(branch)[row]
    asked, given = (_in_row(w, row) for w in (result.rows.asked_weights(branch), result.rows.row_weights(branch)))
    for child, score in zip(branch.children, z.tolist(), strict=True):
        yield Step(code, "child", child, "", score)
    present = [w for w, score in zip(asked.tolist(), z.tolist(), strict=True) if score == score]
    for child, wanted, weight in zip(branch.children, asked.tolist(), given.tolist(), strict=True):
        moved = not same(wanted, weight) and weight > 0
        out = absence(result, child, row)
        what = joined([child, _share(result, code, child, row)], "whole")
        if moved or out:
            what = joined([what, Said("rescaled for what is missing") if moved else out], "places")
        formula = f"{exact(wanted)} / ({' + '.join(map(exact, present))})" if moved else ""
        yield Step(code, "weight", what, formula, weight)
    yield from _of_score(result, branch, asked, given, row)


def _share(result: Any, code: str, child: str, row: int) -> Said | str:
    """Return the share of a value that a weight is made of, in words; nothing where weights are as they are."""
    content = result.contents[max(int(rows_of([one.since for one in result.contents], result.panel)[row]), 0)]
    branch = content.tree.by_code.get(code)
    if content.shares is None or branch is None or child not in branch.children or code not in content.priced:
        return ""
    share = float(content.shares[code][branch.children.index(child)])
    return Said(
        ": its share {share:.6g} over its level at the prices of {period}, rescaled to sum 1",
        share=share,
        period=content.priced[code],
    )


def _of_score(result: Any, branch: Branch, asked: Array, w: Array, row: int) -> Iterator[Step]:
    """Yield the steps from a group's children to its score."""
    method, value = branch.aggregate.method, float(result.rows.aggregated(branch.code)[row])
    if np.isnan(value):
        rule = Said(
            "too much is missing ({rule}, coverage {coverage:g})",
            rule=branch.missing.rule,
            coverage=branch.missing.coverage,
        )
        why = absence(result, branch.code, row) or rule
        yield Step(branch.code, "aggregate", Said("{method}: no score, {why}", method=method.name, why=why), "", value)
        if branch.impute is not None:
            yield from _of_fill(result, branch.impute, branch.code, row, value)
        return
    among = _others(result, branch, row)
    place, rows = int(among[:row].sum()), result.rows.children(branch)[among]
    there = ~np.isnan(rows[place]) & (w > 0)
    kept = _kept(result, branch, row)
    known = 0 if kept is None else len(kept)
    if kept is not None:
        rows, place = np.vstack([kept, rows[place]]), known
    options = branch.aggregate.complete()
    shown = Row(options, branch.children, there, w[there], asked, value, rows, place, known)
    found = figures(branch.aggregate, shown)
    named = joined([method.name])
    if known:
        rows_known = Said.of(known, "measured by {n} fit row", "measured by {n} fit rows")
        named = joined([named, rows_known], "places")
    elif compares(branch.aggregate):
        within = Said("compared with the other rows of its period")
        whole = Said("compared with the other rows of the table")
        named = joined([named, within if _by_period(result, branch) else whole], "places")
    for one in found[:-1]:
        yield Step(branch.code, "figure", one.what, one.formula, one.value)
    what, formula = (found[-1].what, found[-1].formula) if found else (_unwritten(branch), "")
    yield Step(branch.code, "aggregate", joined([named, what], "heads") if what else named, formula, value)
    yield from _of_rescaling(result, branch, value, row)


def _of_rescaling(result: Any, branch: Branch, value: float, row: int) -> Iterator[Step]:
    """Yield what becomes of a score after it is aggregated: rescaled by the map of the row's content, and rounded."""
    code = branch.code
    if branch.rescale is not None:
        content = int(rows_of([one.since for one in result.contents], result.panel)[row])
        scaling = map_at(result.contents[content].tree.by_code[code].scaling, result.panel, row)
        maps, what = [] if scaling is None else simple_maps(scaling), joined([branch.rescale.method.name])
        if not maps:
            yield Step(code, "rescale", what, exact(value), value)
        for part in maps:
            with np.errstate(all="ignore"):
                after = float(part(np.array([[value]]))[0, 0])
            yield Step(
                code,
                "rescale",
                what if declared(part) else joined([what, _NONE], "heads"),
                at_value(part, value),
                after,
            )
            value = after
    rounding = rounding_of(branch)
    if rounding is not None:
        yield _of_rounding(code, rounding, value)


def _of_rounding(code: str, rounding: Rounded, x: float) -> Step:
    half = {"away": Said("a half goes away from 0"), "even": Said("a half goes to the even digit")}[rounding.ties]
    what = Said("to {unit:g}, {half}", unit=10.0**-rounding.digits, half=half)
    return Step(code, "round", what, at_value(rounding, x), float(rounding(np.array(x))))


def _unwritten(branch: Branch) -> Said:
    """Return why a score has no arithmetic."""
    traits = branch.aggregate.method.traits
    alone = Said("no arithmetic in this row's numbers alone")
    return alone if {"arithmetic", "figures"} & {*traits} else _NONE


def _by_period(result: Any, branch: Branch) -> bool:
    return bool(branch.scope == "period" or result.setting.weigh_on == "period")


def _kept(result: Any, branch: Branch, row: int) -> Array | None:
    """Return the fit rows that a group's rows are measured by, None where they are compared with each other."""
    content = int(rows_of([one.since for one in result.contents], result.panel)[row])
    reference = result.contents[content].tree.by_code[branch.code].aggregate.options.get("reference")
    return reference.rows if isinstance(reference, Known) else None


def _others(result: Any, branch: Branch, row: int) -> Any:
    """Return the rows (n,) with a score that a row is compared with, itself among them."""
    among = ~np.isnan(result.rows.values(branch.code))
    if result.panel.periods is not None and _by_period(result, branch):
        among &= result.panel.periods.ordinals == result.panel.periods.ordinals[row]
    return among


def _in_row(weights: Array, row: int) -> Array:
    return weights if weights.ndim == 1 else weights[row]
