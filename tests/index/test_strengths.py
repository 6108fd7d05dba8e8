"""Obstacle degrees, strengths and weaknesses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi

PANEL = hi.Index(
    unit="who",
    period="when",
    groups=[hi.Group("all")],
    indicators=[hi.Indicator(c, "all") for c in "abcd"],
)


def test_obstacle_degrees_by_hand() -> None:
    index = two_levels(normalise="min_max").replace({"all.weights": {"left": 3, "right": 1}})
    result = index.compute(table())
    z, f = result.normalised, pd.Series({"a": 0.375, "b": 0.375, "c": 0.125, "d": 0.125})
    expected = (f * (1 - z)).div((f * (1 - z)).sum(axis=1), axis=0)
    pd.testing.assert_frame_equal(result.obstacles(), expected)
    np.testing.assert_allclose(result.obstacles().sum(axis=1), 1, rtol=1e-14)


def test_the_scale_does_not_matter() -> None:
    for scale in ({"method": "min_max", "lower": 60, "upper": 100}, {"method": "min_max", "lower": 1, "upper": 100}):
        plain, scaled = (two_levels(normalise=n).compute(table()).obstacles() for n in ("min_max", scale))
        pd.testing.assert_frame_equal(scaled, plain)


def test_a_perfect_row_has_no_obstacle_and_a_gap_stays_one() -> None:
    frame = pd.DataFrame(
        {"who": list("AB"), "when": 2001, "a": [1.0, 2], "b": [1.0, 2], "c": [1.0, 2], "d": [np.nan, 2]}
    )
    frame.loc[2] = ["C", 2001, 1.5, 2.0, 2.0, 1.0]
    obstacles = PANEL.compute(frame).obstacles()
    assert obstacles.loc[("B", 2001)].tolist() == [0, 0, 0, 0]
    assert obstacles.loc[("A", 2001)].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, np.nan], nan_ok=True)


def test_a_scale_without_ends_is_refused() -> None:
    with pytest.raises(hi.SpecError, match="indicator 'a': its normalisation has no best and worst score"):
        two_levels(normalise="z_score").compute(table()).obstacles()


def test_strengths() -> None:
    frame = pd.DataFrame(
        {"who": list("ABC") * 2, "when": [2001] * 3 + [2002] * 3, "a": [1, 2, 3, 9, 5, 6], "b": [3, 2, 1, 1, 5, 6.0],
         "c": [2, 1, 3, 7, 8, 9], "d": [3, 1, 2, 8, 7, 6]}
    )  # fmt: skip
    found = PANEL.compute(frame).strengths("A", 1)
    assert found[["indicator", "rank", "kind"]].values.tolist() == [["a", 1, "strength"], ["b", 3, "weakness"]]
    earlier = PANEL.compute(frame).strengths("A", 1, period=2001)
    assert earlier["indicator"].tolist() == ["b", "a"]
    with pytest.raises(hi.DataError, match="at least 3 rows"):
        PANEL.compute(frame.iloc[:2]).strengths("A")
    with pytest.raises(hi.DataError, match="no unit 'Z'; allowed: A, B, C"):
        PANEL.compute(frame).strengths("Z")


def _three() -> hi.Result:
    return PANEL.compute(
        pd.DataFrame({"who": list("ABC"), "when": 2001, "a": [1.0, 2, 3], "b": [3.0, 2, 1], "c": [2.0, 1, 3],
                      "d": [1.0, 3, 2]})
    )  # fmt: skip


def test_no_indicator_is_both_a_strength_and_a_weakness() -> None:
    found = _three().strengths("B", 3)
    assert found[["indicator", "kind"]].values.tolist() == [
        ["d", "strength"], ["a", "strength"], ["b", "strength"], ["c", "weakness"]
    ]  # fmt: skip
    assert (_three().strengths("B", 9)["kind"] == "strength").all()


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "2"])
def test_a_number_of_strengths_is_whole_and_above_0(n: object) -> None:
    with pytest.raises(hi.SpecError, match="n: a whole number, 1 or more, not"):
        _three().strengths("B", n)  # type: ignore[arg-type]
