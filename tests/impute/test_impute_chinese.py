"""Imputations speak Chinese: each filled cell with where its value is from, each left one with why."""

from typing import Any

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import impute

NAN = float("nan")
QUARTERS = pd.DataFrame({"季": ["2021Q1", "2021Q2", "2021Q3", "2022Q1"], "票房": [NAN, 1.0, NAN, NAN]})

SAID: dict[str, tuple[Any, list[str]]] = {
    "mean": (lambda: impute.mean([1.0, NAN, 3.0]), ["2个数值的均值"]),
    "group_median": (
        lambda: impute.group_median([1.0, NAN, 3.0, NAN, NAN], ["东", "东", "西", None, "中"]),
        ["组“东”中1个数值的中位数", "仍缺失：该行没有所属组别", "仍缺失：组“中”没有数值"],
    ),
    "carry_forward": (
        lambda: impute.carry_forward(QUARTERS, limit=1, period="季"),
        [
            "仍缺失：该单位此前没有数值",
            "沿用2021Q2的值（1个季度前）",
            "仍缺失：最近一次的值为2021Q2，已过3个季度，上限1期",
        ],
    ),
    "interpolate": (
        lambda: impute.interpolate(
            pd.DataFrame({"年": ["2019", "2020", "2021", "2022", "2025"], "票房": [NAN, 1.0, NAN, 3.0, NAN]}),
            period="年",
        ),
        [
            "仍缺失：位于该单位第一个已知值之前，不外推",
            "在2020与2022之间线性插补",
            "仍缺失：位于该单位最后一个已知值之后，不外推",
        ],
    ),
    "interpolate, carried": (
        lambda: impute.interpolate(QUARTERS, period="季", ends="carry", limit=1),
        [
            "沿用2021Q2的值，相距1个季度",
            "沿用2021Q2的值，相距1个季度",
            "仍缺失：位于该单位最后一个已知值之后，相距3个季度，上限1期",
        ],
    ),
    "peers": (
        lambda: impute.peers(pd.DataFrame({"票房": [1.0, 2.0, NAN, NAN], "银幕": [2.0, 5.0, 3.0, NAN]})),
        ["其他1个指标得分的均值", "仍缺失：该行没有其他指标", "仍缺失：该行没有其他指标"],
    ),
    "neighbours": (
        lambda: impute.neighbours([[1.0, 2.0], [2.0, 5.0], [NAN, 4.0]], number=2, weights="distance"),
        ["最近邻行按距离加权的均值，至多2行"],
    ),
}


@pytest.mark.parametrize("method", SAID)
def test_what_is_said_of_each_cell(method: str) -> None:
    act, wanted = SAID[method]
    with hi.options(lang="zh"):
        assert act().log["why"].tolist() == wanted


REFUSED = {
    "时期2021有两行；请只保留一行，或以 unit= 指明单位列": lambda: impute.carry_forward(
        pd.DataFrame({"年": ["2021", "2021"], "票房": [1.0, 2.0]}), period="年"
    ),
    "单位“横店”：时期2021有两行；请只保留一行": lambda: impute.carry_forward(
        pd.DataFrame({"年": ["2021", "2021"], "地区": ["横店"] * 2, "票房": [1.0, 2.0]}), period="年", unit="地区"
    ),
    "neighbours：number：应不小于1，而不是0": lambda: impute.neighbours([[1.0, 2.0], [NAN, 1.0]], number=0),
    "carry_forward：limit：至少为1期（不限期数时不写此项），而不是0": lambda: impute.carry_forward(
        QUARTERS, limit=0, period="季"
    ),
    "direction：每列应为1或-1，而不是0；peers 需要可以还原的标度": lambda: impute.peers(
        [[1.0, 2.0], [NAN, 1.0]], direction=0
    ),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said
    assert "；" not in str(caught.value)
