"""The files an index is read from and written to: TOML and Excel workbooks, each as plain tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from hengdian_index._files import read_workbook, toml, write_workbook
from hengdian_index._files.read_workbook import with_judgements
from hengdian_index._system.written import whole
from hengdian_index._tables.form import Form
from hengdian_index._tables.workbook import ENDINGS
from hengdian_index.errors import DataError, Fault, SpecError, shown, suggestion

# Fields of an index that are tables of their own in TOML.
_OWN = ("data", "doubts")
_TABLES = ("index", *_OWN, "group", "indicator")
# Those that stand once.
_SINGLE = ("index", *_OWN)
_PARTS = ("groups", "indicators")
# Where an index has the form of its tables: in TOML a table of its own, in a workbook rows among the others.
_FORM = ("index", "data")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says of an index: the fields of `Index`, what was wrong in reading, where the file says a thing."""

    fields: Mapping[str, Any]
    faults: tuple[Fault, ...]
    located: Callable[[Fault], Fault]


def read(path: Path, fields: read_workbook.Fields) -> Document:
    """Return what a TOML file or a workbook says; `fields` are those that a workbook may give."""
    if path.suffix.lower() in ENDINGS:
        return from_workbook(path, fields)
    if path.suffix != ".toml":
        ending = path.suffix or "a file without ending"
        raise SpecError(f"{path.name}: an index is read from a .toml file or an .xlsx workbook, not {ending!r}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise SpecError(f"{path}: cannot be read as UTF-8 text ({error})") from None
    return from_toml(text, path.name)


def from_toml(text: str, name: str) -> Document:
    """Return what TOML text says; `name` is what messages call it."""
    try:
        tables, lines = toml.read(text)
    except ValueError as error:
        quotes = '; a name beyond A-Z, a-z, 0-9, _ and - needs quotes: "供给" = 3' if "key" in str(error) else ""
        raise SpecError(f"{name}: not valid TOML: {error}{quotes}") from None
    surplus = [Fault(f"unknown table {k!r}{suggestion(k, _TABLES)}", (k,)) for k in tables if k not in _TABLES]
    head, *found = (_shaped(tables, table, surplus) for table in _TABLES)
    own, parts = dict(zip(_OWN, found, strict=False)), found[len(_OWN) :]
    surplus += [Fault(f"{name}: write [[{name[:-1]}]] for each", ("index", name)) for name in _PARTS if name in head]
    odd = [one for one in _OWN if head.pop(one, None)]
    surplus += [Fault(f"{one}: write a table [{one}] of its own", ("index", one)) for one in odd]
    fields = {**head, **{name: table for name, table in own.items() if table}, **dict(zip(_PARTS, parts, strict=True))}
    return Document(fields, tuple(surplus), partial(_located, name=name, lines=lines))


def _located(fault: Fault, name: str, lines: Mapping[toml.Place, int]) -> Fault:
    """Return a fault with the file and the line of its place before it."""
    place = fault.place
    if place[:1] == ("index",) and place[1:2] and place[1] in _OWN and place[:2] not in lines:
        place = toml.spelled(lines, place[1:])
    line = toml.line_at(lines, place)
    return Fault(f"{name}:{line}: {fault.message}" if line else f"{name}: {fault.message}", fault.place)


def _shaped(tables: Mapping[str, Any], table: str, faults: list[Fault]) -> Any:
    """Return the table `[index]`, or the tables `[[group]]`; what has another shape is a fault, and left out."""
    found, several = tables.get(table), table not in _SINGLE
    if found is None or isinstance(found, list if several else dict):
        return found or ([] if several else {})
    wanted = f"[[{table}]] for each {table}" if several else f"[{table}], once"
    written = f"[{table}]" if isinstance(found, dict) else f"[[{table}]]" if isinstance(found, list) else shown(found)
    faults.append(Fault(f"{table}: write {wanted}, not {written}", (table,)))
    return [] if several else {}


def from_workbook(path: Path, fields: read_workbook.Fields) -> Document:
    """Return what the sheets of a workbook say."""
    try:
        spec = read_workbook.spec_from_sheets(read_workbook.read_spec(path), fields)
    except DataError as error:
        raise SpecError(*error.faults) from None
    with_judgements(path, spec)
    rows = {name: row for name, row in Form.rows().items() if row in spec.head}
    form = {name: spec.head.pop(row) for name, row in rows.items()}
    given = {**spec.head, **({"data": form} if form else {}), "groups": spec.groups, "indicators": spec.indicators}
    places = spec.places | {(*_FORM, name): spec.places["index", row] for name, row in rows.items()}
    return Document(given, spec.faults, partial(read_workbook.located, name=path.name, places=places))


def write(
    path: Path,
    tables: Mapping[str, Any],
    fields: read_workbook.Fields,
    columns: Sequence[str],
    *,
    data: Any = None,
    notes: Sequence[str] | None = None,
    lang: str = "en",
) -> None:
    """Write the tables `index`, `group` and `indicator` of an index to a file, as its ending says.

    A workbook without data has the columns that the index asks for, to be filled in.
    """
    if path.suffix.lower() == ".xlsx":
        form = {Form.rows()[name]: value for name, value in tables.get("data", {}).items()}
        own = {name: tables[name] for name in _OWN[1:] if name in tables}
        parts = ({**tables["index"], **form, **own}, tables["group"], tables["indicator"])
        filled = dict.fromkeys(columns, ()) if data is None else data
        write_workbook.write_workbook(path, *parts, fields=fields, data=filled, notes=notes, lang=lang)
    elif data is not None or notes is not None:
        raise SpecError(f"{path.name}: only an .xlsx workbook holds data and notes beside the index")
    elif path.suffix.lower() in write_workbook.UNWRITTEN:
        raise SpecError(f"{path.name}: an index is written to .toml or .xlsx, not {path.suffix!r}")
    elif not os.path.isdir(path.parent):
        raise SpecError(f"{path}: the folder {str(path.parent)!r} does not exist; make it first, or choose another")
    else:
        try:
            with whole(path) as part:
                part.write_text(toml.written(tables), encoding="utf-8")
        except OSError as error:
            raise SpecError(f"{path}: cannot be written ({error.strerror}); choose another name or folder") from None
