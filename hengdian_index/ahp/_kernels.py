"""Complete matrices (..., n, n): their weights by each method, their Perron root, their distance from weights."""

from __future__ import annotations

import numpy as np

from hengdian_index._words.said import Said
from hengdian_index.ahp._judgements import Array
from hengdian_index.errors import DataError

TOO_FAR = Said(
    "the judgements contradict each other too far for 64-bit arithmetic (round a cycle, by a factor of 1e15 or more):"
    " check for slips of typing; method='geometric' still gives an answer"
)


def geometric(values: Array) -> Array:
    """Return the geometric means of the rows, rescaled to sum 1: (..., n, n) -> (..., n)."""
    logs = np.log(values).mean(axis=-1)
    means = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(means / means.sum(axis=-1, keepdims=True))


def arithmetic(values: Array) -> Array:
    """Return the row means of the matrices whose columns were divided by their sums."""
    return np.asarray((values / values.sum(axis=-2, keepdims=True)).mean(axis=-1))


def perron(values: Array) -> Array:
    """Return the Perron vectors, sum 1, of positive matrices: (..., n, n) -> (..., n).

    The power method by repeated squaring, so that slow convergence costs a few products more; on a_ij w_j / w_i with
    geometric w, whose entries are near 1, so that nothing overflows.
    """
    scale = geometric(values)
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        errors = values * (scale[..., None, :] / scale[..., :, None])
        power = errors / errors.max(axis=(-2, -1), keepdims=True)
        for _ in range(64):
            vector = power.sum(axis=-1)
            ratios = (errors @ vector[..., None])[..., 0] / vector
            spread = np.ptp(ratios, axis=-1) / ratios.max(axis=-1)
            if np.all(spread <= 4e-16 * (values.shape[-1] + 4)):
                break
            power = power @ power
            power /= power.max(axis=(-2, -1), keepdims=True)
    if not np.all(spread <= 1e-9):
        raise DataError(TOO_FAR)
    weights = scale * vector
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def root(values: Array, weights: Array) -> Array:
    """Return the mean of (A w)_i / w_i, the Perron root when w is the Perron vector; at least n for any w."""
    ratios = (values @ weights[..., None])[..., 0] / weights
    return np.asarray(np.maximum(ratios.mean(axis=-1), values.shape[-1]))


def _log_errors(values: Array, weights: Array) -> Array:
    """Return ln(a_ij w_j / w_i)."""
    return np.asarray(np.log(values * (weights[..., None, :] / weights[..., :, None])))


def per_cycle(total: Array, n: int) -> Array:
    """Return 2 / ((n - 1)(n - 2)) times a sum over pairs, 0 for n < 3."""
    return 2 * total / ((n - 1) * (n - 2)) if n > 2 else np.zeros_like(total)


def gci_of(values: Array, weights: Array) -> Array:
    """Return the geometric consistency index of complete matrices with these weights."""
    squares = _log_errors(values, weights) ** 2
    return per_cycle(np.triu(squares, 1).sum(axis=(-2, -1)), values.shape[-1])


METHODS = {"eigenvector": perron, "geometric": geometric, "arithmetic": arithmetic}
"""How weights are found, by name: (..., n, n) -> (..., n)."""
