"""Checks of ranks: without each indicator, under other weights, under the other mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._audit.context import Context
from hengdian_index._audit.registry import Answers, Measured, Skipped, SkippedError, check
from hengdian_index._audit.remedies import of_stay
from hengdian_index._index.index import Index
from hengdian_index._robustness.alternatives import Comparison, compare
from hengdian_index._robustness.alternatives import remove_one as without_each
from hengdian_index._robustness.factors import Noise
from hengdian_index._robustness.uncertainty import uncertainty
from hengdian_index.errors import FaultsError

# How far weights move in the check of rank intervals: each by up to a quarter of itself.
_NOISE = 0.25
_MEANS = ("arithmetic", "geometric")


@check("look")
def one_out(context: Context, *, one_out: float = 0.1) -> Answers:
    """Without any one indicator, ranks move by at most this share of the places on average."""
    context.demand_ranks()
    if len(context.result.contents) > 1 or context.result.contents[0].by_period is not None:
        raise SkippedError("no one out")
    found = without_each(context.index, context.table, rows=context.asked)
    for code in found.scores.columns[1:]:
        shift, n, lost = _moved(found, code)
        if n < 3:
            yield Skipped("lost", part=code)
            continue
        facts, also = {"shift": shift, "n": n, "lost": lost}, ("without a score",) if lost else ()
        remedy = of_stay(context, str(code))
        yield Measured(shift / n, shift / n - one_out, part=code, facts=facts, also=also, remedy=remedy)


@check("look")
def rank_interval(context: Context, *, rank_interval: float = 0.25) -> Answers:
    """With weights a quarter up or down, nine of ten ranks of a unit lie within this share of the places."""
    context.demand_ranks()
    if all(len(branch.children) == 1 for branch in context.tree.branches):
        return
    factors = {"weights": Noise(_NOISE)}
    options: dict[str, Any] = {"draws": context.draws, "rng": context.rng, "rows": context.asked, "progress": False}
    found = uncertainty(context.index, context.table, factors, **options)
    places = _ranked(found.study.scopes, found.nominal[2])
    low, high = found.ranks["q05"].to_numpy(), found.ranks["q95"].to_numpy()
    for unit, first, last, n in zip(context.labels, low, high, places, strict=True):
        if np.isfinite(first):
            width = float(last - first) / n
            yield Measured(width, width - rank_interval, unit=unit, facts={"low": first, "high": last, "n": n})


@check("look")
def other_mean(context: Context, *, other_mean: float = 0.1) -> Answers:
    """From arithmetic to geometric means, ranks move by at most this share of the places on average."""
    context.demand_ranks()
    found, also = _both_means(context)
    shift, n, lost = _moved(found, "geometric")
    if n >= 3:
        facts = {"shift": shift, "n": n, "lost": lost}
        yield Measured(
            shift / n, shift / n - other_mean, facts=facts, also=(*also, "without a score") if lost else also
        )


def _both_means(context: Context) -> tuple[Comparison, tuple[str, ...]]:
    """Return the index under arithmetic and geometric means, and on which scale.

    A scale that reaches 0 has no geometric mean; then every indicator is put on 1 to 100.
    """
    branches = [branch for branch in context.tree.branches if branch.aggregate.method.name in _MEANS]
    groups = [branch.code for branch in branches if len(branch.children) > 1]
    if not groups:
        raise SkippedError("no mean")
    try:
        return _compared(context, context.index, groups), ()
    except FaultsError:
        choice = {"method": "min_max", "lower": 1, "upper": 100}
        own = {f"{leaf.code}.normalise": choice for leaf in context.tree.leaves}
        return _compared(context, context.index.replace(own), groups), ("on 1 to 100",)


def _compared(context: Context, index: Index, groups: Sequence[str]) -> Comparison:
    means = {name: index.replace({f"{group}.aggregate": name for group in groups}) for name in _MEANS}
    return compare(means, context.table, rows=context.asked)


def _moved(found: Comparison, name: str) -> tuple[float, int, int]:
    """Return how far ranks move on average among the rows that both score, how many places there are, and rows lost.

    A row without a score in one of the two would move the ranks of all others.
    """
    scores = found.scores.iloc[:, :1].assign(**{name: found.scores[name]}).to_numpy()
    lost = np.isnan(scores).any(axis=1)
    both = pd.DataFrame(np.where(lost[:, np.newaxis], np.nan, scores), index=found.scores.index)
    pair = Comparison(both, found.scopes)
    places = max(_ranked(pair.scopes, pair.ranks.iloc[:, 0].to_numpy()))
    return float(pair.mean_shift.iloc[0]), places, int((lost & ~np.isnan(scores[:, 0])).sum())


def _ranked(scopes: Sequence[Any], ranks: Any) -> list[int]:
    """Return for each row how many rows with a rank it is compared with, itself among them."""
    places = [0] * len(ranks)
    for rows in scopes:
        for row in rows:
            places[row] = int(np.isfinite(ranks[rows]).sum())
    return places
