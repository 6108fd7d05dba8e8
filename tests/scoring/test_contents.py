"""Changes of content: indicators that start, stop or are replaced, new weights, new units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.indexes import POSITIVE, changing, entering, late, two_levels, with_entrant
from support.tables import quarters, table

import hengdian_index as hi

HOWS = ["fixed", "ratio", "symmetric", "log"]


def _sums(frame: pd.DataFrame) -> np.ndarray:
    return frame.sum(axis=1, skipna=False).to_numpy()


def test_each_row_is_scored_under_the_content_of_its_period() -> None:
    result = changing().compute(late())
    z, scores = result.normalised, result.scores
    np.testing.assert_allclose(scores.loc["2001Q3", "right"], z.loc["2001Q3", "d"])
    np.testing.assert_allclose(scores.loc["2002Q2", "right"], z.loc["2002Q2", ["c", "d"]].mean())
    np.testing.assert_allclose(scores.loc["2003Q1", "left"], z.loc["2003Q1", "a"])
    np.testing.assert_allclose(
        scores.loc["2003Q2", "all"], 0.75 * scores.loc["2003Q2", "left"] + 0.25 * scores.loc["2003Q2", "right"]
    )
    assert [line for line in result.log["why"] if "level kept" in line] == [
        "from 2002Q2: indicators added: c; level kept (content = 'link')",
        "from 2003Q1: indicators left out: b; new weights in: all; level kept (content = 'link')",
    ]
    assert result.weights_by_period.index.tolist() == ["", "2002Q2", "2003Q1"]
    assert result.weights["all", "left"] == 0.75


def test_a_link_keeps_the_level_and_every_growth_rate() -> None:
    """c has no value before it starts, so old and new content meet in 2002Q2; b has its last value in 2002Q4."""
    frame = late()
    level = changing().compute(frame).series()["right"]
    old = hi.Index(
        period="quarter", normalise=POSITIVE, groups=[hi.Group("all")], indicators=[hi.Indicator("d", "all")]
    )
    d = old.compute(frame).scores["all"]
    early = level[:"2002Q2"]
    np.testing.assert_allclose(early.pct_change().iloc[1:], d[:"2002Q2"].pct_change().iloc[1:], rtol=1e-12)
    both = changing().compute(frame).normalised[["c", "d"]].mean(axis=1)
    np.testing.assert_allclose(
        level["2002Q2":].pct_change().iloc[1:], both["2002Q2":].pct_change().iloc[1:], rtol=1e-12
    )


def test_a_link_uses_the_period_before_where_both_contents_have_values() -> None:
    """Values of c before its start are there, so the growth into 2002Q2 is already that of the new content."""
    frame = table(14, 1)
    result = changing().compute(frame)
    both = result.normalised[["c", "d"]].mean(axis=1)
    growth = result.series()["right"].pct_change()
    np.testing.assert_allclose(growth["2002Q2"], both["2002Q2"] / both["2002Q1"] - 1, rtol=1e-12)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("frame", [late(), table(14, 1)], ids=["gaps", "overlap"])
@pytest.mark.parametrize("depth", ["children", "indicators"])
def test_contributions_sum_across_links_and_chains(how: str, frame: pd.DataFrame, depth: Any) -> None:
    result = changing(series=how).compute(frame)
    level = result.series()
    np.testing.assert_allclose(level.iloc[:4].mean(), 100, rtol=1e-12)
    for code in level:
        for lag in (1, 3, 9):
            parts = result.contributions(code, lag=lag, depth=depth)
            change = level[code].to_numpy()[lag:] - level[code].to_numpy()[:-lag]
            np.testing.assert_allclose(_sums(parts)[lag:], change, rtol=1e-12, atol=1e-12 * level[code].max())
            assert parts.iloc[:lag].isna().all(axis=None)
        np.testing.assert_allclose(_sums(result.contributions(code, of="level", depth=depth)), level[code], rtol=1e-12)


def test_restating_computes_history_again_with_the_latest_content() -> None:
    frame = table(14, 1)
    restated = changing(content="restate").compute(frame)
    now = changing().replace(
        {"b": None, "all.weights": {"left": 3, "right": 1}, "all.weights_since": {}, "c.start": None}
    )
    pd.testing.assert_frame_equal(restated.series(), now.compute(frame).series())
    assert "history recomputed" in " ".join(restated.log["why"])
    assert restated.normalised.columns.tolist() == restated.raw.columns.tolist() == ["a", "c", "d"]
    for how in ("ratio", "symmetric", "log"):
        chained = changing(content="restate", series=how).compute(frame)
        pd.testing.assert_frame_equal(chained.series(), now.replace({"series": how}).compute(frame).series())


def test_an_indicator_that_replaces_another_takes_its_weight() -> None:
    frame = table(8, 2, "ab").assign(new=table(8, 3, "a")["a"])
    index = hi.Index(
        period="quarter",
        normalise=POSITIVE,
        base="2001",
        groups=[hi.Group("all")],
        indicators=[
            hi.Indicator("a", "all", weight=3),
            hi.Indicator("b", "all", weight=1),
            hi.Indicator("new", "all", replaces="a", start="2002Q1"),
        ],
    )
    result = index.compute(frame)
    assert result.weights.to_dict() == {("all", "b"): 0.25, ("all", "new"): 0.75}
    assert result.weights_by_period.iloc[0].dropna().to_dict() == {("all", "a"): 0.75, ("all", "b"): 0.25}
    assert hi.Index.from_toml(index.to_toml()) == index


@pytest.mark.parametrize("how", HOWS)
def test_a_later_quarter_never_changes_an_earlier_number(how: str) -> None:
    frame = late(14)
    index = changing(series=how, fit_on="2001Q1:2003Q2").replace({"normalise": "relative"})
    fitted = index.fit(frame.iloc[:13])
    before, after = fitted.score(frame.iloc[:13]), fitted.score(frame)
    for ask in ("series", "changes", "contributions"):
        assert getattr(before, ask)().equals(getattr(after, ask)().iloc[:13])
    assert index.compute(frame).series().iloc[:13].equals(before.series())


def test_a_later_quarter_alone_has_its_linked_level() -> None:
    frame = late()
    fitted = changing(fit_on="2001Q1:2003Q1").fit(frame)
    pd.testing.assert_frame_equal(fitted.score(frame.iloc[-2:]).series(), fitted.score(frame).series().iloc[-2:])


@given(st.integers(0, 10**6), st.sampled_from(["arithmetic", "geometric", {"method": "power", "p": 2}]))
@settings(max_examples=20)
def test_a_chain_of_ratios_is_the_fixed_base_where_nothing_changes(seed: int, mean: Any) -> None:
    frame = table(9, seed)
    fixed, chained = (two_levels(aggregate=mean, series=how).compute(frame).series() for how in ("fixed", "ratio"))
    pd.testing.assert_frame_equal(fixed, chained, rtol=1e-12)


@pytest.mark.parametrize("how", ["symmetric", "log"])
def test_a_chain_of_one_indicator_is_that_indicator(how: str) -> None:
    index = hi.Index(
        period="quarter", base="2001Q1", normalise="none", series=how, groups=[hi.Group("all")],
        indicators=[hi.Indicator("a", "all")],
    )  # fmt: skip
    frame = table()
    np.testing.assert_allclose(index.compute(frame).series()["all"], 100 * frame["a"] / frame["a"][0], rtol=1e-12)


def test_a_symmetric_chain_is_the_weighted_mean_of_symmetric_growth() -> None:
    frame = table()
    result = two_levels(series="symmetric", base="2001Q1").compute(frame)
    z = result.normalised
    growth = 200 * (z - z.shift()) / (z + z.shift())
    expected = hi.series.chain(growth.mean(axis=1), how="symmetric")
    np.testing.assert_allclose(result.series()["all"], expected, rtol=1e-12)
    reciprocal = two_levels(series="symmetric", base="2001Q1", normalise="relative").compute(frame)
    turned = two_levels(series="symmetric", base="2001Q1", normalise="relative").compute(
        frame.assign(**{c: 1 / frame[c] for c in "abcd"})
    )
    np.testing.assert_allclose(reciprocal.series() * turned.series(), 1e4, rtol=1e-12)


def test_a_chain_compares_what_both_periods_have() -> None:
    frame = table(6, 4)
    frame.loc[3, "a"] = np.nan
    result = two_levels(series="ratio", coverage=0.5, base="2001Q1").compute(frame)
    b = result.normalised["b"]
    np.testing.assert_allclose(result.changes()["left"].iloc[[3, 4]], 100 * b.pct_change().iloc[[3, 4]], rtol=1e-12)


def test_a_chain_over_a_hole_is_refused() -> None:
    frame = table(8).drop(index=5)
    with pytest.raises(hi.DataError, match=r"period 2002Q3: 'all': nothing links this period to the one before"):
        two_levels(series="ratio").compute(frame).series()


def test_a_link_without_a_common_period_is_refused() -> None:
    frame = table(8)
    index = two_levels().replace({"a.end": "2001Q4"})
    frame.loc[frame["quarter"] >= "2001Q4", "a"] = np.nan
    fitted = index.replace({"b.start": "2002Q1"})
    frame.loc[frame["quarter"] <= "2002Q1", "b"] = np.nan
    with pytest.raises(hi.DataError, match=r"'left': what holds from 2002Q1 on cannot be linked to what held before"):
        fitted.compute(frame).series()


def test_methods_that_compare_rows_are_neither_linked_nor_chained() -> None:
    with pytest.raises(hi.SpecError, match=r"group 'all': copeland compares rows, so its levels cannot be linked"):
        two_levels(series="ratio").replace({"all.aggregate": "copeland"}).compute(table())


def test_validity_is_checked() -> None:
    with pytest.raises(hi.SpecError, match=r"indicator 'a': start: cannot read 'soon' as a period"):
        hi.Indicator("a", "all", start="soon")
    with pytest.raises(hi.SpecError, match=r"indicator 'a': it starts in 2003Q1 and ends before, in 2002Q4"):
        two_levels().replace({"a.start": "2003Q1", "a.end": "2002"}).compute(table())
    with pytest.raises(hi.SpecError, match="needs periods; name the period column"):
        two_levels().replace({"a.start": "2003Q1", "period": None, "base": None}).compute(table())
    with pytest.raises(hi.SpecError, match=r"group 'all': weights_since: 2003Q1: no child 'lefd'; did you mean"):
        two_levels().replace({"all.weights_since": {"2003Q1": {"lefd": 1, "right": 1}}})


ENTRY = {"link": "at the mean level of the others", "restate": "with the mean base level of the others"}


def test_a_new_unit_enters_at_the_mean_level_of_the_others() -> None:
    frame = with_entrant()
    with pytest.raises(hi.DataError, match=r"unit 'C': .* choose new_units = 'link' or 'restate'"):
        entering().compute(frame).series()
    result = entering(new_units="link").compute(frame)
    level = result.series()["all"].unstack("who")
    assert level.loc[2003, "C"] == pytest.approx(level.loc[2003, ["A", "B"]].mean())
    raw = result.scores["all"].unstack("who")
    assert level.loc[2004, "C"] / level.loc[2003, "C"] == pytest.approx(raw.loc[2004, "C"] / raw.loc[2003, "C"])
    said = result.log.query("step == 'base' and unit == 'C'")["why"].tolist()
    assert said == ["no level in the base period; enters in 2003 at the mean level of the others (new_units)"]
    restated = entering(new_units="restate").compute(frame).series()["all"].unstack("who")
    assert restated.loc[2003, "C"] == pytest.approx(100 * raw.loc[2003, "C"] / raw.loc[2001, ["A", "B"]].mean())


def test_units_with_too_few_values_are_left_out() -> None:
    frame = with_entrant()
    frame.loc[frame["who"] == "B", "x"] = np.nan
    result = entering(unit_coverage=0.65).compute(frame)
    assert set(result.scores.index.get_level_values("who")) == {"A", "C"}
    line = result.log[result.log["step"] == "screen"].iloc[0]
    assert (line["unit"], line["why"]) == ("B", "50 % of its cells have a value, 65 % are needed; left out")
    fitted = entering(unit_coverage=0.65).fit(frame)
    later = pd.DataFrame({"who": ["A", "B", "D"], "year": [2005] * 3, "x": [2.0, 3.0, np.nan], "y": [1.0, 1.0, np.nan]})
    assert fitted.score(later).scores.index.get_level_values("who").tolist() == ["A"]
    assert "left out at the fit for too few values" in fitted.score(later).log["why"].tolist()
    with pytest.raises(hi.DataError, match="unit_coverage: 'B' left out at the fit; fit again to take them in"):
        fitted.score(later[later["who"] == "B"])
    with pytest.raises(hi.DataError, match="unit_coverage: no unit has values in 65 %"):
        entering(unit_coverage=0.65).compute(frame[frame["who"] == "B"])


@pytest.mark.parametrize("where", ["fit_on", "base", "period"])
def test_weights_are_learnt_where_the_index_says(where: str) -> None:
    frame = with_entrant().assign(base=1)
    index = entering(weights="entropy", weigh_on=where, fit_on="2001:2003", base="2001:2002", normalise="none")
    result = index.compute(frame)
    z = result.normalised
    year = z.index.get_level_values("year")
    rows = {"fit_on": year <= 2003, "base": year <= 2002}
    assert result.fit_rows["weights"]["learnt_from"] == where
    if where != "period":
        np.testing.assert_allclose(result.weights, hi.weights.entropy(z[rows[where]]), rtol=1e-12)
        assert result.fit_rows["weights"]["rows"] == rows[where].sum()
        return
    assert result.weights_by_period.index.tolist() == [2001, 2002, 2003, 2004]
    assert result.fit_rows["weights"]["rows"] == {"2001": 2, "2002": 2, "2003": 3, "2004": 3}
    assert result.weights.equals(result.weights_by_period.loc[2004].rename("weight"))
    for one in dict.fromkeys(year):
        own = hi.weights.entropy(z[year == one])
        np.testing.assert_allclose(result.weights_by_period.loc[one], own, rtol=1e-12)
        np.testing.assert_allclose(result.scores["all"][year == one], z[year == one] @ own, rtol=1e-12)
    parts = entering(weights="entropy", weigh_on=where, new_units="link").compute(frame)
    level = parts.series()["all"].to_numpy()
    before = parts.panel.previous(1)
    change = np.where(before < 0, np.nan, level - level[before])
    assert "reweighting" in parts.contributions()
    np.testing.assert_allclose(_sums(parts.contributions()), change, rtol=1e-11)


def test_a_set_wise_method_compares_all_rows_or_those_of_a_period() -> None:
    frame = with_entrant()
    for scope in ("all", "period"):
        result = entering(aggregate="topsis", scope=scope, base=None).compute(frame)
        z = result.normalised
        blocks = [z] if scope == "all" else [part for _, part in z.groupby(level="year")]
        expected = pd.concat([hi.aggregate.topsis(block, norm="none") for block in blocks]).reindex(z.index)
        np.testing.assert_allclose(result.scores["all"], expected, rtol=1e-12)
    with pytest.raises(hi.DataError, match="scope = 'period', but the rows have no period"):
        entering(aggregate="topsis", scope="period", base=None, period=None, unit=None).compute(frame[["x", "y"]])


def test_quarters_are_ordered_by_the_calendar_whatever_the_rows() -> None:
    frame = late()
    shuffled = frame.sample(frac=1, random_state=3)
    for how in HOWS:
        whole, mixed = (changing(series=how).compute(one).series() for one in (frame, shuffled))
        pd.testing.assert_frame_equal(mixed.sort_index(), whole, check_exact=False, rtol=1e-12)
    assert quarters(3) == ["2001Q1", "2001Q2", "2001Q3"]


def test_obstacles_count_with_the_weights_of_the_period() -> None:
    frame = with_entrant()
    bounds = {"normalise": "min_max", "new_units": "link"}
    for choices in ({"weights": "entropy", "weigh_on": "period"}, {}):
        index = entering(**bounds, **choices)
        if not choices:
            index = index.replace({"all.weights": {"x": 1, "y": 1}, "all.weights_since": {2003: {"x": 9, "y": 1}}})
        result = index.compute(frame)
        weights = result.weights_by_period["all"]
        for (who, year), z in result.normalised.iterrows():
            own = weights.loc[year] if choices else weights.iloc[int(year >= 2003)]
            distance = own.to_numpy() * (1 - z.to_numpy())
            np.testing.assert_allclose(result.obstacles().loc[(who, year)], distance / distance.sum(), rtol=1e-12)


def test_weights_of_a_period_after_the_fit_are_said_to_depend_on_its_rows() -> None:
    frame = with_entrant()
    fitted = entering(weights="entropy", weigh_on="period", base=None, normalise="none").fit(
        frame[frame["year"] < 2004]
    )
    line = fitted.score(frame).log.query("step == 'weights'").iloc[0]
    assert (line["period"], line["why"]) == ("2004", "learnt from the 3 rows given of a period after the fit")


def test_where_weights_are_learnt_must_exist() -> None:
    with pytest.raises(hi.SpecError, match="weigh_on = 'base' needs a base"):
        entering(weigh_on="base", base=None)
    with pytest.raises(hi.SpecError, match="weigh_on = 'period' needs a period column"):
        entering(weigh_on="period", period=None, base=None)


def test_methods_that_compare_rows_say_so() -> None:
    frame = with_entrant()
    said = entering(aggregate="topsis", base=None).compute(frame).log["why"].tolist()
    assert any("compares all rows: another row" in why for why in said)
    alone = frame[(frame["year"] > 2001) | (frame["who"] == "A")]
    # Its indicators are normalised over all periods, its rows compared within each.
    within = entering(aggregate="topsis", scope="period", base=None).replace({"x.scope": "all", "y.scope": "all"})
    with pytest.raises(hi.DataError, match=r"group 'all': unit 'A', period 2001: no column"):
        within.compute(alone)
    said = within.replace({"all.aggregate": "copeland"}).compute(alone).log["why"].tolist()
    assert "copeland: nothing to compare a single row with in '2001'" in said


def test_a_function_of_a_user_that_fails_is_named() -> None:
    with pytest.raises(
        hi.SpecError, match=r"group 'all': weights: broken failed with KeyError: 'zz'; it is given an array"
    ):
        entering(base=None).replace({"all.weights": broken}).compute(with_entrant())
    with pytest.raises(hi.SpecError, match=r"group 'all': aggregate: broken failed with KeyError"):
        entering(base=None).replace({"all.aggregate": broken}).compute(with_entrant())


def broken(*_: Any) -> Any:
    """Fail as a user's function may."""
    return {}["zz"]


@given(
    st.integers(0, 10**6),
    st.sampled_from(HOWS),
    st.sampled_from(["arithmetic", "geometric", {"method": "power", "p": 2}]),
)
@settings(max_examples=25)
def test_a_row_is_rounded_alike_whatever_stands_beside_it(seed: int, how: str, mean: Any) -> None:
    """Bitwise: a later quarter with gaps, a row alone, other rows first."""
    frame = table(12, seed)
    frame.loc[11, "a"] = np.nan
    index = two_levels(aggregate=mean, series=how, coverage=0.5, fit_on="2001:2002", normalise="relative", base="2001")
    fitted = index.fit(frame.iloc[:9])
    whole = fitted.score(frame)
    for rows in (9, 10, 11):
        assert fitted.score(frame.iloc[:rows]).series().equals(whole.series().iloc[:rows])
    assert fitted.score(frame.iloc[[7]]).scores.equals(whole.scores.iloc[[7]])
    shuffled = fitted.score(frame.sample(frac=1, random_state=seed))
    assert shuffled.series().sort_index().equals(whole.series())


def test_the_next_quarters_alone_have_the_linked_level() -> None:
    """Rows after a link that the fit has not seen need the quarter of the link; without it they are refused."""
    columns = {"a": [100.0, 110, 120, 130, 140], "b": [50.0, 60, 100, 60, 60]}
    frame = pd.DataFrame({"q": ["2020Q1", "2020Q2", "2020Q3", "2020Q4", "2021Q1"], **columns})
    index = hi.Index(
        period="q", base="2020Q1", fit_on="2020Q1", normalise="relative", groups=[hi.Group("t")],
        indicators=[hi.Indicator("a", "t"), hi.Indicator("b", "t", start="2020Q4")],
    )  # fmt: skip
    fitted = index.fit(frame.head(2))
    assert fitted.score(frame).series()["t"].tolist() == pytest.approx([100, 110, 120, 93.75, 97.5])
    for rows in (frame.tail(1), frame.drop(index=2)):
        with pytest.raises(hi.DataError, match=r"'t': .*2020Q3.* give its row"):
            fitted.score(rows).series()
    again = index.fit(frame)
    assert again.score(frame.tail(1)).series()["t"].tolist() == pytest.approx([97.5])
    assert "linked in 2020Q3: factor 0.75 in 't'" in " ".join(again.log_lines())


@pytest.mark.parametrize("how", ["symmetric", "log"])
@pytest.mark.parametrize("mean", ["geometric", "harmonic", "median"])
def test_chains_of_growth_have_parts_under_any_aggregation(how: str, mean: str) -> None:
    result = changing(series=how, aggregate=mean).compute(late())
    level = result.series()["all"].to_numpy()
    for lag in (1, 5):
        parts = result.contributions(lag=lag, depth="indicators")
        np.testing.assert_allclose(_sums(parts)[lag:], level[lag:] - level[:-lag], rtol=1e-12, atol=1e-12 * level.max())
    assert f"chains the weighted mean growth of indicators; {mean}" in " ".join(result.log["why"])


def test_a_gap_before_a_link_moves_the_link_not_the_level() -> None:
    quarters_ = [f"{year}Q{q}" for year in (2019, 2020, 2021) for q in range(1, 5)][:10]
    n = [10.0, 11, 12, 13, 14, np.nan, 15, 16, 17, 18]
    frame = pd.DataFrame({"q": quarters_, "a": np.arange(100.0, 110), "m": np.arange(50.0, 60), "n": n})
    index = hi.Index(
        period="q", base="2019", fit_on="2019", coverage=0.5, normalise="relative",
        groups=[hi.Group("t"), hi.Group("x", "t"), hi.Group("k", "t")],
        indicators=[hi.Indicator("a", "x"), hi.Indicator("n", "k"), hi.Indicator("m", "k", start="2020Q3")],
    )  # fmt: skip
    level = index.compute(frame).series()["k"]
    assert level.isna().tolist() == [quarter == "2020Q2" for quarter in quarters_]
    old = pd.Series(n, quarters_) / np.mean(n[:4]) * 100
    assert level["2020Q3"] == pytest.approx(old["2020Q3"])


def test_an_index_is_not_published_before_it_starts_or_after_it_ends() -> None:
    frame = table(12)
    late_start = two_levels(base="2002Q2").replace({f"{c}.start": "2002Q1" for c in "abcd"}).compute(frame)
    assert late_start.scores.isna().all(axis=1).tolist() == [quarter < "2002Q1" for quarter in frame["quarter"]]
    with pytest.raises(hi.SpecError, match="from 2002Q1 on no indicator is left"):
        two_levels().replace({f"{c}.end": "2001Q4" for c in "abcd"}).compute(frame)


def test_what_replaces_is_checked_when_the_index_is_built() -> None:
    a = hi.Indicator("a", "all")
    for wrong, why in (
        (hi.Indicator("b", "all", replaces="a"), "replaces: say from when: start"),
        (hi.Indicator("b", "all", replaces="zz", start="2020"), "replaces: no indicator 'zz'"),
        (hi.Indicator("b", "all", replaces="b", start="2020"), "replaces: an indicator cannot replace itself"),
        (hi.Indicator("b", "all", start="2020Q3", end="2020Q1"), "end: it starts in 2020Q3 and ends before, in 2020Q1"),
    ):
        with pytest.raises(hi.SpecError, match=f"indicator 'b': {why}"):
            hi.Index(groups=[hi.Group("all")], indicators=[a, wrong], period="q")


def test_units_enter_one_after_the_other() -> None:
    values = {"A": [100.0, 110, 120], "B": [100.0, 130, 160], "C": [50.0, 100], "D": [70.0]}
    rows = [(u, f"2020Q{q}", a) for u, own in values.items() for q, a in enumerate(own, start=4 - len(own))]
    frame = pd.DataFrame(rows, columns=["u", "q", "a"])
    index = hi.Index(
        unit="u", period="q", base="2020Q1", fit_on="2020Q1", normalise="relative", new_units="link",
        groups=[hi.Group("t")], indicators=[hi.Indicator("a", "t")],
    )  # fmt: skip
    result = index.compute(frame)
    level = result.series()["t"]
    assert level["C", "2020Q2"] == pytest.approx(120)
    assert level["D", "2020Q3"] == pytest.approx((120 + 160 + 240) / 3)
    said = result.log.query("step == 'base'")
    assert said["unit"].tolist() == ["C", "D"]
    assert (
        said["why"].iloc[0]
        == "no level in the base period; enters in 2020Q2 at the mean level of the others (new_units)"
    )


def test_a_new_group_enters_at_the_level_of_its_parent() -> None:
    frame = table(12)
    for how in HOWS:
        one = two_levels(series=how).replace({"c.start": "2002Q1", "d.start": "2002Q1"})
        result = one.compute(frame)
        level = result.series()
        assert level["right"].isna().tolist() == [quarter < "2002Q1" for quarter in frame["quarter"]]
        entry = level.loc["2002Q1", "right"]
        if how == "fixed":
            right = result.normalised[["c", "d"]].mean(axis=1)
            entry *= right["2001Q4"] / right["2002Q1"]
        assert entry == pytest.approx(level.loc["2001Q4" if how == "fixed" else "2002Q1", "all"])
        np.testing.assert_allclose(_sums(result.contributions("right"))[5:], level["right"].diff().iloc[5:], rtol=1e-10)


def test_a_chain_says_that_it_needs_its_rows() -> None:
    fitted = two_levels(series="ratio").fit(table())
    with pytest.raises(hi.DataError, match="series = 'ratio' is a chain; give the rows from its base, 2001, on"):
        fitted.score(table().tail(1)).series()


def test_what_rests_on_a_value_carried_forward_is_provisional() -> None:
    frame = table(12)
    frame.loc[11, "a"] = np.nan
    carried = {"impute": {"method": "carry_forward", "limit": 1}}
    last = two_levels(**carried).compute(frame).provisional
    assert last["all"].tolist() == [False] * 11 + [True]
    assert not last["right"].any()
    frame.loc[[11, 2], "a"] = [5.0, np.nan]
    assert two_levels(**carried).compute(frame).provisional["left"].all()
    frame.loc[[2, 6], "a"] = [5.0, np.nan]
    assert two_levels(**carried, series="ratio").compute(frame).provisional["all"].tolist() == [False] * 6 + [True] * 6
    linked = two_levels(**carried).replace({"b.start": "2002Q4"}).compute(frame).provisional
    assert linked["left"].tolist() == [False] * 6 + [True] * 6


def test_holes_in_the_periods_are_said() -> None:
    said = two_levels().compute(table().drop(index=[5, 6])).log["why"].tolist()
    assert "no row for 2002Q2, 2002Q3: changes on and from them are missing" in said


def test_an_indicator_that_starts_after_the_fit_rows_learns_from_its_own() -> None:
    """Imputed, treated, normalised and weighed on the rows it names; the others on those of the index."""
    frame = late(14)
    choices = {
        "impute": {"method": "carry_forward", "limit": 1},
        "treat": "log",
        "weights": "entropy",
    }
    index = changing(fit_on="2001Q1:2002Q1", **choices).replace({"all.weights_since": {}, "b.end": None})
    with pytest.raises(hi.DataError, match=r"no value in the rows to learn from; .*fit_on of its own"):
        index.compute(frame)
    own = index.replace({"c.fit_on": "2002Q2:2003Q4", "b.impute": "mean"})
    result = own.compute(frame)
    c = np.log(frame.set_index("quarter")["c"])
    bounds = c["2002Q2":"2003Q4"]
    expected = 1 + 99 * (c - bounds.min()) / (bounds.max() - bounds.min())
    np.testing.assert_allclose(result.normalised["c"], expected, rtol=1e-9)
    weights = result.weights_by_period
    assert weights.index.tolist() == ["", "2002Q2"]
    assert weights.loc["2002Q2", ("right", "c")] > 0


def test_a_base_with_fewer_rows_is_said() -> None:
    frame = with_entrant()
    frame = frame[~((frame["who"] == "B") & (frame["year"] == 2001))]
    result = entering(base="2001:2002", new_units="link").compute(frame)
    said = result.log.query("step == 'base' and unit == 'B'")["why"].tolist()
    assert said == ["a level in 1 of the 2 periods of the base, which is their mean"]


@pytest.mark.parametrize("impute", [{"method": "carry_forward", "limit": 1}, "interpolate"])
def test_a_value_of_the_base_is_imputed_from_the_rows_around_it(impute: Any) -> None:
    """The base level is that of the scores as they are published, with the values carried into the base period."""
    frame = pd.DataFrame({"q": ["2018Q4", "2019Q1", "2019Q2"], "x": [5.0, np.nan, 9.0], "y": [1.0, 2.0, 3.0]})
    parts = [hi.Indicator("x", "all"), hi.Indicator("y", "all")]
    index = hi.Index(
        period="q", base="2019Q1", normalise=POSITIVE, impute=impute, groups=[hi.Group("all")], indicators=parts
    )
    result = index.compute(frame)
    assert result.series().loc["2019Q1", "all"] == 100
    pd.testing.assert_frame_equal(result.series(), result.series(base="2019Q1"))
    found = hi.uncertainty(index, frame, {"weights": hi.Noise(0.1)}, draws=2, rows="2019Q1", progress=False)
    np.testing.assert_allclose(found.series["nominal"], 100, rtol=1e-15)


def test_a_blank_row_of_the_base_counts_as_an_absent_one() -> None:
    """The base is the mean of the periods that have a level, whichever way a level is lost; both are said."""
    frame = with_entrant()
    lost = (frame["who"] == "B") & (frame["year"] == 2001)
    blank = frame.assign(x=frame["x"].mask(lost), y=frame["y"].mask(lost))
    index = entering(base="2001:2002", new_units="link", fit_on="2002:2004")
    results = [index.compute(frame[~lost]), index.compute(blank)]
    levels = [result.series()["all"].unstack("who").loc[2002:] for result in results]
    pd.testing.assert_frame_equal(*levels)
    assert levels[0].loc[2002, "B"] == 100
    said = [result.log.query("step == 'base' and unit == 'B'")["why"].tolist() for result in results]
    assert said == [["a level in 1 of the 2 periods of the base, which is their mean"]] * 2


def test_a_unit_that_is_blank_in_the_base_enters_like_one_that_is_absent() -> None:
    frame = with_entrant()
    lost = (frame["who"] == "B") & (frame["year"] == 2001)
    blank = frame.assign(x=frame["x"].mask(lost), y=frame["y"].mask(lost))
    for how in ("link", "restate"):
        index = entering(new_units=how, fit_on="2002:2004")
        own, other = (index.compute(rows).series()["all"].unstack("who") for rows in (blank, frame[~lost]))
        pd.testing.assert_frame_equal(own, other)
        assert own["B"].notna().sum() == 3


def halved(frame: pd.DataFrame, **choices: Any) -> hi.Index:
    """Return an index over a tree of two groups."""
    groups = [hi.Group("all"), hi.Group("left", "all"), hi.Group("right", "all")]
    indicators = [hi.Indicator("x", "left"), hi.Indicator("y", "right")]
    given = {"unit": "who", "period": "year", "base": "2001", "coverage": 0.5, **choices}
    return hi.Index(groups=groups, indicators=indicators, **given)


def test_series_without_a_base_level_can_be_left_out_and_are_named() -> None:
    """A whole unit, a group of a unit, a base level of 0: missing and logged; the others as they would be alone."""
    frame = with_entrant()
    frame.loc[(frame["who"] == "B") & (frame["year"] == 2001), "y"] = np.nan
    frame.loc[(frame["who"] == "A") & (frame["year"] == 2001), "x"] = 0.0
    index = halved(frame, new_units="missing", normalise={"method": "min_max", "lower": 0, "upper": 100})
    result = index.compute(frame)
    series = result.series()
    assert series.loc["C"].isna().all().all()
    assert series.loc["B", "right"].isna().all()
    assert series.loc["B", "left"].notna().all()
    assert series.loc["A", "left"].isna().all()
    assert series.loc["A", ["all", "right"]].notna().all().all()
    lines = result.log.query("step == 'base'").set_index("unit")["why"]
    assert lines.index.is_unique
    said = lines.to_dict()
    assert said["C"] == "no level above 0 in the base period: all its series are missing (new_units)"
    assert said["B"] == "no level above 0 in the base period: the series of 'right' are missing (new_units)"
    left = result.scores["left"].unstack("who")["B"]
    np.testing.assert_allclose(series["left"].unstack("who")["B"], 100 * left / left[2001], rtol=1e-14)
    parts = result.contributions()
    change = result.changes(how="points")["all"]
    np.testing.assert_allclose(parts.sum(axis=1, min_count=1), change, rtol=0, atol=1e-9)
    with pytest.raises(
        hi.DataError,
        match=r"unit 'B': 'right' has no score in the .*or 'missing' .*; and so in 3 more series",
    ):
        index.replace({"new_units": "refuse"}).compute(frame).series()


def test_a_base_asked_for_later_warns_of_series_that_it_leaves_out() -> None:
    result = halved(with_entrant(), new_units="missing", normalise=POSITIVE).compute(with_entrant())
    with pytest.warns(UserWarning, match="3 series are missing .* the first: unit 'C': 'all' has no score in the base"):
        series = result.series(base="2002")
    assert series["all"].unstack("who").loc[2002, ["A", "B"]].tolist() == [100, 100]


def test_where_no_unit_has_a_base_level_the_series_is_refused() -> None:
    frame = with_entrant()
    frame.loc[frame["year"] == 2001, ["x", "y"]] = np.nan
    with pytest.raises(hi.DataError, match="unit 'A': 'all' has no score in the base period"):
        halved(frame, new_units="missing", fit_on="2002:2004").compute(frame).series()


@pytest.mark.parametrize("how", ["link", "restate"])
def test_each_series_without_a_base_level_enters_on_its_own(how: str) -> None:
    """A group that has its own base keeps it; the others enter in their first period with a level, which is said."""
    frame = with_entrant()
    frame.loc[(frame["who"] == "B") & (frame["year"] == 2001), "y"] = np.nan
    index = halved(frame, new_units=how, normalise=POSITIVE, coverage=0.9)
    result = index.compute(frame)
    level, score = (part["left"].unstack("who")["B"] for part in (result.series(), result.scores))
    np.testing.assert_allclose(level, 100 * score / score[2001], rtol=1e-14)
    right = result.series()["right"].unstack("who")
    if how == "link":
        assert right.loc[2002, "B"] == pytest.approx(right.loc[2002, "A"])
    said = result.log.query("step == 'base' and unit == 'B'")["why"].tolist()
    assert said == [f"'all', 'right': no level in the base period; enters in 2002 {ENTRY[how]} (new_units)"]
    found = hi.uncertainty(index, frame, {"all.weights": hi.Noise(0.2)}, draws=2, progress=False)
    np.testing.assert_allclose(found.series["nominal"], result.series()["all"], rtol=1e-12)


def test_a_unit_that_the_fit_does_not_know_is_said_to_hang_on_its_rows() -> None:
    frame = with_entrant()
    fitted = entering(new_units="link").fit(frame[frame["year"] < 2003])
    said = fitted.score(frame[frame["year"] == 2004]).log.query("unit == 'C'")["why"].tolist()
    assert said == [
        f"no level in the base period; enters in 2004 {ENTRY['link']} (new_units); the fit does not know it, so the"
        " rows scored with it decide its level: fit again to freeze it"
    ]


class TestWeightsOfLaterParts:
    """The weights that hold first need not name what is not there yet."""

    table = pd.DataFrame(
        {"year": [2019, 2020, 2021, 2022], "x": [1, 2, 3, 4.0], "y": [2, 3, 5, 4.0], "w": [1, 3, 2, 5.0]}
    )

    def index(self, first: Any, since: str = "2021", start: str | None = "2021", later: str = "w") -> hi.Index:
        """Return an index of three groups, of which the last has one indicator that may start later."""
        dated = {since: {"a": 0.3, "b": 0.3, "c": 0.4}}
        return hi.Index(
            period="year",
            base="2020",
            fit_on="2019:2020",
            groups=[
                hi.Group("total", weights=first, weights_since=dated),
                *(hi.Group(code, "total") for code in "abc"),
            ],
            indicators=[hi.Indicator("x", "a"), hi.Indicator("y", "b"), hi.Indicator(later, "c", start=start)],
        )

    @pytest.mark.parametrize("first", [{"a": 0.4, "b": 0.6}, {"method": "ahp", "matrix": {"a": {"b": 2}}}])
    def test_they_are_those_of_the_parts_that_are_there(self, first: Any) -> None:
        found = self.index(first).compute(self.table)
        before = self.index(first).replace({"w": None, "c": None, "total.weights_since": {}}).compute(self.table)
        pd.testing.assert_frame_equal(found.series()[["total"]].iloc[:2], before.series()[["total"]].iloc[:2])

    def test_naming_it_with_any_weight_changes_nothing(self) -> None:
        named = self.index({"a": 0.4, "b": 0.6, "c": 0.0}).compute(self.table).series()
        pd.testing.assert_frame_equal(self.index({"a": 0.4, "b": 0.6}).compute(self.table).series(), named)

    def test_what_is_there_from_the_first_must_be_named(self) -> None:
        with pytest.raises(hi.SpecError, match="nothing given for child 'c'"):
            self.index({"a": 0.4, "b": 0.6}, start=None)
        with pytest.raises(hi.SpecError, match="nothing given for child 'b'"):
            self.index({"a": 0.4})

    def test_weights_that_come_after_it_are_refused(self) -> None:
        with pytest.raises(hi.SpecError, match="nothing given for child 'c'"):
            self.index({"a": 0.4, "b": 0.6}, since="2022").compute(self.table)
