"""What many draws of an index say: intervals of scores and ranks, who is ahead of whom, which choice matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index.errors import DataError, SpecError, suggestion
from hengdian_index.robustness.ranking import Ranks, frequencies
from hengdian_index.robustness.study import Study
from hengdian_index.rows.table import Array


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """The scores and ranks of an index under many draws of its uncertain choices, weights and data.

    Attributes
    ----------
    uniform : array (draws, columns)
        The uniform numbers behind each draw.
    drawn, levels, drawn_ranks : arrays (draws, n)
        Scores, levels of the series (if the index has a base) and ranks (0: no score) of the rows asked for.
    nominal : tuple of arrays (n,)
        Score, level and rank under the index as it was given.
    kept : array (draws,)
        Which draws could be computed.
    """

    study: Study
    uniform: Array
    drawn: Array
    levels: Array | None
    drawn_ranks: Ranks
    nominal: tuple[Array, Array | None, Array]
    kept: NDArray[np.bool_]

    @property
    def labels(self) -> pd.Index[Any]:
        """Labels of the rows."""
        return self.study.panel.labels[self.study.asked]

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores of each row: nominal, mean, median and the 5 and 95 % quantiles over the draws."""
        return self._intervals(self.drawn[self.kept], self.nominal[0])

    @cached_property
    def series(self) -> pd.DataFrame:
        """Levels of each row, base period = 100: nominal, mean, median and the 5 and 95 % quantiles over the draws."""
        if self.levels is None or self.nominal[1] is None:
            raise DataError("the index has no base, so it has no levels; scores has the scores")
        return self._intervals(self.levels[self.kept], self.nominal[1])

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Ranks of each row, 1 = best: nominal, mean, median and the 5 and 95 % quantiles over the draws."""
        ranks = self.drawn_ranks[self.kept].astype(np.float64)
        return self._intervals(np.where(ranks > 0, ranks, np.nan), self.nominal[2])

    @cached_property
    def rank_frequency(self) -> pd.DataFrame:
        """Share of draws in which each row stands at each rank; rows sum to 1."""
        most = max(len(rows) for rows in self.study.scopes)
        counts = frequencies(self.drawn_ranks[self.kept], most)
        total = counts.sum(axis=1, keepdims=True)
        shares = counts / np.where(total > 0, total, 1)
        return pd.DataFrame(shares, index=self.labels, columns=pd.RangeIndex(1, most + 1, name="rank"))

    def acceptability(self, top: int = 1) -> pd.Series[float]:
        """Return the share of draws in which each row is among the first `top`."""
        if isinstance(top, bool) or not isinstance(top, (int, np.integer)) or top < 1:
            raise SpecError(f"top: a whole number of ranks, 1 or more, not {top!r}")
        return self.rank_frequency.iloc[:, :top].sum(axis=1).rename(f"top {top}")

    def ahead(self) -> pd.DataFrame:
        """Return the probability that the row is ahead of the column: share of draws with a higher score, ties half."""
        scores = self.drawn[self.kept]
        n = scores.shape[1]
        out = np.zeros((n, n))
        for i in range(n):
            higher = (scores[:, [i]] > scores).mean(axis=0)
            out[i] = higher + (scores[:, [i]] == scores).mean(axis=0) / 2
        for rows in self.study.scopes:
            others = np.setdiff1d(np.arange(n), rows)
            out[np.ix_(rows, others)] = np.nan
        return pd.DataFrame(out, index=self.labels, columns=self.labels)

    @cached_property
    def mean_shift(self) -> pd.Series[float]:
        """Mean absolute rank shift of each draw (draws,) against the nominal ranks."""
        nominal = self.nominal[2]
        shift = np.abs(np.where(self.drawn_ranks > 0, self.drawn_ranks, np.nan) - nominal)
        values = np.full(len(shift), np.nan)
        values[self.kept] = np.nanmean(shift[self.kept], axis=1)
        return pd.Series(values, index=pd.RangeIndex(len(values), name="draw"), name="mean shift")

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """What each draw chose: the alternative, the number, or the uniform numbers behind its noise."""
        columns: dict[str, Any] = {}
        for factor in self.study.factors:
            u = self.uniform[:, self.study.places[factor.address]]
            if factor.kind == "levels":
                columns[factor.address] = [_word(factor.given[i]) for i in factor.values(u)]
            elif factor.kind == "number":
                columns[factor.address] = factor.values(u)
            else:
                columns |= dict(zip(factor.names, u.T, strict=True))
        return pd.DataFrame(columns).rename_axis("draw")

    def index_of(self, draw: int) -> Any:
        """Return the index of one draw, weights fixed: its `compute` gives the draw's scores."""
        u = self.uniform[self._position(draw)]
        return self.study.index_of(u)

    def table_of(self, draw: int) -> pd.DataFrame:
        """Return the values of one draw (n, k), with its errors of measurement."""
        panel = self.study.rows(self.uniform[self._position(draw)])
        return pd.DataFrame(panel.values, index=panel.labels, columns=list(panel.columns))

    def by_choice(self) -> pd.DataFrame:
        """Return how much each alternative moves ranks: share of draws, mean absolute shift, by factor and choice."""
        shift = self.mean_shift[self.kept]
        found = []
        for factor in self.study.factors:
            if factor.kind == "levels":
                words = self.parameters.loc[self.kept, factor.address]
                for word, values in shift.groupby(words, sort=False):
                    found.append((factor.address, word, len(values) / len(shift), float(values.mean())))
        return pd.DataFrame(found, columns=["factor", "choice", "share", "mean_shift"]).set_index(["factor", "choice"])

    @property
    def excluded(self) -> float:
        """Share of draws left out because their combination cannot be computed."""
        return float(1 - self.kept.mean())

    def summary(self) -> str:
        """Return what the draws say, in one paragraph."""
        ranks, n = self.ranks, len(self.labels)
        width = ranks["q95"] - ranks["q05"]
        first = self.acceptability(1)
        said = [
            f"{int(self.kept.sum())} draws over {len(self.study.factors)} uncertain choices"
            f" ({', '.join(factor.address for factor in self.study.factors)})."
        ]
        if self.excluded:
            said.append(f"{100 * self.excluded:.1f} % of the draws were left out: they cannot be computed.")
        if self.levels is not None:
            last = self.series.iloc[-1]
            said.append(
                f"The level of {_label(self.labels[-1])} is {last['nominal']:.2f}; in 90 % of the draws it lies between"
                f" {last['q05']:.2f} and {last['q95']:.2f}."
            )
        if len(self.study.scopes) == 1 and n > 1:
            best = first.idxmax()
            said.append(
                f"Ranks move by {self.mean_shift.mean():.2f} places on average; 90 % intervals are {width.median():.0f}"
                f" places wide in the middle, at most {width.max():.0f} ({_label(width.idxmax())})."
                f" {_label(best)} is first in {100 * first.max():.0f} % of the draws."
            )
        return " ".join(said)

    def __repr__(self) -> str:
        return f"<Uncertainty of {self.study.index.name!r}: {len(self.uniform)} draws, {len(self.labels)} rows>"

    def _intervals(self, values: Array, nominal: Array) -> pd.DataFrame:
        low, median, high = _quantiles(values)
        columns = {"nominal": nominal, "mean": np.nanmean(values, axis=0), "median": median, "q05": low, "q95": high}
        return pd.DataFrame(columns, index=self.labels)

    def _position(self, draw: int) -> int:
        n = len(self.uniform)
        if isinstance(draw, bool) or not isinstance(draw, (int, np.integer)) or not 0 <= draw < n:
            raise SpecError(f"draw: a number from 0 to {n - 1}, not {draw!r}")
        return int(draw)


def _quantiles(values: Array) -> Array:
    """Return the 5, 50 and 95 % quantiles (type 7) of each column, over the draws in which it has a value."""
    quantile = np.nanquantile if np.isnan(values.sum()) else np.quantile
    return np.asarray(quantile(values, (0.05, 0.5, 0.95), axis=0))


def _word(choice: Any) -> str:
    """Return an alternative as text."""
    return "in" if choice is True else "out" if choice is None else str(getattr(choice, "__name__", choice))


def _label(label: Any) -> str:
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def of_known(what: str, words: Sequence[str]) -> None:
    """Raise for a word that is none of those allowed."""
    if what not in words:
        raise SpecError(f"of: no {what!r}{suggestion(what, words)}")
