"""The pages hold: each block of code is run or read, each link and anchor leads somewhere, each question has its page.

Cells of the pages are run when these are built, which warnings stop. Here is what no build runs: blocks that are only
shown, what they print, the choices of specs, the words of commands, and links.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

import hengdian_index as hi
from hengdian_index._methods.registry import FAMILIES
from hengdian_index.cli import main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MADE = {"_build", "_ext", "_static", "generated", "jupyter_execute"}
PAGES = sorted(path for path in DOCS.rglob("*.md") if not MADE & set(path.relative_to(DOCS).parts))
FRONT = [ROOT / "README.md", ROOT / "README.zh.md"]
PAPERS = [*FRONT, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "examples").rglob("*.md")), *PAGES]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]

# Blocks that nothing runs, with the reason.
UNTRIED = {("docs/howto/clusters.md", "python"): "it asks for the address of a scheduler; tests/flows/test_clusters.py"}
# Blocks of the front pages that print are held by test_readme.py and test_readme_zh.py, in the order that they need.
ELSEWHERE = {path.name for path in FRONT}
SHOWN = {"text"}
SHELL = {"cat", "jq", "python3", ".", "export"}


class Block(NamedTuple):
    """A fenced block: its page, its language, what stands in it, and on which line it begins."""

    page: Path
    language: str
    text: str
    line: int

    @property
    def name(self) -> str:
        """Where it is, for people."""
        return f"{said(self.page)}:{self.line}"


def said(page: Path) -> str:
    """Return how a page is called."""
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in their order."""
    text = text_of(page)
    found = re.finditer(r"^(`{3,})(\S*)[^\n]*\n(.*?)^\1\s*$", text, flags=re.MULTILINE | re.DOTALL)
    return [Block(page, one[2], one[3], text[: one.start()].count("\n") + 1) for one in found]


BLOCKS = [block for page in PAPERS for block in blocks_of(page)]


def of(language: str) -> list[Any]:
    """Return the blocks of a language as parameters."""
    return [pytest.param(block, id=block.name) for block in BLOCKS if block.language == language]


def source(block: Block) -> str | None:
    """Return what a cell or a block runs in plain Python, or None for what IPython alone can."""
    text = re.sub(r"\A(?::[^\n]*\n)+", "", block.text).lstrip("\n")
    return None if text.startswith("%") else text


def test_there_are_pages_and_blocks_of_every_kind() -> None:
    assert len(PAGES) > 30
    languages = {block.language for block in BLOCKS}
    assert languages >= {"{code-cell}", "python", "toml", "bash", "text"}
    # What stands in braces is a directive, which the build runs or refuses.
    plain = [block for block in BLOCKS if block.language[:1] != "{"]
    assert [block.name for block in plain if block.language not in {"python", "toml", "bash", "json"} | SHOWN] == []


def test_what_nothing_runs_is_still_there() -> None:
    there = {(said(block.page), block.language) for block in BLOCKS}
    assert set(UNTRIED) <= there
    assert len(UNTRIED) < 4


def with_python() -> list[Any]:
    """Return the pages with blocks of Python that no build runs, and what these need beside the extra `test`."""
    pages = {b.page for b in BLOCKS if b.language == "python" and (said(b.page), b.language) not in UNTRIED}
    pages -= {ROOT / name for name in ELSEWHERE}
    needed = {page: re.findall(r"^import (duckdb)$", text_of(page), flags=re.MULTILINE) for page in sorted(pages)}
    marks = {page: [pytest.mark.program(*names)] if names else [] for page, names in needed.items()}
    return [pytest.param(page, marks=marks[page], id=said(page)) for page in needed]


@pytest.mark.parametrize("page", with_python())
def test_blocks_of_python_run_and_print_what_stands_below(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    blocks = blocks_of(page)
    names: dict[str, Any] = {}
    for block, below in zip(blocks, [*blocks[1:], None], strict=True):
        code = source(block) if block.language in ("python", "{code-cell}") else None
        if code is None:
            continue
        said_by = io.StringIO()
        try:
            with contextlib.redirect_stdout(said_by):
                exec(compile(code, block.name, "exec"), names)
        except ImportError as error:
            pytest.skip(f"{block.name}: {error.name or error} is not installed")
        if block.language == "python" and below is not None and below.language == "text":
            assert said_by.getvalue() == below.text, block.name


def completed(given: dict[str, Any]) -> dict[str, Any]:
    """Return a spec that holds what a page shows of one, with the least that is missing of it."""
    tables = ("index", "group", "indicator", "data")
    index = {**given.get("index", {}), **{key: value for key, value in given.items() if key not in tables}}
    groups, indicators = list(given.get("group", ())), list(given.get("indicator", ()))
    if not any("parent" not in group for group in groups):
        groups.insert(0, {"code": "total"})
    top = next(group["code"] for group in groups if "parent" not in group)
    codes = {part["code"] for part in [*groups, *indicators]}
    children = {name for group in groups for name in named_in(group.get("weights"))} - codes
    indicators += [{"code": name, "parent": top} for name in sorted(children)]
    parents = {part.get("parent") for part in [*groups, *indicators]}
    own = {group["code"] for group in groups}
    indicators += [{"code": f"of_{code}", "parent": code} for code in sorted(own - parents)]
    rest = {key: given[key] for key in ("data",) if key in given}
    return {**index, "groups": groups, "indicators": indicators, **rest}


def named_in(weights: Any) -> set[str]:
    """Return the parts that weights name, plain or in the judgements of a matrix."""
    if not isinstance(weights, dict):
        return set()
    if "method" not in weights:
        return set(weights)
    matrix = weights.get("matrix", {})
    return {*matrix, *(name for row in matrix.values() for name in row)} if isinstance(matrix, dict) else set()


@pytest.mark.parametrize("block", of("toml"))
def test_every_spec_that_is_shown_is_one(block: Block) -> None:
    given = tomllib.loads(block.text)
    # Doubts are read by test_documents.py, beside an index with all their addresses.
    known = {} if block.page.name == "command.md" else given
    assert set(given) - set(known) <= {"doubts"}, block.name
    hi.Index(**completed(known))


def test_a_spec_with_a_slip_is_none() -> None:
    with pytest.raises(hi.SpecError, match="bases"):
        hi.Index(**completed(tomllib.loads('[index]\nbases = "2019"')))
    with pytest.raises(hi.SpecError, match="missing_mark"):
        hi.Index(**completed(tomllib.loads('[data]\nmissing_mark = ["—"]')))


def commands(block: Block) -> Iterator[list[str]]:
    """Return the commands of a block of the shell: the parts of pipes and chains, without where output goes."""
    for line in re.sub(r"\\\n\s*", " ", block.text).splitlines():
        words = shlex.split(line, comments=True)
        command: list[str] = []
        for word in [*words, "&&"]:
            if word in ("|", "&&", ";"):
                if command:
                    yield command
                command = []
            else:
                command.append(word)


def without_output(words: list[str]) -> list[str]:
    return words[: words.index(">")] if ">" in words else words


@pytest.mark.parametrize("block", of("bash"))
def test_every_command_that_is_shown_can_be_typed(block: Block) -> None:
    for program, *words in map(without_output, commands(block)):
        if program == "hengdian-index":
            typed(words)
        elif program == "pip":
            bracketed = {name for word in words for name in re.findall(r"[a-z]+", word.partition("[")[2])}
            assert bracketed <= set(EXTRAS), words
        elif program == "pytest":
            assert [word for word in words if "/" in word and not (ROOT / word.split("::")[0]).exists()] == []
        elif program == "sphinx-build":
            assert (ROOT / words[-2] / "conf.py").exists()
        else:
            assert program in SHELL | {"ruff", "mypy", "pre-commit", "python", "git"}, (block.name, program)


def typed(words: list[str]) -> None:
    """Read the words of a command as it does, without running it."""
    if words[:1] and words[0][:1] == "-":
        assert {words[0]} <= {option for one in main.params for option in one.opts} | {"--version", "--help"}
        return
    command = main.commands[words[0]]
    # A file that is read need not be there, and what is given may be a part of it.
    context = click.Context(command, info_name=words[0])
    command.make_parser(context).parse_args(words[1:])


def test_a_command_with_a_slip_cannot_be_typed() -> None:
    with pytest.raises(click.UsageError):
        typed(["compute", "index.toml", "data.csv", "--excell", "result.xlsx"])
    with pytest.raises(KeyError):
        typed(["compile", "index.toml"])


@pytest.mark.parametrize("block", of("json"))
def test_what_is_shown_as_json_is_json(block: Block) -> None:
    json.loads(block.text)


def magic(kind: str) -> list[Any]:
    """Return the cells of the shell or of files, which the build runs."""
    cells = [b for b in BLOCKS if b.language == "{code-cell}" and re.search(rf"^%%{kind}\b", b.text, re.MULTILINE)]
    return [pytest.param(cell, id=cell.name) for cell in cells]


@pytest.mark.parametrize("cell", magic("bash"))
def test_cells_of_the_shell_hold_commands_of_the_package(cell: Block) -> None:
    lines = cell.text.partition("%%bash")[2].partition("\n")[2]
    found = list(commands(cell._replace(text=lines)))
    assert found
    for program, *words in found:
        assert program == "hengdian-index", cell.name
        typed(words)


def outside_code(page: Path) -> str:
    """Return the text of a page without its blocks and spans of code."""
    text = re.sub(r"^(`{3,}).*?^\1\s*$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "code", text)


def links_of(page: Path) -> list[str]:
    """Return where the links of a page lead."""
    return re.findall(r"(?<!!)\[[^\]]*\]\(<?([^)\s>]+)>?\)", outside_code(page))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: those of its headings as code hosts and MyST write them, and its labels."""
    text = text_of(page)
    included = re.findall(r"^```\{include\} (\S+)", text, flags=re.MULTILINE)
    found = {anchor for name in included if (page.parent / name).exists() for anchor in anchors(page.parent / name)}
    plain = re.sub(r"^(`{3,}).*?^\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    for title in re.findall(r"^#{1,3} +(.+?)\s*$", plain, flags=re.MULTILINE):
        bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "")
        found.add(re.sub(r"[^\w\- ]", "", bare.lower()).replace(" ", "-"))
    return found | set(re.findall(r"^\(([\w-]+)\)=$", plain, flags=re.MULTILINE))


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere, those to pages that the build writes left to it."""
    missing = []
    for link in links_of(page):
        where, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link) or "generated/" in where:
            continue
        target = (page.parent / where).resolve() if where else page
        reached = target.exists() and (not anchor or target.suffix != ".md" or anchor in anchors(target))
        if not reached:
            missing.append(link)
    return missing


@pytest.mark.parametrize("page", PAPERS, ids=said)
def test_every_link_and_anchor_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A title, with `code`\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("[a](other.md#a-title-with-code) [b](other.md#title) [c](none.md) [d](https://x.org)\n", "utf-8")
    assert broken(page) == ["other.md#title", "none.md"]


@pytest.mark.parametrize("page", PAPERS, ids=said)
def test_every_path_that_is_named_is_there(page: Path) -> None:
    """Files of the project stand in code where a page cannot link to them; what is in angle brackets is any name."""
    text = re.sub(r"^(`{3,}).*?^\1\s*$", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    named = re.findall(r"`((?:docs|examples|tests|hengdian_index|packaging)/[\w./-]*)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == [], said(page)


def test_the_bar_has_five_doors_each_with_a_folder_of_pages() -> None:
    (listed,) = [block for block in blocks_of(DOCS / "index.md") if block.language == "{toctree}"]
    doors = dict(re.findall(r"^([\w-]+) <(\w+)/index>$", listed.text, flags=re.MULTILINE))
    assert list(doors) == ["Start", "How-to", "Methods", "Reference", "About"]
    folders = {page.relative_to(DOCS).parts[0] for page in PAGES} - {"index.md"}
    assert set(doors.values()) == folders


def test_every_page_can_be_reached_from_the_front_page() -> None:
    """Only what the build writes is listed by pattern; every other page is named once in a list of pages."""
    listed: dict[Path, int] = {}
    for page in PAGES:
        for block in blocks_of(page):
            if block.language != "{toctree}":
                continue
            for line in block.text.splitlines():
                name = re.sub(r".*<(.+)>$", r"\1", line.strip())
                if name and name[0] != ":" and "*" not in name and "generated/" not in name:
                    target = DOCS / name[1:] if name[0] == "/" else page.parent / name
                    target = target.resolve().with_suffix(".md") if target.suffix != ".md" else target.resolve()
                    listed[target] = listed.get(target, 0) + 1
    assert [said(page) for page in PAGES if page != DOCS / "index.md" and listed.get(page) != 1] == []


def registered() -> set[str]:
    """Return the methods of the package, family and name."""
    for family in FAMILIES:
        import_module(f"hengdian_index.{family}")
    return {f"{family}.{name}" for family, methods in FAMILIES.items() for name in methods}


def test_tables_of_choices_name_methods_that_are_there_and_say_what_each_gives_up() -> None:
    text = text_of(DOCS / "howto" / "choosing.md")
    named = set(re.findall(r"\{py:func\}`\w+ <hengdian_index\.(\w+\.\w+)>`", text))
    assert named <= registered()
    assert len(named) > 60
    for title in ("Which normalisation", "Which weights", "Which mean"):
        section = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
        assert len(rows) > 10
        assert all(len(row) == 3 and all(cell.strip("| ") for cell in row) for row in rows), title


QUESTIONS = [
    "install",
    "row for each value",
    "weighting",
    "COINr",
    "SPSSAU",
    "map",
    "fast",
    "polars",
    "cite",
    "contribute",
    "learnt from",
    "without moving history",
    "missing values",
    "sure",
    "Excel",
]


def test_what_newcomers_ask_has_a_page() -> None:
    page = DOCS / "about" / "questions.md"
    rows = re.findall(r"^\| (.+\?) \| (.+) \|$", text_of(page), flags=re.MULTILINE)
    assert len(rows) >= len(QUESTIONS) == 15
    for word in QUESTIONS:
        assert [1 for question, _ in rows if word in question] == [1], word
    for question, answer in rows:
        leads = re.findall(r"\]\(([^)]+)\)", answer)
        assert leads, question
        assert [link for link in leads if link in broken(page)] == [], question


def test_the_extras_of_the_page_on_installing_are_those_of_the_package() -> None:
    text = text_of(DOCS / "start" / "install.md")
    table = "\n".join(line for line in text.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`(\w+)`", "\n".join(line.split(" | ")[0] for line in table.splitlines())))
    beside = set(re.findall(r"`(\w+)`", re.search(r"^`test`.*$", text, re.MULTILINE)[0]))
    assert named == set(EXTRAS) - beside - {"mutation", "peers"}
    assert beside <= set(EXTRAS)
