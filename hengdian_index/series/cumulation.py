"""Figures of single periods from figures of the year to date."""

from __future__ import annotations

from typing import Any

import numpy as np

from hengdian_index._methods.registry import typed
from hengdian_index._tables.periods import Periods, written
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.log import note
from hengdian_index.series._labels import Mask, periods_in_a_year, read_series

__all__ = ["decumulate"]

# More decimals than data have.
_MOST_DECIMALS = 9


@typed
def decumulate(s: Any, *, per_year: int | None = None) -> Any:
    """Figures of each period from those of the year to date (累计值 to 当季值).

    Parameters
    ----------
    s : pandas Series or DataFrame by period, or array (n,) or (..., n, k)
        Figures from January on; each column on its own. Labels may say so (2022年1-6月, 2022年上半年, 2022年前三季度,
        2022Q3累计, Jan-Jun 2022), or be the periods that the figures end with (2022Q2).
    per_year : int, optional
        Periods in a year, without period labels; the first row is then the first period of a year.

    Returns
    -------
    Like `s`
        Labels of the year to date become the periods themselves (2022Q2). A period is missing where its own figure or
        the one before it in its year is, with a line in the log.

    Raises
    ------
    DataError
        Labels that are no periods, of several frequencies, or given twice.
    SpecError
        `per_year` where the labels say it, or where nothing does.

    Notes
    -----
    x_1 = s_1 in the first period of each year, x_t = s_t - s_{t-1} in the others, by the calendar, to as many decimals
    as the figures have. The National Bureau of Statistics of China publishes most flows as figures to date, without
    January alone.

    Source: IMF 2017, Quarterly National Accounts Manual. Proof: the sums within each year give the figures back.

    .. math:: x_t = s_t - s_{t-1}

    **Symbols.** x: figure of the period; s: figure of the year to date; t: a period.

    **When to use.** Figures of the year to date, of which those of each month or quarter are wanted.

    **Pitfalls.** Revisions of earlier months fall into the month in which they are published. A missing period leaves
    two unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> hi.series.decumulate(pd.Series([3.0, 7.5, 4.0], index=["2022年前三季度", "2022年", "2023年1-3月"])).to_dict()
    {'2022Q3': nan, '2022Q4': 4.5, '2023Q1': 4.0}
    """
    timed = read_series(s, to_date=True)
    in_a_year = periods_in_a_year(timed, per_year)
    found, gaps = taken_apart(timed.values, timed.lagged(1), (timed.ordinals % in_a_year == 0)[:, np.newaxis])
    for cell in np.argwhere(gaps):
        where = timed.cell(int(cell[-2]), int(cell[-1]))
        note(
            "series",
            Said(
                "decumulate: {where}: the figure to date of the period before is missing, so this one is, too",
                where=where,
            ),
        )
    out = timed.like(found)
    if timed.frequency is not None and out.index.dtype.kind == "O":
        import pandas as pd

        labels = written(np.asarray(out.index, dtype=object), Periods(timed.frequency, timed.ordinals))
        out.index = pd.Index(labels, name=out.index.name)
    return out


def taken_apart(to_date: Array, before: Array, first: Mask) -> tuple[Array, Mask]:
    """Return figures of single periods from those to date and those a period before, and where these are lacking.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.series.cumulation import taken_apart
    >>> now, before = np.array([1.1, 3.3, 2.0]), np.array([np.nan, 1.1, np.nan])
    >>> [part.tolist() for part in taken_apart(now, before, np.array([True, False, False]))]
    [[1.1, 2.2, nan], [False, False, True]]
    """
    apart = np.where(first, to_date, to_date - before)
    known = to_date[np.isfinite(to_date)]
    for decimals in range(_MOST_DECIMALS + 1):
        if (np.round(known, decimals) == known).all():
            # What binary arithmetic leaves beyond the decimals of the figures is no part of them.
            apart = np.round(apart, decimals)
            break
    return apart, np.isnan(apart) & ~np.isnan(to_date)
