"""Fields, trees, growth, weights and scores speak Chinese, from what is refused to what is noted."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

import hengdian_index as hi

NAN = float("nan")
TOWNS = pd.DataFrame(
    {
        "地区": ["甲", "乙", "丙"] * 2,
        "年份": [2021] * 3 + [2022] * 3,
        "票房": [1.0, NAN, 3.0, 4.0, 5.0, 7.0],
        "人次": [2.0, 5.0, 2.0, 4.0, 1.0, 3.0],
    }
)
QUARTERS = [f"{year}Q{quarter}" for year in (2020, 2021) for quarter in (1, 2, 3, 4)]


def index(*leaves: hi.Indicator, **choices: object) -> hi.Index:
    """Return an index of one group."""
    group = choices.pop("group", hi.Group("总指数"))
    given = leaves or (hi.Indicator("票房", "总指数"), hi.Indicator("人次", "总指数"))
    return hi.Index(unit="地区", period="年份", groups=[group], indicators=given, **choices)  # type: ignore[arg-type, list-item]


def quarterly(values: list[float], **fields: object) -> hi.Result:
    """Return the scores of one quarterly indicator."""
    leaf = hi.Indicator("票房", "总指数", **fields)  # type: ignore[arg-type]
    table = {"季度": QUARTERS, "票房": values, "价格": [100.0, *range(101, 108)]}
    return hi.Index(period="季度", groups=[hi.Group("总指数")], indicators=[leaf]).compute(table)


REFUSED: dict[str, Callable[[], object]] = {
    "指标“票房”：direction：“适度”：适度指标须写明最优值{ target = 5 }，或最优区间{ between = [5, 6] }": lambda: (
        hi.Indicator("票房", "总指数", direction="适度")  # type: ignore[arg-type]
    ),
    "分指数“总指数”：missing：应为“reweight”、“propagate”、“raise”或“parent”，而不是“补齐”；"
    "可选：reweight、propagate、raise、parent\n"
    "分指数“总指数”：coverage：应为小于或等于1的数值，而不是2\n"
    "分指数“总指数”：scope：应为“all”或“period”，而不是“各期”": lambda: hi.Group(
        "总指数",
        missing="补齐",  # type: ignore[arg-type]
        coverage=2,
        scope="各期",  # type: ignore[arg-type]
    ),
    "指标“票房”：growth：on：没有“month”这一选择；可选：year、period": lambda: hi.Indicator(
        "票房", "总指数", growth={"on": "month"}
    ),
    "指标“票房”：round：digits：应为-15至15的整数，而不是99": lambda: hi.Indicator("票房", "总指数", round=99),
    "指标“票房”：代码重复（另一处为分指数）": lambda: index(hi.Indicator("票房", "票房"), group=hi.Group("票房")),
    "指标“票房”：start：“2021-06”为月，比年度数据更细；请写2021\n"
    "分指数“总指数”：weights_since：“2022-02”为月，比年度数据更细；请写2022": lambda: index(
        hi.Indicator("票房", "总指数", start="2021-06"),
        hi.Indicator("人次", "总指数"),
        group=hi.Group("总指数", weights_since={"2022-02": {"票房": 1, "人次": 2}}),
    ).compute(TOWNS),
    "指标“票房”：参数确定期的行中有83%有数值，要求100%；请去掉该指标，或调低coverage": lambda: index(
        hi.Indicator("票房", "总指数", coverage=1.0), hi.Indicator("人次", "总指数")
    ).compute(TOWNS),
    "指标“人次”：参数确定期内为常数；请剔除该指标、更换参数确定期，或以constant指定其得分："
    'normalise = { method = "min_max", constant = 0.5 }': lambda: index().compute(TOWNS.assign(人次=3.0)),
    "分指数“总指数”：列“票房”，单位“乙”，时期2021："
    "缺失，而规则为“raise”；请补齐，或改用“reweight”或“propagate”": lambda: index(
        group=hi.Group("总指数", missing="raise")
    ).compute(TOWNS),
    "时期2021Q3，列“票房”：-100：按此增速水平降至0或以下；增速应大于-100": lambda: quarterly(
        [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, -100.0, 2.0], growth="year"
    ),
}
NOTED: dict[str, Callable[[], hi.Result]] = {
    "缺失：票房（2项中有1项）；无得分": lambda: index().compute(TOWNS),
    "缺失：票房（2项中有1项）；其余部分重新分配权重": lambda: index(group=hi.Group("总指数", coverage=0.5)).compute(
        TOWNS
    ),
    "自2022起：新增指标：人次；水平衔接不变（content = 'link'）": lambda: index(
        hi.Indicator("票房", "总指数"), hi.Indicator("人次", "总指数", start="2022"), impute="mean"
    ).compute(TOWNS),
    "topsis在全部行之间比较：增加或更换行都可能改变所有得分，包括以前的得分": lambda: index(
        group=hi.Group("总指数", aggregate="topsis"), impute="mean"
    ).compute(TOWNS),
    "指标“票房”：cumulative = 'year'：6个累计值已减去同年上一季度的累计值；每年首期不变": lambda: quarterly(
        [1.0, 3.0, 4.0, 6.0, 2.0, 3.0, 5.0, 7.0], cumulative="year"
    ),
    '指标“票房”：growth = "year"：由相对上年同期的增速（百分数）链接得到8个水平；首个增速之前，'
    "2019Q1至2019Q4各季度的水平设为100": lambda: quarterly([1.0, 2.0, 1.0, 3.0, 2.0, 1.0, -4.0, 2.0], growth="year"),
    "指标“票房”：deflate = '价格'：8个数值按2020Q1（价格指数为100）的价格折算": lambda: quarterly(
        [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 4.0, 2.0], deflate="价格"
    ),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said
    assert "：" not in str(caught.value)


@pytest.mark.parametrize("said", NOTED)
def test_what_is_noted(said: str) -> None:
    result = NOTED[said]()
    with hi.options(lang="zh"):
        assert said in set(result.log["why"])
    assert said not in set(result.log["why"])
