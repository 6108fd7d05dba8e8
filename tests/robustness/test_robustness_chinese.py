"""What studies refuse and sum up is told in Chinese where that is spoken, or asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index.errors import FaultsError

INDEX, TABLE = two_levels(normalise="relative", base="2002Q1"), table()
FACTORS = {"weights": hi.Noise(0.25), "aggregate": ["arithmetic", "geometric"]}


@pytest.mark.parametrize(
    ("call", "chinese"),
    [
        (lambda: hi.uncertainty(INDEX, TABLE, {}), "factors：应为“地址 -> 备选设定”的映射"),
        (lambda: hi.uncertainty(INDEX, TABLE, FACTORS, draws=0), "draws：应为1至"),
        (lambda: hi.uncertainty(INDEX, TABLE, FACTORS, node="nix"), "node：没有分指数“nix”"),
        (lambda: hi.compare({}, TABLE), "indexes：应为“名称 -> Index”的映射"),
        (lambda: hi.remove_one(INDEX, TABLE, level="row"), "level：没有“row”"),
        (lambda: hi.sobol([1.0, 1.0], [1.0, 1.0], [[1.0, 1.0]]), "sobol：没有因素改变输出，因此没有方差可分解"),
        (lambda: hi.sobol([1.0], [1.0, 2.0], [[1.0, 2.0]]), "sobol：y_a有1次运行，y_b有2次；两者都应为N次"),
        (lambda: hi.saltelli({"bounds": [[2, 1]]}, 8), "saltelli：problem：x1：'unif'的bounds [2, 1]：下限应小于上限"),
        (lambda: hi.sensitivity(INDEX, TABLE, FACTORS, draws=8, of="nix"), "of：没有“nix”；可选：rank_shift"),
    ],
)
def test_faults_are_told_in_chinese(call: Callable[[], Any], chinese: str) -> None:
    with hi.options(lang="zh"):
        with pytest.raises(FaultsError) as found:
            call()
        assert chinese in str(found.value)
    assert str(found.value) == found.value.said


def test_combinations_that_cannot_be_computed_are_named_with_the_rest_counted() -> None:
    doubts = {"normalise": ["z_score"], "aggregate": ["geometric"], "weights": ["equal", "variation"]}
    with hi.options(lang="zh"), pytest.raises(hi.SpecError) as found:
        hi.uncertainty(two_levels(), TABLE, doubts, draws=8)
    with hi.options(lang="zh"):
        assert "另有1个组合同此" in str(found.value)
        assert "请去掉这些备选设定，或设infeasible='exclude'剔除其抽样" in str(found.value)
    assert "(and in 1 combinations more)" in str(found.value)


def test_summaries_are_told_in_the_language_asked_for_or_spoken() -> None:
    compared = hi.compare({"a": INDEX, "b": INDEX.replace({"aggregate": "geometric"})}, TABLE)
    explained = hi.sensitivity(INDEX, TABLE, FACTORS, draws=8, resamples=8)
    drawn = hi.uncertainty(INDEX, TABLE, FACTORS, draws=8)
    for found, begin in (
        (compared, "采用b时，位次平均变动"),
        (explained, "32次运行中，位次变动的方差由各项设定解释："),
        (drawn, "8次抽样"),
    ):
        english = found.summary()
        assert found.summary(lang="en") == english
        with hi.options(lang="zh"):
            chinese = found.summary()
            assert found.summary(lang="en") == english
        assert found.summary(lang="zh") == chinese
        assert chinese.replace(" ", "").startswith(begin.replace(" ", ""))
        with pytest.raises(hi.SpecError, match="lang: no 'fr'"):
            found.summary(lang="fr")  # type: ignore[arg-type]
