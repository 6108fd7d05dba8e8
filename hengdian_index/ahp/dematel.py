"""Influence of factors on one another, direct and through others: which are causes, and how much each weighs."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._words.said import Said, joined
from hengdian_index.ahp._judgements import Judgements, Names, cells_of, known, place_of
from hengdian_index.ahp.group import by_person, called, is_several, same_items
from hengdian_index.errors import DataError, Fault, raise_all, shown

__all__ = ["Dematel", "dematel"]

_DIVISORS = ("both", "rows")
_FORMS = ("prominence", "length")


@dataclass(frozen=True, slots=True, eq=False)
class Dematel:
    """Influence of factors on one another, direct and through others.

    Attributes
    ----------
    total : DataFrame or array (n, n)
        Influence of the row's factor on the column's, direct and through others.
    factors : DataFrame
        One row a factor: `given` (the sum of its row, 影响度), `received` (of its column, 被影响度), `prominence`
        (their sum, 中心度), `relation` (their difference, 原因度: above 0 a cause, below an effect), `weight`.
    weights : Series or array (n,)
        Weights of the factors, sum 1; a Series where they have names.
    threshold : float
        Mean of `total`: what lies above it is drawn in the usual map of influences.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.dematel({"rain": {"harvest": 3}, "harvest": {"price": 2}, "price": {"harvest": 1}})
    >>> found.factors["relation"].round(2).to_dict()
    {'rain': 1.29, 'harvest': -0.57, 'price': -0.71}
    """

    total: Any
    factors: Any
    weights: Any
    threshold: float


def dematel(
    influence: Any,
    *,
    divisor: Literal["both", "rows"] = "both",
    form: Literal["prominence", "length"] = "prominence",
) -> Dematel:
    r"""Total influence of factors on one another from judged direct influence, and weights by prominence (DEMATEL).

    Parameters
    ----------
    influence : nested list, array (n, n), table or mapping of mappings; or a list, stack or mapping of them by person
        How strongly the row's factor acts on the column's, usually 0 to 4; a blank is 0, and so is the diagonal. Of
        several people the mean counts.
    divisor : {"both", "rows"}
        Direct influence is divided by the largest sum of a row or of a column, or of a row alone.
    form : {"prominence", "length"}
        Weights: shares of the prominence, or of the distance from 0 in the map of prominence and relation.

    Returns
    -------
    Dematel
        `total`, `factors`, `weights`, `threshold`.

    Raises
    ------
    DataError
        A negative influence or one that is no number; influence of a factor on itself; none at all, or one that goes
        round without loss; people who judge different factors.
    SpecError
        An unknown divisor or form.

    Notes
    -----
    .. math::

        X = \frac{A}{\max\left(\max_i \sum_j a_{ij}, \max_j \sum_i a_{ij}\right)}, \quad
        T = X (I - X)^{-1}, \quad g_i = \sum_j t_{ij}, \quad r_i = \sum_j t_{ji}

    **Symbols.** A, a: direct influence; X: the same, divided; I: identity; T, t: total influence; g: given; r:
    received; i, j: factors.

    Prominence is g + r, relation g - r. Weights: (g + r) / sum (g + r), or the square root of (g + r)^2 + (g - r)^2,
    divided by its sum.

    **When to use.** Where factors act on one another, which AHP takes to be independent: to see causes and effects, and
    for weights by the place in that web.

    **Pitfalls.** A weight is prominence, not importance: a factor that is only acted on counts as much as one that
    acts. Books divide by rows or by both, which changes the weights; so does an influence on itself, refused here.

    Source: Gabus & Fontela 1972, World Problems, Battelle Geneva; "length": Dalalah, Hayajneh & Batieha 2011, Expert
    Systems with Applications 38. Proof: case dematel (ten factors, six digits).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.dematel([[0, 3, 1], [1, 0, 2], [0, 1, 0]])
    >>> found.factors["prominence"].round(3).tolist(), found.weights.round(3).tolist()
    ([3.209, 3.767, 2.651], [0.333, 0.391, 0.275])
    """
    import pandas as pd

    known(divisor, _DIVISORS, Said("divisor"), what="divisor")
    known(form, _FORMS, Said("form"), what="form")
    people = {who: _read(one, who) for who, one in _people(influence).items()}
    people = same_items(people)
    first = next(iter(people.values()))
    direct = np.mean([one.values for one in people.values()], axis=0)
    sums = direct.sum(axis=1), direct.sum(axis=0)
    largest = max(sums[0].max(), sums[1].max() if divisor == "both" else 0.0)
    if not largest:
        raise DataError(Said("dematel: no factor acts on another; all influence is 0"))
    share = direct / largest
    if np.abs(np.linalg.eigvals(share)).max() > 1 - 1e-9:
        raise DataError(
            Said(
                "dematel: influence goes round without loss, so that its total has no end: some factors act on "
                "one another alone, each as strongly as any; judge more influences"
            )
        )
    total = np.linalg.solve((np.eye(len(share)) - share).T, share.T).T
    given, received = total.sum(axis=1), total.sum(axis=0)
    size = given + received if form == "prominence" else np.hypot(given + received, given - received)
    weights = first.with_names(size / size.sum())
    columns = {"given": given, "received": received, "prominence": given + received, "relation": given - received}
    rows: list[Any] = list(first.labels)
    factors = pd.DataFrame(columns | {"weight": size / size.sum()}, index=pd.Index(rows, name=first.title or "factor"))
    return Dematel(first.with_names(total), factors, weights, float(total.mean()))


def _people(influence: Any) -> dict[Any, Any]:
    """Return each person's matrix; one alone has no name."""
    return by_person(influence) if is_several(influence) else {None: influence}


def _read(influence: Any, who: Hashable) -> Judgements:
    """Return one person's influences as numbers of 0 or more, a blank as 0."""
    cells, names, title = cells_of(influence)
    if cells.ndim != 2:
        raise DataError(
            Said("dematel: one matrix for each person is wanted, found an array of shape {shape}", shape=cells.shape)
        )
    values, faults = np.zeros(cells.shape), list[Fault]()
    for at in np.ndindex(cells.shape):
        number = 0.0 if is_missing(cells[at]) else number_of(cells[at])
        fault = _fault(cells[at], number, at, names)
        values[at] = 0.0 if fault or number is None else number
        faults += [Fault(fault)] if fault else []
    saying = Said("{what}: ", what=joined(["dematel", *([] if who is None else [called(who)])], "heads"))
    raise_all(DataError, [fault.under(saying=saying) for fault in faults])
    return Judgements(values, names, title)


def _fault(cell: Any, number: float | None, at: tuple[int, ...], names: Names) -> Said | None:
    """Return what is wrong with the number in a cell, or nothing."""
    if number is None or isinstance(cell, (bool, np.bool_)) or not 0 <= number < np.inf:
        return Said(
            "influence {where}: {cell}; write a number of 0 or more, such as 0 to 4",
            where=place_of(at, names),
            cell=shown(cell),
        )
    if number and at[0] == at[1]:
        return Said(
            "influence {where}: {cell} stands on the diagonal, which must be 0",
            where=place_of(at, names),
            cell=shown(cell),
        )
    return None
