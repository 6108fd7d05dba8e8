"""The workbook to begin with, and judgements on a sheet of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from support.spreadsheet import Workbook
from support.workbooks import workbook

import hengdian_index as hi
from hengdian_index._index.template import new_workbook
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.workbook import read_sheets
from hengdian_index.cli import main

LANGUAGES = pytest.mark.parametrize(
    ("lang", "sheet", "top", "first", "second"),
    [("en", "judgements", "total", "supply", "demand"), ("zh", "判断", "总指数", "供给", "需求")],
)


@LANGUAGES
def test_the_template_computes_at_once(
    tmp_path: Path, lang: str, sheet: str, top: str, first: str, second: str
) -> None:
    path = tmp_path / "我的指数.xlsx"
    run = CliRunner().invoke(main, ["new", str(path), "--lang", lang])
    assert run.exit_code == 0, run.output
    index, frame = hi.Index.read(path), read_table(path)
    assert (len(index.groups), len(index.indicators)) == (3, 4)
    result = index.compute(frame)
    assert result.weights[top].to_dict() == pytest.approx({first: 2 / 3, second: 1 / 3}, rel=1e-12)
    assert result.series()[top].iloc[:4].mean() == pytest.approx(100, rel=1e-12)
    assert all(("EXAMPLE" if lang == "en" else "示例") in part.name for part in (*index.groups, *index.indicators))
    computed = CliRunner().invoke(main, ["compute", str(path), str(path)])
    assert computed.exit_code == 0, computed.output


@LANGUAGES
def test_the_judgements_are_live_and_are_read_as_the_plain_matrix(
    tmp_path: Path, lang: Any, sheet: str, top: str, first: str, second: str
) -> None:
    path = tmp_path / "t.xlsx"
    new_workbook(path, lang=lang)
    book = Workbook(path)
    assert book.formulas[sheet, "B3"] == 'IF(ISNUMBER(C2),1/C2,"")'
    assert book.calculate(sheet, "B3") == book.stored[sheet, "B3"] == 0.5
    assert (book.formulas[sheet, "J1"], book.formulas[sheet, "J10"]) == ('IF(A10="","",A10)', 'IF(A10="","",1)')
    assert {tab for tab, _ in book.formulas} == {sheet}
    assert {cell for _, cell in book.stored} >= {"B2", "C2", "B3", "C3"}
    assert [cell for tab, cell in book.stored if tab == sheet] == ["B2", "C2", "B3", "C3"]
    assert [row[:3] for row in read_sheets(path)[sheet].rows] == [(first, 1, 2), (second, 0.5, 1)]
    index = hi.Index.read(path)
    again = hi.Index.from_toml(index.to_toml())
    assert again == index
    assert again.groups[0].weights.plain() == {
        "method": "ahp",
        "matrix": {first: {second: 2.0}, second: {first: 0.5}},
    }
    index.write(tmp_path / "again.xlsx", lang=lang)
    assert hi.Index.read(tmp_path / "again.xlsx") == index


def test_an_existing_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_text("mine")
    run = CliRunner().invoke(main, ["new", str(path)])
    assert run.exit_code == 2
    assert "exists already and is not overwritten" in run.stderr
    assert path.read_text() == "mine"
    with pytest.raises(hi.SpecError, match=r"t\.csv: a new workbook ends in \.xlsx"):
        new_workbook(tmp_path / "t.csv")
    with pytest.raises(hi.SpecError, match="lang: 'en' or 'zh', not 'fr'"):
        new_workbook(tmp_path / "f.xlsx", lang="fr")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == [path]


def judged(path: Path, sheet: list[list[Any]], weights: str = '{ method = "ahp", matrix = "judgements" }') -> Path:
    groups = [["code", "parent", "weights"], ["top", None, weights], *([c, "top"] for c in "abc")]
    return workbook(
        path,
        groups=groups,
        indicators=[["code", "parent"], *([f"x{c}", c] for c in "abc")],
        judgements=sheet,
    )


def faults(path: Path) -> list[str]:
    with pytest.raises(hi.SpecError) as caught:
        hi.Index.read(path)
    return [str(fault) for fault in caught.value.faults]


CORNER = "row against column"


def test_one_triangle_is_enough_and_fractions_may_be_text(tmp_path: Path) -> None:
    sheet = [[CORNER, "a", "b", "c", "note"], ["a", None, 2, "4", "sure"], ["b", None, 1, "2/1"], ["c", None, None, 1]]
    index = hi.Index.read(judged(tmp_path / "i.xlsx", sheet))
    assert index.groups[0].weights.plain()["matrix"] == {"a": {"b": 2.0, "c": 4.0}, "b": {"c": 2.0}}
    table = {f"x{c}": [1.0, 2.0] for c in "abc"}
    assert index.compute({**table, "xa": [1.0, 3.0]}).weights["top"].tolist() == pytest.approx([4 / 7, 2 / 7, 1 / 7])


def test_several_people_and_weights_made_of_others(tmp_path: Path) -> None:
    sheet = [[CORNER, "a", "b", "c"], ["a", 1, 2, 4], ["b", None, 1, 2], ["c", None, None, 1]]
    same = '{ method = "ahp", matrix = ["judgements", "judgements"] }'
    index = hi.Index.read(judged(tmp_path / "i.xlsx", sheet, same))
    assert index.groups[0].weights.plain()["matrix"] == [{"a": {"b": 2.0, "c": 4.0}, "b": {"c": 2.0}}] * 2


def test_experts_are_called_by_their_sheets(tmp_path: Path) -> None:
    good = [[CORNER, "a", "b", "c"], ["a", 1, 2, 4], ["b", None, 1, 2], ["c", None, None, 1]]
    bad = [[CORNER, "a", "b", "c"], ["a", 1, 7, 2], ["b", None, 1, 3], ["c", None, None, 1]]
    groups = [["code", "parent", "weights"], ["top", None, ""], *([c, "top"] for c in "abc")]
    indicators = [["code", "parent"], *([f"x{c}", c] for c in "abc")]
    for more in ("", ', inconsistent = "note"'):
        groups[1][2] = f'{{ method = "ahp", matrix = ["Wang", "Li"]{more} }}'
        path = workbook(tmp_path / "i.xlsx", groups=groups, indicators=indicators, Wang=good, Li=bad)
        if not more:
            told = faults(path)
            assert any("ahp: expert 'Li': CR 0.557 >= 0.1; look at ('a', 'b'): 7" in fault for fault in told)
            assert not any("expert 'Wang'" in fault for fault in told)
            continue
        index = hi.Index.read(path)
        assert list(index.groups[0].weights.plain()["matrix"]) == ["Wang", "Li"]
        found = index.compute({f"x{c}": [1.0, 2.0, 4.0] for c in "abc"}).consistency
        assert found.index.get_level_values("expert").tolist() == ["Wang", "Li", "all together"]


def test_faults_of_judgements_by_cell(tmp_path: Path) -> None:
    sheet = [[CORNER, "a", "bb", "c"], ["a", 2, "much", -3], ["b", 1, 1, 2], ["b", None, None, True]]
    assert faults(judged(tmp_path / "i.xlsx", sheet)) == [
        "i.xlsx: sheet 'judgements' cell C1: 'bb' is no child of the group; did you mean 'b'? (a, b, c)",
        "i.xlsx: sheet 'judgements' cell A4: 'b' stands there twice",
        "i.xlsx: sheet 'judgements': a row and a column are needed for each child; not there: 'b', 'c'",
        "i.xlsx: sheet 'judgements' cell B2: an item is as important as itself: 1, not 2",
        "i.xlsx: sheet 'judgements' cell C2: a number above 0, or a fraction as text, is needed, not 'much'",
        "i.xlsx: sheet 'judgements' cell D2: a number above 0, or a fraction as text, is needed, not '-3'",
        "i.xlsx: sheet 'judgements' cell D4: a number above 0, or a fraction as text, is needed, not 'True'",
    ]


def test_a_sheet_that_is_not_there_and_judgements_that_contradict(tmp_path: Path) -> None:
    sheet = [[CORNER, "a", "b", "c"], ["a", 1, 2, 4], ["b", 3, 1, 2], ["c", None, None, 1]]
    other = '{ method = "ahp", matrix = "judgments of all" }'
    assert faults(judged(tmp_path / "i.xlsx", sheet, other)) == [
        "i.xlsx: sheet 'groups' cell C2 (weights): no sheet 'judgments of all' of judgements; "
        "did you mean 'judgements'? (groups, indicators, judgements)"
    ]
    (fault,) = faults(judged(tmp_path / "i.xlsx", sheet))
    assert fault.startswith(
        "i.xlsx: sheet 'judgements' cells C2 and B3: group 'top': weights: judgements ('a', 'b'): 2"
    )


def test_inconsistent_judgements_name_their_sheet_and_the_cell_to_look_at(tmp_path: Path) -> None:
    for sheet, cell, pair in (
        ([[CORNER, "a", "b", "c"], ["a", 1, 7, 2], ["b", None, 1, 3], ["c", None, None, 1]], "C2", "('a', 'b'): 7"),
        ([[CORNER, "c", "b", "a"], ["c", 1, None, None], ["b", 3, 1, None], ["a", 2, 7, 1]], "B3", "('b', 'c'): 3"),
    ):
        (fault,) = faults(judged(tmp_path / "i.xlsx", sheet))
        assert fault.startswith(f"i.xlsx: sheet 'judgements' cell {cell}: group 'top': weights: ahp: CR 0.557 >= 0.1")
        assert f"look at {pair}" in fault


def test_faults_that_name_no_judgement_name_the_sheets(tmp_path: Path) -> None:
    sheet = [[CORNER, "a", "b", "c"], ["a", 1, 7, 2], ["b", None, 1, 3], ["c", None, None, 1]]
    for matrix, told in (('["judgements", "judgements"]', "CR 0.557 >= 0.1"), ('"judgements", solver = "x"', "solver")):
        for fault in faults(judged(tmp_path / "i.xlsx", sheet, f'{{ method = "ahp", matrix = {matrix} }}')):
            assert "sheet 'judgements'" in fault.split("group 'top'")[0]
            assert told in fault


def test_a_row_of_judgements_without_a_name(tmp_path: Path) -> None:
    sheet = [[CORNER, "a", "b", "c"], ["a", 1, 2, 4], ["b", None, 1, 2], ["c", None, None, 1], [None, None, 3]]
    assert faults(judged(tmp_path / "i.xlsx", sheet)) == [
        "i.xlsx: sheet 'judgements' cell C5: a value stands in a row without a name; "
        "write one in sheet 'judgements' cell A5"
    ]


def test_a_formula_that_was_not_calculated_is_refused(tmp_path: Path) -> None:
    sheet: list[list[Any]] = [[CORNER, "a", "b", "c"], ["a", 1, 2, 4], ["b", ("=1/C2", ""), 1, 2], ["c", None, None, 1]]
    (fault,) = faults(judged(tmp_path / "i.xlsx", sheet))
    assert fault.startswith("i.xlsx: sheet 'judgements' cell 'B3': formulas without a stored value")


def test_a_wrong_judgement_is_told_once_not_again_at_its_reciprocal(tmp_path: Path) -> None:
    sheet = [[CORNER, "a", "b", "c"], ["a", 1, -4, 2], ["b", -0.25, 1, 3], ["c", 0.5, -1, 1]]
    assert faults(judged(tmp_path / "i.xlsx", sheet)) == [
        "i.xlsx: sheet 'judgements' cell C2: a number above 0, or a fraction as text, is needed, not '-4'",
        "i.xlsx: sheet 'judgements' cell C4: a number above 0, or a fraction as text, is needed, not '-1'",
    ]
