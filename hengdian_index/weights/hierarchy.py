"""Weights from pairwise judgements, as a word in the spec of an index."""

from __future__ import annotations

from collections.abc import Mapping
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
    names = None if isinstance(matrix, Mapping) or hasattr(matrix, "columns") or not items else tuple(items)
    found = _named(matrix, names)
    answer = priorities(found, method=solver, random_index=random_index)
    if not answer.consistent:
        text = verdict(found, method=solver, random_index=random_index)
        if inconsistent == "raise":
            raise SpecError(f"ahp: {text}; correct it, or inconsistent = 'note'")
        note("weights", f"ahp: {text}")
    labels = tuple(answer.weights.index) if hasattr(answer.weights, "index") else None
    return labels, np.asarray(answer.weights, dtype=np.float64)


def _named(matrix: Any, names: tuple[Any, ...] | None) -> Any:
    """Return a nested list of judgements as a mapping of mappings, so that messages can name them."""
    if names is None:
        return matrix
    rows = [list(row) for row in matrix]
    if any(len(row) != len(names) for row in rows) or len(rows) != len(names):
        raise SpecError(f"ahp: the matrix has {len(rows)} rows for {len(names)} items {list(names)}")
    return {name: dict(zip(names, row, strict=True)) for name, row in zip(names, rows, strict=True)}
