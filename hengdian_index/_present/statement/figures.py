"""A score, or a value that is built of columns, in figures: the arithmetic of its method with the row's numbers."""

from __future__ import annotations

import numpy as np

from hengdian_index._methods.figures import Built, Figure, Row, figures_of
from hengdian_index._scoring.choice import Choice


def figures(choice: Choice, row: Row) -> list[Figure]:
    """Return the steps to the aggregate of a row, the last of which gives its score; none where no arithmetic does."""
    found = figures_of(choice.method, row, {"w": row.w, "z": row.z, "k": len(row.w)})
    return found if found and np.isclose(found[-1].value, row.score, rtol=1e-9, atol=1e-12) else []


def composed(choice: Choice, built: Built) -> str:
    """Return how a value follows from the columns of its row, nothing where it follows from other rows too."""
    found = figures_of(choice.method, built, built.single)
    return found[-1].formula if found else ""


def compares(choice: Choice) -> bool:
    """Return whether a method compares rows, so that a score depends on others."""
    return bool(choice.method.declared("set_wise", choice.complete()))
