"""Random indexes: how inconsistent judgements at random are; and the limits of what counts as consistent."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from hengdian_index._words.said import Said
from hengdian_index.ahp._judgements import Array, known
from hengdian_index.errors import SpecError, raise_all
from hengdian_index.log import note

__all__ = ["gci_threshold", "random_index"]

CONSISTENT_BELOW = 0.1
_COMPLETE = {
    "saaty": (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty_2008": (0, 0, 0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    "xu_1988": (0, 0, 0.52, 0.89, 1.12, 1.26, 1.36, 1.41, 1.46, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    "agoston_csato_2022": (0, 0, None, 0.884, 1.109, 1.249, 1.341),
}
# With 1, 2, ... pairs missing.
_INCOMPLETE = {
    4: (0.583, 0.306, 0.053),
    5: (0.925, 0.739, 0.557, 0.379, 0.212, 0.059),
    6: (1.128, 1.007, 0.883, 0.758, 0.634, 0.510, 0.389, 0.271, 0.161),
    7: (1.256,),
}
_INCOMPLETE_SOURCE = "agoston_csato_2022"
_LARGEST = 15


def random_index(n: int, *, source: str = "saaty", missing: int = 0) -> float | None:
    r"""Return the mean CI of random matrices of n items, or None where the table has no entry.

    Parameters
    ----------
    n : int
        Items, 1 to 15; tables are never extrapolated.
    source : {"saaty", "saaty_2008", "xu_1988", "agoston_csato_2022"}
        Saaty (1980): .58 .90 1.12 ...; Saaty (2008): .52 .89 1.11 ...; Xu Shubo (许树柏 1988), the table of many
        Chinese texts and programs: .52 .89 1.12 1.26 ...; Agoston & Csato (2022, Omega 108): complete matrices of 4 to
        7 items, and incomplete ones. Case, underscores, hyphens and spaces do not matter.
    missing : int
        Pairs not compared; only "agoston_csato_2022" has them.

    Raises
    ------
    SpecError
        Unknown source, n > 15 (for a complete matrix), n < 1, missing < 0.

    Notes
    -----
    The entries for incomplete matrices were found with every filled-in judgement held within 1/9 to 9; `complete`
    leaves it free, so that consistent judgements come back exactly. With many missing the CR is therefore a little low
    (4 items, 2 missing: mean CI .28 free, .31 held; by simulation). Proof: case ahp, all tables to the digit.

    .. math:: \mathrm{RI}(n) = E\,\frac{\lambda_{\max}(A) - n}{n - 1}

    **Symbols.** A: a random reciprocal matrix; n: number of items; \lambda: its largest eigenvalue; E: mean over random
    matrices.

    **When to use.** A consistency ratio by hand, or a look at the table behind one.

    **Pitfalls.** Published tables differ in the second digit, and so may verdicts: name the table. A list that begins
    with 0, .58 is read one order too far: 1.24 for 5 items makes every ratio too small.

    Source: Saaty 1980, 2008; Xu Shubo 1988; Agoston & Csato 2022 (Omega 108).

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.random_index(3), hi.ahp.random_index(3, source="saaty_2008")
    (0.58, 0.52)
    >>> hi.ahp.random_index(5, source="agoston_csato_2022", missing=2)
    0.739
    """
    table = _named_table(source, "source")
    faults = [
        Said(
            "random index: {name} must be a whole number from {least}, not {number!r}",
            name=name,
            least=least,
            number=number,
        )
        for name, number, least in (("n", n, 1), ("missing", missing, 0))
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least
    ]
    raise_all(SpecError, faults)
    found = _look_up(n, table, missing)
    if found is None:
        why = Said("no random index for n = {n} with {missing} missing in {table}", n=n, missing=missing, table=table)
        note("ahp", why)
    return found


def gci_threshold(n: int) -> float:
    """Return the GCI that corresponds to CR = .1: .31 (n = 3), .35 (n = 4), .37 (more).

    Source: Aguaron & Moreno-Jimenez (2003), EJOR 147. Proof: case ahp.

    Notes
    -----
    **When to use.** Judgements whose consistency is measured by the geometric index.

    **Pitfalls.** The limits stand for CR = .1 and share its conventions; there is one number for all n above 4.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> hi.ahp.gci_threshold(4)
    0.35
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise SpecError(Said("gci_threshold: the number of items, 1 or more, not {n!r}", n=n))
    return {3: 0.31, 4: 0.35}.get(int(n), 0.37)


def chosen_table(random_index: str | float | None) -> str | float | None:
    """Return the random index asked for: the name of a table, a positive number or None."""
    if random_index is None:
        return None
    if isinstance(random_index, str):
        return _named_table(random_index, "random_index")
    number = isinstance(random_index, (int, float, np.number)) and not isinstance(random_index, bool)
    if not number or not 0 < float(random_index) < math.inf:
        raise SpecError(
            Said(
                "ahp: random_index is a table's name, a positive number or None, not {random_index!r}",
                random_index=random_index,
            )
        )
    return float(random_index)


def expected_index(n: int, missing: NDArray[np.int64], table: str | float | None) -> tuple[Array, str]:
    """Return the random index of each matrix by the number missing (NaN: none known), and where it is from."""
    if not isinstance(table, str):
        return np.full(missing.shape, np.nan if table is None else table), "none" if table is None else "given"
    counts, place = np.unique(missing, return_inverse=True)
    sources = {int(count): _INCOMPLETE_SOURCE if count else table for count in counts}
    entries = [_look_up(n, source, count) for count, source in sources.items()]
    values = np.array([math.nan if entry is None else entry for entry in entries])
    return values[place.reshape(missing.shape)], ", ".join(dict.fromkeys(sources.values()))


def _named_table(word: object, what: str) -> str:
    """Return the name of the table that a word means: "Saaty 2008", "saaty2008" are "saaty_2008"."""
    names = {_bare(name): name for name in _COMPLETE}
    return known(names.get(_bare(str(word)), word), _COMPLETE, Said("random index"), what=what)


def _bare(word: str) -> str:
    """Return the word without case, underscores, hyphens and spaces."""
    return re.sub(r"[\s_-]", "", word).casefold()


def _look_up(n: int, source: str, missing: int) -> float | None:
    """Return a table's entry or None."""
    if missing:
        row: tuple[float | None, ...] = _INCOMPLETE.get(n, ()) if source == _INCOMPLETE_SOURCE else ()
        return row[missing - 1] if missing <= len(row) else None
    if n > _LARGEST:
        raise SpecError(
            Said(
                "ahp: random indexes are tabled for 1 to {largest} items, found {n}; give priorities the number "
                "you use (random_index=1.6, say), or random_index=None to let GCI decide",
                largest=_LARGEST,
                n=n,
            )
        )
    entries = _COMPLETE[source]
    found = entries[n - 1] if n <= len(entries) else None
    return None if found is None else float(found)
