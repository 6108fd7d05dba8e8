"""Why parts of a page cannot be had: each reason told once, many of a kind shortened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hengdian_index._present.report.pictures import Text
from hengdian_index._words.catalogue import Words
from hengdian_index.log import general

# Reasons of a kind that are told.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a page has told so far, and under which heading."""

    say: Words
    told: dict[str, str] = field(default_factory=dict)

    def texts(self, head: str, faults: Sequence[str], heading: str) -> tuple[Text, ...]:
        """Return paragraphs that say why something is not there; what was told before is only pointed at."""
        new = [fault for fault in dict.fromkeys(faults) if fault not in self.told]
        where = dict.fromkeys(self.told[fault] for fault in faults if fault in self.told)
        self.told.update(dict.fromkeys(new, heading))
        return (*self._new(head, new), *(Text(head + self.say["told above"].format(part=part)) for part in where))

    def once(self, messages: Iterable[str], heading: str) -> list[str]:
        """Return the messages that were not told before."""
        new = [one for one in dict.fromkeys(messages) if one not in self.told]
        self.told.update(dict.fromkeys(new, heading))
        return new

    def _new(self, head: str, faults: Sequence[str]) -> Iterator[Text]:
        for some in kinds(faults):
            yield from (Text(head, fault) for fault in some[:_MOST])
            if some[_MOST:]:
                yield Text(self.say["more of kind"].format(count=len(some) - _MOST))


def kinds(faults: Iterable[str]) -> list[list[str]]:
    """Return faults that differ only in names and numbers together.

    Examples
    --------
    >>> from hengdian_index._present.report.reasons import kinds
    >>> kinds(["unit 'a': no score", "unit 'b': no score", "no base"])
    [["unit 'a': no score", "unit 'b': no score"], ['no base']]
    """
    found: dict[str, list[str]] = {}
    for fault in faults:
        found.setdefault(general(fault), []).append(fault)
    return list(found.values())
