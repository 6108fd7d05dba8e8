"""Tables given in pieces: cut anywhere, in any order, some pieces without rows; and scores that are the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st


class Pieces:
    """A table that gives an Arrow stream of its rows, in batches that end at the cuts; it can be read again."""

    def __init__(self, table: Any, cuts: Sequence[int] = ()) -> None:
        rows = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
        ends = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
        flat = rows.combine_chunks()
        self.schema = rows.schema
        self.parts = [flat.slice(a, b - a) for a, b in pairwise(ends)]
        self.times = 0

    def batches(self) -> list[pa.RecordBatch]:
        """Return the batches, also those without rows."""
        found: list[pa.RecordBatch] = []
        for part in self.parts:
            found += part.to_batches() or [pa.RecordBatch.from_pylist([], schema=self.schema)]
        return found

    def reader(self) -> pa.RecordBatchReader:
        """Return a reader, which can be read once."""
        return pa.RecordBatchReader.from_batches(self.schema, self.batches())

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        self.times += 1
        return self.reader().__arrow_c_stream__(requested_schema)


@st.composite
def pieces(draw: st.DrawFn, table: pd.DataFrame, *, ordered: bool = False) -> Pieces:
    """Draw an order of a table's rows, and where it is cut."""
    n = len(table)
    order = range(n) if ordered else draw(st.permutations(range(n)))
    cuts = draw(st.lists(st.integers(0, n), max_size=6))
    return Pieces(table.iloc[list(order)], cuts)


def parquet(table: pd.DataFrame, path: Path, rows: int = 5) -> Path:
    """Write a table to a Parquet file in row groups of so many rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, row_group_size=rows)
    return path


def near(found: Any, wanted: Any, tolerance: float = 1e-12) -> None:
    """Assert that tables of numbers agree, column by column, to a share of the largest number of the column."""
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    assert found.shape == wanted.shape
    assert np.array_equal(np.isnan(found), np.isnan(wanted))
    if wanted.size:
        size = np.nanmax(np.abs(np.nan_to_num(wanted)), axis=0)
        assert (np.nan_to_num(np.abs(found - wanted)) <= tolerance * np.maximum(size, 1e-300)).all()
