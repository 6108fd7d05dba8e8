"""Indexes of business climate (prosperity): answer shares, purchasing managers, confidence, breadth, the cycle.

The data are columns, one number a row: series of one table, arrays, or plain numbers. What goes in comes out: a series
with its labels, an array, a number. Shares, balances and diffusion indexes are in per cent. A row that lacks a value
it needs is missing, with a line in the log. `breadth` and `cycle` work through time: the rows are one unit's, one
period after the other; a period left out is refused by name.
"""

from __future__ import annotations

from hengdian_index._methods.registry import names_of
from hengdian_index.climate.cycle import *
from hengdian_index.climate.opinions import *

__getattr__, __dir__ = names_of("climate", globals(), "Cycle")

__all__ = __dir__()  # what help() shows
