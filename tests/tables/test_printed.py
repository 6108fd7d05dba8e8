"""Numbers as they are printed: what cannot be misread is read, what can stays a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengdian_index._tables.printed import MARKS, decimal_of, plain_cells


def read(*cells, decimal="."):
    return plain_cells(cells, decimal)[0]


@given(st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1))
def test_thousands_are_read_back(numbers):
    texts = [f"{number:,.2f}" for number in numbers]
    assert [float(text) for text in read(*texts)] == numbers
    assert [float(text) for text in read(*(text.replace(",", " ") for text in texts))] == numbers


@given(st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1))
def test_decimal_commas_are_read_back(numbers):
    texts = [f"{number:,.2f}".translate(str.maketrans(",.", ".,")) for number in numbers]
    assert decimal_of(texts) == ","
    assert [float(text) for text in read(*texts, decimal=",")] == numbers


@pytest.mark.parametrize(
    "text", ["12,5", "1,23,456", "12,3456", "1_000", "40%", "0.9万", "(12)", "~5", "—", "..", "1.234.567", "12 34"]
)
def test_what_may_be_read_two_ways_stays_a_text(text):
    assert plain_cells([text, "1.5"]) == ([text, "1.5"], {})


def test_a_comma_before_three_digits_parts_thousands_only_where_the_column_says_so():
    assert read("1,234", "1.5") == ["1,234", "1.5"]
    assert read("1,234", 2.5) == ["1,234", 2.5]
    assert read("1,234", "7") == ["1,234", "7"]
    assert read("1,234", "5,678", "910") == ["1234", "5678", "910"]
    assert read("7.5", "1,234", "5,678.9") == ["7.5", "1234", "5678.9"]


def test_full_width_and_marks():
    plain, met = plain_cells(["１２．５", "－３", "−4", "\u3000", *sorted(MARKS)])
    assert plain == ["12.5", "-3", "-4", *[None] * (1 + len(MARKS))]
    assert met == {"full-width digits or signs": [0, 1, 2]}
