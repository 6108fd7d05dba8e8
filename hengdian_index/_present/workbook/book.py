"""The workbook of a result: what its sheets are, in their order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from hengdian_index._files.sheets import Live, Page, cell_of, pages_written
from hengdian_index._index.comparability import incomparable, levels_compare, told
from hengdian_index._index.consistency import consistency_table
from hengdian_index._index.result import Result
from hengdian_index._index.text import growth_told
from hengdian_index._levels.common_base import base_said
from hengdian_index._present.origins import origins
from hengdian_index._present.workbook.fits import Fits
from hengdian_index._present.workbook.levels import Levels
from hengdian_index._present.workbook.places import Column, Places, cells
from hengdian_index._present.workbook.ranks import Ranks
from hengdian_index._present.workbook.scores import score_column
from hengdian_index._present.workbook.unit_means import UnitMeans
from hengdian_index._words.catalogue import LANGUAGES, Lang
from hengdian_index._words.language import language, speaking
from hengdian_index._words.said import Said
from hengdian_index._words.said import told as told_in
from hengdian_index.errors import SpecError, raise_all

# The columns of the log, by the word for each.
_LOG = {"before": "log before"}


def to_excel(result: Result, path: str | Path, *, lang: Lang | None = None) -> None:
    """Write the result to an Excel workbook in which what is arithmetic is a formula.

    Parameters
    ----------
    path : path
        Ends in .xlsx; a file that stands there is replaced.
    lang : "en" or "zh", optional
        Language of the sheets' names, headings, remarks and log, by default that which is spoken (`hi.options`). Codes
        and names stay as they are.

    Raises
    ------
    SpecError
        Another ending or language, a folder that does not exist, a file that cannot be written, XlsxWriter absent.
    DataError
        More rows or columns than a sheet has.

    Notes
    -----
    Sheets: summary, series, changes, contributions, ranks, unit means, scores, aggregated, normalised, fitted,
    prepared, weights, sizes, consistency, base, links, raw, log, provenance; those of the series only with periods
    or a base, `ranks` not of one series (those of units are within their period), `unit means` only with groups of
    units, whose mean levels stand below those of the units, too, `aggregated` only with groups whose scores are
    rescaled, filled or rounded, `sizes` only where columns weigh the parts of each row, `prepared` only where
    values were (imputed, treated and the like), `fitted` only with numbers on it, `consistency` only with pairwise
    judgements, `links` only where the content changes. Names of units stand in a column beside their codes. A
    normalised indicator is the arithmetic that its map declares (a line, a clip, a distance from what is best, a
    logarithm, a class of cuts, ...), a formula of the raw or prepared value with the numbers that were learnt on
    the sheet `fitted`. A score of a group is the arithmetic that its method declares: of the arithmetic mean
    SUMPRODUCT(weights, children); over gaps with the children that are there, the weights divided by their sum.
    What depends on other rows is a value. A level is to * score / base level, where the content changes times the
    factor of its link (a value), a base level the mean of its scores, a change 100 (now / before - 1). All carry
    their value, so that programs that do not calculate read them too. What is no formula says why in a comment.
    Text is never a formula. The comment of a code's heading gives its name. Siblings stand side by side, so columns
    may be in another order than in the tables.
    Proof: `tests/present/workbook/test_book.py`, where each formula is calculated again, and
    `tests/present/workbook/test_workbook_office.py`, where a spreadsheet program does.
    """
    with excel_written(result, Path(path), language() if lang is None else lang):
        pass


@contextmanager
def excel_written(result: Result, path: Path, lang: Lang) -> Iterator[None]:
    """Write a result as a workbook that takes its place when the block ends well."""
    faults = [] if lang in LANGUAGES else [Said("lang: 'en' or 'zh', not {lang!r}", lang=lang)]
    if path.suffix.lower() != ".xlsx":
        ending = Said("{ending!r}", ending=path.suffix) if path.suffix else Said("'a name without ending'")
        faults.append(Said("{path}: a result is written to .xlsx, not {ending}", path=path, ending=ending))
    raise_all(SpecError, faults)
    places = Places(result, lang)
    levels, fits, ranks = Levels(places), Fits(places), Ranks(places)
    timed = result.panel.periods is not None
    pages = [
        _summary(levels, ranks),
        *([levels.series()] if levels.frame is not None else []),
        *([levels.changes(), levels.contributions()] if timed else []),
        *([levels.growth()] if timed and growth_told(result) else []),
        *([ranks.page()] if _ranked(result) else []),
        *UnitMeans(places).pages(),
        *_scores(places, fits),
        *fits.pages(),
        _weights(places),
        *_sizes(places),
        *_consistency(places),
        *([levels.base()] if levels.direct or levels.linked else []),
        *([levels.links(levels.linked)] if levels.linked else []),
        fits.raw(),
        _log(places),
        _provenance(places),
    ]
    with pages_written(path, pages, Said("shorten it")):
        yield


def _scores(places: Places, fits: Fits) -> list[Page]:
    """Return the scores of the groups, and of those that are rescaled or rounded what was aggregated."""

    def aggregated(code: str) -> Column:
        return score_column(places, places.result.tree.by_code[code])

    again = places.presented
    scores = [fits.presented(code) if code in again else aggregated(code) for code in places.groups]
    before = [places.page("aggregated", list(map(aggregated, again)), "0.0000")] if again else []
    return [places.page("scores", scores, "0.0000"), *before]


def _summary(levels: Levels, ranks: Ranks) -> Page:
    """Return what it is, and where it stands: in the last period, or every row by its rank where there are none."""
    places, result, say = levels.places, levels.places.result, levels.places.say
    base, to = result.setting.base, result.setting.to
    sheet = "scores" if levels.frame is None or not levels_compare(result) else "series"
    values = result.scores[list(places.groups)].to_numpy() if sheet == "scores" else levels.values
    names = [result.tree.by_code[code].name or code for code in places.groups]
    lapses = incomparable(result)
    ranked, labels = _ranked(result), len(places.labels.columns)
    heading = say("last", sheet=say(sheet)) if result.panel.periods is not None else say(sheet)
    rows: list[list[Any]] = [
        [say("rows"), result.panel.n],
        [say("learnt"), _fit_rows(places)],
        [say("base period"), say("none") if base is None else f"{base}" if to is None else _base(places)],
        [say("to read it"), say("formulas")],
        *([[say("not comparable"), told(lapses, places.lang)]] if lapses else []),
        [],
        [heading, *[""] * (labels - 1), *([say("rank of")] if ranked else []), *names],
    ]
    for i in ranks.order(_last(result)) if ranked else _last(result):
        found = [Live(f"={places.sheet(sheet)}!{places.at(g, i)}", value) for g, value in enumerate(values[i].tolist())]
        if ranked:
            found.insert(0, Live(f"={places.sheet('ranks')}!{places.at(0, i)}", float(ranks.values[i, 0])))
        rows.append([*places.label(i), *(None if np.isnan(cell.value) else cell for cell in found)])
    width = max(map(len, rows))
    header = [say("index"), result.setting.name or say("no name"), *[""] * (width - 2)]
    table = next(i for i, row in enumerate(rows) if not row) + 1
    return Page(
        say("summary"), header, [[*row, *[None] * (width - len(row))] for row in rows], number="0.00", table=table
    )


def _base(places: Places) -> str:
    """Return whose level is set to what in which period."""
    return told_in(base_said(places.result.setting, places.result.panel), places.lang)


def _ranked(result: Result) -> bool:
    """Return whether rows are compared: units, or rows without periods; the periods of one series are not."""
    return result.panel.periods is None or result.panel.units is not None


def _fit_rows(places: Places) -> str:
    """Return how many rows were learnt from, of how many units, and from when to when."""
    rows, say = places.result.fit_rows, places.say
    told = [say("fit rows", count=rows["count"])]
    if "units" in rows and "earliest" in rows:
        told.append(say("units counted", count=rows["units"]))
    if "earliest" in rows:
        once = rows["earliest"] == rows["latest"]
        told.append(rows["latest"] if once else say("span", first=rows["earliest"], last=rows["latest"]))
    return say("and").join(told)


def _last(result: Result) -> list[int]:
    """Return the rows of the last period; without periods all."""
    periods = result.panel.periods
    ordinals = np.zeros(result.panel.n) if periods is None else periods.ordinals
    return [int(i) for i in np.flatnonzero(ordinals == ordinals.max())]


def _weights(places: Places) -> Page:
    """Return the weights, a column for each child of each group, a row for each period from which they hold."""
    say = places.say
    rows: list[list[Any]] = [
        [say("child"), *(child for _, child in places.pairs)],
        [say("name"), *(places.names.get(child, child) for _, child in places.pairs)],
    ]
    for since, row in places.dated.iterrows():
        told = say("weight from", since=since) if len(places.dated) > 1 and since != "" else say("weight")
        rows.append([told, *cells(row.get(pair) for pair in places.pairs)])
    header = [say("group"), *(code for code, _ in places.pairs)]
    comments = ["", *(places.named(code) for code, _ in places.pairs)]
    return Page(say("weights"), header, rows, comments, number="0.0000", frozen=(3, 1))


def _sizes(places: Places) -> list[Page]:
    """Return the columns of the table that weigh the parts of each row; no sheet without."""
    panel, names = places.result.panel, places.result.tree.weighing
    columns = [Column(name, cells(panel.column(name).tolist()), places.say("sizes told")) for name in names]
    return [places.page("sizes", columns, "")] if columns else []


def _consistency(places: Places) -> list[Page]:
    """Return how consistent pairwise judgements are, a line for each expert and for all together; no sheet without."""
    say, found = places.say, consistency_table(places.result, places.lang)
    lines = found.reset_index().assign(consistent=[say("yes" if one else "no") for one in found["consistent"]])
    rows = [cells(line) for line in lines.itertuples(index=False)]
    heads = ["group", "from", "expert", "lambda_max", "ci", "cr", "consistent"]
    return [Page(say("consistency"), [say(head) for head in heads], rows, number="0.0000")] if rows else []


def _log(places: Places) -> Page:
    # Programs read the reason that is the same in every language in `result.log`; here people read.
    with speaking(places.lang):
        frame = places.result.log.drop(columns="reason")
    rows = list(zip(*(cells(frame[name].tolist()) for name in frame.columns), strict=True))
    return Page(places.say("log"), [places.say(_LOG.get(name, name)) for name in frame.columns], rows, filtered=True)


def _provenance(places: Places) -> Page:
    if places.lang != "en":
        rows = origins(places.result, places.lang)
        return Page(places.say("provenance"), [places.say("what"), places.say("value")], rows)
    said = {
        name: cell_of(value)
        if isinstance(value, (str, int, float)) or value is None
        else json.dumps(value, ensure_ascii=False, default=str)
        for name, value in places.result.provenance.items()
        if name != "time"
    }
    return Page(places.say("provenance"), [places.say("what"), places.say("value")], list(said.items()))
