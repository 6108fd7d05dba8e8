"""The figures of an explanation: for every aggregation the arithmetic printed gives the score."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from support.indexes import two_levels
from support.laws import own, variants
from support.statements import Z100, of_answers
from support.tables import panel, table

import hengdian_index as hi

KNOWN: dict[str, Any] = {"log": math.log, "exp": math.exp, "min": min, "max": max}
POSITIVE = {"method": "min_max", "lower": 1, "upper": 100}


def evaluated(found: Any, node: str, constants: int = 8) -> None:
    """Assert that every formula gives its value, that a figure without one is used, and the last is the score.

    So many numbers at most are none of the steps: the options of the method, and the ends that two parts have.
    """
    steps = found.steps[found.steps["node"] == node]
    for step in steps.itertuples():
        if step.formula:
            assert float(eval(step.formula, KNOWN)) == pytest.approx(step.value, rel=1e-9, abs=1e-12), step
    scored = steps[steps["step"] == "aggregate"].iloc[-1]
    assert scored["formula"], "the score has no arithmetic"
    before = steps[(steps["step"].isin(["figure", "child", "weight"]))]["value"].tolist()
    options = re.findall(r"(?<![\w.])\d+\.\d+(?:e[+-]?\d+)?", scored["formula"])
    unknown = [float(number) for number in options if not any(math.isclose(float(number), abs(v)) for v in before)]
    assert len(unknown) <= constants, unknown


def printed(found: Any, node: str) -> None:
    """Assert that the text says `arithmetic = value`, and that the arithmetic in its ten digits gives that value."""
    lines = [line for line in str(found).splitlines() if line.startswith(f"  {node}, aggregate")]
    formula, _, value = lines[-1].rpartition(" = ")
    arithmetic = formula.rpartition(": ")[2]
    assert float(eval(arithmetic, KNOWN)) == pytest.approx(float(value), rel=1e-6, abs=1e-7)


AGGREGATIONS = [param for param in variants("aggregate") if not dict(param.values[1]).get("details")]


def choice_of(method: Any, options: Any) -> Any:
    """Return a choice for two parts."""
    return {"method": method.name, **{name: v(2) if callable(v) else v for name, v in options.items()}}


@pytest.mark.parametrize(("method", "options"), AGGREGATIONS)
def test_every_aggregation_is_printed_as_arithmetic_that_gives_its_score(method: Any, options: Any) -> None:
    choice = choice_of(method, options)
    scale = Z100 if "mazziotta" in method.name else POSITIVE
    result = two_levels(normalise=scale, base=None).replace({"left.aggregate": choice}).compute(table())
    for period in ("2001Q2", "2002Q4"):
        found = result.explain(period=period, node="left")
        evaluated(found, "left")
        printed(found, "left")
        assert found.steps[found.steps["step"] == "aggregate"]["value"].iloc[-1] == result.scores.loc[period, "left"]


@pytest.mark.parametrize(
    "choice",
    [
        {"method": "adjusted_mazziotta_pareto", "reference": {"a": 20.0, "b": 22.0}, "direction": {"b": -1}},
        {"method": "adjusted_mazziotta_pareto", "reference": 50.0},
        {"method": "grey_relational", "reference": {"a": 50.0, "b": 60.0}},
        {"method": "topsis", "direction": {"b": -1}},
        {"method": "rank_sum_ratio", "direction": {"a": hi.Target(40)}},
        {"method": "benefit_of_the_doubt", "direction": 1},
        {"method": "benefit_of_the_doubt", "bounds": (0.2, 0.8)},
        {"method": "benefit_of_the_doubt", "share_bounds": (0.2, 0.8)},
        {"method": "mazziotta_pareto", "penalty": 1, "ddof": 1},
        {"method": "geometric", "zeros": "limit"},
        {"method": "owa", "order_weights": [2, 1]},
        {"method": "power", "p": 1e-3},
    ],
    ids=str,
)
def test_options_of_aggregations_are_in_the_arithmetic(choice: Any) -> None:
    result = two_levels(base=None).replace({"left.aggregate": choice}).compute(table())
    evaluated(result.explain(period="2002Q1", node="left"), "left")


def test_every_aggregation_declares_its_arithmetic() -> None:
    for method in own("aggregate"):
        assert {"arithmetic", "figures"} & set(method.traits), method.name


def test_the_penalty_is_told_step_by_step() -> None:
    index = two_levels(normalise=Z100, base=None).replace({"left.aggregate": "mazziotta_pareto"})
    result = index.compute(table())
    found = result.explain(period="2002Q1", node="left")
    z = result.normalised.loc["2002Q1", ["a", "b"]].to_numpy()
    mean, sd = z.mean(), z.std()
    steps = found.steps.query("step in ['figure', 'aggregate']")
    assert steps["value"].tolist() == pytest.approx([mean, sd, sd / mean, mean - sd * sd / mean], rel=1e-12)
    assert f"mean, and the penalty sd * cv: {mean:.10g} - {sd:.10g} * {sd / mean:.10g} = " in str(found)


def test_extremes_are_told_with_their_values() -> None:
    result = two_levels(base=None).replace({"left.aggregate": "maximum"}).compute(table())
    a, b = result.normalised.loc["2002Q1", ["a", "b"]]
    assert f"max({a:.10g}, {b:.10g}) = {max(a, b):.10g}" in str(result.explain(period="2002Q1", node="left"))


def test_a_zero_under_the_geometric_mean_is_told() -> None:
    index = two_levels(normalise="min_max", base=None).replace(
        {"left.aggregate": {"method": "geometric", "zeros": "limit"}}
    )
    rows = table()
    found = index.compute(rows).explain(period=rows["quarter"][rows["a"].idxmin()], node="left")
    assert "0, the limit, as a part is 0" in found.steps["what"].iloc[-1]


def test_comparisons_within_a_period_are_told() -> None:
    compared = {"left.aggregate": "copeland", "left.scope": "period"}
    result = two_levels(unit="city", base=None).replace(compared).compute(panel())
    found = result.explain("y", "2002Q1", "left")
    evaluated(found, "left")
    assert "compared with the other rows of its period" in found.steps["what"].iloc[-1]


def test_gaps_leave_the_arithmetic_right_or_out() -> None:
    rows = table()
    rows.loc[4, "a"] = np.nan
    for choice in ("median", "minimum", {"method": "owa", "order_weights": [0.7, 0.3]}):
        result = two_levels(base=None, coverage=0.5).replace({"left.aggregate": choice}).compute(rows)
        evaluated(result.explain(period="2002Q1", node="left"), "left")


def of_three(choice: Any, **choices: Any) -> hi.Index:
    """Return an index of one group of three indicators, aggregated in some way."""
    parts = [hi.Indicator(code, "all") for code in "abc"]
    group = hi.Group("all", aggregate=choice)
    return hi.Index(groups=[group], indicators=parts, period="quarter", coverage=0.3, **choices)


GAPS = [
    "topsis",
    {"method": "topsis", "norm": "min_max", "form": "sqrt"},
    {"method": "topsis", "direction": [1, -1, hi.Target(50)]},
    "vikor",
    {"method": "vikor", "v": 0.2},
    "grey_relational",
    {"method": "grey_relational", "reference": [90.0, 100.0, 110.0]},
    "wroclaw",
    "rank_sum_ratio",
    {"method": "rank_sum_ratio", "form": "non_integer", "direction": {"a": -1}},
    "borda",
    "copeland",
    "kemeny",
    "benefit_of_the_doubt",
    {"method": "benefit_of_the_doubt", "bounds": (0.1, 1.0)},
    {"method": "benefit_of_the_doubt", "share_bounds": (0.1, 1.0)},
    {"method": "benefit_of_the_doubt", "direction": 1},
    {"method": "adjusted_mazziotta_pareto", "reference": [50.0, 60.0, 40.0]},
    *(
        {"method": name, "direction": direction}
        for name in ("waspas", "aras", "marcos", "copras", "moora", "multimoora", "edas", "mabac", "codas", "cocoso")
        for direction in (1, [1, -1, hi.Target(50)], {"a": -1})
    ),
    {"method": "waspas", "share": 0.3},
    {"method": "cocoso", "share": 0.8},
    {"method": "codas", "tau": 0.1},
    {"method": "copras", "direction": -1},
    {"method": "spotis", "low": [-9.0, 0.0, 1.0], "high": 101.0, "direction": [1, -1, hi.Between(40, 60)]},
    {"method": "spotis", "low": 20.0, "high": {"a": 70.0, "b": 80.0, "c": 90.0}, "outside": "clip"},
    {
        "method": "promethee",
        "preference": {"a": "linear", "b": "gaussian"},
        "q": 4.0,
        "p": {"a": 20.0},
        "s": [1, 30, 1],
    },
    {"method": "promethee", "preference": ["level", "u_shape", "v_shape"], "q": 4.0, "p": 20.0, "direction": {"b": -1}},
    {"method": "electre", "q": 3.0, "p": [10.0, 10.0, 20.0], "v": {"a": 60.0}, "direction": [1, 1, hi.Target(50)]},
]


@pytest.mark.parametrize("choice", GAPS, ids=str)
def test_comparisons_of_rows_with_gaps_are_arithmetic_too(choice: Any) -> None:
    rows = table()
    rows.loc[4, "a"] = rows.loc[6, "b"] = rows.loc[6, "c"] = rows.loc[9, "c"] = np.nan
    weights = {} if "doubt" in str(choice) else {"weights": {"a": 1, "b": 2, "c": 3}}
    result = of_three(choice, normalise=POSITIVE, **weights).compute(rows)
    for at in (0, 4, 6, 9):
        found = result.explain(period=rows["quarter"][at])
        assert not np.isnan(found.value)
        evaluated(found, "all", constants=12)
        assert found.steps["value"].iloc[-1] == pytest.approx(found.value, rel=1e-12)


def test_options_by_position_are_those_of_the_parts_that_a_row_has() -> None:
    rows = table()
    rows.loc[4, "a"] = np.nan
    choice = {"method": "grey_relational", "reference": [90.0, 100.0, 110.0]}
    steps = of_three(choice, normalise=POSITIVE).compute(rows).explain(period="2002Q1").steps
    distances = steps[steps["what"].str.startswith("distance of")]
    assert ["100.0 - " in distances["formula"].iloc[0], "110.0 - " in distances["formula"].iloc[1]] == [True, True]


@pytest.mark.parametrize(
    "build",
    [
        {"method": "diffusion", "up": "up", "same": "same"},
        {"method": "diffusion", "up": "up", "down": "down"},
        {"method": "diffusion", "up": "up", "same": "same", "centre": 100},
        {"method": "diffusion", "up": "up", "same": "same", "down": "down", "centre": 0},
        {"method": "balance", "up": "up", "down": "down"},
        {"method": "confidence", "current": "up", "expected": "down", "share": 0.3},
        {"method": "pmi", "components": ["up", "same"], "weights": {"up": 2, "same": 1}, "inverted": ["same"]},
        {"method": "pmi", "components": ["up", "same"], "weights": [2, 1]},
    ],
    ids=str,
)
def test_built_indicators_are_arithmetic_in_their_columns(build: Any) -> None:
    result = of_answers(build)
    found = result.explain(period="2003Q2", node="made")
    step = found.steps.query("step == 'build'").iloc[0]
    assert float(eval(step["formula"])) == pytest.approx(result.raw.loc["2003Q2", "made"], rel=1e-12)
    columns = found.steps.query("step == 'column'")["value"]
    assert all(repr(value) in step["formula"] for value in columns if build["method"] != "diffusion")


def test_the_scheme_of_the_bureau_is_arithmetic_too() -> None:
    names = ["new_orders", "production", "employment", "supplier_delivery", "raw_material_inventory"]
    rows = {name: [50.0 + i, 52.0 - i] for i, name in enumerate(names)}
    build = {"method": "pmi", "components": names, "weights": "nbs"}
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("pmi", "g", build=build)], normalise="none")
    result = index.compute(rows)
    formula = result.explain(0, node="pmi").steps.query("step == 'build'")["formula"].iloc[0]
    assert "(100 - 53.0)" in formula
    assert float(eval(formula)) == pytest.approx(result.raw.loc[0, "pmi"], rel=1e-12)
