"""A table as JSON is the table: every digit, every name, nothing that JSON has no word for."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from hengdian_index._tables.records import json_of

cells = st.floats(allow_nan=True, allow_infinity=False) | st.text() | st.booleans() | st.none()


@given(st.lists(st.tuples(cells, cells), max_size=6), st.lists(st.text(), min_size=2, max_size=2))
def test_json_gives_back_every_cell(rows: list[tuple[object, object]], names: list[str]) -> None:
    frame = pd.DataFrame(rows, columns=pd.Index(names, dtype=object), dtype=object).rename_axis("row")
    read = json.loads(json_of("any", frame), parse_constant=lambda word: 1 / 0)
    keys = [*read["labels"], *read["columns"]]
    assert len(set(keys)) == 3
    for i, row in enumerate(read["rows"]):
        assert list(row) == keys
        assert row[keys[0]] == i
        assert [row[key] for key in keys[1:]] == [None if cell != cell else cell for cell in rows[i]]


def test_labels_of_several_levels_and_types() -> None:
    index = pd.MultiIndex.from_tuples([("A", 2001), ("B", np.int64(2002))], names=["unit", "year"])
    frame = pd.DataFrame({"unit": [1, None], "when": pd.to_datetime(["2001-02-03", None])}, index=index)
    frame["rank"] = pd.array([3, None], dtype="Int64")
    read = json.loads(json_of("t", frame))
    assert (read["table"], read["labels"], read["columns"]) == ("t", ["unit", "year"], ["unit (2)", "when", "rank"])
    assert list(read["rows"][0].values())[:3] == ["A", 2001, 1]
    assert read["rows"][0]["when"].startswith("2001-02-03")
    assert list(read["rows"][1].values()) == ["B", 2002, None, None, None]


def test_infinity_is_no_number_of_json() -> None:
    assert json.loads(json_of("t", pd.DataFrame({"x": [np.inf]})))["rows"] == [{"row": 0, "x": None}]


def test_a_table_without_rows_has_its_columns() -> None:
    read = json.loads(json_of("t", pd.DataFrame(columns=["a", "b"])))
    assert (read["columns"], read["rows"]) == (["a", "b"], [])
