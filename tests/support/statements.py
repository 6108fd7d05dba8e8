"""Indexes of many choices, and what the tests of statements share."""

from __future__ import annotations

import inspect
import re
from typing import Any, get_args

import numpy as np
import pandas as pd
from support.indexes import POSITIVE, two_levels
from support.tables import panel, quarters, table

import hengdian_index as hi

Z100 = {"method": "z_score", "mean": 100, "sd": 10}


def linked(**choices: Any) -> hi.Index:
    """Return an index of cities in which an indicator ends, another replaces one, and a group enters."""
    return hi.Index(
        name="城市指数",
        unit="city",
        period="quarter",
        base="2001",
        groups=[hi.Group("all"), hi.Group("left", "all"), hi.Group("right", "all")],
        indicators=[
            hi.Indicator("a", "left", direction=hi.Target(20)),
            hi.Indicator("b", "left", end="2001Q4"),
            hi.Indicator("c", "left", start="2001Q3"),
            hi.Indicator("d", "right", start="2002Q2"),
        ],
        **{"normalise": POSITIVE, "aggregate": "geometric", **choices},
    )


def answers() -> pd.DataFrame:
    """Return shares of answers, and growing series."""
    rng = np.random.default_rng(3)
    up = rng.uniform(20, 40, 24).round(1)
    series = {name: np.exp(0.01 * np.arange(24) + rng.normal(0, 0.02, 24)) * 100 for name in ("p", "q")}
    return pd.DataFrame({"quarter": quarters(24), "up": up, "same": 50.0, "down": 50 - up, **series})


def of_answers(build: Any) -> hi.Result:
    """Return the result of one indicator built of answers."""
    index = hi.Index(
        period="quarter",
        groups=[hi.Group("mood")],
        indicators=[hi.Indicator("made", "mood", build=build)],
        normalise="none",
    )
    return index.compute(answers())


def bare(statement: str) -> str:
    """Return the words of a Markdown statement: no formulas, no names between backquotes, no escapes."""
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", statement, flags=re.S)
    return re.sub(r"`[^`]*`", "", text).replace("\\", "")


def weighed(choice: Any) -> hi.Index:
    """Return an index of one group of three indicators weighed in some way."""
    return hi.Index(
        groups=[hi.Group("all", weights=choice)],
        indicators=[hi.Indicator(code, "all") for code in "abc"],
        normalise=POSITIVE,
        period="quarter",
    )


def results() -> dict[str, hi.Result]:
    """Return results of every kind of choice that a statement tells."""
    frame = table(24).assign(size=np.arange(1.0, 25), region=["r", "s"] * 12)
    holed = frame.copy()
    holed.loc[[5, 9], "a"] = np.nan
    cities = panel()
    later = {"2002Q1": {"a": 1, "b": 3}}
    own = two_levels(weights="deviation").replace({"a.fit_on": "2001:2002", "b.fit_on": ["2001Q1", "2003", "2004"]})
    return {
        "target": two_levels().replace({"a.direction": hi.Target(5)}).compute(frame),
        "between": two_levels().replace({"a.direction": hi.Between(15, 25)}).compute(frame),
        "limits": two_levels().replace({"a.direction": hi.Between(15, 25, 1, 90)}).compute(frame),
        "own rows": own.compute(frame),
        "mask": two_levels(fit_on=[True] * 12 + [False] * 12, base=None).compute(frame),
        "slice": two_levels(base=None).compute(frame, fit_on=slice(0, 9)),
        "later": two_levels().replace({"left.weights_since": later}).compute(frame),
        "restated": linked(content="restate")
        .replace({"left.weights_since": {"2002Q1": {"a": 1, "c": 2}}})
        .compute(cities),
        "linked": linked().compute(cities),
        "chained": two_levels(series="symmetric").replace({"c.end": "2002Q2"}).compute(frame),
        "log chain": two_levels(series="log").compute(frame),
        "ratio chain": two_levels(series="ratio").compute(frame),
        "gaps": two_levels(coverage=0.5).replace({"a.missing": "propagate", "a.coverage": 0.5}).compute(holed),
        "propagate": two_levels(missing="propagate").compute(holed),
        "raise": two_levels(missing="raise").compute(frame),
        "period": two_levels(unit="city", weigh_on="period", weights="deviation").compute(cities),
        "base": two_levels(weigh_on="base", weights="deviation", normalise="relative").compute(frame),
        "prepared": two_levels(impute={"method": "group_mean", "groups": "region"}, treat="jrc")
        .replace({"b.denominator": "size"})
        .compute(holed),
        "seasons": two_levels(deseasonalise={"method": "stl", "model": "multiplicative"}).compute(frame),
        "entrants": two_levels(unit="city", new_units="link").compute(
            cities[~((cities.city == "z") & (cities.quarter < "2002"))]
        ),
        "scope": two_levels(unit="city", base=None, aggregate="topsis", scope="period").compute(cities),
        "combined": weighed({"method": "combine", "weights": ["entropy", {"a": 1, "b": 2, "c": 1}]}).compute(frame),
    }


# Options on which a formula depends, though no annotation lists their words.
_WORDS = {
    "log": [False, True],
    "preference": ["usual", "u_shape", "v_shape", "level", "linear", "gaussian", ["usual", "level"]],
    "reference": [None, 1.0],
}


def formulas_of(method):
    """Return every formula that a method may have."""
    formula = method.traits["formula"]
    if not callable(formula):
        return [formula]
    asked = [p.name for p in inspect.signature(formula).parameters.values() if p.kind is not p.VAR_KEYWORD]
    defaults = {p.name: p.default for p in method.options.values()}
    words = _WORDS.get(asked[0]) or get_args(method.hints[asked[0]])
    if not words:
        # Columns that are named, or none.
        return [formula(**defaults) if one is None else formula(**dict.fromkeys(asked, one)) for one in (None, "c")]
    return [formula(**{**defaults, asked[0]: word}) for word in words]
