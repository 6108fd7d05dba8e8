"""Weights that set the rows apart most: the vertical and horizontal scatter degree."""

from __future__ import annotations

import numpy as np

from hengdian_index._maths.components import principal_components
from hengdian_index._maths.stats import Products
from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError
from hengdian_index.log import note
from hengdian_index.weights._checks import note_complete
from hengdian_index.weights._correlations import ZERO, need_gap, need_rows


@weighting(
    sees="statistics",
    unit_free=False,
    shift_free=False,
    complete=True,
    formula=r"H w = \lambda_{\max} w, \quad H = \sum_t X_t' X_t, \quad w \ge 0",
    chinese="纵横向拉开档次法",
)
def scatter(x: Sample) -> Array:
    r"""Scatter-degree weights: the weights of length 1 that set the rows apart most, over all periods together.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, or units in several periods below each other, scaled once for all periods; used as given.
        Only rows with a value in every column count; where others have gaps the log says how many. In an index x are
        scores on the scale 0 to 1 (`weigh_scale`).

    Returns
    -------
    array or Series (..., k)
        A constant column has weight too: the scatter is about 0, not about the mean.

    Raises
    ------
    DataError
        Fewer than two complete rows, all columns constant, two directions of one scatter.

    Notes
    -----
    H = sum_t X_t' X_t; w is the eigenvector of its largest eigenvalue (vertical and horizontal scatter degree), scaled
    to sum 1. On z-scores this is the first principal component. Where the eigenvector has mixed signs (x below 0), w'Hw
    is maximised over |w| = 1, w >= 0 instead, with a line in the log: w <- max(Hw, 0) / |max(Hw, 0)|, which never
    falls, from every axis and from |v|, the best end kept.

    Source: Guo Yajun 2002. Proof: equals the free eigenvector where x >= 0 (Perron); a general optimiser elsewhere.

    **Symbols.** X: scores of the rows of period t; t: a period; \lambda: largest eigenvalue of H.

    **When to use.** A panel: one set of weights for all periods that sets the units apart as far as possible.

    **Pitfalls.** Not free of the zero: a column whose scores lie far from 0 weighs much, whatever its spread. Columns
    that move together are rewarded.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.scatter([[0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]).round(4)
    array([0.7676, 0.2324])
    """
    products = x.measure(Products)
    need_rows(x, products.n, 2, "scatter")
    note_complete(x, products.n, "scatter")
    flat = np.diagonal(products.cross, axis1=-2, axis2=-1) == 0
    x.refuse(flat & flat.all(axis=-1, keepdims=True), Said("constant, as are all columns; use 'equal' or 'fixed'"))
    h = _uncentred(products)
    parts = principal_components(h)
    need_gap(parts, 1, "scatter")
    w = parts.vectors[..., 0].copy()
    mixed = (w < -ZERO).any(axis=-1)
    if mixed.any():
        note("weights", Said("scatter: the free weights have both signs; the best weights of 0 or more are taken"))
    for table in np.argwhere(mixed):
        w[*table] = _best_direction(h[*table], w[*table])
    return np.maximum(w, 0.0)


def _uncentred(products: Products) -> Array:
    """Return X'X (..., k, k), divided by its largest entry so that nothing overflows."""
    unit = products.scale / products.scale.max(axis=-1, keepdims=True)
    mean = (products.centre.high * unit)[..., np.newaxis, :]
    cross = products.cross * unit[..., :, np.newaxis] * unit[..., np.newaxis, :]
    h = cross + np.asarray(products.n)[..., np.newaxis, np.newaxis] * mean.mT * mean
    size = np.diagonal(h, axis1=-2, axis2=-1).max(axis=-1)
    relative: Array = h / size[..., np.newaxis, np.newaxis]
    return relative


def _best_direction(h: Array, free: Array) -> Array:
    """Return the w >= 0 (k,) of length 1 with the largest w'Hw that the projected power iteration finds."""
    ends = np.vstack([np.eye(h.shape[0])[np.diagonal(h) > 0], np.abs(free)])
    for _ in range(1000):
        pushed = np.maximum(ends @ h, 0.0)
        pushed /= np.linalg.norm(pushed, axis=-1, keepdims=True)
        still = np.abs(pushed - ends).max() < 1e-12
        ends = pushed
        if still:
            break
    ends = np.array([_polished(h, end) for end in ends])
    reached = np.einsum("ij,jk,ik->i", ends, h, ends)
    best: Array = ends[np.argmax(reached)]
    if np.abs(ends[reached >= reached.max() * (1 - 1e-12)] - best).max() > 1e-6:
        raise DataError(
            Said(
                "scatter: the free weights have both signs, and several weightings of 0 or more set the rows "
                "apart equally far; turn the direction of columns that go against the others, or use 'pca' with "
                "form='squared'"
            )
        )
    return best


def _polished(h: Array, end: Array) -> Array:
    """Return the exact best weights of the columns that have weight at the end of the iteration."""
    some = np.flatnonzero(end > 1e-9)
    vector = principal_components(h[np.ix_(some, some)]).vectors[:, 0]
    if (vector < 0).any():
        return end
    exact = np.zeros_like(end)
    exact[some] = vector
    return exact
