"""Quasi-arithmetic means: a pair (f, f inverse) round a weighted sum, the split of a change, pairs of power means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.table import Array, Labelled, may_have_gaps, row_faults, shortened
from hengdian_index._values.equality import TOLERANCE, flattened
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, DataError, SpecError, raise_all, suggestion

Rule: TypeAlias = Literal["reweight", "propagate", "raise"]
PartRule: TypeAlias = Literal["reweight", "propagate", "raise", "parent"]
Domain: TypeAlias = Literal["real", "zero or more", "above 0"]

# Rows of a column that stay in the processor's nearest memory.
_ROWS = 1 << 14

# Parts of a level that add up to more than so many times the level, without their signs, say nothing about it.
_UNBOUND = 10.0

# Powers up to this one are near 1: their means are taken from logarithms.
_NEAR_0 = 0.1

# A smaller power has the geometric mean, to the last digit, and would vanish in products.
_LEAST = 1e-30


@dataclass(frozen=True, slots=True)
class Pair:
    """The mean `inverse(sum w forward(x))`.

    `secant(a, b)` is (f(b) - f(a)) / (b - a), with its limit f'(a) where b = a, computed without
    cancellation. `domain` says which x it takes; with `zero_is_limit` a 0 of positive weight gives 0.
    `anchor` is the value of a row that counts most where powers leave the range of numbers: the means
    are homogeneous, so each row is divided by it first. `quotient(z, y)` is f(z) / f(y), of powers; `whole(x, w)` is
    the mean itself, where f and its inverse one after another would lose digits. An arithmetic mean is given `times`
    over: with the sum of the weights it is a weighted sum.
    """

    forward: Callable[[Array], Array]
    inverse: Callable[[Array], Array]
    secant: Callable[[Array, Array], Array]
    domain: Domain = "real"
    zero_is_limit: bool = False
    anchor: Literal["none", "largest", "smallest"] = "none"
    quotient: Callable[[Array, Array], Array] | None = None
    whole: Callable[[Array, Array], Array] | None = None
    times: float = 1.0

    @property
    def linear(self) -> bool:
        """Whether it is the arithmetic mean, or a sum."""
        return self.forward is ARITHMETIC.forward

    @property
    def limit(self) -> float:
        """With `zero_is_limit` the value that is the limit of the mean wherever a part has it."""
        return 0.0

    @property
    def filler(self) -> float:
        """A value in the domain, that may stand where none counts."""
        return 1.0

    @property
    def from_zero(self) -> bool:
        """Whether a level splits as the change from a row of zeros does."""
        return False

    def mean(self, x: Array, w: Array, absent: NDArray[np.bool_] | None = None) -> Array:
        """Return the weighted means (..., n) of rows x (..., n, k), weights w (..., k) or (..., n, k).

        Rows are complete, or `absent` (n, k) says which values they lack: then each is the mean of those it has.
        """
        if self.domain == "real":
            if absent is None:
                return weighted_sum(x, w if self.times == 1 else w * self.times)
            y = known_mean(x, w, absent)
            return y if self.times == 1 else y * self.times
        there = np.ones((), dtype=np.bool_) if absent is None else ~absent
        x = x if absent is None else np.where(there, x, 1.0)
        self.refuse(x)
        if (w > 0).all() and not (self.zero_is_limit and (x == 0).any()):
            return self._inside(x, w, self._size(x, there), absent)
        counted = (_row_weights(w, x) > 0) & there
        some = np.where(counted & (x > 0), x, 1.0) if self.zero_is_limit else np.where(counted, x, 1.0)
        y = self._inside(some, w, self._size(x, counted), absent)
        return np.where((counted & (x == 0)).any(axis=-1), 0.0, y) if self.zero_is_limit else y

    def _inside(self, x: Array, w: Array, size: Array | None, absent: NDArray[np.bool_] | None) -> Array:
        """Return the means of rows of which every value is in the domain and counts."""
        with np.errstate(over="ignore", divide="ignore", invalid="ignore", under="ignore"):
            if self.whole is not None:
                return self.whole(x, w if absent is None else np.nan_to_num(_among(absent, w)))
            terms = self.forward(x if size is None else x / size[..., np.newaxis])
            y = self.inverse(weighted_sum(terms, w) if absent is None else known_mean(terms, w, absent))
        return np.asarray(y if size is None else y * size)

    def _size(self, x: Array, counted: NDArray[np.bool_]) -> Array | None:
        """Return the value of each row (..., n) that all others are measured by, None where logarithms need none."""
        if self.anchor == "none":
            return None
        positive = np.where(counted & (x > 0), x, -np.inf if self.anchor == "largest" else np.inf)
        size = positive.max(axis=-1) if self.anchor == "largest" else positive.min(axis=-1)
        return np.where(np.isfinite(size), size, 1.0)

    def refuse(self, x: Array) -> None:
        """Raise if a value lies outside the domain."""
        if self.domain == "real":
            return
        bad = x <= 0 if self._strict else x < 0
        if bad.any():
            raise CellsError(bad, self.why)

    @property
    def _strict(self) -> bool:
        return self.domain == "above 0" and not self.zero_is_limit

    @property
    def why(self) -> Said:
        """What is said of a value that lies outside the domain."""
        if self._strict:
            return Said("this mean needs values above 0; normalise to such a scale")
        return Said("this mean needs values of 0 or more; normalise to such a scale")

    def slope(self, z0: Array, z1: Array, y0: Array, y1: Array) -> Array:
        """Return the secant of f over each part's change over that of the mean: contribution = w slope (z1 - z0)."""
        size = np.minimum(y0, y1) if self.anchor == "smallest" else np.maximum(np.abs(y0), np.abs(y1))
        size = np.where(size > 0, size, 1.0)
        found = self._slope(z0, z1, y0, y1, size if self.anchor != "none" else np.ones_like(y0))
        if self.domain == "real":
            return found
        inside = (np.minimum(z0, z1) > 0) & (np.minimum(y0, y1) > 0)[..., np.newaxis]
        lost = inside & ~np.isfinite(found)
        if lost.any() and self.anchor == "none":
            # Secants of numbers near 0 are too large for one; the means are homogeneous, so others have the same slope.
            found = np.where(lost, self._slope(z0, z1, y0, y1, np.exp2(np.floor(np.log2(size)))), found)
            lost = inside & ~np.isfinite(found)
        if lost.any():
            raise CellsError(
                lost, Said("a value is so much nearer 0 than the mean that no number says its part; rescale it")
            )
        return found

    def _slope(self, z0: Array, z1: Array, y0: Array, y1: Array, size: Array) -> Array:
        """Return the slope, all values measured by the size of their row."""
        s = size[..., np.newaxis]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            return np.asarray(self.secant(z0 / s, z1 / s) / self.secant(y0 / size, y1 / size)[..., np.newaxis])

    def share(self, z: Array, y: Array) -> Array:
        """Return f(z) / f(y), for z and y that broadcast; of powers computed from the quotient."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            return np.asarray(self.forward(z) / self.forward(y) if self.quotient is None else self.quotient(z, y))

    def level_shares(self, z: Array, w: Array, y: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Return the shares (..., n, k) of parts z in their mean y (..., n), and where they are the weights.

        w f(z) / f(y). Where f(y) is 0 (a geometric mean of 1) that has no value, and near it no bounds: 347 and -346
        of 1.001. Where the sizes of the shares add up to more than 10, each part counts by its weight.
        """
        mean = y[..., np.newaxis]
        shares = w * self.share(z, mean)
        if self.quotient is not None:
            return shares, np.zeros(y.shape, dtype=np.bool_)
        by_weight = (self.forward(np.where(np.isnan(y), 2.0, y)) == 0) | (np.nansum(np.abs(shares), axis=-1) > _UNBOUND)
        return np.where(by_weight[..., np.newaxis], w, shares), by_weight


def _row_weights(w: Array, x: Array) -> Array:
    """Return the weights of each row, broadcast against x (..., n, k)."""
    return w if w.ndim == x.ndim else w[..., np.newaxis, :]


def weighted_sum(x: Array, w: Array) -> Array:
    """Return sum_j w_j x_j, (..., n), for x (..., n, k) and weights (..., k), or (..., n, k) for one set a row."""
    if w.ndim == x.ndim:
        return np.asarray(np.einsum("...k,...k->...", x, w))
    if w.ndim == 2 and x.ndim == 3 and len(x) == 1:
        return np.asarray(w @ x[0].T)
    if w.ndim == 1 and x.ndim == 2 and x.flags.f_contiguous:
        return _by_columns(x, w)
    return np.asarray(x @ w if w.ndim == 1 else np.matvec(x, w))


def _by_columns(x: Array, w: Array) -> Array:
    """Return sum_j w_j x_j column by column: each row is rounded alike, whatever rows stand beside it."""
    out = np.empty(len(x))
    for start in range(0, len(x), _ROWS):
        rows = slice(start, start + _ROWS)
        total = np.multiply(x[rows, 0], w[0], out=out[rows])
        part = np.empty_like(total)
        for j in range(1, len(w)):
            total += np.multiply(x[rows, j], w[j], out=part)
    return out


def known_mean(x: Array, w: Array, absent: NDArray[np.bool_]) -> Array:
    """Return sum_j w_j x_j / sum_j w_j, (n,), over the values of each row (n, k) that are not absent, k weights.

    Column by column, in the order of `_by_columns`: what a row without gaps gives is the same to the last bit.
    """
    total, part = np.zeros(len(x)), np.empty(len(x))
    for j, weight in enumerate(w):
        np.multiply(x[:, j], weight, out=part)
        np.copyto(part, 0.0, where=absent[:, j])
        total += part
    gaps = np.flatnonzero(absent.any(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        total[gaps] /= np.where(absent[gaps], 0.0, w).sum(axis=1)
    return total


@stored("missing rule")
@dataclass(frozen=True, slots=True)
class Missing:
    """What an aggregation does about missing values: the rule, and the least share of values a score needs."""

    rule: PartRule = "reweight"
    coverage: float = 0.65

    @classmethod
    def of(cls, rule: str, coverage: float) -> Missing:
        """Return the rule, or a SpecError for a word or a share that is none."""
        words = get_args(Rule)
        faults = (
            []
            if isinstance(rule, str) and rule in words
            else [Said("missing: no rule {rule!r}{guess}", rule=rule, guess=suggestion(rule, words))]
        )
        number = isinstance(coverage, (int, float, np.integer, np.floating)) and not isinstance(coverage, bool)
        if not (number and 0 <= coverage <= 1):
            faults.append(Said("coverage: a share from 0 to 1, not {coverage!r}", coverage=coverage))
        raise_all(SpecError, faults)
        return cls(rule, coverage)  # type: ignore[arg-type]  # a word of Rule, checked above


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores (..., n), the weights each row was given (None: those asked for), and the rows left without a score.

    `cancelled` (...) is the magnitude that cancelled in their computation, which `equality` adds to that of a score.
    With `shared` the weights asked for were divided among the values of each row, which `given_weights` does again:
    as many numbers as the table has are made when they are asked for. `before` are the scores as they were aggregated,
    where they were rescaled, filled or rounded since; `imputed` says which were filled (None: none), and `why` of each
    row of one draw that lacked a score what is to be said of that. `asked` are the weights (..., n, k) asked for where
    each row has its own.
    """

    values: Array
    given: Array | Callable[[], Array] | None
    dropped: NDArray[np.bool_]
    cancelled: Any = 0.0
    shared: bool = False
    before: Array | None = None
    ordinals: Array | None = None
    imputed: NDArray[np.bool_] | None = None
    asked: Array | None = None
    why: tuple[tuple[int, Said], ...] = ()

    @property
    def weights(self) -> Array | None:
        """The weights (..., n, k) that each row was given, None where they are those asked for."""
        return self.given() if callable(self.given) else self.given


@dataclass(frozen=True, slots=True)
class Together:
    """A kernel that is shown all rows with a score at once, because it compares them or takes their gaps itself.

    Columns that are constant but for rounding reach it constant.

    With `takes_gaps` a missing value reaches it as NaN; without, rows with gaps that keep a score are refused.
    Without `set_wise` each row is scored alone all the same.
    """

    function: Callable[[Array, Array], Any]
    takes_gaps: bool = False
    set_wise: bool = True

    def __call__(self, x: Array, w: Array) -> Any:
        """Return the scores (..., n) of rows x (..., n, k) under weights w (..., k), or a value with details."""
        return self.function(flattened(x), w)


@stored("reference rows")
@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """Rows (..., m, k) that scores are measured by, kept by a fit: other rows are not compared with each other."""

    rows: Array


Kernel: TypeAlias = Pair | Together | Callable[[Array, Array], Array]


class RowsError(CellsError):
    """Whole rows that a kernel cannot take, marked in (..., n, 1)."""


class ColumnsError(CellsError):
    """Whole columns that a kernel cannot take, marked in (..., 1, k)."""


def refusal(error: CellsError, table: Labelled) -> DataError:
    """Return a kernel's complaint with its rows, its columns or its cells named."""
    n, k = table.values.shape[-2:]
    if isinstance(error, RowsError):
        rows = np.flatnonzero(error.marked.reshape(-1, n).any(axis=0))
        return DataError(*shortened(row_faults(rows, table.source, error.why)))
    if isinstance(error, ColumnsError):
        names, columns = table.columns or range(k), np.flatnonzero(error.marked.reshape(-1, k).any(axis=0))
        return DataError(
            *shortened([Said("column {name!r}: {why}", name=names[int(j)], why=error.why) for j in columns])
        )
    return table.refusal(error)


def aggregate(kernel: Kernel, x: Array, w: Array, missing: Missing, *, complete: bool = False) -> Scores:
    """Return the scores of rows x (..., n, k) under weights w (..., k), missing values treated by the rule.

    `reweight` leaves missing columns out and divides by the remaining weight; a row with a smaller
    share of present columns than the coverage, or with no weight left, has no score. `complete` says that
    nothing is missing, where that is known.

    Sets of weights (m, k) give scores (m, n), whatever m and n are.
    """
    x = _lifted(x, w)
    if complete or not may_have_gaps(x):
        return Scores(_whole(kernel, x, w), None, np.zeros(x.shape[:-1], dtype=np.bool_))
    if not isinstance(kernel, Pair) or missing.rule == "propagate":
        x = np.broadcast_to(x, (*np.broadcast_shapes(x.shape[:-2], w.shape[:-1]), *x.shape[-2:]))
    if isinstance(kernel, Pair) and kernel.linear and missing.rule == "reweight" and x.ndim == 2 and w.ndim == 1:
        values, dropped = _of_known(kernel, x, w, missing)
        return Scores(values, partial(given_weights, x, w, dropped), dropped, shared=True)
    absent = np.isnan(x)
    dropped = _dropped(kernel, absent, w, missing)
    if missing.rule == "propagate":
        return Scores(_rows(kernel, x, w, ~dropped), None, dropped)
    if isinstance(kernel, Pair) and x.ndim == 2 and w.ndim == 1:
        values = _masked(kernel, x, w, absent, dropped)
        return Scores(values, partial(given_weights, x, w, dropped), dropped, shared=True)
    row_weights = given_weights(x, w, dropped)
    if isinstance(kernel, Together):
        return Scores(_rows(kernel, x, w, ~dropped), row_weights, dropped)
    if x.ndim > 2 or w.ndim > 1:
        return Scores(_partial(kernel, x, row_weights, ~absent, dropped), row_weights, dropped)
    return _row_by_row(kernel, x, w, row_weights, absent, dropped)


def _lifted(x: Array, w: Array) -> Array:
    """Return x with more axes than the weights (..., k) have, so that a set of weights is never taken for a row's."""
    return x.reshape((1,) * (w.ndim + 1 - x.ndim) + x.shape) if 1 < w.ndim >= x.ndim else x


def _of_known(pair: Pair, x: Array, w: Array, missing: Missing) -> tuple[Array, NDArray[np.bool_]]:
    """Return the weighted sums of rows (n, k) as if none had gaps; those that have are summed again of what they have.

    Beside the sums comes which rows are left without one.
    """
    values, dropped = np.empty(len(x)), np.zeros(len(x), dtype=np.bool_)
    for start in range(0, len(x), _ROWS):
        rows = slice(start, start + _ROWS)
        block = x[rows] if x.strides[0] == x.itemsize else np.asfortranarray(x[rows])
        values[rows] = _by_columns(block, w * pair.times)
        lost = np.flatnonzero(np.isnan(values[rows]))
        part = np.asfortranarray(block[lost])
        absent = np.isnan(part)
        without = _dropped(pair, absent, w, missing)
        values[start + lost] = np.where(without, np.nan, pair.mean(part, w, absent))
        dropped[start + lost] = without
    return values, dropped


def _masked(pair: Pair, x: Array, w: Array, absent: NDArray[np.bool_], dropped: NDArray[np.bool_]) -> Array:
    """Return the means of rows (n, k), each of the values it has: one pass over them, gaps and all, in blocks."""
    values = np.empty(len(x))
    try:
        for start in range(0, len(x), _ROWS):
            rows = slice(start, start + _ROWS)
            lost = absent[rows] | dropped[rows, np.newaxis] if dropped[rows].any() else absent[rows]
            values[rows] = pair.mean(np.asfortranarray(x[rows]), w, lost)
    except CellsError:
        # Of all rows, not of those of one block alone.
        pair.refuse(np.where(absent | dropped[:, np.newaxis], pair.filler, x))
        raise
    values[dropped] = np.nan
    return values


def _row_by_row(
    kernel: Kernel, x: Array, w: Array, row_weights: Array, absent: NDArray[np.bool_], dropped: NDArray[np.bool_]
) -> Scores:
    """Return the scores of rows (n, k), of which those without gaps are scored as if no row had any."""
    whole = np.asarray(~absent.any(axis=1))
    values = np.empty(len(x))
    if whole.any():
        try:
            values[whole] = _whole(kernel, np.asfortranarray(x[whole]), w)
        except CellsError as error:
            raise _placed(error, x.shape[-2:], whole) from None
    try:
        values[~whole] = _partial(kernel, x[~whole], row_weights[~whole], ~absent[~whole], dropped[~whole])
    except CellsError as error:
        raise _placed(error, x.shape[-2:], ~whole) from None
    values[dropped] = np.nan
    return Scores(values, row_weights, dropped)


def detailed(kernel: Kernel, x: Array, w: Array, missing: Missing) -> Any:
    """Return the details of rows x (n, k), or (..., n, k) without gaps; their arrays hold NaN for rows dropped."""
    x = _lifted(x, w)
    absent = np.isnan(x)
    dropped = _dropped(kernel, absent, w, missing) if absent.any() else np.zeros(x.shape[:-1], dtype=np.bool_)
    if not dropped.any():
        return kernel(x, w)  # type: ignore[operator]  # a pair has no details
    if x.ndim > 2 or dropped.all():
        raise DataError(
            Said("details need at least one row with enough values") if x.ndim == 2 else Said("details: one table only")
        )
    try:
        return _spread(kernel(x[~dropped], w), np.flatnonzero(~dropped), len(x))  # type: ignore[operator]  # as above
    except CellsError as error:
        raise _placed(error, x.shape[-2:], ~dropped) from None


def given_weights(x: Array, w: Array, dropped: NDArray[np.bool_]) -> Array:
    """Return the weights (..., n, k) that rows x (..., n, k) were given, those asked for where nothing is missing.

    Rows without a score have none.
    """
    absent = np.isnan(x)
    weights = np.where(absent.any(axis=-1, keepdims=True), _among(absent, w), w[..., np.newaxis, :])
    return np.where(dropped[..., np.newaxis], np.nan, weights)


def shared_weights(x: Array, w: Array) -> Array:
    """Return the weights (..., n, k) of rows with gaps: 0 for a missing value, the rest divided by their sum."""
    return _among(np.isnan(x), w)


def _among(absent: NDArray[np.bool_], w: Array) -> Array:
    weights = np.where(absent, 0.0, w[..., np.newaxis, :])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def _dropped(kernel: Kernel, absent: NDArray[np.bool_], w: Array, missing: Missing) -> NDArray[np.bool_]:
    """Return which rows (..., n) are left without a score, or refuse the gaps."""
    if missing.rule == "raise":
        raise CellsError(
            absent,
            Said("missing value, and the rule is missing = 'raise'; fill it, or choose 'reweight' or 'propagate'"),
        )
    if missing.rule == "propagate":
        return np.asarray(absent.any(axis=-1))
    k = absent.shape[-1]
    present = k - np.count_nonzero(absent, axis=-1)
    unweighted = present == 0 if (w > 0).all() else ~(~absent & (w[..., np.newaxis, :] > 0)).any(axis=-1)
    dropped = (present / k < missing.coverage - TOLERANCE) | unweighted
    held = absent & ~dropped[..., np.newaxis]
    if isinstance(kernel, Together) and not kernel.takes_gaps and held.any():
        raise CellsError(
            held, Said("missing value, and this method compares complete rows; fill it, or missing='propagate'")
        )
    return np.asarray(dropped)


def _whole(kernel: Kernel, x: Array, w: Array) -> Array:
    """Return the scores of rows that the kernel takes as they are."""
    if isinstance(kernel, Pair):
        return kernel.mean(x, w)
    scores = np.asarray(kernel(x, w), dtype=np.float64)
    shape = (*np.broadcast_shapes(x.shape[:-2], w.shape[:-1]), x.shape[-2])
    if scores.shape != shape:
        raise DataError(
            Said(
                "aggregate: one score a row is needed, an array {shape}; the method gave {given}",
                shape=shape,
                given=scores.shape,
            )
        )
    if not np.isfinite(scores).all():
        marked = ~np.asarray(np.isfinite(scores).reshape(-1, shape[-1]).all(axis=0))
        raise RowsError(marked[:, np.newaxis], Said("the score is not a finite number; rescale the columns"))
    return scores


def _rows(kernel: Kernel, x: Array, w: Array, keep: NDArray[np.bool_]) -> Array:
    """Return the scores of the rows kept, the others missing."""
    if keep.all():
        return _whole(kernel, x, w)
    keep = np.broadcast_to(keep, x.shape[:-1])
    out = np.full(x.shape[:-1], np.nan)
    sets = np.broadcast_to(w, (*x.shape[:-2], w.shape[-1]))
    for place in np.ndindex(x.shape[:-2]):
        if keep[place].any():
            try:
                out[(*place, keep[place])] = _whole(kernel, x[place][keep[place]], sets[place])
            except CellsError as error:
                raise _placed(error, x.shape[-2:], keep[place]) from None
    return out


def _partial(kernel: Kernel, x: Array, w: Array, present: NDArray[np.bool_], dropped: NDArray[np.bool_]) -> Array:
    """Return the scores of rows with gaps, each under its own weights (..., n, k)."""
    if isinstance(kernel, Pair):
        filled = np.where(present & ~dropped[..., np.newaxis], x, kernel.filler)
        kernel.refuse(filled)
        return np.where(dropped, np.nan, kernel.mean(filled, np.nan_to_num(w)))
    out = np.full(x.shape[:-1], np.nan)
    for place in np.ndindex(x.shape[:-2]):
        patterns, which = np.unique(present[place], axis=0, return_inverse=True)
        for number, columns in enumerate(patterns):
            rows = (which.ravel() == number) & ~dropped[place]
            if rows.any():
                first = w[place][rows][0][columns]
                try:
                    out[(*place, rows)] = _whole(kernel, x[place][rows][:, columns], first)
                except CellsError as error:
                    raise _placed(error, x.shape[-2:], rows, columns) from None
    return out


def _placed(
    error: CellsError, shape: tuple[int, ...], rows: NDArray[np.bool_], columns: NDArray[np.bool_] | None = None
) -> CellsError:
    """Return a complaint about some rows and columns of a table (n, k), its marks where they belong in the whole."""
    columns = np.ones(shape[-1], dtype=np.bool_) if columns is None else columns
    marked = np.zeros(shape, dtype=np.bool_)
    marked[np.ix_(rows, columns)] = error.marked
    if isinstance(error, ColumnsError):
        marked = np.asarray(marked.any(axis=0, keepdims=True))
    elif isinstance(error, RowsError):
        marked = np.asarray(marked.any(axis=1, keepdims=True))
    return type(error)(marked, error.why)


def _spread(details: Any, at: NDArray[np.intp], n: int) -> Any:
    """Return details of the rows at some positions as details of all n rows, NaN (no peers) for the others."""
    whole: dict[str, Any] = {}
    for field in fields(details):
        value, axis = getattr(details, field.name), field.metadata.get("axis")
        if axis in ("rows", "table"):
            whole[field.name] = np.full((n, *value.shape[1:]), np.nan)
            whole[field.name][at] = value
        elif axis == "order":
            whole[field.name] = tuple(int(at[i]) for i in value)
        elif axis == "peers":
            found = dict(zip(at.tolist(), value, strict=True))
            whole[field.name] = tuple(tuple(int(at[i]) for i in found.get(row, ())) for row in range(n))
    return replace(details, **whole)


def log_secant(a: Array, b: Array) -> Array:
    """Return (ln b - ln a) / (b - a), 1/a where equal: one over the logarithmic mean."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        low, high = np.minimum(a, b), np.maximum(a, b)
        return np.where(low == high, 1 / low, _log_step(low, high) / np.where(low == high, 1.0, high - low))


def power_secant(p: float) -> Callable[[Array, Array], Array]:
    """Return the secant of z^p."""

    def secant(a: Array, b: Array) -> Array:
        low, high = np.minimum(a, b), np.maximum(a, b)
        # From the end where the power is larger, so that nothing overflows: t <= 0 if p > 0, t >= 0 if p < 0. Near 0
        # no power overflows, and the larger end keeps the step between the two.
        near = abs(p) < _NEAR_0
        from_high = p > 0 or near
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            t = np.where(low == high, 0.0, _log_step(low, high)) * (-1 if from_high else 1)
            rise = np.where(t == 0, p, np.expm1(p * t) / np.where(t == 0, 1.0, np.expm1(t)))
            return np.asarray(high**p * rise / high if near else (high if from_high else low) ** (p - 1) * rise)

    return secant


def _log_step(low: Array, high: Array) -> Array:
    """Return ln(high / low) for 0 <= low < high, without cancellation and for any quotient."""
    t = (high - low) / low
    return np.where(np.isfinite(t), np.log1p(t), np.log(high) - np.log(low))


ARITHMETIC = Pair(lambda x: x, lambda y: y, lambda a, b: np.ones(np.broadcast_shapes(np.shape(a), np.shape(b))))


def geometric_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (ln, exp)."""
    return Pair(np.log, np.exp, log_secant, "above 0", zero_is_limit)


def harmonic_pair(zero_is_limit: bool = False) -> Pair:
    """Return the pair (1/z, 1/y)."""
    pair = Pair(np.reciprocal, np.reciprocal, lambda a, b: -1.0 / a / b, "above 0", zero_is_limit)
    return replace(pair, anchor="smallest", quotient=lambda z, y: y / z)


def power_pair(p: float) -> Pair:
    """Return the pair (z^p, y^(1/p)); p = 1 and 0 are the arithmetic and the geometric one."""
    if p == 1:
        return ARITHMETIC
    if p == 0:
        return geometric_pair()
    domain: Domain = "zero or more" if p > 0 else "above 0"
    if abs(p) < _NEAR_0:
        return _near_geometric(float(np.copysign(max(abs(p), _LEAST), p)), domain)
    anchor: Literal["largest", "smallest"] = "largest" if p > 0 else "smallest"
    pair = Pair(lambda x: x**p, lambda y: y ** (1 / p), power_secant(p), domain)
    return replace(pair, anchor=anchor, quotient=lambda z, y: (z / y) ** p)


def _near_geometric(p: float, domain: Domain) -> Pair:
    """Return the pair ((z^p - 1) / p, its inverse), of the same mean as z^p, for a power near 0."""

    def mean(x: Array, w: Array) -> Array:
        return np.exp(_log_mean(p, x, w))

    return Pair(
        lambda x: np.expm1(p * np.log(x)) / p,
        lambda u: np.exp(np.log1p(p * u) / p),
        power_secant(p),
        domain,
        quotient=lambda z, y: np.exp(p * (np.log(z) - np.log(y))),
        whole=mean,
    )


def _log_mean(p: float, x: Array, w: Array) -> Array:
    """Return ln of (sum_j w_j x_j^p)^(1/p) = m + ln(sum_j w_j exp(p (ln x_j - m))) / p, m the mean of the logarithms.

    About m the terms linear in p sum to 0, so that no digit is lost however small p is. Zeros take no part in m; the
    weight of the others, to the power 1/p, is then a factor.
    """
    u = np.log(x)
    gone = np.isneginf(u)
    u = np.where(gone, 0.0, u)
    zeros = weighted_sum(gone.astype(np.float64), w)
    rest = np.where(zeros > 0, weighted_sum((~gone).astype(np.float64), w), 1.0)
    part = np.where(rest > 0, rest, 1.0)
    m = weighted_sum(u, w) / part
    rise = weighted_sum(np.where(gone, 0.0, np.expm1(p * (u - m[..., np.newaxis]))), w) / part
    return np.asarray(m + (np.log1p(rise) + np.where(zeros < 0.5, np.log1p(-zeros), np.log(rest))) / p)


def extreme(largest: bool) -> Callable[[Array, Array], Array]:
    """Return the limit of the power mean for p -> +-inf: the largest or smallest value of positive weight."""

    def pick(x: Array, w: Array) -> Array:
        counted = w[..., np.newaxis, :] > 0
        chosen = np.where(counted, x, -np.inf if largest else np.inf)
        return np.asarray(chosen.max(axis=-1) if largest else chosen.min(axis=-1))

    return pick
