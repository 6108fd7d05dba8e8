"""Every way to write a matrix gives the same; what is wrong with one is told all at once."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from support.matrices import WRITTEN, from_upper

from hengdian_index import ahp
from hengdian_index.errors import DataError
from hengdian_index.log import journal

WEIGHTS = ahp.priorities(WRITTEN).weights
NAMES = ["产出", "scale up", "c"]


def columns(matrix):
    return {"item": NAMES, **{name: [row[k] for row in matrix] for k, name in enumerate(NAMES)}}


@pytest.mark.parametrize(
    "matrix",
    [
        np.array(WRITTEN),
        [["1", "3", " 1/2"], ["1/3", "1.0", "1/4"], ["2", "8 / 2", "1"]],
        [[1, "3", "1/2.0"], ["", 1, None], [np.nan, 4, np.nan]],
        pd.DataFrame(WRITTEN, index=NAMES, columns=NAMES).loc[NAMES, NAMES[::-1]],
        pd.DataFrame(columns(WRITTEN)),
        pl.DataFrame(columns(WRITTEN)),
        pa.table(columns(WRITTEN)),
        {NAMES[0]: {NAMES[1]: 3, NAMES[2]: "1/2"}, NAMES[2]: {NAMES[1]: 4}},
    ],
    ids=["array", "text", "triangle", "columns turned", "names in a column", "polars", "arrow", "mapping"],
)
def test_every_way_to_write_a_matrix_gives_the_same(matrix):
    found = ahp.priorities(matrix).weights
    if isinstance(found, pd.Series):
        assert set(found.index) == set(NAMES)
        found = found[NAMES]
    np.testing.assert_allclose(found, WEIGHTS, rtol=1e-14)


def test_names_of_a_mapping_stand_in_order_of_first_appearance():
    found = ahp.priorities({"b": {"d": 2}, "a": {"b": 3, "c": 1}})
    assert list(found.weights.index) == ["b", "d", "a", "c"]


def test_rows_without_names_follow_the_columns_and_the_log_says_so():
    with journal() as lines:
        found = ahp.priorities(pd.DataFrame(WRITTEN, columns=NAMES))
    assert list(found.weights.index) == NAMES
    assert "no names" in lines[0].why


def test_labels_are_kept_and_the_input_is_not_changed():
    frame = pd.DataFrame(
        [[1, 2.0, np.nan], [np.nan, 1, 3], [np.nan, np.nan, 1]], index=list("abc"), columns=list("abc")
    )
    frame.index.name = "item"
    before = frame.copy()
    filled = ahp.complete(frame)
    assert (filled.loc["a", "c"], filled.loc["c", "a"]) == pytest.approx((6, 1 / 6))
    assert filled.index.equals(frame.index)
    assert filled.index.name == "item"
    assert ahp.combine([filled, filled]).loc["a", "c"] == pytest.approx(6)
    assert isinstance(ahp.combine([frame, filled], how="aip"), pd.Series)
    assert set(ahp.revise(frame)["first"]) == {"a", "b"}
    pd.testing.assert_frame_equal(frame, before)


def test_fault_24_contradictions_are_all_listed_with_what_would_be_right():
    matrix = {"a": {"b": 3, "c": 2}, "b": {"a": 3, "c": 5}, "c": {"a": "1/2", "b": 5}}
    with pytest.raises(DataError) as error:
        ahp.priorities(matrix)
    assert len(error.value.faults) == 2
    assert "('a', 'b'): 3 and ('b', 'a'): 3 contradict" in str(error.value)
    assert "if the first is right, the second is 0.3333" in str(error.value)
    assert "('b', 'c'): 5" in str(error.value)


def test_fault_25_reciprocals_typed_with_two_decimals_are_accepted_and_logged():
    with journal() as lines:
        found = ahp.complete([[1, 7, 3], [0.14, 1, 2], [0.33, 0.5, 1]])
    np.testing.assert_array_equal(found, from_upper(3, [7, 3, 2]))
    assert [line.why for line in lines] == ["2 rounded reciprocals, the upper triangle is used: [0, 1], [0, 2]"]
    ahp.complete([[1, 2], [0.515, 1]])
    with pytest.raises(DataError, match=r"product is 1\.032"):
        ahp.complete([[1, 2], [0.516, 1]])


@pytest.mark.parametrize("n", range(2, 10))
def test_fault_25_the_reciprocal_of_every_judgement_of_the_scale_may_be_typed_with_two_decimals(n):
    half_to_even, half_up = f"{1 / n:.2f}", f"{int(100 / n + 0.5) / 100:.2f}"
    for typed in {half_to_even, half_up}:
        for lower in (typed, float(typed)):
            with journal() as lines:
                np.testing.assert_array_equal(ahp.complete([[1, n], [lower, 1]]), from_upper(2, [n]))
            np.testing.assert_array_equal(ahp.complete([[1, lower], [n, 1]]), from_upper(2, [float(typed)]))
            exact = float(typed) * n == 1
            assert [line.why for line in lines] == (
                [] if exact else ["1 rounded reciprocals, the upper triangle is used: [0, 1]"]
            )
    for slip in (float(half_to_even) - 0.02, float(half_to_even) + 0.02):
        with pytest.raises(DataError, match=r"contradict each other .*reciprocal to two decimals"):
            ahp.complete([[1, n], [slip, 1]])


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 0], [None, 1]], [r"\[0, 1\]: 0 is not a positive"]),
        (
            [[1, -3, "x"], [None, 2, True], [None, "1/0", 1]],
            ["-3", "'x' is no", "True is no", "'1/0' is no", "diagonal"],
        ),
        ([[1, np.inf], [None, 1]], ["inf"]),
        ([[1, "inf"], [None, 1]], ["'inf' is no"]),
        (np.ones((2, 3)), [r"shape \(2, 3\)"]),
        ([[1, 2], [0.5]], ["row 1 of the matrix has 1 entries, 2 expected"]),
        ([], ["shape"]),
        ("matrix.csv", ["square"]),
        (7, ["square"]),
        ({"a": 3, "b": {"a": 1}}, ["row 'a': write a mapping"]),
        ([{"a": {"b": 2}}, {"a": {"b": 3}}], ["ahp.combine"]),
        (pd.DataFrame(np.ones((2, 2)), index=["a", "b"], columns=["a", "c"]), ["rows: 'b'", "columns: 'c'"]),
        (pd.DataFrame(np.ones((2, 2)), index=["a", "a"], columns=["a", "b"]), ["'a' stands 2 times"]),
    ],
)
def test_faults_of_a_matrix_are_told_all_at_once(matrix, said):
    with pytest.raises(DataError) as error:
        ahp.priorities(matrix)
    for words in said:
        assert re.search(words, str(error.value)), str(error.value)


def test_faults_name_the_items():
    with pytest.raises(DataError, match=r"\('tea', 'wine'\): 'lots' is no judgement.*fraction such as '1/3'"):
        ahp.priorities({"tea": {"wine": "lots"}})


@pytest.mark.parametrize(("pairs", "end"), [(5, "]"), (6, " and others")])
def test_five_rounded_reciprocals_are_named(pairs, end):
    matrix = from_upper(4, [3.0] * 6)
    below = np.argwhere(np.tril(np.ones((4, 4)), -1))[:pairs]
    matrix[tuple(below.T)] = 0.33
    with journal() as lines:
        ahp.complete(matrix)
    (line,) = lines
    assert line.why.startswith(f"{pairs} rounded reciprocals")
    assert line.why.count("[") == 5
    assert line.why.endswith(end)


def test_a_diagonal_that_is_1_but_for_rounding_is_no_rounded_reciprocal():
    matrix = from_upper(3, [2.0, 4.0, 2.0])
    np.fill_diagonal(matrix, 1 + 9e-10)
    with journal() as lines:
        ahp.complete(matrix)
    assert list(lines) == []
