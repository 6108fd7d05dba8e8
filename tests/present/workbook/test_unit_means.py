"""Units by name and means over their groups in the workbook: read back, and every formula calculated again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.spreadsheet import Workbook
from support.tables import table
from support.workbooks import comments

import hengdian_index as hi
from hengdian_index._words.catalogue import words

NAMES = {"lv": "Low Valley", "hh": "High Hill", "oc": "Old Coast"}


def towns(*, weighted: bool = True, named: bool = True, base: str | None = "2001", timed: bool = True) -> hi.Result:
    """Return three towns in eight quarters, one with a gap, one without a name."""
    frames = [table(8, seed=i).assign(town=town, size=10.0 + 7 * i) for i, town in enumerate([*NAMES, "zz"])]
    frame = pd.concat(frames, ignore_index=True)
    frame["called"], frame["side"] = frame["town"].map(NAMES), np.where(frame["town"] < "m", "inland", "sea")
    frame.loc[3, ["a", "b", "c", "d"]] = np.nan
    frame = frame if timed else frame[frame["quarter"] == frame["quarter"].iloc[0]]
    index = hi.Index(
        unit="town",
        period="quarter" if timed else None,
        base=base if timed else None,
        unit_names="called" if named else None,
        groups_of_units=[{"by": "side", "weights": "size"} if weighted else "side", {"name": "Everywhere"}],
        normalise={"method": "min_max", "lower": 10, "upper": 90},
        groups=[hi.Group("all"), hi.Group("left", "all"), hi.Group("right", "all")],
        indicators=[hi.Indicator(code, "left" if code in "ab" else "right") for code in "abcd"],
    )
    return index.compute(frame)


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_means_are_formulas_that_give_those_of_the_result(tmp_path: Path, weighted: bool, lang: str) -> None:
    result = towns(weighted=weighted)
    result.to_excel(tmp_path / "r.xlsx", lang=lang)
    book = Workbook(tmp_path / "r.xlsx")
    say = words(lang, "workbook")
    sheets = {"scores": say["unit means"], "series": say["series"]}
    for of, sheet in sheets.items():
        means = result.unit_means(of)[["all", "left", "right"]]
        rows = book.rows[sheet][-len(means) :]
        assert [(row[0], row[2]) for row in rows] == means.index.tolist()
        assert [row[1] for row in rows] == [row[0] for row in rows]
        np.testing.assert_allclose([row[3:] for row in rows], means, rtol=1e-12)
        first = len(book.rows[sheet]) - len(means) + 1
        cells = [(sheet, f"{column}{i}") for i in range(first, first + len(means)) for column in "DEF"]
        assert all(cell in book.formulas for cell in cells)
        np.testing.assert_allclose([book.calculate(*cell) for cell in cells], means.to_numpy().ravel(), rtol=1e-9)


def test_names_stand_beside_the_codes_on_every_sheet_of_rows(tmp_path: Path) -> None:
    result = towns()
    result.to_excel(tmp_path / "r.xlsx")
    book = Workbook(tmp_path / "r.xlsx")
    for sheet in ("series", "changes", "contributions", "ranks", "scores", "normalised", "raw", "unit means"):
        assert book.rows[sheet][0][:3] == ["town", "called", "quarter"], sheet
    for sheet in ("scores", "raw"):
        assert {(row[0], row[1]) for row in book.rows[sheet][1:]} == {*NAMES.items(), ("zz", "zz")}
    assert book.rows["base"][0][:4] == ["unit", "called", "to", "all"]
    assert [row[:2] for row in book.rows["base"][1:]] == [[*one] for one in NAMES.items()] + [["zz", "zz"]]
    levels = result.series()
    for i, (label, row) in enumerate(levels.iterrows(), 2):
        if np.isfinite(row["left"]):
            assert book.calculate("series", f"E{i}") == pytest.approx(row["left"], rel=1e-12), label
    assert "means over the units" in comments(tmp_path / "r.xlsx")["series"]["A1"]


@pytest.mark.parametrize("timed", [True, False])
def test_without_names_and_base_the_sheets_are_as_they_are(tmp_path: Path, timed: bool) -> None:
    result = towns(named=False, base=None, timed=timed)
    result.to_excel(tmp_path / "r.xlsx")
    book = Workbook(tmp_path / "r.xlsx")
    labels = ["town", "quarter"] if timed else ["town"]
    assert book.rows["unit means"][0] == [*labels, "all", "left", "right"]
    means = result.unit_means()
    np.testing.assert_allclose([row[len(labels) :] for row in book.rows["unit means"][1:]], means, rtol=1e-12)
    assert "called" not in book.rows["scores"][0]


def test_a_mean_over_too_many_units_for_a_formula_is_a_value(tmp_path: Path) -> None:
    n = 900
    frame = pd.DataFrame({"town": [f"t{i}" for i in range(n)], "a": np.arange(n) % 17 + 0.5})
    index = hi.Index(
        unit="town", groups_of_units=[{"name": "All"}], groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")]
    )
    result = index.compute(frame)
    result.to_excel(tmp_path / "r.xlsx")
    book = Workbook(tmp_path / "r.xlsx")
    assert ("unit means", "B2") not in book.formulas
    assert book.rows["unit means"][1] == ["All", pytest.approx(result.unit_means()["g"].iloc[0])]
