"""Pairwise judgements on sheets of their own: a group's weights name the sheet, and it is read as the plain matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hengdian_index._files.read_workbook import JUDGED, Place, Said
from hengdian_index._files.sheets import Live, Page, remarks
from hengdian_index._tables.archive import letters
from hengdian_index._tables.cells import fraction_of
from hengdian_index._tables.workbook import Sheet, read_sheets, sheet_called
from hengdian_index.errors import DataError, Fault, SpecError, raise_all, suggestion

Matrix = dict[str, dict[str, float]]

# How many items a new sheet of judgements has room for.
_ROOM = 12


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a sheet says, row -> {column: judgement}, and the cell of each."""

    sheet: str
    matrix: Matrix
    cells: Mapping[tuple[str, str], str]


def with_judgements(path: Path, said: Said) -> None:
    """Put the judgements of the sheets that weights name, `{ method = "ahp", matrix = "judgements" }`, in their place.

    Several people's are a list of names. What is wrong on a sheet is added to the faults, with its cell; the weights
    are then left out. For what is found later, the places say on which sheet, and in which cells, judgements stand.
    """
    for i, group in enumerate(said.groups):
        for name in ("weights", "weights_since"):
            if not list(_named(group.get(name))):
                continue
            place = ("group", i, name)
            try:
                read = _matrices(path, group[name], _children(said, group.get("code")))
            except SpecError as error:
                said.found += [Fault(fault.message, place if not fault.place else ()) for fault in error.faults]
                del group[name]
                continue
            group[name] = _filled(group[name], {one: found.matrix for one, found in read.items()})
            _tell_places(said, place, {found.sheet: found for found in read.values()})


def _tell_places(said: Said, place: Place, read: Mapping[str, _Judged]) -> None:
    """Say where the judgements of some weights stand; cells only where one sheet alone holds them."""
    sheets = ", ".join(f"sheet {sheet!r}" for sheet in read)
    said.places[place] += f", judgements on {sheets}"
    for found in read.values() if len(read) == 1 else ():
        for (row, column), cell in found.cells.items():
            said.places[(*place, JUDGED, row, column)] = cell
            said.places.setdefault((*place, JUDGED, column, row), cell)


def judgement_page(name: str, items: Sequence[str], upper: Mapping[tuple[str, str], float], corner: str) -> Page:
    """Return a sheet to compare items on, with room for more: whoever writes names and judgements has the rest filled.

    The names stand in the first column. The headings, the 1s of the diagonal and the reciprocals below it are live
    formulas, blank as long as nothing is there.

    Examples
    --------
    >>> from hengdian_index._files.read_comparisons import judgement_page
    >>> page = judgement_page("judgements", ["a", "b"], {("a", "b"): 4}, "a row against a column")
    >>> page.header[1], page.rows[1][1]
    (Live(formula='=IF(A2="","",A2)', value='a'), Live(formula='=IF(ISNUMBER(C2),1/C2,"")', value=0.25))
    """
    room = range(max(_ROOM, len(items)))
    named = [items[i] if i < len(items) else "" for i in room]
    header: list[str | Live] = [corner, *(Live(f'=IF(A{i + 2}="","",A{i + 2})', named[i]) for i in room)]
    rows = [[named[i] or None, *(_shown(i, j, upper, named) for j in room)] for i in room]
    return Page(name, header, rows, number="# ?/?", frozen=(1, 1))


def _shown(i: int, j: int, upper: Mapping[tuple[str, str], float], named: Sequence[str]) -> Any:
    if i < j:
        judged = upper.get((named[i], named[j]))
        return None if judged is None else float(judged)
    if i == j:
        return Live(f'=IF(A{i + 2}="","",1)', 1.0 if named[i] else "")
    cell, judged = f"{letters(i + 2)}{j + 2}", upper.get((named[j], named[i]))
    return Live(f'=IF(ISNUMBER({cell}),1/{cell},"")', "" if judged is None else 1 / judged)


def _children(said: Said, code: Any) -> list[str]:
    return [str(part.get("code")) for part in (*said.groups, *said.indicators) if part.get("parent") == code]


def _named(weights: Any) -> Iterable[str]:
    """Yield the names of the sheets that a choice of weights, or one of its parts, takes judgements from."""
    if isinstance(weights, Mapping):
        matrix = weights.get("matrix")
        people = matrix if isinstance(matrix, list) else [matrix]
        if weights.get("method") == "ahp" and all(isinstance(one, str) for one in people):
            yield from map(str, people)
        for part in weights.values():
            yield from _named(part)
    elif isinstance(weights, list):
        for part in weights:
            yield from _named(part)


def _filled(weights: Any, found: Mapping[str, Matrix]) -> Any:
    """Return a choice of weights with matrices instead of the names of their sheets."""
    if isinstance(weights, list):
        return [_filled(part, found) for part in weights]
    if not isinstance(weights, Mapping):
        return weights
    filled = {key: _filled(part, found) for key, part in weights.items()}
    matrix = weights.get("matrix")
    if weights.get("method") == "ahp" and list(_named({"method": "ahp", "matrix": matrix})):
        people = matrix if isinstance(matrix, list) else []
        named = {one: found[one] for one in people}
        # A sheet is the name of who judged there; one that stands for several people names nobody.
        several = named if 1 < len(named) == len(people) else [found[one] for one in people]
        filled["matrix"] = several or found[str(matrix)]
    return filled


def _matrices(path: Path, weights: Any, children: Sequence[str]) -> dict[str, _Judged]:
    """Return the judgements of each sheet that is named, by the name given."""
    wanted, tabs, faults = list(dict.fromkeys(_named(weights))), dict[str, str](), list[Fault]()

    def pick(names: Sequence[str]) -> list[str]:
        for one in wanted:
            tab = next((name for name in names if name == one or sheet_called(name) == (sheet_called(one) or 0)), None)
            if tab is None:
                faults.append(Fault(f"no sheet {one!r} of judgements{suggestion(one, names)}"))
            else:
                tabs[one] = tab
        return list(dict.fromkeys(tabs.values()))

    try:
        sheets = read_sheets(path, pick)
    except DataError as error:
        raise SpecError(*(Fault(f.message.removeprefix(f"{path.name}: "), ("sheet",)) for f in error.faults)) from None
    read = {name: _matrix(sheet, children, faults) for name, sheet in sheets.items()}
    raise_all(SpecError, faults)
    return {one: read[tab] for one, tab in tabs.items()}


def _matrix(sheet: Sheet, children: Sequence[str], faults: list[Fault]) -> _Judged:
    """Return what is filled in off the diagonal."""
    columns = {j: name for j, name in enumerate(sheet.header) if j and name.lower() not in remarks()}
    rows = {i: str(row[0]).strip() for i, row in enumerate(sheet.rows) if row[0] is not None}
    _check_strays(sheet, [i for i in range(len(sheet.rows)) if i not in rows], faults)
    _check_names({sheet.cell(-1, j): name for j, name in columns.items()}, children, faults)
    _check_names({sheet.cell(i, 0): name for i, name in rows.items()}, children, faults)
    absent = [child for child in children if child not in columns.values() or child not in rows.values()]
    if absent:
        told = ", ".join(map(repr, absent))
        _add(faults, f"sheet {sheet.name!r}", f"a row and a column are needed for each child; not there: {told}")
    matrix: Matrix = {name: {} for name in rows.values()}
    cells = dict[tuple[str, str], str]()
    above = {(row, column): sheet.rows[i][j] for i, row in rows.items() for j, column in columns.items() if i < j - 1}
    for i, row in rows.items():
        for j, column in columns.items():
            cell = sheet.rows[i][j]
            if _echoes(cell, above.get((column, row))):
                continue
            judged = _judged(cell, sheet.cell(i, j), row == column, faults)
            if judged is not None and row != column:
                matrix[row][column] = judged
                cells[row, column] = sheet.cell(i, j)
    found = {row: judged for row, judged in matrix.items() if judged}
    if not found and len(children) > 1 and not faults:
        _add(faults, f"sheet {sheet.name!r}", "nothing is judged; fill in the triangle above the diagonal")
    return _Judged(sheet.name, found, cells)


def _check_strays(sheet: Sheet, unnamed: Sequence[int], faults: list[Fault]) -> None:
    """Add a fault for each row that has values and no name."""
    for i in unnamed:
        j = next(j for j, cell in enumerate(sheet.rows[i]) if cell is not None)
        _add(faults, sheet.cell(i, j), f"a value stands in a row without a name; write one in {sheet.cell(i, 0)}")


def _check_names(found: Mapping[str, str], children: Sequence[str], faults: list[Fault]) -> None:
    """Add what is wrong with the names of rows or columns, given by their cells."""
    seen = set[str]()
    for where, name in found.items():
        if name not in children:
            _add(faults, where, f"{name!r} is no child of the group{suggestion(name, children)}")
        elif name in seen:
            _add(faults, where, f"{name!r} stands there twice")
        seen.add(name)


def _judged(cell: Any, where: str, same: bool, faults: list[Fault]) -> float | None:
    """Return how many times the row's item is as important as the column's; None for a blank or a fault."""
    if cell is None:
        return None
    try:
        number = fraction_of(cell) if isinstance(cell, str) else float(cell)
    except (TypeError, ValueError, ArithmeticError):
        number = float("nan")
    if isinstance(cell, bool) or not 0 < number < float("inf"):
        _add(faults, where, f"a number above 0, or a fraction as text, is needed, not {str(cell)!r}")
        return None
    if same and number != 1:
        _add(faults, where, f"an item is as important as itself: 1, not {number:g}")
    return number


def _echoes(cell: Any, above: Any) -> bool:
    """Return whether a cell is the reciprocal of one above the diagonal that is itself refused: one fault is enough."""
    numbers = [one for one in (cell, above) if isinstance(one, (int, float)) and not isinstance(one, bool)]
    return len(numbers) == 2 and max(numbers) < 0 and abs(cell * above - 1) < 1e-9


def _add(faults: list[Fault], where: str, told: str) -> None:
    faults.append(Fault(f"{where}: {told}", ("sheet",)))
