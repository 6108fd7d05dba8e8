"""Weights from pairwise judgements, as a word in the spec of an index."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from hengdian_index.ahp import priorities, verdict
from hengdian_index.decorators import weighting
from hengdian_index.errors import SpecError
from hengdian_index.journal import note
from hengdian_index.rows.table import Array


@weighting(sees="judgement")
def ahp(
    matrix: Any,
    *,
    items: Any = None,
    solver: Literal["eigenvector", "geometric", "arithmetic"] = "eigenvector",
    random_index: Any = "saaty",
    inconsistent: Literal["raise", "note"] = "raise",
) -> tuple[tuple[Any, ...] | None, Array]:
    """Weights from a pairwise comparison matrix (analytic hierarchy process).

    Parameters
    ----------
    matrix : table, nested list or mapping of mappings
        Judgements as `hi.ahp.priorities` takes them: numbers or fractions as text, one triangle is enough.
    items : sequence of names, optional
        What the rows of a nested list stand for; without it, the children of the group in their order.
    solver : {"eigenvector", "geometric", "arithmetic"}
        How the priorities are found.
    random_index : str or float
        Table (or number) for the consistency ratio.
    inconsistent : {"raise", "note"}
        Refuse judgements that contradict each other (CR of 0.1 or more), or go on with a line in the log.

    Raises
    ------
    SpecError
        An inconsistent matrix; the message gives the consistency ratio and the judgement to look at.

    Notes
    -----
    Source and proof: `hi.ahp.priorities`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.ahp({"quality": {"price": 3}})
    quality    0.75
    price      0.25
    Name: weight, dtype: float64
    """
    found = priorities(matrix, method=solver, random_index=random_index)
    if not found.consistent:
        text = verdict(matrix, method=solver, random_index=random_index)
        if inconsistent == "raise":
            raise SpecError(f"ahp: {text}")
        note("weights", f"ahp: {text}")
    names = tuple(found.weights.index) if hasattr(found.weights, "index") else items and tuple(items)
    values = np.asarray(found.weights, dtype=np.float64)
    if names and len(names) != len(values):
        raise SpecError(f"ahp: {len(names)} items for a matrix of {len(values)} rows")
    return names or None, values
