"""Imputations: missing values filled, each with the reason in a log.

Every function is `f(x, ..., unit=None, period=None) -> (table, log)`: x is a table or array of units by indicators,
(n, k) or a stack (..., n, k) of them; `table` has the same shape, kind and labels, and the values that were there are
never changed; `log` is a data frame with one line for each cell that was missing (`unit, period, indicator, before,
after, why`), also for those that could not be filled: they stay missing, and the line says why. `unit` and `period`
name columns or index levels that label the rows (or hold the labels themselves): they are left out of the arithmetic.
What learns from other rows takes `fit_on`: a table with the same columns, or rows of x by mask, slice or label (all).
`f.fit(x, ...)` returns the filler alone, to be called on later rows.

An indicator with no value at all in the rows to learn from is refused by name.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.impute.averages import *
    from hengdian_index.impute.learned import *
    from hengdian_index.impute.over_time import *
    from hengdian_index.impute.peers import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
