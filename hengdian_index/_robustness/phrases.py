"""What summaries of draws are made of: quantiles and labels in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from hengdian_index._maths.blocks import full_size, power_of_two
from hengdian_index._tables.table import Array

_SHARES = (0.05, 0.5, 0.95)


def spread(values: Array) -> Array:
    """Return mean and 5, 50 and 95 % quantiles (type 7) of each column (4, n), over the draws that give it a value."""
    scale = power_of_two(values, full_size(values))
    if (scale != 1).any():
        # Sums over draws of numbers near the end of the range would leave it.
        return spread(values / scale) * scale
    across = np.ascontiguousarray(values.T)
    if not np.isnan(across.sum()):
        return np.vstack([across.mean(axis=1), np.quantile(across, _SHARES, axis=1)])
    out = np.full((4, len(across)), np.nan)
    some = ~np.isnan(across).all(axis=1)
    out[0, some] = np.nanmean(across[some], axis=1)
    out[1:, some] = np.nanquantile(across[some], _SHARES, axis=1)
    return out


def word(choice: Any) -> str:
    """Return an alternative as text."""
    return "in" if choice is True else "out" if choice is None else str(getattr(choice, "__name__", choice))


def label(row: Any) -> str:
    """Return the label of a row as text."""
    return ", ".join(map(str, row)) if isinstance(row, tuple) else str(row)


def one_of_several(row: Any) -> str:
    """Return the label of a row as text that can stand in a list: the period in brackets.

    Examples
    --------
    >>> from hengdian_index._robustness.phrases import one_of_several
    >>> one_of_several(("Czechia", 2015)), one_of_several("Peru")
    ('Czechia (2015)', 'Peru')
    """
    return f"{row[0]} ({', '.join(map(str, row[1:]))})" if isinstance(row, tuple) and len(row) > 1 else label(row)


def listed_words(labels: list[Any], most: int = 5) -> str:
    """Return labels as text, those past `most` counted."""
    rest = [f"{len(labels) - most} more"] if len(labels) > most else []
    shown = [*map(one_of_several, labels[:most]), *rest]
    front, last = shown[:-1], shown[-1]
    return f"{', '.join(front)} and {last}" if front else last
