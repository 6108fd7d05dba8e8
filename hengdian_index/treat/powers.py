"""Treatments along a curve: logarithm, Box-Cox, Yeo-Johnson."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.maps import Map
from hengdian_index._maths.stats import Moments, Ordered, Range, lean
from hengdian_index._methods.frame import LabelledFit
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.treating import remark, treating
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.treat._curves import Offset, Power, YeoJohnson
from hengdian_index.treat._winsorising import SHAPELESS


@treating(
    sees="statistics",
    monotone=True,
    why=Said("logarithm"),
    formula=lambda offset, **_: {
        "none": r"x' = \ln x",
        "range": (
            r"x' = \ln(x - \min x + c) \; (G_1 \ge 0), \quad -\ln(\max x - x + c) \; (G_1 < 0), \quad c = "
            r"0.01\,(\max x - \min x)"
        ),
        "one": r"x' = \ln(x - \min x + 1)",
    }[offset],
    chinese="取对数",
)
def log(x: Sample, *, offset: Offset = "none", **shared: Unpack[LabelledFit]) -> Map:
    """Natural logarithm of each value, after an offset if one is chosen.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    offset : {"none", "range", "one"}
        "none": ln x. "range": ln(x - min + a) with a = (max - min) / 100, and -ln(max - x + a) where the skew is
        negative (COIN Tool). "one": ln(x - min + 1), which depends on the unit of measure.

    Returns
    -------
    (table, log)

    Raises
    ------
    DataError
        "none" with a value of 0 or less; a later row below the least value that the offset of the fit rows allows.

    Notes
    -----
    The order of the values is kept, also under the mirrored form. Under "range" a column of fewer than four values,
    or of equal ones, stays untreated. A well-known package returns its input from one of its logarithms (log_GII);
    its "log_CT" is "range" without the mirrored form. Proof: increasing; closed forms at the ends of the range.

    **When to use.** Quantities that grow by factors, such as income or population: a doubling counts the same
    everywhere.

    **Pitfalls.** Steps at the top count less, which is a judgement of worth. Zeros need an offset, and small values
    hang on its size.

    Source: COINr (`log_CT` and its kin) for the offsets.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.treat.log([1.0, 10.0]).table.round(3)
    array([0.   , 2.303])
    """
    seen = x.measure(Range)
    x.need_values(seen.n)
    if offset == "none":
        on = np.ones(seen.n.shape, dtype=np.bool_)
        curve = Power.logarithm(seen.lo, seen.hi, seen.lo, offset, on)
    else:
        on = np.ones(seen.n.shape, dtype=np.bool_) if offset == "one" else ~_without_shape(x)
        curve = Power.logarithm(seen.lo, seen.hi, lean(x.measure(Moments), seen), offset, on)
    _tell(x, curve.words, on)
    return curve


@treating(
    sees="statistics",
    monotone=True,
    why=Said("Box-Cox power"),
    formula=lambda offset, **_: (
        r"x' = \frac{t^{\lambda} - 1}{\lambda} \; (\lambda \ne 0), \quad \ln t \; (\lambda = 0), \quad t = x"
        + {"none": "", "range": r" - \min x + 0.01\,(\max x - \min x)", "one": r" - \min x + 1"}[offset]
    ),
    chinese="Box-Cox幂变换",
)
def box_cox(x: Sample, *, lmbda: Any = None, offset: Offset = "none", **shared: Unpack[LabelledFit]) -> Map:
    """Box-Cox power of each value, its lambda by maximum likelihood unless given.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, above 0 or with an offset.
    lmbda : float, or one a column (sequence, or mapping by name), optional
        The power; None: the one that makes the values of the fit rows most nearly normal.
    offset : {"none", "range", "one"}
        What is added before the power, as in `log` (never mirrored).

    Returns
    -------
    (table, log)

    Raises
    ------
    DataError
        A value of 0 or less without an offset; different values that the power makes one number.

    Notes
    -----
    (x^l - 1) / l, ln x for l = 0. Computed as expm1(l ln x) / l, which keeps its digits near l = 0. Without a lambda,
    a column of fewer than four values, or of equal ones, stays untreated. Source: Box & Cox 1964 (JRSS-B 26). Proof:
    scipy.special at the same lambda, and the likelihood's peak against a grid.

    **When to use.** A strongly skewed column above 0, and no reason for one particular power.

    **Pitfalls.** The power is learnt from the rows, outliers among them: freeze the fit. Readers cannot read the scale.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.treat.box_cox([1.0, 4.0, 9.0], lmbda=0.5).table
    array([0., 2., 4.])
    """
    seen = x.measure(Range)
    x.need_values(seen.n)
    one = np.ones(seen.n.shape)
    start = Power.logarithm(seen.lo, seen.hi, one, offset, one > 0)
    if offset == "none":
        start(x.x)
    power, on = _powers(x, lmbda, lambda y, j: _box_cox_peak(_log_ratio(y - start.centre[j] + start.offset[j])))
    if offset == "range" and lmbda is not None:
        on = on & ~_without_shape(x)
    curve = Power(one, start.centre, start.offset, power, on)
    _refuse_collapsed(x, curve, lambda y: y - curve.centre[..., np.newaxis, :] + curve.offset[..., np.newaxis, :])
    _tell(x, curve.words, on)
    return curve


@treating(
    sees="statistics",
    monotone=True,
    why=Said("Yeo-Johnson power"),
    formula=(
        r"x' = \begin{cases} \left((1 + x)^{\lambda} - 1\right) / \lambda & x \ge 0 \\ -\left((1 - x)^{2 - "
        r"\lambda} - 1\right) / (2 - \lambda) & x < 0 \end{cases}"
    ),
    chinese="Yeo-Johnson幂变换",
)
def yeo_johnson(x: Sample, *, lmbda: Any = None, **shared: Unpack[LabelledFit]) -> Map:
    """Yeo-Johnson power of each value, of any sign, its lambda by maximum likelihood unless given.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    lmbda : float, or one a column (sequence, or mapping by name), optional
        The power; None: the one that makes the values of the fit rows most nearly normal.

    Returns
    -------
    (table, log)

    Raises
    ------
    DataError
        Different values that the power makes one number.

    Notes
    -----
    Box-Cox of 1 + x with l for x >= 0, and minus Box-Cox of 1 - x with 2 - l below 0; l = 1 leaves x as it is. It
    depends on the unit of measure. Source: Yeo & Johnson 2000 (Biometrika 87). Proof: scipy.stats at the same lambda,
    and the likelihood's peak against a grid.

    **When to use.** As `box_cox`, for values of any sign.

    **Pitfalls.** The power is learnt from the rows: freeze the fit. Thousands in place of millions give another shape.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.treat.yeo_johnson([-3.0, 0.0, 3.0], lmbda=2).table.round(3)
    array([-1.386,  0.   ,  7.5  ])
    """
    x.need_values(x.measure(Range).n)
    power, on = _powers(x, lmbda, lambda y, _: _yeo_johnson_peak(y))
    curve = YeoJohnson(power, on)
    _refuse_collapsed(x, curve, lambda y: 1 + np.abs(y))
    _tell(x, lambda j: Said("Yeo-Johnson, lambda {power:.4g}", power=power[j]), on)
    return curve


def _refuse_collapsed(sample: Sample, curve: Map, base: Callable[[Array], Array]) -> None:
    """Refuse columns whose values a power makes one number, or so nearly that less than two digits tell them apart.

    `base` is what the power is taken of: where it differs by a millionth, so should the power.
    """
    x, y = sample.measure(Ordered).values, np.sort(curve(sample.x), axis=-2)
    t = base(x)
    apart = np.diff(x, axis=-2) > 1e-6 * np.maximum(t[..., 1:, :], t[..., :-1, :])
    lost = apart & (np.diff(y, axis=-2) < 1e-14 * np.maximum(np.abs(y[..., 1:, :]), np.abs(y[..., :-1, :])))
    seen = sample.measure(Range)
    one = (seen.lo < seen.hi) & (np.fmin.reduce(y, axis=-2) == np.fmax.reduce(y, axis=-2))
    sample.refuse(
        one | lost.any(axis=-2),
        Said(
            "different values become one number under this power, which is flat where they lie; rescale the unit "
            "so that they are nearer to 1, or give lmbda, nearer to 0"
        ),
    )


def _without_shape(sample: Sample) -> NDArray[np.bool_]:
    """Return which columns have too few values for a shape, or equal ones, and say so."""
    seen = sample.measure(Range)
    none: NDArray[np.bool_] = (seen.n < 4) | (seen.lo == seen.hi)
    texts = [SHAPELESS if j else None for j in np.ravel(none)]
    remark(sample, texts, treated=False)
    return none


def _tell(sample: Sample, words: Callable[[int], Said], on: NDArray[np.bool_]) -> None:
    if on.ndim == 1:
        remark(sample, [words(j) if on[j] else None for j in range(sample.k)])


def _powers(sample: Sample, lmbda: Any, peak: Callable[[Array, Any], float]) -> tuple[Array, NDArray[np.bool_]]:
    """Return the power of each column (..., k), as given or of greatest likelihood, and which columns have one."""
    x = sample.x
    shape = (*x.shape[:-2], sample.k)
    if lmbda is not None:
        return np.broadcast_to(sample.per_column(lmbda, "lmbda"), shape), np.ones(shape, dtype=np.bool_)
    none = _without_shape(sample)
    power = np.ones(shape)
    for at in zip(*np.nonzero(~none), strict=True):
        column = x[(*at[:-1], slice(None), at[-1])]
        power[at] = peak(column[~np.isnan(column)], at)
    sample.refuse(
        ~np.isfinite(power), Said("its values are too near each other for a power to be found; rescale the unit")
    )
    return power, ~none


def _log_ratio(t: Array) -> Array:
    """Return ln(t / m), m the middle one of values above 0, without cancellation near m."""
    m = np.sort(t)[len(t) // 2]
    near = np.abs(t - m) < m / 2
    return np.asarray(np.where(near, np.log1p(np.where(near, t - m, 0.0) / m), np.log(t) - np.log(m)))


def _unit(u: Array) -> float:
    """Return what logarithms are divided by, so that squares of differences do not vanish: 1 or a power of two."""
    exponent = int(np.frexp(np.abs(u).max())[1])
    return 1.0 if exponent > -10 else math.ldexp(1.0, exponent)


def _box_cox_peak(u: Array) -> float:
    """Return the lambda of greatest likelihood for values above 0, from their logarithms u."""
    # Dividing by the geometric mean leaves the peak where it is; the Jacobian's part of the likelihood is then 0.
    u = u - u.mean()
    unit = _unit(u)
    v = u / unit

    def loss(power: float) -> float:
        top = max(power * v.max(), power * v.min())
        spread = np.expm1(power * v - top) / power if power else v
        return float(np.log(np.var(spread)) + 2 * top)

    return _least(loss) / unit


def _yeo_johnson_peak(x: Array) -> float:
    """Return the lambda of greatest likelihood for values of any sign."""
    u = np.sign(x) * np.log1p(np.abs(x))
    if (x > 1).all():
        return _box_cox_peak(_log_ratio(1 + x))
    if (u >= 0).all():
        return _box_cox_peak(u)
    if (u <= 0).all():
        return 2 - _box_cox_peak(-u)
    unit = _unit(u)
    v = u / unit
    jacobian = 2 * v.mean()

    def loss(power: float) -> float:
        slope = np.where(v >= 0, power, power - 2 * unit)
        top = max(0.0, float((slope * v).max()))
        # Far from the peak the powers overflow: their common factor exp(top) is left out and its logarithm added.
        power_of = np.expm1(slope * v) if top < 200 else np.exp(slope * v - top) - np.exp(-top)
        straight = v if top < 200 else v * np.exp(-top)
        y = np.where(slope == 0, straight, power_of / np.where(slope == 0, 1.0, slope))
        return float(np.log(np.var(y)) + (0 if top < 200 else 2 * top) - power * jacobian)

    return _least(loss) / unit


def _least(loss: Callable[[float], float]) -> float:
    from scipy.optimize import minimize_scalar

    return float(minimize_scalar(loss, bracket=(-2.0, 2.0), method="brent").x)
