"""The examples compute, agree with the published figures, and say of themselves what is so."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table
from hengdian_index.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
OFFICIAL = EXAMPLES / "official_indexes"
HENGDIAN = EXAMPLES / "hengdian"
COUNTRIES = EXAMPLES / "countries"
NAMES = sorted(path.parent.name for path in EXAMPLES.rglob("index.toml"))
# Of each official index: its case, and the check of the case that bounds each of its figures.
CASES = {
    "new_drivers": ("nbs_new_drivers", {"index": 0, "growth": 0, "share of level": 1, "share of change": 2}),
    "pmi": ("pmi", {"index": 0}),
    "pbc": ("pbc", {"index": 0}),
}
SIX = {
    "cluster": ("集聚", "Cluster"),
    "environment": ("发展环境", "Development environment"),
    "influence": ("影响力", "Influence"),
    "innovation": ("创新", "Innovation"),
    "internationalisation": ("国际化", "Internationalisation"),
    "prosperity": ("景气", "Prosperity"),
}
LABEL = "MADE-UP DATA 虚构数据"


@pytest.fixture(scope="module")
def compared() -> Callable[[str], pd.DataFrame]:
    """Return the function of compare.py that sets rebuilt figures beside published ones."""
    found: Callable[[str], pd.DataFrame] = runpy.run_path(str(OFFICIAL / "compare.py"))["compared"]
    return found


@pytest.fixture(scope="module")
def hengdian() -> hi.Result:
    index, table = hi.example("hengdian")
    return index.compute(table)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_computes(name: str) -> None:
    index, table = hi.example(name)
    result = index.compute(table)
    assert len(result.scores) == len(table)
    assert result.scores.notna().all(axis=None)
    assert hi.Index.from_toml(index.to_toml()) == index


def test_the_gallery_lists_its_examples() -> None:
    assert NAMES == ["countries", "film_industry", "hengdian", "new_drivers", "pbc", "pmi"]
    with pytest.raises(hi.SpecError, match=re.escape(f"no example 'pmj'; did you mean 'pmi'? ({', '.join(NAMES)})")):
        hi.example("pmj")


@pytest.mark.parametrize("name", CASES)
def test_rebuilt_figures_are_the_published_ones(
    name: str, compared: Callable[[str], pd.DataFrame], published: Path
) -> None:
    case, checks = CASES[name]
    tolerances = [check["tolerance"] for check in tomllib.loads((published / case / "CASE.toml").read_text())["check"]]
    found = compared(name)
    assert set(found["figure"]) == set(checks)
    assert (found["difference"].abs() <= found["figure"].map(checks).map(dict(enumerate(tolerances)))).all()


@pytest.mark.parametrize(("name", "keys"), [("pmi", ["month"]), ("pbc", ["quarter", "question"])])
def test_components_and_figures_are_those_of_the_case(name: str, keys: list[str], published: Path) -> None:
    pd.testing.assert_frame_equal(
        pd.read_csv(OFFICIAL / name / "data.csv"), pd.read_csv(published / name / "data.csv"), check_exact=True
    )
    figures = pd.read_csv(OFFICIAL / name / "published.csv").set_index(keys)["published"]
    expected = pd.read_csv(published / name / "expected.csv").set_index(keys).iloc[:, 0]
    pd.testing.assert_series_equal(figures, expected, check_names=False, check_exact=True)


def test_new_drivers_are_those_of_the_case_and_their_years_before(published: Path) -> None:
    case = pd.read_csv(published / "nbs_new_drivers" / "data.csv")
    data = pd.read_csv(OFFICIAL / "new_drivers" / "data.csv", index_col="year")
    for _, row in case.iterrows():
        year, category, growth = row["year"], row["category"], row["growth_percent"]
        assert data.loc[year, category] == row["index"]
        assert data.loc[year - 1, category] == pytest.approx(row["index"] / (1 + growth / 100), abs=1e-6)
    assert (data["origin"] == "published").to_dict() == {2016: False, 2017: True, 2019: False, 2020: True}
    figures = pd.read_csv(OFFICIAL / "new_drivers" / "published.csv").set_index(["figure", "year", "code"])["published"]
    totals = pd.read_csv(published / "nbs_new_drivers" / "expected_total.csv")
    shares = pd.read_csv(published / "nbs_new_drivers" / "expected_contribution.csv")
    expected: dict[Any, float] = {}
    for year, level, growth in totals.itertuples(index=False):
        expected |= {("index", year, "new_drivers"): level, ("growth", year, "new_drivers"): growth}
    for year, category, share, of in shares.itertuples(index=False):
        expected[f"share of {of}", year, category] = share
    assert figures.to_dict() == expected


def test_the_readme_prints_the_growth_of_the_case(published: Path) -> None:
    case = pd.read_csv(published / "nbs_new_drivers" / "data.csv").pivot(
        index="category", columns="year", values="growth_percent"
    )
    rows = re.findall(r"^\| [a-z ]+ \S+ \| ([\d.]+) \| ([\d.]+) \|$", readme(OFFICIAL), re.M)
    order = [i.code for i in hi.example("new_drivers")[0].indicators]
    assert np.array(rows, dtype=float).tolist() == case.loc[order].to_numpy().tolist()


def test_the_readme_shows_what_compare_prints() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(str(OFFICIAL / "compare.py"), run_name="__main__")
    blocks = re.findall(r"^```text\n(.*?)^```", readme(OFFICIAL), re.M | re.DOTALL)
    assert "\n".join(blocks).rstrip() == said.getvalue().rstrip()


def test_the_pmi_as_a_tree_of_five_is_the_same_and_splits() -> None:
    index, table = hi.example("pmi")
    tree = hi.Index.from_toml(
        (EXAMPLES.parent / "docs" / "about" / "gallery" / "official.md").read_text(encoding="utf-8").split('"""')[1]
    )
    levels = tree.compute(table)
    np.testing.assert_allclose(levels.scores["pmi"], index.compute(table).scores["pmi"], rtol=1e-12)
    points = levels.contributions(base="2016-02", to=levels.scores["pmi"].iloc[0])
    np.testing.assert_allclose(points.sum(axis=1).iloc[1:], np.diff(levels.scores["pmi"]), atol=1e-10)
    assert points.loc["2017-02", "supplier_delivery"] == pytest.approx(-0.15 * (50.5 - 49.8))


def test_the_template_has_the_six_sub_indexes_in_both_languages() -> None:
    index, _ = hi.example("hengdian")
    (root,) = [group.code for group in index.groups if group.parent is None]
    names = {group.code: group.name for group in index.groups if group.parent == root}
    assert names == {code: f"{chinese}指数 {english}" for code, (chinese, english) in SIX.items()}
    assert {indicator.parent for indicator in index.indicators} == set(SIX)
    assert all(re.match(r"[\u4e00-\u9fff]+ [A-Z]", indicator.name) for indicator in index.indicators)


@pytest.mark.parametrize("name", ["README.md", "index.toml", "make_data.py", "make_workbook.py"])
def test_every_file_of_the_template_says_that_its_data_are_made_up(name: str) -> None:
    assert LABEL in (HENGDIAN / name).read_text(encoding="utf-8")[:200]


def test_the_data_of_the_template_are_made_up_the_same_each_time() -> None:
    made = runpy.run_path(str(HENGDIAN / "make_data.py"))["made_up"]()
    _, table = hi.example("hengdian")
    pd.testing.assert_frame_equal(table, made, check_dtype=False)
    assert (table["remark"] == LABEL).all()
    described = re.findall(r"^\| `(\w+)` \| \S.* \| ", readme(HENGDIAN).split("## The columns")[1], re.M)
    assert described == list(table.columns)


def test_the_workbook_is_what_its_script_writes(tmp_path: Path) -> None:
    runpy.run_path(str(HENGDIAN / "make_workbook.py"))["main"](tmp_path / "again.xlsx")
    index, table = hi.example("hengdian")
    for path in (HENGDIAN / "hengdian.xlsx", tmp_path / "again.xlsx"):
        assert hi.Index.read(path) == index
        pd.testing.assert_frame_equal(read_table(path), table, check_exact=True)
    assert LABEL in hi.Index.read(HENGDIAN / "hengdian.xlsx").name
    assert (HENGDIAN / "hengdian.xlsx").stat().st_size < 100_000


def test_the_workbook_gives_the_numbers_of_the_text_files(tmp_path: Path) -> None:
    said = {}
    for out, index, data in (("book", "hengdian.xlsx", "hengdian.xlsx"), ("text", "index.toml", "data.csv")):
        run = CliRunner().invoke(
            main, ["compute", str(HENGDIAN / index), str(HENGDIAN / data), "--out", str(tmp_path / out)]
        )
        assert run.exit_code == 0, run.output
        said[out] = run.stdout.split("Written to")[0]
    assert said["book"] == said["text"]
    assert LABEL in said["book"]
    for path in sorted((tmp_path / "book").glob("*.csv")):
        assert path.read_text(encoding="utf-8") == (tmp_path / "text" / path.name).read_text(encoding="utf-8"), path


def test_the_template_shows_what_its_readme_says(hengdian: hi.Result) -> None:
    _, table = hi.example("hengdian")
    built = hi.climate.diffusion(table["now_better"], table["now_same"])
    np.testing.assert_allclose(hengdian.raw["business_now"], built)
    np.testing.assert_allclose(hengdian.normalised["business_now"], 60 + 0.4 * built)
    weights = hengdian.weights_by_period
    assert weights.index.tolist() == ["", "2021Q1", "2022Q1"]
    assert np.isnan(weights["innovation", "virtual_stages"].iloc[0])
    assert weights["composite", "innovation"].round(9).tolist() == [0.15, 0.15, 0.2]
    provisional = hengdian.provisional.stack()
    assert set(provisional[provisional].index) == {("2023Q4", "composite"), ("2023Q4", "internationalisation")}
    assert hengdian.series().loc["2019Q1":"2019Q4"].mean().round(9).eq(100).all()


def test_a_later_quarter_moves_no_level_of_the_template(hengdian: hi.Result) -> None:
    index, table = hi.example("hengdian")
    before = index.fit(table).score(table.iloc[:-1]).series()
    pd.testing.assert_frame_equal(before, hengdian.series().iloc[:-1], check_exact=True)


@pytest.fixture(scope="module")
def countries() -> hi.Result:
    index, table = hi.example("countries")
    return index.compute(table)


def test_the_note_on_the_countries_says_what_the_data_say(countries: hi.Result) -> None:
    _, table = hi.example("countries")
    note = " ".join(readme(COUNTRIES).split())
    assert re.findall(r"^\| `(\w+)` \| \S.* \| ", readme(COUNTRIES), re.M) == list(table.columns)
    assert (len(table), int(table.isna().sum().sum())) == (194, 7)
    assert table.isna().any().loc[lambda empty: empty].index.tolist() == ["producer_hhi", "metacritic"]
    gone = pd.MultiIndex.from_product([table["code"].unique(), table["year"].unique()])
    assert gone.difference(pd.MultiIndex.from_frame(table[["code", "year"]])).tolist() == [("IND", 2000)]
    few, fewest = int((table["films"] <= 5).sum()), int((table["films"] <= 2).sum())
    assert f"{few} rows rest on five films or fewer, {fewest} of them on one or two" in note
    films = table.groupby("code")["films"].sum()
    assert films["USA"] > films.sum() / 2
    assert f"China has {films['CHN']} films in 15 years" in note
    low = countries.series().loc[("KOR", 2001), "film"]
    assert f"the level of South Korea falls to {low:.0f} in 2001, which has one film" in note
    assert table.set_index(["code", "year"]).loc[("KOR", 2001), "films"] == 1
    assert table.groupby("code")[["country", "country_zh", "region", "region_zh"]].nunique().eq(1).all(axis=None)


def test_the_films_of_countries_are_those_of_the_source(software: Path) -> None:
    source = software.parents[1] / "data" / "film_world_yearly" / "film_country_year.csv"
    if not source.is_file():
        pytest.skip(f"the source is not here ({source})")
    _, table = hi.example("countries")
    rows = pd.read_csv(source).replace({"country": {"Hong Kong": "Hong Kong SAR"}}).set_index(["country", "year"])
    own = table.set_index(["country", "year"]).drop(columns=["code", "country_zh", "region", "region_zh"])
    assert len(own) == (rows.index.get_level_values("year") >= 2000).sum()
    pd.testing.assert_frame_equal(own, rows.loc[own.index, own.columns], check_dtype=False)


def test_the_countries_show_what_a_panel_needs(countries: hi.Result) -> None:
    _, table = hi.example("countries")
    ranks, scores = countries.ranks(), countries.scores
    again = scores.groupby(level="year").rank(ascending=False, method="min")
    pd.testing.assert_frame_equal(ranks, again)
    base = countries.series().query("2001 <= year <= 2005").groupby(level="code").mean()
    np.testing.assert_allclose(base, 100)
    means = countries.unit_means()["film"]
    weights = table.set_index(["code", "year"])["films"]
    for year in (2001, 2014):
        here, w = scores["film"].xs(year, level="year"), weights.xs(year, level="year")
        assert means[("All thirteen 全部", year)] == pytest.approx((here * w).sum() / w.sum())
        europe = here[["DEU", "ESP", "FRA", "GBR", "ITA"]].mean()
        assert means[("Europe", year)] == pytest.approx(europe)
    filled = countries.log.query("step == 'impute' and after == after").set_index(["unit", "period"])["after"]
    raw = table.set_index(["code", "year"])["metacritic"]
    assert len(filled) == 3
    for unit, period in filled.index:
        between = raw[[(unit, int(period) - 1), (unit, int(period) + 1)]].mean()
        assert filled[unit, period] == pytest.approx(between)


def test_the_season_of_the_template_can_be_taken_out() -> None:
    pytest.importorskip("statsmodels")
    index, table = hi.example("hengdian")

    def swing(values: pd.Series) -> float:
        means = values.groupby(values.index.str[-2:]).mean()
        return float(means.max() / means.min())

    adjusted = index.replace({"crews.deseasonalise": "stl"}).compute(table)
    assert swing(adjusted.raw["crews"]) > 1.25
    assert swing(adjusted.prepared["crews"]) < 1.1


def readme(folder: Path) -> str:
    """Return the note of an example."""
    return (folder / "README.md").read_text(encoding="utf-8")
