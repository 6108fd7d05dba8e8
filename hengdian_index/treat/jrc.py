"""The two-stage treatment of the Joint Research Centre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

import numpy as np

from hengdian_index._maths.effort import estimate
from hengdian_index._maths.maps import Map
from hengdian_index._maths.stats import Moments, Range, lean
from hengdian_index._maths.stats import kurtosis as excess_kurtosis
from hengdian_index._methods.frame import LabelledFit
from hengdian_index._methods.sample import Sample
from hengdian_index._methods.treating import treating
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import same
from hengdian_index._words.said import Said, joined
from hengdian_index.treat._curves import Offset, Power
from hengdian_index.treat._winsorising import Outcome
from hengdian_index.treat._winsorising import by_column as _by_column
from hengdian_index.treat._winsorising import steps as _steps

# Seconds that one value takes to be judged.
_EACH_VALUE = 1.5e-8


@treating(
    sees="statistics",
    monotone=True,
    why=Said("treated as the fit rows were"),
    limit="max_points",
    check=lambda max_points, skew, kurtosis, **_: (
        (
            []
            if max_points is None or max_points >= 0
            else [Said("max_points: 0 or more, or None, not {max_points}", max_points=max_points)]
        )
        + [
            Said("{name}: 0 or more, not {value:g}", name=name, value=v)
            for name, v in (("skew", skew), ("kurtosis", kurtosis))
            if v < 0
        ]
    ),
    formula=(
        r"x' = \min(\max(x, \mathrm{low}), \mathrm{high}), \quad \ln(x - \min x + c) \; (|G_1| > "
        r"\mathrm{skew}, \; G_2 > \mathrm{kurtosis})"
    ),
    chinese="联合研究中心规则（先缩尾，否则取对数）",
)
def jrc(
    x: Sample,
    *,
    max_points: int | None = 5,
    skew: float = 2,
    kurtosis: float = 3.5,
    offset: Offset = "range",
    combine: bool = False,
    **shared: Unpack[LabelledFit],
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
    of the fit rows, or logged with their constants. Elsewhere (COINr) a tie may overshoot the
    limit. Source: Joint Research Centre, COIN Tool user guide; Becker et al.
    (COINr). Proof: the ASEM index as COINr treats it, cell by cell; a slow loop.

    **When to use.** The usual rule of audited indexes: only columns whose skewness and kurtosis both pass a limit are
    touched.

    **Pitfalls.** The limits are conventions, and one row may decide whether a column is touched at all: freeze the fit.
    A logarithm changes what a step of the indicator is worth.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> table, log = hi.treat.jrc([1.0, 2.0, 3.0, 4.0, 5.0, 90.0])
    >>> table
    array([1., 2., 3., 4., 5., 5.])
    >>> log.loc[0, "why"]
    'raw: skew 2.441, kurtosis 5.967, fails; 1 point winsorised: skew -0.3827, kurtosis -1.481, passes'
    """
    rule = _Rule(max_points, skew, kurtosis, offset, combine)
    return _by_column(x, rule.treat)


@dataclass(frozen=True, slots=True)
class _Rule:
    """The two stages for the sorted values of one column."""

    max_points: int | None
    skew: float
    kurtosis: float
    offset: Offset
    combine: bool

    def treat(self, values: Array) -> Outcome:
        """Return the outcome of both stages."""
        passes, said = self._judged(values)
        if passes:
            return Outcome()
        n = len(values)
        steps = n if self.max_points is None else min(n, self.max_points)
        what = Said(
            "jrc of {values}, {points} winsorised one by one if need be,",
            values=Said.of(n, "{n} value", "{n} values"),
            points=Said.of(steps, "{n} point", "{n} points"),
        )
        estimate("treat", what, 8 * 8 * n, _EACH_VALUE * n * steps, Said("a limit such as max_points = 5 takes less"))
        report, held, last = [Said("raw: {judged}", judged=said)], values, (-np.inf, np.inf)
        for low, high, moved in _steps(values):
            if self.max_points is not None and moved > self.max_points:
                break
            last, held = (low, high), np.clip(values, low, high)
            passes, said = self._judged(held)
            report[1:] = [
                Said.of(moved, "{n} point winsorised: {judged}", "{n} points winsorised: {judged}", judged=said)
            ]
            if passes:
                return Outcome(low, high, why=joined(report, "clauses"))
        return self._logged(held, last, report) if self.combine else self._logged(values, (-np.inf, np.inf), report)

    def _logged(self, values: Array, fences: tuple[float, float], report: list[Said]) -> Outcome:
        column = values[:, np.newaxis]
        seen = Range.of(column)
        g1 = lean(Moments.of(column), seen)
        curve = Power.logarithm(seen.lo, seen.hi, g1, self.offset, np.ones(1, dtype=np.bool_))
        passes, said = self._judged(curve(column)[:, 0])
        logged = Said("{curve} of the raw values: {judged}", curve=curve.words(0), judged=said)
        if self.combine:
            logged = Said("{curve} of the winsorised values: {judged}", curve=curve.words(0), judged=said)
        kept = [] if passes else [Said("the logarithm is kept, look at it")]
        return Outcome(*fences, curve, joined([*report, logged, *kept], "clauses"))

    def _judged(self, values: Array) -> tuple[bool, Said]:
        """Return whether values pass, and how that is said."""
        column = values[:, np.newaxis]
        moments = Moments.of(column)
        g1, g2 = float(lean(moments, Range.of(column))[0]), float(excess_kurtosis(moments)[0])
        # G2 is a ratio less 3, and both are ratios of some size: on the very limit rounding must not decide.
        passes = bool(
            abs(g1) <= self.skew
            or g2 <= self.kurtosis
            or same(abs(g1), self.skew, 1 + self.skew)
            or same(g2, self.kurtosis, 3 + self.kurtosis)
        )
        if passes:
            return True, Said("skew {g1:.4g}, kurtosis {g2:.4g}, passes", g1=g1, g2=g2)
        return False, Said("skew {g1:.4g}, kurtosis {g2:.4g}, fails", g1=g1, g2=g2)
