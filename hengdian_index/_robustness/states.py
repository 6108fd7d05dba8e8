"""An index fitted under one combination of choices, and what draws under it gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._index import engine
from hengdian_index._robustness.ranks import Ranks
from hengdian_index._scoring.scores import Weights
from hengdian_index._scoring.tree import Setting, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array


@dataclass(frozen=True, eq=False)
class State:
    """An index under one combination of choices, fitted: what draws under it share.

    `plain` says that levels are scores and one tree holds throughout, so that draws of weights are scored at once.
    """

    tree: Tree
    setting: Setting
    fitted: engine.Fitted
    leaves: Array
    weights: Weights
    panel: Panel
    plain: bool


@dataclass(frozen=True, eq=False)
class Drawn:
    """What some draws gave: scores (draws, n) of the rows asked for, and their levels if the index has a base.

    `cancelled` (draws,) is the magnitude that cancelled in the scores, by which ties are told (`equality`).
    """

    scores: Array
    levels: Array | None
    cancelled: Any = 0.0


@dataclass(frozen=True, eq=False)
class Ranked:
    """What some draws gave: scores, levels, ranks (draws, n), and which draws could be computed."""

    scores: Array
    levels: Array | None
    ranks: Ranks
    kept: NDArray[np.bool_]
