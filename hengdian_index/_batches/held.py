"""A source that must be in memory whole, which is said by name and size; one that can be read once, kept in a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd

from hengdian_index._batches.memory import need_memory, size_said
from hengdian_index._batches.reading import Layout
from hengdian_index._batches.source import Source, source_of
from hengdian_index._batches.survey import no_rows
from hengdian_index._tables.read_panel import frame_of
from hengdian_index._words.said import Said, joined

# A table takes so many times its numbers while it is read and scored.
_TIMES = 3


def held(given: Any, source: Source, layout: Layout, why: Sequence[Said], instead: Said) -> pd.DataFrame:
    """Return a source as one table, after saying of what size it is and why; a line of the log says so, too.

    Raises
    ------
    DataError
        There is not so much memory: why it would be needed, and what there is `instead`.
    """
    source.need(layout.columns)
    rows = source.rows
    size = 0 if rows is None else rows * len(source.columns) * 8
    extent = Said("of unknown size")
    if rows is not None:
        width = Said.of(len(source.columns), "{n} column", "{n} columns")
        extent = Said("{rows} of {columns}", rows=Said.of(rows, "{n} row", "{n} rows"), columns=width)
    extent = joined([extent, *([size_said(size)] if size else [])], "places")
    name = Said("{source} ({extent}) is read into memory whole", source=source.name, extent=extent)
    need_memory(joined([name, joined(why, "clauses")], "heads"), _TIMES * size, instead)
    if source.engine:
        frame = frame_of(given, layout.numbers, layout.labels, named=bool(layout.labels))
    else:
        import pyarrow as pa

        parts = [read().rows for read in source.reads(list(source.columns))]
        if not parts:
            raise no_rows(source)
        frame = pa.concat_tables(parts).to_pandas()
    frame.attrs["liberties"] = (*frame.attrs.get("liberties", ()), joined([name, why[0]], "heads"))
    return frame


@contextmanager
def again(source: Source, layout: Layout) -> Iterator[tuple[Source, tuple[Said, ...]]]:
    """Give a source that can be read again, and what there is to say of it: one that cannot is kept in a file."""
    if source.again:
        yield source, ()
        return
    import pyarrow.parquet as pq

    source.need(layout.columns)
    with tempfile.TemporaryDirectory() as folder:
        path, writer = os.path.join(folder, "rows.parquet"), None
        try:
            for read in source.reads(layout.columns):
                rows = read().rows
                writer = writer or pq.ParquetWriter(path, rows.schema, use_dictionary=False)
                writer.write_table(rows)
        finally:
            if writer is not None:
                writer.close()
        if writer is None:
            raise no_rows(source)
        kept = source_of(path)
        assert kept is not None
        size = size_said(os.path.getsize(path))
        said = Said(
            "{source}: can be read once, and was kept in a file of {size} meanwhile", source=source.name, size=size
        )
        yield kept, (said,)
