"""What is uncertain: alternatives for a choice, noise on weights and data, rows drawn again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from hengdian_index._index.index import Index
from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.tree import Tree
from hengdian_index._tables.table import Array
from hengdian_index.errors import FaultsError, SpecError, suggestion

Multipliers = Mapping[str, Array]


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
            raise SpecError(f"Noise: a share from 0 to below 1, not {self.share!r}; 0.25 is a quarter up or down")

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
            raise SpecError(f"Dirichlet: a concentration above 0, not {self.concentration!r}")

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
            raise SpecError(f"Normal: sd or relative, one of them, 0 or more; not {self!r}")

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
            raise SpecError(f"Uniform: low below high, not {self.low!r} and {self.high!r}")

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


@dataclass(frozen=True)
class Factor:
    """One uncertain thing: its address, what was given, and the columns of uniform numbers that decide it.

    `kind` is "levels" (alternatives of a choice), "number", "weights", "data" or "bootstrap"; `parts` are the groups
    or indicators that noise falls on.
    """

    address: str
    kind: str
    given: Any
    parts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of columns of uniform numbers."""
        return len(self.names)

    def values(self, u: Array) -> Array:
        """Return the position of the alternative, or the number, in each draw (draws,)."""
        if self.kind == "levels":
            return np.minimum((u[:, 0] * len(self.given)).astype(np.intp), len(self.given) - 1)
        return np.asarray(self.given.ppf(u[:, 0]), dtype=np.float64)


def read_factors(index: Index, tree: Tree, factors: Mapping[str, Any]) -> list[Factor]:
    """Return the factors of a study, every address and value checked."""
    if not isinstance(factors, Mapping) or not factors:
        raise SpecError("factors: a mapping of address -> alternatives, { 'normalise': ['min_max', 'z_score'] }")
    found: list[Factor] = []
    faults: list[Any] = []
    for address, given in factors.items():
        try:
            found.append(_factor(index, tree, str(address), given))
        except FaultsError as error:
            faults += [fault.under(saying=f"factor {address!r}: ") for fault in error.faults]
    if faults:
        raise SpecError(*faults)
    return found


def _factor(index: Index, tree: Tree, address: str, given: Any) -> Factor:
    if isinstance(given, Bootstrap):
        if address != "units":
            raise SpecError("a bootstrap stands at the address 'units'")
        return Factor(address, "bootstrap", given, names=("units",))
    if isinstance(given, (Noise, Dirichlet)):
        return _weights_factor(tree, address, given)
    if isinstance(given, Normal):
        codes = tree.codes if address == "data" else (address,)
        if address != "data" and address not in tree.codes:
            raise SpecError(f"no indicator {address!r}{suggestion(address, ['data', *tree.codes])}")
        return Factor(address, "data", given, codes, (address,))
    if hasattr(given, "ppf"):
        index.replace({address: float(given.ppf(0.5))})
        return Factor(address, "number", given, names=(address,))
    if isinstance(given, (str, Mapping)) or not isinstance(given, Sequence) or not given:
        raise SpecError(f"a list of alternatives, Noise, Dirichlet, Normal, Bootstrap or a distribution, not {given!r}")
    index.check_address(address)
    if address.split(".")[-1] in _FIXED:
        raise SpecError("cannot vary: a study keeps its rows and their labels; screen or name them before")
    _check_choices(address.split(".")[-1], given)
    return Factor(address, "levels", tuple(given), names=(address,))


def _check_choices(field: str, given: Sequence[Any]) -> None:
    """Refuse alternatives that no index can have: methods or options that do not exist."""
    faults: list[Any] = []
    for one in given:
        if field in _READERS and one is not None:
            try:
                _READERS[field](one)
            except FaultsError as error:
                faults += error.faults
    if faults:
        raise SpecError(*faults)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


# Fields of an index that decide which rows there are.
_FIXED = ("unit_coverage", "units", "exclude", "data", "unit_names", "groups_of_units", "unit", "period")
_READERS: dict[str, Callable[[Any], Any]] = {
    "normalise": lambda given: Choice.of("normalise", given),
    "aggregate": lambda given: Choice.of("aggregate", given),
    "weights": Choice.of_weights,
    "treat": lambda given: given == "none" or Choice.of("treat", given),
    "impute": lambda given: given == "none" or Choice.of("impute", given),
}


def _weights_factor(tree: Tree, address: str, given: Any) -> Factor:
    code = address.removesuffix(".weights") if address != "weights" else None
    groups = (
        [code]
        if code in tree.by_code
        else [g for g in tree.groups if code is None and len(tree.by_code[g].children) > 1]
    )
    if code is None and not groups:
        raise SpecError("no group has two parts or more, so there are no weights to vary")
    if not groups or (code is not None and address != f"{code}.weights"):
        allowed = ["weights", *(f"{g}.weights" for g in tree.groups)]
        raise SpecError(f"noise on weights stands at one of their addresses{suggestion(address, allowed)}")
    names = [f"{g}.weights[{child}]" for g in groups for child in tree.by_code[str(g)].children]
    return Factor(address, "weights", given, tuple(map(str, groups)), tuple(names))
