"""Every unit finds itself in the page of a panel, every row in that of a cross-section."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from support.pages import csv_table, read, towns

import hengdian_index as hi
from hengdian_index._present.report import units
from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")

EN = WORDS["en"]


@pytest.fixture(scope="module")
def result():
    index, table = towns()
    return index.compute(table)


@pytest.fixture(scope="module")
def found(result, tmp_path_factory) -> dict[str, pd.DataFrame]:
    """Every file of the page."""
    files = read(result.report(tmp_path_factory.mktemp("units") / "r.html"))[1].files()
    own = {name.removeprefix("table-").removesuffix(".csv"): text for name, text in files.items()}
    return {name: csv_table(text) for name, text in own.items()}


def test_every_unit_has_its_last_change_and_level_split(result, found):
    order = result.scores["total"].xs(2022, level="year").sort_values(ascending=False).index.tolist()
    change, level = found["units-change-table"], found["units-level-table"]
    assert change["town"].tolist() == level["town"].tolist() == order
    series = result.series()["total"]
    for frame, row in ((change, "change"), (level, "level")):
        np.testing.assert_allclose(frame["one"] + frame["two"], frame[row], rtol=1e-12)
    for i, town in enumerate(order):
        now, before = series[town, 2022], series[town, 2021]
        np.testing.assert_allclose(change.loc[i, ["level", "change"]].astype(float), [now, now - before])


def test_the_indicators_that_move_a_unit_most_are_named(result, found):
    change = found["units-change-table"].set_index("town")
    parts = result.contributions(depth="indicators").xs(2022, level="year")
    for town, own in parts.iterrows():
        for column, value in (("largest up", own.max()), ("largest down", own.min())):
            moves = (value > 0) == (column == "largest up")
            assert change[column].fillna("")[town] == (f"Towns ({value:+.2f})" if moves else "")


def test_ranks_are_set_beside_those_of_the_period_before(result, found):
    ranks = result.ranks(within="period")
    ranking = found["ranking-table"].set_index("town")
    for town, row in ranking.iterrows():
        assert (row["rank"], row["rank before"]) == (ranks["total"][town, 2022], ranks["total"][town, 2021])
        assert row["places gained"] == row["rank before"] - row["rank"]
    now = ranks.xs(2022, level="year")
    pd.testing.assert_frame_equal(
        found["group-ranks-table"].set_index("town").drop(columns="year").loc[now.index], now.astype(int)
    )


def test_places_are_gained_among_the_units_ranked_in_both_periods():
    """Units that come or go move no other: the places of those that stay are counted by hand."""
    rows = [(u, 2020, v) for u, v in zip("ABCDE", (5.0, 4, 3, 2, 1), strict=True)]
    rows += [(u, 2021, v) for u, v in zip("CDEF", (1.0, 3, 2, 9), strict=True)] + [("A", 2021, None)]
    index = hi.Index(unit="u", period="year", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    frame = pd.DataFrame(rows, columns=["u", "year", "x"])
    table = units.ranked(index.compute(frame)).droplevel("year")
    assert "places gained" not in table
    assert table["places gained among"].dropna().to_dict() == {"D": 1, "E": 1, "C": -2}
    assert WORDS["en"]["places gained among"] == "places gained, among units ranked in both periods"
    alone = frame[(frame["year"] == 2020) | (frame["u"] == "C")]
    assert not [name for name in units.ranked(index.compute(alone)) if str(name).startswith("places gained")]


def test_profiles_are_the_strengths_and_obstacles_of_the_result(result):
    named = units.profiles(result, {**EN, "listed": "|"})
    names = {leaf.code: leaf.name for leaf in result.tree.leaves}
    for (town, year), row in named.iterrows():
        own = result.strengths(town, 2, period=year)
        for column, kind in (("strengths", "strength"), ("weaknesses", "weakness")):
            some = own[own["kind"] == kind]
            assert row[column] == "|".join(
                f"{names[c]} ({r})" for c, r in zip(some["indicator"], some["rank"], strict=True)
            )
        shares = result.obstacles().loc[(town, year)].sort_values(ascending=False, kind="stable").head(2)
        shares = shares[shares > 0]
        assert row["obstacles"] == "|".join(f"{names[code]} ({100 * share:.0f} %)" for code, share in shares.items())


def test_scales_without_ends_have_no_obstacles_and_no_means_no_parts(result):
    index, table = towns()
    bare = index.replace({"normalise": "z_score", "base": None, "to": None}).compute(table)
    assert list(units.profiles(bare, EN)) == ["strengths", "weaknesses"]
    assert units.score_parts(result) is not None
    assert units.score_parts(index.replace({"aggregate": "topsis"}).compute(table)) is None


def test_one_series_has_no_profiles(film):
    assert units.profiles(film[0], EN) is None
    assert "rank before" not in units.ranked(film[0])


def test_a_large_panel_is_cut_and_says_so(tmp_path):
    n, years, k = 600, 5, 30
    frame = pd.DataFrame(
        np.random.default_rng(0).lognormal(1, 0.5, (n * years, k)), columns=[f"x{j}" for j in range(k)]
    )
    frame = frame.assign(town=np.repeat([f"Town {i}" for i in range(n)], years), year=np.tile(range(2001, 2006), n))
    groups = [hi.Group("total"), *(hi.Group(f"g{j}", "total") for j in range(6))]
    indicators = [hi.Indicator(f"x{j}", f"g{j % 6}") for j in range(k)]
    index = hi.Index(unit="town", period="year", groups=groups, indicators=indicators)
    found = hi.uncertainty(index, frame, {"weights": hi.Noise(0.25)}, draws=8, progress=False)
    path = index.compute(frame).report(tmp_path / "r.html", uncertainty=found)
    assert path.stat().st_size < 3_000_000
    text = path.read_text(encoding="utf-8")
    for said in (r"\d+ of 3000 rows are shown", r"\d+ of 600 rows are shown", "Of 600 rows, the first 200 "):
        assert re.search(said, text)
    assert EN["ranks shown"].format(all=600, shown=20) in text
    assert all(f'id="chart-{name}"' in text for name in ("intervals", "ranks", "frequency"))
