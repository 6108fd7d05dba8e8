"""Weights of the items compared, and how consistent the judgements are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hengdian_index._words.markup import card, line, table
from hengdian_index._words.said import Said, joined
from hengdian_index.ahp._judgements import Array, Judgements, known, note_beyond, read
from hengdian_index.ahp._kernels import METHODS, gci_of, geometric, root
from hengdian_index.ahp.completion import fill
from hengdian_index.ahp.random_indexes import CONSISTENT_BELOW, chosen_table, expected_index, gci_threshold
from hengdian_index.log import note

__all__ = ["Priorities", "priorities"]


@dataclass(frozen=True, slots=True, eq=False)
class Priorities:
    """Weights from a pairwise comparison matrix and its consistency; of a batch, arrays with the leading axes.

    Attributes
    ----------
    weights : Series or array (..., n)
        Sum 1; a Series when the matrix has names.
    lambda_max, ci, gci : float or array (...)
        Perron root (or mean of (Aw)_i / w_i), consistency index, geometric consistency index.
    cr : float or None, or array (...)
        Consistency ratio CI / RI; None (NaN in a batch) where no random index is known.
    consistent : bool or array (...)
        CR < .1; where CR is None, GCI below `gci_threshold(n)`.
    method, n, missing : str, int, int or array (...)
        How weights were found, items, pairs that were not compared.
    random_index, random_index_source : float or None, str
        The RI used and the table it is from ("given": the caller's number).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.priorities([[1, 2], [1 / 2, 1]])
    >>> [round(float(w), 3) for w in found.weights], found.consistent
    ([0.667, 0.333], True)
    """

    weights: Any
    lambda_max: Any
    ci: Any
    cr: Any
    gci: Any
    consistent: Any
    method: str
    n: int
    missing: Any
    random_index: Any
    random_index_source: str

    def _repr_html_(self) -> str:
        ratios = {"lambda_max": self.lambda_max, "CI": self.ci, "CR": self.cr, "GCI": self.gci}
        if np.ndim(self.lambda_max):
            return card(
                Said.of(np.size(self.lambda_max), "Priorities of {n} matrix", "Priorities of {n} matrices"),
                line(joined([Said.of(self.n, "{n} item", "{n} items"), self.method], "places")),
            )
        weights = np.asarray(self.weights)
        names = self.weights.index if hasattr(self.weights, "index") else range(self.n)
        source = self.random_index_source
        said = Said("{method}, random index: {source}; consistent: False", method=self.method, source=source)
        if self.consistent:
            said = Said("{method}, random index: {source}; consistent: True", method=self.method, source=source)
        items = zip(names, weights.tolist(), strict=True)
        return card(
            Said("Priorities"),
            table([Said("item"), Said("weight")], items),
            table(list(ratios), [list(ratios.values())]),
            line(said),
        )


def priorities(
    matrix: object,
    *,
    method: Literal["eigenvector", "geometric", "arithmetic"] = "eigenvector",
    random_index: str | float | None = "saaty",
) -> Priorities:
    r"""Return the weights of the compared items, with lambda_max, CI, CR and GCI.

    CI = (lambda_max - n) / (n - 1), CR = CI / RI(n); both 0 for n <= 2. GCI = 2 / ((n - 1)(n - 2)) sum_{i<j}
    ln^2(a_ij w_j / w_i), always with geometric w.

    Parameters
    ----------
    matrix : nested list, array (..., n, n), table or mapping of mappings
        Judgements a_ij (see the module); a numeric array with leading axes is a batch.
    method : {"eigenvector", "geometric", "arithmetic"}
        "eigenvector": Perron vector, lambda_max its root (Saaty's definition). "geometric": row geometric means (RGM,
        "root method"). "arithmetic": mean of the columns divided by their sums ("sum-product", SPSSAU's default). For
        the last two lambda_max is the mean of (A w)_i / w_i. Pairs not compared are completed first: by least squares
        of logs for "geometric", else by the least lambda_max; RI is then that for the number missing.
    random_index : str, float or None
        Table of `random_index`, a number of your own, or None: no CR, GCI decides.

    Returns
    -------
    Priorities

    Raises
    ------
    SpecError
        Unknown method or table; n > 15 without a number of your own.
    DataError
        Every fault of the matrix; judgements that leave items unconnected.

    Notes
    -----
    Verdicts depend on the table: published ones differ (.58, .52 for n = 3), so the result names it. Source: Saaty
    (1977, 1980); Crawford & Williams (1985); Aguaron & Moreno-Jimenez (2003), EJOR 147. Proof: case ahp;
    `numpy.linalg.eig`.

    .. math::

       A w = \lambda_{\max} w, \quad
       \mathrm{CI} = \frac{\lambda_{\max} - n}{n - 1}, \quad
       \mathrm{CR} = \frac{\mathrm{CI}}{\mathrm{RI}(n)}

    **Symbols.** A, a: judgements; w: weights; n: number of items; \lambda: largest eigenvalue; CI, CR: consistency
    index and ratio; RI: random index.

    **When to use.** One person's pairwise judgements, with everything there is to say on their consistency.

    **Pitfalls.** CR < .1 is a convention and depends on the table of random indexes, which the result names; a table
    read one order too far lets judgements pass. The three methods agree on consistent judgements only. Programs that
    read the whole square weigh one that is not reciprocal, too (.5 on both sides of the diagonal); here it is refused.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> found = hi.ahp.priorities({"price": {"size": 3, "place": "1/2"}, "place": {"size": 6}})
    >>> found.weights.round(3).to_dict()
    {'price': 0.3, 'size': 0.1, 'place': 0.6}
    >>> round(found.cr, 3), found.consistent
    (0.0, True)
    """
    known(method, METHODS, Said("method"))
    table = chosen_table(random_index)
    judgements = read(matrix)
    n, missing = judgements.n, judgements.missing
    expected, source = expected_index(n, missing, table)
    values, weights = weighed(judgements, method)
    lambda_max = root(values, weights)
    ci = (lambda_max - n) / (n - 1) if n > 2 else np.zeros_like(lambda_max)
    cr = ci / expected if n > 2 else ci
    gci = gci_of(values, geometric(values))
    consistent = _consistent(cr, gci, n, source)
    if judgements is not matrix:
        note_beyond(judgements)
    return Priorities(
        weights=judgements.with_names(weights),
        lambda_max=_plain(lambda_max),
        ci=_plain(ci),
        cr=_plain(cr),
        gci=_plain(gci),
        consistent=_plain(consistent),
        method=method,
        n=n,
        missing=_plain(missing),
        random_index=_plain(expected),
        random_index_source=source,
    )


def weighed(judgements: Judgements, method: str) -> tuple[Array, Array]:
    """Return the completed matrices and their weights."""
    values = fill(judgements, "geometric" if method == "geometric" else "eigenvector")
    return values, METHODS[method](values)


def _consistent(cr: Array, gci: Array, n: int, source: str) -> NDArray[np.bool_]:
    """Return whether judgements are consistent: by CR or, where no random index is known, by GCI."""
    unknown = np.isnan(cr)
    if unknown.any():
        why = Said(
            "no random index for n = {n} in {source}: CR is None, GCI < {limit} decides",
            n=n,
            source=source,
            limit=gci_threshold(n),
        )
        note("ahp", why)
    return np.where(unknown, gci < gci_threshold(n), cr < CONSISTENT_BELOW)


def _plain(values: Any) -> Any:
    """Return the number of a single matrix as Python's own (None for NaN), the array of a batch as it is."""
    if np.ndim(values):
        return values
    number = np.asarray(values).item()
    return None if number != number else number
