"""Weights by how little of a column the others already say."""

from __future__ import annotations

import numpy as np

from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index.weights._correlations import Constant, correlations, multiple_correlation, need_rows


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    complete=True,
    formula=r"w_j \propto \frac{1}{R_j}",
    chinese="独立性权重法（复相关系数的倒数）",
)
def independence(sample: Sample, *, constant: Constant = "raise") -> Array:
    """Independence weights: the less a column can be told from the others, the more it weighs.

    Parameters
    ----------
    x : table or array (..., n, k)
        More rows than columns. Only rows with a value in every column count; where others have gaps the log says how
        many.
    constant : {"raise", "zero"}
        Refuse constant columns, or leave them out with weight 0.

    Returns
    -------
    array or Series (..., k)
        Two columns weigh the same; one column alone weighs 1.

    Raises
    ------
    DataError
        A constant column, too few rows, a column that is not correlated with any other (its weight has no bound).

    Notes
    -----
    w_j proportional to 1 / R_j, R_j the multiple correlation of column j with the others; R_j = 1 for a column that is
    an exact sum of others. Some texts take the inverse correlation matrix, which does not exist then.

    Source: Chinese evaluation texts. Proof: least squares, column by column, and its laws.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.independence([[1.0, 5.0], [2.0, 3.0], [4.0, 4.0]])
    array([0.5, 0.5])
    """
    r, n = correlations(sample, "independence", constant, least=2)
    kept = ~np.isnan(np.diagonal(r, axis1=-2, axis2=-1))
    need_rows(sample, n, int(kept.sum(axis=-1).max()) + 1, "independence")
    fit = np.where(kept.sum(axis=-1, keepdims=True) == 1, 1.0, multiple_correlation(r))
    sample.refuse(
        kept & (fit < 1e-8), "not correlated with any other column, so its weight 1/R has no bound; use 'critic'"
    )
    return np.where(kept, 1 / np.where(kept, fit, 1.0), 0.0)
