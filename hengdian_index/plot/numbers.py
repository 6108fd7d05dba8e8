"""Numbers in pictures and pages: decimals, and whether a change is in per cent or in points."""

from __future__ import annotations

from typing import Any

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._tables.table import Array


def in_points(result: Result, base: Any = None, to: float | None = None) -> bool:
    """Return whether changes are said in points: of scores without a base, on a scale that goes to 0 or below it."""
    if base is not None or to is not None or result.setting.base is not None:
        return False
    levels = result.course.levels[:, 0]
    return bool((result.rows.leaves < 0).any() or (levels <= 0).any())


def decimals_of(levels: Array) -> int:
    """Return decimals of levels that are set beside one another.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.plot.numbers import decimals_of
    >>> decimals_of(np.array([108.9, 97.3])), decimals_of(np.array([0.7, -0.31, np.nan]))
    (1, 3)
    """
    return int(np.clip(2 - _power(levels), 1, 3))


def decimals_of_steps(steps: Array) -> int:
    """Return decimals of steps: two, more where the largest would not have three digits.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.plot.numbers import decimals_of_steps
    >>> decimals_of_steps(np.array([3.2, -0.004])), decimals_of_steps(np.array([0.0031, -0.0004]))
    (2, 5)
    """
    return int(np.clip(2 - _power(steps), 2, 6)) if np.any(steps) else 2


def _power(values: Array) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(np.floor(np.log10(max(float(finite.max(initial=0)), 1e-9))))
