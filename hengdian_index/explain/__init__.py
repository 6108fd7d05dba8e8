"""Explanations of scores: how far subsystems go together, and how unequal units are within and between groups.

Plain functions of data; every answer is a frozen value. Tables inside an answer are pandas tables, whatever came in.
"""

from __future__ import annotations

from hengdian_index.explain.coupling import Coupling, coupling
from hengdian_index.explain.inequality import Dagum, Theil, dagum, theil

__all__ = ["Coupling", "Dagum", "Theil", "coupling", "dagum", "theil"]
