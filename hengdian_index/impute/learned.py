"""Imputations learnt from whole rows: nearest neighbours, and regression by scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.blocks import full_size, power_of_two
from hengdian_index._maths.effort import estimate
from hengdian_index._maths.maps import Affine
from hengdian_index._maths.stats import Moments
from hengdian_index._methods.frame import LabelledFit
from hengdian_index._methods.imputing import Filler, Filling, Rows, imputing, left
from hengdian_index._system.about import install
from hengdian_index._system.alone import heard
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import largest, same
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError

# Pairs of rows compared in one go.
_PAIRS = 1 << 20
# Seconds that the distance of two rows in one column takes.
_EACH_DISTANCE = 9e-9
# What scikit-learn takes.
_LAST_SEED = 2**32 - 1


def _in_range(**options: Any) -> list[Said]:
    counts = {name: options[name] for name in ("number", "rounds") if name in options}
    faults = [
        Said("{name}: 1 or more, not {value}", name=name, value=value) for name, value in counts.items() if value < 1
    ]
    if not 0 <= options.get("rng", 0) <= _LAST_SEED:
        faults.append(
            Said("rng: a whole number from 0 to {largest}, not {rng}", largest=_LAST_SEED, rng=options["rng"])
        )
    return faults


@imputing(
    sees="statistics",
    across=True,
    check=_in_range,
    formula=lambda weights, **_: {
        "uniform": r"\hat{x}_{ij} = \frac{1}{m} \sum_{l \in N(i)} x_{lj}, \quad m = \mathrm{number}",
        "distance": r"\hat{x}_{ij} = \frac{\sum_{l \in N(i)} x_{lj} / d_{il}}{\sum_{l \in N(i)} 1 / d_{il}}",
    }[weights],
    chinese="近邻插补",
)
def neighbours(
    x: Rows, *, number: int = 5, weights: Literal["uniform", "distance"] = "uniform", **shared: Unpack[LabelledFit]
) -> Filler:
    """Missing values filled with the mean of the nearest rows that have one.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, missing as NaN or null.
    number : int
        How many neighbours.
    weights : {"uniform", "distance"}
        Each neighbour alike, or by the inverse of its distance.

    Returns
    -------
    (table, log)
        A row that shares no indicator with any row that has the value stays missing, and the log says so.

    Raises
    ------
    DataError
        An indicator with no value at all.

    Notes
    -----
    Root mean square distance over the indicators that both rows have, on columns divided by their standard deviation
    over the fit rows, so that units of measure do not matter. Rows at distance 0 take all the weight of "distance": the
    limit of sum (x / d) / sum (1 / d). Where more rows are equally far (`equality`) than there are places left, they
    share these, so that no order of the rows decides. Source: Troyanskaya et al. 2001 (Bioinformatics 17),
    scikit-learn's KNNImputer. Proof: a slow loop.

    **Symbols.** N: the nearest rows that have a value; d: distance of two rows; l: a neighbour.

    **When to use.** Indicators go together, so that rows alike in some are alike in others.

    **Pitfalls.** How many neighbours is a choice. With many gaps distances rest on few columns, and extreme rows are
    pulled to the middle.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.impute.neighbours([[1.0, 5.0], [2.0, 6.0], [9.0, 50.0], [2.0, float("nan")]], number=1).table
    array([[ 1.,  5.],
           [ 2.,  6.],
           [ 9., 50.],
           [ 2.,  6.]])
    """
    return Neighbours(x.values, *_scale(x), number, weights)


@imputing(
    sees="statistics",
    across=True,
    check=_in_range,
    formula=r"\hat{x}_j = \alpha_j + \sum_{l \ne j} \beta_{jl} x_l",
    chinese="回归插补",
)
def regression(x: Rows, *, rounds: int = 10, rng: int = 0, **shared: Unpack[LabelledFit]) -> Filler:
    r"""Missing values filled by regression of each indicator on the others, in rounds.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, missing as NaN or null.
    rounds : int
        Most rounds of regressions; the log says if they have not settled by then.
    rng : int
        Seed, written to the log.

    Returns
    -------
    (table, log)
        A row without any value stays missing, and so does a value that no regression reaches: two rows at least must
        have the indicator and another one, and so on to one that the row has. The log says which.

    Raises
    ------
    SpecError
        scikit-learn is not installed (`pip install "hengdian-index[learn]"`).
    DataError
        An indicator with no value at all.

    Notes
    -----
    Bayesian ridge regression of standardised columns, from the column mean on, fewest gaps first. Source: van Buuren &
    Groothuis-Oudshoorn 2011 (J. Statistical Software 45), scikit-learn's IterativeImputer. Proof: exact linear
    dependence is recovered.

    **Symbols.** \alpha, \beta: coefficients of a ridge regression on the fit rows; l: another indicator.

    **When to use.** Close relations between indicators, and many rows to learn them from.

    **Pitfalls.** What is filled lies on the line, so correlations look closer than they are and scores more certain.

    Examples
    --------
    >>> import numpy as np
    >>> import hengdian_index as hi
    >>> x = np.column_stack([np.arange(9.0), 3 * np.arange(9.0) + 1])
    >>> x[4, 1] = np.nan
    >>> hi.impute.regression(x).table[4].round(3)
    array([ 4., 13.])
    """
    _sklearn("regression")
    return Regression(x.values, *_scale(x), rounds, rng)


@stored("neighbours")
@dataclass(frozen=True, slots=True)
class Neighbours:
    """The mean of the nearest of the fit rows (n, k) that have the value; distances on `(x - centre) / spread`."""

    fit_rows: Array
    centre: Array
    spread: Array
    number: int
    weights: Literal["uniform", "distance"]

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        filled: Array = np.full_like(rows.values, np.nan)
        gaps = np.flatnonzero(np.isnan(rows.values).any(axis=1))
        step, n = max(1, _PAIRS // max(1, len(self.fit_rows))), len(self.fit_rows)
        what = Said(
            "neighbours of {rows} with gaps among {fit_rows}",
            rows=Said.of(len(gaps), "{n} row", "{n} rows"),
            fit_rows=Said.of(n, "{n} row", "{n} rows"),
        )
        seconds = _EACH_DISTANCE * len(gaps) * self.fit_rows.size
        other = Said("peers, median or regression take less; or fit on fewer rows")
        estimate("impute", what, 8 * 8 * max(n, _PAIRS), seconds, other)
        scale = power_of_two(self.fit_rows, full_size(self.fit_rows))
        for start in range(0, len(gaps), step):
            some = gaps[start : start + step]
            distance, size = self._distances(rows.values[some])
            for j in range(filled.shape[1]):
                lacking, known = np.isnan(rows.values[some, j]), ~np.isnan(self.fit_rows[:, j])
                if lacking.any():
                    weights = self._weights(distance[np.ix_(lacking, known)], size)
                    with np.errstate(invalid="ignore"):
                        mean = weights @ (self.fit_rows[known, j] / scale[j]) / weights.sum(axis=1)
                    filled[some[lacking], j] = mean * scale[j]
        how = Said("mean of the nearest rows, at most {number}", number=self.number)
        if self.weights == "distance":
            how = Said("mean of the nearest rows, at most {number}, by distance", number=self.number)
        alone = left(Said("no row that has the value shares an indicator with this one"))
        return Filling.of(rows, filled, lambda i, j: alone if np.isnan(filled[i, j]) else how)

    def _distances(self, x: Array) -> tuple[Array, float]:
        """Return the distances of rows to all fit rows, infinite where nothing is shared, and what they come from."""
        size = largest(np.concatenate([x, self.fit_rows])) / self.spread
        square, shared = np.zeros((len(x), len(self.fit_rows))), np.zeros((len(x), len(self.fit_rows)))
        own, other = (_standardised(self, part) for part in (x, self.fit_rows))
        for j in range(x.shape[1]):
            gap = own[:, j, np.newaxis] - other[:, j]
            gap[same(gap, 0.0, size[j])] = 0.0
            shared += ~np.isnan(gap)
            square += np.nan_to_num(gap) ** 2
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(shared > 0, np.sqrt(square / shared), np.inf), float(size.max())

    def _weights(self, distance: Array, size: float) -> Array:
        """Return the weight of each fit row; where several are equally far at the border, they share what is left."""
        last = min(self.number, distance.shape[1]) - 1
        border = np.take(np.partition(distance, last, axis=1), [last], axis=1)
        at_border = same(distance, border, size) & np.isfinite(distance)
        nearer = (distance < border) & ~at_border & np.isfinite(distance)
        left = np.minimum(self.number - nearer.sum(axis=1), at_border.sum(axis=1))
        share = left / np.maximum(at_border.sum(axis=1), 1)
        weights = nearer + np.where(at_border, share[:, np.newaxis], 0.0)
        if self.weights == "uniform":
            return np.asarray(weights)
        equal = distance == 0
        some = equal.any(axis=1, keepdims=True)
        return np.where(some, weights * equal, weights / np.where(distance > 0, distance, 1.0))


@stored("regression")
@dataclass(frozen=True, slots=True)
class Regression:
    """Regressions of each indicator on the others, learnt from the fit rows (n, k) on `(x - centre) / spread`."""

    fit_rows: Array
    centre: Array
    spread: Array
    rounds: int
    seed: int

    def __call__(self, rows: Rows) -> Filling:
        """Fill rows."""
        _sklearn("regression")
        from sklearn.exceptions import ConvergenceWarning

        # Importing this name is what makes the imputer importable.
        from sklearn.experimental import enable_iterative_imputer  # noqa: F401
        from sklearn.impute import IterativeImputer

        imputer = IterativeImputer(max_iter=self.rounds, random_state=self.seed)
        with heard(ConvergenceWarning) as met:
            imputer.fit(_standardised(self, self.fit_rows))
            filled = self.centre + self.spread * imputer.transform(_standardised(self, rows.values))
        there = ~np.isnan(rows.values)
        reached = there @ _linked(~np.isnan(self.fit_rows))
        how = Said("regression on the other indicators, seed {seed}", seed=self.seed)
        if met:
            how = Said(
                "regression on the other indicators, seed {seed}, not settled after {rounds} rounds",
                seed=self.seed,
                rounds=self.rounds,
            )
        alone = left(Said("no two rows have both this indicator and one that leads to it from those of the row"))
        empty = left(Said("the row has no value"))

        def why(i: int, j: int) -> Said:
            return how if reached[i, j] else alone if there[i].any() else empty

        return Filling.of(rows, np.where(reached, filled, np.nan), why)


def _scale(known: Rows) -> tuple[Array, Array]:
    """Return mean and standard deviation of each column, 1 for a constant one."""
    moments = known.sample.flattened().measure(Moments)
    s = moments.deviation()
    known.sample.refuse(np.isinf(s), Said("its standard deviation is too large a number; rescale the column"))
    return moments.mean, np.where(s > 0, s, 1.0)


def _standardised(one: Neighbours | Regression, x: Array) -> Array:
    """Return rows (n, k) as distances from the centre in units of the spread."""
    return Affine(one.centre, one.spread, np.ones_like(one.spread), np.zeros_like(one.spread))(x)


def _linked(there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which columns (k, k) two or more rows (n, k) have both of, or which a chain of such pairs joins."""
    joined = np.asarray(there.astype(np.float64).T @ there.astype(np.float64) >= 2)
    for _ in range(max(len(joined) - 1, 1).bit_length()):
        joined = joined @ joined
    return joined


def _sklearn(name: str) -> None:
    """Refuse a method whose library is not installed."""
    try:
        # Tried alone: what is needed of it is imported by the method.
        import sklearn  # noqa: F401
    except ImportError:
        raise SpecError(
            Said(
                "impute.{name} needs scikit-learn: {install}, or choose another method",
                name=name,
                install=install("learn"),
            )
        ) from None
