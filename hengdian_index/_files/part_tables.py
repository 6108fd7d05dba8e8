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
from hengdian_index._tables.places import lines_of
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import ENDINGS, SHEETS, data_table, read_sheets, sheet_called
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import (
    DataError,
    Fault,
    FaultsError,
    SpecError,
    as_kind,
    cause,
    listed,
    raise_all,
    shown,
    suggestion,
)

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
    places: Mapping[Place, Said | str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Table:
    """The cells of a text file or a frame; `lines` are those on which its rows begin, the header's first."""

    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    lines: Sequence[int]
    place: str = ""
    word: str = "line"

    def row(self, i: int) -> Said:
        """Return where a row is."""
        number = self.lines[i + 1]
        return lines_of([number]) if self.word == "line" else Said("row {number}", number=number)

    def cell(self, i: int, j: int) -> Said:
        """Return where a cell is; row -1 is the header."""
        column = Said("column {number}", number=j + 1)
        return joined([self.row(i), column], "places") if i >= 0 or self.word == "line" else column


_KINDS = {"group": Said("groups"), "indicator": Said("indicators")}


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
                raise SpecError(
                    Said("{name}: only a workbook has sheets; leave sheet = {sheet!r} out", name=path.name, sheet=sheet)
                )
            return _of_text(kind, path, fields)
    except FileNotFoundError:
        raise SpecError(Said("{path}: no such file", path=path)) from None
    except (UnicodeError, csv.Error, OSError) as error:
        raise SpecError(
            Said(
                "{name}: cannot be read as a table of {kinds}: {why}",
                name=path.name,
                kinds=_KINDS[kind],
                why=cause(error),
            )
        ) from None
    except DataError as error:
        raise as_kind(error, SpecError) from None
    allowed = suggestion(path.suffix, (*_SEPARATORS, *ENDINGS))
    kinds = _KINDS[kind]
    raise SpecError(
        Said(
            "{name}: {kinds} are not read from {ending!r}{guess}",
            name=path.name,
            kinds=kinds,
            ending=path.suffix,
            guess=allowed,
        )
        if path.suffix
        else Said(
            "{name}: {kinds} are not read from 'a file without ending'{guess}",
            name=path.name,
            kinds=kinds,
            guess=allowed,
        )
    )


def _of_text(kind: str, path: Path, fields: Mapping[str, Mapping[str, Any]]) -> Parts:
    text, _ = decoded(path.read_bytes())
    first = next((line for line in text.splitlines() if line.strip()), "")
    own = _SEPARATORS[path.suffix.lower()]
    separator = max((own, ",", ";", "\t"), key=lambda one: (first.count(one), one == own))
    rows = [(line, cells) for line, cells in _rows(text, separator) if any(map(str.strip, cells))]
    if not rows:
        raise SpecError(Said("{name}: is empty; the first row names the columns", name=path.name))
    (top, header), *body = rows
    if _OF_IMETA in map(str.strip, header):
        return _coinr(read_table(path, (_OF_IMETA, "Parent")), path.name)
    long = [
        Said(
            "{name}: line {line} has {n} cells, the heading {k}; a cell with commas needs quotes",
            name=path.name,
            line=line,
            n=len(cells),
            k=len(header),
        )
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
            raise SpecError(_no_sheet(path.name, called, sheet, found, names))
        picked.extend(found)
        # The cells of these two are read in their own ways.
        return [] if found[0] in (_IMETA, coin_tool.SHEET) else found

    read = read_sheets(path, pick)
    if picked[0] == coin_tool.SHEET:
        tool = coin_tool.read(path)
        return Parts(
            tool.groups,
            tool.indicators,
            places={at: joined([path.name, told], "heads") for at, told in tool.places.items()},
        )
    if picked[0] == _IMETA:
        return _coinr(data_table(path, _IMETA), f"{path.name} sheet {_IMETA!r}")
    return _read(kind, read[picked[0]], fields, path.name)


def _no_sheet(file: str, called: str, sheet: str | None, found: Sequence[str], names: Sequence[str]) -> Said:
    if found:
        return Said(
            "{file}: {n} sheets stand for {sheet}: {found}; sheets found: {names}; name it: {called} = {{ file = "
            '"{file}", sheet = "..." }}',
            file=file,
            n=len(found),
            sheet=SHEETS[called],
            found=listed(found),
            names=listed(names),
            called=called,
        )
    return Said(
        '{file}: no sheet {sheet}; sheets found: {names}; name it: {called} = {{ file = "{file}", sheet = "..." }}',
        file=file,
        sheet=SHEETS[called] if sheet is None else shown(sheet),
        names=listed(names),
        called=called,
    )


def _coinr(frame: Any, name: str) -> Parts:
    try:
        meta = read_meta(frame, name)
    except DataError as error:
        raise as_kind(error, SpecError) from None
    places = {place: Said("{table} {row}", table=name, row=row) for place, row in meta.places.items()}
    return Parts(meta.groups, meta.indicators, places=places)


def _read(kind: str, table: Any, fields: Mapping[str, Mapping[str, Any]], name: str) -> Parts:
    """Return what a table says; the places of its parts begin with its name."""
    spec = Spec()
    parts = read_parts(kind, table, fields[kind], spec)
    faults = tuple(Fault(located(fault, name, spec.places).message, (FROM_TABLE,)) for fault in spec.faults)
    places = {place: joined([name, told], "heads") for place, told in spec.places.items()}
    return Parts(**{f"{kind}s": parts}, faults=faults, places=places)


def _from_narwhals(frame: Any) -> Any:
    import narwhals.stable.v2 as nw
    import pandas as pd

    try:
        taken = nw.from_native(frame)
    except TypeError:
        raise SpecError(
            Said("a table of groups or indicators is needed, not {kind}", kind=type(frame).__name__)
        ) from None
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
    if not names_a_file(given):
        raise SpecError(
            Said(
                '{kind}s: write [[{kind}]] for each, or the name of a table: "{kind}s.csv", {{ file = "parts.xlsx", '
                'sheet = "{kind}s" }}; not {given}',
                kind=kind,
                given=shown(given),
            )
        )
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
        raise as_kind(error, SpecError) from None
    return table.set_index(table.columns[0])


def read_all(
    named: Mapping[str, Any], given: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], folder: Path
) -> Parts:
    """Return the groups and indicators of the tables that a spec names, None for those of a table that is not read.

    What the spec itself `given` is taken before what a table says besides, such as the groups of COINr's iMeta.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    places: dict[Place, Said | str] = {}
    faults: list[Fault] = []
    for kind in ("group", "indicator"):
        several = f"{kind}s"
        if several not in named:
            continue
        if given.get(several):
            why = Said("{several}: a table and [[{kind}]] besides; write one of them", several=several, kind=kind)
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
            faults.append(Fault(Said("{name}: has no {kinds}", name=path.name, kinds=_KINDS[kind]), (FROM_TABLE,)))
        for one in ("groups", "indicators"):
            said = getattr(parts, one)
            if said is not None and (one == several or not (given.get(one) or one in named)):
                found[one] = said
                places |= {place: told for place, told in parts.places.items() if f"{place[0]}s" == one}
    return Parts(found.get("groups"), found.get("indicators"), tuple(faults), places)
