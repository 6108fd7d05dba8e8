"""Where something stands in a table is said in the language of the reader, and so is what is wrong there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._tables.places import Line, addressed, lines_of, rows_of
from hengdian_index._words.said import told

INDEX = hi.Index(
    groups=[hi.Group("总指数")],
    indicators=[hi.Indicator("票房", "总指数"), hi.Indicator("人次", "总指数")],
    unit="城市",
    period="季度",
)
HEADING = "城市,季度,票房,人次\n"


def faults(path: Path, text: str) -> list[str]:
    """Return what is wrong with the text of a file, told in Chinese."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(hi.DataError) as caught:
        INDEX.fit(path)
    with hi.options(lang="zh"):
        assert str(caught.value) == "\n".join(map(str, caught.value.faults))
        return str(caught.value).split("\n")


def test_past_a_few_places_are_counted() -> None:
    assert [told(lines_of(at), "zh") for at in ([3], [3, 5], range(2, 9))] == [
        "第3行", "第3、5行", "第2、3、4、5、6行等，另有2行"
    ]  # fmt: skip
    assert told(rows_of(range(6)), "zh") == "第0、1、2、3、4行等，另有1行（自0起数）"
    assert told(lines_of([Line("3 of 城市.csv"), Line("4 of 票房.csv")]), "zh") == "城市.csv第3行、票房.csv第4行"
    assert told(addressed(["A1", "B2"]), "zh") == "单元格“A1”、“B2”"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("横店,2022Q1,1,2\n横店,2022Q2,4,约9.5\n",
         ["data.csv第3行，单位“横店”，时期2022Q2，指标“人次”：“约9.5”不是数值；"
          "如果可以代表该值，请写9.5；"
          "missing_marks = [\"约9.5\"]（工作簿“指数”表的“缺失标记”，或[data]中）则按缺失处理"]),
        ("横店,2022Q1,1,2\n横店,2022Q1,4,3\n",
         ["data.csv第3行，单位“横店”，时期2022Q1第二次出现，前一处为第2行；每个单位每期请只保留一行"]),
        ("横店,2022Q1,1,2\n合计,2022Q1,4,3\n象山,2022Q1,3,1\n",
         ["data.csv第3行：单位中有合计或平均：“合计”（从名称看）；"
          "请剔除：exclude = [\"合计\"]（工作簿“指数”表的“剔除单位”）；"
          "如果它们本身就是单位，请列出全部单位：units = [\"横店\", \"合计\", \"象山\"]（“单位名单”）"]),
        ("横店,2022,1,2\n横店,2023Q1,4,3\n横店,2023Q2,4,3\n",
         ["data.csv：季度：第2行：“2022”是年份，而其余为季度数据（是否为合计？）；请从表中去掉"]),
        (",2022Q1,1,2\n横店,2022Q2,4,3\n",
         ["data.csv：城市：1行没有单位：第2行；请补上或去掉"]),
        ("横店,2022Q1,1\n",
         ["data.csv第2行有3格，表头有4格；是否用了逗号作小数点、含逗号的文本没加引号，或少了一格？"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_in_chinese(tmp_path: Path, rows: str, expected: list[str]) -> None:
    found = faults(tmp_path / "data.csv", HEADING + rows)
    assert found == expected


def test_columns_that_are_missing_are_told_with_those_that_are_there(tmp_path: Path) -> None:
    found = faults(tmp_path / "data.csv", "城市,季度,票,人次\n横店,2022Q1,1,2\n")
    assert found == [
        "data.csv：缺少列“票房”；是否应为“票”？",
        "data.csv：2列中缺1列；现有的列：“城市”、“季度”、“票”、“人次”",
    ]


def test_many_cells_of_a_column_are_told_by_the_first_and_counted() -> None:
    table = pd.DataFrame({"a": [f"x{i}" for i in range(60)], "b": ["y"] * 60})
    with hi.options(lang="zh"), pytest.raises(hi.DataError) as caught:
        hi.weights.entropy(table)
    with hi.options(lang="zh"):
        assert str(caught.value).split("\n") == [
            "列“a”，行0：“x0”不是数值；请写成1234.5的形式，数值缺失则留空；同此者另有59个该列单元格",
            "列“b”，行0：“y”不是数值；请写成1234.5的形式，数值缺失则留空；同此者另有59个该列单元格",
        ]
    assert str(caught.value).startswith("column 'a', row 0: 'x0' is not a number; write it like 1234.5")


def test_the_text_of_another_library_is_marked_as_such(tmp_path: Path) -> None:
    path = tmp_path / "data.xlsx"
    path.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(hi.DataError) as caught:
        hi.read(path)
    with pytest.raises(hi.SpecError) as no_toml:
        hi.Index.from_toml("[index]\nname = \n", name="i.toml")
    with hi.options(lang="zh"):
        assert (
            str(caught.value) == "data.xlsx：无法作为Excel工作簿读取（不是压缩格式的文件，可能已损坏）；请另存为.xlsx"
        )
        assert str(no_toml.value) == "i.toml：不是有效的TOML（原文：Invalid value (at line 2, column 8)）"


def test_what_a_system_says_of_a_file_is_told_in_chinese(tmp_path: Path) -> None:
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    (tmp_path / "taken.toml").mkdir()
    with pytest.raises(hi.SpecError) as caught:
        index.write(tmp_path / "taken.toml")
    with hi.options(lang="zh"):
        assert str(caught.value).endswith("taken.toml：无法写入（该路径是文件夹）；请另选名称或文件夹")
