"""Weights from comparisons of the best criterion with all others, and of all others with the worst."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from hengdian_index._methods.decorators import weighting
from hengdian_index._tables.table import Array
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, raise_all
from hengdian_index.log import note
from hengdian_index.weights import _judgements
from hengdian_index.weights._judgements import Names

# Rezaei (2015), Table 1, for a comparison of best and worst of 1 to 9: the printed values of the formula in `_index`.
_PRINTED = (0.0, 0.44, 1.0, 1.63, 2.3, 3.0, 3.73, 4.47, 5.23)


@dataclass(frozen=True, slots=True, eq=False)
class BestWorst:
    """Weights of the best-worst method, and how far the comparisons contradict each other.

    Attributes
    ----------
    weights : Series or array (k,)
    xi : float
        The largest deviation from a comparison, as small as it can be; 0: no contradiction.
    consistency : float
        "nonlinear": the consistency ratio xi / CI(a_BW). "linear": xi itself, which needs no index (Rezaei 2016).
    input_consistency : float
        max_j |a_Bj a_jW - a_BW| / (a_BW^2 - a_BW), from the comparisons alone (Liang, Brunelli & Rezaei 2020).
    low, high : Series or array (k,)
        Between what each weight can lie at the same xi; `intervals` has both in a table.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.weights.best_worst([1, 2, 4], [4, 2, 1], details=True)
    >>> found.weights.round(3), round(found.xi, 9)
    (array([0.571, 0.286, 0.143]), 0.0)
    """

    weights: Any = field(metadata={"axis": "columns"})
    xi: float
    consistency: float
    input_consistency: float
    low: Any = field(metadata={"axis": "columns"})
    high: Any = field(metadata={"axis": "columns"})

    @property
    def intervals(self) -> Any:
        """Return columns low and high with a row for each criterion; an array (k, 2) where they have no names."""
        if not hasattr(self.low, "index"):
            return np.stack([self.low, self.high], axis=-1)
        import pandas as pd

        return pd.DataFrame({"low": self.low, "high": self.high})


@weighting(
    sees="judgement",
    by_column=("best", "worst"),
    formula=lambda form, **_: {
        "linear": (
            r"\min_{w \ge 0,\, \sum w = 1} \xi, \quad |w_B - a_{Bj} w_j| \le \xi, \quad |w_j - a_{jW} w_W| \le \xi"
        ),
        "nonlinear": (
            r"\min_{w \ge 0,\, \sum w = 1} \xi, \quad \left|\frac{w_B}{w_j} - a_{Bj}\right| \le "
            r"\xi, \quad \left|\frac{w_j}{w_W} - a_{jW}\right| \le \xi"
        ),
    }[form],
    chinese="最优最劣法（BWM）",
)
def best_worst(
    best: Any, worst: Any, *, form: Literal["linear", "nonlinear"] = "linear", details: bool = False
) -> tuple[Names, Array | BestWorst]:
    r"""Best-worst weights: from comparisons of the best criterion with all, and of all with the worst.

    Parameters
    ----------
    best : mapping or Series by name, or sequence (k,)
        a_Bj: how many times more important the best criterion is than each, 1 or more, 1 for itself.
    worst : the same kind and names
        a_jW: how many times more important each is than the worst, 1 for the worst itself. Best and worst are found
        from the ones; criteria that equal the best (the worst) in both get its weight.
    form : {"linear", "nonlinear"}
        "linear" (Rezaei 2016) bounds |w_B - a_Bj w_j| and |w_j - a_jW w_W| and has one answer. "nonlinear" (Rezaei
        2015) bounds |w_B / w_j - a_Bj| and |w_j / w_W - a_jW|; when judgements contradict each other many weights do
        equally well, and those given are the middles of each weight's interval, rescaled to sum 1.
    details : bool
        Return a `BestWorst`: weights, xi, consistency, intervals.

    Raises
    ------
    SpecError
        A comparison below 1, none that is 1, a best-to-worst comparison that differs between the two, other names.

    Notes
    -----
    Linear: min xi over w >= 0, sum w = 1, a linear programme. Nonlinear: with R = w_B / w_W, a xi is possible when the
    intervals (a_Bj - xi)(a_jW - xi) .. (a_Bj + xi)(a_jW + xi) and a_BW - xi .. a_BW + xi meet. At the least xi they
    meet in one R, and the intervals of the weights follow in closed form, where others bisect linear programmes.
    CI(a) = (1 + 2a - sqrt(1 + 8a)) / 2, printed as 0 .44 1.00 1.63 2.30 3.00 3.73 4.47 5.23 for 1 to 9; for these the
    printed values are used.

    Source: Rezaei 2015, 2016 (Omega 53, 64); Liang, Brunelli & Rezaei 2020 (Omega 96). Proof: Rezaei (2016), example 1,
    and the table of CI; the bisection of linear programmes, in the tests.

    **Symbols.** \xi: largest deviation, made as small as possible; B, W: the best and the worst criterion; a:
    comparisons.

    **When to use.** Fewer questions than pairwise comparison, 2 k - 3, with a measure of consistency.

    **Pitfalls.** Everything hangs on the two criteria called best and worst. The linear form has one answer; the
    nonlinear one may have many, and gives intervals.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> best = {"price": 1, "size": 2, "place": 4}
    >>> worst = {"price": 4, "size": 2, "place": 1}
    >>> hi.weights.best_worst(best, worst).round(4).to_dict()
    {'price': 0.5714, 'size': 0.2857, 'place': 0.1429}
    >>> found = hi.weights.best_worst({**best, "size": 3}, worst, form="nonlinear", details=True)
    >>> round(found.xi, 4), round(3 - 7**0.5, 4)
    (0.3542, 0.3542)
    """
    given = [_judgements.values(best, "best"), _judgements.values(worst, "worst")]
    names, aligned = _judgements.aligned(given, ["best", "worst"])
    over, under = (np.where(np.abs(side - 1) < 1e-9, 1.0, side) for side in aligned)
    is_best, is_worst = _ends(names, over, under)
    solve = _linear if form == "linear" else _nonlinear
    xi, low, high = solve(over, under, is_best, is_worst)
    middle = (low + high) / 2
    weights = middle / middle.sum()
    if not details:
        return names, weights
    a = float(over[is_worst][0])
    consistency = xi if form == "linear" or a == 1 else xi / _index(a)
    contradiction = float(np.abs(over * under - a).max())
    return names, BestWorst(weights, xi, consistency, contradiction / (a * a - a) if a > 1 else 0.0, low, high)


def _ends(names: Names, over: Array, under: Array) -> tuple[Array, Array]:
    """Return which criteria are the best and which the worst, (k,) each, or every fault of the comparisons."""
    faults = [
        Said(
            "{what}: {where}: {a:g}; a comparison is 1 or more, how many times more important",
            what=what,
            where=_judgements.place(names, int(j)),
            a=a[j],
        )
        for what, a in (("best", over), ("worst", under))
        for j in np.flatnonzero(~((a >= 1) & (a < np.inf)))
    ]
    for what, a in (("best", over), ("worst", under)):
        if not (a == 1).any():
            faults.append(Said("{what}: none is 1; the {what} criterion compared with itself is 1", what=what))
    raise_all(SpecError, faults)
    best = (over == 1) & (under == under[over == 1].max())
    worst = (under == 1) & (over == over[under == 1].max())
    b, w = int(np.argmax(best)), int(np.argmax(worst))
    a = over[w]
    if not np.isclose(a, under[b], rtol=1e-9):
        first, last = _judgements.place(names, b), _judgements.place(names, w)
        raise SpecError(
            Said(
                "best: {last}: {a:g} and worst: {first}: {under:g} are one comparison, of {first} with {last}; "
                "make them agree",
                last=last,
                a=a,
                first=first,
                under=under[b],
            )
        )
    beyond = np.flatnonzero((over > a) | (under > a))
    if beyond.size and a == 1:
        raise SpecError(
            Said(
                "the best and the worst are equally important (1), yet {where} is not",
                where=_judgements.place(names, int(beyond[0])),
            )
        )
    for j in beyond:
        where = _judgements.place(names, int(j))
        note(
            "weights",
            Said(
                "best_worst: a comparison of {where} exceeds {a:g}, that of the best with the worst", where=where, a=a
            ),
        )
    return best, worst


def _linear(over: Array, under: Array, best: Array, worst: Array) -> tuple[float, Array, Array]:
    """Return xi and the weights (twice: they are unique) of the linear programme; variables are w and xi."""
    from scipy.optimize import linprog

    k = len(over)
    one = np.eye(k)
    b, w = one[np.argmax(best)], one[np.argmax(worst)]
    deviation = np.concatenate([b - np.diag(over), one - np.outer(under, w)])
    bound = np.concatenate([deviation, -deviation])
    tied = np.concatenate([one[best] - b, one[worst] - w])
    solution = linprog(
        np.append(np.zeros(k), 1.0),
        A_ub=np.column_stack([bound, -np.ones(len(bound))]),
        b_ub=np.zeros(len(bound)),
        A_eq=np.column_stack([np.vstack([np.ones(k), tied]), np.zeros(len(tied) + 1)]),
        b_eq=np.append(1.0, np.zeros(len(tied))),
    )
    weights = np.maximum(np.asarray(solution.x)[:k], 0.0)
    return float(np.abs(deviation @ weights).max()), weights, weights


def _nonlinear(over: Array, under: Array, best: Array, worst: Array) -> tuple[float, Array, Array]:
    """Return the least xi, and the smallest and largest value of each weight at it.

    In units of the worst weight the best one is R and the others lie in intervals of their own, so that each weight is
    least when it is at its lower end and the others are at their upper ends.
    """
    from scipy.optimize import brentq

    a = over[worst][0]

    def ratio(xi: float) -> tuple[float, float]:
        low = (np.maximum(over - xi, 0) * np.maximum(under - xi, 0)).max()
        return max(a - xi, float(low)), min(a + xi, float(((over + xi) * (under + xi)).min()))

    def gap(xi: float) -> float:
        low, high = ratio(xi)
        return low - high

    xi = brentq(gap, 0.0, float(max(over.max(), under.max())), xtol=1e-15)
    r = sum(ratio(xi)) / 2
    with np.errstate(divide="ignore"):
        low = np.maximum(under - xi, r / (over + xi))
        high = np.maximum(np.minimum(under + xi, np.where(over > xi, r / (over - xi), np.inf)), low)
    for end in (low, high):
        end[worst], end[best] = 1.0, r
    return float(xi), low / (low + high.sum() - high), high / (high + low.sum() - low)


def _index(a: float) -> float:
    """Return the largest xi that comparisons can have when the best is a times as important as the worst."""
    return _PRINTED[int(a) - 1] if a in range(1, 10) else 2 * (a * a - a) / (1 + 2 * a + np.sqrt(1 + 8 * a))
