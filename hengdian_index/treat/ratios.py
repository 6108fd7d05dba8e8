"""Raw totals put in relation to a size: per head, per area, per unit of output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._methods.frame import Learnt, P, RowLabels, entering, presented
from hengdian_index._methods.registry import Method
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.treating import Changed, record
from hengdian_index._tables.cells import CELLS, no_label, numbers
from hengdian_index._tables.options import in_order
from hengdian_index._tables.table import (
    Array,
    Labelled,
    columns_of,
    is_name,
    only_name,
    read_labelled,
    read_rows,
    row_labels,
    select,
    shortened,
)
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, Fault, SpecError, raise_all, suggestion


class DenominatorError(CellsError):
    """Cells of which the denominator cannot divide the value; who knows which one it is says so with `of`."""

    def __init__(self, marked: NDArray[np.bool_], *, too_large: bool) -> None:
        self.too_large = too_large
        super().__init__(marked, self.of("by"))

    def of(self, denominator: Any) -> Said:
        """Return what is wrong, of a denominator."""
        if self.too_large:
            return Said("the denominator is {found}, which makes the quotient too large a number", found=denominator)
        return Said(
            "the denominator is {found}, where there is a value to divide; it must be above 0", found=denominator
        )


@stored("ratio")
@dataclass(frozen=True, slots=True)
class FittedRatio:
    """A division by named columns, to be called on later rows."""

    by: Any
    options: Mapping[str, Any]
    unit: Any = None
    period: Any = None

    def __call__(self, x: Any) -> Changed:
        """Return the divided table and the log."""
        return denominate(x, self.by, unit=self.unit, period=self.period, **self.options)


def _dividing(
    **traits: Any,
) -> Callable[[Callable[Concatenate[Array, P], Array]], Learnt[P, Changed, FittedRatio]]:
    """Register a function of two columns as a treatment of tables."""
    decorator: Any = entering("treat", _division, None, "rows", {"second": "by", "needs": ("by",), **traits})
    return decorator  # type: ignore[no-any-return]  # made by what knows no signature


def _division(method: Method) -> Any:
    """Return the public form of a division."""
    function = method.function

    @wraps(function)
    def divided(x: Any, by: Any, *, unit: Any = None, period: Any = None, **options: Any) -> Changed:
        options = {name: one for name, one in method.demand(options | {"by": by}).items() if name != "by"}
        rows, pairs = _denominators(x, by, unit, period)
        before = rows.values
        factors = _factors(rows, options.pop("scale", 1))
        after = before.copy()
        faults: list[Fault] = []
        for j, (name, sizes) in pairs.items():
            try:
                after[..., j] = function(before[..., j], by=sizes, scale=factors[j], **options)
            except DenominatorError as error:
                faults += _named(rows, name, sizes, j, error)
        raise_all(DataError, shortened(faults))
        cells = np.argwhere(~np.isnan(before))
        at = tuple(cells.T)
        why = [
            _told(pairs[int(j)][0], factors[j], bool(np.isnan(y))) for j, y in zip(cells[:, -1], after[at], strict=True)
        ]
        return Changed(rows.like(after), record(rows, cells, before[at], after[at], why, {}))

    def fit(x: Any, by: Any, *, unit: Any = None, period: Any = None, **options: Any) -> FittedRatio:
        """Return the division, to be called on later rows; `by` must name columns."""
        if not all(map(is_name, by.values() if isinstance(by, Mapping) else [by])):
            raise SpecError(Said("by: name columns of the table, so that later rows bring their own denominators"))
        divided(x, by, unit=unit, period=period, **options)
        return FittedRatio(by, options, only_name(unit), only_name(period))

    return presented(divided, method, fit=fit)


@_dividing(
    formula=r"x' = \mathrm{scale}\,\frac{x}{\mathrm{by}}",
    chinese="除以规模变量",
)
def denominate(
    x: Array, by: Any, *, scale: Any = 1, missing: Literal["raise", "propagate"] = "raise", **shared: Unpack[RowLabels]
) -> Array:
    """Return each value divided by a denominator of the same row.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    by : column name, array or Series (n,), or mapping
        The denominator of every other column; or, by name of the indicator, the column (or array) of each one: what
        the mapping does not name stays as it is. A denominator that is a column of x stays in the table, undivided.
    scale : float, or one a column (sequence, or mapping by name)
        Factor on the quotient: 1000 for "per thousand inhabitants".
    missing : {"raise", "propagate"}
        What a missing denominator does to a value: it is refused, or the quotient is missing, with a line in the log
        (COINr, without the line).

    Returns
    -------
    (table, log)

    Raises
    ------
    DataError
        A denominator of 0 or less, or a missing one, where there is a value to divide; unit and indicator are named.

    Notes
    -----
    scale x / by; nothing is learnt. Proof: the ASEM index as COINr denominates it (missing="propagate", because one
    country has no figure for energy).

    **When to use.** Totals of units of unlike size: per head, per unit of product, per area.

    **Pitfalls.** The denominator becomes part of the indicator, with its errors and its trend; the smallest units get
    the most extreme ratios.

    Source: COINr (`Denominate`).

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> cities = pd.DataFrame({"cinemas": [10.0, 30.0], "population": [2.0, 5.0]}, index=["A", "B"])
    >>> hi.treat.denominate(cities, "population").table
       cinemas  population
    A      5.0         2.0
    B      6.0         5.0
    """
    bad = ~np.isnan(x) & (~(by > 0) if missing == "raise" else by <= 0)
    if bad.any():
        raise DenominatorError(bad, too_large=False)
    with np.errstate(over="ignore"):
        ratio = scale * (x / np.where(by <= 0, 1.0, by))
    if np.isinf(ratio).any():
        raise DenominatorError(np.isinf(ratio), too_large=True)
    return np.asarray(ratio)


def _denominators(x: Any, by: Any, unit: Any, period: Any) -> tuple[Labelled, dict[int, tuple[Said, Array]]]:
    """Return the table, and for each column to divide the name and the values (n,) of its denominator."""
    there = columns_of(x)
    if no_label(by) or (isinstance(by, Mapping) and not by):
        raise SpecError(
            Said("by: a column, one denominator for each row, or a mapping of columns to these, not {by!r}", by=by)
        )
    if isinstance(by, Mapping):
        wanted = [*by, *(name for name in by.values() if is_name(name))]
        raise_all(SpecError, [_unknown(name, there) for name in wanted if name not in there])
        rows = read_rows(x, *(c for c in there if c not in by), unit=unit, period=period)
        columns = rows.columns or ()
        return rows, {j: _sizes(x, by[name], rows) for j, name in enumerate(columns)}
    if is_name(by) and by not in there:
        raise SpecError(_unknown(by, there) if there else Said("by: n denominators, not {by!r}, for an array", by=by))
    rows = read_rows(x, by, unit=unit, period=period)
    return rows, dict.fromkeys(range(rows.values.shape[-1]), _sizes(x, by, rows))


def _unknown(name: Any, columns: Sequence[Any]) -> Said:
    return Said("by: no column {name!r}{guess}", name=name, guess=suggestion(name, columns))


def _sizes(x: Any, by: Any, rows: Labelled) -> tuple[Said, Array]:
    if is_name(by):
        return Said("{name!r}", name=by), read_labelled(select(x, [by])).values[:, 0]
    given = row_labels(x, by, "by", rows.values.shape[-2])
    values, faults = numbers(given, lambda row: Said("by, row {row}", row=row))
    faults += [
        Fault(Said("by, row {row}: infinity", row=row), kind=("rows", "infinity"))
        for row in np.flatnonzero(np.isinf(values))
    ]
    raise_all(DataError, shortened(faults))
    return Said("the given denominator"), values


def _named(rows: Labelled, name: Said, sizes: Array, column: int, error: DenominatorError) -> list[Fault]:
    """Return a fault for each cell of a column that its denominator cannot divide."""
    faults = []
    for cell in np.argwhere(error.marked):
        row = int(cell[-1])
        found = Said("{size:g} ({name})", size=sizes[row], name=name)
        if np.isnan(sizes[row]):
            found = Said("missing ({name})", name=name)
        place = [Said("unit {unit!r}", unit=rows.unit(row))]
        if rows.period(row) is not None:
            place.append(Said("period {period}", period=rows.period(row)))
        place.append(Said("indicator {name!r}", name=rows.names[column]))
        message = joined([joined(place, "places"), error.of(found)], "heads")
        faults.append(Fault(message, kind=(CELLS, column, error.why, np.isnan(sizes[row]))))
    return faults


def _factors(rows: Labelled, scale: Any) -> Array:
    columns = rows.columns
    sample = Sample((rows.values,), columns)
    return sample.per_column(in_order(scale, columns or range(sample.k), "scale", absent=1.0), "scale")


def _told(name: Said, factor: float, lost: bool) -> Said:
    if lost:
        return Said("left missing: its denominator, {name}, is missing", name=name)
    if factor == 1:
        return Said("divided by {name}", name=name)
    return Said("divided by {name}, times {factor:g}", name=name, factor=factor)
