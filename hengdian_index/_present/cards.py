"""Cards for notebooks: the tree of an index, a fit, the end of a result, draws, shares of variance, what moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from hengdian_index._index.comparability import levels_compare
from hengdian_index._index.provenance import rows_said
from hengdian_index._present.statement.expressions import of_map
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._values.decimals import counted
from hengdian_index._words.markup import card, line, nested, table
from hengdian_index.errors import FaultsError

_MOST = 12


def of_index(index: Any) -> str:
    """Return the tree of an index with its choices, as HTML."""
    setting = index.setting
    said = {"unit": setting.unit, "period": setting.period, "fit_on": setting.fit_on, "base": setting.base}
    head = ", ".join(f"{name} = {value}" for name, value in said.items() if value is not None)
    tree = f"<ul>{_node(index.tree, index.tree.root.code)}</ul>"
    return card(index.name or "Index", line(head) if head else "", tree)


def of_fitted(fitted: Any) -> str:
    """Return what a fit learnt, as HTML: its rows, the map of every indicator, the weights."""
    rows = fitted.rows
    leaves = {leaf.code: leaf for leaf in fitted.tree.leaves}
    maps = [
        (
            _called(leaves[code]),
            leaves[code].normalise.method.name,
            f"of each of {counted(len(one.maps), 'period')}" if isinstance(one, PeriodMaps) else of_map(one),
        )
        for code, one in fitted.maps.items()
    ]
    weights = [(group, child, float(w)) for (group, child), w in fitted.weights.items()]
    learnt = line(f"learnt from {rows_said(rows)}")
    tables = table(["indicator", "normalise", "map"], maps), table(["group", "part", "weight"], weights)
    return card(f"{fitted.setting.name or 'Index'}, fitted", learnt, *tables)


def of_result(result: Any) -> str:
    """Return the last levels of a result and their changes, as HTML."""
    panel, timed = result.panel, result.panel.periods is not None
    try:
        levels = result.series() if result.setting.levelled and levels_compare(result) else result.scores
        why = ""
    except FaultsError as error:
        levels, why = result.scores, f"scores, no series: {error.faults[0]}"
    order = np.argsort(panel.periods.ordinals, kind="stable") if timed else np.arange(panel.n)
    shown = order[-_MOST:] if timed else order[:_MOST]
    names = [_called(result.tree.by_code[code]) for code in levels.columns]
    rows: list[tuple[Any, ...]] = [
        (_label(panel.called(levels.index[i])), *map(float, levels.iloc[i])) for i in shown.tolist()
    ]
    if timed and not why:
        before, last = panel.previous(1), int(order[-1])
        changes = [_change(levels[code].to_numpy(), before, last) for code in levels.columns]
        rows.append(("change of the last, %", *changes))
    parts = [*([line(why)] if why else []), table(["", *names], rows)]
    more = f"{counted(len(shown), 'row', of=panel.n)}; " if len(shown) < panel.n else ""
    end = line(f"{more}{counted(len(result.entries), 'line')} in the log")
    return card(result.setting.name or "Result", *parts, end)


def of_uncertainty(found: Any) -> str:
    """Return what draws say, as HTML: the levels of the last periods of a series, or the ranks of units."""
    panel, name = found.study.selected, f"{found.study.index.name or 'Index'}, uncertainty"
    if panel.periods is not None and panel.units is None:
        last = np.argsort(panel.periods.ordinals, kind="stable")[-_MOST:]
        what, frame = ("score", found.scores) if found.levels is None else ("level", found.series)
        rows = _rows_of(panel, last, [frame[one] for one in ("nominal", "mean", "q05", "q95")])
        return card(name, line(found.summary()), table(["", what, "mean", "5 %", "95 %"], rows), _few(last, panel.n))
    order, among = _best(panel, found.ranks["nominal"].to_numpy())
    columns = [frame[one] for frame in (found.ranks, found.scores) for one in ("nominal", "q05", "q95")]
    head = ["", "rank", "5 %", "95 %", "score", "5 %", "95 %"]
    return card(name, line(found.summary()), table(head, _rows_of(panel, order, columns)), _few(order, among))


def of_sensitivity(found: Any) -> str:
    """Return the shares of the variance that choices explain, as HTML, the largest first."""
    order = found.total.sort_values(ascending=False, kind="stable").index[:_MOST]
    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
    rows = [(name, *map(float, found.table.loc[name, columns])) for name in order]
    head = ["choice", "alone", "from", "to", "with interactions", "from", "to"]
    title = f"Sensitivity of {found.of if isinstance(found.of, str) else ' '.join(map(_label, found.of))}"
    return card(
        title.replace("_", " "), line(found.summary()), table(head, rows), _few(order, len(found.total), "choice")
    )


def of_comparison(found: Any) -> str:
    """Return how far ranks move from index to index, and the ranks of rows under each, as HTML."""
    names, near, shifts = list(found.scores), found.correlations().iloc[0], found.shifts.abs()
    shown = names[: _MOST + 1]
    moved = [(name, *map(float, (found.mean_shift[name], shifts[name].max(), near[name]))) for name in shown[1:]]
    order, among = _best(found.panel, found.ranks[names[0]].to_numpy())
    ranks = _rows_of(found.panel, order, [found.ranks[name] for name in shown])
    return card(
        f"Comparison of {len(names)} indexes",
        line(found.summary()),
        table([f"against {names[0]}", "mean shift", "largest shift", "rank correlation"], moved),
        line(f"Ranks under {'each' if len(shown) == len(names) else f'the first {len(shown)}'}:"),
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
        parts.append(_few(moved, len(found.moved), "number"))
    return card(said.rstrip(":"), *parts)


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


def _few(shown: Any, of: int, noun: str = "row") -> str:
    """Return how many of the rows a table shows, where it does not show all."""
    return line(counted(len(shown), noun, of=of)) if len(shown) < of else ""


def _change(levels: Any, before: Any, row: int) -> float:
    """Return the change of a row on the period before, in per cent; missing where there is none."""
    old = float(levels[before[row]]) if before[row] >= 0 else float("nan")
    return 100 * (float(levels[row]) / old - 1) if old > 0 else float("nan")


def _node(tree: Tree, code: str) -> str:
    branch = tree.by_code.get(code)
    if branch is None:
        leaf = next(leaf for leaf in tree.leaves if leaf.code == code)
        sign = "" if leaf.direction == 1 else ", smaller is better" if leaf.direction == -1 else f", {leaf.direction}"
        return nested(f"{escape(_called(leaf))}: {escape(leaf.normalise.method.name)}{escape(sign)}", [])
    choices = f"weights {branch.weights.method.name}, {branch.aggregate.method.name}"
    choices += f", rescaled by {branch.rescale.method.name}" if branch.rescale else ""
    given = branch.weights.options.get("values")
    if isinstance(given, Mapping):
        choices += f" ({', '.join(f'{child} {weight:g}' for child, weight in given.items())})"
    label = f"<b>{escape(_called(branch))}</b>: {escape(choices)}"
    return nested(label, [_node(tree, child) for child in branch.children])


def _called(node: Any) -> str:
    return f"{node.name} ({node.code})" if node.name and node.name != node.code else str(node.code)


def _label(label: Any) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)
