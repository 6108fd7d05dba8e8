"""What holds in each period of a panel: where one lacks values, or has zeros, that the other periods do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hengdian_index._audit.context import Context
from hengdian_index._audit.registry import Measured
from hengdian_index._index import comparability
from hengdian_index._index.comparability import NAMED, Shares
from hengdian_index._tables.periods import format_period


def hollow(context: Context, code: str, least: float) -> Iterator[Measured]:
    """Yield the lowest share of its values that an indicator has in a period; of a panel alone.

    Where it falls short in every period, that is no difference between periods: nothing is yielded.
    """
    found = context.covered(least)[code]
    if found is None:
        return
    worst = int(found.excess.argmax())
    facts, also = _told(context, found, worst, "incomparable")
    value, remedy = float(found.share[worst]), _of_hollow(context, code, found, worst, least)
    yield Measured(value, least - value, part=code, facts=facts, also=also, why="in a period", remedy=remedy)


def jump(context: Context, code: str, most: float) -> Iterator[Measured]:
    """Yield by how much the share of zeros in a period is at most above that in all others; of a panel alone."""
    found = comparability.zeros(context.panel, context.raw[code].to_numpy(), most, context.fewest)
    if found is None:
        return
    worst = int(found.excess.argmax())
    facts, also = _told(context, found, worst, "jump")
    value, zero = float(found.excess[worst]) + most, float(found.share[worst])
    facts |= {"zero": zero, "elsewhere": zero - value}
    yield Measured(value, value - most, part=code, facts=facts, also=also, why="zeros in a period", remedy="zeros jump")


def _of_hollow(context: Context, code: str, found: Shares, worst: int, least: float) -> str:
    """Return the remedy for a hollow period: an indicator may end before it if it never comes back, others stay on."""
    every, period = context.covered(least), int(found.periods[worst])
    gone = bool(found.crossing[worst:].all()) and not found.crossing[:worst].all()
    stays = any(one is None or period in one.periods[~one.crossing] for other, one in every.items() if other != code)
    return "hollow period" if gone and stays else "hollow period of all"


def _told(context: Context, found: Shares, worst: int, phrase: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the facts of the worst period and of the others that cross, and the phrases that say so."""
    assert context.panel.periods is not None
    frequency = context.panel.periods.frequency
    every = [format_period(int(one), frequency) for one in found.periods[np.flatnonzero(found.crossing)]]
    period = format_period(int(found.periods[worst]), frequency)
    more = [one for one in every if one != period]
    named = ", ".join(more[:NAMED]) + (" …" if len(more) > NAMED else "")
    also = (*([phrase] if every else []), *(["in periods too"] if more else []))
    return {"period": period, "periods": named, "incomparable": every}, also
