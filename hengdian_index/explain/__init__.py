"""Explanations of scores: how far subsystems go together, and how unequal units are within and between groups.

Plain functions of data; every answer is a frozen value. Tables inside an answer are pandas tables, whatever came in.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.explain.convergence import *
    from hengdian_index.explain.coupling import *
    from hengdian_index.explain.density import *
    from hengdian_index.explain.grades import *
    from hengdian_index.explain.inequality import *
    from hengdian_index.explain.moran import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
