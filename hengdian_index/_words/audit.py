"""What is said of a check, whatever the language, and the sources that several share."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Lang: TypeAlias = Literal["en", "zh"]


class Words(NamedTuple):
    """What is said of a check: its name, what is asked and why it was found so, what it needs, what to do, its source.

    `asked` names thresholds in braces, `why` what was measured.
    """

    name: str
    asked: str
    why: str
    needs: str
    remedy: str
    source: str


COIN = "COIN Tool (JRC 2019)"
COINR = "COINr (Becker et al. 2022)"
BOOK = "OECD/JRC Handbook 2008, step 4"
