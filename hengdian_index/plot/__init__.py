"""Pictures of results with matplotlib: each function draws into `ax` or into a new figure, and returns the axes.

`result.plot`, `uncertainty.plot` and `sensitivity.plot` have them as methods. `save` writes a picture so that the same
numbers give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hengdian_index.plot.contributions import change as change
from hengdian_index.plot.contributions import level as level
from hengdian_index.plot.contributions import waterfall as waterfall
from hengdian_index.plot.framework import framework as framework
from hengdian_index.plot.indicators import correlations as correlations
from hengdian_index.plot.indicators import treatment as treatment
from hengdian_index.plot.profiles import radar as radar
from hengdian_index.plot.ranking import ranking as ranking
from hengdian_index.plot.series import lines as lines
from hengdian_index.plot.style import save as save
from hengdian_index.plot.uncertainty import bars as bars
from hengdian_index.plot.uncertainty import rank_frequency as rank_frequency
from hengdian_index.plot.uncertainty import rank_intervals as rank_intervals
from hengdian_index.plot.uncertainty import score_intervals as score_intervals


def _named(*functions: Callable[..., Any]) -> Mapping[str, Callable[..., Any]]:
    return {function.__name__: function for function in functions}


OF_RESULT = _named(lines, level, change, waterfall, ranking, framework, radar, correlations, treatment)
OF_UNCERTAINTY = _named(rank_intervals, rank_frequency, score_intervals)
OF_SENSITIVITY = _named(bars)
