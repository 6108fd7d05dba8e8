"""Aggregations by order: the smallest, the largest, the middle value of a row, and weights by rank within it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Unpack

import numpy as np

from hengdian_index._maths.means import extreme
from hengdian_index._maths.notation import exact
from hengdian_index._methods.decorators import aggregating, unit_sum
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.options import floats, in_order
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.log import note


def _order_faults(order_weights: Any) -> list[Said]:
    try:
        numbers = floats(list(order_weights.values()) if isinstance(order_weights, Mapping) else order_weights)
    except (TypeError, ValueError):
        numbers = np.array(np.nan)
    good = numbers.ndim == 1 and np.isfinite(numbers).all() and (numbers >= 0).all() and (numbers > 0).any()
    return (
        []
        if good
        else [Said("order_weights: numbers of 0 or more, one a rank, not all 0; not {given!r}", given=order_weights)]
    )


def _owa_figures(row: Row) -> Iterator[Figure]:
    """Yield the weighted sum by rank; the weights of a row with gaps have the shape of those for all ranks."""
    given, m = floats(row.options["order_weights"]), len(row.z)
    v = given / given.sum()
    v = v if len(v) == m else _over_fewer(v, m)
    yield Figure.of(Said("weights of the ranks, the largest value first"), "sum(v * z)", v=v, z=-np.sort(-row.z))


def _median_figures(row: Row) -> Iterator[Figure]:
    """Yield the weight at or below each value, smallest first, as far as half of it."""
    order = np.argsort(row.z, kind="stable")
    z, w = row.z[order], row.w[order]
    cumulative = w.cumsum()
    low, high = (int(np.argmax(reached)) for reached in (cumulative >= 0.5 - TOLERANCE, cumulative > 0.5 + TOLERANCE))
    for at in range(low + 1):
        yield Figure.of(Said("weight of the values up to {value}", value=exact(z[at])), "sum(w)", w=w[: at + 1])
    if low == high:
        yield Figure.of(Said("the first value with half of the weight"), "z", z=z[low])
    else:
        middle = Said("mean of the two values between which half of the weight lies")
        yield Figure.of(middle, "(low + high) / 2", low=z[low], high=z[high])


@aggregating(
    sees="stacks",
    laws="MIHTSB",
    domain="real",
    takes_gaps=True,
    check=_order_faults,
    figures=_owa_figures,
    formula=r"y = \sum_r v_r z_{(r)}, \quad z_{(1)} \ge z_{(2)} \ge \dots",
    chinese="有序加权平均（OWA）",
)
def owa(x: Array, w: Array, /, *, order_weights: Any, **shared: Unpack[Scoring]) -> Array:
    """Ordered weighted average of each row: weights belong to ranks within the row, not to columns.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, normalised.
    w : None
        Equal, or left out: a column has no weight of its own here.
    order_weights : sequence (k,)
        Weights from the largest value down, 0 or more, rescaled to sum 1. (1, 0, ..., 0) is the maximum, (0, ..., 0,
        1) the minimum, equal ones the arithmetic mean; equal weights on the last q only give the mean of the q lowest.

    Raises
    ------
    SpecError
        Weights that do not fit the columns, or unequal w.

    Notes
    -----
    y = sum_r v_r z_(r), z_(1) the largest. The orness sum_r (k - r) / (k - 1) v_r, 1 for the maximum, 0 for the
    minimum, goes into the log. A row with gaps takes the same shape of weights over its fewer ranks: the cumulative
    weights are drawn as straight lines over r / k and read off at r / m, so that maximum, minimum and mean stay
    maximum, minimum and mean.

    Source: Yager 1988 (IEEE Transactions on Systems, Man, and Cybernetics 18). Proof: Compind (means of the lowest and
    of the highest values), and its limits.

    **Symbols.** v: weight of a rank, the option `order_weights`; r: rank within the row, 1 the largest.

    **When to use.** An attitude is modelled: near the maximum, near the minimum, or with both ends trimmed.

    **Pitfalls.** Columns have no weight of their own: each counts by its place within the row.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.owa([[1.0, 4.0, 2.0]], order_weights=[0.5, 0.5, 0])
    array([3.])
    """
    k = x.shape[-1]
    _shared.equal_only(w, "owa", Said("order_weights weigh the ranks of a row, not its columns"))
    v = unit_sum(floats(in_order(order_weights, range(k), "order_weights")), k, "order_weights")
    orness = float(v @ np.arange(k - 1, -1, -1)) / max(k - 1, 1)
    note("aggregate", Said("owa: orness {orness:.4g}", orness=orness))
    z = -np.sort(-_shared.stretched(x, w), axis=-1)
    if not np.isnan(z).any():
        return np.asarray(z @ v)
    out = np.empty(z.shape[:-1])
    present = (~np.isnan(z)).sum(axis=-1)
    for m in np.unique(present):
        out[present == m] = z[present == m][:, :m] @ _over_fewer(v, int(m))
    return out


def _over_fewer(v: Array, m: int) -> Array:
    """Return order weights for m ranks with the shape of those for more."""
    k = len(v)
    cumulative = np.concatenate([[0.0], np.cumsum(v)])
    return np.diff(np.interp(np.arange(m + 1) / m, np.arange(k + 1) / k, cumulative))


@aggregating(
    sees="stacks",
    laws="MIHTSB",
    domain="real",
    arithmetic=_shared.SMALLEST,
    formula=r"y = \min_{j : w_j > 0} z_j",
    chinese="最小值",
)
def minimum(x: Array, w: Array, /, **shared: Unpack[Scoring]) -> Array:
    """Smallest value of each row, over the columns with a weight above 0.

    Nothing is compensated. Proof: the limit of `power` for p to minus infinity, of `owa` and of `mean_min`.

    Notes
    -----
    **When to use.** The weakest link decides: safety, rights, conditions that all must hold.

    **Pitfalls.** Every other indicator, and every weight above 0, is ignored; one error of measurement sets the score.

    Source: Decancq & Lugo 2013 (Econometric Reviews 32), as a limit of the power means.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.minimum([[1.0, 4.0, 2.0]], [0, 1, 1])
    array([2.])
    """
    return extreme(largest=False)(x, w)


@aggregating(
    sees="stacks",
    laws="MIHTSB",
    domain="real",
    arithmetic=_shared.LARGEST,
    formula=r"y = \max_{j : w_j > 0} z_j",
    chinese="最大值",
)
def maximum(x: Array, w: Array, /, **shared: Unpack[Scoring]) -> Array:
    """Largest value of each row, over the columns with a weight above 0.

    Proof: the limit of `power` for p to infinity, and of `owa`.

    Notes
    -----
    **When to use.** One strength is enough.

    **Pitfalls.** Every other indicator, and every weight above 0, is ignored; the largest error of measurement wins.

    Source: Decancq & Lugo 2013 (Econometric Reviews 32), as a limit of the power means.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.maximum([[1.0, 4.0, 2.0]])
    array([4.])
    """
    return extreme(largest=True)(x, w)


@aggregating(
    sees="stacks",
    laws="MIHTSB",
    domain="real",
    figures=_median_figures,
    formula=(
        r"y = \tfrac{1}{2} \left(\min \left\{z_l : W_l \ge \tfrac{1}{2}\right\} + "
        r"\min \left\{z_l : W_l > \tfrac{1}{2}\right\}\right), \quad W_l = \sum_{j : z_j \le z_l} w_j"
    ),
    chinese="加权中位数",
)
def median(x: Array, w: Array, /, **shared: Unpack[Scoring]) -> Array:
    """Weighted median of each row: half of the weight lies on either side.

    Formula: the smallest z with cumulative weight >= 1/2; where it is exactly 1/2, the mean of that z and the next.
    One extreme value, however extreme, does not move it. Proof: its laws and a slow count; equal weights give the
    common median.

    Notes
    -----
    **Symbols.** l: a column.

    **When to use.** No single wild score should move a row.

    **Pitfalls.** Values on either side of the middle may change without any effect, and the score jumps where the
    cumulated weight passes one half.

    Source: Huber 1981, Robust Statistics.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.median([[1.0, 9.0, 2.0], [1.0, 9.0, 2.0]], [0.5, 0.25, 0.25])
    array([1.5, 1.5])
    """
    x = _shared.stretched(x, w)
    order = np.argsort(x, axis=-1, kind="stable")
    weights = np.broadcast_to(w[..., np.newaxis, :], x.shape)
    z, cumulative = (np.take_along_axis(part, order, axis=-1) for part in (x, weights))
    cumulative = cumulative.cumsum(axis=-1)
    lower = np.argmax(cumulative >= 0.5 - TOLERANCE, axis=-1)[..., np.newaxis]
    upper = np.argmax(cumulative > 0.5 + TOLERANCE, axis=-1)[..., np.newaxis]
    low, high = (np.take_along_axis(z, at, axis=-1)[..., 0] for at in (lower, upper))
    return np.asarray(low + (high - low) / 2)
