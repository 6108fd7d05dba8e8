"""Checks of correlations, after direction: inside groups, with the parent, across groups."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from hengdian_index.auditing.context import Context
from hengdian_index.auditing.registry import Measured, check

_JRC = "JRC guidance (COIN Tool; Becker et al., COINr)"


@check(
    source=_JRC,
    remedy="take one of the two out, merge them, or halve their weights: together they count twice",
    crossed="look",
    needs="a group of two parts whose scores differ between rows",
)
def redundant(context: Context, *, redundant: float = 0.92) -> Iterator[Measured]:
    """No two parts of a group are correlated more than this."""
    for group, first, second, r in _inside(context):
        asked, why = f"|r| at most {redundant:g}", f"r = {r:.2f} with {second!r} in the same group"
        yield Measured(r, asked, abs(r) - redundant, why, group, first, second)


@check(
    source="OECD/JRC Handbook 2008, step 4 (trade-offs that compensate each other)",
    remedy="see whether the direction is right; else the two cancel out in the mean, so say so or part them",
    crossed="look",
    needs="a group of two parts whose scores differ between rows",
)
def negative(context: Context, *, negative: float = 0) -> Iterator[Measured]:
    """No two parts of a group are correlated below this, after direction."""
    for group, first, second, r in _inside(context):
        why = f"r = {r:.2f} with {second!r} in the same group"
        yield Measured(r, f"r at least {negative:g}", negative - r, why, group, first, second)


@check(
    source=_JRC,
    remedy="see whether the direction is right; else take it out: the index falls where this part rises",
    crossed="fail",
    needs="a group of two parts whose scores differ between rows",
)
def against_parent(context: Context, *, against_parent: float = 0) -> Iterator[Measured]:
    """No part is correlated below this with its own group, after direction."""
    for group, part, r in _with_parent(context):
        why = f"r = {r:.2f} with its group {group!r}"
        yield Measured(r, f"r at least {against_parent:g}", against_parent - r, why, group, part, group)


@check(
    source=_JRC,
    remedy="move it to a group it goes with, give it more weight, or take it out: it is counted but not heard",
    crossed="fail",
    needs="a group of two parts whose scores differ between rows",
)
def not_heard(context: Context, *, not_heard: float = 0.3) -> Iterator[Measured]:
    """Each part is correlated at least this much with its own group."""
    for group, part, r in _with_parent(context):
        why = f"r = {r:.2f} with its group {group!r}"
        yield Measured(r, f"|r| at least {not_heard:g}", not_heard - abs(r), why, group, part, group)


@check(
    source=_JRC,
    remedy="give the others more weight, or bring their spreads nearer: the group says what this part says",
    crossed="look",
    needs="a group of two parts whose scores differ between rows",
)
def dominated(context: Context, *, dominated: float = 0.92) -> Iterator[Measured]:
    """No group is correlated more than this with one of its parts alone."""
    for group, children in context.groups():
        found = sorted(((r, part) for part, r in context.pairs(group, children)), reverse=True)
        if len(found) >= 2:
            (r, part), (second, _) = found[:2]
            why = f"r = {r:.2f} with its group {group!r}, the next part {second:.2f}"
            excess = min(r - dominated, dominated - second)
            yield Measured(r, f"r at most {dominated:g}, or of several", excess, why, group, part, group)


@check(
    source=f"as inside a group: {_JRC}",
    remedy="leave it in one of the two groups: the same thing is counted in both",
    crossed="look",
    needs="two groups of indicators",
)
def counted_twice(context: Context, *, counted_twice: float = 0.92) -> Iterator[Measured]:
    """No two indicators of different groups are correlated more than this."""
    leaves = [leaf for leaf in context.tree.leaves if leaf.code in context.nodes]
    for one, two in combinations(leaves, 2):
        r = context.r(one.code, two.code)
        if one.parent != two.parent and np.isfinite(r):
            why = f"r = {r:.2f} with {two.code!r} of group {two.parent!r}"
            asked, excess = f"|r| at most {counted_twice:g}", abs(r) - counted_twice
            yield Measured(r, asked, excess, why, one.parent, one.code, two.code)


@check(
    source="JRC guidance (an indicator goes most with its own dimension)",
    remedy="think of moving it to that group, or of joining the two",
    crossed="look",
    needs="an indicator in a group of several, with a group beside it",
)
def misplaced(context: Context, *, misplaced: float = 0) -> Iterator[Measured]:
    """No indicator's correlation with a group beside its own is larger than with its own by more than this."""
    for group, part, own in _with_parent(context):
        above = context.parent(group)
        beside = [] if above is None else [c for c in above.children if c in context.tree.by_code and c != group]
        near = [(context.r(part, c), c) for c in beside if c in context.nodes]
        near = [pair for pair in near if np.isfinite(pair[0])]
        if part in context.tree.by_code or not near:
            continue
        r, other = max(near)
        why = f"r = {r:.2f} with group {other!r}, {own:.2f} with its own {group!r}"
        yield Measured(r - own, f"at most {misplaced:g} more", r - own - misplaced, why, group, part, other)


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
