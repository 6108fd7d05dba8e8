"""Scores of rows from their normalised indicators and weights.

Every function is `f(x, w=None, *, missing="reweight", coverage=0.65, ...)`: x is a table or array of units by
indicators, (..., n, k); w are weights by column name or in column order (default: equal), rescaled to sum 1; the answer
is one score a row, labelled like the rows. On an array, weights by key go by position, and m sets of weights (m, k)
give scores (m, n), whatever m and n. `missing="reweight"` leaves missing columns out and divides by the remaining
weight; a row with a smaller share of present columns than `coverage` has no score. `"propagate"` gives no score to any
row with a gap, `"raise"` refuses it. Missing is never counted as 0.

Set-wise methods (Copeland, Kemeny, Borda, PROMETHEE, ELECTRE, TOPSIS, VIKOR, EDAS, CODAS, MABAC, CoCoSo, COPRAS, ARAS,
MARCOS, WASPAS, MOORA, MULTIMOORA, projection pursuit, grey relation, rank-sum ratio, Wroclaw, benefit of the doubt)
compare the rows with each other: another row may change every score, and a row without a score takes no part. Higher
is always better, also where the source has "lower is better".
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.aggregate.benefit_of_the_doubt import *
    from hengdian_index.aggregate.catastrophe import *
    from hengdian_index.aggregate.counting import *
    from hengdian_index.aggregate.distance import *
    from hengdian_index.aggregate.means import *
    from hengdian_index.aggregate.ordered import *
    from hengdian_index.aggregate.penalties import *
    from hengdian_index.aggregate.preferences import *
    from hengdian_index.aggregate.projection import *
    from hengdian_index.aggregate.quasi_arithmetic import *
    from hengdian_index.aggregate.rank_sum import *
    from hengdian_index.aggregate.ranking import *
    from hengdian_index.aggregate.ratios import *
    from hengdian_index.aggregate.references import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
