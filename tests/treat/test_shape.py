"""Skewness and kurtosis: slow formulas, SciPy, and the numbers that COINr prints for the ASEM indicators."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.laws import LAW

from hengdian_index._maths.shape import kurtosis, skewness
from hengdian_index._maths.stats import Moments

COLUMNS = st.lists(st.integers(-500, 500), min_size=4, max_size=30).filter(lambda values: len(set(values)) > 1)


def slow_shape(values):
    n, mean = len(values), math.fsum(values) / len(values)
    m2, m3, m4 = (math.fsum((value - mean) ** p for value in values) / n for p in (2, 3, 4))
    g1, g2 = m3 / m2**1.5, m4 / m2**2 - 3
    return math.sqrt(n * (n - 1)) / (n - 2) * g1, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)


def shape(values):
    moments = Moments.of(np.array(values, dtype=float)[:, np.newaxis])
    return float(skewness(moments)[0]), float(kurtosis(moments)[0])


@LAW
@given(values=COLUMNS)
def test_shape_is_the_textbook_formula(values):
    np.testing.assert_allclose(shape(values), slow_shape(values), rtol=1e-9, atol=1e-9)


@LAW
@given(values=COLUMNS)
def test_shape_is_what_scipy_calls_unbiased(values):
    wanted = stats.skew(values, bias=False), stats.kurtosis(values, bias=False)
    np.testing.assert_allclose(shape(values), wanted, rtol=1e-9, atol=1e-9)


@LAW
@given(values=COLUMNS, factor=st.sampled_from([1e-12, 3.0, 1e150]))
def test_shape_is_free_of_the_unit_of_measure(values, factor):
    np.testing.assert_allclose(shape(np.array(values) * factor), shape(values), rtol=1e-6, atol=1e-9)


def test_a_mirrored_column_has_the_opposite_skewness():
    values = [1, 2, 4, 9, 30]
    assert shape([-value for value in values])[0] == pytest.approx(-shape(values)[0], rel=1e-12)


@pytest.mark.parametrize("values", [[3.0, 3.0, 3.0, 3.0], [1.0, 2.0]])
def test_shape_is_undefined_for_a_constant_or_too_few_values(values):
    assert np.isnan(shape(values)).all()


def test_three_values_have_a_skewness_and_no_kurtosis():
    g1, g2 = shape([1.0, 2.0, 9.0])
    assert g1 == pytest.approx(math.sqrt(6) * math.sqrt(3) * 90 / 38**1.5, rel=1e-12)
    assert np.isnan(g2)


def test_missing_values_are_left_out():
    assert shape([1.0, np.nan, 2.0, 4.0, 90.0]) == shape([1.0, 2.0, 4.0, 90.0])


def test_asem_skewness_and_kurtosis_before_and_after_treatment(software):
    case = software / "coinr_asem" / "pipeline"
    details = pd.read_csv(case / "5_treated_details.csv", index_col="iCode")
    for name, stage in (("4_screened.csv", 0), ("5_treated.csv", 1)):
        table = pd.read_csv(case / name, index_col="uCode")[details.index]
        moments = Moments.of(table.to_numpy(dtype=float))
        for found, word in ((skewness(moments), "Skew"), (kurtosis(moments), "Kurt")):
            wanted = details[f"check_SkewKurt{stage}.{word}"].to_numpy()
            there = ~np.isnan(wanted)
            assert there.sum() == (49 if stage == 0 else 15)
            np.testing.assert_allclose(found[there], wanted[there], rtol=0, atol=1e-9)
