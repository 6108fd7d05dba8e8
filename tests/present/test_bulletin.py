"""The bulletin of a period: every number of it is one of the result, and the wording is that of an office."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import hengdian_index as hi
from hengdian_index.cli import main


def quarterly(levels: list[float], name: str = "国际化指数", **more: object) -> hi.Result:
    """Return an index of one indicator whose levels are given, from 2021Q4 on."""
    periods = pd.period_range("2021Q4", periods=len(levels), freq="Q").astype(str)
    index = hi.Index(
        name=name,
        period="季度",
        base="2021Q4",
        normalise="none",
        groups=[hi.Group("all", name=name)],
        indicators=[hi.Indicator("x", "all", name="合作项目")],
        **more,  # type: ignore[arg-type]  # fields of an index
    )
    return index.compute(pd.DataFrame({"季度": periods, "x": levels}))


def two_groups() -> hi.Result:
    index = hi.Index(
        name="横店影视产业指数",
        period="季度",
        base="2021Q4",
        normalise="none",
        groups=[hi.Group("all"), hi.Group("集聚", "all"), hi.Group("创新", "all")],
        indicators=[hi.Indicator(x, g) for x, g in (("a", "集聚"), ("b", "集聚"), ("c", "创新"))],
    )
    periods = pd.period_range("2021Q4", periods=6, freq="Q").astype(str)
    rows = {"a": [4, 5, 6, 5, 7, 8.0], "b": [10, 9, 9, 12, 11, 11.0], "c": [3, 4, 4, 5, 5, 4.0]}
    return index.compute(pd.DataFrame({"季度": periods, **rows}))


def test_the_sentence_that_was_published_for_the_second_quarter_of_2022() -> None:
    result = quarterly([100, 104.05, 109.49])
    assert "2022年二季度，国际化指数为109.49（2021Q4＝100），环比上升5.23%。" in result.bulletin(lang="zh")
    assert (
        "In the second quarter of 2022 国际化指数 stood at 109.49 (2021Q4 = 100), up 5.23 per cent on the quarter."
        in (result.bulletin())
    )
    assert "2022年一季度，国际化指数为104.05（2021Q4＝100），环比上升4.05%。" in (
        result.bulletin(period="2022Q1", lang="zh")
    )


def test_what_is_printed_as_nothing_is_unchanged() -> None:
    assert "环比持平" in quarterly([100, 104.05, 104.0501]).bulletin(lang="zh")
    assert "unchanged on the quarter" in quarterly([100, 104.05, 104.0501]).bulletin()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_is_one_of_the_result(lang: str) -> None:
    result = two_groups()
    levels, row = result.series().iloc[-1], -1
    numbers = {f"{value:.2f}" for value in levels}
    for lag in (1, 4):
        numbers |= {f"{abs(value):.2f}" for value in result.changes(lag).iloc[row]}
    for depth in ("children", "indicators"):
        pulled = result.contributions(of="growth", depth=depth).iloc[row]
        numbers |= {f"{abs(value):.2f}" for value in pulled}
    text = result.bulletin(lang=lang)  # type: ignore[arg-type]  # one of the two
    assert set(re.findall(r"\d+\.\d+", text)) <= numbers
    assert {f"{value:.2f}" for value in levels} <= set(re.findall(r"\d+\.\d+", text))


def test_what_parts_pull_sums_to_the_growth_rate() -> None:
    result = two_groups()
    table = [line.split("|")[1:-1] for line in result.bulletin(lang="zh").splitlines() if line.startswith("|")]
    pulled = [float(cells[-1]) for cells in table[2:]]
    growth = float(result.changes().iloc[-1, 0])
    assert pulled[0] == pytest.approx(growth, abs=0.005)
    assert sum(pulled[1:]) == pytest.approx(growth, abs=0.005 * len(pulled[1:]))


def test_sub_indexes_are_counted_and_each_is_told() -> None:
    text = two_groups().bulletin(lang="zh")
    assert "2个分指数环比1个上升、1个下降：集聚为" in text
    assert re.search("集聚拉动总指数\\d+\\.\\d\\d个百分点；创新下拉总指数\\d+\\.\\d\\d个百分点。", text)


def test_annual_change_is_on_the_year_before() -> None:
    index = hi.Index(
        period="year", base="2020", normalise="none", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")]
    )
    result = index.compute(pd.DataFrame({"year": [2020, 2021, 2022], "x": [50.0, 60.0, 66.0]}))
    assert "2022年，指数为132.00（2020＝100），比上年上升10.00%。" in result.bulletin(lang="zh")
    assert "up 10.00 per cent on the year before." in result.bulletin()
    assert not {"环比", "同比"} & set(re.findall("环比|同比", result.bulletin(lang="zh")))


def test_of_several_units_one_or_all() -> None:
    index, table = hi.example("countries")
    result = index.compute(table)
    whole, own = result.bulletin(lang="zh"), result.bulletin(lang="zh", unit="FRA")
    assert "第一名为Germany" in whole
    assert own.startswith("# France")
    with pytest.raises(hi.SpecError, match="no unit 'France'; it is 'FRA' in the table"):
        result.bulletin(unit="France")


def test_units_are_compared_where_one_has_no_level() -> None:
    index = hi.Index(
        unit="u",
        period="y",
        base="2020",
        normalise="none",
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("x", "all")],
    )
    rows = {"u": ["A", "B"] * 2, "y": [2020, 2020, 2021, 2021], "x": [2.0, np.nan, 3.0, 4.0]}
    result = index.compute(pd.DataFrame(rows))
    with pytest.raises(hi.DataError, match="unit 'B'"):
        result.series()
    assert "| B | 1 | 4 |" in result.bulletin()


def test_it_needs_no_library_of_pictures_and_no_font() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
import hengdian_index as hi
index = hi.Index(
    unit="u", period="y", base_of="mean", base="2020", normalise="none", groups=[hi.Group("all")],
    indicators=[hi.Indicator("x", "all")],
)
rows = {"u": ["浙江", "江苏"] * 2, "y": [2020, 2020, 2021, 2021], "x": [2.0, 5.0, 3.0, 4.0]}
result = index.compute(rows)
print(ascii(result.bulletin(lang="zh") + result.bulletin(lang="zh", unit="浙江")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ascii("第一名为江苏")[1:-1] in done.stdout
    assert ascii("浙江指数为")[1:-1] in done.stdout


def test_what_rests_on_draws_or_is_provisional_is_said() -> None:
    index, table = hi.example("film_industry")
    found = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=50, rng=1)
    text = index.compute(table).bulletin(uncertainty=found)
    low, high = (float(found.series[end].iloc[-1]) for end in ("q05", "q95"))
    assert f"{low:.2f}" in text
    assert f"{high:.2f}" in text


def test_a_period_or_a_file_that_cannot_be_is_refused(tmp_path: Path) -> None:
    result = two_groups()
    with pytest.raises(hi.DataError, match="no row of 2024Q1"):
        result.bulletin(period="2024Q1")
    with pytest.raises(hi.SpecError, match="ends in"):
        result.bulletin(tmp_path / "b.pdf")
    with pytest.raises(hi.SpecError, match="lang: no 'fr'"):
        result.bulletin(lang="fr")  # type: ignore[arg-type]  # refused
    index = hi.Index(normalise="none", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    with pytest.raises(hi.SpecError, match="a bulletin is of a period"):
        index.compute({"x": [1.0, 2.0]}).bulletin()
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_a_bar_does_not_break_the_table() -> None:
    result = quarterly([100, 104.0], name="a | b")
    lines = [line for line in result.bulletin().splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_word_has_what_markdown_has(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    path = tmp_path / "公报.docx"
    text = two_groups().bulletin(path, lang="zh")
    document = docx.Document(str(path))
    told = [one.text for one in document.paragraphs]
    assert told[0] == text.splitlines()[0].removeprefix("# ")
    # The number of a caption is a field of its own.
    assert all(one.removeprefix("表").strip() in text for one in told)
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells[1][0] == "all"
    assert cells[1][1] == f"{two_groups().series()['all'].iloc[-1]:.2f}"


@pytest.mark.office("pandoc")
def test_word_is_opened_by_another_program(tmp_path: Path) -> None:
    pytest.importorskip("docx")
    two_groups().bulletin(tmp_path / "b.docx", lang="zh")
    command = ["pandoc", str(tmp_path / "b.docx"), "--to", "plain", "--wrap", "none"]
    done = subprocess.run(command, check=True, capture_output=True)
    assert "2个分指数环比1个上升、1个下降" in done.stdout.decode()


def test_all_that_rise_are_said_together() -> None:
    index, table = hi.example("film_industry")
    result = index.compute(table)
    assert "6个分指数环比全部上升：" in result.bulletin(lang="zh")
    assert "All 6 sub-indexes rose on the quarter: " in result.bulletin()


def test_the_command_prints_it_or_writes_it(tmp_path: Path) -> None:
    index, table = hi.example("film_industry")
    index.write(tmp_path / "i.toml")
    frame = pd.DataFrame(table)
    frame.reset_index(drop=isinstance(frame.index, pd.RangeIndex)).to_csv(tmp_path / "d.csv", index=False)
    run = CliRunner().invoke(main, ["bulletin", str(tmp_path / "i.toml"), str(tmp_path / "d.csv"), "--lang", "zh"])
    assert run.exit_code == 0, run.output
    assert "编制方法：本指数由6个分指数、15个指标构成" in run.output
    out = tmp_path / "b.md"
    args = ["bulletin", str(tmp_path / "i.toml"), str(tmp_path / "d.csv"), "--out", str(out), "--period", "2009Q4"]
    assert CliRunner().invoke(main, [*args, "-q"]).output == ""
    assert "the fourth quarter of 2009" in out.read_text("utf-8")
    assert np.isfinite(float(re.findall(r"stood at ([\d.]+)", out.read_text("utf-8"))[0]))
