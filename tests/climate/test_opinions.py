"""Answer shares, purchasing managers' index, confidence, breadth: published numbers, a slow loop, laws, refusals."""

import math
import tomllib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.laws import LAW, frozen

from hengdian_index import DataError, SpecError, climate
from hengdian_index.log import journal

BANK = ["quarter", "question"]


def within(published, case, what):
    """Return the tolerance of a case's check that says this."""
    checks = tomllib.loads((published / case / "CASE.toml").read_text(encoding="utf-8"))["check"]
    (found,) = [check["tolerance"] for check in checks if what in check["what"]]
    return found


def test_the_entrepreneur_survey_of_the_peoples_bank(published):
    shares = pd.read_csv(published / "pbc" / "data.csv", index_col=BANK)
    printed = pd.read_csv(published / "pbc" / "expected.csv", index_col=BANK)["index"]
    tolerance = within(published, "pbc", "diffusion index")
    for more in [(shares["share_same"],), (shares["share_same"], shares["share_down"])]:
        found = climate.diffusion(shares["share_up"], *more, centre=50)
        assert (abs(found[printed.index] - printed) <= tolerance).all()


def test_the_other_rule_differs_from_the_banks_where_printed_shares_miss_100(published):
    shares = pd.read_csv(published / "pbc" / "data.csv", index_col=BANK)
    up, same, down = (shares[f"share_{name}"] for name in ("up", "same", "down"))
    apart = climate.diffusion(up, same, down) - climate.diffusion(up, down=down)
    np.testing.assert_allclose(apart, (up + same + down - 100) / 2, atol=1e-12)
    assert (abs(apart) > 0.04).sum() == 2


def test_the_ism_report_of_april_2010(published):
    answers = pd.read_csv(published / "climate" / "ism_2010_04.csv").iloc[0]
    up, same, down = answers["share_higher"], answers["share_same"], answers["share_lower"]
    found = climate.diffusion(up=up, same=same, down=down, centre=50)
    assert abs(found - answers["index"]) <= within(published, "climate", "ISM")


def purchasing(published):
    components = pd.read_csv(published / "pmi" / "data.csv", index_col="month")
    return components, pd.read_csv(published / "pmi" / "weights.csv", index_col="code")["weight"]


def test_thirteen_months_of_the_purchasing_managers_index(published):
    components, weights = purchasing(published)
    printed = pd.read_csv(published / "pmi" / "expected.csv", index_col="month")["pmi"]
    found = climate.pmi(components, weights, inverted=["supplier_delivery"])
    assert (abs(found[printed.index] - printed) <= within(published, "pmi", "weighted sum")).all()
    assert (abs(climate.pmi(components, weights) - printed) > 0.0500001).any()


def test_every_way_to_say_the_same_weights_gives_the_same_index(published):
    components, weights = purchasing(published)
    wanted = climate.pmi(components, weights, inverted=["supplier_delivery"])
    others = {
        "by name, other order": climate.pmi(components, weights=weights[::-1].to_dict(), inverted="supplier_delivery"),
        "the scheme": climate.pmi(components, "nbs"),
        "other columns first": climate.pmi(components[components.columns[::-1]], "nbs"),
        "columns by name": climate.pmi(dict(components.items()), "nbs"),
        "turned already": climate.pmi(
            components.assign(supplier_delivery=100 - components["supplier_delivery"]), "nbs", inverted=[]
        ),
        "positions": climate.pmi(components.to_numpy(), weights.to_list(), inverted=[3]),
    }
    for said, found in others.items():
        np.testing.assert_allclose(found, wanted, rtol=1e-14, err_msg=said)
    assert climate.pmi(components.iloc[0], "nbs") == pytest.approx(wanted.iloc[0], rel=1e-14)
    assert climate.pmi(components.iloc[0].to_list(), weights.to_list(), inverted=[3]) == pytest.approx(wanted.iloc[0])


@st.composite
def answers(draw):
    """Draw shares up, same, down of a few rows, in tenths, that sum to 100; no two columns look like parts of 1."""
    cuts = draw(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=5))
    rows = [(min(pair), abs(pair[0] - pair[1]), 1000 - max(pair)) for pair in cuts]
    assume(sum(max(column) > 10 for column in zip(*rows, strict=True)) > 1)
    return [frozen(np.array(column) / 10) for column in zip(*rows, strict=True)]


@LAW
@given(shares=answers())
def test_whichever_two_shares_are_given_all_scales_say_one_thing(shares):
    up, same, down = shares
    plain = climate.diffusion(up, same, down)
    np.testing.assert_allclose(plain, [u + s / 2 for u, s in zip(up, same, strict=True)], atol=1e-12)
    for given_shares in ({"same": same}, {"down": down}, {"same": same, "down": down}):
        np.testing.assert_allclose(climate.diffusion(up, **given_shares), plain, atol=1e-12)
        np.testing.assert_allclose(climate.diffusion(up, **given_shares, centre=100), 2 * plain, atol=1e-12)
        np.testing.assert_allclose(climate.diffusion(up, **given_shares, centre=0), 2 * (plain - 50), atol=1e-12)
    np.testing.assert_allclose(climate.balance(up, down), 2 * (plain - 50), atol=1e-12)
    np.testing.assert_allclose(climate.diffusion(down, same, up), 100 - plain, atol=1e-12)


@LAW
@given(
    table=st.lists(st.lists(st.integers(0, 100), min_size=3, max_size=3), min_size=1, max_size=4),
    weights=st.lists(st.integers(1, 9), min_size=3, max_size=3),
)
def test_a_purchasing_managers_index_is_a_weighted_mean(table, weights):
    x = frozen(np.array(table, dtype=float))
    found = climate.pmi(x, weights)
    slow = [sum(w * c for w, c in zip(weights, row, strict=True)) / sum(weights) for row in table]
    np.testing.assert_allclose(found, slow, atol=1e-11)
    np.testing.assert_allclose(climate.pmi(x, weights, inverted=[0, 1, 2]), 100 - found, atol=1e-11)
    np.testing.assert_allclose(climate.pmi(np.full((2, 3), 50), weights, inverted=[1]), 50, atol=1e-12)


@LAW
@given(current=st.floats(0, 200), expected=st.floats(0, 200), share=st.floats(0, 1))
def test_confidence_lies_between_the_present_and_the_future(current, expected, share):
    found = climate.confidence(current, expected, share=share)
    assert found == pytest.approx(share * current + (1 - share) * expected)
    assert min(current, expected) - 1e-9 <= found <= max(current, expected) + 1e-9
    assert climate.confidence(current, current, share=share) == pytest.approx(current)


def test_the_enterprise_climate_index_weighs_the_present_by_4_and_the_future_by_6_tenths():
    current, expected = climate.diffusion(30, down=20, centre=100), climate.diffusion(35, down=15, centre=100)
    assert (current, expected) == (110, 120)
    assert climate.confidence(current, expected) == pytest.approx(116)


MONTHS = pd.Index(["2024-01", "2024-02"], name="month")


def test_a_series_comes_out_like_the_one_that_went_in():
    up = pd.Series([30, 40], index=MONTHS, name="orders_up", dtype="int8")
    found = climate.diffusion(up, pd.Series([60, 40], index=MONTHS))
    pd.testing.assert_series_equal(found, pd.Series([60.0, 60.0], index=MONTHS, name="diffusion"))
    polars = climate.diffusion(pl.Series("up", [30, None]), pl.Series("same", [60, 40]))
    assert (type(polars), polars.to_list()) == (pl.Series, [60.0, None])
    assert climate.pmi(pl.DataFrame({"a": [40.0, 50.0], "b": [60.0, 50.0]}), {"b": 1, "a": 3}).to_list() == [45.0, 50.0]
    assert climate.pmi(pl.Series("a", [40.0, 50.0]), [1]).to_list() == [40.0, 50.0]
    assert type(climate.diffusion(30, 60)) is float
    np.testing.assert_array_equal(climate.diffusion([30, 20], 60), [60.0, 50.0])


def test_a_row_without_an_answer_is_missing_and_the_log_says_so():
    with journal() as lines:
        found = climate.diffusion([30.0, np.nan], [60.0, 40.0])
    np.testing.assert_array_equal(found, [60.0, np.nan])
    assert [line.why for line in lines] == ["diffusion: 1 of 2 rows lacks a value that the method needs: missing"]


UP = pd.Series([30.0, 130.0], index=MONTHS)
REFUSED = {
    "a share outside": (lambda: climate.diffusion(UP, [60, 40]), DataError, "column 'up', row '2024-02': 130"),
    "every cell at once": (lambda: climate.balance([-1, 5], [5, 101]), DataError, "column 'down', row 1: 101"),
    "fractions": (lambda: climate.diffusion([0.6], [0.3], [0.1]), DataError, "row 0: the shares do not sum to 100"),
    "too much": (lambda: climate.diffusion([50, 50.3], [30, 30.3], [20, 20]), DataError, "row 1: the shares do not"),
    "two too much": (lambda: climate.balance([60], [41]), DataError, "row 0: two shares"),
    "one share": (lambda: climate.diffusion([50]), SpecError, "give `same` or `down`"),
    "no share": (lambda: climate.diffusion(), SpecError, "'up' is missing"),
    "centre": (lambda: climate.diffusion(40, 40, centre=75), SpecError, "centre: no 75; allowed: 50, 100, 0"),
    "text": (lambda: climate.diffusion("40", 40), DataError, "str"),
    "component": (lambda: climate.pmi([[101.0]], [1]), DataError, "column 'components 0', row 0: 101"),
    "scheme": (lambda: climate.pmi([[50.0]], "nsb"), SpecError, "no scheme 'nsb'; did you mean 'nbs'?"),
    "no weights": (lambda: climate.pmi([[50.0]]), SpecError, "option 'weights' is missing"),
    "other names": (lambda: climate.pmi({"orders": 50}, {"order": 1}), SpecError, "did you mean 'orders'"),
    "not those of the scheme": (lambda: climate.pmi({"employment": 50}, "nbs"), SpecError, "no column 'new_orders'"),
    "inverted": (
        lambda: climate.pmi({"orders": 50}, [1], inverted=["order"]),
        SpecError,
        "inverted: no column 'order'",
    ),
    "negative weight": (lambda: climate.pmi([[50.0, 50.0]], [2, -1]), SpecError, "0 or more"),
    "share": (lambda: climate.confidence(1, 2, share=40.0), SpecError, "0..1, not 40"),
    "option": (lambda: climate.confidence(1, 2, shares=0.4), SpecError, "did you mean 'share'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_its_place(case):
    call, error, message = REFUSED[case]
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_rounding_of_printed_shares_by_half_a_point_is_let_through():
    assert climate.diffusion([33.5], [33.5], [33.5])[0] == 50.25
    short = ([33.1], [33.2], [33.2])
    assert climate.diffusion(*short)[0] == pytest.approx(49.7)
    assert climate.diffusion(*short, centre=0)[0] == pytest.approx(33.1 - 33.2)
    assert climate.diffusion(*short, centre=100)[0] == pytest.approx(100 + 33.1 - 33.2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: climate.diffusion([0.4, 0.6], down=[0.3, 0.1]),
        lambda: climate.diffusion(0.4, 0.5, centre=100),
        lambda: climate.balance([0.4, 1.0], [0.3, 0.0]),
        lambda: climate.pmi([[0.52, 0.48]], [1, 1], inverted=[1]),
    ],
)
def test_parts_of_1_are_not_taken_for_per_cent(call):
    with pytest.raises(DataError, match="parts of 1 must be multiplied by 100"):
        call()


def test_small_shares_in_per_cent_are_per_cent():
    assert climate.diffusion(0.4, 99.3, 0.3) == pytest.approx(50.05)
    assert climate.diffusion([0.4, 40.0], down=[0.3, 30.0]) == pytest.approx([50.05, 55.0])
    assert climate.balance(1, 0) == 1.0
    assert climate.pmi([[0.0, 0.0]], [1, 1]) == 0.0


@pytest.mark.parametrize(
    "mask", [[True, False], np.array([True, False]), {0: True, 1: False}, pd.Series([True, False])]
)
def test_a_mask_says_which_components_are_inverted(mask):
    np.testing.assert_allclose(climate.pmi([[40.0, 60.0], [70.0, 20.0]], [3, 1], inverted=mask), [60.0, 27.5])
    with pytest.raises(SpecError, match="a mask of 3 values for 2 columns"):
        climate.pmi([[40.0, 60.0]], [3, 1], inverted=[True, False, True])


def test_parts_of_one_are_told_to_give_same_only_where_it_is_not_given() -> None:
    with pytest.raises(DataError) as without:
        climate.diffusion([0.4], down=[0.2])
    assert "give `same`" in str(without.value)
    with pytest.raises(DataError, match=r"multiplied by 100$"):
        climate.diffusion([0.4], same=[0.2])


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
