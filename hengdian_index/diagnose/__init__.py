"""Diagnosis of a table of indicators: what is there, how it is distributed, and how the indicators go together.

Plain functions of a table or array (n, k) of units by indicators; data are looked at, never changed. Tables in the
answers are pandas tables, named after the columns of x (by position for an array), whatever came in. Groups of
columns are given as {group: [columns]}, as {column: group}, or as one label for each column; a column that bears the
name of a group is the group's own score: it needs no group, and correlations compare it with the group's members.
Correlations need the rows complete in all columns (of the group); only `pairwise=True` takes for each pair of columns
the rows that both have, and the answer says so.
"""

from __future__ import annotations

from hengdian_index.diagnose.components import PrincipalComponents, principal_components
from hengdian_index.diagnose.correlation import Correlations, correlations, flags
from hengdian_index.diagnose.description import availability, describe
from hengdian_index.diagnose.reliability import Alpha, Bartlett, Kmo, bartlett, cronbach_alpha, kmo

__all__ = [
    "Alpha",
    "Bartlett",
    "Correlations",
    "Kmo",
    "PrincipalComponents",
    "availability",
    "bartlett",
    "correlations",
    "cronbach_alpha",
    "describe",
    "flags",
    "kmo",
    "principal_components",
]
