"""A line of an audit: what one check found at one place, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from hengdian_index._audit.registry import Check, Measured, Skipped
from hengdian_index._words.catalogue import Lang, Room, words

Verdict: TypeAlias = Literal["pass", "look", "fail", "not applicable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of an audit: the check, what it answered at one place, and the thresholds it was held against."""

    made: Check
    answer: Measured | Skipped
    thresholds: Mapping[str, float]

    @property
    def check(self) -> str:
        """Name of the check."""
        return self.made.name

    @property
    def excess(self) -> float:
        """By how much what is asked is missed, below 0 where it holds; NaN where it cannot be judged."""
        return self.answer.excess if isinstance(self.answer, Measured) else float("nan")

    @property
    def verdict(self) -> Verdict:
        """The verdict: also a value that is too little to judge by, or is none, gives no pass."""
        if isinstance(self.answer, Skipped) or self.answer.doubt or self.excess != self.excess:
            return "not applicable"
        return self.made.crossed if self.answer.crosses else "pass"

    @property
    def reason(self) -> tuple[str | None, ...]:
        """Why it cannot be judged: places with the same reason are told of once."""
        if isinstance(self.answer, Measured):
            return (self.answer.doubt,)
        return self.answer.why, self.answer.facts.get("message"), self.answer.group, self.answer.other

    def told(self, lang: Lang = "en") -> dict[str, Any]:
        """Return the cells of the line: check, group, part, other, unit, value, threshold, verdict, why, ..."""
        said, answer = of_check(self.check, lang), self.answer
        measured = answer if isinstance(answer, Measured) else None
        return {
            "check": self.check,
            "group": answer.group,
            "part": answer.part,
            "other": answer.other,
            "unit": None if measured is None else measured.unit,
            "value": float("nan") if measured is None else measured.value,
            "threshold": "" if measured is None else said("asked", **self.thresholds),
            "verdict": self.verdict,
            "why": self._why(lang),
            "remedy": self._remedy(lang),
            "source": said["source"],
        }

    def _remedy(self, lang: Lang) -> str:
        if not isinstance(self.answer, Measured) or self.verdict not in ("look", "fail"):
            return ""
        if self.answer.remedy:
            return words(lang, "audit")(self.answer.remedy, **self.answer.facts)
        return of_check(self.check, lang)["remedy"]

    def _why(self, lang: Lang) -> str:
        said, answer = of_check(self.check, lang), self.answer
        place = {"group": answer.group, "part": answer.part, "other": answer.other}
        say = words(lang, "audit")
        facts = {"needs": said["needs"], **place, **answer.facts}
        if isinstance(answer, Skipped):
            return say(answer.why, **facts)
        if answer.excess != answer.excess:
            return say["not a number"]
        more = [key for key in (*answer.also, answer.doubt) if key]
        facts["value"] = answer.value
        why = say(answer.why, **facts) if answer.why else said("why", **facts)
        told = [why, *(say(key, **facts) for key in more)]
        return say["between"].join(told)


def of_check(name: str, lang: Lang) -> Room:
    """Return what is said of a check: name, what is asked, why it was found so, what it needs, what to do, source."""
    return words(lang, f"audit {name}")
