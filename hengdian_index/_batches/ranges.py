"""What is known of a plan from the smallest and largest values of the columns: which checks may find rows."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from hengdian_index._batches.plan import Plan, is_nothing
from hengdian_index._maths.arithmetic import constant
from hengdian_index._values.equality import TOLERANCE


class Range(NamedTuple):
    """The smallest and the largest value there may be, infinite where nobody knows, and whether some may be missing."""

    low: float = -math.inf
    high: float = math.inf
    missing: bool = True

    @property
    def finite(self) -> bool:
        """Whether all values that are there are numbers."""
        return math.isfinite(self.low) and math.isfinite(self.high)


Ranges = Mapping[str, Range]


def ranges(plan: Plan, columns: Ranges) -> Ranges:
    """Return the ranges of the columns of a table, of the normalised indicators and of the groups."""
    found = dict(columns)
    for name in plan.normalised.values():
        tree = plan.steps[0][name]
        low, high, _ = range_of(tree, columns)
        found[name] = Range(low, high, any(columns[one].missing for one in _columns(tree)))
    for group, children in plan.between.items():
        if not children:
            found[group] = range_of(next(step[group] for step in plan.steps if group in step), found)
            continue
        parts = [found[child] for child in children]
        low, high = min(part.low for part in parts), max(part.high for part in parts)
        # A mean lies between its parts, but for rounding.
        found[group] = Range(low - TOLERANCE * abs(low), high + TOLERANCE * abs(high))
    return found


def may_hold(tree: ast.expr, known: Ranges) -> bool:
    """Return whether a condition may hold in some row; that it may not is sure.

    Examples
    --------
    >>> from hengdian_index._batches.ranges import Range, may_hold
    >>> from hengdian_index._maths.arithmetic import parsed
    >>> may_hold(parsed("x - 2 < 0"), {"x": Range(2.0, 9.0)}), may_hold(parsed("x - 3 < 0"), {"x": Range(2.0, 9.0)})
    (False, True)
    """
    return _may(tree, known)[0]


def _may(tree: ast.expr, known: Ranges) -> tuple[bool, bool]:
    """Return whether a condition may hold, and whether it may not."""
    if isinstance(tree, ast.UnaryOp):
        return _may(tree.operand, known)[::-1]
    if isinstance(tree, ast.BoolOp):
        parts = [_may(one, known) for one in tree.values]
        every, some = all(yes for yes, _ in parts), any(no for _, no in parts)
        if isinstance(tree.op, ast.And):
            return every, some
        return any(yes for yes, _ in parts), all(no for _, no in parts)
    if isinstance(tree, ast.Compare):
        left, right = range_of(tree.left, known), range_of(tree.comparators[0], known)
        if isinstance(tree.ops[0], (ast.Gt, ast.GtE)):
            left, right = right, left
        strict = isinstance(tree.ops[0], (ast.Lt, ast.Gt))
        return (left.low < right.high if strict else left.low <= right.high), True
    assert isinstance(tree, ast.Call)
    assert isinstance(tree.func, ast.Name)
    x = range_of(tree.args[0], known)
    return {
        "known": (True, x.missing),
        "finite": (True, x.missing or not x.finite),
        "infinite": (not x.finite, True),
        "lost": (not x.finite, True),
    }[tree.func.id]


def range_of(tree: ast.expr, known: Ranges) -> Range:
    """Return the range of a tree, wider rather than narrower than it is."""
    if isinstance(tree, ast.Name):
        return known.get(tree.id, Range())
    if isinstance(tree, ast.Constant):
        return Range(constant(tree), constant(tree), missing=False)
    if isinstance(tree, ast.IfExp):
        parts = [range_of(one, known) for one in (tree.body, tree.orelse) if not is_nothing(one)]
        return Range(min(one.low for one in parts), max(one.high for one in parts))
    if isinstance(tree, ast.UnaryOp):
        x = range_of(tree.operand, known)
        return Range(-x.high, -x.low, x.missing)
    if isinstance(tree, ast.BinOp):
        left, right = range_of(tree.left, known), range_of(tree.right, known)
        whole = {ast.Div: right.low > 0 or right.high < 0, ast.Pow: left.low > 0}.get(type(tree.op), True)
        return _corners(_OPERATIONS[type(tree.op)], (left, right)) if whole else Range()
    assert isinstance(tree, ast.Call)
    assert isinstance(tree.func, ast.Name)
    parts = [range_of(one, known) for one in tree.args]
    if tree.func.id == "abs":
        return Range(0.0, max(abs(parts[0].low), abs(parts[0].high)))
    function = _FUNCTIONS.get(tree.func.id)
    return Range() if function is None else _corners(function, parts)


def _corners(function: Callable[..., Any], parts: Iterable[Range]) -> Range:
    """Return the range of a function that rises or falls in each of its parts."""
    with np.errstate(all="ignore"):
        ends = [float(function(*map(np.float64, one))) for one in itertools.product(*((x.low, x.high) for x in parts))]
    return Range() if any(math.isnan(end) for end in ends) else Range(min(ends), max(ends))


def _columns(tree: ast.expr) -> set[str]:
    """Return the columns that a tree is made of."""
    called = {one.func for one in ast.walk(tree) if isinstance(one, ast.Call)}
    return {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and one not in called}


_OPERATIONS: Mapping[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"log": np.log, "exp": np.exp, "min": min, "max": max}
