"""A page about a period, and profiles of units: the numbers of the whole result, as far as they are shown."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from support.pages import csv_table, read

import hengdian_index as hi
from hengdian_index._present.report.chosen import span, up_to
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index.cli import main

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")

YEARS = (2018, 2019, 2020, 2021)
NAMES = ("Arles", "Brno", "Cork", "Delft", "Evora", "Fano")
INDEX = hi.Index(
    name="Stages",
    unit="city",
    period="year",
    base=2018,
    base_of="mean",
    groups=[hi.Group("total"), *(hi.Group(code, "total", name=code.title()) for code in ("halls", "plays", "crowd"))],
    indicators=[
        hi.Indicator(code, parent, name=code.upper())
        for code, parent in zip("abcdef", ["halls"] * 2 + ["plays"] * 2 + ["crowd"] * 2, strict=True)
    ],
    normalise={"method": "min_max", "lower": 1, "upper": 100},
    groups_of_units=[{"by": "coast", "weights": "people"}],
)


def cities(seed: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.lognormal(3, 0.5, (len(NAMES) * len(YEARS), 6)).round(2), columns=list("abcdef"))
    return frame.assign(
        city=np.repeat(NAMES, len(YEARS)),
        year=np.tile(YEARS, len(NAMES)),
        coast=np.repeat(["west", "east", "west", "west", "west", "east"], len(YEARS)),
        people=np.repeat([4.0, 1.0, 2.0, 3.0, 5.0, 2.0], len(YEARS)),
    )


@pytest.fixture(scope="module")
def result():
    return INDEX.compute(cities())


@pytest.fixture(scope="module")
def page(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("chosen")
    return read(result.report(folder / "page.html", period=2020, units=["Cork", "Brno"]))[1]


@pytest.fixture(scope="module")
def tables(page):
    own = {name.removeprefix("table-").removesuffix(".csv"): text for name, text in page.files().items()}
    return {name: csv_table(text) for name, text in own.items()}


def settings() -> dict[str, hi.Index]:
    return {
        "plain": INDEX,
        "geometric": INDEX.replace({"aggregate": "geometric"}),
        "compared": INDEX.replace({"aggregate": "topsis", "base": None}),
        "chained": INDEX.replace({"series": "ratio"}),
        "by period": INDEX.replace({"weights": "entropy", "weigh_on": "period"}),
        "linked": INDEX.replace({"f.start": 2020}),
        "without a base": INDEX.replace({"base": None}),
        "base after it": INDEX.replace({"base": 2021}),
    }


@pytest.mark.parametrize("name", settings())
@pytest.mark.parametrize("gaps", [False, True])
def test_rows_up_to_a_period_have_the_numbers_of_the_whole(name, gaps):
    index, table = settings()[name].replace({"coverage": 0.0}), cities()
    if gaps:
        table.loc[[2, 9, 17], ["a", "d"]] = np.nan
    whole = index.compute(table)
    some = up_to(whole, 2020)
    there = whole.panel.periods.ordinals <= some.panel.periods.ordinals.max()
    assert some.panel.n == 18
    pd.testing.assert_frame_equal(some.scores, whole.scores[there])
    pd.testing.assert_frame_equal(some.normalised, whole.normalised[there])
    pd.testing.assert_frame_equal(some.raw, whole.raw[there])
    pd.testing.assert_frame_equal(some.prepared, whole.prepared[there])
    pd.testing.assert_frame_equal(some.ranks(), whole.ranks()[there])
    pd.testing.assert_frame_equal(some.series(), whole.series()[there], rtol=1e-12)
    pd.testing.assert_frame_equal(some.changes(1, "points"), whole.changes(1, "points")[there], rtol=1e-9, atol=1e-9)
    if name != "compared":
        one, other = (each.contributions(depth="indicators") for each in (some, whole))
        pd.testing.assert_frame_equal(one, other.loc[there, one.columns], rtol=1e-7, atol=1e-9)


def test_weights_are_those_that_hold_in_the_period():
    result = INDEX.replace({"f.start": 2021}).compute(cities())
    assert up_to(result, 2020).effective_weights["f"] == 0
    assert result.effective_weights["f"] > 0
    own = INDEX.replace({"weights": "entropy", "weigh_on": "period"}).compute(cities())
    assert [*up_to(own, 2019).weights_by_period.index] == [2018, 2019]


def test_a_period_that_is_the_last_leaves_nothing_out(result):
    assert up_to(result, 2021) is result
    assert span(up_to(result, 2019)) == "2018:2019"


def test_the_page_is_about_the_period(result, page, tables):
    said = "".join(page.pieces)
    best = result.scores["total"].xs(2020, level="year").idxmax()
    assert f"First in 2020{best}" in said
    assert "The page is about 2020; later rows, up to 2021, are left out." in said
    assert set(tables["levels-table"]["year"]) == {2018, 2019, 2020}
    ranking = tables["ranking-table"].set_index("city")
    assert ranking["rank"].to_dict() == result.ranks()["total"].xs(2020, level="year").astype(int).to_dict()
    assert result.provenance["data_sha256"] in said


def test_levels_and_ranks_stand_by_unit_and_period(result, tables):
    for number, code in enumerate(("total", "halls", "plays", "crowd"), 1):
        read = tables[f"pivot-level-table-{number}"].set_index("city")
        wanted = result.pivot("level", code)[[2018, 2019, 2020]]
        np.testing.assert_allclose(read.loc[[*NAMES]], wanted.loc[[*NAMES]], rtol=1e-12)
        assert [*read.index[: len(NAMES)]] == [*wanted[2020].sort_values(ascending=False).index]
        means = result.unit_means("series")[code].unstack()
        np.testing.assert_allclose(read.loc["west"], means.loc["west", [2018, 2019, 2020]], rtol=1e-12)
    ranks = tables["pivot-rank-table-1"].set_index("city")
    assert ranks.loc["Delft"].tolist() == result.pivot("rank").loc["Delft", [2018, 2019, 2020]].tolist()
    assert [*ranks["2020"]] == sorted(ranks["2020"])


def test_a_unit_has_its_scores_and_ranks_beside_the_mean_of_its_group(result, tables):
    now, ranks = result.scores.xs(2020, level="year"), result.ranks().xs(2020, level="year")
    means = result.unit_means().xs(2020, level="year")
    within = result.ranks(within=["period", "coast"]).xs(2020, level="year")
    for number, (unit, coast) in enumerate((("Cork", "west"), ("Brno", "east")), 1):
        own = tables[f"profile-scores-table-{number}"].set_index("group")
        np.testing.assert_allclose(own["score"], now.loc[unit])
        np.testing.assert_allclose(own["rank"], ranks.loc[unit])
        np.testing.assert_allclose(own["group mean"], means.loc[coast])
        np.testing.assert_allclose(own["rank in group"], within.loc[unit])
        np.testing.assert_allclose(own["level"], result.series().loc[(unit, 2020)])


def test_strengths_and_weaknesses_are_the_distances_from_that_mean(result, tables):
    scores = result.normalised.xs(2020, level="year")
    west = cities().query("year == 2020 and coast == 'west'").set_index("city")["people"]
    mean = (scores.loc[west.index].mul(west, axis=0)).sum() / west.sum()
    own = tables["profile-indicators-table-1"].set_index("indicator")
    np.testing.assert_allclose(own["group mean"], mean[own.index], rtol=1e-12)
    np.testing.assert_allclose(own["difference"], (scores.loc["Cork"] - mean)[own.index], rtol=1e-9)
    assert [*own["difference"]] == sorted(own["difference"], reverse=True)
    assert [*own["stands out"]] == ["strength" if x > 0 else "weakness" for x in own["difference"]]
    np.testing.assert_allclose(own["value"], result.raw.loc[("Cork", 2020), own.index])
    np.testing.assert_allclose(own["rank"], scores.rank(ascending=False).loc["Cork", own.index])


def test_contributions_of_a_unit_sum_to_what_they_are_of(result, tables):
    own = tables["profile-parts-table-1"]
    at = ("Cork", 2020)
    assert own["to score"].sum() == pytest.approx(result.scores["total"][at])
    assert own["to level"].sum() == pytest.approx(result.series()["total"][at])
    assert own["to change"].sum() == pytest.approx(result.changes(1, "points")["total"][at])


def test_a_sentence_says_where_a_unit_stands(result, page):
    said = "".join(page.pieces)
    rank = int(result.ranks()["total"]["Cork", 2020])
    within = int(result.ranks(within=["period", "coast"])["total"]["Cork", 2020])
    score = f"{result.scores['total']['Cork', 2020]:.2f}"
    assert f"Cork has a score of {score}, rank {rank} of 6; within west it is {within} of 4" in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_profiles_are_in_both_languages(result, tmp_path, lang):
    page = read(result.report(tmp_path / "p.html", lang=lang, units="Fano"))[1]
    say = words(lang, "report")
    said = "".join(page.pieces)
    for key in ("profiles", "group mean", "to level", "stands out", "strength"):
        assert say[key] in said
    assert say("profile parts table", unit="Fano") in said
    assert say("pivot rank table", name="total") in said
    assert say["left out after"].partition("{")[0] not in said


def test_the_mean_of_a_unit_without_a_group_is_that_of_all(tmp_path):
    result = INDEX.replace({"groups_of_units": []}).compute(cities())
    page = read(result.report(tmp_path / "p.html", units=["Evora"]))[1]
    own = csv_table(page.files()["table-profile-scores-table-1.csv"]).set_index("group")
    np.testing.assert_allclose(own["group mean"], result.scores.xs(2021, level="year").mean())
    assert "rank in group" not in own
    said = "".join(page.pieces)
    assert "Evora: scores and ranks, with the mean of all units of the period" in said
    assert re.search(r"Evora has a score of \d+\.\d\d, rank \d of 6\.", said)


def test_a_cross_section_has_profiles_too(tmp_path):
    index = INDEX.replace({"period": None, "base": None, "aggregate": "topsis", "groups_of_units": ["coast"]})
    table = cities().query("year == 2020").drop(columns=["year", "people"])
    table.loc[table["city"] == "Cork", "a"] = np.nan
    result = index.replace({"missing": "propagate"}).compute(table)
    page = read(result.report(tmp_path / "p.html", units=["Brno", "Cork"]))[1]
    said = "".join(page.pieces)
    assert "Cork has no score." in said
    assert "table-profile-parts-table-1.csv" not in page.files()
    assert "table-pivot-score-table-1.csv" not in page.files()
    assert "table-profile-indicators-table-2.csv" in page.files()


def test_many_profiles_are_without_charts(tmp_path):
    table = pd.concat([cities(seed).assign(city=lambda t, s=seed: t["city"] + str(s)) for seed in range(3)])
    result = INDEX.compute(table)
    every = [*dict.fromkeys(table["city"])]
    page = read(result.report(tmp_path / "p.html", units=every[:13]))[1]
    said = "".join(page.pieces)
    assert "Of more than 12 units the profiles are without charts." in said
    assert "table-profile-scores-table-13.csv" in page.files()
    assert not [one for one in page.having("figure") if one["id"].startswith("chart-radar")]


def test_many_periods_show_the_last_ones(tmp_path):
    years = range(1990, 2020)
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"city": np.repeat(["A", "B"], 30), "year": [*years] * 2, "x": rng.random(60)})
    index = hi.Index(unit="city", period="year", groups=[hi.Group("all")], indicators=[hi.Indicator("x", "all")])
    text, page = read(index.compute(table).report(tmp_path / "p.html"))
    assert "(the last 12 of 30 periods)" in "".join(page.pieces)
    shown = re.search(r'<table id="table-pivot-score-table-1".*?</thead>', text, re.DOTALL)[0]
    assert re.findall(r"\b\d{4}\b", shown) == [*map(str, range(2008, 2020))]
    # The file has all.
    assert [*csv_table(page.files()["table-pivot-score-table-1.csv"])] == ["city", *map(str, years)]


def test_everything_that_cannot_be_chosen_is_told(result, tmp_path):
    path = tmp_path / "p.html"
    for given, error, says in (
        ({"period": 2025}, hi.DataError, ["period: no row of 2025"]),
        ({"period": "2019:2020"}, hi.SpecError, ["period: one period, such as 2021, not '2019:2020'"]),
        ({"period": "soon"}, hi.SpecError, ["period: cannot read 'soon'"]),
        ({"units": ["Corc", "Brn"]}, hi.SpecError, ["no unit 'Corc'; did you mean 'Cork'", "no unit 'Brn'"]),
    ):
        with pytest.raises(error) as refused:
            result.report(path, **given)
        assert [one for one in says if one not in str(refused.value)] == []
        assert "period: period" not in str(refused.value)
    series = INDEX.replace({"unit": None, "groups_of_units": []}).compute(cities().query("city == 'Cork'"))
    with pytest.raises(hi.SpecError, match="units: the rows have no unit"):
        series.report(path, units=["Cork"])
    flat = INDEX.replace({"period": None, "base": None}).compute(cities().query("year == 2020"))
    with pytest.raises(hi.SpecError, match="period: the rows have no period"):
        flat.report(path, period=2020)
    gone = INDEX.compute(cities().drop(index=3))
    with pytest.raises(hi.DataError, match=r"units: no row in 2021 of 'Arles'; choose another period"):
        gone.report(path, units=["Arles", "Cork"])
    assert not path.exists()


def test_names_of_units_point_to_their_codes(tmp_path):
    table = cities().assign(called=lambda t: "City of " + t["city"])
    result = INDEX.replace({"unit_names": "called"}).compute(table)
    with pytest.raises(hi.SpecError, match="no unit 'City of Fano'; it is 'Fano' in the table"):
        result.report(tmp_path / "p.html", units=["City of Fano"])
    page = read(result.report(tmp_path / "p.html", units=["Fano"]))[1]
    assert "City of Fano has a score of" in "".join(page.pieces)


def test_draws_are_those_of_the_rows_that_are_shown(result, tmp_path):
    options = {"draws": 8, "rng": 1, "progress": False}
    whole = hi.uncertainty(INDEX, cities(), {"weights": hi.Noise(0.2)}, **options)
    with pytest.raises(hi.DataError, match=r"drawn also for rows after 2019; draw it with rows='2018:2019'"):
        result.report(tmp_path / "p.html", period=2019, uncertainty=whole)
    some = hi.uncertainty(INDEX, cities(), {"weights": hi.Noise(0.2)}, rows="2018:2019", **options)
    page = read(result.report(tmp_path / "p.html", period=2019, uncertainty=some))[1]
    assert set(csv_table(page.files()["table-rank-intervals-table.csv"])["year"]) == {2018, 2019}


def test_the_command_takes_period_and_units(tmp_path):
    INDEX.write(tmp_path / "index.toml")
    cities().to_csv(tmp_path / "data.csv", index=False)
    files = [str(tmp_path / name) for name in ("index.toml", "data.csv", "page.html")]
    for units in (["--units", "Cork,Brno"], ["--unit", "Cork", "--unit", "Brno"]):
        ran = CliRunner().invoke(main, ["report", *files, "--period", "2020", *units, "--draws", "8"])
        assert ran.exit_code == 0, ran.output
        page = read(tmp_path / "page.html")[1]
        said = "".join(page.pieces)
        assert "First in 2020" in said
        assert said.index("Cork has a score") < said.index("Brno has a score")
        assert set(csv_table(page.files()["table-rank-intervals-table.csv"])["year"]) == {2018, 2019, 2020}
    ran = CliRunner().invoke(main, ["report", *files, "--period", "2031", "--units", "Corc"])
    assert ran.exit_code == 2
    assert "no row of 2031" in ran.stderr
    numbered = cities().assign(city=lambda t: t["city"].map({name: i for i, name in enumerate(NAMES, 1)}))
    numbered.to_csv(tmp_path / "data.csv", index=False)
    ran = CliRunner().invoke(main, ["report", *files, "--unit", "3"])
    assert ran.exit_code == 0, ran.output
    assert "3 has a score of" in "".join(read(tmp_path / "page.html")[1].pieces)
