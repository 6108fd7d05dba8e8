"""Normalisations by a reference value of the column."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index.decorators import normalising
from hengdian_index.errors import SpecError
from hengdian_index.maps import Affine, Map, Reciprocal
from hengdian_index.rows.table import Array
from hengdian_index.sample import Sample
from hengdian_index.stats import Moments, Ordered, Range


@normalising(sees="statistics", unit_free=True, fits_on_base=True)
def relative(
    sample: Sample,
    *,
    to: Any = "mean",
    scale: float = 100,
    negative: Literal["reciprocal", "mirror"] = "reciprocal",
    direction: int = 1,
) -> Map:
    """Each value in per cent of a reference value (index relatives).

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    to : {"mean", "max", "min", "median", "first"}, a number, or a row label
        The reference, from the fit rows; a label that stands for several rows means their mean.
    scale : float
        Score of the reference.
    negative : {"reciprocal", "mirror"}
        For direction -1: scale ref / x (Chinese practice, SPSSAU; default), or scale (2 - x / ref).

    Raises
    ------
    DataError
        A reference of 0, values of both signs, or 0 under the reciprocal.

    Notes
    -----
    scale x / ref. COINr multiplies by -1 first, so that x / max of a cost rewards the cost; here the direction is
    applied by the rule above. In an index with a base period and no `fit_on`, the reference is that of the base
    period: fixed-base individual indexes. Proof: TAI (Table 15: to the mean, the best, the worst; Table 14), PPI
    manual.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.relative([5.0, 10.0, 15.0], to="mean")
    array([ 50., 100., 150.])
    >>> hi.normalise.relative([5.0, 10.0], to="max", direction=-1)
    array([200., 100.])
    """
    seen = sample.measure(Range)
    sample.need_values(seen.n)
    reference = _reference_value(sample, to)
    sample.refuse(~np.isfinite(reference), f"no value in the reference row {to!r}")
    sample.refuse(reference == 0, "the reference value is 0; choose another `to`, or another normalisation")
    sample.refuse((seen.lo < 0) & (seen.hi > 0), "values of both signs have no relatives; use min_max or z_score")
    zero, gain = np.zeros_like(reference), np.full_like(reference, scale)
    if direction == 1:
        return Affine(zero, reference, gain, zero)
    return Affine(zero, -reference, gain, 2 * gain) if negative == "mirror" else Reciprocal(scale * reference)


def _reference_value(sample: Sample, to: Any) -> Array:
    statistics = {
        "mean": lambda: sample.measure(Moments).mean,
        "max": lambda: sample.measure(Range).hi,
        "min": lambda: sample.measure(Range).lo,
        "median": lambda: sample.measure(Ordered).quantile(0.5),
        "first": lambda: sample.x[..., 0, :],
    }
    if isinstance(to, str) and to in statistics:
        found: Array = statistics[to]()  # type: ignore[no-untyped-call]  # lambdas carry no types
        return found
    if isinstance(to, (int, float, np.number)) and not isinstance(to, bool):
        return np.full(sample.k, float(to))
    rows = _rows_named(sample, to)
    return np.asarray(sample.x[..., rows, :].mean(axis=-2))


def _rows_named(sample: Sample, label: Any) -> NDArray[np.bool_]:
    labels = [] if sample.labels is None else list(sample.labels)
    rows = np.array([one == label or (isinstance(one, tuple) and label in one) for one in labels], dtype=np.bool_)
    if not rows.any():
        allowed = "'mean', 'max', 'min', 'median', 'first', a number, or the label of a fit row"
        raise SpecError(f"to: {allowed}, not {label!r}")
    return rows
