"""Fitted maps: small frozen answers of fitting that turn any later rows into scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar, Literal, Protocol, TypeAlias

import numpy as np

from hengdian_index._maths.arithmetic import Arithmetic, Halves, first, rounded
from hengdian_index._maths.blocks import each_slice
from hengdian_index._tables.cells import number_of
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same, settled, together
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, SpecError, shown

Ties: TypeAlias = Literal["average", "min", "max", "dense"]


class Map(Protocol):
    """Rows by columns (..., n, k) in, the same shape out; missing stays missing.

    A map may declare its `arithmetic` in x: an expression in its own fields, or a function of a value, None for any,
    that returns an `Arithmetic`. Text, LaTeX, spreadsheet formula, explanation, speech, narwhals expression and SQL
    follow from that; of a map without one they say so. One that refuses values names what must be `positive`.
    """

    def __call__(self, x: Array) -> Array:
        """Apply to rows."""


@stored("target")
@dataclass(frozen=True, slots=True)
class Target:
    """A direction: the best value is `value`, and the distance from it counts on both sides.

    Parameters
    ----------
    value : float
        The best value.

    Notes
    -----
    **Pitfalls.** The value is as measured: who reverses a column first must not take the distance from it afterwards.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.min_max([[8.0], [10.0], [14.0]], direction=hi.Target(10.0))
    array([[0.5],
           [1. ],
           [0. ]])
    """

    value: float

    def __post_init__(self) -> None:
        """Hold the value as a float; refuse what is no number."""
        object.__setattr__(self, "value", _finite("Target", self.value))


@stored("between")
@dataclass(frozen=True, slots=True)
class Between:
    """A direction: every value in `low..high` is best, and the distance outside counts.

    Parameters
    ----------
    low, high : float
        Ends of the best values.
    worst_low, worst_high : float, optional
        Each side has its own scale: the score is worst there and beyond.

    Notes
    -----
    **Pitfalls.** Above the interval a score is 1 - (x - high) / M, M the largest distance. Programs that leave out the
    1 - give the value farthest off as much as the best.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.min_max([[8.0], [10.0], [11.0], [16.0]], direction=hi.Between(10.0, 12.0))
    array([[0.5],
           [1. ],
           [1. ],
           [0. ]])
    """

    low: float
    high: float
    worst_low: float | None = None
    worst_high: float | None = None

    def __post_init__(self) -> None:
        """Hold the limits as floats; refuse limits out of order."""
        for name in ("low", "high", "worst_low", "worst_high"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _finite("Between", getattr(self, name)))
        if (self.worst_low is None) != (self.worst_high is None):
            raise SpecError(Said("Between: give both worst_low and worst_high, or neither"))
        low = self.low if self.worst_low is None else self.worst_low
        high = self.high if self.worst_high is None else self.worst_high
        strict = self.worst_low is None or low < self.low <= self.high < high
        if not (strict and low <= self.low <= self.high <= high):
            raise SpecError(
                Said("Between: limits must rise (worst_low < low <= high < worst_high), not {limits!r}", limits=self)
            )


def _finite(kind: str, value: object) -> float:
    number = number_of(value) if isinstance(value, (int, float, np.number)) else None
    if number is None or not np.isfinite(number):
        several = Said("; for one a column give direction = {{'a': {kind}(...), ...}}", kind=kind)
        each = several if hasattr(value, "__len__") else ""
        raise SpecError(
            Said("{kind}: a finite number is needed, not {value}{each}", kind=kind, value=shown(value), each=each)
        )
    return number


def _finite_scores(scores: Array, x: Array) -> Array:
    """Return the scores, or refuse the values whose score is too large a number."""
    lost = np.isfinite(x) & ~np.isfinite(scores)
    if lost.any():
        raise CellsError(np.broadcast_to(lost, scores.shape), Said("its score is too large a number; rescale the unit"))
    return scores


Direction: TypeAlias = int | Target | Between


@stored("affine")
@dataclass(frozen=True, slots=True)
class Affine:
    """`at + gain (x - centre) / spread`, each an array (..., k).

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.maps import Affine
    >>> half = Affine(np.array([2.0]), np.array([4.0]), np.array([100.0]), np.array([0.0]))
    >>> half(np.array([[4.0]]))
    array([[50.]])
    """

    arithmetic: ClassVar[str] = "(x - centre) / spread * gain + at"

    centre: Array
    spread: Array
    gain: Array
    at: Array

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        centre, spread, gain, at = (part[..., np.newaxis, :] for part in (self.centre, self.spread, self.gain, self.at))
        # A negative spread would turn 0 into -0; adding 0 mends it.
        plain = bool((self.gain == 1).all() and (self.at == 0).all() and (self.spread > 0).all())
        shape = np.broadcast_shapes(x.shape, centre.shape)
        out = np.empty_like(x, shape=shape)

        def fill(rows: slice) -> None:
            part = out[..., rows, :]
            with np.errstate(over="raise"):
                np.subtract(x[..., rows, :], centre, out=part)
                part /= spread
                if not plain:
                    part *= gain
                    part += at

        try:
            each_slice(fill, out)
        except FloatingPointError:
            return self._of_halves(x)
        return out

    def fill(self, x: Array, out: Array) -> None:
        """Write what the map of one column makes of its values (n,) into an array of as many."""
        centre, spread, gain, at = (part.item() for part in (self.centre, self.spread, self.gain, self.at))
        try:
            with np.errstate(over="raise"):
                np.subtract(x, centre, out=out)
                out /= spread
                if not (gain == 1 and at == 0 and spread > 0):
                    out *= gain
                    out += at
        except FloatingPointError:
            out[:] = self._of_halves(x[:, np.newaxis])[:, 0]

    def cancelled(self, before: Array) -> Array:
        """Return what cancels (k,): a column far from 0 leaves its distance from 0, in units of the spread."""
        with np.errstate(over="ignore"):
            # Each by the spread before they are added: neither the sum nor 1 / spread need be a number.
            apart = together(before / np.abs(self.spread), np.abs(self.centre / self.spread))
            return together(np.abs(self.gain) * apart, np.abs(self.at))

    def _of_halves(self, x: Array) -> Array:
        """Apply where a difference of two values is too large for a number, but half of it is not."""
        centre, spread, gain, at = (part[..., np.newaxis, :] for part in (self.centre, self.spread, self.gain, self.at))
        with np.errstate(over="ignore", invalid="ignore"):
            out: Array = (x / 2 - centre / 2) / spread * 2 * gain + at
        return _finite_scores(out, x)


@stored("clip")
@dataclass(frozen=True, slots=True)
class Clip:
    """Values held within `low..high`, arrays (..., k)."""

    low: Array
    high: Array

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        return np.clip(x, self.low[..., np.newaxis, :], self.high[..., np.newaxis, :])

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x, without ends that are infinite."""
        ends = {"low": self.low, "high": self.high}
        expression = "max(x, low)" if np.isfinite(first(self.low)) else "x"
        expression = f"min({expression}, high)" if np.isfinite(first(self.high)) else expression
        return Arithmetic(expression, {name: end for name, end in ends.items() if np.isfinite(first(end))})


@stored("ranks")
@dataclass(frozen=True, slots=True)
class Ranks:
    """Rank from the worst (1) to the best (n) among the fitted values, sorted in each column (..., n, k).

    A later row takes the rank it would have had: the fitted rows below it, plus its ties, at most n. `size` (..., k) is
    what cancelled in computed values beside their magnitude, by which they tie (`equality`); NaN for values as given.
    """

    values: Array
    ties: Ties = "average"
    size: Array | None = None

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        fitted, x = (self.values, x) if self.size is None else _matched(self.values, x, self.size)
        if self.ties == "dense":
            fitted = np.sort(np.where(_repeated(fitted), np.nan, fitted), axis=-2)
        low, high = _places(fitted, x)
        equal = high - low
        rank = {
            "average": low + (equal + 1) / 2,
            "min": low + 1.0,
            "max": low + np.maximum(equal, 1.0),
            "dense": low + 1.0,
        }[self.ties]
        most = np.maximum((~np.isnan(fitted)).sum(axis=-2), 1)[..., np.newaxis, :]
        return np.where(np.isnan(x), np.nan, np.minimum(rank, most))

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return the rank of x: how it is counted, or for a value what was counted."""
        if x is None:
            return Arithmetic("rank(x)")
        known = self.values[~np.isnan(self.values)]
        known = np.unique(known) if self.ties == "dense" else known
        numbers = {"below": int((known < x).sum()), "equal": int((known == x).sum()), "n": len(known)}
        more = {"average": "(equal + 1) / 2", "max": "max(equal, 1)"}.get(self.ties, "1")
        return Arithmetic(f"min(below + {more}, n)", numbers)

    def cancelled(self, before: Array) -> Array:
        """Return what cancels: nothing, a rank is exact."""
        return np.zeros_like(before)


@stored("mirror")
@dataclass(frozen=True, slots=True)
class Mirror:
    """`-x`: turns "smaller is better" round before any other map."""

    arithmetic: ClassVar[str] = "-x"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        return -x


@stored("distance")
@dataclass(frozen=True, slots=True)
class Distance:
    """Minus the distance to the best interval, 0 inside it; with worst limits, on each side from 0 to -1.

    A value that differs from a limit by rounding alone stands on it.
    """

    best: Between

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        best = self.best
        with np.errstate(over="ignore"):
            below, above = _beyond(best.low, x, best.low - x), _beyond(best.high, x, x - best.high)
        _finite_scores(below + above, x)
        if best.worst_low is None or best.worst_high is None:
            return -(below + above)
        share = below / (best.low - best.worst_low) + above / (best.worst_high - best.high)
        return -np.minimum(share, 1)

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x."""
        best = self.best
        numbers = {"low": best.low, "high": best.high}
        below, above = "max(low - x, 0)", "max(x - high, 0)"
        if best.worst_low is None or best.worst_high is None:
            return Arithmetic(f"-({below} + {above})", numbers)
        numbers |= {"below": best.low - best.worst_low, "above": best.worst_high - best.high}
        return Arithmetic(f"-min({below} / below + {above} / above, 1)", numbers)

    def cancelled(self, before: Array) -> Array:
        """Return what cancels (k,): the values, of which `before` is the largest magnitude, and the limits."""
        best = self.best
        size = together(before, max(abs(best.low), abs(best.high)))
        if best.worst_low is None or best.worst_high is None:
            return size
        with np.errstate(over="ignore"):
            return together(size / min(best.low - best.worst_low, best.worst_high - best.high))


@stored("reciprocal")
@dataclass(frozen=True, slots=True)
class Reciprocal:
    """`scale / x`, scale an array (..., k); values that are not above 0 are refused."""

    arithmetic: ClassVar[str] = "scale / x"
    positive: ClassVar[str] = "x"

    scale: Array

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        if (x <= 0).any():
            raise CellsError(
                x <= 0, Said("a reciprocal needs a value above 0; use another normalisation for this indicator")
            )
        return self.scale[..., np.newaxis, :] / x

    def cancelled(self, before: Array) -> Array:
        """Return what cancels: nothing, a quotient is as exact as its value."""
        return np.zeros_like(before)


@stored("logarithm")
@dataclass(frozen=True, slots=True)
class Log:
    """`ln x`; values that are not positive are refused."""

    arithmetic: ClassVar[str] = "log(x)"
    positive: ClassVar[str] = "x"

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        if (x <= 0).any():
            raise CellsError(
                x <= 0, Said("a logarithm needs a value above 0; use another normalisation for this indicator")
            )
        return np.log(x)

    def cancelled(self, before: Array) -> Array:
        """Return what cancels: of computed values, whose rounding is a share of them, that share of 1."""
        return np.asarray(np.sign(before))


@stored("exponential")
@dataclass(frozen=True, slots=True)
class Exponential:
    """`floor (ceiling / floor)^x`."""

    arithmetic: ClassVar[str] = "floor * (ceiling / floor) ** x"

    floor: float
    ceiling: float

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        with np.errstate(over="ignore"):
            return _finite_scores(np.asarray(self.floor * np.exp(x * np.log(self.ceiling / self.floor))), x)


@stored("rounded")
@dataclass(frozen=True, slots=True)
class Rounded:
    """Values rounded to decimals (tens where `digits` is -1): a half goes away from 0, or to the even digit.

    A value that differs from a half by rounding alone is one: 0.1 + 0.185 is 0.285, which no float is.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.maps import Rounded
    >>> halves = np.array([[0.285], [-2.5], [3.5]])
    >>> Rounded(0)(halves).ravel().tolist(), Rounded(2, "even")(halves).ravel().tolist()
    ([0.0, -3.0, 4.0], [0.28, -2.5, 3.5])
    """

    digits: int
    ties: Halves = "away"

    def __call__(self, x: Array) -> Array:
        """Apply to values of any shape."""
        return rounded(x, self.digits, self.ties)

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x; to a half, by how much that moves."""
        if x is not None:
            found = float(self(np.array(x)))
            if round(x, self.digits) != found:
                return Arithmetic("x + half", {"half": found - x})
            return Arithmetic("round(x, digits)", {"digits": self.digits})
        name = {"away": "round", "even": "round_even"}[self.ties]
        return Arithmetic(f"{name}(x, digits)", {"digits": self.digits})

    def cancelled(self, before: Array) -> Array:
        """Return what cancels: nothing, a rounded value is exact."""
        return np.zeros_like(before)


@stored("chain")
@dataclass(frozen=True, slots=True)
class Chain:
    """One map after another."""

    maps: tuple[Map, ...]

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        for one in self.maps:
            x = one(x)
        return x

    def cancelled(self, before: Array) -> Array:
        """Return what cancels in all of them."""
        for one in self.maps:
            before = cancelled(one, before)
        return before


@stored("split")
@dataclass(frozen=True, slots=True)
class Split:
    """Different maps for different columns: pairs of column positions and the map of these columns."""

    parts: tuple[tuple[tuple[int, ...], Map], ...]

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        out = np.empty_like(x)
        for columns, one in self.parts:
            try:
                out[..., list(columns)] = one(x[..., list(columns)])
            except CellsError as error:
                marked = np.zeros(x.shape, dtype=np.bool_)
                marked[..., list(columns)] = error.marked
                raise CellsError(marked, error.why) from None
        return out


def unrounded(one: Map) -> Map:
    """Return a map without the rounding at its end, if it has one."""
    parts = one.maps if isinstance(one, Chain) else (one,)
    return chain(*parts[:-1]) if parts and isinstance(parts[-1], Rounded) else one


def chain(*maps: Map | None) -> Map:
    """Return the maps as one, in order; a mirror before an affine map becomes part of it.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.maps import Affine, Mirror, chain
    >>> one = np.ones(1)
    >>> chain(Mirror(), Affine(one, one, one, one))
    Affine(centre=array([-1.]), spread=array([-1.]), gain=array([1.]), at=array([1.]))
    """
    parts: list[Map] = []
    for one in maps:
        if one is None:
            continue
        parts += one.maps if isinstance(one, Chain) else [one]
    if len(parts) > 1 and isinstance(parts[0], Mirror) and isinstance(parts[1], Affine):
        first = parts[1]
        parts[:2] = [Affine(-first.centre, -first.spread, first.gain, first.at)]
    return parts[0] if len(parts) == 1 else Chain(tuple(parts))


def line_of(one: Map | None) -> tuple[float, float] | None:
    """Return (slope, constant) of a map of one column that is a straight line; None of any other.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.maps import Affine, line_of
    >>> line_of(Affine(np.array([2.0]), np.array([4.0]), np.array([100.0]), np.array([1.0])))
    (25.0, -49.0)
    """
    slope, at = 1.0, 0.0
    for part in one.maps if isinstance(one, Chain) else () if one is None else (one,):
        if isinstance(part, Mirror):
            slope, at = -slope, -at
            continue
        if not isinstance(part, Affine) or np.size(part.spread) != 1:
            return None
        gain = first(part.gain) / first(part.spread)
        slope, at = slope * gain, (at - first(part.centre)) * gain + first(part.at)
    return slope, at


def cancelled(one: Map, before: Array) -> Array:
    """Return the magnitude (k,) that cancels on the way to a map's scores, given what did before it.

    With |score| it is the size that `equality` asks for. A map that does not say (a curve) passes on what it is given;
    what a user's own map does to it nobody knows, so there |score| is all.
    """
    said = getattr(one, "cancelled", None)
    if said is None:
        return before if type(one).__module__.startswith("hengdian_index.") else np.zeros_like(before)
    return np.asarray(said(before))


def cancelled_each(maps: Sequence[Map], before: Array) -> Array:
    """Return the magnitudes (..., k) that cancel on the way to the scores of k maps, one a column."""
    for steps in zip_longest(*(one.maps if isinstance(one, Chain) else (one,) for one in maps)):
        lines = {j: one for j, one in enumerate(steps) if isinstance(one, Affine)}
        out = np.empty_like(before)
        if lines:
            # Lines are computed all at once, of which there may be many in an index.
            parts = (np.concatenate([getattr(one, part) for one in lines.values()]) for part in Affine.__slots__)
            out[..., list(lines)] = Affine(*parts).cancelled(before[..., list(lines)])
        for j, one in enumerate(steps):
            if j not in lines:
                out[..., j] = before[..., j] if one is None else cancelled(one, before[..., j : j + 1])[..., 0]
        before = out
    return before


def orientation(direction: Direction) -> tuple[Map | None, float | None, float | None]:
    """Return the map that makes larger better, and the best and the worst value it always includes."""
    if isinstance(direction, Target):
        direction = Between(direction.value, direction.value)
    if isinstance(direction, Between):
        return Distance(direction), 0.0, None if direction.worst_low is None else -1.0
    return (Mirror() if direction == -1 else None), None, None


def _beyond(limit: float, x: Array, distance: Array) -> Array:
    return np.where(same(x, limit, np.fmax(np.abs(x), abs(limit))), 0.0, np.maximum(distance, 0))


def _matched(fitted: Array, x: Array, size: Array) -> tuple[Array, Array]:
    """Return the fitted values settled, and x with the values that are equal to one of them made the same."""
    shape = np.broadcast_shapes(fitted.shape[:-2], x.shape[:-2])
    level = settled(fitted, size, axis=-2)
    if shape:
        fitted, level, x = (np.broadcast_to(part, (*shape, *part.shape[-2:])) for part in (fitted, level, x))
    size, out = np.broadcast_to(size, (*shape, size.shape[-1])), np.array(x)
    for place in np.ndindex(*size.shape):
        if np.isnan(size[place]):
            continue
        column = (*place[:-1], slice(None), place[-1])
        known = fitted[column][~np.isnan(fitted[column])]
        after = np.searchsorted(known, x[column])
        if len(known) and ((known.take(after, mode="clip") == x[column]) | np.isnan(x[column])).all():
            # Fitted values stand where they are: what their neighbours are equal to does not matter.
            out[column] = np.where(np.isnan(x[column]), np.nan, level[column].take(after, mode="clip"))
            continue
        for at in (after - 1, after) if len(known) else ():
            near = np.clip(at, 0, len(known) - 1)
            ties = same(x[column], known[near], together(size[place], np.abs(x[column])))
            out[column] = np.where(ties, level[column][near], out[column])
    return level, out


def _repeated(values: Array) -> Array:
    again: Array = np.zeros(values.shape, dtype=np.bool_)
    again[..., 1:, :] = values[..., 1:, :] == values[..., :-1, :]
    return again


def _places(fitted: Array, x: Array) -> tuple[Array, Array]:
    """Return, for each cell of x, how many fitted values of its column lie below it, and how many not above it."""
    shape = np.broadcast_shapes(fitted.shape[:-2], x.shape[:-2])
    if shape:
        fitted, x = (np.broadcast_to(part, (*shape, *part.shape[-2:])) for part in (fitted, x))
    low, high = np.empty(x.shape), np.empty(x.shape)
    for place in np.ndindex(*shape, x.shape[-1]):
        column = (*place[:-1], slice(None), place[-1])
        low[column] = np.searchsorted(fitted[column], x[column], side="left")
        high[column] = np.searchsorted(fitted[column], x[column], side="right")
    return low, high
