"""How many things the indicators tell of: principal components of their correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths import components
from hengdian_index._maths.stats import Products
from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._words.said import Said
from hengdian_index.diagnose._columns import by_row, complete, index, read, series
from hengdian_index.log import note


@dataclass(frozen=True, slots=True, eq=False)
class PrincipalComponents:
    """Principal components, number 1 the largest.

    Attributes
    ----------
    eigenvalues, percent, cumulative : Series
        Over the components: eigenvalue, per cent of the variance of all indicators, and the sum of these so far.
    loadings : DataFrame
        A row for each indicator and a column for each component.
    scores : DataFrame or None
        Where asked for, a row for each unit.
    n : int
        Rows used.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.principal_components([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]])
    >>> [round(float(value), 3) for value in found.eigenvalues]
    [1.8, 0.2]
    """

    eigenvalues: Any
    percent: Any
    cumulative: Any
    loadings: Any
    scores: Any
    n: int


@typed
def principal_components(x: Any, *, scores: bool = False) -> PrincipalComponents:
    r"""Principal components of the correlations of the indicators: eigenvalues, shares of variance, loadings.

    Parameters
    ----------
    x : table or array (n, k)
        Units by indicators; three rows, complete in all columns, at least.
    scores : bool
        Also the score of each unit on each component: its z-scores (n - 1) times the eigenvector, so that the variance
        of the scores is the eigenvalue. A unit with a missing value has none: missing, with a line in the log.

    Returns
    -------
    PrincipalComponents
        Each column of `loadings` (eigenvector times root of the eigenvalue: correlations with the component) has a sum
        of 0 or more; software leaves the sign to chance.

    Raises
    ------
    DataError
        A constant indicator, fewer than three complete rows.

    Notes
    -----
    R = V diag(lambda) V'. Indicators that depend on each other are no fault here: an eigenvalue is 0.

    Source: OECD/JRC Handbook (2008), step 4. Proof: TAI (Handbook, Tables 7 and 8); NumPy's singular values.

    .. math:: R = V \Lambda V'

    **Symbols.** R: correlation matrix; V: loadings before scaling, the eigenvectors; \Lambda: eigenvalues on the
    diagonal.

    **When to use.** How many dimensions the indicators have, and which go together.

    **Pitfalls.** Components are sums that vary most, not causes. The rule that keeps eigenvalues above 1 is a
    convention.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.principal_components([[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0]])
    >>> found.percent.round(1).to_dict()
    {1: 80.0, 2: 20.0}
    >>> found.loadings[1].round(3).tolist()
    [0.894, 0.894]
    """
    import pandas as pd

    table = read(x)
    products = complete(table, "principal_components")
    parts = components.principal_components(products.correlation())
    numbers = range(1, table.values.shape[-1] + 1)
    percent = 100 * parts.explained
    told = {"eigenvalue": parts.eigenvalues, "percent": percent, "cumulative": percent.cumsum()}
    eigenvalues, shares, cumulative = (series(values, numbers, name) for name, values in told.items())
    loadings = pd.DataFrame(parts.loadings, index=index(table.names), columns=index(numbers))
    found = _scores(table, products, parts.vectors) if scores else None
    return PrincipalComponents(eigenvalues, shares, cumulative, loadings, found, int(products.n))


def _scores(table: Labelled, products: Products, vectors: Array) -> Any:
    """Return the table of scores, units by components."""
    deviation = np.sqrt(np.diagonal(products.cross) / (products.n - 1))
    z = (table.values / products.scale - products.centre.high) / deviation
    gaps = np.isnan(z).any(axis=1)
    if gaps.any():
        said = Said.of(
            int(gaps.sum()),
            "principal_components: {n} row with a missing value has no scores",
            "principal_components: {n} rows with a missing value have no scores",
        )
        note("diagnose", said)
    values = z @ vectors
    return by_row(table, {number + 1: column for number, column in enumerate(values.T)})
