"""A sample without rows: methods learn from it as from any other, and what they ask for is gathered in passes.

A method is run on a sample whose statistics are not known yet. Each that it asks for is put down in a book, and
answered for the moment from a few rows, the glimpse; so all that it will ask for is met in one run, whose answer is
thrown away. A pass over the source gathers what stands in the book, and the method runs again: when it asks for nothing
new, its answer is that of all rows.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import each_block
from hengdian_index._maths.maps import Distance
from hengdian_index._maths.stats import Ordered, Range, Statistic
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import constant, largest
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError

S = TypeVar("S", bound=Statistic)

Place: TypeAlias = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Change:
    """A step that rows go through, each row by itself; two steps with the same key are the same."""

    key: Hashable
    make: Callable[[Array], Array] = field(compare=False)

    @classmethod
    def of(cls, make: Callable[[Array], Array]) -> Change:
        """Return a step that can be pickled; its pickle tells it from others."""
        return cls(pickle.dumps(make), make)


@dataclass(frozen=True, slots=True)
class View:
    """What a sample is of: some columns of each batch, some of its rows, and the steps they go through.

    `of` and `rows` are keys that who gathers understands; `label` picks the rows that have it.
    """

    of: Hashable
    rows: Hashable = None
    label: Hashable = None
    changes: tuple[Change, ...] = ()

    def then(self, change: Change) -> View:
        """Return the view after one more step."""
        return replace(self, changes=(*self.changes, change))

    def seen(self, x: Array) -> Array:
        """Return rows (n, k) as they are after all steps."""
        for change in self.changes:
            x = change.make(x)
        return x


class Book:
    """What is known of a source, and what is asked of it: (view, what) -> the number of columns."""

    def __init__(self) -> None:
        self.known: dict[tuple[View, Asked], Any] = {}
        self.asked: dict[tuple[View, Asked], int] = {}
        self.unanswered = 0

    def find(self, view: View, what: Asked, k: int) -> Any:
        """Return what is known; None, and put it down, where it is not."""
        found = self.known.get((view, what))
        if found is None:
            self.asked[view, what] = k
            self.unanswered += 1
        return found


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows."""

    rows: int

    @classmethod
    def of(cls, x: Array) -> Count:
        """Count rows (n, k)."""
        return cls(len(x))

    def __add__(self, other: Count) -> Count:
        return Count(self.rows + other.rows)


@dataclass(frozen=True, slots=True)
class First:
    """The first row (k,)."""

    row: Array

    @classmethod
    def of(cls, x: Array) -> First:
        """Take the first of some rows (n, k)."""
        return cls(x[0])

    def __add__(self, other: First) -> First:
        return self


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows (n, k), in the order of the source: what is not small."""

    values: Array


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of what a function gives for blocks of the rows."""

    key: Hashable
    parts: Callable[[Array], Array] = field(compare=False)

    def of(self, x: Array) -> Array:
        """Add up rows (n, k)."""
        return np.asarray(np.sum(each_block(self.parts, x), axis=0))


@dataclass(frozen=True, slots=True)
class Bad:
    """The first value of each column that is bad, by column."""

    key: Hashable
    is_bad: Callable[[Array], NDArray[np.bool_]] = field(compare=False)

    def of(self, x: Array) -> Cells:
        """Look through rows (n, k)."""
        marked = self.is_bad(x)
        found = {int(j): float(x[np.argmax(marked[:, j]), j]) for j in np.flatnonzero(marked.any(axis=0))}
        return Cells(found)


@dataclass(frozen=True, slots=True)
class Cells:
    """Values by column."""

    values: dict[int, float]

    def __add__(self, other: Cells) -> Cells:
        return Cells({**other.values, **self.values})


# What may be asked: a statistic that merges, or one of the above.
Asked: TypeAlias = Any
LARGE = (Ordered, Rows)


class Asking(Sample):
    """A sample that asks a book for what it is not told by rows of its own; `glimpse` are a few of its rows."""

    def __init__(
        self,
        book: Book,
        view: View,
        glimpse: Sample,
        best: float | None = None,
        worst: float | None = None,
        size: Array | None = None,
    ) -> None:
        own = {"book": book, "view": view, "glimpse": glimpse}
        for name, value in (own | {"best": best, "worst": worst, "size": size, "columns": glimpse.columns}).items():
            object.__setattr__(self, name, value)

    book: Book
    view: View
    glimpse: Sample

    labels = None

    def _with(self, view: View, glimpse: Sample, **more: Any) -> Asking:
        kept = {"best": self.best, "worst": self.worst, "size": self.size}
        return Asking(self.book, view, glimpse, **(kept | more))

    def _find(self, what: Asked) -> Any:
        return self.book.find(self.view, what, self.k)

    @property
    def chunks(self) -> tuple[Array, ...]:
        """All rows: a method that takes them is given all."""
        return (self.x,)

    @property
    def x(self) -> Array:
        """All rows, in one array."""
        found = self._find(Rows)
        return self.glimpse.x if found is None else found.values

    @property
    def complete(self) -> Asking:
        """The rows with a gap made missing throughout."""
        return self._with(self.view.then(Change("complete", _complete)), self.glimpse.complete, best=None, worst=None)

    @property
    def leading(self) -> tuple[int, ...]:
        """No axes before rows and columns."""
        return ()

    @property
    def rows(self) -> int:
        """Number of rows."""
        found = self.book.find(replace(self.view, changes=()), Count, self.k)
        return self.glimpse.rows if found is None else found.rows

    @property
    def k(self) -> int:
        """Number of columns."""
        return self.glimpse.k

    @property
    def first(self) -> Array:
        """The first row (k,)."""
        found = self._find(First)
        return self.glimpse.first if found is None else found.row

    @property
    def largest(self) -> Array:
        """Largest magnitude of each column (k,), 0 where it has no value."""
        seen = self.measure(Range)
        return largest(np.array([seen.lo, seen.hi]))

    def each(self, change: Callable[[Array], Array]) -> Asking:
        """Return the rows changed, each by itself."""
        changed = self._with(self.view.then(Change.of(change)), self.glimpse.each(change))
        return changed._with(changed.view, changed.glimpse, best=None, worst=None, size=None)

    def labelled(self, label: Any) -> Sample | None:
        """Return the rows with a label, None where there is none."""
        some = self.glimpse.labelled(label)
        view = replace(self.view, label=("label", repr(label), label) if isinstance(label, Hashable) else None)
        found = self.book.find(replace(view, changes=()), Count, self.k)
        if found is not None and not found.rows:
            return None
        return Asking(self.book, view, some or Sample((self.glimpse.x[:1],), self.columns))

    def total(self, parts: Callable[[Array], Array]) -> Array:
        """Return the sum of what a function gives for blocks of the rows."""
        found = self._find(Total(pickle.dumps(parts), parts))
        return self.glimpse.total(parts) if found is None else np.asarray(found)

    def forbid(self, bad: Callable[[Array], NDArray[np.bool_]], why: Said) -> None:
        """Raise for the first cell of each column that is bad."""
        found = self._find(Bad(pickle.dumps(bad), bad))
        if found is not None and found.values:
            marked = np.array([[j in found.values for j in range(self.k)]])
            raise RefusedError(marked, why, found.values)

    def refused(self, error: CellsError, column: int) -> float:
        """Return the first value of a column that is refused."""
        if isinstance(error, RefusedError):
            return error.values[column]
        return super().refused(error, column)

    def turned(self, turn: Any, best: float | None = None, worst: float | None = None) -> Asking:
        """Return the rows that a map gives before anything is learnt."""
        if turn is None:
            return self._with(self.view, self.glimpse.turned(turn, best, worst), best=best, worst=worst)
        size = turn.cancelled(np.zeros(self.k)) if isinstance(turn, Distance) else self.size
        view, glimpse = self.view.then(Change.of(turn)), self.glimpse.turned(turn, best, worst)
        return self._with(view, glimpse, best=best, worst=worst, size=size)

    def flattened(self) -> Asking:
        """Return the rows, columns that are constant but for rounding made constant."""
        seen = self._find(Range)
        if seen is None:
            return self
        with np.errstate(invalid="ignore"):
            size = 0.0 if self.size is None else np.fmax(self.size, 0.0)
            flat = constant(seen.lo, seen.hi, size) & (seen.lo != seen.hi)
        if not flat.any():
            return self
        low = seen.lo.copy()
        change = Change(("flat", flat.tobytes(), low.tobytes()), lambda x: np.where(flat & ~np.isnan(x), low, x))
        own = np.full(self.k, np.nan) if self.size is None else self.size
        size = np.where(np.isnan(own) & flat, self.largest, own)
        return self._with(self.view.then(change), self.glimpse.each(change.make), size=size)

    def measure(self, statistic: type[S]) -> S:
        """Return the statistic of all rows, or for the moment that of the glimpse."""
        found: S | None = self._find(statistic)
        return self.glimpse.measure(statistic) if found is None else found


class RefusedError(CellsError):
    """Cells of a source that a method cannot take: the first value of each column."""

    def __init__(self, marked: NDArray[np.bool_], why: Said, values: dict[int, float]) -> None:
        super().__init__(marked, why)
        self.values = values


def _complete(x: Array) -> Array:
    gap = np.isnan(x).any(axis=-1, keepdims=True)
    return np.where(gap, np.nan, x) if gap.any() else x
