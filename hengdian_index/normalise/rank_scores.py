"""Normalisations that give each rank among the fit rows a score: of a normal sample, or of an exponential curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Unpack

import numpy as np

from hengdian_index._maths.arithmetic import FUNCTIONS
from hengdian_index._maths.maps import Affine, Clip, Map, Ranks, chain
from hengdian_index._maths.stats import Ordered
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import Learning
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said

# What is taken from the rank, and twice from the number of rows and 1.
_SHIFT = {"blom": 0.375, "van_der_waerden": 0.0, "rankit": 0.5}


@stored("normal quantile")
@dataclass(frozen=True, slots=True)
class NormalQuantile:
    """The number that a share x of the standard normal distribution lies below."""

    arithmetic: ClassVar[str] = "normal_quantile(x)"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        return FUNCTIONS["normal_quantile"](x)


@stored("exponential rank")
@dataclass(frozen=True, slots=True)
class Stretched:
    """`-decay ln(1 - x (1 - exp(-100 / decay)))`: 0 and 1 become 0 and 100, and what is near 1 lies far apart."""

    # In the order that keeps all digits at 1.
    arithmetic: ClassVar[str] = "-decay * log(1 - x + x * exp(-100 / decay))"

    decay: float

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        return np.asarray(-self.decay * np.log(1 - x + x * np.exp(-100 / self.decay)))


@normalising(
    sees="statistics",
    keeps_values=True,
    unit_free=True,
    monotone=True,
    own_zero=True,
    formula=lambda form, **_: {
        "blom": r"z = \Phi^{-1}\!\left(\frac{r - 3/8}{n + 1/4}\right)",
        "van_der_waerden": r"z = \Phi^{-1}\!\left(\frac{r}{n + 1}\right)",
        "rankit": r"z = \Phi^{-1}\!\left(\frac{r - 1/2}{n}\right)",
    }[form],
    chinese="正态得分法（按参数确定期内的位次取标准正态分位数）",
    words={
        "en": {
            "form": "form:",
            "form = blom": "Blom",
            "form = van_der_waerden": "van der Waerden",
            "form = rankit": "Rankit",
        },
        "zh": {
            "form": "形式为",
            "form = blom": "布洛姆公式",
            "form = van_der_waerden": "范德瓦尔登公式",
            "form = rankit": "兰基特公式",
        },
    },
)
def normal_score(
    x: Sample, *, form: Literal["blom", "van_der_waerden", "rankit"] = "blom", **shared: Unpack[Learning]
) -> Map:
    """Score that each rank among the fit rows would have in a sample of a standard normal distribution.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    form : {"blom", "van_der_waerden", "rankit"}
        Share of the distribution that lies below the rank r of n: (r - 3/8) / (n + 1/4), close to the expected normal
        order statistic (default; SPSS, SAS); r / (n + 1); (r - 1/2) / n.

    Notes
    -----
    Phi^-1((r - a) / (n + 1 - 2 a)), a = 3/8, 0 or 1/2, r the rank from the worst (1); ties share their mean rank. The
    scores are symmetric about 0, with a standard deviation near 1. A later row has the rank that `rank` gives it, at
    least 1. A column whose whole range is rounding of its size (1e-12 of its largest magnitude) is constant: all score
    0; that is no error.

    **When to use.** Indicators whose distributions are skewed or heavy-tailed, for methods that expect normal ones.

    **Pitfalls.** Only the order of the fit rows is kept: distances between units are those of a normal sample whatever
    the data say, and among many ties few scores are left.

    Source: Blom, Statistical Estimates and Transformed Beta-Variables, 1958, Stockholm. Proof: the quantiles of
    scipy.stats.norm at textbook ranks; the three forms side by side.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.normal_score([7.0, 9.0, 30.0]).round(4)
    array([-0.8694,  0.    ,  0.8694])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n)
    shift = _SHIFT[form]
    n = ordered.n.astype(np.float64)
    zero, one = np.zeros(n.shape), np.ones(n.shape)
    share = Affine(shift * one, n + 1 - 2 * shift, one, zero)
    return chain(_ranks(ordered, x), share, NormalQuantile())


@normalising(
    sees="statistics",
    keeps_values=True,
    unit_free=True,
    monotone=True,
    gives=lambda **_: (0.0, 100.0),
    check=lambda half, **_: [] if 1 <= half < np.inf else [Said("half: a number of 1 or more, not {half}", half=half)],
    formula=lambda form, **_: (
        r"z = -\mathrm{half}\,\ln\!\left(1 - R\left(1 - e^{-100/\mathrm{half}}\right)\right), \quad R = "
        + {"share": r"\frac{r}{n}", "below": r"\frac{r - 1}{n}"}[form]
    ),
    chinese="指数名次法（按参数确定期内的位次，越靠前拉得越开）",
    words={
        "en": {
            "half": "constant of the curve",
            "form": "form:",
            "form = share": "share of the rows up to it",
            "form = below": "share of the rows below it",
        },
        "zh": {
            "half": "曲线常数",
            "form": "形式为",
            "form = share": "不高于该值的行的比例",
            "form = below": "低于该值的行的比例",
        },
    },
)
def exponential_rank(
    x: Sample, *, half: float = 23.0, form: Literal["share", "below"] = "share", **shared: Unpack[Learning]
) -> Map:
    """Score from 0 to 100 on an exponential curve of the rank among the fit rows, which sets the highest far apart.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators; in an index of deprivation, more is more deprived.
    half : float
        Constant of the curve, 1 or more, in points of the score: the share of rows above a score falls by about the
        factor e every `half` points. With 23 (default) a tenth of the rows scores above 50.
    form : {"share", "below"}
        R = r / n, so that the highest rank scores 100 (England; default), or (r - 1) / n, so that the lowest scores 0.

    Notes
    -----
    -half ln(1 - R (1 - exp(-100 / half))), r the rank from the lowest (1) of n; ties share their mean rank. Scores of
    several groups that are added cancel each other little: a unit that is high in one of them stays high. A later row
    has the rank that `rank` gives it, at least 1.

    **When to use.** Domains of an index of deprivation, where one severe domain must not be offset by mild ones.

    **Pitfalls.** Only the order is kept, and most of the scale belongs to the upper tenth: among the lower half of the
    units differences are next to nothing. The choice of `half` is a weight of extremes that a sum of domains hides.

    Source: Noble, Wright, Smith & Dibben, Measuring multiple deprivation at the small-area level, 2006, Environment and
    Planning A 38 (1). Proof: 100 at the highest rank; a tenth of the rows above 50; a slow loop over rows.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.exponential_rank([7.0, 8.0, 9.0, 30.0]).round(2)
    array([  6.52,  15.65,  31.01, 100.  ])
    """
    ordered = x.measure(Ordered)
    x.need_values(ordered.n)
    n = ordered.n.astype(np.float64)
    zero, one = np.zeros(n.shape), np.ones(n.shape)
    share = Affine(one if form == "below" else zero, n, one, zero)
    return chain(_ranks(ordered, x), share, Stretched(float(half)))


def _ranks(ordered: Ordered, x: Sample) -> Map:
    """Return the mean ranks among the fit rows; a later row beyond them has that of the last."""
    first, last = np.ones(ordered.n.shape), ordered.n.astype(np.float64)
    return chain(Ranks(ordered.values, "average", x.size), Clip(first, last))
