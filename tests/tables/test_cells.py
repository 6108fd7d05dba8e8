"""What a cell says: every way to write a number, and what only Python takes for one."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.laws import law

import hengdian_index as hi
from hengdian_index._tables.cells import fraction_of, is_missing, number_of, numbers, pair_of
from hengdian_index._tables.options import floats
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.table import shortened

# What float() takes and no person means: digits parted by underscores, and words.
NO_NUMBERS = ["1998_4", "3_000.5", "1e1_0", "infinity", "-inf", "Infinity", "nan", "+NaN"]
MISSING: list[Any] = [
    None,
    float("nan"),
    np.float32("nan"),
    pd.NA,
    pd.NaT,
    np.datetime64("NaT", "D"),
    "",
    " \t",
    "\u3000",
]


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["{!r}", " {!r}", "{:.17e}", "{!r}\n"]))
def test_a_number_as_text_is_that_number(x: float, form: str) -> None:
    assert number_of(form.format(x)) == x


@pytest.mark.parametrize(("text", "wanted"), [("1e5", 1e5), ("+.5", 0.5), ("7.", 7.0), ("１２", 12.0), ("1E-3", 1e-3)])
def test_other_spellings(text: str, wanted: float) -> None:
    assert number_of(text) == wanted


@pytest.mark.parametrize("cell", MISSING, ids=repr)
def test_a_missing_cell_is_missing(cell: Any) -> None:
    assert is_missing(cell)
    assert math.isnan(number_of(cell) or 0.0)


@pytest.mark.parametrize(
    "cell",
    [
        *NO_NUMBERS,
        *("12 kg", "1,5", "0x1A", "½", b"3", 2j, [1], (1.0,), {"a": 1}, np.array([1.0]), 10**400, "9" * 10 + "x"),
        *(datetime.date(2020, 1, 1), datetime.timedelta(1), np.datetime64("2020"), np.timedelta64(1, "D"), object()),
    ],
    ids=lambda cell: repr(cell)[:20],
)
def test_what_is_no_number(cell: Any) -> None:
    assert number_of(cell) is None
    assert not is_missing(cell)


@pytest.mark.parametrize("cell", [3, True, np.int8(3), Decimal("1.25"), Fraction(1, 4), np.float32(0.5), np.array(2.0)])
def test_numbers_of_every_type(cell: Any) -> None:
    assert number_of(cell) == float(cell)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_word_is_no_number_anywhere(tmp_path: Path, text: str) -> None:
    """In a column of objects, of texts, of polars, in a list and an array, as weight, as option, in TOML."""
    column = ["1", text, "3"]
    index = hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g"), hi.Indicator("b", "g")])
    calls: list[Any] = [
        lambda: hi.normalise.none(pd.DataFrame({"a": column})),
        lambda: hi.normalise.none(pd.DataFrame({"a": pd.Series(column, dtype="string")})),
        lambda: hi.normalise.none(pl.DataFrame({"a": column})),
        lambda: hi.normalise.none(column),
        lambda: hi.normalise.none(np.array(column)),
        lambda: hi.normalise.none(np.ma.array(column, mask=[0, 0, 1])),
        lambda: index.compute({"a": column, "b": [1, 2, 3]}),
        lambda: hi.weights.fixed({"a": text, "b": 1}),
        lambda: hi.aggregate.owa([[1.0, 2.0]], order_weights=[text, 1]),
        lambda: hi.normalise.goalposts([[1.0], [2.0]], low=text, high=5),
        lambda: hi.weights.ahp([[1, text], [None, 1]]),
        lambda: index.replace({"g.weights": {"a": text, "b": 1}}),
        lambda: hi.Index.from_toml(
            index.replace({"a.direction": hi.Target(5)}).to_toml().replace("= 5.0", f"= '{text}'")
        ),
    ]
    for call in calls:
        with pytest.raises((hi.DataError, hi.SpecError)) as error:
            call()
        assert text in str(error.value)


def test_underscores_in_a_csv(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n1998_4\n3\n")
    with pytest.raises(hi.DataError, match=r"line 3, indicator 'a': '1998_4' is not a number"):
        hi.Index(groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")]).compute(read_table(tmp_path / "t.csv"))


def test_a_missing_number_in_a_list_with_texts_stays_missing() -> None:
    assert hi.normalise.none([[float("nan"), "2"], [1.0, "4.5"]]).tolist()[1] == [1.0, 4.5]
    assert math.isnan(hi.normalise.none([[float("nan"), "2"], [1.0, "4.5"]])[0, 0])


def test_floats_keep_the_shape() -> None:
    np.testing.assert_array_equal(floats([["1", 2], [None, "4e1"]]), [[1, 2], [np.nan, 40]])
    for bad in ([1, "x"], [1, 10**400], [[1], [1, 2]], "1_0", {1}):
        with pytest.raises(ValueError, match=r"no number|inhomogeneous"):
            floats(bad)


def test_pairs_and_fractions() -> None:
    assert pair_of((1, 2.5)) == (1.0, 2.5)
    assert [pair_of(bad) for bad in (3, (1,), ("1", 2), (None, 1), "12", (1, 10**400))] == [None] * 6
    assert fraction_of(" 1/4 ") == 0.25
    for bad in ("1/0", "1/2/3", "1_0/2", "/2", "", "1e999"):
        with pytest.raises(ValueError, match="no fraction"):
            fraction_of(bad)


TEXTS = [*(f"t{i}" for i in range(30)), *map(str, range(9)), "1e999", 10**400, None, 3]


@law(60)
@given(st.lists(st.sampled_from(TEXTS), max_size=120))
def test_cells_that_are_not_shown_are_counted_as_if_each_had_its_sentence(cells: list[Any]) -> None:
    def where(row: int) -> str:
        return f"row {row}"

    def at(start: int) -> Callable[[int], str]:
        return lambda row: where(start + row)

    each = [fault for row, cell in enumerate(cells) for fault in numbers([cell], at(row), "c")[1]]
    assert shortened(numbers(cells, where, "c")[1]) == shortened(each)
