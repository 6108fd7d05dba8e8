"""Several people's judgements: combined, and compared with weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index.ahp.choices import known
from hengdian_index.ahp.completion import fill
from hengdian_index.ahp.judgements import Array, Judgements, read_one
from hengdian_index.ahp.kernels import METHODS, gci_of, per_cycle
from hengdian_index.ahp.solve import weighed
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all
from hengdian_index.journal import note

_COMBINATIONS = ("aij", "aip")


@dataclass(frozen=True, slots=True)
class Compatibility:
    """How far weights are from judgements: `gcompi` by how much, `pvn` by how many orders turned round."""

    gcompi: float
    pvn: float


def combine(
    matrices: Sequence[Any] | Array,
    *,
    how: str = "aij",
    shares: Sequence[float] | None = None,
    method: str | None = None,
) -> Any:
    """Return several people's judgements as one matrix ("aij") or as one set of weights ("aip").

    aij: prod a_ij^share, entry by entry. aip: geometric mean, by shares, of each one's weights, rescaled to sum 1.
    Under the geometric method the two give the same weights. Arithmetic means break reciprocity: not offered.

    Parameters
    ----------
    matrices : list of matrices, or array (people, n, n)
        The same items in each, matched by name.
    how : {"aij", "aip"}
        Judgements or priorities are combined.
    shares : sequence of float, optional
        Say of each person; rescaled to sum 1. Default: equal.
    method : str, optional
        For "aip" only: how weights are found (see `priorities`; default "eigenvector").

    Raises
    ------
    SpecError
        Unknown `how` or `method`; shares that are negative, not finite, all 0 or of the wrong number.
    DataError
        Different items; an incomplete matrix under "aij" (complete it first, or use "aip").

    Notes
    -----
    Aczel & Saaty (1983); Forman & Peniwati (1998). Means that leave the 1-9 scale are right and accepted. Proof by
    law: aij equals aip under the geometric method.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.combine([[[1, 2], [0.5, 1]], [[1, 8], [0.125, 1]]]).round(9).tolist()
    [[1.0, 4.0], [0.25, 1.0]]
    """
    known(how, _COMBINATIONS, "combination", what="how")
    if how == "aij" and method is not None:
        raise SpecError(f"ahp: method {method!r} applies to how='aip' only; under 'aij' give it to priorities")
    known(method or "eigenvector", METHODS, "method")
    people = _same_items(_several(matrices))
    say = _shares(shares, len(people))
    if how == "aip":
        logs = say @ np.log(_each(people, lambda one: weighed(one, method or "eigenvector")[1]))
        pooled = np.exp(logs - logs.max())
        return people[0].with_names(pooled / pooled.sum())
    raise_all(DataError, _holes(people))
    return people[0].with_names(np.exp(np.tensordot(say, np.log([one.values for one in people]), axes=1)))


def compatibility(matrix: Any, weights: Any, *, shares: Sequence[float] | None = None) -> Compatibility:
    """Return how far weights (a group's, say) are from one person's judgements, or from several people's.

    gcompi = 2 / ((n - 1)(n - 2)) sum_{i<j} ln^2(a_ij w_j / w_i); pvn the same sum of v: 1 where w_i, w_j stand in
    the order against a_ij, 1/2 where just one of the two is a tie, else 0. Both 0 for n < 3.

    Parameters
    ----------
    matrix : one matrix, or a list of matrices (then the mean by shares)
        Judgements. Pairs not compared are completed for gcompi and count nothing in pvn.
    weights : sequence, array, Series or mapping name -> weight
        Positive; matched by name where both have names.
    shares : sequence of float, optional
        Say of each person in a list; rescaled to sum 1. Default: equal.

    Raises
    ------
    SpecError
        Shares with a single matrix, or unusable ones.
    DataError
        Weights that are not positive or not those of the items; any fault of a matrix.

    Notes
    -----
    Golany & Kress (1993), violations; Aguaron & Moreno-Jimenez (2003). Proof by law: with a matrix's own geometric
    weights gcompi is its GCI.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.compatibility({"a": {"b": 2, "c": 4}, "b": {"c": 2}}, {"a": 1, "b": 2, "c": 0.5})
    >>> round(found.gcompi, 4), found.pvn
    (2.8827, 1.0)
    """
    if not is_several(matrix):
        if shares is not None:
            raise SpecError("ahp: shares say how much each person counts: give a list of matrices with them")
        one = read_one(matrix)
        return Compatibility(*_apart(one, _matched(weights, one)))
    people = _several(matrix)
    say = _shares(shares, len(people))
    gcompi, pvn = say @ np.array(_each(people, lambda one: _apart(one, _matched(weights, one))))
    return Compatibility(gcompi=float(gcompi), pvn=float(pvn))


def _violations(values: Array, weights: Array) -> Array:
    """Return the priority violation number: orders of weights against those of the pairs compared."""
    logs = np.log(weights)
    # Ties up to rounding: weights of equal items come out of an eigenvector a few bits apart.
    of_weights, of_pairs = (
        np.where(np.abs(differences) > 1e-9, np.sign(differences), 0.0)
        for differences in (logs[:, None] - logs[None, :], np.log(values))
    )
    against = np.where(np.isnan(values), 0.0, np.abs(of_weights - of_pairs) / 2)
    return per_cycle(np.triu(against, 1).sum(), len(values))


def _apart(one: Judgements, weights: Array) -> tuple[float, float]:
    """Return gcompi and pvn of one person."""
    return float(gci_of(fill(one, "eigenvector"), weights)), float(_violations(one.values, weights))


def is_several(matrices: Any) -> bool:
    """Return whether this is a list (or stack) of matrices rather than one."""
    if isinstance(matrices, (list, tuple)):
        first = matrices[0] if matrices else None
        if isinstance(first, (list, tuple)):
            return any(isinstance(row, (list, tuple, np.ndarray)) for row in first)
        return isinstance(first, Mapping) or hasattr(first, "columns") or getattr(first, "ndim", 1) > 1
    return isinstance(matrices, np.ndarray) and matrices.ndim > 2


def without(matrix: Any, items: Sequence[Any] | None, gone: Set[Any]) -> Any:
    """Return the judgements of one person or several without some items; `items` name the rows of nested lists."""
    if is_several(matrix):
        return [without(one, items, gone) for one in matrix]
    if isinstance(matrix, Mapping):
        rows = {row: {name: v for name, v in cells.items() if name not in gone} for row, cells in matrix.items()}
        return {row: cells for row, cells in rows.items() if cells and row not in gone}
    if items is None:
        return matrix
    keep = [i for i, name in enumerate(items) if name not in gone]
    return [[matrix[i][j] for j in keep] for i in keep]


def _several(matrices: Any) -> list[Judgements]:
    """Return the judgements of each person."""
    if not is_several(matrices):
        raise DataError("a list of matrices is wanted, one for each person, or an array (people, n, n)")
    return _each(matrices, read_one)


def _each(people: Iterable[Any], act: Callable[[Any], Any]) -> list[Any]:
    """Return what `act` gives for each person; all faults at once, each with the person's number."""
    found, faults = [], list[Fault]()
    for number, one in enumerate(people):
        try:
            found.append(act(one))
        except DataError as error:
            faults += [fault.under(number, saying=f"matrix {number}: ") for fault in error.faults]
    raise_all(DataError, faults)
    return found


def _same_items(people: list[Judgements]) -> list[Judgements]:
    """Return everyone's judgements in the order of the first one's items."""
    first = people[0]
    wanted = first.labels
    faults = [
        f"matrix {number} compares {listed(one.labels, most=9)}, matrix 0 {listed(wanted, most=9)};"
        " combine needs the same items in all"
        for number, one in enumerate(people)
        if (one.names is None) != (first.names is None) or set(one.labels) != set(wanted)
    ]
    raise_all(DataError, faults)
    orders = [[one.labels.index(item) for item in wanted] for one in people]
    return [
        Judgements(one.values[np.ix_(order, order)], first.names, first.title)
        for one, order in zip(people, orders, strict=True)
    ]


def _holes(people: list[Judgements]) -> list[str]:
    """Return a fault for each incomplete matrix."""
    return [
        f"matrix {number} has {int(one.missing)} pairs not compared: complete it first (ahp.complete), or use how='aip'"
        for number, one in enumerate(people)
        if one.missing
    ]


def _floats(values: Any, error: type[SpecError | DataError], what: str) -> Array:
    """Return the values as an array of numbers."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise error(f"ahp: {what} must be a list of numbers, found {values!r}") from None


def _shares(shares: Sequence[float] | None, people: int) -> Array:
    """Return the say of each person, sum 1."""
    if shares is None:
        return np.full(people, 1 / people)
    say = _floats(shares, SpecError, "shares")
    faults = [] if say.shape == (people,) else [f"ahp: {people} matrices need {people} shares, found {say.size}"]
    odd = [float(share) for share in say.flat if not 0 <= share < math.inf]
    faults += [f"ahp: shares must be 0 or more and finite, found {listed(odd)}"] if odd else []
    faults += [] if odd or say.sum() > 0 else ["ahp: shares are all 0: someone must count"]
    raise_all(SpecError, faults)
    if abs(say.sum() - 1) > 1e-9:
        note("ahp", f"shares add up to {say.sum():g}, rescaled to sum 1")
    return np.asarray(say / say.sum())


def _matched(weights: Any, judgements: Judgements) -> Array:
    """Return the weights in the order of the items, by name where both have names."""
    names = judgements.names
    if names is not None and hasattr(weights, "keys"):
        given = list(weights.keys())
        if set(given) != set(names) or len(given) != len(names):
            raise DataError(f"weights are for {listed(given, most=9)}, the matrix compares {listed(names, most=9)}")
        weights = [weights[name] for name in names]
    values = _floats(list(weights.values()) if isinstance(weights, Mapping) else weights, DataError, "weights")
    if values.shape != (judgements.n,):
        raise DataError(f"{judgements.n} items need {judgements.n} weights, found an array of shape {values.shape}")
    odd = [float(weight) for weight in values if not 0 < weight < math.inf]
    raise_all(DataError, [f"weights must be positive and finite to be compared, found {listed(odd)}"] if odd else [])
    return values
