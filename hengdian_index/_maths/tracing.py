"""Arithmetic read off a function of one array: it is called with a name in the place of the array."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hengdian_index._maths.arithmetic import number


def traced(function: Callable[[Any], Any], name: str) -> str | None:
    """Return the expression in a name that a function calculates, None where it is no arithmetic.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.tracing import traced
    >>> traced(lambda z: np.log(10 - 2 * z), "z"), traced(np.floor, "z")
    ('log(10 - 2 * z)', None)
    """
    try:
        found = function(_Traced(ast.Name(name)))
    except Exception:  # whatever a user's function does with what is no array
        return None
    return ast.unparse(found.tree) if isinstance(found, _Traced) else None


# The functions of NumPy, for checkers that do not know what they do with other things than arrays.
_NUMPY: Any = np


class _Traced:
    """A tree of arithmetic that calculates with operators and with the functions of NumPy, and is no number."""

    __slots__ = ("tree",)

    def __init__(self, tree: ast.expr) -> None:
        self.tree = tree

    def __array_ufunc__(self, ufunc: Any, method: str, *given: Any, **options: Any) -> Any:
        if method != "__call__" or options or ufunc not in _CALLED:
            return NotImplemented
        return _Traced(_CALLED[ufunc](*map(_tree, given)))

    def __bool__(self) -> bool:
        raise TypeError("no number")

    def __neg__(self) -> Any:
        return _NUMPY.negative(self)

    def __abs__(self) -> Any:
        return _NUMPY.absolute(self)

    def __add__(self, other: Any) -> Any:
        return _NUMPY.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return _NUMPY.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return _NUMPY.subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return _NUMPY.subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return _NUMPY.multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return _NUMPY.multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _NUMPY.true_divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _NUMPY.true_divide(other, self)

    def __pow__(self, other: Any) -> Any:
        return _NUMPY.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return _NUMPY.power(other, self)


def _tree(value: Any) -> ast.expr:
    if isinstance(value, _Traced):
        return value.tree
    if isinstance(value, (bool, np.bool_)) or np.ndim(value) or not math.isfinite(value):
        raise TypeError("no single number")
    return number(value.item() if isinstance(value, np.generic) else value)


def _operator(kind: type[ast.operator]) -> Callable[[ast.expr, ast.expr], ast.expr]:
    return lambda left, right: ast.BinOp(left, kind(), right)


def _function(name: str) -> Callable[..., ast.expr]:
    return lambda *parts: ast.Call(ast.Name(name), list(parts), [])


def _to(power: float) -> Callable[[ast.expr], ast.expr]:
    return lambda x: ast.BinOp(x, ast.Pow(), ast.Constant(power))


def _log_to(base: float) -> Callable[[ast.expr], ast.expr]:
    return lambda x: ast.BinOp(_function("log")(x), ast.Div(), _function("log")(ast.Constant(base)))


_CALLED: dict[Any, Callable[..., ast.expr]] = {
    np.add: _operator(ast.Add),
    np.subtract: _operator(ast.Sub),
    np.multiply: _operator(ast.Mult),
    np.true_divide: _operator(ast.Div),
    np.power: _operator(ast.Pow),
    np.float_power: _operator(ast.Pow),
    np.negative: lambda x: ast.UnaryOp(ast.USub(), x),
    np.absolute: _function("abs"),
    np.log: _function("log"),
    np.log2: _log_to(2),
    np.log10: _log_to(10),
    np.exp: _function("exp"),
    np.sqrt: _to(0.5),
    np.square: _to(2),
    np.reciprocal: lambda x: ast.BinOp(ast.Constant(1), ast.Div(), x),
    np.minimum: _function("min"),
    np.maximum: _function("max"),
}
