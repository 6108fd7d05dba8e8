"""How wide letters are where each has the same room, as on a terminal."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """Return how many columns a text takes.

    Examples
    --------
    >>> from hengdian_index._values.letters import columns
    >>> columns("index"), columns("指数")
    (5, 4)
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
