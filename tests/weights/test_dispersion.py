"""Gini, maximising-deviation and angle weights: double loops, closed forms, laws, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index.log import journal

EVERY = pytest.mark.parametrize("method", [hi.weights.gini, hi.weights.max_deviation, hi.weights.angle])


def table(seed, k=3, n=12):
    return np.random.default_rng(seed).gamma(1.0, size=(n, k))


def pairs(column):
    """Sum of |x_i - x_l| over all pairs of values that are there, by a double loop."""
    values = [v for v in column if not np.isnan(v)]
    return sum(abs(a - b) for a in values for b in values), len(values)


def gini(column):
    total, n = pairs(column)
    return total / (2 * n**2 * np.nanmean(column))


def mean_difference(column):
    total, n = pairs(column)
    return total / n**2


def angle(column):
    there = column[~np.isnan(column)]
    return np.arccos(there.sum() / np.sqrt(len(there) * (there**2).sum()))


def weighed(numbers):
    return np.array(numbers) / sum(numbers)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 5))
def test_gini_by_the_double_loop(seed, k):
    x = table(seed, k)
    np.testing.assert_allclose(hi.weights.gini(x), weighed([gini(column) for column in x.T]), rtol=1e-12)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 5))
def test_max_deviation_by_the_double_loop(seed, k):
    x = table(seed, k) - 1
    np.testing.assert_allclose(hi.weights.max_deviation(x), weighed([pairs(column)[0] for column in x.T]), rtol=1e-12)


def test_gini_by_the_sorted_formula():
    x = np.sort(table(3), axis=0)
    n = len(x)
    i = np.arange(1, n + 1)[:, np.newaxis]
    np.testing.assert_allclose(
        hi.weights.gini(x), weighed(((2 * i - n - 1) * x).sum(axis=0) / (n * x.sum(axis=0))), rtol=1e-12
    )


def test_max_deviation_is_gini_times_the_mean():
    x = table(4)
    np.testing.assert_allclose(hi.weights.max_deviation(x), weighed(hi.weights.gini(x) * x.mean(axis=0)), rtol=1e-12)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 5))
def test_angle_by_the_arc_cosine(seed, k):
    x = table(seed, k)
    np.testing.assert_allclose(hi.weights.angle(x), weighed([angle(column) for column in x.T]), rtol=1e-9)


def test_angles_of_columns_that_hardly_vary_keep_their_digits():
    steps = np.array([1.0, 2.0, 3.0])
    x = np.column_stack([1e7 + steps, 1e6 + steps])
    wanted = np.arctan(np.sqrt(2 / 3) / np.array([1e7 + 2, 1e6 + 2]))
    np.testing.assert_allclose(hi.weights.angle(x), weighed(wanted), rtol=1e-12)


def test_gini_of_columns_that_hardly_vary_keeps_its_digits():
    steps = np.array([1.0, 2.0, 4.0])
    x = np.column_stack([1e7 + steps, 1e6 + steps])
    np.testing.assert_allclose(hi.weights.gini(x), weighed(1 / x.mean(axis=0)), rtol=1e-12)


def test_an_angle_of_a_mean_below_0_is_said_to_be_wide():
    x = pd.DataFrame({"a": [1.0, 2.0, 6.0], "z": [-3.0, 1.0, -1.0]})
    with journal() as lines:
        w = hi.weights.angle(x)
    assert [("'z'" in line.why) for line in lines] == [True]
    np.testing.assert_allclose(w, weighed([angle(x.a), angle(x.z)]), rtol=1e-9)


@EVERY
def test_a_gap_counts_as_no_row_of_its_column(method):
    x = table(5, k=2)
    gaps = x.copy()
    gaps[4, 1] = gaps[0, 1] = np.nan
    measure = {"gini": gini, "max_deviation": mean_difference, "angle": angle}[method.method.name]
    np.testing.assert_allclose(method(gaps), weighed([measure(column) for column in gaps.T]), rtol=1e-9)


@EVERY
@pytest.mark.parametrize("level", [0.1 + 0.2, 1e7, -3.0])
def test_a_constant_column_weighs_0_and_is_logged(method, level):
    if method is hi.weights.gini and level < 0:
        return
    x = pd.DataFrame({"a": [1.0, 2.0, 4.0], "flat": level, "b": [3.0, 3.0, 4.0]})
    with journal() as lines:
        w = method(x)
    assert [line.indicator for line in lines] == ["flat"]
    assert w["flat"] == 0
    pd.testing.assert_series_equal(w[["a", "b"]], method(x[["a", "b"]]))


def test_deviations_in_different_units_are_logged():
    x = table(6, k=2)
    with journal() as lines:
        hi.weights.max_deviation(x * [1.0, 1e6])
    assert ["in one unit" in line.why for line in lines] == [True]
    with journal() as lines:
        hi.weights.max_deviation(x)
    assert lines == []


def test_gini_refuses_negative_values_and_empty_totals():
    with pytest.raises(hi.DataError, match=r"column 'b', row 1: -1.*negative"):
        hi.weights.gini(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, -1.0]}))
    with pytest.raises(hi.DataError, match="'b': all values are 0"):
        hi.weights.gini(pd.DataFrame({"a": [1.0, 2.0], "b": [0.0, 0.0]}))


def test_angle_refuses_a_column_of_zeros():
    with pytest.raises(hi.DataError, match="'b': all values are 0"):
        hi.weights.angle(pd.DataFrame({"a": [1.0, 2.0], "b": [0.0, 0.0]}))


@EVERY
def test_fault_1_all_columns_constant(method):
    with pytest.raises(hi.DataError, match="constant") as refusal:
        method(pd.DataFrame({"a": [1.0, 1.0, 1.0], "b": [0.3, 0.3, 0.3]}))
    assert [str(fault).split("'")[1] for fault in refusal.value.faults] == ["a", "b"]


@EVERY
def test_fault_5_infinity_is_refused_with_its_cell(method):
    with pytest.raises(hi.DataError, match=r"column 'b', row 'y'.*infinity"):
        method(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, np.inf]}, index=["x", "y"]))


@pytest.mark.parametrize("method", [hi.weights.gini, hi.weights.angle])
def test_fault_6_sizes_near_the_largest_and_smallest_number(method):
    x = table(7)
    x /= x.max()
    np.testing.assert_allclose(method(x * [1.7e308, 1.0, 1e-300]), method(x), rtol=1e-9)


def test_fault_6_deviations_that_add_up_beyond_the_largest_number():
    x = np.array([[-1.7e308, -1.7e308, -1.7e308, 0.0], [1.7e308, 1.7e308, 1.7e308, 1.0]])
    np.testing.assert_allclose(hi.weights.max_deviation(x), [1 / 3, 1 / 3, 1 / 3, 0.0], atol=1e-12)


@EVERY
def test_fault_7_one_row(method):
    with pytest.raises(hi.DataError, match="at least 2"):
        method([[1.0, 2.0]])


@pytest.mark.parametrize("method", [hi.weights.gini, hi.weights.angle])
def test_fault_8_the_unit_of_measure_does_not_matter(method):
    x = table(8)
    for unit in (1e-12, 1e12):
        np.testing.assert_allclose(method(x * [1.0, unit, 1.0]), method(x), rtol=1e-12)


@pytest.mark.parametrize(("x", "told"), [([-1.0, 1.0], True), ([-3.0, 1.0], True), ([1.0, 3.0], False)])
def test_an_angle_about_a_mean_not_above_zero_is_told(x, told):
    with journal() as entries:
        hi.weights.angle(np.column_stack([x, [1.0, 2.0]]))
    assert any("mean not above 0" in entry.why for entry in entries) is told
