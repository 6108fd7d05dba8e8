"""The sentences that a page opens with: where the index stands, what moved it, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from hengdian_index._index.comparability import NAMED, incomparable
from hengdian_index._index.coverage import imputed, weight_there
from hengdian_index._index.result import Result
from hengdian_index._levels.contributions import level_parts
from hengdian_index._present.report.headline import (
    Change,
    base_said,
    best_unit,
    changes_on,
    figure,
    interval,
    largest,
    rank_interval,
    root_levels,
)
from hengdian_index._present.report.units import compared, ranked, signed
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._scoring.tree import RESERVED
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import Room
from hengdian_index.errors import FaultsError
from hengdian_index.plot.layout import Rows, name_of, of_unit, period_name, row_names

# Sentences on what is largest up and down, up alone, down alone.
_MOVES = ("opening moves", "opening moves up", "opening moves down")
_PLACES = ("opening places", "opening places up", "opening places down")
_APART = ("opening apart", "opening apart up", "opening apart down")

# Names of rows of one rank that a sentence lists.
_TIED = 3


def opening(result: Result, found: Uncertainty | None, say: Room) -> tuple[str, ...]:
    """Return up to three sentences: what is measured and where it stands, what moved it most, how sure that is.

    A sentence that would say nothing is not there. Numbers are those of the headline and the tables.
    """
    single = result.panel.periods is not None and best_unit(result) is None
    parts = (_level, _moves) if single else (_order, _places if result.panel.periods is not None else _apart)
    rows = of_unit(result.panel, None)[-1:] if single else compared(result)
    told: list[str] = []
    for part in parts:
        # What cannot be had is told, with why, in its own part of the page.
        with suppress(FaultsError):
            told += part(result, rows, say)
    return (*told, *sure(result, rows, found, say))


def _subject(result: Result, say: Room) -> dict[str, object]:
    tree = result.tree
    name = result.setting.name or tree.root.name or say["the index"]
    return {"name": name, "count": int((result.effective_weights != 0).sum())}


def _level(result: Result, rows: Rows, say: Room) -> Iterator[str]:
    """Return the last level of a series and its changes."""
    row, levels, periods = int(rows[0]), root_levels(result), result.panel.periods
    if np.isnan(levels[row]) or periods is None:
        return
    changes = [_changed(one, say) for one in changes_on(result, row, levels, say) if one.known]
    stands = {"level": figure(levels[row]), "period": period_name(result.panel, int(periods.ordinals[row]))}
    base = base_said(result, say)
    key = "opening level" if base else "opening score"
    yield say(key, **_subject(result, say), **stands, changes="".join(changes), **({"base": base} if base else {}))


def _changed(one: Change, say: Room) -> str:
    """Return a change in words: risen or fallen by so much, where it is not nothing."""
    if not any(digit in "123456789" for digit in one.text):
        return say("opening change", change=one.text, when=one.when)
    return say("opening rise" if one.text[0] == "+" else "opening fall", size=one.text[1:], when=one.when)


def _moves(result: Result, rows: Rows, say: Room) -> Iterator[str]:
    """Return the indicators that moved the last level most up and down."""
    before = result.panel.previous(1)[rows[0]]
    if before < 0:
        return
    assert result.panel.periods is not None
    ends = {one.sign: one for one in largest(result, int(rows[0]))}
    when = period_name(result.panel, int(result.panel.periods.ordinals[before]))
    yield from _both(_MOVES, {sign: (one.name, signed(one.value)) for sign, one in ends.items()}, say, when=when)


def _both(keys: tuple[str, str, str], ends: dict[int, tuple[str, str]], say: Room, **more: object) -> Iterator[str]:
    """Return a sentence on what is largest in two directions, up alone or down alone, or nothing."""
    named: dict[str, object] = {}
    for sign, word in ((1, "up"), (-1, "down")):
        if sign in ends:
            named |= {word: ends[sign][0], f"{word}_by": ends[sign][1]}
    if ends:
        key = keys[0] if len(ends) == 2 else keys[1] if 1 in ends else keys[2]
        yield say(key, **named, **more)


def _order(result: Result, rows: Rows, say: Room) -> Iterator[str]:
    """Return who is first and who is last, with their scores; of units with a period before, where they were then."""
    panel, scores = result.panel, result.rows.values(result.tree.root.code)[rows]
    known = np.isfinite(scores)
    if known.sum() < 2 or np.ptp(scores[known]) == 0:
        return
    table = ranked(result)
    ranks = table["rank"].astype("float64").to_numpy()
    first, last = (np.flatnonzero(known & (ranks == end)) for end in (1, np.nanmax(ranks)))
    then = ""
    if "rank before" in table.columns and len(first) == 1:
        earlier = table["rank before"].astype("float64").to_numpy()[first[0]]
        assert panel.periods is not None
        when = period_name(panel, int(panel.periods.ordinals.max()) - 1)
        then = "" if np.isnan(earlier) else say("opening then", rank=int(earlier), period=when)
    said = {"units": int(known.sum()), "first": _names(result, rows[first], say), "then": then}
    said |= {
        "score": figure(scores[first[0]]),
        "last": _names(result, rows[last], say),
        "least": figure(scores[last[0]]),
    }
    if panel.periods is None:
        yield say("opening rows", **_subject(result, say), **said)
    else:
        yield say(
            "opening units",
            **_subject(result, say),
            **said,
            period=period_name(panel, int(panel.periods.ordinals.max())),
        )


def _names(result: Result, rows: Rows, say: Room) -> str:
    """Return the names of rows that share a rank, the first few of many."""
    names = row_names(result.panel, rows[:_TIED])
    more = say("more rows", count=len(rows) - _TIED) if len(rows) > _TIED else ""
    return say["listed"].join(names) + more


def _places(result: Result, rows: Rows, say: Room) -> Iterator[str]:
    """Return the units that gain and lose most places on the period before."""
    table = ranked(result)
    column = next((name for name in table.columns if str(name).startswith("places gained")), None)
    if column is None:
        return
    gained = table[column].astype("float64").to_numpy()
    assert result.panel.periods is not None
    when = period_name(result.panel, int(result.panel.periods.ordinals.max()) - 1)
    ends = {}
    for sign in (1, -1):
        most = np.nanmax(sign * gained)
        if most > 0:
            some = rows[np.flatnonzero(sign * gained == most)]
            ends[sign] = (_names(result, some, say), f"{int(most)}")
    yield from _both(_PLACES, ends, say, when=when) if ends else [say("opening no places", when=when)]


def _apart(result: Result, rows: Rows, say: Room) -> Iterator[str]:
    """Return what sets the first row apart from the mean of the others most, where scores are made of parts."""
    root = result.tree.root.code
    scores = result.rows.values(root)[rows]
    rows = rows[np.isfinite(scores)]
    if len(rows) < 2:
        return
    parts = {
        code: values[rows] for code, values in level_parts(result.rows, root, True).items() if code not in RESERVED
    }
    names = list(parts)
    steps: Array = np.array([parts[code][0] - parts[code][1:].mean() for code in names])
    ends = {}
    for sign in (1, -1):
        at = int(np.argmax(sign * steps))
        if sign * steps[at] > 0:
            ends[sign] = (name_of(result.tree, names[at]), signed(float(steps[at])))
    yield from _both(_APART, ends, say, first=row_names(result.panel, rows[:1])[0])


def sure(result: Result, rows: Rows, found: Uncertainty | None, say: Room) -> Iterator[str]:
    """Return how sure the last scores are: over draws, with values that are missing, carried forward or reweighted."""
    told = [*_drawn(result, rows, found, say), *_behind(result, rows, say)]
    if told:
        yield say("opening sure", told=say["remarks"].join(told))


def _drawn(result: Result, rows: Rows, found: Uncertainty | None, say: Room) -> Iterator[str]:
    if not len(rows):
        return
    if result.panel.periods is not None and best_unit(result) is None:
        ends = interval(result, found, int(rows[0]))
        yield from [] if ends is None else [say("sure level", low=ends[0], high=ends[1])]
    else:
        ends = rank_interval(result, found, int(rows[0]))
        name = row_names(result.panel, rows[:1])[0]
        yield from [] if ends is None else [say("sure rank", unit=name, low=ends[0], high=ends[1])]


def _behind(result: Result, rows: Rows, say: Room) -> Iterator[str]:
    """Return what is missing behind the scores, what will be revised, and which periods are not comparable."""
    codes = result.effective_weights.index[result.effective_weights != 0]
    gaps, scores = result.raw[list(codes)].iloc[rows].isna(), result.rows.values(result.tree.root.code)[rows]
    some, bare = int(gaps.to_numpy().sum()), int(np.isnan(scores).sum())
    if some:
        yield say("sure missing", count=some, all=gaps.size)
    if bare:
        yield say("sure bare", count=bare, all=len(rows))
    there = weight_there(result)[rows]
    part = int((there < 100).sum())
    if part:
        yield say("sure partial", count=part, all=len(rows) - bare)
    filled = int(imputed(result).to_numpy()[rows].sum())
    if filled:
        yield say("sure imputed", count=filled)
    if result.provisional.to_numpy()[rows].any():
        yield say["sure provisional"]
    lapses = incomparable(result)
    if lapses:
        named = say["listed"].join(one.period for one in lapses[-NAMED:]) + (" …" if len(lapses) > NAMED else "")
        yield say("sure lapses", periods=named)
