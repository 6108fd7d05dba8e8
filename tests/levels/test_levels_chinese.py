"""Levels speak Chinese: bases that are lacking and why, links, chains, warnings, and units that come later."""

from __future__ import annotations

import pandas as pd
import pytest

import hengdian_index as hi

NAN = float("nan")
TOWNS = pd.DataFrame(
    {
        "地区": ["甲", "乙", "甲", "乙", "丙"],
        "年份": [2021, 2021, 2022, 2022, 2022],
        "票房": [2.0, NAN, 4.0, 5.0, 3.0],
        "人次": [2.0, 5.0, 4.0, 1.0, 3.0],
        "银幕": [1.0, 2.0, 4.0, 1.0, 3.0],
    }
)


def index(**choices: object) -> hi.Index:
    """Return an index of one group that needs most of its parts."""
    given = {"unit": "地区", "period": "年份", "base": 2021, "normalise": {"method": "min_max", "lower": 1, "upper": 9}}
    return hi.Index(
        groups=[hi.Group("总指数", coverage=0.8)],
        indicators=[hi.Indicator(code, "总指数") for code in ("票房", "人次", "银幕")],
        **{**given, **choices},  # type: ignore[arg-type]
    )


def told(error: pytest.ExceptionInfo[hi.DataError]) -> list[str]:
    """Return the lines of an error in Chinese."""
    with hi.options(lang="zh"):
        return str(error.value).splitlines()


def test_a_unit_without_a_score_in_the_base_is_told_what_it_lacks_there() -> None:
    with pytest.raises(hi.DataError) as caught:
        index().compute(TOWNS).series()
    english = str(caught.value).splitlines()
    assert english[0].startswith(
        "unit '乙': '总指数' has no score in the base period (missing in 2021: '票房'; 2 of 3 parts present, "
        "coverage = 0.8); a series needs one above 0"
    )
    assert english[1].startswith("unit '丙': '总指数' has no score in the base period (there is no row of it); a ")
    remedy = (
        "；序列要求基期水平大于0：请更换基期或标准化区间；如需以后纳入，请用new_units = 'link'或'restate'，"
        "不纳入则用'missing'"
    )
    assert told(caught) == [
        f"单位“乙”：“总指数”在基期没有得分（2021缺失：“票房”；3项中有2项，coverage = 0.8）{remedy}",
        f"单位“丙”：“总指数”在基期没有得分（没有该期的行）{remedy}",
    ]


def test_the_gaps_of_a_group_below_are_those_of_its_indicators() -> None:
    below = hi.Index(
        unit="地区",
        period="年份",
        base=2021,
        groups=[hi.Group("总指数"), hi.Group("需求", "总指数")],
        indicators=[hi.Indicator("票房", "需求"), hi.Indicator("人次", "需求")],
        normalise={"method": "min_max", "lower": 1, "upper": 9},
    )
    gone = TOWNS[TOWNS["地区"] != "丙"].assign(人次=[2.0, NAN, 4.0, 1.0])
    lacking = r"has no score in the base period \(missing in 2021: '票房', '人次'\);"
    with pytest.raises(hi.DataError, match=f"'总指数' {lacking}(.|\n)*'需求' {lacking}"):
        below.compute(gone).series()


def test_why_there_is_no_score_is_left_out_where_the_base_is_not_among_the_rows() -> None:
    fitted = index(base="2021", new_units="refuse").fit(TOWNS[TOWNS["地区"] == "甲"])
    with pytest.raises(hi.DataError, match="unit '乙': '总指数' has no score in the base period; a series"):
        fitted.score(TOWNS[TOWNS["年份"] == 2022]).series()


def test_series_that_are_left_out_are_warned_of() -> None:
    warned = r"^2个序列因基期没有大于0的水平而缺失；第一个：单位“乙”：“总指数”在基期没有得分（2021缺失：“票房”"
    with hi.options(lang="zh"), pytest.warns(UserWarning, match=warned):
        index(base=None, new_units="missing").compute(TOWNS).series(base=2021, to=100)


def test_units_that_enter_later_are_noted() -> None:
    result = index(new_units="link").compute(TOWNS)
    with hi.options(lang="zh"):
        said = result.log.query("step == 'base'").set_index("unit")["why"]
    assert said.to_dict() == dict.fromkeys("乙丙", "基期没有水平；自2022起按其他单位的平均水平纳入（new_units）")


def test_a_break_of_a_chain() -> None:
    rising = [1.0, 2.0, 3.0]
    broken = pd.DataFrame({"年份": [2020, 2021, 2023], "票房": rising, "人次": rising, "银幕": rising})
    with pytest.raises(hi.DataError) as caught:
        index(unit=None, base=None, series="ratio").compute(broken).series()
    assert told(caught)[0] == (
        "时期2023：“总指数”：本期与上一期无法链接（期有间断，或两期没有共同的指标）；请补齐："
        "impute = { method = 'carry_forward', limit = 1 }，或改用series = 'fixed'"
    )


def test_a_base_of_a_unit_that_there_is_not() -> None:
    with pytest.raises(hi.DataError) as caught:
        index(base_of="甲地").compute(TOWNS).series()
    assert told(caught) == ["base_of：基期没有单位“甲地”；是否应为“甲”？（可选：甲、乙）"]
