"""Levels of a series from its growth rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array, shortened
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import CellsError, DataError, Fault, SpecError, raise_all, suggestion
from hengdian_index.log import note
from hengdian_index.series._labels import Mask, Timed, read_series

__all__ = ["chain"]


@dataclass(frozen=True, slots=True)
class _Rate:
    """What a growth rate multiplies the level by, and the open interval of rates that leave it above 0."""

    factor: Callable[[Array], Array]
    low: float
    high: float


_RATES: Mapping[str, _Rate] = {
    "ratio": _Rate(lambda g: 1 + g / 100, -100, np.inf),
    "symmetric": _Rate(lambda g: (200 + g) / (200 - g), -200, 200),
    "log": _Rate(lambda g: np.exp(g / 100), -np.inf, np.inf),
}
_GAPS = ("raise", "carry")
_FORMS = ("percent", "index")

# Where the values of a series all lie that is an index of the period before, 100, and not per cent of growth.
_AROUND_100 = (70.0, 140.0)
# Fewer values do not show what a series is given as.
_FEWEST = 3


@typed
def chain(
    growth: Any,
    how: Literal["ratio", "symmetric", "log"] = "ratio",
    *,
    start: float = 100.0,
    gap: Literal["raise", "carry"] = "raise",
    form: Literal["percent", "index"] = "percent",
) -> Any:
    r"""Levels that a series of growth rates makes.

    Parameters
    ----------
    growth : pandas Series or DataFrame by period, or array (n,) or (..., n, k)
        Growth on the period before, in per cent or as an index (`form`); each column on its own.
    how : {"ratio", "symmetric", "log"}
        Which rate it is, as in `growth`.
    start : float
        The first level where the first growth is missing, as `growth` leaves it; otherwise the level before the first.
    gap : {"raise", "carry"}
        What a later missing growth or period does: it breaks the chain, or the level stays, with a line in the log.
    form : {"percent", "index"}
        How the growth is given: in per cent (5.2), or as an index whose period before is 100 (105.2, 环比指数).

    Returns
    -------
    Like `growth`

    Raises
    ------
    DataError
        A missing growth or period with gap="raise"; a ratio of -100 or less, a symmetric rate outside -200..200;
        levels beyond the range of numbers; a series around 100 given as per cent, or one around 0 given as an index
        (three values or more, all from 70 to 140, or all below 70 in size). All are named.
    SpecError
        An unknown `how`, `gap` or `form`; an index whose `how` is not "ratio"; a start that is not above 0.

    Notes
    -----
    ratio I_t = I_{t-1} (1 + g/100); symmetric I_t = I_{t-1} (200 + g) / (200 - g); log I_t = I_{t-1} exp(g/100). A
    rise and a fall of the same size cancel with "symmetric" and "log", which nearly agree; a mean of plain growth rates
    of several parts drifts upward. The composite indexes of The Conference Board and of the National Bureau of
    Statistics of China are chained symmetrically.

    Source: The Conference Board 2001, Business Cycle Indicators Handbook. Proof: its published level of April 1998;
    `chain(growth(s))` is s rebased; the reciprocal series has the reciprocal levels.

    .. math:: I_t = I_{t-1} \left(1 + \frac{g_t}{100}\right)

    **Symbols.** I: level; g: growth in per cent; t: a period.

    **When to use.** Levels are wanted and growth is what there is.

    **Pitfalls.** Errors of growth add up in the level, and one missing rate stops it. How rates become levels must be
    how they were made: a symmetric rate chained as a ratio drifts.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.series.chain([float("nan"), 10.0, -10.0])
    array([100., 110.,  99.])
    >>> hi.series.chain([40.0, -40.0], how="symmetric")
    array([150., 100.])
    >>> hi.series.chain([105.0, 102.0], form="index").round(6)
    array([105. , 107.1])
    """
    faults = list[Said]()
    if how not in _RATES:
        faults.append(Said("how: no {how!r}{guess}", how=how, guess=suggestion(how, _RATES)))
    if gap not in _GAPS:
        faults.append(Said("gap: no {gap!r}{guess}", gap=gap, guess=suggestion(gap, _GAPS)))
    if not np.isfinite(start) or start <= 0:
        faults.append(Said("start: a finite number above 0, not {start!r}", start=start))
    if form not in _FORMS:
        faults.append(Said("form: no {form!r}{guess}", form=form, guess=suggestion(form, _FORMS)))
    if form == "index" and how in _RATES and how != "ratio":
        faults.append(Said("form: an index is a ratio to the period before; leave how={how!r} out", how=how))
    raise_all(SpecError, faults)
    timed = read_series(growth, Said("growth"))
    refuse_other_form(timed, form)
    if form == "index":
        timed = replace(timed, table=replace(timed.table, values=timed.values - 100))
    _check(timed, _RATES[how], carry=gap == "carry")
    factors = _RATES[how].factor(np.nan_to_num(timed.values)[..., timed.order, :])
    with np.errstate(over="ignore", under="ignore"):
        # One level after the other, so that a chain that is gone on with has the same numbers as a whole one.
        factors[..., :1, :] *= start
        levels = np.cumprod(factors, axis=-2)
    out = np.empty_like(levels)
    out[..., timed.order, :] = levels
    timed.refuse(
        ~(np.isfinite(out) & (out > 0)), Said("the level goes beyond the range of numbers; are these per cent?")
    )
    return timed.table.like(out)


def refuse_other_form(timed: Timed, form: str) -> None:
    """Refuse columns of growth that are plainly given in the other form, per cent or index."""
    flat = timed.values.reshape(-1, *timed.values.shape[-2:])
    faults = list[Said]()
    for j in range(flat.shape[-1]):
        found = read_as_other_form(flat[..., j], form)
        if found:
            why, other = found
            faults.append(
                Said(
                    "{name}{column}: {why}; write form={other!r}",
                    name=timed.name,
                    column=timed.column(j),
                    why=why,
                    other=other,
                )
            )
    raise_all(DataError, shortened(faults))


def read_as_other_form(growth: Array, form: str) -> tuple[Said, str] | None:
    """Return why growth is plainly given in another form than said, per cent or index, and that form.

    Examples
    --------
    >>> import numpy as np
    >>> from hengdian_index.series.chaining import read_as_other_form
    >>> read_as_other_form(np.array([104.0, 98.5, 101.0]), "percent")[1]
    'index'
    >>> read_as_other_form(np.array([4.0, -1.5, 1.0]), "percent")
    """
    known = growth[~np.isnan(growth)]
    if len(known) < _FEWEST:
        return None
    low, high = known.min(), known.max()
    if form == "percent" and low >= _AROUND_100[0] and high <= _AROUND_100[1]:
        why = Said(
            "all values lie from {low:.10g} to {high:.10g}, "
            "as those of an index whose period before is 100, not per cent",
            low=low,
            high=high,
        )
        return why, "index"
    if form == "index" and (np.abs(known) < _AROUND_100[0]).all():
        why = Said(
            "all values lie from {low:.10g} to {high:.10g}, "
            "as those of per cent, not an index whose period before is 100",
            low=low,
            high=high,
        )
        return why, "percent"
    return None


def ratio_of(growth: Array, form: str) -> tuple[Array, float]:
    """Return what growth multiplies a level by, and above what the growth lies so that the level stays above 0."""
    rate = _RATES["ratio"]
    return (growth / 100, 0.0) if form == "index" else (rate.factor(growth), rate.low)


def _check(timed: Timed, rate: _Rate, carry: bool) -> None:
    """Raise for rates that make no level, and for breaks of the chain, or note where the level is carried over them."""
    outside = (timed.values <= rate.low) | (timed.values >= rate.high)
    faults = _allowed(timed, outside, rate)
    first = timed.ordinals == timed.ordinals.min()
    missing = np.isnan(timed.values) & ~first[:, np.newaxis]
    breaks = [
        joined([timed.cell(int(c[-2]), int(c[-1])), Said("the growth is missing")], "heads")
        for c in np.argwhere(missing)
    ]
    breaks += [Said("{name}: there is no row of {period}", name=timed.name, period=hole) for hole in timed.holes()]
    if carry:
        for line in breaks:
            note("series", Said("chain: {line}; the level is carried over it", line=line))
    else:
        broken = [
            Said("{line}, which breaks the chain; fill it, or gap='carry' keeps the level", line=line)
            for line in breaks
        ]
        faults += shortened(Fault(one, kind=(Said("places"),)) for one in broken)
    raise_all(DataError, faults)


def _allowed(timed: Timed, outside: Mask, rate: _Rate) -> list[Fault | Said]:
    why = Said("a rate must lie above {low:g} (in per cent)", low=rate.low)
    if np.isfinite(rate.high):
        why = Said("a rate must lie between {low:g} and {high:g} (in per cent)", low=rate.low, high=rate.high)
    return list(timed.refusal(CellsError(outside, why)).faults)
