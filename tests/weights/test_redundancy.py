"""Independence weights: least squares column by column, laws, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index.log import journal


def table(seed, k, n=25):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, k)) + rng.normal(size=(n, 1)) * rng.random(k) + rng.normal(size=k)


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
    x = table(seed, k)
    np.testing.assert_allclose(hi.weights.independence(x), inverted(least_squares(x)), rtol=1e-9)


def test_columns_that_depend_on_each_other_have_multiple_correlation_1():
    x = table(3, 4)
    x = np.column_stack([x, x[:, 0] + x[:, 2]])
    r = least_squares(x)
    np.testing.assert_allclose(r[[0, 2, 4]], 1, atol=1e-12)
    np.testing.assert_allclose(hi.weights.independence(x), inverted(r), rtol=1e-9)


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
    x = table(4, 4)
    moved = x * [1e9, -3.0, 1e-9, 2.0] + [0.0, 5.0, 1e-8, -7.0]
    np.testing.assert_allclose(hi.weights.independence(moved), hi.weights.independence(x), rtol=1e-9)


def test_two_columns_weigh_the_same_and_one_weighs_1():
    np.testing.assert_allclose(hi.weights.independence(table(5, 2)), [0.5, 0.5], rtol=1e-12)
    np.testing.assert_allclose(hi.weights.independence(table(5, 1)), [1.0])


def test_a_column_that_is_correlated_with_none_is_refused():
    x = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [1.0, 3, 3, 3, 5], "c": [1.0, -1, 0, -1, 1]})
    with pytest.raises(hi.DataError, match=r"'c': not correlated .* no bound"):
        hi.weights.independence(x)


def test_too_few_rows_are_refused():
    with pytest.raises(hi.DataError, match=r"rows complete in all columns: 4; at least 5"):
        hi.weights.independence(table(6, 4, n=4))


def test_constant_columns_are_refused_or_dropped_first():
    x = pd.DataFrame(table(7, 3), columns=list("abc"))
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
    x = table(8, 3)
    gaps = x.copy()
    gaps[3, 0] = np.nan
    wanted = inverted(least_squares(np.delete(x, 3, axis=0)))
    np.testing.assert_allclose(hi.weights.independence(gaps), wanted, rtol=1e-9)
    with pytest.raises(hi.DataError, match=r"column 0, row 3.*infinity"):
        hi.weights.independence(np.where(np.isnan(gaps), -np.inf, x))


def test_fault_6_sizes_near_the_largest_and_smallest_number():
    x = table(9, 3)
    x /= np.abs(x).max()
    found = hi.weights.independence(x * [1.7e308, 1.0, 1e-300])
    np.testing.assert_allclose(found, hi.weights.independence(x), rtol=1e-9)


def test_fault_7_one_row():
    with pytest.raises(hi.DataError, match="complete in all columns: 1"):
        hi.weights.independence([[1.0, 2.0]])
