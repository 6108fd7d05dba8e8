"""Tables that are long, of years or transposed, made wide: a row for each unit and period, a column an indicator."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._tables import bureau, eurostat
from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.form import PLAIN, Form
from hengdian_index._tables.periods import read_label, read_to_date
from hengdian_index._tables.places import lines_of, rows_of
from hengdian_index._tables.printed import plain_cells
from hengdian_index._tables.roles import (
    DIMENSIONS,
    NOTES,
    SOFT,
    Roles,
    folded,
    heading_period,
    said_roles,
    words,
)
from hengdian_index._tables.table import Array, shortened
from hengdian_index._tables.units import label_text
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, Fault, guess, listed, raise_all, shown, suggestion

_TOTALS, _MULTIPLIERS, _FLAGS = (frozenset(words(kind)) for kind in ("totals", "multipliers", "flags"))
_POWERS = {"units": 0, "unit": 0, "hundreds": 2, "thousands": 3, "millions": 6, "billions": 9, "trillions": 12}
# A value that is marked so is as others are.
_NORMAL = frozenset({"A", "Normal value"})
_MOST_VALUES, _MOST_KINDS = 12, 200
# More that are given twice are told by the first of them.
_MOST_TWICE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where the cells of a table that was made wide stand in its file: lines and letters of columns, (n, k)."""

    names: tuple[Any, ...]
    lines: NDArray[np.intp]
    letters: NDArray[Any] | None = None

    def __deepcopy__(self, _: Any) -> Origin:
        # Pandas copies what a table remembers with each of its copies.
        return self

    def pick(self, rows: NDArray[Any]) -> Origin:
        """Return the places of some rows."""
        return Origin(self.names, self.lines[rows], None if self.letters is None else self.letters[rows])

    def place(self, row: int, name: Any) -> tuple[int, str] | None:
        """Return line and letter of a cell, None where the file has no such cell."""
        if name not in self.names:
            return None
        j = self.names.index(name)
        line = int(self.lines[row, j])
        return (line, "" if self.letters is None else str(self.letters[row, j])) if line else None


@dataclass(slots=True)
class _Work:
    """A table that is made wide: its rows, what is asked of it, what was said of it."""

    frame: pd.DataFrame
    columns: list[Any]
    unit: Any
    period: Any
    labels: list[Any]
    form: Form
    said: list[Said] = field(default_factory=list)

    def headed(self, told: Said) -> Said:
        """Return a message about the table after the name of its file."""
        return headed(self.frame.attrs.get("source"), told)

    @property
    def lines(self) -> NDArray[np.intp]:
        """The line of each row in its file."""
        return np.asarray(self.frame.attrs.get("lines") or range(2, len(self.frame) + 2), dtype=np.intp)

    def rows(self, at: Sequence[int]) -> Said:
        """Return how a message calls rows."""
        return lines_of(self.lines[at].tolist()) if "source" in self.frame.attrs else rows_of([int(i) for i in at])

    def kept(self, mask: NDArray[np.bool_]) -> None:
        """Go on with some of the rows."""
        attrs = {**self.frame.attrs, "lines": tuple(self.lines[mask].tolist())}
        self.frame = self.frame[mask].reset_index(drop=True)
        self.frame.attrs = attrs


@dataclass(frozen=True, slots=True)
class _Cells:
    """The values of a table with whose, when and of what each is, where it stands, and what is beside it."""

    values: Any
    units: NDArray[Any] | None
    periods: NDArray[Any] | None
    codes: NDArray[np.intp]
    names: tuple[Any, ...]
    lines: NDArray[np.intp]
    letters: NDArray[Any] | None
    beside: pd.DataFrame


def as_wide(
    frame: pd.DataFrame,
    columns: Sequence[Any],
    form: Form,
    unit: Any = None,
    period: Any = None,
    labels: Sequence[Any] = (),
    *,
    likely: bool = False,
) -> pd.DataFrame:
    """Return a table with a row for each unit and period and a column for each indicator; a wide one as it is.

    Parameters
    ----------
    columns : sequence
        Indicators that are asked for; others that a table has too are left. None are asked for: all are taken.
    form : Form
        What is said of the table; of a format that declares itself nothing needs to be.
    unit, period : str, optional
        What the columns of units and periods are called in the answer.
    labels : sequence
        Columns of labels of units that are kept beside.
    likely : bool
        A shape that is likely is taken for the table's own, which else is refused with the lines that say it.

    Returns
    -------
    DataFrame
        What was done is in `attrs["liberties"]`, where each cell stands in its file in `attrs["origin"]`.

    Raises
    ------
    DataError
        A table that is not wide, with the lines to write that read it; another dimension that has several values; a
        cell that is given twice.
    """
    if frame.attrs.get("joined"):
        return frame
    frame = bureau.titled(eurostat.parted(frame), columns, unit)
    if _is_owid(frame):
        frame, form = _of_owid(_Work(frame, list(columns), unit, period, list(labels), form))
    known = set(frame.columns) | set(frame.index.names)
    wide = all(name in known for name in (*columns, *filter(None, (unit, period)))) and bool(columns)
    if form.layout in (None, "wide") and wide and not (form.unit or form.period or form.where):
        return frame
    named = [name for name in frame.index.names if name is not None]
    bare = frame.reset_index() if named else frame
    bare.attrs = dict(frame.attrs)
    work = _Work(_parted(bare), list(columns), unit, period, list(labels), form)
    work.form = _with_columns(work)
    roles = said_roles(work.frame, work.form, columns, unit, period)
    if roles is None:
        if not (form.unit or form.period or form.where):
            return frame
        _keep(work)
        return _renamed(work)
    twice = [name for name, n in Counter(work.frame.columns).items() if n > 1]
    raise_all(
        DataError,
        [work.headed(Said("column {name} stands twice; rename or drop one", name=shown(one))) for one in twice],
    )
    _refuse_strangers(work, roles)
    before = work.frame
    _keep(work)
    _with_beside(work, roles)
    _refuse_loss(work, roles, before)
    roles = _settled(work, roles, likely=likely)
    cells = _of_long(work, roles) if roles.layout == "long" else _across(work, roles)
    return _pivoted(work, roles, cells)


def _with_beside(work: _Work, roles: Roles) -> None:
    """Give the cells of columns beside the values of a long table rows of their own, as far as they are asked for.

    What stands in the column `weight` beside the values of `rent` is asked for as `weight_rent`.
    """
    if roles.layout != "long" or roles.indicator is None or roles.value is None:
        return
    codes, known = _coded(work.frame[roles.indicator])
    taken = {roles.indicator, roles.value, roles.unit, roles.period}
    asked = {name for name in work.columns if name not in known}
    beside = [one for one in work.frame.columns if one not in taken and any(f"{one}_{code}" in asked for code in known)]
    if not beside:
        return
    frame, lines = work.frame.drop(columns=beside), work.lines
    labels = np.array([*known, None], dtype=object)[codes]
    parts = [frame]
    for name in beside:
        called = [None if label is None else f"{name}_{label}" for label in labels]
        parts.append(frame.copy())
        parts[-1][roles.indicator], parts[-1][roles.value] = called, work.frame[name]
    attrs = {**work.frame.attrs, "lines": tuple(np.tile(lines, len(parts)).tolist())}
    work.frame = pd.concat(parts, ignore_index=True)
    work.frame.attrs = attrs


def said_by_title(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a column for each thing that its first cell, or a title, says of all of it."""
    return bureau.titled(eurostat.parted(frame), (), None)


def free_names(frame: pd.DataFrame) -> tuple[str, str]:
    """Return names for units and periods that no column has: Eurostat's `unit` is of measure."""
    taken = set(frame.columns)
    return ("units" if "unit" in taken else "unit", "periods" if "period" in taken else "period")


def proposed(frame: pd.DataFrame, name: str) -> dict[str, Any] | None:
    """Return what `[data]` may say of a table that is long or of years, each choice the likeliest; None for another.

    Parameters
    ----------
    name : str
        What the one indicator of a table that names none is called.
    """
    work = _Work(_parted(said_by_title(frame)), [], None, None, [], PLAIN)
    roles = said_roles(work.frame, work.form, (), *free_names(work.frame))
    if roles is None or roles.layout == "transposed" or (roles.layout == "long" and roles.value is None):
        return None
    value = name if roles.layout == "years" and roles.indicator is None and roles.value is None else roles.value
    if roles.indicator is None and roles.layout == "long":
        several = _dimensions(work, roles)
        if not several:
            return None
        roles = replace(roles, indicator=several[0].name)
    own = {"unit": roles.unit, "period": roles.period, "indicator": roles.indicator, "value": value}
    said = {"layout": roles.layout, **{role: str(one) for role, one in own.items() if one is not None}}
    where = {str(one.name): one.proposed for one in _dimensions(work, roles)}
    return said | ({"where": where} if where else {})


def _is_owid(frame: pd.DataFrame) -> bool:
    """Return whether a table begins as those of Our World in Data do."""
    heads = [str(name).casefold() for name in frame.columns[:3]]
    return heads[:2] == ["entity", "code"] and heads[2:] in (["year"], ["day"], ["date"])


def _of_owid(work: _Work) -> tuple[pd.DataFrame, Form]:
    """Return a table of Our World in Data without what has no code, where codes are the units; and its form."""
    frame, form = work.frame, work.form
    entity, code, year = frame.columns[:3]
    asked = {work.unit, work.period, form.unit, form.period}
    more: dict[str, Any] = {"unit": str(entity)} if work.unit is not None and not asked & {entity, code} else {}
    if work.period is not None and year not in asked:
        form = replace(form, period=str(year))
    if more:
        told = Said(
            "the table (Our World in Data) has its units in {entity}, with codes in {code}", entity=entity, code=code
        )
        raise DataError(work.headed(_read_with(told, form.lines(**more))))
    if code in (work.unit, form.unit) and (gone := _coded(frame[code])[0] < 0).any():
        named = listed(_coded(frame[entity][gone])[1])
        work.said.append(
            Said.of(
                int(gone.sum()),
                "{n} row without a code, no countries, left out: {names}",
                "{n} rows without a code, no countries, left out: {names}",
                names=named,
            )
        )
        work.kept(~gone)
        work.frame.attrs["liberties"] = (*frame.attrs.get("liberties", ()), *work.said)
    return work.frame, form


def _read_with(why: Said, lines: str) -> Said:
    return Said("{why}; it is read with these lines in the spec:\n{lines}", why=why, lines=lines)


def _parted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return an SDMX-CSV table that has labels behind its codes, `REF_AREA: Area` and `AT: Austria`, with the codes."""
    heads = [str(name) for name in frame.columns]
    if not any(re.match(r"OBS_VALUE\s*:", head) for head in heads):
        return frame
    out = frame.copy()
    for j, head in enumerate(heads):
        if re.match(r"\w+\s*:", head) and frame.iloc[:, j].dtype.kind not in "iufb":
            cells = frame.iloc[:, j].tolist()
            out.isetitem(j, [c.partition(":")[0].strip() if isinstance(c, str) else c for c in cells])
    out.columns = pd.Index([head.partition(":")[0].strip() for head in heads], dtype=object)
    out.attrs = dict(frame.attrs)
    if "letters" in out.attrs:
        out.attrs["letters"] = dict(zip(out.columns, out.attrs["letters"].values(), strict=True))
    return out


def _with_columns(work: _Work) -> Form:
    """Return the form with the columns themselves that it names; those that are not there are refused."""
    there = {str(name).strip(): name for name in work.frame.columns}
    form, faults = work.form, list[Said]()
    roles = {"unit": form.unit, "period": form.period, "indicator": form.indicator}
    if form.layout == "long":
        roles["value"] = form.value
    faults += [_no_column(role, name, there) for role, name in roles.items() if name is not None and name not in there]
    faults += [_no_condition(name, there) for name in form.where if name not in there]
    faults += [
        Said("{role} = {name} in [data], but the index has no {role}; name it there, too", role=role, name=shown(own))
        for role, own, name in (("unit", form.unit, work.unit), ("period", form.period, work.period))
        if own is not None and name is None
    ]
    raise_all(DataError, list(map(work.headed, faults)))
    found: dict[str, Any] = {role: there[name] for role, name in roles.items() if name is not None}
    return replace(form, **found)


def _no_column(role: str, name: Any, there: Mapping[str, Any]) -> Said:
    return Said(
        "{role} = {name} in [data], but the table has no such column{guess}",
        role=role,
        name=shown(name),
        guess=suggestion(name, there),
    )


def _no_condition(name: Any, there: Mapping[str, Any]) -> Said:
    return Said(
        "where names {name} in [data], but the table has no such column{guess}",
        name=shown(name),
        guess=suggestion(name, there),
    )


def _refuse_strangers(work: _Work, roles: Roles) -> None:
    """Refuse rows of a form that says more than its layout has."""
    if roles.layout == "years" and work.form.period is not None:
        told = Said('layout = "years" has the periods in its headings; leave period out of [data]')
        raise DataError(work.headed(told))


def _keep(work: _Work) -> None:
    """Keep the rows that `where` names."""
    there = {str(name).strip(): name for name in work.frame.columns}
    mask, faults = np.ones(len(work.frame), dtype=np.bool_), []
    for name, wanted in work.form.where.items():
        several = [label_text(one) for one in (wanted if isinstance(wanted, (list, tuple)) else [wanted])]
        codes, known = _coded(work.frame[there[name]])
        absent = [one for one in several if one and one not in known]
        faults += [
            work.headed(
                Said("where: {name} has no {value}{guess}", name=name, value=shown(one), guess=suggestion(one, known))
            )
            for one in absent
        ]
        mask &= np.isin(codes, [known.index(one) if one in known else -1 for one in several])
    raise_all(DataError, faults)
    if work.form.where and not mask.any():
        raise DataError(
            work.headed(Said("where: no row has all of {conditions}", conditions=_conditions(work.form.where)))
        )
    if not mask.all():
        kept, n = int(mask.sum()), len(mask)
        work.said.append(
            Said(
                "kept {kept:,} of {rows}, those with {conditions}",
                kept=kept,
                rows=Said.of(n, "{n} row", "{n} rows"),
                conditions=_conditions(work.form.where),
            )
        )
        work.kept(mask)


def _refuse_loss(work: _Work, roles: Roles, before: pd.DataFrame) -> None:
    """Refuse a `where` that takes all rows of an indicator that is asked for, with the values that these have."""
    if before is work.frame or roles.indicator is None:
        return
    codes, known = _coded(before[roles.indicator])
    left = set(_coded(work.frame[roles.indicator])[1])
    lost = [text for text in map(label_text, work.columns) if text in known and text not in left]
    faults = []
    for text in lost:
        rows = before[codes == known.index(text)]
        there = joined(
            [
                Said("{name} {values}", name=name, values=listed(_coded(rows[one])[1]))
                for one in rows.columns
                if (name := str(one)) in work.form.where
            ]
        )
        told = Said(
            "where leaves no row of {indicator}, which has {values}; name these too, in a list",
            indicator=shown(text),
            values=there,
        )
        faults.append(work.headed(told))
    raise_all(DataError, faults)


def _conditions(where: Mapping[str, Any]) -> Said:
    parts = ((name, one if isinstance(one, (list, tuple)) else [one]) for name, one in where.items())
    return joined([Said("{name} {values}", name=name, values=_either(several)) for name, several in parts])


def _either(values: Sequence[Any]) -> Said | str:
    """Return values of which one is meant."""
    front = shown(values[0])
    for one in values[1:]:
        front = Said("{one} or {other}", one=front, other=shown(one))
    return front


def _text(cell: Any) -> str | None:
    """Return what a label is called, None for a blank one."""
    return None if is_missing(cell) else label_text(cell)


def _coded(cells: Any, key: Callable[[Any], Any] = _text) -> tuple[NDArray[np.intp], list[Any]]:
    """Return a number for each label, -1 for one whose key is None, and the keys by number."""
    column = cells if isinstance(cells, pd.Series) else pd.Series(cells, dtype=object)
    try:
        raw, distinct = pd.factorize(column, use_na_sentinel=True)
    except TypeError:
        # A list in a cell has no hash.
        raw, distinct = pd.factorize(column.map(shown), use_na_sentinel=True)
    number: dict[Any, int] = {}
    of_raw = [-1 if (own := key(one)) is None else number.setdefault(own, len(number)) for one in distinct]
    return np.array([*of_raw, -1], dtype=np.intp)[raw], list(number)


def _renamed(work: _Work) -> pd.DataFrame:
    """Return a wide table with the columns of units and periods under the names that the index has for them."""
    pairs = ((work.form.unit, work.unit), (work.form.period, work.period))
    new = {own: name for own, name in pairs if own is not None and own != name}
    for own, name in new.items():
        if name in work.frame.columns:
            told = Said(
                "{own} in [data] is to be {name}, but the table has {name} too; name one of them in [index]",
                own=shown(own),
                name=shown(name),
            )
            raise DataError(work.headed(told))
        work.said.append(Said("column {old} read as {name}", old=shown(own), name=shown(name)))
    frame = work.frame.rename(columns=new)
    frame.attrs = {**work.frame.attrs, "liberties": (*work.frame.attrs.get("liberties", ()), *work.said)}
    if "letters" in frame.attrs:
        frame.attrs["letters"] = {new.get(name, name): one for name, one in frame.attrs["letters"].items()}
    return frame


@dataclass(frozen=True, slots=True)
class _Dimension:
    """A column that tells values apart, how often each of its values is there, and the one that is proposed."""

    name: Any
    counts: Mapping[str, int]
    proposed: str


def _settled(work: _Work, roles: Roles, *, likely: bool) -> Roles:
    """Return the roles where nothing of them is left to choose; a choice is refused with the lines that make it."""
    form, names = work.form, set(work.frame.columns)
    guessed = dict[str, Any]()
    if roles.layout != "transposed" and roles.unit != (form.unit or (work.unit if work.unit in names else None)):
        guessed["unit"] = roles.unit
    sure = form.period or (work.period if work.period in names else None)
    if roles.layout == "long" and roles.period != sure and not roles.format:
        guessed["period"] = roles.period
    open_layout = form.layout is None and not roles.format
    unknown = _unknown(work, roles)
    if unknown:
        raise DataError(*unknown)
    _asked_rows(work, roles)
    dimensions = _dimensions(work, roles)
    if dimensions or ((open_layout or guessed) and not likely):
        raise DataError(_question(work, roles, dimensions))
    return roles


_WANTED = {
    "value": Said("which column has the values"),
    "indicator": Said("which column has the indicators"),
    "unit": Said("which column has the units"),
    "period": Said("which column has the periods"),
}


def _unknown(work: _Work, roles: Roles) -> list[Said]:
    """Return a fault for each role that no column has."""
    long, years = roles.layout == "long", roles.layout == "years"
    absent = [
        role
        for role, gone in (
            ("value", long and roles.value is None),
            ("indicator", long and roles.indicator is None and len(work.columns) != 1),
            ("years", years and roles.indicator is None and roles.value is None),
            ("unit", roles.layout != "transposed" and work.unit is not None and roles.unit is None),
            ("period", long and work.period is not None and roles.period is None),
        )
        if gone
    ]
    return [work.headed(_no_names(work) if role == "years" else _open(work, roles, role)) for role in absent]


def _open(work: _Work, roles: Roles, role: str) -> Said:
    return Said(
        'the table seems to be of the layout {layout!r}, but nothing says {what}; write {role} = "..." in [data]; '
        "columns: {names}",
        layout=roles.layout,
        what=_WANTED[role],
        role=role,
        names=joined(list(work.frame.columns)),
    )


def _no_names(work: _Work) -> Said:
    lines = work.form.lines(layout="years", value=str(work.columns[0]) if work.columns else "...")
    if not work.columns:
        return Said(
            "the headings are periods, and no column has the names of indicators; name the column that has them, "
            'indicator = "...", or the one indicator that the table holds:\n{lines}',
            lines=lines,
        )
    return Said(
        "the headings are periods, and no column has the names of {names}; name the column that has them, indicator = "
        '"...", or the one indicator that the table holds:\n{lines}',
        names=listed(work.columns),
        lines=lines,
    )


def _question(work: _Work, roles: Roles, dimensions: Sequence[_Dimension]) -> Said:
    """Return the refusal of a table that may be read once more is said, with the lines that say it."""
    more: dict[str, Any] = {"layout": roles.layout}
    if roles.unit is not None and roles.unit != work.unit:
        more["unit"] = str(roles.unit)
    if roles.period is not None and roles.period != work.period:
        more["period"] = str(roles.period)
    if roles.indicator is not None:
        more["indicator"] = str(roles.indicator)
    if roles.value is not None:
        more["value"] = str(roles.value)
    chosen = {str(one.name): one.proposed for one in dimensions}
    more["where"] = {**work.form.said.get("where", {}), **chosen}
    told = [_described(work, roles)]
    for one in dimensions:
        pairs = list(one.counts.items())[:_MOST_VALUES]
        values = joined(
            [Said("{value} ({rows})", value=shown(name), rows=Said.of(n, "{n} row", "{n} rows")) for name, n in pairs]
        )
        rest = len(one.counts) - _MOST_VALUES
        if rest > 0:
            values = Said("{names} and {n} more", names=values, n=rest)
        told.append(Said("{column} has several values: {values}", column=one.name, values=values))
    if dimensions:
        told.append(Said("choose one of each with where"))
    return work.headed(_read_with(joined(told, "clauses"), work.form.lines(**more)))


# Formats that declare themselves, by the names of who has them.
_FORMATS = {
    str(one): one
    for one in (
        Said("Eurostat"),
        Said("Global Health Observatory of the WHO"),
        Said("World Bank"),
        Said("Our World in Data"),
    )
}


def _format(roles: Roles) -> Said | str:
    return _FORMATS.get(roles.format, roles.format)


def _described(work: _Work, roles: Roles) -> Said:
    table = Said("the table ({format})", format=_format(roles)) if roles.format else Said("the table")
    if roles.layout == "long" and roles.indicator is not None:
        return Said(
            "{table} is long: its indicators are in {indicator}, its values in {value}",
            table=table,
            indicator=shown(roles.indicator),
            value=shown(roles.value),
        )
    if roles.layout == "long":
        return Said("{table} is long: its values in {value}", table=table, value=shown(roles.value))
    if roles.layout == "years":
        heads = listed([name for name in work.frame.columns if heading_period(name) is not None], 3)
        if roles.indicator is None:
            return Said("{table} has periods as headings, {heads}: it has one indicator", table=table, heads=heads)
        return Said(
            "{table} has periods as headings, {heads}: its indicators are in {indicator}",
            table=table,
            heads=heads,
            indicator=shown(roles.indicator),
        )
    if roles.indicator is None:
        return Said("{table} is transposed: its rows are periods", table=table)
    return Said("{table} is transposed: its rows are indicators", table=table)


def _asked_rows(work: _Work, roles: Roles) -> None:
    """Go on with the rows of the indicators that are asked for, where any of them is there."""
    if roles.indicator is None or not work.columns:
        return
    codes, known = _coded(work.frame[roles.indicator])
    asked = {label_text(one) for one in work.columns}
    others = [text for text in known if text not in asked]
    if len(others) == len(known) and not set(work.columns) & set(work.frame.columns):
        each = [Said("{name}{guess}", name=shown(one), guess=guess(one, known)) for one in work.columns]
        told = Said(
            "no row of {column} is of {names}; it has {values}",
            column=shown(roles.indicator),
            names=joined(each),
            values=listed(known),
        )
        raise DataError(work.headed(told))
    if not others or len(others) == len(known):
        return
    work.said.append(
        Said.of(
            len(others),
            "{n} indicator of {column} that the index does not use: {names}",
            "{n} indicators of {column} that the index does not use: {names}",
            column=shown(roles.indicator),
            names=listed(others),
        )
    )
    work.kept(np.array([*(text in asked for text in known), True], dtype=np.bool_)[codes])


def _group(*codes: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    """Return a number for each row that is the same where all codes are."""
    found = np.zeros(len(codes[0]), dtype=np.int64)
    for one in codes:
        found = found * (int(one.max(initial=0)) + 2) + one + 1
        found = np.unique(found, return_inverse=True)[1].astype(np.int64)
    return found.astype(np.intp), int(found.max(initial=-1)) + 1


def _follows(one: NDArray[np.intp], key: NDArray[np.intp]) -> bool:
    """Return whether each key has one code; blank ones say nothing."""
    some = one >= 0
    if not some.any():
        return True
    pairs = _group(key[some], one[some])[1]
    return pairs == len(np.unique(key[some]))


def _dimensions(work: _Work, roles: Roles) -> list[_Dimension]:
    """Return the columns that have several values for one unit, period and indicator, or within one indicator.

    A column that follows from the indicator (a unit of measure) is none, nor is one that is a label of the unit or the
    period; one without repeated cells is a dimension where it is filled throughout and has few values.
    """
    frame, n = work.frame, len(work.frame)
    if not n:
        return []
    zero = np.zeros(n, dtype=np.intp)
    unit = zero if roles.unit is None else _coded(frame[roles.unit])[0]
    when = zero if roles.period is None else _coded(frame[roles.period], _period_key)[0]
    what = zero if roles.indicator is None else _coded(frame[roles.indicator])[0]
    group, groups = _group(unit, when, what)
    repeated = groups < n
    across = roles.layout != "long"
    skip = {roles.unit, roles.period, roles.indicator, *work.labels, *work.columns, *work.form.where}
    skip |= {roles.value} if not across else {c for c in frame.columns if heading_period(c) is not None}
    found: list[tuple[Any, NDArray[np.intp], list[Any]]] = []
    constant, following = list[Said](), list[Said]()
    for name in frame.columns:
        column = frame[name] if name not in skip else None
        if column is None or column.ndim > 1 or folded(name) in NOTES or column.dtype.kind in "fcMm":
            continue
        codes, texts = _coded(column)
        several = len(texts)
        if several < 2 and not (several and (codes < 0).any() and repeated):
            if several and roles.format and name in roles.fixed:
                constant.append(Said("{name} {values}", name=name, values=shown(texts[0])))
            continue
        strict = name in roles.fixed or folded(name) in DIMENSIONS
        unique = several == n and (n > _MOST_VALUES or column.dtype.kind in "iu")
        if repeated:
            tells = not unique and _group(group, codes)[1] > groups
        else:
            tells = _is_dimension(codes, texts, several, unit, when, what, strict, column.dtype.kind, name)
        if tells and (repeated or folded(name) not in SOFT):
            if not any(_follows(codes, other) and _follows(other, codes) for _, other, _ in found):
                found.append((name, codes, texts))
        elif strict and _follows(codes, what):
            following.append(Said("{name} ({values})", name=name, values=joined(texts[:_MOST_VALUES])))
    if not found:
        work.said += [Said("the same in every row: {values}", values=joined(constant))] if constant else []
        work.said += [Said("{column} goes with the indicator", column=one) for one in following]
        return []
    proposed = _proposed([codes for _, codes, _ in found], [texts for *_, texts in found], what)
    return [
        _Dimension(name, _counts(codes, texts), one) for (name, codes, texts), one in zip(found, proposed, strict=True)
    ]


def _counts(codes: NDArray[np.intp], texts: Sequence[str]) -> dict[str, int]:
    """Return how often each label is there, the most frequent first, a blank one as an empty text."""
    sizes = np.bincount(codes + 1, minlength=len(texts) + 1).tolist()
    counts = Counter({text: n for text, n in zip(["", *texts], sizes, strict=True) if n})
    return dict(counts.most_common())


def _is_dimension(
    codes: NDArray[np.intp],
    texts: Sequence[str],
    several: int,
    unit: NDArray[np.intp],
    when: NDArray[np.intp],
    what: NDArray[np.intp],
    strict: bool,
    kind: str,
    name: Any,
) -> bool:
    """Return whether a column tells values apart though no cell is repeated."""
    if (codes < 0).any() or (kind in "iub" and not strict) or several > _MOST_KINDS or _follows(codes, what):
        return False
    if not strict and (several * 2 > len(codes) or folded(name) in SOFT):
        return False
    for key in (unit, when):
        # A code beside its label goes both ways; a group of units (a region) is one of their labels.
        label = _follows(codes, key) and (not strict or _follows(key, codes))
        if key.any() and label and folded(name) not in DIMENSIONS:
            return False
    return not all(read_label(text) is not None for text in texts)


def _proposed(columns: Sequence[NDArray[np.intp]], texts: Sequence[Sequence[str]], what: NDArray[np.intp]) -> list[str]:
    """Return the values of dimensions that go together in one proposal: of most indicators, totals, most rows."""
    group, groups = _group(*columns)
    first = np.unique(group, return_index=True)[1]
    named = [["" if codes[i] < 0 else own[codes[i]] for codes, own in zip(columns, texts, strict=True)] for i in first]
    sizes = np.bincount(group)
    # A row without an indicator, -1, counts as one of its own.
    several = int(what.max(initial=0)) + 2
    indicators = np.bincount(np.unique(group * several + what + 1) // several)

    def worth(one: int) -> tuple[int, int, int]:
        return int(indicators[one]), sum(folded(text) in _TOTALS for text in named[one]), int(sizes[one])

    return named[max(range(groups), key=worth)]


def _period_key(label: Any) -> Any:
    """Return what tells periods apart, the same for two spellings of one; None for none."""
    if is_missing(label):
        return None
    reading = read_label(label)
    if isinstance(reading, tuple):
        return reading
    to_date = read_to_date(label)
    return reading or (label_text(label) if to_date is None else ("to date", to_date))


def _of_long(work: _Work, roles: Roles) -> _Cells:
    """Return the cells of a long table."""
    frame = work.frame
    if roles.indicator is None:
        names, codes = (work.columns[0] if work.columns else roles.value,), np.zeros(len(frame), dtype=np.intp)
        if names[0] != roles.value:
            work.said.append(Said("the values of {old} read as {name}", old=shown(roles.value), name=shown(names[0])))
    else:
        names, codes = _indicators(work, frame[roles.indicator])
        work.said.append(_read_as(work, roles))
    values = frame[roles.value]
    values = _multiplied(work, values)
    _note_flags(work)
    periods = None if roles.period is None or work.period is None else frame[roles.period].to_numpy()
    units = None if roles.unit is None or work.unit is None else frame[roles.unit].to_numpy(dtype=object)
    letter = frame.attrs.get("letters", {}).get(roles.value)
    letters = None if letter is None else np.full(len(frame), letter, dtype=object)
    return _Cells(values, units, periods, codes, names, work.lines, letters, frame)


def _read_as(work: _Work, roles: Roles) -> Said:
    parts = [
        *([Said("the indicators in {column}", column=shown(roles.indicator))] if roles.indicator is not None else []),
        *(
            [Said("the values in {column}", column=shown(roles.value))]
            if roles.layout == "long" and roles.value is not None
            else []
        ),
        *([Said("the units in {column}", column=shown(roles.unit))] if roles.unit is not None else []),
        *([Said("the periods in {column}", column=shown(roles.period))] if roles.period is not None else []),
    ]
    rows = Said.of(len(work.frame), "{n} row", "{n} rows")
    if roles.format:
        return Said(
            "read in the layout {layout!r} ({format}): {columns} ({rows})",
            layout=roles.layout,
            format=_format(roles),
            columns=joined(parts, "places"),
            rows=rows,
        )
    return Said(
        "read in the layout {layout!r}: {columns} ({rows})",
        layout=roles.layout,
        columns=joined(parts, "places"),
        rows=rows,
    )


def _indicators(work: _Work, column: pd.Series[Any]) -> tuple[tuple[Any, ...], NDArray[np.intp]]:
    """Return the indicators of a table, as they are asked for, and which of them each row is of; a blank is refused."""
    codes, known = _coded(column)
    asked = {label_text(one): one for one in work.columns}
    blank = np.flatnonzero(codes < 0).tolist()
    if blank:
        told = Said.of(
            len(blank),
            "{column}: {n} row has no indicator: {rows}; write it or leave the row out",
            "{column}: {n} rows have no indicator: {rows}; write it or leave the row out",
            column=column.name,
            rows=work.rows(blank),
        )
        raise DataError(work.headed(told))
    return tuple(asked.get(text, text) for text in known), codes


def _multiplied(work: _Work, values: pd.Series[Any]) -> Any:
    """Return values times the power of ten that a column of multipliers says."""
    column = next((name for name in work.frame.columns if folded(name) in _MULTIPLIERS), None)
    if column is None:
        return values
    codes, texts = _coded(work.frame[column])
    powers = [_power(text) for text in texts]
    wrong = [text for text, power in zip(texts, powers, strict=True) if power is None]
    if wrong:
        at = np.flatnonzero(np.isin(codes, [texts.index(text) for text in wrong])).tolist()
        told = Said("{values} is no power of ten; write 0, 3, 6 or 9, or take the column out", values=listed(wrong))
        raise DataError(work.headed(joined([column, work.rows(at), told], "heads")))
    power_of = np.array([*(power or 0 for power in powers), 0])[codes]
    if not power_of.any():
        return values
    cells = values.astype(object).tolist()
    plain = plain_cells(cells, work.frame.attrs.get("decimal", "."))[0]
    met = dict[int, list[int]]()
    for i in np.flatnonzero(power_of).tolist():
        number = number_of(plain[i])
        if number is not None and math.isfinite(number):
            cells[i] = float(f"{number!r}e{power_of[i]}")
            met.setdefault(int(power_of[i]), []).append(i)
    for power, at in met.items():
        work.said.append(
            Said.of(
                len(at),
                "{column}: {n} value times 10^{power}, the first in {row}",
                "{column}: {n} values times 10^{power}, the first in {row}",
                column=column,
                power=power,
                row=work.rows(at[:1]),
            )
        )
    return pd.Series(cells, dtype=object).infer_objects()


def _power(text: str) -> int | None:
    number = number_of(text)
    if number is None:
        return _POWERS.get(folded(text))
    return int(number) if number == int(number) and abs(number) <= 24 else None


def _note_flags(work: _Work) -> None:
    """Say which flags stand beside values."""
    for name in work.frame.columns:
        if folded(name) not in _FLAGS or work.frame[name].ndim > 1:
            continue
        codes, texts = _coded(work.frame[name])
        counts = {text: n for text, n in _counts(codes, texts).items() if text and text not in _NORMAL}
        if counts:
            first = np.flatnonzero(np.isin(codes, [texts.index(text) for text in counts])).tolist()[:1]
            flags = [Said("{flag} {n}", flag=shown(text), n=n) for text, n in list(counts.items())[:_MOST_VALUES]]
            work.said.append(
                Said.of(
                    sum(counts.values()),
                    "{column} marks {n} value, each kept as it is: {flags}; the first in {row}",
                    "{column} marks {n} values, each kept as it is: {flags}; the first in {row}",
                    column=name,
                    flags=joined(flags),
                    row=work.rows(first),
                )
            )


def _across(work: _Work, roles: Roles) -> _Cells:
    """Return the cells of a table whose headings are periods or units."""
    frame = work.frame
    heads = [name for name in frame.columns if heading_period(name) is not None]
    of_units = roles.layout == "transposed" and (roles.indicator is None or not heads or work.period is None)
    if of_units:
        role = roles.indicator if roles.indicator is not None else roles.period
        heads = [name for name in frame.columns if name != role and str(name) not in work.form.where]
    filled = [name for name in heads if frame[name].notna().any()]
    if len(filled) < len(heads) and not of_units:
        empty = [name for name in heads if name not in filled]
        work.said.append(Said("no value under {names}; left out", names=listed(empty)))
    heads = filled if not of_units else heads
    if not heads:
        told = Said(
            "layout = {layout!r}, but no heading is a period; columns: {names}",
            layout=roles.layout,
            names=listed(list(frame.columns)),
        )
        raise DataError(work.headed(told))
    n, t = len(frame), len(heads)
    whole = frame[heads]
    if all(dtype.kind in "iuf" for dtype in whole.dtypes):
        values: Any = whole.to_numpy(dtype=np.float64).ravel()
    else:
        values = whole.to_numpy(dtype=object).ravel()
    if roles.indicator is None:
        names, codes = (_as_asked(work, roles.value),), np.zeros(n, dtype=np.intp)
        work.said.append(
            Said(
                "its {rows} by {columns} read as {name}",
                rows=Said.of(n, "{n} row", "{n} rows"),
                columns=Said.of(t, "{n} column", "{n} columns"),
                name=shown(roles.value),
            )
        )
    else:
        names, codes = _indicators(work, frame[roles.indicator])
        work.said.append(_read_as(work, roles))
    labels = list(heads) if of_units else [heading_period(name) for name in heads]
    work.said.append(
        Said.of(t, "{n} heading read as units: {names}", "{n} headings read as units: {names}", names=listed(labels))
        if of_units
        else Said.of(
            t, "{n} heading read as periods: {names}", "{n} headings read as periods: {names}", names=listed(labels)
        )
    )
    tiled = np.tile(np.array([*labels, None], dtype=object)[:-1], n)
    units = tiled if of_units else _repeated(frame, roles.unit, t)
    periods = tiled if not of_units else _repeated(frame, roles.period, t)
    letter = frame.attrs.get("letters")
    letters = None if letter is None else np.tile(np.array([letter.get(name, "") for name in heads], dtype=object), n)
    rest = [name for name in frame.columns if name not in heads]
    beside = frame[rest].iloc[np.repeat(np.arange(n), t)].reset_index(drop=True) if not of_units else frame.iloc[:0]
    lines = np.repeat(work.lines, t)
    return _Cells(values, units, periods, np.repeat(codes, t), names, lines, letters, beside)


def _as_asked(work: _Work, value: Any) -> Any:
    return next((one for one in work.columns if label_text(one) == label_text(value)), value)


def _repeated(frame: pd.DataFrame, name: Any, t: int) -> NDArray[Any] | None:
    return None if name is None else np.repeat(frame[name].to_numpy(dtype=object), t)


def _pivoted(work: _Work, roles: Roles, cells: _Cells) -> pd.DataFrame:
    """Return a row for each unit and period and a column for each indicator; a cell that is given twice is refused."""
    n, k = len(cells.codes), len(cells.names)
    zero = np.zeros(n, dtype=np.intp)
    unit = zero if cells.units is None or work.unit is None else _coded(cells.units, _label)[0]
    when = zero if cells.periods is None or work.period is None else _coded(cells.periods, _period_key)[0]
    faults = []
    for role, name, codes in (("unit", roles.unit, unit), ("period", roles.period, when)):
        blank = np.flatnonzero(codes < 0)
        if len(blank):
            there = sorted({int(cells.lines[i]) for i in blank.tolist()})
            at = lines_of(there) if "source" in work.frame.attrs else rows_of(blank.tolist())
            faults.append(work.headed(joined([name, _without(role, len(blank), at)], "heads")))
    raise_all(DataError, faults)
    pairs, _ = pd.factorize(unit * (int(when.max(initial=0)) + 1) + when)
    first = np.unique(pairs, return_index=True)[1]
    flat = pairs * k + cells.codes
    again = np.flatnonzero(pd.Series(flat).duplicated().to_numpy())
    if len(again):
        raise DataError(*_twice(work, cells, flat, again))
    rows = len(first)
    lines = np.zeros((rows, k), dtype=np.intp)
    lines[pairs, cells.codes] = cells.lines
    letters = None
    if cells.letters is not None:
        letters = np.full((rows, k), "", dtype=object)
        letters[pairs, cells.codes] = cells.letters
    values = cells.values.to_numpy() if hasattr(cells.values, "to_numpy") else cells.values
    plain = values.dtype.kind in "iuf"
    table: Array = np.full((rows, k), np.nan) if plain else np.full((rows, k), None, dtype=object)
    table[pairs, cells.codes] = values
    out: dict[Any, Any] = {}
    if cells.units is not None and work.unit is not None:
        out[work.unit] = pd.Series(cells.units[first], dtype=object).infer_objects()
    if cells.periods is not None and work.period is not None:
        out[work.period] = pd.Series(cells.periods[first], dtype=object).infer_objects()
    order = sorted(
        range(k), key=lambda j: work.columns.index(cells.names[j]) if cells.names[j] in work.columns else k + j
    )
    for j in order:
        out[cells.names[j]] = table[:, j] if plain else pd.Series(table[:, j], dtype=object).infer_objects()
    out |= _labels_beside(work, roles, cells, out, pairs, first, unit)
    frame = pd.DataFrame(out)
    kept: dict[Any, Any] = {name: one for name, one in work.frame.attrs.items() if name in ("source", "decimal")}
    frame.attrs = kept | {
        "liberties": (*work.frame.attrs.get("liberties", ()), *work.said),
        "lines": tuple(cells.lines[first].tolist()),
        "origin": Origin(cells.names, lines, letters),
    }
    return frame


def _without(role: str, n: int, rows: Said) -> Said:
    if role == "unit":
        return Said.of(
            n,
            "{n} value has no unit: {rows}; write it or leave the row out",
            "{n} values have no unit: {rows}; write it or leave the row out",
            rows=rows,
        )
    return Said.of(
        n,
        "{n} value has no period: {rows}; write it or leave the row out",
        "{n} values have no period: {rows}; write it or leave the row out",
        rows=rows,
    )


def _label(cell: Any) -> Any:
    """Return a label of a unit, blanks around it off, None for none."""
    return None if is_missing(cell) else cell.strip() if isinstance(cell, str) else cell


def _twice(work: _Work, cells: _Cells, flat: NDArray[Any], again: NDArray[np.intp]) -> list[Said]:
    """Return a fault for each cell that is given a second time; of many the first stands for all."""
    first = {int(one): i for i, one in reversed(list(enumerate(flat.tolist())))}
    faults = []
    for i in again.tolist()[:_MOST_TWICE]:
        parts = [Said("indicator {name}", name=shown(cells.names[cells.codes[i]]))]
        if cells.units is not None and work.unit is not None:
            parts.append(Said("unit {unit}", unit=shown(cells.units[i])))
        if cells.periods is not None and work.period is not None:
            parts.append(Said("period {period}", period=cells.periods[i]))
        line, before = int(cells.lines[i]), int(cells.lines[first[int(flat[i])]])
        file = "source" in work.frame.attrs
        told = Said(
            "{row}: {what} is given a second time, {where}; keep one",
            row=lines_of([line]) if file else rows_of([line - 2]),
            what=joined(parts, "places"),
            where=Said("after {line}", line=lines_of([before])) if file else Said("after row {row}", row=before - 2),
        )
        faults.append(Fault(work.headed(told), kind=("values that are given twice",)))
    return shortened([*faults, *faults[-1:] * (len(again) - len(faults))])


def _labels_beside(
    work: _Work,
    roles: Roles,
    cells: _Cells,
    taken: Mapping[Any, Any],
    pairs: NDArray[np.intp],
    first: NDArray[np.intp],
    unit: NDArray[np.intp],
) -> dict[Any, Any]:
    """Return the other columns that say one thing of each row: those asked for, and labels of units."""
    out: dict[Any, Any] = {}
    asked = {*work.labels, *work.columns}
    for name in cells.beside.columns if len(cells.beside) else ():
        column = cells.beside[name]
        if name in taken or name in (roles.indicator, roles.value, roles.unit, roles.period) or column.ndim > 1:
            continue
        if name not in asked and (name in roles.fixed or folded(name) in NOTES or column.dtype.kind in "fc"):
            continue
        codes = _coded(column)[0]
        if not _follows(codes, pairs if name in asked else unit):
            if name in asked:
                told = Said(
                    "{column} has several values for one unit and period; it is kept beside the indicators, one value "
                    "a row",
                    column=shown(name),
                )
                raise DataError(work.headed(told))
            continue
        cell = pd.Series(column.to_numpy(dtype=object)).where(codes >= 0, None)
        filled = cell.groupby(pairs).first() if name in asked else cell.groupby(unit).first().reindex(unit[first])
        out[name] = filled.to_numpy()
    return out
