"""The checks of an audit: what one declares about itself, and what it measures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from hengdian_index.errors import SpecError, raise_all, suggestion

Verdict: TypeAlias = Literal["pass", "look", "fail", "not applicable"]

# What rounding leaves of 0 must not cross a threshold of 0.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing that a check measured: its value, what is asked of it, by how much that is missed (above 0), and where.

    `part` and `other` are codes of indicators or groups, or the name of a column of sizes.
    """

    value: float
    asked: str
    excess: float
    why: str
    group: str | None = None
    part: str | None = None
    other: str | None = None
    unit: str | None = None

    @property
    def crosses(self) -> bool:
        """Whether what is asked is missed."""
        return self.excess > _ROUNDING


@dataclass(frozen=True, slots=True)
class Skipped:
    """A place at which a check cannot be made, and why."""

    why: str
    group: str | None = None


Answers: TypeAlias = Iterable[Measured | Skipped]


@dataclass(frozen=True)
class Check:
    """A check: its function, where the threshold comes from, what to do, how grave it is to cross it, what it needs."""

    name: str
    function: Callable[..., Answers]
    source: str
    remedy: str
    crossed: Literal["look", "fail"]
    needs: str

    @cached_property
    def thresholds(self) -> dict[str, float]:
        """Thresholds by name, with their defaults: the keyword-only parameters of the function."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}

    @property
    def asks(self) -> str:
        """What the check asks, in a sentence: the first line of its description."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]


CHECKS: dict[str, Check] = {}


def check(
    *, source: str, remedy: str, crossed: Literal["look", "fail"], needs: str
) -> Callable[[Callable[..., Answers]], Callable[..., Answers]]:
    """Enter a function of the prepared index among the checks, under its own name.

    Parameters
    ----------
    source : str
        Where the threshold comes from.
    remedy : str
        What to do where it is crossed.
    crossed : {"look", "fail"}
        The verdict then.
    needs : str
        What must be there to be measured, said where nothing is.

    Notes
    -----
    The function is `f(context, *, threshold=default) -> Measured and Skipped, one for each place`. The names of its
    thresholds are arguments of `hi.audit`, so no other check may have them.
    """

    def enter(function: Callable[..., Answers]) -> Callable[..., Answers]:
        found = Check(function.__name__, function, source, remedy, crossed, needs)
        taken = [name for name in found.thresholds if name in defaults() and found.name not in CHECKS]
        raise_all(SpecError, [f"check {found.name!r}: the threshold {name!r} is another check's" for name in taken])
        CHECKS[found.name] = found
        return function

    return enter


def defaults() -> dict[str, float]:
    """Return every threshold with its default."""
    return {name: value for one in CHECKS.values() for name, value in one.thresholds.items()}


def demanded(given: Mapping[str, Any]) -> dict[str, float]:
    """Return every threshold, those given in place of the defaults; unknown names and what is no number are refused."""
    known = defaults()
    faults = [f"audit: no threshold {name!r}{suggestion(name, known)}" for name in given if name not in known]
    faults += [
        f"audit: {name}: a finite number, not {value!r}" for name, value in given.items() if not _is_number(value)
    ]
    raise_all(SpecError, faults)
    return {**known, **{name: float(value) for name, value in given.items()}}


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float, np.number)) and bool(np.isfinite(value))


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of an audit: the check, where, what was measured and asked, the verdict, why, and what to do.

    `excess` is by how much what is asked is missed, below 0 where it holds.
    """

    check: str
    group: str | None
    part: str | None
    other: str | None
    unit: str | None
    value: float
    threshold: str
    verdict: Verdict
    why: str
    remedy: str
    source: str
    excess: float

    @classmethod
    def of(cls, made: Check, answer: Measured | Skipped) -> Finding:
        """Return the line for one answer of a check."""
        if isinstance(answer, Skipped):
            nothing = float("nan")
            where = (made.name, answer.group, None, None, None, nothing, "")
            return cls(*where, "not applicable", answer.why, "", made.source, nothing)
        verdict: Verdict = made.crossed if answer.crosses else "pass"
        remedy = made.remedy if answer.crosses else ""
        place = (made.name, answer.group, answer.part, answer.other, answer.unit)
        return cls(*place, answer.value, answer.asked, verdict, answer.why, remedy, made.source, answer.excess)
