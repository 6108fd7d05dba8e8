"""What winsorising shares: its single steps, and the map of what is decided column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.maps import Clip, Map, chain
from hengdian_index._maths.stats import Moments, Range, lean
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.treating import remark
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import constant, settled
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError
from hengdian_index.treat._curves import Power

SHAPELESS = Said("untreated: fewer than 4 values, or all equal")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is done to one column: held within low..high, then logged if there is a curve; and what to say of it."""

    low: float = -np.inf
    high: float = np.inf
    curve: Power | None = None
    why: Said | str = ""
    treated: bool = True


def steps(values: Array) -> Iterator[tuple[float, float, int]]:
    """Yield the fences, and the number of cells outside them, after each step of winsorising sorted values.

    A step sets the extreme value on the side of the skew to the next one. None makes all equal. The median never moves:
    with half of the values at one end, the skew points to the other. A side that no step has touched has no fence: its
    fence is infinite. Values that are equal (`equality`) move together.
    """
    levels = settled(values)
    low, high = levels[0], levels[-1]
    while True:
        held = np.clip(levels, low, high)
        column = held[:, np.newaxis]
        if lean(Moments.of(column), Range.of(column))[0] >= 0:
            inside = levels[: np.searchsorted(levels, high, "left")]
            if not inside.size or constant(low, inside[-1]):
                return
            high = inside[-1]
        else:
            inside = levels[np.searchsorted(levels, low, "right") :]
            if not inside.size or constant(inside[0], high):
                return
            low = inside[0]
        # A level is the smallest of its values; the fence above leaves the largest of them where it is.
        top = values[np.searchsorted(levels, high, "right") - 1]
        fences = float(low) if low > levels[0] else -np.inf, float(top) if high < levels[-1] else np.inf
        yield *fences, int((levels < low).sum() + (levels > high).sum())


def by_column(sample: Sample, treat: Callable[[Array], Outcome]) -> Map:
    """Return the map of what is done to each column, from its sorted values."""
    seen = sample.measure(Range)
    sample.need_values(seen.n)
    x, shape = sample.x, seen.n.shape
    outcomes, refused = np.empty(shape, dtype=object), np.zeros(x.shape, dtype=np.bool_)
    last: CellsError | None = None
    for at in np.ndindex(*shape):
        column = (*at[:-1], slice(None), at[-1])
        values = np.sort(x[column][~np.isnan(x[column])])
        try:
            outcomes[at] = Outcome(why=SHAPELESS, treated=False) if _shapeless(values) else treat(values)
        except CellsError as error:
            refused[column], last = x[column] <= 0, error
    if last is not None:
        raise CellsError(refused, last.why)
    if len(shape) == 1:
        remark(sample, [one.why if one.treated else None for one in outcomes])
        remark(sample, [None if one.treated else one.why for one in outcomes], treated=False)
    return _joined(outcomes)


def _shapeless(values: Array) -> bool:
    return len(values) < 4 or bool(values[0] == values[-1])


def _joined(outcomes: NDArray[Any]) -> Map:
    """Return one map of the outcomes (..., k): the fences, then the curves if there are any."""

    def each(take: Callable[[Outcome], Any], kind: type) -> Array:
        return np.array([take(one) for one in outcomes.ravel()], dtype=kind).reshape(outcomes.shape)

    fences = Clip(each(lambda one: one.low, float), each(lambda one: one.high, float))
    on = each(lambda one: one.curve is not None, bool)
    if not on.any():
        return fences
    curve = Power(
        each(lambda one: one.curve.sign[0] if one.curve else 1, float),
        each(lambda one: one.curve.centre[0] if one.curve else 0, float),
        each(lambda one: one.curve.offset[0] if one.curve else 0, float),
        np.zeros(outcomes.shape),
        on,
    )
    return chain(fences, curve)
