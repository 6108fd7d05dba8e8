"""How levels go through time: straight from the scores, linked where the content changes, or chained step by step.

A course gives the level of every group in units of its first scores, and splits levels and changes into parts that
sum to them; setting a base period to 100 multiplies both by the same number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hengdian_index._levels.bases import refuse_infinite
from hengdian_index._levels.contributions import Parts, change_parts, level_parts
from hengdian_index._methods.effects import Split
from hengdian_index._scoring.contents import Content, rows_of, scored
from hengdian_index._scoring.scores import Evaluation, spread
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, raise_all, shown
from hengdian_index.log import journal

Rows = NDArray[np.intp]


class Course(Protocol):
    """The levels of every group, and their parts."""

    @property
    def levels(self) -> Array:
        """Levels (n, groups), the root first."""

    def resting(self, marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which levels (n, groups) depend on rows whose scores are marked."""

    def level_parts(self, code: str, to_leaves: bool) -> Parts:
        """Return the parts (n,) of a group's level."""

    def change_parts(self, code: str, lag: int, to_leaves: bool, split: Split) -> Parts:
        """Return the parts (n,) of a group's change on the period `lag` before."""


@dataclass(frozen=True, eq=False)
class Direct:
    """Levels that are the scores themselves."""

    rows: Evaluation
    panel: Panel

    @property
    def levels(self) -> Array:
        """Levels (n, groups), the root first."""
        return matrix(self.rows)

    def resting(self, marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which levels (n, groups) depend on rows whose scores are marked: their own."""
        return marks

    def level_parts(self, code: str, to_leaves: bool) -> Parts:
        """Return the parts (n,) of a group's level."""
        return level_parts(self.rows, code, to_leaves)

    def change_parts(self, code: str, lag: int, to_leaves: bool, split: Split) -> Parts:
        """Return the parts (n,) of a group's change on the period `lag` before."""
        return change_parts(self.rows.at(self.panel.previous(lag)), self.rows, code, to_leaves, split)


@dataclass(frozen=True, eq=False)
class Linked:
    """Scores of several contents, each multiplied so that the level stays where the content changes.

    A content is linked to the one before in the last period before it, or in its first, whichever has all that the two
    do not share: level = factor * score, factor_c = factor_(c-1) score_(c-1) / score_c there. A group that is new
    enters at the level of its parent. `known` are the factors (contents, groups) of units that were linked before;
    they stand. A link `over` several periods, those before a content, is that of the mean level to the mean score.
    """

    tree: Tree
    contents: Sequence[Content]
    rows: Evaluation
    panel: Panel
    known: Mapping[Any, Array] | None = None
    over: int = 1

    @cached_property
    def which(self) -> Rows:
        """Position of the content of each row (n,), -1 before the first."""
        return rows_of([content.since for content in self.contents], self.panel)

    @cached_property
    def views(self) -> tuple[Evaluation, ...]:
        """The rows under each content: its own, and those of the periods in which it may be linked."""
        ends = [content.since for content in self.contents[1:]]
        with journal():
            return tuple(self._view(*part) for part in zip(self.contents, [None, *ends], [*ends, None], strict=True))

    def _view(self, content: Content, since: int | None, until: int | None) -> Evaluation:
        assert self.panel.periods is not None
        ordinals = self.panel.periods.ordinals
        near = np.ones(self.panel.n, dtype=np.bool_)
        near &= True if since is None else ordinals >= since - self.over
        near &= True if until is None else ordinals <= until
        rows = np.flatnonzero(near)
        part = scored(self.tree, content, self.rows.leaves[rows], self.panel.pick(rows))
        return spread(self.panel.n, rows, part)

    @cached_property
    def links(self) -> tuple[Rows, ...]:
        """For each content the row (n,) in which each row's unit is linked to it, -1 where there is none."""
        none = np.full(self.panel.n, -1)
        return (none, *(self._link(position) for position in range(1, len(self.contents))))

    def linking(self, position: int) -> list[Rows]:
        """Return the rows (n,) over which each row's unit is linked to a content, in the order of time; -1 for none."""
        assert self.panel.periods is not None
        at = self.links[position]
        if self.over == 1:
            return [at]
        since = self.contents[position].since
        rows = [self.panel.rows_at(np.full(self.panel.n, one)) for one in range(since - self.over, since)]
        return [np.where(at < 0, -1, row) for row in rows]

    @cached_property
    def factors(self) -> Array:
        """What the scores of each content are multiplied by, (contents, n, groups)."""
        groups = self.tree.groups
        found = np.full((len(self.contents), self.panel.n, len(groups)), np.nan)
        found[0] = 1.0
        first, seen = self._first_content(), self._seen()
        for position in range(1, len(self.contents)):
            found[position] = self._factor(position, found[position - 1])
            found[position][(first >= position) & ~seen] = 1.0
            known = self._known(position)
            found[position] = np.where(np.isnan(known), found[position], known)
        return found

    def by_unit(self) -> dict[Any, Array]:
        """Return the factors (contents, groups) of each unit."""
        first = np.unique(self.panel.unit_codes(), return_index=True)[1]
        return {self.panel.unit(row): self.factors[:, row].copy() for row in first.tolist()}

    def _seen(self) -> NDArray[np.bool_]:
        """Return which rows' units (n,) the fit has seen."""
        codes, known = self.panel.unit_codes(), self.known or {}
        first = np.unique(codes, return_index=True)[1]
        return np.array([self.panel.unit(row) in known for row in first.tolist()])[codes]

    def _known(self, position: int) -> Array:
        """Return the factors (n, groups) of units that were linked before, missing for the others."""
        nothing = np.full((len(self.contents), len(self.tree.groups)), np.nan)
        known, codes = self.known or {}, self.panel.unit_codes()
        first = np.unique(codes, return_index=True)[1]
        return np.array([known.get(self.panel.unit(row), nothing)[position] for row in first.tolist()])[codes]

    @cached_property
    def levels(self) -> Array:
        """Levels (n, groups), the root first."""
        scores, factors = matrix(self.rows), self._own_factors()
        lost = np.isnan(factors) & ~np.isnan(scores)
        raise_all(DataError, shortened(self._unlinked(lost)))
        with np.errstate(over="ignore"):
            levels = scores * factors
        refuse_infinite(levels, self.panel, self.tree.groups, Said("level"))
        return np.asarray(levels)

    def resting(self, marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which levels (n, groups) depend on rows whose scores are marked: their own, and those linked there."""
        out = marks.copy()
        for position in range(1, len(self.contents)):
            for at in self.linking(position):
                out |= (self.which >= position)[:, np.newaxis] & (at >= 0)[:, np.newaxis] & marks[at]
        return out

    def _unlinked(self, lost: NDArray[np.bool_]) -> list[Fault]:
        """Return a text for each unit, content and group without a link, where rows (n, groups) need it."""
        assert self.panel.periods is not None
        faults: dict[tuple[int, int, int], Fault] = {}
        for row, g in np.argwhere(lost):
            position = int(self.which[row])
            since, frequency = self.contents[position].since, self.panel.periods.frequency
            before, when = (format_period(ordinal, frequency) for ordinal in (since - 1, since))
            one = Said(
                "{group!r}: what holds from {since} on cannot be linked to what held before: neither of {before} and "
                "{since} has all values of both; give its row and its values, or content = 'restate'",
                group=self.tree.groups[g],
                since=when,
                before=before,
            )
            several = Said(
                "{group!r}: what holds from {since} on cannot be linked to what held before: not all of the {over} "
                "periods before have all values of both; give its row and its values, or content = 'restate'",
                group=self.tree.groups[g],
                since=when,
                over=self.over,
            )
            key = (int(self.panel.unit_codes()[row]), position, int(g))
            fault = Fault(one if self.over == 1 else several, kind=(Said("units"), position, int(g)))
            if self.panel.units is not None:
                fault = fault.under(saying=Said("unit {unit}: ", unit=shown(self.panel.unit(row))))
            faults.setdefault(key, fault)
        return list(faults.values())

    def notes(self) -> list[Said]:
        """Return for each content in which period it is linked, and with what factor, in words."""
        assert self.panel.periods is not None
        said = []
        for position, (content, rows) in enumerate(zip(self.contents, self.links, strict=True)):
            if position == 0:
                continue
            first = np.unique(self.panel.unit_codes(), return_index=True)[1]
            linked = first[rows[first] >= 0]
            for ordinal in np.unique(self.panel.periods.ordinals[rows[linked]]).tolist():
                some = linked[self.panel.periods.ordinals[rows[linked]] == ordinal]
                when = self.when(ordinal)
                if self.panel.units is None:
                    why = Said(
                        "linked in {when}: factor {factor:.6g} in {group!r}",
                        when=when,
                        factor=self.factors[position][some[0], 0],
                        group=content.tree.root.code,
                    )
                else:
                    why = Said.of(len(some), "linked in {when}: {n} unit", "linked in {when}: {n} units", when=when)
                said.append(why)
        return said

    def when(self, last: int) -> Said:
        """Return the periods of a link in words."""
        assert self.panel.periods is not None
        ends = [format_period(one, self.panel.periods.frequency) for one in (last - self.over + 1, last)]
        return joined(ends[1:]) if ends[0] == ends[1] else Said("{first} to {last}", first=ends[0], last=ends[1])

    def level_parts(self, code: str, to_leaves: bool) -> Parts:
        """Return the parts (n,) of a group's level."""
        factor = self._own_factors()[:, self.tree.groups.index(code)]
        if not any(branch.rescale for branch in self.tree.branches):
            return {name: part * factor for name, part in level_parts(self.rows, code, to_leaves).items()}
        total: Parts = {}
        for position, view in enumerate(self.views):
            here = self.which == position
            found = level_parts(view, code, to_leaves) if code in view.tree.by_code else {}
            for name, part in found.items():
                total.setdefault(name, np.zeros(self.panel.n))[here] = part[here] * factor[here]
        return total

    def change_parts(self, code: str, lag: int, to_leaves: bool, split: Split) -> Parts:
        """Return the parts (n,) of a group's change on the period `lag` before: those under each content in between."""
        before, own = self.panel.previous(lag), np.arange(self.panel.n)
        old = np.where(before < 0, -1, self.which[before])
        g = self.tree.groups.index(code)
        total: Parts = {}
        for position, view in enumerate(self.views):
            here = np.flatnonzero((old <= position) & (position <= self.which) & (before >= 0))
            if code not in view.tree.by_code or not len(here):
                continue
            factor = self.factors[position][here, g] / self.over
            starts = self.linking(position)
            ends = self.linking(position + 1) if position + 1 < len(self.links) else [own] * self.over
            # The change between two means is the mean of changes.
            for first, last in zip(starts, ends, strict=True):
                start = np.where(old == position, before, first)[here]
                end = np.where(self.which == position, own, last)[here]
                for name, part in change_parts(view.at(start), view.at(end), code, to_leaves, split).items():
                    total.setdefault(name, np.zeros(self.panel.n))[here] += part * factor
        level = self.levels[:, g]
        gone = np.isnan(level) | (before < 0) | np.isnan(level[before])
        return {name: np.where(gone, np.nan, part) for name, part in total.items()}

    def _own_factors(self) -> Array:
        chosen = np.maximum(self.which, 0)
        return np.asarray(self.factors[chosen, np.arange(self.panel.n)])

    def _first_content(self) -> Rows:
        """Return the content in which each row's unit has its first row (n,)."""
        units = self.panel.unit_codes()
        first = np.full(units.max() + 1, len(self.contents))
        np.minimum.at(first, units, self.which)
        return np.asarray(first[units])

    def _link(self, position: int) -> Rows:
        """Return the row in which each row's unit has both this content and the one before it, -1 if none has.

        It is that of the period before the content, or that of its first; one in which all groups have both scores
        before one in which only the top has.
        """
        before, now = self.views[position - 1], self.views[position]
        codes, since = (before.tree.codes, now.tree.codes), self.contents[position].since
        differing = [j for j, code in enumerate(self.tree.codes) if (code in codes[0]) != (code in codes[1])]
        there = ~np.isnan(self.rows.leaves[:, differing]).any(axis=1)
        shared = [code for code in now.groups if code in before.groups]
        both = {code: ~(np.isnan(before.values(code)) | np.isnan(now.values(code))) for code in shared}
        top = there & both[self.tree.root.code]
        every = top & np.logical_and.reduce(list(both.values()))
        found = np.full(self.panel.n, -1)
        rows = [self.panel.rows_at(np.full(self.panel.n, ordinal)) for ordinal in (since - 1, since)]
        if self.over > 1:
            year = [self.panel.rows_at(np.full(self.panel.n, one)) for one in range(since - self.over, since)]
            return np.where(np.logical_and.reduce([(at >= 0) & top[at] for at in year]), rows[0], -1)
        for known in (top, every):
            for at in reversed(rows):
                found = np.where((at >= 0) & known[at], at, found)
        return np.where(self._holed(position, rows[0]), -1, found)

    def _holed(self, position: int, before: Rows) -> NDArray[np.bool_]:
        """Return which rows' units (n,) have earlier rows, but none in the period before a content."""
        assert self.panel.periods is not None
        codes = self.panel.unit_codes()
        first = np.full(codes.max() + 1, np.iinfo(np.int64).max)
        np.minimum.at(first, codes, self.panel.periods.ordinals)
        return (before < 0) & (first[codes] < self.contents[position].since - 1)

    def _factor(self, position: int, before: Array) -> Array:
        """Return the factors of a content (n, groups) from those of the one before it."""
        old, new, rows = self.views[position - 1], self.views[position], self.linking(position)

        def mean(values: Array) -> Array:
            return np.asarray(sum(values[at] for at in rows) / len(rows))

        out = np.full(before.shape, np.nan)
        level = np.full(before.shape, np.nan)
        for g, code in enumerate(self.tree.groups):
            if code not in new.groups:
                continue
            if code in old.groups:
                with np.errstate(over="ignore"):
                    level[:, g] = before[:, g] * mean(old.values(code))
            else:
                parent = self.tree.by_code[code].parent
                level[:, g] = level[:, self.tree.groups.index(str(parent))]
            with np.errstate(invalid="ignore", divide="ignore"):
                out[:, g] = np.where(rows[0] < 0, np.nan, level[:, g] / mean(new.values(code)))
        return out


def matrix(rows: Evaluation) -> Array:
    """Return the scores (n, groups) of an evaluation, the root first."""
    return np.stack([rows.values(code) for code in rows.tree.groups], axis=1)


def provisional(rows: Evaluation, course: Course, panel: Panel, base: Any) -> NDArray[np.bool_]:
    """Return which levels (n, groups) will be revised: marked are their own cells or those of a base, a link, a chain.

    Parameters
    ----------
    panel : Panel
        The prepared rows, with their marked cells.
    """
    groups, k = rows.tree.groups, len(rows.tree.codes)
    marks = np.zeros((panel.n, k), dtype=np.bool_) if panel.provisional is None else panel.provisional
    for j, leaf in enumerate(rows.tree.leaves):
        if leaf.impute_scores is not None and leaf.impute_scores.method.traits.get("provisional"):
            marks = marks.copy()
            marks[:, j] |= np.isnan(panel.values[:, j]) & ~np.isnan(rows.values(leaf.code))
    carried = [one for one in rows.tree.branches if one.impute and one.impute.method.traits.get("provisional")]
    if not marks.any() and not any(rows.imputed(branch.code).any() for branch in carried):
        return np.zeros((panel.n, len(groups)), dtype=np.bool_)
    found = dict(zip(rows.tree.codes, (marks & (rows.importance() > 0)).T, strict=True))
    for branch in rows.tree.branches:
        found[branch.code] = np.logical_or.reduce([found[child] for child in branch.children])
        found[branch.code] |= rows.imputed(branch.code) & (branch in carried)
    resting = course.resting(np.stack([found[code] for code in groups], axis=1))
    if base is None or not panel.holds(base):
        return resting
    codes, in_base = panel.unit_codes(), panel.select(base, "base")
    based = np.zeros((codes.max() + 1, len(groups)), dtype=np.bool_)
    np.logical_or.at(based, codes[in_base], resting[in_base])
    return np.asarray(resting | based[codes])
