"""Indexes of business climate (prosperity): answer shares, purchasing managers, confidence, breadth, the cycle.

The data are columns, one number a row: series of one table, arrays, or plain numbers. What goes in comes out: a series
with its labels, an array, a number. Shares, balances and diffusion indexes are in per cent. A row that lacks a value
it needs is missing, with a line in the log. `breadth` and `cycle` work through time: the rows are one unit's, one
period after the other; a period left out is refused by name.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.climate.cycle import *
    from hengdian_index.climate.opinions import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
