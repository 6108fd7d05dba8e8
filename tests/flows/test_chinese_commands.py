"""The main commands with `--lang zh`: no line of what they print is English but what is typed, and names as given."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.ears import english_in
from support.laws import only_own

import hengdian_index as hi
from hengdian_index.cli import main

COMMANDS = (
    "check {index} {data}",
    "compute {index} {data}",
    "compute {index} {data} --out {to}/out --excel {to}/r.xlsx",
    "compute {index} {data} --fit-on 1890",
    "check {index} {broken}",
    "methods",
    "methods 熵权法",
    "methods nothing",
    "audit {index} {data}",
    "uncertainty {index} {data} --draws 8 --doubt weights={{noise=0.25}}",
    "uncertainty {index} {data} --draws 8",
    "sensitivity {index} {data} --draws 8 --resamples 10 --doubt weights={{noise=0.25}}",
    "compare {index} {data} --doubt normalise=['z_score','rank']",
    "release {index} {data} {to}/first",
    "release {index} {data} {to}/second --base 2000",
    "revisions {to}/first {to}/second",
    "bulletin {index} {data}",
    "new {to}/drafted.toml {data}",
    "new {to}/new.xlsx",
    "check {to}/new.xlsx",
    "report {index} {data} {to}/none/r.html",
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what each command prints on the film example, the names that the example has left out."""
    to = tmp_path_factory.mktemp("film")
    index, table = hi.example("film_industry")
    index.write(to / "film.toml")
    table.to_csv(to / "film.csv", index=False)
    broken = table.astype(object)
    broken.iloc[3, 1:4] = "n/a."
    broken.to_csv(to / "broken.csv", index=False)
    names = {"index": to / "film.toml", "data": to / "film.csv", "broken": to / "broken.csv", "to": to}
    known = [index.name, *(one.name for one in (*index.groups, *index.indicators)), *map(str, table.columns)]
    found = {}
    for command in COMMANDS:
        with only_own():
            result = CliRunner().invoke(main, [*command.format(**names).split(), "--lang", "zh"])
        assert result.exit_code in (0, 1, 2), result.exception
        text = result.stdout + result.stderr
        for name in sorted(filter(None, known), key=len, reverse=True):
            text = text.replace(name, "")
        found[command] = text
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_of_a_command_is_english(command: str, said: dict[str, str]) -> None:
    assert said[command].strip()
    assert [(english_in(line), line) for line in said[command].splitlines() if english_in(line)] == []


def test_pages_and_workbooks_are_written_in_the_language_of_the_run(said: dict[str, str], tmp_path: Path) -> None:
    assert "已写到" in said["compute {index} {data} --out {to}/out --excel {to}/r.xlsx"]
    assert said["compute {index} {data} --fit-on 1890"].startswith(("设定错误：", "数据错误："))
    assert "数据错误：" in said["check {index} {broken}"]


def test_ears_hear_english_and_nothing_that_is_typed() -> None:
    for half in ("列“x”：a reciprocal needs a value above 0", "has no value at all"):
        assert english_in(half)
    for whole in (
        "请写weights = { noise = 0.25 }，或用min_max（lower = 1）",
        "没有指标“share of films that earn”",
        "见film_index.toml、second_file.csv and more.xlsx",
        "可选：equal、entropy、critic、merec",
    ):
        assert not english_in(whole), whole
