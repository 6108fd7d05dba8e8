"""Choices that nothing takes are refused, and leave with what took them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES

CHOICES = {"normalise": "rank", "treat": "box_cox", "impute": "mean", "deseasonalise": "stl"}
OWN = {"normalise": "z_score", "treat": "none", "impute": "none", "deseasonalise": "none"}


Fields = dict[str, Any] | None


def index(group: Fields = None, a: Fields = None, b: Fields = None, **more: Any) -> hi.Index:
    """Return an index of a group of two, and one of one."""
    groups = [hi.Group("top"), hi.Group("g", "top", **(group or {})), hi.Group("h", "top")]
    indicators = [hi.Indicator("a", "g", **(a or {})), hi.Indicator("b", "g", **(b or {})), hi.Indicator("c", "h")]
    return hi.Index(groups=groups, indicators=indicators, **more)


@pytest.mark.parametrize("field", list(CHOICES))
def test_a_choice_of_a_group_that_no_indicator_takes_is_refused(field: str) -> None:
    own, said = {field: OWN[field]}, f"group 'g': {field}: every indicator below has its own"
    if field == "normalise":
        assert index({field: CHOICES[field]}, own).tree.leaves[1].normalise.method.name == "rank"
    with pytest.raises(hi.SpecError, match=said) as caught:
        index({field: CHOICES[field]}, own, own)
    assert caught.value.faults[0].place == ("group", 1, field)
    text = index({field: CHOICES[field]}, own).to_toml()
    line = text.replace('code = "b"\nparent = "g"', f'code = "b"\nparent = "g"\n{field} = "{OWN[field]}"')
    with pytest.raises(hi.SpecError, match=rf"i\.toml:\d+: {said}"):
        hi.Index.from_toml(line, name="i.toml")


def test_a_group_between_takes_it_over() -> None:
    groups = [hi.Group("top", normalise="rank"), hi.Group("g", "top", normalise="borda"), hi.Group("h", "g")]
    with pytest.raises(hi.SpecError, match="group 'top': normalise"):
        hi.Index(groups=groups, indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "h")])
    fine = hi.Index(
        groups=groups, indicators=[hi.Indicator("a", "top"), hi.Indicator("b", "h"), hi.Indicator("c", "g")]
    )
    assert [leaf.normalise.method.name for leaf in fine.tree.leaves] == ["rank", "borda", "borda"]


def test_a_change_takes_with_it_what_it_leaves_idle() -> None:
    spec = index({"normalise": "rank"}, {"normalise": "z_score"})
    assert spec.replace({"b": None}).groups[1].normalise is None
    assert spec.replace({"b.normalise": "borda"}).groups[1].normalise is None
    with pytest.raises(hi.SpecError, match="group 'g': normalise"):
        spec.replace({"b.normalise": "borda", "g.normalise": "robust"})
    rows = pd.DataFrame(np.random.default_rng(0).lognormal(size=(6, 3)), columns=list("abc"))
    found = hi.uncertainty(spec, rows, {"b": [True, None]}, draws=6, rng=0)
    assert found.scores.notna().all(axis=None)


SET_WISE = [m.name for m in FAMILIES["aggregate"].values() if m.declared("set_wise", {})]


@pytest.mark.parametrize(
    "method", ["arithmetic", "geometric", "median", pytest.param(lambda x, w: x @ w, id="a user's own")]
)
def test_comparing_within_a_period_needs_something_that_compares(method: Any) -> None:
    # What learns from no rows has no scope either.
    given = {"normalise": {"method": "goalposts", "low": 0, "high": 9, "lower": 1.0, "upper": 2.0}, "aggregate": method}
    with pytest.raises(hi.SpecError, match=r"^scope: 'period' is for aggregations that compare rows .*topsis"):
        index(scope="period", **given)
    with pytest.raises(hi.SpecError, match="group 'g': scope: 'period' is for aggregations that compare rows"):
        index({"scope": "period"}, **given)
    for name in SET_WISE:
        assert index({"aggregate": name}, scope="period", **given).tree.by_code["g"].scope == "period"
    # The only group that compares says for itself among which rows.
    with pytest.raises(hi.SpecError, match=r"^scope: "):
        index({"aggregate": "copeland", "scope": "all"}, scope="period", **given)


def test_a_scope_goes_with_what_compared() -> None:
    bounds = {"method": "goalposts", "low": 0, "high": 9}
    spec = index({"aggregate": "copeland"}, scope="period", period="y", unit="u", normalise=bounds)
    assert spec.replace({"g.aggregate": "arithmetic"}).scope == "all"
    rows = pd.DataFrame(np.random.default_rng(1).lognormal(size=(8, 3)), columns=list("abc"))
    rows = rows.assign(u=list("pqrs") * 2, y=[2001] * 4 + [2002] * 4)
    found = hi.uncertainty(spec, rows, {"g.aggregate": ["copeland", "arithmetic"]}, draws=6, rng=0)
    assert found.scores.notna().all(axis=None)


# methods that normalise by themselves


@pytest.mark.parametrize("name", [m.name for m in FAMILIES["aggregate"].values() if "norm" in m.options])
def test_what_is_normalised_is_not_normalised_again_unless_asked(name: str) -> None:
    rows = pd.DataFrame({"a": [1.0, 40, 22, 9], "b": [3.0, 8, 1, 7], "c": [5.0, 1, 3, 2]})
    function = getattr(hi.aggregate, name)
    spec = index({"aggregate": name})
    z = spec.compute(rows).normalised[["a", "b"]]
    np.testing.assert_allclose(spec.compute(rows).scores["g"], function(z, norm="none"), rtol=1e-12)
    asked = index({"aggregate": {"method": name, "norm": "vector"}}).compute(rows).scores["g"]
    np.testing.assert_allclose(asked, function(z), rtol=1e-12)
    assert np.abs(asked - spec.compute(rows).scores["g"]).max() > 1e-3
    assert f'aggregate = "{name}"' in spec.to_toml()
    bare = index({"aggregate": name}, normalise="none").compute(rows).scores["g"]
    np.testing.assert_allclose(bare, function(rows[["a", "b"]]), rtol=1e-12)
    # Above groups of raw columns that are raw themselves, and above one that is a comparison.
    top = index(normalise="none").replace({"top.aggregate": name})
    found = top.compute(rows).scores
    np.testing.assert_allclose(found["top"], function(found[["g", "h"]]), rtol=1e-12)
    found = top.replace({"g.aggregate": "borda"}).compute(rows).scores
    np.testing.assert_allclose(found["top"], function(found[["g", "h"]], norm="none"), rtol=1e-12)


def test_the_statement_names_the_norm() -> None:
    rows = pd.DataFrame({"a": [1.0, 40, 22, 9], "b": [3.0, 8, 1, 7], "c": [5.0, 1, 3, 2]})
    for normalise, said in (("min_max", "columns taken as they are"), ("none", "Euclidean")):
        text = index({"aggregate": "topsis"}, normalise=normalise).compute(rows).method()
        line = next(line for line in text.splitlines() if line.startswith("- `g`"))
        assert said in line.partition("`topsis`")[2].partition(")")[0], line


# scales and means


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic"])
def test_z_scores_around_100_under_a_mean_above_0_are_for_the_data_to_decide(aggregate: str) -> None:
    rows = pd.DataFrame({"a": [1.0, 40, 22, 9], "b": [3.0, 8, 1, 7], "c": [5.0, 1, 3, 2]})
    spec = index({"aggregate": aggregate}, normalise={"method": "z_score", "mean": 100.0, "sd": 10.0})
    found = spec.compute(rows)
    wanted = getattr(hi.aggregate, aggregate)(found.normalised[["a", "b"]])
    np.testing.assert_allclose(found.scores["g"], wanted, rtol=1e-12)
    with pytest.raises(hi.DataError, match=r"group 'g': column 'b'.*above 0"):
        spec.replace({"normalise": {"method": "z_score", "mean": 10.0, "sd": 10.0}}).compute(rows)
    for mean in (0.0, -5.0):
        with pytest.raises(hi.SpecError, match=r"group 'g': aggregate: .*above 0"):
            spec.replace({"normalise": {"method": "z_score", "mean": mean, "sd": 10.0}})
    assert index({"aggregate": aggregate}, normalise="vector").compute(rows).scores["g"].gt(0).all()
