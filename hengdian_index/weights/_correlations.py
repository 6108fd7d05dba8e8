"""What the weightings by correlation share: the matrix with its refusals, and multiple correlations."""

from __future__ import annotations

from functools import partial
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.components import Components, principal_components
from hengdian_index._maths.stats import Products, Range
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, listed
from hengdian_index.weights._checks import note_complete, note_constant, zeroed

Constant: TypeAlias = Literal["raise", "zero"]

# Eigenvalues below this share of the largest are 0 but for rounding.
ZERO = 1e-12


def correlations(sample: Sample, method: str, constant: Constant, least: int) -> tuple[Array, NDArray[np.int64]]:
    """Return correlations (..., k, k) over the rows complete in all columns, and the number of those rows (...).

    A constant column is refused, or with `constant="zero"` dropped first: its correlations are NaN, and its gaps cost
    no rows.
    """
    dropped = np.zeros(sample.k, dtype=np.bool_)
    if constant == "zero":
        sample, dropped = _without_constant(sample, method)
    products = sample.complete.flattened().measure(Products)
    need_rows(sample, products.n, least, method)
    note_complete(sample, products.n, method)
    flat = np.diagonal(products.cross, axis1=-2, axis2=-1) == 0
    remedy = Said("leave it out") if constant == "zero" else Said("leave it out, or constant='zero'")
    why = Said("constant over the complete rows, so its correlation is undefined; {remedy}", remedy=remedy)
    sample.refuse(flat & ~dropped, why)
    return products.correlation(), products.n


def _without_constant(sample: Sample, method: str) -> tuple[Sample, NDArray[np.bool_]]:
    """Return the sample with constant columns made 0, their gaps as well, and which columns (..., k) they are."""
    seen = sample.measure(Range)
    flat = seen.lo == seen.hi
    sample.refuse(
        flat & flat.all(axis=-1, keepdims=True),
        Said("constant, as are all columns, so {method} weights are undefined; use 'equal' or 'fixed'", method=method),
    )
    if flat.any():
        note_constant(sample, flat)
        sample = sample.each(partial(zeroed, flat))
    return sample, flat


def need_rows(sample: Sample, n: NDArray[np.int64], least: int, method: str) -> None:
    """Refuse fewer than `least` complete rows, and say which columns hold the gaps."""
    if (n >= least).all():
        return
    values = sample.measure(Range).n
    sample.need_values(values)
    rows = sample.rows
    gaps = np.flatnonzero((np.reshape(values, (-1, sample.k)) < rows).any(axis=0))
    names = [sample.columns[j] if sample.columns else int(j) for j in gaps]
    remedy = (
        Said("; values are missing in {names}: fill them, or leave those columns out", names=listed(names))
        if names
        else ""
    )
    raise DataError(
        Said(
            "{method}: rows complete in all columns: {n}; at least {least} are needed{remedy}",
            method=method,
            n=int(np.min(n)),
            least=least,
            remedy=remedy,
        )
    )


def need_gap(parts: Components, q: Array | int, method: str) -> None:
    """Refuse a component used, number q (...), that is as large as the next: any turn of the two would do."""
    if parts.tied(q).any():
        raise DataError(
            Said(
                "{method}: component {q} of those used is as large as the next one, so the weights are not "
                "determined; use other rows, another number of components, or another method",
                method=method,
                q=np.max(q),
            )
        )


def rarer_sign(vector: Array) -> NDArray[np.bool_]:
    """Return which entries (..., k) have the sign that fewer have; none where all have one sign, or are rounding."""
    below, above = vector < -ZERO, vector > ZERO
    fewer = below.sum(axis=-1, keepdims=True) <= above.sum(axis=-1, keepdims=True)
    return np.where(fewer, below, above & below.any(axis=-1, keepdims=True))


def dependent(r: Array) -> NDArray[np.bool_]:
    """Return which columns (..., k) take part in an exact linear dependence; one with NaN correlations does not."""
    parts = principal_components(r)
    part = np.where(_null(parts)[..., np.newaxis, :], parts.vectors**2, 0.0).sum(axis=-1)
    marked: NDArray[np.bool_] = (part > 1e-16) & ~np.isnan(np.diagonal(r, axis1=-2, axis2=-1))
    return marked


def multiple_correlation(r: Array) -> Array:
    """Return the correlation of each column with its best fit by the others, (..., k); 1 where it depends on them.

    R^2 = -sum_{l != j} r_jl P_jl / P_jj with P the inverse. The usual 1 - 1/P_jj is the same number, but of columns
    that are not correlated it leaves only rounding, 1e-8 for 0.
    """
    parts = principal_components(r)
    null = _null(parts)
    scale = np.where(null, 0.0, 1 / np.where(null, 1.0, parts.eigenvalues))
    inverse = (parts.vectors * scale[..., np.newaxis, :]) @ parts.vectors.mT
    own = np.diagonal(inverse, axis1=-2, axis2=-1)
    others = np.where(np.isnan(r) | np.eye(r.shape[-1], dtype=np.bool_), 0.0, r)
    square = -(others * inverse).sum(axis=-1) / np.where(own > 0, own, 1.0)
    return np.where(dependent(r), 1.0, np.sqrt(np.clip(square, 0.0, 1.0)))


def _null(parts: Components) -> NDArray[np.bool_]:
    """Return which eigenvalues (..., k) are 0."""
    null: NDArray[np.bool_] = parts.eigenvalues <= ZERO * parts.eigenvalues[..., :1]
    return null
