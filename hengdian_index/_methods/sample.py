"""The rows a method learns from: their statistics, their names, and the refusal of what cannot be learnt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import each_block
from hengdian_index._maths.maps import Distance
from hengdian_index._maths.stats import Statistic
from hengdian_index._tables.cells import single
from hengdian_index._tables.options import floats, in_order
from hengdian_index._tables.selection import alike
from hengdian_index._tables.table import Array, may_have_gaps
from hengdian_index._values.equality import flattened, largest
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, SpecError, raise_all, shown

S = TypeVar("S", bound=Statistic)


@dataclass(frozen=True)
class Sample:
    """Rows to learn from, in one or several chunks (..., n, k).

    Parameters
    ----------
    chunks : tuple of arrays (..., n, k)
        The rows; a statistic of the whole is the merged statistic of the chunks.
    columns : tuple of names, optional
        One per column; positions are named where it is missing.
    labels : sequence, optional
        Row labels, for a method that refers to one unit.
    best, worst : float, optional
        Ends of the scale that belong to it even if no row reaches them (distance to a target: 0).
    size : array (..., k), optional
        What cancelled in computed columns, beside the magnitude of each value, by which `equality` judges; NaN, or
        none at all, where values are as given.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._methods.sample import Sample
    >>> from hengdian_index._maths.stats import Range
    >>> whole = Sample((np.array([[1.0], [5.0]]), np.array([[9.0]])), ("a",))
    >>> whole.measure(Range).hi
    array([9.])
    """

    chunks: tuple[Array, ...]
    columns: tuple[Any, ...] | None = None
    labels: Sequence[Any] | None = None
    best: float | None = None
    worst: float | None = None
    size: Array | None = None
    _known: dict[type, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def x(self) -> Array:
        """All rows in one array (..., n, k), for a method that has no small statistic."""
        return self.chunks[0] if len(self.chunks) == 1 else np.concatenate(self.chunks, axis=-2)

    @property
    def complete(self) -> Sample:
        """The same columns, the rows with a gap made missing throughout, as methods of correlation want them."""
        if not any(map(may_have_gaps, self.chunks)):
            return self
        gaps = [np.isnan(chunk).any(axis=-1, keepdims=True) for chunk in self.chunks]
        chunks = tuple(np.where(gap, np.nan, chunk) for gap, chunk in zip(gaps, self.chunks, strict=True))
        return Sample(chunks, self.columns, self.labels, self.best, self.worst, self.size)

    @property
    def leading(self) -> tuple[int, ...]:
        """Shape of the axes before rows and columns: () of one table."""
        return self.chunks[0].shape[:-2]

    @property
    def rows(self) -> int:
        """Number of rows, those with gaps too."""
        return sum(chunk.shape[-2] for chunk in self.chunks)

    @property
    def first(self) -> Array:
        """The first row (..., k)."""
        return self.chunks[0][..., 0, :]

    @property
    def largest(self) -> Array:
        """Largest magnitude of each column (..., k), 0 where it has no value."""
        return np.asarray(np.max([largest(chunk) for chunk in self.chunks], axis=0))

    def each(self, change: Callable[[Array], Array]) -> Sample:
        """Return the same columns, each row changed by itself. A change that can be pickled can be made in pieces."""
        return Sample(tuple(map(change, self.chunks)), self.columns)

    def labelled(self, label: Any) -> Sample | None:
        """Return the rows with a label, or with one of several levels that has it; None where there is none."""
        same = with_label(() if self.labels is None else self.labels, label)
        return Sample((self.x[..., same, :],), self.columns) if same.any() else None

    def refused(self, error: CellsError, column: int) -> float:
        """Return the first value of a column that is refused."""
        return float(self.x[np.argmax(error.marked[:, column]), column])

    def forbid(self, bad: Callable[[Array], NDArray[np.bool_]], why: Said) -> None:
        """Raise for the cells that are bad, if there are any."""
        marked = bad(self.x)
        if marked.any():
            raise CellsError(marked, why)

    def total(self, parts: Callable[[Array], Array]) -> Array:
        """Return the sum of what a function gives for blocks of the rows."""
        return np.asarray(np.sum([part for chunk in self.chunks for part in each_block(parts, chunk)], axis=0))

    def turned(self, turn: Any, best: float | None = None, worst: float | None = None) -> Sample:
        """Return the rows that a map (None: no map) gives before anything is learnt; a distance is computed."""
        if turn is None:
            return Sample(self.chunks, self.columns, self.labels, best, worst, self.size)
        size = self.size
        if isinstance(turn, Distance):
            # A value is no larger than its distance and the limits: of other rows its size knows nothing.
            size = turn.cancelled(np.zeros((*self.leading, self.k)))
        return Sample(tuple(turn(chunk) for chunk in self.chunks), self.columns, self.labels, best, worst, size)

    def flattened(self) -> Sample:
        """Return the rows, columns that are constant but for rounding made constant: nothing can be told from them."""
        if len(self.chunks) > 1:
            return Sample((self.x,), self.columns, self.labels, self.best, self.worst, self.size).flattened()
        x = self.x
        level = flattened(x, 0.0 if self.size is None else np.fmax(self.size, 0.0))
        if level is x:
            return self
        moved = ((level != x) & ~np.isnan(x)).any(axis=-2)
        own = np.full(level.shape[:-2] + level.shape[-1:], np.nan) if self.size is None else self.size
        size = np.where(np.isnan(own) & moved, largest(x), own)
        return Sample((level,), self.columns, self.labels, self.best, self.worst, size)

    @property
    def k(self) -> int:
        """Number of columns."""
        return int(self.chunks[0].shape[-1])

    def measure(self, statistic: type[S]) -> S:
        """Return the statistic of all rows, computed once."""
        if statistic not in self._known:
            self._known[statistic] = reduce(add, map(statistic.of, self.chunks))
        answer: S = self._known[statistic]
        return answer

    def name(self, column: int) -> Said:
        """Return how a message calls a column."""
        if self.columns:
            return Said("indicator {name!r}", name=self.columns[column])
        return Said("column {number}", number=column)

    def refuse(self, bad: NDArray[np.bool_], why: Said) -> None:
        """Raise one DataError with a fault for every column that is marked (..., k)."""
        if not np.any(bad):
            return
        marked = np.flatnonzero(np.reshape(bad, (-1, self.k)).any(axis=0))
        raise_all(DataError, [joined([self.name(int(j)), why], "heads") for j in marked])

    def need_values(self, n: NDArray[np.int64], least: int = 1) -> None:
        """Refuse columns with fewer than `least` values to learn from."""
        if np.min(n, initial=least) >= max(least, 1):
            return
        why = Said(
            "no value in the rows to learn from; leave it out, or give rows that have one "
            "(in an index an indicator may have a fit_on of its own)"
        )
        self.refuse(n == 0, why)
        why = Said.of(
            int(np.min(n)),
            "only {n} value in the rows to learn from; at least {least} are needed",
            "only {n} values in the rows to learn from; at least {least} are needed",
            least=least,
        )
        self.refuse(n < least, why)

    def per_column(self, value: Any, option: str) -> Array:
        """Return an option as one number a column (k,): from one number, a sequence, or a mapping by name."""
        names = self.columns or tuple(range(self.k))
        given = in_order(
            value,
            names,
            option,
            lacks=lambda j: Said("{option}: no value for {name}", option=option, name=self.name(j)),
        )
        try:
            numbers = floats(given)
        except (TypeError, ValueError):
            numbers = np.array(np.nan)
        if numbers.shape not in ((), (1,), (self.k,)) or not np.isfinite(numbers).all():
            raise SpecError(
                Said(
                    "{option}: one finite number, or one for each of {columns}, not {value}",
                    option=option,
                    columns=Said.of(self.k, "{n} column", "{n} columns"),
                    value=shown(value),
                )
            )
        return np.broadcast_to(numbers, (self.k,))


def with_label(labels: Iterable[Any], label: Any) -> NDArray[np.bool_]:
    """Return which of the labels (n,) are the one that is asked for, or have it among their levels."""
    known = single(label) or isinstance(label, tuple)
    same = [known and (alike(one, label) or (isinstance(one, tuple) and label in one)) for one in labels]
    return np.array(same, dtype=np.bool_)
