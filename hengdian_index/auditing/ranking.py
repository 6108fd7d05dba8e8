"""Checks of ranks: without each indicator, under other weights, under the other mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hengdian_index.auditing.context import Context
from hengdian_index.auditing.registry import Measured, check
from hengdian_index.errors import FaultsError
from hengdian_index.robustness.alternatives import Comparison, compare
from hengdian_index.robustness.alternatives import remove_one as without_each
from hengdian_index.robustness.factors import Noise
from hengdian_index.robustness.uncertain import uncertainty
from hengdian_index.spec import Index

# How far weights move in the check of rank intervals: each by up to a quarter of itself.
_NOISE = 0.25
_UNITS = "ranks compare three units or more"
_NEEDS = "rows that are compared with each other"


@check(
    source="one at a time, as in JRC audits; the threshold is this package's",
    remedy="ranks hang on this indicator: be sure of it, or give it less weight",
    crossed="look",
    needs=_NEEDS,
)
def one_out(context: Context, *, one_out: float = 0.1) -> Iterator[Measured]:
    """Without any one indicator, ranks move by at most this share of the places on average."""
    context.demand_units(_UNITS)
    found = without_each(context.index, context.table, rows=context.asked)
    n = _places(found)
    for code, shift in found.mean_shift.dropna().items():
        why = f"without it ranks move by {shift:.2f} of {n} places on average"
        yield Measured(shift / n, f"at most {one_out:g} of the places", shift / n - one_out, why, part=str(code))


@check(
    source="Saisana, Saltelli & Tarantola 2005 (JRSS-A 168); the threshold is this package's",
    remedy="publish the rank with its interval, or groups of ranks (hi.uncertainty)",
    crossed="look",
    needs="a group of two parts",
)
def rank_interval(context: Context, *, rank_interval: float = 0.25) -> Iterator[Measured]:
    """With weights a quarter up or down, nine of ten ranks of a unit lie within this share of the places."""
    context.demand_units(_UNITS)
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
            asked, why = f"at most {rank_interval:g} of the places", f"rank {first:g} to {last:g} of {n}"
            yield Measured(width, asked, width - rank_interval, why, unit=unit)


@check(
    source="JRC audits; the threshold is this package's",
    remedy="the mean is a choice that moves ranks: say why this one, and show the other (hi.compare)",
    crossed="look",
    needs=_NEEDS,
)
def other_mean(context: Context, *, other_mean: float = 0.1) -> Iterator[Measured]:
    """From arithmetic to geometric means, ranks move by at most this share of the places on average."""
    context.demand_units(_UNITS)
    found, where = _both_means(context)
    n, shift = _places(found), float(found.mean_shift.iloc[0])
    if np.isfinite(shift):
        why = f"ranks move by {shift:.2f} of {n} places on average between arithmetic and geometric means{where}"
        yield Measured(shift / n, f"at most {other_mean:g} of the places", shift / n - other_mean, why)


def _both_means(context: Context) -> tuple[Comparison, str]:
    """Return the index under arithmetic and geometric means, and on which scale.

    A scale that reaches 0 has no geometric mean; then every indicator is put on 1 to 100.
    """
    try:
        return _compared(context, context.index), ""
    except FaultsError:
        choice = {"method": "min_max", "lower": 1, "upper": 100}
        own = {f"{leaf.code}.normalise": choice for leaf in context.tree.leaves}
        return _compared(context, context.index.replace(own)), ", every indicator on 1 to 100"


def _compared(context: Context, index: Index) -> Comparison:
    means = {
        name: index.replace({f"{group}.aggregate": name for group in context.tree.groups})
        for name in ("arithmetic", "geometric")
    }
    return compare(means, context.table, rows=context.asked)


def _places(found: Comparison) -> int:
    """Return how many places there are: the most rows with a rank that are compared with each other."""
    return max(_ranked(found.scopes, found.ranks.iloc[:, 0].to_numpy()))


def _ranked(scopes: Sequence[Any], ranks: Any) -> list[int]:
    """Return for each row how many rows with a rank it is compared with, itself among them."""
    places = [0] * len(ranks)
    for rows in scopes:
        for row in rows:
            places[row] = int(np.isfinite(ranks[rows]).sum())
    return places
