"""What counting says of all units, and of each group of them: headcount, intensity, their product, and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.unit_groups import columns_of_groups
from hengdian_index._levels.contributions import level_parts
from hengdian_index._maths.own_means import Censored
from hengdian_index._methods.decorators import kernel
from hengdian_index._scoring.scores import Scored
from hengdian_index._scoring.tree import Branch, Setting, Tree
from hengdian_index._tables.options import floats
from hengdian_index._tables.panel import Beside, Panel
from hengdian_index._tables.scopes import Compared, Within, columns_of, scopes
from hengdian_index._tables.table import Array, shortened
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, shown, suggestion


@dataclass(frozen=True, slots=True, eq=False)
class Poverty:
    """Multidimensional poverty of all units, or of each group of them: a row of each table.

    Attributes
    ----------
    measures : DataFrame
        `units` that were counted; `share` of all people (units, or their weights) in the period; `H`, the share of them
        who are poor; `A`, the mean deprivation of the poor (missing where nobody is poor); `M0` = H A; `contribution`,
        what the row adds to the M0 of all in the period, in per cent.
    headcounts, censored : DataFrame
        Share of people deprived in each indicator, and share of those who are poor and deprived in it.
    contributions, dimensions : DataFrame
        What each indicator, and each child of the group that counts, contributes to M0, in per cent; sums to 100.
    node : str
        Code of the group that counts.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> lacks = [hi.Indicator("food", "poor"), hi.Indicator("roof", "poor")]
    >>> counting = {"method": "counting", "cutoff": 1}
    >>> index = hi.Index(normalise="none", aggregate=counting, groups=[hi.Group("poor")], indicators=lacks)
    >>> found = index.compute({"food": [1, 0, 1, 1], "roof": [1, 0, 0, 1]}).poverty()
    >>> found.H, found.A, found.M0
    (0.5, 1.0, 0.5)
    >>> found.headcounts.loc["all", "food"], found.censored.loc["all", "food"], found.contributions.loc["all", "food"]
    (0.75, 0.5, 50.0)
    """

    measures: pd.DataFrame
    headcounts: pd.DataFrame
    censored: pd.DataFrame
    contributions: pd.DataFrame
    dimensions: pd.DataFrame
    node: str

    @property
    def H(self) -> Any:  # noqa: N802  # the letters of Alkire and Foster
        """Headcount ratio: a number, or a series where there are several groups or periods."""
        return self._measure("H")

    @property
    def A(self) -> Any:  # noqa: N802  # as above
        """Intensity: the mean deprivation of the poor."""
        return self._measure("A")

    @property
    def M0(self) -> Any:  # noqa: N802  # as above
        """Adjusted headcount ratio, H A."""
        return self._measure("M0")

    def _measure(self, name: str) -> Any:
        found = self.measures[name]
        return float(found.iloc[0]) if len(found) == 1 else found


def poverty(
    rows: Scored, panel: Panel, setting: Setting, node: str | None, within: Within, weights: str | None
) -> Poverty:
    """Return what the group that counts says of the units, those of each period and group of units for themselves."""
    tree = rows.tree
    branch = _counting(tree, node)
    leaves = _leaves(tree, branch)
    score = rows.values(branch.code)
    deprived = _deprivations(rows, panel, leaves)
    people = np.where(np.isnan(score), 0.0, _people(panel, setting, weights))
    names = _names(panel, within)
    groups = scopes(panel, within)
    first = [int(np.argmax(groups == code)) for code in np.unique(groups[groups >= 0])]
    members = [groups == groups[row] for row in first]
    timed = [name for name in names if name in ("period", panel.labels.names[-1]) and panel.periods is not None]
    times = scopes(panel, timed or None)
    index = _index(panel, names, first)
    poor = score > 0
    bare = np.where(np.isnan(score), np.nan, 0.0)

    def table(values: Array, columns: Sequence[str], whole: Array | None = None) -> pd.DataFrame:
        """Return the mean over people of each column (n, k), in per cent of that of `whole` (n,) where it is given."""
        found = np.array([_mean(values[some], people[some]) for some in members])
        if whole is not None:
            of = np.array([_mean(whole[some, np.newaxis], people[some]) for some in members])
            found = 100 * np.divide(found, of, out=np.full_like(found, np.nan), where=of > 0)
        return pd.DataFrame(found.reshape(len(members), len(columns)), index=index, columns=list(columns))

    def parts(deep: bool) -> pd.DataFrame:
        found = level_parts(rows, branch.code, deep)
        order = leaves if deep else branch.children
        return table(np.column_stack([found.get(code, bare) for code in order]), order, score)

    both = table(np.column_stack([np.where(np.isnan(score), np.nan, poor), score]), ["H", "M0"])
    total = np.array([people[some].sum() for some in members])
    among = [times == times[row] for row in first]
    all_people = np.array([people[some].sum() for some in among])
    of_all = np.array([_mean(score[some, np.newaxis], people[some])[0] for some in among])
    with np.errstate(invalid="ignore", divide="ignore"):
        share = total / all_people
        measures = pd.DataFrame(
            {
                "units": [int((people[some] > 0).sum()) for some in members],
                "share": share,
                "H": both["H"],
                "A": both["M0"] / both["H"].where(both["H"] > 0),
                "M0": both["M0"],
                "contribution": 100 * share * both["M0"] / np.where(of_all > 0, of_all, np.nan),
            },
            index=index,
        )
    censored = np.where(np.isnan(deprived), np.nan, deprived * poor[:, np.newaxis])
    return Poverty(measures, table(deprived, leaves), table(censored, leaves), parts(True), parts(False), branch.code)


def _counting(tree: Tree, node: str | None) -> Branch:
    """Return the group that counts: the one asked for, the top one, or the only one."""
    found = [branch for branch in reversed(tree.branches) if _counts(branch)]
    known = [branch.code for branch in found]
    if node is not None:
        if node not in tree.by_code:
            raise SpecError(Said("node: no group {node}{guess}", node=shown(node), guess=suggestion(node, tree.groups)))
        found = [branch for branch in found if branch.code == node]
        if not found:
            method = tree.by_code[node].aggregate.method.name
            raise SpecError(
                Said(
                    "node: {node!r} is aggregated by {method!r}, which does not count; {remedy}",
                    node=node,
                    method=method,
                    remedy=_REMEDY,
                )
            )
    if not found:
        raise SpecError(Said("poverty: no group counts deprivations; {remedy}", remedy=_REMEDY))
    if len(found) > 1 and found[0] is not tree.root:
        raise SpecError(Said("poverty: {known} count; name one: node='{first}'", known=listed(known), first=known[0]))
    return found[0]


_REMEDY = Said('write aggregate = {{ method = "counting", cutoff = 0.333 }}')


def _counts(branch: Branch) -> bool:
    return isinstance(kernel(branch.aggregate.method, branch.aggregate.options, branch.children), Censored)


def _leaves(tree: Tree, branch: Branch) -> list[str]:
    """Return the indicators below a group, in the order of the spec."""
    below, left = set[str](), [branch.code]
    while left:
        below.add(code := left.pop())
        left += tree.by_code[code].children if code in tree.by_code else ()
    return [code for code in tree.codes if code in below]


def _deprivations(rows: Scored, panel: Panel, leaves: Sequence[str]) -> Array:
    """Return the scores of the indicators (n, k), each of which must be 0 or 1."""
    values = np.column_stack([rows.values(code) for code in leaves])
    whole = np.round(values)
    wrong = ~np.isnan(values) & ((np.abs(values - whole) > TOLERANCE) | ~np.isin(whole, (0, 1)))
    if wrong.any():
        row, j = (int(at) for at in np.argwhere(wrong)[0])
        raise DataError(
            Said(
                "poverty counts deprivations, 1 or 0, and {scores} below the group are neither ({place}: {code!r} is "
                "{value:.6g})",
                scores=Said.of(int(wrong.sum()), "{n} score", "{n} scores"),
                place=panel.place(row),
                code=leaves[j],
                value=values[row, j],
            )
        )
    return whole


def _people(panel: Panel, setting: Setting, weights: str | None) -> Array:
    """Return how many people each row (n,) stands for: a column of the table, by default the one the index names."""
    if weights is None:
        named = columns_of_groups(setting)[1]
        if len(named) > 1:
            raise SpecError(Said("weights: the index names {named} for its units; say which one", named=listed(named)))
        if not named:
            return np.ones(panel.n)
        weights = named[0]
    known = columns_of(panel)
    if weights not in known:
        raise SpecError(
            Said("weights: no column {weights}{guess}", weights=shown(weights), guess=suggestion(weights, known))
        )
    column = known[weights]
    try:
        numbers = floats(column.labels(weights) if isinstance(column, Beside) else list(column))
    except (TypeError, ValueError):
        raise DataError(Said("weights: {weights!r} holds no numbers", weights=weights)) from None
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    raise_all(DataError, shortened([_unweighed(panel, int(i), weights, numbers[i]) for i in wrong]))
    return numbers


def _unweighed(panel: Panel, row: int, weights: str, found: float) -> Fault:
    why = Said("weight {weight:g} in {column!r} is no number of 0 or more", weight=found, column=weights)
    return Fault(joined([panel.place(row), why], "heads"), kind=("rows", why.template))


def _names(panel: Panel, within: Within) -> list[str]:
    """Return the columns that tell one group of units from another."""
    if within is Compared.BY_DEFAULT:
        return ["period"] if panel.units is not None and panel.periods is not None else []
    return [] if within is None else [within] if isinstance(within, (str, int)) else list(within)


def _index(panel: Panel, names: Sequence[str], rows: Sequence[int]) -> pd.Index[Any]:
    """Return the labels of groups of units, from one row of each."""
    if not names:
        return pd.Index(["all"])
    known, own = columns_of(panel), panel.period_labels()

    def labels(name: str) -> list[Any]:
        if panel.periods is not None and name in ("period", panel.labels.names[-1]):
            return [own[int(panel.periods.ordinals[row])] for row in rows]
        if panel.units is not None and name in ("unit", panel.labels.names[0]):
            return [panel.unit(row) for row in rows]
        column = known[name]
        every = column.labels(name) if isinstance(column, Beside) else list(column)
        return [every[row] for row in rows]

    columns = [labels(name) for name in names]
    found: pd.Index[Any] = pd.MultiIndex.from_arrays(columns, names=list(names))
    return found.get_level_values(0) if len(names) == 1 else found


def _mean(values: Array, people: Array) -> Array:
    """Return the mean over people of each column (n, k), of those who have a value; missing where nobody has."""
    w = np.where(np.isnan(values), 0.0, people[:, np.newaxis])
    total = w.sum(axis=0)
    found = (w * np.nan_to_num(values)).sum(axis=0)
    return np.asarray(np.divide(found, total, out=np.full(len(total), np.nan), where=total > 0))
