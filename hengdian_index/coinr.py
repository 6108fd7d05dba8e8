"""The two tables that the R package COINr describes an index with, read as an index and its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, raise_all, suggestion
from hengdian_index.rows.files import read_table
from hengdian_index.rows.workbook import ENDINGS, data_table
from hengdian_index.spec import Index

if TYPE_CHECKING:
    import pandas as pd

_TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_NEEDED = {"iData": ("uCode",), "iMeta": ("iCode", "Type", "Parent", "Direction", "Weight")}
_PERIODS = ("Time", "Year")


def read_coinr(idata: Any, imeta: Any = None) -> tuple[Index, pd.DataFrame]:
    """Return the index that COINr's `iMeta` describes, and the table `iData`.

    Parameters
    ----------
    idata : pandas DataFrame or path
        The table; a CSV, TSV, Parquet or Excel file; or, without `imeta`, a workbook with the sheets `iData` and
        `iMeta`, or a folder with the files iData.csv and iMeta.csv (or .xlsx).
    imeta : pandas DataFrame or path, optional
        Columns Level, iCode, iName, Direction, Weight, Unit, Denominator, Parent, Type.

    Returns
    -------
    Index, DataFrame
        The index has COINr's defaults: min-max to 0..100 over all rows, weighted arithmetic means over what is there.
        `uCode` is its unit; `Time` (or `Year`) its period, if it is a column. The table is as it was read.

    Raises
    ------
    DataError
        Tables or columns that are not there, an unknown type, a direction that is not 1 or -1; each with its row.
    SpecError
        A tree that does not hold together.

    Notes
    -----
    Type Indicator becomes an indicator, Aggregate a group with its own weight in its parent; the columns of type Group,
    Denominator and Other stay in the table. An indicator with a Denominator is divided by that column, which COINr does
    when `Denominate` is called; `index.replace({"x.denominator": None})` leaves it out. Level only orders iMeta in
    COINr: the tree is that of Parent. Outliers and gaps are not treated unless the index says so. Source: Becker,
    Caperna, Del Sorbo et al. 2022, Journal of Open Source Software 7(78) 4567. Proof: `tests/test_excel_coinr.py`, the
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
        Fault(f"{name}: no column {column!r}{suggestion(column, map(str, frame.columns))}")
        for frame, name, needed in ((data, data_name, _NEEDED["iData"]), (meta, meta_name, _NEEDED["iMeta"]))
        for column in needed
        if column not in frame.columns
    ]
    raise_all(DataError, faults)
    parts = [_part(row, f"{meta_name} row {i}", faults) for i, row in zip(_lines(meta), _rows(meta), strict=True)]
    columns = [code for kind, code, _ in parts if kind not in ("Aggregate", "")]
    lost = [code for code in columns if code not in data.columns]
    faults += [Fault(f"{data_name}: no column {code!r}, which iMeta lists") for code in lost]
    raise_all(DataError, faults)
    groups = [part for kind, _, part in parts if kind == "Aggregate"]
    for group in groups:
        # COINr writes a weight at the top too, where there is nothing to weigh it against.
        group.update({} if group.get("parent") else {"weight": None})
    root = next((group for group in groups if not group.get("parent")), {})
    try:
        index = Index(
            name=root.get("name") or root.get("code", ""),
            unit="uCode",
            period=next((name for name in _PERIODS if name in data.columns), None),
            normalise={"method": "min_max", "lower": 0, "upper": 100},
            coverage=0.0,
            groups=[_given(group) for group in groups],
            indicators=[_given(part) for kind, _, part in parts if kind == "Indicator"],
        )
    except SpecError as error:
        raise SpecError(*(fault.under(saying=f"{meta_name}: ") for fault in error.faults)) from None
    return index, data


def _tables(idata: Any, imeta: Any) -> tuple[tuple[Any, str], tuple[Any, str]]:
    """Return both tables and what messages call them; the faults of both files at once."""
    if imeta is not None:
        sources: list[tuple[Any, str | None]] = [(idata, None), (imeta, None)]
    elif not isinstance(idata, (str, Path)):
        raise DataError(
            "iMeta is missing: give both tables, a workbook that has both sheets, or a folder with both files"
        )
    elif Path(idata).is_dir():
        sources = [(_file(Path(idata), name), None) for name in _NEEDED]
    elif Path(idata).suffix.lower() in ENDINGS:
        sources = [(idata, name) for name in _NEEDED]
    else:
        raise DataError(f"{Path(idata).name}: holds one table; give imeta too")
    found, faults = [], list[Fault]()
    for (source, sheet), name in zip(sources, _NEEDED, strict=True):
        try:
            found.append(_table(source, sheet, name))
        except FaultsError as error:
            faults += error.faults
    raise_all(DataError, faults)
    return found[0], found[1]


def _file(folder: Path, name: str) -> Path:
    known = [folder / f"{name}{ending}" for ending in (".csv", *ENDINGS, ".parquet", ".tsv")]
    return next((path for path in known if path.exists()), known[0])


def _table(source: Any, sheet: str | None, name: str) -> tuple[Any, str]:
    if not isinstance(source, (str, Path)):
        return source, name
    if sheet is not None:
        return data_table(source, sheet), f"{Path(source).name} sheet {name!r}"
    return read_table(source), Path(source).name


def _lines(frame: Any) -> Any:
    return frame.attrs.get("lines") or range(2, len(frame) + 2)


def _rows(frame: Any) -> list[dict[str, Any]]:
    """Return each row with missing cells as None."""
    return [{k: None if v is None or v != v else v for k, v in row.items()} for row in frame.to_dict("records")]


def _part(row: dict[str, Any], where: str, faults: list[Fault]) -> tuple[str, str, dict[str, Any]]:
    """Return a row's type, its code and the fields of a group or an indicator."""
    kind, code = str(row["Type"] or ""), str(row["iCode"] or "")
    said = f"{where}, iCode {code!r}: "
    if kind not in _TYPES:
        faults.append(Fault(f"{said}no Type {kind!r}{suggestion(kind, _TYPES)}"))
        return "", code, {}
    part = {"code": code, "parent": row["Parent"], "name": row.get("iName"), "weight": row["Weight"]}
    if kind not in ("Indicator", "Aggregate"):
        return kind, code, {}
    if row["Direction"] not in ((1, -1) if kind == "Indicator" else (1, None)):
        allowed = "1 or -1" if kind == "Indicator" else "1: only indicators are turned"
        given = row["Direction"]
        faults.append(
            Fault(f"{said}Direction: {allowed}, not {f'{given:g}' if isinstance(given, float) else repr(given)}")
        )
    if isinstance(part["weight"], str):
        faults.append(Fault(f"{said}Weight: a number, not {part['weight']!r}"))
        part["weight"] = None
    if kind == "Indicator":
        part |= {"direction": row["Direction"], "unit": row.get("Unit"), "denominator": row.get("Denominator")}
    return kind, code, part


def _given(part: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that are given, numbers and texts as the index has them."""
    numbers = {"weight": float, "direction": int}
    return {name: numbers.get(name, str)(value) for name, value in part.items() if value is not None}
