"""What goes in comes out: labels, kinds, the calendar, and what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, frozen

from hengdian_index import series
from hengdian_index.errors import DataError, SpecError

NAN = float("nan")
QUARTERS = ["2020Q1", "2020Q2", "2020Q3", "2020Q4", "2021Q1", "2021Q2"]
LEVELS = pd.Series([10.0, 20.0, 30.0, 40.0, 50.0, 60.0], index=QUARTERS, name="产值")
CALLS = {
    "rebase": lambda s: series.rebase(s, s.index[0] if hasattr(s, "index") and hasattr(s, "iloc") else 0),
    "relatives": series.relatives,
    "previous": lambda s: series.relatives(s, base="previous"),
    "chain": series.chain,
    "growth": series.growth,
    "changes": series.changes,
    "contributions": series.contributions,
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@each_call
def test_labels_kind_and_input_are_kept(call):
    table = pd.DataFrame({"a b": [1, 2, 4], "指标": [8, 2, 3]}, index=pd.period_range("2020Q1", periods=3, freq="Q"))
    before = table.copy()
    found = call(table)
    assert found.index.equals(table.index)
    assert list(found.columns) == ["a b", "指标"]
    pd.testing.assert_frame_equal(table, before)
    np.testing.assert_allclose(call(frozen(table)), found, rtol=1e-15)
    np.testing.assert_allclose(call(pl.DataFrame(table.reset_index(drop=True).to_dict("list"))).to_numpy(), found)
    answer = call(pa.table(table.reset_index(drop=True).to_dict("list")))
    assert isinstance(answer, pa.Table)
    np.testing.assert_allclose(answer.to_pandas(), found)


@pytest.mark.parametrize("kind", [list, np.array, pl.Series, lambda values: pa.chunked_array([values])])
def test_a_series_of_another_kind_counts_its_positions(kind):
    found = series.changes(kind([1.0, 2.0, 3.0]), 2)
    assert len(found) == 3
    np.testing.assert_allclose(np.asarray(found, dtype=float), [NAN, NAN, 200.0])


def test_a_pandas_series_keeps_name_and_index():
    found = series.rebase(LEVELS, "2020Q1")
    assert found.name == "产值"
    assert found.index.equals(LEVELS.index)


@pytest.mark.parametrize(
    "labels",
    [
        QUARTERS,
        pd.PeriodIndex(QUARTERS, freq="Q"),
        pd.PeriodIndex(QUARTERS, freq="Q").to_timestamp(),
        ["2020年1季度", "2020-Q2", "Q3 2020", "2020年第四季度", "2021Q1", "2021q2"],
    ],
)
def test_every_spelling_of_a_period_is_the_same_period(labels):
    s = pd.Series(LEVELS.to_numpy(), index=labels)
    np.testing.assert_allclose(series.rebase(s, "2020"), LEVELS / 25 * 100)
    np.testing.assert_allclose(series.changes(s, 4), [NAN] * 4 + [400.0, 200.0])


@each_call
@LAW
@given(data=st.data())
def test_answers_follow_the_calendar_not_the_order_of_the_rows(call, data):
    table = pd.DataFrame({"a": [1.0, 2, 4, 3, 5, 7], "b": [2.0, 3, 3, 1, 6, 5]}, index=QUARTERS)
    order = data.draw(st.permutations(range(6)))
    fixed = (lambda s: series.rebase(s, "2020Q2")) if call is CALLS["rebase"] else call
    found = fixed(table.iloc[order])
    assert list(found.index) == [QUARTERS[i] for i in order]
    pd.testing.assert_frame_equal(found.loc[QUARTERS], fixed(table), rtol=1e-14)


def test_a_default_index_counts_periods_and_keeps_its_numbers():
    tail = pd.Series([1.0, 2.0, 4.0, 8.0])[1:]
    assert series.relatives(tail).to_dict() == {1: 100.0, 2: 200.0, 3: 400.0}
    assert series.rebase(tail, 2).to_dict() == {1: 50.0, 2: 100.0, 3: 200.0}
    assert series.changes(tail.drop(2)).isna().all()


def test_years_may_be_numbers():
    s = pd.Series([1.0, 2.0, 4.0], index=[2019, 2020, 2022])
    assert series.rebase(s, 2020).tolist() == [50.0, 100.0, 200.0]
    assert series.changes(s).isna().tolist() == [True, False, True]


def test_arrays_with_leading_axes_are_many_tables():
    x = np.arange(1.0, 25).reshape(2, 2, 3, 2)
    for call in CALLS.values():
        np.testing.assert_allclose(call(x)[1, 0], call(x[1, 0]), rtol=1e-15)
    np.testing.assert_allclose(
        series.deseasonalise(np.tile(x, (1, 1, 4, 1)), per_year=3)[1, 0],
        series.deseasonalise(np.tile(x[1, 0], (4, 1)), per_year=3),
    )


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (["2020Q1", "2020年1季度"], r"2020Q1 is given 2 times"),
        (["2020", "2020Q1"], r"more than one frequency, year '2020' \(row 0\), quarter '2020Q1' \(row 1\)"),
        (["spring", "2020Q1"], r"cannot read 'spring' \(row 0\)"),
        ([None, "2020Q1"], r"1 of 2 labels is missing: row 0"),
        (pd.MultiIndex.from_product([["A", "B"], [2020]]), r"2 levels; give the series of one unit at a time"),
    ],
)
@each_call
def test_labels_that_are_no_calendar_are_refused(call, index, said):
    with pytest.raises(DataError, match=said):
        call(pd.DataFrame({"a": [1.0, 2.0]}, index=index))


@each_call
def test_text_infinity_and_nothing_are_refused(call):
    with pytest.raises(DataError, match="'x' is not a number"):
        call(pd.DataFrame({"a": [1.0, "x"]}, index=[2019, 2020]))
    with pytest.raises(DataError, match="infinity"):
        call([1.0, np.inf])
    with pytest.raises(DataError, match="empty"):
        call(np.empty((0, 2)))


@pytest.mark.parametrize(
    ("base", "kind", "said"),
    [
        ("2019", DataError, "no row of '2019' in series, which runs from 2020Q1 to 2021Q2"),
        (["2020Q1", "2019"], DataError, "no row of '2019'"),
        ([], DataError, "an empty list"),
        ("sometime", SpecError, "cannot read 'sometime'"),
        ("2020-06", SpecError, "finer than the data"),
        ("2021:2020", SpecError, "runs backwards"),
    ],
)
def test_a_base_that_is_not_there_is_refused(base, kind, said):
    with pytest.raises(kind, match=said):
        series.rebase(LEVELS, base)


@pytest.mark.parametrize(("base", "kind"), [(7, DataError), (-1, DataError), ("2020", SpecError), (1.5, SpecError)])
def test_positions_are_counted_from_0(base, kind):
    with pytest.raises(kind, match="position"):
        series.rebase([1.0, 2.0], base)


@pytest.mark.parametrize(
    ("base", "mean"),
    [
        ("2020Q2", 20),
        ("2020", 25),
        ("2020Q3:2021Q1", 40),
        (slice("2020Q3", "2021Q1"), 40),
        (":2020Q2", 15),
        (["2020Q1", "2021Q1"], 30),
        (pd.Period("2021Q2", freq="Q"), 60),
    ],
)
def test_a_base_is_a_period_a_span_or_a_list(base, mean):
    np.testing.assert_allclose(series.rebase(LEVELS, base), LEVELS / mean * 100, rtol=1e-15)


@pytest.mark.parametrize(("base", "mean"), [(1, 20), (slice(1, 3), 25), (slice(None, 2), 15), ([0, 5], 35)])
def test_a_base_of_positions(base, mean):
    np.testing.assert_allclose(series.rebase(LEVELS.tolist(), base), LEVELS / mean * 100, rtol=1e-15)


def test_years_that_do_not_say_so_are_annualised_as_they_are():
    sales = [100.0, 110.0, 99.0]
    once = series.changes(sales, how="annualised", per_year=1)
    np.testing.assert_allclose(once, series.changes(sales), rtol=1e-12)
    with pytest.raises(SpecError, match="per_year: a whole number of 1 or more, not 0"):
        series.changes(sales, how="annualised", per_year=0)
