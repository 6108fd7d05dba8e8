"""Treatments speak Chinese: each touched column with what was done to it, and denominators that cannot divide."""

from typing import Any

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index import treat

NAN = float("nan")
RISING = [1.0, 2.0, 3.0, 4.0, 5.0, 90.0]
TOWNS = pd.DataFrame({"票房": [1.0, 2.0], "人口": [0.0, NAN]}, index=["甲", "乙"])

REFUSED = {
    "winsorise：请在 points（极端值向内移动的次数）与 limits（两个分位数）中给出其一": lambda: treat.winsorise(RISING),
    "winsorise：limits：应为两个递增的份额，如 (0.05, 0.95)，而不是(0.9, 0.1)": lambda: treat.winsorise(
        RISING, limits=(0.9, 0.1)
    ),
    "fence：width：应大于0，而不是-2": lambda: treat.fence(RISING, width=-2),
    "by：没有列“人囗”；可选：票房、人口": lambda: treat.denominate(TOWNS, {"票房": "人囗"}),
    "by：应为一列、每行一个分母，或指标列与分母列的映射，而不是{}": lambda: treat.denominate(TOWNS, {}),
}
NOTED: dict[str, Any] = {
    "缩尾1个点": lambda: treat.winsorise(RISING, points=1),
    "2步中完成1步，缩尾1个点；再缩尾一步将使数值全部相等": lambda: treat.winsorise(
        [1.0, 1.0, 1.0, 1.0, 2.0, 5.0], points=2
    ),
    "未处理：再缩尾一步将使数值全部相等": lambda: treat.winsorise([1.0, 1.0, 1.0, 1.0, 5.0], points=2),
    "未处理：不足4个数值，或数值全部相等": lambda: treat.fence([1.0, 1.0, 1.0, 1.0, 1.0]),
    "限制在-1.5与8.5之间（iqr界限）": lambda: treat.fence(RISING),
    "限制在1.5与47.5之间（0.1与0.9分位数）": lambda: treat.winsorise(RISING, limits=(0.1, 0.9)),
    "原值：偏度2.441，峰度5.967，未通过；缩尾1个点：偏度-0.3827，峰度-1.481，通过": lambda: treat.jrc(RISING),
    "原值：偏度2.441，峰度5.967，未通过；原值取ln(x - 1 + 0.89)：偏度1.644，峰度3.485，通过": lambda: treat.jrc(
        RISING, max_points=0
    ),
    "x的Box-Cox变换，λ为0.5": lambda: treat.box_cox(RISING, lmbda=0.5),
    "Yeo-Johnson变换，λ为2": lambda: treat.yeo_johnson(RISING, lmbda=2),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert str(caught.value) == said
    assert "：" not in str(caught.value)


def test_a_denominator_is_named_with_its_cell() -> None:
    with pytest.raises(hi.DataError) as caught:
        treat.denominate(TOWNS, {"票房": "人口"})
    place, none = caught.value.said.told("zh").splitlines()
    assert place.endswith("“甲”，指标“票房”：有数值需要相除，而分母为0（“人口”）；分母应大于0")
    assert none.endswith("“乙”，指标“票房”：有数值需要相除，而分母为缺失值（“人口”）；分母应大于0")


@pytest.mark.parametrize("said", NOTED)
def test_what_is_noted(said: str) -> None:
    with hi.options(lang="zh"):
        assert set(NOTED[said]().log["why"]) == {said}
    assert said not in set(NOTED[said]().log["why"])
