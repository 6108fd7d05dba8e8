"""What an index learns from which rows, and which trees hold when: settled before anything is learnt."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.means import Together
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.contents import described, trees
from hengdian_index._scoring.tree import Leaf, Setting, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.periods import EARLIEST, Periods
from hengdian_index._tables.table import Array
from hengdian_index.errors import SpecError, raise_all
from hengdian_index.log import note


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
    if (len(found) > 1 and setting.content == "link") or setting.series != "fixed":
        raise_all(
            SpecError,
            [f"{fault}, so its levels cannot be linked or chained; choose a mean" for fault in comparing(tree)],
        )
        if frequency is None:
            raise SpecError(f"series = {setting.series!r} needs periods; name the period column in the index")
    if len(found) > 1 and setting.weigh_on == "period":
        raise SpecError("weigh_on = 'period' and a change of content exclude each other; give weights_since")
    others = [b.aggregate.method.name for b in tree.branches if b.aggregate.method.name != "arithmetic"]
    if setting.series in ("symmetric", "log") and others:
        why = f"series = {setting.series!r} chains the weighted mean growth of indicators"
        note("series", f"{why}; {', '.join(dict.fromkeys(others))} is for the scores alone")
    for (_, before), (since, now) in pairwise(found):
        assert frequency is not None
        if not first < since <= last:
            continue
        end = "level kept" if setting.content == "link" else "history recomputed"
        note("content", f"{described(before, now, since, frequency)}; {end} (content = {setting.content!r})")
    return found if setting.content == "link" else [(EARLIEST, found[-1][1])]


def comparing(tree: Tree) -> list[str]:
    """Return a text for each group whose aggregation compares rows."""
    return [
        f"group {branch.code!r}: {branch.aggregate.method.name} compares rows"
        for branch in tree.branches
        if isinstance(kernel(branch.aggregate.method, branch.aggregate.options, branch.children), Together)
    ]
