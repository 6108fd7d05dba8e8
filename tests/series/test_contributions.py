"""Contributions of parts: exact sums, limits, the same as a result's own, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW

import hengdian_index as hi
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal
from hengdian_index.series import contributions

NAN = float("nan")
MEANS = {
    "arithmetic": hi.aggregate.arithmetic,
    "geometric": hi.aggregate.geometric,
    "harmonic": hi.aggregate.harmonic,
}
each_form = pytest.mark.parametrize("form", MEANS)


@st.composite
def parts(draw):
    """Draw parts by year, some equal to the year before, and weights."""
    n, k = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    value = st.one_of(st.sampled_from([1.0, 100.0]), st.floats(0.1, 1000))
    x = draw(st.lists(st.lists(value, min_size=k, max_size=k), min_size=n, max_size=n))
    w = np.array(draw(st.lists(st.integers(1, 9), min_size=k, max_size=k)), dtype=float)
    return pd.DataFrame(x, index=range(2001, 2001 + n), columns=[f"x{j}" for j in range(k)]), w / w.sum()


@each_form
@LAW
@given(drawn=parts(), lag=st.integers(1, 2))
def test_parts_sum_to_the_change_and_to_the_level(form, drawn, lag):
    x, w = drawn
    y = MEANS[form](x, w)
    change = contributions(x, w, form=form, lag=lag)
    assert change.iloc[:lag].isna().all(axis=None)
    np.testing.assert_allclose(change.sum(axis=1, skipna=False), y - y.shift(lag), rtol=1e-12, atol=1e-12 * y.max())
    level = contributions(x, w, of="level", form=form)
    np.testing.assert_allclose(level.sum(axis=1), y, rtol=1e-12)
    assert (change.attrs, level.attrs) == ({"of": "change"}, {"of": "level"})


@each_form
@LAW
@given(drawn=parts())
def test_what_does_not_move_contributes_nothing_and_what_rises_pushes_up(form, drawn):
    x, w = drawn
    found, step = contributions(x, w, form=form).iloc[1:], x.diff().iloc[1:]
    assert (found[step == 0].fillna(0) == 0).all(axis=None)
    moved = step.abs().to_numpy() > 1e-6
    assert (np.sign(found.to_numpy())[moved] == np.sign(step.to_numpy())[moved]).all()


@LAW
@given(drawn=parts())
def test_of_the_arithmetic_mean_the_split_is_weight_times_step(drawn):
    x, w = drawn
    np.testing.assert_allclose(contributions(x, w), x.diff() * w, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(contributions(x, w, of="level"), x * w, rtol=1e-12)


@LAW
@given(drawn=parts())
def test_of_the_geometric_mean_the_split_is_the_log_mean_formula(drawn):
    x, w = drawn
    y = MEANS["geometric"](x, w).to_numpy()
    change = np.log(y[1:] / y[:-1])
    moved = np.abs(change) > 1e-6
    mean = np.diff(y)[moved] / change[moved]
    slow = w * np.diff(np.log(x), axis=0)[moved] * mean[:, np.newaxis]
    np.testing.assert_allclose(contributions(x, w, form="geometric").iloc[1:][moved], slow, rtol=1e-8, atol=1e-8)


@each_form
@pytest.mark.parametrize("of", ["level", "change", "growth"])
@pytest.mark.parametrize("share", [False, True])
def test_a_result_says_the_same(form, of, share):
    table = pd.DataFrame(
        {"year": ["2018", "2019", "2021", "2022"], "a": [3.0, 5, 2, 2], "b": [4.0, 4, 8, 9], "c": [1.0, 6, 7, 5]}
    )
    index = hi.Index(
        groups=[hi.Group("all", aggregate=form)],
        indicators=[
            hi.Indicator(code, "all", weight=weight) for code, weight in zip("abc", (0.5, 0.3, 0.2), strict=True)
        ],
        period="year",
        normalise="none",
        to=None,
    )
    ours = contributions(table.set_index("year"), [0.5, 0.3, 0.2], of=of, form=form, share=share)
    np.testing.assert_allclose(ours, index.compute(table).contributions(of=of, share=share), rtol=1e-12)


def test_holes_of_the_calendar_and_missing_parts_have_no_contributions():
    x = pd.DataFrame(
        {"a": [1.0, 2, 3, NAN, 5, 6], "b": [1.0, 1, 1, 1, 1, 2]},
        index=["2020Q1", "2020Q2", "2020Q4", "2021Q1", "2021Q2", "2021Q3"],
    )
    found = contributions(x)
    assert found.notna().all(axis=1).tolist() == [False, True, False, False, False, True]
    assert found.iloc[-1].tolist() == [0.5, 0.5]
    assert contributions(x, of="level").notna().all(axis=1).tolist() == [True, True, True, False, True, True]


def test_a_part_of_weight_0_may_be_missing():
    found = contributions(np.array([[1.0, NAN], [3.0, NAN]]), [1, 0])
    np.testing.assert_array_equal(found, [[NAN, NAN], [2, 0]])


def test_no_change_has_no_shares_and_says_so():
    x = pd.DataFrame({"a": [1.0, 2.0, 2.0], "b": [2.0, 1.0, 2.0]}, index=[2019, 2020, 2021])
    with journal() as lines:
        found = contributions(x, share=True)
    np.testing.assert_allclose(found, [[NAN, NAN], [NAN, NAN], [0, 100]])
    assert [(line.period, line.why) for line in lines] == [
        ("2020", "contributions: the whole is 0, so that there are no shares of it")
    ]
    assert contributions(x).loc[2020].tolist() == [0.5, -0.5]


def test_weights_go_by_name():
    x = pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 5.0]})
    np.testing.assert_allclose(contributions(x, {"b": 3, "a": 1}).iloc[1], [0.25, 3.0])
    np.testing.assert_allclose(contributions(x, pd.Series({"b": 0.75, "a": 0.25})).iloc[1], [0.25, 3.0])


@pytest.mark.parametrize("form", ["geometric", "harmonic"])
def test_means_of_values_above_0_name_the_period_and_the_part(form):
    x = pd.DataFrame({"a": [1.0, 0.0], "b": [1.0, 1.0]}, index=["2020Q1", "2020Q2"])
    with pytest.raises(DataError, match="parts, 2020Q2, column 'a': 0: this mean needs values above 0"):
        contributions(x, form=form)


def test_wrong_choices_are_all_said_at_once():
    with pytest.raises(SpecError) as found:
        contributions([[1.0, 2.0]], of="levels", form="geometrical", lag=0)
    assert [str(fault).split(":")[0] for fault in found.value.faults] == ["of", "form", "lag"]


@pytest.mark.parametrize("w", [[1, 2, 3], [-1, 2], [0, 0], {"a": 1, "c": 1}, [NAN, 1], [[0.5, 0.5], [1, 0]]])
def test_weights_that_do_not_fit_are_refused(w):
    with pytest.raises(SpecError, match="weights"):
        contributions(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 5.0]}), w)


def test_what_rounding_leaves_of_no_change_has_no_shares_either():
    x = np.array([[0.1, 0.5], [0.2, 0.4]])
    y = hi.aggregate.arithmetic(x)
    assert 0 < abs(y[1] - y[0]) < 1e-15
    assert np.isnan(contributions(x, share=True)[1]).all()


def test_parts_of_a_geometric_level_near_1_count_by_weight_and_the_log_says_when():
    x = pd.DataFrame({"a": [2.0, 4.0], "b": [0.794, 9.0]}, index=[2001, 2002])
    with journal() as lines:
        found = contributions(x, {"a": 1, "b": 3}, of="level", form="geometric")
    y = np.exp(0.25 * np.log([2.0, 4.0]) + 0.75 * np.log([0.794, 9.0]))
    np.testing.assert_allclose(found.loc[2001], y[0] * np.array([0.25, 0.75]), rtol=1e-12)
    np.testing.assert_allclose(found.loc[2002, "a"], y[1] * 0.25 * np.log(4) / np.log(y[1]), rtol=1e-12)
    assert [line.period for line in lines if "so near 1" in line.why] == ["2001"]


def test_a_mean_near_1_in_one_table_of_several_is_told_by_its_period():
    x = np.full((2, 4, 2), 3.0)
    x[1, 2] = [2.0, 0.5]
    with journal() as lines:
        found = contributions(x, [0.5, 0.5], form="geometric", of="level")
    assert [line.period for line in lines] == ["position 2"]
    np.testing.assert_allclose(found[1, 2], [0.5, 0.5])


@each_form
@given(drawn=parts())
def test_parts_of_growth_sum_to_the_growth_of_the_mean(form, drawn):
    x, w = drawn
    found = contributions(x, w, of="growth", form=form, lag=2)
    rate = hi.series.changes(MEANS[form](x, w), lag=2)
    np.testing.assert_allclose(found.sum(axis=1, skipna=False), rate, rtol=1e-9, atol=1e-8)


def test_there_is_no_growth_from_a_mean_that_is_not_above_0():
    x = pd.DataFrame({"a": [2.0, -3.0, 5.0], "b": [2.0, 1.0, 5.0]}, index=[2019, 2020, 2021])
    with journal() as lines:
        found = contributions(x, of="growth")
    assert found.iloc[1].tolist() == [-125, -25]
    assert found.iloc[2].isna().all()
    assert [(line.period, "not above 0" in line.why) for line in lines] == [("2021", True)]
