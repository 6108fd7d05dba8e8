"""A value that alone is off by a hundred is noted, and nothing else is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hengdian_index as hi
from hengdian_index._tables.read_file import read_table
from hengdian_index._tables.read_panel import read_panel

SHARES = [40.1, 41.3, 39.8, 42.2, 41.0, 42.5]


def said(values, units=None):
    table = pd.DataFrame({"a": values} if units is None else {"a": values, "u": units})
    options = {} if units is None else {"unit": "u", "period": "t"}
    if units is not None:
        table["t"] = table.groupby("u").cumcount() + 2000
    return [one for one in read_panel(table, ["a"], **options).liberties if "meant" in one]


@pytest.mark.parametrize(("factor", "word"), [(0.01, "a hundredth of"), (100, "a hundred times")])
@given(st.integers(0, 5), st.sampled_from([1, -1]), st.integers(-6, 6))
def test_one_value_off_by_a_hundred_is_noted(factor, word, at, sign, power):
    values = [sign * x * 10.0**power for x in SHARES]
    values[at] *= factor
    (told,) = said(values)
    assert told.startswith(f"row {at}, indicator 'a': ")
    assert word in told


@given(st.lists(st.floats(1, 10), min_size=1, max_size=30))
def test_values_of_one_size_are_not_noted(values):
    assert said(values) == []


def test_two_values_that_are_off_or_few_others_say_nothing():
    assert said([*SHARES, 0.41, 0.42]) == []
    assert said([41.3, 40.1, 0.39]) == []
    assert said([0, 0, 0, 41.3, np.nan]) == []


def test_it_is_sought_in_each_unit():
    units = np.repeat(["p", "q"], 6)
    values = [*SHARES[:2], 0.398, *SHARES[3:], *(3000 * x for x in SHARES)]
    (told,) = said(values, units)
    assert "unit 'p', period 2002" in told
    assert "is 39.8 meant" in told


def test_units_and_columns_without_values_say_nothing():
    assert said([np.nan] * 12, np.repeat(["p", "q"], 6)) == []
    assert said([*[np.nan, 0.0] * 3, *SHARES], np.repeat(["p", "q"], 6)) == []


def test_the_log_has_it_with_file_and_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("when,a\n" + "".join(f"200{i},{x}\n" for i, x in enumerate([40.1, 41.3, 0.398, 42.2])), "utf-8")
    index = hi.Index(period="when", groups=[hi.Group("g")], indicators=[hi.Indicator("a", "g")])
    log = index.compute(read_table(path)).log
    assert log["why"].str.startswith("t.csv line 4, period 2002, indicator 'a': 0.398 is about a hundredth").sum() == 1
