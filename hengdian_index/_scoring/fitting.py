"""What an index learns from its fit rows: the scale of each indicator, and the weights of each group's children.

A normalisation may present its scores between any two ends, 60 and 100, say. Weights that depend on where 0 is (shares
of a total, variation over the mean) would differ with each; so they are learnt from the same scores on 0 to 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import few_columns
from hengdian_index._maths.maps import Affine, Map, cancelled_each, chain, unrounded
from hengdian_index._maths.means import Together, aggregate
from hengdian_index._methods.decorators import kernel, unit_sum
from hengdian_index._methods.learning import as_sample, learn, learn_from, weigh
from hengdian_index._methods.sample import Sample
from hengdian_index._scoring.choice import Choice, Frozen, thawed
from hengdian_index._scoring.fields import called, rounding_of
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.preparation import Block, filled, learn_block
from hengdian_index._scoring.tree import Branch, Leaf, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._values.equality import same, settled
from hengdian_index._words.said import Joined, Said, joined
from hengdian_index.errors import (
    CellsError,
    DataError,
    Fault,
    FaultsError,
    SpecError,
    listed,
    raise_all,
    raise_together,
    suggestion,
)
from hengdian_index.log import Entry, about, again, apart, journal, note
from hengdian_index.weights.columns import row_shares

# The end of what is said of a constant column.
_ITS_SCORE = "give `constant` its score"
# The normalised indicators of a table of more numbers than this are computed where they are needed.
_AT_ONCE = 1 << 20


def learn_maps(tree: Tree, shown: Panel, base: Panel, own: Mapping[str, Panel]) -> dict[str, Map]:
    """Return what each indicator's normalisation learns; the faults of all indicators at once.

    Parameters
    ----------
    shown, base : Panel
        The fit rows, and those of the base period, which relatives learn from.
    own : mapping
        Fit rows of the indicators that name their own.
    """
    maps: dict[str, Map] = {}
    errors: list[FaultsError] = []
    for j, leaf in enumerate(tree.leaves):
        rows = base if leaf.normalise.method.traits.get("fits_on_base") else shown
        try:
            maps[leaf.code] = _map(leaf, own.get(leaf.code, rows), j)
        except FaultsError as error:
            errors.append(error)
    raise_together(errors)
    return maps


def learn_fills(tree: Tree, maps: Mapping[str, Map], shown: Panel, own: Mapping[str, Panel]) -> tuple[Block, ...]:
    """Return what the imputations of indicators' scores learn, from the same rows as their maps."""
    found, errors = [], list[FaultsError]()
    blocks: dict[tuple[str, Choice], list[int]] = {}
    for j, leaf in enumerate(tree.leaves):
        if leaf.impute_scores is not None:
            blocks.setdefault((repr(leaf.fit_on), leaf.impute_scores), []).append(j)
    for (_, choice), at in blocks.items():
        rows = own.get(tree.codes[at[0]], shown)
        try:
            bare = {code: _bare(one) for code, one in maps.items()}
            found.append(learn_block(choice, tuple(at), tree, rows, normalised(tree, bare, rows)))
        except FaultsError as error:
            errors.append(error)
    raise_together(errors)
    return tuple(found)


def normalised(tree: Tree, maps: Mapping[str, Map], panel: Panel, fills: Sequence[Block] = ()) -> Array:
    """Return the normalised indicators (n, k), values of a computed indicator that are equal (`equality`) as one.

    `fills` are the imputations of scores that are missing then, before these are rounded; what they do is noted.
    """
    maps = {**maps, **{code: _bare(maps[code]) for block in fills for code in block.codes(tree)}} if fills else maps
    out = np.empty(panel.values.shape, order="F")
    faults: list[Fault] = []
    for j, leaf in enumerate(tree.leaves):
        values, one = panel.values[:, j : j + 1], maps[leaf.code]
        try:
            if isinstance(one, Affine) and panel.n <= _AT_ONCE:
                one.fill(values[:, 0], out[:, j])
            else:
                out[:, j] = _scores(leaf, one, panel, j)[:, 0]
        except CellsError as error:
            faults += Labelled(values, (leaf.code,), complete=False, source=panel).refusal(error).faults
    raise_all(DataError, faults)
    for at in few_columns([j for j, leaf in enumerate(tree.leaves) if leaf.computed], panel.n):
        # Each value is computed by itself: what cancels in it is of its own magnitude.
        values, own = panel.values[:, at], [maps[tree.codes[j]] for j in at]
        out[:, at] = settled(out[:, at], cancelled_each(own, np.abs(values)), axis=0)
    for block in fills:
        out[:, block.at] = filled(block, tree, panel, out)
        for j in block.at:
            rounding = rounding_of(tree.leaves[j])
            out[:, j] = out[:, j] if rounding is None else rounding(out[:, j])
    return out


def _bare(one: Map) -> Map:
    """Return a map, or those of periods, without the rounding at the end."""
    return one.each(unrounded) if isinstance(one, PeriodMaps) else unrounded(one)


def _scores(leaf: Leaf, one: Map, panel: Panel, j: int) -> Array:
    """Return the scores (n, 1) of an indicator; of a period that is new, by what its rows here give."""
    values = panel.values[:, j : j + 1]
    if not isinstance(one, PeriodMaps):
        return one(values)
    return one.also(values, panel, partial(_of_rows, leaf, panel, j)).apply(values, panel)


def with_new_periods(tree: Tree, maps: Mapping[str, Map], panel: Panel) -> Mapping[str, Map]:
    """Return the maps with those of periods that no map has, learnt from prepared rows; the same where none is new."""
    found: dict[str, Map] = {}
    errors: list[FaultsError] = []
    for j, leaf in enumerate(tree.leaves):
        one = maps[leaf.code]
        if isinstance(one, PeriodMaps):
            try:
                more = one.also(panel.values[:, j : j + 1], panel, partial(_of_rows, leaf, panel, j))
                found |= {leaf.code: more} if more is not one else {}
            except FaultsError as error:
                errors.append(error)
    raise_together(errors)
    return Frozen({**maps, **found}) if found else maps


@dataclass(frozen=True, eq=False)
class Columns:
    """The normalised indicators of rows, each computed when it is asked for: a large table need not be held twice."""

    tree: Tree
    maps: Mapping[str, Map]
    panel: Panel
    fills: Sequence[Block] = ()

    @classmethod
    def of(cls, tree: Tree, maps: Mapping[str, Map], panel: Panel, fills: Sequence[Block] = ()) -> Columns:
        """Return the normalised indicators; those of a small table are computed at once, refused values told.

        So are all where some are filled in, which may take the others of their row.
        """
        found = cls(tree, maps, panel, fills)
        if panel.values.size <= _AT_ONCE or fills:
            found.whole  # noqa: B018  # computed and kept
        return found

    @cached_property
    def whole(self) -> Array:
        """All of them (n, k)."""
        return normalised(self.tree, self.maps, self.panel, self.fills)

    @property
    def held(self) -> Array | None:
        """All of them where they are computed already."""
        return vars(self).get("whole")

    def column(self, j: int) -> Array:
        """Return one of them (n,); values that are refused are told with those of all others."""
        if self.held is not None:
            return self.held[:, j]
        own = Tree((self.tree.leaves[j],), ())
        try:
            return normalised(own, self.maps, replace(self.panel, values=self.panel.values[:, j : j + 1]))[:, 0]
        except DataError:
            return self.whole[:, j]


def cancelled(tree: Tree, maps: Mapping[str, Map]) -> Array:
    """Return the magnitude (k,) that cancels in the scores of each indicator, values of any size."""
    return cancelled_each([maps[code] for code in tree.codes], np.zeros(len(tree.codes)))


def _map(leaf: Leaf, rows: Panel, j: int) -> Map:
    if leaf.scope == "period":
        return PeriodMaps({}).also(rows.values[:, j : j + 1], rows, partial(_of_rows, leaf, rows, j))
    return _own_map(leaf, rows, j)


def _of_rows(leaf: Leaf, panel: Panel, j: int, rows: NDArray[np.intp]) -> Map:
    return _own_map(leaf, panel.pick(rows), j)


def _own_map(leaf: Leaf, rows: Panel, j: int) -> Map:
    column = Labelled(rows.values[:, j : j + 1], (leaf.code,), complete=False, source=rows, computed=leaf.computed)
    with _remedied(leaf.normalise):
        options = _own_options(leaf.normalise, leaf.code, rows.columns)
        return chain(learn(leaf.normalise.method, column, leaf.direction, options), rounding_of(leaf))


@contextmanager
def _remedied(choice: Choice) -> Iterator[None]:
    """Let faults of a constant column through with the line that gives such a column a score."""
    try:
        yield
    except DataError as error:
        raise DataError(*(_with_line(fault, choice) for fault in error.faults)) from None


def _with_line(fault: Fault, choice: Choice) -> Fault:
    """Return a fault of a constant column with the line that gives such a column a score: the middle of the scale."""
    why = _parts(fault.message)[-1]
    if "constant" not in choice.method.options or not why.template.endswith(_ITS_SCORE):
        return fault
    options = choice.complete()
    ends = choice.method.declared("ends", options) or choice.method.declared("gives", options) or ()
    middle = sum(ends) / 2 if len(ends) == 2 and np.isfinite(ends).all() else options.get("mean", 0)
    said = {"method": choice.method.name, **choice.options, "constant": round(float(middle), 9)}
    line = ", ".join(f"{name} = {json.dumps(thawed(value))}" for name, value in said.items())
    return replace(fault, message=Said("{fault}: normalise = {{ {line} }}", fault=fault.message, line=line))


def _parts(message: Said) -> Sequence[Said]:
    """Return the column that a message of a sample is about, and what is wrong with it; else the message alone."""
    return message.items if isinstance(message, Joined) and message.kind == "heads" else (message,)


def leaf_map(leaf: Leaf, sample: Sample, codes: tuple[str, ...]) -> Map:
    """Return what an indicator's normalisation learns from a sample of its prepared values; `codes` are all of them."""
    method = leaf.normalise.method
    options = method.demand(_own_options(leaf.normalise, leaf.code, codes))
    with _remedied(leaf.normalise):
        return chain(learn_from(method, sample, leaf.direction, options), rounding_of(leaf))


def learn_scaling(branch: Branch, values: Array, lost: Any, panel: Panel) -> Map:
    """Return what a group's rescaling learns from its scores (..., n) in some rows, of which `lost` cancelled.

    Within periods, what it has learnt stays.
    """
    known = branch.scaling if isinstance(branch.scaling, PeriodMaps) else PeriodMaps({})
    return _scaling_of(branch, values, lost, panel, known if branch.within else None)


def _scaling_of(branch: Branch, values: Array, lost: Any, panel: Panel, known: PeriodMaps | None) -> Map:
    """Return what a rescaling learns; within periods, what is known with that of periods that are new."""
    if known is not None:
        return known.also(
            values[..., np.newaxis],
            panel,
            lambda rows: _scaling_of(branch, values[..., rows], lost, panel.pick(rows), None),
        )
    column = Labelled(values[..., np.newaxis], (branch.code,), complete=False, source=panel, computed=True)
    size = np.broadcast_to(lost, values.shape[:-1])[..., np.newaxis]
    if values.ndim > 1 and branch.rescale is not None and branch.rescale.method.sees == "rows":
        # A user's function is shown one table at a time.
        return _Each(tuple(_scaling_of(branch, one, lost, panel, None) for one in values))
    return scaling_from(branch, replace(as_sample(column), size=size))


@dataclass(frozen=True, slots=True)
class _Each:
    """A map for each draw."""

    maps: tuple[Map, ...]

    def __call__(self, x: Array) -> Array:
        """Apply to rows (draws, n, k)."""
        return np.stack([one(x[i]) for i, one in enumerate(self.maps)])


def scaling_from(branch: Branch, sample: Sample) -> Map:
    """Return what a group's rescaling learns from a sample of its scores."""
    assert branch.rescale is not None
    method, codes = branch.rescale.method, (branch.code,)
    try:
        return learn_from(method, sample, 1, method.demand(_own_options(branch.rescale, branch.code, codes, "group")))
    except CellsError as error:
        first = sample.x[error.marked & ~np.isnan(sample.x)]
        why = joined([*(f"{one:g}" for one in first[:1]), error.why], "heads")
        raise DataError(Fault(why).under(saying=_scaled(branch))) from None
    except FaultsError as error:
        # A sample calls its columns indicators.
        parts = [_parts(fault.message) for fault in error.faults]
        own = [some[1:] if some[0] == sample.name(0) else some for some in parts]
        faults = (replace(fault, message=joined(some, "heads")) for fault, some in zip(error.faults, own, strict=True))
        raise type(error)(*(fault.under(saying=_scaled(branch)) for fault in faults)) from error.__cause__
    except Exception as error:
        raise users_fault(branch.rescale, codes, error, _scaled(branch)) from error


def _scaled(branch: Branch) -> Said:
    return Said("group {code!r}: rescale: ", code=branch.code)


def rescaled(branch: Branch, values: Array, panel: Panel) -> Array:
    """Return a group's scores (..., n) by the map that was learnt; the rows that it refuses are named.

    Rows of a period that has no map are scored by what they give.
    """
    one = branch.scaling
    assert one is not None
    try:
        if isinstance(one, PeriodMaps):
            every = _scaling_of(branch, values, 0.0, panel, one)
            assert isinstance(every, PeriodMaps)
            return every.apply(values[..., np.newaxis], panel)[..., 0]
        return np.asarray(one(values[..., np.newaxis])[..., 0])
    except CellsError as error:
        column = Labelled(values[..., np.newaxis], (branch.code,), complete=False, source=panel)
        raise DataError(*(fault.under(saying=_scaled(branch)) for fault in column.refusal(error).faults)) from None


def _own_options(choice: Choice, code: str, codes: tuple[str, ...], what: str = "indicator") -> dict[str, Any]:
    """Return the options of a node's normalisation, its own value taken from those given by code."""
    options = {}
    for name, value in choice.options.items():
        if isinstance(value, Mapping):
            surplus = [_no_part(name, what, key, codes) for key in value if key not in codes]
            raise_all(SpecError, surplus)
            value = {code: value[code]} if code in value else {}
        options[name] = value
    return options


def _no_part(name: str, what: str, key: str, codes: tuple[str, ...]) -> Said:
    near = suggestion(key, codes)
    if what == "group":
        return Said("{name}: no group {key!r}{guess}", name=name, key=key, guess=near)
    return Said("{name}: no indicator {key!r}{guess}", name=name, key=key, guess=near)


Ends: TypeAlias = tuple[float, float] | None
"""The scores of the worst and of the best, None where a scale has not both."""


def leaf_ends(leaf: Leaf) -> Ends:
    """Return the ends of an indicator's scale, as its normalisation declares them."""
    return _declared_ends(leaf.normalise, leaf)


def _declared_ends(choice: Choice, part: Leaf | Branch) -> Ends:
    """Return the ends that a normalisation declares, rounded as the scores of the part are."""
    found, rounding = choice.method.declared("ends", choice.options), rounding_of(part)
    if found is not None and rounding is not None:
        low, high = rounding(np.array(found, dtype=np.float64)).tolist()
        found = low, high
    return found if found is not None and found[0] < found[1] else None


def group_ends(branch: Branch, weights: Array, parts: Sequence[Ends]) -> Ends:
    """Return the scores of a group whose parts are all at their worst, and all at their best.

    There are none where a part has none, and where rows are compared with each other. Scores that are rescaled have
    the ends of their normalisation.
    """
    if branch.rescale is not None:
        return _declared_ends(branch.rescale, branch)
    known = [part for part in parts if part is not None]
    laws = branch.aggregate.method.traits.get("laws", "")
    score = kernel(branch.aggregate.method, branch.aggregate.options, branch.children)
    if len(known) < len(parts) or isinstance(score, Together):
        return None
    if len(set(known)) == 1 and "I" in laws:
        return known[0]
    if "M" not in laws:
        return None
    try:
        low, high = aggregate(score, np.array(known, dtype=np.float64).T, weights, branch.missing).values.tolist()
    except (CellsError, FaultsError):
        return None
    return (low, high) if low < high else None


def own_zeros(tree: Tree, code: str) -> bool:
    """Return whether a normalisation decides where 0 lies among an indicator's or a group's scores, as z-scores do."""
    if code in tree.by_code:
        rescale = tree.by_code[code].rescale
        if rescale is not None:
            return bool(rescale.method.declared("own_zero", rescale.options))
        return any(own_zeros(tree, child) for child in tree.by_code[code].children)
    leaf = next(leaf for leaf in tree.leaves if leaf.code == code)
    return bool(leaf.normalise.method.declared("own_zero", leaf.normalise.options))


def ends_of(tree: Tree, weights: Mapping[str, Array]) -> dict[str, Ends]:
    """Return the ends of every indicator's and every group's scale."""
    found = {leaf.code: leaf_ends(leaf) for leaf in tree.leaves}
    for branch in tree.branches:
        found[branch.code] = group_ends(branch, weights[branch.code], [found[child] for child in branch.children])
    return found


def on_unit_scale(x: Array, ends: Sequence[Ends]) -> Array:
    """Return scores (n, k) with the worst of each column's scale at 0 and the best at 1; without ends as they are."""
    out = x.copy()
    for j, end in enumerate(ends):
        if end is not None and end != (0, 1):
            low, high = end
            # The mean of equal ends is not always that end.
            above = np.where(same(x[:, j], low, max(abs(low), abs(high))), 0.0, x[:, j] - low)
            out[:, j] = above / (high - low)
    return out


def group_weights(tree: Tree, branch: Branch, x: Array, panel: Panel, ends: Sequence[Ends]) -> Array:
    """Return the weights of a group's children, learnt from their normalised values x (n, k) where they are learnt.

    `panel` holds the prepared values of the indicators, before direction and normalisation, in the same rows; `ends`
    are those of the children's scales.
    """
    if branch.weighing is not None and len(branch.children) > 1:
        why = Said("shares of columns of the table in each row; their mean over the fit rows")
        note("weights", why, indicator=branch.code)
        shares = row_weights(branch, x, panel)
        return np.asarray(shares[shares.any(axis=1)].mean(axis=0) if shares.any() else np.ones(len(branch.children)))

    def learnt(choice: Choice) -> Array:
        shown = shown_values(choice, tree, branch, x, panel, ends)
        return learnt_weights(choice, tree, branch, Sample((shown,), branch.children), ends)

    return weights_of(branch, learnt)


def row_weights(branch: Branch, x: Array, panel: Panel) -> Array:
    """Return the weights (n, k) that columns of the table give a group's children in each row, shares of their sum.

    `x` (..., n, k) are the children's scores: what has none needs no weight.
    """
    assert branch.weighing is not None
    weights = np.stack([panel.column(name) for name in branch.weighing], axis=1)
    there = np.asarray(~np.isnan(x).all(axis=tuple(range(x.ndim - 2))))
    try:
        return row_shares(weights, there)
    except CellsError as error:
        refused = Labelled(weights, branch.weighing, complete=False, source=panel).refusal(error)
        faults = [fault.under(saying=_weighed(branch)) for fault in refused.faults]
        raise DataError(*faults) from None


def weights_of(branch: Branch, learnt: Callable[[Choice], Array]) -> Array:
    """Return the weights of a group's children, where `learnt` gives those that a choice learns."""
    if len(branch.children) == 1:
        return np.ones(1)
    try:
        when = next((since for since, choice in branch.weights_since.items() if choice == branch.weights), None)
        dated = [Said("weights since {when}: ", when=when)] if when else []
        saying = joined([called("group", branch.code), *dated], "whole")
        with about(saying, indicator=branch.code, **({"period": when} if when else {})):
            choice = branch.weights
            if choice.method.sees == "judgement" and not choice.parts:
                weights, said = _judged(choice, branch.children)
                again(said)
                return weights.copy()
            return chosen_weights(choice, branch.children, learnt)
    except FaultsError as error:
        raise type(error)(*(fault.under(saying=_weighed(branch)) for fault in error.faults)) from error.__cause__


def _weighed(branch: Branch) -> Said:
    return Said("group {code!r}: weights: ", code=branch.code)


def needs_zero(choice: Choice) -> bool:
    """Return whether weights learnt from scores depend on where 0 is."""
    method = choice.method
    return method.declared("shift_free", choice.options) is False and not method.traits.get("raw")


def learnt(choice: Choice) -> bool:
    """Return whether weights depend on the values of rows."""
    if choice.method.sees == "judgement":
        return any(map(learnt, choice.parts))
    return bool(choice.method.traits.get("learns", True))


@lru_cache(maxsize=256)
def _judged(choice: Choice, children: tuple[str, ...]) -> tuple[Array, Sequence[Entry]]:
    """Return weights that no row of a table has a say in, and what there is to note; judged once for all tables."""
    with apart() as said:
        weights = chosen_weights(choice, children, learnt=lambda part: np.ones(0))
    return weights, said


def chosen_weights(choice: Choice, children: tuple[str, ...], learnt: Callable[[Choice], Array]) -> Array:
    """Return the weights of a group's children: judged, matched by name, or what `learnt` gives for other methods.

    Of a choice that is made of others, each of these is asked first.
    """
    if choice.method.sees != "judgement":
        return learnt(choice)
    choice = choice.by_name(children)
    settings = choice.settings
    if "items" in choice.method.options:
        settings.setdefault("items", children)
    judgements = [_of_parts(choice, children, learnt)] if choice.parts else choice.judgements
    names, values = choice.method.function(*judgements, **settings)
    if names is None:
        return unit_sum(np.asarray(values), len(children), choice.method.name, children)
    faults = [
        Said("no child {name!r}{guess}", name=name, guess=suggestion(name, children))
        for name in names
        if name not in children
    ]
    faults += [Said("nothing given for child {child!r}", child=child) for child in children if child not in names]
    raise_all(SpecError, [joined([choice.method.name, fault], "heads") for fault in faults])
    given = dict(zip(names, values, strict=True))
    return unit_sum(np.array([given[child] for child in children]), len(children), choice.method.name, children)


def shrunk(choice: Choice, children: tuple[str, ...], gone: Set[str]) -> Choice:
    """Return a choice of weights over the children that are left.

    Judgements that do not hold over the rest by themselves (the best criterion of all is gone, what is left contradicts
    itself, or the method does not say how they shrink) give way to the proportions they gave to the rest.
    """
    rest = tuple(child for child in children if child not in gone)
    if len(rest) == len(children):
        return choice
    if choice.parts:
        return choice.each_part(lambda part: shrunk(part, children, gone))
    left = choice.without(children, gone)
    if choice.method.sees != "judgement" or len(rest) < 2:
        return left
    try:
        with journal():
            chosen_weights(left, rest, _unlearnt)
    except FaultsError:
        try:
            with journal():
                whole = dict(zip(children, chosen_weights(choice, children, _unlearnt).tolist(), strict=True))
        except FaultsError:
            return left
        total = sum(whole[child] for child in rest)
        values = {child: whole[child] / total for child in rest} if total > 0 else {}
        told = {"method": "fixed", "values": values, "left_of": choice.method.name}
        return Choice.of_weights(told) if values else left
    return left


def consistencies(choice: Choice, children: tuple[str, ...]) -> list[tuple[str, Any, Any]]:
    """Return (part, person, priorities) of the pairwise judgements of a choice: those of each, and of all under "".

    A part is the place of the choice among those that the whole is made of, "2.1", or "".
    """
    measured = choice.method.traits.get("consistency")
    own = [("", *one) for one in measured(choice.options, children)] if measured else []
    parts = [
        (f"{number}.{part}".rstrip("."), who, found)
        for number, one in enumerate(choice.parts, start=1)
        for part, who, found in consistencies(one, children)
    ]
    return [*own, *parts]


def _unlearnt(choice: Choice) -> Array:
    raise AssertionError(f"{choice.method.name} is no judgement")


def users_fault(choice: Choice, children: tuple[str, ...], error: Exception, saying: Said | None = None) -> Exception:
    """Return the error of a user's own function as a fault of the choice; other errors stay as they are."""
    if choice.method.sees != "rows" or choice.method.function.__module__.startswith("hengdian_index."):
        return error
    why = Said.of(
        len(children),
        "{method} failed with {kind}: {error}; it is given an array, rows x {n} column",
        "{method} failed with {kind}: {error}; it is given an array, rows x {n} columns",
        method=choice.method.name,
        kind=type(error).__name__,
        error=error,
    )
    return SpecError(Fault(why).under(saying=saying))


def _of_parts(choice: Choice, children: tuple[str, ...], learnt: Callable[[Choice], Array]) -> list[Array]:
    """Return the weights of each part of a choice, the faults of all parts at once."""
    found: list[Array] = []
    errors: list[FaultsError] = []
    for number, part in enumerate(choice.parts, start=1):
        try:
            found.append(chosen_weights(part, children, learnt))
        except FaultsError as error:
            where = Said("{method}: part {number}: ", method=choice.method.name, number=number)
            errors.append(type(error)(*(fault.under(saying=where) for fault in error.faults)))
    raise_together(errors)
    return found


def shown_values(choice: Choice, tree: Tree, branch: Branch, x: Array, panel: Panel, ends: Sequence[Ends]) -> Array:
    """Return what a choice of weights is shown of a group's children: scores, on 0 to 1 if it needs a 0, or raw values.

    Each row is by itself: `x` (n, k) are scores of some rows, `panel` their prepared values.
    """
    if _on_unit_scale(choice, branch):
        x = on_unit_scale(x, ends)
    if choice.method.traits.get("raw"):
        raw = _raw(tree)
        places = [panel.columns.index(child) if child in raw else -1 for child in branch.children]
        x = np.stack([x[:, j] if at < 0 else panel.values[:, at] for j, at in enumerate(places)], axis=-1)
    return x


def _on_unit_scale(choice: Choice, branch: Branch) -> bool:
    return branch.weigh_scale == "unit" and needs_zero(choice)


def _raw(tree: Tree) -> dict[str, int]:
    """Return the indicators whose raw values a method may be shown, with their directions."""
    return {leaf.code: leaf.direction for leaf in tree.leaves if leaf.direction in (1, -1)}


def learnt_weights(choice: Choice, tree: Tree, branch: Branch, sample: Sample, ends: Sequence[Ends]) -> Array:
    """Return the weights that a method learns from a sample of a group's children, as `shown_values` has them."""
    options, scaled = dict(choice.options), _on_unit_scale(choice, branch)
    if scaled:
        placed = [child for child in branch.children if own_zeros(tree, child)]
        if placed:
            why = Said(
                "{method} depends on where 0 is, and of {parts} the normalisation decides that: another mean gives "
                "other weights; take min_max there, or weights that need no 0 (deviation, critic)",
                method=choice.method.name,
                parts=listed(placed),
            )
            note("weights", why)
    raw = _raw(tree) if choice.method.traits.get("raw") else {}
    if raw and choice.method.takes_direction:
        options["direction"] = [raw.get(child, 1) for child in branch.children]
    try:
        return weigh(choice.method, sample, options)
    except CellsError as error:
        faults = []
        for j in np.flatnonzero(error.marked.any(axis=0)).tolist():
            child, value = branch.children[j], sample.refused(error, j)
            on = scaled and ends[j] not in (None, (0, 1))
            found = Said("{value:g} on the scale 0 to 1", value=value) if on else f"{value:g}"
            remedy = _remedy(choice, child in raw, on)
            why = Said("{value}: {why}{remedy}", value=found, why=error.why, remedy=remedy)
            faults.append(Fault(why).under(saying=called("group" if child in tree.by_code else "indicator", child)))
        raise DataError(*faults) from None
    except FaultsError:
        raise
    except Exception as error:
        raise users_fault(choice, branch.children, error) from error


def _remedy(choice: Choice, raw: bool, scaled: bool) -> Said | str:
    """Return what to do about a value that a method cannot take, of raw values or on the scale 0 to 1."""
    if choice.method.traits.get("raw"):
        if raw:
            return Said("; it is taken before direction and normalisation, so no normalisation mends it")
        return Said("; it is a score: normalise to a scale above 0 (min_max with lower = 1, upper = 100)")
    if scaled:
        return Said("; hold scores within their scale (clip), or weigh_scale = 'score' learns from them as they are")
    return ""
