"""Options that speak of columns or experts: a value for each by name or by place, names of some, groups of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.cells import hashed, no_label, numbers, single, tabular, uncovered
from hengdian_index._tables.selection import truths
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, listed, native, raise_all, suggestion

_NONE = object()


def in_order(
    value: Any,
    keys: Sequence[Any],
    option: str,
    *,
    absent: Any = _NONE,
    lacks: Callable[[int], Said] | None = None,
) -> Any:
    """Return what a mapping or a Series gives by key as a list in the order of the keys; anything else as it is.

    `absent` is the value of a key left out, `lacks(j)` what is said of one that must not be.

    Examples
    --------
    >>> from hengdian_index._tables.options import in_order
    >>> in_order({1: 0.9, 0: 0.1}, range(2), "weights")
    [0.1, 0.9]
    """
    if not hasattr(value, "keys") or getattr(value, "ndim", 1) != 1:
        return value
    items = [(native(key), one) for key, one in value.items()]
    given, own = [key for key, _ in items], list(map(native, keys))
    lacks = lacks or (lambda j: Said("{option}: no value for column {key!r}", option=option, key=own[j]))
    faults = [
        Said("{option}: no column {name!r}{guess}", option=option, name=key, guess=suggestion(key, own))
        for key in dict.fromkeys(given)
        if key not in own
    ]
    faults += [
        Said("{option}: {name!r} is given twice", option=option, name=key)
        for key in dict.fromkeys(given)
        if given.count(key) > 1
    ]
    faults += [lacks(j) for j, key in enumerate(own) if absent is _NONE and key not in given]
    raise_all(SpecError, faults)
    found = dict(items)
    return [found.get(key, absent) for key in own]


def named(chosen: Any, names: Sequence[Any], option: str) -> NDArray[np.bool_]:
    """Return which columns (k,) an option means: by name, by position where they have none, or by a mask of truths.

    Examples
    --------
    >>> from hengdian_index._tables.options import named
    >>> named(["b"], ["a", "b"], "inverted").tolist(), named([True, False], ["a", "b"], "inverted").tolist()
    ([False, True], [True, False])
    """
    if chosen is None:
        return np.zeros(len(names), dtype=np.bool_)
    if isinstance(chosen, (bool, np.bool_)) or (tabular(chosen) and not hasattr(chosen, "keys")):
        raise SpecError(
            Said(
                "{option}: names of columns, or one truth for each of {names}, not {given!r}",
                option=option,
                names=listed(list(names)),
                given=chosen,
            )
        )
    known = list(map(native, names))
    labelled = hasattr(chosen, "iloc") and truths(chosen.to_numpy(), option, len(chosen), None, of="values") is None
    by_key = list(chosen) if labelled else in_order(chosen, known, option, absent=False)
    mask = truths(by_key, option, len(known), None, of="columns")
    if mask is not None:
        return mask
    if hasattr(by_key, "keys") or (hasattr(chosen, "keys") and not labelled):
        raise SpecError(
            Said(
                "{option}: names of columns, or True or False for each of them, not {given!r}",
                option=option,
                given=chosen,
            )
        )
    one = single(by_key) or (isinstance(by_key, tuple) and by_key in known)
    listing = [native(name) for name in ([by_key] if one else by_key)]
    absent = [name for name in listing if no_label(name) or name not in known]
    raise_all(
        SpecError,
        [
            Said("{option}: no column {name!r}{guess}", option=option, name=name, guess=suggestion(name, known))
            for name in absent
        ],
    )
    mask_of = [True, *[False] * (len(known) - 1)][:3]
    twice = [name for name in known if listing.count(name) > 1]
    why = [
        Said(
            "{option}: {name!r} is named twice; a mask is written with truths, {mask}",
            option=option,
            name=name,
            mask=mask_of,
        )
        if isinstance(name, int)
        else Said("{option}: {name!r} is named twice", option=option, name=name)
        for name in twice
    ]
    raise_all(SpecError, why)
    return np.array([name in listing for name in known], dtype=np.bool_)


def floats(value: Any) -> Array:
    """Return numbers as an array; a hidden or missing one is NaN.

    Raises
    ------
    ValueError
        What is no number: text, truths, dates, complex numbers; lists of several lengths.
    """
    if isinstance(value, (list, tuple)) and any(isinstance(one, (bool, np.bool_)) for one in value):
        raise ValueError(Said("no numbers: truths"))
    raw = uncovered(value)
    if raw.dtype.kind in "iuf":
        return np.asarray(raw, dtype=np.float64)
    if raw.dtype.kind not in "OUS":
        raise ValueError(Said("no numbers: {dtype}", dtype=raw.dtype))
    cells = raw.ravel().tolist()
    found, faults = numbers(cells, lambda i: f"value {i}")
    if faults or any(isinstance(cell, (bool, np.bool_)) for cell in cells):
        raise ValueError(Said("no numbers"))
    return found.reshape(raw.shape)


def column_groups(groups: Any, columns: Sequence[Any], *, with_scores: bool = False) -> list[tuple[Any, Any]]:
    """Return (column, group) in the order of the groups; all faults are told at once.

    `groups` is {group: [columns]}, {column: group}, or one label for each column. With `with_scores` a column that has
    the name of a group is its score, and needs no group of its own.

    Examples
    --------
    >>> from hengdian_index._tables.options import column_groups
    >>> column_groups({"north": ["a", "c"], "b": "south"}, ["a", "b", "c"])
    [('a', 'north'), ('c', 'north'), ('b', 'south')]
    """
    if not isinstance(groups, Mapping):
        flat = isinstance(groups, Sequence | np.ndarray) and not single(groups) and not tabular(groups)
        labels = list(groups) if flat else []
        if len(labels) != len(columns):
            raise SpecError(
                Said.of(
                    len(columns),
                    "groups: a mapping {{group: [columns]}}, or one label for each of {n} column, not {given!r}",
                    "groups: a mapping {{group: [columns]}}, or one label for each of {n} columns, not {given!r}",
                    given=groups,
                )
            )
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
        raise SpecError(Said("groups: names of columns and of groups, not {names}", names=listed(odd)))


def _faults(pairs: Sequence[tuple[Any, Any]], columns: Sequence[Any], free: Sequence[Any]) -> list[Said]:
    """Return what is wrong with the groups of columns; those that are free need none."""
    named = [column for column, _ in pairs]
    faults = [
        Said("groups: no column {name!r}{guess}", name=c, guess=suggestion(c, columns))
        for c in dict.fromkeys(named)
        if c not in columns
    ]
    faults += [Said("groups: column {name!r} stands in two groups", name=c) for c in columns if named.count(c) > 1]
    absent = [c for c in columns if c not in named and c not in free]
    return faults + ([Said("groups: no group for column {names}", names=listed(absent))] if absent else [])
