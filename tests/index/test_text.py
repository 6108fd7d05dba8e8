"""A result as a folder of tables: what the command writes, as any program of tables reads it."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._index.text import summary
from hengdian_index._tables.read_file import read_table
from hengdian_index.cli import main


def test_to_csv_writes_what_the_command_writes(tmp_path: Path) -> None:
    index = two_levels()
    index.write(tmp_path / "index.toml")
    table().to_csv(tmp_path / "data.csv", index=False)
    command = [*map(str, ["compute", tmp_path / "index.toml", tmp_path / "data.csv", "--out", tmp_path / "out"])]
    assert CliRunner().invoke(main, command).exit_code == 0
    files = index.compute(read_table(tmp_path / "data.csv")).to_csv(tmp_path / "own")
    assert sorted(files) == sorted(path.name for path in (tmp_path / "out").iterdir())
    for name in files:
        if name not in ("provenance.json", "log.csv"):
            assert (tmp_path / "own" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_tables_begin_with_a_mark_and_come_back(tmp_path: Path) -> None:
    index = hi.Index(unit="城市", groups=[hi.Group("总")], indicators=[hi.Indicator("甲", "总", name="=甲")])
    result = index.compute({"城市": ["北京", "+上海"], "甲": [1.0, 3.0]})
    files = result.to_csv(str(tmp_path / "new" / "tables"))
    for name in files:
        marked = (tmp_path / "new" / "tables" / name).read_bytes().startswith(codecs.BOM_UTF8)
        assert marked is name.endswith(".csv")
    scores = pd.read_csv(tmp_path / "new" / "tables" / "scores.csv")
    assert scores.to_numpy().tolist() == [["北京", 0.0], ["'+上海", 1.0]]
    again = hi.Index(unit="城市", groups=[hi.Group("g")], indicators=[hi.Indicator("总", "g")])
    again.write(tmp_path / "again.toml")
    command = ["compute", str(tmp_path / "again.toml"), str(tmp_path / "new" / "tables" / "scores.csv")]
    assert "+上海" in CliRunner().invoke(main, command).output


def test_tables_that_this_result_does_not_have_go_and_edited_ones_stay(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    two_levels().compute(table()).to_csv(folder)
    (folder / "ranks.csv").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    plain = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")]).compute({"a": [1.0, 2.0]})
    plain.to_csv(folder)
    assert not (folder / "series.csv").exists()
    assert (folder / "notes.txt").read_text() == "mine"
    assert pd.read_csv(folder / "scores.csv").shape == (2, 2)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(hi.DataError, match=r"cannot write to .*file"):
        two_levels().compute(table()).to_csv(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def shops(**choices: object) -> hi.Result:
    """Return three shops over three years, one of which has a gap that is filled, and one that is not."""
    given = {"地区": [*"甲乙丙"] * 3, "年份": [2019] * 3 + [2020] * 3 + [2021] * 3}
    given |= {"产值": [1.0, 2, 3, 2, 5, 4, None, 7, 5], "企业": [5.0, 4, 3, 6, 4, 2, 5, None, 1]}
    indicators = [hi.Indicator("产值", "总", impute="carry_forward"), hi.Indicator("企业", "总")]
    index = hi.Index(name="商店", unit="地区", period="年份", groups=[hi.Group("总")], indicators=indicators, **choices)  # type: ignore[arg-type]
    return index.compute(pd.DataFrame(given))


def test_a_summary_is_told_in_the_language_that_is_spoken() -> None:
    result = shops(fit_on="2019:2020")
    english = summary(result)
    assert "Bounds and weights learnt from 6 rows (3 units, 2019 to 2020), then frozen." in english
    with hi.options(lang="zh"):
        told = summary(result)
    assert summary(result) == english
    head, fitted, ranks, provisional, log = told.rstrip("\n").split("\n\n")
    assert (head, fitted) == ("商店", "上下限和权重根据6个样本（3个单位，2019至2020）的数据测算，此后固定不变。")
    assert ranks.splitlines()[0] == "2021的位次和得分："
    assert ranks.splitlines()[1].split() == ["位次", "总"]
    assert ranks.splitlines()[-1] == "3个单位中有1个没有得分。"
    assert provisional == "初步数：最近一期含沿用上期值的指标：产值。"
    assert log.splitlines() == [
        "日志2条：",
        "  插补：甲，2021，产值：沿用2020的值（1年前）",
        "  合成：乙，2021，总：缺失：企业（2项中有1项）；无得分",
    ]


def test_levels_of_one_series_and_their_changes_are_told_in_chinese() -> None:
    index, films = hi.example("film_industry")
    with hi.options(lang="zh"):
        _, fitted, levels, largest = summary(index.compute(films)).rstrip("\n").split("\n\n")
    assert fitted == "上下限和权重根据36期（1998Q1至2006Q4）的数据测算，此后固定不变。基期1998 = 100。"
    assert levels.splitlines()[0].split()[-2:] == ["环比%", "同比%"]
    assert re.fullmatch(r"最近一期变动[+-]\d+\.\d\d点，影响最大的指标：", largest.splitlines()[0])


def test_the_log_in_short_is_told_in_chinese_and_its_steps_are_those_of_the_code() -> None:
    result = shops()
    english = result.log_digest()
    with hi.options(lang="zh"):
        chinese = result.log_digest()
    assert english["step"].tolist() == chinese["step"].tolist() == ["impute", "aggregate"]
    assert english["kind"].tolist() == ["carry_forward: filled", "rows with missing parts: no score"]
    assert chinese["kind"].tolist() == ["carry_forward：已插补", "部分指标缺失的行：无得分"]
    assert chinese["first"].tolist() == ["沿用2020的值（1年前）", "缺失：企业（2项中有1项）；无得分"]
