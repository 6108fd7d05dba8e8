"""A table of units and an index of them, for studies of robustness."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from support.indexes import two_levels

import hengdian_index as hi


def countries(n: int = 12, seed: int = 0, gaps: bool = False) -> pd.DataFrame:
    """Return n units of four positive indicators."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.lognormal(3, 0.6, (n, 4)), columns=list("abcd"))
    if gaps:
        frame = frame.mask(rng.random(frame.shape) < 0.1)
        frame.iloc[0] = 20.0
    return frame.assign(who=[f"u{i}" for i in range(n)])


def index(**choices: Any) -> hi.Index:
    """Return an index of units, two groups of two indicators."""
    return two_levels(**{"base": None, **choices}).replace({"period": None, "unit": "who"})
