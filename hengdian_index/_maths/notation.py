"""Arithmetic written: as text, as LaTeX, and the numbers in both."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from hengdian_index._maths.arithmetic import Line, constant, over_parts, parsed

Say: TypeAlias = Callable[[float], str]


def exact(value: float) -> str:
    """Return a number in as many digits as it needs, in brackets if it is negative."""
    value = value if isinstance(value, int) else float(value)
    return f"({value!r})" if value < 0 else repr(value)


def short(value: float) -> str:
    """Return a number in ten significant digits, in brackets if it is negative."""
    return f"({float(value):.10g})" if value < 0 else f"{float(value):.10g}"


def precise(value: float) -> str:
    """Return a number in fifteen significant digits: those that stand for one float, and no more.

    Examples
    --------
    >>> from hengdian_index._maths.notation import precise
    >>> precise(0.1 + 0.2), precise(1 / 3)
    ('0.3', '0.333333333333333')
    """
    return f"{float(value):.15g}"


# How tight the signs of Python bind; what binds less stands in brackets beside them.
_LOOSE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(6)
_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", _SUM),
    ast.Sub: ("-", _SUM),
    ast.Mult: ("*", _PRODUCT),
    ast.Div: ("/", _PRODUCT),
    ast.Pow: ("**", _POWER),
}
_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class Style(NamedTuple):
    """How arithmetic is written: other words for signs and functions than Python's, and a choice between two."""

    words: Mapping[str, str] = MappingProxyType({})
    choice: str = "{then} if {test} else {otherwise}"


PYTHON = Style()


def text(tree: ast.expr, say: Say = exact, style: Style = PYTHON) -> str:
    """Return arithmetic as Python's, or in another style, sums over parts that are listed term by term.

    Examples
    --------
    >>> from hengdian_index._maths.arithmetic import parsed
    >>> from hengdian_index._maths.notation import text
    >>> text(parsed("(x - 2.5) / 4 * sum(a, b)"))
    '(x - 2.5) / 4 * (a + b)'
    """
    return _text(tree, say, style)[0]


def _text(tree: ast.expr, say: Say, style: Style) -> tuple[str, int]:
    """Return arithmetic, and how tight its outermost sign binds."""
    if isinstance(tree, ast.Constant):
        return say(constant(tree)), _ATOM
    if isinstance(tree, ast.Name):
        return tree.id, _ATOM
    if isinstance(tree, ast.UnaryOp):
        return f"{style.words.get('negative', '-')}{_within(tree.operand, say, style, _SIGN)}", _SIGN
    if isinstance(tree, ast.BinOp):
        sign, tight = _SIGNS[type(tree.op)]
        # Both sides of a power are bracketed: of powers of powers nobody remembers which comes first.
        left = _within(tree.left, say, style, tight + (tight == _POWER))
        right = _within(tree.right, say, style, tight + (type(tree.op) is not ast.Add))
        right = f"({right})" if isinstance(tree.right, ast.UnaryOp) and tight < _POWER else right
        return f"{left} {style.words.get(sign, sign)} {right}", tight
    if isinstance(tree, ast.IfExp):
        test = tree.test
        assert isinstance(test, ast.Compare)
        sides = (_within(side, say, style, _SUM) for side in (test.left, test.comparators[0]))
        compared = f" {_COMPARED[type(test.ops[0])]} ".join(sides)
        parts = {"then": _within(tree.body, say, style, _SUM), "otherwise": _text(tree.orelse, say, style)[0]}
        return style.choice.format(test=compared, **parts), _LOOSE
    assert isinstance(tree, ast.Call)
    assert isinstance(tree.func, ast.Name)
    name = tree.func.id
    if name in ("min", "max", "sum", "prod") and len(tree.args) == 1 and not _has_parts(tree):
        return _text(tree.args[0], say, style)
    if name in ("sum", "prod") and len(tree.args) > 1:
        sign, tight = ("+", _SUM) if name == "sum" else ("*", _PRODUCT)
        return f" {style.words.get(sign, sign)} ".join(_within(one, say, style, tight) for one in tree.args), tight
    return f"{style.words.get(name, name)}({', '.join(_text(one, say, style)[0] for one in tree.args)})", _ATOM


def _within(tree: ast.expr, say: Say, style: Style, tight: int) -> str:
    found, own = _text(tree, say, style)
    return f"({found})" if own < tight else found


def _has_parts(tree: ast.expr) -> bool:
    """Return whether a sum over parts still names them, and does not list them."""
    return over_parts(tree) and any(isinstance(one, ast.Name) and one.id in _PARTS for one in ast.walk(tree))


# The names that have one number for each part of a row: their weights and their scores.
_PARTS = ("w", "z")
_GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "theta", "kappa", "mu", "nu", "rho", "sigma", "tau", "phi")
_NAMES = {
    "log": r"\ln",
    "min": r"\min",
    "max": r"\max",
    "normal_quantile": r"\Phi^{-1}",
    "normal_share": r"\Phi",
    "round": r"\operatorname{round}",
    "round_even": r"\operatorname{round}",
}
_OVER = {"sum": r"\sum_j", "prod": r"\prod_j", "min": r"\min_j", "max": r"\max_j"}
_LATEX_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: r"\cdot"}
_SIGNED = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_LATEX_COMPARED = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge"}


def latex(expression: str | ast.expr, say: Say = repr) -> str:
    r"""Return arithmetic as LaTeX.

    Examples
    --------
    >>> from hengdian_index._maths.notation import latex
    >>> print(latex("(x - 2.5) / 4 * 100"))
    \frac{x - 2.5}{4} \cdot 100
    >>> print(latex("exp(sum(w * log(z)))"))
    e^{\sum_j w_j \ln(z_j)}
    """
    return _latex(parsed(expression) if isinstance(expression, str) else expression, say)


def latex_of(lines: Sequence[Line], name: str = "y") -> str:
    r"""Return declared arithmetic as LaTeX: what comes out, and the lines on the way to it after it.

    Examples
    --------
    >>> from hengdian_index._maths.arithmetic import Line
    >>> from hengdian_index._maths.notation import latex_of
    >>> print(latex_of((Line("m", "sum(w * z)"), Line("y", "m ** 2"))))
    y = m^{2}, \quad m = \sum_j w_j z_j
    """
    named = [f"{_name(line.name)} = {latex(line.expression)}" for line in lines[:-1]]
    return r", \quad ".join([f"{name} = {latex(lines[-1].expression)}", *named])


def _latex(tree: ast.expr, say: Say) -> str:
    if isinstance(tree, ast.BinOp):
        return _operation(tree, say)
    if isinstance(tree, ast.UnaryOp):
        return f"-{_bracketed(tree.operand, say, ast.Add, ast.Sub)}"
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        return _called(tree.func.id, tree, say)
    if isinstance(tree, ast.IfExp):
        return rf"\begin{{cases}} {' '.join(_cases(tree, say))} \end{{cases}}"
    if isinstance(tree, ast.Constant):
        digits, _, power = say(constant(tree)).partition("e")
        return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits
    return _name(tree.id) if isinstance(tree, ast.Name) else ast.unparse(tree)


def _called(name: str, tree: ast.Call, say: Say) -> str:
    inside = ", ".join(_latex(one, say) for one in tree.args)
    if name == "exp":
        return f"e^{{{inside}}}"
    if _has_parts(tree):
        inner = tree.args[0]
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div):
            return f"{_OVER[name]} {_bracketed(inner.left, say, *_SIGNED)} / {_bracketed(inner.right, say, *_SIGNED)}"
        return f"{_OVER[name]} {_bracketed(inner, say, ast.Add, ast.Sub)}"
    if name == "abs":
        return rf"\left|{inside}\right|"
    return f"{_NAMES.get(name, _name(name))}({inside})"


def _operation(tree: ast.BinOp, say: Say) -> str:
    left, right, kind = tree.left, tree.right, type(tree.op)
    if kind is ast.Div:
        return rf"\frac{{{_latex(left, say)}}}{{{_latex(right, say)}}}"
    if kind is ast.Pow:
        return _powered(left, right, say)
    both = (ast.Add, ast.Sub)
    sums = both if kind is ast.Mult else ()
    after = both if kind in (ast.Mult, ast.Sub) else ()
    signed = rf"\left({_latex(right, say)}\right)" if _negative(right) else _bracketed(right, say, *after)
    # Between a weight and what it weighs no sign is needed: w_j z_j.
    weighs = kind is ast.Mult and isinstance(left, ast.Name) and left.id in _PARTS and not _number(right)
    sign = "" if weighs else f"{_LATEX_SIGNS[kind]} "
    return f"{_bracketed(left, say, *sums)} {sign}{signed}"


def _powered(base: ast.expr, power: ast.expr, say: Say) -> str:
    if isinstance(power, ast.Constant) and power.value == 0.5:
        return rf"\sqrt{{{_latex(base, say)}}}"
    plain = isinstance(base, (ast.Name, ast.Constant)) and not _negative(base)
    raised = _latex(base, say) if plain else rf"\left({_latex(base, say)}\right)"
    return f"{raised}^{{{_latex(power, say)}}}"


def _number(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) or _negative(tree)


def _negative(tree: ast.expr) -> bool:
    return isinstance(tree, ast.UnaryOp) or (isinstance(tree, ast.Constant) and constant(tree) < 0)


def _bracketed(tree: ast.expr, say: Say, *kinds: type[ast.operator]) -> str:
    found = _latex(tree, say)
    return rf"\left({found}\right)" if isinstance(tree, ast.BinOp) and isinstance(tree.op, kinds) else found


def _cases(tree: ast.expr, say: Say) -> list[str]:
    if not isinstance(tree, ast.IfExp):
        return [_latex(tree, say)]
    test = tree.test
    assert isinstance(test, ast.Compare)
    sides = _latex(test.left, say), _latex(test.comparators[0], say)
    compared = f" {_LATEX_COMPARED[type(test.ops[0])]} ".join(sides)
    return [rf"{_latex(tree.body, say)} & {compared} \\", *_cases(tree.orelse, say)]


def _name(name: str) -> str:
    if name in _PARTS:
        return f"{name}_j"
    if name in _GREEK:
        return rf"\{name}"
    escaped = name.replace("_", r"\_")
    return name if len(name) == 1 else rf"\mathrm{{{escaped}}}"
