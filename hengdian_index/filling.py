"""Filling of missing values: the rows an imputation sees, its answer, and the decorator `imputing`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Protocol, overload

import numpy as np

from hengdian_index.errors import DataError, SpecError
from hengdian_index.methods import Method, Sees, register
from hengdian_index.rows.parted import Parted, columns_of, is_name, labels, only_name, parted, select
from hengdian_index.rows.periods import Periods, read_periods
from hengdian_index.rows.table import Array
from hengdian_index.sample import Sample
from hengdian_index.stats import Range
from hengdian_index.treatment import Changed, presented, record


@dataclass(frozen=True, slots=True)
class Rows:
    """What an imputation sees of a table: values (n, k), column names, and n labels of each kind it may need."""

    values: Array
    columns: tuple[Any, ...] | None = None
    units: Sequence[Any] | None = None
    periods: Periods | None = None
    groups: Sequence[Any] | None = None

    @property
    def sample(self) -> Sample:
        """The values as something to learn from."""
        return Sample((self.values,), self.columns)

    def pick(self, chosen: Any) -> Rows:
        """Return some of the rows, by a mask or a slice."""
        at = np.arange(len(self.values))[chosen].tolist()
        periods = self.periods and Periods(self.periods.frequency, self.periods.ordinals[chosen])
        units, groups = (part if part is None else [part[i] for i in at] for part in (self.units, self.groups))
        return Rows(self.values[chosen], self.columns, units, periods, groups)


@dataclass(frozen=True, slots=True)
class Filling:
    """Filled values (n, k); the cells that were missing, (m, 2) of row and column, and what is to be said of each.

    A cell that could not be filled is still missing (NaN), and its line says why.
    """

    values: Array
    cells: Array
    why: tuple[str, ...]

    @classmethod
    def of(cls, rows: Rows, filled: Array, why: Callable[[int, int], str]) -> Filling:
        """Return the rows with their missing cells taken from `filled` (n, k), each with the line `why(row, column)`."""
        missing = np.isnan(rows.values)
        cells = np.argwhere(missing)
        return cls(np.where(missing, filled, rows.values), cells, tuple(why(int(i), int(j)) for i, j in cells))


class Filler(Protocol):
    """What an imputation has learnt: a frozen value that fills any rows with the same columns."""

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""


class Imputation(Protocol):
    """A registered imputation: table and log from x, or a frozen filler for later rows from `.fit`."""

    method: Method

    def __call__(self, x: Any, *second: Any, unit: Any = None, period: Any = None, **options: Any) -> Changed:
        """Return the filled table and the log."""

    def fit(self, x: Any, *second: Any, unit: Any = None, period: Any = None, **options: Any) -> FittedFilling:
        """Return the filler learnt from x."""


@dataclass(frozen=True, slots=True)
class FittedFilling:
    """An imputation learnt from some rows, frozen; call it on any rows with the same columns."""

    filler: Filler
    method: Method
    columns: tuple[Any, ...] | None
    named: Mapping[str, Any]

    def __call__(self, x: Any, **labels: Any) -> Changed:
        """Return the filled table and the log; `unit`, `period`, `groups` as when it was learnt, or as given here."""
        named = {name: labels.get(name, given) for name, given in self.named.items()}
        table, rows = _read(select(x, self.columns, *map(only_name, named.values())), self.method, named)
        return _changed(self.filler, table, rows)


def fill(method: Method, known: Rows, options: Mapping[str, Any]) -> Filler:
    """Return the filler that an imputation learns from rows.

    Raises
    ------
    DataError
        An indicator with no value at all in the rows.
    """
    method.demand(options)
    known.sample.need_values(known.sample.measure(Range).n)
    if method.sees == "rows":
        return OwnFiller(method.function, dict(options))
    filler: Filler = method.function(known, **options)
    return filler


@dataclass(frozen=True, slots=True)
class OwnFiller:
    """A user's function of an array (n, k) as a filler: it may fill what is missing, and must not touch the rest."""

    function: Callable[..., Any]
    options: Mapping[str, Any]

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        name = getattr(self.function, "__name__", "the function")
        filled = np.asarray(self.function(rows.values.copy(), **self.options), dtype=np.float64)
        if filled.shape != rows.values.shape or np.isinf(filled).any():
            raise DataError(f"impute: {name} must give finite values in the shape of its rows {rows.values.shape}")
        if not np.array_equal(filled[~np.isnan(rows.values)], rows.values[~np.isnan(rows.values)]):
            raise DataError(f"impute: {name} changes values that are not missing; let it fill the missing ones only")
        return Filling.of(rows, filled, lambda i, j: f"left missing by {name}" if np.isnan(filled[i, j]) else name)


@overload
def imputing(function: Callable[..., Any], /) -> Imputation: ...
@overload
def imputing(
    *, sees: Sees = ..., second: str | None = ..., needs: Sequence[str] = ..., learns: bool = ..., **traits: Any
) -> Callable[[Callable[..., Any]], Imputation]: ...
def imputing(
    function: Any = None,
    /,
    *,
    sees: Sees = "rows",
    second: str | None = None,
    needs: Sequence[str] = (),
    learns: bool = True,
    **traits: Any,
) -> Any:
    """Register an imputation under the function's own name.

    Parameters
    ----------
    function : callable
        With `sees="statistics"`: `f(known: Rows, **options)` giving a `Filler`. With `sees="rows"` (a user's
        function): `f(x)` on an array (n, k), giving it filled.
    second : str, optional
        The option that may also be given by place, after x.
    needs : sequence of str
        Row labels the function reads: "period" (periods, and units if there are any), "groups" (groups of rows; its
        option `groups` names their column or holds them), "parents" (groups of columns in its option `groups`).
    learns : bool
        Whether anything is learnt from the fit rows, so that `fit_on` means something.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.filling import imputing
    >>> @imputing
    ... def zero(x):
    ...     return np.nan_to_num(x)
    >>> zero([[np.nan], [7.0]]).table.tolist()
    [[0.0], [7.0]]
    """

    def enter(function: Callable[..., Any]) -> Any:
        method = register("impute", function, sees, traits | {"needs": tuple(needs), "learns": learns})

        @wraps(function)
        def filled(x: Any, *place: Any, fit_on: Any = None, unit: Any = None, period: Any = None, **options: Any) -> Changed:
            if fit_on is not None and not learns:
                raise SpecError(f"{method.name} learns nothing from other rows: leave out fit_on")
            options, named = _named(method, second, place, options, unit, period)
            table, rows = _read(x, method, named)
            filler = _learnt(method, _reference(fit_on, table, rows, method, named), options)
            return _changed(filler, table, rows)

        def fit(x: Any, *place: Any, unit: Any = None, period: Any = None, **options: Any) -> FittedFilling:
            """Return the filler learnt from x, to be called on later rows."""
            options, named = _named(method, second, place, options, unit, period)
            table, rows = _read(x, method, named)
            kept = {name: only_name(given) for name, given in named.items()}
            return FittedFilling(_learnt(method, rows, options), method, table.table.columns, kept)

        shared = {"fit_on": None} if learns else {}
        return presented(filled, method, shared | {"unit": None, "period": None}, second, fit=fit)

    return enter if function is None else enter(function)
