"""Fitted maps written out as arithmetic, and arithmetic as LaTeX."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import singledispatch
from typing import Any

import numpy as np

from hengdian_index._maths.maps import Affine, Chain, Clip, Distance, Exponential, Log, Map, Mirror, Ranks, Reciprocal
from hengdian_index._methods.learning import OwnMap
from hengdian_index.normalise.centred import Logistic
from hengdian_index.normalise.scales import none
from hengdian_index.normalise.sizes import NotNegative
from hengdian_index.normalise.steps import Sides, Steps
from hengdian_index.treat._curves import Power, YeoJohnson

Say = Callable[[float], str]


def exact(value: float) -> str:
    """Return a number in as many digits as it needs, in brackets if it is negative."""
    return f"({float(value)!r})" if value < 0 else repr(float(value))


def short(value: float) -> str:
    """Return a number in ten significant digits, in brackets if it is negative."""
    return f"({float(value):.10g})" if value < 0 else f"{float(value):.10g}"


def precise(value: float) -> str:
    """Return a number in fifteen significant digits: those that stand for one float, and no more.

    Examples
    --------
    >>> from hengdian_index._present.statement.expressions import precise
    >>> precise(0.1 + 0.2), precise(1 / 3)
    ('0.3', '0.333333333333333')
    """
    return f"{float(value):.15g}"


def bracketed(value: float) -> str:
    """Return a number in fifteen significant digits, in brackets if it is negative."""
    return f"({precise(value)})" if value < 0 else precise(value)


def simple_maps(one: Map) -> list[Map]:
    """Return the maps that follow each other in one, those that leave every value as it is left out."""
    parts = [part for inner in one.maps for part in simple_maps(inner)] if isinstance(one, Chain) else [one]
    return [part for part in parts if _written(part, "x", short, None) != "x"]


def of_map(one: Map, say: Say = short) -> str:
    """Return a map of one column as arithmetic in x.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.maps import Affine, Log, chain
    >>> from hengdian_index._present.statement.expressions import of_map
    >>> of_map(chain(Log(), Affine(*(np.array([v]) for v in (1.0, 4.0, 100.0, 0.0)))))
    '(log(x) - 1) / 4 * 100'
    """
    text = "x"
    for part in simple_maps(one):
        text = _written(part, _atom(text), say, None)
    return text


def at_value(one: Map, x: float) -> str:
    """Return a simple map of one column at a value as arithmetic in numbers, nothing for a function of a user."""
    known = _written.dispatch(type(one)) is not _written.dispatch(object) and not isinstance(one, OwnMap)
    return _written(one, exact(x), exact, x) if known else ""


def _first(values: Any) -> float:
    return float(np.ravel(values)[0])


def _atom(text: str) -> str:
    """Return arithmetic in brackets unless it is a name, a number or a call."""
    tree = ast.parse(text, mode="eval").body
    return text if isinstance(tree, (ast.Name, ast.Constant, ast.Call)) else f"({text})"


@singledispatch
def _written(one: Any, x: str, say: Say, at: float | None) -> str:
    return f"{getattr(one, '__name__', type(one).__name__)}({x})"


@_written.register
def _(one: OwnMap, x: str, say: Say, at: float | None) -> str:
    return x if one.function is none.method.function else f"{getattr(one.function, '__name__', 'function')}({x})"


@_written.register
def _(one: Affine, x: str, say: Say, at: float | None) -> str:
    centre, spread, gain, start = map(_first, (one.centre, one.spread, one.gain, one.at))
    if gain == 0:
        return say(start)
    text = x if centre == 0 else f"({x} - {say(centre)})"
    text += "" if spread == 1 else f" / {say(spread)}"
    text += "" if gain == 1 else f" * {say(gain)}"
    return text if start == 0 else f"{text} + {say(start)}"


@_written.register
def _(one: Clip, x: str, say: Say, at: float | None) -> str:
    low, high = _first(one.low), _first(one.high)
    text = x if np.isneginf(low) else f"max({x}, {say(low)})"
    return text if np.isposinf(high) else f"min({text}, {say(high)})"


@_written.register
def _(one: Mirror, x: str, say: Say, at: float | None) -> str:
    return f"-{x}"


@_written.register
def _(one: Distance, x: str, say: Say, at: float | None) -> str:
    best = one.best
    below, above = f"max({say(best.low)} - {x}, 0)", f"max({x} - {say(best.high)}, 0)"
    if best.worst_low is None or best.worst_high is None:
        return f"-({below} + {above})"
    shares = f"{below} / {say(best.low - best.worst_low)} + {above} / {say(best.worst_high - best.high)}"
    return f"-min({shares}, 1)"


@_written.register
def _(one: Reciprocal, x: str, say: Say, at: float | None) -> str:
    return f"{say(_first(one.scale))} / {x}"


@_written.register
def _(one: Log, x: str, say: Say, at: float | None) -> str:
    return f"log({x})"


@_written.register
def _(one: Exponential, x: str, say: Say, at: float | None) -> str:
    return f"{say(one.floor)} * ({say(one.ceiling)} / {say(one.floor)}) ** {x}"


@_written.register
def _(one: Ranks, x: str, say: Say, at: float | None) -> str:
    if at is None:
        return f"rank({x})"
    known = one.values[~np.isnan(one.values)]
    known = np.unique(known) if one.ties == "dense" else known
    below, same = int((known < at).sum()), int((known == at).sum())
    more = {"average": f"({same} + 1) / 2", "max": f"max({same}, 1)"}.get(one.ties, "1")
    return f"min({below} + {more}, {len(known)})"


@_written.register
def _(one: Logistic, x: str, say: Say, at: float | None) -> str:
    return f"1 / (1 + exp(-{x}))"


@_written.register
def _(one: NotNegative, x: str, say: Say, at: float | None) -> str:
    return x


@_written.register
def _(one: Steps, x: str, say: Say, at: float | None) -> str:
    cases = [
        f"{say(score)} if {x} < {say(_first(cut))} else " for cut, score in zip(one.cuts, one.scores, strict=False)
    ]
    return "".join(cases) + say(float(one.scores[-1]))


@_written.register
def _(one: Sides, x: str, say: Say, at: float | None) -> str:
    above, below = one.sign, -one.sign
    return f"{above} if {x} > {say(one.high)} else {below} if {x} < {say(one.low)} else 0"


@_written.register
def _(one: Power, x: str, say: Say, at: float | None) -> str:
    if not bool(np.ravel(one.on)[0]):
        return x
    sign, centre, offset, power = map(_first, (one.sign, one.centre, one.offset, one.power))
    shifted = f"{x} - {say(centre)}" if sign > 0 else f"{say(centre)} - {x}"
    t = x if sign > 0 and centre == 0 else shifted
    t = t if offset == 0 else f"{t} + {say(offset)}"
    return f"{'' if sign > 0 else '-'}{_powered(t, power, say)}"


@_written.register
def _(one: YeoJohnson, x: str, say: Say, at: float | None) -> str:
    if not bool(np.ravel(one.on)[0]):
        return x
    power = _first(one.power)
    above, below = _powered(f"1 + {x}", power, say), f"-{_powered(f'1 - {x}', 2 - power, say)}"
    if at is None:
        return f"{above} if {x} >= 0 else {below}"
    return above if at >= 0 else below


def _powered(t: str, power: float, say: Say) -> str:
    return f"log({t})" if power == 0 else f"((({t}) ** {say(power)} - 1) / {say(power)})"


_NAMES = {"log": r"\ln", "min": r"\min", "max": r"\max"}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: r"\cdot"}
_COMPARED = {ast.Lt: "<", ast.Gt: ">", ast.GtE: r"\ge"}


def latex(expression: str) -> str:
    r"""Return arithmetic as LaTeX.

    Examples
    --------
    >>> from hengdian_index._present.statement.expressions import latex
    >>> print(latex("(x - 2.5) / 4 * 100"))
    \frac{x - 2.5}{4} \cdot 100
    """
    return _latex(ast.parse(expression, mode="eval").body)


def _latex(tree: ast.expr) -> str:
    if isinstance(tree, ast.BinOp):
        return _operation(tree)
    if isinstance(tree, ast.UnaryOp):
        return f"-{_bracketed(tree.operand, ast.Add, ast.Sub)}"
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        inside = ", ".join(map(_latex, tree.args))
        if tree.func.id == "exp":
            return f"e^{{{inside}}}"
        return f"{_NAMES.get(tree.func.id, _name(tree.func.id))}({inside})"
    if isinstance(tree, ast.IfExp):
        return rf"\begin{{cases}} {' '.join(_cases(tree))} \end{{cases}}"
    if isinstance(tree, ast.Constant):
        digits, _, power = repr(tree.value).partition("e")
        return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits
    return _name(tree.id) if isinstance(tree, ast.Name) else ast.unparse(tree)


def _operation(tree: ast.BinOp) -> str:
    left, right, kind = tree.left, tree.right, type(tree.op)
    if kind is ast.Div:
        return rf"\frac{{{_latex(left)}}}{{{_latex(right)}}}"
    if kind is ast.Pow:
        base = _latex(left) if isinstance(left, (ast.Name, ast.Constant)) else rf"\left({_latex(left)}\right)"
        return f"{base}^{{{_latex(right)}}}"
    both = (ast.Add, ast.Sub)
    sums = both if kind is ast.Mult else ()
    after = both if kind in (ast.Mult, ast.Sub) else ()
    signed = rf"\left({_latex(right)}\right)" if isinstance(right, ast.UnaryOp) else _bracketed(right, *after)
    return f"{_bracketed(left, *sums)} {_SIGNS[kind]} {signed}"


def _bracketed(tree: ast.expr, *kinds: type[ast.operator]) -> str:
    text = _latex(tree)
    return rf"\left({text}\right)" if isinstance(tree, ast.BinOp) and isinstance(tree.op, kinds) else text


def _cases(tree: ast.expr) -> list[str]:
    if not isinstance(tree, ast.IfExp):
        return [_latex(tree)]
    test = tree.test
    assert isinstance(test, ast.Compare)
    sign = _COMPARED[type(test.ops[0])]
    return [rf"{_latex(tree.body)} & {_latex(test.left)} {sign} {_latex(test.comparators[0])} \\", *_cases(tree.orelse)]


def _name(name: str) -> str:
    escaped = name.replace("_", r"\_")
    return name if len(name) == 1 else rf"\mathrm{{{escaped}}}"
