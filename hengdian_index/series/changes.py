"""Changes of a series from one period to another, in per cent, points or logarithms, and its growth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, raise_all, suggestion
from hengdian_index.series._labels import Timed, periods_in_a_year, read_series


@dataclass(frozen=True, slots=True)
class _Kind:
    """A change: the formula f(before, now, changes in a year), and which of the two values must be above 0."""

    formula: Callable[[Array, Array, float], Array]
    above_zero: Literal["none", "before", "both"]


def _symmetric(before: Array, now: Array, in_a_year: float) -> Array:
    half, other = now / 2, before / 2
    return np.asarray((half - other) / (half + other) * 200)


def _log_ratio(before: Array, now: Array) -> Array:
    step = (now - before) / before
    near = np.abs(step) < 0.5
    return np.where(near, np.log1p(np.where(near, step, 0.0)), np.log(now / before))


_PERCENT = _Kind(lambda before, now, in_a_year: (now - before) / before * 100, "before")
_LOG = _Kind(lambda before, now, in_a_year: 100 * _log_ratio(before, now), "both")

_CHANGES: Mapping[str, _Kind] = {
    "percent": _PERCENT,
    "points": _Kind(lambda before, now, in_a_year: now - before, "none"),
    "log": _LOG,
    "annualised": _Kind(lambda before, now, in_a_year: 100 * np.expm1(in_a_year * _log_ratio(before, now)), "both"),
}
_GROWTH: Mapping[str, _Kind] = {"ratio": _PERCENT, "symmetric": _Kind(_symmetric, "both"), "log": _LOG}


@typed
def changes(
    s: Any,
    lag: int = 1,
    how: Literal["percent", "points", "log", "annualised"] = "percent",
    *,
    per_year: int | None = None,
) -> Any:
    r"""Change of a series on the period `lag` before, in per cent.

    Parameters
    ----------
    s : pandas Series or DataFrame by period, or array (n,) or (..., n, k)
        Levels; each column on its own.
    lag : int
        1: the previous period; 4: a year ago in quarters. Counted by the calendar, not by rows: a hole gives missing.
    how : {"percent", "points", "log", "annualised"}
        "points": the difference. "annualised": the change as if it went on for a year, in per cent.
    per_year : int, optional
        Periods in a year, for "annualised" without period labels.

    Returns
    -------
    Like `s`
        Missing where there is no value `lag` periods before.

    Raises
    ------
    DataError
        A value of 0 or less that a change in per cent would start from, or that a logarithm or an annualised change
        would need; "points" takes any. Labels that are no periods.
    SpecError
        An unknown `how`; a lag below 1; `per_year` where it has no say, or is not known.

    Notes
    -----
    percent 100 (s_t / s_{t-lag} - 1); points s_t - s_{t-lag}; log 100 ln(s_t / s_{t-lag}); annualised 100 ((s_t /
    s_{t-lag})^(per_year / lag) - 1). pandas `pct_change` counts rows, so that it runs over holes.

    Source: IMF 2017, Quarterly National Accounts Manual. Proof: a change over four quarters compounds four
    quarterly ones; a slow loop.

    .. math:: g_t = 100 \left(\frac{s_t}{s_{t-h}} - 1\right)

    **Symbols.** g: change in per cent; s: the series; t: a period; h: the option `lag`.

    **When to use.** Change on the period or the year before, as it is printed.

    **Pitfalls.** On a year before, a change says as much on then as on now (base effect). In per cent it says nothing
    of a series that passes 0: take points.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> s = pd.Series([100.0, 110.0, 121.0, 150.0], index=["2024Q1", "2024Q2", "2024Q3", "2025Q1"])
    >>> hi.series.changes(s).round(6).tolist()
    [nan, 10.0, 10.0, nan]
    >>> hi.series.changes(s, 4).tolist()
    [nan, nan, nan, 50.0]
    """
    timed = read_series(s)
    faults = [] if how in _CHANGES else [Said("how: no {how!r}{guess}", how=how, guess=suggestion(how, _CHANGES))]
    if isinstance(lag, bool) or not isinstance(lag, (int, np.integer)) or lag < 1:
        faults.append(Said("lag: a whole number of 1 or more, not {lag!r}", lag=lag))
    if per_year is not None and how != "annualised":
        faults.append(Said("per_year: only how='annualised' uses it, not {how!r}", how=how))
    raise_all(SpecError, faults)
    in_a_year = periods_in_a_year(timed, per_year) / lag if how == "annualised" else 1.0
    return timed.like(_over(timed, int(lag), _CHANGES[how], in_a_year))


@typed
def growth(s: Any, how: Literal["ratio", "symmetric", "log"] = "ratio") -> Any:
    r"""Growth of a series on the period before, in per cent, as `chain` takes it back.

    Parameters
    ----------
    s : pandas Series or DataFrame by period, or array (n,) or (..., n, k)
        Levels; each column on its own.
    how : {"ratio", "symmetric", "log"}
        Which rate, as in `chain`.

    Returns
    -------
    Like `s`
        The first growth is missing, and the one after a hole.

    Raises
    ------
    DataError
        A value of 0 or less (for "ratio": one that a growth starts from); labels that are no periods.
    SpecError
        An unknown `how`.

    Notes
    -----
    ratio 100 (s_t / s_{t-1} - 1); symmetric 200 (s_t - s_{t-1}) / (s_t + s_{t-1}), in -200..200, where a rise and the
    fall back are equal; log 100 ln(s_t / s_{t-1}), of which the same is true. A series in per cent or of balances,
    which may be 0, has no growth: take `changes(s, how="points")`.

    Source: The Conference Board 2001, Business Cycle Indicators Handbook (symmetric). Proof: its published change of
    average weekly hours; `chain(growth(s))` is s rebased.

    .. math:: g_t = 100 \left(\frac{s_t}{s_{t-1}} - 1\right)

    **Symbols.** g: growth in per cent; s: the series; t: a period.

    **When to use.** Changes that are to be added up over series and chained again.

    **Pitfalls.** No growth exists through 0 or below: take points there (`changes`).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.series.growth([40.0, 60.0, 40.0], how="symmetric")
    array([nan, 40., -40.])
    >>> hi.series.growth([40.0, 60.0, 40.0]).round(2)
    array([nan, 50., -33.33])
    """
    timed = read_series(s)
    raise_all(
        SpecError, [] if how in _GROWTH else [Said("how: no {how!r}{guess}", how=how, guess=suggestion(how, _GROWTH))]
    )
    return timed.like(_over(timed, 1, _GROWTH[how], 1.0))


def _over(timed: Timed, lag: int, kind: _Kind, in_a_year: float) -> Array:
    """Return the changes (..., n, k) over a lag; values that no change can be taken of are refused."""
    before, now, after = timed.lagged(lag), timed.values, timed.lagged(-lag)
    if kind.above_zero != "none":
        used = ~np.isnan(after) if kind.above_zero == "before" else ~(np.isnan(after) & np.isnan(before))
        why = Said("this change needs values above 0; how='points' of `changes` takes any")
        if kind.above_zero == "before":
            why = Said("this change needs values above 0 to start from; how='points' of `changes` takes any")
        timed.refuse((now <= 0) & used, why)
    known = ~(np.isnan(before) | np.isnan(now))
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        found = kind.formula(np.where(known, before, 1.0), np.where(known, now, 1.0), in_a_year)
    return np.where(known, found, np.nan)
