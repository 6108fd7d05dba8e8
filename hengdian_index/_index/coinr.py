"""The two tables that the R package COINr describes an index with, read as an index and its data."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index._files.read_workbook import Place, located
from hengdian_index._index.index import Index
from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.read_panel import frame_of
from hengdian_index._tables.workbook import ENDINGS, data_table
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, guess, listed, raise_all, shown, suggestion

if TYPE_CHECKING:
    import pandas as pd

_TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_NEEDED = {"iData": ("uCode",), "iMeta": ("iCode", "Type", "Parent", "Direction", "Weight")}
_OPTIONAL = ("iName", "Unit", "Denominator")
_PERIODS = ("Time", "Year")
_ENDINGS = (".csv", *ENDINGS, ".parquet", ".tsv")
_DIRECTIONS = {"Indicator": (1, -1), "Aggregate": (1, None)}

_Row = dict[str, Any]


def read_coinr(idata: Any, imeta: Any = None) -> tuple[Index, pd.DataFrame]:
    """Return the index that COINr's `iMeta` describes, and the table `iData`.

    Parameters
    ----------
    idata : table or path
        The table (pandas, polars, pyarrow, or columns by name); a CSV, TSV, Parquet or Excel file; or, without `imeta`,
        a workbook with the sheets `iData` and `iMeta`, or a folder with the files iData.csv and iMeta.csv (or .xlsx).
    imeta : table or path, optional
        Columns iCode, Type, Parent, Direction, Weight; and, if wanted, iName, Unit, Denominator. Others, as Level and
        Target, are not used. A blank text is a missing one.

    Returns
    -------
    Index, DataFrame
        The index has COINr's defaults: min-max to 0..100 over all rows, weighted arithmetic means over what is there.
        `uCode` is its unit; `Time` (or `Year`) its period, if it is a column. The table is as it was read.

    Raises
    ------
    DataError
        Tables or columns that are not there, an unknown type, a code twice, a direction that is not 1 or -1, a
        denominator without its column; each with its row.
    SpecError
        A tree that does not hold together, each fault with its row.

    Notes
    -----
    Type Indicator becomes an indicator, Aggregate a group with its own weight in its parent; the columns of type Group,
    Denominator and Other stay in the table. An indicator with a Denominator is divided by that column, which COINr does
    when `Denominate` is called; `index.replace({"x.denominator": None})` leaves it out. Level only orders iMeta in
    COINr: the tree is that of Parent. Outliers and gaps are not treated unless the index says so. Source: Becker,
    Caperna, Del Sorbo et al. 2022, Journal of Open Source Software 7(78) 4567. Proof: `tests/index/test_coinr.py`, the
    ASEM index of 51 countries against COINr's own scores.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> meta = pd.DataFrame(
    ...     {
    ...         "Level": [1, 1, 2],
    ...         "iCode": ["a", "b", "whole"],
    ...         "Direction": [1, -1, 1],
    ...         "Weight": [3, 1, 1],
    ...         "Parent": ["whole", "whole", None],
    ...         "Type": ["Indicator", "Indicator", "Aggregate"],
    ...     }
    ... )
    >>> index, table = hi.read_coinr(pd.DataFrame({"uCode": ["x", "y"], "a": [1, 2], "b": [5, 9]}), meta)
    >>> index.compute(table).scores["whole"].tolist()
    [25.0, 75.0]
    """
    (data, data_name), (meta, meta_name) = _tables(idata, imeta)
    faults = [
        fault
        for table, name, needed in ((data, data_name, _NEEDED["iData"]), (meta, meta_name, _NEEDED["iMeta"]))
        for fault in _heading_faults(_columns(table), name, needed)
    ]
    raise_all(DataError, faults)
    rows = _rows(meta, meta_name)
    columns, first = dict.fromkeys(_columns(data)), dict[Any, _Row]()
    for row in rows:
        first.setdefault(row["iCode"], row)
    faults = [fault for row in rows for fault in _faults(row, first[row["iCode"]], columns, data_name)]
    raise_all(DataError, faults)
    parts = {kind: [row for row in rows if row["Type"] == kind] for kind in ("Aggregate", "Indicator")}
    root = next((row for row in parts["Aggregate"] if row["Parent"] is None), {})
    try:
        index = Index(
            name=str(root.get("iName") or root.get("iCode", "")),
            unit="uCode",
            period=next((name for name in _PERIODS if name in _columns(data)), None),
            normalise={"method": "min_max", "lower": 0, "upper": 100},
            coverage=0.0,
            groups=[_group(row) for row in parts["Aggregate"]],
            indicators=[_indicator(row) for row in parts["Indicator"]],
        )
    except SpecError as error:
        tables = (("group", "Aggregate"), ("indicator", "Indicator"))
        places: dict[Place, str] = {(t, i): row["row"] for t, kind in tables for i, row in enumerate(parts[kind])}
        raise SpecError(*(located(fault, meta_name, places) for fault in error.faults)) from None
    return index, data


def _tables(idata: Any, imeta: Any) -> tuple[tuple[Any, str], tuple[Any, str]]:
    """Return both tables and what messages call them; the faults of both files at once."""
    sources: list[tuple[Any, str | None]] = [(idata, None), (imeta, None)]
    if imeta is None:
        sources = _pair(idata)
    found, faults = [], list[Fault]()
    for (source, sheet), name in zip(sources, _NEEDED, strict=True):
        try:
            found.append(_table(source, sheet, name))
        except FaultsError as error:
            faults += error.faults
    raise_all(DataError, list(dict.fromkeys(faults)))
    return found[0], found[1]


def _pair(idata: Any) -> list[tuple[Any, str | None]]:
    """Return the two files in a folder, or a workbook twice with the sheets' names."""
    if not isinstance(idata, (str, Path)):
        raise DataError(
            "iMeta is missing: give both tables, a workbook that has both sheets, or a folder with both files"
        )
    path = Path(idata)
    if not os.path.exists(path):
        raise DataError(f"{path}: no such file or folder")
    if os.path.isdir(path):
        found = {name: _file(path, name) for name in _NEEDED}
        absent = [name for name, file in found.items() if file is None]
        raise_all(DataError, [f"{path}: holds no {name}.csv; other endings: {listed(_ENDINGS[1:])}" for name in absent])
        return [(file, None) for file in found.values()]
    if path.suffix.lower() in ENDINGS:
        return [(path, name) for name in _NEEDED]
    raise DataError(f"{path.name}: holds one table; give imeta too")


def _file(folder: Path, name: str) -> Path | None:
    return next((path for ending in _ENDINGS if os.path.exists(path := folder / f"{name}{ending}")), None)


def _table(source: Any, sheet: str | None, name: str) -> tuple[Any, str]:
    if isinstance(source, (str, Path)):
        if sheet is not None:
            return data_table(source, sheet), f"{Path(source).name} sheet {name!r}"
        return read_table(source, ("uCode", "iCode", "Parent")), Path(source).name
    if not isinstance(source, Mapping) and not hasattr(source, "columns"):
        raise DataError(f"{name}: a table or the path of a file is needed, not {type(source).__name__}")
    return source, name


def _columns(table: Any) -> list[str]:
    """Return the names of columns, and of the levels of an index."""
    levels = [name for name in getattr(getattr(table, "index", None), "names", ()) if name is not None]
    columns = getattr(table, "column_names", None) or getattr(table, "columns", table)
    return [str(name).strip() for name in (*columns, *levels)]


def _heading_faults(columns: list[str], name: str, needed: tuple[str, ...]) -> list[Fault]:
    faults = [Fault(f"{name}: no column {one!r}{suggestion(one, columns)}") for one in needed if one not in columns]
    twice = [one for one in (*needed, *_OPTIONAL) if columns.count(one) > 1]
    return faults + [Fault(f"{name}: column {one!r} stands twice") for one in twice]


def _rows(meta: Any, name: str) -> list[_Row]:
    """Return the rows of iMeta, blank cells as None; "row" says where each is."""
    used = [column for column in dict.fromkeys((*_NEEDED["iMeta"], *_OPTIONAL)) if column in _columns(meta)]
    frame = frame_of(meta, used, named=False)
    frame = frame.reset_index([level for level in frame.index.names if level in used and level not in frame.columns])
    columns = {column: [_cell(value) for value in frame[column].tolist()] for column in used}
    lines = frame.attrs.get("lines") or range(2, len(frame) + 2)
    blank = dict.fromkeys(_OPTIONAL)
    rows = [{**blank, **dict(zip(columns, row, strict=True))} for row in zip(*columns.values(), strict=True)]
    return [{**row, "row": f"row {line}", "table": name} for line, row in zip(lines, rows, strict=True)]


def _cell(value: Any) -> Any:
    """Return a cell, a text without outer spaces, None for a blank one; what is neither text nor number as its text."""
    if is_missing(value):
        return None
    if isinstance(value, str):
        return value.strip()
    return value if isinstance(value, Hashable) and not isinstance(value, tuple) else shown(value)


def _faults(row: _Row, first: _Row, columns: Collection[str], data: str) -> list[Fault]:
    """Return what is wrong with a row of iMeta; `first` is the first one with its code."""
    kind, code = row["Type"], row["iCode"]
    told = ["iCode is missing"] if code is None else []
    if kind not in _TYPES:
        told.append(
            f"Type is missing; {', '.join(_TYPES)}" if kind is None else f"no Type {kind!r}{suggestion(kind, _TYPES)}"
        )
    elif kind != "Aggregate" and code is not None and str(code) not in columns:
        told.append(f"{data} has no such column{guess(str(code), columns)}")
    told += [f"iCode: also in {first['row']}"] if code is not None and first is not row else []
    told += _choices(row, columns, data) if kind in _DIRECTIONS else []
    return [Fault(f"{row['table']} {row['row']}, iCode {shown('' if code is None else code)}: {one}") for one in told]


def _choices(row: _Row, columns: Collection[str], data: str) -> list[str]:
    """Return what is wrong with the direction, the weight and the denominator of an indicator or an aggregate."""
    direction, by = _number(row["Direction"]), row["Denominator"]
    weight = None if isinstance(row["Weight"], bool) else number_of(row["Weight"])
    told = []
    if isinstance(direction, bool) or direction not in _DIRECTIONS[row["Type"]]:
        allowed = "1 or -1" if row["Type"] == "Indicator" else "1: only indicators are turned"
        meaning = "; write 1 where more is better, -1 where less is" if isinstance(direction, str) else ""
        told.append(f"Direction: {allowed}, not {_shown(direction)}{meaning}")
    if row["Weight"] is not None and (weight is None or not 0 <= weight < float("inf")):
        told.append(f"Weight: a number of 0 or more, not {_shown(_number(row['Weight']))}")
    if by is not None and row["Type"] == "Indicator" and str(by) not in columns:
        told.append(f"Denominator: {data} has no column {str(by)!r}{guess(str(by), columns)}")
    return told


def _shown(value: Any) -> str:
    if value is None:
        return "a blank cell"
    return f"{value:g}" if isinstance(value, float) else str(value) if hasattr(value, "year") else shown(value)


def _number(value: Any) -> Any:
    """Return a number that is written as text as the number; anything else as it is."""
    number = number_of(value) if isinstance(value, str) else None
    return value if number is None else number


def _group(row: _Row) -> dict[str, Any]:
    group = {"code": row["iCode"], "parent": row["Parent"], "name": row["iName"]}
    # COINr writes a weight at the top too, where there is nothing to weigh it against.
    return _given(group | {"weight": row["Weight"] if row["Parent"] is not None else None})


def _indicator(row: _Row) -> dict[str, Any]:
    part = {"code": row["iCode"], "parent": row["Parent"], "name": row["iName"], "weight": row["Weight"]}
    return _given(part | {"direction": row["Direction"], "unit": row["Unit"], "denominator": row["Denominator"]})


def _given(part: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that are given, numbers and texts as the index has them."""
    kinds: dict[str, Callable[[Any], Any]] = {"weight": float, "direction": lambda value: int(float(value))}
    return {name: kinds.get(name, str)(value) for name, value in part.items() if value is not None}
