"""Description and availability: SciPy, NumPy and pandas as oracles, counts by hand, COINr's ASEM numbers."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.laws import LAW, frames, frozen, tables

import hengdian_index as hi
from hengdian_index.diagnose import availability, describe

QUANTILES = ["min", "q05", "q25", "q75", "q95", "max"]
COLUMNS = ["n", "missing", "mean", "median", "sd", *QUANTILES, "skew", "kurtosis", "unique", "zeros", "negative"]
GAP = np.nan
UNITS = pd.DataFrame(
    {"screens": [1.0, GAP, 3.0], "票房": [GAP, GAP, 0.0], "seats": [4, 5, 6]},
    index=pd.Index(["p", "q", "r"], name="city"),
)


def slow_description(column):
    """Each number as its library has it, of the values that are there."""
    there = column[~np.isnan(column)]
    quantiles = [np.quantile(there, q) for q in (0.05, 0.25, 0.75, 0.95)]
    return [
        len(there),
        len(column) - len(there),
        np.mean(there),
        np.median(there),
        np.std(there, ddof=1),
        min(there),
        *quantiles,
        max(there),
        stats.skew(there, bias=False),
        stats.kurtosis(there, bias=False),
        len(set(there.tolist())),
        sum(value == 0 for value in there),
        sum(value < 0 for value in there),
    ]


@LAW
@given(x=tables(gaps=True).filter(lambda x: all(len(set(column[~np.isnan(column)])) > 1 for column in x.T)))
def test_describe_is_what_the_libraries_say_of_the_values_that_are_there(x):
    found = describe(frozen(x))
    assert list(found.columns) == COLUMNS
    wanted = [slow_description(column) for column in x.T]
    np.testing.assert_allclose(found.to_numpy(dtype=float), wanted, rtol=1e-9, atol=1e-9)


@LAW
@given(x=tables(gaps=True), data=st.data())
def test_the_order_of_the_rows_does_not_matter_and_columns_go_by_name(x, data):
    rows, columns = (data.draw(st.permutations(range(size))) for size in x.shape)
    table = pd.DataFrame(x, columns=list("abcde")[: x.shape[1]])
    turned = describe(table.iloc[rows, columns]).loc[table.columns]
    pd.testing.assert_frame_equal(turned, describe(table), rtol=1e-9, atol=1e-9)


def test_describe_has_a_row_for_each_indicator_of_any_table():
    x = np.array([[1.0, -2.0], [0.0, np.nan], [5.0, -7.0]])
    for table in frames(x).values():
        found = describe(table)
        assert list(found.index) == ["gross output", "指标"]
        np.testing.assert_array_equal(found.to_numpy(dtype=float), describe(x).to_numpy(dtype=float))
    assert describe(x)["n"].tolist() == [3, 2]
    assert describe(x)["zeros"].tolist() == [1, 0]
    assert describe(x)["negative"].tolist() == [0, 2]


def test_counts_are_whole_numbers():
    whole = describe(UNITS).dtypes[["n", "missing", "unique", "zeros", "negative"]]
    assert all(np.issubdtype(kind, np.integer) for kind in whole)


def test_what_a_column_has_too_few_values_for_is_missing_and_the_rest_is_not():
    found = describe([[GAP, 2.0, 2.0, 2.0], [GAP, GAP, 3.0, 2.0], [GAP, GAP, 9.0, 2.0]])
    assert found["n"].tolist() == [0, 1, 3, 3]
    assert found["unique"].tolist() == [0, 1, 3, 1]
    there = found.notna()
    assert there.loc[0, there.loc[0]].index.tolist() == ["n", "missing", "unique", "zeros", "negative"]
    assert found.columns[~there.loc[1]].tolist() == ["sd", "skew", "kurtosis"]
    assert found.columns[~there.loc[2]].tolist() == ["kurtosis"]
    assert found.columns[~there.loc[3]].tolist() == ["skew", "kurtosis"]
    assert found.loc[3, "sd"] == 0.0


def test_a_level_of_1e7_costs_no_digit():
    plain, lifted = describe([1.0, 2.0, 3.0, 7.0]), describe(np.array([1.0, 2.0, 3.0, 7.0]) + 1e7)
    shape = ["sd", "skew", "kurtosis"]
    np.testing.assert_allclose(lifted[shape], plain[shape], rtol=1e-12)


def test_whole_numbers_of_few_bits_are_read_as_they_are():
    x = np.array([[100, 1], [100, 2], [-100, 3], [90, 3]], dtype=np.int8)
    pd.testing.assert_frame_equal(describe(x), describe(x.astype(float)))


def test_text_is_refused_with_its_cell():
    with pytest.raises(hi.DataError, match="column 'screens', row 'q': 'many' is not a number"):
        describe(UNITS.astype(object).replace({"screens": {GAP: "many"}}))


def test_a_stack_of_tables_is_refused():
    with pytest.raises(hi.DataError, match=r"not an array of shape \(2, 3, 4\)"):
        describe(np.ones((2, 3, 4)))


def test_asem_skewness_and_kurtosis(software):
    case = software / "coinr_asem" / "pipeline"
    details = pd.read_csv(case / "5_treated_details.csv", index_col="iCode")
    found = describe(pd.read_csv(case / "4_screened.csv", index_col="uCode")[details.index])
    for ours, theirs in (("skew", "Skew"), ("kurtosis", "Kurt")):
        np.testing.assert_allclose(found[ours], details[f"check_SkewKurt0.{theirs}"], rtol=0, atol=1e-9)


def test_availability_counts_the_values_of_each_unit():
    found = availability(UNITS, {"supply": ["seats", "screens"], "demand": ["票房"]})
    assert list(found.columns) == ["present", "share", "supply", "demand"]
    assert found.index.equals(UNITS.index)
    assert found["present"].tolist() == [2, 1, 3]
    np.testing.assert_allclose(found["share"], [2 / 3, 1 / 3, 1])
    assert found["supply"].tolist() == [1.0, 0.5, 1.0]
    assert found["demand"].tolist() == [0.0, 0.0, 1.0]


def test_groups_can_be_said_in_three_ways():
    wanted = availability(UNITS, {"s": ["screens", "seats"], "d": ["票房"]})
    for groups in ({"screens": "s", "票房": "d", "seats": "s"}, ["s", "d", "s"], np.array(["s", "d", "s"])):
        pd.testing.assert_frame_equal(availability(UNITS, groups), wanted)


def test_without_groups_there_are_two_columns():
    assert list(availability(UNITS).columns) == ["present", "share"]
    assert availability(pl.DataFrame({"a": [1.0, None]}))["present"].tolist() == [1, 0]


def test_a_group_s_own_score_needs_no_group():
    scored = UNITS.assign(supply=[1.0, 2.0, GAP])
    found = availability(scored, {"supply": ["screens", "seats"], "demand": ["票房"]})
    assert found["present"].tolist() == [3, 2, 3]
    assert found["supply"].tolist() == [1.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("groups", "why"),
    [
        ({"s": ["screens", "seets"], "d": ["票房"]}, "no column 'seets'; did you mean 'seats'"),
        ({"s": ["screens", "seats"]}, "no group for column '票房'"),
        ({"s": ["screens", "seats"], "d": ["票房", "seats"]}, "column 'seats' stands in two groups"),
        (["s", "d"], "one label for each of 3 columns"),
        ("s", "one label for each of 3 columns"),
        (["share", "d", "present"], "'share' is a column of the answer"),
    ],
)
def test_groups_that_do_not_fit_are_refused(groups, why):
    with pytest.raises(hi.SpecError, match=why):
        availability(UNITS, groups)


def test_all_faults_of_groups_are_told_at_once():
    with pytest.raises(hi.SpecError) as refusal:
        availability(UNITS, {"s": ["sreens", "seats"], "d": ["seats"]})
    assert len(refusal.value.faults) == 3
