"""Catastrophe progression: its formulas written out, a loop over rows, the order of importance, and a hierarchy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal

# What the texts print for one to five control variables, in the order of importance.
EXPONENTS = {1: [1 / 2], 2: [1 / 2, 1 / 3], 3: [1 / 2, 1 / 3, 1 / 4], 4: [1 / 2, 1 / 3, 1 / 4, 1 / 5]}
EXPONENTS[5] = [*EXPONENTS[4], 1 / 6]


def slow(row, order, rule):
    """Return the progression of what a row has by a loop; equal ranks share the mean of their exponents."""
    powers, there = [], [(rank, value) for rank, value in zip(order, row, strict=True) if value == value]
    for rank, value in there:
        shared = [1 / (place + 2) for place, (other, _) in enumerate(sorted(there)) if other == rank]
        powers.append(value ** (sum(shared) / len(shared)))
    return min(powers) if rule == "non_complementary" else sum(powers) / len(powers)


@pytest.mark.parametrize("k", EXPONENTS)
def test_the_formulas_of_the_elementary_catastrophes(k):
    x = np.linspace(0.1, 0.9, k)
    powers = x ** EXPONENTS[k]
    weights = np.arange(k, 0, -1.0)
    assert hi.aggregate.catastrophe([x], weights)[0] == pytest.approx(powers.mean(), rel=1e-15)
    assert hi.aggregate.catastrophe([x], weights, rule="non_complementary")[0] == pytest.approx(powers.min(), rel=1e-15)


@given(data=st.data(), rule=st.sampled_from(["complementary", "non_complementary"]))
def test_scores_are_those_of_a_loop(data, rule):
    k = data.draw(st.integers(1, 6))
    order = data.draw(st.lists(st.integers(1, k), min_size=k, max_size=k))
    value = st.floats(0, 1) | st.just(np.nan)
    rows = data.draw(st.lists(st.lists(value, min_size=k, max_size=k), min_size=1, max_size=5))
    rows = [row for row in rows if not np.isnan(row).all()] or [[0.5] * k]
    found = hi.aggregate.catastrophe(np.array(rows), order=order, rule=rule, coverage=0)
    np.testing.assert_allclose(found, [slow(row, order, rule) for row in rows], rtol=1e-13)
    weights = 1.0 / np.array(order)
    np.testing.assert_allclose(
        hi.aggregate.catastrophe(np.array(rows), weights, rule=rule, coverage=0), found, rtol=1e-13
    )


def test_the_order_of_importance_is_that_of_the_weights_or_said_by_name():
    row = pd.DataFrame({"a": [0.25], "b": [0.125]})
    assert hi.aggregate.catastrophe(row, {"a": 2, "b": 1})[0] == pytest.approx(0.5)
    by_name = hi.aggregate.catastrophe(row, order={"b": 2, "a": 1})
    assert by_name[0] == pytest.approx(0.5)
    with journal() as lines:
        shared = hi.aggregate.catastrophe(row)[0]
    assert shared == pytest.approx((0.25 ** (5 / 12) + 0.125 ** (5 / 12)) / 2)
    assert "parts of equal weight share their exponents" in lines[0].why
    # A part without weight takes no part.
    assert hi.aggregate.catastrophe(row, {"a": 0, "b": 1})[0] == pytest.approx(0.125**0.5)


def test_a_hierarchy_with_both_rules_and_its_steps():
    smallest = {"method": "catastrophe", "rule": "non_complementary"}
    groups = [
        hi.Group("safety", aggregate=smallest, weights={"fire": 2, "road": 1}),
        hi.Group("fire", "safety", aggregate={"method": "catastrophe", "order": {"a": 2, "b": 1}}),
        hi.Group("road", "safety", aggregate="catastrophe", weights={"c": 0.7, "d": 0.3}),
    ]
    indicators = [hi.Indicator(code, parent) for code, parent in zip("abcd", ["fire"] * 2 + ["road"] * 2, strict=True)]
    index = hi.Index(unit="town", normalise="none", groups=groups, indicators=indicators)
    index = hi.Index.from_toml(index.to_toml())
    table = {"town": ["X", "Y"], "a": [0.216, 0.9], "b": [0.49, 0.2], "c": [0.36, 0.5], "d": [0.064, 0.7]}
    result = index.compute(table)
    fire, road = (0.216 ** (1 / 3) + 0.49**0.5) / 2, (0.36**0.5 + 0.064 ** (1 / 3)) / 2
    assert result.scores.loc["X"].to_dict() == pytest.approx(
        {"safety": min(fire**0.5, road ** (1 / 3)), "fire": fire, "road": road}, rel=1e-12
    )
    assert "0.216 ** 0.3333333333" in str(result.explain("X", node="fire"))
    assert "min(" in str(result.explain("X", node="safety"))


def test_values_below_0_and_orders_that_do_not_fit_are_refused():
    with pytest.raises(DataError, match=r"column 1, row 0: -0.1: a root needs values of 0 or more"):
        hi.aggregate.catastrophe([[0.2, -0.1]])
    with pytest.raises(SpecError, match="order: one finite number, or one for each of 2 columns"):
        hi.aggregate.catastrophe([[0.2, 0.1]], order=[1, 2, 3])
