"""The workbook of a result in English and Chinese: its words, and the names beside the codes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.spreadsheet import Workbook
from support.tables import table
from support.workbooks import cities, comments

from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "workbook") for lang in LANGUAGES}

SHEETS_OF_A_RESULT = (
    *("summary", "series", "changes", "contributions", "scores", "normalised", "fitted", "prepared"),
    *("weights", "base", "raw", "log", "provenance"),
)


def test_the_workbook_in_chinese(tmp_path: Path) -> None:
    named = {"all.name": "总指数", "left.name": "左", "a.name": "甲", "b.name": "乙"}
    frame = table()
    frame.loc[[5, 7], "a"] = np.nan
    result = two_levels(coverage=0.5).replace(named).compute(frame)
    result.to_excel(tmp_path / "en.xlsx")
    result.to_excel(tmp_path / "zh.xlsx", lang="zh")
    english, book = Workbook(tmp_path / "en.xlsx"), Workbook(tmp_path / "zh.xlsx")
    assert list(book.rows) == [
        *("摘要", "指数序列", "变动", "贡献", "拉动百分点", "得分", "标准化得分", "拟合参数"),
        *("权重", "基期", "原始数据", "日志", "来源"),
    ]
    assert book.formulas["得分", "B2"] == "SUMPRODUCT('权重'!$B$4:$C$4,'得分'!C2:D2)"
    assert book.formulas["指数序列", "C2"] == "'基期'!$B$2*'得分'!C2/'基期'!$D$2"
    assert len(book.formulas) == len(english.formulas)
    for cell in book.formulas:
        assert book.calculate(*cell) == pytest.approx(book.stored[cell], rel=1e-12, abs=1e-12), cell
    assert book.rows["贡献"][0] == ["quarter", "变动（点）", "a", "b", "c", "d", "权重重新分配"]
    assert book.rows["变动"][0][1] == "all 比上期（%）"
    assert [row[0] for row in book.rows["权重"]] == ["分指数", "下级指标", "名称", "权重"]
    told = comments(tmp_path / "zh.xlsx")
    assert told["得分"]["B1"] == "总指数\n各下级指标的权重乘以得分之和"
    latin = re.compile("[A-Za-z]{3,}")
    said = [text for sheet in told.values() for text in sheet.values()]
    assert [text for text in said if latin.search(text)] == []
    result.to_excel(tmp_path / "again.xlsx", lang="zh")
    assert (tmp_path / "zh.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()
    assert book.rows["摘要"][2][:2] == ["上下限和权重的参数确定期", "12期，2001Q1至2003Q4"]
    cities().to_excel(tmp_path / "panel.xlsx", lang="zh")
    assert Workbook(tmp_path / "panel.xlsx").rows["摘要"][2][1] == "24个样本，3个单位，2001Q1至2002Q4"


def test_both_languages_say_the_same_things() -> None:
    fields = {lang: {word: re.findall(r"{\w+}", said) for word, said in words.items()} for lang, words in WORDS.items()}
    assert fields["en"] == fields["zh"]
    assert len({WORDS["zh"][sheet] for sheet in SHEETS_OF_A_RESULT}) == len(SHEETS_OF_A_RESULT)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_stand_in_the_comments_of_codes(tmp_path: Path, lang: Any) -> None:
    result = two_levels().replace({"left.name": "The left side", "a.name": "Apples"}).compute(table())
    result.to_excel(tmp_path / "r.xlsx", lang=lang)
    told = comments(tmp_path / "r.xlsx")
    for sheet, cell, name in (
        ("series", "C1", "The left side"),
        ("changes", "C1", "The left side"),
        ("contributions", "C1", "Apples"),
        ("scores", "C1", "The left side"),
        ("normalised", "B1", "Apples"),
        ("fitted", "B1", "Apples"),
        ("base", "D1", "The left side"),
        ("raw", "B1", "Apples"),
        ("weights", "D1", "The left side"),
    ):
        assert told[WORDS[lang][sheet]][cell].split("\n")[0] == name, sheet
