"""What the checks of an audit see: the index computed, its rows, its correlations, each prepared once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._audit.registry import SkippedError
from hengdian_index._index import comparability
from hengdian_index._index.comparability import Shares
from hengdian_index._index.fitted import read_rows, read_with
from hengdian_index._index.index import Index
from hengdian_index._index.result import Result
from hengdian_index._scoring.tree import Branch, Tree
from hengdian_index._tables.latest import latest
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.read_panel import read_panel
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import constant
from hengdian_index._words.said import Said
from hengdian_index.diagnose import Correlations, correlations
from hengdian_index.errors import DataError, FaultsError, raise_all, suggestion

# Fewer units have hardly any ranks to lose.
_UNITS = 3


@dataclass(frozen=True, eq=False)
class Context:
    """An index computed on a table, and the rows that are looked at.

    Attributes
    ----------
    index, result
        The index, without indicators it cannot be computed with, and what it gives.
    rows : array (n,)
        Which rows are looked at.
    raw : DataFrame (m, k)
        Their values of all indicators as they came, also of those left out.
    sizes : DataFrame (m, sizes)
        Their denominators, and other columns of sizes.
    left_out : tuple of str
        Indicators without which alone the index can be computed.
    fewest : int
        Rows below which no correlation is judged.
    """

    index: Index
    table: Any
    result: Result
    rows: NDArray[np.bool_]
    raw: pd.DataFrame
    sizes: pd.DataFrame
    left_out: tuple[str, ...]
    draws: int
    rng: int
    fewest: int

    @property
    def tree(self) -> Tree:
        """The tree of what was computed."""
        return self.result.tree

    @cached_property
    def prepared(self) -> pd.DataFrame:
        """Values of all indicators (m, k) as normalisation saw them; of those left out as they came."""
        seen = self.result.prepared[self.rows].reset_index(drop=True)
        raw = self.raw.reset_index(drop=True)
        return pd.DataFrame({code: seen[code] if code in seen else raw[code] for code in raw})

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """Scores of every group and every indicator (m, groups and indicators) that differ between rows."""
        whole = pd.concat([self.result.scores, self.result.normalised], axis=1)[self.rows].reset_index(drop=True)
        return whole.loc[:, (whole.max() > whole.min()).to_numpy()]

    @cached_property
    def _correlations(self) -> Correlations:
        return correlations(self.nodes, pairwise=True)

    @cached_property
    def _r(self) -> Array:
        return np.asarray(self._correlations.r, dtype=np.float64)

    @cached_property
    def _n(self) -> Array:
        return np.asarray(self._correlations.n, dtype=np.float64)

    def _at(self, one: str, two: str) -> tuple[Any, Any]:
        return self.nodes.columns.get_loc(one), self.nodes.columns.get_loc(two)

    def r(self, one: str, two: str) -> float:
        """Return the correlation of two columns of `nodes` over the rows that both have; NaN where there is none."""
        return float(self._r[self._at(one, two)])

    def common(self, one: str, two: str) -> int:
        """Return how many rows two columns of `nodes` both have."""
        return int(self._n[self._at(one, two)])

    def rows_of(self, one: str, two: str, **facts: Any) -> dict[str, Any]:
        """Return the facts of a correlation of two columns of `nodes`, and whether its rows are too few."""
        told = self.doubt(self.common(one, two))
        return {**told, "facts": {**told["facts"], **facts}}

    def doubt(self, rows: int) -> dict[str, Any]:
        """Return why so many rows are too few to judge by, if they are."""
        return {"doubt": "few rows" if rows < self.fewest else "", "facts": {"rows": rows, "least": self.fewest}}

    def groups(self, least: int = 2) -> Iterator[tuple[str, list[str]]]:
        """Yield each group with those of its children whose scores differ between rows, if these are enough."""
        for code in self.tree.groups:
            children = [child for child in self.tree.by_code[code].children if child in self.nodes]
            if len(children) >= least:
                yield code, children

    def pairs(self, group: str, children: Sequence[str]) -> Iterator[tuple[str, float]]:
        """Yield the correlation of each child with its group, where there is one."""
        for child in children:
            if group in self.nodes and np.isfinite(self.r(child, group)):
                yield child, self.r(child, group)

    def parent(self, group: str) -> Branch | None:
        """Return the group above a group."""
        above = self.tree.by_code[group].parent
        return None if above is None else self.tree.by_code[above]

    @cached_property
    def panel(self) -> Panel:
        """The rows looked at."""
        return self.result.panel.pick(self.rows)

    @cached_property
    def due(self) -> NDArray[np.bool_]:
        """Which cells (m, k) the content of their period asks for."""
        return comparability.due(self.result, self.panel, list(map(str, self.raw)))

    def covered(self, least: float) -> dict[str, Shares | None]:
        """Return the share of values of each indicator by period, held against `least`."""
        if least not in self._covered:
            there = self.raw.notna().to_numpy()
            self._covered[least] = {
                code: comparability.covered(self.panel, there[:, j], self.due[:, j], least)
                for j, code in enumerate(map(str, self.raw))
            }
        return self._covered[least]

    @cached_property
    def _covered(self) -> dict[float, dict[str, Shares | None]]:
        """Shares of values by period, by what they were held against."""
        return {}

    @property
    def labels(self) -> list[str]:
        """Text of each row looked at."""
        return [", ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in self.panel.labels]

    @property
    def asked(self) -> list[bool]:
        """The rows looked at as a selector of an index's rows."""
        return [bool(row) for row in self.rows]

    @property
    def units(self) -> int:
        """How many units there are: periods without units are the series of one."""
        if self.panel.units is None:
            return 1 if self.panel.periods is not None else self.panel.n
        return len(set(self.panel.units.tolist()))

    def demand_ranks(self) -> None:
        """Refuse a check that compares units where there are too few."""
        if self.units < _UNITS:
            series = self.units == 1 and self.panel.periods is not None
            raise SkippedError("one series" if series else "few units", units=self.units)

    @property
    def earlier_weights(self) -> bool:
        """Whether weights or content change by period, and not all rows looked at have the latest."""
        *earlier, latest = self.result.contents
        if latest.by_period is not None or self.panel.periods is None:
            return latest.by_period is not None
        return bool(earlier) and bool((self.panel.periods.ordinals < latest.since).any())


def prepared(index: Index, table: Any, sizes: Sequence[str], rows: Any, draws: int, rng: int, fewest: int) -> Context:
    """Return what the checks see of an index on a table."""
    able, result, left_out = _computed(index, table)
    asked = result.panel.select(rows, "rows")
    whole = read_rows(index.tree, index.setting, table)
    raw = result.raw
    for j, code in enumerate(index.tree.codes):
        if code not in raw:
            raw[code] = _beside(whole, whole.values[:, j], result.panel)
    used = dict.fromkeys(leaf.denominator for leaf in index.tree.leaves if leaf.denominator is not None)
    columns = {name: _beside(whole, whole.values[:, whole.columns.index(name)], result.panel) for name in used}
    more = [name for name in dict.fromkeys(sizes) if name not in used]
    if more:
        _known(more, (*whole.columns, *whole.unused))
        setting = index.setting
        # The units are those that were read before, whatever these columns alone make them look like.
        only = setting.units if whole.units is None else list(dict.fromkeys(whole.unit_list()))
        exclude = setting.exclude or () if whole.units is None else ()
        period, form = read_with(setting, table)
        labels: dict[str, Any] = {"unit": setting.unit, "period": period, "to_date": index.tree.to_date}
        read = read_panel(table, more, **labels, only=only, exclude=exclude, form=form)
        read = latest(read) if form.latest else read
        columns |= {name: _beside(read, read.values[:, j], result.panel) for j, name in enumerate(more)}
    beside = pd.DataFrame(columns, index=raw.index)
    ordered = raw[list(index.tree.codes)]
    return Context(able, table, result, asked, ordered[asked], beside[asked], left_out, draws, rng, fewest)


def _known(sizes: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse sizes that the table does not have."""
    lost = [name for name in sizes if name not in columns]
    raise_all(
        DataError,
        [Said("sizes: no column {name!r}{guess}", name=name, guess=suggestion(name, columns)) for name in lost],
    )


def _computed(index: Index, table: Any) -> tuple[Index, Result, tuple[str, ...]]:
    """Return the index computed, if need be without the indicators that say nothing or have too few values."""
    try:
        return index, index.compute(table), ()
    except DataError as error:
        silent = _silent(index, table)
        if not silent or len(silent) == len(index.tree.codes):
            raise
        try:
            able = index.replace(dict.fromkeys(silent))
            return able, able.compute(table), silent
        except FaultsError:
            raise error from None


def _silent(index: Index, table: Any) -> tuple[str, ...]:
    """Return the indicators that are constant over the fit rows, or have fewer values than their coverage asks for."""
    panel = read_rows(index.tree, index.setting, table)
    panel = panel.pick(panel.select(index.setting.fit_on, "fit_on"))
    found = []
    for leaf, column in zip(index.tree.leaves, panel.values.T, strict=False):
        there = column[~np.isnan(column)]
        few = leaf.coverage is not None and len(there) < leaf.coverage * len(column)
        if leaf.build is None and (few or not len(there) or constant(there.min(), there.max())):
            found.append(leaf.code)
    return tuple(found)


def _beside(panel: Panel, values: Any, wanted: Panel) -> Any:
    """Return a column of other rows in the order of those wanted; screening may have left some of them out."""
    if panel.n == wanted.n:
        return values
    return pd.Series(values, index=panel.labels).reindex(wanted.labels).to_numpy()
