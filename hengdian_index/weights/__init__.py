"""Weights of indicators: learnt from the data, or judged.

An objective method is `f(x, ...) -> weights`: x is a table or array of units by indicators, (..., n, k), used as given
(inside an index: directed and normalised, but for merec, cilos and idocriw); the answer is non-negative and sums to 1,
a Series by column name where x has names. A judged method takes the judgement instead of x. Missing values are left out
column by column; methods of correlation use the rows complete in all columns. A constant column gets weight 0 where the
formula says 0, with a line in the log; where the formula says nothing it is refused. One row, or columns that are all
constant, are refused.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.weights.ahp import *
    from hengdian_index.weights.best_worst import *
    from hengdian_index.weights.columns import *
    from hengdian_index.weights.combined import *
    from hengdian_index.weights.correlation import *
    from hengdian_index.weights.judged import *
    from hengdian_index.weights.likelihood import *
    from hengdian_index.weights.matched import *
    from hengdian_index.weights.principal import *
    from hengdian_index.weights.removal import *
    from hengdian_index.weights.scatter import *
    from hengdian_index.weights.spread import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
