"""Fuzzy comprehensive evaluation (模糊综合评价): the membership of the whole in grades, from that of its factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hengdian_index._tables.cells import single, tabular
from hengdian_index._tables.options import floats, in_order
from hengdian_index._tables.table import Array, Labelled, has_index, read_labelled, row_faults, shortened
from hengdian_index._values.equality import same
from hengdian_index._words.said import Said, joined
from hengdian_index.ahp._judgements import known
from hengdian_index.errors import (
    CellsError,
    DataError,
    FaultsError,
    SpecError,
    listed,
    raise_all,
    raise_together,
    shown,
    suggestion,
)
from hengdian_index.log import about, note

__all__ = ["Evaluation", "fuzzy", "membership"]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """How far the whole belongs to each grade; of several objects one row each.

    Attributes
    ----------
    b : Series or DataFrame
        Membership of the whole in each grade, as the operator gives it.
    shares : Series or DataFrame
        The same, divided by its sum.
    grade : label or Series
        Grade of the largest membership; of grades equal but for rounding the first, with a line in the log.
    score : float, Series or None
        Sum of shares times the values of the grades, where these are given.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.fuzzy([[0.7, 0.3], [0.2, 0.8]], [0.5, 0.5], values=[100, 60])
    >>> found.b.round(2).tolist(), found.grade, round(float(found.score), 1)
    ([0.45, 0.55], 1, 78.0)
    """

    b: Any
    shares: Any
    grade: Any
    score: Any


def fuzzy(
    memberships: Any,
    weights: Any = None,
    *,
    operator: Literal["product_sum", "min_max", "product_max", "min_sum"] = "product_sum",
    values: Sequence[float] | Mapping[Any, float] | None = None,
) -> Evaluation:
    r"""Membership of the whole in each grade, from that of its factors and their weights.

    Parameters
    ----------
    memberships : table or array (factors, grades), or mapping object -> table
        How far each factor belongs to each grade, 0 to 1: the share of votes for it, or what `membership` gives. Of
        several objects (units, or the parts of one whole) one table each, with the same grades.
    weights : sequence, mapping or Series by factor, optional; or mapping object -> weights
        0 or more, rescaled to sum 1; default: equal.
    operator : {"product_sum", "min_max", "product_max", "min_sum"}
        How weights and memberships are joined. "product_sum", M(·, ⊕): the weighted mean, all factors count. "min_max",
        M(∧, ∨): the decisive factor alone. "product_max", M(·, ∨): the strongest product. "min_sum", M(∧, ⊕): the sum
        of the smaller of the two, at most 1.
    values : sequence or mapping by grade, optional
        What each grade is worth, such as 90, 75, 60: gives `score`.

    Returns
    -------
    Evaluation
        `b`, `shares`, `grade`, `score`.

    Raises
    ------
    DataError
        A membership that is missing or outside 0..1; grades that differ from object to object; memberships of 0 alone.
    SpecError
        An unknown operator; weights or values that do not fit.

    Notes
    -----
    .. math:: b_g = \bigoplus_j \left(a_j \odot r_{jg}\right)

    **Symbols.** b: membership of the whole; g: grade; a: weight of a factor; r: its membership; j: factor; \bigoplus:
    max, or sum up to 1; \odot: min, or product.

    Two levels: the answer for the parts, `shares`, is the membership of the level above.

    **When to use.** Where factors are judged in words (good, fair, poor) by several people, or measured against limits
    of grades, and the whole is to have such a word too.

    **Pitfalls.** "min_max" throws away all factors but one; of many factors, each of small weight, all memberships come
    out as weights: prefer "product_sum". The grade of the largest membership says little where two are near: look at
    `shares`, or use `score`.

    Source: Wang Peizhuang 1983, Fuzzy Sets and their Applications, Shanghai (in Chinese). Proof: case
    fuzzy_garment for "min_max"; a loop for all four.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> votes = [[0.2, 0.5, 0.2, 0.1], [0.7, 0.2, 0.1, 0.0], [0.0, 0.4, 0.5, 0.1], [0.2, 0.3, 0.5, 0.0]]
    >>> hi.ahp.fuzzy(votes, [0.1, 0.2, 0.3, 0.4], operator="min_max").b.tolist()
    [0.2, 0.3, 0.4, 0.1]
    """
    import pandas as pd

    known(operator, _OPERATORS, Said("operator"), what="operator")
    several = isinstance(memberships, Mapping) and bool(memberships) and all(map(tabular, memberships.values()))
    tables = dict(memberships) if several else {None: memberships}
    own = _by_object(weights, tables, several)
    found, errors = dict[Any, Any](), list[FaultsError]()
    for name, one in tables.items():
        place = Said("{what}: ", what=_of(name))
        try:
            with about(place):
                table = _read(one)
                found[name] = pd.Series(
                    _OPERATORS[operator](_weights(own[name], table), table.values), list(table.names)
                )
        except FaultsError as error:
            errors.append(type(error)(*(fault.under(saying=place) for fault in error.faults)))
    raise_together(errors)
    first = next(iter(found.values())).index
    unlike = [name for name, one in found.items() if set(one.index) != set(first)]
    grades = shown(list(first))
    raise_all(DataError, [Said("{what}: other grades than {grades}", what=_of(name), grades=grades) for name in unlike])
    b = pd.DataFrame({name: one[first] for name, one in found.items()}, index=first).T
    shares = b.div(b.sum(axis=1), axis=0)
    worth = (
        None
        if values is None
        else shares
        @ pd.Series(_one_each(values, list(first), "values", Said.of(len(first), "{n} grade", "{n} grades")), first)
    )
    grade = _largest(b)
    if several:
        score = None if worth is None else worth.rename("score")
        return Evaluation(b, shares, pd.Series(grade, b.index, dtype=object, name="grade"), score)
    alone = None if worth is None else float(worth.iloc[0])
    return Evaluation(b.iloc[0].rename("b"), shares.iloc[0].rename("share"), grade[0], alone)


def membership(x: Any, limits: Any) -> Any:
    r"""Membership of measured factors in grades: linear between the limits of neighbouring grades.

    Parameters
    ----------
    x : sequence, mapping or Series by factor (factors,)
        What each factor measures.
    limits : table or array (factors, grades)
        The value of each factor that belongs to a grade fully, best grade first or last; along a row rising or falling.

    Returns
    -------
    DataFrame or array (factors, grades)
        Rows of sum 1, for `fuzzy`. Beyond the first or the last limit a factor belongs to that grade alone.

    Raises
    ------
    DataError
        A missing value; limits that neither rise nor fall.
    SpecError
        Values that are not one for each factor.

    Notes
    -----
    .. math:: r_g = \frac{x - s_{g-1}}{s_g - s_{g-1}}, \quad r_{g-1} = 1 - r_g, \quad s_{g-1} \le x \le s_g

    **Symbols.** r: membership; g: grade; x: value; s: limit of a grade.

    **When to use.** Where a standard says what each grade is, such as the classes of water quality.

    **Pitfalls.** Limits are taken as the middle of a grade: a standard that gives its border is met by half there if
    the middles are given instead.

    Variants: trapezoids and bells, which need two numbers a grade.

    Source: Wang Peizhuang 1983, Fuzzy Sets and their Applications, Shanghai (in Chinese). Proof: a slow formula.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.membership([4.0, 12.0], [[2, 4, 6], [15, 10, 5]]).tolist()
    [[0.0, 1.0, 0.0], [0.4, 0.6, 0.0]]
    """
    table = read_labelled(limits).need_shape(Said("membership: limits (factors, grades) are needed"))
    s, rows = table.values, _rows(table)
    values = _one_each(x, rows, "x", _factors(len(rows)))
    if s.shape[1] < 2:
        raise DataError(Said("membership: limits of two grades or more are needed, one a column"))
    steps = np.diff(s, axis=1)
    faults = row_faults(np.flatnonzero(~np.isfinite(values)), table.source, Said("no finite value"))
    wrong = ~((steps > 0).all(axis=1) | (steps < 0).all(axis=1)) | np.isnan(s).any(axis=1)
    faults += row_faults(np.flatnonzero(wrong), table.source, Said("its limits neither rise nor fall"))
    raise_all(DataError, shortened(faults))
    k = s.shape[1]
    found = np.zeros(s.shape)
    for i, (value, own) in enumerate(zip(values, s, strict=True)):
        rising = own[0] < own[-1]
        place = np.interp(value, own if rising else own[::-1], np.arange(k))
        below = min(int(place), k - 2)
        pair = [1 - (place - below), place - below]
        found[i, below : below + 2] = pair
        found[i] = found[i] if rising else found[i, ::-1]
    return table.like(found)


def _product_sum(a: Array, r: Array) -> Array:
    return np.asarray(np.minimum(a @ r, 1.0))


def _min_max(a: Array, r: Array) -> Array:
    return np.asarray(np.minimum(a[:, np.newaxis], r).max(axis=0))


def _product_max(a: Array, r: Array) -> Array:
    return np.asarray((a[:, np.newaxis] * r).max(axis=0))


def _min_sum(a: Array, r: Array) -> Array:
    return np.asarray(np.minimum(np.minimum(a[:, np.newaxis], r).sum(axis=0), 1.0))


_OPERATORS: Mapping[str, Callable[[Array, Array], Array]] = {
    "product_sum": _product_sum,
    "min_max": _min_max,
    "product_max": _product_max,
    "min_sum": _min_sum,
}


def _read(one: Any) -> Labelled:
    """Return the memberships (factors, grades) of one object, all in 0..1 and none missing."""
    table = read_labelled(one).need_shape(Said("a table (factors, grades) is needed"))
    r = table.values
    if r.shape[1] < 2:
        raise DataError(Said("one grade has nothing to be told from; give two columns or more"))
    gone = np.isnan(r)
    if gone.any():
        raise table.refusal(CellsError(gone, Said("missing; write 0 for a grade that the factor does not belong to")))
    wrong = ~((r >= 0) & (r <= 1))
    if wrong.any():
        raise table.refusal(CellsError(wrong, Said("a membership lies in 0..1; divide votes by their number")))
    if not r.any():
        raise DataError(Said("all memberships are 0"))
    return table


def _rows(table: Labelled) -> list[Any]:
    """Return the names of the factors, their positions where they have none."""
    return list(table.source.index) if has_index(table.source) else list(range(len(table.values)))


def _one_each(given: Any, keys: Sequence[Any], option: str, each: Said) -> Array:
    """Return one number for each key, by name or in their order."""
    ordered = in_order(given, keys, option)
    try:
        numbers = np.atleast_1d(floats(ordered))
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.shape != (len(keys),):
        raise SpecError(
            Said(
                "{option}: one number for each of {each}, not {given}",
                option=option,
                each=each,
                given=shown(given),
            )
        )
    return numbers


def _factors(n: int) -> Said:
    """Return how a message counts factors."""
    return Said.of(n, "{n} factor", "{n} factors")


def _of(name: Any) -> Said:
    """Return of which object a message speaks."""
    return joined(["fuzzy", *([] if name is None else [shown(name)])], "heads")


def _weights(given: Any, table: Labelled) -> Array:
    """Return the weights of the factors, sum 1."""
    k = len(table.values)
    if given is None:
        return np.full(k, 1 / k)
    numbers = _one_each(given, _rows(table), "weights", _factors(k))
    if not ((numbers >= 0) & np.isfinite(numbers)).all() or not numbers.any():
        raise SpecError(
            Said("weights: each is a finite number of 0 or more, and one is above 0; not {given}", given=shown(given))
        )
    if abs(numbers.sum() - 1) > 1e-9:
        note("ahp", Said("weights summing to {total:.6g} rescaled to 1", total=numbers.sum()))
    return np.asarray(numbers / numbers.sum())


def _by_object(weights: Any, tables: Mapping[Any, Any], several: bool) -> dict[Any, Any]:
    """Return the weights of each object: its own, or those of all."""
    if not (several and isinstance(weights, Mapping) and not any(map(single, weights.values()))):
        return dict.fromkeys(tables, weights)
    raise_all(SpecError, [Said("weights: none for {name}", name=shown(name)) for name in tables if name not in weights])
    strange = [name for name in weights if name not in tables]
    raise_all(
        SpecError,
        [Said("weights: no {name}{guess}", name=shown(name), guess=suggestion(name, tables)) for name in strange],
    )
    return dict(weights)


def _largest(b: Any) -> list[Any]:
    """Return the grade of the largest membership of each row; ties are noted."""
    found = []
    for name, row in b.iterrows():
        tied = [grade for grade, here in row.items() if same(here, row.max(), 1.0)]
        if len(tied) > 1:
            grades = listed(tied)
            note(
                "ahp",
                Said(
                    "{what}: grades {grades} have the same membership; the first is taken",
                    what=_of(name),
                    grades=grades,
                ),
            )
        found.append(tied[0])
    return found
