"""An index with what it learnt: fitted to some rows of a table, frozen, and applied to any rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._batches.choices import needing_all
from hengdian_index._batches.expressions import Expressions
from hengdian_index._batches.held import again, held
from hengdian_index._batches.passes import learn_source
from hengdian_index._batches.plan import Plan, plan
from hengdian_index._batches.source import Source, source_of
from hengdian_index._batches.sql import dialect_of, query
from hengdian_index._batches.written import Written
from hengdian_index._index.doors import DOORS
from hengdian_index._index.in_pieces import in_memory, layout_of, opened, write_scores
from hengdian_index._index.provenance import rows_said
from hengdian_index._index.published import published, revision
from hengdian_index._index.result import Result
from hengdian_index._index.stored_file import load, save
from hengdian_index._index.unit_groups import notes_of_groups
from hengdian_index._levels.bases import BaseLevels, note_entrants, note_thin, with_entrants
from hengdian_index._levels.common_base import CommonBase, levels_of_base
from hengdian_index._levels.courses import Linked, matrix
from hengdian_index._maths.maps import Map
from hengdian_index._scoring.choice import Choice, Frozen
from hengdian_index._scoring.contents import (
    Content,
    columns_of,
    comparing,
    dated_trees,
    in_turn,
    late_groups,
    late_rows,
    learn_by_period,
    own_rows,
    with_periods,
)
from hengdian_index._scoring.fitting import Columns, cancelled, learn_fills, learn_maps, normalised, with_new_periods
from hengdian_index._scoring.given import as_values, asking
from hengdian_index._scoring.growth import Chains
from hengdian_index._scoring.parental import priced
from hengdian_index._scoring.period_maps import PeriodMaps
from hengdian_index._scoring.preparation import (
    Block,
    Builds,
    Preparation,
    built,
    denominated,
    learn_builds,
    learn_preparation,
    left_out_units,
    screened,
    staying,
)
from hengdian_index._scoring.scores import Evaluation, Weights, learn_scores, settled_tree, weights_series, whole
from hengdian_index._scoring.tree import Setting, Tree
from hengdian_index._tables.form import Form
from hengdian_index._tables.latest import is_cross_section, latest
from hengdian_index._tables.panel import Panel, digest
from hengdian_index._tables.periods import EARLIEST, Frequency
from hengdian_index._tables.read_panel import read_panel
from hengdian_index._tables.selection import in_row_order
from hengdian_index._tables.table import Array
from hengdian_index._tables.units import names_of
from hengdian_index._tables.workbook import in_language_of
from hengdian_index._values.decimals import counted
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, listed
from hengdian_index.log import Entry, journal, note, tell


@dataclass(frozen=True, eq=False)
class Known:
    """What a fit has of the rows of its table if it learns from all of them: a result need not compute it again.

    `ready` are the rows prepared, `columns` normalised, and `rows` scored, with what there was to note, if asked for
    and if one content and its weights hold for all.
    """

    ready: Panel
    columns: Columns
    rows: Evaluation | None = None
    entries: Sequence[Entry] = ()


@stored("fit")
@dataclass(frozen=True, eq=False, kw_only=True)
class Fitted:
    """An index with what it learnt from the fit rows, frozen: bounds, statistics, weights, base levels, links.

    Attributes
    ----------
    builds : mapping
        Code of each indicator that is built of other columns -> how.
    preparation : Preparation
        What imputations and treatments learnt.
    maps : mapping
        Code of each indicator -> the map from its values to its scores.
    fills : tuple
        What the imputations of indicators' scores learnt.
    contents : tuple
        What the index consists of and its weights, from each change of content on.
    rows : dict
        How many fit rows there were, the first and the last, their SHA-256, and which rows the weights were learnt
        from.
    log : tuple
        What fitting noted.
    left_out : dict
        Units that were screened: True for those with too few values.
    base_levels : mapping or None
        Unit (None without units) -> mean level of each group over the base period, if the table held it: the level
        that is `to`, also where later rows alone are scored.
    links : mapping or None
        Unit -> factors (contents, groups) that keep its levels where the content changes.
    chains : mapping
        Code of each indicator that comes as growth -> unit -> its levels, from which those of later rows go on.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")])
    >>> fitted = index.fit({"a": [10.0, 30.0]})
    >>> fitted
    <Fitted '': 1 indicator, learnt from 2 rows>
    >>> fitted.score({"a": [25.0, 40.0]}).scores["total"].tolist()
    [0.75, 1.5]
    """

    tree: Tree
    setting: Setting
    builds: Builds
    preparation: Preparation
    maps: Mapping[str, Map]
    contents: tuple[Content, ...]
    frequency: Frequency | None
    rows: Mapping[str, Any]
    log: tuple[Entry, ...]
    left_out: Mapping[Any, bool]
    base_levels: BaseLevels | None = None
    links: Mapping[Any, Array] | None = None
    chains: Mapping[str, Chains] = field(default_factory=Frozen)
    fills: tuple[Block, ...] = ()

    def log_lines(self) -> list[Said]:
        """Return what fitting noted, as sentences."""
        return [line.why for line in self.log]

    @cached_property
    def cancelled(self) -> Array:
        """The magnitude (k,) that cancels in the scores of each indicator, values of any size."""
        return cancelled(self.tree, self.maps)

    @property
    def group_weights(self) -> Weights:
        """Weights of each group's children, the latest."""
        return self.contents[-1].weights

    @property
    def weights(self) -> pd.Series[float]:
        """Weights within each group, the latest, indexed by (group, child)."""
        return weights_series(self.contents[-1].tree, self.group_weights)

    @overload
    def score(self, table: Any) -> Result: ...
    @overload
    def score(self, table: Any, *, out: str | os.PathLike[str], resume: bool = False) -> Written: ...
    def score(self, table: Any, *, out: str | os.PathLike[str] | None = None, resume: bool = False) -> Result | Written:
        """Return the scores of a table's rows under the frozen bounds and weights, or write them into a folder.

        Parameters
        ----------
        table : pandas, polars or pyarrow table, mapping of columns, array (n, k), or a source as of `Index.fit`
            New periods or units, or the same; nothing is learnt from them, except, with weights learnt in each period,
            the weights of periods that the fit has not seen. Without `out` a source is read into memory whole, which is
            said before.
        out : path, optional
            Folder of Parquet files that the scores are written into, a part at a time, in bounded memory: each part
            whole or not at all, a manifest first and the mark `_SUCCESS` last. It must be new or empty.
        resume : bool
            Go on with the parts of an earlier run of the same fit and source that was interrupted.

        Returns
        -------
        Result, or Written with `out`
            A small value: rows, files, counts of gaps, and the first faults; parts with bad cells are left out.

        Raises
        ------
        DataError
            Every fault of the table: missing columns, text or infinity in a number column, repeated rows; with `out`, a
            folder of other files, and a full disk.
        """
        if out is not None:
            return write_scores(self, table, out, resume=resume)
        if resume:
            raise SpecError(Said("resume goes on writing into a folder: give out, too"))
        table = in_memory(self.tree, self.setting, table)
        with in_language_of(table):
            panel = read_rows(self.tree, self.setting, table, self.frequency, complete=False, chains=self.chains)
            with journal() as lines:
                panel = built(self.builds, self.tree, panel)
                panel = screened(panel, left_out_units(self.tree, self.setting, panel, self.left_out))
            return self.result(panel, lines)

    def expressions(self) -> Expressions:
        """Return the scores of a row as narwhals expressions, by which the engine that has the rows scores them.

        Indicators by maps of one value (lines, limits, distances, logarithms and powers, steps), groups by means of
        the quasi-arithmetic family, the minimum and the maximum, with their rules for gaps.

        Raises
        ------
        SpecError
            Each choice that is none: what compares rows, ranks, imputes, goes through time or changes with it.

        Examples
        --------
        >>> import pandas as pd
        >>> import hengdian_index as hi
        >>> index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")])
        >>> fitted = index.fit({"a": [10.0, 30.0]})
        >>> fitted.expressions().apply(pd.DataFrame({"a": [25.0, None]}))["total"].tolist()
        [0.75, nan]
        """
        return Expressions(self._plan())

    def to_sql(self, dialect: str = "duckdb", *, table: str = "data", normalised: bool = False) -> str:
        r"""Return the scores of a table's rows as a query, by which a database scores them.

        Parameters
        ----------
        dialect : {"duckdb"}
            Whose SQL it is.
        table : str
            Name of the table, parts of it parted by dots; or what ends in a bracket, as it stands:
            `"read_parquet('rows.parquet')"`.
        normalised : bool
            Also the normalised indicators, as columns `x_normalised`.

        Returns
        -------
        str
            A query of the unit and the period, where the index names them, the scores of each group, and where the
            fit knows the base their levels. It raises an error for cells that a score would be refused for.

        Raises
        ------
        SpecError
            Choices that are no expression, as in `expressions`; a dialect that there is not.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")])
        >>> fitted = index.fit({"a": [10.0, 30.0]})
        >>> print(*fitted.to_sql(table="firms").splitlines()[:5], sep="\n")
        WITH step_0 AS (
        SELECT
          CAST("a" AS DOUBLE) AS "a"
        FROM "firms"
        ),
        """
        found = self._plan()
        wanted = [*(found.normalised.values() if normalised else ()), *found.answer]
        return query(found, dialect_of(dialect), table, wanted)

    def _plan(self) -> Plan:
        return plan(
            self.contents[-1].tree, self.setting, self.preparation, self.maps, self.group_weights, self.base_levels
        )

    def refit(self, table: Any, *, fit_on: Any = None, revise: bool = False) -> Fitted:
        """Return the index learnt again from a table; refused if its published series would move.

        Parameters
        ----------
        fit_on : period, span, unit, label, list of these, mask or slice; optional
            Other rows than this fit learnt from.
        revise : bool
            Move the series all the same, and say so in the log.

        Raises
        ------
        DataError
            Published numbers would move: how many, and the largest move.
        """
        again = fit(self.tree, self.setting, table, self.rows["fit_on"] if fit_on is None else fit_on)
        said = revision(published(self, table), published(again, table))
        if said and not revise:
            why = Said("learning again would revise history: {moves}; revise=True does it anyway", moves=said)
            raise DataError(why)
        return replace(again, log=(*again.log, Entry("refit", said))) if said else again

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fit to a JSON file, from which `load` makes one that scores the same to the last bit.

        The file says which version wrote it, and has the hashes of the spec, of the fit rows, and of itself. The same
        fit gives the same bytes.

        Raises
        ------
        SpecError
            A function without a registered name, or what it learnt if that is no value of this package.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> import hengdian_index as hi
        >>> index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total")])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     index.fit({"a": [1.0, 3.0]}).save(Path(folder) / "fitted.json")
        ...     fitted = hi.Fitted.load(Path(folder) / "fitted.json")
        >>> fitted.score({"a": [2.0]}).scores["total"].tolist()
        [0.5]
        """
        save(path, self)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Fitted:
        """Return the fit that `save` wrote to a file.

        Raises
        ------
        DataError
            No such file; one that is cut off, of another format or version, or was edited after it was saved.
        SpecError
            A method of the fit that is not registered: import the module that registers it first.
        """
        return load(path, cls)

    def result(
        self,
        panel: Panel,
        before: Sequence[Entry] = (),
        *,
        among: NDArray[np.bool_] | None = None,
        known: Known | None = None,
    ) -> Result:
        """Return the scores of rows already read, built and screened; `before` is what was noted doing so.

        `among` picks rows to score, of which nothing is told; imputation and seasonal adjustment see all. `known` is
        what the fit had of the same rows.
        """
        with journal() as lines:
            fitted, contents, rows = self, self.contents, None
            if known is None:
                ready = self.preparation(self.tree, panel)
                fitted = self._with_periods(ready)
            else:
                ready = replace(known.ready, source=panel.source)
                tell(known.entries)
                rows = known.rows if among is None else None
            if among is not None:
                panel, ready = panel.pick(among), ready.pick(among)
            if rows is None:
                x = fitted.columns(ready)
                contents, filled = self._seen(x, ready)
                rows = in_turn(self.tree, contents, filled, panel, self.cancelled)
            note_entrants(self.setting, panel, matrix(rows), self.base_levels, self.tree.groups, learnt=False)
        # Of some rows nothing is told.
        doubts = (
            ()
            if among is not None
            else (
                *notes_of_groups(self.setting, panel),
                *panel.holes(),
                *panel.alike(self.base_levels or self.links or ()),
                *asking(self.tree, panel),
            )
        )
        lines += [Entry("read", said) for said in (*panel.liberties, *doubts)]
        if panel.unused:
            lines.append(
                Entry("read", Said("columns that the index does not use: {unused}", unused=joined(panel.unused)))
            )
        learnt, told = _joined(self.log, lines)
        said = (*learnt, *before, *told)
        return Result(fitted=fitted, contents=contents, panel=panel, prepared_panel=ready, rows=rows, entries=said)

    def _with_periods(self, ready: Panel) -> Fitted:
        """Return the fit with maps of periods that it has not seen, learnt from the prepared rows, which is noted."""
        maps = with_new_periods(self.tree, self.maps, ready)
        if maps is self.maps:
            return self
        before, now = ({p for one in every.values() for p in _periods(one)} for every in (self.maps, maps))
        assert ready.periods is not None
        for rows in ready.periods.blocks():
            if int(ready.periods.ordinals[rows[0]]) in now - before:
                why = Said(
                    "bounds learnt from the {rows} given of a period after the fit",
                    rows=Said.of(len(rows), "{n} row", "{n} rows"),
                )
                note("normalise", why, period=ready.period(int(rows[0])))
        return replace(self, maps=maps)

    def columns(self, ready: Panel) -> Columns:
        """Return the normalised indicators of prepared rows."""
        return Columns.of(self.tree, self.maps, ready, self.fills)

    def _seen(self, x: Columns, panel: Panel) -> tuple[tuple[Content, ...], Array | Columns]:
        """Return the contents with weights for the periods and units of rows where these differ, and their levels."""
        if self.setting.weights_form != "plain":
            return priced(self.tree, self.setting, self.contents, x.whole, panel)
        if self.setting.weigh_on != "period":
            return tuple(with_periods(self.tree, one, x, panel, self.cancelled) for one in self.contents), x
        return tuple(learn_by_period(self.tree, content, x, panel, self.cancelled) for content in self.contents), x

    def _repr_html_(self) -> str:
        return str(DOORS["Fitted.card"]()(self))

    def __repr__(self) -> str:
        return (
            f"<Fitted {self.setting.name!r}: {counted(len(self.maps), 'indicator')}, learnt from "
            f"{rows_said(self.rows)}>"
        )


def fit(tree: Tree, setting: Setting, table: Any, fit_on: Any = None) -> Fitted:
    """Return the index with what it learns from the fit rows of a table, or of a source in passes."""
    table = opened(tree, setting, table)
    source = source_of(table)
    if source is not None:
        together = needing_all(tree, setting)
        if not together:
            return _fit_source(tree, setting, source, fit_on)
        table = held(table, source, layout_of(tree, setting), together, Said("choose otherwise, or fit on fewer rows"))
    with in_language_of(table):
        panel = read_rows(tree, setting, table)
        return learn(tree, setting, panel, in_row_order(fit_on, "fit_on", table))[0]


def _fit_source(tree: Tree, setting: Setting, source: Source, fit_on: Any) -> Fitted:
    """Return the index with what it learns from a source, read as often as there are levels of learnt weights."""
    layout = layout_of(tree, setting)
    with again(source, layout) as (kept, told):
        found = learn_source(tree, setting, kept, layout, fit_on)
    lines = (*(Entry("read", said) for said in told), *found.log)
    fitted = Fitted(
        tree=found.tree,
        setting=setting,
        builds=found.builds,
        preparation=found.preparation,
        maps=found.maps,
        contents=found.contents,
        frequency=found.frequency,
        rows=found.rows,
        log=lines,
        left_out={},
    )
    if found.based is None:
        return fitted
    with journal() as said:
        fitted = _based(fitted, found.based, None, levels=True)
    return replace(fitted, log=(*lines, *(line for line in said if line.step in ("base", "content"))))


def compute(tree: Tree, setting: Setting, table: Any, fit_on: Any = None) -> Result:
    """Return the scores of a table's rows, learnt from its fit rows."""
    table = in_memory(tree, setting, table)
    with in_language_of(table):
        panel = read_rows(tree, setting, table)
        if setting.base is not None:
            panel.select(setting.base, "base")
        fitted, panel, known = learn_with_rows(tree, setting, panel, in_row_order(fit_on, "fit_on", table), scored=True)
        return fitted.result(panel, known=known)


def read_rows(
    tree: Tree,
    setting: Setting,
    table: Any,
    frequency: Frequency | None = None,
    *,
    complete: bool = True,
    chains: Mapping[str, Chains] | None = None,
) -> Panel:
    """Return the rows of a table as an index needs them; a table that is `complete` has every unit that is named.

    `chains` are the levels of a fit, from which those of indicators that come as growth go on.
    """
    asked = layout_of(tree, setting)
    period, form = read_with(setting, table)
    try:
        panel = read_panel(
            table,
            asked.numbers,
            unit=asked.unit,
            period=period,
            frequency=frequency,
            groups=asked.groups,
            unit_names=setting.unit_names,
            only=asked.only,
            exclude=asked.exclude,
            form=form,
            complete=complete,
            to_date=tree.to_date,
        )
    except DataError as error:
        raise DataError(*error.faults, *_of_weights(tree, error)) from None
    if setting.unit_names is not None:
        names = names_of(panel.unit_list(), panel.groups[setting.unit_names], setting.unit_names)
        panel = replace(panel, unit_names=names)
    panel = as_values(tree, panel, chains)
    panel = latest(panel) if form.latest else panel
    if any(leaf.build is not None for leaf in tree.leaves):
        panel = panel.laid_out((*tree.codes, *(name for name in asked.numbers if name not in tree.codes)))
    return panel


def _of_weights(tree: Tree, error: DataError) -> Iterator[Said]:
    """Yield what columns weights are taken from, for each group that names one for all parts where some are missing."""
    said = [one for fault in error.faults for one in _sentences(fault.message)]
    absent = {one.values["name"] for one in said if one.template == "column {name!r} is missing{guess}"}
    missing = [name for name in tree.weighing if name in absent]
    for branch in tree.branches:
        given = branch.weights.options.get("column")
        lacking = [name for name in branch.weighing or () if name in missing]
        if lacking and isinstance(given, str):
            yield Said(
                "group {code!r}: weights = {{ column = '{given}' }} takes one column for each part, such as {first!r}, "
                "or of a long table ([data] layout = 'long') the column {given!r} beside the values; what weighs units "
                "in means over them is a part of groups_of_units",
                code=branch.code,
                given=given,
                first=lacking[0],
            )


def _sentences(whole: Said) -> Iterator[Said]:
    """Yield a sentence and those within it."""
    yield whole
    for part in (*whole.values.values(), *getattr(whole, "items", ())):
        if isinstance(part, Said):
            yield from _sentences(part)


def read_with(setting: Setting, table: Any) -> tuple[str | None, Form]:
    """Return the column that says when the rows of a table are, where it must have one, and the form of the table."""
    form = Form.of(setting.data)
    period = setting.period or form.period if form.latest else setting.period
    if form.latest and is_cross_section(table, setting.unit, period):
        return None, replace(form, period=None)
    return period, form


def learn(
    tree: Tree, setting: Setting, panel: Panel, fit_on: Any = None, *, shown: Panel | None = None, based: bool = True
) -> tuple[Fitted, Panel]:
    """Return the fitted index, and the rows of the table that are left after screening.

    `shown` are other rows to learn from than those of the table that `fit_on` selects; `based` says whether the base
    level is learnt, too.
    """
    fitted, panel, _ = learn_with_rows(tree, setting, panel, fit_on, shown=shown, based=based)
    return fitted, panel


def learn_with_rows(
    tree: Tree,
    setting: Setting,
    panel: Panel,
    fit_on: Any = None,
    *,
    shown: Panel | None = None,
    based: bool = True,
    scored: bool = False,
) -> tuple[Fitted, Panel, Known | None]:
    """Return what `learn` does, and what it has of its rows if it is all of them that it learns from.

    `scored` asks for their scores too, which those that weights are learnt from have been given.
    """
    every = shown is None
    chosen = setting.fit_on if fit_on is None else fit_on
    with journal() as lines:
        dated = dated_trees(tree, setting, panel.periods)
        if len(dated) == 1 and dated[0][1] is not tree:
            tree = dated[0][1]
            panel = panel.laid_out((*tree.codes, *(name for name in panel.columns if name not in tree.codes)))
        rows = panel.select(chosen, "fit_on", each=True)
        builds = learn_builds(tree, panel, rows)
        panel = built(builds, tree, panel)
        left_out = left_out_units(tree, setting, panel, {})
        stay = staying(panel, left_out)
        panel, rows = screened(panel, left_out), rows[stay]
        if not rows.any():
            raise DataError(
                Said(
                    "fit_on {chosen!r} selects no row that is left after screening; {extent}",
                    chosen=chosen,
                    extent=panel.extent(),
                )
            )
        on_base = chosen is None and setting.base is not None
        shown = panel.pick(rows) if shown is None else shown
        base = panel.pick(panel.select(setting.base, "base")) if on_base or setting.weigh_on == "base" else shown
        alone = {leaf.code: own_rows(leaf, panel) for leaf in tree.leaves if leaf.fit_on is not None}
        divided = denominated(tree, shown)
        preparation = learn_preparation(tree, divided, {code: denominated(tree, own) for code, own in alone.items()})
        # Of the values that are filled and treated here the log says nothing: a result says it of its own rows.
        with journal(held=True) as filled:
            ready = preparation.divided(tree, divided)
        with journal(held=True):
            ready_base = ready if base is shown else preparation(tree, base)
            own = {code: preparation(tree, rows) for code, rows in alone.items()}
        maps: Mapping[str, Map] = Frozen(learn_maps(tree, ready, ready_base if on_base else ready, own))
        if any(leaf.scope == "period" for leaf in tree.leaves):
            with journal(held=True):
                maps = with_new_periods(tree, maps, ready if rows.all() else preparation(tree, panel))
        _note_scope(tree)
        fills = learn_fills(tree, maps, ready, own)
        weighed = ready_base if setting.weigh_on == "base" else ready
        contents = []
        scores, missing = None, list[Entry]()
        for since, part in dated:
            late = late_rows(part, panel) if setting.weigh_on == "fit_on" else None
            seen = weighed if late is None else preparation(tree, panel.pick(rows | late))
            with journal(held=True) as filled_scores:
                x = Columns.of(tree, maps, seen, fills)
            lost = columns_of(tree, part, cancelled(tree, maps)[np.newaxis])[0]
            weights: Weights = {}

            def others(choice: Choice, part: Tree = part, seen: Panel = seen) -> tuple[Array, Panel] | None:
                # A group learns from the rows that the choices of indicators do.
                rows = ready_base if on_base and choice.method.traits.get("fits_on_base") else ready
                if rows is seen:
                    return None
                with journal(held=True):
                    return columns_of(tree, part, normalised(tree, maps, rows, fills)), rows

            with journal() as said:
                if setting.weigh_on != "period":
                    own_x = x if part is tree else columns_of(tree, part, whole(x))
                    scores = learn_scores(part, own_x, seen, lost, missing if scored else None, others=others)
                    part, weights = scores.tree, scores.weights
            # Weights that stay where something else changes are spoken of once.
            lines += [line for line in said if line not in lines]
            contents.append(Content(since, part, weights))
        if any(branch.within for branch in tree.branches):
            with journal(held=True):
                ready_all = ready if rows.all() else preparation(tree, panel)
                all_x, lost = Columns.of(tree, maps, ready_all, fills), cancelled(tree, maps)
            contents = [with_periods(tree, one, all_x, ready_all, lost) for one in contents]
    if setting.weights_form != "plain":
        with journal(held=True):
            every_x = Columns.of(tree, maps, preparation(tree, panel), fills).whole
        with journal(held=True) as said:
            contents = list(priced(tree, setting, contents, every_x, panel)[0])
        # Of the values that are filled a result says it of its own rows.
        with journal() as told:
            tell([line for line in said if line.step != "impute"])
        lines += told
        scored = False
    known = None
    if every and rows.all() and seen is ready:
        filled += filled_scores
        alike = len(dated) == 1 and dated[0] == (EARLIEST, tree)
        known = Known(ready, x, scores, (*filled, *missing)) if scored and alike else Known(ready, x, None, filled)
    fitted = Fitted(
        tree=tree,
        setting=setting,
        builds=builds,
        preparation=preparation,
        maps=maps,
        contents=tuple(contents),
        frequency=panel.periods.frequency if panel.periods else None,
        rows=_learnt_from(shown, chosen, {"learnt_from": setting.weigh_on, "rows": weighed.n}),
        log=tuple(lines),
        left_out=left_out,
        chains=Frozen({code: Frozen(units) for code, units in panel.chains.items()}),
        fills=fills,
    )
    with journal() as said:
        fitted = _based(fitted, panel, known, levels=based)
    return replace(fitted, log=(*lines, *(line for line in said if line.step in ("base", "content")))), panel, known


@dataclass(frozen=True, eq=False)
class Shown:
    """The rows of a table, built and screened, that rescaled or filled groups of a fit learn from.

    `fit_on` are other rows to learn from than those that the fit names.
    """

    fitted: Fitted
    panel: Panel
    fit_on: Panel | None = None

    def __call__(self, choice: Choice | None) -> tuple[Array, Panel]:
        """Return the rows that a choice learns from, normalised and prepared; of none, those that most do."""
        setting = self.fitted.setting
        on_base = setting.fit_on is None and setting.base is not None
        return self._of_base if on_base and choice and choice.method.traits.get("fits_on_base") else self._usual

    @cached_property
    def _usual(self) -> tuple[Array, Panel]:
        chosen = self.fitted.setting.fit_on
        return self._ready(self.panel.pick(self.panel.select(chosen, "fit_on")) if self.fit_on is None else self.fit_on)

    @cached_property
    def _of_base(self) -> tuple[Array, Panel]:
        return self._ready(self.panel.pick(self.panel.select(self.fitted.setting.base, "base")))

    def _ready(self, rows: Panel) -> tuple[Array, Panel]:
        fitted = self.fitted
        with journal():
            ready = fitted.preparation(fitted.tree, rows)
            return normalised(fitted.tree, fitted.maps, ready, fitted.fills), ready


def settled_under(fitted: Fitted, tree: Tree, weights: Weights, shown: Shown) -> Tree:
    """Return the tree of a fit, or a part of it, whose rescaled groups have learnt again under other weights."""

    def rows(choice: Choice | None) -> tuple[Array, Panel]:
        leaves, panel = shown(choice)
        return columns_of(fitted.tree, tree, leaves), panel

    same = tree.codes == fitted.tree.codes
    lost = fitted.cancelled if same else columns_of(fitted.tree, tree, fitted.cancelled[np.newaxis])[0]
    with journal():
        return settled_tree(tree, weights, rows, lost)


def _periods(one: Map) -> Iterable[int]:
    return one.maps if isinstance(one, PeriodMaps) else ()


def _note_scope(tree: Tree) -> None:
    codes = [leaf.code for leaf in tree.leaves if leaf.scope == "period"]
    codes += [branch.code for branch in tree.branches if branch.within]
    if not codes:
        return
    why = Said(
        "scope = 'period': {codes}: bounds of each period, learnt from its own rows; a score says where a row stands "
        "in its period, and a change of it how that place changed",
        codes=listed(codes),
    )
    note("normalise", why)


def _learnt_from(shown: Panel, chosen: Any, weights: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is kept of the rows that were learnt from: how many, from where to where, and their SHA-256."""
    ends = {"count": shown.n, "first": shown.place(0), "last": shown.place(shown.n - 1), "fit_on": chosen}
    return Frozen({**ends, **shown.spread(), "sha256": digest(shown), "weights": weights})


def _based(fitted: Fitted, panel: Panel, known: Known | None, *, levels: bool) -> Fitted:
    """Return the fit with what the series of later rows will need: weights by period, base levels, links."""
    tree, setting = fitted.tree, fitted.setting
    if setting.weigh_on == "period":
        ready = fitted.preparation(tree, panel)
        x = fitted.columns(ready)
        counted = {"learnt_from": "period", "rows": panel.period_sizes()}
        fitted = replace(
            fitted,
            contents=tuple(learn_by_period(tree, c, x, ready, fitted.cancelled) for c in fitted.contents),
            rows=Frozen({**fitted.rows, "weights": counted}),
        )
    if not levels or setting.series != "fixed":
        return fitted
    if setting.base is None or not panel.holds(setting.base):
        if len(fitted.contents) == 1:
            return fitted
        return _linked(fitted, fitted.result(panel, among=_needed(fitted, panel, None), known=known))
    missing = panel.absent(setting.base)
    if missing:
        one = Said(
            "{missing} of the base period {base} is not in the table; its mean is that of the rest",
            missing=missing,
            base=setting.base,
        )
        several = Said(
            "{missing} of the base period {base} are not in the table; its mean is that of the rest",
            missing=missing,
            base=setting.base,
        )
        note("base", one if missing.values["absent"] == 1 else several)
    in_base = panel.select(setting.base, "base")
    needed = _needed(fitted, panel, in_base)
    result = fitted.result(panel, among=needed, known=known)
    found, shown, rows = result.course.levels, result.panel, in_base[needed]
    own = levels_of_base(setting, shown, found, rows, late_groups(tree, fitted.contents))
    common = CommonBase.of(setting)
    if common is None:
        note_thin(shown, found, rows, tree.groups)
    else:
        common.note(shown, found, rows)
    note_entrants(setting, shown, found, own, tree.groups, learnt=True)
    bases = with_entrants(shown, found, own, setting.new_units)
    return _linked(replace(fitted, base_levels=bases), result)


def _joined(fit_log: Sequence[Entry], lines: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return what was noted learning and of rows; a column transformed whole has one line, with what was learnt."""
    whole = {line.indicator for line in lines if line.whole}
    known = {line.indicator: line.why for line in fit_log if _of_column(line) and line.indicator in whole}
    told = [
        replace(line, why=joined([line.why, known[line.indicator]], "heads"))
        if line.whole and line.indicator in known
        else line
        for line in lines
    ]
    return [line for line in fit_log if not (_of_column(line) and line.indicator in known)], told


def _of_column(line: Entry) -> bool:
    return line.step == "treat" and line.unit is None and line.period is None


def _needed(fitted: Fitted, panel: Panel, in_base: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Return which rows (n,) base levels and links follow from: the base, where contents change, each unit's ends."""
    setting = fitted.setting
    together = comparing(fitted.tree) or fitted.tree.fills_scores
    if setting.new_units != "refuse" or setting.weigh_on == "period" or together:
        return np.ones(panel.n, dtype=np.bool_)
    if setting.weights_form != "plain":
        return np.ones(panel.n, dtype=np.bool_)
    rows = np.zeros(panel.n, dtype=np.bool_) if in_base is None else in_base.copy()
    if len(fitted.contents) > 1:
        assert panel.periods is not None
        ends = [content.since for content in fitted.contents[1:]]
        rows |= np.isin(panel.periods.ordinals, [*ends, *(end - 1 for end in ends)])
        order = np.lexsort((panel.periods.ordinals, panel.unit_codes()))
        codes = panel.unit_codes()[order]
        rows[order[np.searchsorted(codes, np.unique(codes))]] = True
        rows[order[np.searchsorted(codes, np.unique(codes), "right") - 1]] = True
    return rows


def _linked(fitted: Fitted, result: Result) -> Fitted:
    """Return the fit with the factors that keep levels where the content changes, if it does."""
    course = result.course
    if not isinstance(course, Linked):
        return fitted
    for line in course.notes():
        note("content", line)
    return replace(fitted, links=course.by_unit())
