"""Indicators built of other columns, and indicators without their seasonal part, inside an index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.indexes import answer_shares, built_of

import hengdian_index as hi

BUILDS: list[tuple[dict[str, Any], Any]] = [
    ({"method": "diffusion", "up": "up", "same": "same"}, lambda f: hi.climate.diffusion(f["up"], f["same"])),
    ({"method": "pmi", "components": ["up", "same"], "weights": {"up": 0.4, "same": 0.6}, "inverted": ["same"]},
     lambda f: hi.climate.pmi(f[["up", "same"]], {"up": 0.4, "same": 0.6}, inverted=["same"])),
    ({"method": "confidence", "current": "up", "expected": "same"},
     lambda f: hi.climate.confidence(f["up"], f["same"])),
    ({"method": "breadth", "x": ["s", "t", "x"]}, lambda f: hi.climate.breadth(f[["s", "t", "x"]])),
    ({"method": "cycle", "x": ["s", "t"]}, lambda f: hi.climate.cycle(f[["s", "t"]])),
]  # fmt: skip


@pytest.mark.parametrize(("build", "expected"), BUILDS, ids=[str(b["method"]) for b, _ in BUILDS])
def test_an_indicator_is_what_the_function_gives(build: dict[str, Any], expected: Any) -> None:
    data = answer_shares()
    one = built_of(hi.Indicator("mood", "all", build=build))
    result = one.compute(data)
    np.testing.assert_allclose(result.scores["all"], expected(data.set_index("q")), rtol=1e-12)
    np.testing.assert_array_equal(result.raw["mood"], result.scores["all"])
    assert hi.Index.from_toml(one.to_toml()) == one


@pytest.mark.parametrize("method", ["breadth", "cycle"])
def test_units_are_built_apart_whatever_the_order_of_rows(method: str) -> None:
    first, second = answer_shares(), answer_shares().assign(s=lambda f: f["s"][::-1].to_numpy())
    both = pd.concat([first.assign(who="A"), second.assign(who="B")]).sample(frac=1, random_state=1)
    one = built_of(hi.Indicator("mood", "all", build={"method": method, "x": ["s", "t"]}), unit="who")
    found = one.compute(both).scores["all"]
    for who, data in (("A", first), ("B", second)):
        expected = getattr(hi.climate, method)(data.set_index("q")[["s", "t"]])
        np.testing.assert_allclose(found[who].sort_index(), expected, rtol=1e-12)


def test_factors_of_a_cycle_are_frozen_with_the_fit() -> None:
    data = answer_shares()
    fitted = built_of(hi.Indicator("mood", "all", build={"method": "cycle", "x": ["s", "t"]})).fit(data, "2001:2003")
    expected = hi.climate.cycle(data.set_index("q")[["s", "t"]], fit_on="2001:2003")
    np.testing.assert_allclose(fitted.score(data).scores["all"], expected, rtol=1e-12)
    with pytest.raises(hi.DataError, match=r"build: .*cycle is chained from 2001Q1 on; give the rows"):
        fitted.score(data.iloc[4:])


def test_units_that_cannot_be_built_are_told_together() -> None:
    data = answer_shares()
    both = pd.concat([data.assign(who="A"), data.assign(who="B"), data.assign(who="C")], ignore_index=True)
    one = built_of(hi.Indicator("mood", "all", build={"method": "cycle", "x": ["s", "t"]}), unit="who")
    with pytest.raises(hi.DataError) as caught:
        one.fit(both.drop(index=[2, len(data) + 3]))
    assert [str(fault).partition("next period, ")[2][:6] for fault in caught.value.faults] == ["2001Q3", "2001Q4"]
    fitted = one.fit(both[both["who"] != "C"])
    later = both[(both["who"] != "B") | (both["q"] > "2001Q2")]
    with pytest.raises(hi.DataError) as caught:
        fitted.score(later)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 2
    assert "cycle is chained from 2001Q1 on; give the rows since then" in told[0]
    assert told[1].endswith("this unit has no fit row; fit again with it")


def test_what_cannot_be_built_is_refused_by_name() -> None:
    with pytest.raises(hi.SpecError, match=r"build: diffusion: 'up' is missing"):
        hi.Indicator("mood", "all", build={"method": "diffusion", "same": "same"})
    with pytest.raises(hi.SpecError, match=r"no method 'difusion'; did you mean 'diffusion'"):
        hi.Indicator("mood", "all", build={"method": "difusion", "up": "up"})
    one = built_of(hi.Indicator("mood", "all", build={"method": "diffusion", "up": "up", "same": "same"}))
    with pytest.raises(hi.DataError, match="column 'same' is missing"):
        one.compute(answer_shares().drop(columns="same"))
    with pytest.raises(hi.DataError, match=r"indicator 'mood': build: column 'up', period 2001Q3: 120"):
        one.compute(answer_shares().assign(up=lambda f: f["up"].where(f["q"] != "2001Q3", 120)))
    holed = built_of(hi.Indicator("mood", "all", build={"method": "breadth", "x": ["s", "t"]}))
    with pytest.raises(hi.DataError, match=r"the next period, 2001Q4, has no row"):
        holed.compute(answer_shares().drop(index=3))
    with pytest.raises(hi.SpecError, match="breadth works through time; name the period column"):
        built_of(hi.Indicator("mood", "all", build={"method": "breadth", "x": ["s", "t"]}), period=None).compute(
            answer_shares()
        )


def test_a_seasonal_pattern_is_taken_out_and_both_series_are_kept() -> None:
    pytest.importorskip("statsmodels")
    data = answer_shares()
    one = built_of(hi.Indicator("x", "all", deseasonalise="stl"))
    result = one.compute(data)
    np.testing.assert_allclose(result.prepared["x"], 100 + np.arange(16), rtol=1e-6)
    np.testing.assert_array_equal(result.raw["x"], data["x"])
    expected = hi.series.deseasonalise(data.set_index("q")["x"])
    np.testing.assert_allclose(result.prepared["x"], expected, rtol=1e-12)
    assert result.log["step"].tolist() == ["deseasonalise", "read"]
    assert hi.Index.from_toml(one.to_toml()) == one


def test_a_seasonal_pattern_is_frozen_with_the_fit() -> None:
    """A later quarter is adjusted by the last year's pattern and changes no earlier number."""
    pytest.importorskip("statsmodels")
    data = answer_shares()
    for model in ("additive", "multiplicative"):
        fitted = built_of(hi.Indicator("x", "all", deseasonalise={"method": "stl", "model": model})).fit(
            data, "2001:2003"
        )
        whole = fitted.score(data)
        assert whole.scores.iloc[:12].equals(fitted.score(data.iloc[:12]).scores)
        pd.testing.assert_frame_equal(fitted.score(data.iloc[12:]).scores, whole.scores.iloc[12:])
        assert "4 rows after the fit rows are adjusted by the seasonal pattern" in " ".join(whole.log["why"])
    np.testing.assert_allclose(
        built_of(hi.Indicator("x", "all", deseasonalise="stl")).fit(data, "2001:2003").score(data).prepared["x"],
        100 + np.arange(16), rtol=1e-6,
    )  # fmt: skip


def test_what_cannot_be_adjusted_is_refused_by_name() -> None:
    pytest.importorskip("statsmodels")
    with pytest.raises(hi.SpecError, match=r"deseasonalise: method: no 'stll'; did you mean 'stl'"):
        hi.Indicator("x", "all", deseasonalise="stll")
    one = built_of(hi.Indicator("x", "all", deseasonalise="stl"))
    with pytest.raises(hi.DataError, match=r"indicator 'x': .*2 full years are needed"):
        one.compute(answer_shares(7))
    with pytest.raises(hi.SpecError, match="deseasonalise needs periods"):
        built_of(hi.Indicator("x", "all", deseasonalise="stl"), period=None).compute(answer_shares())


def test_scores_on_values_carried_forward_are_provisional() -> None:
    data = answer_shares(8)
    data.loc[7, "s"] = np.nan
    one = hi.Index(
        period="q",
        groups=[hi.Group("all"), hi.Group("a", "all"), hi.Group("b", "all")],
        indicators=[hi.Indicator("s", "a"), hi.Indicator("t", "b")],
        impute={"method": "carry_forward", "limit": 1},
    )
    marks = one.compute(data).provisional
    assert marks.columns.tolist() == ["all", "a", "b"]
    assert marks.iloc[-1].tolist() == [True, True, False]
    assert not marks.iloc[:-1].to_numpy().any()
