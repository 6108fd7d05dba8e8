"""The hash by which rows are known again."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pandas as pd

from hengdian_index._tables.panel import Panel


def digest(panel: Panel) -> str:
    """Return the SHA-256 of rows: their columns, labels, groups and values, whatever kind of table they came in."""
    found = sha256(repr((panel.columns, sorted(panel.groups.items()))).encode("utf-8", "backslashreplace"))
    found.update(np.asarray(pd.util.hash_pandas_object(panel.labels), dtype="<u8").tobytes())
    for column in panel.values.T:
        # Libraries write a missing value in different bits.
        found.update(np.where(np.isnan(column), np.nan, column).astype("<f8").tobytes())
    return found.hexdigest()
