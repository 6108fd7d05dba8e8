"""What an index says of the form of its tables: the shape, what names what, the marks of missing values."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias, get_args

from hengdian_index._tables.cells import number_of, single
from hengdian_index._tables.printed import narrow
from hengdian_index._words.choices import value_meant
from hengdian_index._words.said import Said
from hengdian_index.errors import Fault, SpecError, raise_all, shown, suggestion

Layout: TypeAlias = Literal["wide", "long", "years", "transposed"]
"""The shapes of a table."""

_MOST_ROWS = 10
# Words that a sheet of an index has for something else: among its rows these fields are called otherwise.
_IN_ROWS = {name: f"table_{name}" for name in ("unit", "period", "indicator", "value")}

# So many rows may name the columns where the first alone does not.
HEADING_ROWS = (2, 3)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a table, as `[data]` of a spec says it; every field has a default, which is a plain table.

    Parameters
    ----------
    missing_marks : list of texts or numbers
        What stands for a missing value besides blanks and NA: `["—", ".."]`, `[-999]`.
    header_rows : int
        How many rows name the columns. A column has the name on the lowest of them, with those above before it
        (`2021_income`) where several columns share that; a name that the index asks for may stand on any of them.
    layout : {"wide", "long", "years", "transposed"}, optional
        "wide": a row for each unit and period, a column an indicator. "long": a row for each value. "years": the
        headings are periods. "transposed": the rows are indicators, the headings periods or units. Left out, a table of
        which `indicator` and `value` are said is long, one of a format that declares itself is read in its own layout,
        any other as wide.
    unit, period : str, optional
        Columns that say whose a row is and when; where left out, those that the index names.
    indicator : str, optional
        Column that says of what indicator a row is, in tables that are long, of years or transposed.
    value : str, optional
        In a long table the column of the values. In one of years, or transposed, without a column of indicators: the
        one indicator that the table holds.
    where : mapping
        Column -> the value, or list of values, of the rows to keep: `{"AGE": "_T"}`.
    encoding : str, optional
        How the letters of a text file are written, `"gb18030"`; found out where left out.
    latest : bool
        Take the last value that each unit has of each indicator: a cross-section out of a panel with gaps. `period`,
        here or of the index, says what is last.
    sheet : str or list of str, optional
        The sheet of a workbook that holds the table; needed where several may be meant. Several are joined on unit and
        period.
    """

    missing_marks: tuple[Any, ...] = ()
    header_rows: int = 1
    layout: Layout | None = None
    unit: str | None = None
    period: str | None = None
    indicator: str | None = None
    value: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    encoding: str | None = None
    sheet: Any = None
    latest: bool = False

    @classmethod
    def of(cls, given: Any) -> Form:
        """Return the form that a mapping of fields says; a SpecError has every fault, with the field as its place.

        Examples
        --------
        >>> from hengdian_index._tables.form import Form
        >>> Form.of({"missing_marks": "—", "where": {"AGE": "_T"}}).said
        {'missing_marks': ['—'], 'where': {'AGE': '_T'}}
        """
        if given is None or isinstance(given, cls):
            return given or cls()
        if not isinstance(given, Mapping):
            raise SpecError(Said('a table of fields, {{ missing_marks = ["—"] }}, not {given}', given=shown(given)))
        known = [one.name for one in fields(cls)]
        faults = [
            Fault(Said("unknown key {name!r}{guess}", name=str(name), guess=suggestion(name, known)), (str(name),))
            for name in given
            if name not in known
        ]
        found: dict[str, Any] = {}
        for name in known:
            if given.get(name) is not None:
                try:
                    found[name] = _reader(name)(given[name])
                except SpecError as error:
                    faults += [fault.under(name, saying=Said("{name}: ", name=name)) for fault in error.faults]
        raise_all(SpecError, faults)
        if "indicator" in found and "value" in found:  # only a long table has both
            found.setdefault("layout", "long")
        return cls(**found)

    @classmethod
    def rows(cls) -> dict[str, str]:
        """Return each field with the name that it has among the rows of a workbook's sheet of the index."""
        return {one.name: _IN_ROWS.get(one.name, one.name) for one in fields(cls)}

    @property
    def said(self) -> dict[str, Any]:
        """The fields that are said, as plain values."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        plain = Form()
        return {
            name: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
            for name, value in found.items()
            if value != getattr(plain, name)
        }

    def lines(self, **more: Any) -> str:
        """Return the lines of `[data]` that say this form and more fields, as TOML.

        Examples
        --------
        >>> from hengdian_index._tables.form import Form
        >>> print(Form().lines(layout="long", where={"AGE": "_T", "综合": 1}))
        [data]
        layout = "long"
        where = { AGE = "_T", "综合" = 1 }
        """
        found = {name: value for name, value in (self.said | more).items() if value}
        return "\n".join(["[data]", *(f"{name} = {_toml(value)}" for name, value in found.items())])

    def texts(self, unit: str | None) -> list[str]:
        """Return the columns of a file that hold labels; `unit` is what the index calls that of the units."""
        return [name for name in (unit, self.unit, self.indicator, *self.where) if name]

    @property
    def mark_texts(self) -> frozenset[str]:
        """The marks as texts, as narrow as they are compared."""
        return frozenset(narrow(str(mark)) for mark in self.missing_marks)

    @property
    def mark_numbers(self) -> frozenset[float]:
        """The marks that are numbers."""
        found = (number_of(mark) for mark in self.missing_marks)
        return frozenset(number for number in found if number is not None and not math.isnan(number))


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        keys = {
            key: key if re.fullmatch("[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False) for key in value
        }
        return "{ " + ", ".join(f"{keys[key]} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _marks(given: Any) -> tuple[Any, ...]:
    marks = (given,) if single(given) else tuple(given)
    if not all(type(one) in (str, int, float) and str(one).strip() for one in marks):
        raise SpecError(
            Said('texts or numbers that stand for a missing value, ["—", ".."], not {given}', given=shown(given))
        )
    return tuple(one.strip() if isinstance(one, str) else one for one in marks)


def _rows(given: Any) -> int:
    if type(given) is not int or not 1 <= given <= _MOST_ROWS:
        raise SpecError(
            Said(
                "how many rows name the columns, 1 to {most}, not {given}",
                most=_MOST_ROWS,
                given=shown(given),
            )
        )
    return given


def _layout(given: Any) -> Any:
    given = (value_meant("layout", given) or given) if isinstance(given, str) else given
    if given not in get_args(Layout):
        raise SpecError(Said("no {given}{guess}", given=shown(given), guess=suggestion(given, get_args(Layout))))
    return given


def _name(given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise SpecError(Said("a name is needed, not {given}", given=shown(given)))
    return given.strip()


def _where(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise SpecError(
            Said('columns with the value of the rows to keep, {{ AGE = "_T" }}, not {given}', given=shown(given))
        )
    return {_name(name): _kept(name, value) for name, value in given.items()}


def _kept(name: str, given: Any) -> Any:
    several = [given] if single(given) else list(given) if isinstance(given, Sequence) else [None]
    if not several or not all(type(one) in (str, int, float, bool) for one in several):
        raise SpecError(
            Said("{name}: a text or a number, or a list of them, not {given}", name=name, given=shown(given))
        )
    return given if single(given) else several


def _truth(given: Any) -> bool:
    if not isinstance(given, bool):
        raise SpecError(Said("true or false, not {given}", given=shown(given)))
    return given


def _encoding(given: Any) -> str:
    try:
        return codecs.lookup(_name(given)).name
    except LookupError:
        raise SpecError(
            Said("no encoding {given}; such as utf-8, gb18030, big5, utf-16, cp1252", given=shown(given))
        ) from None


def _sheet(given: Any) -> str | tuple[str, ...]:
    names = [given] if single(given) else list(given)
    if not names or len(set(map(str, names))) < len(names):
        raise SpecError(
            Said('the name of a sheet, "2022", or several, ["income", "air"], not {given}', given=shown(given))
        )
    found = tuple(map(_name, names))
    return found[0] if len(found) == 1 else found


_READERS: dict[str, Callable[[Any], Any]] = {
    "missing_marks": _marks,
    "header_rows": _rows,
    "layout": _layout,
    "where": _where,
    "encoding": _encoding,
    "sheet": _sheet,
    "latest": _truth,
}


def _reader(name: str) -> Callable[[Any], Any]:
    """Return what reads a field; without one of its own it is a name."""
    return _READERS.get(name, _name)


PLAIN = Form()
"""The form of a table of which nothing is said."""
