"""Raw totals put in relation to a size: per head, per area, per unit of output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Literal, Unpack

import numpy as np

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
from hengdian_index.errors import CellsError, DataError, Fault, SpecError, raise_all, suggestion


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
            except CellsError as error:
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
            raise SpecError("by: name columns of the table, so that later rows bring their own denominators")
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
        raise CellsError(bad, "the denominator is {}, where there is a value to divide; it must be above 0")
    with np.errstate(over="ignore"):
        ratio = scale * (x / np.where(by <= 0, 1.0, by))
    if np.isinf(ratio).any():
        raise CellsError(np.isinf(ratio), "the denominator is {}, which makes the quotient too large a number")
    return np.asarray(ratio)


def _denominators(x: Any, by: Any, unit: Any, period: Any) -> tuple[Labelled, dict[int, tuple[str, Array]]]:
    """Return the table, and for each column to divide the name and the values (n,) of its denominator."""
    there = columns_of(x)
    if no_label(by) or (isinstance(by, Mapping) and not by):
        raise SpecError(f"by: a column, one denominator for each row, or a mapping of columns to these, not {by!r}")
    if isinstance(by, Mapping):
        wanted = [*by, *(name for name in by.values() if is_name(name))]
        raise_all(SpecError, [f"by: no column {c!r}{suggestion(c, there)}" for c in wanted if c not in there])
        rows = read_rows(x, *(c for c in there if c not in by), unit=unit, period=period)
        columns = rows.columns or ()
        return rows, {j: _sizes(x, by[name], rows) for j, name in enumerate(columns)}
    if is_name(by) and by not in there:
        what = f"no column {by!r}{suggestion(by, there)}" if there else f"n denominators, not {by!r}, for an array"
        raise SpecError(f"by: {what}")
    rows = read_rows(x, by, unit=unit, period=period)
    return rows, dict.fromkeys(range(rows.values.shape[-1]), _sizes(x, by, rows))


def _sizes(x: Any, by: Any, rows: Labelled) -> tuple[str, Array]:
    if is_name(by):
        return repr(by), read_labelled(select(x, [by])).values[:, 0]
    given = row_labels(x, by, "by", rows.values.shape[-2])
    values, faults = numbers(given, lambda row: f"by, row {row}")
    faults += [Fault(f"by, row {row}: infinity", kind=("rows", "infinity")) for row in np.flatnonzero(np.isinf(values))]
    raise_all(DataError, shortened(faults))
    return "the given denominator", values


def _named(rows: Labelled, name: str, sizes: Array, column: int, error: CellsError) -> list[Fault]:
    """Return a fault for each cell of a column that its denominator cannot divide."""
    faults = []
    for cell in np.argwhere(error.marked):
        row = int(cell[-1])
        when = "" if rows.period(row) is None else f", period {rows.period(row)}"
        size = "missing" if np.isnan(sizes[row]) else f"{sizes[row]:g}"
        what = error.why.format(f"{size} ({name})")
        place = f"unit {rows.unit(row)!r}{when}, indicator {rows.names[column]!r}"
        faults.append(Fault(f"{place}: {what}", kind=(CELLS, column, error.why, np.isnan(sizes[row]))))
    return faults


def _factors(rows: Labelled, scale: Any) -> Array:
    columns = rows.columns
    sample = Sample((rows.values,), columns)
    return sample.per_column(in_order(scale, columns or range(sample.k), "scale", absent=1.0), "scale")


def _told(name: str, factor: float, lost: bool) -> str:
    if lost:
        return f"left missing: its denominator, {name}, is missing"
    return f"divided by {name}{'' if factor == 1 else f', times {factor:g}'}"
