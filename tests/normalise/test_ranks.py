"""Ranks and percentile ranks: every rule for ties, later rows, constant columns, directions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata
from support.laws import LAW, close, same, tables

import hengdian_index as hi
from hengdian_index.normalise import percentile_rank, rank

TIES = ["average", "min", "max", "dense"]
X = np.array([7.0, 9.0, np.nan, 9.0, 5.0, 9.0])


@pytest.mark.parametrize(
    ("ties", "wanted"),
    [("average", [2, 4, 4, 1, 4]), ("min", [2, 3, 3, 1, 3]), ("max", [2, 5, 5, 1, 5]), ("dense", [2, 3, 3, 1, 3])],
)
def test_ranks_by_every_rule_for_ties(ties, wanted):
    same(rank(X, ties=ties), np.insert(np.array(wanted, dtype=float), 2, np.nan))


@pytest.mark.parametrize("ties", TIES)
@LAW
@given(x=tables(gaps=True), direction=st.sampled_from([1, -1]))
def test_ranks_are_those_of_scipy(ties, x, direction):
    same(rank(x, ties=ties, direction=direction), rankdata(direction * x, method=ties, axis=0, nan_policy="omit"))


@LAW
@given(x=tables())
def test_average_ties_keep_the_sum_of_ranks(x):
    n = len(x)
    close(rank(x).sum(axis=0), np.full(x.shape[1], n * (n + 1) / 2))


@LAW
@given(x=tables())
def test_ranks_see_only_the_order(x):
    same(rank(np.exp(x / 50)), rank(x))


@LAW
@given(x=tables(gaps=True))
def test_percentile_ranks_are_shares_of_the_smaller_rank(x):
    n, smaller = (~np.isnan(x)).sum(axis=0), rank(x, ties="min")
    close(percentile_rank(x), 100 * smaller / n)
    close(percentile_rank(x, form="unit"), (smaller - 1) / (n - 1))


@pytest.mark.parametrize(
    ("value", "below", "equal"), [(1, 0, 0), (5, 0, 1), (6, 1, 0), (7, 1, 1), (9, 2, 3), (10, 5, 0)]
)
def test_a_later_row_takes_the_rank_it_would_have_had(value, below, equal):
    wanted = {"average": below + (equal + 1) / 2, "min": below + 1, "max": below + max(equal, 1)}
    for ties, place in wanted.items():
        assert rank.fit(X, ties=ties)([float(value)])[0] == min(place, 5)
    assert percentile_rank.fit(X)([float(value)])[0] == 100 * min(below + 1, 5) / 5


@pytest.mark.parametrize("new", [-1e9, 0.0, 7.0, 9.0, 1e9])
@pytest.mark.parametrize("form", ["share", "unit"])
def test_later_rows_stay_within_the_scale(form, new):
    scores = percentile_rank.fit([7.0, 9.0, 9.0, 9.0], form=form)([new])
    assert 0 <= scores[0] <= (100 if form == "share" else 1)


def test_the_best_interval_and_the_target_rank_highest():
    x = np.array([1.0, 4.0, 6.0, 9.0])
    same(rank(x, direction=hi.Target(4)), [2, 4, 3, 1])
    same(rank(x, direction=hi.Between(4, 6)), [1.5, 3.5, 3.5, 1.5])


def test_a_constant_column_ties_throughout():
    same(rank([3.0, 3.0, 3.0]), [2, 2, 2])
    close(percentile_rank([3.0, 3.0, 3.0]), [100 / 3] * 3)


def test_a_column_without_values_is_refused_and_a_single_row_where_it_has_no_scale():
    with pytest.raises(hi.DataError, match=r"column 1: no value in the rows to learn from"):
        rank([[1.0, np.nan], [2.0, np.nan]])
    same(rank([4.0]), [1])
    with pytest.raises(hi.DataError, match="at least 2 are needed"):
        percentile_rank([4.0], form="unit")


@pytest.mark.parametrize("form", ["share", "unit"])
@pytest.mark.parametrize("ties", ["min", "max", "average"])
def test_percentile_ranks_take_the_rank_of_ties_that_is_asked_for(form, ties):
    x = np.array([3.0, 1.0, 3.0, 7.0, 3.0, 1.0])
    rank = rankdata(x, method=ties)
    expected = 100 * rank / 6 if form == "share" else (rank - 1) / 5
    np.testing.assert_allclose(hi.normalise.percentile_rank(x, form=form, ties=ties), expected, rtol=1e-14)
