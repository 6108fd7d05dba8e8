"""What the columns of a table are guessed to be."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from hengdian_index._index.guesses import cost_in, guessed


@pytest.mark.parametrize(
    "heading",
    [
        *("Unemployment rate", "unemployed_2020", "CO2Emissions", "infant deaths per 1,000", "PM2.5", "Crimes", "pm25"),
        *(
            "Government debt",
            "house-prices",
            "GINI",
            "失业率",
            "单位GDP能耗",
            "二氧化硫排放量",
            "居民消费价格指数",
            "交通事故死亡人数",
        ),
    ],
)
def test_a_cost_is_asked_about(heading: str) -> None:
    assert cost_in(heading) is not None


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "Employment rate",
            "carers",
            "warm homes",
            "posters",
            "waste recycled",
            "deaths prevented",
            "GDP",
            "enterprises",
        ),
        *("就业率", "污水处理率", "垃圾分类覆盖率", "能耗下降率", "人均收入", "票房", "空气优良天数"),
    ],
)
def test_what_is_no_cost_is_not(heading: str) -> None:
    assert cost_in(heading) is None


def made(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(columns)


YEARS = [2019, 2020, 2019, 2020]


@pytest.mark.parametrize(
    ("frame", "unit", "period", "codes"),
    [
        (made(town=["a", "b", "c"], x=[1, 2, 3]), "town", None, ["x"]),
        (made(year=[2019, 2020, 2021], visitors=[1950, 1990, 2004]), None, "year", ["visitors"]),
        (made(x=[1, 2, 4], Quarter=["2020Q1", "2020Q2", "2020Q3"]), None, "Quarter", ["x"]),
        (made(时间=["2020年1季度", "2020年2季度"], 票房=["1,200", "1,300"]), None, "时间", ["票房"]),
        (made(a=["p", "p", "q", "q"], yr=YEARS, x=[1, 2, 3, 4]), "a", "yr", ["x"]),
        # The first column that tells rows apart, codes before names, and a column of years without a name for them.
        (made(place=["P", "P", "Q", "Q"], code=["p", "p", "q", "q"], t=YEARS, x=[1, 2, 3, 4]), "code", "t", ["x"]),
        # A year and a part of it in two columns.
        (made(年份=[2020, 2020, 2021], 季度=[1, 2, 1], x=[3, 1, 2]), None, "季度", ["x"]),
        (made(year=[2020, 2021], month=["2020-01", "2021-01"], x=[3, 1]), None, "month", ["x"]),
        # Labels of the year to date.
        (made(期别=["2022年1-3月", "2022年1-6月"], x=[3, 9]), None, "期别", ["x"]),
        (made(id=[1, 2, 3], town=["a", "b", "c"], x=[4, 4, 5], y=[1, 1, 1], z=[None] * 3), "town", None, ["x"]),
        # No row has a label.
        (made(x=[1, 2, 4], y=[2, 1, 5]), None, None, ["x", "y"]),
        # A column with marks is one of numbers all the same; dates and truth values are none.
        (made(town=["a", "b", "c"], x=["1.5", "…", "3"], sure=[True, False, True]), "town", None, ["x"]),
    ],
)
def test_labels_and_indicators(frame: pd.DataFrame, unit: str | None, period: str | None, codes: list[str]) -> None:
    found = guessed(frame)
    assert (found.unit, found.period) == (unit, period)
    assert [one.code for one in found.indicators] == codes


def test_names_and_groups_of_units_and_what_is_left_out() -> None:
    frame = made(
        iso3=["AUT", "AUT", "CHL", "CHL", "BEL", "BEL"],
        land=["Austria", "Austria", "Chile", "Chile", "Belgium", "Belgium"],
        region=["EU", "EU", "SA", "SA", "EU", "EU"],
        year=[2019, 2020] * 3,
        note=["", "revised", "", "", "", ""],
        x=[1, 2, 3, 4, 5, 6],
        flat=[7] * 6,
    )
    found = guessed(frame)
    assert (found.unit, found.unit_names, found.groups_of_units) == ("iso3", "land", ("region",))
    assert found.left == {"note": "text", "flat": "constant"}


@pytest.mark.parametrize(
    ("headings", "groups"),
    [
        (["econ_gdp", "econ_jobs", "env_air", "env_water"], {"econ": 2, "env": 2}),
        (["经济：总量", "经济：增速", "环境：空气", "环境：水", "其他"], {"经济": 2, "环境": 2, None: 1}),
        (["Health - doctors", "Health - beds", "School - pupils", "School - teachers"], {"Health": 2, "School": 2}),
        # One shared beginning is none that tells groups apart, and neither are many single ones.
        (["gdp_a", "gdp_b", "gdp_c"], {None: 3}),
        (["a_x", "b_x", "c_x"], {None: 3}),
        # A column that is called like the beginning is an indicator itself.
        (["gdp", "gdp_growth", "gdp_share", "co_x", "co_y"], {None: 5}),
    ],
)
def test_groups_are_how_headings_begin(headings: list[str], groups: dict[str | None, int]) -> None:
    found = guessed(pd.DataFrame({name: [1.0, i, 3.5] for i, name in enumerate(headings, 5)}))
    told = [one.group for one in found.indicators]
    assert {one: told.count(one) for one in told} == groups


def test_units_of_measure_stand_in_brackets_or_in_a_row_of_their_own() -> None:
    frame = made(town=["a", "b"])
    frame[["票房（万元）", "x [t]", "x (kg)", "GDP/head"]] = [[1, 2, 3, 4], [2, 3, 5, 7]]
    assert [(one.code, one.unit) for one in guessed(frame).indicators] == [
        ("票房", "万元"),
        # Two columns of one name stay apart.
        ("x [t]", ""),
        ("x (kg)", ""),
        ("GDP/head", ""),
    ]
    frame = made(town=["a", "b"], x=[1, 2])
    frame.attrs["below"] = ("line 2", ("", "tonnes"))
    assert [(one.code, one.unit) for one in guessed(frame).indicators] == [("x", "tonnes")]
