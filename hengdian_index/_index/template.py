"""A workbook to begin with: a small example, marked as such, that computes at once and is there to be overwritten."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hengdian_index._files.read_comparisons import judgement_page
from hengdian_index._files.write_workbook import write_workbook
from hengdian_index._index.index import sheet_fields
from hengdian_index._tables.workbook import SHEETS
from hengdian_index._words.headings import NOTES
from hengdian_index.errors import SpecError, raise_all

# Made up: eight quarters of what is offered and what is sold.
_PERIODS = tuple(f"{year}Q{quarter}" for year in (2023, 2024) for quarter in (1, 2, 3, 4))
_VALUES = (
    (52.0, 55.5, 54.0, 61.0, 58.5, 62.0, 60.5, 68.0),
    (310.0, 312.0, 318.0, 325.0, 331.0, 330.0, 338.0, 347.0),
    (120.0, 134.0, 129.0, 151.0, 138.0, 149.0, 147.0, 169.0),
    (4.1, 3.9, 4.0, 3.4, 3.6, 3.3, 3.5, 2.9),
)
_TIMES_AS_IMPORTANT = 2
_SCALE = {"method": "min_max", "lower": 60, "upper": 100}


@dataclass(frozen=True, slots=True)
class _Words:
    """The example in one language: codes with their names, and what else it says."""

    title: str
    period: str
    groups: Mapping[str, str]
    indicators: Mapping[str, tuple[str, str]]
    corner: str
    example: str
    use: str


_WORDS = {
    "en": _Words(
        "EXAMPLE, made up: overwrite it",
        "quarter",
        {"total": "EXAMPLE index", "supply": "EXAMPLE group: supply", "demand": "EXAMPLE group: demand"},
        {
            "output": ("EXAMPLE: output", "units"),
            "staff": ("EXAMPLE: people at work", "persons"),
            "sales": ("EXAMPLE: sales", "million"),
            "returns": ("EXAMPLE: goods sent back, less is better", "per cent"),
        },
        "times as important: row against column",
        "Everything in this workbook is a made-up EXAMPLE; overwrite it row by row. Its numbers mean nothing.",
        "On the sheet judgements write the names in the first column and fill in the triangle above the diagonal; "
        "headings, diagonal and the triangle below follow. There is room for 12 names; the rest may stay blank.",
    ),
    "zh": _Words(
        "示例（虚构），请改写",
        "季度",
        {"总指数": "示例指数", "供给": "示例分指数：供给", "需求": "示例分指数：需求"},
        {
            "产量": ("示例：产量", "件"),
            "从业人数": ("示例：从业人数", "人"),
            "销售额": ("示例：销售额", "百万元"),
            "退货率": ("示例：退货率，越低越好", "%"),
        },
        "行相对于列的重要性（倍数）",
        "本工作簿的全部内容均为虚构示例，数字没有实际意义，请逐行改写。",
        "在“判断”表第一列写名称，并填写对角线以上的部分；列名、对角线和以下部分自动生成，可写 12 个名称，多余的留空。",
    ),
}


def new_workbook(path: str | Path, *, lang: Literal["en", "zh"] = "en") -> None:
    """Write a workbook to fill in: an example of two groups and four indicators that computes at once.

    Parameters
    ----------
    path : path
        Ends in .xlsx; nothing stands there yet.
    lang : "en" or "zh"
        Language of sheets, headings, notes and the example.

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
    faults = [] if lang in _WORDS else [f"lang: 'en' or 'zh', not {lang!r}"]
    faults += [] if path.suffix.lower() == ".xlsx" else [f"{path.name}: a new workbook ends in .xlsx"]
    faults += [f"{path}: exists already and is not overwritten; choose another name"] if os.path.exists(path) else []
    raise_all(SpecError, faults)
    words = _WORDS[lang]
    top, first, second = words.groups
    sheet = SHEETS["judgements"][0] if lang == "zh" else "judgements"
    judged = judgement_page(sheet, [first, second], {(first, second): _TIMES_AS_IMPORTANT}, words.corner)
    groups: list[dict[str, Any]] = [
        {"code": code, "parent": top if code != top else None, "name": name} for code, name in words.groups.items()
    ]
    groups[0]["weights"] = {"method": "ahp", "matrix": sheet}
    write_workbook(
        path,
        _head(words),
        groups,
        _indicators(words, (first, second)),
        fields=sheet_fields(),
        data={words.period: _PERIODS, **dict(zip(words.indicators, _VALUES, strict=True))},
        notes=(words.example, words.use, *NOTES[lang]),
        more=[judged],
        lang=lang,
    )


def _head(words: _Words) -> dict[str, Any]:
    return {"name": words.title, "period": words.period, "fit_on": "2023:2024", "base": "2023", "normalise": _SCALE}


def _indicators(words: _Words, groups: tuple[str, str]) -> list[dict[str, Any]]:
    codes = list(words.indicators)
    return [
        {
            "code": code,
            "parent": groups[codes.index(code) // 2],
            "name": name,
            "direction": -1 if code == codes[-1] else 1,
            "unit": unit,
        }
        for code, (name, unit) in words.indicators.items()
    ]
