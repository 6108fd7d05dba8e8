"""Tables of Stata and SPSS: labels of values where they name units, missing values of the user's own as missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hengdian_index._system.about import install
from hengdian_index._tables.cells import is_missing
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, cause, shown

# How Stata writes dates that are no days, by the letters of the column's format.
_PERIODS = {"%tq": "Q", "%tm": "M", "%ty": "Y"}


def read_stata(path: Path, labels: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table in a .dta file of Stata 5 or later.

    Values of `labels` that have a label are called by it, numbers elsewhere stay numbers; quarters, months and years
    are periods, days are dates; `.`, `.a` to `.z` are missing.

    Raises
    ------
    DataError
        No such file, or one that is damaged.
    """
    from pandas.io.stata import StataReader

    _need(path)
    try:
        reader: Any = StataReader(path, convert_categoricals=False)
        with reader:
            frame = reader.read()
            named = reader.value_labels()
            formats = dict(zip(frame.columns, _formats(reader), strict=False))
            sets = dict(zip(frame.columns, getattr(reader, "_lbllist", ()), strict=False))
    except Exception as error:
        # Stata's reader meets what is damaged with whatever error comes of it.
        raise _damaged(path, "Stata", error) from None
    for name, kind in formats.items():
        frequency = next((own for mark, own in _PERIODS.items() if kind.startswith(mark)), None)
        if frequency and frame[name].dtype.kind == "M":
            periods = frame[name].dt.to_period(frequency)
            frame[name] = periods.astype(str).where(periods.notna(), None)
    return _labelled(path, frame, {name: named.get(sets.get(name, ""), {}) for name in frame.columns}, labels)


def _formats(reader: Any) -> list[str]:
    return [str(one) for one in getattr(reader, "_fmtlist", ())]


def read_spss(path: Path, labels: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table in a .sav or .zsav file of SPSS.

    Values of `labels` that have a label are called by it, numbers elsewhere stay numbers; dates are dates; what SPSS
    calls missing, by itself or by the user, is missing.

    Raises
    ------
    DataError
        No such file, or one that is damaged.
    SpecError
        The optional library that reads such files is absent.
    """
    _need(path)
    try:
        import pyreadstat
    except ImportError:
        raise SpecError(
            Said("{name}: to read a file of SPSS, install pyreadstat: {how}", name=path.name, how=install("spss"))
        ) from None
    try:
        frame, about = pyreadstat.read_sav(str(path), user_missing=False)
    except Exception as error:
        # The library raises errors of its own beside those of Python.
        raise _damaged(path, "SPSS", error) from None
    return _labelled(path, frame, about.variable_value_labels, labels)


def _need(path: Path) -> None:
    # A missing file is told before a missing library: who installs the one would then learn of the other.
    if not path.exists():
        raise DataError(Said("{path}: no such file", path=path))


def _damaged(path: Path, program: str, error: BaseException) -> DataError:
    return DataError(
        Said(
            "{name}: cannot be read as a file of {program}: {why}; save it anew, or as .csv",
            name=path.name,
            program=program,
            why=cause(error),
        )
    )


def _labelled(
    path: Path, frame: pd.DataFrame, values: Mapping[str, Mapping[Any, str]], labels: Sequence[str]
) -> pd.DataFrame:
    """Return a frame whose columns of labels have the labels of their values; texts of nothing are missing."""
    said = []
    for name in frame.columns:
        if frame[name].dtype.kind in "OTU":
            frame[name] = frame[name].astype(object).map(lambda one: None if is_missing(one) else one)
        own = values.get(name) or {}
        if name not in labels or not own:
            continue
        called = [own.get(one) for one in frame[name].tolist()]
        bare = [one for one, label in zip(frame[name].tolist(), called, strict=True) if label is None]
        if len(bare) < len(called):
            given = frame[name].tolist()
            frame[name] = pd.Series(
                [one if label is None else label for one, label in zip(given, called, strict=True)], dtype=object
            )
            first = next(one for one, label in zip(given, called, strict=True) if label is not None)
            said.append(
                Said.of(
                    len(called) - len(bare),
                    "column {name}: {n} value read by their labels, the first {label}",
                    "column {name}: {n} values read by their labels, the first {label}",
                    name=shown(name),
                    label=shown(own[first]),
                )
            )
    frame.attrs["source"] = path.name
    frame.attrs["liberties"] = tuple(said)
    return frame
