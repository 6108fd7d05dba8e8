"""Groups that are normalised again, in draws and with parts left out: they learn again, as when computed again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.tables import panel

import hengdian_index as hi

AGAIN: list[Any] = [
    "rank",
    {"method": "z_score", "mean": 100, "sd": 10},
    "exponential_rank",
    {"method": "relative", "to": "max"},
]


def index(inner: Any, **choices: Any) -> hi.Index:
    """Return a group that is rescaled in one that is, too."""
    return hi.Index(
        unit="city",
        period="quarter",
        groups=[
            hi.Group("all", weights={"left": 2, "c": 1, "d": 1}, rescale={"method": "relative", "to": "mean"}, round=2),
            hi.Group("left", "all", rescale=inner),
        ],
        indicators=[hi.Indicator(code, "left" if code in "ab" else "all") for code in "abcd"],
        **choices,
    )


@pytest.mark.parametrize("inner", AGAIN)
@pytest.mark.parametrize(
    "choices",
    [{}, {"base": "2001"}, {"fit_on": "2001"}, {"base": "2001", "weigh_on": "base"}, {"scope": "period"}],
)
def test_a_draw_is_the_index_computed_again(inner: Any, choices: dict[str, Any]) -> None:
    made, rows = index(inner, **choices), panel(6)
    factors = {"all.weights": hi.Noise(0.3), "left.weights": hi.Noise(0.2)}
    found = hi.uncertainty(made, rows, factors, draws=6)
    for draw in range(3):
        again = found.index_of(draw).compute(rows).scores["all"]
        np.testing.assert_allclose(found.drawn[draw], again, rtol=1e-10)


def test_how_a_group_is_rescaled_may_be_uncertain() -> None:
    rows = panel(6)
    found = hi.uncertainty(index("rank"), rows, {"left.rescale": ["rank", "exponential_rank"]}, draws=8)
    several = {tuple(found.drawn[i]) for i in range(8)}
    assert len(several) == 2
    for draw in range(8):
        np.testing.assert_allclose(found.drawn[draw], found.index_of(draw).compute(rows).scores["all"], rtol=1e-10)


@pytest.mark.parametrize("scope", ["all", "period"])
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("inner", AGAIN)
def test_leaving_a_part_out_is_the_index_without_it(inner: Any, gaps: bool, scope: Any) -> None:
    made, rows = index(inner, scope=scope), panel(6, "vwxyz")
    if gaps:
        rows.loc[[2, 9], ["a", "c"]] = np.nan, 20.0
    found = hi.remove_one(made, rows).scores
    for code in "abcd":
        again = made.replace({code: None}).compute(rows).scores["all"]
        np.testing.assert_allclose(found[code], again, rtol=1e-10)


@pytest.mark.parametrize("first", [False, True])
def test_how_a_group_is_filled_may_be_uncertain(first: bool) -> None:
    rows = panel(6)
    rows["people"], rows["coast"] = (
        np.arange(1.0, 1 + len(rows)),
        ["east" if i % 3 else "west" for i in range(len(rows))],
    )
    rows.loc[rows.index[4], ["a", "b"]] = np.nan
    filled: list[Any] = [
        {"method": "group_mean", "groups": "coast", "weights": "people", "at": "scores"},
        {"method": "mean", "weights": "c", "at": "scores"},
        {"method": "median", "at": "scores"},
    ]
    filled = filled if first else filled[::-1]
    made = index("rank").replace({"left.impute": filled[0]})
    found = hi.uncertainty(made, rows, {"left.impute": filled}, draws=12)
    assert len({tuple(found.drawn[i]) for i in range(12)}) == 3
    for draw in range(12):
        np.testing.assert_allclose(found.drawn[draw], found.index_of(draw).compute(rows).scores["all"], rtol=1e-10)
