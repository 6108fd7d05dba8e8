"""Grades: a word for each score, by the interval that it lies in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hengdian_index._methods.registry import typed
from hengdian_index._tables.cells import is_pandas
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import read_labelled
from hengdian_index._values.equality import same
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, SpecError, shown, spoken

# Those of coupling coordination, from 0 to 1 by tenths.
_COORDINATION = {
    "en": (
        "extreme imbalance",
        "severe imbalance",
        "moderate imbalance",
        "mild imbalance",
        "near imbalance",
        "bare coordination",
        "primary coordination",
        "intermediate coordination",
        "good coordination",
        "excellent coordination",
    ),
    "zh": (
        "极度失调",
        "严重失调",
        "中度失调",
        "轻度失调",
        "濒临失调",
        "勉强协调",
        "初级协调",
        "中级协调",
        "良好协调",
        "优质协调",
    ),
}


@typed
def grade(
    x: Any,
    cuts: Sequence[float] | None = None,
    labels: Sequence[str] | None = None,
    *,
    lang: Lang | None = None,
) -> Any:
    r"""Grade of each score: the label of the interval that it lies in.

    Parameters
    ----------
    x : series or array (n,), or table (n, k)
        Scores; without `cuts` those of coupling coordination, in 0..1. A missing score has no grade.
    cuts : sequence of float, optional
        Where one grade ends and the next begins, rising; default: 0.1, 0.2 ... 0.9. A score that is a cut, but for
        rounding, has the higher grade.
    labels : sequence of str, optional
        One more than there are cuts, from the lowest; default: the ten grades of coupling coordination.
    lang : {"en", "zh"}, optional
        Language of the default labels; default: the one spoken.

    Returns
    -------
    Series, DataFrame or array of str
        Labelled like x, None where a score is missing.

    Raises
    ------
    DataError
        A score outside 0..1 where the default cuts are used.
    SpecError
        Cuts that do not rise, cuts without labels, another number of labels than of intervals.

    Notes
    -----
    .. math:: g(x) = \#\{c : c \le x\}

    **Symbols.** g: number of the grade, from 0; c: a cut; x: score.

    **When to use.** To say in a word what a score is, where readers know the words: the ten grades of coupling
    coordination in Chinese studies.

    **Pitfalls.** The cuts are conventions, and units on both sides of one differ by a word and by nothing else: print
    the score beside it.

    Variants: five grades (cuts 0.2, 0.4, 0.6, 0.8) and four (0.3, 0.5, 0.8) are printed as well; give them as `cuts`
    and `labels`.

    Source: Liao Chongbin 1999, Tropical Geography 19(2), Guangzhou. Proof: a loop over scores and cuts.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.explain.grade([0.05, 0.3, 0.95]).tolist()
    ['extreme imbalance', 'mild imbalance', 'excellent coordination']
    >>> hi.explain.grade([58.0, 90.0], cuts=[60, 85], labels=["poor", "fair", "good"]).tolist()
    ['poor', 'good']
    """
    lang = spoken(lang)
    if (cuts is None) != (labels is None):
        raise SpecError(Said("cuts, labels: give both, the labels one more than the cuts, or neither"))
    table = read_labelled(x)
    limits = np.arange(1, 10) / 10 if cuts is None else _limits(cuts)
    words = _COORDINATION[lang] if labels is None else tuple(labels)
    if len(words) != len(limits) + 1 or not all(isinstance(word, str) for word in words):
        raise SpecError(
            Said(
                "labels: {needed} texts for {cuts} cuts, not {given}",
                needed=len(limits) + 1,
                cuts=len(limits),
                given=shown(list(words)),
            )
        )
    values = table.values
    outside = (values < 0) | (values > 1)
    if cuts is None and outside.any():
        raise table.refusal(CellsError(outside, Said("outside 0..1; give cuts and labels for scores on another scale")))
    reached = values[..., np.newaxis] >= limits
    reached |= same(values[..., np.newaxis], limits, np.maximum(np.abs(limits), np.abs(values)[..., np.newaxis]))
    found = np.array(words, dtype=object)[reached.sum(axis=-1)]
    found[np.isnan(values)] = None
    if not is_pandas(x):
        return found[..., 0] if found.shape[-1] == 1 and np.ndim(x) != 2 else found
    import pandas as pd

    if x.ndim == 1:
        return pd.Series(found[:, 0], x.index, dtype=object, name="grade")
    return pd.DataFrame(found, x.index, x.columns, dtype=object)


def _limits(cuts: Sequence[float]) -> Any:
    try:
        limits = np.atleast_1d(floats(list(cuts)))
    except (TypeError, ValueError):
        raise SpecError(Said("cuts: rising numbers, not {cuts}", cuts=shown(cuts))) from None
    if limits.ndim > 1 or not len(limits) or not np.isfinite(limits).all() or (np.diff(limits) <= 0).any():
        raise SpecError(Said("cuts: rising numbers, not {cuts}", cuts=shown(list(cuts))))
    return limits
