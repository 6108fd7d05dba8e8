"""Normalisations: indicators of any unit on one scale, larger always better.

Every function is `f(x, *, fit_on=None, direction=1, ...)`: x is a table or array of units by indicators, (..., n, k);
the answer has the same shape, kind and labels, and missing stays missing. `fit_on` are the rows to learn from: a table
with the same columns, or rows of x by mask, slice or label (default: all). `direction` is 1 (larger is better), -1,
`hi.Target(value)` or `hi.Between(low, high)`: one for all, or a mapping by column. `f.fit(x, ...)` returns the map
alone, for later rows. A column without spread is refused by name, unless `constant` gives the score it shall have.

Source, unless another is named: OECD/JRC Handbook on Constructing Composite Indicators (2008), step 5.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.normalise.centred import *
    from hengdian_index.normalise.rank_scores import *
    from hengdian_index.normalise.ranks import *
    from hengdian_index.normalise.relatives import *
    from hengdian_index.normalise.roots import *
    from hengdian_index.normalise.scales import *
    from hengdian_index.normalise.sizes import *
    from hengdian_index.normalise.steps import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
