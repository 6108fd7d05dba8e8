"""Pairs that were not compared: slow oracles, laws, faults found in other tools."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.matrices import METHODS, WRITTEN, consistent, incomplete, reciprocal, with_holes

from hengdian_index import ahp
from hengdian_index.errors import DataError, SpecError


@given(incomplete())
def test_geometric_completion_is_least_squares_of_logs(matrix):
    n = len(matrix)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if not np.isnan(matrix[i, j])]
    design = np.array([np.eye(n)[i] - np.eye(n)[j] for i, j in pairs])
    logs = np.linalg.lstsq(design, np.log([matrix[pair] for pair in pairs]), rcond=None)[0]
    expected = np.where(np.isnan(matrix), np.exp(logs[:, None] - logs[None, :]), matrix)
    np.testing.assert_allclose(ahp.complete(matrix, method="geometric"), expected, rtol=1e-9)
    found = ahp.priorities(matrix, method="geometric")
    np.testing.assert_allclose(found.weights, np.exp(logs) / np.exp(logs).sum(), rtol=1e-9)


@given(incomplete(), st.integers(0, 10**6))
def test_eigenvector_completion_is_at_the_least_root(matrix, seed):
    filled = ahp.complete(matrix)
    roots, vectors = np.linalg.eig(filled)
    least = roots.real.max()
    x = np.abs(vectors[:, roots.real.argmax()])
    left_roots, left_vectors = np.linalg.eig(filled.T)
    y = np.abs(left_vectors[:, left_roots.real.argmax()])
    flow = y[:, None] * filled * x[None, :] / (y @ x)
    gap = (flow - flow.T)[np.isnan(matrix)]
    assert np.all(np.abs(gap) < 1e-9 * least)
    push = np.triu(np.where(np.isnan(matrix), np.random.default_rng(seed).normal(0, 0.1, matrix.shape), 0))
    assert np.linalg.eigvals(filled * np.exp(push - push.T)).real.max() >= least - 1e-9
    np.testing.assert_array_equal(np.where(np.isnan(matrix), 1, filled), np.where(np.isnan(matrix), 1, matrix))


@given(consistent(), st.data())
def test_completing_a_consistent_matrix_recovers_it(pair, data):
    matrix, weights = pair
    holed = with_holes(data.draw, matrix)
    for method in ("eigenvector", "geometric"):
        np.testing.assert_allclose(ahp.complete(holed, method=method), matrix, rtol=1e-9)
    for method in METHODS:
        found = ahp.priorities(holed, method=method)
        np.testing.assert_allclose(found.weights, weights, rtol=1e-9)
        assert found.missing == np.isnan(holed).sum() // 2
        assert found.consistent


@given(reciprocal())
def test_completing_a_complete_matrix_changes_nothing(matrix):
    np.testing.assert_array_equal(ahp.complete(matrix), matrix)


def test_fault_24_unconnected_judgements_name_their_parts():
    with pytest.raises(DataError, match=r"2 parts .*\['a', 'b'\]; \['c', 'd'\]; ask at least 1 more.*\('a', 'c'\)"):
        ahp.priorities({"a": {"b": 2}, "c": {"d": 3}})
    alone = np.array([[1, 2, np.nan], [0.5, 1, np.nan], [np.nan, np.nan, 1]])
    with pytest.raises(DataError, match=r"matrix \[1\]: .*\[0, 1\]; \[2\]"):
        ahp.complete(np.stack([np.ones((3, 3)), alone]))


def test_fault_24_a_missing_pair_is_not_read_as_1():
    found = ahp.priorities({"a": {"b": 3}, "b": {"c": 3}})
    np.testing.assert_allclose(found.weights, [9 / 13, 3 / 13, 1 / 13], rtol=1e-12)
    assert found.missing == 1


def test_fault_24_twelve_items_with_eleven_judgements_are_completed():
    names = [f"x{k}" for k in range(12)]
    matrix = {names[k]: {names[k + 1]: 2} for k in range(11)}
    found = ahp.priorities(matrix)
    np.testing.assert_allclose(found.weights, 2.0 ** -np.arange(1, 13) / (1 - 2.0**-12), rtol=1e-9)
    assert found.cr is None
    assert found.consistent


def test_wrong_choices_are_refused():
    with pytest.raises(SpecError, match="no completion 'mean'"):
        ahp.complete(WRITTEN, method="mean")
