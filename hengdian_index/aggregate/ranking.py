"""Aggregations by comparing rows two by two: outranking, Copeland, Kemeny; and Borda's count."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.effort import estimate
from hengdian_index._maths.maps import Ranks
from hengdian_index._maths.means import shared_weights
from hengdian_index._methods.decorators import aggregating, matched_weights
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array, read_labelled, row_names
from hengdian_index._values.equality import TOLERANCE, flattened, settled
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import note

__all__ = ["Kemeny", "borda", "copeland", "kemeny", "outranking"]

# Pairs of rows compared in one go: some such arrays stay in the processor's cache.
_PAIRS = 1 << 17

# With more items the 2^n subsets of the exact programme take too long.
MOST_EXACT = 15

# Seconds that it takes to compare two rows in one column, and to search for the place of one beside another.
_EACH_PAIR, _EACH_STEP = 2e-9, 3e-7

# A search for the best order holds so many numbers for each pair of rows.
_TABLES_OF_PAIRS = 6

# Items that are tried at once after one has moved.
_TOGETHER = 4

# Sums of a hundred shares of weight that differ by less are equal.
_SAME = 100 * TOLERANCE


@dataclass(frozen=True, slots=True)
class Kemeny:
    """The order that agrees most with the votes of the columns, and how sure it is.

    Attributes
    ----------
    scores : Series or array (n,)
        n - place.
    order : tuple
        The rows from first to last.
    support : float
        How many weighted votes agree with it.
    optimal : bool
        Whether it is proved best.
    ties : int or None
        How many orders are as good.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.kemeny([[1.0, 2.0], [3.0, 4.0], [2.0, 6.0]], [2, 1], details=True)
    >>> found.order, found.optimal
    ((1, 2, 0), True)
    """

    scores: Any = field(metadata={"axis": "rows"})
    order: tuple[Any, ...] = field(metadata={"axis": "order"})
    support: float
    optimal: bool
    ties: int | None


def outranking(x: Any, w: Any = None) -> Any:
    r"""Share of weight by which each row outranks each other row.

    Parameters
    ----------
    x : table or array (n, k)
        Units by indicators, larger better.
    w : weights (k,), optional
        By column name or in column order; default equal.

    Returns
    -------
    array or DataFrame (n, n)
        e_ab = sum_j w_j ([x_aj > x_bj] + 1/2 [x_aj = x_bj]), rows a, columns b; 0 on the diagonal. Of two rows with
        gaps only the columns present in both count, reweighted; a pair without any has 1/2.

    Notes
    -----
    e_ab + e_ba = 1. With weights that are numbers of voters, e times their sum is the count. Source: Condorcet 1785;
    OECD/JRC Handbook (2008), step 6. Proof: Handbook, Tables 27, 30 and 36.

    .. math:: e_{ab} = \sum_{j : z_{aj} > z_{bj}} w_j + \tfrac{1}{2} \sum_{j : z_{aj} = z_{bj}} w_j

    **Symbols.** e: share of weight by which row a outranks row b; a, b: two rows; z: value of a row in a column.

    **When to use.** To see who beats whom, and by how much weight, before rows are put in an order.

    **Pitfalls.** A table of n rows by n. Majorities may run in a circle, so the table alone is no order.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.outranking([[3.0, 1.0, 2.0], [1.0, 2.0, 2.0]], [0.5, 0.25, 0.25])
    array([[0.   , 0.625],
           [0.375, 0.   ]])
    """
    table = read_labelled(x)
    if table.values.ndim > 2:
        raise DataError(Said("outranking: one table of rows by columns, not several"))
    weights = matched_weights(w, table)
    if weights.ndim > 1:
        raise SpecError(
            Said(
                "weights: one for each of {columns}, not an array of shape {shape}",
                columns=_shared.columns_of(weights.shape[-1]),
                shape=weights.shape,
            )
        )
    n, k = table.values.shape
    what = Said("outranking of {rows}", rows=_shared.rows_of(n))
    estimate("aggregate", what, 8 * 2 * n**2, n**2 * k * _EACH_PAIR, Said("give fewer rows"))
    share = _outranking(flattened(table.values), weights)
    if table.columns is None or not hasattr(table.source, "iloc"):
        return share
    import pandas as pd

    return pd.DataFrame(share, index=table.source.index, columns=pd.Index(row_names(table, range(len(share)))))


def _copeland_figures(row: Row) -> Iterator[Figure]:
    """Yield how many rows it beats by weight, and how many beat it."""
    signs = np.sign(row.z - row.among)
    both = ~np.isnan(signs) @ row.w
    margin = np.nan_to_num(signs) @ row.w / np.where(both > 0, both, 1.0)
    won, lost = int((margin > 2 * TOLERANCE).sum()), int((margin < -2 * TOLERANCE).sum())
    yield Figure(Said("rows that it leads in more than half of the weight"), "", float(won))
    yield Figure(Said("rows that lead it"), "", float(lost))
    yield Figure.of(Said("won less lost"), "won - lost", won=won, lost=lost)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    figures=_copeland_figures,
    formula=(
        r"y_a = \#\{b : e_{ab} > \tfrac{1}{2}\} - \#\{b : e_{ab} < \tfrac{1}{2}\}, \quad e_{ab} = "
        r"\sum_{j : z_{aj} > z_{bj}} w_j + \tfrac{1}{2} \sum_{j : z_{aj} = z_{bj}} w_j"
    ),
    chinese="科普兰法",
)
def copeland(x: Array, w: Array, /, **shared: Unpack[Scoring]) -> Array:
    """Copeland score of each row: how many rows it outranks, less how many outrank it.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, larger better; only their order within each column counts. Every row is compared with
        every other.
    w : weights (k,), optional

    Notes
    -----
    score_a = #{b: e_ab > 1/2} - #{b: e_ab < 1/2}, e as in `outranking`. The scores sum to 0. Of two rows with gaps the
    columns present in both are compared, reweighted. COINr fills the other triangle with 1 - e, so that with gaps the
    later of two rows wins.

    Source: Copeland 1951; Munda & Nardo 2009 (Applied Economics 41). Proof: Handbook, Tables 27, 30, 36 (e), and a
    slow count.

    **Symbols.** a, b: two rows.

    **When to use.** Majorities decide: of two rows only which is better counts, not by how much.

    **Pitfalls.** Distances are given up and ties are common; rows that beat each other in a circle get the same score.
    A row that joins may change the order of others.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.copeland([[1.0, 2.0, 3.0], [2.0, 3.0, 1.0], [0.0, 1.0, 0.0]])
    array([ 0.,  2., -2.])
    """
    n, k, tables = _sizes(x, w)
    seconds, other = n**2 * k * _EACH_PAIR / 2 * tables, Said("borda needs no pairs")
    what = Said("{method} of {rows}, each compared with each,", method="copeland", rows=_shared.rows_of(n))
    estimate("aggregate", what, 8 * 4 * x.size, seconds, other)
    return _each(_copeland, x, w)


def _borda_figures(row: Row) -> Iterator[Figure]:
    """Yield the ranks, and the weighted number of rows beaten."""
    ranks = list(_shared.rank_figures(row, row.among))
    yield from ranks
    others, present = len(row.among) - 1, ((~np.isnan(row.among)).sum(axis=0) - 1).tolist()
    known: dict[str, Any] = {f"w{j}": weight for j, weight in enumerate(row.w.tolist())}
    known |= {f"r{j}": rank.value for j, rank in enumerate(ranks)} | {f"m{j}": m for j, m in enumerate(present)}
    # A part that no other row has counts as half of them beaten.
    beaten = [
        f"(r{j} - 1)" if m == others else f"((r{j} - 1) * n / m{j})" if m else "(n / 2)" for j, m in enumerate(present)
    ]
    total = " + ".join(f"w{j} * {one}" for j, one in enumerate(beaten))
    what = Said("weighted number of rows beaten")
    if min(present) < others:
        what = Said("weighted number of rows beaten, scaled up for rows without a part")
    yield Figure.of(what, total, n=others, **known)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    figures=_borda_figures,
    formula=r"y_i = \sum_j w_j (\mathrm{rank}_{ij} - 1)",
    chinese="博尔达计分",
)
def borda(x: Array, w: Array, /, **shared: Unpack[Scoring]) -> Array:
    """Borda count of each row: the weighted number of rows it beats, those equalled counted half.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, larger better; only their order within each column counts.
    w : weights (k,), optional

    Notes
    -----
    y_i = sum_j w_j (rank_ij - 1), rank from 1 (worst) to n, ties averaged. Striking out a row may turn the order of the
    others round. In a column with gaps the rank among its own n_j values is stretched by (n - 1) / (n_j - 1), a single
    value standing in the middle; a row with gaps counts the columns it has, reweighted.

    Source: Borda 1784. Proof: Handbook, Tables 25 to 33.

    **When to use.** The order in each column counts, and every place counts the same.

    **Pitfalls.** Distances are given up, and a row that joins or leaves may turn the order of two others round.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.borda([[1.0, 3.0], [2.0, 3.0], [5.0, 4.0]])
    array([0.25, 0.75, 2.  ])
    """
    beaten = Ranks(np.sort(x, axis=-2))(x) - 1
    m = (~np.isnan(x)).sum(axis=-2, keepdims=True) - 1
    n = x.shape[-2] - 1
    return _shared.present_sum(np.where(m > 0, beaten * (n / np.maximum(m, 1)), beaten + n / 2), shared_weights(x, w))


def _kemeny_figures(row: Row) -> Iterator[Figure]:
    """Yield the place in the order that agrees best with the duels."""
    n = len(row.among)
    place = n - row.score
    yield Figure(Said("place in the order that most of the weight supports, 1 the best"), "", place)
    yield Figure.of(Said("rows, {n}, less the place", n=n), "n - place", n=n, place=place)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    figures=_kemeny_figures,
    formula=(
        r"y_a = n - \mathrm{place}_a, \quad \mathrm{place} = \arg\max \sum_{\mathrm{place}_a < "
        r"\mathrm{place}_b} e_{ab}, \quad e_{ab} = \sum_{j : z_{aj} > z_{bj}} w_j + \tfrac{1}{2} \sum_{j : "
        "z_{aj} = z_{bj}} w_j"
    ),
    chinese="克梅尼排序",
)
def kemeny(x: Array, w: Array, /, *, details: bool = False, **shared: Unpack[Scoring]) -> Any:
    """Kemeny score of each row: n less its place in the order that agrees best with all pairwise comparisons.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, larger better; only their order within each column counts.
    w : weights (k,), optional
    details : bool
        Return the order, its support, whether it is proved best and how many orders are as good too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.order`, `.support`, `.optimal`, `.ties`

    Notes
    -----
    The order (Condorcet-Kemeny-Young-Levenglick) maximises the support, the sum of e_ab over all a before b, e as in
    `outranking`. Up to 15 rows it is exact (dynamic programming over sets of rows); `ties` counts the optima. Of
    several a row scores its mean place in all of them, so that no order of the rows decides, and a line in the log
    tells; `.order` is the first of them in the order of the rows. Above 15 rows: the best of many local searches by
    insertion, `optimal=False`, `ties=None`, and a line in the log. Rows that are the same in every column with a weight
    share the mean of their places.

    Source: Kemeny 1959; Young & Levenglick 1978 (SIAM Journal on Applied Mathematics 35). Proof: Handbook, Tables 28
    and 37 (three optima); trying all orders of up to seven rows.

    **Symbols.** a, b: two rows.

    **When to use.** One order of the rows with the greatest support of pairwise comparisons; a row that beats every
    other comes first.

    **Pitfalls.** Exact up to 15 rows, a search above. Several orders may have the same support, and distances are given
    up.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.kemeny([[1.0, 2.0, 3.0], [2.0, 3.0, 1.0], [0.0, 1.0, 0.0]])
    array([1., 2., 0.])
    """
    if details and x.ndim > 2:
        raise DataError(Said("kemeny: details are of one table (n, k)"))
    n, k, tables = _sizes(x, w)
    if n > MOST_EXACT:
        seconds = n**2 * (_EACH_PAIR * k + _EACH_STEP) * tables
        other = Said("copeland or borda need no search; or rank groups of rows")
        what = Said("kemeny of {rows}", rows=_shared.rows_of(n))
        estimate("aggregate", what, 8 * _TABLES_OF_PAIRS * n**2, seconds, other)
    rivals: list[int] = []

    def found(table: Array, weights: Array) -> Kemeny:
        best = _kemeny(table, weights)
        rivals.append((best.ties or 1) // _orders_of_twins(table, weights))
        return best

    answer = found(x, w) if details else _each(lambda table, weights: found(table, weights).scores, x, w)
    _note_rivals(x.shape[-2], rivals)
    return answer


def _sizes(x: Array, w: Array) -> tuple[int, int, int]:
    """Return how many rows and columns there are, and how many tables are compared."""
    return *x.shape[-2:], math.prod(np.broadcast_shapes(x.shape[:-2], w.shape[:-1]))


def _orders_of_twins(x: Array, w: Array) -> int:
    """Return in how many ways rows that are the same, and share their places, can stand."""
    return math.prod(math.factorial(int(size)) for size in np.bincount(_twins(x, w)))


def _note_rivals(n: int, rivals: list[int]) -> None:
    """Write a line where the order given is one of several best ones, or is not proved best."""
    if n > MOST_EXACT:
        note(
            "aggregate",
            Said(
                "kemeny: of {rows} the best order found by search is given; it is not proved best",
                rows=_shared.rows_of(n),
            ),
        )
    several = [number for number in rivals if number > 1]
    if several:
        most = max(several)
        why = Said("kemeny: {most} orders are best alike; rows score their mean place in them", most=most)
        if len(rivals) > 1:
            why = Said(
                "kemeny: {most} orders are best alike in {n} of {tables} tables; rows score their mean place in them",
                most=most,
                n=len(several),
                tables=len(rivals),
            )
        note("aggregate", why)


def _each(function: Callable[[Array, Array], Array], x: Array, w: Array) -> Array:
    """Return the function's answers for every table (n, k) of x (..., n, k), (..., n)."""
    x = _shared.stretched(x, w)
    w = np.broadcast_to(w, (*x.shape[:-2], x.shape[-1]))
    out = np.empty(x.shape[:-1])
    for place in np.ndindex(x.shape[:-2]):
        out[place] = function(x[place], w[place])
    return out


def _kemeny(x: Array, w: Array) -> Kemeny:
    # Searching from a fixed order of the rows makes the answer for many rows free of the order they came in.
    start = np.arange(len(x)) if len(x) <= MOST_EXACT else _by_content(x, w)
    found = best_order(_outranking(x[start], w))
    scores = np.empty(len(x))
    scores[start] = len(x) - 1 - found.places
    twins = _twins(x, w)
    scores = (np.bincount(twins, scores) / np.bincount(twins))[twins]
    return Kemeny(scores, tuple(start[list(found.items)].tolist()), found.support, found.ties is not None, found.ties)


def _twins(x: Array, w: Array) -> NDArray[np.intp]:
    """Return a number for each row, the same for rows that are equal in every column with a weight."""
    _, twins = np.unique(np.nan_to_num(x[:, w > 0], nan=np.inf), axis=0, return_inverse=True)
    return np.ravel(twins)


def _by_content(x: Array, w: Array) -> Array:
    """Return the positions of the rows by Copeland score, then by their ranks from the worst up, then by value.

    So neither the order of the rows nor, but for rows of the same ranks, that of the columns matters.
    """
    ranks = np.sort(np.nan_to_num(Ranks(np.sort(x, axis=0))(x), nan=0.0), axis=1)
    keys = [*np.nan_to_num(x, nan=-np.inf).T, *ranks.T, _copeland(x, w)]
    return np.lexsort(keys)[::-1]


def _copeland(x: Array, w: Array) -> Array:
    score = np.zeros(len(x))
    for rows, margin in _margins(x, w):
        sign = np.sign(np.where(np.abs(margin) <= 2 * TOLERANCE, 0.0, margin))
        score[rows] += sign.sum(axis=1)
        score[rows.stop :] -= sign[:, len(sign) :].sum(axis=0)
    return score


def _outranking(x: Array, w: Array) -> Array:
    """Return e (n, n), 0 on the diagonal."""
    share = np.zeros((len(x), len(x)))
    for rows, margin in _margins(x, w):
        share[rows, rows.start :] = (1 + margin) / 2
        share[rows.stop :, rows] = (1 - margin[:, len(margin) :].T) / 2
    np.fill_diagonal(share, 0.0)
    return share


def _margins(x: Array, w: Array) -> Iterator[tuple[slice, Array]]:
    """Yield blocks of rows, and by how much weight they lead (e_ab - e_ba) each row from the block's first on."""
    n = len(x)
    columns, w = np.ascontiguousarray(x[:, w > 0].T), w[w > 0]
    untied = np.array([len(np.unique(column)) == n and not np.isnan(column).any() for column in columns])
    present = (~np.isnan(columns)).astype(np.float64)
    step = max(1, min(n, _PAIRS // n))
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        margin = _lead(columns, w, untied, rows)
        if not present.all():
            both = (present[:, rows] * w[:, np.newaxis]).T @ present[:, start:]
            margin /= np.where(both > 0, both, 1.0)
        yield rows, margin


def _lead(columns: Array, w: Array, untied: Array, rows: slice) -> Array:
    """Return sum_j w_j sign(x_aj - x_bj) for rows a and all rows b from the first of them on, missing pairs counting 0.

    Where no two values of a column are equal, a row that is not above another is below it: one comparison does.
    """
    margin = np.full((rows.stop - rows.start, columns.shape[1] - rows.start), -w[untied].sum())
    term = np.empty_like(margin)
    for column, weight, alone in zip(columns, w, untied, strict=True):
        above, below = column[rows, np.newaxis], column[rows.start :]
        margin += np.multiply(above > below, 2 * weight if alone else weight, out=term)
        if not alone:
            margin -= np.multiply(above < below, weight, out=term)
    np.fill_diagonal(margin, 0.0)
    return margin


@dataclass(frozen=True, slots=True)
class _Order:
    """Items from first to last, the sum of their support, and how many orders share the optimum (None: not proved).

    `places` are the mean places (n,) of the items, from 0, over all orders that share it.
    """

    items: tuple[int, ...]
    support: float
    ties: int | None
    places: Array


def best_order(support: Array) -> _Order:
    """Return an order of items maximising the sum of support[a, b] over all a before b, support (n, n).

    Up to `MOST_EXACT` items it is an optimum, of several the first in the order of the items; above, the best of
    local searches.
    """
    return _exact(support) if len(support) <= MOST_EXACT else _searched(support)


def _exact(support: Array) -> _Order:
    """Return the optimum by dynamic programming over the sets of items still to be placed."""
    n = len(support)
    lead, best, count = _lead_of_sets(support), np.zeros(1 << n), np.ones(1 << n, dtype=np.int64)
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
    return _Order(_first(lead, best), float(best[-1]), int(count[-1]), _mean_places(lead, best, count))


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


def _lead_of_sets(support: Array) -> Array:
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


def _searched(support: Array) -> _Order:
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
    return _Order(tuple(found[at].tolist()), total[at], None, np.argsort(found[at]).astype(np.float64))


def _climbed(margin: Array, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return an order that moving any one item to another place no longer improves.

    The items are tried one after another as they stood when the round began. What each would lose is looked up for as
    many at once as have lately stayed where they were: the first that moves is moved, and those after it tried again.
    """
    n, moved = len(order), True
    place = np.argsort(order)
    most = max(1, min(n, _PAIRS // n))
    while moved:
        moved, begun, tried, some = False, order.copy(), 0, _TOGETHER
        while tried < n:
            items = begun[tried : tried + some]
            # Before the first place nothing is lost; an item loses nothing to itself.
            lost = np.zeros((len(items), n + 1))
            np.cumsum(margin[items].take(order, axis=1), axis=1, out=lost[:, 1:])
            at, to, each = place[items], lost.argmin(axis=1), np.arange(len(items))
            better = np.flatnonzero(lost[each, at] - lost[each, to] > _SAME)
            if not len(better):
                tried, some = tried + len(items), min(2 * some, most)
                continue
            first = int(better[0])
            others = np.delete(order, at[first])
            order = np.insert(others, to[first] - (to[first] > at[first]), items[first])
            place[order] = np.arange(n)
            moved, tried, some = True, tried + first + 1, _TOGETHER
    return order
