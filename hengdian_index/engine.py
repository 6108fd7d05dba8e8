"""Plan, fit, score: what each node of an index learns from the fit rows, and the scores of any rows under it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index.bases import BaseLevels, base_levels, note_entrants, with_entrants
from hengdian_index.building import Builds, built, learn_builds
from hengdian_index.contents import Content, described, in_turn, learn_by_period, trees
from hengdian_index.courses import Linked
from hengdian_index.decorators import kernel
from hengdian_index.errors import DataError, SpecError, raise_all
from hengdian_index.history import published, revision
from hengdian_index.journal import Entry, journal, note
from hengdian_index.maps import Map
from hengdian_index.means import Together
from hengdian_index.preparation import Preparation, columns_asked, learnt
from hengdian_index.result import Result
from hengdian_index.rows.panel import Panel
from hengdian_index.rows.periods import EARLIEST, Frequency
from hengdian_index.rows.reading import read_panel
from hengdian_index.rows.table import Array
from hengdian_index.scaling import learn_maps, normalised
from hengdian_index.scoring import Weights, learn_weights, weights_series
from hengdian_index.screening import left_out_units, screened
from hengdian_index.storage import digest, load, save
from hengdian_index.tree import Frozen, Leaf, Setting, Tree


@dataclass(frozen=True, eq=False)
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

    @property
    def group_weights(self) -> Weights:
        """Weights of each group's children, the latest."""
        return self.contents[-1].weights

    @property
    def weights(self) -> pd.Series[float]:
        """Weights within each group, the latest, indexed by (group, child)."""
        return weights_series(self.contents[-1].tree, self.group_weights)

    def score(self, table: Any) -> Result:
        """Return the scores of a table's rows under the frozen bounds and weights.

        Parameters
        ----------
        table : pandas, polars or pyarrow table, mapping of columns, or array (n, k)
            New periods or units, or the same; nothing is learnt from them, except, with weights learnt in each period,
            the weights of periods that the fit has not seen.

        Raises
        ------
        DataError
            Every fault of the table: missing columns, text or infinity in a number column, repeated rows.
        """
        panel = read(self.tree, self.setting, table, self.frequency)
        with journal() as lines:
            panel = built(self.builds, self.tree, panel)
            panel = screened(panel, left_out_units(self.tree, self.setting, panel, self.left_out))
        return self.result(panel, lines)

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
            raise DataError(f"learning again would revise history: {said}; revise=True does it anyway")
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

    def result(self, panel: Panel, before: Sequence[Entry] = ()) -> Result:
        """Return the scores of rows already read, built and screened; `before` is what was noted doing so."""
        with journal() as lines:
            ready = self.preparation(self.tree, panel)
            x = normalised(self.tree, self.maps, ready)
            contents = self._seen(x, ready)
            rows = in_turn(self.tree, contents, x, panel)
            note_entrants(self.setting, panel, self.base_levels)
        if panel.unused:
            lines.append(Entry("read", f"columns that the index does not use: {', '.join(panel.unused)}"))
        said = (*self.log, *before, *lines)
        parts = (self.tree, self.setting, contents, panel, ready, rows, self.rows, said)
        return Result(*parts, self.base_levels, self.links, self)

    def _seen(self, x: Array, panel: Panel) -> tuple[Content, ...]:
        """Return the contents with weights for every period of the rows, where weights are learnt in each."""
        if self.setting.weigh_on != "period":
            return self.contents
        return tuple(learn_by_period(self.tree, content, x, panel) for content in self.contents)

    def __repr__(self) -> str:
        learnt_on = f"{self.rows['count']} rows, {self.rows['first']} to {self.rows['last']}"
        return f"<Fitted {self.setting.name!r}: {len(self.maps)} indicators, learnt from {learnt_on}>"


def fit(tree: Tree, setting: Setting, table: Any, fit_on: Any = None) -> Fitted:
    """Return the index with what it learns from the fit rows of a table."""
    return learn(tree, setting, read(tree, setting, table, None), fit_on)[0]


def compute(tree: Tree, setting: Setting, table: Any, fit_on: Any = None) -> Result:
    """Return the scores of a table's rows, learnt from its fit rows."""
    panel = read(tree, setting, table, None)
    if setting.base is not None:
        panel.select(setting.base, "base")
    fitted, panel = learn(tree, setting, panel, fit_on)
    return fitted.result(panel)


def read(tree: Tree, setting: Setting, table: Any, frequency: Frequency | None = None) -> Panel:
    """Return the rows of a table as an index needs them."""
    sizes, groups = columns_asked(tree)
    made = [leaf.code for leaf in tree.leaves if leaf.build is not None]
    columns = (*(code for code in tree.codes if code not in made), *sizes)
    panel = read_panel(table, columns, unit=setting.unit, period=setting.period, frequency=frequency, groups=groups)
    return panel.laid_out((*tree.codes, *sizes)) if made else panel


def learn(
    tree: Tree, setting: Setting, panel: Panel, fit_on: Any = None, *, shown: Panel | None = None, based: bool = True
) -> tuple[Fitted, Panel]:
    """Return the fitted index, and the rows of the table that are left after screening.

    `shown` are other rows to learn from than those of the table that `fit_on` selects; `based` says whether the base
    level is learnt, too.
    """
    chosen = setting.fit_on if fit_on is None else fit_on
    frequency = panel.periods.frequency if panel.periods else None
    with journal() as lines:
        dated = _dated(tree, setting, frequency)
        if len(dated) == 1 and dated[0][1] is not tree:
            tree = dated[0][1]
            panel = panel.laid_out((*tree.codes, *(name for name in panel.columns if name not in tree.codes)))
        builds = learn_builds(tree, panel, panel.select(chosen, "fit_on"))
        panel = built(builds, tree, panel)
        left_out = left_out_units(tree, setting, panel, {})
        panel = screened(panel, left_out)
    rows = panel.select(chosen, "fit_on")
    on_base = chosen is None and setting.base is not None
    shown = panel.pick(rows) if shown is None else shown
    base = panel.pick(panel.select(setting.base, "base")) if on_base or setting.weigh_on == "base" else shown
    with journal() as more:
        preparation = learnt(tree, shown)
    lines += more
    with journal():
        ready, ready_base = preparation(tree, shown), preparation(tree, base)
        own = {leaf.code: preparation(tree, _own_rows(leaf, panel)) for leaf in tree.leaves if leaf.fit_on is not None}
    with journal() as more:
        maps = learn_maps(tree, ready, ready_base if on_base else ready, own)
        weighed = ready_base if setting.weigh_on == "base" else ready
        x = normalised(tree, maps, weighed)
        each = setting.weigh_on == "period"
        contents = tuple(
            Content(since, part, {} if each else learn_weights(part, _columns(tree, part, x), weighed))
            for since, part in dated
        )
    lines += more
    seen = {"count": int(rows.sum()), "first": shown.place(0), "last": shown.place(shown.n - 1), "fit_on": chosen}
    seen["sha256"] = digest(shown)
    seen["weights"] = {"learnt_from": setting.weigh_on, "rows": weighed.n}
    parts = (tree, setting, builds, preparation, Frozen(maps), contents, frequency, Frozen(seen))
    fitted = Fitted(*parts, tuple(lines), left_out)
    with journal() as said:
        fitted = _based(fitted, panel, levels=based)
    return replace(fitted, log=(*lines, *(line for line in said if line.step == "base"))), panel


def _own_rows(leaf: Leaf, panel: Panel) -> Panel:
    return panel.pick(panel.select(leaf.fit_on, f"fit_on of {leaf.code!r}"))


def _columns(tree: Tree, part: Tree, x: Array) -> Array:
    return x if part is tree else x[:, [tree.codes.index(code) for code in part.codes]]


def _dated(tree: Tree, setting: Setting, frequency: Frequency | None) -> list[tuple[int, Tree]]:
    """Return the trees of an index by the ordinal they hold from; where history is restated, the last one for all."""
    found = trees(tree, frequency)
    if (len(found) > 1 and setting.content == "link") or setting.series != "fixed":
        raise_all(
            SpecError,
            [f"{fault}, so its levels cannot be linked or chained; choose a mean" for fault in comparing(tree)],
        )
        if frequency is None:
            raise SpecError(f"series = {setting.series!r} needs periods; name the period column in the index")
    if len(found) > 1 and setting.weigh_on == "period":
        raise SpecError("weigh_on = 'period' and a change of content exclude each other; give weights_since")
    for (_, before), (since, now) in pairwise(found):
        assert frequency is not None
        end = "level kept" if setting.content == "link" else "history recomputed"
        note("content", f"{described(before, now, since, frequency)}; {end} (content = {setting.content!r})")
    return found if setting.content == "link" else [(EARLIEST, found[-1][1])]


def comparing(tree: Tree) -> list[str]:
    """Return a text for each group whose aggregation compares rows."""
    return [
        f"group {branch.code!r}: {branch.aggregate.method.name} compares rows"
        for branch in tree.branches
        if isinstance(kernel(branch.aggregate.method, branch.aggregate.options, branch.children), Together)
    ]


def _based(fitted: Fitted, panel: Panel, *, levels: bool) -> Fitted:
    """Return the fit with what the series of later rows will need: weights by period, base levels, links."""
    tree, setting = fitted.tree, fitted.setting
    if setting.weigh_on == "period":
        ready = fitted.preparation(tree, panel)
        x = normalised(tree, fitted.maps, ready)
        counted = {"learnt_from": "period", "rows": panel.period_sizes()}
        fitted = replace(
            fitted,
            contents=tuple(learn_by_period(tree, c, x, ready) for c in fitted.contents),
            rows=Frozen({**fitted.rows, "weights": counted}),
        )
    if not levels or setting.base is None or setting.series != "fixed" or not panel.holds(setting.base):
        return fitted
    missing = panel.absent(setting.base)
    if missing:
        note("base", f"{missing} of the base period {setting.base} are not in the table; its mean is that of the rest")
    in_base = panel.select(setting.base, "base")
    whole = len(fitted.contents) > 1 or setting.new_units != "refuse" or bool(comparing(tree))
    needed = panel if whole else panel.pick(in_base)
    result = fitted.result(needed)
    found = result.course.levels
    rows = in_base if needed is panel else np.ones(needed.n, dtype=np.bool_)
    bases = with_entrants(needed, found, base_levels(needed, found, rows), setting.new_units)
    course = result.course
    links = course.by_unit() if isinstance(course, Linked) else None
    return replace(fitted, base_levels=bases, links=links)
