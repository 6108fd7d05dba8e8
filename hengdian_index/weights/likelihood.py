"""Weights by one common factor, fitted to the correlations by maximum likelihood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError
from hengdian_index.log import note
from hengdian_index.weights._correlations import ZERO, Constant, correlations, dependent, rarer_sign

# The least share of a column's variance that is its own; without a limit one column could become the factor itself.
_LEAST = 0.005


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    complete=True,
    formula=r"w_j = \frac{a_j / u_j}{\sum_l a_l / u_l}, \quad R \approx a a^\top + U",
    chinese="极大似然单因子法（因子得分系数）",
    words={
        "en": {"constant": "weight of a constant column", "constant = raise": "refused", "constant = zero": "0"},
        "zh": {"constant": "常数列的权重", "constant = raise": "不予接受", "constant = zero": "0"},
    },
)
def likelihood_factor(x: Sample, *, constant: Constant = "raise") -> Array:
    r"""Weights of the score of one common factor, fitted to the correlations by maximum likelihood.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, three columns at least, more rows than columns. Only rows with a value in every column
        count; where others have gaps the log says how many.
    constant : {"raise", "zero"}
        Refuse constant columns, or leave them out with weight 0.

    Returns
    -------
    array or Series (..., k)

    Raises
    ------
    DataError
        Scoring coefficients of both signs: the columns in the minority are named. Fewer than three columns that vary,
        columns that follow from others exactly, too few rows.

    Notes
    -----
    R = a a' + U but for chance: a are the loadings of the factor, u on the diagonal of U the share of each column's
    variance that is its own, the one most likely under a normal distribution. The coefficients of the regression score
    are proportional to a_j / u_j: a column counts the more, the more of it is common. u is held at 0.005 or above, as
    R's factanal does; where it meets that limit (a Heywood case) the log names the column.

    **Symbols.** R: correlation matrix; a: loading; u: uniqueness, on the diagonal of U; l: any column; U: diagonal
    matrix of the u.

    **When to use.** Indicators are several imperfect measures of one thing that is not seen, as the domains of skills
    and of health in the English indices of deprivation.

    **Pitfalls.** Correlation is not importance: what stands alone gets next to nothing, and one column nearly
    identical with the factor gets nearly all. With three columns the fit is exact and proves nothing.

    Variants: scores by Bartlett's method have the same weights once they sum to 1; `pca` gives every variance to the
    component, `factor` rotates several.

    Source: Lawley 1940, Proceedings of the Royal Society of Edinburgh 60, Edinburgh; Joreskog 1967, Psychometrika 32.
    Proof: correlations made of known loadings; the gradient of the likelihood is 0; scikit-learn's FactorAnalysis.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 2.0, 1.0], [2.0, 1.0, 3.0], [3.0, 4.0, 2.0], [4.0, 3.0, 4.0], [5.0, 4.0, 4.0], [4.0, 6.0, 5.0]]
    >>> hi.weights.likelihood_factor(x).round(3)
    array([0.735, 0.082, 0.183])
    """
    r, n = correlations(x, "likelihood_factor", constant, least=4)
    there = ~np.isnan(np.diagonal(r, axis1=-2, axis2=-1))
    if (there.sum(axis=-1) < 3).any():
        raise DataError(
            Said("likelihood_factor: one factor needs three columns or more that vary; use 'pca' or 'equal'")
        )
    if (n <= there.sum(axis=-1)).any():
        raise DataError(Said("likelihood_factor: more complete rows than columns are needed; use 'pca' or 'equal'"))
    x.refuse(
        dependent(r) & there,
        Said("follows from other columns exactly, so that it has nothing of its own; leave it out"),
    )
    weights = np.zeros(there.shape)
    met = np.zeros(there.shape, dtype=np.bool_)
    for at in np.ndindex(there.shape[:-1]):
        own = np.ix_(there[at], there[at])
        weights[at][there[at]], met[at][there[at]] = _coefficients(r[at][own])
    if met.any():
        names = joined([x.name(int(j)) for j in np.flatnonzero(met.reshape(-1, met.shape[-1]).any(axis=0))])
        note(
            "weights",
            Said(
                "likelihood_factor: {names}: next to nothing of its own (a Heywood case); the fit is at its limit",
                names=names,
            ),
        )
    x.refuse(
        rarer_sign(weights),
        Said(
            "goes against the others in the factor, which would make its weight negative; turn its direction, or leave "
            "it out"
        ),
    )
    weights = np.where(np.abs(weights) > ZERO, np.abs(weights), 0.0)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def _coefficients(r: Array) -> tuple[Array, Array]:
    """Return coefficients of the score (k,), sizes summing to 1, and which columns have the least of their own."""
    from scipy.optimize import minimize

    def gradient(u: Array) -> Array:
        return np.asarray(_surplus(r, u) / u**2)

    def misfit(u: Array) -> float:
        values = np.linalg.eigvalsh(r / np.sqrt(np.outer(u, u)))[:-1]
        return float((values - np.log(values) - 1).sum())

    start = np.clip((1 - 0.5 / len(r)) / np.diagonal(np.linalg.inv(r)), _LEAST, 1.0)
    near = minimize(misfit, start, jac=gradient, method="L-BFGS-B", bounds=[(_LEAST, 1.0)] * len(r), tol=1e-12).x
    u = _settled(r, near)
    coefficients = _loadings(r, u) / u
    return coefficients / np.abs(coefficients).sum(), u <= _LEAST + 1e-6


def _settled(r: Array, near: Array) -> Array:
    """Return uniquenesses near the likeliest to the last digit: at the least, or where the diagonal is met exactly."""
    from scipy.optimize import root

    u, held = near, near <= _LEAST + 1e-3
    for _ in range(2 * len(r)):

        def left(inner: Array, held: NDArray[np.bool_] = held) -> Array:
            whole = np.full(len(r), _LEAST)
            whole[~held] = np.maximum(inner, 1e-8)
            return _surplus(r, whole)[~held]

        u = np.full(len(r), _LEAST)
        u[~held] = root(left, near[~held], tol=1e-15).x
        below, pulled = ~held & (u < _LEAST), held & (_surplus(r, np.maximum(u, _LEAST)) < 0)
        if not (below | pulled).any():
            break
        held = (held | below) & ~pulled
    return np.clip(u, _LEAST, 1.0)


def _surplus(r: Array, u: Array) -> Array:
    """Return by how much loadings and uniquenesses (k,) exceed the variance of 1 that they share."""
    return np.asarray(_loadings(r, u) ** 2 + u - 1)


def _loadings(r: Array, u: Array) -> Array:
    """Return the likeliest loadings (k,) under given uniquenesses."""
    root = np.sqrt(u)
    values, vectors = np.linalg.eigh(r / np.outer(root, root))
    return np.asarray(root * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0)))
