"""The rank-sum ratio: ten areas with their probits and line, a slow count, both forms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import hengdian_index as hi

TABLES = arrays(np.int64, st.tuples(st.integers(2, 6), st.integers(1, 4)), elements=st.integers(0, 5)).map(
    lambda x: x / 2.0
)


@pytest.fixture(scope="module")
def areas(published):
    x = pd.read_csv(published / "rsr" / "data.csv", index_col="area")
    direction = pd.read_csv(published / "rsr" / "direction.csv", index_col="code")["direction"]
    return x, direction, pd.read_csv(published / "rsr" / "expected_rsr.csv", index_col="area")


def test_ratios_probits_and_line_of_ten_areas(areas, published):
    x, direction, expected = areas
    found = hi.aggregate.rank_sum_ratio(x, direction=direction, details=True)
    np.testing.assert_allclose(found.scores, expected["rsr"], rtol=0, atol=5e-5)
    np.testing.assert_allclose(found.probit, expected["probit"], rtol=0, atol=5e-5)
    np.testing.assert_allclose(found.fitted, expected["fitted"], rtol=0, atol=5e-5)
    line = pd.read_csv(published / "rsr" / "expected_regression.csv", index_col="quantity")["value"]
    for quantity, value in line.items():
        assert getattr(found.line, quantity) == pytest.approx(value, abs=5e-5)


def test_grades_part_at_the_probits(areas):
    x, direction, _ = areas
    three = hi.aggregate.rank_sum_ratio(x, direction=direction, details=True).grades
    assert three.to_dict() == dict.fromkeys("HC", 3) | dict.fromkeys("FAEIGBD", 2) | {"J": 1}
    five = hi.aggregate.rank_sum_ratio(x, direction=direction, details=True, cuts=(3.2, 4.4, 5.6, 6.8)).grades
    assert five.to_dict() == {"H": 5} | dict.fromkeys("CF", 4) | dict.fromkeys("AEIG", 3) | dict.fromkeys("BDJ", 2)


def test_a_cost_is_ranked_the_other_way_round(areas):
    x, direction, expected = areas
    found = hi.aggregate.rank_sum_ratio(x * direction)
    np.testing.assert_allclose(found, expected["rsr"], rtol=0, atol=5e-5)


@settings(max_examples=40)
@given(data=st.data(), x=TABLES)
def test_ratios_equal_a_slow_count(data, x):
    n, k = x.shape
    w = data.draw(arrays(np.int64, k, elements=st.integers(1, 9)))
    expected = []
    for i in range(n):
        ranks = [sum(1.0 if a < x[i, j] else 0.5 if a == x[i, j] else 0.0 for a in x[:, j]) + 0.5 for j in range(k)]
        expected.append(sum(w[j] * ranks[j] for j in range(k)) / w.sum() / n)
    np.testing.assert_allclose(hi.aggregate.rank_sum_ratio(x, w), expected, rtol=1e-13)


def test_the_non_integer_form_stretches_values_over_1_to_n():
    x = np.array([[0.0, 10.0], [5.0, 30.0], [20.0, 20.0]])
    expected = [(1 + 1) / 2 / 3, (1.5 + 3) / 2 / 3, (3 + 2) / 2 / 3]
    np.testing.assert_allclose(hi.aggregate.rank_sum_ratio(x, form="non_integer"), expected, rtol=1e-14)
    with pytest.raises(hi.DataError, match=r"^column 1: constant over the rows compared"):
        hi.aggregate.rank_sum_ratio([[1.0, 2.0], [3.0, 2.0]], form="non_integer")


def test_a_column_with_a_gap_is_ranked_over_its_own_values():
    x = [[1.0, 1.0], [2.0, np.nan], [3.0, 2.0]]
    expected = [(1 / 3 + 1 / 2) / 2, 2 / 3, 1.0]
    np.testing.assert_allclose(hi.aggregate.rank_sum_ratio(x, coverage=0.5), expected, rtol=1e-14)


def test_equal_ratios_have_no_line():
    x = [[1.0, 2.0], [2.0, 1.0]]
    np.testing.assert_array_equal(hi.aggregate.rank_sum_ratio(x), [0.75, 0.75])
    with pytest.raises(hi.DataError, match="all ratios are equal, so there is no line"):
        hi.aggregate.rank_sum_ratio(x, details=True)


@pytest.mark.parametrize("cuts", [(6, 4), "three", (4, np.nan)])
def test_cuts_are_rising_numbers(cuts):
    with pytest.raises(hi.SpecError, match="rank_sum_ratio: cuts: rising numbers"):
        hi.aggregate.rank_sum_ratio([[1.0], [2.0]], cuts=cuts, details=True)
