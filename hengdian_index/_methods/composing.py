"""The decorator `composing`: one column made of several, as the indexes of business climate are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass, replace
from functools import wraps
from typing import Any, Literal, TypeAlias, Unpack, overload

import numpy as np

from hengdian_index._methods.frame import OwnComposition, P, Registered, entering, presented
from hengdian_index._methods.registry import Method, parameters_of
from hengdian_index._methods.traits import ComposingTraits
from hengdian_index._tables.cells import tabular
from hengdian_index._tables.columns import in_succession, labelled, matched, read_column, read_table, source_of
from hengdian_index._tables.periods import Periods
from hengdian_index._tables.selection import chosen
from hengdian_index._tables.table import Labelled, row_faults, shortened
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, DataError, OptionError, SpecError, listed, raise_all, suggestion
from hengdian_index.log import note

# Float64 numbers, (n,) or (n, k), where a method sees them; type checkers see its parameters also where it is called,
# with series, tables and plain numbers.
Array: TypeAlias = Any


@overload
def composing(
    *columns: str,
    table: str | None = ...,
    second: str | None = ...,
    along: Literal["time"] | None = ...,
    learns: None = None,
    check: Callable[..., Sequence[str]] | None = ...,
    **traits: Unpack[ComposingTraits],
) -> Callable[[Callable[P, Any]], Registered[P]]: ...
@overload
def composing(
    *columns: str,
    table: str | None = ...,
    second: str | None = ...,
    along: Literal["time"] | None = ...,
    learns: Callable[..., dict[str, Any]],
    check: Callable[..., Sequence[str]] | None = ...,
    **traits: Unpack[ComposingTraits],
) -> Callable[[Callable[P, Any]], OwnComposition[P]]: ...
def composing(
    *columns: str,
    table: str | None = None,
    second: str | None = None,
    along: Literal["time"] | None = None,
    learns: Callable[..., dict[str, Any]] | None = None,
    check: Callable[..., Sequence[str]] | None = None,
    **traits: Unpack[ComposingTraits],
) -> Any:
    """Register a function of several columns under its own name.

    Parameters
    ----------
    *columns : str
        The data parameters, the first ones of the function; one that has a default may stay away. The function is
        `f(*columns, **options)`: float64 arrays (n,), None for what stays away, and gives (n,), or a value with
        details. If it has the keywords, it is told `names` (of the columns of its table) and `periods`. Cells it
        cannot take: `CellsError` with a mask (n,) of rows, or (n, m) over all its columns side by side.
    table : str, optional
        The data parameter that is a whole table, (n, k).
    second : str, optional
        An option that may also be given by position, after the data.
    along : "time", optional
        The rows are one unit's, period after period without a hole.
    learns : callable, optional
        `learns(*columns, **options)` gives the options to freeze, from the fit rows: as many rows as there are, those
        outside the fit missing.
    check : callable, optional
        `check(**options)`: what is wrong with a set of options, one text for each fault.
    **traits
        `formula` in LaTeX, a text or a function of the options that gives it, `chinese`, what a statement calls it, and
        `words` of its options. `arithmetic`: a value as an expression in the columns and the options, such as
        "up - down"; or `figures(built)`, which yields a `Figure`.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> from hengdian_index._methods.registry import FAMILIES
    >>> @hi.composing("spot", "forward")
    ... def premium(spot, forward):
    ...     return 100 * (forward / spot - 1)
    >>> premium([50.0, 40.0], [51.0, 44.0])
    array([ 2., 10.])
    >>> FAMILIES["climate"].pop("premium").traits["columns"]
    ('spot', 'forward')
    """

    def publish(method: Method) -> Any:
        @wraps(method.function)
        def composed(*data: Any, fit_on: Any = None, **options: Any) -> Any:
            if fit_on is not None and not learns:
                raise SpecError(Said("{method} learns nothing from other rows: leave out fit_on", method=method.name))
            given = _data(method, data, options)
            options = method.demand(options)
            parts = matched([_read(method, name, given.get(name)) for name in columns])
            periods = in_succession(source_of(parts)) if along else None
            options |= learnt(method, _fit_rows(method, parts, fit_on, periods), options)
            return labelled(compose(method, parts, options, periods), parts, method.name, _names(method, parts))

        return presented(composed, method, hidden=() if learns else ("fit_on",))

    declared = {"columns": columns, "table": table, "second": second, "along": along, "learns": learns, **traits}
    return entering("climate", publish, None, "rows", declared | ({"check": check} if check else {}))


def compose(
    method: Method, parts: Sequence[Labelled | None], options: Mapping[str, Any], periods: Periods | None = None
) -> Any:
    """Return what a method makes of its columns, (n,) or a value with details; refused cells are named.

    `parts` holds for each data parameter its column (n, 1), its table (n, k), or None.
    """
    answer = _called(method, method.function, parts, options, periods)
    if is_dataclass(answer):
        return answer
    values, n = np.asarray(answer, dtype=np.float64), len(next(part for part in parts if part is not None).values)
    if values.shape != (n,) or np.isinf(values).any():
        raise DataError(
            Said(
                "{method} must give one finite number for each of {rows}, not {answer!r}",
                method=method.name,
                rows=Said.of(n, "{n} row", "{n} rows"),
                answer=answer,
            )
        )
    gaps = int(np.isnan(values).sum())
    if gaps:
        lacking = Said.of(
            gaps,
            "{name}: {n} of {rows} lacks a value that the method needs: missing",
            "{name}: {n} of {rows} lack a value that the method needs: missing",
            name=method.name,
            rows=Said.of(n, "{n} row", "{n} rows"),
        )
        note("climate", lacking)
    return values


def learnt(method: Method, parts: Sequence[Labelled | None], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a method freezes, learnt from rows of which those outside the fit are missing."""
    learns = method.traits["learns"]
    if learns is None:
        return {}
    every = {p.name: options.get(p.name, p.default) for p in method.options.values()}
    found: dict[str, Any] = _called(method, learns, parts, every, None)
    return found


def _called(
    method: Method,
    function: Callable[..., Any],
    parts: Sequence[Labelled | None],
    options: Mapping[str, Any],
    periods: Periods | None,
) -> Any:
    """Return the answer of a method's function to its columns; what it may be told besides, and what it refuses."""
    table = method.traits["table"]
    named = zip(method.traits["columns"], parts, strict=True)
    arrays = [part and (part.values if name == table else part.values[:, 0]) for name, part in named]
    told = {"names": _names(method, parts), "periods": periods}
    told = {name: value for name, value in told.items() if name in parameters_of(function)}
    try:
        return function(*arrays, **options, **told)
    except CellsError as error:
        raise _refusal(_side_by_side(method, parts), error) from None


def _names(method: Method, parts: Sequence[Labelled | None]) -> tuple[Any, ...] | None:
    """Return the names of the columns of the table, None where they have none."""
    named = zip(method.traits["columns"], parts, strict=True)
    return next((part.columns for name, part in named if name == method.traits["table"] and part is not None), None)


def _side_by_side(method: Method, parts: Sequence[Labelled | None]) -> Labelled:
    """Return all columns in one table, for messages."""
    there = [(name, part) for name, part in zip(method.traits["columns"], parts, strict=True) if part is not None]
    names = [part.columns or [f"{name} {j}" for j in range(part.values.shape[1])] for name, part in there]
    values = np.hstack([part.values for _, part in there])
    source = next((part.source for _, part in there if hasattr(part.source, "place")), source_of(parts))
    return Labelled(values, tuple(name for some in names for name in some), False, source)


def _refusal(table: Labelled, error: CellsError) -> DataError:
    if error.marked.ndim == 2:
        return table.refusal(error)
    return DataError(*shortened(row_faults(np.flatnonzero(error.marked), table.source, error.why)))


def _data(method: Method, data: Sequence[Any], options: dict[str, Any]) -> dict[str, Any]:
    """Return the data by parameter; data given by name leave `options`, an option given by position joins them."""
    columns, second = method.traits["columns"], method.traits["second"]
    places = (*columns, second) if second else columns
    if len(data) > len(places):
        raise OptionError(
            Said(
                "{method} takes {places} by position; give everything else by name",
                method=method.name,
                places=listed(places),
            )
        )
    given = dict(zip(places, data, strict=False))
    raise_all(
        OptionError,
        [Said("{method}: {name!r} is given twice", method=method.name, name=name) for name in given if name in options],
    )
    given |= {name: options.pop(name) for name in columns if name in options}
    if second in given:
        options[second] = given.pop(second)
    needed = [name for name in columns if parameters_of(method.function)[name].default is inspect.Parameter.empty]
    absent = [name for name in needed if given.get(name) is None]
    raise_all(
        OptionError,
        [
            Said("{method}: {name!r} is missing; it is the data to work on", method=method.name, name=name)
            for name in absent
        ],
    )
    return given


def _read(method: Method, name: str, data: Any) -> Labelled | None:
    if data is None:
        return None
    if name == method.traits["table"]:
        return read_table(name, data, across=method.traits["along"] is None)
    return read_column(name, data)


def _fit_rows(
    method: Method, parts: Sequence[Labelled | None], fit_on: Any, periods: Periods | None
) -> Sequence[Labelled | None]:
    """Return the rows to learn from: the parts themselves, with other rows made missing, or another table."""
    if fit_on is None:
        return parts
    if tabular(fit_on):
        return _elsewhere(method, parts, fit_on)
    n = next(len(part.values) for part in parts if part is not None)
    outside = ~chosen(fit_on, "fit_on", n, periods, source_of(parts))[:, np.newaxis]
    return [part and replace(part, values=np.where(outside, np.nan, part.values)) for part in parts]


def _elsewhere(method: Method, parts: Sequence[Labelled | None], fit_on: Any) -> Sequence[Labelled | None]:
    """Return another table to learn from, its columns in the order of the table's."""
    table = method.traits["table"]
    beside = [c for c, p in zip(method.traits["columns"], parts, strict=True) if p is not None and c != table]
    if beside:
        raise SpecError(
            Said(
                "fit_on: another table has no {beside}; give a span, a slice or a mask of the rows",
                beside=listed(beside),
            )
        )
    known, other = _names(method, parts), read_table("fit_on", fit_on, across=False)
    in_succession(other.source)
    if known is not None and other.columns is not None:
        absent = [name for name in known if name not in other.columns]
        raise_all(
            DataError,
            [
                Said("fit_on: no column {name!r}{guess}", name=name, guess=suggestion(name, other.columns))
                for name in absent
            ],
        )
        order = [other.columns.index(name) for name in known]
        other = replace(other, values=other.values[:, order], columns=known)
    k = next(part.values.shape[1] for part in parts if part is not None)
    if other.values.shape[1] != k:
        raise DataError(
            Said(
                "fit_on has {columns}, the rows to compose {k}",
                columns=Said.of(other.values.shape[1], "{n} column", "{n} columns"),
                k=k,
            )
        )
    return [other if name == table else None for name in method.traits["columns"]]
