"""Pairwise judgements: read from what a user has, and checked."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.cells import fraction_of, is_missing, uncovered
from hengdian_index._tables.table import eager
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, suggestion
from hengdian_index.log import note

Array = NDArray[np.float64]
Names = tuple[Hashable, ...] | None

_MOST = 9
RECIPROCAL_TOLERANCE = 0.03
"""How far a_ij a_ji may be from 1: 1/7 typed as .14 is accepted, a > b with b > a is not."""
TWO_DECIMALS = 0.005
"""How far the smaller of a_ij, a_ji may be from the reciprocal of the larger: 1/8 typed as .13 is accepted."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """Reciprocal matrices (..., n, n), NaN where a pair was not compared; names of the items, title of the names.

    `beyond` says which judgements as given lay beyond the scale.
    """

    values: Array
    names: Names = None
    title: Hashable = None
    beyond: Said | str = ""

    @property
    def n(self) -> int:
        """Return the number of items."""
        return int(self.values.shape[-1])

    @property
    def labels(self) -> tuple[Hashable, ...]:
        """Return the names of the items, or their positions."""
        return tuple(range(self.n)) if self.names is None else self.names

    @property
    def holes(self) -> list[Said]:
        """Return the pairs of one matrix that were not compared, as messages call them."""
        return [place_of(tuple(cell), self.names) for cell in np.argwhere(np.triu(np.isnan(self.values), 1))]

    @property
    def missing(self) -> NDArray[np.int64]:
        """Return the number of pairs that were not compared, shape (...)."""
        return np.asarray(np.isnan(self.values).sum(axis=(-2, -1)) // 2)

    def with_names(self, values: Array) -> Any:
        """Return weights as a Series, a matrix as a DataFrame, when the items have names; else as they are."""
        if self.names is None:
            return values
        import pandas as pd

        index = pd.Index(self.names, name=self.title)
        if values.ndim == 1:
            return pd.Series(values, index=index, name="weight")
        return pd.DataFrame(values, index=index, columns=pd.Index(self.names))


def read(matrix: object) -> Judgements:
    """Return the judgements that a nested list, an array, a table or a mapping of mappings holds, checked.

    Raises DataError with every fault: text that is no number, entries that are not positive, a diagonal that is not 1,
    pairs that contradict each other. One triangle is enough; where both are given the upper one is used.
    """
    if isinstance(matrix, Judgements):
        return matrix
    cells, names, title = cells_of(matrix)
    values, faults = _numbers(cells, names)
    faults += _outside(values, names) + _contradictions(values, names)
    raise_all(DataError, faults)
    return Judgements(_reciprocal(values), names, title, _beyond(values, names))


def cells_of(matrix: object) -> tuple[NDArray[Any], Names, Hashable]:
    """Return the cells of a square matrix (..., n, n) in whatever form, the names of its items and their title."""
    if isinstance(matrix, Mapping):
        return *_from_mapping(matrix), None
    if hasattr(type(matrix), "columns"):
        return _from_table(matrix)
    return _from_sequence(matrix), None, None


def read_one(matrix: object) -> Judgements:
    """Return the judgements of one person."""
    judgements = read(matrix)
    if judgements.values.ndim > 2:
        raise DataError(Said("one matrix is wanted, found an array of shape {shape}", shape=judgements.values.shape))
    return judgements


def _from_mapping(matrix: Mapping[Hashable, object]) -> tuple[NDArray[Any], Names]:
    """Return the cells of row -> {column: judgement}, names in order of first appearance."""
    odd = [row for row, judged in matrix.items() if not isinstance(judged, Mapping)]
    raise_all(
        DataError,
        [Said("row {row!r}: write a mapping of other items to judgements, {{'b': 3}}", row=row) for row in odd],
    )
    rows: dict[Hashable, Mapping[Hashable, object]] = dict(matrix)  # type: ignore[arg-type]  # checked above
    names = tuple(dict.fromkeys(name for row, judged in rows.items() for name in (row, *judged)))
    _refuse_oblong((len(names), len(names)))
    place = {name: number for number, name in enumerate(names)}
    cells = np.full((len(names), len(names)), None, dtype=object)
    for row, judged in rows.items():
        for column, judgement in judged.items():
            cells[place[row], place[column]] = judgement
    return cells, names


def _from_table(table: Any) -> tuple[NDArray[Any], Names, Hashable]:
    """Return the cells of a table, its columns put in the order of its rows by name, the names and their title."""
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        given = eager(table)
        if given is None:
            raise DataError(
                Said(
                    "cannot read a matrix from {kind}: give a table, a mapping or nested lists",
                    kind=type(table).__name__,
                )
            )
        table = pd.DataFrame({name: given.get_column(name).to_list() for name in given.columns})
    frame: pd.DataFrame = table
    if frame.shape[1] == len(frame) + 1 and set(frame.iloc[:, 0]) == set(frame.columns[1:]):
        frame = frame.set_index(frame.columns[0])
    _refuse_oblong(frame.shape)
    if isinstance(frame.index, pd.RangeIndex) and not frame.columns.isin(frame.index).all():
        note("ahp", Said("the rows of the matrix have no names: taken in the order of the columns"))
        frame = frame.set_axis(frame.columns, axis=0)
    raise_all(DataError, _unlike(list(frame.index), list(frame.columns)))
    frame = frame.reindex(columns=frame.index)
    cells = frame.astype(object).where(frame.notna(), None).to_numpy()
    return cells, tuple(frame.index), frame.index.name


def _unlike(rows: list[Hashable], columns: list[Hashable]) -> list[Said]:
    """Return what keeps the rows from being the same items as the columns."""
    faults = [
        Said(
            "{what} of the matrix: name {name!r} stands {times} times; names must differ",
            what=what,
            name=name,
            times=names.count(name),
        )
        for what, names in ((Said("rows"), rows), (Said("columns"), columns))
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    only = [name for name in rows if name not in columns], [name for name in columns if name not in rows]
    if any(only):
        faults.append(
            Said(
                "rows and columns of the matrix must be the same items; only among the rows: {rows}; only among "
                "the columns: {columns}; if a column holds the names, make it the index",
                rows=listed(only[0]) or Said("none"),
                columns=listed(only[1]) or Said("none"),
            )
        )
    return faults


def _from_sequence(matrix: Any) -> NDArray[Any]:
    """Return the cells of a nested list or an array, leading axes kept."""
    if isinstance(matrix, (list, tuple)) and any(hasattr(row, "columns") or isinstance(row, Mapping) for row in matrix):
        raise DataError(
            Said("one matrix is wanted, found a list of them; for several people's judgements see ahp.combine")
        )
    array = isinstance(matrix, np.ndarray)
    cells = uncovered(matrix.astype(object)) if array and np.ma.isMaskedArray(matrix) else matrix
    cells = np.asarray(cells, dtype=None if array else object)
    if cells.ndim == 1 and all(isinstance(row, (list, tuple)) for row in cells):
        n = len(cells)
        uneven = [(i, len(row)) for i, row in enumerate(cells) if len(row) != n]
        faults = [
            Said("row {row} of the matrix has {found} entries, {n} expected", row=i, found=found, n=n)
            for i, found in uneven
        ]
        raise_all(DataError, faults)
    _refuse_oblong(cells.shape)
    return cells


def _refuse_oblong(shape: tuple[int, ...]) -> None:
    """Raise DataError unless the shape is that of square matrices of one item or more."""
    if len(shape) < 2 or shape[-1] != shape[-2] or not shape[-1]:
        raise DataError(
            Said(
                "a pairwise matrix is square, a row and a column for each item, as a nested list, an array, a "
                "table or a mapping of mappings; found shape {shape}",
                shape=shape,
            )
        )


def _numbers(cells: NDArray[Any], names: Names) -> tuple[Array, list[Said]]:
    """Return the cells as numbers (NaN where empty or unreadable) and what could not be read."""
    if cells.dtype.kind in "iuf":
        return cells.astype(np.float64), []
    values, faults = np.full(cells.shape, np.nan), []
    for cell in np.ndindex(cells.shape):
        try:
            values[cell] = _number(cells[cell])
        except (TypeError, ValueError, ArithmeticError):
            faults.append(
                Said(
                    "judgement {where}: {found!r} is no judgement; write a positive number or a fraction such "
                    "as '1/3', or leave it empty if it was not asked",
                    where=place_of(cell, names),
                    found=cells[cell],
                )
            )
    return values, faults


def _number(cell: Any) -> float:
    """Return the number in a cell: NaN where nothing was asked; text may be a fraction of decimals."""
    if is_missing(cell):
        return math.nan
    if isinstance(cell, (bool, np.bool_)):
        raise TypeError("a truth value is no judgement")
    if not isinstance(cell, str):
        return float(cell)
    return fraction_of(cell)


def place_of(cell: tuple[int, ...], names: Names) -> Said:
    """Return the place of a cell in words: ('tea', 'wine') by name, [0, 1] by position."""
    if names is None:
        return Said("{position}", position=[int(i) for i in cell])
    return Said("({row!r}, {column!r})", row=names[cell[-2]], column=names[cell[-1]])


def few(places: Sequence[Said], most: int = 5) -> Said:
    """Return the first places, and how many more there are."""
    first, rest = joined(places[:most]), len(places) - most
    return Said("{names} and {n} more", names=first, n=rest) if rest > 0 else first


def _outside(values: Array, names: Names) -> list[Said]:
    """Return a fault for each entry that is not a positive finite number, and each diagonal entry that is not 1."""
    with np.errstate(divide="ignore", over="ignore"):
        fine = (values > 0) & np.isfinite(values) & np.isfinite(1 / values)
    faults = [
        Said(
            "judgement {where}: {value:g} is not a positive finite number; how many times more important is "
            "the first than the second? (NaN or empty if it was not asked)",
            where=place_of(tuple(cell), names),
            value=values[tuple(cell)],
        )
        for cell in np.argwhere(~fine & ~np.isnan(values))
    ]
    own = np.eye(values.shape[-1], dtype=bool) & fine & (np.abs(values - 1) > 1e-9)
    faults += [
        Said(
            "judgement {where}: {value:g} stands on the diagonal, which must be 1",
            where=place_of(tuple(cell), names),
            value=values[tuple(cell)],
        )
        for cell in np.argwhere(own)
    ]
    return faults


def note_beyond(judgements: Judgements) -> None:
    """Log the judgements that lie beyond the scale of 1 to 9 and their reciprocals, if there are any."""
    if judgements.beyond:
        beyond = judgements.beyond
        note("ahp", Said("judgements beyond the scale of 1 to 9 and 1/9, taken as given: {beyond}", beyond=beyond))


def _beyond(values: Array, names: Names) -> Said:
    """Return the judgements beyond the scale in words; reciprocals of two decimals are on it."""
    mirrored = values.swapaxes(-2, -1)
    below = values < 1 / _MOST - TWO_DECIMALS
    ninth = ~(mirrored < 1 / _MOST - TWO_DECIMALS) & (np.abs(mirrored - np.round(mirrored, 2)) < 1e-9)
    above = (values > _MOST * (1 + 1e-9)) & ~ninth
    cells = np.argwhere(above | (below & ~above.swapaxes(-2, -1)))
    found = ((place_of(cell, names), values[cell]) for cell in map(tuple, cells))
    return few([Said("{where}: {value:.4g}", where=where, value=value) for where, value in found])


def _contradictions(values: Array, names: Names) -> list[Said]:
    """Return a fault for each pair whose two judgements are not reciprocal; log those that nearly are."""
    mirrored = values.swapaxes(-2, -1)
    with np.errstate(over="ignore", invalid="ignore"):
        off = np.where((values > 0) & (mirrored > 0), np.abs(values * mirrored - 1), 0.0)
    off = np.where(np.triu(np.ones(values.shape[-2:], dtype=bool), 1), off, 0.0)
    wrong = off > RECIPROCAL_TOLERANCE + 1e-12
    wrong[wrong] = ~_two_decimals(values[wrong], mirrored[wrong])
    near = np.argwhere(~wrong & (off > 1e-9))
    if len(near):
        where = joined([place_of(tuple(cell), names) for cell in near[:5]])
        where = Said("{names} and others", names=where) if len(near) > 5 else where
        note("ahp", Said("{n} rounded reciprocals, the upper triangle is used: {where}", n=len(near), where=where))
    return [_contradiction(values, (*cell[:-2], cell[-2], cell[-1]), names) for cell in map(tuple, np.argwhere(wrong))]


def _two_decimals(one: Array, other: Array) -> NDArray[np.bool_]:
    """Return where the smaller number is the reciprocal of the larger, on the 1..9 scale, rounded to two decimals."""
    smaller, larger = np.minimum(one, other), np.maximum(one, other)
    with np.errstate(over="ignore"):
        return np.asarray((np.abs(smaller - 1 / larger) <= TWO_DECIMALS + 1e-12) & (larger <= 9 + 1e-9))


def _contradiction(values: Array, cell: tuple[int, ...], names: Names) -> Said:
    """Return the fault of one pair, with what would be right."""
    back = (*cell[:-2], cell[-1], cell[-2])
    one, other = values[cell], values[back]
    return Said(
        "judgements {where}: {one:.4g} and {back}: {other:.4g} contradict each other (their product is {product:.4g}, "
        "it must be 1 within {tolerance}, or the smaller the other's reciprocal to two decimals): if the first is "
        "right, the second is {second:.4g}; if the second, the first is {first:.4g}",
        where=place_of(cell, names),
        one=one,
        back=place_of(back, names),
        other=other,
        product=one * other,
        tolerance=RECIPROCAL_TOLERANCE,
        second=1 / one,
        first=1 / other,
    )


def _reciprocal(values: Array) -> Array:
    """Return the matrices with both triangles filled from the upper one, or where it is empty from the lower."""
    i, j = np.triu_indices(values.shape[-1], 1)
    upper = np.where(np.isnan(values[..., i, j]), 1 / values[..., j, i], values[..., i, j])
    filled = np.ones(values.shape)
    filled[..., i, j], filled[..., j, i] = upper, 1 / upper
    return filled


def known(word: object, allowed: Any, kind: Said, *, what: str = "method") -> str:
    """Return the word when it is one of those allowed; else raise SpecError."""
    if not isinstance(word, str) or word not in allowed:
        why = Said("ahp: no {kind} {word!r}{guess}", kind=kind, word=word, guess=suggestion(word, allowed))
        raise SpecError(Fault(why, (what,)))
    return word
