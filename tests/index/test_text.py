"""A result as a folder of tables: what the command writes, as any program of tables reads it."""

from __future__ import annotations

import codecs
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from support.indexes import two_levels
from support.tables import table

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table
from hengdian_index.cli import main


def test_to_csv_writes_what_the_command_writes(tmp_path: Path) -> None:
    index = two_levels()
    index.write(tmp_path / "index.toml")
    table().to_csv(tmp_path / "data.csv", index=False)
    command = [*map(str, ["compute", tmp_path / "index.toml", tmp_path / "data.csv", "--out", tmp_path / "out"])]
    assert CliRunner().invoke(main, command).exit_code == 0
    files = index.compute(read_table(tmp_path / "data.csv")).to_csv(tmp_path / "own")
    assert sorted(files) == sorted(path.name for path in (tmp_path / "out").iterdir())
    for name in files:
        if name not in ("provenance.json", "log.csv"):
            assert (tmp_path / "own" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_tables_begin_with_a_mark_and_come_back(tmp_path: Path) -> None:
    index = hi.Index(unit="城市", groups=[hi.Group("总")], indicators=[hi.Indicator("甲", "总", name="=甲")])
    result = index.compute({"城市": ["北京", "+上海"], "甲": [1.0, 3.0]})
    files = result.to_csv(str(tmp_path / "new" / "tables"))
    for name in files:
        marked = (tmp_path / "new" / "tables" / name).read_bytes().startswith(codecs.BOM_UTF8)
        assert marked is name.endswith(".csv")
    scores = pd.read_csv(tmp_path / "new" / "tables" / "scores.csv")
    assert scores.to_numpy().tolist() == [["北京", 0.0], ["'+上海", 1.0]]
    again = hi.Index(unit="城市", groups=[hi.Group("g")], indicators=[hi.Indicator("总", "g")])
    again.write(tmp_path / "again.toml")
    command = ["compute", str(tmp_path / "again.toml"), str(tmp_path / "new" / "tables" / "scores.csv")]
    assert "+上海" in CliRunner().invoke(main, command).output


def test_tables_that_this_result_does_not_have_go_and_edited_ones_stay(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    two_levels().compute(table()).to_csv(folder)
    (folder / "ranks.csv").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    plain = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")]).compute({"a": [1.0, 2.0]})
    plain.to_csv(folder)
    assert not (folder / "series.csv").exists()
    assert (folder / "notes.txt").read_text() == "mine"
    assert pd.read_csv(folder / "scores.csv").shape == (2, 2)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(hi.DataError, match=r"cannot write to .*file"):
        two_levels().compute(table()).to_csv(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
