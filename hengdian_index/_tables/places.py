"""Where something stands in a table, in words: lines of a file, rows counted from 0, cells of a sheet."""

from __future__ import annotations

from collections.abc import Sequence

from hengdian_index._words.said import Said, joined

_MOST = 5


class Line(str):
    """A line of one of several files, "12 of towns.csv"."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the text as it is, for it stands in messages."""
        return str(self)

    @property
    def number(self) -> str:
        """Which line it is."""
        return self.partition(" of ")[0]

    @property
    def file(self) -> str:
        """The file, or the sheet."""
        return self.partition(" of ")[2]


def lines_of(at: Sequence[int | Line]) -> Said:
    """Return how a message calls lines, those past a few counted.

    Examples
    --------
    >>> from hengdian_index._tables.places import Line, lines_of
    >>> lines_of([4, 6]), lines_of(range(2, 9)), lines_of([Line("3 of towns.csv")])
    ('line 4, 6', 'line 2, 3, 4, 5, 6 and 2 more', 'line 3 of towns.csv')
    """
    rest = len(at) - _MOST
    if any(isinstance(one, Line) for one in at[:_MOST]):
        lines = joined([_of_file(one) if isinstance(one, Line) else one for one in at[:_MOST]])
        return Said("line {lines} and {n} more", lines=lines, n=rest) if rest > 0 else Said("line {lines}", lines=lines)
    first = joined(at[:_MOST])
    return Said("line {line} and {n} more", line=first, n=rest) if rest > 0 else Said("line {line}", line=first)


def _of_file(line: Line) -> Said:
    return Said("{number} of {file}", number=line.number, file=line.file)


def rows_of(at: Sequence[int]) -> Said:
    """Return how a message calls rows of a table in memory, those past a few counted.

    Examples
    --------
    >>> from hengdian_index._tables.places import rows_of
    >>> rows_of([4, 6]), rows_of(range(7))
    ('row 4, 6, counted from 0', 'row 0, 1, 2, 3, 4 and 2 more, counted from 0')
    """
    rest, first = len(at) - _MOST, joined(at[:_MOST])
    if rest > 0:
        return Said("row {row} and {n} more, counted from 0", row=first, n=rest)
    return Said("row {row}, counted from 0", row=first)


def cell_at(sheet: str, cell: str) -> Said:
    """Return where a cell of a workbook is.

    Examples
    --------
    >>> from hengdian_index._tables.places import cell_at
    >>> cell_at("index", "B5"), cell_at("指标", "B5").told("zh")
    ("sheet 'index' cell B5", '“指标”!B5')
    """
    return Said("sheet {sheet!r} cell {cell}", sheet=sheet, cell=cell)


def addressed(cells: Sequence[str]) -> Said:
    """Return how a message calls cells of a sheet, those past a few counted.

    Examples
    --------
    >>> from hengdian_index._tables.places import addressed
    >>> addressed(["A1"]), addressed(["A1", "B2"])
    ("cell 'A1'", "cells 'A1', 'B2'")
    """
    rest, first = len(cells) - _MOST, joined(cells[:_MOST], quoted=True)
    if rest > 0:
        return Said("cells {cells} and {n} more", cells=first, n=rest)
    return Said.of(len(cells), "cell {cells}", "cells {cells}", cells=first)
