"""Climate indexes speak Chinese: shares, weights and chains that are refused."""

import numpy as np
import pytest

import hengdian_index as hi
from hengdian_index import climate

REFUSED = {
    "diffusion：除`up`外还须给出`same`或`down`；仅有上升的占比无法得出差额": lambda: climate.diffusion([40.0]),
    "答案的占比均不大于1：若以小数表示，请先乘以100；若确为百分数，请同时给出diffusion的`same`": lambda: (
        climate.balance([0.4], [0.2])
    ),
    "confidence：share：现状的权重应在0至1之间，而非2": lambda: climate.confidence([50.0], [50.0], share=2),
    "pmi：weights：没有权重方案“nb”；是否应为“nbs”？（可选：nbs）": lambda: climate.pmi(np.full((2, 5), 50.0), "nb"),
    "行0：两项占比之和超过100%": lambda: climate.balance([70.0], [50.0]),
    "breadth：只有2行，无法进行间隔2期的比较；请给出更多行": lambda: climate.breadth([[1.0], [2.0]], lag=2),
    "cycle：trend='match'需要一个参照序列；请以`match`给出": lambda: climate.cycle(
        [[1.0, 2.0], [2.0, 3.0], [3.0, 1.0]], trend="match"
    ),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused(said: str) -> None:
    with hi.options(lang="zh"), pytest.raises((hi.DataError, hi.SpecError)) as caught:
        REFUSED[said]()
    with hi.options(lang="zh"):
        assert said in str(caught.value)
