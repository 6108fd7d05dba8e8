"""Convergence: normal equations and White's sandwich by hand, exact cases, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t
from support.laws import close

import hengdian_index as hi
from hengdian_index.explain import convergence
from hengdian_index.log import journal

pytest.importorskip("statsmodels")


def by_hand(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Return slope, HC1 standard error and p of a line."""
    design = np.column_stack([np.ones(len(x)), x])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ y
    left = y - design @ coefficients
    n = len(x)
    cover = inverse @ (design.T * left**2) @ design @ inverse * n / (n - 2)
    error = np.sqrt(cover[1, 1])
    return coefficients[1], error, 2 * t.sf(abs(coefficients[1] / error), n - 2)


@pytest.fixture
def regions() -> pd.DataFrame:
    """Return 12 regions in 8 years that come closer."""
    rng = np.random.default_rng(4)
    first = rng.lognormal(3, 0.6, 12)
    gap = np.log(first / 20)[:, np.newaxis] * np.exp(-0.08 * np.arange(8))
    return pd.DataFrame(20 * np.exp(gap + rng.normal(0, 0.02, (12, 8))), columns=range(2015, 2023)).rename_axis(
        "region"
    )


def test_it_is_the_regression_by_hand(regions: pd.DataFrame) -> None:
    found = convergence(regions)
    x = regions.to_numpy()
    spread = x.std(axis=0, ddof=1) / x.mean(axis=0)
    close(found.sigma["cv"], spread)
    assert found.sigma.index.tolist() == list(range(2015, 2023))
    close(found.trend[["slope", "se", "p"]], by_hand(np.arange(8.0), spread))
    growth = np.log(x[:, -1] / x[:, 0]) / 7
    close(found.beta[["coefficient", "se", "p"]], by_hand(np.log(x[:, 0]), growth))
    assert found.beta["speed"] == pytest.approx(0.08, abs=0.01)
    assert found.trend["slope"] < 0


@pytest.mark.parametrize("factor", [1e-300, 1e300])
def test_the_unit_of_measure_does_not_matter(regions: pd.DataFrame, factor: float) -> None:
    found, plain = convergence(regions * factor), convergence(regions)
    close(found.sigma["cv"], plain.sigma["cv"])
    np.testing.assert_allclose(found.sigma["sd"] / factor, plain.sigma["sd"], rtol=1e-9)
    np.testing.assert_allclose(found.beta["coefficient"], plain.beta["coefficient"], rtol=1e-6)


def test_an_exact_speed_is_found_back() -> None:
    gaps = np.array([-1.0, 0.3, 0.5, 2.0])[:, np.newaxis] * np.exp(-0.05 * np.arange(5))
    found = convergence(np.exp(3 + gaps))
    assert found.beta["speed"] == pytest.approx(0.05, rel=1e-9)
    assert found.beta["half_life"] == pytest.approx(np.log(2) / 0.05, rel=1e-9)


def test_units_that_part_have_no_speed() -> None:
    found = convergence(np.exp(np.array([[0.1], [0.2], [0.4]]) * np.exp(0.3 * np.arange(4))))
    assert found.beta["coefficient"] > 0
    assert np.isnan(found.beta[["speed", "half_life"]]).all()


def test_a_series_by_unit_and_period_is_the_same(regions: pd.DataFrame) -> None:
    long = regions.stack().rename_axis(["region", "year"])
    close(convergence(long).beta, convergence(regions).beta)
    index, table = hi.example("countries")
    assert convergence(index.compute(table).scores["film"] + 1).sigma["n"].nunique() == 1


def test_units_with_gaps_are_left_out_with_a_line(regions: pd.DataFrame) -> None:
    holed = regions.copy()
    holed.loc[3, 2018] = np.nan
    with journal() as lines:
        found = convergence(holed)
    assert [line.why for line in lines] == ["convergence: 1 unit has no value in some period; left out"]
    close(found.beta, convergence(regions.drop(index=3)).beta)


def test_with_controls_it_is_the_regression_with_them(regions: pd.DataFrame) -> None:
    rng = np.random.default_rng(8)
    controls = pd.DataFrame({"schools": rng.normal(5, 1, 12), "港口": rng.integers(0, 2, 12)}, index=regions.index)
    controls.loc[2, "schools"] = np.nan
    with journal() as lines:
        found = convergence(regions, controls=controls.iloc[::-1])
    assert [line.why for line in lines] == ["convergence: 1 unit has no value in some period, or no control; left out"]
    x = regions.drop(index=2).to_numpy()
    growth = np.log(x[:, -1] / x[:, 0]) / 7
    design = np.column_stack([np.ones(11), np.log(x[:, 0]), controls.drop(index=2)])
    coefficients = np.linalg.lstsq(design, growth, rcond=None)[0]
    inverse = np.linalg.inv(design.T @ design)
    left = growth - design @ coefficients
    errors = np.sqrt(np.diag(inverse @ (design.T * left**2) @ design @ inverse * 11 / 7))
    assert found.terms.index.tolist() == ["constant", "first", "schools", "港口"]
    close(found.terms["coefficient"], coefficients)
    close(found.terms["se"], errors)
    close(found.terms["p"], 2 * t.sf(np.abs(coefficients / errors), 7))
    close(found.beta[["coefficient", "se"]], [coefficients[1], errors[1]])
    assert convergence(regions).terms.index.tolist() == ["constant", "first"]


@pytest.mark.parametrize(
    ("controls", "why"),
    [
        (np.ones((12, 1)), "one is constant"),
        (np.ones((11, 1)), "controls: 11 rows for 12 units"),
        (pd.DataFrame({"a": range(11)}), "controls: no row for unit 11"),
        (pd.DataFrame({"a": range(24)}, index=[*range(12)] * 2), "a unit has several rows"),
        (np.vander(np.arange(12.0), 11)[:, :10], "12 units with a value in every period; 13 are needed"),
    ],
)
def test_controls_that_are_none_are_refused(regions: pd.DataFrame, controls, why) -> None:
    with pytest.raises(hi.DataError, match=why):
        convergence(regions, controls=controls)


@pytest.mark.parametrize(
    ("y", "error", "why"),
    [
        ([[1.0, 2.0], [2.0, 3.0], [1.0, 1.0]], hi.DataError, "three periods or more"),
        ([[1.0, 2.0, 0.0]] * 3, hi.DataError, "values above 0"),
        ([[1.0, 2.0, 3.0], [2.0, 1.0, 1.0]], hi.DataError, "2 units with a value in every period; three are needed"),
        ([[100.0, 2.0, 3.0], [100.0, 1.0, 1.0], [100.0, 4.0, 1.0]], hi.DataError, "alike in the first period"),
        (pd.Series([1.0, 2.0, 3.0]), hi.SpecError, "two index levels"),
    ],
)
def test_what_has_no_answer_is_refused(y, error, why) -> None:
    with pytest.raises(error, match=why):
        convergence(y)
