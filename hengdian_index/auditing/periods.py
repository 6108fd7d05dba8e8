"""What holds in each period of a panel: the shares of cells, and where one differs from the other periods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index.auditing.context import Context
from hengdian_index.rows.periods import format_period

# A share of fewer rows says little.
_FEWEST = 3

# Periods that are named beside the first.
_NAMED = 5


def shares(context: Context, marked: NDArray[np.bool_], due: NDArray[np.bool_]) -> pd.Series[float]:
    """Return the share of the rows due (n,) that are marked, by period (ordinal); empty but for a panel.

    A period with fewer than three rows due is left out.
    """
    counts = _counts(context, marked, due)
    return counts["marked"] / counts["due"]


def jumps(context: Context, marked: NDArray[np.bool_], due: NDArray[np.bool_]) -> pd.Series[float]:
    """Return by how much the share of a period is above that of all others together; empty with fewer than two."""
    counts = _counts(context, marked, due, context.fewest)
    if len(counts) < 2:
        return pd.Series(dtype=np.float64)
    rest = counts.sum() - counts
    return counts["marked"] / counts["due"] - rest["marked"] / rest["due"]


def named(context: Context, found: pd.Series[float]) -> dict[str, Any]:
    """Return the facts of periods, the one that is told of first."""
    assert context.panel.periods is not None
    names = [format_period(int(one), context.panel.periods.frequency) for one in found.index]
    more = sorted(names[1:])
    return {"period": names[0], "periods": ", ".join(more[:_NAMED]) + (" …" if len(more) > _NAMED else ""), "all": names}


def _counts(context: Context, marked: Any, due: Any, fewest: int = _FEWEST) -> pd.DataFrame:
    panel = context.panel
    if panel.periods is None or panel.units is None:
        return pd.DataFrame({"marked": [], "due": []}, dtype=np.float64)
    frame = pd.DataFrame({"marked": (marked & due).astype(float), "due": due.astype(float)})
    counts = frame.groupby(panel.periods.ordinals).sum()
    return counts[counts["due"] >= fewest]
