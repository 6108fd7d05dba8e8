"""The score of a group filled in: by hand, between rescaling and rounding, frozen, in parts, in draws."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.workbooks import check, comments, written

import hengdian_index as hi

nan = math.nan
REGIONAL = {"method": "group_mean", "groups": "region", "weights": "people", "at": "scores"}


def states() -> pd.DataFrame:
    """Return six states in three years; a pillar lacks a score in four rows."""
    rng = np.random.default_rng(11)
    table = pd.DataFrame({"state": list("PQRSTU") * 3, "year": np.repeat([2019, 2020, 2021], 6)})
    table["region"] = table["state"].map(dict.fromkeys("PQR", "north") | dict.fromkeys("STU", "south"))
    table["people"] = np.tile([5.0, 1.0, 2.0, 9.0, 4.0, 3.0], 3)
    for code in ("soil", "water", "roads", "rails"):
        table[code] = rng.uniform(10, 90, 18).round(1)
    table.loc[[1, 6, 16], ["soil", "water"]] = nan
    table.loc[9, "water"] = nan
    return table


def index(impute: Any = REGIONAL, **own: Any) -> hi.Index:
    """Return an index of two pillars, the choices of the first given."""
    return hi.Index(
        unit="state",
        period="year",
        base=2019,
        normalise={"method": "min_max", "lower": 1, "upper": 100},
        groups=[hi.Group("all"), hi.Group("land", "all", impute=impute, **own), hi.Group("ways", "all")],
        indicators=[
            hi.Indicator("soil", "land"),
            hi.Indicator("water", "land", direction=-1),
            hi.Indicator("roads", "ways"),
            hi.Indicator("rails", "ways"),
        ],
    )


def filled(scores: pd.Series, table: pd.DataFrame) -> np.ndarray:
    """Return scores filled by a loop: the mean of those of the region, by people."""
    values, out = scores.to_numpy(), scores.to_numpy().copy()
    for row in np.flatnonzero(np.isnan(values)).tolist():
        known = [i for i in range(len(values)) if table["region"][i] == table["region"][row] and values[i] == values[i]]
        people = [table["people"][i] for i in known]
        out[row] = sum(w * values[i] for w, i in zip(people, known, strict=True)) / sum(people)
    return out


def test_a_group_takes_the_mean_of_its_region_before_its_parent_is_made() -> None:
    table = states()
    bare, found = index(None).compute(table).scores, index().compute(table)
    wanted = filled(bare["land"], table)
    np.testing.assert_allclose(found.scores["land"], wanted, rtol=1e-13)
    np.testing.assert_allclose(found.scores["all"], (wanted + bare["ways"]) / 2, rtol=1e-13)
    lines = found.log.query("step == 'impute'")
    assert lines[["unit", "period", "indicator"]].to_numpy().tolist() == [
        ["Q", "2019", "land"],
        ["P", "2020", "land"],
        ["S", "2020", "land"],
        ["T", "2021", "land"],
    ]
    assert found.normalised.isna().sum().sum() == 7


def test_a_group_may_take_the_mean_of_its_region_in_the_same_year(tmp_path: Path) -> None:
    table = states()
    made = index({"method": "group_mean", "groups": ["region", "year"], "at": "scores"})
    bare = index(None).compute(table).scores["land"]
    means = bare.groupby([table["region"].to_numpy(), table["year"].to_numpy()]).transform("mean")
    fitted = made.fit(table)
    np.testing.assert_allclose(fitted.score(table).scores["land"], bare.fillna(means), rtol=1e-13)
    later = fitted.score(table.assign(year=table["year"] + 1))
    # What the fit has not seen is no group of its own.
    assert np.isnan(later.scores["land"][("T", 2022)])
    assert "group ('south', 2022) has no value" in " ".join(later.log["why"])
    assert hi.Index.from_toml(made.to_toml()) == made
    fitted.save(tmp_path / "fit.json")
    assert hi.Fitted.load(tmp_path / "fit.json").score(table).scores.equals(fitted.score(table).scores)
    table.loc[1, "region"] = None
    assert np.isnan(made.compute(table).scores["land"].iloc[1])
    values = index(None).replace({"soil.impute": {"method": "group_mean", "groups": ["region", "year"]}})
    table.to_csv(tmp_path / "states.csv", index=False)
    assert values.fit(tmp_path / "states.csv").score(table).scores.equals(values.compute(table).scores)


def test_the_order_is_rescale_impute_round() -> None:
    table = states()
    again = index(None, rescale="percentile_rank").compute(table).scores["land"]
    wanted = filled(again, table)
    np.testing.assert_allclose(index(rescale="percentile_rank").compute(table).scores["land"], wanted, rtol=1e-13)
    rounded = index(rescale="percentile_rank", round=2).compute(table).scores["land"]
    np.testing.assert_allclose(rounded, wanted.round(2), atol=1e-12)


def test_an_indicator_is_filled_before_it_is_rounded() -> None:
    table = states().assign(soil=lambda t: t["soil"] + 0.037)
    made = index(None).replace({"soil.impute": REGIONAL, "soil.round": 0})
    bare = index(None).compute(table).normalised["soil"]
    wanted = filled(bare, table)
    np.testing.assert_array_equal(made.compute(table).normalised["soil"], np.floor(wanted + 0.5))


SCALED = {"rescale": {"method": "z_score", "mean": 100, "sd": 10}}


@pytest.mark.parametrize("own", [{}, SCALED, {"rescale": "rank", "round": 0}, {"round": 1}])
def test_parts_sum_and_what_is_filled_is_a_part_of_its_own(own: dict[str, Any]) -> None:
    made = index(**own).replace({"all.rescale": {"method": "min_max", "lower": 1, "upper": 100}})
    found = made.compute(states())
    for whole, of, depth in (
        (found.series()["all"], "level", "children"),
        (found.series()["all"], "level", "indicators"),
        (found.changes(1, "points")["all"], "change", "indicators"),
        (found.changes()["all"], "growth", "indicators"),
    ):
        parts = found.contributions(of=of, depth=depth)
        np.testing.assert_allclose(parts.sum(axis=1, skipna=False), whole, atol=1e-9)
    parts = found.contributions("land", of="level", depth="indicators")
    alone = parts.loc[("Q", 2019)]
    assert alone[["soil", "water"]].tolist() == [0.0, 0.0]
    assert alone["imputation"] == pytest.approx(found.series()["land"][("Q", 2019)])
    assert (parts["imputation"] != 0).sum() == 4
    moved = found.contributions("land", depth="indicators").loc[("Q", 2020)]
    assert moved["imputation"] == pytest.approx(found.changes(1, "points")["land"][("Q", 2020)])


def test_a_fit_keeps_what_it_fills_with(tmp_path: Path) -> None:
    table, made = states(), index(rescale="percentile_rank")
    fitted = made.fit(table, fit_on="2019:2020")
    fitted.save(tmp_path / "fit.json")
    again = hi.Fitted.load(tmp_path / "fit.json")
    late = table[table["year"] == 2021].assign(people=1.0)
    whole = fitted.score(table).scores["land"].xs(2021, level="year")
    for one in (fitted, again):
        pd.testing.assert_series_equal(one.score(late).scores["land"].xs(2021, level="year"), whole)
    known = index(None, rescale="percentile_rank").fit(table, fit_on="2019:2020").score(table).scores["land"]
    early = table["year"] < 2021
    south = early & (table["region"] == "south") & known.notna().to_numpy()
    wanted = np.average(known[south.to_numpy()], weights=table["people"][south])
    assert whole["T"] == pytest.approx(wanted, rel=1e-13)


def test_files_and_engines() -> None:
    made = index(round=1)
    assert hi.Index.from_toml(made.to_toml()) == made
    with pytest.raises(hi.SpecError, match="group 'land': group_mean learns from all scores"):
        made.fit(states()).expressions()
    with pytest.raises(hi.SpecError, match="peers fills from other columns, and a group's score is one column"):
        index({"method": "peers", "at": "scores"})
    with pytest.raises(hi.SpecError, match="weigh_on = 'period' learns weights in each"):
        made.replace({"weigh_on": "period"})


def test_each_draw_fills_with_its_own_scores() -> None:
    table, made = states(), index(rescale="z_score")
    found = hi.uncertainty(made, table, {"weights": {"noise": 0.4}}, draws=32, progress=False)
    for draw in (3, 17):
        wanted = found.index_of(draw).compute(table).scores["all"].to_numpy()
        np.testing.assert_allclose(found.drawn[draw], wanted, rtol=1e-10)


def test_every_page_says_what_was_filled(tmp_path: Path) -> None:
    found = index(round=1).compute(states())
    told = str(found.method())
    assert "A score that is missing is imputed: `group_mean` (groups `region`, weights of the rows `people`)" in told
    assert "scores filled in the rows scored: 4" in told
    steps = found.explain("Q", 2019, "land").steps
    filled_in = steps[steps["step"] == "impute"]
    assert filled_in["value"].tolist() == [found.scores["land"][("Q", 2019)]]
    found.report(tmp_path / "page.html", units=["T"])
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count(" *</td>") >= 2
    assert "1 score is imputed" in page
    check(written(found, tmp_path / "book.xlsx"), found)
    told = [one for one in comments(tmp_path / "book.xlsx")["scores"].values() if "imputed (group_mean)" in one]
    assert len(told) == 4


def test_what_is_carried_forward_is_provisional() -> None:
    found = index({"method": "carry_forward", "at": "scores"}).compute(states())
    marks = found.provisional
    assert marks.index[marks["land"]].tolist() == [("P", 2020), ("S", 2020), ("T", 2021)]
    assert marks["all"].equals(marks["land"])
    assert not marks["ways"].any()
    assert found.scores["land"][("P", 2020)] == found.scores["land"][("P", 2019)]
