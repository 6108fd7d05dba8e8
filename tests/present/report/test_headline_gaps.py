"""What rests on part of the weight is marked where numbers are shown, and what has no score is blank."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from support.pages import csv_table, read

import hengdian_index as hi
from hengdian_index._index import coverage
from hengdian_index._present.report import units
from hengdian_index._present.report.headline import headline, partial
from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")

GROUP_WEIGHTS = {"one": 0.6, "two": 0.4}


def index_of(**more) -> hi.Index:
    groups = [hi.Group("total", weights=GROUP_WEIGHTS), hi.Group("one", "total"), hi.Group("two", "total")]
    indicators = [hi.Indicator(c, p) for c, p in zip("abcd", ["one", "one", "two", "two"], strict=True)]
    scale = {"method": "min_max", "lower": 60, "upper": 100}
    given = {
        "unit": "town",
        "period": "year",
        "base": "2020",
        "base_of": "mean",
        "normalise": scale,
        "missing": "reweight",
        "coverage": 0.3,
    }
    return hi.Index(groups=groups, indicators=indicators, **(given | more))


def table_of() -> pd.DataFrame:
    """Four towns in three years; in the last, Ash lacks the group one, Elm an indicator of the group two."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.lognormal(3, 0.4, (12, 4)).round(1), columns=list("abcd"))
    frame = frame.assign(town=np.repeat(["Ash", "Birch", "Elm", "Oak"], 3), year=np.tile([2020, 2021, 2022], 4))
    last = frame["year"] == 2022
    frame.loc[last & (frame["town"] == "Ash"), ["a", "b"]] = np.nan
    frame.loc[last & (frame["town"] == "Ash"), ["c", "d"]] = frame[["c", "d"]].max().to_numpy()
    frame.loc[last & (frame["town"] == "Elm"), "c"] = np.nan
    return frame


@pytest.fixture(scope="module")
def result():
    return index_of().compute(table_of())


@pytest.fixture(scope="module")
def drawn():
    return hi.uncertainty(index_of(), table_of(), {"weights": hi.Noise(0.25)}, draws=16, progress=False)


@pytest.fixture(scope="module")
def page(result, drawn, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gaps")
    return {lang: read(result.report(folder / f"{lang}.html", lang=lang, uncertainty=drawn)) for lang in ("en", "zh")}


def files(page) -> dict[str, pd.DataFrame]:
    found = page.files().items()
    return {name.removeprefix("table-").removesuffix(".csv"): csv_table(text, index_col=0) for name, text in found}


def test_the_weight_there_is_the_sum_down_the_tree_of_what_is_used(result):
    there = pd.Series(coverage.weight_there(result), index=result.panel.labels)
    wanted = {("Ash", 2022): 40.0, ("Elm", 2022): 80.0}
    for row, share in there.items():
        assert share == pytest.approx(wanted.get(row, 100.0))


def test_an_indicator_under_a_group_without_a_score_does_not_count():
    table = table_of()
    table.loc[2, "a"] = 20.0
    result = index_of().replace({"one.coverage": 0.6}).compute(table)
    assert np.isnan(result.scores["one"]["Ash", 2022])
    assert coverage.weight_there(result)[2] == pytest.approx(40.0)


def test_rows_without_a_score_rest_on_nothing():
    table = table_of()
    table.loc[2, list("abcd")] = np.nan
    result = index_of().compute(table)
    assert np.isnan(coverage.weight_there(result)[2])
    assert "Ash" not in partial(result, units.compared(result), WORDS["en"])


def test_the_headline_marks_a_leader_of_part_of_the_weight(result):
    first = headline(result, None, WORDS["en"])[0]
    assert (first.label, first.value) == ("First in 2022", "Ash")
    assert first.remark.endswith("; 40 % of the weight is there; the rest is reweighted")
    assert headline(result, None, WORDS["zh"])[0].remark.endswith("；有值指标占40%的权重，其余权重已重新分配")
    assert "weight" not in headline(result, None, WORDS["en"])[1].remark


def test_tables_say_how_much_of_the_weight_is_there(page):
    found = files(page["en"][1])
    for name in ("ranking-table", "units-change-table", "units-level-table"):
        assert found[name]["weight there"].to_dict() == pytest.approx({"Ash": 40, "Birch": 100, "Elm": 80, "Oak": 100})
    for lang in ("en", "zh"):
        assert page[lang][0].count(f"{WORDS[lang]['weight there']}</button>") == 3


def test_charts_name_the_rows_of_the_last_period(page):
    said = "These scores rest on part of the weight, the rest is reweighted: Ash (40 % is there), Elm (80 % is there)."
    assert "".join(page["en"][1].pieces).count(said) == 2
    assert "".join(page["zh"][1].pieces).count("：Ash（有值部分占40%）、Elm（有值部分占80%）。") == 2


def test_a_whole_index_has_no_word_of_weights(film, tmp_path):
    index, table = hi.example("film_industry")
    whole = index.compute(table.dropna())
    assert (coverage.weight_there(whole) == 100).all()
    text = whole.report(tmp_path / "r.html").read_text(encoding="utf-8")
    assert WORDS["en"]["weight there"] not in text
    assert "rest on part of the weight" not in text


def test_parts_without_a_score_are_blank_and_the_rest_still_sums(result, page):
    found = files(page["en"][1])
    level, change, score = (found[f"{name}-table"] for name in ("units-level", "units-change", "level-parts"))
    for frame in (level, change, score):
        assert frame["one"].isna().to_dict() == {"Ash": True, "Birch": False, "Elm": False, "Oak": False}
    np.testing.assert_allclose(level[["one", "two"]].sum(axis=1), level["level"])
    np.testing.assert_allclose(change[["one", "two", "reweighting"]].sum(axis=1), change["change"])
    assert result.contributions()["one"]["Ash", 2022] == 0
    last = found["last-table"]["contribution"]
    assert last[["a", "b"]].isna().all()
    assert last.drop(["a", "b"]).notna().all()
    assert list(last.index[-2:]) == ["a", "b"]


def test_a_part_missing_in_the_period_before_is_blank_in_the_change():
    table = table_of()
    table.loc[1, ["a", "b"]] = np.nan
    result = index_of().compute(table)
    parts = coverage.blanked(result, result.contributions(depth="indicators"), 1)
    there = table.set_index(["town", "year"])[list("abcd")].notna()
    expected = there & there.groupby("town").shift(1, fill_value=False)
    pd.testing.assert_frame_equal(parts[list("abcd")].notna(), expected, check_names=False)


def test_only_what_counts_for_nothing_is_blanked(result):
    parts = pd.DataFrame({"one": 0.0, "reweighting": 0.0}, index=result.panel.labels)
    assert coverage.blanked(result, parts)["one"].isna().sum() == 1
    assert coverage.blanked(result, parts)["reweighting"].notna().all()
    parts.loc[("Ash", 2022), "one"] = 1.5
    pd.testing.assert_frame_equal(coverage.blanked(result, parts), parts)


def test_the_headline_of_a_panel_has_levels_changes_and_intervals(result, drawn):
    said = {number.label: number for number in headline(result, drawn, WORDS["en"])}
    levels = result.series()["total"]
    assert said["Level of Ash"].value == f"{levels['Ash', 2022]:.2f}"
    assert "2020 = 100" in said["Level of Ash"].remark
    change = 100 * (levels["Ash", 2022] / levels["Ash", 2021] - 1)
    assert said["Change on the period before"].value == f"{change:+.2f} %"
    assert said["Mean level of all units"].value == f"{levels.xs(2022, level='year').mean():.2f}"
    low, high = drawn.ranks.loc[("Ash", 2022), ["q05", "q95"]]
    assert said["90 % interval of the rank of Ash"].value == f"{low:g} to {high:g}"


def test_a_panel_without_a_base_has_no_levels_in_the_headline():
    labels = [one.label for one in headline(index_of(base=None, base_of="unit").compute(table_of()), None, WORDS["en"])]
    assert not [label for label in labels if re.match("Level|Mean level", label)]
    assert "Change on the period before" in labels
