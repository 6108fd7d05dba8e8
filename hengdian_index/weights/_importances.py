"""How much an indicator moves with a composite: correlation, rank correlation, correlation ratio of a smooth fit."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from hengdian_index._tables.table import Array
from hengdian_index._values.equality import flattened, largest, settled

Measure: TypeAlias = Literal["r2", "pearson", "spearman", "smooth"]

# Places of the knots of a restricted cubic spline, and the rows from which on they are used: Harrell (2001),
# Regression Modeling Strategies, Table 2.3.
_KNOTS = (
    (100, (0.05, 0.275, 0.5, 0.725, 0.95)),
    (30, (0.05, 0.35, 0.65, 0.95)),
    (0, (0.1, 0.5, 0.9)),
)


def standardised(x: Array) -> Array:
    """Return complete rows (n, k) centred and scaled so that z'z is the correlation matrix; a constant column is 0."""
    x = flattened(x)
    _, exponent = np.frexp(np.abs(x).max(axis=0))
    t = np.ldexp(x, -exponent)
    t = t - t[0]
    t = t - t.mean(axis=0)
    length = np.sqrt((t * t).sum(axis=0))
    z: Array = t / np.where(length > 0, length, 1.0)
    return z


def ranked(x: Array) -> Array:
    """Return the average ranks of each column of (n, k); what differs by rounding alone, ties."""
    from scipy.stats import rankdata

    places: Array = rankdata(settled(x, largest(x), axis=0), axis=0)
    return places


def bases(z: Array) -> Array:
    """Return an orthonormal base (k, n, d) of the smooth functions of each standardised column (n, k), padded with 0.

    The functions are restricted cubic splines without their constant: d = 4 for 100 rows or more, 3 for 30, else 2. A
    column with few different values has fewer.
    """
    n = len(z)
    places = next(places for least, places in _KNOTS if n >= least)
    found = np.zeros((z.shape[1], n, len(places) - 1))
    for j, column in enumerate(z.T):
        knots = np.unique(np.quantile(column, places))
        functions = standardised(_spline(column * np.sqrt(n), knots * np.sqrt(n)))
        left, size, _ = np.linalg.svd(functions, full_matrices=False)
        rank = int((size > 1e-9 * size[0]).sum())
        found[j, :, :rank] = left[:, :rank]
    return found


def importance(z: Array, y: Array, measure: Measure) -> Array:
    """Return the importance (k,) of standardised columns (n, k) for a standardised composite y (n,)."""
    if measure == "spearman":
        z, y = standardised(ranked(z)), standardised(ranked(y[:, np.newaxis]))[:, 0]
    if measure == "smooth":
        fitted = np.einsum("knd,n->kd", bases(z), y)
        return np.asarray(np.minimum((fitted * fitted).sum(axis=-1), 1.0))
    r: Array = np.clip(z.T @ y, -1.0, 1.0)
    return r * r if measure == "r2" else r


def _spline(x: Array, knots: Array) -> Array:
    """Return x (n,) and the cubic terms (n, knots - 1) of a spline that is straight beyond its outer knots."""
    if len(knots) < 3:
        return x[:, np.newaxis]
    last, before = knots[-1], knots[-2]
    cubes = np.maximum(x[:, np.newaxis] - knots, 0.0) ** 3
    inner = knots[:-2]
    terms = cubes[:, :-2] - np.outer(cubes[:, -2], (last - inner) / (last - before))
    terms = terms + np.outer(cubes[:, -1], (before - inner) / (last - before))
    return np.column_stack([x, terms])
