"""Titles, units and notes around a table: the same in CSV and in Excel, told in the log, and no row lost."""

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

import hengdian_index as hi
from hengdian_index._tables.grid import layout_of
from hengdian_index._tables.read_file import read_table

INDEX = hi.Index(period="q", groups=[hi.Group("g")], indicators=[hi.Indicator("x", "g"), hi.Indicator("y", "g")])
ROWS = [["q", "x", "y"], ["2001Q1", 1, 4.5], ["2001Q2", 3, 2.5], ["2001Q3", 2, 8.0]]


def files(folder: Path, rows: list[list[object]]) -> list[Path]:
    """Return the rows as a CSV file and as a workbook."""
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    (folder / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with xlsxwriter.Workbook(folder / "t.xlsx") as book:
        sheet = book.add_worksheet("data")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if cell is not None:
                    sheet.write(i, j, cell)
    return [folder / "t.csv", folder / "t.xlsx"]


@pytest.mark.parametrize(
    ("above", "units", "below", "said"),
    [
        ([["Trips by quarter", None, None]], [], [], 1),
        ([["Table 1", None, None], ["Source office", None, "Unit: km"]], [], [], 2),
        ([], [[None, "km", "hours"]], [], 1),
        ([], [["单位", "公里", "小时"]], [], 1),
        ([], [], [["Source: office", None, None]], 1),
        ([], [], [["注：初步数", None, None], ["第三季度为估计", None, None]], 2),
        ([], [], [[None, None, None], [None, "office of trips", None]], 1),
        ([["Trips", None, None]], [[None, "km", "hours"]], [["Notes", None, None]], 3),
    ],
)
def test_what_stands_around_a_table_is_passed_over_and_told(
    tmp_path: Path, above: list[list[object]], units: list[list[object]], below: list[list[object]], said: int
) -> None:
    plain = INDEX.compute(pd.DataFrame(ROWS[1:], columns=ROWS[0]))
    for path in files(tmp_path, [*above, ROWS[0], *units, *ROWS[1:], *below]):
        result = INDEX.compute(read_table(path))
        pd.testing.assert_frame_equal(result.scores, plain.scores)
        told = [line.why for line in result.log.itertuples() if path.name in line.why]
        assert len(told) == said, told


@pytest.mark.parametrize(
    "rows",
    [
        [["q", "x", "y"], ["2001Q1", 1, 2], ["2001Q2", None, None]],
        [["q", "x", "y"], ["2001Q1", 1, 2], [None, None, None], ["2001Q2", None, None]],
    ],
)
def test_rows_of_the_table_are_no_titles_and_no_notes(tmp_path: Path, rows: list[list[object]]) -> None:
    for path in files(tmp_path, rows):
        assert len(read_table(path)) == sum(any(cell is not None for cell in row) for row in rows) - 1
    for path in files(tmp_path, [["q", None], ["2001Q1", 2]]):
        with pytest.raises(hi.DataError, match="without a heading"):
            read_table(path)


def test_a_fault_keeps_its_line_below_a_title(tmp_path: Path) -> None:
    for path in files(tmp_path, [["Trips", None, None], *ROWS[:2], ["2001Q2", "many", 1]]):
        with pytest.raises(hi.DataError, match=r"line 4, period 2001Q2, indicator 'x'.*'many' is not a number"):
            INDEX.compute(read_table(path))


def test_cells_may_be_parted_by_anything_that_parts_them_alike(tmp_path: Path) -> None:
    plain = INDEX.compute(pd.DataFrame(ROWS[1:], columns=ROWS[0]))
    for separator in ";\t":
        for decimal in ".,":
            text = "\r".join(separator.join(str(cell).replace(".", decimal) for cell in row) for row in ROWS)
            (tmp_path / "t.csv").write_text(text, encoding="utf-16")
            result = INDEX.compute(read_table(tmp_path / "t.csv"))
            pd.testing.assert_frame_equal(result.scores, plain.scores)
            told = " ".join(result.log["why"])
            assert "UTF-16" in told
            assert ("semicolons" if separator == ";" else "tabs") in told


def test_pairs_of_words_above_a_wider_table_are_titles():
    rows = [["Data Source", "Indicators", ""], [], ["Updated", "2024-06-28"], [], ["town", "code", "2020", "2021"]]
    body = [["Ulm", "U", "3", "4"], ["Bonn", "B", "5", "6"]]
    found = layout_of([*rows, *body], range(1, 8), "line")
    assert (found.heading, found.top) == (4, 5)
    # A narrow table with a blank row below its heading keeps it.
    assert layout_of([["town", "trips"], [], ["Ulm", "3"], ["Bonn", "5"]], range(1, 5), "line").heading == 0
