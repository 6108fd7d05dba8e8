"""Lines between published limits, beside numpy's, the standard of air quality, and the rules of enterprises."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW
from support.workbooks import check, formulas, written

import hengdian_index as hi
from hengdian_index.normalise import piecewise

VALUES = st.lists(st.integers(-40, 40).map(float), min_size=8, max_size=25, unique=True).map(np.array)
# Concentrations of PM2.5 (24 hours) and their index of air quality, HJ 633-2012, table 1.
CONCENTRATIONS = [0, 35, 75, 115, 150, 250, 350, 500]
INDEX = [0, 50, 100, 150, 200, 300, 400, 500]


def test_the_index_of_air_quality_is_that_of_its_standard() -> None:
    found = piecewise(np.array(CONCENTRATIONS, dtype=float), at=CONCENTRATIONS, scores=INDEX)
    assert found.tolist() == INDEX
    # (IAQI_high - IAQI_low) / (BP_high - BP_low) (C - BP_low) + IAQI_low
    assert piecewise([95.0], at=CONCENTRATIONS, scores=INDEX).tolist() == [(150 - 100) / (115 - 75) * (95 - 75) + 100]


def test_five_standards_give_the_score_of_the_enterprise_rules() -> None:
    """Basic score of the grade, and the share of the way to the next times the step between the two."""
    standards = {"较差值": -3.2, "较低值": 0.4, "平均值": 3.1, "良好值": 7.2, "优秀值": 10.9}
    value, step = 5.0, (5.0 - 3.1) / (7.2 - 3.1)
    found = piecewise([value, -3.3, 12.0], at=list(standards.values()), below=0)
    np.testing.assert_allclose(found, [60 + step * 20, 0, 100], rtol=1e-12)


LIMITS = st.lists(st.integers(-30, 30).map(float), min_size=2, max_size=6, unique=True).map(sorted)


@LAW
@given(VALUES, LIMITS, st.sampled_from([1, -1]), st.data())
def test_lines_between_limits_are_numpys(x: np.ndarray, at: list[float], direction: int, data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.integers(1, 9), min_size=len(at), max_size=len(at)))
    scores = np.cumsum(steps).astype(float)
    limits = np.array(at) if direction == 1 else -np.array(at)[::-1]
    found = piecewise(x, at=at, scores=scores.tolist(), direction=direction)
    np.testing.assert_allclose(found, np.interp(direction * x, limits, scores), rtol=1e-12)
    along = piecewise(x, at=at, scores=scores.tolist(), direction=direction, clip=False)
    inside = (direction * x >= limits[0]) & (direction * x <= limits[-1])
    np.testing.assert_allclose(along[inside], found[inside], rtol=1e-12)
    slope = (scores[-1] - scores[-2]) / (limits[-1] - limits[-2])
    beyond = direction * x > limits[-1]
    np.testing.assert_allclose(along[beyond], scores[-1] + slope * (direction * x[beyond] - limits[-1]), rtol=1e-9)


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("below", [None, 0.0])
@pytest.mark.parametrize("direction", [1, -1])
def test_formulas_and_expressions_of_lines_give_the_scores(clip, below, direction, tmp_path) -> None:
    choice = {"method": "piecewise", "at": [0, 2, 5], "scores": [10, 50, 100], "clip": clip}
    choice |= {} if below is None else {"below": below}
    index = hi.Index(
        groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all", normalise=choice, direction=direction)]
    )
    table = pd.DataFrame({"a": [-1.0, 0.0, 1.0, 2.0, 4.0, 5.0, 9.0, np.nan]})
    fitted = index.fit(table)
    wanted = fitted.score(table).scores["all"].to_numpy()
    np.testing.assert_allclose(fitted.expressions().apply(table)["all"], wanted, rtol=1e-12)
    result = fitted.score(table)
    book = written(result, tmp_path / "lines.xlsx")
    check(book, result)
    assert formulas(book, "normalised", "a") == 7


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"at": [0, 2, 1], "scores": [1, 2, 3]}, "at: numbers that rise"),
        ({"at": [0, 2]}, "at: 2 limits, and 5 scores"),
        ({"at": [0, 1], "scores": [2, 1]}, "scores: two or more numbers that rise"),
        ({"at": {"a": [0, 1], "b": [1]}, "scores": [1, 2]}, "at of 'b': 1 limits, and 2 scores"),
        ({"at": [0, 1], "scores": [1, 2], "below": 3}, "below: a score of 1 or less"),
        ({"at": [0, 1], "scores": [1, 2], "direction": hi.Target(1)}, "direction 1 or -1"),
    ],
)
def test_limits_that_cannot_be_are_refused(options, why: str) -> None:
    with pytest.raises(hi.SpecError, match=why):
        piecewise([1.0, 2.0], **options)
