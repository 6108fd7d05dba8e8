"""The same rows under several indexes: without one of its parts, or under any other choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.doors import DOORS, Doors
from hengdian_index._index.factors import read_factors
from hengdian_index._index.fitted import Fitted, Shown, learn_with_rows, read_rows, settled_under
from hengdian_index._index.index import Index
from hengdian_index._robustness.labels import word
from hengdian_index._robustness.ranks import mean_over_scopes, ranks_of
from hengdian_index._scoring.contents import comparing, pruned
from hengdian_index._scoring.fitting import normalised
from hengdian_index._scoring.scores import score
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index._values.equality import settled
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said
from hengdian_index.errors import (
    DataError,
    Fault,
    FaultsError,
    SpecError,
    among,
    raise_all,
    raise_together,
    spoken,
    suggestion,
)
from hengdian_index.log import journal

if TYPE_CHECKING:
    from hengdian_index._index.stubs import ComparisonPlots

# What an index is called beside its alternatives.
_AS_IT_IS = "as it is"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scores of the same rows under several indexes, the first the one that others are compared with.

    Attributes
    ----------
    scores : DataFrame
        One column an index.
    panel : Panel
        Whose rows they are and when, without the values of the table.
    tree : Tree
        The tree of the first index.
    node : str
        The group whose scores are compared.
    said : "under" or "without"
        How `summary` speaks of the others: "under" another index, "without" what is left out.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
    >>> found = hi.compare({"equal": index, "mostly a": index.replace({"total.weights": {"a": 9, "b": 1}})}, table)
    >>> found.shifts["mostly a"].tolist()
    [0.0, -1.0, 1.0]
    """

    scores: pd.DataFrame
    panel: Panel
    tree: Tree
    node: str
    said: Literal["under", "without"] = "under"

    if TYPE_CHECKING:

        @property
        def plot(self) -> ComparisonPlots:
            """Pictures of the comparison."""

    else:
        plot = Doors()

    @cached_property
    def scopes(self) -> tuple[NDArray[np.intp], ...]:
        """The rows that are compared with each other: those of a period where rows have units and periods."""
        if self.panel.periods is None or self.panel.units is None:
            return (np.arange(self.panel.n),)
        return tuple(self.panel.periods.blocks())

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Ranks under each index, 1 = best, among the rows of one period where rows have units and periods."""
        ranks = ranks_of(self.scores.to_numpy().T, self.scopes).T.astype(np.float64)
        return self.scores.iloc[:, :0].join(
            pd.DataFrame(np.where(ranks > 0, ranks, np.nan), index=self.scores.index, columns=self.scores.columns)
        )

    @property
    def shifts(self) -> pd.DataFrame:
        """Rank under each other index minus that under the first: positive where a row falls."""
        return self.ranks.iloc[:, 1:].sub(self.ranks.iloc[:, 0], axis=0)

    @property
    def mean_shift(self) -> pd.Series[float]:
        """Mean absolute shift of each other index."""
        return self.shifts.abs().mean().rename("mean shift")

    def correlations(self, how: Literal["pearson", "spearman", "kendall"] = "spearman") -> pd.DataFrame:
        """Return the correlations of scores between the indexes, taken where ranks are: within each period of a panel.

        Parameters
        ----------
        how : {"pearson", "spearman", "kendall"}
            Pearson's, Spearman's or Kendall's tau-b.

        Notes
        -----
        r = sum n_t r_t / sum n_t over the periods t, n_t the rows that both indexes score. A period without r_t (fewer
        than two such rows, or scores all alike) is left out, and `summary` says so; without any, r is missing. Proof:
        SciPy, period by period.
        """
        words = ("pearson", "spearman", "kendall")
        if not among(how, words):
            raise SpecError(Said("how: no {how!r}{guess}", how=how, guess=suggestion(how, words)))
        r, n = self._within(how)
        names = self.scores.columns
        return pd.DataFrame(mean_over_scopes(r, n), index=names, columns=names)

    def _within(self, how: Literal["pearson", "spearman", "kendall"]) -> tuple[Array, Array]:
        """Return the correlations (scopes, k, k) within each scope, and how many rows both of a pair score."""
        scores = self.scores.to_numpy()
        parts = [settled(scores[rows], axis=0) for rows in self.scopes]
        r = np.array([pd.DataFrame(part).corr(method=how).to_numpy() for part in parts])
        there = [(~np.isnan(part)).astype(np.float64) for part in parts]
        return r, np.array([known.T @ known for known in there])

    def summary(self, *, lang: Lang | None = None) -> str:
        """Return what moves ranks most, in one sentence.

        Parameters
        ----------
        lang : {"en", "zh"}, optional
            English or Chinese; default: the language that is spoken.
        """
        return self._told().told(spoken(lang))

    def _told(self) -> Said:
        order = self.mean_shift.dropna().sort_values(ascending=False, kind="stable")
        if order.empty:
            return Said("There is nothing to compare.")
        near, first = self.correlations().iloc[0][order.index].dropna(), self.scores.columns[0]
        first = Said("as it is") if first == _AS_IT_IS else first
        if len(order) > 1:
            moved = Said(
                "Ranks move most {most} (by {shift:.2f} places on average), least {least} ({other:.2f})",
                most=self._with(order.index[0]),
                shift=order.iloc[0],
                least=self._with(order.index[-1]),
                other=order.iloc[-1],
            )
        else:
            which = self._with(order.index[0])
            moved = Said("Ranks move by {shift:.2f} places on average {which}", shift=order.iloc[0], which=which)
        if near.empty:
            return Said("{moved}; no rank correlation with '{first}' is defined.", moved=moved, first=first)
        lowest = near.idxmin()
        r, periods = near.min(), self._periods(lowest)
        if len(order) == 1:
            return Said(
                "{moved}; the rank correlation with '{first}' is {r:.3f}{periods}.",
                moved=moved,
                first=first,
                r=r,
                periods=periods,
            )
        return Said(
            "{moved}; the lowest rank correlation with '{first}' is {r:.3f} ({which}){periods}.",
            moved=moved,
            first=first,
            r=r,
            which=self._with(lowest),
            periods=periods,
        )

    def _with(self, name: Any) -> Said:
        """Return that scores are those under an index, or without a part."""
        return Said("without {name}", name=name) if self.said == "without" else Said("under {name}", name=name)

    def _periods(self, other: Any) -> Said | str:
        """Return over how many periods the rank correlation of the first index with another is a mean."""
        if len(self.scopes) == 1:
            return ""
        r, _ = self._within("spearman")
        known, n = int(np.isfinite(r[:, 0, self.scores.columns.get_loc(other)]).sum()), len(self.scopes)
        if known == n:
            return Said(", the mean of those within each of {n} periods", n=n)
        return Said(", the mean of those within each of {known} of {n} periods; the others have none", known=known, n=n)

    def _repr_html_(self) -> str:
        return str(DOORS["Comparison.card"]()(self))

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.scores.columns)} indexes over {counted(len(self.scores), 'row')}>"


def alternatives(index: Index) -> dict[str, Index]:
    """Return an index as it is, and with each alternative of its doubts in turn: "normalise = z_score" -> that index.

    What equals the index as it is has no name of its own; noise and numbers between limits are no alternatives.
    """
    found, faults = {_AS_IT_IS: index.certain}, list[Fault]()
    for factor in read_factors(index.certain, index.doubts):
        for given in factor.given if factor.kind == "levels" else ():
            name = f"{factor.address} = {word(given)}"
            try:
                other = index.certain if given is True else index.certain.replace({factor.address: given})
            except SpecError as error:
                faults += [fault.under(saying=Said("{name}: ", name=name)) for fault in error.faults]
                continue
            if not any(_alike(other, one) for one in found.values()):
                found[name] = other
    raise_all(SpecError, faults)
    if len(found) == 1:
        raise SpecError(
            Said("nothing to compare: give two indexes, or alternatives in [doubts]: normalise = ['z_score']")
        )
    return found


def _alike(one: Index, other: Index) -> bool:
    """Return whether two indexes compute the same, whatever their texts say and leave out."""
    settings = [replace(index.setting, fingerprint="", spec="") for index in (one, other)]
    return one.tree == other.tree and settings[0] == settings[1]


def compare(
    indexes: Mapping[str, Index] | Index, table: Any, *, node: str | None = None, rows: Any = None
) -> Comparison:
    """Scores, ranks and rank shifts of the same rows under several indexes.

    Parameters
    ----------
    indexes : mapping, or Index
        Name -> index; the first is the one that others are compared with. Of one index its alternatives: each that its
        `doubts` list, one at a time.
    table : table
        As for `Index.compute`; every index takes its columns.
    node : str, optional
        Group whose scores are compared, in all of them; default: the top of each.
    rows : period, span, unit, label or list of these; optional
        The rows compared; default: all.

    Returns
    -------
    Comparison
        `scores`, `ranks`, `shifts` (rank - rank under the first: positive falls), `mean_shift`, `correlations(how)`.

    Raises
    ------
    SpecError, DataError
        As for `Index.compute`, those of all indexes at once; indexes that do not score the same rows.

    Notes
    -----
    Proof: identical indexes have shifts 0 and tau 1; Kendall's tau without ties is 4 P / (n (n - 1)) - 1.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> found = hi.compare({"as it is": index, "equal": index.replace({"film.weights": "equal"})}, table)
    >>> found.correlations(how="kendall").round(2).iloc[0, 1]
    0.87
    """
    if isinstance(indexes, Index):
        indexes = alternatives(indexes)
    if not isinstance(indexes, Mapping) or not indexes or not all(isinstance(i, Index) for i in indexes.values()):
        raise SpecError(Said("indexes: a mapping of name -> Index"))
    results, errors = {}, []
    for name, index in indexes.items():
        try:
            results[str(name)] = index.compute(table)
        except FaultsError as error:
            errors.append(type(error)(*(fault.under(saying=Said("{name}: ", name=name)) for fault in error.faults)))
    raise_together(errors)
    first = next(iter(results.values()))
    asked = np.flatnonzero(first.panel.select(rows, "rows"))
    columns = {}
    for name, result in results.items():
        if not result.panel.labels.equals(first.panel.labels):
            raise DataError(
                Said("{name}: scores other rows than the first index; give both the same unit and period", name=name)
            )
        code = result.tree.root.code if node is None else node
        if code not in result.tree.by_code:
            raise SpecError(
                Said(
                    "{name}: node: no group {code!r}{guess}",
                    name=name,
                    code=code,
                    guess=suggestion(code, result.tree.groups),
                )
            )
        columns[name] = result.rows.values(code)[asked]
    scores = pd.DataFrame(columns, index=first.panel.labels[asked])
    return Comparison(scores, _rows(first.panel, asked), first.tree, node or first.tree.root.code)


def remove_one(
    index: Index,
    table: Any,
    *,
    level: Literal["indicator", "group"] = "indicator",
    node: str | None = None,
    rows: Any = None,
) -> Comparison:
    """Scores and ranks without each indicator, or each group, in turn.

    Parameters
    ----------
    index, table, node, rows
        As for `compare`.
    level : {"indicator", "group"}
        What is left out, one at a time.

    Returns
    -------
    Comparison
        The first column is `nominal`, the others are named after what is left out.

    Notes
    -----
    What is left out has weight 0, its siblings' weights are rescaled; a group that is left empty leaves its parent,
    too. Nothing is learnt again but what rescaled groups learn from their scores: weights learnt from the data keep
    their proportions. Leaving out the last part of all is no index and has no column. Proof: leaving out what has
    weight 0 changes nothing; equals `replace({code: None})` under equal and given weights.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> found = hi.remove_one(index, table, level="group")
    >>> found.mean_shift.idxmax()
    'prosperity'
    """
    if not among(level, ("indicator", "group")):
        raise SpecError(
            Said("level: no {level!r}{guess}", level=level, guess=suggestion(level, ["indicator", "group"]))
        )
    tree, setting = index.tree, index.setting
    code = tree.root.code if node is None else node
    if not among(code, tree.by_code):
        raise SpecError(Said("node: no group {code!r}{guess}", code=code, guess=suggestion(code, tree.groups)))
    with journal():
        fitted, panel, known = learn_with_rows(tree, setting, read_rows(tree, setting, table), based=False)
        if known is not None:
            leaves = known.columns.whole
        else:
            leaves = normalised(fitted.tree, fitted.maps, fitted.preparation(fitted.tree, panel), fitted.fills)
    if len(fitted.contents) > 1 or not fitted.contents[0].alike:
        raise SpecError(
            Said(
                "remove_one: an index whose content or weights change by period, or whose weights are shares of value; "
                "use compare with replace"
            )
        )
    below = _below(fitted.tree, code)
    parts = [part for part in (tree.codes if level == "indicator" else tree.groups) if part in below]
    weights, kept = _without_each(fitted.tree, fitted.group_weights, parts, code)
    asked = np.flatnonzero(panel.select(rows, "rows"))
    with journal():
        if np.isnan(leaves).any() or comparing(fitted.tree):
            found = _one_by_one(fitted, leaves, panel, kept, code)[:, asked]
        else:
            moved = settled_under(fitted, fitted.tree, weights, Shown(fitted, panel))
            evaluation = score(moved, weights, leaves[np.newaxis], panel, fitted.cancelled)
            found = settled(evaluation.values(code), evaluation.cancelled(code))[:, asked]
    columns = pd.Index(["nominal", *kept])
    scores = pd.DataFrame(found.T, index=panel.labels[asked], columns=columns)
    return Comparison(scores, _rows(panel, asked), tree, code, "without")


def _without_each(
    tree: Tree, weights: Mapping[str, Array], parts: list[str], node: str
) -> tuple[dict[str, Array], list[str]]:
    """Return the weights (1 + parts, k) of every group, first as they are, then without each part that can go."""
    rows, kept = {code: [w] for code, w in weights.items()}, []
    for part in parts:
        gone = {part}
        changed = {}
        for branch in tree.branches:
            w = np.where([child in gone for child in branch.children], 0.0, weights[branch.code])
            if w.sum() > 0:
                changed[branch.code] = w / w.sum()
            else:
                gone.add(branch.code)
                changed[branch.code] = weights[branch.code]
        if node not in gone:
            kept.append(part)
            for code, w in changed.items():
                rows[code].append(w)
    return {code: np.array(found) for code, found in rows.items()}, kept


def _one_by_one(fitted: Fitted, leaves: Array, panel: Panel, parts: list[str], node: str) -> Array:
    """Return the scores (1 + parts, n) without each part, of trees that have it not: gaps then count for the rest."""
    shown = Shown(fitted, panel)
    found = [score(fitted.contents[0].tree, fitted.group_weights, leaves, panel, fitted.cancelled).values(node)]
    for part in parts:
        gone = {part} | (_below(fitted.tree, part) if part in fitted.tree.by_code else set())
        tree = pruned(fitted.tree, {code for code in fitted.tree.codes if code not in gone})
        weights = {}
        for branch in tree.branches:
            every = fitted.tree.by_code[branch.code].children
            own = fitted.group_weights[branch.code][[every.index(child) for child in branch.children]]
            weights[branch.code] = own / own.sum() if own.sum() > 0 else own
        tree = settled_under(fitted, tree, weights, shown)
        at = [fitted.tree.codes.index(code) for code in tree.codes]
        found.append(score(tree, weights, leaves[:, at], panel, fitted.cancelled[at]).values(node))
    return np.array(found)


def _below(tree: Tree, node: str) -> set[str]:
    """Return the codes of all groups and indicators below a group."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        children = tree.by_code[waiting.pop()].children
        found.update(children)
        waiting += [child for child in children if child in tree.by_code]
    return found


def _rows(panel: Panel, asked: NDArray[np.intp]) -> Panel:
    """Return some rows without their values: who they are, and when."""
    return replace(panel.pick(asked).laid_out(()), beside=None, lender=None, came={}, chains={})
