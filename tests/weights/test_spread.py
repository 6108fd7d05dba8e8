"""Weights by spread: slow formulas and double loops, high levels, zeros, closed forms, laws, refusals and the log."""

import math
import statistics
from decimal import Decimal, getcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.laws import LAW, close, tables
from support.tables import positive

import hengdian_index as hi
from hengdian_index.log import journal
from hengdian_index.weights import deviation, entropy, variation

getcontext().prec = 50


def textbook_entropy(x):
    """Return 1 - e of each column by the textbook, 1 - (-sum p ln p / ln n), with 50 digits; then shares."""
    gains = []
    for column in np.asarray(x, dtype=float).T:
        values = [Decimal(float(v)) for v in column if not np.isnan(v)]
        total = sum(values)
        p = [v / total for v in values if v]
        gains.append(1 + sum(v * v.ln() for v in p) / Decimal(len(values)).ln())
    return [float(g / sum(gains)) for g in gains]


@LAW
@given(x=tables(sign=0, gaps=True))
def test_entropy_is_the_textbook_formula(x):
    assume((np.nanmax(x, axis=0) > 0).all() and (np.nanmax(x, axis=0) > np.nanmin(x, axis=0)).any())
    np.testing.assert_allclose(entropy(x), textbook_entropy(x), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("level", [0, 1e3, 1e5, 1e7, 1e9])
def test_entropy_keeps_12_digits_at_a_high_level(level):
    x = level + np.array([[1.0, 3.0, 10.0], [2.0, 1.0, 30.0], [3.0, 2.0, 50.0], [1.0, 1.0, 20.0]])
    np.testing.assert_allclose(entropy(x), textbook_entropy(x), rtol=1e-12)


def test_entropy_of_a_column_between_the_fast_and_the_exact_pass():
    n = 500
    noise = np.random.default_rng(0).random((n, 6))
    x = 1 + noise * np.array([1e-9, 1e-4, 1e-2, 0.05, 0.2, 1.0])
    np.testing.assert_allclose(entropy(x), textbook_entropy(x), rtol=1e-12)


def test_a_zero_counts_as_a_row_and_adds_nothing():
    x = np.array([[0.0, 1.0], [2.0, 2.0], [2.0, 3.0]])
    one_minus_e = 1 - math.log(2) / math.log(3)
    other = 1 + sum(p * math.log(p) for p in (1 / 6, 1 / 3, 1 / 2)) / math.log(3)
    close(entropy(x), np.array([one_minus_e, other]) / (one_minus_e + other))


@pytest.mark.parametrize("shift", [1e-4, 0.01, 1.0])
def test_the_shift_is_added_to_every_column(shift):
    x = np.array([[0.0, 1.0], [2.0, 2.0], [2.0, 7.0]])
    close(entropy(x, zeros="shift", shift=shift), textbook_entropy(x + shift))


def test_spssau_moves_only_the_columns_that_hold_a_value_of_zero_or_less():
    x = np.array([[0.0, 1.0, -3.0], [2.0, 2.0, 4.0], [2.0, 7.0, 1.0]])
    close(entropy(x, zeros="spssau"), textbook_entropy(x + np.array([0.01, 0, 3.01])))


@LAW
@given(x=tables(sign=1, gaps=True))
def test_variation_is_the_deviation_over_the_mean(x):
    columns = [[v for v in column if not np.isnan(v)] for column in x.T.tolist()]
    ratios = [statistics.stdev(c) / statistics.fmean(c) for c in columns]
    assume(sum(ratios) > 0)
    close(variation(x), np.array(ratios) / sum(ratios))


@LAW
@given(x=tables(gaps=True), ddof=st.sampled_from([0, 1]))
def test_deviation_is_the_standard_deviation(x, ddof):
    columns = [[v for v in column if not np.isnan(v)] for column in x.T.tolist()]
    deviations = [(statistics.stdev if ddof else statistics.pstdev)(c) for c in columns]
    assume(sum(deviations) > 0)
    close(deviation(x, ddof=ddof), np.array(deviations) / sum(deviations))


def test_ddof_matters_only_where_columns_have_different_numbers_of_values():
    x = np.array([[1.0, 2.0], [2.0, 7.0], [4.0, 3.0]])
    close(deviation(x, ddof=0), deviation(x, ddof=1))
    x[2, 1] = np.nan
    assert abs(deviation(x, ddof=0) - deviation(x, ddof=1)).max() > 0.01


@pytest.mark.parametrize("method", [entropy, variation, deviation])
@pytest.mark.parametrize("value", [0.1, 1e7 + 0.1, 1e300])
def test_a_constant_column_gets_weight_zero_and_a_line_in_the_log(method, value):
    table = pd.DataFrame({"a": [1.0, 2.0, 4.0], "flat": value, "b": [3.0, 2.0, 9.0]})
    with journal() as lines:
        w = method(table)
    assert w["flat"] == 0
    close(w[["a", "b"]], method(table[["a", "b"]]))
    assert [(line.step, line.indicator) for line in lines if "constant" in line.why] == [("weights", "flat")]


@pytest.mark.parametrize("method", [entropy, variation, deviation])
def test_columns_that_are_all_constant_are_refused_each_by_name(method):
    with pytest.raises(hi.DataError) as refusal:
        method(pd.DataFrame({"a": [0.1] * 7, "b": [5.0] * 7}))
    assert len(refusal.value.faults) == 2
    for name, fault in zip(("a", "b"), refusal.value.faults, strict=True):
        assert str(fault).startswith(f"indicator '{name}': {method.method.name} weights are undefined")


@pytest.mark.parametrize("method", [entropy, variation, deviation])
def test_too_few_values_are_refused_by_name(method):
    with pytest.raises(hi.DataError, match=r"only 1 value in the rows to learn from; at least 2 are needed"):
        method([[1.0, 2.0]])
    with pytest.raises(hi.DataError, match=r"indicator 'b': no value in the rows to learn from"):
        method(pd.DataFrame({"a": [1.0, 2.0], "b": [np.nan, np.nan]}))


@pytest.mark.parametrize("zeros", ["exact", "shift"])
def test_entropy_refuses_negative_values_with_their_cells(zeros):
    table = pd.DataFrame({"a": [1.0, -5.0, 2.0], "b": [-1.0, 2.0, 3.0]}, index=["p", "q", "r"])
    with pytest.raises(hi.DataError) as refusal:
        entropy(table, zeros=zeros)
    why = "a share of a total cannot be negative; normalise first, or zeros='spssau'"
    assert [str(f) for f in refusal.value.faults] == [
        f"column 'b', row 'p': -1: {why}",
        f"column 'a', row 'q': -5: {why}",
    ]


def test_entropy_refuses_a_column_of_zeros():
    with pytest.raises(hi.DataError, match=r"indicator 'b': all values are 0, so shares of the total do not exist"):
        entropy(pd.DataFrame({"a": [1.0, 2.0], "b": [0.0, 0.0]}))


def test_variation_refuses_a_mean_of_zero_or_less():
    with pytest.raises(hi.DataError) as refusal:
        variation(pd.DataFrame({"a": [-1.0, 1.0], "b": [-1.0, -2.0], "c": [1.0, 2.0]}))
    assert [str(f).split(":")[0] for f in refusal.value.faults] == ["indicator 'a'", "indicator 'b'"]
    assert "mean not above 0" in str(refusal.value)


@pytest.mark.parametrize(("factor", "lines"), [(900, 0), (1100, 1)])
def test_deviations_of_very_different_size_get_a_line_in_the_log(factor, lines):
    with journal() as log:
        deviation([[1.0, factor], [2.0, 2.0 * factor]])
    assert sum("differ by a factor above 1000" in line.why for line in log) == lines


def test_what_x_is_decides_the_entropy_weights():
    x = np.array([[3.0, 100.0], [2.5, 80.0], [1.8, 50.0], [2.2, 70.0]])
    raw, scaled = entropy(x), entropy(hi.normalise.min_max(x))
    assert abs(raw - scaled).max() > 0.05


def test_options_that_say_nothing_are_refused():
    x = np.eye(3)
    with pytest.raises(hi.SpecError, match=r"entropy: shift = 5 belongs to zeros='shift', not to zeros='exact'"):
        entropy(x, shift=5)
    with pytest.raises(hi.SpecError, match="shift: a number of 0 or more, not -1"):
        entropy(x, zeros="shift", shift=-1)
    close(entropy(x, zeros="shift"), entropy(x, zeros="shift", shift=1e-4))
    with pytest.raises(hi.SpecError, match="deviation: ddof: 0 or more, not -5"):
        deviation(x, ddof=-5)


def test_values_are_counted_in_the_plural():
    with pytest.raises(hi.DataError, match="only 2 values in the rows to learn from; at least 3 are needed"):
        deviation(np.eye(2), ddof=2)


def test_deviations_too_large_for_a_number_still_have_their_proportions():
    x = np.array([[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [0.0, 1e308]])
    close(deviation(x), deviation(x / 1e300))
    close(deviation(x[:2]), [0.5, 0.5])


def test_the_shift_may_be_nothing_but_not_less():
    x = [[1.0, 4.0], [2.0, 5.0], [7.0, 6.0]]
    assert entropy(x, zeros="shift", shift=0).tolist() == entropy(x).tolist()
    with pytest.raises(hi.SpecError, match="a number of 0 or more, not -1e-09"):
        entropy(x, zeros="shift", shift=-1e-9)


@pytest.mark.parametrize(("factor", "told"), [(1000, 0), (1024, 1)])
def test_columns_in_other_units_are_told_above_a_factor_of_a_thousand(factor, told):
    x = np.array([0.0, 1.0, 2.0])
    with journal() as entries:
        deviation(np.column_stack([x, factor * x]))
    assert sum("factor above 1000" in entry.why for entry in entries) == told


EVERY = pytest.mark.parametrize("method", [hi.weights.gini, hi.weights.max_deviation, hi.weights.angle])


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
    x = positive(seed, k)
    np.testing.assert_allclose(hi.weights.gini(x), weighed([gini(column) for column in x.T]), rtol=1e-12)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 5))
def test_max_deviation_by_the_double_loop(seed, k):
    x = positive(seed, k) - 1
    np.testing.assert_allclose(hi.weights.max_deviation(x), weighed([pairs(column)[0] for column in x.T]), rtol=1e-12)


def test_gini_by_the_sorted_formula():
    x = np.sort(positive(3), axis=0)
    n = len(x)
    i = np.arange(1, n + 1)[:, np.newaxis]
    np.testing.assert_allclose(
        hi.weights.gini(x), weighed(((2 * i - n - 1) * x).sum(axis=0) / (n * x.sum(axis=0))), rtol=1e-12
    )


def test_max_deviation_is_gini_times_the_mean():
    x = positive(4)
    np.testing.assert_allclose(hi.weights.max_deviation(x), weighed(hi.weights.gini(x) * x.mean(axis=0)), rtol=1e-12)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 5))
def test_angle_by_the_arc_cosine(seed, k):
    x = positive(seed, k)
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
    x = positive(5, 2)
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
    x = positive(6, 2)
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
    x = positive(7)
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
    x = positive(8)
    for unit in (1e-12, 1e12):
        np.testing.assert_allclose(method(x * [1.0, unit, 1.0]), method(x), rtol=1e-12)


@pytest.mark.parametrize(("x", "told"), [([-1.0, 1.0], True), ([-3.0, 1.0], True), ([1.0, 3.0], False)])
def test_an_angle_about_a_mean_not_above_zero_is_told(x, told):
    with journal() as entries:
        hi.weights.angle(np.column_stack([x, [1.0, 2.0]]))
    assert any("mean not above 0" in entry.why for entry in entries) is told


def test_one_value_far_below_the_others_does_not_overflow():
    """Two columns of one pattern, the second half of the first: differences beyond the square root of all numbers."""
    column = np.array([-1e200, 1e-200, 2e-200])
    found = hi.weights.max_deviation(np.column_stack([column, column / 2]))
    np.testing.assert_allclose(found, [2 / 3, 1 / 3], rtol=1e-12)
