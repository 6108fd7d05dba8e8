"""Of a method statement: changes of content and their link factors, the series, and the levels of its base."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from hengdian_index._levels.bases import with_entrants
from hengdian_index._levels.common_base import CommonBase, levels_of_base
from hengdian_index._levels.courses import Linked
from hengdian_index._maths.notation import precise
from hengdian_index._present.document import Block, Code, Math, Piece
from hengdian_index._present.statement import scales
from hengdian_index._present.statement.teller import Teller
from hengdian_index._scoring.contents import late_groups
from hengdian_index._tables.periods import format_period
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import words
from hengdian_index.errors import FaultsError

# The level over which those of all units are, as a plain mean and with weights.
_OVER_UNITS = (
    r"\bar{s}_0 = \frac{1}{T} \sum_t \frac{1}{n_t} \sum_u s_{ut}",
    r"\bar{s}_0 = \frac{1}{T} \sum_t \frac{\sum_u w_{ut}\,s_{ut}}{\sum_u w_{ut}}",
)
_FORMULAS = {
    "ratio": r"s_t = s_{t-1}\,\frac{y_t}{y_{t-1}}",
    "symmetric": r"s_t = s_{t-1}\,\frac{200 + V_t}{200 - V_t}, \quad "
    r"V_t = \sum_j w_j\,200\,\frac{z_{jt} - z_{j,t-1}}{z_{jt} + z_{j,t-1}}",
    "log": r"s_t = s_{t-1} \exp\left(\sum_j w_j \ln \frac{z_{jt}}{z_{j,t-1}}\right)",
}


def content(tell: Teller) -> Iterator[Block]:
    """Yield what the index gained and lost from when on, and how levels were linked."""
    if tell.setting.content == "restate":
        yield from _restated(tell)
        return
    contents, periods = tell.result.contents, tell.panel.periods
    if len(contents) == 1 or periods is None:
        return
    for old, new in pairwise(contents):
        codes = [(*one.tree.groups, *one.tree.codes) for one in (old, new)]
        both = [b.code for b in new.tree.branches if b.code in old.tree.by_code]
        parts = {
            "added": [code for code in codes[1] if code not in codes[0]],
            "gone": [code for code in codes[0] if code not in codes[1]],
            "other weights": [c for c in both if new.tree.by_code[c].weights != old.tree.by_code[c].weights],
        }
        said = tell.joined([tell.say(key, parts=tell.codes(some)) for key, some in parts.items() if some])
        yield tell.item(tell.say("change", period=format_period(new.since, periods.frequency), said=said))
    course = tell.result.course
    if isinstance(course, Linked):
        yield tell.text("linked") if course.over == 1 else tell.text("linked over", count=str(course.over))
        yield from _factors(tell, course)
    else:
        yield tell.text("chained")


def _restated(tell: Teller) -> Iterator[Block]:
    """Yield what is in the latest content, and was not always, and what is no longer."""
    document = tomllib.loads(tell.setting.spec)
    given = document.get("indicator", [])
    replaced = {one["replaces"]: one.get("start", "") for one in given if "replaces" in one}
    gone = [one for one in given if one["code"] not in tell.tree.codes]
    parts = {
        "restated parts": [
            (Code(leaf.code), *tell.say("part since", period=leaf.start)) for leaf in tell.tree.leaves if leaf.start
        ],
        "restated weights": [
            (Code(b.code), *tell.say("part since", period=list(b.weights_since)[-1]))
            for b in tell.tree.branches
            if b.weights_since
        ],
        "restated gone": [
            (Code(one["code"]), *_ended(tell, one.get("end"), replaced.get(one["code"]))) for one in gone
        ],
    }
    if any(parts.values()):
        yield tell.text("restated")
    for key, some in parts.items():
        if some:
            yield tell.item(tell.say(key, parts=tell.joined(some)))


def _ended(tell: Teller, end: str | None, replaced: str | None) -> Sequence[Piece]:
    return tell.say("part until", period=end) if end else tell.say("part replaced") if replaced is not None else ()


def _factors(tell: Teller, course: Linked) -> Iterator[Block]:
    """Yield the factors of every group from each change of content on, unit by unit."""
    found = course.by_unit()

    def of_unit(unit: Any) -> Block:
        return tell.item(*(_of_content(tell, course, unit, found[unit], c) for c in range(1, len(course.contents))))

    yield from tell.each_unit(of_unit, list(found), "more factors", "result.course.by_unit()")


def _of_content(tell: Teller, course: Linked, unit: Any, factors: Array, position: int) -> Sequence[Piece]:
    """Return the factors of a unit's groups from one change of content on."""
    assert tell.panel.periods is not None
    frequency, new = tell.panel.periods.frequency, course.contents[position]
    before, since = (format_period(ordinal, frequency) for ordinal in (new.since - 1, new.since))
    own = {code: float(factors[position, g]) for g, code in enumerate(tell.tree.groups) if code in new.tree.groups}
    said: list[Sequence[Piece]] = [
        (Code(code), f" {precise(factor)}") for code, factor in own.items() if not np.isnan(factor)
    ]
    lost = tell.codes(code for code, factor in own.items() if np.isnan(factor))
    if lost:
        row = int(np.flatnonzero([one == unit for one in tell.panel.unit_list()])[0])
        key = "no factor" if course.links[position][row] < 0 else "no factor before"
        ends = {"before": before, "since": since} if key == "no factor" else {}
        if ends and course.over > 1:
            key, ends = "no factor over", {"count": str(course.over), "since": since}
        said.append(tell.say(key, groups=lost, **ends))
    of = "" if unit is None else tell.words["of unit"].format(unit=tell.unit(unit))
    return tell.say("factors", period=since, unit=of, factors=tell.joined(said))


def series(tell: Teller) -> Iterator[Block]:
    """Yield how scores become levels, and what is set to 100."""
    setting = tell.setting
    yield from scales.scale(tell)
    if setting.series in _FORMULAS:
        yield Block("formula", (Math(_FORMULAS[setting.series]),))
    if not setting.levelled:
        return
    several = tell.panel.units is not None
    to, common = precise(setting.to), CommonBase.of(setting)
    if common is None:
        yield tell.text("index", to=to, unit=tell.words["in unit"] if several else "", base=Math(r"\bar{s}_0"))
    else:
        yield tell.text("index of all", to=to, base=Math(r"\bar{s}_0"), whose=_whose(tell, common))
    yield Block("formula", (Math(rf"I = {to}\,\frac{{s}}{{\bar{{s}}_0}}"),))
    if common is not None and common.unit is None:
        yield Block("formula", (Math(_OVER_UNITS[common.weights is not None]),))
    yield from _base(tell)
    several &= common is None
    if setting.new_units == "missing" or (several and setting.new_units == "refuse"):
        yield tell.text(setting.new_units)


def _whose(tell: Teller, common: CommonBase) -> Sequence[Piece]:
    """Return whose level in the base period is that of all units."""
    if common.unit is not None:
        return tell.say("base of unit", unit=tell.unit(common.unit))
    if common.weights is not None:
        return tell.say("base of weighted", column=Code(common.weights))
    return tell.say("base of mean")


def _base(tell: Teller) -> Iterator[Block]:
    """Yield the levels of the base period unit by unit, or why there are none."""
    try:
        levels = tell.result.course.levels
        known = _known(tell, levels)
    except FaultsError as error:
        linked = isinstance(tell.result.course, Linked)
        yield tell.text("no levels linked") if linked else tell.text("no levels", why=Code(str(error.faults[0])))
        return
    if known is None:
        yield tell.text("base elsewhere")
        return
    if None in known and tell.panel.units is not None:
        yield from _shortly(tell, tell.item(_of_all(tell, known[None])), known[None])
        return
    where = "result.base_levels" if tell.result.base_levels else "result.series()"
    units = list(dict.fromkeys(tell.panel.unit_list()))
    units += [unit for unit in known if unit not in units]
    yield from tell.each_unit(lambda unit: _of_unit(tell, levels, known, unit), units, "more levels", where)


def _known(tell: Teller, levels: Array) -> Mapping[Any, Array] | None:
    """Return the level of each unit's groups that is `to`, None where no row of a base is known."""
    result, panel, setting = tell.result, tell.panel, tell.setting
    known = result.base_levels
    if not known:
        if not panel.holds(setting.base):
            return None
        late = late_groups(tell.tree, result.contents)
        known = levels_of_base(setting, panel, levels, panel.select(setting.base, "base"), late)
    return with_entrants(panel, levels, known, setting.new_units)


def _of_all(tell: Teller, own: Array) -> Sequence[Piece]:
    """Return the base levels that all units share, in words where there is none."""
    said: list[Sequence[Piece]] = []
    for code, level in zip(tell.tree.groups, own.tolist(), strict=True):
        if np.isnan(level):
            said.append(tell.say("no base score", group=Code(code)))
        elif level <= 0:
            said.append(tell.say("no level above", group=Code(code), level=precise(level)))
        else:
            said.append((Code(code), f" {precise(level)}"))
    return tell.say("base levels", unit="", levels=tell.joined(said))


def _of_unit(tell: Teller, levels: Array, known: Mapping[Any, Array], unit: Any) -> Block:
    """Return the base levels of one unit's groups, in words where there is none."""
    rows, enters = _base_rows(tell, unit), tell.setting.new_units in ("link", "restate")
    if unit not in known:
        return tell.item(tell.say("no entry" if enters else "no base row", unit=tell.unit(unit)))
    late = late_groups(tell.tree, tell.result.contents)
    said: list[Sequence[Piece]] = []
    for g, code in enumerate(tell.tree.groups):
        level = float(known[unit][g])
        lost = _without(tell, rows, levels[:, g])
        if np.isnan(level):
            said.append(_no_level(tell, lost, code))
        elif level <= 0:
            said.append(tell.say("no level above", group=Code(code), level=precise(level)))
        else:
            thin = lost and not np.isnan(levels[rows, g]).all() and g not in late
            said.append(
                (Code(code), f" {precise(level)}", *(tell.say("thin", periods=tell.some(lost)) if thin else ()))
            )
    of = "" if unit is None else tell.words["of unit"].format(unit=tell.unit(unit))
    held = enters and tell.panel.holds(tell.setting.base)
    none = [code for g, code in enumerate(tell.tree.groups) if held and np.isnan(levels[rows, g]).all()]
    none = [code for code in none if tell.tree.groups.index(code) not in late]
    how = tell.words.get(tell.setting.new_units, "")
    whole = len(none) == len(tell.tree.groups) - len(late)
    end = tell.say("entered", how=how) if none and whole else ()
    end = tell.say("entered groups", groups=tell.codes(none), how=how) if none and not whole else end
    full = tell.item(tell.say("base levels", unit=of, levels=tell.joined(said)), end)
    if not tell.apart:
        return full
    tell.appendix.append(full)
    if unit is None and not end and np.all(known[unit] > 0):
        return _table_of_levels(tell, known[unit])
    short = [
        (Code(code), f" {level:.4f}") if level > 0 else one
        for code, level, one in zip(tell.tree.groups, known[unit].tolist(), said, strict=True)
    ]
    return tell.item(tell.say("base levels", unit=of, levels=tell.joined(short)), end)


def _shortly(tell: Teller, full: Block, levels: Array) -> Iterator[Block]:
    """Yield base levels in full; where numbers stand apart, in a table, if there are all, and in full at the end."""
    if not tell.apart or not np.all(levels > 0):
        yield full
        return
    tell.appendix.append(full)
    yield _table_of_levels(tell, levels)


def _table_of_levels(tell: Teller, levels: Array) -> Block:
    """Return the level of each group in the base period."""
    named = [tell.named(tell.tree.by_code[code]) for code in tell.tree.groups]
    rows = ((one, f"{level:.4f}") for one, level in zip(named, levels.tolist(), strict=True))
    heads = [words(tell.lang, "report")["group"], tell.words["base level"]]
    return Block.table(tell.say("base levels below"), heads, *rows)


def _no_level(tell: Teller, lost: list[str], code: str) -> Sequence[Piece]:
    """Return why a group of a unit has no base level."""
    if not lost:
        return tell.say("no base score", group=Code(code))
    return tell.say("no base level", group=Code(code), periods=tell.some(lost))


def _base_rows(tell: Teller, unit: Any) -> list[int]:
    """Return the rows of a unit in the base period, among those of the result."""
    if not tell.panel.holds(tell.setting.base):
        return []
    inside = tell.panel.select(tell.setting.base, "base")
    return [row for row in np.flatnonzero(inside).tolist() if tell.panel.unit(row) == unit]


def _without(tell: Teller, rows: list[int], levels: Array) -> list[str]:
    """Return the periods of the base in which a unit, with these rows in it, has no level."""
    periods = tell.panel.periods
    if periods is None or not tell.panel.holds(tell.setting.base):
        return []
    wanted = np.unique(periods.ordinals[tell.panel.select(tell.setting.base, "base")])
    known = [periods.ordinals[row] for row in rows if not np.isnan(levels[row])]
    return [format_period(int(one), periods.frequency) for one in wanted if one not in known]
