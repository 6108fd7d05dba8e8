"""Matrices with pairs that were not compared: filled in."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._words.said import Said, joined
from hengdian_index.ahp._judgements import Array, Judgements, known, note_beyond, read
from hengdian_index.ahp._kernels import TOO_FAR, perron, root
from hengdian_index.errors import DataError, raise_all

__all__ = ["complete"]

_METHODS = ("eigenvector", "geometric")


def complete(matrix: object, *, method: Literal["eigenvector", "geometric"] = "eigenvector") -> Any:
    r"""Return the matrix with the pairs that were not compared filled in; a table when it has names, else an array.

    Parameters
    ----------
    matrix : nested list, array (..., n, n), table or mapping of mappings
        Judgements; NaN, None or "" where nothing was asked.
    method : {"eigenvector", "geometric"}
        "eigenvector": missing entries exp(t) that minimise lambda_max, convex in t, by Newton's method. "geometric":
        w_i / w_j of the least squares fit of the logs to the pairs given (graph Laplacian, closed form).

    Raises
    ------
    DataError
        The comparisons do not connect all items; the parts are named. Any fault of the matrix.

    Notes
    -----
    Source: Harker (1987); Shiraishi, Obata & Daigo (1998); Bozoki, Fulop & Ronyai (2010). Proof by law: a consistent
    matrix with holes comes back exactly; the gradient at the optimum is 0.

    .. math:: a_{ij} = \frac{W_i}{W_j}

    **Symbols.** W: weights, logarithms by least squares; a: what is filled in; i, j: items.

    **When to use.** Not every pair was asked, or an answer is missing.

    **Pitfalls.** What is filled in follows from the other answers: it makes judgements look more consistent than more
    answers might.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.complete([[1, 2, None], [None, 1, 3], [None, None, 1]]).round(9).tolist()[0]
    [1.0, 2.0, 6.0]
    """
    known(method, _METHODS, Said("completion"))
    judgements = read(matrix)
    note_beyond(judgements)
    return judgements.with_names(fill(judgements, method))


def fill(judgements: Judgements, by: str) -> Array:
    """Return the matrices with the pairs that were not compared filled by the eigenvector or the geometric method."""
    values = judgements.values.copy()
    holes = [tuple(cell) for cell in np.argwhere(judgements.missing > 0)]
    faults = [fault for cell in holes for fault in _unconnected(~np.isnan(values[cell]), judgements.labels, cell)]
    raise_all(DataError, faults)
    for cell in holes:
        values[cell] = _completed(values[cell], by)
    return values


def _completed(values: Array, by: str) -> Array:
    """Return one matrix completed; its given pairs connect all items."""
    given = ~np.isnan(values)
    logs = _log_least_squares(values, given)
    ratios = np.exp(logs[:, None] - logs[None, :])
    if by == "geometric":
        return np.where(given, values, ratios)
    return np.where(given, values, ratios * _least_root(np.where(given, values / ratios, 1.0), ~given))


def _unconnected(given: NDArray[np.bool_], labels: tuple[Hashable, ...], cell: tuple[int, ...]) -> list[Said]:
    """Return a fault that names the parts when the compared pairs do not connect all items."""
    reached = np.linalg.matrix_power(given, len(given))
    firsts = sorted(set(reached.argmax(axis=1)))
    if len(firsts) == 1:
        return []
    parts = [joined([labels[i] for i in np.flatnonzero(reached[first])], quoted=True) for first in firsts]
    fault = Said(
        "the judgements fall into {n} parts that no comparison connects: {parts}; ask at least {more} more, such as "
        "({row!r}, {column!r})",
        n=len(parts),
        parts=joined([Said("[{names}]", names=part) for part in parts], "clauses"),
        more=len(parts) - 1,
        row=labels[firsts[0]],
        column=labels[firsts[1]],
    )
    return [joined([Said("matrix {position}", position=[int(i) for i in cell]), fault], "heads") if cell else fault]


def _log_least_squares(values: Array, given: NDArray[np.bool_]) -> Array:
    """Return ln w that fits the given ln a_ij = ln w_i - ln w_j best: the graph Laplacian's solution of sum 0."""
    n = len(values)
    laplacian = np.diag(given.sum(axis=1)) - given
    logs = np.where(given, np.log(np.where(given, values, 1.0)), 0.0)
    return np.asarray(np.linalg.solve(laplacian + 1 / n, logs.sum(axis=1)))


def _least_root(errors: Array, missing: NDArray[np.bool_]) -> Array:
    """Return the matrix whose missing entries, 1 at the start, are exp(t) with the least Perron root.

    The root is strictly convex in t (Bozoki, Fulop & Ronyai 2010): Newton's method.
    """
    i, j = np.nonzero(np.triu(missing))
    best = errors.copy()
    with suppress(np.linalg.LinAlgError):
        for _ in range(50):
            slope, bend, least = _slope(best, i, j)
            if np.abs(slope).max() <= 1e-14 * len(errors) * least:
                return best
            best[i, j] *= np.exp(-np.linalg.solve(bend, slope))
            best[j, i] = 1 / best[i, j]
    raise DataError(TOO_FAR)


def _slope(values: Array, i: NDArray[np.intp], j: NDArray[np.intp]) -> tuple[Array, Array, float]:
    """Return gradient and Hessian of the Perron root in t, where a_ij = exp(t) and a_ji = exp(-t), and the root.

    d root = y' dA x with Perron vectors y, x and y'x = 1; d x = G dA x with G the reduced resolvent of A.
    """
    right, left = perron(values), perron(values.T)
    left = left / (left @ right)
    largest = float(root(values, right))
    outer = np.outer(right, left)
    resolvent = np.linalg.inv(largest * np.eye(len(values)) - values + outer) - outer
    forth, back = left[i] * values[i, j] * right[j], left[j] * values[j, i] * right[i]
    from_left, from_right, pair = np.zeros((len(i), len(values))), np.zeros((len(i), len(values))), np.arange(len(i))
    from_left[pair, j], from_left[pair, i] = left[i] * values[i, j], -left[j] * values[j, i]
    from_right[pair, i], from_right[pair, j] = values[i, j] * right[j], -values[j, i] * right[i]
    half = from_left @ resolvent @ from_right.T
    return forth - back, half + half.T + np.diag(forth + back), largest
