"""Weights by principal components of the correlations: the first one, and several of them rotated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.components import Components, principal_components, varimax
from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import note
from hengdian_index.weights._correlations import (
    ZERO,
    Constant,
    correlations,
    dependent,
    need_gap,
    need_rows,
    rarer_sign,
)

Keep: TypeAlias = Literal["tenth", "kaiser"] | int


@dataclass(frozen=True, slots=True)
class PcaWeights:
    """Weights by the first principal component, and all components.

    Attributes
    ----------
    weights : Series or array (..., k)
    eigenvalues, explained : array (..., k)
        The largest first, and their shares of the variance.
    loadings : array (..., k, k)
        A row for each indicator and a column for each component.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.weights.pca([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]], details=True)
    >>> found.weights.round(3), found.explained.round(3)
    (array([0.5, 0.5]), array([0.9, 0.1]))
    """

    weights: Any = field(metadata={"axis": "columns"})
    eigenvalues: Array
    explained: Array
    loadings: Array


@dataclass(frozen=True, slots=True)
class FactorWeights:
    """Weights by q rotated components, and what they were made of.

    Attributes
    ----------
    weights : Series or array (..., k)
    communalities : Series or array (..., k)
        Sums of squares of the rows of `rotated`.
    eigenvalues, explained : array (..., k)
        Of all components, and their shares of the variance.
    loadings, rotated : array (..., k, q)
        Of the q components kept, a row for each indicator: before and after rotation.
    variance, shares : array (..., q)
        Sum of squares of each rotated column, and its share in their total.
    squared : array (..., k, q)
        Squares of the rotated loadings over the sum of their column.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.weights.factor([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]], details=True)
    >>> found.weights.round(3), found.shares.round(3)
    (array([0.5, 0.5]), array([0.5, 0.5]))
    """

    weights: Any = field(metadata={"axis": "columns"})
    communalities: Any = field(metadata={"axis": "columns"})
    eigenvalues: Array
    explained: Array
    loadings: Array
    rotated: Array
    variance: Array
    shares: Array
    squared: Array


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    complete=True,
    formula=lambda form, **_: {
        "loadings": r"w_j = \frac{v_j}{\sum_l v_l}, \quad R v = \lambda_1 v",
        "squared": r"w_j = v_j^2, \quad R v = \lambda_1 v, \quad |v| = 1",
    }[form],
    chinese="主成分法（第一主成分）",
)
def pca(
    x: Sample,
    *,
    form: Literal["loadings", "squared"] = "loadings",
    constant: Constant = "raise",
    details: bool = False,
) -> Array | PcaWeights:
    r"""Weights by the first principal component of the correlations.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, two columns at least, three rows. Only rows with a value in every column count; where
        others have gaps the log says how many.
    form : {"loadings", "squared"}
        "loadings": v over its sum, so that the composite of z-scores is the first component. "squared": v^2, the share
        of each column in the component.
    constant : {"raise", "zero"}
        Refuse constant columns, or leave them out with weight 0.
    details : bool
        Return a PcaWeights: also eigenvalues, shares of variance and loadings.

    Returns
    -------
    array or Series (..., k), or PcaWeights

    Raises
    ------
    DataError
        Loadings of both signs under "loadings": the columns in the minority are named. Other tools return them as
        negative weights. A constant column; fewer than two columns or three rows; two largest components of one size.

    Notes
    -----
    v is the eigenvector of the largest eigenvalue of the correlation matrix, with sum v > 0; w = v / sum v or v^2.

    Source: OECD/JRC Handbook (2008), step 6. Proof: TAI (Handbook, Tables 6-8).

    **Symbols.** R: correlation matrix; \lambda: largest eigenvalue; v: its eigenvector; l: any column.

    **When to use.** One factor explains most of what the indicators have in common; its component is then their best
    summary in one number.

    **Pitfalls.** Correlation is not importance: an indicator that stands alone gets little. Loadings move with the
    rows, so freeze the fit; mixed signs are refused.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 2.0, 1.0], [2.0, 1.0, 3.0], [3.0, 4.0, 2.0], [4.0, 3.0, 4.0]]
    >>> hi.weights.pca(x).round(3)
    array([0.417, 0.25 , 0.333])
    >>> hi.weights.pca(x, form="squared").round(2)
    array([0.5 , 0.18, 0.32])
    """
    r, _ = correlations(x, "pca", constant, least=3)
    varying = (~np.isnan(np.diagonal(r, axis1=-2, axis2=-1))).sum(axis=-1)
    if (varying < 2).any():
        raise DataError(Said("pca: one column has no components to find; give two or more, or use 'equal'"))
    parts = principal_components(r)
    need_gap(parts, 1, "pca")
    first = parts.vectors[..., 0]
    weights = first**2 if form == "squared" else _one_signed(x, first)
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return PcaWeights(weights, parts.eigenvalues, parts.explained, parts.loadings) if details else weights


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    complete=True,
    check=lambda keep, **_: (
        [] if isinstance(keep, str) or keep >= 1 else [Said("keep: 1 or more components, not {keep}", keep=keep)]
    ),
    formula=r"w_j \propto \frac{a_{jf(j)}^2}{\sum_{l,f} a_{lf}^2}, \quad f(j) = \arg\max_f |a_{jf}|",
    chinese="因子分析法（旋转主成分）",
)
def factor(
    x: Sample,
    *,
    rotation: Literal["varimax"] | None = "varimax",
    keep: Keep = "tenth",
    constant: Constant = "raise",
    details: bool = False,
) -> Array | FactorWeights:
    """Weights by rotated principal components: the procedure of the Handbook on Constructing Composite Indicators.

    Parameters
    ----------
    x : table or array (..., n, k)
        More rows than columns. Only rows with a value in every column count; where others have gaps the log says how
        many.
    rotation : {"varimax", None}
        Turn the loadings towards a simple structure, with Kaiser's normalisation, or leave them.
    keep : {"tenth", "kaiser"} or int
        "tenth": every component with 10 % of the variance or more (TAI keeps four; a line in the log where they
        explain less than 60 %). "kaiser": eigenvalue above 1 (would keep two). Or their number.
    constant : {"raise", "zero"}
        Refuse constant columns, or leave them out with weight 0.
    details : bool
        Return a FactorWeights: also eigenvalues, loadings before and after rotation, communalities, shares.

    Returns
    -------
    array or Series (..., k), or FactorWeights

    Raises
    ------
    DataError
        A constant column, columns that depend on each other, not more rows than columns, no component to keep, the
        last one kept as large as the next; without a rotation, any one kept.
    SpecError
        More components than columns.

    Notes
    -----
    Loadings a_jf of the kept components, rotated; s_jf = a_jf^2 / sum_j a_jf^2; t_f the share of factor f in the sum of
    all a^2; f(j) the factor with the largest |a_jf| (not s_jf: they can differ); w_j proportional to s_jf(j) t_f(j),
    which is a_jf(j)^2 over the sum of all a^2. Maximum-likelihood factors are not offered: the TAI example has no
    proper solution.

    Source: Nicoletti, Scarpetta & Boylaud 2000 (OECD); OECD/JRC Handbook (2008), step 6. Proof: TAI (Handbook,
    Tables 7-9, 16, 17).

    **Symbols.** a: rotated loading of a column on a factor; f: a kept factor; l: any column.

    **When to use.** Several factors lie behind the indicators, and the procedure of the Handbook is wanted.

    **Pitfalls.** How many factors are kept and how they are rotated are choices that move the weights. Each indicator
    counts by one factor alone; its other loadings are dropped.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 2.0, 1.0], [2.0, 1.0, 0.0], [3.0, 4.0, 0.0], [4.0, 3.0, 1.0]]
    >>> hi.weights.factor(x, keep=2).round(3)
    array([0.308, 0.308, 0.385])
    """
    r, n = correlations(x, "factor", constant, least=2)
    varying = int((~np.isnan(np.diagonal(r, axis1=-2, axis2=-1))).sum(axis=-1).max())
    need_rows(x, n, varying + 1, "factor")
    x.refuse(
        dependent(r), Said("depends exactly on other columns (correlation matrix singular); leave one of them out")
    )
    parts = principal_components(r)
    q = _number(parts, keep, varying)
    # A rotation finds its place from any turn of the components that are kept.
    for one in [q] if rotation else np.minimum(np.arange(1, q.max() + 1).reshape(-1, *[1] * q.ndim), q):
        need_gap(parts, one, "factor")
    kept = np.arange(q.max()) < q[..., np.newaxis]
    loadings = np.where(kept[..., np.newaxis, :], parts.loadings[..., : q.max()], 0.0)
    return _weighed(parts, loadings, _ordered(varimax(loadings)) if rotation else loadings, details)


def _one_signed(sample: Sample, vector: Array) -> Array:
    """Return the vector (..., k) without rounding below 0; both signs are refused, the rarer one named."""
    sample.refuse(
        rarer_sign(vector),
        Said(
            "goes against the others in the first component, which would make its weight negative; turn its "
            "direction, leave it out, or form='squared'"
        ),
    )
    return np.maximum(vector, 0.0)


def _number(parts: Components, keep: Keep, varying: int) -> NDArray[np.int64]:
    """Return how many components are kept (...)."""
    if not isinstance(keep, str):
        if keep > varying:
            raise SpecError(
                Said.of(
                    varying,
                    "factor: keep = {keep}, but {n} column has no more than {n} component",
                    "factor: keep = {keep}, but {n} columns have no more than {n} components",
                    keep=keep,
                )
            )
        return np.full(parts.eigenvalues.shape[:-1], keep, dtype=np.int64)
    # Rounding must not decide whether a component that is just large enough is kept.
    enough = parts.explained >= 0.1 - ZERO if keep == "tenth" else parts.eigenvalues > 1 + ZERO
    if not enough.any(axis=-1).all():
        raise DataError(
            Said("factor: no component is large enough for keep = {keep!r}; give their number instead", keep=keep)
        )
    explained = float(np.where(enough, parts.explained, 0.0).sum(axis=-1).min())
    if keep == "tenth" and explained < 0.6:
        note(
            "weights",
            Said("factor: the components kept explain only {share:.0f} % of the variance", share=100 * explained),
        )
    number: NDArray[np.int64] = enough.sum(axis=-1)
    return number


def _ordered(rotated: Array) -> Array:
    """Return rotated loadings, the factor of the largest variance first, each with a sum of 0 or more."""
    order = np.argsort(-(rotated**2).sum(axis=-2), axis=-1, kind="stable")
    falling = np.take_along_axis(rotated, order[..., np.newaxis, :], axis=-1)
    return falling * np.where(falling.sum(axis=-2, keepdims=True) < 0, -1.0, 1.0)


def _weighed(parts: Components, loadings: Array, rotated: Array, details: bool) -> Array | FactorWeights:
    square = rotated**2
    variance = square.sum(axis=-2)
    weights: Array = square.max(axis=-1) / square.max(axis=-1).sum(axis=-1, keepdims=True)
    if not details:
        return weights
    shares = variance / variance.sum(axis=-1, keepdims=True)
    squared = square / np.where(variance > 0, variance, 1.0)[..., np.newaxis, :]
    communalities = square.sum(axis=-1)
    return FactorWeights(
        weights, communalities, parts.eigenvalues, parts.explained, loadings, rotated, variance, shares, squared
    )
