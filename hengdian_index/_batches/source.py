"""What a table that does not fit into memory may come from, and how it is read piece by piece.

A source is a path, a folder or a pattern of Parquet or CSV files, a pyarrow dataset or reader, a lazy frame of Polars,
a relation of DuckDB, a frame of Dask or Spark, or anything else that gives an Arrow stream. Only the columns asked for
are read. A Parquet file is read one row group after the other: a scan of a dataset would hold the whole file at once.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, guess, listed, readable, shown

if TYPE_CHECKING:
    import pyarrow as pa

# A piece holds so many numbers at most, 64 MB: a larger row group is read in several.
_NUMBERS = 1 << 23
PARQUET = (".parquet", ".pq", ".parq")
_CSV = (".csv",)


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a source that have been read: an Arrow table, the file and row group, and the number of its first row.

    Rows are counted from 0 in a row group, or in the whole where there is none.
    """

    rows: pa.Table
    file: str
    group: int | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads the next piece when it is called, and how many rows that has."""

    read: Callable[[], Piece]
    rows: int

    def __call__(self) -> Piece:
        """Read the piece."""
        return self.read()

    @classmethod
    def done(cls, rows: pa.Table, file: str, group: int | None, first: int) -> Reading:
        """Return a piece that has been read."""
        return cls(partial(Piece, rows, file, group, first), rows.num_rows)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A table that is read piece by piece.

    Parameters
    ----------
    name : str
        What messages call it.
    columns : mapping
        Name of each column, the blanks around it taken off -> its Arrow type.
    reads : callable
        `reads(columns)` gives one callable after another, each of which reads the next piece.
    rows : int, optional
        How many rows there are, where it is known without reading.
    again : bool
        Whether it can be read more than once.
    apart : bool
        Whether its pieces may be read by several threads.
    engine : bool
        Whether it is a table of another library, which collects it when it is to be in memory.
    fingerprint : str
        SHA-256 of what is known of it without reading its rows (of files: names, sizes, times, and the statistics of
        their row groups); empty where nothing is.
    """

    name: str
    columns: Mapping[str, pa.DataType]
    reads: Callable[[Sequence[str]], Iterator[Reading]]
    rows: int | None = None
    again: bool = True
    apart: bool = False
    engine: bool = False
    fingerprint: str = ""

    def need(self, names: Sequence[str]) -> None:
        """Refuse columns that are not there."""
        absent = [name for name in names if name not in self.columns]
        if absent:
            told = [
                Said(
                    "{source}: column {name!r} is missing{guess}",
                    source=self.name,
                    name=name,
                    guess=guess(name, self.columns),
                )
                for name in absent[:20]
            ]
            whole = Said.of(
                len(absent),
                "{source}: {n} of {every} is missing; columns found: {found}",
                "{source}: {n} of {every} are missing; columns found: {found}",
                source=self.name,
                every=Said.of(len(names), "{n} column", "{n} columns"),
                found=readable(list(map(shown, self.columns))),
            )
            raise DataError(*told, whole)


def source_of(given: Any) -> Source | None:
    """Return what a table is read from in pieces; None for a table that is in memory.

    Raises
    ------
    DataError
        No file of that name; files of another kind; a library that is not installed.
    """
    if isinstance(given, (str, os.PathLike)):
        return _of_paths([os.fspath(given)])
    if isinstance(given, (list, tuple)) and given and all(isinstance(one, (str, os.PathLike)) for one in given):
        return _of_paths([os.fspath(one) for one in given])
    module, _, _ = type(given).__module__.partition(".")
    made = _LIBRARIES.get(module)
    return made(given) if made else _of_stream(given)


def source_of_table(table: Any) -> Source:
    """Return a table that is in memory as a source."""
    _need_pyarrow(Said("a table in memory"))
    import narwhals.stable.v2 as nw
    import pyarrow as pa

    if isinstance(table, Mapping):
        whole = pa.table({str(name): column for name, column in table.items()})
    elif hasattr(table, "reset_index"):
        named = [name is not None for name in table.index.names]
        whole = pa.Table.from_pandas(table.reset_index() if any(named) else table, preserve_index=False)
    else:
        whole = nw.from_native(table, eager_only=True).to_arrow()
    return _of_batches(Said("the table"), whole.schema, lambda columns: whole.select(columns).to_batches(), len(whole))


def _need_pyarrow(what: str) -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise DataError(
            Said("{what} needs pyarrow to be read in pieces: pip install 'hengdian-index[arrow]'", what=what)
        ) from None


def _of_paths(paths: Sequence[str]) -> Source:
    """Return files, folders and patterns as one source."""
    _need_pyarrow(listed(paths))
    files, kinds = list[tuple[str, str]](), set[str]()
    for path in paths:
        found = _files(path)
        files += found
        kinds |= {Path(file).suffix.lower() for file, _ in found}
    name = paths[0]
    if len(paths) > 1:
        name = Said.of(len(paths) - 1, "{path} and {n} more path", "{path} and {n} more paths", path=paths[0])
    if kinds <= set(_CSV):
        return _of_csv(name, [file for file, _ in files])
    if not kinds <= set(PARQUET):
        raise DataError(
            Said(
                "{source}: files of the kind {kinds}; Parquet and CSV files are read in pieces, of one kind at a time; "
                "of others give hi.read(path)",
                source=name,
                kinds=joined(sorted(kinds - set(PARQUET))),
            )
        )
    import pyarrow.dataset as ds

    base = files[0][1]
    parts = [file for file, _ in files]
    one = all(root == base for _, root in files)
    with _AsFault(name):
        options = {"partitioning": "hive", "partition_base_dir": base} if one else {}
        hive = ds.dataset(parts, format="parquet", **options)
    return _of_dataset(hive, name)


def _files(path: str) -> list[tuple[str, str]]:
    """Return the files that a path, a folder or a pattern means, in order, and the folder that each is below."""
    if os.path.isdir(path):
        every = [
            os.path.join(folder, name)
            for folder, inner, names in os.walk(path)
            for name in names
            # What begins so is no data to any of the engines: marks, manifests, parts not finished.
            if not name.startswith(("_", ".")) and not _hidden(folder, path) and inner is not None
        ]
        kinds = [file for file in every if Path(file).suffix.lower() in (*PARQUET, *_CSV)]
        if not kinds:
            raise DataError(Said("{path}: no Parquet or CSV file in this folder", path=path))
        return [(file, path) for file in sorted(kinds)]
    if os.path.isfile(path):
        return [(path, os.path.dirname(path))]
    found = sorted(file for file in glob.glob(path, recursive=True) if os.path.isfile(file))
    if not found:
        unmatched, absent = Said("no file matches this pattern"), Said("no such file or folder")
        raise DataError(joined([path, unmatched if glob.has_magic(path) else absent], "heads"))
    head = path[: min(i for i in (path.find(mark) for mark in "*?[") if i >= 0)]
    return [(file, os.path.dirname(head)) for file in found]


def _hidden(folder: str, root: str) -> bool:
    inside = os.path.relpath(folder, root)
    return inside != "." and any(part.startswith(("_", ".")) for part in Path(inside).parts)


def _of_dataset(dataset: Any, name: str = "") -> Source:
    """Return a pyarrow dataset; fragments of Parquet are read by row group, others as they come."""
    import pyarrow.dataset as ds

    columns, names = _named(dataset.schema)
    fragments = list(dataset.get_fragments())
    name = name or Said.of(len(fragments), "pyarrow dataset of {n} file", "pyarrow dataset of {n} files")
    if not all(isinstance(one, ds.ParquetFileFragment) for one in fragments):
        return _of_batches(name, dataset.schema, lambda asked: _scanned(dataset, asked), None)
    opened = [_Parquet.of(one) for one in fragments]

    def reads(asked: Sequence[str]) -> Iterator[Reading]:
        for one in opened:
            yield from one.reads([(plain, names[plain]) for plain in asked], columns)

    known = sha256(repr([one.known for one in opened]).encode())
    rows = sum(one.metadata.num_rows for one in opened)
    return Source(name, columns, reads, rows, apart=True, fingerprint=known.hexdigest())


def _scanned(dataset: Any, asked: Sequence[str]) -> Iterator[Any]:
    options = {"batch_readahead": 1, "fragment_readahead": 1, "use_threads": False}
    found: Iterator[Any] = dataset.scanner(columns=list(asked), **options).to_batches()
    return found


@dataclass(frozen=True, slots=True)
class _Parquet:
    """One Parquet file: where it is, what its footer says, and the columns that its folders say."""

    path: str
    filesystem: Any
    metadata: Any
    keys: Mapping[str, Any]
    groups: tuple[int, ...]

    @classmethod
    def of(cls, fragment: Any) -> _Parquet:
        import pyarrow as pa
        import pyarrow.dataset as ds

        try:
            metadata, groups = fragment.metadata, tuple(one.id for one in fragment.row_groups)
        except (pa.ArrowException, OSError) as error:
            name = os.path.basename(fragment.path)
            raise DataError(Said("{file}: no Parquet file, or cut off: {error}", file=name, error=error)) from None
        keys = ds.get_partition_keys(fragment.partition_expression)
        return cls(fragment.path, fragment.filesystem, metadata, dict(keys), groups)

    @property
    def known(self) -> Any:
        info = self.filesystem.get_file_info(self.path)
        groups = [self.metadata.row_group(g) for g in self.groups]
        sizes = [(one.num_rows, one.total_byte_size) for one in groups]
        return os.path.basename(self.path), info.size, info.mtime_ns, sizes, sorted(self.keys.items())

    @property
    def file(self) -> str:
        """What messages call the file: its name, below the folders that say the values of columns."""
        return "/".join([*(f"{key}={value}" for key, value in self.keys.items()), os.path.basename(self.path)])

    def reads(self, asked: Sequence[tuple[str, str]], types: Mapping[str, Any]) -> Iterator[Reading]:
        own = [raw for plain, raw in asked if plain not in self.keys]
        there = set(self.metadata.schema.to_arrow_schema().names)
        absent = [plain for plain, raw in asked if plain not in self.keys and raw not in there]
        if absent:
            raise _without(self.file, absent)
        for group in self.groups:
            n = self.metadata.row_group(group).num_rows
            most = max(1, _NUMBERS // max(1, len(own)))
            if n <= most or not own:
                yield Reading(partial(self._read, group, own, asked, types), n)
            else:
                yield from self._cut(group, own, asked, types, most)

    def _open(self) -> Any:
        import pyarrow.parquet as pq

        return pq.ParquetFile(self.filesystem.open_input_file(self.path), metadata=self.metadata, pre_buffer=False)

    def _read(
        self, group: int, own: Sequence[str], asked: Sequence[tuple[str, str]], types: Mapping[str, Any]
    ) -> Piece:
        with self._named(group), self._open() as file:
            table = file.read_row_group(group, columns=list(own), use_threads=False)
        return Piece(self._dressed(table, asked, types), self.file, group)

    def _cut(
        self, group: int, own: Sequence[str], asked: Sequence[tuple[str, str]], types: Mapping[str, Any], most: int
    ) -> Iterator[Reading]:
        import pyarrow as pa

        first = 0
        with self._named(group), self._open() as file:
            for batch in file.iter_batches(most, row_groups=[group], columns=list(own), use_threads=False):
                table = self._dressed(pa.Table.from_batches([batch]), asked, types)
                yield Reading.done(table, self.file, group, first)
                first += batch.num_rows

    def _named(self, group: int) -> Any:
        return _AsFault(Said("{file}: row group {group}", file=self.file, group=group))

    def _dressed(self, table: Any, asked: Sequence[tuple[str, str]], types: Mapping[str, Any]) -> Any:
        """Return a table under the plain names of its columns, with those that the folders say."""
        import pyarrow as pa

        found = {
            plain: pa.repeat(pa.scalar(self.keys[plain], types[plain]), table.num_rows)
            if plain in self.keys
            else table.column(raw)
            for plain, raw in asked
        }
        return pa.table(found)


def _without(file: str, columns: Sequence[str]) -> DataError:
    """Return the error of a file that lacks columns of the others."""
    return DataError(
        *(Said("{file}: column {name!r} is missing, which other files have", file=file, name=one) for one in columns)
    )


class _AsFault:
    """Tell what goes wrong while reading under the name of what was read."""

    def __init__(self, where: str) -> None:
        self.where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        import pyarrow as pa

        if isinstance(error, (pa.ArrowException, OSError, UnicodeError)) and not isinstance(
            error, (DataError, MemoryError)
        ):
            raise DataError(Said("{where}: cannot be read: {error}", where=self.where, error=error)) from None


def _of_csv(name: str, files: Sequence[str]) -> Source:
    """Return CSV files in UTF-8 with commas and one heading; cells are read as text, and numbers of it later."""
    import pyarrow as pa
    from pyarrow import csv

    def opened(file: str, asked: Sequence[str] | None) -> Any:
        where = Said(
            "{file}: CSV with commas, in UTF-8, below one heading (of another give hi.read(path))",
            file=os.path.basename(file),
        )
        with _AsFault(where):
            texts = dict.fromkeys(asked or (), pa.string())
            convert = csv.ConvertOptions(column_types=texts, include_columns=list(texts), strings_can_be_null=False)
            return csv.open_csv(
                file, convert_options=convert, parse_options=csv.ParseOptions(newlines_in_values=True),
                read_options=csv.ReadOptions(use_threads=False, block_size=1 << 24),
            )  # fmt: skip

    heads = []
    for file in files:
        with _AsFault(Said("{file}: CSV in UTF-8 is needed", file=os.path.basename(file))):
            heads.append(opened(file, None).schema.names)
    columns = {one.strip(): pa.string() for one in heads[0]}

    def reads(asked: Sequence[str]) -> Iterator[Reading]:
        for file, head in zip(files, heads, strict=True):
            short, raw = os.path.basename(file), {one.strip(): one for one in head}
            absent = [one for one in asked if one not in raw]
            if absent:
                raise _without(short, absent)
            reader, first = opened(file, [raw[one] for one in asked]), 0
            while True:
                try:
                    with _AsFault(Said("{file}: after row {row}, counted from 0", file=short, row=first)):
                        batch = reader.read_next_batch()
                except StopIteration:
                    break
                yield Reading.done(pa.Table.from_batches([batch]).rename_columns(list(asked)), short, None, first)
                first += batch.num_rows

    stats = [(os.path.basename(file), (found := os.stat(file)).st_size, found.st_mtime_ns) for file in files]
    return Source(name, columns, reads, fingerprint=sha256(repr(stats).encode()).hexdigest())


def _named(schema: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the type of each column by its name without the blanks around it, and the name as it stands."""
    names = {str(one).strip(): one for one in schema.names}
    if len(names) < len(schema.names):
        twice = [one for one in names if [str(name).strip() for name in schema.names].count(one) > 1]
        raise DataError(Said("column {names} stands twice in the table; rename or drop one", names=listed(twice)))
    return {plain: schema.field(raw).type for plain, raw in names.items()}, names


def _of_batches(
    name: str,
    schema: Any,
    batches: Callable[[Sequence[str]], Any],
    rows: int | None,
    *,
    again: bool = True,
    engine: bool = False,
) -> Source:
    """Return what gives Arrow batches of some columns, one after the other."""
    import pyarrow as pa

    columns, names = _named(schema)

    def reads(asked: Sequence[str]) -> Iterator[Reading]:
        first = 0
        most = max(1, _NUMBERS // max(1, len(asked)))
        for batch in batches([names[one] for one in asked]):
            for start in range(0, batch.num_rows, most):
                part = batch.slice(start, most)
                table = part if isinstance(part, pa.Table) else pa.Table.from_batches([part])
                table = table.select([names[one] for one in asked]).rename_columns(list(asked))
                yield Reading.done(table, name, None, first + start)
            first += batch.num_rows

    return Source(name, columns, reads, rows, again=again, engine=engine)


def _of_stream(given: Any) -> Source | None:
    """Return anything else that gives an Arrow stream; None for what does not, or is a table in memory."""
    if not hasattr(given, "__arrow_c_stream__") or isinstance(given, type):
        return None
    from narwhals.stable.v2.dependencies import is_into_dataframe

    if is_into_dataframe(given):
        return None
    kind = f"{type(given).__module__.partition('.')[0]} {type(given).__name__}"
    _need_pyarrow(kind)
    import pyarrow as pa

    if isinstance(given, pa.RecordBatchReader):
        return _of_batches(kind, given.schema, lambda _: given, None, again=False)
    try:
        schema = pa.RecordBatchReader.from_stream(given).schema
    except pa.ArrowException as error:
        raise DataError(Said("{kind}: its Arrow stream cannot be read: {error}", kind=kind, error=error)) from None
    return _of_batches(kind, schema, lambda _: pa.RecordBatchReader.from_stream(given), None)


def _of_pyarrow(given: Any) -> Source | None:
    import pyarrow as pa

    if isinstance(given, (pa.Table, pa.RecordBatch)):
        return None
    dataset = sys.modules.get("pyarrow.dataset")
    if dataset is not None and isinstance(given, dataset.Dataset):
        return _of_dataset(given)
    return _of_stream(given)


def is_lazy(given: Any) -> bool:
    """Return whether something is a LazyFrame of Polars."""
    return type(given).__module__.startswith("polars") and hasattr(given, "sink_parquet") and hasattr(given, "collect")


def in_the_same_pieces(lazy: Any, source: Source, columns: Sequence[str]) -> Source:
    """Return another LazyFrame of the rows of a source, in the pieces that those have of which so many are asked."""
    found = _of_polars(lazy, max(1, _NUMBERS // max(1, len(columns))))
    assert found is not None
    return replace(found, name=source.name, rows=source.rows, fingerprint=source.fingerprint)


def _of_polars(given: Any, size: int | None = None) -> Source | None:
    if not is_lazy(given):
        return None
    _need_pyarrow("polars LazyFrame")
    import polars as pl

    rows = int(given.select(pl.len()).collect().item())

    def batches(asked: Sequence[str]) -> Iterator[Any]:
        some, most = given.select(asked), size or max(1, _NUMBERS // max(1, len(asked)))
        if hasattr(some, "collect_batches"):
            parts = some.collect_batches(chunk_size=most, maintain_order=True)
        else:
            parts = (some.slice(start, most).collect() for start in range(0, rows, most))
        for part in parts:
            yield part.to_arrow()

    schema = pl.DataFrame(schema=given.collect_schema()).to_arrow().schema
    return _of_batches("polars LazyFrame", schema, batches, rows, engine=True)


def _of_duckdb(given: Any) -> Source | None:
    if not hasattr(given, "project") or not hasattr(given, "aggregate"):
        return None
    _need_pyarrow("duckdb relation")
    read = "to_arrow_reader" if hasattr(given, "to_arrow_reader") else "fetch_record_batch"

    def batches(asked: Sequence[str]) -> Any:
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in asked)
        return getattr(given.project(quoted), read)(max(1, _NUMBERS // max(1, len(asked))))

    schema = getattr(given.limit(0), read)().schema
    return _of_batches(
        "duckdb relation", schema, batches, int(given.aggregate("count(*)").fetchall()[0][0]), engine=True
    )


def _of_dask(given: Any) -> Source | None:
    if not hasattr(given, "npartitions") or not hasattr(given, "columns"):
        return None
    _need_pyarrow("dask DataFrame")
    import pyarrow as pa

    def batches(asked: Sequence[str]) -> Iterator[Any]:
        some = given[list(asked)]
        for i in range(some.npartitions):
            # By the cluster where there is one, which may hold the partitions already.
            yield pa.Table.from_pandas(some.get_partition(i).compute(), preserve_index=False)

    schema = pa.Schema.from_pandas(given._meta, preserve_index=False)  # what Dask itself hands on
    return _of_batches("dask DataFrame", schema, batches, None, engine=True)


def _of_spark(given: Any) -> Source | None:
    if not hasattr(given, "rdd") and not hasattr(given, "sparkSession"):
        return None
    _need_pyarrow("spark DataFrame")
    import pyarrow as pa

    def packed(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as stream:
                stream.write_batch(batch)
            yield pa.record_batch({"rows": pa.array([sink.getvalue().to_pybytes()], pa.binary())})

    def batches(asked: Sequence[str]) -> Iterator[Any]:
        some = given.select(*(f"`{name}`" for name in asked))
        # A partition after the other, in their order; each is computed once, and whole nowhere.
        for row in some.mapInArrow(packed, "rows binary").toLocalIterator():
            yield pa.ipc.open_stream(row["rows"]).read_all()

    schema = pa.Schema.from_pandas(given.limit(0).toPandas(), preserve_index=False)
    return _of_batches("spark DataFrame", schema, batches, None, engine=True)


_LIBRARIES: Mapping[str, Callable[[Any], Source | None]] = {
    "dask": _of_dask,
    "dask_expr": _of_dask,
    "duckdb": _of_duckdb,
    "_duckdb": _of_duckdb,
    "pandas": lambda _: None,
    "polars": _of_polars,
    "pyarrow": _of_pyarrow,
    "pyspark": _of_spark,
    "xarray": lambda _: None,
}
