"""The sections of a page, in order, and why parts of them cannot be had."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from functools import partial as partial_of
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.comparability import levels_compare
from hengdian_index._index.consistency import consistency_table
from hengdian_index._index.coverage import blanked, imputed
from hengdian_index._index.long_form import LongKind
from hengdian_index._index.result import Result
from hengdian_index._index.text import contributions_to_growth, growth_told, ranks_within, with_unit_means
from hengdian_index._present.bulletin import bulletin_page
from hengdian_index._present.document import Block
from hengdian_index._present.origins import origins
from hengdian_index._present.report import units
from hengdian_index._present.report.draws import group_choices, indicator_choices, varied
from hengdian_index._present.report.headline import Number, base_said, best_unit, headline, leader, partial
from hengdian_index._present.report.opening import opening
from hengdian_index._present.report.pictures import Picture, Text, picture
from hengdian_index._present.report.tables import Sheet
from hengdian_index._present.report.unit_profiles import Profile
from hengdian_index._present.statement.method import statement
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._scoring.tree import RESERVED
from hengdian_index._system.alone import heard
from hengdian_index._values.decimals import form_of
from hengdian_index._words.catalogue import Lang, Room, Words, words
from hengdian_index.errors import FaultsError
from hengdian_index.log import general
from hengdian_index.plot.layout import Rows, in_period, of_unit, period_name
from hengdian_index.plot.numbers import in_points

# Reasons of a kind that are told.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a page has told so far, and under which heading."""

    say: Words
    told: dict[str, str] = field(default_factory=dict)

    def texts(self, head: str, faults: Sequence[str], heading: str) -> tuple[Text, ...]:
        """Return paragraphs that say why something is not there; what was told before is only pointed at."""
        new = [fault for fault in dict.fromkeys(faults) if fault not in self.told]
        where = dict.fromkeys(self.told[fault] for fault in faults if fault in self.told)
        self.told.update(dict.fromkeys(new, heading))
        return (*self._new(head, new), *(Text(head + self.say["told above"].format(part=part)) for part in where))

    def once(self, messages: Iterable[str], heading: str) -> list[str]:
        """Return the messages that were not told before."""
        new = [one for one in dict.fromkeys(messages) if one not in self.told]
        self.told.update(dict.fromkeys(new, heading))
        return new

    def _new(self, head: str, faults: Sequence[str]) -> Iterator[Text]:
        for some in kinds(faults):
            yield from (Text(head, fault) for fault in some[:_MOST])
            if some[_MOST:]:
                yield Text(self.say["more of kind"].format(count=len(some) - _MOST))


def kinds(faults: Iterable[str]) -> list[list[str]]:
    """Return faults that differ only in names and numbers together.

    Examples
    --------
    >>> from hengdian_index._present.report.sections import kinds
    >>> kinds(["unit 'a': no score", "unit 'b': no score", "no base"])
    [["unit 'a': no score", "unit 'b': no score"], ['no base']]
    """
    found: dict[str, list[str]] = {}
    for fault in faults:
        found.setdefault(general(fault), []).append(fault)
    return list(found.values())


# Rows of which intervals are drawn; ranks in a table, and how many of them where there are more.
_TOP = 60
_MOST_RANKS = 100
_RANKS = 20

# Lines of a log that need no digest.
_FEW = 12

# Periods that stand side by side, and units whose profiles have charts.
_PERIODS, _CHARTS = 12, 12

Item = Text | Picture | Sheet | Block


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under one heading."""

    id: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a page shows, before it is cut to size and written."""

    lang: Lang
    title: str
    opening: tuple[str, ...]
    numbers: tuple[Number, ...]
    sections: tuple[Section, ...]


# Changes in per cent, shares of the weight, weights, and values in units of their own.
_PERCENT, _SHARE, _WEIGHTS, _VALUES = ".2f", ".1f", ".4f", ".6g"


@dataclass(frozen=True, eq=False)
class _Asked:
    """A result, what is uncertain in it, the language of the page, and which units have a profile.

    `whole` has also the rows after the period that the page shows, None where it shows all.
    """

    result: Result
    found: Uncertainty | None
    lang: Lang
    units: tuple[Any, ...] = ()
    whole: Result | None = None
    as_dots: bool = False

    @property
    def say(self) -> Room:
        return words(self.lang, "report", *self.result.panel.kinds)

    @cached_property
    def names(self) -> Mapping[Any, str]:
        """What groups and indicators are called, and what stands beside them in contributions."""
        tree = self.result.tree
        groups = {branch.code: branch.name or branch.code for branch in tree.branches}
        leaves = {leaf.code: leaf.name or leaf.code for leaf in tree.leaves}
        return {code: self.say[code] for code in RESERVED} | groups | leaves

    @property
    def timed(self) -> bool:
        return self.result.panel.periods is not None

    @property
    def per_year(self) -> int:
        periods = self.result.panel.periods
        return 1 if periods is None else periods.frequency.per_year

    @cached_property
    def points(self) -> str:
        """How points of the levels are written: the same in every table, also of small changes."""
        return form_of(self.result.series().to_numpy()[in_period(self.result.panel, None)])

    def marks(self, rows: Rows) -> Mapping[Any, Any]:
        """Return by group which scores of some rows an imputation gave; rows beyond the last are means."""
        found = imputed(self.result)
        at = np.minimum(rows, len(found) - 1)
        return {
            code: found[code].to_numpy()[at] & (rows < len(found)) for code in self.result.tree.groups if code in found
        }

    def imputed(self, codes: Iterable[Any], row: int) -> NDArray[np.bool_]:
        """Return which of some groups or indicators an imputation gave the score in a row."""
        found = imputed(self.result).iloc[row]
        return np.array([bool(found.get(code, False)) for code in codes])

    @property
    def written(self) -> str:
        """Where the whole of a table is that the command writes."""
        return self.say["command writes"]

    def in_python(self, what: str) -> str:
        """Return where the whole of a table is that the command does not write."""
        return self.say["python has"].format(what=what)

    def chart(self, id: str, title: str, caption: str, draw: Callable[[], Any], rows: Rows | tuple[()] = ()) -> Picture:
        """Return a chart; of `rows` it says which rest on part of the weight."""
        found = picture(f"chart-{id}", self.say[title], self.say[caption], draw, self.lang, as_dots=self.as_dots)
        said = partial(self.result, np.asarray(rows, dtype=np.intp), self.say) if found.drawn else ""
        return replace(found, notes=(*found.notes, Text(said))) if said else found

    def sheet(self, id: str, frame: pd.DataFrame, *, of_parts: bool = False, **options: Any) -> Sheet:
        """Return a table of the page; one `of_parts` has groups or indicators in its rows, not units."""
        forms = dict.fromkeys(("weight there", "weight before"), _SHARE) | options.pop("forms", {})
        heads = {**self.names, **options.pop("heads", {})}
        shown = frame if of_parts else self.result.panel.named(frame)
        column = self.result.setting.unit_names
        if column is not None and shown is not frame:
            shown = shown.set_axis(shown.index.set_names([column, *shown.index.names[1:]]), axis=0)
        return Sheet(f"table-{id.replace(' ', '-')}", self.say[id], shown, heads, forms=forms, **options)


def content(
    result: Result,
    lang: Lang,
    found: Uncertainty | None,
    title: str | None,
    *,
    units: tuple[Any, ...] = (),
    whole: Result | None = None,
    as_dots: bool = False,
) -> Content:
    """Return what the page of a result shows; a part that cannot be had is replaced by why. Charts may be in dots."""
    asked = _Asked(result, found, lang, units, None if whole is result else whole, as_dots)
    makers = {
        "framework": _framework,
        "series": _series,
        "contributions": _contributions,
        "ranking": _ranking,
        "profiles": _profiles,
        "uncertainty": _uncertainty,
        "log": _log,
        "weights": _weights,
        "method": _method,
        "provenance": _provenance,
    }
    said = asked.say["report"].format(name=result.setting.name or asked.say["an index"])
    reasons = Reasons(asked.say)
    made = {id: _had(asked, id, make, reasons) for id, make in makers.items()}
    sections = tuple(Section(f"part-{id}", asked.say[id], items) for id, items in made.items() if items)
    told = _opened(asked, title)
    return Content(lang, title or said, told, headline(result, found, asked.say), sections)


def _opened(asked: _Asked, title: str | None) -> tuple[str, ...]:
    """Return the paragraphs that a page opens with: the bulletin of its last period, or where rows stand."""
    # What cannot be had is told, with why, in its own part of the page.
    with suppress(FaultsError):
        if asked.timed:
            return bulletin_page(
                asked.result, asked.units[0] if len(asked.units) == 1 else None, asked.found, asked.lang
            ).paragraphs
    return opening(asked.result, asked.found, asked.say)


def _had(asked: _Asked, id: str, make: Callable[[_Asked], Iterator[Item]], reasons: Reasons) -> tuple[Item, ...]:
    """Return the items of a section up to one that cannot be had, then why; warnings are said after them."""
    items, faults, heading = list[Item](), list[str](), asked.say[id]
    with heard(UserWarning) as caught:
        try:
            items.extend(make(asked))
        except FaultsError as error:
            faults = list(map(str, error.faults))
    # A chart that cannot be drawn for the same reason goes without a word of its own.
    own = [one for one in items if not (isinstance(one, Picture) and _why(one) and _why(one) <= set(faults))]
    shown = [_told_once(one, asked, heading, reasons) for one in own]
    shown += reasons.texts(asked.say["not made"], faults, heading)
    told = list(map(str, caught))
    return (*shown, *(Text("", message) for message in reasons.once(told, heading)))


def _why(item: Picture) -> set[str]:
    """Return why there is no chart, nothing where there is one."""
    return set() if item.drawn else {note.said for note in item.notes}


def _told_once(item: Item, asked: _Asked, heading: str, reasons: Reasons) -> Item:
    """Return an item, a chart that cannot be drawn with what was not told before."""
    if not isinstance(item, Picture) or item.drawn:
        return item
    return replace(item, notes=reasons.texts(asked.say["not drawn"], [note.said for note in item.notes], heading))


def _framework(asked: _Asked) -> Iterator[Item]:
    result, tree = asked.result, asked.result.tree
    yield asked.chart("framework", "tree chart", "effective table", result.plot.framework)
    yield asked.sheet("groups table", group_choices(tree, asked.lang), of_parts=True)
    yield asked.sheet("indicators table", indicator_choices(tree, asked.lang), of_parts=True)


def _series(asked: _Asked) -> Iterator[Item]:
    result = asked.result
    if asked.whole is not None:
        yield Text(asked.say("left out after", period=_end(result), last=_end(asked.whole)))
    compare = levels_compare(result)
    if not compare:
        yield Text(asked.say("levels apart", base=base_said(result, asked.say)), 'base_of = "mean"')
    if asked.timed and (compare or not asked.units):
        draw = partial_of(result.plot.lines, of="series" if compare else "scores")
        draw = partial_of(draw, units=list(asked.units)) if asked.units else draw
        title, table = ("lines chart", "levels table") if compare else ("score lines chart", "scores table")
        yield asked.chart("lines", title, table, draw, _last(result))
    elif asked.timed:
        # Those that are named are looked at one by one, each through time.
        draw = partial_of(result.plot.multiples, units=list(asked.units))
        yield asked.chart("lines", "own lines chart", "scores table", draw, _last(result))
    if asked.timed or result.setting.base is not None:
        levels = with_unit_means(result, "series" if compare else "scores")
        marks, table = asked.marks(np.arange(len(levels))), "levels table" if compare else "scores table"
        yield asked.sheet(table, levels, tail=asked.timed, whole=asked.written, marks=marks)
    if asked.timed:
        yield from _pivots(asked)
        yield from _changes(asked)


def _end(result: Result) -> str:
    """Return the last period of a result that has periods."""
    periods = result.panel.periods
    assert periods is not None
    return period_name(result.panel, int(periods.ordinals.max()))


def _pivots(asked: _Asked) -> Iterator[Item]:
    """Return levels and ranks with a row for each unit and a column for each period."""
    result, root = asked.result, asked.result.tree.root
    if result.panel.units is None or len(result.panel.period_labels()) < 2 or len(set(result.panel.unit_list())) < 2:
        return
    kind: LongKind = "level" if result.setting.levelled and levels_compare(result) else "score"
    groups = [root.code, *(child for child in root.children if child in result.tree.by_code)]
    for i, code in enumerate(groups):
        yield _pivot(asked, f"pivot {kind} table", kind, code, i + 1)
    yield _pivot(asked, "pivot rank table", "rank", root.code, 1)


def _pivot(asked: _Asked, id: str, kind: LongKind, code: str, number: int) -> Sheet:
    """Return one number of every unit by period, the best of the last period first, means over units below."""
    result = asked.result
    frame = result.pivot(kind, code)
    frame = frame.sort_values(frame.columns[-1], ascending=kind == "rank", kind="stable")
    if kind != "rank" and result.setting.groups_of_units:
        means = result.unit_means("series" if kind == "level" else "scores")[code].unstack(sort=False)
        frame = pd.concat([frame, means.reindex(columns=frame.columns)])
    numbers = (frame.astype("Int64") if kind == "rank" else frame).rename_axis(columns=None)
    made = asked.sheet(id, numbers, whole=asked.in_python(f'result.pivot("{kind}", "{code}")'), last=_PERIODS)
    caption = made.caption.format(name=asked.names[code])
    if frame.shape[1] > _PERIODS:
        caption += asked.say("last columns", shown=_PERIODS, all=frame.shape[1])
    return replace(made, id=f"{made.id}-{number}", caption=caption)


def _changes(asked: _Asked) -> Iterator[Item]:
    """Return the changes of every group, in points where per cent says nothing."""
    result, points = asked.result, in_points(asked.result)
    for lag, id in ((1, "change"), *(((asked.per_year, "year"),) if asked.per_year > 1 else ())):
        if points:
            whole = asked.in_python(f'result.changes({lag}, "points")')
            frame = result.changes(lag, "points")
            yield asked.sheet(f"{id} points table", frame, tail=True, form=asked.points, whole=whole)
        else:
            yield asked.sheet(f"{id} table", result.changes(lag), tail=True, form=_PERCENT, whole=asked.written)


def _last(result: Result) -> Rows:
    """Return the rows of the last period."""
    rows = in_period(result.panel, None)
    return rows if result.panel.periods is None or result.panel.units is not None else of_unit(result.panel, None)[-1:]


def _contributions(asked: _Asked) -> Iterator[Item]:
    result = asked.result
    if not asked.timed:
        parts = blanked(result, result.contributions(of="level", depth="indicators"))
        whole = asked.in_python('result.contributions(of="level", depth="indicators")')
        yield asked.sheet("level table", parts, whole=whole)
        return
    unit, which = (asked.units[0], "first chosen") if asked.units else _shown(result)
    if unit is not None:
        yield Text(asked.say["of unit"].format(unit=result.panel.name(unit), which=asked.say[which]))
    options = {} if unit is None else {"unit": unit}
    draw = {"depth": "indicators", **options}
    yield asked.chart("waterfall", "waterfall chart", "last table", lambda: result.plot.waterfall(**draw))
    rows = of_unit(result.panel, unit)
    every = result.contributions(depth="indicators")
    last = every.iloc[rows[-1]].dropna().rename("contribution")
    last = last.reindex(last.abs().sort_values(ascending=False, kind="stable").index).rename_axis("part")
    # What has no score is blank, and stands behind what moves.
    last = (
        blanked(result, every, 1)
        .iloc[rows[-1]]
        .reindex(last.index)
        .rename("contribution")
        .sort_values(key=np.isnan, kind="stable")
    )
    named = last.to_frame().assign(name=[asked.names.get(code, "") for code in last.index])
    named = named[["name", "contribution"]]
    forms = {"contribution": asked.points}
    if growth_told(result):
        for head, share in (("to growth", False), ("share of change", True)):
            parts = contributions_to_growth(result, "indicators", share=share)
            named[head] = blanked(result, parts, 1).iloc[rows[-1]].reindex(named.index)
            forms[head] = _PERCENT
    yield asked.sheet("last table", named, forms=forms)
    yield asked.chart("change", "change chart", "parts table", lambda: result.plot.change(**options))
    points = result.changes(1, "points")[result.tree.root.code].rename("change")
    parts = blanked(result, result.contributions(), 1)
    yield asked.sheet("parts table", pd.concat([points, parts], axis=1).iloc[rows], tail=True, form=asked.points)
    if growth_told(result):
        yield asked.sheet("growth parts table", units.growth_parts(result).iloc[rows], tail=True, form=_PERCENT)
    if unit is not None:
        if levels_compare(result):
            yield asked.sheet("units change table", units.unit_changes(result, asked.say), form=asked.points)
        elif growth_told(result):
            yield asked.sheet("units growth table", units.unit_growth(result, asked.say), form=_PERCENT)
        levels = units.unit_levels(result) if levels_compare(result) else None
        yield from [] if levels is None else [asked.sheet("units level table", levels, form=asked.points)]


def _shown(result: Result) -> tuple[Any, str]:
    """Return the unit that charts of changes show, and which it is: the first that has one, else a level, else all."""
    best = best_unit(result)
    if best is None:
        return None, "first of all"
    for changed, which in ((True, "first of change"), (False, "first of level")):
        unit = leader(result, changed=changed)
        if unit is not None:
            return unit, which if unit != best else "first of all"
    return best, "first of all"


def _ranking(asked: _Asked) -> Iterator[Item]:
    result, panel = asked.result, asked.result.panel
    if panel.units is None and asked.timed:
        yield Text(asked.say["periods ranked"])
    yield asked.chart("ranking", "ranking chart", "ranking table", result.plot.ranking, in_period(panel, None))
    marks = asked.marks(units.compared(result))
    yield asked.sheet("ranking table", units.ranked(result), whole=asked.written, marks=marks)
    parts = units.score_parts(result)
    yield from [] if parts is None else [asked.sheet("level parts table", parts)]
    yield asked.sheet("group ranks table", units.group_ranks(result), whole=asked.written)
    yield from _unit_groups(asked)
    profiles = units.profiles(result, asked.say)
    if profiles is None:
        return
    several = len(units.compared(result))
    if several > len(profiles):
        yield Text(asked.say["profile shown"].format(shown=len(profiles), all=several))
    yield asked.sheet("profile table", profiles)


def _profiles(asked: _Asked) -> Iterator[Item]:
    """Return of each unit chosen its scores and ranks, indicators against the mean of its group, and contributions."""
    if len(asked.units) > _CHARTS:
        yield Text(asked.say("profiles without charts", most=_CHARTS))
    for number, unit in enumerate(asked.units, 1):
        yield from _profile(asked, Profile(asked.result, unit, asked.say, asked.names), number)


def _profile(asked: _Asked, one: Profile, number: int) -> Iterator[Item]:
    result, say = asked.result, asked.say
    yield Block("heading", (one.called,))
    yield Text(one.sentence())

    def sheet(id: str, frame: pd.DataFrame, **options: Any) -> Sheet:
        made = asked.sheet(id, frame, **options)
        caption = made.caption.format(unit=one.called, group=one.group_called)
        return replace(made, id=f"{made.id}-{number}", caption=caption)

    def chart(id: str, title: str, table: Sheet, draw: Callable[[], Any]) -> Picture:
        return picture(f"chart-{id}-{number}", say[title].format(unit=one.called), table.caption, draw, asked.lang)

    scores, indicators = (
        sheet(f"profile {kind} table", frame, forms=forms, marks={"score": asked.imputed(frame.index, one.row)})
        for kind, frame, forms in (
            ("scores", one.scores, {"level": _PERCENT}),
            ("indicators", one.indicators, {"value": _VALUES}),
        )
    )
    if len(asked.units) <= _CHARTS and len(result.tree.root.children) > 2:
        yield chart("radar", "profile radar chart", scores, lambda: result.plot.radar(unit=one.unit))
    yield scores
    yield indicators
    parts = one.parts
    if parts is not None:
        # Scores and levels differ in size.
        own = {name: form_of(parts[name].to_numpy()) for name in parts.columns[1:]}
        yield sheet("profile parts table", parts, forms=own)


def _unit_groups(asked: _Asked) -> Iterator[Item]:
    """Return the means over groups of units, and the ranks within them of the rows compared."""
    result = asked.result
    if not result.setting.groups_of_units:
        return
    yield asked.sheet("unit means table", result.unit_means(), tail=asked.timed, whole=asked.written)
    for i, (name, ranks) in enumerate(ranks_within(result).items()):
        rows = units.compared(result)
        own = pd.Series(result.panel.groups[name], index=ranks.index, name=name)
        frame = pd.concat([own, ranks.astype("Int64")], axis=1).iloc[rows]
        made = asked.sheet("ranks within table", frame, whole=asked.written)
        yield replace(made, id=f"{made.id}-{i + 1}", caption=made.caption.format(name=name))


def _uncertainty(asked: _Asked) -> Iterator[Item]:
    found = asked.found
    if found is None:
        yield Text(asked.say["not asked"])
        return
    if found.study.node != asked.result.tree.root.code:
        yield Text(asked.say["of group"].format(group=asked.names[found.study.node]))
    yield Text(found.summary(lang=asked.lang))
    yield from varied(found, asked.lang)
    levelled = found.levels is not None and asked.timed and levels_compare(asked.result)
    single = asked.timed and found.study.panel.units is None
    caption = "series intervals table" if single and levelled else "score intervals table"
    yield asked.chart("intervals", "intervals chart", caption, lambda: found.plot.score_intervals(top=_TOP))
    if levelled:
        yield asked.sheet(
            "series intervals table", found.series, whole=asked.in_python("uncertainty.series"), tail=True
        )
    yield asked.sheet(
        "score intervals table", found.scores, whole=asked.in_python("uncertainty.scores"), tail=asked.timed
    )
    if not single:
        yield from _rank_draws(asked, found)


def _rank_draws(asked: _Asked, found: Uncertainty) -> Iterator[Item]:
    """Return what the draws say of ranks."""
    intervals, shares = (lambda: found.plot.rank_intervals(top=_TOP)), found.rank_frequency
    yield asked.chart("ranks", "rank intervals chart", "rank intervals table", intervals)
    whole = asked.in_python("uncertainty.ranks")
    yield asked.sheet("rank intervals table", found.ranks, tail=asked.timed, form="rank", whole=whole)
    yield asked.chart("frequency", "frequency chart", "frequency table", lambda: found.plot.rank_frequency(top=_TOP))
    if shares.shape[1] > _MOST_RANKS:
        yield Text(asked.say["ranks shown"].format(shown=_RANKS, all=shares.shape[1]))
        shares = shares.iloc[:, :_RANKS]
    whole = asked.in_python("uncertainty.rank_frequency")
    yield asked.sheet("frequency table", shares, tail=asked.timed, whole=whole)


def _log(asked: _Asked) -> Iterator[Item]:
    # Programs read the reason that is the same in every language in `result.log`; here people read.
    log = asked.result.log.drop(columns="reason")
    if not len(log):
        yield Text(asked.say["log empty"])
        return
    if len(log) > _FEW:
        digest = asked.result.log_digest().drop(columns="first").set_index("step")
        yield asked.sheet("digest table", digest, words=words(asked.lang, "step"))
    frame = log.astype(object).where(log.notna(), "").set_index("step")
    yield asked.sheet("log table", frame, words=words(asked.lang, "step"), whole=asked.written)


def _weights(asked: _Asked) -> Iterator[Item]:
    result = asked.result
    since = _since(result)
    if since:
        caption = asked.say["period weights table"]
        yield Text(asked.say["weights since"].format(period=since, caption=caption))
    weights = result.weights.rename("weight").rename_axis(["group", "part"])
    names = [asked.names.get(code, "") for code in weights.index.get_level_values(1)]
    yield asked.sheet("weights table", weights.to_frame().assign(name=names)[["name", "weight"]], form=_WEIGHTS)
    effective = result.effective_weights.rename_axis("indicator")
    named = effective.to_frame().assign(name=[asked.names[code] for code in effective.index])
    yield asked.sheet("effective table", named[["name", "effective weight"]], form=_WEIGHTS)
    judged = consistency_table(result, asked.lang)
    if len(judged):
        words = {True: asked.say["judged yes"], False: asked.say["judged no"]}
        called = {name: asked.say[f"judged {name}"] for name in judged.columns}
        frame = judged.assign(consistent=judged["consistent"].map(words)).rename_axis(
            ["group", "since", asked.say["judged by"]]
        )
        yield asked.sheet("consistency table", frame, heads=called, form=_WEIGHTS)
    if len(result.weights_by_period) > 1:
        frame, heads = _by_period(result, asked.names, asked.say)
        yield asked.sheet("period weights table", frame, heads=heads, tail=True, form=_WEIGHTS)


def _method(asked: _Asked) -> Iterator[Item]:
    yield from (block for block in statement(asked.result, asked.lang) if block.kind != "title")


def _provenance(asked: _Asked) -> Iterator[Item]:
    yield Text(asked.say["no time"])
    rows = origins(asked.whole or asked.result, asked.lang)
    yield asked.sheet("provenance table", pd.DataFrame(rows, columns=["key", "value"]).set_index("key"))


def _since(result: Result) -> str:
    """Return the period from which the weights of a result hold; empty where they always do."""
    weights = result.weights
    by_period = result.weights_by_period.reindex(columns=weights.index)
    if len(by_period) < 2:
        return ""
    same = np.isclose(by_period.to_numpy(dtype=np.float64), weights.to_numpy(dtype=np.float64), rtol=1e-12).all(axis=1)
    return str(by_period.index[np.flatnonzero(same)[-1]]) if same.any() else ""


def _by_period(result: Result, names: Mapping[Any, str], say: Words) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Return the weights by the period from which they hold, and what its columns are called: group and part."""
    frame = result.weights_by_period
    codes = list(zip(*(frame.columns.get_level_values(level) for level in (0, 1)), strict=True))
    heads = {f"{g}: {x}": say["of group part"].format(group=names.get(g, g), part=names.get(x, x)) for g, x in codes}
    periods = pd.Index([period or say["from the start"] for period in frame.index], name=frame.index.name)
    return frame.set_axis([f"{g}: {x}" for g, x in codes], axis=1).set_axis(periods, axis=0), heads
