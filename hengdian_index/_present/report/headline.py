"""The few numbers that a reader looks for first, and which rows rest on part of the weight."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._index.comparability import NAMED, incomparable, levels_compare
from hengdian_index._index.comparability import told as lapses_told
from hengdian_index._index.coverage import weight_there
from hengdian_index._index.result import Result
from hengdian_index._levels.common_base import base_said as base_label
from hengdian_index._present.report.units import signed
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import written
from hengdian_index._words.catalogue import Room, Words
from hengdian_index._words.said import told
from hengdian_index.errors import FaultsError
from hengdian_index.plot.layout import Rows, in_period, name_of, of_unit, period_name, row_names
from hengdian_index.plot.numbers import in_points


@dataclass(frozen=True, slots=True)
class Number:
    """A label, a value, and what belongs to it; `said` is what the library says itself."""

    label: str
    value: str
    remark: str = ""
    said: str = ""


def headline(result: Result, found: Uncertainty | None, say: Room) -> tuple[Number, ...]:
    """Return the headline numbers: the last level and its changes, or who is first; then what they rest on."""
    single = result.panel.periods is not None and best_unit(result) is None
    try:
        own = list(_of_series(result, found, say) if single else _of_rows(result, found, say))
    except FaultsError as error:
        own = [Number(say["headline"], "–", said="; ".join(map(str, error.faults)))]
    verdict = _verdict(result, say)
    return (*verdict, *own, *_basis(result, say))


def _verdict(result: Result, say: Room) -> list[Number]:
    """Return which periods are not comparable with the others, and why."""
    lapses = incomparable(result)
    periods = say["listed"].join(one.period for one in lapses[-NAMED:]) + (" …" if len(lapses) > NAMED else "")
    why = lapses_told(lapses, say.lang)
    return [Number(say["not comparable"], periods, why)] if lapses else []


def best_unit(result: Result) -> Any:
    """Return the unit that is first in the last period; None where rows have no periods or are all of one unit."""
    panel = result.panel
    units = list(dict.fromkeys(panel.unit_list()))
    if panel.units is None or panel.periods is None or len(units) < 2:
        return None
    rows = in_period(panel, None)
    scores = result.rows.values(result.tree.root.code)[rows]
    return panel.units[rows[int(np.argmax(np.nan_to_num(scores, nan=-np.inf)))]]


def leader(result: Result, *, changed: bool = False) -> Any:
    """Return the unit that is first in the last period of those with a level, or with a change of it.

    None where no unit has one, or there are no levels at all; the unit first by score is `best_unit`.
    """
    panel, rows = result.panel, in_period(result.panel, None)
    scores = result.rows.values(result.tree.root.code)[rows]
    try:
        found = result.changes(1, "points") if changed else result.series()
    except FaultsError:
        return None
    known = np.isfinite(found[result.tree.root.code].to_numpy()[rows]) & np.isfinite(scores)
    if panel.units is None or not known.any():
        return None
    return panel.units[rows[int(np.argmax(np.where(known, scores, -np.inf)))]]


def _of_series(result: Result, found: Uncertainty | None, say: Room) -> Iterator[Number]:
    panel = result.panel
    row = int(of_unit(panel, None)[-1])
    assert panel.periods is not None
    label = say["level in" if result.setting.levelled else "score in"]
    levels = result.series()[result.tree.root.code].to_numpy()
    remarks = _remarks(base_said(result, say), _partial(result, row, say), say=say)
    yield Number(
        label.format(period=period_name(panel, int(panel.periods.ordinals[row]))), figure(levels[row]), remarks
    )
    yield from _changes(result, row, levels, say)
    for one in largest(result, row):
        value = say["points"].format(value=signed(one.value))
        yield Number(say["largest up" if one.sign > 0 else "largest down"], value, one.name)
    ends = interval(result, found, row)
    if ends is not None:
        yield Number(say["interval"], say["range"].format(low=ends[0], high=ends[1]))


def root_levels(result: Result) -> Array:
    """Return the level of the whole in each row."""
    return result.series()[result.tree.root.code].to_numpy()


def base_said(result: Result, say: Room) -> str:
    """Return what the base is and what its level, nothing where there is none."""
    return told(base_label(result.setting, result.panel), say.lang) if result.setting.levelled else ""


def _partial(result: Result, row: int, say: Room) -> str:
    """Return that a score rests on part of the weight, nothing where it rests on all."""
    share = weight_there(result)[row]
    return say["partial"].format(share=share_told(share)) if share < 100 else ""


def _remarks(*parts: str, say: Room) -> str:
    return say["remarks"].join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a level on a period before: what it is called, as text, since when, from which row."""

    name: str
    text: str
    known: bool
    when: str
    before: int


def changes_on(result: Result, row: int, levels: Array, say: Room) -> Iterator[Change]:
    """Return the changes of a level on the period and on a year before, in per cent or in points."""
    panel = result.panel
    assert panel.periods is not None
    ordinal, year = int(panel.periods.ordinals[row]), panel.periods.frequency.per_year
    for lag, name in ((1, "change on period"), *(((year, "change on year"),) if year > 1 else ())):
        before = int(panel.previous(lag)[row])
        old = levels[before] if before >= 0 else np.nan
        if in_points(result):
            change, written_as, text = levels[row] - old, "points", signed(levels[row] - old)
        else:
            change = 100 * (levels[row] / old - 1) if old > 0 else np.nan
            written_as, text = "per cent", f"{change:+.2f}"
        known = bool(np.isfinite(change))
        value = say[written_as].format(value=text) if known else "–"
        yield Change(name, value, known, period_name(panel, ordinal - lag), before)


def _changes(result: Result, row: int, levels: Array, say: Room, who: str = "") -> Iterator[Number]:
    for one in changes_on(result, row, levels, say):
        ends = (_partial(result, row, say), _partial(result, one.before, say) if one.before >= 0 else "")
        rests = next(filter(None, ends), "")
        when = say("of before", unit=who, period=one.when) if who else one.when
        yield Number(say[one.name], one.text, _remarks(when, rests, say=say))


@dataclass(frozen=True, slots=True)
class Mover:
    """An indicator that moves a level most in a direction, by so many points."""

    sign: int
    name: str
    value: float


def largest(result: Result, row: int) -> Iterator[Mover]:
    """Return the parts that move the last level most, one in each direction."""
    parts = result.contributions(depth="indicators").iloc[row].dropna()
    for sign in (1, -1):
        some = parts[sign * parts > 0]
        if len(some):
            at = int(np.argmax(sign * some.to_numpy()))
            yield Mover(sign, name_of(result.tree, str(some.index[at])), float(some.iloc[at]))


def interval(result: Result, found: Uncertainty | None, row: int) -> tuple[str, str] | None:
    """Return the interval of the level of a row, None where there are no draws of it."""
    at = _drawn_at(result, found, row)
    if found is None or at is None:
        return None
    table = found.scores if found.levels is None else found.series
    low, high = (figure(float(table[end].to_numpy()[at])) for end in ("q05", "q95"))
    return low, high


def _of_rows(result: Result, found: Uncertainty | None, say: Room) -> Iterator[Number]:
    panel = result.panel
    rows = in_period(panel, None)
    scores = result.rows.values(result.tree.root.code)[rows]
    known = np.flatnonzero(np.isfinite(scores))
    period = "" if panel.periods is None else period_name(panel, int(panel.periods.ordinals.max()))
    if len(known):
        best, worst = (known[int(end(scores[known]))] for end in (np.argmax, np.argmin))
        for at, bare, dated in ((best, "first", "first in"), (worst, "last place", "last in")):
            label = say[dated].format(period=period) if period else say[bare]
            remark = _remarks(
                say["score is"].format(value=figure(scores[at])), _partial(result, rows[at], say), say=say
            )
            yield Number(label, row_names(panel, rows[[at]])[0], remark)
        ends = rank_interval(result, found, int(rows[best]))
        if ends is not None:
            label = say["rank interval"].format(unit=row_names(panel, rows[[best]])[0])
            yield Number(label, say["range"].format(low=ends[0], high=ends[1]))
        # What has no levels says so in its own part of the page.
        with suppress(FaultsError):
            yield from list(_of_leader(result, rows, say)) if panel.periods is not None else []
    yield Number(say["compared"], str(len(known)))


def _of_leader(result: Result, rows: Rows, say: Room) -> Iterator[Number]:
    """Return the level of the first unit that has one and its changes, and the mean level of the units."""
    panel, levels = result.panel, root_levels(result)
    scores, own = result.rows.values(result.tree.root.code)[rows], levels[rows][np.isfinite(levels[rows])]
    if not len(own):
        return
    assert panel.periods is not None
    row = int(rows[int(np.nanargmax(np.where(np.isfinite(levels[rows]), scores, np.nan)))])
    who = row_names(panel, np.array([row]))[0]
    which = say["first of level"] if scores[rows == row][0] < np.nanmax(scores) else ""
    period = period_name(panel, int(panel.periods.ordinals[row]))
    levelled = result.setting.levelled and levels_compare(result)
    if levelled:
        remark = _remarks(period, which, base_said(result, say), _partial(result, row, say), say=say)
        yield Number(say["level of"].format(unit=who), figure(levels[row]), remark)
    yield from _changes(result, row, levels, say, who)
    if levelled:
        label = say("mean level" if len(own) == len(rows) else "mean level of some", count=len(own))
        yield Number(label, figure(float(own.mean())), say("mean of", count=len(own), period=period))


def rank_interval(result: Result, found: Uncertainty | None, row: int) -> tuple[str, str] | None:
    """Return the interval of a row's rank, None where there are no draws of it."""
    at = _drawn_at(result, found, row)
    if found is None or at is None or not np.isfinite(found.ranks["q05"].to_numpy()[at]):
        return None
    low, high = (written(float(found.ranks[end].to_numpy()[at]), "rank") for end in ("q05", "q95"))
    return low, high


def _drawn_at(result: Result, found: Uncertainty | None, row: int) -> int | None:
    """Return which row of the draws a row is, None where there are no draws of it."""
    label = result.panel.labels[[row]]
    if found is None or found.study.node != result.tree.root.code or label[0] not in found.labels:
        return None
    return int(found.labels.get_indexer(label)[0]) if found.labels.is_unique else row


def _basis(result: Result, say: Room) -> Iterator[Number]:
    # In Chinese the whole index is none of its sub-indexes.
    groups = len(result.tree.groups) - (say.lang == "zh")
    sizes = {"rows": result.panel.n, "indicators": len(result.tree.codes), "groups": groups}
    yield Number(say["size"], say["sizes"].format(**sizes))
    yield Number(say["learnt"], say("learnt rows", count=result.fit_rows["count"]), _spread(result, say))
    yield Number(say["log lines"], str(len(result.log)))
    periods, marks = result.panel.periods, result.provisional.to_numpy()
    if marks[periods.ordinals == periods.ordinals.max() if periods else slice(None)].any():
        yield Number(say["provisional"], say["provisional why"])


def _spread(result: Result, say: Room) -> str:
    """Return how many units the fit rows are of and from when to when they run; the first and the last without both."""
    rows = result.fit_rows
    ends = " – ".join(dict.fromkeys(rows[end] for end in ("earliest", "latest") if end in rows))
    if "units" in rows:
        units = say("units counted", count=rows["units"])
        return _remarks(units, ends, say=say) if ends else ""
    return ends or " – ".join(told(rows[end], say.lang) for end in ("first", "last"))


def figure(value: float) -> str:
    """Return a level or a score as text, missing as a dash."""
    return "–" if value != value else f"{value:.2f}" if abs(value) >= 10 else f"{value:.4g}"


# Rows that a sentence names.
_NAMED = 10


def partial(result: Result, rows: Rows, say: Words) -> str:
    """Return a sentence that names the rows whose scores rest on part of the weight; empty where there are none."""
    there = weight_there(result)
    some = rows[there[rows] < 100]
    if not len(some):
        return ""
    shown = some[:_NAMED]
    names = zip(row_names(result.panel, shown), there[shown], strict=True)
    named = [say["row there"].format(row=name, share=share_told(share)) for name, share in names]
    rest = say["more rows"].format(count=len(some) - _NAMED) if len(some) > _NAMED else ""
    return say["partial rows"].format(rows=say["listed"].join(named) + rest)


def share_told(share: float) -> str:
    """Return a share in per cent, so that what is less than the whole does not read as the whole.

    Examples
    --------
    >>> from hengdian_index._present.report.headline import share_told
    >>> share_told(45.974), share_told(99.98)
    ('46', '99.9')
    """
    return f"{share:.0f}" if share < 99.5 else f"{np.floor(10 * share) / 10:g}"
