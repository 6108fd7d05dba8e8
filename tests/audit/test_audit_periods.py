"""An audit of a panel: a hollow period, or one full of zeros, is told from the others; remedies see what is done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.audited import blocks, index_of, table_of

import hengdian_index as hi
from hengdian_index._words.catalogue import LANGUAGES, words

PHRASES = {lang: words(lang, "audit") for lang in LANGUAGES}

YEARS = range(2010, 2016)


def rivers(seed: int = 0) -> pd.DataFrame:
    """Return 20 rivers over six years."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame([(f"r{i}", y, *rng.uniform(1, 2, 3)) for i in range(20) for y in YEARS])
    return frame.set_axis(["river", "year", "a", "b", "c"], axis=1)


def first(table: pd.DataFrame, n: int) -> pd.Series:
    """Return which rows are of the first n rivers."""
    return table["river"].isin([f"r{i}" for i in range(n)])


def index(**choices: Any) -> hi.Index:
    return hi.Index(
        unit="river",
        period="year",
        groups=[hi.Group("all")],
        indicators=[hi.Indicator(code, "all") for code in "abc"],
        **choices,
    )


def of_periods(audit: hi.Audit, check: str) -> pd.DataFrame:
    table = audit.measured
    return table[(table["check"] == check) & table["why"].str.startswith("in 20")]


@given(seed=st.integers(0, 99), year=st.sampled_from(YEARS), there=st.integers(0, 20))
@settings(max_examples=12, deadline=None)
def test_the_share_of_each_period_is_held_against_the_threshold(seed: int, year: int, there: int) -> None:
    table = rivers(seed)
    rows = table.index[table["year"] == year]
    table.loc[rows[there:], "b"] = np.nan
    audit = hi.audit(index(), table, draws=8)
    found = of_periods(audit, "coverage_of_indicators").set_index("part")
    assert found.loc["b", "value"] == pytest.approx(there / 20)
    assert found.loc["b", "verdict"] == ("fail" if there / 20 < 0.65 else "pass")
    assert audit.incomparable == ([str(year)] if there / 20 < 0.65 else [])
    assert (f"{year} is not comparable" in found.loc["b", "why"]) == (there / 20 < 0.65)
    assert set(found.loc[["a", "c"], "value"]) == {1.0}


def test_a_hollow_year_is_told_in_both_languages() -> None:
    table = rivers()
    table.loc[(table["year"] == 2015) & (table["river"] != "r3"), "a"] = np.nan
    table.loc[table["year"] == 2015, "c"] = 0.0
    audit = hi.audit(index(), table, draws=8)
    assert audit.verdicts[["coverage_of_indicators", "zeros"]].tolist() == ["fail", "look"]
    assert audit.incomparable == ["2015"]
    english, chinese = audit.summary(), audit.summary(lang="zh")
    assert "Not comparable with the other periods: 2015." in english
    assert "与其他时期不可比：2015。" in chinese
    told = audit.to_text()
    assert "a: in 2015 it has values in 5% of the rows; 2015 is not comparable" in told
    assert "c: in 2015 100% of its values are 0, in the other periods 0%; the share of zeros jumps" in told
    assert "2015与其他时期不可比" in audit.to_text(lang="zh")
    assert "零值占比突变" in audit.to_html(lang="zh")
    early = hi.audit(index(), table, rows="2010:2014", draws=8)
    assert early.incomparable == []


def test_several_periods_are_named_together() -> None:
    table = rivers()
    table.loc[table["year"].isin([2010, 2012, 2013]) & first(table, 10), "a"] = np.nan
    table.loc[(table["year"] == 2012) & first(table, 15), "a"] = np.nan
    audit = hi.audit(index(), table, draws=8)
    lines = of_periods(audit, "coverage_of_indicators").set_index("part")["why"]
    assert audit.incomparable == ["2010", "2012", "2013"]
    assert lines["a"].startswith("in 2012 it has")
    assert lines["a"].endswith("the same holds of 2010, 2013")


def test_what_is_short_in_every_period_or_has_no_panel_is_not_told_by_period() -> None:
    table = rivers()
    table.loc[first(table, 12), "a"] = np.nan
    always = of_periods(hi.audit(index(coverage=0.0), table, draws=8), "coverage_of_indicators")
    assert always["part"].tolist() == ["b", "c"]
    cross = index().replace({"period": None})
    assert of_periods(hi.audit(cross, table[table["year"] == 2011], draws=8), "coverage_of_indicators").empty
    one = index().replace({"unit": None})
    assert of_periods(hi.audit(one, rivers()[:6], draws=8), "coverage_of_indicators").empty


def test_zeros_in_every_period_are_no_jump() -> None:
    table = rivers()
    table.loc[first(table, 13), "b"] = 0.0
    found = hi.audit(index(), table, draws=8)
    assert of_periods(found, "zeros").set_index("part").loc["b", "verdict"] == "pass"
    assert found.incomparable == []


def remedy(audit: hi.Audit, check: str, part: str | None = None) -> str:
    lines = audit.findings.query("check == @check")
    lines = lines if part is None else lines[lines["part"] == part]
    assert set(lines["verdict"]) <= {"look", "fail"}
    return str(lines["remedy"].iloc[0])


@pytest.mark.parametrize(
    ("years", "codes", "ends"),
    [
        ([2015], "a", True),
        ([2014, 2015], "ab", True),
        ([2015], "abc", False),
        ([2012], "a", False),
        ([2010], "a", False),
    ],
)
def test_an_indicator_is_to_end_only_where_it_can(years: list[int], codes: str, ends: bool) -> None:
    """It never comes back, it was there before, and others stay; the remedy then leads to an index that computes."""
    table = rivers()
    table.loc[table["year"].isin(years) & first(table, 19), list(codes)] = np.nan
    for code in codes:
        told = remedy(hi.audit(index(), table, draws=8), "coverage_of_indicators", code)
        assert ("let the indicator end before it (end)" in told) == ends
        assert "leave the period out" in told
        assert f"do not rank {years[0]}" in told
    mended = index().replace({f"{code}.end": str(min(years) - 1) for code in codes}) if ends else index()
    table = table if ends else table[~table["year"].isin(years)]
    assert hi.audit(mended, table, draws=8).incomparable == []


def skewed(**choices: Any) -> tuple[hi.Index, pd.DataFrame]:
    """Return units of which twelve lie far out in x1, on both sides once logged."""
    table = table_of(blocks(), n=60)
    table["x1"] = np.where(table.index < 6, 1e7 ** np.linspace(1, 2, 60), np.where(table.index > 57, 1e-9, table["x1"]))
    return index_of(table, **choices), table


@pytest.mark.parametrize(
    ("treat", "told"),
    [
        (None, "treat it (treat = 'jrc', a logarithm)"),
        ("jrc", "jrc was not enough: more than 5 of 60 rows lie out, so the logarithm was kept"),
        ({"method": "winsorise", "points": 1}, "winsorise was not enough"),
    ],
)
def test_the_remedy_for_outliers_is_not_what_was_done(treat: Any, told: str) -> None:
    found, table = skewed(treat=treat)
    audit = hi.audit(found, table, draws=8, kurtosis=1, skew=0.5)
    assert remedy(audit, "outliers", "x1").startswith(told)
    assert not treat or "treat = 'jrc'" not in remedy(audit, "outliers", "x1")
    ranked, _ = skewed(treat=treat, normalise="rank")
    assert "takes them away" in remedy(hi.audit(ranked, table, draws=8, kurtosis=1, skew=0.5), "outliers", "x1")


def test_the_remedy_for_gaps_is_not_to_impute_what_is_imputed() -> None:
    table = rivers()
    table.loc[first(table, 10), "a"] = np.nan
    plain = hi.audit(index(coverage=0.0), table, draws=8)
    imputed = hi.audit(index(impute="median"), table, draws=8)
    assert "or impute them" in remedy(plain, "coverage_of_indicators", "a")
    assert remedy(imputed, "coverage_of_indicators", "a").startswith("it is imputed already (median)")
    assert remedy(
        hi.audit(index(impute="mean"), table, draws=8, coverage_of_units=0.9), "coverage_of_units"
    ).startswith("its gaps are imputed already")
    screened = hi.audit(index(unit_coverage=0.5, coverage=0.0), table, draws=8, coverage_of_units=0.9)
    assert remedy(screened, "coverage_of_units").startswith("unit_coverage = 0.5 lets it in: raise it")


def test_the_remedy_for_zeros_sees_shares_and_classes() -> None:
    table = rivers().assign(size=2.0)
    table.loc[first(table, 13), "b"] = 0.0
    assert "wants a share" in remedy(hi.audit(index(), table, draws=8), "zeros", "b")
    divided = hi.audit(index().replace({"b.denominator": "size"}), table, draws=8)
    assert remedy(divided, "zeros", "b").startswith("it is divided by 'size' already")
    classes = {"method": "categorical", "cuts": [90.0], "scores": [0.0, 1.0]}
    split = hi.audit(index().replace({"b.normalise": classes}), table, draws=8)
    assert remedy(split, "zeros", "b").startswith("its normalisation makes 2 classes")


def test_the_remedy_for_weights_sees_them() -> None:
    table = table_of(blocks(inside=(0.1, 0.1), across=0.0), n=60)
    heavy = index_of(table, weights={"x1": 3.0} | dict.fromkeys(["x2", "x3", "y1", "y2", "y3"], 1.0))
    audit = hi.audit(heavy, table, draws=8, not_heard=1.1, redundant=-1, one_out=-1)
    assert remedy(audit, "not_heard", "x1").startswith("it weighs more than the other parts already")
    assert "give it more weight" in remedy(audit, "not_heard", "x2")
    halves = index_of(table, weights={"x1": 1.0, "x2": 1.0, "x3": 2.0, "y1": 1.0, "y2": 1.5, "y3": 1.5})
    audit = hi.audit(halves, table, draws=8, redundant=-1, one_out=-1)
    pairs = audit.findings.query("check == 'redundant'").set_index(["part", "other"])["remedy"]
    assert pairs["x1", "x2"].startswith("their weights are halved already")
    assert "halve their weights" in pairs["x1", "x3"]


def test_every_phrase_stands_in_both_languages_with_the_same_facts() -> None:
    import string

    fields = [
        {key: {f for _, f, _, _ in string.Formatter().parse(text) if f} for key, text in PHRASES[lang].items()}
        for lang in ("en", "zh")
    ]
    assert fields[0].keys() == fields[1].keys()
    assert {key for key in fields[0] if key in fields[1] and fields[0][key] != fields[1][key]} == set()
