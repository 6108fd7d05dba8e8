"""The checks of an audit: of the data and its periods, of correlations, groups, weights and ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._audit import remedies
from hengdian_index._audit.context import Context
from hengdian_index._audit.registry import Answers, Measured, Skipped, SkippedError, check
from hengdian_index._audit.remedies import of_importance, of_lead, of_pair, of_stay, of_voice
from hengdian_index._index import comparability
from hengdian_index._index.comparability import LEAST_VALUES, MORE_ZEROS, NAMED, Shares
from hengdian_index._index.index import Index
from hengdian_index._maths.doubts import Noise
from hengdian_index._robustness.alternatives import Comparison, compare
from hengdian_index._robustness.alternatives import remove_one as without_each
from hengdian_index._robustness.uncertainty import uncertainty
from hengdian_index._scoring.given import RUNS_ON, in_time, runs_on
from hengdian_index._tables.periods import format_period
from hengdian_index._values import equality
from hengdian_index.diagnose import bartlett as bartlett_test
from hengdian_index.diagnose import correlations, cronbach_alpha, describe, principal_components
from hengdian_index.diagnose import kmo as adequacy
from hengdian_index.errors import DataError, FaultsError
from hengdian_index.weights import effective


@check("fail")
def coverage_of_units(context: Context, *, coverage_of_units: float = 0.65) -> Iterator[Measured]:
    """Each unit has values in so large a share of its cells."""
    if context.units < 2:
        raise SkippedError("one unit")
    there, due = context.raw.notna().to_numpy() & context.due, context.due
    units = context.panel.units
    labels = np.asarray(context.labels if units is None else [str(unit) for unit in units])
    names, first, codes = np.unique(labels, return_index=True, return_inverse=True)
    asked, found = (np.bincount(codes, cells.sum(axis=1)) for cells in (due, there))
    for i in np.argsort(first).tolist():
        if asked[i]:
            share = float(found[i] / asked[i])
            yield Measured(share, coverage_of_units - share, unit=str(names[i]), **remedies.of_unit(context))


@check("fail")
def coverage_of_indicators(context: Context, *, coverage_of_indicators: float = LEAST_VALUES) -> Iterator[Measured]:
    """Each indicator has values in so large a share of the rows, and of those of each period of a panel."""
    for code, due in zip(map(str, context.raw), context.due.T, strict=True):
        if not due.any():
            continue
        share, told = float(context.raw[code].notna().to_numpy()[due].mean()), remedies.of_coverage(context, code)
        yield Measured(share, coverage_of_indicators - share, part=code, **_left_out(context, code), **told)
        yield from _hollow(context, code, coverage_of_indicators)


@check("fail")
def constant(context: Context, *, distinct: float = 2) -> Iterator[Measured]:
    """Each indicator, as normalisation sees it, has so many different values."""
    if context.panel.n < 2:
        raise SkippedError("one row")
    for code, count in describe(context.prepared)["unique"].items():
        told = {**_left_out(context, code), **remedies.of_constant(context, str(code))}
        yield Measured(float(count), distinct - float(count), part=str(code), **told)


@check("look")
def zeros(context: Context, *, zeros: float = MORE_ZEROS) -> Iterator[Measured]:
    """The share of zeros among the values of an indicator is no larger than this, and in no period by so much more."""
    told = describe(context.raw)
    for code in map(str, told.index[told["n"] > 0]):
        share = float(told.loc[code, "zeros"] / told.loc[code, "n"])
        yield Measured(share, share - zeros, part=code, **remedies.of_zeros(context, code))
        yield from _jump(context, code, zeros)


@check("look")
def year_to_date(context: Context, *, year_to_date: float = RUNS_ON) -> Iterator[Measured]:
    """No indicator rises within years and falls at their first periods, as figures to date do, in more of its steps."""
    panel = context.panel
    if panel.periods is None or panel.periods.frequency.per_year == 1:
        raise SkippedError("no parts of years")
    order = in_time(panel)
    for leaf in context.tree.leaves:
        share = runs_on(panel, context.raw[leaf.code].to_numpy(), order)
        if share is not None and leaf.cumulative is None and leaf.build is None:
            yield Measured(share, share - year_to_date, part=leaf.code)


@check("fail")
def outliers(context: Context, *, skew: float = 2, kurtosis: float = 3.5) -> Iterator[Measured]:
    """No indicator, as normalisation sees it, has both |skewness| and excess kurtosis above these."""
    told = describe(context.prepared)
    for code in told.index[told["kurtosis"].notna()]:
        g1, g2 = float(told.loc[code, "skew"]), float(told.loc[code, "kurtosis"])
        excess = min(abs(g1) - skew, g2 - kurtosis)
        done: dict[str, Any] = remedies.of_outliers(context, str(code), skew, kurtosis) if excess > 0 else {}
        facts = {**done.pop("facts", {}), "g1": g1, "g2": g2}
        yield Measured(abs(g1), excess, part=str(code), facts=facts, **done)


@check("look")
def scale_effects(context: Context, *, scale_effects: float = 0.6) -> Answers:
    """No indicator, after the denominators, is correlated more than this with a size."""
    for size in context.sizes:
        column = context.sizes[size].reset_index(drop=True)
        for code in context.prepared:
            pair = context.prepared[[code]].assign(size=column).set_axis([0, 1], axis=1)
            both = pair.dropna()
            if len(both) < 3 or equality.constant(both.min(), both.max()).any():
                yield Skipped("size", part=str(code), other=str(size))
                continue
            r = float(correlations(both).r.loc[0, 1])
            told = _of_size(context, str(code), str(size), len(both))
            yield Measured(r, abs(r) - scale_effects, part=str(code), other=str(size), **told)


def _of_size(context: Context, code: str, size: str, rows: int) -> dict[str, Any]:
    """Return whether so many rows can tell, and what an indicator is divided by already."""
    told = context.doubt(rows)
    divisor = {leaf.code: leaf.denominator for leaf in context.tree.leaves}.get(code)
    if divisor is None:
        return told
    remedy = "divided by it" if divisor == size else "divided by another"
    return {**told, "facts": {**told["facts"], "divisor": divisor}, "also": ("divided",), "remedy": remedy}


def _left_out(context: Context, code: object) -> dict[str, Any]:
    return {"also": ("left out",)} if code in context.left_out else {}


def _hollow(context: Context, code: str, least: float) -> Iterator[Measured]:
    """Yield the lowest share of its values that an indicator has in a period; of a panel alone.

    Where it falls short in every period, that is no difference between periods: nothing is yielded.
    """
    found = context.covered(least)[code]
    if found is None:
        return
    worst = int(found.excess.argmax())
    facts, also = _told(context, found, worst, "incomparable")
    value, remedy = float(found.share[worst]), _of_hollow(context, code, found, worst, least)
    yield Measured(value, least - value, part=code, facts=facts, also=also, why="in a period", remedy=remedy)


def _jump(context: Context, code: str, most: float) -> Iterator[Measured]:
    """Yield by how much the share of zeros in a period is at most above that in all others; of a panel alone."""
    found = comparability.zeros(context.panel, context.raw[code].to_numpy(), most, context.fewest)
    if found is None:
        return
    worst = int(found.excess.argmax())
    facts, also = _told(context, found, worst, "jump")
    value, zero = float(found.excess[worst]) + most, float(found.share[worst])
    facts |= {"zero": zero, "elsewhere": zero - value}
    yield Measured(value, value - most, part=code, facts=facts, also=also, why="zeros in a period", remedy="zeros jump")


def _of_hollow(context: Context, code: str, found: Shares, worst: int, least: float) -> str:
    """Return the remedy for a hollow period: an indicator may end before it if it never comes back, others stay on."""
    every, period = context.covered(least), int(found.periods[worst])
    gone = bool(found.crossing[worst:].all()) and not found.crossing[:worst].all()
    stays = any(one is None or period in one.periods[~one.crossing] for other, one in every.items() if other != code)
    return "hollow period" if gone and stays else "hollow period of all"


def _told(context: Context, found: Shares, worst: int, phrase: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the facts of the worst period and of the others that cross, and the phrases that say so."""
    assert context.panel.periods is not None
    frequency = context.panel.periods.frequency
    every = [format_period(int(one), frequency) for one in found.periods[np.flatnonzero(found.crossing)]]
    period = format_period(int(found.periods[worst]), frequency)
    more = [one for one in every if one != period]
    named = ", ".join(more[:NAMED]) + (" …" if len(more) > NAMED else "")
    also = (*([phrase] if every else []), *(["in periods too"] if more else []))
    return {"period": period, "periods": named, "incomparable": every}, also


@check("look")
def redundant(context: Context, *, redundant: float = 0.92) -> Iterator[Measured]:
    """No two parts of a group are correlated more than this."""
    for group, first, second, r in _inside(context):
        remedy = of_pair(context, group, first, second)
        yield Measured(r, abs(r) - redundant, group, first, second, remedy=remedy, **context.rows_of(first, second))


@check("look")
def negative(context: Context, *, negative: float = 0) -> Iterator[Measured]:
    """No two parts of a group are correlated below this, after direction."""
    for group, first, second, r in _inside(context):
        yield Measured(r, negative - r, group, first, second, **context.rows_of(first, second))


@check("fail")
def against_parent(context: Context, *, against_parent: float = 0) -> Iterator[Measured]:
    """No part is correlated below this with its own group, after direction."""
    for group, part, r in _with_parent(context):
        yield Measured(r, against_parent - r, group, part, group, **context.rows_of(part, group))


@check("fail")
def not_heard(context: Context, *, not_heard: float = 0.3) -> Iterator[Measured]:
    """Each part is correlated at least this much with its own group."""
    for group, part, r in _with_parent(context):
        remedy = of_voice(context, group, part)
        yield Measured(r, not_heard - abs(r), group, part, group, remedy=remedy, **context.rows_of(part, group))


@check("look")
def dominated(context: Context, *, dominated: float = 0.92) -> Iterator[Measured]:
    """No group is correlated more than this with one of its parts alone."""
    for group, children in context.groups():
        found = sorted(((r, part) for part, r in context.pairs(group, children)), reverse=True)
        if len(found) >= 2:
            (r, part), (second, next_part) = found[:2]
            fewer = min((part, next_part), key=lambda one: context.common(one, group))
            told: dict[str, Any] = context.rows_of(fewer, group, second=second)
            remedy = of_lead(context, group, part)
            yield Measured(r, min(r - dominated, dominated - second), group, part, group, remedy=remedy, **told)


@check("look")
def counted_twice(context: Context, *, counted_twice: float = 0.92) -> Iterator[Measured]:
    """No two indicators of different groups are correlated more than this."""
    leaves = [leaf for leaf in context.tree.leaves if leaf.code in context.nodes]
    for one, two in combinations(leaves, 2):
        r = context.r(one.code, two.code)
        if one.parent != two.parent and np.isfinite(r):
            told: dict[str, Any] = context.rows_of(one.code, two.code, beside=two.parent)
            yield Measured(r, abs(r) - counted_twice, one.parent, one.code, two.code, **told)


@check("look")
def misplaced(context: Context, *, misplaced: float = 0) -> Iterator[Measured]:
    """No indicator's correlation with a group beside its own is larger than with its own by more than this."""
    for group, part, own in _with_parent(context):
        above = context.parent(group)
        beside = [] if above is None else [c for c in above.children if c in context.tree.by_code and c != group]
        near = [(context.r(part, c), c) for c in beside if c in context.nodes]
        near = [pair for pair in near if np.isfinite(pair[0])]
        if part in context.tree.by_code or not near:
            continue
        away, other = max(near)
        told: dict[str, Any] = context.rows_of(part, other, away=away, own=own)
        yield Measured(away - own, away - own - misplaced, group, part, other, **told)


def _inside(context: Context) -> Iterator[tuple[str, str, str, float]]:
    """Yield the correlation of each two parts of a group as (group, first, second, r)."""
    for group, children in context.groups():
        for first, second in combinations(children, 2):
            r = context.r(first, second)
            if np.isfinite(r):
                yield group, first, second, r


def _with_parent(context: Context) -> Iterator[tuple[str, str, float]]:
    """Yield the correlation of each part with its group as (group, part, r), of groups of several parts."""
    for group, children in context.groups():
        for part, r in context.pairs(group, children):
            yield group, part, r


@check("look")
def alpha(context: Context, *, alpha: float = 0.7) -> Answers:
    """Cronbach's alpha of the parts of each group is at least this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        found = cronbach_alpha(x, pairwise=True)
        # Of two, neither can be left out.
        remedy = "pair" if x.shape[1] == 2 else ""
        return found.alpha, alpha - found.alpha, {"remedy": remedy, **context.doubt(found.n)}

    return _each(context, measure)


@check("look")
def kmo(context: Context, *, kmo: float = 0.6) -> Answers:
    """The Kaiser-Meyer-Olkin measure of the parts of each group is at least this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        value = adequacy(x).overall
        return value, kmo - value, _doubt(context, x)

    return _each(context, measure, least=3)


@check("look")
def bartlett(context: Context, *, bartlett: float = 0.05) -> Answers:
    """The p-value of Bartlett's test, that no parts of a group are correlated, is at most this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        p = bartlett_test(x).p
        return p, p - bartlett, _doubt(context, x)

    return _each(context, measure)


@check("look")
def first_component(context: Context, *, first_component: float = 0.5) -> Answers:
    """The first principal component of the parts of each group has at least this share of their variance."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        share = float(principal_components(x).percent.iloc[0] / 100)
        return share, first_component - share, _doubt(context, x)

    return _each(context, measure, least=3)


@check("look")
def second_component(context: Context, *, second_component: float = 1) -> Answers:
    """The second eigenvalue of the correlations in each group is at most this."""

    def measure(x: Any) -> tuple[float, float, dict[str, Any]]:
        value = float(principal_components(x).eigenvalues.iloc[1])
        return value, value - second_component, _doubt(context, x)

    return _each(context, measure, least=3)


def _each(context: Context, measure: Callable[[Any], tuple[float, float, dict[str, Any]]], least: int = 2) -> Answers:
    """Yield a measure (value, excess, what else is told) of each group's parts, or why it cannot be taken."""
    for group, children in context.groups(least):
        try:
            value, excess, told = measure(context.nodes[children])
        except DataError as error:
            yield Skipped("stopped", group, facts={"message": error.said})
        else:
            yield Measured(value, excess, group, **told)


def _doubt(context: Context, x: Any) -> dict[str, Any]:
    """Return why the rows complete in all parts are too few to judge by, if they are."""
    rows, parts = int(x.notna().all(axis=1).sum()), x.shape[1]
    if rows > parts or rows < context.fewest:
        return context.doubt(rows)
    return {"doubt": "rows as parts", "facts": {"rows": rows, "parts": parts}}


@check("look")
def effective_weights(context: Context, *, effective_weights: float = 2) -> Iterator[Measured]:
    """Each indicator's share in what moves the whole is within this ratio of its weight, up or down."""
    if context.earlier_weights:
        raise SkippedError("weights change")
    nominal = context.result.effective_weights
    codes = [str(code) for code, weight in nominal.items() if weight > 0 and code in context.nodes]
    root = context.tree.root.code
    if len(codes) < 2 or root not in context.nodes:
        return
    x = context.nodes[[root, *codes]]
    found = effective(x[root].to_numpy(), x[codes].to_numpy())["share"].to_numpy()
    wanted = nominal[codes].to_numpy() / nominal[codes].sum()
    remedy = of_importance(context)
    told = context.doubt(int(x.notna().all(axis=1).sum()))
    for code, share, weight in zip(codes, found.tolist(), wanted.tolist(), strict=True):
        ratio = share / weight
        far = max(ratio, 1 / ratio if ratio > 0 else np.inf)
        facts = {**told["facts"], "weight": weight, "share": share}
        yield Measured(ratio, far - effective_weights, part=code, facts=facts, remedy=remedy, doubt=told["doubt"])


# How far weights move in the check of rank intervals: each by up to a quarter of itself.
_NOISE = 0.25
_MEANS = ("arithmetic", "geometric")


@check("look")
def one_out(context: Context, *, one_out: float = 0.1) -> Answers:
    """Without any one indicator, ranks move by at most this share of the places on average."""
    context.demand_ranks()
    if len(context.result.contents) > 1 or not context.result.contents[0].alike:
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
    pair = replace(found, scores=both)
    places = max(_ranked(pair.scopes, pair.ranks.iloc[:, 0].to_numpy()))
    return float(pair.mean_shift.iloc[0]), places, int((lost & ~np.isnan(scores[:, 0])).sum())


def _ranked(scopes: Sequence[Any], ranks: Any) -> list[int]:
    """Return for each row how many rows with a rank it is compared with, itself among them."""
    places = [0] * len(ranks)
    for rows in scopes:
        for row in rows:
            places[row] = int(np.isfinite(ranks[rows]).sum())
    return places
