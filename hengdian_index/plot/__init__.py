"""Pictures of results with matplotlib: each function draws into `ax` or into a new figure, and returns the axes.

`result.plot`, `uncertainty.plot`, `sensitivity.plot` and `comparison.plot` have them as methods. `save` writes a
picture so that the same numbers give the same bytes.
"""

from __future__ import annotations

from hengdian_index.plot.comparison import shift, slope
from hengdian_index.plot.contributions import change, level, waterfall
from hengdian_index.plot.distribution import distribution
from hengdian_index.plot.framework import framework
from hengdian_index.plot.indicators import correlations, treatment
from hengdian_index.plot.multiples import multiples
from hengdian_index.plot.profiles import radar
from hengdian_index.plot.ranking import ranking
from hengdian_index.plot.scatter import scatter
from hengdian_index.plot.series import lines
from hengdian_index.plot.style import save
from hengdian_index.plot.uncertainty import bars, rank_frequency, rank_intervals, score_intervals

__all__ = [
    "bars",
    "change",
    "correlations",
    "distribution",
    "framework",
    "level",
    "lines",
    "multiples",
    "radar",
    "rank_frequency",
    "rank_intervals",
    "ranking",
    "save",
    "scatter",
    "score_intervals",
    "shift",
    "slope",
    "treatment",
    "waterfall",
]

# What results, draws, indices of sensitivity and comparisons have as methods, by name.
_RESULT = (
    lines,
    multiples,
    level,
    change,
    waterfall,
    ranking,
    framework,
    radar,
    correlations,
    distribution,
    scatter,
    treatment,
)
OF_RESULT = {function.__name__: function for function in _RESULT}
OF_UNCERTAINTY = {function.__name__: function for function in (rank_intervals, rank_frequency, score_intervals)}
OF_SENSITIVITY = {function.__name__: function for function in (bars,)}
OF_COMPARISON = {function.__name__: function for function in (slope, shift)}


def __dir__() -> list[str]:
    return __all__
