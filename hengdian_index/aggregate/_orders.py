"""Best orders of n items under pairwise support: exact for few, local search for many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE, settled

# With more items the 2^n subsets of the exact programme take too long.
MOST_EXACT = 15

# Sums of a hundred shares of weight that differ by less are equal.
_SAME = 100 * TOLERANCE


@dataclass(frozen=True, slots=True)
class Order:
    """Items from first to last, the sum of their support, and how many orders share the optimum (None: not proved).

    `places` are the mean places (n,) of the items, from 0, over all orders that share it.
    """

    items: tuple[int, ...]
    support: float
    ties: int | None
    places: Array


def best_order(support: Array) -> Order:
    """Return an order of items maximising the sum of support[a, b] over all a before b, support (n, n).

    Up to `MOST_EXACT` items it is an optimum, of several the first in the order of the items; above, the best of
    local searches.
    """
    return _exact(support) if len(support) <= MOST_EXACT else _searched(support)


def _exact(support: Array) -> Order:
    """Return the optimum by dynamic programming over the sets of items still to be placed."""
    n = len(support)
    lead, best, count = _lead(support), np.zeros(1 << n), np.ones(1 << n, dtype=np.int64)
    sets = np.arange(1 << n)
    size = np.bitwise_count(sets)
    bits = (1 << np.arange(n))[:, np.newaxis]
    for m in range(1, n + 1):
        some = sets[size == m]
        inside = (some & bits) > 0
        rest = some & ~bits
        value = np.where(inside, np.take_along_axis(lead, rest, axis=1) + best[rest], -np.inf)
        best[some] = value.max(axis=0)
        count[some] = np.where(value >= best[some] - _SAME, count[rest], 0).sum(axis=0)
    return Order(_first(lead, best), float(best[-1]), int(count[-1]), _mean_places(lead, best, count))


def _mean_places(lead: Array, best: Array, count: NDArray[np.int64]) -> Array:
    """Return the mean place of each item over all optima: no order of the rows decides between them."""
    n, ways, total = len(lead), np.zeros(len(best)), np.zeros(len(lead))
    ways[-1] = 1
    sets = np.arange(len(best))
    size = np.bitwise_count(sets)
    for m in range(n, 0, -1):
        some = sets[(size == m) & (ways > 0)]
        for a in range(n):
            inside = some[(some >> a & 1) > 0]
            rest = inside & ~(1 << a)
            kept = lead[a, rest] + best[rest] >= best[inside] - _SAME
            inside, rest = inside[kept], rest[kept]
            ways[rest] += ways[inside]
            total[a] += (n - m) * (ways[inside] @ count[rest])
    return np.asarray(total / count[-1])


def _lead(support: Array) -> Array:
    """Return the support of each item before all items of each set, (n, 2^n)."""
    n = len(support)
    lead = np.zeros((n, 1 << n))
    for b in range(n):
        lead[:, 1 << b : 2 << b] = lead[:, : 1 << b] + support[:, b : b + 1]
    return lead


def _first(lead: Array, best: Array) -> tuple[int, ...]:
    """Return the optimum that is first in the order of the items."""
    n, left, items = len(lead), len(best) - 1, []
    while left:
        a = next(
            a
            for a in range(n)
            if left >> a & 1 and lead[a, left & ~(1 << a)] + best[left & ~(1 << a)] >= best[left] - _SAME
        )
        items.append(a)
        left &= ~(1 << a)
    return tuple(items)


def _searched(support: Array) -> Order:
    """Return the best of several local searches: from the orders by margin and by wins, and from random ones."""
    n = len(support)
    margin = support - support.T
    wins = np.sign(np.where(np.abs(margin) < _SAME, 0, margin)).sum(axis=1)
    lead = settled(-margin.sum(axis=1), float(n))
    starts = [np.argsort(lead, kind="stable"), np.argsort(-wins, kind="stable")]
    rng = np.random.default_rng(0)
    starts += [rng.permutation(n) for _ in range(min(50, 2_000_000 // n**2))]
    found = [_climbed(margin, start) for start in starts]
    total = [float(np.triu(support[np.ix_(order, order)], 1).sum()) for order in found]
    at = int(np.argmax(np.array(total) >= max(total) - _SAME))
    return Order(tuple(found[at].tolist()), total[at], None, np.argsort(found[at]).astype(np.float64))


def _climbed(margin: Array, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return an order that moving any one item to another place no longer improves."""
    moved = True
    while moved:
        moved = False
        for item in order.copy():
            at = int(np.flatnonzero(order == item)[0])
            others = order[order != item]
            lost = np.concatenate([[0.0], np.cumsum(margin[item, others])])
            to = int(np.argmin(lost))
            if lost[at] - lost[to] > _SAME:
                order = np.insert(others, to, item)
                moved = True
    return order
