"""How people write a period: the frequencies, the accepted spellings, and what one label says."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np

from hengdian_index._tables import cells
from hengdian_index._values.stored import stored


@stored("frequency")
@dataclass(frozen=True, slots=True)
class Frequency:
    """How often there is a period: the word for one ("quarter") and how many make a year."""

    name: str
    per_year: int


YEAR, HALF_YEAR = Frequency("year", 1), Frequency("half-year", 2)
QUARTER, MONTH = Frequency("quarter", 4), Frequency("month", 12)
FREQUENCIES = {frequency.name: frequency for frequency in (YEAR, HALF_YEAR, QUARTER, MONTH)}

ACCEPTED = (
    "2022 or 2022年; 2022H1 or 2022年上半年; 2022Q2, 2022-Q2, Q2 2022 or 2022年第二季度; "
    "2022-06, 2022M06 or 2022年6月; a date such as 2022-06-30, 2022/6/30 or 2022年6月30日; "
    "a pandas Period of a calendar year, quarter, month or day"
)

_YEAR, _MONTH = r"(?P<year>[1-9]\d{3})", r"(?P<position>0?[1-9]|1[0-2])"
_TIME = r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
# A label comes here with one blank wherever it has several, so that every pattern takes time in proportion to it.
# "2022-6" is left out on purpose: it may mean June or, beside 2022-1 to 2022-4, a quarter.
_PATTERNS = [
    (frequency, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for frequency, pattern in (
        (YEAR, rf"{_YEAR} ?年?"),
        (HALF_YEAR, rf"{_YEAR} ?年? ?-? ?H(?P<position>[12])"),
        (HALF_YEAR, rf"H(?P<position>[12])[ -]{_YEAR}"),
        (HALF_YEAR, rf"{_YEAR} ?年? ?(?P<position>[上下])半年"),
        (QUARTER, rf"{_YEAR} ?年? ?-? ?Q(?P<position>[1-4])"),
        (QUARTER, rf"Q(?P<position>[1-4])[ -]{_YEAR}"),
        (QUARTER, rf"{_YEAR} ?年 ?第? ?(?P<position>[1-4一二三四]) ?季度?"),
        (MONTH, rf"{_YEAR}[-/](?P<position>0[1-9]|1[0-2])"),
        (MONTH, rf"{_YEAR} ?-? ?M{_MONTH}"),
        (MONTH, rf"{_YEAR} ?年 ?{_MONTH} ?月份?"),
        (None, rf"{_YEAR}(?P<mark>[-/]){_MONTH}(?P=mark)(?P<day>\d\d?){_TIME}"),
        (None, rf"{_YEAR} ?年 ?{_MONTH} ?月 ?(?P<day>\d\d?) ?日"),
    )
]
_CHINESE = {"上": 1, "下": 2, "一": 1, "二": 2, "三": 3, "四": 4}
# Fiscal years and quarters, weeks and multiples print like calendar periods but are not.
_CALENDAR = {"Y-DEC", "A-DEC", "YE-DEC", "Q-DEC", "QE-DEC", "M", "ME", "D"}

_MISSING = {"None", "nan", "NaN", "NaT", "<NA>"}
_LONGEST = 100

Reading: TypeAlias = tuple[Frequency, int] | date | None
"""What one label says: a period, a date whose frequency is still open, or nothing that can be read."""


def read_label(label: object) -> Reading:
    """Return what one label says, by its ISO text whatever its type; None where nothing can be read."""
    text = _as_text(label)
    for frequency, pattern in _PATTERNS:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            word = parts.get("position") or "1"
            year, position = int(parts["year"]), _CHINESE.get(word) or int(word)
            if frequency:
                return frequency, year * frequency.per_year + position - 1
            with suppress(ValueError):
                return date(year, position, int(parts["day"]))
    return None


def _as_text(label: object) -> str:
    """Return the label as plain text, full-width letters and digits made narrow; empty for what no label may be."""
    if isinstance(label, str):
        told = label.strip()
        return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", told)).strip() if len(told) <= _LONGEST else ""
    if isinstance(label, np.timedelta64):
        return ""
    if isinstance(label, int | np.integer):
        return str(int(label)) if 0 < label < 10**6 else ""
    if isinstance(label, float | np.floating):
        return _as_text(int(label)) if label.is_integer() else ""
    if isinstance(label, date):
        return label.isoformat()[:10]
    if isinstance(label, np.datetime64) or getattr(label, "freqstr", None) in _CALENDAR:
        return str(label)
    return ""


def is_missing(label: object) -> bool:
    """Return whether a label is none at all."""
    return cells.is_missing(label) or (isinstance(label, str) and label.strip() in _MISSING)
