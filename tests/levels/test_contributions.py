"""Contributions sum to the level and to the change, for every mean, through every level."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.indexes import MEANS, POSITIVE, changing, computed, two_levels
from support.tables import quarters, table

import hengdian_index as hi
from hengdian_index.log import journal


def _sum(frame: pd.DataFrame) -> np.ndarray:
    return frame.sum(axis=1, skipna=False).to_numpy()


@given(computed(), st.integers(1, 3), st.sampled_from(["children", "indicators"]))
@settings(max_examples=80)
def test_parts_sum_to_the_change(result: hi.Result, lag: int, depth: str) -> None:
    level = result.series()
    for code in level:
        parts = result.contributions(code, lag=lag, depth=depth)  # type: ignore[arg-type]
        assert set(parts.columns).isdisjoint({"reweighting", "interaction"})
        change = level[code].to_numpy()[lag:] - level[code].to_numpy()[:-lag]
        size = np.abs(parts.to_numpy()[lag:]).sum(axis=1)
        np.testing.assert_allclose(_sum(parts)[lag:], change, rtol=1e-12, atol=1e-14 * level[code].max())
        # The change itself is the difference of two levels, each rounded.
        rounding = 4 * np.spacing(np.abs(level[code]).max())
        assert (np.abs(_sum(parts)[lag:] - change) <= 1e-12 * np.maximum(size, np.abs(change)) + rounding).all()
        assert parts.iloc[:lag].isna().all(axis=None)


@given(computed(gaps=True), st.sampled_from(["children", "indicators"]))
@settings(max_examples=80)
def test_parts_sum_to_the_change_over_gaps(result: hi.Result, depth: str) -> None:
    levels = result.scores["root"]
    parts = result.contributions(depth=depth, base=str(result.panel.labels[0]))  # type: ignore[arg-type]
    change = (levels.diff() * 100 / levels.iloc[0]).to_numpy()[1:]
    np.testing.assert_allclose(_sum(parts)[1:], change, rtol=1e-11, atol=1e-11)


@given(computed(), st.sampled_from(["children", "indicators"]))
@settings(max_examples=60)
def test_parts_sum_to_the_level(result: hi.Result, depth: str) -> None:
    for code, level in result.series().items():
        parts = result.contributions(str(code), of="level", depth=depth)  # type: ignore[arg-type]
        np.testing.assert_allclose(_sum(parts), level, rtol=1e-12)
        shares = result.contributions(str(code), of="level", depth=depth, share=True)  # type: ignore[arg-type]
        np.testing.assert_allclose(_sum(shares), 100, rtol=1e-12)


@pytest.mark.parametrize("mean", MEANS)
def test_a_part_is_the_formula_of_the_handbook(mean: object) -> None:
    """w_j (f(z1_j) - f(z0_j)) (y1 - y0) / (f(y1) - f(y0)), written out."""
    index = two_levels(aggregate=mean)
    result = index.compute(table())
    p = {"arithmetic": 1, "geometric": 0, "harmonic": -1}.get(str(mean)) if isinstance(mean, str) else mean["p"]  # type: ignore[index]
    f = np.log if p == 0 else lambda x: x**p
    z, y = result.normalised[["a", "b"]].to_numpy(), result.scores["left"].to_numpy()
    parts = result.contributions("left", base="2001Q1", to=y[0]).to_numpy()
    for i, (before, now) in enumerate(pairwise(range(len(y)))):
        expected = 0.5 * (f(z[now]) - f(z[before])) * (y[now] - y[before]) / (f(y[now]) - f(y[before]))
        np.testing.assert_allclose(parts[i + 1], expected, rtol=1e-9)


def test_nothing_changes_nothing_contributes() -> None:
    same = table(4)
    same.loc[3, list("abcd")] = same.loc[2, list("abcd")].to_numpy()
    for mean in MEANS:
        parts = two_levels(aggregate=mean).compute(same).contributions(depth="indicators")
        assert (parts.iloc[3] == 0).all()


def test_a_share_of_no_change_is_missing_not_infinite() -> None:
    same = table(4)
    same.loc[3, list("abcd")] = same.loc[2, list("abcd")].to_numpy()
    assert two_levels().compute(same).contributions(share=True).iloc[3].isna().all()


def test_a_gap_gets_its_own_column() -> None:
    gap = table()
    gap.loc[5, "a"] = np.nan
    result = two_levels(coverage=0.5).compute(gap)
    parts = result.contributions("left")
    assert list(parts.columns) == ["a", "b", "reweighting"]
    assert abs(parts["reweighting"].iloc[5]) > 1e-6
    assert parts["reweighting"].iloc[4] == 0
    np.testing.assert_allclose(_sum(parts)[5:7], result.series()["left"].diff().iloc[5:7], rtol=1e-12)


def test_another_aggregation_leaves_an_interaction() -> None:
    @hi.aggregating(laws="IHSB")
    def product_of_extremes(x, w):  # type: ignore[no-untyped-def]
        return np.sqrt(x.min(axis=-1) * x.max(axis=-1))

    result = two_levels().replace({"all.aggregate": "product_of_extremes"}).compute(table())
    for depth in ("children", "indicators"):
        parts = result.contributions(depth=depth)  # type: ignore[arg-type]
        assert parts.columns[-1] == "interaction"
        np.testing.assert_allclose(_sum(parts)[1:], result.series()["all"].diff().iloc[1:], rtol=1e-11)
    with pytest.raises(hi.SpecError, match="splits only under a mean"):
        result.contributions(of="level")


def test_zero_as_a_limit_takes_the_whole_change() -> None:
    index = hi.Index(
        period="quarter",
        groups=[hi.Group("all", aggregate={"method": "geometric", "zeros": "limit"})],
        indicators=[hi.Indicator("a", "all", normalise="none"), hi.Indicator("b", "all", normalise="none")],
    )
    result = index.compute({"quarter": ["2001Q1", "2001Q2", "2001Q3"], "a": [4.0, 0.0, 9.0], "b": [4.0, 9.0, 4.0]})
    assert result.scores["all"].tolist() == pytest.approx([4, 0, 6])
    parts = result.contributions().to_numpy()[1:]
    np.testing.assert_allclose(parts, [[-4, 0], [6, 0]], atol=1e-12)


def test_the_two_meanings_of_contribution_rate() -> None:
    """New growth drivers: the 2017 release shares the level out, the 2020 release the change; neither is the other."""
    result = two_levels(normalise=POSITIVE).compute(table())
    level = result.contributions(of="level", share=True)
    change = result.contributions(of="change", share=True)
    assert not np.allclose(level.iloc[-1], change.iloc[-1])
    assert level.attrs["of"] == "level"
    assert change.attrs["of"] == "change"


def test_words_are_checked() -> None:
    result = two_levels().compute(table())
    with pytest.raises(hi.SpecError, match=r"of: no 'levels'; did you mean 'level'\?") as caught:
        result.contributions(of="levels", depth="leaves")  # type: ignore[arg-type]
    assert len(caught.value.faults) == 2
    with pytest.raises(hi.SpecError, match=r"no group 'lef'; did you mean 'left'\?"):
        result.contributions("lef")


@pytest.mark.parametrize("p", [500, -300, 1e-12])
def test_powers_far_from_1_keep_their_contributions(p: float) -> None:
    result = two_levels(aggregate={"method": "power", "p": p}).compute(table())
    for of in ("change", "level"):
        parts = result.contributions(of=of)  # type: ignore[arg-type]
        assert list(parts.columns) == ["left", "right"]
        whole = result.series()["all"].diff() if of == "change" else result.series()["all"]
        np.testing.assert_allclose(_sum(parts)[1:], whole.iloc[1:], rtol=1e-11)


def test_a_power_near_0_is_near_the_geometric_mean() -> None:
    for p in (1e-9, 1e-12, 1e-15):
        assert hi.aggregate.power([[1.0, 100.0]], p=p)[0] == pytest.approx(10, rel=1e-7)


@pytest.mark.parametrize(
    "aggregate", ["mazziotta_pareto", "minimum", "median", {"method": "owa", "order_weights": [0.7, 0.3]}]
)
@pytest.mark.parametrize("depth", ["children", "indicators"])
def test_shapley_leaves_no_interaction(aggregate: object, depth: str) -> None:
    result = two_levels().replace({"all.aggregate": aggregate, "left.aggregate": aggregate}).compute(table())
    parts = result.contributions(depth=depth, split="shapley")  # type: ignore[arg-type]
    assert "interaction" not in parts
    np.testing.assert_allclose(_sum(parts)[1:], result.series()["all"].diff().iloc[1:], rtol=1e-11, atol=1e-11)
    mean = two_levels().compute(table())
    pd.testing.assert_frame_equal(mean.contributions(split="shapley"), mean.contributions())
    with pytest.raises(hi.SpecError, match=r"split: no 'shaply'; did you mean 'shapley'"):
        result.contributions(split="shaply")  # type: ignore[arg-type]


def test_a_method_that_compares_rows_has_its_base_and_its_parts() -> None:
    result = two_levels().replace({"all.aggregate": "topsis"}).compute(table())
    np.testing.assert_allclose(result.series()["all"].iloc[:4].mean(), 100, rtol=1e-12)
    np.testing.assert_allclose(_sum(result.contributions())[1:], result.series()["all"].diff().iloc[1:], rtol=1e-11)


@pytest.mark.parametrize("aggregate", ["rank_sum_ratio", "grey_relational", "topsis", "copeland", "borda"])
@pytest.mark.parametrize("split", ["interaction", "shapley"])
def test_parts_below_a_group_that_cancel_have_their_limit_or_none(aggregate: str, split: str) -> None:
    """x takes back what y gives: they have opposite parts of one size, and none where the score jumps."""
    frame = pd.DataFrame(
        {"u": list("abc") * 2, "p": [2001] * 3 + [2002] * 3, "x": [4.0, 3, 3, 2, 2, 1], "y": [1.0, 1, 1, 3, 2, 3],
         "z": [3.0, 3, 4, 3, 3, 3.5]}
    )  # fmt: skip
    index = hi.Index(
        groups=[hi.Group("T"), hi.Group("A", "T")],
        indicators=[hi.Indicator("x", "A"), hi.Indicator("y", "A"), hi.Indicator("z", "T")],
        unit="u",
        period="p",
        normalise="none",
        aggregate=aggregate,
    ).replace({"A.aggregate": "arithmetic"})
    result = index.compute(frame)
    leaves = result.contributions(depth="indicators", split=split).iloc[3:]  # type: ignore[arg-type]
    children = result.contributions(split=split).iloc[3:]  # type: ignore[arg-type]
    change = result.scores["T"].to_numpy()[3:] - result.scores["T"].to_numpy()[:3]
    np.testing.assert_allclose(_sum(leaves), change, atol=1e-12)
    np.testing.assert_allclose(children["A"], 0, atol=1e-12)
    np.testing.assert_allclose(leaves["x"], -leaves["y"], atol=1e-9)
    jumps = aggregate in ("rank_sum_ratio", "copeland", "borda")
    assert (leaves["x"] == 0).all() if jumps else (leaves["x"] < -1e-3).all()


def test_what_is_no_part_stands_last() -> None:
    frame = table()
    frame.loc[6, "b"] = np.nan
    parts = two_levels(coverage=0.5).compute(frame).contributions(depth="indicators")
    assert list(parts.columns) == ["a", "b", "c", "d", "reweighting"]


@pytest.mark.parametrize(("a", "b"), [(2.0, 0.501), (3.0, 1 / 3), (20.0, 0.0501)])
def test_parts_of_a_geometric_level_near_1_count_by_weight_and_the_log_says_so(a: float, b: float) -> None:
    index = hi.Index(
        groups=[hi.Group("g", aggregate="geometric")],
        indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")],
        normalise="none",
    )
    result = index.compute({"a": [a, 4.0], "b": [b, 9.0]})
    with journal() as lines:
        parts = result.contributions(of="level")
    near, far = parts.to_numpy()
    np.testing.assert_allclose(near, (a * b) ** 0.5 / 2, rtol=1e-12)
    np.testing.assert_allclose(far, [6 * np.log(4) / np.log(36), 6 * np.log(9) / np.log(36)], rtol=1e-12)
    assert ["so near 1" in line.why for line in lines] == [True]
    assert lines[0].why.startswith("in 1 row")


def test_parts_of_a_geometric_level_not_so_near_1_keep_their_logarithms() -> None:
    index = hi.Index(
        groups=[hi.Group("g", aggregate="geometric")],
        indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")],
        normalise="none",
    )
    with journal() as lines:
        parts = index.compute({"a": [2.0], "b": [0.8]}).contributions(of="level").iloc[0]
    level = 1.6**0.5
    np.testing.assert_allclose(parts, level * np.log([2.0, 0.8]) / np.log(1.6), rtol=1e-12)
    assert not [line for line in lines if line.step == "contributions"]


@given(computed(gaps=True), st.integers(1, 4), st.sampled_from(["children", "indicators"]))
@settings(max_examples=60)
def test_parts_of_growth_sum_to_the_growth_rate(result: hi.Result, lag: int, depth: str) -> None:
    for code, rate in result.changes(lag).items():
        parts = result.contributions(str(code), of="growth", lag=lag, depth=depth)  # type: ignore[arg-type]
        rounding = 1e-10 * (1 + np.abs(parts.to_numpy()).sum(axis=1))
        np.testing.assert_allclose(_sum(parts) / rounding, rate / rounding, rtol=0, atol=1)


@pytest.mark.parametrize("series", ["fixed", "ratio", "symmetric", "log"])
@pytest.mark.parametrize("content", ["link", "restate"])
@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "minimum"])
@pytest.mark.parametrize("split", ["interaction", "shapley"])
def test_every_course_of_an_index_has_parts_that_sum_to_its_growth(
    series: str, content: str, mean: str, split: str
) -> None:
    index = changing(series=series, content=content, aggregate=mean)
    result = index.compute(table(16))
    for lag in (1, 4, 7):
        for code, rate in result.changes(lag).items():
            parts = result.contributions(str(code), of="growth", lag=lag, depth="indicators", split=split)  # type: ignore[arg-type]
            np.testing.assert_allclose(_sum(parts), rate, rtol=1e-9, atol=1e-9)
            points = result.contributions(str(code), lag=lag, depth="indicators", split=split)  # type: ignore[arg-type]
            before = result.series()[code].shift(lag).to_numpy()
            np.testing.assert_allclose(parts, 100 * points.div(before, axis=0), rtol=1e-12)


def test_parts_of_growth_over_a_link_are_those_of_ribe() -> None:
    """Old weights to the link, times what the index grew by up to it, new weights from there on."""
    prices = pd.DataFrame({"food": [100, 104, 110, 99, 130], "rent": [100, 102, 103, 109, 111]}, dtype=float)
    weights = np.array([[0.7, 0.3], [0.4, 0.6]])
    index = hi.Index(
        period="quarter",
        base="2020Q1",
        normalise="none",
        groups=[hi.Group("cpi", weights={"food": 7, "rent": 3}, weights_since={"2020Q4": {"food": 4, "rent": 6}})],
        indicators=[hi.Indicator("food", "cpi"), hi.Indicator("rent", "cpi")],
    )
    result = index.compute(prices.assign(quarter=["2020Q1", "2020Q2", "2020Q3", "2020Q4", "2021Q1"]))
    p = prices.to_numpy()
    sums = p @ weights.T
    # Linked in the quarter before the new weights hold.
    old = 100 * weights[0] * (p[2] - p[1]) / sums[1, 0]
    new = 100 * weights[1] * (p[4] - p[2]) / sums[2, 1] * (sums[2, 0] / sums[1, 0])
    found = result.contributions(of="growth", lag=3).iloc[4]
    np.testing.assert_allclose(found, old + new, rtol=1e-12)
    np.testing.assert_allclose(found.sum(), result.changes(3)["cpi"].iloc[4], rtol=1e-12)


def test_growth_from_a_level_that_is_not_above_0_has_no_parts() -> None:
    index = hi.Index(period="year", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")], normalise="none")
    result = index.compute({"year": [2019, 2020, 2021, 2022], "x": [4.0, -1.0, 2.0, 3.0]})
    with pytest.warns(UserWarning, match=r"^1 change has no percent value.*'all', period 2021.*of='change' has all"):
        parts = result.contributions(of="growth", to=None)
    assert parts["x"].fillna(-1).tolist() == [-1, -125, -1, 50]


def test_shares_of_growth_are_those_of_the_change() -> None:
    result = two_levels().compute(table())
    shares = [result.contributions(of=of, share=True, lag=2) for of in ("growth", "change")]  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(*shares)
    np.testing.assert_allclose(_sum(shares[0])[2:], 100)


@pytest.mark.parametrize("series", ["fixed", "ratio", "log"])
@pytest.mark.parametrize("of", ["level", "change", "growth"])
def test_parts_stand_in_the_order_of_the_spec(series: str, of: str) -> None:
    """Whatever group they are of, and whenever they begin."""
    index = hi.Index(
        period="quarter",
        series=series,
        normalise=POSITIVE,
        groups=[hi.Group("z", "all"), hi.Group("all"), hi.Group("y", "all")],
        indicators=[
            hi.Indicator("d", "y", start="2001Q3"),
            hi.Indicator("c", "z"),
            hi.Indicator("b", "all"),
            hi.Indicator("a", "y"),
            hi.Indicator("e", "z", end="2001Q4"),
        ],
    )
    columns = {code: np.random.default_rng(i).uniform(1, 9, 8) for i, code in enumerate("abcde")}
    result = index.compute({"quarter": quarters(8), **columns})
    parts = [code for code in result.contributions(of=of, depth="indicators") if code in "abcde"]  # type: ignore[arg-type]
    assert parts == ["d", "c", "b", "a", "e"]
    assert list(result.contributions(of=of))[:3] == ["z", "y", "b"]  # type: ignore[arg-type]
