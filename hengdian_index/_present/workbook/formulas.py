"""Arithmetic as a formula of a spreadsheet; a name in it is an address."""

from __future__ import annotations

import ast

from hengdian_index._maths.arithmetic import constant

_FUNCTIONS = {
    "log": "LN",
    "exp": "EXP",
    "abs": "ABS",
    "min": "MIN",
    "max": "MAX",
    "normal_quantile": "NORMSINV",
    "normal_share": "NORMSDIST",
    "round": "ROUND",
}
# ROUND takes halves away from 0; of those above an even number the digits after it are cut off.
_ROUND_EVEN = "IF(ROUND(MOD(ABS({x})*10^{digits},2),9)=0.5,TRUNC({x},{digits}),ROUND({x},{digits}))"
_LISTED = {"sum": "+", "prod": "*"}
# How tight signs bind in a spreadsheet, where -a^2 is (-a)^2, so that a sign and a power never stand without brackets.
_LOOSE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(6)
_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", _SUM),
    ast.Sub: ("-", _SUM),
    ast.Mult: ("*", _PRODUCT),
    ast.Div: ("/", _PRODUCT),
    ast.Pow: ("^", _POWER),
}
_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def formula(tree: ast.expr) -> str:
    """Return arithmetic as a formula, without the sign of equality.

    Examples
    --------
    >>> from hengdian_index._maths.arithmetic import parsed
    >>> from hengdian_index._present.workbook.formulas import formula
    >>> formula(parsed("-log(A1) ** 2 if A1 > 1 else min(A1, 0.5)"))
    'IF(A1>1,-(LN(A1)^2),MIN(A1,0.5))'
    """
    return _written(tree)[0]


def _written(tree: ast.expr) -> tuple[str, int]:
    """Return a formula, and how tight its outermost sign binds."""
    if isinstance(tree, ast.Constant):
        digits = repr(constant(tree)).upper()
        return (f"({digits})" if constant(tree) < 0 else digits), _ATOM
    if isinstance(tree, ast.Name):
        return tree.id, _ATOM
    if isinstance(tree, ast.UnaryOp):
        return f"-{_within(tree.operand, _ATOM)}", _SIGN
    if isinstance(tree, ast.BinOp):
        sign, tight = _SIGNS[type(tree.op)]
        left = _within(tree.left, _ATOM if tight == _POWER else tight)
        right = _within(tree.right, _ATOM if tight == _POWER else tight + (type(tree.op) is not ast.Add))
        return f"{left}{sign}{f'({right})' if right[0] == '-' else right}", tight
    if isinstance(tree, ast.IfExp):
        return f"IF({_compared(tree.test)},{formula(tree.body)},{formula(tree.orelse)})", _ATOM
    assert isinstance(tree, ast.Call)
    assert isinstance(tree.func, ast.Name)
    name = tree.func.id
    if name in _LISTED:
        tight = _SUM if name == "sum" else _PRODUCT
        return _LISTED[name].join(_within(one, tight) for one in tree.args), tight
    if name == "round_even":
        x, digits = map(formula, tree.args)
        return _ROUND_EVEN.format(x=x, digits=digits), _ATOM
    return f"{_FUNCTIONS[name]}({','.join(map(formula, tree.args))})", _ATOM


def _compared(test: ast.expr) -> str:
    assert isinstance(test, ast.Compare)
    return f"{_within(test.left, _SUM)}{_COMPARED[type(test.ops[0])]}{_within(test.comparators[0], _SUM)}"


def _within(tree: ast.expr, tight: int) -> str:
    found, own = _written(tree)
    return f"({found})" if own < tight else found
