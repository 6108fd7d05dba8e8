"""Period labels as people write them, read into calendar ordinals, and back into ISO text.

A frequency has `per_year` periods in a year; the ordinal of a period is year * per_year + position - 1, so
neighbours differ by one, a lag is a subtraction and a hole is visible. Each distinct label is read once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hengdian_index._tables.cells import is_missing
from hengdian_index._tables.places import lines_of, rows_of
from hengdian_index._tables.units import named_totals
from hengdian_index._values.stored import stored
from hengdian_index._words.said import Said, joined
from hengdian_index.errors import DataError, Fault, SpecError, listed, raise_all, shown
from hengdian_index.log import note


@stored("frequency")
@dataclass(frozen=True, slots=True)
class Frequency:
    """How often there is a period: the word for one ("quarter") and how many make a year."""

    name: str
    per_year: int

    @property
    def one(self) -> Said:
        """One period, in words."""
        return _ONE[self.name]

    @property
    def several(self) -> Said:
        """Several periods, in words."""
        return _SEVERAL[self.name]


YEAR, HALF_YEAR = Frequency("year", 1), Frequency("half-year", 2)
QUARTER, MONTH = Frequency("quarter", 4), Frequency("month", 12)
FREQUENCIES = {frequency.name: frequency for frequency in (YEAR, HALF_YEAR, QUARTER, MONTH)}

_ONE = {"year": Said("year"), "half-year": Said("half-year"), "quarter": Said("quarter"), "month": Said("month")}
_SEVERAL = {
    "year": Said("years"),
    "half-year": Said("half-years"),
    "quarter": Said("quarters"),
    "month": Said("months"),
}

ACCEPTED = Said(
    "2022 or 2022年; 2022H1 or 2022年上半年; 2022Q2, 2022-Q2, Q2 2022 or 2022年第二季度; "
    "2022-06, 2022M06 or 2022年6月; a date such as 2022-06-30, 2022/6/30 or 2022年6月30日; "
    "a pandas Period of a calendar year, quarter, month or day"
)

_YEAR, _MONTH = r"(?P<year>[1-9]\d{3})", r"(?P<position>0?[1-9]|1[0-2])"
_ROMAN = "(?:IV|I{1,3})"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES_OF_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
# Years of two digits below this are of this century.
_CENTURY = 70
_TIME = r"(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?"
# A label comes here with one blank wherever it has several, so that every pattern takes time in proportion to it.
# "2022-6" is left out on purpose: it may mean June or, beside 2022-1 to 2022-4, a quarter.
_ACCEPTED = (
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
# Read as well, and written as the accepted spellings are.
_OTHERS = (
    (YEAR, rf"YR{_YEAR}"),
    (YEAR, rf"{_YEAR}(?:\.0+| ?年度)"),
    (HALF_YEAR, rf"{_YEAR} ?- ?S(?P<position>[12])"),
    (HALF_YEAR, rf"S(?P<position>[12])[ /-]{_YEAR}"),
    (QUARTER, r"(?P<year>\d\d) ?Q(?P<position>[1-4])"),
    (QUARTER, rf"Q(?P<position>[1-4])/{_YEAR}"),
    (QUARTER, rf"(?P<position>[1-4])Q[ /-]?{_YEAR}"),
    (QUARTER, rf"{_YEAR} ?第 ?(?P<position>[1-4一二三四]) ?季度?"),
    (QUARTER, rf"{_YEAR} ?年? ?第? ?(?P<position>{_ROMAN}) ?季度?"),
    (QUARTER, rf"{_YEAR} ?- ?(?P<position>{_ROMAN})"),
    (MONTH, rf"{_YEAR}(?P<position>0[1-9]|1[0-2])"),
    (MONTH, rf"{_YEAR}/(?P<position>[1-9])"),
    (MONTH, rf"{_MONTH}/{_YEAR}"),
    (MONTH, rf"(?P<position>{_NAMES_OF_MONTHS})[ /.-]+{_YEAR}"),
    (MONTH, rf"{_YEAR}[ /.-]+(?P<position>{_NAMES_OF_MONTHS})"),
)
_PATTERNS, _LOOSE = (
    [(frequency, re.compile(pattern, re.ASCII | re.IGNORECASE)) for frequency, pattern in spellings]
    for spellings in (_ACCEPTED, _OTHERS)
)
_FROM_JANUARY = r"(?:0?1|一) ?月?(?:份)? ?[-–—~至到] ?"
_IN_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_SAID_MONTH = rf"(?P<month>0?[1-9]|1[0-2]|{'|'.join(reversed(_IN_CHINESE))})"
_SAID_QUARTER = r"(?P<quarter>[1-4一二三四]|两)"
_NAMED_MONTH = rf"jan(?:uary)? ?(?:[-–—~]|to) ?(?P<month>{_NAMES_OF_MONTHS})"
# Of the year to date: the last month or quarter is said, and that all before it are in.
_TO_DATE = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"{_YEAR} ?[年./-]? ?{_FROM_JANUARY}{_SAID_MONTH} ?月? ?(?:份)?",
        rf"{_YEAR} ?年? ?前 ?{_SAID_MONTH} ?个?月",
        rf"{_YEAR} ?年? ?前 ?{_SAID_QUARTER} ?个? ?季度?",
        rf"{_YEAR} ?年? ?1 ?[-–—~] ?{_SAID_QUARTER} ?季度",
        rf"{_YEAR} ?年? ?全年",
        rf"{_YEAR} ?-? ?(?P<month>[369]|12) ?M",
        rf"(?P<month>[369]|12) ?M[ /-]?{_YEAR}",
        rf"{_YEAR} ?{_NAMED_MONTH}",
        rf"{_NAMED_MONTH},? {_YEAR}",
    )
)
_MARK_TO_DATE = re.compile(r"(?P<label>.*?) ?\(?(?:累计值?|YTD)\)?|YTD (?P<after>.*)", re.IGNORECASE)
CUMULATIVE = 'cumulative = "year"'
_WORDS = {"上": 1, "下": 2, "一": 1, "二": 2, "三": 3, "四": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}
# Fiscal years and quarters, weeks and multiples print like calendar periods but are not.
_CALENDAR = {"Y-DEC", "A-DEC", "YE-DEC", "Q-DEC", "QE-DEC", "M", "ME", "D"}

_MISSING = {"None", "nan", "NaN", "NaT", "<NA>"}
_LONGEST = 100
_SHORT = re.compile(r"\s*\d\d ?[QＱ]", re.IGNORECASE)

# Labels whose reading is remembered.
_REMEMBERED = 1 << 12

Reading: TypeAlias = tuple[Frequency, int] | date | None
"""What one label says: a period, a date whose frequency is still open, or nothing that can be read."""


def read_label(label: object) -> Reading:
    """Return what one label says, by its ISO text whatever its type; None where nothing can be read."""
    return _read_again(label) if type(label) is str else _read(_as_text(label))


# The labels of a table are read by several of its readers, and those of the same table again and again.
@lru_cache(maxsize=_REMEMBERED)
def _read_again(label: str) -> Reading:
    return _read(_as_text(label))


def _read(text: str) -> Reading:
    for frequency, pattern in (*_PATTERNS, *_LOOSE):
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            word = (parts.get("position") or "1").lower()
            month = _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS else 0
            year, position = int(parts["year"]), month or _WORDS.get(word) or int(word)
            year += 0 if year > 99 else 2000 if year < _CENTURY else 1900
            if frequency:
                return frequency, year * frequency.per_year + position - 1
            with suppress(ValueError):
                return date(year, position, int(parts["day"]))
    return None


def read_to_date(label: object) -> int | None:
    """Return the last month, by its ordinal, of a label that says the year to date; None of any other.

    Examples
    --------
    >>> from hengdian_index._tables.periods import MONTH, format_period, read_to_date
    >>> [format_period(read_to_date(one), MONTH) for one in ("2022年1-6月", "2022年前三季度", "2022Q1累计")]
    ['2022-06', '2022-09', '2022-03']
    """
    text = _as_text(label)
    marked = _MARK_TO_DATE.fullmatch(text)
    if marked:
        text = (marked["label"] or marked["after"] or "").strip()
    for pattern in _TO_DATE:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            month = 3 * _counted(parts["quarter"]) if "quarter" in parts else _counted(parts.get("month", "12"))
            return int(parts["year"]) * 12 + month - 1
    return _last_month(read_label(text)) if marked else None


def _counted(word: str) -> int:
    """Return a number that is written in digits, in Chinese or as the name of a month."""
    if word.isdigit():
        return int(word)
    if word == "两":
        return 2
    return (_IN_CHINESE.index(word) if word in _IN_CHINESE else _MONTHS.index(word[:3].lower())) + 1


def _last_month(reading: Reading) -> int | None:
    """Return the last month, by its ordinal, of what a label says."""
    if isinstance(reading, date):
        return reading.year * 12 + reading.month - 1
    return None if reading is None else (reading[1] + 1) * (12 // reading[0].per_year) - 1


@lru_cache(maxsize=_REMEMBERED)
def _is_accepted(label: str) -> bool:
    text = _as_text(label)
    return any(pattern.fullmatch(text) for _, pattern in _PATTERNS)


def written(labels: NDArray[Any], periods: Periods, *, of_file: bool = False) -> NDArray[Any]:
    """Return period labels as a result has them: as they are, in ISO where one is spelt as `ACCEPTED` does not say.

    So are months that stand for the quarters that they end, and labels of the year to date; years that a program has
    made floats are whole, and so are those of a file, which may have them as texts.
    """
    if labels.dtype.kind in "iu" and periods.frequency != YEAR:
        return np.array(periods.text, dtype=object)
    if labels.dtype != object:
        return labels
    distinct = dict.fromkeys(labels.tolist())
    if all(isinstance(label, float) for label in distinct):
        return labels.astype(np.int64)
    if of_file and all(isinstance(label, str) and re.fullmatch(r"\s*\d{4}(\.0+)?\s*", label) for label in distinct):
        return labels.astype(np.float64).astype(np.int64)
    for label in distinct:
        reading = read_label(label) if isinstance(label, str) else None
        other = isinstance(reading, tuple) and reading[0] != periods.frequency
        to_date = reading is None and isinstance(label, str)
        if other or to_date or (reading is not None and not _is_accepted(label)):
            return np.array(periods.text, dtype=object)
    return labels


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


def _is_none(label: object) -> bool:
    """Return whether a label is none at all."""
    return is_missing(label) or (isinstance(label, str) and label.strip() in _MISSING)


EARLIEST, LATEST = -(2**62), 2**62
"""The ordinals of an open end of a span; far from the limits of int64, so that arithmetic on them does not overflow."""

_TEXT = {"year": "{:04d}", "half-year": "{:04d}H{}", "quarter": "{:04d}Q{}", "month": "{:04d}-{:02d}"}


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """The periods of the rows: their frequency, and one ordinal a row (int64, not writeable)."""

    frequency: Frequency
    ordinals: NDArray[np.int64]

    @property
    def text(self) -> list[str]:
        """The ISO label of every row."""
        distinct, codes = np.unique(self.ordinals, return_inverse=True)
        names = [format_period(ordinal, self.frequency) for ordinal in distinct.tolist()]
        return [names[code] for code in codes.tolist()]

    def blocks(self) -> Iterator[NDArray[np.intp]]:
        """Yield the rows of each period, the earliest first."""
        order = np.argsort(self.ordinals, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(self.ordinals[order])) + 1)


@dataclass(frozen=True, slots=True)
class _Found:
    """The distinct labels and what each says; `codes` gives every row its place among them."""

    column: str
    distinct: list[object]
    codes: NDArray[np.intp]
    readings: list[Reading]
    line: Callable[[int], int] | None = None

    def row(self, row: int) -> Said:
        """Return how a message calls a row: by its line in a file, else from 0."""
        return lines_of([self.line(row)]) if self.line else Said("row {row}", row=row)

    def at(self, codes: Sequence[int]) -> list[int]:
        """Return the rows of some labels."""
        return np.flatnonzero(np.isin(self.codes, codes)).tolist()

    def rows(self, at: Sequence[int]) -> Said:
        """Return how a message calls some rows."""
        return lines_of(list(map(self.line, at))) if self.line else rows_of(at)

    def example(self, code: int) -> Said:
        """Return one label and the row where it is first met."""
        row = self.row(int(np.argmax(self.codes == code)))
        return Said("{label} ({row})", label=shown(self.distinct[code]), row=row)

    def examples(self, codes: Sequence[int], most: int = 5) -> Said:
        """Return the first of some labels and where each is met, the others counted."""
        first = joined([self.example(code) for code in codes[:most]])
        rest = len(codes) - most
        return Said("{names} and {n} more", names=first, n=rest) if rest > 0 else first


def format_period(ordinal: int, frequency: Frequency) -> str:
    """Return the ISO text of a period: 2022, 2022H1, 2022Q2 or 2022-06.

    Examples
    --------
    >>> from hengdian_index._tables.periods import QUARTER, format_period
    >>> format_period(2022 * 4 + 1, QUARTER)
    '2022Q2'
    """
    year, position = divmod(int(ordinal), frequency.per_year)
    return _TEXT[frequency.name].format(year, position + 1)


def read_periods(
    labels: Iterable[object],
    *,
    frequency: Frequency | None = None,
    column: str = "period",
    source: str | None = None,
    line: Callable[[int], int] = lambda row: row + 2,
    to_date: bool = False,
) -> Periods:
    """Return the frequency of the labels and the ordinal of each.

    Parameters
    ----------
    labels : (n,) sequence, array or pandas Index or Series
        Text, years as numbers, dates (`datetime`, Timestamp, `datetime64`), pandas Periods; full-width digits too.
        Of a date with a time only the date counts.
    frequency : Frequency, optional
        Known from an earlier fit: dates fall into their period, several into one if need be. Without it, dates take
        the frequency of the other labels; where all are dates, it is inferred and logged: year (all 1 January or all
        31 December), quarter (one in each, at least 80 days apart), month (one in each; also a single date).
    column, source : str, optional
        What messages call the column, and the file whose lines they then count.
    line : function, optional
        Line of the file on which a row stands, counted from 0; without it there is a heading and no blank line.
    to_date : bool
        Labels of the year to date (1-6月, 前三季度, 2022Q3累计, Jan-Jun 2022) are the periods that they end with;
        they are refused without it.

    Returns
    -------
    Periods
        `frequency`, `ordinals` (n,) and `text`, in the order of the labels.

    Raises
    ------
    DataError
        Missing or unreadable labels (rows counted from 0), labels of several frequencies or of another than asked
        for, more than one date in a month; all at once.

    Notes
    -----
    pandas reads "2022Q2" and "2022-Q2" but not "2022年2季度". Years, months and dates as in ISO 8601, with Q and H for
    quarters and half-years. Proof: the table of spellings and the round trip in `tests/tables/test_periods.py`.

    Examples
    --------
    >>> from hengdian_index._tables.periods import read_periods
    >>> read = read_periods(["2022年第二季度", "Q3 2022", "2022-Q4"])
    >>> read.frequency.name, read.text
    ('quarter', ['2022Q2', '2022Q3', '2022Q4'])
    """
    distinct, codes = _distinct(labels)
    if frequency is None and not distinct:
        raise DataError(Said("{column}: there are no labels to take the frequency from", column=column))
    column = joined([source, column], "heads") if source else column
    found = _Found(column, distinct, codes, [read_label(label) for label in distinct], line if source else None)
    found = _of_the_year(found, frequency) if to_date else found
    if frequency in (None, QUARTER) and _end_quarters(found.readings):
        quarters = [(QUARTER, reading[1] // 3) if isinstance(reading, tuple) else reading for reading in found.readings]
        found = replace(found, readings=quarters)
        note("periods", Said("{column}: months 3, 6, 9 and 12 read as the quarters that they end", column=column))
    chosen, faults = _chosen(found, frequency), [*_missing(found), *_unreadable(found)]
    if isinstance(chosen, Fault):
        raise DataError(*faults, chosen)
    raise_all(DataError, faults)
    loose = [label for label in distinct if isinstance(label, str) and not _is_accepted(label)]
    short = [label for label in loose if _SHORT.match(label)]
    if short:
        note(
            "periods",
            Said(
                "{column}: years of two digits read as those from {first} to {last}",
                column=column,
                first=1900 + _CENTURY,
                last=1999 + _CENTURY,
            ),
        )
    if frequency is None and any(isinstance(reading, date) for reading in found.readings):
        note("periods", Said("{column}: dates read as {periods}", column=column, periods=chosen.several))
    bounds = [_bounds(reading, chosen)[0] for reading in found.readings if reading is not None]
    ordinals = np.array(bounds, dtype=np.int64)[codes]
    ordinals.setflags(write=False)
    return Periods(chosen, ordinals)


def read_span(text: object, frequency: Frequency, column: str = "period") -> tuple[int, int]:
    """Return the first and last ordinal, both included, that a selector names.

    Parameters
    ----------
    text : str, int, date or pandas Period
        One period or "first:last", either end open ("1998Q1:"). A coarser period covers all its parts ("1998" is four
        quarters); a date stands for the period it falls in.
    frequency, column : Frequency, str
        The frequency of the data; the name that messages use.

    Returns
    -------
    tuple of int
        An open end is `EARLIEST` or `LATEST`.

    Raises
    ------
    SpecError
        An end that cannot be read or is finer than the data; a span that runs backwards.

    Examples
    --------
    >>> from hengdian_index._tables.periods import QUARTER, format_period, read_span
    >>> [format_period(end, QUARTER) for end in read_span("1998:2003Q2", QUARTER)]
    ['1998Q1', '2003Q2']
    """
    ends = _ends(text)
    edges = [_edges(end, text, frequency, column) for end in ends]
    raise_all(SpecError, [edge for edge in edges if isinstance(edge, Fault)])
    spans = [edge for edge in edges if not isinstance(edge, Fault)]
    first, last = spans[0][0], spans[-1][1]
    if first > last:
        raise SpecError(
            Said(
                "{column}: {text} runs backwards; write '{first}:{last}'",
                column=column,
                text=shown(text),
                first=ends[-1],
                last=ends[0],
            )
        )
    return first, last


def _of_the_year(found: _Found, given: Frequency | None) -> _Found:
    """Return labels of the year to date read as the periods that they end with, any others as they are.

    They say so, or are of several frequencies: 一季度, 上半年, 前三季度, 全年. A second half that does not say so is no
    year to date.
    """
    pairs = list(zip(found.distinct, found.readings, strict=True))
    ends = [read_to_date(label) if reading is None else None for label, reading in pairs]
    plain = [reading for reading in found.readings if isinstance(reading, tuple)]
    several = len({frequency for frequency, _ in plain}) > 1
    if not (several or any(end is not None for end in ends)) or any(f == HALF_YEAR and o % 2 for f, o in plain):
        return found
    months = [_last_month(reading) if end is None else end for end, (_, reading) in zip(ends, pairs, strict=True)]
    known = [month for month in months if month is not None]
    fits = [f for f in (YEAR, HALF_YEAR, QUARTER) if all((month + 1) % (12 // f.per_year) == 0 for month in known)]
    frequency = given if given in fits else (*fits, MONTH)[0] if given is None else MONTH
    note(
        "periods",
        Said(
            "{column}: labels of the year to date read as the {periods} that they end with",
            column=found.column,
            periods=frequency.several,
        ),
    )
    last: list[Reading] = [
        None if month is None else (frequency, (month + 1) // (12 // frequency.per_year) - 1) for month in months
    ]
    return replace(found, readings=last)


def _end_quarters(readings: Sequence[Reading]) -> bool:
    """Return whether labels are months that end quarters, and not those of one quarter alone."""
    months = {reading[1] % 12 for reading in readings if isinstance(reading, tuple) and reading[0] == MONTH}
    others = any(not isinstance(reading, tuple) or reading[0] != MONTH for reading in readings if reading is not None)
    return len(months) > 1 and months <= {2, 5, 8, 11} and not others


def _distinct(labels: Iterable[object]) -> tuple[list[object], NDArray[np.intp]]:
    """Return the distinct labels and each row's place among them; pandas and numpy find them without making objects."""
    if isinstance(labels, np.ndarray) and labels.dtype.kind in "iufM":
        values, places = np.unique(labels, return_inverse=True)
        return list(values), places
    try:
        if hasattr(labels, "factorize"):
            codes, found = labels.factorize()
            missing = codes < 0
            return [*found, *([None] if missing.any() else [])], np.where(missing, len(found), codes)
        return _numbered(labels.tolist() if isinstance(labels, np.ndarray) else list(labels))
    except (TypeError, OverflowError):
        # A list or a table is no label and cannot be looked up, nor, to some pandas, can a huge integer; its text
        # stands for it in the refusal.
        return _numbered([label if isinstance(label, str) else shown(label) for label in labels])


def _numbered(labels: Iterable[object]) -> tuple[list[object], NDArray[np.intp]]:
    index: dict[object, int] = {}
    places = np.array([index.setdefault(label, len(index)) for label in labels], dtype=np.intp)
    return list(index), places


def _missing(found: _Found) -> Iterator[Fault]:
    gone = [code for code, label in enumerate(found.distinct) if _is_none(label)]
    if gone:
        rows = np.flatnonzero(np.isin(found.codes, gone)).tolist()
        every = len(found.codes)
        yield Fault(_gone_one(found, every, rows) if len(rows) == 1 else _gone_several(found, every, rows))


def _gone_one(found: _Found, every: int, rows: Sequence[int]) -> Said:
    return Said.of(
        every,
        "{column}: 1 of {n} label is missing: {rows}; write it or leave this row out",
        "{column}: 1 of {n} labels is missing: {rows}; write it or leave this row out",
        column=found.column,
        rows=found.rows(rows),
    )


def _gone_several(found: _Found, every: int, rows: Sequence[int]) -> Said:
    return Said(
        "{column}: {missing} of {n} labels are missing: {rows}; write them or leave these rows out",
        column=found.column,
        missing=len(rows),
        n=every,
        rows=found.rows(rows),
    )


def _unreadable(found: _Found) -> Iterator[Fault]:
    pairs = enumerate(zip(found.distinct, found.readings, strict=True))
    bad = [code for code, (label, reading) in pairs if reading is None and not _is_none(label)]
    dated = [code for code in bad if read_to_date(found.distinct[code]) is not None]
    if dated:
        yield Fault(
            Said.of(
                len(dated),
                "{column}: {labels} is of the year to date; write {cumulative} at the indicators whose values run from "
                "January on, or the periods themselves where none does",
                "{column}: {labels} are of the year to date; write {cumulative} at the indicators whose values run "
                "from January on, or the periods themselves where none does",
                column=found.column,
                labels=found.examples(dated),
                cumulative=CUMULATIVE,
            )
        )
        bad = [code for code in bad if code not in dated]
    totals = named_totals(found.distinct)
    summing = [code for code in bad if found.distinct[code] in totals]
    if summing:
        rows = found.at(summing)
        yield Fault(
            Said.of(
                len(rows),
                "{column}: {rows}: {names} among the periods is a total or a mean, no period; leave this row out of "
                "the table",
                "{column}: {rows}: {names} among the periods is a total or a mean, no period; leave these rows out "
                "of the table",
                column=found.column,
                rows=found.rows(rows),
                names=listed([found.distinct[code] for code in summing]),
            )
        )
        bad = [code for code in bad if code not in summing]
    if bad:
        labels = found.examples(bad)
        yield Fault(
            Said(
                "{column}: cannot read {labels}; write {accepted}",
                column=found.column,
                labels=labels,
                accepted=ACCEPTED,
            )
            if found.line
            else Said(
                "{column}: cannot read {labels}, rows counted from 0; write {accepted}",
                column=found.column,
                labels=labels,
                accepted=ACCEPTED,
            )
        )


def _chosen(found: _Found, given: Frequency | None) -> Frequency | Fault:
    """Return the one frequency of all labels, or why there is none."""
    met: dict[Frequency, Said] = {}
    for code, reading in enumerate(found.readings):
        if isinstance(reading, tuple) and reading[0] not in met:
            met[reading[0]] = Said("{frequency} {example}", frequency=reading[0].one, example=found.example(code))
    if given:
        others = [text for frequency, text in met.items() if frequency != given]
        told = Said(
            "{column}: {periods} are expected, found {others}",
            column=found.column,
            periods=given.several,
            others=joined(others),
        )
        return Fault(told) if others else given
    coarser = [code for code, one in enumerate(found.readings) if isinstance(one, tuple) and one[0] == YEAR]
    if {*met} == {YEAR, *met} and len(met) == 2 and len(coarser) * 2 < len(found.readings) and not _may_run(met):
        (finer,) = {*met} - {YEAR}
        return Fault(_years_among(found, coarser, finer))
    if len(met) > 1:
        names = joined(list(met.values()))
        return Fault(
            Said(
                "{column}: labels of more than one frequency, {labels}; keep to one, or write {cumulative} at the "
                "indicators whose values are of the year to date",
                column=found.column,
                labels=names,
                cumulative=CUMULATIVE,
            )
            if _may_run(met)
            else Said(
                "{column}: labels of more than one frequency, {labels}; keep to one", column=found.column, labels=names
            )
        )
    days = sorted({reading for reading in found.readings if isinstance(reading, date)})
    known = next(iter(met), None) or _inferred(days)
    return _crowded(days, known, found.column) or known


def _years_among(found: _Found, codes: Sequence[int], finer: Frequency) -> Said:
    """Return the fault of years among shorter periods; a year may stand in several rows."""
    rows, names = found.at(codes), listed([found.distinct[code] for code in codes])
    if len(codes) == 1:
        return Said.of(
            len(rows),
            "{column}: {rows}: {names} is a year among {periods} (a total of them?); leave this row out of the table",
            "{column}: {rows}: {names} is a year among {periods} (a total of them?); leave these rows out of the table",
            column=found.column,
            rows=found.rows(rows),
            names=names,
            periods=finer.several,
        )
    return Said(
        "{column}: {rows}: {names} are years among {periods} (a total of them?); leave these rows out of the table",
        column=found.column,
        rows=found.rows(rows),
        names=names,
        periods=finer.several,
    )


def _may_run(met: Iterable[Frequency]) -> bool:
    """Return whether labels of several frequencies may be of the year to date: halves, and years beside parts."""
    return len({*met} - {YEAR}) > 1 or HALF_YEAR in {*met}


def _inferred(days: Sequence[date]) -> Frequency:
    """Return the coarsest frequency that keeps sorted, distinct dates apart without guessing; month at the finest."""
    if len(days) < 2:
        return MONTH
    if {(day.month, day.day) for day in days} in ({(1, 1)}, {(12, 31)}):
        return YEAR
    apart = all(later - earlier >= timedelta(days=80) for earlier, later in pairwise(days))
    return QUARTER if apart and not _crowded(days, QUARTER, "") else MONTH


def _crowded(days: Sequence[date], frequency: Frequency, column: str) -> Fault | None:
    """Return the fault of two dates in one period, None where each has its own."""
    for earlier, later in pairwise(days):
        ordinal, _ = _bounds(later, frequency)
        if _bounds(earlier, frequency)[0] == ordinal:
            return Fault(
                Said(
                    "{column}: more than one date falls in one {one}: {earlier} and {later} in {period}; keep one date "
                    "in each, or write the {several} themselves",
                    column=column,
                    one=frequency.one,
                    several=frequency.several,
                    earlier=earlier,
                    later=later,
                    period=format_period(ordinal, frequency),
                )
            )
    return None


def _bounds(reading: tuple[Frequency, int] | date, frequency: Frequency) -> tuple[int, int]:
    """Return the first and last ordinal of what a label covers, in a frequency that is not coarser than its own."""
    if isinstance(reading, date):
        ordinal = reading.year * frequency.per_year + (reading.month - 1) * frequency.per_year // 12
        return ordinal, ordinal
    own, ordinal = reading
    parts = frequency.per_year // own.per_year
    return ordinal * parts, ordinal * parts + parts - 1


def _ends(text: object) -> list[object]:
    """Return the selector as its one period or its two ends, of which one may be empty."""
    if isinstance(text, str) and read_label(text) is None:
        ends = [end.strip() for end in unicodedata.normalize("NFKC", text).split(":")]
        if len(ends) == 2 and any(ends):
            return list(ends)
    return [text]


def _meant(end: object) -> Said | str:
    """Return what a text may have meant whose halves are periods, parted by something else than a colon."""
    if not isinstance(end, str) or len(end) > 100:
        return ""
    halves = re.split(r"\s*(?:-|–|—|~|至|\bto\b|\.\.)\s*", end)
    if len(halves) == 2 and all(half and read_label(half) is not None for half in halves):
        return Said("; did you mean {close!r}?", close=":".join(halves))
    return ""


def _edges(end: object, text: object, frequency: Frequency, column: str) -> tuple[int, int] | Fault:
    """Return what one end covers, everything where it is open, or why it cannot serve."""
    if isinstance(end, str) and end == "" != text:
        return EARLIEST, LATEST
    reading = read_label(end)
    if reading is None:
        what = shown(end) if end is text else Said("{end} in {span}", end=shown(end), span=shown(text))
        return Fault(
            Said(
                "{column}: cannot read {what}{guess}; write a period or first:last, a period as {accepted}",
                column=column,
                what=what,
                guess=_meant(end),
                accepted=ACCEPTED,
            )
        )
    if isinstance(reading, tuple) and reading[0].per_year > frequency.per_year:
        own, ordinal = reading
        coarser = format_period(ordinal * frequency.per_year // own.per_year, frequency)
        return Fault(
            Said(
                "{column}: {end} is a {finer}, finer than the data, which has {periods}; write {coarser}",
                column=column,
                end=shown(end),
                finer=own.one,
                periods=frequency.several,
                coarser=coarser,
            )
        )
    return _bounds(reading, frequency)
