"""What a spec can say about the weights of a group: combined, by several people, of raw values."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import POSITIVE, learnt_weights
from support.tables import quarters

import hengdian_index as hi
from hengdian_index._vintages.choices import choices, different

MATRIX = {"x": {"y": 3, "z": 5}, "y": {"z": 2}}
OTHER = {"x": {"y": 2, "z": 2}, "y": {"z": "1/2"}}
PARTS: list[Any] = [
    "entropy",
    {"method": "critic", "correlation": "spearman"},
    {"method": "ahp", "matrix": MATRIX},
    {"x": 1, "y": 2, "z": 5},
]


def uneven(n: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame({c: rng.lognormal(3, s, n).round(3) for c, s in zip("xyz", (0.2, 0.4, 0.8), strict=True)})


def index(weights: Any, **more: Any) -> hi.Index:
    indicators = [hi.Indicator("x", "g"), hi.Indicator("y", "g", direction=-1), hi.Indicator("z", "g")]
    return hi.Index(groups=[hi.Group("g", weights=weights)], indicators=indicators, **more)


def combined(*parts: Any, **options: Any) -> dict[str, Any]:
    return {"method": "combine", "weights": list(parts), **options}


def separately(parts: list[Any]) -> list[np.ndarray]:
    return [learnt_weights(index(part), uneven()) for part in parts]


# combine


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shares": [1, 2, 3, 4]},
        {"how": "multiplicative"},
        {"how": "multiplicative", "shares": [1, 0.5, 2, 1]},
        {"how": "game"},
    ],
)
def test_combined_weights_are_those_of_the_function(options: dict[str, Any]) -> None:
    wanted = hi.weights.combine(separately(PARTS), **options)
    np.testing.assert_allclose(learnt_weights(index(combined(*PARTS, **options)), uneven()), wanted, rtol=1e-13)


def test_combined_weights_by_hand() -> None:
    entropy, judged = separately(["entropy", {"method": "ahp", "matrix": MATRIX}])
    product = entropy * judged
    both = combined("entropy", {"method": "ahp", "matrix": MATRIX}, how="multiplicative")
    np.testing.assert_allclose(learnt_weights(index(both), uneven()), product / product.sum(), rtol=1e-12)


def test_combinations_of_combinations() -> None:
    inner = combined("entropy", "critic")
    first, second = separately([inner, "equal"])
    np.testing.assert_allclose(learnt_weights(index(combined(inner, 'equal', how='game')), uneven()),
                               hi.weights.combine([first, second], how="game"), rtol=1e-12)  # fmt: skip


@pytest.mark.parametrize("ending", ["toml", "xlsx"])
@pytest.mark.parametrize(
    "weights",
    [
        combined(*PARTS, how="multiplicative", shares=[1, 1, 0.5, 1]),
        combined(combined("entropy", "critic"), {"x": 1, "y": 2, "z": 3}),
        {"method": "ahp", "matrix": [MATRIX, OTHER], "how": "aip", "shares": [2, 1]},
        {
            "method": "ahp",
            "matrix": [[[1, 3, 5], ["1/3", 1, 2], ["1/5", "1/2", 1]], [[1, 2, 2], ["", 1, 1], ["", "", 1]]],
        },
    ],
)
def test_specs_come_back_from_files(weights: dict[str, Any], ending: str, tmp_path: Path) -> None:
    one, path = index(weights), tmp_path / f"spec.{ending}"
    one.write(path)
    other = hi.Index.read(path)
    np.testing.assert_array_equal(learnt_weights(other, uneven()), learnt_weights(one, uneven()))
    assert other.groups == one.groups
    assert hash(other.groups[0].weights) == hash(one.groups[0].weights)
    assert pickle.loads(pickle.dumps(one)) == one


def test_toml_says_combinations_inline() -> None:
    text = """
    [[group]]
    code = "g"
    weights = { method = "combine", weights = ["entropy", { x = 1, y = 2, z = 5 }], how = "game" }
    [[indicator]]
    code = "x"
    parent = "g"
    [[indicator]]
    code = "y"
    parent = "g"
    direction = -1
    [[indicator]]
    code = "z"
    parent = "g"
    """
    spec = hi.Index.from_toml(text)
    assert spec == index(combined("entropy", {"x": 1, "y": 2, "z": 5}, how="game"))
    assert hash(spec) == hash(index(combined("entropy", {"x": 1, "y": 2, "z": 5}, how="game")))


def test_what_tells_two_combinations_apart() -> None:
    one, fewer, other = combined("entropy", "critic"), combined("entropy"), combined("entropy", "variation")
    prints = {index(w).fingerprint for w in (one, fewer, other, combined("critic", "entropy"), {**one, "how": "game"})}
    assert len(prints) == 5
    first, second = (
        index(combined("equal", own)) for own in (lambda x: x.std(axis=0), lambda x: x.std(axis=0, ddof=1))
    )
    assert first != second


def test_an_option_of_a_combination_has_an_address() -> None:
    spec = index(combined("entropy", "critic"))
    assert spec.replace({"g.weights.how": "game"}) == index(combined("entropy", "critic", how="game"))
    changed = spec.replace({"g.weights.weights": ["equal", "critic"]})
    assert changed == index(combined("equal", "critic"))
    found = different(choices(spec.to_toml()), choices(changed.to_toml()), {})
    assert found == [("g.weights.weights", ["entropy", "critic"], ["equal", "critic"])]


def test_children_taken_out_leave_the_parts_too() -> None:
    several = {"method": "ahp", "matrix": [MATRIX, OTHER]}
    listed = {"method": "ahp", "items": ["x", "y", "z"], "matrix": [[[1, 3, 5], [None, 1, 2], [None, None, 1]]] * 2}
    both = index(combined("entropy", several, listed, combined({"x": 1, "y": 2, "z": 5})))
    pair = {"x": {"y": 3}}
    left = combined("entropy", {"method": "ahp", "matrix": [pair, {"x": {"y": 2}}]}, {"method": "ahp", "matrix": pair},
                    {"x": 1, "y": 2})  # fmt: skip
    wanted = learnt_weights(hi.Index(groups=[hi.Group("g", weights=left)], indicators=both.indicators[:2]), uneven())
    np.testing.assert_allclose(learnt_weights(both.replace({"z": None}), uneven()), wanted, rtol=1e-13)


def test_children_that_come_later_are_in_the_parts_from_then_on() -> None:
    parts = [hi.Indicator("x", "g"), hi.Indicator("y", "g"), hi.Indicator("z", "g", start="2002Q1"),
             hi.Indicator("w", "g", replaces="y", start="2003Q1")]  # fmt: skip
    weights = combined({"x": 1, "y": 1, "z": 2}, {"x": 3, "y": 1, "z": 4})
    groups = [hi.Group("g", weights=weights, weights_since={"2003Q1": combined("equal", {"x": 3, "w": 1, "z": 4})})]
    spec = hi.Index(groups=groups, indicators=parts, period="quarter")
    rng = np.random.default_rng(0)
    data = pd.DataFrame({c: rng.lognormal(3, 0.4, 12) for c in "xyzw"}).assign(quarter=quarters(12))
    found = [content.weights["g"] for content in spec.fit(data).contents]
    np.testing.assert_allclose(found[0], [(1 / 2 + 3 / 4) / 2, (1 / 2 + 1 / 4) / 2])
    np.testing.assert_allclose(found[1], [(1 / 4 + 3 / 8) / 2, (1 / 4 + 1 / 8) / 2, (2 / 4 + 4 / 8) / 2])
    np.testing.assert_allclose(found[2], [(1 / 3 + 3 / 8) / 2, (1 / 3 + 4 / 8) / 2, (1 / 3 + 1 / 8) / 2])


def test_a_fit_with_combined_weights_is_saved_and_loaded(tmp_path: Path) -> None:
    fitted = index(combined(*PARTS, "merec", how="game"), normalise=POSITIVE).fit(uneven())
    fitted.save(tmp_path / "fit.json")
    loaded = hi.Fitted.load(tmp_path / "fit.json")
    pd.testing.assert_frame_equal(loaded.score(uneven()).scores, fitted.score(uneven()).scores, check_exact=True)
    assert loaded.tree == fitted.tree
    assert loaded.refit(uneven()).weights.equals(fitted.weights)


def test_a_function_in_a_part_computes_but_is_not_saved(tmp_path: Path) -> None:
    def spread(x: np.ndarray) -> np.ndarray:
        return x.std(axis=0)

    spec = index(combined("equal", spread))
    fitted = spec.fit(uneven())
    np.testing.assert_allclose(fitted.weights, hi.weights.combine(separately(["equal", spread])), rtol=1e-13)
    with pytest.raises(hi.SpecError, match="group 'g': weights: spread is no registered method"):
        fitted.save(tmp_path / "fit.json")
    with pytest.raises(hi.SpecError, match="only registered functions"):
        spec.to_toml()


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        (combined("entropy", "entrpy"), r"part 2: no method 'entrpy'; did you mean 'entropy'"),
        (combined("entropy", {"method": "critic", "corelation": 1}), r"part 2: critic: unknown option 'corelation'"),
        (combined("entropy", "critic", how="gaem"), r"how: no 'gaem'; did you mean 'game'"),
        (combined("entropy", "critic", how="game", shares=[1, 2]), r"finds the shares itself"),
        (combined("entropy", "critic", shares=[1, 2, 3]), r"shares: 0 or more for each of 2 sets"),
        (combined("entropy", {"x": 1, "yy": 2, "z": 3}), r"part 2: fixed: no child 'yy'; did you mean 'y'"),
        (
            combined("entropy", {"method": "ahp", "matrix": {"x": {"y": 9, "z": "1/9"}, "y": {"z": 9}}}),
            r"part 2: ahp: ",
        ),
        (combined("entropy", {"method": "fixed"}), r"part 2: fixed: 'values' is missing"),
        (combined(), "no set of weights"),
        ({"method": "combine"}, "'weights' is missing"),
        ({"method": "combine", "weights": "entropy"}, "a list of choices"),
        ({"method": "combine", "weights": {"x": 1}}, "a list of choices"),
        (combined("entropy", details=True), "'details' is for the function"),
    ],
)
def test_combinations_are_refused_before_any_data(weights: Any, told: str) -> None:
    with pytest.raises(hi.SpecError, match=told) as caught:
        index(weights)
    assert all("weights" in fault.place for fault in caught.value.faults)
    assert str(caught.value).startswith("group 'g': weights: combine: ")


def test_every_fault_of_the_parts_is_told() -> None:
    with pytest.raises(hi.SpecError) as caught:
        index(combined("entrpy", {"method": "critic", "correlation": "no"}, how="gaem"))
    assert len(caught.value.faults) == 3


def test_a_part_that_cannot_be_learnt_says_which() -> None:
    with pytest.raises(hi.DataError, match="group 'g': weights: combine: part 2: "):
        index(combined("equal", "entropy"), normalise="none").fit(uneven())


# ahp of several people


@pytest.mark.parametrize("shares", [None, [1, 3]])
@pytest.mark.parametrize("solver", ["eigenvector", "geometric"])
def test_judgements_of_several_people(shares: Any, solver: str) -> None:
    said = {"method": "ahp", "matrix": [MATRIX, OTHER], "solver": solver, "shares": shares}
    pooled = hi.ahp.priorities(hi.ahp.combine([MATRIX, OTHER], shares=shares), method=solver).weights
    np.testing.assert_allclose(learnt_weights(index(said), uneven()), pooled[["x", "y", "z"]], rtol=1e-12)
    each = hi.ahp.combine([MATRIX, OTHER], how="aip", shares=shares, method=solver)
    np.testing.assert_allclose(
        learnt_weights(index({**said, "how": "aip"}), uneven()), each[["x", "y", "z"]], rtol=1e-12
    )


def test_square_lists_stand_for_the_children_in_their_order() -> None:
    one, other = [[1, 3, 5], ["1/3", 1, 2], ["1/5", "1/2", 1]], [[1, 2, 2], ["1/2", 1, "1/2"], ["1/2", 2, 1]]
    wanted = learnt_weights(index({"method": "ahp", "matrix": [MATRIX, OTHER]}), uneven())
    stack = np.array([hi.ahp.combine([one]).to_numpy() for one in (MATRIX, OTHER)])
    for matrices in ([one, other], [MATRIX, other], stack):
        np.testing.assert_allclose(
            learnt_weights(index({"method": "ahp", "matrix": matrices}), uneven()), wanted, rtol=1e-12
        )
    single = learnt_weights(index({"method": "ahp", "matrix": MATRIX}), uneven())
    np.testing.assert_array_equal(learnt_weights(index({"method": "ahp", "matrix": one}), uneven()), single)
    np.testing.assert_allclose(learnt_weights(index({"method": "ahp", "matrix": [one]}), uneven()), single, rtol=1e-12)


def test_tables_of_several_people_by_the_function() -> None:
    frames = [hi.ahp.combine([one]) for one in (MATRIX, OTHER)]
    found = hi.weights.ahp(frames, shares=[1, 3])
    pd.testing.assert_series_equal(found, hi.weights.ahp([MATRIX, OTHER], shares=[1, 3]))
    assert list(found.index) == ["x", "y", "z"]


CONTRARY = {"x": {"y": 9, "z": "1/9"}, "y": {"z": 9}}


def test_one_person_who_contradicts_himself() -> None:
    with pytest.raises(hi.SpecError, match="group 'g': weights: ahp: expert 2: "):
        index({"method": "ahp", "matrix": [MATRIX, CONTRARY], "how": "aip"})
    with pytest.raises(hi.SpecError, match=r"group 'g': weights: ahp: .*inconsistent = 'note'"):
        index({"method": "ahp", "matrix": [CONTRARY, CONTRARY]})
    said = {"method": "ahp", "matrix": [MATRIX, CONTRARY], "shares": [19, 1]}
    with pytest.raises(hi.SpecError, match="group 'g': weights: ahp: expert 2: "):
        index(said)
    result = index({**said, "inconsistent": "note"}).compute(uneven())
    np.testing.assert_allclose(learnt_weights(index({**said, 'how': 'aip', 'inconsistent': 'note'}), uneven()),
                               hi.ahp.combine([MATRIX, CONTRARY], how="aip", shares=[19, 1]), rtol=1e-12)  # fmt: skip
    assert any("ahp: expert 2: " in why for why in result.log["why"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"matrix": MATRIX, "shares": [1]}, "give a list of matrices"),
        ({"matrix": [MATRIX, OTHER], "shares": [1]}, "2 matrices need 2 shares"),
        ({"matrix": [MATRIX, {"x": {"y": 2}}]}, "expert 2 compares"),
        ({"matrix": [MATRIX, {"x": {"y": 2, "zz": 2}, "y": {"zz": 1}}]}, "expert 2 compares"),
        ({"matrix": [[[1, 2, 3], [1, 1]], MATRIX]}, "the matrix has 2 rows for 3 items|3 items"),
        ({"matrix": [MATRIX, {"x": {"y": 2, "z": 3}}]}, "complete it first"),
        ({"matrix": [MATRIX, OTHER], "how": "aijj"}, "did you mean 'aij'"),
    ],
)
def test_judgements_that_do_not_fit_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(hi.SpecError, match=told):
        index({"method": "ahp", **options})


# raw values

RAW = ["merec", "cilos", "idocriw"]


@pytest.mark.parametrize("method", RAW)
@pytest.mark.parametrize("normalise", ["none", "min_max", "z_score", "rank", POSITIVE])
def test_methods_of_raw_values_see_raw_values(method: str, normalise: Any) -> None:
    wanted = getattr(hi.weights, method)(uneven(), direction={"y": -1})
    found = learnt_weights(index(method, normalise=normalise), uneven())
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    both = index(combined(method, "equal"), normalise=normalise)
    np.testing.assert_allclose(learnt_weights(both, uneven()), (wanted + 1 / 3) / 2, rtol=1e-12)


def test_they_see_the_fit_rows_treated_and_denominated() -> None:
    data = uneven().assign(size=np.linspace(1, 3, 12))
    parts = [hi.Indicator("x", "g", denominator="size"), *index("merec").indicators[1:]]
    spec = hi.Index(
        groups=[hi.Group("g", weights="merec")], indicators=parts, treat={"method": "winsorise", "points": 1}
    )
    fitted = spec.fit(data, fit_on=slice(0, 8))
    shown = data.iloc[:8].assign(x=data["x"] / data["size"])[["x", "y", "z"]]
    winsorised = hi.treat.winsorise(shown, points=1).table
    np.testing.assert_allclose(fitted.weights, hi.weights.merec(winsorised, direction={"y": -1}), rtol=1e-12)


@pytest.mark.parametrize("method", RAW)
def test_weights_of_raw_values_in_each_period(method: str) -> None:
    data = uneven(12).assign(year=np.repeat([2001, 2002], 6), unit=list("abcdef") * 2)
    spec = index(method, unit="unit", period="year", weigh_on="period", normalise={"method": "min_max"})
    for result in (spec.compute(data), spec.fit(data).score(data)):
        (content,) = result.contents
        found = [content.by_period[ordinal]["g"] for ordinal in sorted(content.by_period)]
        for rows, weights in zip((slice(0, 6), slice(6, 12)), found, strict=True):
            shown = data[["x", "y", "z"]].iloc[rows]
            np.testing.assert_allclose(weights, getattr(hi.weights, method)(shown, direction={"y": -1}), rtol=1e-12)


def test_a_group_below_counts_with_its_score() -> None:
    groups = [hi.Group("top", weights="merec"), hi.Group("g", "top")]
    indicators = [hi.Indicator("x", "g"), hi.Indicator("y", "top", direction=-1), hi.Indicator("z", "g")]
    spec = hi.Index(groups=groups, indicators=indicators, normalise=POSITIVE)
    fitted, scores = spec.fit(uneven()), spec.compute(uneven()).scores
    raw = pd.DataFrame({"g": scores["g"], "y": uneven()["y"]})
    wanted = hi.weights.merec(raw, direction={"y": -1})
    np.testing.assert_allclose(fitted.weights["top"].loc[["g", "y"]], wanted[["g", "y"]], rtol=1e-12)


def test_an_indicator_with_a_target_counts_with_its_normalised_value() -> None:
    indicators = [hi.Indicator("x", "g", direction=hi.Target(20.0)), hi.Indicator("y", "g", direction=-1)]
    spec = hi.Index(groups=[hi.Group("g", weights="merec")], indicators=indicators, normalise=POSITIVE)
    near = hi.normalise.min_max(uneven()[["x"]], direction=hi.Target(20.0), lower=1, upper=100)["x"]
    wanted = hi.weights.merec(pd.DataFrame({"x": near, "y": uneven()["y"]}), direction={"y": -1})
    np.testing.assert_allclose(learnt_weights(spec, uneven()), wanted, rtol=1e-12)


def test_a_users_method_may_ask_for_raw_values() -> None:
    @hi.weighting(raw=True)
    def raw_ranges(x: np.ndarray, *, direction: Any = 1) -> np.ndarray:
        assert list(direction) == [1, -1, 1]
        return x.max(axis=0) - x.min(axis=0)

    wanted = np.ptp(uneven().to_numpy(), axis=0)
    np.testing.assert_allclose(learnt_weights(index(raw_ranges), uneven()), wanted / wanted.sum(), rtol=1e-12)


@pytest.mark.parametrize("method", RAW)
def test_values_that_are_not_above_0_are_refused_with_a_remedy(method: str) -> None:
    data = uneven()
    data.loc[4, "x"], data.loc[5, "y"] = 0.0, -2.0
    with pytest.raises(hi.DataError) as caught:
        index(method).fit(data)
    first, second = map(str, caught.value.faults)
    assert first.startswith(
        f"group 'g': weights: indicator 'x': 0: {method} needs raw values above 0; shift or rescale"
    )
    assert "no normalisation mends it" in first
    assert second.startswith("group 'g': weights: indicator 'y': -2: ")


def test_a_score_of_0_is_refused_with_a_normalisation_as_remedy() -> None:
    groups = [hi.Group("top", weights="merec"), hi.Group("g", "top"), hi.Group("h", "top")]
    indicators = [hi.Indicator("x", "g"), hi.Indicator("y", "h")]
    with pytest.raises(hi.DataError, match=r"group 'g': 0: merec .* above 0 \(min_max with lower = 1, upper = 100\)"):
        hi.Index(groups=groups, indicators=indicators).fit(uneven())


def test_the_direction_is_that_of_the_indicators() -> None:
    with pytest.raises(hi.SpecError, match="merec: 'direction' is for the function; in an index it is that of each"):
        index({"method": "merec", "direction": {"y": -1}})


# several experts: who, and how consistent

EXPERTS = {"Wang": MATRIX, "Li": OTHER, "Zhao": CONTRARY}


def test_every_expert_is_refused_by_name_or_noted() -> None:
    for how in ("aij", "aip"):
        with pytest.raises(hi.SpecError, match=r"ahp: expert 'Zhao': CR \d.* >= 0.1; look at .*inconsistent = 'note'"):
            index({"method": "ahp", "matrix": EXPERTS, "how": how})
        noted = index({"method": "ahp", "matrix": EXPERTS, "how": how, "inconsistent": "note"}).compute(uneven())
        said = [why for why in noted.log["why"] if "CR" in why]
        assert any(why.startswith("group 'g': ahp: expert 'Zhao': CR") for why in said)
        assert not any("Wang" in why for why in said)
        assert any("the group's judgements: CR" in why for why in said) is (how == "aij")


@pytest.mark.parametrize("matrices", [EXPERTS, list(EXPERTS.values())], ids=["named", "listed"])
def test_the_consistency_of_each_expert_and_of_all(matrices: Any) -> None:
    result = index({"method": "ahp", "matrix": matrices, "inconsistent": "note"}).compute(uneven())
    found = result.consistency
    called = list(EXPERTS) if isinstance(matrices, dict) else ["expert 1", "expert 2", "expert 3"]
    assert found.index.tolist() == [("g", "", who) for who in (*called, "all together")]
    wanted = [hi.ahp.priorities(one) for one in (*EXPERTS.values(), hi.ahp.combine(EXPERTS))]
    np.testing.assert_allclose(found["lambda_max"], [one.lambda_max for one in wanted], rtol=1e-12)
    np.testing.assert_allclose(found["ci"], [one.ci for one in wanted], rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(found["cr"], [one.cr for one in wanted], rtol=1e-9, atol=1e-15)
    assert found["consistent"].tolist() == [one.consistent for one in wanted]
    english, chinese = result.method(), result.method("zh")
    for who, one in zip(called, wanted, strict=False):
        line = f"Consistency of the judgements of {who}: $\\lambda_{{\\max}}$ = {one.lambda_max:.6g}, CI = {one.ci:.6g}"
        assert line in english
        own = who.replace("expert ", "专家")
        assert f"判断的一致性（{own}）：$\\lambda_{{\\max}}$ = {one.lambda_max:.6g}" in chinese
    assert "of all together" in english
    assert "（全体）" in chinese
    assert english.count("inconsistent, and accepted as such") == sum(not one.consistent for one in wanted)


def test_the_consistency_of_one_person_of_parts_and_of_later_weights() -> None:
    assert index(PARTS[2]).compute(uneven()).consistency.index.tolist() == [("g", "", "")]
    assert index("entropy").compute(uneven()).consistency.empty
    parts = index(combined("entropy", {"method": "ahp", "matrix": [MATRIX, OTHER]})).compute(uneven()).consistency
    people = [f"part 2: {who}" for who in ("expert 1", "expert 2", "all together")]
    assert parts.index.get_level_values("expert").tolist() == people
    dated = hi.Index(
        period="q",
        groups=[hi.Group("g", weights="equal", weights_since={"2002Q1": {"method": "ahp", "matrix": MATRIX}})],
        indicators=[hi.Indicator(code, "g") for code in "xyz"],
    )
    rows = uneven().assign(q=quarters(12))
    assert dated.compute(rows).consistency.index.tolist() == [("g", "2002Q1", "")]


def test_consistency_stands_in_the_report_and_the_workbook(tmp_path: Path) -> None:
    result = index({"method": "ahp", "matrix": {"Wang": MATRIX, "Li": OTHER}}).compute(uneven())
    result.to_excel(tmp_path / "r.xlsx")
    sheet = pd.read_excel(tmp_path / "r.xlsx", sheet_name="consistency", engine="calamine")
    assert sheet["expert"].tolist() == ["Wang", "Li", "all together"]
    np.testing.assert_allclose(sheet["CR"], result.consistency["cr"], rtol=1e-12)
    result.to_excel(tmp_path / "zh.xlsx", lang="zh")
    assert "全体" in pd.read_excel(tmp_path / "zh.xlsx", sheet_name="一致性检验", engine="calamine")["专家"].tolist()
    result.report(tmp_path / "r.html")
    assert "Consistency of pairwise judgements" in (tmp_path / "r.html").read_text(encoding="utf-8")
    index("equal").compute(uneven()).to_excel(tmp_path / "plain.xlsx")
    assert "consistency" not in pd.read_excel(tmp_path / "plain.xlsx", sheet_name=None, engine="calamine")


def test_pairs_that_were_not_asked_are_named() -> None:
    holed = {"x": {"y": 3, "z": 5}}
    with pytest.raises(hi.SpecError, match=r"expert 'Li': not compared: \('y', 'z'\); complete it first"):
        index({"method": "ahp", "matrix": {"Wang": MATRIX, "Li": holed}})
    apart = index({"method": "ahp", "matrix": {"Wang": MATRIX, "Li": holed}, "how": "aip"}).compute(uneven())
    assert any("expert 'Li': not compared, completed from the others: ('y', 'z')" in why for why in apart.log["why"])
    alone = index({"method": "ahp", "matrix": holed}).compute(uneven())
    assert any("group 'g': ahp: not compared, completed from the others: ('y', 'z')" in why for why in alone.log["why"])


def test_experts_by_name_come_back_from_files(tmp_path: Path) -> None:
    one = index({"method": "ahp", "matrix": {"Wang": MATRIX, "Li": OTHER}, "shares": {"Wang": 2, "Li": 1}})
    for ending in ("toml", "xlsx"):
        one.write(tmp_path / f"i.{ending}")
        assert hi.Index.read(tmp_path / f"i.{ending}") == one
    wanted = hi.ahp.priorities(hi.ahp.combine([MATRIX, OTHER], shares=[2, 1])).weights
    np.testing.assert_allclose(learnt_weights(one, uneven()), wanted, rtol=1e-12)


# taking children out

BEST = {"method": "best_worst", "best": {"x": 1, "y": 2, "z": 8}, "worst": {"x": 8, "y": 4, "z": 1}}


def test_judgements_shrink_as_their_method_says() -> None:
    swara = index({"method": "swara", "s": {"y": None, "x": 0.2, "z": 0.5}})
    fallen = swara.replace({"x": None}).groups[0].weights.options["s"]
    assert dict(fallen) == {"y": None, "z": pytest.approx(1.2 * 1.5 - 1)}
    assert dict(swara.replace({"y": None}).groups[0].weights.options["s"]) == {"x": None, "z": 0.5}
    order = index({"method": "rank_order", "order": ["y", "z", "x"]}).replace({"z": None})
    np.testing.assert_allclose(learnt_weights(order, uneven()), [0.25, 0.75])
    points = index({"method": "budget", "allocations": [[10, 20, 70], [50, 50, 0]]}).replace({"z": None})
    np.testing.assert_allclose(learnt_weights(points, uneven()), [(1 / 3 + 1 / 2) / 2, (2 / 3 + 1 / 2) / 2], rtol=1e-12)
    middle = index(BEST).replace({"y": None})
    np.testing.assert_allclose(learnt_weights(middle, uneven()), hi.weights.best_worst([1, 8], [8, 1]), rtol=1e-9)
    matched = index({"method": "matched", "importance": {"x": 1, "y": 2, "z": 3}}).replace({"y": None})
    assert dict(matched.groups[0].weights.options["importance"]) == {"x": 1, "z": 3}
    turned = index({"method": "critic", "direction": {"x": -1, "y": 1}}).replace({"x": None})
    assert dict(turned.groups[0].weights.options["direction"]) == {"y": 1}
    placed = index({"method": "fixed", "values": [2, 3, 5]}).replace({"y": None})
    np.testing.assert_allclose(learnt_weights(placed, uneven()), [2 / 7, 5 / 7])


@pytest.mark.parametrize("gone", ["x", "z"])
def test_without_the_best_or_the_worst_the_others_keep_their_proportions(gone: str) -> None:
    whole = index(BEST).fit(uneven()).weights["g"]
    left = index(BEST).replace({gone: None}).fit(uneven()).weights["g"]
    np.testing.assert_allclose(left, whole.drop(gone) / whole.drop(gone).sum(), rtol=1e-12)


@pytest.mark.parametrize("gone", ["x", "z"])
def test_proportions_left_of_a_judgement_are_told_as_such(gone: str) -> None:
    left = index(BEST).replace({gone: None})
    result = left.compute(uneven())
    assert "the proportions left, a part being taken out, of `best_worst`" in str(result.method("en"))
    assert "取出某一部分后余下的权重比例，原方法为`best_worst`" in str(result.method("zh"))
    assert hi.Index.from_toml(left.to_toml()) == left
    judged = str(index({"x": 5, "y": 2, "z": 3}).replace({gone: None}).compute(uneven()).method("en"))
    assert "proportions left" not in judged


def test_taking_out_and_removing_one_agree_where_proportions_stay() -> None:
    for weights in ({"x": 5, "y": 2, "z": 3}, {"method": "swara", "s": [None, 0.3, 0.4]}):
        removed = hi.remove_one(index(weights), uneven()).scores["y"]
        taken = index(weights).replace({"y": None}).compute(uneven()).scores["g"]
        np.testing.assert_allclose(removed, taken, rtol=1e-12)


def test_draws_take_children_out_of_every_judgement() -> None:
    for weights in (BEST, {"method": "rank_order", "order": ["y", "z", "x"]}, {"method": "swara", "s": [None, 1, 1]}):
        found = hi.uncertainty(index(weights), uneven(), {"y": [True, None]}, draws=8, rng=0)
        assert found.scores.notna().all(axis=None)


def dated(**more: Any) -> hi.Index:
    """Return an index whose weights change twice, the first time to another kind of judgement."""
    later = {"2002Q1": BEST, "2003Q1": {"x": 1, "y": 2, "z": 2}}
    group = hi.Group("g", weights={"x": 2, "y": 1, "z": 1}, weights_since=later)
    indicators = [hi.Indicator(code, "g") for code in "xyz"]
    return hi.Index(period="q", groups=[group], indicators=indicators, **more)


def test_later_weights_shrink_too() -> None:
    rows = uneven().assign(q=quarters(12))
    found = dated().replace({"y": None}).compute(rows).weights_by_period
    np.testing.assert_allclose(found.loc["", "g"], [2 / 3, 1 / 3])
    np.testing.assert_allclose(found.loc["2002Q1", "g"], hi.weights.best_worst([1, 8], [8, 1]), rtol=1e-9)
    np.testing.assert_allclose(found.loc["2003Q1", "g"], [1 / 3, 2 / 3])
    alone = dated().replace({"y": None, "z": None})
    assert alone.compute(rows).weights["g", "x"] == 1
    assert hi.Index.from_toml(alone.to_toml()) == alone


@pytest.mark.parametrize("address", ["g.weights", "g.weights.values", "x.weight"])
def test_first_weights_are_not_changed_alone_while_later_ones_stay(address: str) -> None:
    with pytest.raises(hi.SpecError, match=r"2002Q1, 2003Q1 .*would stay in force; change 'g\.weights_since' with it"):
        dated().replace({address: {"x": 1, "y": 1, "z": 1}})
    both = dated().replace({"g.weights": "equal", "g.weights_since": {}})
    np.testing.assert_allclose(learnt_weights(both, uneven().assign(q=quarters(12))), [1 / 3] * 3)
    assert dated().replace({"g.weights_since": {}}).groups[0].weights == dated().groups[0].weights


# what the log says of weights


def test_weights_that_are_rescaled_name_their_group_and_since_when() -> None:
    rows = uneven().assign(q=quarters(12))
    changes = {"g.weights": {"x": 0.5, "y": 0.3, "z": 0.08}, "g.weights_since": {"2003Q1": {"x": 0.4, "y": 0.5}}}
    changes["g.weights_since"]["2003Q1"]["z"] = 0
    log = dated().replace(changes).compute(rows).log
    lines = log[log["why"].str.contains("rescaled")]
    assert lines["why"].tolist() == [
        "group 'g': fixed summing to 0.88 rescaled to 1",
        "group 'g': weights since 2003Q1: fixed summing to 0.9 rescaled to 1",
    ]
    assert lines["indicator"].tolist() == ["g", "g"]
    # Said once of weights that stay while something else changes.
    other = (
        dated().replace({"g.weights_since": {}, "z.start": "2002Q1"}).replace({"g.weights": {"x": 1, "y": 1, "z": 1}})
    )
    assert sum("rescaled" in why for why in other.compute(rows).log["why"]) == 2


@pytest.mark.parametrize("weights", [[3, -1.0, 2], {"x": 3, "y": -1.0, "z": 2}], ids=["in order", "by name"])
def test_a_negative_weight_names_its_child(weights: Any) -> None:
    with pytest.raises(hi.SpecError, match="'y' is -1"):
        index({"method": "fixed", "values": weights})
    with pytest.raises(hi.SpecError, match="'y' is -1"):
        hi.aggregate.arithmetic(pd.DataFrame({"x": [1.0], "y": [2.0], "z": [3.0]}), weights)


@pytest.mark.parametrize(
    "judged", [{"method": "swara", "s": [None, -1, 2]}, {**BEST, "best": [1, 0.5, 8], "worst": [8, 4, 1]}]
)
def test_judgements_in_order_are_named_by_the_children(judged: dict[str, Any]) -> None:
    with pytest.raises(hi.SpecError, match="'y': "):
        index(judged)


def test_the_log_and_the_statement_count_the_complete_rows_of_the_group() -> None:
    rows = uneven()
    rows.loc[[2, 5], "x"] = np.nan
    for method in ("critic", "independence"):
        result = index(method).compute(rows)
        said = f"group 'g': {method}: learnt from 10 of 12 rows, those with a value in every column; 2 rows have a gap"
        assert said in result.log["why"].tolist()
        assert "Of these rows 10 have all parts, and only they count." in result.method()
        assert "其中10个样本各下级指标齐全，只用这些样本。" in result.method("zh")
    assert "Of these rows 10 have all parts; each part counts" in index("entropy").compute(rows).method()


def test_the_default_weights_of_a_group_with_later_ones_are_not_changed_alone() -> None:
    group = hi.Group("g", weights_since={"2002Q1": {"x": 1, "y": 1, "z": 3}})
    spec = hi.Index(period="q", groups=[group], indicators=[hi.Indicator(code, "g") for code in "xyz"])
    with pytest.raises(hi.SpecError, match=r"'weights': from 2002Q1 on group 'g' .*'g\.weights_since'"):
        spec.replace({"weights": "entropy"})
    assert dated(weights="equal").replace({"weights": "entropy"}).weights.method.name == "entropy"
    # A direction by name is no judgement: the weights stay when the one it names goes.
    later = {"2002Q1": {"method": "critic", "direction": {"x": -1}}}
    turned = spec.replace({"g.weights_since": later}).replace({"x": None})
    assert turned.groups[0].weights_since["2002Q1"].method.name == "critic"
