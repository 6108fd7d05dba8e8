"""The files an index is read from and written to: TOML and Excel workbooks, each as plain tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from hengdian_index._files import part_tables, read_workbook, toml, write_workbook
from hengdian_index._files.read_workbook import with_judgements
from hengdian_index._files.rewriting import rewritten
from hengdian_index._system.written import whole
from hengdian_index._tables import coin_tool
from hengdian_index._tables.form import Form
from hengdian_index._tables.workbook import ENDINGS, language_of
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said, headed
from hengdian_index.errors import DataError, Fault, SpecError, as_kind, cause, shown, suggestion

# Fields of an index that are tables of their own in TOML.
OWN = ("data", "doubts")
_TABLES = ("index", *OWN, "group", "indicator")
# Those that stand once.
_SINGLE = ("index", *OWN)
_PARTS = ("groups", "indicators")
_WEIGHTS = "weights_since"
# Where an index has the form of its tables: in TOML a table of its own, in a workbook rows among the others.
_FORM = ("index", "data")


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says of an index: the fields of `Index`, what was wrong in reading, where the file says a thing.

    `lang` is the language of a workbook.
    """

    fields: Mapping[str, Any]
    faults: tuple[Fault, ...]
    located: Callable[[Fault], Fault]
    whole: bool = True
    lang: Lang | None = None

    def beside(self, faults: Sequence[Fault]) -> list[Fault]:
        """Return the faults of the file, and those of its values; of a tree that is not whole there is more to tell."""
        kept = [fault for fault in faults if self.whole or fault.place[:1] == ("index",)]
        return [self.located(fault) for fault in (*self.faults, *kept)]


def read(path: Path, fields: read_workbook.Fields) -> Document:
    """Return what a TOML file or a workbook says; `fields` are those that a workbook may give."""
    if path.suffix.lower() in ENDINGS:
        return from_workbook(path, fields)
    if path.suffix != ".toml":
        ending = path.suffix
        raise SpecError(
            Said(
                "{name}: an index is read from a .toml file or an .xlsx workbook, not {ending!r}",
                name=path.name,
                ending=ending,
            )
            if ending
            else Said(
                "{name}: an index is read from a .toml file or an .xlsx workbook, not 'a file without ending'",
                name=path.name,
            )
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError(Said("{path}: no such file", path=path)) from None
    except (OSError, ValueError) as error:
        raise SpecError(Said("{path}: cannot be read as UTF-8 text ({why})", path=path, why=cause(error))) from None
    return from_toml(text, path.name, fields, path.parent)


def from_toml(text: str, name: str, fields: read_workbook.Fields, folder: Path = Path()) -> Document:
    """Return what TOML text says; `name` is what messages call it, and the tables that it names stand in `folder`."""
    try:
        tables, lines = toml.read(text)
    except ValueError as error:
        why = cause(error)
        raise SpecError(
            Said(
                '{name}: not valid TOML: {why}; a name beyond A-Z, a-z, 0-9, _ and - needs quotes: "供给" = 3',
                name=name,
                why=why,
            )
            if "key" in str(error)
            else Said("{name}: not valid TOML: {why}", name=name, why=why)
        ) from None
    known = (*_TABLES, *(one for one in _PARTS if part_tables.names_a_file(tables.get(one))))
    surplus = [
        Fault(Said("unknown table {name!r}{guess}", name=k, guess=suggestion(k, _TABLES)), (k,))
        for k in tables
        if k not in known
    ]
    head, *shaped = (_shaped(tables, table, surplus) for table in _TABLES)
    own, listed = dict(zip(OWN, shaped, strict=False)), shaped[len(OWN) :]
    odd = [one for one in OWN if head.pop(one, None)]
    surplus += [Fault(Said("{one}: write a table [{one}] of its own", one=one), ("index", one)) for one in odd]
    surplus += _read_weights(head, folder)
    named = {one: tables[one] for one in _PARTS if one in known}
    named |= {one: head.pop(one) for one in _PARTS if one in head}
    given = dict(zip(_PARTS, listed, strict=True))
    found = part_tables.read_all(named, given, fields, folder)
    parts = {one: said if (said := getattr(found, one)) is not None else given[one] for one in _PARTS}
    whole = {**head, **{name: table for name, table in own.items() if table}, **parts}
    place = partial(_located, name=name, lines=lines, places=found.places)
    return Document(whole, (*surplus, *found.faults), place, all(getattr(found, one) is not None for one in named))


def _read_weights(head: dict[str, Any], folder: Path) -> list[Fault]:
    """Put the table of weights that the fields of an index name in its place, and return what is wrong with it."""
    if not part_tables.names_a_file(head.get(_WEIGHTS)):
        return []
    try:
        head[_WEIGHTS] = part_tables.weights_of_file(head[_WEIGHTS], folder)
    except SpecError as error:
        del head[_WEIGHTS]
        return [Fault(headed(_WEIGHTS, fault.message), ("index", _WEIGHTS)) for fault in error.faults]
    return []


def _located(fault: Fault, name: str, lines: Mapping[toml.Place, int], places: Mapping[toml.Place, str]) -> Fault:
    """Return a fault with the file and the line of its place before it; of a table that the file names, its own."""
    if fault.place[:1] == (part_tables.FROM_TABLE,):
        return fault
    if any(fault.place[:n] in places for n in range(1, len(fault.place) + 1)):
        return read_workbook.located(fault, "", places)
    place = fault.place
    if place[:1] == ("index",) and place[1:2] and place[1] in OWN and place[:2] not in lines:
        place = toml.spelled(lines, place[1:])
    line = toml.line_at(lines, place)
    return Fault(headed(Said("{file}:{line}", file=name, line=line) if line else name, fault.message), fault.place)


def _shaped(tables: Mapping[str, Any], table: str, faults: list[Fault]) -> Any:
    """Return the table `[index]`, or the tables `[[group]]`; what has another shape is a fault, and left out."""
    found, several = tables.get(table), table not in _SINGLE
    if found is None or isinstance(found, list if several else dict):
        return found or ([] if several else {})
    written = f"[{table}]" if isinstance(found, dict) else f"[[{table}]]" if isinstance(found, list) else shown(found)
    told = (
        Said("{table}: write [[{table}]] for each {table}, not {written}", table=table, written=written)
        if several
        else Said("{table}: write [{table}], once, not {written}", table=table, written=written)
    )
    faults.append(Fault(told, (table,)))
    return [] if several else {}


def from_workbook(path: Path, fields: read_workbook.Fields) -> Document:
    """Return what the sheets of a workbook say, one of the COIN Tool too."""
    try:
        if coin_tool.is_one(path):
            return _from_coin_tool(path)
        spec = read_workbook.spec_from_sheets(read_workbook.read_spec(path), fields)
    except DataError as error:
        raise as_kind(error, SpecError) from None
    with_judgements(path, spec)
    spec.found += _read_weights(spec.head, path.parent)
    rows = {name: row for name, row in Form.rows().items() if row in spec.head}
    form = {name: spec.head.pop(row) for name, row in rows.items()}
    given = {**spec.head, **({"data": form} if form else {}), "groups": spec.groups, "indicators": spec.indicators}
    places = spec.places | {(*_FORM, name): spec.places["index", row] for name, row in rows.items()}
    located = partial(read_workbook.located, name=path.name, places=places)
    return Document(given, spec.faults, located, lang=language_of(path))


def _from_coin_tool(path: Path) -> Document:
    """Return what a workbook of the JRC's COIN Tool says: scores from 0 to 100, arithmetic means."""
    tool = coin_tool.read(path)
    top = next((group for group in tool.groups if "parent" not in group), {})
    fields = {
        "name": top.get("name") or path.stem,
        "unit": tool.units[-1] if tool.units else None,
        "unit_names": tool.units[0] if len(tool.units) > 1 else None,
        "normalise": {"method": "min_max", "lower": 0, "upper": 100},
        "groups": tool.groups,
        "indicators": tool.indicators,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return Document(given, (), partial(read_workbook.located, name=path.name, places=tool.places))


def write(
    path: Path,
    tables: Mapping[str, Any],
    fields: read_workbook.Fields,
    columns: Sequence[str],
    *,
    data: Any = None,
    notes: Sequence[str] | None = None,
    lang: str = "en",
    before: Mapping[str, Any] | None = None,
    holds: Callable[[str], bool] = bool,
) -> None:
    """Write the tables `index`, `group` and `indicator` of an index to a file, as its ending says.

    A workbook without data has the columns that the index asks for, to be filled in. A TOML file that is there keeps
    its comments, its order and what does not change: `before` are the tables that it describes, `holds` says of a text
    whether it is read as the index.
    """
    if path.suffix.lower() == ".xlsx":
        form = {Form.rows()[name]: value for name, value in tables.get("data", {}).items()}
        own = {name: tables[name] for name in OWN[1:] if name in tables}
        parts = ({**tables["index"], **form, **own}, tables["group"], tables["indicator"])
        filled = dict.fromkeys(columns, ()) if data is None else data
        write_workbook.write_workbook(path, *parts, fields=fields, data=filled, notes=notes, lang=lang)
    elif data is not None or notes is not None:
        raise SpecError(Said("{name}: only an .xlsx workbook holds data and notes beside the index", name=path.name))
    elif path.suffix.lower() in write_workbook.UNWRITTEN:
        raise SpecError(
            Said("{name}: an index is written to .toml or .xlsx, not {ending!r}", name=path.name, ending=path.suffix)
        )
    elif not os.path.isdir(path.parent):
        raise SpecError(
            Said(
                "{path}: the folder {folder!r} does not exist; make it first, or choose another",
                path=path,
                folder=str(path.parent),
            )
        )
    else:
        try:
            with whole(path) as part:
                part.write_text(_text(path, tables, before, holds), encoding="utf-8", newline="")
        except OSError as error:
            raise SpecError(
                Said(
                    "{path}: cannot be written ({why}); choose another name or folder",
                    path=path,
                    why=cause(error, error.strerror or ""),
                )
            ) from None


def _text(path: Path, tables: Mapping[str, Any], before: Mapping[str, Any] | None, holds: Callable[[str], bool]) -> str:
    """Return the TOML text of an index: what a file has, changed where the values are others, or all anew."""
    try:
        old = path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        old = ""
    ends = old.count("\r\n")
    kept = rewritten(old.replace("\r\n", "\n"), tables, before, holds) if old.strip() else None
    text = toml.written(tables) if kept is None else kept
    return text.replace("\n", "\r\n") if ends and ends == old.count("\n") else text
