"""Workbooks of every kind as people fill them: which sheet is meant, what stands beside a table, what is in error."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from support.workbooks import workbook

import hengdian_index as hi
from hengdian_index._tables.form import Form
from hengdian_index._tables.read_file import read_table

INDEX = hi.Index(
    unit="town", groups=[hi.Group("all")], indicators=[hi.Indicator("jobs", "all"), hi.Indicator("air", "all")]
)
HEAD = ["town", "jobs", "air"]
ROWS = [["Ulm", 61, 8], ["Bonn", 55, 5], ["Köln", 48, 9]]
EXPECTED = INDEX.compute(pd.DataFrame(ROWS, columns=HEAD)).scores["all"].tolist()


def read(path, **form):
    return read_table(path, ["town"], Form.of(form), INDEX.columns)


def scores(path, **form):
    return INDEX.compute(read(path, **form)).scores["all"].tolist()


def log(path, **form):
    return " ".join(line.why for line in INDEX.compute(read(path, **form)).entries)


def as_text(path: Path, rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path


def converted(path: Path, ending: str) -> Path:
    """Return a workbook written anew by a spreadsheet program."""
    run = ["soffice", "--headless", f"-env:UserInstallation=file://{path.parent}/office", "--convert-to", ending]
    subprocess.run([*run, "--outdir", str(path.parent), str(path)], capture_output=True, check=True, timeout=120)
    return path.with_suffix(f".{ending}")


def test_the_sheet_that_alone_has_the_columns_is_read_and_the_log_says_so(tmp_path):
    book = workbook(
        tmp_path / "b.xlsx", readme=[["about"], ["jobs in thousands"]], t=[HEAD, *ROWS], part=[HEAD[:2], ["Ulm", 3]]
    )
    assert scores(book) == EXPECTED
    assert "not read: 'readme', 'part'" in log(book)


def test_a_codebook_that_lists_the_names_is_not_taken_for_the_table(tmp_path):
    book = workbook(tmp_path / "b.xlsx", codes=[["name", "meaning"], *([one, "…"] for one in HEAD)], t=[HEAD, *ROWS])
    assert scores(book) == EXPECTED


def test_two_sheets_that_have_the_columns_are_refused_with_the_line_to_write(tmp_path):
    other = [[name, jobs + 1, air] for name, jobs, air in ROWS]
    book = workbook(tmp_path / "b.xlsx", **{"2021": [HEAD, *other], "2022": [HEAD, *ROWS]})
    with pytest.raises(hi.DataError, match=r"'2021', '2022'; .* sheet = \"2021\" in \[data\]"):
        read(book)
    assert scores(book, sheet="2022") == EXPECTED
    with pytest.raises(hi.DataError, match=r"no sheet '2023'.*'2021', '2022'"):
        read(book, sheet="2023")


def test_no_sheet_is_taken_that_lacks_what_another_has(tmp_path):
    book = workbook(tmp_path / "b.xlsx", a=[HEAD[:2], ["Ulm", 1]], b=[["town", "air"], ["Ulm", 1]])
    with pytest.raises(hi.DataError, match="no sheet 'data'; sheets found: 'a', 'b'"):
        read(book)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("remark", ["revised in May", "见附注", "2 towns"])
def test_remarks_beside_the_table_are_no_fault(tmp_path, kind, remark):
    rows = [[*HEAD, None, None], [*ROWS[0], None, remark], [*ROWS[1], None, None], [*ROWS[2], None, "and 7"]]
    path = workbook(tmp_path / "b.xlsx", t=rows) if kind == "xlsx" else as_text(tmp_path / "b.csv", rows)
    assert scores(path) == EXPECTED
    assert f"2 remarks beside the table, the first in {'row' if kind == 'xlsx' else 'line'} 2: '{remark}'" in log(path)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_numbers_under_no_heading_are_refused_unless_a_blank_column_parts_them_from_the_table(tmp_path, kind):
    near = [[*HEAD, None], *([*row, 7] for row in ROWS)]
    far = [[*HEAD, None, None], *([*row, None, 7] for row in ROWS)]
    write = (
        (lambda name, rows: workbook(tmp_path / f"{name}.xlsx", t=rows))
        if kind == "xlsx"
        else (lambda name, rows: as_text(tmp_path / f"{name}.csv", rows))
    )
    with pytest.raises(hi.DataError, match="a value stands in a column without a heading"):
        read(write("near", near))
    assert scores(write("far", far)) == EXPECTED


def test_error_values_are_a_fault_only_in_columns_that_the_index_uses(tmp_path):
    unused = [
        [*HEAD, "share"],
        *([*row, ("=1/0", error)] for row, error in zip(ROWS, ("#DIV/0!", "#N/A", "#REF!"), strict=True)),
    ]
    assert scores(workbook(tmp_path / "u.xlsx", t=unused)) == EXPECTED
    used = [HEAD, ROWS[0], ["Bonn", ("=1/0", "#DIV/0!"), ("=1/0", "#NUM!")], ROWS[2]]
    with pytest.raises(hi.DataError) as caught:
        INDEX.compute(read(workbook(tmp_path / "e.xlsx", t=used)))
    told = [fault.message for fault in caught.value.faults]
    assert len(told) == 2
    assert "sheet 't' cell 'B3': error values" in told[0]
    assert "sheet 't' cell 'C3': error values" in told[1]
    labels = [HEAD, ROWS[0], [("=1/0", "#REF!"), 5, 6]]
    with pytest.raises(hi.DataError, match="cell 'A3': error values"):
        INDEX.compute(read(workbook(tmp_path / "l.xlsx", t=labels)))


def test_not_available_is_missing_in_a_workbook_as_in_a_text_file(tmp_path):
    rows = [[*row[:2], mark] if i == 1 else row for i, (row, mark) in enumerate(zip(ROWS, ["#N/A"] * 3, strict=True))]
    cells = [[*row[:2], ("=NA()", "#N/A")] if i == 1 else row for i, row in enumerate(rows)]
    book = INDEX.replace({"missing": "reweight"}).compute(read(workbook(tmp_path / "t.xlsx", t=[HEAD, *cells])))
    text = INDEX.replace({"missing": "reweight"}).compute(read(as_text(tmp_path / "t.csv", [HEAD, *rows])))
    assert book.raw.isna().to_numpy().sum() == 1
    assert book.scores.equals(text.scores)


@pytest.mark.office("soffice")
@pytest.mark.parametrize("ending", ["ods", "xls"])
class TestOtherKinds:
    @pytest.fixture(autouse=True)
    def needs(self, ending):
        if shutil.which("soffice") is None:
            pytest.skip("soffice is not installed")
        if ending == "xls":
            pytest.importorskip("xlrd", reason="xlrd is not installed (the extra `xls`)")

    def test_they_are_read_as_the_workbook_that_they_came_from(self, tmp_path, ending):
        rows = [["Towns, 2022"], [*HEAD, "since"], *([*row, 2001.5] for row in ROWS), [], ["Note: x"]]
        book = workbook(tmp_path / "b.xlsx", empty=[], t=rows)
        other = converted(book, ending)
        assert read(other).equals(read(book))
        assert scores(other) == EXPECTED
        assert "is a title" in log(other)

    def test_error_values_and_merged_cells_are_found_in_them_too(self, tmp_path, ending):
        unused = [[*HEAD, "share"], *([*row, ("=1/0", "#DIV/0!")] for row in ROWS)]
        assert scores(converted(workbook(tmp_path / "u.xlsx", t=unused), ending)) == EXPECTED
        used = [HEAD, ROWS[0], ["Bonn", ("=1/0", "#DIV/0!"), 5], ROWS[2]]
        with pytest.raises(hi.DataError, match="cell 'B3': error values"):
            INDEX.compute(read(converted(workbook(tmp_path / "e.xlsx", t=used), ending)))

    def test_damage_is_refused(self, tmp_path, ending):
        whole = converted(workbook(tmp_path / "b.xlsx", t=[HEAD, *ROWS]), ending)
        content = whole.read_bytes()
        for size in (0, 100, len(content) // 2, len(content) - 40):
            whole.write_bytes(content[:size])
            with pytest.raises(hi.DataError, match=whole.name):
                read(whole)
