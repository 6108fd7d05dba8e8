"""Cards for notebooks: the tree of an index, a fit, the end of a result."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from hengdian_index._index.provenance import rows_said
from hengdian_index._present.statement.expressions import of_map
from hengdian_index._scoring.tree import Tree
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
        (_called(leaves[code]), leaves[code].normalise.method.name, of_map(one)) for code, one in fitted.maps.items()
    ]
    weights = [(group, child, float(w)) for (group, child), w in fitted.weights.items()]
    learnt = line(f"learnt from {rows_said(rows)}")
    tables = table(["indicator", "normalise", "map"], maps), table(["group", "part", "weight"], weights)
    return card(f"{fitted.setting.name or 'Index'}, fitted", learnt, *tables)


def of_result(result: Any) -> str:
    """Return the last levels of a result and their changes, as HTML."""
    panel, timed = result.panel, result.panel.periods is not None
    try:
        levels = result.series() if result.setting.levelled else result.scores
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
    given = branch.weights.options.get("values")
    if isinstance(given, Mapping):
        choices += f" ({', '.join(f'{child} {weight:g}' for child, weight in given.items())})"
    label = f"<b>{escape(_called(branch))}</b>: {escape(choices)}"
    return nested(label, [_node(tree, child) for child in branch.children])


def _called(node: Any) -> str:
    return f"{node.name} ({node.code})" if node.name and node.name != node.code else str(node.code)


def _label(label: Any) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)
