"""Reads what people judged: one number a criterion, by name where there are names, every fault at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from hengdian_index._tables.cells import hashed, no_label, numbers, single, tabular
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import SpecError, listed, raise_all, suggestion

Names: TypeAlias = tuple[Any, ...] | None


def place(names: Names, j: int) -> Said:
    """Return how a message calls a criterion."""
    return Said("{name!r}", name=names[j]) if names else Said("criterion {number}", number=j)


def values(judgement: Any, what: str) -> tuple[Names, Array]:
    """Return the names, if there are any, and one float a criterion (k,), NaN where none was given."""
    if isinstance(judgement, (str, bytes)) or getattr(judgement, "ndim", 1) != 1 or not hasattr(judgement, "__iter__"):
        raise SpecError(
            Said(
                "{what}: one number for each criterion is needed, by name or in a list, not {judgement!r}",
                what=what,
                judgement=judgement,
            )
        )
    named = hasattr(judgement, "keys")
    names: Names = _unrepeated(tuple(judgement.keys()), what) if named else None
    cells = [value for _, value in judgement.items()] if named else list(judgement)
    if not cells:
        raise SpecError(Said("{what}: nothing is given; at least one criterion is needed", what=what))
    found, faults = numbers(cells, lambda j: joined([what, place(names, j)], "heads"))
    raise_all(SpecError, faults)
    return names, found


def ranks(order: Any, what: str) -> tuple[Names, Array]:
    """Return the names and their ranks, 1 the most important, from names in order or a mapping name -> rank.

    Names in a list within the order share its place.
    """
    if hasattr(order, "keys"):
        names, found = values(order, what)
        absent = [j for j in range(len(found)) if not np.isfinite(found[j])]
        faults = [
            Said("{what}: {where}: {rank:g} is no rank", what=what, where=place(names, j), rank=found[j])
            for j in absent
        ]
        raise_all(SpecError, faults)
        return names, found
    if isinstance(order, (str, bytes)) or getattr(order, "ndim", 1) != 1 or not hasattr(order, "__iter__"):
        raise SpecError(
            Said(
                "{what}: names from the most to the least important, or name -> rank, not {order!r}",
                what=what,
                order=order,
            )
        )
    places = [list(place) if isinstance(place, (list, set, frozenset)) else [place] for place in order]
    names = _unrepeated(tuple(name for place in places for name in place), what)
    if not names:
        raise SpecError(Said("{what}: no name is given", what=what))
    if not all(places):
        raise SpecError(Said("{what}: a place holds no name", what=what))
    return names, np.repeat(np.arange(1.0, len(places) + 1), [len(place) for place in places])


def named(items: Any, what: str) -> tuple[Any, ...]:
    """Return names, each once, from a list of them."""
    if single(items) or tabular(items) or not hasattr(items, "__iter__"):
        raise SpecError(Said("{what}: a list of names is needed, not {items!r}", what=what, items=items))
    return _unrepeated(tuple(items), what)


def aligned(vectors: Sequence[tuple[Names, Array]], calls: Sequence[str]) -> tuple[Names, list[Array]]:
    """Return the names of the first vector and every vector (..., k) in their order; `calls` name the vectors."""
    names, first = vectors[0]
    faults, ordered = [], []
    for (own, given), call in zip(vectors, calls, strict=True):
        if (own is None) is not (names is None):
            unnamed = Said("{call} has no names, {first} has some", call=call, first=calls[0])
            faults.append(
                unnamed if own is None else Said("{call} has names, {first} has none", call=call, first=calls[0])
            )
        elif own is None or names is None or own == names:
            if given.shape[-1] != first.shape[-1]:
                n, known = given.shape[-1], first.shape[-1]
                faults.append(
                    Said("{call} has {n} numbers, {first} has {known}", call=call, n=n, first=calls[0], known=known)
                )
            ordered.append(given)
        else:
            surplus = [name for name in own if name not in names]
            lacking = [name for name in names if name not in own]
            hints = [(name, suggestion(name, names)) for name in surplus]
            faults += [
                Said("{call}: {name!r} is not in {first}{guess}", call=call, name=name, first=calls[0], guess=hint)
                for name, hint in hints
            ]
            faults += [
                Said("{call}: nothing for {name!r}, which is in {first}", call=call, name=name, first=calls[0])
                for name in lacking
            ]
            ordered.append(given[..., [own.index(name) for name in names if name in own]])
    raise_all(SpecError, faults)
    return names, ordered


def _unrepeated(names: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    odd = [name for name in names if not hashed(name) or no_label(name)]
    if odd:
        raise SpecError(Said("{what}: names are needed, not {names}", what=what, names=listed(odd)))
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise SpecError(Said("{what}: more than once: {names}", what=what, names=listed(twice)))
    return names
