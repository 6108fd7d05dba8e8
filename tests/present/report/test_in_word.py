"""A report as a file of Word: the sections, tables, charts and formulas that the page has."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.office import written_again

import hengdian_index as hi
from hengdian_index._words.catalogue import words

docx = pytest.importorskip("docx", reason="python-docx is not installed: there are no files of Word")
pytest.importorskip("latex2mathml", reason="latex2mathml is not installed: there are no files of Word")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: there are no charts").use("Agg")


@pytest.fixture(scope="module")
def film() -> hi.Result:
    index, table = hi.example("film_industry")
    return index.compute(table)


@pytest.fixture(scope="module", params=["en", "zh"])
def made(request: Any, film: hi.Result, tmp_path_factory: Any) -> tuple[str, Path]:
    """Return a language and the report in it."""
    path = tmp_path_factory.mktemp("word") / "report.docx"
    assert film.report(path, lang=request.param) == path
    return request.param, path


def marked(path: Path) -> str:
    """Return the text of a document with its marks."""
    with zipfile.ZipFile(path) as file:
        return file.read("word/document.xml").decode("utf-8")


def test_it_opens_with_the_bulletin_and_has_the_sections_of_the_page(made: tuple[str, Path], film: hi.Result) -> None:
    lang, path = made
    say, document = words(lang, "report"), docx.Document(str(path))
    texts = [(one.style.name, one.text) for one in document.paragraphs]
    bulletin = film.bulletin(lang=lang).split("\n\n")[1:5]
    assert [text for _, text in texts[1:5]] == bulletin
    heads = [text for style, text in texts if style == "Heading 1"]
    there = ["headline", "framework", "series", "contributions", "ranking", "log", "weights", "method", "provenance"]
    assert [head for head in heads if head in {say[one] for one in there}] == [say[one] for one in there]


def test_tables_are_those_of_the_result_and_can_be_edited(made: tuple[str, Path], film: hi.Result) -> None:
    _, path = made
    tables = docx.Document(str(path)).tables
    cells = [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]
    levels = film.series()
    own = next(one for one in cells if one[-1][1] == f"{levels.iloc[-1, 0]:.2f}" and len(one[0]) == 1 + levels.shape[1])
    assert own[-1][1:] == [f"{value:.2f}" for value in levels.iloc[-1]]
    # The end of a long table is shown, and a word says so.
    assert len(own) - 1 <= len(levels)
    assert all("tblHeader" in table.rows[0]._tr.xml for table in tables)


def test_charts_have_captions_with_numbers_that_word_counts_and_words_for_readers(made: tuple[str, Path]) -> None:
    lang, path = made
    text = marked(path)
    with zipfile.ZipFile(path) as file:
        pictures = [name for name in file.namelist() if name.startswith("word/media/")]
    assert len(pictures) >= 4
    assert text.count("SEQ Figure") == len(pictures)
    assert text.count("SEQ Table") == len(docx.Document(str(path)).tables)
    described = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', text)
    assert len(described) == len(pictures)
    first = next(one.text for one in docx.Document(str(path)).paragraphs if one.style.name == "Caption")
    assert first.startswith("表" if lang == "zh" else "Table")
    assert len(re.findall("<m:oMath[ >]", text)) > 10


def test_the_same_result_gives_the_same_bytes(film: hi.Result, tmp_path: Path) -> None:
    for name in ("a.docx", "b.docx"):
        film.report(tmp_path / name)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_a_panel_with_many_periods_has_its_tables_in_parts(tmp_path: Path) -> None:
    index, table = hi.example("countries")
    path = index.compute(table).report(tmp_path / "c.docx", lang="zh")
    tables = docx.Document(str(path)).tables
    assert max(len(one.columns) for one in tables) <= 10
    captions = [one.text for one in docx.Document(str(path)).paragraphs if one.style.name == "Caption"]
    assert any(one.endswith("（续）") for one in captions)


@pytest.mark.office("soffice")
def test_libreoffice_opens_it(made: tuple[str, Path]) -> None:
    _, path = made
    with zipfile.ZipFile(written_again(path, "odt")) as file:
        text = file.read("content.xml").decode("utf-8")
    assert text.count("<table:table ") == len(docx.Document(str(path)).tables)
    assert len(re.findall("<draw:image", text)) >= 4


def test_another_ending_is_refused_and_nothing_is_left(film: hi.Result, tmp_path: Path) -> None:
    with pytest.raises(hi.SpecError, match=r"'report.doc' must end in \.html, \.htm or \.docx"):
        film.report(tmp_path / "report.doc")
    with pytest.raises(hi.DataError, match="there is no folder"):
        film.report(tmp_path / "none" / "report.docx")
    assert list(tmp_path.iterdir()) == []
