"""Normalisations speak Chinese: bounds, references and classes that do not hold, and what is noted of targets."""

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import normalise
from hengdian_index._words.said import told
from hengdian_index.log import journal

TABLE = pd.DataFrame({"票房": [1.0, 2.0, 3.0, 4.0], "银幕": [6.0] * 4})

REFUSED = {
    "指标“银幕”：参数确定期内为常数；请剔除该指标、更换参数确定期，或以constant指定其得分": lambda: normalise.min_max(
        TABLE
    ),
    "指标“银幕”：参数确定期内半数以上的数值相等，四分位距为0；请剔除该指标、改用 z_score，或以constant指定其得分": (
        lambda: normalise.robust(TABLE)
    ),
    "min_max：lower = 5 应小于 upper = 1": lambda: normalise.min_max(TABLE, lower=5, upper=1),
    "goalposts：low：应为数，或 'best_mean(5)'、'worst_mean(5)'、'percentile(2.5)'，而不是“best(5)”": (
        lambda: normalise.goalposts(TABLE, low="best(5)", high=3)
    ),
    "goalposts：low：百分位数应在0至100之间，而不是120": lambda: normalise.goalposts(
        TABLE, low="percentile(120)", high=3
    ),
    "指标“票房”：best_mean(9) 要求参数确定期内有9个数值；请减少个数": lambda: normalise.goalposts(
        TABLE[["票房"]], low=0, high="best_mean(9)"
    ),
    "指标“票房”：low = 7 应小于 high = 4": lambda: normalise.goalposts(
        TABLE[["票房"]], low={"票房": 7}, high={"票房": 4}
    ),
    "to：应为 'mean'、'max'、'min'、'median'、'first'、一个数，或参数确定期某行的标签，而不是“上海”": (
        lambda: normalise.relative(TABLE, to="上海")
    ),
    "列0：参照值为0；请更换to，或改用其他标准化方法": lambda: normalise.relative([0.0, 0.0]),
    "categorical：cuts：2个分界点分为3档，而 scores 有2个": lambda: normalise.categorical(
        TABLE, cuts=[1, 2], scores=[0, 1]
    ),
    "categorical：cuts（“票房”）：应为递增的数，而不是[3, 2]": lambda: normalise.categorical(
        TABLE, cuts={"票房": [3, 2], "银幕": [5, 7]}, scores=[0, 1, 2]
    ),
    "piecewise：scores：应为两个以上递增的数，由最差界限到最好界限，而不是[1]": lambda: normalise.piecewise(
        TABLE, at=[1, 2], scores=[1]
    ),
    "z_score：sd：应大于0，而不是-1": lambda: normalise.z_score(TABLE, sd=-1),
    "指标“票房”：目标值等于参数确定期的最差值，距离为0；请更换目标值": lambda: normalise.distance_to_target(
        TABLE[["票房"]], target=1
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
        normalise.distance_to_target([1.0, 2.0], target=0.5)
    said = "目标值比参数确定期各行都差，数值越好得分反而越低；方向是否有误？"
    assert [told(line.why, "zh") for line in lines] == [said]
