"""Counting with a dual cut-off: against a loop over persons, its limits, and one spec that goes everywhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index.errors import DataError, SpecError


def slow(x, w, cutoff):
    """Return the censored counts of rows of 0 and 1 by a loop."""
    found = []
    for row in x:
        count = sum(weight for value, weight in zip(row, w, strict=True) if value == 1)
        found.append(count if count >= cutoff or abs(count - cutoff) < 1e-12 else 0.0)
    return found


@given(data=st.data(), cutoff=st.floats(0.05, 1))
def test_counts_are_those_of_a_loop(data, cutoff):
    k = data.draw(st.integers(1, 6))
    x = np.array(data.draw(st.lists(st.lists(st.integers(0, 1), min_size=k, max_size=k), min_size=1, max_size=9)))
    w = np.array(data.draw(st.lists(st.integers(1, 9), min_size=k, max_size=k)), dtype=float)
    w /= w.sum()
    np.testing.assert_allclose(hi.aggregate.counting(x, w, cutoff=cutoff), slow(x, w, cutoff), rtol=0, atol=1e-12)


def test_a_count_that_misses_the_cutoff_by_rounding_meets_it():
    # Ten tenths sum to a little less than 1, and three of them to a little more than .3.
    everything = hi.aggregate.counting(np.ones((1, 10)), [0.1] * 10, cutoff=1)
    assert everything.tolist() == pytest.approx([1.0])
    row = [[1, 1, 1, 0, 0, 0, 0, 0, 0, 0]]
    assert hi.aggregate.counting(row, [0.1] * 10, cutoff=0.3)[0] == pytest.approx(0.3)
    assert hi.aggregate.counting(row, [0.1] * 10, cutoff=0.301).tolist() == [0.0]


def test_a_row_with_a_gap_is_counted_by_what_it_has():
    row = [[1, 0, 1, np.nan]]
    assert hi.aggregate.counting(row, [1, 1, 1, 3], cutoff=0.6)[0] == pytest.approx(2 / 3)
    assert np.isnan(hi.aggregate.counting(row, [1, 1, 1, 3], cutoff=0.6, missing="propagate")[0])


@pytest.mark.parametrize("cutoff", [0, -0.2, 1.01, 2, 33, np.inf])
def test_a_cutoff_that_counts_nobody_or_everybody_is_refused(cutoff):
    with pytest.raises(SpecError, match="cutoff: a number above 0"):
        hi.aggregate.counting([[1, 0]], cutoff=cutoff)


def test_a_deprivation_below_0_is_refused_by_its_cell():
    with pytest.raises(DataError, match=r"row 1.*counting needs values of 0 or more"):
        hi.aggregate.counting([[1, 0], [0, -1]], cutoff=0.5)


def test_a_level_splits_into_the_weights_of_what_the_poor_lack():
    groups = [hi.Group("poor", aggregate={"method": "counting", "cutoff": 0.4}), hi.Group("home", "poor")]
    parts = {"food": "poor", "roof": "home", "water": "home"}
    indicators = [hi.Indicator(code, parent) for code, parent in parts.items()]
    index = hi.Index(normalise="none", groups=groups, indicators=indicators)
    result = index.compute({"food": [1, 0, 0, 1], "roof": [0, 1, 1, 1], "water": [0, 0, 1, 1]})
    assert result.scores["poor"].tolist() == [0.5, 0.0, 0.5, 1.0]
    found = result.contributions(of="level", depth="indicators")
    assert found[["food", "roof", "water"]].to_numpy().tolist() == [
        [0.5, 0.0, 0.0],
        [0.0, 0.0, 0.0],
        [0.0, 0.25, 0.25],
        [0.5, 0.25, 0.25],
    ]
