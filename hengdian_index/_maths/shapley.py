"""The exact Shapley split of a change under any row-wise aggregation: each child's mean effect over all orders."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hengdian_index._maths.means import RowsError
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, SpecError

# Of k children 2^k mixtures of each row are scored.
MOST = 12

# So many numbers are given to the score at once.
_BATCH = 1 << 20


def shapley_parts(score: Callable[[Array, Array], Array], x0: ArrayLike, x1: Array, w: Array) -> Array:
    """Part of each child in the change of a score from x0 to x1, row by row, (n, k); a row sums to its change.

    Parameters
    ----------
    score : function of rows (m, k) and weights (k,)
        Scores (m,), each from its own row alone; an aggregation that compares rows has no such split.
    x0 : array (n, k), (k,) or number
        Where the children start: the period before, a reference row, or 0 for the split of a level.
    x1 : array (n, k)
        Where they end.
    w : weights (k,)

    Returns
    -------
    array (n, k)
        NaN for a row with a missing value at its start or its end; exactly 0 for a child that does not change.

    Raises
    ------
    SpecError
        More than 12 children.
    CellsError
        A mixture of start and end that the score refuses, marked in the row it was made from.

    Notes
    -----
    phi_j = sum over the sets S of other children of |S|! (k - |S| - 1)! / k! (score(S and j) - score(S)), where the
    children of a set have their value of x1 and the others that of x0: the mean, over all k! orders, of what the score
    moves when j moves. What rounding leaves is given to the children in proportion to their parts. Under an arithmetic
    mean phi_j = w_j (x1_j - x0_j).

    Source: Shapley 1953 (Contributions to the Theory of Games II); Shorrocks 2013 (Journal of Economic Inequality 11).
    Proof: the average over all permutations, one by one.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.shapley import shapley_parts
    >>> least = lambda x, w: x.min(axis=-1)
    >>> shapley_parts(least, 0.0, np.array([[4.0, 6.0]]), np.array([0.5, 0.5]))
    array([[2., 2.]])
    """
    k = x1.shape[-1]
    moved = mixtures(k)
    start = np.broadcast_to(np.asarray(x0, dtype=np.float64), x1.shape)
    parts = np.full(x1.shape, np.nan)
    whole = np.flatnonzero(~(np.isnan(start) | np.isnan(x1)).any(axis=1))
    step = max(1, _BATCH // (k * 2**k))
    for rows in np.split(whole, range(step, len(whole), step)):
        try:
            parts[rows] = _parts(score, moved, start[rows], x1[rows], w)
        except CellsError as error:
            raise _placed(error, rows, len(x1)) from None
    return parts


def mixtures(k: int) -> NDArray[np.bool_]:
    """Return which of k children have moved in each of the 2^k mixtures of start and end, (2^k, k)."""
    if k > MOST:
        raise SpecError(
            Said(
                "shapley: {k} children, and at most {most} are allowed, for 2^k mixtures of every row "
                "are scored; put them into sub-groups and split each of those",
                k=k,
                most=MOST,
            )
        )
    return np.asarray((np.arange(2**k)[:, np.newaxis] >> np.arange(k)) & 1 == 1)


def share_of(k: int, others: int) -> float:
    """Return the share of orders in which a child moves right after a given set of others, |S|! (k - |S| - 1)! / k!."""
    return 1 / (k * comb(k - 1, others))


def _parts(score: Callable[[Array, Array], Array], moved: NDArray[np.bool_], x0: Array, x1: Array, w: Array) -> Array:
    """Return the parts (n, k) of complete rows."""
    k = x0.shape[1]
    if not len(x0):
        return np.empty((0, k))
    mixed = np.where(moved[:, np.newaxis, :], x1, x0)
    scores = np.asarray(score(mixed.reshape(-1, k), w), dtype=np.float64).reshape(len(moved), -1)
    if not np.isfinite(scores).all():
        raise RowsError(~np.isfinite(scores).reshape(-1, 1), Said("the score is not a finite number"))
    # From the first score on, so that a high level costs no digits.
    parts = (scores - scores[0]).T @ _coefficients(moved)
    return _closed(np.where(x1 == x0, 0.0, parts), scores[-1] - scores[0])


def _coefficients(moved: NDArray[np.bool_]) -> Array:
    """Return what the score of each set of moved children counts for each child, (2^k, k)."""
    k = moved.shape[1]
    share = np.array([share_of(k, others) for others in range(k)])
    size = moved.sum(axis=1, keepdims=True)
    return np.asarray(np.where(moved, share[size - 1], -share[np.minimum(size, k - 1)]))


def _closed(parts: Array, change: Array) -> Array:
    """Return the parts with what rounding left over shared out among them."""
    for _ in range(2):
        size = np.abs(parts).sum(axis=1, keepdims=True)
        gap = (change - parts.sum(axis=1))[:, np.newaxis]
        parts = parts + np.abs(parts) * (gap / np.where(size > 0, size, 1.0))
    return parts


def _placed(error: CellsError, rows: Array, n: int) -> CellsError:
    """Return a complaint about mixtures of some rows, marked in all n rows."""
    found = error.marked.reshape(-1, len(rows), error.marked.shape[-1]).any(axis=0)
    marked = np.zeros((n, found.shape[-1]), dtype=np.bool_)
    marked[rows] = found
    why = Said(
        "{why} (in a Shapley split, where some children stand at their start and the others at their end)",
        why=error.why,
    )
    return type(error)(marked, why)
