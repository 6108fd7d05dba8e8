"""Contributions through scores that are normalised again and rounded: exact where that is a line, stated where not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.tables import panel, table

import hengdian_index as hi

LINES: list[Any] = [
    {"method": "z_score", "mean": 100, "sd": 10},
    {"method": "relative", "to": "max"},
    "min_max",
    {"method": "distance_to_target", "target": 40.0},
]
CURVES: list[Any] = ["rank", "exponential_rank", "normal_score", "logistic", "square_root"]


def chosen(inner: Any, outer: Any = None, digits: Any = None, **choices: Any) -> hi.Index:
    """Return two levels, of which the left group and the whole are rescaled."""
    addresses = {"left.rescale": inner, "all.rescale": outer, "all.round": digits, "left.round": digits}
    return two_levels(**choices).replace(addresses)


@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", {"method": "mean_min", "alpha": 0.4, "beta": 1.0}])
@pytest.mark.parametrize("depth", ["children", "indicators"])
@pytest.mark.parametrize("inner", LINES + CURVES)
def test_parts_sum_to_the_change_whatever_scores_go_through(inner: Any, depth: Any, aggregate: Any) -> None:
    outer, choices = (
        {"method": "min_max", "lower": 20, "upper": 80},
        {"all.aggregate": "arithmetic", "left.aggregate": aggregate},
    )
    for digits in (None, 1):
        result = chosen(inner, outer, digits, to="none").replace(choices).compute(table(16))
        change = result.changes(how="points")["all"].to_numpy()[1:]
        for split in ("interaction", "shapley"):
            parts = result.contributions(depth=depth, split=split)  # type: ignore[arg-type]
            np.testing.assert_allclose(parts.sum(axis=1, skipna=False).to_numpy()[1:], change, atol=1e-9)


@pytest.mark.parametrize("depth", ["children", "indicators"])
@pytest.mark.parametrize("inner", LINES + CURVES)
def test_parts_sum_to_the_level_whatever_scores_go_through(inner: Any, depth: Any) -> None:
    for digits in (None, 1):
        result = chosen(inner, {"method": "z_score", "mean": 100, "sd": 10}, digits).compute(table(16))
        parts = result.contributions(of="level", depth=depth)
        np.testing.assert_allclose(parts.sum(axis=1), result.series()["all"], rtol=1e-12)
        assert ("rounding" in parts) is (digits is not None)


def test_a_line_multiplies_each_part_by_its_slope() -> None:
    rows = table(16)
    before = two_levels(to="none").compute(rows)
    again = {"method": "z_score", "mean": 100, "sd": 10}
    result = two_levels(to="none").replace({"all.rescale": again}).compute(rows)
    slope = 10 / before.scores["all"].std(ddof=1)
    for of in ("level", "change"):
        wanted = slope * before.contributions(of=of, depth="indicators")  # type: ignore[arg-type]
        found = result.contributions(of=of, depth="indicators")  # type: ignore[arg-type]
        np.testing.assert_allclose(found[list("abcd")], wanted[list("abcd")], rtol=1e-10)
        assert list(found.columns[4:]) == (["rescaling"] if of == "level" else [])
    constant = 100 - slope * before.scores["all"].mean()
    np.testing.assert_allclose(result.contributions(of="level")["rescaling"], constant)


def test_parts_of_a_ranked_level_keep_their_proportions() -> None:
    rows = table(16)
    before = two_levels(to="none").compute(rows).contributions(of="level")
    result = two_levels(to="none").replace({"all.rescale": "rank"}).compute(rows)
    parts = result.contributions(of="level")
    assert list(parts.columns) == ["left", "right"]
    np.testing.assert_allclose(parts["left"] / parts["right"], before["left"] / before["right"])
    np.testing.assert_allclose(parts.sum(axis=1), result.scores["all"])


def test_what_rounding_does_is_said_apart() -> None:
    rows = table(16)
    plain, result = (two_levels(to="none").replace({"all.round": n}).compute(rows) for n in (None, 0))
    parts = result.contributions(of="level", depth="indicators")
    np.testing.assert_allclose(parts["rounding"], result.scores["all"] - plain.scores["all"], atol=1e-12)
    np.testing.assert_allclose(parts[list("abcd")], plain.contributions(of="level", depth="indicators")[list("abcd")])


@pytest.mark.parametrize("depth", ["children", "indicators"])
@pytest.mark.parametrize("inner", [LINES[0], LINES[1], "rank", "exponential_rank"])
def test_parts_sum_where_each_period_has_its_own_map(inner: Any, depth: Any) -> None:
    rows = panel(6, "vwxyz")
    made = chosen(inner, {"method": "z_score", "mean": 100, "sd": 10}, 1, to="none").replace(
        {"unit": "city", "base": None}
    )
    result = made.replace({"scope": "period"}).compute(rows)
    change = result.changes(how="points")["all"]
    for split in ("interaction", "shapley"):
        parts = result.contributions(depth=depth, split=split)  # type: ignore[arg-type]
        np.testing.assert_allclose(parts.sum(axis=1, skipna=False), change, atol=1e-9)
        assert "rescaling" in parts
    parts = result.contributions(of="level", depth=depth)
    np.testing.assert_allclose(parts.sum(axis=1), result.scores["all"], rtol=1e-12)


@pytest.mark.parametrize("series", ["fixed", "ratio"])
@pytest.mark.parametrize("content", ["link", "restate"])
def test_parts_sum_across_a_change_of_content(series: Any, content: Any) -> None:
    made = hi.Index(
        unit="city",
        period="quarter",
        base="2001",
        series=series,
        content=content,
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[
            hi.Group("all", rescale={"method": "min_max", "lower": 10, "upper": 90}),
            hi.Group("left", "all", rescale="rank"),
        ],
        indicators=[
            hi.Indicator("a", "left"),
            hi.Indicator("b", "left", end="2001Q4"),
            hi.Indicator("c", "left", start="2002Q1", replaces="b"),
            hi.Indicator("d", "all"),
        ],
    )
    result = made.compute(panel(10))
    levels = result.series()["all"]
    for depth in ("children", "indicators"):
        parts = result.contributions(depth=depth)  # type: ignore[arg-type]
        change = levels.groupby("city").diff()
        np.testing.assert_allclose(parts.sum(axis=1, skipna=False), change, rtol=1e-9, atol=1e-9)
        parts = result.contributions(of="level", depth=depth)  # type: ignore[arg-type]
        np.testing.assert_allclose(parts.sum(axis=1), levels, rtol=1e-9)
