"""AHP and its neighbours speak Chinese: judgements by the names of what was compared, people by theirs."""

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import ahp
from hengdian_index._words.said import told
from hengdian_index.log import journal

NAN = float("nan")

REFUSED = {
    "判断（“票房”，“专利”）：“三”不是有效的判断值；请填正数或分数（如 '1/3'），未比较的留空": lambda: ahp.priorities(
        {"票房": {"银幕": 2, "专利": "三"}, "银幕": {"专利": 3}}
    ),
    "判断[0, 1]：-2不是正的有限数；请填前者比后者重要多少倍（未比较的填 NaN 或留空）\n"
    "判断[1, 1]：2位于对角线上，应为1": (lambda: ahp.priorities([[1, -2], [0.5, 2]])),
    "判断[0, 1]：2与[1, 0]：1相互矛盾（两者之积为2，应为1，容许误差0.03，或较小者为另一者的两位小数倒数）："
    "如前者正确，后者应为0.5；如后者正确，前者应为1": lambda: ahp.priorities([[1, 2], [1, 1]]),
    "判断矩阵的行与列应为相同的项；仅在行中：“乙”；仅在列中：“丙”；如某列存放名称，请将其设为索引": lambda: (
        ahp.priorities(pd.DataFrame([[1, 2], [0.5, 1]], index=["甲", "乙"], columns=["甲", "丙"]))
    ),
    "判断被分为2个互不相连的部分：[0、2]；[1]；至少还需比较1对，如（0，1）": lambda: ahp.complete(
        [[1, None, 2], [None, 1, None], [0.5, None, 1]]
    ),
    "“李”比较的是“票房”、“专利”，而“张”比较的是“票房”、“银幕”；合并时各专家比较的项应相同": lambda: ahp.combine(
        {"张": {"票房": {"银幕": 2}}, "李": {"票房": {"专利": 2}}}
    ),
    "专家2：有未比较的判断：[0, 1]；请先补全（ahp.complete），或设 how='aip'": lambda: ahp.combine(
        [[[1, 2], [0.5, 1]], [[1, None], [None, 1]]]
    ),
    "ahp：2个判断矩阵需要2个 shares，现有1个": lambda: ahp.combine([[[1, 2], [0.5, 1]]] * 2, shares=[1]),
    "ahp：没有群决策方式“均值”；可选：aij、aip": lambda: ahp.combine([[[1, 2], [0.5, 1]]], how="均值"),  # type: ignore[arg-type]
    "方案：“乙”下没有判断": lambda: ahp.alternatives({"目标": {"甲": {"乙": 2}}}, {"甲": {"A": {"B": 2}}}),
    "dematel：影响（“乙”，“甲”）：-1；请填不小于0的数，如0至4\ndematel：影响（“乙”，“乙”）：1位于对角线上，应为0": (
        lambda: ahp.dematel(pd.DataFrame([[0, 5], [-1, 1]], index=["甲", "乙"], columns=["甲", "乙"]))
    ),
    "fuzzy：weights：2个因素各需一个数，而不是[1]": lambda: ahp.fuzzy(
        pd.DataFrame({"优": [0.5, 0.4], "良": [0.5, 0.6]}), weights=[1]
    ),
    "轮次1：仅1位专家对全部项评分；计算协调程度至少需要两位": lambda: ahp.delphi(
        pd.DataFrame({"甲": [1.0, NAN], "乙": [3.0, 4.0]})
    ),
    "ahp：随机一致性指标表只列1至15项，现有20项；请在 priorities 中给出所用的数值（如 random_index=1.6），"
    "或设 random_index=None 由 GCI 判断": lambda: ahp.random_index(20),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said
    assert "；" not in str(caught.value)


def test_what_is_noted() -> None:
    with journal() as lines:
        ahp.priorities([[1, 1.3], [0.76, 1]])
        ahp.priorities({"票房": {"银幕": 12}})
        ahp.fuzzy(pd.DataFrame({"优": [0.5, 0.5], "良": [0.5, 0.5]}), weights=[1, 3])
        ahp.delphi([[1.0, 2.0], [2.0, 3.0], [NAN, 4.0]])
    assert [told(line.why, "zh") for line in lines] == [
        "1处倒数为四舍五入值，以上三角为准：[0, 1]",
        "判断值超出1—9标度（含倒数），按所给数值计算：（“票房”，“银幕”）：12",
        "fuzzy：权重合计为4，已换算为合计1",
        "fuzzy：等级“优”、“良”的隶属度相同，取第一个",
        "轮次1：1位专家未对全部项评分，不计入肯德尔协调系数W",
    ]


def test_a_verdict() -> None:
    judged = {"票房": {"银幕": 7, "专利": 2}, "银幕": {"专利": 3}}
    assert told(ahp.verdict(judged), "zh") == "CR 0.557 ≥ 0.1；请核对判断（“票房”，“银幕”）：现为7，建议3.2"
    assert told(ahp.verdict([[1, 2], [0.5, 1]]), "zh") == "CR 0 < 0.1"


def test_a_notebook_shows_weights_in_the_language_spoken() -> None:
    found = ahp.priorities({"票房": {"银幕": 2, "专利": 4}, "银幕": {"专利": 2}})
    assert "<th>weight</th>" in found._repr_html_()
    with hi.options(lang="zh"):
        page = found._repr_html_()
    assert "<strong>判断矩阵的权重</strong>" in page
    assert "<th>项</th><th>权重</th>" in page
    assert "<p>eigenvector，随机一致性指标：saaty；通过一致性检验</p>" in page
