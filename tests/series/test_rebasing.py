"""Rebasing, relatives and linking: laws and refusals."""

from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

from hengdian_index import series
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal

NAN = float("nan")
VALUES = st.floats(0.01, 1e6)


@st.composite
def quarterly(draw, least=2, most=12):
    """Draw a series of quarters."""
    values = draw(st.lists(VALUES, min_size=least, max_size=most))
    return pd.Series(values, index=pd.period_range("2001Q1", periods=len(values), freq="Q").astype(str))


@LAW
@given(s=quarterly(), data=st.data())
def test_rebasing_twice_is_once_and_can_be_undone(s, data):
    base, other = (data.draw(st.sampled_from(list(s.index))) for _ in range(2))
    once = series.rebase(s, base)
    np.testing.assert_allclose(series.rebase(once, base), once, rtol=1e-14)
    np.testing.assert_allclose(series.rebase(series.rebase(s, other), base), once, rtol=1e-14)
    np.testing.assert_allclose(series.rebase(once, base, to=s[base]), s, rtol=1e-14)
    assert once[base] == 100


@LAW
@given(s=quarterly(), to=st.floats(0.1, 1e4))
def test_rebasing_sets_the_mean_of_the_base_and_keeps_growth(s, to):
    found = series.rebase(s, "2001", to)
    assert found["2001Q1":"2001Q4"].mean() == pytest.approx(to, rel=1e-13)
    np.testing.assert_allclose(found / found.shift(), s / s.shift(), rtol=1e-13)


@LAW
@given(s=quarterly())
def test_relatives_to_the_previous_period_multiply_to_those_to_the_first(s):
    steps = series.relatives(s, base="previous")
    assert np.isnan(steps.iloc[0])
    np.testing.assert_allclose((steps / 100).fillna(1).cumprod() * 100, series.relatives(s), rtol=1e-13)
    np.testing.assert_allclose(series.relatives(s), series.rebase(s, "2001Q1"), rtol=1e-15)


def test_a_base_with_a_missing_value_is_said():
    s = pd.DataFrame({"a": [1.0, NAN, 3.0], "b": [1.0, 2.0, 3.0]}, index=[2019, 2020, 2021])
    with journal() as lines:
        found = series.rebase(s, "2019:2021")
    np.testing.assert_allclose(found["a"], [50.0, NAN, 150.0])
    assert [line.why for line in lines] == [
        "series, column 'a': the base level is the mean of the values present; some are missing"
    ]


def test_bases_of_0_or_without_value_are_named_together():
    s = pd.DataFrame({"a": [0.0, 2.0], "b": [1.0, 2.0], "c": [NAN, 1.0]}, index=[2019, 2020])
    with pytest.raises(DataError) as found:
        series.rebase(s, 2019)
    assert [str(fault) for fault in found.value.faults] == [
        "series, column 'c': no value in the base period (2019); take another",
        "series, column 'a': the mean over the base period (2019) is 0; take another",
    ]


def test_what_rounding_leaves_of_a_base_of_0_is_0():
    with pytest.raises(DataError, match="is 0"):
        series.rebase([0.1, 0.2, -0.3], slice(None))


def test_a_base_below_0_turns_the_series_over_and_is_said():
    with journal() as lines:
        assert series.rebase([-2.0, 4.0], 0).tolist() == [100.0, -200.0]
    assert "below 0" in lines[0].why


def test_large_values_do_not_overflow_and_what_does_is_refused():
    assert series.rebase([1e308, 1.5e308], slice(None)).tolist() == pytest.approx([80.0, 120.0])
    with pytest.raises(DataError, match="position 1: 1e\\+300: the answer is beyond the range"):
        series.rebase([1e-300, 1e300], 0)


@pytest.mark.parametrize("to", [0, NAN, np.inf])
def test_a_base_level_that_is_none_is_refused(to):
    with pytest.raises(SpecError, match="to: a finite number other than 0"):
        series.rebase([1.0, 2.0], 0, to)


def test_a_previous_value_of_0_is_refused_where_it_matters():
    with pytest.raises(DataError, match="position 2: 5: the value before it is 0"):
        series.relatives([1.0, 0.0, 5.0], base="previous")
    assert series.relatives([1.0, 0.0, NAN], base="previous").tolist()[1] == 0


@LAW
@given(old=quarterly(least=4), new=quarterly(), shift=st.integers(0, 3))
def test_linking_keeps_every_growth_rate_within_a_series(old, new, shift):
    new.index = pd.period_range(old.index[shift], periods=len(new), freq="Q").astype(str)
    at = old.index[shift]
    found = series.link(old, new, at, details=True)
    assert found.factor == pytest.approx(new[at] / old[at], rel=1e-13)
    joint = found.series
    assert list(joint.index) == [*old.index[: shift + 1], *new.index[1:]]
    np.testing.assert_allclose(series.growth(joint[:at]), series.growth(old[:at]), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(series.growth(joint[at:]), series.growth(new), rtol=1e-9, atol=1e-9)


def test_over_a_span_means_are_compared_over_what_both_have():
    old = pd.Series([1.0, 2.0, 3.0, 9.0], index=["2020Q3", "2020Q4", "2021Q1", "2021Q2"])
    new = pd.Series([20.0, 60.0, NAN, 70.0], index=["2020Q4", "2021Q1", "2021Q2", "2021Q3"])
    with journal() as lines:
        found = series.link(old, new, "2020Q3:2021Q2", details=True)
    assert found.factor == 40 / 2.5
    assert found.at == ("2020Q4", "2021Q1")
    np.testing.assert_allclose(found.series, [16.0, 32.0, 48.0, NAN, 70.0])
    assert [line.why for line in lines] == [
        "link: only 2 periods of '2020Q3:2021Q2' have values in both series; these are compared",
        "link: old series multiplied by 16 at 2 periods, 2020Q4 to 2021Q1",
    ]
    with pytest.raises(FrozenInstanceError):
        found.factor = 1


def test_tables_link_column_by_column():
    old = pd.DataFrame({"a": [1.0, 2.0], "b": [4.0, 5.0]}, index=[2019, 2020])
    new = pd.DataFrame({"a": [10.0, 11.0], "b": [10.0, 20.0]}, index=[2020, 2021])
    found = series.link(old, new, 2020, details=True)
    assert found.factor.to_dict() == {"a": 5.0, "b": 2.0}
    assert found.series.to_dict("list") == {"a": [5.0, 10.0, 11.0], "b": [8.0, 10.0, 20.0]}
    assert list(found.series.index) == [2019, 2020, 2021]


def test_positions_of_arrays_are_the_same_periods():
    assert series.link([1.0, 2.0], [3.0, 4.0, 5.0], 1).tolist() == [2.0, 4.0, 5.0]
    assert series.link(pl.Series("a", [1.0, 2.0]), pl.Series("a", [3.0, 4.0, 5.0]), 1).to_list() == [2.0, 4.0, 5.0]


OLD = pd.Series([1.0, 2.0, 0.0], index=[2019, 2020, 2021])


@pytest.mark.parametrize(
    ("new", "at", "said"),
    [
        (pd.Series([3.0], index=[2022]), 2020, "no row of 2020 in new, which runs from 2022 to 2022"),
        (pd.Series([NAN, 3.0], index=[2020, 2022]), 2020, "have no period in common"),
        (pd.Series([3.0], index=[2021]), 2021, "old has the level 0, new 3"),
        (pd.Series([-3.0], index=[2020]), 2020, "old has the level 2, new -3"),
        (pd.Series([3.0], index=["2020Q1"]), 2020, "old has years, new has quarters"),
        ([1.0, 2.0], 1, "of one kind"),
        (pd.DataFrame({"a": [1.0]}, index=[2020]), 2020, "of one kind"),
    ],
)
def test_series_that_do_not_link_are_refused(new, at, said):
    with pytest.raises(DataError, match=said):
        series.link(OLD, new, at)


def test_tables_with_other_columns_do_not_link():
    with pytest.raises(DataError, match="old has the columns 'a', new 'b'"):
        series.link(OLD.to_frame("a"), OLD.to_frame("b"), 2020)
    with pytest.raises(DataError, match="old has 2 columns, new 1"):
        series.link(np.ones((3, 2)), np.ones((3, 1)), 0)


def test_a_base_may_be_a_mask():
    s = pd.Series([40.0, 50.0, 60.0], index=[2019, 2020, 2021])
    assert series.rebase(s, [True, False, True]).tolist() == pytest.approx([80.0, 100.0, 120.0])
    assert series.rebase(s, pd.Series([True, False, False], index=[2021, 2020, 2019])).iloc[2] == 100.0
    with pytest.raises(DataError, match="selects no row"):
        series.rebase(s, [False] * 3)
