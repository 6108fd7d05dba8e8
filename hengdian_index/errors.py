"""The two errors a user meets, each carrying every fault found, and the words they share."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Number

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the message, and its place in the spec (`("group", 1, "weights")`)."""

    message: str
    place: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        return self.message

    def under(self, *place: str | int, saying: str = "") -> Fault:
        """Return the same fault as seen from further up: its place and message prefixed."""
        return Fault(saying + self.message, (*place, *self.place))


class FaultsError(ValueError):
    """Base of the package's errors; `faults` holds one entry per thing that is wrong."""

    def __init__(self, *faults: Fault | str) -> None:
        self.faults = tuple(f if isinstance(f, Fault) else Fault(f) for f in faults)
        super().__init__("\n".join(map(str, self.faults)))


class SpecError(FaultsError):
    """The choices are wrong: a name, an option, the tree of groups and indicators."""


class OptionError(SpecError, TypeError):
    """An option that a method does not take; also a `TypeError`, as Python's own would be."""


class DataError(FaultsError):
    """The data cannot be used as asked: a cell, a column, a row or a period."""


class CellsError(Exception):
    """Cells that a kernel cannot take, (..., n, k) marked True; the border names them in a `DataError`."""

    def __init__(self, marked: NDArray[np.bool_], why: str) -> None:
        super().__init__(why)
        self.marked = marked
        self.why = why


# Letters of a list that is read in a message.
_READ = 400


def suggestion(word: object, allowed: Iterable[object]) -> str:
    """Return "; did you mean 'entropy'? (all the allowed words)"; a long list is left out, or begun where none is near.

    Examples
    --------
    >>> from hengdian_index.errors import suggestion
    >>> suggestion("entrpy", ["equal", "entropy"])
    "; did you mean 'entropy'? (equal, entropy)"
    >>> suggestion("2", [1, 2])
    "; did you mean 2? '2' is a text, 2 a number (1, 2)"
    """
    allowed = list(allowed)
    names = [str(name) for name in allowed]
    twin = next((name for name in allowed if str(name) == str(word) and type(name) is not type(word)), None)
    if twin is not None:
        return f"; did you mean {twin!r}? {word!r} is {_kind(word)}, {twin!r} {_kind(twin)} ({', '.join(names)})"
    lower = {name.lower(): name for name in names}
    said = str(word).lower()
    close = difflib.get_close_matches(said, lower, n=1, cutoff=0.6)
    close += [name for name in lower if min(len(name), len(said)) > 2 and (name in said or said in name)]
    every = ", ".join(names)
    if close:
        return f"; did you mean {lower[close[0]]!r}?" + (f" ({every})" if len(every) <= _READ else "")
    return f"; allowed: {readable(names)}" if names else ""


def readable(names: Sequence[str]) -> str:
    """Return names joined by commas, as many as are read in a message, the tail counted.

    Examples
    --------
    >>> from hengdian_index.errors import readable
    >>> readable(["a", "b"]), readable([f"column {i}" for i in range(100)]).rpartition(", ")[2]
    ('a, b', 'column 36 and 63 more')
    """
    shown = list(names)
    while len(", ".join(shown)) > _READ and len(shown) > 1:
        del shown[-max(1, len(shown) // 10) :]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


def _kind(word: object) -> str:
    """Return what a label is, in words."""
    return "a text" if isinstance(word, str) else "a number" if isinstance(word, Number) else type(word).__name__


def listed(items: Sequence[object], most: int = 5) -> str:
    """Return the items joined by commas, the tail counted instead of named.

    Examples
    --------
    >>> from hengdian_index.errors import listed
    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    head = ", ".join(repr(item) for item in items[:most])
    return head if len(items) <= most else f"{head} and {len(items) - most} more"


def raise_all(error: Callable[..., FaultsError], faults: Sequence[Fault | str]) -> None:
    """Raise one error that holds all the faults; do nothing when there are none."""
    if faults:
        raise error(*faults)


def raise_together(errors: Sequence[FaultsError]) -> None:
    """Raise the faults of several errors, each once, as one error of the first one's kind; do nothing without any."""
    faults = dict.fromkeys(fault for error in errors for fault in error.faults)
    if faults:
        raise type(errors[0])(*faults)
