"""What to write in place of a cell that is no number and may be read in several ways."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from hengdian_index._tables.cells import plain_remedy
from hengdian_index._tables.printed import narrow
from hengdian_index._words.said import Said

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_TIMES = {
    "k": 10**3,
    "K": 10**3,
    "m": 10**6,
    "M": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "bn": 10**9,
    "b": 10**9,
    "B": 10**9,
    "tn": 10**12,
    "千": 10**3,
    "万": 10**4,
    "萬": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "億": 10**8,
    "万亿": 10**12,
    "兆": 10**12,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_TIMED = re.compile(rf"({_NUMBER}) ?({'|'.join(sorted(_TIMES, key=len, reverse=True))})(?P<unit>\D{{0,6}})")
_SHARE = re.compile(rf"({_NUMBER}) ?(%|‰|per ?cent|pct|percent|个?百分点)", re.IGNORECASE)
_BRACKETED = re.compile(rf"[(\[【〔{{] ?({_NUMBER}) ?[)\]】〕}}]")
_ROUGH = re.compile(
    r"(?:(?:约|近|大约|超过?|不足|至少|最多|<=|>=|[~〜≈≃<>≤≥±]|c\.|ca\.?|circa|approx\.?|about|over|under) ?)"
    rf"({_NUMBER})|({_NUMBER}) ?(?:左右|上下|以上|以下|余|多|\+)",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[+-]?\d+(?:_\d+)+(?:\.\d+)?")
_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_BESIDE = re.compile(rf"(?P<before>[^\d.,+-]{{0,6}}?) ?(?P<number>{_NUMBER}) ?(?P<after>\D{{0,12}})")
# Error values of a workbook, which stand for no value that anybody left out.
ERRORS = frozenset({"#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#CALC!", "#SPILL!", "#N/A"})
# A mark has so many letters; what is longer is a sentence.
_LONGEST_MARK = 24


def is_mark(text: str) -> bool:
    """Return whether a text may stand for a missing value: it has no digit, and is no sentence and no error.

    Examples
    --------
    >>> from hengdian_index._tables.mending import is_mark
    >>> [is_mark(text) for text in ("—", "..", "无数据", "40%", "#DIV/0!")]
    [True, True, True, False, False]
    """
    told = narrow(text)
    numeral = any(one.isdigit() for one in told) or told.strip("%+-. ") in _TIMES
    return 0 < len(told) <= _LONGEST_MARK and not numeral and "%" not in told and told not in ERRORS


def marks_among(cells: Iterable[Any]) -> list[str]:
    """Return the distinct texts among cells that may stand for a missing value, the first ones met."""
    found = dict[str, None]()
    for cell in cells:
        if isinstance(cell, str) and cell.strip() not in found and is_mark(cell):
            found[cell.strip()] = None
    return list(found)


def remedy_for(cell: Any, marks: Sequence[Any] = ()) -> Said:
    """Return what to write where a cell is no number.

    Parameters
    ----------
    marks : sequence
        Marks of missing values that the index names and that the table has, all of which the line to write lists.

    Examples
    --------
    >>> from hengdian_index._tables.mending import remedy_for
    >>> remedy_for("0.98765万")
    "write 9876.5: '万' after a number may be counted in or not"
    """
    if not isinstance(cell, str):
        return plain_remedy(cell)
    text = narrow(cell)
    if text in ERRORS:
        return Said("an error value of a spreadsheet: mend it there, or clear the cell of a missing value")
    if is_mark(text):
        return Said(
            "{remedy}; where {text!r} means a missing value, write missing_marks = {marks} in [data] (0 in the cell "
            "where it means none)",
            remedy=plain_remedy(cell),
            text=text,
            marks=_line(marks, cell),
        )
    if (found := _SHARE.fullmatch(text)) is not None:
        number, sign = found.group(1).replace(",", ""), found.group(2)
        return Said(
            "write {number}, and {sign} in the heading: all cells of a column are in one unit", number=number, sign=sign
        )
    if (found := _TIMED.fullmatch(text)) is not None:
        times = Decimal(found.group(1).replace(",", "")) * _TIMES[found.group(2)]
        return Said(
            "write {number}: {word!r} after a number may be counted in or not",
            number=_plain(times),
            word=found.group(2),
        )
    if (found := _BRACKETED.fullmatch(text)) is not None:
        number = found.group(1).replace(",", "")
        return Said(
            "write -{negative} if the brackets mean a negative number, {number} if they mark a note",
            negative=number.lstrip("+-"),
            number=number,
        )
    if (found := _ROUGH.fullmatch(text)) is not None:
        return Said(
            "write {number} if that may stand for it; missing_marks = {marks} in [data] leaves it out",
            number=(found.group(1) or found.group(2)).replace(",", ""),
            marks=_line(marks, cell),
        )
    if _PARTED.fullmatch(text):
        return Said("write {number}", number=text.replace("_", ""))
    if (found := _COMMA.fullmatch(text)) is not None:
        whole, part = found.groups()
        return Said(
            "write {decimal} if the comma stands before decimals, {whole} if it parts thousands",
            decimal=f"{whole}.{part}",
            whole=f"{whole}{part}",
        )
    if (found := _BESIDE.fullmatch(text)) is not None:
        return Said(
            "write {number}, and what stands beside it in the heading or a column of notes",
            number=found["number"].replace(",", ""),
        )
    return plain_remedy(cell)


def _line(marks: Sequence[Any], cell: str) -> str:
    """Return a list in TOML: the marks, and a cell that is one."""
    return json.dumps(list(dict.fromkeys([*marks, cell.strip()])), ensure_ascii=False)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
