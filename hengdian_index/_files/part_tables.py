"""Groups and indicators as tables, one a row with its fields in columns: files beside a spec, sheets, frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hengdian_index._files.imeta import columns_of, read_meta
from hengdian_index._files.read_workbook import Place, Spec, located, read_parts
from hengdian_index._tables import coin_tool
from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.encoding import decoded
from hengdian_index._tables.guard import unguarded
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import ENDINGS, data_table, read_sheets, sheet_called
from hengdian_index.errors import DataError, Fault, FaultsError, SpecError, listed, raise_all, shown, suggestion

_SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
_IMETA = "iMeta"
# The field of COINr's iMeta that no other table has.
_OF_IMETA = "iCode"
FROM_TABLE = "from a table"
"""The place of a fault that says already in which file it is."""


@dataclass(frozen=True)
class Parts:
    """What a table says: groups or indicators, or both, None where it says nothing of them; and where each stands.

    `faults` are what is wrong with single headings and cells, each with its place in words.
    """

    groups: list[dict[str, Any]] | None = None
    indicators: list[dict[str, Any]] | None = None
    faults: tuple[Fault, ...] = ()
    places: Mapping[Place, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Table:
    """The cells of a text file or a frame; `lines` are those on which its rows begin, the header's first."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    lines: Sequence[int]
    place: str = ""
    word: str = "line"

    def row(self, i: int) -> str:
        """Return where a row is."""
        return f"{self.word} {self.lines[i + 1]}"

    def cell(self, i: int, j: int) -> str:
        """Return where a cell is; row -1 is the header."""
        return f"{self.row(i)}, column {j + 1}" if i >= 0 or self.word == "line" else f"column {j + 1}"


def is_frame(given: Any) -> bool:
    """Return whether what is given for groups or indicators is a table: pandas, polars, pyarrow."""
    # Of a lazy table only its type is asked: its columns may take work.
    return hasattr(type(given), "columns") and not isinstance(given, Mapping)


def parts_of_frame(kind: str, frame: Any, fields: Mapping[str, Mapping[str, Any]]) -> Parts:
    """Return the groups or indicators of a frame, columns named as the fields are.

    Blank cells are not given. Texts are read as on a sheet of a workbook: `"[1, 2]"` and `'{ method = "pca" }'` are
    TOML. COINr's iMeta gives both, groups and indicators.

    Raises
    ------
    SpecError
        What is no table in memory, an iMeta that cannot be read.
    """
    import pandas as pd

    called = f"{kind}s"
    table = frame if isinstance(frame, pd.DataFrame) else _from_narwhals(frame)
    if _OF_IMETA in columns_of(table):
        return _coinr(table, called)
    named = [level for level in table.index.names if level is not None]
    table = table.reset_index(named) if named else table
    columns = [[_cell(value) for value in table.iloc[:, j].tolist()] for j in range(table.shape[1])]
    rows = list(zip(*columns, strict=True))
    found = _Table([str(name).strip() for name in table.columns], rows, range(len(rows) + 1), word="row")
    return _read(kind, found, fields, called)


def parts_of_file(kind: str, path: Path, fields: Mapping[str, Mapping[str, Any]], sheet: str | None = None) -> Parts:
    """Return the groups or indicators of a file: a text file, or a sheet of a workbook.

    Of a workbook the sheet of that name is read, or `groups` (分指数), `indicators` (指标), or its only one. COINr's
    iMeta, and the COIN Tool workbook of the JRC, give both, groups and indicators.

    Raises
    ------
    SpecError
        No such file, another ending, no such sheet, a file that cannot be read.
    """
    try:
        if path.suffix.lower() in ENDINGS:
            return _of_workbook(kind, path, fields, sheet)
        if path.suffix.lower() in _SEPARATORS:
            if sheet is not None:
                raise SpecError(f"{path.name}: only a workbook has sheets; leave sheet = {sheet!r} out")
            return _of_text(kind, path, fields)
    except FileNotFoundError:
        raise SpecError(f"{path}: no such file") from None
    except (UnicodeError, csv.Error, OSError) as error:
        raise SpecError(f"{path.name}: cannot be read as a table of {kind}s: {error}") from None
    except DataError as error:
        raise SpecError(*error.faults) from None
    allowed = suggestion(path.suffix, (*_SEPARATORS, *ENDINGS))
    raise SpecError(f"{path.name}: {kind}s are not read from {path.suffix or 'a file without ending'!r}{allowed}")


def _of_text(kind: str, path: Path, fields: Mapping[str, Mapping[str, Any]]) -> Parts:
    text, _ = decoded(path.read_bytes())
    first = next((line for line in text.splitlines() if line.strip()), "")
    own = _SEPARATORS[path.suffix.lower()]
    separator = max((own, ",", ";", "\t"), key=lambda one: (first.count(one), one == own))
    rows = [(line, cells) for line, cells in _rows(text, separator) if any(map(str.strip, cells))]
    if not rows:
        raise SpecError(f"{path.name}: is empty; the first row names the columns")
    (top, header), *body = rows
    if _OF_IMETA in map(str.strip, header):
        return _coinr(read_table(path, (_OF_IMETA, "Parent")), path.name)
    long = [
        f"{path.name}: line {line} has {len(cells)} cells, the heading {len(header)}; a cell with commas needs quotes"
        for line, cells in body
        if any(map(str.strip, cells[len(header) :]))
    ]
    raise_all(SpecError, long)
    width = range(len(header))
    cells = [[unguarded(row[j].strip()) or None if j < len(row) else None for j in width] for _, row in body]
    lines = [top, *(line for line, _ in body)]
    return _read(kind, _Table([name.strip() for name in header], cells, lines), fields, path.name)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row, and the line on which it begins."""
    reader, before = csv.reader(io.StringIO(text, newline=""), delimiter=separator), 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num


def _of_workbook(kind: str, path: Path, fields: Mapping[str, Mapping[str, Any]], sheet: str | None) -> Parts:
    called, picked = f"{kind}s", list[str]()

    def pick(names: Sequence[str]) -> list[str]:
        ways = (
            [name for name in names if name == sheet] if sheet is not None else [],
            [name for name in names if sheet_called(name) == (sheet_called(sheet or called) or 0)],
            [name for name in names if sheet is None and name in (_IMETA, coin_tool.SHEET)],
            list(names) if sheet is None and len(names) == 1 else [],
        )
        found = next(filter(None, ways), [])
        if len(found) != 1:
            told = (
                f"{len(found)} sheets stand for {called!r}: {listed(found)}"
                if found
                else f"no sheet {sheet or called!r}"
            )
            remedy = f'; name it: {called} = {{ file = "{path.name}", sheet = "..." }}'
            raise SpecError(f"{path.name}: {told}; sheets found: {listed(names)}{remedy}")
        picked.extend(found)
        # The cells of these two are read in their own ways.
        return [] if found[0] in (_IMETA, coin_tool.SHEET) else found

    read = read_sheets(path, pick)
    if picked[0] == coin_tool.SHEET:
        tool = coin_tool.read(path)
        return Parts(
            tool.groups, tool.indicators, places={at: f"{path.name}: {told}" for at, told in tool.places.items()}
        )
    if picked[0] == _IMETA:
        return _coinr(data_table(path, _IMETA), f"{path.name} sheet {_IMETA!r}")
    return _read(kind, read[picked[0]], fields, path.name)


def _coinr(frame: Any, name: str) -> Parts:
    try:
        meta = read_meta(frame, name)
    except DataError as error:
        raise SpecError(*error.faults) from None
    return Parts(meta.groups, meta.indicators, places={place: f"{name} {row}" for place, row in meta.places.items()})


def _read(kind: str, table: Any, fields: Mapping[str, Mapping[str, Any]], name: str) -> Parts:
    """Return what a table says; the places of its parts begin with its name."""
    spec = Spec()
    parts = read_parts(kind, table, fields[kind], spec)
    faults = tuple(Fault(located(fault, name, spec.places).message, (FROM_TABLE,)) for fault in spec.faults)
    places = {place: f"{name}: {told}" for place, told in spec.places.items()}
    return Parts(**{f"{kind}s": parts}, faults=faults, places=places)


def _from_narwhals(frame: Any) -> Any:
    import narwhals.stable.v2 as nw
    import pandas as pd

    try:
        taken = nw.from_native(frame)
    except TypeError:
        raise SpecError(f"a table of groups or indicators is needed, not {type(frame).__name__}") from None
    taken = taken.collect() if isinstance(taken, nw.LazyFrame) else taken
    return pd.DataFrame({name: pd.Series(taken[name].to_list(), dtype=object) for name in taken.columns})


def _cell(value: Any) -> Any:
    """Return a value of a frame as a cell has it: a missing one as None, whole numbers as integers."""
    if is_missing(value):
        return None
    value = value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53 else value


def names_a_file(given: Any) -> bool:
    """Return whether a value of a spec is the name of a table: a text, or { file = "...", sheet = "..." }."""
    said = {"file": given} if isinstance(given, str) else given
    shape = isinstance(said, Mapping) and {"file"} <= set(said) <= {"file", "sheet"}
    return shape and all(isinstance(one, str) and bool(one.strip()) for one in said.values())


def named_file(kind: str, given: Any, folder: Path) -> tuple[Path, str | None]:
    """Return the file, and the sheet, that a spec names for its groups or indicators: a text, or { file, sheet }."""
    wanted = f'[[{kind}]] for each, or the name of a table: "{kind}s.csv", {{ file = "parts.xlsx", sheet = "{kind}s" }}'
    if not names_a_file(given):
        raise SpecError(f"{kind}s: write {wanted}; not {shown(given)}")
    said = {"file": given} if isinstance(given, str) else given
    return folder / said["file"], said.get("sheet")


def weights_of_file(given: Any, folder: Path) -> Any:
    """Return the table of weights that a spec names, a row for each period they hold from.

    Raises
    ------
    SpecError
        No such file, no such sheet, a file that cannot be read.
    """
    said = {"file": given} if isinstance(given, str) else given
    path, sheet = folder / said["file"], said.get("sheet")
    try:
        table = data_table(path, sheet) if path.suffix.lower() in ENDINGS else read_table(path)
    except DataError as error:
        raise SpecError(*error.faults) from None
    return table.set_index(table.columns[0])


def read_all(
    named: Mapping[str, Any], given: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], folder: Path
) -> Parts:
    """Return the groups and indicators of the tables that a spec names, None for those of a table that is not read.

    What the spec itself `given` is taken before what a table says besides, such as the groups of COINr's iMeta.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    places: dict[Place, str] = {}
    faults: list[Fault] = []
    for kind in ("group", "indicator"):
        several = f"{kind}s"
        if several not in named:
            continue
        if given.get(several):
            why = f"{several}: a table and [[{kind}]] besides; write one of them"
            faults.append(Fault(why, ("index", several)))
            continue
        try:
            path, sheet = named_file(kind, named[several], folder)
        except SpecError as error:
            faults += [Fault(fault.message, ("index", several)) for fault in error.faults]
            continue
        try:
            parts = parts_of_file(kind, path, fields, sheet)
        except FaultsError as error:
            faults += [Fault(fault.message, (FROM_TABLE,)) for fault in error.faults]
            continue
        faults += parts.faults
        if getattr(parts, several) is None:
            faults.append(Fault(f"{path.name}: has no {several}", (FROM_TABLE,)))
        for one in ("groups", "indicators"):
            said = getattr(parts, one)
            if said is not None and (one == several or not (given.get(one) or one in named)):
                found[one] = said
                places |= {place: told for place, told in parts.places.items() if f"{place[0]}s" == one}
    return Parts(found.get("groups"), found.get("indicators"), tuple(faults), places)
