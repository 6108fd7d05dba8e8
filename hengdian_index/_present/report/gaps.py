"""Which rows rest on part of the weight, in words."""

from __future__ import annotations

import numpy as np

from hengdian_index._index.coverage import weight_there
from hengdian_index._index.result import Result
from hengdian_index._words.catalogue import Words
from hengdian_index.plot.layout import Rows, row_names

# Rows that a sentence names.
_NAMED = 10


def partial(result: Result, rows: Rows, say: Words) -> str:
    """Return a sentence that names the rows whose scores rest on part of the weight; empty where there are none."""
    there = weight_there(result)
    some = rows[there[rows] < 100]
    if not len(some):
        return ""
    shown = some[:_NAMED]
    names = zip(row_names(result.panel, shown), there[shown], strict=True)
    named = [say["row there"].format(row=name, share=told(share)) for name, share in names]
    rest = say["more rows"].format(count=len(some) - _NAMED) if len(some) > _NAMED else ""
    return say["partial rows"].format(rows=say["listed"].join(named) + rest)


def told(share: float) -> str:
    """Return a share in per cent, so that what is less than the whole does not read as the whole.

    Examples
    --------
    >>> from hengdian_index._present.report.gaps import told
    >>> told(45.974), told(99.98)
    ('46', '99.9')
    """
    return f"{share:.0f}" if share < 99.5 else f"{np.floor(10 * share) / 10:g}"
