"""Nearest neighbours and regression: a slow loop, exact dependence, units of measure, what stays missing."""

import builtins
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from support.laws import close, law, same, tables

from hengdian_index import impute
from hengdian_index.errors import DataError, SpecError

nan = math.nan
NAMES = ["neighbours", "regression"]


@pytest.fixture(autouse=True)
def _learn():
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (the extra `learn`)")


def slow_neighbours(x, number, by_distance):
    """Return the mean over the nearest rows of each missing cell, and NaN where distances tie at the border."""
    s = np.nanstd(x, axis=0, ddof=1)
    z = x / np.where(s > 0, s, 1)
    out = x.copy()
    for i, j in np.argwhere(np.isnan(x)):
        donors = []
        for r in range(len(x)):
            both = ~np.isnan(z[i]) & ~np.isnan(z[r])
            if both.any() and not math.isnan(x[r, j]):
                donors.append((math.sqrt(np.mean((z[i] - z[r])[both] ** 2)), x[r, j]))
        donors.sort()
        near = donors[:number]
        if len(donors) > number and donors[number][0] - near[-1][0] < 1e-9:
            out[i, j] = math.inf
        elif not near:
            out[i, j] = nan
        elif by_distance and near[0][0] == 0:
            out[i, j] = np.mean([v for d, v in near if d == 0])
        else:
            out[i, j] = np.average([v for _, v in near], weights=[1 / d for d, _ in near] if by_distance else None)
    return out


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@law(25)
@given(x=tables(columns=(2, 3), unique=True, gaps=True))
def test_neighbours_is_the_slow_loop(weights, x):
    wanted = slow_neighbours(x, 2, weights == "distance")
    told = ~np.isinf(wanted)
    close(impute.neighbours(x, number=2, weights=weights).table[told], wanted[told], 1e-9)


@law(6)
@given(x=tables(columns=(2, 3), unique=True, gaps=True))
@pytest.mark.parametrize("name", NAMES)
def test_units_of_measure_do_not_matter(name, x):
    table, _ = getattr(impute, name)(x)
    unit = np.array([1e9, 1e-6, 1.0])[: x.shape[1]]
    close(getattr(impute, name)(x * unit).table / unit, table, 1e-6)


@pytest.mark.filterwarnings("ignore")
def test_regression_recovers_an_exact_dependence():
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, 60))
    full = np.column_stack([a, b, 5 + 2 * a - 3 * b])
    x = full.copy()
    x[3, 2] = x[20, 2] = x[9, 0] = nan
    close(impute.regression(x, rounds=50).table, full, 1e-3)
    fitted = impute.regression.fit(x[:50], rounds=50)
    later = np.array([[1.0, 1.0, nan], [2.0, 0.0, nan]])
    close(fitted(later).table[:, 2], [4.0, 9.0], 1e-2)


def test_the_seed_and_unsettled_rounds_are_in_the_log():
    x = np.random.default_rng(6).normal(size=(30, 4))
    x[2, 1] = x[5, 3] = x[7, 0] = nan
    _, log = impute.regression(x, rounds=1, rng=7)
    assert log["why"].unique().tolist() == ["regression on the other indicators, seed 7, not settled after 1 rounds"]
    same(impute.regression(x, rng=7).table, impute.regression(x, rng=7).table)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_without_any_value_stays_missing(name):
    x = np.array([[1.0, 2.0], [2.0, 3.0], [3.0, 4.1], [nan, nan], [5.0, nan]])
    table, log = getattr(impute, name)(x)
    assert np.isnan(table[3]).all()
    assert np.isfinite(table[4]).all()
    assert log["why"].str.startswith("left missing").tolist() == [True, True, False]


@pytest.mark.parametrize("name", NAMES)
def test_a_single_indicator_has_nothing_to_be_learnt_from(name):
    table, log = getattr(impute, name)([1.0, 2.0, nan])
    same(table, [1.0, 2.0, nan])
    assert len(log) == 1


def test_neighbours_that_share_no_indicator_are_none():
    x = np.array([[1.0, nan, 5.0], [2.0, nan, 6.0], [nan, 3.0, nan], [nan, 4.0, nan]])
    table, log = impute.neighbours(x)
    same(table, x)
    assert log["why"].unique().tolist() == ["left missing: no row that has the value shares an indicator with this one"]


@pytest.mark.parametrize("name", NAMES)
def test_a_constant_indicator_does_no_harm(name):
    x = np.array([[1.0, 7.0, 2.0], [2.0, 7.0, 4.0], [3.0, 7.0, nan], [4.0, nan, 8.0]])
    table, _ = getattr(impute, name)(x)
    assert table[3, 1] == 7.0
    assert 2 <= table[2, 2] <= 8


def test_the_missing_library_is_named_with_the_extra_that_brings_it(monkeypatch):
    found = builtins.__import__

    def without(module, *rest):
        if module.partition(".")[0] == "sklearn":
            raise ImportError(module)
        return found(module, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SpecError, match=r"needs scikit-learn: pip install \"hengdian-index\[learn\]\""):
        impute.regression([[1.0, 2.0], [nan, 2.0]])
    assert impute.neighbours([[1.0, 2.0], [nan, 2.0]]).table[1, 0] == 1


def test_wrong_choices_are_refused():
    with pytest.raises(SpecError, match="number: 1 or more"):
        impute.neighbours([1.0, nan], number=0)
    with pytest.raises(SpecError, match="rounds: 1 or more"):
        impute.regression([1.0, nan], rounds=0)
    with pytest.raises(SpecError, match="no 'near'"):
        impute.neighbours([1.0, nan], weights="near")
    with pytest.raises(DataError, match=r"'b'.*no value"):
        impute.neighbours(pd.DataFrame({"a": [1.0], "b": [nan]}))


def test_regression_leaves_missing_what_no_two_rows_lead_to():
    x = np.array([[2.0, nan, 1.0], [3.0, nan, 2.5], [nan, 6.0, nan], [nan, 9.0, nan], [5.0, nan, nan], [4.0, nan, 3.0]])
    table, log = impute.regression(x)
    np.testing.assert_array_equal(np.isnan(table), [[0, 1, 0], [0, 1, 0], [1, 0, 1], [1, 0, 1], [0, 1, 0], [0, 1, 0]])
    assert set(log["why"][~np.isnan(log["after"])]) == {"regression on the other indicators, seed 0"}
    assert set(log["why"][np.isnan(log["after"])]) == {
        "left missing: no two rows have both this indicator and one that leads to it from those of the row"
    }


def test_regression_reaches_over_an_indicator_that_others_share():
    x = np.full((9, 3), nan)
    x[:4, 0], x[:6, 1], x[4:8, 2] = np.arange(4.0), 2 * np.arange(6.0) + 1, 3 * np.arange(4.0, 8.0)
    x[8, 0] = 1.5
    assert not np.isnan(impute.regression(x).table[8]).any()
    x[5, 1] = nan
    np.testing.assert_array_equal(np.isnan(impute.regression(x).table[8]), [False, False, True])
