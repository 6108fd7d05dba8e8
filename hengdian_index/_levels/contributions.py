"""The exact split of a level, and of a change, into the parts of a group, down to the indicators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.maps import Map, line_of
from hengdian_index._maths.means import Pair, Together
from hengdian_index._maths.own_means import Censored
from hengdian_index._methods.decorators import kernel
from hengdian_index._methods.effects import Moves, Split
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.scores import Scored
from hengdian_index._scoring.tree import RESERVED, Branch, Tree
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, SpecError
from hengdian_index.log import note

Depth: TypeAlias = Literal["children", "indicators"]
Whole: TypeAlias = Literal["change", "growth", "level"]
Parts = dict[str, Array]

# A gap between a change and the sum of its parts, relative to their size, up to which it is rounding; and relative to
# the levels that the change is the difference of.
_ROUNDING = 1e-9
# Levels that are one number by the rule of `equality` stand up to a tolerance each from what their parts sum to.
_LEVEL_ROUNDING = 2 * TOLERANCE
# Parts that add up to more than so many times the level, without their signs, say nothing about it.
_UNBOUND = 10.0
# Below this share of what the parts add up to, a change says little about the slope of a map.
_CANCELLED = 0.01


def level_parts(rows: Scored, code: str, to_leaves: bool) -> Parts:
    """Return the contributions (n,) of the parts of a group to its level; they sum to it."""
    return in_order(rows.tree, _missing_with(_level_parts(rows, code, to_leaves), rows.values(code)))


def in_order(tree: Tree, parts: Parts) -> Parts:
    """Return parts in the order of the spec, groups before indicators, what is no part of the index after them."""
    places = {code: i for i, code in enumerate((*tree.groups, *tree.codes, *RESERVED))}
    return dict(sorted(parts.items(), key=lambda part: places.get(part[0], len(places))))


def change_parts(before: Scored, now: Scored, code: str, to_leaves: bool, split: Split) -> Parts:
    """Return the contributions (n,) of the parts of a group to its change from rows to rows; they sum to it.

    Where the aggregation is no mean, `split` "interaction" moves one child at a time and leaves the rest in a column
    of its own; "shapley" shares it out.
    """
    y0, y1 = before.values(code), now.values(code)
    try:
        parts = _change_parts(before, now, code, to_leaves, split)
    except CellsError as error:
        raise SpecError(Said("group {code!r}: its change cannot be split: {why}", code=code, why=error.why)) from None
    return in_order(now.tree, _missing_with(_rounded(parts, y1 - y0, np.maximum(*np.abs((y0, y1)))), y1 - y0))


def _level_parts(rows: Scored, code: str, to_leaves: bool) -> Parts:
    branch = rows.tree.by_code[code]
    x, w, y = rows.children(branch), rows.row_weights(branch), rows.aggregated(code)
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    if isinstance(pair, Censored):
        factors = pair.level_factors(w, y)
    elif isinstance(pair, Pair):
        factors = np.broadcast_to(_level_factors(branch, pair, x, w, y), x.shape)
    else:
        raise SpecError(
            Said(
                "group {code!r}: a level splits only under a mean, not {method!r}; use of='change'",
                code=code,
                method=branch.aggregate.method.name,
            )
        )

    def below(child: str) -> Parts | None:
        return _level_parts(rows, child, True) if to_leaves and child in rows.tree.by_code else None

    parts = _gathered(branch, factors, x, below)
    parts = _presented_level(rows, branch, parts) if branch.presented else parts
    return _with_imputed(parts, rows.imputed(code), rows.values(code))


def _presented_level(rows: Scored, branch: Branch, parts: Parts) -> Parts:
    """Return the parts of a level that was rescaled or rounded, given those of the score before.

    A straight line multiplies each part, and its constant is a part of its own. Any other map keeps the proportions of
    the parts; where they have none (a score of 0 or less, or parts that nearly cancel) the level is its own part.
    """
    y, shown = rows.aggregated(branch.code), _known(rows, branch)
    unrounded, factor = _unrounded(rows, branch), _slopes(rows, branch)
    if factor is None:
        assert branch.rescale is not None
        with np.errstate(invalid="ignore", divide="ignore"):
            bound = (y > 0) & (_sums(parts)[1] <= _UNBOUND * y)
            factor = np.where(bound, unrounded / y, 0.0)
        why = Said(
            "{method} is no straight line: the parts of a level keep the proportions of the score before it",
            method=branch.rescale.method.name,
        )
        note("contributions", why, indicator=branch.code)
    parts = {name: part * factor for name, part in parts.items()}
    parts = _closed(parts, unrounded, np.abs(shown), "rescaling")
    return _closed(parts, shown, np.zeros_like(shown), "rounding") if branch.round is not None else parts


def _unrounded(rows: Scored, branch: Branch) -> Array:
    """Return the scores (n,) of a group rescaled, before they are rounded."""
    if branch.round is None or (branch.rescale is not None and branch.scaling is None):
        return _known(rows, branch)
    y = rows.aggregated(branch.code)
    return y if branch.scaling is None else _scaled(rows, branch, y)


def _maps(rows: Scored, branch: Branch) -> list[tuple[Map, NDArray[np.bool_]]]:
    """Return the maps that rescale the scores of a group, each with its rows (n,): one, or that of each period."""
    one, ordinals = branch.scaling, rows.ordinals(branch.code)
    if isinstance(one, PeriodMaps) and ordinals is not None:
        return [(part, at) for when, part in one.maps.items() if (at := ordinals == when).any()]
    return [] if one is None else [(one, np.ones(len(rows.values(branch.code)), dtype=np.bool_))]


def _scaled(rows: Scored, branch: Branch, y: Array) -> Array:
    """Return what the maps of the rows make of aggregated scores (n,)."""
    out = np.full(len(y), np.nan)
    for one, at in _maps(rows, branch):
        out[at] = one(y[at, np.newaxis])[:, 0]
    return out


def _slopes(rows: Scored, branch: Branch) -> Array | None:
    """Return by how much the maps of the rows multiply a difference of scores (n,), None where one is no line."""
    found = np.ones(len(rows.values(branch.code)))
    if branch.rescale is None:
        return found
    maps = _maps(rows, branch)
    for one, at in maps:
        line = line_of(one)
        if line is None:
            return None
        found[at] = line[0]
    return found if maps else None


def _change_parts(before: Scored, now: Scored, code: str, to_leaves: bool, split: Split) -> Parts:
    branch = now.tree.by_code[code]
    parts = _aggregated_parts(before, now, branch, to_leaves, split)
    parts = _presented_change(before, now, branch, parts, split) if branch.presented else parts
    return _with_imputed(parts, before.imputed(code) | now.imputed(code), now.values(code) - before.values(code))


def _presented_change(before: Scored, now: Scored, branch: Branch, parts: Parts, split: Split) -> Parts:
    """Return the parts of a change of scores that were rescaled or rounded, given those of the change before that.

    A straight line multiplies each part. Under any other map each has its part of the change before, times the slope
    of the map between the two scores, as a part below a group that is no mean; what has no slope is "interaction".
    What other maps at the start and at the end do is "rescaling", what rounding does "rounding".
    """
    code, first = branch.code, before.tree.by_code[branch.code]
    y0, y1 = before.aggregated(code), now.aggregated(code)
    s0, s1 = _unrounded(before, first), _unrounded(now, branch)
    level = np.maximum(*np.abs((s0, s1)))
    slopes = _slopes(before, first), _slopes(now, branch)
    if branch.scaling is None and branch.rescale is not None:
        size = _sums(parts)[1]
        with np.errstate(invalid="ignore", divide="ignore"):
            factor = np.where(np.abs(y1 - y0) > _CANCELLED * size, (s1 - s0) / (y1 - y0), 0.0)
        parts = {name: part * factor for name, part in parts.items()}
    elif slopes[0] is not None and slopes[1] is not None:
        slope = (slopes[0] + slopes[1]) / 2
        parts = {name: part * slope for name, part in parts.items()}
    else:
        each = _maps(now, branch)
        found: Parts = {}
        for one, at in each:
            own = {name: part[at] for name, part in parts.items()}
            for name, part in _through(branch, one, y0[at], y1[at], own, split).items():
                found.setdefault(name, np.zeros(len(y1)))[at] = part
        parts = found or parts
    parts = _closed(parts, s1 - s0, level, "rescaling")
    if branch.round is None:
        return parts
    return _closed(parts, _known(now, branch) - _known(before, branch), np.zeros_like(level), "rounding")


def _through(branch: Branch, one: Map, y0: Array, y1: Array, parts: Parts, split: Split) -> Parts:
    """Return the parts of a change by a map that is no line, given those of the change of its argument."""
    assert branch.rescale is not None
    ends = [one(y[:, np.newaxis])[:, 0] for y in (y0, y1)]
    effect, level = ends[1] - ends[0], np.maximum(*np.abs(ends))
    moves = Moves.of(
        lambda x, _: one(x)[:, 0], y0[:, None], y1[:, None], np.ones(1), np.ones(1), ~np.isnan(effect), split
    )
    own = replace(branch, children=(branch.code,), aggregate=branch.rescale)
    found = _shared_out(own, moves, np.nan_to_num(effect)[:, np.newaxis], level, lambda _: parts)
    return _closed(found, effect, level, "interaction")


def _known(rows: Scored, branch: Branch) -> Array:
    """Return the scores (n,) of a group, missing where an imputation gave them."""
    values = rows.values(branch.code)
    return values if branch.impute is None else np.where(rows.imputed(branch.code), np.nan, values)


def _with_imputed(parts: Parts, imputed: NDArray[np.bool_], whole: Array) -> Parts:
    """Return the parts; of rows whose score an imputation gave, before or now, the whole is a part of its own."""
    if not imputed.any():
        return parts
    found = {name: np.where(imputed, 0.0, part) for name, part in parts.items()}
    found["imputation"] = np.where(imputed, whole, found.get("imputation", 0.0))
    return found


def _aggregated_parts(before: Scored, now: Scored, branch: Branch, to_leaves: bool, split: Split) -> Parts:
    """Return the parts of the change of a group's scores as they were aggregated."""
    code = branch.code
    x0, w0, y0 = before.children(branch), before.row_weights(branch), before.aggregated(code)
    x1, w1, y1 = now.children(branch), now.row_weights(branch), now.aggregated(code)
    pair = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    change, level = y1 - y0, np.maximum(*np.abs((y0, y1)))

    def below(child: str) -> Parts | None:
        return _change_parts(before, now, child, True, split) if to_leaves and child in now.tree.by_code else None

    if isinstance(pair, Pair):
        factors = _change_factors(pair, x0, x1, y0, y1, w0, w1)
        return _closed(_gathered(branch, factors, x1 - x0, below), change, level, "reweighting")
    asked = before.asked_weights(branch), now.asked_weights(branch)
    moves = Moves.of(pair, x0, x1, *asked, ~np.isnan(change), split)
    effects, whole = moves.effects()
    parts = _shared_out(branch, moves, effects, level, below)
    rest = "other rows" if isinstance(pair, Together) and pair.set_wise else "reweighting"
    return _closed(_closed(parts, whole, level, "interaction"), change, level, rest)


def _level_factors(branch: Branch, pair: Pair, x: Array, w: Array, y: Array) -> Array:
    """Return what each child's level is multiplied by: w for the arithmetic mean, y w f(z) / (f(y) z) for others.

    Where the mean of zeros is one, the level is the change from it: y w (f(z) - f(0)) / ((f(y) - f(0)) z).
    """
    if pair.linear:
        return np.asarray(w * pair.times)
    if pair.from_zero:
        return _change_factors(pair, np.zeros_like(x), x, np.zeros_like(y), y, w, w)
    shares, by_weight = pair.level_shares(x, w, y)
    if by_weight.any():
        why = Said.of(
            int(by_weight.sum()),
            "in {n} row the level is so near 1, of which the logarithm is 0, that its parts by logarithms have no "
            "bounds: each counts by its weight",
            "in {n} rows the level is so near 1, of which the logarithm is 0, that its parts by logarithms have no "
            "bounds: each counts by its weight",
        )
        note("contributions", why, indicator=branch.code)
    with np.errstate(divide="ignore", invalid="ignore"):
        return y[:, np.newaxis] * shares / x


def _change_factors(pair: Pair, x0: Array, x1: Array, y0: Array, y1: Array, w0: Array, w1: Array) -> Array:
    """Return what each child's change is multiplied by: the mean weight times the slope, 1 for the arithmetic mean.

    Where a 0 gives the limit 0, the children that come from or go to 0 make the whole change, by weight.
    """
    mean = (w0 + w1) / 2
    if pair.linear:
        return np.broadcast_to(mean * pair.times, x0.shape)
    factors = mean * pair.slope(x0, x1, y0, y1)
    if not pair.zero_is_limit:
        return factors
    turned = ((x0 == pair.limit) != (x1 == pair.limit)) * (w0 + w1)
    with np.errstate(invalid="ignore", divide="ignore"):
        limit = turned / turned.sum(axis=1, keepdims=True) * (y1 - y0)[:, np.newaxis] / (x1 - x0)
    zero = ((y0 == pair.limit) | (y1 == pair.limit))[:, np.newaxis]
    return np.where(zero, np.where(turned > 0, limit, 0.0), factors)


def _gathered(branch: Branch, factors: Array, x: Array, below: Callable[[str], Parts | None]) -> Parts:
    """Return factor times value of each child, or of each leaf below it, 0 where a child is missing."""
    parts: Parts = {}
    for j, child in enumerate(branch.children):
        for name, value in (below(child) or {child: x[:, j]}).items():
            part = value * factors[:, j]
            part[np.isnan(part)] = 0.0
            parts[name] = part if name not in parts else parts[name] + part
    return parts


def _shared_out(
    branch: Branch, moves: Moves, effects: Array, level: Array, below: Callable[[str], Parts | None]
) -> Parts:
    """Return the effect of each child, or of each leaf below it: its part in the child's step, times the slope.

    What a measured slope leaves of the effect goes by size, and vanishes with the step. Where the score jumps there is
    no slope, and no leaf has a part.
    """
    parts: Parts = {}
    jumped = 0
    for j, child in enumerate(branch.children):
        effect = effects[:, j]
        found = below(child)
        if found is None:
            parts[child] = effect
            continue
        deeper = {name: np.nan_to_num(value) for name, value in found.items()}
        total, size = _sums(deeper)
        slope, jumps = moves.slopes(j, effect, size, level)
        jumped += int((jumps & (effect != 0)).sum())
        rest = (effect - slope * total) / np.where(size > 0, size, 1.0)
        for name, value in deeper.items():
            part = np.where(jumps, 0.0, slope * value + rest * np.abs(value))
            parts[name] = parts.get(name, 0.0) + part
    if jumped:
        why = Said.of(
            jumped,
            "{method} jumps where the parts of a sub-group nearly cancel: in {n} change no part below it has a share, "
            "and its effect is 'interaction'",
            "{method} jumps where the parts of a sub-group nearly cancel: in {n} changes no part below it has a share, "
            "and its effect is 'interaction'",
            method=branch.aggregate.method.name,
        )
        note("contributions", why, indicator=branch.code)
    return parts


def _missing_with(parts: Parts, whole: Array) -> Parts:
    """Return the parts, missing where the whole is."""
    gone = np.isnan(whole)
    if gone.any():
        for part in parts.values():
            part[gone] = np.nan
    return parts


def _closed(parts: Parts, change: Array, level: Array, rest: str) -> Parts:
    """Return the parts so that they sum to the change: what is more than rounding gets its own column."""
    total, size = _sums(parts)
    gap = change - total
    left = np.where(_rounding(gap, size, change, level), 0.0, gap)
    left[np.isnan(left)] = 0.0
    if left.any():
        parts[rest] = parts.get(rest, 0.0) + left
    return parts


def _rounded(parts: Parts, change: Array, level: Array) -> Parts:
    """Return the parts with the rounding of their sum shared out."""
    total, size = _sums(parts)
    gap = change - total
    share = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    share[~_rounding(gap, size, change, level)] = 0.0
    for part in parts.values():
        part += np.abs(part) * share
    return parts


def _rounding(gap: Array, size: Array, change: Array, level: Array) -> NDArray[np.bool_]:
    """Return where a gap is what rounding leaves of parts of some size, of a change between levels of some size."""
    return np.asarray(np.abs(gap) <= np.maximum(_ROUNDING * np.maximum(size, np.abs(change)), _LEVEL_ROUNDING * level))


def _sums(parts: Parts) -> tuple[Array, Array]:
    """Return the sum of the parts, and of their sizes."""
    first = next(iter(parts.values()))
    total, size = np.zeros_like(first), np.zeros_like(first)
    for part in parts.values():
        total += part
        size += np.abs(part)
    return total, size
