"""A text file and a workbook of the same cells: one table, one log, the same refusals."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from support.workbooks import workbook

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table

INDEX = hi.Index(
    unit="town",
    period="year",
    missing="reweight",
    groups=[hi.Group("all")],
    indicators=[hi.Indicator("trips", "all"), hi.Indicator("income", "all")],
)
HEAD = ["town", "year", "trips", "income"]
ROWS = [
    ["Ulm", "2020", "3100.5", "20.5"],
    ["Bonn", "2020", "2200.2", "31.5"],
    ["Ulm", "2021", "3300.1", "22.5"],
    ["Bonn", "2021", "2500.4", "30.5"],
]


def spoilt(row: int, column: int, cell: str) -> list[list[str]]:
    return [[cell if (i, j) == (row, column) else one for j, one in enumerate(own)] for i, own in enumerate(ROWS)]


def spelt(spell: Any) -> list[list[str]]:
    return [[*row[:2], *map(spell, row[2:])] for row in ROWS]


MARKS = ["NA", "n/a", "null", "NaN", "#N/A", "", "\u3000", "\xa0"]
READ = {
    "plain": [HEAD, *ROWS],
    "years of floats": [HEAD, *([row[0], f"{row[1]}.0", *row[2:]] for row in ROWS)],
    "decimal commas": [HEAD, *spelt(lambda cell: cell.replace(".", ","))],
    "points between thousands": [HEAD, *spelt(lambda cell: f"{float(cell):,.1f}".translate({44: ".", 46: ","}))],
    "commas between thousands": [HEAD, *spelt(lambda cell: f"{float(cell):,.1f}")],
    "full width": [HEAD, *spelt(lambda cell: "".join(chr(ord(one) + 0xFEE0) for one in cell))],
    "title and notes": [["Towns, 2020 and 2021"], HEAD, *ROWS, [""], ["Source: an office"]],
    "units below the heading": [HEAD, ["", "", "thousands", "EUR"], *ROWS],
    "rows numbered": [["", *HEAD], *([str(i), *row] for i, row in enumerate(ROWS))],
    **{f"mark {mark!r}": [HEAD, *spoilt(2, 3, mark)] for mark in MARKS},
}
REFUSED = {
    "per cent": ([HEAD, *spoilt(2, 3, "22.5%")], "write 22.5, and %"),
    "万": ([HEAD, *spoilt(1, 2, "0.22万")], "write 2200"),
    "brackets": ([HEAD, *spoilt(1, 2, "(2200.2)")], "write -2200.2"),
    "about": ([HEAD, *spoilt(1, 2, "约2200")], "write 2200 if that may stand for it"),
    "dash": ([HEAD, *spoilt(1, 2, "—")], 'missing_marks = ["—"]'),
    "one comma": ([HEAD, *spoilt(1, 3, "31,5")], "write 31.5 if the comma stands before decimals"),
    "circled": ([HEAD, *spoilt(1, 3, "31.5①")], "'31.5①' is not a number"),
    "raised": ([HEAD, *spoilt(1, 3, "31.5²")], "'31.5²' is not a number"),
    "no value": ([HEAD, *spoilt(1, 3, "#DIV/0!")], "clear the cell of a missing value"),
}


def files(folder: Path, rows: list[list[str]]) -> list[Path]:
    """Write rows as text, and as workbooks: cells of text, and numbers and errors as a spreadsheet has them."""
    text = folder / "t.csv"
    with text.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    found = [text]
    for name, cell in (("texts", str), ("numbers", typed)):
        found.append(workbook(folder / f"{name}.xlsx", t=[[cell(one) if one else None for one in row] for row in rows]))
    return found


def typed(cell: str) -> Any:
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell):
        return float(cell)
    return ("=NA()", cell) if cell.startswith("#") else cell


def said(text: str) -> str:
    """Return a message without what it calls the file, the row and the cell."""
    bare = re.sub(r"\w+\.(csv|xlsx)( sheet 't')?|\(cell \w+\) ?|(?<!\w)(?:row|line)(?=s? \d)| (?=:)", "", text)
    return re.sub(r"\s+:", ":", bare)


@pytest.mark.parametrize("case", READ)
def test_a_workbook_is_read_as_the_text_file_of_its_cells(case, tmp_path):
    text, *books = [INDEX.compute(read_table(path, ["town"])) for path in files(tmp_path, READ[case])]
    gaps = int(case.startswith("mark"))
    assert text.raw.isna().to_numpy().sum() == gaps
    assert text.raw.loc[("Ulm", 2020)].tolist() == [3100.5, 20.5]
    for book in books:
        assert book.raw.equals(text.raw)
        assert [said(line) for line in book.log["why"]] == [said(line) for line in text.log["why"]]


@pytest.mark.parametrize("case", REFUSED)
def test_a_workbook_is_refused_as_the_text_file_of_its_cells(case, tmp_path):
    rows, told = REFUSED[case]
    text, *books = files(tmp_path, rows)
    for path in (text, *books):
        with pytest.raises(hi.DataError) as caught:
            INDEX.compute(read_table(path, ["town"]))
        assert told in str(caught.value)


def test_a_point_beside_decimal_commas_is_no_decimal_point(tmp_path):
    def scores(*trips: str) -> hi.Result:
        path = tmp_path / "t.csv"
        rows = [f"{row[0]};{row[1]};{one};{row[3].replace('.', ',')}" for row, one in zip(ROWS, trips, strict=True)]
        path.write_text("\n".join([";".join(HEAD), *rows]) + "\n", encoding="utf-8")
        return INDEX.compute(read_table(path, ["town"]))

    parted = scores("3.100", "2.200", "3.300", "950")
    assert parted.raw["trips"].tolist() == [3100, 2200, 3300, 950]
    assert "points between thousands in 3 cells of 'trips'" in " ".join(parted.log["why"])
    assert scores("1.234.567", "2", "3", "4,5").raw["trips"].tolist() == [1234567, 2, 3, 4.5]
    with pytest.raises(hi.DataError, match=r"'3\.100' may be read two ways beside decimal commas"):
        scores("3.100", "2.2", "3,3", "950")


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_period_that_heads_two_columns_is_refused(kind, tmp_path):
    rows = [["town", "code", "2020", "2020"], ["Ulm", "trips", "1", "2"], ["Ulm", "income", "3", "4"]]
    index = INDEX.replace({"data": {"layout": "years", "indicator": "code"}})
    with pytest.raises(hi.DataError, match=r"'?2020'? (heads 2 columns|stands twice)"):
        index.compute(read_table(files(tmp_path, rows)[kind], ["town"]))


@pytest.mark.parametrize(
    ("name", "first"), [("季度", "2020Q1"), ("quarter", "2020Q1"), ("月份", "2020-01"), ("month", "2020-01")]
)
def test_numbers_beside_a_year_count_what_their_heading_says(name, first, tmp_path):
    index = INDEX.replace({"unit": None, "period": name})
    rows = [["year", name, "trips", "income"], *(["2020", str(i), str(i * i), str(9 - i)] for i in range(1, 5))]
    for path in files(tmp_path, rows):
        result = index.compute(read_table(path))
        assert result.scores.index[0] == first
        assert len(result.scores) == 4
