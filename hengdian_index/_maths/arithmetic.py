"""Arithmetic as a value: one expression in names, from which its numbers, text, LaTeX, formulas and speech follow.

Expressions are Python's, of + - * / ** and `a if b < c else d`, with log, exp, abs, min, max, normal_quantile,
normal_share, and round(x, digits), of which a half goes away from 0, or round_even; over the parts of a row stand
`sum`, `prod`, and `min` or `max` of one argument.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Said
from hengdian_index.errors import suggestion

Halves: TypeAlias = Literal["away", "even"]
"""Where a half goes that is rounded: away from 0, or to the even digit."""

# Values with more digits than this before the one that is rounded have none after it.
_WHOLE = 2.0**52
# A half is one up to this much of a step, however many digits stand before it.
_MOST_OFF = 1e-4

Values: TypeAlias = Mapping[str, Any]
"""What a name stands for: a number, or one number for each part (k,)."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """An expression, and the numbers that its names stand for; other names stay, as x of a map does.

    `positive` is an expression in the same names that must be above 0: a value where it is not is refused. With
    `rounding` the limits of its comparisons are met by values that differ by 1e-12 (rounding + |limit|).

    Examples
    --------
    >>> from hengdian_index._maths.arithmetic import Arithmetic, evaluated
    >>> evaluated(Arithmetic("(x - low) / 4", {"low": 1.0}).tree, {"x": 3.0, "low": 1.0}).item()
    0.5
    """

    expression: str
    numbers: Values = field(default_factory=dict)
    positive: str = ""
    rounding: float | None = None

    @property
    def tree(self) -> ast.expr:
        """The expression, parsed."""
        return parsed(self.expression)


class Line(NamedTuple):
    """One line of a longer arithmetic: its name for the lines after it, the expression, and what it finds in words."""

    name: str
    expression: str
    what: str = ""


@cache
def parsed(expression: str) -> ast.expr:
    """Return an expression as a tree, which nobody changes."""
    return ast.parse(expression, mode="eval").body


def first(value: Any) -> float:
    """Return the number of the first column of what a map holds."""
    return float(np.ravel(value)[0])


def filled(tree: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """Return a tree with other trees in the place of names."""
    if isinstance(tree, ast.Name):
        return values.get(tree.id, tree)
    if isinstance(tree, ast.Constant):
        return tree
    return _rebuilt(tree, lambda part: filled(part, values))


def bound(tree: ast.expr, numbers: Values) -> ast.expr:
    """Return a tree with numbers in the place of names, those of the first column where there are several."""
    return filled(tree, {name: number(value) for name, value in numbers.items()})


def constant(tree: ast.Constant) -> float:
    """Return the number that a constant is."""
    value: Any = tree.value
    return value  # type: ignore[no-any-return]


def number(value: Any) -> ast.expr:
    """Return a number as a tree; counts stay whole."""
    return ast.Constant(value if isinstance(value, int) else first(value))


def names(tree: ast.expr) -> list[str]:
    """Return the names in a tree that was parsed, in their order, without the functions it calls."""
    called = {one.func for one in ast.walk(tree) if isinstance(one, ast.Call)}
    every = [one for one in ast.walk(tree) if isinstance(one, ast.Name) and one not in called]
    return list(dict.fromkeys(one.id for one in sorted(every, key=lambda one: one.col_offset)))


def arithmetic_of(one: Any, x: float | None = None) -> Arithmetic | None:
    """Return the arithmetic that a map declares, at a value where one is given; None for a map that declares none."""
    declared = getattr(one, "arithmetic", None)
    if isinstance(declared, str):
        numbers = {name: getattr(one, name) for name in names(parsed(declared)) if name != "x"}
        return Arithmetic(declared, numbers, positive=getattr(one, "positive", ""))
    found: Arithmetic | None = declared and declared(x)
    return found


def joined(lines: Iterable[Line]) -> ast.expr:
    """Return the last of several lines with the others in the place of their names."""
    known: dict[str, ast.expr] = {}
    tree: ast.expr = ast.Constant(float("nan"))
    for line in lines:
        tree = filled(parsed(line.expression), known)
        known[line.name] = tree
    return tree


def expanded(
    tree: ast.expr,
    values: Mapping[str, list[ast.expr]],
    part: int | None = None,
    sums: Mapping[str, ast.expr] = MappingProxyType({}),
) -> ast.expr:
    """Return a tree whose sums, products and extremes list each part of a row; `values` are the names that have parts.

    A sum then has a term for each of them, as an argument of `sum`. `sums` are those to be written otherwise.
    """
    if isinstance(tree, ast.Name) and tree.id in values and part is not None:
        return values[tree.id][part]
    if isinstance(tree, (ast.Name, ast.Constant)):
        return tree
    if over_parts(tree):
        assert isinstance(tree, ast.Call)
        if ast.unparse(tree) in sums:
            return sums[ast.unparse(tree)]
        size = len(next(iter(values.values())))
        return ast.Call(tree.func, [expanded(tree.args[0], values, j) for j in range(size)], [])
    return _rebuilt(tree, lambda inner: expanded(inner, values, part, sums))


def over_parts(tree: ast.expr) -> bool:
    """Return whether a tree is a sum, a product or an extreme over the parts of a row."""
    called = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and len(tree.args) == 1
    return called and tree.func.id in ("sum", "prod", "min", "max")  # type: ignore[attr-defined]


def _rebuilt(tree: ast.expr, change: Callable[[ast.expr], ast.expr]) -> ast.expr:
    """Return a tree of the same kind over changed parts."""
    if isinstance(tree, ast.BinOp) and type(tree.op) in _OPERATIONS:
        return ast.BinOp(change(tree.left), tree.op, change(tree.right))
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return ast.UnaryOp(tree.op, change(tree.operand))
    if isinstance(tree, ast.IfExp) and isinstance(tree.test, ast.Compare):
        return ast.IfExp(change(tree.test), change(tree.body), change(tree.orelse))
    if isinstance(tree, ast.Compare) and [type(one) in _COMPARED for one in tree.ops] == [True]:
        return ast.Compare(change(tree.left), tree.ops, [change(tree.comparators[0])])
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not tree.keywords:
        return ast.Call(tree.func, [change(one) for one in tree.args], [])
    raise TypeError(f"no arithmetic: {ast.unparse(tree)}")


def simplified(tree: ast.expr) -> ast.expr:
    """Return a tree without numbers that change nothing: + 0, - 0, * 1, / 1, ** 1, and what is multiplied by 0.

    Examples
    --------
    >>> import ast
    >>> from hengdian_index._maths.arithmetic import parsed, simplified
    >>> ast.unparse(simplified(parsed("(x - 0) / 1 * 100 + 0")))
    'x * 100'
    """
    if isinstance(tree, (ast.Name, ast.Constant)):
        return tree
    tree = _rebuilt(tree, simplified)
    if not isinstance(tree, ast.BinOp):
        return tree
    left, right = (part.value if isinstance(part, ast.Constant) else None for part in (tree.left, tree.right))
    kind = type(tree.op)
    neutral = 0 if kind in (ast.Add, ast.Sub) else 1
    if right == neutral:
        return tree.left
    if left == neutral and kind in (ast.Add, ast.Mult):
        return tree.right
    return ast.Constant(0.0) if kind is ast.Mult and 0 in (left, right) else tree


def evaluated(tree: ast.expr, values: Values) -> Array:
    """Return what arithmetic gives; NaN wherever a number on the way to it is not finite.

    Names stand for numbers, or arrays (..., 1) beside those with parts, (..., k); so is the answer.
    """
    with np.errstate(all="ignore"):
        return _evaluated(tree, values)


def _evaluated(tree: ast.expr, values: Values) -> Array:
    if isinstance(tree, ast.Name):
        return np.asarray(values[tree.id], dtype=np.float64)
    if isinstance(tree, ast.Constant):
        return np.asarray(constant(tree), dtype=np.float64)
    if isinstance(tree, ast.UnaryOp):
        return -_evaluated(tree.operand, values)
    if isinstance(tree, ast.IfExp):
        test = tree.test
        assert isinstance(test, ast.Compare)
        sides = _evaluated(test.left, values), _evaluated(test.comparators[0], values)
        holds = _COMPARED[type(test.ops[0])](*sides)
        found = np.where(holds, _evaluated(tree.body, values), _evaluated(tree.orelse, values))
        return np.where(np.isnan(sides[0] + sides[1]), np.nan, found)
    if isinstance(tree, ast.BinOp):
        found = _OPERATIONS[type(tree.op)](_evaluated(tree.left, values), _evaluated(tree.right, values))
    elif isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        over = over_parts(tree)
        found = (_OVER if over else FUNCTIONS)[tree.func.id](*(_evaluated(one, values) for one in tree.args))
    else:
        raise TypeError(f"no arithmetic: {ast.unparse(tree)}")
    return np.where(np.isfinite(found), found, np.nan)


def calculable(tree: ast.expr, without: Collection[str] = ()) -> bool:
    """Return whether every function that a tree calls is one of arithmetic, and none of a method's own."""
    called = (one.func.id for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name))
    return all(name in FUNCTIONS and name not in without for name in called)


def faults(lines: Iterable[Line], named: Iterable[str]) -> list[Said]:
    """Return what is wrong with declared lines, whose names are those given or those of lines before."""
    known, found = set(named), list[Said]()
    for line in lines:
        try:
            tree = simplified(parsed(line.expression))
        except (SyntaxError, TypeError):
            tree = None
        if tree is None or not calculable(tree):
            functions = ", ".join(FUNCTIONS)
            found.append(
                Said("{line!r} is none; write + - * / **, {functions}", line=line.expression, functions=functions)
            )
        else:
            unknown = [(name, suggestion(name, sorted(known))) for name in names(tree) if name not in known]
            found += [
                Said("no {name!r} for {line!r}{guess}", name=name, line=line.expression, guess=guess)
                for name, guess in unknown
            ]
        known.add(line.name)
    return found


_OPERATIONS: Mapping[type[ast.operator], Callable[..., Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[..., Array]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    "log": np.log,
    "exp": np.exp,
    "abs": np.abs,
    "normal_quantile": lambda share: _normal_quantile(share),
    "normal_share": lambda x: _normal_share(x),
    "round": lambda x, digits: rounded(x, int(first(digits)), "away"),
    "round_even": lambda x, digits: rounded(x, int(first(digits)), "even"),
    "min": lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)),
    "max": lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)),
    # With a term for each part.
    "sum": lambda *values: np.add.reduce(np.broadcast_arrays(*values)),
    "prod": lambda *values: np.multiply.reduce(np.broadcast_arrays(*values)),
}


def rounded(x: Array, digits: int, ties: Halves) -> Array:
    """Return values rounded to decimals; what differs from a half by rounding alone is one."""
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.abs(x) * 10.0**digits if digits >= 0 else np.abs(x) / 10.0**-digits
        low = np.floor(steps)
        rest = steps - low
        half = np.abs(rest - 0.5) <= np.minimum(TOLERANCE * np.maximum(steps, 1.0), _MOST_OFF)
        up = np.where(half, True if ties == "away" else low % 2 == 1, rest > 0.5)
    whole = low + up
    size = whole / 10.0**digits if digits >= 0 else whole * 10.0**-digits
    return np.where(steps < _WHOLE, np.copysign(size, x) + 0.0, x)


def _normal_quantile(share: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(share))


def _normal_share(x: Array) -> Array:
    from scipy.special import ndtr

    return np.asarray(ndtr(x))


_OVER: Mapping[str, Callable[[Array], Array]] = {
    "sum": lambda values: values.sum(axis=-1, keepdims=True),
    "prod": lambda values: values.prod(axis=-1, keepdims=True),
    "min": lambda values: values.min(axis=-1, keepdims=True),
    "max": lambda values: values.max(axis=-1, keepdims=True),
}
