"""What editors and type checkers see of the functions that stand above a value; nothing here is used at run time.

Each stub has the signature of its function, without the first argument, and its first line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import pandas as pd

from hengdian_index._levels.contributions import Depth
from hengdian_index._methods.effects import Split

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind: TypeAlias = Literal["icicle", "sunburst"]
Compared: TypeAlias = Literal["ranks", "scores"]
Each: TypeAlias = Literal["unit", "group"]
Lined: TypeAlias = Literal["series", "scores"]
Moved: TypeAlias = Literal["change", "growth"]
Values: TypeAlias = Literal["both", "raw", "normalised"]


class Drawn(Protocol):
    """What `hi.uncertainty` returns."""

    def acceptability(self, top: int = 1) -> pd.Series[float]:
        """Return the share of draws in which each row is among the first `top`."""


class Released(Protocol):
    """What `hi.release` returns."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the release says of itself."""

    @property
    def series(self) -> pd.DataFrame:
        """The published levels."""


class ResultPlots(Protocol):
    """Pictures of a result: `result.plot.lines()`."""

    def lines(
        self,
        nodes: str | Sequence[str] | None = None,
        *,
        of: Lined = "series",
        units: Any = None,
        lag: int = 1,
        base: Any = None,
        to: float | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Lines of the levels of groups, the base marked, the last level and its change at the end of each line."""

    def multiples(
        self,
        nodes: str | Sequence[str] | None = None,
        *,
        each: Each | None = None,
        units: Any = None,
        lag: int = 1,
        base: Any = None,
        to: float | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Small multiples: the lines of `lines` in panels with the same axes, one for each unit or each group."""

    def level(
        self,
        node: str | None = None,
        *,
        unit: Any = None,
        depth: Depth = "children",
        base: Any = None,
        to: float | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Bars through time: what the parts of a group contribute to its level, stacked, the level as a line."""

    def change(
        self,
        node: str | None = None,
        *,
        of: Moved = "change",
        unit: Any = None,
        lag: int = 1,
        depth: Depth = "children",
        split: Split = "interaction",
        base: Any = None,
        to: float | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Bars through time: what the parts of a group contribute to its change, stacked, the change as a line."""

    def waterfall(
        self,
        node: str | None = None,
        *,
        unit: Any = None,
        period: Any = None,
        lag: int = 1,
        depth: Depth = "children",
        split: Split = "interaction",
        base: Any = None,
        to: float | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Steps from the level of an earlier period to that of a later one: what each part adds or takes."""

    def ranking(
        self,
        node: str | None = None,
        *,
        period: Any = None,
        top: int = 30,
        depth: Depth = "children",
        ax: Axes | None = None,
    ) -> Axes:
        """Bars of the scores of rows, the best on top, made of what the parts of the group contribute."""

    def framework(self, kind: Kind = "icicle", *, ax: Axes | None = None) -> Axes:
        """The tree of groups and indicators, each as large as its weight in the whole."""

    def radar(
        self,
        node: str | None = None,
        *,
        unit: Any = None,
        period: Any = None,
        against: Any = None,
        ax: Axes | None = None,
    ) -> Axes:
        """A radar of the parts of a group: one row against another, or against the mean of others."""

    def correlations(
        self,
        *,
        how: Literal["pearson", "spearman", "kendall"] = "pearson",
        pairwise: bool = True,
        ax: Axes | None = None,
    ) -> Axes:
        """A heat map of the correlations of the normalised indicators, the groups framed."""

    def distribution(
        self,
        nodes: str | Sequence[str] | None = None,
        *,
        of: Values = "both",
        period: Any = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Histograms of indicators, raw and normalised, or of the scores of groups, each value marked below."""

    def scatter(
        self,
        by: str | pd.Series[Any] | Mapping[Any, Any],
        node: str | None = None,
        *,
        period: Any = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Dots of a score against a variable from outside the index, with their correlation."""

    def treatment(self, indicator: str | None = None, *, ax: Axes | None = None) -> Axes:
        """An indicator before and after treatment: each row's value before it and the value that was normalised."""


class UncertaintyPlots(Protocol):
    """Pictures of draws: `uncertainty.plot.rank_intervals()`."""

    def rank_intervals(self, *, period: Any = None, top: int | None = None, ax: Axes | None = None) -> Axes:
        """Intervals of the rank of each row: 90 % of the draws, their median, and the rank of the index as it is."""

    def rank_frequency(self, *, period: Any = None, top: int | None = None, ax: Axes | None = None) -> Axes:
        """A heat map: the share of the draws in which each row stands at each rank."""

    def score_intervals(self, *, period: Any = None, top: int | None = None, ax: Axes | None = None) -> Axes:
        """Intervals of the scores: 90 % of the draws around each row, or a band around the line of a series."""


class SensitivityPlots(Protocol):
    """Pictures of indices of sensitivity: `sensitivity.plot.bars()`."""

    def bars(self, *, ax: Axes | None = None) -> Axes:
        """Bars of Sobol' indices: what each choice explains alone and with its interactions, with their intervals."""


class ComparisonPlots(Protocol):
    """Pictures of a comparison: `comparison.plot.slope()`."""

    def slope(
        self,
        others: str | Sequence[str] | None = None,
        *,
        of: Compared = "ranks",
        period: Any = None,
        named: int | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Lines from index to index: the rank, or the score, of each row under each, side by side."""

    def shift(self, other: str | None = None, *, period: Any = None, top: int = 30, ax: Axes | None = None) -> Axes:
        """Bars of how many ranks each row moves under another index, in order: rises on top, falls below."""
