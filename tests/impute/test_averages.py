"""Means and medians, of columns and of groups of rows: the ASEM index, slow formulas, what stays missing."""

import math
import statistics

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, close, same, tables

from hengdian_index import impute
from hengdian_index._values.decimals import counted
from hengdian_index.errors import DataError, SpecError

nan = math.nan
KINDS = {"mean": statistics.fmean, "median": statistics.median}


def slow_groups(x, groups, average):
    out = x.copy()
    for i, j in np.argwhere(np.isnan(x)):
        there = [v for v, g in zip(x[:, j], groups, strict=True) if g == groups[i] and not math.isnan(v)]
        out[i, j] = average(there) if there else nan
    return out


def test_asem_imputed_by_the_mean_of_the_group(software):
    case = software / "coinr_asem"
    steps = ("2_denominated.csv", "3_imputed.csv")
    gaps, wanted = (pd.read_csv(case / "pipeline" / step, index_col="uCode") for step in steps)
    groups = pd.read_csv(case / "data" / "iData.csv", index_col="uCode")["EurAsia_group"]
    for table, given_groups in ((gaps, groups), (gaps, groups[gaps.index].tolist()), (gaps.join(groups), groups.name)):
        found, log = impute.group_mean(table, given_groups)
        pd.testing.assert_frame_equal(found[wanted.columns], wanted, check_dtype=False, rtol=0, atol=1e-9)
        assert len(log) == gaps.isna().sum().sum() == 65
    assert found[groups.name].tolist() == groups[gaps.index].tolist()


@pytest.mark.parametrize("kind", KINDS)
@LAW
@given(x=tables(gaps=True))
def test_one_number_for_a_column(kind, x):
    table, _ = getattr(impute, kind)(x)
    close(table, slow_groups(x, ["all"] * len(x), KINDS[kind]))
    close(getattr(np, kind)(table, axis=0), getattr(np, f"nan{kind}")(x, axis=0))


@pytest.mark.parametrize("kind", KINDS)
@LAW
@given(x=tables(gaps=True), data=st.data())
def test_one_number_for_a_column_and_a_group(kind, x, data):
    groups = data.draw(st.lists(st.sampled_from(["north", "南", "east"]), min_size=len(x), max_size=len(x)))
    table, log = getattr(impute, f"group_{kind}")(x, groups)
    close(table, slow_groups(x, groups, KINDS[kind]))
    for line in log.itertuples():
        n = sum(not math.isnan(v) for v, g in zip(x[:, line.indicator], groups, strict=True) if g == groups[line.unit])
        of = f"group {groups[line.unit]!r}"
        assert line.why == (f"{kind} of {counted(n, 'value')} of {of}" if n else f"left missing: {of} has no value")


def test_a_group_without_a_value_stays_missing_and_never_takes_the_mean_of_all():
    table, log = impute.group_mean([1.0, nan, 3.0], ["a", "b", "a"])
    same(table, [1.0, nan, 3.0])
    assert log["why"].tolist() == ["left missing: group 'b' has no value"]
    assert log["after"].isna().all()


@pytest.mark.parametrize("label", [None, nan, pd.NA, pd.NaT])
def test_a_row_without_a_group_stays_missing(label):
    table, log = impute.group_mean([1.0, nan, 3.0], ["a", label, "a"])
    same(table, [1.0, nan, 3.0])
    assert log["why"].tolist() == ["left missing: the row has no group"]


def test_groups_named_by_a_column_or_an_index_level():
    frame = pd.DataFrame({"income": ["high", "low", "low"], "x": [1.0, nan, 3.0]})
    table, log = impute.group_mean(frame, groups="income")
    assert table["x"].tolist() == [1.0, 3.0, 3.0]
    assert table["income"].tolist() == frame["income"].tolist()
    assert log["why"].tolist() == ["mean of 1 value of group 'low'"]
    assert impute.group_median(frame.set_index("income"), "income").table["x"].tolist() == [1.0, 3.0, 3.0]
    polars, _ = impute.group_mean(pl.DataFrame({"income": ["high", "low", "low"], "x": [1.0, None, 3.0]}), "income")
    assert polars["x"].to_list() == [1.0, 3.0, 3.0]
    assert polars.columns == ["income", "x"]


def test_means_are_learnt_from_the_fit_rows():
    x = [1.0, 3.0, 100.0, nan]
    assert impute.mean(x, fit_on=slice(2)).table.tolist() == [1.0, 3.0, 100.0, 2.0]
    groups = ["a", "b", "a", "a"]
    assert impute.group_mean(x, groups, fit_on=np.array([True, True, False, False])).table.tolist()[-1] == 1.0


def test_later_rows_are_filled_from_the_fit_rows_and_a_new_group_stays_missing():
    frame = pd.DataFrame({"income": ["high", "low", "low"], "x": [1.0, 2.0, 4.0]})
    later = pd.DataFrame({"x": [nan, nan, 50.0], "income": ["low", "middle", "low"]})
    fitted = impute.group_mean.fit(frame, "income")
    table, log = fitted(later)
    same(table["x"], [3.0, nan, 50.0])
    assert log["why"].tolist() == ["mean of 2 values of group 'low'", "left missing: group 'middle' has no value"]
    same(impute.group_mean(later, "income", fit_on=frame).table["x"], table["x"])
    alone = impute.group_mean.fit(frame[["x"]], frame["income"])
    same(alone(later[["x"]], groups=later["income"]).table["x"], table["x"])
    with pytest.raises(SpecError, match="groups: name a column"):
        alone(later[["x"]])


def test_numbers_near_the_largest_do_not_overflow():
    close(impute.mean([1.6e308, 1.6e308, nan]).table, [1.6e308] * 3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: impute.group_mean(x), "'groups' is missing"),
        (lambda x: impute.group_mean(x, "incmoe"), "did you mean 'income'"),
        (lambda x: impute.group_mean(x[["x"]], ["a"]), "groups: 1 given for 2 rows"),
        (lambda x: impute.group_mean(x, "income", groups="income"), "by place"),
        (lambda x: impute.mean(x[["x"]], "income"), "by place"),
        (lambda x: impute.median(x[["x"]], group="income"), "unknown option 'group'"),
    ],
)
def test_wrong_choices_are_refused(call, said):
    with pytest.raises(SpecError, match=said):
        call(pd.DataFrame({"income": ["high", "low"], "x": [1.0, nan]}))


@pytest.mark.parametrize("function", [impute.mean, impute.median])
def test_an_indicator_without_any_value_is_refused_by_name(function):
    with pytest.raises(DataError, match=r"'b'.*no value"):
        function(pd.DataFrame({"a": [1.0, 2.0], "b": [nan, nan]}))
    with pytest.raises(DataError, match="selects no row"):
        function([1.0, 2.0], fit_on=slice(0))


@LAW
@given(x=tables(gaps=True), data=st.data())
def test_weighted_means_are_sums_over_rows_that_have_a_value_and_a_weight(x, data):
    n = len(x)
    numbers = st.one_of(st.just(nan), st.just(0.0), st.floats(0.01, 1e6))
    weights = np.array(data.draw(st.lists(numbers, min_size=n, max_size=n)))
    weights[0] = 3.0
    groups = data.draw(st.lists(st.sampled_from(["north", "南"]), min_size=n, max_size=n))

    def slow(rows, j):
        there = [i for i in rows if weights[i] > 0 and not math.isnan(x[i, j])]
        total = math.fsum(weights[i] for i in there)
        return math.fsum(weights[i] / total * x[i, j] for i in there) if there else nan

    found = impute.group_mean(x, groups, weights=weights).table
    wanted = [
        [slow([r for r in range(n) if groups[r] == groups[i]], j) if math.isnan(v) else v for j, v in enumerate(row)]
        for i, row in enumerate(x)
    ]
    close(found, np.array(wanted).reshape(x.shape))
    every = [slow(range(n), j) for j in range(x.shape[1])]
    if np.isnan(every).any():
        with pytest.raises(DataError, match="no row that has a value has a weight above 0"):
            impute.mean(x, weights=weights)
    else:
        close(impute.mean(x, weights=weights).table, np.where(np.isnan(x), every, x))
    close(impute.mean(x, weights=[7.0] * n).table, impute.mean(x).table)


def test_a_column_of_weights_stays_in_the_table_and_odd_weights_are_refused():
    frame = pd.DataFrame({"people": [1, 3, 5], "x": [2.0, 6.0, nan]}, index=["a", "b", "c"])
    found = impute.mean(frame, weights="people").table
    assert found.to_dict("list") == {"people": [1, 3, 5], "x": [2.0, 6.0, 5.0]}
    fitted = impute.mean.fit(frame, weights="people")
    assert fitted(pd.DataFrame({"x": [nan, 1.0]})).table["x"].tolist() == [5.0, 1.0]
    assert impute.mean(frame.assign(people=[1, 0, 9]), weights="people").table.loc["c", "x"] == 2.0
    other = impute.mean(frame[["x"]], weights=[1, 3, 5], fit_on=[True, True, False]).table
    assert other.loc["c", "x"] == 5.0
    with pytest.raises(DataError, match=r"weights: a finite number of 0 or more for each row, not -3"):
        impute.mean(frame.assign(people=[1, -3, 5]), weights="people")
    with pytest.raises(DataError, match=r"weights, row 'b': 'many' is not a number"):
        impute.mean(frame.assign(people=[1, "many", 5]), weights="people")
    with pytest.raises(SpecError, match="weights: name a column that all the tables have"):
        impute.mean(frame[["x"]], weights=[1, 3, 5], fit_on=frame[["x"]])
