"""Levels of a series against a base: rebasing and relatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, raise_all
from hengdian_index.log import note
from hengdian_index.series._labels import Mask, Timed, read_series, spanned

__all__ = ["rebase", "relatives"]

# A mean this small beside the values it is taken of is what rounding leaves of 0.
_ROUNDING = 1e-13


@typed
def rebase(s: Any, base: Any, to: float = 100.0) -> Any:
    r"""Series whose mean over the base period is `to`.

    Parameters
    ----------
    s : pandas Series or DataFrame by period, or array (n,) or (..., n, k)
        Levels; each column on its own. Missing values stay missing.
    base : period, span "first:last", or list of them
        A coarser period covers its parts ("2015" is four quarters). Without period labels: a position from 0, or a
        slice. Missing values in it are left out of the mean, with a line in the log.
    to : float
        Level of the base period.

    Returns
    -------
    Like `s`

    Raises
    ------
    DataError
        No row of the base period; a column without a value in it, or with the mean 0; labels that are no periods.
    SpecError
        A base that cannot be read; a `to` that is 0 or no finite number.

    Notes
    -----
    to * s / mean(s over base). Growth rates do not change, and rebasing twice is rebasing once. A mean below 0 turns
    the series over, which the log says.

    Source: ILO, IMF and others 2004, Producer Price Index Manual, chapter 9. Proof: its laws.

    .. math:: I_t = C\,\frac{s_t}{\frac{1}{m} \sum_{b \in B} s_b}

    **Symbols.** s: the series; B: the base; b: a period of it; m: number of its periods; I: rebased level; C: level
    of the base, the option `to`.

    **When to use.** Another period is to be 100.

    **Pitfalls.** Levels of several rebased series agree in the base by construction; a base of an unusual year makes
    all others look high or low.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> s = pd.Series([40.0, 50.0, 60.0], index=[2019, 2020, 2021])
    >>> hi.series.rebase(s, "2019:2021").tolist()
    [80.0, 100.0, 120.0]
    """
    timed = read_series(s)
    if not np.isfinite(to) or to == 0:
        raise SpecError(Said("to: a finite number other than 0, not {to!r}", to=to))
    return _over(timed, _base_level(timed, timed.covered(base, "base")), to)


def relatives(s: Any, base: Any = None) -> Any:
    r"""Index relatives, times 100: each value against the first, a base, or the period before.

    Parameters
    ----------
    s : pandas Series or DataFrame by period, or array (n,) or (..., n, k)
        Levels; each column on its own.
    base : None, "previous", or period, span or list of them
        None: the first period is 100. "previous": the period before is 100, by the calendar; the first value, and the
        one after a hole, are missing. Otherwise as in `rebase`.

    Returns
    -------
    Like `s`

    Raises
    ------
    DataError
        A base of 0 or without a value, a previous value of 0 (the period is named); labels that are no periods.

    Notes
    -----
    100 s_t / s_0, or 100 s_t / s_{t-1}. In Chinese yearbooks the two are the fixed-base index and the index with the
    previous period = 100.

    Source: ILO, IMF and others 2004, Producer Price Index Manual, chapter 15. Proof: the laws of `rebase`; products of
    the second kind are the first.

    .. math:: I_t = 100\,\frac{s_t}{s_b}

    **Symbols.** I: relative; s: the series; b: the base, or the period before; t: a period.

    **When to use.** Series in unlike units are to be shown in one picture or averaged as relatives.

    **Pitfalls.** The base decides which series looks high. Values must be above 0 to be averaged.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.series.relatives([40.0, 50.0, 60.0])
    array([100., 125., 150.])
    >>> hi.series.relatives([40.0, 50.0, 60.0], base="previous")
    array([nan, 125., 120.])
    """
    timed = read_series(s)
    if isinstance(base, str) and base == "previous":
        before = timed.lagged(1)
        timed.refuse(
            (before == 0) & ~np.isnan(timed.values), Said("the value before it is 0, so there is no relative to it")
        )
        return _over(timed, np.where(before == 0, np.nan, before), 100.0)
    rows = timed.ordinals == timed.ordinals.min() if base is None else timed.covered(base, "base")
    return _over(timed, _base_level(timed, rows), 100.0)


def _over(timed: Timed, level: Array, to: float) -> Any:
    with np.errstate(over="ignore"):
        return timed.like(timed.values / level * to)


def _base_level(timed: Timed, rows: Mask) -> Array:
    """Return the mean of the base rows (..., 1, k), present and not 0."""
    base = timed.values[..., rows, :]
    gaps = np.isnan(base)
    none = np.asarray(gaps.all(axis=-2))
    for j in sorted({int(place[-1]) for place in np.argwhere(gaps.any(axis=-2) & ~none)}):
        note(
            "series",
            Said(
                "{name}{column}: the base level is the mean of the values present; some are missing",
                name=timed.name,
                column=timed.column(j),
            ),
        )
    level = mean_over_time(base, ~gaps)
    span = [timed.text(o) for o in np.sort(timed.ordinals[rows]).tolist()]
    where = span[0] if len(span) == 1 else spanned(span[0], span[-1])
    faults = _of_columns(timed, none, Said("no value in the base period ({where}); take another", where=where))
    faults += _of_columns(
        timed, ~none & (level == 0), Said("the mean over the base period ({where}) is 0; take another", where=where)
    )
    raise_all(DataError, faults)
    for place in np.argwhere(level < 0):
        note(
            "series",
            Said(
                "{name}{column}: the base level is below 0, which turns the series over",
                name=timed.name,
                column=timed.column(int(place[-1])),
            ),
        )
    return level[..., np.newaxis, :]


def _of_columns(timed: Timed, bad: Mask, why: Said) -> list[Said]:
    """Return a fault for each column that is marked in (..., k)."""
    return [
        Said("{name}{column}: {why}", name=timed.name, column=timed.column(j), why=why)
        for j in sorted({int(place[-1]) for place in np.argwhere(bad)})
    ]


def mean_over_time(x: Array, present: Mask) -> Array:
    """Return the mean over time of the values present; large values do not overflow, rounding of 0 is 0."""
    known = np.where(present, x, 0.0)
    size = np.abs(known).max(axis=-2, keepdims=True)
    size = np.where(size > 0, size, 1.0)
    n = np.maximum(present.sum(axis=-2), 1)
    mean = np.asarray((known / size).sum(axis=-2) / n)
    return np.asarray(np.where(np.abs(mean) <= _ROUNDING, 0.0, mean) * size[..., 0, :])
