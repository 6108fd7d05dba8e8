"""Treatments: outliers and skewed distributions brought in, raw totals put in relation to a size.

Every function is `f(x, *, fit_on=None, unit=None, period=None, ...) -> (table, log)`: x is a table or array of units by
indicators, (..., n, k); `table` has the same shape, kind and labels; `log` is a data frame with a line for each touched
cell (`unit, period, indicator, before, after, why`). `unit` and `period` name columns or index levels that label the
rows: they are left out of the arithmetic. `fit_on` are the rows to learn from: a table with the same columns, or
rows of x by mask, slice or label (default: all); later rows are held by the same fences and logged with the same
constants.
`f.fit(x, ...)` returns the treatment alone, to be called on later rows.

Missing stays missing. A column of fewer than four values, or of equal ones, has no shape: it is left untreated, with a
line in the log.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.treat.jrc import *
    from hengdian_index.treat.outliers import *
    from hengdian_index.treat.powers import *
    from hengdian_index.treat.ratios import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
