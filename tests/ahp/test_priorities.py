"""Weights and consistency: slow oracles, laws, faults found in other tools, speed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.matrices import METHODS, WRITTEN, consistent, from_upper, incomplete, reciprocal

from hengdian_index import ahp
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal


@given(reciprocal(most=9))
def test_eigenvector_is_that_of_numpy(matrix):
    roots, vectors = np.linalg.eig(matrix)
    vector = np.abs(vectors[:, roots.real.argmax()])
    found = ahp.priorities(matrix)
    np.testing.assert_allclose(found.weights, vector / vector.sum(), rtol=1e-10)
    assert found.lambda_max == pytest.approx(roots.real.max(), rel=1e-12)


@given(reciprocal())
def test_other_methods_and_indices_are_those_of_the_textbook(matrix):
    n = len(matrix)
    geometric = np.array([np.prod(row) ** (1 / n) for row in matrix])
    geometric /= geometric.sum()
    arithmetic = np.mean([matrix[:, j] / sum(matrix[:, j]) for j in range(n)], axis=0)
    for method, weights in (("geometric", geometric), ("arithmetic", arithmetic)):
        found = ahp.priorities(matrix, method=method)
        root = np.mean([sum(matrix[i, j] * weights[j] for j in range(n)) / weights[i] for i in range(n)])
        np.testing.assert_allclose(found.weights, weights, rtol=1e-12)
        assert found.lambda_max == pytest.approx(root, rel=1e-12)
        assert found.ci == pytest.approx((root - n) / (n - 1), abs=1e-12)
        assert found.cr == pytest.approx(found.ci / ahp.random_index(n), abs=1e-15)
        assert found.consistent is (found.cr < 0.1)
    squares = [np.log(matrix[i, j] * geometric[j] / geometric[i]) ** 2 for i in range(n) for j in range(i + 1, n)]
    assert ahp.priorities(matrix).gci == pytest.approx(2 * sum(squares) / ((n - 1) * (n - 2)), abs=1e-12)


@pytest.mark.parametrize("size", [1e3, 1e6, 1e50])
def test_very_large_judgements_neither_overflow_nor_stall(size):
    """Three items: lambda = 1 + d + 1/d with d the cube root of a12 a23 a31."""
    found = ahp.priorities([[1, size, 1], [1 / size, 1, size], [1, 1 / size, 1]])
    d = size ** (2 / 3)
    assert found.lambda_max == pytest.approx(1 + d + 1 / d, rel=1e-9)


def test_judgements_that_contradict_beyond_arithmetic_are_refused_and_not_nan():
    cycle = from_upper(4, [1e150, 1e-150, 1, 1e150, 1, 1])
    cycle[0, 1], cycle[1, 0] = 1e200, 1e-200
    with pytest.raises(DataError, match="too far for 64-bit"):
        ahp.priorities(cycle)
    assert np.isfinite(ahp.priorities(cycle, method="geometric").weights).all()


@given(reciprocal(), st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_does_not_matter(matrix, random):
    names = [f"item {k}" for k in range(len(matrix))]
    frame = pd.DataFrame(matrix, index=names, columns=names)
    shuffled = frame.loc[random.sample(names, len(names)), random.sample(names, len(names))]
    for method in METHODS:
        one, other = ahp.priorities(frame, method=method), ahp.priorities(shuffled, method=method)
        np.testing.assert_allclose(other.weights[names], one.weights, rtol=1e-12)
        assert (other.lambda_max, other.gci) == pytest.approx((one.lambda_max, one.gci))
        assert list(other.weights.index) == list(shuffled.index)


@given(consistent(least=1))
def test_a_consistent_matrix_has_one_answer(pair):
    matrix, weights = pair
    for method in METHODS:
        found = ahp.priorities(matrix, method=method)
        np.testing.assert_allclose(found.weights, weights, rtol=1e-12)
        assert found.lambda_max == pytest.approx(len(weights))
        assert (found.ci, found.cr, found.gci) == pytest.approx((0, 0, 0), abs=1e-12)
        assert found.consistent is True
        assert found.ci >= 0


@given(reciprocal())
def test_geometric_weights_turn_round_with_the_judgements(matrix):
    weights, turned = (ahp.priorities(one, method="geometric").weights for one in (matrix, matrix.T))
    np.testing.assert_allclose(turned, (1 / weights) / (1 / weights).sum(), rtol=1e-12)


@settings(max_examples=25)
@given(st.lists(reciprocal(5, 5), min_size=1, max_size=4), incomplete(5, 5), st.sampled_from(METHODS))
def test_a_batch_is_its_matrices_one_by_one(matrices, holed, method):
    batch = np.stack([*matrices, holed])
    found = ahp.priorities(batch[None], method=method)
    assert found.weights.shape == (1, len(batch), 5)
    for k, matrix in enumerate(batch):
        one = ahp.priorities(matrix, method=method)
        np.testing.assert_allclose(found.weights[0, k], one.weights, rtol=1e-12)
        for field in ("lambda_max", "ci", "cr", "gci", "random_index"):
            assert getattr(found, field)[0, k] == pytest.approx(getattr(one, field), abs=1e-12)
        assert (found.consistent[0, k], found.missing[0, k]) == (one.consistent, one.missing)


@pytest.mark.parametrize("n", range(1, 16))
def test_fault_23_every_size_up_to_15(n):
    matrix = from_upper(n, np.full(n * (n - 1) // 2, 2.0))
    found = ahp.priorities(matrix)
    assert found.weights.shape == (n,)
    assert np.isfinite([found.lambda_max, found.ci, found.cr, found.gci]).all()
    if n <= 2:
        assert (found.ci, found.cr, found.gci, found.consistent) == (0, 0, 0, True)
        np.testing.assert_allclose(found.weights, [[1], [2 / 3, 1 / 3]][n - 1], rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ahp.priorities(WRITTEN, method="eigen"), "no method 'eigen'; .*eigenvector, geometric, arithmetic"),
        (lambda: ahp.priorities(WRITTEN, random_index="saaty2007"), "did you mean 'saaty_2008'"),
        (lambda: ahp.priorities(WRITTEN, random_index=0), "positive number"),
        (lambda: ahp.priorities(WRITTEN, random_index=True), "positive number"),
    ],
)
def test_wrong_choices_are_refused(call, said):
    with pytest.raises(SpecError, match=said):
        call()


def test_without_a_random_index_gci_decides_and_the_log_says_so():
    for last, fine in ((6.0, True), (40.0, False)):
        matrix = from_upper(4, [2, 4, 8, 2, 4, last])
        with journal() as lines:
            found = ahp.priorities(matrix, random_index=None)
        assert found.cr is None
        assert found.random_index is None
        assert found.consistent is fine is (found.gci < 0.35)
        assert "GCI < 0.35 decides" in lines[0].why
    batch = ahp.priorities(np.ones((2, 4, 4)), random_index=None)
    assert np.isnan(batch.cr).all()
    assert batch.consistent.all()


def test_ten_thousand_matrices_of_nine_in_one_call():
    random = np.random.default_rng(0)
    upper = np.exp(random.uniform(-np.log(9), np.log(9), (10_000, 36)))
    i, j = np.triu_indices(9, 1)
    batch = np.ones((10_000, 9, 9))
    batch[:, i, j], batch[:, j, i] = upper, 1 / upper
    found = ahp.priorities(batch)
    ratios = (batch @ found.weights[..., None])[..., 0] / found.weights
    np.testing.assert_allclose(ratios / found.lambda_max[:, None], 1, rtol=1e-12)


def test_the_card_names_each_item_beside_its_weight():
    page = ahp.priorities({"films": {"cinemas": 3}})._repr_html_()
    assert page.index("films") < page.index("0.75") < page.index("cinemas") < page.index("0.25")
