"""What an audit found: a table of findings, a verdict, a page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from hengdian_index._audit.finding import Finding, of_check
from hengdian_index._audit.page import fragment, page, rows_of_text
from hengdian_index._system.written import whole
from hengdian_index._words.catalogue import Lang, words
from hengdian_index.errors import DataError, known_language

# What stands between two sentences.
_SPACE = {"en": " ", "zh": ""}

# Periods that a sentence names.
_NAMED = 10


@dataclass(frozen=True, eq=False)
class Audit:
    """The findings of an audit: what was measured, what was asked, the verdict, and what to do.

    Attributes
    ----------
    name : str
        Name of the index.
    rows : int
        How many rows were looked at.
    thresholds : mapping
        Every threshold, by name.
    every : tuple
        Everything that was measured.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> found = hi.audit(index, {"a": [float(i) for i in range(12)], "b": [float(i % 5) for i in range(12)]})
    >>> found.passed, found.verdicts["redundant"]
    (True, 'pass')
    """

    name: str
    rows: int
    thresholds: Mapping[str, float]
    every: tuple[Finding, ...]

    @cached_property
    def lines(self) -> tuple[Finding, ...]:
        """What is worth reading: all that crosses or cannot be measured, of a check that holds its nearest miss."""
        return tuple(line for check in self.checks for line in self._told(check))

    @property
    def checks(self) -> list[str]:
        """Names of the checks made, in order."""
        return list(dict.fromkeys(line.check for line in self.every))

    @property
    def findings(self) -> pd.DataFrame:
        """The findings: columns `check group part other unit value threshold verdict why remedy source`."""
        return _table(self.lines)

    @property
    def measured(self) -> pd.DataFrame:
        """Everything that was measured, with the columns of `findings`."""
        return _table(self.every)

    @property
    def verdicts(self) -> pd.Series[str]:
        """Verdict of each check: the gravest of its findings."""
        return pd.Series({check: self._gravest(check) for check in self.checks}, name="verdict", dtype=object)

    @property
    def passed(self) -> bool:
        """Whether nothing fails."""
        return all(line.verdict != "fail" for line in self.every)

    @property
    def incomparable(self) -> list[str]:
        """Periods of a panel in which an indicator lacks values that it has in others, or its share of zeros jumps."""
        crossed = (line.answer for line in self.every if line.verdict in ("look", "fail"))
        return sorted({period for answer in crossed for period in answer.facts.get("incomparable", ())})

    def summary(self, *, lang: Lang = "en") -> str:
        """Return how many checks hold, want a look, fail or cannot be made, and which fail, in a sentence or two."""
        known_language(lang)
        say = words(lang, "audit")
        count = self.verdicts.value_counts()
        sums = {"passing": "pass", "look": "look", "fail": "fail", "none": "not applicable"}
        facts: dict[str, Any] = {key: count.get(verdict, 0) for key, verdict in sums.items()}
        facts |= {"checks": say("checks counted", count=len(self.checks)), "rows": say("rows counted", count=self.rows)}
        told = say("summary", name=self.name or say["the index"], **facts)
        lost = self.incomparable
        if lost:
            shown = say["and"].join(lost[:_NAMED]) + (" …" if len(lost) > _NAMED else "")
            told += _SPACE[lang] + say("not comparable", periods=shown)
        failing = [of_check(str(check), lang)["name"] for check, verdict in self.verdicts.items() if verdict == "fail"]
        return say("failing", summary=told, names=say["and"].join(failing)) if failing else told

    def to_text(self, *, lang: Lang = "en") -> str:
        """Return the findings as a table of plain text, and what to do about those that cross a threshold."""
        return rows_of_text(self.lines, self.summary(lang=lang), lang)

    def to_html(self, path: str | os.PathLike[str] | None = None, *, lang: Lang = "en") -> str:
        """Return the findings as one HTML page that needs no other file; with `path`, also write it there.

        `lang` is "en" or "zh"; names stay as the index has them, messages of other calls stay English.
        """
        text = page(self.name, self.summary(lang=lang), self.lines, lang)
        if path is not None:
            try:
                with whole(Path(path)) as part:
                    part.write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise DataError(f"cannot write to {path}: {error}") from None
        return text

    def _told(self, check: str) -> list[Finding]:
        """Return all that crosses, else the nearest miss; what cannot be judged once for each reason."""
        own = [line for line in self.every if line.check == check]
        crossed = [line for line in own if line.verdict in ("look", "fail")]
        calm = [line for line in own if line.verdict == "pass"]
        lost: dict[object, Finding] = {}
        for line in own:
            if line.verdict == "not applicable":
                lost.setdefault(line.reason, line)
        nearest = [max(calm, key=lambda line: line.excess)] if calm else []
        return [*(crossed or nearest), *lost.values()]

    def _gravest(self, check: str) -> str:
        own = {line.verdict for line in self.every if line.check == check}
        return next(verdict for verdict in ("fail", "look", "pass", "not applicable") if verdict in own)

    def __repr__(self) -> str:
        return f"<Audit: {self.summary()}>"

    def _repr_html_(self) -> str:
        return fragment(self.summary(), self.lines)


def _table(lines: tuple[Finding, ...]) -> pd.DataFrame:
    columns = ["check", "group", "part", "other", "unit", "value", "threshold", "verdict", "why", "remedy", "source"]
    table = pd.DataFrame([line.told() for line in lines], columns=columns, dtype=object)
    return table.astype({"value": "float64"})
