"""Options by key: values in the order of the columns, columns meant by name or by a mask."""

import numpy as np
import pandas as pd
import pytest

from hengdian_index._tables.options import floats, in_order, named
from hengdian_index.errors import DataError, SpecError, suggestion


def test_values_by_key_come_in_the_order_of_the_keys():
    for value in ({1: "x", 0: "y"}, pd.Series(["x", "y"], index=[1, 0])):
        assert in_order(value, range(2), "option") == ["y", "x"]
    assert in_order({"a": 1}, "ab", "option", absent=0) == [1, 0]
    assert in_order([1, 2], "ab", "option") == [1, 2]
    with pytest.raises(SpecError) as refusal:
        in_order(pd.Series([1, 2, 3], index=["a", "a", "c"]), ["a", "b"], "option")
    assert [fault.message.split(";")[0] for fault in refusal.value.faults] == [
        "option: no column 'c'",
        "option: 'a' is given twice",
        "option: no value for column 'b'",
    ]


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ("b", [False, True]),
        (["b", "a"], [True, True]),
        ([False, True], [False, True]),
        (np.array([True, False]), [True, False]),
        ({"b": True, "a": False}, [False, True]),
        ({"b": True}, [False, True]),
        (pd.Series([True, False], index=["b", "a"]), [False, True]),
        (pd.Series(["b"]), [False, True]),
        (None, [False, False]),
        ((), [False, False]),
    ],
)
def test_columns_are_meant_by_name_or_by_a_mask(chosen, wanted):
    assert named(chosen, ["a", "b"], "inverted").tolist() == wanted


@pytest.mark.parametrize("chosen", [True, [True], [True, None], {"b": 1}, ["c"], [0], [["a"]], {"c": True}, 1, pd.NA])
def test_columns_that_are_not_there_are_refused(chosen):
    with pytest.raises((SpecError, DataError), match="inverted"):
        named(chosen, ["a", "b"], "inverted")


def test_positions_and_truths_are_told_apart():
    assert named([False, True], range(2), "inverted").tolist() == [False, True]
    assert named([0, 1], range(2), "inverted").tolist() == [True, True]


def test_hidden_and_missing_numbers_are_nan():
    np.testing.assert_array_equal(floats(np.ma.masked_array([1, 2], mask=[False, True])), [1, np.nan])
    np.testing.assert_array_equal(floats([1.0, None, "2"]), [1, np.nan, 2])
    for odd in ([True, False], [1.0, True], ["x"], [1j], [[1], [1, 2]], np.array(["2020"], dtype="M8[D]"), [{}]):
        with pytest.raises(ValueError, match=r"."):
            floats(odd)


def test_a_number_is_no_text():
    assert suggestion("1", [1, 2]).startswith("; did you mean 1? '1' is a text, 1 a number")
    assert suggestion(1, ["1", "2"]).startswith("; did you mean '1'? 1 is a number, '1' a text")


@pytest.mark.parametrize(
    ("chosen", "why"), [([1, 0, 0], "0 is named twice; a mask is written with truths"), ([2, 2], "2 is named")]
)
def test_a_position_is_named_once(chosen, why):
    with pytest.raises(SpecError, match=why):
        named(chosen, range(3), "inverted")
    with pytest.raises(SpecError, match=r"'b' is named twice$"):
        named(["b", "a", "b"], list("abc"), "inverted")
