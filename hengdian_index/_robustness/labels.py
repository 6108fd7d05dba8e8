"""Labels of rows and of alternatives in words."""

from __future__ import annotations

from typing import Any

from hengdian_index._words.said import Said, joined


def word(choice: Any) -> str:
    """Return an alternative as text."""
    return "in" if choice is True else "out" if choice is None else str(getattr(choice, "__name__", choice))


def label(row: Any) -> str:
    """Return the label of a row as text."""
    return ", ".join(map(str, row)) if isinstance(row, tuple) else str(row)


def one_of_several(row: Any) -> str:
    """Return the label of a row as text that can stand in a list: the period in brackets.

    Examples
    --------
    >>> from hengdian_index._robustness.labels import one_of_several
    >>> one_of_several(("Czechia", 2015)), one_of_several("Peru")
    ('Czechia (2015)', 'Peru')
    """
    return f"{row[0]} ({', '.join(map(str, row[1:]))})" if isinstance(row, tuple) and len(row) > 1 else label(row)


def listed_words(labels: list[Any], most: int = 5) -> Said:
    """Return labels as text, those past `most` counted."""
    shown, rest = list(map(one_of_several, labels[:most])), len(labels) - most
    if rest > 0:
        return Said("{front} and {n} more", front=joined(shown), n=rest)
    return Said("{front} and {last}", front=joined(shown[:-1]), last=shown[-1]) if shown[1:] else joined(shown)
