"""The README's example prints what the README says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

import hengdian_index as hi

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_example_prints_what_it_says() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_blocks("python")[0], {})
    assert [line.rstrip() for line in said.getvalue().splitlines()] == [
        line.rstrip() for line in _blocks("text")[0].splitlines()
    ]


def test_the_example_has_twelve_lines_at_most() -> None:
    assert len([line for line in _blocks("python")[0].splitlines() if line.strip()]) <= 12


def test_the_toml_is_an_index() -> None:
    index = hi.Index.from_toml(_blocks("toml")[0])
    quarters = [f"{year}Q{q}" for year in range(2019, 2023) for q in range(1, 5)]
    data = {"quarter": quarters, "screens": range(16), "concentration": range(30, 14, -1), "admissions": [5, 7] * 8}
    result = index.compute(data)
    assert result.series().iloc[:4].mean().round(9).tolist() == [100] * 3
    assert round(result.weights["total", "supply"], 12) == 0.75


def test_a_published_index_goes_on_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    index, table = hi.example("film_industry")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_blocks("python")[1], {"hi": hi, "index": index, "table": table})
    assert "imdb_votes" in said.getvalue()
    assert hi.Fitted.load("fitted.json").score(table).series().equals(index.compute(table).series())
    assert (tmp_path / "releases" / "2010Q2" / "series.csv").exists()


def test_how_sure_it_is_prints_what_it_says() -> None:
    index, table = hi.example("film_industry")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(_blocks("python")[2], {"hi": hi, "index": index, "table": table})
    assert said.getvalue() == _blocks("text")[-1]


def test_the_toml_of_a_published_index_is_one() -> None:
    pytest.importorskip("statsmodels")
    rest = """
    [[indicator]]
    code = "screens"
    parent = "supply"
    [[group]]
    code = "supply"
    parent = "total"
    [[group]]
    code = "demand"
    parent = "total"
    """
    index = hi.Index.from_toml(_blocks("toml")[1] + rest)
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
    assert "107.6044582" in said.getvalue()
    assert "方法说明" in said.getvalue()
    assert (tmp_path / "film.xlsx").exists()
    assert (tmp_path / "film.html").stat().st_size < 3e6


def test_there_are_exactly_two_set_up_commands() -> None:
    assert [block.strip() for block in _blocks("bash")] == [
        "pip install . && hengdian-index demo",
        'pip install ".[test]" && pytest',
    ]
