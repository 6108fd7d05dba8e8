"""Standard input is read as a file is, and called by its name; nothing is read twice or written over."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from support.indexes import two_levels
from support.tables import table

from hengdian_index.cli import main


def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
    done = CliRunner().invoke(main, list(map(str, arguments)), input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def index(tmp_path: Path) -> Path:
    two_levels().write(tmp_path / "index.toml")
    return tmp_path / "index.toml"


TEXT = table().to_csv(index=False)


def content(kind: str) -> bytes:
    """Return the rows in some form."""
    buffer = io.BytesIO()
    if kind == "xlsx":
        pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed")
        table().to_excel(buffer, index=False, engine="xlsxwriter")
    elif kind == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
        table().to_parquet(buffer)
    elif kind == "tabs":
        return TEXT.replace(",", "\t").encode()
    elif kind == "chinese":
        return f"注：示例\n{TEXT}".encode("gb18030")
    else:
        return TEXT.encode(kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "utf-16", "chinese", "tabs", "xlsx", "parquet"])
def test_every_form_of_a_file_is_read_from_standard_input(kind: str, index: Path, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(TEXT)
    code, said, errors = run("compute", index, "-", "--format", "csv", stdin=content(kind))
    assert code == 0, errors
    found, expected = (
        pd.read_csv(io.StringIO(text), index_col=0)
        for text in (said, run("compute", index, tmp_path / "data.csv", "--format", "csv")[1])
    )
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b"", "standard input: .*empty"),
        (b"\n\n", "standard input"),
        (bytes(range(256)) * 8, "standard input"),
        (b"PK\x03\x04 no workbook", "standard input"),
        (b"quarter,a\n", "standard input: column 'b' is missing"),
        (TEXT.replace("2001Q3,", "2001Q3,x", 1).encode(), "standard input line 4, period 2001Q3, indicator 'a'"),
    ],
)
def test_what_is_wrong_is_said_of_standard_input(given: bytes, why: str, index: Path) -> None:
    code, said, errors = run("compute", index, "-", stdin=given)
    assert (code, said) == (2, "")
    assert errors.splitlines()
    assert all(line.startswith("DataError: standard input") for line in errors.splitlines()), errors
    assert re.search(why, errors)


def test_the_index_may_come_from_standard_input(index: Path, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text(TEXT)
    text = index.read_bytes()
    data = tmp_path / "data.csv"
    assert run("compute", "-", data, stdin=text) == run("compute", index, data)
    assert run("check", "-", stdin=text)[1].startswith("standard input: 3 groups")
    code, _, errors = run("check", "-", stdin=text.replace(b"direction", b"directoin"))
    assert code == 2
    assert "standard input:" in errors
    code, _, errors = run("check", "-", stdin=b"\xff\xfe\x00")
    assert (code, "standard input: cannot be read as UTF-8 text" in errors) == (2, True)


def test_standard_input_is_read_once(index: Path) -> None:
    code, said, errors = run("compute", "-", "-")
    assert (code, said) == (2, "")
    assert errors == "SpecError: INDEX and DATA: standard input is read once; name a file for one of them\n"


def test_check_and_release_take_standard_input(index: Path, tmp_path: Path) -> None:
    assert run("check", index, "-", stdin=TEXT.encode())[1].startswith("standard input: ")
    assert run("release", index, "-", tmp_path / "release", stdin=TEXT.encode())[0] == 0
    assert (tmp_path / "release" / "release.json").exists()


def test_a_heading_of_two_rows_is_no_fault_while_the_index_that_may_say_so_cannot_be_read(tmp_path: Path) -> None:
    heads = pd.DataFrame([["", "scale", ""], ["town", "shops", "firms"], ["a", 1, 4], ["b", 2, 3], ["c", 5, 9]])
    heads.to_csv(tmp_path / "two.csv", index=False, header=False)
    (tmp_path / "broken.toml").write_text("[index", encoding="utf-8")
    code, _, said = run("check", tmp_path / "broken.toml", tmp_path / "two.csv")
    assert code == 2
    assert [line.partition(":")[2].split(":")[0].strip() for line in said.splitlines()] == ["broken.toml"]
    (tmp_path / "none.csv").write_text("", encoding="utf-8")
    assert "none.csv" in run("check", tmp_path / "broken.toml", tmp_path / "none.csv")[2]
