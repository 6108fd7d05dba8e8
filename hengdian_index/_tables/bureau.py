"""Exports of China's National Bureau of Statistics: what titles say of the table below (数据库, 指标, 地区)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from hengdian_index._tables.grid import without_unit
from hengdian_index._words.said import Said
from hengdian_index.errors import shown

FORMAT = Said("the National Bureau of Statistics")
_HOLDER = "指标"


def titled(frame: pd.DataFrame, columns: Sequence[Any], unit: Any) -> pd.DataFrame:
    """Return an export with what its titles say: its one indicator, or the one region of all its rows.

    Any other table is returned as it is, and so is one whose title names another indicator than those asked for; where
    none are asked for it is taken.
    """
    titles = [str(title).replace("：", ":") for title in frame.attrs.get("titles", ())]
    said = {key.strip(): text.strip() for key, mark, text in (title.partition(":") for title in titles) if mark}
    if "数据库" not in said or not len(frame.columns):
        return frame
    first, name = frame.columns[0], without_unit(said.get(_HOLDER, ""))
    if first == _HOLDER and unit is not None and unit not in frame.columns and said.get(str(unit)):
        out = frame.copy()
        names = [str(one).strip() for one in frame[first].tolist()]
        out[first] = [without_unit(one) if without_unit(one) in columns else one for one in names]
        out.insert(1, unit, said[str(unit)])
        told = Said("{unit} {name} of every row is said by the title", unit=unit, name=shown(said[str(unit)]))
        return _declared(out, frame, told, (_HOLDER,))
    if _HOLDER in frame.columns or not name or name in frame.columns or (columns and name not in columns):
        return frame
    out = frame.copy()
    out.insert(1, _HOLDER, name)
    told = Said("indicator {name} of every row is said by the title", name=shown(name))
    return _declared(out, frame, told, (_HOLDER,))


def _declared(out: pd.DataFrame, frame: pd.DataFrame, told: Said, holder: tuple[str, ...]) -> pd.DataFrame:
    declared = {"format": FORMAT, "layout": "years", "indicator": holder}
    out.attrs = {**frame.attrs, "declared": declared}
    out.attrs["liberties"] = (*frame.attrs.get("liberties", ()), told)
    return out
