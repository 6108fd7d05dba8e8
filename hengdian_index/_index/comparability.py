"""Which periods of a panel are comparable: where an indicator lacks values, or has zeros, that the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hengdian_index._index.result import Result
from hengdian_index._levels.common_base import CommonBase
from hengdian_index._tables.panel import Panel
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.catalogue import words

# The lowest share of its values, and the most by which the share of zeros may be above that of the other periods.
LEAST_VALUES, MORE_ZEROS = 0.65, 0.5

# Rows without which the zeros of a period say nothing; a share of values wants fewer.
FEWEST, _FEWEST = 10, 3

# Periods that are named.
NAMED = 5


def levels_compare(result: Result, base: Any = None, to: float | None = None) -> bool:
    """Return whether levels of different units may stand side by side: they have one base, or are scores."""
    panel = result.panel
    levelled = result.setting.levelled or base is not None or to is not None
    if not levelled or panel.units is None or CommonBase.of(result.setting) is not None:
        return True
    return len(set(panel.unit_list())) < 2


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Of each period with rows enough: its share, and by how much it is worse than what is asked (above 0)."""

    periods: NDArray[np.int64]
    share: Array
    excess: Array

    @property
    def crossing(self) -> NDArray[np.bool_]:
        """Which periods are not comparable with the others."""
        return self.excess > TOLERANCE


@dataclass(frozen=True, slots=True)
class Lapse:
    """A period that is not comparable, the indicator that lacks most there, and its share of "values" or "zeros"."""

    ordinal: int
    period: str
    indicator: str
    kind: str
    share: float


def covered(
    panel: Panel, there: NDArray[np.bool_], due: NDArray[np.bool_], least: float = LEAST_VALUES
) -> Shares | None:
    """Return the share of values that an indicator has in each period; None where periods do not differ in it.

    Where it falls short in every period, that is no difference between periods.
    """
    periods, known, asked = _counted(panel, there, due, _FEWEST)
    found = Shares(periods, known / asked, least - known / asked)
    return None if len(periods) < 2 or found.crossing.all() else found


def zeros(panel: Panel, values: Array, most: float = MORE_ZEROS, fewest: int = FEWEST) -> Shares | None:
    """Return the share of zeros of an indicator in each period, held against that in all others."""
    periods, none, there = _counted(panel, values == 0, ~np.isnan(values), fewest)
    if len(periods) < 2:
        return None
    return Shares(periods, none / there, none / there - (none.sum() - none) / (there.sum() - there) - most)


def due(result: Result, panel: Panel, columns: Sequence[str]) -> NDArray[np.bool_]:
    """Return which cells (n, columns) of some rows of a result the content of their period asks for."""
    asked = np.ones((panel.n, len(columns)), dtype=np.bool_)
    if panel.periods is None:
        return asked
    at = np.searchsorted([content.since for content in result.contents], panel.periods.ordinals, side="right") - 1
    for i, content in enumerate(result.contents):
        ended = {*result.tree.codes} - {*content.tree.codes}
        asked[np.ix_(at == i, [code in ended for code in columns])] = False
    return asked


def incomparable(result: Result) -> tuple[Lapse, ...]:
    """Return the periods of a panel that are not comparable with the others, the earliest first."""
    panel, raw = result.panel, result.raw.to_numpy()
    if panel.periods is None or panel.units is None:
        return ()
    labels, worst = panel.period_labels(), dict[int, tuple[float, Lapse]]()
    for leaf, values, asked in zip(result.tree.leaves, raw.T, due(result, panel, result.tree.codes).T, strict=True):
        for kind, found in {"values": covered(panel, ~np.isnan(values), asked), "zeros": zeros(panel, values)}.items():
            if found is None:
                continue
            for j in np.flatnonzero(found.crossing).tolist():
                ordinal, excess = int(found.periods[j]), float(found.excess[j])
                if ordinal not in worst or excess > worst[ordinal][0]:
                    name, share = leaf.name or leaf.code, float(found.share[j])
                    worst[ordinal] = (
                        excess,
                        Lapse(ordinal, str(labels[ordinal]), indicator=name, kind=kind, share=share),
                    )
    return tuple(worst[ordinal][1] for ordinal in sorted(worst))


def told(lapses: Sequence[Lapse], lang: str = "en") -> str:
    """Return periods that are not comparable, each with why.

    Examples
    --------
    >>> from hengdian_index._index.comparability import Lapse, told
    >>> told([Lapse(2024, "2024", "visitors", "values", 0.125)])
    '2024 (visitors has values in 12% of the rows)'
    """
    say = words(lang, "comparability")
    whys = [say(one.kind, indicator=one.indicator, share=one.share) for one in lapses]
    each = [say("period", period=one.period, why=why) for one, why in zip(lapses, whys, strict=True)]
    return say["and"].join(each[-NAMED:]) + (" …" if len(each) > NAMED else "")


def _counted(
    panel: Panel, marked: NDArray[np.bool_], asked: NDArray[np.bool_], fewest: int
) -> tuple[NDArray[np.int64], Array, Array]:
    """Return the periods with enough rows due, and how many of these rows are marked and due in each."""
    if panel.periods is None or panel.units is None:
        return np.empty(0, dtype=np.int64), np.empty(0), np.empty(0)
    periods, codes = np.unique(panel.periods.ordinals, return_inverse=True)
    count = np.bincount(codes, asked, len(periods))
    enough = count >= fewest
    return periods[enough], np.bincount(codes, marked & asked, len(periods))[enough], count[enough]
