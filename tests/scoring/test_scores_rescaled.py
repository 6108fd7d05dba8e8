"""Groups whose scores are normalised again, and scores that are rounded: learnt with the fit, frozen, saved."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.laws import every

import hengdian_index as hi
from hengdian_index._maths.maps import Rounded

UNITS = [f"u{i:02}" for i in range(24)]
CODES = tuple("abcd")


def wards(seed: int = 3) -> pd.DataFrame:
    """Return wards with two health and two income indicators."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"ward": UNITS, **{code: rng.gamma(2.0, 5.0, len(UNITS)).round(2) for code in CODES}})


def index(**choices: Any) -> hi.Index:
    """Return a group of two groups, changed at the addresses given; "__" stands for the dot."""
    made = hi.Index(
        unit="ward",
        groups=[
            hi.Group("all", weights={"health": 1, "income": 3}),
            hi.Group("health", "all"),
            hi.Group("income", "all"),
        ],
        indicators=[hi.Indicator(code, "health" if code in "ab" else "income") for code in CODES],
    )
    return made.replace({address.replace("__", "."): choice for address, choice in choices.items()})


def test_domains_are_ranked_turned_into_exponentials_weighed_and_ranked() -> None:
    """As the indexes of deprivation of England and Scotland do, written out ward by ward."""
    table = wards()
    again = "exponential_rank"
    found = index(health__rescale=again, income__rescale=again, all__rescale="rank").compute(table).scores
    n, total = len(table), np.zeros(len(table))
    for codes, weight in (("ab", 0.25), ("cd", 0.75)):
        values = table[list(codes)].to_numpy()
        spread = (values - values.min(axis=0)) / (values.max(axis=0) - values.min(axis=0))
        domain = spread.mean(axis=1)
        share = np.array([(domain <= own).sum() / n for own in domain])
        total += weight * -23 * np.log(1 - share * (1 - np.exp(-100 / 23)))
    assert found["all"].tolist() == [1.0 + (total < own).sum() for own in total]


@every("normalise")
def test_any_normalisation_does_to_scores_what_it_does_to_values(method: Any, options: dict[str, Any]) -> None:
    table = wards()
    # Any method takes shares between 0 and 1.
    base = index(normalise={"method": "min_max", "lower": 0.02, "upper": 0.98})
    before = base.compute(table).scores[["income"]]
    wanted = getattr(hi.normalise, method.name)(before, **options)
    again = base.replace({"income.rescale": {"method": method.name, **options}})
    fitted = again.fit(table)
    np.testing.assert_allclose(fitted.score(table).scores["income"], wanted["income"], rtol=1e-12, atol=1e-12)
    some = table.iloc[5:9]
    later = fitted.score(some).scores["income"]
    np.testing.assert_allclose(later, wanted["income"].iloc[5:9], rtol=1e-12, atol=1e-12, err_msg="it is not frozen")


def test_what_is_rescaled_is_saved_with_the_fit(tmp_path: Path) -> None:
    rows = wards()
    chosen = index(
        health__rescale="normal_score", all__rescale={"method": "z_score", "mean": 100, "sd": 10}, all__round=1
    )
    fitted = chosen.fit(rows.iloc[:15])
    fitted.save(tmp_path / "fit.json")
    loaded = hi.Fitted.load(tmp_path / "fit.json")
    pd.testing.assert_frame_equal(loaded.score(rows).scores, fitted.score(rows).scores, check_exact=True)
    learnt = chosen.replace({"all.round": None}).compute(rows.iloc[:15]).scores["all"]
    assert (learnt.mean(), learnt.std(ddof=1)) == pytest.approx((100, 10))


def test_weights_of_a_parent_are_learnt_from_rescaled_scores() -> None:
    rows, again = wards(), {"method": "min_max", "lower": 1, "upper": 100}
    result = index(all__weights="entropy", weigh_scale="score", health__rescale=again, income__rescale=again).compute(
        rows
    )
    scores = result.scores[["health", "income"]]
    np.testing.assert_allclose(result.weights["all"], hi.weights.entropy(scores), rtol=1e-12)


def test_a_rescaling_learns_from_the_fit_rows_where_weights_are_learnt_from_the_base() -> None:
    rng = np.random.default_rng(8)
    table = pd.DataFrame({"year": range(2000, 2012), **{code: rng.uniform(1, 9, 12) for code in CODES}})
    made = index(all__weights="deviation", health__rescale={"method": "z_score", "mean": 50})
    made = made.replace(
        {"unit": None, "period": "year", "fit_on": "2000:2009", "base": "2010:2011", "weigh_on": "base"}
    )
    scores = made.compute(table).scores["health"].iloc[:10]
    assert (scores.mean(), scores.std(ddof=1)) == pytest.approx((50, 1))


@pytest.mark.parametrize(
    "again", ["rank", {"method": "percentile_rank", "form": "unit"}, {"method": "z_score", "mean": 100}]
)
def test_within_periods_each_period_is_an_index_of_its_own(tmp_path: Path, again: Any) -> None:
    years = [wards(seed).assign(year=2020 + seed) for seed in range(3)]
    rows = pd.concat(years, ignore_index=True)
    alone = index(health__rescale=again, all__rescale=again, all__round=2)
    wanted = np.concatenate([alone.compute(one.drop(columns="year")).scores for one in years])
    panel = alone.replace({"period": "year", "scope": "period"})
    np.testing.assert_allclose(panel.compute(rows).scores, wanted, rtol=1e-12)
    fitted = panel.fit(rows[rows["year"] < 2022])
    np.testing.assert_allclose(fitted.score(rows).scores, wanted, rtol=1e-12)
    fitted.save(tmp_path / "fit.json")
    loaded = hi.Fitted.load(tmp_path / "fit.json").score(rows[rows["year"] == 2021].iloc[:4]).scores
    np.testing.assert_allclose(loaded, wanted[24:28], rtol=1e-12)
    assert any("'health'" in why and "scope" in why for why in panel.compute(rows).log["why"])


def test_a_group_may_be_rescaled_within_periods_alone() -> None:
    rows = pd.concat([wards(seed).assign(year=2020 + seed) for seed in range(2)], ignore_index=True)
    panel = index(all__rescale="rank").replace({"period": "year"})
    for scope in ("all", "period"):
        ranks = panel.replace({"all.scope": scope}).compute(rows).scores["all"]
        assert ranks.max() == (24 if scope == "period" else 48)
    with pytest.raises(hi.SpecError, match="group 'income': scope: 'period' is for"):
        panel.replace({"income.scope": "period"})


def test_scores_that_tie_share_their_rank() -> None:
    table = pd.DataFrame({"ward": list("pqr"), "a": [1.0, 2, 3], "b": [3.0, 2, 1], "c": [1.0, 2, 3], "d": [1.0, 2, 3]})
    assert index(health__rescale="rank").compute(table).scores["health"].tolist() == [2, 2, 2]


# Rounding.


@given(
    st.decimals(-10_000, 10_000, places=4),
    st.integers(-3, 4),
    st.sampled_from([("away", ROUND_HALF_UP), ("even", ROUND_HALF_EVEN)]),
)
@settings(max_examples=300)
def test_a_printed_number_is_rounded_as_its_digits_say(number: Decimal, digits: int, ties: tuple[Any, str]) -> None:
    wanted = number.quantize(Decimal(1).scaleb(-digits), rounding=ties[1])
    found = float(Rounded(digits, ties[0])(np.array(float(number))))
    assert found == float(wanted)
    assert float(Rounded(digits, ties[0])(np.array(found))) == found


def test_what_rounding_of_floats_leaves_of_a_half_is_one() -> None:
    below = 0.1 + 0.2 - 0.05 + 1e-17  # 0.25, a little off
    off = np.nextafter(0.285, 0)
    assert Rounded(2)(np.array([off, -off, 0.2849999])).tolist() == [0.29, -0.29, 0.28]
    assert Rounded(1, "even")(np.array([below, 0.35])).tolist() == [0.2, 0.4]
    assert np.isnan(Rounded(1)(np.array([np.nan]))).all()
    assert Rounded(3)(np.array([1.7e308, -(2.0**60), np.inf])).tolist() == [1.7e308, -(2.0**60), np.inf]


def test_a_parent_is_made_of_rounded_scores() -> None:
    table = wards()
    plain = index().compute(table)
    result = index(a__round=1, health__round=2, income__round={"digits": 1, "ties": "even"}, all__round=3).compute(
        table
    )
    np.testing.assert_array_equal(result.normalised["a"], plain.normalised["a"].round(1))
    np.testing.assert_array_equal(result.normalised["b"], plain.normalised["b"])
    scores = result.scores
    wanted = (scores["health"] + 3 * scores["income"]) / 4
    assert (abs(scores["all"] - wanted) <= 0.0005 + 1e-12).all()
    assert (scores["all"] * 1000 - (scores["all"] * 1000).round()).abs().max() < 1e-9


def test_rescale_comes_before_round() -> None:
    scores = index(all__rescale={"method": "relative", "to": "max"}, all__round=0).compute(wards()).scores["all"]
    assert scores.max() == 100
    assert (scores == scores.round()).all()
    assert scores.nunique() > 10


# What is said of it.


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        ({"health__rescale": "log"}, r"group 'health': rescale: no method 'log'"),
        ({"health__rescale": {"method": "z_score", "mena": 1}}, "unknown option 'mena'; did you mean 'mean'"),
        ({"health__round": 1.5}, r"round: digits: a whole number from -15 to 15 is needed, not 1.5"),
        ({"all__round": {"digits": 1, "ties": "up"}}, r"round: ties: no 'up'.*away, even"),
        ({"a__round": {"digit": 1}}, "unknown option 'digit'; did you mean 'digits'"),
        ({"a__rescale": "rank"}, "a.rescale"),
    ],
)
def test_a_choice_that_is_none_is_refused(choices: dict[str, Any], why: str) -> None:
    with pytest.raises(hi.SpecError, match=why):
        index(**choices)


def test_scores_that_a_normalisation_cannot_take_are_refused_by_the_name_of_the_group() -> None:
    chosen = index(normalise="z_score", health__rescale={"method": "relative", "to": "max"})
    with pytest.raises(hi.DataError, match=r"^group 'health': rescale: values below 0"):
        chosen.compute(wards())
    fitted = index(health__rescale="square_root", normalise={"method": "min_max", "lower": 0, "upper": 4}).fit(wards())
    low = wards().assign(a=-90.0, b=-90.0)
    with pytest.raises(hi.DataError, match=r"group 'health': rescale: .*u00"):
        fitted.score(low)


@pytest.mark.parametrize("name", ["index.toml", "index.xlsx"])
def test_files_hold_what_is_rescaled_and_rounded(tmp_path: Path, name: str) -> None:
    chosen = index(
        health__rescale={"method": "exponential_rank", "half": 23},
        income__rescale="rank",
        all__round=1,
        health__round={"digits": 2, "ties": "even"},
        a__round=0,
    )
    chosen.write(tmp_path / name)
    read = hi.Index.read(tmp_path / name)
    assert read == chosen
    assert read.replace({"health.rescale.half": 10}).groups[1].rescale.options["half"] == 10
    assert chosen.replace({"health.rescale": None, "income.rescale": None}) != chosen


def test_away_from_0_is_how_a_bare_number_rounds() -> None:
    assert hi.Group("g", round={"digits": 2, "ties": "away"}) == hi.Group("g", round=2)


def test_a_function_of_ones_own_rescales_too() -> None:
    def doubled(x: np.ndarray) -> np.ndarray:
        return 2 * x

    plain, found = (index(**choices).compute(wards()).scores for choices in ({}, {"health__rescale": doubled}))
    np.testing.assert_allclose(found["health"], 2 * plain["health"])
