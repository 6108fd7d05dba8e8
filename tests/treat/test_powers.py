"""Logarithms and powers: closed forms, SciPy at the same lambda, the peak of the likelihood, bad input."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats
from support.laws import LAW, close

from hengdian_index import treat
from hengdian_index.errors import DataError, SpecError
from hengdian_index.treat.powers import _log_ratio

POSITIVE = arrays(np.int64, st.integers(6, 40), elements=st.integers(1, 4000), unique=True).map(lambda v: v / 8.0)
SIGNED = arrays(np.int64, st.integers(6, 40), elements=st.integers(-900, 4000), unique=True).map(lambda v: v / 8.0)
LAMBDAS = st.sampled_from([-2.0, -0.5, -1e-9, 0, 1e-9, 0.3, 1, 2, 3.5])


def test_log_of_each_offset_in_closed_form():
    x = np.array([[2.0], [3.0], [4.0], [102.0]])
    close(treat.log(x).table, np.log(x))
    close(treat.log(x, offset="one").table, np.log(x - 1))
    close(treat.log(x, offset="range").table, np.log(x - 1))
    close(treat.log(-x, offset="range").table, -np.log(x - 1))


def test_the_log_of_a_treatment_tells_the_formula():
    _, log = treat.log(pd.DataFrame({"a": [1.0, 2, 4, 51]}), offset="range")
    assert log["why"].unique().tolist() == ["ln(x - 1 + 0.5)"]
    assert log["after"].iloc[-1] == pytest.approx(math.log(50.5))
    _, log = treat.box_cox([[1.0], [3.0]], lmbda=2)
    assert log["why"].unique().tolist() == ["Box-Cox of x, lambda 2"]


def test_no_logarithm_returns_its_input_unchanged():
    x = np.array([1.0, 2, 3, 4, 60])
    for offset in ("none", "range", "one"):
        table, log = treat.log(x, offset=offset)
        assert (table != x).all()
        assert len(log) == 5


@LAW
@given(x=POSITIVE, lmbda=LAMBDAS)
def test_box_cox_is_scipys_at_the_same_lambda(x, lmbda):
    close(treat.box_cox(x, lmbda=lmbda).table, special.boxcox(x, lmbda), 1e-13)


@LAW
@given(x=SIGNED, lmbda=LAMBDAS)
def test_yeo_johnson_is_scipys_at_the_same_lambda(x, lmbda):
    close(treat.yeo_johnson(x, lmbda=lmbda).table, stats.yeojohnson(x, lmbda), 1e-13)


def test_a_power_near_0_keeps_its_digits():
    close(treat.box_cox([1.0, 7.0], lmbda=1e-15).table, [0, math.log(7)], 1e-14)
    close(treat.yeo_johnson([1.0, -7.0], lmbda=1e-15).table, [math.log(2), -(8**2 - 1) / 2], 1e-14)


def found(function, x):
    return float(function.fit(x).map.power[0])


@LAW
@given(x=POSITIVE)
def test_the_power_of_box_cox_is_the_peak_of_the_likelihood(x):
    best = found(treat.box_cox, x)
    rivals = [stats.boxcox_llf(rival, x) for rival in best + np.array([-3, -1, -0.1, -1e-3, 1e-3, 0.1, 1, 3])]
    assert stats.boxcox_llf(best, x) >= max(rivals) - 1e-9


@LAW
@given(x=SIGNED)
def test_the_power_of_yeo_johnson_is_the_peak_of_the_likelihood(x):
    best = found(treat.yeo_johnson, x)
    rivals = [stats.yeojohnson_llf(rival, x) for rival in best + np.array([-3, -1, -0.1, -1e-3, 1e-3, 0.1, 1, 3])]
    assert stats.yeojohnson_llf(best, x) >= max(rivals) - 1e-9


def test_the_powers_found_are_scipys():
    x = np.random.default_rng(3).gamma(2.0, size=200)
    assert found(treat.box_cox, x) == pytest.approx(stats.boxcox_normmax(x, method="mle"), abs=1e-6)
    assert found(treat.yeo_johnson, x - 1) == pytest.approx(stats.yeojohnson_normmax(x - 1), abs=1e-6)
    assert found(treat.yeo_johnson, -x) == pytest.approx(2 - found(treat.yeo_johnson, x), abs=1e-6)


def test_the_power_of_box_cox_is_free_of_the_unit_of_measure():
    falling = np.random.default_rng(4).lognormal(sigma=0.7, size=60) + 0.5
    rising = 10 - np.random.default_rng(4).gamma(2.0, size=60)
    assert found(treat.box_cox, falling) < 0 < found(treat.box_cox, rising) < 4
    # A negative power of a very large unit, and a positive one of a very small unit, are flat.
    for x, factors in ((falling, (1e-200, 1e-12, 1e3)), (rising, (1e-3, 1e12, 1e70))):
        for factor in factors:
            assert found(treat.box_cox, x * factor) == pytest.approx(found(treat.box_cox, x), abs=1e-6)


@pytest.mark.parametrize("size", [1e50, 1e100, 1e296])
@pytest.mark.parametrize("function", [treat.box_cox, treat.yeo_johnson])
def test_a_power_that_makes_different_values_one_number_is_refused(function, size):
    x = pd.DataFrame({"a": np.r_[1.0:11, 1000] * size, "b": np.r_[1.0:11, 1000]})
    with pytest.raises(DataError, match=r"'a': different values become one number .*; rescale the unit") as error:
        function(x)
    assert len(error.value.faults) == 1
    with pytest.raises(DataError, match="different values become one number"):
        function(x["a"].to_numpy(), lmbda=-1)
    assert len(np.unique(function(x["a"].to_numpy(), lmbda=0).table)) == 11


@pytest.mark.parametrize("shift", [1e9, 1e15, 1e16])
@pytest.mark.parametrize("function", [treat.box_cox, treat.yeo_johnson])
def test_a_column_next_to_constant_is_refused_or_keeps_its_order(function, shift):
    try:
        assert (np.diff(function(shift + 2 * np.arange(10.0) ** 2).table) > 0).all()
    except DataError as error:
        assert "one number" in str(error) or "too large a number" in str(error)  # noqa: PT017


def test_an_outlier_that_a_power_flattens_is_no_collapse():
    table = treat.box_cox([1.0, 2, 3, 4, 1e12], lmbda=-2).table
    close(table, special.boxcox(np.array([1.0, 2, 3, 4, 1e12]), -2), 1e-13)


@pytest.mark.parametrize("size", [1e-10, 1e-100, 1e-300])
@pytest.mark.parametrize("x", [np.r_[1.0:11, 1000], np.r_[-3.0, 1:11, 1000]])
def test_the_power_of_yeo_johnson_is_found_for_values_next_to_0(size, x):
    # There (1 + x)^l is exp(l x), so that l times the unit does not depend on the unit.
    table = treat.yeo_johnson(x * size).table
    close(table / size, treat.yeo_johnson(x * 1e-8).table / 1e-8, 1e-5)
    assert (np.diff(table) > 0).all()


@pytest.mark.parametrize("size", [1e100, 1e-100])
def test_the_search_for_a_power_survives_numbers_of_any_size(size):
    x = size * np.array([-3.0, -1, 2, 5, 9, 40])
    table, _ = treat.yeo_johnson(x)
    assert np.isfinite(table).all()
    assert (np.diff(table) > 0).all()


def test_a_lambda_for_each_column():
    x = np.array([[4.0, 4.0], [9.0, 9.0]])
    close(treat.box_cox(x, lmbda=[0.5, 1]).table, [[2, 3], [4, 8]])
    frame = pd.DataFrame(x, columns=["a", "b"])
    close(treat.box_cox(frame, lmbda={"b": 1, "a": 0.5}).table, [[2, 3], [4, 8]])
    with pytest.raises(SpecError, match="lmbda: no value for indicator 'b'"):
        treat.box_cox(frame, lmbda={"a": 1})


def test_box_cox_with_an_offset_takes_values_of_any_sign():
    x = np.array([-2.0, -1, 0, 8])
    close(treat.box_cox(x, lmbda=2, offset="one").table, (np.array([1, 2, 3, 11.0]) ** 2 - 1) / 2)
    close(treat.box_cox(x, lmbda=0, offset="range").table, treat.log(x, offset="range").table)


@pytest.mark.parametrize("function", [treat.log, treat.box_cox])
def test_values_that_have_no_logarithm_are_all_named(function):
    frame = pd.DataFrame({"a": [1.0, 0, 3, 4], "b": [1.0, 2, -3, 4]}, index=list("wxyz"))
    with pytest.raises(DataError) as error:
        function(frame)
    assert [str(fault).split(": a log")[0] for fault in error.value.faults] == [
        "column 'a', row 'x': 0",
        "column 'b', row 'y': -3",
    ]


def test_a_later_value_out_of_reach_is_refused():
    with pytest.raises(DataError, match="row 0: -9: outside the reach of the curve"):
        treat.log.fit([1.0, 2, 3, 90], offset="range")([[-9.0]])


def test_a_power_that_is_too_large_a_number_is_refused():
    with pytest.raises(DataError, match="too large a number"):
        treat.box_cox([1.0, 1e300], lmbda=3)


def test_a_range_that_is_no_number_is_refused():
    with pytest.raises(DataError, match="column 0"):
        treat.log([-1.7e308, 0.0, 1.0, 1.7e308], offset="range")


@pytest.mark.parametrize("x", [[1.1, 1.3, 1.7, 2.4, 5.0, 9.0], [1.5, 2.0, 2.25, 2.5, 2.75, 8.0]])
def test_the_power_of_yeo_johnson_for_small_values_above_1_is_scipys(x):
    assert found(treat.yeo_johnson, np.array(x)) == pytest.approx(stats.yeojohnson_normmax(np.array(x)), abs=1e-5)


def test_logarithms_of_ratios_keep_their_digits_near_1():
    level, steps = 1048576.0, np.array([-3.0, -1.0, 0.0, 2.0, 5.0]) / 1024
    exact = [math.log1p(step / level) for step in steps]
    np.testing.assert_allclose(_log_ratio(level + steps), exact, rtol=1e-15)
