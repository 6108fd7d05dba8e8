"""Scatter-degree weights: all supports tried, a general optimiser, Perron's theorem."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from support.tables import correlated

import hengdian_index as hi
from hengdian_index.log import journal


def spread(w, x):
    """w'X'Xw of weights brought to length 1."""
    return ((x @ w) ** 2).sum() / (w**2).sum()


def best_of_all_supports(x):
    """Largest w'X'Xw over w >= 0 of length 1: the top eigenvector of every subset of columns that is not negative."""
    h, k, best = x.T @ x, x.shape[1], 0.0
    for some in itertools.chain.from_iterable(itertools.combinations(range(k), size) for size in range(1, k + 1)):
        values, vectors = np.linalg.eigh(h[np.ix_(some, some)])
        top = vectors[:, -1]
        if (top >= -1e-12).all() or (top <= 1e-12).all():
            best = max(best, values[-1])
    return best


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), k=st.integers(2, 6), standard=st.booleans())
def test_no_weights_of_0_or_more_scatter_more(seed, k, standard):
    x = correlated(seed, k, 15, common=0)
    x = (x - x.mean(axis=0)) / x.std(axis=0) if standard else x
    try:
        w = hi.weights.scatter(x)
    except hi.DataError:
        reject()
    np.testing.assert_allclose(spread(w, x), best_of_all_supports(x), rtol=1e-10)


def test_a_general_optimiser_finds_the_same_weights():
    x = correlated(12, 4, 15, common=0)
    with journal() as lines:
        w = hi.weights.scatter(x)
    assert any("both signs" in line.why for line in lines)
    starts = np.random.default_rng(0).random((20, 4))
    runs = [minimize(lambda v: -spread(v, x), start, bounds=[(0, 1)] * 4, tol=1e-14) for start in starts]
    best = min(runs, key=lambda run: run.fun)
    np.testing.assert_allclose(spread(w, x), -best.fun, rtol=1e-9)
    np.testing.assert_allclose(w, best.x / best.x.sum(), atol=1e-4)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 6))
def test_on_values_above_0_it_is_the_free_eigenvector(seed, k):
    x = np.random.default_rng(seed).random((12, k))
    v = np.abs(np.linalg.svd(x)[2][0])
    with journal() as lines:
        w = hi.weights.scatter(x)
    np.testing.assert_allclose(w, v / v.sum(), atol=1e-12)
    assert lines == []


def test_on_z_scores_it_is_the_first_principal_component():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(30, 4)) + 2 * rng.normal(size=(30, 1))
    np.testing.assert_allclose(hi.weights.scatter(hi.normalise.z_score(x)), hi.weights.pca(x), atol=1e-12)


def test_periods_below_each_other_are_added_up():
    first, second = np.random.default_rng(3).random((2, 10, 3))
    h = first.T @ first + second.T @ second
    v = np.abs(np.linalg.eigh(h)[1][:, -1])
    np.testing.assert_allclose(hi.weights.scatter(np.vstack([first, second])), v / v.sum(), atol=1e-12)


def test_two_columns_that_scatter_almost_alike_are_told_apart_to_the_last_digit():
    # The third column goes against the others, so it weighs 0; the iteration alone would need 100 000 steps.
    h = np.array([[1.0, 1e-4, -0.4], [1e-4, 1.0001, -0.4], [-0.4, -0.4, 0.5]])
    w = hi.weights.scatter(np.linalg.cholesky(h).T)
    v = np.abs(np.linalg.eigh(h[:2, :2])[1][:, -1])
    np.testing.assert_allclose(w, np.append(v / v.sum(), 0.0), atol=1e-9)


def test_weights_that_tie_are_refused_not_chosen_by_position():
    # Two opposite z-scores: all of the weight on either of them is as good.
    x = np.array([[1.0, -1.0], [-1.0, 1.0], [2.0, -1.0], [-2.0, 1.0]])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    with pytest.raises(hi.DataError, match="equally far"):
        hi.weights.scatter(x)
    with pytest.raises(hi.DataError, match="as large as the next one"):
        hi.weights.scatter([[1.0, 0.0], [0.0, 1.0]])


def test_fault_1_all_columns_constant():
    with pytest.raises(hi.DataError, match="constant, as are all columns") as refusal:
        hi.weights.scatter(pd.DataFrame({"a": [1.0, 1.0], "b": [0.0, 0.0]}))
    assert len(refusal.value.faults) == 2


def test_fault_5_gaps_leave_their_rows_out_and_infinity_is_refused():
    x = np.random.default_rng(4).random((8, 3))
    gaps = x.copy()
    gaps[2, 1] = np.nan
    np.testing.assert_allclose(hi.weights.scatter(gaps), hi.weights.scatter(np.delete(x, 2, axis=0)), atol=1e-12)
    with pytest.raises(hi.DataError, match=r"column 1, row 2.*infinity"):
        hi.weights.scatter(np.where(np.isnan(gaps), np.inf, x))


@pytest.mark.parametrize("unit", [1e-300, 1.7e308])
def test_fault_6_sizes_near_the_largest_and_smallest_number(unit):
    for x in (np.random.default_rng(5).random((8, 3)), correlated(12, 4, 15, common=0)):
        x /= np.abs(x).max()
        np.testing.assert_allclose(hi.weights.scatter(x * unit), hi.weights.scatter(x), atol=1e-12)


def test_fault_7_one_row():
    with pytest.raises(hi.DataError, match="complete in all columns: 1"):
        hi.weights.scatter([[1.0, 2.0]])


def test_columns_at_the_ends_of_the_numbers_weigh_as_in_a_smaller_unit():
    x = np.array([[1.7e308, -1.7e308], [-1.7e308, 1.7e308], [0.0, 1e308]])
    np.testing.assert_allclose(hi.weights.scatter(x), hi.weights.scatter(x / 1e300), rtol=1e-12)
    np.testing.assert_allclose(hi.weights.scatter(np.abs(x)), hi.weights.scatter(np.abs(x) / 1e300), rtol=1e-12)
