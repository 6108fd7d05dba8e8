"""Equal and given weights."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, close

import hengdian_index as hi
from hengdian_index.log import journal
from hengdian_index.weights import equal, fixed


@pytest.mark.parametrize("k", [1, 3, 7])
def test_equal_weights_are_one_over_k_whatever_the_data(k):
    close(equal(np.zeros((2, k))), np.full(k, 1 / k))
    assert equal(np.zeros((5, 2, k))).shape == (5, k)


@LAW
@given(values=st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any))
def test_fixed_weights_are_the_values_over_their_sum(values):
    close(fixed(values), [v / sum(values) for v in values])
    close(fixed(tuple(values)), fixed(np.array(values)))


def test_names_are_kept():
    for values in ({"gross output": 1, "指标": 3}, pd.Series({"gross output": 1, "指标": 3})):
        pd.testing.assert_series_equal(fixed(values), pd.Series({"gross output": 0.25, "指标": 0.75}, name="weight"))


def test_the_judgement_may_be_given_by_name():
    close(fixed(values=[1, 3]), [0.25, 0.75])


@pytest.mark.parametrize(("values", "lines"), [([0.25, 0.75], 0), ([1 / 3, 1 / 3, 1 / 3], 0), ([1, 3], 1)])
def test_a_sum_other_than_one_is_rescaled_with_a_line_in_the_log(values, lines):
    with journal() as log:
        fixed(values)
    assert len(log) == lines
    assert all("summing to 4 rescaled to 1" in line.why for line in log)


@pytest.mark.parametrize(
    "values",
    [
        [-1, 2, 3],
        [float("nan"), 1, 1],
        [float("inf"), 1],
        [0, 0, 0],
        ["a", 1],
        [None, 1],
        [],
        {},
        {"a": -1, "b": 2},
        [[1, 2], [3]],
    ],
)
def test_negative_missing_and_all_zero_weights_are_refused(values):
    with pytest.raises(hi.SpecError):
        fixed(values)


def test_the_refusal_says_what_was_given():
    with pytest.raises(hi.SpecError, match=r"each must be a number of 0 or more, not \[-1.0, 2.0, 3.0\]"):
        fixed([-1, 2, 3])
    with pytest.raises(hi.SpecError, match=r"all are 0; give at least one a positive weight"):
        fixed([0, 0, 0])


def test_a_misspelt_option_is_refused():
    with pytest.raises(hi.SpecError, match="unknown option 'scale'"):
        fixed([1, 2], scale=1)


@pytest.mark.parametrize("values", [None, 3, {1, 2}, frozenset({1}), "ab", np.array(3.0)])
def test_what_has_neither_names_nor_an_order_is_refused(values):
    with pytest.raises(hi.SpecError, match="fixed: weights by name in a mapping or Series, or in order in a list, not"):
        fixed(values)
