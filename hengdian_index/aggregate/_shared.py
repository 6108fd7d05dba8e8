"""What the aggregations share: equal weights only, options by column, directions, columns that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.arithmetic import Line
from hengdian_index._maths.blocks import power_of_two
from hengdian_index._maths.maps import Between, Target, orientation
from hengdian_index._maths.means import ColumnsError, Known, RowsError
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.learning import direction_fault
from hengdian_index._tables.cells import single, tabular
from hengdian_index._tables.options import floats, in_order
from hengdian_index._tables.table import Array, read_labelled
from hengdian_index._values.equality import largest, same, settled
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, SpecError, raise_all, shown

SMALLEST = (Line("y", "min(z)", Said("the smallest")),)
LARGEST = (Line("y", "max(z)", Said("the largest")),)


def stretched(x: Array, w: Array) -> Array:
    """Return x (..., n, k) with the leading axes of the weights too."""
    return np.broadcast_to(x, (*np.broadcast_shapes(x.shape[:-2], w.shape[:-1]), *x.shape[-2:]))


def equal_only(w: Array, method: str, why: Said) -> None:
    """Refuse weights other than equal ones."""
    if not same(w.max(axis=-1), w.min(axis=-1), 1.0).all():
        given = joined([f"{weight:.3g}" for weight in np.ravel(w)[: w.shape[-1]]])
        raise SpecError(
            Said("{method}: w must be None or equal, not [{given}]: {why}", method=method, given=given, why=why)
        )


def columns_of(k: int) -> Said:
    """Return how a message counts columns."""
    return Said.of(k, "{n} column", "{n} columns")


def rows_of(n: int) -> Said:
    """Return how a message counts rows."""
    return Said.of(n, "{n} row", "{n} rows")


# Of an option `reference`, in words.
REFERENCE_WORDS = {
    "en": {
        "reference": "measured by",
        "reference = fit": "the fit rows, which are kept, so that no other row changes a score",
    },
    "zh": {"reference": "参照", "reference = fit": "固定的参数确定期（其他样本不改变任何得分）"},
}


def among_themselves(reference: Any) -> bool:
    """Return whether rows are compared with each other, not with reference rows."""
    return reference is None


def per_column(value: Any, k: int, option: str) -> Array:
    """Return an option as k finite numbers, from one number for all or one a column."""
    try:
        numbers = floats(in_order(value, range(k), option))
    except (TypeError, ValueError):
        numbers = np.array(np.nan)
    if numbers.shape not in ((), (k,)) or not np.isfinite(numbers).all():
        raise SpecError(
            Said(
                "{option}: one finite number, or one for each of {columns}, not {value}",
                option=option,
                columns=columns_of(k),
                value=shown(value),
            )
        )
    return np.broadcast_to(numbers, (k,))


def directions(direction: Any, k: int) -> list[Any]:
    """Return one direction a column, from one for all or a sequence."""
    direction = in_order(direction, range(k), "direction", absent=1)
    given = [direction] * k if single(direction) else list(direction) if not tabular(direction) else [direction]
    if len(given) != k:
        raise SpecError(
            Said("{option}: {given} given for {columns}", option="direction", given=len(given), columns=columns_of(k))
        )
    faults = [(j, direction_fault(one)) for j, one in enumerate(given)]
    wrong = [Said("direction of column {column}: {fault}", column=j, fault=fault) for j, fault in faults if fault]
    raise_all(SpecError, wrong)
    return given


def beside(x: Array, reference: Any, method: str) -> tuple[Array, int]:
    """Return rows (..., n, k) below those that they are measured by, and how many these are: 0 for each other."""
    if reference is None:
        return x, 0
    if isinstance(reference, str):
        if reference == "fit":
            raise SpecError(
                Said(
                    "{method}: reference = 'fit' is for an index, which keeps its fit rows; give a table of rows",
                    method=method,
                )
            )
        raise SpecError(
            Said(
                "{method}: reference: 'fit', or a table of rows, not {reference}",
                method=method,
                reference=shown(reference),
            )
        )
    rows = reference.rows if isinstance(reference, Known) else read_labelled(reference).values
    if rows.ndim < 2 or rows.shape[-1] != x.shape[-1] or not rows.shape[-2]:
        raise SpecError(
            Said(
                "{method}: reference: a table of {columns}, one row or more, not one of shape {shape}",
                method=method,
                columns=columns_of(x.shape[-1]),
                shape=rows.shape,
            )
        )
    # A row without any value takes no part.
    rows = rows[..., ~np.isnan(rows).all(axis=-1).reshape(-1, rows.shape[-2]).all(axis=0), :]
    leading = np.broadcast_shapes(rows.shape[:-2], x.shape[:-2])
    parts = [np.broadcast_to(part, (*leading, *part.shape[-2:])) for part in (rows, x)]
    return np.concatenate(parts, axis=-2), rows.shape[-2]


def known(x: Array, m: int) -> Array:
    """Return the first m rows (..., m, k), which the others are measured by; all of them for m = 0."""
    return x[..., :m, :] if m else x


def turned(x: Array, direction: Any, m: int = 0) -> Array:
    """Return x with larger better in every column.

    A cost becomes -x. A target or an interval becomes 1 where the value is best, falling in a straight line to 0 at
    the worst limit, or at the row farthest off where there is none; with m among the first m rows, held there.
    """
    out = np.array(x)
    for j, one in enumerate(directions(direction, x.shape[-1])):
        turn = orientation(one)[0]
        if turn is not None:
            out[..., j] = turn(x[..., j : j + 1])[..., 0]
        if isinstance(one, Target | Between):
            out[..., j] = _settled(turn, x[..., j], out[..., j])
            out[..., j] = 1 + out[..., j] / _farthest(one, out[..., :m, j] if m else out[..., j])
            out[..., j] = np.maximum(out[..., j], 0.0) if m else out[..., j]
    return out


def _settled(turn: Any, x: Array, minus_distance: Array) -> Array:
    """Return distances (..., n) of which those that are equal but for rounding are one, however far their values."""
    most = largest(x[..., np.newaxis])
    return settled(minus_distance, turn.cancelled(most)[..., 0])


def _farthest(direction: Target | Between, minus_distance: Array) -> Array | float:
    """Return the distance that scores 0: the limits' own, else the largest among the rows."""
    if isinstance(direction, Between) and direction.worst_low is not None:
        return 1.0
    most = -np.fmin.reduce(minus_distance, axis=-1)[..., np.newaxis]
    return np.where(most > 0, most, 1.0)


def split_costs(x: Array, direction: Any, m: int = 0) -> tuple[Array, NDArray[np.bool_]]:
    """Return x with targets and intervals turned into benefits, and which columns (k,) are costs, values kept."""
    given = directions(direction, x.shape[-1])
    cost = [not isinstance(one, Target | Between) and one == -1 for one in given]
    rest = [1 if is_cost else one for one, is_cost in zip(given, cost, strict=True)]
    return turned(x, rest, m) if any(one != 1 for one in rest) else x, np.array(cost)


def refuse_signs(x: Array, cost: NDArray[np.bool_]) -> None:
    """Refuse the cells below 0, and those of a cost that are 0."""
    bad = (x < 0) | (cost & (x == 0))
    if bad.any():
        raise CellsError(
            bad,
            Said(
                "this method aggregates ratios of sizes: values of 0 or more, a cost above 0; normalise to such a scale"
            ),
        )


def of_best(x: Array, cost: NDArray[np.bool_], w: Array, m: int = 0) -> Array:
    """Return each value as a share of the best of its column (..., n, k): x / max, of a cost min / x."""
    refuse_signs(x, cost)
    low, high = ends(known(x, m))
    refuse_columns((high == 0) & ~cost, w, Said("all values are 0, so there is no best to divide by; leave it out"))
    return np.where(cost, low / np.where(cost, x, 1.0), x / np.where(high > 0, high, 1.0))


def on_range(x: Array, cost: NDArray[np.bool_], w: Array, m: int = 0) -> Array:
    """Return where each value lies in the range of its column (..., n, k): 0 the worst, 1 the best."""
    low, high = ends(known(x, m))
    refuse_columns(high == low, w, Said("constant over the rows compared; leave it out"))
    half = np.where(high > low, high / 2 - low / 2, 1.0)
    return np.where(cost, high / 2 - x / 2, x / 2 - low / 2) / half


def tamed(x: Array) -> Array:
    """Return x with columns whose squares would overflow or vanish divided by a power of two."""
    scale = power_of_two(x, largest(x))
    return x if (scale == 1).all() else x / scale[..., np.newaxis, :]


def column_mean(x: Array) -> Array:
    """Return the mean of each column, (..., 1, k), missing values left out; 0 where all are missing."""
    absent = np.isnan(x)
    n = x.shape[-2] - absent.sum(axis=-2, keepdims=True)
    return np.asarray(np.where(absent, 0.0, x).sum(axis=-2, keepdims=True) / np.maximum(n, 1))


def present_product(terms: Array, weights: Array) -> Array:
    """Return the products (..., n) of terms (..., n, k) of 0 or more to the power of weights, missing ones left out."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(weights > 0, weights * np.log(terms), 0.0)
    return np.asarray(np.exp(np.where(np.isnan(logs), 0.0, logs).sum(axis=-1)))


def ends(x: Array) -> tuple[Array, Array]:
    """Return the smallest and the largest value of each column, (..., 1, k); missing values are left out."""
    return np.fmin.reduce(x, axis=-2)[..., np.newaxis, :], np.fmax.reduce(x, axis=-2)[..., np.newaxis, :]


def refuse_columns(bad: NDArray[np.bool_], w: Array, why: Said) -> None:
    """Raise for the columns that are marked (..., 1, k) and have a weight."""
    marked = bad & (w[..., np.newaxis, :] > 0)
    if marked.any():
        raise ColumnsError(np.asarray(marked.reshape(-1, 1, w.shape[-1]).any(axis=0)), why)


def refuse_rows(bad: NDArray[np.bool_], why: Said) -> None:
    """Raise for the rows that are marked (..., n)."""
    if bad.any():
        raise RowsError(np.asarray(bad.reshape(-1, bad.shape[-1]).any(axis=0))[:, np.newaxis], why)


def present_sum(terms: Array, weights: Array) -> Array:
    """Return the sums (..., n) of weighted terms (..., n, k), missing ones left out."""
    return np.asarray(np.where(np.isnan(terms), 0.0, terms * weights).sum(axis=-1))


def rank_figures(row: Row, x: Array) -> Iterator[Figure]:
    """Yield the rank of each part from the worst, 1, ties averaged, among rows x (n, k)."""
    for child, column, own in zip(row.children, x.T, x[row.place], strict=True):
        below, equal = int((column < own).sum()), int((column == own).sum())
        what = Said(
            "rank of {child} from the worst: {below} below it, {equal} equal", child=child, below=below, equal=equal
        )
        yield Figure.of(what, "below + (equal + 1) / 2", below=below, equal=equal)
