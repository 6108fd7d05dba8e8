"""Units with values, weights and groups, of one period or of several: what inequality is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import full_size, power_of_two
from hengdian_index._tables.cells import no_label, tabular
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array, Labelled, read_labelled, read_rows, row_faults, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, Fault, FaultsError, SpecError, raise_all, raise_together, shown
from hengdian_index.explain._panels import in_time
from hengdian_index.log import note


@dataclass(frozen=True, slots=True)
class Population:
    """Values and weights of each group, the group of the largest mean first; divided by `unit` and by `heaviest`."""

    labels: tuple[Any, ...]
    parts: tuple[Array, ...]
    weights: tuple[Array, ...]
    unit: float
    heaviest: float

    @property
    def units(self) -> Array:
        """Share of each group in the weight of all (g,)."""
        own = np.array([weights.sum() for weights in self.weights])
        return np.asarray(own / own.sum())

    @property
    def means(self) -> Array:
        """Weighted mean of each group (g,)."""
        return np.array([np.average(part, weights=own) for part, own in zip(self.parts, self.weights, strict=True)])

    def described(self, relative: Array, means: Array, **more: Array) -> Any:
        """Return the table of groups, from means relative to the mean of all (g,) and the means."""
        import pandas as pd

        columns = {
            "n": np.array([len(part) for part in self.parts], dtype=np.int64),
            "mean": means * self.unit,
            "share_of_units": self.units,
            "share_of_total": self.units * relative,
        }
        return pd.DataFrame(columns | more, index=pd.Index(self.labels, name="group", tupleize_cols=False))


@dataclass(frozen=True, slots=True)
class Populations:
    """One population, or several by period."""

    found: tuple[Population, ...]
    periods: Any = None

    def numbers(self, values: Sequence[float], name: str) -> Any:
        """Return the number of the population, or a Series by period."""
        import pandas as pd

        return float(values[0]) if self.periods is None else pd.Series(values, self.periods, dtype=float, name=name)

    def tables(self, tables: Sequence[Any]) -> Any:
        """Return the table of the population, or the tables of all under one another, by period."""
        import pandas as pd

        if self.periods is None:
            return tables[0]
        return pd.concat(list(tables), keys=self.periods, names=["period"])


def populations(
    call: str, y: Any, groups: Any, weights: Any, periods: Any, *, zeros: Said | None = None
) -> Populations:
    """Return the units that have a value by group, checked; of several periods one population each.

    `zeros` says why a value of 0 is refused, where it is.
    """
    aside = None if weights is None or tabular(weights) else weights
    roles = {"weights": aside, "periods": periods}
    table = read_rows(y, groups=groups, **{name: given for name, given in roles.items() if given is not None})
    given = table.labels["groups"]
    if given is None:
        raise SpecError(
            Said.of(
                len(table.values),
                "groups: one label for each of {n} unit is needed",
                "groups: one label for each of {n} units is needed",
            )
        )
    named = table.labels.get("periods")
    if named is not None or table.values.shape[-1] == 1:
        table.need_shape(Said("{call}: one column of values is needed", call=call), 1)
    table.need_shape(Said("{call}: one column a period is needed", call=call))
    if zeros is not None and (table.values == 0).any():
        raise table.refusal(CellsError(table.values == 0, joined([call, zeros], "heads")))
    weight = _weights(weights, table)
    there = _checked(call, table, given, weight)
    if named is None:
        columns = [(j, there[:, j]) for j in range(there.shape[1])]
        called = None if there.shape[1] == 1 else table.names
    else:
        bare = [row for row in np.flatnonzero(there[:, 0]).tolist() if no_label(named[row])]
        raise_all(DataError, shortened(row_faults(bare, table.source, Said("the unit has no period"))))
        place = _places(named, there[:, 0])
        called = tuple(place)
        columns = [(0, rows) for rows in place.values()]
    found, errors = list[Population](), list[FaultsError]()
    for number, (j, rows) in enumerate(columns):
        try:
            _measurable(call, table.values[rows, j])
            found.append(_grouped(table.values[rows, j], weight[rows, j], [given[row] for row in np.flatnonzero(rows)]))
        except DataError as error:
            said = None if called is None else Said("period {period}: ", period=shown(called[number]))
            errors.append(DataError(*(fault.under(saying=said) for fault in error.faults)))
    raise_together(errors)
    return Populations(tuple(found), None if called is None else _index(called))


def _index(called: Sequence[Any]) -> Any:
    import pandas as pd

    return pd.Index(list(called), name="period", tupleize_cols=False)


def _places(labels: Any, there: NDArray[np.bool_]) -> dict[Any, NDArray[np.bool_]]:
    """Return which rows (n,) have a value in each period, in the order of time."""
    own = [labels[row] if there[row] else None for row in range(len(there))]
    called = np.empty(len(own), dtype=object)
    called[:] = own
    return {period: there & (called == period) for period in in_time(label for label in own if label is not None)}


def _weights(weights: Any, table: Labelled) -> Array:
    """Return a weight of each value (n, k), 1 where none are given."""
    shape = table.values.shape
    if weights is None:
        return np.ones(shape)
    if tabular(weights):
        own = read_labelled(_as_table(weights, table))
        if own.values.shape not in (shape, (shape[0], 1)):
            raise SpecError(
                Said(
                    "weights: one for each value, {shape}, or for each unit, not an array of {found}",
                    shape=shape,
                    found=own.values.shape,
                )
            )
        return np.broadcast_to(own.values, shape)
    try:
        numbers = floats(list(table.labels["weights"]))
    except (TypeError, ValueError):
        raise SpecError(Said("weights: one number for each unit, such as its population")) from None
    return np.broadcast_to(numbers[:, np.newaxis], shape)


def _as_table(weights: Any, table: Labelled) -> Any:
    """Return weights of pandas in the order of rows and columns of the table of values."""
    import pandas as pd

    if not (isinstance(weights, pd.DataFrame) and isinstance(table.source, pd.DataFrame)):
        return weights
    absent = [*(set(table.source.index) - set(weights.index)), *(set(table.source.columns) - set(weights.columns))]
    if absent or not (weights.index.is_unique and weights.columns.is_unique):
        why = Said("none for {label}", label=shown(absent[0])) if absent else Said("some of its labels repeat")
        raise SpecError(Said("weights: labels do not match those of the values: {why}; give them as an array", why=why))
    return weights.loc[table.source.index, table.source.columns]


def _checked(call: str, table: Labelled, groups: Any, weight: Array) -> NDArray[np.bool_]:
    """Return which values (n, k) are there; refuse a negative one, and one without a group or a weight."""
    if (table.values < 0).any():
        raise table.refusal(
            CellsError(table.values < 0, Said("{call}: a share of a total cannot be negative", call=call))
        )
    there = ~np.isnan(table.values)
    rows = np.flatnonzero(there.any(axis=1)).tolist()
    faults: list[Fault] = row_faults(
        [r for r in rows if no_label(groups[r])], table.source, Said("the unit has no group")
    )
    light = there & ~((weight > 0) & np.isfinite(weight))
    faults += row_faults(np.flatnonzero(light.any(axis=1)), table.source, Said("the unit has no weight above 0"))
    raise_all(DataError, shortened(faults))
    left = there.size - int(there.sum())
    if left:
        gaps = Said.of(left, "{n} missing value is left out", "{n} missing values are left out")
        if there.shape[1] == 1:
            gaps = Said.of(left, "{n} unit without a value is left out", "{n} units without a value are left out")
        note("explain", joined([call, gaps], "heads"))
    return there


def _measurable(call: str, y: Array) -> None:
    if len(y) < 2:
        raise DataError(
            Said.of(
                len(y),
                "{call}: {n} unit with a value; inequality needs two or more",
                "{call}: {n} units with a value; inequality needs two or more",
                call=call,
            )
        )
    if not y.any():
        raise DataError(Said("{call}: all values are 0, so shares of the total do not exist", call=call))


def _grouped(values: Array, weights: Array, given: Sequence[Any]) -> Population:
    """Return values (n,) by group, the units of a group in the order they came in."""
    unit = float(power_of_two(values[:, np.newaxis], full_size(values[:, np.newaxis]))[0])
    heaviest = float(weights.max())
    place: dict[Any, int] = {}
    group = np.array([place.setdefault(label, len(place)) for label in given])
    order, ends = np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1]
    parts, own = np.split(values[order] / unit, ends), np.split(weights[order] / heaviest, ends)
    labels = tuple(place)
    rank = np.argsort(-Population(labels, tuple(parts), tuple(own), unit, heaviest).means, kind="stable")
    return Population(
        tuple(labels[g] for g in rank), tuple(parts[g] for g in rank), tuple(own[g] for g in rank), unit, heaviest
    )
