"""Series over time: rebased, linked, chained from growth rates, taken from figures to date; changes and seasonal part.

Plain functions of data by period. What goes in comes out: a pandas Series or DataFrame keeps its index, and everything
is counted by the calendar that its labels say, in whatever order they stand.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.series.chaining import *
    from hengdian_index.series.changes import *
    from hengdian_index.series.contributions import *
    from hengdian_index.series.cumulation import *
    from hengdian_index.series.linking import *
    from hengdian_index.series.rebasing import *
    from hengdian_index.series.seasonal import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
