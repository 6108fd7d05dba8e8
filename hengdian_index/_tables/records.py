"""A table as JSON: its name, its columns and its rows, every number with all its digits and what is missing null."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from hengdian_index._tables.cells import no_label
from hengdian_index.errors import native


def json_of(name: str, frame: pd.DataFrame) -> str:
    """Return a table as JSON: `{"table": ..., "labels": [...], "columns": [...], "rows": [{...}, ...]}`.

    `labels` are the columns that name a row, `columns` the others; each row is an object of all of them. A name that
    stands twice is numbered, `b (2)`. What is missing, and infinity, is null: JSON has no word for either.

    Examples
    --------
    >>> import pandas as pd
    >>> from hengdian_index._tables.records import json_of
    >>> print(json_of("scores", pd.DataFrame({"a": [0.1, None]}, index=pd.Index(["x", "y"], name="unit"))))
    {"table": "scores", "labels": ["unit"], "columns": ["a"], "rows": [
    {"unit": "x", "a": 0.1},
    {"unit": "y", "a": null}
    ]}
    """
    levels = [frame.index.get_level_values(i) for i in range(frame.index.nlevels)]
    texts = ["row" if level.name is None else _text(level.name) for level in levels]
    names = _distinct([*texts, *map(_text, frame.columns)])
    cells = [level.tolist() for level in levels] + [frame.iloc[:, j].tolist() for j in range(frame.shape[1])]
    labels, columns = names[: len(levels)], names[len(levels) :]
    head = ", ".join(f'"{key}": {_json(what)}' for key, what in (("table", name), ("labels", labels)))
    rows = [_json(dict(zip(names, map(_plain, row), strict=True))) for row in zip(*cells, strict=True)]
    body = "".join(f"\n{row}," for row in rows)[:-1]
    return f'{{{head}, "columns": {_json(columns)}, "rows": [{body}\n]}}'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _text(name: Any) -> str:
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def _distinct(names: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        one, number = name, 1
        while one in found:
            number += 1
            one = f"{name} ({number})"
        found[one] = None
    return list(found)


def _plain(cell: Any) -> Any:
    """Return a cell as JSON has it."""
    cell = native(cell)
    if isinstance(cell, tuple):
        return _text(cell)
    if no_label(cell) or (isinstance(cell, float) and math.isinf(cell)):
        return None
    return cell if isinstance(cell, (bool, int, float, str)) else str(cell)
