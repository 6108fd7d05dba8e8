"""How the indicators go together: correlations with their p-values, and the pairs that want a second look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.maps import Ranks
from hengdian_index._maths.stats import Ordered, Products
from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._values.equality import flattened
from hengdian_index._words.said import Said
from hengdian_index.diagnose._columns import LEAST, by_pairs, few_rows, members, read, square, with_scores
from hengdian_index.errors import DataError, Fault, SpecError, among, listed, raise_all, suggestion
from hengdian_index.log import note


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """Correlations of the columns.

    Attributes
    ----------
    r, p, n : DataFrame (k, k)
        Correlations, their p-values, and the number of rows behind each.
    how : str
        "pearson", "spearman" or "kendall".
    pairwise : bool
        Whether each pair has its own rows, so that the correlations need not fit together.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.correlations([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [4.0, 4.0]])
    >>> found.r.round(3)
         0    1
    0  1.0  0.8
    1  0.8  1.0
    """

    r: Any
    p: Any
    n: Any
    how: str = "pearson"
    pairwise: bool = False


@typed
def correlations(
    x: Any, groups: Any = None, *, how: Literal["pearson", "spearman", "kendall"] = "pearson", pairwise: bool = False
) -> Correlations:
    r"""Correlations of the indicators, with p-values and numbers of rows.

    Parameters
    ----------
    x : table or array (n, k)
        Units by indicators.
    groups : mapping or sequence, optional
        Groups of columns (see the module): only columns of one group, and the group's own score, are correlated, over
        the rows complete in the group; elsewhere r and p are missing and n is 0.
    how : {"pearson", "spearman", "kendall"}
        Linear; of ranks, ties averaged; tau-b.
    pairwise : bool
        Use for each pair all rows that both columns have, instead of the rows complete in the group. The result is
        labelled so.

    Returns
    -------
    Correlations
        `r`, `p` (two-sided, of no correlation) and `n`. A constant column has no correlation, nor has a pair with
        fewer than three rows: missing, with a line in the log.

    Raises
    ------
    DataError
        Fewer than three complete rows in a group.
    SpecError
        An unknown `how`; groups that do not fit the columns.

    Notes
    -----
    p of Pearson and Spearman: t = r sqrt((n - 2) / (1 - r^2)) with n - 2 degrees of freedom, as SciPy and R; of
    Kendall: exact for small samples without ties, else normal (SciPy). Proof: TAI (Handbook, Table 6); ASEM (COINr);
    SciPy.

    .. math:: r_{jl} = \frac{\sum_i (x_{ij} - \bar{x}_j)(x_{il} - \bar{x}_l)}{(n - 1)\,s_j s_l}

    **Symbols.** r: correlation of columns j and l; x: value; s: standard deviation; n: number of rows.

    **When to use.** Whether indicators of a group go together, and which do not.

    **Pitfalls.** Many pairs make some p-values small by chance. Pearson sees straight lines only, and one outlier may
    make or hide one.

    Source: OECD/JRC Handbook (2008), step 4.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.diagnose.correlations([[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0]])
    >>> round(found.r.loc[0, 1], 3), round(found.p.loc[0, 1], 3), found.n.loc[0, 1]
    (0.6, 0.4, 4)
    """
    if not among(how, _MEASURES):
        raise SpecError(Said("how: no correlation {how!r}{guess}", how=how, guess=suggestion(how, _MEASURES)))
    table = read(x)
    columns = table.names
    blocks = with_scores(members(groups, columns), columns)
    r, p, n = _by_block(table, blocks, how, pairwise, "correlations")
    return Correlations(square(r, columns), square(p, columns), square(n, columns), how, pairwise)


@typed
def flags(x: Any, groups: Any = None, *, high: float = 0.92, low: float = 0.3) -> Any:
    """Table of the pairs of indicators that want a second look: correlated too much, hardly, or the wrong way.

    Parameters
    ----------
    x : table or array (n, k)
        Units by indicators, turned so that larger is better.
    groups : mapping or sequence, optional
        Groups of columns (see the module): pairs are looked at within a group, and between a member and the group's
        own score where x holds it.
    high, low : float
        Bounds of |r|, 0 <= low <= high <= 1.

    Returns
    -------
    DataFrame
        `first second group r flag`, one line a finding. "redundant": |r| > high, the two say the same (or the score
        follows one member alone). "weak": |r| < low, the two say different things (or the member is not heard in the
        score). "negative": r < 0, one works against the other. A pair may have two lines. In a pair with the group's
        score, `second` is the score and bears the group's name.

    Raises
    ------
    DataError
        Fewer than three complete rows in a group.
    SpecError
        Bounds that are no rising shares; groups that do not fit the columns.

    Notes
    -----
    Pearson correlations over the rows complete in the group. Source: JRC guidance for composite indicators (COIN
    Tool). Proof: TAI (Handbook, Table 6).

    **When to use.** A list to talk through: pairs that say the same, nothing in common, or the opposite.

    **Pitfalls.** The limits are conventions. A negative pair may be a wrong direction or a true trade-off: look before
    turning.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.diagnose.flags([[1.0, 1.1, 4.0], [2.0, 2.0, 1.0], [3.0, 3.1, 2.0], [4.0, 3.9, 1.0]]).round(2)
       first  second group     r       flag
    0      0       1  None  1.00  redundant
    1      0       2  None -0.73   negative
    2      1       2  None -0.71   negative
    """
    import pandas as pd

    if not 0 <= low <= high <= 1:
        raise SpecError(
            Said("low, high: bounds of |r| with 0 <= low <= high <= 1, not {low!r} and {high!r}", low=low, high=high)
        )
    table = read(x)
    columns = table.names
    blocks = with_scores(members(groups, columns), columns)
    r, _, _ = _by_block(table, blocks, "pearson", False, "flags")
    found = [
        (columns[i], columns[j], group, r[i, j], flag)
        for group, block in blocks.items()
        for i, j in combinations(block, 2)
        for flag, holds in _FINDINGS.items()
        if holds(r[i, j], low, high)
    ]
    told = pd.DataFrame(found, columns=["first", "second", "group", "r", "flag"], dtype=object)
    return told.astype({"r": np.float64})


# What rounding leaves of a correlation of 0 must not make it negative.
_ROUNDING = 1e-12

_FINDINGS: Mapping[str, Callable[[float, float, float], bool]] = {
    "redundant": lambda r, low, high: abs(r) > high,
    "weak": lambda r, low, high: abs(r) < low,
    "negative": lambda r, low, high: r < -_ROUNDING,
}


def _pearson(x: Array) -> Array:
    """Return correlations and p-values (2, k, k) of complete rows (m, k); NaN beside a constant column."""
    r = Products.of(flattened(x)).correlation()
    return np.stack([r, _p_value(r, len(x))])


def _spearman(x: Array) -> Array:
    x = flattened(x)
    return _pearson(Ranks(Ordered.of(x).values)(x))


def _kendall(x: Array) -> Array:
    from scipy.stats import kendalltau

    x = flattened(x)
    varying = x.max(axis=0) > x.min(axis=0)
    answer = np.full((2, x.shape[-1], x.shape[-1]), np.nan)
    for i, j in combinations_with_replacement(np.flatnonzero(varying), 2):
        answer[:, i, j] = answer[:, j, i] = kendalltau(x[:, i], x[:, j]) if i < j else (1.0, 0.0)
    return answer


_MEASURES: Mapping[str, Callable[[Array], Array]] = {"pearson": _pearson, "spearman": _spearman, "kendall": _kendall}


def _p_value(r: Array, m: int) -> Array:
    """Return the two-sided p-value of correlations of m rows: the t distribution, written as a beta."""
    from scipy.special import betainc

    return np.asarray(betainc((m - 2) / 2, 0.5, (1 - r) * (1 + r)))


def _by_block(
    table: Labelled, blocks: Mapping[Any, list[int]], how: str, pairwise: bool, call: str
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return r, p and n (k, k), filled block by block."""
    measure = _MEASURES[how]
    remedy = Said(", or pairwise=True") if call == "correlations" else ""
    k, columns = table.values.shape[-1], table.names
    r, p, n = np.full((k, k), np.nan), np.full((k, k), np.nan), np.zeros((k, k), dtype=np.int64)
    faults: list[Fault] = []
    for group, block in blocks.items():
        x, at = table.values[:, block], np.ix_(block, block)
        m = int((~np.isnan(x).any(axis=1)).sum())
        if pairwise and m < len(x):
            (r[at], p[at]), n[at] = by_pairs(x, measure, 2)
        elif m < LEAST:
            where = call if group is None else Said("{call}: group {group!r}", call=call, group=group)
            faults += few_rows(where, m, [columns[j] for j in block], x, remedy).faults
        else:
            (r[at], p[at]), n[at] = measure(x[~np.isnan(x).any(axis=1)]), m
    raise_all(DataError, faults)
    _note_missing(r, blocks, columns)
    return r, p, n


def _note_missing(r: Array, blocks: Mapping[Any, list[int]], columns: Sequence[Any]) -> None:
    """Write to the log which columns and pairs of a group have no correlation."""
    lost = dict.fromkeys(j for block in blocks.values() for j in block if np.isnan(r[j, j]))
    for j in lost:
        note("diagnose", Said("constant, or fewer than three values: it has no correlation"), indicator=columns[j])
    kept = [[j for j in block if j not in lost] for block in blocks.values()]
    pairs = [(columns[i], columns[j]) for block in kept for i, j in combinations(block, 2) if np.isnan(r[i, j])]
    if pairs:
        said = Said(
            "{n} pairs have no correlation (fewer than three rows in common, or constant over them): {pairs}",
            n=len(pairs),
            pairs=listed(pairs),
        )
        note("diagnose", said)
