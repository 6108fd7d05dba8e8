"""Of a method statement: what takes the place of x in the formulas of indicators of which larger is not better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hengdian_index._maths.maps import Between, Target
from hengdian_index._methods.registry import Method
from hengdian_index._present.document import Block, Code, Math, Piece
from hengdian_index._present.statement.teller import Teller
from hengdian_index._scoring.tree import Leaf

_GAP = {"minus": Math(r"-\delta"), "gap": Math(r"\delta")}
_INTERVAL = {"low": Math("b_1"), "high": Math("b_2")}
_LIMITS = {"worst_low": Math("a_1"), "worst_high": Math("a_2")}
_DISTANCE = Math(r"\delta = \max(b_1 - x, 0, x - b_2)")
_SHARE = Math(r"\delta = \min\left(\max\left(\frac{b_1 - x}{b_1 - a_1}, 0, \frac{x - b_2}{a_2 - b_2}\right), 1\right)")
_BEST = Math(r"\delta = 0")
_MOST = {"best": _BEST, "most": Math(r"\Delta"), "gap": Math(r"\delta")}
_BOTH = {"best": _BEST, "worst": Math(r"\delta = 1")}


def directions(tell: Teller) -> Iterator[Block]:
    """Yield what stands for x where smaller is better, or a value or an interval is best, and the scale of the latter.

    Methods that treat direction themselves say in their formulas what they do with it.
    """
    leaves = [leaf for leaf in tell.tree.leaves if leaf.normalise.method.registered]
    turned = [one for one in leaves if one.direction == -1 and not one.normalise.method.takes_direction]
    if turned:
        yield tell.text("turned", parts=_codes(tell, turned))
    best = [one for one in leaves if isinstance(one.direction, (Target, Between))]
    limited = [one for one in best if _limited(one)]
    free = [one for one in best if not _limited(one)]
    if free:
        yield tell.text("distance", parts=_codes(tell, free), **_GAP, **_INTERVAL, formula=_DISTANCE)
        yield from _scale(tell, free, "best end", _MOST, r"\frac{\delta}{\Delta}")
    if limited:
        yield tell.text("shares", parts=_codes(tell, limited), **_GAP, **_INTERVAL, **_LIMITS, formula=_SHARE)
        yield from _scale(tell, limited, "both ends", _BOTH, r"\delta")


def _scale(tell: Teller, leaves: Sequence[Leaf], key: str, ends: Mapping[str, Math], share: str) -> Iterator[Block]:
    """Yield a method whose best end is no value of a row as a function of the distance."""
    told: dict[Method, list[Leaf]] = {}
    for leaf in leaves:
        if "of_distance" in leaf.normalise.method.traits:
            told.setdefault(leaf.normalise.method, []).append(leaf)
    for method, some in told.items():
        yield tell.text(key, parts=_codes(tell, some), method=Code(method.name), **ends)
        yield Block("formula", (Math(method.traits["of_distance"](share)),))


def _limited(leaf: Leaf) -> bool:
    return isinstance(leaf.direction, Between) and leaf.direction.worst_low is not None


def _codes(tell: Teller, leaves: Sequence[Leaf]) -> list[Piece]:
    return tell.codes(leaf.code for leaf in leaves)
