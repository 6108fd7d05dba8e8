"""Of the path of one number: that an indicator or a group is not part of the index in the period asked for."""

from __future__ import annotations

import tomllib
from typing import Any

from hengdian_index._scoring.contents import rows_of
from hengdian_index._tables.periods import format_period


def absence(result: Any, code: str, row: int) -> str:
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
    said = []
    if before:
        last = format_period(contents[before[-1] + 1].since - 1, frequency)
        said.append(f"it counts only until {last}{_successor(result, code)}")
    if after:
        said.append(
            f"it counts {'again' if before else 'only'} from {format_period(contents[after[0]].since, frequency)} on"
        )
    return f"not part of the index in {panel.period(row)}: {', and '.join(said)}"


def _successor(result: Any, code: str) -> str:
    """Return what replaces an indicator, in words."""
    given = tomllib.loads(result.setting.spec).get("indicator", [])
    new = [one["code"] for one in given if one.get("replaces") == code]
    return f", then {new[0]} replaces it" if new else ""
