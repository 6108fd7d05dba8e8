"""Ranks of many draws at once, and how often each row stands at each rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.table import Array
from hengdian_index._values.equality import joined

Ranks = NDArray[Any]

# Draws that are counted at one time.
_BLOCK = 2048

# Numbers that are ranked at one time.
_CELLS = 1 << 15


def ranks_of(scores: Array, scopes: Sequence[NDArray[np.intp]], cancelled: Any = 0.0) -> Ranks:
    """Return the ranks (draws, n), 1 = best, ties share the smaller number, a missing score has rank 0.

    Parameters
    ----------
    scores : array (draws, n)
    scopes : sequence of arrays
        The rows that are compared with each other.
    cancelled : float or array (draws,)
        The magnitude that cancelled in the scores: those that are equal by the rule of `equality` tie.
    """
    cancelled = np.broadcast_to(cancelled, len(scores))
    kind = np.int16 if scores.shape[1] < np.iinfo(np.int16).max else np.int32
    out = np.zeros(scores.shape, dtype=kind)
    for rows in scopes:
        whole = len(rows) == scores.shape[1]
        some = scores if whole else scores[:, rows]
        found = _ranks(some, kind, cancelled)
        if whole:
            return found
        out[:, rows] = found
    return out


def _ranks(scores: Array, kind: Any, cancelled: Array) -> Ranks:
    """Return the ranks among all rows, a few draws at a time, which stay in the cache of the processor."""
    draws, n = scores.shape
    ranks, step = np.empty(scores.shape, dtype=kind), max(1, _CELLS // max(1, n))
    for start in range(0, draws, step):
        some = slice(start, start + step)
        _rank(np.ascontiguousarray(scores[some]), ranks[some], cancelled[some, np.newaxis])
    return ranks


def _rank(scores: Array, ranks: Ranks, cancelled: Array) -> None:
    """Write the ranks of some draws to their place; one draw follows the other in memory in both arrays."""
    draws, n = scores.shape
    falling = -scores
    order = np.argsort(falling, axis=1)
    order += np.arange(0, draws * n, n)[:, np.newaxis]
    ordered = falling.ravel().take(order)
    places = np.tile(np.arange(1, n + 1, dtype=ranks.dtype), (draws, 1))
    tied = joined(ordered, cancelled)
    if tied.any():
        places[:, 1:][tied] = 0
        places = np.maximum.accumulate(places, axis=1)
    ranks.reshape(-1)[order.ravel()] = places.ravel()
    if np.isnan(ordered[:, -1:]).any():
        ranks[np.isnan(scores)] = 0


def frequencies(ranks: Ranks, most: int) -> NDArray[np.int64]:
    """Return how many draws (n, most) put each row at each rank; those without a rank are not counted."""
    n = ranks.shape[1]
    counts = np.zeros(n * (most + 1), dtype=np.int64)
    starts = np.arange(n, dtype=np.int32) * np.int32(most + 1)
    for block in range(0, len(ranks), _BLOCK):
        counts += np.bincount((ranks[block : block + _BLOCK] + starts).ravel(), minlength=len(counts))
    return counts.reshape(n, most + 1)[:, 1:]


def rank_spread(counts: NDArray[np.int64], shares: Sequence[float]) -> Array:
    """Return mean and quantiles (type 7) of the ranks of each row (1 + shares, n) from how often each is had.

    They are those of the ranks draw by draw, to the last bit; missing where a row has none.
    """
    n, most = counts.shape
    below, total = counts.cumsum(axis=1), counts.sum(axis=1)
    some = total > 0
    out = np.full((1 + len(shares), n), np.nan)
    out[0, some] = (counts[some] @ np.arange(1.0, most + 1)) / total[some]
    for row, share in enumerate(shares, start=1):
        place = share * (total - 1.0)
        first = np.floor(place)
        # The rank of a draw, in rising order, is that up to which more draws are counted than stand before it.
        low, high = ((below <= np.minimum(at, total - 1)[:, np.newaxis]).sum(axis=1) + 1.0 for at in (first, first + 1))
        part = place - first
        between = np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))
        out[row, some] = between[some]
    return out


def mean_shift(ranks: Ranks, nominal: Array) -> Array:
    """Return the mean absolute shift of the ranks of each draw (draws,) against nominal ones (n,), a few at a time."""
    known, before = ~np.isnan(nominal), np.nan_to_num(nominal).astype(ranks.dtype)
    found = np.empty(len(ranks))
    for start in range(0, len(ranks), _BLOCK):
        some = ranks[start : start + _BLOCK]
        compared = (some > 0) & known
        count = compared.sum(axis=1)
        shift = np.where(compared, np.abs(some - before), 0).sum(axis=1)
        found[start : start + _BLOCK] = shift / np.where(count > 0, count, np.nan)
    return found


def mean_over_scopes(r: Array, n: Array) -> Array:
    """Return the mean (...) of a statistic (scopes, ...) over the scopes that have it, weighted by their rows n.

    Missing where no scope has it.
    """
    n = np.where(np.isnan(r), 0, n)
    total = n.sum(axis=0)
    return np.asarray((n * np.nan_to_num(r)).sum(axis=0) / np.where(total > 0, total, np.nan))


def ahead_of(ranks: Ranks, others: Ranks) -> float:
    """Return the share of draws in which one row stands before another, ties half, among those that rank both."""
    ranked = (ranks > 0) & (others > 0)
    both = np.count_nonzero(ranked)
    before = np.count_nonzero((ranks < others) & ranked)
    level = np.count_nonzero((ranks == others) & ranked)
    return (before + level / 2) / both if both else float("nan")
