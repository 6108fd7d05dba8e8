"""COINr's table of an index, iMeta, read as groups and indicators; each fault with its row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Any

from hengdian_index._files.read_workbook import Place
from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.read_panel import frame_of
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, Fault, guess, raise_all, shown, suggestion

NEEDED = ("iCode", "Type", "Parent", "Direction", "Weight")
OPTIONAL = ("iName", "Unit", "Denominator")
_TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_DIRECTIONS = {"Indicator": (1, -1), "Aggregate": (1, None)}
_KINDS = {"group": "Aggregate", "indicator": "Indicator"}

_Row = dict[str, Any]


class Meta:
    """The rows of iMeta that are checked: groups, indicators, and where each stands."""

    def __init__(self, rows: list[_Row]) -> None:
        self._parts = {name: [row for row in rows if row["Type"] == kind] for name, kind in _KINDS.items()}
        self.groups = [_group(row) for row in self._parts["group"]]
        self.indicators = [_indicator(row) for row in self._parts["indicator"]]

    @property
    def title(self) -> str:
        """What the group at the top is called."""
        root = next((row for row in self._parts["group"] if row["Parent"] is None), {})
        return str(root.get("iName") or root.get("iCode", ""))

    @property
    def places(self) -> dict[Place, Said | str]:
        """The row of each part."""
        return {(name, i): row["row"] for name, rows in self._parts.items() for i, row in enumerate(rows)}


def read_meta(meta: Any, name: str, columns: Collection[str] | None = None, data: str = "") -> Meta:
    """Return the parts that iMeta describes; with `columns` of the table `data`, every code is one of them.

    Raises
    ------
    DataError
        Columns that are not there or stand twice, an unknown type, a code twice, a direction that is not 1 or -1, a
        weight that is no number, a denominator without its column: all, each with its row.
    """
    raise_all(DataError, heading_faults(columns_of(meta), name, NEEDED, OPTIONAL))
    rows, first = _rows(meta, name), dict[Any, _Row]()
    for row in rows:
        first.setdefault(row["iCode"], row)
    raise_all(DataError, [fault for row in rows for fault in _faults(row, first[row["iCode"]], columns, data)])
    return Meta(rows)


def columns_of(table: Any) -> list[str]:
    """Return the names of columns, and of the levels of an index."""
    levels = [name for name in getattr(getattr(table, "index", None), "names", ()) if name is not None]
    columns = getattr(table, "column_names", None) or getattr(table, "columns", table)
    return [str(name).strip() for name in (*columns, *levels)]


def heading_faults(
    columns: list[str], name: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> list[Fault]:
    """Return a fault for each column that is not there, or stands twice."""
    faults = [
        Fault(headed(name, Said("no column {name!r}{guess}", name=one, guess=suggestion(one, columns))))
        for one in needed
        if one not in columns
    ]
    twice = [one for one in (*needed, *optional) if columns.count(one) > 1]
    return faults + [Fault(headed(name, Said("column {name!r} stands twice", name=one))) for one in twice]


def _rows(meta: Any, name: str) -> list[_Row]:
    """Return the rows of iMeta, blank cells as None; "row" says where each is."""
    used = [column for column in dict.fromkeys((*NEEDED, *OPTIONAL)) if column in columns_of(meta)]
    frame = frame_of(meta, used, named=False)
    frame = frame.reset_index([level for level in frame.index.names if level in used and level not in frame.columns])
    columns = {column: [_cell(value) for value in frame[column].tolist()] for column in used}
    lines = frame.attrs.get("lines") or range(2, len(frame) + 2)
    blank = dict.fromkeys(OPTIONAL)
    rows = [{**blank, **dict(zip(columns, row, strict=True))} for row in zip(*columns.values(), strict=True)]
    return [
        {**row, "row": Said("row {number}", number=line), "table": name} for line, row in zip(lines, rows, strict=True)
    ]


def _cell(value: Any) -> Any:
    """Return a cell, a text without outer spaces, None for a blank one; what is neither text nor number as its text."""
    if is_missing(value):
        return None
    if isinstance(value, str):
        return value.strip()
    return value if isinstance(value, Hashable) and not isinstance(value, tuple) else shown(value)


def _faults(row: _Row, first: _Row, columns: Collection[str] | None, data: str) -> list[Fault]:
    """Return what is wrong with a row of iMeta; `first` is the first one with its code."""
    kind, code = row["Type"], row["iCode"]
    told = [Said("iCode is missing")] if code is None else []
    if kind not in _TYPES:
        told.append(
            Said("Type is missing; {types}", types=joined(_TYPES))
            if kind is None
            else Said("no Type {kind!r}{guess}", kind=kind, guess=suggestion(kind, _TYPES))
        )
    elif kind != "Aggregate" and code is not None and columns is not None and str(code) not in columns:
        told.append(Said("{data} has no such column{guess}", data=data, guess=guess(str(code), columns)))
    told += [Said("iCode: also in {row}", row=first["row"])] if code is not None and first is not row else []
    told += _choices(row, columns, data) if kind in _DIRECTIONS else []
    return [
        Fault(
            Said(
                "{table} {row}, iCode {code}: {why}",
                table=row["table"],
                row=row["row"],
                code=shown("" if code is None else code),
                why=one,
            )
        )
        for one in told
    ]


def _choices(row: _Row, columns: Collection[str] | None, data: str) -> list[Said]:
    """Return what is wrong with the direction, the weight and the denominator of an indicator or an aggregate."""
    direction, by = _number(row["Direction"]), row["Denominator"]
    weight = None if isinstance(row["Weight"], bool) else number_of(row["Weight"])
    told = list[Said]()
    if isinstance(direction, bool) or direction not in _DIRECTIONS[row["Type"]]:
        given = _shown(direction)
        turned = row["Type"] == "Indicator"
        why = (
            Said("Direction: 1 or -1, not {given}", given=given)
            if turned
            else Said("Direction: 1: only indicators are turned, not {given}", given=given)
        )
        meaning = Said("write 1 where more is better, -1 where less is")
        told.append(joined([why, meaning], "clauses") if isinstance(direction, str) else why)
    if row["Weight"] is not None and (weight is None or not 0 <= weight < float("inf")):
        told.append(Said("Weight: a number of 0 or more, not {given}", given=_shown(_number(row["Weight"]))))
    if by is not None and row["Type"] == "Indicator" and columns is not None and str(by) not in columns:
        told.append(
            Said(
                "Denominator: {data} has no column {name!r}{guess}",
                data=data,
                name=str(by),
                guess=guess(str(by), columns),
            )
        )
    return told


def _shown(value: Any) -> Said | str:
    if value is None:
        return Said("a blank cell")
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
