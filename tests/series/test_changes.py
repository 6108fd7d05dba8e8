"""Changes, growth and chains: a slow loop, laws and refusals."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW
from support.tables import quarters

from hengdian_index import series
from hengdian_index.errors import DataError, SpecError
from hengdian_index.log import journal

NAN = float("nan")
HOWS = ("ratio", "symmetric", "log")
each_how = pytest.mark.parametrize("how", HOWS)
SLOW = {
    "percent": lambda a, b, lag: 100 * (b / a - 1),
    "points": lambda a, b, lag: b - a,
    "log": lambda a, b, lag: 100 * math.log(b / a),
    "annualised": lambda a, b, lag: 100 * ((b / a) ** (4 / lag) - 1),
}


@st.composite
def levels(draw, least=1, most=12):
    """Draw levels within a factor of 1000, so that growth rates keep their digits."""
    return np.array(draw(st.lists(st.floats(1, 1000), min_size=least, max_size=most)))


@pytest.mark.parametrize("how", SLOW)
@LAW
@given(s=levels(), lag=st.integers(1, 5), data=st.data())
def test_changes_are_the_textbook_loop_over_the_calendar(how, s, lag, data):
    kept = sorted(data.draw(st.sets(st.sampled_from(range(len(s))), min_size=1)))
    found = series.changes(pd.Series(s, index=quarters(len(s))).iloc[kept], lag, how)
    slow = [SLOW[how](s[i - lag], s[i], lag) if i - lag in kept else NAN for i in kept]
    np.testing.assert_allclose(found, slow, rtol=1e-9, atol=1e-9)


@LAW
@given(s=levels(least=5))
def test_a_change_over_four_quarters_compounds_four_of_one(s):
    by_one, by_four = 1 + series.changes(s) / 100, 1 + series.changes(s, 4) / 100
    for t in range(4, len(s)):
        assert by_four[t] == pytest.approx(math.prod(by_one[t - 3 : t + 1]), rel=1e-12)
    logs = series.changes(s, how="log")
    np.testing.assert_allclose(series.changes(s, 4, "log")[4], sum(logs[1:5]), rtol=1e-12, atol=1e-12)


@LAW
@given(s=levels(least=5))
def test_an_annualised_change_over_a_year_is_the_change(s):
    found = series.changes(s, 4, "annualised", per_year=4)
    np.testing.assert_allclose(found, series.changes(s, 4), rtol=1e-9, atol=1e-9)


@each_how
@LAW
@given(s=levels(), start=st.floats(1, 1000))
def test_chaining_the_growth_of_a_series_is_the_series_rebased(how, s, start):
    s = pd.Series(s, index=quarters(len(s)))
    found = series.chain(series.growth(s, how), how, start=start)
    np.testing.assert_allclose(found, series.rebase(s, "2001Q1", start), rtol=1e-9)


@pytest.mark.parametrize("how", ["symmetric", "log"])
@LAW
@given(s=levels())
def test_the_reciprocal_series_has_the_opposite_growth_and_reciprocal_levels(how, s):
    growth, reverse = series.growth(s, how), series.growth(1 / s, how)
    np.testing.assert_allclose(reverse, -growth, rtol=1e-9, atol=1e-9)
    forth, back = series.chain(growth, how, start=1), series.chain(reverse, how, start=1)
    np.testing.assert_allclose(forth * back, 1, rtol=1e-9)


@each_how
@LAW
@given(rates=st.lists(st.floats(-90, 65), min_size=1, max_size=8))
def test_the_growth_of_a_chain_is_what_it_was_made_of(how, rates):
    made = series.chain(rates, how, start=50)
    np.testing.assert_allclose(series.growth([50, *made], how)[1:], rates, rtol=1e-9, atol=1e-9)


def test_a_chain_starts_before_the_first_growth_or_with_it():
    assert series.chain([10.0, 10.0]).round(6).tolist() == [110.0, 121.0]
    assert series.chain([NAN, 10.0, 10.0]).round(6).tolist() == [100.0, 110.0, 121.0]
    assert series.chain([NAN], start=7).tolist() == [7.0]


@LAW
@given(rates=st.lists(st.floats(-25, 25), min_size=3, max_size=8))
def test_an_index_of_the_period_before_chains_as_its_growth_and_neither_passes_for_the_other(rates):
    index = [100 + rate for rate in rates]
    np.testing.assert_allclose(series.chain(index, form="index"), series.chain(rates), rtol=1e-12)
    with pytest.raises(DataError, match="write form='index'"):
        series.chain(index)
    with pytest.raises(DataError, match="write form='percent'"):
        series.chain(rates, form="index")


def test_each_column_of_growth_is_told_apart():
    table = pd.DataFrame({"a": [NAN, 2.0, 3.0, 1.0], "b": [NAN, 102.0, 103.0, 99.0]}, index=quarters(4))
    with pytest.raises(DataError, match=r"column 'b': all values lie from 99 to 103"):
        series.chain(table)
    with pytest.raises(SpecError, match="leave how='log' out"):
        series.chain(table["b"], "log", form="index")
    assert series.chain(table["b"], form="index").tolist() == pytest.approx([100, 102, 105.06, 104.0094])


def test_plain_growth_drifts_where_the_others_cancel():
    assert [series.chain([25.0, -25.0], how)[-1].round(6) for how in HOWS] == [93.75, 100, 100]


BROKEN = pd.DataFrame({"a": [1.0, 2.0, NAN], "b": [NAN, 2.0, 3.0]}, index=["2020Q1", "2020Q2", "2021Q1"])


def test_every_break_of_a_chain_is_named():
    with pytest.raises(DataError) as found:
        series.chain(BROKEN)
    fix = "which breaks the chain; fill it, or gap='carry' keeps the level"
    assert [str(fault) for fault in found.value.faults] == [
        f"growth, 2021Q1, column 'a': the growth is missing, {fix}",
        f"growth: there is no row of 2020Q3 to 2020Q4, {fix}",
    ]


def test_carrying_keeps_the_level_and_says_so():
    with journal() as lines:
        found = series.chain(BROKEN, gap="carry")
    assert found.round(6).to_dict("list") == {"a": [101.0, 103.02, 103.02], "b": [100.0, 102.0, 105.06]}
    assert [line.why for line in lines] == [
        "chain: growth, 2021Q1, column 'a': the growth is missing; the level is carried over it",
        "chain: growth: there is no row of 2020Q3 to 2020Q4; the level is carried over it",
    ]


@pytest.mark.parametrize(
    ("how", "rates", "said"),
    [
        ("ratio", [5.0, -100.0], r"position 1: -100: a rate must lie above -100"),
        ("symmetric", [200.0], r"position 0: 200: a rate must lie between -200 and 200"),
        ("symmetric", [-200.0], r"position 0: -200: a rate must lie between -200 and 200"),
        ("ratio", [1e300, 1e300], r"position 1: 1e\+300: the level goes beyond the range"),
        ("log", [-1e6], r"position 0: -1000000: the level goes beyond the range"),
    ],
)
def test_rates_that_make_no_level_are_refused(how, rates, said):
    with pytest.raises(DataError, match=said):
        series.chain(rates, how)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s: series.changes(s), "2020, column 'b': 0: this change needs values above 0 to start from"),
        (lambda s: series.growth(s), "2020, column 'b': 0: this change needs values above 0 to start from"),
        (lambda s: series.changes(s, how="log"), "2021, column 'a': 0: this change needs values above 0;"),
        (lambda s: series.changes(s, how="annualised"), "2021, column 'a': 0: this change needs values above 0;"),
        (lambda s: series.growth(s, "symmetric"), "2021, column 'a': 0: this change needs values above 0;"),
        (lambda s: series.growth(s, "log"), "2021, column 'a': 0: this change needs values above 0;"),
    ],
)
def test_values_without_growth_are_named_with_their_period(call, said):
    s = pd.DataFrame({"a": [2.0, 3.0, 0.0], "b": [1.0, 0.0, 4.0]}, index=[2019, 2020, 2021])
    with pytest.raises(DataError) as found:
        call(s)
    assert any(said in str(fault) for fault in found.value.faults)
    np.testing.assert_allclose(series.changes(s, how="points")["b"], [NAN, -1.0, 4.0])


def test_a_value_that_no_change_uses_may_be_anything():
    s = pd.Series([-1.0, 1.0, 2.0], index=[2015, 2020, 2021])
    assert series.changes(s).tolist()[-1] == 100
    assert series.changes([5.0, 0.0]).tolist()[-1] == -100


def test_wrong_choices_are_all_said_at_once():
    with pytest.raises(SpecError) as found:
        series.changes([1.0, 2.0], 0, "percents", per_year=4)
    assert [str(fault).split(":")[0] for fault in found.value.faults] == ["how", "lag", "per_year"]
    assert "did you mean 'percent'?" in str(found.value)
    with pytest.raises(SpecError) as found:
        series.chain([1.0], "symetric", gap="drop", start=0)
    assert [str(fault).split(":")[0] for fault in found.value.faults] == ["how", "gap", "start"]
    with pytest.raises(SpecError, match="no 'logs'; did you mean 'log'"):
        series.growth([1.0], "logs")


@pytest.mark.parametrize(("given", "said"), [(None, "no period labels; say with per_year"), (0, "1 or more, not 0")])
def test_annualising_positions_needs_the_periods_of_a_year(given, said):
    with pytest.raises(SpecError, match=said):
        series.changes([1.0, 2.0], how="annualised", per_year=given)


def test_the_labels_know_how_many_periods_a_year_has():
    with pytest.raises(SpecError, match="per_year: 12, but series has quarters"):
        series.changes(pd.Series([1.0, 2.0], index=quarters(2)), how="annualised", per_year=12)
