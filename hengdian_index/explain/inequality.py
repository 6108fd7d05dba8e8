"""Inequality of units, split exactly into what lies within groups and what lies between them; also over periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hengdian_index._maths.stats import theil_term
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, among, suggestion
from hengdian_index.explain._populations import Population, populations


@dataclass(frozen=True, slots=True, eq=False)
class Theil:
    """Theil index of all units, and its parts: `total` = `between` + `within`.

    Attributes
    ----------
    total, between, within : float, or Series by period
        The index and its parts.
    groups : DataFrame
        One row a group, the largest mean first: `n mean share_of_units share_of_total theil within between`, where
        `within` and `between` are what the group adds to the parts; a group below the mean adds a negative `between`
        ("T"; under "L" one above it does). Over periods one row a period and group.
    pooled : Series or None
        Over periods: the units of all periods taken together, `total` = `between_periods` + `between_groups` +
        `within`, the last two being what lies between and within groups inside the periods.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.theil([1.0, 1.0, 3.0, 3.0], ["a", "a", "b", "b"])
    >>> round(found.total, 3), found.within
    (0.131, 0.0)
    """

    total: Any
    between: Any
    within: Any
    groups: Any
    pooled: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Dagum:
    """Gini coefficient of all units, and its parts: `total` = `within` + `between` + `transvariation`.

    Attributes
    ----------
    total, within, between, transvariation : float, or Series by period
        The coefficient and its parts.
    groups : DataFrame
        One row a group, the largest mean first: `n mean share_of_units share_of_total gini within`. Over periods one
        row a period and group.
    pairs : DataFrame
        One row a pair, the group of larger mean first: `first second gini distance between transvariation`. The columns
        `within`, `between` and `transvariation` of both tables sum to the parts. Over periods by period.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.dagum([1.0, 1.0, 3.0, 3.0], ["a", "a", "b", "b"])
    >>> found.total, found.between
    (0.25, 0.25)
    """

    total: Any
    within: Any
    between: Any
    transvariation: Any
    groups: Any
    pairs: Any


@dataclass(frozen=True, slots=True)
class _Split:
    """Entropy of one population: its parts, what each group weighs in `within` and adds, and the table of groups."""

    between: float
    within: float
    sizes: Array
    groups: Any


def theil(
    y: Any, groups: Any, *, weights: Any = None, periods: Any = None, form: Literal["T", "L", "GE(1)", "GE(0)"] = "T"
) -> Theil:
    r"""Theil index of units, split into inequality between groups and within them; of a panel, period by period.

    Parameters
    ----------
    y : series or array (n,), or table with one column of numbers; or table (n, periods)
        Values of 0 or more, not all 0: what a unit has, or a head of it where weights are given. A unit without a
        value is left out, with a line in the log. Several columns are periods, each measured by itself.
    groups : n labels, or the name of a column or index level of y
        Group of each unit.
    weights : n numbers above 0, the name of a column or index level of y, or table like y, optional
        How much each unit counts, such as its population; default: all alike. Of totals (product, not product a
        head), give y = total / population.
    periods : n labels, or the name of a column or index level of y, optional
        Period of each row, where a table has one row a unit and period; or any grouping above the groups, such as the
        province of a city.
    form : {"T", "L", "GE(1)", "GE(0)"}
        "T" or "GE(1)": shares of the total weigh the terms, and the parts within groups. "L" or "GE(0)", the mean
        logarithmic deviation: shares of the population do; values above 0.

    Returns
    -------
    Theil
        `total`, `between`, `within`, the table `groups`; over periods `pooled`.

    Raises
    ------
    DataError
        A negative value, all values 0, a unit without a group or a weight, fewer than two units; a 0 under "L".
    SpecError
        As many labels as there are units are needed; an unknown form.

    Notes
    -----
    T = sum s ln(s / p), 0 ln 0 = 0, where p is the share of a unit in the population and s its share in the total,
    p y / m: without weights p = 1/n, and T is 0 when all are equal, ln n when one has all. L = sum p ln(p / s). With
    s_g, p_g the sums over a group, T: within = sum s_g T_g, between = sum s_g ln(s_g / p_g); L: within = sum p_g L_g,
    between = sum p_g ln(p_g / s_g). Computed from terms that are all >= 0, so a level of 1e7 costs no digits; the
    parts sum to the whole exactly. Inequality in a group of zeros is 0.

    Source: Theil 1967, Economics and Information Theory; Shorrocks 1980, Econometrica 48. Proof: case
    theil_groups; its laws and a slow double loop.

    .. math:: T = \sum_i s_i \ln \frac{s_i}{p_i}, \quad L = \sum_i p_i \ln \frac{p_i}{s_i}, \quad
        s_i = \frac{p_i y_i}{m}

    **Symbols.** T, L: Theil indexes; y: value; p: share of the unit in the population; s: its share in the total; m:
    weighted mean; i: a unit.

    **When to use.** How unequal units are, split exactly into within groups and between them, and how that changes
    over the years. L where the bottom matters, T where the top does.

    **Pitfalls.** Without weights a small province counts as much as a large one. The largest value grows with n (ln n),
    so two sets of unlike size are hard to compare. Pooled periods need values that can be compared over time: at
    constant prices.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.theil([1.0, 1.0, 3.0, 3.0], ["south", "south", "north", "north"])
    >>> round(found.total, 4), round(found.between, 4), found.within
    (0.1308, 0.1308, 0.0)

    Product a head of four provinces in two years, weighted by population:

    >>> heads = [[1.0, 2.0], [2.0, 3.0], [3.0, 3.0], [6.0, 6.0]]
    >>> found = hi.explain.theil(heads, ["west", "west", "east", "east"], weights=[4, 2, 2, 1])
    >>> found.between.round(3).tolist(), found.within.round(3).tolist()
    ([0.148, 0.035], [0.059, 0.038])
    """
    if not among(form, _FORMS):
        raise SpecError(Said("form: no form {form!r}{guess}", form=form, guess=suggestion(form, _FORMS)))
    top = _FORMS[form]
    zeros = None if top else Said("0 has no logarithm, which form 'L' needs; leave the unit out, or take 'T'")
    given = populations("theil", y, groups, weights, periods, zeros=zeros)
    split = [_entropy(one, top) for one in given.found]
    between, within = [one.between for one in split], [one.within for one in split]
    total = [b + w for b, w in zip(between, within, strict=True)]
    return Theil(
        given.numbers(total, "total"),
        given.numbers(between, "between"),
        given.numbers(within, "within"),
        given.tables([one.groups for one in split]),
        None if given.periods is None else _pooled(given.found, split, top),
    )


_FORMS = {"T": True, "GE(1)": True, "L": False, "GE(0)": False}


def _entropy(one: Population, top: bool) -> _Split:
    """Return the index T (or L) of a population by its groups."""
    units = one.units
    everyone = np.concatenate(one.parts)
    rough = np.average(everyone, weights=np.concatenate(one.weights))
    # Distances from the value nearest the mean lose no digits, whatever the level.
    centre = everyone[np.argmin(np.abs(everyone - rough))]
    beyond = np.array(
        [np.average(part - centre, weights=own) for part, own in zip(one.parts, one.weights, strict=True)]
    )
    whole = float(units @ beyond)
    means = one.means
    mean = centre + whole
    relative, gap = means / mean, (beyond - whole) / mean
    own = np.array(
        [
            np.average(_term(part / m, (part - centre - b) / m, top), weights=w) if m > 0 else 0.0
            for part, w, m, b in zip(one.parts, one.weights, means, beyond, strict=True)
        ]
    )
    sizes = units * relative if top else units
    between = units * _term(relative, gap, top)
    # The terms r ln r of T are terms - 1 + r, those -ln r of L terms + 1 - r: what is added sums to 0 over the groups.
    added = between + units * gap if top else between - units * gap
    table = one.described(relative, means, theil=own, within=sizes * own, between=added)
    return _Split(float(between.sum()), float((sizes * own).sum()), sizes, table)


def _term(relative: Array, gap: Array, top: bool) -> Array:
    """Return r ln r - r + 1 (or r - 1 - ln r) of r = 1 + gap, which is >= 0, to full precision also near 1."""
    if top:
        return theil_term(gap)
    near = np.abs(gap) < 0.5
    close = np.where(near, gap, 0.0)
    with np.errstate(divide="ignore"):
        return np.where(near, (1 + close) * theil_term(-close / (1 + close)), gap - np.log(relative))


def _pooled(found: Sequence[Population], split: Sequence[_Split], top: bool) -> Any:
    """Return the index of all periods together: between periods, and inside them between and within groups."""
    import pandas as pd

    unit, heaviest = max(one.unit for one in found), max(one.heaviest for one in found)
    parts = tuple(np.concatenate(one.parts) * (one.unit / unit) for one in found)
    weights = tuple(np.concatenate(one.weights) * (one.heaviest / heaviest) for one in found)
    years = _entropy(Population(tuple(range(len(found))), parts, weights, unit, heaviest), top)
    between, within = (float(years.sizes @ [getattr(one, part) for one in split]) for part in ("between", "within"))
    whole = years.between + between + within
    return pd.Series(
        {"total": whole, "between_periods": years.between, "between_groups": between, "within": within}, name="pooled"
    )


def dagum(y: Any, groups: Any, *, weights: Any = None, periods: Any = None) -> Dagum:
    r"""Gini coefficient of units, split into within groups, net between groups, and transvariation; also by period.

    Parameters
    ----------
    y : series or array (n,), or table with one column of numbers; or table (n, periods)
        Values of 0 or more, not all 0. A unit without a value is left out, with a line in the log. Several columns are
        periods, each measured by itself.
    groups : n labels, or the name of a column or index level of y
        Group of each unit; in any order.
    weights : n numbers above 0, the name of a column or index level of y, or table like y, optional
        How much each unit counts, such as its population; default: all alike.
    periods : n labels, or the name of a column or index level of y, optional
        Period of each row, where a table has one row a unit and period.

    Returns
    -------
    Dagum
        `total`, `within`, `between`, `transvariation`, and the tables `groups` and `pairs`.

    Raises
    ------
    DataError
        A negative value, all values 0, a unit without a group or a weight, fewer than two units.
    SpecError
        As many labels as there are units are needed.

    Notes
    -----
    G = sum over pairs |y - y'| / (2 n^2 m), with weights p of sum 1: sum over pairs p p' |y - y'| / (2 m), all means
    weighted. G_jh = mean |y_j - y_h| / (m_j + m_h); p_j share of the units, s_j of the total; d and p the means of the
    positive and of the negative differences y_j - y_h; D_jh = |d - p| / (d + p), 0 for two groups alike. within =
    sum G_jj p_j s_j; between = sum_{j<h} G_jh (p_j s_h + p_h s_j) D_jh; transvariation: the same with 1 - D_jh. Nothing
    depends on the order of the groups; much public code is wrong unless the caller has sorted them by their means.
    n^2, not n (n - 1), in the denominator: doubling the population changes nothing.

    Source: Dagum 1997, Empirical Economics 22. Proof: its laws and a slow double loop.

    .. math:: G = \frac{1}{2 n^2 m} \sum_i \sum_l |y_i - y_l|

    **Symbols.** G: Gini coefficient; y: value; n: number of units; m: mean; i, l: two units.

    **When to use.** How unequal units are, within and between groups whose ranges overlap.

    **Pitfalls.** Transvariation is overlap, neither within nor between: do not add it to either without a word. The
    parts depend on how the groups are drawn. The sum over all pairs goes with 2 n^2 m: programs that divide by 2 n m,
    or count each pair twice without the 2, print n times or twice the coefficient.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.dagum([1.0, 3.0, 2.0, 6.0], ["a", "a", "b", "b"])
    >>> round(found.within, 4), round(found.between, 4), round(found.transvariation, 4)
    (0.125, 0.1667, 0.0417)
    >>> round(found.total, 4)
    0.3333
    """
    given = populations("dagum", y, groups, weights, periods)
    split = [_gini(one) for one in given.found]
    within = [float(own.sum()) for own, *_ in split]
    between, crossed = ([float(pairs[part].sum()) for *_, pairs in split] for part in ("between", "transvariation"))
    return Dagum(
        # Added one after another, as a reader adds them: from Python 3.12 on `sum` of floats does otherwise.
        given.numbers([own + apart + both for own, apart, both in zip(within, between, crossed, strict=True)], "total"),
        given.numbers(within, "within"),
        given.numbers(between, "between"),
        given.numbers(crossed, "transvariation"),
        given.tables([table for _, table, _ in split]),
        given.tables([pairs for *_, pairs in split]),
    )


def _gini(one: Population) -> tuple[Array, Any, Any]:
    """Return what each group adds to the coefficient, the table of groups and that of pairs."""
    means = one.means
    units = one.units
    relative = means / (units @ means)
    above = _differences(one)
    apart, sums = above + above.T, means[:, np.newaxis] + means
    # Two groups of zeros do not differ: 0, not 0/0.
    gini = apart / np.where(sums > 0, sums, 1.0)
    income = units * relative
    weight = gini * (np.outer(units, income) + np.outer(income, units))
    own = np.diagonal(weight) / 2
    table = one.described(relative, means, gini=np.diagonal(gini), within=own)
    return own, table, _pairs(one.labels, above, gini, weight)


def _differences(one: Population) -> Array:
    """Return the weighted mean of max(y_j - y_h, 0) over the pairs of units of groups j and h, (g, g)."""
    low = min(part.min() for part in one.parts)
    orders = [np.argsort(part, kind="stable") for part in one.parts]
    rising = [part[order] - low for part, order in zip(one.parts, orders, strict=True)]
    weights = [own[order] for own, order in zip(one.weights, orders, strict=True)]
    everyone, weight = np.concatenate(rising), np.concatenate(weights)
    group = np.repeat(np.arange(len(rising)), [len(part) for part in rising])
    sums = np.empty((len(rising), len(rising)))
    for h, (part, own) in enumerate(zip(rising, weights, strict=True)):
        below = np.searchsorted(part, everyone)
        count, total = (np.concatenate([[0.0], np.cumsum(one)])[below] for one in (own, own * part))
        sums[:, h] = np.bincount(group, weights=weight * (count * everyone - total), minlength=len(rising))
    sizes = np.array([own.sum() for own in weights])
    return np.asarray(np.maximum(sums, 0.0) / np.outer(sizes, sizes))


def _pairs(names: Sequence[Any], above: Array, gini: Array, weight: Array) -> Any:
    """Return the table of pairs; the smaller of the two mean differences is what crosses."""
    import pandas as pd

    j, h = np.triu_indices(len(names), 1)
    apart, crossing = above[j, h] + above[h, j], np.minimum(above[j, h], above[h, j])
    crossed = np.where(apart > 0, 2 * crossing / np.where(apart > 0, apart, 1.0), 1.0)
    distance = np.abs(above[j, h] - above[h, j]) / np.where(apart > 0, apart, 1.0)
    numbers = {
        "gini": gini[j, h],
        "distance": distance,
        "between": weight[j, h] * distance,
        "transvariation": weight[j, h] * crossed,
    }
    called = {name: pd.Series([names[int(i)] for i in at], dtype=object) for name, at in (("first", j), ("second", h))}
    return pd.DataFrame(called | numbers)
