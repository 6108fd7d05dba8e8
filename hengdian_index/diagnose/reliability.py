"""Whether the indicators measure one thing: Cronbach's alpha, and whether their correlations are worth factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths import components
from hengdian_index._maths.stats import Moments, Products
from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._values.equality import flattened
from hengdian_index._words.said import Said
from hengdian_index.diagnose._columns import by_pairs, complete, read, series
from hengdian_index.errors import DataError, listed, raise_all
from hengdian_index.log import note

# An eigenvalue, or a variance of a sum, below this share of the largest is 0 but for rounding.
_ZERO = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Alpha:
    """Cronbach's alpha, alpha without each indicator, and the correlation of each with the sum of the others.

    Attributes
    ----------
    alpha : float
        Cronbach's alpha.
    if_deleted, item_rest : Series
        Over the indicators: alpha without it, its correlation with the sum of the others.
    n : int
        Rows used, with `pairwise` the smallest number of any pair of columns.
    standardised, pairwise : bool
        What was asked for.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.cronbach_alpha([[1.0, 1.0, 2.0], [2.0, 3.0, 2.0], [4.0, 4.0, 5.0]])
    >>> round(found.alpha, 3), found.n
    (0.955, 3)
    """

    alpha: float
    if_deleted: Any
    item_rest: Any
    n: int
    standardised: bool = True
    pairwise: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Kmo:
    """Kaiser-Meyer-Olkin measure of sampling adequacy.

    Attributes
    ----------
    overall : float
        Of all indicators together.
    indicators : Series
        Of each indicator.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 1.0, 2.0], [2.0, 3.0, 2.0], [4.0, 4.0, 5.0], [3.0, 2.0, 1.0], [6.0, 5.0, 4.0]]
    >>> round(hi.diagnose.kmo(x).overall, 3)
    0.637
    """

    overall: float
    indicators: Any


@dataclass(frozen=True, slots=True)
class Bartlett:
    """Bartlett's test that no indicators are correlated.

    Attributes
    ----------
    chi2 : float
        The statistic.
    df : int
        Degrees of freedom.
    p : float
        p-value.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 1.0, 2.0], [2.0, 3.0, 2.0], [4.0, 4.0, 5.0], [3.0, 2.0, 1.0], [6.0, 5.0, 4.0]]
    >>> hi.diagnose.bartlett(x).df
    3
    """

    chi2: float
    df: int
    p: float


@typed
def cronbach_alpha(x: Any, *, standardised: bool = True, pairwise: bool = False) -> Alpha:
    r"""Cronbach's alpha: how far the indicators measure one thing; also without each one, and item-rest correlations.

    Parameters
    ----------
    x : table or array (n, k)
        Units by k >= 2 indicators, turned so that larger is better.
    standardised : bool
        Columns divided by their standard deviations first: alpha of the correlations (default; indicators differ in
        unit). False: alpha of the covariances, as is usual for questions on one scale.
    pairwise : bool
        For each pair of columns, all rows that both have, instead of the rows complete in all; the result is labelled
        so.

    Returns
    -------
    Alpha
        `alpha`, `if_deleted`, `item_rest`. With two indicators there is no alpha without one of them: missing.

    Raises
    ------
    DataError
        Fewer than two indicators or three rows, a constant column, a sum of the columns that does not vary.

    Notes
    -----
    alpha = k/(k - 1) (1 - sum var_j / var(sum)); 1 for columns alike, below 0 where columns run against each other.
    An indicator whose `if_deleted` is above alpha does not belong to the rest; the JRC guidance asks for .7.

    Source: Cronbach 1951, Psychometrika 16. Proof: TAI (Handbook, Table 11).

    .. math:: \alpha = \frac{k}{k - 1} \left(1 - \frac{\sum_j s_j^2}{S^2}\right)

    **Symbols.** \alpha: Cronbach's alpha; k: number of indicators; s: standard deviation of a column; S: standard
    deviation of their sum.

    **When to use.** Indicators of a group are to measure one thing, and their sum is to be reliable.

    **Pitfalls.** Alpha rises with the number of indicators and does not show that there is one dimension. Low alpha is
    no fault where the indicators form, rather than reflect, what is measured.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.cronbach_alpha([[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0]])
    >>> round(found.alpha, 3), found.item_rest.round(3).tolist()
    (0.75, [0.6, 0.6])
    """
    table = read(x)
    k = _several(table, "cronbach_alpha")
    c, n = _in_pairs(table, standardised) if pairwise else _in_whole_rows(table, standardised)
    own, rest = np.diagonal(c), c.sum() - 2 * c.sum(axis=0) + np.diagonal(c)
    if not c.sum() > _ZERO * own.sum():
        raise DataError(
            Said("cronbach_alpha: the sum of the columns does not vary; turn the columns that run against it")
        )
    flat = rest <= _ZERO * own.sum()
    for j in np.flatnonzero(flat):
        why = Said("the sum of the others does not vary: no alpha without it, no item-rest correlation")
        note("diagnose", why, indicator=table.names[j])
    spread = np.where(flat, np.nan, rest)
    deleted = (k - 1) / (k - 2) * (1 - (own.sum() - own) / spread) if k > 2 else np.full(k, np.nan)
    item_rest = (c.sum(axis=0) - own) / np.sqrt(own * spread)
    alpha = float(k / (k - 1) * (1 - own.sum() / c.sum()))
    without = series(deleted, table.names, "if_deleted")
    return Alpha(alpha, without, series(item_rest, table.names, "item_rest"), n, standardised, pairwise)


def kmo(x: Any) -> Kmo:
    r"""Kaiser-Meyer-Olkin measure: how much of the correlation of two indicators is shared with the others.

    Parameters
    ----------
    x : table or array (n, k)
        Units by k >= 2 indicators, more rows (complete in all columns) than columns.

    Returns
    -------
    Kmo
        `overall` and `indicators`, in 0..1. Above .6 a factor analysis is thought worth while, below .5 not.

    Raises
    ------
    DataError
        Indicators that depend exactly on each other (named), constant ones, too few rows, no correlation at all (0/0).

    Notes
    -----
    sum r_jl^2 / (sum r_jl^2 + sum q_jl^2) over l != j, overall over all pairs; q_jl = -P_jl / sqrt(P_jj P_ll) the
    partial correlation given all others, P the inverse of the correlation matrix. Two columns: always .5.

    Source: Kaiser 1974, Psychometrika 39. Proof: partial correlations by least squares; the closed form for three.

    .. math:: \mathrm{KMO} = \frac{\sum_{j \ne l} r_{jl}^2}{\sum_{j \ne l} r_{jl}^2 + \sum_{j \ne l} q_{jl}^2}

    **Symbols.** r: correlation of columns j and l; q: their partial correlation given all others.

    **When to use.** Before a factor analysis: whether the indicators share enough.

    **Pitfalls.** The limits (.5, .6) are conventions; nothing is said on how many factors there are.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 2.0, 1.0], [2.0, 1.0, 3.0], [3.0, 4.0, 2.0], [4.0, 3.0, 4.0], [5.0, 5.0, 5.0]]
    >>> round(hi.diagnose.kmo(x).overall, 3)
    0.405
    """
    table = read(x)
    k = _several(table, "kmo")
    r = _regular(table, "kmo")[0]
    inverse = np.linalg.inv(r)
    root = np.sqrt(np.diagonal(inverse))
    others = ~np.eye(k, dtype=np.bool_)
    plain, partial = np.where(others, r**2, 0.0), np.where(others, (inverse / np.outer(root, root)) ** 2, 0.0)
    total = plain.sum(axis=0) + partial.sum(axis=0)
    silent = total < _ZERO**2
    why = Said("not defined: no other indicator is correlated with it; leave it out")
    raise_all(
        DataError,
        [Said("kmo: indicator {name!r}: {why}", name=table.names[j], why=why) for j in np.flatnonzero(silent)],
    )
    overall = float(plain.sum() / total.sum())
    return Kmo(overall, series(plain.sum(axis=0) / total, table.names, "kmo"))


def bartlett(x: Any) -> Bartlett:
    r"""Bartlett's test of sphericity: whether the correlations of the indicators could all be 0.

    Parameters
    ----------
    x : table or array (n, k)
        Units by k >= 2 indicators, more rows (complete in all columns) than columns.

    Returns
    -------
    Bartlett
        `chi2`, `df`, `p`; a p below .05 says that some indicators are correlated.

    Raises
    ------
    DataError
        Indicators that depend exactly on each other (named), constant ones, too few rows.

    Notes
    -----
    chi2 = -(n - 1 - (2k + 5)/6) ln det R with k(k - 1)/2 degrees of freedom; for normal data, and n large.

    Source: Bartlett 1950, British Journal of Psychology 3. Proof: columns without correlation: det 1, chi2 0; the
    distribution of chi2 in simulated samples.

    .. math:: \chi^2 = -\left(n - 1 - \frac{2 k + 5}{6}\right) \ln \det R

    **Symbols.** \chi: the statistic, its square root; n: number of rows; k: number of indicators; R: correlation
    matrix.

    **When to use.** Before a factor analysis: whether any correlation can be shown.

    **Pitfalls.** With many rows it nearly always says yes; it assumes normal data.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.bartlett([[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0]])
    >>> round(found.chi2, 3), found.df, round(found.p, 3)
    (0.669, 1, 0.413)
    """
    from scipy.special import chdtrc

    table = read(x)
    k = _several(table, "bartlett")
    r, n = _regular(table, "bartlett")
    # Of a determinant of 1 the logarithm is 0, but its negative would be -0.
    chi2 = (n - 1 - (2 * k + 5) / 6) * max(0.0, -float(np.linalg.slogdet(r).logabsdet))
    df = k * (k - 1) // 2
    return Bartlett(chi2, df, float(chdtrc(df, chi2)))


def _several(table: Labelled, call: str) -> int:
    k = int(table.values.shape[-1])
    if k < 2:
        raise DataError(Said("{call}: one indicator cannot go together with others; give two or more", call=call))
    return k


def _in_whole_rows(table: Labelled, standardised: bool) -> tuple[Array, int]:
    """Return the correlations or covariances (k, k) of the complete rows, and their number."""
    products = complete(table, "cronbach_alpha")
    return _spread(products, standardised, products.deviation().max()), int(products.n)


def _in_pairs(table: Labelled, standardised: bool) -> tuple[Array, int]:
    """Return the correlations or covariances (k, k), each pair over its own rows, and the smallest number of those."""
    columns = table.names
    deviation = Moments.of(flattened(table.values)).deviation()
    flat = np.flatnonzero(~(deviation > 0))
    why = Said("constant, or fewer than two values; leave it out")
    raise_all(DataError, [Said("cronbach_alpha: indicator {name!r}: {why}", name=columns[j], why=why) for j in flat])
    unit = deviation.max()
    c, n = by_pairs(table.values, lambda rows: _spread(Products.of(flattened(rows)), standardised, unit)[np.newaxis], 1)
    lost = [(columns[i], columns[j]) for i, j in np.argwhere(np.isnan(c[0])) if i < j]
    if lost:
        raise DataError(
            Said(
                "cronbach_alpha: indicators {pairs}: fewer than three rows in common, or constant over them; "
                "leave one of them out",
                pairs=listed(lost),
            )
        )
    return c[0], int(n.min())


def _spread(products: Products, standardised: bool, unit: float) -> Array:
    """Return the correlations, or the covariances over unit^2, which keeps large values within range."""
    s = products.deviation() / unit
    return products.correlation() if standardised else products.correlation() * np.outer(s, s)


def _regular(table: Labelled, call: str) -> tuple[Array, int]:
    """Return the correlations (k, k) of the complete rows, and their number; a singular matrix is refused."""
    products = complete(table, call)
    n, columns = int(products.n), table.names
    if n <= len(columns):
        raise DataError(
            Said(
                "{call}: not defined: {rows} complete in all of {indicators}; more rows than indicators are needed",
                call=call,
                rows=Said.of(n, "{n} row", "{n} rows"),
                indicators=Said.of(len(columns), "{n} indicator", "{n} indicators"),
            )
        )
    r = products.correlation()
    parts = components.principal_components(r)
    null = parts.eigenvalues <= _ZERO * parts.eigenvalues[0]
    dependent = np.flatnonzero((parts.vectors[:, null] ** 2).sum(axis=1) > 1e-16)
    if dependent.size:
        named = listed([columns[j] for j in dependent], most=20)
        raise DataError(
            Said("{call}: not defined: indicators {names} are dependent; leave one of them out", call=call, names=named)
        )
    return r, n
