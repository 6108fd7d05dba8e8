"""Which levels rest on values that stand in for others still to come."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._levels.courses import Course
from hengdian_index._scoring.scores import Evaluation
from hengdian_index._tables.panel import Panel


def provisional(rows: Evaluation, course: Course, panel: Panel, base: Any) -> NDArray[np.bool_]:
    """Return which levels (n, groups) will be revised: marked are their own cells or those of a base, a link, a chain.

    Parameters
    ----------
    panel : Panel
        The prepared rows, with their marked cells.
    """
    groups = rows.tree.groups
    marks = panel.provisional
    if marks is None or not marks.any():
        return np.zeros((panel.n, len(groups)), dtype=np.bool_)
    found = dict(zip(rows.tree.codes, (marks & (rows.importance() > 0)).T, strict=True))
    for branch in rows.tree.branches:
        found[branch.code] = np.logical_or.reduce([found[child] for child in branch.children])
    resting = course.resting(np.stack([found[code] for code in groups], axis=1))
    if base is None or not panel.holds(base):
        return resting
    codes, in_base = panel.unit_codes(), panel.select(base, "base")
    based = np.zeros((codes.max() + 1, len(groups)), dtype=np.bool_)
    np.logical_or.at(based, codes[in_base], resting[in_base])
    return np.asarray(resting | based[codes])
