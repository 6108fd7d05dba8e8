"""DEMATEL: the published table, the sum of all powers, people, refusals."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi

CASE = Path(__file__).parents[1] / "reference" / "dematel"
SCORES = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 4), min_size=n, max_size=n), min_size=n, max_size=n)
)


def test_the_published_table() -> None:
    check = tomllib.loads((CASE / "CASE.toml").read_text(encoding="utf-8"))["check"][0]
    influence = pd.read_csv(CASE / check["input"][0], index_col=0)
    expected = pd.read_csv(CASE / check["expected"], index_col=check["key"])
    found = hi.ahp.dematel(influence, form="length")
    np.testing.assert_allclose(found.factors.loc[expected.index, check["column"]], expected, atol=check["tolerance"])
    assert found.threshold == pytest.approx(0.062945, abs=5e-7)
    by_prominence = hi.ahp.dematel(influence).factors
    np.testing.assert_allclose(by_prominence["weight"], by_prominence["prominence"] / by_prominence["prominence"].sum())


@LAW
@given(SCORES, st.sampled_from(["both", "rows"]))
def test_total_influence_is_the_sum_of_all_powers(scores: list[list[int]], divisor: str) -> None:
    direct = np.array(scores, dtype=float)
    np.fill_diagonal(direct, 0)
    largest = max(direct.sum(axis=1).max(), direct.sum(axis=0).max() if divisor == "both" else 0)
    assume(largest > 0)
    share = direct / largest
    assume(np.abs(np.linalg.eigvals(share)).max() < 0.95)
    total, power = np.zeros_like(share), np.eye(len(share))
    for _ in range(1500):
        power = power @ share
        total += power
    found = hi.ahp.dematel(direct, divisor=divisor)
    np.testing.assert_allclose(found.total, total, atol=1e-10)
    np.testing.assert_allclose(found.factors["given"], total.sum(axis=1), atol=1e-9)
    np.testing.assert_allclose(found.factors["relation"], total.sum(axis=1) - total.sum(axis=0), atol=1e-9)
    assert found.weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(hi.ahp.dematel(direct * 7, divisor=divisor).weights, found.weights, rtol=1e-9)


def test_people_are_averaged_and_matched_by_name() -> None:
    one = {"雨": {"收成": 4, "价格": 1}, "收成": {"价格": 2}}
    other = pd.DataFrame(
        [[0, 0, 2], [2, 0, 1], [None, 0, 0]], index=["收成", "雨", "价格"], columns=["收成", "雨", "价格"]
    )
    found = hi.ahp.dematel({"Mei": one, "Ada": other})
    mean = hi.ahp.dematel({"雨": {"收成": 3, "价格": 1}, "收成": {"价格": 2}})
    pd.testing.assert_frame_equal(found.factors, mean.factors)
    assert found.weights.index.tolist() == ["雨", "收成", "价格"]
    assert found.factors.index.name == "factor"


@pytest.mark.parametrize(
    ("influence", "why"),
    [
        ([[0, 1], [-1, 0]], r"influence \[1, 0\]: -1; write a number of 0 or more"),
        ([[0, "high"], [1, 2]], r"\[0, 1\]: 'high'.*\n.*\[1, 1\]: 2 stands on the diagonal"),
        ([[0, 0], [0, 0]], "no factor acts on another"),
        ([[0, 2], [2, 0]], "goes round without loss"),
        ([[0, 1, 2]], "square"),
        ({"Mei": [[0, 1], [True, 0]], "Ada": [[0, 1], [0, 0]]}, "expert 'Mei': influence"),
    ],
)
def test_what_is_no_influence_is_refused(influence, why) -> None:
    with pytest.raises(hi.DataError, match=why):
        hi.ahp.dematel(influence)


def test_misspelt_choices_are_refused() -> None:
    with pytest.raises(hi.SpecError, match="did you mean 'prominence'"):
        hi.ahp.dematel([[0, 1], [0, 0]], form="prominance")
    with pytest.raises(hi.SpecError, match="no divisor 'columns'"):
        hi.ahp.dematel([[0, 1], [0, 0]], divisor="columns")
