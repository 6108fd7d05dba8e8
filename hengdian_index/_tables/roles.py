"""What the columns of a table are: whose rows, when, of what indicator, its values; as said, declared, or likely."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from hengdian_index._tables import eurostat
from hengdian_index._tables.arrange import named
from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.form import Form, Layout
from hengdian_index._tables.periods import YEAR, read_label, read_to_date
from hengdian_index._tables.units import label_text

_WORDS = tomllib.loads((Path(__file__).parent / "roles.toml").read_text(encoding="utf-8"))


def words(kind: str) -> tuple[str, ...]:
    """Return the words of a kind that head columns, folded."""
    return tuple(_WORDS[kind].split())


# What tells values of one indicator apart, whatever else it goes with; what is said of single values.
DIMENSIONS, NOTES = frozenset(words("dimensions")), frozenset(words("notes"))
NOTES |= frozenset(words("values"))
SOFT = NOTES | frozenset(words("provenance"))
_BESIDE = re.compile(r"(?P<first>.+?)\s*[\[(（](?P<second>[^\[\](（）)]+)[\])）]")
_EARLIEST, _LATEST = 1500, 2200


@dataclass(frozen=True, slots=True)
class Roles:
    """What the columns of a table are; `format` names one that declares itself, `fixed` are its dimensions.

    `value` is the column of the values of a long table, else the one indicator that the table holds.
    """

    layout: Layout
    unit: Any = None
    period: Any = None
    indicator: Any = None
    value: Any = None
    format: str = ""
    fixed: frozenset[Any] = frozenset()


@dataclass(frozen=True, slots=True)
class _Format:
    """A format that declares itself: headings that it has, every one of `all` and one of `any`; what they are."""

    name: str
    layout: Layout
    all: frozenset[str]
    any: frozenset[str]
    value: tuple[str, ...] = ()
    period: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()


def _format(name: str, layout: Layout, **given: str) -> _Format:
    split: dict[str, Any] = {role: tuple(own.split()) for role, own in given.items()}
    return _Format(name, layout, **(split | {role: frozenset(split.get(role, ())) for role in ("all", "any")}))


_FORMATS = tuple(_format(**one) for one in _WORDS["format"])


def folded(name: Any) -> str:
    """Return a heading as it is compared with words: without blanks, underscores, case and width."""
    return re.sub(r"[\s_\-.]+", "", unicodedata.normalize("NFKC", str(name)).casefold())


def heading_period(name: Any) -> Any:
    """Return the period that a heading is, a year as a number; None for any other heading.

    Examples
    --------
    >>> from hengdian_index._tables.roles import heading_period
    >>> heading_period("2000 [YR2000]"), heading_period("2022Q1"), heading_period("income")
    (2000, '2022Q1', None)
    """
    reading = read_label(name)
    if isinstance(name, str) and reading is None:
        parts = _BESIDE.fullmatch(name.strip())
        both = [read_label(part) for part in parts.groups()] if parts else [None]
        if both[0] is None or both.count(both[0]) < len(both):
            return name.strip() if read_to_date(name) is not None else None
        assert parts is not None
        name, reading = parts["first"].strip(), both[0]
    if reading is None:
        return None
    if isinstance(reading, date):
        return name
    frequency, ordinal = reading
    if not _EARLIEST <= ordinal // frequency.per_year <= _LATEST:
        return None
    bare = isinstance(name, (int, float)) or (
        isinstance(name, str) and re.fullmatch(r"(?:YR)?\d+(?:\.0+)?", name.strip())
    )
    return ordinal if frequency == YEAR and bare else name


def texts_in(column: pd.Series[Any]) -> set[str]:
    """Return the distinct labels of a column as texts, none for one of fractions."""
    if column.dtype.kind in "fcmMb":
        return set()
    return {label_text(one) for one in pd.unique(column.dropna()) if not is_missing(one)}


def said_roles(frame: pd.DataFrame, form: Form, columns: Sequence[Any], unit: Any, period: Any) -> Roles | None:
    """Return what the columns of a table are as far as that is said, declared or likely; None for a wide table.

    What is said wins over what a format declares, and this over what words and the indicators asked for make likely.
    """
    declared = _declared(frame)
    asked = frozenset(columns)
    absent = not any(name in asked or named(name, asked) for name in frame.columns)
    holders = _holders(frame, columns)
    layout = form.layout or (declared[0].layout if declared and absent else None)
    dated = [c for c in frame.columns if heading_period(c) is not None]
    if layout is None and not columns:
        layout = _by_words(frame, dated)
    elif layout is None and absent:
        layout = _likely(frame, columns, holders, dated, unit, period)
    if layout is None or layout == "wide":
        return None
    found = Roles(layout, form.unit, form.period, form.indicator, form.value)
    if declared and declared[0].layout == layout:
        found = _as_declared(found, *declared, columns=columns, holders=holders, period=period)
    return _completed(frame, found, columns, holders, dated, unit, period)


def first_of(words: Iterable[str], names: Iterable[Any]) -> Any:
    """Return the name that the first of some words heads, None without one."""
    known: dict[str, Any] = {}
    for name in names:
        known.setdefault(folded(name), name)
    return next((known[word] for word in words if word in known), None)


def _declared(frame: pd.DataFrame) -> tuple[_Format, dict[str, Any]] | None:
    """Return the format that a table's headings declare, and its columns by folded name."""
    by_name: dict[str, Any] = {}
    for name in frame.columns:
        by_name.setdefault(folded(name), name)
    own = frame.attrs.get("declared")
    if own is not None:
        return _Format(own["format"], own["layout"], frozenset(), frozenset(), indicator=own["indicator"]), by_name
    there = set(by_name)
    return next(((one, by_name) for one in _FORMATS if one.all <= there and (not one.any or one.any & there)), None)


def _as_declared(
    found: Roles,
    declared: _Format,
    by_name: Mapping[str, Any],
    *,
    columns: Sequence[Any],
    holders: Mapping[Any, int],
    period: Any,
) -> Roles:
    """Return roles with what a format says of its columns."""

    def own(words: Sequence[str]) -> Any:
        return next((by_name[word] for word in words if word in by_name), None)

    names = list(by_name.values())
    value = found.value or (own(declared.value) if declared.value else None)
    timed = found.period or (period if period in names else own(declared.period) if period else None)
    candidates = [by_name[word] for word in declared.indicator if word in by_name]
    holder = max((c for c in candidates if c in holders), key=lambda c: holders[c], default=None)
    indicator = found.indicator or holder or (None if holders or found.value else own(declared.indicator))
    fixed = frozenset[Any]()
    if declared.name == "SDMX-CSV" and value in names:
        # Attributes of values stand behind them.
        fixed = frozenset(name for name in names[: names.index(value)] if _is_id(name)) - {timed, indicator}
    elif declared.name == eurostat.FORMAT:
        fixed = frozenset(name for name in names if heading_period(name) is None) - {indicator}
    return replace(found, value=value, period=timed, indicator=indicator, format=declared.name, fixed=fixed)


def _is_id(name: Any) -> bool:
    return isinstance(name, str) and bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9_@$-]*", name)) and folded(name) not in SOFT


def _holders(frame: pd.DataFrame, columns: Sequence[Any]) -> dict[Any, int]:
    """Return the columns whose cells name indicators that are asked for, with how many."""
    asked = {label_text(one) for one in columns}
    found = {}
    for name in frame.columns:
        own = frame[name]
        if own.ndim == 1 and (n := len(asked & texts_in(own))):
            found[name] = n
    return found


def _likely(
    frame: pd.DataFrame,
    columns: Sequence[Any],
    holders: Mapping[Any, int],
    dated: Sequence[Any],
    unit: Any,
    period: Any,
) -> Layout | None:
    """Return the layout that a table seems to have, None where it seems to be wide."""
    if dated and unit is not None and (holders or len(columns) == 1):
        return "years"
    if holders:
        rest = [name for name in frame.columns if name not in holders and name not in (unit, period)]
        if first_of(words("values"), rest) is not None or len(_number_columns(frame, rest)) == 1:
            return "long"
        first = frame.columns[0]
        return "transposed" if unit is not None and period is None and first in holders else None
    if len(columns) == 1 and unit is not None and period is not None and unit not in frame.columns:
        first = period if period in frame.columns else frame.columns[0]
        rest = [name for name in frame.columns if name != first]
        dates = [one for one in frame[first].tolist() if not is_missing(one)]
        if rest and len(_number_columns(frame, rest)) == len(rest) and dates and all(map(_is_period, dates)):
            return "transposed"
    return None


def _by_words(frame: pd.DataFrame, dated: Sequence[Any]) -> Layout | None:
    """Return the layout that headings alone say: columns called indicator and value, or periods."""
    free = [name for name in frame.columns if name not in dated]
    if dated and len(dated) >= len(free):
        return "years"
    said = first_of(words("indicators"), free) is not None and first_of(words("values"), free) is not None
    return "long" if said else None


def _is_period(cell: Any) -> bool:
    return read_label(cell) is not None or read_to_date(cell) is not None


def _number_columns(frame: pd.DataFrame, names: Iterable[Any]) -> list[Any]:
    return [name for name in names if frame[name].ndim == 1 and frame[name].dtype.kind in "iuf"]


def _completed(
    frame: pd.DataFrame,
    found: Roles,
    columns: Sequence[Any],
    holders: Mapping[Any, int],
    dated: Sequence[Any],
    unit: Any,
    period: Any,
) -> Roles:
    """Return roles with the likeliest columns where nothing says them; None stays where nothing is likely."""
    names = list(frame.columns)
    free = [name for name in names if name not in dated or found.layout == "long"]
    if found.indicator is None and (found.layout == "long" or found.value is None):
        best = max(holders, key=lambda c: (holders[c], -names.index(c)), default=None)
        found = replace(found, indicator=best if best is not None else first_of(words("indicators"), free))
    if found.layout == "transposed":
        return _turned(frame, found, columns, unit, period)
    taken = {found.indicator, found.value if found.layout == "long" else None}
    own = found.unit or (unit if unit in names else None)
    if own is None and unit is not None:
        own = first_of(words("units"), [c for c in free if c not in taken and folded(c) not in DIMENSIONS])
        rest = [c for c in free if c not in taken and frame[c].dtype.kind not in "iufc" and folded(c) not in SOFT]
        own = own if own is not None else next(iter(rest), None)
    found = replace(found, unit=own)
    if found.layout == "years":
        lone = columns[0] if len(columns) == 1 else None
        return replace(found, period=None, value=found.value or (lone if found.indicator is None else None))
    timed = found.period or (period if period in names else None)
    if timed is None and period is not None:
        timed = first_of(words("periods"), [c for c in free if c not in taken and c != own])
    value = found.value
    if value is None:
        rest = [c for c in free if c not in (found.indicator, own, timed)]
        numbers = _number_columns(frame, rest)
        value = first_of(words("values"), rest)
        value = value if value is not None else numbers[0] if len(numbers) == 1 else None
    return replace(found, period=timed, value=value)


def _turned(frame: pd.DataFrame, found: Roles, columns: Sequence[Any], unit: Any, period: Any) -> Roles:
    """Return the roles of a transposed table: its rows are indicators, or, where it has one alone, periods."""
    first = frame.columns[0]
    if found.indicator is None and (found.value is not None or len(columns) == 1):
        rows = found.period or (period if period in frame.columns else first)
        value = found.value if found.value is not None else columns[0]
        return replace(found, period=rows, value=value)
    own = found.unit or (unit if unit in frame.columns else None)
    return replace(found, indicator=found.indicator if found.indicator is not None else first, unit=own)
