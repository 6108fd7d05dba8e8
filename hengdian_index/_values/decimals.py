"""Numbers as they are read: how many decimals they deserve side by side, counts with their noun."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def form_of(values: NDArray[np.float64]) -> str:
    """Return how numbers are written that are to be compared with one another: five digits of the largest.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._values.decimals import form_of
    >>> form_of(np.array([0.9612, 0.9604])), form_of(np.array([96.12, 7.0])), form_of(np.array([2.5e5]))
    ('.4f', '.2f', '.0f')
    """
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max()) if len(finite) else 0.0
    if largest and (largest < 1e-3 or largest >= 1e15):
        return ".4g"
    if 10 <= largest < 1e5:
        return ".2f"
    return f".{int(np.clip(4 - np.floor(np.log10(largest)), 0, 4)) if largest else 0}f"


def written(value: float, form: str) -> str:
    """Return a number in a form; "rank" is one decimal, none where it is whole.

    Examples
    --------
    >>> from hengdian_index._values.decimals import written
    >>> written(8.0, "rank"), written(8.25, "rank"), written(8.0, ".2f")
    ('8', '8.2', '8.00')
    """
    return format(value, ".1f").removesuffix(".0") if form == "rank" else format(value, form)


# Verbs of several things whose form for one thing is another than theirs with an s.
_OF_ONE = {"are": "is", "have": "has", "were": "was"}


def counted(number: int, noun: str, verb: str = "", *, of: int | None = None) -> str:
    """Return a number of things in words, of so many, and the verb that follows (as it is said of several).

    Examples
    --------
    >>> from hengdian_index._values.decimals import counted
    >>> counted(1, "group"), counted(2938, "row"), counted(1, "row", "have"), counted(1, "label", "are", of=50)
    ('1 group', '2938 rows', '1 row has', '1 of 50 labels is')
    """
    among = number if of is None else of
    plural = noun if noun.endswith("series") else f"{noun[:-2]}ices" if noun.endswith("ix") else f"{noun}s"
    said = f"{number} {'' if of is None else f'of {of} '}{noun if among == 1 else plural}"
    form = verb if number != 1 else _OF_ONE.get(verb, f"{verb}s")
    return f"{said} {form}" if verb else said
