"""Normalisations that only bend the scale: roots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

import numpy as np

from hengdian_index._maths.maps import Map, Mirror, chain
from hengdian_index._maths.stats import Range
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import FitRows, Learning
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index.errors import CellsError


@stored("root of 0 or more")
@dataclass(frozen=True, slots=True)
class SquareRoot:
    """`sqrt(x)`; negative values are refused."""

    arithmetic: ClassVar[str] = "x ** 0.5"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        if (x < 0).any():
            raise CellsError(x < 0, "a square root needs a value of 0 or more; use cube_root, or another normalisation")
        return np.sqrt(x)


@stored("signed cube root")
@dataclass(frozen=True, slots=True)
class CubeRoot:
    """The cube root, negative for negative values."""

    arithmetic: ClassVar[str] = "abs(x) ** (1 / 3) if x >= 0 else -abs(x) ** (1 / 3)"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        return np.cbrt(x)


@normalising(
    sees="statistics",
    monotone=True,
    formula=r"z = d \sqrt{x}",
    chinese="平方根变换",
)
def square_root(x: Sample, *, direction: Any = 1, **shared: Unpack[FitRows]) -> Map:
    """Square root of each value, minus that where smaller is better.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, 0 or more.

    Raises
    ------
    DataError
        A negative value, also in later rows.

    Notes
    -----
    d sqrt(x), d the direction. Nothing is learnt from the fit rows: a score depends on its own value alone, and on the
    unit of measure (in a unit 4 times as large all scores are halved).

    **When to use.** Counts and sizes with a long tail of large values, which shall count less than in proportion, where
    0 stays 0.

    **Pitfalls.** Indicators are not brought to a common scale: in a mean the one with the largest numbers weighs most.

    Source: Handbook on Constructing Composite Indicators, OECD & JRC, 2008, Paris (transformations). Proof: squares.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.square_root([0.0, 4.0, 9.0])
    array([0., 2., 3.])
    """
    x.need_values(x.measure(Range).n)
    return chain(SquareRoot(), Mirror() if direction == -1 else None)


@normalising(
    sees="statistics",
    monotone=True,
    formula=r"z = d \sqrt[3]{x}",
    chinese="立方根变换",
)
def cube_root(x: Sample, **shared: Unpack[Learning]) -> Map:
    """Cube root of each value, minus that where smaller is better.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, of either sign.

    Notes
    -----
    d x^(1/3), d the direction; the root of a negative value is negative. Nothing is learnt from the fit rows: a score
    depends on its own value alone, and on the unit of measure (in a unit 8 times as large all scores are halved).

    **When to use.** Sizes that span several orders of magnitude, such as shares of a world market, which shall count
    far less than in proportion, where 0 stays 0 and values may be negative.

    **Pitfalls.** Indicators are not brought to a common scale; and near 0 the curve is steep: small differences between
    small values become large.

    Source: Financial Secrecy Index, methodology, Tax Justice Network, 2020, London (the cube root of scale weights).
    Proof: cubes.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.cube_root([-8.0, 0.0, 27.0])
    array([-2.,  0.,  3.])
    """
    x.need_values(x.measure(Range).n)
    return CubeRoot()
