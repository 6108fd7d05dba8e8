"""An index on the sheets of an Excel workbook: read as plain tables with the cell of each value.

A group's weights may name a sheet of pairwise judgements, which is read as the plain matrix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, get_args

from hengdian_index._files import toml
from hengdian_index._files.sheets import heading_of, headings_of, remarks
from hengdian_index._methods.aliases import direction_of
from hengdian_index._tables.cells import fraction_of, number_of
from hengdian_index._tables.workbook import SHEETS, Sheet, read_sheets, sheet_called, tab
from hengdian_index._words.catalogue import LANGUAGES
from hengdian_index._words.said import Said, headed, joined
from hengdian_index.errors import DataError, Fault, SpecError, cause, guess, listed, raise_all, suggestion

Place = tuple[str | int, ...]
# Below the place of weights: the cells of the judgements that they come from, by row and column.
JUDGED = "judgements"

# Of each table, "index", "group" and "indicator", the fields with their types.
Fields = Mapping[str, Mapping[str, Any]]

_NEEDED = ("groups", "indicators")
# Choices whose options may have columns of their own, and the two of a published table of limits by their names.
_CHOICES = ("normalise", "treat", "impute", "aggregate", "weights")
_LIMITS = {"不允许值": ("normalise", "low"), "满意值": ("normalise", "high")}
_MOST_DOTS = 100
_QUOTES = str.maketrans("“”＂", '"' * 3)
_WIDE = str.maketrans("｛｝［］＝，、：；．－＋", "{}[]=,,:;.-+") | {
    code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)
}
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(slots=True)
class Spec:
    """What the sheets say: plain tables, what was wrong in reading them, and where each value stands."""

    head: dict[str, Any] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    found: list[Fault] = field(default_factory=list)
    places: dict[Place, Said | str] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What was wrong in reading."""
        return tuple(self.found)


def read_spec(path: Path) -> dict[str, Sheet]:
    """Return the sheets `index`, `groups` and `indicators` of a workbook; the first may be left out."""
    sheets = read_sheets(path, lambda names: _spec_sheets(path.name, names))
    return {str(sheet_called(name)): sheet for name, sheet in sheets.items()}


def spec_from_sheets(sheets: Mapping[str, Sheet], fields: Fields) -> Spec:
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
    Spec
        Unknown headings and cells that cannot be read are among its faults.
    """
    spec = Spec()
    if "index" in sheets:
        _read_head(sheets["index"], fields["index"], spec)
    spec.groups = read_parts("group", sheets["groups"], fields["group"], spec)
    spec.indicators = read_parts("indicator", sheets["indicators"], fields["indicator"], spec)
    return spec


def located(fault: Fault, name: str, places: Mapping[Place, Said | str]) -> Fault:
    """Return a fault with the file, and the sheet and cell of its place, before it.

    Of judgements that it names, ('a', 'b'), the place is their own cells.
    """
    place = fault.place
    while place and place not in places:
        place = place[:-1]
    where = _judged(fault.message, place, places) or places.get(place)
    return Fault(headed(name, headed(where, fault.message)), fault.place)


def _judged(message: str, place: Place, places: Mapping[Place, Said | str]) -> Said | str:
    """Return the cells of the judgements that a message names, in its order; empty if it names none."""
    below, cells = (*place, JUDGED), dict[Said | str, int]()
    for key, cell in places.items():
        at = message.find(str(key[len(below) :])) if key[: len(below)] == below else -1
        if at >= 0:
            cells[cell] = min(at, cells.get(cell, at))
    first, *others = sorted(cells, key=lambda cell: cells[cell]) or [""]
    if len(others) != 1 or not (isinstance(first, Said) and isinstance(others[0], Said)):
        return first
    sheet, one, other = first.values["sheet"], first.values["cell"], others[0].values["cell"]
    return Said("sheet {sheet!r} cells {cell} and {other}", sheet=sheet, cell=one, other=other)


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
    is_text = holds(kind, str)
    if not isinstance(cell, str):
        return str(cell) if is_text and type(cell) in (int, float) else cell
    text = cell.strip()
    if text[:1] in ('"', "\N{LEFT DOUBLE QUOTATION MARK}") or (text[:1] in ("{", "[", "｛", "［") and not is_text):
        return _toml(text)
    if is_text:
        return text
    if name == "direction" and (sign := direction_of(text)):
        return sign
    if name == "direction":
        return text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return _as_number(text) if holds(kind, float) else text


def holds(kind: Any, wanted: type) -> bool:
    """Return whether a type, or one of its parts, is the wanted one."""
    return kind is wanted or any(holds(part, wanted) for part in get_args(kind))


def _half_width(text: str) -> str:
    """Return a text with its full-width letters, digits and signs as plain ones."""
    return unicodedata.normalize("NFKC", text)


def _as_number(text: str) -> Any:
    number = number_of(text)
    return text if number is None else number


def _half_width_signs(text: str) -> str:
    """Return a text with the signs that a Chinese keyboard writes as TOML has them, those inside quotes as they are."""
    parts = re.split('("[^"]*")', text.translate(_QUOTES))
    return "".join(part if part[:1] == '"' else part.translate(_WIDE) for part in parts)


def _toml(text: str) -> Any:
    try:
        return toml.read("value = " + _half_width_signs(re.sub(r"[\r\n]+", " ", text)))[0]["value"]
    except ValueError as error:
        # The cell is one line.
        why = cause(error, re.sub(r" \(at .*\)$", "", str(error)))
        raise SpecError(
            Said(
                '{text!r} cannot be read: {why}; write {{ method = "power", p = 2 }} or [1, 2], names beyond a-z and '
                "0-9 in quotes",
                text=_begun(text),
                why=why.values.get("why", why),
            )
        ) from None


def _begun(text: str, most: int = 200) -> str:
    """Return a text, the end of a long one left out."""
    return text if len(text) <= most else f"{text[:most]}…"


def _spec_sheets(source: str, names: Sequence[str]) -> list[str]:
    """Return which sheets hold the spec, or say what is missing, twice there or misspelt."""
    found = {known: [name for name in names if sheet_called(name) == known] for known in ("index", *_NEEDED)}
    faults = [
        Said(
            "{file}: {n} sheets stand for {sheet}: {found}; keep one",
            file=source,
            n=len(same),
            sheet=SHEETS[known],
            found=listed(same),
        )
        for known, same in found.items()
        if len(same) > 1
    ]
    absent = [known for known, same in found.items() if not same]
    guesses = {known: _near(known, names) for known in absent}
    faults += [
        Said(
            "{file}: no sheet {sheet!r} ({chinese}){guess}; sheets found: {names}",
            file=source,
            sheet=known,
            chinese=tab(known, "zh"),
            guess=guesses[known],
            names=listed(names),
        )
        for known in absent
        if known in _NEEDED or guesses[known]
    ]
    raise_all(DataError, faults)
    return [name for same in found.values() for name in same]


def _near(known: str, names: Iterable[str]) -> Said | str:
    strange = [name for name in names if sheet_called(name) is None]
    return guess(known, strange)


def _read_head(sheet: Sheet, fields: Mapping[str, Any], spec: Spec) -> None:
    """Read a sheet with a field and its value in each row."""
    if len(sheet.header) < 2 or _half_width(sheet.header[0]).lower() not in [
        heading_of("index", "field", lang) for lang in LANGUAGES
    ]:
        field_, value_ = ([heading_of("index", one, lang) for lang in LANGUAGES] for one in ("field", "value"))
        pairs = [Said("{field}, {value}", field=f, value=v) for f, v in zip(field_, value_, strict=True)]
        allowed = pairs[0]
        for one in pairs[1:]:
            allowed = Said("{one}; or {other}", one=allowed, other=one)
        why = Said("the first row names the columns: {headings}", headings=allowed)
        spec.found.append(Fault(headed(sheet.place, why)))
        return
    for i, (heading, value, *_) in enumerate(sheet.rows):
        if heading is None:
            if value is not None:
                spec.found.append(Fault(headed(sheet.cell(i, 0), Said("a value without the name of its field"))))
            continue
        name = _named("index", str(heading), fields, where=sheet.cell(i, 0), spec=spec, taken=spec.head)
        if name and value is not None:
            _take(spec.head, name, fields[name], value, sheet.cell(i, 1), ("index", name), spec)


class Rows(Protocol):
    """A table of groups or indicators, as a sheet has it: a header, rows of cells, and words for where these are."""

    @property
    def header(self) -> Sequence[str]:
        """The headings of the columns."""

    @property
    def rows(self) -> Sequence[Sequence[Any]]:
        """The rows below, blank cells as None."""

    @property
    def place(self) -> Said | str:
        """What messages call the table."""

    def row(self, i: int) -> Said:
        """Return where a row is."""

    def cell(self, i: int, j: int) -> Said:
        """Return where a cell is; row -1 is the header."""


def read_parts(table: str, sheet: Rows, fields: Mapping[str, Any], spec: Spec) -> list[dict[str, Any]]:
    """Return the groups or indicators of a table, one a row; faults and places are added to the spec."""
    names: dict[str, int] = {}
    options: dict[tuple[str, str], int] = {}
    for j, heading in enumerate(sheet.header):
        option = _option_of(heading, fields)
        if option is not None:
            if option in options:
                twice = Said("{name!r} is given twice", name=".".join(option))
                spec.found.append(Fault(headed(sheet.cell(-1, j), twice)))
            options[option] = j
            continue
        name = _named(table, heading, fields, where=sheet.cell(-1, j), spec=spec, taken=names)
        if name:
            names[name] = j
    if "code" not in names:
        chinese = heading_of(table, "code", "zh")
        why = Said("no column 'code' ({chinese}); the first row names the columns", chinese=chinese)
        spec.found.append(Fault(headed(sheet.place, why)))
    parts: list[dict[str, Any]] = []
    for i, row in enumerate(sheet.rows):
        if all(row[j] is None for j in names.values()):
            continue
        part = dict[str, Any]()
        spec.places[table, len(parts)] = sheet.row(i)
        for name, j in names.items():
            place = (table, len(parts), name)
            spec.places[place] = _cell_of(sheet, i, j)
            if row[j] is not None:
                _take(part, name, fields[name], row[j], spec.places[place], place, spec)
        for (choice, own), j in options.items():
            if row[j] is not None:
                where = _cell_of(sheet, i, j)
                _take_option(part, choice, own, row[j], where, (table, len(parts), choice), spec)
        parts.append(part)
    return parts


def _cell_of(sheet: Rows, i: int, j: int) -> Said:
    """Return where a cell is, and of what column."""
    return Said("{cell} ({heading})", cell=sheet.cell(i, j), heading=sheet.header[j])


def _option_of(heading: str, fields: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the choice and its option that a heading names, `normalise.low`; limits have names of their own."""
    word = _half_width(heading).strip()
    known = _LIMITS.get(word)
    name, dot, option = word.lower().partition(".")
    found = known or ((name.strip(), option.strip()) if dot and option.strip().isidentifier() else None)
    return found if found is not None and found[0] in fields and found[0] in _CHOICES else None


def _take_option(
    part: dict[str, Any], name: str, option: str, cell: Any, where: Said, place: Place, spec: Spec
) -> None:
    """Put an option of a choice in its place; limits without a method are those of an efficacy score."""
    limits = _LIMITS.values()
    given = part.get(name, "efficacy" if (name, option) in limits else None)
    said = dict(given) if isinstance(given, Mapping) else {"method": given}
    if not isinstance(said.get("method"), str):
        why = Said("the row has no method in {name!r} that the option is of; name it there", name=name)
        spec.found.append(Fault(headed(where, why), place))
        return
    if option in said:
        why = Said("{option!r} stands in {name!r}, too; give it once", option=option, name=name)
        spec.found.append(Fault(headed(where, why), place))
        return
    spec.places.setdefault(place, where)
    part[name] = {**said, option: parsed(option, float, cell)}


def _take(into: dict[str, Any], name: str, kind: Any, cell: Any, where: Said | str, place: Place, spec: Spec) -> None:
    spec.places[place] = where
    try:
        into[name] = parsed(name, kind, cell)
    except SpecError as error:
        spec.found += [Fault(headed(name, fault.message), place) for fault in error.faults]


def _named(
    table: str, heading: str, fields: Mapping[str, Any], *, where: Said, spec: Spec, taken: Mapping[str, Any]
) -> str | None:
    """Return the field that a heading stands for, None if it is for people; add a fault if there is none."""
    word = re.sub(r"[\s-]+", "_", _half_width(heading).strip().lower())
    chinese = {one: name for name in fields for one in headings_of(table, name, "zh")}
    name = word if word in fields else chinese.get(word)
    if name is None and word not in remarks():
        allowed = chinese if _HAN.search(word) else fields
        unknown = Said("unknown heading {name!r}{guess}", name=heading, guess=suggestion(heading, allowed))
        spec.found.append(Fault(headed(where, unknown)))
    if name in taken:
        spec.found.append(Fault(headed(where, Said("{name!r} is given twice", name=str(name)))))
        return None
    return name


Matrix = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class _Judgements:
    """What a sheet says, row -> {column: judgement}, and the cell of each."""

    sheet: str
    matrix: Matrix
    cells: Mapping[tuple[str, str], Said]


def with_judgements(path: Path, spec: Spec) -> None:
    """Put the judgements of the sheets that weights name, `{ method = "ahp", matrix = "judgements" }`, in their place.

    Several people's are a list of names. What is wrong on a sheet is added to the faults, with its cell; the weights
    are then left out. For what is found later, the places say on which sheet, and in which cells, judgements stand.
    """
    for i, group in enumerate(spec.groups):
        for name in ("weights", "weights_since"):
            if not list(_sheets_named(group.get(name))):
                continue
            place = ("group", i, name)
            try:
                read = _matrices(path, group[name], _children(spec, group.get("code")))
            except SpecError as error:
                spec.found += [Fault(fault.message, place if not fault.place else ()) for fault in error.faults]
                del group[name]
                continue
            group[name] = _filled(group[name], {one: found.matrix for one, found in read.items()})
            _place_judgements(spec, place, {found.sheet: found for found in read.values()})


def _place_judgements(spec: Spec, place: Place, read: Mapping[str, _Judgements]) -> None:
    """Say where the judgements of some weights stand; cells only where one sheet alone holds them."""
    sheets = joined([Said("sheet {sheet!r}", sheet=sheet) for sheet in read])
    spec.places[place] = Said("{cell}, judgements on {sheets}", cell=spec.places[place], sheets=sheets)
    for found in read.values() if len(read) == 1 else ():
        for (row, column), cell in found.cells.items():
            spec.places[(*place, JUDGED, row, column)] = cell
            spec.places.setdefault((*place, JUDGED, column, row), cell)


def _children(spec: Spec, code: Any) -> list[str]:
    return [str(part.get("code")) for part in (*spec.groups, *spec.indicators) if part.get("parent") == code]


def _sheets_named(weights: Any) -> Iterable[str]:
    """Yield the names of the sheets that a choice of weights, or one of its parts, takes judgements from."""
    if isinstance(weights, Mapping):
        matrix = weights.get("matrix")
        people = matrix if isinstance(matrix, list) else [matrix]
        if weights.get("method") == "ahp" and all(isinstance(one, str) for one in people):
            yield from map(str, people)
        for part in weights.values():
            yield from _sheets_named(part)
    elif isinstance(weights, list):
        for part in weights:
            yield from _sheets_named(part)


def _filled(weights: Any, found: Mapping[str, Matrix]) -> Any:
    """Return a choice of weights with matrices instead of the names of their sheets."""
    if isinstance(weights, list):
        return [_filled(part, found) for part in weights]
    if not isinstance(weights, Mapping):
        return weights
    filled = {key: _filled(part, found) for key, part in weights.items()}
    matrix = weights.get("matrix")
    if weights.get("method") == "ahp" and list(_sheets_named({"method": "ahp", "matrix": matrix})):
        people = matrix if isinstance(matrix, list) else []
        named = {one: found[one] for one in people}
        # A sheet is the name of who judged there; one that stands for several people names nobody.
        several = named if 1 < len(named) == len(people) else [found[one] for one in people]
        filled["matrix"] = several or found[str(matrix)]
    return filled


def _matrices(path: Path, weights: Any, children: Sequence[str]) -> dict[str, _Judgements]:
    """Return the judgements of each sheet that is named, by the name given."""
    wanted, tabs, faults = list(dict.fromkeys(_sheets_named(weights))), dict[str, str](), list[Fault]()

    def pick(names: Sequence[str]) -> list[str]:
        for one in wanted:
            tab = next((name for name in names if name == one or sheet_called(name) == (sheet_called(one) or 0)), None)
            if tab is None:
                faults.append(
                    Fault(Said("no sheet {sheet!r} of judgements{guess}", sheet=one, guess=suggestion(one, names)))
                )
            else:
                tabs[one] = tab
        return list(dict.fromkeys(tabs.values()))

    try:
        # The file is named by who reads the whole workbook.
        sheets = read_sheets(path, pick, named=False)
    except DataError as error:
        raise SpecError(*(Fault(fault.message, ("sheet",)) for fault in error.faults)) from None
    read = {name: _matrix(sheet, children, faults) for name, sheet in sheets.items()}
    raise_all(SpecError, faults)
    return {one: read[tab] for one, tab in tabs.items()}


def _matrix(sheet: Sheet, children: Sequence[str], faults: list[Fault]) -> _Judgements:
    """Return what is filled in off the diagonal."""
    columns = {j: name for j, name in enumerate(sheet.header) if j and name.lower() not in remarks()}
    rows = {i: str(row[0]).strip() for i, row in enumerate(sheet.rows) if row[0] is not None}
    _check_strays(sheet, [i for i in range(len(sheet.rows)) if i not in rows], faults)
    _check_names({sheet.cell(-1, j): name for j, name in columns.items()}, children, faults)
    _check_names({sheet.cell(i, 0): name for i, name in rows.items()}, children, faults)
    absent = [child for child in children if child not in columns.values() or child not in rows.values()]
    if absent:
        names = joined(absent, quoted=True)
        told = Said("a row and a column are needed for each child; not there: {names}", names=names)
        _add(faults, sheet.place, told)
    matrix: Matrix = {name: {} for name in rows.values()}
    cells = dict[tuple[str, str], Said]()
    above = {(row, column): sheet.rows[i][j] for i, row in rows.items() for j, column in columns.items() if i < j - 1}
    for i, row in rows.items():
        for j, column in columns.items():
            cell = sheet.rows[i][j]
            if _echoes(cell, above.get((column, row))):
                continue
            judged = _judgement(cell, sheet.cell(i, j), row == column, faults)
            if judged is not None and row != column:
                matrix[row][column] = judged
                cells[row, column] = sheet.cell(i, j)
    found = {row: judged for row, judged in matrix.items() if judged}
    if not found and len(children) > 1 and not faults:
        _add(faults, sheet.place, Said("nothing is judged; fill in the triangle above the diagonal"))
    return _Judgements(sheet.name, found, cells)


def _check_strays(sheet: Sheet, unnamed: Sequence[int], faults: list[Fault]) -> None:
    """Add a fault for each row that has values and no name."""
    for i in unnamed:
        j = next(j for j, cell in enumerate(sheet.rows[i]) if cell is not None)
        _add(
            faults,
            sheet.cell(i, j),
            Said("a value stands in a row without a name; write one in {cell}", cell=sheet.cell(i, 0)),
        )


def _check_names(found: Mapping[Said, str], children: Sequence[str], faults: list[Fault]) -> None:
    """Add what is wrong with the names of rows or columns, given by their cells."""
    seen = set[str]()
    for where, name in found.items():
        if name not in children:
            _add(
                faults,
                where,
                Said("{name!r} is no child of the group{guess}", name=name, guess=suggestion(name, children)),
            )
        elif name in seen:
            _add(faults, where, Said("{name!r} stands there twice", name=name))
        seen.add(name)


def _judgement(cell: Any, where: Said, same: bool, faults: list[Fault]) -> float | None:
    """Return how many times the row's item is as important as the column's; None for a blank or a fault."""
    if cell is None:
        return None
    try:
        number = fraction_of(cell) if isinstance(cell, str) else float(cell)
    except (TypeError, ValueError, ArithmeticError):
        number = float("nan")
    if isinstance(cell, bool) or not 0 < number < float("inf"):
        _add(faults, where, Said("a number above 0, or a fraction as text, is needed, not {given!r}", given=str(cell)))
        return None
    if same and number != 1:
        _add(faults, where, Said("an item is as important as itself: 1, not {number:g}", number=number))
    return number


def _echoes(cell: Any, above: Any) -> bool:
    """Return whether a cell is the reciprocal of one above the diagonal that is itself refused: one fault is enough."""
    numbers = [one for one in (cell, above) if isinstance(one, (int, float)) and not isinstance(one, bool)]
    return len(numbers) == 2 and max(numbers) < 0 and abs(cell * above - 1) < 1e-9


def _add(faults: list[Fault], where: Said, told: Said) -> None:
    faults.append(Fault(headed(where, told), ("sheet",)))
