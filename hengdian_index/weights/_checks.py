"""What the objective weightings share: which columns are costs, and the log line for a constant column."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.sample import Sample
from hengdian_index._tables.options import in_order
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, shown
from hengdian_index.log import note


def note_constant(sample: Sample, constant: Array) -> None:
    """Write a line for every column that is marked (..., k): constant, hence weight 0."""
    for j in np.flatnonzero(np.reshape(constant, (-1, sample.k)).any(axis=0)):
        name = str(sample.columns[j]) if sample.columns else f"column {j}"
        note("weights", Said("constant over the fit rows: weight 0"), indicator=name)


def note_complete(sample: Sample, n: NDArray[np.int64], method: str) -> None:
    """Write how many rows a method learns from that wants them complete, n (...), where others have gaps."""
    rows = sample.rows
    gone = rows - int(np.min(n))
    if gone > 0:
        why = Said.of(
            gone,
            "{method}: learnt from {kept} of {rows} rows, those with a value in every column; {n} row has a gap",
            "{method}: learnt from {kept} of {rows} rows, those with a value in every column; {n} rows have a gap",
            method=method,
            kept=rows - gone,
            rows=rows,
        )
        note("weights", why)


def below_zero(x: Array) -> NDArray[np.bool_]:
    """Return which values are below 0."""
    return np.asarray(x < 0)


def not_above_zero(x: Array) -> NDArray[np.bool_]:
    """Return which values are 0 or less."""
    return np.asarray(x <= 0)


def zeroed(columns: NDArray[np.bool_], x: Array) -> Array:
    """Return rows (..., n, k) with some columns (..., k) all 0, their gaps too."""
    return np.where(columns[..., np.newaxis, :], 0.0, x)


def costs(sample: Sample, direction: Any) -> NDArray[np.bool_]:
    """Return which columns (k,) are costs; a column that a mapping does not name is none."""
    direction = in_order(direction, sample.columns or range(sample.k), "direction", absent=1)
    signs = sample.per_column(direction, "direction")
    if not np.isin(signs, (1, -1)).all():
        raise SpecError(
            Said("direction: 1 (larger is better) or -1 for each column, not {direction}", direction=shown(direction))
        )
    cost: NDArray[np.bool_] = signs < 0
    return cost
