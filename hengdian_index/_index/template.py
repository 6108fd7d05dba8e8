"""A workbook to begin with: a small example, marked as such, that computes at once and is there to be overwritten."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hengdian_index._files.write_workbook import judgement_page, write_workbook
from hengdian_index._index.index import sheet_fields
from hengdian_index._tables.workbook import tab
from hengdian_index._words.catalogue import LANGUAGES, Lang, Words, words
from hengdian_index._words.said import Said
from hengdian_index.errors import SpecError, among, raise_all, spoken

# Made up: eight quarters of what is offered and what is sold.
_PERIODS = tuple(f"{year}Q{quarter}" for year in (2023, 2024) for quarter in (1, 2, 3, 4))
_VALUES = (
    (52.0, 55.5, 54.0, 61.0, 58.5, 62.0, 60.5, 68.0),
    (310.0, 312.0, 318.0, 325.0, 331.0, 330.0, 338.0, 347.0),
    (120.0, 134.0, 129.0, 151.0, 138.0, 149.0, 147.0, 169.0),
    (4.1, 3.9, 4.0, 3.4, 3.6, 3.3, 3.5, 2.9),
)
# Under these keys the catalogue has codes, names and units; the indicators go two by two to the lower groups.
_GROUPS, _INDICATORS = ("total", "supply", "demand"), ("output", "staff", "sales", "returns")
_TIMES_AS_IMPORTANT = 2
_SCALE = {"method": "min_max", "lower": 60, "upper": 100}


def new_workbook(path: str | Path, *, lang: Lang | None = None, force: bool = False) -> None:
    """Write a workbook to fill in: an example of two groups and four indicators that computes at once.

    Parameters
    ----------
    path : path
        Ends in .xlsx; nothing stands there yet, or `force` is given.
    lang : "en" or "zh", optional
        Language of sheets, headings, notes and the example; by default that which is spoken (`hi.options`).

    Raises
    ------
    SpecError
        A file that exists, another ending, another language, a folder that cannot be written to.

    Notes
    -----
    Sheets: index, groups, indicators, judgements, data, notes. The weights of the top group are AHP priorities of the
    judgements; that sheet has room for 12 names, whose headings, diagonal and reciprocals are formulas. Proof:
    `tests/index/test_template.py`, and `tests/present/workbook/test_workbook_office.py`, where a spreadsheet program
    calculates them.
    """
    path = Path(path)
    faults = [] if lang is None or among(lang, LANGUAGES) else [Said("lang: 'en' or 'zh', not {lang!r}", lang=lang)]
    if path.suffix.lower() == ".toml":
        why = Said("{name}: a .toml file is drafted for a table, new {path} data.csv", name=path.name, path=path)
        faults.append(why)
    elif path.suffix.lower() != ".xlsx":
        faults.append(Said("{name}: a new workbook ends in .xlsx", name=path.name))
    if os.path.lexists(path) and not force:
        why = Said("{path}: exists already and is not overwritten; choose another name, or give --force", path=path)
        faults.append(why)
    raise_all(SpecError, faults)
    lang = spoken(lang)
    say = words(lang, "template")
    top, first, second = (say[f"code {group}"] for group in _GROUPS)
    sheet = tab("judgements", lang)
    judged = judgement_page(sheet, [first, second], {(first, second): _TIMES_AS_IMPORTANT}, say["corner"])
    groups: list[dict[str, Any]] = [_part(say, group, top if i else None) for i, group in enumerate(_GROUPS)]
    groups[0]["weights"] = {"method": "ahp", "matrix": sheet}
    indicators = [
        _part(say, one, (first, second)[i // 2])
        | {"direction": -1 if i == len(_INDICATORS) - 1 else 1, "unit": say[f"unit {one}"]}
        for i, one in enumerate(_INDICATORS)
    ]
    head = {"name": say["title"], "period": say["period"], "fit_on": "2023:2024", "base": "2023", "normalise": _SCALE}
    codes = [part["code"] for part in indicators]
    write_workbook(
        path,
        head,
        groups,
        indicators,
        fields=sheet_fields(),
        data={say["period"]: _PERIODS, **dict(zip(codes, _VALUES, strict=True))},
        notes=(say["example"], say["use"], *words(lang, "notes").values()),
        more=[judged],
        lang=lang,
    )


def _part(say: Words, key: str, parent: str | None) -> dict[str, Any]:
    return {"code": say[f"code {key}"], "parent": parent, "name": say[f"name {key}"]}
