"""A number that a method made, in figures: what it is shown of one row, and the lines it may tell of it.

An aggregation that is arithmetic in the weights `w` and the scores `z` of a row's parts declares that as its trait
`arithmetic`: an expression, `Line`s one after another, or a function of its options that gives either. One that also
depends on other rows, or whose steps depend on the row, declares `figures(row)`, which yields a `Figure` for each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.arithmetic import (
    Line,
    bound,
    calculable,
    evaluated,
    expanded,
    names,
    number,
    parsed,
)
from hengdian_index._maths.notation import text
from hengdian_index._methods.registry import Method, lines_of
from hengdian_index._tables.table import Array


@dataclass(frozen=True, slots=True)
class Figure:
    """What is found, the arithmetic in numbers that finds it (none where it follows from other rows), its value."""

    what: str
    formula: str
    value: float

    @classmethod
    def of(cls, what: str, expression: str, /, **numbers: Any) -> Figure:
        """Return a figure from an expression and its numbers, (k,) for those that each part has.

        Examples
        --------
        >>> from hengdian_index._methods.figures import Figure
        >>> Figure.of("mean", "sum(w * z)", w=[0.25, 0.75], z=[4.0, 8.0])
        Figure(what='mean', formula='0.25 * 4.0 + 0.75 * 8.0', value=7.0)
        """
        tree = parsed(expression)
        parts = {name: list(map(number, value)) for name, value in numbers.items() if np.ndim(value)}
        single = {name: value for name, value in numbers.items() if not np.ndim(value)}
        return cls(what, text(bound(expanded(tree, parts), single)), evaluated(tree, numbers).item())


@dataclass(frozen=True)
class Row:
    """One row of a group: its parts' scores z (k,) and weights w (k,), those that are there and count.

    `parts` are the codes of all parts, `there` (parts,) says which of them the row has, `whole` (n, parts) holds the
    rows that it is compared with, itself at `place`, and `asked` (parts,) the weights before gaps; `score` is what
    comes out, `options` are those of the method, the defaults among them. With `known` the first so many rows alone are
    what it is measured by.
    """

    options: Mapping[str, Any]
    parts: tuple[str, ...]
    there: NDArray[np.bool_]
    w: Array
    asked: Array
    score: float
    whole: Array
    place: int
    known: int = 0

    @property
    def children(self) -> tuple[str, ...]:
        """The codes of the parts that are there."""
        return tuple(code for code, there in zip(self.parts, self.there, strict=True) if there)

    @property
    def among(self) -> Array:
        """The rows compared, over the parts that are there (n, k); others may lack some of them."""
        return self.whole[:, self.there]

    @property
    def z(self) -> Array:
        """The scores of the parts that are there (k,)."""
        own: Array = self.among[self.place]
        return own

    def option(self, name: str, absent: float) -> Array:
        """Return an option that is one for all parts, or one for each, by position or by code: (parts,)."""
        given = self.options[name]
        if isinstance(given, Mapping):
            return np.array([given.get(part, absent) for part in self.parts], dtype=np.float64)
        return np.broadcast_to(np.asarray(given, dtype=np.float64), self.there.shape)

    def every_direction(self, given: Any) -> Any:
        """Return directions as one for all parts, or one for each of them."""
        return [given.get(part, 1) for part in self.parts] if isinstance(given, Mapping) else given

    def directions(self, given: Any) -> Any:
        """Return directions as one for all parts, or one for each of those that are there."""
        given = self.every_direction(given)
        if isinstance(given, (list, tuple, np.ndarray)):
            return [one for one, there in zip(given, self.there, strict=True) if there]
        return given


@dataclass(frozen=True)
class Built:
    """One value that is built of columns: their role in the method -> the name of each such column -> its value."""

    options: Mapping[str, Any]
    cells: Mapping[str, Mapping[str, float]]

    @property
    def single(self) -> dict[str, float]:
        """The value of each role that one column has."""
        return {role: next(iter(cells.values())) for role, cells in self.cells.items() if len(cells) == 1}


def known_to(lines: Iterable[Line], named: Iterable[str]) -> bool:
    """Return whether lines can be calculated: every name in them is one of those given, or that of a line before."""
    known = set(named)
    for line in lines:
        tree = parsed(line.expression)
        if not calculable(tree) or not known.issuperset(names(tree)):
            return False
        known.add(line.name)
    return True


def numeric(options: Mapping[str, Any]) -> dict[str, float]:
    """Return the options that are numbers, which names in arithmetic may stand for."""
    plain = {name: value for name, value in options.items() if isinstance(value, (int, float, np.number))}
    return {name: float(value) for name, value in plain.items() if not isinstance(value, bool)}


def figures_of(method: Method, shown: Row | Built, numbers: Mapping[str, Any]) -> list[Figure]:
    """Return the steps to a number, the last of which gives it: as the method tells them, or by its arithmetic.

    `numbers` are what the names in the arithmetic stand for beside the options.
    """
    tell: Callable[[Any], Iterable[Figure]] | None = method.traits.get("figures")
    found = [] if tell is None else list(tell(shown))
    known = {**numeric(shown.options), **numbers}
    lines = lines_of(method.traits, shown.options)
    for line in lines if not found and known_to(lines, known) else ():
        found.append(Figure.of(line.what, line.expression, **known))
        known[line.name] = found[-1].value
    return found
