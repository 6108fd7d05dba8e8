"""Weights by a factor of maximum likelihood: known loadings, the gradient, scikit-learn, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.log import journal
from hengdian_index.weights import likelihood_factor


def with_correlations(r: np.ndarray, n: int = 40) -> np.ndarray:
    """Return n rows whose correlations are r exactly."""
    k = len(r)
    raw = np.random.default_rng(5).normal(size=(n, k))
    q, _ = np.linalg.qr(raw - raw.mean(axis=0))
    return q @ np.linalg.cholesky(r).T


LOADINGS = st.lists(st.integers(20, 95), min_size=3, max_size=8).map(lambda all_: np.array(all_) / 100)


@LAW
@given(LOADINGS)
def test_loadings_that_correlations_are_made_of_are_found_back(a: np.ndarray) -> None:
    r = np.outer(a, a)
    np.fill_diagonal(r, 1.0)
    expected = a / (1 - a**2)
    np.testing.assert_allclose(likelihood_factor(with_correlations(r)), expected / expected.sum(), rtol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_other_factor_is_likelier(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(4, 9))
    x = rng.normal(size=(60, 1)) * rng.uniform(0.4, 1.5, k) + rng.normal(size=(60, k))
    w, r = likelihood_factor(x), np.corrcoef(x.T)

    def likelihood(a: np.ndarray) -> float:
        covered = np.outer(a, a)
        np.fill_diagonal(covered, 1.0)
        return -np.linalg.slogdet(covered)[1] - np.trace(np.linalg.solve(covered, r))

    # Of a_j / (1 - a_j^2) = c w_j, the c that is likeliest; around it none is likelier.
    def loadings(c: float) -> np.ndarray:
        return (np.sqrt(1 + 4 * (c * w) ** 2) - 1) / (2 * c * w)

    scales = np.geomspace(0.1, 100, 4000)
    best = loadings(scales[np.argmax([likelihood(loadings(c)) for c in scales])])
    for _ in range(200):
        other = np.clip(best + rng.normal(0, 0.02, k), 0.01, 0.99)
        assert likelihood(other) <= likelihood(best) + 1e-5


def test_it_agrees_with_scikit_learn() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 1)) * rng.uniform(0.5, 1.2, 6) + rng.normal(size=(200, 6))
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    other = decomposition.FactorAnalysis(1, tol=1e-12, max_iter=100_000, svd_method="lapack").fit(z)
    expected = np.abs(other.components_[0]) / other.noise_variance_
    np.testing.assert_allclose(likelihood_factor(x), expected / expected.sum(), rtol=1e-4)


def test_a_column_that_is_all_but_the_factor_is_named() -> None:
    with journal() as lines:
        likelihood_factor(with_correlations(np.array([[1, 0.8, 0.8], [0.8, 1, 0.6], [0.8, 0.6, 1]])))
    assert any("column 0: next to nothing of its own (a Heywood case)" in line.why for line in lines)


@pytest.mark.parametrize(
    ("x", "why"),
    [
        (np.random.default_rng(0).normal(size=(9, 2)), "three columns or more that vary"),
        (np.random.default_rng(0).normal(size=(4, 5)), "more complete rows than columns"),
        (np.add(np.outer(np.arange(9.0), [1, 2, 3]), 1), "follows from other columns exactly"),
    ],
)
def test_what_has_no_factor_is_refused(x: np.ndarray, why: str) -> None:
    with pytest.raises(hi.DataError, match=why):
        likelihood_factor(x)


def test_a_column_that_goes_against_the_others_is_named() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 1)) * [1.0, 1.2, -1.1, 0.9] + rng.normal(size=(80, 4))
    with pytest.raises(hi.DataError, match=r"^column 2: goes against the others in the factor"):
        likelihood_factor(x)
