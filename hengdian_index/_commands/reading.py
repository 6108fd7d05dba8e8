"""What a command reads: an index and its data from files, or one of the two from standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index._commands.printing import PIPE
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import cause

if TYPE_CHECKING:
    from hengdian_index._commands.options import Data
    from hengdian_index._index.index import Index
    from hengdian_index._index.result import Result
    from hengdian_index._tables.form import Form

_STDIN = "standard input"


def called(path: Path | tuple[Path, ...]) -> Said:
    """Return what messages call a file, a folder or several files."""
    if isinstance(path, tuple):
        return joined([called(one) for one in path])
    return Said("standard input") if path == PIPE else joined([path.name])


def read_index(path: Path) -> Index:
    """Return the index of a file, or of the TOML that comes from standard input."""
    from hengdian_index._index.index import Index
    from hengdian_index.errors import SpecError

    if path != PIPE:
        return Index.read(path)
    try:
        text = _read_stdin().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(Said("standard input: cannot be read as UTF-8 text ({error})", error=cause(error))) from None
    return Index.from_toml(text.replace("\r\n", "\n"), name=_STDIN)


def read(index: Path, data: Data) -> tuple[Index, Any]:
    """Return what two files hold, or one workbook with both; the faults of both are reported together."""
    from hengdian_index._tables.form import HEADING_ROWS, Form
    from hengdian_index._tables.workbook import ENDINGS
    from hengdian_index.errors import FaultsError, SpecError, raise_together

    if data is None and index.suffix.lower() not in ENDINGS:
        raise SpecError(
            Said("DATA is missing: only a workbook holds its data itself, and {index} is none", index=called(index))
        )
    if isinstance(data, tuple) and PIPE in data:
        raise SpecError(Said("DATA: standard input is one table; name files alone, or `-` alone"))
    if index == data == PIPE:
        raise SpecError(Said("INDEX and DATA: standard input is read once; name a file for one of them"))
    errors: list[FaultsError] = []
    found, table = None, None
    try:
        found = read_index(index)
    except FaultsError as error:
        errors.append(error)
    # How many rows name the columns is for the index to say: one that cannot be read may say any number.
    other = () if found or data == PIPE else HEADING_ROWS
    forms = [Form.of(found.data if found else None), *(Form(header_rows=n) for n in other)]
    tried: list[FaultsError] = []
    for form in forms:
        try:
            table = _table(index, data, found, form)
            break
        except FaultsError as error:
            tried.append(error)
    errors += tried[:1] if len(tried) == len(forms) else []
    raise_together(errors)
    assert found is not None
    return found, table


def _table(index: Path, data: Data, found: Index | None, form: Form) -> Any:
    """Return the table of an index, of a form."""
    from hengdian_index._tables.read_data import read_data
    from hengdian_index._tables.read_file import read_stream

    columns = found.columns if found else ()
    if data == PIPE:
        return read_stream(_read_stdin(), _STDIN, form.texts(found.unit if found else None), form, columns)
    own = (found.unit, found.period) if found else (None, None)
    return read_data(data or index, form, columns, *own)


def read_several(indexes: Sequence[Path], data: Data) -> tuple[dict[str, Index], Any]:
    """Return indexes by what their files are called, and the table that all are computed on."""
    from hengdian_index.errors import FaultsError, raise_together

    stems = [path.stem for path in indexes]
    names = [str(path) if stems.count(path.stem) > 1 else path.stem for path in indexes]
    errors: list[FaultsError] = []
    found: dict[str, Index] = {}
    table = None
    for name, path in zip(names, indexes, strict=True):
        try:
            if not found and not errors:
                found[name], table = read(path, data)
            else:
                found[name] = read_index(path)
        except FaultsError as error:
            errors.append(error)
    raise_together(errors)
    return found, table


def units_of(result: Result, written: Sequence[str]) -> list[Any] | None:
    """Return units from what is typed: "A1", or several with commas between; None where nothing is."""
    known = {str(unit): unit for unit in result.panel.unit_list()}
    each = [one.strip() for text in written for one in ([text] if text in known else text.split(","))]
    return [known.get(one, one) for one in each] or None


def changed(index: Index, **options: Any) -> Index:
    """Return an index with what the options of a command say otherwise."""
    given = {name: value for name, value in options.items() if value is not None}
    return index.replace(given) if given else index


def result_of(index: Path, data: Data, fit_on: str | None, base: str | None) -> Result:
    """Return the result of files."""
    found, table = read(index, data)
    return changed(found, base=base).compute(table, fit_on=fit_on)


def keep_apart(written: dict[str, Path | None], *read: Data) -> None:
    """Refuse to write over a file that is read."""
    from hengdian_index.errors import SpecError, raise_all

    known = {path.resolve() for path in files(*read)}
    lost = [(name, path) for name, path in written.items() if path and path != PIPE and path.resolve() in known]
    raise_all(
        SpecError,
        [
            Said("{name}: {path} is INDEX or DATA itself, which would be lost; give another name", name=name, path=path)
            for name, path in lost
        ],
    )


def files(*paths: Data) -> list[Path]:
    """Return those of what a command reads that are files."""
    every = [path for given in paths for path in (given if isinstance(given, tuple) else [given])]
    return [path for path in every if path is not None and path != PIPE]


def thresholds_of(given: tuple[str, ...]) -> dict[str, float]:
    """Return thresholds written as NAME=NUMBER."""
    from hengdian_index._tables.cells import number_of
    from hengdian_index.errors import SpecError, raise_all

    pairs = [(name.strip().replace("-", "_"), number) for name, _, number in (one.partition("=") for one in given)]
    found, faults = dict[str, float](), list[Said]()
    for name, number in pairs:
        value = number_of(number) if number.strip() else None
        if value is None:
            faults.append(
                Said("--threshold {name}={number}: NAME=NUMBER is needed, redundant=0.95", name=name, number=number)
            )
        else:
            found[name] = value
    raise_all(SpecError, faults)
    return found


def doubts_of(index: Index, given: tuple[str, ...]) -> Index:
    """Return an index with the doubts that a command is given as TOML in the place of its own."""
    from hengdian_index._files import toml
    from hengdian_index._index.factors import read_factors
    from hengdian_index.errors import SpecError

    if not given:
        return index
    found: dict[str, Any] = {}
    for one in given:
        try:
            found |= toml.read(one)[0]
        except ValueError as error:
            raise SpecError(
                Said(
                    "--doubt {one}: ADDRESS = DOUBT as in [doubts] is needed, 'weights = {{ noise = 0.25 }}' ({error})",
                    one=one,
                    error=error,
                )
            ) from None
    read_factors(index.certain, found, Said("--doubt: "))
    return index.replace({"doubts": found})


def _read_stdin() -> bytes:
    return sys.stdin.buffer.read()
