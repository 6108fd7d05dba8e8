"""Tables from files, their names and lines kept for messages."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table

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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("q,x,y\n2001Q1,1,2\n2001Q2,1,5,2\n", "t.csv line 3 has 4 cells, the heading 3"),
        ("q,x,y\n2001Q1,1,5,2\n2001Q2,1,5,2\n", "t.csv line 2 has 4 cells, the heading 3"),
        ("q,x,y\n2001Q1,1\n", "t.csv line 2 has 2 cells, the heading 3"),
        ('q,x,y\n"2001\nQ1",1,2\n2001Q2,1\n', "t.csv line 4 has 2 cells"),
        ("q,x,x\n2001Q1,1,2\n", "t.csv: 'x' heads 2 columns; rename or drop one"),
        ("q,x,\n2001Q1,1,2\n", "t.csv line 2: a value stands in a column without a heading"),
        ("sep=,\nq,x\n2001Q1,1\n", "t.csv: line 1 says how cells are parted; take it out"),
    ],
)
def test_cells_never_move_under_another_name(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(hi.DataError) as error:
        read_table(tmp_path / "t.csv")
    assert str(error.value.faults[0]).startswith(told)


def test_blank_cells_after_the_last_name_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("q,x\n2001Q1,1,\n2001Q2,2,,\n")
    pd.testing.assert_frame_equal(
        read_table(tmp_path / "t.csv"), pd.DataFrame({"q": ["2001Q1", "2001Q2"], "x": [1, 2]})
    )


def test_labels_stay_the_text_that_they_are(tmp_path: Path) -> None:
    """007 is another unit than 7, NA is Namibia, 1e5 a code; a blank label is missing; headings have no blanks."""
    (tmp_path / "t.csv").write_text(",unit, x\n0,007,1\n1,7,NA\n2,NA,3\n3,1e5,4\n4,,5\n")
    found = read_table(tmp_path / "t.csv", ["unit"])
    assert found["unit"].tolist()[:4] == ["007", "7", "NA", "1e5"]
    assert found["unit"].isna().tolist() == [False] * 4 + [True]
    assert found["x"].tolist()[2:] == [3, 4, 5]


def test_every_line_that_has_other_cells_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("q,x\n" + "2001Q1,1,5\n" * 30)
    with pytest.raises(hi.DataError) as error:
        read_table(tmp_path / "t.csv")
    assert len(error.value.faults) == 1
    assert re.match("t.csv line 2 has 3 cells, the heading 2; .*; and so in 29 more lines$", str(error.value))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(hi.DataError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(hi.DataError, match=r"cannot read '.xlsb'.*allowed: .csv, .tsv, .parquet"):
        read_table(tmp_path / "t.xlsb")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(hi.DataError, match=r"empty.csv: cannot be read as a .csv table"):
        read_table(tmp_path / "empty.csv")
    (tmp_path / "head.csv").write_text("q,x\n")
    with pytest.raises(hi.DataError, match="the table has no rows"):
        INDEX.compute(read_table(tmp_path / "head.csv"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("q,x\n\n2001Q1,1\n,\n\n20x1,2\n", "t.csv: q: cannot read '20x1' (line 6)"),
        ("q,x\n\n2001Q1,1\n,\n\n ,2\n", "t.csv: q: 1 of 2 labels is missing: line 6;"),
        ('q,x,note\n2001Q1,1,"two\nlines\nand three"\n\n20x1,2,\n', "t.csv: q: cannot read '20x1' (line 6)"),
        ('q,x,note\n2001Q1,1,"two\nlines"\n2001Q2,a,\n', "t.csv line 4, period 2001Q2, indicator 'x': 'a' is not"),
        ('q,x,"a\nheading"\n2001Q1,b,\n', "t.csv line 3, period 2001Q1, indicator 'x': 'b' is not"),
        ('q,x\r\n"\r\n2001Q1",1\r\n\r\n2001Q1,2\r\n', "t.csv line 5, period 2001Q1 is given a second time"),
    ],
)
def test_faults_have_their_line_below_blank_rows_and_texts_of_several_lines(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "t.csv").write_bytes(text.encode())
    with pytest.raises(hi.DataError) as error:
        INDEX.compute(read_table(tmp_path / "t.csv"))
    assert str(error.value.faults[0]).startswith(told)


def test_a_row_without_unit_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("u,x\na,1\n\n,2\nb,3\n")
    index = hi.Index(unit="u", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])
    with pytest.raises(hi.DataError, match=r"u: 1 row has no unit: line 4; write it or leave this row out$"):
        index.compute(read_table(tmp_path / "t.csv", ["u"]))


def without(monkeypatch: pytest.MonkeyPatch, *libraries: str) -> None:
    """Let libraries be as if they were not installed."""
    for name in libraries:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".xlsx", ".xlsm"])
def test_a_missing_file_is_told_before_a_missing_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    without(monkeypatch, "pyarrow", "fastparquet", "python_calamine")
    with pytest.raises(hi.DataError, match=rf"none\{ending}: no such file$"):
        read_table(tmp_path / f"none{ending}")


def test_what_to_install_for_a_parquet_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": [1.5, 2.5]}).to_parquet(path)
    assert read_table(path)["x"].tolist() == [1.5, 2.5]
    without(monkeypatch, "pyarrow", "fastparquet")
    with pytest.raises(hi.SpecError, match=r't\.parquet: .*install pyarrow: pip install "hengdian-index\[arrow\]"$'):
        read_table(path)


@pytest.mark.parametrize("blank", ["", ",,", " , , ", '"  ",,'])
@pytest.mark.parametrize("beside", ["1", "8" * 4301, "word"])
def test_rows_of_blanks_are_no_rows_whatever_else_stands_in_the_table(tmp_path: Path, blank: str, beside: str) -> None:
    index = INDEX.replace({"unit": "u"})
    (tmp_path / "t.csv").write_text(f"u,x,beside\na,1,{beside}\n{blank}\nb,3,2\n{blank}\nc,two,4\n")
    with pytest.raises(hi.DataError) as caught:
        index.replace({"period": None}).compute(read_table(tmp_path / "t.csv", ["u"]))
    assert [str(fault)[:38] for fault in caught.value.faults] == ["t.csv line 6, unit 'c', indicator 'x': "[:38]]


def test_a_number_beyond_every_float_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"q,x\n2001Q1,1\n2001Q2,{'7' * 5000}\n2001Q3,2\n")
    with pytest.raises(hi.DataError, match=r"line 3, .*'777.* is too large a number"):
        INDEX.compute(read_table(tmp_path / "t.csv"))
    with pytest.raises(hi.DataError, match="is too large a number"):
        hi.normalise.min_max([1.0, 10**400, 2.0])
