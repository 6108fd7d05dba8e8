"""What an audit found: a table of findings, a verdict, a page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path

import pandas as pd

from hengdian_index.auditing.page import fragment, page, rows_of_text
from hengdian_index.auditing.registry import Finding
from hengdian_index.errors import DataError


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

    def summary(self) -> str:
        """Return how many checks hold, want a look, fail or cannot be made, and which fail, in a sentence or two."""
        count = self.verdicts.value_counts()
        said = [f"{count.get(verdict, 0)} {words}" for verdict, words in _WORDS.items()]
        failing = [str(check).replace("_", " ") for check, verdict in self.verdicts.items() if verdict == "fail"]
        head = f"{len(self.checks)} checks of {self.name or 'the index'} over {self.rows} rows: {', '.join(said)}."
        return f"{head} Failing: {', '.join(failing)}." if failing else head

    def to_text(self) -> str:
        """Return the findings as a table of plain text, and what to do about those that cross a threshold."""
        return rows_of_text(self.lines, self.summary())

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the findings as one HTML page that needs no other file; with `path`, also write it there."""
        text = page(self.name, self.summary(), self.lines)
        if path is not None:
            try:
                Path(path).write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise DataError(f"cannot write to {path}: {error}") from None
        return text

    def _told(self, check: str) -> list[Finding]:
        own = [line for line in self.every if line.check == check]
        loud = [line for line in own if line.verdict != "pass"]
        calm = [line for line in own if line.verdict == "pass"]
        crossed = any(line.verdict in ("look", "fail") for line in loud)
        return loud if crossed or not calm else [max(calm, key=lambda line: line.excess), *loud]

    def _gravest(self, check: str) -> str:
        own = {line.verdict for line in self.every if line.check == check}
        return next(verdict for verdict in ("fail", "look", "pass", "not applicable") if verdict in own)

    def __repr__(self) -> str:
        return f"<Audit: {self.summary()}>"

    def _repr_html_(self) -> str:
        return fragment(self.summary(), self.lines)


_WORDS = {"pass": "pass", "look": "want a look", "fail": "fail", "not applicable": "not applicable"}


def _table(lines: tuple[Finding, ...]) -> pd.DataFrame:
    columns = [one.name for one in fields(Finding) if one.name != "excess"]
    table = pd.DataFrame([asdict(line) for line in lines], columns=columns, dtype=object)
    return table.astype({"value": "float64"})
