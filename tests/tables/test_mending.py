"""Cells that may be read in several ways are refused with what to write, which then passes."""

import json
import re

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._tables.mending import is_mark, marks_among, remedy_for
from hengdian_index._tables.read_file import read_table

PARTS = {"groups": [hi.Group("all", coverage=0.3)], "indicators": [hi.Indicator("rent", "all")]}


def index(**more):
    return hi.Index(period="when", **PARTS, **more)


def files(folder, cells):
    """Yield one table as CSV, as a workbook with numbers as numbers, and as a data frame."""
    rows = [("when", "rent"), *((f"200{i}", cell) for i, cell in enumerate(cells))]
    (folder / "t.csv").write_text("".join(f"{a},{b}\n" for a, b in rows), encoding="utf-8")
    with xlsxwriter.Workbook(folder / "t.xlsx") as book:
        sheet = book.add_worksheet("data")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                plain = re.fullmatch(r"-?\d+(\.\d+)?", cell)
                sheet.write(i, j, float(cell) if plain else cell)
    yield read_table(folder / "t.csv")
    yield read_table(folder / "t.xlsx")
    yield pd.DataFrame(rows[1:], columns=rows[0])


@pytest.mark.parametrize(
    "mark", ["…", "......", "—", "——", "-", "－", "/", "*", "..", ":", "x", "缺", "无数据", "暂无", "not available"]
)
def test_a_mark_is_refused_with_the_line_that_reads_it(mark, tmp_path):
    for table in files(tmp_path, ["12.5", mark, "13", mark, "14.5"]):
        with pytest.raises(hi.DataError, match="is not a number") as refusal:
            index().compute(table)
        line = re.search(r"missing_marks = (\[.*?\]) in \[data\]", str(refusal.value))
        result = index(data={"missing_marks": json.loads(line[1])}).compute(table)
        blank = index().compute({"when": range(2000, 2005), "rent": [12.5, None, 13, None, 14.5]})
        assert result.scores["all"].isna().tolist() == blank.scores["all"].isna().tolist()
        assert result.scores["all"].dropna().tolist() == blank.scores["all"].dropna().tolist()
        assert result.log["why"].str.contains("read as missing in 2 cells of 'rent'").sum() == 1


def test_the_line_lists_every_mark_of_the_table_and_of_the_index(tmp_path):
    for table in files(tmp_path, ["12.5", "—", "13", "..", "c"]):
        with pytest.raises(hi.DataError, match=re.escape('missing_marks = ["c", "—", ".."] in [data]')):
            index(data={"missing_marks": ["c"]}).compute(table)


def test_numbers_may_be_marks():
    table = {"when": range(2000, 2004), "rent": [3.0, -999, 4.0, 5.0]}
    result = index(data={"missing_marks": [-999]}).compute(table)
    assert result.scores["all"].isna().tolist() == [False, True, False, False]
    assert result.log["why"].str.contains("-999 read as missing in 1 cell of 'rent'").sum() == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("40.1%", ["40.1"]),
        ("３％", ["3"]),
        ("12‰", ["12"]),
        ("0.98765万", ["9876.5"]),
        ("1.2亿", ["120000000"]),
        ("1,234.5万元", ["12345000"]),
        ("3.4k", ["3400"]),
        ("2 million", ["2000000"]),
        ("1.5bn", ["1500000000"]),
        ("(12.5)", ["-12.5", "12.5"]),
        ("[7]", ["-7", "7"]),
        ("约12", ["12"]),
        ("~5", ["5"]),
        (">100", ["100"]),
        ("<0.1", ["0.1"]),
        ("≥3", ["3"]),
        ("1,000以上", ["1000"]),
        ("9_876.5", ["9876.5"]),
        ("12,5", ["12.5", "125"]),
        ("12.3 p", ["12.3"]),
        ("$12", ["12"]),
        ("8元", ["8"]),
    ],
)
def test_a_number_with_more_beside_it_is_refused_with_the_number_to_write(text, written, tmp_path):
    told = remedy_for(text)
    assert re.findall(r"(?<![\d.])-?\d+(?:\.\d+)?", told.split(" = ")[0])[: len(written)] == written
    if "," not in text:
        for table in files(tmp_path, ["12.5", text, "14"]):
            with pytest.raises(hi.DataError) as refusal:
                index().compute(table)
            assert f"{text!r} is not a number; {told}" in str(refusal.value)
            assert ("line 3" in str(refusal.value)) == ("source" in table.attrs)


@given(st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers().map(str))
def test_no_number_is_a_mark(text):
    assert not is_mark(text)


@given(st.lists(st.text(max_size=30)))
def test_a_remedy_is_one_line_for_any_text(texts):
    assert set(marks_among(texts)) <= {text.strip() for text in texts}
    assert all(remedy_for(text) for text in texts)


def test_errors_of_a_workbook_are_no_marks():
    assert not any(map(is_mark, ["#DIV/0!", "#REF!", "#VALUE!", "a sentence of so many words is no mark"]))
