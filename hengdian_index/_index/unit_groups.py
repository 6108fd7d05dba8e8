"""Means over the units of a group: of a region, of an income group, of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._levels.common_base import CommonBase
from hengdian_index._scoring.tree import Setting
from hengdian_index._tables.cells import no_label
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, Fault, fewer, native, raise_all


def asked(setting: Setting) -> list[Mapping[str, Any]]:
    """Return what an index says of its groups of units: the column `by`, a column of `weights`, a `name` for all."""
    return [{"by": one} if isinstance(one, str) else one for one in setting.groups_of_units]


def columns_of_groups(setting: Setting) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns of labels and those of weights that the groups of units of an index ask for."""
    labels, weights = ([one[key] for one in asked(setting) if key in one] for key in ("by", "weights"))
    return tuple(dict.fromkeys(labels)), tuple(dict.fromkeys(weights))


def columns_of_units(setting: Setting) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns of labels and those of numbers that an index asks for of its units, names included."""
    labels, weights = columns_of_groups(setting)
    base = CommonBase.of(setting)
    weights = tuple(dict.fromkeys((*weights, *(base.columns if base else ()))))
    return tuple(dict.fromkeys((*filter(None, [setting.unit_names]), *labels))), weights


def notes_of_groups(setting: Setting, panel: Panel) -> list[Said]:
    """Return what is said of rows that count in no group; weights below 0 are refused."""
    told, faults = list[Said](), list[Fault]()
    for one in asked(setting):
        labels, weights = _labels(one, panel), _weights(one, panel)
        below = np.flatnonzero(weights < 0)
        faults += [
            Fault(
                Said(
                    "{place}: weight {weight:g} in {column!r} is below 0",
                    place=panel.place(int(i)),
                    weight=weights[i],
                    column=one["weights"],
                )
            )
            for i in below
        ]
        without, unweighed = sum(label is None for label in labels), int(np.isnan(weights).sum())
        if without:
            why = Said.of(
                without,
                "{n} row in no mean over units: no label in {column!r}",
                "{n} rows in no mean over units: no label in {column!r}",
                column=one["by"],
            )
            told.append(why)
        if unweighed:
            why = Said.of(
                unweighed,
                "{n} row in no mean over units: no {column!r}",
                "{n} rows in no mean over units: no {column!r}",
                column=one["weights"],
            )
            told.append(why)
    raise_all(DataError, fewer(faults, Said("weights below 0")))
    return list(dict.fromkeys(told))


@dataclass(frozen=True, slots=True)
class Mean:
    """A group of units in one period: its rows and their weights."""

    name: Any
    period: Any
    rows: NDArray[np.intp]
    weights: Array
    weighted: bool

    def there(self, values: Array) -> NDArray[np.intp]:
        """Return which of the rows have a value, of all values (n,), and a weight."""
        return np.flatnonzero(~np.isnan(values[self.rows]) & ~np.isnan(self.weights))

    def __call__(self, values: Array) -> Array:
        """Return sum w x / sum w of each column of all values (n, k), over what is there; missing where nothing is."""
        x = values[self.rows]
        w = np.where(np.isnan(x) | np.isnan(self.weights)[:, np.newaxis], 0.0, self.weights[:, np.newaxis])
        with np.errstate(invalid="ignore", divide="ignore"):
            share = w / w.sum(axis=0)
            found = (share * np.nan_to_num(x, posinf=np.inf, neginf=-np.inf)).sum(axis=0)
        return np.where(w.any(axis=0), found, np.nan)


def means_of(setting: Setting, panel: Panel) -> Iterator[Mean]:
    """Yield the groups of units that an index names, each period by period."""
    when = np.zeros(panel.n, dtype=np.int64) if panel.periods is None else panel.periods.ordinals
    periods, at = np.unique(when, return_inverse=True)
    own = panel.period_labels()
    taken: set[Any] = set(panel.unit_list())
    for one in asked(setting):
        labels, weights = _labels(one, panel), _weights(one, panel)
        for label, rows in _members(labels):
            name = f"{one.get('by', 'all')}: {label}" if label in taken else label
            taken.add(name)
            for p in np.unique(at[rows]).tolist():
                inside = rows[at[rows] == p]
                period = own.get(int(periods[p]), periods[p])
                yield Mean(name, period, inside, weights[inside], "weights" in one)


def unit_means(setting: Setting, panel: Panel, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the mean rows of each group of units, by period, of a table that has the rows of the panel."""
    x, means = frame.to_numpy(dtype=np.float64), list(means_of(setting, panel))
    names = frame.index.names
    index = (
        pd.MultiIndex.from_tuples([(mean.name, mean.period) for mean in means], names=names)
        if panel.periods is not None
        else pd.Index([mean.name for mean in means], name=names[0])
    )
    values = np.array([mean(x) for mean in means]).reshape(len(means), x.shape[1])
    return pd.DataFrame(values, index=index, columns=frame.columns)


def _labels(one: Mapping[str, Any], panel: Panel) -> list[Any]:
    """Return the group of each row (n,), None where it has none."""
    if "by" not in one:
        return [one["name"]] * panel.n
    return [None if no_label(cell) or not str(cell).strip() else native(cell) for cell in panel.groups[one["by"]]]


def _weights(one: Mapping[str, Any], panel: Panel) -> Array:
    if "weights" not in one:
        return np.ones(panel.n)
    return np.asarray(panel.values[:, panel.columns.index(one["weights"])])


def _members(labels: list[Any]) -> Iterator[tuple[Any, NDArray[np.intp]]]:
    """Yield each label with its rows, in the order of the table."""
    codes, distinct = pd.factorize(np.array(labels, dtype=object))
    order = np.argsort(codes, kind="stable")
    for i, label in enumerate(distinct):
        yield label, order[np.searchsorted(codes[order], i) : np.searchsorted(codes[order], i, "right")]
