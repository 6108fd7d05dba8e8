"""An index under many alternatives: each distinct choice fitted once, draws that differ in weights scored at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._index.factors import Factor, read_factors
from hengdian_index._index.fitted import Fitted, Shown, learn, learn_with_rows, read_rows, settled_under
from hengdian_index._index.index import Index
from hengdian_index._levels.bases import mean_of_known
from hengdian_index._levels.common_base import CommonBase
from hengdian_index._robustness.ranks import Ranks, ranks_of
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.contents import Content, changes, comparing
from hengdian_index._scoring.fitting import normalised
from hengdian_index._scoring.preparation import columns_asked
from hengdian_index._scoring.scores import Weights, learn_scores, score
from hengdian_index._scoring.tree import Setting, Tree
from hengdian_index._system.alone import unheard
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import FaultsError, SpecError, among, listed, suggestion
from hengdian_index.log import journal

# Numbers that one block of draws works on.
_BLOCK = 10_000_000

# Combinations that stay fitted.
_KEPT = 256

# More combinations of alternatives than this are tried only where they are drawn.
_MOST = 1024

# Words in an address of a choice that moves neither the base rows nor which rows are compared.
_HARMLESS = {"normalise", "weights", "treat", "direction", "missing", "coverage", "impute"}


@dataclass(frozen=True, eq=False)
class State:
    """An index under one combination of choices, fitted: what draws under it share.

    `ready` are the rows prepared, `leaves` their normalised values. `plain` says that levels are scores and one tree
    holds throughout, so that draws of weights are scored at once. `shown` gives the rows that a rescaled group learns
    from.
    """

    tree: Tree
    setting: Setting
    fitted: Fitted
    ready: Panel
    leaves: Array
    weights: Weights
    panel: Panel
    plain: bool
    shown: Shown

    def settled(self, tree: Tree, weights: Weights) -> Tree:
        """Return the tree, or a part of it, whose rescaled groups have learnt under some weights."""
        return settled_under(self.fitted, tree, weights, self.shown)


@dataclass(frozen=True, eq=False)
class Drawn:
    """What some draws gave: scores (draws, n) of the rows asked for, and their levels if the index has a base.

    `cancelled` (draws,) is the magnitude that cancelled in the scores, by which ties are told (`equality`).
    """

    scores: Array
    levels: Array | None
    cancelled: Any = 0.0


@dataclass(frozen=True, eq=False)
class Ranked:
    """What some draws gave: scores, levels, ranks (draws, n), and which draws could be computed."""

    scores: Array
    levels: Array | None
    ranks: Ranks
    kept: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Study:
    """An index, its data, what is uncertain, and the rows and the group that are asked for."""

    index: Index
    table: Any
    panel: Panel
    factors: tuple[Factor, ...]
    node: str
    rows: NDArray[np.intp]
    scopes: tuple[NDArray[np.intp], ...]

    @cached_property
    def places(self) -> dict[str, slice]:
        """Columns of uniform numbers of each factor."""
        ends = np.cumsum([0, *(factor.size for factor in self.factors)])
        return {factor.address: slice(a, b) for factor, a, b in zip(self.factors, ends, ends[1:], strict=False)}

    @cached_property
    def selected(self) -> Panel:
        """The rows asked for."""
        return self.panel.pick(self.rows)

    @property
    def size(self) -> int:
        """Number of uniform numbers a draw."""
        return sum(factor.size for factor in self.factors)

    @cached_property
    def needed(self) -> NDArray[np.intp]:
        """Rows that are scored: those asked for, those of the base, all where methods compare rows or levels chain."""
        setting = self.index.setting
        tree = self.index.tree
        moved = any(
            factor.kind == "levels" and not set(factor.address.split(".")) & _HARMLESS for factor in self.factors
        )
        learns = tree.learns_scores or tree.fills_scores
        if moved or learns or not is_plain(tree, setting, self.panel) or comparing(tree):
            return np.arange(self.panel.n)
        rows = np.zeros(self.panel.n, dtype=np.bool_)
        rows[self.rows] = True
        if setting.base is not None:
            rows |= self.panel.select(setting.base, "base")
        return np.flatnonzero(rows)

    def keys(self, u: Array) -> NDArray[Any]:
        """Return the combination of each draw (draws, choices): positions of alternatives, or numbers."""
        choices = [factor for factor in self.factors if factor.kind in ("levels", "number")]
        columns = [factor.values(u[:, self.places[factor.address]]) for factor in choices]
        return np.column_stack(columns) if columns else np.zeros((len(u), 0))

    def changes(self, key: Sequence[float]) -> dict[str, Any]:
        """Return the changes to the index that a combination stands for, at their addresses."""
        choices = [factor for factor in self.factors if factor.kind in ("levels", "number")]
        found = {}
        for factor, value in zip(choices, key, strict=True):
            found[factor.address] = factor.given[int(value)] if factor.kind == "levels" else float(value)
        return {address: value for address, value in found.items() if value is not True}

    def combinations(self) -> Iterator[tuple[float, ...]]:
        """Yield every combination of alternatives, none if there are numbers among the factors or too many."""
        choices = [factor for factor in self.factors if factor.kind in ("levels", "number")]
        if any(factor.kind == "number" for factor in choices):
            return
        if np.prod([len(factor.given) for factor in choices], dtype=float) <= _MOST:
            yield from product(*(map(float, range(len(factor.given))) for factor in choices))

    def table_of(self, u: Array) -> Panel:
        """Return the rows of one draw (size,) with all columns that its index asks for."""
        key = tuple(map(float, self.keys(u[np.newaxis])[0]))
        return self.laid(self.data(u), self.index.replace(self.changes(key)).tree)

    def fit_rows(self, u: Array, panel: Panel, fit_on: Any) -> Panel | None:
        """Return those rows to learn from that one draw (size,) draws again; None where it does not."""
        for factor in self.factors:
            if factor.kind == "bootstrap":
                rows = panel.pick(panel.select(fit_on, "fit_on"))
                return drawn_again(rows, u[self.places[factor.address]][0])
        return None

    def data(self, u: Array) -> Panel:
        """Return the rows of one draw (size,), with its errors of measurement."""
        values = np.array(self.panel.values)
        for factor in self.factors:
            if factor.kind == "data":
                at = [self.panel.columns.index(code) for code in factor.parts]
                draws = np.random.default_rng(seed_of(u[self.places[factor.address]][0]))
                values[:, at] = factor.given.data(values[:, at], draws)
        return replace(self.panel, values=values)

    def laid(self, panel: Panel, tree: Tree) -> Panel:
        """Return rows with the columns that a tree asks for, read again where they lack some."""
        codes, (sizes, groups) = tree.codes, columns_asked(tree)
        common = CommonBase.of(self.index.setting)
        weights = () if common is None else common.columns
        sizes = (*sizes, *(name for name in weights if name not in (*codes, *sizes)))
        made = [leaf.code for leaf in tree.leaves if leaf.build is not None]
        absent = {*codes, *sizes} - {*panel.columns, *made}
        if absent or set(groups) - set(panel.groups):
            return self._reread(panel, tree)
        return panel if panel.columns == (*codes, *sizes) else panel.laid_out((*codes, *sizes))

    def _reread(self, panel: Panel, tree: Tree) -> Panel:
        """Return rows with columns that they lack, read from the table; those they have stay."""
        again = read_rows(tree, self.index.setting, self.table)
        if again.n != panel.n:
            at = again.labels.get_indexer(panel.labels)
            again = again.pick(at)
        values = np.array(again.values, order="F")
        for j, name in enumerate(again.columns):
            if name in panel.columns:
                values[:, j] = panel.values[:, panel.columns.index(name)]
        return replace(again, values=values)

    def only_needed(self, panel: Panel) -> Panel:
        """Return the rows that are scored."""
        return panel if len(self.needed) == panel.n else panel.pick(self.needed)

    @cached_property
    def states(self) -> dict[Hashable, State | FaultsError]:
        """Combinations met so far, fitted, or why they cannot be."""
        return {}

    @cached_property
    def reasons(self) -> dict[str, None]:
        """Why draws could not be computed, each reason once."""
        return {}

    @cached_property
    def columns(self) -> dict[Hashable, tuple[Fitted, Panel, Array]]:
        """Fits by what comes before weights: maps, and the rows under them, prepared and normalised."""
        return {}

    @cached_property
    def levelled(self) -> NDArray[np.bool_]:
        """Which of the rows asked for have a level under the index as it is."""
        levels = self.nominal().levels
        return np.zeros(len(self.rows), dtype=np.bool_) if levels is None else ~np.isnan(levels[0])

    def state(self, key: tuple[float, ...]) -> State | FaultsError:
        """Return the index under a combination, fitted, or why it cannot be."""
        if key not in self.states:
            for cache, most in ((self.states, _KEPT), (self.columns, _KEPT)):
                while len(cache) >= most:
                    del cache[next(iter(cache))]
            try:
                self.states[key] = self._fitted(self.index.replace(self.changes(key)))
            except FaultsError as error:
                self.states[key] = error
        return self.states[key]

    def nominal(self) -> Drawn:
        """Return what the index as it is gives, one draw."""
        state = self._fitted(self.index)
        if not state.plain:
            return self._each(state, [state.fitted])
        return self._scored(state, state.weights, 1)

    def index_of(self, u: Array) -> Index:
        """Return the index of one draw (size,), its weights fixed."""
        key = tuple(map(float, self.keys(u[np.newaxis])[0]))
        index = self.index.replace(self.changes(key))
        state = self.state(key)
        if isinstance(state, FaultsError):
            raise state
        if any(factor.kind == "bootstrap" for factor in self.factors):
            raise SpecError(
                Said("this draw learns from fit rows drawn again, which no index says: rows_of(draw) has them")
            )
        if any(factor.kind == "data" for factor in self.factors):
            state = self._relearnt(state, u)
        weights = self.weights(state.tree, state.weights, u[np.newaxis])
        noisy = {code for factor in self.factors if factor.kind == "weights" for code in factor.parts}
        dated = [code for code in sorted(noisy) if not state.plain and _dated(state.fitted, code)]
        if dated:
            raise SpecError(
                Said(
                    "the weights of {names} differ by period, so no single index has those of a draw",
                    names=listed(dated),
                )
            )
        fixed: dict[str, Any] = {}
        for code in noisy & set(weights):
            children = state.tree.by_code[code].children
            if len(children) > 1:
                fixed[f"{code}.weights"] = dict(zip(children, weights[code][0].tolist(), strict=True))
                fixed |= {f"{child}.weight": None for child in children}
        return index.replace(fixed) if fixed else index

    def blocks(self, u: Array) -> list[NDArray[np.intp]]:
        """Return the draws that are computed together: of one combination, as many as keep the work in small memory.

        The blocks depend on the study alone, so that sums are rounded alike wherever they are computed.
        """
        most = max(len(branch.children) for branch in self.index.tree.branches)
        step = max(1, min(1024, _BLOCK // (len(self.needed) * (most + 4))))
        keys = self.keys(u)
        order = np.lexsort(keys.T[::-1]) if keys.shape[1] else np.arange(len(u))
        new = np.flatnonzero((keys[order][1:] != keys[order][:-1]).any(axis=1)) + 1
        return [rows[i : i + step] for rows in np.split(order, new) for i in range(0, len(rows), step)]

    def run(self, u: Array) -> Ranked:
        """Return what draws of one combination give, (draws, size) uniform numbers; missing where nothing can be."""
        state = self.state(tuple(map(float, self.keys(u[:1])[0])))
        nothing = np.full((len(u), len(self.rows)), np.nan)
        drawn = Drawn(nothing, nothing)
        try:
            if isinstance(state, FaultsError):
                raise state
            drawn = self._drawn(state, u)
        except FaultsError as error:
            self.reasons.setdefault(error.faults[0].message)
            nothing = np.full((len(u), len(self.rows)), np.nan)
            drawn = Drawn(nothing, nothing)
        kept = np.ones(len(u), dtype=np.bool_)
        with np.errstate(over="ignore", invalid="ignore"):
            gaps = np.isnan(drawn.scores.sum())
        if gaps:
            kept &= ~np.isnan(drawn.scores).all(axis=1)
        levels = None if self.index.setting.base is None else drawn.levels
        if self.levelled.any():
            kept &= False if levels is None else ~np.isnan(levels)[:, self.levelled].all(axis=1)
        return Ranked(drawn.scores, levels, ranks_of(drawn.scores, self.scopes, drawn.cancelled), kept)

    def weights(self, tree: Tree, nominal: Weights, u: Array) -> dict[str, Array]:
        """Return the weights of every group under draws, (draws, k) where they are uncertain."""
        found = dict(nominal)
        for factor in self.factors:
            if factor.kind != "weights":
                continue
            numbers = u[:, self.places[factor.address]]
            for code in factor.parts:
                if code in found and found[code].shape[-1] > 1:
                    names = [f"{code}.weights[{child}]" for child in tree.by_code[code].children]
                    found[code] = factor.given.weights(nominal[code], _taken(numbers, factor.names, names))
        return found

    def _drawn(self, state: State, u: Array) -> Drawn:
        if any(factor.kind in ("data", "bootstrap") for factor in self.factors):
            each = [self._one(state, row) for row in u]
            levels = [one.levels for one in each if one.levels is not None]
            scores = np.concatenate([one.scores for one in each])
            lost = np.concatenate([np.broadcast_to(one.cancelled, len(one.scores)) for one in each])
            return Drawn(scores, np.concatenate(levels) if levels else None, lost)
        if not state.plain:
            return self._in_turn(state, u)
        return self._scored(state, self.weights(state.tree, state.weights, u), len(u))

    def _one(self, state: State, u: Array) -> Drawn:
        """Return what one draw with other data or other fit rows gives, missing where it cannot be computed."""
        try:
            own = self._relearnt(state, u)
            if not own.plain:
                return self._in_turn(own, u[np.newaxis])
            return self._scored(own, self.weights(own.tree, own.weights, u[np.newaxis]), 1)
        except FaultsError as error:
            self.reasons.setdefault(error.faults[0].message)
            nothing = np.full((1, len(self.rows)), np.nan)
            return Drawn(nothing, nothing)

    def _relearnt(self, state: State, u: Array) -> State:
        """Return the state of one draw (size,) with other data or other fit rows."""
        panel = self.laid(self.data(u), state.tree)
        return self._learnt(state.tree, state.setting, panel, self.fit_rows(u, panel, state.setting.fit_on))

    def _fitted(self, index: Index) -> State:
        """Return an index fitted; what comes before the weights is learnt once for all that share it."""
        if self.node not in index.tree.by_code:
            raise SpecError(Said("the group asked for, {node!r}, is taken out", node=self.node))
        tree, setting = index.tree, replace(index.setting, unit_coverage=None)
        panel = self.laid(self.panel, tree)
        if not is_plain(tree, setting, panel):
            return self._learnt(tree, setting, panel, None)
        # Prepared rows keep the columns that fill scores of groups, or weigh parts in each row.
        kept = tuple(branch.impute for branch in tree.branches), tree.weighing
        before = (tree.leaves, kept, setting.fit_on, setting.base, setting.weigh_on)
        if before not in self.columns:
            state = self._learnt(tree, setting, panel, None)
            self.columns[before] = state.fitted, state.ready, state.leaves
            return state
        fitted, ready, leaves = self.columns[before]
        rows = panel.select(setting.base if setting.weigh_on == "base" else setting.fit_on, "fit_on")
        with journal():
            known, x = ready, leaves
            if not rows.all() or ready.n < panel.n:
                known = fitted.preparation(tree, panel.pick(rows))
                x = normalised(tree, fitted.maps, known, fitted.fills)
            shown = Shown(fitted, panel)
            others = partial(_apart, shown, setting.weigh_on == "base")
            weights = learn_scores(tree, x, known, fitted.cancelled, others=others).weights
        return State(tree, setting, fitted, ready, leaves, weights, self.only_needed(panel), True, shown)

    def _learnt(self, tree: Tree, setting: Setting, panel: Panel, fit_on: Panel | None) -> State:
        with journal():
            fitted, panel, known = learn_with_rows(tree, setting, panel, shown=fit_on, based=False)
            needed = self.only_needed(panel)
            if known is None or needed is not panel:
                ready = self.only_needed(fitted.preparation(fitted.tree, panel))
                leaves = normalised(fitted.tree, fitted.maps, ready, fitted.fills)
            else:
                ready, leaves = known.ready, known.columns.whole
        plain, shown = is_plain(tree, setting, panel), Shown(fitted, panel, fit_on)
        # Draws of weights that are shares of a value are draws of the shares.
        weights = fitted.contents[-1].shares or fitted.group_weights
        return State(fitted.tree, setting, fitted, ready, leaves, weights, needed, plain, shown)

    def _scored(self, state: State, weights: Mapping[str, Array], draws: int) -> Drawn:
        """Return the scores and levels of draws under one state."""
        at = np.searchsorted(self.needed, self.rows)
        with journal():
            tree = state.settled(state.tree, weights)
            evaluation = score(tree, weights, state.leaves[np.newaxis], state.panel, state.fitted.cancelled)
        own = np.broadcast_to(evaluation.cancelled(self.node), draws)
        scores = np.broadcast_to(evaluation.values(self.node), (draws, len(self.needed)))
        levels = None
        if state.setting.levelled:
            levels = state.setting.to * scores / self._base(state, scores)
        if len(at) == len(self.needed):
            return Drawn(scores, levels, own)
        return Drawn(scores[:, at], None if levels is None else levels[:, at], own)

    def _moved(self, state: State, content: Content, u: Array) -> Content:
        """Return a content under the weights of one draw (size,)."""

        def moved(nominal: Weights) -> Weights:
            found = self.weights(content.tree, nominal, u[np.newaxis])
            return {code: w if w.ndim == 1 else w[0] for code, w in found.items()}

        dated = content.by_period and {since: moved(weights) for since, weights in content.by_period.items()}
        if content.shares is not None:
            # Levels make other weights of other shares.
            return replace(content, weights=moved(content.shares), shares=None, by_unit=None)
        weights = moved(content.weights)
        with journal():
            tree = state.settled(content.tree, weights)
        return replace(content, tree=tree, weights=weights, by_period=dated)

    def _in_turn(self, state: State, u: Array) -> Drawn:
        """Return the scores and levels of draws one by one, of an index whose content changes or levels chain."""
        contents = [tuple(self._moved(state, one, row) for one in state.fitted.contents) for row in u]
        return self._each(state, [replace(state.fitted, contents=some) for some in contents])

    def _each(self, state: State, fits: Sequence[Fitted]) -> Drawn:
        """Return the scores and levels of the rows under several fits."""
        scores, levels = [], []
        for fitted in fits:
            # Series without a base level stay missing in every draw; the result as it is has said which.
            with journal(), unheard(UserWarning):
                result = fitted.result(state.panel)
                levelled = state.setting.base is not None
                series = result.series()[self.node].to_numpy()[self.rows] if levelled else None
            scores.append(result.rows.values(self.node)[self.rows])
            if series is not None:
                levels.append(series)
        return Drawn(np.array(scores), np.array(levels) if levels else None)

    def _base(self, state: State, scores: Array) -> Array:
        """Return the mean score of each row's unit over the base period, (draws, n)."""
        in_base = state.panel.select(state.setting.base, "base")
        common = CommonBase.of(state.setting)
        if common is not None:
            base = common.levels(state.panel, scores.T, in_base)
            return np.where(base > 0, base, np.nan)[:, np.newaxis]
        rows = np.flatnonzero(in_base)
        codes = state.panel.unit_codes()
        sums = np.full((len(scores), codes.max() + 1), np.nan)
        for unit in np.unique(codes[rows]).tolist():
            sums[:, unit] = mean_of_known(scores[:, rows[codes[rows] == unit]].T)
        # A series needs a level above 0 in its base.
        return np.asarray(np.where(sums > 0, sums, np.nan)[:, codes])


def study_of(index: Index, table: Any, factors: Mapping[str, Any] | None, node: str | None, rows: Any) -> Study:
    """Return the study: the index and its rows, what is uncertain, and which rows are compared with each other.

    Without factors it is what the index doubts itself.
    """
    if not isinstance(index, Index):
        raise SpecError(Said("index: an Index, not {name}", name=type(index).__name__))
    factors, index = index.doubts if factors is None else factors, index.certain
    if not factors or not isinstance(factors, Mapping):
        raise SpecError(
            Said(
                "factors: a mapping of address -> alternatives, {{ 'normalise': ['min_max', 'z_score'] }}; "
                "or [doubts] of the index: weights = {{ noise = 0.25 }}"
            )
        )
    tree, setting = index.tree, index.setting
    found = read_factors(index, factors)
    code = tree.root.code if node is None else node
    if not among(code, tree.by_code):
        raise SpecError(Said("node: no group {code!r}{guess}", code=code, guess=suggestion(code, tree.groups)))
    with journal():
        _, panel = learn(tree, setting, read_rows(tree, setting, table), based=False)
    asked = np.flatnonzero(panel.select(rows, "rows"))
    shown = panel.pick(asked)
    scopes = [np.arange(len(asked))] if shown.periods is None or shown.units is None else shown.periods.blocks()
    return Study(index, table, panel, tuple(found), code, asked, tuple(scopes))


def nominal_of(study: Study) -> tuple[Array, Array | None, Array]:
    """Return score, level and rank of each row (n,) under the index as it is."""
    drawn = study.nominal()
    ranks = ranks_of(drawn.scores, study.scopes, drawn.cancelled)[0].astype(np.float64)
    return drawn.scores[0], None if drawn.levels is None else drawn.levels[0], np.where(ranks > 0, ranks, np.nan)


def is_plain(tree: Tree, setting: Setting, panel: Panel) -> bool:
    """Return whether levels are scores, one tree holds throughout, and no unit enters after the base period."""
    alike = setting.weigh_on != "period" and setting.weights_form == "plain"
    one_tree = setting.series == "fixed" and alike and not changes(tree)
    return one_tree and not (setting.new_units in ("link", "restate") and _enters(panel, setting.base))


def _enters(panel: Panel, base: Any) -> bool:
    """Return whether a unit may have a series without a level in the base period: it lacks values in it."""
    if base is None or panel.units is None:
        return False
    codes = panel.unit_codes()
    known = codes[panel.select(base, "base") & ~np.isnan(panel.values).any(axis=1)]
    return len(np.unique(known)) < len(np.unique(codes))


def seed_of(u: float) -> int:
    """Return the seed that a uniform number stands for."""
    return int(u * 2**53)


def drawn_again(rows: Panel, u: float) -> Panel:
    """Return fit rows drawn again with replacement, whole units at a time where rows have units."""
    draws = np.random.default_rng(seed_of(u))
    codes = rows.unit_codes() if rows.units is not None else np.arange(rows.n)
    chosen = draws.integers(0, codes.max() + 1, codes.max() + 1)
    return rows.pick(np.concatenate([np.flatnonzero(codes == code) for code in chosen]))


def _apart(shown: Shown, on_base: bool, choice: Choice) -> tuple[Array, Panel] | None:
    """Return the rows that a choice of a group learns from, None where they are those that weights are learnt from."""
    usual, own = shown(None), shown(choice)
    return own if on_base or own[1] is not usual[1] else None


def _dated(fitted: Fitted, code: str) -> bool:
    """Return whether the weights of a group differ by period."""
    children = {one.tree.by_code[code].children for one in fitted.contents if code in one.tree.by_code}
    own = any(code in one.tree.by_code and one.tree.by_code[code].weights_since for one in fitted.contents)
    return len(children) > 1 or own or any(one.by_period is not None for one in fitted.contents)


def _taken(numbers: Array, known: tuple[str, ...], names: list[str]) -> Array:
    """Return the columns (draws, k) of some names, the middle for one that has none."""
    first = known.index(names[0]) if names[0] in known else 0
    if list(known[first : first + len(names)]) == names:
        return numbers[:, first : first + len(names)]
    half = np.full(len(numbers), 0.5)
    return np.column_stack([numbers[:, known.index(name)] if name in known else half for name in names])
