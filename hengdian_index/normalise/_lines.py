"""What the normalisations along a line share: the line, its clip, and bounds, given or learnt, in order."""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias

import numpy as np

from hengdian_index._maths.maps import Affine, Clip, Map, chain
from hengdian_index._maths.stats import Ordered
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.options import in_order
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, raise_all

Constant: TypeAlias = float | Literal["raise"]

# A bound that is learnt from the fit rows, as it is written.
_LEARNT = re.compile(r"(best_mean|worst_mean|percentile)\(\s*(\d+(?:\.\d*)?|\.\d+)\s*\)")
BOUND_WORDS = {
    "en": {
        "best_mean(n)": "mean of the {n} best fit rows",
        "worst_mean(n)": "mean of the {n} worst fit rows",
        "percentile(n)": "percentile {n} of the fit rows",
    },
    "zh": {
        "best_mean(n)": "参数确定期内最好的{n}个值的均值",
        "worst_mean(n)": "参数确定期内最差的{n}个值的均值",
        "percentile(n)": "参数确定期的第{n}百分位数",
    },
}
"""The words of such bounds."""

# What every normalisation asks before it gives a map.
_ENDLESS = Said("the range of its values is not a finite number; rescale its unit")
_CONSTANT = Said("constant over the fit rows; leave it out, fit on other rows, or give `constant` its score")

# The smallest numbers are whole multiples of the smallest one, so that this many of it have nine digits.
_NINE_DIGITS = 1e9 * float(np.finfo(np.float64).smallest_subnormal)


def line(
    sample: Sample,
    centre: Array,
    spread: Array,
    gain: float,
    at: float | Array,
    *,
    clip: tuple[float, float] | None = None,
    constant: Constant = "raise",
) -> Map:
    """Return `at + gain (x - centre) / spread`; the one place where a spread of 0 is refused or given its score."""
    sample.refuse(~np.isfinite(spread), _ENDLESS)
    flat = spread == 0
    if constant == "raise":
        sample.refuse(flat, _CONSTANT)
    score = 0.0 if constant == "raise" else float(constant)
    straight = Affine(
        np.where(flat, 0.0, centre), np.where(flat, 1.0, spread), np.where(flat, 0.0, gain), np.where(flat, score, at)
    )
    return chain(straight, hold(sample, *clip)) if clip else straight


def hold(sample: Sample, low: float, high: float) -> Clip:
    """Return the map that holds every column within `low..high`."""
    return Clip(np.full(sample.k, float(low)), np.full(sample.k, float(high)))


def learnt_in(given: Any) -> list[str]:
    """Return the texts in a bound, those that say how it is learnt."""
    several = dict(given).values() if hasattr(given, "keys") else given if isinstance(given, (list, tuple)) else [given]
    return [one for one in several if isinstance(one, str)]


def bound_faults(**bounds: Any) -> list[Said]:
    """Return what is wrong with bounds that are learnt, among those given by name."""
    faults = []
    for option, given in bounds.items():
        for one in learnt_in(given):
            kind, amount = _read(one)
            if not kind and "(" in one:
                faults.append(
                    Said(
                        "{option}: a number, or 'best_mean(5)', 'worst_mean(5)' or 'percentile(2.5)', not {given!r}",
                        option=option,
                        given=one,
                    )
                )
            elif kind == "percentile" and amount > 100:
                faults.append(
                    Said("{option}: a percentile runs from 0 to 100, not {amount:g}", option=option, amount=amount)
                )
            elif kind and kind != "percentile" and (amount < 1 or amount != int(amount)):
                faults.append(
                    Said(
                        "{option}: {kind} takes how many of the fit rows, 1 or more, not {amount:g}",
                        option=option,
                        kind=kind,
                        amount=amount,
                    )
                )
    return faults


def bounds(sample: Sample, given: Any, option: str, direction: int = 1) -> Array:
    """Return a bound of each column, (k,) or (..., k): as given, or what is learnt from the fit rows where a text says.

    Of `best_mean(5)` the best are the largest under direction 1, the smallest under -1; a percentile is the quantile of
    type 7 of the values as they are.
    """
    listed = in_order(
        given,
        sample.columns or tuple(range(sample.k)),
        option,
        lacks=lambda j: Said("{option}: no value for {where}", option=option, where=sample.name(j)),
    )
    each = list(listed) if isinstance(listed, (list, tuple)) and len(listed) == sample.k else [listed] * sample.k
    learnt = {j: read for j, one in enumerate(each) if isinstance(one, str) and (read := _read(one))[0]}
    if not learnt:
        return sample.per_column(given, option)
    numbers = sample.per_column([0.0 if j in learnt else one for j, one in enumerate(each)], option)
    ordered = sample.measure(Ordered)
    sample.need_values(ordered.n)
    found: Array = np.array(np.broadcast_to(numbers, ordered.n.shape), dtype=np.float64)
    for kind, amount in dict.fromkeys(learnt.values()):
        at = [j for j, one in learnt.items() if one == (kind, amount)]
        found[..., at] = _learnt(sample, ordered, kind, amount, direction, at)[..., at]
    return found


def _read(text: str) -> tuple[str, float]:
    """Return which bound is learnt and its number; ("", 0) of a text that says none."""
    read = _LEARNT.fullmatch(text.strip())
    return (read[1], float(read[2])) if read else ("", 0.0)


def _learnt(sample: Sample, ordered: Ordered, kind: str, amount: float, direction: int, at: list[int]) -> Array:
    if kind == "percentile":
        return ordered.quantile(amount / 100)
    few = np.zeros(ordered.n.shape, dtype=np.bool_)
    few[..., at] = ordered.n[..., at] < amount
    sample.refuse(
        few,
        Said(
            "{kind}({amount:g}) needs {values} in the rows to learn from; ask for fewer",
            kind=kind,
            amount=amount,
            values=Said.of(int(amount), "{n} value", "{n} values"),
        ),
    )
    place = np.arange(ordered.values.shape[-2])[:, np.newaxis]
    last = ordered.n[..., np.newaxis, :]
    largest = (kind == "best_mean") == (direction == 1)
    those = (place >= last - amount) & (place < last) if largest else place < amount
    # Halves first: the sum of large values could overflow.
    return np.asarray(2 * np.sum(np.where(those, ordered.values / 2 / amount, 0.0), axis=-2))


def need_order(sample: Sample, low: Array, high: Array, *, positive: bool) -> None:
    """Refuse bounds out of order, or not above 0 where logarithms are taken."""
    low, high = (part.reshape(-1, sample.k) for part in np.broadcast_arrays(low, high))
    faults = [
        Said(
            "{where}: low = {low:g} must be below high = {high:g}", where=sample.name(j), low=low[i, j], high=high[i, j]
        )
        for i, j in _first(low >= high)
    ]
    if positive:
        faults += [
            Said("{where}: low = {low:g} must be above 0 under a logarithm", where=sample.name(j), low=low[i, j])
            for i, j in _first(low <= 0)
        ]
    raise_all(SpecError, faults)


def rising(**pair: Any) -> list[Said]:
    """Return a fault unless the second of two named numbers is larger; what is not a number is left to the fit."""
    (first, low), (second, high) = pair.items()
    if not (isinstance(low, (int, float)) and isinstance(high, (int, float))):
        return []
    endless = [
        Said("{name}: a finite number, not {value:g}", name=name, value=value)
        for name, value in pair.items()
        if not np.isfinite(value)
    ]
    if endless or low < high:
        return endless
    return [Said("{first} = {low:g} must be below {second} = {high:g}", first=first, low=low, second=second, high=high)]


def need_digits(sample: Sample, size: Array, what: Said) -> None:
    """Refuse columns of which what is computed (k,) lies so near 0 that it has fewer than nine digits."""
    few = (np.abs(size) > 0) & (np.abs(size) < _NINE_DIGITS)
    if few.any():
        why = Said("its {what} is so near 0 that a number holds few of its digits; rescale its unit", what=what)
        sample.refuse(few, why)


def _first(mask: Array) -> list[tuple[int, int]]:
    """Return the first place of each column of a mask (m, k) that is marked."""
    return [(int(np.argmax(mask[:, j])), int(j)) for j in np.flatnonzero(mask.any(axis=0))]
