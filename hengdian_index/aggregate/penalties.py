"""Means with a penalty for uneven values: Mazziotta-Pareto, its adjusted form over time, and mean-min."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.arithmetic import Line
from hengdian_index._maths.means import shared_weights, weighted_sum
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.errors import DataError, SpecError


def _penalty(penalty: int, ddof: int = 0) -> tuple[Line, ...]:
    squares = "sum(w * (z - mean) ** 2)"
    return (
        Line("mean", "sum(w * z)", Said("mean")),
        Line(
            "sd",
            f"({squares} * k / (k - 1)) ** 0.5" if ddof else f"{squares} ** 0.5",
            Said("standard deviation"),
        ),
        Line("cv", "sd / mean", Said("coefficient of variation")),
        Line("y", f"mean {'+' if penalty > 0 else '-'} sd * cv", Said("mean, and the penalty sd * cv")),
    )


@aggregating(
    sees="stacks",
    laws="IHS",
    domain="real",
    arithmetic=_penalty,
    formula=(r"y = M + \mathrm{penalty}\,\frac{S^2}{M}, \quad M = \sum_j w_j z_j, \quad S^2 = \sum_j w_j (z_j - M)^2"),
    chinese="马齐奥塔—帕累托指数",
)
def mazziotta_pareto(
    x: Array, w: Array, /, *, penalty: Literal[-1, 1] = -1, ddof: Literal[0, 1] = 0, **shared: Unpack[Scoring]
) -> Array:
    """Mazziotta-Pareto index of each row: its mean, less a penalty for the unevenness of its values.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, normalised with z_score(mean=100, sd=10).
    w : weights (k,), optional
        They weigh the mean and the variance.
    penalty : {-1, 1}
        -1: uneven values count against a row (a "positive" index such as well-being). 1: for it (a "negative" one
        such as poverty).
    ddof : {0, 1}
        0: the variance over the indicators as Mazziotta & Pareto define it. 1: the sample variance, k / (k - 1) times
        that; Compind's `ci_mpi` takes it, up to 3.2 points away with two indicators.

    Raises
    ------
    DataError
        A row whose mean is not above 0 (plain z-scores have mean 0).

    Notes
    -----
    y = M + penalty S^2 / M, M = sum w z, S^2 = sum w (z - M)^2. It rises with every value while all lie within
    70..130.

    Source: Mazziotta & Pareto 2007, 2016. Proof: Compind with ddof=1; S = 0 gives M.

    **When to use.** Uneven profiles are to be penalised, on scores with mean 100 and standard deviation 10.

    **Pitfalls.** The penalty divides by the mean, so scores must lie about 100; outside 70..130 a row may fall when one
    of its values rises. Comparable over time only on one frozen fit.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.mazziotta_pareto([[80.0, 120.0], [100.0, 100.0]])
    array([ 96., 100.])
    """
    k = int((w > 0).sum(axis=-1).min())
    if ddof == 1 and k < 2:
        raise DataError(Said("mazziotta_pareto: ddof=1 needs two indicators in every row; use ddof=0"))
    return _penalised(x, w, penalty * (k / (k - 1) if ddof else 1.0))


def _adjusted_figures(row: Row) -> Iterator[Figure]:
    """Yield the parts on their scale, where a reference sets it, and the mean with its penalty."""
    if row.options["reference"] is None:
        return
    sign, centre = (row.option(*one)[row.there] for one in (("direction", 1.0), ("reference", np.nan)))
    low, high = (end[0] for end in _shared.ends(row.among))
    scaled = []
    for child, *numbers in zip(row.children, row.z, centre, low, high, sign, strict=True):
        x, reference, least, most, turn = map(float, numbers)
        formula = f"100 {'+' if turn > 0 else '-'} 30 * ((x - reference) / ((most - least) / 2))"
        known = {"x": x, "reference": reference, "least": least, "most": most}
        scaled.append(Figure.of(Said("{child} on the scale from 70 to 130", child=child), formula, **known))
    yield from scaled
    parts: dict[str, Any] = {"w": row.w, "z": [one.value for one in scaled]}
    for line in _penalty(row.options["penalty"]):
        yield (found := Figure.of(line.what, line.expression, **parts))
        parts[line.name] = found.value


@aggregating(
    sees="stacks",
    laws="IS",
    domain="real",
    arithmetic=lambda reference, penalty, **_: _penalty(penalty) if reference is None else None,
    figures=_adjusted_figures,
    set_wise=lambda reference, **_: reference is not None,
    takes_gaps=lambda reference, **_: reference is not None,
    per_column={"reference": None, "direction": 1},
    formula=lambda reference, **_: (
        (
            r"y = M + \mathrm{penalty}\,\frac{S^2}{M}, \quad M = \sum_j w_j z_j, \quad S^2 = \sum_j w_j (z_j "
            "- M)^2"
        )
        + ("" if reference is None else r", \quad z = 70 + 60\,\frac{x - \mathrm{low}}{\mathrm{high} - \mathrm{low}}")
    ),
    chinese="调整的马齐奥塔—帕累托指数",
)
def adjusted_mazziotta_pareto(
    x: Array,
    w: Array,
    /,
    *,
    reference: Any = None,
    penalty: Literal[-1, 1] = -1,
    direction: Any = 1,
    **shared: Unpack[Scoring],
) -> Array:
    """Adjusted Mazziotta-Pareto index of each row: comparable over time, 100 = the reference.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators: raw values of *all* periods with a reference, else values on the 70..130 scale already.
    w : weights (k,), optional
        They weigh the mean and the variance.
    reference : number, sequence (k,) or mapping by column, optional
        Value of each indicator that stands for 100 (a country's mean in a base year).
    penalty : {-1, 1}
        As in `mazziotta_pareto`. Compind takes -1 whatever is asked.
    direction : {1, -1}, sequence (k,) or mapping by column
        -1: smaller is better, z becomes 200 - z. Only with a reference.

    Raises
    ------
    DataError
        A constant column, or a row whose mean is not above 0.

    Notes
    -----
    D = (max - min) / 2 over all rows given, low = reference - D, high = reference + D; z = 70 + 60 (x - low) /
    (high - low); y = M + penalty S^2 / M with the variance over the indicators. With a reference the ends of the scale
    are learnt from the rows, so more rows may change every score.

    Source: Mazziotta & Pareto 2016 (Social Indicators Research 127). Proof: Compind (3 decimals).

    **When to use.** As the Mazziotta-Pareto index, with change over time: goalposts about a reference that stands for
    100.

    **Pitfalls.** With a reference it normalises itself, from raw values: leave the normalisation at "none". More rows
    may then move every score.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.adjusted_mazziotta_pareto([[0.0, 1.0], [10.0, 5.0]], reference=[5, 3])
    array([ 70., 130.])
    """
    k = x.shape[-1]
    if reference is None:
        if any(one != 1 for one in _shared.directions(direction, k)):
            raise SpecError(
                Said("adjusted_mazziotta_pareto: direction needs a reference; without, x is on the scale already")
            )
        return _penalised(x, w, penalty)
    sign = np.array([1.0 if one == 1 else -1.0 if one == -1 else np.nan for one in _shared.directions(direction, k)])
    if np.isnan(sign).any():
        raise SpecError(Said("adjusted_mazziotta_pareto: direction 1 or -1, not {direction!r}", direction=direction))
    centre = _shared.per_column(reference, k, "reference")
    low, high = _shared.ends(x)
    half = high / 2 - low / 2
    _shared.refuse_columns(half == 0, w, Said("constant over the rows, so the scale has no length; leave it out"))
    z = 100 + 30 * sign * ((x - centre) / np.where(half > 0, half, 1.0))
    return _penalised(z, w, penalty)


@aggregating(
    sees="stacks",
    laws="MITSB",
    domain="real",
    arithmetic=(
        Line("mean", "sum(w * z)", Said("mean")),
        Line("least", "min(z)", Said("the smallest")),
        Line("y", "mean - alpha * (((mean - least) ** 2 + beta ** 2) ** 0.5 - beta)", Said("mean less the penalty")),
    ),
    check=lambda alpha, beta: (
        ([] if 0 <= alpha <= 1 else [Said("alpha: a number from 0 to 1, not {alpha:g}", alpha=alpha)])
        + ([] if 0 <= beta < np.inf else [Said("beta: a finite number of 0 or more, not {beta:g}", beta=beta)])
    ),
    formula=(r"y = M - \alpha \left(\sqrt{(M - \min_j z_j)^2 + \beta^2} - \beta\right), \quad M = \sum_j w_j z_j"),
    chinese="均值—最小值函数",
)
def mean_min(x: Array, w: Array, /, *, alpha: float, beta: float, **shared: Unpack[Scoring]) -> Array:
    """Mean-min function of each row: between the arithmetic mean and the minimum.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, normalised.
    w : weights (k,), optional
        They weigh the mean; the minimum is over the columns with a weight above 0.
    alpha : float in 0..1
        How much of the distance between mean and minimum is taken off: 0 the mean, 1 (with beta 0) the minimum.
    beta : float of 0 or more
        How gently the penalty sets in; in the unit of x.

    Notes
    -----
    y = M - alpha (sqrt((M - min)^2 + beta^2) - beta), M = sum w z. Compind standardises with the wrong column means:
    its numbers are off by up to 16.

    Source: Tarabusi & Guarini 2013 (Social Indicators Research 112). Proof: the two limits, and its laws.

    **When to use.** Between full and no compensation, by two numbers: alpha, how much of the gap to the minimum is
    charged, and beta, how wide a gap is let off.

    **Pitfalls.** Neither number has a natural value. Only the smallest score is charged for; other unevenness is not
    seen.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.mean_min([[1.0, 7.0]], alpha=0.5, beta=4)
    array([3.5])
    """
    mean = weighted_sum(x, w)
    least = np.where(w[..., np.newaxis, :] > 0, x, np.inf).min(axis=-1)
    return np.asarray(mean - alpha * (np.hypot(mean - least, beta) - beta))


def _penalised(z: Array, w: Array, factor: float) -> Array:
    """Return M + factor S^2 / M of each row, missing values left out."""
    gaps = bool(np.isnan(z).any())
    weights = shared_weights(z, w) if gaps else w
    z = np.where(np.isnan(z), 0.0, z) if gaps else z
    mean = weighted_sum(z, weights)
    # A mean that is only the rounding error of a sum of both signs is no mean above 0 either.
    _shared.refuse_rows(
        ~(mean > TOLERANCE * weighted_sum(np.abs(z), weights)),
        Said("the mean of its values is not above 0, so the penalty means nothing; use z_score(mean=100, sd=10)"),
    )
    return np.asarray(mean * (1 + factor * weighted_sum((z / mean[..., np.newaxis] - 1) ** 2, weights)))
