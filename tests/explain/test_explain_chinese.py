"""What explains an index speaks Chinese: what is refused, what is left out."""

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import explain
from hengdian_index._words.said import told
from hengdian_index.log import journal

NAN = float("nan")
TOWNS = pd.Series({"横店": 9.0, "象山": 8.0, "无锡": 7.0, "青岛": 2.0})

REFUSED = {
    "neighbours：“横店”，“象山”：-1；权重应为不小于0的数": lambda: explain.moran(
        TOWNS, [("横店", "象山", -1), ("象山", "无锡", 1), ("无锡", "青岛", 1)]
    ),
    "theil：有数值的单位只有1个；测度差异至少需要两个": lambda: explain.theil([1.0, NAN], ["东", "西"]),
    "groups：2个单位各需要一个分组标签": lambda: explain.theil([1.0, 2.0], None),
    "density：有数值的单位只有2个；至少需要3个": lambda: explain.density([[1.0], [2.0]]),
    "labels：1个界限需要2个标签，而非['好']": lambda: explain.grade([0.5], cuts=[0.6], labels=["好"]),
    "form：没有形式“wang”；是否应为“wang2021”？（可选：standard、wang2021）": lambda: explain.coupling(
        [[0.1, 0.2]], form="wang"
    ),
    "convergence：各期均有数值的单位只有2个；至少需要3个": lambda: explain.convergence(
        [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [4.0, NAN, 6.0]]
    ),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with hi.options(lang="zh"), pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said


def test_what_is_left_out() -> None:
    with journal() as lines:
        explain.dagum([1.0, 2.0, NAN, 4.0], ["东", "东", "西", "西"])
        explain.density([[0.2, 0.4], [0.3, 0.5], [0.4, 0.6], [0.5, NAN]])
        explain.coupling([[0.5, NAN], [0.2, 0.4]])
    assert [told(line.why, "zh") for line in lines] == [
        "dagum：剔除1个没有数值的单位",
        "density：剔除1个缺失值",
        "coupling：1行有得分缺失，没有耦合度",
    ]


def test_grades_have_the_words_of_the_language_spoken() -> None:
    with hi.options(lang="zh"):
        assert explain.grade([0.05, 0.95]).tolist() == ["极度失调", "优质协调"]
        assert explain.grade([0.95], lang="en").tolist() == ["excellent coordination"]
    assert explain.grade([0.05]).tolist() == ["extreme imbalance"]
