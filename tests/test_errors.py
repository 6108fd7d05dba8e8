"""The words that errors share: how a value is shown, and which name was perhaps meant."""

from __future__ import annotations

import sys
from time import process_time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
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


def many(start: str) -> list[str]:
    return [f"{start}{i}" for i in range(1500)]


def test_many_faults_of_a_kind_are_counted_and_found_in_no_long_time() -> None:
    group, leaf = [hi.Group("t")], {"code": "a", "parent": "t"}
    index = hi.Index(groups=group, indicators=[leaf, *({"code": code, "parent": "t"} for code in many("c"))])
    for call in (
        lambda: hi.Index(groups=group, indicators=[leaf | dict.fromkeys(many("k"), 1)]),
        lambda: hi.Index(groups=group, indicators=[leaf, *({"code": c, "parent": f"no {c}"} for c in many("c"))]),
        lambda: hi.Index(groups=[*group, *map(hi.Group, many("g"))], indicators=[leaf]),
        lambda: hi.Index(groups=group, indicators=[leaf], normalise={"method": "rank", **dict.fromkeys(many("k"), 1)}),
        lambda: index.replace(dict.fromkeys(many("z"), 1)),
        lambda: index.replace({f"{code}.none": 1 for code in many("c")}),
    ):
        began = process_time()
        with pytest.raises(hi.SpecError) as caught:
            call()
        assert process_time() - began < 5
        assert len(str(caught.value)) < 20_000
        assert " more " in str(caught.value)


def test_long_lists_of_rows_are_read_in_linear_time() -> None:
    units = many("u")
    index = hi.Index(unit="u", fit_on=units[:-1], groups=[hi.Group("t")], indicators=[hi.Indicator("a", "t")])
    frame = pd.DataFrame({"u": units, "a": np.arange(1500.0)})
    began = process_time()
    fitted = index.fit(frame)
    found = hi.normalise.min_max(frame.set_index("u"), fit_on=units[:-1])
    assert process_time() - began < 2
    assert found["a"].tolist() == fitted.score(frame).normalised["a"].tolist() == (np.arange(1500) / 1498).tolist()
    began, factors = process_time(), {"normalise": ["min_max", "rank"]}
    with pytest.raises(hi.DataError, match="selects no row"):
        hi.uncertainty(index, frame, factors, draws=8, rows=many("x"))
    assert process_time() - began < 2
