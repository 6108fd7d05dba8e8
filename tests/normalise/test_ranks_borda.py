"""Borda scores of each column: a slow count over all pairs, the sum, later rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import law, same

import hengdian_index as hi
from hengdian_index.normalise import borda, rank

MORE = law(60)
COLUMNS = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=12)
TIES = pytest.mark.parametrize(("ties", "half"), [("average", 0.5), ("min", 0.0)])


@TIES
@MORE
@given(column=COLUMNS)
def test_the_rows_beaten_are_counted_pair_by_pair(ties, half, column):
    slow = [
        sum(1.0 if one > other else half if one == other else 0.0 for j, other in enumerate(column) if j != i)
        for i, one in enumerate(column)
    ]
    same(borda(column, ties=ties), slow)
    same(borda(column, ties=ties), rank(column, ties=ties) - 1)


@MORE
@given(column=COLUMNS)
def test_with_ties_averaged_a_column_sums_to_the_number_of_pairs(column):
    n = len(column)
    assert borda(column).sum() == n * (n - 1) / 2
    same(borda(column) + borda(column, direction=-1), np.full(n, n - 1.0))


def test_missing_values_neither_beat_nor_are_beaten():
    table = pd.DataFrame({"a": [3.0, np.nan, 1, 2], "b": [5.0, 5, np.nan, 5]})
    same(borda(table), [[2, 1], [np.nan, 1], [0, np.nan], [1, 1]])


@TIES
def test_a_constant_column_ties_throughout(ties, half):
    same(borda([4.0, 4.0, 4.0], ties=ties), [2 * half] * 3)


def test_later_rows_take_their_place_among_the_fit_rows():
    fitted = borda.fit([10.0, 20.0, 20.0, 30.0])
    same(fitted([10.0, 20.0, 30.0]), [0, 1.5, 3])
    same(fitted([5.0, 15.0, 25.0, 99.0]), [0, 0.5, 2.5, 3])
    same(borda.fit([10.0, 20.0, 20.0, 30.0], ties="min")([5.0, 15.0, 20.0, 25.0, 99.0]), [0, 1, 1, 3, 3])


def test_a_target_beats_what_is_further_from_it():
    same(borda([2.0, 4.0, 5.0, 9.0], direction=hi.Target(5)), [1, 2, 3, 0])
    same(borda([2.0, 4.0, 5.0, 9.0], direction=hi.Between(4, 6)), [1, 2.5, 2.5, 0])


def test_a_column_without_values_is_refused_by_name():
    with pytest.raises(hi.DataError, match="'empty'"):
        borda(pd.DataFrame({"a": [1.0, 2], "empty": np.nan}))
