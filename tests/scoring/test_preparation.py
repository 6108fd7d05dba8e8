"""Denominators, imputations and treatments inside an index: learnt on the fit rows, frozen, every cell in the log."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi


def test_the_steps_are_the_functions_done_by_hand() -> None:
    frame = table()
    frame.loc[3, "a"] = np.nan
    frame.loc[6, "c"] = 4000.0
    index = two_levels(impute="mean", treat={"method": "winsorise", "points": 1})
    result = index.compute(frame)
    filled = hi.impute.mean(frame.set_index("quarter")).table
    treated = hi.treat.winsorise(filled, points=1).table
    expected = hi.normalise.min_max(treated, direction={"b": -1}, lower=1, upper=100)
    np.testing.assert_allclose(result.normalised, expected, rtol=1e-13)


def test_the_log_names_every_touched_cell() -> None:
    frame = table()
    frame.loc[3, "a"] = np.nan
    frame.loc[6, "c"] = 4000.0
    log = two_levels(impute="mean", treat={"method": "winsorise", "points": 1}).compute(frame).log
    imputed = log[log["step"] == "impute"].iloc[0]
    assert (imputed["period"], imputed["indicator"]) == ("2001Q4", "a")
    assert imputed["after"] == pytest.approx(frame["a"].mean())
    touched = log[(log["step"] == "treat") & (log["indicator"] == "c") & log["period"].notna()].iloc[0]
    assert (touched["period"], touched["before"]) == ("2002Q3", 4000.0)
    assert touched["after"] == frame["c"].drop(6).max()


def test_later_rows_are_treated_as_the_fit_rows_were() -> None:
    frame = table()
    index = two_levels(treat={"method": "fence", "width": 0.5}, impute="median", fit_on="2001:2002")
    old, new = index.compute(frame.iloc[:9]), index.compute(frame)
    pd.testing.assert_frame_equal(new.scores.iloc[:9], old.scores, check_exact=True)
    gap = frame.copy()
    gap.loc[11, "d"] = np.nan
    median = frame["d"].iloc[:8].median()
    assert index.fit(frame).score(gap).log.query("step == 'impute'")["after"].tolist() == [median]


def test_a_denominator_is_a_column_of_the_table() -> None:
    frame = table().assign(population=np.arange(1.0, 13))
    index = two_levels().replace({"a.denominator": "population"})
    result = index.compute(frame)
    per_head = hi.normalise.min_max(frame["a"] / frame["population"], lower=1, upper=100)
    np.testing.assert_allclose(result.normalised["a"], per_head, rtol=1e-13)
    assert "population" not in str(result.log["why"].tolist())
    assert hi.Index.from_toml(index.to_toml()) == index
    with pytest.raises(hi.DataError, match=r"denominator of 'a': .*'population', period 2001Q1: 0"):
        index.compute(frame.assign(population=np.arange(0.0, 12)))
    with pytest.raises(hi.DataError, match="column 'population' is missing"):
        index.compute(table())


def test_groups_of_rows_are_a_column_of_the_table() -> None:
    index = hi.Index(
        unit="who",
        impute={"method": "group_mean", "groups": "income"},
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("x", "all"), hi.Indicator("y", "all")],
    )
    frame = pd.DataFrame(
        {
            "who": list("ABCD"),
            "income": ["high", "high", "low", "low"],
            "x": [1.0, np.nan, 5, 7],
            "y": [1.0, 2, 3, np.nan],
        }
    )
    log = index.compute(frame).log
    assert log["after"].tolist() == [1.0, 3.0]


def test_peers_are_the_indicators_of_the_group() -> None:
    frame = table()
    frame.loc[3, "a"] = np.nan
    result = two_levels(impute="peers", normalise="min_max", base=None).compute(frame)
    assert result.normalised["a"].iloc[3] == pytest.approx(result.normalised["b"].iloc[3], abs=1e-12)


def test_none_stands_against_a_wider_default() -> None:
    index = two_levels(treat={"method": "winsorise", "points": 1}).replace({"left.treat": "none", "c.treat": "none"})
    raw = two_levels().compute(table()).normalised
    np.testing.assert_array_equal(index.compute(table()).normalised[["a", "b", "c"]], raw[["a", "b", "c"]])
    assert not np.array_equal(index.compute(table()).normalised["d"], raw["d"])
    assert hi.Index.from_toml(index.to_toml()) == index


def test_coverage_of_an_indicator() -> None:
    gap = table()
    gap.loc[:5, "a"] = np.nan
    index = two_levels(coverage=0.4)
    index.replace({"a.coverage": 0.5}).compute(gap)
    with pytest.raises(hi.DataError, match="indicator 'a': 50 % of the fit rows have a value, 65 % are needed"):
        index.replace({"a.coverage": 0.65}).compute(gap)


def test_misspelt_steps_are_refused() -> None:
    with pytest.raises(hi.SpecError) as caught:
        two_levels(treat="winsorisse", impute={"method": "mean", "group": 1})
    assert "treat: no method 'winsorisse'; did you mean 'winsorise'?" in str(caught.value)
    assert "impute: mean: unknown option 'group'" in str(caught.value)
    with pytest.raises(hi.SpecError, match="denominator"):
        two_levels(treat="denominate")
