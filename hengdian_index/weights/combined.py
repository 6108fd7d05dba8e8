"""Several sets of weights made one, and what weights come to in the scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from hengdian_index._methods.decorators import unit_sum, weighting
from hengdian_index._methods.registry import typed
from hengdian_index._tables.cells import single, uncovered
from hengdian_index._tables.table import Array, Labelled, broadcast, read_labelled
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, SpecError, listed, raise_all, suggestion
from hengdian_index.log import note
from hengdian_index.weights import _importances, _judgements
from hengdian_index.weights._importances import Measure
from hengdian_index.weights._judgements import Names

__all__ = ["Combined", "combine", "effective"]

_SHARES = joined(["combine", "shares"], "heads")


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """One set of weights from several, and how they came together.

    Attributes
    ----------
    weights : Series or array (..., k)
    alpha : array (..., l)
        Share of each set ("additive", "game"), or its exponent ("multiplicative").
    products : array (..., l, l)
        Inner products of the sets, each summing to 1.
    condition : float or array (...)
        Condition number of the products: large when two sets nearly agree, so that alpha hangs on small differences.
    constrained : bool or array (...)
        Whether the solution of "game" had a negative share, which was held at 0.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.weights.combine([[0.5, 0.5], [0.3, 0.7]], details=True)
    >>> found.weights.round(3), found.alpha.round(3)
    (array([0.4, 0.6]), array([0.5, 0.5]))
    """

    weights: Any = field(metadata={"axis": "columns"})
    alpha: Any
    products: Any
    condition: Any
    constrained: Any


def _without_shares(how: str, shares: Any, **rest: Any) -> list[Said]:
    """Return what is wrong with the options of `combine`."""
    found = how == "game" and shares is not None
    return [Said("how='game' finds the shares itself; leave shares out, or choose 'additive'")] if found else []


@weighting(
    sees="judgement",
    parts="weights",
    check=_without_shares,
    formula=lambda how, **_: {
        "additive": r"w = \sum_l s_l w_l",
        "multiplicative": r"w_j \propto \prod_l w_{lj}^{s_l}",
        "game": (r"w = \sum_l \alpha_l w_l, \quad G \alpha \propto \mathrm{diag}(G), \quad G_{lm} = w_l \cdot w_m"),
    }[how],
    chinese="组合赋权法",
)
def combine(
    weights: Sequence[Any],
    *,
    how: Literal["additive", "multiplicative", "game"] = "additive",
    shares: Any = None,
    details: bool = False,
) -> tuple[Names, Any]:
    r"""Weights combined from several sets of weights.

    Parameters
    ----------
    weights : sequence of Series, mappings or arrays (..., k)
        The sets, each rescaled to sum 1; matched by name where they have names. In an index: choices, each learnt or
        judged on the same group, `weights = ["entropy", { method = "ahp", matrix = ... }, { a = 1, b = 2 }]`.
    how : {"additive", "multiplicative", "game"}
        "additive": weighted mean. "multiplicative": product of powers, rescaled (the Chinese "multiplicative
        synthesis"); a 0 in one set stays 0. "game": the mean that is nearest to all sets at once.
    shares : sequence (l,), optional
        Of "additive": how much each set counts (equal). Of "multiplicative": its exponent (1 each), used as given.
    details : bool
        Return a `Combined`: weights, alpha, products, condition, constrained.

    Returns
    -------
    array or Series (..., k), or Combined

    Raises
    ------
    SpecError
        Names or lengths that differ, an unknown `how`, negative weights or shares, shares with "game".
    DataError
        A product that is 0 for every indicator.

    Notes
    -----
    Additive: w = sum_l s_l w_l. Multiplicative: w proportional to prod_l w_l^s_l. Game: with G_lm = w_l . w_m solve
    G a = diag(G), alpha = a / sum a, w = sum_l alpha_l w_l. When sets nearly agree some a is negative (seen: 10, -11, 2
    at condition number 450); then a >= 0 minimises |G a - diag(G)|, which is the same answer when nothing is negative.
    Usual code takes |a| and so rewards the set that the solution rejects.

    Source: game: Chinese literature since 2003. Proof: Hou et al. (2021), 11 indicators (products to 8 digits, weights
    to 3e-4; one of its printed sets sums to .998); closed forms; another solver; a grid over alpha.

    **Symbols.** l, m: sets of weights; s: share of a set; \alpha: coefficient of a set.

    **When to use.** Judgements and data are both to count, AHP and entropy, say.

    **Pitfalls.** A mean hides a disagreement that readers should see: show the sets, too (`hi.compare`). In a product
    one weight near 0 rules; the coefficients of the game follow from lengths and angles of the sets, not from how good
    they are.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.weights.combine([[0.8, 0.2], [0.4, 0.6]])
    array([0.6, 0.4])
    >>> hi.weights.combine([[0.8, 0.2], [0.4, 0.6]], how="multiplicative").round(4)
    array([0.7273, 0.2727])
    """
    names, w = _stacked(weights)
    alpha, combined, constrained = _RULES[how](w, shares)
    if not details:
        return names, combined
    products = w @ np.swapaxes(w, -1, -2)
    return names, Combined(combined, alpha, products, np.linalg.cond(products)[()], constrained)


@typed
def effective(scores: Any, x: Any, *, measure: Measure = "r2") -> Any:
    r"""Effective importance of each indicator: how much the scores move with it, whatever its weight.

    Parameters
    ----------
    scores : Series or array (n,)
        Composite scores; where both have row labels, matched by label.
    x : table or array (n, k)
        The indicators behind them. Rows with a missing value are left out.
    measure : {"r2", "pearson", "spearman", "smooth"}
        What importance is; see `matched`.

    Returns
    -------
    DataFrame
        A row for each indicator: `r` (correlation; of "spearman" the rank correlation), `r2` (its square; of "smooth"
        the correlation ratio), and `share` (importance over the sum of importances; "r2": of r squared).

    Raises
    ------
    SpecError
        An unknown measure.
    DataError
        Rows that do not match, fewer than 3 complete ones, a constant column, constant scores.

    Notes
    -----
    Not the nominal weight: an indicator that varies little, or runs against the others, may weigh much and move
    nothing. Products of weights down the tree are `Result.effective_weights`. Source: Paruolo, Saisana & Saltelli 2013
    (JRSS-A 176). Proof: numpy.corrcoef, scipy.stats.spearmanr, a least-squares fit; what `matched` attains.

    .. math:: I_j = \frac{r^2(y, x_j)}{\sum_l r^2(y, x_l)}

    **Symbols.** I: share of an indicator; r: correlation; y: scores; x: indicator.

    **When to use.** After an index is computed: to see whether what moves it is what its weights say.

    **Pitfalls.** Correlation is not cause: an indicator of weight 0 may follow the scores all the same. Importances
    belong to the rows they are measured on.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> x = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    >>> hi.weights.effective([3.0, 1.0, -1.0, -3.0], x).round(2)
          r   r2  share
    0  0.89  0.8    0.8
    1  0.45  0.2    0.2
    """
    if measure not in get_args(Measure):
        raise SpecError(
            Said(
                "effective: measure: no {measure!r}{guess}",
                measure=measure,
                guess=suggestion(measure, get_args(Measure)),
            )
        )
    table, y = _one_score_a_row(scores, x)
    rows = ~np.isnan(np.column_stack([table.values, y])).any(axis=1)
    least = 5 if measure == "smooth" else 3
    if rows.sum() < least:
        raise DataError(
            Said("effective: {n} complete rows; at least {least} are needed", n=int(rows.sum()), least=least)
        )
    z = _importances.standardised(np.column_stack([table.values, y])[rows])
    names = table.columns or tuple(range(z.shape[1] - 1))
    flat = [Said("column {name!r}", name=name) for name, column in zip(names, z.T, strict=False) if not column.any()]
    flat += [Said("scores")] if not z[:, -1].any() else []
    raise_all(DataError, [Said("effective: {one}: constant, so its correlation is undefined", one=one) for one in flat])
    found = _importances.importance(z[:, :-1], z[:, -1], measure)
    r = found if measure == "spearman" else z[:, :-1].T @ z[:, -1]
    if not found.sum() > 1e-12:
        raise DataError(
            Said(
                "effective: importances by {measure!r} sum to {total:.4g}: none has a share; use 'r2'",
                measure=measure,
                total=found.sum(),
            )
        )
    import pandas as pd

    columns = {"r": r, "r2": found if measure == "smooth" else r * r, "share": found / found.sum()}
    return pd.DataFrame(columns, index=pd.Index(names))


def _stacked(weights: Any) -> tuple[Names, Array]:
    """Return the names and the sets (..., l, k), each summing to 1."""
    if hasattr(type(weights), "columns"):
        raise SpecError(
            Said(
                "combine: a table does not say whether its rows or its columns are the sets; give a list of sets, "
                "[w1, w2, ...], or an array with a set in each row"
            )
        )
    if hasattr(weights, "keys") or single(weights) or not hasattr(weights, "__iter__"):
        raise SpecError(Said("combine: a list of sets of weights, [w1, w2, ...]"))
    each = list(weights)
    calls = [Said("combine: set {number}", number=number + 1) for number in range(len(each))]
    if not each:
        raise SpecError(Said("combine: no set of weights is given"))
    plain = [isinstance(one, np.ndarray) and one.ndim > 1 for one in each]
    read = [
        (None, uncovered(one).astype(np.float64)) if array else _judgements.values(one, call)
        for one, array, call in zip(each, plain, calls, strict=True)
    ]
    names, ordered = _judgements.aligned(read, calls)
    unit = [unit_sum(one, one.shape[-1], call) for one, call in zip(ordered, calls, strict=True)]
    if not broadcast(*(one.shape for one in unit)):
        shapes = joined([one.shape for one in unit])
        raise SpecError(Said("combine: sets of shapes {shapes} do not go together", shapes=shapes))
    return names, np.stack(np.broadcast_arrays(*unit), axis=-2)


def _given(shares: Any, n: int) -> Array:
    """Return one number of 0 or more for each of n sets, as given."""
    names, found = _judgements.values(shares, _SHARES)
    if names is not None:
        raise SpecError(Said("combine: shares are given in the order of the sets, not by name"))
    if found.shape != (n,) or not ((found >= 0) & (found < np.inf)).all() or not found.any():
        given = found.tolist()
        raise SpecError(
            Said("combine: shares: 0 or more for each of {n} sets, not all 0; not {given}", n=n, given=given)
        )
    return found


def _additive(w: Array, shares: Any) -> tuple[Array, Array, Any]:
    n = w.shape[-2]
    s = np.full(n, 1 / n) if shares is None else unit_sum(_given(shares, n), n, _SHARES)
    return np.broadcast_to(s, w.shape[:-1]), np.einsum("l,...lk->...k", s, w), False


def _multiplicative(w: Array, shares: Any) -> tuple[Array, Array, Any]:
    s = np.ones(w.shape[-2]) if shares is None else _given(shares, w.shape[-2])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(s[:, np.newaxis] > 0, s[:, np.newaxis] * np.log(w), 0.0).sum(axis=-2)
    top = logs.max(axis=-1, keepdims=True)
    if np.isinf(top).any():
        raise DataError(
            Said("combine: the product is 0 for every indicator: each has weight 0 in some set; use 'additive'")
        )
    product = np.exp(logs - top)
    return np.broadcast_to(s, w.shape[:-1]), product / product.sum(axis=-1, keepdims=True), False


def _game(w: Array, shares: Any) -> tuple[Array, Array, Any]:
    g = w @ np.swapaxes(w, -1, -2)
    own = np.diagonal(g, axis1=-2, axis2=-1)
    a = np.einsum("...lm,...m->...l", np.linalg.pinv(g, rcond=1e-13, hermitian=True), own)
    constrained = (a < -1e-12 * np.abs(a).max(axis=-1, keepdims=True)).any(axis=-1)
    for at in np.argwhere(constrained):
        a[*at] = _not_negative(g[*at], own[*at], a[*at])
    alpha = np.maximum(a, 0.0)
    alpha /= alpha.sum(axis=-1, keepdims=True)
    return alpha, np.einsum("...l,...lk->...k", alpha, w), constrained[()]


def _not_negative(g: Array, own: Array, free: Array) -> Array:
    """Return the a >= 0 nearest to solving G a = diag(G), with a line in the log about the free solution."""
    from scipy.optimize import nnls

    found: Array = nnls(g, own)[0]
    note(
        "weights",
        Said(
            "combine: the sets nearly agree (condition number {number:.4g}) and the game has the solution "
            "{free}; its negative shares are held at 0: {held}",
            number=np.linalg.cond(g),
            free=joined([f"{share:.4g}" for share in free]),
            held=joined([f"{share:.4g}" for share in found / found.sum()]),
        ),
    )
    return found


_RULES = {"additive": _additive, "multiplicative": _multiplicative, "game": _game}


def _one_score_a_row(scores: Any, x: Any) -> tuple[Labelled, Array]:
    """Return the indicators and the scores (n,) of their rows."""
    table, given = read_labelled(x), read_labelled(scores)
    if table.values.ndim != 2 or given.values.ndim != 2 or given.values.shape[1] != 1:
        raise DataError(Said("effective: scores (n,), one a row, and indicators (n, k)"))
    if len(given.values) != len(table.values):
        raise DataError(
            Said(
                "effective: {scores} for {rows}",
                scores=Said.of(len(given.values), "{n} score", "{n} scores"),
                rows=Said.of(len(table.values), "{n} row", "{n} rows"),
            )
        )
    return table, given.values[_in_order(given.source, table.source), 0]


def _in_order(scores: Any, x: Any) -> Any:
    """Return where the row labels of x are among those of the scores; the order given, where one has none."""
    own: Any
    rows: Any
    own, rows = getattr(scores, "index", None), getattr(x, "index", None)
    if not (hasattr(own, "get_indexer") and hasattr(rows, "get_indexer")) or own.equals(rows):
        return slice(None)
    absent = [label for label in rows if label not in own]
    if absent:
        raise DataError(Said("effective: no score for rows {names}", names=listed(absent)))
    if not own.is_unique:
        raise DataError(
            Said("effective: scores and indicators have their rows in different order, and some labels twice")
        )
    return own.get_indexer(rows)
