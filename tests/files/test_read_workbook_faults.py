"""Workbooks that cannot be read or written: through the command, one line a fault with file, sheet and cell."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner
from support.indexes import two_levels
from support.tables import table
from support.workbooks import SHEET, edited, workbook

import hengdian_index as hi
from hengdian_index._index.template import new_workbook
from hengdian_index._tables.read_file import read_table
from hengdian_index.cli import main

Rows = list[list[Any]]
COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
SHEETS: dict[str, Rows] = {
    "data": [["q", "x", "y"], *([f"2001Q{i}", float(i), 5.0 - i * i] for i in range(1, 5))],
    "index": [["field", "value"], ["period", "q"]],
    "groups": [["code", "parent"], ["all"]],
    "indicators": [["code", "parent"], ["x", "all"], ["y", "all"]],
}


def book(path: Path, without: str = "", **changes: Rows) -> Path:
    """Write a small index with its data, some sheets changed."""
    return workbook(path, **{name: rows for name, rows in {**SHEETS, **changes}.items() if name != without})


def data(cell: Any, heading: str = "y") -> Callable[[Path], Path]:
    """Return what writes the small index with another heading, and another cell B3, in its data."""
    rows = [["q", "x", heading], ["2001Q1", 1.0, 4.0], ["2001Q2", cell, 1.0], ["2001Q3", 3.0, -4.0]]
    return lambda path: book(path, data=rows)


def indicators(*rows: list[Any]) -> Callable[[Path], Path]:
    """Return what writes the small index with other indicators."""
    return lambda path: book(path, indicators=list(rows))


def content(whole: bytes) -> Callable[[Path], Path]:
    """Return what writes bytes."""

    def write(path: Path) -> Path:
        path.write_bytes(whole)
        return path

    return write


def cut(path: Path) -> Path:
    path.write_bytes(book(path).read_bytes()[:2000])
    return path


def padded(path: Path) -> Path:
    """Write a shared table of texts that unpacks to 250 times its size."""
    book(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b"<si><t>x</t></si>" * (4 << 20))
    return path


def with_macros(path: Path) -> Path:
    """Write a workbook with a part of macros."""
    book(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", COMPOUND)
    return path


def repeated(path: Path) -> Path:
    """Write a text of 33 million characters that stands once in the file and in twenty cells."""
    book(path, data=[["q", "x", "y", "note"], *([f"200{i}Q1", 1.0 * i, 4.0, "once"] for i in range(10))] * 2)
    return edited(path, "xl/sharedStrings.xml", "<t>once</t>", f"<t>{'a' * (33 << 20)}</t>")


def far(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as made:
        for name, rows in SHEETS.items():
            sheet = made.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
            if name == "data":
                sheet.write(1_048_575, 16_383, 1)
    return path


def merged(path: Path) -> Path:
    cells = '</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    return edited(book(path), SHEET, "</sheetData>", cells)


def other_archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", b"an .xlsb with another ending")
    return path


FAULTS: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    "not there": (lambda path: path, ["no such file"]),
    "empty file": (content(b""), ["b.xlsx: the file is empty"]),
    "text": (content(b"q,x\n1,2\n"), ["b.xlsx: not an Excel workbook; save it as .xlsx, or name a text table .csv"]),
    "cut short": (cut, ["b.xlsx: cannot be read as an Excel workbook", "save it anew as .xlsx"]),
    "old kind": (content(COMPOUND + bytes(600)), ["b.xlsx: a workbook of the old .xls kind; save it as .xlsx"]),
    "password": (
        content(COMPOUND + bytes(600) + "EncryptedPackage".encode("utf-16-le")),
        ["b.xlsx: the workbook is protected by a password; save it without one"],
    ),
    "binary kind": (other_archive, ["b.xlsx: cannot be read as an Excel workbook", "save it anew as .xlsx"]),
    "zip bomb": (padded, ["b.xlsx: unpacks from", "clear cells without values, or save as .csv"]),
    "far cell": (far, ["b.xlsx: sheet 'data' values reach to cell 'XFD1048576'", "clear the stray ones"]),
    "no cells": (
        lambda path: workbook(path, Sheet1=[]),
        ["b.xlsx: no sheet 'groups' (分指数); sheets found: 'Sheet1'", "no sheet 'indicators'", "'Sheet1' is empty"],
    ),
    "no data": (lambda path: book(path, without="data"), ["b.xlsx: no sheet 'data'; sheets found: 'index', 'groups'"]),
    "no groups": (lambda path: book(path, without="groups"), ["b.xlsx: no sheet 'groups' (分指数); sheets found: "]),
    "no rows": (lambda path: book(path, data=SHEETS["data"][:1]), ["b.xlsx sheet 'data': the table has no rows"]),
    "macros": (with_macros, ["b.xlsx: the workbook has macros, which are not run; save it without them, as .xlsx"]),
    "repeated text": (
        repeated,
        ["b.xlsx: sheet 'data' texts of ", "characters, more than 50,000,000; shorten those that are repeated"],
    ),
    "no groups in it": (lambda path: book(path, groups=[["code"]]), ["b.xlsx: no group: an index has at least one"]),
    "formula": (data(("=1+1", "")), ["b.xlsx: sheet 'data' cell 'B3': formulas without a stored value", "calculate"]),
    "no number": (data(("=LN(-1)", "#NUM!")), ["b.xlsx: sheet 'data' cell 'B3': error values", "mend them"]),
    "divided by 0": (data(("=1/0", "#DIV/0!")), ["b.xlsx: sheet 'data' cell 'B3': error values", "mend them"]),
    "merged": (merged, ["b.xlsx: sheet 'data' cell 'A2:A3': merged", "unmerge them and fill each"]),
    "heading twice": (
        data(2.0, "x"),
        ["b.xlsx sheet 'data': column 'x' stands twice in the table; rename or drop one"],
    ),
    "heading broken": (data(2.0, "y\nkg"), ["b.xlsx sheet 'data': column 'y' is missing", r"'x', 'y\nkg'"]),
    "heading blank": (data(2.0, ""), ["b.xlsx: sheet 'data' cell C2: a value stands in a column without a heading"]),
    "thousands": (data("1,234"), ["indicator 'x' (cell B3): '1,234' is not a number"]),
    "per cent": (data("12%"), ["indicator 'x' (cell B3): '12%' is not a number"]),
    "dash": (data("—"), ["indicator 'x' (cell B3): '—' is not a number"]),
    "field twice": (
        indicators(["code", "parent", "Code"], ["x", "all", "z"]),
        ["b.xlsx: sheet 'indicators' cell C1: 'code' is given twice"],
    ),
    "code twice": (
        indicators(["code", "parent"], ["x", "all"], ["x", "all"]),
        ["b.xlsx: sheet 'indicators' row 3: indicator 'x': code is given twice"],
    ),
    "truth for a number": (
        indicators(["code", "parent", "weight"], ["x", "all", True], ["y", "all", 1]),
        ["b.xlsx: sheet 'indicators' cell C2 (weight): indicator 'x': weight: a valid number, not True"],
    ),
    "comma for a point": (
        indicators(["code", "parent", "weight"], ["x", "all", "1,5"], ["y", "all", 1]),
        ["b.xlsx: sheet 'indicators' cell C2 (weight): indicator 'x': weight: a valid number, not '1,5'"],
    ),
    "formula in the index": (
        indicators(["code", "parent"], ["x", ("=B3", "")], ["y", "all"]),
        ["b.xlsx: sheet 'indicators' cell 'B2': formulas without a stored value"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_command_says_what_is_wrong_and_where(tmp_path: Path, name: str) -> None:
    build, told = FAULTS[name]
    path = build(tmp_path / "b.xlsx")
    run = CliRunner().invoke(main, ["compute", str(path), str(path), "--out", str(tmp_path / "out")])
    assert (run.exit_code, run.stdout) == (2, ""), run.output
    lines = run.stderr.splitlines()
    assert all(line.startswith(("SpecError: ", "DataError: ")) for line in lines), lines
    for part in told:
        assert any(part in line for line in lines), lines
    assert not (tmp_path / "out").exists()


def test_other_kinds_of_workbooks_are_named(tmp_path: Path) -> None:
    ending = ".xlsb"
    run = CliRunner().invoke(main, ["compute", str(tmp_path / f"b{ending}"), str(tmp_path / f"b{ending}")])
    assert run.exit_code == 2
    assert run.stderr.splitlines() == [
        f"SpecError: b{ending}: an index is read from a .toml file or an .xlsx workbook, not '{ending}'",
        f"SpecError: b{ending}: cannot read '{ending}'; save it as .xlsx; allowed: {allowed()}",
    ]


def allowed() -> str:
    return ".csv, .tsv, .parquet, .xlsx, .xlsm, .txt, .ods, .xls, .dta, .sav, .zsav, .zip, .gz"


def computed(path: Path) -> list[float]:
    return list(hi.Index.read(path).compute(read_table(path)).scores["all"])


@pytest.mark.parametrize("cell", ["12", " 12 ", "１２", "1.2e1", 12])
def test_numbers_that_are_stored_as_text(tmp_path: Path, cell: Any) -> None:
    expected = computed(data(12.0)(tmp_path / "number.xlsx"))
    assert computed(data(cell)(tmp_path / "text.xlsx")) == expected


def test_what_is_hidden_counts_and_blank_ends_do_not(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "hidden.xlsx") as made:
        for name, rows in SHEETS.items():
            sheet = made.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
            sheet.set_row(2, None, None, {"hidden": True})
            sheet.set_column(1, 1, None, None, {"hidden": True})
            for i in range(20, 300):
                sheet.write_string(i, 0, "  ")
                sheet.write_blank(i, 8, None, made.add_format({"bold": True}))
        made.get_worksheet_by_name("groups").activate()
        made.get_worksheet_by_name("data").hide()
    assert computed(tmp_path / "hidden.xlsx") == computed(book(tmp_path / "b.xlsx"))


def test_a_claim_to_be_large_costs_nothing(tmp_path: Path) -> None:
    path = edited(book(tmp_path / "b.xlsx"), SHEET, '<dimension ref="A1:C5"', '<dimension ref="A1:XFD1048576"')
    assert len(read_table(path)) == 4


def test_many_sheets_cost_nothing(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", **{f"s{i}": [] for i in range(300)})
    assert len(hi.Index.read(path).indicators) == 2


def test_headings_and_directions_may_be_full_width_and_broken(tmp_path: Path) -> None:
    rows = [
        ["ｃｏｄｅ", " Parent\n", "fit\non", "ＤＩＲＥＣＴＩＯＮ"],
        ["x", "all", 2001, "－1"],
        ["y", "all", None, "１"],
    ]
    path = book(tmp_path / "b.xlsx", indicators=rows, index=[["Ｆｉｅｌｄ", "value"], ["period", "q"]])
    first, second = hi.Index.read(path).indicators
    assert (first.direction, first.fit_on, second.direction) == (-1, 2001, 1)


def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "b.xlsx")

    def held(self: Path, *_: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", held)
    run = CliRunner().invoke(main, ["compute", str(path), str(path)])
    assert run.exit_code == 2
    assert "b.xlsx: cannot be opened" in run.stderr
    assert "close it in other programs" in run.stderr


WRITE: dict[str, Callable[[Path], Any]] = {
    "result": lambda path: two_levels().compute(table()).to_excel(path),
    "index": lambda path: two_levels().write(path, data=table()),
}


@pytest.mark.parametrize("write", WRITE.values(), ids=WRITE)
def test_a_failure_to_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any) -> None:
    path = tmp_path / "r.xlsx"
    write(path)
    before = path.read_bytes()

    def refused(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(hi.SpecError, match=r"r\.xlsx: cannot be written \(Permission denied\); close it in other"):
        write(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [*WRITE.values(), new_workbook], ids=[*WRITE, "new"])
def test_places_that_cannot_be_written_to(tmp_path: Path, write: Any) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "file").write_text("mine")
    for path, told in (
        (tmp_path / "folder.xlsx", r"cannot be written|exists already"),
        (tmp_path / "none" / "r.xlsx", r"r\.xlsx: the folder '.*none' does not exist; make it first"),
        (tmp_path / "file" / "r.xlsx", r"r\.xlsx: the folder '.*file' is not a folder; make it first"),
    ):
        with pytest.raises(hi.SpecError, match=told):
            write(path)
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["file", "folder.xlsx"]


def test_the_command_writes_a_result_whole_or_not_at_all(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    for target in (tmp_path / "none" / "r.xlsx", tmp_path / "r.csv"):
        run = CliRunner().invoke(main, ["compute", str(path), str(path), "--excel", str(target)])
        assert run.exit_code == 2
        assert run.stderr.startswith("SpecError: ")
        assert len(run.stderr.splitlines()) == 1
    run = CliRunner().invoke(main, ["compute", str(path), str(path), "--excel", str(tmp_path / "r.xlsx")])
    assert run.exit_code == 0, run.output
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b.xlsx", "r.xlsx"]


CHINESE: dict[str, Rows] = {
    "数据": [["季度", "票房", "人次"], *([f"2001Q{i}", float(i), 5.0 - i * i] for i in range(1, 5))],
    "指数": [["项目", "值"], ["时期列", "季度"]],
    "分指数": [["代码", "上级"], ["总"]],
    "指标": [["代码", "上级", "方向"], ["票房", "总", "正向"], ["人次", "总", "正向"]],
}


# Whether values are above 0 is known once they are read.
DATA_DECIDE: Rows = [["代码", "上级", "合成", "标准化"], ["总", None, "geometric", "none"]]


def chinese(path: Path, without: str = "", **changes: Rows) -> Path:
    """Write a small index in Chinese with its data, some sheets changed."""
    return workbook(path, **{name: rows for name, rows in {**CHINESE, **changes}.items() if name != without})


@pytest.mark.parametrize(
    ("changes", "english", "said"),
    [
        ({"指标": [["代码", "上级", "比重"], ["票房", "总"], ["人次", "总"]]},
         "i.xlsx: sheet '指标' cell C1: unknown heading '比重'",
         "i.xlsx：“指标”!C1：未知的列名“比重”"),
        ({"指标": [["代码", "上级", "标准化"], ["票房", "总", "{ method = "], ["人次", "总"]]},
         "i.xlsx: sheet '指标' cell C2 (标准化): normalise: '{ method =' cannot be read: ",
         "i.xlsx：“指标”!C2（标准化）：normalise：“{ method =”无法识别（原文："),
        ({"数据": [["季度", "票房", "人次"], ["2001Q1", 1, "约2"], ["2001Q2", 2, 3]]},
         "i.xlsx sheet '数据' line 2, period 2001Q1, indicator '人次' (cell C2): '约2' is not a number; write 2 if",
         "i.xlsx工作表“数据”第2行，时期2001Q1，指标“人次”（单元格C2）：“约2”不是数值；如果可以代表该值，请写2；"),
        ({"数据": [["季度", "票房", None], ["2001Q1", 1, 5]]},
         "i.xlsx: sheet '数据' cell C2: a value stands in a column without a heading; write one in cell C1",
         "i.xlsx：“数据”!C2：该列没有列名却有数值；请在单元格C1中写上列名，或清空该列"),
        ({"without": "分指数"},
         "i.xlsx: no sheet 'groups' (分指数)",
         "i.xlsx：没有工作表“分指数”（groups）；现有的工作表：“数据”、“指数”、“指标”"),
    ],
)  # fmt: skip
def test_a_workbook_in_chinese_is_told_of_in_chinese_where_nobody_chose(
    tmp_path: Path, changes: dict[str, Any], english: str, said: str
) -> None:
    path = chinese(tmp_path / "i.xlsx", **changes)
    with pytest.raises((hi.SpecError, hi.DataError)) as caught:
        hi.Index.read(path).compute(path)
    assert str(caught.value).startswith(said)
    assert caught.value.said.startswith(english)
    with hi.options(lang="en"):
        assert str(caught.value).startswith(english)


def test_what_is_found_after_the_data_are_read_is_told_in_their_language(tmp_path: Path) -> None:
    path = chinese(tmp_path / "i.xlsx")
    index = hi.Index.read(chinese(tmp_path / "j.xlsx", 分指数=DATA_DECIDE))
    with pytest.raises((hi.SpecError, hi.DataError)) as caught:
        index.compute(path)
    assert caught.value.lang == "zh"


def test_a_workbook_in_english_is_told_of_in_english(tmp_path: Path) -> None:
    with pytest.raises(hi.SpecError, match="unknown heading 'sign'"):
        hi.Index.read(book(tmp_path / "i.xlsx", indicators=[["code", "parent", "sign"], ["x", "all"], ["y", "all"]]))
