"""Where a result comes from: versions, hashes of spec and data, fit rows, base."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index.about import __version__
from hengdian_index.rows.digest import digest
from hengdian_index.rows.panel import Panel
from hengdian_index.tree import Setting


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
