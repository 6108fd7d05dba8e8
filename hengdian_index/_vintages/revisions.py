"""Revisions: what moved from one vintage to the next, by how much, and because of what."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.doors import DOORS
from hengdian_index._index.published import Key, Rows, differing, shared, step
from hengdian_index._index.result import Result
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index._vintages.attribution import PARTS, Attribution, attributed, rest, unsplit
from hengdian_index._vintages.choices import different
from hengdian_index._vintages.release import Release
from hengdian_index._vintages.vintage import Vintage, vintage
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, spoken

Source = Result | Release | str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class Revisions:
    """What moved between two vintages, and why. Rows are named by unit and period, or by their own label.

    Attributes
    ----------
    old, new : str
        What the two vintages are called.
    compared : DataFrame
        node, row, before, after, difference: all published numbers that both vintages have.
    moved : DataFrame
        node, row, before, after, difference: published numbers that are another. A renamed group has its new code.
    added, gone : DataFrame
        node, row, value: numbers that only the new, only the old vintage has.
    cells : DataFrame
        row, indicator, before, after: raw data that changed, also from or to missing.
    choices : DataFrame
        address, before, after: choices that differ, the fit rows and the package's version among them.
    learnt : DataFrame
        kind, node, part, before, after: weights, numbers of the maps and base levels that moved though their own
        choice did not.
    because : DataFrame
        node, row, difference, data, base, fit: why each number moved; data + base + fit = difference.
    by_indicator : DataFrame
        Row by row of the root, with the row as index: the data part by indicator (and what an indicator alone does not
        explain: reweighting, interaction, link), then base and fit; sums to the difference.
    why_not : str
        Why `because` is empty, if it is although numbers moved; which numbers cannot be split.
    noun : str
        What the numbers are: "levels" or "scores".

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(unit="town", groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")])
    >>> old, new = ({"town": ["A", "B", "C"], "a": [1.0, a, 5.0]} for a in (2.0, 3.0))
    >>> found = hi.revisions(index.compute(old), index.compute(new))
    >>> found.moved[["unit", "before", "after"]].to_numpy().tolist()
    [['B', 0.25, 0.5]]
    """

    old: str
    new: str
    compared: pd.DataFrame
    moved: pd.DataFrame
    added: pd.DataFrame
    gone: pd.DataFrame
    cells: pd.DataFrame
    choices: pd.DataFrame
    learnt: pd.DataFrame
    because: pd.DataFrame
    by_indicator: pd.DataFrame
    why_not: str
    noun: str

    def summary(self, more_than: float = 0.05, *, lang: Lang | None = None) -> str:
        """Return what moved and why, in plain words.

        Parameters
        ----------
        more_than : float
            Moves of the root that are no larger are not counted, in points of the series.
        lang : {"en", "zh"}, optional
            English or Chinese; default: the language that is spoken.
        """
        lines = [Said("{new} against {old}:", new=self.new, old=self.old), self._headline(more_than)]
        lines += [Said("cannot say why: {why}", why=self.why_not)] if self.why_not else []
        of = {name: getattr(self, name) for name in ("added", "gone", "cells", "choices", "learnt")}
        n = {name: len(frame) for name, frame in of.items()}
        ones = {"added": _row, "gone": _row, "cells": _cell, "choices": _choice, "learnt": _learnt}
        some = {name: _some([ones[name](one) for one in _records(frame)]) for name, frame in of.items()}
        told = {
            "added": Said("{n} published numbers are new: {some}", n=n["added"], some=some["added"]),
            "gone": Said("{n} published numbers are no longer there: {some}", n=n["gone"], some=some["gone"]),
            "cells": Said("{n} cells of the data changed: {some}", n=n["cells"], some=some["cells"]),
            "choices": Said("{n} choices changed: {some}", n=n["choices"], some=some["choices"]),
            "learnt": Said(
                "{n} learnt numbers moved though their choice did not: {some}", n=n["learnt"], some=some["learnt"]
            ),
        }
        lines += [line for name, line in told.items() if n[name]]
        return joined(lines, "lines").told(spoken(lang)) + "\n"

    def _headline(self, more_than: float) -> Said:
        """Return how many levels of the root moved, the largest move and what made it."""
        if not len(self.compared):
            return Said("no number is in both")
        root = str(self.compared["node"].iloc[0])
        rows, moved = int((self.compared["node"] == root).sum()), self.moved[self.moved["node"] == root]
        if not len(moved):
            also = Said("; {n} numbers below it did", n=len(self.moved)) if len(self.moved) else ""
            return Said(
                "none of {rows} {noun} of {root!r} moved{also}", rows=rows, noun=self.noun, root=root, also=also
            )
        size = moved["difference"].abs()
        largest = _records(moved.loc[[size.idxmax()]])[0]
        reasons = self._reasons(largest)
        return Said(
            "{n} of {rows} {noun} of {root!r} moved by more than {more_than:g}; largest {place}: {step}{because}",
            n=int((size > more_than).sum()),
            rows=rows,
            noun=self.noun,
            root=root,
            more_than=more_than,
            place=_place(largest),
            step=step(largest["before"], largest["after"]),
            because=Said(", because {reasons}", reasons=_some(reasons)) if reasons else "",
        )

    def _reasons(self, moved: dict[str, Any]) -> list[Said]:
        """Return what made a move of the root, the largest first."""
        at = [i for i, label in enumerate(self.by_indicator.index) if _key(label) == _key_of(moved)]
        if not at:
            return []
        parts = self.by_indicator.iloc[at[0]].dropna()
        others = Said("choices are others")
        anew = others if len(self.choices) else Said("bounds or weights were learnt from other data")
        words = {"base": Said("the base level moved"), "fit": anew}
        changed = {(_key_of(cell), cell["indicator"]): cell for cell in _records(self.cells)}
        found = []
        for name in parts.abs().sort_values(ascending=False, kind="stable").index:
            if abs(parts[name]) > 1e-3 * abs(moved["difference"]):
                cell = changed.get((_key_of(moved), name))
                what = _cell(cell) if cell else words.get(name, str(name))
                part = f"{parts[name]:+.{2 if abs(parts[name]) >= 0.005 else 6}f}"
                found.append(Said("{what} ({part})", what=what, part=part))
        return found

    def _repr_html_(self) -> str:
        return str(DOORS["Revisions.card"]()(self))

    def __repr__(self) -> str:
        return (
            f"<Revisions: {counted(len(self.moved), 'number', of=len(self.compared))} moved, "
            f"{counted(len(self.cells), 'cell')} changed>"
        )


def revisions(old: Source, new: Source) -> Revisions:
    """Return what moved from one vintage of an index to the next, by how much, and because of what.

    Parameters
    ----------
    old, new : Result, Release, or path of a release's folder
        Rows are matched by unit and period, groups by code; the two roots are one, and so are two groups with the same
        indicators below them.

    Returns
    -------
    Revisions

    Raises
    ------
    DataError
        A release that was edited; vintages of which one has units or periods and the other has not.

    Notes
    -----
    With L the levels of rows r under a fit f, and to / B the factor of the base: difference = data + base + fit, where
    data = (L_f0(new data) - L_f0(old data)) to / B0 holds the old fit f0 still, base = L_f0(new data) (to / B1 -
    to / B0) is what the new data move in the base level, where it moved, and fit is the rest: choices, and what was
    learnt again. The data part of the root splits by indicator as a change does in `Result.contributions`. A column
    that the new vintage does not have keeps its old values in the data part, so that its loss counts as a choice.
    Proof: `tests/vintages/test_revisions.py`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     period="year",
    ...     base="2001",
    ...     normalise="relative",
    ...     groups=[hi.Group("total")],
    ...     indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")],
    ... )
    >>> fitted = index.fit({"year": [2001, 2002], "a": [10.0, 11.0], "b": [5.0, 6.0]})
    >>> old = fitted.score({"year": [2001, 2002], "a": [10.0, 11.0], "b": [5.0, 6.0]})
    >>> new = fitted.score({"year": [2001, 2002], "a": [10.0, 12.0], "b": [5.0, 6.0]})
    >>> found = hi.revisions(old, new)
    >>> found.moved.values.tolist()
    [['total', '2002', 115.0, 120.0, 5.0]]
    >>> print(found.summary().splitlines()[1].partition(", because ")[2])
    a 2002 was 11, is 12 (+5.00)
    """
    before, after = vintage(old, "old"), vintage(new, "new")
    if set(before.roles) != set(after.roles):
        said = [_and(list(one.roles)) for one in (before, after)]
        raise DataError(
            Said(
                "the old rows are told apart by {old}, the new by {new}; nothing can be compared",
                old=said[0],
                new=said[1],
            )
        )
    pairs, roles = _matched_groups(before, after), list(after.roles)
    moves = _moves(before, after, pairs)
    numbers, split = moves.numbers, moves.split
    kept = numbers[moves.moved.T.ravel()].reset_index(drop=True)
    unclear = kept[list(PARTS)].isna().any(axis=1)
    both = numbers[["before", "after"]].notna().all(axis=1)
    chosen = different(before.choices, after.choices, {a: b for a, b in pairs.items() if a != b})
    return Revisions(
        old=_named(before, Said("the old one")),
        new=_named(after, Said("the new result")),
        compared=numbers.loc[both, ["node", *roles]].reset_index(drop=True),
        moved=kept[["node", *roles, "before", "after", "difference"]],
        added=_only_in(after, before, {b: a for a, b in pairs.items()}),
        gone=_only_in(before, after, pairs),
        cells=_changed_cells(before, after, *moves.rows),
        choices=pd.DataFrame(chosen, columns=["address", "before", "after"], dtype=object),
        learnt=_moved_learnt(before, after, pairs),
        because=kept.loc[~unclear, ["node", *roles, "difference", *PARTS]].reset_index(drop=True),
        by_indicator=moves.by_indicator,
        why_not=split.why_not or _unclear(int(unclear.sum())),
        noun=_noun(after),
    )


@dataclass(frozen=True, eq=False)
class _Moves:
    """The rows that both have (their positions in each), which numbers (rows, groups) moved, and their parts."""

    rows: tuple[Rows, Rows]
    moved: NDArray[np.bool_]
    numbers: pd.DataFrame
    split: Attribution
    by_indicator: pd.DataFrame


def _moves(old: Vintage, new: Vintage, pairs: dict[str, str]) -> _Moves:
    """Return the differences of what both vintages have, and their parts."""
    rows = shared(old.published.keys, new.published.keys)
    one, other = _shared_levels(old, new, rows, pairs)
    moved = differing(one, other)
    split = attributed(old, new, *rows) if moved.any() else unsplit(old, len(one))
    groups = [old.published.groups.index(code) for code in pairs]
    data, base = split.data[:, groups], split.base[:, groups]
    fit = rest(other - one, data, base, np.maximum(np.abs(one), np.abs(other)))
    numbers = {"before": one, "after": other, "difference": other - one, "data": data, "base": base, "fit": fit}
    roles, keys = list(new.roles), [new.published.keys[row] for row in rows[1]]
    frame = _listed_numbers(list(pairs.values()), roles, keys, numbers)
    root = moved[:, 0] & (not split.why_not)
    parts = {**split.indicators, _free("base", split): base[:, 0], _free("fit", split): fit[:, 0]}
    by_indicator = {name: part[root] for name, part in parts.items()}
    return _Moves(rows, moved, frame, split, pd.DataFrame(by_indicator, index=_row_labels(roles, keys, root)))


def _free(name: str, split: Attribution) -> str:
    """Return the name of a column that no indicator has."""
    while name in split.indicators:
        name += "_"
    return name


def _named(one: Vintage, result: Said) -> Said:
    if not isinstance(one.source, Release):
        return result
    return Said("{folder} (released {time})", folder=one.source.folder.name, time=one.source.time)


def _unclear(count: int) -> Said | str:
    return Said("{n} numbers have no score under the old fit with the new data", n=count) if count else ""


def _matched_groups(old: Vintage, new: Vintage) -> dict[str, str]:
    """Return the groups that both vintages have, old code -> new code, in the order of the new."""
    mine, theirs = old.published.groups, new.published.groups
    found = {mine[0]: theirs[0]} | {code: code for code in mine[1:] if code in theirs[1:]}
    for code in [code for code in mine if code not in found]:
        same = [other for other in theirs if other not in found.values() and new.leaves[other] == old.leaves[code]]
        if len(same) == 1 and old.leaves[code]:
            found[code] = same[0]
    return dict(sorted(found.items(), key=lambda pair: theirs.index(pair[1])))


def _shared_levels(old: Vintage, new: Vintage, rows: tuple[Rows, Rows], pairs: dict[str, str]) -> tuple[Array, Array]:
    """Return the levels (rows, groups) of what both vintages have."""
    mine = [old.published.groups.index(code) for code in pairs]
    theirs = [new.published.groups.index(code) for code in pairs.values()]
    return old.published.levels[rows[0]][:, mine], new.published.levels[rows[1]][:, theirs]


def _listed_numbers(
    nodes: Sequence[str], roles: Sequence[str], keys: Sequence[Key], numbers: dict[str, Array]
) -> pd.DataFrame:
    """Return arrays (rows, nodes) as columns, one row a number, node after node."""
    columns: dict[str, Any] = {"node": np.repeat(np.array(nodes, dtype=object), len(keys))}
    columns |= {role: [key[i] for key in keys] * len(nodes) for i, role in enumerate(roles)}
    return pd.DataFrame({**columns, **{name: values.T.ravel() for name, values in numbers.items()}})


def _row_labels(roles: Sequence[str], keys: Sequence[Key], rows: Any) -> pd.Index[Any]:
    """Return the labels of the rows that are chosen."""
    chosen = [key for key, kept in zip(keys, rows, strict=True) if kept]
    if len(roles) == 1:
        return pd.Index([key[0] for key in chosen], name=roles[0])
    return pd.MultiIndex.from_arrays([[key[i] for key in chosen] for i in range(len(roles))], names=list(roles))


def _only_in(one: Vintage, other: Vintage, pairs: dict[str, str]) -> pd.DataFrame:
    """Return the numbers (node, row, value) of one vintage that another does not have."""
    mine, theirs = one.published, other.published
    there = np.zeros(mine.levels.shape, dtype=np.bool_)
    at, its = shared(mine.keys, theirs.keys)
    for g, code in enumerate(mine.groups):
        if code in pairs:
            there[at, g] = ~np.isnan(theirs.levels[its, theirs.groups.index(pairs[code])])
    frame = _listed_numbers(mine.groups, list(one.roles), mine.keys, {"value": mine.levels})
    return frame[(~there & ~np.isnan(mine.levels)).T.ravel()].reset_index(drop=True)


def _changed_cells(old: Vintage, new: Vintage, at_old: Rows, at_new: Rows) -> pd.DataFrame:
    """Return the raw data that changed, in the rows and columns that both vintages have."""
    roles, found = list(new.roles), []
    for name in [name for name in old.values.columns if name in new.values.columns]:
        one, other = old.values[name].to_numpy()[at_old], new.values[name].to_numpy()[at_new]
        for row in np.flatnonzero((one != other) & ~(pd.isna(one) & pd.isna(other))).tolist():
            found += [(*new.published.keys[at_new[row]], name, one[row], other[row])]
    return pd.DataFrame(found, columns=[*roles, "indicator", "before", "after"]).infer_objects()


def _moved_learnt(old: Vintage, new: Vintage, pairs: dict[str, str]) -> pd.DataFrame:
    """Return what was learnt otherwise though the choice that it was learnt by is the same."""
    mine = {(kind, pairs.get(node, node), pairs.get(part, part)): x for (kind, node, part), x in old.learnt.items()}
    back = {code: earlier for earlier, code in pairs.items()}
    found = []
    for at in [at for at in mine if at in new.learnt]:
        kind, node, _ = at
        before, after = np.array(mine[at]), np.array(new.learnt[at])
        if differing(before, after) and not _chosen_anew(old, new, kind, back.get(node, node), node):
            found.append((*at, float(before), float(after)))
    return pd.DataFrame(found, columns=["kind", "node", "part", "before", "after"])


def _chosen_anew(old: Vintage, new: Vintage, kind: str, before: str, after: str) -> bool:
    """Return whether the choice itself is another: the weights of a group, the normalisation of an indicator."""
    if kind == "base level":
        return bool(old.choices.get("base") != new.choices.get("base"))
    if old.tree is None or new.tree is None:
        return False
    if kind == "weight":
        one, other = old.tree.by_code[before], new.tree.by_code[after]
        said = [(len(b.children), b.weights, sorted(b.weights_since.items())) for b in (one, other)]
        return bool(said[0] != said[1])
    mine, theirs = (tree.leaves[tree.codes.index(after)] for tree in (old.tree, new.tree))
    return (mine.normalise.fingerprint, mine.direction) != (theirs.normalise.fingerprint, theirs.direction)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in one.items()} for one in frame.to_dict(orient="records")]


def _key(label: Any) -> tuple[str, ...]:
    return tuple(map(str, label)) if isinstance(label, tuple) else (str(label),)


def _key_of(record: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(record[role]) for role in ("unit", "period", "row") if role in record)


def _place(record: dict[str, Any]) -> str:
    return " ".join(_key_of(record))


def _row(record: dict[str, Any]) -> str:
    return f"{record['node']} {_place(record)}"


def _cell(record: dict[str, Any]) -> Said:
    return Said(
        "{indicator} {place} was {before}, is {after}",
        indicator=record["indicator"],
        place=_place(record),
        before=_value(record["before"]),
        after=_value(record["after"]),
    )


def _choice(record: dict[str, Any]) -> Said:
    before, after = _value(record["before"]), _value(record["after"])
    return Said("{address}: {before} -> {after}", address=record["address"], before=before, after=after)


def _learnt(record: dict[str, Any]) -> Said:
    kinds = {"weight": Said("weight"), "map": Said("map"), "base level": Said("base level")}
    what = " ".join(filter(None, (record["node"], record["part"])))
    before, after = _value(record["before"]), _value(record["after"])
    return Said("{kind} {what} {before} -> {after}", kind=kinds[record["kind"]], what=what, before=before, after=after)


def _value(value: Any) -> Said | str:
    if value is None:
        return Said("none")
    if isinstance(value, float):
        return Said("missing") if np.isnan(value) else f"{value:.6g}"
    return str(value)


def _some(said: Sequence[Said | str], most: int = 3) -> Said:
    some, more = joined(said[:most], "clauses"), len(said) - most
    return Said("{some}; and {n} more", some=some, n=more) if more > 0 else some


def _and(names: Sequence[str]) -> Said:
    """Return one name or two."""
    return Said("{one} and {other}", one=names[0], other=names[1]) if len(names) > 1 else joined(names)


def _noun(one: Vintage) -> Said:
    """Return what the rows of a vintage are."""
    nouns = {
        "year": Said("years"),
        "half-year": Said("half-years"),
        "quarter": Said("quarters"),
        "month": Said("months"),
    }
    rows = Said("rows")
    return nouns.get(one.frequency or "", rows) if "unit" not in one.roles else rows
