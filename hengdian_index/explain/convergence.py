"""Convergence: whether units come closer to each other, and whether those that began low grow faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._system.about import install
from hengdian_index._tables.table import Array, read_labelled
from hengdian_index._values.decimals import counted
from hengdian_index.errors import CellsError, DataError, SpecError
from hengdian_index.explain._panels import wide
from hengdian_index.log import note


@dataclass(frozen=True, slots=True, eq=False)
class Convergence:
    """How far units come together: their spread in each period, and their growth by their first level.

    Attributes
    ----------
    sigma : DataFrame
        One row a period: `n mean sd cv`, over the units that have a value in every period.
    trend : Series
        Line through the coefficients of variation over the periods: `slope se p`; below 0 units come closer.
    beta : Series
        Line through growth a period by the logarithm of the first value: `coefficient se p r2 n speed half_life`;
        a coefficient below 0 means that units that began low grew faster. `speed` is the share of a gap that closes in
        a period, `half_life` how many periods close half of it; both are missing where nothing converges.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.convergence([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [4.0, 5.0, 6.0]])
    >>> found.sigma["cv"].round(3).tolist()
    [0.655, 0.458, 0.353]
    """

    sigma: Any
    trend: Any
    beta: Any


def convergence(y: Any) -> Convergence:
    r"""Convergence of units: the trend of their coefficient of variation, and growth by the first level.

    Parameters
    ----------
    y : table or array (n, periods), or Series by unit and period
        Values above 0, one column a period, equally spaced, in order; three units and three periods or more. Of a
        Series with two index levels (such as `result.series()["total"]`) the last level are the periods. A unit that
        lacks a period is left out, with a line in the log.

    Returns
    -------
    Convergence
        `sigma`, `trend`, `beta`.

    Raises
    ------
    DataError
        A value that is not above 0; fewer than three units or periods; all units alike in the first period.
    SpecError
        statsmodels is not installed (the extra `seasonal`).

    Notes
    -----
    .. math:: c_t = \frac{s_t}{m_t}, \quad \frac{1}{T} \ln \frac{y_{iT}}{y_{i0}} = a + b \ln y_{i0} + e_i, \quad
        \lambda = -\frac{\ln(1 + b T)}{T}

    **Symbols.** c: coefficient of variation; s: standard deviation of the units, with n - 1; m: their mean; t: period;
    y: value; i: unit; T: number of steps from the first period to the last; a, b: coefficients; e: residual; lambda:
    speed.

    The standard errors are robust to unequal variance (HC1). half_life = ln 2 / lambda.

    **When to use.** Whether regions come closer over the years: sigma for the spread itself, beta for who catches up.

    **Pitfalls.** Beta below 0 does not make sigma fall (Galton's fallacy: measurement error alone gives a negative
    beta). Levels with a base of 100 in the first period begin alike by construction: use scores, or values.

    Variants: sigma as the standard deviation of logarithms; conditional beta with further variables, which is a
    regression of one's own.

    Source: Barro & Sala-i-Martin 1992, Journal of Political Economy 100(2), Chicago. Proof: normal equations and the
    sandwich of White, by hand.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.convergence([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [4.0, 5.0, 6.0]])
    >>> bool(found.trend["slope"] < 0), bool(found.beta["coefficient"] < 0)
    (True, True)
    """
    import pandas as pd

    table = read_labelled(wide("convergence", y, single=False))
    x = table.values
    if x.ndim != 2 or x.shape[1] < 3:
        raise DataError(f"convergence: three periods or more, one a column, not {counted(x.shape[-1], 'column')}")
    if (x <= 0).any():
        raise table.refusal(CellsError(x <= 0, "convergence: growth and its logarithm need values above 0"))
    x = _complete(x)
    periods = table.columns or tuple(range(x.shape[1]))
    mean, sd = x.mean(axis=0), x.std(axis=0, ddof=1)
    at = pd.Index(periods, name="period", tupleize_cols=False)
    sigma = pd.DataFrame({"n": len(x), "mean": mean, "sd": sd, "cv": sd / mean}, index=at)
    steps = x.shape[1] - 1
    first = np.log(x[:, 0])
    if np.ptp(first) <= 1e-12 * max(1.0, float(np.abs(first).max())):
        raise DataError("convergence: all units are alike in the first period; of levels with a base, use the scores")
    growth = (np.log(x[:, -1]) - first) / steps
    b, se, p, r2 = _line(first, growth)
    speed = -np.log1p(b * steps) / steps if -1 / steps < b < 0 else np.nan
    beta = {"coefficient": b, "se": se, "p": p, "r2": r2, "n": len(x), "speed": speed, "half_life": np.log(2) / speed}
    slope, slope_se, slope_p, _ = _line(np.arange(x.shape[1], dtype=np.float64), sd / mean)
    trend = {"slope": slope, "se": slope_se, "p": slope_p}
    return Convergence(sigma, pd.Series(trend, name="trend"), pd.Series(beta, name="beta"))


def _complete(x: Array) -> Array:
    """Return the units that have a value in every period, at least three."""
    there = ~np.isnan(x).any(axis=1)
    if not there.all():
        said = counted(int((~there).sum()), "unit", "have")
        note("explain", f"convergence: {said} no value in some period; left out")
    if there.sum() < 3:
        raise DataError(
            f"convergence: {counted(int(there.sum()), 'unit')} with a value in every period; three are needed"
        )
    return x[there]


def _line(x: Array, y: Array) -> tuple[float, float, float, float]:
    """Return slope, robust standard error, p and R2 of a line through points."""
    try:
        from statsmodels.api import OLS, add_constant
    except ImportError:
        why = f"convergence needs statsmodels, which is not installed: {install('seasonal')}"
        raise SpecError(why) from None
    fit = OLS(y, add_constant(x)).fit(cov_type="HC1", use_t=True)
    return float(fit.params[1]), float(fit.bse[1]), float(fit.pvalues[1]), float(fit.rsquared)
