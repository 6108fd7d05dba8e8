"""Period labels: every spelling, every type, what is inferred from dates, spans, and what messages say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengdian_index._tables.periods import (
    EARLIEST,
    FREQUENCIES,
    HALF_YEAR,
    LATEST,
    MONTH,
    QUARTER,
    YEAR,
    Frequency,
    format_period,
    read_periods,
    read_span,
)
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal

# The second quarter of 2022 is 2022 * 4 + 1, June 2022 is 2022 * 12 + 5, its second half 2022 * 2 + 1.
SECOND_QUARTER, JUNE, FIRST_HALF, SECOND_HALF = 8089, 24269, 4044, 4045

QUARTERS = [
    *("2022Q2", "2022-Q2", "2022 Q2", "2022q2", " 2022Q2 ", "Q2 2022", "q2-2022"),
    *(
        "2022年2季度",
        "2022年第2季度",
        "2022年第二季度",
        "2022年二季度",
        "2022年Q2",
        "2022 年 第二 季度",
        "2022年第二季",
    ),
    *("2022第二季度", "2022年Ⅱ季度", "2022年第Ⅱ季度", "2022-II", "2Q2022", "2Q 2022", "22Q2", "Q2/2022"),
    *("２０２２Ｑ２", "２０２２年第２季度", "２０２２年２季度", np.str_("2022Q2"), pd.Period("2022Q2", freq="Q")),
]
MONTHS = [
    *(
        "2022-06",
        "2022/06",
        "2022M06",
        "2022M6",
        "2022-M6",
        "2022-M06",
        "2022m06",
        "2022年6月",
        "2022年06月",
        "2022年6月份",
    ),
    *("202206", 202206, "2022/6", "06/2022", "6/2022", "Jun-2022", "june 2022", "2022-Jun"),
    *("２０２２－０６", "２０２２年６月", np.datetime64("2022-06"), pd.Period("2022-06", freq="M")),
]
FIRST_HALVES = [
    "2022-S1",
    "S1 2022",
    "2022H1",
    "2022-H1",
    "2022 h1",
    "H1 2022",
    "2022年上半年",
    "2022上半年",
    "２０２２年上半年",
]
SECOND_HALVES = ["2022H2", "2022-H2", "2022年下半年", "2022年H2"]
YEARS = [
    *("YR2022", "2022.0", "2022年度"),
    *("2022", "2022年", "２０２２", "２０２２年", 2022, np.int32(2022), np.int64(2022), 2022.0, np.float64(2022)),
    *(np.datetime64("2022"), pd.Period("2022", freq="Y")),
]
DATES = [
    *("2022-06-30", "2022/6/30", "2022/06/30", "2022年6月30日", "2022年06月30日", "２０２２／６／３０"),
    *("2022-06-30 00:00:00", "2022-06-30T23:59", "2022-06-30 00:00:00+08:00", date(2022, 6, 30)),
    *(datetime(2022, 6, 30, 23, 59), pd.Timestamp("2022-06-30"), pd.Timestamp("2022-06-30 23:59", tz="Asia/Shanghai")),
    *(np.datetime64("2022-06-30"), np.datetime64("2022-06-30T12", "ns"), pd.Period("2022-06-30", freq="D")),
]
SPELLINGS = [
    *((label, QUARTER, SECOND_QUARTER, "2022Q2") for label in QUARTERS),
    *((label, MONTH, JUNE, "2022-06") for label in MONTHS),
    *((label, HALF_YEAR, FIRST_HALF, "2022H1") for label in FIRST_HALVES),
    *((label, HALF_YEAR, SECOND_HALF, "2022H2") for label in SECOND_HALVES),
    *((label, YEAR, 2022, "2022") for label in YEARS),
    *((label, MONTH, JUNE, "2022-06") for label in DATES),
]
UNREADABLE = [
    *(
        "2022Q5",
        "2022Q0",
        "2022-13",
        "2022-00",
        "2022M13",
        "2022H3",
        "2022年5季度",
        "2022年13月",
        "2022-02-30",
        "2022/13/01",
    ),
    *(
        "2022:2",
        "FY2022",
        "2022-2",
        "20222",
        "2022-2023",
        "2022-06/30",
        "2022年一至二季度",
        "Spring",
        "Q2",
        "20220630",
    ),
    *(44742, 7, 2022.5, float("inf"), True, b"2022", (2022, 2)),
    *(pd.Period("2022Q1", freq="Q-MAR"), pd.Period("2022-06-30", freq="W"), pd.Period("2022-01", freq="6M")),
]
IDS = {"ids": repr}


@pytest.mark.parametrize(("label", "frequency", "ordinal", "text"), SPELLINGS, **IDS)
def test_every_spelling_has_its_ordinal(label, frequency, ordinal, text):
    read = read_periods([label])
    assert (read.frequency, read.ordinals.tolist(), read.text) == (frequency, [ordinal], [text])


@pytest.mark.parametrize(
    ("label", "ordinal"),
    [
        *((f"2022年{name}季度", 8088 + i) for i, name in enumerate("一二三四")),
        *((f"Q{i + 1} 2022", 8088 + i) for i in range(4)),
        *((f"2022年{i + 1}月", 24264 + i) for i in range(12)),
        *((f"2022M{i + 1:02d}", 24264 + i) for i in range(12)),
    ],
)
def test_every_position_has_its_ordinal(label, ordinal):
    assert read_periods([label]).ordinals.tolist() == [ordinal]


@pytest.mark.parametrize("spellings", [QUARTERS, MONTHS, YEARS, DATES], ids=["quarter", "month", "year", "date"])
def test_spellings_of_one_period_agree_within_a_column(spellings):
    assert len(set(read_periods(spellings).text)) == 1


@given(
    frequency=st.sampled_from(list(FREQUENCIES.values())),
    years=st.lists(st.integers(1000, 9999), min_size=1),
    position=st.integers(0, 11),
)
def test_what_is_written_is_read_back(frequency, years, position):
    ordinals = [year * frequency.per_year + position % frequency.per_year for year in years]
    labels = [format_period(ordinal, frequency) for ordinal in ordinals]
    read = read_periods(labels)
    assert (read.frequency, read.ordinals.tolist(), read.text) == (frequency, ordinals, labels)


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)), st.sampled_from(list(FREQUENCIES.values())))
def test_a_date_falls_into_the_period_of_its_month(day, frequency):
    ordinal = read_periods([day], frequency=frequency).ordinals[0]
    first_month = (ordinal % frequency.per_year) * 12 // frequency.per_year + 1
    assert ordinal // frequency.per_year == day.year
    assert first_month <= day.month < first_month + 12 // frequency.per_year


@pytest.mark.parametrize("letter", ["Y", "Q", "M"])
def test_pandas_periods_timestamps_and_text_agree(letter):
    index = pd.period_range("1998", "2011", freq=letter)
    frequency = {"Y": YEAR, "Q": QUARTER, "M": MONTH}[letter]
    base = {"Y": 1970, "Q": 1970 * 4, "M": 1970 * 12}[letter]
    expected = (index.asi8 + base).tolist()
    forms = (index, pd.Series(index), list(index), index.astype(str), list(index.astype(str)), index.to_numpy())
    dated = (
        index.to_timestamp(),
        index.to_timestamp(how="end"),
        index.to_timestamp().to_numpy(),
        list(index.to_timestamp()),
    )
    for labels in (*forms, *dated):
        read = read_periods(labels)
        assert (read.frequency, read.ordinals.tolist()) == (frequency, expected)


def test_rows_keep_their_order_and_repeats():
    labels = ["2022Q2", "2021Q4", "2022-Q2", "2022Q1"]
    for form in (
        labels,
        tuple(labels),
        np.array(labels),
        np.array(labels, object),
        pd.Index(labels),
        pd.Categorical(labels),
    ):
        assert read_periods(form).ordinals.tolist() == [8089, 8087, 8089, 8088]


def test_months_that_end_quarters_stand_for_these():
    with journal() as lines:
        read = read_periods(["2021-12", "2022-03", "2022-06"])
    assert (read.frequency, read.text) == (QUARTER, ["2021Q4", "2022Q1", "2022Q2"])
    assert ["quarters" in line.why for line in lines] == [True]
    for months in (["2021-12", "2022-12"], ["2022-03", "2022-04"], ["2022-06"]):
        assert read_periods(months).frequency == MONTH


def test_years_of_two_digits_are_of_the_last_hundred_years_and_told():
    with journal() as lines:
        assert read_periods(["69Q4", "70Q1"]).text == ["2069Q4", "1970Q1"]
    assert [line.why for line in lines] == ["period: years of two digits read as those from 1970 to 2069"]


def test_periods_cannot_be_changed():
    read = read_periods([2021, 2022])
    assert read.ordinals.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        read.ordinals[0] = 1


def test_frequencies():
    assert [(f.name, f.per_year) for f in FREQUENCIES.values()] == [
        ("year", 1),
        ("half-year", 2),
        ("quarter", 4),
        ("month", 12),
    ]
    assert Frequency("quarter", 4) == QUARTER


class TestDates:
    @pytest.mark.parametrize(
        ("days", "text"),
        [
            (["2020-12-31", "2021-12-31", "2023-12-31"], ["2020", "2021", "2023"]),
            (["2021/1/1", "2020/1/1"], ["2021", "2020"]),
            (["2020-12-31", "2022-01-01"], ["2020Q4", "2022Q1"]),
            (["2022-03-31", "2022-06-30", "2022-12-31"], ["2022Q1", "2022Q2", "2022Q4"]),
            (["2022-01-01", "2022-04-01"], ["2022Q1", "2022Q2"]),
            (["2021-06-30", "2022-06-30"], ["2021Q2", "2022Q2"]),
            (["2022-01-10", "2022-03-31"], ["2022-01", "2022-03"]),
            (["2022-03-31", "2022-04-30"], ["2022-03", "2022-04"]),
            (["2022-02-10", "2022-04-30"], ["2022-02", "2022-04"]),
            (["2022-01-31", "2022-02-28", "2022-12-31"], ["2022-01", "2022-02", "2022-12"]),
            (["2022-12-31"], ["2022-12"]),
            (["2022-12-31", "2022-12-31"], ["2022-12", "2022-12"]),
        ],
    )
    def test_frequency_is_inferred(self, days, text):
        assert read_periods(days).text == text
        assert read_periods([pd.Timestamp(day) for day in days]).text == text

    @pytest.mark.parametrize(("gap", "frequency"), [(79, MONTH), (80, QUARTER)])
    def test_quarters_are_at_least_80_days_apart(self, gap, frequency):
        days = [date(2022, 3, 31), date(2022, 3, 31) + timedelta(gap)]
        assert read_periods(days).frequency == frequency

    def test_inference_is_logged_and_plain_labels_are_not(self):
        with journal() as lines:
            read_periods(["2022-03-31", "2022-06-30"], column="quarter_end")
            read_periods(["2022Q1", "2022Q2"])
            read_periods(["2022-03-31"], frequency=QUARTER)
        assert [line.why for line in lines] == ["quarter_end: dates read as quarters"]

    def test_a_known_frequency_is_used(self):
        days = ["2022-06-29", "2022-06-30", "2022-12-31"]
        assert read_periods(days, frequency=QUARTER).text == ["2022Q2", "2022Q2", "2022Q4"]
        assert read_periods(days, frequency=HALF_YEAR).text == ["2022H1", "2022H1", "2022H2"]
        assert read_periods(days[-1:], frequency=YEAR).text == ["2022"]

    def test_dates_beside_labels_take_their_frequency(self):
        assert read_periods(["2022Q1", date(2022, 6, 30)]).text == ["2022Q1", "2022Q2"]
        with pytest.raises(DataError, match="more than one date falls in one year: 2022-05-31 and 2022-06-30 in 2022"):
            read_periods(["2021", "2022-05-31", "2022-06-30"])

    def test_two_dates_in_a_month_are_refused(self):
        with pytest.raises(DataError) as caught:
            read_periods(["2022-06-15", "2022-05-31", "2022-06-01"], column="day")
        assert "day: more than one date falls in one month: 2022-06-01 and 2022-06-15 in 2022-06" in str(caught.value)


class TestFaults:
    @pytest.mark.parametrize("label", UNREADABLE, **IDS)
    def test_what_is_not_a_period_is_refused(self, label):
        with pytest.raises(DataError) as caught:
            read_periods(["2022Q1", label], column="quarter")
        assert f"quarter: cannot read {label!r} (row 1), rows counted from 0; write 2022 or 2022年" in str(caught.value)

    def test_five_unreadable_labels_are_listed_and_the_rest_counted(self):
        labels = ["2022Q1", *"abcde", "a", "f", "g"]
        with pytest.raises(DataError) as caught:
            read_periods(np.array(labels))
        assert "'a' (row 1), 'b' (row 2), 'c' (row 3), 'd' (row 4), 'e' (row 5) and 2 more" in str(caught.value)
        assert "'f'" not in str(caught.value)

    def test_numpy_numbers_are_shown_plainly(self):
        with pytest.raises(DataError, match=r"cannot read 7 \(row 1\)"):
            read_periods(np.array([2022, 7]))

    @pytest.mark.parametrize("gap", [None, np.nan, pd.NaT, pd.NA, np.datetime64("NaT", "D"), "", "  ", "nan"], **IDS)
    def test_missing_labels_are_named_by_row(self, gap):
        for labels in (["2022Q1", gap, "2022Q2", gap], pd.Series(["2022Q1", gap, "2022Q2", gap], dtype=object)):
            with pytest.raises(DataError) as caught:
                read_periods(labels)
            assert "period: 2 of 4 labels are missing: row 1, 3, counted from 0" in str(caught.value)
            assert len(caught.value.faults) == 1

    @pytest.mark.parametrize(
        "labels",
        [
            np.array([2021.0, np.nan]),
            np.array(["2021-01-01", "NaT"], "datetime64[ns]"),
            pd.PeriodIndex(["2021Q1", None], freq="Q"),
            pd.Index(["2021Q1", None]),
        ],
        **IDS,
    )
    def test_missing_in_typed_arrays(self, labels):
        with pytest.raises(DataError, match="1 of 2 labels is missing: row 1, counted from 0"):
            read_periods(labels)

    def test_mixed_frequencies_name_an_example_of_each(self):
        with pytest.raises(DataError) as caught:
            read_periods(["2022Q1", "2022Q2", "2022-01", 2022])
        assert "quarter '2022Q1' (row 0), month '2022-01' (row 2), year 2022 (row 3)" in str(caught.value)

    def test_labels_of_another_frequency_than_the_known_one(self):
        with pytest.raises(DataError, match=r"quarters are expected, found month '2022-01' \(row 1\)"):
            read_periods(["2022Q1", "2022-01"], frequency=QUARTER)

    def test_all_faults_come_at_once(self):
        with pytest.raises(DataError) as caught:
            read_periods(["2022Q1", None, "soon", "2022-01"])
        assert [
            next(word for word in ("missing", "read", "more than one") if word in str(f)) for f in caught.value.faults
        ] == [
            "missing",
            "read",
            "more than one",
        ]

    def test_nothing_to_read(self):
        with pytest.raises(DataError, match="no labels"):
            read_periods([])
        assert read_periods([], frequency=MONTH).ordinals.shape == (0,)


class TestSpans:
    @pytest.mark.parametrize(
        ("text", "frequency", "first", "last"),
        [
            ("1998Q1:2003Q4", QUARTER, 7992, 8015),
            (" 1998Q1 : 2003Q4 ", QUARTER, 7992, 8015),
            ("１９９８Ｑ１：２００３Ｑ４", QUARTER, 7992, 8015),
            ("1998年第一季度:2003年第四季度", QUARTER, 7992, 8015),
            ("1998:2003", QUARTER, 7992, 8015),
            ("1998Q1", QUARTER, 7992, 7992),
            ("2022年第二季度", QUARTER, 8089, 8089),
            ("1998", QUARTER, 7992, 7995),
            (1998, QUARTER, 7992, 7995),
            ("1998H2", QUARTER, 7994, 7995),
            ("1998:2006", YEAR, 1998, 2006),
            ("1998", HALF_YEAR, 3996, 3997),
            ("1998Q2:1998H2", MONTH, 23979, 23987),
            ("1998Q3:1998", QUARTER, 7994, 7995),
            ("1998Q1:", QUARTER, 7992, LATEST),
            (":2003Q4", QUARTER, EARLIEST, 8015),
            ("1998-06-30", QUARTER, 7993, 7993),
            ("1998-06-30 00:00", QUARTER, 7993, 7993),
            ("1998-06-30:1998-12-31", QUARTER, 7993, 7995),
            (date(1998, 6, 30), QUARTER, 7993, 7993),
            (pd.Timestamp("1998-06-30"), MONTH, 23981, 23981),
            (np.datetime64("1998-06-30"), YEAR, 1998, 1998),
            (pd.Period("1998Q2", freq="Q"), QUARTER, 7993, 7993),
            (pd.Period("1998", freq="Y"), MONTH, 23976, 23987),
        ],
        **IDS,
    )
    def test_span(self, text, frequency, first, last):
        assert read_span(text, frequency) == (first, last)

    @pytest.mark.parametrize("coarse", list(FREQUENCIES.values()), ids=lambda f: f.name)
    @pytest.mark.parametrize("fine", list(FREQUENCIES.values()), ids=lambda f: f.name)
    def test_coarser_periods_tile_the_year_and_finer_are_refused(self, coarse, fine):
        labels = [format_period(2022 * coarse.per_year + i, coarse) for i in range(coarse.per_year)]
        if coarse.per_year > fine.per_year:
            for label in labels:
                with pytest.raises(SpecError, match=f"'{label}' is a {coarse.name}, finer than the data"):
                    read_span(label, fine)
        else:
            covered = [i for first, last in (read_span(x, fine) for x in labels) for i in range(first, last + 1)]
            assert covered == list(range(2022 * fine.per_year, 2023 * fine.per_year))

    def test_open_ends_compare_with_any_period(self):
        ordinals = read_periods(["1000", "9999"]).ordinals
        assert ((ordinals > EARLIEST) & (ordinals < LATEST)).all()
        assert np.int64(LATEST) - np.int64(0) + 1 > 0

    def test_finer_than_the_data_says_what_to_write(self):
        with pytest.raises(SpecError) as caught:
            read_span("1998-06:2003Q4", QUARTER, "fit_on")
        assert str(caught.value) == (
            "fit_on: '1998-06' is a month, finer than the data, which has quarters; write 1998Q2"
        )

    def test_a_reversed_span_is_refused(self):
        with pytest.raises(SpecError, match="'2003Q4:1998Q1' runs backwards; write '1998Q1:2003Q4'"):
            read_span("2003Q4:1998Q1", QUARTER)

    @pytest.mark.parametrize(
        "text",
        ["", " ", ":", "spring", "2022:2", "1998Q1:2003Q4:2", "1998Q1:1999Q1:2003Q4", None, np.nan, pd.NaT, pd.NA, 7],
        **IDS,
    )
    def test_what_cannot_be_read_is_refused_with_the_forms(self, text):
        with pytest.raises(SpecError) as caught:
            read_span(text, QUARTER, "base")
        assert str(caught.value).startswith("base: cannot read ")
        assert "write a period or first:last" in str(caught.value)
        assert "2022Q2" in str(caught.value)

    def test_both_ends_are_reported(self):
        with pytest.raises(SpecError) as caught:
            read_span("soon:1998-06", QUARTER)
        assert len(caught.value.faults) == 2
        assert "cannot read 'soon' in 'soon:1998-06'" in str(caught.value)


QUARTER_INDEX = pd.period_range("1998Q1", periods=50, freq="Q")


@pytest.mark.parametrize(
    "fifty",
    [
        QUARTER_INDEX,
        QUARTER_INDEX.to_timestamp(),
        QUARTER_INDEX.astype(str),
        QUARTER_INDEX.to_timestamp().to_numpy(),
        np.array(QUARTER_INDEX.astype(str), dtype=str),
        list(QUARTER_INDEX),
    ],
    ids=["PeriodIndex", "DatetimeIndex", "text Index", "datetime64", "numpy text", "list of Periods"],
)
def test_400_000_labels_of_every_kind(fifty):
    labels = fifty * 8000 if isinstance(fifty, list) else fifty.repeat(8000)
    read = read_periods(labels)
    text = read.text
    assert len(text) == 400_000
    assert np.unique(read.ordinals).tolist() == list(range(7992, 8042))


@pytest.mark.parametrize(
    "label", ["2021{}Q3", "2021{}年{}第{}2{}季度", "2021{}H{}", "{}2021", "2021 年{}6 月", "Q3{}2021", "2021{}M06"]
)
@pytest.mark.parametrize("blank", [" ", "\t", "\u3000", "\xa0"])
def test_labels_of_many_blanks_are_read_or_refused_in_proportion_to_their_length(label: str, blank: str) -> None:
    """A pattern that tries every way to part n blanks takes minutes for n = 3,000."""
    began = process_time()
    for n in (60, 3_000, 60_000):
        with pytest.raises(DataError) as error:
            read_periods(["2021Q1", label.replace("{}", blank * n) + "x"])
        assert len(str(error.value)) < 1000
    assert process_time() - began < 5


@pytest.mark.parametrize("label", ["2021   Q3", " 2021Q3\t", "Q3\u30002021", "2021年  第  3 季度", "2021  -  Q3"])
def test_blanks_within_a_label_count_as_one(label: str) -> None:
    assert read_periods([label]).text == ["2021Q3"]


NO_LABELS: list[Any] = [
    *([2020], (2020, [1]), {"a": 1}, {2020}, np.array([2020, 2021]), 10**400, -(10**400), 10**5000, 2j, b"2020"),
    *(np.timedelta64(2020, "Y"), timedelta(2020), float("inf"), True, object(), "2" * 10**6, 0, -2020),
]


@pytest.mark.parametrize("label", NO_LABELS, ids=lambda label: str(type(label)))
def test_what_is_no_label_is_refused_by_name(label: Any) -> None:
    cells = pd.Series(["2020", None], dtype=object)
    cells.iloc[1] = label
    for labels in (["2020", label], cells, pd.Index(["2020", "x"]).where([True, False], other=None)):
        with pytest.raises(DataError, match="row 1"):
            read_periods(labels)
    with pytest.raises(SpecError, match="cannot read"):
        read_span(label, QUARTER)


@pytest.mark.parametrize(
    "missing", [None, pd.NA, pd.NaT, float("nan"), np.datetime64("NaT", "D"), "", " ", "NaN"], ids=repr
)
def test_a_missing_label_is_missing_whatever_stands_for_it(missing: Any) -> None:
    with pytest.raises(DataError, match="1 of 2 labels is missing: row 1"):
        read_periods(["2020", missing])


def test_lines_are_those_of_the_file() -> None:
    with pytest.raises(DataError) as error:
        read_periods(["2020", None, "x"], source="f.csv", line=[2, 7, 9].__getitem__)
    assert [str(fault)[:50] for fault in error.value.faults] == [
        "f.csv: period: 1 of 3 labels is missing: line 7; w"[:50],
        "f.csv: period: cannot read 'x' (line 9); write 202",
    ]
