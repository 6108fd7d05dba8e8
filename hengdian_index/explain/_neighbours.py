"""Neighbours of units: read from a matrix, a table of pairs, a mapping or an object of libpysal."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from hengdian_index._tables.cells import hashed, is_missing, number_of, single
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array, eager, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, shown
from hengdian_index.log import note

Pair = tuple[Any, Any, Any]
_FORM = Said("a matrix (units, units), a table of pairs, a mapping unit -> neighbours, or weights of libpysal")


def weights_of(neighbours: Any, units: Sequence[Hashable]) -> Array:
    """Return the weights (n, n) of each unit's neighbours, 0 where two are none.

    Examples
    --------
    >>> from hengdian_index.explain._neighbours import weights_of
    >>> weights_of([("A", "B"), ("B", "C")], ["A", "B", "C"]).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    place = {unit: i for i, unit in enumerate(units)}
    twice = [unit for unit in place if list(units).count(unit) > 1] if len(place) < len(units) else []
    raise_all(DataError, [Said("moran: unit {unit} stands twice among the units", unit=shown(unit)) for unit in twice])
    pairs, each_once = _pairs(neighbours, units)
    odd = [one for pair in pairs for one in pair[:2] if not hashed(one)]
    raise_all(
        SpecError, [Said("neighbours: {form}; {unit} is no unit", form=_FORM, unit=shown(one)) for one in odd[:5]]
    )
    faults = list[Fault]()
    weights, there, strange = np.zeros((len(units), len(units))), set[Any](), dict[Any, None]()
    for one, other, given in pairs:
        there.add(one)
        if is_missing(other):
            continue
        there.add(other)
        number = 1.0 if given is None else number_of(given)
        known = [unit in place for unit in (one, other)]
        strange |= {unit: None for unit, here in zip((one, other), known, strict=True) if not here}
        pair = joined([shown(one), shown(other)], "places")
        if number is None or not 0 <= number < np.inf:
            faults.append(
                Fault(
                    Said(
                        "neighbours: {pair}: {given}; a weight is a number of 0 or more",
                        pair=pair,
                        given=shown(given),
                    ),
                    kind=("pairs", "weight"),
                )
            )
        elif number and one == other:
            faults.append(
                Fault(Said("neighbours: {unit} stands as its own neighbour", unit=shown(one)), kind=("units", "own"))
            )
        elif number and all(known):
            i, j = place[one], place[other]
            if weights[i, j] not in (0.0, number):
                said = Said(
                    "neighbours: {pair}: given twice, with weights {first:g} and {second:g}",
                    pair=pair,
                    first=weights[i, j],
                    second=number,
                )
                faults.append(Fault(said, kind=("pairs", "twice")))
            weights[i, j] = number
    lacking = [unit for unit in units if unit not in there]
    faults += [
        Fault(
            Said(
                "neighbours: none for unit {unit}; if it has none, say so: a row with a blank one, or {{unit: []}}",
                unit=shown(unit),
            ),
            kind=("units", "none"),
        )
        for unit in lacking
    ]
    raise_all(DataError, shortened(faults))
    if strange:
        note(
            "explain",
            Said("neighbours: no unit of the table is called {units}; left out", units=listed(list(strange), most=5)),
        )
    if each_once and weights.any() and not (weights * weights.T).any():
        note("explain", Said("neighbours: each pair stands once, and is taken both ways"))
        weights = weights + weights.T
    if not weights.any():
        raise DataError(Said("neighbours: no unit has a neighbour among the units of the table"))
    return weights


def _pairs(neighbours: Any, units: Sequence[Hashable]) -> tuple[list[Pair], bool]:
    """Return (unit, neighbour, weight) of each pair; and whether each pair may stand once for both ways."""
    import pandas as pd

    if hasattr(neighbours, "adjacency"):
        neighbours = neighbours.adjacency
    elif hasattr(neighbours, "neighbors") and hasattr(neighbours, "weights"):
        weights = neighbours.weights
        of = {unit: dict(zip(own, weights[unit], strict=True)) for unit, own in neighbours.neighbors.items()}
        return _mapped(of), False
    if isinstance(neighbours, pd.Series) and neighbours.index.nlevels == 2:
        return [(*pair, weight) for pair, weight in neighbours.items()], False  # type: ignore[misc]  # pairs are tuples
    if isinstance(neighbours, Mapping):
        return _mapped(neighbours), False
    if hasattr(type(neighbours), "columns"):
        return _of_table(neighbours)
    if not _has_rows(neighbours):
        raise SpecError(Said("neighbours: {form}, not {given}", form=_FORM, given=shown(neighbours)))
    if len(neighbours) == len(units) and {len(row) for row in neighbours} == {len(units)}:
        return _of_matrix(neighbours, list(units)), False
    if isinstance(neighbours, np.ndarray) and neighbours.dtype.kind == "f":
        raise SpecError(
            Said.of(
                len(units),
                "neighbours: a matrix of shape {shape} for {n} unit",
                "neighbours: a matrix of shape {shape} for {n} units",
                shape=neighbours.shape,
            )
        )
    return _of_rows(list(neighbours)), True


def _has_rows(neighbours: Any) -> bool:
    """Return whether it is a table of rows: an array of two dimensions, or a sequence of sequences."""
    if isinstance(neighbours, np.ndarray):
        return neighbours.ndim == 2
    rows = isinstance(neighbours, (list, tuple)) and neighbours
    return bool(rows) and all(isinstance(row, (list, tuple, np.ndarray)) for row in neighbours)


def _mapped(neighbours: Mapping[Any, Any]) -> list[Pair]:
    """Return the pairs of unit -> neighbours, or unit -> {neighbour: weight}."""
    odd = [unit for unit, own in neighbours.items() if single(own)]
    raise_all(
        SpecError, [Said("neighbours: {unit}: a list of units, or {{unit: weight}}", unit=shown(unit)) for unit in odd]
    )
    pairs: list[Pair] = []
    for unit, own in neighbours.items():
        weighted = own.items() if hasattr(own, "items") else [(other, None) for other in own]
        pairs += [(unit, other, weight) for other, weight in weighted] or [(unit, None, None)]
    return pairs


def _of_table(table: Any) -> tuple[list[Pair], bool]:
    """Return the pairs of a square table of weights, or of one with a row a pair."""
    import pandas as pd

    given: Any = table if isinstance(table, pd.DataFrame) else eager(table)
    if given is None:
        raise SpecError(Said("neighbours: {form}, not {given}", form=_FORM, given=type(table).__name__))
    frame = given
    if given is not table:
        frame = pd.DataFrame({name: given.get_column(name).to_list() for name in given.columns})
    if frame.shape[1] == len(frame) + 1 and set(frame.iloc[:, 0]) == set(frame.columns[1:]):
        frame = frame.set_index(frame.columns[0])
    if frame.shape[0] == frame.shape[1] and set(frame.index) == set(frame.columns):
        square = frame.reindex(columns=frame.index)
        return _of_matrix(square.to_numpy(), list(frame.index)), False
    return _of_rows(frame.astype(object).to_numpy().tolist()), True


def _of_matrix(rows: Any, names: Sequence[Any]) -> list[Pair]:
    """Return the pairs of a square matrix; what is blank or 0 is no neighbour."""
    pairs: list[Pair] = [(one, None, None) for one in names]
    try:
        cells = floats(rows)
    except ValueError:
        cells = np.array(rows, dtype=object)
    there = np.argwhere(~((cells == 0) | np.isnan(cells))) if cells.dtype.kind == "f" else np.argwhere(cells != 0)
    return pairs + [(names[i], names[j], cells[i, j]) for i, j in there.tolist() if not is_missing(cells[i, j])]


def _of_rows(rows: Sequence[Sequence[Any]]) -> list[Pair]:
    """Return the pairs of rows (unit, neighbour) or (unit, neighbour, weight)."""
    lengths = sorted({len(row) for row in rows})
    if not set(lengths) <= {2, 3}:
        raise SpecError(
            Said.of(
                len(rows),
                "neighbours: {form}; pairs are rows (unit, neighbour) or (unit, neighbour, weight), "
                "not {n} row of {lengths} columns",
                "neighbours: {form}; pairs are rows (unit, neighbour) or (unit, neighbour, weight), "
                "not {n} rows of {lengths} columns",
                form=_FORM,
                lengths=listed(lengths),
            )
        )
    return [(row[0], row[1], row[2] if len(row) == 3 else None) for row in rows]
