"""Series speak Chinese: what is refused and what is noted, each place in its words."""

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import series
from hengdian_index._words.said import told
from hengdian_index.log import journal

NAN = float("nan")
QUARTERS = ["2020Q1", "2020Q2", "2020Q3", "2020Q4"]
OUTPUT = pd.Series([10.0, NAN, 30.0, 40.0], QUARTERS, name="产值")

REFUSED = {
    "增长率，2020Q2：增长率缺失，链接在此中断；请先插补，或取gap='carry'沿用上期水平": lambda: series.chain(OUTPUT),
    "增长率，2020Q3：-130：增长率（%）应大于-100": lambda: series.chain(pd.Series([1.0, 2.0, -130.0], QUARTERS[:3])),
    "增长率：所有数值在98.5至104之间，应是上期=100的环比指数，而不是百分数；请写form='index'": lambda: series.chain(
        [104.0, 98.5, 101.0]
    ),
    "base：序列中没有“2019Q4”的行，序列的范围为2020Q1至2020Q4": lambda: series.rebase(OUTPUT, "2019Q4"),
    "序列：基期（2020Q2）没有数值；请另选基期": lambda: series.rebase(OUTPUT, "2020Q2"),
    "how：没有“rati”；是否应为“ratio”？（可选：ratio、symmetric、log）": lambda: series.growth(OUTPUT, how="rati"),
    "旧序列为季度数据，新序列为年度数据；请统一频率": lambda: series.link(
        OUTPUT, pd.Series([1.0, 2.0], ["2020", "2021"]), "2020"
    ),
    "per_year：12，但序列为季度数据；请去掉该选项": lambda: series.deseasonalise(OUTPUT, per_year=12),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with hi.options(lang="zh"), pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said
    assert not any("一" <= letter <= "龥" for letter in str(caught.value).replace("产值", ""))


def test_cells_of_a_table_have_their_columns() -> None:
    table = pd.DataFrame({"票房": [1.0, 2.0], "人次": [0.0, 3.0]}, ["2021", "2022"])
    with hi.options(lang="zh"), pytest.raises(hi.DataError) as caught:
        series.growth(table)
    with hi.options(lang="zh"):
        assert str(caught.value) == (
            "序列，2021，列“人次”：0：计算该变化要求比较期的数值大于0；`changes`的how='points'适用于任何数值"
        )


def test_what_is_noted() -> None:
    with journal() as lines:
        series.link(pd.Series([80.0, 90.0], ["2020", "2021"]), pd.Series([50.0, 60.0], ["2021", "2022"]), "2021")
        series.chain(pd.Series([NAN, 5.0, NAN], QUARTERS[:3]), gap="carry")
    assert [told(line.why, "zh") for line in lines] == [
        "link：旧序列在2021乘以0.555556",
        "chain：增长率，2020Q3：增长率缺失；沿用上期水平",
    ]


def test_the_language_is_that_of_the_telling() -> None:
    with pytest.raises(hi.SpecError) as caught:
        series.changes(np.arange(4.0), lag=0)
    assert str(caught.value) == "lag: a whole number of 1 or more, not 0"
    with hi.options(lang="zh"):
        assert str(caught.value) == "lag：应为不小于1的整数，而非0"
