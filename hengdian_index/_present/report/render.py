"""`result.report`: the page written out, the same input giving the same bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import numpy as np

from hengdian_index._index.result import Result
from hengdian_index._present.document import Block, Code, Math
from hengdian_index._present.report.chosen import chosen, span
from hengdian_index._present.report.in_word import write_report
from hengdian_index._present.report.pictures import Picture, Text, formula
from hengdian_index._present.report.sections import Content, content
from hengdian_index._present.report.tables import Limits, Sheet, table
from hengdian_index._robustness.uncertainty import Uncertainty
from hengdian_index._system.about import install
from hengdian_index._system.written import whole
from hengdian_index._words.catalogue import Lang, words
from hengdian_index._words.language import language, speaking
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, cause, raise_all, suggestion

_MOST = 3_000_000

# The first that fits: a page of a large panel shows fewer rows and writes formulas as text.
_LIMITS = (Limits(4_000, 150_000, 150), Limits(1_500, 60_000, 60), Limits(400, 20_000, 0), Limits(60, 4_000, 0))


def report(
    result: Result,
    path: str | Path,
    *,
    lang: Lang | None = None,
    uncertainty: Uncertainty | None = None,
    title: str | None = None,
    period: Any = None,
    units: Any = None,
) -> Path:
    """Write a result as one HTML page that needs nothing else, or as a file of Word, and return its path.

    Parameters
    ----------
    result : Result
    path : path
        Ends in .html or .htm, or in .docx (the extra `word`): the same sections, with tables that can be edited and
        formulas of Word's own. A file that is there is replaced once the new one is whole.
    lang : {"en", "zh"}, optional
        English or Chinese, by default that which is spoken (`hi.options`); names stay as the index has them.
    uncertainty : Uncertainty, optional
        Draws of the same index on the same data.
    title : str, optional
        Default: the name of the index.
    period : period, optional
        The period that the page is about, in the place of the last: its ranks, contributions and weights. Rows after it
        are left out; the numbers of the others stay as they are.
    units : unit or list of units, optional
        Units that have a profile: scores and ranks, each indicator against the mean of the unit's group (the first of
        `groups_of_units` that it is in, else all units of the period), and contributions. Charts show these units. A
        file for each unit is a loop: `for unit in ...: result.report(f"{unit}.html", units=unit)`.

    Returns
    -------
    Path

    Raises
    ------
    SpecError
        An ending, language or unit that is not known; no single period; jinja2 (for .docx python-docx) is not
        installed.
    DataError
        A period without rows, a unit without a row in it; draws of another index, of other data or of later rows; a
        file that cannot be written; a page of more than 3 MB.

    Notes
    -----
    The page opens with the bulletin of its last period (`Result.bulletin`), or, without periods, with up to three
    sentences: where rows stand, what sets them apart, how sure that is. Headline numbers, framework, series (of a panel
    also by unit and period), contributions, ranking, profiles of the units chosen, uncertainty, data log, weights,
    method statement and provenance follow. Each chart names the table with its
    numbers; each table is in the page as CSV as well. A large table
    is cut, and says so. Of several units the charts of contributions show the first, the tables all; the indicators
    where a row stands best and worst are named for the first 200 rows, and intervals are drawn of up to 60. Scores
    that rest on part of the weight are marked where they stand; a part without a score is blank in contributions,
    where the library has 0. What cannot be had is replaced by why, each reason told once; what the library says in
    English is marked as English on a page in Chinese. In the CSV texts that a spreadsheet would compute begin with
    an apostrophe. The time of making is left out, so that the same result gives the same bytes with the same
    libraries; the hashes of data and spec say what it was made from. Proof: the page parsed, its files decoded, two
    pages compared byte by byte; axe (WCAG 2.1 AA), keyboard, requests and downloads in a browser.

    Examples
    --------
    >>> import hengdian_index as hi
    >>> index, table = hi.example("film_industry")
    >>> index.compute(table).report("film.html")  # doctest: +SKIP
    PosixPath('film.html')
    """
    path, lang = Path(path), language() if lang is None else lang
    in_word = path.suffix.lower() == ".docx"
    raise_all(SpecError, _faults(path, lang, title))
    if not os.path.isdir(path.parent):
        raise DataError(Said("cannot write {path}: there is no folder {parent}", path=path, parent=path.parent))
    about = chosen(result, period, units)
    _same(about.result, uncertainty, period)
    if not in_word:
        _template()
    with speaking(lang):
        shown = content(about.result, lang, uncertainty, title, units=about.units, whole=result, as_dots=in_word)
        if in_word:
            write_report(path, shown)
        else:
            _write(path, _page(shown))
    return path


def _faults(path: Path, lang: Any, title: Any) -> list[Said]:
    page = path.suffix.lower() in (".html", ".htm", ".docx")
    faults = [] if page else [Said("path: {name!r} must end in .html, .htm or .docx", name=path.name)]
    if lang not in get_args(Lang):
        faults.append(Said("lang: no {lang!r}{guess}", lang=lang, guess=suggestion(lang, get_args(Lang))))
    if title is not None and not (isinstance(title, str) and title.strip()):
        faults.append(Said("title: a text, not {title!r}", title=title))
    return faults


def _same(result: Result, found: Any, period: Any) -> None:
    """Refuse draws that are not of this result, or of rows after the period that is shown."""
    if found is None:
        return
    if not isinstance(found, Uncertainty):
        raise SpecError(Said("uncertainty: what hi.uncertainty returns, not {name}", name=type(found).__name__))
    if period is not None and not found.labels.isin(result.panel.labels).all():
        raise DataError(
            Said(
                "uncertainty: drawn also for rows after {period}; draw it with rows={span!r}",
                period=period,
                span=span(result),
            )
        )
    node = found.study.node
    at = result.panel.labels.get_indexer(found.labels) if result.panel.labels.is_unique else np.arange(result.panel.n)
    same = len(at) == len(found.labels) and (at >= 0).all() and node in result.tree.groups
    if not same or not np.allclose(result.rows.values(node)[at], found.nominal[0], rtol=1e-9, equal_nan=True):
        raise DataError(
            Said(
                "uncertainty: drawn for another index or other data: its scores as it is are not those of this result; "
                "draw it from the same two"
            )
        )


def _page(shown: Content) -> str:
    """Return the page within the first limits that keep it small enough."""
    for limits in _LIMITS:
        text = _rendered(shown, limits)
        if len(text.encode()) < _MOST:
            return text
    size = f"{len(text.encode()) / 1e6:.1f} MB"
    raise DataError(
        Said("the page would have {size}, more than 3 MB: split the index, or write its tables with compute", size=size)
    )


def _rendered(shown: Content, limits: Limits) -> str:
    say = words(shown.lang, "report")
    left = limits.formulas
    sections = []
    for section in shown.sections:
        items: list[tuple[str, Any]] = []
        for kind, group in groupby(section.items, _kind):
            if kind == "blocks":
                markup, left = _statement([one for one in group if isinstance(one, Block)], left, shown.lang)
                items.append((kind, markup))
            else:
                items += [(kind, table(one, say, limits) if isinstance(one, Sheet) else one) for one in group]
        sections.append((section.id, section.title, items))
    parts = {"lang": shown.lang, "say": say, "title": shown.title, "opening": shown.opening, "numbers": shown.numbers}
    return str(_template().render(parts, sections=sections))


def _kind(item: Any) -> str:
    return {Text: "text", Picture: "picture", Sheet: "table", Block: "blocks"}[type(item)]


def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise SpecError(
            Said("report needs jinja2, which is not installed: {install}", install=install("report"))
        ) from None
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


def _statement(blocks: Sequence[Block], left: int, lang: Lang) -> tuple[str, int]:
    """Return the method statement as markup, and how many more formulas may be drawn."""
    out: list[str] = []
    tables = 0
    for item, group in groupby(blocks, lambda block: block.kind == "item"):
        written = []
        for block in group:
            if block.kind == "table":
                tables += 1
                written.append(_rows(block, f"table-statement-{tables}", lang))
                continue
            drawn = [
                formula(piece.latex, lang, piece.equations) if isinstance(piece, Math) and left > 0 else None
                for piece in block.pieces
            ]
            left -= sum(one is not None for one in drawn)
            inner = "".join(one or _piece(piece) for one, piece in zip(drawn, block.pieces, strict=True))
            tag = {"heading": "h3", "item": "li"}.get(block.kind, "p")
            name = ' class="display"' if block.kind == "formula" else ""
            written.append(f"<{tag}{name}>{inner}</{tag}>")
        out += ["<ul>", *written, "</ul>"] if item else written
    return "\n".join(out), left


def _rows(block: Any, id: str, lang: Lang) -> str:
    """Return a table of the statement as those of the page are: to be sorted, and moved sideways where it is wide."""
    heading, *lines = (["".join(map(_piece, cell)) for cell in row] for row in block.rows)
    button = '<th scope="col" aria-sort="none"><button type="button">{}</button></th>'
    above = "".join(button.format(cell) for cell in heading)
    below = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines)
    caption = f'<caption id="{id}-caption">{"".join(map(_piece, block.pieces))}</caption>'
    table = f'<table id="{id}">{caption}<thead><tr>{above}</tr></thead><tbody>{below}</tbody></table>'
    hint = f'<p class="hint screen" hidden>{escape(words(lang, "report")["sideways"])}</p>'
    return f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{id}-caption">{table}</div>{hint}'


def _piece(piece: Any) -> str:
    if isinstance(piece, Math):
        return f'<code class="latex">{escape(piece.latex)}</code>'
    return f"<code>{escape(piece.text)}</code>" if isinstance(piece, Code) else escape(str(piece))


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        with whole(path) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DataError(Said("cannot write {path}: {error}", path=path, error=cause(error))) from None
