"""What a study asks for: an index, its rows, what is uncertain, and the choices and data of each draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._index import engine
from hengdian_index._index.index import Index
from hengdian_index._robustness.factors import Factor
from hengdian_index._scoring.contents import changes
from hengdian_index._scoring.plan import comparing
from hengdian_index._scoring.preparation import columns_asked
from hengdian_index._scoring.tree import Setting, Tree
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array

# More combinations of alternatives than this are tried only where they are drawn.
_MOST = 1024

# Words in an address of a choice that moves neither the base rows nor which rows are compared.
_HARMLESS = {"normalise", "weights", "treat", "direction", "missing", "coverage", "impute"}


@dataclass(frozen=True, eq=False)
class Asked:
    """An index, its data, what is uncertain, and the rows and the group that are asked for."""

    index: Index
    table: Any
    panel: Panel
    factors: tuple[Factor, ...]
    node: str
    asked: NDArray[np.intp]
    scopes: tuple[NDArray[np.intp], ...]

    @cached_property
    def places(self) -> dict[str, slice]:
        """Columns of uniform numbers of each factor."""
        ends = np.cumsum([0, *(factor.size for factor in self.factors)])
        return {factor.address: slice(a, b) for factor, a, b in zip(self.factors, ends, ends[1:], strict=False)}

    @property
    def size(self) -> int:
        """Number of uniform numbers a draw."""
        return sum(factor.size for factor in self.factors)

    @cached_property
    def needed(self) -> NDArray[np.intp]:
        """Rows that are scored: those asked for, those of the base, all where methods compare rows or levels chain."""
        setting = self.index.setting
        tree = self.index.tree
        moved = any(
            factor.kind == "levels" and not set(factor.address.split(".")) & _HARMLESS for factor in self.factors
        )
        if moved or not is_plain(tree, setting, self.panel) or comparing(tree):
            return np.arange(self.panel.n)
        rows = np.zeros(self.panel.n, dtype=np.bool_)
        rows[self.asked] = True
        if setting.base is not None:
            rows |= self.panel.select(setting.base, "base")
        return np.flatnonzero(rows)

    def keys(self, u: Array) -> NDArray[Any]:
        """Return the combination of each draw (draws, choices): positions of alternatives, or numbers."""
        choices = [factor for factor in self.factors if factor.kind in ("levels", "number")]
        columns = [factor.values(u[:, self.places[factor.address]]) for factor in choices]
        return np.column_stack(columns) if columns else np.zeros((len(u), 0))

    def changes(self, key: Sequence[float]) -> dict[str, Any]:
        """Return the changes to the index that a combination stands for, at their addresses."""
        choices = [factor for factor in self.factors if factor.kind in ("levels", "number")]
        found = {}
        for factor, value in zip(choices, key, strict=True):
            found[factor.address] = factor.given[int(value)] if factor.kind == "levels" else float(value)
        return {address: value for address, value in found.items() if value is not True}

    def combinations(self) -> Iterator[tuple[float, ...]]:
        """Yield every combination of alternatives, none if there are numbers among the factors or too many."""
        choices = [factor for factor in self.factors if factor.kind in ("levels", "number")]
        if any(factor.kind == "number" for factor in choices):
            return
        if np.prod([len(factor.given) for factor in choices], dtype=float) <= _MOST:
            yield from product(*(map(float, range(len(factor.given))) for factor in choices))

    def table_rows(self, u: Array) -> Panel:
        """Return the rows of one draw (size,) with all columns that its index asks for."""
        key = tuple(map(float, self.keys(u[np.newaxis])[0]))
        return self.laid(self.rows(u), self.index.replace(self.changes(key)).tree)

    def again(self, u: Array) -> Panel | None:
        """Return the fit rows of one draw (size,), drawn again; None where they are not."""
        for factor in self.factors:
            if factor.kind == "bootstrap":
                shown = self.panel.pick(self.panel.select(self.index.setting.fit_on, "fit_on"))
                return drawn_again(shown, u[self.places[factor.address]][0])
        return None

    def rows(self, u: Array) -> Panel:
        """Return the rows of one draw (size,), with its errors of measurement."""
        values = np.array(self.panel.values)
        for factor in self.factors:
            if factor.kind == "data":
                at = [self.panel.columns.index(code) for code in factor.parts]
                draws = np.random.default_rng(seed_of(u[self.places[factor.address]][0]))
                values[:, at] = factor.given.data(values[:, at], draws)
        return replace(self.panel, values=values)

    def laid(self, panel: Panel, tree: Tree) -> Panel:
        """Return rows with the columns that a tree asks for, read again where they lack some."""
        codes, (sizes, groups) = tree.codes, columns_asked(tree)
        made = [leaf.code for leaf in tree.leaves if leaf.build is not None]
        absent = {*codes, *sizes} - {*panel.columns, *made}
        if absent or set(groups) - set(panel.groups):
            return self._reread(panel, tree)
        return panel if panel.columns == (*codes, *sizes) else panel.laid_out((*codes, *sizes))

    def _reread(self, panel: Panel, tree: Tree) -> Panel:
        """Return rows with columns that they lack, read from the table; those they have stay."""
        again = engine.read(tree, self.index.setting, self.table)
        if again.n != panel.n:
            at = again.labels.get_indexer(panel.labels)
            again = again.pick(at)
        values = np.array(again.values, order="F")
        for j, name in enumerate(again.columns):
            if name in panel.columns:
                values[:, j] = panel.values[:, panel.columns.index(name)]
        return replace(again, values=values)

    def only_needed(self, panel: Panel) -> Panel:
        """Return the rows that are scored."""
        return panel if len(self.needed) == panel.n else panel.pick(self.needed)


def is_plain(tree: Tree, setting: Setting, panel: Panel) -> bool:
    """Return whether levels are scores, one tree holds throughout, and no unit enters after the base period."""
    one_tree = setting.series == "fixed" and setting.weigh_on != "period" and not changes(tree)
    return one_tree and not (setting.new_units in ("link", "restate") and _enters(panel, setting.base))


def _enters(panel: Panel, base: Any) -> bool:
    """Return whether a unit may have a series without a level in the base period: it lacks values in it."""
    if base is None or panel.units is None:
        return False
    codes = panel.unit_codes()
    known = codes[panel.select(base, "base") & ~np.isnan(panel.values).any(axis=1)]
    return len(np.unique(known)) < len(np.unique(codes))


def seed_of(u: float) -> int:
    """Return the seed that a uniform number stands for."""
    return int(u * 2**53)


def drawn_again(rows: Panel, u: float) -> Panel:
    """Return fit rows drawn again with replacement, whole units at a time where rows have units."""
    draws = np.random.default_rng(seed_of(u))
    codes = rows.unit_codes() if rows.units is not None else np.arange(rows.n)
    chosen = draws.integers(0, codes.max() + 1, codes.max() + 1)
    return rows.pick(np.concatenate([np.flatnonzero(codes == code) for code in chosen]))
