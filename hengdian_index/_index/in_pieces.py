"""A fit and a source: the columns that are read, what is read into memory, scores written into a folder."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._batches.choices import needing_all
from hengdian_index._batches.held import held
from hengdian_index._batches.reading import Batch, Layout
from hengdian_index._batches.source import PARQUET, Source, in_the_same_pieces, is_lazy, source_of, source_of_table
from hengdian_index._batches.written import Scoring, Written, write
from hengdian_index._index.stored_file import seal
from hengdian_index._index.unit_groups import columns_of_units
from hengdian_index._levels.courses import matrix
from hengdian_index._scoring.contents import in_turn
from hengdian_index._scoring.preparation import built, columns_asked
from hengdian_index._scoring.scores import gaps_of
from hengdian_index._scoring.tree import Setting, Tree
from hengdian_index._tables.form import Form
from hengdian_index._tables.packed import ENDINGS as PACKED
from hengdian_index._tables.panel import digest
from hengdian_index._tables.read_data import read_data
from hengdian_index._tables.read_panel import frame_of
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import FaultsError
from hengdian_index.log import Entry, journal, kind_of

# Bytes of a file; a larger one is read in pieces.
_LARGE = 1 << 28

# A unit without a base has scores all the same.
_NO_BASE = "base: rows without a level, for their unit has none above 0 in the base period"


def layout_of(tree: Tree, setting: Setting) -> Layout:
    """Return which columns of a table an index asks for, and as what."""
    sizes, groups = columns_asked(tree)
    labels, weights = columns_of_units(setting)
    made = [leaf.code for leaf in tree.leaves if leaf.build is not None]
    others = [name for name in weights if name not in tree.codes]
    return Layout(
        tuple(dict.fromkeys((*(code for code in tree.codes if code not in made), *sizes, *others))),
        setting.unit,
        setting.period,
        tuple(dict.fromkeys((*groups, *labels))),
        setting.units,
        tuple(setting.exclude or ()),
        Form.of(setting.data),
    )


def opened(tree: Tree, setting: Setting, table: Any) -> Any:
    """Return the table of a path of one file, read with the care of the command; anything else as it is.

    What is too large for that, or Parquet, is read in pieces, which take no liberty: what would need one is refused.
    """
    if not isinstance(table, (str, os.PathLike)):
        return table
    path = Path(table)
    ending = path.suffix.lower()
    if not path.is_file() or ending in PARQUET or (ending not in PACKED and path.stat().st_size > _LARGE):
        return table
    layout = layout_of(tree, setting)
    return read_data(path, layout.form, layout.columns, setting.unit, setting.period)


def in_memory(tree: Tree, setting: Setting, table: Any) -> Any:
    """Return a table as it is, a source read into memory, which is said before."""
    table = opened(tree, setting, table)
    source = source_of(table)
    if source is None:
        return table
    instead = Said("index.fit(source) and fitted.score(source, out='folder') read it in pieces")
    why = joined([Said("a result holds all rows"), instead], "clauses")
    return held(table, source, layout_of(tree, setting), [why], instead)


def write_scores(fitted: Any, table: Any, out: str | os.PathLike[str], *, resume: bool) -> Written:
    """Score the rows of a table or a source into a folder, in pieces where the choices allow it."""
    tree, setting, layout = fitted.tree, fitted.setting, layout_of(fitted.tree, fitted.setting)
    table, given = opened(tree, setting, table), table
    source = source_of(table)
    together = needing_all(tree, setting)
    if together or table is not given:
        if source is None:
            table = frame_of(table, layout.numbers, layout.labels, named=bool(layout.labels))
        else:
            table = held(table, source, layout, together, Said("sort the choices out, or score fewer rows"))
        return _written_whole(fitted, table, layout, out, resume=resume)
    by_engine = _by_engine(fitted, table, source, layout) if is_lazy(table) and source is not None else None
    if by_engine is not None:
        return write(*by_engine, out, resume=resume)
    levels = _Levels(fitted.base_levels, setting.to) if fitted.base_levels and setting.to is not None else None

    def score(batch: Batch) -> tuple[Array, dict[str, int]]:
        with journal(counted_only=True) as lines:
            panel = built(fitted.builds, tree, batch)
            ready = fitted.preparation(tree, panel)
            rows = in_turn(tree, fitted.contents, fitted.columns(ready), panel, fitted.cancelled)
            scores = matrix(rows)
        noted = _noted(lines)
        if levels is None:
            return scores, noted
        level = scores * levels.of(batch)
        lost = int((np.isnan(level) & ~np.isnan(scores)).any(axis=1).sum())
        return np.hstack([scores, level]), noted | ({_NO_BASE: lost} if lost else {})

    scoring = Scoring(score, _columns(tree, levels is not None), layout, fitted.frequency, tree.to_date, seal(fitted))
    return write(scoring, source or source_of_table(table), out, resume=resume)


def _by_engine(fitted: Any, table: Any, source: Source, layout: Layout) -> tuple[Scoring, Source] | None:
    """Return how a LazyFrame is scored by its engine; None where a choice is no expression, or a cell may be refused.

    Batches tell such a cell by its row, and count what is filled and treated.
    """
    tree = fitted.tree
    if any(leaf.impute or leaf.treat or leaf.impute_scores for leaf in tree.leaves):
        return None
    try:
        expressions = fitted.expressions()
        scored, ends = expressions.with_gaps(table)
    except FaultsError:
        return None
    columns, groups = (*expressions.groups, *expressions.levels), len(expressions.groups)

    def score(batch: Batch) -> tuple[Array, dict[str, int]]:
        values = batch.values[:, : len(columns)]
        counts = batch.values[:, len(columns) :].sum(axis=0).astype(int).tolist()
        noted = {f"aggregate: {gaps_of(end)}": n for end, n in zip(ends, counts, strict=True) if n}
        lost = int((np.isnan(values[:, groups:]) & ~np.isnan(values[:, :groups])).any(axis=1).sum()) if levelled else 0
        return values, noted | ({_NO_BASE: lost} if lost else {})

    levelled = bool(expressions.levels)
    own = Layout((*columns, *ends.values()), layout.unit, layout.period)
    scoring = Scoring(score, columns, own, fitted.frequency, tree.to_date, seal(fitted))
    return scoring, in_the_same_pieces(scored, source, layout.columns)


def _written_whole(fitted: Any, frame: pd.DataFrame, layout: Layout, out: Any, *, resume: bool) -> Written:
    """Write the scores of a table that must be scored as one."""
    tree, setting = fitted.tree, fitted.setting
    result = fitted.score(frame)
    levelled = setting.levelled
    values = np.hstack([result.scores, *([result.series()] if levelled else [])])
    noted = _noted(result.entries)

    def score(batch: Batch) -> tuple[Array, dict[str, int]]:
        rows = batch.first + batch.at
        return values[rows], noted if not rows[0] else {}

    labels = Layout((), layout.unit, layout.period)
    scoring = Scoring(score, _columns(tree, levelled), labels, fitted.frequency, tree.to_date, seal(fitted))
    source = replace(source_of_table(frame.iloc[result.panel.at]), fingerprint=digest(result.panel))
    return write(scoring, source, out, resume=resume)


def _columns(tree: Tree, levelled: bool) -> tuple[str, ...]:
    """Return what the columns are called: the groups, and their levels."""
    return (*tree.groups, *((f"{code}_level" for code in tree.groups) if levelled else ()))


def _noted(lines: Sequence[Entry]) -> dict[str, int]:
    """Return how often there was what was noted of single rows."""
    found = Counter[str]()
    for line in lines:
        if line.kind and not line.whole:
            found[f"{line.step}: {kind_of(line)}"] += line.rows
    return found


class _Levels:
    """What the scores of each unit are multiplied by for levels, from the base levels that a fit knows."""

    def __init__(self, known: Mapping[Any, Array], to: float) -> None:
        self.units, means = pd.Index(list(known), dtype=object), np.array(list(known.values()))
        # The last row is for units without a base.
        self.multiples = np.full((len(means) + 1, means.shape[1]), np.nan)
        self.multiples[:-1] = to / np.where(means > 0, means, np.nan)

    def of(self, batch: Batch) -> Array:
        """Return the multiple of each row and group (n, groups), missing without a base level above 0."""
        units = None if None in self.units else batch.units
        at = np.zeros(batch.n, dtype=np.intp) if units is None else self.units.get_indexer(pd.Index(units))
        return np.asarray(self.multiples[at])
