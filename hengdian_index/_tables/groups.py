"""Groups as users write them: of columns, and labels of rows that may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hengdian_index._tables.table import single, tabular
from hengdian_index._values.decimals import counted
from hengdian_index.errors import SpecError, listed, raise_all, suggestion


def no_label(label: Any) -> bool:
    """Return whether a row's label is missing."""
    return label is None or type(label).__name__ in ("NAType", "NaTType") or (single(label) and bool(label != label))


def hashed(label: Any) -> bool:
    """Return whether something can be a name; of some the type says so, and is wrong."""
    try:
        hash(label)
    except TypeError:
        return False
    return True


def column_groups(groups: Any, columns: Sequence[Any], *, with_scores: bool = False) -> list[tuple[Any, Any]]:
    """Return (column, group) in the order of the groups; all faults are told at once.

    `groups` is {group: [columns]}, {column: group}, or one label for each column. With `with_scores` a column that has
    the name of a group is its score, and needs no group of its own.

    Examples
    --------
    >>> from hengdian_index._tables.groups import column_groups
    >>> column_groups({"north": ["a", "c"], "b": "south"}, ["a", "b", "c"])
    [('a', 'north'), ('c', 'north'), ('b', 'south')]
    """
    if not isinstance(groups, Mapping):
        flat = isinstance(groups, Sequence | np.ndarray) and not single(groups) and not tabular(groups)
        labels = list(groups) if flat else []
        if len(labels) != len(columns):
            form = f"a mapping {{group: [columns]}}, or one label for each of {counted(len(columns), 'column')}"
            raise SpecError(f"groups: {form}, not {groups!r}")
        _need_names(labels)
        return list(zip(columns, labels, strict=True))
    pairs: list[tuple[Any, Any]] = []
    for key, content in groups.items():
        several = isinstance(content, list | tuple | set | np.ndarray)
        pairs += [(column, key) for column in content] if several else [(key, content)]
    _need_names([part for pair in pairs for part in pair])
    raise_all(SpecError, _faults(pairs, columns, [group for _, group in pairs] if with_scores else []))
    return pairs


def _need_names(labels: Sequence[Any]) -> None:
    odd = [label for label in labels if not hashed(label)]
    if odd:
        raise SpecError(f"groups: names of columns and of groups, not {listed(odd)}")


def _faults(pairs: Sequence[tuple[Any, Any]], columns: Sequence[Any], free: Sequence[Any]) -> list[str]:
    """Return what is wrong with the groups of columns; those that are free need none."""
    named = [column for column, _ in pairs]
    faults = [f"groups: no column {c!r}{suggestion(c, columns)}" for c in dict.fromkeys(named) if c not in columns]
    faults += [f"groups: column {c!r} stands in two groups" for c in columns if named.count(c) > 1]
    absent = [c for c in columns if c not in named and c not in free]
    return faults + ([f"groups: no group for column {listed(absent)}"] if absent else [])
