"""Which published numbers of an earlier release are others now: in a sentence of a bulletin, and in its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from hengdian_index._index.index import Index
from hengdian_index._index.published import keys_of
from hengdian_index._index.result import Result
from hengdian_index._present.report.headline import figure
from hengdian_index._present.report.units import signed
from hengdian_index._vintages.release import Release
from hengdian_index._vintages.revisions import Revisions, revisions
from hengdian_index._words.catalogue import Room
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError
from hengdian_index.plot.numbers import in_points

# What a choice is about; of one that is not here it is the method.
_ABOUT = {
    "base": ("base", "base_of", "to"),
    "weights": ("weight", "weights", "weights_since", "weigh_on", "weigh_scale"),
    "members": ("parent", "start", "end", "replaces", "units", "exclude"),
    "nothing": ("name", "unit", "period", "unit_names", "groups_of_units", "data", "doubts", "hengdian_index"),
}
_KINDS = {field: kind for kind, fields in _ABOUT.items() for field in fields}

At: TypeAlias = tuple[str, str, str]
"""A published number: node, unit (empty where rows have none), period."""


@dataclass(frozen=True, slots=True)
class Revised:
    """What of an earlier release is revised, as it is printed.

    `numbers` are those that print otherwise, before and now, the last period first; `both` are those that were there
    already, `now` all that are there now; `why` says what makes both not comparable, if something does.
    """

    numbers: Mapping[At, tuple[str, str]]
    both: frozenset[At]
    now: Mapping[At, str]
    why: tuple[str, ...]
    points: bool

    @property
    def period(self) -> str:
        """The last period that is revised; empty where none is, or none can be compared."""
        return "" if self.why else next((at[2] for at in self.numbers), "")

    def cells(self, at: At) -> tuple[str, str]:
        """Return what a number is now and what was published before, a dash where there is nothing."""
        now = self.now.get(at, "–")
        return now, self.numbers[at][0] if at in self.numbers else now if at in self.both else "–"

    def told(self, say: Room, named: Callable[[At], str], when: Callable[[str], str], kind: str) -> str:
        """Return the sentence on it, nothing where nothing is revised; `kind` says what the numbers are."""
        if not self.numbers:
            return ""
        if self.why:
            return say("not comparable", what=say["listed choices"].join(say[f"choice of {one}"] for one in self.why))
        (first, (before, after)), *_ = self.numbers.items()
        sizes = [self._size(*pair) for pair in self.numbers.values()]
        most = max(sizes[1:], key=abs, default=0.0)
        others = say("revised others", count=len(sizes) - 1, most=self._by(most, say)) if sizes[1:] else ""
        said = {"period": when(first[2]), "before": before, "after": after, "by": self._by(sizes[0], say)}
        return say(f"revised {kind}", name=named(first), others=others, **said)

    def _size(self, before: str, after: str) -> float:
        """Return a revision in per cent or in points, between what is printed: a reader finds the same."""
        one, other = float(before), float(after)
        return other - one if self.points else 100 * (other / one - 1)

    def _by(self, size: float, say: Room) -> str:
        return say("revised by points" if self.points else "revised by per cent", by=signed(size))


def revised(result: Result, earlier: Release | Result, nodes: Sequence[str], unit: Any) -> Revised:
    """Return what of an earlier release is revised: some nodes, of one unit or of all.

    Raises
    ------
    DataError
        A release that has no number of the result.
    """
    found = revisions(earlier, result)
    if not len(found.compared):
        raise DataError(
            Said("earlier: the release has no level of this index; name the folder of the one published before")
        )
    own = {at: pair for at, pair in zip(_keys(found.moved), _printed(found.moved), strict=True) if pair[0] != pair[1]}
    told = [at for at in own if at[0] in nodes and (unit is None or at[1] == str(unit))]
    order = {period: row for row, period in enumerate(_periods(result))}
    places = {node: place for place, node in enumerate(nodes)}
    numbers = {at: own[at] for at in sorted(told, key=lambda at: (-order[at[2]], places[at[0]]))}
    points = in_points(result) or any(float(before) <= 0 for before, _ in numbers.values())
    return Revised(numbers, frozenset(_keys(found.compared)), _levels(result, nodes), _why(found, numbers), points)


def _levels(result: Result, nodes: Sequence[str]) -> dict[At, str]:
    """Return the levels of some nodes as they are printed."""
    levels, panel = result.series(), result.panel
    keys = [(key[0] if panel.units is not None else "", key[-1]) for key in keys_of(panel)]
    return {(node, *key): figure(level) for node in nodes for key, level in zip(keys, levels[node], strict=True)}


def _periods(result: Result) -> list[str]:
    """Return the periods of a result as text, in their order."""
    periods = result.panel.periods
    assert periods is not None
    return [text for _, text in sorted(set(zip(periods.ordinals.tolist(), periods.text, strict=True)))]


def _keys(frame: pd.DataFrame) -> list[At]:
    units = frame["unit"] if "unit" in frame.columns else [""] * len(frame)
    return list(zip(frame["node"], units, frame["period"], strict=True))


def _printed(moved: pd.DataFrame) -> list[tuple[str, str]]:
    return [(figure(before), figure(after)) for before, after in zip(moved["before"], moved["after"], strict=True)]


def _why(found: Revisions, numbers: Mapping[At, tuple[str, str]]) -> tuple[str, ...]:
    """Return which kinds of choices are others, if a number is revised by more than the data and what they taught."""
    kinds = {_kind(*choice) for choice in found.choices.itertuples(index=False)} - {"nothing"}
    # Of an index that cannot be written down only that it is another is known.
    kinds = {"method"} if (found.choices["address"] == "index").any() else kinds
    because = found.because
    by_data = {
        at
        for at, after, fit in zip(_keys(because), _after(found), because["fit"], strict=True)
        if figure(after - fit) == figure(after)
    }
    return tuple(kind for kind in (*_ABOUT, "method") if kind in kinds and not numbers.keys() <= by_data)


def _after(found: Revisions) -> list[float]:
    """Return what the numbers are now whose reasons are known."""
    now = dict(zip(_keys(found.moved), found.moved["after"], strict=True))
    return [now[at] for at in _keys(found.because)]


def _kind(address: str, before: Any, after: Any) -> str:
    """Return what a choice that differs is about; a part that only one of both has is a member."""
    head, *inner = address.split(".")
    if head in Index.model_fields or inner:
        return _KINDS.get(head if head in Index.model_fields else inner[0], "method")
    if any(one in ("group", "indicator") for one in (before, after)):
        return "members"
    # A part that has another code only, or the version of the package.
    return "nothing" if before == address else _KINDS.get(head, "method")
