"""Sensitivity of an index: how much of the variance of an outcome each uncertain choice explains."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hengdian_index._index.doors import DOORS, Doors
from hengdian_index._index.index import Index
from hengdian_index._robustness.draws import check_words, demand, run_all, try_all
from hengdian_index._robustness.labels import label
from hengdian_index._robustness.labels import label as text_of
from hengdian_index._robustness.ranks import mean_over_scopes
from hengdian_index._robustness.sobol import Indices, saltelli, sobol
from hengdian_index._robustness.study import Ranked, Study, nominal_of, study_of
from hengdian_index._tables.table import Array
from hengdian_index._words.catalogue import Lang
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, among, listed, spoken, suggestion

if TYPE_CHECKING:
    from hengdian_index._index.stubs import SensitivityPlots

# Why no draw is left out: runs of the design are compared one by one.
_ALL = Said("indices of sensitivity need every run of their design")


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How much of the variance of an outcome each uncertain choice explains.

    Attributes
    ----------
    first, total : Series
        Share of each choice alone, and with all its interactions.
    intervals : DataFrame
        Columns first_low, first_high, total_low, total_high.
    of : str or tuple
        The outcome.
    runs : int
        How often the index was computed.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> factors = {"film.weights": hi.Noise(0.25), "normalise": ["min_max", "percentile_rank"]}
    >>> found = hi.sensitivity(index, table, factors, draws=16, resamples=20)
    >>> found
    <Sensitivity of rank_shift: 2 factors, 64 runs>
    """

    first: Any
    total: Any
    intervals: Any
    of: Any
    runs: int

    if TYPE_CHECKING:

        @property
        def plot(self) -> SensitivityPlots:
            """Pictures of the indices."""

    else:
        plot = Doors()

    @property
    def table(self) -> pd.DataFrame:
        """The indices by factor: first, total and the ends of their intervals."""
        return pd.DataFrame({"first": self.first, "total": self.total}).join(self.intervals)

    def summary(self, *, lang: Lang | None = None) -> str:
        """Return what the indices say, in one paragraph.

        Parameters
        ----------
        lang : {"en", "zh"}, optional
            English or Chinese; default: the language that is spoken.
        """
        each = [
            Said(
                "{name} {first:.0f} % alone, {total:.0f} % with its interactions",
                name=name,
                first=100 * self.first[name],
                total=100 * value,
            )
            for name, value in self.total.sort_values(ascending=False).items()
        ]
        return Said(
            "Of the variance of {what} over {runs} runs each choice explains: {shares}.",
            what=outcome(self.of),
            runs=self.runs,
            shares=joined(each, "clauses"),
        ).told(spoken(lang))

    def _repr_html_(self) -> str:
        return str(DOORS["Sensitivity.card"]()(self))

    def __repr__(self) -> str:
        return f"<Sensitivity of {self.of}: {len(self.first)} factors, {self.runs} runs>"


def sensitivity(
    index: Index,
    table: Any,
    factors: Mapping[str, Any] | None = None,
    *,
    draws: int = 1024,
    rng: int = 0,
    of: Any = "rank_shift",
    node: str | None = None,
    rows: Any = None,
    resamples: int = 1000,
    level: float = 0.95,
    max_memory: float = 5e8,
    progress: bool | None = None,
    client: Any = None,
) -> Sensitivity:
    """Sobol' indices: how much of the variance of an outcome each uncertain choice explains.

    Parameters
    ----------
    index, table, factors, node, rows, max_memory, progress, client
        As for `uncertainty`; every combination must be computable.
    draws : int
        N, a power of 2; the index is computed N (d + 2) times for d factors.
    of : {"rank_shift", "rank_correlation"}, ("score", row), ("level", row) or ("rank", row)
        The outcome: mean absolute shift of ranks against the nominal ones, Spearman's correlation with them, or the
        score, the level (base = 100) or the rank of one row by its label, in a panel ("A1", 2020) or "A1,2020", or by
        what selects it alone. Of a panel the correlation is the mean of
        those within each period, weighted by its rows; periods without one (all ranks tie) are left out.
    resamples, level
        Of the bootstrap behind the intervals.

    Returns
    -------
    Sensitivity
        `first` and `total` (Series by factor), `intervals`.

    Raises
    ------
    DataError
        No factor changes the outcome.

    Notes
    -----
    Saltelli et al. 2010 for the first order, Jansen 1999 for the total, on scrambled Sobol' points; the noise of all
    weights of one address is one factor. See `hi.sobol`. Proof: Ishigami's function in closed form.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> factors = {"film.weights": hi.Noise(0.25), "normalise": ["min_max", "percentile_rank"]}
    >>> found = hi.sensitivity(index, table, factors, draws=64, of="rank_shift")
    >>> found.total["normalise"] > found.total["film.weights"]
    True
    """
    check_words(draws, max_memory, rng, client)
    study = study_of(index, table, factors, node, rows)
    measure, nominal = _measure(study, of), nominal_of(study)[0]
    design = saltelli([factor.size for factor in study.factors], draws, rng=rng)
    for u in (design.a, design.b):
        try_all(study, u, Said("take these alternatives out: {all}", all=_ALL))

    def outcome(u: Array) -> Array:
        drawn = run_all(study, u, max_memory, progress, client)
        demand(drawn.kept, study, Said("other alternatives or smaller errors: {all}", all=_ALL))
        gaps = int((np.isnan(drawn.scores) & ~np.isnan(nominal)).any(axis=1).sum())
        if gaps:
            raise DataError(
                Said.of(
                    gaps,
                    "{n} draw leaves a row without the score that it has; impute, or ask for other rows",
                    "{n} draws leave a row without the score that it has; impute, or ask for other rows",
                )
            )
        return measure(drawn)

    y_ab = np.array([outcome(design.swapped(i)) for i in range(len(study.factors))])
    found: Indices = sobol(outcome(design.a), outcome(design.b), y_ab, resamples=resamples, rng=rng, level=level)
    names = pd.Index([factor.address for factor in study.factors], name="factor")
    first, total = (pd.Series(np.asarray(values), index=names) for values in (found.first, found.total))
    intervals = pd.DataFrame(found.intervals).set_axis(names, axis=0)
    return Sensitivity(first.rename("first"), total.rename("total"), intervals, of, draws * (len(names) + 2))


def outcome(of: Any) -> Said:
    """Return whose variance is explained, in words."""
    if isinstance(of, str):
        return {"rank_shift": Said("rank shift"), "rank_correlation": Said("rank correlation")}[of]
    row = label(of[1])
    words = {
        "score": Said("the score of {row}", row=row),
        "level": Said("the level of {row}", row=row),
        "rank": Said("the rank of {row}", row=row),
    }
    return words[of[0]]


def _measure(study: Study, of: Any) -> Callable[[Ranked], Array]:
    """Return the outcome of a sensitivity study as a function of draws."""
    nominal = nominal_of(study)[2]
    if among(of, ("rank_shift",)):
        known = ~np.isnan(nominal)
        return lambda drawn: np.abs(drawn.ranks - nominal)[:, known].mean(axis=1)
    if among(of, ("rank_correlation",)):
        ranked = [rows[~np.isnan(nominal[rows])] for rows in study.scopes]
        n = np.array([len(rows) for rows in ranked])[:, np.newaxis]
        return lambda drawn: mean_over_scopes(
            np.array([_correlations(drawn.ranks[:, rows], nominal[rows]) for rows in ranked]), n
        )
    if isinstance(of, tuple) and len(of) == 2 and among(of[0], _OF_A_ROW):
        at = _row(study, of[1])
        if np.isnan(nominal[at]):
            raise DataError(Said("of: {of!r} has no score under the index as it is", of=of[1]))
        if of[0] == "level" and not study.levelled[at]:
            raise DataError(Said("of: {of!r} has no level: the index has no base, or no level above 0 in it", of=of[1]))
        return lambda drawn: np.asarray(_OF_A_ROW[of[0]](drawn)[:, at], dtype=np.float64)
    words = ["rank_shift", "rank_correlation", *(f"('{word}', row)" for word in _OF_A_ROW)]
    raise SpecError(Said("of: no {of!r}{guess}", of=of, guess=suggestion(of, words)))


# What parts unit and period in the label of a row, with blanks or without.
_PARTS = re.compile(r"\s*,\s*")
_OF_A_ROW: Mapping[str, Callable[[Ranked], Any]] = {
    "score": lambda drawn: drawn.scores,
    "level": lambda drawn: drawn.levels,
    "rank": lambda drawn: drawn.ranks,
}


def _row(study: Study, label: Any) -> int:
    """Return the position of a row among those asked for, by its label or by what selects it alone.

    A label of unit and period may be a text, as a command takes it: "A1,2020".
    """
    known, labels = study.selected, study.selected.labels.tolist()
    written = _PARTS.sub(", ", label.strip()) if isinstance(label, str) else label
    same = [row for row, one in enumerate(labels) if one == label or _PARTS.sub(", ", text_of(one)) == written]
    at = same or np.flatnonzero(known.select(label, "of")).tolist()
    if len(at) != 1:
        texts = list(dict.fromkeys(_PARTS.sub(",", text_of(labels[row])) for row in at))
        differ = len(texts) == len(at)
        told = (
            Said("name one of them: {names}", names=listed(texts)) if differ else Said("rows need labels that differ")
        )
        raise SpecError(Said("of: {label!r} stands for {n} of the rows; {told}", label=label, n=len(at), told=told))
    return int(at[0])


def _correlations(ranks: Array, nominal: Array) -> Array:
    """Return Spearman's correlation of each draw's ranks with the nominal ones (draws,); what ties shares its ranks."""
    from scipy.stats import rankdata

    ranks = rankdata(np.where(ranks > 0, ranks, np.nan), axis=1) - (ranks.shape[1] + 1) / 2
    own = rankdata(nominal) - (ranks.shape[1] + 1) / 2
    with np.errstate(invalid="ignore"):
        return np.asarray(ranks @ own / np.sqrt((ranks**2).sum(axis=1) * (own**2).sum()))
