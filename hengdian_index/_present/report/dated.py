"""Weights that change in the course of an index: from which period they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.result import Result
from hengdian_index._words.catalogue import Words


def since(result: Result) -> str:
    """Return the period from which the weights of a result hold; empty where they always do."""
    weights = result.weights
    by_period = result.weights_by_period.reindex(columns=weights.index)
    if len(by_period) < 2:
        return ""
    same = np.isclose(by_period.to_numpy(dtype=np.float64), weights.to_numpy(dtype=np.float64), rtol=1e-12).all(axis=1)
    return str(by_period.index[np.flatnonzero(same)[-1]]) if same.any() else ""


def by_period(result: Result, names: Mapping[Any, str], say: Words) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Return the weights by the period from which they hold, and what its columns are called: group and part."""
    frame = result.weights_by_period
    codes = list(zip(*(frame.columns.get_level_values(level) for level in (0, 1)), strict=True))
    heads = {f"{g}: {x}": say["of group part"].format(group=names.get(g, g), part=names.get(x, x)) for g, x in codes}
    periods = pd.Index([period or say["from the start"] for period in frame.index], name=frame.index.name)
    return frame.set_axis([f"{g}: {x}" for g, x in codes], axis=1).set_axis(periods, axis=0), heads
