"""Plan, fit, score: what each node of an index learns from the fit rows, and the scores of any rows under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index.decorators import kernel, unit_sum
from hengdian_index.errors import (
    CellsError,
    DataError,
    Fault,
    FaultsError,
    SpecError,
    raise_all,
    raise_together,
    suggestion,
)
from hengdian_index.journal import Entry, journal, note
from hengdian_index.learning import learn, weigh
from hengdian_index.maps import Map
from hengdian_index.means import Scores, aggregate, refusal
from hengdian_index.preparation import Preparation, columns_asked, learnt
from hengdian_index.result import Result, base_levels
from hengdian_index.rows.panel import Panel, read_panel
from hengdian_index.rows.periods import Frequency
from hengdian_index.rows.table import Array, Labelled
from hengdian_index.sample import Sample
from hengdian_index.tree import Branch, Choice, Frozen, Leaf, Setting, Tree


@dataclass(frozen=True, eq=False)
class Fitted:
    """An index with what it learnt from the fit rows, frozen: bounds, statistics, weights.

    Attributes
    ----------
    preparation : Preparation
        What imputations and treatments learnt.
    maps : mapping
        Code of each indicator -> the map from its values to its scores.
    rows : dict
        How many fit rows there were, the first and the last.
    log : tuple
        What fitting noted.
    base_levels : mapping or None
        Unit (None without units) -> mean score of each group over the base period, if the table held it: the level
        that is `to`, also where later rows alone are scored.
    """

    tree: Tree
    setting: Setting
    preparation: Preparation
    maps: Mapping[str, Map]
    group_weights: Mapping[str, Array]
    frequency: Frequency | None
    rows: Mapping[str, Any]
    log: tuple[Entry, ...]
    base_levels: Mapping[Any, Array] | None = None

    @property
    def weights(self) -> pd.Series[float]:
        """Weights within each group, indexed by (group, child)."""
        pairs = [(code, child) for code in self.tree.groups for child in self.tree.by_code[code].children]
        values = np.concatenate([self.group_weights[code] for code in self.tree.groups])
        return pd.Series(values, index=pd.MultiIndex.from_tuples(pairs, names=["group", "child"]), name="weight")

    def score(self, table: Any) -> Result:
        """Return the scores of a table's rows under the frozen bounds and weights.

        Parameters
        ----------
        table : pandas, polars or pyarrow table, mapping of columns, or array (n, k)
            New periods or units, or the same; nothing is learnt from them.

        Raises
        ------
        DataError
            Every fault of the table: missing columns, text or infinity in a number column, repeated rows.
        """
        return self._score(_read(self.tree, self.setting, table, self.frequency))

    def _score(self, panel: Panel) -> Result:
        with journal() as lines:
            ready = self.preparation(self.tree, panel)
            normalised = _normalised(self.tree, self.maps, ready)
            scores = _up(self.tree, self.group_weights, normalised, panel)
        if panel.unused:
            lines.append(Entry("read", f"columns that the index does not use: {', '.join(panel.unused)}"))
        said = (*self.log, *lines)
        parts = (self.tree, self.setting, self.group_weights, panel, normalised, scores, self.rows, said)
        return Result(*parts, self.base_levels)

    def __repr__(self) -> str:
        learnt_on = f"{self.rows['count']} rows, {self.rows['first']} to {self.rows['last']}"
        return f"<Fitted {self.setting.name!r}: {len(self.maps)} indicators, learnt from {learnt_on}>"


def fit(tree: Tree, setting: Setting, table: Any, fit_on: Any = None) -> Fitted:
    """Return the index with what it learns from the fit rows of a table."""
    return _fit(tree, setting, _read(tree, setting, table, None), fit_on)


def compute(tree: Tree, setting: Setting, table: Any, fit_on: Any = None) -> Result:
    """Return the scores of a table's rows, learnt from its fit rows."""
    panel = _read(tree, setting, table, None)
    if setting.base is not None:
        panel.select(setting.base, "base")
    return _fit(tree, setting, panel, fit_on)._score(panel)


def _read(tree: Tree, setting: Setting, table: Any, frequency: Frequency | None) -> Panel:
    sizes, groups = columns_asked(tree)
    columns = (*tree.codes, *sizes)
    return read_panel(table, columns, unit=setting.unit, period=setting.period, frequency=frequency, groups=groups)


def _fit(tree: Tree, setting: Setting, panel: Panel, fit_on: Any) -> Fitted:
    chosen = setting.fit_on if fit_on is None else fit_on
    rows = panel.select(chosen, "fit_on")
    shown = panel.pick(rows)
    on_base = chosen is None and setting.base is not None
    base = panel.pick(panel.select(setting.base, "base")) if on_base else shown
    with journal() as lines:
        preparation = learnt(tree, shown)
    with journal():
        shown, base = preparation(tree, shown), preparation(tree, base)
    with journal() as more:
        maps = _maps(tree, shown, base)
        weights = _weights(tree, _normalised(tree, maps, shown), shown)
    lines += more
    seen = {"count": int(rows.sum()), "first": shown.place(0), "last": shown.place(shown.n - 1), "fit_on": chosen}
    with journal() as said:
        levels = _base_levels(tree, setting, preparation, maps, weights, panel)
    frequency = panel.periods.frequency if panel.periods else None
    parts = (tree, setting, preparation, Frozen(maps), weights, frequency, Frozen(seen))
    return Fitted(*parts, (*lines, *(line for line in said if line.step == "base")), levels)


def _base_levels(
    tree: Tree,
    setting: Setting,
    preparation: Preparation,
    maps: Mapping[str, Map],
    weights: Mapping[str, Array],
    panel: Panel,
) -> dict[Any, Array] | None:
    """Return the mean score of each group over the base rows of each unit, None where the table does not hold them."""
    if setting.base is None or not panel.holds(setting.base):
        return None
    rows = panel.pick(panel.select(setting.base, "base"))
    missing = panel.absent(setting.base)
    if missing:
        note("base", f"{missing} of the base period {setting.base} are not in the table; its mean is that of the rest")
    normalised = _normalised(tree, maps, preparation(tree, rows))
    scores = _up(tree, weights, normalised, rows)
    values = np.stack([scores[code].values for code in tree.groups], axis=1)
    return base_levels(rows, values, np.ones(rows.n, dtype=np.bool_))


def _maps(tree: Tree, shown: Panel, base: Panel) -> dict[str, Map]:
    """Return what each indicator's normalisation learns; the faults of all indicators at once."""
    maps: dict[str, Map] = {}
    errors: list[FaultsError] = []
    for j, leaf in enumerate(tree.leaves):
        rows = base if leaf.normalise.method.traits.get("fits_on_base") else shown
        try:
            maps[leaf.code] = _map(leaf, rows, j)
        except FaultsError as error:
            errors.append(error)
    raise_together(errors)
    return maps


def _map(leaf: Leaf, rows: Panel, j: int) -> Map:
    column = Labelled(rows.values[:, [j]], (leaf.code,), not np.isnan(rows.values[:, j]).any(), rows)
    return learn(leaf.normalise.method, column, leaf.direction, _own_options(leaf, rows.columns))


def _own_options(leaf: Leaf, codes: tuple[str, ...]) -> dict[str, Any]:
    """Return a leaf's options, its own value taken from those given by indicator."""
    options = {}
    for name, value in leaf.normalise.options.items():
        if isinstance(value, Mapping):
            surplus = [f"{name}: no indicator {key!r}{suggestion(key, codes)}" for key in value if key not in codes]
            raise_all(SpecError, surplus)
            value = {leaf.code: value[leaf.code]} if leaf.code in value else {}
        options[name] = value
    return options


def _normalised(tree: Tree, maps: Mapping[str, Map], panel: Panel) -> Array:
    """Return the normalised indicators (n, k)."""
    out = np.empty_like(panel.values, order="F")
    faults: list[Fault] = []
    for j, leaf in enumerate(tree.leaves):
        column = Labelled(panel.values[:, j : j + 1], (leaf.code,), False, panel)
        try:
            out[:, j] = maps[leaf.code](column.values)[:, 0]
        except CellsError as error:
            faults += column.refusal(error).faults
    raise_all(DataError, faults)
    return out


def _weights(tree: Tree, normalised: Array, panel: Panel) -> Mapping[str, Array]:
    """Return the weights of every group, learnt from the leaves up."""
    weights: dict[str, Array] = {}

    def step(branch: Branch, x: Array) -> Scores:
        weights[branch.code] = _group_weights(branch, x)
        return _aggregated(tree, branch, x, weights[branch.code], panel)

    _climb(tree, normalised, step)
    return Frozen(weights)


def _climb(tree: Tree, normalised: Array, step: Callable[[Branch, Array], Scores]) -> dict[str, Scores]:
    """Return the scores of every group from the leaves up; the faults of all groups that can be reached at once."""
    nodes = dict(zip(tree.codes, normalised.T, strict=True))
    scores: dict[str, Scores] = {}
    errors: list[FaultsError] = []
    for branch in tree.branches:
        if not all(child in nodes for child in branch.children):
            continue
        try:
            scores[branch.code] = step(branch, np.stack([nodes[child] for child in branch.children], axis=1))
            nodes[branch.code] = scores[branch.code].values
        except FaultsError as error:
            errors.append(error)
    raise_together(errors)
    return scores


def _group_weights(branch: Branch, x: Array) -> Array:
    if len(branch.children) == 1:
        return np.ones(1)
    choice = branch.weights
    try:
        if choice.method.sees == "judgement":
            return judged(choice, branch.children)
        return weigh(choice.method, Sample((x,), branch.children), choice.options)
    except CellsError as error:
        marked = np.argwhere(error.marked)
        child, value = branch.children[marked[0][-1]], x[tuple(marked[0])]
        raise DataError(f"group {branch.code!r}: weights: indicator {child!r}: {value:g}: {error.why}") from None
    except FaultsError as error:
        raise type(error)(
            *(fault.under(saying=f"group {branch.code!r}: weights: ") for fault in error.faults)
        ) from None


def judged(choice: Choice, children: tuple[str, ...]) -> Array:
    """Return the weights of a judged method in the order of a group's children, matched by name."""
    settings = choice.settings
    if "items" in choice.method.options:
        settings.setdefault("items", children)
    names, values = choice.method.function(*choice.judgements, **settings)
    if names is None:
        return unit_sum(np.asarray(values), len(children), choice.method.name)
    faults = [
        f"{choice.method.name}: no child {name!r}{suggestion(name, children)}" for name in names if name not in children
    ]
    faults += [f"{choice.method.name}: nothing given for child {child!r}" for child in children if child not in names]
    raise_all(SpecError, faults)
    given = dict(zip(names, values, strict=True))
    return unit_sum(np.array([given[child] for child in children]), len(children), choice.method.name)


def _up(tree: Tree, weights: Mapping[str, Array], normalised: Array, panel: Panel) -> dict[str, Scores]:
    """Return the scores of every group, gaps noted."""

    def step(branch: Branch, x: Array) -> Scores:
        found = _aggregated(tree, branch, x, weights[branch.code], panel)
        _note_gaps(branch, x, found, panel)
        return found

    return _climb(tree, normalised, step)


def _aggregated(tree: Tree, branch: Branch, x: Array, w: Array, panel: Panel) -> Scores:
    """Return a group's scores; a child's own rule for missing values comes before the group's."""
    own = {leaf.code: leaf.missing for leaf in tree.leaves if leaf.missing is not None}
    rules = [own.get(child, branch.missing.rule) for child in branch.children]
    absent = np.isnan(x)
    refused = absent & np.array([rule == "raise" for rule in rules])
    held = (absent & np.array([rule == "propagate" for rule in rules])).any(axis=-1)
    table = Labelled(x, branch.children, not absent.any(), panel)
    try:
        if refused.any():
            raise CellsError(refused, "missing, and the rule is 'raise'; fill it, or choose 'reweight' or 'propagate'")
        answer = aggregate(
            kernel(branch.aggregate.method, branch.aggregate.options, branch.children),
            x,
            w,
            replace(branch.missing, rule="reweight"),
        )
    except CellsError as error:
        faults = [fault.under(saying=f"group {branch.code!r}: ") for fault in refusal(error, table).faults]
        raise DataError(*faults) from None
    if not held.any():
        return answer
    return Scores(np.where(held, np.nan, answer.values), answer.weights, answer.dropped | held)


def _note_gaps(branch: Branch, x: Array, scores: Scores, panel: Panel) -> None:
    """Write a line for every row of a group with missing children."""
    absent: NDArray[np.bool_] = np.isnan(x)
    k = len(branch.children)
    for row in np.flatnonzero(absent.any(axis=-1)).tolist():
        gone = ", ".join(child for child, gap in zip(branch.children, absent[row], strict=True) if gap)
        end = "no score" if scores.dropped[row] else "the rest reweighted"
        why = f"missing: {gone} ({k - int(absent[row].sum())} of {k} present); {end}"
        note("aggregate", why, unit=panel.unit(row), period=panel.period(row), indicator=branch.code)
