"""Doubts as values: noise on weights and data, limits of a number, rows drawn again; and the words that say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Protocol

import numpy as np

from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import Fault, SpecError, raise_all, shown


@dataclass(frozen=True, slots=True)
class Noise:
    """Weights that vary by up to a share of themselves, each on its own: w_j (1 + U(-share, share)), rescaled.

    Parameters
    ----------
    share : float
        From 0 to below 1; 0.25 is a quarter up or down.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=16)
    <Uncertainty of 'Film industry index (illustrative)': 16 draws, 50 rows>
    """

    share: float

    def __post_init__(self) -> None:
        if not _number(self.share) or not 0 <= self.share < 1:
            raise SpecError(
                Said("Noise: a share from 0 to below 1, not {share!r}; 0.25 is a quarter up or down", share=self.share)
            )

    def weights(self, w: Array, u: Array) -> Array:
        """Return weights (draws, k) from the nominal ones (k,) and uniform numbers (draws, k)."""
        moved = w * (1 + self.share * (2 * u - 1))
        return np.asarray(moved / moved.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Dirichlet:
    """Weights drawn from the simplex round the nominal ones: the larger the concentration c, the nearer.

    Dirichlet(c w): the mean is w, the variance of a weight w (1 - w) / (c + 1).

    Parameters
    ----------
    concentration : float
        c, above 0.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> hi.uncertainty(index, table, {"film.weights": hi.Dirichlet(100)}, draws=16)
    <Uncertainty of 'Film industry index (illustrative)': 16 draws, 50 rows>
    """

    concentration: float

    def __post_init__(self) -> None:
        if not _number(self.concentration) or not 0 < self.concentration < np.inf:
            raise SpecError(
                Said("Dirichlet: a concentration above 0, not {concentration!r}", concentration=self.concentration)
            )

    def weights(self, w: Array, u: Array) -> Array:
        """Return weights (draws, k) from the nominal ones (k,) and uniform numbers (draws, k)."""
        from scipy.special import gammaincinv

        drawn = np.where(w > 0, gammaincinv(np.where(w > 0, self.concentration * w, 1.0), u), 0.0)
        total = drawn.sum(axis=1, keepdims=True)
        return np.where(total > 0, drawn / np.where(total > 0, total, 1.0), w)


@dataclass(frozen=True, slots=True)
class Normal:
    """Measurement error of data: normal, its standard deviation in the indicator's unit, or relative to each value.

    Parameters
    ----------
    sd : float, optional
        Standard deviation in the unit of the indicator.
    relative : float, optional
        Standard deviation as a share of each value; one of the two is given.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> hi.uncertainty(index, table, {"data": hi.Normal(relative=0.02)}, draws=16)
    <Uncertainty of 'Film industry index (illustrative)': 16 draws, 50 rows>
    """

    sd: float | None = None
    relative: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.sd, self.relative) if value is not None]
        if len(given) != 1 or not _number(given[0]) or not 0 <= given[0] < np.inf:
            raise SpecError(Said("Normal: sd or relative, one of them, 0 or more; not {value!r}", value=self))

    def data(self, x: Array, draws: np.random.Generator) -> Array:
        """Return values with errors."""
        size = np.abs(x) * self.relative if self.relative is not None else np.full(x.shape, self.sd)
        return np.asarray(x + size * draws.standard_normal(x.shape))


@dataclass(frozen=True, slots=True)
class Uniform:
    """A number between two limits.

    Parameters
    ----------
    low, high : float
        The limits.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     aggregate={"method": "power", "p": 1},
    ...     groups=[hi.Group("total")],
    ...     indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")],
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
    >>> hi.uncertainty(index, table, {"aggregate.p": hi.Uniform(0.5, 2)}, draws=16)
    <Uncertainty of '': 16 draws, 3 rows>
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (_number(self.low) and _number(self.high) and -np.inf < self.low < self.high < np.inf):
            raise SpecError(Said("Uniform: low below high, not {low!r} and {high!r}", low=self.low, high=self.high))

    def ppf(self, u: Array) -> Array:
        """Return the number that belongs to a probability."""
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Fit rows drawn again with replacement, whole units at a time where rows have units; at the address "units".

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     normalise="rank",
    ...     groups=[hi.Group("total")],
    ...     indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")],
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0, 7.0], "b": [5.0, 6.0, 9.0, 8.0]}
    >>> hi.uncertainty(index, table, {"units": hi.Bootstrap()}, draws=16, infeasible="exclude")
    <Uncertainty of '': 16 draws, 4 rows>
    """


class Distribution(Protocol):
    """Anything with `ppf`, such as the distributions of scipy.stats."""

    def ppf(self, u: Array) -> Array:
        """Return the number that belongs to a probability."""


KINDS: dict[str, type[Any]] = {kind.__name__.lower(): kind for kind in (Noise, Dirichlet, Normal, Uniform, Bootstrap)}
"""What a spec may say of a doubt that is no list of alternatives, by its word: `{ noise = 0.25 }`."""


def said(given: Any) -> Any:
    """Return a doubt as a spec says it: `{ word = options }`, a part "in" or "out"; anything else as it is.

    Examples
    --------
    >>> from hengdian_index._maths.doubts import Noise, Normal, said
    >>> said(Noise(0.25)), said(Normal(relative=0.02)), said((True, None)), said(("min_max", "z_score"))
    ({'noise': 0.25}, {'normal': {'relative': 0.02}}, ['in', 'out'], ('min_max', 'z_score'))
    """
    if isinstance(given, (list, tuple)) and all(one is True or one is None for one in given) and not all(given):
        return ["in" if one else "out" for one in given]
    if type(given) not in KINDS.values():
        return given
    own = {one.name: getattr(given, one.name) for one in fields(given)}
    options: Any = {name: value for name, value in own.items() if value is not None}
    if len(own) == 1:
        options = next(iter(options.values()))
    return {type(given).__name__.lower(): options if own else True}


def read_doubts(given: Any) -> dict[str, Any]:
    """Return the doubts of an index by their addresses; a SpecError has every fault, with the address as its place.

    Tables in tables are addresses (`film.weights = ...` in TOML), `{ noise = 0.25 }` is `Noise(0.25)`, and of a part
    that may be left out "in" is True and "out" None.

    Examples
    --------
    >>> from hengdian_index._maths.doubts import read_doubts
    >>> read_doubts({"film": {"weights": {"noise": 0.25}}, "x3": ["in", "out"], "aggregate": ["arithmetic"]})
    {'film.weights': Noise(share=0.25), 'x3': [True, None], 'aggregate': ['arithmetic']}
    """
    if not isinstance(given, Mapping):
        raise SpecError(
            Said(
                "a mapping of address -> alternatives or noise, {{ normalise = ['min_max', 'z_score'], "
                "weights = {{ noise = 0.25 }} }}, not {given}",
                given=shown(given),
            )
        )
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for address, doubt in _by_address(given):
        try:
            if address in found:
                raise SpecError(Said("is given twice"))
            found[address] = _meant(doubt)
        except SpecError as error:
            faults += [fault.under(address, saying=Said("{address!r}: ", address=address)) for fault in error.faults]
    raise_all(SpecError, faults)
    return found


def _by_address(given: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each doubt with its whole address."""
    for key, value in given.items():
        nested = isinstance(value, Mapping) and value and not set(value) & set(KINDS)
        if nested and all(isinstance(one, (Mapping, list, tuple)) or hasattr(one, "ppf") for one in value.values()):
            yield from _by_address(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _meant(given: Any) -> Any:
    """Return the doubt that `{ word = options }` says: options by name, in their order, or the first alone."""
    if isinstance(given, (list, tuple)) and given and all(isinstance(one, str) and one in _WORDS for one in given):
        return [_WORDS[one] for one in given]
    if isinstance(given, str) and given in _FORMS and not fields(KINDS[given]):
        return KINDS[given]()
    words = [word for word in KINDS if word in given] if isinstance(given, Mapping) else []
    if not words:
        return given
    kind, options = KINDS[words[0]], given[words[0]]
    names = [one.name for one in fields(kind)]
    if isinstance(options, Mapping):
        named = dict(options)
    elif not names:
        named = {} if options is True else {"": options}
    else:
        several = options if isinstance(options, (list, tuple)) else [options]
        named = dict(zip([*names, *[""] * len(several)], several, strict=False))
    needed = {one.name for one in fields(kind) if one.default is MISSING}
    if len(given) > 1 or not needed <= set(named) <= set(names):
        raise SpecError(Said("{form}; not {given}", form=_FORMS[words[0]], given=shown(dict(given))))
    return kind(**named)


# Of a part that may be left out, as a file has no word for nothing.
_WORDS = {"in": True, "out": None}
_FORMS = {
    "noise": Said("{{ noise = 0.25 }}, weights up to a quarter larger or smaller"),
    "dirichlet": Said("{{ dirichlet = 100 }}, weights drawn round their own, the nearer the larger the number"),
    "normal": Said("{{ normal = {{ relative = 0.02 }} }} or {{ normal = {{ sd = 3 }} }}, errors of measurement"),
    "uniform": Said("{{ uniform = [0.5, 2] }}, a number between two limits"),
    "bootstrap": Said("{{ bootstrap = true }}, fit rows drawn again"),
}


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
