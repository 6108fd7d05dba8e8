"""The tables of equivalents: both sides of every row, the other tool run where it is installed."""

from __future__ import annotations

import csv
import importlib
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.workbooks import ALWAYS_CALCULATE

from hengdian_index._methods.registry import FAMILIES

sys.path.append(str(Path(__file__).parents[2] / "docs" / "_ext"))
import equivalents
from equivalents import Row, Tool, distance, numbers

TOOLS = {name: equivalents.tool(name) for name in equivalents.tools()}
ROWS = [pytest.param(of, row, id=f"{name}-{i}") for name, of in TOOLS.items() for i, row in enumerate(of.rows, 1)]
EXCEL = TOOLS["excel_formulas"]
PEERS = [
    pytest.param(*values, id=param.id, marks=pytest.mark.program(values[0].module))
    for param in ROWS
    if (values := param.values)[0].module and values[1].kind in ("equal", "differs")
]


@contextmanager
def warned() -> Iterator[None]:
    """Let the other tool warn: that is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize(("of", "row"), ROWS)
def test_this_side_and_the_formula(of: Tool, row: Row) -> None:
    assert list(equivalents.faults(of, row)) == []


@pytest.mark.parametrize(("of", "row"), ROWS)
def test_a_row_says_why(of: Tool, row: Row) -> None:
    assert row.kind == "equal" or row.told
    assert row.ours or row.kind == "absent"
    assert of.module or row.kind in ("absent", "gives") or row.formula


@pytest.mark.parametrize(("of", "row"), PEERS)
def test_the_other_side(of: Tool, row: Row) -> None:
    with warned():
        (call,) = row.names
        theirs = of.run_theirs(call)
    apart = distance(of.run(row.ours), theirs)
    assert (apart <= row.within) == (row.kind == "equal"), f"{apart:.3g} apart"
    for expression in filter(None, (row.formula, row.alike)):
        assert distance(of.run(expression), theirs) <= row.within, expression


@pytest.mark.parametrize(
    ("of", "module"),
    [
        pytest.param(of, name, id=name, marks=pytest.mark.program(of.module))
        for of in TOOLS.values()
        for name in of.covers
    ],
)
def test_everything_of_the_other_tool_stands_on_the_page(of: Tool, module: str) -> None:
    told = {name for row in of.rows for call in row.names for name in re.findall(r"\w+", call)}
    with warned():
        there = vars(importlib.import_module(module)).items()
    own = {name for name, value in there if getattr(value, "__module__", "").startswith(of.module)}
    names = {name for name in own if re.fullmatch(of.covers[module], name)}
    assert names
    assert names - told == set()


@pytest.mark.parametrize(("of", "row"), [param for param in ROWS if param.values[1].kind == "absent"])
def test_what_is_absent_is_not_there(of: Tool, row: Row) -> None:
    here = {name for family in FAMILIES.values() for name in family}
    assert here & set(row.without) == set(), "the page says that there is no counterpart"


@pytest.mark.parametrize("name", TOOLS)
def test_a_page_shows_every_section(name: str) -> None:
    page = (equivalents.FOLDER / f"{name}.md").read_text(encoding="utf-8")
    shown = re.findall(rf"^```{{equivalents}} {name} (\w+)", page, flags=re.MULTILINE)
    assert shown == ["data", *dict.fromkeys(row.section for row in TOOLS[name].rows)]


def test_a_row_that_is_not_so_is_not_printed() -> None:
    of = EXCEL
    first, *_ = of.rows
    for wrong in (
        replace(first, ours="hi.normalise.min_max(x['price'], direction=-1)"),
        replace(first, differs="it does not"),
        replace(first, differs="so", ours="hi.normalise.vector(x['price'])", alike="hi.normalise.share(x['price'])"),
    ):
        with pytest.raises(ValueError, match=r"excel_formulas\.toml: =.*MIN"):
            equivalents.table(replace(of, rows=(wrong,)), wrong.section, "Excel")
    with pytest.raises(ValueError, match="no row of section 'none'"):
        equivalents.table(of, "none", "Excel")


def test_gaps_must_be_in_the_same_places() -> None:
    assert distance([1.0, np.nan], [1.0, np.nan]) == 0
    assert distance([1.0, np.nan], [1.0, 2.0]) == np.inf
    assert distance([1.0], [1.0, 2.0]) == np.inf


@pytest.mark.parametrize("row", [row for row in TOOLS["coinr"].rows if row.quoted], ids=lambda row: row.quoted)
def test_tables_that_coinr_computed(row: Row, software: Path) -> None:
    case = software / "coinr_asem"
    meta = pd.read_csv(case / "data" / "iMeta.csv").set_index("iCode")
    meta = meta[meta["Type"] == "Indicator"]
    x, theirs = (pd.read_csv(case / name, index_col="uCode")[meta.index] for name in (row.quoted_from, row.quoted))
    ours = TOOLS["coinr"].run(row.ours, x=x, direction=meta["Direction"].astype(int).to_dict())
    np.testing.assert_allclose(ours.loc[theirs.index], theirs, rtol=1e-12, atol=1e-9)


@cache
def calculated(folder: Path) -> list[list[str]]:
    """Return the cells of a workbook that holds the formulas of all rows, as LibreOffice calculates them."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(folder / "formulas.xlsx", {"use_future_functions": True})
    for number, row in enumerate(formulas()):
        sheet = book.add_worksheet(f"s{number}")
        for table, line in ((EXCEL.run("x"), 1), (EXCEL.run("w.to_frame().T"), 7), (EXCEL.run("gaps"), 11)):
            put(sheet, table.to_numpy(), line, 1)
        put(sheet, EXCEL.run("level.to_frame()").to_numpy(), 1, 4)
        put(sheet, EXCEL.run("judged"), 1, 5)
        before, first = re.fullmatch(r"(?:(\w+): )?(.*)", row.before).groups()
        if before:
            for i in range(3):
                down, right = (i, 0) if before == "J2" else (0, i)
                at = (1 + down, 9) if before == "J2" else (9, 1 + right)
                sheet.write_formula(*at, copied(first, down, right))
        for i in range(length(row)):
            right = i if row.fill == "across" else 0
            sheet.write_formula(20 + i, 0, copied(row.names[0], i - right, right))
    book.close()
    (folder / "office" / "user").mkdir(parents=True)
    (folder / "office" / "user" / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE, encoding="utf-8")
    office = f"-env:UserInstallation=file://{folder}/office"
    told = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    subprocess.run(
        ["soffice", "--headless", office, "--convert-to", told, "--outdir", str(folder), str(folder / "formulas.xlsx")],
        check=True,
        capture_output=True,
    )
    return [
        [line[0] for line in csv.reader((folder / f"formulas-s{number}.csv").read_text(encoding="utf-8").splitlines())]
        for number in range(len(formulas()))
    ]


def formulas() -> list[Row]:
    """Return the rows whose other side is a formula."""
    return [row for row in EXCEL.rows if row.kind in ("equal", "differs")]


def length(row: Row) -> int:
    """Return into how many cells a formula is copied."""
    return {"down": 5, "across": 3, "judgements": 3, "one": 1}[row.fill]


def put(sheet: Any, values: Any, line: int, column: int) -> None:
    """Write numbers; a missing one leaves its cell blank."""
    for i, j in zip(*np.nonzero(~np.isnan(values)), strict=True):
        sheet.write_number(line + int(i), column + int(j), float(values[i, j]))


def copied(formula: str, down: int, right: int) -> str:
    """Return a formula as a spreadsheet copies it: what has no $ before it moves."""

    def moved(found: re.Match[str]) -> str:
        fixed_column, column, fixed_row, row = found.groups()
        letter = column if fixed_column else chr(ord(column) + right)
        return f"{fixed_column}{letter}{fixed_row}{row if fixed_row else int(row) + down}"

    return re.sub(r"(?<![\w.$])(\$?)([A-Z])(\$?)(\d+)(?![\w(])", moved, formula)


def test_a_formula_is_copied_as_a_spreadsheet_does() -> None:
    assert copied("=LOG10(B$2)+$C3/AVERAGE(D4:E$5)", 2, 1) == "=LOG10(C$2)+$C5/AVERAGE(E6:F$5)"


@pytest.mark.office("soffice")
@pytest.mark.parametrize("number", range(len(formulas())))
def test_formulas_in_a_spreadsheet(number: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    row = formulas()[number]
    cells = calculated(Path(tmp_path_factory.getbasetemp()))[number][20 : 20 + length(row)]
    theirs = [float(cell) if cell else np.nan for cell in cells]
    if "PERCENTRANK" in row.names[0]:  # three digits, as the page says
        assert theirs == [int(1000 * share) / 1000 for share in numbers(EXCEL.run(row.ours))]
        return
    ours = EXCEL.run(row.ours)
    assert (distance(ours, theirs) <= row.within) == (row.kind == "equal"), (numbers(ours), theirs)
    if row.alike:
        assert distance(EXCEL.run(row.alike), theirs) <= row.within
