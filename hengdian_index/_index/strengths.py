"""What holds a row back and where it stands out: obstacle degrees, strengths and weaknesses."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hengdian_index._scoring.tree import Leaf, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import settled
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, raise_all


def obstacle_degrees(tree: Tree, normalised: Array, importance: Array) -> Array:
    """Return each indicator's share (n, k) in what separates a row from the best scores; rows sum to 1.

    Parameters
    ----------
    normalised : array (n, k)
        Scores of the indicators.
    importance : array (k,) or (n, k)
        Product of the weights down to each indicator.

    Notes
    -----
    O_j = F_j (1 - z_j) / sum F (1 - z), z on 0..1; a score beyond the best end leaves no distance. A row without any
    distance has 0 throughout; a missing score stays missing and is not counted.
    """
    low, high = _scales(tree)
    distance = importance * np.maximum(1 - (normalised - low) / (high - low), 0)
    total = np.nansum(distance, axis=1, keepdims=True)
    return np.where(np.isnan(distance), np.nan, distance / np.where(total > 0, total, 1))


def strengths(tree: Tree, panel: Panel, normalised: Array, row: int, n: int) -> pd.DataFrame:
    """Return the n indicators on which a row ranks best, and the n of the others on which it ranks worst.

    Ranks are among the rows of its period; with fewer than 2n indicators there are fewer weaknesses.
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise SpecError(Said("strengths: n: a whole number, 1 or more, not {n!r}", n=n))
    scope = np.ones(panel.n, dtype=np.bool_)
    if panel.periods is not None and panel.units is not None:
        scope = panel.periods.ordinals == panel.periods.ordinals[row]
    if scope.sum() < 3:
        raise DataError(
            Said(
                "{place}: strengths compare at least 3 rows, there are {rows}",
                place=panel.place(row),
                rows=int(scope.sum()),
            )
        )
    scores = pd.Series(settled(normalised[row]), index=list(tree.codes))
    ranks = pd.DataFrame(normalised[scope], columns=list(tree.codes)).rank(ascending=False, method="min")
    frame = pd.DataFrame({"score": scores, "rank": ranks.iloc[int(scope[:row].sum())]}).dropna()
    best = frame.sort_values(["rank", "score"], ascending=[True, False], kind="stable").head(n).assign(kind="strength")
    rest = frame.drop(index=best.index)
    worst = rest.sort_values(["rank", "score"], ascending=[False, True], kind="stable").head(n).assign(kind="weakness")
    return pd.concat([best, worst]).rename_axis("indicator").reset_index().astype({"rank": int})


def _scales(tree: Tree) -> tuple[Array, Array]:
    """Return the worst and the best score of each indicator's scale."""
    ends = [_scale(leaf) for leaf in tree.leaves]
    bare = [leaf.code for leaf, end in zip(tree.leaves, ends, strict=True) if not np.isfinite(end).all()]
    why = Said(
        "its normalisation has no best and worst score; obstacle degrees need min_max, goalposts or another scale with "
        "two ends"
    )
    raise_all(SpecError, [joined([Said("indicator {name!r}", name=code), why], "heads") for code in bare])
    low, high = np.array(ends).T
    return low, high


def _scale(leaf: Leaf) -> tuple[float, float]:
    method, options = leaf.normalise.method, leaf.normalise.options
    low, high = method.declared("gives", options) or method.declared("ends", options) or (np.nan, np.nan)
    return float(low), float(high)
