"""Shape of a distribution: the sample skewness G1 and excess kurtosis G2 that spreadsheets print."""

from __future__ import annotations

import numpy as np

from hengdian_index._maths.stats import Moments, Range
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same


def skewness(moments: Moments) -> Array:
    """Sample skewness G1 of each column, (..., k); NaN where it is undefined (n < 3 or constant).

    Notes
    -----
    G1 = sqrt(n (n - 1)) / (n - 2) * g1, g1 = sqrt(n) sum d^3 / (sum d^2)^1.5 with d = x - mean. Excel SKEW; type 2 of
    e1071 and COINr; scipy.stats.skew(bias=False). Proof: the ASEM index as COINr treats it.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.shape import skewness
    >>> from hengdian_index._maths.stats import Moments
    >>> skewness(Moments.of(np.array([[1.0], [2.0], [9.0]]))).round(3)
    array([1.63])
    """
    n = moments.n.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        g1 = np.sqrt(n) * moments.m3 / moments.m2 / np.sqrt(moments.m2)
        adjusted = np.sqrt(n * np.maximum(n - 1, 0)) / (n - 2) * g1
    return np.where((n > 2) & (moments.m2 > 0), adjusted, np.nan)


def lean(moments: Moments, ends: Range) -> Array:
    """Sample skewness G1 by which a side is chosen, (..., k): 0 where it is rounding (`equality`).

    Each centred value is as exact as the largest magnitude of its column lets it be.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.shape import lean
    >>> from hengdian_index._maths.stats import Moments, Range
    >>> even = 0.7 * np.array([[1.0], [2.0], [5.0], [6.0], [7.0], [10.0], [11.0]])
    >>> lean(Moments.of(even), Range.of(even))
    array([0.])
    """
    low, high = ends.lo / moments.scale, ends.hi / moments.scale
    furthest = np.fmax(high - moments.centre.high, moments.centre.high - low)
    size = moments.n * furthest**2 * np.fmax(np.abs(low), np.abs(high))
    return np.where(same(moments.m3, 0.0, size), 0.0, skewness(moments))


def kurtosis(moments: Moments) -> Array:
    """Sample excess kurtosis G2 of each column, (..., k); NaN where it is undefined (n < 4 or constant).

    Notes
    -----
    G2 = (n - 1) / ((n - 2) (n - 3)) * ((n + 1) g2 + 6), g2 = n sum d^4 / (sum d^2)^2 - 3; 0 for a normal
    distribution. Excel KURT; type 2 of e1071 and COINr; scipy.stats.kurtosis(bias=False). Proof: as for `skewness`.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.shape import kurtosis
    >>> from hengdian_index._maths.stats import Moments
    >>> kurtosis(Moments.of(np.array([[1.0], [2.0], [3.0], [4.0]]))).round(3)
    array([-1.2])
    """
    n = moments.n.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        g2 = n * (moments.m4 / moments.m2) / moments.m2 - 3
        adjusted = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    return np.where((n > 3) & (moments.m2 > 0), adjusted, np.nan)
