"""The few numbers that a reader looks for first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from hengdian_index.errors import FaultsError
from hengdian_index.plot.layout import in_period, name_of, of_unit, period_name, row_names
from hengdian_index.reporting.words import Words
from hengdian_index.result import Result
from hengdian_index.robustness.outcome import Uncertainty


@dataclass(frozen=True, slots=True)
class Number:
    """A label, a value, and what belongs to it; `english` is what the library says itself."""

    label: str
    value: str
    remark: str = ""
    english: str = ""


def headline(result: Result, found: Uncertainty | None, say: Words) -> tuple[Number, ...]:
    """Return the headline numbers: the last level and its changes, or who is first; then what they rest on."""
    single = result.panel.periods is not None and best_unit(result) is None
    try:
        own = list(_of_series(result, found, say) if single else _of_rows(result, say))
    except FaultsError as error:
        own = [Number(say["headline"], "–", english="; ".join(map(str, error.faults)))]
    return (*own, *_basis(result, say))


def best_unit(result: Result) -> Any:
    """Return the unit that is first in the last period; None where rows have no periods or are all of one unit."""
    panel = result.panel
    units = list(dict.fromkeys(panel.unit_list()))
    if panel.units is None or panel.periods is None or len(units) < 2:
        return None
    rows = in_period(panel, None)
    scores = result.rows.values(result.tree.root.code)[rows]
    return panel.units[rows[int(np.argmax(np.nan_to_num(scores, nan=-np.inf)))]]


def _of_series(result: Result, found: Uncertainty | None, say: Words) -> Iterator[Number]:
    panel, root, setting = result.panel, result.tree.root.code, result.setting
    row = int(of_unit(panel, None)[-1])
    assert panel.periods is not None
    ordinal = int(panel.periods.ordinals[row])
    levels = result.series()[root].to_numpy()
    base = "" if setting.base is None else say["base is"].format(base=setting.base, to=f"{setting.to:g}")
    label = say["level in" if base else "score in"].format(period=period_name(panel, ordinal))
    yield Number(label, _said(levels[row]), base)
    year = panel.periods.frequency.per_year
    for lag, name in ((1, "change on period"), *(((year, "change on year"),) if year > 1 else ())):
        before = panel.previous(lag)[row]
        old = levels[before] if before >= 0 else np.nan
        change = 100 * (levels[row] / old - 1) if old > 0 else np.nan
        value = say["per cent"].format(value=f"{change:+.2f}") if np.isfinite(change) else "–"
        yield Number(say[name], value, period_name(panel, ordinal - lag))
    yield from _largest(result, row, say)
    yield from _interval(result, found, row, say)


def _largest(result: Result, row: int, say: Words) -> Iterator[Number]:
    """Return the parts that move the last level most, one in each direction."""
    parts = result.contributions(depth="indicators").iloc[row].dropna()
    for name, some, end in (
        ("largest up", parts[parts > 0], np.argmax),
        ("largest down", parts[parts < 0], np.argmin),
    ):
        if len(some):
            at = int(end(some.to_numpy()))
            value = say["points"].format(value=f"{some.iloc[at]:+.2f}")
            yield Number(say[name], value, name_of(result.tree, str(some.index[at])))


def _interval(result: Result, found: Uncertainty | None, row: int, say: Words) -> Iterator[Number]:
    """Return the interval of the last row, where there are draws of it."""
    if found is None or found.study.node != result.tree.root.code or result.panel.labels[row] not in found.labels:
        return
    table = found.scores if found.levels is None else found.series
    at = int(found.labels.get_indexer(result.panel.labels[[row]])[0])
    low, high = (_said(float(table[end].to_numpy()[at])) for end in ("q05", "q95"))
    yield Number(say["interval"], say["range"].format(low=low, high=high))


def _of_rows(result: Result, say: Words) -> Iterator[Number]:
    panel = result.panel
    rows = in_period(panel, None)
    scores = result.rows.values(result.tree.root.code)[rows]
    known = np.flatnonzero(np.isfinite(scores))
    period = "" if panel.periods is None else period_name(panel, int(panel.periods.ordinals.max()))
    if len(known):
        ends = (("first", "first in", np.argmax), ("last place", "last in", np.argmin))
        for bare, dated, end in ends:
            at = known[int(end(scores[known]))]
            label = say[dated].format(period=period) if period else say[bare]
            value = row_names(panel, rows[[at]])[0]
            yield Number(label, value, say["score is"].format(value=_said(scores[at])))
    yield Number(say["compared"], str(len(known)))


def _basis(result: Result, say: Words) -> Iterator[Number]:
    sizes = {"rows": result.panel.n, "indicators": len(result.tree.codes), "groups": len(result.tree.groups)}
    yield Number(say["size"], say["sizes"].format(**sizes))
    rows = result.fit_rows
    first, last = (_place(str(rows[end]), say) for end in ("first", "last"))
    yield Number(say["learnt"], say["learnt rows"].format(count=rows["count"]), f"{first} – {last}")
    yield Number(say["log lines"], str(len(result.log)))
    periods, marks = result.panel.periods, result.provisional.to_numpy()
    if marks[periods.ordinals == periods.ordinals.max() if periods else slice(None)].any():
        yield Number(say["provisional"], say["provisional why"])


def _place(text: str, say: Words) -> str:
    """Return where a row is, as `Panel.place` writes it, in the language of the page."""
    text = re.sub(" line ([0-9]+)", lambda found: f" {say['line'].format(line=found[1])}", text)
    text = re.sub(r"(^|, )(unit|row) (?=['\"(\d])", lambda found: f"{found[1]}{say[found[2]]} ", text)
    return re.sub(r"(^|, )period (?=\S+$)", lambda found: f"{found[1]}{say['period'] + ' ' if found[1] else ''}", text)


def _said(value: float) -> str:
    return "–" if value != value else f"{value:.2f}" if abs(value) >= 10 else f"{value:.4g}"
