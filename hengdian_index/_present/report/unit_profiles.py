"""The profile of a unit: its scores and ranks, where it stands against the mean of its group, what makes its score."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index._index.coverage import blanked
from hengdian_index._index.result import Result
from hengdian_index._index.unit_groups import Mean, means_of
from hengdian_index._levels.contributions import level_parts
from hengdian_index._present.report.headline import figure
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import Room
from hengdian_index.errors import FaultsError
from hengdian_index.plot.layout import Rows, in_period


@dataclass(frozen=True, eq=False)
class Profile:
    """A unit in the last period of a result, the rows that it is compared with, and what things are called."""

    result: Result
    unit: Any
    say: Room
    names: Mapping[Any, str]

    @cached_property
    def compared(self) -> Rows:
        """The rows of the period."""
        return in_period(self.result.panel, None)

    @cached_property
    def row(self) -> int:
        """The row of the unit."""
        units = self.result.panel.units
        assert units is not None
        return int(self.compared[np.flatnonzero(units[self.compared] == self.unit)[0]])

    @cached_property
    def group(self) -> Mean | None:
        """The first group of units that the index names and the unit is in; None where it is in none."""
        panel = self.result.panel
        found = (one for one in means_of(self.result.setting, panel) if self.row in one.rows)
        return next(found, None)

    @property
    def called(self) -> str:
        """What the unit is called."""
        return str(self.result.panel.name(self.unit))

    @property
    def group_called(self) -> str:
        """What the mean is that of."""
        return self.say["all compared"] if self.group is None else str(self.group.name)

    def mean(self, values: Array) -> Array:
        """Return the mean (k,) over the unit's group, or over all units compared, of all values (n, k)."""
        if self.group is not None:
            return self.group(values)
        x = values[self.compared]
        count = (~np.isnan(x)).sum(axis=0)
        return np.where(count > 0, np.nansum(x, axis=0) / np.maximum(count, 1), np.nan)

    def sentence(self) -> str:
        """Return the score and the rank of the unit."""
        scores = self.scores
        root = scores.iloc[0]
        if np.isnan(root["score"]):
            return self.say["profile without score"].format(unit=self.called)
        every = self.result.rows.values(self.result.tree.root.code)
        facts: dict[str, Any] = {
            "unit": self.called,
            "score": figure(float(root["score"])),
            "rank": root["rank"],
        }
        facts["of"] = int(np.isfinite(every[self.compared]).sum())
        if self.group is None:
            return self.say("profile sentence", **facts)
        facts |= {"group": self.group_called, "mean": figure(float(root["group mean"]))}
        facts |= {"within": root["rank in group"], "among": int(np.isfinite(every[self.group.rows]).sum())}
        return self.say("profile sentence in group", **facts)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Of every group the score of the unit, its level, its rank, and the mean of its group."""
        result = self.result
        every = result.scores
        found: dict[str, Any] = {"name": [self.names[code] for code in every], "score": every.iloc[self.row].to_numpy()}
        with suppress(FaultsError):
            found |= {"level": result.series().iloc[self.row].to_numpy()} if result.setting.levelled else {}
        found["rank"] = self._ranks(every.to_numpy(), self.compared)
        found["group mean"] = self.mean(every.to_numpy())
        if self.group is not None:
            found["rank in group"] = self._ranks(every.to_numpy(), self.group.rows)
        return pd.DataFrame(found, index=pd.Index(every.columns, name="group"))

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Of every indicator value, score, rank and the distance from the mean of its group, the strongest first."""
        result, x = self.result, self.result.rows.leaves
        mean = self.mean(x)
        own = x[self.row] - mean
        kinds = np.where(own > 0, self.say["strength"], np.where(own < 0, self.say["weakness"], ""))
        found = {
            "name": [self.names[code] for code in result.tree.codes],
            "value": result.raw.iloc[self.row].to_numpy(),
            "score": x[self.row],
            "rank": self._ranks(x, self.compared),
            "group mean": mean,
            "difference": own,
            "stands out": kinds,
        }
        frame = pd.DataFrame(found, index=pd.Index(result.tree.codes, name="indicator"))
        return frame.sort_values("difference", ascending=False, kind="stable")

    @cached_property
    def parts(self) -> pd.DataFrame | None:
        """What each indicator contributes to the score of the unit, to its level and to the last change of it.

        None where nothing of it can be told: the whole is no mean, or has no score.
        """
        result, found = self.result, dict[str, Any]()
        with suppress(FaultsError):
            parts = pd.DataFrame(level_parts(result.rows, result.tree.root.code, True), index=result.panel.labels)
            found["to score"] = blanked(result, parts).iloc[self.row]
        if result.setting.levelled:
            with suppress(FaultsError):
                found["to level"] = blanked(result, result.contributions(of="level", depth="indicators")).iloc[self.row]
        if result.panel.periods is not None and result.panel.previous(1)[self.row] >= 0:
            with suppress(FaultsError):
                found["to change"] = blanked(result, result.contributions(depth="indicators"), 1).iloc[self.row]
        frame = pd.DataFrame(found).dropna(how="all").rename_axis("part")
        if not len(frame):
            return None
        frame = frame.sort_values(frame.columns[0], ascending=False, kind="stable", key=np.abs)
        frame.insert(0, "name", [self.names.get(code, "") for code in frame.index])
        return frame

    def _ranks(self, values: Array, rows: Rows) -> Any:
        """Return the rank of the unit among some rows in each column (k,)."""
        ranks = (
            pd.DataFrame(values[rows])
            .rank(ascending=False, method="min")
            .iloc[int(np.flatnonzero(rows == self.row)[0])]
        )
        return ranks.astype("Int64").array
