"""Weights from pairwise judgements, as a word in the spec of an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from hengdian_index.ahp import group, priorities, verdict
from hengdian_index.decorators import weighting
from hengdian_index.errors import SpecError, raise_all
from hengdian_index.journal import note
from hengdian_index.rows.table import Array


@weighting(
    sees="judgement",
    formula=lambda solver, **_: {
        "eigenvector": r"A w = \lambda_{\max} w",
        "geometric": r"w_j \propto \left(\prod_l a_{jl}\right)^{1/k}",
        "arithmetic": r"w_j = \frac{1}{k} \sum_l \frac{a_{jl}}{\sum_m a_{ml}}",
    }[solver],
    chinese="层次分析法（AHP）",
)
def ahp(
    matrix: Any,
    *,
    items: Any = None,
    solver: Literal["eigenvector", "geometric", "arithmetic"] = "eigenvector",
    random_index: Any = "saaty",
    inconsistent: Literal["raise", "note"] = "raise",
    how: Literal["aij", "aip"] = "aij",
    shares: Any = None,
) -> tuple[tuple[Any, ...] | None, Array]:
    """Weights from a pairwise comparison matrix, or one from each of several people (analytic hierarchy process).

    Parameters
    ----------
    matrix : table, nested list or mapping of mappings, or a list of these
        Judgements as `hi.ahp.priorities` takes them: numbers or fractions as text, one triangle is enough. Of several
        people: a list of matrices, combined as by `hi.ahp.combine`.
    items : sequence of names, optional
        What the rows of a nested list stand for; without it, the children of the group in their order.
    solver : {"eigenvector", "geometric", "arithmetic"}
        How the priorities are found.
    random_index : str or float
        Table (or number) for the consistency ratio.
    inconsistent : {"raise", "note"}
        Refuse judgements that contradict each other (CR of 0.1 or more), or go on with a line in the log. Of several
        people: the combined matrix of "aij", each matrix of "aip"; single ones of "aij" are noted.
    how : {"aij", "aip"}
        Of several people: combine judgements, or each one's priorities.
    shares : sequence, optional
        Of several people: how much each counts (equal).

    Raises
    ------
    SpecError
        An inconsistent matrix; the message gives the consistency ratio and the judgement to look at. Shares with one
        matrix.

    Notes
    -----
    Source and proof: `hi.ahp.priorities`, `hi.ahp.combine`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.ahp({"quality": {"price": 3}})
    quality    0.75
    price      0.25
    Name: weight, dtype: float64
    """
    names = tuple(items) if items else None
    several = group.is_several(matrix)
    if shares is not None and not several:
        raise SpecError("ahp: shares say how much each person counts: give a list of matrices with them")
    people = [_named(one, names) for one in matrix] if several else [_named(matrix, names)]
    pooled = people[0]
    if several:
        pooled = group.combine(people, how=how, shares=shares, method=solver if how == "aip" else None)
        doubts = {f"matrix {i}: ": _doubt(one, solver, random_index) for i, one in enumerate(people)}
        _answer(doubts, "note" if how == "aij" else inconsistent)
    if not several or how == "aij":
        _answer({"": _doubt(pooled, solver, random_index)}, inconsistent)
        pooled = priorities(pooled, method=solver, random_index=random_index).weights
    return tuple(pooled.index) if hasattr(pooled, "index") else None, np.asarray(pooled, dtype=np.float64)


def _doubt(matrix: Any, solver: str, random_index: Any) -> str:
    """Return how a matrix contradicts itself, or an empty text."""
    if priorities(matrix, method=solver, random_index=random_index).consistent:
        return ""
    return verdict(matrix, method=solver, random_index=random_index)


def _answer(doubts: Mapping[str, str], inconsistent: str) -> None:
    """Refuse or note the matrices that contradict themselves."""
    texts = [f"ahp: {which}{text}" for which, text in doubts.items() if text]
    if inconsistent == "raise":
        raise_all(SpecError, [f"{text}; correct it, or inconsistent = 'note'" for text in texts])
    for text in texts:
        note("weights", text)


def _named(matrix: Any, names: tuple[Any, ...] | None) -> Any:
    """Return a nested list of judgements as a mapping of mappings, so that messages can name them."""
    if names is None or isinstance(matrix, Mapping) or hasattr(matrix, "columns"):
        return matrix
    rows = [list(row) for row in matrix]
    if any(len(row) != len(names) for row in rows) or len(rows) != len(names):
        raise SpecError(f"ahp: the matrix has {len(rows)} rows for {len(names)} items {list(names)}")
    return {name: dict(zip(names, row, strict=True)) for name, row in zip(names, rows, strict=True)}
