"""Sheets as cells: what is read, what is refused, and where a message says it stands."""

from __future__ import annotations

import builtins
import datetime
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from support.workbooks import SHEET, edited, workbook

import hengdian_index as hi
from hengdian_index._tables import archive
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import data_table, read_sheets

INDEX = hi.Index(period="q", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g")])


def refusal(path: Path) -> str:
    with pytest.raises(hi.DataError) as caught:
        read_sheets(path)
    return str(caught.value)


def test_cells_are_what_they_look_like(tmp_path: Path) -> None:
    rows = [["a", " b ", 3], [None, None, None], [1.0, 2.5, "—"], ["=1+1", True, datetime.date(2001, 2, 3)]]
    sheet = read_sheets(workbook(tmp_path / "b.xlsx", s=[[None] * 3, *rows]))["s"]
    assert sheet.header == ("a", "b", "3")
    assert sheet.rows == ((1, 2.5, "—"), ("=1+1", True, datetime.date(2001, 2, 3)))
    assert (sheet.top, sheet.numbers) == (2, (4, 5))
    assert [sheet.cell(-1, 0), sheet.cell(1, 2), sheet.row(0)] == [
        "sheet 's' cell A2",
        "sheet 's' cell C5",
        "sheet 's' row 4",
    ]


def test_columns_without_a_heading(tmp_path: Path) -> None:
    fine = read_sheets(workbook(tmp_path / "a.xlsx", s=[[None, "a", None, "b"], [None, 1, None, 2]]))["s"]
    assert fine.header == ("a", "b")
    assert fine.cell(0, 1) == "sheet 's' cell D2"
    path = workbook(tmp_path / "b.xlsx", s=[["a", None, "b"], [1, None, 2], [1, 7, 2], [1, 8, 2]])
    assert refusal(path).startswith("b.xlsx: sheet 's' cell B3: a value stands in a column without a heading")


def test_the_table_of_a_workbook_is_that_of_its_csv(tmp_path: Path) -> None:
    rows = [["q", "x", "label", "year"], ["2001Q1", 0.1 + 0.2, "a", 2001], ["2001Q2", None, None, 2002]]
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    frame.to_csv(tmp_path / "t.csv", index=False)
    path = workbook(tmp_path / "t.xlsx", anything=rows)
    pd.testing.assert_frame_equal(read_table(path), read_table(tmp_path / "t.csv"))


@pytest.mark.parametrize("name", ["data", "Data", "数据"])
def test_the_data_sheet_is_found_by_its_names(tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "t.xlsx", other=[["y"], [1]], **{name: [["x"], [2]]})
    assert data_table(path)["x"].tolist() == [2]
    assert data_table(path, sheet="other")["y"].tolist() == [1]


def test_which_sheet_is_meant_is_not_guessed(tmp_path: Path) -> None:
    two = workbook(tmp_path / "two.xlsx", one=[["x"], [1]], other=[["x"], [2]])
    with pytest.raises(hi.DataError, match=r"two\.xlsx: no sheet 'data'; sheets found: 'one', 'other'"):
        read_table(two)
    both = workbook(tmp_path / "both.xlsx", data=[["x"], [1]], 数据=[["x"], [2]])
    with hi.options(lang="en"), pytest.raises(hi.DataError, match="2 sheets stand for 'data': 'data', '数据'"):
        read_table(both)
    with pytest.raises(hi.DataError, match="sheet 'data' is empty"):
        read_table(workbook(tmp_path / "empty.xlsx", data=[]))


@pytest.mark.parametrize("cell", ["—", "-", "缺", "…"])
def test_text_in_a_number_column_is_named_with_its_row_and_not_taken_for_missing(tmp_path: Path, cell: str) -> None:
    rows = [["q", "x"], ["2001Q1", 1], [None, None], ["2001Q2", cell], ["2001Q3", 2]]
    with pytest.raises(hi.DataError) as caught:
        INDEX.compute(read_table(workbook(tmp_path / "t.xlsx", data=rows)))
    expected = f"t.xlsx sheet 'data' line 4, period 2001Q2, indicator 'x' (cell B4): {cell!r} is not a number"
    assert expected in str(caught.value)


def test_periods_may_be_dates_years_or_text(tmp_path: Path) -> None:
    year = workbook(tmp_path / "y.xlsx", data=[["q", "x"], [2001, 1], [2002, 3]])
    assert INDEX.compute(read_table(year)).panel.periods.text == ["2001", "2002"]
    days = [datetime.date(2001, month, 1) for month in (1, 2, 3)]
    dates = workbook(tmp_path / "d.xlsx", data=[["q", "x"], *([day, i] for i, day in enumerate(days))])
    assert INDEX.compute(read_table(dates)).panel.periods.text == ["2001-01", "2001-02", "2001-03"]


def test_formulas_count_by_their_stored_value_and_without_one_are_refused(tmp_path: Path) -> None:
    """Read as missing in silence by the library, and by pandas."""
    fine = workbook(tmp_path / "f.xlsx", s=[["x"], [("=1+1", 2)], [("=1+2", 3)], [('=""', "")]])
    edited(fine, SHEET, '<c r="A4"><f>""</f><v></v>', '<c r="A4" t="str"><f>""</f><v></v>')
    assert read_sheets(fine)["s"].rows == ((2,), (3,))
    path = workbook(tmp_path / "b.xlsx", s=[["x", "y"], [("=1+1", ""), 1], [("=1+2", 3), ("=2", "")]])
    assert refusal(path).startswith("b.xlsx: sheet 's' cells 'A2', 'B3': formulas without a stored value")
    bare = workbook(tmp_path / "c.xlsx", s=[["x"], [("=1+1", 5)]])
    assert "cell 'A2': formulas" in refusal(edited(bare, SHEET, "<v>5</v>", ""))
    emptied = workbook(tmp_path / "d.xlsx", s=[["x"], [("=1+1", 5)]])
    assert "cell 'A2': formulas" in refusal(edited(emptied, SHEET, "<v>5</v>", "<v/>"))


def test_error_values_and_merged_cells_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "e.xlsx", s=[["x"], [("=1/0", "#DIV/0!")], [("=NA()", "#N/A")]])
    assert refusal(path).startswith("e.xlsx: sheet 's' cells 'A2', 'A3': error values")
    with xlsxwriter.Workbook(tmp_path / "m.xlsx") as book:
        sheet = book.add_worksheet("s")
        sheet.write(0, 0, "x")
        sheet.merge_range(1, 0, 3, 0, "one for three")
    assert "cell 'A2:A4': merged" in refusal(tmp_path / "m.xlsx")


def test_only_the_sheets_asked_for_are_judged(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", scratch=[[("=1+1", "")]], data=[["x"], [1]])
    assert data_table(path)["x"].tolist() == [1]


def test_a_stray_far_cell_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("s")
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, 1)
    assert "values reach to cell 'XFD1048576': more than 8,000,000 cells" in refusal(path)


def test_files_that_are_no_workbook(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx").endswith("no such file")
    contents = {
        "empty": (b"", "the file is empty"),
        "text": (b"q,x\n2001,1\n", "not an Excel workbook"),
        "old": (archive._OLD_OR_ENCRYPTED + bytes(512), "of the old .xls kind"),
        "locked": (archive._OLD_OR_ENCRYPTED + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        "cut": (workbook(tmp_path / "whole.xlsx", s=[["x"]]).read_bytes()[:-200], "cannot be read as an Excel"),
        "~$book": (b"owner", "the lock file of an open workbook"),
    }
    for name, (content, told) in contents.items():
        (tmp_path / f"{name}.xlsx").write_bytes(content)
        assert told in refusal(tmp_path / f"{name}.xlsx"), name
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("word/document.xml", "<x/>")
    (tmp_path / "word.xlsx").write_bytes(other.getvalue())
    assert "cannot be read as an Excel workbook" in refusal(tmp_path / "word.xlsx")
    for ending in (".xlsb", ".numbers"):
        with pytest.raises(hi.DataError, match=r"save it as \.xlsx"):
            read_table(tmp_path / f"t{ending}")


def test_damage_inside_is_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "t.xlsx", s=[["x"], [1]])
    assert "cannot be read" in refusal(edited(good, SHEET, "</row>", "<row>"))
    doctype = workbook(tmp_path / "d.xlsx", s=[["x"], [1]])
    edited(doctype, SHEET, "<worksheet ", '<!DOCTYPE w [<!ENTITY a "b">]><worksheet ')
    assert "declares a document type" in refusal(doctype)
    flipped = bytearray(workbook(tmp_path / "f.xlsx", s=[["x"], [1]]).read_bytes())
    flipped[200] ^= 0xFF
    (tmp_path / "f.xlsx").write_bytes(flipped)
    assert "cannot be read" in refusal(tmp_path / "f.xlsx")


@pytest.mark.parametrize("limits", [{"MOST_BYTES": 1 << 16}, {"_SUSPICIOUS_BYTES": 1 << 16}])
def test_a_decompression_bomb_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    path = workbook(tmp_path / "bomb.xlsx", s=[["x"], [1]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/padding.xml", bytes(8 << 20))
    assert read_sheets(path)
    for name, value in limits.items():
        monkeypatch.setattr(archive, name, value)
    assert "bomb.xlsx: unpacks from" in refusal(path)


def test_a_macro_workbook_is_read_as_data(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", data=[["x"], [1]])
    edited(path, "[Content_Types].xml", "spreadsheetml.sheet.main+xml", "sheet.macroEnabled.main+xml")
    assert read_table(path.rename(tmp_path / "t.xlsm"))["x"].tolist() == [1]


def test_an_absent_library_is_named_with_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "t.xlsx", data=[["x"], [1]])
    genuine = builtins.__import__

    def absent(name: str, *args: Any, **options: Any) -> Any:
        if name.startswith(("python_calamine", "xlsxwriter")):
            raise ImportError(name)
        return genuine(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(hi.SpecError, match=r'pip install "hengdian-index\[excel\]"'):
        read_table(path)
    with pytest.raises(hi.SpecError, match=r'pip install "hengdian-index\[excel\]"'):
        INDEX.write(tmp_path / "i.xlsx")


def test_faults_name_the_cell_and_truth_values_are_no_numbers(tmp_path):
    """A stray TRUE among numbers is refused with its cell; a column of truth values is 1 and 0."""
    book = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("data")
        for i, row in enumerate([["q", "a", "b", "c"], ["2020", 10, True, "x"], ["2021", True, False, 2], ["2022", 3]]):
            for j, value in enumerate(row):
                sheet.write(i + 1, j + 1, value)
    groups = [hi.Group("g", coverage=0.3)]
    index = hi.Index(period="q", groups=groups, indicators=[hi.Indicator(c, "g") for c in "abc"])
    with pytest.raises(hi.DataError) as error:
        index.compute(read_table(book))
    assert [str(fault) for fault in error.value.faults] == [
        "t.xlsx sheet 'data' line 4, period 2021, indicator 'a' (cell C4): True stands among numbers; write 1 or 0,"
        " or leave the cell blank",
        "t.xlsx sheet 'data' line 3, period 2020, indicator 'c' (cell E3): 'x' is not a number; write it like 1234.5,"
        " or leave the cell blank; where 'x' means a missing value, write missing_marks = [\"x\"] in [data]"
        " (0 in the cell where it means none)",
    ]
    binary = hi.Index(period="q", groups=groups, indicators=[hi.Indicator("b", "g")], normalise="none")
    assert binary.compute(read_table(book)).scores["g"].tolist()[:2] == [1, 0]


HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def crafted(path: Path, rows: Iterable[str], shared: str = "") -> Path:
    """Write a workbook of one sheet `s` from the XML of its rows, and one text that cells share."""
    workbook(path, s=[["a"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"<t>a</t>", f"<t>{shared}</t>".encode())
    parts[SHEET] = (HEAD + "".join(rows) + "</sheetData></worksheet>").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def cell(address: str, value: object = 1) -> str:
    return f'<row r="{address.lstrip("ABCDEFX")}"><c r="{address}"><v>{value}</v></c></row>'


def measured(path: Path) -> tuple[str, float, float]:
    """Return what reading a workbook says, the seconds of its processor, and its most megabytes, in its own process."""
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("this system does not say how much memory a process alone has used")
    code = (
        "import re, sys, time\n"
        "from hengdian_index._tables.workbook import data_table\n"
        "before, said = time.process_time(), ''\n"
        "try: said = str(data_table(sys.argv[1], 's').shape)\n"
        "except ValueError as error: said = str(error)\n"
        f"peak = re.search(r'VmHWM:\\s*(\\d+)', open({str(status)!r}).read())[1]\n"
        "print(time.process_time() - before, peak, said)"
    )
    settings = {**os.environ, "PYTHONPATH": str(Path(hi.__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=settings, capture_output=True, text=True, check=True
    )
    seconds, peak, said = done.stdout.split(" ", 2)
    return said, float(seconds), float(peak) / 1024


TOO_MUCH = {
    "a far column": (lambda: [cell("A1"), cell("XFD1100")], "", "values reach to cell 'XFD1100'"),
    "a far row": (lambda: [cell("A1"), cell("F1048000")], "", "values reach to cell 'F1048000'"),
    "a text in many cells": (
        lambda: (f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 9001)),
        "x" * 30_000,
        r"texts of 50,[\d,]+ characters, more than 50,000,000",
    ),
    "one cell many times": (lambda: [cell("A1")] * 900_000, "", "cells stand in it more than once"),
    "blank cells": (lambda: ["<row>", "<c/>" * 6_000_000, "</row>"], "", "of which 0 are filled"),
    "a value without an end": (
        lambda: ['<row r="1"><c r="A1"><v>', "0123456789" * 1_900_000, "</v></c></row>"],
        "",
        "the value of cell A1 is too long",
    ),
    "an address without an end": (
        lambda: ['<row r="1"><c r="', "A" * 15_000_000, '1"><v>1</v></c></row>'],
        "",
        "no cell has the address 'AAAA",
    ),
    "a comment without an end": (lambda: ["<!--", "x" * 19_000_000, "-->", cell("A1")], "", "comment is too long"),
    "errors everywhere": (
        lambda: (f'<row r="{i}"><c r="A{i}" t="e"><v>#N/A</v></c></row>' for i in range(1, 150_000)),
        "",
        "more: error values",
    ),
    "texts that are long": (
        lambda: (f'<row r="{i}"><c r="A{i}" t="str"><v>{i}{"y" * 30_000}</v></c></row>' for i in range(1, 1700)),
        "",
        r"texts of 50,[\d,]+ characters, more than 50,000,000",
    ),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_a_small_workbook_that_would_cost_much_is_refused_before_it_does(kind: str, tmp_path: Path) -> None:
    rows, shared, said = TOO_MUCH[kind]
    path = crafted(tmp_path / "b.xlsx", rows(), shared)
    found, seconds, megabytes = measured(path)
    assert re.search(said, found)
    assert found.startswith("b.xlsx: ")
    assert path.stat().st_size < 1 << 20
    assert seconds < 5
    assert megabytes < 300


@pytest.mark.parametrize(
    ("n", "k", "most"), [(40_000, 12, 500), pytest.param(200_000, 20, 1024, marks=pytest.mark.slow)]
)
def test_a_large_workbook_is_read(n: int, k: int, most: float, tmp_path: Path) -> None:
    columns = "ABCDEFGHIJKLMNOPQRST"[:k]
    rows = (
        f'<row r="{i}">' + "".join(f'<c r="{j}{i}"><v>{i + x / 8}</v></c>' for x, j in enumerate(columns)) + "</row>"
        for i in range(1, n + 2)
    )
    found, _, megabytes = measured(crafted(tmp_path / "b.xlsx", rows))
    assert found.strip() == f"({n}, {k})"
    assert megabytes < most


def test_time_grows_with_the_cells_and_not_with_the_square_of_the_columns(tmp_path: Path) -> None:
    columns = [archive.letters(j) for j in range(1, 12_001)]
    heads = "".join(f'<c r="{j}1" t="str"><v>x{j}</v></c>' for j in columns)
    rows = ("".join(f'<c r="{j}{i}"><v>{i}</v></c>' for j in columns) for i in range(2, 22))
    every = [f'<row r="1">{heads}</row>', *(f'<row r="{i}">{row}</row>' for i, row in enumerate(rows, 2))]
    found, seconds, _ = measured(crafted(tmp_path / "b.xlsx", every))
    assert found.strip() == "(20, 12000)"
    assert seconds < 8


def garbled(path: Path) -> Path:
    """Cut ten bytes out of a workbook, so that its directory points to nowhere."""
    content = path.read_bytes()
    path.write_bytes(content[:300] + content[310:])
    return path


DAMAGES: dict[str, Callable[[Path], Path]] = {
    "bytes gone": garbled,
    "end gone": lambda path: path.write_bytes(path.read_bytes()[:-30]) and path,
    "row number": lambda path: edited(path, SHEET, '<row r="1"', '<row r="1.5"'),
    "row number below 0": lambda path: edited(path, SHEET, '<row r="2"', '<row r="-2"'),
    "digits": lambda path: edited(path, SHEET, '<row r="2"', f'<row r="{"9" * 5000}"'),
    "address": lambda path: edited(path, SHEET, 'r="A2"', 'r="?2?"'),
    "encoding": lambda path: edited(path, SHEET, 'encoding="UTF-8"', 'encoding="UTF-9"'),
    "encoding of the list of sheets": lambda path: edited(path, "xl/workbook.xml", 'encoding="UTF-8"', 'encoding="X"'),
    "part": lambda path: edited(path, "xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "worksheets/none.xml"),
    "relation": lambda path: edited(path, "xl/workbook.xml", 'r:id="rId1"', 'r:id="rId77"'),
    "elements": lambda path: edited(path, SHEET, "<sheetData>", "<sheetData>" + "<a>" * 50_000),
    "shared text": lambda path: edited(path, SHEET, 't="s"><v>0</v>', 't="s"><v>99999</v>'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_told_with_the_file_and_what_to_do(damage: str, tmp_path: Path) -> None:
    path = DAMAGES[damage](workbook(tmp_path / "b.xlsx", data=[["a", "b"], [1, 2], [3, 4]]))
    for way in (read_table, read_sheets, hi.Index.read):
        with pytest.raises((hi.DataError, hi.SpecError), match=r"^b\.xlsx: .*;"):
            way(path)
