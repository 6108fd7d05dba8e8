"""The composite index of the business cycle, coincident or leading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._maths.stats import Moments
from hengdian_index._methods.composing import Array, composing
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.periods import Periods
from hengdian_index._tables.selection import chosen
from hengdian_index._values.equality import largest, same
from hengdian_index._words.said import Said
from hengdian_index.climate._columns import named_columns
from hengdian_index.errors import CellsError, DataError, SpecError, raise_all
from hengdian_index.log import note

# Symmetric changes are per cent of the values themselves, to which rounding is in proportion.
_PER_CENT = 200.0


@dataclass(frozen=True, slots=True, eq=False)
class Cycle:
    """Composite index with its frozen factors, the components' changes, and what each contributed.

    Attributes
    ----------
    index : Series or array (n,)
        The levels.
    growth : Series or array (n,)
        The symmetric changes they are chained from, in per cent.
    factors : Series or array (k,)
        What was learnt for each component, for later rows.
    shift : float
        What was learnt for all of them together.
    changes : DataFrame or array (n, k)
        Symmetric changes of the components, inverted ones turned.
    contributions : DataFrame or array (n, k)
        Factor times change; a row of them and the shift sum to the growth.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.climate.cycle([[100.0, 50.0], [102.0, 52.0], [101.0, 55.0]], details=True)
    >>> bool(abs(found.contributions.sum(axis=1) + found.shift - found.growth)[1:].max() < 1e-12)
    True
    """

    index: Any = field(metadata={"axis": "rows"})
    growth: Any = field(metadata={"axis": "rows"})
    factors: Any = field(metadata={"axis": "columns"})
    shift: float
    changes: Any = field(metadata={"axis": "table"})
    contributions: Any = field(metadata={"axis": "table"})


def _learnt(
    x: Any,
    match: Any = None,
    *,
    rates: Any = (),
    inverted: Any = (),
    standardise: str = "sd",
    factors: Any = None,
    shift: float | None = None,
    trend: float | str | None = None,
    names: Sequence[Any] | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Return what is frozen: the factors and the shift, so that no trend is left to learn."""
    sample = Sample((x,), tuple(names) if names else None)
    if factors is not None:
        return _given(factors, shift, match, trend, sample)
    if shift is not None:
        raise SpecError(Said("cycle: a shift goes with given factors; `trend` learns one"))
    if trend == "match" and match is None:
        raise SpecError(Said("cycle: trend='match' needs a series to match; give it as `match`"))
    changes = _changes(x, match, sample, rates, inverted)
    size = np.where(named_columns(rates, sample, "rates"), largest(x), _PER_CENT)
    found = np.ones(1)
    if sample.k > 1:
        volatility = _volatility(changes, size, sample.columns, standardise)
        found = volatility.min() / volatility
        found /= found.sum()
    target = None if match is None else symmetric_changes(match)
    if target is not None:
        own = _volatility(_growth(changes, found)[:, np.newaxis], found @ size, ("the composite",), standardise)
        found = found * (_volatility(target[:, np.newaxis], _PER_CENT, ("match",), standardise) / own)
    moved = 0.0
    if trend is not None:
        none = Said("cycle: there is no change in the rows to learn from, so no trend")
        wanted = _mean(target, none) if target is not None and trend == "match" else symmetric_of(float(trend))
        moved = wanted - _mean(_growth(changes, found), none)
    return {"factors": found.tolist(), "shift": moved, "trend": None}


def _faults(trend: float | str | None, to: float, **_: Any) -> list[Said]:
    found = [] if to > 0 else [Said("to: a level above 0, not {to:g}", to=to)]
    falls = isinstance(trend, (int, float)) and trend <= -100
    return found + ([Said("trend: a growth in per cent, above -100, not {trend}", trend=trend)] if falls else [])


@composing(
    "x",
    "match",
    table="x",
    along="time",
    learns=_learnt,
    check=_faults,
    formula=(
        r"x_t = x_{t-1}\,\frac{200 + i_t}{200 - i_t}, \quad i_t = \sum_j r_j m_{jt} + \mathrm{shift}, \quad "
        r"m_{jt} = 200\,\frac{c_{jt} - c_{j,t-1}}{c_{jt} + c_{j,t-1}}, \quad c_{jt} - c_{j,t-1} \; (j \in "
        r"\mathrm{rates}), \quad r_j \propto \frac{1}{v_j}"
    ),
    chinese="合成景气指数",
)
def cycle(
    x: Any,
    match: Any = None,
    *,
    rates: Any = (),
    inverted: Any = (),
    standardise: Literal["sd", "mean_abs"] = "sd",
    factors: Any = None,
    shift: float | None = None,
    trend: float | Literal["match"] | None = None,
    base: Any = None,
    to: float = 100,
    details: bool = False,
    names: Sequence[Any] | None = None,
    periods: Periods | None = None,
) -> Array | Cycle:
    """Composite index of the cycle: components' changes, each divided by its volatility, summed and chained.

    Parameters
    ----------
    x : table (n, k), or mapping of name to series
        Periods by components, in order of time; above 0, but for `rates`. Where a component is missing, the factors
        of the others are rescaled; where all are, at either end, the index is missing.
    match : series (n,), optional
        A coincident index above 0, whose volatility over the fit rows the composite is given.
    fit_on : span, slice, mask or table, optional
        Rows that factors are learnt from, by the changes between two of them; default: all.
    rates : names
        Components in per cent or balances, whose change is the difference; positions where there are no names.
    inverted : names
        Components that fall when business is brisk: their changes change sign.
    standardise : {"sd", "mean_abs"}
        Volatility of a component: standard deviation of its changes (n - 1), or the mean of their absolute values, as
        in Chinese and older American practice.
    factors : Cycle, mapping or sequence (k,), optional
        Factors learnt before or published, taken as they are: nothing is learnt.
    shift : float, optional
        Points added to each change of the composite, with given factors; a `Cycle` brings its own.
    trend : float or "match", optional
        Growth in per cent a period, or that of `match`, that the composite is given on average over the fit rows.
    base : period, span, slice, mask or position, optional
        Rows whose mean level is `to`; default: the first.
    to : float
        Level of the base.
    details : bool
        Return a `Cycle`.

    Returns
    -------
    series or array (n,), or Cycle

    Raises
    ------
    DataError
        Periods that are none, out of order or with a hole; a value of 0 or less; a component that never changes, or
        always by the same rate; a period within the series without any component.
    SpecError
        Names that are no components; factors together with what would be learnt.

    Notes
    -----
    m_jt = 200 (x_t - x_t-1) / (x_t + x_t-1), or x_t - x_t-1; r_j = (1/v_j) / sum (1/v); i_t = sum r_j m_jt + shift;
    I_t = I_t-1 (200 + i_t) / (200 - i_t). Symmetric changes make a rise and the fall back cancel. `match` multiplies
    all factors by the ratio of the volatilities. The defaults are the choices of the Conference Board, which learns
    the factors once a year and keeps them, and prints one decimal; nothing is rounded here. One component gives
    itself, rebased; the reciprocals of all give the reciprocal index.

    Source: Conference Board 2001, Business Cycle Indicators Handbook. Proof: its leading index of April 1998 (change,
    contribution, level), a slow loop, its laws.

    **Symbols.** r: factor of component j; v: volatility of its changes; c: value of the component; m: its symmetric
    change; i: change of the composite in per cent.

    **When to use.** Turning points from several monthly or quarterly indicators, in the way of the Conference Board.

    **Pitfalls.** Each component gets the same volatility, so a quiet one gets a large factor. Factors learnt again move
    history: freeze the fit rows.

    Examples
    --------
    >>> import hengdian_index.climate as climate
    >>> climate.cycle([[20.0, 5.0], [30.0, 6.0], [20.0, 5.0]]).round(2)
    array([100.  , 128.57, 100.  ])
    >>> found = climate.cycle([[20.0, 5.0], [30.0, 6.0], [20.0, 5.0]], details=True)
    >>> found.factors.round(3), found.contributions[1].round(2)
    (array([0.312, 0.688]), array([12.5, 12.5]))
    """
    sample = Sample((x,), tuple(names) if names else None)
    if factors is None:
        frozen = _learnt(
            x, match, rates=rates, inverted=inverted, standardise=standardise, shift=shift, trend=trend, names=names
        )
        factors, shift = frozen["factors"], frozen["shift"]
    changes = _changes(x, match, sample, rates, inverted)
    contributions = _contributions(changes, np.asarray(factors, dtype=np.float64))
    growth = _total(contributions) + (shift or 0.0)
    index = _rebased(chained(growth, np.asarray((~np.isnan(x)).any(axis=1))), base, to, periods)
    _tell(changes)
    return Cycle(index, growth, np.asarray(factors), shift or 0.0, changes, contributions) if details else index


def _given(
    factors: Any, shift: float | None, match: Array | None, trend: float | str | None, sample: Sample
) -> dict[str, Any]:
    """Return factors and shift that the user gives."""
    learnt = {"match": match, "trend": trend} | ({"shift": shift} if isinstance(factors, Cycle) else {})
    clash = [name for name, value in learnt.items() if value is not None]
    raise_all(
        SpecError,
        [
            Said("cycle: the factors are given, so there is nothing to learn; leave out {option}", option=name)
            for name in clash
        ],
    )
    if isinstance(factors, Cycle):
        factors, shift = factors.factors, factors.shift
    numbers = sample.per_column(factors, "factors")
    if (numbers < 0).any() or not numbers.any():
        raise SpecError(
            Said("factors: numbers of 0 or more, not all 0, not {given}; see `inverted`", given=numbers.tolist())
        )
    return {"factors": numbers.tolist(), "shift": shift or 0.0}


def _changes(x: Array, match: Array | None, sample: Sample, rates: Any, inverted: Any) -> Array:
    """Return the changes (n, k) from the period before, inverted components turned; the first row is missing."""
    differences, turned = named_columns(rates, sample, "rates"), named_columns(inverted, sample, "inverted")
    low = (x <= 0) & ~differences
    beside = [] if match is None else [match <= 0]
    if low.any() or any(mask.any() for mask in beside):
        raise CellsError(np.column_stack([low, *beside]), Said("a symmetric change needs values above 0; see `rates`"))
    plain = np.vstack([np.full((1, sample.k), np.nan), np.diff(x, axis=0)])
    return np.where(differences, plain, symmetric_changes(np.where(differences, 1.0, x))) * np.where(turned, -1.0, 1.0)


def _volatility(changes: Array, size: Any, names: tuple[Any, ...] | None, standardise: str) -> Array:
    """Return the volatility (k,) of changes; what does not vary has none, and is refused.

    `size` (k,): the largest magnitude that the changes come from.
    """
    sample = Sample((changes,), names)
    moments = sample.measure(Moments)
    sample.need_values(moments.n, least=2)
    sample.refuse(same(largest(changes), 0.0, size), Said("no change in the rows to learn from; leave it out"))
    if standardise == "mean_abs":
        return np.asarray(np.nanmean(abs(changes), axis=0))
    deviation = moments.deviation()
    sample.refuse(
        same(deviation, 0.0, size),
        Said(
            "always the same change in the rows to learn from, so no volatility; leave it out, "
            "or standardise='mean_abs'"
        ),
    )
    return deviation


def _contributions(changes: Array, factors: Array) -> Array:
    """Return factor times change (n, k), the factors of the components present raised to the sum of all."""
    present = np.where(np.isnan(changes), 0.0, factors)
    there = present.sum(axis=1, keepdims=True)
    raised = np.divide(factors.sum(), there, out=np.full(there.shape, np.nan), where=there > 0)
    return np.asarray(changes * (present * raised))


def _growth(changes: Array, factors: Array) -> Array:
    return _total(_contributions(changes, factors))


def _total(contributions: Array) -> Array:
    """Return the sum (n,) of the contributions there are, missing where there is none."""
    return np.where(np.isnan(contributions).all(axis=1), np.nan, np.nansum(contributions, axis=1))


def _mean(values: Array, otherwise: Said) -> float:
    """Return the mean of the values there are; of none at all there is none."""
    if np.isnan(values).all():
        raise DataError(otherwise)
    return float(np.nanmean(values))


def _rebased(levels: Array, base: Any, to: float, periods: Periods | None) -> Array:
    if base is None:
        return levels * to
    there = levels[chosen(base, "base", len(levels), periods)]
    none = Said("base: the index has no level there; choose rows in which a component has a value")
    return levels / _mean(there, none) * to


def _tell(changes: Array) -> None:
    gaps = np.isnan(changes[1:])
    rows = int((gaps.any(axis=1) & ~gaps.all(axis=1)).sum())
    if rows:
        said = Said.of(
            rows,
            "cycle: in {n} period components are missing; the factors of the others are raised",
            "cycle: in {n} periods components are missing; the factors of the others are raised",
        )
        note("climate", said)


def symmetric_changes(x: Array) -> Array:
    """Return 200 (x_t - x_t-1) / (x_t + x_t-1) of values above 0, (n, ...); the first is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.climate.cycle import symmetric_changes
    >>> symmetric_changes(np.array([2.0, 3.0, 2.0]))
    array([ nan,  40., -40.])
    """
    half, changes = x / 2, np.full(x.shape, np.nan)  # halves, so that the sum does not overflow
    changes[1:] = 200 * ((half[1:] - half[:-1]) / (half[1:] + half[:-1]))
    return changes


def symmetric_of(growth: float) -> float:
    """Return the symmetric change that is a growth in per cent.

    Examples
    --------
    >>> from hengdian_index.climate.cycle import symmetric_of
    >>> symmetric_of(50.0)
    40.0
    """
    return 200 * growth / (200 + growth)


def chained(changes: Array, there: NDArray[np.bool_]) -> Array:
    """Return the levels (n,) that symmetric changes lead to, 1 in the first row that is `there` at all.

    Rows before it, and after the last change, are missing; a change missing between breaks the chain.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.climate.cycle import chained
    >>> chained(np.array([np.nan, np.nan, 40.0]), np.array([False, True, True]))
    array([nan, 1. , 1.5])
    """
    if not there.any():
        raise DataError(Said("cycle: no component has a value"))
    rows, first = np.arange(len(changes)), int(np.argmax(there))
    inside = (rows > first) & (rows <= max(rows[~np.isnan(changes)], default=first))
    broken = inside & np.isnan(changes)
    if broken.any():
        raise CellsError(
            broken, Said("no component has a value both here and in the period before, so the chain breaks")
        )
    too_far = inside & (abs(changes) >= 200)
    if too_far.any():
        raise CellsError(
            too_far, Said("the changes sum to 200 per cent or more, which no chain follows; scale the `rates`")
        )
    levels = np.full(len(changes), np.nan)
    levels[first] = 1.0
    levels[inside] = np.cumprod((200 + changes[inside]) / (200 - changes[inside]))
    return levels
