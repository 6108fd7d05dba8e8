"""The log: lines that say what a computation did beyond the plain formula, and why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from hengdian_index.stored import stored

_logger = logging.getLogger("hengdian_index")


@stored("log entry")
@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; what does not apply to it is None.

    `kind` says what it has in common with lines whose `why` is of another row: "interpolate: left: no later value".
    """

    step: str
    why: str
    unit: object = None
    period: object = None
    indicator: str | None = None
    before: float | None = None
    after: float | None = None
    kind: str = ""


_open: ContextVar[list[Entry] | None] = ContextVar("journal", default=None)
_about: ContextVar[tuple[str, dict[str, object]]] = ContextVar("about", default=("", {}))


def note(step: str, why: str, **where: object) -> None:
    """Write one line: to the journal that is open, and to Python's logging at level INFO."""
    saying, there = _about.get()
    if not any(value is not None for value in where.values()):
        why = saying + why
    place = {**there, **{name: value for name, value in where.items() if value is not None}}
    entry = Entry(step, why, **place)  # type: ignore[arg-type]  # fields of Entry, checked there
    book = _open.get()
    if book is not None:
        book.append(entry)
    _logger.info("%s: %s", step, why)


@contextmanager
def journal() -> Iterator[list[Entry]]:
    """Collect the lines written inside the block.

    Examples
    --------
    >>> from hengdian_index.journal import journal, note
    >>> with journal() as lines:
    ...     note("weights", "values rescaled to sum 1")
    >>> lines[0].why
    'values rescaled to sum 1'
    """
    book: list[Entry] = []
    token = _open.set(book)
    try:
        yield book
    finally:
        _open.reset(token)


@contextmanager
def about(saying: str, **where: object) -> Iterator[None]:
    """Say of what the lines are that are written inside the block; those with a place of their own are not told again.

    Examples
    --------
    >>> from hengdian_index.journal import about, journal, note
    >>> with journal() as lines, about("group 'total': ", indicator="total"):
    ...     note("weights", "values rescaled to sum 1")
    >>> lines[0].why, lines[0].indicator
    ("group 'total': values rescaled to sum 1", 'total')
    """
    before, there = _about.get()
    token = _about.set((before + saying, {**there, **where}))
    try:
        yield
    finally:
        _about.reset(token)
