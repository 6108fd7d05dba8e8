"""The two errors a user meets, each carrying every fault found, and the words they share."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hengdian_index._words.catalogue import LANGUAGES, Lang
from hengdian_index._words.language import chosen, language
from hengdian_index._words.said import Said, joined, told

# A word is compared with each of so many names, of so many letters.
_MOST_COMPARED, _LONGEST_NAME = 100, 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the message, and its place in the spec (`("group", 1, "weights")`).

    Faults of one `kind` are told together where they are many. The kind begins with what there are more of ("cells of
    the column"), then says what else the faults share. Those with the same `found` are told together before that.
    """

    message: Said
    place: tuple[str | int, ...] = ()
    kind: tuple[Hashable, ...] = field(default=(), compare=False)
    found: Hashable = field(default=None, compare=False)

    def __str__(self) -> str:
        return told(self.message, language())

    def under(self, *place: str | int, saying: Said | None = None) -> Fault:
        """Return the same fault as seen from further up: its place and message prefixed."""
        message = joined([saying, self.message], "whole") if saying else self.message
        return Fault(message, (*place, *self.place), self.kind, self.found)


class FaultsError(ValueError):
    """Base of the package's errors; `faults` holds one entry per thing that is wrong.

    Its text is told in the language that is spoken where it is shown; where none was chosen, in `lang`, that of the
    workbook it is about. `said` is the text that is the same in every language, to be compared or kept.
    """

    def __init__(self, *faults: Fault | Said) -> None:
        self.faults = tuple(f if isinstance(f, Fault) else Fault(f) for f in faults)
        self.lang: Lang | None = None
        super().__init__("\n".join(f.message for f in self.faults))

    def __str__(self) -> str:
        return told(self.said, chosen() or self.lang or "en")

    @property
    def said(self) -> Said:
        """What is wrong, as one sentence of all faults."""
        messages = [fault.message for fault in self.faults]
        return messages[0] if len(messages) == 1 else joined(messages, "lines")


class SpecError(FaultsError):
    """The choices are wrong: a name, an option, the tree of groups and indicators.

    Parameters
    ----------
    *faults : Fault or str
        Everything that is wrong; `error.faults` holds them, each with its place.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> try:
    ...     hi.Group("total", scope="each", coverage=2)
    ... except hi.SpecError as error:
    ...     print(error)
    group 'total': coverage: less than or equal to 1, not 2
    group 'total': scope: 'all' or 'period', not 'each'
    """


class OptionError(SpecError, TypeError):
    """An option that a method does not take; also a `TypeError`, as Python's own would be."""


class DataError(FaultsError):
    """The data cannot be used as asked: a cell, a column, a row or a period.

    Parameters
    ----------
    *faults : Fault or str
        Everything that is wrong; `error.faults` holds them.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> try:
    ...     hi.weights.entropy([[1.0, 3.0], [2.0, float("inf")]])
    ... except hi.DataError as error:
    ...     print(error)
    column 1, row 1: infinity; give a finite number or leave it missing
    """


class CellsError(Exception):
    """Cells that a kernel cannot take, (..., n, k) marked True; the border names them in a `DataError`."""

    def __init__(self, marked: NDArray[np.bool_], why: Said) -> None:
        super().__init__(why)
        self.marked = marked
        self.why = why


# Letters of a list that is read in a message.
_READ = 400


def suggestion(word: object, allowed: Iterable[object]) -> Said | str:
    """Return "; did you mean 'entropy'? (all the allowed words)"; a long list is left out, or begun where none is near.

    Examples
    --------
    >>> from hengdian_index.errors import suggestion
    >>> suggestion("entrpy", ["equal", "entropy"])
    "; did you mean 'entropy'? (equal, entropy)"
    >>> suggestion("2", [1, 2])
    "; did you mean 2? '2' is a text, 2 a number (1, 2)"
    """
    names = _Names.of(tuple(allowed))
    found = _guess(word, names)
    if found:
        # After a guess many names only hide what was found.
        return Said("{guess} ({names})", guess=found, names=names.listing) if names.whole else found
    return Said("; allowed: {names}", names=names.listing) if names.texts else ""


def among(word: object, allowed: Any) -> bool:
    """Return whether a word is one of those allowed; what has no hash, or compares to no truth, is none of them.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index.errors import among
    >>> among("points", ("points", "log")), among(pd.NA, ("points", "log")), among(["log"], {"log": 1})
    (True, False, False)
    """
    try:
        return bool(word in allowed)
    except (TypeError, ValueError):
        return False


def known_language(lang: object) -> None:
    """Refuse a language that no catalogue is of."""
    if not among(lang, LANGUAGES):
        raise SpecError(Said("lang: no {lang!r}{guess}", lang=lang, guess=suggestion(lang, LANGUAGES)))


def spoken(lang: Lang | None) -> Lang:
    """Return the language that is asked for, that which is spoken where none is; refuse one that no catalogue is of.

    Examples
    --------
    >>> from hengdian_index.errors import spoken
    >>> spoken("zh"), spoken(None)
    ('zh', 'en')
    """
    if lang is None:
        return language()
    known_language(lang)
    return lang


def guess(word: object, allowed: Iterable[object]) -> Said | str:
    """Return "; did you mean 'entropy'?", or an empty text where no allowed word is near."""
    return _guess(word, _Names.of(tuple(allowed)))


def _guess(word: object, names: _Names) -> Said | str:
    typed = word if isinstance(word, str) else str(shown(word))
    known = typed in names.words
    if known and not isinstance(word, str):
        return Said("; did you mean {twin!r}? {typed} is a number, {twin!r} a text", twin=typed, typed=shown(word))
    if typed in names.others and isinstance(word, str) and not known:
        twin = shown(names.others[typed])
        return Said("; did you mean {twin}? {word!r} is a text, {twin} a number", twin=twin, word=word)
    close = _closest(typed.lower()[:_LONGEST_NAME], names.texts)
    return "" if close is None else Said("; did you mean {close!r}?", close=close)


@dataclass(frozen=True, slots=True)
class _Names:
    """The words that are allowed, as texts, and how a message lists them; kept, for faults come in thousands."""

    texts: tuple[str, ...]
    words: frozenset[str]
    others: dict[str, object]
    listing: Said
    whole: bool

    @classmethod
    def of(cls, allowed: tuple[object, ...]) -> _Names:
        # To a cache, 1 and True are one.
        return cls._kept(allowed) if all(type(name) is str for name in allowed) else cls._made(allowed)

    @staticmethod
    @lru_cache(maxsize=16)
    def _kept(allowed: tuple[object, ...]) -> _Names:
        return _Names._made(allowed)

    @classmethod
    def _made(cls, allowed: tuple[object, ...]) -> _Names:
        texts = tuple(map(str, allowed))
        listing = readable(texts)
        words = frozenset(name for name in allowed if isinstance(name, str))
        others = {str(name): name for name in allowed if not isinstance(name, str)}
        return cls(texts, words, others, listing, listing == ", ".join(texts))


def _closest(said: str, names: tuple[str, ...]) -> str | None:
    """Return the name that is most like a word; of many names only one that is a letter away, at the same cost."""
    if len(names) > _MOST_COMPARED:
        near = _a_letter_away(names)
        return next((near[form] for form in _shortened(said) if form in near), None)
    lower = {name.lower(): name for name in names if len(name) <= _LONGEST_NAME}
    close = difflib.get_close_matches(said, lower, n=1, cutoff=0.6)
    close += [name for name in lower if min(len(name), len(said)) > 2 and (name in said or said in name)]
    return lower[close[0]] if close else None


@lru_cache(maxsize=8)
def _a_letter_away(names: tuple[str, ...]) -> dict[str, str]:
    """Return each name by what it is without one of its letters, and by itself."""
    found = {form: name for name in names if len(name) <= _LONGEST_NAME for form in _shortened(name.lower())}
    return found | {name.lower(): name for name in names}


def _shortened(word: str) -> list[str]:
    return [word, *(word[:i] + word[i + 1 :] for i in range(len(word)))]


def shown(value: object, most: int = 200) -> Said | str:
    """Return how a message shows a value: as Python writes it, without the types of NumPy, a long one cut.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.errors import shown
    >>> shown(np.int64(3)), shown(("a", np.str_("b"))), shown("x" * 50, most=10)
    ('3', "('a', 'b')", "'xxxxxxxx… (52 characters)")
    """
    try:
        value = native(value)
        text = str(value) if isinstance(value, (np.datetime64, np.timedelta64)) else repr(value)
    except (ValueError, RecursionError):
        # Python writes no integer of more than 4,300 digits, and nothing that is nested a thousandfold.
        return Said("a {kind} that is too large to show", kind=type(value).__name__)
    if len(text) > most:
        return Said("{start}… ({n} characters)", start=text[: most - 1], n=len(text))
    return Said("{name!r}", name=value) if type(value) is str else text


def native(value: Any) -> Any:
    """Return a value, or the parts of a list, without the types of NumPy; dates and times stay."""
    if type(value) in (tuple, list):
        return type(value)(map(native, value))
    numpy = isinstance(value, np.generic) or getattr(value, "shape", None) == ()
    return value.item() if numpy and value.dtype.kind not in "mM" else value


def readable(names: Sequence[str]) -> Said:
    """Return names joined by commas, as many as are read in a message, the tail counted.

    Examples
    --------
    >>> from hengdian_index.errors import readable
    >>> readable(["a", "b"]), readable([f"column {i}" for i in range(100)]).rpartition(", ")[2]
    ('a, b', 'column 36 and 63 more')
    """
    shown = list(names[:_READ])
    while len(", ".join(shown)) > _READ and len(shown) > 1:
        del shown[-max(1, len(shown) // 10) :]
    rest = len(names) - len(shown)
    return _with_rest(joined(shown), rest)


def listed(items: Sequence[object], most: int = 5) -> Said:
    """Return the items joined by commas, the tail counted instead of named.

    Examples
    --------
    >>> from hengdian_index.errors import listed
    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    return _with_rest(joined([*map(shown, items[:most])]), len(items) - most)


def _with_rest(names: Said, rest: int) -> Said:
    return Said("{names} and {n} more", names=names, n=rest) if rest > 0 else names


def fewer(faults: Sequence[Fault], kind: Said, most: int = 20) -> list[Fault]:
    """Return faults of one kind, those past `most` counted instead of named."""
    rest = len(faults) - most
    more = [Fault(Said("and {n} more {kind}", n=rest, kind=kind), faults[most].place)] if rest > 0 else []
    return [*faults[:most], *more]


# What systems say when a file cannot be read or written, and archives of one that is none, in their words.
_OF_SYSTEMS = {
    str(one): one
    for one in (
        Said("Permission denied"),
        Said("Operation not permitted"),
        Said("No such file or directory"),
        Said("Is a directory"),
        Said("Not a directory"),
        Said("File exists"),
        Said("File name too long"),
        Said("No space left on device"),
        Said("Read-only file system"),
        Said("Input/output error"),
        Said("a file has this name"),
        Said("no name holds a NUL character"),
        Said("a device or pipe, not a file"),
        Said("File is not a zip file"),
    )
}


def cause(error: BaseException, text: str = "") -> Said:
    """Return why something failed: the sentence of our own that an error has, else the text of who raised it, as it is.

    Examples
    --------
    >>> from hengdian_index.errors import cause
    >>> cause(ValueError("File is not a zip file")), cause(ValueError()), cause(ValueError("a"), "b")
    ('File is not a zip file', 'ValueError', 'b')
    """
    own = next((one for one in error.args if isinstance(one, Said)), None)
    original = " ".join((text or str(error)).split()) or type(error).__name__
    return _OF_SYSTEMS.get(original, Said("{original}", original=original)) if own is None else own


def raise_all(error: Callable[..., FaultsError], faults: Sequence[Fault | Said]) -> None:
    """Raise one error that holds all the faults; do nothing when there are none."""
    if faults:
        raise error(*faults)


E = TypeVar("E", bound=FaultsError)


def as_kind(error: FaultsError, kind: type[E]) -> E:
    """Return the faults of an error as one of another kind, told in the same language."""
    other = kind(*error.faults)
    other.lang = error.lang
    return other


@contextmanager
def telling_in(lang: Lang | None) -> Iterator[None]:
    """Tell the errors raised inside the block in a language where nobody chose one, such as that of a workbook."""
    try:
        yield
    except FaultsError as error:
        error.lang = error.lang or lang
        raise


def raise_together(errors: Sequence[FaultsError]) -> None:
    """Raise the faults of several errors, each once, as one error of the first one's kind; do nothing without any."""
    faults = dict.fromkeys(fault for error in errors for fault in error.faults)
    if faults:
        together = type(errors[0])(*faults)
        together.lang = next((error.lang for error in errors if error.lang), None)
        raise together
