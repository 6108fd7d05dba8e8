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


SIX = {
    "a": [4, 4.5, 5, 4.7, 5.2, 5.6],
    "b": [10, 9, 9, 12, 11, 11.0],
    "c": [3, 4, 4, 5, 5, 4.0],
    "d": [1, 2, 3, 4, 5, 6.0],
}
TWO = {"a": "集聚", "b": "集聚", "c": "创新"}


def relative(more: tuple[hi.Indicator, ...] = (), share: float = 0.5, **choices: object) -> hi.Index:
    """Return an index of two groups whose levels are means of relatives to the first quarter of 2021."""
    groups = [
        hi.Group("all", weights={"集聚": share, "创新": 1 - share}),
        hi.Group("集聚", "all"),
        hi.Group("创新", "all"),
    ]
    own = [*(hi.Indicator(code, group) for code, group in TWO.items()), *more]
    given = {"period": "季度", "base": "2021Q1", "normalise": "relative", "fit_on": "2021Q1", **choices}
    return hi.Index(groups=groups, indicators=own, **given)  # type: ignore[arg-type]  # fields of an index


def six(**cells: dict[int, float]) -> pd.DataFrame:
    """Return six quarters from the first of 2021 on, some cells others than they were."""
    frame = pd.DataFrame({"季度": pd.period_range("2021Q1", periods=6, freq="Q").astype(str), **SIX})
    for column, values in cells.items():
        for row, value in values.items():
            frame.loc[row, column] = value
    return frame


@pytest.fixture
def before(tmp_path: Path) -> hi.Release:
    return hi.release(relative().compute(six().head(5)), tmp_path / "before")


def added(text: str, without: str) -> list[str]:
    """Return the paragraphs that only one of two bulletins has, tables left out."""
    return [one for one in text.split("\n\n") if one not in without.split("\n\n") and not one.startswith("|")]


def test_the_published_sentence_of_a_revised_level(tmp_path: Path) -> None:
    released = hi.release(quarterly([100, 104.05]), tmp_path / "r")
    result = quarterly([100, 104.11, 109.49])
    (told,) = added(result.bulletin(earlier=released), result.bulletin())
    assert told == "The level of the first quarter of 2022 is revised from 104.05 to 104.11 (+0.06 %)."
    text = result.bulletin(lang="zh", earlier=tmp_path / "r")
    assert added(text, result.bulletin(lang="zh")) == ["2022年一季度指数由104.05修订为104.11（+0.06%）。"]
    table = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    assert table[0][-2:] == ["2022年一季度水平", "上次公布"]
    assert table[2][-2:] == ["104.11", "104.05"]


def test_the_last_revision_is_told_and_the_others_are_counted(before: hi.Release) -> None:
    """By hand: a 5.2 -> 5.21 of 4 moves its group by 0.125 and the whole by half; c 4 -> 3.9 of 3 by 3.33 and 1.67."""
    result = relative().compute(six(a={4: 5.21}, c={2: 3.9}))
    old, new = before.series, result.series()
    others = [
        100 * (float(f"{new[node].iloc[row]:.2f}") / float(f"{old[node].iloc[row]:.2f}") - 1)
        for node, row in (("集聚", 4), ("all", 2), ("创新", 2))
    ]
    (told,) = added(result.bulletin(earlier=before), result.bulletin())
    assert told == (
        f"The level of the first quarter of 2022 is revised from {old['all'].iloc[4]:.2f} to {new['all'].iloc[4]:.2f} "
        f"(+0.05 %); so are 3 other published figures, the furthest by {max(others, key=abs):.2f} %."
    )


def test_the_table_has_what_was_published_before_of_that_quarter(before: hi.Release) -> None:
    result = relative().compute(six(a={4: 5.21}))
    lines = [line.split("|")[1:-1] for line in result.bulletin(earlier=before).splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in line[-2:]] for line in lines]
    assert found[0] == ["level in the first quarter of 2022", "published before"]
    for node, cells in zip(("all", "集聚", "创新"), found[2:], strict=True):
        assert cells == [f"{result.series()[node].iloc[4]:.2f}", f"{before.series[node].iloc[4]:.2f}"]
    # The bulletin of that quarter has its level already.
    again = result.bulletin(period="2022Q1", earlier=before)
    assert "| percentage points | published before |" in again


def test_what_prints_the_same_is_not_revised(before: hi.Release) -> None:
    for frame in (six(), six(a={4: 5.2001}), six(a={5: 9.0})):
        result = relative().compute(frame)
        assert result.bulletin(earlier=before) == result.bulletin()


def test_a_revision_of_the_parts_alone_names_the_part(before: hi.Release) -> None:
    """By hand: the group of a and b rises by 2.5 / 2 (a: 0.1 of 4), that of c falls as much (c: 0.0375 of 3)."""
    result = relative().compute(six(a={4: 5.3}, c={4: 4.9625}))
    (told,) = added(result.bulletin(earlier=before), result.bulletin())
    assert told.startswith("The level of 集聚 in the first quarter of 2022 is revised from 120.00 to 121.25 (+1.04 %)")
    assert "so is 1 other published figure, by -0.75 %" in told


@pytest.mark.parametrize(
    ("index", "english", "chinese"),
    [
        (relative((hi.Indicator("d", "创新"),)), "members", "指标构成"),
        (relative(base="2021Q2"), "base", "基期"),
        (relative(share=0.7), "weights", "权重"),
        (relative(aggregate="geometric"), "method", "编制方法"),
        (relative((hi.Indicator("d", "创新"),), base="2021Q2"), "base, members", "基期、指标构成"),
    ],
)
def test_levels_of_other_choices_are_not_compared(
    before: hi.Release, index: hi.Index, english: str, chinese: str
) -> None:
    result = index.compute(six(a={4: 5.21}))
    text = result.bulletin(earlier=before)
    assert added(text, result.bulletin()) == [
        f"Figures published before are not comparable with these (changed: {english})."
    ]
    assert "published before |" not in text
    assert f"因{chinese}调整，以前公布的数据与本期数据不可比。" in result.bulletin(lang="zh", earlier=before)


def test_a_new_indicator_that_is_linked_leaves_levels_comparable(before: hi.Release) -> None:
    index = relative((hi.Indicator("d", "创新", start="2022Q2"),), name="A name of its own")
    result = index.compute(six())
    assert result.bulletin(earlier=before) == result.bulletin()
    result = index.compute(six(a={4: 5.21}))
    (told,) = added(result.bulletin(earlier=before), result.bulletin())
    assert "is revised from 143.33 to 143.40" in told


def test_what_is_learnt_from_revised_data_is_a_revision(tmp_path: Path) -> None:
    """No choice is another: weights and bounds that follow the data move levels, and that is what is told."""
    index = hi.Index(
        period="季度",
        fit_on="2021Q1:2022Q1",
        base="2021Q1",
        normalise={"method": "min_max", "lower": 60, "upper": 100},
        weights="entropy",
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all")],
    )
    released = hi.release(index.compute(six().head(5)), tmp_path / "r")
    result = index.compute(six(a={4: 5.4}))
    assert {"map", "weight"} <= set(hi.revisions(released, result).learnt["kind"])
    (told,) = added(result.bulletin(earlier=released), result.bulletin())
    row = 4 if f"{released.series['all'].iloc[4]:.2f}" != f"{result.series()['all'].iloc[4]:.2f}" else 3
    assert f"from {released.series['all'].iloc[row]:.2f} to {result.series()['all'].iloc[row]:.2f} (" in told


def test_of_units_that_are_compared_each_has_its_own(tmp_path: Path) -> None:
    index = hi.Index(
        unit="u", period="y", normalise="none", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")]
    )
    rows = {"u": ["A", "B"] * 2, "y": [2020, 2020, 2021, 2021], "x": [2.0, 3.0, 3.0, 4.0]}
    released = hi.release(index.compute(rows), tmp_path / "r")
    result = index.compute({**rows, "x": [2.0, 3.3, 3.0, 4.4]})
    text = result.bulletin(earlier=released)
    assert (
        "The score of B in 2021 is revised from 4 to 4.4 (+10.00 %); so is 1 other published figure, by +10.00 %."
        in text
    )
    assert "| unit | rank | score | published before |" in text
    assert "| B | 1 | 4.4 | 4 |\n| A | 2 | 3 | 3 |" in text
    assert "2021年B得分由4修订为4.4" in result.bulletin(lang="zh", earlier=released)
    assert result.bulletin(unit="A", earlier=released) == result.bulletin(unit="A")
    assert "The level of 2021 is revised from 4 to 4.4" in result.bulletin(unit="B", earlier=released)


def test_a_release_that_cannot_be_the_one_before_is_refused(before: hi.Release, tmp_path: Path) -> None:
    result = quarterly([100, 104.0])
    frame = six().assign(季度=pd.period_range("2011Q1", periods=6, freq="Q").astype(str))
    with pytest.raises(hi.DataError, match="earlier: the release has no level of this index"):
        relative(base="2011Q1", fit_on="2011Q1").compute(frame).bulletin(earlier=before)
    with pytest.raises(hi.DataError, match="nowhere"):
        result.bulletin(earlier=tmp_path / "nowhere")
    with pytest.raises(hi.SpecError, match=r"^earlier: .* not int"):
        result.bulletin(earlier=7)  # type: ignore[arg-type]  # refused


def test_the_command_has_the_release_before(before: hi.Release, tmp_path: Path) -> None:
    relative().write(tmp_path / "i.toml")
    six(a={4: 5.21}).to_csv(tmp_path / "d.csv", index=False)
    args = ["bulletin", str(tmp_path / "i.toml"), str(tmp_path / "d.csv"), "--earlier", str(before.folder)]
    run = CliRunner().invoke(main, [*args, "--lang", "zh"])
    assert run.exit_code == 0, run.output
    assert "2022年一季度指数由143.33修订为143.40（+0.05%）；另有1个已公布的数据修订" in run.output
