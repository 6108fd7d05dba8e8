"""Filling of missing values: the rows an imputation sees, its answer, and the decorator `imputing`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, Literal, Protocol, Unpack, overload

import numpy as np

from hengdian_index._maths.stats import Range
from hengdian_index._methods.frame import Learnt, OwnLearnt, P, entering, presented
from hengdian_index._methods.registry import Method, Pickled, Sees
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.traits import ImputingTraits
from hengdian_index._methods.treating import Changed, record
from hengdian_index._tables.cells import no_label, numbers
from hengdian_index._tables.periods import Periods, read_periods
from hengdian_index._tables.selection import picked
from hengdian_index._tables.table import (
    Array,
    Labelled,
    as_learnt,
    is_name,
    of_truths,
    only_name,
    read_rows,
    row_label,
    select,
    shortened,
)
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, OptionError, SpecError, raise_all


def left(why: Said) -> Said:
    """Return what is said of a cell that is not filled, and why it is not."""
    return joined([Said("left missing"), why], "heads")


@dataclass(frozen=True, slots=True)
class Rows:
    """What an imputation sees of a table: values (n, k), column names, n labels of each kind it needs, n weights."""

    values: Array
    columns: tuple[Any, ...] | None = None
    units: Sequence[Any] | None = None
    periods: Periods | None = None
    groups: Sequence[Any] | None = None
    weights: Array | None = None

    @property
    def sample(self) -> Sample:
        """The values as something to learn from."""
        return Sample((self.values,), self.columns)

    @property
    def timed(self) -> Periods:
        """The periods; rows without are refused."""
        if self.periods is None:
            raise SpecError(Said("period: name the column or index level that says which period a row is of"))
        return self.periods

    @property
    def grouped(self) -> Sequence[Any]:
        """The groups; rows without are refused."""
        if self.groups is None:
            raise SpecError(Said("groups: name a column that all the tables have, or give one label for each row"))
        return self.groups

    @property
    def weighed(self) -> Array:
        """The weights of the rows; rows without are refused."""
        if self.weights is None:
            raise SpecError(Said("weights: name a column that all the tables have, or give one number for each row"))
        return self.weights

    @property
    def members(self) -> dict[Any, list[int]]:
        """The rows of each group, by label in order of appearance."""
        members: dict[Any, list[int]] = {}
        for row, label in enumerate(self.grouped):
            if not no_label(label):
                members.setdefault(label, []).append(row)
        return members

    @property
    def samples(self) -> dict[Any, Sample]:
        """The values of each group of rows as something to learn from, by label in order of appearance."""
        return {label: Sample((self.values[rows],), self.columns) for label, rows in self.members.items()}

    def pick(self, chosen: Any) -> Rows:
        """Return some of the rows, by a mask or a slice."""
        at = np.arange(self.values.shape[-2])[chosen].tolist()
        periods = self.periods and Periods(self.periods.frequency, self.periods.ordinals[chosen])
        units, groups = (part if part is None else [part[i] for i in at] for part in (self.units, self.groups))
        weights = self.weights if self.weights is None else self.weights[at]
        return Rows(self.values[..., chosen, :], self.columns, units, periods, groups, weights)


@dataclass(frozen=True, slots=True)
class Filling:
    """Filled values (n, k); the cells that were missing, (m, 2) of row and column, and what is to be said of each.

    A cell that could not be filled is still missing (NaN), and its line says why.
    """

    values: Array
    cells: Array
    why: tuple[Said, ...]

    @classmethod
    def of(cls, rows: Rows, filled: Array, why: Callable[[int, int], Said]) -> Filling:
        """Return rows with their missing cells taken from `filled` (n, k), each with a line `why(row, column)`."""
        missing = np.isnan(rows.values)
        cells = np.argwhere(missing)
        return cls(np.where(missing, filled, rows.values), cells, tuple(why(int(i), int(j)) for i, j in cells))


LEFT = Said("left missing")
"""What is said of a cell that could not be filled, before the reason."""


def unfilled(why: Said) -> Said:
    """Return what is said of a cell that could not be filled, and why."""
    return joined([LEFT, why], "heads")


class Filler(Protocol):
    """What an imputation has learnt: a frozen value that fills any rows with the same columns."""

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""


@dataclass(frozen=True, slots=True)
class FittedFilling:
    """An imputation learnt from some rows, frozen; call it on any rows with the same columns."""

    filler: Filler
    method: Method
    columns: tuple[Any, ...] | None
    shape: tuple[int, ...]
    named: Mapping[str, Any]

    def __call__(self, x: Any, *, unit: Any = None, period: Any = None, groups: Any = None) -> Changed:
        """Return the filled table and the log; labels as they were named in fitting, or as given here."""
        given = {"unit": unit, "period": period, "groups": groups}
        if groups is not None and "groups" not in self.named:
            raise SpecError(Said("{method} reads no groups of rows here: leave out groups", method=self.method.name))
        named = {name: kept if given[name] is None else given[name] for name, kept in self.named.items()}
        table, rows = _read(select(x, self.columns, *map(only_name, named.values())), self.method, named)
        as_learnt(table, self.columns, self.shape)
        return _changed(table, rows, lambda _: self.filler)


def fill(method: Method, known: Rows, options: Mapping[str, Any], *, needed: bool = True) -> Filler:
    """Return the filler that an imputation learns from rows.

    Raises
    ------
    DataError
        An indicator with no value at all in the rows.
    """
    options = method.demand(options)
    if needed:
        known.sample.need_values(known.sample.measure(Range).n)
    if method.sees == "rows":
        return OwnFiller(method.function, known.values, dict(options))
    filler: Filler = method.function(known, **options)
    return filler


@stored("registered filler")
@dataclass(frozen=True, slots=True)
class OwnFiller(Pickled):
    """A user's function of an array (n, k) as a filler.

    It may fill what is missing and must not touch the rest; and the fit rows must stay filled as they were when other
    rows are added, unless it takes them as `fit_on`.
    """

    function: Callable[..., Any]
    fit_rows: Array
    options: Mapping[str, Any]

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        name = getattr(self.function, "__name__", Said("the function"))
        filled, n = self._filled(rows.values, name), len(self.fit_rows)
        if "fit_on" not in signature(self.function).parameters and not _same(rows.values, self.fit_rows):
            both = self._filled(np.concatenate([self.fit_rows, rows.values]), name)
            filled = both[n:]
            if not _same(both[:n], self._filled(self.fit_rows, name)):
                raise DataError(
                    Said(
                        "impute: {name} fills old rows otherwise when rows are added, so it cannot be frozen; "
                        "let it take the rows it learns from as an option `fit_on=None`",
                        name=name,
                    )
                )
        gone, done = Said("left missing by {name}", name=name), joined([name], "whole")
        return Filling.of(rows, filled, lambda i, j: gone if np.isnan(filled[i, j]) else done)

    def _filled(self, x: Array, name: str) -> Array:
        known = {"fit_on": self.fit_rows} if "fit_on" in signature(self.function).parameters else {}
        filled = np.asarray(self.function(x.copy(), **known, **self.options), dtype=np.float64)
        if filled.shape != x.shape or np.isinf(filled).any():
            raise DataError(
                Said(
                    "impute: {name} must give finite values in the shape of its rows {shape}", name=name, shape=x.shape
                )
            )
        if not np.array_equal(filled[~np.isnan(x)], x[~np.isnan(x)]):
            raise DataError(
                Said("impute: {name} changes values that are not missing; let it fill the missing ones only", name=name)
            )
        return filled


@overload
def imputing(function: Callable[Concatenate[Any, P], Any], /) -> OwnLearnt[P, Changed, FittedFilling]: ...
@overload
def imputing(
    *,
    sees: Literal["statistics"],
    second: str | None = ...,
    needs: Sequence[str] = ...,
    learns: bool = ...,
    **traits: Unpack[ImputingTraits],
) -> Callable[[Callable[Concatenate[Rows, P], Filler]], Learnt[P, Changed, FittedFilling]]: ...
@overload
def imputing(
    *,
    sees: Literal["rows"] = ...,
    second: str | None = ...,
    needs: Sequence[str] = ...,
    learns: bool = ...,
    **traits: Unpack[ImputingTraits],
) -> Callable[[Callable[Concatenate[Any, P], Any]], OwnLearnt[P, Changed, FittedFilling]]: ...
def imputing(
    function: Any = None,
    /,
    *,
    sees: Sees = "rows",
    second: str | None = None,
    needs: Sequence[str] = (),
    learns: bool = True,
    **traits: Unpack[ImputingTraits],
) -> Any:
    """Register an imputation under the function's own name.

    Parameters
    ----------
    function : callable
        With `sees="statistics"`: `f(x, **options)` of `Rows`, giving a `Filler`. With `sees="rows"` (a user's
        function): `f(x)` on an array (n, k), giving it filled.
    second : str, optional
        The option that may also be given by place, after x.
    needs : sequence of str
        What the function reads of rows besides: "period" (periods, and units if there are any), "groups" (groups of
        rows; its option `groups` names their column or holds them), "weights" (numbers; its option `weights` names
        their column or holds them), "parents" (groups of columns in its option `groups`).
    learns : bool
        Whether anything is learnt from the fit rows, so that `fit_on` means something.
    **traits
        `provisional`: what it fills stands in for a number that is still to come, and a result marks what rests on it.
        `across`: it fills from the other columns of the row, so that one column alone is not enough.
        `check`, `formula`, `chinese` and `words` as of a normalisation.

    Examples
    --------
    >>> import numpy as np
    >>> import hengdian_index as hi
    >>> @hi.imputing
    ... def zero(x):
    ...     return np.nan_to_num(x)
    >>> zero([[np.nan], [7.0]]).table.tolist()
    [[0.0], [7.0]]
    """

    def publish(method: Method) -> Any:
        @wraps(method.function)
        def filled(
            x: Any, *place: Any, fit_on: Any = None, unit: Any = None, period: Any = None, **options: Any
        ) -> Changed:
            if fit_on is not None and not learns:
                raise SpecError(Said("{method} learns nothing from other rows: leave out fit_on", method=method.name))
            options = _with_second(method, place, options)
            named = _named(method, options, unit, period)
            table, rows = _read(x, method, named)
            known = _reference(fit_on, rows, x, method, named)
            return _changed(table, rows, lambda at: fill(method, replace(known, values=_layer(known, at)), options))

        def fit(x: Any, *place: Any, unit: Any = None, period: Any = None, **options: Any) -> FittedFilling:
            """Return the filler learnt from x, to be called on later rows."""
            options = _with_second(method, place, options)
            named = _named(method, options, unit, period)
            table, rows = _read(x, method, named)
            # Later rows are filled with what was learnt, whatever they weigh.
            kept = {name: only_name(given) for name, given in named.items() if name != "weights"}
            if rows.values.ndim > 2:
                raise DataError(
                    Said(
                        "{method}.fit learns from one table (n, k), not from a stack {shape}",
                        method=method.name,
                        shape=rows.values.shape,
                    )
                )
            return FittedFilling(fill(method, rows, options), method, table.columns, rows.values.shape, kept)

        return presented(filled, method, hidden=() if learns else ("fit_on",), fit=fit)

    declared = {"second": second, "needs": tuple(needs), "learns": learns}
    return entering("impute", publish, function, sees, traits | declared)


def _with_second(method: Method, place: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the one that was given by place."""
    second = method.traits["second"]
    if len(place) > (second is not None) or (place and second in options):
        raise OptionError(
            Said(
                "{method}: {values} by place after x; name the options",
                method=method.name,
                values=Said.of(len(place), "{n} value", "{n} values"),
            )
        )
    return method.demand(options | {str(second): one for one in place})


def _named(method: Method, options: Mapping[str, Any], unit: Any, period: Any) -> dict[str, Any]:
    own = {name: options.get(name) for name in ("groups", "weights") if name in method.traits["needs"]}
    return {"unit": unit, "period": period} | own


def _read(x: Any, method: Method, named: Mapping[str, Any]) -> tuple[Labelled, Rows]:
    """Return a table, its columns of labels set aside, and its rows as the imputation sees them."""
    own = ("groups", "weights")
    table = read_rows(x, **{role: given for role, given in named.items() if role not in own or given is not None})
    units, groups = (own if own is None else list(own) for own in map(table.labels.get, ("unit", "groups")))
    weights = None if (labels := table.labels.get("weights")) is None else _weights(labels, table)
    timed, period, periods = "period" in method.traits["needs"], named["period"], table.labels["period"]
    if timed and periods is not None:
        periods = read_periods(periods, column=str(period) if is_name(period) else "period")
    units, periods = (units, periods) if timed else (None, None)
    return table, Rows(table.values, table.columns, units, periods, groups, weights)


def _weights(given: Sequence[Any], table: Labelled) -> Array:
    """Return the weights of rows, missing as NaN."""
    weights, faults = numbers(list(given), lambda row: joined(["weights", row_label(table.source, row)], "places"))
    raise_all(DataError, shortened(faults))
    return weights


def _reference(fit_on: Any, rows: Rows, source: Any, method: Method, named: Mapping[str, Any]) -> Rows:
    """Return the rows to learn from: all, some of them, or those of another table."""
    if fit_on is None:
        return rows
    chosen = picked(fit_on, "fit_on", rows.values.shape[-2], source)
    if chosen is not None:
        some = rows.pick(chosen)
        if some.values.shape[-2] == 0:
            raise DataError(Said("fit_on selects no row"))
        return some
    names = {name: only_name(given) for name, given in named.items()}
    other, known = _read(select(fit_on, rows.columns, *names.values()), method, names)
    if known.values.shape[-1] != rows.values.shape[-1] or known.values.shape[:-2] not in ((), rows.values.shape[:-2]):
        raise DataError(
            Said(
                "fit_on has shape {known}, the rows to fill {shape}",
                known=known.values.shape,
                shape=rows.values.shape,
            )
        )
    if of_truths(other.source) and not of_truths(source):
        raise DataError(Said("fit_on is a table of truths; a mask has one truth a row, such as mask.all(axis=1)"))
    return known


def _same(x: Array, y: Array) -> bool:
    return np.array_equal(x, y, equal_nan=True)


def _layer(rows: Rows, at: tuple[int, ...]) -> Array:
    """Return one table (n, k) of a stack, the only one where there is no stack."""
    return rows.values[at] if rows.values.ndim > 2 else rows.values


def _changed(table: Labelled, rows: Rows, learn: Callable[[tuple[int, ...]], Filler]) -> Changed:
    """Return the filled table and the log; each table of a stack by its own filler."""
    filled, cells = rows.values.copy(), []
    why: list[Said] = []
    for at in np.ndindex(*rows.values.shape[:-2]):
        filling = learn(at)(replace(rows, values=rows.values[at]))
        filled[at] = filling.values
        cells.append(np.hstack([np.tile(np.array(at, dtype=np.intp), (len(filling.cells), 1)), filling.cells]))
        why += filling.why
    places = np.concatenate(cells)
    before, after = (values[tuple(places.T)] for values in (rows.values, filled))
    return Changed(table.like(filled), record(table, places, before, after, why, {}))
