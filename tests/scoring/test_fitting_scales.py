"""The scale on which scores are presented is no information: weights learnt inside an index do not see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import learnt_weights
from support.laws import examples, own

import hengdian_index as hi
from hengdian_index._index.stored_file import _seal
from hengdian_index._methods.registry import FAMILIES

LEARNT = [m for m in own("weights") if m.sees != "judgement" and not m.traits.get("raw") and not m.judgements]
DEPENDS = [m.name for m in LEARNT if m.traits["shift_free"] is False]
LEARNS = [{"method": m.name, **examples(m)[0]} for m in LEARNT]


def rising(n: int = 20, seed: int = 5) -> pd.DataFrame:
    """Return rows of four indicators that rise together."""
    rng = np.random.default_rng(seed)
    common = rng.lognormal(2, 0.5, n)
    spreads = dict(zip("abcd", (1, 0.7, 0.4, 1.3), strict=True))
    return pd.DataFrame({code: (common + rng.lognormal(1, s, n)).round(3) for code, s in spreads.items()})


def index(weights: Any, lower: float, upper: float, **more: Any) -> hi.Index:
    """Return an index of two groups of two, presented on lower to upper."""
    given = {"normalise": {"method": "min_max", "lower": lower, "upper": upper}, **more}
    groups = [hi.Group("top", weights=weights), hi.Group("left", "top", weights=weights)]
    groups.append(hi.Group("right", "top", weights=weights))
    parents = dict(zip("abcd", ("left", "left", "right", "right"), strict=True))
    return hi.Index(groups=groups, indicators=[hi.Indicator(c, parents[c]) for c in "abcd"], **given)


@pytest.mark.parametrize("weights", LEARNS, ids=lambda given: given["method"])
@pytest.mark.parametrize("ends", [(60, 100), (1, 100), (-3, 7)])
def test_weights_are_those_of_the_scale_0_to_1(weights: dict[str, Any], ends: tuple[float, float]) -> None:
    # Of three parts each, which every method can weigh.
    codes = ["a", "b", "c", "left.d", "left.e", "left.f", "right.g", "right.h", "right.i"]
    rng = np.random.default_rng(5)
    common, spreads = rng.lognormal(3, 0.5, 40), np.linspace(1.3, 0.4, 9)
    rows = pd.DataFrame({code: common + rng.lognormal(1, s, 40) for code, s in zip(codes, spreads, strict=True)})

    def of_threes(lower: float, upper: float) -> hi.Index:
        parts = [hi.Group(code, "top", weights=weights) for code in ("left", "right", "rest")]
        indicators = [hi.Indicator(code, code.partition(".")[0] if "." in code else "rest") for code in codes]
        normalise = {"method": "min_max", "lower": lower, "upper": upper}
        return hi.Index(normalise=normalise, groups=[hi.Group("top", weights=weights), *parts], indicators=indicators)

    found, plain = learnt_weights(of_threes(*ends), rows), learnt_weights(of_threes(0, 1), rows)
    np.testing.assert_allclose(found, plain, rtol=1e-9)
    assert np.abs(plain - 1 / 3).max() > 1e-3 or weights["method"] in (
        "equal",
        "independence",
        "pca",
        "factor",
        "matched",
    )


@pytest.mark.parametrize("name", DEPENDS)
def test_scores_may_be_kept_as_they_are(name: str) -> None:
    kept = index(name, 60, 100, weigh_scale="score")
    found = kept.compute(rising())
    for group in ("left", "right", "top"):
        children = list(found.weights[group].index)
        shown = pd.concat([found.scores, found.normalised], axis=1)[children]
        np.testing.assert_allclose(found.weights[group], getattr(hi.weights, name)(shown), rtol=1e-12)
    assert np.abs(found.weights.to_numpy() - learnt_weights(index(name, 60, 100), rising())).max() > 1e-3
    one = index(name, 60, 100).replace({"left.weigh_scale": "score"})
    pd.testing.assert_series_equal(one.fit(rising()).weights["left"], found.weights["left"])
    assert hi.Index.from_toml(one.to_toml()) == one
    back = one.replace({"weigh_scale": "score", "left.weigh_scale": "unit"})
    np.testing.assert_allclose(back.fit(rising()).weights["left"], index(name, 0, 1).fit(rising()).weights["left"])


@pytest.mark.parametrize("form", ["linear", "log", "exponential"])
def test_floor_and_ceiling_are_ends(form: str) -> None:
    def efficacy(floor: float, ceiling: float) -> hi.Index:
        bounds = {"method": "efficacy", "low": 2.0, "high": 60.0, "form": form, "floor": floor, "ceiling": ceiling}
        return index("entropy", 0, 1, normalise=bounds)

    found = efficacy(60, 100).compute(rising())
    unit = (found.normalised - 60) / 40
    np.testing.assert_allclose(found.weights["left"], hi.weights.entropy(unit[["a", "b"]]), rtol=1e-12)
    if form != "exponential":
        np.testing.assert_allclose(found.weights, efficacy(0, 1).compute(rising()).weights, rtol=1e-9)


def test_each_part_by_its_own_ends() -> None:
    goalposts = {"method": "goalposts", "low": 1.0, "high": 60.0, "lower": 20.0, "upper": 70.0}
    bare = {"top.weights": "equal", "d.normalise": "logistic"}
    found = index("variation", 60, 100).replace({"b.normalise": goalposts, **bare}).compute(rising())
    z = found.normalised
    left = hi.weights.variation(pd.DataFrame({"a": (z["a"] - 60) / 40, "b": (z["b"] - 20) / 50}))
    np.testing.assert_allclose(found.weights["left"], left, rtol=1e-12)
    right = hi.weights.variation(pd.DataFrame({"c": (z["c"] - 60) / 40, "d": z["d"]}))
    np.testing.assert_allclose(found.weights["right"], right, rtol=1e-12)


def test_a_group_of_parts_of_several_scales_has_the_ends_of_its_aggregation() -> None:
    goalposts = {"method": "goalposts", "low": 1.0, "high": 60.0, "lower": 20.0, "upper": 70.0}
    for aggregate in ("arithmetic", "geometric", {"method": "power", "p": 2.0}):
        mixed = index("gini", 60, 100).replace({"b.normalise": goalposts, "left.aggregate": aggregate})
        found = mixed.compute(rising())
        name, options = (aggregate, {}) if isinstance(aggregate, str) else ("power", {"p": 2.0})
        low, high = getattr(hi.aggregate, name)([[60.0, 20], [100, 70]], found.weights["left"].to_numpy(), **options)
        right = (found.scores["right"] - 60) / 40
        top = pd.DataFrame({"left": (found.scores["left"] - low) / (high - low), "right": right})
        np.testing.assert_allclose(found.weights["top"], hi.weights.gini(top), rtol=1e-9)


def test_a_mean_of_worst_scores_is_the_worst_whatever_its_last_bit() -> None:
    rows = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [2.0, 3, 9, 4], "c": [1.0, 7, 5, 6], "d": [0.5, 2, 1, 3]})
    for lower in np.linspace(50.1, 60.3, 12):
        spec = index("entropy", lower, 100).replace({"left.weights": {"a": 0.1, "b": 0.7}, "right.weights": "equal"})
        learnt_weights(spec, rows)


def test_scores_of_groups_that_compare_rows_are_seen_as_they_are() -> None:
    spec = index("entropy", 60, 100).replace({"left.aggregate": "topsis", "right.aggregate": "borda"})
    found = spec.compute(rising())
    seen = hi.weights.entropy(found.scores[["left", "right"]])
    np.testing.assert_allclose(found.weights["top"], seen, rtol=1e-12)


def test_a_score_below_its_scale_names_the_remedy() -> None:
    low = {"method": "efficacy", "low": 8.0, "high": 60.0}
    spec = index("entropy", 0, 1, normalise=low)
    with pytest.raises(hi.DataError, match=r"indicator 'a': -0\.\d+ on the scale 0 to 1: .*weigh_scale = 'score'"):
        spec.compute(rising().assign(a=lambda t: t["a"] - t["a"].min() + 1))
    assert spec.replace({"normalise": {**low, "clip": True}}).compute(rising()).weights.notna().all()


@pytest.mark.parametrize("where", ["fit_on", "base", "period"])
def test_the_rows_that_weights_are_learnt_from_do_not_matter_to_it(where: str) -> None:
    rows = rising(24).assign(u=list("pqrstuvw") * 3, y=np.repeat([2001, 2002, 2003], 8))
    given = {"unit": "u", "period": "y", "base": "2002", "weigh_on": where}
    found, plain = (
        index("variation", *ends, **given, to=100).fit(rows).weights.to_numpy() for ends in ((60, 100), (0, 1))
    )
    np.testing.assert_allclose(found, plain, rtol=1e-9)


def test_draws_that_change_the_presentation_change_no_weight() -> None:
    spec = index("entropy", 60, 100)
    ends = {"normalise": [{"method": "min_max", "lower": float(low), "upper": 100.0} for low in (0, 30, 60)]}
    found = hi.uncertainty(spec, rising(), ends, draws=12, rng=1)
    plain = spec.compute(rising()).scores["top"].to_numpy()
    # The score is a straight line of the ends, so that every draw has the ranks of the index.
    assert (found.ranks["q05"] == found.ranks["q95"]).all()
    assert np.isfinite(plain).all()


def test_the_statement_says_on_which_scale_in_both_languages() -> None:
    found = index("entropy", 60, 100).replace({"right.weights": "critic", "d.normalise": "z_score"})
    result = found.compute(rising())
    english, chinese = result.method(), result.method("zh")
    left = next(line for line in english.splitlines() if line.startswith("- `left`"))
    assert "learnt from the 20 fit rows: `entropy`" in left
    assert "learnt from scores on the scale 0 to 1: $x = (z - 60)/40$ for `a`, `b`." in left
    assert "根据0至1标度上的得分确定：`a`、`b`为$x = (z - 60)/40$。" in chinese
    right = next(line for line in english.splitlines() if line.startswith("- `right`"))
    assert "scale 0 to 1" not in right
    for spec in (index("entropy", 60, 100, weigh_scale="score"), index("critic", 60, 100), index("entropy", 0, 1)):
        assert "scale 0 to 1" not in spec.compute(rising()).method()


def test_a_function_of_a_user_sees_the_scores_unless_it_says_what_it_depends_on() -> None:
    seen: list[np.ndarray] = []

    def remembered(x: np.ndarray) -> np.ndarray:
        seen.append(x.copy())
        return x.mean(axis=0)

    index(remembered, 60, 100).fit(rising())
    assert seen[0].max() == 100
    declared = hi.weighting(shift_free=False)(remembered)
    try:
        index(declared, 60, 100).fit(rising())
        assert seen[-3].max() == 1
    finally:
        FAMILIES["weights"].pop("remembered")


def test_a_fit_saved_before_there_was_a_choice_is_read(tmp_path: Path) -> None:
    fitted = index("entropy", 60, 100, weigh_scale="score").fit(rising())
    fitted.save(tmp_path / "new.json")
    document = json.loads((tmp_path / "new.json").read_text())

    def younger(part: Any) -> Any:
        if isinstance(part, list):
            return [younger(one) for one in part]
        return {k: younger(v) for k, v in part.items() if k != "weigh_scale"} if isinstance(part, dict) else part

    document = younger(document)
    document["sha256"] = _seal(document)
    (tmp_path / "old.json").write_text(json.dumps(document))
    old = hi.Fitted.load(tmp_path / "old.json")
    assert {branch.weigh_scale for branch in old.tree.branches} == {"score"}
    pd.testing.assert_frame_equal(old.score(rising()).scores, fitted.score(rising()).scores)


@pytest.mark.parametrize("weights", ["entropy", "variation"])
@pytest.mark.parametrize(("normalise", "said"), [("z_score", True), ("min_max", False)])
def test_weights_that_rest_on_a_zero_that_was_put_say_so(weights: str, normalise: str, said: bool) -> None:
    scale = {"mean": 100.0, "sd": 10.0} if normalise == "z_score" else {"lower": 60.0, "upper": 100.0}
    index = hi.Index(
        groups=[hi.Group("all", weights=weights), hi.Group("part", "all", weights=weights)],
        indicators=[hi.Indicator("a", "part"), hi.Indicator("b", "part"), hi.Indicator("c", "all")],
        normalise={"method": normalise, **scale},
    )
    result = index.compute({"a": [1.0, 2.0, 7.0], "b": [5.0, 3.0, 9.0], "c": [2.0, 2.5, 8.0]})
    assert sum("depends on where 0 is" in why for why in result.log["why"]) == 2 * said
    for lang, words in (("en", "the normalisation decides that"), ("zh", "零点由标准化方法设定")):
        assert (words in result.method(lang=lang)) is said
