"""The benefit of the doubt: every row under the weights that suit it best."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hengdian_index._maths.means import ColumnsError, RowsError
from hengdian_index._methods.decorators import aggregating
from hengdian_index._tables.cells import pair_of
from hengdian_index._tables.table import Array
from hengdian_index._values.decimals import counted
from hengdian_index.aggregate import _programs, _shared
from hengdian_index.errors import CellsError, DataError, SpecError
from hengdian_index.log import note


@dataclass(frozen=True, slots=True)
class BenefitOfTheDoubt:
    """Scores, the weights v of each row (several may be as good), and the rows that keep it from scoring higher."""

    scores: Any = field(metadata={"axis": "rows"})
    weights: Any = field(metadata={"axis": "table"})
    peers: Any = field(metadata={"axis": "peers"})


def _faults(bounds: Any, share_bounds: Any, direction: Any = None, **_: Any) -> list[str]:
    limits = {"bounds": bounds, "share_bounds": share_bounds}
    faults = [
        f"{name}: a pair (low, high) of shares, 0 <= low <= high <= 1, not {pair!r}"
        for name, pair in limits.items()
        if pair is not None and not _is_pair(pair)
    ]
    if direction is not None and (bounds is not None or share_bounds is not None):
        faults.append("direction: bounds and share_bounds limit the ratio score, not the distance; give one of the two")
    return faults


def _is_pair(limits: Any) -> bool:
    low, high = pair_of(limits) or (np.nan, np.nan)
    return 0 <= low <= high <= 1


@aggregating(
    laws="D",
    domain="zero or more",
    set_wise=True,
    takes_gaps=True,
    per_column={"direction": None},
    check=_faults,
    formula=r"y_c = \max_{v \ge 0} \sum_j v_j z_{cj}, \quad \sum_j v_j z_{ij} \le 1 \; \forall i",
    chinese="数据包络法（对各行最有利的权重）",
)
def benefit_of_the_doubt(
    x: Array, w: Array, *, bounds: Any = None, share_bounds: Any = None, direction: Any = None, details: bool = False
) -> Any:
    """Benefit-of-the-doubt score of each row: its weighted sum under the weights that suit it best, no row above 1.

    Parameters
    ----------
    x : table or array (..., n, k)
        Units by indicators, 0 or more, larger better. Rows are compared with each other.
    w : None
        Equal, or left out: each row finds its own weights.
    bounds : (low, high), optional
        Limits of each weight as a share of the *sum of weights*, as the Handbook's [.10, .15]; they depend on the
        units of the columns.
    share_bounds : (low, high), optional
        Limits of each v_j z_j as a share of the *row's own score* (pie shares). The two differ; both exist in print.
        A value of 0 under a positive low forces the score 0, with a line in the log.
    direction : number, sequence (k,) or mapping by column, optional
        0 or more: improve all indicators along it instead of in proportion; 1 is the same direction for every column.
        Not together with limits.
    details : bool
        Return the weights of each row and its peers too.

    Returns
    -------
    array or Series (..., n), 0..1; with details `.scores`, `.weights` (n, k), `.peers` (a tuple of rows for each row)

    Raises
    ------
    DataError
        A negative value, or nothing but zeros.
    SpecError
        Limits that no weights meet (k low > 1 or k high < 1), unequal w.

    Notes
    -----
    y_c = max sum_j v_j z_cj subject to sum_j v_j z_ij <= 1 for all rows i, v >= 0. With a direction d: b_c = max b with
    sum_i l_i z_ij >= z_cj + b d_j, sum l <= 1, l >= 0; y = 1 / (1 + b). A row with gaps is compared over the columns it
    has with the rows that have them too. Some row reaches 1, save perhaps under share_bounds; without bounds and
    direction the units of the columns do not matter. Several weights can be optimal: compare scores.

    Source: Melyn & Moesen 1991; Cherchye et al. 2007 (Social Indicators Research 82); Fusco 2015 (directional; Social
    Indicators Research 122). Proof: Compind (two tables); equal weights give mean / largest mean; a direction along the
    row itself gives the free score.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.aggregate.benefit_of_the_doubt([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0]])
    array([1. , 1. , 0.8])
    """
    _shared.equal_only(w, "benefit_of_the_doubt", "each row finds its own weights; use bounds or share_bounds")
    x = _shared.stretched(x, w)
    if (x < 0).any():
        raise CellsError(x < 0, "the benefit of the doubt needs values of 0 or more; normalise to such a scale")
    rules = _rules(bounds, share_bounds, direction, x.shape[-1])
    if x.ndim == 2:
        found = _scored(x, rules)
        endless = np.isinf(found.weights)
        if details and endless.any():
            why = "its values are so small that a weight is too large a number; rescale its unit"
            raise ColumnsError(endless.any(axis=0, keepdims=True), why)
        return found if details else found.scores
    if details:
        raise DataError("benefit_of_the_doubt: details are of one table (n, k)")
    return np.stack([_scored(part, rules).scores for part in x.reshape(-1, *x.shape[-2:])]).reshape(x.shape[:-1])


def _rules(bounds: Any, share_bounds: Any, direction: Any, k: int) -> _programs.Rules:
    """Return the rules for k columns, or refuse limits that nothing meets."""
    given = {"bounds": bounds, "share_bounds": share_bounds}
    pairs = {name: None if pair is None else (float(pair[0]), float(pair[1])) for name, pair in given.items()}
    for name, pair in pairs.items():
        if pair is not None and not pair[0] * k <= 1 + 1e-12 <= pair[1] * k + 2e-12:
            raise SpecError(
                f"{name}: {pair}: no {k} shares that sum to 1 lie within; low must be at most, high at least 1/{k}"
            )
    d = None if direction is None else _shared.per_column(direction, k, "direction")
    if d is not None and not ((d >= 0).all() and (d > 0).any()):
        raise SpecError(f"direction: numbers of 0 or more, not all 0, not {direction!r}")
    return _programs.Rules(pairs["bounds"], pairs["share_bounds"], d)


def _scored(x: Array, rules: _programs.Rules) -> BenefitOfTheDoubt:
    """Return the scores of a table (n, k), rows with the same gaps against the rows that have their columns."""
    scores, weights = np.zeros(len(x)), np.full(x.shape, np.nan)
    peers: list[tuple[int, ...]] = [()] * len(x)
    patterns, which = np.unique(~np.isnan(x), axis=0, return_inverse=True)
    for number, columns in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == number)
        among = np.flatnonzero(~np.isnan(x[:, columns]).any(axis=1))
        z, part = x[np.ix_(among, columns)], rules.over(columns)
        _refuse_part(z, rows, part, len(x))
        found = _programs.best_weights(z, np.searchsorted(among, rows), part)
        scores[rows] = found.scores
        weights[np.ix_(rows, columns)] = found.weights
        for row, some in zip(rows, found.peers, strict=True):
            peers[row] = tuple(among[list(some)].tolist())
    low = rules.share_bounds[0] if rules.share_bounds else 0.0
    forced = int(((x == 0).any(axis=1) & (scores == 0)).sum())
    if low > 0 and forced:
        note(
            "aggregate",
            f"benefit_of_the_doubt: {counted(forced, 'row', 'score')} 0: a value of 0 under a positive lower share",
        )
    return BenefitOfTheDoubt(scores, weights, tuple(peers))


def _refuse_part(z: Array, rows: Array, rules: _programs.Rules, n: int) -> None:
    """Refuse rows whose columns hold nothing but zeros, or cannot meet the rules."""
    k = z.shape[1]
    d = np.ones(k) if rules.direction is None else rules.direction
    empty = ~np.asarray((z > 0).any(axis=0))
    faults = {
        "nothing but zeros in the columns compared": empty.all(),
        "direction is 0 in all columns it has": not (d > 0).any(),
        "a column of the direction holds nothing but zeros": rules.direction is not None and (empty & (d > 0)).any(),
    }
    for name, limits in (("bounds", rules.bounds), ("share_bounds", rules.share_bounds)):
        faults[f"{name} cannot hold over the {counted(k, 'column')} it has"] = (
            limits is not None and limits[1] * k < 1 - 1e-12
        )
    for why, wrong in faults.items():
        if wrong:
            marked = np.zeros((n, 1), dtype=np.bool_)
            marked[rows] = True
            raise RowsError(marked, why)
