"""Arithmetic as a value: what it gives is what its text, its simplest form and its formula in a spreadsheet give."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengdian_index._maths.arithmetic import (
    Line,
    arithmetic_of,
    bound,
    calculable,
    evaluated,
    expanded,
    faults,
    first,
    joined,
    names,
    number,
    parsed,
    simplified,
)
from hengdian_index._maths.maps import Affine, Between, Clip, Distance, Mirror, Ranks
from hengdian_index._maths.notation import text

NUMBERS = {"a": 2.5, "b": -1.0, "c": 0.0, "d": 1.0}
KNOWN: dict[str, Any] = {"log": math.log, "exp": math.exp, "abs": abs, "min": min, "max": max, **NUMBERS}


def trees() -> st.SearchStrategy[str]:
    """Return expressions in a, b, c, d."""
    return st.recursive(
        st.sampled_from([*NUMBERS, "0", "1", "3"]),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
            inner.map(lambda x: f"(-{x})"),
            inner.map(lambda x: f"({x}) ** 2"),
            inner.map(lambda x: f"abs({x})"),
            st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda x: f"{x[0]}({x[1]}, {x[2]})"),
            st.tuples(inner, inner, inner).map(lambda x: f"({x[0]} if {x[1]} < a else {x[2]})"),
        ),
        max_leaves=8,
    )


def by_python(expression: str) -> float:
    try:
        return float(eval(expression, KNOWN))
    except ArithmeticError:
        return math.nan


@given(trees())
def test_its_value_is_that_of_python(expression: str) -> None:
    found = evaluated(parsed(expression), NUMBERS).item()
    if math.isfinite(found):
        assert found == pytest.approx(by_python(expression), rel=1e-12)
    else:
        assert math.isnan(found)


@given(trees())
def test_text_and_the_simplest_form_keep_the_value(expression: str) -> None:
    tree = bound(parsed(expression), NUMBERS)
    value = evaluated(tree, {}).item()
    for other in (parsed(text(tree)), parsed(text(simplified(tree)))):
        if math.isfinite(value):
            assert evaluated(other, {}).item() == pytest.approx(value, rel=1e-12)


@given(st.lists(st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)), min_size=1, max_size=5))
def test_a_listed_sum_is_the_sum(pairs: list[tuple[float, float]]) -> None:
    w, z = (np.array(part) for part in zip(*pairs, strict=True))
    parts = {"w": list(map(number, w)), "z": list(map(number, z))}
    for expression in ("sum(w * z)", "exp(sum(w * log(z)))", "prod(z ** w)", "1 / sum(w / z)", "max(z) - min(z)"):
        tree = parsed(expression)
        value = evaluated(tree, {"w": w, "z": z}).item()
        assert evaluated(expanded(tree, parts), {}).item() == pytest.approx(value, rel=1e-9, abs=1e-12)
        assert eval(text(expanded(tree, parts)), KNOWN) == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_what_is_not_finite_on_the_way_is_nothing() -> None:
    x = np.array([-1.0, 0.0, 1e3, 2.0])
    assert np.isnan(evaluated(parsed("1 / (1 + exp(x))"), {"x": x})).tolist() == [False, False, True, False]
    assert np.isnan(evaluated(parsed("log(x)"), {"x": x})).tolist() == [True, True, False, False]


def test_lines_stand_for_their_names() -> None:
    lines = [Line("mean", "sum(w * z)"), Line("gap", "mean - min(z)"), Line("", "mean - gap ** 2")]
    assert ast.unparse(joined(lines)) == "sum(w * z) - (sum(w * z) - min(z)) ** 2"
    assert names(parsed("log(b) + a * b")) == ["b", "a"]


def test_faults_name_what_is_wrong() -> None:
    assert faults([Line("m", "sum(w * z)"), Line("", "m + k")], ["w", "z", "k"]) == []
    assert faults([Line("", "m + 1"), Line("m", "z")], ["z"]) == ["no 'm' for 'm + 1'; allowed: z"]
    wrong = ["z.real", "z if z else 1", "sin(z)", "z // 2", "+z", "1 < z < 2", "min(z, key=z)", "z +"]
    assert [len(faults([Line("", one)], ["z"])) for one in wrong] == [1] * len(wrong)
    assert not calculable(parsed("rank(x)"))


ONE = np.ones(1)


@pytest.mark.parametrize(
    "one",
    [
        Affine(3 * ONE, 2 * ONE, 100 * ONE, 7 * ONE),
        Clip(0.5 * ONE, np.inf * ONE),
        Mirror(),
        Distance(Between(1, 2)),
        Distance(Between(1, 2, 0, 5)),
        Ranks(np.array([[1.0], [2.0], [2.0], [np.nan]])),
        Ranks(np.array([[1.0], [2.0], [2.0], [3.0]]), "dense"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("x", [-1.0, 0.3, 1.0, 2.0, 4.0, 9.0])
def test_the_arithmetic_of_a_map_gives_what_the_map_gives(one: Any, x: float) -> None:
    found = arithmetic_of(one, x)
    assert found is not None
    numbers = {name: first(value) for name, value in found.numbers.items()}
    assert evaluated(found.tree, {"x": x, **numbers}).item() == pytest.approx(one(np.array([[x]])).item(), rel=1e-12)
