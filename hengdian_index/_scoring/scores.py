"""Rows scored from the normalised indicators up the tree: every group's scores, and the weights each row was given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._maths.maps import cancelled as cancelled_by
from hengdian_index._maths.means import (
    Kernel,
    Known,
    Missing,
    Pair,
    Scores,
    Together,
    aggregate,
    given_weights,
    refusal,
)
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.fields import called, rounding_of
from hengdian_index._scoring.fitting import (
    Columns,
    group_ends,
    group_weights,
    leaf_ends,
    learn_scaling,
    rescaled,
    row_weights,
    users_fault,
)
from hengdian_index._scoring.preparation import filled_scores, learn_filler, note_filled
from hengdian_index._scoring.tree import Branch, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._values.equality import TOLERANCE, largest, settled, together
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, Fault, FaultsError, listed, raise_together
from hengdian_index.log import EACH, Entry, first_of_each, journal, note, only_counted

Weights = Mapping[str, Array]

# So many combinations of missing parts are told apart where there are many rows.
_COMBINATIONS = 100
# A value is beyond all others if it is so many times as large as the median; of many rows some say what that is.
_BEYOND, _SOME = 1e3, 4096
# What becomes of a row with missing parts.
NO_SCORE, REWEIGHTED = Said("no score"), Said("the rest reweighted")


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Rows scored under a tree: the normalised indicators (n, k), as an array or by column, and each group's scores.

    `weights` are those asked for in each group, (k,) or (n, k) where they differ by row.
    """

    tree: Tree
    columns: Array | Columns
    groups: Mapping[str, Scores]
    weights: Weights

    @property
    def leaves(self) -> Array:
        """The normalised indicators (n, k)."""
        return whole(self.columns)

    def values(self, code: str) -> Array:
        """Return the scores (n,) of a group or an indicator."""
        if code in self.groups:
            return self.groups[code].values
        return _column(self.columns, self.tree.codes.index(code))

    def children(self, branch: Branch) -> Array:
        """Return the scores (n, k) of a group's children, each column in one piece of memory."""
        return np.stack([self.values(child) for child in branch.children]).T

    def aggregated(self, code: str) -> Array:
        """Return the scores (n,) of a group as they were aggregated, before they were rescaled or rounded."""
        found = self.groups[code]
        return found.values if found.before is None else found.before

    def ordinals(self, code: str) -> Array | None:
        """Return the period of each row (n,) of a group that is rescaled within periods."""
        return self.groups[code].ordinals

    def imputed(self, code: str) -> NDArray[np.bool_]:
        """Return which scores (n,) of a group were filled in."""
        found = self.groups[code]
        return np.zeros(found.values.shape, dtype=np.bool_) if found.imputed is None else found.imputed

    def cancelled(self, code: str) -> Any:
        """Return the magnitude that cancelled in the scores of a group, one number or one a draw."""
        return self.groups[code].cancelled

    def row_weights(self, branch: Branch) -> Array:
        """Return the weights that each row's children were given, (n, k), or (k,) where all rows have the same."""
        found, asked = self.groups[branch.code], self.asked_weights(branch)
        if found.shared:
            return given_weights(self.children(branch), asked, found.dropped)
        return asked if found.weights is None else found.weights

    def asked_weights(self, branch: Branch) -> Array:
        """Return the weights asked for, whatever is missing, (n, k) or (k,)."""
        own = self.groups[branch.code].asked
        return self.weights[branch.code] if own is None else own

    def importance(self) -> Array:
        """Return the product of the weights down to each indicator, (n, k) or (k,) where all rows have the same."""
        share: dict[str, Array] = {self.tree.root.code: np.ones(())}
        for code in self.tree.groups:
            branch = self.tree.by_code[code]
            for child, weight in zip(branch.children, self.asked_weights(branch).T, strict=True):
                share[child] = share[code] * weight
        return np.stack(np.broadcast_arrays(*(share[code] for code in self.tree.codes)), axis=-1)

    def pick(self, rows: NDArray[np.intp]) -> Evaluation:
        """Return some of the rows, as they were scored among all."""
        groups = {
            code: replace(
                s,
                values=s.values[rows],
                given=None if s.shared or s.weights is None else s.weights[rows],
                dropped=s.dropped[rows],
                before=None if s.before is None else s.before[rows],
                ordinals=None if s.ordinals is None else s.ordinals[rows],
                imputed=None if s.imputed is None else s.imputed[rows],
                asked=None if s.asked is None else s.asked[rows],
                why=(),
            )
            for code, s in self.groups.items()
        }
        weights = {code: w if w.ndim == 1 else w[rows] for code, w in self.weights.items()}
        return Evaluation(self.tree, self.leaves[rows], groups=groups, weights=weights)

    def at(self, rows: NDArray[np.intp]) -> Taken:
        """Return some rows in the order given; everything is missing where a row is -1."""
        return Taken(self, rows, rows < 0)


@dataclass(frozen=True, eq=False)
class Taken:
    """Rows of an evaluation, each column taken when it is asked for."""

    whole: Evaluation
    rows: NDArray[np.intp]
    none: NDArray[np.bool_]

    @property
    def tree(self) -> Tree:
        """The tree of the whole."""
        return self.whole.tree

    def values(self, code: str) -> Array:
        """Return the scores of a group or an indicator in the rows taken."""
        return self._taken(self.whole.values(code))

    def aggregated(self, code: str) -> Array:
        """Return the scores of a group in the rows taken, before they were rescaled or rounded."""
        return self._taken(self.whole.aggregated(code))

    def ordinals(self, code: str) -> Array | None:
        """Return the period of each row taken of a group that is rescaled within periods."""
        found = self.whole.ordinals(code)
        return None if found is None else self._taken(found)

    def imputed(self, code: str) -> NDArray[np.bool_]:
        """Return which scores of a group were filled in, in the rows taken."""
        return self.whole.imputed(code)[self.rows] & ~self.none

    def _taken(self, values: Array) -> Array:
        found = np.asarray(values[self.rows])
        found[self.none] = np.nan
        return found

    def children(self, branch: Branch) -> Array:
        """Return the scores of a group's children in the rows taken."""
        return np.stack([self.values(child) for child in branch.children]).T

    def cancelled(self, code: str) -> Any:
        """Return the magnitude that cancelled in the scores of a group of the whole."""
        return self.whole.cancelled(code)

    def row_weights(self, branch: Branch) -> Array:
        """Return the weights that the children were given in the rows taken."""
        weights = self.whole.row_weights(branch)
        return weights if weights.ndim == 1 else weights[self.rows]

    def asked_weights(self, branch: Branch) -> Array:
        """Return the weights asked for in the rows taken."""
        weights = self.whole.asked_weights(branch)
        return weights if weights.ndim == 1 else weights[self.rows]


Scored: TypeAlias = Evaluation | Taken


def whole(columns: Array | Columns) -> Array:
    """Return normalised indicators as an array (n, k)."""
    return columns.whole if isinstance(columns, Columns) else columns


def _column(columns: Array | Columns, j: int) -> Array:
    """Return a normalised indicator (..., n)."""
    return columns.column(j) if isinstance(columns, Columns) else np.asarray(columns[..., j])


def learn_weights(tree: Tree, normalised: Array | Columns, panel: Panel, cancelled: Any = 0.0) -> Weights:
    """Return the weights of every group, learnt from rows from the leaves up (`learn_scores`)."""
    return learn_scores(tree, normalised, panel, cancelled).weights


def learn_scores(
    tree: Tree,
    normalised: Array | Columns,
    panel: Panel,
    cancelled: Any = 0.0,
    said: list[Entry] | None = None,
    *,
    known: Weights | None = None,
    again: bool = True,
    others: Callable[[Choice], tuple[Array | Columns, Panel] | None] = lambda _: None,
) -> Evaluation:
    """Return rows scored under weights that are learnt from them, from the leaves up; gaps are noted in `said`.

    The tree of the answer holds what groups have learnt that are rescaled, filled, or measured by the fit rows: of
    these rows, or of the `others` that are given for a choice, normalised and prepared.

    `cancelled` (k,) is what cancelled in the normalised values, as `maps.cancelled` has it.
    `panel` are the prepared rows that the normalised ones are made of: some methods see their values instead.
    `known` are weights that are not learnt, (k,), or (draws, k) of normalised values (1, n, k). Unless they learn
    `again`, groups keep what they have learnt, and learn what is new of periods within which they are rescaled.
    """
    weights: dict[str, Array] = {}
    ends = {leaf.code: leaf_ends(leaf) for leaf in tree.leaves}
    settled_branches: dict[str, Branch] = {}
    settles = isinstance(normalised, Columns) or normalised.ndim == 2

    def learning(bare: Branch, choice: Choice, found: Scores) -> tuple[Scores, Panel]:
        """Return the scores that a choice of a group learns from, as far as the group presents them, and their rows."""
        other = others(choice)
        if other is None:
            return _presented(bare, found, panel, settles), panel
        upto = Tree(tree.leaves, (*settled_branches.values(), bare))
        return climbed(upto, weights, *other, cancelled)[bare.code], other[1]

    def referring(branch: Branch, w: Array, x: Array) -> Branch:
        """Return a group whose rows are measured by the children's scores in the fit rows, of which it keeps these."""
        other, rows = others(branch.aggregate), panel
        if other is not None:
            rows, upto = other[1], Tree(tree.leaves, tuple(settled_branches.values()))
            groups = climbed(upto, weights, *other, cancelled)
            at = {code: j for j, code in enumerate(tree.codes)}
            columns = [groups[c].values if c in groups else _column(other[0], at[c]) for c in branch.children]
            x = np.moveaxis(np.stack(np.broadcast_arrays(*columns)), 0, -1)
        alone = _aggregated(tree, _measured_by(branch, None), x, w, rows)
        kept = ~alone.dropped.reshape(-1, x.shape[-2]).any(axis=0)
        return _measured_by(branch, Known(x[..., kept, :]))

    def step(branch: Branch, x: Array, lost: Array) -> Scores:
        own = [ends[child] for child in branch.children]
        w = weights[branch.code] = group_weights(tree, branch, x, panel, own) if known is None else known[branch.code]
        ends[branch.code] = group_ends(branch, w, own) if known is None else None
        if branch.refers:
            branch = referring(branch, w, x)
        found = _level(branch, x, w, lost, _aggregated(tree, branch, x, w, panel), settles)
        bare = branch.bare
        if branch.rescale is not None:
            scaling = branch.scaling
            if again or scaling is None or branch.within:
                shown, rows = learning(bare, branch.rescale, found)
                kept = replace(branch, scaling=None if again else scaling)
                scaling = learn_scaling(kept, shown.values, shown.cancelled, rows)
            bare = replace(bare, rescale=branch.rescale, scaling=scaling)
        if branch.impute is not None and not again and branch.filler is not None:
            bare = replace(bare, filler=branch.filler)
        elif branch.impute is not None:
            shown, rows = learning(bare, branch.impute, found)
            bare = replace(bare, filler=_filler(branch, branch.impute, shown.values, rows))
        branch = replace(branch, scaling=bare.scaling, filler=bare.filler)
        settled_branches[branch.code] = branch
        found = _presented(branch, found, panel, settles)
        if said is not None:
            with journal(held=True) as lines:
                _note_rows(branch, x, found, panel)
            said.extend(lines)
        return found

    groups = _climb(tree, normalised, cancelled, step)
    if tree.learns_scores:
        tree = Tree(tree.leaves, tuple(settled_branches.values()))
    return Evaluation(tree, normalised, groups=groups, weights=Frozen(weights))


def _measured_by(branch: Branch, reference: Known | None) -> Branch:
    """Return a group whose rows are measured by given rows, or by each other."""
    choice = branch.aggregate
    return replace(branch, aggregate=Choice(choice.method, Frozen({**choice.options, "reference": reference})))


def settled_tree(
    tree: Tree,
    weights: Weights,
    rows: Callable[[Choice | None], tuple[Array, Panel]],
    cancelled: Any = 0.0,
) -> Tree:
    """Return a tree whose groups that are rescaled or filled have learnt under given weights, (k,) or (draws, k).

    `rows` gives those that a choice learns from, normalised and prepared; of none, those that most do.
    """
    if not tree.learns_scores:
        return tree
    x, panel = rows(None)
    several = any(w.ndim > 1 for w in weights.values())

    def others(choice: Choice) -> tuple[Array, Panel] | None:
        found = rows(choice)
        return None if found[1] is panel else (found[0][np.newaxis] if several else found[0], found[1])

    return learn_scores(tree, x[np.newaxis] if several else x, panel, cancelled, known=weights, others=others).tree


def climbed(
    tree: Tree, weights: Weights, normalised: Array | Columns, panel: Panel, cancelled: Any = 0.0
) -> dict[str, Scores]:
    """Return the scores of the groups whose weights, and those of all below them, are known; nothing is noted."""
    known = Tree(tree.leaves, tuple(branch for branch in tree.branches if branch.code in weights))

    def step(branch: Branch, x: Array, lost: Array) -> Scores:
        w = weights[branch.code]
        return _presented(branch, _level(branch, x, w, lost, _aggregated(tree, branch, x, w, panel)), panel)

    return _climb(known, normalised, cancelled, step)


def score(tree: Tree, weights: Weights, normalised: Array | Columns, panel: Panel, cancelled: Any = 0.0) -> Evaluation:
    """Return rows scored under given weights, gaps noted; scores of a group that are equal (`equality`) are one number.

    Weights (draws, k) of some groups and indicators (1, n, k) give scores (draws, n) there and above; then nothing is
    noted, and equal scores are left to the ranking. So they are where rows are only counted, in a piece of a source:
    a score hangs on its own row alone.
    """
    several = not isinstance(normalised, Columns) and normalised.ndim > 2
    settles = not several and not only_counted()

    def step(branch: Branch, x: Array, lost: Array) -> Scores:
        w = weights[branch.code]
        if several and _comparing(branch):
            # What is compared is settled in draws, too; an indicator has been, or is as given.
            groups = np.array([child in tree.by_code for child in branch.children])
            x = settled(x, np.broadcast_to(np.where(groups, lost, np.nan), (*x.shape[:-2], x.shape[-1])), axis=-2)
        found = _level(branch, x, w, lost, _aggregated(tree, branch, x, w, panel), settles)
        found = _presented(branch, found, panel, settles)
        if not several:
            _note_rows(branch, x, found, panel)
        return found

    return Evaluation(tree, normalised, groups=_climb(tree, normalised, cancelled, step), weights=weights)


def stitched(tree: Tree, leaves: Array, parts: Sequence[tuple[NDArray[np.intp], Scored]]) -> Evaluation:
    """Return the rows of several evaluations as one under the tree that holds them all.

    Each part says which rows it scored; its tree may lack children of the whole, which then have weight 0.
    A group that is rescaled has the map that its parts share, or none.
    """
    groups, asked, branches = {}, {}, list[Branch]()
    for branch in tree.branches:
        own = [(rows, part, part.tree.by_code[branch.code]) for rows, part in parts if branch.code in part.tree.by_code]
        values, before = np.full(len(leaves), np.nan), np.full(len(leaves), np.nan)
        imputed, ordinals = np.zeros(len(leaves), dtype=np.bool_), np.full(len(leaves), np.nan)
        for rows, part, _ in own:
            ordinals[rows] = np.nan if (when := part.ordinals(branch.code)) is None else when
            values[rows], before[rows] = part.values(branch.code), part.aggregated(branch.code)
            imputed[rows] = part.imputed(branch.code)
        measured = {id(one.aggregate): one.aggregate for *_, one in own}
        if branch.refers and len(measured) == 1:
            branch = replace(branch, aggregate=next(iter(measured.values())))
        maps = {id(one.scaling): one.scaling for *_, one in own}
        branches.append(replace(branch, scaling=next(iter(maps.values())) if len(maps) == 1 else None))
        shape = (len(leaves), len(branch.children))
        given = _woven(shape, branch, [(rows, one, part.row_weights(one)) for rows, part, one in own])
        same = all(part.row_weights(one) is part.asked_weights(one) for _, part, one in own)
        asked[branch.code] = (
            given if same else _woven(shape, branch, [(rows, one, part.asked_weights(one)) for rows, part, one in own])
        )
        lost = max((np.max(part.cancelled(one.code)) for _, part, one in own), default=0.0)
        groups[branch.code] = Scores(
            settled(values, lost),
            given,
            dropped=np.isnan(values),
            cancelled=lost,
            before=before if branch.presented else None,
            ordinals=ordinals if branch.within else None,
            imputed=imputed if branch.impute is not None else None,
        )
    tree = Tree(tree.leaves, tuple(branches)) if tree.learns_scores else tree
    return Evaluation(tree, leaves, groups=groups, weights=asked)


def _woven(shape: tuple[int, int], branch: Branch, parts: Sequence[tuple[NDArray[np.intp], Branch, Array]]) -> Array:
    """Return the weights (n, k) of a group's children from those of its parts, (k,) or (rows, k), 0 elsewhere."""
    out = np.zeros(shape)
    for rows, one, weights in parts:
        at = [branch.children.index(child) for child in one.children]
        whole = np.zeros((*weights.shape[:-1], shape[1]))
        whole[..., at] = weights
        out[rows] = whole
    return out


def spread(n: int, rows: NDArray[np.intp], part: Evaluation) -> Evaluation:
    """Return an evaluation of some of n rows as one of all, the others missing."""

    def over(values: Array) -> Array:
        out = np.full((n, *values.shape[1:]), np.nan)
        out[rows] = values
        return out

    groups = {
        code: Scores(
            over(s.values),
            None if s.shared or s.weights is None else over(s.weights),
            dropped=np.isnan(over(s.values)),
            cancelled=s.cancelled,
            shared=s.shared,
            before=None if s.before is None else over(s.before),
            ordinals=None if s.ordinals is None else over(s.ordinals),
            imputed=None if s.imputed is None else over(s.imputed) == 1,
            asked=None if s.asked is None else over(s.asked),
        )
        for code, s in part.groups.items()
    }
    weights = {code: w if w.ndim == 1 else over(w) for code, w in part.weights.items()}
    return Evaluation(part.tree, over(part.leaves), groups=groups, weights=weights)


def weights_series(tree: Tree, weights: Weights) -> pd.Series[float]:
    """Return the weights within each group, indexed by (group, child)."""
    pairs = [(code, child) for code in tree.groups for child in tree.by_code[code].children]
    values = np.concatenate([weights[code] for code in tree.groups])
    return pd.Series(values, index=pd.MultiIndex.from_tuples(pairs, names=["group", "child"]), name="weight")


def _climb(
    tree: Tree, normalised: Array | Columns, cancelled: Any, step: Callable[[Branch, Array, Array], Scores]
) -> dict[str, Scores]:
    """Return the scores of every group from the leaves up; the faults of all groups that can be reached at once.

    A step is given the values of a group's children and what cancels in each if they are added, (k,) or (draws, k).
    """
    at = {code: j for j, code in enumerate(tree.codes)}
    given = np.broadcast_to(cancelled, (*np.shape(cancelled)[:-1], len(at)))
    scores: dict[str, Scores] = {}
    errors: list[FaultsError] = []
    for branch in tree.branches:
        if not all(child in at or child in scores for child in branch.children):
            continue
        x = _beside_each_other(branch, normalised, at, scores)
        before = _beside([given[..., at[c]] if c in at else scores[c].cancelled for c in branch.children])
        try:
            scores[branch.code] = step(branch, x, together(before, _signed(x)))
        except FaultsError as error:
            errors.append(error)
    if errors:
        # What the normalisation of another indicator refuses comes first.
        whole(normalised)
    raise_together(errors)
    return scores


def _beside_each_other(
    branch: Branch, normalised: Array | Columns, at: Mapping[str, int], scores: Mapping[str, Scores]
) -> Array:
    """Return the values (..., n, k) of a group's children: of indicators that lie side by side, as they lie there."""
    places = [at.get(child, -1) for child in branch.children]
    together = places[0] >= 0 and places == list(range(places[0], places[0] + len(places)))
    table = normalised.held if isinstance(normalised, Columns) else normalised
    if together and table is not None and table.flags.f_contiguous and table.ndim == 2:
        return np.asarray(table[:, places[0] : places[-1] + 1])
    columns = [_column(normalised, at[c]) if c in at else scores[c].values for c in branch.children]
    return np.moveaxis(np.stack(np.broadcast_arrays(*columns)), 0, -1)


def _beside(parts: list[Any]) -> Array:
    """Return what cancels in each of some children, one number or one a draw, side by side along the last axis."""
    if any(np.shape(part) for part in parts):
        return np.stack(np.broadcast_arrays(*parts), axis=-1)
    return np.array(parts)


def _level(branch: Branch, x: Array, w: Array, lost: Array, found: Scores, settles: bool = True) -> Scores:
    """Return a group's scores with what cancelled in them, those that are equal made one where that settles them.

    The scores of rows that are compared have a scale of their own, so there the share of the columns' size is kept.
    """
    cancelled: Any = 0.0
    if _comparing(branch):
        size = largest(x)
        # A column that is nothing but what cancelled has been made constant, and tells no rows apart.
        told = size > TOLERANCE * lost
        share = np.where(told, lost / np.where(told, size, 1.0), 0.0)
        most = largest(found.values[..., np.newaxis])[..., 0]
        cancelled = together(most, np.max(share, axis=-1) * most)
    elif lost.any() and found.asked is not None:
        cancelled = lost.max(axis=-1)
    elif lost.any():
        cancelled = (lost * w).sum(axis=-1) if found.given is None else np.where(w > 0, lost, 0.0).max(axis=-1)
    values = settled(found.values, cancelled) if settles else found.values
    # Shared weights would keep the columns that they are made of.
    return replace(found, values=values, cancelled=cancelled, given=None if found.shared else found.given)


def _presented(branch: Branch, found: Scores, panel: Panel, settles: bool = True) -> Scores:
    """Return a group's scores rescaled, filled and rounded, where the group says so."""
    if not branch.presented:
        return found
    values, lost, rounding = found.values, found.cancelled, rounding_of(branch)
    if branch.rescale is not None:
        assert branch.scaling is not None
        values = rescaled(branch, values, panel)
        size = together(
            lost, np.minimum(largest(found.values[..., np.newaxis])[..., 0], _BEYOND * _median(found.values))
        )
        lost = cancelled_by(branch.scaling, size[..., np.newaxis])[..., 0]
        values = settled(values, lost) if settles else values
    imputed, why = None, tuple[tuple[int, Said], ...]()
    if branch.impute is not None and branch.filler is not None:
        missing = np.isnan(values)
        values, why = filled_scores(branch.impute, branch.filler, panel, values, branch.code)
        imputed = missing & ~np.isnan(values)
    if rounding is not None:
        values, lost = rounding(values), 0.0
    ordinals = panel.periods.ordinals.astype(np.float64) if branch.within and panel.periods is not None else None
    return replace(
        found, values=values, cancelled=lost, before=found.values, ordinals=ordinals, imputed=imputed, why=why
    )


def _filler(branch: Branch, choice: Choice, values: Array, panel: Panel) -> Any:
    """Return what the imputation of a group's scores (..., n) learns from some rows."""
    try:
        return learn_filler(choice, panel, values, branch.code)
    except FaultsError as error:
        saying = Said("group {code!r}: impute: ", code=branch.code)
        raise type(error)(*(fault.under(saying=saying) for fault in error.faults)) from error.__cause__


def _median(values: Array) -> Any:
    """Return the median magnitude of scores (..., n), zeros left out."""
    return _middling(values[..., np.newaxis])[..., 0]


def _signed(x: Array) -> Array:
    """Return the magnitude of columns (..., n, k) with values below 0, which may cancel in a mean; else 0.

    It is that of the largest value, but for values beyond all others, which take no part in the scores of other rows.
    """
    if not (x < 0).any():
        return np.zeros((*x.shape[:-2], x.shape[-1]))
    low = np.fmin.reduce(x, axis=-2, initial=np.inf)
    most = np.where(low < 0, np.fmax(np.fmax.reduce(x, axis=-2), -low), 0.0)
    return np.minimum(most, _BEYOND * _middling(x))


def _middling(x: Array) -> Array:
    """Return the median magnitude of each column (k,), zeros left out; infinite where there is no other value."""
    rows = x[(0,) * (x.ndim - 2)]
    sizes = np.abs(rows[:: max(1, len(rows) // _SOME)])
    sizes = np.sort(np.where(sizes > 0, sizes, np.nan), axis=0)
    n = (~np.isnan(sizes)).sum(axis=0)
    middle = np.take_along_axis(sizes, np.maximum(n - 1, 0)[np.newaxis] // 2, axis=0)[0]
    return np.where(n > 0, middle, np.inf)


def _comparing(branch: Branch) -> bool:
    """Return whether a group's method compares rows with each other."""
    return isinstance(kernel(branch.aggregate.method, branch.aggregate.options, branch.children), Together)


def _aggregated(tree: Tree, branch: Branch, x: Array, w: Array, panel: Panel) -> Scores:
    """Return a group's scores; a child's own rule for missing values comes before the group's."""
    own = {leaf.code: leaf.missing for leaf in tree.leaves if leaf.missing is not None}
    rules = [own.get(child, branch.missing.rule) for child in branch.children]
    refused, held = (_absent(x, [rule == word for rule in rules]) for word in ("raise", "propagate"))
    kept = x if held is None else np.where(held.any(axis=-1, keepdims=True), np.nan, x)
    table = Labelled(x, branch.children, complete=False, source=panel)
    try:
        if refused is not None:
            why = Said("missing, and the rule is 'raise'; fill it, or choose 'reweight' or 'propagate'")
            raise CellsError(refused, why)
        # A row that holds nothing has no score under any rule.
        return _compared(branch, kept, w, panel)
    except CellsError as error:
        saying = called("group", branch.code)
        raise DataError(*(fault.under(saying=saying) for fault in refusal(error, table).faults)) from None
    except FaultsError as error:
        saying = called("group", branch.code)
        raise type(error)(*(fault.under(saying=saying) for fault in error.faults)) from None
    except Exception as error:
        saying = Said("group {code!r}: aggregate: ", code=branch.code)
        raise users_fault(branch.aggregate, branch.children, error, saying) from error


def _absent(x: Array, columns: list[bool]) -> NDArray[np.bool_] | None:
    """Return where (..., n, k) values of some columns are missing; None where none is."""
    if not any(columns):
        return None
    absent = np.isnan(x) & np.array(columns)
    return absent if absent.any() else None


def _compared(branch: Branch, x: Array, w: Array, panel: Panel) -> Scores:
    """Return a group's scores; a method that compares rows sees those of one period where the scope says so."""
    method = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    rule = replace(branch.missing, rule="reweight")
    if branch.weighing is not None and len(branch.children) > 1:
        return _each_row(branch, x, w, panel)
    if x.ndim > 2 and not branch.aggregate.method.function.__module__.startswith("hengdian_index."):
        return _draw_by_draw(branch, x, w, panel)
    if branch.scope == "all" or not isinstance(method, Together):
        return aggregate(method, x, w, rule)
    if panel.periods is None:
        raise DataError(Said("scope = 'period', but the rows have no period; name its column"))
    return _by_period(branch, method, x, w, panel)


def _each_row(branch: Branch, x: Array, w: Array, panel: Panel) -> Scores:
    """Return a group's scores where columns of the table weigh each row: a row is what a draw of weights is else.

    Of weights w (m, k) those of 0 leave a child out.
    """
    method = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    rule, own = replace(branch.missing, rule="reweight"), row_weights(branch, x, panel)
    if w.ndim > 1:
        own = np.where((w > 0)[:, np.newaxis, :], own, 0.0)
        total = own.sum(axis=-1, keepdims=True)
        own = own / np.where(total > 0, total, 1.0)
    own_function = not branch.aggregate.method.function.__module__.startswith("hengdian_index.")
    score_rows = _alone if own_function and not isinstance(method, Pair) else aggregate
    try:
        found = score_rows(method, x[..., np.newaxis, :], own, rule)
    except CellsError as error:
        raise CellsError(np.squeeze(error.marked, axis=-2), error.why) from None
    given = None if found.weights is None else found.weights[..., 0, :]
    return Scores(found.values[..., 0], given, found.dropped[..., 0], asked=own)


def _alone(method: Kernel, x: Array, w: Array, rule: Missing) -> Scores:
    """Return the scores that a user's function gives rows x (..., 1, k) under weights w (..., k), one at a time."""
    shape = np.broadcast_shapes(x.shape[:-2], w.shape[:-1])
    rows, sets = np.broadcast_to(x, (*shape, *x.shape[-2:])), np.broadcast_to(w, (*shape, w.shape[-1]))
    values, dropped = np.empty((*shape, 1)), np.empty((*shape, 1), dtype=np.bool_)
    weights, marked = np.array(sets[..., np.newaxis, :]), np.zeros(rows.shape, dtype=np.bool_)
    for at in np.ndindex(shape):
        try:
            one = aggregate(method, rows[at], sets[at], rule)
        except CellsError as error:
            marked[at] = error.marked
            raise CellsError(marked, error.why) from None
        values[at], dropped[at] = one.values, one.dropped
        weights[at] = weights[at] if one.weights is None else one.weights
    return Scores(values, weights, dropped)


def _draw_by_draw(branch: Branch, x: Array, w: Array, panel: Panel) -> Scores:
    """Return the scores that a user's function gives, shown a table (n, k) and weights (k,) at a time."""
    draws = max(len(x), len(w) if w.ndim > 1 else 1)
    tables = np.broadcast_to(x, (draws, *x.shape[-2:]))
    found = [_compared(branch, tables[i], w[i] if w.ndim > 1 else w, panel) for i in range(draws)]
    values, dropped = np.stack([one.values for one in found]), np.stack([one.dropped for one in found])
    return Scores(values, None, dropped)


def _by_period(branch: Branch, method: Together, x: Array, w: Array, panel: Panel) -> Scores:
    """Return the scores of rows compared with those of their period."""
    rule = replace(branch.missing, rule="reweight")
    leading = np.broadcast_shapes(x.shape[:-2], w.shape[:-1])
    values, dropped = np.full((*leading, x.shape[-2]), np.nan), np.ones((*leading, x.shape[-2]), dtype=np.bool_)
    weights = np.full((*leading, *x.shape[-2:]), np.nan)
    assert panel.periods is not None
    for rows in panel.periods.blocks():
        part = panel.pick(rows)
        try:
            found = aggregate(method, x[..., rows, :], w, rule)
        except CellsError as error:
            table = Labelled(x[..., rows, :], branch.children, complete=False, source=part)
            faults = refusal(error, table).faults
            # Cells are named with their period.
            raise DataError(*(_alone_in_period(fault, part) for fault in faults)) from None
        except FaultsError as error:
            saying = Said("period {period}: ", period=part.period(0))
            own = (fault.under(saying=saying) for fault in error.faults)
            raise type(error)(*(_alone_in_period(fault, part) for fault in own)) from None
        values[..., rows], dropped[..., rows] = found.values, found.dropped
        weights[..., rows, :] = w[..., np.newaxis, :] if found.weights is None else found.weights
    return Scores(values, weights, dropped)


def _alone_in_period(fault: Fault, panel: Panel) -> Fault:
    """Return a fault of the rows of one period, with the reason where that has a single row."""
    alone = Said(
        "{fault}; the period has one row alone, with nothing to compare it with: take scope = 'period' out",
        fault=fault.message,
    )
    return replace(fault, message=alone) if panel.n == 1 else fault


def _note_comparison(branch: Branch, panel: Panel) -> None:
    """Say of a method that compares rows what its scores depend on."""
    reference = branch.aggregate.options.get("reference")
    if isinstance(reference, Known):
        why = Said.of(
            reference.rows.shape[-2],
            "{method} measures by the {n} fit row that it keeps, so no other row changes a score",
            "{method} measures by the {n} fit rows that it keeps, so no other row changes a score",
            method=branch.aggregate.method.name,
        )
        note("aggregate", why, indicator=branch.code)
        return
    method = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    if not (isinstance(method, Together) and method.set_wise):
        return
    if branch.scope == "all" or panel.periods is None:
        why = Said(
            "{method} compares all rows: another row, or other rows, may change every score, also earlier ones",
            method=branch.aggregate.method.name,
        )
        note("aggregate", why, indicator=branch.code)
        return
    alone = [panel.period(int(rows[0])) for rows in panel.periods.blocks() if len(rows) == 1]
    if alone:
        why = Said(
            "{method}: nothing to compare a single row with in {periods}",
            method=branch.aggregate.method.name,
            periods=listed(alone),
        )
        note("aggregate", why, indicator=branch.code)


def _note_rows(branch: Branch, x: Array, scores: Scores, panel: Panel) -> None:
    """Say what the scores of a group leave out, and what they depend on."""
    _note_gaps(branch, x, scores, panel)
    if branch.impute is not None:
        for row, why in scores.why:
            where = {"unit": panel.unit(row), "period": panel.period(row), "indicator": branch.code}
            note_filled(branch.impute, why, float(scores.values[row]), **where)
    _note_comparison(branch, panel)


def _note_gaps(branch: Branch, x: Array, scores: Scores, panel: Panel) -> None:
    """Write a line for every row of a group with missing children; of many that lack the same, the first and a count.

    Of very many combinations of what is missing the rare ones are counted together.
    """
    if scores.given is None and not scores.shared:
        return
    gaps = _with_gaps(x)
    if only_counted():
        for end, those in ((NO_SCORE, gaps & scores.dropped), (REWEIGHTED, gaps & ~scores.dropped)):
            if n := int(np.count_nonzero(those)):
                where: dict[str, Any] = {"indicator": branch.code, "kind": gaps_of(end), "rows": n}
                why = Said.of(n, "missing parts in {n} row; {end}", "missing parts in {n} rows; {end}", end=end)
                note("aggregate", why, **where)
        return
    rows = np.flatnonzero(gaps)
    absent, dropped = np.isnan(x[rows]), scores.dropped[rows]
    told, others = first_of_each(_combinations(absent, dropped))
    # Most rows lack what others lack.
    made: dict[tuple[bytes, Said], Said] = {}
    for one in told.tolist():
        lost, row, end = absent[one], int(rows[one]), NO_SCORE if dropped[one] else REWEIGHTED
        key = lost.tobytes(), end
        if key not in made:
            made[key] = Said("missing: {missing}; {end}", missing=_lacking(branch, lost), end=end)
        where = {"unit": panel.unit(row), "period": panel.period(row), "indicator": branch.code}
        note("aggregate", made[key], **where, kind=gaps_of(end))
    for some in others:
        lost, end = absent[some[0]], NO_SCORE if dropped[some[0]] else REWEIGHTED
        alike = (absent[some] == lost).all()
        missing = _lacking(branch, lost) if alike else Said("other combinations of parts")
        why = Said("missing in {rows:,} more rows: {missing}; {end}", rows=len(some), missing=missing, end=end)
        note("aggregate", why, indicator=branch.code, kind=gaps_of(end), rows=len(some))


def _lacking(branch: Branch, lost: NDArray[np.bool_]) -> Said:
    """Return which parts (k,) of a group are missing, and how many of all there are."""
    gone = joined([child for child, gap in zip(branch.children, lost, strict=True) if gap])
    return Said("{codes} ({present} of {k} present)", codes=gone, present=len(lost) - int(lost.sum()), k=len(lost))


def _with_gaps(x: Array) -> NDArray[np.bool_]:
    """Return which rows of (n, k) have gaps, looked for column by column."""
    found = np.zeros(len(x), dtype=np.bool_)
    for column in x.T:
        found |= np.isnan(column)
    return found


@cache
def gaps_of(end: Said) -> Said:
    """Return of what kind a line is that tells of rows with missing parts."""
    return joined([Said("rows with missing parts"), end], "heads")


def _combinations(absent: NDArray[np.bool_], dropped: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return a number for what each row (n, k) lacks, one for all rare combinations that have the same end."""
    if len(absent) <= EACH:
        return np.arange(len(absent))
    packed = np.packbits(np.column_stack([dropped, absent]), axis=1)
    packed = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)
    found = np.unique(packed[:, 0] if packed.shape[1] == 1 else packed, axis=0, return_inverse=True, return_counts=True)
    number, counts = found[1].ravel(), found[2]
    common = np.zeros(len(counts), dtype=np.bool_)
    common[np.argsort(-counts, kind="stable")[:_COMBINATIONS]] = True
    return np.where(common[number], number, len(counts) + dropped)
