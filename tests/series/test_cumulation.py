"""Figures of single periods from figures to date: sums give them back, gaps are said, labels are read."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW
from support.tables import quarters

from hengdian_index import series
from hengdian_index._tables.periods import MONTH, QUARTER, YEAR, format_period, read_label, read_periods, read_to_date
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal

NAN = float("nan")


@LAW
@given(flows=st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=14), data=st.data())
def test_the_sums_of_each_year_are_taken_apart_exactly(flows, data):
    s = pd.Series(np.array(flows) / 100, index=quarters(len(flows)))
    to_date = s.groupby([label[:4] for label in s.index]).cumsum().round(2)
    shuffled = to_date.loc[data.draw(st.permutations(list(s.index)))]
    found = series.decumulate(shuffled)
    assert list(found.index) == list(shuffled.index)
    pd.testing.assert_series_equal(found.loc[s.index], s, rtol=0, atol=0)


def test_a_gap_makes_the_period_after_it_missing_and_says_so():
    s = pd.DataFrame(
        {"a": [1.0, 3.0, 6.0, 10.0, 2.0], "b": [1.0, NAN, 4.0, 9.0, 1.0]},
        index=["2021Q1", "2021Q2", "2021Q4", "2022Q2", "2022Q1"],
    )
    with journal() as lines:
        found = series.decumulate(s)
    np.testing.assert_array_equal(found["a"], [1, 2, NAN, 8, 2])
    np.testing.assert_array_equal(found["b"], [1, NAN, NAN, 8, 1])
    assert [line.why.split(": ")[1] for line in lines] == [
        "series, 2021Q4, column 'a'",
        "series, 2021Q4, column 'b'",
    ]


def test_months_begin_where_the_first_figure_is():
    s = pd.Series([5.0, 9.0, 14.0], index=["2023年1-2月", "2023年1-3月", "2023年1-4月"])
    found = series.decumulate(s)
    assert list(found.index) == ["2023-02", "2023-03", "2023-04"]
    np.testing.assert_array_equal(found, [NAN, 4, 5])


def test_rows_without_labels_need_the_periods_of_a_year():
    assert series.decumulate([1.5, 4.0, 2.0, 2.5], per_year=2).tolist() == [1.5, 2.5, 2.0, 0.5]
    with pytest.raises(SpecError, match="per_year"):
        series.decumulate([1.0, 2.0])


@pytest.mark.parametrize(
    ("label", "month"),
    [
        *(("2021年1-8月", 8), ("2021年1—8月", 8), ("2021年1~8月累计", 8), ("２０２１年１－８月份", 8)),
        *(("2021年一至八月", 8), ("2021年前8个月", 8), ("2021年前三季度", 9), ("2021年前两季度", 6)),
        *(("2021年1-3季度", 9), ("2021年上半年累计", 6), ("2021Q2（累计）", 6), ("2021年全年", 12)),
        *(("Jan-Aug 2021", 8), ("January to August 2021", 8), ("9M 2021", 9), ("2021 9M", 9), ("2021Q3 YTD", 9)),
    ],
)
def test_labels_of_the_year_to_date(label, month):
    assert format_period(read_to_date(label), MONTH) == f"2021-{month:02d}"
    assert read_label(label) is None
    with pytest.raises(DataError, match='cumulative = "year"'):
        read_periods([label])


@pytest.mark.parametrize("label", ["2021Q3", "2021年9月", "2021年上半年", "2021", "2021年4-6月", "累计", None])
def test_labels_of_single_periods_are_not_to_date(label):
    assert read_to_date(label) is None


@pytest.mark.parametrize(
    ("labels", "frequency", "text"),
    [
        (
            ["2021年一季度", "2021年上半年", "2021年前三季度", "2021年"],
            QUARTER,
            ["2021Q1", "2021Q2", "2021Q3", "2021Q4"],
        ),
        (["2021Q1", "2021H1"], QUARTER, ["2021Q1", "2021Q2"]),
        (["2021年1-12月", "2022年1-12月"], YEAR, ["2021", "2022"]),
        (["2021年1-2月", "2021年1-3月"], MONTH, ["2021-02", "2021-03"]),
        (["2021年1-3月", "2021Q2", "2021-09-30"], QUARTER, ["2021Q1", "2021Q2", "2021Q3"]),
    ],
)
def test_several_labels_of_the_year_to_date(labels, frequency, text):
    with journal() as lines:
        read = read_periods(labels, to_date=True)
    assert (read.frequency, read.text) == (frequency, text)
    assert "year to date" in lines[0].why


def test_a_second_half_among_quarters_is_not_guessed_at():
    with pytest.raises(DataError, match="more than one frequency"):
        read_periods(["2021Q1", "2021H2"], to_date=True)
