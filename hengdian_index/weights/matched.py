"""Weights under which each indicator moves with the composite as much as it is meant to matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from hengdian_index._maths.stats import Products
from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, raise_all
from hengdian_index.log import note
from hengdian_index.weights import _importances
from hengdian_index.weights._checks import zeroed
from hengdian_index.weights._correlations import Constant, correlations
from hengdian_index.weights._importances import Measure

# Importances (k,) of the composite of standardised columns with weights u (k,), and their derivatives (k, k).
Importances: TypeAlias = Callable[[Array], tuple[Array, Array]]

# Sum of squared gaps of the importances with weights u (k,) from the wanted ones, and its gradient (k,).
Distance: TypeAlias = Callable[[Array], tuple[Any, Array]]

# A gap between wanted and attained below this is rounding.
_MET = 1e-6

# Distance of weights whose composite the columns, taken together, do not rise with.
_OPPOSED = 1e6
_NO_COMPOSITE = Said(
    "matched: no weights found whose composite the columns, taken together, rise with; turn some round"
)

# Up to so many columns, a descent is started near each of them alone.
_MANY = 20

# Rank correlations: points tried all over the simplex, starts, and rounds about each with so many points; for a table
# of as many rows as the effort. One with fewer has larger steps and is tried at more, up to 8 times.
_ANYWHERE, _STARTS, _ROUNDS, _ABOUT = 1000, 4, 16, 24
_EFFORT = 300


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Weights whose attained importances are as near to the wanted ones as can be.

    Attributes
    ----------
    weights : Series or array (..., k)
    wanted, attained : Series or array (..., k)
        Importances, rescaled to sum 1.
    residual : float or array (...)
        Distance of attained from wanted: square root of the sum of squared gaps.
    met : bool or array (...)
        Whether no gap exceeds 1e-6.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 4.0], [2.0, 2.0], [4.0, 3.0], [3.0, 6.0]]
    >>> found = hi.weights.matched(x, importance=[1, 1], details=True)
    >>> found.attained.round(3), bool(found.met)
    (array([0.5, 0.5]), True)
    """

    weights: Any = field(metadata={"axis": "columns"})
    wanted: Any = field(metadata={"axis": "columns"})
    attained: Any = field(metadata={"axis": "columns"})
    residual: Any
    met: Any


@weighting(
    sees="statistics",
    unit_free=False,
    shift_free=True,
    complete=True,
    by_column=("importance",),
    matches=True,
    formula=r"\min_{w \ge 0,\, \sum w = 1} \; \sum_j \left(\frac{I_j(w)}{\sum_l I_l(w)} - t_j\right)^2",
    chinese="匹配权重法（使实际重要性等于期望重要性）",
)
def matched(
    x: Sample,
    *,
    importance: Any,
    measure: Measure = "r2",
    constant: Constant = "raise",
    details: bool = False,
) -> Array | Matched:
    """Weights under which the *effective* importance of each indicator is the wanted one.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, on the scale on which the arithmetic mean will be taken. Only rows with a value in every
        column count; where others have gaps the log says how many.
    importance : mapping or Series by name, or sequence (k,)
        Wanted importances, 0 or more, in any unit (rescaled to sum 1); one number: all alike.
    measure : {"r2", "pearson", "spearman", "smooth"}
        What importance is, of each column for the composite: squared correlation (Paruolo), correlation (COINr), rank
        correlation, or correlation ratio of a smooth fit (a restricted cubic spline), for relations that are not
        straight.
    constant : {"raise", "zero"}
        Refuse constant columns, or leave them out with weight 0.
    details : bool
        Return a `Matched`: weights, wanted, attained, residual, met.

    Returns
    -------
    array or Series (..., k), or Matched

    Raises
    ------
    SpecError
        An importance below 0 or missing, a name that is no column.
    DataError
        Fewer than 3 complete rows, a constant column.

    Notes
    -----
    Minimises sum_j (I_j / sum I - t_j)^2 over w >= 0, sum w = 1, for the composite y = sum_j w_j x_j. With V the
    covariance matrix r_j = (V w)_j / (s_j sqrt(w' V w)), so "r2" and "pearson" need V alone and, where it is possible,
    are met exactly: C u = sqrt(t) or C u = t, with C the correlation matrix, w = u / s. Else the best of several
    descents with the analytic gradient. "spearman" has none, for it moves in steps: there it is the best of points all
    over the simplex, and ever nearer the best of those, drawn from a fixed seed; a better one is not ruled out. Of
    several weights with one composite (columns that depend on each other) those with the least sum (w_j s_j)^2 are
    taken: copies of a column share evenly. Wanted importances that cannot be attained get a line in the log, as those
    of "spearman" nearly always do. Some tools pair importances with columns by position after sorting one of the two,
    and return the last point tried instead of the best.

    Source: Paruolo, Saisana & Saltelli 2013 (JRSS-A 176); Becker et al. 2017 (Ecological Indicators 80); knots of the
    spline: Harrell 2001. Proof: uncorrelated columns of one variance (w proportional to sqrt(t)), two columns in closed
    form, a grid over the simplex, and its laws.

    **Symbols.** I: importance of a column under the weights w (`measure`); t: wanted importance; l: any column.

    **When to use.** Importances are to be as stated, where correlations make weights say something else.

    **Pitfalls.** The weights themselves are hard to explain, may be 0, and hold for the fit rows. What cannot be
    attained is said in the log.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    >>> hi.weights.matched(x, importance=[4, 1]).round(4)
    array([0.6667, 0.3333])
    """
    r, _ = correlations(x, "matched", constant, least=5 if measure == "smooth" else 3)
    live = ~np.isnan(np.diagonal(r, axis1=-2, axis2=-1))
    wanted = _wanted(x, importance, live)
    kept = x if live.all() else x.each(partial(zeroed, ~live))
    scale = np.where(live, kept.measure(Products).deviation(), np.inf)
    weights, attained = np.zeros_like(wanted), np.zeros_like(wanted)
    for at in np.ndindex(wanted.shape[:-1]):
        j = np.flatnonzero(live[at])
        rows = kept.x[at][:, j] if measure in ("spearman", "smooth") else np.empty((0, len(j)))
        u, attained[*at, j] = _solve(r[at][np.ix_(j, j)], rows, wanted[*at, j], measure)
        weights[*at, j] = u * (scale[at].min() / scale[*at, j])
    weights /= weights.sum(axis=-1, keepdims=True)
    gap = attained - wanted
    _note_gap(x, wanted, gap)
    residual, met = np.sqrt((gap * gap).sum(axis=-1)), np.abs(gap).max(axis=-1) <= _MET
    return Matched(weights, wanted, attained, residual[()], met[()]) if details else weights


def _wanted(sample: Sample, importance: Any, live: Array) -> Array:
    """Return the wanted importances (..., k) of the columns that vary, summing to 1."""
    given = dict(importance.items()) if hasattr(importance, "keys") else importance
    found = sample.per_column(given, "importance")
    low = [
        Said("importance of {where}: {found:g}; 0 or more", where=sample.name(int(j)), found=found[j])
        for j in np.flatnonzero(found < 0)
    ]
    raise_all(SpecError, low)
    each = np.where(live, found / max(found.max(), 1e-300), 0.0)
    total = each.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        raise SpecError(Said("importance: 0 for every column that varies; at least one must matter"))
    shares: Array = each / total
    return shares


def _note_gap(sample: Sample, wanted: Array, gap: Array) -> None:
    worst = np.unravel_index(np.argmax(np.abs(gap)), gap.shape)
    if abs(gap[worst]) > _MET:
        why = Said(
            "matched: no weights found that attain the importances; {where}: wanted {wanted:.4g}, attained "
            "{attained:.4g}",
            where=sample.name(int(worst[-1])),
            wanted=wanted[worst],
            attained=wanted[worst] + gap[worst],
        )
        note("weights", why)


def _solve(c: Array, rows: Array, wanted: Array, measure: Measure) -> tuple[Array, Array]:
    """Return weights u (k,) of the standardised columns and the importances they attain, both summing to 1."""
    z = _importances.standardised(rows[~np.isnan(rows).any(axis=-1)]) if len(rows) else rows
    if measure == "spearman":
        return _stepped(z, c, wanted)
    if measure == "pearson":
        moved = _straight(c)
    else:
        moved = _squares(np.swapaxes(_importances.bases(z), -1, -2) @ z if measure == "smooth" else c[:, np.newaxis, :])
    u = _smallest(_descended(moved, c, wanted, np.sqrt(wanted) if measure != "pearson" else wanted), c)
    return u, _shares(moved, u)[0]


def _straight(c: Array) -> Importances:
    """Return importances that are correlations, but for their common denominator."""
    return lambda u: (c @ u, c)


def _squares(parts: Array) -> Importances:
    """Return importances that are the squared lengths of `parts[j] @ u`, parts (k, d, k)."""

    def moved(u: Array) -> tuple[Array, Array]:
        h = parts @ u
        return (h * h).sum(axis=-1), 2 * np.einsum("jd,jdl->jl", h, parts)

    return moved


def _shares(moved: Importances, u: Array) -> tuple[Array, Array]:
    """Return the importances as shares of their sum (k,), and their derivatives (k, k); infinite at a sum of 0."""
    found, slope = moved(u)
    total = found.sum()
    if not total.real > 1e-12:
        return np.full(len(u), np.inf), np.zeros_like(slope)
    shares = found / total
    return shares, (slope - np.outer(shares, slope.sum(axis=0))) / total


def _distance(moved: Importances, wanted: Array) -> Distance:
    """Return the sum of squared gaps between shares and wanted as a function of u, with its gradient."""

    def distance(u: Array) -> tuple[Any, Array]:
        shares, slope = _shares(moved, u)
        if np.isinf(shares[0]):
            return _OPPOSED, np.zeros(len(u))
        gap = shares - wanted
        return gap @ gap, 2 * gap @ slope

    return distance


def _descended(moved: Importances, c: Array, wanted: Array, aim: Array) -> Array:
    """Return the nearest weights on the simplex of those that descents from several starts reach.

    The first start solves C u = aim, which is the answer where u >= 0 can; the others are even weights, the wanted
    importances, and one column above the rest.
    """
    from scipy.optimize import minimize, nnls

    k, distance = len(wanted), _distance(moved, wanted)
    stop: Any = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000}
    starts = [nnls(c, aim)[0], np.ones(k), wanted, *(np.eye(k) + 0.1 if k <= _MANY else ())]
    reached: list[Array] = []
    for start in [start for start in starts if start.any()]:
        u: Array = start / start.sum()
        if distance(u)[0] < 1e-24:
            return u
        found = minimize(distance, u, jac=True, method="L-BFGS-B", bounds=[(0, None)] * k, options=stop).x
        reached.append(found / found.sum())
    least = min(distance(u)[0] for u in reached)
    if least >= _OPPOSED:
        raise DataError(_NO_COMPOSITE)
    near = [_polished(distance, u) for u in reached if distance(u)[0] <= least + 1e-8]
    least = min(distance(u)[0] for u in near)
    return min((u for u in near if distance(u)[0] <= least + 1e-13), key=lambda u: float(u @ u))


def _polished(distance: Distance, u: Array) -> Array:
    """Return u after Newton steps for its conditions, which take it from 6 digits to all of them.

    At the nearest weights each is 0 with a slope of 0 or more, or has a slope of 0: min(u, slope) = 0. A descent stops
    some roundings short of the first, and a change of unit makes such a remnant as large as one likes, so what is less
    than its slope is made 0, not small. The distance is the same for u and 2 u; the matrix of ones holds their sum. The
    gradient is a rational function, so its derivatives are read off exactly by an imaginary step.
    """
    ones = np.ones((len(u), len(u)))
    value, slope = distance(u)
    for _ in range(8):
        curvature = np.imag([distance(u + 1e-40j * one)[1] for one in np.eye(len(u))]) / 1e-40
        trial = _newton(u, slope, curvature + np.abs(curvature).max() * ones)
        nearer, change = distance(trial)
        short, left = (np.abs(np.minimum(*pair)).max() for pair in ((u, slope), (trial, change)))
        if nearer > value + 1e-13 or left > max(short, 1e-15):
            break
        u, value, slope = trial, nearer, change
    return u


def _newton(u: Array, slope: Array, curvature: Array) -> Array:
    """Return the weights with slope 0 or, where they would be less than 0, with weight 0, to first order; sum 1."""
    free = u > slope
    while free.any():
        target = slope[free] - curvature[np.ix_(free, ~free)] @ u[~free]
        trial = np.zeros_like(u)
        trial[free] = u[free] - np.linalg.lstsq(curvature[np.ix_(free, free)], target, rcond=1e-10)[0]
        if trial.min() >= 0 and trial.any():
            weights: Array = trial / trial.sum()
            return weights
        free &= trial > 0
    return u


def _smallest(u: Array, c: Array) -> Array:
    """Return the weights with the smallest sum of squares that give the same composite as u, rescaled to sum 1.

    They differ from u where columns depend on each other: u + N v, N a base of the changes that leave the composite as
    it is. The least ||u + N v|| with u + N v >= 0 is Lawson & Hanson's least distance problem (1974, ch. 23).
    """
    from scipy.optimize import nnls

    size, vectors = np.linalg.eigh(c)
    n = vectors[:, size < 1e-9 * size[-1]]
    if n.shape[1] == 0:
        return u
    nearest = u - n @ (n.T @ u)
    m = np.vstack([n.T, -nearest])
    residual = m @ nnls(m, np.append(np.zeros(n.shape[1]), 1.0))[0]
    residual[-1] -= 1.0
    smallest: Array = np.maximum(nearest - n @ residual[:-1] / residual[-1], 0.0)
    smallest /= smallest.sum()
    return smallest


def _stepped(z: Array, c: Array, wanted: Array) -> tuple[Array, Array]:
    """Return the weights and attained importances for rank correlations, which have no gradient: the best found.

    A rank correlation stays near the correlation, so what the weights for a target miss is added to the target; then
    points all over the simplex are tried, and those about the best, ever closer. The columns are put in an order that
    does not depend on that of the table, and the points are drawn from a fixed seed, so that an answer can be repeated.
    """
    order = np.lexsort(np.vstack([np.round(np.sort(z, axis=0), 9), np.round(wanted, 9)]))
    place = np.argsort(order)
    z, c, wanted = z[:, order], c[np.ix_(order, order)], wanted[order]
    ranks = _importances.standardised(_importances.ranked(z))
    points = np.vstack([_corrected(z, ranks, c, wanted), np.eye(len(wanted)), np.full(len(wanted), 1 / len(wanted))])
    u, shares, gaps = _searched(z, ranks, wanted, points)
    if not len(u):
        raise DataError(_NO_COMPOSITE)
    near = np.flatnonzero(gaps <= gaps.min() + 1e-13)
    best = near[np.argmin((u[near] ** 2).sum(axis=1))]
    return u[best, place], shares[best, place]


def _corrected(z: Array, ranks: Array, c: Array, wanted: Array) -> Array:
    """Return the weights (m, k) for targets from which what the weights before missed is taken away."""
    from scipy.optimize import nnls

    tried: list[Array] = []
    target = wanted
    for step in [0.7] * 30 + [0.2] * 30:
        u = nnls(c, target)[0]
        if not u.any():
            break
        tried.append(u / u.sum())
        shares = _rank_shares(z, ranks, tried[-1][np.newaxis])[0]
        if np.isnan(shares[0]):
            break
        target = target + step * (wanted - shares)
    return np.array(tried).reshape(-1, len(wanted))


def _searched(z: Array, ranks: Array, wanted: Array, points: Array) -> tuple[Array, Array, Array]:
    """Return weights (m, k), their shares, and the sums of squared gaps (m,): given ones, and others ever nearer."""
    rng, k = np.random.default_rng(0), len(wanted)
    effort = min(8.0, _EFFORT / len(z))
    anywhere = rng.dirichlet(np.ones(k), max(k, round(effort * _ANYWHERE)))
    u, shares, gaps = _tried(z, ranks, wanted, np.vstack([points, anywhere]))
    if not len(u) or k == 1:
        return u, shares, gaps
    for start in np.argsort(gaps, kind="stable")[:_STARTS]:
        centre, least = u[start], gaps[start]
        for radius in 0.4 * 0.7 ** np.arange(_ROUNDS):
            steps = rng.normal(size=(max(2 * k, round(effort * _ABOUT)), k)) * radius * rng.random((1, k))
            about = np.maximum(centre + steps * centre.max(), 0.0)
            about = about[about.any(axis=1)]
            some, their, apart = _tried(z, ranks, wanted, about / about.sum(axis=1, keepdims=True))
            if len(some) and apart.min() < least:
                centre, least = some[np.argmin(apart)], apart.min()
                u, shares, gaps = np.vstack([u, some]), np.vstack([shares, their]), np.append(gaps, apart)
    return u, shares, gaps


def _tried(z: Array, ranks: Array, wanted: Array, u: Array) -> tuple[Array, Array, Array]:
    """Return those of the weights (m, k) that have a composite, their shares (m, k), and the gaps (m,)."""
    shares = _rank_shares(z, ranks, u)
    there = ~np.isnan(shares[:, 0])
    return u[there], shares[there], ((shares[there] - wanted) ** 2).sum(axis=1)


def _rank_shares(z: Array, ranks: Array, u: Array) -> Array:
    """Return the rank correlations (m, k) of the columns with their composites under weights (m, k), over their sum.

    `ranks` are the standardised ranks of the columns (n, k). Missing where the sum is not above 0.
    """
    found = _importances.standardised(_importances.ranked(z @ u.T)).T @ ranks
    total = np.clip(found, -1.0, 1.0).sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 1e-12, np.clip(found, -1.0, 1.0) / np.where(total > 1e-12, total, 1.0), np.nan))
