"""Which parts of a row have a score, and how much of the weight of an index it rests on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.result import Result
from hengdian_index._scoring.tree import RESERVED
from hengdian_index._tables.table import Array

_ROUNDING = 1e-9


def weight_there(result: Result) -> Array:
    """Return how much of the weight each row's score rests on, in per cent (n,); missing where it has no score.

    The sum of the weights asked for, multiplied down the tree, of the indicators that have a value and of which every
    group above has a score.
    """
    rows, root = result.rows, result.tree.root.code
    asked = np.nan_to_num(np.broadcast_to(rows.importance(), rows.leaves.shape))
    has = np.column_stack([scored(result, code) for code in result.tree.codes])
    whole, there = asked.sum(axis=1), (asked * has).sum(axis=1)
    known = ~np.isnan(rows.values(root)) & (whole > 0)
    share = np.divide(100 * there, whole, out=np.full(len(whole), np.nan), where=known)
    return np.where(share > 100 * (1 - _ROUNDING), 100.0, share)


def imputed(result: Result) -> pd.DataFrame:
    """Return which scores (n, groups and indicators) an imputation gave: of the score itself, or of the value below."""
    tree, rows = result.tree, result.rows
    raw, scores = result.panel.values[:, : len(tree.codes)], rows.leaves
    found = {
        leaf.code: np.isnan(raw[:, j]) & ~np.isnan(scores[:, j]) & bool(leaf.impute or leaf.impute_scores)
        for j, leaf in enumerate(tree.leaves)
    }
    own = {branch.code: rows.imputed(branch.code) for branch in tree.branches if branch.impute is not None}
    return pd.DataFrame(own | found, index=result.panel.labels)


def scored(result: Result, code: str) -> NDArray[np.bool_]:
    """Return where (n,) a group or an indicator has a score, and every group between it and the whole too."""
    tree, found = result.tree, np.ones(result.panel.n, dtype=np.bool_)
    parents = {leaf.code: leaf.parent for leaf in tree.leaves}
    above: str | None = code
    while above is not None:
        found &= ~np.isnan(result.rows.values(above))
        above = parents[above] if above in parents else tree.by_code[above].parent
    return found


def blanked(result: Result, parts: pd.DataFrame, lag: int = 0) -> pd.DataFrame:
    """Return contributions of all rows, missing where a part has no score in the row, or in the one `lag` before.

    The library counts such a part as 0, so that rows sum to the whole; a reader would take the 0 for a value.
    """
    before = result.panel.previous(lag) if lag else None
    found = {}
    for code in parts.columns:
        values = parts[code].to_numpy(dtype=np.float64)
        if code not in RESERVED:
            has = scored(result, str(code))
            has = has if before is None else has & (before >= 0) & has[before]
            values = np.where(~has & (values == 0), np.nan, values)
        found[code] = values
    return pd.DataFrame(found, index=parts.index)
