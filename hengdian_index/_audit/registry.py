"""The checks of an audit: what one measures, under which thresholds, and how grave it is to cross them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from hengdian_index._values.equality import TOLERANCE
from hengdian_index._words.catalogue import words
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, raise_all, suggestion


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing that a check measured: its value, by how much what is asked is missed (above 0), and where.

    `part` and `other` are codes of indicators or groups, or the name of a column of sizes. `facts` fill the texts of
    the check; `also` are phrases to add, `why` and `remedy` those to take in place of the check's; `doubt` is a phrase
    that says why the value is too little to judge by.
    """

    value: float
    excess: float
    group: str | None = None
    part: str | None = None
    other: str | None = None
    unit: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    why: str = ""
    remedy: str = ""
    doubt: str = ""

    @property
    def crosses(self) -> bool:
        """Whether what is asked is missed."""
        return self.excess > TOLERANCE


@dataclass(frozen=True, slots=True)
class Skipped:
    """A place at which a check cannot be made, and why: a phrase and its facts."""

    why: str
    group: str | None = None
    part: str | None = None
    other: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


class SkippedError(Exception):
    """A check cannot be made at all."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.skipped = Skipped(why, facts=facts)


Answers: TypeAlias = Iterable[Measured | Skipped]


@dataclass(frozen=True)
class Check:
    """A check: its function, and how grave it is to cross its thresholds. What is said of it stands with its words."""

    name: str
    function: Callable[..., Answers]
    crossed: Literal["look", "fail"]

    @cached_property
    def thresholds(self) -> dict[str, float]:
        """Thresholds by name, with their defaults: the keyword-only parameters of the function."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}

    @property
    def asks(self) -> str:
        """What the check asks, in a sentence: the first line of its description."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @property
    def source(self) -> str:
        """Where the threshold comes from."""
        return words("en", f"audit {self.name}")["source"]

    @property
    def remedy(self) -> str:
        """What to do where a threshold is crossed."""
        return words("en", f"audit {self.name}")["remedy"]


CHECKS: dict[str, Check] = {}


def check(crossed: Literal["look", "fail"]) -> Callable[[Callable[..., Answers]], Callable[..., Answers]]:
    """Enter a function of the prepared index among the checks, under its own name.

    Parameters
    ----------
    crossed : {"look", "fail"}
        The verdict where a threshold is crossed.

    Notes
    -----
    The function is `f(context, *, threshold=default) -> Measured and Skipped, one for each place`. The names of its
    thresholds are arguments of `hi.audit`, so no other check may have them. Its texts stand in the catalogue of
    each language, under `audit` and its name.
    """

    def enter(function: Callable[..., Answers]) -> Callable[..., Answers]:
        found = Check(function.__name__, function, crossed)
        taken = [name for name in found.thresholds if name in defaults() and found.name not in CHECKS]
        raise_all(
            SpecError,
            [
                Said("check {name!r}: the threshold {threshold!r} is another check's", name=found.name, threshold=name)
                for name in taken
            ],
        )
        CHECKS[found.name] = found
        return function

    return enter


def defaults() -> dict[str, float]:
    """Return every threshold with its default."""
    return {name: value for one in CHECKS.values() for name, value in one.thresholds.items()}


def demanded(given: Mapping[str, Any]) -> dict[str, float]:
    """Return every threshold, those given in place of the defaults; unknown names and what is no number are refused."""
    known = defaults()
    faults = [
        Said("audit: no threshold {name!r}{guess}", name=name, guess=suggestion(name, known))
        for name in given
        if name not in known
    ]
    faults += [
        Said("audit: {name}: a finite number, not {value!r}", name=name, value=value)
        for name, value in given.items()
        if not _is_number(value)
    ]
    raise_all(SpecError, faults)
    return {**known, **{name: float(value) for name, value in given.items()}}


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float, np.number)) and bool(np.isfinite(value))
