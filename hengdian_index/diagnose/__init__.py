"""Diagnosis of a table of indicators: what is there, how it is distributed, and how the indicators go together.

Plain functions of a table or array (n, k) of units by indicators; data are looked at, never changed. Tables in the
answers are pandas tables, named after the columns of x (by position for an array), whatever came in. Groups of
columns are given as {group: [columns]}, as {column: group}, or as one label for each column; a column that bears the
name of a group is the group's own score: it needs no group, and correlations compare it with the group's members.
Correlations need the rows complete in all columns (of the group); only `pairwise=True` takes for each pair of columns
the rows that both have, and the answer says so.
"""

from typing import TYPE_CHECKING

from hengdian_index._system.folder import family
from hengdian_index.errors import suggestion

if TYPE_CHECKING:
    from hengdian_index.diagnose.components import *
    from hengdian_index.diagnose.correlation import *
    from hengdian_index.diagnose.description import *
    from hengdian_index.diagnose.reliability import *
else:
    __all__, __getattr__, __dir__ = family(__name__, suggestion)
