"""The benefit of the doubt: every row under the weights that suit it best, by linear programmes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.effort import estimate
from hengdian_index._maths.means import ColumnsError, RowsError
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.cells import pair_of
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.errors import CellsError, DataError, SpecError
from hengdian_index.log import note

Limits: TypeAlias = tuple[float, float]

# Seconds that each number of a programme takes.
_EACH_NUMBER = 4e-5

# Programmes solved in one call: the call costs more than a small programme.
_BATCH = 60

# The first programmes start with so many rows that are ahead where theirs is good; each later one with the binding
# rows of so many solved ones whose weights suit it best. So many rows are added when some are above 1.
_AHEAD, _ALIKE, _ADD = 15, 10, 5

# A row above 1 by less counts as 1; so does a multiplier of a row that does not bind.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class BenefitOfTheDoubt:
    """Scores under the weights that suit each row best, these weights, and the rows that keep it from scoring higher.

    Attributes
    ----------
    scores : Series or array (n,)
    weights : DataFrame or array (n, k)
        The weights v of each row; several may be as good.
    peers : tuple (n,)
        Of each row: the rows that score 1 under the weights of the row.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.benefit_of_the_doubt([[1.0, 2.0], [3.0, 4.0], [2.0, 6.0]], details=True)
    >>> found.scores.round(3), found.peers
    (array([0.4, 1. , 1. ]), ((1, 2), (1,), (2,)))
    """

    scores: Any = field(metadata={"axis": "rows"})
    weights: Any = field(metadata={"axis": "table"})
    peers: Any = field(metadata={"axis": "peers"})


def _faults(bounds: Any, share_bounds: Any, direction: Any = None, **_: Any) -> list[Said]:
    limits = {"bounds": bounds, "share_bounds": share_bounds}
    faults = [
        Said("{name}: a pair (low, high) of shares, 0 <= low <= high <= 1, not {pair!r}", name=name, pair=pair)
        for name, pair in limits.items()
        if pair is not None and not _is_pair(pair)
    ]
    if direction is not None and (bounds is not None or share_bounds is not None):
        faults.append(
            Said("direction: bounds and share_bounds limit the ratio score, not the distance; give one of the two")
        )
    return faults


def _is_pair(limits: Any) -> bool:
    low, high = pair_of(limits) or (np.nan, np.nan)
    return 0 <= low <= high <= 1


def _figures(row: Row) -> Iterator[Figure]:
    """Yield the weights that suit the row best, or the longest step along a direction, and the score."""
    if row.options["direction"] is not None:
        step = 1 / row.score - 1
        yield Figure(Said("longest step along the direction that the rows allow"), "", step)
        yield Figure.of(Said("1 over 1 and the step"), "1 / (1 + step)", step=step)
        return
    limits = {name: row.options[name] for name in ("bounds", "share_bounds")}
    whole = np.asarray(~np.isnan(row.among).any(axis=1))
    given = benefit_of_the_doubt(row.among[whole], **limits, details=True)
    v = np.asarray(given.weights)[int(whole[: row.place].sum())]
    for child, weight in zip(row.children, v.tolist(), strict=True):
        yield Figure(Said("weight of {child} that suits the row best", child=child), "", weight)
    yield Figure.of(Said("sum under these weights"), "sum(v * z)", v=v, z=row.z)


@aggregating(
    sees="stacks",
    laws="D",
    domain="zero or more",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": None},
    check=_faults,
    figures=_figures,
    formula=r"y_c = \max_{v \ge 0} \sum_j v_j z_{cj}, \quad \sum_j v_j z_{ij} \le 1 \; \forall i",
    chinese="数据包络法（对各单位最有利的权重）",
)
def benefit_of_the_doubt(
    x: Array,
    w: Array,
    /,
    *,
    bounds: Any = None,
    share_bounds: Any = None,
    direction: Any = None,
    details: bool = False,
    **shared: Unpack[Scoring],
) -> Any:
    """Benefit-of-the-doubt score of each row: its weighted sum under the weights that suit it best, no row above 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, 0 or more, larger better. Rows are compared with each other.
    w : None
        Equal, or left out: each row finds its own weights.
    bounds : (low, high), optional
        Limits of each weight as a share of the *sum of weights*, as the Handbook's [.10, .15]; they depend on the
        units of the columns.
    share_bounds : (low, high), optional
        Limits of each v_j z_j as a share of the *row's own score* (pie shares). The two differ; both exist in print.
        A value of 0 under a positive low forces the score 0, with a line in the log.
    direction : number, sequence (k,) or mapping by column, optional
        0 or more: improve all indicators along it instead of in proportion; 1 is the same direction for every column.
        Not together with limits.
    details : bool
        Return the weights of each row and its peers too.

    Returns
    -------
    array or Series (..., n), 0..1; with details `.scores`, `.weights` (n, k), `.peers` (a tuple of rows for each row)

    Raises
    ------
    DataError
        A negative value, or nothing but zeros.
    SpecError
        Limits that no weights meet (k low > 1 or k high < 1), unequal w.

    Notes
    -----
    y_c = max sum_j v_j z_cj subject to sum_j v_j z_ij <= 1 for all rows i, v >= 0. With a direction d: b_c = max b with
    sum_i l_i z_ij >= z_cj + b d_j, sum l <= 1, l >= 0; y = 1 / (1 + b). A row with gaps is compared over the columns it
    has with the rows that have them too. Some row reaches 1, save perhaps under share_bounds; without bounds and
    direction the units of the columns do not matter. Several weights can be optimal: compare scores.

    Source: Melyn & Moesen 1991; Cherchye et al. 2007 (Social Indicators Research 82); Fusco 2015 (directional; Social
    Indicators Research 122). Proof: Compind (two tables); equal weights give mean / largest mean; a direction along the
    row itself gives the free score.

    **Symbols.** c: the row that is scored; v: weights that suit this row best.

    **When to use.** No weights can be agreed on: nobody can say that another set would have suited it better.

    **Pitfalls.** Without bounds a row may reach 1 by one good column and ignore the rest, and many rows tie at 1;
    bounds are judgements. One outlying row moves the frontier for all.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.benefit_of_the_doubt([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0]])
    array([1. , 1. , 0.8])
    """
    _shared.equal_only(w, "benefit_of_the_doubt", Said("each row finds its own weights; use bounds or share_bounds"))
    x = _shared.stretched(x, w)
    if (x < 0).any():
        raise CellsError(x < 0, Said("the benefit of the doubt needs values of 0 or more; normalise to such a scale"))
    rules = _rules(bounds, share_bounds, direction, x.shape[-1])
    what = Said("benefit_of_the_doubt of {rows}, a programme for each,", rows=_shared.rows_of(x.shape[-2]))
    estimate("aggregate", what, 8 * 4 * x.size, _EACH_NUMBER * x.size, Said("give fewer rows, or take fixed weights"))
    if x.ndim == 2:
        found = _scored(x, rules)
        endless = np.isinf(found.weights)
        if details and endless.any():
            why = Said("its values are so small that a weight is too large a number; rescale its unit")
            raise ColumnsError(endless.any(axis=0, keepdims=True), why)
        return found if details else found.scores
    if details:
        raise DataError(Said("benefit_of_the_doubt: details are of one table (n, k)"))
    return np.stack([_scored(part, rules).scores for part in x.reshape(-1, *x.shape[-2:])]).reshape(x.shape[:-1])


def _rules(bounds: Any, share_bounds: Any, direction: Any, k: int) -> _Rules:
    """Return the rules for k columns, or refuse limits that nothing meets."""
    given = {"bounds": bounds, "share_bounds": share_bounds}
    pairs = {name: None if pair is None else (float(pair[0]), float(pair[1])) for name, pair in given.items()}
    for name, pair in pairs.items():
        if pair is not None and not pair[0] * k <= 1 + 1e-12 <= pair[1] * k + 2e-12:
            raise SpecError(
                Said(
                    "{name}: {pair}: no {k} shares that sum to 1 lie within; low must be at most, high at least 1/{k}",
                    name=name,
                    pair=pair,
                    k=k,
                )
            )
    d = None if direction is None else _shared.per_column(direction, k, "direction")
    if d is not None and not ((d >= 0).all() and (d > 0).any()):
        raise SpecError(Said("direction: numbers of 0 or more, not all 0, not {direction!r}", direction=direction))
    return _Rules(pairs["bounds"], pairs["share_bounds"], d)


def _scored(x: Array, rules: _Rules) -> BenefitOfTheDoubt:
    """Return the scores of a table (n, k), rows with the same gaps against the rows that have their columns."""
    scores, weights = np.zeros(len(x)), np.full(x.shape, np.nan)
    peers: list[tuple[int, ...]] = [()] * len(x)
    patterns, which = np.unique(~np.isnan(x), axis=0, return_inverse=True)
    for number, columns in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == number)
        among = np.flatnonzero(~np.isnan(x[:, columns]).any(axis=1))
        z, part = x[np.ix_(among, columns)], rules.over(columns)
        _refuse_part(z, rows, part, len(x))
        found = best_weights(z, np.searchsorted(among, rows), part)
        scores[rows] = found.scores
        weights[np.ix_(rows, columns)] = found.weights
        for row, some in zip(rows, found.peers, strict=True):
            peers[row] = tuple(among[list(some)].tolist())
    low = rules.share_bounds[0] if rules.share_bounds else 0.0
    forced = int(((x == 0).any(axis=1) & (scores == 0)).sum())
    if low > 0 and forced:
        note(
            "aggregate",
            Said.of(
                forced,
                "benefit_of_the_doubt: {n} row scores 0: a value of 0 under a positive lower share",
                "benefit_of_the_doubt: {n} rows score 0: a value of 0 under a positive lower share",
            ),
        )
    return BenefitOfTheDoubt(scores, weights, tuple(peers))


def _refuse_part(z: Array, rows: Array, rules: _Rules, n: int) -> None:
    """Refuse rows whose columns hold nothing but zeros, or cannot meet the rules."""
    k = z.shape[1]
    d = np.ones(k) if rules.direction is None else rules.direction
    empty = ~np.asarray((z > 0).any(axis=0))
    faults = {
        Said("nothing but zeros in the columns compared"): empty.all(),
        Said("direction is 0 in all columns it has"): not (d > 0).any(),
        Said("a column of the direction holds nothing but zeros"): rules.direction is not None
        and (empty & (d > 0)).any(),
    }
    for name, limits in (("bounds", rules.bounds), ("share_bounds", rules.share_bounds)):
        why = Said("{name} cannot hold over the {columns} it has", name=name, columns=_shared.columns_of(k))
        faults[why] = limits is not None and limits[1] * k < 1 - 1e-12
    for why, wrong in faults.items():
        if wrong:
            marked = np.zeros((n, 1), dtype=np.bool_)
            marked[rows] = True
            raise RowsError(marked, why)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the weights must obey: limits of each weight's share in their sum, of each product's share in the score.

    With a `direction` (k,) the distance along it is sought instead of the ratio.
    """

    bounds: Limits | None = None
    share_bounds: Limits | None = None
    direction: Array | None = None

    def over(self, columns: NDArray[np.bool_]) -> _Rules:
        """Return the rules for some of the columns."""
        return self if self.direction is None else replace(self, direction=self.direction[columns])


@dataclass(frozen=True, slots=True)
class _Best:
    """Scores (a,), weights (a, k) and binding rows of the rows asked for."""

    scores: Array
    weights: Array
    peers: list[tuple[int, ...]]


def best_weights(z: Array, asked: NDArray[np.intp], rules: _Rules) -> _Best:
    """Return the best weights of some rows of z (m, k), no gaps, all >= 0, not all 0.

    A programme holds only rows that could bind. Those found above 1 under its answer are added and it is solved
    again, until none is: the answer is then that of the programme with all rows.
    """
    size = z.max(axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = z / size
    with np.errstate(over="ignore"):
        d = None if rules.direction is None else rules.direction / size
    if d is not None and not np.isfinite(d).all():
        raise ColumnsError(
            ~np.isfinite(d)[np.newaxis], Said("its values are too small for a direction; rescale its unit")
        )
    rows = _Rows(scaled, undominated(scaled), replace(rules, direction=d), size)
    weights = np.zeros((0, z.shape[1]))
    peers: list[tuple[int, ...]] = []
    while len(peers) < len(asked):
        some = asked[len(peers) : 2 * len(peers) + _BATCH]
        active = rows.alike(some, weights, peers) if peers else rows.ahead(some)
        found, binding = _settled(rows, some, active)
        weights, peers = np.concatenate([weights, found]), peers + binding
    scores, weights = rows.scores(asked, weights)
    with np.errstate(over="ignore"):
        return _Best(scores, weights / size, peers)


def _settled(rows: _Rows, asked: NDArray[np.intp], active: list[list[int]]) -> tuple[Array, list[tuple[int, ...]]]:
    """Return the weights of the rows asked for, no row above their level, and the binding rows."""
    weights = np.zeros((len(asked), rows.z.shape[1]))
    peers: list[tuple[int, ...]] = [()] * len(asked)
    left = np.arange(len(asked))
    while left.size:
        again = []
        for part in _batches(left):
            weights[part], level, binding = rows.programmes(asked[part], [active[i] for i in part])
            for i, bound, above in zip(part, binding, rows.above(weights[part], level), strict=True):
                peers[i] = bound
                new = [row for row in above if row not in active[i]]
                active[i] += new
                again += [i] if new else []
            # On one level the weights of different rows can be compared; the scores put them back.
            weights[part] /= level[:, np.newaxis]
        left = np.array(again, dtype=np.intp)
    return weights, peers


def undominated(z: Array) -> NDArray[np.intp]:
    """Return the rows that no other row equals or exceeds in every column; of equal rows the first."""
    left = np.argsort(-z.sum(axis=1), kind="stable")
    found = []
    while left.size:
        found.append(left[0])
        left = left[(z[left] > z[left[0]]).any(axis=1)]
    return np.sort(np.array(found, dtype=np.intp))


def _batches(items: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [items[start : start + _BATCH] for start in range(0, len(items), _BATCH)]


def _diagonal(blocks: Sequence[Array]) -> Any:
    """Return equally wide blocks along the diagonal of a sparse array, nothing beside them."""
    from scipy.sparse import csr_array

    rows, width = np.concatenate(blocks), blocks[0].shape[1]
    first = np.repeat(np.arange(len(blocks)) * width, [len(block) for block in blocks])
    columns, ends = first[:, np.newaxis] + np.arange(width), np.arange(len(rows) + 1) * width
    return csr_array((rows.ravel(), columns.ravel(), ends), shape=(len(rows), len(blocks) * width))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows (m, k) with largest value 1 in each column, those that can bind, the rules on that scale, the scale."""

    z: Array
    pool: NDArray[np.intp]
    rules: _Rules
    size: Array

    def ahead(self, asked: NDArray[np.intp]) -> list[list[int]]:
        """Return for each row those that may bind it: leaders of the columns, itself, those ahead where it is good."""
        own = self.z[asked]
        favour = 1 / (own + 0.05 * np.maximum(own.max(axis=1, keepdims=True), 1e-9))
        return self._with_leaders(asked, self.pool[_largest(favour @ self.z[self.pool].T, _AHEAD)].tolist())

    def alike(self, asked: NDArray[np.intp], weights: Array, peers: Sequence[Sequence[int]]) -> list[list[int]]:
        """Return the same from programmes that are solved: what binds under the weights that suit each row best."""
        close = _largest(self.z[asked] @ weights.T, _ALIKE)
        return self._with_leaders(asked, [[row for i in some for row in peers[i]] for some in close.tolist()])

    def _with_leaders(self, asked: NDArray[np.intp], likely: Sequence[Sequence[int]]) -> list[list[int]]:
        leaders = self.z.argmax(axis=0).tolist()
        return [sorted({*leaders, row, *some}) for row, some in zip(asked.tolist(), likely, strict=True)]

    def above(self, weights: Array, level: Array) -> list[list[int]]:
        """Return for each set of weights the rows farthest above its level."""
        reach = weights @ self.z[self.pool].T
        first = _largest(reach, _ADD)
        over = np.take_along_axis(reach, first, axis=1) > level[:, np.newaxis] + _SAME
        return [self.pool[some[far]].tolist() for some, far in zip(first, over, strict=True)]

    def programmes(
        self, asked: NDArray[np.intp], active: Sequence[Sequence[int]]
    ) -> tuple[Array, Array, list[tuple[int, ...]]]:
        """Return the weights, the level that no active row exceeds, and the binding rows, of several programmes."""
        from scipy.optimize import linprog

        own, d = self.z[asked], self.rules.direction
        gain = own / np.where(own.max(axis=1) > 0, own.max(axis=1), 1.0)[:, np.newaxis]
        cost = -gain if d is None else np.column_stack([-own, np.ones(len(own))])
        blocks = [self._constraints(one, some) for one, some in zip(own, active, strict=True)]
        limit = [np.arange(len(block)) < len(some) for block, some in zip(blocks, active, strict=True)]
        right = np.concatenate(limit) * (1.0 if d is None else 0.0)
        given: dict[str, Any] = {"A_ub": _diagonal(blocks), "b_ub": right}
        if d is not None:
            line = np.concatenate([d, [0.0]])[np.newaxis]
            given |= {"A_eq": _diagonal([line] * len(own)), "b_eq": np.ones(len(own))}
        found = linprog(cost.ravel(), **given)
        if found.status != 0:
            raise DataError(
                Said("benefit_of_the_doubt: the linear programme was not solved: {message}", message=found.message)
            )
        answer = found.x.reshape(cost.shape)
        shadow = np.split(-found.ineqlin.marginals, np.cumsum([len(block) for block in blocks])[:-1])
        binding = [
            tuple(np.array(some)[s[: len(some)] > _SAME].tolist()) for some, s in zip(active, shadow, strict=True)
        ]
        k = self.z.shape[1]
        return answer[:, :k], np.ones(len(own)) if d is None else answer[:, k], binding

    def _constraints(self, own: Array, active: Sequence[int]) -> Array:
        """Return the constraints of one programme: the active rows first, then the rules of the weights."""
        parts = [self.z[active]]
        for limits, unit in ((self.rules.bounds, self.size.min() / self.size), (self.rules.share_bounds, own)):
            if limits is not None:
                unit = unit / max(unit.max(), 1e-300)
                parts += [limits[0] * unit - np.diag(unit), np.diag(unit) - limits[1] * unit]
        if self.rules.direction is None:
            return np.concatenate(parts)
        level = np.zeros(sum(map(len, parts)))
        level[: len(active)] = -1.0
        return np.column_stack([np.concatenate(parts), level])

    def scores(self, asked: NDArray[np.intp], weights: Array) -> tuple[Array, Array]:
        """Return scores and weights; the weights are put on their level by the largest sum among all rows, exactly."""
        d = self.rules.direction
        if d is not None:
            weights = weights / (weights @ d)[:, np.newaxis]
        most, own = np.empty(len(asked)), np.empty(len(asked))
        for part in _batches(np.arange(len(asked))):
            most[part] = (weights[part] @ self.z[self.pool].T).max(axis=1)
            own[part] = (weights[part] * self.z[asked[part]]).sum(axis=1)
        if d is not None:
            return 1 / (1 + np.maximum(most - own, 0.0)), weights
        # Weights that no row's sum binds are 0 but for rounding: the rules leave the row no others.
        bound = most > 0.5
        most = np.where(bound, most, 1.0)
        return np.where(bound, np.minimum(own / most, 1.0), 0.0), np.where(bound, weights.T / most, 0.0).T


def _largest(values: Array, number: int) -> NDArray[np.intp]:
    """Return the places of the largest values of each row, in any order."""
    number = min(number, values.shape[1])
    return np.argpartition(-values, number - 1, axis=1)[:, :number]
