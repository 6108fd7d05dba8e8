"""Reads delimited text, every line of which must have the cells that its heading names."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from hengdian_index.errors import DataError, raise_all
from hengdian_index.rows.table import shortened

_CAUSES = "a decimal comma, a comma in a text without quotes, or a cell that is missing?"
_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons"}


def read_delimited(path: Path, separator: str) -> pd.DataFrame:
    """Return the table in a text file; blank lines are rows of missing values.

    Raises
    ------
    DataError
        Another separator than the ending of the file says; a name that heads two columns; lines with more or fewer
        cells than the heading, which would stand under other names: all of them. Blank cells after the last name are
        left out.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = _rows(file, separator)
        heading = next((cells for _, cells in rows), [])
        _refuse_other_separators(path.name, heading, separator)
        k, named = len(heading), [name for name in map(str.strip, heading) if name]
        twice = [name for name in dict.fromkeys(named) if named.count(name) > 1]
        faults = [f"{path.name}: {name!r} heads {named.count(name)} columns; rename or drop one" for name in twice]
        faults += [
            f"{path.name} line {line} has {len(cells)} cells, the heading {k}; {_CAUSES}"
            for line, cells in rows
            if len(cells) != k and any(map(str.strip, cells)) and (len(cells) < k or any(map(str.strip, cells[k:])))
        ]
    raise_all(DataError, shortened(faults))
    return pd.read_csv(
        path, encoding="utf-8-sig", sep=separator, skip_blank_lines=False, index_col=False, usecols=range(k)
    )


def _rows(file: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line."""
    reader = csv.reader(file, delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _refuse_other_separators(name: str, heading: list[str], separator: str) -> None:
    """Refuse a heading that is one cell only because another separator parts it."""
    if len(heading) != 1:
        return
    for other, called in _NAMES.items():
        if other != separator and other in heading[0]:
            wanted = _NAMES[separator]
            remedy = f"save it as .xlsx, or with {wanted} between the cells and decimal points"
            raise DataError(f"{name}: its cells are parted by {called}, not {wanted}; {remedy}")
