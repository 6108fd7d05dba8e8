"""What is there: the distribution of each indicator, and the share of values each unit has."""

from __future__ import annotations

from typing import Any

import numpy as np

from hengdian_index._maths.stats import Moments, Ordered, Range, kurtosis, skewness
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import flattened
from hengdian_index._words.said import Said
from hengdian_index.diagnose._columns import by_row, index, members, read
from hengdian_index.errors import SpecError, raise_all


def describe(x: Any) -> Any:
    """Table of the distribution of each indicator: one row an indicator.

    Parameters
    ----------
    x : table or array (n, k)
        Units by indicators; missing values are counted and left out.

    Returns
    -------
    DataFrame
        Columns `n missing mean median sd min q05 q25 q75 q95 max skew kurtosis unique zeros negative`. `n`: values
        that are there; `sd` with n - 1; quantiles linear (type 7: NumPy, R, spreadsheets); `skew` G1 and `kurtosis`
        G2 (excess) as spreadsheets print them; `unique`: how many different values; `zeros`, `negative`: how many.
        What an indicator has too few values for is missing: `sd` below two, `skew` below three, `kurtosis` below four,
        all but the counts without any; `skew` and `kurtosis` also where it is constant but for rounding.

    Raises
    ------
    DataError
        Text or infinity in a cell, named.

    Notes
    -----
    Proof: SciPy, NumPy and pandas; skew and kurtosis of the ASEM index as COINr prints them.

    **When to use.** A first look at each indicator: range, skewness, zeros, repeated values.

    **Pitfalls.** One column at a time: nothing is said of relations. Skewness and kurtosis of few rows are mostly
    noise.

    Source: OECD/JRC Handbook (2008), step 4.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.describe([[1.0], [0.0], [float("nan")], [5.0]])
    >>> found[["n", "missing", "mean", "median", "zeros"]]
       n  missing  mean  median  zeros
    0  3        1   2.0     1.0      1
    """
    import pandas as pd

    table = read(x)
    values = flattened(table.values)
    moments, ends, order = Moments.of(values), Range.of(values), Ordered.of(values)
    columns = {
        "n": moments.n,
        "missing": len(values) - moments.n,
        "mean": moments.mean,
        "median": order.quantile(0.5),
        "sd": moments.deviation(),
        "min": ends.lo,
        **{f"q{q:02.0f}": order.quantile(q / 100) for q in (5, 25, 75, 95)},
        "max": ends.hi,
        "skew": skewness(moments),
        "kurtosis": kurtosis(moments),
        "unique": _different(order),
        "zeros": (values == 0).sum(axis=0),
        "negative": (values < 0).sum(axis=0),
    }
    return pd.DataFrame(columns, index=index(table.names))


def availability(x: Any, groups: Any = None) -> Any:
    r"""Table of the values each unit has: one row a unit, in number, as a share, and as a share of each group.

    Parameters
    ----------
    x : table or array (n, k)
        Units by indicators, missing as NaN or null.
    groups : mapping or sequence, optional
        Groups of columns (see the module).

    Returns
    -------
    DataFrame
        Columns `present` (a number), `share` (of all k), and the share of each group under the group's name; labelled
        like the rows.

    Raises
    ------
    SpecError
        Groups that do not fit the columns, or are called "present" or "share".

    Notes
    -----
    The JRC guidance asks for a share of .65 or more, of a unit and of an indicator. Proof: counts by hand.

    .. math:: a_i = \frac{m_i}{k}

    **Symbols.** a: share of unit i; k: number of indicators; m: how many of them have a value.

    **When to use.** Before anything else: which units and indicators have enough values to be kept.

    **Pitfalls.** A share says nothing about which values are missing: gaps of the weakest units are the worst.

    Source: JRC guidance for composite indicators (COIN Tool).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> gap = float("nan")
    >>> hi.diagnose.availability([[1.0, gap, gap], [1.0, 2.0, 3.0]], {"a": [0, 1], "b": [2]})
       present     share    a    b
    0        1  0.333333  0.5  0.0
    1        3  1.000000  1.0  1.0
    """
    table = read(x)
    there = ~np.isnan(table.values)
    shares = {} if groups is None else members(groups, table.names)
    taken = [g for g in shares if g in ("present", "share")]
    raise_all(
        SpecError, [Said("groups: {g!r} is a column of the answer; call the group otherwise", g=g) for g in taken]
    )
    columns = {"present": there.sum(axis=1), "share": there.mean(axis=1)}
    return by_row(table, columns | {g: there[:, own].mean(axis=1) for g, own in shares.items()})


def _different(order: Ordered) -> Array:
    """Return the number of different values of each column (k,)."""
    steps = np.diff(order.values, axis=0)
    return np.asarray((steps > 0).sum(axis=0) + (order.n > 0))
