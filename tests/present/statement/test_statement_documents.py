"""Statements as files: Markdown and LaTeX whole or not at all, .docx by the real pandoc where it is installed."""

from __future__ import annotations

import re
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.indexes import two_levels
from support.laws import own
from support.statements import formulas_of, linked
from support.tables import panel, table

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES

with_pandoc = pytest.mark.office("pandoc")


def stand_in(folder: Path, script: str) -> None:
    """Put a program that stands in for pandoc into a folder."""
    program = folder / "pandoc"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def document(path: Path) -> str:
    """Return the text with marks of a .docx."""
    with zipfile.ZipFile(path) as file:
        return file.read("word/document.xml").decode("utf-8")


def plain(marked: str) -> str:
    """Return the text of a .docx without marks."""
    return re.sub(r"<[^>]+>", "", marked)


@with_pandoc
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_docx_has_headings_formulas_and_every_number(tmp_path: Path, lang: Any) -> None:
    result = linked().compute(panel())
    path = tmp_path / "statement.docx"
    result.method(lang, path=path)
    statement, marked = result.method(lang), document(path)
    assert marked.count('w:val="Heading1"') == 1
    assert marked.count('w:val="Heading2"') == statement.count("\n## ")
    assert marked.count("<m:oMath>") == len(re.findall(r"(?<!\$)\$(?!\$)[^$]+\$|\$\$[^$]+\$\$", statement))
    assert marked.count("<m:oMathPara>") == statement.count("\n$$\n") / 2
    assert marked.count('<w:numId w:val="') == len(re.findall(r"^- ", statement, flags=re.M))
    text = plain(marked)
    assert not re.search(r"[$\\`]", text)
    for factor in result.course.factors[1:, :, 0].ravel():
        assert f"{factor:.15g}" in text
    for sentence in re.findall(r"^[\u4e00-\u9fff][^$`\n]*$", statement, flags=re.M):
        assert sentence in text
    assert [one.name for one in tmp_path.iterdir()] == ["statement.docx"]


@with_pandoc
def test_names_come_through_pandoc_as_they_are(tmp_path: Path) -> None:
    name = "R&D \"index\" <1> 50% | *x* -- 'y'... $z$ @w ~v~ ^u^ 指数"
    index = hi.Index(name=name, groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g", name="[n](m) #1")])
    index.compute({"a": [1.0, 2.0]}).method(path=tmp_path / "x.docx")
    text = plain(document(tmp_path / "x.docx")).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    text = text.replace("&quot;", '"').replace("&#39;", "'")
    assert f"Method statement: {name}" in text
    assert "a ([n](m) #1): larger is better" in text


@with_pandoc
def test_dollars_in_codes_and_names_make_no_formula(tmp_path: Path) -> None:
    group = hi.Group("g$1", name="$h$")
    index = hi.Index(
        name="from $5 to $9", groups=[group], indicators=[hi.Indicator("a$", "g$1"), hi.Indicator("$b", "g$1")]
    )
    result = index.compute({"a$": [1.0, 2.0], "$b": [2.0, 1.0]})
    result.method(path=tmp_path / "x.docx")
    marked = document(tmp_path / "x.docx")
    plainly = index.replace({"name": "n"}).compute({"a$": [1.0, 2.0], "$b": [2.0, 1.0]}).method()
    assert marked.count("<m:oMath>") == len(re.findall(r"\$z = |\$\\mathrm", plainly)) + plainly.count("\n$$\n") / 2
    for said in ("from $5 to $9", "g$1 ($h$) consists of a$, $b."):
        assert said in plain(marked)


@with_pandoc
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


@with_pandoc
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_latex_is_read_whole(lang: Any) -> None:
    result = linked().compute(panel())
    command = ["pandoc", "--from", "latex", "--to", "docx", "--output", "-", "--fail-if-warnings"]
    done = subprocess.run(command, input=result.method(lang, "latex").encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_without_pandoc_the_other_forms_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    why = r"a \.docx needs pandoc, which is not on the PATH; install it, or write report\.md or report\.tex"
    with pytest.raises(hi.SpecError, match=why):
        two_levels().compute(table()).method(path=tmp_path / "report.docx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo broken >&2; exit 3", "pandoc: broken"),
        ('while [ $# -gt 1 ]; do shift; done; echo half > "$1"; echo torn >&2; exit 1', "pandoc: torn"),
        ("exit 0", "it ended with code 0 and wrote nothing"),
        ("exit 7", "it ended with code 7 and wrote nothing"),
    ],
)
def test_a_failing_pandoc_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    (tmp_path / "bin").mkdir()
    stand_in(tmp_path / "bin", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    path = tmp_path / "statement.docx"
    path.write_text("as it was")
    with pytest.raises(hi.DataError, match=why):
        two_levels().compute(table()).method(path=path)
    assert path.read_text() == "as it was"
    assert {one.name for one in tmp_path.iterdir()} == {"bin", "statement.docx"}


@pytest.mark.parametrize("ending", [".md", ".tex", ".docx"])
def test_a_folder_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    (tmp_path / "bin").mkdir()
    stand_in(tmp_path / "bin", 'while [ $# -gt 1 ]; do shift; done; echo whole > "$1"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    with pytest.raises(hi.DataError, match=r"cannot write .*nowhere"):
        two_levels().compute(table()).method(path=tmp_path / "nowhere" / f"statement{ending}")


def test_a_path_that_cannot_be_written_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "statement.md").mkdir()
    with pytest.raises(hi.DataError, match="cannot write"):
        two_levels().compute(table()).method(path=tmp_path / "statement.md")
    assert [one.name for one in tmp_path.iterdir()] == ["statement.md"]
