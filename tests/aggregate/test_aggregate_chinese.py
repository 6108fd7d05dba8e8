"""Aggregations speak Chinese: what they refuse, what they note, and what each figure of a score is."""

import re
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.laws import every, sized

import hengdian_index as hi
from hengdian_index import aggregate
from hengdian_index._methods.figures import Row, figures_of
from hengdian_index._methods.registry import Method
from hengdian_index._words.said import Said, told
from hengdian_index.log import journal

TABLE = pd.DataFrame({"票房": [0.0, 0.0, 0.0], "银幕": [1.0, 2.0, 4.0]})
PAIR = [[1.0, 2.0], [2.0, 3.0]]
means: Any = import_module("hengdian_index.aggregate.quasi_arithmetic").means

REFUSED = {
    "列“票房”：数值全部为0，该列没有可作除数的长度；请剔除该列，或设 norm='none'": lambda: aggregate.topsis(TABLE),
    "edas：没有任何一列能区分所比较的行，与均值的距离不存在": lambda: aggregate.edas([[1.0, 1.0], [1.0, 1.0]]),
    "promethee：preference：没有偏好函数“linea”；是否应为“linear”？"
    "（可选：usual、u_shape、v_shape、level、linear、gaussian）": lambda: aggregate.promethee(PAIR, preference="linea"),
    "promethee：q、p：列0的q（3）大于p（1）\npromethee：q、p：列1的q（3）大于p（1）": lambda: aggregate.promethee(
        PAIR, preference="linear", q=3, p=1
    ),
    "benefit_of_the_doubt：w 应为 None 或等权，而不是[0.25、0.75]：各行自行确定权重；请使用 bounds 或 share_bounds": (
        lambda: aggregate.benefit_of_the_doubt(PAIR, [0.25, 0.75])
    ),
    "bounds：(0.6, 0.9)：没有2个合计为1的份额落在其中；low 应不大于、high 应不小于 1/2": (
        lambda: aggregate.benefit_of_the_doubt(PAIR, bounds=(0.6, 0.9))
    ),
    "direction：给出3个，而数据有2列": lambda: aggregate.topsis(PAIR, direction=[1, 1, -1]),
    "topsis：reference：应为 'fit' 或参照行的表，而不是“前三行”": lambda: aggregate.topsis(PAIR, reference="前三行"),
    "projection_pursuit：至少需要两行完整的数据；请插补缺失值，或剔除部分列": (
        lambda: aggregate.projection_pursuit([[1.0, 2.0]])
    ),
    "owa：order_weights：应为不小于0且不全为0的数，每个位次一个，而不是[0, 0]": lambda: aggregate.owa(
        PAIR, order_weights=[0, 0]
    ),
    "spotis：low、high：每列的 low 应小于 high，而不是3和2": lambda: aggregate.spotis(PAIR, low=3, high=2),
    "rank_sum_ratio：秩和比全部相等，无法求回归直线；请去掉 details": lambda: aggregate.rank_sum_ratio(
        [[1.0, 2.0], [2.0, 1.0]], details=True
    ),
    "means：f：应恰有一个代表数值的名称，如 'log(z)'；现有：a、b": lambda: means("a + b", "y"),
    "mean_min：alpha：应为0至1之间的数，而不是2\nmean_min：beta：应为不小于0的有限数，而不是-1": (
        lambda: aggregate.mean_min(PAIR, alpha=2, beta=-1)
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
        aggregate.catastrophe([[1.5, 2.0], [0.5, 1.0]])
        aggregate.kemeny([[1.0, 2.0], [2.0, 1.0]])
        aggregate.owa(PAIR, order_weights=[3, 1])
        aggregate.benefit_of_the_doubt([[1.0, 0.0], [1.0, 2.0]], share_bounds=(0.1, 0.9))
    found = [told(line.why, "zh") for line in lines if line.step == "aggregate"]
    assert found == [
        "catastrophe：权重相等的组成部分共用指数；可用 order = {组成部分 = 1, ...} 指明先后",
        "catastrophe：数值大于1，开方后会变小；请先标准化到0至1",
        "kemeny：有2个排序同为最优；各行得分取其中的平均名次",
        "owa：orness 为0.75",
        "benefit_of_the_doubt：1行得分为0：份额下限大于0，而有数值为0",
    ]


@every("aggregate")
def test_every_figure_has_chinese_words(method: Method, options: dict[str, Any]) -> None:
    whole = np.array([[0.2, 0.7, 0.5], [0.9, 0.3, 0.4], [0.5, 0.6, 0.1], [0.3, 0.8, 0.7]])
    given = {p.name: sized(options, 3).get(p.name, p.default) for p in method.options.values()}
    w, there = np.full(3, 1 / 3), np.ones(3, dtype=bool)
    row = Row(given, ("票房", "银幕", "专利"), there, w, w, 0.5, whole, 1)
    for one in figures_of(method, row, {"w": row.w, "z": row.z, "k": 3}):
        assert isinstance(one.what, Said) or not one.what
        assert not re.search(r"[a-z]{3,} [a-z]", told(one.what, "zh")), one.what
        assert not one.what or re.search("[一-龥]", told(one.what, "zh")), one.what
