"""Several tables joined on unit and period, each with some of the indicators; what does not match is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._tables.arrange import named, with_names
from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.form import Form
from hengdian_index._tables.periods import read_label
from hengdian_index._tables.places import Line, lines_of
from hengdian_index._tables.printed import plain_cells
from hengdian_index._tables.roles import said_roles, texts_in
from hengdian_index._tables.shapes import as_wide
from hengdian_index._tables.table import shortened
from hengdian_index._tables.units import label_text, twins
from hengdian_index._words.said import Said, headed
from hengdian_index._words.said import joined as joined_by_signs
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, listed, raise_all, raise_together, shown

JOINED = "joined"
"""What a frame remembers that several tables were joined to: it has its shape already."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the tables: what its indicator is called where nothing in it says so, and its cells."""

    name: str
    frame: pd.DataFrame

    @property
    def source(self) -> str:
        """What messages call the file or sheet."""
        source = self.frame.attrs.get("source", self.name)
        return source if isinstance(source, Said) else str(source)


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Where the cells of a joined table stand: for each column a place by row."""

    by_name: Mapping[Any, Sequence[tuple[Line, str] | None]]

    def __deepcopy__(self, _: Any) -> _Places:
        # Pandas copies what a table remembers with each of its copies.
        return self

    def pick(self, rows: NDArray[Any]) -> _Places:
        """Return the places of some rows."""
        at = np.arange(max(map(len, self.by_name.values()), default=0))[rows].tolist()
        return _Places({name: [places[i] for i in at] for name, places in self.by_name.items()})

    def place(self, row: int, name: Any) -> tuple[Line, str] | None:
        """Return the line, with the file that it is of, and the letter of a cell."""
        return self.by_name[name][row] if name in self.by_name else None


@dataclass(frozen=True, slots=True)
class _Wide:
    """A part with a row for each unit and period: the columns that are taken, by own and by new name, a key a row."""

    part: Part
    frame: pd.DataFrame
    taken: Mapping[Any, Any]
    keys: list[Any]

    @property
    def lines(self) -> Sequence[int]:
        """The line of each row."""
        return self.frame.attrs.get("lines") or range(2, len(self.frame) + 2)


_LAYOUTS: Mapping[str, Said] = {
    "long": Said("long"),
    "years": Said("years across"),
    "transposed": Said("transposed"),
    "wide": Said("wide"),
}


def joined(
    parts: Sequence[Part],
    source: str,
    columns: Sequence[Any],
    form: Form,
    unit: str | None = None,
    period: str | None = None,
) -> pd.DataFrame:
    """Return one table of several that each have some of the indicators, with a row for each unit and period.

    Parameters
    ----------
    parts : sequence of Part
        A table may be wide, or of any layout that `form` says or that it declares. One that has a single column of
        values is of the indicator that its file, or its sheet, is called by.
    source : str
        What messages call all of them.
    columns : sequence
        Indicators and labels that are asked for; others are left, with a line in the log. None are asked for: all are
        taken.
    form : Form
        What is said of the form of each table.
    unit, period : str, optional
        What the columns of units and periods are called, at least one of them.

    Returns
    -------
    DataFrame
        Its values are missing where a table has no row; which units and periods that concerns, and what else was done,
        is in `attrs["liberties"]`.

    Raises
    ------
    SpecError
        Nothing says whose a row is, or when.
    DataError
        A table that cannot be read so, with the lines that read it; a column that two tables have with other values; a
        unit and period given twice in one.
    """
    if unit is None and period is None:
        raise SpecError(
            Said.of(
                len(parts),
                "{source}: {n} table are joined on unit and period; name at least one of them",
                "{source}: {n} tables are joined on unit and period; name at least one of them",
                source=source,
            )
        )
    wide: list[_Wide] = []
    errors: list[FaultsError] = []
    said: list[Said] = []
    asked = [name for name in columns if name not in (unit, period)]
    for part in parts:
        try:
            found = _wide(part, asked, form, unit, period)
        except FaultsError as error:
            errors.append(error)
            continue
        if found is None:
            said.append(Said("{source}: not read, for the index uses none of its columns", source=part.source))
        else:
            wide.append(found)
            said += [headed(part.source, line) for line in found.frame.attrs.get("liberties", ())]
    raise_together(errors)
    if not wide:
        raise DataError(
            Said("{source}: no table has a column that is asked for, {names}", source=source, names=listed(asked))
        )
    rows = dict.fromkeys(key for one in wide for key in one.keys)
    at = {key: i for i, key in enumerate(rows)}
    out: dict[Any, list[Any]] = {name: [None] * len(at) for name in (unit, period) if name}
    lines = [Line()] * len(at)
    for one in reversed(wide):
        labels = {name: one.frame[name].tolist() for name in out}
        for j, key in enumerate(one.keys):
            lines[at[key]] = Line(f"{one.lines[j]} of {one.part.source}")
            for name, cells in labels.items():
                out[name][at[key]] = cells[j]
    places: dict[Any, list[tuple[Line, str] | None]] = {}
    faults: list[Fault] = []
    for one in wide:
        _put(one, at, out, places, faults)
    raise_all(DataError, shortened(faults))
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object).infer_objects() for name, cells in out.items()})
    said += [
        Said(
            "{tables} joined to {rows}: {sources}",
            tables=Said.of(len(wide), "{n} table", "{n} tables"),
            rows=Said.of(len(at), "{n} row", "{n} rows"),
            sources=listed([o.part.source for o in wide]),
        )
    ]
    said += _unmatched(wide, unit, period)
    frame.attrs = {"source": source, "lines": tuple(lines), "origin": _Places(places), "liberties": tuple(said)}
    frame.attrs[JOINED] = True
    return frame


def _wide(part: Part, asked: Sequence[Any], form: Form, unit: str | None, period: str | None) -> _Wide | None:
    """Return a part made wide, None for one of which the index asks nothing."""
    labels = [name for name in (unit, period) if name]
    frame = with_names(part.frame, form.header_rows, [*asked, *labels])
    own = {column: name for name in asked for column in [_column(frame, name)] if column is not None}
    cells = set[str]().union(*(texts_in(frame[c]) for c in frame.columns if frame[c].ndim == 1)) if asked else set()
    codes = [name for name in asked if label_text(name) in cells]
    new: dict[Any, Any] = {}
    if own and (form.layout in (None, "wide") or not codes):
        wide, new = as_wide(frame, list(own), form, unit, period, [*own]), own
    elif codes:
        wide = as_wide(frame, codes, form, unit, period, [*own])
        new = {name: name for name in (*codes, *own.values()) if name in wide.columns}
    elif asked and part.name not in asked:
        return None
    else:
        wide, new = _alone(part, frame, not asked, form, unit, period)
    missing = [name for name in labels if name not in wide.columns]
    if missing:
        raise DataError(
            Said(
                "{source}: column {names} is missing; columns found: {found}",
                source=part.source,
                names=listed(missing),
                found=listed(list(wide.columns)),
            )
        )
    left = [name for name in wide.columns if name not in new and name not in labels]
    if left:
        told = Said("columns that are not taken: {names}", names=listed(left))
        wide.attrs["liberties"] = (*wide.attrs.get("liberties", ()), told)
    return _Wide(part, wide, new, _keys(part, wide, unit, period))


def _column(frame: pd.DataFrame, name: Any) -> Any:
    """Return the column that a name stands for, with its unit of measure or without; None for none."""
    if name in frame.columns:
        return name
    found = [column for column in frame.columns if named(column, [name]) == name]
    return found[0] if len(found) == 1 else None


def _alone(
    part: Part, frame: pd.DataFrame, every: bool, form: Form, unit: str | None, period: str | None
) -> tuple[pd.DataFrame, dict[Any, Any]]:
    """Return a part made wide of which nothing but its name says the indicator, and its columns by new name.

    Where `every` number column may be taken, several keep their names.
    """
    labels = [name for name in (form.unit or unit, form.period or period) if name]
    plain = form.layout in (None, "wide")
    if plain and all(name in frame.columns for name in labels):
        wide = as_wide(frame, (), replace(form, layout="wide"), unit, period)
        rest = [c for c in wide.columns if c not in (unit, period) and wide[c].ndim == 1 and _has_numbers(wide[c])]
        rest = [form.value] if form.value in rest else rest
        if len(rest) == 1 or (every and rest):
            return _noted(part, wide, {c: part.name if len(rest) == 1 else c for c in rest})
        if rest:
            raise DataError(
                Said(
                    "{source}: nothing says which of its columns has the values of {name!r}, {names}; write value = "
                    '"..." in [data]',
                    source=part.source,
                    name=part.name,
                    names=listed(rest),
                )
            )
        raise DataError(
            Said('{source}: nothing says where its values are; write value = "..." in [data]', source=part.source)
        )
    roles = said_roles(frame, form, [part.name], unit, period)
    if form.layout is None and roles is not None and not roles.format:
        more = {"layout": roles.layout, **({"unit": roles.unit} if roles.unit != unit and roles.unit else {})}
        if roles.layout == "long" and roles.value is not None:
            more["value"] = roles.value
        lines = form.lines(**more)
        raise DataError(
            Said(
                "{source}: the table is {layout}; the files are read with these lines in the spec:\n{lines}",
                source=part.source,
                layout=_LAYOUTS[roles.layout],
                lines=lines,
            )
        )
    across = form.layout in ("years", "transposed") and form.indicator is None
    wide = as_wide(frame, [part.name], replace(form, value=part.name) if across else form, unit, period)
    found = [name for name in wide.columns if name not in (unit, period)]
    return wide, {name: name for name in found if name == part.name}


def _noted(part: Part, wide: pd.DataFrame, new: dict[Any, Any]) -> tuple[pd.DataFrame, dict[Any, Any]]:
    told = [
        Said("the values of {old} read as {name}", old=shown(old), name=shown(name))
        for old, name in new.items()
        if old != name
    ]
    out = wide.copy(deep=False)
    out.attrs = {**wide.attrs, "liberties": (*wide.attrs.get("liberties", ()), *told)}
    return out, new


def _has_numbers(column: pd.Series[Any]) -> bool:
    """Return whether most of what a column has are numbers."""
    cells, _ = plain_cells([cell for cell in column.tolist() if not is_missing(cell)])
    found = [cell is None or number_of(cell) is not None for cell in cells]
    return bool(found) and 2 * sum(found) > len(found)


def _keys(part: Part, wide: pd.DataFrame, unit: str | None, period: str | None) -> list[Any]:
    """Return what each row is of, a unit and a period however they are written; one given twice is refused."""
    lines = wide.attrs.get("lines") or range(2, len(wide) + 2)
    faults, first = list[Fault](), dict[Any, int]()
    keys = []
    for j in range(len(wide)):
        own = []
        for name, key in ((unit, label_text), (period, _period_key)):
            cell = wide[name].iloc[j] if name else None
            if name and is_missing(cell):
                told = Said(
                    "{source} line {line}: no {name}; write it or leave the row out",
                    source=part.source,
                    line=lines[j],
                    name=name,
                )
                faults.append(Fault(told, kind=("rows", name)))
            own.append(key(cell) if name else None)
        keys.append(tuple(own))
        if keys[-1] in first:
            told = Said(
                "{source} line {line}: {called} is given a second time, after line {before}; keep one row",
                source=part.source,
                line=lines[j],
                called=_called(keys[-1], wide, j, unit, period),
                before=lines[first[keys[-1]]],
            )
            faults.append(Fault(told, kind=("rows", "twice")))
        first.setdefault(keys[-1], j)
    raise_all(DataError, shortened(faults))
    return keys


def _called(key: Any, wide: pd.DataFrame, j: int, unit: str | None, period: str | None) -> Said:
    own = [(name, shown(wide[name].iloc[j])) for name in (unit, period) if name]
    return joined_by_signs([Said("{name} {label}", name=name, label=label) for name, label in own], "places")


def _period_key(label: Any) -> Any:
    reading = read_label(label)
    return label_text(label) if reading is None else reading


def _put(
    one: _Wide,
    at: Mapping[Any, int],
    out: dict[Any, list[Any]],
    places: dict[Any, list[tuple[Line, str] | None]],
    faults: list[Fault],
) -> None:
    """Put the cells of a part where they belong; what another part says otherwise is a fault."""
    letters, origin = one.frame.attrs.get("letters", {}), one.frame.attrs.get("origin")
    for own, name in one.taken.items():
        cells = one.frame[own].tolist()
        if one.frame.attrs.get("decimal") == ",":
            cells = plain_cells(cells, ",")[0]
        column, where = out.setdefault(name, [None] * len(at)), places.setdefault(name, [None] * len(at))
        for j, cell in enumerate(cells):
            i = at[one.keys[j]]
            if is_missing(cell):
                continue
            line, letter = (origin and origin.place(j, own)) or (one.lines[j], letters.get(own, ""))
            if column[i] is not None and not _same(column[i], cell):
                before = where[i]
                told = Said(
                    "{source} line {line}: {name!r} is {value}, but {other} in {before}; keep one",
                    source=one.part.source,
                    line=line,
                    name=name,
                    value=shown(cell),
                    other=shown(column[i]),
                    before=lines_of([before[0]]) if before else Said("line {line}", line="?"),
                )
                faults.append(Fault(told, kind=("cells", name)))
                continue
            if column[i] is None:
                column[i], where[i] = cell, (Line(f"{line} of {one.part.source}"), letter)


def _same(one: Any, other: Any) -> bool:
    numbers = number_of(one), number_of(other)
    return label_text(one) == label_text(other) if None in numbers else numbers[0] == numbers[1]


def _unmatched(wide: Sequence[_Wide], unit: str | None, period: str | None) -> list[Said]:
    """Return what some parts have and others lack."""
    said = list[Said]()
    for place, (name, what) in enumerate(((unit, "unit"), (period, "period"))):
        if name is None:
            continue
        labels: dict[Any, Any] = {}
        own = []
        for one in wide:
            own.append(dict.fromkeys(key[place] for key in one.keys))
            for key, label in zip((key[place] for key in one.keys), one.frame[name].tolist(), strict=True):
                labels.setdefault(key, label)
        for one, there in zip(wide, own, strict=True):
            absent = [labels[key] for key in labels if key not in there]
            if absent:
                told = Said(
                    "{source} lacks {n:,} of {every} that others have: {names}; values are missing there",
                    source=one.part.source,
                    n=len(absent),
                    every=Said.of(len(labels), "{n} unit", "{n} units")
                    if what == "unit"
                    else Said.of(len(labels), "{n} period", "{n} periods"),
                    names=listed(absent),
                )
                said.append(told)
        if what == "unit":
            said += _alike(wide, own)
    every = dict.fromkeys(key for one in wide for key in one.keys)
    for one in wide:
        keys = set(one.keys)
        units, periods = {key[0] for key in keys}, {key[1] for key in keys}
        absent = [key for key in every if key not in keys and key[0] in units and key[1] in periods]
        if absent:
            said.append(
                Said.of(
                    len(absent),
                    "{source} lacks {n} pair of unit and period that others have, the first of {unit}",
                    "{source} lacks {n} pairs of unit and period that others have, the first of {unit}",
                    source=one.part.source,
                    unit=shown(absent[0][0]),
                )
            )
    return said


def _alike(wide: Sequence[_Wide], own: Sequence[Mapping[str, None]]) -> list[Said]:
    """Return units that seem to be one and stand under different names in different tables."""
    said = []
    for group in twins(dict.fromkeys(key for keys in own for key in keys)):
        places = {
            name: next(o.part.source for o, keys in zip(wide, own, strict=True) if name in keys) for name in group
        }
        if len(set(places.values())) > 1:
            *others, last = [Said("{name} ({file})", name=shown(name), file=file) for name, file in places.items()]
            front = others[0]
            for one in others[1:]:
                front = Said("{one} and {other}", one=front, other=one)
            said.append(Said("{one} and {other} seem to be one unit; write it alike", one=front, other=last))
    return said
