"""The border of an index: tables of every kind are taken right or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hengdian_index as hi

PARTS: dict[str, Any] = {
    "groups": [hi.Group("whole")],
    "indicators": [hi.Indicator("water", "whole"), hi.Indicator("waste", "whole", direction=-1)],
}
PLAIN = hi.Index(**PARTS)
INDEX = hi.Index(**PARTS, unit="town", period="when", base="2015")
DATA = {
    "town": ["p", "q", "p", "q"],
    "when": [2015, 2015, 2016, 2016],
    "water": [3.0, 1.0, 4.0, 1.5],
    "waste": [2, 7, 1, 8],
}
FRAME = pd.DataFrame(DATA)
WANTED = INDEX.compute(DATA).series()


class Dataset(dict[str, Any]):
    """What an xarray Dataset is to the border: a mapping that makes itself a frame, its dimensions as index."""

    def to_dataframe(self) -> pd.DataFrame:
        return FRAME.set_index(["town", "when"])


TABLES: dict[str, Callable[[], Any]] = {
    "columns in another order": lambda: FRAME[["waste", "when", "water", "town"]],
    "lazy": lambda: pl.DataFrame(DATA).lazy().select("waste", "when", "town", "water"),
    "pyarrow": lambda: pa.table(DATA).select(["waste", "town", "when", "water"]),
    "dataset": lambda: Dataset(DATA),
    "index of labels": lambda: FRAME.set_index(["town", "when"]),
    "names with blanks": lambda: FRAME.rename(columns={"water": " water ", "when": "when\t", "waste": "\u3000waste"}),
    "levels with blanks": lambda: FRAME.rename(columns={"town": "town "}).set_index("town "),
    "a level beside an equal column": lambda: FRAME.set_index("town", drop=False),
    "structured array": lambda: FRAME.to_records(index=False),
    "series": lambda: {name: FRAME[name].sample(frac=1, random_state=2) for name in FRAME},
    "nullable": lambda: FRAME.convert_dtypes(),
    "arrow dtypes": lambda: FRAME.convert_dtypes(dtype_backend="pyarrow"),
    "sparse": lambda: FRAME.astype({"water": pd.SparseDtype(float)}),
    "categories": lambda: FRAME.astype({"town": "category", "when": "category", "waste": "category"}),
    "objects": lambda: FRAME.astype(object),
    "unused twice": lambda: pd.concat([FRAME, FRAME[["water"]].set_axis(["x"], axis=1)] * 1, axis=1),
}


@pytest.mark.parametrize("kind", TABLES)
def test_the_same_table_in_another_kind_has_the_same_levels(kind: str) -> None:
    found = INDEX.compute(TABLES[kind]()).series()["whole"]
    by_label = {(str(town), int(str(when)[:4])): level for (town, when), level in found.items()}
    assert by_label == pytest.approx({(town, when): level for (town, when), level in WANTED["whole"].items()})


def twice(name: str) -> pd.DataFrame:
    return pd.concat([FRAME, FRAME[[name]]], axis=1)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    **{f"two columns {name}": (lambda name=name: twice(name), f"column '{name}' stands twice") for name in DATA},
    "two columns but for blanks": (lambda: FRAME.assign(**{"water ": 1.0}), "column 'water' stands twice"),
    "two levels": (lambda: FRAME.set_index(["town", "when"]).rename_axis(["when", "when"]), "two levels of the index"),
    "a level beside another column": (
        lambda: FRAME.set_index(pd.Index(list("abcd"), name="town")),
        "'town' is a column and a level of the index, and they differ",
    ),
    "names of several levels": (
        lambda: FRAME.set_axis(pd.MultiIndex.from_product([["x"], FRAME.columns]), axis=1),
        r"names of 2 levels, such as \('x', 'town'\); give each one name",
    ),
    "ragged": (lambda: {**DATA, "waste": [1, 2]}, "columns differ in length: 'town' has 4.* 'waste' has 2"),
    "other labels": (
        lambda: {**{n: FRAME[n] for n in FRAME}, "waste": FRAME["waste"].iloc[:3].reindex(range(1, 5))},
        r"'waste' has other row labels than 'town'; align them",
    ),
    "labels in another order beside lists": (
        lambda: {**DATA, "water": FRAME["water"], "waste": FRAME["waste"].iloc[::-1]},
        "'waste' has other row labels than 'water'",
    ),
    "single values": (lambda: dict.fromkeys(DATA, 1), "each column is one value"),
    "columns of two dimensions": (lambda: {**DATA, "waste": np.ones((4, 2))}, "the columns make no table"),
    "a set": (lambda: {**DATA, "waste": {1, 2, 3, 4}}, "the columns make no table"),
    "a series": (lambda: FRAME["water"], "cannot read a table from pandas Series"),
    "a number": (lambda: 3, "cannot read a table from int"),
    "a text": (lambda: "table.csv", "table.csv: no such file or folder|cannot read a table from str"),
    "an array": (lambda: np.ones((4, 2)), "a plain array has no unit and period"),
    "lists as units": (
        lambda: {**DATA, "town": [["p"], "q", "p", "q"]},
        r"town: row 0, counted from 0: \['p'\] is no label",
    ),
    "lists as periods": (lambda: {**DATA, "when": [[2015], 2015, 2016, 2016]}, r"cannot read '\[2015\]' \(row 0\)"),
    "units of two types": (
        lambda: {**DATA, "town": pd.Series([1, "1", 2, 1], dtype=object)},
        "units 1, '1' differ in being a number or a text alone",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_taken_is_refused_by_name(kind: str) -> None:
    table, told = REFUSED[kind]
    fitted = INDEX.fit(DATA)
    for read in (
        INDEX.compute,
        INDEX.fit,
        fitted.score,
        lambda t: hi.uncertainty(INDEX, t, {"weights": hi.Noise(0.2)}, draws=4, progress=False),
    ):
        with pytest.raises(hi.DataError, match=told):
            read(table())


@pytest.mark.parametrize("rows", [[[1, 2], [3]], [[1, 2, 3]], [1, 2], [], [{"water": 1}]])
def test_arrays_of_another_shape(rows: list[Any]) -> None:
    with pytest.raises(hi.DataError, match=r"differ in length|shape"):
        PLAIN.compute(rows)


def test_columns_named_by_numbers() -> None:
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("0", "g"), hi.Indicator("1", "g")])
    with pytest.raises(hi.DataError) as error:
        index.compute(pd.DataFrame([[1.0, 2.0], [3.0, 5.0]]))
    assert "column '1' is missing; did you mean 1? '1' is a text, 1 a number" in str(error.value)
    assert "columns found: 0, 1" in str(error.value)


@pytest.mark.parametrize("dtype", ["string", "Int64", "Float64", "object", "category", "string[pyarrow]", "boolean"])
@pytest.mark.parametrize("missing", [None, pd.NA, float("nan")], ids=repr)
def test_a_row_without_unit_is_refused_whatever_stands_for_it(dtype: str, missing: Any) -> None:
    label: Any = {"string": "p", "string[pyarrow]": "p", "boolean": True}.get(dtype, 3)
    units = pd.Series([label, missing], dtype=object).astype(dtype)
    index = hi.Index(**PARTS, unit="town")
    with pytest.raises(hi.DataError, match="town: 1 row has no unit: row 1, counted from 0"):
        index.compute(pd.DataFrame({"town": units, "water": [1.0, 2], "waste": [3, 4]}))
    periods = pd.Series(["2015", missing], dtype="object").astype("object" if dtype == "object" else "string")
    index = hi.Index(**PARTS, period="when")
    with pytest.raises(hi.DataError, match="when: 1 of 2 labels is missing: row 1"):
        index.compute(pd.DataFrame({"when": periods, "water": [1.0, 2], "waste": [3, 4]}))


def test_labels_of_numpy_are_not_shown_as_such() -> None:
    """Units that pandas holds as numbers, in every refusal and every line of the log."""
    numbered = FRAME.assign(town=[1, 2, 1, 2])
    index, said = INDEX, []
    for table in (
        pd.concat([numbered, numbered]),
        numbered.assign(water=["x", 1, 2, 3]),
        numbered.assign(water=[np.inf, 1, 2, 3]),
        numbered.assign(when=[2015, 2015, 2016, np.nan]),
        numbered.iloc[1:],
    ):
        with pytest.raises(hi.DataError) as error:
            index.compute(table).series()
        said.append(str(error.value))
    result = index.replace({"new_units": "link"}).compute(numbered.iloc[1:])
    said += [str(result.log.to_dict()), str(result)]
    with pytest.raises(hi.DataError) as error:
        result.strengths(unit=np.int64(9))
    assert "np." not in "\n".join([*said, str(error.value)])


def cost(n: int, indicators: str, columns: str) -> float:
    """Return the least time of three to compute an index of n indicators, or to refuse its table."""
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator(f"{indicators}{i}", "g") for i in range(n)])
    table = pd.DataFrame(np.arange(3.0 * n).reshape(3, n), columns=[f"{columns}{i}" for i in range(n)])
    times = []
    for _ in range(3):
        began = process_time()
        try:
            index.compute(table).series()
        except hi.DataError:
            assert indicators != columns
        times.append(process_time() - began)
    return min(times)


@pytest.mark.parametrize(("indicators", "columns"), [("x", "x"), ("x", "y")], ids=["there", "all misspelt"])
def test_twice_the_columns_take_about_twice_the_time(indicators: str, columns: str) -> None:
    assert cost(2400, indicators, columns) < 3.2 * cost(1200, indicators, columns) + 0.05
