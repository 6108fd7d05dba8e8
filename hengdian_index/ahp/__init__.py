"""Analytic hierarchy process: weights from pairwise comparisons, how consistent they are, and what to ask again.

A judgement a_ij says how many times more important item i is than item j. Functions here take one matrix as a nested
list, an array, a pandas, polars or pyarrow table (columns found by name) or a mapping row -> {column: judgement}.
Entries are numbers, text fractions ("1/3", "1/2.5"), or NaN, None or "" where nothing was asked. The diagonal is 1;
one triangle is enough. Where both are given the upper one is used, and a_ij a_ji must be 1 within .03 or the smaller
of the two the other's reciprocal to two decimals, such as 8 and .13 (else DataError, all pairs listed).

In a hierarchy the scores of the alternatives are the sum over criteria of w_c times their local priorities; local
priorities are never rounded.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.ahp.alternatives import *
    from hengdian_index.ahp.completion import *
    from hengdian_index.ahp.dematel import *
    from hengdian_index.ahp.fuzzy import *
    from hengdian_index.ahp.group import *
    from hengdian_index.ahp.priorities import *
    from hengdian_index.ahp.random_indexes import *
    from hengdian_index.ahp.revision import *
    from hengdian_index.ahp.rounds import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
