"""Sources in pieces, expressions and what is written of them speak Chinese."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import hengdian_index as hi

pytest.importorskip("pyarrow")
TOWNS = pd.DataFrame(
    {
        "地区": ["甲", "乙", "甲", "乙"],
        "年份": ["2021", "2021", "2022", "2022"],
        "票房": [1.0, 2.0, 4.0, 5.0],
        "人次": [2.0, 5.0, 4.0, 1.0],
    }
)


def index(**choices: object) -> hi.Index:
    """Return an index of two indicators."""
    return hi.Index(
        unit="地区",
        period="年份",
        groups=[hi.Group("总指数")],
        indicators=[hi.Indicator("票房", "总指数"), hi.Indicator("人次", "总指数")],
        **choices,  # type: ignore[arg-type]
    )


def told(error: pytest.ExceptionInfo[Exception]) -> list[str]:
    """Return the lines of an error in Chinese."""
    with hi.options(lang="zh"):
        return str(error.value).splitlines()


def written(folder: Path, **changes: object) -> list[str]:
    """Return a source of one file of Parquet, some of its columns changed."""
    path = folder / "各地.parquet"
    TOWNS.assign(**changes).to_parquet(path)  # type: ignore[arg-type]
    return [str(path)]


def test_sources_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(hi.DataError) as caught:
        index().fit(tmp_path)
    assert told(caught) == [f"{tmp_path}：该文件夹中没有Parquet或CSV文件"]
    with pytest.raises(hi.DataError) as caught:
        index().fit([str(tmp_path / "没有.parquet")])
    assert told(caught) == [f"{tmp_path / '没有.parquet'}：没有该文件或文件夹"]
    source = written(tmp_path)
    TOWNS.rename(columns={"人次": "人数"}).to_parquet(source[0])
    with pytest.raises(hi.DataError) as caught:
        index().fit(source)
    assert told(caught) == [
        f"{source[0]}：缺少列“人次”",
        f"{source[0]}：4列中缺少1列；现有的列：“地区”、“年份”、“票房”、“人数”",
    ]


def test_all_that_is_wrong_with_cells_is_told_at_once(tmp_path: Path) -> None:
    source = written(tmp_path, 票房=[float("inf"), 2.0, 4.0, 5.0], 人次=["2", "约5", "4", "1"])
    with pytest.raises(hi.DataError) as caught:
        index().fit(source)
    lines = told(caught)
    assert len(lines) == 2
    assert "“约5”不是数值" in lines[0]
    assert lines[1].endswith("单位“甲”，时期2021，指标“票房”：无穷大不是有效数值；请更正或留空")


def test_rows_given_twice_and_rows_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(hi.DataError) as caught:
        index(normalise="z_score").fit(written(tmp_path, 地区=["甲", "甲", "甲", "乙"]))
    place = "各地.parquet：第0个行组第{}行（均自0起数）"
    twice = f"{place.format(1)}，单位“甲”，时期2021重复，首次出现于{place.format(0)}；每个地区和年份只保留一行"
    assert told(caught) == [twice]
    with pytest.raises(hi.DataError) as caught:
        index(fit_on="2030").fit(written(tmp_path))
    assert told(caught) == ["fit_on的“2030”没有选中任何行；共有4行；期由2021至2022"]


def test_choices_that_need_all_rows_are_told_with_what_to_choose(tmp_path: Path) -> None:
    chosen = index(aggregate="topsis", series="ratio", impute="carry_forward")
    with pytest.raises(hi.SpecError) as caught:
        chosen.replace({"series": "fixed"}).fit(TOWNS).expressions()
    assert told(caught)[:2] == [
        "分指数“总指数”：topsis在各行之间比较；均值类方法逐行计算",
        "指标“票房”：carry_forward由该单位其他期插补；'mean'或'peers'不需要",
    ]


def test_columns_that_are_missing_and_those_of_text_are_told_at_once() -> None:
    expressions = index().fit(TOWNS).expressions()
    with pytest.raises(hi.DataError) as caught:
        expressions.apply(TOWNS.drop(columns="票房").assign(人次="5"))
    lines = told(caught)
    assert lines[:2] == ["缺少列“票房”", "现有的列：“地区”、“年份”、“人次”"]
    assert lines[2].startswith("应为数值列，而不是“人次”（String）；")


def test_cells_that_a_score_is_refused_for() -> None:
    expressions = index().fit(TOWNS).expressions()
    with pytest.raises(hi.DataError) as caught:
        expressions.apply(TOWNS.assign(票房=float("inf")))
    first = "4行，首行为地区“甲”、年份“2021”"
    assert told(caught) == [f"指标“票房”：数值不能为无穷大；请改正或去掉（{first}）"]


def test_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    fitted = index().fit(TOWNS)
    (tmp_path / "别的.txt").write_text("", encoding="utf-8")
    with pytest.raises(hi.DataError) as caught:
        fitted.score(TOWNS, out=tmp_path)
    assert told(caught) == [f"{tmp_path}：其中有其他文件；请指定新的或空的文件夹"]


def test_a_dialect_that_there_is_not() -> None:
    with pytest.raises(hi.SpecError) as caught:
        index().fit(TOWNS).to_sql(dialect="mysql")
    assert told(caught) == ["dialect：没有“mysql”；可用“duckdb”"]
