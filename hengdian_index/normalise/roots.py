"""Normalisations that only bend the scale: roots and log-odds."""

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
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError


@stored("root of 0 or more")
@dataclass(frozen=True, slots=True)
class SquareRoot:
    """`sqrt(x)`; negative values are refused."""

    arithmetic: ClassVar[str] = "x ** 0.5"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        if (x < 0).any():
            raise CellsError(
                x < 0, Said("a square root needs a value of 0 or more; use cube_root, or another normalisation")
            )
        return np.sqrt(x)


@stored("signed cube root")
@dataclass(frozen=True, slots=True)
class CubeRoot:
    """The cube root, negative for negative values."""

    arithmetic: ClassVar[str] = "abs(x) ** (1 / 3) if x >= 0 else -abs(x) ** (1 / 3)"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        return np.cbrt(x)


@stored("log-odds")
@dataclass(frozen=True, slots=True)
class LogOdds:
    """`ln(x / (whole - x))`; values that do not lie between 0 and the whole are refused."""

    arithmetic: ClassVar[str] = "log(x / (whole - x))"
    positive: ClassVar[str] = "min(x, whole - x)"

    whole: float

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        outside = (x <= 0) | (x >= self.whole)
        if outside.any():
            remedy = Said("give the whole that it is a share of")
            if self.whole == 1:
                remedy = Said("give whole = 100 for percentages")
            why = Said(
                "logit needs a share between 0 and {whole:g}, neither of them included; {remedy}, or use another "
                "normalisation for this indicator",
                whole=self.whole,
                remedy=remedy,
            )
            raise CellsError(outside, why)
        return np.asarray(np.log(x / (self.whole - x)))


@normalising(
    sees="statistics",
    learns=False,
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
    learns=False,
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


@normalising(
    sees="statistics",
    learns=False,
    monotone=True,
    domain=lambda whole: (0.0, float(whole)),
    check=lambda whole: (
        [] if 0 < whole < np.inf else [Said("whole: a number above 0, such as 1 or 100, not {whole}", whole=whole)]
    ),
    formula=r"z = d \ln \frac{x}{\mathrm{whole} - x}",
    chinese="对数几率变换（比例与其余部分之比的对数）",
    words={"en": {"whole": "whole"}, "zh": {"whole": "总体值"}},
)
def logit(x: Sample, *, whole: float = 1, direction: Any = 1, **shared: Unpack[FitRows]) -> Map:
    """Log-odds of each share: the logarithm of what has it over what has not, minus that where smaller is better.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, shares strictly between 0 and `whole`.
    whole : float
        What the shares are parts of: 1 (default), or 100 for percentages.

    Raises
    ------
    DataError
        A value of 0 or less, or of the whole or more, also in later rows; the cell is named.

    Notes
    -----
    d ln(x / (whole - x)), d the direction. Half of the whole scores 0, and the scores of a share and of what is left of
    it differ in sign alone. Nothing is learnt from the fit rows: a score depends on its own value alone.

    **When to use.** Shares and rates that crowd near 0 or near the whole, where a step from 98 to 99 % means more than
    one from 50 to 51 %: literacy, coverage, survival.

    **Pitfalls.** Shares of exactly 0 or of the whole have no log-odds: where counts are known, take
    (count + 1/2) / (total + 1) before. Near the ends small errors of measurement become large. Indicators are not
    brought to a common spread: z-scores of the log-odds are two steps, the first of them in the table.

    Source: Berkson, Application of the logistic function to bio-assay, 1944, Journal of the American Statistical
    Association 39. Proof: the logistic curve gives back the share; log-odds of a share and of the rest sum to 0.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.logit([0.1, 0.5, 0.9]).round(4)
    array([-2.1972,  0.    ,  2.1972])
    >>> hi.normalise.logit([50.0, 80.0], whole=100).round(4)
    array([0.    , 1.3863])
    """
    x.need_values(x.measure(Range).n)
    return chain(LogOdds(float(whole)), Mirror() if direction == -1 else None)
