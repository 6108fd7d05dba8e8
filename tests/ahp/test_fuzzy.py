"""Fuzzy comprehensive evaluation: a published table, a loop for all operators, memberships from limits, refusals."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.ahp import fuzzy, membership
from hengdian_index.log import journal

CASE = Path(__file__).parents[1] / "reference" / "fuzzy_garment"
GARMENT = pd.read_csv(CASE / "memberships.csv", index_col="factor")
SMALLER = {"min": min, "product": lambda a, r: a * r}


def by_loop(a: list[float], r: list[list[float]], operator: str) -> list[float]:
    """Return the membership of the whole, factor by factor."""
    inner, outer = operator.split("_")
    found = []
    for grade in range(len(r[0])):
        whole = 0.0
        for weight, row in zip(a, r, strict=True):
            part = SMALLER[inner](weight, row[grade])
            whole = max(whole, part) if outer == "max" else min(1.0, whole + part)
        found.append(whole)
    return found


@pytest.mark.parametrize(("customers", "grade"), [("first", "不太欢迎"), ("second", "较欢迎")])
def test_the_garment_of_the_textbooks(customers, grade) -> None:
    check = tomllib.loads((CASE / "CASE.toml").read_text(encoding="utf-8"))["check"][0]
    weights = pd.read_csv(CASE / "weights.csv", index_col="factor")[customers]
    printed = pd.read_csv(CASE / check["expected"], index_col=check["key"])[customers]
    found = fuzzy(GARMENT, weights, operator="min_max")
    np.testing.assert_allclose(found.b.loc[printed.index], printed, atol=check["tolerance"])
    assert (found.grade, found.score) == (grade, None)
    np.testing.assert_allclose(found.shares, found.b / printed.sum())


def test_what_the_package_mathmodels_prints() -> None:
    """R package of Zhang Jingxin, examples of fuzzy_eval and compute_mf."""
    factors = [[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.6, 0.2, 0.2], [0.7, 0.1, 0.2]]
    np.testing.assert_allclose(fuzzy(factors, [0.3, 0.3, 0.3, 0.1]).shares, [0.70, 0.16, 0.14], atol=1e-12)
    np.testing.assert_allclose(membership([0.07], [[0.05, 0.15, 0.25, 0.5]]), [[0.8, 0.2, 0.0, 0.0]], atol=1e-12)


@LAW
@given(
    st.integers(1, 5)
    .flatmap(
        lambda k: st.tuples(
            st.lists(st.integers(1, 9), min_size=k, max_size=k),
            st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=k, max_size=k),
        )
    )
    .filter(lambda drawn: any(map(any, drawn[1]))),
    st.sampled_from(["product_sum", "min_max", "product_max", "min_sum"]),
)
def test_every_operator_is_a_loop(drawn, operator) -> None:
    weights, tenths = drawn
    a, r = [one / sum(weights) for one in weights], [[cell / 10 for cell in row] for row in tenths]
    found = fuzzy(r, weights, operator=operator, values=[90, 75, 60])
    np.testing.assert_allclose(found.b, by_loop(a, r, operator), atol=1e-14)
    assert found.score == pytest.approx(np.dot(found.shares, [90, 75, 60]))
    assert found.b[found.grade] == pytest.approx(found.b.max())


def test_two_levels() -> None:
    parts = {"looks": GARMENT.iloc[:2], "use": GARMENT.iloc[2:]}
    lower = fuzzy(parts, {"looks": {"花色": 1, "式样": 3}, "use": [2, 2]})
    assert lower.b.index.tolist() == ["looks", "use"]
    np.testing.assert_allclose(lower.b.loc["looks"], 0.25 * GARMENT.iloc[0] + 0.75 * GARMENT.iloc[1])
    whole = fuzzy(lower.shares, {"use": 0.6, "looks": 0.4}, values=dict(zip(GARMENT, [4, 3, 2, 1], strict=True)))
    direct = fuzzy(GARMENT, [0.1, 0.3, 0.3, 0.3])
    np.testing.assert_allclose(whole.b, direct.b, rtol=1e-12)
    assert isinstance(whole.score, float)


def test_objects_share_weights_and_are_told_apart() -> None:
    found = fuzzy({"A": GARMENT, "B": GARMENT.iloc[:, ::-1]}, values=[4, 3, 2, 1])
    np.testing.assert_allclose(found.b.loc["A"], GARMENT.mean())
    np.testing.assert_allclose(found.b.loc["B"], found.b.loc["A"])
    assert found.grade.tolist() == ["较欢迎", "较欢迎"]
    assert found.score.index.tolist() == ["A", "B"]


def test_grades_equal_but_for_rounding_are_noted() -> None:
    with journal() as lines:
        found = fuzzy([[0.1 + 0.2, 0.3, 0.0]])
    assert found.grade == 0
    assert [line.why for line in lines] == ["fuzzy: grades 0, 1 have the same membership; the first is taken"]


def test_memberships_of_measures_sum_to_1_and_are_linear_between_limits() -> None:
    limits = pd.DataFrame({"I": [15.0, 2.0], "II": [10.0, 4.0], "III": [5.0, 8.0]}, index=["oxygen", "ammonia"])
    for value in (0.0, 2.0, 3.0, 4.0, 7.0, 8.0, 99.0):
        found = membership({"ammonia": value, "oxygen": 12.0}, limits)
        np.testing.assert_allclose(found.sum(axis=1), 1.0)
        np.testing.assert_allclose(found.loc["oxygen"], [0.4, 0.6, 0.0])
        np.testing.assert_allclose(found.loc["ammonia"] @ limits.loc["ammonia"], np.clip(value, 2, 8))
        assert (found.loc["ammonia"] > 0).sum() <= 2
    assert fuzzy(found).grade == "III"


def test_every_kind_of_table_gives_the_same() -> None:
    wanted = fuzzy(GARMENT, [1, 2, 3, 4]).b.tolist()
    assert fuzzy(GARMENT.to_numpy(), [1, 2, 3, 4]).b.tolist() == wanted
    assert fuzzy(pl.from_pandas(GARMENT), [1, 2, 3, 4]).b.tolist() == wanted
    assert fuzzy(GARMENT, pd.Series([4, 3, 2, 1], GARMENT.index[::-1])).b.tolist() == wanted


@pytest.mark.parametrize(
    ("memberships", "options", "error", "why"),
    [
        (GARMENT * 10, {}, hi.DataError, "row '花色': 2: a membership lies in 0..1; divide votes by their number"),
        ([[0.2, np.nan]], {}, hi.DataError, "column 1, row 0: missing; write 0 for a grade"),
        ([[0.0, 0.0]], {}, hi.DataError, "all memberships are 0"),
        ([[0.5], [1.0]], {}, hi.DataError, "one grade has nothing to be told from"),
        ({"A": GARMENT, "B": GARMENT.iloc[:, :2]}, {}, hi.DataError, "'B': other grades than"),
        (GARMENT, {"weights": [1, 2]}, hi.SpecError, "weights: one number for each of 4 factors"),
        (GARMENT, {"weights": {"花色": 1}}, hi.SpecError, "weights: no value"),
        (GARMENT, {"weights": [1, 2, 3, -4]}, hi.SpecError, "each is a finite number of 0 or more"),
        (GARMENT, {"values": [1, 2]}, hi.SpecError, "values: one number for each of 4 grades"),
        (GARMENT, {"operator": "minmax"}, hi.SpecError, "did you mean 'min_max'"),
        (
            {"A": GARMENT, "B": GARMENT},
            {"weights": {"A": [1, 1, 1, 1], "C": [1, 1, 1, 1]}},
            hi.SpecError,
            "none for 'B'",
        ),
    ],
)
def test_what_is_no_evaluation_is_refused(memberships, options, error, why) -> None:
    with pytest.raises(error, match=why):
        fuzzy(memberships, **options)


@pytest.mark.parametrize(
    ("x", "limits", "error", "why"),
    [
        ([1.0, 2.0], [[1, 2, 3]], hi.SpecError, "x: one number for each of 1 factor"),
        (
            [np.nan, 2.0],
            [[1, 2], [2, 2]],
            hi.DataError,
            "row 0: no finite value\nrow 1: its limits neither rise nor fall",
        ),
        ([2.0], [[1]], hi.DataError, "two grades or more"),
    ],
)
def test_what_has_no_membership_is_refused(x, limits, error, why) -> None:
    with pytest.raises(error, match=why):
        membership(x, limits)
