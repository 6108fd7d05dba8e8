"""Counting with a dual cut-off: who is poor, and in how many dimensions."""

from __future__ import annotations

from typing import Unpack

from hengdian_index._maths.arithmetic import Line
from hengdian_index._maths.own_means import Censored
from hengdian_index._methods.decorators import aggregating
from hengdian_index._methods.frame import Scoring
from hengdian_index._words.said import Said


@aggregating(
    sees="statistics",
    laws="MS",
    domain="zero or more",
    check=lambda cutoff: (
        []
        if 0 < cutoff <= 1
        else [Said("cutoff: a number above 0, up to 1 (2 of 10 dimensions: 0.2), not {cutoff:g}", cutoff=cutoff)]
    ),
    arithmetic=(
        Line("count", "sum(w * z)", Said("weighted count of deprivations")),
        # As much is rounding, of a count that meets the cut-off.
        Line("y", "count if count >= cutoff - 1e-12 else 0", Said("the count of who is poor")),
    ),
    formula=r"y = c \cdot [c \ge \mathrm{cutoff}], \quad c = \sum_j w_j z_j",
    chinese="双临界值计数法",
)
def counting(*, cutoff: float, **shared: Unpack[Scoring]) -> Censored:
    """Censored count of each row: its weighted deprivations if they reach the cut-off, else 0.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units (persons, households) by deprivations: 1 deprived, 0 not. Shares of deprivations, as groups below give
        them, lie between. In an index raw values become deprivations by `categorical` on "value", scores 0 and 1: with
        cuts = [30] from 30 minutes on; with direction -1 and cuts = [5] up to 5 years of school.
    w : weights (k,), optional
        Of the indicators, rescaled to sum 1.
    cutoff : float above 0, up to 1
        Share of the weighted deprivations from which a unit is poor: 1/3 for the global index of multidimensional
        poverty. The smallest weight counts everybody with one deprivation (union), 1 only who has all (intersection).

    Notes
    -----
    Formula: y = c if c >= cutoff, else 0, with c = sum_j w_j z_j. The mean of y over the units is M0, the adjusted
    headcount ratio, the share of those above 0 is H, their mean A: `Result.poverty` gives these, the headcounts and
    what each indicator contributes. A cut-off that the count misses by rounding alone is met.

    Source: Alkire & Foster 2011 (Journal of Public Economics 95), the dual cut-off method. Proof: the four persons of
    Alkire & Foster as mpindex prints them (H, A, M0), and a slow loop.

    **Symbols.** c: weighted count of deprivations; cutoff: the second cut-off, k in the paper; [ ]: 1 where that holds,
    else 0.

    **When to use.** Deprivations of persons or households are counted, and those with a few only are not to count.

    **Pitfalls.** Higher is worse here. A unit below the cut-off counts as one without any deprivation, and the score
    jumps there. Scores are for units; a region's figure is the mean over its units, weighted by persons.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.counting([[1, 1, 0, 1], [0, 0, 0, 1]], cutoff=0.5)
    array([0.75, 0.  ])
    """
    return Censored(cutoff)
