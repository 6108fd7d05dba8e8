"""Statements as files: Markdown, LaTeX and Word, whole or not at all; other programs open them."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.indexes import two_levels
from support.laws import own
from support.office import written_again
from support.statements import formulas_of, linked
from support.tables import panel, table

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES
from hengdian_index._present.word_formula import formula

pytest.importorskip("docx", reason="python-docx is not installed: there are no files of Word")
latex2mathml = pytest.importorskip(
    "latex2mathml.converter", reason="latex2mathml is not installed: there are no files of Word"
)
with_pandoc = pytest.mark.office("pandoc")


def document(path: Path) -> str:
    """Return the text with marks of a .docx."""
    with zipfile.ZipFile(path) as file:
        return file.read("word/document.xml").decode("utf-8")


def plain(marked: str) -> str:
    """Return the text of a .docx without marks."""
    return re.sub(r"<[^>]+>", "", marked)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_docx_has_headings_formulas_and_every_number(tmp_path: Path, lang: Any) -> None:
    result = linked().compute(panel())
    path = tmp_path / "statement.docx"
    result.method(lang, path=path)
    statement, marked = result.method(lang), document(path)
    assert marked.count('w:val="Title"') == 1
    assert marked.count('w:val="Heading1"') == statement.count("\n## ")
    assert len(re.findall("<m:oMath[ >]", marked)) == len(
        re.findall(r"(?<!\$)\$(?!\$)[^$]+\$|\$\$[^$]+\$\$", statement)
    )
    assert len(re.findall("<m:oMathPara[ >]", marked)) == statement.count("\n$$\n") / 2
    assert marked.count('w:val="ListBullet"') == len(re.findall(r"^- ", statement, flags=re.M))
    text = plain(marked)
    assert not re.search(r"[$\\`]", text)
    for factor in result.course.factors[1:, :, 0].ravel():
        assert f"{factor:.15g}" in text
    for sentence in re.findall(r"^[\u4e00-\u9fff][^$`\n]*$", statement, flags=re.M):
        assert sentence in text
    assert [one.name for one in tmp_path.iterdir()] == ["statement.docx"]


def test_names_come_through_as_they_are(tmp_path: Path) -> None:
    name = "\x07R&D \"index\" <1> 50% | *x* -- 'y'... $z$ @w ~v~ ^u^ 指数"
    index = hi.Index(name=name, groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g", name="[n](m) #1")])
    index.compute({"a": [1.0, 2.0]}).method(path=tmp_path / "x.docx")
    text = plain(document(tmp_path / "x.docx")).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    text = text.replace("&quot;", '"').replace("&#39;", "'")
    assert f"Method statement: {name}".replace("\x07", "\N{REPLACEMENT CHARACTER}") in text
    assert "a ([n](m) #1): larger is better" in text


def test_dollars_in_codes_and_names_make_no_formula(tmp_path: Path) -> None:
    group = hi.Group("g$1", name="$h$")
    index = hi.Index(
        name="from $5 to $9", groups=[group], indicators=[hi.Indicator("a$", "g$1"), hi.Indicator("$b", "g$1")]
    )
    result = index.compute({"a$": [1.0, 2.0], "$b": [2.0, 1.0]})
    result.method(path=tmp_path / "x.docx")
    marked = document(tmp_path / "x.docx")
    plainly = index.replace({"name": "n"}).compute({"a$": [1.0, 2.0], "$b": [2.0, 1.0]}).method()
    assert (
        len(re.findall("<m:oMath[ >]", marked))
        == len(re.findall(r"\$z = |\$\\mathrm", plainly)) + plainly.count("\n$$\n") / 2
    )
    for said in ("from $5 to $9", "g$1 ($h$) consists of a$, $b."):
        assert said in plain(marked)


def test_a_docx_is_the_same_at_another_time(tmp_path: Path) -> None:
    result, found = two_levels().compute(table()), []
    for name in ("one.docx", "two.docx"):
        result.method(path=tmp_path / name)
        found.append((tmp_path / name).read_bytes())
        # Times in an archive are even seconds.
        time.sleep(2.1 if name == "one.docx" else 0)
    assert found[0] == found[1]


@with_pandoc
@pytest.mark.parametrize("form", ["markdown-smart", "latex"])
def test_every_formula_becomes_one_of_a_word_processor(form: str) -> None:
    texts = [text for family in FAMILIES for method in own(family) for text in formulas_of(method)]
    body = "\n\n".join(f"$$\n{text}\n$$" if form != "latex" else f"\\[\n{text}\n\\]" for text in texts)
    command = ["pandoc", "--from", form, "--to", "docx", "--output", "-"]
    done = subprocess.run(command, input=body.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_every_formula_becomes_one_of_word_and_none_of_its_signs_is_lost() -> None:
    texts = [text for family in FAMILIES for method in own(family) for text in formulas_of(method)]
    assert len(texts) > 150
    for text in texts:
        made = formula(text, latex2mathml.convert)
        ElementTree.fromstring(made)
        told = plain(made)
        # Numbers and letters that stand alone are printed as they are; names of commands are not.
        bare = re.sub(r"\\(?:begin|end)\{\w+\}|\\[a-zA-Z]+", " ", text)
        assert sorted(re.findall(r"\d", told)) == sorted(re.findall(r"\d", bare)), text
        assert set(re.findall("[A-Za-z]", bare)) <= set(re.findall("[A-Za-z]", told)), text
        assert "\\" not in told


def test_a_command_that_is_not_known_is_no_silent_text() -> None:
    with pytest.raises(ValueError, match="does not read"):
        formula(r"\nosuchcommand{x}", latex2mathml.convert)


@pytest.mark.office("soffice")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_libreoffice_opens_the_document_with_its_formulas(tmp_path: Path, lang: Any) -> None:
    result = linked().compute(panel())
    result.method(lang, path=tmp_path / "statement.docx")
    saved = written_again(tmp_path / "statement.docx", "odt")
    with zipfile.ZipFile(saved) as file:
        objects = {name.split("/")[0] for name in file.namelist() if re.match(r"Object \d+/content.xml", name)}
        text = plain(file.read("content.xml").decode("utf-8"))
    assert len(objects) == len(re.findall("<m:oMath[ >]", document(tmp_path / "statement.docx")))
    for sentence in re.findall(r"^[\u4e00-\u9fff][^$`\n]*$", result.method(lang), flags=re.M):
        assert sentence in text


@with_pandoc
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_latex_is_read_whole(lang: Any) -> None:
    result = linked().compute(panel())
    command = ["pandoc", "--from", "latex", "--to", "docx", "--output", "-", "--fail-if-warnings"]
    done = subprocess.run(command, input=result.method(lang, "latex").encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_without_the_libraries_the_file_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, library in (("docx", "python-docx"), ("latex2mathml.converter", "latex2mathml")):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            with pytest.raises(hi.SpecError, match=rf"needs {library}, which is not installed: pip install"):
                two_levels().compute(table()).method(path=tmp_path / "report.docx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".md", ".tex", ".docx"])
def test_a_folder_that_is_not_there_is_said(tmp_path: Path, ending: str) -> None:
    with pytest.raises(hi.DataError, match=r"cannot write .*nowhere"):
        two_levels().compute(table()).method(path=tmp_path / "nowhere" / f"statement{ending}")


def test_a_path_that_cannot_be_written_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "statement.md").mkdir()
    with pytest.raises(hi.DataError, match="cannot write"):
        two_levels().compute(table()).method(path=tmp_path / "statement.md")
    assert [one.name for one in tmp_path.iterdir()] == ["statement.md"]
