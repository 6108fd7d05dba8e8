"""What is done to raw values before direction and normalisation: denominated, imputed, treated; learnt once, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hengdian_index._maths.maps import Map
from hengdian_index._methods.imputing import Filler, Rows, fill
from hengdian_index._methods.learning import learn
from hengdian_index._methods.treating import moved
from hengdian_index._scoring.building import ingredients
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.seasons import Seasons, learn_seasons
from hengdian_index._scoring.tree import Leaf, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array, Labelled
from hengdian_index._values.equality import TOLERANCE, settled
from hengdian_index._values.stored import stored
from hengdian_index.errors import CellsError, DataError, Fault, FaultsError, raise_all, raise_together
from hengdian_index.log import general, note
from hengdian_index.treat.ratios import denominate

# How lines of the log end that tell of a column whose values a treatment changed.
TRANSFORMED = "columns transformed"


@stored("imputation")
@dataclass(frozen=True)
class Block:
    """Indicators that one imputation fills together: their positions, the choice, and what it learnt."""

    at: tuple[int, ...]
    choice: Choice
    filler: Filler


@stored("preparation")
@dataclass(frozen=True)
class Preparation:
    """What imputations and treatments learnt from the fit rows of an index."""

    blocks: tuple[Block, ...]
    seasons: Mapping[str, Seasons]
    treatments: Mapping[str, Map]

    def __call__(self, tree: Tree, panel: Panel) -> Panel:
        """Return rows with the values (n, k) that normalisation sees; every touched cell goes to the log."""
        values = _denominated(tree, panel)
        provisional = np.zeros(values.shape, dtype=np.bool_)
        for block in self.blocks:
            filled = _filled(block, tree, panel, values)
            if block.choice.method.traits.get("provisional"):
                provisional[:, block.at] = np.isnan(values[:, block.at]) & ~np.isnan(filled)
            values[:, block.at] = filled
        for j, leaf in enumerate(tree.leaves):
            if leaf.code in self.seasons:
                values[:, j] = self.seasons[leaf.code](leaf, panel, values[:, j])
            values[:, j] = _told_apart(leaf, values[:, j])
            if leaf.code in self.treatments:
                values[:, j] = _treated(self.treatments[leaf.code], leaf, panel, values[:, j])
        return replace(panel, values=values, columns=tree.codes, provisional=provisional)


def learnt(tree: Tree, panel: Panel, own: Mapping[str, Panel]) -> Preparation:
    """Return what the imputations and treatments of an index learn from its fit rows.

    `own` are the fit rows of the indicators that name their own.

    Raises
    ------
    DataError
        An indicator with fewer values than its coverage asks for; whatever an imputation or a treatment refuses.
    """
    found, errors = [], list[FaultsError]()
    selectors = [leaf.fit_on for leaf in tree.leaves]
    # Slices, which older versions of Python do not hash, are told apart as all else.
    for first, rows in enumerate(selectors):
        if rows in selectors[:first]:
            continue
        some = tuple(j for j, leaf in enumerate(tree.leaves) if leaf.fit_on == rows)
        found.append(_learnt(tree, own.get(tree.leaves[some[0]].code, panel), some, errors))
    raise_together(errors)
    blocks = tuple(block for part in found for block in part.blocks)
    seasons = {code: season for part in found for code, season in part.seasons.items()}
    return Preparation(blocks, seasons, {code: one for part in found for code, one in part.treatments.items()})


def _learnt(tree: Tree, panel: Panel, some: tuple[int, ...], errors: list[FaultsError]) -> Preparation:
    """Return what some indicators, by position, learn from the same rows; what is wrong joins the errors."""
    values = _denominated(tree, panel)
    errors += _need_coverage(tree, values, some)
    blocks = []
    chosen = [choice for j in some if (choice := tree.leaves[j].impute) is not None]
    for choice in dict.fromkeys(chosen):
        at = tuple(j for j in some if tree.leaves[j].impute == choice)
        try:
            known, learns = _rows(choice, at, tree, panel, values), choice.method.traits.get("learns", True)
            filler = fill(choice.method, known, _options(choice, at, tree), needed=bool(learns))
            block = Block(at, choice, filler)
            values[:, at] = block.filler(_rows(choice, at, tree, panel, values)).values
            blocks.append(block)
        except FaultsError as error:
            errors.append(error)
    seasons: dict[str, Seasons] = {}
    treatments: dict[str, Map] = {}
    for j in some:
        leaf = tree.leaves[j]
        if leaf.deseasonalise is not None:
            try:
                seasons[leaf.code] = learn_seasons(leaf, panel, values[:, j])
                values[:, j] = seasons[leaf.code](leaf, panel, values[:, j])
            except FaultsError as error:
                errors.append(error)
                continue
        if leaf.treat is not None:
            values[:, j] = _told_apart(leaf, values[:, j])
            try:
                treatments[leaf.code] = learn(
                    leaf.treat.method, _column(leaf, panel, values[:, j]), 1, leaf.treat.options
                )
            except FaultsError as error:
                errors.append(error)
    return Preparation(tuple(blocks), seasons, treatments)


def columns_asked(tree: Tree) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the number columns a tree needs besides its indicators, and the label columns (groups of rows)."""
    sizes = dict.fromkeys(leaf.denominator for leaf in tree.leaves if leaf.denominator not in (None, *tree.codes))
    for leaf in tree.leaves:
        if leaf.build is not None:
            sizes.update(dict.fromkeys(name for name in ingredients(leaf.build) if name not in tree.codes))
    named = [leaf.impute.options.get("groups") for leaf in tree.leaves if leaf.impute and _needs(leaf.impute, "groups")]
    return tuple(str(size) for size in sizes), tuple(dict.fromkeys(str(name) for name in named if name is not None))


def _denominated(tree: Tree, panel: Panel) -> Array:
    """Return the raw values (n, k), each divided by its denominator where it has one."""
    k = len(tree.codes)
    values = np.array(panel.values[:, :k], order="F")
    faults: list[Fault] = []
    for j, leaf in enumerate(tree.leaves):
        if leaf.denominator is None:
            continue
        size = panel.values[:, panel.columns.index(leaf.denominator)]
        try:
            values[:, j] = denominate.method.function(panel.values[:, j], by=size, scale=1)
        except CellsError as error:
            table = Labelled(size[:, np.newaxis], (leaf.denominator,), False, panel)
            refused = table.refusal(CellsError(np.reshape(error.marked, (-1, 1)), error.why.format(leaf.denominator)))
            faults += [fault.under(saying=f"denominator of {leaf.code!r}: ") for fault in refused.faults]
    raise_all(DataError, faults)
    return values


def _need_coverage(tree: Tree, values: Array, some: tuple[int, ...]) -> list[FaultsError]:
    """Return the indicators that have fewer values than their coverage asks for, as errors."""
    faults = []
    for j in some:
        leaf, share = tree.leaves[j], float(1 - np.isnan(values[:, j]).mean())
        if leaf.coverage is not None and share < leaf.coverage - TOLERANCE:
            found = f"{100 * share:.0f} % of the fit rows have a value, {100 * leaf.coverage:.0f} % are needed"
            faults.append(f"indicator {leaf.code!r}: {found}; take it out, or lower its coverage")
    return [DataError(*faults)] if faults else []


def _needs(choice: Choice, what: str) -> bool:
    return what in choice.method.traits.get("needs", ())


def _options(choice: Choice, at: tuple[int, ...], tree: Tree) -> dict[str, Any]:
    """Return the options of an imputation, the tree's own groups and directions filled in for `peers`."""
    options = choice.settings
    if _needs(choice, "parents"):
        leaves = [tree.leaves[j] for j in at]
        options.setdefault("groups", {leaf.code: leaf.parent for leaf in leaves})
        options.setdefault("direction", {leaf.code: leaf.direction for leaf in leaves})
    return options


def _rows(choice: Choice, at: tuple[int, ...], tree: Tree, panel: Panel, values: Array) -> Rows:
    names = tuple(tree.codes[j] for j in at)
    timed = _needs(choice, "period")
    units = None if panel.units is None or not timed else panel.units.tolist()
    groups = panel.groups.get(str(choice.options.get("groups"))) if _needs(choice, "groups") else None
    return Rows(values[:, at], names, units, panel.periods if timed else None, groups)


def _filled(block: Block, tree: Tree, panel: Panel, values: Array) -> Array:
    filling = block.filler(_rows(block.choice, block.at, tree, panel, values))
    for (row, column), why in zip(filling.cells.tolist(), filling.why, strict=True):
        after = float(filling.values[row, column])
        leaf = tree.leaves[block.at[column]]
        if np.isnan(after) and (leaf.start or leaf.end or leaf.replaced_from):
            continue
        where = {"unit": panel.unit(row), "period": panel.period(row), "indicator": tree.codes[block.at[column]]}
        name = block.choice.method.name
        kind = f"{name}: left: {general(why.removeprefix('left missing: '))}" if np.isnan(after) else f"{name}: filled"
        note("impute", why, **where, after=None if np.isnan(after) else after, kind=kind)
    return filling.values


def _told_apart(leaf: Leaf, values: Array) -> Array:
    """Return what a treatment is shown: values that are computed and equal (`equality`) as one."""
    # Each value has its own size: a logarithm tells apart small ones that are rounding beside the largest.
    return settled(values) if leaf.treat is not None and leaf.derived else values


def _treated(treatment: Map, leaf: Leaf, panel: Panel, values: Array) -> Array:
    """Return a column treated; single touched cells are noted, a transformed column once."""
    column = _column(leaf, panel, values)
    try:
        after = treatment(column.values)[:, 0]
    except CellsError as error:
        raise column.refusal(error) from None
    touched = np.flatnonzero(moved(values, after)).tolist()
    name = leaf.treat.method.name if leaf.treat else ""
    if len(touched) * 2 > len(values):
        note("treat", f"{name}: all values transformed", indicator=leaf.code, kind=f"{name}: {TRANSFORMED}")
        return np.asarray(after)
    for row in touched:
        where = {"unit": panel.unit(row), "period": panel.period(row), "indicator": leaf.code}
        note("treat", name, **where, before=float(values[row]), after=float(after[row]), kind=f"{name}: values moved")
    return np.asarray(after)


def _column(leaf: Leaf, panel: Panel, values: Array) -> Labelled:
    return Labelled(values[:, np.newaxis], (leaf.code,), not np.isnan(values).any(), panel)
