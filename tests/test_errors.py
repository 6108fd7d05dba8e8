"""The words that errors share: how a value is shown, and which name was perhaps meant."""

from __future__ import annotations

import sys
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengdian_index.errors import listed, shown, suggestion


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (np.int64(3), "3"),
        (np.str_("a"), "'a'"),
        (np.bool_(True), "True"),
        (np.float64(0.5), "0.5"),
        (("x", np.int8(2)), "('x', 2)"),
        ([np.float32(1)], "[1.0]"),
        (np.datetime64("2020-05"), "2020-05"),
    ],
)
def test_values_are_shown_without_the_types_of_numpy(value: Any, wanted: str) -> None:
    assert shown(value) == wanted
    assert listed([value]) == wanted


def test_what_is_large_is_shown_short() -> None:
    nested: list[Any] = []
    for _ in range(2 * sys.getrecursionlimit()):
        nested = [nested]
    for value in ("x" * 10**6, 10**400, 10**6000, nested, list(range(10**5))):
        assert len(shown(value)) < 250


@given(st.text(min_size=3, max_size=12), st.integers(0, 11), st.sampled_from(["", "q"]))
def test_of_many_names_the_one_a_letter_away_is_found(name: str, at: int, put: str) -> None:
    names = [f"{i:04d}-other" for i in range(300)] + [name]
    wrong = name[: at % len(name)] + put + name[at % len(name) + 1 :]
    if wrong.lower() != name.lower() and wrong not in names:
        assert f"did you mean {name!r}?" in suggestion(wrong, names)


def test_a_number_and_its_text_are_told_apart() -> None:
    assert suggestion("1", [0, 1, 2]) == "; did you mean 1? '1' is a text, 1 a number (0, 1, 2)"
    assert suggestion(1, ["0", "1"]) == "; did you mean '1'? 1 is a number, '1' a text (0, 1)"


def test_many_names_are_cut() -> None:
    told = suggestion("zzz", [f"a{i}" for i in range(5000)])
    assert told.endswith("a77 and 4922 more")


def test_thousands_of_wrong_names_take_time_in_proportion() -> None:
    """Every second of 4,000 wrong names resembles hundreds of the 4,000 right ones."""
    names = [f"indicator_{i}" for i in range(4000)]
    began = process_time()
    for i in range(4000):
        suggestion(f"indicatr_{i}", names)
    assert process_time() - began < 5
