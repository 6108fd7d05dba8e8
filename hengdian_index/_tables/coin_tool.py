"""The workbook of the COIN Tool of the European Commission's Joint Research Centre: its sheets Database and Framework.

Database has a row for each unit and a column for each indicator (`Ind.01`, ...); above the codes stand names, the codes
of the groups that an indicator belongs to (`sp.01`, `p.01`, `si.01`, `Index`), goalposts, directions and weights.
Framework has the names and weights of the groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index._tables.archive import letters, opened, sheet_members
from hengdian_index._tables.cells import is_missing, number_of
from hengdian_index._tables.places import cell_at
from hengdian_index._tables.workbook import raw_cells
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, raise_all, shown

if TYPE_CHECKING:
    import pandas as pd

SHEET, _FRAMEWORK = "Database", "Framework"
_CODE = re.compile(r"ind\.?\s?\d+", re.IGNORECASE)
_GROUP = re.compile(r"(?:sp|p|si)\.\d+|index", re.IGNORECASE)
# What the label of a row says of it, the first that fits; and where the rows of a sheet without labels stand, counted
# from the row of codes.
_LABELS = (
    ("lower", re.compile(r"(?=.*goal|.*bound)(?=.*low|.*min)")),
    ("upper", re.compile(r"(?=.*goal|.*bound)(?=.*up|.*high|.*max)")),
    ("weight", re.compile(r".*weight")),
    ("direction", re.compile(r".*direction")),
    ("unit", re.compile(r"units?\b(?! ?(?:name|code))")),
    ("level", re.compile(r".*(?:pillar|sub-? ?index|dimension|level|aggregat)|index\b")),
    ("name", re.compile(r".*name")),
)
_OFFSETS = {"weight": -9, "direction": -8, "lower": -7, "upper": -6, "name": -1}
_LEVELS = (-5, -4, -3, -2)
_HEADING = re.compile("weight|dimension|name|code", re.IGNORECASE)
_MISSING = ("n/a", "--", "-")
_UNIT_NAMES = ("UnitName", "UnitCode")


@dataclass(frozen=True)
class Tool:
    """What a workbook says: fields of groups and indicators, where each stands, and the table of its units."""

    groups: list[dict[str, Any]]
    indicators: list[dict[str, Any]]
    places: Mapping[tuple[str | int, ...], Said]
    table: pd.DataFrame
    units: tuple[str, ...]


def is_one(path: Path) -> bool:
    """Return whether a workbook is one of the COIN Tool: its sheet Database has a row of codes."""
    with opened(path) as archive:
        names = list(sheet_members(archive))
    return SHEET in names and _codes(raw_cells(path, [SHEET])[SHEET]) is not None


def read(path: Path) -> Tool:
    """Return what a workbook of the COIN Tool says.

    A level of groups that all indicators share, and that is not the top one, is one that is not used, and left out.
    Goalposts, where an indicator has both, are its normalisation. `n/a` is a missing value.

    Raises
    ------
    DataError
        No row of codes; directions, weights, goalposts and values that cannot be read: all, each with its cell.
    """
    with opened(path) as archive:
        there = [name for name in sheet_members(archive) if name in (SHEET, _FRAMEWORK)]
    cells = raw_cells(path, there)
    found = _codes(cells.get(SHEET, []))
    if found is None:
        raise DataError(
            Said(
                "{name}: sheet {sheet!r} has no row of codes, Ind.01, Ind.02, ..., above its values",
                name=path.name,
                sheet=SHEET,
            )
        )
    sheet = _Sheet(cells[SHEET], *found, [])
    indicators, chains = sheet.indicators(), sheet.chains()
    told = _framework(cells.get(_FRAMEWORK, []), sheet.faults)
    groups = dict[str, dict[str, Any]]()
    for one, chain in zip(indicators, chains, strict=True):
        for code, parent in zip(chain, [None, *chain[:-1]], strict=True):
            group = {"code": code, "parent": parent, **told.get(code.lower(), {})}
            if parent is None:
                group.pop("weight", None)
            groups.setdefault(code, {name: value for name, value in group.items() if value is not None})
        if chain:
            one["parent"] = chain[-1]
    table, units = sheet.table()
    raise_all(DataError, [Fault(joined([path.name, fault], "heads")) for fault in sheet.faults])
    table.attrs["source"] = Said("{name} sheet {sheet!r}", name=path.name, sheet=SHEET)
    table.attrs["lines"] = sheet.numbers
    places: dict[tuple[str | int, ...], Said] = {
        ("indicator", i): cell_at(SHEET, sheet.cell(sheet.row, j)) for i, j in enumerate(sheet.columns)
    }
    return Tool(list(groups.values()), indicators, places, table, units)


def _codes(cells: Sequence[Sequence[Any]]) -> tuple[int, list[int]] | None:
    """Return the row of codes and their columns."""
    for i, row in enumerate(cells):
        columns = [j for j, cell in enumerate(row) if isinstance(cell, str) and _CODE.fullmatch(cell.strip())]
        if columns:
            # The tool has columns to spare, with codes and nothing else.
            return i, [j for j in columns if any(_filled(below[j]) for below in cells[i + 1 :])]
    return None


class _Sheet:
    """The sheet Database: cells, the row of codes and the columns of indicators."""

    def __init__(self, cells: Sequence[Sequence[Any]], row: int, columns: list[int], faults: list[Said]) -> None:
        self.cells, self.row, self.columns, self.faults = cells, row, columns, faults
        first = min(columns, default=len(cells[row]))
        body = range(row + 1, len(cells))
        self.body = [i for i in body if any(_filled(cells[i][j]) for j in columns)]
        self.before = range(first)
        self.numbers = tuple(i + 1 for i in self.body)
        labelled = [(i, self._label(i)) for i in range(row)]
        said = [(key, i) for i, label in labelled for key in [_meant(label)] if key and self._has_texts(i)]
        self.rows = {key: i for key, i in said if key != "level"}
        self.levels = [i for key, i in said if key == "level"]
        if not said:
            self.rows = {key: row + offset for key, offset in _OFFSETS.items() if row + offset >= 0}
            self.levels = [row + offset for offset in _LEVELS if row + offset >= 0]

    @staticmethod
    def cell(i: int, j: int) -> str:
        return f"{letters(j + 1)}{i + 1}"

    def _label(self, i: int) -> str:
        return " ".join(str(self.cells[i][j]) for j in self.before if _filled(self.cells[i][j])).strip().lower()

    def _has_texts(self, i: int) -> bool:
        return any(_filled(self.cells[i][j]) for j in self.columns)

    def indicators(self) -> list[dict[str, Any]]:
        """Return the fields of each indicator but its parent."""
        return [dict(self._fields(j)) for j in self.columns]

    def _fields(self, j: int) -> Iterator[tuple[str, Any]]:
        yield "code", str(self.cells[self.row][j]).strip()
        for name in ("name", "unit"):
            if (told := self._at(name, j)) is not None:
                yield name, str(told).strip()
        direction = self._number("direction", j)
        if direction is not None and direction not in (1, -1):
            self._fault("direction", j, Said("direction: 1 or -1, not {number:g}", number=direction))
        elif direction is not None:
            yield "direction", int(direction)
        weight = self._number("weight", j)
        if weight is not None:
            yield "weight", weight
        low, high = self._number("lower", j), self._number("upper", j)
        if low is not None and high is not None:
            yield "normalise", {"method": "goalposts", "low": low, "high": high, "lower": 0, "upper": 100}

    def _at(self, key: str, j: int) -> Any:
        found = self.cells[self.rows[key]][j] if key in self.rows else None
        return found if _filled(found) else None

    def _number(self, key: str, j: int) -> float | None:
        found = self._at(key, j)
        number = None if found is None or isinstance(found, bool) else number_of(found)
        if found is not None and number is None:
            self._fault(key, j, Said("{key}: a number, not {found}", key=key, found=shown(found)))
        return number

    def _fault(self, key: str, j: int, why: Said) -> None:
        self.faults.append(joined([cell_at(SHEET, self.cell(self.rows[key], j)), why], "heads"))

    def chains(self) -> list[list[str]]:
        """Return the groups that each indicator belongs to, from the top down."""
        levels = [[self._level(i, j) for j in self.columns] for i in self.levels]
        levels.sort(key=lambda codes: len(set(codes)))
        same = [len(set(codes)) == 1 for codes in levels]
        # Of several levels with one group the top one is called Index; the others are not used.
        top = next((codes for codes in levels if {str(code).lower() for code in codes} == {"index"}), None)
        top = top or next((codes for codes, alone in zip(levels, same, strict=True) if alone and codes[0]), None)
        used = [codes for codes, alone in zip(levels, same, strict=True) if not alone]
        kept = [top or ["Index"] * len(self.columns), *used]
        return [[code for code in chain if code is not None] for chain in zip(*kept, strict=True)]

    def _level(self, i: int, j: int) -> str | None:
        found = self.cells[i][j]
        return str(found).strip() if _filled(found) else None

    def table(self) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """Return the table of the units, and which columns have their names and codes."""
        import pandas as pd

        labels = [j for j in self.before if any(isinstance(self.cells[i][j], str) for i in self.body)][:2]
        heads = [self.cells[self.row][j] for j in labels]
        names = [str(head).strip() if _filled(head) else _UNIT_NAMES[i] for i, head in enumerate(heads)]
        columns: dict[str, Any] = {
            name: [self.cells[i][j] for i in self.body] for name, j in zip(names, labels, strict=True)
        }
        for j in self.columns:
            columns[str(self.cells[self.row][j]).strip()] = [self._value(i, j) for i in self.body]
        return pd.DataFrame(columns), tuple(names)

    def _value(self, i: int, j: int) -> float:
        cell = self.cells[i][j]
        number = None if isinstance(cell, bool) else number_of(cell) if _filled(cell) else float("nan")
        if number is None:
            why = Said("a number, or n/a, is needed, not {found}", found=shown(cell))
            self.faults.append(joined([cell_at(SHEET, self.cell(i, j)), why], "heads"))
        return float("nan") if number is None else number


def _meant(label: str) -> str | None:
    return next((key for key, pattern in _LABELS if pattern.match(label)), None)


def _filled(cell: Any) -> bool:
    return not is_missing(cell) and str(cell).strip().lower() not in (*_MISSING, "")


def _framework(cells: Sequence[Sequence[Any]], faults: list[Said]) -> dict[str, dict[str, Any]]:
    """Return the name and the weight of each group that the sheet Framework has, by its code in small letters."""
    found = dict[str, dict[str, Any]]()
    heads = dict[int, str]()
    for i, row in enumerate(cells):
        texts = {j: cell.strip() for j, cell in enumerate(row) if isinstance(cell, str)}
        at = next((j for j, text in texts.items() if _GROUP.fullmatch(text)), None)
        if at is None:
            named = {j: text.lower() for j, text in texts.items() if _HEADING.search(text)}
            heads = named if len(named) > 1 else heads
            continue
        weight = next((j for j, head in heads.items() if "weight" in head and _filled(row[j])), None)
        name = next((j for j, head in heads.items() if ("dimension" in head or "name" in head) and j != at), None)
        told = dict[str, Any]()
        if name is not None and _filled(row[name]):
            told["name"] = str(row[name]).strip()
        if weight is not None:
            number = number_of(row[weight])
            if number is None:
                why = Said("{key}: a number, not {found}", key="weight", found=shown(row[weight]))
                faults.append(joined([cell_at(_FRAMEWORK, f"{letters(weight + 1)}{i + 1}"), why], "heads"))
            told["weight"] = number
        code = texts[at].lower()
        found[code] = told | found.get(code, {})
    return found
