"""Labels for the details of a method: arrays over rows, columns or the table carry the names that came in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from hengdian_index._tables.table import Labelled


def with_labels(details: Any, table: Labelled) -> Any:
    """Return a details value whose arrays carry the table's labels.

    A field says what its array runs over in its metadata: `{"axis": "rows"}` (..., n), `"columns"` (..., k), or
    `"table"` (..., n, k); `"order"` is a tuple of rows, `"peers"` one tuple of rows for each row. Other fields stay
    as they are.
    """
    give: dict[str, Callable[[Any], Any]] = {
        "rows": table.rows,
        "columns": table.named,
        "table": table.like,
        "order": lambda rows: row_names(table, rows),
        "peers": lambda peers: _peers(table, peers),
    }
    axes = {f.name: f.metadata["axis"] for f in fields(details) if "axis" in f.metadata}
    return replace(details, **{name: give[axis](getattr(details, name)) for name, axis in axes.items()})


def row_names(table: Labelled, rows: Sequence[int]) -> tuple[Any, ...]:
    """Return rows by their own labels where they have some, else by position."""
    return tuple(table.source.index[i] for i in rows) if _has_labels(table) else tuple(rows)


def _peers(table: Labelled, peers: Sequence[Sequence[int]]) -> Any:
    named = tuple(row_names(table, rows) for rows in peers)
    if not _has_labels(table):
        return named
    return table.rows(np.fromiter(named, dtype=object, count=len(named)), "peers")


def _has_labels(table: Labelled) -> bool:
    return table.columns is not None and hasattr(table.source, "iloc")
