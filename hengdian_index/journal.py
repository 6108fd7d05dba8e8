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
    """One line of the log; what does not apply to it is None."""

    step: str
    why: str
    unit: object = None
    period: object = None
    indicator: str | None = None
    before: float | None = None
    after: float | None = None


_open: ContextVar[list[Entry] | None] = ContextVar("journal", default=None)


def note(step: str, why: str, **where: object) -> None:
    """Write one line: to the journal that is open, and to Python's logging at level INFO."""
    entry = Entry(step, why, **where)  # type: ignore[arg-type]  # fields of Entry, checked there
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
