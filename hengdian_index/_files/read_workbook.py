"""An index on the sheets of an Excel workbook: read as plain tables with the cell of each value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from hengdian_index._files import toml
from hengdian_index._files.sheets import heading_of, remarks
from hengdian_index._tables.cells import number_of
from hengdian_index._tables.workbook import Sheet, read_sheets, sheet_called, tab
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index.errors import DataError, Fault, SpecError, guess, listed, raise_all, suggestion

Place = tuple[str | int, ...]
# Below the place of weights: the cells of the judgements that they come from, by row and column.
JUDGED = "judgements"

# Of each table, "index", "group" and "indicator", the fields with their types.
Fields = Mapping[str, Mapping[str, Any]]

_NEEDED = ("groups", "indicators")
_MOST_DOTS = 100
_SIGNS = {"+": 1, "-": -1, "1": 1, "-1": -1, "+1": 1}
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(slots=True)
class Said:
    """What the sheets say: plain tables, what was wrong in reading them, and where each value stands."""

    head: dict[str, Any] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    found: list[Fault] = field(default_factory=list)
    places: dict[Place, str] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was wrong in reading."""
        return tuple(self.found)


def read_spec(path: Path) -> dict[str, Sheet]:
    """Return the sheets `index`, `groups` and `indicators` of a workbook; the first may be left out."""
    sheets = read_sheets(path, lambda names: _spec_sheets(path.name, names))
    return {str(sheet_called(name)): sheet for name, sheet in sheets.items()}


def spec_from_sheets(sheets: Mapping[str, Sheet], fields: Fields) -> Said:
    """Return what the sheets of a workbook say of an index.

    Parameters
    ----------
    sheets : mapping
        "index" (a field and its value in each row), "groups" and "indicators" (a field in each column) -> Sheet.
    fields : mapping
        Table -> field -> type. Cells of text fields are taken as text; in others numbers, truth values and dates are
        themselves, `{ ... }`, `[ ... ]` and `"..."` are TOML, and blank is not given.

    Returns
    -------
    Said
        Unknown headings and cells that cannot be read are among its faults.
    """
    said = Said()
    if "index" in sheets:
        _read_head(sheets["index"], fields["index"], said)
    said.groups = _read_parts("group", sheets["groups"], fields["group"], said)
    said.indicators = _read_parts("indicator", sheets["indicators"], fields["indicator"], said)
    return said


def located(fault: Fault, name: str, places: Mapping[Place, str]) -> Fault:
    """Return a fault with the file, and the sheet and cell of its place, before it.

    Of judgements that it names, ('a', 'b'), the place is their own cells.
    """
    place = fault.place
    while place and place not in places:
        place = place[:-1]
    where = _judged(fault.message, place, places) or places.get(place)
    return Fault(": ".join(filter(None, [name, where, fault.message])), fault.place)


def _judged(message: str, place: Place, places: Mapping[Place, str]) -> str:
    """Return the cells of the judgements that a message names, in its order; empty if it names none."""
    below, cells = (*place, JUDGED), dict[str, int]()
    for key, cell in places.items():
        at = message.find(str(key[len(below) :])) if key[: len(below)] == below else -1
        if at >= 0:
            cells[cell] = min(at, cells.get(cell, at))
    first, *others = sorted(cells, key=lambda cell: cells[cell]) or [""]
    if len(others) != 1:
        return first
    sheet, _, cell = first.rpartition(" cell ")
    return f"{sheet} cells {cell} and {others[0].rpartition(' ')[2]}"


def parsed(name: str, kind: Any, cell: Any) -> Any:
    """Return the value that a cell stands for in a field of some type.

    Examples
    --------
    >>> from typing import Any
    >>> from hengdian_index._files.read_workbook import parsed
    >>> parsed("aggregate", Any, '{ method = "power", p = 2 }'), parsed("direction", Any, "负向")
    ({'method': 'power', 'p': 2}, -1)
    >>> parsed("code", str, 7), parsed("weight", float, "0.5"), parsed("base", Any, "1998")
    ('7', 0.5, '1998')
    """
    text = holds(kind, str)
    if not isinstance(cell, str):
        return str(cell) if text and type(cell) in (int, float) else cell
    said = cell.strip()
    if said[:1] == '"' or (said[:1] in ("{", "[") and not text):
        return _toml(said)
    if text:
        return said
    if name == "direction":
        return _direction(said)
    if said.lower() in ("true", "false"):
        return said.lower() == "true"
    return _as_number(said) if holds(kind, float) else said


def _direction(said: str) -> int:
    word = _half_width(said).lower()
    known = {words(lang, "sheet")[sign]: int(sign) for lang in LANGUAGES for sign in ("1", "-1")} | _SIGNS
    if word not in known:
        allowed = "1 or 正向 (larger is better), -1 or 负向 (smaller is better), { target = 5 }, { between = [5, 6] }"
        raise SpecError(f"{said!r}: allowed: {allowed}")
    return known[word]


def holds(kind: Any, wanted: type) -> bool:
    """Return whether a type, or one of its parts, is the wanted one."""
    return kind is wanted or any(holds(part, wanted) for part in get_args(kind))


def _half_width(said: str) -> str:
    """Return a text with its full-width letters, digits and signs as plain ones."""
    return unicodedata.normalize("NFKC", said)


def _as_number(said: str) -> Any:
    number = number_of(said)
    return said if number is None else number


def _toml(said: str) -> Any:
    try:
        return toml.read("value = " + re.sub(r"[\r\n]+", " ", said))[0]["value"]
    except ValueError as error:
        wide = "; use half-width punctuation and straight quotes" if re.search("[｛｝［］＝，：“”]", said) else ""
        example = 'write { method = "power", p = 2 } or [1, 2], names beyond a-z and 0-9 in quotes'
        why = re.sub(r" \(at .*\)$", "", str(error))
        raise SpecError(f"{_begun(said)} cannot be read: {why}; {example}{wide}") from None


def _begun(said: str, most: int = 200) -> str:
    """Return a text in quotes, the end of a long one left out."""
    return repr(said if len(said) <= most else f"{said[:most]}…")


def _spec_sheets(source: str, names: Sequence[str]) -> list[str]:
    """Return which sheets hold the spec, or say what is missing, twice there or misspelt."""
    found = {known: [name for name in names if sheet_called(name) == known] for known in ("index", *_NEEDED)}
    faults = [
        f"{source}: {len(same)} sheets stand for {known!r}: {listed(same)}; keep one"
        for known, same in found.items()
        if len(same) > 1
    ]
    absent = [known for known, same in found.items() if not same]
    guesses = {known: _near(known, names) for known in absent}
    faults += [
        f"{source}: no sheet {known!r} ({tab(known, 'zh')}){guesses[known]}; sheets found: {listed(names)}"
        for known in absent
        if known in _NEEDED or guesses[known]
    ]
    raise_all(DataError, faults)
    return [name for same in found.values() for name in same]


def _near(known: str, names: Iterable[str]) -> str:
    strange = [name for name in names if sheet_called(name) is None]
    return guess(known, strange)


def _read_head(sheet: Sheet, fields: Mapping[str, Any], said: Said) -> None:
    """Read a sheet with a field and its value in each row."""
    if len(sheet.header) < 2 or _half_width(sheet.header[0]).lower() not in [
        heading_of("index", "field", lang) for lang in LANGUAGES
    ]:
        allowed = "; or ".join(
            f"{heading_of('index', 'field', one)}, {heading_of('index', 'value', one)}" for one in LANGUAGES
        )
        why = f"the first row names the columns: {allowed}"
        said.found.append(Fault(f"sheet {sheet.name!r}: {why}"))
        return
    for i, (heading, value, *_) in enumerate(sheet.rows):
        if heading is None:
            if value is not None:
                said.found.append(Fault(f"{sheet.cell(i, 0)}: a value without the name of its field"))
            continue
        name = _named("index", str(heading), fields, where=sheet.cell(i, 0), said=said, taken=said.head)
        if name and value is not None:
            _take(said.head, name, fields[name], value, sheet.cell(i, 1), ("index", name), said)


def _read_parts(table: str, sheet: Sheet, fields: Mapping[str, Any], said: Said) -> list[dict[str, Any]]:
    """Read a sheet of groups or indicators, one a row."""
    names: dict[str, int] = {}
    for j, heading in enumerate(sheet.header):
        name = _named(table, heading, fields, where=sheet.cell(-1, j), said=said, taken=names)
        if name:
            names[name] = j
    if "code" not in names:
        chinese = heading_of(table, "code", "zh")
        said.found.append(Fault(f"sheet {sheet.name!r}: no column 'code' ({chinese}); the first row names the columns"))
    parts: list[dict[str, Any]] = []
    for i, row in enumerate(sheet.rows):
        if all(row[j] is None for j in names.values()):
            continue
        part = dict[str, Any]()
        said.places[table, len(parts)] = sheet.row(i)
        for name, j in names.items():
            place = (table, len(parts), name)
            said.places[place] = f"{sheet.cell(i, j)} ({sheet.header[j]})"
            if row[j] is not None:
                _take(part, name, fields[name], row[j], said.places[place], place, said)
        parts.append(part)
    return parts


def _take(into: dict[str, Any], name: str, kind: Any, cell: Any, where: str, place: Place, said: Said) -> None:
    said.places[place] = where
    try:
        into[name] = parsed(name, kind, cell)
    except SpecError as error:
        said.found += [Fault(f"{name}: {fault.message}", place) for fault in error.faults]


def _named(
    table: str, heading: str, fields: Mapping[str, Any], *, where: str, said: Said, taken: Mapping[str, Any]
) -> str | None:
    """Return the field that a heading stands for, None if it is for people; add a fault if there is none."""
    word = re.sub(r"[\s-]+", "_", _half_width(heading).strip().lower())
    chinese = {heading_of(table, name, "zh"): name for name in fields}
    name = word if word in fields else chinese.get(word)
    if name is None and word not in remarks():
        allowed = chinese if _HAN.search(word) else fields
        said.found.append(Fault(f"{where}: unknown heading {heading!r}{suggestion(heading, allowed)}"))
    if name in taken:
        said.found.append(Fault(f"{where}: {str(name)!r} is given twice"))
        return None
    return name
