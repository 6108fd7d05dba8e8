"""The README's example prints what the README says."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import hengdian_index as hi
from hengdian_index.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SET_UP = [
    "pip install . && hengdian-index demo",
    'pip install ".[test]" && pytest -n auto',
    'pip install ".[docs]" && sphinx-build docs docs/_build/html',
]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def _block(language: str, holding: str) -> str:
    """Return the one block in which a text stands."""
    (found,) = [block for block in _blocks(language) if holding in block]
    return found


def _commands(program: str) -> list[list[str]]:
    """Return what follows a program's name in the bash blocks, one list of words a command, comments left out."""
    lines = [line for block in _blocks("bash") for line in re.split(r"\n|&&", block)]
    return [words[1:] for line in lines if (words := shlex.split(line, comments=True))[:1] == [program]]


def _data() -> dict[str, list[object]]:
    """Return a table for the first spec."""
    quarters = [f"{year}Q{q}" for year in range(2019, 2023) for q in range(1, 5)]
    return {
        "quarter": quarters,
        "screens": [*range(16)],
        "concentration": [*range(30, 14, -1)],
        "admissions": [5, 7] * 8,
    }


def test_the_example_prints_what_it_says() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_blocks("python")[0], {})
    assert [line.rstrip() for line in said.getvalue().splitlines()] == [
        line.rstrip() for line in _blocks("text")[0].splitlines()
    ]


def test_the_panel_prints_what_it_says() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_block("python", "countries"), {"hi": hi})
    assert [line.rstrip() for line in said.getvalue().splitlines()] == _block("text", "Asia").splitlines()


def test_the_example_has_twelve_lines_at_most() -> None:
    assert len([line for line in _blocks("python")[0].splitlines() if line.strip()]) <= 12


def test_the_toml_is_an_index() -> None:
    result = hi.Index.from_toml(_blocks("toml")[0]).compute(_data())
    assert result.series().iloc[:4].mean().round(9).tolist() == [100] * 3
    assert round(result.weights["total", "supply"], 12) == 0.75


def test_a_published_index_goes_on_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    index, table = hi.example("film_industry")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_block("python", "hi.release"), {"hi": hi, "index": index, "table": table})
    assert "imdb_votes" in said.getvalue()
    assert hi.Fitted.load("fitted.json").score(table).series().equals(index.compute(table).series())
    assert (tmp_path / "releases" / "2010Q2" / "series.csv").exists()


def test_how_sure_it_is_prints_what_it_says() -> None:
    index, table = hi.example("film_industry")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_block("python", "hi.uncertainty"), {"hi": hi, "index": index, "table": table})
    assert said.getvalue() == _blocks("text")[-1]


def test_the_toml_of_a_published_index_is_one() -> None:
    pytest.importorskip("statsmodels")
    index = hi.Index.from_toml(_blocks("toml")[1])
    quarters = [f"{year}Q{q}" for year in range(2019, 2025) for q in range(1, 5)]
    columns = {name: [float(i % 7 + 1) for i in range(n, n + 24)] for n, name in enumerate(["screens", "streaming"])}
    result = index.compute({"quarter": quarters, **columns, "better": [30.0, 40.0] * 12, "same": [50.0, 45.0] * 12})
    assert result.weights_by_period.index.tolist() == ["", "2022Q3", "2024Q1"]
    assert result.weights["total", "supply"] == 0.5


def test_what_people_see_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    pytest.importorskip("jinja2")
    monkeypatch.chdir(tmp_path)
    index, table = hi.example("film_industry")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_blocks("python")[-1], {"hi": hi, "index": index, "table": table})
    assert "108.8904417" in said.getvalue()
    assert "方法说明" in said.getvalue()
    assert (tmp_path / "film.xlsx").exists()
    assert (tmp_path / "film.html").stat().st_size < 3e6


def test_every_toml_is_a_whole_index_and_none_is_left_untried() -> None:
    assert len([hi.Index.from_toml(block) for block in _blocks("toml")]) == 2


def test_each_set_up_command_is_a_block_of_its_own() -> None:
    assert [block.strip() for block in _blocks("bash")[:3]] == SET_UP


def test_every_command_of_the_blocks_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("matplotlib", "jinja2", "xlsxwriter", "python_calamine"):
        pytest.importorskip(library)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_index.toml").write_text(_blocks("toml")[0], encoding="utf-8")
    pd.DataFrame(_data()).to_csv("data.csv", index=False)
    commands = [words for words in _commands("hengdian-index") if words != ["demo"]]
    assert {words[0] for words in commands} >= {"new", "check", "report", "compute", "audit", "methods"}
    for words in commands:
        done = CliRunner().invoke(main, words)
        # An audit that finds something wrong has another status.
        assert done.exit_code in ((0, 1) if words[0] == "audit" else (0,)), (words, done.output, done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), words
    assert {path.name for path in tmp_path.iterdir()} >= {"my_index.xlsx", "report.html", "result.xlsx", "results"}


def test_every_extra_marker_and_folder_named_is_there() -> None:
    bracketed = [one.partition("[")[2] for words in _commands("pip") for one in words]
    extras = {name for one in bracketed for name in re.findall(r"[a-z]+", one)}
    assert {"test", "docs", "excel", "report"} <= extras <= set(PYPROJECT["project"]["optional-dependencies"])
    markers = {re.match(r"\w+", line)[0] for line in PYPROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    for words in _commands("pytest"):
        named = words[words.index("-m") + 1].split() if "-m" in words else []
        assert set(named) - {"and", "or", "not"} <= markers
        assert all((ROOT / word).exists() for word in words if "/" in word)
    assert any("slow" in words for words in _commands("pytest"))
