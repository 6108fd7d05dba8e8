"""Decorators that make one function a notebook function, a word in a spec and a subject of the law tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import wraps
from typing import Any, Concatenate, Literal, Unpack, overload

import numpy as np

from hengdian_index._maths.maps import Map
from hengdian_index._maths.means import ColumnsError, Kernel, Missing, Together, aggregate, detailed, refusal
from hengdian_index._methods.frame import (
    Aggregation,
    Learnt,
    OwnAggregation,
    OwnLearnt,
    P,
    Registered,
    Weighting,
    entering,
    presented,
)
from hengdian_index._methods.learning import apply, as_sample, learn, reference, weigh
from hengdian_index._methods.registry import Method, Sees
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.traits import AggregatingTraits, NormalisingTraits, WeightingTraits
from hengdian_index._tables.options import floats, in_order
from hengdian_index._tables.table import Array, Labelled, as_learnt, broadcast, read_labelled, select, with_labels
from hengdian_index._values.equality import uneven
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, SpecError
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
def normalising(function: Callable[Concatenate[Any, P], Any], /) -> OwnLearnt[P, Any, FittedMap]: ...
@overload
def normalising(
    *, sees: Literal["statistics"], **traits: Unpack[NormalisingTraits]
) -> Callable[[Callable[Concatenate[Sample, P], Map]], Learnt[P, Any, FittedMap]]: ...
@overload
def normalising(
    *, sees: Literal["rows"] = ..., **traits: Unpack[NormalisingTraits]
) -> Callable[[Callable[Concatenate[Any, P], Any]], OwnLearnt[P, Any, FittedMap]]: ...
def normalising(function: Any = None, /, *, sees: Sees = "rows", **traits: Unpack[NormalisingTraits]) -> Any:
    """Register a normalisation under the function's own name.

    Parameters
    ----------
    function : callable
        With `sees="rows"` (a user's function): `f(x)` or `f(x, *, fit_on, direction)` on arrays (n, k), giving
        scores of the same shape or a map. With `sees="statistics"`: `f(x, **options)` of a `Sample`, giving a map.
    **traits
        `gives(**options)`: interval of the scores on the fit rows. `ends(**options)`: the scores of the worst and of
        the best, which are how the scale is presented (0 and 100). `unit_free`, `monotone`: laws it obeys.
        `domain(**options)`: the interval whose inside it takes, such as (0, inf); it refuses other values itself.
        `own_zero`: it decides itself where 0 lies among the scores, as a z-score does. `normalises`: False if
        values stay as they are. `keeps_values`: its map holds all values of the fit rows. `learns`: False if
        the fit rows do not matter. `fits_on_base`: without rows to fit on it learns from the base. `takes_target`: of a
        function with the option `direction`, that it takes a target, too.
        `by_column`: options that hold one value a column, by name or in order.
        `check(**options)`: what is wrong with a set of options, one text for each fault.
        `arithmetic`, of a function that gives scores: an expression in x and its options, such as "x / 1000"; a map
        declares its own. `example`: values of options that must be given, which a refusal shows. `of_distance(share)`:
        the formula in LaTeX where the best end is a direction's and no value of a row, in the share of the distance.
        `formula` in LaTeX, a text or a function of the options that gives it,
        `chinese`, what a statement calls it, and `words` of its options, by language:
        `{"en": {"shape": "shape", "shape = round": "round"}, "zh": ...}`; what has no word is told by its own name.

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

    def publish(method: Method) -> Any:
        @wraps(method.function)
        def scores(x: Any, *, fit_on: Any = None, direction: Any = 1, **options: Any) -> Any:
            table = read_labelled(x)
            return table.like(apply(learn(method, reference(table, fit_on), direction, options), table))

        def fit(x: Any, *, direction: Any = 1, **options: Any) -> FittedMap:
            """Return the map learnt from x, to be called on later rows."""
            table = read_labelled(x)
            return FittedMap(learn(method, table, direction, options), table.columns, table.values.shape)

        return presented(scores, method, _LEARNT, fit=fit)

    return entering("normalise", publish, function, sees, traits)


@overload
def weighting(function: Callable[Concatenate[Any, P], Any], /) -> Weighting[P]: ...
@overload
def weighting(
    *, sees: Literal["statistics"], **traits: Unpack[WeightingTraits]
) -> Callable[[Callable[Concatenate[Sample, P], Any]], Weighting[P]]: ...
@overload
def weighting(
    *, sees: Literal["judgement"], **traits: Unpack[WeightingTraits]
) -> Callable[[Callable[P, Any]], Registered[P]]: ...
@overload
def weighting(
    *, sees: Literal["rows"] = ..., **traits: Unpack[WeightingTraits]
) -> Callable[[Callable[Concatenate[Any, P], Any]], Weighting[P]]: ...
def weighting(function: Any = None, /, *, sees: Sees = "rows", **traits: Unpack[WeightingTraits]) -> Any:
    """Register a weighting under the function's own name.

    Parameters
    ----------
    function : callable
        With `sees="rows"` (a user's function): `f(x)` on an array (n, k) giving k weights. With
        `sees="statistics"`: `f(x, **options)` of a `Sample`. With `sees="judgement"`: `f(*judgements, **options)`
        giving (names or None, weights), or (names or None, details).
    **traits
        `unit_free`: multiplying a column by a positive number changes nothing. `shift_free`: adding a number to a
        column changes nothing; in an index a method that says it is not sees scores on the scale 0 to 1, whatever scale
        they are presented on. `learns`: False if the values of the rows do not matter. `complete`: only rows without a
        gap count. `raw`: in an index it sees values before direction and normalisation, and the directions if it has
        the option `direction`. `by_column`: judgements and options that hold one value a column, by name or in order.
        `by_row`: the judgement names columns of the table, which weigh each row by itself.
        `without(options, columns, gone)`: the judgements and options that are left when some columns are taken out; if
        these do not hold by themselves, the others keep their proportions. `consistency(options, columns)`: pairs of a
        person and the `Priorities` of what that person judged. `parts`: the judgement that is a list of sets of
        weights; in an index each is a choice of its own. `matches`: they are sought so that importances are as wanted.
        `check`, `formula`, `chinese` and `words` as of a normalisation.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> @hi.weighting
    ... def by_mean(x):
    ...     return x.mean(axis=0)
    >>> by_mean([[1.0, 2.0], [1.0, 4.0]])
    array([0.25, 0.75])
    """
    return entering("weights", _judging if sees == "judgement" else _weighing, function, sees, traits)


def _weighing(method: Method) -> Any:
    """Return the public form of a weighting that learns from rows."""

    @wraps(method.function)
    def weights(x: Any, /, **options: Any) -> Any:
        options = method.demand(options)
        table = read_labelled(x)
        try:
            if options.get("details"):
                return with_labels(method.function(as_sample(table).flattened(), **options), table)
            return table.named(weigh(method, as_sample(table), options))
        except CellsError as error:
            raise table.refusal(error) from None

    return presented(weights, method)


def _judging(method: Method) -> Any:
    """Return the public form of a weighting that is given judgements, by position or by name, instead of rows."""

    @wraps(method.function)
    def weights(*judgements: Any, **options: Any) -> Any:
        named = {name: options.pop(name) for name in method.judgements if name in options}
        options = method.demand(options)
        names, answer = method.function(*judgements, **named, **options)
        labels = Labelled(np.empty(0), names or None, True, names)
        return with_labels(answer, labels) if is_dataclass(answer) else labels.named(answer)

    return presented(weights, method)


@overload
def aggregating(function: Callable[Concatenate[Any, Any, P], Any], /) -> OwnAggregation[P]: ...
@overload
def aggregating(
    *, sees: Literal["statistics"], **traits: Unpack[AggregatingTraits]
) -> Callable[[Callable[P, Kernel]], Aggregation[P]]: ...
@overload
def aggregating(
    *, sees: Literal["stacks"], **traits: Unpack[AggregatingTraits]
) -> Callable[[Callable[Concatenate[Array, Array, P], Any]], Aggregation[P]]: ...
@overload
def aggregating(
    *, sees: Literal["rows"] = ..., **traits: Unpack[AggregatingTraits]
) -> Callable[[Callable[Concatenate[Any, Any, P], Any]], OwnAggregation[P]]: ...
def aggregating(function: Any = None, /, *, sees: Sees = "rows", **traits: Unpack[AggregatingTraits]) -> Any:
    """Register an aggregation under the function's own name.

    Parameters
    ----------
    function : callable
        `f(x, w, **options)` on rows (n, k) without gaps and weights (k,) that sum to 1, giving n scores. With
        `sees="statistics"`: `f(**options)`, giving a mean of `hi.means`, which has exact contributions.
    **traits
        `laws`: letters of METHODS (M monotone, I idempotent, H homogeneous, T translates, S symmetric, B between
        the smallest and the largest value; of a set-wise method D: a row at least as good everywhere never scores
        lower). `domain`: "real", "zero or more" or "above 0". `set_wise`: the rows are compared with each other.
        `refers`: its option `reference` may be "fit", rows that a fit keeps and scores are measured by.
        `takes_gaps`: rows with gaps reach the function as they are, NaN for a missing value. `total`: the option that
        takes what the weights sum to as they are given, 1 for each column without any, where it is None. `per_column`:
        options that may be a mapping by column name, each with the value of a column left out (None: none may be).
        `normalised`: defaults of options that take the place of the usual ones in an index that normalises its
        columns.
        `arithmetic`: the score as an expression in the weights w, the scores z, their number k and the options, such
        as "sum(w * z)"; or several `Line`s, or a function of the options that gives either. Explanation, spreadsheet
        formula, speech and, where no `formula` is given, LaTeX follow. `figures(row)`: the steps to a score that also
        depends on other rows (`hengdian_index._methods.figures`). `check`, `example`, `formula`, `chinese`
        and `words` as of a normalisation.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> @hi.aggregating(laws="IHTSB")
    ... def midrange(x, w):
    ...     return (x.min(axis=-1) + x.max(axis=-1)) / 2
    >>> midrange([[1.0, 2.0, 9.0]])
    array([5.])
    """
    return entering("aggregate", scoring, function, sees, traits)


def kernel(method: Method, options: Mapping[str, Any], columns: Sequence[Any] | None = None) -> Kernel:
    """Return what scores rows: the pair of a quasi-arithmetic mean, or a function of rows and weights.

    `columns` names the columns of the rows, for options that are given by column name.
    """
    if method.sees == "statistics":
        made = method.function(**options)
        pair: Kernel = getattr(made, "pair", made)
        return pair
    options = {**options, **_in_column_order(method, options, columns)}

    def scores(x: Array, w: Array) -> Any:
        if x.ndim > 2 and method.sees == "rows":
            return _each_table(method, x, w, options)
        try:
            return method.function(x, w, **options)
        except CellsError as error:
            raise _of_own_rows(method, error, x.shape[-2]) from None

    takes_gaps, set_wise = (bool(method.declared(trait, options)) for trait in ("takes_gaps", "set_wise"))
    return Together(scores, takes_gaps, set_wise) if takes_gaps or set_wise else scores


def _of_own_rows(method: Method, error: CellsError, n: int) -> Exception:
    """Return a refusal of cells as one of the n rows scored, which stand below those that they are measured by."""
    if isinstance(error, ColumnsError) or error.marked.shape[-2] <= n:
        return error
    own = error.marked[..., -n:, :]
    return (
        type(error)(own, error.why)
        if own.any()
        else DataError(Said("{name}: reference: {why}", name=method.name, why=error.why))
    )


def _each_table(method: Method, x: Array, w: Array, options: Mapping[str, Any]) -> Array:
    """Return the scores (..., n) of a function that knows one table (n, k) and one set of weights (k,)."""
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
        listed[name] = in_order(given, columns, joined([method.name, name], "heads"), **missing)
    return listed


def scoring(method: Method) -> Any:
    """Return the public form of an aggregation."""

    @wraps(method.function)
    def scores(x: Any, w: Any = None, *, missing: str = "reweight", coverage: float = 0.65, **options: Any) -> Any:
        options = method.demand(options)
        rule = Missing.of(missing, coverage)
        table = read_labelled(x, vector="row")
        total, times = method.traits.get("total"), None
        weights = matched_weights(w, table, noted=total is None)
        if total is not None and options.get(total) is None:
            given = _total(w, table)
            single = np.ndim(given) == 0
            # Each of several sets of weights has its own total.
            options, times = {**options, total: given if single else 1.0}, None if single else given
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
            note("aggregate", _scoreless(int(answer.dropped.sum())))
        return table.rows(answer.values if times is None else answer.values * times)

    return presented(scores, method, _GAPS)


def _refuse_rounding(x: Array, w: Array) -> None:
    """Refuse columns as given whose values differ by rounding alone: whether they were to differ nobody can tell."""
    doubtful = uneven(x) & (w > 0)
    if doubtful.any():
        marked = np.any(doubtful.reshape(-1, 1, x.shape[-1]), axis=0)
        raise ColumnsError(marked, Said("constant over the rows compared, but for rounding; round it, or leave it out"))


def _total(w: Any, table: Labelled) -> Any:
    """Return what weights sum to as they are given, (..., 1) of several sets; 1 for each column without any."""
    if w is None:
        return float(table.values.shape[-1])
    given = _in_columns(w, table)
    return given.sum(axis=-1, keepdims=True) if given.ndim > 1 else float(given.sum())


def _in_columns(w: Any, table: Labelled) -> Array:
    """Return weights (..., k) as they are given, matched to the columns by name, or by position without names."""
    names = table.columns or tuple(range(table.values.shape[-1]))
    if hasattr(type(w), "columns"):
        sets = read_labelled(w)
        of = in_order({name: j for j, name in enumerate(sets.columns or ())}, names, "weights", lacks=_no_weight(names))
        return np.asarray(sets.values[..., of])
    given = in_order(w, names, "weights", lacks=_no_weight(names))
    try:
        return floats(given)
    except (TypeError, ValueError):
        raise SpecError(Said("weights: each must be a number of 0 or more, not {w!r}", w=w)) from None


def matched_weights(w: Any, table: Labelled, *, noted: bool = True) -> Array:
    """Return weights (..., k) that sum to 1, matched to the columns by name, or by position where these have none."""
    k = table.values.shape[-1]
    if w is None:
        return np.full(k, 1 / k)
    weights = unit_sum(_in_columns(w, table), k, "weights", table.columns, noted=noted)
    if weights.ndim == 1:
        return weights
    if table.columns is not None:
        raise SpecError(
            Said(
                "weights: {size} sets for a table with labels; give one set at a time, or the values as "
                "an array for scores (sets, rows)",
                size=" x ".join(map(str, weights.shape[:-1])),
            )
        )
    if not broadcast(weights.shape[:-1], table.values.shape[:-2]):
        raise SpecError(
            Said(
                "weights: sets of shape {own} for a stack of tables of shape {shape}",
                own=weights.shape[:-1],
                shape=table.values.shape[:-2],
            )
        )
    return weights


def _no_weight(names: Sequence[Any]) -> Callable[[int], Said]:
    return lambda j: Said("weights: none for column {name!r}", name=names[j])


def _scoreless(n: int) -> Said:
    return Said.of(
        n,
        "{n} row has too few values for a score: missing",
        "{n} rows have too few values for a score: missing",
    )


def unit_sum(
    weights: Array, k: int, what: Said | str, names: Sequence[Any] | None = None, *, noted: bool = True
) -> Array:
    """Return weights (..., k) rescaled to sum 1; negative, missing and all-zero weights are refused, by their names."""
    if weights.shape[-1:] != (k,):
        raise SpecError(
            Said(
                "{what}: {given} given for {columns}",
                what=what,
                given=weights.shape[-1] if weights.ndim else 1,
                columns=Said.of(k, "{n} column", "{n} columns"),
            )
        )
    if not weights.size:
        raise SpecError(Said("{what}: no set of weights is given", what=what))
    wrong = [tuple(at) for at in np.argwhere(~(np.isfinite(weights) & (weights >= 0)))]
    if wrong:
        told = dict.fromkeys(_wrong_weight(weights[at], at[-1], names) for at in wrong)
        raise SpecError(
            Said(
                "{what}: each must be a number of 0 or more, not {weights}: {told}",
                what=what,
                weights=weights.tolist(),
                told=joined([*told], "places"),
            )
        )
    size = weights.max(axis=-1, keepdims=True, initial=0.0)
    weights = weights / np.where(size > 1e300, size, 1.0)
    total = weights.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        raise SpecError(Said("{what}: all are 0; give at least one a positive weight", what=what))
    if noted and (np.abs(total - 1) > 1e-9).any():
        note("weights", Said("{what} summing to {total:.6g} rescaled to 1", what=what, total=float(np.ravel(total)[0])))
    return np.asarray(weights / total)


def _wrong_weight(value: float, j: int, names: Sequence[Any] | None) -> Said:
    if names:
        return Said("{name!r} is {value:g}", name=names[j], value=value)
    return Said("number {place} is {value:g}", place=int(j) + 1, value=value)
