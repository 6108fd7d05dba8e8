"""A table arranged as an index asks for it: units taken off headings, turned from its side, year and quarter joined."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.grid import may_name, names_of, without_unit
from hengdian_index._tables.periods import YEAR, format_period, read_label, read_to_date
from hengdian_index._tables.places import lines_of
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import listed, shown

# What numbers in a column of periods count, by its name.
_COUNTED = dict.fromkeys(("季度", "季", "quarter", "qtr"), "Q") | dict.fromkeys(("月份", "月", "month"), "M")
_YEARS = frozenset({"年", "年份", "年度", "year", "years", "yr"})
# Yearbooks set short Chinese headings wide.
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
# What pandas calls a column without a name.
_UNNAMED = re.compile(r"Unnamed: \d+(?:_level_\d+)?")


def as_asked(frame: pd.DataFrame, columns: Sequence[str], unit: str | None, period: str | None) -> pd.DataFrame:
    """Return a table with the columns that are asked for where its own form leaves one way to read them.

    What is done is added to `attrs["liberties"]`: a table of one unit that has its indicators in rows is turned; a unit
    of measure after an indicator's name is taken off; a year in a column of its own goes before what the period column
    says.
    """
    said: list[Said] = []
    if unit is None and period is not None:
        frame = _turned(frame, columns, period, said)
    frame = _without_units(frame, [*columns, *filter(None, (unit, period))], said)
    if period in frame.columns and period is not None:
        frame = _with_years(frame, columns, period, said)
    if said:
        frame.attrs["liberties"] = (*frame.attrs.get("liberties", ()), *said)
    return frame


def with_names(table: Any, header_rows: int, asked: Collection[str]) -> Any:
    """Return a frame whose columns several rows name with one name each, anything else as it is.

    The rows are those that a file had, the levels of the columns, or the columns and rows without numbers below them. A
    frame without such rows has its names already.
    """
    if header_rows == 1 or not isinstance(table, pd.DataFrame):
        return table
    headings, frame, n = table.attrs.get("headings"), table, header_rows - 1
    if headings is None and table.columns.nlevels == header_rows:
        # Of a blank cell pandas makes a name of its own.
        levels = [[_UNNAMED.sub("", str(one)) for one in level] for level in zip(*table.columns, strict=True)]
        headings, frame = levels, table.copy()
    elif headings is None and table.columns.nlevels == 1 and len(table) > n and _are_names(table.iloc[:n]):
        upper = [re.sub(r"\.\d+$", "", _UNNAMED.sub("", str(one))) for one in table.columns]
        headings = [upper, *table.iloc[:n].to_numpy(dtype=object).tolist()]
        frame = table.iloc[n:].infer_objects()
        frame = frame.reset_index(drop=True) if isinstance(table.index, pd.RangeIndex) else frame
        first = tuple(table.attrs.get("lines", range(2, len(table) + 2)))[n:]
        frame.attrs = {**table.attrs, **({"lines": first} if "source" in table.attrs else {})}
    if headings is None:
        return table
    attrs = dict(frame.attrs)
    names = [name for name in names_of(headings, asked) if name or "headings" not in attrs]
    if len(names) != len(frame.columns):
        return table
    if "letters" in attrs:
        attrs["letters"] = {name: attrs["letters"][old] for name, old in zip(names, frame.columns, strict=True)}
    frame = frame.set_axis(pd.Index(names, dtype=object), axis=1)
    frame.attrs = attrs
    return frame


def _are_names(rows: pd.DataFrame) -> bool:
    """Return whether rows have texts alone, at least two, and no number."""
    cells = [cell for cell in rows.to_numpy(dtype=object).ravel().tolist() if not is_missing(cell)]
    return len(cells) > 1 and all(isinstance(cell, str) and number_of(cell) is None for cell in cells)


def below_heading(frame: pd.DataFrame, asked: Sequence[str]) -> list[Said]:
    """Return a fault if columns that are missing are named by the row below the heading."""
    absent = [name for name in asked if name not in frame.columns and name not in frame.index.names]
    if not absent or not len(frame.columns):
        return []
    where, cells = frame.attrs.get("below") or ("", ())
    if not cells and len(frame):
        line = frame.attrs.get("lines", range(2, 3))[0]
        where = lines_of([line]) if "source" in frame.attrs else Said("row 0, counted from 0,")
        cells = tuple(frame.iloc[0].tolist())
    there = {cell.strip() for cell in cells if isinstance(cell, str)}
    found = [name for name in absent if name in there]
    if not found or not may_name(cells):
        return []
    told = Said.of(
        len(found),
        "{where} has {names}; if this is a name of columns, write header_rows = 2 in [data]",
        "{where} has {names}; if these are names of columns, write header_rows = 2 in [data]",
        where=where,
        names=listed(found),
    )
    return [headed(frame.attrs.get("source"), told)]


def named(name: Any, asked: Collection[Any]) -> str | None:
    """Return the column that is asked for which a name stands for, with its unit of measure or spaced (地　区)."""
    if not isinstance(name, str):
        return None
    plain = without_unit(name)
    several = (plain, _SPACED.sub("", name), _SPACED.sub("", plain))
    return next((one for one in several if one != name and one in asked), None)


def _without_units(frame: pd.DataFrame, asked: Sequence[str], said: list[Said]) -> pd.DataFrame:
    there = set(frame.columns)
    found: dict[str, list[Any]] = {}
    for column in frame.columns:
        name = None if column in asked else named(column, asked)
        if name is not None and name not in there:
            found.setdefault(name, []).append(column)
    new = {same[0]: name for name, same in found.items() if len(same) == 1}
    if not new:
        return frame
    told = [Said("column {old} read as {name}", old=shown(column), name=shown(name)) for column, name in new.items()]
    said.append(joined(told, "clauses"))
    attrs = dict(frame.attrs)
    if "letters" in attrs:
        attrs["letters"] = {new.get(name, name): letter for name, letter in attrs["letters"].items()}
    frame = frame.rename(columns=new)
    frame.attrs = attrs
    return frame


def _turned(frame: pd.DataFrame, columns: Sequence[str], period: str, said: list[Said]) -> pd.DataFrame:
    """Return a table that has its indicators in rows and its periods in the heading turned, any other as it is."""
    if not len(frame.columns) or set(columns) & set(frame.columns) or not len(frame) or len(frame) > len(columns) * 100:
        return frame
    heads, names = list(frame.columns[1:]), [str(one).strip() for one in frame.iloc[:, 0]]
    plain = [named(name, columns) or name for name in names]
    wanted = [name if name in names else plain[plain.index(name)] if name in plain else None for name in columns]
    dated = bool(heads) and all(read_label(head) is not None or read_to_date(head) is not None for head in heads)
    if None in wanted or not dated or period in heads or any(plain.count(name) > 1 for name in columns):
        return frame
    turned = frame.iloc[:, 1:].T
    turned.columns = pd.Index(names, dtype=object)
    turned = turned.infer_objects().reset_index(drop=True)
    turned.insert(0, period, pd.Series(heads, dtype=object))
    attrs = {name: value for name, value in frame.attrs.items() if name not in ("lines", "letters")}
    line = next(iter(frame.attrs.get("lines", (2,)))) - 1
    turned.attrs = attrs | {"lines": (line,) * len(turned)}
    said.append(Said("turned: its rows are indicators, its columns periods, {heads}", heads=listed(heads)))
    return turned


def _with_years(frame: pd.DataFrame, columns: Sequence[str], period: str, said: list[Said]) -> pd.DataFrame:
    """Return a table whose periods say no year with the year of the column beside them."""
    beside = [c for c in frame.columns if isinstance(c, str) and c.strip().casefold() in _YEARS and c not in columns]
    if len(beside) != 1 or beside[0] == period or frame[period].dtype.kind not in "OTUSiuf":
        return frame
    read = [read_label(one) for one in frame[beside[0]].tolist()]
    years = [year[1] for year in read if isinstance(year, tuple) and year[0] == YEAR]
    if len(years) < len(read):
        return frame
    labels = [one for one in frame[period].tolist() if not is_missing(one)]
    if not labels or any(read_label(one) is not None for one in set(map(str, labels))):
        return frame
    mark = _COUNTED.get(period.strip().casefold(), "")
    dated = [_dated(year, one, mark) for year, one in zip(years, frame[period].tolist(), strict=True)]
    if any(one is None for one in dated):
        return frame
    attrs = frame.attrs
    frame = frame.assign(**{period: np.array(dated, dtype=object)})
    frame.attrs = dict(attrs)
    said.append(
        Said(
            "the years of {years} and {period} read together, the first as {first}",
            years=shown(beside[0]),
            period=shown(period),
            first=shown(dated[0]),
        )
    )
    return frame


def _dated(year: int, label: Any, mark: str) -> str | None:
    """Return a period of a year in ISO, one of the year to date as it says that; None for what is none.

    `mark` says what a bare number counts: quarters, Q, or months, M.
    """
    text = str(label).strip().removesuffix(".0")
    if mark and re.fullmatch(r"0?[1-9]|1[0-2]", text, re.ASCII):
        text = f"{mark}{text.lstrip('0')}"
    for form in (f"{year}年{text}", f"{year}{text}"):
        reading = read_label(form)
        if isinstance(reading, tuple):
            return format_period(reading[1], reading[0])
        if read_to_date(form) is not None:
            return form
    return None
