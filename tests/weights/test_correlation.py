"""CRITIC and independence: numpy.corrcoef, scipy, least squares; directions, gaps, constant and identical columns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from support.laws import LAW, attempt, close, tables
from support.tables import correlated

import hengdian_index as hi
from hengdian_index.log import journal
from hengdian_index.weights import critic
from hengdian_index.weights._correlations import multiple_correlation


def slow(x, r, form=lambda r: 1 - r):
    """Return the weights by the textbook: min-max, deviations, 1 minus correlations."""
    z = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    c = [z[:, j].std(ddof=1) * sum(form(r[j, other]) for other in range(len(r))) for j in range(len(r))]
    return np.array(c) / sum(c)


def check_correlation(x):
    """Return the correlations, or give up tables on which all columns say the same."""
    assume((x.max(axis=0) > x.min(axis=0)).all())
    r = np.corrcoef(x, rowvar=False)
    assume((1 - r).max() > 1e-6)
    return r


@LAW
@given(x=tables(unique=True))
def test_critic_is_contrast_times_conflict(x):
    r = check_correlation(x)
    close(critic(x), slow(x, r), 1e-10)
    if (1 - abs(r)).max() > 1e-6:
        close(critic(x, correlation="absolute"), slow(x, r, lambda r: 1 - abs(r)), 1e-10)


@LAW
@given(x=tables(columns=(3, 4)))
def test_critic_with_rank_correlations(x):
    check_correlation(x)
    r = spearmanr(x).statistic
    assume((1 - r).max() > 1e-6)
    close(critic(x, correlation="spearman"), slow(x, r), 1e-10)


@LAW
@given(x=tables(unique=True), data=st.data())
def test_an_affine_change_of_a_column_changes_nothing(x, data):
    check_correlation(x)
    factors = np.array([data.draw(st.sampled_from([0.25, 3.0, 1e6])) for _ in range(x.shape[1])])
    w = critic(x)
    close(critic(x * factors + 7), w, 1e-9)
    close(critic(hi.normalise.min_max(x)), w, 1e-9)
    close(critic(hi.normalise.z_score(x)), w, 1e-9)


@LAW
@given(x=tables(columns=(3, 3), unique=True))
def test_a_direction_turns_the_sign_of_a_column(x):
    check_correlation(x)
    check_correlation(x * [1, -1, 1])
    wanted = critic(x * [1, -1, 1])
    close(critic(x, direction=[1, -1, 1]), wanted)
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    close(critic(frame, direction={"a": 1, "b": -1, "c": 1}), wanted)
    close(critic(frame, direction={"b": -1}), wanted)
    close(critic(frame, direction=-1), critic(frame))


@LAW
@given(x=tables(rows=(8, 10), unique=True, gaps=True))
def test_rows_with_a_gap_are_left_out_altogether(x):
    whole = x[~np.isnan(x).any(axis=1)]
    check_correlation(whole)
    close(critic(x), critic(whole))
    by_rank = attempt(critic, whole, correlation="spearman")
    close(critic(x, correlation="spearman"), by_rank)


def test_one_column_weighs_all_and_two_weigh_by_contrast():
    assert critic([[1.0], [2.0]]) == [1]
    x = np.array([[0.0, 0.0], [1.0, 0.1], [0.0, 1.0]])
    close(critic(x), hi.weights.deviation(x))


@pytest.mark.parametrize("correlation", ["pearson", "absolute", "spearman"])
def test_a_constant_column_is_refused_by_name_or_left_out(correlation):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.random((6, 3)), columns=list("abc")).assign(flat=0.1, level=5.0)
    with pytest.raises(hi.DataError) as refusal:
        critic(table, correlation=correlation)
    assert [str(f).split(":")[0] for f in refusal.value.faults] == ["indicator 'flat'", "indicator 'level'"]
    with journal() as lines:
        w = critic(table, correlation=correlation, constant="zero")
    assert w["flat"] == w["level"] == 0
    close(w[list("abc")], critic(table[list("abc")], correlation=correlation))
    assert [line.indicator for line in lines] == ["flat", "level"]


@pytest.mark.parametrize("correlation", ["pearson", "absolute", "spearman"])
def test_columns_that_all_say_the_same_are_refused(correlation):
    x = np.array([[1.0, 10.0, 0.3], [2.0, 20.0, 0.6], [4.0, 40.0, 1.2]])
    with pytest.raises(hi.DataError, match=r"all columns say the same \(correlation 1\)"):
        critic(x, correlation=correlation)


def test_opposite_columns_conflict_unless_the_sign_does_not_count():
    x = np.array([[1.0, -1.0], [2.0, -2.0], [4.0, -4.0]])
    close(critic(x), [0.5, 0.5])
    with pytest.raises(hi.DataError, match="all columns say the same"):
        critic(x, correlation="absolute")


def test_too_few_complete_rows_are_refused():
    with pytest.raises(hi.DataError, match="at least 2 are needed"):
        critic([[1.0, 2.0], [np.nan, 3.0]])
    with pytest.raises(hi.DataError, match="no value in the rows"):
        critic([[1.0, np.nan], [np.nan, 3.0]])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"correlation": "kendall"}, "correlation: no 'kendall'"),
        ({"constant": "drop"}, "constant: no 'drop'"),
        ({"direction": [1, -1, 1]}, "direction: one finite number, or one for each of 2 columns"),
        ({"direction": {"z": -1}}, "direction: no column 'z'"),
        ({"direction": 0}, "direction"),
        ({"direction": 2}, "direction"),
        ({"direction": hi.Target(3)}, "direction"),
    ],
)
def test_wrong_choices_are_refused(options, why):
    with pytest.raises(hi.SpecError) as refusal:
        critic(pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0]}), **options)
    assert why in str(refusal.value)


def test_critic_of_deviations_too_large_for_a_number():
    x = np.array([[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [0.0, 1e308]])
    for some in (x, 1.7e308 * np.array([[1, 1], [1, -1], [0.5, 1], [-1, -1]])):
        np.testing.assert_allclose(hi.weights.critic(some), hi.weights.critic(some / 1e300), rtol=1e-12)


def least_squares(x):
    """Multiple correlation of each column with the others: fit it, and compare the sums of squares."""
    r = []
    for j in range(x.shape[1]):
        others = np.column_stack([np.ones(len(x)), np.delete(x, j, axis=1)])
        fit = others @ np.linalg.lstsq(others, x[:, j], rcond=None)[0]
        r.append(np.sqrt(((fit - x[:, j].mean()) ** 2).sum() / ((x[:, j] - x[:, j].mean()) ** 2).sum()))
    return np.array(r)


def inverted(r):
    return (1 / r) / (1 / r).sum()


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), k=st.integers(2, 8))
def test_independence_by_least_squares(seed, k):
    x = correlated(seed, k, 25, common=(0, 1))
    np.testing.assert_allclose(hi.weights.independence(x), inverted(least_squares(x)), rtol=1e-9)


def test_columns_that_depend_on_each_other_have_multiple_correlation_1():
    x = correlated(3, 4, 25, common=(0, 1))
    x = np.column_stack([x, x[:, 0] + x[:, 2]])
    r = least_squares(x)
    np.testing.assert_allclose(r[[0, 2, 4]], 1, atol=1e-12)
    np.testing.assert_allclose(hi.weights.independence(x), inverted(r), rtol=1e-9)


def test_a_stack_of_stacks_of_correlations_is_taken_one_by_one():
    r = np.array(
        [[np.corrcoef(correlated(10 * i + j, 4, 25, common=(0, 1)), rowvar=False) for j in range(3)] for i in range(2)]
    )
    found = multiple_correlation(r)
    assert found.shape == (2, 3, 4)
    np.testing.assert_allclose(found, [[multiple_correlation(one) for one in row] for row in r], rtol=1e-12)


@pytest.mark.parametrize("factor", [1e250, 1e-250])
def test_critic_does_not_depend_on_a_unit_at_the_ends_of_the_range(factor):
    x = correlated(5, 4, 25, common=(0, 1))
    np.testing.assert_allclose(hi.weights.critic(x * [factor, 1, 1, 1]), hi.weights.critic(x), rtol=1e-12)


def test_nearly_uncorrelated_columns_keep_their_digits():
    # Two columns almost at right angles, and a third: the plain formula 1 - 1/P_jj has no digit left at r = 1e-9.
    x = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1e-9, 1e-9, 0], [-1e-9, -1e-9, 0]])
    x[:, 2] += 1e-6 * (x[:, 0] + 2 * x[:, 1])
    a, b, c = (column - column.mean() for column in x.T)
    r_ab, r_ac, r_bc = ((p @ q) / np.sqrt((p @ p) * (q @ q)) for p, q in ((a, b), (a, c), (b, c)))
    wanted = [
        np.sqrt((p**2 + q**2 - 2 * p * q * s) / (1 - s**2))
        for p, q, s in ((r_ab, r_ac, r_bc), (r_ab, r_bc, r_ac), (r_ac, r_bc, r_ab))
    ]
    np.testing.assert_allclose(hi.weights.independence(x), inverted(np.array(wanted)), rtol=1e-9)


def test_affine_maps_of_the_columns_change_nothing():
    x = correlated(4, 4, 25, common=(0, 1))
    moved = x * [1e9, -3.0, 1e-9, 2.0] + [0.0, 5.0, 1e-8, -7.0]
    np.testing.assert_allclose(hi.weights.independence(moved), hi.weights.independence(x), rtol=1e-9)


def test_two_columns_weigh_the_same_and_one_weighs_1():
    np.testing.assert_allclose(hi.weights.independence(correlated(5, 2, 25, common=(0, 1))), [0.5, 0.5], rtol=1e-12)
    np.testing.assert_allclose(hi.weights.independence(correlated(5, 1, 25, common=(0, 1))), [1.0])


def test_a_column_that_is_correlated_with_none_is_refused():
    x = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [1.0, 3, 3, 3, 5], "c": [1.0, -1, 0, -1, 1]})
    with pytest.raises(hi.DataError, match=r"'c': not correlated .* no bound"):
        hi.weights.independence(x)


def test_too_few_rows_are_refused():
    with pytest.raises(hi.DataError, match=r"rows complete in all columns: 4; at least 5"):
        hi.weights.independence(correlated(6, 4, 4, common=(0, 1)))


def test_constant_columns_are_refused_or_dropped_first():
    x = pd.DataFrame(correlated(7, 3, 25, common=(0, 1)), columns=list("abc"))
    flat = x.assign(flat=7.0)
    flat.loc[2, "flat"] = np.nan
    with pytest.raises(hi.DataError, match="'flat': constant"):
        hi.weights.independence(flat)
    with journal() as lines:
        w = hi.weights.independence(flat, constant="zero")
    assert [line.indicator for line in lines] == ["flat"]
    pd.testing.assert_series_equal(w[["a", "b", "c"]], hi.weights.independence(x))
    assert w["flat"] == 0


def test_fault_1_all_columns_constant():
    for constant in ("raise", "zero"):
        with pytest.raises(hi.DataError, match="constant"):
            hi.weights.independence(np.ones((6, 2)), constant=constant)


def test_fault_5_gaps_and_infinity():
    x = correlated(8, 3, 25, common=(0, 1))
    gaps = x.copy()
    gaps[3, 0] = np.nan
    wanted = inverted(least_squares(np.delete(x, 3, axis=0)))
    np.testing.assert_allclose(hi.weights.independence(gaps), wanted, rtol=1e-9)
    with pytest.raises(hi.DataError, match=r"column 0, row 3.*infinity"):
        hi.weights.independence(np.where(np.isnan(gaps), -np.inf, x))


def test_fault_6_sizes_near_the_largest_and_smallest_number():
    x = correlated(9, 3, 25, common=(0, 1))
    x /= np.abs(x).max()
    found = hi.weights.independence(x * [1.7e308, 1.0, 1e-300])
    np.testing.assert_allclose(found, hi.weights.independence(x), rtol=1e-9)


def test_fault_7_one_row():
    with pytest.raises(hi.DataError, match="complete in all columns: 1"):
        hi.weights.independence([[1.0, 2.0]])
