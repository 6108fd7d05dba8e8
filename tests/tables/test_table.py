"""The border: any table in as float64 with labels, answers out in kind, bad cells named."""

import datetime as dt
import decimal
import fractions

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import hengdian_index as hi
from hengdian_index._tables.table import read_labelled, shortened
from hengdian_index.errors import CellsError, DataError

COLUMNS = {"gross output": [1.0, 2.5, np.nan], "指标": [4.0, 5.0, 6.0]}
VALUES = np.array([[1.0, 4.0], [2.5, 5.0], [np.nan, 6.0]])

TABLES = {
    "pandas": pd.DataFrame(COLUMNS, index=["x", "y", "z"]),
    "pandas nullable": pd.DataFrame(
        {"gross output": pd.array([1, 2.5, None], "Float64"), "指标": pd.array([4, 5, 6], "Int64")}
    ),
    "pandas arrow": pd.DataFrame(COLUMNS).convert_dtypes(dtype_backend="pyarrow"),
    "pandas object": pd.DataFrame(COLUMNS, dtype=object),
    "pandas mixed types": pd.DataFrame({"gross output": COLUMNS["gross output"], "指标": np.array([4, 5, 6], np.int8)}),
    "polars": pl.DataFrame(COLUMNS),
    "polars null": pl.DataFrame({"gross output": [1.0, 2.5, None], "指标": [4, 5, 6]}),
    "polars lazy": pl.LazyFrame(COLUMNS),
    "polars decimal": pl.DataFrame(
        {"gross output": [decimal.Decimal("1"), decimal.Decimal("2.5"), None], "指标": [4, 5, 6]}
    ),
    "pyarrow": pa.table({"gross output": [1.0, 2.5, None], "指标": [4, 5, 6]}),
    "pyarrow chunks": pa.table(
        {"gross output": pa.chunked_array([[1.0], [2.5, None]]), "指标": pa.chunked_array([[4, 5], [6]])}
    ),
}
ARRAYS = {
    "array": VALUES,
    "fortran": np.asfortranarray(VALUES),
    "list": VALUES.tolist(),
    "list with None": [[1, 4], [2.5, 5], [None, 6]],
    "tuple": tuple(map(tuple, VALUES)),
    "object": VALUES.astype(object),
    "number text": [["1", "4"], [" 2.5 ", "5e0"], ["", "6"]],
    "decimals": [[decimal.Decimal(1), fractions.Fraction(4)], [decimal.Decimal("2.5"), 5], [pd.NA, 6]],
    "masked": np.ma.masked_array([[1, 4], [2.5, 5], [-999, 6]], mask=[[0, 0], [0, 0], [1, 0]]),
}


@pytest.mark.parametrize("kind", TABLES)
def test_any_table_is_read_by_column_name(kind):
    table = read_labelled(TABLES[kind])
    np.testing.assert_array_equal(table.values, VALUES)
    assert table.values.dtype == np.float64
    assert table.columns == ("gross output", "指标")
    assert not table.complete


@pytest.mark.parametrize("kind", ARRAYS)
def test_any_array_is_read_without_names(kind):
    table = read_labelled(ARRAYS[kind])
    np.testing.assert_array_equal(table.values, VALUES)
    assert table.columns is None


@pytest.mark.parametrize("kind", TABLES)
def test_answers_come_back_in_kind(kind):
    given = TABLES[kind].collect() if kind == "polars lazy" else TABLES[kind]
    table = read_labelled(TABLES[kind])
    answer = table.like(table.values + 1)
    assert type(answer) is type(given)
    np.testing.assert_array_equal(read_labelled(answer).values, VALUES + 1)
    assert read_labelled(answer).columns == table.columns
    if kind.startswith("pandas"):
        assert answer.index.equals(given.index)
    else:
        first = answer.to_arrow() if kind.startswith("polars") else answer
        assert first.column("gross output").null_count == 1


@pytest.mark.parametrize("kind", TABLES)
def test_row_answers_are_a_series_of_the_same_kind(kind):
    answer = read_labelled(TABLES[kind]).rows(np.array([1.0, np.nan, 3.0]))
    if kind.startswith("pandas"):
        pd.testing.assert_series_equal(answer, pd.Series([1, np.nan, 3], TABLES[kind].index, name="score"))
    elif kind.startswith("polars"):
        assert answer.name == "score"
        assert answer.to_list() == [1, None, 3]
    else:
        assert answer.to_pylist() == [1, None, 3]


@pytest.mark.parametrize("kind", TABLES)
def test_column_answers_are_a_pandas_series_by_name(kind):
    answer = read_labelled(TABLES[kind]).named(np.array([0.25, 0.75]))
    pd.testing.assert_series_equal(answer, pd.Series({"gross output": 0.25, "指标": 0.75}, name="weight"))


@pytest.mark.parametrize(
    "series", [pd.Series([1.0, 3.0, 2.0], ["p", "q", "r"], name="a"), pl.Series("a", [1.0, 3.0, 2.0])]
)
def test_a_series_is_one_column_and_comes_back_as_a_series(series):
    answer = hi.normalise.min_max(series)
    assert type(answer) is type(series)
    assert answer.name == "a"
    np.testing.assert_array_equal(np.asarray(answer), [0, 1, 0.5])


def test_an_arrow_array_comes_back_as_one():
    answer = hi.normalise.min_max(pa.chunked_array([[1.0, 3.0], [2.0]]))
    assert answer.to_pylist() == [0, 1, 0.5]


def test_one_dimension_is_a_column_of_units_or_a_row_of_indicators():
    assert read_labelled([1.0, 2.0]).values.shape == (2, 1)
    assert read_labelled([1.0, 2.0], vector="row").values.shape == (1, 2)
    assert hi.aggregate.arithmetic([1.0, 2.0]) == 1.5
    assert hi.normalise.min_max([1.0, 2.0]).shape == (2,)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int64, np.uint64, np.float16, np.float32, bool])
def test_every_number_type_becomes_float64(kind):
    x = np.array([[1, 0], [0, 1]]).astype(kind)
    for given in (x, pd.DataFrame(x, columns=["a", "b"]), x.tolist()):
        assert read_labelled(given).values.dtype == np.float64
        np.testing.assert_array_equal(read_labelled(given).values, x.astype(float))


def test_the_input_is_never_changed_nor_shared_with_the_answer():
    frame = pd.DataFrame(COLUMNS)
    before = frame.copy(deep=True)
    answer = hi.normalise.none(frame)
    answer.iloc[0, 0] = 99
    array = VALUES.copy()
    hi.normalise.none(array)[0, 0] = 99
    pd.testing.assert_frame_equal(frame, before)
    np.testing.assert_array_equal(array, VALUES)


def test_text_and_infinity_are_refused_with_every_cell_named():
    frame = pd.DataFrame({"a": [1.0, "n/a", "-"], "b": [np.inf, 2.0, 3.0], "c": [1, 2, 3]}, index=["x", "y", "z"])
    with pytest.raises(DataError) as refusal:
        read_labelled(frame)
    assert [str(fault) for fault in refusal.value.faults] == [
        "column 'a', row 'y': 'n/a' is not a number; write it like 1234.5, or leave the cell blank",
        "column 'a', row 'z': '-' is not a number; write it like 1234.5, or leave the cell blank",
        "column 'b', row 'x': infinity; give a finite number or leave it missing",
    ]


@pytest.mark.parametrize(
    ("table", "place"),
    [
        (pl.DataFrame({"a": ["1", "x"]}), "column 'a', row 1"),
        (pa.table({"a": ["1", "x"]}), "column 'a', row 1"),
        (pd.DataFrame({"a": ["1", "x"]}), "column 'a', row 1"),
        (pd.DataFrame({"a": ["1", "x"]}, index=[2019, 2020]), "column 'a', row 2020"),
        (pd.DataFrame({"a": ["1", "x"]}, index=pd.Index([0.5, 1.5])), "column 'a', row 1.5"),
        (pd.DataFrame({7: ["1", "x"]}, index=["p", "q"]), "column 7, row 'q'"),
        (pd.DataFrame({"place": ["1", "x"]}, index=["p", "q"]), "column 'place', row 'q'"),
        (
            pd.DataFrame({"a": ["1", "x"]}, index=pd.MultiIndex.from_tuples([("A", 1), ("B", 2)])),
            "column 'a', row ('B', 2)",
        ),
        ([["1"], ["x"]], "cell (1, 0)"),
    ],
)
def test_a_bad_cell_is_named_in_the_users_own_labels(table, place):
    with pytest.raises(DataError) as refusal:
        read_labelled(table)
    assert str(refusal.value).startswith(f"{place}: 'x' is not a number; write it like 1234.5")


@pytest.mark.parametrize("sign", ["", "-"])
def test_infinity_is_refused_also_beside_missing_values_and_the_other_infinity(sign):
    with pytest.raises(DataError, match=r"column 1, row 0: infinity"):
        read_labelled([[np.nan, float(sign + "inf")], [1.0, 2.0]])
    with pytest.raises(DataError) as refusal:
        read_labelled(np.array([[np.inf, -np.inf]]))
    assert len(refusal.value.faults) == 2


def test_numbers_whose_sum_overflows_are_no_infinities():
    assert read_labelled(np.full((3, 2), 1.5e308)).complete


def test_many_faults_are_counted_past_twenty():
    with pytest.raises(DataError) as refusal:
        read_labelled(pd.DataFrame({"a": ["x"] * 25}))
    assert [str(fault) for fault in refusal.value.faults] == [
        "column 'a', row 0: 'x' is not a number; write it like 1234.5, or leave the cell blank; "
        "and so in 24 more cells of the column"
    ]
    assert shortened([f"{i}" for i in range(21)])[-1] == "and 1 more fault of this kind"


@pytest.mark.parametrize("n", [1, 3, 4, 40])
def test_faults_of_one_kind_are_one_line_with_the_first_place(n):
    """Each column of its own; three are told one by one; of many texts the first stands for the others."""
    bad = {"b": [-1.0 - i for i in range(n)], "a": [-5.0] * n}
    error = read_labelled(pd.DataFrame(bad)).refusal(CellsError(np.full((n, 2), True), "too low"))
    said = [str(fault) for fault in error.faults]
    if n <= 3:
        assert len(said) == 2 * n
    else:
        more = f"; and so in {n - 1} more cells of the column"
        assert said == [f"column 'b', row 0: -1: too low{more}", f"column 'a', row 0: -5: too low{more}"]
    with pytest.raises(DataError) as refusal:
        read_labelled(pd.DataFrame({"a": [f"t{i}" for i in range(n)]}))
    assert len(refusal.value.faults) == (n if n <= 3 else 1)
    assert str(refusal.value).startswith("column 'a', row 0: 't0' is not a number")


@pytest.mark.parametrize(
    "column",
    [
        pd.to_datetime(["2020-01-01", "2020-01-02"]),
        pd.to_timedelta([1, 2], "h"),
        [dt.date(2020, 1, 1), dt.date(2020, 1, 2)],
        [1 + 2j, 3.0],
        [[1, 2], [3, 4]],
    ],
    ids=["datetime", "timedelta", "date", "complex", "lists"],
)
def test_dates_and_other_things_are_no_numbers(column):
    with pytest.raises(DataError, match=r"column 'a', row 0: .* is not a number"):
        read_labelled(pd.DataFrame({"a": column}))


@pytest.mark.parametrize(
    "kind", ["datetime64[D]", "datetime64[s]", "datetime64[ns]", "timedelta64[s]", "timedelta64[ns]", "complex128"]
)
def test_arrays_of_times_and_complex_numbers_are_no_numbers(kind):
    with pytest.raises(DataError, match=r"is not a number"):
        read_labelled(np.array([[1], [2]]).astype(kind))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (np.empty((0, 3)), "the table is empty: 0 rows by 3 columns"),
        (np.empty((3, 0)), "the table is empty: 3 rows by 0 columns"),
        ([], "the table is empty"),
        (pd.DataFrame({"a": []}), "the table is empty: 0 rows by 1 column"),
        (pl.DataFrame({"a": []}), "the table is empty: 0 rows by 1 column"),
        (pd.DataFrame(), "the table is empty: 0 rows by 0 columns"),
        (np.array(3.0), "a single number is no table"),
        ([[1, 2], [3]], "the rows of the array differ in length"),
        ("a.csv", "cannot read a table from str"),
        (3.0, "cannot read a table from float"),
        (None, "cannot read a table from NoneType"),
        ({1, 2}, "cannot read a table from set"),
        (pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"]), "two columns have one name: 'a'; rename one"),
    ],
)
def test_what_is_no_table_is_refused_with_what_was_found(given, why):
    with pytest.raises(DataError) as refusal:
        read_labelled(given)
    assert why in str(refusal.value)


def test_a_kernels_refusal_names_the_cells_and_their_values():
    table = read_labelled(pd.DataFrame({"a": [1.0, 0.0], "b": [3.0, -2.5]}, index=["p", "q"]))
    error = table.refusal(CellsError(np.array([[False, False], [True, True]]), "a logarithm needs more"))
    assert [str(fault) for fault in error.faults] == [
        "column 'a', row 'q': 0: a logarithm needs more",
        "column 'b', row 'q': -2.5: a logarithm needs more",
    ]


def test_a_table_already_read_is_taken_as_it_is():
    table = read_labelled(VALUES)
    assert read_labelled(table) is table
