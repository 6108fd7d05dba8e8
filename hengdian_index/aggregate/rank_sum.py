"""The rank-sum ratio: mean rank over the number of rows, its probit line and grades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Unpack

import numpy as np

from hengdian_index._maths.maps import Ranks
from hengdian_index._maths.means import shared_weights
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.figures import Figure, Row
from hengdian_index._methods.frame import Scoring
from hengdian_index._tables.options import floats
from hengdian_index._tables.table import Array
from hengdian_index._values.equality import TOLERANCE, settled
from hengdian_index._words.said import Said
from hengdian_index.aggregate import _shared
from hengdian_index.errors import DataError


class Line(NamedTuple):
    """Least-squares line ratio = intercept + slope probit over the groups of equal ratios, and its correlation."""

    intercept: float
    slope: float
    correlation: float


@dataclass(frozen=True, slots=True)
class RankSumRatio:
    """Ratio of each row, the probit of its group, the ratio on the line, and its grade.

    Attributes
    ----------
    scores, probit, fitted : Series or array (n,)
        Ratio, probit of the group of rows with the same ratio, and the ratio on the line.
    grades : Series or array (n,)
        1 is the lowest.
    line : Line
        The line through ratios and probits.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.aggregate.rank_sum_ratio([[1.0, 2.0], [3.0, 4.0], [2.0, 6.0]], details=True)
    >>> found.scores.round(3), found.grades
    (array([0.333, 0.833, 0.833]), array([2, 3, 3]))
    """

    scores: Any = field(metadata={"axis": "rows"})
    probit: Any = field(metadata={"axis": "rows"})
    fitted: Any = field(metadata={"axis": "rows"})
    grades: Any = field(metadata={"axis": "rows"})
    line: Line


def _cut_faults(cuts: Any, **_: Any) -> list[Said]:
    try:
        numbers = floats(cuts)
    except (TypeError, ValueError):
        numbers = np.array(np.nan)
    good = numbers.ndim == 1 and np.isfinite(numbers).all() and (np.diff(numbers) > 0).all()
    return [] if good else [Said("cuts: rising numbers, as (4, 6); not {cuts!r}", cuts=cuts)]


def _rank_sum_figures(row: Row) -> Iterator[Figure]:
    """Yield the ranks, and their weighted mean over the number of rows."""
    x = _shared.turned(row.among, row.directions(row.options["direction"]))
    sizes = (~np.isnan(x)).sum(axis=0).tolist()
    ranks = list(_shared.rank_figures(row, x) if row.options["form"] == "integer" else _between_figures(row, x, sizes))
    yield from ranks
    known = {"w": row.w, "ranks": [rank.value for rank in ranks]}
    if set(sizes) == {len(x)}:
        what = Said("weighted mean rank over the {rows}", rows=_shared.rows_of(len(x)))
        yield Figure.of(what, "sum(w * ranks) / n", n=len(x), **known)
    else:
        what = Said("weighted mean of the ranks, each over the rows that have the part")
        yield Figure.of(what, "sum(w * (ranks / n))", n=sizes, **known)


def _between_figures(row: Row, x: Array, sizes: list[int]) -> Iterator[Figure]:
    """Yield the rank of each part from the worst, 1, in proportion to its value."""
    low, high = (end[0].tolist() for end in _shared.ends(x))
    for child, n, z, least, most in zip(row.children, sizes, x[row.place].tolist(), low, high, strict=True):
        known = {"steps": n - 1, "z": z, "least": least, "most": most}
        what = Said("rank of {child}, 1 the worst, between whole ones", child=child)
        yield Figure.of(what, "1 + steps * (z - least) / (most - least)", **known)


@aggregating(
    sees="stacks",
    laws="D",
    domain="real",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": 1},
    check=_cut_faults,
    figures=_rank_sum_figures,
    formula=r"y_i = \frac{1}{n} \sum_j w_j R_{ij}",
    chinese="秩和比法（RSR）",
)
def rank_sum_ratio(
    x: Array,
    w: Array,
    /,
    *,
    form: Literal["integer", "non_integer"] = "integer",
    direction: Any = 1,
    cuts: Any = (4.0, 6.0),
    details: bool = False,
    **shared: Unpack[Scoring],
) -> Any:
    """Rank-sum ratio of each row: its weighted mean rank over the number of rows, up to 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators. Rows are compared with each other.
    w : weights (k,), optional
    form : {"integer", "non_integer"}
        "integer": ranks from 1 (worst) to n, ties averaged. "non_integer": 1 + (n - 1) times the min-max value.
    direction : 1, -1, Target or Between, or one a column (sequence, or mapping by name)
        Turns a column so that larger is better before the ranks.
    cuts : sequence
        Probits that part the grades: (4, 6) for three, (3.5, 5, 6.5) for four, (3.2, 4.4, 5.6, 6.8) for five.
    details : bool
        Return the probits, the fitted line and the grades too.

    Returns
    -------
    array or Series (..., n); with details `.scores`, `.probit`, `.fitted`, `.grades`, `.line`

    Raises
    ------
    DataError
        A constant column under "non_integer"; with details, ratios that are all equal.

    Notes
    -----
    RSR_i = sum_j w_j R_ij / n. Details: the distinct ratios, rising, with frequency f; mean rank of a group = cumulated
    f - (f - 1) / 2; p = mean rank / n, for the last group 1 - 1 / (4 n); probit = 5 + the normal quantile of p; least
    squares RSR = a + b probit over the groups. A column with gaps is ranked over its own values (R / n_j), a row with
    gaps over the columns it has.

    Source: Tian Fengdiao 1988. Proof: maternal and child health of ten areas (ratios, probits, line).

    **Symbols.** R: rank of a row within a column, 1 the worst.

    **When to use.** Few rows, indicators of unlike units, and grades by probits, as in Chinese health statistics.

    **Pitfalls.** Whole ranks give up distances. Ratios depend on which rows are there, and grades need several distinct
    ratios.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.rank_sum_ratio([[5.0, 1.0], [7.0, 2.0], [7.0, 4.0]])
    array([0.33333333, 0.75      , 0.91666667])
    """
    turned = _shared.turned(x, direction)
    n = (~np.isnan(turned)).sum(axis=-2, keepdims=True)
    ranks = Ranks(np.sort(turned, axis=-2))(turned) if form == "integer" else _stretched_ranks(turned, w, n)
    scores = _shared.present_sum(ranks / np.maximum(n, 1), shared_weights(turned, w))
    return _graded(scores, floats(cuts)) if details else scores


def _stretched_ranks(x: Array, w: Array, n: Array) -> Array:
    """Return 1 + (n - 1) (x - min) / (max - min)."""
    low, high = _shared.ends(x)
    _shared.refuse_columns(high == low, w, Said("constant over the rows compared; leave it out, or form='integer'"))
    half = np.where(high > low, high / 2 - low / 2, 1.0)
    return np.asarray(1 + (n - 1) * ((x / 2 - low / 2) / half))


def _graded(scores: Array, cuts: Array) -> RankSumRatio:
    """Return the ratios with the probit of their groups, the line through the groups, and the grades."""
    from scipy.special import ndtri

    if scores.ndim > 1:
        raise DataError(Said("rank_sum_ratio: details are of one table (n, k)"))
    n = len(scores)
    ratio, group, f = np.unique(settled(scores, 1.0), return_inverse=True, return_counts=True)
    if len(ratio) < 2:
        raise DataError(Said("rank_sum_ratio: all ratios are equal, so there is no line; ask without details"))
    p = (f.cumsum() - (f - 1) / 2) / n
    p[-1] = 1 - 1 / (4 * n)
    probit = 5 + ndtri(p)
    slope = float(np.sum((probit - probit.mean()) * ratio) / np.sum((probit - probit.mean()) ** 2))
    line = Line(float(ratio.mean() - slope * probit.mean()), slope, float(np.corrcoef(ratio, probit)[0, 1]))
    fitted = line.intercept + slope * probit
    grades = 1 + np.searchsorted(cuts, probit + TOLERANCE * np.abs(probit), side="right")
    return RankSumRatio(scores, probit[group], fitted[group], grades[group], line)
