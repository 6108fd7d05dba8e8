"""Imputations by an average of the column, or of the rows of the same group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from hengdian_index._maths.stats import Moments, Ordered, Range
from hengdian_index._methods.frame import LabelledFit
from hengdian_index._methods.imputing import Filler, Filling, Rows, imputing, left
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.cells import no_label
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, shown

_WEIGHTED = "weighted mean"
# How the log calls what is put in the place of a value.
_CALLED = {"mean": Said("mean"), "median": Said("median"), _WEIGHTED: Said("weighted mean")}


@stored("constants")
@dataclass(frozen=True, slots=True)
class Constants:
    """One number (k,) for every missing value of a column, learnt from so many values (k,)."""

    values: Array
    counts: Array
    what: str

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        why = [Said("{what} of {values}", what=_CALLED[self.what], values=_values(int(n))) for n in self.counts]
        return Filling.of(rows, self.values, lambda _, j: why[j])


@stored("group constants")
@dataclass(frozen=True, slots=True)
class GroupConstants:
    """One number for every missing value of a column and a group of rows: (g, k) for g labels."""

    labels: tuple[Any, ...]
    values: Array
    counts: Array
    what: str

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows; the cells of a group without a value stay missing."""
        place = {label: g for g, label in enumerate(self.labels)}
        found = [place.get(label, -1) for label in rows.grouped]
        values = np.vstack([self.values, np.full(rows.values.shape[-1], np.nan)])[found]
        known: dict[tuple[int, int], Said] = {}

        def why(i: int, j: int) -> Said:
            if found[i] < 0:
                return self._why(rows.grouped[i], 0)
            if (found[i], j) not in known:
                known[found[i], j] = self._why(rows.grouped[i], int(self.counts[found[i], j]))
            return known[found[i], j]

        return Filling.of(rows, values, why)

    def _why(self, label: Any, n: int) -> Said:
        if no_label(label):
            return left(Said("the row has no group"))
        if not n:
            return left(Said("group {label} has no value", label=shown(label)))
        return Said(
            "{what} of {values} of group {label}", what=_CALLED[self.what], values=_values(n), label=shown(label)
        )


def _values(n: int) -> Said:
    return Said.of(n, "{n} value", "{n} values")


@imputing(
    sees="statistics",
    needs=["weights"],
    formula=lambda weights: (
        r"\hat{x}_j = \bar{x}_j"
        if weights is None
        else r"\hat{x}_j = \frac{\sum_l v_l x_{lj}}{\sum_l v_l}, \quad v = \mathrm{weights}"
    ),
    chinese="均值插补",
)
def mean(x: Rows, *, weights: Any = None, **shared: Unpack[LabelledFit]) -> Filler:
    """Missing values filled with the mean of their column.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, missing as NaN or null.
    weights : column or index level, or n numbers; optional
        What each row counts in the mean (population, GDP): 0 or more. A column of x is left out of the arithmetic and
        stays in the table; rows without a weight do not count.

    Returns
    -------
    (table, log)

    Raises
    ------
    DataError
        An indicator with no value at all.

    Notes
    -----
    The means of the columns are kept; their spread and correlations shrink. Proof: mean preserved; a slow formula.

    **Symbols.** v: the weight of a row; l: a row that has the value and a weight.

    **When to use.** Few gaps that have nothing to do with the values, which should neither help nor harm a unit much.

    **Pitfalls.** Spreads and correlations shrink, and with them weights that are learnt from these. A weak unit with a
    gap is lifted to the mean.

    Source: Little & Rubin 2002, Statistical Analysis with Missing Data; OECD/JRC Handbook (2008), step 3.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> table, log = hi.impute.mean([1.0, float("nan"), 3.0])
    >>> table, log.loc[0, "why"]
    (array([1., 2., 3.]), 'mean of 2 values')
    """
    if weights is None:
        return Constants(_mean(x.sample), x.sample.measure(Range).n, "mean")
    values, counts = _weighted(x.values, x.weighed)
    x.sample.refuse(
        counts == 0, Said("no row that has a value has a weight above 0; give weights, or take the mean without")
    )
    return Constants(values, counts, _WEIGHTED)


@imputing(
    sees="statistics",
    formula=r"\hat{x}_j = \mathrm{med}\,x_j",
    chinese="中位数插补",
)
def median(x: Rows, **shared: Unpack[LabelledFit]) -> Filler:
    """Missing values filled with the median of their column.

    Parameters, answer and refusals are those of `mean`.

    Notes
    -----
    Proof: median preserved; a slow formula.

    **When to use.** As `mean`, for skewed columns.

    **Pitfalls.** As those of `mean`: spreads and correlations shrink, and a weak unit is lifted to the middle.

    Source: Little & Rubin 2002, Statistical Analysis with Missing Data; OECD/JRC Handbook (2008), step 3.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.impute.median([1.0, float("nan"), 3.0, 8.0]).table
    array([1., 3., 3., 8.])
    """
    return Constants(_median(x.sample), x.sample.measure(Range).n, "median")


@imputing(
    sees="statistics",
    second="groups",
    needs=["groups", "weights"],
    formula=lambda groups, weights: (
        r"\hat{x}_{ij} = \bar{x}_{g(i)j}"
        if weights is None
        else r"\hat{x}_{ij} = \frac{\sum_{l \in g(i)} v_l x_{lj}}{\sum_{l \in g(i)} v_l}, \quad v = \mathrm{weights}"
    ),
    chinese="组内均值插补",
)
def group_mean(x: Rows, groups: Any, *, weights: Any = None, **shared: Unpack[LabelledFit]) -> Filler:
    """Missing values filled with the mean of their column over the rows of the same group.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, missing as NaN or null.
    groups : column or index level, or n labels
        Group of each row (income class, region). A column of x is left out of the arithmetic and stays in the table. In
        an index also several columns, `["region", "year"]`: the mean of the region in the same year.
    weights : column or index level, or n numbers; optional
        What each row counts in the mean of its group (population, GDP): 0 or more; rows without one do not count.

    Returns
    -------
    (table, log)
        A cell of a group without any value stays missing, and the log says so; never the mean of all rows instead.

    Raises
    ------
    DataError
        An indicator with no value at all.

    Notes
    -----
    Of scores (`at = "scores"` in an index) it is the regional mean, by population or not, with which dashboards fill a
    goal or a pillar that a country lacks. Proof: the ASEM index as COINr imputes it; group means preserved; with
    weights a slow formula.

    **Symbols.** g: the group of a row; v: the weight of a row; l: a row of the group that has the value and a weight.

    **When to use.** Units of a group (a region, an income class) are like each other.

    **Pitfalls.** A group with few values gives a noisy mean, and differences within groups shrink.

    Source: Little & Rubin 2002, Statistical Analysis with Missing Data; OECD/JRC Handbook (2008), step 3.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.impute.group_mean([1.0, float("nan"), 3.0, 9.0], ["a", "a", "b", "b"]).table
    array([1., 1., 3., 9.])
    >>> hi.impute.group_mean([1.0, 4.0, float("nan")], ["a", "a", "a"], weights=[2.0, 1.0, 5.0]).table
    array([1., 4., 2.])
    """
    return _by_group(x, _mean, "mean") if weights is None else _weighted_by_group(x)


@imputing(
    sees="statistics",
    second="groups",
    needs=["groups"],
    formula=r"\hat{x}_{ij} = \mathrm{med}\,x_{g(i)j}",
    chinese="组内中位数插补",
)
def group_median(x: Rows, groups: Any, **shared: Unpack[LabelledFit]) -> Filler:
    """Missing values filled with the median of their column over the rows of the same group.

    Parameters, answer and refusals are those of `group_mean`.

    Notes
    -----
    Proof: a slow formula.

    **When to use.** As `group_mean`, for skewed columns.

    **Pitfalls.** As those of `group_mean`.

    Source: Little & Rubin 2002, Statistical Analysis with Missing Data; OECD/JRC Handbook (2008), step 3.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.impute.group_median([1.0, float("nan"), 3.0, 9.0], ["a", "a", "b", "b"]).table
    array([1., 1., 3., 9.])
    """
    return _by_group(x, _median, "median")


def _mean(sample: Sample) -> Array:
    return sample.measure(Moments).mean


def _median(sample: Sample) -> Array:
    return sample.measure(Ordered).quantile(0.5)


def _weighted(values: Array, weights: Array) -> tuple[Array, Array]:
    """Return the weighted mean of each column (k,), missing where nothing weighs, and of how many values it is."""
    odd = (weights < 0) | np.isinf(weights)
    if odd.any():
        raise DataError(
            Said("weights: a finite number of 0 or more for each row, not {weights:g}", weights=weights[odd][0])
        )
    counted_rows = ~np.isnan(values) & (np.nan_to_num(weights) > 0)[:, np.newaxis]
    largest = np.where(counted_rows, weights[:, np.newaxis], 0.0).max(axis=0, initial=0.0)
    own = np.where(counted_rows, weights[:, np.newaxis], 0.0) / np.where(largest > 0, largest, 1.0)
    total = own.sum(axis=0)
    shares = np.divide(own, total, out=np.full_like(own, np.nan), where=total > 0)
    return (shares * np.where(counted_rows, values, 0.0)).sum(axis=0), counted_rows.sum(axis=0)


def _weighted_by_group(known: Rows) -> GroupConstants:
    found = [_weighted(known.values[rows], known.weighed[rows]) for rows in known.members.values()]
    values, counts = (_stack([one[part] for one in found], known) for part in (0, 1))
    return GroupConstants(tuple(known.members), values, counts, _WEIGHTED)


def _by_group(known: Rows, average: Callable[[Sample], Array], what: str) -> GroupConstants:
    parts = known.samples
    values = _stack([average(part) for part in parts.values()], known)
    counts = _stack([part.measure(Range).n for part in parts.values()], known)
    return GroupConstants(tuple(parts), values, counts, what)


def _stack(parts: Sequence[Array], known: Rows) -> Array:
    return np.array(parts).reshape(len(parts), known.sample.k)
