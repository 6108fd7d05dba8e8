"""Stata, by the snippet for entropy weights of a panel that is copied from page to page."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.index import Index
from hengdian_index._robustness.tools import Convention
from hengdian_index._robustness.tools._flat import flat
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError
from hengdian_index.normalise import min_max, share
from hengdian_index.weights import entropy

NAME = "Stata"
_ADDED = 1e-10


def _by_years(x: Any) -> Any:
    """Return entropy weights whose logarithm is that of the years: 1 + sum p ln p / ln T over all rows, normalised."""
    frame = pd.DataFrame(x)
    years = frame.index.get_level_values(-1).nunique()
    units = frame.index.get_level_values(0).nunique() if frame.index.nlevels == 2 else 1
    # Rows without labels may be those of a panel, and nothing says how many years it has.
    if years < 2 or years * units != len(frame) or isinstance(frame.index, pd.RangeIndex):
        raise DataError(Said("the snippet is for a panel: rows labelled by unit and period, each unit in every period"))
    p = share(min_max(frame)) + _ADDED
    information = 1 + (p * np.log(p)).sum() / np.log(years)
    return information / information.sum()


CONVENTIONS = (
    Convention(
        of=entropy,
        theirs=_by_years,
        why=Said(
            "the snippet sums over all units and years but divides by the logarithm of the years alone, so that every"
            " 1 - e is below 0 and the order of the weights is turned round; here it is the logarithm of the rows that"
            " are summed over"
        ),
        source="https://blog.csdn.net/qq_39760686/article/details/140726598",
    ),
    Convention(
        of=Index,
        theirs=flat,
        why=Said(
            "the snippet weighs all indicators at once; here those of each group are weighed among themselves, and the"
            " weight of an indicator in the whole is the product down the tree"
        ),
        source="https://blog.csdn.net/qq_39760686/article/details/140726598",
    ),
)
