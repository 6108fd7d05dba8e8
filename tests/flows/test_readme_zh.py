"""The front page in Chinese stands alone: its commands run in their order, from a yearbook's table to the report."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.laws import only_own
from support.terms import TERMS

import hengdian_index as hi
from hengdian_index._index.text import described
from hengdian_index.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.zh.md").read_text(encoding="utf-8")
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
# Four words of English in a row, but for the title of a source after its year.
ENGLISH = re.compile(r"(?<!\d{4}，)(?:\b[A-Za-z]{2,}[,;:]? ){3,}[A-Za-z]{2,}")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands(program: str) -> list[list[str]]:
    """Return what follows a program's name in the bash blocks, one list of words a command."""
    lines = [line for block in blocks("bash") for line in re.split(r"\n|&&", block)]
    return [words[1:] for line in lines if (words := shlex.split(line, comments=True))[:1] == [program]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Run every command of the page in a folder that has what the page says, and return what each said."""
    folder = tmp_path_factory.mktemp("读者")
    shutil.copytree(ROOT / "examples" / "yearbook", folder / "examples" / "yearbook")
    (folder / "指数.toml").write_text(blocks("toml")[0], encoding="utf-8")
    said: dict[str, str] = {}
    with contextlib.chdir(folder), only_own(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "Agg")
        for words in commands("hengdian-index"):
            run = CliRunner(env={"HENGDIAN_LANG": "zh"}).invoke(main, words)
            assert run.exit_code == 0, (words, run.output)
            said[" ".join(words)] = run.output
        yield folder, said


def shown(page: str) -> str:
    """Return what a reader sees of a page: neither code nor formulas."""
    text = re.sub(r"<(script|style|math|svg|title)\b.*?</\1>|<pre\b.*?</pre>|<code\b.*?</code>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"\\[\[(].*?\\[\])]|<[^>]*>", "\n", text, flags=re.S))


def test_each_front_page_leads_to_the_other() -> None:
    assert "](README.md)" in README.split("\n## ")[0]
    assert "](README.zh.md)" in (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")[0]


def test_no_code_of_it_is_left_untried() -> None:
    assert README.count("```") == 2 * sum(len(blocks(language)) for language in ("bash", "toml", "python", "text"))
    tried = {"hengdian-index", "pip", "sphinx-build", "export"}
    lines = [line for block in blocks("bash") for line in re.split(r"\n|&&", block) if line.strip()]
    assert {shlex.split(line, comments=True)[0] for line in lines} == tried
    assert {words[0] for words in commands("export")} == {"HENGDIAN_LANG=zh"}
    assert all((ROOT / words[-2] / "conf.py").exists() for words in commands("sphinx-build"))
    bracketed = {
        name for words in commands("pip") for one in words for name in re.findall(r"\w+", one.partition("[")[2])
    }
    assert {"report", "excel", "docs"} <= bracketed <= set(EXTRAS)


def test_its_commands_lead_from_the_table_to_the_report(ran: tuple[Path, dict[str, str]]) -> None:
    folder, said = ran
    assert {words.split()[0] for words in said} >= {"new", "check", "compute", "report", "bulletin", "audit", "demo"}
    written = {"草稿.toml", "草稿.xlsx", "结果.xlsx", "报告.html", "诊断.html", "模板.xlsx", "模板报告.html"}
    assert written <= {path.name for path in folder.iterdir()}
    assert len(list((folder / "结果").glob("*.csv"))) > 8


def test_a_run_of_it_prints_no_english_sentence(ran: tuple[Path, dict[str, str]]) -> None:
    folder, said = ran
    texts = {**said, **{path.name: shown(path.read_text(encoding="utf-8")) for path in folder.glob("*.html")}}
    texts["草稿.toml"] = (folder / "草稿.toml").read_text(encoding="utf-8")
    # The demo is an example in English: names and title are those of its index.
    found = {of: ENGLISH.findall(text) for of, text in texts.items() if not of.startswith("demo")}
    assert {of: one for of, one in found.items() if one} == {}


def test_python_prints_what_it_says(ran: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ran[0])
    told = io.StringIO()
    with contextlib.redirect_stdout(told), hi.options(lang=None):
        exec(blocks("python")[0], {})
    assert [line.rstrip() for line in told.getvalue().splitlines()] == [
        line.rstrip() for line in blocks("text")[0].splitlines()
    ]


def test_the_table_that_it_shows_is_that_of_the_file(ran: tuple[Path, dict[str, str]]) -> None:
    table = hi.read(ran[0] / "examples" / "yearbook" / "yearbook.xlsx").set_index("季度")
    lines = [line.strip("|") for line in README.splitlines() if re.match(r"\| (季度|20)", line)]
    heads, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    assert len(rows) == 4
    for name, *values in rows:
        told = {head: value for head, value in zip(heads[1:], values, strict=True) if head != "……"}
        assert told == {head: str(table.loc[name, head]) for head in told}


def test_there_are_thirty_eight_terms() -> None:
    assert len(set(TERMS)) == 38


@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_on_the_page_and_described(term: str) -> None:
    table = README.partition("## 按名称查找")[2].partition("\n## ")[0]
    assert re.search(rf"(?<![\w]){re.escape(term)}", table), term
    assert described(term.replace(" ", ""))
