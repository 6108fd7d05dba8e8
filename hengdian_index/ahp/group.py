"""Several people's judgements: combined, and compared with weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hengdian_index._tables.options import floats, in_order
from hengdian_index._words.said import Said, joined
from hengdian_index.ahp._judgements import Array, Judgements, few, known, note_beyond, read_one
from hengdian_index.ahp._kernels import METHODS, gci_of, per_cycle
from hengdian_index.ahp.completion import fill
from hengdian_index.ahp.priorities import weighed
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, suggestion
from hengdian_index.log import about, note

__all__ = ["Compatibility", "combine", "compatibility"]

_COMBINATIONS = ("aij", "aip")


@dataclass(frozen=True, slots=True)
class Compatibility:
    """How far weights are from judgements.

    Attributes
    ----------
    gcompi : float
        By how much.
    pvn : float
        By how many orders turned round.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.compatibility([[1, 2], [1 / 2, 1]], [1 / 3, 2 / 3]).pvn
    0.0
    """

    gcompi: float
    pvn: float


def combine(
    matrices: Sequence[Any] | Mapping[Any, Any] | Array,
    *,
    how: Literal["aij", "aip"] = "aij",
    shares: Sequence[float] | Mapping[Any, float] | None = None,
    method: Literal["eigenvector", "geometric", "arithmetic"] | None = None,
) -> Any:
    r"""Return several people's judgements as one matrix ("aij") or as one set of weights ("aip").

    aij: prod a_ij^share, entry by entry. aip: geometric mean, by shares, of each one's weights, rescaled to sum 1.
    Under the geometric method the two give the same weights. Arithmetic means break reciprocity: not offered.

    Parameters
    ----------
    matrices : list of matrices, mapping person -> matrix, or array (people, n, n)
        The same items in each, matched by name. Sheets read by `pandas.read_excel(..., sheet_name=None)` are such a
        mapping. People of a list are called expert 1, expert 2 ...
    how : {"aij", "aip"}
        Judgements or priorities are combined.
    shares : sequence of float, or mapping by person, optional
        Say of each person; rescaled to sum 1. Default: equal.
    method : {"eigenvector", "geometric", "arithmetic"}, optional
        For "aip" only: how weights are found (see `priorities`; default "eigenvector").

    Raises
    ------
    SpecError
        Unknown `how` or `method`; shares that are negative, not finite, all 0 or of the wrong number.
    DataError
        Different items; an incomplete matrix under "aij" (complete it first, or use "aip"), its pairs named.

    Notes
    -----
    Means that leave the 1-9 scale are right and accepted. Source: Aczel & Saaty (1983); Forman & Peniwati (1998). Proof
    by law: aij equals aip under the geometric method.

    .. math:: g_{ij} = \prod_p a_{pij}^{s_p}

    **Symbols.** a: judgement of person p on items i and j; p: a person; s: share of the person; g: judgement of the
    group.

    **When to use.** Several people judge: one matrix of the group ("aij") where they act as one, one set of weights
    each ("aip") where they act for themselves.

    **Pitfalls.** A mean may be consistent where no single person is, and hides who disagrees: look at `compatibility`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.combine([[[1, 2], [0.5, 1]], [[1, 8], [0.125, 1]]]).round(9).tolist()
    [[1.0, 4.0], [0.25, 1.0]]
    """
    known(how, _COMBINATIONS, Said("combination"), what="how")
    if how == "aij" and method is not None:
        raise SpecError(
            Said("ahp: method {method!r} applies to how='aip' only; under 'aij' give it to priorities", method=method)
        )
    known(method or "eigenvector", METHODS, Said("method"))
    people = same_items(read_people(matrices))
    say = _shares(shares, list(people))
    first = next(iter(people.values()))
    if how == "aip":
        logs = say @ np.log(list(_each(people, lambda one: weighed(one, method or "eigenvector")[1]).values()))
        pooled = np.exp(logs - logs.max())
        return first.with_names(pooled / pooled.sum())
    raise_all(DataError, _holes(people))
    return first.with_names(np.exp(np.tensordot(say, np.log([one.values for one in people.values()]), axes=1)))


def compatibility(matrix: Any, weights: Any, *, shares: Sequence[float] | None = None) -> Compatibility:
    r"""Return how far weights (a group's, say) are from one person's judgements, or from several people's.

    gcompi = 2 / ((n - 1)(n - 2)) sum_{i<j} ln^2(a_ij w_j / w_i); pvn the same sum of v: 1 where w_i, w_j stand in
    the order against a_ij, 1/2 where just one of the two is a tie, else 0. Both 0 for n < 3.

    Parameters
    ----------
    matrix : one matrix, or a list of matrices or mapping person -> matrix (then the mean by shares)
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
    Source: Golany & Kress (1993), violations; Aguaron & Moreno-Jimenez (2003). Proof by law: with a matrix's own
    geometric weights gcompi is its GCI.

    .. math:: \mathrm{gcompi} = \frac{2}{(n - 1)(n - 2)} \sum_{i < j} \ln^2 \frac{a_{ij} w_j}{w_i}

    **Symbols.** a: judgement; w: weights of the group; n: number of items; i, j: items.

    **When to use.** To see who of a group disagrees with its weights, before these are used.

    **Pitfalls.** It measures distance from the given weights alone, not whether a person is consistent.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.compatibility({"a": {"b": 2, "c": 4}, "b": {"c": 2}}, {"a": 1, "b": 2, "c": 0.5})
    >>> round(found.gcompi, 4), found.pvn
    (2.8827, 1.0)
    """
    if not is_several(matrix):
        if shares is not None:
            raise SpecError(Said("ahp: shares say how much each person counts: give a list of matrices with them"))
        one = read_one(matrix)
        return Compatibility(*_apart(one, _matched(weights, one)))
    people = read_people(matrix)
    say = _shares(shares, list(people))
    gcompi, pvn = say @ np.array(list(_each(people, lambda one: _apart(one, _matched(weights, one))).values()))
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
    """Return whether this is a list, a stack or a mapping of matrices rather than one."""
    if isinstance(matrices, Mapping):
        return any(map(_is_matrix, matrices.values()))
    if isinstance(matrices, (list, tuple)):
        first = matrices[0] if matrices else None
        return isinstance(first, Mapping) or _is_matrix(first)
    return isinstance(matrices, np.ndarray) and matrices.ndim > 2


def _is_matrix(one: Any) -> bool:
    """Return whether this is a matrix rather than the row of one."""
    if isinstance(one, Mapping):
        return any(isinstance(cells, Mapping) for cells in one.values())
    if isinstance(one, (list, tuple)):
        return any(isinstance(row, (list, tuple, np.ndarray)) for row in one)
    return isinstance(one, Judgements) or hasattr(one, "columns") or getattr(one, "ndim", 1) > 1


def by_person(matrices: Any) -> dict[Any, Any]:
    """Return each person's matrix by name, or by number from 1 on."""
    return dict(matrices) if isinstance(matrices, Mapping) else dict(enumerate(matrices, start=1))


def called(person: Any) -> Said:
    """Return how a message calls a person."""
    if isinstance(person, int):
        return Said("expert {number}", number=person)
    return Said("expert {name!r}", name=person)


def without(matrix: Any, items: Sequence[Any] | None, gone: Set[Any]) -> Any:
    """Return the judgements of one person or several without some items; `items` name the rows of nested lists."""
    if is_several(matrix):
        left = {person: without(one, items, gone) for person, one in by_person(matrix).items()}
        return left if isinstance(matrix, Mapping) else list(left.values())
    if isinstance(matrix, Mapping):
        rows = {row: {name: v for name, v in cells.items() if name not in gone} for row, cells in matrix.items()}
        return {row: cells for row, cells in rows.items() if cells and row not in gone}
    if items is None:
        return matrix
    keep = [i for i, name in enumerate(items) if name not in gone]
    return [[matrix[i][j] for j in keep] for i in keep]


def read_people(matrices: Any, read: Callable[[Any], Judgements] = read_one) -> dict[Any, Judgements]:
    """Return the judgements of each person, as `read` takes a matrix; the faults of all at once."""
    if not is_several(matrices):
        raise DataError(Said("a list of matrices is wanted, one for each person, or an array (people, n, n)"))

    def noted(matrix: Any) -> Judgements:
        judgements = read(matrix)
        note_beyond(judgements)
        return judgements

    return _each(by_person(matrices), noted)


def _each(people: Mapping[Any, Any], act: Callable[[Any], Any]) -> dict[Any, Any]:
    """Return what `act` gives for each person; all faults at once, and lines of the log, each with the person."""
    found, faults = {}, list[Fault]()
    for person, one in people.items():
        saying = Said("{what}: ", what=called(person))
        try:
            with about(saying):
                found[person] = act(one)
        except DataError as error:
            faults += [fault.under(person, saying=saying) for fault in error.faults]
    raise_all(DataError, faults)
    return found


def same_items(people: Mapping[Any, Judgements]) -> dict[Any, Judgements]:
    """Return everyone's judgements in the order of the first one's items."""
    who, first = next(iter(people.items()))
    wanted = first.labels
    faults = [
        Said(
            "{who} compares {items}, {first} {others}; combine needs the same items in all",
            who=called(person),
            items=listed(one.labels, most=9),
            first=called(who),
            others=listed(wanted, most=9),
        )
        for person, one in people.items()
        if (one.names is None) != (first.names is None) or set(one.labels) != set(wanted)
    ]
    raise_all(DataError, faults)
    orders = {person: [one.labels.index(item) for item in wanted] for person, one in people.items()}
    return {
        person: Judgements(one.values[np.ix_(orders[person], orders[person])], first.names, first.title)
        for person, one in people.items()
    }


def _holes(people: Mapping[Any, Judgements]) -> list[Said]:
    """Return a fault for each incomplete matrix."""
    return [
        Said(
            "{who}: not compared: {pairs}; complete it first (ahp.complete), or use how='aip'",
            who=called(person),
            pairs=few(one.holes),
        )
        for person, one in people.items()
        if one.missing
    ]


def _floats(values: Any, error: type[SpecError | DataError], what: Said) -> Array:
    """Return the values as an array of numbers."""
    try:
        return floats(values)
    except (TypeError, ValueError):
        raise error(Said("ahp: {what} must be a list of numbers, found {values!r}", what=what, values=values)) from None


def _shares(shares: Any, people: Sequence[Any]) -> Array:
    """Return the say of each person, sum 1."""
    if shares is None:
        return np.full(len(people), 1 / len(people))
    if hasattr(shares, "keys"):
        given = dict(shares.items())
        surplus = [person for person in given if person not in people]
        strange = [
            Said("ahp: shares: no {who}{guess}", who=called(person), guess=suggestion(person, people))
            for person in surplus
        ]
        strange += [Said("ahp: shares: none for {who}", who=called(person)) for person in people if person not in given]
        raise_all(SpecError, strange)
        shares = [given[person] for person in people]
    say = _floats(shares, SpecError, Said("shares"))
    n = len(people)
    faults = []
    if say.shape != (n,):
        faults.append(
            Said.of(
                n,
                "ahp: {n} matrix needs {n} share, found {found}",
                "ahp: {n} matrices need {n} shares, found {found}",
                found=say.size,
            )
        )
    odd = [float(share) for share in say.flat if not 0 <= share < math.inf]
    faults += [Said("ahp: shares must be 0 or more and finite, found {names}", names=listed(odd))] if odd else []
    faults += [] if odd or say.any() else [Said("ahp: shares are all 0: someone must count")]
    raise_all(SpecError, faults)
    with np.errstate(over="ignore"):
        total = say.sum()
    if abs(total - 1) > 1e-9:
        note("ahp", Said("shares add up to {total:g}, rescaled to sum 1", total=total))
    say = say / say.max()
    return np.asarray(say / say.sum())


def _matched(weights: Any, judgements: Judgements) -> Array:
    """Return the weights in the order of the items, by name where both have names."""
    names = judgements.names
    if names is not None and hasattr(weights, "keys"):
        given = list(weights.keys())
        if set(given) != set(names) or len(given) != len(names):
            raise DataError(
                Said(
                    "weights are for {given}, the matrix compares {items}",
                    given=listed(given, most=9),
                    items=listed(names, most=9),
                )
            )
        weights = [weights[name] for name in names]
    values = _floats(
        in_order(weights, range(judgements.n), joined(["ahp", "weights"], "heads")), DataError, Said("weights")
    )
    if values.shape != (judgements.n,):
        raise DataError(
            Said.of(
                judgements.n,
                "{n} item needs {n} weight, found an array of shape {shape}",
                "{n} items need {n} weights, found an array of shape {shape}",
                shape=values.shape,
            )
        )
    odd = [float(weight) for weight in values if not 0 < weight < math.inf]
    if odd:
        raise DataError(Said("weights must be positive and finite to be compared, found {values}", values=listed(odd)))
    return values
