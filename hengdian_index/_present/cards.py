"""Cards for notebooks, in the language spoken: the tree of an index, a fit, a result, draws, shares, what moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from hengdian_index._index.comparability import levels_compare
from hengdian_index._index.provenance import rows_said
from hengdian_index._present.statement.expressions import of_map
from hengdian_index._robustness.sensitivity import outcome
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._words.language import language
from hengdian_index._words.markup import card, line, nested, table
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import FaultsError

_MOST = 12


def of_index(index: Any) -> str:
    """Return the tree of an index with its choices, as HTML."""
    setting = index.setting
    said = {"unit": setting.unit, "period": setting.period, "fit_on": setting.fit_on, "base": setting.base}
    head = ", ".join(f"{name} = {value}" for name, value in said.items() if value is not None)
    tree = f"<ul>{_node(index.tree, index.tree.root.code)}</ul>"
    return card(index.name or _told(Said("Index")), line(head) if head else "", tree)


def of_fitted(fitted: Any) -> str:
    """Return what a fit learnt, as HTML: its rows, the map of every indicator, the weights."""
    rows = fitted.rows
    leaves = {leaf.code: leaf for leaf in fitted.tree.leaves}
    maps = [
        (
            _called(leaves[code]),
            leaves[code].normalise.method.name,
            _of_periods(len(one.maps)) if isinstance(one, PeriodMaps) else of_map(one),
        )
        for code, one in fitted.maps.items()
    ]
    weights = [(group, child, float(w)) for (group, child), w in fitted.weights.items()]
    learnt = line(_told(Said("learnt from {rows}", rows=rows_said(rows))))
    of_maps = _each(Said("indicator"), Said("normalise"), Said("map"))
    tables = table(of_maps, maps), table(_each(Said("group"), Said("part"), Said("weight")), weights)
    return card(_told(Said("{name}, fitted", name=fitted.setting.name or Said("Index"))), learnt, *tables)


def _of_periods(n: int) -> str:
    return _told(Said.of(n, "of each of {n} period", "of each of {n} periods"))


def of_result(result: Any) -> str:
    """Return the last levels of a result and their changes, as HTML."""
    panel, timed = result.panel, result.panel.periods is not None
    try:
        levels = result.series() if result.setting.levelled and levels_compare(result) else result.scores
        why = ""
    except FaultsError as error:
        levels, why = result.scores, _told(Said("scores, no series: {why}", why=error.faults[0].message))
    order = np.argsort(panel.periods.ordinals, kind="stable") if timed else np.arange(panel.n)
    shown = order[-_MOST:] if timed else order[:_MOST]
    names = [_called(result.tree.by_code[code]) for code in levels.columns]
    rows: list[tuple[Any, ...]] = [
        (_label(panel.called(levels.index[i])), *map(float, levels.iloc[i])) for i in shown.tolist()
    ]
    if timed and not why:
        before, last = panel.previous(1), int(order[-1])
        changes = [_change(levels[code].to_numpy(), before, last) for code in levels.columns]
        rows.append((_told(Said("change of the last, %")), *changes))
    parts = [*([line(why)] if why else []), table(["", *names], rows)]
    log = Said.of(len(result.entries), "{n:,} line in the log", "{n:,} lines in the log")
    end = joined([_some(len(shown), panel.n), log], "clauses") if len(shown) < panel.n else log
    return card(result.setting.name or _told(Said("Result")), *parts, line(_told(end)))


def of_uncertainty(found: Any) -> str:
    """Return what draws say, as HTML: the levels of the last periods of a series, or the ranks of units."""
    panel = found.study.selected
    name = _told(Said("{name}, uncertainty", name=found.study.index.name or Said("Index")))
    if panel.periods is not None and panel.units is None:
        last = np.argsort(panel.periods.ordinals, kind="stable")[-_MOST:]
        what, frame = (Said("score"), found.scores) if found.levels is None else (Said("level"), found.series)
        rows = _rows_of(panel, last, [frame[one] for one in ("nominal", "mean", "q05", "q95")])
        return card(
            name,
            line(found.summary()),
            table(["", *_each(what, Said("mean")), "5 %", "95 %"], rows),
            _few(last, panel.n),
        )
    order, among = _best(panel, found.ranks["nominal"].to_numpy())
    columns = [frame[one] for frame in (found.ranks, found.scores) for one in ("nominal", "q05", "q95")]
    rank, score = _each(Said("rank"), Said("score"))
    head = ["", rank, "5 %", "95 %", score, "5 %", "95 %"]
    return card(name, line(found.summary()), table(head, _rows_of(panel, order, columns)), _few(order, among))


def of_sensitivity(found: Any) -> str:
    """Return the shares of the variance that choices explain, as HTML, the largest first."""
    order = found.total.sort_values(ascending=False, kind="stable").index[:_MOST]
    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
    rows = [(name, *map(float, found.table.loc[name, columns])) for name in order]
    choice, low, high = _each(Said("choice"), Said("from"), Said("to"))
    alone, together = _each(Said("alone"), Said("with interactions"))
    title = _told(_title(found.of))
    few = _few(order, len(found.total), choices=True)
    return card(title, line(found.summary()), table([choice, alone, low, high, together, low, high], rows), few)


def _title(of: Any) -> Said:
    """Return what a card of sensitivity is of."""
    if isinstance(of, str):
        return Said("Sensitivity of {what}", what=outcome(of))
    row = _label(of[1])
    words = {
        "score": Said("Sensitivity of score {row}", row=row),
        "level": Said("Sensitivity of level {row}", row=row),
        "rank": Said("Sensitivity of rank {row}", row=row),
    }
    return words[of[0]]


def of_comparison(found: Any) -> str:
    """Return how far ranks move from index to index, and the ranks of rows under each, as HTML."""
    names, near, shifts = list(found.scores), found.correlations().iloc[0], found.shifts.abs()
    shown = names[: _MOST + 1]
    moved = [(name, *map(float, (found.mean_shift[name], shifts[name].max(), near[name]))) for name in shown[1:]]
    order, among = _best(found.panel, found.ranks[names[0]].to_numpy())
    ranks = _rows_of(found.panel, order, [found.ranks[name] for name in shown])
    against, under = Said("against {name}", name=names[0]), Said("Ranks under each:")
    return card(
        _told(Said("Comparison of {n} indexes", n=len(names))),
        line(found.summary()),
        table(_each(against, Said("mean shift"), Said("largest shift"), Said("rank correlation")), moved),
        line(_told(under if len(shown) == len(names) else Said("Ranks under the first {n}:", n=len(shown)))),
        table(["", *shown], ranks),
        _few(order, among),
    )


def of_revisions(found: Any) -> str:
    """Return what moved between two vintages and why, as HTML: the numbers of the whole, the largest moves first."""
    said, *rest = found.summary().splitlines()
    size = found.moved["difference"].abs()
    moved = found.moved.loc[size.sort_values(ascending=False, kind="stable").index[:_MOST]]
    parts = [line(one) for one in rest]
    if len(moved):
        reasons = (
            moved.join(found.because[["data", "base", "fit"]]) if len(found.because) == len(found.moved) else moved
        )
        parts.append(table(list(reasons.columns), reasons.to_numpy(dtype=object)))
        parts.append(_few(moved, len(found.moved)))
    return card(said.rstrip(":："), *parts)


def _best(panel: Panel, ranks: Any) -> tuple[Any, int]:
    """Return the rows shown of those that are compared last, the best first, and how many these are."""
    rows = np.arange(panel.n)
    if panel.periods is not None and panel.units is not None:
        rows = np.flatnonzero(panel.periods.ordinals == panel.periods.ordinals.max())
    return rows[np.argsort(ranks[rows], kind="stable")][:_MOST], len(rows)


def _rows_of(panel: Panel, rows: Any, columns: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [
        (_label(panel.called(panel.labels[i])), *(float(column.iloc[i]) for column in columns)) for i in rows.tolist()
    ]


def _few(shown: Any, of: int, *, choices: bool = False) -> str:
    """Return how many of the rows a table shows, where it does not show all."""
    some = Said.of(of, "{shown} of {n} choice", "{shown} of {n} choices", shown=len(shown))
    return line(_told(some if choices else _some(len(shown), of))) if len(shown) < of else ""


def _some(shown: int, of: int) -> Said:
    return Said.of(of, "{shown} of {n} row", "{shown} of {n} rows", shown=shown)


def _told(said: Said) -> str:
    return said.told(language())


def _each(*said: Said) -> list[str]:
    return [_told(one) for one in said]


def _change(levels: Any, before: Any, row: int) -> float:
    """Return the change of a row on the period before, in per cent; missing where there is none."""
    old = float(levels[before[row]]) if before[row] >= 0 else float("nan")
    return 100 * (float(levels[row]) / old - 1) if old > 0 else float("nan")


def _node(tree: Tree, code: str) -> str:
    branch = tree.by_code.get(code)
    if branch is None:
        leaf = next(leaf for leaf in tree.leaves if leaf.code == code)
        own: list[Said | str] = [leaf.normalise.method.name]
        own += (
            []
            if leaf.direction == 1
            else [Said("smaller is better")]
            if leaf.direction == -1
            else [str(leaf.direction)]
        )
        return nested(escape(_told(joined([_called(leaf), joined(own, "places")], "heads"))), [])
    choices = [Said("weights {method}", method=branch.weights.method.name), joined([branch.aggregate.method.name])]
    choices += [Said("rescaled by {method}", method=branch.rescale.method.name)] if branch.rescale else []
    said, given = joined(choices, "places"), branch.weights.options.get("values")
    if isinstance(given, Mapping):
        values = joined([f"{child} {weight:g}" for child, weight in given.items()])
        said = Said("{choices} ({values})", choices=said, values=values)
    name, rest = f"<b>{escape(_called(branch))}</b>", escape(_told(said))
    label = _told(joined([name, rest], "heads"))
    return nested(label, [_node(tree, child) for child in branch.children])


def _called(node: Any) -> str:
    return f"{node.name} ({node.code})" if node.name and node.name != node.code else str(node.code)


def _label(label: Any) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)
