"""From score to level to series: links, steps of a chain, the base of the row's own unit; and what is asked wrongly."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import two_levels
from support.statements import linked
from support.tables import panel

import hengdian_index as hi


def recomputed(found: Any) -> pd.DataFrame:
    """Return the steps after the score, each formula having given its value."""
    steps = found.steps[found.steps["step"].isin(["link", "growth", "level", "base", "series"])]
    for step in steps.itertuples():
        if step.formula:
            value = eval(step.formula, {"exp": math.exp})
            assert float(value) == pytest.approx(step.value, rel=1e-12), step
    return steps


def cities(**choices: Any) -> hi.Index:
    """Return an index of cities."""
    return two_levels(unit="city", **choices)


def test_the_base_is_that_of_the_own_unit() -> None:
    result = cities().compute(panel())
    for unit in "xyz":
        steps = recomputed(result.explain(unit, "2002Q3"))
        own = result.scores.loc[unit]["all"]
        base = steps.query("step == 'base'").iloc[0]
        assert base["value"] == pytest.approx(own[[label.startswith("2001") for label in own.index]].mean(), rel=1e-14)
        assert f"mean level of unit {unit} over 2001 (2001Q1, 2001Q2, 2001Q3, 2001Q4)" in base["what"]
        assert repr(float(base["value"])) in steps.iloc[-1]["formula"]
        assert steps.iloc[-1]["value"] == pytest.approx(result.series().loc[(unit, "2002Q3"), "all"], rel=1e-14)


def test_links_are_told_up_to_the_content_of_the_row() -> None:
    result = linked(aggregate="arithmetic").compute(panel())
    for period, count in (("2001Q2", 0), ("2001Q4", 1), ("2002Q1", 2), ("2002Q4", 3)):
        steps = recomputed(result.explain("y", period))
        links = steps.query("step == 'link'")
        assert len(links) == count
        assert (links["formula"] != "").all()
        level = steps.query("step == 'level'").iloc[0]["value"]
        assert level == pytest.approx(
            result.series().loc[("y", period), "all"] * steps.query("step == 'base'")["value"].iloc[0] / 100
        )
        for before, after in zip(links["value"], links["formula"].iloc[1:], strict=False):
            assert after.startswith(repr(float(before)))


def test_a_group_that_enters_has_the_level_and_the_base_of_the_group_above() -> None:
    result = linked().compute(panel())
    steps = recomputed(result.explain("y", "2002Q3", "right"))
    assert len(steps.query("step == 'link'")) == 1
    base = steps.query("step == 'base'").iloc[0]
    assert "that of all, the group above" in base["what"]
    assert base["value"] == recomputed(result.explain("y", "2002Q3")).query("step == 'base'").iloc[0]["value"]


@pytest.mark.parametrize("how", ["ratio", "symmetric", "log"])
def test_the_last_steps_of_a_chain_follow_from_each_other(how: Any) -> None:
    result = cities(series=how).compute(panel())
    steps = recomputed(result.explain("y", "2002Q4"))
    levels = steps.query("step == 'level'")
    assert [what[:6] for what in levels["what"]] == ["2002Q1", "2002Q2", "2002Q3", "2002Q4"]
    for before, after in zip(levels["value"], levels["formula"].iloc[1:], strict=False):
        assert repr(float(before)) in after
    base = steps.query("step == 'base'").iloc[0]
    assert "of unit y" in base["what"]
    assert base["formula"]
    assert steps.iloc[-1]["value"] == pytest.approx(result.series().loc[("y", "2002Q4"), "all"], rel=1e-13)


def test_a_frozen_base_says_so() -> None:
    fitted = cities().fit(panel())
    found = fitted.score(panel().query("quarter >= '2002'")).explain("y", "2002Q2")
    base = recomputed(found).query("step == 'base'").iloc[0]
    assert "frozen when the index was fitted" in base["what"]
    assert base["value"] == fitted.base_levels["y"][0]


@pytest.mark.parametrize("how", ["link", "restate"])
def test_a_unit_that_enters_says_how(how: Any) -> None:
    rows = panel()
    result = cities(new_units=how).compute(rows[(rows.city != "z") | (rows.quarter >= "2002")])
    base = recomputed(result.explain("z", "2002Q2")).query("step == 'base'").iloc[0]
    assert "no level in 2001" in base["what"]
    assert base["value"] == pytest.approx(100 / result.factors()[-1, 0], rel=1e-14)


def test_a_unit_without_a_base_has_no_series_and_is_explained_all_the_same() -> None:
    rows = panel()
    result = cities(new_units="missing").compute(rows[(rows.city != "z") | (rows.quarter >= "2002")])
    steps = recomputed(result.explain("z", "2002Q2"))
    assert steps["value"].isna().all()
    assert "no level above 0 in 2001" in steps.query("step == 'base'")["what"].iloc[0]
    fitted = cities().fit(panel(units="xy"))
    found = fitted.score(rows[(rows.city == "z") & (rows.quarter >= "2002")]).explain("z", "2002Q2")
    assert found.steps["what"].iloc[-1].startswith("none: unit 'z'")


def test_a_base_with_gaps_is_the_mean_of_the_rest() -> None:
    rows = panel().set_index(["city", "quarter"])
    rows.loc[("y", "2001Q2"), list("abcd")] = np.nan
    base = recomputed(cities().compute(rows.reset_index()).explain("y")).query("step == 'base'").iloc[0]
    assert base["what"].endswith("(2001Q1, 2001Q3, 2001Q4)")
    assert base["formula"].endswith(" / 3")


def test_units_are_named_where_none_is_given() -> None:
    with pytest.raises(
        hi.SpecError, match=re.escape("unit: say whose row, such as 'x'; there are 3 units: 'x', 'y', 'z'")
    ):
        cities().compute(panel()).explain()
    assert cities().compute(panel(units="x")).explain().place.startswith("unit 'x'")
    labelled = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")])
    result = labelled.compute(pd.DataFrame({"a": [1.0, 2.0]}, index=["p", "q"]))
    with pytest.raises(hi.SpecError, match="say which row by its label, such as 'p'; there are 'p', 'q'"):
        result.explain()
    assert result.explain("q").value == 1


def test_periods_are_named_where_there_is_none_such() -> None:
    result = cities().compute(panel())
    with pytest.raises(
        hi.DataError, match="period '2010' selects no row; there are 24 rows; periods run from 2001Q1 to"
    ):
        result.explain("x", "2010")
    with pytest.raises(ValueError, match="period: cannot read 'soon'"):
        result.explain("x", "soon")
    alone = hi.Index(unit="c", groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")])
    with pytest.raises(hi.DataError, match="the rows have no period, so there is no '2010'; leave it out"):
        alone.compute({"c": ["u", "v"], "a": [1.0, 2.0]}).explain("u", "2010")


def test_all_that_is_asked_wrongly_is_said_at_once() -> None:
    with pytest.raises(hi.DataError) as caught:
        cities().compute(panel()).explain("q", "2010")
    assert len(caught.value.faults) == 2


def test_names_lead_to_codes() -> None:
    index = hi.Index(groups=[hi.Group("g", name="Whole")], indicators=[hi.Indicator("a", "g", name="First")])
    result = index.compute({"a": [1.0, 2.0]})
    with pytest.raises(hi.SpecError, match="no group or indicator 'First'; 'First' is the name of 'a', give the code"):
        result.explain(0, node="First")
    with pytest.raises(hi.SpecError, match="allowed: g, a"):
        result.explain(0, node="zzz")


def test_the_text_is_in_ten_digits_and_gives_its_values() -> None:
    text = str(linked(aggregate="arithmetic").compute(panel()).explain("y", "2002Q3", "a"))
    checked = 0
    for line in text.splitlines()[1:]:
        formula, _, value = line.rpartition(" = ")
        arithmetic = formula.rpartition(": ")[2]
        if formula and re.fullmatch(r"[-\d.()*/+ ,a-z]+", arithmetic):
            assert float(eval(arithmetic, {"max": max, "min": min})) == pytest.approx(float(value), rel=1e-7)
            checked += 1
    assert checked >= 8
    assert not re.search(r"\d\.\d{11}", text)


def test_links_of_later_rows_are_frozen_and_those_of_new_units_are_1() -> None:
    fitted = linked(aggregate="arithmetic").fit(panel())
    later = panel().query("quarter >= '2002Q3'")
    links = recomputed(fitted.score(later).explain("y")).query("step == 'link'")
    assert links["what"].str.endswith("frozen when the index was fitted").all()
    assert links["value"].tolist() == fitted.links["y"][1:, 0].tolist()
    new = fitted.score(later.query("city == 'x'").assign(city="w")).explain("w")
    assert new.steps.query("step == 'link'")["what"].str.endswith("1, as the unit has no row before").all()
