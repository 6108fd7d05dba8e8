"""Series over time: rebased, linked, chained from growth rates, their changes, contributions and seasonal part.

Plain functions of data by period. What goes in comes out: a pandas Series or DataFrame keeps its index, and everything
is counted by the calendar that its labels say, in whatever order they stand.
"""

from __future__ import annotations

from hengdian_index.series.chaining import chain
from hengdian_index.series.changes import changes, growth
from hengdian_index.series.contributions import contributions
from hengdian_index.series.linking import Link, link
from hengdian_index.series.rebasing import rebase, relatives
from hengdian_index.series.seasonal import Deseasonalised, deseasonalise

__all__ = [
    "Deseasonalised",
    "Link",
    "chain",
    "changes",
    "contributions",
    "deseasonalise",
    "growth",
    "link",
    "rebase",
    "relatives",
]
