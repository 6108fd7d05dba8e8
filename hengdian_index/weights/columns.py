"""Weights that each row brings along, in columns of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.decorators import unit_sum, weighting
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array, Labelled, columns_of
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, SpecError, shown

# What stands in a name for the part that a column weighs.
_PART = "{}"


@weighting(
    sees="judgement",
    by_column=("column",),
    by_row=True,
    formula=r"w_{ij} = \frac{v_{ij}}{\sum_l v_{il}}",
    chinese="数据列权重",
)
def column(column: Any, *, items: Sequence[Any] | None = None) -> tuple[tuple[Any, ...] | None, Array]:
    """Weights of each row from columns of the table, shares of their sum; over all rows their mean.

    Parameters
    ----------
    column : str, mapping, or table (n, k)
        In an index the columns of the table that weigh the parts in each row: `{"bread": "spent on bread", "rent":
        "spent on rent"}`, or a name for all, in which {} stands for the part, "spent on {}"; without {} the part stands
        at its end, "population" for population_DE and population_FR. As a function: the numbers themselves, a column
        (n,) for each part.
    items : sequence, optional
        What the parts are called; an index says it.

    Raises
    ------
    DataError
        A weight below 0, or one that is missing where the part has a value; a row in which all are 0.

    Notes
    -----
    In an index w_ij is that of row i, so weights differ by unit and by period, and the weights of a result are their
    means over the fit rows. A change of weights is "reweighting" in contributions; a step of a chain has the weights of
    the later period. In a long table the weights may stand beside the values. Proof: a slow loop.

    **Symbols.** v: the number that weighs a part in a row; l: any part.

    **When to use.** What parts count follows from sizes that come with the data and change: the spending of each
    household or country on goods, the population or the GDP of the countries that an aggregate is made of.

    **Pitfalls.** Scores of two rows differ by their weights, too: a level moves where nothing but weights does. Prices
    with the spending of one year are `weights_form = "shares"`.

    Source: Balk 2008, Price and Quantity Index Numbers, ch. 1 (plutocratic and regional weights); OECD/JRC Handbook
    (2008), step 6.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("prices", weights={"column": "spent on {}"})],
    ...     indicators=[hi.Indicator("bread", "prices"), hi.Indicator("rent", "prices")],
    ...     normalise="none",
    ... )
    >>> homes = {"bread": [110, 110], "rent": [100, 100], "spent on bread": [30, 10], "spent on rent": [70, 90]}
    >>> index.compute(homes).scores["prices"].tolist()
    [103.0, 101.0]
    """
    names = tuple(column) if isinstance(column, Mapping) else None
    if are_names(column):
        # Which columns they are is for an index, which has the rows.
        parts = names or tuple(items or ())
        return names, np.full(len(parts), 1 / max(len(parts), 1))
    names = names or tuple(columns_of(column)) or None
    try:
        numbers = floats([column[name] for name in names] if names else np.transpose(column)).T
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.ndim != 2 or not numbers.size:
        raise SpecError(
            Said("column: names of columns, or a column of numbers for each part, not {column}", column=shown(column))
        )
    try:
        shares = row_shares(numbers, np.ones(numbers.shape, dtype=np.bool_))
    except CellsError as error:
        raise Labelled(numbers, names, complete=False, source=numbers).refusal(error) from None
    return names, unit_sum(shares.mean(axis=0), numbers.shape[1], "column", names, noted=False)


def are_names(column: Any) -> bool:
    """Return whether weights are given as names of columns, not as numbers."""
    names = column.values() if isinstance(column, Mapping) else [column]
    return bool(names) and all(isinstance(name, str) for name in names)


def row_shares(weights: Array, there: NDArray[np.bool_]) -> Array:
    """Return the weights (n, k) of rows as shares of their sum; what a part that is not there (n, k) lacks is 0."""
    odd = there & ~((weights >= 0) & np.isfinite(weights))
    if odd.any():
        raise CellsError(odd, Said("the weight of a part that has a value: a finite number of 0 or more is needed"))
    none = there & (np.where(there, weights, 0.0).sum(axis=1, keepdims=True) == 0)
    if none.any():
        raise CellsError(none, Said("all weights of the row are 0, so that it has no score; give one above 0"))
    known = np.where(np.isfinite(weights) & (weights > 0), weights, 0.0)
    size = known.max(axis=1, keepdims=True)
    known = known / np.where(size > 0, size, 1.0)
    total = known.sum(axis=1, keepdims=True)
    return np.asarray(known / np.where(total > 0, total, 1.0))


def column_of(given: str | Mapping[str, str], part: str) -> str:
    """Return the column that weighs a part.

    Examples
    --------
    >>> from hengdian_index.weights.columns import column_of
    >>> column_of("spent on {}", "rent"), column_of("population", "DE"), column_of({"a": "w1"}, "a")
    ('spent on rent', 'population_DE', 'w1')
    """
    if isinstance(given, Mapping):
        return str(given.get(part, part))
    return given.replace(_PART, part) if _PART in given else f"{given}_{part}"
