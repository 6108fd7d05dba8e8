"""The log: lines that say what a computation did beyond the plain formula, and why."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hengdian_index._values.stored import stored
from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.language import language
from hengdian_index._words.said import Joined, Said, joined
from hengdian_index._words.said import told as said_in

if TYPE_CHECKING:
    import pandas as pd

_logger = logging.getLogger("hengdian_index")

# What differs between lines of one kind where they are no sentences: names in quotes, numbers, periods.
_PARTICULAR = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|(?<![\w.])[-+]?\d[\w.:+-]*")


# So many rows have a line each; of more, so many of each kind, and one line counts the others.
EACH = 1000
_FIRST = 20


@stored("log entry")
@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; what does not apply to it is None.

    `kind` says what it has in common with lines whose `why` is of another row: "interpolate: left: no later value", its
    parts joined as heads; a plain text with the same signs is of a fit that was saved by 0.2.0.
    `whole` says that it is of every value of its column, `rows` how many rows it counts that have no line of their own.
    """

    step: str
    why: Said
    unit: object = None
    period: object = None
    indicator: str | None = None
    before: float | None = None
    after: float | None = None
    kind: Said | str = ""
    whole: bool = False
    rows: int = 1


_open: ContextVar[list[Entry] | None] = ContextVar("journal", default=None)
_held: ContextVar[bool] = ContextVar("held", default=False)
_counted_only: ContextVar[bool] = ContextVar("counted_only", default=False)
_about: ContextVar[tuple[tuple[Said, ...], dict[str, object]]] = ContextVar("about", default=((), {}))


def note(step: str, why: Said, **where: object) -> None:
    """Write one line: to the journal that is open, and to Python's logging at level INFO."""
    saying, there = _about.get()
    if not any(value is not None for value in where.values()):
        why = joined([*saying, why], "whole") if saying else why
    place = {**there, **{name: value for name, value in where.items() if value is not None}}
    tell([Entry(step, why, **place)])  # type: ignore[arg-type]  # fields of Entry, checked there


def tell(entries: Sequence[Entry]) -> None:
    """Write lines as they are."""
    book = _open.get()
    if book is not None:
        book += entries
    heard = _logger.isEnabledFor(logging.INFO) and not _held.get()
    for entry in entries if heard else ():
        _logger.info(
            "%s: %s",
            entry.step,
            said_in(entry.why, language()),
            extra={"step": entry.step, "reason": general(entry.why)},
        )


@contextmanager
def journal(*, held: bool = False, counted_only: bool = False) -> Iterator[list[Entry]]:
    """Collect the lines written inside the block; if they are held, Python's logging has to be told them later.

    Of rows that are `counted_only` no line tells one: there is a line that counts all of a kind.

    Examples
    --------
    >>> from hengdian_index.log import journal, note
    >>> with journal() as lines:
    ...     note("weights", "values rescaled to sum 1")
    >>> lines[0].why
    'values rescaled to sum 1'
    """
    book: list[Entry] = []
    token, before = _open.set(book), _held.set(held or _held.get())
    counting = _counted_only.set(counted_only or _counted_only.get())
    try:
        yield book
    finally:
        _open.reset(token)
        _held.reset(before)
        _counted_only.reset(counting)


def only_counted() -> bool:
    """Return whether rows are counted alone, and which they are is asked by nobody."""
    return _counted_only.get()


@contextmanager
def about(saying: Said, **where: object) -> Iterator[None]:
    """Say of what the lines are that are written inside the block; those with a place of their own are not told again.

    Examples
    --------
    >>> from hengdian_index.log import about, journal, note
    >>> with journal() as lines, about("group 'total': ", indicator="total"):
    ...     note("weights", "values rescaled to sum 1")
    >>> lines[0].why, lines[0].indicator
    ("group 'total': values rescaled to sum 1", 'total')
    """
    before, there = _about.get()
    token = _about.set(((*before, saying), {**there, **where}))
    try:
        yield
    finally:
        _about.reset(token)


@contextmanager
def apart() -> Iterator[list[Entry]]:
    """Collect the lines written inside the block as they are of themselves, told by nobody: `again` tells them.

    Examples
    --------
    >>> from hengdian_index._words.said import joined
    >>> from hengdian_index.log import about, again, apart, journal, note
    >>> with about(joined(["group 'total': "])), apart() as kept:
    ...     note("weights", joined(["judged"]))
    >>> with journal() as lines, about(joined(["group 'other': "])):
    ...     again(kept)
    >>> kept[0].why, lines[0].why
    ('judged', "group 'other': judged")
    """
    token = _about.set(((), {}))
    try:
        with journal(held=True) as lines:
            yield lines
    finally:
        _about.reset(token)


def again(entries: Iterable[Entry]) -> None:
    """Write lines that were collected `apart`, as if they were written here."""
    own = [(one.name, one.default) for one in fields(Entry) if one.name not in ("step", "why")]
    for entry in entries:
        said = {name: getattr(entry, name) for name, default in own if getattr(entry, name) != default}
        note(entry.step, entry.why, **said)


def first_of_each(kinds: NDArray[np.intp]) -> tuple[NDArray[np.intp], list[NDArray[np.intp]]]:
    """Return which rows have a line each, given the kind of each row (n,), and of each kind the others.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.log import first_of_each
    >>> told, others = first_of_each(np.repeat([3, 5], [15, 1500]))
    >>> len(told), [len(rows) for rows in others]
    (35, [1480])
    """
    order = np.argsort(kinds, kind="stable")
    own = kinds[order]
    each = 0 if only_counted() else _FIRST if len(own) > EACH else len(own)
    later = np.arange(len(own)) - np.searchsorted(own, own) >= each
    some, own = order[later], own[later]
    others = np.split(some, np.flatnonzero(np.diff(own)) + 1) if len(some) else []
    return np.sort(order[~later]), others


def frame_of(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return log lines as a table: step, unit, period, indicator, before, after, why, reason.

    `why` is told in the language that is spoken; `reason` is what it has in common with lines of other rows and values,
    the same in every language.
    """
    import pandas as pd

    lang = language()
    columns = ["step", "unit", "period", "indicator", "before", "after", "why", "reason"]
    lines = [{**asdict(entry), "why": said_in(entry.why, lang), "reason": general(entry.why)} for entry in entries]
    return pd.DataFrame(lines, columns=columns)


def kind_of(entry: Entry) -> str:
    """Return of what kind a line is: what it says of itself, else its reason without names, numbers and periods.

    Examples
    --------
    >>> from hengdian_index.log import Entry
    >>> from hengdian_index.log import kind_of
    >>> kind_of(Entry("impute", "carried forward from 2019Q1, 2 quarters old"))
    'carried forward from …, … quarters old'
    """
    return str.__str__(_kind(entry))


def _kind(entry: Entry) -> Said | str:
    why = entry.why
    return entry.kind or (why.in_general if isinstance(why, Said) else general(why))


def general(why: str) -> str:
    """Return a reason without the names, numbers and periods of one row."""
    return why.general if isinstance(why, Said) else _PARTICULAR.sub("…", why)


def tally(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return one row a kind of line: step, kind, lines, how many indicators, units and periods, what the first says.

    A line that counts rows without a line of their own is as many lines.
    """
    import pandas as pd

    lang = language()
    frame = pd.DataFrame(
        {
            "step": [entry.step for entry in entries],
            "kind": [said_in(_kind(entry), lang) for entry in entries],
            "indicator": [entry.indicator for entry in entries],
            "unit": [None if entry.unit is None else str(entry.unit) for entry in entries],
            "period": [None if entry.period is None else str(entry.period) for entry in entries],
            "why": [said_in(entry.why, lang) for entry in entries],
            "rows": [entry.rows for entry in entries],
        },
        dtype=object,
    )
    found = frame.groupby(["step", "kind"], sort=False, as_index=False).agg(
        lines=("rows", "sum"),
        indicators=("indicator", "nunique"),
        units=("unit", "nunique"),
        periods=("period", "nunique"),
        first=("why", "first"),
    )
    order = {step: i for i, step in enumerate(dict.fromkeys(frame["step"]))}
    return found.sort_values("step", key=lambda steps: steps.map(order), kind="stable", ignore_index=True)


def told(entries: Sequence[Entry], lang: Lang | None = None) -> list[str]:
    """Return the log as a few lines of text: a line that is alone as it is, the others counted by step and reason.

    Lines whose kind is said by none of them are told by the first. Without a language it is the one that is spoken.

    Examples
    --------
    >>> from hengdian_index.log import Entry
    >>> from hengdian_index.log import told
    >>> gone = [Entry("impute", "left missing", unit, kind="mean: left: no value") for unit in "AB"]
    >>> told([Entry("impute", "mean of 3 values", "C", kind="mean: filled"), *gone])
    ['impute: mean: 1 filled; 2 left: no value']
    """
    lang = lang or language()
    heads: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        heads.setdefault((entry.step, _parts(entry)[0]), []).append(entry)
    steps = list(dict.fromkeys(step for step, _ in heads))
    ordered = sorted(heads.values(), key=lambda own: steps.index(own[0].step))
    return [said_in(_alone(own[0], lang) if len(own) == 1 else _counted(own, lang), lang) for own in ordered]


def step_in(step: str, lang: Lang) -> str:
    """Return what a step is called in a language; in English as in the tables."""
    return step if lang == "en" else words(lang, "step").get(step, step)


def _parts(entry: Entry) -> tuple[Said | str, Said | str, Said | str]:
    """Return the parts of a kind: of what a line is, what was done, and why."""
    kind = _kind(entry)
    if not entry.kind:
        return kind, "", ""
    parts = kind.items if isinstance(kind, Joined) else (kind,) if isinstance(kind, Said) else kind.split(": ", 2)
    return (*parts, "", "")[:3]


def _alone(entry: Entry, lang: Lang) -> Said:
    place = joined([str(one) for one in (entry.unit, entry.period, entry.indicator) if one is not None], "places")
    return joined([step_in(entry.step, lang), *([place] if place else []), entry.why], "heads")


def _counted(entries: Sequence[Entry], lang: Lang) -> Said:
    """Return how many lines of one head there are, by what is said below it."""
    below: dict[Said | str, dict[Said | str, int]] = {}
    for entry in entries:
        _, what, reason = _parts(entry)
        reasons = below.setdefault(what, {})
        reasons[reason] = reasons.get(reason, 0) + entry.rows
    step, head = step_in(entries[0].step, lang), _parts(entries[0])[0]
    if list(below) == [""]:
        lines = sum(entry.rows for entry in entries)
        if "…" in head:
            return Said("{line} (and {n:,} more like it)", line=_alone(entries[0], lang), n=lines - 1)
        counted = Said.of(lines, "{n} line", "{n} lines")
        return joined([step, Said("{what} ({counted})", what=head, counted=counted)], "heads")
    # What was done comes before what was left.
    parts = sorted(below.items(), key=lambda item: item[0] == "left")
    return joined([step, head, joined([_part(what, reasons) for what, reasons in parts], "clauses")], "heads")


def _part(what: Said | str, reasons: dict[Said | str, int]) -> Said:
    said = Said("{n:,} {what}", n=sum(reasons.values()), what=what)
    if list(reasons) == [""]:
        return said
    if len(reasons) == 1:
        return joined([said, next(iter(reasons))], "heads")
    most = sorted(reasons.items(), key=lambda item: -item[1])
    return joined(
        [said, joined([Said("{n:,} {what}", n=number, what=reason) for reason, number in most], "clauses")], "heads"
    )
