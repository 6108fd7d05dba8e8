"""Two vintages laid side by side: which groups are the same, and the tables of what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.published import Key, Rows, differing, shared
from hengdian_index._tables.table import Array
from hengdian_index._vintages.vintage import Vintage


def matched_groups(old: Vintage, new: Vintage) -> dict[str, str]:
    """Return the groups that both vintages have, old code -> new code, in the order of the new."""
    mine, theirs = old.published.groups, new.published.groups
    found = {mine[0]: theirs[0]} | {code: code for code in mine[1:] if code in theirs[1:]}
    for code in [code for code in mine if code not in found]:
        same = [other for other in theirs if other not in found.values() and new.leaves[other] == old.leaves[code]]
        if len(same) == 1 and old.leaves[code]:
            found[code] = same[0]
    return dict(sorted(found.items(), key=lambda pair: theirs.index(pair[1])))


def shared_levels(old: Vintage, new: Vintage, rows: tuple[Rows, Rows], pairs: dict[str, str]) -> tuple[Array, Array]:
    """Return the levels (rows, groups) of what both vintages have."""
    mine = [old.published.groups.index(code) for code in pairs]
    theirs = [new.published.groups.index(code) for code in pairs.values()]
    return old.published.levels[rows[0]][:, mine], new.published.levels[rows[1]][:, theirs]


def listed_numbers(
    nodes: Sequence[str], roles: Sequence[str], keys: Sequence[Key], numbers: dict[str, Array]
) -> pd.DataFrame:
    """Return arrays (rows, nodes) as columns, one row a number, node after node."""
    columns: dict[str, Any] = {"node": np.repeat(np.array(nodes, dtype=object), len(keys))}
    columns |= {role: [key[i] for key in keys] * len(nodes) for i, role in enumerate(roles)}
    return pd.DataFrame({**columns, **{name: values.T.ravel() for name, values in numbers.items()}})


def row_labels(roles: Sequence[str], keys: Sequence[Key], rows: Any) -> pd.Index[Any]:
    """Return the labels of the rows that are chosen."""
    chosen = [key for key, kept in zip(keys, rows, strict=True) if kept]
    if len(roles) == 1:
        return pd.Index([key[0] for key in chosen], name=roles[0])
    return pd.MultiIndex.from_arrays([[key[i] for key in chosen] for i in range(len(roles))], names=list(roles))


def only_in(one: Vintage, other: Vintage, pairs: dict[str, str]) -> pd.DataFrame:
    """Return the numbers (node, row, value) of one vintage that another does not have."""
    mine, theirs = one.published, other.published
    there = np.zeros(mine.levels.shape, dtype=np.bool_)
    at, its = shared(mine.keys, theirs.keys)
    for g, code in enumerate(mine.groups):
        if code in pairs:
            there[at, g] = ~np.isnan(theirs.levels[its, theirs.groups.index(pairs[code])])
    frame = listed_numbers(mine.groups, list(one.roles), mine.keys, {"value": mine.levels})
    return frame[(~there & ~np.isnan(mine.levels)).T.ravel()].reset_index(drop=True)


def changed_cells(old: Vintage, new: Vintage, at_old: Rows, at_new: Rows) -> pd.DataFrame:
    """Return the raw data that changed, in the rows and columns that both vintages have."""
    roles, found = list(new.roles), []
    for name in [name for name in old.values.columns if name in new.values.columns]:
        one, other = old.values[name].to_numpy()[at_old], new.values[name].to_numpy()[at_new]
        for row in np.flatnonzero((one != other) & ~(pd.isna(one) & pd.isna(other))).tolist():
            found += [(*new.published.keys[at_new[row]], name, one[row], other[row])]
    return pd.DataFrame(found, columns=[*roles, "indicator", "before", "after"]).infer_objects()


def moved_learnt(old: Vintage, new: Vintage, pairs: dict[str, str]) -> pd.DataFrame:
    """Return what was learnt otherwise though the choice that it was learnt by is the same."""
    mine = {(kind, pairs.get(node, node), pairs.get(part, part)): x for (kind, node, part), x in old.learnt.items()}
    back = {code: earlier for earlier, code in pairs.items()}
    found = []
    for at in [at for at in mine if at in new.learnt]:
        kind, node, _ = at
        before, after = np.array(mine[at]), np.array(new.learnt[at])
        if differing(before, after) and not _chosen_anew(old, new, kind, back.get(node, node), node):
            found.append((*at, float(before), float(after)))
    return pd.DataFrame(found, columns=["kind", "node", "part", "before", "after"])


def _chosen_anew(old: Vintage, new: Vintage, kind: str, before: str, after: str) -> bool:
    """Return whether the choice itself is another: the weights of a group, the normalisation of an indicator."""
    if kind == "base level":
        return bool(old.choices.get("base") != new.choices.get("base"))
    if old.tree is None or new.tree is None:
        return False
    if kind == "weight":
        one, other = old.tree.by_code[before], new.tree.by_code[after]
        said = [(len(b.children), b.weights, sorted(b.weights_since.items())) for b in (one, other)]
        return bool(said[0] != said[1])
    mine, theirs = (tree.leaves[tree.codes.index(after)] for tree in (old.tree, new.tree))
    return (mine.normalise.fingerprint, mine.direction) != (theirs.normalise.fingerprint, theirs.direction)
