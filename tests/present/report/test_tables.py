"""Tables of the page: decimals that suit a reader, files that no spreadsheet computes."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
import pytest
from support.pages import read, towns

import hengdian_index as hi
from hengdian_index._present.report import sections
from hengdian_index._present.report.tables import Limits, Sheet, table
from hengdian_index._tables.guard import guarded
from hengdian_index._words.catalogue import LANGUAGES, words

WORDS = {lang: words(lang, "report") for lang in LANGUAGES}

LIMITS = Limits(1000, 100_000, 0)


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_texts_that_begin_like_formulas_get_an_apostrophe_in_files(start):
    text = f"{start}cmd|' /C calc'!A0"
    index = pd.MultiIndex.from_tuples([(text, 2020), ("b", 2021)], names=[text, "year"])
    frame = pd.DataFrame({text: ["x", text], "n": [-1.5, 2.0]}, index=index)
    got = guarded(frame)
    assert list(got.columns) == [f"'{text}", "n"]
    assert list(got.index.names) == [f"'{text}", "year"]
    assert got.index.tolist() == [(f"'{text}", 2020), ("b", 2021)]
    assert got.iloc[:, 0].tolist() == ["x", f"'{text}"]
    assert got["n"].tolist() == [-1.5, 2.0]
    assert frame.index[0][0] == text


def test_numbers_and_other_texts_stay_as_they_are():
    frame = pd.DataFrame({"a": ["-2.5", "+1e3", "a=b"], "b": [-1, -2, -3]}, index=["x", "y", "z"])
    assert guarded(frame).to_csv() == frame.to_csv()


def test_files_of_a_page_are_safe(tmp_path):
    index, frame = towns("=SUM(1)")
    pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")
    files = read(index.compute(frame).report(tmp_path / "r.html"))[1].files()
    cells = [cell for text in files.values() for cell in pd.read_csv(io.StringIO(text), dtype=str).to_numpy().ravel()]
    assert "'=SUM(1)" in cells
    assert not [cell for cell in cells if isinstance(cell, str) and cell.startswith("=")]


def test_ranks_have_a_decimal_only_where_they_need_one():
    frame = pd.DataFrame({"nominal": [8.0, 1.0], "q95": [8.25, np.nan]}, index=["a", "b"])
    assert table(Sheet("t", "T", frame, form="rank"), WORDS["en"], LIMITS).rows == (("a", "8", "8.2"), ("b", "1", ""))


@pytest.mark.parametrize(("lang", "note"), [("en", "* imputed"), ("zh", "* 插补所得")])
def test_what_was_imputed_has_a_star_and_is_a_plain_number_in_the_file(lang, note):
    frame = pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [4.0, 5.0, 6.0]}, index=list("xyz"))
    sheet = Sheet("t", "T", frame, form=".1f", marks={"a": np.array([False, True, True])})
    found = table(sheet, WORDS[lang], LIMITS)
    assert found.rows == (("x", "1.0", "4.0"), ("y", "2.0 *", "5.0"), ("z", "", "6.0"))
    assert found.note == note
    assert table(sheet, WORDS[lang], Limits(2, 100_000, 0)).rows == (("x", "1.0", "4.0"),)
    last = table(Sheet("t", "T", frame, tail=True, form=".1f", marks=sheet.marks), WORDS[lang], Limits(6, 100_000, 0))
    assert [row[1] for row in last.rows] == ["2.0 *", ""]


def rows_of(text: str, id: str) -> list[list[str]]:
    body = re.search(rf'<table id="table-{id}"[^>]*>.*?<tbody>(.*?)</tbody>', text, re.DOTALL)[1]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.strip().split("\n")]


def test_changes_have_two_decimals_however_small(written):
    text = written["film", "en"].read_text(encoding="utf-8")
    for id in ("change-table", "year-table", "last-table", "parts-table"):
        numbers = [cell for row in rows_of(text, id) for cell in row[1:] if re.fullmatch(r"-?\d+\.\d+", cell)]
        assert numbers
        assert all(len(cell.partition(".")[2]) == 2 for cell in numbers)


def test_weights_have_four_decimals_at_most_and_their_file_has_all(written):
    text, page = read(written["film", "en"])
    for id in ("weights-table", "effective-table"):
        cells = [row[-1] for row in rows_of(text, id)]
        assert all(len(cell.partition(".")[2]) <= 4 for cell in cells)
        assert any(len(cell) > 10 for cell in re.split("[,\n]", page.files()[f"table-{id}.csv"]))


def test_very_small_weights_have_no_more_decimals():
    codes = [f"x{j}" for j in range(1200)]
    frame = pd.DataFrame(np.random.default_rng(1).lognormal(size=(3, 1200)), columns=codes)
    index = hi.Index(groups=[hi.Group("total")], indicators=[hi.Indicator(code, "total") for code in codes])
    asked = sections._Asked(index.compute(frame), None, "en")
    for sheet in sections._weights(asked):
        assert {row[-1] for row in table(sheet, WORDS["en"], LIMITS).rows} == {"0.0008"}


def test_rank_intervals_of_a_page_are_short(written):
    rows = rows_of(written["panel", "en"].read_text(encoding="utf-8"), "rank-intervals-table")
    cells = [cell for row in rows for cell in row[2:]]
    assert cells
    assert all(re.fullmatch(r"\d+(\.[1-9])?", cell) for cell in cells)
