"""Rounds of a Delphi study: how far a panel of experts agrees on each item, and on their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._tables.cells import tabular
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array, Labelled, read_labelled
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, FaultsError, SpecError, raise_all, raise_together, shown
from hengdian_index.log import note

__all__ = ["Delphi", "delphi"]


@dataclass(frozen=True, slots=True, eq=False)
class Delphi:
    """What the rounds of a Delphi study say of each item, and how far the experts agree.

    Attributes
    ----------
    items : DataFrame
        One row a round and item: `n mean sd cv full`, where `cv` is sd / mean and `full` the share of experts who gave
        the highest mark.
    agreement : DataFrame
        One row a round: `experts items w chi2 df p`, Kendall's coefficient of concordance and its test.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.delphi([[9, 7, 3], [8, 6, 2], [10, 5, 4]]).agreement["w"].tolist()
    [1.0]
    """

    items: Any
    agreement: Any


def delphi(marks: Any, *, highest: float | None = None) -> Delphi:
    r"""Agreement of experts on items, round by round: mean, variation, share of full marks, Kendall's W.

    Parameters
    ----------
    marks : table or array (experts, items), or mapping or list of them by round
        One row an expert, one column an item, higher = more important. An item without a mark by some expert counts the
        others in its row of `items`; that expert is left out of W, with a line in the log.
    highest : float, optional
        The full mark; default: the highest that was given in any round.

    Returns
    -------
    Delphi
        `items` and `agreement`.

    Raises
    ------
    DataError
        Fewer than two experts or two items with marks; a mark above the highest.

    Notes
    -----
    .. math:: W = \frac{12 S}{m^2 (k^3 - k) - m \sum_i T_i}, \quad S = \sum_j (R_j - \bar R)^2, \quad
        \chi^2 = m (k - 1) W

    **Symbols.** W: concordance, from 0 (none) to 1 (the same order by all); m: number of experts; k: number of items;
    R: sum of the ranks of an item; T: sum over the ties of an expert of t^3 - t, t how many marks are equal.

    The p is that of chi-square with k - 1 degrees of freedom, which needs about 7 items or more. Experts who give all
    items the same mark have no order: with all of them so, W is missing. sd with n - 1.

    **When to use.** Before judgements are asked for, to choose items and to see whether another round is needed:
    variation below 0.25 and a significant W are the usual reasons to stop.

    **Pitfalls.** A significant W is not a high one: with many experts 0.2 is significant. W sees the order alone:
    experts who agree that all items matter equally have a low one.

    Source: Kendall & Babington Smith 1939, Annals of Mathematical Statistics 10(3). Proof: the statistic of Friedman in
    SciPy, chi2 = m (k - 1) W; a loop with ties.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.delphi([[9, 7, 3], [8, 9, 2], [10, 5, 4]], highest=10)
    >>> found.items["mean"].tolist(), found.agreement["w"].round(3).tolist()
    ([9.0, 7.0, 3.0], [0.778])
    """
    import pandas as pd

    limit = None if highest is None else _number(highest)
    tables, errors = dict[Any, Labelled](), list[FaultsError]()
    for called, table in _rounds(marks).items():
        try:
            tables[called] = read_labelled(table)
        except FaultsError as error:
            saying = Said("{what}: ", what=Said("round {called}", called=called))
            errors.append(type(error)(*(fault.under(saying=saying) for fault in error.faults)))
    raise_together(errors)
    empty = [called for called, table in tables.items() if np.isnan(table.values).all()]
    raise_all(DataError, [Said("round {called}: no mark in it", called=called) for called in empty])
    full = max(float(np.nanmax(table.values)) for table in tables.values()) if limit is None else limit
    items, agreement = [], []
    for called, table in tables.items():
        x = table.values
        if x.ndim != 2 or x.shape[1] < 2:
            raise DataError(
                Said(
                    "round {called}: two items or more, one a column, not {columns}",
                    called=called,
                    columns=Said.of(x.shape[-1], "{n} column", "{n} columns"),
                )
            )
        if (x > full).any():
            most = np.nanmax(x)
            raise DataError(
                Said(
                    "round {called}: a mark of {most:g} is above the highest, {full:g}",
                    called=called,
                    most=most,
                    full=full,
                )
            )
        names = table.columns or tuple(range(1, x.shape[1] + 1))
        items.append(
            _described(x, full).set_index(pd.MultiIndex.from_product([[called], names], names=["round", "item"]))
        )
        agreement.append(_concordance(x, called))
    rounds = pd.Index(list(tables), name="round", tupleize_cols=False)
    return Delphi(pd.concat(items), pd.DataFrame(agreement, index=rounds))


def _number(highest: Any) -> float:
    try:
        number = float(floats([highest])[0])
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise SpecError(Said("highest: a finite number, the full mark, not {highest}", highest=shown(highest)))
    return number


def _rounds(marks: Any) -> Mapping[Any, Any]:
    """Return the tables of marks by round; one table is round 1."""
    if isinstance(marks, Mapping) and marks and all(tabular(one) or np.ndim(one) == 2 for one in marks.values()):
        return marks
    if isinstance(marks, Sequence) and not len(marks):
        raise SpecError(Said("delphi: no round; give the table of marks of each"))
    listed = isinstance(marks, (list, tuple)) and all(tabular(one) or np.ndim(one) == 2 for one in marks)
    return dict(enumerate(marks, 1)) if listed or getattr(marks, "ndim", 0) == 3 else {1: marks}


def _described(x: Array, full: float) -> Any:
    """Return what the marks of each item are like."""
    import pandas as pd

    table = pd.DataFrame(x)
    mean, sd = table.mean(), table.std(ddof=1)
    share = (table == full).sum() / table.count()
    return pd.DataFrame({"n": table.count(), "mean": mean, "sd": sd, "cv": sd / mean.where(mean != 0), "full": share})


def _concordance(x: Array, called: Any) -> dict[str, float]:
    """Return Kendall's W of the experts who marked every item, corrected for ties, and its test."""
    from scipy.stats import chi2, rankdata

    there = ~np.isnan(x).any(axis=1)
    if not there.all():
        why = Said.of(
            int((~there).sum()),
            "round {called}: {n} expert without a mark for every item, not counted in Kendall's W",
            "round {called}: {n} experts without a mark for every item, not counted in Kendall's W",
            called=called,
        )
        note("delphi", why)
    if there.sum() < 2:
        raise DataError(
            Said.of(
                int(there.sum()),
                "round {called}: {n} expert with a mark for every item; agreement needs two or more",
                "round {called}: {n} experts with a mark for every item; agreement needs two or more",
                called=called,
            )
        )
    ranks = rankdata(x[there], axis=1)
    m, k = ranks.shape
    sums = ranks.sum(axis=0)
    spread = ((sums - sums.mean()) ** 2).sum()
    sizes = [np.unique(row, return_counts=True)[1].astype(np.float64) for row in ranks]
    ties = sum(float((size**3 - size).sum()) for size in sizes)
    most = m**2 * (k**3 - k) - m * ties
    w = 12 * spread / most if most > 0 else np.nan
    statistic = m * (k - 1) * w
    return {"experts": m, "items": k, "w": w, "chi2": statistic, "df": k - 1, "p": float(chi2.sf(statistic, k - 1))}
