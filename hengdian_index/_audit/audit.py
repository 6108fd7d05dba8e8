"""An audit of an index: every check made, and what they found as a table, a verdict and a page."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict, Unpack

import pandas as pd

from hengdian_index._audit import checks  # noqa: F401  # fill the registry
from hengdian_index._audit.context import Context, prepared
from hengdian_index._audit.page import Finding, fragment, of_check, page, rows_of_text
from hengdian_index._audit.registry import CHECKS, Check, Measured, Skipped, SkippedError, defaults, demanded
from hengdian_index._index.comparability import FEWEST
from hengdian_index._index.index import Index
from hengdian_index._robustness.draws import check_words
from hengdian_index._system.written import whole
from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.language import language
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, FaultsError, SpecError, cause, raise_all, spoken
from hengdian_index.log import journal

# Periods that a sentence names.
_NAMED = 10


@dataclass(frozen=True, eq=False)
class Audit:
    """The findings of an audit: what was measured, what was asked, the verdict, and what to do.

    Attributes
    ----------
    name : str
        Name of the index.
    rows : int
        How many rows were looked at.
    thresholds : mapping
        Every threshold, by name.
    every : tuple
        Everything that was measured.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index = hi.Index(
    ...     groups=[hi.Group("total")], indicators=[hi.Indicator("a", "total"), hi.Indicator("b", "total")]
    ... )
    >>> found = hi.audit(index, {"a": [float(i) for i in range(12)], "b": [float(i % 5) for i in range(12)]})
    >>> found.passed, found.verdicts["redundant"]
    (True, 'pass')
    """

    name: str
    rows: int
    thresholds: Mapping[str, float]
    every: tuple[Finding, ...]

    @cached_property
    def lines(self) -> tuple[Finding, ...]:
        """What is worth reading: all that crosses or cannot be measured, of a check that holds its nearest miss."""
        return tuple(line for check in self.checks for line in self._told(check))

    @property
    def checks(self) -> list[str]:
        """Names of the checks made, in order."""
        return list(dict.fromkeys(line.check for line in self.every))

    @property
    def findings(self) -> pd.DataFrame:
        """The findings: columns `check group part other unit value threshold verdict why remedy source`."""
        return _table(self.lines)

    @property
    def measured(self) -> pd.DataFrame:
        """Everything that was measured, with the columns of `findings`."""
        return _table(self.every)

    @property
    def verdicts(self) -> pd.Series[str]:
        """Verdict of each check: the gravest of its findings."""
        return pd.Series({check: self._gravest(check) for check in self.checks}, name="verdict", dtype=object)

    @property
    def passed(self) -> bool:
        """Whether nothing fails."""
        return all(line.verdict != "fail" for line in self.every)

    @property
    def incomparable(self) -> list[str]:
        """Periods of a panel in which an indicator lacks values that it has in others, or its share of zeros jumps."""
        crossed = (line.answer for line in self.every if line.verdict in ("look", "fail"))
        return sorted({period for answer in crossed for period in answer.facts.get("incomparable", ())})

    def summary(self, *, lang: Lang | None = None) -> str:
        """Return how many checks hold, want a look, fail or cannot be made, and which fail, in a sentence or two."""
        lang = spoken(lang)
        say = words(lang, "audit")
        count = self.verdicts.value_counts()
        sums = {"passing": "pass", "look": "look", "fail": "fail", "none": "not applicable"}
        facts: dict[str, Any] = {key: count.get(verdict, 0) for key, verdict in sums.items()}
        facts |= {"checks": say("checks counted", count=len(self.checks)), "rows": say("rows counted", count=self.rows)}
        told = say("summary", name=self.name or say["the index"], **facts)
        lost = self.incomparable
        if lost:
            shown = say["and"].join(lost[:_NAMED]) + (" …" if len(lost) > _NAMED else "")
            told = joined([told, say("not comparable", periods=shown)], "sentences").told(lang)
        failing = [of_check(str(check), lang)["name"] for check, verdict in self.verdicts.items() if verdict == "fail"]
        return say("failing", summary=told, names=say["and"].join(failing)) if failing else told

    def to_text(self, *, lang: Lang | None = None) -> str:
        """Return the findings as a table of plain text, and what to do about those that cross a threshold."""
        return rows_of_text(self.lines, self.summary(lang=lang), spoken(lang))

    def to_html(self, path: str | os.PathLike[str] | None = None, *, lang: Lang | None = None) -> str:
        """Return the findings as one HTML page that needs no other file; with `path`, also write it there.

        `lang` is "en" or "zh", by default the language that is spoken; names stay as the index has them.
        """
        text = page(self.name, self.summary(lang=lang), self.lines, spoken(lang))
        if path is not None:
            try:
                with whole(Path(path)) as part:
                    part.write_text(text, encoding="utf-8", newline="\n")
            except OSError as error:
                raise DataError(Said("cannot write to {path}: {error}", path=path, error=cause(error))) from None
        return text

    def _told(self, check: str) -> list[Finding]:
        """Return all that crosses, else the nearest miss; what cannot be judged once for each reason."""
        own = [line for line in self.every if line.check == check]
        crossed = [line for line in own if line.verdict in ("look", "fail")]
        calm = [line for line in own if line.verdict == "pass"]
        lost: dict[object, Finding] = {}
        for line in own:
            if line.verdict == "not applicable":
                lost.setdefault(line.reason, line)
        nearest = [max(calm, key=lambda line: line.excess)] if calm else []
        return [*(crossed or nearest), *lost.values()]

    def _gravest(self, check: str) -> str:
        own = {line.verdict for line in self.every if line.check == check}
        return next(verdict for verdict in ("fail", "look", "pass", "not applicable") if verdict in own)

    def __repr__(self) -> str:
        return f"<Audit: {self.summary()}>"

    def _repr_html_(self) -> str:
        return fragment(self.summary(), self.lines)


def _table(lines: tuple[Finding, ...]) -> pd.DataFrame:
    columns = ["check", "group", "part", "other", "unit", "value", "threshold", "verdict", "why", "remedy", "source"]
    table = pd.DataFrame([line.told(language()) for line in lines], columns=columns, dtype=object)
    return table.astype({"value": "float64"})


class Thresholds(TypedDict, total=False):
    """The thresholds of all checks, as type checkers see them: those that the checks have as options."""

    coverage_of_units: float
    coverage_of_indicators: float
    distinct: float
    zeros: float
    year_to_date: float
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
        raise SpecError(Said("index: an Index, not {name}", name=type(index).__name__))
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
        faults.append(Said("sizes: a list of columns, [{sizes!r}], not {sizes!r}", sizes=sizes))
    elif not isinstance(sizes, Sequence) or not all(isinstance(name, str) for name in sizes):
        faults.append(Said("sizes: a list of names of columns, not {sizes!r}", sizes=sizes))
    if not isinstance(fewest, int) or isinstance(fewest, bool) or fewest < 3:
        faults.append(Said("fewest: a whole number, 3 or more, not {fewest!r}", fewest=fewest))
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
        answers.append(
            Skipped("stopped", facts={"message": joined([fault.message for fault in error.faults], "clauses")})
        )
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
