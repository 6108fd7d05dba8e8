"""Weights by what is lost without a column, from raw values above 0: MEREC, CILOS, IDOCRIW, LOPCOW."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.stats import Moments, Range
from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE, same
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError
from hengdian_index.log import note
from hengdian_index.weights._checks import costs, not_above_zero, note_complete, note_constant
from hengdian_index.weights._correlations import need_rows
from hengdian_index.weights.spread import entropy


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=False,
    complete=True,
    raw=True,
    by_column=("direction",),
    formula=(
        r"w_j \propto \sum_i |S_{ij} - S_i|, \quad S_i = \ln\left(1 + \frac{1}{k} \sum_l |\ln n_{il}|\right), "
        r"\quad S_{ij} = \ln\left(1 + \frac{1}{k} \sum_{l \ne j} |\ln n_{il}|\right), \quad n_{ij} = "
        r"\frac{\min_j}{x_{ij}} \; (d_j = 1), \quad \frac{x_{ij}}{\max_j} \; (d_j = -1)"
    ),
    chinese="MEREC法（去除指标后绩效的变化）",
)
def merec(x: Sample, *, direction: Any = 1) -> Array:
    """MEREC weights: how much the performance of the rows changes when a column is removed.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, raw values above 0. Only rows with a value in every column count; where others have gaps
        the log says how many.
    direction : 1 or -1, or one a column (sequence, or mapping by name; absent: 1)
        -1 for costs.

    Raises
    ------
    DataError
        A value of 0 or less (elsewhere a NaN), fewer than two complete rows, all columns constant.

    Notes
    -----
    n_ij = min_j / x_ij (cost: x_ij / max_j); S_i = ln(1 + (1/k) sum_j |ln n_ij|); S_ij the same without column j, still
    divided by k; E_j = sum_i |S_ij - S_i|; w = E / sum E.

    In an index x are the prepared values, before direction and normalisation, and `direction` is the indicators' own;
    a group below enters with its score, an indicator with a target with its normalised value, both as benefits.

    Source: Keshavarz-Ghorabaee et al. 2021 (Symmetry 13:525). Proof: their illustrative example (Tables 2-4).

    **When to use.** Importance is understood as what would change if the column were not there.

    **Pitfalls.** Values must be above 0, and all are compared with the smallest (for costs the largest) of their
    column: one extreme row moves every weight.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.merec([[1.0, 3.0], [2.0, 3.0]])
    array([1., 0.])
    """
    rows, seen = _complete(x, "merec")
    note_constant(x, seen.lo == seen.hi)
    return rows.total(partial(_effects, seen, costs(x, direction)))


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=False,
    complete=True,
    raw=True,
    by_column=("direction",),
    formula=(r"F w = 0, \quad F_{lj} = p_{lj} = \frac{a_{jj} - a_{lj}}{a_{jj}}, \quad F_{jj} = -\sum_l p_{lj}"),
    chinese="CILOS法（准则影响损失）",
)
def cilos(x: Sample, *, direction: Any = 1) -> Array:
    """CILOS weights: the less a column loses where another one is best, the more it weighs.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, raw values above 0. Only rows with a value in every column count; where others have gaps
        the log says how many. Of several rows in which a column is best, the mean of what the others lose there counts,
        so that no order of the rows decides.
    direction : 1 or -1, or one a column (sequence, or mapping by name; absent: 1)
        -1 for costs, which enter as 1/x.

    Returns
    -------
    array or Series (..., k)
        A column that loses nothing takes all of the weight, with a line in the log.

    Raises
    ------
    DataError
        A value of 0 or less, fewer than two complete rows, a constant column (elsewhere it gets weight 1), columns
        that are best in the same rows (elsewhere weights that differ from call to call).

    Notes
    -----
    a_lj is the value of column j in the row where column l is largest, the mean over such rows; p_lj = (a_jj - a_lj) /
    a_jj, off the diagonal of F; F_jj = -sum_l p_lj; w solves F w = 0, sum w = 1. The usual scaling of columns to sum 1
    cancels in p. In an index x and `direction` are as in `merec`.

    Source: Mirkin 1974; Zavadskas & Podvezko 2016 (IJITDM 15). Proof: Zavadskas et al. (2017), Table 8; Zavadskas &
    Podvezko (2016).

    **Symbols.** a: value of a column in the row where the other is best; p: relative loss; l: the column that is best
    there.

    **When to use.** A column is to count more, the less it suffers where others are at their best; in practice together
    with entropy (`idocriw`).

    **Pitfalls.** Only the best rows are looked at, one for each column: a single value may decide.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.cilos([[4.0, 5.0], [3.0, 10.0]]).round(4)
    array([0.6667, 0.3333])
    """
    return _least_lost(x, direction, "cilos")


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=False,
    complete=True,
    raw=True,
    by_column=("direction",),
    formula=r"w_j \propto w_j^{\mathrm{CILOS}}\,w_j^{\mathrm{entropy}}",
    chinese="IDOCRIW法（CILOS权重与熵权之积）",
)
def idocriw(x: Sample, *, direction: Any = 1) -> Array:
    """IDOCRIW weights: the CILOS weight times the entropy weight of the raw column.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, raw values above 0; for CILOS only rows with a value in every column count, and where
        others have gaps the log says how many.
    direction : 1 or -1, or one a column (sequence, or mapping by name; absent: 1)
        -1 for costs: they enter CILOS as 1/x. Entropy takes the raw columns.

    Raises
    ------
    DataError
        As `cilos`.

    Notes
    -----
    w_j proportional to q_j e_j, q of `cilos` and e of `entropy`. Elsewhere a division by ln(columns) in place of
    ln(rows) gives negative weights on ordinary data. In an index x and `direction` are as in `merec`.

    Source: Zavadskas & Podvezko 2016 (IJITDM 15). Proof: their example.

    **When to use.** Entropy, which rewards spread, is to be balanced by CILOS, which does not.

    **Pitfalls.** A product: where one factor is near 0 the column is out. Both parents' faults are inherited.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.idocriw([[4.0, 5.0], [3.0, 10.0]]).round(4)
    array([0.2656, 0.7344])
    """
    balance = _least_lost(x, direction, "idocriw")
    diverse: Array = entropy.method.function(x)
    return balance * diverse


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    by_column=("direction",),
    formula=(
        r"w_j \propto \left|100 \ln \frac{\sqrt{\sum_i u_{ij}^2 / n}}{s_j}\right|, \quad u_{ij} = "
        r"\frac{x_{ij} - \min_j}{\max_j - \min_j}"
    ),
    chinese="LOPCOW法（对数百分比变化）",
)
def lopcow(x: Sample, *, direction: Any = 1) -> Array:
    """LOPCOW weights: the logarithm of a column's root mean square over its standard deviation.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators; each column is scaled to its own range.
    direction : 1 or -1, or one a column (sequence, or mapping by name; absent: 1)
        -1 for costs: the range is turned round.

    Raises
    ------
    DataError
        A constant column, a single row, columns whose logarithm is 0 all of them (always so with two rows).

    Notes
    -----
    u = (x - min) / (max - min) (cost: max - x); v_j = |100 ln(sqrt(sum_i u_ij^2 / n) / s_j)|, s_j of u with ddof = 1
    (with 0 the published digits are missed); w = v / sum v. The range cancels.

    Source: Ecer & Pamucar 2022 (Omega 112). Proof: the formula column by column, and its laws.

    **Symbols.** s: standard deviation of u in column j.

    **When to use.** Weights nearer to each other than those of entropy: the logarithm holds them together.

    **Pitfalls.** It weighs columns in which most rows score well and alike, the reverse of entropy; importance is in
    neither. Ends of the range are two rows.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.lopcow([[0.0, 5.0], [1.0, 6.0], [2.0, 9.0]]).round(4)
    array([0.6557, 0.3443])
    """
    moments, seen = x.measure(Moments), x.measure(Range)
    x.need_values(moments.n, least=2)
    flat = (moments.m2 <= 0) | (seen.lo == seen.hi)
    x.refuse(flat, Said("constant, so it has no range to scale by; leave it out of 'lopcow'"))
    cost = costs(x, direction)
    worst = np.where(cost, seen.hi, seen.lo) / moments.scale
    mean = (moments.centre.high - worst) + moments.centre.low
    n = moments.n.astype(np.float64)
    v = np.abs(np.log((n - 1) / n * (1 + n * mean**2 / moments.m2))) * 50
    v = np.where(v < TOLERANCE, 0.0, v)
    if not (v.sum(axis=-1) > 0).all():
        raise DataError(Said("lopcow: root mean square and standard deviation agree in every column; use more rows"))
    return v


def _effects(seen: Range, cost: NDArray[np.bool_], part: Array) -> Array:
    """Return by how much the performance of some rows changes without each column, added up (..., k)."""
    gap = _log_ratio(
        np.where(cost, seen.hi[..., np.newaxis, :], part), np.where(cost, part, seen.lo[..., np.newaxis, :])
    )
    without = gap / (part.shape[-1] + gap.sum(axis=-1, keepdims=True))
    total: Array = -np.nansum(np.log1p(-without), axis=-2)
    return total


def _complete(sample: Sample, method: str) -> tuple[Sample, Range]:
    """Return the rows, those with a gap all missing, and the range of the others; all must be above 0."""
    seen = sample.measure(Range)
    if (seen.lo <= 0).any():
        why = Said("{method} needs raw values above 0; shift or rescale the column, or leave it out", method=method)
        sample.forbid(not_above_zero, why)
    rows = sample
    if (seen.n < sample.rows).any():
        rows = sample.complete.flattened()
        seen = rows.measure(Range)
    need_rows(sample, seen.n[..., 0], 2, method)
    note_complete(sample, seen.n[..., 0], method)
    return rows, seen


def _log_ratio(large: Array, small: Array) -> Array:
    """Return ln(large / small) >= 0, every digit of it also where the two are close."""
    with np.errstate(over="ignore"):
        rise = (large - small) / small
    return np.where(np.isinf(rise), np.log(large) - np.log(small), np.log1p(rise))


def _least_lost(sample: Sample, direction: Any, method: str) -> Array:
    """Return the CILOS weights, not rescaled; `method` is what messages call them."""
    rows, seen = _complete(sample, method)
    sample.refuse(
        seen.lo == seen.hi,
        Said(
            "constant, so it loses nothing and would take all of the weight; leave it out of {method!r}", method=method
        ),
    )
    return _balance(sample, _losses(rows, seen, costs(sample, direction)))


def _losses(rows: Sample, seen: Range, cost: NDArray[np.bool_]) -> Array:
    """Return p_lj (..., k, k): the share that column j loses in the rows where column l is best, on average."""
    best = np.where(cost, seen.lo, seen.hi)[..., np.newaxis, :]
    losses, times = np.split(rows.total(partial(_lost, best, cost)), [-1], axis=-1)
    shares: Array = losses / times
    return shares


def _lost(best: Array, cost: NDArray[np.bool_], rows: Array) -> Array:
    """Return what column j loses in the rows where column l is best, added up (..., k, k), and how many rows those are.

    The numbers of rows stand in one more column.
    """
    first = same(rows, best, best)
    lost = np.where(first | np.isnan(rows), 0.0, np.abs(rows - best) / np.where(cost, rows, best))
    times = first.mT.astype(np.float64)
    return np.concatenate([times @ lost, times.sum(axis=-1, keepdims=True)], axis=-1)


def _balance(sample: Sample, losses: Array) -> Array:
    """Return the weights (..., k), 0 or more, with F w = 0.

    With w_j = v_j / sum_l p_lj this asks for the stationary distribution v of a Markov chain that moves from column j
    to l with probability p_lj / sum_l p_lj, so v >= 0, and columns that hardly vary do no harm to the digits.
    """
    total = losses.sum(axis=-2)
    size = np.where(total > 0, total, 1.0)
    system = losses / size[..., np.newaxis, :] - np.eye(sample.k) * (total > 0)[..., np.newaxis, :]
    _, singular, right = np.linalg.svd(system)
    null = singular <= TOLERANCE
    several = null & (null.sum(axis=-1, keepdims=True) > 1)
    sample.refuse(
        (several[..., np.newaxis] & (np.abs(right) > 1e-9)).any(axis=-2),
        Said(
            "loses nothing where the other columns are best, and is not the only one, so 'cilos' leaves the "
            "weights open; leave one of these columns out"
        ),
    )
    v = np.abs(right[..., -1, :])
    v = np.where(v < TOLERANCE, 0.0, v)
    _note_silent(sample, v == 0)
    w: Array = v / size
    return w


def _note_silent(sample: Sample, silent: NDArray[np.bool_]) -> None:
    """Write a line for every column that is marked (..., k): CILOS gives it no weight."""
    for j in np.flatnonzero(np.reshape(silent, (-1, sample.k)).any(axis=0)):
        note(
            "weights",
            Said(
                "cilos: {where} weighs 0: the others lose nothing in the row where it is best",
                where=sample.name(int(j)),
            ),
        )
