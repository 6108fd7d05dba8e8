"""Principal components of a correlation matrix, and the varimax rotation of their loadings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.table import Array

# Below this length a row of loadings has no direction that a rotation could look at.
_SILENT = 1e-12


@dataclass(frozen=True, slots=True)
class Components:
    """Principal components, the largest first: eigenvalues (..., k), and unit vectors in the columns of (..., k, k)."""

    eigenvalues: Array
    vectors: Array

    @property
    def explained(self) -> Array:
        """Share of each component in the variance of all columns (..., k); the shares sum to 1."""
        shares: Array = self.eigenvalues / self.eigenvalues.sum(axis=-1, keepdims=True)
        return shares

    @property
    def loadings(self) -> Array:
        """Correlation of each column with each component (..., k, k), one component a column."""
        return self.vectors * np.sqrt(self.eigenvalues)[..., np.newaxis, :]

    def tied(self, q: Array | int) -> NDArray[np.bool_]:
        """Return whether component number q (...) and the next one are equally large, so that q do not stand out."""
        k = self.eigenvalues.shape[-1]
        last = np.broadcast_to(q, self.eigenvalues.shape[:-1])[..., np.newaxis] - 1
        large, next_ = (np.take_along_axis(self.eigenvalues, np.minimum(at, k - 1), axis=-1) for at in (last, last + 1))
        tied: NDArray[np.bool_] = ((large - next_ <= 1e-12 * self.eigenvalues[..., :1]) & (last + 1 < k))[..., 0]
        return tied


def principal_components(matrix: Array) -> Components:
    """Principal components of a correlation matrix, or of any matrix of products.

    Parameters
    ----------
    matrix : array (..., k, k)
        Symmetric, no eigenvalue below 0. A column with NaN on the diagonal (the correlation of a constant) is left
        out: its loadings are 0, and so is one eigenvalue for it.

    Returns
    -------
    Components
        Each vector has a sum above 0; where the sum is 0, its first entry is above 0. Software leaves the sign to the
        routine of the day.

    Notes
    -----
    Proof: TAI (Handbook, Tables 7 and 8).

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.components import principal_components
    >>> parts = principal_components(np.array([[1.0, 0.6], [0.6, 1.0]]))
    >>> parts.eigenvalues.round(3)
    array([1.6, 0.4])
    >>> parts.loadings[:, 0].round(3)
    array([0.894, 0.894])
    """
    values, vectors = np.linalg.eigh(np.where(np.isnan(matrix), 0.0, matrix))
    # What rounding leaves of an eigenvalue of 0 would give loadings of 1e-8.
    values = np.where(values > 1e-14 * values[..., -1:], values, 0.0)
    return Components(values[..., ::-1], _signed(vectors[..., ::-1]))


def varimax(loadings: Array, *, tolerance: float = 1e-14, sweeps: int = 1000) -> Array:
    """Loadings turned so that each column of them is far from even: varimax with Kaiser's normalisation.

    Parameters
    ----------
    loadings : array (..., k, q)
        A row for each indicator; a row of zeros takes no part.
    tolerance : float
        Stop when the criterion, per row, rises by no more than this per radian that any two columns are turned. That
        is its last digit; a loose stop (a rise of 1e-5, as in R) leaves loadings off by up to .15.
    sweeps : int
        The most sweeps over all pairs of columns.

    Returns
    -------
    array (..., k, q)
        The sums of squares of the rows are kept.

    Notes
    -----
    Rows are scaled to length 1, the sum over columns of the variance of the squared entries is raised by turning two
    columns at a time through the best angle, and the lengths are put back.

    Source: Kaiser 1958 (Psychometrika 23). Proof: TAI (Handbook, Table 9; without the scaling 8 of 32 loadings agree).

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index._maths.components import varimax
    >>> even = np.array([[1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    >>> np.abs(varimax(even)).round(6)
    array([[1., 0.],
           [0., 1.],
           [1., 0.]])
    """
    length = np.linalg.norm(loadings, axis=-1, keepdims=True)
    heard = length > _SILENT
    turned = np.where(heard, loadings / np.where(heard, length, 1.0), 0.0)
    rows = heard.sum(axis=(-2, -1))
    for _ in range(sweeps):
        turned, slope = _sweep(turned, rows)
        if slope <= tolerance:
            break
    return np.where(heard, turned * length, loadings)


def _sweep(loadings: Array, rows: NDArray[np.int64]) -> tuple[Array, float]:
    """Return the loadings with every pair of columns turned once, and the steepest rise met, per row."""
    turned, steepest = loadings.copy(), 0.0
    for first in range(turned.shape[-1]):
        for second in range(first + 1, turned.shape[-1]):
            x, y = turned[..., first].copy(), turned[..., second].copy()
            rise, angle = _best_angle(x, y, rows)
            steepest = max(steepest, float(np.max(rise)))
            cos, sin = np.cos(angle)[..., np.newaxis], np.sin(angle)[..., np.newaxis]
            turned[..., first] = x * cos + y * sin
            turned[..., second] = y * cos - x * sin
    return turned, steepest


def _best_angle(x: Array, y: Array, rows: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return how steeply two columns' criterion rises, and the angle that raises it most (Kaiser 1958, equation 15).

    The angle is 0 where every angle does as well. A lowest point counts as steep: it is level, but no place to stop.
    """
    u, v = x**2 - y**2, 2 * x * y
    a, b = u.sum(axis=-1), v.sum(axis=-1)
    slope = 2 * (u * v).sum(axis=-1) - 2 * a * b / rows
    bend = (u**2 - v**2).sum(axis=-1) - (a**2 - b**2) / rows
    angle = np.where(np.hypot(slope, bend) > _SILENT, np.arctan2(slope, bend) / 4, 0.0)
    return np.where(bend < -_SILENT, 1.0, np.abs(slope) / np.maximum(rows, 1)), angle


def _signed(vectors: Array) -> Array:
    """Return the columns turned to a sum above 0, or where the sum is 0 to a first entry above 0."""
    total = vectors.sum(axis=-2, keepdims=True)
    place = np.argmax(np.abs(vectors) > 1e-6, axis=-2)[..., np.newaxis, :]
    first = np.take_along_axis(vectors, place, axis=-2)
    return vectors * np.where(np.where(np.abs(total) > 1e-9, total, first) < 0, -1.0, 1.0)
