"""Breadth of a rise: a slow loop, laws, refusals."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, frozen

from hengdian_index import DataError, SpecError, climate

NAN = math.nan


def slow(table, lag, same):
    found = [NAN] * lag
    for before, now in zip(table, table[lag:], strict=False):
        pairs = [(a, b) for a, b in zip(before, now, strict=True) if not math.isnan(a + b)]
        changes = [100 * (b - a) / a for a, b in pairs]
        points = [0.5 if abs(c) <= same else float(c > 0) for c in changes]
        found.append(100 * sum(points) / len(points) if points else NAN)
    return found


@st.composite
def panels(draw):
    """Draw periods by series of whole numbers from 50 to 150, some missing."""
    n, k = draw(st.integers(4, 8)), draw(st.integers(1, 5))
    cell = st.one_of(st.integers(50, 150).map(float), st.just(NAN))
    return np.array(draw(st.lists(st.lists(cell, min_size=k, max_size=k), min_size=n, max_size=n)))


@LAW
@given(x=panels(), lag=st.integers(1, 3), same=st.sampled_from([0.0, 0.3, 7.7]))
def test_breadth_is_the_textbook_count(x, lag, same):
    np.testing.assert_allclose(climate.breadth(frozen(x), lag=lag, same=same), slow(x.tolist(), lag, same), rtol=1e-13)


@LAW
@given(x=panels())
def test_only_the_order_of_two_values_counts(x):
    found = climate.breadth(x)
    np.testing.assert_array_equal(climate.breadth(x**3 - 9), found)
    np.testing.assert_allclose(climate.breadth(-x), 100 - found, atol=1e-12)


def test_all_rise_none_rises_all_stay():
    rising = np.arange(8.0).reshape(4, 2)
    assert climate.breadth(rising)[1:].tolist() == [100.0] * 3
    assert climate.breadth(rising[::-1])[1:].tolist() == [0.0] * 3
    assert climate.breadth(np.full((4, 2), 0.3), same=0.05)[1:].tolist() == [50.0] * 3


def test_the_conference_board_counts_a_change_within_5_hundredths_of_a_per_cent_as_half():
    before = [1000.0, 1000.0, 1000.0, 1000.0, 102.0]
    now = [1000.5, 1000.6, 999.5, 999.4, 102.051]
    counted = [0.5, 1.0, 0.5, 0.0, 0.5]
    assert climate.breadth([before, now], same=0.05)[1] == pytest.approx(100 * sum(counted) / 5)


def test_the_answer_has_the_labels_of_the_periods():
    x = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [3.0, 2.0, 2.0]}, index=["2023Q4", "2024Q1", "2024Q2"])
    found = climate.breadth(x)
    pd.testing.assert_series_equal(found, pd.Series([NAN, 50.0, 75.0], index=x.index, name="breadth"))


def test_a_period_left_out_or_out_of_order_is_named():
    x = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]}, index=["2023Q4", "2024Q2", "2024Q1", "2024Q2"])
    with pytest.raises(DataError) as caught:
        climate.breadth(x)
    assert [str(fault) for fault in caught.value.faults] == [
        "period: after 2023Q4 comes 2024Q2, not 2024Q1; add a row for 2024Q1, empty if need be",
        "period: after 2024Q2 comes 2024Q1, not 2024Q3; sort the rows, each period once",
    ]


def test_rows_of_several_units_are_refused():
    index = pd.MultiIndex.from_product([["CN", "US"], ["2023", "2024"]], names=["country", "year"])
    with pytest.raises(DataError, match="labelled by 'country', 'year': give one unit at a time"):
        climate.breadth(pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]}, index=index))


@pytest.mark.parametrize(
    "index", [pd.date_range("2024-01-01", periods=3, freq="QS"), pd.period_range("2024", periods=3, freq="Y")]
)
def test_dates_and_pandas_periods_are_periods(index):
    x = pd.DataFrame({"a": [1.0, 2.0, 1.0]}, index=index)
    assert climate.breadth(x).tolist()[1:] == [100.0, 0.0]
    with pytest.raises(DataError, match="sort the rows"):
        climate.breadth(x[::-1])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lag": 0}, SpecError, "lag: a whole number of periods, 1 or more, not 0"),
        ({"lag": 1.5}, SpecError, "lag: a whole number is needed"),
        ({"same": -1.0}, SpecError, "same: a change in per cent, 0 or more, not -1"),
        ({"lag": 3}, DataError, "3 rows leave nothing to compare over 3 periods"),
    ],
)
def test_what_cannot_be_compared_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        climate.breadth([[1.0], [2.0], [3.0]], **options)


def test_a_change_of_rounding_is_none():
    for unit in (1.0, 0.1, 1e9):
        x = unit * np.array([[0.3, 7.0, 2.0], [0.1 + 0.2, 7.0, 3.0], [0.3, 6.0, 3.0 + 1e-11]])
        np.testing.assert_allclose(climate.breadth(x)[1:], [200 / 3, 50])
