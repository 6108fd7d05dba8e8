"""Normalisations in steps: classes with a score each, lines from one limit to the next, above or below the mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np

from hengdian_index._maths.arithmetic import Arithmetic
from hengdian_index._maths.maps import Affine, Map, chain, orientation
from hengdian_index._maths.stats import Moments
from hengdian_index._methods.decorators import normalising
from hengdian_index._methods.frame import FitRows
from hengdian_index._methods.sample import Sample
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same, together
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError
from hengdian_index.normalise.ranks import percentile_rank


@stored("steps")
@dataclass(frozen=True, slots=True)
class Steps:
    """The score of the highest cut that a value reaches: cuts (c, k) rising, scores (c + 1,), the first below them.

    A value that falls short of a cut by rounding alone reaches it.
    """

    cuts: Array
    scores: Array

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        place = np.zeros(x.shape, dtype=np.int64)
        for cut in self.cuts:
            place += (x >= cut) | same(x, cut, np.abs(cut))
        return np.where(np.isnan(x), np.nan, self.scores[place])

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x: the score of each class below its cut, the last one's above all."""
        classes = range(1, len(self.cuts) + 1)
        cases = "".join(f"score_{i} if x < cut_{i} else " for i in classes)
        numbers = {f"cut_{i}": cut for i, cut in zip(classes, self.cuts, strict=True)}
        numbers |= {f"score_{i}": score for i, score in enumerate(self.scores, 1)}
        return Arithmetic(f"{cases}score_{len(self.scores)}", numbers, rounding=0.0)

    def cancelled(self, before: Array) -> Array:
        """Return what cancels: nothing, the scores are those given."""
        return np.zeros_like(before)


@stored("pieces")
@dataclass(frozen=True, slots=True)
class Pieces:
    """Lines from one limit to the next: limits (c, k) rising, scores (c,) at them; `held` beyond the ends, or on.

    With `below` a value short of the first limit has that score.
    """

    limits: Array
    scores: Array
    held: bool
    below: float | None = None

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        with np.errstate(over="ignore", invalid="ignore"):
            out = np.full_like(x, self.scores[0]) if self.held else self._line(x, 0)
            for i, limit in enumerate(self.limits[:-1]):
                out = np.where(x >= limit, self._line(x, i), out)
        if self.held:
            out = np.where(x >= self.limits[-1], self.scores[-1], out)
        if self.below is not None:
            short = (x < self.limits[0]) & ~same(x, self.limits[0], np.abs(self.limits[0]))
            out = np.where(short, self.below, out)
        return np.where(np.isnan(x), np.nan, out)

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x: the line of the piece that x lies in."""
        last = len(self.limits) - 1
        cases = [] if self.below is None else ["below if x < limit_1 else "]
        cases += ["score_1 if x < limit_1 else "] if self.held and self.below is None else []
        pieces = [
            f"score_{i} + (x - limit_{i}) / (limit_{i + 1} - limit_{i}) * (score_{i + 1} - score_{i})"
            for i in range(1, last + 1)
        ]
        cases += [
            f"{piece} if x < limit_{i + 1} else " for i, piece in enumerate(pieces[: last if self.held else -1], 1)
        ]
        numbers: dict[str, Any] = {f"limit_{i}": limit for i, limit in enumerate(self.limits, 1)}
        numbers |= {f"score_{i}": score for i, score in enumerate(self.scores, 1)}
        numbers |= {} if self.below is None else {"below": self.below}
        return Arithmetic("".join(cases) + (f"score_{last + 1}" if self.held else pieces[-1]), numbers)

    def cancelled(self, before: Array) -> Array:
        """Return what cancels (k,): the distance from a limit, along the steepest line."""
        steepest = np.max(np.abs(np.diff(self.scores))[:, np.newaxis] / np.diff(self.limits, axis=0), axis=0)
        return together(steepest * together(before, np.max(np.abs(self.limits), axis=0)), np.max(np.abs(self.scores)))

    def _line(self, x: Array, i: int) -> Array:
        low, high = self.limits[i], self.limits[i + 1]
        return np.asarray(self.scores[i] + (x - low) / (high - low) * (self.scores[i + 1] - self.scores[i]))


@stored("sides")
@dataclass(frozen=True, slots=True)
class Sides:
    """`sign` above `high`, `-sign` below `low`, else 0; a value beside a limit by rounding stands on it."""

    low: float
    high: float
    sign: int

    def __call__(self, x: Array) -> Array:
        """Apply to rows (..., n, k)."""
        up = (x > self.high) & ~same(x, self.high, 1 + abs(self.high))
        down = (x < self.low) & ~same(x, self.low, 1 + abs(self.low))
        above, below = (up, down) if self.sign == 1 else (down, up)
        return np.where(np.isnan(x), np.nan, above.astype(np.float64) - below)

    def arithmetic(self, x: float | None = None) -> Arithmetic:
        """Return what it does to x."""
        sides = f"{self.sign} if x > high else {-self.sign} if x < low else 0"
        return Arithmetic(sides, {"low": self.low, "high": self.high}, rounding=1.0)

    def cancelled(self, before: Array) -> Array:
        """Return what cancels: nothing, the scores are exact."""
        return np.zeros_like(before)


@normalising(
    sees="statistics",
    unit_free=lambda on, **_: on == "percentile",
    monotone=True,
    gives=lambda scores, **_: (float(min(scores)), float(max(scores))),
    ends=lambda scores, **_: (float(min(scores)), float(max(scores))),
    check=lambda cuts, scores, on: _class_faults(cuts, scores, on),
    takes_target=True,
    learns=lambda on, **_: on == "percentile",
    formula=lambda on, **_: {
        "percentile": (
            r"z = \mathrm{scores}_c, \quad c = \#\{l : q \ge \mathrm{cuts}_l\}, \quad q = "
            r"\frac{100}{n} \left(\#\{i : x_i < x\} + 1\right)"
        ),
        "value": r"z = \mathrm{scores}_c, \quad c = \#\{l : x \ge \mathrm{cuts}_l\}",
    }[on],
    chinese="分档计分法",
)
def categorical(
    x: Sample,
    *,
    cuts: Any = (5, 15, 35, 65, 85, 95),
    scores: Any = (0, 20, 40, 50, 60, 80, 100),
    on: Literal["percentile", "value"] = "percentile",
    direction: Any = 1,
    **shared: Unpack[FitRows],
) -> Map:
    """Score of the class that each value falls into.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    cuts : c numbers, rising; or such a sequence for each column (mapping by name)
        Where the classes after the first begin; a value that meets a cut is in the better class.
    scores : c + 1 numbers, not falling
        Score of each class, from the worst.
    on : {"percentile", "value"}
        What the cuts stand for: percentage of the fit rows that rank no higher (`percentile_rank`), or the indicator's
        own unit; then nothing is learnt from the rows.

    Raises
    ------
    SpecError
        Cuts that do not rise, one score too many or too few, scores that fall, percentiles outside 0..100.

    Notes
    -----
    The score of the highest cut with q >= cut, else the first score; q = 100 (smallest rank) / n. With direction -1
    the smallest value ranks best, and cuts in the indicator's unit are read from the top: x <= cut is better; with a
    target the value nearest to it ranks best. Proof:
    TAI (Table 15: these cuts, and the smaller rank for ties, give all 23 scores; the Handbook's text words the cuts
    otherwise).

    **Symbols.** l: a cut, counted from the lowest; c: class of the value.

    **When to use.** A few classes are wanted, or there are published cuts; small errors of measurement within a class
    do no harm.

    **Pitfalls.** What differs within a class is thrown away, and a value near a cut jumps. Cuts by percentiles give
    every indicator the same distribution, whatever its own.

    Source: OECD/JRC Handbook (2008), step 5.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.categorical([1.0, 2.0, 3.0, 4.0], cuts=[50, 100], scores=[0, 1, 2])
    array([0., 1., 1., 2.])
    >>> hi.normalise.categorical([3.0, 10.0, 25.0], cuts=[10, 20], scores=[0, 50, 100], on="value", direction=-1)
    array([100., 100.,   0.])
    """
    if on == "value" and direction not in (1, -1):
        raise SpecError(
            Said(
                "categorical: on='value' takes direction 1 or -1, not {direction!r}; on='percentile' a target",
                direction=direction,
            )
        )
    turn = orientation(direction)[0]
    limits = _cuts_by_column(x, cuts, len(scores) - 1)
    if on == "value":
        return chain(turn, Steps(limits if direction == 1 else -limits[::-1], floats(scores)))
    turned = x.turned(turn).flattened()
    return chain(turn, percentile_rank.method.function(turned), Steps(limits, floats(scores)))


def _ends(scores: Any, below: float | None) -> tuple[float, float]:
    first = float(scores[0]) if below is None else float(below)
    return first, float(scores[-1])


@normalising(
    sees="statistics",
    learns=False,
    monotone=True,
    gives=lambda scores, clip, below, **_: _ends(scores, below) if clip else None,
    ends=lambda scores, below, **_: _ends(scores, below),
    check=lambda at, scores, below, **_: _limit_faults(at, scores, below),
    formula=(
        r"z = \mathrm{scores}_l + (\mathrm{scores}_{l+1} - \mathrm{scores}_l)\,"
        r"\frac{x - \mathrm{at}_l}{\mathrm{at}_{l+1} - \mathrm{at}_l}, \quad \mathrm{at}_l \le x < \mathrm{at}_{l+1}"
    ),
    example={"at": [0, 2, 5, 8, 12]},
    chinese="分段功效系数法（在公布的各档标准值之间按直线计分）",
    words={
        "en": {
            "at": "limits",
            "scores": "scores at them",
            "below": "score short of the first limit",
            "clip": "values beyond the ends are",
            "clip = true": "held at them",
            "clip = false": "not held",
        },
        "zh": {
            "at": "各档标准值",
            "scores": "各档得分",
            "below": "低于最低档时的得分",
            "clip": "超出两端的值",
            "clip = true": "按两端计",
            "clip = false": "不作限制",
        },
    },
)
def piecewise(
    x: Sample,
    *,
    at: Any,
    scores: Any = (20, 40, 60, 80, 100),
    clip: bool = True,
    below: float | None = None,
    direction: Any = 1,
    **shared: Unpack[FitRows],
) -> Map:
    """Score of each value on straight lines between published limits, each of which has a score.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    at : c numbers, rising, two or more; or such a sequence for each column (mapping by name)
        Limits in the indicator's own unit. A table of limits as offices publish them (one row an indicator, the columns
        its limits from low to high) is `limits.T.to_dict("list")`.
    scores : c numbers, rising
        Score at each limit, from the worst. The default are the standard coefficients of China's enterprise performance
        rules in per cent: 较差值 20, 较低值 40, 平均值 60, 良好值 80, 优秀值 100.
    clip : bool
        Hold values beyond the first and the last limit at their scores (default), or run on along the outer lines.
    below : float, optional
        Score of a value short of the first limit, no more than that at it: 0 in the enterprise rules.

    Raises
    ------
    SpecError
        Limits or scores that do not rise, one too many or too few.

    Notes
    -----
    scores_l + (scores_(l+1) - scores_l) (x - at_l) / (at_(l+1) - at_l) between two limits. With direction -1 the
    largest limit is the worst, and has the first score. Nothing is learnt from the rows. With two limits it is
    `goalposts`.

    **Symbols.** l: a limit, counted from the worst.

    **When to use.** Standards with several grades an indicator: 功效系数法 with 标准值 by industry, indexes of air and
    water quality, where each concentration limit has an index value.

    **Pitfalls.** A bend of the line is a change of what a unit of the indicator is worth; where limits lie close, small
    errors of measurement become large. Limits of another industry or year are other limits: scores then do not compare.

    Source: State-owned Assets Supervision and Administration Commission of China, 中央企业综合绩效评价实施细则, 2006
    (功效系数); Ministry of Environmental Protection of China, HJ 633-2012 (index of air quality). Proof: the limits
    themselves; HJ 633-2012 at its limits and between; numpy.interp.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.piecewise([-1.0, 3.0, 6.5, 20.0], at=[0, 2, 5, 8, 12], below=0)
    array([  0.        ,  46.66666667,  70.        , 100.        ])
    >>> hi.normalise.piecewise([40.0, 100.0], at=[0, 35, 75, 115, 150], scores=[0, 50, 100, 150, 200])  # PM2.5
    array([ 56.25, 131.25])
    """
    if direction not in (1, -1):
        raise SpecError(
            Said(
                "piecewise: direction 1 or -1, not {direction!r}; its limits are in the indicator's own unit",
                direction=direction,
            )
        )
    limits = _cuts_by_column(x, at, len(scores), "at")
    turned = limits if direction == 1 else -limits[::-1]
    return chain(orientation(direction)[0], Pieces(turned, floats(scores), clip, below))


@normalising(
    sees="statistics",
    unit_free=True,
    monotone=True,
    gives=lambda **_: (-1.0, 1.0),
    check=lambda threshold: (
        [] if 0 <= threshold < np.inf else [Said("threshold: 0 or more, not {threshold}", threshold=threshold)]
    ),
    formula=(
        r"z = \begin{cases} 1 & r > 1 + \mathrm{threshold} \\ -1 & r < 1 - \mathrm{threshold} \\ 0 & |r - 1| "
        r"\le \mathrm{threshold} \end{cases} \quad r = \frac{x}{\bar{x}}"
    ),
    chinese="均值上下法（明显高于均值得1，明显低于得-1）",
)
def above_below(x: Sample, *, threshold: float = 0.2, direction: Any = 1, **shared: Unpack[FitRows]) -> Map:
    """1 where a value lies clearly above the mean of the fit rows, -1 clearly below, 0 around it.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators.
    threshold : float
        Share of the mean that counts as around it: .2 is 20 % to either side, the limits themselves included.

    Raises
    ------
    DataError
        A mean of 0 or less, of which no share can be taken.

    Notes
    -----
    With r = x / m: 1 if r > 1 + threshold, -1 if r < 1 - threshold, else 0; direction -1 turns the sign. Proof: TAI
    (Table 15).

    **When to use.** A coarse signal is enough: clearly above the mean, about it, clearly below.

    **Pitfalls.** Distances are given up, and the threshold is a convention. A ratio to the mean says nothing where the
    mean is near 0 or below.

    Source: OECD/JRC Handbook (2008), step 5.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.normalise.above_below([7.0, 8.0, 10.0, 15.0])
    array([-1.,  0.,  0.,  1.])
    """
    moments = x.measure(Moments)
    x.need_values(moments.n)
    x.refuse(~(moments.mean > 0), Said("mean not above 0, so there is no share of it; use z_score or robust"))
    zero, one = np.zeros_like(moments.mean), np.ones_like(moments.mean)
    return chain(Affine(zero, moments.mean, one, zero), Sides(1 - threshold, 1 + threshold, direction))


def _cuts_by_column(sample: Sample, cuts: Any, number: int, option: str = "cuts") -> Array:
    """Return the cuts as (c, k): the same for every column, or each column's own."""
    if not isinstance(cuts, Mapping):
        return np.repeat(floats(cuts)[:, np.newaxis], sample.k, axis=1)
    return np.array([sample.per_column({c: own[i] for c, own in cuts.items()}, option) for i in range(number)])


def _class_faults(cuts: Any, scores: Any, on: str) -> list[Said]:
    """Return what is wrong with cuts and scores."""
    values = _numbers(scores)
    if values is None or (np.diff(values) < 0).any():
        return [
            Said(
                "scores: numbers from the worst class to the best, none below the one before, not {scores!r}",
                scores=scores,
            )
        ]
    faults = []
    for name, own in _each_named("cuts", None if isinstance(cuts, Mapping) and not cuts else cuts):
        limits = _numbers(own)
        if limits is None or (np.diff(limits) <= 0).any():
            faults.append(Said("{name}: numbers that rise, not {own!r}", name=name, own=own))
        elif len(limits) + 1 != len(values):
            faults.append(
                Said(
                    "{name}: {cuts} cuts make {classes} classes, not the {scores} of the scores",
                    name=name,
                    cuts=len(limits),
                    classes=len(limits) + 1,
                    scores=len(values),
                )
            )
        elif on == "percentile" and not (limits[0] >= 0 and limits[-1] <= 100):
            faults.append(
                Said(
                    "{name}: percentiles run from 0 to 100, not {own!r}; cuts in the indicator's unit need on='value'",
                    name=name,
                    own=own,
                )
            )
    return faults


def _limit_faults(at: Any, scores: Any, below: float | None) -> list[Said]:
    """Return what is wrong with the limits of lines and the scores at them."""
    values = _numbers(scores)
    if values is None or len(values) < 2 or (np.diff(values) <= 0).any():
        return [
            Said(
                "scores: two or more numbers that rise, from the worst limit to the best, not {scores!r}", scores=scores
            )
        ]
    faults = []
    if below is not None and not below <= values[0]:
        faults.append(
            Said(
                "below: a score of {first:g} or less, that at the first limit, not {below:g}",
                first=values[0],
                below=below,
            )
        )
    for name, own in _each_named("at", at):
        limits = _numbers(own)
        if limits is None or (np.diff(limits) <= 0).any():
            faults.append(Said("{name}: numbers that rise, not {own!r}", name=name, own=own))
        elif len(limits) != len(values):
            faults.append(
                Said(
                    "{name}: {limits} limits, and {scores} scores; give one score for each limit",
                    name=name,
                    limits=len(limits),
                    scores=len(values),
                )
            )
    return faults


def _each_named(option: str, given: Any) -> list[tuple[Said | str, Any]]:
    """Return an option that is one for all columns, or one for each by name, with how a message calls it."""
    if not isinstance(given, Mapping):
        return [(option, given)]
    return [(Said("{option} of {name!r}", option=option, name=name), own) for name, own in given.items()]


def _numbers(given: Any) -> Array | None:
    """Return a sequence of one or more finite numbers as an array, None for anything else."""
    try:
        values = floats(given)
    except (TypeError, ValueError):
        return None
    return values if values.ndim == 1 and values.size and np.isfinite(values).all() else None
