"""The page of a result: parsed, and its files decoded."""

from __future__ import annotations

import re
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from support.pages import NASTY, SECTIONS, csv_table, read, towns

import hengdian_index as hi
from hengdian_index._present.report.tables import Limits, Sheet, table
from hengdian_index._words.catalogue import LANGUAGES, words
from hengdian_index.cli import main
from hengdian_index.errors import DataError, SpecError

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}
STEPS = {lang: words(lang, "step") for lang in LANGUAGES}

pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")


EACH = pytest.mark.parametrize("case", [(name, lang) for name in ("film", "panel") for lang in ("en", "zh")])


@EACH
def test_a_page_is_whole_and_has_every_section_in_order(written, case):
    text, page = read(written[case])
    ids = [attributes["id"] for _, attributes, _ in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [one["id"] for one in page.having("h2")] == [f"part-{name}" for name in SECTIONS]
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert page.having("html")[0]["lang"].startswith(case[1])
    said = "".join(page.pieces)
    assert all(WORDS[case[1]][name] in said for name in SECTIONS)
    assert WORDS[case[1]]["not drawn"] not in text


@EACH
def test_names_that_are_pointed_at_are_there(written, case):
    _, page = read(written[case])
    ids = {attributes["id"] for _, attributes, _ in page.tags if "id" in attributes}
    aimed = [load[1:] for load in page.loads if load.startswith("#")]
    for name in ("aria-labelledby", "aria-describedby"):
        aimed += [attributes[name] for _, attributes, _ in page.tags if name in attributes]
    assert aimed
    assert set(aimed) <= ids


@EACH
def test_tables_and_charts_can_be_heard(written, case):
    _, page = read(written[case])
    tables = page.having("table")
    assert len(tables) >= 10
    assert len(page.having("caption")) == len(tables)
    assert all(one.get("scope") in ("col", "row") for one in page.having("th"))
    heads = [inside for tag, _, inside in page.tags if tag == "button"]
    columns = [one for one in page.having("th") if one["scope"] == "col"]
    assert len(heads) == len(columns)
    assert all(inside[-1] == "th" for inside in heads)
    assert all(one["aria-sort"] == "none" for one in columns)
    drawn = page.having("svg")
    assert sum(one["class"] == "chart" for one in drawn) >= 6
    assert all(one["role"] == "img" and one["aria-label"] for one in drawn)
    scrolled = [one for one in page.having("div") if one.get("class") in ("scroll", "plot")]
    assert len(scrolled) == len(tables) + sum(one["class"] == "chart" for one in drawn)
    assert all(one["tabindex"] == "0" and one["role"] == "region" and one["aria-labelledby"] for one in scrolled)
    assert page.having("a")[0] == {"class": "skip", "href": "#main"}


@EACH
def test_a_page_loads_nothing_and_is_small(written, case):
    text, page = read(written[case])
    assert all(load.startswith(("#", "data:")) for load in page.loads)
    assert all(target.startswith("#") for target in re.findall(r"url\(\s*['\"]?([^)'\"]*)", text))
    assert not re.search(r"@import|https?:|<iframe|<object|fetch\(|XMLHttp", text)
    assert written[case].stat().st_size < 3_000_000


@pytest.mark.parametrize("case", [("film", "zh"), ("panel", "en")])
def test_the_same_result_gives_the_same_bytes(film, panel, written, case, tmp_path):
    name, lang = case
    index, table = hi.example("film_industry") if name == "film" else towns(NASTY)
    again = index.compute(table)
    path = again.report(tmp_path / "again.html", lang=lang, uncertainty={"film": film, "panel": panel}[name][1])
    assert path.read_bytes() == written[case].read_bytes()
    assert again.provenance["time"] not in path.read_text(encoding="utf-8")
    assert again.provenance["data_sha256"] in path.read_text(encoding="utf-8")


def test_names_are_escaped_and_scripts_are_ours_alone(written):
    text, page = read(written["panel", "en"])
    assert len(page.having("script")) == 1
    assert NASTY not in text
    assert "<script>alert" not in text
    assert NASTY in "".join(page.pieces)


@pytest.mark.parametrize("name", ["film", "panel"])
def test_files_hold_the_tables_to_the_last_digit(film, panel, written, name):
    result, found = {"film": film, "panel": panel}[name]
    files = read(written[name, "en"])[1].files()
    assert len(files) == len(read(written[name, "en"])[1].having("table"))
    expected = {
        "levels-table": result.series(),
        "change-table": result.changes(),
        "score-intervals-table": found.scores,
    }
    for id, frame in expected.items():
        assert files[f"table-{id}.csv"] == frame.to_csv()
    weights = csv_table(files["table-weights-table.csv"])
    assert weights["weight"].tolist() == result.weights.tolist()
    last = csv_table(files["table-last-table.csv"], index_col="part")["contribution"]
    unit = None if name == "film" else found.study.panel.units[result.scores["total"].to_numpy()[3::4].argmax() * 4 + 3]
    row = -1 if name == "film" else int(np.flatnonzero(result.panel.units == unit)[-1])
    parts = result.contributions(depth="indicators").iloc[row].dropna()
    np.testing.assert_allclose(last.loc[list(parts.index)], parts, rtol=1e-15)
    assert list(last.abs()) == sorted(last.abs(), reverse=True)


def test_what_a_table_shows_is_what_its_file_has(film, written):
    text = written["film", "en"].read_text(encoding="utf-8")
    body = re.search(r'<table id="table-levels-table"[^>]*>.*?<tbody>(.*?)</tbody>', text, re.DOTALL)[1]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.strip().split("\n")]
    series = film[0].series()
    assert [row[0] for row in rows] == list(series.index.astype(str))
    np.testing.assert_allclose(np.array([row[1:] for row in rows], dtype=float), series.to_numpy(), atol=0.0051)


def test_headline_numbers_are_those_of_the_result(film, panel, written):
    said = "".join(read(written["film", "en"])[1].pieces)
    level = film[0].series()["film"].iloc[-1]
    assert f"Level in 2010Q2{level:.2f}" in said
    assert f"{film[0].changes()['film'].iloc[-1]:+.2f} %" in said
    assert f"{film[0].changes(4)['film'].iloc[-1]:+.2f} %" in said
    low, high = film[1].series[["q05", "q95"]].iloc[-1]
    assert f"{low:.2f} to {high:.2f}" in said
    scores = panel[0].scores["total"].to_numpy()[3::4]
    first = ["横店", "Birch", NASTY][scores.argmax()]
    assert f"First in 2022{first}" in "".join(read(written["panel", "en"])[1].pieces)


def test_rows_without_a_period_have_a_page_too(tmp_path):
    index, table = towns()
    index = index.replace({"period": None, "base": None})
    result = index.compute(table[table.year == 2022].drop(columns="year"))
    text, page = read(result.report(tmp_path / "r.html"))
    assert "no period" not in text
    assert 'id="part-series"' not in text
    assert WORDS["en"]["not asked"].partition("(")[0] in text
    assert "table-ranking-table.csv" in page.files()


def test_a_part_that_cannot_be_had_says_why(tmp_path):
    index, table = towns()
    result = index.replace({"normalise": "z_score"}).compute(table)
    with pytest.raises(DataError) as error:
        result.series()
    text, page = read(result.report(tmp_path / "r.html"))
    said = "".join(page.pieces)
    assert f"This part cannot be shown: {error.value.faults[0]}" in said
    faults = list(map(str, error.value.faults))
    assert [said.count(fault) for fault in faults] == [1] * min(len(faults), 3) + [0] * (len(faults) - 3)
    assert said.count(f"And {len(faults) - 3} more of this kind.") == (len(faults) > 3)
    assert said.count("This part cannot be shown: the reason is told under “Series”.") == 1
    assert "This chart cannot be drawn" not in said
    assert "table-ranking-table.csv" in page.files()
    assert "table-levels-table" not in text


def test_warnings_stand_on_the_page(tmp_path):
    index, table = towns()
    table.loc[table["year"] == 2019, list("abcd")] = 900.0
    result = index.replace({"normalise": "z_score"}).compute(table)
    with pytest.warns(UserWarning, match="changes have no percent value") as caught:
        result.changes()
    said = "".join(read(result.report(tmp_path / "r.html"))[1].pieces)
    assert str(caught[0].message) in said


def test_a_chart_of_very_many_marks_is_drawn_in_dots(panel, tmp_path, monkeypatch):
    monkeypatch.setattr("hengdian_index._present.report.pictures._MOST", 1000)
    path = panel[0].report(tmp_path / "r.html")
    pictures = read(path)[1].having("img")
    say = words("en", "report", of_years=True)
    titles = [say[f"{name} chart"] for name in ("tree", "lines", "waterfall", "change", "ranking")]
    assert [one["alt"].partition(".")[0] for one in pictures] == titles
    assert all(one["src"].startswith("data:image/png;base64,iVBOR") for one in pictures)
    assert panel[0].report(tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_wrong_requests_are_refused_together_and_leave_no_file(film, tmp_path):
    with pytest.raises(SpecError) as error:
        film[0].report(tmp_path / "r.pdf", lang="fr", title=" ")
    assert [str(fault).partition(":")[0] for fault in error.value.faults] == ["path", "lang", "title"]
    with pytest.raises(SpecError, match=r"what hi\.uncertainty returns, not dict"):
        film[0].report(tmp_path / "r.html", uncertainty={})
    with pytest.raises(DataError, match="cannot write"):
        film[0].report(tmp_path / "no" / "r.html")
    assert list(tmp_path.iterdir()) == []


def test_draws_of_a_group_are_not_taken_for_the_whole(film, tmp_path):
    index, table = hi.example("film_industry")
    found = hi.uncertainty(index, table, {"cluster.weights": hi.Noise(0.25)}, draws=8, node="cluster", progress=False)
    said = "".join(read(film[0].report(tmp_path / "r.html", uncertainty=found))[1].pieces)
    assert "The draws are of the group Cluster 集聚." in said
    assert WORDS["en"]["interval"] not in said


def test_draws_of_another_index_are_refused(film, panel, tmp_path):
    with pytest.raises(DataError, match="drawn for another index or other data"):
        film[0].report(tmp_path / "r.html", uncertainty=panel[1])
    index, table = hi.example("film_industry")
    other = index.replace({"aggregate": "geometric"}).compute(table)
    with pytest.raises(DataError, match="drawn for another index or other data"):
        other.report(tmp_path / "r.html", uncertainty=film[1])
    assert list(tmp_path.iterdir()) == []


def test_without_jinja2_the_remedy_is_named(film, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(SpecError, match=r'pip install "hengdian-index\[report\]"'):
        film[0].report(tmp_path / "r.html")


def test_a_title_of_ones_own(panel, tmp_path):
    page = read(panel[0].report(tmp_path / "r.HTML", title="A & B"))[1]
    assert page.pieces.count("A & B") == 2


def test_both_languages_have_the_same_texts():
    assert set(WORDS["en"]) == set(WORDS["zh"])
    for key, text in WORDS["en"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", WORDS["zh"][key])), key
    assert set(STEPS) == set(WORDS)


@pytest.fixture
def files(tmp_path):
    index, table = towns()
    index.write(tmp_path / "index.toml")
    table.to_csv(tmp_path / "data.csv", index=False)
    return tmp_path / "index.toml", tmp_path / "data.csv"


def test_the_command(files, tmp_path):
    out = tmp_path / "page.html"
    options = ["--lang", "zh", "--draws", "16", "--fit-on", "2019:2021", "--base", "2020"]
    ran = CliRunner().invoke(main, ["report", *map(str, files), str(out), *options])
    assert ran.exit_code == 0, ran.output
    assert ran.stdout == f"已写到{out}\n"
    page = read(out)[1]
    index = hi.Index.read(files[0]).replace({"fit_on": "2019:2021", "base": "2020"})
    expected = index.compute(csv_table(files[1])).series()
    got = csv_table(page.files()["table-levels-table.csv"])
    np.testing.assert_allclose(got[["total", "one", "two"]], expected[["total", "one", "two"]], rtol=1e-15)
    assert "table-rank-intervals-table.csv" in page.files()


def test_the_command_refuses_bad_input_and_leaves_no_file(files, tmp_path):
    files[1].write_text("town,year,a\nx,2019,1\n", encoding="utf-8")
    ran = CliRunner().invoke(main, ["report", *map(str, files), str(tmp_path / "page.html")])
    assert ran.exit_code == 2
    assert ran.stderr.startswith("DataError: ")
    assert not (tmp_path / "page.html").exists()


def test_a_cross_section_has_no_chapter_without_content(tmp_path):
    index, table = towns()
    index = index.replace({"period": None, "base": None})
    result = index.compute(table[table.year == 2022].drop(columns="year"))
    for lang in ("en", "zh"):
        _, page = read(result.report(tmp_path / "r.html", lang=lang))
        said = "".join(page.pieces)
        assert WORDS[lang]["contributions"] in said
        assert WORDS[lang]["level table"] in said
        assert "has no period" not in said
        assert "没有时期" not in said


def test_the_fit_rows_are_said_by_units_and_periods(written):
    assert "12 rows3 units; 2019 – 2022" in "".join(read(written["panel", "en"])[1].pieces).replace("\n", "")
    assert "12个样本3个单位；2019 – 2022" in "".join(read(written["panel", "zh"])[1].pieces).replace("\n", "")


def test_a_long_log_has_a_digest(tmp_path):
    index, rows = towns()
    rows = rows.assign(a=rows["a"].mask(rows["year"] % 2 == 0))
    long = pd.concat([rows.assign(town=[f"{town} {i}" for town in rows["town"]]) for i in range(3)])
    result = index.replace({"impute": "carry_forward", "base": None, "coverage": 0.0}).compute(long)
    for lang in ("en", "zh"):
        text, page = read(result.report(tmp_path / "r.html", lang=lang))
        assert WORDS[lang]["digest table"] in text
        assert "table-digest-table.csv" in page.files()
        assert {"en": "carry_forward: filled", "zh": "carry_forward：已插补"}[lang] in text


def test_a_table_that_is_cut_says_where_all_of_it_is():
    frame = pd.DataFrame({"x": np.arange(50.0)})
    for lang in ("en", "zh"):
        say = WORDS[lang]
        for whole in ("", say["command writes"], say["python has"].format(what="uncertainty.scores")):
            note = table(Sheet("t", "T", frame, whole=whole), say, Limits(20, 30, 0)).note
            assert note == say["shown only"].format(shown=10, all=50, whole=whole)
            assert ("--out" in note) == (whole == say["command writes"])
            assert ("uncertainty.scores" in note) == ("uncertainty" in whole)
