"""The front page prints what it says, its commands are those of the project, its figures those that are kept."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

import hengdian_index as hi

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MEASURED = json.loads((ROOT / "docs" / "about" / "performance.json").read_text(encoding="utf-8"))
SET_UP = [
    "pip install . && hengdian-index demo",
    'pip install ".[test]" && pytest -n auto',
    'pip install ".[docs]" && sphinx-build docs docs/_build/html',
]
TOOLS = ["hengdian_index", "COINr", "Compind", "scikit-criteria", "pymcdm", "pyDecision", "SPSSAU"]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def _commands(program: str) -> list[list[str]]:
    """Return what follows a program's name in the bash blocks, one list of words a command, comments left out."""
    lines = [line for block in _blocks("bash") for line in re.split(r"\n|&&", block)]
    return [words[1:] for line in lines if (words := shlex.split(line, comments=True))[:1] == [program]]


def _tools() -> dict[str, list[str]]:
    """Return the cells of the table of tools, by the name in the first."""
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in README.splitlines() if " | " in line]
    return {re.sub(r"\*|\[\d\]", "", row[0]).strip(): row[1:] for row in rows if len(row) == 5}


def test_the_example_prints_what_it_says() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_blocks("python")[0], {})
    assert [line.rstrip() for line in said.getvalue().splitlines()] == [
        line.rstrip() for line in _blocks("text")[0].splitlines()
    ]


def test_the_example_has_twelve_lines_at_most() -> None:
    assert len([line for line in _blocks("python")[0].splitlines() if line.strip()]) <= 12


def test_no_code_of_it_is_left_untried() -> None:
    assert (len(_blocks("python")), len(_blocks("text")), len(_blocks("bash"))) == (1, 1, 4)
    assert README.count("```") == 2 * 6


def test_each_set_up_command_is_a_block_of_its_own() -> None:
    assert [block.strip() for block in _blocks("bash")[:3]] == SET_UP


def test_every_extra_and_script_named_is_there() -> None:
    bracketed = [one.partition("[")[2] for words in _commands("pip") for one in words]
    extras = {name for one in bracketed for name in re.findall(r"[a-z]+", one)}
    assert {"test", "docs"} <= extras <= set(PYPROJECT["project"]["optional-dependencies"])
    assert _commands("python")
    assert all((ROOT / words[0]).exists() for words in _commands("python"))


def test_every_page_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:docs|examples)/[\w./]*\w|[A-Z]+\.(?:md|cff)|LICENSE)`", README)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_countries_are_as_many_as_it_says() -> None:
    _, table = hi.example("countries")
    assert f"{table['code'].nunique()} countries and {table['year'].nunique()} years" in README


def test_all_tools_stand_in_the_table() -> None:
    assert list(_tools()) == TOOLS
    assert {len(cells) for cells in _tools().values()} == {4}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_times_of_the_table_are_those_that_are_kept(tool: str) -> None:
    found = {
        (one["method"], one["library"]): one["elapsed"]
        for one in MEASURED["peers"]
        if one["rows"] == max(each["rows"] for each in MEASURED["peers"])
    }
    times = [found.get((method, tool)) for method in ("critic", "entropy")]
    assert _tools()[tool][-1] == ("not measured" if None in times else ", ".join(f"{one:.2g} s" for one in times))


def test_what_is_said_of_the_times_is_what_is_kept() -> None:
    largest = max(one["rows"] for one in MEASURED["peers"])
    critic = [one for one in MEASURED["peers"] if one["method"] == "critic" and one["rows"] == largest]
    assert f"weights of {largest:,} x {critic[0]['columns']}" in README
    assert f"agree to {max(one['difference'] for one in critic):.0e}" in README
    assert (
        f"on {MEASURED['date']} ({MEASURED['processors']} processors, load {MEASURED['load']['peers']:.1f})" in README
    )
    for library in ("scikit-criteria", "pymcdm", "pyDecision"):
        assert f"{library} {MEASURED['versions'][library]}" in README.replace("\n", " ")
