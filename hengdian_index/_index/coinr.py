"""The two tables that the R package COINr describes an index with, read as an index and its data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index._files.imeta import NEEDED, OPTIONAL, columns_of, heading_faults, read_meta
from hengdian_index._files.read_workbook import located
from hengdian_index._index.index import Index
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import ENDINGS, data_table
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, listed, raise_all

if TYPE_CHECKING:
    import pandas as pd

_DATA = ("uCode",)
_NAMES = ("iData", "iMeta")
_PERIODS = ("Time", "Year")
_ENDINGS = (".csv", *ENDINGS, ".parquet", ".tsv")


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
    columns = columns_of(data)
    faults = heading_faults(columns, data_name, _DATA) + heading_faults(columns_of(meta), meta_name, NEEDED, OPTIONAL)
    raise_all(DataError, faults)
    found = read_meta(meta, meta_name, dict.fromkeys(columns), data_name)
    try:
        index = Index(
            name=found.title,
            unit="uCode",
            period=next((name for name in _PERIODS if name in columns), None),
            normalise={"method": "min_max", "lower": 0, "upper": 100},
            coverage=0.0,
            groups=found.groups,
            indicators=found.indicators,
        )
    except SpecError as error:
        raise SpecError(*(located(fault, meta_name, found.places) for fault in error.faults)) from None
    return index, data


def _tables(idata: Any, imeta: Any) -> tuple[tuple[Any, str], tuple[Any, str]]:
    """Return both tables and what messages call them; the faults of both files at once."""
    sources: list[tuple[Any, str | None]] = [(idata, None), (imeta, None)]
    if imeta is None:
        sources = _pair(idata)
    found, faults = [], list[Fault]()
    for (source, sheet), name in zip(sources, _NAMES, strict=True):
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
            Said("iMeta is missing: give both tables, a workbook that has both sheets, or a folder with both files")
        )
    path = Path(idata)
    if not os.path.exists(path):
        raise DataError(Said("{path}: no such file or folder", path=path))
    if os.path.isdir(path):
        found = {name: _file(path, name) for name in _NAMES}
        absent = [name for name, file in found.items() if file is None]
        raise_all(
            DataError,
            [
                Said(
                    "{path}: holds no {name}.csv; other endings: {endings}",
                    path=path,
                    name=name,
                    endings=listed(_ENDINGS[1:]),
                )
                for name in absent
            ],
        )
        return [(file, None) for file in found.values()]
    if path.suffix.lower() in ENDINGS:
        return [(path, name) for name in _NAMES]
    raise DataError(Said("{name}: holds one table; give imeta too", name=path.name))


def _file(folder: Path, name: str) -> Path | None:
    return next((path for ending in _ENDINGS if os.path.exists(path := folder / f"{name}{ending}")), None)


def _table(source: Any, sheet: str | None, name: str) -> tuple[Any, str]:
    if isinstance(source, (str, Path)):
        if sheet is not None:
            return data_table(source, sheet), Said("{file} sheet {sheet!r}", file=Path(source).name, sheet=name)
        return read_table(source, ("uCode", "iCode", "Parent")), Path(source).name
    if not isinstance(source, Mapping) and not hasattr(source, "columns"):
        raise DataError(
            Said("{name}: a table or the path of a file is needed, not {kind}", name=name, kind=type(source).__name__)
        )
    return source, name
