"""Weights whose effective importances are the wanted ones: closed forms, a grid, laws, and refusals."""

import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from support.laws import law
from support.tables import correlated

import hengdian_index as hi
from hengdian_index.log import journal
from hengdian_index.weights.matched import _distance, _squares, _straight

LAW = law(12)
MEASURES = ("r2", "pearson", "spearman", "smooth")
EXACT = ("r2", "pearson", "smooth")


def refused(error, *parts):
    """Expect an error whose message holds every part."""
    return pytest.raises(error, match="(?s)" + ".*".join(parts))


def factorial(scale):
    """Columns of +-scale that are exactly uncorrelated."""
    return np.array(list(itertools.product([-1.0, 1.0], repeat=len(scale)))) * scale


def attained(x, w, measure):
    """Importances of the composite x @ w, found from the scores alone."""
    return hi.weights.effective(x @ w, x, measure=measure)["share"].to_numpy()


def correlations(x, w):
    return np.array([np.corrcoef(column, x @ w)[0, 1] for column in x.T])


# Closed forms


@LAW
@given(st.lists(st.integers(0, 9), min_size=2, max_size=5).filter(any), st.integers(0, 10**6))
def test_uncorrelated_columns_weigh_by_the_root_of_their_importance(t, seed):
    t = np.array(t) / sum(t)
    equal = factorial(np.ones(len(t)))
    np.testing.assert_allclose(
        hi.weights.matched(equal, importance=t), np.sqrt(t) / np.sqrt(t).sum(), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(hi.weights.matched(equal, importance=t, measure="pearson"), t, rtol=1e-9, atol=1e-12)
    s = np.random.default_rng(seed).uniform(0.1, 10, size=len(t))
    wanted = np.sqrt(t) / s
    found = hi.weights.matched(factorial(s), importance=t)
    np.testing.assert_allclose(found, wanted / wanted.sum(), rtol=1e-9, atol=1e-12)


def test_two_columns_in_closed_form():
    x = np.array([[1.0, 1], [2, 3], [3, 2], [4, 5], [5, 4.5]])
    rho = np.corrcoef(x.T)[0, 1]
    t = np.array([0.55, 0.45])
    g = np.sqrt(t)
    # C u = g by Cramer's rule.
    u = np.array([g[0] - rho * g[1], g[1] - rho * g[0]]) / x.std(axis=0)
    assert (u > 0).all()
    np.testing.assert_allclose(hi.weights.matched(x, importance=t), u / u.sum(), rtol=1e-10)


def test_equal_importance_of_exchangeable_columns_is_equal_weights():
    x = np.vstack([np.eye(5), np.full((2, 5), 3.0), np.full((2, 5), -2.0)])
    for measure in EXACT:
        np.testing.assert_allclose(hi.weights.matched(x, importance=1, measure=measure), 0.2, rtol=1e-9)
    assert hi.weights.matched(x[:, :1], importance=[3]).tolist() == [1]


# Attained, and nearest


@pytest.mark.parametrize("measure", EXACT)
@LAW
@given(seed=st.integers(0, 10**6), k=st.integers(2, 6))
def test_importances_that_some_weights_have_are_attained(measure, seed, k):
    x = correlated(seed, k, 40, units=(0.2, 5))
    v = np.random.default_rng(seed).dirichlet(np.ones(k))
    t = attained(x, v, measure)
    if (t < 0).any():
        return
    found = hi.weights.matched(x, importance=t, measure=measure, details=True)
    assert found.residual < 1e-8
    assert found.met
    np.testing.assert_allclose(attained(x, found.weights, measure), t, atol=1e-6)


@pytest.mark.parametrize("measure", MEASURES)
@LAW
@given(seed=st.integers(0, 10**6), k=st.integers(2, 5), common=st.sampled_from([0.3, 1.0]))
def test_details_say_what_the_scores_attain(measure, seed, k, common):
    x = correlated(seed, k, 40, common=common, units=(0.2, 5))
    t = np.random.default_rng(seed).dirichlet(np.ones(k))
    found = hi.weights.matched(x, importance=t, measure=measure, details=True)
    assert (found.weights >= 0).all()
    assert found.weights.sum() == pytest.approx(1, rel=1e-14)
    np.testing.assert_allclose(found.attained, attained(x, found.weights, measure), atol=1e-9)
    np.testing.assert_allclose(found.wanted, t, rtol=1e-12)
    assert found.residual == pytest.approx(np.sqrt(((found.attained - t) ** 2).sum()), abs=1e-12)
    np.testing.assert_allclose(hi.weights.matched(x, importance=t, measure=measure), found.weights, rtol=1e-14)


GRID = np.array([(a, b, 40 - a - b) for a in range(41) for b in range(41 - a)]) / 40.0


@pytest.mark.parametrize("measure", ["r2", "pearson"])
@pytest.mark.parametrize("seed", range(12))
def test_no_weights_on_a_grid_come_nearer(measure, seed):
    x = correlated(seed, 3, 40, common=0.3 * (seed % 4), units=(0.2, 5))
    t = np.random.default_rng(seed).dirichlet([0.5, 0.5, 0.5])
    r = np.array([correlations(x, w) for w in GRID])
    share = (r**2 if measure == "r2" else r) / (r**2 if measure == "r2" else r).sum(axis=1, keepdims=True)
    positive = r.sum(axis=1) > 0
    nearest = np.linalg.norm(share - t, axis=1)[positive | (measure == "r2")].min()
    found = hi.weights.matched(x, importance=t, measure=measure, details=True)
    assert found.residual <= nearest + 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_the_smooth_measure_is_not_beaten_by_random_weights(seed):
    x = correlated(seed, 4, 25, units=(0.2, 5))
    t = np.array([0.7, 0.1, 0.1, 0.1])
    others = np.random.default_rng(seed).dirichlet(np.ones(4), size=60)
    nearest = min(np.linalg.norm(attained(x, w, "smooth") - t) for w in others)
    assert hi.weights.matched(x, importance=t, measure="smooth", details=True).residual <= nearest


@pytest.mark.parametrize("seed", range(4))
def test_the_rank_measure_is_not_beaten_by_random_weights(seed):
    x = correlated(seed, 3, 60, units=(0.2, 5))
    t = attained(x, np.array([0.5, 0.3, 0.2]), "spearman")
    others = np.random.default_rng(seed).dirichlet(np.ones(3), size=60)
    nearest = min(np.linalg.norm(attained(x, w, "spearman") - t) for w in others)
    found = hi.weights.matched(x, importance=t, measure="spearman", details=True)
    assert found.residual <= nearest
    assert found.residual < 0.01


@pytest.mark.parametrize("seed", range(20))
def test_the_rank_measure_is_not_beaten_where_importances_cannot_be_attained(seed):
    """Few rows, so that rank correlations have large steps; a table that the search without the simplex lost is 13."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(8, 40)), int(rng.integers(2, 6))
    x = rng.normal(size=(n, k)) + rng.normal(size=(n, 1)) * rng.uniform(0, 1)
    t = rng.dirichlet(3 * np.ones(k))
    found = hi.weights.matched(x, importance=t, measure="spearman", details=True)
    for w in rng.dirichlet(np.ones(k), size=300):
        try:
            shares = attained(x, w, "spearman")
        except hi.DataError:
            continue  # the columns together do not rise with this composite
        assert not np.linalg.norm(shares - t) < found.residual - 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_the_gradient_is_that_of_small_steps(seed):
    rng = np.random.default_rng(seed)
    u, t = rng.dirichlet(np.ones(4), size=2)
    for moved in (
        _straight(np.corrcoef(correlated(seed, 4, 40, units=(0.2, 5)).T)),
        _squares(rng.normal(size=(4, 3, 4))),
    ):
        distance = _distance(moved, t)
        slow = approx_fprime(u, lambda v, distance=distance: distance(v)[0], 1e-7)
        np.testing.assert_allclose(distance(u)[1], slow, atol=1e-5 * np.abs(slow).max())


def test_what_cannot_be_attained_is_said():
    rng = np.random.default_rng(5)
    first = rng.normal(size=30)
    x = pd.DataFrame({"a": first, "b": 2 * first, "c": rng.normal(size=30)})
    with journal() as lines:
        found = hi.weights.matched(x, importance={"a": 0.6, "b": 0.1, "c": 0.3}, details=True)
    assert not found.met
    # Two columns that are multiples of each other always attain the same.
    assert found.attained["a"] == pytest.approx(found.attained["b"], rel=1e-12)
    assert found.residual == pytest.approx(np.sqrt(0.25**2 * 2), rel=1e-6)
    assert ["'a'" in line.why and "wanted 0.6, attained 0.35" in line.why for line in lines] == [True]
    with journal() as lines:
        assert hi.weights.matched(x, importance={"a": 0.35, "b": 0.35, "c": 0.3}, details=True).met
    assert lines == []


def test_columns_that_depend_on_each_other_share_evenly():
    first = np.random.default_rng(5).normal(size=30)
    x = np.column_stack([first, 2 * first, np.random.default_rng(6).normal(size=30)])
    w = hi.weights.matched(x, importance=[0.35, 0.35, 0.3])
    assert w[0] == pytest.approx(2 * w[1], rel=1e-9)
    few = np.random.default_rng(7).normal(size=(4, 6)) + 3 * np.arange(4)[:, np.newaxis]
    found = hi.weights.matched(few, importance=np.arange(1, 7), details=True)
    np.testing.assert_allclose(attained(few, found.weights, "r2"), found.attained, atol=1e-9)
    # No other weights of the same composite are smaller, in units of each column's deviation.
    s = few.std(axis=0)
    same = np.linalg.svd((few - few.mean(axis=0)) / s)[2][3:]
    u = found.weights * s
    for change in np.random.default_rng(8).normal(size=(200, 3)) @ same * 0.01 * u.max():
        assert (u + change).min() < 0 or (u + change) @ (u + change) >= u @ u


# Laws


@pytest.mark.parametrize("measure", MEASURES)
@LAW
@given(seed=st.integers(0, 10**6), n=st.integers(6, 30), k=st.integers(2, 7), data=st.data())
def test_everything_goes_by_name_in_any_order_of_columns(measure, seed, n, k, data):
    names = ["gross output", "指标", "Z", "b", "a", "100%", "y"][:k]
    x = pd.DataFrame(np.random.default_rng(seed).normal(size=(n, k)), columns=names)
    t = pd.Series(np.random.default_rng(seed).dirichlet(np.ones(k)), names)
    order = data.draw(st.permutations(names))
    wanted = hi.weights.matched(x, importance=t, measure=measure)
    found = hi.weights.matched(x[order], importance=dict(t[sorted(names)]), measure=measure)
    assert list(found.index) == order
    # Weights that differ in the last digit may rank two rows the other way round.
    tolerance = 1e-9 if measure != "spearman" else 1e-6
    assert found.to_dict() == pytest.approx(wanted.to_dict(), abs=tolerance)
    by_position = hi.weights.matched(pl.from_pandas(x), importance=t.to_list(), measure=measure)
    pd.testing.assert_series_equal(by_position, wanted, rtol=0, atol=tolerance)


def test_importances_are_not_matched_by_sorted_position():
    x = pd.DataFrame(factorial(np.ones(3)), columns=["c", "a", "b"])
    w = hi.weights.matched(x, importance={"a": 9, "b": 4, "c": 1})
    assert w.round(9).to_dict() == {"c": round(1 / 6, 9), "a": 0.5, "b": round(2 / 6, 9)}
    assert hi.weights.matched(x, importance=pd.Series({"a": 9, "b": 4, "c": 1})).equals(w)


@pytest.mark.parametrize("measure", MEASURES)
@LAW
@given(seed=st.integers(0, 10**6))
# The nearest weights lie at a corner; a descent ends a rounding beside it, which the unit 1e-9 makes large, or on it,
# where the curvature is 0.
@example(seed=2893)
@example(seed=1832)
@example(seed=329)
def test_a_change_of_unit_changes_the_weight_inversely(measure, seed):
    x, t = correlated(seed, 4, 35, units=(0.2, 5)), np.random.default_rng(seed).dirichlet(np.ones(4))
    unit = np.array([1e-9, 1.0, 1024.0, 1e9])
    wanted = hi.weights.matched(x, importance=t, measure=measure) / unit
    found = hi.weights.matched(x * unit, importance=100 * t, measure=measure)
    np.testing.assert_allclose(found, wanted / wanted.sum(), rtol=1e-5, atol=1e-12)


def test_levels_do_not_matter_even_large_ones():
    x = np.round(correlated(3, 3, 40, units=(0.2, 5)), 1)
    np.testing.assert_allclose(
        hi.weights.matched(x + 1e7, importance=[3, 2, 1]), hi.weights.matched(x, importance=[3, 2, 1]), rtol=1e-6
    )


@pytest.mark.parametrize("measure", MEASURES)
def test_incomplete_rows_are_left_out(measure):
    x = correlated(4, 3, 40, units=(0.2, 5))
    gaps = x.copy()
    gaps[2, 0], gaps[9, 2] = np.nan, np.nan
    kept = np.delete(x, [2, 9], axis=0)
    found = hi.weights.matched(gaps, importance=[3, 3, 2], measure=measure)
    np.testing.assert_allclose(found, hi.weights.matched(kept, importance=[3, 3, 2], measure=measure), rtol=1e-6)


@pytest.mark.parametrize("measure", MEASURES)
def test_matched_broadcasts(measure):
    x = np.stack([correlated(seed, 3, 40, units=(0.2, 5)) for seed in range(3)])
    found = hi.weights.matched(x, importance=[3, 2, 2], measure=measure, details=True)
    for draw in range(3):
        one = hi.weights.matched(x[draw], importance=[3, 2, 2], measure=measure, details=True)
        np.testing.assert_allclose(found.weights[draw], one.weights, rtol=1e-9)
        assert found.residual[draw] == pytest.approx(one.residual, abs=1e-12)
        assert found.met[draw] == one.met


# Refusals


def test_constant_columns_are_refused_or_left_out():
    x = pd.DataFrame(correlated(1, 3, 40, units=(0.2, 5)), columns=list("abc")).assign(flat=1e7 + 0.1)
    importance = {"a": 3, "b": 3, "c": 3, "flat": 1}
    with refused(hi.DataError, "'flat': constant"):
        hi.weights.matched(x, importance=importance)
    found = hi.weights.matched(x, importance=importance, constant="zero", details=True)
    assert found.weights["flat"] == 0
    assert found.wanted.to_dict() == pytest.approx({"a": 1 / 3, "b": 1 / 3, "c": 1 / 3, "flat": 0})
    without = hi.weights.matched(x[list("abc")], importance=[1, 1, 1])
    np.testing.assert_allclose(found.weights[list("abc")], without, rtol=1e-9)
    with refused(hi.SpecError, "every column that varies"):
        hi.weights.matched(x, importance={"a": 0, "b": 0, "c": 0, "flat": 1}, constant="zero")
    with refused(hi.DataError, "constant"):
        hi.weights.matched(np.ones((5, 2)), importance=1, constant="zero")


@pytest.mark.parametrize(
    ("importance", "parts"),
    [
        ({"a": 1, "b": 1, "cc": 1}, ["'cc'.*did you mean 'c'", "'c'"]),
        (pd.Series({"x": 1, "y": 1, "z": 1}), ["'x'"]),
        ({"a": 1, "b": -1, "c": 1}, ["'b': -1"]),
        ([1, 1], ["3 columns"]),
        ([1, np.nan, 1], ["importance"]),
        ([0, 0, 0], ["0 for every column"]),
    ],
)
def test_importances_that_do_not_fit_are_refused(importance, parts):
    x = pd.DataFrame(correlated(1, 3, 40, units=(0.2, 5)), columns=list("abc"))
    with refused(hi.SpecError, *parts):
        hi.weights.matched(x, importance=importance)


def test_matched_refuses_what_says_nothing():
    x = correlated(1, 3, 40, units=(0.2, 5))
    with refused(hi.SpecError, "'importance' is missing"):
        hi.weights.matched(x)
    with refused(hi.SpecError, "did you mean 'pearson'"):
        hi.weights.matched(x, importance=1, measure="peerson")
    with refused(hi.DataError, "2; at least 3"):
        hi.weights.matched(x[:2], importance=1)
    with refused(hi.DataError, "4; at least 5"):
        hi.weights.matched(x[:4], importance=1, measure="smooth")


def test_columns_that_cancel_have_importances_by_r2_alone():
    u = np.array([1.0, 2, 4, 3, 7])
    x = np.column_stack([u, -u])
    assert hi.weights.matched(x, importance=1, details=True).met
    for measure in ("pearson", "spearman"):
        with refused(hi.DataError, "turn some round"):
            hi.weights.matched(x, importance=1, measure=measure)


@pytest.mark.parametrize("seed", range(3))
def test_rank_importances_that_equal_weights_have_are_matched_by_equal_weights(seed):
    """Many weights near give the same ranks; of those the equal ones have the smallest sum of squares."""
    x = correlated(seed, 3, 12)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    t = attained(z, np.full(3, 1 / 3), "spearman")
    np.testing.assert_allclose(hi.weights.matched(z, importance=t, measure="spearman"), 1 / 3, rtol=1e-9)
