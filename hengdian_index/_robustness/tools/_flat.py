"""An index whose indicators are all weighed at once, as programs without groups do."""

from __future__ import annotations

from hengdian_index._index.index import Index
from hengdian_index._scoring.fields import Group


def flat(index: Index) -> Index | None:
    """Return the index with every indicator in one group; None where it is so, or its groups are weighed unlike."""
    tree = index.tree
    parents = {code: tree.by_code[code] for code in dict.fromkeys(leaf.parent for leaf in tree.leaves)}
    weights = list(dict.fromkeys(parent.weights for parent in parents.values()))
    if len(tree.branches) == 1 or len(weights) != 1 or weights[0].method.sees == "judgement":
        return None
    root = tree.root
    group = Group(root.code, weights=weights[0].plain(), aggregate=root.aggregate.plain())
    return index.__replace__(groups=[group], indicators=[one.__replace__(parent=root.code) for one in index.indicators])
