"""What the parts of a mean contribute to its level and to its changes over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from hengdian_index._maths.means import ARITHMETIC, Pair, geometric_pair, harmonic_pair
from hengdian_index._methods.decorators import matched_weights
from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import CellsError, SpecError, raise_all, suggestion
from hengdian_index.log import note
from hengdian_index.series._labels import Mask, Timed, read_series

_PAIRS: Mapping[str, Pair] = {"arithmetic": ARITHMETIC, "geometric": geometric_pair(), "harmonic": harmonic_pair()}
_MEANINGS = ("change", "growth", "level")
# Beside a level, a change below this is what rounding leaves of none: no share of it is told.
_NO_CHANGE = 1e-9


@typed
def contributions(
    x: Any,
    w: Any = None,
    *,
    of: Literal["change", "growth", "level"] = "change",
    lag: int = 1,
    form: Literal["arithmetic", "geometric", "harmonic"] = "arithmetic",
    share: bool = False,
) -> Any:
    r"""Contribution of each part to the change, or to the level, of the weighted mean of several series.

    Parameters
    ----------
    x : pandas DataFrame by period, or array (n, k) or (..., n, k)
        The parts: periods by components.
    w : mapping by column or sequence (k,), optional
        Weights of the parts, divided by their sum; default: equal. The same in all periods.
    of : {"change", "growth", "level"}
        The change of the mean; its growth rate, in percentage points (拉动百分点); its level. Shares of a change and of
        a level are both printed as "contribution rate" (贡献率) in official releases; they are different numbers.
    lag : int
        For a change and for growth: on how many periods before, by the calendar.
    form : {"arithmetic", "geometric", "harmonic"}
        The mean that the parts make.
    share : bool
        In per cent of the whole instead of points. Missing, with a line in the log, where the whole change is 0.

    Returns
    -------
    Like `x`
        Rows sum to the change of the mean, to its growth in per cent, or to its level. A row is missing where a part
        is, now or `lag` periods before.

    Raises
    ------
    DataError
        For the geometric and the harmonic mean, a value of 0 or less (the period and the part are named); labels that
        are no periods.
    SpecError
        Unknown words, a lag below 1, weights that do not fit.

    Notes
    -----
    With f(z) = z, ln z or 1/z and y the mean: to the change c_j = w_j (f(z1_j) - f(z0_j)) (y1 - y0) / (f(y1) - f(y0)),
    with the limit where y1 = y0, so that the parts sum exactly; to its growth 100 c_j / y0, missing with a line in the
    log where y0 is not above 0; of the geometric mean this is the log-mean
    (Vartia-Montgomery) split. To the level: y w_j f(z_j) / f(y), which for the geometric mean depends on the unit of
    measure. Near y = 1, of which the logarithm is 0, it has no
    bounds (347 and -346 for 1.001): where the sizes of its parts add up to more than 10 y, each is y w_j, and the log
    says so. The National Bureau of Statistics of China printed the share of the level
    in 2017 and the share of the change in 2020, both as the contribution to the new growth drivers.

    Source: Vartia 1976, Scandinavian Journal of Statistics 3; Balk 2008, Price and Quantity Index Numbers. Proof:
    nbs_new_drivers, both years; exact sums; the same as `Result.contributions`.

    .. math:: c_j = w_j \left(f(z_{1j}) - f(z_{0j})\right) \frac{y_1 - y_0}{f(y_1) - f(y_0)}

    **Symbols.** c: contribution of part j; f: z, its logarithm or its reciprocal, by `form`; z: value of a part, before
    (0) and after (1); y: the mean; w: weight.

    **When to use.** Why a mean of several series moved, in parts that sum to the whole exactly.

    **Pitfalls.** Parts are those of the formula, not causes. Weights must be those of the mean; of a harmonic or
    geometric mean parts depend on all series.

    Examples
    --------
    >>> import pandas as pd
    >>> import hengdian_index as hi
    >>> x = pd.DataFrame({"a": [100.0, 130.0], "b": [100.0, 110.0]}, index=[2019, 2020])
    >>> hi.series.contributions(x, {"a": 0.6, "b": 0.4}).loc[2020].round(6).tolist()
    [18.0, 4.0]
    >>> hi.series.contributions(x, {"a": 0.6, "b": 0.4}, of="level", share=True).loc[2020].round(1).tolist()
    [63.9, 36.1]
    """
    faults = [] if of in _MEANINGS else [Said("of: no {of!r}{guess}", of=of, guess=suggestion(of, _MEANINGS))]
    if form not in _PAIRS:
        faults.append(Said("form: no {form!r}{guess}", form=form, guess=suggestion(form, _PAIRS)))
    if isinstance(lag, bool) or not isinstance(lag, (int, np.integer)) or lag < 1:
        faults.append(Said("lag: a whole number of 1 or more, not {lag!r}", lag=lag))
    raise_all(SpecError, faults)
    timed = read_series(x, Said("parts"))
    weights, pair = matched_weights(w, timed.table), _PAIRS[form]
    if weights.ndim > 1:
        raise SpecError(
            Said(
                "weights: one for each of {parts} parts, not an array of shape {shape}",
                parts=weights.shape[-1],
                shape=weights.shape,
            )
        )
    lost = np.asarray((np.isnan(timed.values) & (weights > 0)).any(axis=-1))
    z = np.where(np.isnan(timed.values), 1.0, timed.values)
    try:
        y = pair.mean(z, weights)
    except CellsError as error:
        raise timed.refusal(error) from None
    if of == "level":
        parts, whole = _closed(_level(timed, pair, z, weights, y), y), y
    else:
        before = timed.before(int(lag))
        lost = np.asarray(lost | (before < 0) | lost[..., before])
        try:
            parts, whole = _change(pair, z, weights, y, before)
        except CellsError as error:
            raise timed.refusal(error) from None
    if share:
        parts = 100 * _shares(timed, parts, whole, y, lost)
    elif of == "growth":
        parts = 100 * parts / y[..., before, np.newaxis]
    lost = lost | (_no_growth(timed, y[..., before], lost) if of == "growth" else False)
    answer = timed.like(np.where(lost[..., np.newaxis], np.nan, parts))
    if hasattr(answer, "attrs"):
        answer.attrs["of"] = of
    return answer


def _no_growth(timed: Timed, y0: Array, lost: Mask) -> Mask:
    """Return where the level before (..., n) is not above 0, so that a change in per cent of it says nothing."""
    none: Mask = y0 <= 0
    for row in np.unique(np.argwhere(none & ~lost)[:, -1]).tolist():
        why = Said("contributions: the level before is not above 0, so that there is no growth from it")
        note("series", why, period=timed.text(int(timed.ordinals[row])))
    return none


def _level(timed: Timed, pair: Pair, z: Array, w: Array, y: Array) -> Array:
    """Return y w f(z) / f(y) for each part (..., n, k); where f(y) is 0, or near it, a part counts by its weight."""
    if pair is ARITHMETIC:
        return np.asarray(w * z)
    shares, by_weight = pair.level_shares(z, w, y)
    for row in np.unique(np.argwhere(by_weight)[:, -1]).tolist():
        why = Said(
            "contributions: the mean is so near 1, of which the logarithm is 0, that each part counts by its weight"
        )
        note("series", why, period=timed.text(int(timed.ordinals[row])))
    return np.asarray(y[..., np.newaxis] * shares)


def _change(pair: Pair, z: Array, w: Array, y: Array, before: Array) -> tuple[Array, Array]:
    """Return the parts (..., n, k) of the change of the mean, and the change (..., n)."""
    z0, y0 = z[..., before, :], y[..., before]
    step = z - z0
    change = y - y0
    return _closed(w * pair.slope(z0, z, y0, y) * step, change), change


def _closed(parts: Array, whole: Array) -> Array:
    """Return the parts with what rounding leaves between their sum and the whole shared out by their size."""
    size = np.abs(parts).sum(axis=-1)
    gap = (whole - parts.sum(axis=-1)) / np.where(size > 0, size, 1.0)
    return np.asarray(parts + np.abs(parts) * gap[..., np.newaxis])


def _shares(timed: Timed, parts: Array, whole: Array, y: Array, lost: Mask) -> Array:
    """Return the parts as shares of the whole, missing where the whole is nothing beside the level."""
    none = np.abs(whole) <= _NO_CHANGE * np.abs(y)
    rows = np.unique(np.argwhere(none & ~lost)[:, -1])
    for row in rows.tolist():
        note(
            "series",
            Said("contributions: the whole is 0, so that there are no shares of it"),
            period=timed.text(int(timed.ordinals[row])),
        )
    return parts / np.where(none, np.nan, whole)[..., np.newaxis]
