"""Imputation of scores: those of indicators after normalisation, by hand, frozen, through files, and marked."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hengdian_index as hi

nan = math.nan
REGIONAL = {"method": "group_mean", "groups": "region", "weights": "people", "at": "scores"}


def towns() -> pd.DataFrame:
    """Return seven towns in two regions, three of them with a gap."""
    return pd.DataFrame(
        {
            "town": ["Arn", "Bly", "Cole", "Dun", "Eye", "Fox", "Gale"],
            "region": ["hills", "hills", "hills", "coast", "coast", "coast", "coast"],
            "people": [4.0, 9.0, 1.0, 2.0, 6.0, 3.0, nan],
            "rent": [310.0, nan, 450.0, 700.0, 520.0, 610.0, 500.0],
            "trees": [12.0, 4.0, nan, 3.0, nan, 9.0, 8.0],
            "shops": [5.0, 2.0, 3.0, 9.0, 7.0, 1.0, 4.0],
        }
    )


def index(impute: Any = None, **choices: Any) -> hi.Index:
    """Return an index of two groups; rents are better the lower they are."""
    return hi.Index(
        unit="town",
        impute=impute,
        groups=[hi.Group("all"), hi.Group("home", "all"), hi.Group("trade", "all")],
        indicators=[
            hi.Indicator("rent", "home", direction=-1),
            hi.Indicator("trees", "home"),
            hi.Indicator("shops", "trade"),
        ],
        **choices,
    )


def regional(scores: pd.Series, table: pd.DataFrame, *, weighted: bool) -> pd.Series:
    """Return scores with those missing filled by a loop: the mean of their region over towns that count."""
    out = scores.copy()
    for town in scores.index[scores.isna()]:
        region = table.loc[town, "region"]
        total = count = 0.0
        for other in scores.index:
            w = table.loc[other, "people"] if weighted else 1.0
            if table.loc[other, "region"] == region and not math.isnan(scores[other]) and not math.isnan(w):
                total, count = total + w * scores[other], count + w
        out[town] = total / count
    return out


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_filled_by_the_mean_of_their_region(weighted: bool) -> None:
    impute = {name: value for name, value in REGIONAL.items() if weighted or name != "weights"}
    table = towns().set_index("town", drop=False)
    bare = index().compute(table).normalised
    found = index(impute).compute(table)
    for code in bare:
        wanted = regional(bare[code], table, weighted=weighted)
        pd.testing.assert_series_equal(found.normalised[code], wanted, rtol=1e-13, atol=0)
    assert found.prepared.equals(found.raw)
    home = found.normalised[["rent", "trees"]].mean(axis=1)
    np.testing.assert_allclose(found.scores["home"], home, rtol=1e-13)
    lines = found.log.query("step == 'impute'")
    assert lines[["unit", "indicator"]].to_numpy().tolist() == [["Bly", "rent"], ["Cole", "trees"], ["Eye", "trees"]]
    assert lines["after"].tolist() == [found.normalised.at[row.unit, row.indicator] for row in lines.itertuples()]
    assert all(why.startswith("score: ") for why in lines["why"])


def test_a_mean_of_scores_is_not_the_score_of_a_mean() -> None:
    table, normalise = towns(), {"method": "percentile_rank"}
    values, scores = (
        index({"method": "mean", "at": at}, normalise=normalise).compute(table) for at in ("values", "scores")
    )
    assert values.normalised.loc["Bly", "rent"] != scores.normalised.loc["Bly", "rent"]
    known = index(normalise=normalise).compute(table).normalised["rent"]
    assert scores.normalised.loc["Bly", "rent"] == pytest.approx(known.mean(), rel=1e-13)
    assert index({"method": "mean", "at": "values"}) == index("mean")


def test_peers_of_scores_are_on_the_scale_of_scores() -> None:
    found = index({"method": "peers", "at": "scores"}, normalise={"method": "min_max", "lower": 1, "upper": 7})
    scores = found.compute(towns()).normalised
    # The other indicator of the group runs from 1 to 7, too, and points the same way.
    assert scores.loc["Bly", "rent"] == pytest.approx(scores.loc["Bly", "trees"])
    assert scores.loc["Cole", "trees"] == pytest.approx(scores.loc["Cole", "rent"])


def test_new_rows_are_filled_with_what_the_fit_learnt(tmp_path: Path) -> None:
    table = towns()
    fitted = index(REGIONAL).fit(table)
    fitted.save(tmp_path / "fit.json")
    later = pd.DataFrame(
        {"town": ["New"], "region": ["coast"], "people": [50.0], "rent": [nan], "trees": [5.0], "shops": [2.0]}
    )
    wanted = fitted.score(table).normalised.loc["Dun":, "rent"].iloc[:3]
    mean = np.average(wanted, weights=[2.0, 6.0, 3.0])
    for one in (fitted, hi.Fitted.load(tmp_path / "fit.json")):
        assert one.score(later).normalised.loc["New", "rent"] == pytest.approx(mean, rel=1e-13)
        pd.testing.assert_frame_equal(one.score(table).scores, index(REGIONAL).compute(table).scores)


def test_the_nearest_choice_holds_and_a_groups_own_is_not_handed_down() -> None:
    made = index("median").replace({"home.impute": {"method": "mean", "at": "scores"}, "trees.impute": REGIONAL})
    rent, trees, shops = made.tree.leaves
    assert (rent.impute.method.name, rent.impute_scores) == ("median", None)
    assert (trees.impute, trees.impute_scores.method.name) == (None, "group_mean")
    assert shops.impute.method.name == "median"
    assert made.tree.by_code["home"].impute.method.name == "mean"
    assert made.replace({"home.impute.at": "values"}).tree.leaves[0].impute.method.name == "mean"
    with pytest.raises(hi.SpecError, match=r"at: no 'score'; did you mean 'scores'\?"):
        index({"method": "mean", "at": "score"})


def test_files_keep_where_an_imputation_is(tmp_path: Path) -> None:
    made = index(REGIONAL, normalise="z_score").replace({"trees.impute": {"method": "median", "at": "scores"}})
    assert hi.Index.from_toml(made.to_toml()) == made
    assert 'at = "scores"' in made.to_toml()
    made.write(tmp_path / "index.xlsx")
    assert hi.Index.read(tmp_path / "index.xlsx") == made
    assert {"region", "people"} <= set(made.columns)


@pytest.mark.parametrize("method", ["carry_forward", "interpolate"])
def test_scores_go_on_in_time_and_what_is_carried_is_provisional(method: str) -> None:
    table = pd.DataFrame({"town": ["A"] * 3 + ["B"] * 3, "year": [2020, 2021, 2022] * 2})
    table["x"] = [1.0, nan, 3.0, 5.0, 2.0, nan]
    made = hi.Index(
        unit="town",
        period="year",
        base=2020,
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("x", "all", direction=-1)],
        impute={"method": method, "at": "scores"},
        normalise={"method": "min_max", "lower": 1, "upper": 5},
    )
    found = made.compute(table)
    filled = {"carry_forward": [5.0, 4.0], "interpolate": [4.0, nan]}[method]
    gaps = found.scores["all"].to_numpy()[[1, 5]]
    np.testing.assert_allclose(gaps, filled, equal_nan=True)
    carried = method == "carry_forward"
    assert found.provisional["all"].tolist() == [False, carried, False, False, False, carried]
    # The base alone is needed for the levels, and the rows before it for what is filled.
    assert made.fit(table).base_levels.keys() == {"A", "B"}


def test_a_page_and_a_workbook_mark_what_was_filled(tmp_path: Path) -> None:
    found = index(REGIONAL).compute(towns())
    found.report(tmp_path / "page.html", units=["Bly", "Cole"])
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count(" *</td>") == 2
    assert "* imputed" in page
    assert "3 scores are imputed" in page
    found.report(tmp_path / "page.html", units=["Bly"], lang="zh")
    assert "* 插补所得" in (tmp_path / "page.html").read_text("utf-8")
    assert "A score that is missing is imputed: `group_mean` (groups `region`, weights of the rows `people`)" in str(
        found.method()
    )
    steps = found.explain("Bly", node="rent").steps
    assert steps["step"].tolist()[:3] == ["raw", "normalise", "impute"]
    assert steps.loc[2, "value"] == found.normalised.loc["Bly", "rent"]


def test_what_sees_all_rows_is_said_to_engines_and_held_for_sources(tmp_path: Path) -> None:
    table = towns()
    fitted = index(REGIONAL).fit(table)
    with pytest.raises(hi.SpecError, match="group_mean learns from all scores"):
        fitted.expressions()
    table.to_csv(tmp_path / "towns.csv", index=False)
    pd.testing.assert_frame_equal(
        index(REGIONAL).fit(tmp_path / "towns.csv").score(table).scores, fitted.score(table).scores
    )
    fitted.score(table, out=tmp_path / "out")
    parts = pd.concat(map(pd.read_parquet, sorted((tmp_path / "out").rglob("*.parquet"))))
    np.testing.assert_array_equal(parts["all"], fitted.score(table).scores["all"])


def test_draws_fill_as_the_index_does() -> None:
    table, made = towns(), index(REGIONAL)
    ways = [REGIONAL, "median", {"method": "median", "at": "scores"}]
    found = hi.uncertainty(made, table, {"rent.impute": ways}, draws=64, progress=False)
    wanted = [made.replace({"rent.impute": way}).compute(table).scores["all"] for way in ways]
    assert found.scores.loc["Bly", "nominal"] == made.compute(table).scores.loc["Bly", "all"]
    low, high = (function([one["Bly"] for one in wanted]) for function in (min, max))
    assert found.scores.loc["Bly", ["q05", "q95"]].tolist() == pytest.approx([low, high])
