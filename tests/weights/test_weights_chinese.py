"""Weights speak Chinese: what they refuse, with the remedy, and what they note."""

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import weights
from hengdian_index._words.said import told
from hengdian_index.log import journal

NAN = float("nan")
TABLE = pd.DataFrame({"票房": [1.0, 2.0, 3.0, 4.0], "银幕": [6.0] * 4, "专利": [5.0, NAN, 1.0, 7.0]})
JUDGED = {"票房": {"银幕": 9, "专利": 1 / 9}, "银幕": {"专利": 9}}

REFUSED = {
    "指标“银幕”：为常数，相关系数无定义；请剔除该列，或设 constant='zero'": lambda: weights.critic(TABLE),
    "指标“银幕”：在各列均有值的行中为常数，相关系数无定义；请剔除该列，或设 constant='zero'": lambda: weights.pca(
        TABLE
    ),
    "independence：各列均有值的行仅2行，至少需要3行；“专利”有缺失值：请先插补，或剔除这些列": lambda: (
        weights.independence(TABLE[["票房", "专利"]].iloc[:3])
    ),
    "pca：只有一列，没有主成分可提取；请给出两列以上，或改用 'equal'": lambda: weights.pca(TABLE[["票房"]]),
    "fixed：每个权重应为不小于0的数，而不是[1, 'x']：“银幕”为“x”": lambda: weights.fixed({"票房": 1, "银幕": "x"}),
    "ahp：CR 6.13 ≥ 0.1；请核对判断（“票房”，“银幕”）：现为9，建议1；请修正判断，或设 inconsistent = 'note' 仅作提示": (
        lambda: weights.ahp(JUDGED)
    ),
    "ahp：矩阵有2行，而比较项目有3项 ['a', 'b', 'c']": lambda: weights.ahp([[1, 2], [0.5, 1]], items=["a", "b", "c"]),
    "best：“专利”：0.5；比较值应不小于1，表示重要多少倍": lambda: weights.best_worst(
        {"票房": 1, "银幕": 2, "专利": 0.5}, {"票房": 5, "银幕": 2, "专利": 1}
    ),
    "combine：第2组权重有3个数，而combine：第1组权重有2个": lambda: weights.combine([[0.5, 0.5], [1, 2, 3]]),
    "combine：how='game' 自行求得各权重集的份额；请去掉 shares，或改用 'additive'": lambda: weights.combine(
        [[0.5, 0.5], [0.3, 0.7]], how="game", shares=[1, 2]
    ),
    "swara：“票房”：0.5，而最重要的首个准则之前没有可比较的准则，此处应留空\n"
    "swara：“银幕”：-1；应为前一准则比它重要的程度，不小于0": lambda: weights.swara({"票房": 0.5, "银幕": -1}),
    "budget：shares：给出3个，而有2位专家": lambda: weights.budget([[10, 20], [5, 1]], shares=[1, 2, 3]),
    "factor：keep = 5，而2列至多有2个主成分": lambda: weights.factor([[1.0, 2], [2, 1], [3, 0.5], [4, 3]], keep=5),
    "rank_order：form='exponent' 需要 p，应为不小于0的数，而不是None": lambda: weights.rank_order(
        ["票房", "银幕"], form="exponent"
    ),
    "effective：measure：没有“r”；是否应为“r2”？（可选：r2、pearson、spearman、smooth）": lambda: weights.effective(
        [1.0, 2, 3], [[1.0], [2], [3]], measure="r"
    ),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said
    assert "：" not in str(caught.value)


def test_what_is_noted() -> None:
    with journal() as lines:
        weights.critic(TABLE, constant="zero")
        weights.ahp({"张": JUDGED, 2: {"票房": {"银幕": 2, "专利": 2}, "银幕": {"专利": 12}}}, inconsistent="note")
        weights.angle(np.array([[1.0, -5.0], [2.0, -2.0]]))
        weights.deviation([[1.0, 1e4], [2.0, 5e4], [4.0, 2e4]])
    assert [told(line.why, "zh") for line in lines if line.step == "weights"] == [
        "critic：4行中仅以各列均有值的3行计算权重；另有1行有缺失",
        "参数确定期内为常数：权重为0",
        "ahp：“张”：CR 6.13 ≥ 0.1；请核对判断（“票房”，“银幕”）：现为9，建议1",
        "ahp：专家2：CR 0.626 ≥ 0.1；请核对判断（“票房”，“银幕”）：现为2，建议0.874",
        "ahp：群体判断：CR 2.38 ≥ 0.1；请核对判断（“票房”，“银幕”）：现为4.24，建议0.935",
        "列1：均值不大于0，夹角偏大；该方法适用于大于0的数值",
        "各列标准差相差1000倍以上；计量单位是否一致？",
    ]
