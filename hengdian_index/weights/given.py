"""Weights that do not depend on the data: equal, and given."""

from __future__ import annotations

from typing import Any

import numpy as np

from hengdian_index._methods.decorators import unit_sum, weighting
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.keyed import floats
from hengdian_index._tables.table import Array
from hengdian_index.errors import SpecError, shown


@weighting(
    sees="statistics",
    unit_free=True,
    shift_free=True,
    learns=False,
    formula=r"w_j = \frac{1}{k}",
    chinese="等权",
)
def equal(sample: Sample) -> Array:
    """Equal weights, 1/k each.

    Within an index they are equal within each group; equal over all leaves is another choice. Proof: TAI (Table 38).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.equal([[1.0, 5.0], [2.0, 3.0]])
    array([0.5, 0.5])
    """
    return np.full((*sample.chunks[0].shape[:-2], sample.k), 1 / sample.k)


@weighting(
    sees="judgement",
    by_column=("values",),
    formula=r"w_j = \frac{v_j}{\sum_l v_l}",
    chinese="给定权重",
)
def fixed(values: Any, *, left_of: str | None = None) -> tuple[tuple[Any, ...] | None, Array]:
    """Weights as given, rescaled to sum 1.

    Parameters
    ----------
    values : mapping or Series by name, or sequence (k,)
        Numbers of 0 or more, not all 0. A sum other than 1 is rescaled, with a line in the log.
    left_of : str, optional
        Method whose weights of the parts that stay these are; `Index.replace` says so where it takes out a part that
        the judgements cannot do without. It is said in the method statement and changes no weight.

    Raises
    ------
    SpecError
        What is neither a mapping nor a sequence (a set has no order); negative or missing numbers, or all 0 (some
        tools accept (-1, 2, 3) and (0, 0, 0)).

    Notes
    -----
    Proof: its laws.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.fixed([1, 3])
    array([0.25, 0.75])
    """
    plain = isinstance(values, (str, bytes, set, frozenset)) or not hasattr(values, "__iter__")
    if plain or getattr(values, "ndim", 1) == 0:
        raise SpecError(f"fixed: weights by name in a mapping or Series, or in order in a list, not {values!r}")
    names = tuple(values.keys()) if hasattr(values, "keys") else None
    given = [one for _, one in values.items()] if names else values if hasattr(values, "ndim") else list(values)
    try:
        numbers = floats(given)
    except (TypeError, ValueError):
        said = ", ".join(f"{at} is {shown(value)}" for at, value in _not_numbers(names, given))
        raise SpecError(f"fixed: each must be a number of 0 or more, not {shown(given)}: {said}") from None
    if numbers.ndim != 1:
        raise SpecError(f"fixed: one set of weights, not an array of shape {numbers.shape}")
    return names, unit_sum(numbers, len(given), "fixed", names)


def _not_numbers(names: tuple[Any, ...] | None, given: list[Any]) -> list[tuple[str, Any]]:
    """Return the values that are no numbers, each with how a message calls its place."""
    found = []
    for at, value in enumerate(given):
        try:
            floats([value])
        except (TypeError, ValueError):
            found.append((repr(names[at]) if names else f"number {at + 1}", value))
    return found
