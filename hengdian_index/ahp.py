"""Analytic hierarchy process: weights from pairwise comparisons, how consistent they are, and what to ask again.

A judgement a_ij says how many times more important item i is than item j. Functions here take one matrix as a nested
list, an array, a pandas, polars or pyarrow table (columns found by name) or a mapping row -> {column: judgement}.
Entries are numbers, text fractions ("1/3", "1/2.5"), or NaN, None or "" where nothing was asked. The diagonal is 1;
one triangle is enough; where both are given a_ij a_ji must be 1 within .03 (else DataError, all pairs listed).

In a hierarchy the scores of the alternatives are the sum over criteria of w_c times their local priorities; local
priorities are never rounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, suggestion
from hengdian_index.journal import note
from hengdian_index.pairwise import Array, Judgements, arithmetic, fill, geometric, perron, read, root

if TYPE_CHECKING:
    import pandas as pd

CONSISTENT_BELOW = 0.1
_RULES = {"eigenvector": perron, "geometric": geometric, "arithmetic": arithmetic}
_COMPLETIONS = ("eigenvector", "geometric")
_COMBINATIONS = ("aij", "aip")
_COMPLETE = {
    "saaty": (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty_2008": (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    "agoston_csato_2022": (0, 0, None, 0.884, 1.109, 1.249, 1.341),
}
_INCOMPLETE = {
    4: (0.884, 0.583, 0.306, 0.053),
    5: (1.109, 0.925, 0.739, 0.557, 0.379, 0.212, 0.059),
    6: (1.249, 1.128, 1.007, 0.883, 0.758, 0.634, 0.510, 0.389, 0.271, 0.161),
    7: (1.341, 1.256),
}
_INCOMPLETE_SOURCE = "agoston_csato_2022"
_LARGEST = 15
_SCALE = np.array([1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)])


@dataclass(frozen=True, slots=True, eq=False)
class Priorities:
    """Weights from a pairwise comparison matrix and its consistency; of a batch, arrays with the leading axes.

    Attributes
    ----------
    weights : Series or array (..., n)
        Sum 1; a Series when the matrix has names.
    lambda_max, ci, gci : float or array (...)
        Perron root (or mean of (Aw)_i / w_i), consistency index, geometric consistency index.
    cr : float or None, or array (...)
        Consistency ratio CI / RI; None (NaN in a batch) where no random index is known.
    consistent : bool or array (...)
        CR < .1; where CR is None, GCI below `gci_threshold(n)`.
    method, n, missing : str, int, int or array (...)
        How weights were found, items, pairs that were not compared.
    random_index, random_index_source : float or None, str
        The RI used and the table it is from ("given": the caller's number).
    """

    weights: Any
    lambda_max: Any
    ci: Any
    cr: Any
    gci: Any
    consistent: Any
    method: str
    n: int
    missing: Any
    random_index: Any
    random_index_source: str


@dataclass(frozen=True, slots=True)
class Compatibility:
    """How far weights are from judgements: `gcompi` by how much, `pvn` by how many orders turned round."""

    gcompi: float
    pvn: float


def priorities(
    matrix: object, *, method: str = "eigenvector", random_index: str | float | None = "saaty"
) -> Priorities:
    """Return the weights of the compared items, with lambda_max, CI, CR and GCI.

    CI = (lambda_max - n) / (n - 1), CR = CI / RI(n); both 0 for n <= 2. GCI = 2 / ((n - 1)(n - 2)) sum_{i<j}
    ln^2(a_ij w_j / w_i), always with geometric w.

    Parameters
    ----------
    matrix : nested list, array (..., n, n), table or mapping of mappings
        Judgements a_ij (see the module); a numeric array with leading axes is a batch.
    method : {"eigenvector", "geometric", "arithmetic"}
        "eigenvector": Perron vector, lambda_max its root (Saaty's definition). "geometric": row geometric means (RGM,
        "root method"). "arithmetic": mean of the columns divided by their sums ("sum-product", SPSSAU's default). For
        the last two lambda_max is the mean of (A w)_i / w_i. Pairs not compared are completed first: by least squares
        of logs for "geometric", else by the least lambda_max; RI is then that for the number missing.
    random_index : str, float or None
        Table of `random_index`, a number of your own, or None: no CR, GCI decides.

    Returns
    -------
    Priorities

    Raises
    ------
    SpecError
        Unknown method or table; n > 15 without a number of your own.
    DataError
        Every fault of the matrix; judgements that leave items unconnected.

    Notes
    -----
    Verdicts depend on the table: published ones differ (.58, .52 for n = 3), so the result names it. Saaty (1977,
    1980); Crawford & Williams (1985); Aguaron & Moreno-Jimenez (2003), EJOR 147. Proof: case ahp; `numpy.linalg.eig`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.priorities({"price": {"size": 3, "place": "1/2"}, "place": {"size": 6}})
    >>> found.weights.round(3).to_dict()
    {'price': 0.3, 'size': 0.1, 'place': 0.6}
    >>> round(found.cr, 3), found.consistent
    (0.0, True)
    """
    _known(method, _RULES, "method")
    table = _table(random_index)
    judgements = read(matrix)
    n, missing = judgements.n, judgements.missing
    expected, source = _expected(n, missing, table)
    values, weights = _weighed(judgements, method)
    lambda_max = root(values, weights)
    ci = (lambda_max - n) / (n - 1) if n > 2 else np.zeros_like(lambda_max)
    cr = ci / expected if n > 2 else ci
    gci = _gci(values, geometric(values))
    decided_by_gci = np.isnan(cr)
    if decided_by_gci.any():
        note("ahp", f"no random index for n = {n} in {source}: CR is None, GCI < {gci_threshold(n)} decides")
    consistent = np.where(decided_by_gci, gci < gci_threshold(n), cr < CONSISTENT_BELOW)
    return Priorities(
        weights=_named(weights, judgements),
        lambda_max=_plain(lambda_max),
        ci=_plain(ci),
        cr=_plain(cr),
        gci=_plain(gci),
        consistent=_plain(consistent),
        method=method,
        n=n,
        missing=_plain(missing),
        random_index=_plain(expected),
        random_index_source=source,
    )


def random_index(n: int, *, source: str = "saaty", missing: int = 0) -> float | None:
    """Return the mean CI of random matrices of n items, or None where the table has no entry.

    Parameters
    ----------
    n : int
        Items, 1 to 15; tables are never extrapolated.
    source : {"saaty", "saaty_2008", "agoston_csato_2022"}
        Saaty (1980): .58 .90 1.12 ...; Saaty (2008): .52 .89 1.11 ...; Agoston & Csato (2022, Omega 108): complete
        matrices of 4 to 7 items, and incomplete ones.
    missing : int
        Pairs not compared; only "agoston_csato_2022" has them.

    Raises
    ------
    SpecError
        Unknown source, n > 15 (for a complete matrix), n < 1, missing < 0.

    Notes
    -----
    The entries for incomplete matrices were found with every filled-in judgement held within 1/9 to 9; `complete`
    leaves it free, so that consistent judgements come back exactly. With many missing the CR is therefore a little low
    (4 items, 2 missing: mean CI .28 free, .31 held; by simulation). Proof: case ahp, all tables to the digit.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.random_index(3), hi.ahp.random_index(3, source="saaty_2008")
    (0.58, 0.52)
    >>> hi.ahp.random_index(5, source="agoston_csato_2022", missing=2)
    0.739
    """
    _known(source, _COMPLETE, "random index", what="source")
    faults = [
        f"random index: {name} must be a whole number from {least}, not {number!r}"
        for name, number, least in (("n", n, 1), ("missing", missing, 0))
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least
    ]
    raise_all(SpecError, faults)
    found = _look_up(n, source, missing)
    if found is None:
        note("ahp", f"no random index for n = {n} with {missing} missing in {source}")
    return found


def gci_threshold(n: int) -> float:
    """Return the GCI that corresponds to CR = .1: .31 (n = 3), .35 (n = 4), .37 (more).

    Aguaron & Moreno-Jimenez (2003), EJOR 147. Proof: case ahp.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.gci_threshold(4)
    0.35
    """
    return {3: 0.31, 4: 0.35}.get(n, 0.37)


def complete(matrix: object, *, method: str = "eigenvector") -> Any:
    """Return the matrix with the pairs that were not compared filled in; a table when it has names, else an array.

    Parameters
    ----------
    matrix : nested list, array (..., n, n), table or mapping of mappings
        Judgements; NaN, None or "" where nothing was asked.
    method : {"eigenvector", "geometric"}
        "eigenvector": missing entries exp(t) that minimise lambda_max, convex in t, by Newton's method. "geometric":
        w_i / w_j of the least squares fit of the logs to the pairs given (graph Laplacian, closed form).

    Raises
    ------
    DataError
        The comparisons do not connect all items; the parts are named. Any fault of the matrix.

    Notes
    -----
    Harker (1987); Shiraishi, Obata & Daigo (1998); Bozoki, Fulop & Ronyai (2010). Proof by law: a consistent matrix
    with holes comes back exactly; the gradient at the optimum is 0.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.complete([[1, 2, None], [None, 1, 3], [None, None, 1]]).round(9).tolist()[0]
    [1.0, 2.0, 6.0]
    """
    _known(method, _COMPLETIONS, "completion")
    judgements = read(matrix)
    return _as_table(fill(judgements, method), judgements)


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
    _known(how, _COMBINATIONS, "combination", what="how")
    if how == "aij" and method is not None:
        raise SpecError(f"ahp: method {method!r} applies to how='aip' only; under 'aij' give it to priorities")
    _known(method or "eigenvector", _RULES, "method")
    people = _same_items(_several(matrices))
    say = _shares(shares, len(people))
    if how == "aip":
        logs = say @ np.log(_each(people, lambda one: _weighed(one, method or "eigenvector")[1]))
        pooled = np.exp(logs - logs.max())
        return _named(pooled / pooled.sum(), people[0])
    raise_all(DataError, _holes(people))
    return _as_table(np.exp(np.tensordot(say, np.log([one.values for one in people]), axes=1)), people[0])


def revise(matrix: object, *, random_index: str | float | None = "saaty") -> pd.DataFrame:
    """Return the judgements in the order to look at them again, with what the others suggest for each.

    Sorted by |ln(a_ij w_j / w_i)|, largest first, with geometric w (by least squares of logs where pairs are missing).

    Parameters
    ----------
    matrix : nested list, array (n, n), table or mapping of mappings
        One person's judgements.
    random_index : str, float or None
        As in `priorities`; for `cr_after`.

    Returns
    -------
    DataFrame
        One row for each pair compared: `first`, `second` (names or positions), `value` (a_ij), `suggested` (w_i / w_j),
        `nearest` (to it in ratio, of 1/9, 1/8, ..., 9), `cr_after` (CR once this one judgement is as suggested).

    Notes
    -----
    Saaty (2003), EJOR 145. Proof by law: following the first suggestion never raises GCI.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> table = hi.ahp.revise({"a": {"b": 2, "c": 4, "d": 8}, "b": {"c": 2, "d": 4}, "c": {"d": "1/2"}})
    >>> table.round(2).iloc[0].to_dict()
    {'first': 'c', 'second': 'd', 'value': 0.5, 'suggested': 1.0, 'nearest': 1.0, 'cr_after': 0.02}
    """
    import pandas as pd

    table = _table(random_index)
    judgements = _one(matrix)
    i, j = np.nonzero(np.triu(~np.isnan(judgements.values), 1))
    weights = geometric(fill(judgements, "geometric"))
    value, suggested = judgements.values[i, j], weights[i] / weights[j]
    labels = judgements.names if judgements.names is not None else range(judgements.n)
    rows = pd.DataFrame(
        {
            "first": [labels[k] for k in i],
            "second": [labels[k] for k in j],
            "value": value,
            "suggested": suggested,
            "nearest": _SCALE[np.abs(np.log(suggested[:, None] / _SCALE)).argmin(axis=1)],
            "cr_after": _cr_after(judgements.values, i, j, suggested, table),
        }
    )
    # Rounded, so that errors equal but for the last bit (all of n = 3) keep the order of the matrix.
    order = np.argsort(-np.abs(np.log(value / suggested)).round(12), kind="stable")
    return rows.iloc[order].reset_index(drop=True)


def verdict(matrix: object, *, method: str = "eigenvector", random_index: str | float | None = "saaty") -> str:
    """Return in words whether one person's judgements are consistent and, if not, which one to look at first.

    Parameters and errors are those of `priorities`, for one matrix.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.verdict({"a": {"b": 7, "c": 2}, "b": {"c": 3}})
    "CR 0.557 >= 0.1; look at ('a', 'b'): 7, suggested 3.2"
    >>> hi.ahp.verdict([[1, 2], ["1/2", 1]])
    'CR 0 < 0.1'
    """
    judgements = _one(matrix)
    found = priorities(matrix, method=method, random_index=random_index)
    name, value, limit = "CR", found.cr, CONSISTENT_BELOW
    if value is None:
        name, value, limit = "GCI", found.gci, gci_threshold(found.n)
    if found.consistent:
        return f"{name} {value:.3g} < {limit}"
    worst: Any = next(revise(matrix, random_index=random_index).itertuples())
    where = f"({worst.first!r}, {worst.second!r})" if judgements.names else f"[{worst.first}, {worst.second}]"
    return f"{name} {value:.3g} >= {limit}; look at {where}: {worst.value:.3g}, suggested {worst.suggested:.3g}"


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
    if not _is_several(matrix):
        if shares is not None:
            raise SpecError("ahp: shares say how much each person counts: give a list of matrices with them")
        one = _one(matrix)
        return Compatibility(*_apart(one, _matched(weights, one)))
    people = _several(matrix)
    say = _shares(shares, len(people))
    gcompi, pvn = say @ np.array(_each(people, lambda one: _apart(one, _matched(weights, one))))
    return Compatibility(gcompi=float(gcompi), pvn=float(pvn))


def _known(word: object, allowed: Any, kind: str, *, what: str = "method") -> None:
    """Raise SpecError unless the word is one of those allowed."""
    if not isinstance(word, str) or word not in allowed:
        raise SpecError(Fault(f"ahp: no {kind} {word!r}{suggestion(word, allowed)}", (what,)))


def _table(random_index: str | float | None) -> str | float | None:
    """Return the random index asked for, when it is a table's name, a positive number or None."""
    if isinstance(random_index, str):
        _known(random_index, _COMPLETE, "random index", what="random_index")
    elif random_index is not None:
        number = isinstance(random_index, (int, float, np.number)) and not isinstance(random_index, bool)
        if not number or not 0 < float(random_index) < math.inf:
            raise SpecError(f"ahp: random_index is a table's name, a positive number or None, not {random_index!r}")
    return random_index


def _look_up(n: int, source: str, missing: int) -> float | None:
    """Return a table's entry or None."""
    if missing:
        row: tuple[float | None, ...] = _INCOMPLETE.get(n, ()) if source == _INCOMPLETE_SOURCE else ()
        return row[missing] if missing < len(row) else None
    if n > _LARGEST:
        raise SpecError(
            f"ahp: random indexes are tabled for 1 to {_LARGEST} items, found {n}; give priorities the number you use"
            " (random_index=1.6, say), or random_index=None to let GCI decide"
        )
    entries = _COMPLETE[source]
    found = entries[n - 1] if n <= len(entries) else None
    return None if found is None else float(found)


def _expected(n: int, missing: NDArray[np.int64], table: str | float | None) -> tuple[Array, str]:
    """Return the random index of each matrix by the number missing (NaN: none known), and where it is from."""
    if not isinstance(table, str):
        return np.full(missing.shape, np.nan if table is None else float(table)), "none" if table is None else "given"
    counts, place = np.unique(missing, return_inverse=True)
    sources = {int(count): _INCOMPLETE_SOURCE if count else table for count in counts}
    entries = [_look_up(n, source, count) for count, source in sources.items()]
    values = np.array([math.nan if entry is None else entry for entry in entries])
    return values[place.reshape(missing.shape)], ", ".join(dict.fromkeys(sources.values()))


def _weighed(judgements: Judgements, method: str) -> tuple[Array, Array]:
    """Return the completed matrices and their weights."""
    values = fill(judgements, "geometric" if method == "geometric" else "eigenvector")
    return values, _RULES[method](values)


def _log_errors(values: Array, weights: Array) -> Array:
    """Return ln(a_ij w_j / w_i)."""
    return np.asarray(np.log(values * (weights[..., None, :] / weights[..., :, None])))


def _per_cycle(total: Array, n: int) -> Array:
    """Return 2 / ((n - 1)(n - 2)) times a sum over pairs, 0 for n < 3."""
    return 2 * total / ((n - 1) * (n - 2)) if n > 2 else np.zeros_like(total)


def _gci(values: Array, weights: Array) -> Array:
    """Return the geometric consistency index of complete matrices with these weights."""
    squares = _log_errors(values, weights) ** 2
    return _per_cycle(np.triu(squares, 1).sum(axis=(-2, -1)), values.shape[-1])


def _violations(values: Array, weights: Array) -> Array:
    """Return the priority violation number: orders of weights against those of the pairs compared."""
    logs = np.log(weights)
    # Ties up to rounding: weights of equal items come out of an eigenvector a few bits apart.
    of_weights, of_pairs = (
        np.where(np.abs(differences) > 1e-9, np.sign(differences), 0.0)
        for differences in (logs[:, None] - logs[None, :], np.log(values))
    )
    against = np.where(np.isnan(values), 0.0, np.abs(of_weights - of_pairs) / 2)
    return _per_cycle(np.triu(against, 1).sum(), len(values))


def _apart(one: Judgements, weights: Array) -> tuple[float, float]:
    """Return gcompi and pvn of one person."""
    return float(_gci(fill(one, "eigenvector"), weights)), float(_violations(one.values, weights))


def _cr_after(
    values: Array, i: NDArray[np.intp], j: NDArray[np.intp], suggested: Array, table: str | float | None
) -> Array:
    """Return the CR of the matrix with each pair in turn as suggested."""
    changed = np.repeat(values[None], len(i), axis=0)
    pair = np.arange(len(i))
    changed[pair, i, j], changed[pair, j, i] = suggested, 1 / suggested
    return np.asarray(priorities(changed, random_index=table).cr)


def _one(matrix: object) -> Judgements:
    """Return the judgements of one person."""
    judgements = read(matrix)
    if judgements.values.ndim > 2:
        raise DataError(f"one matrix is wanted, found an array of shape {judgements.values.shape}")
    return judgements


def _is_several(matrices: Any) -> bool:
    """Return whether this is a list (or stack) of matrices rather than one."""
    if isinstance(matrices, (list, tuple)):
        first = matrices[0] if matrices else None
        return isinstance(first, Mapping) or np.ndim(np.asarray(first, dtype=object)) > 1
    return isinstance(matrices, np.ndarray) and matrices.ndim > 2


def _several(matrices: Any) -> list[Judgements]:
    """Return the judgements of each person."""
    if not _is_several(matrices):
        raise DataError("a list of matrices is wanted, one for each person, or an array (people, n, n)")
    return _each(matrices, _one)


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
    wanted = first.names or tuple(range(first.n))
    faults = [
        f"matrix {number} compares {listed(one.names or range(one.n), most=9)},"
        f" matrix 0 {listed(wanted, most=9)}; combine needs the same items in all"
        for number, one in enumerate(people)
        if (one.names is None) != (first.names is None) or set(one.names or range(one.n)) != set(wanted)
    ]
    raise_all(DataError, faults)
    orders = [[(one.names or wanted).index(item) for item in wanted] for one in people]
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


def _named(values: Array, judgements: Judgements) -> Any:
    """Return a Series when the items have names."""
    if judgements.names is None:
        return values
    import pandas as pd

    return pd.Series(values, index=pd.Index(judgements.names, name=judgements.title), name="weight")


def _as_table(values: Array, judgements: Judgements) -> Any:
    """Return a DataFrame when the items have names."""
    if judgements.names is None:
        return values
    import pandas as pd

    index = pd.Index(judgements.names, name=judgements.title)
    return pd.DataFrame(values, index=index, columns=pd.Index(judgements.names))


def _plain(values: Any) -> Any:
    """Return the number of a single matrix as Python's own (None for NaN), the array of a batch as it is."""
    if np.ndim(values):
        return values
    number = np.asarray(values).item()
    return None if number != number else number
