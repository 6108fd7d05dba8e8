"""Normalisations by the size of the whole column: share of its total, and its Euclidean length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

import numpy as np

from hengdian_index._maths.maps import Affine, Map, Reciprocal, chain
from hengdian_index._maths.stats import Moments, Range
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import FitRows
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError
from hengdian_index.normalise._lines import need_digits


@stored("not negative")
@dataclass(frozen=True, slots=True)
class NotNegative:
    """Values as they are; negative ones are refused."""

    arithmetic: ClassVar[str] = "x"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        if (x < 0).any():
            raise CellsError(x < 0, Said("a share of a total cannot be negative; use min_max or another normalisation"))
        return x


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    gives=lambda **_: (0.0, 1.0),
    formula=r"z = \frac{x}{\sum_i x_i} \; (d = 1), \quad \frac{1 / x}{\sum_i 1 / x_i} \; (d = -1)",
    chinese="比重法（占参数确定期合计的比重）",
)
def share(x: Sample, *, direction: Any = 1, **shared: Unpack[FitRows]) -> Map:
    """Share of each value in the total of its column over the fit rows.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, 0 or more; above 0 under direction -1.

    Raises
    ------
    DataError
        A negative value, also in later rows; a column whose total is 0; under direction -1 a value of 0.

    Notes
    -----
    x / sum x; direction -1: (1 / x) / sum(1 / x). The shares of the fit rows sum to 1; a later row has its share of
    their total. A constant column gives 1 / n; that is no error. Proof: sums to 1; the same in any unit.

    **When to use.** Parts of a total: what is meant is how much of the sum each unit has.

    **Pitfalls.** Scores of n rows have the mean 1 / n, so they shrink as rows join the fit, and an indicator that is
    spread evenly hardly differs between rows.

    Source: Hwang & Yoon 1981 (sum normalisation).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.share([1.0, 3.0, 4.0])
    array([0.125, 0.375, 0.5  ])
    >>> hi.normalise.share([1.0, 4.0], direction=-1)
    array([0.8, 0.2])
    """
    seen = x.measure(Range)
    x.need_values(seen.n)
    part = chain(NotNegative(), Reciprocal(np.ones(x.k)) if direction == -1 else None)
    if ((seen.lo <= 0) if direction == -1 else (seen.lo < 0)).any():
        part(x.x)  # names the cells it cannot take
    if direction == -1:
        x.refuse(seen.lo < np.finfo(np.float64).tiny, Said("a value so near 0 has no reciprocal; rescale its unit"))
        x = x.each(part)
    moments = x.measure(Moments)
    x.refuse(moments.mean == 0, Said("all values are 0, so shares of the total do not exist; leave it out"))
    need_digits(x, moments.mean, Said("mean"))
    zero, n = np.zeros_like(moments.mean), moments.n.astype(np.float64)
    # By the mean, then by n: the total of large values could overflow.
    divided = Affine(zero, moments.mean, 1 / n, zero)
    return chain(part, divided)


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    formula=r"z = \frac{x}{\sqrt{\sum_i x_i^2}} \; (d = 1), \quad 1 - \frac{x}{\sqrt{\sum_i x_i^2}} \; (d = -1)",
    chinese="向量归一化法（除以参数确定期数值的欧氏长度）",
)
def vector(x: Sample, *, direction: Any = 1, **shared: Unpack[FitRows]) -> Map:
    """Each value divided by the Euclidean length of its column over the fit rows.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.

    Raises
    ------
    DataError
        A column of zeros.

    Notes
    -----
    x / sqrt(sum x^2); direction -1: 1 - that. TOPSIS does not use the second form: it looks for the smallest value
    instead. A constant column gives 1 / sqrt(n); that is no error. Proof: the five graduate schools (TOPSIS); unit
    length.

    **When to use.** The first step of TOPSIS and its kin, where columns are directions in a space.

    **Pitfalls.** Scores have no common ends: an indicator whose values lie far from 0 beside their spread hardly
    differs between rows, and so hardly counts.

    Source: Hwang & Yoon 1981.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.vector([3.0, 4.0])
    array([0.6, 0.8])
    >>> hi.normalise.vector([3.0, 4.0], direction=-1)
    array([0.4, 0.2])
    """
    moments = x.measure(Moments)
    x.need_values(moments.n)
    size = np.hypot(moments.mean, moments.deviation(ddof=0))
    # By the root mean square, then by the root of n: the length of large values could overflow.
    gain = direction / np.sqrt(moments.n)
    small = moments.scale < 1
    if small.any():
        # The root mean square of the smallest numbers has few digits, that of their multiples all of them.
        power = np.sqrt(moments.centre.high**2 + np.where(moments.n > 0, moments.m2 / np.maximum(moments.n, 1), 0.0))
        gain = np.where(small & (power > 0), gain / np.where(power > 0, power, 1.0), gain)
        size = np.where(small & (power > 0), moments.scale, size)
    x.refuse(size == 0, Said("all values are 0, so the column has no length; leave it out"))
    return Affine(np.zeros_like(size), size, gain, np.full_like(size, 0.0 if direction == 1 else 1.0))
