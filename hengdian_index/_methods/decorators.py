"""Decorators that make one function a notebook function, a word in a spec and a subject of the law tests."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import wraps
from typing import Any, Protocol, overload

import numpy as np

from hengdian_index._maths.maps import Map
from hengdian_index._maths.means import ColumnsError, Kernel, Missing, Together, aggregate, detailed, refusal
from hengdian_index._methods.learning import apply, as_sample, learn, reference, weigh
from hengdian_index._methods.registry import Method, Sees, register
from hengdian_index._tables.options import floats, in_order
from hengdian_index._tables.table import Array, Labelled, as_learnt, broadcast, read_labelled, select, with_labels
from hengdian_index._values.decimals import counted
from hengdian_index._values.equality import constant, ends
from hengdian_index.errors import CellsError, SpecError
from hengdian_index.log import note

# What every normalisation, and every aggregation, is told beside its own parameters.
_LEARNT = """
fit_on : table, or rows of x, optional
    Rows to learn from in place of x: another table with its columns, or a mask, a slice of positions or of labels, a
    label or a list of them, a span of periods. `.fit(x, direction=...)` returns the map learnt from x, for later rows.
direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name; absent: 1)
    -1: smaller is better. A method without a scale for the distance to a target says so."""
_GAPS = """
missing : {"reweight", "propagate", "raise"}
    A missing value: the row's other weights are rescaled; the row has no score; an error.
coverage : float in 0..1
    Least share of values that a row needs for a score, with "reweight"."""


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
    shape: tuple[int, ...]

    def __call__(self, x: Any) -> Any:
        """Return the scores of x, a table or array (..., n, k); named columns may come in any order."""
        table = as_learnt(read_labelled(select(x, self.columns)), self.columns, self.shape)
        return table.like(apply(self.map, table))


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
        `gives(**options)`: interval of the scores on the fit rows. `ends(**options)`: the scores of the worst and of
        the best, which are how the scale is presented (0 and 100). `unit_free`, `monotone`: laws it obeys.
        `normalises`: False if values stay as they are.

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
            table = read_labelled(x)
            return table.like(apply(learn(method, reference(table, fit_on), direction, options), table))

        def fit(x: Any, *, direction: Any = 1, **options: Any) -> FittedMap:
            """Return the map learnt from x, to be called on later rows."""
            table = read_labelled(x)
            return FittedMap(learn(method, table, direction, options), table.columns, table.values.shape)

        public: Normaliser = _public(scores, method, "x", {"fit_on": None, "direction": 1}, _LEARNT, fit=fit)
        return public

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
        `sees="statistics"`: `f(sample, **options)`. With `sees="judgement"`: `f(*judgements, **options)` giving
        (names or None, weights), or (names or None, details).
    **traits
        `unit_free`: multiplying a column by a positive number changes nothing. `shift_free`: adding a number to a
        column changes nothing; in an index a method that says it is not sees scores on the scale 0 to 1, whatever scale
        they are presented on. `learns`: False if the values of the rows do not matter. `complete`: only rows without a
        gap count. `raw`: in an index it sees values before direction and normalisation, and the directions if it has
        the option `direction`. `by_column`: judgements and options that hold one value a column, by name or in order.
        `without(options, columns, gone)`: the judgements and options that are left when some columns are taken out; if
        these do not hold by themselves, the others keep their proportions. `consistency(options, columns)`: pairs of a
        person and the `Priorities` of what that person judged. `parts`: the judgement that is a list of sets of
        weights; in an index each is a choice of its own.

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

        if sees == "judgement":
            return _judging(method, function)

        @wraps(function)
        def weights(x: Any, /, **options: Any) -> Any:
            options = method.demand(options)
            table = read_labelled(x)
            try:
                if options.get("details"):
                    return with_labels(function(as_sample(table).flattened(), **options), table)
                return table.named(weigh(method, as_sample(table), options))
            except CellsError as error:
                raise table.refusal(error) from None

        return _public(weights, method, "x")

    return enter if function is None else enter(function)


def _judging(method: Method, function: Callable[..., Any]) -> Registered:
    """Return the public form of a weighting that is given judgements, by position or by name, instead of rows."""

    @wraps(function)
    def weights(*judgements: Any, **options: Any) -> Any:
        named = {name: options.pop(name) for name in method.judgements if name in options}
        options = method.demand(options)
        names, answer = function(*judgements, **named, **options)
        labels = Labelled(np.empty(0), names or None, True, names)
        return with_labels(answer, labels) if is_dataclass(answer) else labels.named(answer)

    public: Any = weights
    public.__signature__ = inspect.signature(function).replace(return_annotation=inspect.Signature.empty)
    public.method = method
    given: Registered = public
    return given


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
        the smallest and the largest value; of a set-wise method D: a row at least as good everywhere never scores
        lower). `domain`: "real", "zero or more" or "above 0". `set_wise`: the rows are compared with each other.
        `takes_gaps`: rows with gaps reach the function as they are, NaN for a missing value. `per_column`: options
        that may be a mapping by column name, each with the value of a column left out (None: none may be).
        `normalised`: defaults of options that take the place of the usual ones in an index that normalises its columns.

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


def kernel(method: Method, options: Mapping[str, Any], columns: Sequence[Any] | None = None) -> Kernel:
    """Return what scores rows: the pair of a quasi-arithmetic mean, or a function of rows and weights.

    `columns` names the columns of the rows, for options that are given by column name.
    """
    if method.sees == "statistics":
        pair: Kernel = method.function(**options)
        return pair
    options = {**options, **_in_column_order(method, options, columns)}

    def scores(x: Array, w: Array) -> Any:
        if x.ndim > 2 and not method.function.__module__.startswith("hengdian_index."):
            return _each_table(method, x, w, options)
        return method.function(x, w, **options)

    takes_gaps, set_wise = (bool(method.declared(trait, options)) for trait in ("takes_gaps", "set_wise"))
    return Together(scores, takes_gaps, set_wise) if takes_gaps or set_wise else scores


def _each_table(method: Method, x: Array, w: Array, options: Mapping[str, Any]) -> Array:
    """Return the scores (..., n) of a user's function, which knows one table (n, k) and one set of weights (k,)."""
    leading = np.broadcast_shapes(x.shape[:-2], w.shape[:-1])
    tables, sets = np.broadcast_to(x, (*leading, *x.shape[-2:])), np.broadcast_to(w, (*leading, w.shape[-1]))
    found = [np.asarray(method.function(tables[at], sets[at], **options)) for at in np.ndindex(leading)]
    return np.stack(found).reshape(*leading, *found[0].shape)


def _in_column_order(method: Method, options: Mapping[str, Any], columns: Sequence[Any] | None) -> dict[str, list[Any]]:
    """Return the options that are mappings by column name as lists in the order of the columns."""
    listed = {}
    for name, absent in method.traits.get("per_column", {}).items():
        given = options.get(name)
        if given is None or columns is None or not hasattr(given, "keys"):
            continue
        missing = {} if absent is None else {"absent": absent}
        listed[name] = in_order(given, columns, f"{method.name}: {name}", **missing)
    return listed


def _aggregation(method: Method, function: Callable[..., Any]) -> Registered:
    @wraps(function)
    def scores(x: Any, w: Any = None, *, missing: str = "reweight", coverage: float = 0.65, **options: Any) -> Any:
        options = method.demand(options)
        rule = Missing.of(missing, coverage)
        table = read_labelled(x, vector="row")
        weights = matched_weights(w, table)
        score = kernel(method, options, table.columns or range(table.values.shape[-1]))
        try:
            if isinstance(score, Together):
                _refuse_rounding(table.values, weights)
            if options.get("details"):
                return with_labels(detailed(score, table.values, weights, rule), table)
            answer = aggregate(score, table.values, weights, rule, complete=table.complete)
        except CellsError as error:
            raise refusal(error, table) from None
        if answer.dropped.any():
            note(
                "aggregate", f"{counted(int(answer.dropped.sum()), 'row', 'have')} too few values for a score: missing"
            )
        return table.rows(answer.values)

    more = {"w": None, "missing": "reweight", "coverage": 0.65}
    given: Registered = _public(scores, method, "x", more, _GAPS)
    return given


def _refuse_rounding(x: Array, w: Array) -> None:
    """Refuse columns as given whose values differ by rounding alone: whether they were to differ nobody can tell."""
    low, high = ends(x)
    doubtful = constant(low, high) & (low != high) & (w > 0)
    if doubtful.any():
        marked = doubtful.reshape(-1, x.shape[-1]).any(axis=0)[np.newaxis]
        raise ColumnsError(marked, "constant over the rows compared, but for rounding; round it, or leave it out")


def matched_weights(w: Any, table: Labelled) -> Array:
    """Return weights (..., k) that sum to 1, matched to the columns by name, or by position where these have none."""
    k = table.values.shape[-1]
    if w is None:
        return np.full(k, 1 / k)
    names = table.columns or tuple(range(k))
    if hasattr(type(w), "columns"):
        sets = read_labelled(w)
        of = in_order({name: j for j, name in enumerate(sets.columns or ())}, names, "weights", lacks=_no_weight(names))
        weights = sets.values[..., of]
    else:
        given = in_order(w, names, "weights", lacks=_no_weight(names))
        try:
            weights = floats(given)
        except (TypeError, ValueError):
            raise SpecError(f"weights: each must be a number of 0 or more, not {w!r}") from None
    weights = unit_sum(weights, k, "weights", table.columns)
    if weights.ndim == 1:
        return weights
    if table.columns is not None:
        raise SpecError(
            f"weights: {' x '.join(map(str, weights.shape[:-1]))} sets for a table with labels; "
            "give one set at a time, or the values as an array for scores (sets, rows)"
        )
    if not broadcast(weights.shape[:-1], table.values.shape[:-2]):
        shape = table.values.shape[:-2]
        raise SpecError(f"weights: sets of shape {weights.shape[:-1]} for a stack of tables of shape {shape}")
    return weights


def _no_weight(names: Sequence[Any]) -> Callable[[int], str]:
    return lambda j: f"weights: none for column {names[j]!r}"


def unit_sum(weights: Array, k: int, what: str, names: Sequence[Any] | None = None) -> Array:
    """Return weights (..., k) rescaled to sum 1; negative, missing and all-zero weights are refused, by their names."""
    if weights.shape[-1:] != (k,):
        raise SpecError(f"{what}: {weights.shape[-1] if weights.ndim else 1} given for {counted(k, 'column')}")
    if not weights.size:
        raise SpecError(f"{what}: no set of weights is given")
    wrong = [tuple(at) for at in np.argwhere(~(np.isfinite(weights) & (weights >= 0)))]
    if wrong:
        called = {at: repr(names[at[-1]]) if names else f"number {at[-1] + 1}" for at in wrong}
        said = dict.fromkeys(f"{called[at]} is {weights[at]:g}" for at in wrong)
        raise SpecError(f"{what}: each must be a number of 0 or more, not {weights.tolist()}: {', '.join(said)}")
    size = weights.max(axis=-1, keepdims=True, initial=0.0)
    weights = weights / np.where(size > 1e300, size, 1.0)
    total = weights.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        raise SpecError(f"{what}: all are 0; give at least one a positive weight")
    if (np.abs(total - 1) > 1e-9).any():
        note("weights", f"{what} summing to {float(np.ravel(total)[0]):.6g} rescaled to 1")
    return np.asarray(weights / total)


def _public(
    function: Any, method: Method, first: str, more: Mapping[str, Any] | None = None, told: str = "", **attributes: Any
) -> Any:
    """Return the function with the signature that users see, what is told of it, and the method it stands for."""
    kinds = inspect.Parameter
    either = {"w": kinds.POSITIONAL_OR_KEYWORD}
    added = [kinds(name, either.get(name, kinds.KEYWORD_ONLY), default=value) for name, value in (more or {}).items()]
    parameters = [kinds(first, kinds.POSITIONAL_ONLY), *added, *method.options.values()]
    function.__signature__ = inspect.Signature(parameters)
    function.method = method
    function.__doc__ = _with_parameters(function.__doc__, told)
    for name, value in attributes.items():
        setattr(function, name, value)
    return function


def _with_parameters(doc: str | None, told: str) -> str | None:
    """Return a numpydoc description with the parameters of every method of the family after its own."""
    parts = re.split(r"\n\n(?=[A-Z][a-z ]+\n-{3,}\n)", inspect.cleandoc(doc or ""))
    if not told or len(parts) == 1:
        return doc
    if not parts[1].startswith("Parameters\n"):
        parts.insert(1, "Parameters\n----------")
    parts[1] += told
    return "\n\n".join(parts)
