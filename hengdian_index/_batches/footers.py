"""What the footers of Parquet files say of the values of a lazy scan: the smallest and the largest of a column.

A footer is believed where it must be right: by a writer whose statistics are known to leave out NaN and nothing else,
of numbers that are stored as they are, in files that the scan reads whole, row for row. Infinities stand among the
ends; whether a cell is NaN no footer says. Of all else nothing is said, and the values themselves are looked at.
"""

from __future__ import annotations

import glob
import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hengdian_index._batches.ranges import Range
from hengdian_index._system.alone import unheard

# By how a footer says who wrote it; what a Java writer before 1.10 says of NaN is not to be relied on.
_WRITERS = re.compile(
    r"parquet-cpp-arrow |Polars\b|DuckDB |parquet-rs |parquet-mr version (?:1\.[1-9]\d|[2-9]\.|[1-9]\d)"
)
# Of a scan of files as they are, these options have no value.
_CHANGING = ("slice", "pre_slice", "row_index", "column_mapping", "default_values", "deletion_files")


def scanned_ends(table: Any, names: Sequence[str]) -> Mapping[str, Range]:
    """Return the smallest and largest value of columns of a LazyFrame of Polars that scans Parquet files, as known."""
    paths = _scanned(table)
    if not paths:
        return {}
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return {}
    try:
        footers = [pq.read_metadata(path) for path in paths]
    except (OSError, pa.ArrowException):
        return {}
    import polars as pl

    if sum(one.num_rows for one in footers) != table.select(pl.len()).collect().item():
        return {}
    found: dict[str, Range] = dict.fromkeys(names, Range(math.inf, -math.inf, missing=False))
    for footer in footers:
        at = _plain_numbers(footer)
        found = {name: own for name, own in found.items() if name in at}
        for group in range(footer.num_row_groups):
            own = footer.row_group(group)
            for name, known in [*found.items()]:
                said = _joined(known, own.column(at[name]), own.num_rows)
                if said is None:
                    del found[name]
                else:
                    found[name] = said
    # A column without a value has no ends.
    return {name: one for name, one in found.items() if one.low <= one.high and not _in_folders(name, paths)}


def _scanned(table: Any) -> list[str]:
    """Return the files that a LazyFrame reads as they are; none where it does anything else, or cannot be asked."""
    if not type(table).__module__.startswith("polars") or not hasattr(table, "explain"):
        return []
    # A frame in memory would be written out whole.
    if not table.explain(optimized=False).startswith("Parquet SCAN ["):
        return []
    try:
        with unheard(UserWarning):
            plan = json.loads(table.serialize(format="json"))
        # Once its schema has been asked for, a plan holds what it has become.
        scan = plan.get("IR", {"dsl": plan})["dsl"]["Scan"]
        given, options = scan["sources"]["Paths"], scan.get("unified_scan_args") or scan["file_options"]
        if "Parquet" not in scan["scan_type"] or any(options.get(name) is not None for name in _CHANGING):
            return []
        every = [path["inner"] if isinstance(path, dict) else path for path in given]
    except (LookupError, TypeError, ValueError):
        # Another version tells it otherwise.
        return []
    found = list[str]()
    for path in every:
        if os.path.isdir(path):
            path = os.path.join(path, "**", "[!_]*")
        names = glob.glob(path, recursive=True) if glob.has_magic(path) and not os.path.exists(path) else [path]
        found += [name for name in names if not os.path.isdir(name)]
    return found


def _in_folders(name: str, paths: Sequence[str]) -> bool:
    """Return whether folders say the values of a column."""
    return any(part.startswith(f"{name}=") for path in paths for part in path.split(os.sep))


def _plain_numbers(footer: Any) -> dict[str, int]:
    """Return where columns of numbers stand whose statistics are believed, by name."""
    if not _WRITERS.match(footer.created_by or ""):
        return {}
    found = {}
    for j in range(footer.num_columns):
        column = footer.schema.column(j)
        whole = column.physical_type in ("INT32", "INT64") and (
            column.logical_type.type == "NONE"
            or (column.logical_type.type == "INT" and "isSigned=true" in str(column.logical_type))
        )
        if column.path == column.name and (whole or column.physical_type in ("FLOAT", "DOUBLE")):
            found[column.name] = j
    return found


def _joined(known: Range, chunk: Any, rows: int) -> Range | None:
    """Return a range with the values of a column of a row group; None where its statistics do not say them."""
    said = chunk.statistics if chunk.is_stats_set else None
    if said is None or not said.has_null_count:
        return None
    missing = known.missing or said.null_count > 0 or chunk.physical_type in ("FLOAT", "DOUBLE")
    if said.null_count == rows:
        return Range(known.low, known.high, missing)
    if not said.has_min_max or not said.min <= said.max:
        return None
    return Range(min(known.low, float(said.min)), max(known.high, float(said.max)), missing)
