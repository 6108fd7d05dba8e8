"""Imputations learnt from whole rows, by scikit-learn: nearest neighbours and regression."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import SpecError
from hengdian_index.filling import Filler, Filling, Rows, imputing
from hengdian_index.rows.table import Array
from hengdian_index.stats import Moments
from hengdian_index.stored import stored


def _at_least_one(**options: Any) -> list[str]:
    counts = {name: options[name] for name in ("number", "rounds") if name in options}
    return [f"{name}: 1 or more, not {value}" for name, value in counts.items() if value < 1]


@imputing(
    sees="statistics",
    check=_at_least_one,
    formula=lambda weights, **_: {
        "uniform": r"\hat{x}_{ij} = \frac{1}{m} \sum_{l \in N(i)} x_{lj}, \quad m = \mathrm{number}",
        "distance": r"\hat{x}_{ij} = \frac{\sum_{l \in N(i)} x_{lj} / d_{il}}{\sum_{l \in N(i)} 1 / d_{il}}",
    }[weights],
    chinese="近邻插补",
)
def neighbours(known: Rows, *, number: int = 5, weights: Literal["uniform", "distance"] = "uniform") -> Filler:
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
    SpecError
        scikit-learn is not installed (`pip install "hengdian-index[learn]"`).
    DataError
        An indicator with no value at all.

    Notes
    -----
    Euclidean distance over the indicators that both rows have, rescaled for those they have not, on columns divided
    by their standard deviation over the fit rows, so that units of measure do not matter. Of equally near rows the
    choice is scikit-learn's and depends on the order of rows. Source: Troyanskaya et al.
    2001 (Bioinformatics 17), scikit-learn's KNNImputer. Proof: a slow loop.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.impute.neighbours([[1.0, 5.0], [2.0, 6.0], [9.0, 50.0], [2.0, float("nan")]], number=1).table
    array([[ 1.,  5.],
           [ 2.,  6.],
           [ 9., 50.],
           [ 2.,  6.]])
    """
    _sklearn("neighbours")
    return Neighbours(known.values, *_scale(known), number, weights)


@imputing(
    sees="statistics",
    check=_at_least_one,
    formula=r"\hat{x}_j = \alpha_j + \sum_{l \ne j} \beta_{jl} x_l",
    chinese="回归插补",
)
def regression(known: Rows, *, rounds: int = 10, rng: int = 0) -> Filler:
    """Missing values filled by regression of each indicator on the others, in rounds.

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
    return Regression(known.values, *_scale(known), rounds, rng)


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
        _sklearn("neighbours")
        from sklearn.impute import KNNImputer

        imputer = KNNImputer(n_neighbors=self.number, weights=self.weights)
        # Which of two equally near rows scikit-learn takes depends on the layout in memory; one layout, one answer.
        imputer.fit(np.ascontiguousarray((self.fit_rows - self.centre) / self.spread))
        scaled = np.ascontiguousarray((rows.values - self.centre) / self.spread)
        filled = self.centre + self.spread * imputer.transform(scaled)
        near = _shares(rows.values, self.fit_rows)
        how = f"mean of the nearest rows, at most {self.number}" + (
            ", by distance" if self.weights == "distance" else ""
        )
        alone = "left missing: no row that has the value shares an indicator with this one"
        return Filling.of(rows, np.where(near, filled, np.nan), lambda i, j: how if near[i, j] else alone)


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
        with warnings.catch_warnings(record=True) as met:
            warnings.simplefilter("always", ConvergenceWarning)
            imputer.fit((self.fit_rows - self.centre) / self.spread)
            filled = self.centre + self.spread * imputer.transform((rows.values - self.centre) / self.spread)
        there = ~np.isnan(rows.values)
        reached = there @ _linked(~np.isnan(self.fit_rows))
        unsettled = f", not settled after {self.rounds} rounds" if met else ""
        how = f"regression on the other indicators, seed {self.seed}{unsettled}"
        alone = "left missing: no two rows have both this indicator and one that leads to it from those of the row"

        def why(i: int, j: int) -> str:
            return how if reached[i, j] else alone if there[i].any() else "left missing: the row has no value"

        return Filling.of(rows, np.where(reached, filled, np.nan), why)


def _scale(known: Rows) -> tuple[Array, Array]:
    """Return mean and standard deviation of each column, 1 for a constant one."""
    moments = known.sample.measure(Moments)
    s = moments.deviation()
    return moments.mean, np.where(s > 0, s, 1.0)


def _shares(x: Array, fit_rows: Array) -> NDArray[np.bool_]:
    """Return for each cell (n, k) whether some fit row has its column and shares another one with the row."""
    there = ~np.isnan(fit_rows)
    patterns, which = np.unique(~np.isnan(x), axis=0, return_inverse=True)
    reach = np.array([there[(there & pattern).any(axis=1)].any(axis=0) for pattern in patterns])
    return np.asarray(reach[which.ravel()])


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
            f'impute.{name} needs scikit-learn: pip install "hengdian-index[learn]", or choose another method'
        ) from None
