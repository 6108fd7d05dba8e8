"""Of a method statement: on what scale levels stand, and what moves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hengdian_index._levels.courses import Linked
from hengdian_index._present.document import Block
from hengdian_index._present.statement.figures import compares
from hengdian_index._present.statement.groups import by_period
from hengdian_index._present.statement.teller import Teller
from hengdian_index._scoring.fitting import learnt
from hengdian_index._scoring.tree import Branch


def scale(tell: Teller) -> Iterator[Block]:
    """Yield what levels are: scores on a fixed scale, or on one that other rows or other weights move, or a chain."""
    if isinstance(tell.result.course, Linked):
        yield tell.text("fixed linked")
        return
    moved = {key: found for key, test in _MOVES.items() if (found := _with_those_above(tell, test))}
    if tell.setting.series != "fixed":
        yield tell.text(tell.setting.series)
        if "scale weights" in moved:
            yield tell.text("step weights")
        return
    yield tell.text("scores" if moved else "fixed")
    for key, codes in moved.items():
        yield tell.text(key, groups=tell.codes(codes))


def _with_those_above(tell: Teller, test: Callable[[Teller, Branch], bool]) -> list[str]:
    """Return the groups of which something holds, and those above them, in the order of the tree."""
    found = set[str]()
    for branch in tell.tree.branches:
        if test(tell, branch) or found & {*branch.children}:
            found.add(branch.code)
    return [code for code in tell.tree.groups if code in found]


def _by_all(tell: Teller, branch: Branch) -> bool:
    return compares(branch.aggregate) and not by_period(tell, branch)


def _by_period(tell: Teller, branch: Branch) -> bool:
    return compares(branch.aggregate) and by_period(tell, branch)


def _weighed_anew(tell: Teller, branch: Branch) -> bool:
    return tell.setting.weigh_on == "period" and len(branch.children) > 1 and learnt(branch.weights)


def _unknown(tell: Teller, branch: Branch) -> bool:
    again = branch.rescale
    return not branch.aggregate.method.registered or (again is not None and not again.method.registered)


_MOVES: dict[str, Callable[[Teller, Branch], bool]] = {
    "scale whole": _by_all,
    "scale period": _by_period,
    "scale weights": _weighed_anew,
    "scale own": _unknown,
}
