"""What an index consists of, and from when: the spans of periods between two changes of indicators or weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.means import ARITHMETIC, Kernel, Together
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.choice import Frozen
from hengdian_index._scoring.fields import called
from hengdian_index._scoring.fitting import Columns, shrunk
from hengdian_index._scoring.scores import Evaluation, Weights, learn_scores, learn_weights, score, stitched, whole
from hengdian_index._scoring.tree import Branch, Leaf, Setting, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import EARLIEST, LATEST, Frequency, Periods, format_period, read_span
from hengdian_index._tables.table import Array
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import Fault, FaultsError, SpecError, raise_all, raise_together
from hengdian_index.log import about, journal, note

Span = tuple[int, int]


@stored("content")
@dataclass(frozen=True, eq=False)
class Content:
    """The tree that holds from a period on (`since`, an ordinal), and its weights.

    With weights learnt in each period, `by_period` holds those of the periods seen by the fit; `weights` are those of
    all fit rows. Where weights are `shares` of a value, `by_unit` holds those that the levels of each unit make of
    them, and `priced` the periods whose prices the shares of each group are at; `weights` are those of a single unit.
    `begins` is the first period of each unit, `unseen` the indicators that move with their group for want of any value.
    """

    since: int
    tree: Tree
    weights: Weights
    by_period: Mapping[int, Weights] | None = None
    shares: Weights | None = None
    by_unit: Mapping[Any, Weights] | None = None
    priced: Mapping[str, str] | None = None
    begins: Mapping[Any, int] | None = None
    unseen: Mapping[Any, tuple[str, ...]] | None = None

    @property
    def alike(self) -> bool:
        """Whether all rows have the same weights, whatever their levels are."""
        return self.by_period is None and self.by_unit is None


def trees(tree: Tree, frequency: Frequency | None) -> list[tuple[int, Tree]]:
    """Return the tree of each span of periods without a change, and the ordinal it holds from.

    Raises
    ------
    SpecError
        Validity periods that cannot be read, that are finer than the data or run backwards; an indicator of which no
        period is left; validity without a period column.
    """
    if not changes(tree):
        return [(EARLIEST, tree)]
    if frequency is None:
        raise SpecError(
            Said("start, end, replaces and weights_since need periods; name the period column in the index")
        )
    faults: list[Fault] = []
    spans, weights = _spans(tree, frequency, faults), _weight_dates(tree, frequency, faults)
    raise_all(SpecError, faults)
    dates = {first for first, _ in spans.values()} | {last + 1 for _, last in spans.values() if last < LATEST}
    dates |= {date for branch in weights.values() for date in branch}
    found = []
    for since in sorted(dates | {EARLIEST}):
        active = {code for code, (first, last) in spans.items() if first <= since <= last}
        if active:
            found.append((since, pruned(tree, active, weights, since)))
        elif found:
            when = format_period(since, frequency)
            raise SpecError(Said("from {when} on no indicator is left; name successors, or take `end` out", when=when))
    return found


def late_groups(tree: Tree, contents: Sequence[Content]) -> dict[int, int]:
    """Return the groups that the first content lacks, by position, and their parents; each parent before its child."""
    first = contents[0].tree.by_code
    at = {code: g for g, code in enumerate(tree.groups)}
    return {at[code]: at[str(tree.by_code[code].parent)] for code in tree.groups if code not in first}


def rows_of(sinces: list[int], panel: Panel) -> NDArray[np.intp]:
    """Return the position of the content that holds in each row's period, -1 before the first."""
    if panel.periods is None:
        return np.zeros(panel.n, dtype=np.intp)
    return np.searchsorted(sinces, panel.periods.ordinals, side="right") - 1


def described(before: Tree, now: Tree, since: int, frequency: Frequency) -> Said:
    """Return what changes from one content to the next, in words."""
    both = [branch for branch in now.branches if branch.code in before.by_code]
    said = [
        Said("indicators added: {codes}", codes=_lacking(now.codes, before.codes)),
        Said("indicators left out: {codes}", codes=_lacking(before.codes, now.codes)),
        Said("groups added: {codes}", codes=_lacking(now.groups, before.groups)),
        Said("groups left out: {codes}", codes=_lacking(before.groups, now.groups)),
        Said(
            "new weights in: {codes}",
            codes=joined([one.code for one in both if one.weights != before.by_code[one.code].weights]),
        ),
    ]
    changed = joined([one for one in said if one.values["codes"]], "clauses")
    return Said("from {when}: {changes}", when=format_period(since, frequency), changes=changed)


def _lacking(codes: Sequence[str], others: Sequence[str]) -> Said:
    """Return the codes that are not among others."""
    return joined([code for code in codes if code not in others])


def changes(tree: Tree) -> bool:
    """Return whether an index consists of other things in some periods than in others."""
    return any(leaf.start is not None or leaf.end is not None for leaf in tree.leaves) or any(
        branch.weights_since for branch in tree.branches
    )


def _spans(tree: Tree, frequency: Frequency, faults: list[Fault]) -> dict[str, Span]:
    """Return the first and last ordinal of each indicator's validity; what is wrong joins the faults."""
    spans: dict[str, Span] = {}
    for leaf in tree.leaves:
        try:
            first = EARLIEST if leaf.start is None else read_span(leaf.start, frequency, column="start")[0]
            last = LATEST if leaf.end is None else read_span(leaf.end, frequency, column="end")[1]
            if leaf.replaced_from is not None and leaf.end is None:
                last = read_span(leaf.replaced_from, frequency, column="start")[0] - 1
            if first > last:
                end = format_period(last, frequency)
                raise SpecError(Said("it starts in {start} and ends before, in {end}", start=leaf.start, end=end))
            spans[leaf.code] = first, last
        except SpecError as error:
            faults += [fault.under(saying=called("indicator", leaf.code)) for fault in error.faults]
    return spans


def _weight_dates(tree: Tree, frequency: Frequency, faults: list[Fault]) -> dict[str, dict[int, Branch]]:
    """Return for each group the ordinals from which it has other weights, and the group as it is from then on.

    What is wrong joins the faults.
    """
    found: dict[str, dict[int, Branch]] = {}
    for branch in tree.branches:
        for period, choice in branch.weights_since.items():
            try:
                since = read_span(period, frequency, column="weights_since")[0]
                found.setdefault(branch.code, {})[since] = replace(branch, weights=choice)
            except SpecError as error:
                faults += [fault.under(saying=called("group", branch.code)) for fault in error.faults]
    for branch in tree.branches:
        dates = found.get(branch.code, {})
        if dates and dates[min(dates)].weights == branch.weights:
            # The first weights, which hold before their date, too.
            del dates[min(dates)]
    return found


def pruned(
    tree: Tree, active: set[str], weights: Mapping[str, Mapping[int, Branch]] | None = None, since: int = EARLIEST
) -> Tree:
    """Return the tree as it is from a period on: its active indicators, the groups that still hold one, its weights."""
    leaves = tuple(leaf for leaf in tree.leaves if leaf.code in active)
    kept = set(active)
    branches = []
    for branch in tree.branches:
        children = tuple(child for child in branch.children if child in kept)
        if children:
            kept.add(branch.code)
            branches.append(_restricted(_latest(branch, (weights or {}).get(branch.code, {}), since), children))
    return Tree(leaves, tuple(branches))


def _latest(branch: Branch, dated: Mapping[int, Branch], since: int) -> Branch:
    dates = [date for date in dated if date <= since]
    return dated[max(dates)] if dates else branch


def _restricted(branch: Branch, children: tuple[str, ...]) -> Branch:
    gone = set(branch.children) - set(children)
    if not gone:
        return branch
    weights = shrunk(branch.weights, branch.children, gone) if len(children) > 1 else branch.weights
    # What is said of weights names the period from which they hold: found by the weights.
    since = Frozen({p: weights if choice == branch.weights else choice for p, choice in branch.weights_since.items()})
    aggregate = branch.aggregate.without(branch.children, gone)
    return replace(branch, children=children, weights=weights, weights_since=since, aggregate=aggregate)


def learn_by_period(tree: Tree, content: Content, x: Array | Columns, panel: Panel, cancelled: Any = 0.0) -> Content:
    """Return a content with weights learnt in each period of the prepared rows; those it has stand.

    `weights` become those of the last period. A period that the fit has not seen is noted: its weights depend on the
    rows that are given of it.
    """
    if panel.periods is None:
        raise SpecError(Said("weigh_on = 'period' needs periods; name the period column in the index"))
    x, found = whole(x), dict(content.by_period or {})
    errors: list[FaultsError] = []
    for rows in panel.periods.blocks():
        ordinal = int(panel.periods.ordinals[rows[0]])
        if ordinal in found:
            continue
        period = panel.period(int(rows[0]))
        try:
            with about(joined([]), period=period):
                found[ordinal] = learn_weights(tree, x[rows], panel.pick(rows), cancelled)
        except FaultsError as error:
            saying = Said("period {period}: ", period=period)
            errors.append(type(error)(*(fault.under(saying=saying) for fault in error.faults)))
        if content.by_period is not None:
            learnt = Said.of(
                len(rows),
                "learnt from the {n} row given of a period after the fit",
                "learnt from the {n} rows given of a period after the fit",
            )
            note("weights", learnt, period=period)
    raise_together(errors)
    return replace(content, weights=found[max(found)], by_period=found)


def with_periods(tree: Tree, content: Content, leaves: Array | Columns, panel: Panel, cancelled: Any = 0.0) -> Content:
    """Return a content whose groups that are rescaled within periods know those of the rows; the same if they do."""
    if not any(branch.within for branch in content.tree.branches):
        return content
    x = leaves if content.tree.codes == tree.codes else columns_of(tree, content.tree, whole(leaves))
    lost = columns_of(tree, content.tree, np.broadcast_to(cancelled, (1, len(tree.codes))))[0]
    with journal():
        found = learn_scores(content.tree, x, panel, lost, known=content.weights, again=False).tree
    return replace(content, tree=found)


def scored(tree: Tree, content: Content, leaves: Array | Columns, panel: Panel, cancelled: Any = 0.0) -> Evaluation:
    """Return rows scored under one content, whatever their periods.

    `leaves` (n, k), and what cancelled in them (k,), are those of the whole tree.
    """
    x = leaves if content.tree.codes == tree.codes else columns_of(tree, content.tree, whole(leaves))
    lost = columns_of(tree, content.tree, np.broadcast_to(cancelled, (1, len(tree.codes))))[0]
    if content.by_unit is not None:
        return _by_unit(content, content.by_unit, whole(x), panel, lost)
    if content.by_period is None or panel.periods is None:
        return score(content.tree, content.weights, x, panel, lost)
    x, parts = whole(x), []
    for rows in panel.periods.blocks():
        weights = content.by_period[int(panel.periods.ordinals[rows[0]])]
        parts.append((rows, score(content.tree, weights, x[rows], panel.pick(rows), lost)))
    return stitched(content.tree, x, parts)


def _by_unit(content: Content, known: Mapping[Any, Weights], x: Array, panel: Panel, lost: Array) -> Evaluation:
    """Return rows scored under the weights of their unit; a unit that has none yet has no scores."""
    codes, parts = panel.unit_codes(), []
    first = np.unique(codes, return_index=True)[1]
    if len(first) == 1 and panel.unit(int(first[0])) in known:
        return score(content.tree, known[panel.unit(int(first[0]))], x, panel, lost)
    for row in first.tolist():
        rows = np.flatnonzero(codes == codes[row])
        if panel.unit(row) in known:
            parts.append((rows, score(content.tree, known[panel.unit(row)], x[rows], panel.pick(rows), lost)))
    return stitched(content.tree, x, parts)


def in_turn(
    tree: Tree, contents: Sequence[Content], leaves: Array | Columns, panel: Panel, cancelled: Any = 0.0
) -> Evaluation:
    """Return each row scored under the content of its period, as one evaluation under the whole tree."""
    if len(contents) == 1 and contents[0].since == EARLIEST:
        return scored(tree, contents[0], leaves, panel, cancelled)
    which = rows_of([content.since for content in contents], panel)
    leaves, parts = whole(leaves), []
    for position, content in enumerate(contents):
        rows = np.flatnonzero(which == position)
        if len(rows):
            parts.append((rows, scored(tree, content, leaves[rows], panel.pick(rows), cancelled)))
    return stitched(tree, leaves, parts)


def own_rows(leaf: Leaf, panel: Panel) -> Panel:
    """Return the fit rows that an indicator names itself."""
    return panel.pick(panel.select(leaf.fit_on, f"fit_on of {leaf.code!r}"))


def late_rows(part: Tree, panel: Panel) -> NDArray[np.bool_] | None:
    """Return the fit rows that the indicators of a content name themselves, None if none does."""
    masks = [panel.select(leaf.fit_on, "fit_on") for leaf in part.leaves if leaf.fit_on is not None]
    return np.logical_or.reduce(masks) if masks else None


def columns_of(tree: Tree, part: Tree, x: Array) -> Array:
    """Return the columns (n, k) of a part of a tree."""
    return x if part is tree else x[:, [tree.codes.index(code) for code in part.codes]]


def dated_trees(tree: Tree, setting: Setting, periods: Periods | None) -> list[tuple[int, Tree]]:
    """Return the trees of an index by the ordinal they hold from; where history is restated, the last one for all."""
    frequency = periods.frequency if periods else None
    found = trees(tree, frequency)
    first, last = (int(end(periods.ordinals)) if periods else 0 for end in (np.min, np.max))
    if setting.weights_form != "plain" and setting.content == "link" and frequency is not None:
        found = _with_prices(found, frequency, first)
    faults = list[Said]()
    if (len(found) > 1 and setting.content == "link") or setting.series != "fixed":
        faults += [
            Said("{fault}, so its levels cannot be linked or chained; choose a mean", fault=fault)
            for fault in comparing(tree)
        ]
        if frequency is None:
            faults.append(
                Said("series = {series!r} needs periods; name the period column in the index", series=setting.series)
            )
    if len(found) > 1 and setting.weigh_on == "period":
        faults.append(Said("weigh_on = 'period' and a change of content exclude each other; give weights_since"))
    raise_all(SpecError, faults)
    others = [branch.aggregate.method.name for branch in tree.branches if _kernel(branch) is not ARITHMETIC]
    if setting.series in ("symmetric", "log") and others:
        why = Said(
            "series = {series!r} chains the weighted mean growth of indicators; {methods} is for the scores alone",
            series=setting.series,
            methods=joined(list(dict.fromkeys(others))),
        )
        note("series", why)
    for (_, before), (since, now) in pairwise(found):
        assert frequency is not None
        if not first < since <= last:
            continue
        changed = described(before, now, since, frequency)
        kept = Said("{changes}; level kept (content = 'link')", changes=changed)
        anew = Said("{changes}; history recomputed (content = 'restate')", changes=changed)
        note("content", kept if setting.content == "link" else anew)
    return found if setting.content == "link" else [(EARLIEST, found[-1][1])]


def _with_prices(found: list[tuple[int, Tree]], frequency: Frequency, first: int) -> list[tuple[int, Tree]]:
    """Return trees without those of shares that hold before the table, or in its first row alone, the next link."""
    kept = list(found)
    while len(kept) > 1 and kept[1][0] - 1 <= first and kept[0][1].codes == kept[1][1].codes:
        kept = kept[1:]
    if len(kept) == len(found):
        return found
    since, tree = kept[0]
    when = format_period(since, frequency)
    note("weights", Said("the shares from {when} on hold before it, too: the table has no others", when=when))
    branches = (replace(one, weights_since=_since(one, since, frequency)) for one in tree.branches)
    return [(EARLIEST, Tree(tree.leaves, tuple(branches))), *kept[1:]]


def _since(branch: Branch, since: int, frequency: Frequency) -> Frozen:
    """Return the dated weights of a group without those that are no longer in force in a period."""
    dates = {period: read_span(period, frequency, column="weights_since")[0] for period in branch.weights_since}
    force = max((date for date in dates.values() if date <= since), default=since)
    return Frozen({period: choice for period, choice in branch.weights_since.items() if dates[period] >= force})


def _kernel(branch: Branch) -> Kernel:
    return kernel(branch.aggregate.method, branch.aggregate.options, branch.children)


def comparing(tree: Tree) -> list[Said]:
    """Return a text for each group whose aggregation compares rows."""
    return [
        Said("group {code!r}: {method} compares rows", code=branch.code, method=branch.aggregate.method.name)
        for branch in tree.branches
        if isinstance(one := _kernel(branch), Together) and one.set_wise
    ]
