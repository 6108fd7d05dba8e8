"""Diagnoses speak Chinese: tables too small, columns that say nothing."""

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import diagnose
from hengdian_index._words.said import told
from hengdian_index.log import journal

NAN = float("nan")
SMALL = pd.DataFrame({"票房": [1.0, 2.0, NAN, 4.0], "人次": [2.0, NAN, 3.0, 5.0]})
FLAT = pd.DataFrame({"票房": [1.0, 2.0, 4.0, 3.0], "银幕": [5.0, 5.0, 5.0, 5.0], "人次": [3.0, 1.0, 2.0, 5.0]})

REFUSED = {
    "correlations：各列均有数值的只有2行；至少需要3行；'票房'、'人次'有缺失值："
    "请先插补，或剔除这些列，或取pairwise=True": lambda: diagnose.correlations(SMALL),
    "kmo：指标“银幕”：在4个完整的行中取值不变，相关系数无定义；请剔除该指标": lambda: diagnose.kmo(FLAT),
    "cronbach_alpha：只有一个指标，无从考察其一致性；请给出两个或以上指标": lambda: diagnose.cronbach_alpha(
        FLAT[["票房"]]
    ),
    "bartlett：无定义：3个指标中各指标均有数值的只有3行；完整的行数须多于指标数": lambda: diagnose.bartlett(
        pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0], "c": [2.0, 5.0, 1.0]})
    ),
    "low、high：|r|的界限，须满足0 <= low <= high <= 1，而非0.9和0.2": lambda: diagnose.flags(FLAT, low=0.9, high=0.2),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with hi.options(lang="zh"), pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said.replace("'票房'、'人次'", "“票房”、“人次”")


def test_what_is_noted() -> None:
    with journal() as lines:
        diagnose.correlations(FLAT)
        gap = pd.DataFrame({"a": [1.0, 2.0, 4.0, NAN], "b": [3.0, 1.0, 2.0, 5.0]})
        assert diagnose.principal_components(gap, scores=True).scores.iloc[3].isna().all()
    assert [(line.indicator, told(line.why, "zh")) for line in lines] == [
        ("银幕", "取值不变，或不足三个数值：没有相关系数"),
        (None, "principal_components：1行有缺失值，没有主成分得分"),
    ]
