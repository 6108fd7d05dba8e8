"""Grades of scores: a loop over cuts, rounding at a cut, labels, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.explain import grade


@LAW
@given(st.lists(st.integers(0, 100), min_size=1, max_size=20), st.sampled_from(["en", "zh"]))
def test_grades_of_coordination_are_tenths(hundredths: list[int], lang: str) -> None:
    names = [grade([tenth / 10 + 0.05], lang=lang)[0] for tenth in range(10)]
    assert len(set(names)) == 10
    assert grade([one / 100 for one in hundredths], lang=lang).tolist() == [
        names[min(one // 10, 9)] for one in hundredths
    ]


def test_a_score_that_is_a_cut_but_for_rounding_has_the_higher_grade() -> None:
    assert 0.1 * 3 != 0.3
    assert grade([0.7 - 0.4, 0.1 + 0.2, 0.3]).tolist() == ["mild imbalance"] * 3
    assert grade([1.0], lang="zh").tolist() == ["优质协调"]


def test_they_are_labelled_like_the_scores() -> None:
    scores = pd.DataFrame({"a": [0.05, np.nan], "b": [0.55, 0.95]}, index=["x", "y"])
    found = grade(scores["a"])
    assert found.index.tolist() == ["x", "y"]
    assert found.tolist() == ["extreme imbalance", None]
    expected = pd.DataFrame(
        {"a": ["extreme imbalance", None], "b": ["bare coordination", "excellent coordination"]},
        index=["x", "y"],
        dtype=object,
    )
    assert grade(scores).to_dict() == expected.to_dict()
    assert grade(scores.to_numpy()).shape == (2, 2)


def test_own_cuts_and_labels() -> None:
    found = grade([59.9, 60, 84.9, 85, 400], [60, 85], ["poor", "fair", "good"])
    assert found.tolist() == ["poor", "fair", "fair", "good", "good"]


@pytest.mark.parametrize(
    ("cuts", "labels", "why"),
    [
        ([0.5], None, "give both"),
        (None, ["a", "b"], "give both"),
        ([0.5, 0.2], ["a", "b", "c"], "cuts: rising numbers"),
        (["x"], ["a", "b"], "cuts: rising numbers"),
        ([0.5], ["a"], "labels: 2 texts for 1 cuts"),
    ],
)
def test_what_is_no_scale_is_refused(cuts, labels, why) -> None:
    with pytest.raises(hi.SpecError, match=why):
        grade([0.4], cuts, labels)


def test_scores_outside_of_the_usual_grades_are_refused_by_their_cell() -> None:
    with pytest.raises(hi.DataError, match=r"row 1: 1\.2: outside 0\.\.1; give cuts and labels"):
        grade([0.4, 1.2])
