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
