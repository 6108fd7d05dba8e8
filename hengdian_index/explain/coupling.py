"""Coupling coordination: how evenly, and how far, several subsystems have come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hengdian_index._methods.decorators import unit_sum
from hengdian_index._methods.registry import typed
from hengdian_index._tables.options import floats, in_order
from hengdian_index._tables.table import Array, Labelled, read_labelled, row_faults, shortened
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, DataError, SpecError, among, raise_all, shown, suggestion
from hengdian_index.log import note

# A mean of scores of 1 may come out this much above 1; such rounding is cut off.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Coupling:
    """Degree of coupling, level of development and coordination of systems; one number a row, in 0..1.

    Attributes
    ----------
    c, t, d : Series or array (n,)
        Degree of coupling, level of development, and coordination d = sqrt(c t).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.explain.coupling([[0.25, 0.25], [0.04, 0.64]]).d.round(3)
    array([0.5, 0.4])
    """

    c: Any
    t: Any
    d: Any


@typed
def coupling(u: Any, shares: Any = None, *, form: Literal["standard", "wang2021"] = "standard") -> Coupling:
    r"""Coupling coordination of subsystems: degree of coupling C, level T, and D = sqrt(C T), for each row.

    Parameters
    ----------
    u : table or array (..., n, k)
        Scores of k >= 2 subsystems, each in 0..1, used as they are: nothing is rescaled. (SPSSAU maps U to .01...99
        first; for that, give `hi.normalise.min_max(u, lower=0.01, upper=0.99)`.) A row with a missing score has no
        answer: missing, with a line in the log.
    shares : mapping by column or sequence (k,), optional
        Weights of the subsystems in T; default: equal. They do not enter C.
    form : {"standard", "wang2021"}
        "standard": C = geometric mean / arithmetic mean. "wang2021": the modified C, which spreads over more of 0..1.

    Returns
    -------
    Coupling
        `c`, `t`, `d` labelled like the rows.

    Raises
    ------
    DataError
        A score outside 0..1, a row of zeros (0/0), fewer than two subsystems.
    SpecError
        An unknown form; shares that do not fit.

    Notes
    -----
    "standard": C = k (prod U)^(1/k) / sum U. "wang2021": C = sqrt((1 - mean over pairs |U_a - U_b|) (prod U_i / max
    U)^(1/(k-1))). T = sum a U; D = sqrt(C T). Equal scores give C = 1, a score of 0 gives C = 0. About half of 379
    reviewed papers print a C that cannot reach 1: the factor k or the root is dropped. "standard" is unchanged when a
    row is multiplied by a constant, "wang2021" is not.

    Source: Illingworth's capacitive coupling, as Chinese development studies use it; Wang Shujia et al. 2021, Journal
    of Natural Resources 36(3). Proof: its laws and a slow formula.

    .. math:: C = \frac{k \left(\prod_j U_j\right)^{1/k}}{\sum_j U_j}, \quad T = \sum_j a_j U_j, \quad D = \sqrt{C T}

    **Symbols.** C: degree of coupling; T: level; D: coordination; U: score of a subsystem; a: share of a subsystem; k:
    number of subsystems.

    **When to use.** Chinese studies of how far subsystems (economy and environment, say) advance together.

    **Pitfalls.** C is a measure of evenness: two very poor systems are as coupled as two very good ones, so look at D
    and T. The grades that are usual for D are conventions.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.coupling([[0.5, 0.5], [0.9, 0.1], [0.8, 0.0]])
    >>> found.c.round(3)
    array([1. , 0.6, 0. ])
    >>> found.d.round(3)
    array([0.707, 0.548, 0.   ])
    """
    if not among(form, _FORMS):
        raise SpecError(Said("form: no form {form!r}{guess}", form=form, guess=suggestion(form, _FORMS)))
    table = read_labelled(u, vector="row")
    x = _checked(table)
    weights = _shares(shares, table)
    c = np.minimum(_FORMS[form](x), 1.0)
    t = np.minimum(x @ weights, 1.0)
    gaps = np.isnan(c)
    if gaps.any():
        said = Said.of(
            int(gaps.sum()),
            "coupling: {n} row has a missing score, and so no coupling",
            "coupling: {n} rows have a missing score, and so no coupling",
        )
        note("explain", said)
    return Coupling(table.rows(c, "c"), table.rows(np.where(gaps, np.nan, t), "t"), table.rows(np.sqrt(c * t), "d"))


def _standard(x: Array) -> Array:
    """Return geometric over arithmetic mean (..., n); relative to the largest score nothing underflows."""
    v = x / x.max(axis=-1, keepdims=True)
    return np.asarray(_root_of_product(v, v.shape[-1]) / v.mean(axis=-1))


def _wang(x: Array) -> Array:
    """Return the modified degree (..., n): evenness times the geometric mean relative to the largest score."""
    k = x.shape[-1]
    # The step between the sorted scores i and i + 1 lies inside i (k - i) pairs; equal scores have steps of exactly 0.
    below = np.arange(1, k)
    apart = np.diff(np.sort(x, axis=-1)) @ (below * (k - below) / (k * (k - 1) / 2))
    even = np.clip(1 - apart, 0.0, 1.0)
    return np.asarray(np.sqrt(even * _root_of_product(x / x.max(axis=-1, keepdims=True), k - 1)))


def _root_of_product(v: Array, degree: int) -> Array:
    with np.errstate(divide="ignore"):
        root: Array = np.exp(np.log(v).sum(axis=-1) / degree)
    return root


_FORMS: Mapping[str, Callable[[Array], Array]] = {"standard": _standard, "wang2021": _wang}


def _checked(table: Labelled) -> Array:
    """Return the scores (..., n, k), all in 0..1, no row without a score above 0."""
    x = table.values
    if x.shape[-1] < 2:
        raise DataError(Said("coupling: one subsystem has nothing to go together with; give two columns or more"))
    outside = (x < -_ROUNDING) | (x > 1 + _ROUNDING)
    if outside.any():
        raise table.refusal(CellsError(outside, Said("outside 0..1; normalise first, such as hi.normalise.min_max")))
    x = np.clip(x, 0.0, 1.0)
    zero = np.unique(np.argwhere((x == 0).all(axis=-1))[:, -1])
    why = Said("every score is 0, so the coupling is 0/0; leave it out")
    raise_all(DataError, shortened(row_faults(zero, table.source, why)))
    return x


def _shares(shares: Any, table: Labelled) -> Array:
    k = table.values.shape[-1]
    if shares is None:
        return np.full(k, 1 / k)
    keys = table.columns or tuple(range(k))
    try:
        numbers = np.atleast_1d(floats(in_order(shares, keys, "shares")))
    except (TypeError, ValueError):
        raise SpecError(
            Said("shares: one number for each of {k} subsystems, not {shares}", k=k, shares=shown(shares))
        ) from None
    if numbers.ndim > 1:
        raise SpecError(
            Said(
                "shares: one number for each of {k} subsystems, not an array of shape {shape}", k=k, shape=numbers.shape
            )
        )
    return unit_sum(numbers, k, "shares")
