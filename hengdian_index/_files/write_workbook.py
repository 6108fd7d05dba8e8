"""An index written to the sheets of an Excel workbook, which people can fill in and `Index.read` reads back."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from hengdian_index._files import toml
from hengdian_index._files.read_workbook import Fields, parsed
from hengdian_index._files.sheets import Live, Page, cell_of, heading_of, meaning_of, write_pages
from hengdian_index._methods.aliases import written_as
from hengdian_index._methods.registry import FAMILIES, Method
from hengdian_index._scoring.fields import Choosable
from hengdian_index._tables.archive import letters
from hengdian_index._tables.workbook import tab
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index._words.choices import word_of
from hengdian_index._words.said import Said
from hengdian_index.errors import DataError, SpecError, among, raise_all

UNWRITTEN = (".xls", ".xlsm", ".xlsb", ".ods")
_ROWS_TO_FILL = 1000

# How many items a new sheet of judgements has room for.
_ROOM = 12


def write_workbook(
    path: Path,
    head: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]],
    indicators: Sequence[Mapping[str, Any]],
    *,
    fields: Fields,
    data: Any = None,
    notes: Sequence[str] | None = None,
    more: Sequence[Page] = (),
    lang: str = "en",
) -> None:
    """Write an index and its data to an .xlsx workbook; with empty tables it is a form to fill in.

    Parameters
    ----------
    head, groups, indicators : mappings of plain values
        As in TOML: what `Index.read` gives back.
    fields : mapping
        Table -> field -> type: the columns to write.
    data : pandas DataFrame or mapping of columns, optional
        Becomes the sheet `data`, the named levels of its index included.
    notes : list of str, optional
        Lines of the sheet `notes`; default: how to fill in the workbook.
    more : list of Page, optional
        Further sheets, before the data.
    lang : "en" or "zh"
        Language of the sheets' names, headings and comments.

    Raises
    ------
    SpecError
        A value too long for a cell, another language, a file that cannot be written, the library absent.
    DataError
        Infinity in the data, or more rows or columns than a sheet has.

    Notes
    -----
    The same index gives the same bytes. Text stays text, also where it begins with `=`. Numbers keep all digits.
    Proof: `tests/files/test_read_workbook.py`.
    """
    if not among(lang, LANGUAGES):
        raise SpecError(Said("lang: 'en' or 'zh', not {lang!r}", lang=lang))
    pages = [
        _head_page(head, fields["index"], lang),
        _parts_page("group", groups, fields["group"], lang),
        _parts_page("indicator", indicators, fields["indicator"], lang),
        *more,
        _data_page(data, lang),
        Page(tab("notes", lang), (), [(line,) for line in (words(lang, "notes").values() if notes is None else notes)]),
        _lists_page(lang),
    ]
    write_pages(path, pages, Said("write the index to .toml"))


def judgement_page(name: str, items: Sequence[str], upper: Mapping[tuple[str, str], float], corner: str) -> Page:
    """Return a sheet to compare items on, with room for more: whoever writes names and judgements has the rest filled.

    The names stand in the first column. The headings, the 1s of the diagonal and the reciprocals below it are live
    formulas, blank as long as nothing is there.

    Examples
    --------
    >>> from hengdian_index._files.write_workbook import judgement_page
    >>> page = judgement_page("judgements", ["a", "b"], {("a", "b"): 4}, "a row against a column")
    >>> page.header[1], page.rows[1][1]
    (Live(formula='=IF(A2="","",A2)', value='a'), Live(formula='=IF(ISNUMBER(C2),1/C2,"")', value=0.25))
    """
    room = range(max(_ROOM, len(items)))
    named = [items[i] if i < len(items) else "" for i in room]
    header: list[str | Live] = [corner, *(Live(f'=IF(A{i + 2}="","",A{i + 2})', named[i]) for i in room)]
    rows = [[named[i] or None, *(_comparison(i, j, upper, named) for j in room)] for i in room]
    return Page(name, header, rows, number="# ?/?", frozen=(1, 1))


def _comparison(i: int, j: int, upper: Mapping[tuple[str, str], float], named: Sequence[str]) -> Any:
    if i < j:
        judged = upper.get((named[i], named[j]))
        return None if judged is None else float(judged)
    if i == j:
        return Live(f'=IF(A{i + 2}="","",1)', 1.0 if named[i] else "")
    cell, judged = f"{letters(i + 2)}{j + 2}", upper.get((named[j], named[i]))
    return Live(f'=IF(ISNUMBER({cell}),1/{cell},"")', "" if judged is None else 1 / judged)


def _head_page(head: Mapping[str, Any], fields: Mapping[str, Any], lang: str) -> Page:
    header = [heading_of("index", name, lang) for name in ("field", "value", "meaning")]
    rows, choices = [], []
    for i, (name, kind) in enumerate(fields.items(), 1):
        shown = _shown(name, kind, head.get(name), lang)
        rows.append([heading_of("index", name, lang), shown, meaning_of("index", name, lang)])
        source = _choices(name, kind, lang)
        choices += [(i, i, 1, source)] if source else []
    return Page(tab("index", lang), header, rows, choices=tuple(choices))


def _parts_page(table: str, parts: Sequence[Mapping[str, Any]], fields: Mapping[str, Any], lang: str) -> Page:
    rows = [[_shown(name, kind, part.get(name), lang) for name, kind in fields.items()] for part in parts]
    sources = [(j, _choices(name, kind, lang)) for j, (name, kind) in enumerate(fields.items())]
    return Page(
        tab("groups" if table == "group" else "indicators", lang),
        [heading_of(table, name, lang) for name in fields],
        rows=rows,
        comments=[meaning_of(table, name, lang) for name in fields],
        choices=tuple((1, _ROWS_TO_FILL, j, source) for j, source in sources if source),
        frozen=(1, 1),
    )


def _data_page(data: Any, lang: str) -> Page:
    name = tab("data", lang)
    if data is None:
        return Page(name, (), ())
    import pandas as pd

    frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)
    named = [level for level in frame.index.names if level is not None]
    frame = frame.reset_index() if named else frame
    columns = [[cell_of(value) for value in frame.iloc[:, j].tolist()] for j in range(len(frame.columns))]
    raise_all(
        DataError,
        [
            Said(
                "column {column!r}, row {row!r}: infinity cannot be written to a workbook",
                column=frame.columns[j],
                row=frame.index[i],
            )
            for j, column in enumerate(columns)
            for i, value in enumerate(column)
            if isinstance(value, float) and math.isinf(value)
        ],
    )
    return Page(name, [str(column) for column in frame.columns], list(zip(*columns, strict=True)), frozen=(1, 1))


def _lists_page(lang: str) -> Page:
    """Return the sheet of the names of methods, which the drop-down lists show, each beside what it means."""
    most = max(map(len, FAMILIES.values()))
    columns, header = list[list[Any]](), list[str]()
    for family, methods in FAMILIES.items():
        names = sorted(methods)
        own = [names, [_meaning(methods[name], lang) for name in names]]
        header += [family, heading_of("index", "meaning", lang)]
        if lang == "zh":
            own.append([written_as(family, name, methods) for name in names])
            header.append(heading_of("index", "name", lang))
        columns += [column + [None] * (most - len(column)) for column in own]
    return Page(tab("lists", lang), header, list(zip(*columns, strict=True)), frozen=(1, 0))


def _meaning(method: Method, lang: str) -> str:
    """Return what a method means in a language, in one line."""
    chinese = method.traits.get("chinese") if lang == "zh" else None
    return str(chinese or (inspect.getdoc(method.function) or "").partition("\n")[0])


def _choices(name: str, kind: Any, lang: str) -> Any:
    """Return what a drop-down list of a field shows, None where anything may stand."""
    for family in (mark.family for mark in get_args(kind) if isinstance(mark, Choosable)):
        place = list(FAMILIES).index(family)
        # Beside the name of code stands what it means, and in Chinese how it is called there.
        column = letters(3 * place + 3 if lang == "zh" else 2 * place + 1)
        return f"='{tab('lists', lang)}'!${column}$2:${column}${len(FAMILIES[family]) + 1}"
    if name == "parent":
        return f"='{tab('groups', lang)}'!$A$2:$A${_ROWS_TO_FILL}"
    if name == "direction":
        return [words(lang, "sheet")[sign] for sign in ("1", "-1")] if lang != "en" else [1, -1]
    return [word_of(name, word, lang) or word for word in _words(kind)]


def _words(kind: Any) -> list[str]:
    found = (
        list(get_args(kind)) if get_origin(kind) is Literal else [w for part in get_args(kind) for w in _words(part)]
    )
    return [word for word in found if isinstance(word, str)]


def _shown(name: str, kind: Any, value: Any, lang: str) -> Any:
    """Return a field as its cell shows it: what `parsed` turns back into the same value."""
    if isinstance(value, (Mapping, list, tuple)):
        return _inline(value)
    if name == "direction" and lang != "en" and value in (1, -1):
        return words(lang, "sheet")[str(int(value))]
    if isinstance(value, str) and value in _words(kind) and (word := word_of(name, value, lang)):
        return word
    for family in (mark.family for mark in get_args(kind) if isinstance(mark, Choosable)):
        if lang == "zh" and isinstance(value, str):
            value = written_as(family, value, FAMILIES[family])
    if isinstance(value, str):
        return value if _stays(name, kind, value) else _inline(value)
    return value


def _stays(name: str, kind: Any, value: str) -> bool:
    """Return whether a text is read back as itself from a cell."""
    if not value.strip() or not value.replace("\n", "").isprintable():
        return False
    try:
        return bool(parsed(name, kind, value) == value)
    except SpecError:
        return False


def _inline(value: Any) -> str:
    return toml.written({"cell": {"value": value}}).split("value = ", 1)[1].rstrip("\n")
