"""Imputation by the other indicators of the same group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.stats import Moments, Range
from hengdian_index._methods.frame import LabelledFit
from hengdian_index._methods.imputing import Filler, Filling, Rows, imputing, left
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.options import column_groups
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, shown


@imputing(
    sees="statistics",
    across=True,
    second="groups",
    needs=["parents"],
    formula=r"\hat{x}_{ij} = f_j^{-1}\left(\frac{1}{m} \sum_{l \ne j} f_l(x_{il})\right), \quad f = \mathrm{scale}",
    chinese="同组指标插补",
)
def peers(
    x: Rows,
    groups: Any = None,
    *,
    scale: Literal["min_max", "z_score"] = "min_max",
    direction: Any = 1,
    **shared: Unpack[LabelledFit],
) -> Filler:
    """Missing values filled with the mean of the row's other indicators of the same group, on a common scale.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, missing as NaN or null.
    groups : mapping or sequence, optional
        Groups of columns: {group: [columns]}, {column: group}, or one label for each column; None: one group.
    scale : {"min_max", "z_score"}
        The common scale, learnt from the fit rows; the mean is mapped back to the indicator's own unit.
    direction : int, or one a column (sequence, or mapping by name)
        1 (larger is better) or -1: a unit that is good at its peers is thought good here too.

    Returns
    -------
    (table, log)
        A row without any peer stays missing, and the log says so.

    Raises
    ------
    DataError
        An indicator with no value at all.

    Notes
    -----
    Leaving the indicator out of an arithmetic mean with equal weights gives the same score, so this choice is hidden
    in every such mean of incomplete rows. A constant column is no peer, and is itself filled with its one value.
    Proof: that identity; a slow loop.

    **Symbols.** m: number of other indicators of the group that have a value; l: another indicator of the group; f: the
    common scale.

    **When to use.** The indicators of a group measure one thing, and a row lacks one of them.

    **Pitfalls.** It adds nothing that the other indicators do not say: leaving the gap out of an equal mean gives the
    same score.

    Source: common practice of scorecards.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.impute.peers([[0.0, 10.0], [1.0, 30.0], [0.5, float("nan")]]).table
    array([[ 0. , 10. ],
           [ 1. , 30. ],
           [ 0.5, 20. ]])
    """
    sample = x.sample.flattened()
    turn = _turns(sample, direction)
    if scale == "min_max":
        seen = sample.measure(Range)
        with np.errstate(over="ignore"):
            centre, spread = np.where(turn > 0, seen.lo, seen.hi), turn * (seen.hi - seen.lo)
    else:
        moments = sample.measure(Moments)
        centre, spread = moments.mean, turn * np.where(moments.m2 > 0, moments.deviation(), 0.0)
    sample.refuse(~np.isfinite(spread), Said("the spread of its values is too large a number; rescale its unit"))
    return Peers(centre, spread, _column_groups(groups, x))


@stored("peers")
@dataclass(frozen=True, slots=True)
class Peers:
    """The mean of the row's present columns of the same group, on the scale `(x - centre) / spread`, arrays (k,)."""

    centre: Array
    spread: Array
    groups: tuple[Any, ...]

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        values, count = np.full(rows.values.shape, np.nan), np.zeros(rows.values.shape, dtype=np.int64)
        for group in dict.fromkeys(self.groups):
            columns = [j for j, one in enumerate(self.groups) if one == group]
            varied = [j for j in columns if self.spread[j] != 0]
            score = (rows.values[:, varied] - self.centre[varied]) / self.spread[varied]
            n = (~np.isnan(score)).sum(axis=1)
            mean = np.where(n > 0, np.nansum(score, axis=1) / np.maximum(n, 1), np.nan)
            values[:, columns] = self.centre[columns] + self.spread[columns] * mean[:, np.newaxis]
            count[:, columns] = n[:, np.newaxis]
        flat = self.spread == 0
        values = np.where(flat, self.centre, values)
        why = cache(_why)
        return Filling.of(rows, values, lambda i, j: why(int(count[i, j]), bool(flat[j]), self.groups[j]))


def _why(n: int, flat: bool, group: Any) -> Said:
    """Return what is said of a value that is the mean of n others, of the group where there are groups."""
    if flat:
        return Said("the one value of a constant indicator")
    if group is None:
        mean = Said.of(n, "mean score of {n} indicator", "mean score of {n} indicators")
        return mean if n else left(Said("the row has no other indicator"))
    if not n:
        return left(Said("the row has no other indicator of group {group!r}", group=group))
    return Said.of(
        n,
        "mean score of {n} indicator of group {group!r}",
        "mean score of {n} indicators of group {group!r}",
        group=group,
    )


def _turns(sample: Sample, direction: Any) -> Array:
    """Return 1 or -1 for each column (k,); a column that a mapping does not name has 1."""
    if isinstance(direction, Mapping):
        direction = dict.fromkeys(sample.columns or range(sample.k), 1) | dict(direction)
    given = direction.values() if isinstance(direction, Mapping) else np.ravel(np.array(direction, dtype=object))
    other = [one for one in given if not (isinstance(one, int | float | np.number) and one in (1, -1))]
    if other:
        raise SpecError(
            Said(
                "direction: 1 or -1 for each column, not {other}; peers need a scale that maps back",
                other=shown(other[0]),
            )
        )
    return sample.per_column(direction, "direction")


def _column_groups(groups: Any, known: Rows) -> tuple[Any, ...]:
    """Return the group of each column (k,)."""
    columns = known.columns or tuple(range(known.sample.k))
    of = dict.fromkeys(columns) if groups is None else dict(column_groups(groups, columns))
    return tuple(of[column] for column in columns)
