"""What the objective weightings share: the log line for a constant column."""

from __future__ import annotations

import numpy as np

from hengdian_index.journal import note
from hengdian_index.rows.table import Array
from hengdian_index.sample import Sample


def note_constant(sample: Sample, constant: Array) -> None:
    """Write a line for every column that is marked (..., k): constant, hence weight 0."""
    for j in np.flatnonzero(np.reshape(constant, (-1, sample.k)).any(axis=0)):
        name = str(sample.columns[j]) if sample.columns else f"column {j}"
        note("weights", "constant over the fit rows: weight 0", indicator=name)
