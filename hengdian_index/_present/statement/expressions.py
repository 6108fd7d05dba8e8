"""Fitted maps as arithmetic: as a whole in x, or step by step at a value."""

from __future__ import annotations

import ast

import numpy as np

from hengdian_index._maths.arithmetic import Arithmetic, arithmetic_of, bound, filled, number, parsed, simplified
from hengdian_index._maths.maps import Chain, Map
from hengdian_index._maths.notation import Say, short, text


def simple_maps(one: Map) -> list[Map]:
    """Return the maps that follow each other in one, those that leave every value as it is left out."""
    parts = [part for inner in one.maps for part in simple_maps(inner)] if isinstance(one, Chain) else [one]
    return [part for part in parts if ast.unparse(_of(part, arithmetic_of(part))) != "x"]


def declared(one: Map) -> bool:
    """Return whether a map, and each of those it is made of, declares its arithmetic."""
    return all(arithmetic_of(part) is not None for part in simple_maps(one))


def tree_of(one: Map) -> ast.expr:
    """Return a map of one column as arithmetic in x; a map that declares none is a function of its own name."""
    tree = parsed("x")
    for part in simple_maps(one):
        tree = filled(_of(part, arithmetic_of(part)), {"x": tree})
    return tree


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
    return text(tree_of(one), say)


def at_value(one: Map, x: float) -> str:
    """Return a simple map of one column at a value as arithmetic in numbers, nothing for one that declares none."""
    found = arithmetic_of(one, x)
    return "" if found is None or np.isnan(x) else text(filled(_of(one, found), {"x": number(x)}))


def _of(one: Map, found: Arithmetic | None) -> ast.expr:
    if found is None:
        name = getattr(getattr(one, "function", one), "__name__", type(one).__name__)
        return ast.Call(ast.Name(name), [ast.Name("x")], [])
    return simplified(bound(found.tree, found.numbers))
