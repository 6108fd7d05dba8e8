"""A result as one long table, a number in each row, as R, Tableau and databases take tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from hengdian_index._tables.panel import Panel
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, raise_all, shown, suggestion

LongKind: TypeAlias = Literal["raw", "prepared", "normalised", "score", "level", "rank"]
"""What the numbers of a long table may be."""


def kinds_of(kinds: LongKind | Sequence[LongKind] | None, *, timed: bool) -> list[LongKind]:
    """Return the kinds that are asked for; by default all but what stands between raw and normalised numbers."""
    known: tuple[LongKind, ...] = get_args(LongKind)
    if kinds is None:
        return [kind for kind in known if kind != "prepared" and (timed or kind != "level")]
    given: Any = [kinds] if isinstance(kinds, str) else kinds
    asked: list[LongKind] = list(dict.fromkeys(given))
    faults = [
        Said("kinds: no {one}{guess}", one=shown(one), guess=suggestion(one, known))
        for one in asked
        if one not in known
    ]
    if not asked:
        faults.append(Said("kinds: none is named; leave it out for all"))
    if "level" in asked and not timed:
        why = Said("kinds: no level, for the rows have no period and the index no base; score stands for it")
        faults.append(why)
    raise_all(SpecError, faults)
    return asked


def long_form(frames: Mapping[LongKind, pd.DataFrame], names: Mapping[str, str], panel: Panel) -> pd.DataFrame:
    """Return tables of the same rows below each other, a number in each row; `names` are those of their columns."""
    columns = [(code, kind) for kind, frame in frames.items() for code in frame.columns]
    labels = _labels(panel)
    n, k = len(labels), len(columns)
    told = zip(*((code, names[code], kind) for code, kind in columns), strict=True)
    return pd.DataFrame(
        {name: np.tile(column.to_numpy(), k) for name, column in labels.items()}
        | {
            what: np.repeat(np.array(texts, dtype=object), n)
            for what, texts in zip(("node", "name", "kind"), told, strict=True)
        }
        | {"value": np.concatenate([frame.to_numpy(dtype=np.float64).ravel(order="F") for frame in frames.values()])}
    ).infer_objects()


def _labels(panel: Panel) -> pd.DataFrame:
    """Return the columns that say whose each row is and when."""
    if panel.units is None and panel.periods is None:
        labels = panel.labels
        return pd.DataFrame({"unit": labels.to_flat_index() if labels.nlevels > 1 else labels})
    found: dict[str, Any] = {} if panel.units is None else {"unit": panel.units}
    if panel.unit_names:
        found["unit_name"] = [panel.name(unit) for unit in panel.unit_list()]
    if panel.periods is not None:
        found["period"] = panel.labels.get_level_values(-1)
    return pd.DataFrame(found)
