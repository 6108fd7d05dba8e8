"""Decorators that make one function a notebook function, a word in a spec and a subject of the law tests."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import Any, Protocol, overload

import numpy as np

from hengdian_index.errors import CellsError, DataError, SpecError, raise_all, suggestion
from hengdian_index.journal import note
from hengdian_index.learning import apply, as_sample, learn, reference, weigh
from hengdian_index.maps import Map
from hengdian_index.means import Missing, Pair, aggregate
from hengdian_index.methods import Method, Sees, register
from hengdian_index.rows.table import Array, Labelled, take


class Normaliser(Protocol):
    """A registered normalisation: scores from x, or a map for later rows from `.fit`."""

    method: Method

    def __call__(self, x: Any, *, fit_on: Any = None, direction: Any = 1, **options: Any) -> Any:
        """Return the scores of x."""

    def fit(self, x: Any, *, direction: Any = 1, **options: Any) -> FittedMap:
        """Return the map learnt from x."""


class Registered(Protocol):
    """A registered weighting or aggregation."""

    method: Method

    def __call__(self, *data: Any, **options: Any) -> Any:
        """Return the weights or the scores."""


@dataclass(frozen=True, slots=True)
class FittedMap:
    """A normalisation learnt from some rows, frozen; call it on any rows with the same columns."""

    map: Map
    columns: tuple[Any, ...] | None

    def __call__(self, x: Any) -> Any:
        """Return the scores of x, a table or array (..., n, k); named columns may come in any order."""
        table = take(x)
        if self.columns is None or table.columns is None or table.columns == self.columns:
            return table.like(apply(self.map, table))
        absent = [c for c in self.columns if c not in table.columns]
        raise_all(DataError, [f"column {c!r} is missing{suggestion(c, table.columns)}" for c in absent])
        return self(x[list(self.columns)])


@overload
def normalising(function: Callable[..., Any], /) -> Normaliser: ...
@overload
def normalising(*, sees: Sees = ..., **traits: Any) -> Callable[[Callable[..., Any]], Normaliser]: ...
def normalising(function: Any = None, /, *, sees: Sees = "rows", **traits: Any) -> Any:
    """Register a normalisation under the function's own name.

    Parameters
    ----------
    function : callable
        With `sees="rows"` (a user's function): `f(x)` or `f(x, *, fit_on, direction)` on arrays (n, k), giving
        scores of the same shape or a map. With `sees="statistics"`: `f(sample, **options)` giving a map.
    **traits
        `gives(**options)`: interval of the scores on the fit rows. `unit_free`, `monotone`: laws it obeys.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> @hi.normalising
    ... def per_thousand(x):
    ...     return x / 1000
    >>> per_thousand([[5.0], [7.0]])
    array([[0.005],
           [0.007]])
    """

    def enter(function: Callable[..., Any]) -> Any:
        method = register("normalise", function, sees, traits)

        @wraps(function)
        def scores(x: Any, *, fit_on: Any = None, direction: Any = 1, **options: Any) -> Any:
            table = take(x)
            return table.like(apply(learn(method, reference(table, fit_on), direction, options), table))

        def fit(x: Any, *, direction: Any = 1, **options: Any) -> FittedMap:
            """Return the map learnt from x, to be called on later rows."""
            table = take(x)
            return FittedMap(learn(method, table, direction, options), table.columns)

        return _public(scores, method, "x", {"fit_on": None, "direction": 1}, fit=fit)

    return enter if function is None else enter(function)


@overload
def weighting(function: Callable[..., Any], /) -> Registered: ...
@overload
def weighting(*, sees: Sees = ..., **traits: Any) -> Callable[[Callable[..., Any]], Registered]: ...
def weighting(function: Any = None, /, *, sees: Sees = "rows", **traits: Any) -> Any:
    """Register a weighting under the function's own name.

    Parameters
    ----------
    function : callable
        With `sees="rows"` (a user's function): `f(x)` on an array (n, k) giving k weights. With
        `sees="statistics"`: `f(sample, **options)`. With `sees="judgement"`: `f(judgement, **options)` giving
        (names or None, weights).
    **traits
        `unit_free`: multiplying a column by a positive number changes nothing.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> @hi.weighting
    ... def by_mean(x):
    ...     return x.mean(axis=0)
    >>> by_mean([[1.0, 2.0], [1.0, 4.0]])
    array([0.25, 0.75])
    """

    def enter(function: Callable[..., Any]) -> Any:
        method = register("weights", function, sees, traits)

        @wraps(function)
        def weights(x: Any, /, **options: Any) -> Any:
            method.demand(options)
            if method.sees == "judgement":
                names, values = function(x, **options)
                return Labelled(values, names, True, names).named(values) if names else values
            table = take(x)
            try:
                if options.get("details"):
                    return with_labels(function(as_sample(table), **options), table)
                return table.named(weigh(method, as_sample(table), options))
            except CellsError as error:
                raise table.refusal(error) from None

        return _public(
            weights, method, next(iter(inspect.signature(function).parameters)) if sees == "judgement" else "x"
        )

    return enter if function is None else enter(function)


@overload
def aggregating(function: Callable[..., Any], /) -> Registered: ...
@overload
def aggregating(**traits: Any) -> Callable[[Callable[..., Any]], Registered]: ...
def aggregating(function: Any = None, /, **traits: Any) -> Any:
    """Register an aggregation under the function's own name.

    Parameters
    ----------
    function : callable
        `f(x, w, **options)` on rows (n, k) without gaps and weights (k,) that sum to 1, giving n scores.
    **traits
        `laws`: letters of METHODS (M monotone, I idempotent, H homogeneous, T translates, S symmetric, B between
        the smallest and the largest value). `domain`: "real", "zero or more" or "above 0".

    Examples
    --------
    >>> import hengdian_index as hi
    >>> @hi.aggregating(laws="IHTSB")
    ... def midrange(x, w):
    ...     return (x.min(axis=-1) + x.max(axis=-1)) / 2
    >>> midrange([[1.0, 2.0, 9.0]])
    array([5.])
    """

    def enter(function: Callable[..., Any]) -> Any:
        return _aggregation(register("aggregate", function, "rows", traits), function)

    return enter if function is None else enter(function)


def quasi_arithmetic(**traits: Any) -> Callable[[Callable[..., Any]], Registered]:
    """Register a quasi-arithmetic mean: a function of its options alone that returns the pair (f, f inverse)."""

    def enter(function: Callable[..., Any]) -> Registered:
        return _aggregation(register("aggregate", function, "statistics", traits), function)

    return enter


def kernel(method: Method, options: Mapping[str, Any]) -> Pair | Callable[[Array, Array], Array]:
    """Return what scores complete rows: the pair of a quasi-arithmetic mean, or a function of rows and weights."""
    if method.sees == "statistics":
        pair: Pair | Callable[[Array, Array], Array] = method.function(**options)
        return pair
    return lambda x, w: method.function(x, w, **options)


def _aggregation(method: Method, function: Callable[..., Any]) -> Registered:
    @wraps(function)
    def scores(x: Any, w: Any = None, *, missing: str = "reweight", coverage: float = 0.65, **options: Any) -> Any:
        method.demand(options)
        table = take(x, vector="row")
        try:
            answer = aggregate(kernel(method, options), table.values, _weights(w, table), Missing.of(missing, coverage))
        except CellsError as error:
            raise table.refusal(error) from None
        if answer.dropped.any():
            note("aggregate", f"{int(answer.dropped.sum())} rows have too few values for a score: missing")
        return table.rows(answer.values)

    given: Registered = _public(scores, method, "x", {"w": None, "missing": "reweight", "coverage": 0.65})
    return given


def with_labels(details: Any, table: Labelled) -> Any:
    """Return a details value whose arrays carry the table's labels.

    A field says what its array runs over in its metadata: `{"axis": "rows"}` (..., n), `"columns"` (..., k), or
    `"table"` (..., n, k); other fields stay as they are.
    """
    give = {"rows": table.rows, "columns": table.named, "table": table.like}
    axes = {f.name: f.metadata["axis"] for f in fields(details) if "axis" in f.metadata}
    return replace(details, **{name: give[axis](getattr(details, name)) for name, axis in axes.items()})


def _weights(w: Any, table: Labelled) -> Array:
    """Return weights (..., k) that sum to 1, matched to the columns by name where both have names."""
    k = table.values.shape[-1]
    if w is None:
        return np.full(k, 1 / k)
    if hasattr(w, "keys") and table.columns is not None:
        w = dict(w.items())
        surplus = [f"weights: no column {c!r}{suggestion(c, table.columns)}" for c in w if c not in table.columns]
        raise_all(SpecError, surplus + [f"weights: none for column {c!r}" for c in table.columns if c not in w])
        w = [w[c] for c in table.columns]
    weights = np.asarray(list(w.values()) if isinstance(w, Mapping) else w, dtype=np.float64)
    return unit_sum(weights, k, "weights")


def unit_sum(weights: Array, k: int, what: str) -> Array:
    """Return weights (..., k) rescaled to sum 1; negative, missing and all-zero weights are refused."""
    if weights.shape[-1:] != (k,):
        raise SpecError(f"{what}: {weights.shape[-1] if weights.ndim else 1} given for {k} columns")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise SpecError(f"{what}: each must be a number of 0 or more, not {weights.tolist()}")
    total = weights.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        raise SpecError(f"{what}: all are 0; give at least one a positive weight")
    if (np.abs(total - 1) > 1e-9).any():
        note("weights", f"{what} summing to {float(np.ravel(total)[0]):.6g} rescaled to 1")
    return weights / total


def _public(function: Any, method: Method, first: str, more: Mapping[str, Any] | None = None, **attributes: Any) -> Any:
    """Return the function with the signature that users see, and the method it stands for."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter(name, keyword, default=value) for name, value in (more or {}).items()]
    parameters = [inspect.Parameter(first, inspect.Parameter.POSITIONAL_ONLY), *added, *method.options.values()]
    function.__signature__ = inspect.Signature(parameters)
    function.method = method
    for name, value in attributes.items():
        setattr(function, name, value)
    return function
