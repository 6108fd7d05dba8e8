"""Indicators that move with their group where they are missing, against a loop over periods, and piar's figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

BELOW = {"all": ["left", "right", "e"], "left": ["a", "b"], "right": ["c", "d"]}
LEAVES = ["a", "b", "c", "d", "e"]
SHARES = [{"a": 10, "b": 25, "c": 30, "d": 5, "e": 20}, {"a": 18, "b": 12, "c": 22, "d": 19, "e": 33}]


def prices(seed: int = 0) -> pd.DataFrame:
    """Return prices of two years, each of a size of its own."""
    rng = np.random.default_rng(seed)
    months = [f"{year}-{month:02d}" for year in (2020, 2021) for month in range(1, 13)]
    x = np.exp(np.cumsum(rng.normal(0, 0.05, (24, 5)), axis=0)) * [3, 80, 1, 1000, 20]
    return pd.DataFrame(x, index=pd.Index(months, name="t"), columns=LEAVES)


def with_gaps(x: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return prices with gaps anywhere: at the link, of a whole group, before a first value."""
    x = x.mask(np.random.default_rng(seed).random(x.shape) < 0.15)
    x.loc["2020-01":"2020-03", "d"] = np.nan
    x.loc["2020-06":"2020-08", ["c", "d"]] = np.nan
    x.loc["2020-12", "a"] = np.nan
    x["e"] = x["e"].ffill().bfill()
    return x


def index(**choices: Any) -> hi.Index:
    """Return the tree with shares from the start, and others from 2021 on."""
    first, second = ({**one, "left": one["a"] + one["b"], "right": one["c"] + one["d"]} for one in SHARES)

    def group(code: str) -> hi.Group:
        some = [{child: float(one[child]) for child in BELOW[code]} for one in (first, second)]
        return hi.Group(code, None if code == "all" else "all", weights=some[0], weights_since={"2021-01": some[1]})

    parents = {leaf: code for code, parts in BELOW.items() for leaf in parts if leaf in LEAVES}
    given = {"period": "t", "normalise": "none", "base": "2020-01", "to": 1, "weights_form": "shares"}
    parts = [hi.Indicator(leaf, parents[leaf]) for leaf in LEAVES]
    return hi.Index(groups=list(map(group, BELOW)), indicators=parts, missing="parent", **{**given, **choices})


def textbook(x: pd.DataFrame) -> pd.DataFrame:
    """Return levels step by step: relatives, those of the parent where there is none, and shares updated by prices."""
    level, out, u = dict.fromkeys(BELOW, 1.0), [], {}
    first = {leaf: x[leaf].first_valid_index() for leaf in LEAVES}
    price = dict(x.iloc[0])
    for i, month in enumerate(x.index):
        if i == 0 or month == "2021-01":
            u = dict(SHARES[i > 0])
        step: dict[str, float] = {}
        for leaf in LEAVES:
            there = not np.isnan(x[leaf].iloc[i])
            step[leaf] = x[leaf].iloc[i] / price[leaf] if i and there and month > first[leaf] else np.nan
        value = dict(u) | {code: u[BELOW[code][0]] + u[BELOW[code][1]] for code in ("left", "right")}
        for code in ("left", "right", "all"):
            own = [child for child in BELOW[code] if not np.isnan(step[child])]
            total = sum(value[child] for child in own)
            step[code] = sum(value[child] * step[child] for child in own) / total if own else np.nan
        if i == 0:
            step = dict.fromkeys(step, 1.0)
        for code in ("all", "left", "right"):
            for child in BELOW[code]:
                step[child] = step[code] if np.isnan(step[child]) else step[child]
            level[code] *= step[code]
        for leaf in LEAVES:
            u[leaf] *= step[leaf]
            price[leaf] = price[leaf] * step[leaf] if np.isnan(x[leaf].iloc[i]) else x[leaf].iloc[i]
        out.append(dict(level))
    return pd.DataFrame(out, index=x.index)


@pytest.mark.parametrize("seed", range(6))
def test_levels_are_those_of_relatives_with_parental_imputation(seed: int) -> None:
    x = with_gaps(prices(seed), seed + 10)
    result = index().compute(x.reset_index())
    np.testing.assert_allclose(result.series(), textbook(x)[["all", "left", "right"]], rtol=1e-11)
    filled = result.normalised
    assert not filled.isna().any().any()
    np.testing.assert_array_equal(filled.to_numpy()[x.notna()], x.to_numpy()[x.notna()])
    told = result.log[result.log["why"] == "moves with its group"]
    assert len(told) == int(x.isna().to_numpy().sum())
    np.testing.assert_allclose(
        [filled.loc[one.period, one.indicator] for one in told.itertuples()], told["after"], rtol=1e-12
    )


def test_without_gaps_the_rule_changes_nothing() -> None:
    x = prices().reset_index()
    one, other = (index().replace({"missing": rule}).compute(x) for rule in ("parent", "reweight"))
    pd.testing.assert_frame_equal(one.series(), other.series(), check_exact=True)


@pytest.mark.parametrize("choice", ["geometric", "harmonic", {"method": "power", "p": 2}], ids=str)
def test_a_group_grows_as_what_it_has_under_any_mean(choice: Any) -> None:
    x = prices()
    x.loc["2020-05":"2020-07", "a"] = np.nan
    result = index(aggregate=choice).compute(x.reset_index())
    growth = result.scores["left"].pct_change()
    np.testing.assert_allclose(growth["2020-05":"2020-07"], x["b"].pct_change()["2020-05":"2020-07"], rtol=1e-11)


def test_growth_goes_on_from_the_filled_level() -> None:
    """A price that comes again makes good what was filled; growth on the period before does not say how far."""
    x = prices()
    growth = (100 * x / x.shift()).iloc[1:]
    growth.loc["2020-04":"2020-05", "b"] = np.nan
    columns = {f"{leaf}.growth": {"on": "period", "form": "index"} for leaf in LEAVES}
    spec = index().replace({**columns, "base": "2020-02"})
    found = spec.compute(growth.reset_index()).normalised["b"]
    a = x["a"]
    np.testing.assert_allclose(found["2020-05"] / found["2020-03"], a["2020-05"] / a["2020-03"], rtol=1e-12)
    np.testing.assert_allclose(found["2020-09"] / found["2020-05"], x["b"]["2020-09"] / x["b"]["2020-05"], rtol=1e-12)


def test_contributions_of_what_moves_with_its_group_sum_to_the_change() -> None:
    result = index().compute(with_gaps(prices()).reset_index())
    for lag in (1, 12):
        parts = result.contributions(lag=lag, depth="indicators")
        assert list(parts) == LEAVES
        np.testing.assert_allclose(
            parts.sum(axis=1).iloc[lag:], result.series()["all"].diff(lag).iloc[lag:], atol=1e-12
        )


def test_later_rows_go_on_from_the_fit_and_say_what_they_need(tmp_path: Path) -> None:
    x = with_gaps(prices())
    levels = index().compute(x.reset_index()).series()
    fitted = index().fit(x.iloc[:15].reset_index())
    fitted.save(tmp_path / "fit.json")
    fitted = hi.Fitted.load(tmp_path / "fit.json")
    np.testing.assert_allclose(fitted.score(x.reset_index()).series(), levels, rtol=1e-12)
    row = next(i for i in range(16, 24) if x.iloc[i].isna().any())
    with pytest.raises(hi.DataError, match="from earlier rows on; give those from 2020-01 on"):
        fitted.score(x.iloc[row:].reset_index())


def test_what_comes_after_the_fit_is_measured_by_what_it_was() -> None:
    """An indicator of which the fit has no value; its size then changes nothing."""
    x = prices()
    x.loc[:"2020-09", "b"] = np.nan
    levels = index().compute(x.reset_index()).series()
    fitted = index().fit(x.iloc[:8].reset_index())
    for size in (1, 1000):
        later = fitted.score(x.assign(b=x["b"] * size).reset_index()).series()
        np.testing.assert_allclose(later, levels, rtol=1e-12)


def test_each_unit_is_filled_by_itself() -> None:
    frames = {unit: with_gaps(prices(seed), seed) for unit, seed in (("north", 2), ("south", 3))}
    panel = pd.concat([frame.reset_index().assign(u=unit) for unit, frame in frames.items()])
    result = index(unit="u").compute(panel.sample(frac=1, random_state=1))
    for unit, frame in frames.items():
        alone = index().compute(frame.reset_index()).series()
        np.testing.assert_allclose(result.series().loc[unit].loc[alone.index], alone, rtol=1e-12)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_statement_path_and_workbook_say_what_was_filled(lang: Any, tmp_path: Path) -> None:
    result = index().compute(with_gaps(prices()).reset_index())
    assert ("moves with its group" if lang == "en" else "随其所属分指数变动") in result.method(lang)
    result.to_excel(tmp_path / "result.xlsx", lang=lang)
    result.report(tmp_path / "report.html", lang=lang)
    steps = result.explain(period="2020-02", node="d").steps
    (filled,) = steps[steps["step"] == "impute"].itertuples()
    assert filled.what == "moves with right, its group, where it is missing"
    assert filled.value == result.normalised.loc["2020-02", "d"]


def test_the_rule_needs_shares() -> None:
    with pytest.raises(hi.SpecError, match='missing = "parent" moves levels that value shares weigh'):
        index(weights_form="plain")
    with pytest.raises(hi.SpecError, match="missing"):
        hi.aggregate.arithmetic([[1.0, np.nan]], [1, 1], missing="parent")  # type: ignore[arg-type]


def test_a_chain_of_matched_samples_is_that_of_piar() -> None:
    """Statistics Canada's package piar (MIT), tests/test-making-price-indexes.Rout.save: relatives with gaps."""
    nan = np.nan
    relatives = {
        "B1": [1, 0.8949097, 0.3342939, nan],
        "B2": [1, nan, nan, 2.770456],
        "B3": [1, 2.0200036, 1.6353355, 0.537996],
        "B4": [nan, nan, nan, 4.576286],
        "B5": [nan] * 4,
    }
    table = pd.DataFrame(relatives) * 100
    table["month"] = ["2020-01", "2020-02", "2020-03", "2020-04"]
    weights = {"B1": 553, "B2": 646, "B3": 312, "B4": 622, "B5": 330}
    spec = hi.Index(
        period="month",
        base="2020-01",
        to=1,
        normalise="none",
        missing="parent",
        weights_form="shares",
        groups=[hi.Group("1"), hi.Group("11", "1"), hi.Group("12", "1")],
        indicators=[
            hi.Indicator(code, "11" if code < "B4" else "12", weight=weight, growth={"on": "period", "form": "index"})
            for code, weight in weights.items()
        ],
    )
    result = spec.compute(table)
    chained = {
        "1": [1, 1.3007239, 1.3827662, 3.7815355],
        "11": [1, 1.3007239, 1.3827662, 2.1771866],
        "12": [1, 1.3007239, 1.3827662, 6.3279338],
    }
    rebased = {
        "1": [0.2644428, 0.3439671, 0.3656626, 1],
        "11": [0.4593084, 0.5974334, 0.6351161, 1],
        "12": [0.1580295, 0.2055527, 0.2185178, 1],
    }
    np.testing.assert_allclose(result.series(), pd.DataFrame(chained), atol=5e-7)
    np.testing.assert_allclose(result.series(base="2020-04"), pd.DataFrame(rebased), atol=5e-7)
    steps = [[1.3007239, 1.3007239, 1.3007239], [1.0630743] * 3, [2.734761, 1.574515, 4.576286]]
    np.testing.assert_allclose(result.changes().iloc[1:] / 100 + 1, steps, atol=5e-7)
