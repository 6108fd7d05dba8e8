"""Principal components and varimax: printed tables, the textbook algorithm, laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.tables import correlated

from hengdian_index._maths.components import _best_angle, principal_components, varimax
from hengdian_index._maths.stats import Products

LOGGED = ["telephones", "electricity"]


@pytest.fixture
def parts(tai):
    return principal_components(Products.of(tai.to_numpy()).correlation())


def test_eigenvalues_and_their_shares_as_printed(published, parts):
    printed = pd.read_csv(published / "tai" / "table_07_eigenvalues.csv")
    np.testing.assert_allclose(parts.eigenvalues, printed.eigenvalue, rtol=0, atol=0.05)
    np.testing.assert_allclose(100 * parts.explained, printed.percent, rtol=0, atol=0.05)
    np.testing.assert_allclose(100 * parts.explained.cumsum(), printed.cumulative_percent, rtol=0, atol=0.05)


def test_loadings_as_printed_up_to_the_sign_of_a_component(published, tai, parts):
    printed = pd.read_csv(published / "tai" / "table_08_loadings.csv", index_col="code").loc[tai.columns].to_numpy()
    sign = np.sign((parts.loadings * printed).sum(axis=0))
    np.testing.assert_allclose(parts.loadings * sign, printed, rtol=0, atol=0.005)


def test_varimax_loadings_as_printed(published, tai, parts):
    printed = pd.read_csv(published / "tai" / "table_09_varimax_loadings.csv", index_col="code").loc[tai.columns]
    wanted = printed.filter(like="factor").to_numpy()
    turned = varimax(parts.loadings[:, :4])
    match = turned.T @ wanted
    order = np.abs(match).argmax(axis=0)
    assert sorted(order) == [0, 1, 2, 3]
    sign = np.sign(match[order, range(4)])
    np.testing.assert_allclose(turned[:, order] * sign, wanted, rtol=0, atol=0.005)
    np.testing.assert_allclose((turned**2).sum(axis=1), printed.communality, rtol=0, atol=0.005)
    variance = pd.read_csv(published / "tai" / "table_09_explained.csv").variance
    np.testing.assert_allclose((turned[:, order] ** 2).sum(axis=0), variance, rtol=0, atol=0.005)


def correlation(seed, k):
    return np.corrcoef(correlated(seed, k, 40, common=(0, 1)), rowvar=False)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), k=st.integers(1, 8))
def test_components_rebuild_the_matrix_and_stand_upright(seed, k):
    r = correlation(seed, k).reshape(k, k)
    parts = principal_components(r)
    np.testing.assert_allclose(parts.loadings @ parts.loadings.T, r, atol=1e-12)
    assert (np.diff(parts.eigenvalues) <= 0).all()
    assert (parts.vectors.sum(axis=0) > -1e-12).all()
    np.testing.assert_allclose(parts.explained.sum(), 1)


def test_loadings_are_the_correlations_with_the_components():
    x = correlated(3, 4, 40, common=(0, 1))
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    parts = principal_components(np.corrcoef(x, rowvar=False))
    scores = z @ parts.vectors
    wanted = np.corrcoef(np.hstack([x, scores]), rowvar=False)[:4, 4:]
    np.testing.assert_allclose(parts.loadings, wanted, atol=1e-12)


def test_a_vector_of_sum_0_starts_above_0():
    parts = principal_components(np.array([[1.0, -0.5], [-0.5, 1.0]]))
    np.testing.assert_allclose(parts.vectors[:, 0], [np.sqrt(0.5), -np.sqrt(0.5)])


def test_a_column_without_correlations_is_left_out():
    r = correlation(5, 3)
    gap = np.full((4, 4), np.nan)
    gap[np.ix_([0, 2, 3], [0, 2, 3])] = r
    parts, whole = principal_components(gap), principal_components(r)
    np.testing.assert_allclose(parts.eigenvalues, [*whole.eigenvalues, 0], atol=1e-12)
    np.testing.assert_allclose(parts.loadings[[0, 2, 3], :3], whole.loadings, atol=1e-12)
    np.testing.assert_allclose(parts.loadings[1], 0, atol=1e-12)


def test_equal_eigenvalues_are_seen_at_the_cut_only():
    parts = principal_components(np.diag([1.0, 1.0, 0.5]))
    assert [bool(parts.tied(q)) for q in (1, 2, 3)] == [True, False, False]


def singular_value_varimax(loadings, steps=5000):
    """Textbook varimax: the rotation is the orthogonal part of the gradient, over and over."""
    length = np.linalg.norm(loadings, axis=1, keepdims=True)
    a, turn = loadings / length, np.eye(loadings.shape[1])
    for _ in range(steps):
        b = a @ turn
        u, _, v = np.linalg.svd(a.T @ (b**3 - b * (b**2).mean(axis=0)))
        turn = u @ v
    return a @ turn * length


def test_varimax_is_the_fixed_point_of_the_textbook_algorithm():
    for seed, k, q in ((0, 5, 2), (1, 8, 3), (2, 9, 4)):
        loadings = principal_components(correlation(seed, k)).loadings[:, :q]
        found, wanted = varimax(loadings), singular_value_varimax(loadings)
        match = np.abs(found.T @ wanted).argmax(axis=0)
        np.testing.assert_allclose(np.abs(found[:, match]), np.abs(wanted), atol=1e-9)


def simplicity(loadings):
    """Kaiser's criterion, as it is defined: rows of length 1, the variance of the squares of each column."""
    rows = loadings / np.linalg.norm(loadings, axis=1, keepdims=True)
    return sum(np.var(column**2) for column in rows.T)


def test_varimax_of_two_factors_is_the_best_of_all_angles():
    loadings = principal_components(correlation(11, 6)).loadings[:, :2]
    angles = np.linspace(0, np.pi, 2001)
    turns = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in angles]
    assert simplicity(varimax(loadings)) >= max(simplicity(loadings @ turn) for turn in turns)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), k=st.integers(3, 8), q=st.integers(1, 3))
def test_varimax_is_a_rotation_that_raises_the_criterion(seed, k, q):
    loadings = principal_components(correlation(seed, k)).loadings[:, :q]
    turned = varimax(loadings)
    np.testing.assert_allclose(turned @ turned.T, loadings @ loadings.T, atol=1e-12)
    assert simplicity(turned) >= simplicity(loadings) - 1e-12


def test_varimax_leaves_a_lowest_point():
    # Half a right angle from the best place the criterion of two columns is level too.
    simple = np.array([[1.0, 0, 0], [0.9, 0.3, 0], [0, 1.0, 0], [0.2, 0, 1.0], [0, 0.1, 0.9]])
    half = np.sqrt(0.5)
    worst = varimax(simple) @ np.array([[half, -half, 0], [half, half, 0], [0, 0, 1.0]])
    np.testing.assert_allclose(simplicity(varimax(worst)), simplicity(varimax(simple)), rtol=1e-12)


def test_a_row_of_zeros_takes_no_part_in_varimax():
    loadings = principal_components(correlation(4, 5)).loadings[:, :2]
    with_zeros = np.insert(loadings, 2, 0.0, axis=0)
    np.testing.assert_allclose(varimax(with_zeros), np.insert(varimax(loadings), 2, 0.0, axis=0), atol=1e-12)


def test_varimax_stops_where_the_criterion_is_flat_to_the_last_digit():
    for seed in range(20):
        loadings = principal_components(correlation(seed, 6)).loadings[:, :4]
        turned = varimax(loadings)
        np.testing.assert_allclose(varimax(turned), turned, atol=1e-11)


def test_a_stack_is_rotated_one_by_one():
    stack = np.stack([principal_components(correlation(seed, 6)).loadings[:, :3] for seed in range(4)])
    np.testing.assert_allclose(varimax(stack), [varimax(one) for one in stack], atol=1e-12)


def test_the_rise_of_a_rotation_is_per_row_and_its_angle_for_all():
    x, y = np.random.default_rng(2).normal(size=(2, 7))
    rise, angle = _best_angle(x, y, np.array(7))
    again, same = _best_angle(np.tile(x, 3), np.tile(y, 3), np.array(21))
    np.testing.assert_allclose([again, same], [rise, angle], rtol=1e-12)
