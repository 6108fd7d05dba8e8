"""The call `hi.audit`: every check made, and what each found."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from hengdian_index._audit import (  # noqa: F401  # fill the registry
    cells,
    correlated,
    dimensions,
    importance,
    ranking,
)
from hengdian_index._audit.audit import Audit
from hengdian_index._audit.context import Context, prepared
from hengdian_index._audit.finding import Finding
from hengdian_index._audit.registry import CHECKS, Check, Measured, Skipped, SkippedError, defaults, demanded
from hengdian_index._index.comparability import FEWEST
from hengdian_index._index.index import Index
from hengdian_index._robustness.draws import check_words
from hengdian_index.errors import FaultsError, SpecError, raise_all
from hengdian_index.log import journal


class Thresholds(TypedDict, total=False):
    """The thresholds of all checks, as type checkers see them: those that the checks have as options."""

    coverage_of_units: float
    coverage_of_indicators: float
    distinct: float
    zeros: float
    skew: float
    kurtosis: float
    scale_effects: float
    redundant: float
    negative: float
    against_parent: float
    not_heard: float
    dominated: float
    counted_twice: float
    misplaced: float
    alpha: float
    kmo: float
    bartlett: float
    first_component: float
    second_component: float
    effective_weights: float
    one_out: float
    rank_interval: float
    other_mean: float


def audit(
    index: Index,
    table: Any,
    *,
    sizes: Sequence[str] = (),
    rows: Any = None,
    draws: int = 512,
    rng: int = 0,
    fewest: int = FEWEST,
    **thresholds: Unpack[Thresholds],
) -> Audit:
    """The checks of a statistical audit of an index, each with threshold, verdict and what to do.

    Parameters
    ----------
    index : Index
    table : table
        As for `Index.compute`; nothing in it is changed.
    sizes : sequence of str
        Columns of the table that indicators may only follow because units are large: population, area. Denominators
        that the index uses count without being named.
    rows : period, span, unit, label or list of these; optional
        The rows looked at; default: all.
    draws, rng : int
        Draws and seed for the intervals of ranks.
    fewest : int
        With fewer rows nothing that rests on correlations is judged; 10 is this package's choice.
    **thresholds : float
        Other thresholds than the defaults, by name: `redundant=0.95`.

    Returns
    -------
    Audit
        `findings` (one line for everything that crosses a threshold, and one for each check that holds), `measured`
        (everything), `passed` (nothing fails), `summary()`, `to_text()`, `to_html(path)`; the last three also in
        Chinese, `lang="zh"`.

    Raises
    ------
    SpecError
        A threshold that does not exist or is no number; `rows`, `draws` that cannot be.
    DataError
        As for `Index.compute`. Indicators that are constant or have too few values are findings instead: the other
        checks are made without them.

    Notes
    -----
    Coverage, zeros, constants, outliers and sizes are looked at in the values; everything else in the normalised
    indicators, larger = better, and the scores of groups. Correlations and alpha take for each pair of columns the
    rows that both have, KMO, Bartlett and components complete rows. "fail": the index does not say of this part or
    unit what it seems to say; "look": a choice that needs a reason; "not applicable": why it cannot be judged.
    Checks of ranks need units: one unit's series has none. Ranks of two indexes are those among the rows that both
    score. KMO, Bartlett and components want more rows than parts.

    Source: the JRC's audits and its COIN Tool; OECD/JRC Handbook (2008). Proof: each value is that of `hi.diagnose`,
    `hi.weights.effective`, `hi.remove_one`, `hi.uncertainty` or `hi.compare`, computed apart.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> table = {"a": [float(i) for i in range(12)], "b": [float(i * i) for i in range(12)]}
    >>> found = hi.audit(index, table)
    >>> found.passed, found.findings.query("verdict == 'look'")["check"].tolist()
    (True, ['redundant'])
    """
    if not isinstance(index, Index):
        raise SpecError(f"index: an Index, not {type(index).__name__}")
    _check(sizes, fewest)
    check_words(draws, 1, rng)
    asked = demanded(thresholds)
    with journal():
        context = prepared(index, table, sizes, rows, draws, rng, fewest)
        every = tuple(line for one in CHECKS.values() for line in _made(one, context, asked))
    return Audit(index.name, context.panel.n, asked, every)


def _check(sizes: Any, fewest: Any) -> None:
    """Refuse arguments of another kind."""
    faults = []
    if isinstance(sizes, str):
        faults.append(f"sizes: a list of columns, [{sizes!r}], not {sizes!r}")
    elif not isinstance(sizes, Sequence) or not all(isinstance(name, str) for name in sizes):
        faults.append(f"sizes: a list of names of columns, not {sizes!r}")
    if not isinstance(fewest, int) or isinstance(fewest, bool) or fewest < 3:
        faults.append(f"fewest: a whole number, 3 or more, not {fewest!r}")
    raise_all(SpecError, faults)


def _made(one: Check, context: Context, thresholds: dict[str, float]) -> list[Finding]:
    """Return everything that a check answered; what stops it half way is an answer, too."""
    own = {name: thresholds[name] for name in one.thresholds}
    answers: list[Measured | Skipped] = []
    try:
        answers += one.function(context, **own)
    except SkippedError as error:
        answers.append(error.skipped)
    except FaultsError as error:
        answers.append(Skipped("stopped", facts={"message": "; ".join(map(str, error.faults))}))
    return [Finding(one, answer, own) for answer in answers or [Skipped("nothing")]]


def _signature() -> inspect.Signature:
    """Return the signature of `audit` with every threshold and its default, as help shows it."""
    own = inspect.signature(audit)
    kind = inspect.Parameter.KEYWORD_ONLY
    named = [p for p in own.parameters.values() if p.kind is not p.VAR_KEYWORD]
    more = [inspect.Parameter(name, kind, default=value, annotation="float") for name, value in defaults().items()]
    return own.replace(parameters=[*named, *more])


# Thresholds are those of the checks; functions have no declared __signature__.
audit.__signature__ = _signature()  # type: ignore[attr-defined]
