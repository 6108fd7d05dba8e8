"""Of the path of one number: that an indicator or a group is not part of the index in the period asked for."""

from __future__ import annotations

import tomllib
from typing import Any

from hengdian_index._scoring.contents import rows_of
from hengdian_index._tables.periods import format_period
from hengdian_index._words.said import Said, joined


def absence(result: Any, code: str, row: int) -> Said | str:
    """Return from or until when a node counts, where it does not count in the row's period; else nothing."""
    contents, panel = result.contents, result.panel
    if panel.periods is None:
        return ""
    at = int(rows_of([content.since for content in contents], panel)[row])
    has = [i for i, content in enumerate(contents) if code in (*content.tree.codes, *content.tree.groups)]
    if at in has:
        return ""
    frequency = panel.periods.frequency
    before, after = [i for i in has if i < at], [i for i in has if i > at]
    said = list[Said]()
    if before:
        last = format_period(contents[before[-1] + 1].since - 1, frequency)
        new = _successor(result, code)
        until = Said("it counts only until {period}", period=last)
        said.append(Said("{until}, then {code} replaces it", until=until, code=new) if new else until)
    if after:
        since = format_period(contents[after[0]].since, frequency)
        again = Said("it counts again from {period} on", period=since)
        said.append(again if before else Said("it counts only from {period} on", period=since))
    why = Said("{one}, and {other}", one=said[0], other=said[1]) if len(said) > 1 else joined(said)
    return Said("not part of the index in {period}: {why}", period=panel.period(row), why=why)


def _successor(result: Any, code: str) -> str:
    """Return what replaces an indicator; nothing where nothing does."""
    given = tomllib.loads(result.setting.spec).get("indicator", [])
    return next((str(one["code"]) for one in given if one.get("replaces") == code), "")
