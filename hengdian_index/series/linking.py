"""The link of an old series to a new one that continues it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, listed, raise_all
from hengdian_index.log import note
from hengdian_index.series._labels import Timed, appended, counted_in, read_series
from hengdian_index.series.rebasing import mean_over_time


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A linked series, and by what its old part was multiplied.

    Attributes
    ----------
    series : Series, DataFrame or array
        The linked series.
    factor : float or Series
        What the old part was multiplied by, one a column for a table.
    at : tuple
        The periods at which they are linked.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> old = pd.Series([100.0, 110.0], index=["2020", "2021"])
    >>> new = pd.Series([50.0, 55.0], index=["2021", "2022"])
    >>> found = hi.series.link(old, new, at="2021", details=True)
    >>> round(float(found.factor), 3), found.series.round(3).tolist()
    (0.455, [45.455, 50.0, 55.0])
    """

    series: Any
    factor: Any
    at: tuple[Any, ...]


@typed
def link(old: Any, new: Any, at: Any, *, details: bool = False) -> Any:
    r"""Old series brought to the level of a new one and continued by it.

    Parameters
    ----------
    old, new : pandas Series or DataFrame by period, or array (n,) or (n, k)
        Of one kind and frequency; tables with the same columns. Rows of arrays are the same periods by position.
    at : period, span "first:last", or list of them
        Where both have values. Over a span the means are compared, over the periods that both have.
    details : bool
        Also return the factor.

    Returns
    -------
    Like `old`, or Link
        The old series times the factor up to the last of these periods, the new series after it. With details:
        `series`, `factor` (one a column for a table), `at` (the periods compared).

    Raises
    ------
    DataError
        No period of `at` in which both have a value; a mean of 0, or of opposite signs, so that no factor above 0
        joins them; different frequencies or columns.

    Notes
    -----
    factor = mean(new over at) / mean(old over at); the log states it. Growth rates within the old part and within the
    new part do not change. Over a span the growth from the last old to the first new period belongs to neither.

    Source: ILO, IMF and others 2004, Producer Price Index Manual, chapter 9 (linking, overlap method). Proof: its laws.

    .. math:: f = \frac{\sum_{t \in T} N_t}{\sum_{t \in T} o_t}

    **Symbols.** f: factor; o: old series; N: new series; T: the overlap.

    **When to use.** A series was redefined and old and new overlap.

    **Pitfalls.** One factor for all: if the gap between the two was not constant, history is bent. The choice of the
    overlap decides the level.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> old = pd.Series([80.0, 90.0, 100.0], index=["2019", "2020", "2021"])
    >>> new = pd.Series([50.0, 60.0], index=["2021", "2022"])
    >>> hi.series.link(old, new, at="2021").to_dict()
    {'2019': 40.0, '2020': 45.0, '2021': 50.0, '2022': 60.0}
    """
    first, second = read_series(old, "old"), read_series(new, "new")
    raise_all(DataError, _unlike(first, second))
    level_old, level_new, shared = _overlap(first, second, at)
    factor = level_new / level_old
    up_to, after = first.ordinals <= shared.max(), second.ordinals > shared.max()
    values = np.concatenate([first.values[up_to] * factor, second.values[after]])
    said = [first.text(o) for o in shared.tolist()]
    where = said[0]
    if len(said) > 1:
        where = Said("{n} periods, {first} to {last}", n=len(said), first=said[0], last=said[-1])
    for j, number in enumerate(factor):
        note(
            "series",
            Said(
                "link: old series{column} multiplied by {number:.6g} at {where}",
                column=first.column(j),
                number=number,
                where=where,
            ),
        )
    series = appended(first, second, up_to, after, values)
    if not details:
        return series
    labels = tuple(shared.tolist()) if first.frequency is None else tuple(said)
    return Link(series, float(factor[0]) if first.is_series else first.table.named(factor, "factor"), labels)


def _unlike(old: Timed, new: Timed) -> list[Said]:
    """Return why two series cannot be one: kinds, frequencies, columns."""
    faults = list[Said]()
    kinds = [hasattr(one.table.source, "iloc") for one in (old, new)]
    shapes = [(one.is_series, one.values.ndim) for one in (old, new)]
    if kinds[0] != kinds[1] or shapes[0] != shapes[1] or old.values.ndim > 2:
        faults.append(Said("old and new: give two series or two tables of one kind, both with labels or both without"))
    if old.frequency != new.frequency:
        faults.append(
            Said(
                "old has {first}, new has {second}; bring them to one frequency",
                first=counted_in(old),
                second=counted_in(new),
            )
        )
    if not old.is_series and old.table.columns != new.table.columns:
        faults.append(
            Said(
                "old has the columns {first}, new {second}",
                first=listed(old.table.columns or ()),
                second=listed(new.table.columns or ()),
            )
        )
    elif old.values.shape[-1] != new.values.shape[-1]:
        faults.append(
            Said.of(
                old.values.shape[-1],
                "old has {n} column, new {others}",
                "old has {n} columns, new {others}",
                others=new.values.shape[-1],
            )
        )
    return faults


def _overlap(old: Timed, new: Timed, at: Any) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return the mean levels (k,) of both over the periods of `at` that both have, and these periods."""
    asked = [one.ordinals[one.covered(at, "at")] for one in (old, new)]
    shared = np.intersect1d(asked[0], asked[1])
    levels = [one.values[[int(np.flatnonzero(one.ordinals == o)[0]) for o in shared]] for one in (old, new)]
    known = ~(np.isnan(levels[0]) | np.isnan(levels[1]))
    where = Said("at {at!r}: old, {first}, and new, {second}", at=at, first=old.extent(), second=new.extent())
    raise_all(
        DataError,
        [
            Said("{where}, have no period in common{column}", where=where, column=old.column(int(j)))
            for j in np.flatnonzero(~known.any(axis=0))
        ],
    )
    whole = known.all(axis=1)
    if not whole.any():
        raise DataError(Said("{where}, have no period in common with a value in every column", where=where))
    if not whole.all() or len(shared) < max(map(len, asked)):
        compared = Said.of(
            int(whole.sum()),
            "link: only {n} period of {at!r} has values in both series; these are compared",
            "link: only {n} periods of {at!r} have values in both series; these are compared",
            at=at,
        )
        note("series", compared)
    means = [mean_over_time(level[whole], np.ones_like(level[whole], dtype=np.bool_)) for level in levels]
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        ratio = means[1] / means[0]
    wrong = ~((ratio > 0) & np.isfinite(ratio))
    raise_all(
        DataError,
        [
            Said(
                "at {at!r}{column}: old has the level {first:.6g}, new {second:.6g}; no factor above 0 joins them",
                at=at,
                column=old.column(int(j)),
                first=means[0][j],
                second=means[1][j],
            )
            for j in np.flatnonzero(wrong)
        ],
    )
    return means[0], means[1], shared[whole]
