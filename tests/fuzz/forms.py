"""Tables in the forms of offices, one or several cells spoilt: as text of each kind and as workbooks."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import xlsxwriter
from fuzz.tables import CELLS, PIECES

import hengdian_index as hi
from hengdian_index._tables.form import Form
from hengdian_index._tables.read_data import read_data

INDEX = hi.Index(
    unit="unit",
    period="when",
    missing="reweight",
    groups=[hi.Group("all")],
    indicators=[hi.Indicator("a", "all"), hi.Indicator("b", "all", direction=-1)],
)
UNITS, YEARS = ("AT", "BE", "NL"), ("2020", "2021")
VALUES = {
    (code, unit, year): f"{i + 1.5 * j + k * k:.1f}"
    for i, code in enumerate("ab", 3)
    for j, unit in enumerate(UNITS)
    for k, year in enumerate(YEARS)
}
WIDE = [["unit", "when", "a", "b"], *([u, y, VALUES["a", u, y], VALUES["b", u, y]] for u in UNITS for y in YEARS)]
ACROSS = [["unit", "code", *YEARS], *([u, c, *(VALUES[c, u, y] for y in YEARS)] for c in "ab" for u in UNITS)]
LONG = [["unit", "when", "code", "value"], *([u, y, c, value] for (c, u, y), value in VALUES.items())]
SDMX = [
    ["DATAFLOW", "FREQ", "REF_AREA", "MEASURE", "AGE", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MULT"],
    *(["X:Y(1.0)", "A", u, c, "_T", y, value, "A", "0"] for (c, u, y), value in VALUES.items()),
]
EUROSTAT = [
    ["freq,unit,indic,geo\\TIME_PERIOD", *(f"{y} " for y in YEARS)],
    *([f"A,PC,{c},{u}", *(f"{VALUES[c, u, y]} p" for y in YEARS)] for c in "ab" for u in UNITS),
]
BANK = [
    ["Country Name", "Country Code", "Series Name", "Series Code", *(f"{y} [YR{y}]" for y in YEARS)],
    *([f"Land {u}", u, f"Of {c}", c, *(VALUES[c, u, y] for y in YEARS)] for c in "ab" for u in UNITS),
    [""],
    ["Data from database: one"],
    ["Last Updated: 10/10/2023"],
]
TURNED = [["when", *YEARS], *([c, *(VALUES[c, "AT", y] for y in YEARS)] for c in "ab")]
FORMS = {
    "wide": (WIDE, {}),
    "years": (ACROSS, {"layout": "years", "indicator": "code"}),
    "long": (LONG, {"layout": "long", "indicator": "code", "value": "value"}),
    "SDMX": (SDMX, {"unit": "REF_AREA", "period": "TIME_PERIOD"}),
    "Eurostat": (EUROSTAT, {"unit": "geo"}),
    "bank": (BANK, {"unit": "Country Code"}),
    "turned": (TURNED, {"layout": "transposed"}),
}
MESSY = (
    *("—", "..", ":", "12.3 p", "41%", "1.2万", "(3)", "约3", "1,234", "12,5", "1.234", "３", "3①", "#N/A", "#DIV/0!"),
    *(
        "合计",
        "Total",
        "World",
        "注：初步",
        "Source: x",
        "2022Q1",
        "2020.0",
        "1-6月",
        "a（万元）",
        "\xa0",
        "x" * 40_000,
    ),
)


def trial(random: Random) -> tuple[object, Callable[[], object]]:
    """Return a form with cells, rows and columns spoilt, and the call that reads it and computes an index of it."""
    name = random.choice(sorted(FORMS))
    rows, said = [list(row) for row in FORMS[name][0]], dict(FORMS[name][1])
    for _ in range(random.choice([0, 1, 2, 4])):
        spoil(random, rows)
    if random.random() < 0.3:
        said = dict(random.sample(sorted(said.items()), random.randrange(len(said) + 1)))
    if random.random() < 0.2:
        said["missing_marks"] = [random.choice(["—", "..", ":", -999])]
    if random.random() < 0.1:
        said["header_rows"] = 2
    ending = random.choice([".csv", ".tsv", ".txt", ".xlsx"])
    separator = "\t" if ending == ".tsv" else random.choice(",;\t")
    index = INDEX if name != "turned" else INDEX.replace({"unit": None})
    texts = random.random() < 0.5

    def read() -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"data{ending}"
            if ending == ".xlsx":
                write_workbook(path, rows, texts=texts)
            else:
                buffer = io.StringIO(newline="")
                csv.writer(buffer, delimiter=separator, escapechar="\\").writerows(rows)
                path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
            own = index.replace({"data": said}) if said else index
            return own.compute(read_data(path, Form.of(own.data), own.columns, own.unit, own.period)).scores

    return {"form": name, "rows": rows, "said": said, "ending": ending, "separator": separator}, read


def spoil(random: Random, rows: list[list[str]]) -> None:
    """Change a cell, or add, repeat or take a row or a column."""
    row = random.choice(rows)
    cell = random.choice([*MESSY, *MESSY, *CELLS, random.choice(PIECES)])
    what = random.randrange(8)
    if what < 5 and row:
        row[random.randrange(len(row))] = cell
    elif what == 5:
        rows.insert(random.randrange(len(rows) + 1), random.choice([[cell], [], list(row), [cell] * len(row)]))
    elif what == 6 and len(rows) > 1:
        rows.remove(row)
    else:
        j = random.randrange(max(map(len, rows)) + 1)
        for one in rows:
            one.insert(j, random.choice([cell, ""]))


def write_workbook(path: Path, rows: list[list[str]], *, texts: bool) -> None:
    """Write cells as texts, or those that are numbers as numbers."""
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True, "strings_to_numbers": not texts}) as book:
        sheet = book.add_worksheet("Sheet1")
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if cell and texts:
                    sheet.write_string(i, j, cell[:32_000])
                elif cell:
                    sheet.write(i, j, cell[:32_000] if not cell.startswith(("=", "{")) else f" {cell[:100]}")
