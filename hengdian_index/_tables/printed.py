"""Numbers as they are printed for people, read where they cannot be misread: marks, full width, thousands, commas."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from hengdian_index._words.said import Said
from hengdian_index.errors import shown

MARKS = frozenset({"NA", "N/A", "n/a", "#N/A", "#NA", "null", "NULL", "NaN", "<NA>", "None"})
"""Texts that say that a value is missing."""

# So many rows are looked through for decimal commas, and in a text file for what parts the cells.
SAMPLE = 200
COMMAS = Said("commas stand before the decimals")
_DECIMAL_COMMAS, _THOUSANDS, _POINTS, _BLANKS_BETWEEN, _APOSTROPHES_BETWEEN, _FULL_WIDTH = (
    Said("decimal commas"),
    Said("commas between thousands"),
    Said("points between thousands"),
    Said("blanks between thousands"),
    Said("apostrophes between thousands"),
    Said("full-width digits or signs"),
)
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_SIGNS = str.maketrans({"−": "-", "﹣": "-", "﹢": "+"})
_POINTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_COMMAED = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+),\d+")
_SPACED = re.compile(r"[+-]?[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?")
# A comma between one to three digits and three more may part thousands or decimals.
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
# A point between three digits and three more, where commas stand before decimals.
_PARTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)
_SWAPPED = str.maketrans(",.", ".,")
_PLAIN_POINT = re.compile(r"[+-]?\d+\.\d+", re.ASCII)
_APOSTROPHES = re.compile(r"[+-]?[1-9]\d{0,2}(?:['’]\d{3})+(?:\.\d*)?")


def narrow(text: str) -> str:
    """Return a text with one blank wherever it has several, full-width letters, digits and signs as plain ones.

    A raised or circled digit is none of the number before it, but the mark of a note: it stays as it is.

    Examples
    --------
    >>> from hengdian_index._tables.printed import narrow
    >>> narrow("１２．５"), narrow("12①")
    ('12.5', '12①')
    """
    bare = _BLANKS.sub(" ", text).strip()
    return bare if bare.isascii() else "".join(map(_narrowed, bare)).translate(_SIGNS)


def _narrowed(letter: str) -> str:
    wide = unicodedata.decomposition(letter).startswith(("<wide>", "<narrow>"))
    return unicodedata.normalize("NFKC", letter) if wide else letter


def plain_cells(
    cells: Sequence[Any], decimal: str = ".", marks: Collection[str] = ()
) -> tuple[list[Any], dict[Said, list[int]]]:
    """Return a column with its texts as plain numbers, marks of a missing value as None, the cells of each liberty.

    Parameters
    ----------
    cells : sequence
        What is no text stays as it is, and so does a text that may be read two ways.
    decimal : {".", ","}
        What stands before the decimals in the file: a comma there, where semicolons or tabs part the cells.
    marks : collection of str
        Narrow texts that stand for a missing value besides the usual ones.

    Examples
    --------
    >>> from hengdian_index._tables.printed import plain_cells
    >>> plain_cells(["1,234.5", "N/A", "７", "12,5"])[0]
    ['1234.5', None, '7', '12,5']
    """
    swapped = (
        [cell.translate(_SWAPPED) if isinstance(cell, str) else cell for cell in cells] if decimal == "," else cells
    )
    out, met, regular = list(cells), dict[Said, list[int]](), _is_regular(swapped)
    marked: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        text = _BLANKS.sub(" ", cell).strip()
        if text in MARKS or not text:
            out[i] = None
            continue
        told = narrow(text)
        if told in marks:
            if text not in marked:
                marked[text] = met.setdefault(Said("{text} read as missing", text=shown(text)), [])
            marked[text].append(i)
            out[i] = None
            continue
        plain, liberty = _plain(told, decimal)
        if decimal == "," and _PARTED.fullmatch(told):
            parted = regular or told.count(".") > 1
            plain, liberty = (told.replace(".", ""), _POINTS) if parted else (None, None)
        if plain is None or ("," in told and decimal == "." and not regular and _EITHER.fullmatch(told)):
            continue
        for what in (_FULL_WIDTH if told != text else None, liberty):
            if what is not None:
                met.setdefault(what, []).append(i)
        out[i] = plain
    return out, met


def has_parted(cells: Sequence[Any]) -> bool:
    """Return whether a cell has a point between digits that may be thousands."""
    return any(isinstance(cell, str) and _PARTED.fullmatch(cell.strip()) for cell in cells)


def open_points(cells: Sequence[Any], plain: Sequence[Any], decimal: str) -> list[int]:
    """Return which cells `plain_cells` has left as 1.234 beside decimal commas, where the point may part thousands.

    Examples
    --------
    >>> from hengdian_index._tables.printed import open_points
    >>> open_points(["1.234", "12,5"], ["1.234", "12.5"], ",")
    [0]
    """
    if decimal != ",":
        return []
    same = (i for i, cell in enumerate(cells) if isinstance(cell, str) and plain[i] == cell)
    return [i for i in same if _PARTED.fullmatch(narrow(cells[i]))]


def _is_regular(cells: Sequence[Any]) -> bool:
    """Return whether commas part thousands throughout a column, so that 1,234 cannot be 1.234.

    A number has a comma and a point, or two commas; or each number from 1,000 on has a comma, there are several, and
    no number has decimals.
    """
    texts = [narrow(cell) for cell in cells if isinstance(cell, str)]
    if any(_POINTED.fullmatch(text) and not _EITHER.fullmatch(text) for text in texts):
        return True
    numbers = [cell for cell in cells if isinstance(cell, (int, float)) and cell == cell]
    small = all(number % 1 == 0 and abs(number) < 1000 for number in numbers)
    others = [text for text in texts if text and text not in MARKS and not _EITHER.fullmatch(text)]
    plain = all(re.fullmatch(r"[+-]?\d{1,3}", text) for text in others)
    return small and plain and sum(bool(_EITHER.fullmatch(text)) for text in texts) > 1


def _plain(text: str, decimal: str) -> tuple[str | None, Said | None]:
    """Return the number that a text is, written with a point alone, and what that took; None for any other text."""
    if "," in text and decimal == "," and _COMMAED.fullmatch(text):
        return text.replace(".", "").replace(",", "."), _DECIMAL_COMMAS
    if _POINTED.fullmatch(text) and decimal == ".":
        return text.replace(",", ""), _THOUSANDS
    if _SPACED.fullmatch(text):
        return text.replace(" ", "").replace(",", "."), _BLANKS_BETWEEN
    if _APOSTROPHES.fullmatch(text):
        return re.sub("['’]", "", text), _APOSTROPHES_BETWEEN
    if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", text, re.ASCII):
        return text, None
    return None, None


def decimal_of(cells: Sequence[Any], separator: str = "") -> str:
    """Return what stands before decimals in the cells of a table: "," or ".", "" where it is open.

    Semicolons between the cells go with decimal commas. Without them a comma is one only where most of the cells that
    have a comma cannot be thousands, and none has a decimal point.

    Examples
    --------
    >>> from hengdian_index._tables.printed import decimal_of
    >>> decimal_of(["a", "12,5", "1.234,5"]), decimal_of(["12,5", "7.5"]), decimal_of(["1,234", "5"], ";")
    (',', '.', '')
    """
    texts = [narrow(cell) for cell in cells if isinstance(cell, str) and ("," in cell or "，" in cell)]
    commas = sum(bool(_COMMAED.fullmatch(text)) and not _EITHER.fullmatch(text) for text in texts)
    points = sum(bool(_POINTED.fullmatch(text)) and not _EITHER.fullmatch(text) for text in texts)
    either = sum(bool(_EITHER.fullmatch(text)) for text in texts)
    if points or not texts:
        return "."
    if separator == ";":
        return "," if commas else "" if either else "."
    return "," if commas > either and not any(map(_has_point, cells)) else "."


def _has_point(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(_PLAIN_POINT.fullmatch(cell.strip()))
    return isinstance(cell, float) and cell % 1 != 0
