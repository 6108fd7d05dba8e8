"""Spatial autocorrelation: whether neighbours are alike, over all units and around each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index._methods.registry import typed
from hengdian_index._tables.table import Array, read_rows
from hengdian_index._values.equality import constant, same
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, FaultsError, SpecError, listed, raise_together, shown
from hengdian_index.explain._neighbours import weights_of
from hengdian_index.explain._panels import wide
from hengdian_index.log import note


@dataclass(frozen=True, slots=True, eq=False)
class Moran:
    """Moran's I of all units, and of each.

    Attributes
    ----------
    overall : DataFrame
        One row a period: `n i expected sd z p p_permuted`. `expected` and `sd` are those of values shuffled among the
        units, `p` is two-sided and normal, `p_permuted` one-sided and counted from shuffles.
    local : DataFrame
        One row a unit; of several periods one a period and unit: `value lag i quadrant p_permuted`. `lag` is the
        weighted mean (or sum) of the neighbours' distances from the mean, `quadrant` HH (high among high), LL, HL (high
        among low) or LH; a unit without neighbours has none.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.explain.moran([1.0, 2.0, 8.0, 9.0], [(0, 1), (1, 2), (2, 3)])
    >>> found.overall["i"].round(3).tolist(), found.local["quadrant"].tolist()
    ([0.54], ['LL', 'LL', 'HH', 'HH'])
    """

    overall: Any
    local: Any


@typed
def moran(
    y: Any, neighbours: Any, *, unit: Any = None, standardised: bool = True, permutations: int = 999, rng: Any = 0
) -> Moran:
    r"""Moran's I: whether neighbours have like values, over all units (global) and around each (local).

    Parameters
    ----------
    y : table or array (n, periods), or Series by unit, or by unit and period
        Values, one column a period. A unit without a value is left out of its period, with a line in the log.
    neighbours : matrix, table of pairs, mapping, or weights of libpysal
        Who is whose neighbour, by the names of the units (by position in an array without names). A square matrix of
        weights, 0 or blank for none. A table of rows (unit, neighbour) or (unit, neighbour, weight): where each pair
        stands once, it is taken both ways; a unit without neighbours stands with a blank one. A mapping unit -> list of
        units, or unit -> {unit: weight}. `W` or `Graph` of libpysal. Names that are no units of y are left out, with a
        line in the log.
    unit : str or n labels, optional
        Names of the units: a column, or the labels themselves; default: the index.
    standardised : bool
        Whether the weights of each unit are divided by their sum.
    permutations : int
        Shuffles for `p_permuted`; 0: none.
    rng : int or numpy Generator
        Seed of the shuffles.

    Returns
    -------
    Moran
        `overall` and `local`.

    Raises
    ------
    DataError
        Fewer than four units; all values alike; a unit that neighbours do not tell of; a negative weight, a unit that
        is its own neighbour; no neighbours at all.
    SpecError
        Neighbours in no known form; a negative number of permutations.

    Notes
    -----
    .. math::

        I = \frac{n}{S} \frac{\sum_i \sum_j w_{ij} z_i z_j}{\sum_i z_i^2}, \quad
        I_i = \frac{z_i}{m} \sum_j w_{ij} z_j, \quad E(I) = -\frac{1}{n - 1}

    **Symbols.** I: Moran's coefficient; n: number of units; w: weight of a neighbour; i, j: units; z: distance of a
    value from the mean; S: sum of all weights; m: mean of the squared distances; E(I): its mean over shuffles.

    The local coefficients sum to S I: under standardised weights, and where every unit has neighbours, their mean is
    I. sd is that of randomisation (Cliff & Ord). p_permuted counts the shuffles that lie as far out, on the side of the
    coefficient, and 1 for the coefficient itself; a local one shuffles the other units.

    **When to use.** Whether an index clusters in space, where its clusters (HH, LL) and its odd ones out (HL, LH) are,
    and whether that grows over the years.

    **Pitfalls.** The answer hangs on who counts as a neighbour: print the table. Of many local p some are small by
    chance. Levels with one base for each unit are no values to compare across units.

    Variants: GeoDa and esda multiply the local coefficients by (n - 1) / n. esda shuffles by NumPy's global state; here
    one seed gives one answer.

    Source: Moran 1950, Biometrika 37; Cliff & Ord 1981, Spatial Processes, London; Anselin 1995, Geographical Analysis
    27(2). Proof: case moran_columbus; all shuffles of six units, one by one; esda.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> import pandas as pd
    >>> cities = pd.Series({"A": 9.0, "B": 8.0, "C": 7.5, "D": 2.0, "E": 1.0})
    >>> found = hi.explain.moran(cities, [("A", "B"), ("A", "C"), ("B", "C"), ("C", "D"), ("D", "E")])
    >>> round(float(found.overall["i"].iloc[0]), 3), found.local["quadrant"].to_dict()
    (0.664, {'A': 'HH', 'B': 'HH', 'C': 'HH', 'D': 'LL', 'E': 'LL'})
    """
    import pandas as pd

    if permutations < 0:
        raise SpecError(Said("permutations: 0 or more, not {permutations}", permutations=permutations))
    table = read_rows(wide("moran", y), unit=unit).need_shape(Said("moran: a table (units, periods) is needed"))
    units = [table.unit(row) for row in range(len(table.values))]
    weights = weights_of(neighbours, units)
    try:
        generator = np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise SpecError(
            Said("rng: a whole number of 0 or more, or a numpy Generator, not {rng}", rng=shown(rng))
        ) from None
    several = table.values.shape[1] > 1
    overall, local, errors = [], [], list[FaultsError]()
    for name, column in zip(table.names, table.values.T, strict=True):
        try:
            one, around = _period(column, weights, units, standardised, permutations, generator)
            overall.append(one)
            local.append(around)
        except DataError as error:
            said = Said("moran: period {period}: ", period=shown(name)) if several else Said("moran: ")
            errors.append(DataError(*(fault.under(saying=said) for fault in error.faults)))
    raise_together(errors)
    periods = pd.Index(list(table.names), name="period", tupleize_cols=False)
    return Moran(
        pd.DataFrame(overall, index=periods),
        pd.concat(local, keys=periods, names=["period"]) if several else local[0],
    )


def _period(
    column: Array,
    weights: Array,
    units: Sequence[Any],
    standardised: bool,
    permutations: int,
    rng: np.random.Generator,
) -> tuple[dict[str, float], Any]:
    """Return the coefficient of one period, and the table of local ones."""
    import pandas as pd
    from scipy.stats import norm

    there = ~np.isnan(column)
    named = [unit for unit, here in zip(units, there, strict=True) if here]
    if not there.all():
        said = Said.of(
            int((~there).sum()), "moran: {n} unit without a value left out", "moran: {n} units without a value left out"
        )
        note("explain", said)
    y, w = column[there], weights[np.ix_(there, there)]
    if len(y) < 4:
        raise DataError(
            Said.of(len(y), "{n} unit with a value; four are needed", "{n} units with a value; four are needed")
        )
    if constant(y.min(), y.max()):
        raise DataError(Said("all values are alike, so that nothing can cluster"))
    sums = w.sum(axis=1, keepdims=True)
    alone = [unit for unit, total in zip(named, sums[:, 0], strict=True) if not total]
    if len(alone) == len(y):
        raise DataError(Said("no unit has a neighbour with a value"))
    if alone:
        note("explain", Said("moran: no neighbours with a value: {units}", units=listed(alone, most=5)))
    if standardised:
        w = w / np.where(sums > 0, sums, 1.0)
    z = y - y.mean()
    z = z / np.abs(z).max()
    lag, total, square = w @ z, w.sum(), float(z @ z)
    found = len(y) / total * float(z @ lag) / square
    expected, sd = _shuffled(z, w)
    if np.isnan(sd):
        note(
            "explain",
            Said("moran: every shuffle has the same coefficient, as where all are neighbours of all: no z, no p"),
        )
    far = (found - expected) / sd
    numbers = {"n": len(y), "i": found, "expected": expected, "sd": sd, "z": far, "p": float(2 * norm.sf(abs(far)))}
    numbers["p_permuted"] = _global(z, w, found, permutations, rng)
    bare = w.sum(axis=1) == 0
    quadrant = np.where(z > 0, "H", "L").astype(object) + np.where(lag > 0, "H", "L").astype(object)
    quadrant[bare] = None
    rows = pd.Index(named, name="unit", tupleize_cols=False)
    around = {
        "value": y,
        "lag": lag * np.abs(y - y.mean()).max(),
        "i": z * lag / (square / len(y)),
        "quadrant": pd.Series(quadrant, rows, dtype=object),
        "p_permuted": np.where(bare, np.nan, _local(z, w, lag, permutations, rng)),
    }
    return numbers, pd.DataFrame(around, index=rows)


def _shuffled(z: Array, w: Array) -> tuple[float, float]:
    """Return mean and standard deviation of the coefficient of values shuffled among the units (Cliff & Ord)."""
    n, total = len(z), float(w.sum())
    s1 = float(((w + w.T) ** 2).sum()) / 2
    s2 = float(((w.sum(axis=0) + w.sum(axis=1)) ** 2).sum())
    tails = float((z**4).mean() / (z**2).mean() ** 2)
    one = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * total**2)
    other = tails * ((n**2 - n) * s1 - 2 * n * s2 + 6 * total**2)
    expected = -1 / (n - 1)
    variance = (one - other) / ((n - 1) * (n - 2) * (n - 3) * total**2) - expected**2
    return expected, float(np.sqrt(variance)) if variance > 1e-15 else np.nan


def _global(z: Array, w: Array, found: float, permutations: int, rng: np.random.Generator) -> float:
    """Return the p of the coefficient, all units shuffled."""
    if not permutations:
        return np.nan
    shuffled = rng.permuted(np.broadcast_to(z, (permutations, len(z))), axis=1)
    drawn = len(z) / w.sum() * ((shuffled @ w.T) * shuffled).sum(axis=1) / (z @ z)
    return _as_far(drawn, found)


def _as_far(drawn: Array, found: float) -> float:
    """Return the share of draws as far out as what was found, on its side; what differs by rounding is equal."""
    near = same(drawn, found, np.abs(drawn).max())
    above = int((near | (drawn > found)).sum())
    below = int((near | (drawn < found)).sum())
    return (min(above, below) + 1) / (len(drawn) + 1)


def _local(z: Array, w: Array, lag: Array, permutations: int, rng: np.random.Generator) -> Array:
    """Return the p of each local coefficient, the other units shuffled among its neighbours' places."""
    n = len(z)
    if not permutations:
        return np.full(n, np.nan)
    most = int((w > 0).sum(axis=1).max())
    picked = rng.permuted(np.broadcast_to(np.arange(n - 1), (permutations, n - 1)), axis=1)[:, :most]
    found = np.empty(n)
    for i in range(n):
        near = w[i, w[i] > 0]
        others = np.delete(z, i)
        drawn = z[i] * (others[picked[:, : len(near)]] @ near)
        found[i] = _as_far(drawn, float(z[i] * lag[i]))
    return found
