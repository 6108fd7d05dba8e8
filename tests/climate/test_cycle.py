"""The composite index: the Conference Board's numbers, a slow loop, laws, what is frozen, refusals."""

import math
import statistics
import tomllib
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import LAW, frozen

from hengdian_index import DataError, SpecError, climate
from hengdian_index.log import journal

NAN = math.nan


def change(before, now, rate):
    return now - before if rate else 200 * (now - before) / (now + before)


def slow(table, rates=(), inverted=(), standardise="sd"):
    """Return levels from 100, by the book: rows of numbers, some missing."""
    k = len(table[0])
    sign = [-1 if j in inverted else 1 for j in range(k)]
    steps = [[sign[j] * change(a[j], b[j], j in rates) for j in range(k)] for a, b in pairwise(table)]
    columns = [[row[j] for row in steps if not math.isnan(row[j])] for j in range(k)]
    spread = {"sd": statistics.stdev, "mean_abs": lambda column: statistics.fmean(map(abs, column))}[standardise]
    inverse = [1 / spread(column) for column in columns] if k > 1 else [1.0]
    levels = [100.0]
    for row in steps:
        there = [j for j in range(k) if not math.isnan(row[j])]
        total = sum(inverse[j] for j in there)
        i = sum(inverse[j] / total * row[j] for j in there)
        levels.append(levels[-1] * (200 + i) / (200 - i))
    return levels


def random_table(seed, n=24, k=3):
    walk = np.random.default_rng(seed).normal(0, [0.01, 0.03, 0.002][:k], (n, k)).cumsum(axis=0)
    return np.exp(walk) * [50.0, 3.0, 700.0][:k]


seeds = given(seed=st.integers(0, 10**6))


@LAW
@given(
    seed=st.integers(0, 10**6),
    rates=st.sampled_from([(), (1,), (0, 2)]),
    inverted=st.sampled_from([(), (2,), (0, 1)]),
    standardise=st.sampled_from(["sd", "mean_abs"]),
    gaps=st.booleans(),
)
def test_the_index_is_that_of_the_book(seed, rates, inverted, standardise, gaps):
    x = random_table(seed)
    if gaps:
        x[5, 0] = x[6, 1] = x[:3, 2] = NAN
    found = climate.cycle(frozen(x), rates=rates, inverted=inverted, standardise=standardise)
    np.testing.assert_allclose(found, slow(x.tolist(), rates, inverted, standardise), rtol=1e-10)


def board(published):
    case = pd.read_csv(published / "climate" / "conference_board_1998.csv", index_col="quantity")["value"]
    checks = tomllib.loads((published / "climate" / "CASE.toml").read_text(encoding="utf-8"))["check"]
    return case, {check["where"]["quantity"]: check["tolerance"] for check in checks if "where" in check}


def test_average_weekly_hours_in_the_leading_index_of_april_1998(published):
    case, within = board(published)
    hours = [case["average_weekly_hours_1998_03"], case["average_weekly_hours_1998_04"]]
    table = np.column_stack([hours, [1.0, 1.0]])
    factor = case["standardisation_factor"]
    found = climate.cycle(table, factors=[factor, 1 - factor], details=True)
    assert abs(found.changes[1, 0] - case["symmetric_percent_change"]) <= within["symmetric_percent_change"]
    assert abs(found.contributions[1, 0] - case["standardised_contribution"]) <= within["standardised_contribution"]


def test_level_of_the_leading_index_of_april_1998(published):
    case, within = board(published)
    balance = [[0.0], [case["sum_of_contributions_1998_04"]]]
    found = climate.cycle(balance, rates=[0], to=case["index_1998_03"])
    assert abs(found[1] - case["index_1998_04"]) <= within["index_1998_04"]


@LAW
@seeds
def test_one_component_gives_itself_rebased(seed):
    x = random_table(seed, k=1)[:, 0]
    np.testing.assert_allclose(climate.cycle(x, base=3, to=50), 50 * x / x[3], rtol=1e-12)


@LAW
@seeds
def test_equal_components_and_their_units_change_nothing(seed):
    x = random_table(seed)
    wanted = climate.cycle(x)
    np.testing.assert_allclose(climate.cycle(x * [1e-6, 1.0, 1e9]), wanted, rtol=1e-10)
    np.testing.assert_allclose(climate.cycle(x[:, [2, 0, 1]]), wanted, rtol=1e-10)
    alike = climate.cycle(np.column_stack([x[:, 0], 8 * x[:, 0]]))
    np.testing.assert_allclose(alike, 100 * x[:, 0] / x[0, 0], rtol=1e-12)


@LAW
@seeds
def test_reciprocals_give_the_reciprocal_index_and_so_do_inverted_components(seed):
    x = random_table(seed)
    wanted = 1e4 / climate.cycle(x)
    np.testing.assert_allclose(climate.cycle(1 / x), wanted, rtol=1e-10)
    np.testing.assert_allclose(climate.cycle(x, inverted=[0, 1, 2]), wanted, rtol=1e-10)


@LAW
@seeds
def test_time_turned_round_turns_the_index_round(seed):
    x = random_table(seed)
    forward, backward = climate.cycle(x), climate.cycle(x[::-1])[::-1]
    np.testing.assert_allclose(backward / backward[0], forward / forward[0], rtol=1e-10)


@LAW
@given(seed=st.integers(0, 10**6), trend=st.sampled_from([None, 0.4]))
def test_contributions_sum_to_the_change_of_the_index(seed, trend):
    x = random_table(seed)
    x[4, 1] = NAN
    found = climate.cycle(x, details=True, trend=trend)
    np.testing.assert_allclose(np.nansum(found.contributions[1:], axis=1) + found.shift, found.growth[1:], atol=1e-13)
    steps = 200 * np.diff(found.index) / (found.index[1:] + found.index[:-1])
    np.testing.assert_allclose(steps, found.growth[1:], atol=1e-11)
    np.testing.assert_allclose(found.factors.sum(), 1.0, rtol=1e-14)


def test_changes_that_sum_to_nearly_200_per_cent_are_followed():
    levels = climate.cycle([[0.0], [199.5]], rates=[0], factors=[1.0], details=True).index
    np.testing.assert_allclose(levels[1] / levels[0], 399.5 / 0.5, rtol=1e-12)


def months(n, start="2020-01"):
    return pd.period_range(start, periods=n, freq="M").astype(str).rename("month")


def leading(seed=7, n=36):
    return pd.DataFrame(random_table(seed, n), index=months(n), columns=["hours", "orders", "货币"])


def test_factors_learnt_from_a_span_are_kept_for_later_rows():
    x = leading()
    learnt = climate.cycle(x.loc[:"2021-12"], details=True)
    later = climate.cycle(x, factors=learnt, details=True)
    pd.testing.assert_series_equal(later.factors, learnt.factors)
    pd.testing.assert_series_equal(later.index.loc[:"2021-12"], learnt.index)
    every = {
        "a span": climate.cycle(x, fit_on=":2021-12"),
        "a slice": climate.cycle(x, fit_on=slice(0, 24)),
        "a mask": climate.cycle(x, fit_on=(x.index <= "2021-12")),
        "a table": climate.cycle(x, fit_on=x.loc[:"2021-12", ["货币", "hours", "orders"]]),
        "factors by name": climate.cycle(x, factors=learnt.factors[::-1]),
    }
    for said, found in every.items():
        np.testing.assert_allclose(found, later.index, rtol=1e-13, err_msg=said)
    assert abs(climate.cycle(x) - later.index).max() > 0.01


def test_a_hole_in_the_fit_rows_makes_no_change_across_it():
    x = random_table(3)
    outside = (np.arange(24) >= 8) & (np.arange(24) < 16)
    steps = 200 * np.diff(x, axis=0) / (x[1:] + x[:-1])
    whole = steps[~(outside[1:] | outside[:-1])]
    inverse = 1 / whole.std(axis=0, ddof=1)
    found = climate.cycle(x, fit_on=~outside, details=True)
    np.testing.assert_allclose(found.factors, inverse / inverse.sum(), rtol=1e-11)


def test_a_coincident_index_lends_its_volatility_and_its_trend():
    x = leading()
    gdp = pd.Series(random_table(11, 36, 1)[:, 0], index=x.index)
    coincident = climate.cycle(gdp, details=True)
    found = climate.cycle(x, gdp, trend="match", details=True)
    assert found.growth.std() == pytest.approx(coincident.growth.std(), rel=1e-10)
    assert found.growth.mean() == pytest.approx(coincident.growth.mean(), abs=1e-12)
    plain = climate.cycle(x, match=gdp, details=True)
    assert plain.shift == 0
    assert np.corrcoef(plain.growth[1:], climate.cycle(x, details=True).growth[1:])[0, 1] == pytest.approx(1)
    again = climate.cycle(x, factors=found)
    pd.testing.assert_series_equal(again.rename("index"), found.index)


def test_the_trend_is_a_growth_in_per_cent_a_period():
    steady = 5 * 1.02 ** np.arange(10.0)
    np.testing.assert_allclose(climate.cycle(steady, trend=3.0), 100 * 1.03 ** np.arange(10), rtol=1e-12)


def test_labels_come_out_as_they_went_in():
    x = leading(n=5)
    found = climate.cycle(x, details=True)
    for series in (climate.cycle(x), found.index, found.growth):
        assert series.index.equals(x.index)
    assert (climate.cycle(x).name, found.factors.index.tolist()) == ("cycle", ["hours", "orders", "货币"])
    pd.testing.assert_index_equal(found.contributions.columns, x.columns)
    assert type(climate.cycle(pl.DataFrame(random_table(1, 5)))) is pl.Series
    pd.testing.assert_series_equal(climate.cycle(dict(x.items())), climate.cycle(x))


def test_the_base_is_the_mean_over_a_span():
    x = leading()
    plain, based = climate.cycle(x), climate.cycle(x, base="2021", to=50.0)
    np.testing.assert_allclose(based, 50 * plain / plain.loc["2021-01":"2021-12"].mean(), rtol=1e-13)
    assert plain.iloc[0] == 100


def test_components_that_begin_late_or_end_early_leave_the_others():
    x = random_table(5)
    x[:2], x[22:], x[2:4, 0] = NAN, NAN, NAN
    with journal() as lines:
        found = climate.cycle(x)
    assert np.isnan(found).nonzero()[0].tolist() == [0, 1, 22, 23]
    assert found[2] == 100
    assert sorted(line.why for line in lines) == [
        "cycle: 4 of 24 rows lack a value that the method needs: missing",
        "cycle: in 2 periods components are missing; the factors of the others are raised",
    ]


def spoilt(row, column, value):
    return lambda: leading().assign(**{column: lambda x: x[column].where(x.index != row, value)})


REFUSED = {
    "zero": (spoilt("2020-03", "hours", 0.0), {}, DataError, "column 'hours', row '2020-03': 0: a symmetric change"),
    "hole": (lambda: leading().drop("2020-03"), {}, DataError, "after 2020-02 comes 2020-04, not 2020-03"),
    "no periods": (lambda: leading().set_axis(list("x" * 36)), {}, DataError, "cannot read 'x'"),
    "constant": (lambda: leading().assign(hours=40.0), {}, DataError, "indicator 'hours': no change"),
    "constant rate": (
        lambda: leading().assign(hours=1.02 ** np.arange(36)),
        {},
        DataError,
        "indicator 'hours': always the same change",
    ),
    "a chain that breaks": (
        lambda: leading().drop("2020-05").reindex(leading().index),
        {},
        DataError,
        "row '2020-06': no component has a value both here and in the period before",
    ),
    "rates": (leading, {"rates": ["hour"]}, SpecError, "rates: no column 'hour'; did you mean 'hours'?"),
    "inverted": (leading, {"inverted": ["order"]}, SpecError, "inverted: no column 'order'; did you mean 'orders'?"),
    "standardise": (leading, {"standardise": "mad"}, SpecError, "standardise: no 'mad'"),
    "base": (
        leading,
        {"base": "2031"},
        DataError,
        "base: '2031' selects none of 36 rows; the periods run from 2020-01",
    ),
    "to": (leading, {"to": 0}, SpecError, "to: a level above 0, not 0"),
    "trend": (leading, {"trend": -100}, SpecError, "above -100"),
    "no match": (leading, {"trend": "match"}, SpecError, "give it as `match`"),
    "shift alone": (leading, {"shift": 1.0}, SpecError, "`trend` learns one"),
    "factors and trend": (leading, {"factors": [1, 1, 1], "trend": 1.0}, SpecError, "leave out trend"),
    "factors": (leading, {"factors": {"hours": 1, "orders": 1}}, SpecError, "factors: no value for indicator '货币'"),
    "negative factors": (leading, {"factors": [-1, 1, 1]}, SpecError, "see `inverted`"),
    "too far": (lambda: [[0.0], [300.0]], {"rates": [0]}, DataError, "row 1: the changes sum to 200 per cent or more"),
    "fit rows of nothing": (leading, {"fit_on": "2031"}, DataError, "fit_on: '2031' selects none"),
    "one fit row": (leading, {"fit_on": "2020-02"}, DataError, "no value in the rows to learn from"),
    "another table": (leading, {"fit_on": leading()[["hours", "orders"]]}, DataError, "fit_on: no column '货币'"),
    "match": (leading, {"match": -leading()["hours"]}, DataError, "column 'match', row '2020-01': -"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_its_place(case):
    data, options, error, message = REFUSED[case]
    with pytest.raises(error) as caught:
        climate.cycle(data(), **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("size", [1e-300, 1.7e308])
def test_values_near_the_ends_of_the_numbers_keep_their_digits(size):
    x = random_table(2)
    np.testing.assert_allclose(climate.cycle(x / x.max(axis=0) * size), climate.cycle(x), rtol=1e-10)


@pytest.mark.parametrize("standardise", ["sd", "mean_abs"])
@pytest.mark.parametrize("unit", [1.0, 0.1, 1e6, 1 / 3])
def test_what_changes_by_rounding_alone_is_refused_as_what_never_changes(standardise, unit):
    still = unit * np.array([0.3, 0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2])
    brisk = np.array([5.0, 6, 4, 7, 9])
    for column in (still, np.full(5, unit)):
        with pytest.raises(DataError, match="column 1: no change"):
            climate.cycle(np.column_stack([brisk, column]), standardise=standardise)
        with pytest.raises(DataError, match="column 1: no change"):
            climate.cycle(np.column_stack([brisk, column]), standardise=standardise, rates=[1])
        with pytest.raises(DataError, match="indicator 'match': no change"):
            climate.cycle(brisk[:, np.newaxis], match=column, standardise=standardise)
        with pytest.raises(DataError, match="indicator 'the composite': no change"):
            climate.cycle(column[:, np.newaxis], match=brisk, standardise=standardise)


def test_rates_far_from_0_that_rise_evenly_have_no_volatility_in_any_unit():
    rates = np.column_stack([5e5 + 0.1 * np.arange(7), [1.0, 3, 2, 5, 4, 4, 6]])
    for unit in (1.0, 0.1, 1e6, 1 / 3):
        with pytest.raises(DataError, match="column 0: always the same change"):
            climate.cycle(unit * rates, rates=[0, 1])
