"""Numbers at the ends of their range, and far from 0: refused by name or exact, never infinite, missing or blurred."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from support.laws import LAW, attempt, declared, every, numbers, public, tables

import hengdian_index as hi


def index(**choices: Any) -> hi.Index:
    group = {name: choices.pop(name) for name in ("aggregate", "weights_since") if name in choices}
    return hi.Index(
        unit="town",
        period="year",
        normalise="none",
        base="2001",
        groups=[hi.Group("all", **group)],
        indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all")],
        **choices,
    )


def two_towns(first: float, last: float) -> pd.DataFrame:
    """Return two towns over two years; the second goes from one number to another."""
    ends = [2.0, 3.0, first, last]
    return pd.DataFrame({"town": ["P", "P", "Q", "Q"], "year": [2001, 2002] * 2, "a": ends, "b": ends})


SHAPES = [
    {},
    {"aggregate": "geometric"},
    {"aggregate": "mazziotta_pareto"},
    {"weights_since": {2002: {"a": 3, "b": 1}}},
    {"series": "ratio"},
    {"series": "log"},
    {"series": "symmetric"},
]


@pytest.mark.parametrize("choices", SHAPES, ids=str)
@pytest.mark.parametrize("ends", [(1e-300, 1e300), (1.0, 1.7e308), (1e-308, 1.7e308)])
def test_a_level_too_large_for_a_number_is_refused_by_unit_period_and_group(
    choices: dict[str, Any], ends: tuple[float, float]
) -> None:
    if choices.get("series") == "symmetric" and ends[1] < 1e308:
        pytest.skip("symmetric growth from nearly nothing has its own end, at 200")
    with pytest.raises(hi.DataError, match=r"unit 'Q'.*(2002|base).*too large a number; rescale the columns"):
        index(**choices).compute(two_towns(*ends)).series()


def test_a_base_level_too_small_to_divide_by_is_refused_by_unit_and_group() -> None:
    with pytest.raises(hi.DataError, match=r"unit 'Q': 'all' has the level 3.95253e-323 in the base period.*rescale"):
        index(aggregate="geometric").compute(two_towns(4e-323, 1.0)).series()


def test_changes_and_contributions_too_large_for_a_number_are_refused() -> None:
    result = index(to=None).replace({"base": None}).compute(two_towns(1e-9, 1e300))
    assert result.series()["all"].iloc[3] == pytest.approx(1e300)
    with pytest.raises(hi.DataError, match=r"unit 'Q', period 2002: 'all': its change is too large a number"):
        result.changes()
    assert result.changes(how="points")["all"].iloc[3] == pytest.approx(1e300)
    large = result.contributions(to=None)
    np.testing.assert_allclose(large.iloc[3].sum(), 1e300)


@pytest.mark.parametrize("model", ["additive", "multiplicative"])
def test_seasons_of_very_large_numbers_leave_them(model: str) -> None:
    quarters = [f"{year}Q{quarter}" for year in range(2011, 2017) for quarter in (1, 2, 3, 4)]
    small = pd.Series(np.tile([1.0, 1.5, 0.9, 1.25], 6), index=quarters)
    found = hi.series.deseasonalise(small * 2.0**1023, model=model)
    np.testing.assert_allclose(found / 2.0**1023, hi.series.deseasonalise(small, model=model), rtol=1e-9)


def test_a_series_too_large_without_its_seasons_is_refused() -> None:
    quarters = [f"{year}Q{quarter}" for year in range(2011, 2015) for quarter in (1, 2, 3, 4)]
    swing = np.tile([1.0, -1.0, -1.0, 1.0], 4)
    swing[5] = 1.0
    s = pd.Series(1.7e308 * swing, index=quarters)
    with pytest.raises(hi.DataError, match=r"2012Q2.*too large a number; rescale the series"):
        hi.series.deseasonalise(s)


# A range of less than 1e-12 of the offset would be constant by the rule of `equality`.
FAR = [2.0**20, 2.0**30, 2.0**34]


@every("normalise")
@LAW
@given(x=tables(sign=1, unique=True))
def test_a_score_that_a_small_offset_leaves_a_large_one_leaves_too(
    method: Any, options: dict[str, Any], x: np.ndarray
) -> None:
    domain = declared(method, "domain", options)
    if domain is None or np.isinf(domain[1]):
        _same_far_off(public(method), options, x)


@every("weights")
@LAW
@given(x=tables(sign=1, unique=True, columns=(3, 3)))
def test_weights_that_a_small_offset_leaves_a_large_one_leaves_too(
    method: Any, options: dict[str, Any], x: np.ndarray
) -> None:
    _same_far_off(public(method), options, x)


def _same_far_off(function: Any, options: dict[str, Any], x: np.ndarray) -> None:
    """The values are eighths, so that an offset costs them no digit."""
    plain = numbers(attempt(function, x, **options))
    for offset in (8.0, 1024.0):
        if not np.allclose(plain, numbers(attempt(function, x + offset, **options)), rtol=0, atol=1e-9):
            return
    for offset in FAR:
        found = numbers(attempt(function, x + offset, **options))
        np.testing.assert_allclose(found, plain, rtol=0, atol=1e-8 if function is hi.weights.matched else 1e-10)


@pytest.mark.parametrize("offset", [1e9, 2.0**36])
@pytest.mark.parametrize("direction", [1, -1])
def test_z_scores_far_from_0_are_those_of_exact_fractions(offset: float, direction: int) -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0, 3.0, 5.0])
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / 6
    variance = sum((value - mean) ** 2 for value in exact) / 5
    wanted = [direction * float(value - mean) / float(variance) ** 0.5 for value in exact]
    fitted = hi.normalise.z_score.fit(values + offset, direction=direction)
    np.testing.assert_allclose(fitted(values + offset), wanted, rtol=0, atol=1e-14)
    frame = pd.DataFrame({"x": values + offset})
    one = hi.Index(
        groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g", direction=direction)], normalise="z_score"
    )
    np.testing.assert_allclose(one.compute(frame).scores["g"], wanted, rtol=0, atol=1e-14)


def test_correlations_far_from_0_are_those_near_it_also_merged_from_chunks() -> None:
    from hengdian_index._maths.stats import Products

    rng = np.random.default_rng(4)
    x = rng.integers(0, 64, (9, 3)) / 4.0
    near, far = Products.of(x).correlation(), x + 2.0**36
    np.testing.assert_allclose(Products.of(far).correlation(), near, atol=1e-14)
    np.testing.assert_allclose((Products.of(far[:4]) + Products.of(far[4:])).correlation(), near, atol=1e-14)
