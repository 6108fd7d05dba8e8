"""Uncertainty of an index: intervals of scores and ranks over its draws, who is ahead of whom, what a choice moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hengdian_index._index.doors import DOORS, Doors
from hengdian_index._index.index import Index
from hengdian_index._maths.blocks import full_size, power_of_two
from hengdian_index._robustness.draws import Infeasible, check_words, columns_of, demand, run_all, try_all
from hengdian_index._robustness.labels import label, listed_words, word
from hengdian_index._robustness.ranks import Ranks, ahead_of, frequencies, mean_shift, rank_spread
from hengdian_index._robustness.study import Study, nominal_of, study_of
from hengdian_index._system.alone import unheard
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, spoken

if TYPE_CHECKING:
    from hengdian_index._index.stubs import UncertaintyPlots

# Numbers whose quantiles are taken at one time.
_CELLS = 1 << 22

# Of the draws, the quantiles that are shown.
_SHARES = (0.05, 0.5, 0.95)


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

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
    >>> found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64)
    >>> found.ranks["nominal"].tolist()
    [3.0, 2.0, 1.0]
    """

    study: Study
    uniform: Array
    drawn: Array
    levels: Array | None
    drawn_ranks: Ranks
    nominal: tuple[Array, Array | None, Array]
    kept: NDArray[np.bool_]

    if TYPE_CHECKING:

        @property
        def plot(self) -> UncertaintyPlots:
            """Pictures of the draws."""

    else:
        plot = Doors()

    @property
    def labels(self) -> pd.Index[Any]:
        """Labels of the rows."""
        return self.study.selected.labels

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores of each row: nominal, mean, median and the 5 and 95 % quantiles over the draws."""
        return self._intervals(self.drawn, self.nominal[0])

    @cached_property
    def series(self) -> pd.DataFrame:
        """Levels of each row, base period = 100: nominal, mean, median and the 5 and 95 % quantiles over the draws."""
        if self.levels is None or self.nominal[1] is None:
            raise DataError(Said("the index has no base, so it has no levels; scores has the scores"))
        return self._intervals(self.levels, self.nominal[1])

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Ranks of each row, 1 = best: nominal, mean, median and the 5 and 95 % quantiles over the draws."""
        values = rank_spread(self._counts, _SHARES)
        return self._table(self.nominal[2], values)

    @cached_property
    def rank_frequency(self) -> pd.DataFrame:
        """Share of the draws that give a row a score in which it stands at each rank; rows sum to 1.

        A row without a score in any draw has no shares: it is missing.
        """
        total = self._counts.sum(axis=1, keepdims=True)
        shares = self._counts / np.where(total > 0, total, np.nan)
        return pd.DataFrame(shares, index=self.labels, columns=pd.RangeIndex(1, shares.shape[1] + 1, name="rank"))

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        """How many draws (n, ranks) put each row at each rank."""
        return frequencies(self._those_kept(self.drawn_ranks), max(len(rows) for rows in self.study.scopes))

    def acceptability(self, top: int = 1) -> pd.Series[float]:
        """Return the share of draws in which each row is among the first `top`.

        Parameters
        ----------
        top : int
            How many ranks count as the first.

        Returns
        -------
        Series
            One share a row; rows that tie share the better rank, so that shares of one rank may sum to more than 1.

        Raises
        ------
        SpecError
            A `top` that is no whole number of 1 or more.

        Notes
        -----
        Of all draws, also those that give the row no score. Source: Lahdelma & Salminen 2001, Operations Research 49
        (rank acceptability). Proof: the ranks of pandas, draw by draw.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> index = hi.Index(
        ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
        ... )
        >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
        >>> found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64)
        >>> found.acceptability(2).tolist()
        [0.0, 1.0, 1.0]
        """
        if isinstance(top, bool) or not isinstance(top, (int, np.integer)) or top < 1:
            raise SpecError(Said("top: a whole number of ranks, 1 or more, not {top!r}", top=top))
        ranked = self._counts.sum(axis=1) / int(self.kept.sum())
        shares = self.rank_frequency.iloc[:, :top].sum(axis=1, skipna=False)
        return pd.Series(shares * ranked, name=f"top {top}")

    def ahead(self) -> pd.DataFrame:
        """Return the probability that the row is ahead of the column.

        Returns
        -------
        DataFrame
            One row and one column a row of the index. Missing where the two are not compared: they stand in different
            periods, or no draw gives a score to both.

        Notes
        -----
        P(i ahead of j) = share of the draws that give both a score in which i has the better rank; a tie counts half.
        P(i, j) + P(j, i) = 1, and 1/2 on the diagonal. Proof: that law; scores compared draw by draw.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> index = hi.Index(
        ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
        ... )
        >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
        >>> found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64)
        >>> found.ahead().loc[0].tolist()
        [0.5, 0.0, 0.0]
        """
        ranks = np.ascontiguousarray(self._those_kept(self.drawn_ranks).T)
        out = np.full((len(ranks), len(ranks)), np.nan)
        for rows in self.study.scopes:
            for position, i in enumerate(rows):
                for j in rows[position:]:
                    out[i, j] = ahead_of(ranks[i], ranks[j])
                    out[j, i] = 1 - out[i, j]
        return pd.DataFrame(out, index=self.labels, columns=self.labels)

    @cached_property
    def mean_shift(self) -> pd.Series[float]:
        """Mean absolute rank shift of each draw (draws,) against the nominal ranks."""
        values = mean_shift(self.drawn_ranks, self.nominal[2])
        return pd.Series(values, index=pd.RangeIndex(len(values), name="draw"), name="mean shift")

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """What each draw chose: the alternative, the number, or the uniform numbers behind its noise."""
        columns: dict[str, Any] = {}
        for factor in self.study.factors:
            u = self.uniform[:, self.study.places[factor.address]]
            if factor.kind == "levels":
                columns[factor.address] = [word(factor.given[i]) for i in factor.values(u)]
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
        panel = self.study.table_of(self.uniform[self._position(draw)])
        return pd.DataFrame(panel.values, index=panel.labels, columns=list(panel.columns))

    def rows_of(self, draw: int) -> pd.Index[Any]:
        """Return the labels of the fit rows of one draw, where they are drawn again."""
        study = self.study
        panel = study.fit_rows(self.uniform[self._position(draw)], study.panel, study.index.setting.fit_on)
        if panel is None:
            raise SpecError(Said("rows_of: fit rows are drawn again only with a factor 'units': hi.Bootstrap()"))
        return panel.labels

    def by_choice(self) -> pd.DataFrame:
        """Return how much each alternative moves ranks.

        Returns
        -------
        DataFrame
            By factor and choice, in the order given: `share`, that of the draws kept (0: none could be computed), and
            `mean_shift`, the mean absolute rank shift of these draws against the nominal ranks, in places.

        Notes
        -----
        The other factors vary along, so the difference between two alternatives is the effect of the choice, not a row
        by itself. Noise and numbers have no alternatives and no rows: `hi.sensitivity` compares all of them. Proof:
        means over `parameters` and `mean_shift`.

        Examples
        --------
        >>> import hengdian_index as hi
        >>> index, table = hi.example("film_industry")
        >>> factors = {"film.aggregate": ["arithmetic", "geometric"], "film.weights": hi.Noise(0.25)}
        >>> hi.uncertainty(index, table, factors, draws=64).by_choice()["share"].tolist()
        [0.5, 0.5]
        """
        shift, found = self.mean_shift.to_numpy()[self.kept], []
        for factor in self.study.factors:
            if factor.kind == "levels":
                chosen = factor.values(self.uniform[:, self.study.places[factor.address]])[self.kept]
                for position, choice in enumerate(factor.given):
                    own = shift[chosen == position]
                    moved = float(np.mean(own)) if len(own) else np.nan
                    found.append((factor.address, word(choice), len(own) / len(shift), moved))
        return pd.DataFrame(found, columns=["factor", "choice", "share", "mean_shift"]).set_index(["factor", "choice"])

    @property
    def excluded(self) -> float:
        """Share of draws left out because their combination cannot be computed."""
        return float(1 - self.kept.mean())

    def summary(self, *, lang: Lang | None = None) -> str:
        """Return what the draws say, in one paragraph.

        Parameters
        ----------
        lang : {"en", "zh"}, optional
            English or Chinese; default: the language that is spoken. Names stay as the index has them.

        Returns
        -------
        str
            How many draws of what; of a series the level of its last period, of units how far ranks move and who is
            first; what was left out and which rows have no score.

        Raises
        ------
        SpecError
            Another language.

        Examples
        --------
        >>> from textwrap import fill
        >>> import hengdian_index as hi
        >>> index, table = hi.example("film_industry")
        >>> found = hi.uncertainty(index, table, {"film.weights": hi.Noise(0.25)}, draws=64)
        >>> print(fill(found.summary(), 90))
        64 draws of 1 uncertain choice (film.weights). The level of 2010Q2 is 109.39; 90 % of the
        draws lie between 108.42 and 110.60.
        >>> print(found.summary(lang="zh"))
        64次抽样，不确定的选择1项（film.weights）。2010Q2的水平为109.39；90%的抽样在108.42至110.60之间。
        """
        draws = Said.of(int(self.kept.sum()), "{n} draw", "{n} draws")
        choices = Said.of(len(self.study.factors), "{n} uncertain choice", "{n} uncertain choices")
        addresses = joined([factor.address for factor in self.study.factors])
        told = [Said("{draws} of {choices} ({addresses}).", draws=draws, choices=choices, addresses=addresses)]
        if self.excluded:
            share = 100 * self.excluded
            told.append(Said("{share:.1f} % of the draws were left out: they cannot be computed.", share=share))
        told += self._last() if self._is_series else self._standing()
        never = [self.study.panel.called(row) for row in self.labels[self.ranks["mean"].isna()].tolist()]
        if never:
            told.append(Said("No draw gives a score to {rows}.", rows=listed_words(never)))
        return joined(told, "sentences").told(spoken(lang))

    @property
    def _is_series(self) -> bool:
        return self.study.panel.periods is not None and self.study.panel.units is None

    def _last(self) -> list[Said]:
        """Return a sentence on the last period of a series."""
        # Only a series is asked, and it has periods.
        at = int(self.study.selected.periods.ordinals.argmax())  # type: ignore[union-attr]
        what, table = (Said("score"), self.scores) if self.levels is None else (Said("level"), self.series)
        last = table.iloc[at]
        if np.isnan(last["mean"]):
            return []
        return [
            Said(
                "The {what} of {row} is {nominal:.2f}; 90 % of the draws lie between {low:.2f} and {high:.2f}.",
                what=what,
                row=label(self.labels[at]),
                nominal=last["nominal"],
                low=last["q05"],
                high=last["q95"],
            )
        ]

    def _standing(self) -> list[Said]:
        """Return sentences on the ranks of units: how far they move, how wide their intervals are, who is first."""
        width = (self.ranks["q95"] - self.ranks["q05"]).dropna()
        if len(width) < 2:
            return []
        alone, called = len(self.study.scopes) == 1, self.study.panel.called
        where = "" if alone else Said(" within a period")
        told = [Said("No rank{where} moves.", where=where)]
        if self.mean_shift.max() > 0:
            told = [
                Said(
                    "Ranks{where} move by {shift:.2f} places on average; a 90 % interval is {width:.1f} places wide on "
                    "average, the widest {widest:.1f} ({row}).",
                    where=where,
                    shift=self.mean_shift.mean(),
                    width=width.mean(),
                    widest=width.max(),
                    row=label(called(width.idxmax())),
                )
            ]
        if alone:
            first = self.acceptability(1)
            best = list(map(called, first.index[first == first.max()].tolist()))
            rows, share = listed_words(best), 100 * first.max()
            told.append(
                Said("{rows} are each first in {share:.0f} % of the draws.", rows=rows, share=share)
                if best[1:]
                else Said("{rows} is first in {share:.0f} % of the draws.", rows=rows, share=share)
            )
        return told

    def _repr_html_(self) -> str:
        return str(DOORS["Uncertainty.card"]()(self))

    def __repr__(self) -> str:
        return (
            f"<Uncertainty of {self.study.index.name!r}: {counted(len(self.uniform), 'draw')}, "
            f"{counted(len(self.labels), 'row')}>"
        )

    def _those_kept(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the draws that could be computed; no copy where all could."""
        return values if self.kept.all() else values[self.kept]

    def _intervals(self, values: NDArray[Any], nominal: Array) -> pd.DataFrame:
        """Return nominal, mean and quantiles of each row, a few rows at a time: draws may lie in a file."""
        step = max(1, _CELLS // len(values))
        some = (slice(start, start + step) for start in range(0, values.shape[1], step))
        spread = [_spread(columns_of(values, columns)[self.kept]) for columns in some]
        return self._table(nominal, np.concatenate(spread, axis=1))

    def _table(self, nominal: Array, spread: Array) -> pd.DataFrame:
        mean, low, median, high = spread
        columns = {"nominal": nominal, "mean": mean, "median": median, "q05": low, "q95": high}
        return pd.DataFrame(columns, index=self.labels)

    def _position(self, draw: int) -> int:
        n = len(self.uniform)
        if isinstance(draw, bool) or not isinstance(draw, (int, np.integer)) or not 0 <= draw < n:
            raise SpecError(Said("draw: a number from 0 to {last}, not {draw!r}", last=n - 1, draw=draw))
        return int(draw)


def uncertainty(
    index: Index,
    table: Any,
    factors: Mapping[str, Any] | None = None,
    *,
    draws: int = 1000,
    rng: int = 0,
    node: str | None = None,
    rows: Any = None,
    infeasible: Infeasible = "refuse",
    max_memory: float = 5e8,
    progress: bool | None = None,
    client: Any = None,
) -> Uncertainty:
    """Scores and ranks of an index under many draws of what is uncertain in it.

    Parameters
    ----------
    index : Index
        The nominal choices.
    table : table
        As for `Index.compute`.
    factors : mapping, optional
        Address (as in `Index.replace`) -> list of alternatives; `hi.Noise` or `hi.Dirichlet` at "weights" or
        "cluster.weights"; `hi.Normal` at "data" or an indicator; a distribution (`hi.Uniform`, scipy.stats) at a number
        such as "total.aggregate.p"; `hi.Bootstrap()` at "units" for the fit rows; `{"x3": [True, None]}` for an
        indicator in or out. The words of a spec do as well: `{"noise": 0.25}`. Default: the `doubts` of the index.
    draws : int
        How many; a power of 2 spreads scrambled Sobol' points best.
    rng : int
        Seed: the same seed gives the same answer, whatever the memory.
    node : str, optional
        The group whose scores are asked for; default: the top.
    rows : period, span, unit, label or list of these; optional
        The rows asked for; default: all. Ranks compare the rows of one period where rows have units and periods.
    infeasible : {"refuse", "exclude"}
        What becomes of combinations that cannot be computed (a geometric mean over z-scores): all are named and
        refused, or left out with their share.
    max_memory : float
        Bytes that scores may take in memory; beyond, they lie in a temporary file.
    progress : bool, optional
        Show a bar; default: only on a terminal.
    client : dask.distributed.Client, optional
        Spread the draws over a cluster; the numbers are the same. Each block of results is taken and let go as it
        comes, and draws of a worker that is lost are computed again.

    Returns
    -------
    Uncertainty
        `scores`, `series`, `ranks` (nominal, mean, median, q05, q95), `rank_frequency`, `acceptability(top)`,
        `ahead()`, `parameters`, `by_choice()`, `summary()`.

    Raises
    ------
    SpecError
        An address that does not exist, alternatives that cannot be read, combinations that cannot be computed; a
        client that is none of Dask's, is closed, or has no workers.
    DataError
        As for `Index.compute`; no draw that can be computed.

    Notes
    -----
    A discrete factor with L levels takes level floor(u L): fixed bins, not cut by the sample's own range. Each distinct
    choice is fitted once, draws that differ only in weights are scored at once. Quantiles are of type 7. Source:
    Saisana, Saltelli & Tarantola 2005 (JRSS-A 168); Lahdelma & Salminen 2001 (acceptability). Proof: each draw equals
    `index_of(draw).compute(table_of(draw))`; no noise gives the nominal ranks.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> table = {"a": [1.0, 3.0, 2.0], "b": [5.0, 6.0, 9.0]}
    >>> found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=64)
    >>> found.rank_frequency.sum(axis=1).tolist()
    [1.0, 1.0, 1.0]
    """
    check_words(draws, max_memory, rng, client, infeasible)
    study = study_of(index, table, factors, node, rows)
    from scipy.stats import qmc

    with np.errstate(all="ignore"):
        u = _points(qmc.Sobol(study.size, scramble=True, rng=rng), draws)
    refused = infeasible == "refuse"
    if refused:
        try_all(study, u, Said("take these alternatives out, or infeasible='exclude' leaves their draws out"))
    drawn = run_all(study, u, max_memory, progress, client)
    remedy = Said("other alternatives or smaller errors, or infeasible='exclude'") if refused else None
    demand(drawn.kept, study, remedy)
    return Uncertainty(study, u, drawn.scores, drawn.levels, drawn.ranks, nominal_of(study), drawn.kept)


def _points(engine: Any, draws: int) -> Array:
    # A number of points that is no power of 2 is less balanced.
    with unheard(UserWarning):
        return np.asarray(engine.random(draws))


def _spread(values: Array) -> Array:
    """Return mean and 5, 50 and 95 % quantiles (type 7) of each column (4, n), over the draws that give it a value."""
    scale = power_of_two(values, full_size(values))
    if (scale != 1).any():
        # Sums over draws of numbers near the end of the range would leave it.
        return _spread(values / scale) * scale
    across = np.ascontiguousarray(values.T)
    if not np.isnan(across.sum()):
        return np.vstack([across.mean(axis=1), np.quantile(across, _SHARES, axis=1)])
    out = np.full((4, len(across)), np.nan)
    some = ~np.isnan(across).all(axis=1)
    out[0, some] = np.nanmean(across[some], axis=1)
    out[1:, some] = np.nanquantile(across[some], _SHARES, axis=1)
    return out
