"""What a new vintage of an index says otherwise than the old one, by how much, and because of what."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.published import Rows, differing, shared
from hengdian_index._index.result import Result
from hengdian_index._vintages.attribution import PARTS, Attribution, attributed, rest, unsplit
from hengdian_index._vintages.choices import different
from hengdian_index._vintages.differences import (
    changed_cells,
    listed_numbers,
    matched_groups,
    moved_learnt,
    only_in,
    row_labels,
    shared_levels,
)
from hengdian_index._vintages.release import Release
from hengdian_index._vintages.telling import Revisions
from hengdian_index._vintages.vintage import Vintage, vintage
from hengdian_index.errors import DataError

Source = Result | Release | str | os.PathLike[str]


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
        said = [" and ".join(one.roles) for one in (before, after)]
        raise DataError(f"the old rows are told apart by {said[0]}, the new by {said[1]}; nothing can be compared")
    pairs, roles = matched_groups(before, after), list(after.roles)
    moves = _moves(before, after, pairs)
    numbers, split = moves.numbers, moves.split
    kept = numbers[moves.moved.T.ravel()].reset_index(drop=True)
    unclear = kept[list(PARTS)].isna().any(axis=1)
    both = numbers[["before", "after"]].notna().all(axis=1)
    chosen = different(before.choices, after.choices, {a: b for a, b in pairs.items() if a != b})
    return Revisions(
        old=_named(before, "the old one"),
        new=_named(after, "the new result"),
        compared=numbers.loc[both, ["node", *roles]].reset_index(drop=True),
        moved=kept[["node", *roles, "before", "after", "difference"]],
        added=only_in(after, before, {b: a for a, b in pairs.items()}),
        gone=only_in(before, after, pairs),
        cells=changed_cells(before, after, *moves.rows),
        choices=pd.DataFrame(chosen, columns=["address", "before", "after"], dtype=object),
        learnt=moved_learnt(before, after, pairs),
        because=kept.loc[~unclear, ["node", *roles, "difference", *PARTS]].reset_index(drop=True),
        by_indicator=moves.by_indicator,
        why_not=split.why_not or _unclear(int(unclear.sum())),
        noun=f"{after.frequency}s" if after.frequency and "unit" not in roles else "rows",
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
    one, other = shared_levels(old, new, rows, pairs)
    moved = differing(one, other)
    split = attributed(old, new, *rows) if moved.any() else unsplit(old, len(one))
    groups = [old.published.groups.index(code) for code in pairs]
    data, base = split.data[:, groups], split.base[:, groups]
    fit = rest(other - one, data, base, np.maximum(np.abs(one), np.abs(other)))
    numbers = {"before": one, "after": other, "difference": other - one, "data": data, "base": base, "fit": fit}
    roles, keys = list(new.roles), [new.published.keys[row] for row in rows[1]]
    frame = listed_numbers(list(pairs.values()), roles, keys, numbers)
    root = moved[:, 0] & (not split.why_not)
    parts = {**split.indicators, _free("base", split): base[:, 0], _free("fit", split): fit[:, 0]}
    by_indicator = {name: part[root] for name, part in parts.items()}
    return _Moves(rows, moved, frame, split, pd.DataFrame(by_indicator, index=row_labels(roles, keys, root)))


def _free(name: str, split: Attribution) -> str:
    """Return the name of a column that no indicator has."""
    while name in split.indicators:
        name += "_"
    return name


def _named(one: Vintage, result: str) -> str:
    return f"{one.source.folder.name} (released {one.source.time})" if isinstance(one.source, Release) else result


def _unclear(count: int) -> str:
    return f"{count} numbers have no score under the old fit with the new data" if count else ""
