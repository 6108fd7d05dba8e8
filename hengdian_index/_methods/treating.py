"""The decorator `treating`, and the log of touched cells that treatments and imputations return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Literal, NamedTuple, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.maps import Map
from hengdian_index._methods.frame import Learnt, OwnLearnt, P, entering, presented
from hengdian_index._methods.learning import apply, learn, reference
from hengdian_index._methods.registry import Method, Sees
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.traits import TreatingTraits
from hengdian_index._tables.table import Array, Labelled, as_learnt, columns_of, only_name, read_rows, select
from hengdian_index._values.equality import same
from hengdian_index._values.stored import stored
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined, told
from hengdian_index.log import journal, note

# What the log says of a cell where nothing else was said of its column.
_AS_FITTED = Said("treated as the fit rows were")


class Changed(NamedTuple):
    """A table like the one given, and a data frame with one line for each touched cell.

    The log has the columns `unit, period, indicator, before, after, why`; a line without a unit speaks of a whole
    indicator (left untreated, say).
    """

    table: Any
    log: Any


def record(
    rows: Labelled, cells: Array, before: Array, after: Array, why: Sequence[Said], general: Mapping[int, Said]
) -> Any:
    """Return the log: a line for each general remark on a column, then one for each cell (m, ndim)."""
    import pandas as pd

    at, which = np.unique(cells[:, -2], return_inverse=True)
    units = _each(cells[:, :-1].tolist(), tuple) if cells.shape[1] > 2 else _each(at, rows.unit)[which]
    columns = _each(rows.names, lambda name: name)
    heads, none, gaps = list(general), np.full(len(general), None), np.full(len(general), np.nan)
    texts = {
        "unit": np.concatenate([none, units]),
        "period": np.concatenate([none, _each(at, rows.period)[which]]),
        "indicator": columns[np.concatenate([heads, cells[:, -1]]).astype(np.intp)],
        "why": _each([*general.values(), *why], _in_language({*general.values(), *why}).__getitem__),
    }
    numbers = {"before": np.concatenate([gaps, before]), "after": np.concatenate([gaps, after])}
    lines = {name: pd.Series(column, dtype=object) for name, column in texts.items()} | numbers
    return pd.DataFrame(lines, columns=["unit", "period", "indicator", "before", "after", "why"])


def _in_language(why: Iterable[Said]) -> dict[Said, str]:
    """Return how each sentence is told in the language that is spoken."""
    lang = language()
    return {one: told(one, lang) for one in why}


def moved(before: Array, after: Array) -> NDArray[np.bool_]:
    """Return which cells a treatment has touched: by more than rounding (`equality`)."""
    return ~same(before, after, np.fmax(np.abs(before), np.abs(after))) & ~np.isnan(before)


def remark(sample: Sample, why: Sequence[Said | None], *, treated: bool = True) -> None:
    """Write a line of the log for each column (k,) that has something to say; nothing for stacks of tables."""
    if sample.leading:
        return
    for j, text in enumerate(why):
        if text:
            note("treat" if treated else "untreated", text, indicator=_name(sample.columns, j))


@stored("treatment")
@dataclass(frozen=True, slots=True)
class FittedTreatment:
    """A treatment learnt from some rows, frozen; call it on any rows with the same columns.

    `why` and `untreated` say of a column, by its position, what is done to it, or why nothing is.
    """

    map: Map
    columns: tuple[Any, ...] | None
    why: Mapping[int, Said]
    untreated: Mapping[int, Said]
    otherwise: Said
    shape: tuple[int, ...]
    unit: Any = None
    period: Any = None

    def __call__(self, x: Any, *, unit: Any = None, period: Any = None) -> Changed:
        """Return the treated table and the log of touched cells."""
        unit, period = self.unit if unit is None else unit, self.period if period is None else period
        chosen = select(x, self.columns, only_name(unit), only_name(period))
        return self.treated(read_rows(chosen, unit=unit, period=period))

    def treated(self, rows: Labelled) -> Changed:
        """Return the treated table and the log, of a table that is read already."""
        before = rows.values
        after = apply(self.map, as_learnt(rows, self.columns, self.shape))
        cells = np.argwhere(moved(before, after))
        at = tuple(cells.T)
        why = [self.why.get(int(j), self.otherwise) for j in cells[:, -1]]
        return Changed(rows.like(after), record(rows, cells, before[at], after[at], why, self.untreated))


@overload
def treating(function: Callable[Concatenate[Any, P], Any], /) -> OwnLearnt[P, Changed, FittedTreatment]: ...
@overload
def treating(
    *, sees: Literal["statistics"], why: str = ..., **traits: Unpack[TreatingTraits]
) -> Callable[[Callable[Concatenate[Sample, P], Map]], Learnt[P, Changed, FittedTreatment]]: ...
@overload
def treating(
    *, sees: Literal["rows"] = ..., why: str = ..., **traits: Unpack[TreatingTraits]
) -> Callable[[Callable[Concatenate[Any, P], Any]], OwnLearnt[P, Changed, FittedTreatment]]: ...
def treating(
    function: Any = None,
    /,
    *,
    sees: Sees = "rows",
    why: str = _AS_FITTED,
    **traits: Unpack[TreatingTraits],
) -> Any:
    """Register a treatment under the function's own name.

    Parameters
    ----------
    function : callable
        With `sees="statistics"`: `f(x, **options)` of a `Sample`, giving a map; what it does is told by `remark`.
        With `sees="rows"` (a user's function): `f(x)` on an array (n, k), giving the treated array or a map.
    why : str
        What the log says of a cell where the function has said nothing of its column.
    **traits
        `monotone`: the order of the values is kept, ties allowed. `limit`: the option that says how many values it may
        move, which an audit may advise to raise. `check`, `formula`, `chinese` and `words` as of a normalisation.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> @hi.treating(why="floor of 0")
    ... def no_losses(x):
    ...     return x.clip(min=0)
    >>> table, log = no_losses([[-5.0], [7.0]])
    >>> table.tolist(), log.loc[0, "why"]
    ([[0.0], [7.0]], 'floor of 0')
    """
    otherwise = joined([why], "whole")

    def publish(method: Method) -> Any:
        @wraps(method.function)
        def treated(x: Any, *, fit_on: Any = None, unit: Any = None, period: Any = None, **options: Any) -> Changed:
            rows = read_rows(x, unit=unit, period=period)
            if columns_of(fit_on):
                fit_on = read_rows(fit_on, unit, period)
            return _fitted(method, otherwise, rows, fit_on, options).treated(rows)

        def fit(x: Any, *, unit: Any = None, period: Any = None, **options: Any) -> FittedTreatment:
            """Return the treatment learnt from x, to be called on later rows."""
            rows = read_rows(x, unit=unit, period=period)
            return _fitted(method, otherwise, rows, None, options, unit=only_name(unit), period=only_name(period))

        return presented(treated, method, fit=fit)

    return entering("treat", publish, function, sees, traits)


def _fitted(
    method: Method, otherwise: Said, rows: Labelled, fit_on: Any, options: Mapping[str, Any], **named: Any
) -> FittedTreatment:
    with journal() as lines:
        learnt = learn(method, reference(rows, fit_on), 1, options)
    columns = rows.columns
    place = {_name(columns, j): j for j in range(rows.values.shape[-1])}
    said: dict[str, dict[int, Said]] = {"treat": {}, "untreated": {}}
    for line in lines:
        if line.step in said and line.indicator in place:
            said[line.step][place[line.indicator]] = line.why
    shape = rows.values.shape
    return FittedTreatment(learnt, columns, said["treat"], said["untreated"], otherwise, shape, **named)


def _each(items: Iterable[Any], take: Callable[[Any], Any]) -> Array:
    """Return an array of objects, one for each item."""
    found = [take(item) for item in items]
    out = np.empty(len(found), dtype=object)
    out[:] = found
    return out


def _name(columns: Sequence[Any] | None, j: int) -> str:
    """Return how the journal calls a column."""
    return str(columns[j]) if columns else f"column {j}"
