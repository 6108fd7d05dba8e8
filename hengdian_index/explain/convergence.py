"""Convergence: whether units come closer to each other, and whether those that began low grow faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths.blocks import full_size, power_of_two
from hengdian_index._system.about import install
from hengdian_index._tables.table import Array, Labelled, has_index, read_labelled
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, DataError, SpecError, raise_all, shown
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
        a period, `half_life` how many periods close half of it; both are missing where nothing converges. With
        `controls` the coefficient holds them fixed.
    terms : DataFrame
        One row a term of that line: the constant, the first value, each of the controls: `coefficient se p`.

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
    terms: Any


def convergence(y: Any, *, controls: Any = None) -> Convergence:
    r"""Convergence of units: the trend of their coefficient of variation, and growth by the first level.

    Parameters
    ----------
    y : table or array (n, periods), or Series by unit and period
        Values above 0, one column a period, equally spaced, in order; three units and three periods or more. Of a
        Series with two index levels (such as `result.series()["total"]`) the last level are the periods. A unit that
        lacks a period is left out, with a line in the log.
    controls : table or array (n, k), optional
        What else may set a unit's growth, one row a unit, matched by label where both have them: conditional beta. A
        unit that lacks one is left out.

    Returns
    -------
    Convergence
        `sigma`, `trend`, `beta`, `terms`.

    Raises
    ------
    DataError
        A value that is not above 0; fewer than three units or periods; all units alike in the first period; controls
        that leave nothing to tell apart, or that hold no row for a unit.
    SpecError
        statsmodels is not installed (the extra `seasonal`).

    Notes
    -----
    .. math:: c_t = \frac{s_t}{m_t}, \quad
        \frac{1}{T} \ln \frac{y_{iT}}{y_{i0}} = a + b \ln y_{i0} + \sum_k g_k x_{ik} + e_i, \quad
        \lambda = -\frac{\ln(1 + b T)}{T}

    **Symbols.** c: coefficient of variation; s: standard deviation of the units, with n - 1; m: their mean; t: period;
    y: value; i: unit; T: number of steps from the first period to the last; a, b, g: coefficients; x: a control; k:
    which; e: residual; lambda: speed.

    The standard errors are robust to unequal variance (HC1). half_life = ln 2 / lambda.

    **When to use.** Whether regions come closer over the years: sigma for the spread itself, beta for who catches up.

    **Pitfalls.** Beta below 0 does not make sigma fall (Galton's fallacy: measurement error alone gives a negative
    beta). Levels with a base of 100 in the first period begin alike by construction: use scores, or values.

    Variants: sigma as the standard deviation of logarithms; beta over a panel of yearly growth with fixed effects,
    which is a regression of one's own.

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
        raise DataError(
            Said.of(
                x.shape[-1],
                "convergence: three periods or more, one a column, not {n} column",
                "convergence: three periods or more, one a column, not {n} columns",
            )
        )
    if (x <= 0).any():
        raise table.refusal(CellsError(x <= 0, Said("convergence: growth and its logarithm need values above 0")))
    beside, names = _controls(controls, table)
    x, beside = _complete(x, beside)
    periods = table.columns or tuple(range(x.shape[1]))
    unit = float(power_of_two(x.reshape(-1, 1), full_size(x.reshape(-1, 1)))[0])
    mean, sd = (x / unit).mean(axis=0), (x / unit).std(axis=0, ddof=1)
    at = pd.Index(periods, name="period", tupleize_cols=False)
    sigma = pd.DataFrame({"n": len(x), "mean": mean * unit, "sd": sd * unit, "cv": sd / mean}, index=at)
    steps = x.shape[1] - 1
    first = np.log(x[:, 0])
    if np.ptp(first) <= 1e-12 * max(1.0, float(np.abs(first).max())):
        raise DataError(
            Said("convergence: all units are alike in the first period; of levels with a base, use the scores")
        )
    terms, r2 = _line(np.column_stack([first, beside]), (np.log(x[:, -1]) - first) / steps, ["first", *names])
    b, se, p = terms.loc["first"]
    speed = -np.log1p(b * steps) / steps if -1 / steps < b < 0 else np.nan
    beta = {"coefficient": b, "se": se, "p": p, "r2": r2, "n": len(x), "speed": speed, "half_life": np.log(2) / speed}
    line, _ = _line(np.arange(x.shape[1], dtype=np.float64)[:, np.newaxis], sd / mean, ["slope"])
    trend = line.loc["slope"].rename({"coefficient": "slope"}).rename("trend")
    return Convergence(sigma, trend, pd.Series(beta, name="beta"), terms)


def _controls(controls: Any, table: Labelled) -> tuple[Array, list[Any]]:
    """Return the controls (n, k) in the order of the units, and their names."""
    n = len(table.values)
    if controls is None:
        return np.empty((n, 0)), []
    given = controls
    if has_index(controls) and has_index(table.source):
        absent = [unit for unit in table.source.index if unit not in controls.index]
        raise_all(DataError, [Said("controls: no row for unit {unit}", unit=shown(unit)) for unit in absent])
        if not controls.index.is_unique:
            raise DataError(
                Said("controls: a unit has several rows; give one a unit, such as the mean over the periods")
            )
        given = controls.loc[table.source.index]
    own = read_labelled(given).need_shape(Said("controls: one row a unit is needed"))
    if len(own.values) != n:
        raise DataError(
            Said(
                "controls: {rows} for {units}",
                rows=Said.of(len(own.values), "{n} row", "{n} rows"),
                units=Said.of(n, "{n} unit", "{n} units"),
            )
        )
    names = [f"control {j + 1}" for j in range(own.values.shape[1])] if own.columns is None else list(own.columns)
    return own.values, names


def _complete(x: Array, beside: Array) -> tuple[Array, Array]:
    """Return the units that have a value in every period, and every control; enough of them for the line."""
    there = ~np.isnan(x).any(axis=1) & ~np.isnan(beside).any(axis=1)
    if not there.all():
        said = Said.of(
            int((~there).sum()),
            "convergence: {n} unit has no value in some period{control}; left out",
            "convergence: {n} units have no value in some period{control}; left out",
            control=Said(", or no control") if beside.shape[1] else "",
        )
        note("explain", said)
    needed = 3 + beside.shape[1]
    if there.sum() < needed:
        raise DataError(
            Said.of(
                int(there.sum()),
                "convergence: {n} unit with a value in every period; {least} are needed",
                "convergence: {n} units with a value in every period; {least} are needed",
                least=Said("three") if needed == 3 else needed,
            )
        )
    return x[there], beside[there]


def _line(x: Array, y: Array, names: list[Any]) -> tuple[Any, float]:
    """Return coefficients with their robust standard errors and p, the constant first, and R2, of y by columns."""
    import pandas as pd

    try:
        from statsmodels.api import OLS, add_constant
    except ImportError:
        why = Said("convergence needs statsmodels, which is not installed: {install}", install=install("seasonal"))
        raise SpecError(why) from None
    design = add_constant(x, has_constant="add")
    if np.linalg.matrix_rank(design / np.abs(design).max(axis=0)) < design.shape[1]:
        raise DataError(Said("controls: one is constant, or follows from the others and the first value; leave it out"))
    fit = OLS(y, design).fit(cov_type="HC1", use_t=True)
    columns = {"coefficient": fit.params, "se": fit.bse, "p": fit.pvalues}
    index = pd.Index(["constant", *names], name="term", tupleize_cols=False)
    return pd.DataFrame({name: np.asarray(column) for name, column in columns.items()}, index=index), float(
        fit.rsquared
    )
