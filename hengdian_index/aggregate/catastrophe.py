"""Catastrophe progression: powers of the parts by their importance, and their mean or the smallest of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.errors import CellsError
from hengdian_index.log import note


def _figures(row: Row) -> Iterator[Figure]:
    """Yield the power of each part, then their mean or the smallest."""
    order = None if row.options["order"] is None else row.option("order", np.nan)
    exponents = _exponents(np.where(row.there, row.asked, 0.0), order)[row.there]
    powers = [
        Figure.of(Said("{child} to its power", child=child), "z ** p", z=float(z), p=float(power))
        for child, z, power in zip(row.children, row.z, exponents, strict=True)
    ]
    yield from powers
    values: dict[str, Any] = {"y": [one.value for one in powers]}
    if row.options["rule"] == "complementary":
        yield Figure.of(Said("mean"), "sum(y) / k", **values, k=len(powers))
    else:
        yield Figure.of(Said("the smallest"), "min(y)", **values)


@aggregating(
    sees="stacks",
    laws="M",
    domain="zero or more",
    takes_gaps=True,
    per_column={"order": None},
    figures=_figures,
    formula=lambda rule, **_: {
        "complementary": r"y = \frac{1}{k} \sum_j z_j^{1 / (r_j + 1)}",
        "non_complementary": r"y = \min_j z_j^{1 / (r_j + 1)}",
    }[rule],
    chinese="突变级数法",
)
def catastrophe(
    x: Array,
    w: Array,
    /,
    *,
    rule: Literal["complementary", "non_complementary"] = "complementary",
    order: Any = None,
    **shared: Unpack[Scoring],
) -> Array:
    """Catastrophe progression of each row: a power of each part by its importance, and their mean or the smallest.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators on a scale from 0 to 1, larger better.
    w : weights (k,), optional
        They only say which part comes first, the largest; parts with equal weights share their exponents, the mean of
        these.
    rule : {"complementary", "non_complementary"}
        The parts make up for each other (互补): their mean. They do not (非互补): the smallest.
    order : numbers (k,), or mapping by column, optional
        Rank of each part by importance, 1 the first, in place of the weights; equal numbers share their exponents.

    Notes
    -----
    Formula: y = mean or minimum of z_j^(1 / (r_j + 1)), r_j the rank of part j by importance. The first part has the
    power 1/2 (fold, 折叠突变), the second 1/3 (cusp, 尖点突变), the third 1/4 (swallowtail, 燕尾突变), the fourth 1/5
    (butterfly, 蝴蝶突变), the fifth 1/6 (wigwam, 棚屋突变). More follow the same rule, with a line in the log, as no
    elementary catastrophe has them. What a row lacks is left out: its other parts are ranked among themselves.

    Source: Thom 1972, Structural Stability and Morphogenesis; the normalisation formulas of Chinese evaluation texts
    (突变级数法). Proof: the formulas written out for one to five parts, and a slow loop.

    **Symbols.** r: rank of a part by importance, 1 the first.

    **When to use.** The order of importance is known and no weights are wanted; studies that follow this convention.

    **Pitfalls.** Roots press all scores towards 1: ranks can be compared, sizes hardly. Values above 1 are pressed
    down instead of up; normalise to 0..1.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.catastrophe([[0.25, 0.125]], [0.6, 0.4])
    array([0.5])
    >>> hi.aggregate.catastrophe([[0.25, 0.512, 0.0016]], order=[1, 2, 3], rule="non_complementary")
    array([0.2])
    """
    x = _shared.stretched(x, w)
    below = x < 0
    if below.any():
        raise CellsError(below, Said("a root needs values of 0 or more; normalise to a scale from 0 to 1"))
    there = ~np.isnan(x) & (w[..., np.newaxis, :] > 0)
    _tell(x, w, order)
    ranks = None if order is None else _shared.per_column(order, x.shape[-1], "order")
    powers = np.where(there, x, 0.0) ** _row_exponents(w, ranks, there)
    if rule == "non_complementary":
        return np.asarray(np.where(there, powers, np.inf).min(axis=-1))
    return np.asarray(np.where(there, powers, 0.0).sum(axis=-1) / there.sum(axis=-1))


def _row_exponents(w: Array, order: Array | None, there: NDArray[np.bool_]) -> Array:
    """Return the exponents (..., n, k) of the parts that each row has, ranked among themselves."""
    exponents = np.broadcast_to(_exponents(w, order)[..., np.newaxis, :], there.shape)
    whole = w[..., np.newaxis, :] > 0
    if (there == whole).all():
        return exponents
    for pattern in np.unique(there.reshape(-1, there.shape[-1]), axis=0):
        alike = (there == pattern).all(axis=-1, keepdims=True)
        own = _exponents(np.where(pattern, w, 0.0), order)[..., np.newaxis, :]
        exponents = np.where(alike, own, exponents)
    return exponents


def _exponents(w: Array, order: Array | None) -> Array:
    """Return 1 / (r + 1) of each part (..., k), r its rank among those that have a weight; equal ones share theirs."""
    counted = w > 0
    importance = np.where(counted, w if order is None else -order, -np.inf)
    own, other = importance[..., :, np.newaxis], importance[..., np.newaxis, :]
    equal = (own == other) | same(own, other, np.abs(np.where(counted[..., np.newaxis], own, 0.0)))
    before = ((other > own) & ~equal).sum(axis=-1)
    k = w.shape[-1]
    sums = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(2, k + 2))])
    last = before + equal.sum(axis=-1)
    return np.asarray((sums[last] - sums[before]) / (last - before))


def _tell(x: Array, w: Array, order: Any) -> None:
    """Write into the log what the method was not made for."""
    k = x.shape[-1]
    if order is None and k > 1 and same(np.diff(np.sort(w)), 0.0, 1.0).any():
        why = Said(
            "catastrophe: parts of equal weight share their exponents; order = {{part = 1, ...}} says which of them "
            "comes first"
        )
        note("aggregate", why)
    if k > 5:
        note("aggregate", Said("catastrophe: {k} parts, of which no elementary catastrophe has more than 5", k=k))
    if np.nanmax(x, initial=0.0) > 1:
        note(
            "aggregate",
            Said("catastrophe: values above 1, which a root makes smaller; normalise to a scale from 0 to 1"),
        )
