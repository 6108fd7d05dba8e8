"""What a version writes, kept for later ones to read: `PYTHONPATH=. python tests/support/keep.py tests/kept/0.3.0.zip`.

A fit of every choice of a method, the examples, and a release of each of these; beside a fit what it scores.
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.fits import choices, chosen, wide

import hengdian_index as hi

EXAMPLES = ("film_industry", "countries")


def fits() -> Iterator[tuple[str, hi.Fitted, str, pd.DataFrame]]:
    """Yield every fit with its name, and the rows it is asked to score with theirs."""
    rows = wide(11)
    for case in choices():
        family, method, options = case.values
        try:
            fitted = chosen(family, method, options).fit(rows)
            fitted.score(rows)
        except (hi.DataError, hi.SpecError):
            # A choice that refuses these rows has nothing to keep.
            continue
        yield f"method {case.id}", fitted, "rows", rows
    for name in EXAMPLES:
        index, table = hi.example(name)
        yield name, index.fit(table), name, table


def numbers(frame: pd.DataFrame) -> list[list[float | None]]:
    """Return numbers as JSON has them, missing as null."""
    return [[None if cell != cell else cell for cell in row] for row in frame.to_numpy().tolist()]


def texts() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of every kept file."""
    tables = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, fitted, rows, table) in enumerate(fits()):
            path = Path(folder, f"{number}.json")
            try:
                fitted.save(path)
            except hi.SpecError:
                continue
            result = fitted.score(table)
            want: dict[str, Any] = {"table": rows, "scores": numbers(result.scores)}
            if fitted.setting.base is not None:
                want["series"] = numbers(result.series())
            tables[rows] = table
            plain = name.replace("/", "-")
            yield f"{plain}.json", path.read_bytes()
            yield f"{plain}.want", json.dumps(want).encode()
        for name, table in tables.items():
            yield f"{name}.csv", table.to_csv(index=False).encode()
        for name in EXAMPLES:
            index, table = hi.example(name)
            for path in sorted(hi.release(index.compute(table), Path(folder, name)).folder.iterdir()):
                yield f"release {name}/{path.name}", path.read_bytes()


def keep(path: Path) -> None:
    """Write the archive, the same bytes for the same files."""
    with ZipFile(path, "w", ZIP_DEFLATED) as kept:
        for name, content in texts():
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            kept.writestr(info, content)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    keep(Path(sys.argv[1]))
