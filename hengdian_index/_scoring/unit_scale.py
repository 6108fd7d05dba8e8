"""The scale 0 to 1 behind the scale that scores are presented on, which what is learnt from them must not depend on.

A normalisation may present its scores between any two ends, 60 and 100, say. Methods that depend on where 0 is (shares
of a total, variation over the mean) would answer differently for each; so they are shown the same scores on 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from hengdian_index._maths.means import Together, aggregate
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.tree import Branch, Leaf, Tree
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same
from hengdian_index.errors import CellsError, FaultsError

Ends: TypeAlias = tuple[float, float] | None
"""The scores of the worst and of the best, None where a scale has not both."""


def leaf_ends(leaf: Leaf) -> Ends:
    """Return the ends of an indicator's scale, as its normalisation declares them."""
    found: Ends = leaf.normalise.method.declared("ends", leaf.normalise.options)
    return found if found is not None and found[0] < found[1] else None


def group_ends(branch: Branch, weights: Array, parts: Sequence[Ends]) -> Ends:
    """Return the scores of a group whose parts are all at their worst, and all at their best.

    There are none where a part has none, and where rows are compared with each other.
    """
    known = [part for part in parts if part is not None]
    laws = branch.aggregate.method.traits.get("laws", "")
    score = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    if len(known) < len(parts) or isinstance(score, Together):
        return None
    if len(set(known)) == 1 and "I" in laws:
        return known[0]
    if "M" not in laws:
        return None
    try:
        low, high = aggregate(score, np.array(known, dtype=np.float64).T, weights, branch.missing).values.tolist()
    except (CellsError, FaultsError):
        return None
    return (low, high) if low < high else None


def own_zeros(tree: Tree, code: str) -> bool:
    """Return whether a normalisation decides where 0 lies among an indicator's or a group's scores, as z-scores do."""
    if code in tree.by_code:
        return any(own_zeros(tree, child) for child in tree.by_code[code].children)
    leaf = next(leaf for leaf in tree.leaves if leaf.code == code)
    return bool(leaf.normalise.method.declared("own_zero", leaf.normalise.options))


def ends_of(tree: Tree, weights: Mapping[str, Array]) -> dict[str, Ends]:
    """Return the ends of every indicator's and every group's scale."""
    found = {leaf.code: leaf_ends(leaf) for leaf in tree.leaves}
    for branch in tree.branches:
        found[branch.code] = group_ends(branch, weights[branch.code], [found[child] for child in branch.children])
    return found


def on_unit_scale(x: Array, ends: Sequence[Ends]) -> Array:
    """Return scores (n, k) with the worst of each column's scale at 0 and the best at 1; without ends as they are."""
    out = x.copy()
    for j, end in enumerate(ends):
        if end is not None and end != (0, 1):
            low, high = end
            # The mean of equal ends is not always that end.
            above = np.where(same(x[:, j], low, max(abs(low), abs(high))), 0.0, x[:, j] - low)
            out[:, j] = above / (high - low)
    return out
