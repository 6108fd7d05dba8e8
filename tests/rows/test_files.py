"""Tables from files, their names and lines kept for messages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index.rows.files import read_table

INDEX = hi.Index(period="q", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_every_ending_gives_the_table(tmp_path: Path, ending: str) -> None:
    frame = pd.DataFrame({"q": ["2001Q1", "2001Q2"], "季度": [1.5, None]})
    path = tmp_path / f"t.{ending}"
    frame.to_parquet(path) if ending == "parquet" else frame.to_csv(
        path, index=False, sep="\t" if ending == "tsv" else ","
    )
    pd.testing.assert_frame_equal(read_table(path), frame)


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbfq,x\n2001Q1,1\n")
    assert list(read_table(tmp_path / "t.csv")) == ["q", "x"]


def test_blank_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("q,x\n2001Q1,1\n\n,\n2001Q2,two\n")
    with pytest.raises(hi.DataError, match=r"t.csv line 5, period 2001Q2, indicator 'x': 'two' is not a number"):
        INDEX.compute(read_table(tmp_path / "t.csv"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(hi.DataError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(hi.DataError, match=r"cannot read '.xls'.*allowed: .csv, .tsv, .parquet"):
        read_table(tmp_path / "t.xls")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(hi.DataError, match=r"empty.csv: cannot be read as a .csv table"):
        read_table(tmp_path / "empty.csv")
    (tmp_path / "head.csv").write_text("q,x\n")
    with pytest.raises(hi.DataError, match="the table has no rows"):
        INDEX.compute(read_table(tmp_path / "head.csv"))
