"""The rank of a score as a formula: one more than there are larger scores among the rows that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._files.sheets import Live, Page
from hengdian_index._present.workbook.places import Column, Places
from hengdian_index._tables.archive import letters
from hengdian_index._tables.scopes import Compared, scopes
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE

# Comparisons that a program makes at once without keeping its user waiting.
_MOST = 10**8


@dataclass(frozen=True)
class Ranks:
    """The ranks of every group, and where the scores stand that they follow from."""

    places: Places

    @cached_property
    def values(self) -> Array:
        """The ranks (n, groups)."""
        return self.places.result.ranks()[list(self.places.groups)].to_numpy()

    @cached_property
    def by_period(self) -> bool:
        """Whether rows are compared with those of their period."""
        panel = self.places.result.panel
        return panel.units is not None and panel.periods is not None

    def page(self) -> Page:
        """Return the ranks in every group."""
        return self.places.page("ranks", [self._column(g) for g in range(len(self.places.groups))], "0")

    def order(self, rows: Sequence[int]) -> list[int]:
        """Return rows by their rank in the whole, those without one last."""
        return sorted(rows, key=lambda i: np.nan_to_num(self.values[i, 0], nan=np.inf))

    def _column(self, g: int) -> Column:
        """Return the ranks in one group, values where a formula would not give them."""
        say, code, ranks = self.places.say, self.places.groups[g], self.values[:, g].tolist()
        if not self._can_be_formulas:
            return Column(
                code,
                [None if rank != rank else int(rank) for rank in ranks],
                self.places.plain(say("too many")),
                code=code,
            )
        scores = self.places.result.scores[code].to_numpy()
        least = TOLERANCE * float(np.nanmax(np.abs(scores), initial=0.0))
        gaps, counted, cells = bool(np.isnan(scores).any()), self._counted(scores, least), list[Any]()
        for i, rank in enumerate(ranks):
            live = rank == counted[i]
            cells.append(None if rank != rank else Live(self._formula(g, i, least, gaps), rank) if live else int(rank))
        why = self.places.plain(say("no count"))
        remarks = {i: why for i, cell in enumerate(cells) if isinstance(cell, int)}
        return Column(code, cells, say("rank by period" if self.by_period else "rank"), remarks, code)

    def _formula(self, g: int, i: int, least: float, gaps: bool) -> str:
        n, sheet = self.places.result.panel.n, self.places.sheet("scores")
        column, own = letters(len(self.places.labels.columns) + g + 1), self.places.at(g, i)
        scores = f"{sheet}!{column}$2:{column}${n + 1}"
        larger = f"({scores}-{sheet}!{own}>{least:.2E})"
        there = f"ISNUMBER({scores})*" if gaps else ""
        label = letters(len(self.places.labels.columns))
        period = f"(${label}$2:${label}${n + 1}=${label}{i + 2})*" if self.by_period else ""
        return f"=1+SUMPRODUCT({period}{there}{larger})" if period or there else f"=1+SUMPRODUCT(--{larger})"

    @cached_property
    def _can_be_formulas(self) -> bool:
        """Whether a formula can tell the rows of a period by its label, and is quickly calculated."""
        panel = self.places.result.panel
        alike = not self.by_period or len(set(panel.labels.get_level_values(-1))) == len(panel.period_labels())
        return alike and panel.n**2 * len(self.places.groups) <= _MOST

    def _counted(self, scores: Array, least: float) -> list[int]:
        """Return what the formulas give (n,), rank by rank."""
        out = np.zeros(len(scores), dtype=int)
        for rows in self._scopes:
            own = np.sort(scores[rows][~np.isnan(scores[rows])])
            out[rows] = 1 + len(own) - np.searchsorted(own, scores[rows] + float(f"{least:.2E}"), side="right")
        return [int(rank) for rank in out]

    @cached_property
    def _scopes(self) -> list[NDArray[np.intp]]:
        codes = scopes(self.places.result.panel, Compared.BY_DEFAULT)
        order = np.argsort(codes, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
