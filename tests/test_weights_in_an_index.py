"""What a spec can say about the weights of a group: combined, by several people, of raw values."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from indexes import POSITIVE, quarters

import hengdian_index as hi
from hengdian_index.choices import choices, different

MATRIX = {"x": {"y": 3, "z": 5}, "y": {"z": 2}}
OTHER = {"x": {"y": 2, "z": 2}, "y": {"z": "1/2"}}
PARTS: list[Any] = [
    "entropy",
    {"method": "critic", "correlation": "spearman"},
    {"method": "ahp", "matrix": MATRIX},
    {"x": 1, "y": 2, "z": 5},
]


def table(n: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame({c: rng.lognormal(3, s, n).round(3) for c, s in zip("xyz", (0.2, 0.4, 0.8), strict=True)})


def index(weights: Any, **more: Any) -> hi.Index:
    indicators = [hi.Indicator("x", "g"), hi.Indicator("y", "g", direction=-1), hi.Indicator("z", "g")]
    return hi.Index(groups=[hi.Group("g", weights=weights)], indicators=indicators, **more)


def combined(*parts: Any, **options: Any) -> dict[str, Any]:
    return {"method": "combine", "weights": list(parts), **options}


def weights_of(spec: hi.Index, data: Any = None) -> np.ndarray:
    return spec.fit(table() if data is None else data).weights.to_numpy()


def separately(parts: list[Any]) -> list[np.ndarray]:
    return [weights_of(index(part)) for part in parts]


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
    np.testing.assert_allclose(weights_of(index(combined(*PARTS, **options))), wanted, rtol=1e-13)


def test_combined_weights_by_hand() -> None:
    entropy, judged = separately(["entropy", {"method": "ahp", "matrix": MATRIX}])
    product = entropy * judged
    both = combined("entropy", {"method": "ahp", "matrix": MATRIX}, how="multiplicative")
    np.testing.assert_allclose(weights_of(index(both)), product / product.sum(), rtol=1e-12)


def test_combinations_of_combinations() -> None:
    inner = combined("entropy", "critic")
    first, second = separately([inner, "equal"])
    np.testing.assert_allclose(weights_of(index(combined(inner, "equal", how="game"))),
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
    np.testing.assert_array_equal(weights_of(other), weights_of(one))
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
    wanted = weights_of(hi.Index(groups=[hi.Group("g", weights=left)], indicators=both.indicators[:2]))
    np.testing.assert_allclose(weights_of(both.replace({"z": None})), wanted, rtol=1e-13)


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
    fitted = index(combined(*PARTS, "merec", how="game"), normalise=POSITIVE).fit(table())
    fitted.save(tmp_path / "fit.json")
    loaded = hi.Fitted.load(tmp_path / "fit.json")
    pd.testing.assert_frame_equal(loaded.score(table()).scores, fitted.score(table()).scores, check_exact=True)
    assert loaded.tree == fitted.tree
    assert loaded.refit(table()).weights.equals(fitted.weights)


def test_a_function_in_a_part_computes_but_is_not_saved(tmp_path: Path) -> None:
    def spread(x: np.ndarray) -> np.ndarray:
        return x.std(axis=0)

    spec = index(combined("equal", spread))
    fitted = spec.fit(table())
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
        index(combined("equal", "entropy"), normalise="none").fit(table())


# ahp of several people


@pytest.mark.parametrize("shares", [None, [1, 3]])
@pytest.mark.parametrize("solver", ["eigenvector", "geometric"])
def test_judgements_of_several_people(shares: Any, solver: str) -> None:
    said = {"method": "ahp", "matrix": [MATRIX, OTHER], "solver": solver, "shares": shares}
    pooled = hi.ahp.priorities(hi.ahp.combine([MATRIX, OTHER], shares=shares), method=solver).weights
    np.testing.assert_allclose(weights_of(index(said)), pooled[["x", "y", "z"]], rtol=1e-12)
    each = hi.ahp.combine([MATRIX, OTHER], how="aip", shares=shares, method=solver)
    np.testing.assert_allclose(weights_of(index({**said, "how": "aip"})), each[["x", "y", "z"]], rtol=1e-12)


def test_square_lists_stand_for_the_children_in_their_order() -> None:
    one, other = [[1, 3, 5], ["1/3", 1, 2], ["1/5", "1/2", 1]], [[1, 2, 2], ["1/2", 1, "1/2"], ["1/2", 2, 1]]
    wanted = weights_of(index({"method": "ahp", "matrix": [MATRIX, OTHER]}))
    stack = np.array([hi.ahp.combine([one]).to_numpy() for one in (MATRIX, OTHER)])
    for matrices in ([one, other], [MATRIX, other], stack):
        np.testing.assert_allclose(weights_of(index({"method": "ahp", "matrix": matrices})), wanted, rtol=1e-12)
    single = weights_of(index({"method": "ahp", "matrix": MATRIX}))
    np.testing.assert_array_equal(weights_of(index({"method": "ahp", "matrix": one})), single)
    np.testing.assert_allclose(weights_of(index({"method": "ahp", "matrix": [one]})), single, rtol=1e-12)


def test_tables_of_several_people_by_the_function() -> None:
    frames = [hi.ahp.combine([one]) for one in (MATRIX, OTHER)]
    found = hi.weights.ahp(frames, shares=[1, 3])
    pd.testing.assert_series_equal(found, hi.weights.ahp([MATRIX, OTHER], shares=[1, 3]))
    assert list(found.index) == ["x", "y", "z"]


CONTRARY = {"x": {"y": 9, "z": "1/9"}, "y": {"z": 9}}


def test_one_person_who_contradicts_himself() -> None:
    with pytest.raises(hi.SpecError, match="group 'g': weights: ahp: matrix 1: "):
        index({"method": "ahp", "matrix": [MATRIX, CONTRARY], "how": "aip"})
    with pytest.raises(hi.SpecError, match=r"group 'g': weights: ahp: .*inconsistent = 'note'"):
        index({"method": "ahp", "matrix": [CONTRARY, CONTRARY]})
    said = {"method": "ahp", "matrix": [MATRIX, CONTRARY], "shares": [19, 1]}
    result = index(said).compute(table())
    np.testing.assert_allclose(weights_of(index({**said, "how": "aip", "inconsistent": "note"})),
                               hi.ahp.combine([MATRIX, CONTRARY], how="aip", shares=[19, 1]), rtol=1e-12)  # fmt: skip
    assert any("ahp: matrix 1: " in why for why in result.log["why"])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"matrix": MATRIX, "shares": [1]}, "give a list of matrices"),
        ({"matrix": [MATRIX, OTHER], "shares": [1]}, "2 matrices need 2 shares"),
        ({"matrix": [MATRIX, {"x": {"y": 2}}]}, "matrix 1 compares"),
        ({"matrix": [MATRIX, {"x": {"y": 2, "zz": 2}, "y": {"zz": 1}}]}, "matrix 1 compares"),
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
    wanted = getattr(hi.weights, method)(table(), direction={"y": -1})
    found = weights_of(index(method, normalise=normalise))
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    both = index(combined(method, "equal"), normalise=normalise)
    np.testing.assert_allclose(weights_of(both), (wanted + 1 / 3) / 2, rtol=1e-12)


def test_they_see_the_fit_rows_treated_and_denominated() -> None:
    data = table().assign(size=np.linspace(1, 3, 12))
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
    data = table(12).assign(year=np.repeat([2001, 2002], 6), unit=list("abcdef") * 2)
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
    fitted, scores = spec.fit(table()), spec.compute(table()).scores
    raw = pd.DataFrame({"g": scores["g"], "y": table()["y"]})
    wanted = hi.weights.merec(raw, direction={"y": -1})
    np.testing.assert_allclose(fitted.weights["top"].loc[["g", "y"]], wanted[["g", "y"]], rtol=1e-12)


def test_an_indicator_with_a_target_counts_with_its_normalised_value() -> None:
    indicators = [hi.Indicator("x", "g", direction=hi.Target(20.0)), hi.Indicator("y", "g", direction=-1)]
    spec = hi.Index(groups=[hi.Group("g", weights="merec")], indicators=indicators, normalise=POSITIVE)
    near = hi.normalise.min_max(table()[["x"]], direction=hi.Target(20.0), lower=1, upper=100)["x"]
    wanted = hi.weights.merec(pd.DataFrame({"x": near, "y": table()["y"]}), direction={"y": -1})
    np.testing.assert_allclose(weights_of(spec), wanted, rtol=1e-12)


def test_a_users_method_may_ask_for_raw_values() -> None:
    @hi.weighting(raw=True)
    def raw_ranges(x: np.ndarray, *, direction: Any = 1) -> np.ndarray:
        assert list(direction) == [1, -1, 1]
        return x.max(axis=0) - x.min(axis=0)

    wanted = np.ptp(table().to_numpy(), axis=0)
    np.testing.assert_allclose(weights_of(index(raw_ranges)), wanted / wanted.sum(), rtol=1e-12)


@pytest.mark.parametrize("method", RAW)
def test_values_that_are_not_above_0_are_refused_with_a_remedy(method: str) -> None:
    data = table()
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
        hi.Index(groups=groups, indicators=indicators).fit(table())


def test_the_direction_is_that_of_the_indicators() -> None:
    with pytest.raises(hi.SpecError, match="merec: 'direction' is for the function; in an index it is that of each"):
        index({"method": "merec", "direction": {"y": -1}})
