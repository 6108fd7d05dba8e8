"""Normalisation within each period: what each period alone gives, for every method, through fits, files and pages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.laws import every, placed, sized
from support.tables import panel
from support.workbooks import check, formulas, written

import hengdian_index as hi

UNITS = "pqrstuv"
WIDE = {"method": "min_max", "lower": 1, "upper": 100}


def cities() -> pd.DataFrame:
    """Return seven cities in four quarters, whose values rise from quarter to quarter."""
    rows = panel(4, UNITS)
    return rows.assign(**{c: rows[c] * (1 + rows.groupby("city").cumcount()) for c in "abcd"})


def index_of(**choices):
    """Return an index of two groups that normalises within each quarter."""
    leaves = [hi.Indicator("a", "g"), hi.Indicator("b", "g", direction=-1), hi.Indicator("c", "h")]
    groups = [hi.Group("top"), hi.Group("g", "top"), hi.Group("h", "top")]
    given = {"unit": "city", "period": "quarter", "scope": "period", "groups": groups, "indicators": leaves}
    return hi.Index(**{**given, **choices})


def alone(index: hi.Index, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the normalised indicators of each quarter computed by itself."""
    free = index.replace({"scope": "all"}) if index.scope == "period" else index
    return pd.concat([free.compute(own).normalised for _, own in rows.groupby("quarter")])


@every("normalise")
def test_every_method_gives_what_each_period_alone_gives(method, options) -> None:
    rows = cities()
    numbers = rows[["a"]] / 8.0
    rows["a"] = placed(method, options, numbers)["a"]
    choice = {"method": method.name, **sized(options, 1)}
    leaf = hi.Indicator("a", "all", normalise=choice, scope="period")
    index = hi.Index(unit="city", period="quarter", groups=[hi.Group("all")], indicators=[leaf])
    try:
        wanted = alone(index.replace({"a.scope": "all"}), rows)
    except hi.DataError:
        with pytest.raises(hi.DataError):
            index.compute(rows)
        return
    found = index.compute(rows).normalised
    pd.testing.assert_frame_equal(found.sort_index(), wanted.sort_index(), check_exact=False, rtol=1e-12)


@every("normalise")
def test_a_group_is_rescaled_within_each_period_as_each_period_alone_is(method, options) -> None:
    choice = {"method": method.name, **sized(options, 1)}
    # Scores of 1 to 100, which every method takes.
    index = index_of(normalise=WIDE)
    try:
        index = index.replace({"g.rescale": choice, "top.rescale": choice, "top.round": 3})
        wanted = pd.concat(
            [index.replace({"scope": "all"}).compute(own).scores for _, own in cities().groupby("quarter")]
        )
    except (hi.SpecError, hi.DataError):
        return
    found = index.compute(cities()).scores
    pd.testing.assert_frame_equal(found.sort_index(), wanted.sort_index(), check_exact=False, rtol=1e-9)


@pytest.mark.parametrize("choice", ["z_score", "percentile_rank", {"method": "relative", "to": "max"}], ids=str)
def test_rescaled_groups_of_periods_split_draw_and_stay_in_files(choice, tmp_path) -> None:
    rows, index = cities(), index_of().replace({"top.rescale": choice, "top.round": 2, "g.rescale": WIDE})
    result = index.compute(rows)
    assert result.log["why"].str.contains("'a', 'b', 'c', 'g', 'top': bounds of each period").sum() == 1
    assert hi.Index.from_toml(index.to_toml()) == index
    level, change = (result.contributions(of=of, depth="indicators") for of in ("level", "change"))
    np.testing.assert_allclose(level.sum(axis=1), result.scores["top"], atol=1e-9)
    moved = result.scores["top"].groupby(level="city").diff()
    np.testing.assert_allclose(change.sum(axis=1)[moved.notna()], moved.dropna(), atol=1e-9)
    draws = hi.uncertainty(index, rows, {"scope": ["period"]}, draws=4)
    np.testing.assert_allclose(draws.scores["q05"], result.scores["top"], atol=1e-9)
    draws = hi.uncertainty(index, rows, {"weights": hi.Noise(0.2)}, draws=4)
    assert draws.scores.notna().all(axis=None)
    fitted = index.fit(rows[rows["quarter"] < "2001Q4"])
    fitted.save(tmp_path / "fit.json")
    pd.testing.assert_frame_equal(hi.Fitted.load(tmp_path / "fit.json").score(rows).scores, result.scores)
    one = fitted.score(rows[(rows["quarter"] == "2001Q2") & (rows["city"] == "p")]).scores
    pd.testing.assert_frame_equal(one, result.scores.loc[one.index])
    for lang in ("en", "zh"):
        result.report(tmp_path / f"{lang}.html", lang=lang)
        assert result.method(lang=lang)
    steps = result.explain("r", "2001Q3").steps
    assert steps[steps["node"] == "top"]["value"].iloc[-1] == result.scores.loc[("r", "2001Q3"), "top"]
    check(written(result, tmp_path / "scores.xlsx"), result)
    with pytest.raises(hi.SpecError, match="group 'top': scope = 'period' rescales it within each period"):
        fitted.expressions()


def test_an_indicator_or_the_whole_index_says_the_scope() -> None:
    rows = cities()
    whole = index_of(scope="all").compute(rows).normalised
    mixed = index_of().replace({"b.scope": "all"}).compute(rows).normalised
    np.testing.assert_array_equal(mixed["b"], whole["b"])
    wanted = alone(index_of(), rows).reindex(mixed.index)
    np.testing.assert_allclose(mixed[["a", "c"]], wanted[["a", "c"]])
    assert not np.allclose(wanted["b"], whole["b"])


def test_a_fit_keeps_the_bounds_of_its_periods_and_takes_new_periods_as_they_come(tmp_path) -> None:
    rows = cities()
    early = rows[rows["quarter"] < "2001Q4"]
    fitted = index_of().fit(early)
    fitted.save(tmp_path / "fit.json")
    wanted = index_of().compute(rows).scores
    for one in (fitted, hi.Fitted.load(tmp_path / "fit.json")):
        result = one.score(rows)
        pd.testing.assert_frame_equal(result.scores, wanted)
        assert (
            result.log["why"].str.contains("bounds learnt from the 7 rows given of a period after the fit").sum() == 1
        )
        why = result.log["why"].str
        assert why.contains("bounds learnt from the 7 rows given of a period after the fit").sum() == 1
        assert why.contains("'a', 'b', 'c': bounds of each period").sum() == 1
    few = fitted.score(rows[rows["city"].isin(["p", "q"]) & (rows["quarter"] == "2001Q2")]).scores
    pd.testing.assert_frame_equal(few, wanted.loc[few.index])


def test_the_rows_to_fit_on_set_the_bounds_of_their_own_periods() -> None:
    rows = cities()
    chosen = rows["city"].isin(list("pqrs"))
    found = index_of().compute(rows, fit_on=chosen.to_numpy()).normalised["a"]
    for _, own in rows.groupby("quarter"):
        shown = own[own["city"].isin(list("pqrs"))]["a"]
        wanted = (own["a"] - shown.min()) / (shown.max() - shown.min())
        keys = pd.MultiIndex.from_frame(own[["city", "quarter"]])
        np.testing.assert_allclose(found.reindex(keys), wanted)


def test_a_period_without_a_value_has_no_score_and_a_constant_one_is_named() -> None:
    rows = cities()
    rows.loc[rows["quarter"] == "2001Q2", "a"] = np.nan
    found = index_of().compute(rows).normalised["a"]
    assert found[found.index.get_level_values("quarter") == "2001Q2"].isna().all()
    assert found.notna().sum() == 21
    rows.loc[rows["quarter"] == "2001Q3", "a"] = 3.0
    with pytest.raises(hi.DataError, match="period 2001Q3: indicator 'a': constant over the fit rows"):
        index_of().compute(rows)


def test_what_learns_nothing_stays_one_map() -> None:
    leaves = [hi.Indicator("a", "h", normalise={"method": "goalposts", "low": 0, "high": 200}, scope="period")]
    index = index_of(scope="all", indicators=leaves, groups=[hi.Group("h")])
    rows = cities()
    assert "bounds of each period" not in str(index.compute(rows).log["why"].tolist())
    learnt = index_of(normalise={"method": "goalposts", "low": 0, "high": "best_mean(2)"}).compute(rows)
    assert "bounds of each period" in str(learnt.log["why"].tolist())


def test_pages_and_files_say_it_in_both_languages(tmp_path) -> None:
    rows, index = cities(), index_of()
    result = index.compute(rows)
    assert hi.Index.from_toml(index.to_toml()) == index
    index.write(tmp_path / "spec.xlsx")
    assert hi.Index.read(tmp_path / "spec.xlsx") == index
    english, chinese = (result.method(lang=lang) for lang in ("en", "zh"))
    assert "normalised in each period by a map of its own" in english
    assert english.count("`a`, 2001Q") == 4
    assert "每一期分别标准化" in chinese
    book = written(result, tmp_path / "scores.xlsx")
    check(book, result)
    assert formulas(book, "normalised", "a") == len(rows)
    assert book.rows["fitted"][0][1:5] == [f"a 2001Q{quarter}" for quarter in (1, 2, 3, 4)]
    steps = result.explain("r", "2001Q3", node="a").steps
    shown = steps[steps["step"] == "normalise"]["value"].iloc[-1]
    assert shown == pytest.approx(result.normalised.loc[("r", "2001Q3"), "a"], rel=1e-12)
    assert "each of 4 periods" in index.fit(rows)._repr_html_()


def test_what_sees_rows_one_by_one_says_that_it_cannot(tmp_path) -> None:
    rows = cities()
    fitted = index_of().fit(rows)
    with pytest.raises(hi.SpecError, match="scope = 'period' normalises it within each period"):
        fitted.expressions()
    fitted.score(rows, out=tmp_path / "scores")
    found = pd.concat(map(pd.read_parquet, sorted((tmp_path / "scores").glob("*.parquet"))))
    np.testing.assert_allclose(found["top"], index_of().compute(rows).scores["top"])


def test_draws_know_the_scope_as_a_choice() -> None:
    rows = cities()
    found = hi.uncertainty(index_of(), rows, {"scope": ["all", "period"]}, draws=16)
    ends = [index_of(scope=scope).compute(rows).scores["top"].to_numpy() for scope in ("all", "period")]
    np.testing.assert_allclose(found.scores["q05"], np.minimum(*ends), atol=1e-9)
    np.testing.assert_allclose(found.scores["q95"], np.maximum(*ends), atol=1e-9)


def test_without_periods_it_is_refused() -> None:
    index = hi.Index(groups=[hi.Group("all")], indicators=[hi.Indicator("a", "all", scope="period")])
    with pytest.raises(hi.DataError, match="scope = 'period', but the rows have no period; name its column"):
        index.compute({"a": [1.0, 2.0]})


def test_a_scope_that_nothing_takes_is_refused() -> None:
    leaves = [hi.Indicator("a", "all", scope="all"), hi.Indicator("b", "all", scope="period")]
    with pytest.raises(hi.SpecError, match=r"^scope: 'period' is for .*, and none here does, or each says its own"):
        hi.Index(period="y", groups=[hi.Group("all")], indicators=leaves, scope="period")


def test_a_scope_inside_the_choice_is_told_its_place() -> None:
    with pytest.raises(hi.SpecError, match="'scope' stands beside the choice, of an indicator or the index"):
        index_of(normalise={"method": "min_max", "scope": "period"})
