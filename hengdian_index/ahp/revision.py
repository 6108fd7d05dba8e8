"""What to ask again: the judgements that fit the others least, and what the others suggest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._words.said import Said
from hengdian_index.ahp._judgements import Array, place_of, read_one
from hengdian_index.ahp._kernels import geometric
from hengdian_index.ahp.completion import fill
from hengdian_index.ahp.priorities import priorities
from hengdian_index.ahp.random_indexes import CONSISTENT_BELOW, chosen_table, gci_threshold

if TYPE_CHECKING:
    import pandas as pd

_SCALE = np.array([1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)])


def revise(matrix: object, *, random_index: str | float | None = "saaty") -> pd.DataFrame:
    r"""Return the judgements in the order to look at them again, with what the others suggest for each.

    Sorted by |ln(a_ij w_j / w_i)|, largest first, with geometric w (by least squares of logs where pairs are missing).

    Parameters
    ----------
    matrix : nested list, array (n, n), table or mapping of mappings
        One person's judgements.
    random_index : str, float or None
        As in `priorities`; for `cr_after`.

    Returns
    -------
    DataFrame
        One row for each pair compared: `first`, `second` (names or positions), `value` (a_ij), `suggested` (w_i / w_j),
        `nearest` (to it in ratio, of 1/9, 1/8, ..., 9), `cr_after` (CR once this one judgement is as suggested).

    Notes
    -----
    Source: Saaty (2003), EJOR 145. Proof by law: following the first suggestion never raises GCI.

    .. math:: d_{ij} = \left|\ln \frac{a_{ij} w_j}{w_i}\right|

    **Symbols.** a: judgement; w: weights; d: how far a judgement is from the others; i, j: items.

    **When to use.** Judgements that contradict each other: which to ask about first.

    **Pitfalls.** A suggestion makes judgements agree; whether it is true only the person can say. Do not put it in
    unasked.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> table = hi.ahp.revise({"a": {"b": 2, "c": 4, "d": 8}, "b": {"c": 2, "d": 4}, "c": {"d": "1/2"}})
    >>> table.round(2).iloc[0].to_dict()
    {'first': 'c', 'second': 'd', 'value': 0.5, 'suggested': 1.0, 'nearest': 1.0, 'cr_after': 0.02}
    """
    import pandas as pd

    table = chosen_table(random_index)
    judgements = read_one(matrix)
    i, j = np.nonzero(np.triu(~np.isnan(judgements.values), 1))
    weights = geometric(fill(judgements, "geometric"))
    value, suggested = judgements.values[i, j], weights[i] / weights[j]
    labels = judgements.labels
    rows = pd.DataFrame(
        {
            "first": [labels[k] for k in i],
            "second": [labels[k] for k in j],
            "value": value,
            "suggested": suggested,
            "nearest": _SCALE[np.abs(np.log(suggested[:, None] / _SCALE)).argmin(axis=1)],
            "cr_after": _cr_after(judgements.values, i, j, suggested, table),
        }
    )
    # Rounded, so that errors equal but for the last bit (all of n = 3) keep the order of the matrix.
    order = np.argsort(-np.abs(np.log(value / suggested)).round(12), kind="stable")
    return rows.iloc[order].reset_index(drop=True)


def verdict(
    matrix: object,
    *,
    method: Literal["eigenvector", "geometric", "arithmetic"] = "eigenvector",
    random_index: str | float | None = "saaty",
) -> Said:
    """Return in words whether one person's judgements are consistent and, if not, which one to look at first.

    Parameters and errors are those of `priorities`, for one matrix.

    Notes
    -----
    **When to use.** A line for a person who has just judged.

    **Pitfalls.** It says one judgement to look at, not all: `revise` has them in order.

    Source and proof: those of `priorities` and `revise`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.verdict({"a": {"b": 7, "c": 2}, "b": {"c": 3}})
    "CR 0.557 >= 0.1; look at ('a', 'b'): 7, suggested 3.2"
    >>> hi.ahp.verdict([[1, 2], ["1/2", 1]])
    'CR 0 < 0.1'
    """
    judgements = read_one(matrix)
    found = priorities(matrix, method=method, random_index=random_index)
    name, value, limit = "CR", found.cr, CONSISTENT_BELOW
    if value is None:
        name, value, limit = "GCI", found.gci, gci_threshold(found.n)
    if found.consistent:
        return Said("{name} {value:.3g} < {limit}", name=name, value=value, limit=limit)
    worst: Any = next(revise(matrix, random_index=random_index).itertuples())
    where = (
        Said("({row!r}, {column!r})", row=worst.first, column=worst.second)
        if judgements.names
        else place_of((worst.first, worst.second), None)
    )
    return Said(
        "{name} {value:.3g} >= {limit}; look at {where}: {judged:.3g}, suggested {suggested:.3g}",
        name=name,
        value=value,
        limit=limit,
        where=where,
        judged=worst.value,
        suggested=worst.suggested,
    )


def _cr_after(
    values: Array, i: NDArray[np.intp], j: NDArray[np.intp], suggested: Array, table: str | float | None
) -> Array:
    """Return the CR of the matrix with each pair in turn as suggested."""
    changed = np.repeat(values[None], len(i), axis=0)
    pair = np.arange(len(i))
    changed[pair, i, j], changed[pair, j, i] = suggested, 1 / suggested
    return np.asarray(priorities(changed, random_index=table).cr)
