"""Tables of a panel with a row for each unit and a column for each period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, raise_all


def pivoted(panel: Panel, values: Array) -> pd.DataFrame:
    """Return numbers of rows (n,) by unit and period, units as they come, periods in time; missing where no row is."""
    faults = []
    if panel.units is None:
        why = Said(
            "a pivot has a row for each unit and a column for each period; the rows have no unit: scores has them"
        )
        faults.append(why)
    if panel.periods is None:
        why = Said(
            "a pivot has a row for each unit and a column for each period; the rows have no period: scores has them"
        )
        faults.append(why)
    raise_all(DataError, faults)
    assert panel.periods is not None
    codes, periods = panel.unit_codes(), panel.period_labels()
    found = np.full((codes.max() + 1, len(periods)), np.nan)
    found[codes, np.searchsorted(list(periods), panel.periods.ordinals)] = values
    first = np.unique(codes, return_index=True)[1]
    names = panel.labels.names
    units: pd.Index[Any] = pd.Index(np.asarray(panel.units)[first], name=names[0])
    return pd.DataFrame(found, index=units, columns=pd.Index([*periods.values()], name=names[-1]))
