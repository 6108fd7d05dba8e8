"""Tables of a page in which every unit, or every row of a cross-section, can find itself."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.coverage import blanked, weight_there
from hengdian_index._index.result import Result
from hengdian_index._index.strengths import strengths
from hengdian_index._index.text import contributions_to_growth
from hengdian_index._levels.contributions import level_parts
from hengdian_index._scoring.tree import RESERVED
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import Words
from hengdian_index.errors import SpecError
from hengdian_index.plot.layout import Rows, in_period, name_of

# Rows whose indicators are named, and how many of a kind.
MOST = 200
_NAMED = 3


def compared(result: Result) -> Rows:
    """Return the rows that are compared, the best first, those without a score last."""
    rows = in_period(result.panel, None)
    return rows[np.argsort(-result.rows.values(result.tree.root.code)[rows], kind="stable")]


def ranked(result: Result) -> pd.DataFrame:
    """Return rank and scores of the rows compared; of units with a period before, the rank then and places gained.

    Places are gained among the units ranked in both periods: one that comes or goes moves no other. Where a score rests
    on part of the weight, a column says on how much of it.
    """
    rows, root = compared(result), result.tree.root.code
    scores = result.scores.iloc[rows]
    ranks = {"rank": scores[root].rank(ascending=False, method="min")}
    if result.panel.units is not None and result.panel.periods is not None:
        before = result.panel.previous(1)[rows]
        earlier = result.ranks(within="period")[root].to_numpy()[before]
        known = pd.Series(np.where(before >= 0, earlier, np.nan), index=scores.index)
        both = known.notna() & ranks["rank"].notna()
        if known.notna().any():
            ranks["rank before"] = known
        if both.sum() > 1:
            gained = known[both].rank(method="min") - ranks["rank"][both].rank(method="min")
            same = gained.equals((known - ranks["rank"])[both])
            ranks["places gained" if same else "places gained among"] = gained.reindex(known.index)
    return pd.concat([pd.DataFrame(ranks).astype("Int64"), _there(result, rows), scores], axis=1)


def _there(result: Result, rows: Rows, lag: int = 0) -> pd.DataFrame:
    """Return columns of the weight that is there (per cent) where some has less than all, also in the period before."""
    every, found = weight_there(result), dict[str, Array]()
    before = result.panel.previous(lag)[rows] if lag else rows
    for name, at in (("weight there", rows), *([("weight before", before)] if lag else [])):
        share = np.where(at < 0, np.nan, every[at])
        found |= {name: share} if (share < 100).any() else {}
    return pd.DataFrame(found, index=result.panel.labels[rows])


def group_ranks(result: Result) -> pd.DataFrame:
    """Return the ranks in every group of the rows compared."""
    return result.scores.iloc[compared(result)].rank(ascending=False, method="min").astype("Int64")


def score_parts(result: Result) -> pd.DataFrame | None:
    """Return what the groups contribute to the scores of the rows compared; None without a mean at the root."""
    with suppress(SpecError):
        parts = pd.DataFrame(level_parts(result.rows, result.tree.root.code, False), index=result.panel.labels)
        return blanked(result, parts).iloc[compared(result)]
    return None


def unit_levels(result: Result) -> pd.DataFrame | None:
    """Return what the groups contribute to the last level of every unit; None without a mean at the root."""
    with suppress(SpecError):
        rows, level = compared(result), result.series()[result.tree.root.code].rename("level")
        parts = blanked(result, result.contributions(of="level")).iloc[rows]
        return pd.concat([level.iloc[rows], _there(result, rows), parts], axis=1)
    return None


def unit_changes(result: Result, say: Words) -> pd.DataFrame:
    """Return of every unit its last level, its change, what the groups contribute, and the indicators ahead in it."""
    rows, root = compared(result), result.tree.root.code
    level = result.series()[root].rename("level")
    points = result.changes(1, "points")[root].rename("change")
    parts = blanked(result, result.contributions(), 1).iloc[rows]
    frame = pd.concat([level.iloc[rows], points.iloc[rows], _there(result, rows, 1), parts], axis=1)
    leaves = result.contributions(depth="indicators").iloc[rows]
    up, down = (_largest(result, leaves, sign, say) for sign in (1, -1))
    return frame.assign(**{"largest up": up, "largest down": down})


def growth_parts(result: Result) -> pd.DataFrame:
    """Return the growth of each row on the period before, in per cent, and what the groups contribute to it."""
    parts = blanked(result, contributions_to_growth(result), 1)
    return pd.concat([parts.sum(axis=1, min_count=1).rename("growth"), parts], axis=1)


def unit_growth(result: Result, say: Words) -> pd.DataFrame:
    """Return of every unit its last score, its growth, what the groups contribute to it, and who is ahead in it."""
    rows, root = compared(result), result.tree.root.code
    score = result.scores[root].rename("score")
    frame = pd.concat([score.iloc[rows], _there(result, rows, 1), growth_parts(result).iloc[rows]], axis=1)
    leaves = contributions_to_growth(result, "indicators").iloc[rows]
    up, down = (_largest(result, leaves, sign, say) for sign in (1, -1))
    return frame.assign(**{"largest up": up, "largest down": down})


def _largest(result: Result, parts: pd.DataFrame, sign: int, say: Words) -> list[str]:
    """Return for each row the part that moves it most in a direction."""
    values = np.nan_to_num(sign * parts.to_numpy(dtype=np.float64))
    names = [_name(result, str(code), say) for code in parts.columns]
    best = values.argmax(axis=1)
    return [
        say["in brackets"].format(name=names[at], what=signed(sign * value)) if value > 0 else ""
        for at, value in zip(best, values[np.arange(len(values)), best], strict=True)
    ]


def signed(value: float) -> str:
    """Return a number with its sign, two decimals where they are enough to tell it from 0.

    Examples
    --------
    >>> from hengdian_index._present.report.units import signed
    >>> signed(9.5376), signed(-0.00123)
    ('+9.54', '-0.0012')
    """
    return f"{value:+.2f}" if abs(value) >= 0.005 or not value else f"{value:+.2g}"


def profiles(result: Result, say: Words) -> pd.DataFrame | None:
    """Return of the first rows compared the indicators where they stand best and worst, and their main obstacles.

    None where fewer than three rows are compared.
    """
    rows, k = compared(result), len(result.tree.codes)
    if len(rows) < 3 or (result.panel.units is None and result.panel.periods is not None):
        return None
    rows, some = rows[:MOST], max(1, min(_NAMED, k // 2))
    found: dict[str, list[str]] = {"strengths": [], "weaknesses": []}
    for row in rows:
        own = strengths(result.tree, result.panel, result.rows.leaves, int(row), some)
        for column, kind in (("strengths", "strength"), ("weaknesses", "weakness")):
            named = own[own["kind"] == kind]
            told = zip(named["indicator"], named["rank"], strict=True)
            one = (say["in brackets"].format(name=_name(result, code, say), what=rank) for code, rank in told)
            found[column].append(say["listed"].join(one))
    with suppress(SpecError):
        found["obstacles"] = _obstacles(result, rows, some, say)
    return pd.DataFrame(found, index=result.panel.labels[rows])


def _obstacles(result: Result, rows: Rows, some: int, say: Words) -> list[str]:
    """Return for each row the indicators that separate it most from the best, in per cent of the distance."""
    shares = np.nan_to_num(result.obstacles().to_numpy()[rows])
    names = [_name(result, code, say) for code in result.tree.codes]
    order = np.argsort(-shares, axis=1, kind="stable")[:, :some]
    return [
        say["listed"].join(
            say["in brackets"].format(name=names[j], what=say["per cent"].format(value=f"{100 * own[j]:.0f}"))
            for j in first
            if own[j] > 0
        )
        for first, own in zip(order, shares, strict=True)
    ]


def _name(result: Result, code: Any, say: Words) -> str:
    return say[code] if code in RESERVED else name_of(result.tree, code)
