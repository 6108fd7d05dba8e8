"""`explain`: every printed step is recomputed from its printed numbers, and its numbers are those of steps before."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.indexes import POSITIVE, computed, two_levels
from support.statements import linked
from support.tables import table

import hengdian_index as hi

KNOWN = {name: getattr(math, name) for name in ("log", "exp", "inf", "nan")} | {"min": min, "max": max}


def recompute(explanation: Any) -> None:
    """Assert that each formula gives the value of its step, and that the last score is the value explained."""
    for step in explanation.steps.itertuples():
        if step.formula:
            assert float(eval(step.formula, KNOWN)) == pytest.approx(step.value, rel=1e-12, abs=1e-12), step
    own = explanation.steps[explanation.steps["node"] == explanation.node]
    scored = own[own["step"].isin(["normalise", "aggregate", "rescale", "round"])]
    if len(scored):
        np.testing.assert_equal(scored["value"].iloc[-1], explanation.value)


def chained(explanation: Any) -> None:
    """Assert that each number of a step's formula that is not a constant of the fit stands in a step before it."""
    steps = explanation.steps
    for position, step in enumerate(steps.itertuples()):
        if step.step == "aggregate" and step.formula:
            children = steps[:position][(steps["node"][:position] == step.node) & (steps["step"][:position] == "child")]
            for value in children["value"].dropna():
                assert repr(value) in step.formula


@settings(max_examples=15)
@given(result=computed(gaps=True), data=st.data())
def test_every_number_follows_from_the_step_before(result: hi.Result, data: st.DataObject) -> None:
    node = data.draw(st.sampled_from([*result.tree.codes, *result.tree.groups]))
    period = data.draw(st.sampled_from(list(result.scores.index)))
    found = result.explain(period=period, node=node)
    recompute(found)
    chained(found)
    expected = result.normalised if node in result.tree.codes else result.scores
    np.testing.assert_equal(found.value, expected.loc[period, node])


@pytest.mark.parametrize(
    "choice",
    [
        "z_score",
        "robust",
        "rank",
        {"method": "rank", "ties": "dense"},
        {"method": "rank", "ties": "max"},
        "percentile_rank",
        {"method": "percentile_rank", "form": "unit"},
        "borda",
        "logistic",
        "relative",
        {"method": "relative", "negative": "mirror"},
        "share",
        "vector",
        "categorical",
        "above_below",
        "none",
        {"method": "min_max", "clip": True},
        {"method": "goalposts", "low": 1, "high": 60, "log": True},
        {"method": "efficacy", "low": 1, "high": 60, "form": "exponential"},
        {"method": "efficacy", "low": 1, "high": 60, "form": "log"},
        {"method": "distance_to_target", "target": 21.0},
    ],
    ids=str,
)
def test_every_normalisation_is_told_in_numbers(choice: Any) -> None:
    frame = table()
    result = two_levels(normalise=choice, base=None, fit_on="2001:2002").compute(frame)
    for node in "ab":
        for period in ("2001Q2", "2003Q4"):
            found = result.explain(period=period, node=node)
            recompute(found)
            told = found.steps.query("step == 'normalise'")
            last = told["value"].iloc[-1] if len(told) else found.steps["value"].iloc[0]
            assert (told["formula"] != "").all()
            assert last == pytest.approx(result.normalised.loc[period, node], rel=1e-12)


@pytest.mark.parametrize("direction", [hi.Target(20.0), hi.Between(15, 25), hi.Between(15, 25, 1, 90)], ids=str)
def test_targets_are_told_as_distances(direction: Any) -> None:
    result = two_levels(base=None).replace({"a.direction": direction}).compute(table())
    for period in result.scores.index[:6]:
        recompute(result.explain(period=period, node="a"))


def test_preparation_is_told_stage_by_stage() -> None:
    frame = table().assign(size=np.arange(1.0, 13))
    frame.loc[3, "a"] = np.nan
    frame.loc[6, "a"] = 4000.0
    index = two_levels(impute="mean", treat={"method": "winsorise", "points": 1}).replace({"a.denominator": "size"})
    result = index.compute(frame)
    gap, outlier = (result.explain(period=period, node="a").steps for period in ("2001Q4", "2002Q3"))
    assert gap["step"].tolist()[:4] == ["raw", "denominate", "impute", "treat"]
    filled = gap.query("step == 'impute'").iloc[0]
    divided = (frame["a"] / frame["size"]).mean()
    assert filled["value"] == pytest.approx(divided)
    assert "mean of 11 values" in filled["what"]
    quotient = outlier.query("step == 'denominate'").iloc[0]
    assert quotient["formula"] == "4000.0 / 7.0"
    treated = outlier.query("step == 'treat'").iloc[-1]
    assert treated["value"] == result.prepared.loc["2002Q3", "a"] < quotient["value"]
    for period in result.scores.index:
        recompute(result.explain(period=period, node="a"))


@pytest.mark.parametrize(
    "treat", ["log", "box_cox", "yeo_johnson", {"method": "log", "offset": "range"}, "jrc"], ids=str
)
def test_curves_are_told_in_numbers(treat: Any) -> None:
    result = two_levels(treat=treat).compute(table())
    found = result.explain(period="2002Q3", node="a")
    recompute(found)
    told = found.steps.query("step == 'treat'")
    last = told["value"].iloc[-1] if len(told) else found.steps["value"].iloc[0]
    assert last == result.prepared.loc["2002Q3", "a"]


@pytest.mark.parametrize("model", ["additive", "multiplicative"])
def test_a_seasonal_part_is_told(model: str) -> None:
    result = two_levels(deseasonalise={"method": "stl", "model": model}).compute(table(24))
    found = result.explain(period="2003Q2", node="a")
    recompute(found)
    assert found.steps.query("step == 'deseasonalise'")["value"].iloc[0] == result.prepared.loc["2003Q2", "a"]


def test_a_built_indicator_names_its_columns() -> None:
    index = hi.Index(
        groups=[hi.Group("mood")],
        indicators=[hi.Indicator("orders", "mood", build={"method": "balance", "up": "more", "down": "less"})],
        normalise="none",
    )
    result = index.compute({"more": [30.0, 40.0], "less": [20.0, 10.0]})
    found = result.explain(1, node="orders")
    recompute(found)
    assert found.steps["step"].tolist()[:3] == ["column", "column", "build"]
    assert found.steps["formula"].iloc[2] == "40.0 - 10.0"


def test_gaps_show_how_weights_are_rescaled() -> None:
    frame = table()
    frame.loc[5, "a"] = np.nan
    result = two_levels(coverage=0.5).compute(frame)
    found = result.explain(period="2002Q2", node="left")
    recompute(found)
    weights = found.steps.query("step == 'weight'")
    assert weights["value"].tolist() == [0.0, 1.0]
    assert weights["formula"].tolist() == ["", "0.5 / (0.5)"]
    lost = two_levels(missing="propagate").compute(frame).explain(period="2002Q2", node="left")
    assert "no score" in lost.steps.query("step == 'aggregate'")["what"].iloc[0]


@pytest.mark.parametrize(
    "again", ["min_max", "square_root", "rank", "exponential_rank", {"method": "relative", "to": "max"}]
)
def test_rescaling_and_rounding_are_steps(again: Any) -> None:
    addresses = {"left.rescale": again, "left.round": {"digits": 1, "ties": "even"}, "a.round": 0, "all.round": 2}
    result = two_levels(to="none").replace(addresses).compute(table())
    for node in ("a", "left", "all"):
        found = result.explain(period="2002Q2", node=node)
        recompute(found)
        chained(found)
    steps = result.explain(period="2002Q2", node="a").steps
    assert steps["step"].tolist()[1:3] == ["normalise", "round"]
    own = steps[steps["node"] == "left"]["step"].tolist()
    assert own[-3:] == ["rescale", "rescale", "round"] or own[-2:] == ["rescale", "round"]
    assert (steps["formula"] != "").sum() >= 4


def test_a_half_says_by_how_much_it_moves() -> None:
    index = hi.Index(normalise="none", to="none", groups=[hi.Group("g", round=0)], indicators=[hi.Indicator("a", "g")])
    found = index.compute({"a": [2.5, 3.0]}).explain(0)
    recompute(found)
    assert found.steps["formula"].iloc[-1] == "2.5 + 0.5"
    assert found.value == 3


@pytest.mark.parametrize("how", ["fixed", "ratio", "symmetric", "log"])
def test_levels_and_the_series_are_told(how: str) -> None:
    result = two_levels(series=how).compute(table())
    for period in ("2001Q1", "2002Q3"):
        found = result.explain(period=period)
        recompute(found)
        assert found.steps["value"].iloc[-1] == pytest.approx(result.series().loc[period, "all"], rel=1e-12)


def test_linked_content_shows_its_factor() -> None:
    index = two_levels().replace({"c.end": "2002Q2", "a.start": "2001Q1"})
    result = index.compute(table())
    found = result.explain(period="2003Q1", node="right")
    recompute(found)
    level = found.steps.query("step == 'level'").iloc[0]
    assert level["value"] == pytest.approx(result.course.levels[8, result.tree.groups.index("right")])


CITIES = pd.concat([table(8, seed).assign(city=city) for seed, city in enumerate("xyz")])


@pytest.mark.parametrize(
    ("node", "period", "said"),
    [
        ("c", "2001Q1", "not part of the index in 2001Q1: it counts only from 2001Q3 on"),
        ("b", "2002Q3", "not part of the index in 2002Q3: it counts only until 2001Q4"),
        ("right", "2001Q4", "not part of the index in 2001Q4: it counts only from 2002Q2 on"),
    ],
)
def test_what_is_not_part_of_the_index_yet_or_any_more_says_so(node: str, period: str, said: str) -> None:
    result = linked().compute(CITIES)
    found = result.explain("x", period, node)
    first = found.steps.iloc[0]
    assert (first["node"], first["step"], first["what"]) == (node, "content", said)
    assert f"\n  {node}, content: {said}\n" in str(found)
    above = {"right": "all"}.get(node, "left")
    weight = result.explain("x", period, above).steps.query("step == 'weight' and value == 0")
    assert f"{node}, {said}" in weight["what"].tolist()
    last = {"c": "2001Q3", "b": "2001Q4", "right": "2002Q2"}[node]
    assert "content" not in result.explain("x", last, node).steps["step"].tolist()
    assert "too much is missing" not in str(found)


def test_what_was_replaced_names_its_successor() -> None:
    result = two_levels().replace({"d.replaces": "c", "d.start": "2002Q3"}).compute(table())
    found = result.explain(period="2003Q1", node="c").steps
    assert found["what"].iloc[0] == "not part of the index in 2003Q1: it counts only until 2002Q2, then d replaces it"


def test_restated_history_has_everything_throughout() -> None:
    result = linked(content="restate").compute(CITIES)
    assert "content" not in result.explain("x", "2001Q1", "c").steps["step"].tolist()


@pytest.mark.parametrize(
    "choice",
    [
        "median",
        "minimum",
        {"method": "mean_min", "alpha": 0.5, "beta": 1.0},
        "mazziotta_pareto",
        {"method": "owa", "order_weights": [0.7, 0.3]},
    ],
    ids=str,
)
def test_other_row_wise_aggregates_are_arithmetic(choice: Any) -> None:
    frame = table()
    result = two_levels(aggregate=choice, base=None).compute(frame)
    found = result.explain(period="2002Q1")
    recompute(found)
    assert found.steps["formula"].iloc[-1]


@pytest.mark.parametrize(
    ("choices", "changes"),
    [
        ({"weights": "critic"}, {}),
        ({"weigh_on": "period", "weights": "deviation"}, {}),
        ({"aggregate": "geometric", "weigh_on": "base"}, {}),
        ({"missing": "propagate"}, {"c.end": "2001Q4"}),
        ({}, {"left.weights": {"method": "combine", "weights": ["entropy", {"a": 1, "b": 2}]}}),
        ({"series": "log"}, {"left.weights_since": {"2001Q4": {"a": 1, "b": 3}}}),
    ],
    ids=str,
)
def test_every_node_of_a_panel_is_recomputed(choices: Any, changes: Any) -> None:
    result = two_levels(unit="city", **choices).replace(changes).compute(CITIES)
    for node in (*result.tree.codes, *result.tree.groups):
        found = result.explain("y", "2002Q3", node)
        recompute(found)
        if node in result.tree.groups:
            level = result.series().loc[("y", "2002Q3"), node]
            assert found.steps["value"].iloc[-1] == pytest.approx(level, rel=1e-12)


def test_a_comparison_of_rows_says_so() -> None:
    result = two_levels(base=None).replace({"all.aggregate": "topsis"}).compute(table())
    found = result.explain(period="2002Q1")
    recompute(found)
    assert "compared with the other rows of the table" in found.steps["what"].iloc[-1]


def test_units_and_periods_are_chosen_as_everywhere() -> None:
    frame = pd.concat([table().assign(city=city) for city in ("x", "y")])
    result = two_levels(unit="city").compute(frame)
    assert "2003Q4" in result.explain("x").place
    assert result.explain("y", "2001Q3").node == "all"
    with pytest.raises(hi.DataError, match="no unit 'z'"):
        result.explain("z")
    with pytest.raises(hi.SpecError, match="no group or indicator 'lefd'; did you mean 'left'"):
        result.explain("x", node="lefd")


def test_the_text_has_a_line_a_step() -> None:
    found = two_levels(normalise=POSITIVE).compute(table()).explain(period="2002Q1", node="a")
    text = str(found)
    assert text.count("\n") == len(found.steps) + 1
    assert text.startswith("a, period 2002Q1: ")
    assert re.search(r"a, raw: as it came: \d", text)
