"""Levels stand side by side only where units have one base; where each has its own, scores and growth do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.pages import csv_table, read, towns

import hengdian_index as hi
from hengdian_index._index.text import summary
from hengdian_index._present.cards import of_result
from hengdian_index._present.report.headline import headline
from hengdian_index._words.catalogue import LANGUAGES, words

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
plt = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is not installed: there are no charts")


def made(
    base_of: Any, towns_named: Any = None, *, lang: Any = "en", folder: Any
) -> tuple[hi.Result, dict[str, Any], str]:
    """Return a result, the tables of its page by name, and what the page says."""
    index, table = towns()
    result = index.replace({"base_of": base_of}).compute(table)
    page = read(result.report(folder / "r.html", units=towns_named, lang=lang))[1]
    files = {name.removeprefix("table-").removesuffix(".csv"): csv_table(text) for name, text in page.files().items()}
    return result, files, "".join(page.pieces)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("chosen", [None, ["Birch"], ["横店", "Birch"]])
def test_levels_on_bases_of_their_own_are_not_set_side_by_side(tmp_path, lang, chosen):
    result, files, said = made("unit", chosen, lang=lang, folder=tmp_path)
    assert not {"levels-table", "units-level-table", "units-change-table"} & set(files)
    assert not [name for name in files if name.startswith("pivot-level")]
    assert {"scores-table", "pivot-score-table-1", "pivot-rank-table-1", "change-table", "units-growth-table"} <= set(
        files
    )
    np.testing.assert_allclose(files["scores-table"]["total"], result.scores["total"])
    assert words(lang, "report")("levels apart", base="2019 = 100") in said
    assert 'base_of = "mean"' in said
    title = "score lines chart" if chosen is None else "own lines chart"
    assert words(lang, "report")[title] in said
    labels = [number.label for number in headline(result, None, words(lang, "report"))]
    assert not [label for label in labels if "evel" in label or "水平" in label]


@pytest.mark.parametrize("base_of", ["mean", "Birch"])
def test_with_one_base_for_all_they_are(tmp_path, base_of):
    result, files, said = made(base_of, folder=tmp_path)
    assert {"levels-table", "pivot-level-table-1", "units-level-table", "units-change-table"} <= set(files)
    assert "has a base of its own" not in said
    whose = "mean of the units" if base_of == "mean" else base_of
    assert f"{whose}, 2019 = 100" in said
    np.testing.assert_allclose(files["levels-table"]["total"], result.series()["total"])
    assert "Mean level of all units" in said


def test_every_unit_finds_its_growth_and_what_makes_it(tmp_path):
    result, files, _ = made("unit", folder=tmp_path)
    growth = files["units-growth-table"].set_index("town")
    rate = result.changes()["total"].xs(2022, level="year")
    np.testing.assert_allclose(growth["growth"].loc[rate.index], rate, rtol=1e-12)
    np.testing.assert_allclose(growth[["one", "two"]].sum(axis=1), growth["growth"], rtol=1e-9)
    np.testing.assert_allclose(growth["score"].loc[rate.index], result.scores["total"].xs(2022, level="year"))
    last = files["last-table"].set_index("part")
    best = growth.index[0]
    np.testing.assert_allclose(last["to growth"].sum(), rate[best], rtol=1e-9)
    np.testing.assert_allclose(last["share of change"].sum(), 100, rtol=1e-9)
    through = files["growth-parts-table"].dropna()
    assert set(through["town"]) == {best}
    np.testing.assert_allclose(through["growth"], result.changes()["total"].loc[best].dropna(), rtol=1e-9)


@pytest.mark.parametrize("base_of", ["unit", "mean"])
def test_intervals_of_levels_stand_side_by_side_where_these_do(tmp_path, base_of):
    index, table = towns()
    index = index.replace({"base_of": base_of})
    drawn = hi.uncertainty(index, table, {"weights": hi.Noise(0.25)}, draws=8, progress=False)
    files = read(index.compute(table).report(tmp_path / "r.html", uncertainty=drawn))[1].files()
    assert ("table-series-intervals-table.csv" in files) == (base_of == "mean")
    assert "table-score-intervals-table.csv" in files


def test_of_one_series_levels_and_growth_are_told():
    index, table = towns()
    alone = index.replace({"base_of": "unit", "unit": None}).compute(
        table[table["town"] == "Birch"].drop(columns="town")
    )
    assert "Change" in "".join(number.label for number in headline(alone, None, words("en", "report")))
    assert "on year %" in summary(alone)


def test_changes_from_levels_below_0_have_no_growth_and_the_page_none(tmp_path):
    index, table = towns()
    result = index.replace({"base_of": "unit", "base": None, "normalise": "z_score"}).compute(table)
    page = read(result.report(tmp_path / "r.html"))[1].files()
    parts = csv_table(page["table-last-table.csv"], index_col="part")
    known = result.contributions(depth="indicators").iloc[-1]
    assert set(parts.columns) <= {"name", "contribution", "to growth", "share of change"}
    assert len(known)


@pytest.mark.parametrize("base_of", ["unit", "mean"])
def test_summaries_show_levels_that_compare(tmp_path, base_of):
    index, table = towns()
    result = index.replace({"base_of": base_of}).compute(table)
    assert ("2019 = 100)" in summary(result)) == (base_of == "mean")
    shown = result.series() if base_of == "mean" else result.scores
    assert f"{shown['total'].iloc[-1]:.4g}"[:4] in of_result(result)
    result.to_excel(tmp_path / "b.xlsx")
    sheet = pd.read_excel(tmp_path / "b.xlsx", sheet_name="summary", engine="calamine", header=None)
    values = sheet[sheet[0] == "Birch"].iloc[0, 3:].astype(float)
    np.testing.assert_allclose(values, shown.loc[("Birch", 2022)], rtol=1e-9)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_of_growth_is_made_of_the_other_sheets(tmp_path, lang):
    index, table = towns()
    result = index.compute(table)
    result.to_excel(tmp_path / "b.xlsx", lang=lang)
    frame = pd.read_excel(tmp_path / "b.xlsx", sheet_name=words(lang, "workbook")["growth"], engine="calamine")
    np.testing.assert_allclose(frame.iloc[:, 2], result.changes()["total"], rtol=1e-9)
    np.testing.assert_allclose(frame.iloc[:, 3:], result.contributions(of="growth", depth="indicators"), rtol=1e-9)
    assert [*frame.columns[3:]] == ["a", "b", "c", "d"]


def test_lines_of_scores_and_of_the_units_that_score_best():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        [(f"u{i}", y, rng.uniform(1, 9)) for i in range(12) for y in (2020, 2021)], columns=["u", "y", "x"]
    )
    index = hi.Index(
        unit="u",
        period="y",
        base=2020,
        normalise={"method": "min_max", "lower": 1, "upper": 9},
        groups=[hi.Group("all")],
        indicators=[hi.Indicator("x", "all")],
    )
    own, mean = (index.replace({"base_of": one}).compute(frame) for one in ("unit", "mean"))
    best = own.scores["all"].xs(2021, level="y").nlargest(8).index
    for result, of, base in (
        (own, "series", None),
        (own, "scores", None),
        (mean, "series", None),
        (mean, "series", 2021),
    ):
        ax = result.plot.lines(of=of, base=base)
        drawn = {line.get_label(): line for line in ax.lines if str(line.get_label()).startswith("u")}
        assert set(drawn) == set(best)
        wanted = result.scores if of == "scores" else result.series(base)
        for unit, line in drawn.items():
            np.testing.assert_allclose(line.get_ydata(), wanted.loc[unit, "all"])
        by = (
            "the 8 of 12 units with the highest scores"
            if (result is own and of == "series")
            else "the 8 highest of 12 units"
        )
        assert by in ax.get_title().replace("\n", " ")
        plt.close("all")
    ax = own.plot.lines(of="scores")
    assert ax.get_ylabel() == "score"
    with pytest.raises(hi.SpecError, match="scores have no base; take base and to out"):
        own.plot.lines(of="scores", base=2021)
    with pytest.raises(hi.SpecError, match="of: no 'score'; did you mean 'scores'"):
        own.plot.lines(of="score")
    plt.close("all")
