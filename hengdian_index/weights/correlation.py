"""Weights by what a column says that the others do not: conflict, and independence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from hengdian_index._maths.maps import Ranks
from hengdian_index._maths.stats import Ordered, Products, Range
from hengdian_index._methods.decorators import weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError
from hengdian_index.weights._checks import costs, note_complete, note_constant
from hengdian_index.weights._correlations import Constant, correlations, multiple_correlation, need_rows


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    complete=True,
    by_column=("direction",),
    formula=lambda correlation, **_: {
        "pearson": r"w_j \propto \frac{s_j}{\max_j - \min_j} \sum_l (1 - r_{jl})",
        "absolute": r"w_j \propto \frac{s_j}{\max_j - \min_j} \sum_l (1 - |r_{jl}|)",
        "spearman": r"w_j \propto \frac{s_j}{\max_j - \min_j} \sum_l (1 - \rho_{jl})",
    }[correlation],
    chinese="CRITIC法（对比强度与冲突性之积）",
)
def critic(
    x: Sample,
    *,
    correlation: Literal["pearson", "absolute", "spearman"] = "pearson",
    constant: Constant = "raise",
    direction: Any = 1,
) -> Array:
    """CRITIC weights: contrast of each column times its conflict with the others.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators; each column is divided by its range, so min-max and z-scores give the same answer. Only
        rows with a value in every column count; where others have gaps the log says how many.
    correlation : {"pearson", "absolute", "spearman"}
        "pearson": 1 - r (Diakoulaki; default). "absolute": 1 - |r|, redundancy of either sign. "spearman": rank r.
    constant : {"raise", "zero"}
        Refuse constant columns, or leave them out with weight 0.
    direction : 1 or -1, or one a column (sequence, or mapping by name; absent: 1)
        -1 turns the sign of a column before the correlation.

    Raises
    ------
    DataError
        A constant column (elsewhere one of them makes every weight NaN); columns that all say the same.

    Notes
    -----
    c_j = s_j / (max_j - min_j) sum_l (1 - r_jl); w = c / sum c. The ddof of s cancels. One column alone weighs 1.
    Source: Diakoulaki, Mavrotas & Papayannakis 1995 (Computers & Operations Research 22). Proof: Krishnan (2021),
    Table 5.

    **When to use.** Contrast and conflict are both to count: a column that says what others do not weighs more.

    **Pitfalls.** Noise is correlated with nothing and so weighs much; a column turned the wrong way weighs most of all:
    check directions first. Correlations need many more rows than columns.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.critic([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]).round(3)
    array([0.4, 0.4, 0.2])
    """
    sign = np.where(costs(x, direction), -1.0, 1.0)
    if x.k == 1:
        return np.ones((*x.leading, 1))
    rows = x.complete.flattened()
    products, seen = rows.measure(Products), rows.measure(Range)
    x.need_values(np.broadcast_to(products.n[..., np.newaxis], seen.lo.shape), least=2)
    note_complete(x, products.n, "critic")
    flat = seen.lo == seen.hi
    if constant == "raise":
        x.refuse(flat, Said("constant, so its correlation is undefined; leave it out, or constant='zero'"))
    note_constant(x, flat)
    conflict = _conflict(rows, correlation, sign)
    # Halves, because the range of a column of both signs can pass the largest number.
    half = np.where(flat, 1.0, seen.hi / 2 - seen.lo / 2)
    contrast = replace(products, scale=np.ones_like(products.scale)).deviation() / (half / products.scale)
    c = np.where(flat | (conflict < 1e-12), 0.0, contrast * conflict)
    if not (c.sum(axis=-1) > 0).all():
        raise DataError(
            Said("critic: all columns say the same (correlation 1), so none conflicts; use 'equal' or 'deviation'")
        )
    return c


def _conflict(rows: Sample, correlation: str, sign: Array) -> Array:
    """Return sum_l (1 - r_jl) of each column, constant columns left out."""
    r = _rank_products(rows).correlation() if correlation == "spearman" else rows.measure(Products).correlation()
    r = np.abs(r) if correlation == "absolute" else r * np.multiply.outer(sign, sign)
    total: Array = np.nansum(1 - r, axis=-1)
    return total


def _rank_products(rows: Sample) -> Products:
    """Return the products of the ranks of complete rows."""
    return Products.of(Ranks(rows.measure(Ordered).values)(rows.x))


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    complete=True,
    formula=r"w_j \propto \frac{1}{R_j}",
    chinese="独立性权重法（复相关系数的倒数）",
)
def independence(x: Sample, *, constant: Constant = "raise") -> Array:
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

    **Symbols.** R: multiple correlation of column j with the others.

    **When to use.** What the other columns say already is to count less.

    **Pitfalls.** A column that nothing explains, such as noise, weighs most; the weight has no bound as R comes near 0.
    Multiple correlations need many more rows than columns.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.independence([[1.0, 5.0], [2.0, 3.0], [4.0, 4.0]])
    array([0.5, 0.5])
    """
    r, n = correlations(x, "independence", constant, least=2)
    kept = ~np.isnan(np.diagonal(r, axis1=-2, axis2=-1))
    need_rows(x, n, int(kept.sum(axis=-1).max()) + 1, "independence")
    fit = np.where(kept.sum(axis=-1, keepdims=True) == 1, 1.0, multiple_correlation(r))
    x.refuse(
        kept & (fit < 1e-8), Said("not correlated with any other column, so its weight 1/R has no bound; use 'critic'")
    )
    return np.where(kept, 1 / np.where(kept, fit, 1.0), 0.0)
