"""Where a result comes from: versions, hashes of spec and data, fit rows, base."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._scoring.tree import Setting
from hengdian_index._system.about import __version__
from hengdian_index._tables.panel import Panel, digest
from hengdian_index._words.said import Said, joined


def rows_said(rows: Mapping[str, Any]) -> Said:
    """Return how many fit rows there were, of how many units, and from when to when.

    Examples
    --------
    >>> from hengdian_index._index.provenance import rows_said
    >>> rows_said({"count": 1098, "units": 183, "earliest": "2000", "latest": "2005"})
    '1098 rows (183 units, 2000 to 2005)'
    """
    n, ends = rows["count"], [rows[end] for end in ("earliest", "latest") if end in rows]
    if not ends:
        return Said.of(n, "{n} row", "{n} rows")
    start, end = ends[0], ends[-1]
    when = joined([start]) if start == end else Said("{start} to {end}", start=start, end=end)
    if "units" in rows:
        units = Said.of(rows["units"], "{n} unit", "{n} units")
        return Said.of(n, "{n} row ({units}, {when})", "{n} rows ({units}, {when})", units=units, when=when)
    return Said.of(n, "{n} row ({when})", "{n} rows ({when})", when=when)


def provenance(setting: Setting, panel: Panel, fit_rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return what one needs to say, or to check, how numbers were made; the time is that of asking."""
    return {
        "index": setting.name,
        "hengdian_index": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "spec_sha256": setting.fingerprint,
        "data_sha256": digest(panel),
        "fit_rows": dict(fit_rows),
        "base": setting.base,
        "to": setting.to,
        "series": setting.series,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
