"""How consistent the pairwise judgements behind weights are: each person's, and those of all together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from hengdian_index._scoring.choice import Choice
from hengdian_index._scoring.fitting import consistencies
from hengdian_index._tables.periods import EARLIEST, format_period
from hengdian_index._words.catalogue import words
from hengdian_index.ahp import Priorities


@dataclass(frozen=True)
class Consistency:
    """How consistent one person's judgements, or those of all together, are.

    `since` is the period from which they hold, "" from the start; `part` the place among the weightings that a group's
    is made of, "" for the whole; `who` a name, a number, or "" for all together; `several` whether there are people.
    """

    group: str
    since: str
    part: str
    who: Any
    several: bool
    found: Priorities

    def called(self, lang: str) -> str:
        """Return whose judgements they are, in words; "" for those of one person who has no name."""
        say = words(lang, "statement")
        whose = say["all together"] if self.several else ""
        if self.who != "":
            whose = say["expert"].format(number=self.who) if isinstance(self.who, int) else str(self.who)
        if not self.part:
            return whose
        return say("of part", part=self.part, whose=whose) if whose else say("part", part=self.part)


def consistencies_of(result: Any) -> list[Consistency]:
    """Return those of every group of a result whose weights are judged pair by pair, in the order of groups."""
    met: dict[tuple[str, Choice], list[Consistency]] = {}
    for content in result.contents:
        since = "" if content.since == EARLIEST else format_period(content.since, result.panel.periods.frequency)
        for code in content.tree.groups:
            branch = content.tree.by_code[code]
            if len(branch.children) > 1 and (code, branch.weights) not in met:
                found = consistencies(branch.weights, branch.children)
                several = {part for part, who, _ in found if who != ""}
                met[code, branch.weights] = [
                    Consistency(group=code, since=since, part=part, who=who, several=part in several, found=one)
                    for part, who, one in found
                ]
    order = {code: i for i, code in enumerate(result.tree.groups)}
    return [one for (code, _), some in sorted(met.items(), key=lambda item: order[item[0][0]]) for one in some]


def consistency_table(result: Any, lang: str = "en") -> pd.DataFrame:
    """Return lambda_max, CI and CR of all of them, a row for each person and for all together."""
    found = consistencies_of(result)
    labels = [(one.group, one.since, one.called(lang)) for one in found]
    values = [(one.found.lambda_max, one.found.ci, one.found.cr, one.found.consistent) for one in found]
    index = pd.MultiIndex.from_tuples(labels, names=["group", "since", "expert"]) if labels else None
    return pd.DataFrame(values, index=index, columns=["lambda_max", "ci", "cr", "consistent"])
