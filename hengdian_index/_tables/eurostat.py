"""Tables of Eurostat as it gives them: dimensions in the first cell, periods across, flags behind the values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.places import lines_of, rows_of
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, raise_all, shown

FORMAT = "Eurostat"
_HEADING = re.compile(r"\s*\w+(?:\s*,\s*\w+)*\s*[\\/]\s*(?:TIME_PERIOD|TIME)\s*", re.IGNORECASE)
_CELL = re.compile(r"(?P<value>:|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)?\s*(?P<flags>[a-z]{0,4})")
_MEANINGS = {
    "b": Said("break in the series"),
    "c": Said("confidential"),
    "d": Said("definition differs"),
    "e": Said("estimated"),
    "f": Said("forecast"),
    "i": Said("see metadata"),
    "n": Said("not significant"),
    "p": Said("provisional"),
    "r": Said("revised"),
    "s": Said("estimated by Eurostat"),
    "u": Said("low reliability"),
    "z": Said("not applicable"),
}


def declares_itself(heading: Any) -> bool:
    r"""Return whether the heading of a first column is one of Eurostat.

    Examples
    --------
    >>> from hengdian_index._tables.eurostat import declares_itself
    >>> declares_itself(r"freq,unit,geo\TIME_PERIOD"), declares_itself("geo")
    (True, False)
    """
    return isinstance(heading, str) and bool(_HEADING.fullmatch(heading))


def parted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of Eurostat with a column for each dimension and plain values, any other table as it is.

    `:` is missing, for the format says so. How many values have a flag, and where the first stands, is added to
    `attrs["liberties"]`.

    Raises
    ------
    DataError
        A row with more or fewer dimensions than the heading.
    """
    if not len(frame.columns) or not declares_itself(frame.columns[0]):
        return frame
    heading = str(frame.columns[0])
    names = [name.strip() for name in re.split(r"[\\/]", heading)[0].split(",")]
    source = frame.attrs.get("source")
    lines = frame.attrs.get("lines") or (range(2, len(frame) + 2) if source else ())

    def place(row: int) -> Said:
        return lines_of([lines[row]]) if lines else rows_of([row])

    cells = [[] if is_missing(one) else str(one).split(",") for one in frame.iloc[:, 0].tolist()]
    raise_all(
        DataError,
        [
            Said.of(
                len(row),
                "{where}: {n} dimension in the first cell, {k} in the heading",
                "{where}: {n} dimensions in the first cell, {k} in the heading",
                where=Said("{file} line {line}", file=source, line=lines[i]) if source else place(i),
                k=len(names),
            )
            for i, row in enumerate(cells)
            if len(row) != len(names)
        ],
    )
    columns: dict[Any, Any] = {name: [row[j].strip() for row in cells] for j, name in enumerate(names)}
    met: dict[str, list[tuple[int, Any]]] = {}
    for name in frame.columns[1:]:
        columns[name] = _plain(frame[name], name, met)
    out = pd.DataFrame(columns, index=frame.index)
    said = [
        Said.of(
            len(at),
            "{mark} at {n} value, the first in {first}",
            "{mark} at {n} values, the first in {first}",
            mark=_told(mark),
            first=_first(at, place),
        )
        for mark, at in met.items()
    ]
    # Where nothing is asked for, the one dimension that varies beside the last, the units, has the indicators.
    varying = [name for name in names[:-1] if len(set(columns[name])) > 1]
    holder = tuple(re.sub("[_ ]", "", name.casefold()) for name in varying) if len(varying) == 1 else ()
    out.attrs = {**frame.attrs, "declared": {"format": FORMAT, "layout": "years", "indicator": holder}}
    out.attrs["liberties"] = (*frame.attrs.get("liberties", ()), *said)
    if "letters" in out.attrs:
        first = out.attrs["letters"].get(heading, "")
        out.attrs["letters"] = dict.fromkeys(names, first) | out.attrs["letters"]
    return out


def is_parted(frame: pd.DataFrame) -> bool:
    """Return whether a table is one of Eurostat with a column for each dimension."""
    return bool((frame.attrs.get("declared") or {}).get("format") == FORMAT)


def _told(mark: str) -> Said:
    if mark == ":":
        return Said("{text} read as missing", text=shown(mark))
    return Said("flag {mark!r} ({meaning})", mark=mark, meaning=_MEANINGS[mark])


def _first(at: Sequence[tuple[int, Any]], place: Any) -> Said:
    row, name = min(at, key=lambda one: one[0])
    return joined([place(row), shown(name)], "places")


def _plain(column: pd.Series[Any], name: Any, met: dict[str, list[tuple[int, Any]]]) -> Any:
    """Return the values of a column without flags; what is no value of this format stays what it is."""
    if column.dtype.kind in "iuf":
        return column.to_numpy()
    values: list[Any] = column.tolist()
    for i, cell in enumerate(values):
        found = _CELL.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found is None or not set(found["flags"]) <= _MEANINGS.keys():
            continue
        for mark in (*([":"] if found["value"] == ":" else []), *found["flags"]):
            met.setdefault(mark, []).append((i, name))
        values[i] = float(found["value"]) if found["value"] not in (None, ":") else np.nan
    return pd.Series(values, dtype=object).infer_objects().to_numpy()
