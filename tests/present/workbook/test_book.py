"""A result in a workbook: every formula calculated again, every table read back."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from support.indexes import POSITIVE, computed, two_levels
from support.spreadsheet import Workbook
from support.tables import quarters, table
from support.workbooks import (
    CASES,
    assert_shown,
    check,
    cities,
    comments,
    formulas,
    late_unit,
    renewed,
    with_gaps,
    written,
)

import hengdian_index as hi


@pytest.mark.parametrize("name", CASES)
def test_formulas_give_the_numbers_they_stand_for(tmp_path: Path, name: str) -> None:
    result = CASES[name]()
    check(written(result, tmp_path / "r.xlsx"), result)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@given(result=computed(gaps=True))
@settings(max_examples=15)
def test_formulas_of_any_index(folder: Path, result: hi.Result) -> None:
    try:
        book = written(result, folder / "any.xlsx")
    except hi.DataError as error:
        # Without a score in its base a group has no series, whatever it is written to.
        assume("the base period" not in str(error))
        raise
    check(book, result)
    for code in result.tree.groups:
        if result.tree.by_code[code].aggregate.method.name == "arithmetic":
            assert formulas(book, "scores", code) == int(result.scores[code].notna().sum())


def test_what_the_formulas_look_like(tmp_path: Path) -> None:
    book = written(with_gaps(), tmp_path / "r.xlsx")
    assert book.rows["scores"][0] == ["quarter", "all", "left", "right"]
    assert book.formulas["scores", "B2"] == "SUMPRODUCT(weights!$B$4:$C$4,scores!C2:D2)"
    assert book.formulas["scores", "C2"] == "SUMPRODUCT(weights!$D$4:$E$4,normalised!B2:C2)"
    assert book.formulas["scores", "C7"] == "(weights!$E$4*normalised!C7)/(weights!$E$4)"
    assert ("scores", "D11") not in book.formulas
    assert book.formulas["series", "C2"] == "base!$B$2*scores!C2/base!$D$2"
    assert book.formulas["base", "D2"] == "(scores!C2+scores!C3+scores!C4+scores!C5)/4"
    assert book.formulas["changes", "B3"] == "100*(series!B3/series!B2-1)"
    assert book.formulas["contributions", "B3"] == "series!B3-series!B2"
    assert book.formulas["normalised", "B2"] == "(raw!B2-fitted!B$2)/fitted!B$3*fitted!B$4+fitted!B$5"
    assert [row[0] for row in book.rows["fitted"]] == ["number", "centre", "spread", "gain", "at"]


@pytest.mark.parametrize("name", ["content linked", "value shares", "value shares of units"])
def test_a_linked_level_is_a_formula(tmp_path: Path, name: str) -> None:
    """To times score times the factor of its link, a row for each unit and content, over the base level."""
    result = CASES[name]()
    book = written(result, tmp_path / "r.xlsx")
    for code in result.tree.groups:
        assert formulas(book, "series", code) == int(result.series()[code].notna().sum())
    units = 2 if name.endswith("units") else 1
    assert len(book.rows["links"]) == 1 + units * len(result.contents)
    last = len(book.rows["series"])
    assert "*links!$" in book.formulas["series", f"C{last}"]
    assert "*links!$" in book.formulas["base", "C2"]


def test_a_value_that_is_no_formula_says_why(tmp_path: Path) -> None:
    result = two_levels(series="ratio").replace({"left.aggregate": "median"}).compute(table())
    book = written(result, tmp_path / "r.xlsx")
    assert (formulas(book, "scores", "left"), formulas(book, "scores", "right")) == (0, 12)
    assert (formulas(book, "series", "all"), "base" in book.rows) == (0, False)
    xml = "".join(zipfile.ZipFile(tmp_path / "r.xlsx").read(f"xl/comments{i}.xml").decode() for i in (1, 5))
    assert "a value, not a formula: median" in xml
    assert "a value, not a formula: a chain (ratio)" in xml


def test_a_change_from_a_level_that_is_not_above_0_is_left_out_and_said(tmp_path: Path) -> None:
    frame = table().assign(a=[5.0, *range(11)], b=[1.0, *range(12, 1, -1)])
    index = two_levels(normalise="min_max", aggregate="arithmetic", base="2001Q1:2002Q4")
    book = written(index.compute(frame), tmp_path / "r.xlsx")
    left = book.rows["changes"][0].index("left, % on the period before")
    assert [row[left] == "" for row in book.rows["changes"][1:5]] == [True, False, True, False]
    assert "from a level that is not above 0" in zipfile.ZipFile(tmp_path / "r.xlsx").read("xl/comments2.xml").decode()


def test_a_unit_without_a_base_level_has_blank_cells_and_a_remark(tmp_path: Path) -> None:
    result = late_unit()
    assert result.series().loc["y"].isna().all(axis=None)
    book = written(result, tmp_path / "r.xlsx")
    blank = [[row[0] for row in book.rows[sheet] if row[j] == ""] for sheet, j in (("series", 2), ("base", 3))]
    assert blank == [["y"] * 4, ["y"]]
    assert [row[0] for row in book.rows["changes"] if row[2] == ""] == ["x", *"yyyy", "z"]
    remarks = comments(tmp_path / "r.xlsx")
    assert [cell for cell, told in remarks["series"].items() if "no level above 0 in the base" in told] == [
        "C10",
        "D10",
        "E10",
    ]
    assert [cell for cell, told in remarks["base"].items() if "no level above 0 in the base" in told] == [
        "C3",
        "D3",
        "E3",
    ]


def test_a_chain_without_a_base_level_has_a_remark_too(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="3 series are missing for want of a level above 0 in the base"):
        late_unit(series="ratio").to_excel(tmp_path / "r.xlsx")
    book, remarks = Workbook(tmp_path / "r.xlsx"), comments(tmp_path / "r.xlsx")["series"]
    assert [row[0] for row in book.rows["series"] if row[2] == ""] == ["y"] * 4
    assert [cell for cell, told in remarks.items() if "no level above 0 in the base" in told] == ["C10", "D10", "E10"]


def test_a_base_level_over_a_gap_is_the_mean_of_what_is_there(tmp_path: Path) -> None:
    frame = table()
    frame.loc[1, ["a", "b"]] = np.nan
    book = written(two_levels(base="2001", coverage=0.0).compute(frame), tmp_path / "r.xlsx")
    assert book.formulas["base", "D2"] == "(scores!C2+scores!C4+scores!C5)/3"
    assert book.rows["scores"][2][2] == book.rows["series"][2][2] == ""


def test_the_sheets_in_their_order(tmp_path: Path) -> None:
    result = cities()
    book = written(result, tmp_path / "r.xlsx")
    assert list(book.rows) == [
        *("summary", "series", "changes", "contributions", "growth", "ranks", "scores", "normalised", "fitted"),
        *("weights", "base", "raw", "log", "provenance"),
    ]
    assert book.rows["weights"][:2] == [
        ["group", "all", "all", "left", "left", "right", "right"],
        ["child", "left", "right", "a", "b", "c", "d"],
    ]
    assert book.rows["weights"][3] == ["weight", 0.5, 0.5, 0.75, 0.25, 0.5, 0.5]
    assert [row[0] for row in book.rows["base"][1:]] == ["=A1", "-1", "@c"]
    assert len([cell for cell in book.formulas if cell[0] == "summary"]) == 12
    assert dict(row[:2] for row in book.rows["provenance"])["spec_sha256"] == result.provenance["spec_sha256"]
    for sheet in ("series", "scores"):
        part = zipfile.ZipFile(tmp_path / "r.xlsx").read(f"xl/worksheets/sheet{list(book.rows).index(sheet) + 1}.xml")
        assert b'xSplit="2" ySplit="1"' in part


def test_contributions_and_changes_are_those_of_the_result(tmp_path: Path) -> None:
    result = with_gaps()
    book = written(result, tmp_path / "r.xlsx")
    parts = result.contributions(depth="indicators")[["a", "b", "c", "d", "reweighting"]]
    assert book.rows["contributions"][0] == ["quarter", "change in points", *parts.columns]
    shown = np.array(
        [[np.nan if c == "" else c for c in row[2:]] for row in book.rows["contributions"][1:]], dtype=float
    )
    np.testing.assert_allclose(shown, parts.to_numpy(), rtol=1e-12)
    changes = np.array([[np.nan if c == "" else c for c in row[1:]] for row in book.rows["changes"][1:]], dtype=float)
    both = np.hstack([result.changes(lag).to_numpy() for lag in (1, 4)])
    np.testing.assert_allclose(changes, both, rtol=1e-12, atol=1e-12)
    assert len(book.rows["log"]) == len(result.log) + 1


def test_text_is_never_a_formula(tmp_path: Path) -> None:
    codes = ["=1+1", "+x", "-x", "@SUM(A1)", '=HYPERLINK("x")']
    index = hi.Index(
        name="=cmd|' /C calc'!A0",
        period="=p",
        normalise=POSITIVE,
        groups=[hi.Group("@g", name="=2+2")],
        indicators=[hi.Indicator(code, "@g", name=code) for code in codes],
    )
    frame = pd.DataFrame({"=p": quarters(6), **{c: np.arange(6.0) + i for i, c in enumerate(codes)}})
    result = index.compute(frame)
    book = written(result, tmp_path / "r.xlsx")
    assert book.rows["raw"][0] == ["=p", *codes]
    assert book.rows["summary"][0][1] == "=cmd|' /C calc'!A0"
    assert book.rows["weights"][2] == ["name", *codes]
    check(book, result)
    assert not any(sign in formula for formula in book.formulas.values() for sign in "\"'@|")


def test_refusals(tmp_path: Path) -> None:
    result = two_levels().compute(table())
    with pytest.raises(hi.SpecError, match=r"r\.csv: a result is written to \.xlsx, not '\.csv'"):
        result.to_excel(tmp_path / "r.csv")
    with pytest.raises(hi.SpecError, match=r"r\.xlsx: the folder '.*no' does not exist; make it first"):
        result.to_excel(tmp_path / "no" / "r.xlsx")
    with pytest.raises(hi.SpecError, match="lang: 'en' or 'zh', not 'fr'"):
        result.to_excel(tmp_path / "r.xlsx", lang="fr")
    assert list(tmp_path.iterdir()) == []


def unlinked() -> hi.Result:
    """Return a result whose series cannot be linked: nothing is known in the period before the change."""
    frame = table()
    frame.loc[5, "c"] = frame.loc[6, "b"] = np.nan
    return renewed("link", frame, base=None)


def without_a_base() -> hi.Result:
    """Return a result whose level in the base period is 0."""
    return two_levels(normalise="z_score", aggregate="arithmetic", base="2001:2003").compute(table())


@pytest.mark.parametrize("build", [unlinked, without_a_base])
def test_a_series_that_is_refused_leaves_no_file_and_an_old_one_as_it_was(tmp_path: Path, build: Any) -> None:
    result = build()
    with pytest.raises(hi.DataError):
        result.to_excel(tmp_path / "r.xlsx")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "r.xlsx").write_text("mine")
    with pytest.raises(hi.DataError):
        result.to_excel(tmp_path / "r.xlsx")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("r.xlsx", "mine")]


def ranked(n: int = 7, *, period: bool = True, ties: bool = False) -> hi.Result:
    """Return units over four quarters, some without a score, some with exactly the same."""
    frames = [table(4, seed=i).assign(city=f"city {i}") for i in range(n)]
    frame = pd.concat(frames, ignore_index=True)
    frame.loc[[2, 9], list("abcd")] = np.nan
    if ties:
        frame.loc[frame["city"] == "city 3", list("abcd")] = frame.loc[
            frame["city"] == "city 4", list("abcd")
        ].to_numpy()
    index = two_levels(coverage=0.4, base=None, normalise="z_score").replace({"unit": "city"})
    if not period:
        return index.replace({"period": None}).compute(frame[frame["quarter"] == "2001Q2"].drop(columns="quarter"))
    return index.compute(frame.sample(frac=1, random_state=3))


@pytest.mark.parametrize("options", [{}, {"ties": True}, {"period": False}, {"period": False, "ties": True}])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ranks_are_live_and_those_of_the_result(tmp_path: Path, options: dict[str, bool], lang: Any) -> None:
    result = ranked(**options)
    result.to_excel(tmp_path / "r.xlsx", lang=lang)
    book, sheet = Workbook(tmp_path / "r.xlsx"), {"en": "ranks", "zh": "排名"}[lang]
    assert_shown(book.rows[sheet], result.ranks())
    live = [cell for tab, cell in book.formulas if tab == sheet]
    assert len(live) == result.ranks().notna().to_numpy().sum()
    for cell in live:
        assert book.calculate(sheet, cell) == book.stored[sheet, cell]


def test_ranks_follow_when_a_score_is_changed(tmp_path: Path) -> None:
    """The formulas read the scores: another score gives other ranks, in its own period alone."""
    result = ranked()
    book = written(result, tmp_path / "r.xlsx")
    row = int(np.flatnonzero(result.scores["all"].notna())[0])
    book.formulas.pop(("scores", f"C{row + 2}"))
    book.stored["scores", f"C{row + 2}"] = 1e6
    changed = result.scores["all"].copy()
    changed.iloc[row] = 1e6
    wanted = changed.groupby(level="quarter").rank(ascending=False, method="min")
    for i, rank in enumerate(wanted):
        if rank == rank:
            assert book.calculate("ranks", f"C{i + 2}") == rank


def test_many_rows_have_ranks_as_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hengdian_index._present.workbook.ranks._MOST", 10)
    result = ranked()
    book = written(result, tmp_path / "r.xlsx")
    assert not [cell for tab, cell in book.formulas if tab == "ranks"]
    assert_shown(book.rows["ranks"], result.ranks())


def test_the_summary_is_ordered_by_rank_and_names_no_period_that_is_not(tmp_path: Path) -> None:
    cross = written(ranked(period=False), tmp_path / "c.xlsx").rows["summary"]
    assert cross[1][:2] == ["rows", 7]
    assert cross[2][1] == "7 rows"
    head = next(i for i, row in enumerate(cross) if row[0] == "scores")
    assert [row[1] for row in cross[head + 1 :]] == [1, 2, 3, 4, 5, 6, ""]
    assert not any("last period" in str(cell) for row in cross for cell in row)
    panel_rows = written(ranked(), tmp_path / "p.xlsx").rows["summary"]
    assert panel_rows[2][1] == "28 rows, 7 units, 2001Q1 to 2001Q4"
    head = next(i for i, row in enumerate(panel_rows) if "last period" in str(row[0]))
    assert panel_rows[head][2] == "rank"
    assert [row[2] for row in panel_rows[head + 1 :]] == [1, 2, 3, 4, 5, 6, 7]
    one = written(computed_film(), tmp_path / "f.xlsx")
    assert "ranks" not in one.rows


def computed_film() -> hi.Result:
    index, frame = hi.example("film_industry")
    return index.compute(frame)


def test_tables_have_a_filter(tmp_path: Path) -> None:
    ranked().to_excel(tmp_path / "r.xlsx")
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        filtered = [name for name in names if "<autoFilter" in archive.read(name).decode()]
    assert len(filtered) >= 5


def test_contributions_stand_in_the_order_of_the_spec(tmp_path: Path) -> None:
    parts = [("d", "right"), ("a", "left"), ("c", "right"), ("b", "left")]
    index = hi.Index(
        period="quarter",
        base="2001",
        normalise=POSITIVE,
        groups=[hi.Group("all"), hi.Group("left", "all"), hi.Group("right", "all")],
        indicators=[hi.Indicator(code, group) for code, group in parts],
    )
    book = written(index.compute(table()), tmp_path / "r.xlsx")
    for sheet in ("contributions", "growth"):
        assert book.rows[sheet][0][-4:] == ["d", "a", "c", "b"]
