"""How a normalisation or a weighting learns from rows: direction, columns, and a user's own function."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hengdian_index._maths.arithmetic import Arithmetic, joined, names
from hengdian_index._maths.maps import Direction, Map, Split, chain, orientation
from hengdian_index._methods.registry import Method, Pickled, lines_of, method_of, parameters_of
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.cells import single
from hengdian_index._tables.options import in_order
from hengdian_index._tables.selection import picked
from hengdian_index._tables.table import Array, Labelled, of_truths, read_labelled
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, DataError, Fault, SpecError, raise_all, shown
from hengdian_index.log import note


def learn(method: Method, rows: Labelled, direction: Any, options: Mapping[str, Any]) -> Map:
    """Return the map that a normalisation learns from rows, column directions applied once, before it."""
    options = method.demand(options)
    k = rows.values.shape[-1]
    columns = rows.columns or tuple(range(k))
    directions = _directions(direction, columns)
    parts: list[tuple[tuple[int, ...], Map]] = []
    faults: list[Fault] = []
    for one in dict.fromkeys(directions):
        at = tuple(j for j in range(k) if directions[j] == one)
        some = (
            rows
            if len(at) == k
            else replace(
                rows, values=rows.values[..., list(at)], columns=rows.columns and tuple(columns[j] for j in at)
            )
        )
        chosen = _chosen(method, options, columns, at)
        try:
            parts.append((at, _learn(method, some, one, chosen)))
        except CellsError as error:
            faults += some.refusal(error).faults
        except DataError as error:
            faults += error.faults
    raise_all(DataError, faults)
    return parts[0][1] if len(parts) == 1 else Split(tuple(parts))


def weigh(method: Method, sample: Sample, options: Mapping[str, Any]) -> Array:
    """Return the weights (..., k) that a method learns from a sample: non-negative, summing to 1."""
    if method.sees == "rows":
        return _own_weights(method, sample, options)
    known = sample.flattened() if method.traits.get("learns", True) else sample
    weights: Array = method.function(known, **options)
    total = weights.sum(axis=-1, keepdims=True)
    if not (total > 0).all():
        sample.refuse(
            np.broadcast_to(~(total > 0), weights.shape),
            Said(
                "{name} weights are undefined: all columns are constant, none tells the rows apart; use 'equal'",
                name=method.name,
            ),
        )
    return np.asarray(weights / total)


def apply(fitted: Map, table: Labelled) -> Array:
    """Return the scores of a table's rows, cells that the map refuses named in the error."""
    try:
        return fitted(table.values)
    except CellsError as error:
        raise table.refusal(error) from None


def as_sample(table: Labelled) -> Sample:
    """Return a table's rows as something to learn from."""
    labels = (
        table.source.index if hasattr(table.source, "index") and not isinstance(table.source, (list, tuple)) else None
    )
    size = np.zeros(table.values.shape[:-2] + table.values.shape[-1:]) if table.computed else None
    return Sample((table.values,), table.columns, labels, size=size)


def _learn(method: Method, rows: Labelled, direction: Direction, options: Mapping[str, Any]) -> Map:
    return learn_from(method, as_sample(rows), direction, options)


def learn_from(method: Method, sample: Sample, direction: Direction, options: Mapping[str, Any]) -> Map:
    """Return the map that a method learns from a sample of columns of one direction."""
    if method.sees == "rows":
        return _own_map(method, sample, direction, options)
    if method.takes_direction:
        if direction not in (1, -1) and not method.traits.get("takes_target"):
            raise SpecError(
                Said(
                    "{name}: direction 1 or -1, not {direction!r}; min_max, z_score and rank take a target",
                    name=method.name,
                    direction=direction,
                )
            )
        fitted: Map = method.function(sample.flattened(), direction=direction, **options)
        return fitted
    turn, best, worst = orientation(direction)
    return chain(turn, method.function(sample.turned(turn, best, worst).flattened(), **options))


def _directions(direction: Any, columns: tuple[Any, ...]) -> list[Direction]:
    """Return one direction a column, from one for all or a mapping by name (absent: 1)."""
    direction = in_order(direction, columns, "direction", absent=1)
    if isinstance(direction, (list, tuple, np.ndarray)) and not single(direction):
        found = list(direction)
        if len(found) != len(columns):
            raise SpecError(
                Said(
                    "direction: {n} given for {columns}",
                    n=len(found),
                    columns=Said.of(len(columns), "{n} column", "{n} columns"),
                )
            )
    else:
        found = [direction] * len(columns)
    raise_all(
        SpecError,
        [
            Said("direction of {name!r}: {fault}", name=c, fault=direction_fault(d))
            for c, d in zip(columns, found, strict=True)
            if direction_fault(d)
        ],
    )
    return [int(d) if isinstance(d, (int, float, np.number)) else d for d in found]


def direction_fault(direction: Any) -> Said | None:
    """Return what is wrong with a direction, None where nothing is."""
    named = type(direction).__name__ in ("Target", "Between")
    number = isinstance(direction, (int, float, np.number)) and not isinstance(direction, bool)
    if named or (number and direction in (1, -1)):
        return None
    return Said(
        "1 (larger is better), -1, Target(value) or Between(low, high), not {direction}", direction=shown(direction)
    )


def _chosen(
    method: Method, options: Mapping[str, Any], columns: tuple[Any, ...], at: tuple[int, ...]
) -> dict[str, Any]:
    """Return the options for some of the columns; a surplus name stays, to be refused."""
    chosen = dict(options)
    for name, value in options.items() if len(at) < len(columns) else ():
        if hasattr(value, "keys"):
            chosen[name] = {c: part for c, part in value.items() if c not in columns or columns.index(c) in at}
        elif name in method.traits.get("by_column", ()) and np.shape(value) == (len(columns),):
            chosen[name] = [value[j] for j in at]
    return chosen


def reference(table: Labelled, fit_on: Any) -> Labelled:
    """Return the rows to learn from: the table itself, some of its rows, or another table with its columns."""
    if fit_on is None:
        return table
    chosen = picked(fit_on, "fit_on", table.values.shape[-2], table.source)
    if chosen is not None:
        some = table.pick(chosen)
        if some.values.shape[-2] == 0:
            raise DataError(Said("fit_on selects no row"))
        return some
    k, other = table.values.shape[-1], read_labelled(fit_on)
    if table.columns and other.columns and set(table.columns) != set(other.columns):
        raise DataError(
            Said(
                "fit_on has columns {known}, the rows to score {columns}",
                known=list(other.columns),
                columns=list(table.columns),
            )
        )
    if other.values.shape[-1] != k:
        raise DataError(
            Said(
                "fit_on has {columns}, the rows to score {k}",
                columns=Said.of(other.values.shape[-1], "{n} column", "{n} columns"),
                k=k,
            )
        )
    if of_truths(other.source) and not of_truths(table.source):
        raise DataError(Said("fit_on is a table of truths; a mask has one truth a row, such as mask.all(axis=1)"))
    if other.values.shape[:-2] not in ((), table.values.shape[:-2]):
        raise DataError(
            Said(
                "fit_on has shape {known}, the rows to score {shape}",
                known=other.values.shape,
                shape=table.values.shape,
            )
        )
    if table.columns and other.columns:
        order = [other.columns.index(c) for c in table.columns]
        return replace(other, values=other.values[..., order], columns=table.columns)
    return other


def _own_weights(method: Method, sample: Sample, options: Mapping[str, Any]) -> Array:
    """Return the weights of a user's function, checked and rescaled."""
    answer = method.function(sample.x, **options)
    named = hasattr(answer, "keys") and not isinstance(answer, np.ndarray)
    if not named and np.shape(answer) != (sample.k,):
        raise DataError(
            Said(
                "{name} must give one weight for each of {columns}, not {answer!r}",
                name=method.name,
                columns=Said.of(sample.k, "{n} column", "{n} columns"),
                answer=answer,
            )
        )
    weights = sample.per_column(dict(answer) if named else answer, method.name)
    if (weights < 0).any() or not weights.sum() > 0:
        raise DataError(
            Said(
                "{method} gave weights {weights}; they must be >= 0 and not all 0",
                method=method.name,
                weights=weights.tolist(),
            )
        )
    if abs(weights.sum() - 1) > 1e-9:
        total = float(weights.sum())
        note("weights", Said("{method}: weights summing to {total:.6g} rescaled to 1", method=method.name, total=total))
    return np.asarray(weights / weights.sum())


@stored("registered map")
@dataclass(frozen=True, slots=True)
class OwnMap(Pickled):
    """A user's function as a map: it may see the fit rows, and must not move them when rows are added."""

    function: Callable[..., Any]
    fit_rows: Array
    fitted: Array
    options: Mapping[str, Any]
    knows_fit_on: bool
    family: str

    def __call__(self, x: Array) -> Array:
        """Apply to rows (n, k), of which the function is shown a copy."""
        x = np.array(x)
        if self.knows_fit_on:
            return np.asarray(self.function(x, fit_on=self.fit_rows, **self.options), dtype=np.float64)
        if x.shape == self.fit_rows.shape and np.array_equal(x, self.fit_rows, equal_nan=True):
            return self.fitted.copy()
        known = np.broadcast_to(self.fit_rows, (*x.shape[:-2], *self.fit_rows.shape[-2:]))
        both = np.asarray(self.function(np.concatenate([known, x], axis=-2), **self.options), dtype=np.float64)
        n = self.fit_rows.shape[-2]
        if not np.array_equal(both[..., :n, :], np.broadcast_to(self.fitted, known.shape), equal_nan=True):
            name = getattr(self.function, "__name__", Said("the function"))
            raise DataError(
                Said(
                    "{family}: {name} changes the scores of old rows when rows are added, so it cannot be "
                    "frozen; let it take `fit_on`, or return a map of the rows it is shown",
                    family=self.family,
                    name=name,
                )
            )
        return both[..., n:, :]

    def arithmetic(self, x: float | None = None) -> Arithmetic | None:
        """Return the arithmetic in x that the method declares, its options as numbers; None where it declares none."""
        method = method_of(self.function)
        lines = () if method is None else lines_of(method.traits)
        if method is None or not lines:
            return None
        every = {p.name: self.options.get(p.name, p.default) for p in method.options.values()}
        tree = joined(lines)
        wanted = [name for name in names(tree) if name != "x"]
        numbers = {name: every[name] for name in wanted if isinstance(every.get(name), (int, float))}
        return Arithmetic(ast.unparse(tree), numbers) if len(numbers) == len(wanted) else None

    def cancelled(self, before: Array) -> Array:
        """Return what cancels: nobody knows, so the size of a score is all."""
        return np.zeros_like(before)


def _own_map(method: Method, sample: Sample, direction: Direction, options: Mapping[str, Any]) -> Map:
    """Return the map of a user's function of rows, whose answer is a map or scores."""
    given = parameters_of(method.function)
    every = any(p.kind is p.VAR_KEYWORD for p in given.values())
    extra = dict(options) | ({"direction": direction} if "direction" in given or every else {})
    turn = None if "direction" in extra else orientation(direction)[0]
    # What leaves values as they are learns nothing from any.
    x = sample.x if method.traits.get("normalises", True) else np.empty((*sample.leading, 0, sample.k))
    x = turn(x) if turn else np.array(x)
    with np.errstate(all="ignore"):
        answer = method.function(x, **extra)
    if callable(answer):
        return chain(turn, answer)
    scores = np.asarray(answer, dtype=np.float64)
    if scores.shape != x.shape or not np.array_equal(np.isfinite(scores), np.isfinite(x)):
        turned = Said("; it was shown -x for direction -1, let it take `direction` to do that itself") if turn else ""
        raise DataError(
            Said(
                "{family}: {name} must give one finite score for each value of its rows {shape}, missing "
                "for missing; it gave shape {given} with {lost} not finite{turned}",
                family=method.family,
                name=method.name,
                shape=x.shape,
                given=scores.shape,
                lost=int((~np.isfinite(scores)).sum()),
                turned=turned,
            )
        )
    return chain(turn, OwnMap(method.function, x, scores, extra, "fit_on" in given or every, method.family))
