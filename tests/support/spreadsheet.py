"""A spreadsheet program in small: the formulas of a workbook, calculated again from its plain numbers."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import NormalDist
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CELL = re.compile(r"(?:'?(\w+)'?!)?\$?([A-Z]+)\$?([0-9]+)(?::\$?([A-Z]+)\$?([0-9]+))?")


def product(x: list[float], w: list[float]) -> float:
    """Return the sum of products."""
    return sum(a * b for a, b in zip(x, w, strict=True))


def printed(x: float, digits: float, rounding: str) -> float:
    """Return a number of fifteen digits, as spreadsheets have them, rounded to decimals."""
    return float(Decimal(f"{x:.15g}").quantize(Decimal(1).scaleb(-int(digits)), rounding=rounding))


FUNCTIONS: dict[str, Callable[..., float]] = {
    "SUMPRODUCT": product,
    "MIN": min,
    "MAX": max,
    "LN": math.log,
    "EXP": math.exp,
    "ABS": abs,
    "ROUND": lambda x, digits: printed(x, digits, ROUND_HALF_UP),
    "TRUNC": lambda x, digits: printed(x, digits, ROUND_DOWN),
    "MOD": lambda x, by: x % by,
    "NORMSDIST": NormalDist().cdf,
    "IF": lambda holds, then, otherwise: then if holds else otherwise,
}


# A rank: the numbers of a column that are larger by more than rounding, among the rows whose label is that of a cell.
RANK = re.compile(
    r"1\+SUMPRODUCT\((?:--|(?:\(\$([A-Z]+)\$2:\$[A-Z]+\$[0-9]+=\$[A-Z]+([0-9]+)\)\*)?"
    r"(ISNUMBER\(('?\w+'?![A-Z]+\$2:[A-Z]+\$[0-9]+)\)\*)?)"
    r"\('?(\w+)'?!([A-Z]+)\$2:[A-Z]+\$([0-9]+)-'?\w+'?![A-Z]+([0-9]+)>([-+.0-9E]+)\)\)"
)


class Workbook:
    """Formulas and stored numbers of a workbook, by sheet and cell; `calculate` knows ranks, FUNCTIONS, + - * / ^."""

    def __init__(self, path: Path) -> None:
        self.formulas: dict[tuple[str, str], str] = {}
        self.stored: dict[tuple[str, str], float] = {}
        self._known: dict[tuple[str, str], float] = {}
        with CalamineWorkbook.from_path(path) as book, zipfile.ZipFile(path) as archive:
            self.rows = {
                name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
            }
            for number, name in enumerate(book.sheet_names, 1):
                self._read(name, archive.read(f"xl/worksheets/sheet{number}.xml"))

    def _read(self, name: str, xml: bytes) -> None:
        for cell in ElementTree.fromstring(xml).iter(f"{SHEETS}c"):
            formula, value = cell.find(f"{SHEETS}f"), cell.find(f"{SHEETS}v")
            if formula is not None:
                self.formulas[name, cell.get("r", "")] = str(formula.text)
            if value is not None and cell.get("t", "n") == "n":
                self.stored[name, cell.get("r", "")] = float(str(value.text))

    def calculate(self, sheet: str, cell: str) -> float:
        """Return a cell's number, its formula followed down to cells that have none; a blank cell counts as 0."""
        if (sheet, cell) not in self._known:
            formula = self.formulas.get((sheet, cell))
            number = self.stored.get((sheet, cell), 0.0) if formula is None else self._formula(sheet, formula)
            self._known[sheet, cell] = number
        return self._known[sheet, cell]

    def _rank(self, sheet: str, found: re.Match[str]) -> float:
        label, line, guarded, _, tab, column, last, own, least = found.groups()
        rows = range(2, int(last) + 1)
        if label is not None:
            labels = [row[at(label) - 1] for row in self.rows[sheet]]
            rows = [i for i in rows if labels[i - 1] == labels[int(line) - 1]]
        if guarded is not None:
            rows = [i for i in rows if {(tab, f"{column}{i}")} & {*self.stored, *self.formulas}]
        score = self.calculate(tab, f"{column}{own}")
        return 1.0 + sum(self.calculate(tab, f"{column}{i}") - score > float(least) for i in rows)

    def _formula(self, sheet: str, formula: str) -> float:
        if found := RANK.fullmatch(formula):
            return self._rank(sheet, found)
        # A reciprocal of a judgement that is there.
        formula = re.sub(r'IF\(ISNUMBER\(([A-Z]+[0-9]+)\),(1/\1),""\)', r"\2", formula)
        assert re.fullmatch(r"[-+*/^(),.0-9<>=E]*", CELL.sub("", re.sub("|".join(FUNCTIONS), "", formula))), formula

        def number(found: re.Match[str]) -> str:
            tab, column, row, last, last_row = found.groups()
            if last is None:
                return repr(self.calculate(tab or sheet, column + row))
            assert row == last_row, "only rows of cells"
            return repr([self.calculate(tab or sheet, f"{letters(j)}{row}") for j in range(at(column), at(last) + 1)])

        written = re.sub(r"(?<![<>])=", "==", CELL.sub(number, formula).replace("^", "**"))
        return float(eval(written, {**FUNCTIONS, "__builtins__": {}}))


def at(column: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return number


def letters(number: int) -> str:
    """Return the letters of a column, from 1."""
    return next(
        a + b
        for a in " ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        if at((a + b).strip()) == number
    ).strip()
