"""Workbooks made cell by cell, and results written to workbooks whose formulas are calculated again."""

from __future__ import annotations

import re
import zipfile
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from support.indexes import POSITIVE, two_levels
from support.spreadsheet import SHEETS, Workbook, letters
from support.tables import table

import hengdian_index as hi

# LibreOffice calculates a workbook that another program wrote only if its settings say so.
ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    """Write sheets of cells; a tuple (formula, value) is a formula with its stored value."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, tuple):
                        sheet.write_formula(i, j, cell[0], None, cell[1])
                    elif isinstance(cell, str):
                        sheet.write_string(i, j, cell)
                    elif cell is not None:
                        sheet.write(i, j, cell)
    return path


def edited(path: Path, member: str, old: str, new: str) -> Path:
    """Replace text in one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[member]
    parts[member] = parts[member].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def written(result: hi.Result, path: Path) -> Workbook:
    result.to_excel(path)
    return Workbook(path)


def check(book: Workbook, result: hi.Result) -> None:
    """Calculate every formula, and compare the sheets with the tables."""
    for (sheet, cell), stored in book.stored.items():
        if (sheet, cell) in book.formulas:
            assert book.calculate(sheet, cell) == pytest.approx(stored, rel=1e-12, abs=1e-12), (sheet, cell)
    tables = {"scores": result.scores, "normalised": result.normalised, "raw": result.raw}
    if "series" in book.rows:
        tables["series"] = result.series()
    for name, frame in tables.items():
        assert_shown(book.rows[name], frame)


def assert_shown(rows: list[list[Any]], frame: pd.DataFrame) -> None:
    """Compare a sheet with a table whose columns may stand in another order."""
    header, first = rows[0], frame.index.nlevels
    assert sorted(header[first:]) == sorted(frame.columns)
    shown = np.array([[np.nan if cell == "" else cell for cell in row[first:]] for row in rows[1:]], dtype=float)
    np.testing.assert_allclose(shown, frame[header[first:]].to_numpy(), rtol=1e-12, atol=1e-12)
    labels = [tuple(row[:first]) for row in rows[1:]]
    assert labels == [label if isinstance(label, tuple) else (label,) for label in frame.index]


def cities() -> hi.Result:
    frames = [table(8, seed=i).assign(city=city) for i, city in enumerate(["=A1", "-1", "@c"])]
    index = two_levels().replace({"unit": "city", "base": "2001", "left.weights": {"a": 3, "b": 1}})
    return index.compute(pd.concat(frames, ignore_index=True))


def with_gaps(**choices: Any) -> hi.Result:
    frame = table()
    frame.loc[[5, 7], "a"] = np.nan
    frame.loc[9, ["c", "d"]] = np.nan
    return two_levels(coverage=0.5, **choices).compute(frame)


def changing() -> hi.Result:
    later = {"left.weights": {"a": 1, "b": 1}, "left.weights_since": {"2002Q3": {"a": 3, "b": 1}}}
    return two_levels().replace(later).compute(table())


def renewed(content: Any, frame: pd.DataFrame | None = None, base: str | None = "2001") -> hi.Result:
    index = hi.Index(
        period="quarter",
        base=base,
        normalise=POSITIVE,
        content=content,
        groups=[hi.Group("all"), hi.Group("left", "all"), hi.Group("late", "all")],
        indicators=[
            hi.Indicator("a", "left"),
            hi.Indicator("b", "left", end="2002Q2"),
            hi.Indicator("c", "left", start="2002Q3", replaces="b"),
            hi.Indicator("d", "late", start="2002Q1"),
        ],
    )
    return index.compute(table() if frame is None else frame)


def one_base(base_of: Any) -> hi.Result:
    """Return three cities with one base for all of them, one of which has a gap in it."""
    frames = [table(8, seed=i).assign(city=city, people=i + 0.5) for i, city in enumerate("xyz")]
    index = two_levels(base_of=base_of, unit="city", base="2001Q1:2001Q3")
    return index.compute(pd.concat(frames, ignore_index=True).assign(a=lambda t: t["a"].where(t.index != 9)))


ONE_BASE = {"mean": "mean", "weighted": {"weights": "people"}, "unit": "y"}

CASES = {
    "example": lambda: hi.example("film_industry")[0].compute(hi.example("film_industry")[1]),
    "panel": cities,
    "gaps": with_gaps,
    "gaps propagated": lambda: with_gaps(missing="propagate"),
    "geometric groups": lambda: two_levels().replace({"left.aggregate": "geometric"}).compute(table()),
    "groups beside indicators": lambda: two_levels().replace({"c.parent": "all"}).compute(table()),
    "weights by period": lambda: panel_weighed_by_period(),
    "weights that change": changing,
    "content linked": lambda: renewed("link"),
    "value shares": lambda: of_value(),
    "value shares of units": lambda: of_value("xy"),
    "content restated": lambda: renewed("restate"),
    "chained": lambda: two_levels(series="ratio").compute(table()),
    "no base": lambda: hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")]).compute(table()[["a"]]),
    "no periods": lambda: hi.Index(
        groups=[hi.Group("g")], indicators=[hi.Indicator(c, "g") for c in "abcd"], weights="entropy"
    ).compute(table().set_index("quarter")),
    "units without a base": lambda: late_unit(),
    **{f"one base, {name}": partial(one_base, base_of) for name, base_of in ONE_BASE.items()},
    "new rows under a frozen index": lambda: two_levels().fit(table(8)).score(table(12).iloc[8:]),
}


def of_value(units: str = "") -> hi.Result:
    """Return prices weighed by shares that change twice, of a series or of units."""
    frames = [table(12, seed=i).assign(city=city) for i, city in enumerate(units or "x")]
    rows = pd.concat(frames, ignore_index=True)
    rows[list("abcd")] = np.exp(rows[list("abcd")] / 100)
    first, second = (dict(zip("abcd", some, strict=True)) for some in ([1, 2, 3, 4], [4, 1, 3, 1]))
    given = {"unit": "city"} if units else {}
    groups = [hi.Group("all"), hi.Group("left", "all"), hi.Group("right", "all")]
    parts = [hi.Indicator(code, "left" if code in "ab" else "right") for code in "abcd"]
    spec = {"period": "quarter", "base": "2002", "normalise": "none", "weights_form": "shares", **given}
    index = hi.Index(
        groups=groups, indicators=parts, weights_since={2001: first, "2002Q2": second, 2003: first}, **spec
    )
    return index.replace({"weights_form": {"form": "shares", "prices": "2001"}}).compute(rows)


def panel_weighed_by_period() -> hi.Result:
    frames = [table(8, seed=i).assign(city=city) for i, city in enumerate("xyz")]
    index = two_levels(weigh_on="period", weights="deviation").replace({"unit": "city"})
    return index.compute(pd.concat(frames, ignore_index=True))


def late_unit(**choices: Any) -> hi.Result:
    frames = [table(8, seed=i).assign(city=city).iloc[4 * (city == "y") :] for i, city in enumerate("xyz")]
    index = two_levels(new_units="missing", **choices).replace({"unit": "city", "base": "2001"})
    return index.compute(pd.concat(frames, ignore_index=True))


def formulas(book: Workbook, sheet: str, code: str) -> int:
    column = book.rows[sheet][0].index(code)
    return sum((sheet, f"{letters(column + 1)}{i}") in book.formulas for i in range(2, len(book.rows[sheet]) + 1))


def comments(path: Path) -> dict[str, dict[str, str]]:
    """Return the comments of each sheet by cell."""
    found = {}
    with zipfile.ZipFile(path) as archive, CalamineWorkbook.from_path(path) as book:
        for number, sheet in enumerate(book.sheet_names, 1):
            links = f"xl/worksheets/_rels/sheet{number}.xml.rels"
            named = (
                re.search(r"comments[0-9]+\.xml", archive.read(links).decode()) if links in archive.namelist() else None
            )
            tree = ElementTree.fromstring(archive.read(f"xl/{named[0]}")) if named else ElementTree.Element("none")
            found[sheet] = {one.get("ref", ""): "".join(one.itertext()) for one in tree.iter(f"{SHEETS}comment")}
    return found


# Choices under which every normalised indicator is a formula.
MAPS: dict[str, dict[str, Any]] = {
    "z score": {"normalise": "z_score"},
    "relative, a fraction": {"normalise": "relative"},
    "clipped": {"normalise": {"method": "min_max", "clip": True}, "fit_on": "2001"},
    "log": {"normalise": {"method": "efficacy", "low": 1, "high": 99, "form": "log", "clip": True}},
    "exponential": {"normalise": {"method": "efficacy", "low": 1, "high": 99, "form": "exponential"}},
    "none": {"normalise": "none", "base": None},
    "target": {"a.direction": hi.Target(20.0), "c.direction": hi.Between(15.0, 22.0)},
    "rescaled": {
        "left.rescale": {"method": "z_score", "mean": 100, "sd": 10},
        "right.rescale": "square_root",
        "all.rescale": {"method": "relative", "to": "max"},
        "all.round": 1,
    },
    "rounded": {"a.round": 2, "b.round": {"digits": 1, "ties": "even"}, "left.round": {"digits": 0, "ties": "even"}},
    "prepared": {"a.impute": "mean", "b.treat": {"method": "winsorise", "points": 2}, "c.denominator": "size"},
}


def mapped(**choices: Any) -> hi.Result:
    frame = table(16, columns=["a", "b", "c", "d", "size"])
    frame.loc[5, "a"] = np.nan
    index = two_levels().replace({"aggregate": "arithmetic", "coverage": 0.5, **choices})
    return index.compute(frame)


def coin_tool(path: Path, *, labels: bool = True, changed: tuple[int, int, Any] | None = None) -> Path:
    """Write a workbook in the form of the JRC's COIN Tool: three units, four indicators, one level that is not used."""
    rows: dict[int, tuple[str, list[Any]]] = {
        6: ("Weight", [1, 2, 1, 0.5]),
        7: ("Direction", [1, -1, 1, 1]),
        8: ("Lower goalpost", [0, "n/a", 10, 0]),
        9: ("Upper goalpost", [10, "n/a", 90, 1]),
        10: ("Index", ["Index"] * 4),
        11: ("Sub-index", ["si.01"] * 4),
        12: ("Pillar", ["p.01", "p.01", "p.02", "p.02"]),
        13: ("Sub-pillar", ["sp.01", "sp.01", "sp.02", "sp.03"]),
        14: ("Indicator name", ["A", "B", "C", "D"]),
        # The tool has columns to spare.
        15: ("Indicator code", [f"Ind.{j:02}" for j in range(1, 11)]),
    }
    units = [("Austria", "AT", [1, 2, 30, 0.5]), ("Belgium", "BE", [5, "n/a", 40, 0.6]), ("Chile", "CL", [9, 8, 20, 0])]
    groups = [("Index", 1, "My index"), ("si.01", 1, "--"), ("p.01", 2, "One"), ("p.02", 1, "Two")]
    groups += [("sp.01", 1, "S1"), ("sp.02", 1, "S2"), ("sp.03", 3, "S3")]
    with xlsxwriter.Workbook(path) as book:
        database, framework = book.add_worksheet("Database"), book.add_worksheet("Framework")
        database.write(0, 1, "Database")
        for i, (label, cells) in rows.items():
            database.write_row(i, 3, [label if labels else None, *cells])
        database.write_row(15, 1, ["Unit name", "Unit code"])
        for i, (name, code, values) in enumerate(units, 16):
            database.write_row(i, 1, [name, code, None, *values])
        framework.write_row(3, 2, ["Code", "Level", "Weight", "", "", "Dimension/indicator"])
        for i, (code, weight, name) in enumerate(groups, 4):
            framework.write_row(i, 2, [code, None, weight, None, None, name])
        if changed is not None:
            database.write(*changed)
    return path
