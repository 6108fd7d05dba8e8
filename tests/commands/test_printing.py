"""Commands for machines: data alone on standard output, notes on stderr, numbers as Python has them."""

from __future__ import annotations

import codecs
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index.cli import main

DOUBTS = {"weights": hi.Noise(0.25), "left.aggregate": ["arithmetic", "geometric"], "c": [True, None]}


def ran(*arguments: object, stdin: bytes = b"") -> Result:
    """Return what a command did; only an end by exit status is no error."""
    done = CliRunner().invoke(main, list(map(str, arguments)), input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    two_levels(name="Small", doubts=DOUBTS).write(tmp_path / "index.toml")
    frame = table()
    frame.loc[5, "a"] = np.nan
    frame.assign(spare=1).to_csv(tmp_path / "data.csv", index=False)
    return tmp_path / "index.toml", tmp_path / "data.csv"


def result_of(files: tuple[Path, Path]) -> hi.Result:
    return hi.Index.read(files[0]).compute(pd.read_csv(files[1]))


@pytest.mark.parametrize("form", ["csv", "json"])
def test_standard_input_to_standard_output(form: str, files: tuple[Path, Path]) -> None:
    done = ran("compute", files[0], "-", "--format", form, stdin=files[1].read_bytes())
    expected = result_of(files).series()
    if form == "csv":
        found = pd.read_csv(io.StringIO(done.stdout), index_col=0, dtype=str).astype(float)
    else:
        read = json.loads(done.stdout, parse_constant=lambda word: 1 / 0)
        assert (read["table"], read["labels"]) == ("series", ["quarter"])
        found = pd.DataFrame(read["rows"]).set_index("quarter")[read["columns"]]
    assert list(found.index) == list(expected.index)
    np.testing.assert_array_equal(found.to_numpy(), expected.to_numpy())
    assert done.exit_code == 0
    assert all(line.startswith("Note: ") for line in done.stderr.splitlines())
    assert "spare" in done.stderr


def test_every_table_of_a_folder_can_be_printed(files: tuple[Path, Path], tmp_path: Path) -> None:
    ran("compute", *files, "--out", tmp_path / "out")
    names = [path.stem for path in (tmp_path / "out").glob("*.csv")]
    assert {"scores", "ranks", "log"} <= set(names)
    for name in names:
        done = ran("compute", *files, "--table", name)
        # The mark is for Excel, which opens files.
        assert done.stdout_bytes == (tmp_path / "out" / f"{name}.csv").read_bytes().removeprefix(codecs.BOM_UTF8)


@pytest.mark.parametrize(
    "command",
    [
        "compute {} {}",
        "check {}",
        "check {} {}",
        "audit {} {}",
        "methods",
        "methods entropy",
        "uncertainty {} {} --draws 16",
        "sensitivity {} {} --draws 16 --resamples 10",
        "compare {} {}",
        "compare {0} {0} {1}",
    ],
)
def test_json_has_one_shape(command: str, files: tuple[Path, Path]) -> None:
    done = ran(*command.format(*files).split(), "--format", "json")
    assert done.exit_code in ((0, 1) if command.startswith("audit") else (0,)), done.stderr
    read = json.loads(done.stdout, parse_constant=lambda word: 1 / 0)
    assert list(read) == ["table", "labels", "columns", "rows"]
    assert all(list(row) == [*read["labels"], *read["columns"]] for row in read["rows"])
    as_csv = ran(*command.format(*files).split(), "--format", "csv").stdout
    rows = pd.read_csv(io.StringIO(as_csv), keep_default_na=False)
    assert (len(rows), len(rows.columns)) == (len(read["rows"]), len(read["labels"]) + len(read["columns"]))


def test_a_table_that_is_not_there_is_refused_before_anything_is_written(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    done = ran("compute", *files, "--table", "rank", "--out", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "did you mean 'ranks'" in done.stderr
    assert not (tmp_path / "out").exists()


def test_standard_output_takes_one_thing(files: tuple[Path, Path]) -> None:
    pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
    assert ran("compute", *files, "--out", "-").stdout == ran("compute", *files, "--format", "csv").stdout
    done = ran("compute", *files, "--excel", "-")
    assert (done.exit_code, done.stdout_bytes[:2]) == (0, b"PK")
    done = ran("compute", *files, "--excel", "-", "--format", "csv")
    assert (done.exit_code, done.stdout) == (2, "")


def test_pages_go_to_standard_output(files: tuple[Path, Path], tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed: there are no reports")
    ran("audit", *files, "--html", tmp_path / "audit.html")
    assert ran("audit", *files, "--html", "-").stdout_bytes == (tmp_path / "audit.html").read_bytes()
    done = ran("report", files[0], "-", "-", "--draws", 16, stdin=files[1].read_bytes())
    assert done.exit_code == 0
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert "left.aggregate" in done.stdout
    assert not Path("-").exists()


def test_quiet_says_nothing_but_what_was_asked(files: tuple[Path, Path], tmp_path: Path) -> None:
    done = ran("compute", *files, "--out", tmp_path / "out", "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out" / "scores.csv").exists()
    assert ran("compute", *files, "--quiet").stdout == ran("compute", *files).stdout
    assert ran("compute", *files, "-q", "--format", "csv").stderr == ""
    assert ran("--quiet", "check", *files).output == ""
    done = ran("release", *files, tmp_path / "release", "--quiet")
    assert (done.exit_code, done.output) == (0, "")
    files[1].write_text("quarter,a\n2001Q1,1\n")
    done = ran("compute", *files, "--quiet")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "column 'b' is missing" in done.stderr


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("words", "bar"), [([], True), (["--quiet"], False)])
def test_a_bar_stands_on_a_terminal_alone(
    words: list[str], bar: bool, files: tuple[Path, Path], monkeypatch: Any, capsys: Any
) -> None:
    for stream, shown in ((Terminal(), bar), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        with pytest.raises(SystemExit) as ended:
            main(["uncertainty", *map(str, files), "--draws", "64", "--format", "csv", *words])
        assert ended.value.code == 0
        assert ("draws" in stream.getvalue()) == shown
    assert "%|" not in capsys.readouterr().out


@pytest.mark.parametrize("command", ["methods", "--help", "compute {} {} --format csv", "audit {} {}"])
def test_a_reader_that_goes_ends_the_command_without_a_word(command: str, files: tuple[Path, Path]) -> None:
    arguments = ["--quiet", *command.format(*files).split()]
    with subprocess.Popen(
        [sys.executable, "-m", "hengdian_index", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as started:
        started.stdout.close()
        said = started.stderr.read().decode()
    assert (started.returncode, said) == (0, "")
