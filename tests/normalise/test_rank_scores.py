"""Scores of ranks: normal scores beside scipy's quantiles, the exponential curve beside a loop over rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, rankdata
from support.laws import LAW

import hengdian_index as hi

VALUES = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=30).map(np.array)


@LAW
@given(VALUES, st.sampled_from([("blom", 3 / 8), ("van_der_waerden", 0), ("rankit", 1 / 2)]))
def test_normal_scores_are_the_quantiles_of_the_mean_ranks(x: np.ndarray, form: tuple[str, float]) -> None:
    name, shift = form
    expected = norm.ppf((rankdata(x) - shift) / (len(x) + 1 - 2 * shift))
    np.testing.assert_allclose(hi.normalise.normal_score(x, form=name), expected, rtol=1e-12, atol=1e-12)


def test_normal_scores_of_a_large_sample_are_nearly_standard() -> None:
    scores = hi.normalise.normal_score(np.random.default_rng(0).lognormal(size=1000))
    assert scores.mean() == pytest.approx(0, abs=1e-12)
    assert scores.std(ddof=1) == pytest.approx(1, abs=0.005)


def exponential(x: np.ndarray, half: float, below: int) -> list[float]:
    """Return the scores of each value by itself, as the report of the index writes them."""
    n, found = len(x), []
    for value in x:
        rank = sum(other < value for other in x) + (sum(other == value for other in x) + 1) / 2
        found.append(-half * math.log(1 - (rank - below) / n * (1 - math.exp(-100 / half))))
    return found


@LAW
@given(VALUES, st.floats(5, 200), st.sampled_from([("share", 0), ("below", 1)]))
def test_exponential_ranks_are_those_of_a_loop(x: np.ndarray, half: float, form: tuple[str, int]) -> None:
    name, below = form
    found = hi.normalise.exponential_rank(x, half=half, form=name)
    np.testing.assert_allclose(found, exponential(x, half, below), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("half", [1, 10, 23, 1e6])
def test_the_exponential_curve_goes_from_0_to_100(half: float) -> None:
    x = np.arange(1000.0)
    assert hi.normalise.exponential_rank(x, half=half)[-1] == pytest.approx(100, rel=1e-9)
    assert hi.normalise.exponential_rank(x, half=half, form="below")[0] == 0


def test_a_tenth_of_the_units_scores_above_50_with_the_constant_of_23() -> None:
    assert (hi.normalise.exponential_rank(np.arange(32_844.0)) > 50).mean() == pytest.approx(0.1, abs=0.003)


def test_a_constant_of_the_curve_that_is_none_is_refused() -> None:
    for half in (0, -23, 0.5, math.inf):
        with pytest.raises(hi.SpecError, match="half: a number of 1 or more"):
            hi.normalise.exponential_rank([1.0, 2.0], half=half)


def test_a_later_row_takes_the_rank_it_would_have_had() -> None:
    fitted = hi.normalise.normal_score.fit([1.0, 2.0, 3.0, 4.0])
    inside, beyond = fitted([2.5]), fitted([9.0])
    assert hi.normalise.normal_score([1.0, 2.0, 3.0, 4.0])[1] < inside[0] < hi.normalise.normal_score([1.0, 2, 3, 4])[2]
    assert beyond[0] == hi.normalise.normal_score([1.0, 2.0, 3.0, 4.0])[3]


@pytest.mark.parametrize("form", ["blom", "van_der_waerden", "rankit"])
def test_a_later_row_beyond_the_ends_has_the_score_of_the_end(form: str) -> None:
    fitted = hi.normalise.normal_score.fit([1.0, 2.0, 3.0, 4.0], form=form)
    np.testing.assert_array_equal(fitted([-9.0, 9.0]), fitted([1.0, 4.0]))
    assert hi.normalise.exponential_rank.fit([1.0, 2.0], form="below")([-9.0])[0] == 0
