"""Fit, freeze, score: what is learnt from which rows, missing values, and one answer for every kind of table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.indexes import MEANS, POSITIVE, two_levels
from support.tables import quarters, table

import hengdian_index as hi

LEARNT = ["equal", "entropy", "critic", "variation", "deviation"]


@given(st.sampled_from(LEARNT), st.sampled_from(MEANS), st.integers(0, 99))
@settings(max_examples=40)
def test_fit_on_all_rows_then_score_is_compute(weights: str, mean: object, seed: int) -> None:
    index = two_levels(weights=weights, aggregate=mean)
    frame = table(seed=seed)
    pd.testing.assert_frame_equal(index.fit(frame).score(frame).scores, index.compute(frame).scores, check_exact=True)


@given(st.sampled_from(LEARNT), st.sampled_from(MEANS), st.integers(0, 99))
@settings(max_examples=40)
def test_a_quarter_added_never_moves_history(weights: str, mean: object, seed: int) -> None:
    """FAULTS 30, bit for bit."""
    index = two_levels(weights=weights, aggregate=mean, fit_on="2001:2002", normalise={**POSITIVE, "clip": True})
    longer = table(14, seed)
    old, new = index.compute(longer.iloc[:12]), index.compute(longer)
    pd.testing.assert_frame_equal(new.series().iloc[:12], old.series(), check_exact=True)


def test_fit_rows_decide_bounds_and_weights() -> None:
    frame = table()
    index = two_levels(weights="entropy", fit_on="2001Q1:2002Q4", normalise="min_max", base=None)
    fitted = index.fit(frame)
    z = fitted.score(frame).normalised
    assert z["a"].iloc[:8].min() == 0
    assert z["a"].iloc[:8].max() == 1
    assert z["a"].max() > 1 or z["a"].min() < 0 or frame["a"].idxmax() < 8
    by_hand = hi.weights.entropy(z[["a", "b"]].iloc[:8])
    assert fitted.weights["left"].to_dict() == pytest.approx(by_hand.to_dict(), rel=1e-12)
    pd.testing.assert_frame_equal(
        index.fit(frame, fit_on="2001Q1:2001Q4").score(frame).scores,
        index.replace({"fit_on": "2001"}).compute(frame).scores,
    )


@pytest.mark.parametrize(
    "selector",
    [
        "2001Q1:2002Q4",
        "2001:2002",
        ["2001", "2002"],
        slice(0, 8),
        np.arange(12) < 8,
        "2001年第一季度:2002年4季度",
        quarters(8),
    ],
    ids=str,
)
def test_ways_to_name_the_fit_rows(selector: object) -> None:
    expected = two_levels(fit_on="2001Q1:2002Q4").compute(table()).scores
    pd.testing.assert_frame_equal(two_levels().compute(table(), fit_on=selector).scores, expected)


def test_relatives_are_learnt_from_the_base_unless_fit_on_says_otherwise() -> None:
    frame = table()
    fixed_base = two_levels(normalise="relative").compute(frame)
    np.testing.assert_allclose(fixed_base.normalised["a"], 100 * frame["a"] / frame["a"].iloc[:4].mean(), rtol=1e-14)
    pooled = two_levels(normalise="relative", fit_on="2001:2003").compute(frame)
    np.testing.assert_allclose(pooled.normalised["a"], 100 * frame["a"] / frame["a"].mean(), rtol=1e-14)


def test_an_index_is_its_methods_done_by_hand() -> None:
    frame = table().set_index("quarter")
    result = two_levels(weights="critic", aggregate="geometric").compute(table())
    z = hi.normalise.min_max(frame, direction={"b": -1}, lower=1, upper=100)
    left = hi.aggregate.geometric(z[["a", "b"]], hi.weights.critic(z[["a", "b"]]))
    right = hi.aggregate.geometric(z[["c", "d"]], hi.weights.critic(z[["c", "d"]]))
    both = pd.DataFrame({"left": left, "right": right})
    whole = hi.aggregate.geometric(both, hi.weights.critic(both))
    np.testing.assert_allclose(result.scores["all"], whole, rtol=1e-13)


def test_every_kind_of_table_gives_one_answer() -> None:
    frame = table()
    frame.loc[3, "c"] = np.nan
    index = two_levels(coverage=0.5)
    expected = index.compute(frame)
    for other in (
        pl.from_pandas(frame),
        pl.from_pandas(frame).lazy(),
        pa.Table.from_pandas(frame),
        frame.to_dict("list"),
        frame.set_index("quarter"),
    ):
        pd.testing.assert_frame_equal(index.compute(other).scores, expected.scores, check_exact=True)
    bare = index.replace({"period": None, "base": None})
    for array in (
        frame[list("abcd")].to_numpy(),
        np.asfortranarray(frame[list("abcd")].to_numpy()),
        frame[list("abcd")].to_numpy().tolist(),
    ):
        np.testing.assert_array_equal(bare.compute(array).scores, expected.scores)


def test_quarters_in_every_form_give_one_series() -> None:
    frame = table(8)
    expected = two_levels().compute(frame).series()
    forms = [
        [f"{q[:4]}-{q[4:]}" for q in frame["quarter"]],
        [f"{q[:4]}年{q[5]}季度" for q in frame["quarter"]],
        [f"{q[:4]}年第{'一二三四'[int(q[5]) - 1]}季度" for q in frame["quarter"]],
        pd.PeriodIndex(frame["quarter"], freq="Q"),
        pd.PeriodIndex(frame["quarter"], freq="Q").to_timestamp(how="end").normalize(),
    ]
    for labels in forms:
        found = two_levels().compute(frame.assign(quarter=labels))
        np.testing.assert_array_equal(found.series(), expected)
        assert found.changes(4).notna().sum().sum() == 4 * 3


def test_new_rows_as_dates_are_read_in_the_fitted_frequency() -> None:
    frame = table(8)
    fitted = two_levels().fit(frame)
    one = frame.tail(1).assign(quarter=pd.Timestamp("2002-12-31"))
    np.testing.assert_array_equal(fitted.score(one).scores, fitted.score(frame.tail(1)).scores)


class TestMissing:
    frame = table()
    frame.loc[2, "a"] = np.nan
    frame.loc[3, ["c", "d"]] = np.nan

    def test_reweight_with_a_threshold(self) -> None:
        result = two_levels(coverage=0.5, base=None).compute(self.frame)
        assert result.scores["left"].iloc[2] == result.normalised["b"].iloc[2]
        assert np.isnan(result.scores["right"].iloc[3])
        assert result.scores["all"].iloc[3] == result.scores["left"].iloc[3]
        strict = two_levels(coverage=0.65, base=None).compute(self.frame)
        assert np.isnan(strict.scores["left"].iloc[2])

    def test_the_log_says_what_happened_where(self) -> None:
        log = two_levels(coverage=0.5, base=None).compute(self.frame).log
        said = log.set_index(["period", "indicator"])["why"]
        assert said["2001Q3", "left"] == "missing: a (1 of 2 present); the rest reweighted"
        assert said["2001Q4", "right"] == "missing: c, d (0 of 2 present); no score"

    def test_propagate(self) -> None:
        result = two_levels(missing="propagate", base=None).compute(self.frame)
        assert result.scores.isna().sum().to_dict() == {"all": 2, "left": 1, "right": 1}

    def test_raise_names_the_cells(self) -> None:
        with pytest.raises(hi.DataError) as caught:
            two_levels(missing="raise").compute(self.frame)
        assert "group 'left': " in str(caught.value)
        assert "'a', period 2001Q3" in str(caught.value)

    def test_an_indicator_may_have_its_own_rule(self) -> None:
        own = two_levels(coverage=0.5, base=None).replace({"a.missing": "propagate"}).compute(self.frame)
        assert own.scores.isna().sum().to_dict() == {"all": 0, "left": 1, "right": 1}
        with pytest.raises(hi.DataError, match="'a', period 2001Q3"):
            two_levels(coverage=0.5).replace({"a.missing": "raise"}).compute(self.frame)

    def test_missing_is_never_0(self) -> None:
        """FAULTS 17: a row worth .64 must not drop to .19."""
        index = hi.Index(
            normalise="none",
            coverage=0.0,
            groups=[hi.Group("g")],
            indicators=[hi.Indicator("x", "g"), hi.Indicator("y", "g")],
        )
        assert index.compute({"x": [0.64, 1.0], "y": [np.nan, 0.0]}).scores["g"].tolist() == [0.64, 0.5]


class TestUserFunctions:
    def test_weights(self) -> None:
        result = two_levels(weights=lambda x: x.mean(axis=0)).compute(table())
        z = result.normalised[["a", "b"]].mean()
        assert result.weights["left"].to_dict() == pytest.approx((z / z.sum()).to_dict())
        named = two_levels().replace({"left.weights": lambda x: {"b": 1, "a": 3}}).compute(table())
        assert named.weights["left", "a"] == 0.75

    def test_aggregate(self) -> None:
        result = two_levels(aggregate=lambda x, w: x.min(axis=1)).compute(table())
        np.testing.assert_array_equal(result.scores["all"], result.normalised.min(axis=1))

    def test_normalise_elementwise(self) -> None:
        result = two_levels(normalise=np.log1p).replace({"b.direction": 1}).compute(table())
        np.testing.assert_array_equal(result.normalised["a"], np.log1p(table()["a"]))
        with pytest.raises(hi.DataError, match="it was shown -x for direction -1"):
            two_levels(normalise=np.log1p).compute(table())

    def test_normalise_with_its_own_fit_rows(self) -> None:
        def over_mean(x, *, fit_on=None):  # type: ignore[no-untyped-def]
            return x / np.mean(x if fit_on is None else fit_on, axis=0)

        result = two_levels(normalise=over_mean, fit_on="2001").compute(table())
        np.testing.assert_allclose(result.normalised["a"], table()["a"] / table()["a"].iloc[:4].mean())

    def test_a_function_that_moves_history_is_refused(self) -> None:
        index = two_levels(normalise=lambda x: x / x.max(axis=0), fit_on="2001")
        with pytest.raises(hi.DataError, match="changes the scores of old rows when rows are added"):
            index.compute(table())
        whole = two_levels(normalise=lambda x: x / x.max(axis=0)).compute(table())
        assert whole.normalised["a"].max() == 1

    def test_bad_answers_are_refused(self) -> None:
        with pytest.raises(hi.DataError, match="must be >= 0 and not all 0"):
            two_levels(weights=lambda x: [-1, 2]).compute(table())
        with pytest.raises(hi.DataError, match="one finite score for each value"):
            two_levels(normalise=lambda x: x[:2]).compute(table())


class TestBadInput:
    def test_all_faults_of_a_table_at_once(self) -> None:
        frame = table().drop(columns="c").astype({"a": object})
        frame.loc[1, "a"] = "none yet"
        frame.loc[2, "b"] = np.inf
        frame.loc[4, "quarter"] = "2001Q1"
        with pytest.raises(hi.DataError) as caught:
            two_levels().compute(frame)
        text = str(caught.value)
        assert "column 'c' is missing" in text
        assert "columns found: 'quarter', 'a', 'b', 'd'" in text
        assert "period 2001Q2, indicator 'a': 'none yet' is not a number" in text
        assert "period 2001Q3, indicator 'b': infinity" in text
        assert "period 2001Q1 is given a second time" in text

    def test_constant_columns_are_named_together(self) -> None:
        with pytest.raises(hi.DataError) as caught:
            two_levels().compute(table().assign(a=1, d=2))
        assert [f.message[:14] for f in caught.value.faults] == ["indicator 'a':", "indicator 'd':"]

    def test_geometric_over_a_value_that_is_not_positive(self) -> None:
        index = two_levels(normalise="none", aggregate="geometric")
        with pytest.raises(hi.DataError, match=r"group 'left': .*'a', period 2001Q2: 0"):
            index.compute(table().assign(a=[1.0, 0.0] * 6, b=5.0).replace({}).pipe(lambda t: t), fit_on=None)

    def test_empty_fit_rows_and_base(self) -> None:
        with pytest.raises(hi.DataError, match="fit_on '1999' selects no row"):
            two_levels().compute(table(), fit_on="1999")
        with pytest.raises(hi.DataError, match="base '1999' selects no row"):
            two_levels(base="1999").compute(table())

    def test_an_array_has_no_period(self) -> None:
        with pytest.raises(hi.DataError, match="a plain array has no unit and period columns"):
            two_levels().compute(np.ones((3, 4)))

    def test_labels_are_no_numbers(self) -> None:
        """FAULTS 19: a table of labels must not become an all-missing matrix."""
        with pytest.raises(hi.DataError, match="is not a number"):
            two_levels().compute(table().assign(a=list("abcdefghijkl")))

    def test_columns_that_nothing_asks_for_are_listed(self) -> None:
        log = two_levels().compute(table().assign(note="x", e=1)).log
        assert log["why"].tolist() == ["columns that the index does not use: note, e"]


def test_names_are_free() -> None:
    """FAULTS 19: spaces and Chinese characters in names."""
    index = hi.Index(
        period="季度",
        groups=[hi.Group("总 指数")],
        indicators=[hi.Indicator("影片 数量", "总 指数"), hi.Indicator("x.y", "总 指数")],
    )
    result = index.compute({"季度": ["2022年一季度", "2022年二季度"], "影片 数量": [1, 2], "x.y": [3, 9]})
    assert result.scores["总 指数"].tolist() == [0, 1]
    assert hi.Index.from_toml(index.to_toml()) == index


def test_integers_do_not_overflow() -> None:
    """FAULTS 14."""
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])
    for dtype in (np.int8, np.int16, np.uint8, np.int32):
        info = np.iinfo(dtype)
        scores = index.compute({"x": np.array([info.min, 0, info.max], dtype=dtype)}).scores["g"]
        assert scores.tolist() == pytest.approx([0, -float(info.min) / (float(info.max) - float(info.min)), 1])


def test_options_by_indicator() -> None:
    high = {"a": 10, "b": 20, "c": 30, "d": 40}
    posts = {"method": "goalposts", "low": dict.fromkeys("abcd", 0), "high": high}
    result = two_levels(normalise=posts, base=None).compute(table())
    np.testing.assert_allclose(result.normalised["d"], np.clip(table()["d"] / 40, 0, 1))
    with pytest.raises(hi.SpecError, match=r"low: no indicator 'dd'; did you mean 'd'\?"):
        two_levels(normalise={**posts, "low": {**posts["low"], "dd": 1}}).compute(table())  # type: ignore[dict-item]


def test_a_reference_may_be_a_row() -> None:
    result = two_levels(normalise={"method": "relative", "to": "2002Q1"}, fit_on="2001:2003").compute(table())
    assert result.normalised.loc["2002Q1"].tolist() == pytest.approx([100] * 4)


def test_the_base_level_is_frozen_with_the_fit() -> None:
    """A later quarter alone has a level, and moves nothing: what a quarterly release needs."""
    longer = table(14)
    fitted = two_levels(fit_on="2001:2002").fit(longer.iloc[:12])
    whole = fitted.score(longer).series()
    pd.testing.assert_frame_equal(fitted.score(longer.tail(2)).series(), whole.tail(2), check_exact=True)


def test_a_base_period_that_is_not_whole_is_noted() -> None:
    result = two_levels(base="2001").compute(table().iloc[2:])
    assert "2 of 4 periods of the base period 2001 are not in the table" in result.log["why"].tolist()[0]


@pytest.mark.parametrize("lag", [0, -1, 1.5, "1", 10**30, True])
def test_a_lag_is_a_whole_number(lag: object) -> None:
    with pytest.raises(hi.SpecError, match="lag: a whole number of periods"):
        two_levels().compute(table()).changes(lag)  # type: ignore[arg-type]


def test_rows_without_a_unit_are_refused() -> None:
    index = hi.Index(unit="who", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])
    with pytest.raises(hi.DataError, match="who: 2 rows have no unit: row 1, 2"):
        index.compute({"who": ["A", None, " "], "x": [1.0, 2.0, 3.0]})


def test_a_mask_of_fit_rows_goes_by_label() -> None:
    frame = table().set_axis([f"row {i}" for i in range(12)])
    wanted = two_levels(base=None).compute(frame, fit_on=np.arange(12) < 5).scores
    mask = pd.Series(np.arange(12) < 5, frame.index)
    for mixed in (mask.iloc[::-1], mask.astype("boolean"), mask.astype(object), pl.Series(mask.to_numpy())):
        pd.testing.assert_frame_equal(two_levels(base=None).compute(frame, fit_on=mixed).scores, wanted)
    with pytest.raises(hi.DataError, match="fit_on: row 'row 3': the mask has no value"):
        two_levels().fit(frame, fit_on=mask.astype("boolean").mask(frame.index == "row 3"))
    with pytest.raises(hi.SpecError, match="no value for row 'row 11'"):
        two_levels().fit(frame, fit_on=mask.rename({"row 11": "row 12"}))


def test_fit_rows_by_a_slice_of_periods_or_a_list_of_which_each_is_there() -> None:
    frame = table()
    wanted = two_levels().compute(frame, fit_on="2001Q2:2002Q1").scores
    pd.testing.assert_frame_equal(two_levels().compute(frame, fit_on=slice("2001Q2", "2002Q1")).scores, wanted)
    with pytest.raises(hi.DataError, match="fit_on '1999Q1' selects no row"):
        two_levels().fit(frame, fit_on=["2001Q1", "1999Q1"])


def test_a_mask_is_of_the_rows_before_screening() -> None:
    frame = table(8).assign(unit=list("uuuuvvvv"), quarter=[*quarters(4), *quarters(4)])
    frame.loc[:3, ["a", "b", "c"]] = np.nan
    index = two_levels(unit="unit", unit_coverage=0.5, base=None)
    found = index.compute(frame, fit_on=np.arange(8) != 7).scores
    pd.testing.assert_frame_equal(found, index.compute(frame.loc[4:], fit_on=np.arange(4) != 3).scores)
    with pytest.raises(hi.DataError, match="selects no row that is left after screening"):
        index.fit(frame, fit_on=np.arange(8) < 4)
