"""Projection pursuit: the direction along which rows lie far apart in dense groups, and the rows along it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.effort import estimate
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import uneven
from hengdian_index._words.said import Said, joined
from hengdian_index.aggregate import _shared
from hengdian_index.errors import DataError
from hengdian_index.log import note

# Directions that are looked at first, and of which so many of the best are followed to the top of their hill.
_LOOKED_AT = 128
_CORNERS = 1024
_ROWS_TIMES = 200_000
_FOLLOWED = 12
_STEPS = 100
# The last search about the best of them, where the index has an edge: its first and its last step.
_WIDE = 1e-2
_NARROW = 1e-11
# So many directions are searched about, those that differ in these decimals.
_POLISHED = 4
_APART = 3
# Decimals of the largest difference to which values are taken, so that rounding does not move the direction.
_DIGITS = 9
# A smaller gain of the index is rounding.
_GAIN = 1e-14
# Of no more rows than this pairs are gone through neighbour by neighbour.
_FEW = 200
# About so many seconds one row takes, in all directions that are tried.
_EACH_ROW = 5e-4


@dataclass(frozen=True, slots=True)
class Projection:
    """Rows along the best direction.

    Attributes
    ----------
    scores : Series or array (n,)
        Where each row lies along the direction.
    direction : Series or array (k,)
        Numbers of 0 or more, one for each column; their squares sum to 1.
    spread, density, index : float
        Standard deviation of the scores, their local density, and the product of both, which is at its largest.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[0.0, 0.1], [0.1, 0.0], [0.9, 0.2], [1.0, 0.3]]
    >>> hi.aggregate.projection_pursuit(x, details=True).direction.round(2)
    array([0.76, 0.65])
    """

    scores: Any = field(metadata={"axis": "rows"})
    direction: Any = field(metadata={"axis": "columns"})
    spread: float
    density: float
    index: float


def _figures(row: Row) -> Iterator[Figure]:
    """Yield the score along the direction, which follows from the rows compared."""
    a = _direction(row.whole, row.options["radius"])
    what, parts = Said("value along the best direction a"), {"a": a[row.there], "z": row.z}
    if row.there.all():
        yield Figure.of(what, "sum(a * z)", **parts)
    else:
        yield Figure.of(
            Said("value along the best direction a, what is missing as the mean of the rest"),
            "sum(a * z) / sum(a) * all",
            all=a.sum(),
            **parts,
        )


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    check=lambda radius, **_: (
        [] if 0 < radius < np.inf else [Said("radius: a number above 0, not {radius:g}", radius=radius)]
    ),
    figures=_figures,
    formula=(
        r"y_i = \sum_j a_j z_{ij}, \quad a = \arg\max_{\sum a_j^2 = 1,\, a_j \ge 0} S D, \quad "
        r"D = \sum_i \sum_l \max(R - |y_i - y_l|, 0), \quad R = \mathrm{radius} \cdot S"
    ),
    chinese="投影寻踪",
)
def projection_pursuit(
    x: Array, w: Array, /, *, radius: float = 0.1, details: bool = False, **shared: Unpack[Scoring]
) -> Any:
    """Projection of each row onto the direction in which the rows lie far apart, and close together in groups.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, normalised, larger better.
    w : None
        Equal, or left out: the direction takes the place of weights.
    radius : float above 0
        Radius of the window of the density, in standard deviations of the projection. .1 is the usual one; larger ones
        give groups of more rows.
    details : bool
        Return the direction, the spread, the density and their product too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.direction`, `.spread`, `.density`, `.index`

    Raises
    ------
    SpecError
        Unequal w.
    DataError
        Fewer than two rows, or all columns constant.

    Notes
    -----
    y_i = sum_j a_j x_ij, with a_j >= 0 and sum a_j^2 = 1 so that Q = S D is largest: S the standard deviation of the y
    (n - 1), D = sum over all pairs i, l of R - |y_i - y_l| where that is above 0, R = radius S. Papers look for a by a
    genetic algorithm with random numbers, and no two find the same. Here a fixed set of directions is looked at, among
    them those in which pairs of rows fall into one point, where Q has its peaks; the best are followed uphill by the
    gradient of Q, and the best of these by ever smaller steps. The same rows give the same direction. Of few rows and
    many columns Q has very many peaks, and the highest may be missed. The direction is written into the log.

    The direction is learnt from the rows without gaps; a row with gaps has the mean of its other values, weighted by a,
    in the place of each. Another row may change every score. Several directions may be almost as good; that of the
    largest Q is taken.

    Source: Friedman & Tukey 1974 (IEEE Transactions on Computers C-23), the index; Jin & Ding 2000, Fu & Zhao 2006, its
    use in evaluation (投影寻踪评价). Proof: all directions of two and of three columns, tried one by one.

    **Symbols.** a: direction; S: standard deviation of the scores; D: their density; R: radius of the window.

    **When to use.** Rows fall into groups that are to be set apart, and nobody can give weights; studies that follow
    this convention.

    **Pitfalls.** The direction says what sets rows apart, not what matters. With the usual radius few pairs lie in a
    window, and Q is nearly the spread alone. A few rows more or less can turn it.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.projection_pursuit([[0.0, 0.1], [0.1, 0.0], [0.9, 0.2], [1.0, 0.3]]).round(2)
    array([0.06, 0.08, 0.82, 0.96])
    """
    _shared.equal_only(w, "projection_pursuit", Said("the direction is learnt from the rows"))
    x = _shared.stretched(x, w)
    if details and x.ndim > 2:
        raise DataError(Said("projection_pursuit: details are of one table (n, k)"))
    n = x.shape[-2]
    seconds = _EACH_ROW * n * x.shape[-1] * int(np.prod(x.shape[:-2]))
    estimate(
        "aggregate",
        Said("projection_pursuit of {rows}", rows=_shared.rows_of(n)),
        64.0 * n * _LOOKED_AT,
        seconds,
        Said("fit on fewer rows"),
    )
    directions = np.empty((*x.shape[:-2], x.shape[-1]))
    for at in np.ndindex(x.shape[:-2]):
        directions[at] = _direction(x[at], radius)
    scores = _along(x, directions[..., np.newaxis, :])
    if x.ndim == 2:
        parts = joined([f"{part:.4f}" for part in directions])
        note("aggregate", Said("projection_pursuit: direction of the parts in their order: {parts}", parts=parts))
    if not details:
        return scores
    size = float(np.nanmax(np.abs(scores))) or 1.0
    whole = ~np.isnan(x).any(axis=1)
    spread, density = (float(part[0]) * size for part in _parts(scores[whole, np.newaxis] / size, radius))
    return Projection(scores, directions, spread, density, spread * density)


def _along(x: Array, a: Array) -> Array:
    """Return where rows (..., n, k) lie along directions (..., 1, k); what a row lacks has the mean of the rest."""
    gaps = np.isnan(x)
    if not gaps.any():
        return np.asarray((x * a).sum(axis=-1))
    there = np.where(gaps, 0.0, a)
    held = there.sum(axis=-1)
    none = Said("the direction has a number above 0 for none of its values; fill its gaps")
    _shared.refuse_rows(held == 0, none)
    return np.asarray(np.where(gaps, 0.0, x * a).sum(axis=-1) * (a.sum(axis=-1) / held))


def _direction(x: Array, radius: float) -> Array:
    """Return the best direction (k,) of rows (n, k), learnt from those without gaps."""
    x = x[~np.isnan(x).any(axis=1)]
    n, k = x.shape
    if n < 2:
        raise DataError(
            Said("projection_pursuit: at least two complete rows are needed; fill gaps, or leave columns out")
        )
    flat = (x.max(axis=0) == x.min(axis=0)) | uneven(x)
    if flat.all():
        _shared.refuse_columns(flat[np.newaxis], np.ones(k), Said("constant over the rows compared; leave it out"))
    # Without what is rounding, in an order of rows and columns that follows from their values: it hangs on neither.
    used = np.flatnonzero(~flat)
    z = x[:, used] - x[:, used].min(axis=0)
    z = (z / z.max()).round(_DIGITS)
    columns = np.lexsort(np.sort(z, axis=0)[::-1])
    z = z[:, columns]
    z = np.ascontiguousarray(z[np.lexsort(z.T[::-1])])
    found = np.zeros(k)
    found[used[columns]] = _best(z, radius)
    return found


def _best(z: Array, radius: float) -> Array:
    """Return the direction (k,) of 0 or more and length 1 in which the index of rows (n, k) is largest."""
    from scipy.optimize import minimize

    k = z.shape[1]
    if k == 1:
        return np.ones(1)
    starts = _starts(z)
    first = np.argsort(-_index(z, starts, radius), kind="stable")[:_FOLLOWED]

    def downhill(a: Any) -> tuple[float, Any]:
        value, slope = _log_index(z, a, radius)
        return -value, -slope

    more: dict[str, Any] = {"bounds": [(0.0, 1.0)] * k, "options": {"maxiter": _STEPS}}
    ends = [minimize(downhill, a, jac=True, method="L-BFGS-B", **more).x for a in starts[:, first].T]
    tops = _unit(np.column_stack([starts[:, first], np.maximum(ends, 0.0).T]))
    tops = tops[:, np.argsort(-_index(z, tops, radius), kind="stable")]
    apart = np.unique(tops.round(_APART), axis=1, return_index=True)[1]
    found = np.column_stack(
        [_polished(z, tops[:, j], radius) for j in np.sort(apart)[: _POLISHED if len(z) <= _FEW else 1]]
    )
    return np.asarray(found[:, int(np.argmax(_index(z, found, radius)))])


def _starts(z: Array) -> Array:
    """Return directions (k, m) to begin with: the axes, the middle, the widest spread, and a net of others."""
    from scipy.stats import norm, qmc

    k = z.shape[1]
    widest = np.abs(np.linalg.svd(z - z.mean(axis=0), full_matrices=False)[2][0])
    net = np.abs(norm.ppf(np.clip(qmc.Sobol(k, scramble=False).random(_LOOKED_AT)[1:], 1e-9, 1 - 1e-9)))
    # Spread as normal numbers are, directions fall evenly on the sphere.
    net = np.where(net.any(axis=1, keepdims=True), net, 1.0)
    return _unit(np.column_stack([np.eye(k), np.ones(k), widest, net.T, _corners(z)]))


def _corners(z: Array) -> Array:
    """Return directions (k, m) in which as many pairs of rows as can be lie in one point, or parts count nothing.

    There the density has its peaks. Of many such sets of pairs and parts a fixed choice is taken.
    """
    n, k = z.shape
    rng = np.random.default_rng(1)
    most = max(min(_CORNERS, _ROWS_TIMES // n), 16)
    one, other = _pairs(n, most, rng).T
    limits = np.vstack([np.eye(k), z[one] - z[other]])
    if k == 2:
        chosen = np.arange(len(limits))[:, np.newaxis]
    else:
        chosen = np.array([rng.choice(len(limits), k - 1, replace=False) for _ in range(most)])
    a = np.linalg.svd(limits[chosen])[2][:, -1, :]
    a = np.where(a.sum(axis=1, keepdims=True) < 0, -a, a)
    return np.asarray(np.maximum(a[(a >= -_NARROW).all(axis=1)], 0.0).T)


def _pairs(n: int, most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return pairs of rows (m, 2): all, or no more than `most`."""
    if n * (n - 1) // 2 <= most:
        return np.column_stack(np.triu_indices(n, 1))
    pairs = rng.integers(0, n, (most, 2))
    return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]])


def _polished(z: Array, a: Array, radius: float) -> Array:
    """Return a direction from which no small step leads higher, along the axes or a fixed set of others."""
    k = len(a)
    others = np.random.default_rng(0).standard_normal((k, 2 * k))
    steps = np.column_stack([np.eye(k), _unit(others)])
    steps = np.column_stack([steps, -steps])
    value, step = float(_index(z, a[:, np.newaxis], radius)[0]), _WIDE
    while step > _NARROW:
        tried = _unit(np.maximum(a[:, np.newaxis] + step * steps, 0.0))
        values = _index(z, tried, radius)
        top = int(np.argmax(values))
        if values[top] > value * (1 + _GAIN):
            a, value = tried[:, top], float(values[top])
        else:
            step /= 2
    return a


def _unit(a: Array) -> Array:
    """Return directions (k, m) of length 1."""
    return np.asarray(a / np.sqrt((a**2).sum(axis=0)))


def _index(z: Array, a: Array, radius: float) -> Array:
    """Return the index of rows (n, k) in each direction (k, m)."""
    spread, density = _parts(z @ a, radius)
    return spread * density


def _parts(y: Array, radius: float) -> tuple[Array, Array]:
    """Return the standard deviation and the density of each column (n, m)."""
    n = len(y)
    y = np.sort(y, axis=0)
    spread = y.std(axis=0, ddof=1)
    reach = radius * spread
    return spread, n * reach + 2 * (_near if n <= _FEW else _within)(y, reach)


def _near(y: Array, reach: Array) -> Array:
    """Return the sum of reach - distance over pairs of sorted columns (n, m) within reach (m,), neighbours first."""
    found = np.zeros(y.shape[1])
    for apart in range(1, len(y)):
        left = reach - (y[apart:] - y[:-apart])
        if not (left > 0).any():
            break
        found += np.maximum(left, 0.0).sum(axis=0)
    return found


def _within(y: Array, reach: Array) -> Array:
    """Return the same by the ends of the window of each row, for many rows."""
    n, m = y.shape
    sums = np.concatenate([np.zeros((1, m)), np.cumsum(y, axis=0)])
    found = np.empty(m)
    for j in range(m):
        last = np.searchsorted(y[:, j], y[:, j] + reach[j])
        beside = last - np.arange(n) - 1
        far = sums[last, j] - sums[1:, j] - beside * y[:, j]
        found[j] = (beside * reach[j] - far).sum()
    return found


def _log_index(z: Array, a: Array, radius: float) -> tuple[float, Array]:
    """Return the logarithm of the index in a direction (k,) of any length, as if it were 1, and its slope (k,)."""
    n = len(z)
    order = np.argsort(z @ a, kind="stable")
    x = z[order]
    y = x @ a
    centred = x - x.mean(axis=0)
    spread = float(y.std(ddof=1))
    if spread == 0:
        return -1e300, np.zeros(len(a))
    spread_slope = centred.T @ (y - y.mean()) / ((n - 1) * spread)
    reach = radius * spread
    last, first = np.searchsorted(y, y + reach), np.searchsorted(y, y - reach, side="right")
    place = np.arange(n)
    above, below = last - place - 1, place - first
    pairs = int(above.sum())
    # Each row is added for those below it in a window and taken off for those above.
    turn = below - above
    density = (n + 2 * pairs) * reach - 2 * float(turn @ y)
    density_slope = (n + 2 * pairs) * radius * spread_slope - 2 * (turn @ x)
    length = float(a @ a)
    value = np.log(spread) + np.log(density) - np.log(length)
    return float(value), np.asarray(spread_slope / spread + density_slope / density - 2 * a / length)
