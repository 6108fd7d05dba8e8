"""What an index learns from a source in passes: one for the indicators, and one for each level with learnt weights.

A pass gathers all that the waiting methods have asked for (`asking`), and the methods run again: first those that fill
and treat indicators, then their normalisations, then the weights of the groups, from the leaves up. Statistics of the
pieces are merged two by two, in the order of the source, so that the answer does not hang on the number of threads.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import partial
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._batches.asking import LARGE, Asked, Asking, Book, Count, Rows, View
from hengdian_index._batches.memory import HELD, need_memory, size_said
from hengdian_index._batches.reading import Batch, Layout, Reader
from hengdian_index._batches.source import Reading, Source
from hengdian_index._batches.survey import Selector, Survey, no_rows, parts_of, selects_nothing, spread, survey
from hengdian_index._maths.maps import Map
from hengdian_index._maths.stats import LogSums, Moments, Ordered, Range
from hengdian_index._methods.imputing import fill
from hengdian_index._methods.learning import learn_from
from hengdian_index._methods.sample import Sample, with_label
from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.contents import Content, dated_trees
from hengdian_index._scoring.fitting import (
    Ends,
    cancelled,
    group_ends,
    leaf_ends,
    leaf_map,
    learnt_weights,
    normalised,
    scaling_from,
    shown_values,
    weights_of,
)
from hengdian_index._scoring.preparation import Block, Builds, Preparation, built, learn_builds, options_of, uncovered
from hengdian_index._scoring.scores import climbed
from hengdian_index._scoring.tree import Branch, Leaf, Setting, Tree
from hengdian_index._system import alone
from hengdian_index._tables.cells import no_label
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import Frequency, Periods
from hengdian_index._tables.table import Array, Labelled, shortened
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, told
from hengdian_index._words.said import joined as row_of
from hengdian_index.errors import CellsError, DataError, Fault, FaultsError, listed, raise_all, raise_together
from hengdian_index.log import Entry, journal

T = TypeVar("T")
R = TypeVar("R")

# Statistics that have a number a column, so that those of several indicators are measured side by side.
_BY_COLUMN = (Range, Moments, LogSums)
# So many faults are told; a source may have one in every row.
_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Learnt:
    """What an index learnt from a source, as a fit holds it; `based` are the rows of its base where it has one."""

    tree: Tree
    builds: Builds
    preparation: Preparation
    maps: Mapping[str, Map]
    contents: tuple[Content, ...]
    frequency: Frequency | None
    rows: Mapping[str, Any]
    log: tuple[Entry, ...]
    based: Panel | None
    passes: int


def learn_source(
    tree: Tree, setting: Setting, source: Source, layout: Layout, fit_on: Any = None, threads: int | None = None
) -> Learnt:
    """Return what an index learns from a source that can be read again.

    Raises
    ------
    DataError
        Cells that are no numbers, told by file, row group and row; units and periods given twice; whatever a method
        refuses.
    """
    source.need(layout.columns)
    asked = parts_of(setting.fit_on if fit_on is None else fit_on, "fit_on") + parts_of(setting.base, "base")
    asked += [one for leaf in tree.leaves for one in parts_of(leaf.fit_on, Said("fit_on of {code!r}", code=leaf.code))]
    with journal() as lines:
        found = survey(source, layout, asked=asked, to_date=tree.to_date)
        since, tree = dated_trees(tree, setting, found.periods)[0]
    return _Learning(tree, setting, source, layout, found, fit_on, threads).run(since, lines)


@dataclass(frozen=True, slots=True)
class _Step:
    """Indicators that one imputation fills together: the choice, their positions, and which rows it learns from."""

    choice: Choice
    at: tuple[int, ...]
    rows: Hashable


class _Learning:
    """The state of a fit between two passes."""

    def __init__(
        self,
        tree: Tree,
        setting: Setting,
        source: Source,
        layout: Layout,
        found: Survey,
        fit_on: Any,
        threads: int | None,
    ) -> None:
        self.tree, self.setting, self.source, self.survey = tree, setting, source, found
        self.layout, self.reader = layout, Reader(layout, found.frequency)
        self.threads = threads or min(os.cpu_count() or 1, 4)
        self.chosen = setting.fit_on if fit_on is None else fit_on
        self.on_base = self.chosen is None and setting.base is not None
        self.weighed = "base" if setting.weigh_on == "base" else "shown"
        self.selectors = self._selectors()
        self.book, self.passes = Book(), 0
        self.steps = _steps(tree)
        self.blocks: dict[int, Block] = {}
        self.treatments: dict[str, Map] = {}
        self.maps: dict[str, Map] = {}
        self.weights: dict[str, Array] = {}
        self.scalings: dict[str, Map] = {}
        self.ends: dict[str, Ends] = {leaf.code: leaf_ends(leaf) for leaf in tree.leaves}
        self.choices: dict[Hashable, Choice] = {}
        self.lines: dict[Hashable, list[Entry]] = {}
        self.errors: dict[Hashable, FaultsError] = {}
        self.said, self.told = list[Entry](), list[set[tuple[View, Asked]]]()
        self.counts: dict[Hashable, int] = {}
        self.edges = list[str]()
        self.based = list[Batch]()
        self.hashed = hashlib.sha256()
        self.builds: Builds = {}
        self.glimpse = self._glimpse()

    def run(self, since: int, lines: Sequence[Entry]) -> Learnt:
        """Learn, pass after pass, and return what was learnt."""
        while True:
            self.book.asked.clear()
            self._attempt()
            self._let_go()
            if not self.book.asked and self.passes:
                break
            self._pass(self.book.asked)
        raise_together(list(self.errors.values()))
        leaves, branches = self.tree.codes, [branch.code for branch in self.tree.branches]
        order: list[Hashable] = [("block", i) for i in range(len(self.steps))]
        order += [(kind, code) for kind in ("treat", "map") for code in leaves]
        order += [(kind, code) for code in branches for kind in ("weights", "scaling")]
        said = [Entry("periods", text) for text in self.survey.notes] + [one for one in lines if one.step != "periods"]
        said += [line for key in order for line in self.lines.get(key, ())] + self.said
        with journal() as more:
            # What a method has to say of its options, whatever the rows.
            climbed(self._known(), self.weights, normalised(self.tree, self.maps, self.shown), self.shown)
        said += [line for line in more if not line.kind and line.unit is None and line not in said]
        return Learnt(
            self.tree,
            self.builds,
            self._preparation(),
            Frozen(self.maps),
            (Content(since, self._known(), Frozen(self.weights)),),
            self.survey.frequency,
            self._learnt_from(),
            tuple(said),
            joined(self.based, self.layout) if self.based else None,
            self.passes,
        )

    def _selectors(self) -> dict[Hashable, Selector]:
        """Return which rows each of the keys of a view means."""
        found: dict[Hashable, Selector] = {"shown": Selector.of(self.chosen, "fit_on", self.survey)}
        if self.setting.base is not None:
            try:
                found["base"] = Selector.of(self.setting.base, "base", self.survey)
            except DataError:
                # Later rows may have it.
                if self.setting.weigh_on == "base" or self.on_base:
                    raise
        for leaf in self.tree.leaves:
            if leaf.fit_on is not None:
                what = Said("fit_on of {code!r}", code=leaf.code)
                found[_own(leaf)] = Selector.of(leaf.fit_on, what, self.survey)
        return found

    def _glimpse(self) -> Batch:
        """Return a few rows to learn from; what is wrong with any is left to the first pass."""
        first: Batch | None = None
        for read in self.source.reads(self.layout.columns):
            try:
                for batch in self.reader.batches(read()):
                    first = first or batch
                    mask = self.selectors["shown"](batch)
                    if mask.any():
                        return self._built(batch if mask.all() else batch.pick(mask))
            except DataError:
                continue
        if first is None:
            self._pass({})
            raise no_rows(self.source)
        return self._built(first)

    def _built(self, batch: Batch) -> Batch:
        """Return rows with the columns in the order of the tree, those that are built of others filled in."""
        tree = self.tree
        wanted = (*tree.codes, *(name for name in self.layout.numbers if name not in tree.codes))
        if batch.columns != wanted:
            batch = batch.laid_out(wanted)
        if any(leaf.build is not None for leaf in tree.leaves):
            if not self.builds:
                self.builds = learn_builds(tree, batch, np.ones(batch.n, dtype=np.bool_))
            made = built(self.builds, tree, batch)
            assert isinstance(made, Batch)
            return made
        return batch

    # What waits is tried.

    def _attempt(self) -> None:
        """Let everything learn that has not yet and can; what it asks for stands in the book then."""
        self.shown = self._prepared(self.glimpse)
        for leaf in self.tree.leaves:
            self._try(("coverage", leaf.code), partial(self._need_coverage, leaf), {}, leaf.code)
        for i, step in enumerate(self.steps):
            self._try(("block", i), partial(self._learn_block, i, step), self.blocks, i)
        self.shown = self._prepared(self.glimpse)
        for j, leaf in enumerate(self.tree.leaves):
            if leaf.treat is not None and self._filled(j):
                self._try(("treat", leaf.code), partial(self._learn_treatment, leaf, j), self.treatments, leaf.code)
        self.shown = self._prepared(self.glimpse)
        for j, leaf in enumerate(self.tree.leaves):
            if self._filled(j) and (leaf.treat is None or leaf.code in self.treatments):
                self._try(("map", leaf.code), partial(self._learn_map, leaf, j), self.maps, leaf.code)
        if self.book.asked:
            return
        raise_together(list(self.errors.values()))
        self.lost = cancelled(self.tree, self.maps)
        self.scores = self._scores(self.shown)
        for branch in self.tree.branches:
            if all(child in self.scores for child in branch.children):
                self._try(("weights", branch.code), partial(self._learn_weights, branch), self.weights, branch.code)
                if branch.code in self.weights:
                    own = [self.ends[child] for child in branch.children]
                    self.ends[branch.code] = group_ends(branch, self.weights[branch.code], own)
                    self.scores = self._scores(self.shown)
                if branch.code in self.weights and branch.rescale is not None:
                    learn = partial(self._learn_scaling, branch)
                    self._try(("scaling", branch.code), learn, self.scalings, branch.code)
                    self.scores = self._scores(self.shown)

    def _try(self, key: Hashable, learn: Callable[[], T], kept: dict[Any, T], name: Any) -> None:
        """Let one thing learn; its answer is kept if it asked for nothing that is not known."""
        if key in self.lines or key in self.errors:
            return
        before, answer, error = self.book.unanswered, list[T](), None
        # A few rows may be constant, or one: what is computed of them for the moment may be no number.
        with journal() as lines, np.errstate(all="ignore"):
            try:
                answer.append(learn())
            except Exception as refused:
                error = refused
        if self.book.unanswered > before:
            return
        if isinstance(error, FaultsError):
            self.errors[key] = error
        elif isinstance(error, CellsError):
            self.errors[key] = DataError(Said("{code!r}: {why}", code=name, why=error.why))
        elif error is not None:
            raise error
        else:
            kept[name] = answer[0]
            self.lines[key] = lines

    def _filled(self, j: int) -> bool:
        """Return whether nothing is left to be filled in an indicator, and nothing is wrong with it."""
        wait = any(j in step.at and i not in self.blocks for i, step in enumerate(self.steps))
        return not wait and ("coverage", self.tree.codes[j]) in self.lines

    def _asking(self, of: Hashable, rows: Hashable, x: Array, columns: Sequence[str]) -> Asking:
        return Asking(self.book, View(of, rows), Sample((x,), tuple(columns)))

    def _need_coverage(self, leaf: Leaf) -> None:
        if leaf.coverage is None:
            return
        x = np.full((1, 1), np.nan)
        sample = self._asking(("raw", leaf.code), _own(leaf), x, (leaf.code,))
        share = float(sample.measure(Range).n[0] / max(sample.rows, 1))
        if share < leaf.coverage - TOLERANCE:
            raise DataError(uncovered(leaf, share))

    def _learn_block(self, i: int, step: _Step) -> Block:
        method, names = step.choice.method, tuple(self.tree.codes[j] for j in step.at)
        sample = self._asking(("block", i), step.rows, self.shown.values[:, step.at], names)
        needed = bool(method.traits.get("learns", True))
        known = _AskingRows(sample, str(step.choice.options.get("groups")))
        filler = fill(method, known, options_of(step.choice, step.at, self.tree), needed=needed)  # type: ignore[arg-type]
        return Block(step.at, step.choice, filler)

    def _learn_treatment(self, leaf: Leaf, j: int) -> Map:
        assert leaf.treat is not None
        sample = self._asking(("treat", leaf.code), _own(leaf), self.shown.values[:, [j]], (leaf.code,))
        return learn_from(leaf.treat.method, sample, 1, leaf.treat.method.demand(leaf.treat.options))

    def _learn_map(self, leaf: Leaf, j: int) -> Map:
        rows = _own(leaf)
        if rows == "shown" and self.on_base and leaf.normalise.method.traits.get("fits_on_base"):
            rows = "base"
        sample = self._asking(("map", leaf.code), rows, self.shown.values[:, [j]], (leaf.code,))
        if leaf.computed:
            sample = Asking(self.book, sample.view, sample.glimpse, size=np.zeros(1))
        return leaf_map(leaf, sample, (*self.tree.codes, *self.layout.numbers))

    def _learn_weights(self, branch: Branch) -> Array:
        own = [self.ends[child] for child in branch.children]
        x = np.stack([self.scores[child] for child in branch.children]).T

        def learnt(choice: Choice) -> Array:
            key = ("group", branch.code, repr(choice.fingerprint))
            self.choices[key] = choice
            shown = shown_values(choice, self.tree, branch, x, self.shown, own)
            return learnt_weights(
                choice, self.tree, branch, self._asking(key, self.weighed, shown, branch.children), own
            )

        return weights_of(branch, learnt)

    def _learn_scaling(self, branch: Branch) -> Map:
        assert branch.rescale is not None
        on_base = self.on_base and branch.rescale.method.traits.get("fits_on_base")
        x = self._scores(self.shown, bare=branch.code)[branch.code][:, np.newaxis]
        sample = self._asking(("scaling", branch.code), "base" if on_base else "shown", x, (branch.code,))
        # Scores of both signs may cancel in a mean; their largest magnitude is no smaller than what does.
        return scaling_from(branch, Asking(self.book, sample.view, sample.glimpse, size=sample.largest))

    # What is known is applied to a batch.

    def _known(self, bare: str = "") -> Tree:
        """Return the groups that can be scored, with their rescaling; one may be left as it is aggregated."""
        found = list[Branch]()
        for branch in self.tree.branches:
            if branch.code == bare:
                branch = branch.bare
            if branch.rescale is not None and branch.code in self.scalings:
                branch = replace(branch, scaling=self.scalings[branch.code])
            if branch.code in self.weights and (branch.rescale is None or branch.scaling is not None):
                found.append(branch)
        return Tree(self.tree.leaves, tuple(found))

    def _preparation(self) -> Preparation:
        return Preparation(tuple(self.blocks[i] for i in sorted(self.blocks)), {}, dict(self.treatments))

    def _prepared(self, batch: Batch) -> Batch:
        """Return rows filled and treated as far as that is learnt."""
        plain = not any(leaf.denominator for leaf in self.tree.leaves)
        if plain and not self.blocks and not self.treatments:
            return batch
        with journal(held=True, counted_only=True):
            ready = self._preparation()(self.tree, batch)
        assert isinstance(ready, Batch)
        return ready

    def _scores(self, ready: Batch, bare: str = "") -> dict[str, Array]:
        """Return the scores of indicators, and of the groups of which all is known; one may be as it is aggregated."""
        tree = self.tree
        with journal(held=True, counted_only=True):
            z = normalised(tree, self.maps, ready)
            groups = climbed(self._known(bare), self.weights, z, ready, self.lost)
        return {code: z[:, j] for j, code in enumerate(tree.codes)} | {code: one.values for code, one in groups.items()}

    # A pass.

    def _pass(self, asked: Mapping[tuple[View, Asked], int]) -> None:
        """Gather what is asked for from the whole source."""
        first = not self.passes
        wanted = self._within_memory(asked)
        if first:
            keys = dict.fromkeys(["shown", self.weighed])
            wanted += [(View(None, key), Count) for key in keys]
        bundles = _bundles(wanted)
        found: dict[int, _Merged] = {i: _merged(what, self.survey.rows) for i, (_, what) in enumerate(bundles)}
        faults, rows = list[Fault](), 0
        work = partial(self._measured, bundles=bundles, first=first)
        title = told(Said("pass {number}", number=self.passes + 1), language())
        for part in in_order(work, self.source.reads(self.layout.columns), self.threads, self.source.rows, title):
            rows += part.rows
            faults += part.faults
            if len(faults) >= _FAULTS or rows > self.survey.rows:
                break
            for i, values in part.found.items():
                for value in values:
                    found[i].add(value)
            if first:
                self.based += part.based
                self.edges = (
                    [self.edges[0] if self.edges else part.edges[0], part.edges[1]] if part.edges else self.edges
                )
                self.hashed.update(part.hashed)
        raise_all(DataError, shortened(faults))
        if rows != self.survey.rows:
            raise DataError(
                Said(
                    "{source}: {now:,} rows now, {before:,} before: it must not change while it is read",
                    source=self.source.name,
                    now=rows,
                    before=self.survey.rows,
                )
            )
        self.passes += 1
        for i, (views, what) in enumerate(bundles):
            whole = found[i].whole()
            for place, view in enumerate(views):
                value = whole if len(views) == 1 or whole is None else _column(whole, place)
                if view.of is None:
                    self.counts[view.rows] = 0 if value is None else value.rows
                elif value is None and what is Count:
                    self.book.known[view, what] = Count(0)
                elif value is not None:
                    self.book.known[view, what] = value
                elif view.label is None:
                    raise DataError(Said("{what}: no row to learn from", what=self._called([view])))

    def _within_memory(self, asked: Mapping[tuple[View, Asked], int]) -> list[tuple[View, Asked]]:
        """Return what this pass gathers: all that is small, and of the rest as much as is held at one time."""
        small = [one for one in asked if one[1] not in LARGE]
        large = {one: self.survey.rows * k * 8 for one, k in asked.items() if one[1] in LARGE}
        if not large:
            return small
        whole = sum(large.values())
        held = max(max(large.values()), min(whole, HELD))
        kept = whole if any(self._keeps(view) for view, _ in large) else held
        what = self._called(view for view, _ in large)
        instead = Said("min_max, z_score, entropy and deviation take next to none")
        need_memory(row_of([self.source.name, what], "heads"), kept, instead)
        why = Said.of(
            self.survey.rows,
            "{what}: all values of {n} row are needed at one time, {size}",
            "{what}: all values of {n} rows are needed at one time, {size}",
            what=what,
            size=size_said(kept),
        )
        # Those that wait for the next pass were told of with the first.
        if not any(set(large) <= before for before in self.told):
            self.said.append(Entry("read", why))
            self.told.append(set(large))
        taken, total = list[tuple[View, Asked]](), 0
        for one, bytes_ in large.items():
            if not taken or total + bytes_ <= HELD:
                taken.append(one)
                total += bytes_
        return small + taken

    def _keeps(self, view: View) -> bool:
        """Return whether what is learnt holds all values itself, as ranks do."""
        kind, name = view.of[0], view.of[1]  # type: ignore[index]
        rescale = self.tree.by_code[name].rescale if kind == "scaling" else None
        choice = self._leaf(name).normalise if kind == "map" else rescale
        return bool(choice and choice.method.traits.get("keeps_values"))

    def _called(self, views: Iterable[View]) -> Said:
        """Return what asks for some views, in words: the methods, and the indicators or groups that each is of."""
        found: dict[Said | str, list[str]] = {}
        for view in views:
            kind, name = view.of[0], view.of[1]  # type: ignore[index]
            if kind == "group":
                weights = Said("{method} weights", method=self.choices[view.of].method.name)
                found.setdefault(weights, []).append(name)
            elif kind == "scaling":
                rescale = self.tree.by_code[name].rescale
                found.setdefault(rescale.method.name if rescale else "", []).append(name)
            elif kind == "block":
                step = self.steps[name]
                found.setdefault(step.choice.method.name, []).extend(self.tree.codes[j] for j in step.at)
            else:
                leaf = self._leaf(name)
                choice = leaf.treat if kind == "treat" else leaf.normalise
                found.setdefault(choice.method.name if choice and kind != "raw" else "coverage", []).append(name)
        distinct = ((what, listed(list(dict.fromkeys(names)))) for what, names in found.items())
        return row_of([Said("{what} of {names}", what=what, names=names) for what, names in distinct], "clauses")

    def _let_go(self) -> None:
        """Forget all values of the columns that have learnt what they wanted of them."""
        for view, what in [key for key in self.book.known if key[1] in LARGE]:
            kind, name = view.of[0], view.of[1]  # type: ignore[index]
            key = ("weights" if kind == "group" else kind, name)
            if key in self.lines or key in self.errors:
                del self.book.known[view, what]

    def _leaf(self, code: str) -> Leaf:
        return self.tree.leaves[self.tree.codes.index(code)]

    def _measured(self, read: Reading, bundles: Sequence[_Bundle], first: bool) -> _Part:
        """Return what is asked for of one piece."""
        part = _Part()
        merged = dict[int, _Merged]()
        try:
            piece = read()
            part.rows = piece.rows.num_rows
            merged |= {i: _merged(what, part.rows) for i, (_, what) in enumerate(bundles)}
            for batch in self.reader.batches(piece):
                self._measure(self._built(batch), bundles, merged, part if first else None)
        except DataError as error:
            part.faults = list(error.faults)
        part.found = {i: one.parts() for i, one in merged.items()}
        return part

    def _measure(
        self, batch: Batch, bundles: Sequence[_Bundle], merged: Mapping[int, _Merged], part: _Part | None
    ) -> None:
        masks = {key: selector(batch) for key, selector in self.selectors.items()}
        if part is not None:
            self._look(batch, masks, part)
        asked = dict.fromkeys(views[0].rows for views, _ in bundles)
        union = np.logical_or.reduce([masks[key] for key in asked]) if asked else np.zeros(batch.n, dtype=np.bool_)
        if not union.any():
            return
        whole = bool(union.all())
        seen = _Seen(self, batch if whole else batch.pick(union))
        for i, (views, what) in enumerate(bundles):
            rows = masks[views[0].rows] if whole else masks[views[0].rows][union]
            x, own = seen.values(views), rows if views[0].label is None else rows & seen.labelled(views[0].label)
            if what is Labels:
                merged[i].add(seen.labels(views[0], own))
                continue
            if not own.all():
                x = x[own]
            if len(x):
                after = seen.changed(views[0], x)
                merged[i].add(Rows(after) if what in LARGE else what.of(after))

    def _look(self, batch: Batch, masks: Mapping[Hashable, NDArray[np.bool_]], part: _Part) -> None:
        """Take note of where the fit rows begin and end, and keep the rows of the base."""
        at = np.flatnonzero(masks["shown"])
        if len(at):
            part.edges = [part.edges[0] if part.edges else batch.whose(int(at[0])), batch.whose(int(at[-1]))]
        if "base" in masks and self.setting.series == "fixed" and masks["base"].any():
            part.based.append(batch.pick(masks["base"]))
        if not self.source.fingerprint:
            digest = hashlib.sha256(part.hashed)
            digest.update(np.where(np.isnan(batch.values), np.nan, batch.values).astype("<f8").tobytes())
            part.hashed = digest.digest()

    def _learnt_from(self) -> Mapping[str, Any]:
        """Return what is kept of the rows that were learnt from."""
        shown = self.selectors["shown"]
        if not self.counts["shown"]:
            raise DataError(selects_nothing("fit_on", self.chosen, self.survey))
        ends = {"count": self.counts["shown"], "first": self.edges[0], "last": self.edges[1], "fit_on": self.chosen}
        weights = {"learnt_from": self.setting.weigh_on, "rows": self.counts[self.weighed]}
        known = self.source.fingerprint or self.hashed.hexdigest()
        labels = spread(self.source, self.layout, self.survey, shown)
        return Frozen({**ends, **labels, "sha256": known, "weights": weights})


class _Seen:
    """Rows of a batch as far as they are prepared, each column computed when it is first looked at."""

    def __init__(self, learning: _Learning, batch: Batch) -> None:
        self.learning, self.batch = learning, batch
        self._ready: Batch | None = None
        self._raw: Batch | None = None
        self._scores: dict[str, Array] | None = None

    @property
    def ready(self) -> Batch:
        """The rows prepared."""
        if self._ready is None:
            self._ready = self.learning._prepared(self.batch)
        return self._ready

    @property
    def raw(self) -> Batch:
        """The rows before anything is filled or treated."""
        if self._raw is None:
            raw = Preparation((), {}, {})(self.learning.tree, self.batch)
            assert isinstance(raw, Batch)
            self._raw = raw
        return self._raw

    @property
    def scores(self) -> dict[str, Array]:
        """The scores of indicators and groups."""
        if self._scores is None:
            self._scores = self.learning._scores(self.ready)
        return self._scores

    def values(self, views: Sequence[View]) -> Array:
        """Return the columns of some views side by side, before their steps."""
        if len(views) == 1:
            return self._values(views[0].of)
        kind, codes = views[0].of[0], self.learning.tree.codes  # type: ignore[index]
        rows = self.raw if kind == "raw" else self.ready
        return np.asarray(rows.values[:, [codes.index(view.of[1]) for view in views]])  # type: ignore[index]

    def _values(self, of: Any) -> Array:
        tree = self.learning.tree
        if of is None:
            return np.empty((self.batch.n, 0))
        kind, name = of[0], of[1]
        if kind == "group":
            branch, choice = tree.by_code[name], self.learning.choices[of]
            x = np.stack([self.scores[child] for child in branch.children]).T
            own = [self.learning.ends[child] for child in branch.children]
            return shown_values(choice, tree, branch, x, self.ready, own)
        if kind == "scaling":
            return self.learning._scores(self.ready, bare=name)[name][:, np.newaxis]
        if kind == "block":
            return np.asarray(self.ready.values[:, self.learning.steps[name].at])
        j = tree.codes.index(name)
        return np.asarray((self.raw if kind == "raw" else self.ready).values[:, j : j + 1])

    def changed(self, view: View, x: Array) -> Array:
        """Return rows after the steps of a view; cells that one cannot take are told by their places."""
        try:
            return view.seen(x)
        except CellsError as error:
            raise Labelled(x, None, complete=False, source=self.batch).refusal(error) from None

    def labelled(self, label: Any) -> NDArray[np.bool_]:
        """Return which rows have a label: of their group, or of unit and period."""
        kind, name, wanted = label
        if kind == "group":
            return np.array([one == wanted for one in self.batch.groups[name]], dtype=np.bool_)
        units, batch = self.batch.unit_list(), self.batch
        if batch.periods is None:
            return with_label(units if batch.units is not None else batch.labels.tolist(), wanted)
        return with_label(list(zip(units, batch.periods.text, strict=True)), wanted)

    def labels(self, view: View, rows: NDArray[np.bool_]) -> Labels:
        """Return the labels of the groups of some rows, in order of appearance."""
        own = self.batch.groups[view.of[2]]  # type: ignore[index]
        found = dict.fromkeys(label for label, taken in zip(own, rows, strict=True) if taken and not no_label(label))
        return Labels(tuple(found))


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of groups of rows, in order of appearance."""

    found: tuple[Any, ...]

    def __add__(self, other: Labels) -> Labels:
        return Labels(tuple(dict.fromkeys((*self.found, *other.found))))


class _AskingRows:
    """What an imputation sees of rows that are not there: a sample, and one of each group of rows."""

    units = periods = None

    def __init__(self, sample: Asking, groups: str) -> None:
        self.sample, self.columns, self._groups = sample, sample.columns, groups

    @property
    def values(self) -> Array:
        """All rows."""
        return self.sample.x

    @property
    def samples(self) -> dict[Any, Sample]:
        """The rows of each group, by label in order of appearance."""
        view, book = self.sample.view, self.sample.book
        found = book.find(replace(view, of=(*view.of, self._groups)), Labels, 1)  # type: ignore[misc]
        labels = ("",) if found is None else found.found
        views = {label: replace(view, label=("group", self._groups, label)) for label in labels}
        return {label: Asking(book, own, self.sample.glimpse) for label, own in views.items()}


# How what is asked for is put together.

_Bundle: TypeAlias = tuple[tuple[View, ...], Asked]


@dataclass(slots=True)
class _Part:
    """What one piece gives: statistics by bundle, its number of rows, faults; in the first pass what it is to know."""

    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    found: dict[int, list[Any]] = field(default_factory=dict)
    based: list[Batch] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    hashed: bytes = b""


class _Merged:
    """Statistics merged two by two, as in a tournament: rounding grows with the logarithm of their number."""

    def __init__(self) -> None:
        self._rounds: list[tuple[int, Any]] = []

    def add(self, value: Any) -> None:
        """Add the statistic of the next rows."""
        level = 0
        while self._rounds and self._rounds[-1][0] == level:
            value = self._rounds.pop()[1] + value
            level += 1
        self._rounds.append((level, value))

    def parts(self) -> list[Any]:
        """Return what is merged so far, as one statistic."""
        whole = self.whole()
        return [] if whole is None else [whole]

    def whole(self) -> Any:
        """Return the statistic of all rows; None of none."""
        found = None
        for _, value in reversed(self._rounds):
            found = value if found is None else value + found
        return found


class _Held(_Merged):
    """All values of at most n rows, or all values in rising order."""

    def __init__(self, what: Any, n: int) -> None:
        super().__init__()
        self.what, self._n, self._place = what, n, 0
        self._values: Array | None = None

    def add(self, value: Any) -> None:
        """Add the next rows."""
        rows = value.values
        if self._values is None:
            self._values = np.empty((self._n, rows.shape[1]), order="F")
        self._values[self._place : self._place + len(rows)] = rows
        self._place += len(rows)

    def parts(self) -> list[Any]:
        """Return the rows as they came."""
        return [] if self._values is None else [Rows(self._values[: self._place])]

    def whole(self) -> Any:
        """Return all rows."""
        if self._values is None:
            return None
        values = self._values[: self._place]
        if self.what is Rows:
            return Rows(values)
        for column in values.T:
            column.sort()
        return Ordered(self._place - np.isnan(values).sum(axis=0), values)


def _merged(what: Asked, n: int) -> _Merged:
    return _Held(what, n) if what in LARGE else _Merged()


def _bundles(asked: Iterable[tuple[View, Asked]]) -> list[_Bundle]:
    """Return what is asked for, views of one indicator each put together where the same is asked of all of them."""
    together: dict[Hashable, list[View]] = {}
    alone: list[_Bundle] = []
    for view, what in asked:
        if what in _BY_COLUMN and view.of is not None and view.of[0] in ("raw", "treat", "map"):  # type: ignore[index]
            plain = "raw" if view.of[0] == "raw" else ""  # type: ignore[index]
            together.setdefault((plain, view.rows, view.label, view.changes, what), []).append(view)
        else:
            alone.append(((view,), what))
    return [(tuple(views), key[-1]) for key, views in together.items()] + alone  # type: ignore[index]


def _column(statistic: Any, j: int) -> Any:
    """Return a statistic of several columns as that of one."""
    if is_dataclass(statistic) and not isinstance(statistic, type):
        parts = {one.name: _column(getattr(statistic, one.name), j) for one in fields(statistic)}
        return type(statistic)(**parts)
    return statistic[..., j : j + 1]


def _own(leaf: Leaf) -> Hashable:
    """Return the key of the rows that an indicator learns from."""
    return "shown" if leaf.fit_on is None else ("own", repr(leaf.fit_on))


def _steps(tree: Tree) -> list[_Step]:
    """Return the imputations of an index: of indicators with the same choice and the same fit rows, one."""
    found: dict[tuple[Hashable, Choice], list[int]] = {}
    for j, leaf in enumerate(tree.leaves):
        if leaf.impute is not None:
            found.setdefault((_own(leaf), leaf.impute), []).append(j)
    return [_Step(choice, tuple(at), rows) for (rows, choice), at in found.items()]


def joined(batches: Sequence[Batch], layout: Layout) -> Panel:
    """Return the rows of several batches as one table."""
    first = batches[0]
    values = np.asfortranarray(np.concatenate([one.values for one in batches]))
    units = None if first.units is None else np.concatenate([one.units for one in batches if one.units is not None])
    periods = None
    if first.periods is not None:
        ordinals = np.concatenate([one.periods.ordinals for one in batches if one.periods is not None])
        periods = Periods(first.periods.frequency, ordinals)
    levels = [one for one in (units, None if periods is None else periods.text) if one is not None]
    labels = pd.MultiIndex.from_arrays(levels, names=layout.labels) if len(levels) > 1 else pd.Index(levels[0])
    groups = {name: [label for one in batches for label in one.groups[name]] for name in first.groups}
    return Panel(values, first.columns, labels, units, periods, groups=groups, at=np.arange(len(values)))


def in_order(
    work: Callable[[T], R], reads: Iterator[T], threads: int, rows: int | None = None, title: str = ""
) -> Iterator[R]:
    """Yield what the work gives for each piece, in their order, by so many threads; no more pieces wait than that."""
    with closing(_bar(rows, title)) as bar, closing(alone.in_order(work, reads, threads)) as made:
        for found in made:
            bar.update(getattr(found, "rows", 0))
            yield found


def _bar(rows: int | None, title: str) -> Any:
    from tqdm import tqdm

    unit = told(Said(" rows"), language())
    return tqdm(total=rows, desc=title, unit=unit, unit_scale=True, leave=False, disable=not sys.stderr.isatty())
