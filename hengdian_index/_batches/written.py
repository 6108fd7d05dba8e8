"""Scores written into a folder, part after part: each part whole or not at all, a manifest first and a mark last.

The manifest says by which fit and of which source the parts are, so that a run that was interrupted goes on where it
was: parts that are there stay, and only the others are computed. A part whose rows hold a bad cell is left out, and
what is wrong is told with the answer; the mark `_SUCCESS` stands in the folder when no part is wanting.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._batches.passes import in_order
from hengdian_index._batches.reading import Batch, Layout, Reader
from hengdian_index._batches.source import Reading, Source, source_of
from hengdian_index._batches.survey import survey
from hengdian_index._system.about import __version__
from hengdian_index._system.written import whole
from hengdian_index._tables.periods import Frequency
from hengdian_index._tables.table import Array, shortened
from hengdian_index._values.decimals import counted
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, told
from hengdian_index.errors import DataError, Fault

if TYPE_CHECKING:
    import pyarrow as pa

_logger = logging.getLogger("hengdian_index")

Score: TypeAlias = Callable[[Batch], tuple[Array, Mapping[str, int]]]
"""The numbers (n, m) of the rows of a batch, and how often what was noted of them."""

# A part has the pieces that make up so many rows.
_ROWS = 1 << 18
_FAULTS = 20
MANIFEST, MARK = "_manifest.json", "_SUCCESS"
_FORMAT = "hengdian_index scores"
_KEY = b"hengdian_index"


@dataclass(frozen=True, slots=True)
class Written:
    """What scoring into a folder gives: a small value.

    Attributes
    ----------
    rows : int
        How many rows have been scored.
    files : tuple of Path
        The parts, in the order of the source: their columns are the unit and the period where the index names them, a
        column of scores for each group, and where the fit knows the base a column of levels, `total_level`: missing
        where a unit has no level above 0 in the base period, which `gaps` counts.
    gaps : mapping
        How often what was noted of single rows, as in the log of a result: "aggregate: rows with missing parts: no
        score", "impute: mean: filled".
    faults : tuple of str
        The first of what is wrong with cells, each by file, row group and row; parts with such cells are not written.

    Examples
    --------
    >>> import tempfile
    >>> import hengdian_index as hi
    >>> index = hi.Index(unit="firm", groups=[hi.Group("total")], indicators=[hi.Indicator("x", "total")])
    >>> table = {"firm": ["A", "B", "C"], "x": [1.0, 2.0, 5.0]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = index.fit(table).score(table, out=f"{folder}/scores")
    ...     [path.name for path in written.files]
    ['part-00000.parquet']
    >>> written
    <Written: 3 rows in 1 file>
    """

    rows: int
    files: tuple[Path, ...]
    gaps: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether no part is wanting."""
        return not self.faults

    def __repr__(self) -> str:
        said = f"{counted(self.rows, 'row')} in {counted(len(self.files), 'file')}"
        wanting = "" if self.complete else f"; not complete: {counted(len(self.faults), 'fault')}, {self.faults[0]}"
        return f"<Written: {said}{wanting}>"


@dataclass(frozen=True, slots=True)
class Scoring:
    """How rows are scored and what is written of them: the columns' names, and the hash of the fit."""

    score: Score
    columns: tuple[str, ...]
    layout: Layout
    frequency: Frequency | None
    to_date: bool
    fit: str


@dataclass(slots=True)
class _Part:
    """One part: its number, what reads its pieces, and what has come of it."""

    number: int
    readings: list[Reading]
    rows: int = 0
    gaps: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    failed: OSError | None = None

    @property
    def there(self) -> bool:
        """Whether it is written: its rows are good, and it has some."""
        return bool(self.rows) and not self.faults and self.failed is None

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"part-{self.number:05d}.parquet"


def write(scoring: Scoring, source: Source, out: str | os.PathLike[str], *, resume: bool, threads: int = 0) -> Written:
    """Score a source into a folder.

    Raises
    ------
    DataError
        A folder that holds other files, or parts of another fit or source; a unit and period that are given twice; a
        disk that is full. What is whole stays, and `resume=True` goes on from there.
    """
    source.need(scoring.layout.columns)
    if source.again:
        known = survey(source, scoring.layout, scoring.frequency, to_date=scoring.to_date, complete=False)
        rows: int | None = known.rows
    else:
        rows = source.rows
    folder = Path(out)
    manifest = _manifest(scoring, source, rows)
    _begin(folder, manifest, resume=resume)
    threads = threads or min(os.cpu_count() or 1, 4)
    work = partial(_written, scoring=scoring, folder=folder)
    done = list[_Part]()
    for part in in_order(work, _parts(source, scoring.layout), threads, rows, told(Said("scores"), language())):
        part.readings = []
        done.append(part)
        if part.failed is not None:
            raise DataError(
                Said(
                    "{folder}: {part} cannot be written: {error}; {parts} before are whole, and resume=True goes on "
                    "from there",
                    folder=folder,
                    part=part.name,
                    error=part.failed.strerror or part.failed,
                    parts=Said.of(sum(one.there for one in done), "{n} part", "{n} parts"),
                )
            )
    if not source.again and scoring.layout.labels:
        _need_once(folder, done, scoring)
    return _ended(folder, done)


def _need_once(folder: Path, done: Sequence[_Part], scoring: Scoring) -> None:
    """Refuse units and periods that were given twice by a source that is read once: the parts are looked at."""
    files = [str(folder / part.name) for part in done if part.there]
    parts = source_of(files) if files else None
    if parts is not None:
        survey(parts, scoring.layout, scoring.frequency, to_date=scoring.to_date, complete=False)


def _ended(folder: Path, done: Sequence[_Part]) -> Written:
    """Return the answer, after the mark is set if nothing is wanting."""
    there = [part for part in done if part.there]
    gaps = sum((part.gaps for part in there), Counter[str]())
    faults = shortened([fault for part in done for fault in part.faults])[:_FAULTS]
    rows = sum(part.rows for part in there)
    said = tuple(told(fault, language()) for fault in faults)
    answer = Written(rows, tuple(folder / part.name for part in there), dict(gaps), said)
    if answer.complete:
        kept = {"rows": rows, "files": [part.name for part in there], "gaps": dict(gaps)}
        with whole(folder / MARK) as path:
            path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        wanting = Said("{folder}: not complete: {fault}", folder=folder, fault=faults[0])
        _logger.warning("%s", told(wanting, language()))
    return answer


def _manifest(scoring: Scoring, source: Source, rows: int | None) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "version": 1,
        "package": __version__,
        "fit_sha256": scoring.fit,
        "source": {"name": source.name, "rows": rows, "sha256": source.fingerprint},
        "columns": [*scoring.layout.labels, *scoring.columns],
        "part_rows": _ROWS,
    }


def _begin(folder: Path, manifest: Mapping[str, Any], *, resume: bool) -> None:
    """Put the manifest into a folder that is new or empty, or see that the one there is the same."""
    if folder.exists() and not folder.is_dir():
        raise DataError(Said("{folder}: a file has this name; name a folder", folder=folder))
    there = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    if (there and not resume) or (there and MANIFEST not in there and any(not one.startswith(".") for one in there)):
        if MANIFEST in there:
            raise DataError(
                Said(
                    "{folder}: it holds parts of an earlier run; resume=True goes on with them, or name another folder",
                    folder=folder,
                )
            )
        raise DataError(Said("{folder}: it holds other files; name one that is new or empty", folder=folder))
    if MANIFEST in there:
        _need_same(folder, manifest)
        return
    folder.mkdir(parents=True, exist_ok=True)
    with whole(folder / MANIFEST) as path:
        path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _need_same(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse to go on with parts of another fit, of another source, or with other columns."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        before = {"fit": found["fit_sha256"], "source": found["source"], "columns": found["columns"]}
        cut = found["part_rows"]
    except (OSError, ValueError, LookupError, TypeError):
        raise DataError(
            Said("{file}: no manifest of this package; name another folder", file=folder / MANIFEST)
        ) from None
    now = {"fit": manifest["fit_sha256"], "source": manifest["source"], "columns": manifest["columns"]}
    # A source may have moved to another folder.
    for one in (before, now):
        one["source"] = {name: one["source"][name] for name in ("rows", "sha256")}
    called = {"fit": Said("fit"), "source": Said("source"), "columns": Said("columns")}
    other = [called[what] for what in now if now[what] != before[what]]
    other += [Said("size of parts")] if cut != _ROWS else []
    if other:
        raise DataError(
            Said(
                "{folder}: its parts are of another {what}; name another folder, or score the same again",
                folder=folder,
                what=reduce(lambda one, more: Said("{one} and {other}", one=one, other=more), other),
            )
        )


def _parts(source: Source, layout: Layout) -> Iterator[_Part]:
    """Yield the parts of a source, each of whole pieces."""
    number, readings, rows = 0, list[Reading](), 0
    for reading in source.reads(layout.columns):
        readings.append(reading)
        rows += reading.rows
        if rows >= _ROWS:
            yield _Part(number, readings)
            number, readings, rows = number + 1, [], 0
    if readings:
        yield _Part(number, readings)


def _written(part: _Part, *, scoring: Scoring, folder: Path) -> _Part:
    """Score the pieces of one part and write it, unless it is there; return it with what has come of it."""
    import pyarrow.parquet as pq

    path = folder / part.name
    if path.exists() and _found(part, path):
        return part
    reader = Reader(scoring.layout, scoring.frequency)
    writer: Any = None
    try:
        with whole(path) as target:
            try:
                for reading in part.readings:
                    table = _scored(part, reader, reading, scoring)
                    if table is None or part.faults:
                        continue
                    writer = writer or pq.ParquetWriter(target, table.schema, use_dictionary=False)
                    writer.write_table(table)
                if writer is not None and not part.faults:
                    told = {"rows": part.rows, "gaps": part.gaps}
                    writer.add_key_value_metadata({_KEY: json.dumps(told, ensure_ascii=False)})
            finally:
                if writer is not None:
                    writer.close()
            if part.faults or writer is None:
                raise _NotWrittenError
    except _NotWrittenError:
        pass
    except OSError as error:
        part.failed = error
    return part


class _NotWrittenError(Exception):
    """A part is left out."""


def _found(part: _Part, path: Path) -> bool:
    """Take the counts of a part from its file; return whether it is the one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        told = json.loads(pq.read_metadata(path).metadata[_KEY])
        part.rows, part.gaps = told["rows"], Counter(told["gaps"])
    except (OSError, pa.ArrowException, LookupError, ValueError, TypeError):
        return False
    return True


def _plain(labels: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return labels as they are, those of a dictionary as its values: the dictionaries of two pieces differ."""
    import pyarrow as pa

    return labels.cast(labels.type.value_type) if pa.types.is_dictionary(labels.type) else labels


def _scored(part: _Part, reader: Reader, reading: Reading, scoring: Scoring) -> pa.Table | None:
    """Return the labels and scores of one piece; None where it has no rows, or faults, which the part takes."""
    import pyarrow as pa

    scores, rows = list[Array](), list[NDArray[np.intp]]()
    gaps: Counter[str] = Counter()
    try:
        piece = reading()
        for batch in reader.batches(piece):
            values, noted = scoring.score(batch)
            scores.append(values)
            rows.append(batch.at + (batch.first - piece.first))
            gaps.update(noted)
    except DataError as error:
        part.faults += error.faults
        return None
    if not scores:
        return None
    at = np.concatenate(rows)
    labels = pa.table({name: _plain(piece.rows.column(name)) for name in scoring.layout.labels})
    if len(at) < labels.num_rows:
        labels = labels.take(pa.array(at))
    whole_piece = np.concatenate(scores)
    part.rows += len(at)
    part.gaps += gaps
    columns = [pa.array(np.ascontiguousarray(column), from_pandas=True) for column in whole_piece.T]
    return pa.table([*labels.columns, *columns], names=[*scoring.layout.labels, *scoring.columns])
