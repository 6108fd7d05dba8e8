"""Treatments of outliers: winsorising, fences, and the two-stage rule of the Joint Research Centre."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index.errors import CellsError
from hengdian_index.maps import Clip, Map, chain
from hengdian_index.rows.table import Array
from hengdian_index.sample import Sample
from hengdian_index.shape import kurtosis as excess_kurtosis
from hengdian_index.shape import skewness
from hengdian_index.stats import Moments, Ordered, Range
from hengdian_index.treat.curves import Offset, Power, log_curve
from hengdian_index.treatment import remark, treating

_SHAPELESS = "untreated: fewer than 4 values, or all equal"


def _one_of_two(points: int | None, limits: Any) -> list[str]:
    if (points is None) == (limits is None):
        return ["give either points (how many times the extreme value moves in) or limits (two quantiles)"]
    if points is not None:
        return [] if points >= 0 else [f"points: 0 or more, not {points}"]
    pair = np.shape(limits) == (2,) and 0 <= limits[0] < limits[1] <= 1
    return [] if pair else [f"limits: two rising shares such as (0.05, 0.95), not {limits!r}"]


@treating(
    sees="statistics",
    monotone=True,
    shape=True,
    why="held within the winsorised ends of the fit rows",
    check=lambda points, limits: _one_of_two(points, limits),
)
def winsorise(sample: Sample, *, points: int | None = None, limits: Any = None) -> Map:
    """Values with the extreme ones set to the next value, or held within two quantiles.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    points : int, optional
        So many times, the extreme value on the side of the skew is set to the next value; ties move together.
    limits : pair of float, optional
        Instead: the two quantiles that values are held within, such as (0.05, 0.95).

    Returns
    -------
    (table, log)

    Raises
    ------
    SpecError
        Both or neither of `points` and `limits`.

    Notes
    -----
    The side is the largest values if G1 >= 0, looked at anew each time. A step that would move the median, or leave
    all values equal, is not taken; the log says so. Quantiles are of type 7 (linear). Other libraries' limits are
    the shares cut off at either side: their (.05, .05) is (.05, .95) here. Proof: median unchanged; a slow loop.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> table, log = hi.treat.winsorise([1.0, 2.0, 3.0, 4.0, 90.0], points=1)
    >>> table
    array([1., 2., 3., 4., 4.])
    """
    if points is None:
        ordered = sample.measure(Ordered)
        sample.need_values(ordered.n)
        what = f"the quantiles {limits[0]:g} and {limits[1]:g}"
        return _fences(sample, ordered.quantile(limits[0]), ordered.quantile(limits[1]), what)
    return _by_column(sample, lambda values: _stepped(values, points))


@treating(
    sees="statistics",
    monotone=True,
    shape=True,
    why="held within the fences of the fit rows",
    check=lambda rule, width: [] if width is None or width > 0 else [f"width: above 0, not {width:g}"],
)
def fence(sample: Sample, *, rule: Literal["iqr", "sigma"] = "iqr", width: float | None = None) -> Map:
    """Values held within fences around the middle of their column.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    rule : {"iqr", "sigma"}
        "iqr": from q25 - width (q75 - q25) to q75 + width (q75 - q25). "sigma": mean -/+ width s (ddof 1).
    width : float, optional
        1.5 for "iqr", 3 for "sigma", unless given.

    Returns
    -------
    (table, log)

    Notes
    -----
    A column whose quartiles are equal would become constant under "iqr": it is left untreated, and the log says so.
    Source: Tukey 1977 (Exploratory Data Analysis). Proof: unchanged by a second run where the quartiles stay; a slow
    formula.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.treat.fence([1.0, 2.0, 3.0, 4.0, 90.0]).table
    array([1., 2., 3., 4., 7.])
    """
    sample.need_values(sample.measure(Range).n)
    if rule == "iqr":
        ordered = sample.measure(Ordered)
        low, high = ordered.quantile(0.25), ordered.quantile(0.75)
        step = (1.5 if width is None else width) * (high - low)
    else:
        moments = sample.measure(Moments)
        low = high = moments.mean
        step = (3.0 if width is None else width) * moments.deviation()
    return _fences(sample, low - step, high + step, f"the {rule} fence")


@treating(
    sees="statistics",
    shape=True,
    why="treated as the fit rows were",
    check=lambda max_points, skew, kurtosis, **_: (
        ([] if max_points is None or max_points >= 0 else [f"max_points: 0 or more, or None, not {max_points}"])
        + [f"{name}: 0 or more, not {v:g}" for name, v in (("skew", skew), ("kurtosis", kurtosis)) if v < 0]
    ),
)
def jrc(
    sample: Sample,
    *,
    max_points: int | None = 5,
    skew: float = 2,
    kurtosis: float = 3.5,
    offset: Offset = "range",
    combine: bool = False,
) -> Map:
    """Outliers treated by the rule of the Joint Research Centre: winsorise a few points, else take the logarithm.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    max_points : int or None
        Most cells that winsorising may change in a column; None: no limit. Ties move together or not at all.
    skew, kurtosis : float
        A column passes if |G1| <= skew or G2 <= kurtosis, and is then never touched.
    offset : {"range", "one", "none"}
        The logarithm of the second stage, see `log`.
    combine : bool
        Take the logarithm of the winsorised values instead of the raw ones.

    Returns
    -------
    (table, log)
        The log gives skewness, kurtosis and the verdict after each stage, with each touched cell.

    Raises
    ------
    DataError
        offset="none" with a value of 0 or less in a column that comes to the logarithm; a later row below the least
        value that the logarithm of the fit rows can take.

    Notes
    -----
    A column that fails is winsorised one value at a time, on the side of the skew, until it passes or `max_points`
    cells are changed. Does it fail still, the winsorised values are thrown away and the logarithm of the raw column is
    taken. A column that fails even then keeps the logarithm, and the log says so. Later rows are clipped at the fences
    of the fit rows, or logged with their constants. Other implementations let a tie overshoot the limit, and turn a
    column of few distinct values into a constant. Source: Joint Research Centre, COIN Tool user guide; Becker et al.
    (COINr). Proof: the ASEM index as COINr treats it, cell by cell; a slow loop.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> table, log = hi.treat.jrc([1.0, 2.0, 3.0, 4.0, 5.0, 90.0])
    >>> table
    array([1., 2., 3., 4., 5., 5.])
    >>> log.loc[0, "why"]
    'raw: skew 2.444, kurtosis 5.979, fails; 1 point winsorised: skew -0.3105, kurtosis -1.839, passes'
    """
    rule = _Rule(max_points, skew, kurtosis, offset, combine)
    return _by_column(sample, rule.treat)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is done to one column: held within low..high, then logged if there is a curve; and what to say of it."""

    low: float = -np.inf
    high: float = np.inf
    curve: Power | None = None
    why: str = ""
    treated: bool = True


@dataclass(frozen=True, slots=True)
class _Rule:
    """The two stages for the sorted values of one column."""

    max_points: int | None
    skew: float
    kurtosis: float
    offset: Offset
    combine: bool

    def treat(self, values: Array) -> _Outcome:
        """Return the outcome of both stages."""
        passes, said = self._judged(values)
        if passes:
            return _Outcome()
        report, held, last = [f"raw: {said}"], values, (-np.inf, np.inf)
        for low, high, moved in _steps(values):
            if self.max_points is not None and moved > self.max_points:
                break
            last, held = (low, high), np.clip(values, low, high)
            passes, said = self._judged(held)
            report[1:] = [f"{_points(moved)} winsorised: {said}"]
            if passes:
                return _Outcome(low, high, why="; ".join(report))
        return self._logged(held if self.combine else values, last if self.combine else (-np.inf, np.inf), report)

    def _logged(self, values: Array, fences: tuple[float, float], report: list[str]) -> _Outcome:
        column = values[:, np.newaxis]
        seen, g1 = Range.of(column), skewness(Moments.of(column))
        curve = log_curve(seen.lo, seen.hi, g1, self.offset, np.ones(1, dtype=np.bool_))
        passes, said = self._judged(curve(column)[:, 0])
        of = "winsorised" if self.combine else "raw"
        report = [*report, f"{curve.words(0)} of the {of} values: {said}" + ("" if passes else "; kept, look at it")]
        return _Outcome(*fences, curve, "; ".join(report))

    def _judged(self, values: Array) -> tuple[bool, str]:
        """Return whether values pass, and how that is said."""
        moments = Moments.of(values[:, np.newaxis])
        g1, g2 = float(skewness(moments)[0]), float(excess_kurtosis(moments)[0])
        passes = abs(g1) <= self.skew or g2 <= self.kurtosis
        return passes, f"skew {g1:.4g}, kurtosis {g2:.4g}, {'passes' if passes else 'fails'}"


def _steps(values: Array) -> Iterator[tuple[float, float, int]]:
    """Yield the fences, and the number of cells outside them, after each step of winsorising sorted values.

    A step sets the extreme value on the side of the skew to the next one. None moves the median or makes all equal.
    """
    n = len(values)
    low, high = values[0], values[-1]
    while True:
        held = np.clip(values, low, high)
        if skewness(Moments.of(held[:, np.newaxis]))[0] >= 0:
            inside = values[: np.searchsorted(values, high, "left")]
            if not (inside.size and inside[-1] > low and inside[-1] >= values[n // 2]):
                return
            high = inside[-1]
        else:
            inside = values[np.searchsorted(values, low, "right") :]
            if not (inside.size and inside[0] < high and inside[0] <= values[(n - 1) // 2]):
                return
            low = inside[0]
        yield float(low), float(high), int((values < low).sum() + (values > high).sum())


def _points(number: int) -> str:
    return f"{number} point{'' if number == 1 else 's'}"


def _stepped(values: Array, points: int) -> _Outcome:
    """Return the outcome of so many steps."""
    taken = list(islice(_steps(values), points))
    low, high, moved = taken[-1] if taken else (-np.inf, np.inf, 0)
    short = len(taken) < points
    stopped = f"; only {len(taken)} of {points} steps, a further one would move the median or leave all equal"
    return _Outcome(low, high, why=f"{_points(moved)} winsorised{stopped if short else ''}", treated=bool(taken) or not short)


def _by_column(sample: Sample, treat: Callable[[Array], _Outcome]) -> Map:
    """Return the map of what is done to each column, from its sorted values."""
    seen = sample.measure(Range)
    sample.need_values(seen.n)
    x, shape = sample.x, seen.n.shape
    outcomes, refused = np.empty(shape, dtype=object), np.zeros(x.shape, dtype=np.bool_)
    why = ""
    for at in np.ndindex(*shape):
        column = (*at[:-1], slice(None), at[-1])
        values = np.sort(x[column][~np.isnan(x[column])])
        try:
            outcomes[at] = _Outcome(why=_SHAPELESS, treated=False) if _shapeless(values) else treat(values)
        except CellsError as error:
            refused[column], why = x[column] <= 0, error.why
    if refused.any():
        raise CellsError(refused, why)
    if len(shape) == 1:
        remark(sample, [one.why if one.treated else None for one in outcomes])
        remark(sample, [None if one.treated else one.why for one in outcomes], treated=False)
    return _joined(outcomes)


def _shapeless(values: Array) -> bool:
    return len(values) < 4 or bool(values[0] == values[-1])


def _joined(outcomes: NDArray[Any]) -> Map:
    """Return one map of the outcomes (..., k): the fences, then the curves if there are any."""

    def each(take: Callable[[_Outcome], Any], kind: type) -> Array:
        return np.array([take(one) for one in outcomes.ravel()], dtype=kind).reshape(outcomes.shape)

    fences = Clip(each(lambda one: one.low, float), each(lambda one: one.high, float))
    on = each(lambda one: one.curve is not None, bool)
    if not on.any():
        return fences
    curve = Power(
        each(lambda one: one.curve.sign[0] if one.curve else 1, float),
        each(lambda one: one.curve.centre[0] if one.curve else 0, float),
        each(lambda one: one.curve.offset[0] if one.curve else 0, float),
        np.zeros(outcomes.shape),
        on,
    )
    return chain(fences, curve)


def _fences(sample: Sample, low: Array, high: Array, what: str) -> Map:
    """Return the fences of the columns that have a shape, and tell which columns they touch, and where there are none."""
    seen = sample.measure(Range)
    shapeless = (seen.n < 4) | (seen.lo == seen.hi)
    flat = ~shapeless & (low == high)
    low, high = np.where(shapeless | flat, -np.inf, low), np.where(shapeless | flat, np.inf, high)
    if low.ndim == 1:
        touched = (seen.lo < low) | (seen.hi > high)
        texts = [f"held within {a:.6g} and {b:.6g}, {what}" for a, b in zip(low, high, strict=True)]
        remark(sample, [text if one else None for text, one in zip(texts, touched, strict=True)])
        left = np.where(shapeless, _SHAPELESS, np.where(flat, f"untreated: {what} would make all values equal", ""))
        remark(sample, left.tolist(), treated=False)
    return Clip(low, high)
