"""What holds in each period of a panel: where one lacks values, or has zeros, that the other periods do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index.auditing.context import Context
from hengdian_index.auditing.registry import Measured
from hengdian_index.equality import TOLERANCE
from hengdian_index.rows.periods import format_period
from hengdian_index.rows.table import Array

# A share of fewer rows says little.
_FEWEST = 3

# Periods that are named beside the first.
_NAMED = 5


def hollow(context: Context, code: str, due: NDArray[np.bool_], least: float) -> Iterator[Measured]:
    """Yield the lowest share of its values that an indicator has in a period; of a panel alone.

    Where it falls short in every period, that is no difference between periods: nothing is yielded.
    """
    periods, there, asked = _counted(context, context.raw[code].notna().to_numpy(), due, _FEWEST)
    shares = there / asked
    short = shares < least - TOLERANCE
    if len(periods) < 2 or short.all():
        return
    facts, also = _told(context, periods, -shares, short, "incomparable")
    value = float(shares.min())
    yield Measured(value, least - value, part=code, facts=facts, also=also, why="in a period", remedy="hollow period")


def jump(context: Context, code: str, most: float) -> Iterator[Measured]:
    """Yield by how much the share of zeros in a period is at most above that in all others; of a panel alone."""
    values = context.raw[code].to_numpy()
    periods, zeros, there = _counted(context, values == 0, ~np.isnan(values), context.fewest)
    if len(periods) < 2:
        return
    rest = (zeros.sum() - zeros) / (there.sum() - there)
    more = zeros / there - rest
    worst = int(more.argmax())
    facts, also = _told(context, periods, more, more > most + TOLERANCE, "jump")
    facts |= {"zero": float(zeros[worst] / there[worst]), "elsewhere": float(rest[worst])}
    value = float(more[worst])
    yield Measured(value, value - most, part=code, facts=facts, also=also, why="zeros in a period", remedy="zeros jump")


def _counted(
    context: Context, marked: NDArray[np.bool_], due: NDArray[np.bool_], fewest: int
) -> tuple[Array, Array, Array]:
    """Return the periods with enough rows due, and how many of these rows are marked and due in each."""
    panel = context.panel
    if panel.periods is None or panel.units is None:
        return np.empty(0, dtype=np.int64), np.empty(0), np.empty(0)
    periods, codes = np.unique(panel.periods.ordinals, return_inverse=True)
    asked = np.bincount(codes, due, len(periods))
    enough = asked >= fewest
    return periods[enough], np.bincount(codes, marked & due, len(periods))[enough], asked[enough]


def _told(
    context: Context, periods: Array, badness: Array, crossing: NDArray[np.bool_], phrase: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the facts of the worst period and of the others that cross, and the phrases that say so."""
    assert context.panel.periods is not None
    worst, frequency = int(badness.argmax()), context.panel.periods.frequency
    every = [format_period(int(one), frequency) for one in periods[crossing]]
    period = format_period(int(periods[worst]), frequency)
    more = [one for one in every if one != period]
    named = ", ".join(more[:_NAMED]) + (" …" if len(more) > _NAMED else "")
    also = (*([phrase] if every else []), *(["in periods too"] if more else []))
    return {"period": period, "periods": named, "incomparable": every}, also
