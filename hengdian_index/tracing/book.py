"""The workbook of a result: what its sheets are, in their order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hengdian_index.errors import SpecError
from hengdian_index.pages import Live, Page, cell_of, write_pages
from hengdian_index.result import Result
from hengdian_index.tracing.levels import Levels
from hengdian_index.tracing.places import Places, cells, plain_columns
from hengdian_index.tracing.scores import score_column

_FORMULAS = "Scores, levels and changes are formulas where they are arithmetic; what is a value says why in a comment."


def to_excel(result: Result, path: str | Path) -> None:
    """Write the result to an Excel workbook in which scores, series and changes are formulas where they are arithmetic.

    Parameters
    ----------
    path : path
        Ends in .xlsx; a file that stands there is replaced.

    Raises
    ------
    SpecError
        Another ending, a file that cannot be written, XlsxWriter absent.
    DataError
        More rows or columns than a sheet has.

    Notes
    -----
    Sheets: summary, series, changes, contributions, scores, normalised, weights, base, raw, log, provenance; those of
    the series only with periods or a base. A score of a group whose method is arithmetic is SUMPRODUCT(weights,
    children); over gaps the sum over the children that are there, divided by the sum of their weights. A level is
    to * score / base level, a base level the mean of its scores, a change 100 (now / before - 1). All carry their
    value, so that programs that do not calculate read them too. What is no formula says why in a comment. Text is
    never a formula. Siblings stand side by side, so columns may be in another order than in the tables. Proof:
    `tests/test_excel_result.py`, where each formula is calculated again.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise SpecError(f"{path}: a result is written to .xlsx, not {path.suffix or 'a name without ending'!r}")
    places = Places(result)
    levels = Levels(places)
    timed = result.panel.periods is not None
    pages = [
        _summary(levels),
        *([levels.series()] if levels.frame is not None else []),
        *([levels.changes(), levels.contributions()] if timed else []),
        places.page("scores", [score_column(places, result.tree.by_code[code]) for code in places.groups], "0.0000"),
        places.page("normalised", plain_columns(result.normalised[list(places.indicators)]), "0.0000"),
        _weights(places),
        *([levels.base()] if levels.direct else []),
        places.page("raw", plain_columns(result.raw), ""),
        _log(result.log),
        _provenance(result),
    ]
    write_pages(path, pages, "shorten it")


def _summary(levels: Levels) -> Page:
    """Return what it is, and where it stands in the last period."""
    places, result = levels.places, levels.places.result
    fitted, base = result.fit_rows, result.setting.base
    sheet = "scores" if levels.frame is None else "series"
    values = result.scores[list(places.groups)].to_numpy() if levels.frame is None else levels.values
    names = [result.tree.by_code[code].name or code for code in places.groups]
    rows: list[list[Any]] = [
        ["rows", f"{result.panel.n:,}"],
        ["bounds and weights learnt from", f"{fitted['count']} rows, {fitted['first']} to {fitted['last']}"],
        ["base", "none" if base is None else f"{base} = {result.setting.to:g}"],
        ["to read it", _FORMULAS],
        [],
        [f"{sheet}, last period", *[""] * (len(places.labels.columns) - 1), *names],
    ]
    for i in _last(result):
        found = (Live(f"={sheet}!{places.at(g, i)}", value) for g, value in enumerate(values[i].tolist()))
        rows.append([*places.label(i), *(None if np.isnan(cell.value) else cell for cell in found)])
    width = max(map(len, rows))
    header = ["index", result.setting.name or "without a name", *[""] * (width - 2)]
    table = next(i for i, row in enumerate(rows) if not row) + 1
    return Page("summary", header, [[*row, *[None] * (width - len(row))] for row in rows], number="0.00", table=table)


def _last(result: Result) -> list[int]:
    """Return the rows of the last period; without periods all."""
    periods = result.panel.periods
    ordinals = np.zeros(result.panel.n) if periods is None else periods.ordinals
    return [int(i) for i in np.flatnonzero(ordinals == ordinals.max())]


def _weights(places: Places) -> Page:
    """Return the weights, a column for each child of each group, a row for each period from which they hold."""
    tree = places.result.tree
    names = {leaf.code: leaf.name or leaf.code for leaf in tree.leaves}
    names |= {branch.code: branch.name or branch.code for branch in tree.branches}
    rows: list[list[Any]] = [
        ["child", *(child for _, child in places.pairs)],
        ["name", *(names[child] for _, child in places.pairs)],
    ]
    for since, row in places.dated.iterrows():
        told = f"weight from {since}" if len(places.dated) > 1 and since != "" else "weight"
        rows.append([told, *cells(row.get(pair) for pair in places.pairs)])
    return Page("weights", ["group", *(code for code, _ in places.pairs)], rows, number="0.0000", frozen=(3, 1))


def _log(frame: pd.DataFrame) -> Page:
    rows = list(zip(*(cells(frame[name].tolist()) for name in frame.columns), strict=True))
    return Page("log", list(frame.columns), rows)


def _provenance(result: Result) -> Page:
    said = {
        name: cell_of(value)
        if isinstance(value, (str, int, float)) or value is None
        else json.dumps(value, ensure_ascii=False, default=str)
        for name, value in result.provenance.items()
    }
    return Page("provenance", ["what", "value"], list(said.items()))
