"""Checks of correlations, after direction: inside groups, with the parent, across groups."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from hengdian_index._audit.context import Context
from hengdian_index._audit.registry import Measured, check
from hengdian_index._audit.remedies import of_lead, of_pair, of_voice


@check("look")
def redundant(context: Context, *, redundant: float = 0.92) -> Iterator[Measured]:
    """No two parts of a group are correlated more than this."""
    for group, first, second, r in _inside(context):
        remedy = of_pair(context, group, first, second)
        yield Measured(r, abs(r) - redundant, group, first, second, remedy=remedy, **context.rows_of(first, second))


@check("look")
def negative(context: Context, *, negative: float = 0) -> Iterator[Measured]:
    """No two parts of a group are correlated below this, after direction."""
    for group, first, second, r in _inside(context):
        yield Measured(r, negative - r, group, first, second, **context.rows_of(first, second))


@check("fail")
def against_parent(context: Context, *, against_parent: float = 0) -> Iterator[Measured]:
    """No part is correlated below this with its own group, after direction."""
    for group, part, r in _with_parent(context):
        yield Measured(r, against_parent - r, group, part, group, **context.rows_of(part, group))


@check("fail")
def not_heard(context: Context, *, not_heard: float = 0.3) -> Iterator[Measured]:
    """Each part is correlated at least this much with its own group."""
    for group, part, r in _with_parent(context):
        remedy = of_voice(context, group, part)
        yield Measured(r, not_heard - abs(r), group, part, group, remedy=remedy, **context.rows_of(part, group))


@check("look")
def dominated(context: Context, *, dominated: float = 0.92) -> Iterator[Measured]:
    """No group is correlated more than this with one of its parts alone."""
    for group, children in context.groups():
        found = sorted(((r, part) for part, r in context.pairs(group, children)), reverse=True)
        if len(found) >= 2:
            (r, part), (second, next_part) = found[:2]
            fewer = min((part, next_part), key=lambda one: context.common(one, group))
            told: dict[str, Any] = context.rows_of(fewer, group, second=second)
            remedy = of_lead(context, group, part)
            yield Measured(r, min(r - dominated, dominated - second), group, part, group, remedy=remedy, **told)


@check("look")
def counted_twice(context: Context, *, counted_twice: float = 0.92) -> Iterator[Measured]:
    """No two indicators of different groups are correlated more than this."""
    leaves = [leaf for leaf in context.tree.leaves if leaf.code in context.nodes]
    for one, two in combinations(leaves, 2):
        r = context.r(one.code, two.code)
        if one.parent != two.parent and np.isfinite(r):
            told: dict[str, Any] = context.rows_of(one.code, two.code, beside=two.parent)
            yield Measured(r, abs(r) - counted_twice, one.parent, one.code, two.code, **told)


@check("look")
def misplaced(context: Context, *, misplaced: float = 0) -> Iterator[Measured]:
    """No indicator's correlation with a group beside its own is larger than with its own by more than this."""
    for group, part, own in _with_parent(context):
        above = context.parent(group)
        beside = [] if above is None else [c for c in above.children if c in context.tree.by_code and c != group]
        near = [(context.r(part, c), c) for c in beside if c in context.nodes]
        near = [pair for pair in near if np.isfinite(pair[0])]
        if part in context.tree.by_code or not near:
            continue
        away, other = max(near)
        told: dict[str, Any] = context.rows_of(part, other, away=away, own=own)
        yield Measured(away - own, away - own - misplaced, group, part, other, **told)


def _inside(context: Context) -> Iterator[tuple[str, str, str, float]]:
    """Yield the correlation of each two parts of a group as (group, first, second, r)."""
    for group, children in context.groups():
        for first, second in combinations(children, 2):
            r = context.r(first, second)
            if np.isfinite(r):
                yield group, first, second, r


def _with_parent(context: Context) -> Iterator[tuple[str, str, float]]:
    """Yield the correlation of each part with its group as (group, part, r), of groups of several parts."""
    for group, children in context.groups():
        for part, r in context.pairs(group, children):
            yield group, part, r
