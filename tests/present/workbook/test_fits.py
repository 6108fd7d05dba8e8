"""The scores of indicators in a workbook: formulas of the raw or prepared values, with the numbers that were learnt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.indexes import two_levels
from support.spreadsheet import Workbook
from support.tables import table
from support.workbooks import MAPS, check, comments, formulas, mapped, written


@pytest.mark.parametrize("name", MAPS)
def test_formulas_give_the_scores_they_stand_for(tmp_path: Path, name: str) -> None:
    result = mapped(**MAPS[name])
    check(written(result, tmp_path / "r.xlsx"), result)


@pytest.mark.parametrize("name", MAPS)
def test_a_score_can_be_followed_down_to_the_raw_value(tmp_path: Path, name: str) -> None:
    result = mapped(**MAPS[name])
    book = written(result, tmp_path / "r.xlsx")
    for code in "abcd":
        assert formulas(book, "normalised", code) == int(result.normalised[code].notna().sum())
    if name == "prepared":
        assert {formulas(book, "prepared", code) for code in "abc"} == {15, 14, 0}
    changed = Workbook(tmp_path / "r.xlsx")
    cells = [("raw", f"{column}{i}") for column in "BCDE" for i in range(2, 18)]
    changed.stored |= {cell: 1.01 * changed.stored[cell] for cell in cells if cell in changed.stored}
    scores = [("normalised", cell) for _, cell in cells if ("normalised", cell) in book.formulas]
    moved = [cell for cell in scores if changed.calculate(*cell) != book.calculate(*cell)]
    # Values that were prepared, and those beyond the bounds of a clip, stay.
    assert len(moved) >= (16 if name == "prepared" else 32)


def test_scores_of_a_map_that_is_no_formula_say_which(tmp_path: Path) -> None:
    mapped(normalise="percentile_rank").to_excel(tmp_path / "r.xlsx")
    book, remarks = Workbook(tmp_path / "r.xlsx"), comments(tmp_path / "r.xlsx")
    assert "fitted" not in book.rows
    assert sum(formulas(book, "normalised", code) for code in "abcd") == 0
    assert remarks["normalised"]["B1"] == "a value, not a formula: percentile_rank"


def test_scores_without_what_was_learnt_are_values(tmp_path: Path) -> None:
    result = two_levels().compute(table())
    replace(result, fitted=replace(result.fitted, maps={})).to_excel(tmp_path / "r.xlsx")
    assert formulas(Workbook(tmp_path / "r.xlsx"), "normalised", "a") == 0
    assert comments(tmp_path / "r.xlsx")["normalised"]["B1"].endswith("what was learnt is not at hand")


def test_scores_that_their_map_does_not_give_are_values_and_say_so(tmp_path: Path) -> None:
    result = two_levels().compute(table())
    other = two_levels().fit(table(seed=1))
    replace(result, fitted=other).to_excel(tmp_path / "r.xlsx")
    assert formulas(Workbook(tmp_path / "r.xlsx"), "normalised", "a") == 0
    assert "does not give it" in comments(tmp_path / "r.xlsx")["normalised"]["B2"]


def test_what_was_prepared_says_how(tmp_path: Path) -> None:
    mapped(**MAPS["prepared"]).to_excel(tmp_path / "r.xlsx")
    told = comments(tmp_path / "r.xlsx")["prepared"]
    assert told["B1"] == "a value where it is not the raw one: missing values filled (mean)"
    assert told["C1"] == "a value where it is not the raw one: outliers treated (winsorise)"
    assert told["D1"] == "a value where it is not the raw one: divided by size"
    assert told["E1"] == "the raw value"


def test_rescaled_scores_are_formulas_of_what_was_aggregated(tmp_path: Path) -> None:
    result = mapped(**MAPS["rescaled"])
    book = written(result, tmp_path / "r.xlsx")
    assert book.rows["aggregated"][0][1:] == ["all", "left", "right"]
    assert formulas(book, "aggregated", "all") == formulas(book, "scores", "all") == len(result.scores)
    assert book.rows["fitted"][0][-3:] == ["all", "left", "right"]
    ranked = mapped(**{"left.rescale": "rank", "all.rescale": "rank"})
    check(written(ranked, tmp_path / "ranked.xlsx"), ranked)
    assert formulas(Workbook(tmp_path / "ranked.xlsx"), "scores", "left") == 0
    assert "rank" in comments(tmp_path / "ranked.xlsx")["scores"]["B1"]


def test_without_rescaling_there_is_no_sheet_of_what_was_aggregated(tmp_path: Path) -> None:
    assert "aggregated" not in written(mapped(), tmp_path / "r.xlsx").rows
