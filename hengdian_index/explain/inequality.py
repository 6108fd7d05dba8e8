"""Inequality of units, split exactly into what lies within groups and what lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._maths.blocks import column_mean, full_size, power_of_two
from hengdian_index._maths.stats import LogSums, theil_term
from hengdian_index._tables.cells import no_label
from hengdian_index._tables.table import Array, Labelled, read_rows, row_faults, shortened
from hengdian_index._values.decimals import counted
from hengdian_index.errors import CellsError, DataError, SpecError, raise_all
from hengdian_index.log import note


@dataclass(frozen=True, slots=True, eq=False)
class Theil:
    """Theil index of all units, and its parts: `total` = `between` + `within`.

    Attributes
    ----------
    total, between, within : float
        The index and its parts.
    groups : DataFrame
        One row a group, the largest mean first: `n mean share_of_units share_of_total theil within between`, where
        `within` and `between` are what the group adds to the parts; a group below the mean adds a negative `between`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.theil([1.0, 1.0, 3.0, 3.0], ["a", "a", "b", "b"])
    >>> round(found.total, 3), found.within
    (0.131, 0.0)
    """

    total: float
    between: float
    within: float
    groups: Any


@dataclass(frozen=True, slots=True, eq=False)
class Dagum:
    """Gini coefficient of all units, and its parts: `total` = `within` + `between` + `transvariation`.

    Attributes
    ----------
    total, within, between, transvariation : float
        The coefficient and its parts.
    groups : DataFrame
        One row a group, the largest mean first: `n mean share_of_units share_of_total gini within`.
    pairs : DataFrame
        One row a pair, the group of larger mean first: `first second gini distance between transvariation`. The columns
        `within`, `between` and `transvariation` of both tables sum to the parts.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.dagum([1.0, 1.0, 3.0, 3.0], ["a", "a", "b", "b"])
    >>> found.total, found.between
    (0.25, 0.25)
    """

    total: float
    within: float
    between: float
    transvariation: float
    groups: Any
    pairs: Any


@dataclass(frozen=True, slots=True)
class _Population:
    """Values of each group, the group of the largest mean first, divided by `unit`."""

    labels: tuple[Any, ...]
    parts: tuple[Array, ...]
    unit: float

    @property
    def sizes(self) -> Array:
        """Number of units of each group (g,)."""
        return np.array([len(part) for part in self.parts], dtype=np.float64)

    def described(self, relative: Array, means: Array, **more: Array) -> Any:
        """Return the table of groups, from means relative to the mean of all (g,) and the means."""
        import pandas as pd

        units = self.sizes / self.sizes.sum()
        columns = {
            "n": self.sizes.astype(np.int64),
            "mean": means * self.unit,
            "share_of_units": units,
            "share_of_total": units * relative,
        }
        return pd.DataFrame(columns | more, index=pd.Index(self.labels, name="group", tupleize_cols=False))


def theil(y: Any, groups: Any) -> Theil:
    r"""Theil index of units, split into inequality between groups and within them.

    Parameters
    ----------
    y : series or array (n,), or table with one column of numbers
        Values of 0 or more, not all 0. A unit without a value is left out, with a line in the log.
    groups : n labels, or the name of a column or index level of y
        Group of each unit.

    Returns
    -------
    Theil
        `total`, `between`, `within`, and the table `groups`.

    Raises
    ------
    DataError
        A negative value, all values 0, a unit without a group, fewer than two units.
    SpecError
        As many labels as there are units are needed.

    Notes
    -----
    T = (1/n) sum (y/m) ln(y/m), 0 ln 0 = 0: 0 when all are equal, ln n when one has all. With s_g the group's share of
    the total and p_g its share of the units, within = sum s_g T_g, between = sum s_g ln(s_g/p_g). Computed from terms
    that are all >= 0, so a level of 1e7 costs no digits; the parts sum to the whole exactly. Inequality in a group of
    zeros is 0.

    Source: Theil 1967, Economics and Information Theory; Shorrocks 1980, Econometrica 48. Proof: its laws and a slow
    double loop.

    .. math:: T = \frac{1}{n} \sum_i \frac{y_i}{m} \ln \frac{y_i}{m}

    **Symbols.** T: Theil index; y: value; m: mean; n: number of units.

    **When to use.** How unequal units are, split exactly into within groups and between them.

    **Pitfalls.** Its largest value grows with n (ln n), so two sets of unlike size are hard to compare. Values must be
    0 or more; the top counts more than the bottom.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.theil([1.0, 1.0, 3.0, 3.0], ["south", "south", "north", "north"])
    >>> round(found.total, 4), round(found.between, 4), found.within
    (0.1308, 0.1308, 0.0)
    """
    population = _read("theil", y, groups)
    n = population.sizes
    _, whole = column_mean(np.concatenate(population.parts)[:, np.newaxis])
    centres = [column_mean(part[:, np.newaxis])[1] for part in population.parts]
    gap = np.array([(centre.minus(whole) / whole.high)[0] for centre in centres])
    own = np.array([LogSums.of(part[:, np.newaxis]).divergence[0] for part in population.parts]) / n
    share = n / n.sum()
    within, between = float((share * (1 + gap) * own).sum()), float((share * theil_term(gap)).sum())
    # r ln r = (r ln r - r + 1) + (r - 1): the last parts sum to 0 over the groups.
    added = share * (theil_term(gap) + gap)
    means = np.array([centre.high[0] for centre in centres])
    table = population.described(1 + gap, means, theil=own, within=share * (1 + gap) * own, between=added)
    return Theil(between + within, between, within, table)


def dagum(y: Any, groups: Any) -> Dagum:
    r"""Gini coefficient of units, split into within groups, net between groups, and transvariation.

    Parameters
    ----------
    y : series or array (n,), or table with one column of numbers
        Values of 0 or more, not all 0. A unit without a value is left out, with a line in the log.
    groups : n labels, or the name of a column or index level of y
        Group of each unit; in any order.

    Returns
    -------
    Dagum
        `total`, `within`, `between`, `transvariation`, and the tables `groups` and `pairs`.

    Raises
    ------
    DataError
        A negative value, all values 0, a unit without a group, fewer than two units.
    SpecError
        As many labels as there are units are needed.

    Notes
    -----
    G = sum over pairs |y - y'| / (2 n^2 m). G_jh = mean |y_j - y_h| / (m_j + m_h); p_j share of the units, s_j of the
    total; d and p the means of the positive and of the negative differences y_j - y_h; D_jh = |d - p| / (d + p), 0 for
    two groups alike. within = sum G_jj p_j s_j; between = sum_{j<h} G_jh (p_j s_h + p_h s_j) D_jh; transvariation: the
    same with 1 - D_jh. Nothing depends on the order of the groups; much public code is wrong unless the caller has
    sorted them by their means. n^2, not n (n - 1), in the denominator: doubling the population changes nothing.

    Source: Dagum 1997, Empirical Economics 22. Proof: its laws and a slow double loop.

    .. math:: G = \frac{1}{2 n^2 m} \sum_i \sum_l |y_i - y_l|

    **Symbols.** G: Gini coefficient; y: value; n: number of units; m: mean; i, l: two units.

    **When to use.** How unequal units are, within and between groups whose ranges overlap.

    **Pitfalls.** Transvariation is overlap, neither within nor between: do not add it to either without a word. The
    parts depend on how the groups are drawn.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.dagum([1.0, 3.0, 2.0, 6.0], ["a", "a", "b", "b"])
    >>> round(found.within, 4), round(found.between, 4), round(found.transvariation, 4)
    (0.125, 0.1667, 0.0417)
    >>> round(found.total, 4)
    0.3333
    """
    population = _read("dagum", y, groups)
    means = np.array([part.mean() for part in population.parts])
    units = population.sizes / population.sizes.sum()
    relative = means / (units @ means)
    above = _differences(population.parts)
    apart, sums = above + above.T, means[:, np.newaxis] + means
    # Two groups of zeros do not differ: 0, not 0/0.
    gini = apart / np.where(sums > 0, sums, 1.0)
    income = units * relative
    weight = gini * (np.outer(units, income) + np.outer(income, units))
    own = np.diagonal(weight) / 2
    table = population.described(relative, means, gini=np.diagonal(gini), within=own)
    pairs = _pairs(population.labels, above, gini, weight)
    within, between, crossed = (float(part.sum()) for part in (own, pairs["between"], pairs["transvariation"]))
    return Dagum(within + between + crossed, within, between, crossed, table, pairs)


def _differences(parts: Sequence[Array]) -> Array:
    """Return the mean of max(y_j - y_h, 0) over the pairs of units of groups j and h, (g, g)."""
    low, sizes = min(part.min() for part in parts), [len(part) for part in parts]
    rising = [np.sort(part - low) for part in parts]
    everyone, group = np.concatenate(rising), np.repeat(np.arange(len(parts)), sizes)
    sums = np.empty((len(parts), len(parts)))
    for h, part in enumerate(rising):
        below = np.searchsorted(part, everyone)
        total = np.concatenate([[0.0], np.cumsum(part)])[below]
        sums[:, h] = np.bincount(group, weights=below * everyone - total, minlength=len(parts))
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


def _read(call: str, y: Any, groups: Any) -> _Population:
    """Return the values by group, checked."""
    table = read_rows(y, groups=groups).need_shape(f"{call}: one column of values is needed", 1)
    given = table.labels["groups"]
    if given is None:
        raise SpecError(f"groups: one label for each of {counted(len(table.values), 'unit')} is needed")
    there = _checked(call, table, given)
    return _grouped(table.values[there], [given[row] for row in np.flatnonzero(there)])


def _grouped(values: Array, given: Sequence[Any]) -> _Population:
    """Return values (n, 1) by group, the units of a group in the order they came in."""
    unit = float(power_of_two(values, full_size(values))[0])
    place: dict[Any, int] = {}
    group = np.array([place.setdefault(label, len(place)) for label in given])
    sorted_values = values[np.argsort(group, kind="stable"), 0] / unit
    parts = np.split(sorted_values, np.cumsum(np.bincount(group))[:-1])
    order = sorted(range(len(parts)), key=lambda g: -float(parts[g].mean()))
    called = tuple(place)
    return _Population(tuple(called[g] for g in order), tuple(parts[g] for g in order), unit)


def _checked(call: str, table: Labelled, groups: Any) -> Any:
    """Return which units (n,) have a value; refuse what has no inequality or no group."""
    y = table.values[:, 0]
    if (y < 0).any():
        raise table.refusal(CellsError(table.values < 0, f"{call}: a share of a total cannot be negative"))
    there = ~np.isnan(y)
    bare = [row for row in np.flatnonzero(there).tolist() if no_label(groups[row])]
    raise_all(DataError, shortened(row_faults(bare, table.source, "the unit has no group")))
    if there.sum() < 2:
        raise DataError(f"{call}: {counted(int(there.sum()), 'unit')} with a value; inequality needs two or more")
    if not y[there].any():
        raise DataError(f"{call}: all values are 0, so shares of the total do not exist")
    if not there.all():
        note(
            "explain",
            (
                f"{call}: {counted(int((~there).sum()), 'unit')} without a value "
                f"{'is' if (~there).sum() == 1 else 'are'} left out"
            ),
        )
    return there
