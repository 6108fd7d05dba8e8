"""What a statement says of links, of restated history, of base levels, and of the rows that numbers rest on."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.statements import linked
from support.tables import panel, table

import hengdian_index as hi


def cities(**choices: Any) -> hi.Index:
    """Return an index of cities."""
    return two_levels(unit="city", **choices)


def items(text: str, start: str) -> list[str]:
    """Return the items of a statement that start in some way."""
    return re.findall(rf"^- ({re.escape(start)}.*)$", text, flags=re.M)


def test_link_factors_are_given_for_every_unit_and_group() -> None:
    result = linked().compute(panel())
    text = result.method()
    course = result.course
    for unit in "xyz":
        row = int(np.flatnonzero(result.panel.units == unit)[0])
        (said,) = [item for item in items(text, "From 2001Q3 on of") if item.startswith(f"From 2001Q3 on of {unit}:")]
        for position, since in enumerate(("2001Q3", "2002Q1", "2002Q2"), start=1):
            factors = dict(zip(result.tree.groups, course.factors[position, row], strict=True))
            there = [code for code in result.tree.groups if code in course.contents[position].tree.groups]
            told = ", ".join(f"`{code}` {factors[code]:.15g}" for code in there)
            assert f"From {since} on of {unit}: {told}." in said


def test_levels_follow_from_the_factors_told() -> None:
    result = linked(aggregate="arithmetic").compute(panel())
    (said,) = items(result.method(), "From 2001Q3 on of y")
    told = re.findall(r"From (\w+) on of y: `all` ([\d.]+)", said)
    scores, levels = result.scores["all"]["y"], result.course.levels[:, 0]
    own = pd.Series(levels, result.scores.index)["y"]
    factor = dict.fromkeys(scores.index, 1.0)
    for since, value in told:
        factor |= {period: float(value) for period in scores.index if period >= since}
    for period, score in scores.items():
        assert score * factor[period] == pytest.approx(own[period], rel=1e-13)


def test_of_many_units_twelve_are_listed_and_the_rest_counted() -> None:
    many = panel(8, "abcdefghijklmno")
    text = linked().compute(many).method()
    assert len(items(text, "From 2001Q3 on of")) == 12
    assert "The factors of 3 more units are in `result.course.by_unit()`." in text
    assert len(items(text, "Levels in the base period of")) == 12
    assert "The base levels of 3 more units are in `result.base_levels`." in text
    assert "15 units: a, b, c, d, e, f, g, h, i, j, k, l, 3 more." in text


def test_what_is_not_yet_in_the_content_is_no_gap() -> None:
    assert "reweighted" not in linked().compute(panel()).method().replace("weights of the others", "")


def test_restated_history_is_told_once() -> None:
    later = {"2002Q1": {"a": 1, "c": 2}}
    text = linked(content="restate").replace({"left.weights_since": later}).compute(panel()).method()
    assert text.count("`fixed` (given `a` 1, `c` 2)") == 1
    assert text.count("Weights: `a` 0.333333333333333, `c` 0.666666666666667.") == 1
    assert "History is computed with the latest content throughout" in text
    assert items(text, "Put in only from a later period: `c` (from 2001Q3 on), `d` (from 2002Q2 on).")
    assert items(text, "With weights that hold only from a later period: `left` (from 2002Q1 on).")
    assert items(text, "No longer part of it: `b` (until 2001Q4).")
    assert "It counts" not in text
    assert "linked" not in text


def holed(*periods: str) -> pd.DataFrame:
    """Return rows of cities in which one lacks two indicators in some periods."""
    rows = panel().set_index(["city", "quarter"])
    rows.loc[[("y", period) for period in periods], ["a", "b"]] = np.nan
    return rows.reset_index()


QUARTERS = ("2001Q1", "2001Q2", "2001Q3", "2001Q4")


@pytest.mark.parametrize("how", ["refuse", "missing"])
def test_a_base_level_that_is_missing_is_told_with_its_reason(how: Any) -> None:
    result = cities(new_units=how, coverage=0.5).compute(holed(*QUARTERS))
    english, chinese = result.method(), result.method("zh")
    assert f"`left` none, because it has no score in {', '.join(QUARTERS)}, all of the base" in english
    assert f"`left`没有，因为其在基期各期（{'、'.join(QUARTERS)}）都没有得分" in chinese
    assert not re.search(r"\bnan\b", english + chinese)
    end = "are refused" if how == "refuse" else "have no series"
    assert f"in the base period {end}." in english


def test_a_base_level_of_a_frozen_fit_that_is_missing_has_a_reason_too() -> None:
    fitted = cities(coverage=0.5).fit(holed(*QUARTERS))
    text = fitted.score(panel().query("quarter >= '2002'")).method()
    assert "`left` none, because it had no score in the base when the index was fitted" in text
    assert not re.search(r"\bnan\b", text)


def test_a_base_level_of_fewer_periods_says_which_are_out() -> None:
    text = cities().compute(holed("2001Q2")).method()
    (said,) = items(text, "Levels in the base period of y")
    assert re.search(r"`left` [\d.]+ \(the mean without 2001Q2, which has no score\)", said)
    assert re.search(r"`right` [\d.]+\.$", said)
    rows = panel()
    (said,) = items(cities().compute(rows.drop(rows.index[9])).method(), "Levels in the base period of y")
    assert said.count("(the mean without 2001Q2") == 3


def test_a_base_level_that_is_not_above_0_is_told() -> None:
    text = two_levels(normalise="z_score").compute(table()).method()
    assert re.search(r"`\w+` -[\d.]+, which is not above 0, so it has no series", text)


def test_a_unit_without_a_row_in_the_base_is_told() -> None:
    fitted = cities().fit(panel(units="xy"))
    new = panel().query("city == 'z' and quarter >= '2002'")
    assert "z has no row in the base period, and so no base level and no series." in fitted.score(new).method()
    assert "z在基期没有数据，因而没有基期水平和指数。" in fitted.score(new).method("zh")


@pytest.mark.parametrize(
    ("how", "said"), [("link", "enters at the mean level of the others"), ("restate", "gets the mean base level")]
)
def test_a_unit_that_enters_is_told_with_its_base_level(how: Any, said: str) -> None:
    rows = panel()
    result = cities(new_units=how).compute(rows[(rows.city != "z") | (rows.quarter >= "2002")])
    (item,) = items(result.method(), "Levels in the base period of z")
    assert said in item
    level = 100 / result.factors()[-1, 0]
    assert f"`all` {level:.15g}" in item


def test_a_base_that_no_row_reaches_is_told() -> None:
    rows = table()
    fitted = two_levels(base="1999").fit(rows, fit_on="2001")
    assert "No row of the table fitted or scored lies in the base period" in fitted.score(rows).method()


def test_numbers_say_how_many_values_they_rest_on() -> None:
    rows = table()
    rows.loc[[2, 7], "a"] = np.nan
    text = two_levels(weights="deviation", coverage=0.5).compute(rows).method()
    assert "Learnt from 10 values." in items(text, "`a`:")[0]
    assert "Learnt from 12 values." in items(text, "`b`:")[0]
    assert "Weights are learnt from the 12 fit rows" in items(text, "`left`")[0]
    assert "Of these rows 10 have all parts; each part counts with the rows that it has." in items(text, "`left`")[0]
    assert "Of these rows" not in items(text, "`right`")[0]


def test_counts_are_left_out_where_the_fit_rows_are_not_at_hand() -> None:
    rows = table()
    rows.loc[2, "a"] = np.nan
    text = two_levels(coverage=0.5).fit(rows).score(rows.tail(3)).method()
    assert "Learnt from" not in text
    assert "learnt from 12 rows" in text


def test_rows_that_indicators_name_are_told_and_counted() -> None:
    index = two_levels(weights="deviation", fit_on="2001", base=None).replace({"a.fit_on": "2002"})
    text = index.compute(table()).method()
    assert "Learnt from rows of its own: 2002." in items(text, "`a`:")[0]
    assert "learnt from 8 rows: the fit rows, and those that indicators name (2002)" in items(text, "`left`")[0]


@pytest.mark.parametrize(
    ("how", "said"),
    [("base", "from the 12 base rows (2001)"), ("period", "the rows of each period on their own (3 in each)")],
)
def test_what_weights_are_learnt_from_is_told(how: Any, said: str) -> None:
    assert said in cities(weigh_on=how, weights="deviation").compute(panel()).method()


def test_weights_of_many_periods_are_all_told() -> None:
    text = cities(weigh_on="period", weights="deviation").compute(panel(16)).method()
    told = items(text, "`left`")[0]
    assert [f"Weights in {year}Q{quarter}:" in told for year in range(2001, 2005) for quarter in range(1, 5)] == [
        True
    ] * 16


def test_relatives_are_learnt_from_the_base() -> None:
    text = two_levels(normalise="relative").compute(table()).method()
    assert "Learnt from the base rows (2001): `a`, `b`, `c`, `d`." in text


def test_rules_of_an_indicator_itself_are_told() -> None:
    text = two_levels().replace({"a.missing": "propagate", "a.coverage": 0.5}).compute(table()).method()
    said = (
        "Where it is missing its group has no score. It needs values in at least 0.5 of the rows that it learns from."
    )
    assert said in items(text, "`a`:")[0]


def test_weights_of_a_period_hold_in_it_alone() -> None:
    text = cities(weigh_on="period", weights="deviation").compute(panel()).method()
    assert "Weights in 2002Q4: " in items(text, "`left`")[0]


def section(text: str, heading: str) -> str:
    """Return one section of a statement."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def both(index: hi.Index, rows: pd.DataFrame) -> tuple[str, str]:
    """Return what a statement says of the series, in English and in Chinese."""
    result = index.compute(rows)
    return section(result.method(), "Series"), section(result.method("zh"), "指数序列")


FIXED = ("Levels are scores on a fixed scale.", "指数为按固定参数计算的得分。")


def test_scores_of_frozen_maps_and_weights_are_on_a_fixed_scale() -> None:
    for found, said in zip(both(cities(weights="deviation"), panel()), FIXED, strict=True):
        assert said in found


@pytest.mark.parametrize("method", ["topsis", "copeland", "grey_relational"])
def test_levels_that_compare_all_rows_are_not_on_a_fixed_scale(method: str) -> None:
    index = cities(base=None).replace({"left.aggregate": method})
    english, chinese = both(index, panel())
    assert "There is no fixed scale in `all`, `left`: " in english
    assert "all rows scored, so that other rows, also ones added later, may change every level" in english
    assert "`all`、`left`没有固定标度：" in chinese
    assert FIXED[0] not in english
    assert FIXED[1] not in chinese
    # The claim itself, of a frozen fit: without a city the levels of the others change.
    fitted = index.fit(panel())
    whole, less = (fitted.score(rows).scores["left"] for rows in (panel(), panel().query("city != 'x'")))
    assert not np.allclose(whole.reindex(less.index), less)


@pytest.mark.parametrize("choices", [{"scope": "period"}, {"weigh_on": "period", "weights": "deviation"}], ids=str)
def test_levels_that_compare_rows_of_a_period_have_a_scale_for_each(choices: Any) -> None:
    index = cities(base=None).replace({"left.aggregate": "topsis", **choices})
    text = index.compute(panel()).method()
    english, chinese = both(index, panel())
    assert "There is no fixed scale in `all`, `left`: " in english
    assert "each period has a scale of its own" in english
    assert "各期自成标度" in chinese
    assert "fixed scale." not in english
    assert "compared with those of their own period" in items(text, "`left`")[0]
    assert "all rows scored" not in text
    rows = panel()
    whole, less = (index.compute(some).scores["left"] for some in (rows, rows[rows["quarter"] < "2002Q4"]))
    assert whole.reindex(less.index).to_numpy() == pytest.approx(less.to_numpy())


def test_levels_under_weights_that_move_say_so() -> None:
    index = cities(weigh_on="period", weights="deviation").replace({"left.weights": {"a": 3, "b": 2}})
    english, chinese = both(index, panel())
    assert "Each period has weights of its own in `all`, `right`, or in groups below" in english
    assert "`all`、`right`或其下级分指数各期有各自的权重" in chinese
    assert "fixed" not in english
    chain = cities(weigh_on="period", weights="deviation", series="ratio")
    assert "Each step is under the weights of its later period." in both(chain, panel())[0]


def test_given_weights_do_not_move_with_the_period() -> None:
    index = cities(weigh_on="period").replace({"left.weights": {"a": 3, "b": 2}})
    for found, said in zip(both(index, panel()), FIXED, strict=True):
        assert said in found
    text, chinese = index.compute(panel()).method(), index.compute(panel()).method("zh")
    assert "Weights in every period: `a` 0.6, `b` 0.4." in items(text, "`left`")[0]
    assert "权重（各期相同）：`a` 0.6、`b` 0.4。" in chinese
    assert "Weights in 2001Q1" not in text


def test_each_period_has_its_weights_also_where_two_in_turn_are_equal() -> None:
    rows = panel().set_index(["quarter", "city"])
    rows.loc["2001Q3"] = rows.loc["2001Q2"].to_numpy()
    text = cities(weigh_on="period", weights="deviation").compute(rows.reset_index()).method()
    found = re.findall(r"Weights in (\w+): (.*?)\. ", items(text, "`left`")[0])
    assert [period for period, _ in found] == sorted(panel()["quarter"].unique())
    assert dict(found)["2001Q2"] == dict(found)["2001Q3"]


def test_a_scale_of_a_function_of_a_user_is_not_claimed() -> None:
    def best(x: Any, w: Any) -> Any:
        return x.max(axis=1)

    english, _ = both(cities().replace({"left.aggregate": best}), panel())
    assert "Whether the scale is fixed in `all`, `left` depends on functions without a declared formula." in english


def test_comparisons_are_told_with_what_is_compared() -> None:
    index = cities(base=None).replace({"left.aggregate": "topsis"})
    assert "compared with all rows scored" in items(index.compute(panel()).method(), "`left`")[0]
    text = index.replace({"left.scope": "period"}).compute(panel()).method()
    assert "compared with those of their own period" in items(text, "`left`")[0]
    assert "compared" not in items(text, "`right`")[0]


def test_a_unit_that_cannot_be_linked_is_told_with_the_reason() -> None:
    rows = panel()
    hole = rows[(rows.city == "z") & ~rows.quarter.isin(["2001Q2", "2001Q3"])]
    fitted = linked(aggregate="arithmetic").fit(panel(units="xy"))
    result = fitted.score(pd.concat([hole, panel(units="x")]))
    (said,) = items(result.method(), "From 2001Q3 on of z")
    assert said.startswith("From 2001Q3 on of z: `all`, `left` none, because neither 2001Q2 nor 2001Q3 has all values")
    assert "There are no levels, because factors are missing that rows need." in result.method()
    assert "没有指数，因为部分样本所需的系数缺失。" in result.method("zh")


def test_a_factor_that_rests_on_a_missing_one_says_so() -> None:
    rows = panel()
    hole = rows[(rows.city == "z") & ~rows.quarter.isin(["2001Q2", "2001Q3"])]
    fitted = linked(aggregate="arithmetic", coverage=0.0).fit(panel(units="xy"))
    text = fitted.score(pd.concat([hole, panel(units="x")])).method()
    assert "`all`, `left` none, because there is none before" in text
