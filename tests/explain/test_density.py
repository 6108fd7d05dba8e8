"""Kernel density: a loop over units, statsmodels, what a curve is like, refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.explain import density
from hengdian_index.log import journal


def by_loop(values: list[float], h: float, x: float) -> float:
    """Return the density at a point, unit by unit."""
    return sum(math.exp(-(((x - v) / h) ** 2) / 2) for v in values) / (len(values) * h * math.sqrt(2 * math.pi))


@LAW
@given(st.lists(st.integers(0, 50), min_size=3, max_size=12), st.sampled_from([0.5, 2.0, 7.0]))
def test_the_curve_is_a_loop_over_units(values: list[int], h: float) -> None:
    assume(len(set(values)) > 1)
    found = density([float(v) for v in values], bandwidth=h, points=33)
    curve = found.curves[0]
    np.testing.assert_allclose(curve, [by_loop(values, h, x) for x in curve.index], rtol=1e-9, atol=1e-15)
    assert found.periods.loc[0, ["n", "bandwidth"]].tolist() == [len(values), h]


def test_each_period_has_its_curve_on_one_axis_and_an_integral_of_1() -> None:
    rng = np.random.default_rng(2)
    panel = pd.DataFrame({2020: rng.normal(5, 1, 31), 2021: np.r_[rng.normal(4, 0.4, 16), rng.normal(9, 0.4, 15)]})
    found = density(panel)
    assert found.curves.columns.tolist() == [2020, 2021]
    np.testing.assert_allclose(np.trapezoid(found.curves, found.curves.index, axis=0), 1, atol=2e-3)
    assert found.periods["peaks"].tolist() == [1, 2]
    assert found.periods.loc[2021, "mode"] == pytest.approx(4, abs=0.5)
    assert found.periods.loc[2020, "height"] == found.curves[2020].max()
    alone = density(panel[2020])
    np.testing.assert_allclose(
        np.interp(5, alone.curves.index, alone.curves[2020]),
        by_loop(panel[2020].tolist(), alone.periods.loc[2020, "bandwidth"], 5.0),
        rtol=1e-3,
    )


def test_rules_are_those_of_statsmodels() -> None:
    bandwidths = pytest.importorskip("statsmodels.nonparametric.bandwidths")
    x = np.random.default_rng(7).lognormal(1, 0.6, 40)
    # There 1.349 and 1.059 are written 1.34 and 1.06 here, as in Silverman's book.
    assert density(x).periods.loc[0, "bandwidth"] == pytest.approx(bandwidths.bw_silverman(x), rel=0.01)
    assert density(x, bandwidth="normal").periods.loc[0, "bandwidth"] == pytest.approx(1.06 * x.std(ddof=1) * 40**-0.2)


def test_a_series_by_unit_and_period_is_the_same() -> None:
    index, table = hi.example("countries")
    scores = index.compute(table).scores["film"]
    wide = scores.unstack()
    pd.testing.assert_frame_equal(density(scores).curves, density(wide).curves, check_names=False)


@pytest.mark.parametrize("factor", [1e-300, 1e-12, 1e300])
def test_the_unit_of_measure_moves_the_axis_alone(factor: float) -> None:
    x = np.array([[0.1, 0.4], [0.3, 0.5], [0.4, 0.9], [0.5, 0.2]])
    plain, scaled = density(x), density(x * factor)
    np.testing.assert_allclose(scaled.curves * factor, plain.curves, rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(scaled.curves.index / factor, plain.curves.index, rtol=1e-9)
    np.testing.assert_allclose(scaled.periods["mode"] / factor, plain.periods["mode"], rtol=1e-9)
    assert scaled.periods["peaks"].tolist() == plain.periods["peaks"].tolist()


def test_missing_values_are_left_out_with_a_line() -> None:
    with journal() as lines:
        found = density([[1.0, 2.0], [2.0, np.nan], [3.0, 3.0], [4.0, 5.0]])
    assert found.periods["n"].tolist() == [4, 3]
    assert [line.why for line in lines] == ["density: 1 missing value is left out"]


def test_where_half_of_the_units_are_alike_the_standard_deviation_sets_the_width() -> None:
    x = [1.0] * 8 + [4.0]
    assert density(x).periods.loc[0, "bandwidth"] == pytest.approx(0.9 * np.std(x, ddof=1) * 9**-0.2)


@pytest.mark.parametrize(
    ("y", "options", "error", "why"),
    [
        (
            [[1.0, 2.0], [1.0, 3.0], [1.0, np.nan]],
            {},
            hi.DataError,
            "period 0: all units are alike.*\\n.*period 1: 2 units",
        ),
        ([1.0, 2.0], {}, hi.DataError, "density: 2 units with a value; three are needed"),
        ([1.0, 2.0, 4.0], {"bandwidth": 0.0}, hi.SpecError, "bandwidth: a finite number above 0"),
        ([1.0, 2.0, 4.0], {"bandwidth": "silvermann"}, hi.SpecError, "did you mean 'silverman'"),
        ([1.0, 2.0, 4.0], {"points": 3}, hi.SpecError, "points: 16 or more, not 3"),
    ],
)
def test_what_has_no_density_is_refused(y, options, error, why) -> None:
    with pytest.raises(error, match=why):
        density(y, **options)
